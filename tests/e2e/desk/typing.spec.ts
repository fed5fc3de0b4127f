import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { Office, answerLost, signIn } from "../support/office";
import type { Server } from "../support/server";

// A pile of paper, typed in without ever touching the mouse.

const HEADS = ["Trần Thị Lành", "Lò Văn Bền", "Nguyễn Thị Ưởng", "H'Nuê Êban", "Đặng Văn Thu", "Vũ Thị Nhàn"];

async function pile(server: Server): Promise<{ office: Office; village: any; campaign: any }> {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  const roll = Array.from({ length: 32 }, (_, n) => `${n + 1},${HEADS[n % HEADS.length]} ${String.fromCharCode(65 + (n % 26))},${(n % 5) + 1}`);
  await office.importFile(new Blob([`Số nhà,Chủ hộ,Số khẩu\r\n${roll.join("\r\n")}\r\n`]), "so.csv", {
    sheets: { "": { village: village.name, columns: { 0: "no" } } },
  });
  await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  return { office, village, campaign };
}

const focused = (page: Page, id: string) => expect(page.locator(`#${id}`)).toBeFocused();

/** Types into the field that has the focus and goes on. */
async function enter(page: Page, text = ""): Promise<void> {
  if (text) await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

const day = (days: number) => {
  const at = new Date(Date.now() + 7 * 3_600_000 - days * 86_400_000);
  return `${at.getUTCDate()}/${at.getUTCMonth() + 1}/${at.getUTCFullYear()}`;
};

/** Opens a page of the desk and goes to its first field, by the keyboard. */
async function begin(page: Page, name: "typing" | "arrived"): Promise<void> {
  await page.goto(page.url().replace(/\/office\/.*/, `/office/${name}`));
  await expect(page.locator("main h1")).toBeFocused();
  // From the heading on; the links to the other pages come before it.
  const there = () => page.evaluate((id) => document.activeElement?.id === id, `${name}-campaign`);
  for (let n = 0; n < 20 && !(await there()); n += 1) await page.keyboard.press("Tab");
  await focused(page, `${name}-campaign`);
}

/** What stands once above the pile: the campaign is offered, village, day and who went are typed. */
async function once(page: Page): Promise<void> {
  await begin(page, "typing");
  await enter(page);
  await focused(page, "typing-village");
  await enter(page, "dong cu");
  await focused(page, "typing-day");
  await enter(page, day(1));
  await focused(page, "typing-visitor");
  await enter(page, "ben");
  await focused(page, "typing-household");
}

test("thirty sheets by keyboard alone, and lists and figures agree", async ({ server, page }) => {
  test.setTimeout(180_000);
  const { office, village } = await pile(server);
  await signIn(page, server, "hanh");
  // From here on a mouse would be an error on the page.
  await page.addInitScript(() => addEventListener("pointerdown", () => { throw new Error("a mouse was used"); }, true));
  await once(page);
  for (let n = 1; n <= 30; n += 1) {
    // By number, by code, by name without accents.
    if (n === 2) await enter(page, "dc-0002");
    else if (n === 3) await enter(page, "uong c");
    else await enter(page, String(n));
    await focused(page, "typing-contact");
    if (n % 5 === 0) {
      // Nobody at home: the day to come again is the next field.
      await enter(page, "3");
      await focused(page, "typing-next");
      await enter(page);
      await focused(page, "typing-note");
      await page.keyboard.press("Control+Enter");
    } else {
      await enter(page, "1");
      await focused(page, "typing-purposes");
      await enter(page, "1 2");
      await enter(page);
      await focused(page, "typing-promised");
      await enter(page);
      await focused(page, "said-1-kind");
      if (n % 7 === 0) {
        await enter(page, "1");
        await focused(page, "said-1-topic");
        await enter(page, "muong");
        await focused(page, "said-1-text");
        await enter(page, `Mương trước nhà số ${n} tắc`);
        await focused(page, "said-1-urgency");
        await enter(page);
        await enter(page, "1");
        await focused(page, "said-2-kind");
      }
      await enter(page);
      await focused(page, "typing-note");
      await enter(page, n === 4 ? "Chiều tối mới có nhà" : "");
      await expect(page.getByRole("button", { name: "Lưu phiếu này" })).toBeFocused();
      await page.keyboard.press("Enter");
    }
    await expect(page.locator("#sitting tbody tr")).toHaveCount(n);
    await focused(page, "typing-household");
    await expect(page.locator("#typing-household")).toHaveValue("");
  }
  await expect(page.locator("main h1")).toHaveText(/30\s*phiếu/);
  await accessible(page);

  const visits = await office.all("visits", "source=PAPER");
  expect(visits).toHaveLength(30);
  expect(new Set(visits.map(({ household }) => household)).size, "each household once").toBe(30);
  expect(new Set(visits.map(({ by }) => by))).toEqual(new Set(["Lương Văn Bền"]));
  expect(new Set(visits.map(({ typed_by }) => typed_by))).toEqual(new Set(["Nguyễn Thị Kim Hạnh"]));
  const { total } = await office.call("GET", `coverage?village=${village.id}`);
  expect([total.visits, total.met, total.tried, total.new]).toEqual([30, 24, 6, 2]);
  const opinions = await office.all("opinions", "source=PAPER");
  expect(opinions.map(({ text }) => text).toSorted()).toEqual(["Mương trước nhà số 14 tắc", "Mương trước nhà số 21 tắc", "Mương trước nhà số 28 tắc", "Mương trước nhà số 7 tắc"]);
  expect(opinions.every(({ topic }) => topic === "INFRA.IRRIGATION")).toBe(true);
  await page.goto(`${server.url}/office/visits?source=PAPER`);
  await expect(page.locator("main h1")).toHaveText(/30 lượt thăm, 24 gặp được/);
  await expect(page.locator("aside.pane")).toContainText("Phiếu giấy");
  await accessible(page);
});

test("a mistake is taken back, and a complaint is stopped", async ({ server, page }) => {
  const { office } = await pile(server);
  await signIn(page, server, "hanh");
  await once(page);
  await enter(page, "1");
  await enter(page, "1");
  await enter(page);
  await enter(page);
  await enter(page);
  await enter(page, "2");
  await enter(page, "duong");
  await enter(page, "Cán bộ ăn chặn");
  // On second thoughts it is a denunciation.
  for (let back = 0; back < 3; back += 1) await page.keyboard.press("Shift+Tab");
  await focused(page, "said-1-kind");
  await enter(page, "0");
  await expect(page.getByRole("alert").filter({ hasText: "phải đến nơi tiếp công dân" })).toBeVisible();
  await expect(page.locator("#said-1-text")).toHaveCount(0);
  await accessible(page);
  // It was a slip: another kind begins empty.
  await page.locator("#said-1-kind").focus();
  await enter(page, "2");
  await expect(page.locator("#said-1-text")).toHaveValue("");
  await page.locator("#said-1-kind").focus();
  await enter(page, "0");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("#sitting tbody tr")).toHaveCount(1);
  expect(await office.all("opinions")).toEqual([]);
  expect(server.files().some(({ bytes }) => bytes.includes("ăn chặn"))).toBe(false);
  expect(await office.all("visits")).toHaveLength(1);

  await page.getByRole("button", { name: "Lấy lại" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("không tính nữa")).toBeVisible();
  await page.getByRole("button", { name: "Lấy lại" }).focus();
  await answerLost(page, "typed/taken-back");
  await page.keyboard.press("Enter");
  await expect(page.locator("#sitting")).toContainText("Đã lấy lại");
  await focused(page, "typing-household");
  expect(await office.all("visits")).toEqual([]);

  // What is not complete is said, and nothing is lost.
  await enter(page, "9");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("#typing-wrong")).toContainText("Chưa chọn kết quả gặp.");
  await expect(page.locator("#typing-household")).toHaveValue(/^9 · /);
  await accessible(page);
});

test("the connection drops: what was typed stays, is sent again by itself, and is stored once", async ({ server, page }) => {
  test.setTimeout(120_000);
  const { office } = await pile(server);
  await signIn(page, server, "hanh");
  await once(page);
  await enter(page, "5");
  await enter(page, "1");
  await enter(page, "1");
  await enter(page);
  await enter(page);
  await enter(page, "1");
  await enter(page, "rac");
  await enter(page, "Rác đổ ra mương");
  await enter(page);
  await enter(page, "1");
  await server.stop();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("#typing-wrong")).toContainText("Chưa liên lạc được với máy chủ");
  await expect(page.getByRole("button", { name: "Chưa có mạng, đang gửi lại…" })).toBeVisible();
  await expect(page.locator("#said-1-text")).toHaveValue("Rác đổ ra mương");
  await accessible(page);
  await server.start();
  await expect(page.locator("#sitting tbody tr")).toHaveCount(1, { timeout: 30_000 });
  await focused(page, "typing-household");
  await expect(page.locator("#typing-wrong")).toHaveText("");
  expect(await office.all("visits")).toHaveLength(1);

  // The answer is lost after the server has stored it.
  let lost = 0;
  await page.route("**/typed/visits", async (route) => {
    await route.fetch();
    lost += 1;
    if (lost < 3) await route.abort();
    else await route.continue();
  });
  await enter(page, "6");
  await enter(page, "1");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("#sitting tbody tr")).toHaveCount(2, { timeout: 30_000 });
  expect(lost).toBe(3);
  await page.unroute("**/typed/visits");
  // The next one goes on under the tab's next number.
  await enter(page, "7");
  await enter(page, "3");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("#sitting tbody tr")).toHaveCount(3);
  expect(await office.all("visits")).toHaveLength(3);
  expect((await office.all("opinions")).map(({ text }) => text)).toEqual(["Rác đổ ra mương"]);
});

/** As they are numbered at the desk. */
const SOURCES = [
  { code: "TELEPHONE", label: "Gọi điện đến" },
  { code: "BOX", label: "Hòm thư góp ý" },
  { code: "GROUP_CHAT", label: "Nhóm chat (Zalo…)" },
  { code: "PORTAL", label: "Cổng thông tin" },
  { code: "PAPER", label: "Phiếu giấy" },
];

test("opinions that came by telephone, box, group chat, portal and on paper show by which and on which day", async ({ server, page }) => {
  const { office } = await pile(server);
  await signIn(page, server, "hanh");
  // From here on a mouse would be an error on the page.
  await page.addInitScript(() => addEventListener("pointerdown", () => { throw new Error("a mouse was used"); }, true));
  await begin(page, "arrived");
  await enter(page);
  await enter(page, "dong");
  for (const [n, { label }] of SOURCES.entries()) {
    // Back up to what stands once, by the keyboard too.
    for (let back = 0; n > 0 && back < 10 && !(await page.evaluate(() => document.activeElement?.id === "arrived-day")); back += 1) {
      await page.keyboard.press("Shift+Tab");
    }
    await focused(page, "arrived-day");
    await page.keyboard.press("Control+A");
    await enter(page, day(n + 2));
    await focused(page, "arrived-source");
    await page.keyboard.press("Control+A");
    await enter(page, String(n + 1));
    await expect(page.locator("#arrived-source")).toHaveValue(new RegExp(label.slice(0, 8)));
    await focused(page, "said-1-kind");
    await enter(page, "2");
    await enter(page, "dien");
    await enter(page, `Đèn đường hỏng ở ngõ ${n + 1}`);
    await enter(page, "2");
    await enter(page, "1");
    await focused(page, "arrived-household");
    await enter(page, String(n + 12));
    if (n === 0) await answerLost(page, "typed/opinions");
    await page.keyboard.press("Control+Enter");
    await expect(page.locator("#sitting tbody tr")).toHaveCount(n + 1);
    await focused(page, "said-1-kind");
  }
  await accessible(page);

  const opinions = await office.all("opinions");
  expect(opinions).toHaveLength(SOURCES.length);
  for (const [n, { code, label }] of SOURCES.entries()) {
    const said = `Đèn đường hỏng ở ngõ ${n + 1}`;
    const [d, m, y] = day(n + 2).split("/").map((part) => part.padStart(2, "0"));
    const row = opinions.find(({ text }) => text === said);
    expect([row.source, row.day, row.urgency, row.mode]).toEqual([code, `${y}-${m}-${d}`, "URGENT", "NAMED"]);
    expect(row.household).toContain(String(n + 12));
    // And as the officer reads it: by its way alone, with its day before it, the whole of both beside it.
    await page.goto(`${server.url}/office/opinions?source=${code}`);
    const line = page.locator("a.row");
    await expect(line).toHaveCount(1);
    await expect(line).toContainText(said);
    await expect(line.locator(".m")).toHaveText(`${d}/${m}/${y}`);
    const pane = page.locator("article.pane");
    await expect(pane.locator("dt", { hasText: /^Ngày$/ }).locator("xpath=following-sibling::dd[1]")).toHaveText(`${d}/${m}/${y}`);
    await expect(pane.locator("dt", { hasText: /^Nguồn$/ }).locator("xpath=following-sibling::dd[1]")).toHaveText(label);
  }
  await accessible(page);
});

test("an opinion without a name from the box keeps neither source nor day, by design: it waits for a crowd", async ({ server, page }) => {
  const { office } = await pile(server);
  await signIn(page, server, "hanh");
  await begin(page, "arrived");
  await enter(page);
  await enter(page, "dong");
  await enter(page, day(2));
  await focused(page, "arrived-source");
  await enter(page, "2");
  await focused(page, "said-1-kind");
  await enter(page, "2");
  await enter(page, "khoi");
  await enter(page, "Khói lò gạch bay vào nhà");
  await enter(page);
  await enter(page, "2");
  await expect(page.getByText("cất không kèm hộ, lần thăm, ngày, nguồn, người gõ")).toBeVisible();
  await accessible(page);
  await answerLost(page, "typed/anonymous");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/1\s*ý kiến không nêu tên đã cất/)).toBeVisible();
  await expect(page.locator("#sitting tbody tr")).toHaveCount(0);
  expect(await office.all("opinions"), "it waits for a crowd").toEqual([]);
  await server.stop();
  expect(server.files().filter(({ path }) => !path.endsWith("keys")).some(({ bytes }) => bytes.includes("Khói lò gạch"))).toBe(false);
  expect(server.output).not.toContain("anonymous");
});

test("route list and visit sheets are printed in the order of typing", async ({ server, page }, info) => {
  const { office, village, campaign } = await pile(server);
  const homes = await office.call("GET", `villages/${village.id}/households`);
  const visit = (n: number, contact: string) => ({
    id: homes.rows[n].id.replace(/^......../, `0190000${n}`),
    place: { village: village.id, campaign: campaign.id, day: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10) },
    visitor: undefined as string | undefined,
    household: homes.rows[n].id,
    contact,
    purposes: [],
    next: null,
    promised: null,
    opinions: [],
    note: null,
  });
  const people = await office.call("GET", "people");
  const visitor = people.find((row: any) => row.person.role === "FIELD_MEMBER").person.id;
  for (const [n, contact] of [[0, "MET_REP"], [1, "DECLINED"]] as const) await office.write("typed/visits", { ...visit(n, contact), visitor });
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/route?village=${village.id}`);
  const rows = page.locator("table.sheet-list tbody tr");
  await expect(rows).toHaveCount(32);
  await expect(rows.nth(0)).toContainText("Đã gặp");
  await expect(rows.nth(1)).toContainText("Chưa gặp");
  expect((await rows.allInnerTexts()).map((row) => Number.parseInt(row, 10))).toEqual(Array.from({ length: 32 }, (_, n) => n + 1));
  expect(await page.locator("main").innerText()).not.toMatch(/không muốn|chưa tiện/i);
  await accessible(page);
  await page.emulateMedia({ media: "print" });
  await onPaper(page);
  await page.screenshot({ path: info.outputPath("route.png"), fullPage: true });
  // 257 mm of an A4 page are left between the margins, for rows of 12 mm.
  expect(await tornRows(page, "table.sheet-list tbody tr")).toEqual([]);
  expect(await page.locator("table.sheet-list thead").evaluate((head) => getComputedStyle(head).display), "on every page").toBe("table-header-group");
  expect(pages(await page.pdf({ path: info.outputPath("route.pdf"), preferCSSPageSize: true }))).toBe(2);
  await page.emulateMedia({ media: "screen" });

  await page.goto(`${server.url}/office/sheets?village=${village.id}`);
  const sheets = page.locator(".visit-sheet");
  // One of them was met; the slip for what has no name comes last.
  await expect(sheets).toHaveCount(32);
  await accessible(page);
  const labels = await sheets.first().locator(".sheet-label").allInnerTexts();
  await page.goto(`${server.url}/office/typing`);
  await page.locator("#typing-contact").focus();
  await enter(page, "1");
  await page.locator("#said-1-kind").focus();
  await enter(page, "1");
  await expect(page.locator("#said-1-topic")).toBeVisible();
  const fields = await page.locator("form label").allInnerTexts();
  const shared = labels.filter((label) => fields.includes(label));
  expect(shared.length, `${labels} beside ${fields}`).toBeGreaterThanOrEqual(7);
  expect(fields.filter((field) => shared.includes(field))).toEqual(shared);
  await page.goto(`${server.url}/office/sheets?village=${village.id}`);
  await expect(sheets).toHaveCount(32);
  await page.emulateMedia({ media: "print" });
  await onPaper(page);
  await page.screenshot({ path: info.outputPath("sheets.png") });
  // One on a page, which two would not fill; and the slip, to be kept apart from them, on paper of its own.
  expect(await tornRows(page, ".visit-sheet")).toEqual([]);
  expect(pages(await page.pdf({ path: info.outputPath("sheets.pdf"), preferCSSPageSize: true }))).toBe(32);
});

/** Nothing that can only be pressed or filled with a mouse is printed, and no way to other pages. */
async function onPaper(page: Page): Promise<void> {
  await expect(page.locator("header.side")).toBeHidden();
  await expect(page.locator("button:visible, nav:visible, select:visible, input:visible, textarea:visible, .btn:visible, .ways:visible, .skip:visible")).toHaveCount(0);
  await expect(page.locator("main h1")).toBeVisible();
}

/** Those that a page break may go through, or that are higher than a page, by their first words. */
function tornRows(page: Page, rows: string): Promise<string[]> {
  return page.locator(rows).evaluateAll((all) => {
    const room = ((297 - 40) / 25.4) * 96;
    const torn = all.filter((row) => getComputedStyle(row).breakInside !== "avoid" || row.getBoundingClientRect().height > room);
    return torn.map((row) => (row.textContent ?? "").slice(0, 40));
  });
}

/** How many pages a PDF has. */
const pages = (pdf: Buffer) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
