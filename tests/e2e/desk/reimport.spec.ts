import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { Office, answerLost, newId, signIn } from "../support/office";
import type { Server } from "../support/server";
import { readCsv } from "../support/workbook";

const VILLAGE = "Thôn Đá Mòn";

const list = (rows: string[]) => Buffer.from(["Thôn;STT;Chủ hộ;Số khẩu;Điện thoại", ...rows.map((row) => `${VILLAGE};${row}`)].join("\r\n"));

const FIRST = [
  "1;Trần Thị Lành;4;0187250416",
  "2;Lò Văn Bền;5;",
  "3;Ngô Thị Mùi;2;",
  "4;Vũ Văn Nhàn;3;0187250417",
  "5;Đặng Văn Thu;6;",
];

// Renumbered: one inserted, one with another count, one with another head on the same telephone, one gone.
const SECOND = [
  "1;Trần Thị Lành;4;0187250416",
  "2;Cao Thị Mới;1;",
  "3;Lò Văn Bền;5;",
  "4;Ngô Thị Mùi;3;",
  "5;Vũ Thị Thảo;3;0187250417",
];

async function choose(page: Page, server: Server, name: string, buffer: Buffer): Promise<void> {
  await page.goto(`${server.url}/office/import`);
  await page.locator("#import-file").setInputFiles({ name, mimeType: "text/csv", buffer });
}

/** How many households are in the book, and its villages. */
async function stored(office: Office): Promise<[number, string[]]> {
  const units: { level: string; name: string }[] = await office.call("GET", "units");
  const villages = units.filter(({ level }) => level === "VILLAGE").map(({ name }) => name);
  return [(await office.call("GET", "households")).total, villages];
}

const table = (page: Page, caption: string | RegExp) => page.locator("table", { has: page.locator("caption", { hasText: caption }) });
const press = (page: Page) => page.locator("aside.pane .btn").first().click();
const title = (page: Page) => page.locator("main h1");

test("a renumbered list is compared, a person decides what is not certain, and nobody is rewritten", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await signIn(page, server, "hanh");
  await choose(page, server, "cu.csv", list(FIRST));
  await expect(title(page)).toHaveText(/^Nhập được 5 hộ/);
  await press(page);
  await expect(title(page)).toHaveText("Đã nhập 5 hộ");
  await expect(page.getByText("Chưa lưu gì")).toBeHidden();
  const before = await office.all("households");
  const codeOf = (head: string) => before.find((row) => row.head === head).code;

  await choose(page, server, "moi.csv", list(SECOND));
  await expect(title(page)).toHaveText("So với sổ: 1 hộ mới, 1 hộ thay đổi, 1 dòng chưa rõ");
  const summary = page.locator("aside.pane table");
  await expect(summary).toContainText(/Hộ giữ nguyên\s*2/);
  await expect(summary).toContainText(/Hộ không còn trong danh sách\s*1/);
  await expect(table(page, "Hộ thay đổi").locator("tbody tr")).toHaveText([/Ngô Thị Mùi.*Số khẩu: 2 → 3/]);
  await expect(table(page, "không còn trong danh sách").locator("tbody tr")).toHaveText([/Đặng Văn Thu/]);
  const asked = table(page, "chưa rõ là hộ nào").locator("tbody tr");
  await expect(asked).toHaveText([/Vũ Thị Thảo[\s\S]*Chủ hộ khác tên[\s\S]*Vũ Văn Nhàn/]);
  await accessible(page);

  // Not decided it would be left as it is; the person says that it is the same household.
  await page.getByLabel("Dòng 6 là hộ nào").selectOption({ label: `Là hộ ${codeOf("Vũ Văn Nhàn")}` });
  await expect(title(page)).toHaveText("So với sổ: 1 hộ mới, 2 hộ thay đổi, 0 dòng chưa rõ");
  await expect(table(page, "Hộ thay đổi")).toContainText("Chủ hộ: Vũ Văn Nhàn → Vũ Thị Thảo");
  await expect(page.locator("aside.pane .btn").first()).toHaveText("Nhập: 1 hộ mới, sửa 2 hộ");
  expect(await office.all("households")).toEqual(before);
  await press(page);
  await expect(title(page)).toHaveText("Đã nhập 1 hộ mới, sửa 2 hộ");

  const after = (await office.all("households")).map(({ code, head, no, people }) => ({ code, head, no, people }));
  const row = (head: string, no: string, people: number, was = head) => ({ code: codeOf(was), head, no, people });
  expect(after).toContainEqual(row("Trần Thị Lành", "1", 4));
  expect(after).toContainEqual(row("Lò Văn Bền", "2", 5));
  expect(after).toContainEqual(row("Ngô Thị Mùi", "3", 3));
  expect(after).toContainEqual(row("Vũ Thị Thảo", "4", 3, "Vũ Văn Nhàn"));
  expect(after).toContainEqual(row("Đặng Văn Thu", "5", 6));
  expect(after.filter(({ head }) => head === "Cao Thị Mới")).toHaveLength(1);
  expect(after).toHaveLength(6);

  // It can be taken back, another day too, and stored again.
  await page.goto(`${server.url}/office/import`);
  const past = table(page, "Các lần nhập gần đây").locator("tbody tr");
  await expect(past).toHaveText([/Nguyễn Thị Kim Hạnh.*1 hộ mới, 2 hộ có thay đổi/, /5 hộ mới, 0 hộ có thay đổi/]);
  await accessible(page);
  await past.first().getByRole("button", { name: /Xem, hoàn tác lần nhập/ }).click();
  await expect(title(page)).toHaveText("Đã nhập 1 hộ mới, sửa 2 hộ");
  await answerLost(page, "roll/undo");
  await page.getByRole("button", { name: "Hoàn tác lần nhập này" }).click();
  await expect(page.locator("main [role=alert]")).toContainText("Trang tự gửi lại vài giây một lần, không lưu hai lần.");
  await expect(title(page)).toHaveText("Đã hoàn tác lần nhập");
  await accessible(page);
  await page.goto(`${server.url}/office/import`);
  await expect(past.first()).toContainText("Đã hoàn tác");
  await expect(past.first().getByRole("button")).toHaveCount(0);
  const active = async () => (await office.all("households")).filter(({ status }) => status === "ACTIVE");
  expect(await active()).toEqual(before);
  await choose(page, server, "moi.csv", list(SECOND));
  await page.getByLabel("Dòng 6 là hộ nào").selectOption({ label: `Là hộ ${codeOf("Vũ Văn Nhàn")}` });
  await expect(page.locator("aside.pane .btn").first()).toHaveText("Nhập: 1 hộ mới, sửa 2 hộ");
  await press(page);
  await expect(title(page)).toHaveText("Đã nhập 1 hộ mới, sửa 2 hộ");
  expect(await active()).toHaveLength(6);

  // Once more the same list: nothing is left to do, but for the numbers, if they are wanted.
  await choose(page, server, "moi.csv", list(SECOND));
  await expect(title(page)).toHaveText("So với sổ: 0 hộ mới, 0 hộ thay đổi, 0 dòng chưa rõ");
  await expect(page.locator("aside.pane")).toContainText("Không có gì phải nhập");
  await page.getByLabel("Lấy số theo danh sách mới").check();
  await expect(title(page)).toHaveText("So với sổ: 0 hộ mới, 3 hộ thay đổi, 0 dòng chưa rõ");
  await expect(table(page, "Hộ thay đổi")).toContainText("Số trong danh sách: 2 → 3");
});

test("households taken out with names and codes are corrected in the file and brought back", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await office.importFile(new Blob([list(FIRST)]), "cu.csv", {});
  const before = await office.all("households");
  const code = before.find((row) => row.head === "Lò Văn Bền").code;
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/households`);
  await page.getByText("Xuất kèm họ tên, điện thoại").click();
  await page.selectOption("#names-reason", "ROUTES");
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("a[download][href*='names.csv']").click()]);
  const text = readFileSync(await saved.path(), "utf8");
  expect(text).toContain(`;${code};`);

  // Nothing was changed, so nothing is to be done.
  await choose(page, server, "ho.csv", Buffer.from(text));
  await expect(title(page)).toHaveText("So với sổ: 0 hộ mới, 0 hộ thay đổi, 0 dòng chưa rõ");
  await expect(page.locator("aside.pane table")).toContainText(/Hộ giữ nguyên\s*5/);
  // Another head and another number; the code says which household it was.
  await choose(page, server, "ho.csv", Buffer.from(text.replace("Lò Văn Bền", "Lò Thị Mới").replace(`;${code};2;`, `;${code};9;`)));
  await expect(title(page)).toHaveText("So với sổ: 0 hộ mới, 0 hộ thay đổi, 1 dòng chưa rõ");
  const asked = table(page, "chưa rõ là hộ nào").locator("tbody tr");
  await expect(asked).toHaveText([/Lò Thị Mới[\s\S]*Chủ hộ khác tên[\s\S]*Lò Văn Bền/]);
  await asked.locator("select").selectOption({ label: `Là hộ ${code}` });
  await expect(table(page, "Hộ thay đổi")).toContainText("Chủ hộ: Lò Văn Bền → Lò Thị Mới");
  expect(await office.all("households"), "nothing is stored before the button").toEqual(before);
  await press(page);
  await expect(title(page)).toHaveText("Đã nhập 0 hộ mới, sửa 1 hộ");
  expect((await office.all("households")).find((row) => row.code === code).head).toBe("Lò Thị Mới");
});

test("an import on which a visit depends is not taken back any more", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await signIn(page, server, "hanh");
  await choose(page, server, "cu.csv", list(FIRST));
  await expect(title(page)).toHaveText(/^Nhập được 5 hộ/);
  await press(page);
  await expect(title(page)).toHaveText("Đã nhập 5 hộ");
  const village = (await office.call("GET", "units")).find(({ name }: { name: string }) => name === VILLAGE);
  const campaign = await office.campaign();
  const { person: visitor } = await office.memberWithCode("Vàng Thị Mỷ", "FIELD_MEMBER", campaign.id, [village.id]);
  const [home] = await office.all("households");
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const place = { village: village.id, campaign: campaign.id, day };
  const visit = { id: newId(), place, visitor, household: home.id, contact: "MET_REP", purposes: [], next: null, promised: null, opinions: [], note: null };
  await office.write("typed/visits", visit);
  const before = await office.all("households");

  await page.getByRole("button", { name: "Hoàn tác lần nhập này" }).click();
  const alert = page.locator("main [role=alert]");
  await expect(alert).toContainText("Không hoàn tác được nữa: ");
  await expect(alert).toContainText("Sửa từng hộ, hoặc nhập danh sách đúng");
  await accessible(page);
  expect(await office.all("households")).toEqual(before);
});

test("an old encoding is named and can be changed, and lines that are not kept are downloaded", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await signIn(page, server, "hanh");
  const tcvn3 = "Th«n;STT;Chñ hé;Sè CCCD;D©n téc;Ghi chó\r\nTh«n §¸ Mßn;1;NguyÔn V¨n Tý;001200300400;Th¸i;c¹nh chî\r\nTh«n §¸ Mßn;2;;001200300401;Kinh;=1+1\r\n";
  await choose(page, server, "cu.csv", Buffer.from(tcvn3, "latin1"));
  await expect(title(page)).toHaveText(/Nhập được 1 hộ\. 1 dòng không giữ được/);
  const encoding = page.getByLabel("Bảng mã của Danh sách");
  await expect(encoding.locator("option:checked")).toHaveText("Tự nhận ra: TCVN3 (ABC)");
  await expect(table(page, "Mấy hộ đầu")).toContainText("Nguyễn Văn Tý");
  expect(await stored(office), "shown converted before anything is stored").toEqual([0, []]);
  await accessible(page);

  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Tải các dòng này (.csv)" }).click()]);
  const text = readFileSync(await saved.path(), "utf8");
  expect(text.startsWith("\ufeff")).toBe(true);
  const [titles, line] = readCsv(text.slice(1), ";");
  expect(titles).toEqual(["Trang", "Dòng", "Lý do", "Nên làm", "Thôn", "STT", "Chủ hộ", "Ghi chú"]);
  expect(line).toEqual(["Danh sách", "3", "Không có tên chủ hộ", "Bổ sung tên trong tệp rồi nhập lại", VILLAGE, "2", "", "'=1+1"]);
  expect(text).not.toMatch(/0012003004|Kinh|Thái/);

  await encoding.selectOption({ label: "Unicode" });
  await expect(page.locator("#import-needs")).toContainText("cột nào là tên chủ hộ");
});

test("a list of 60,000 shows how far it is and can be stopped", async ({ server, page }) => {
  test.setTimeout(300_000);
  const office = await Office.setUp(server);
  await signIn(page, server, "hanh");
  const rows = Array.from({ length: 60_000 }, (_, n) => `Bản ${n % 150};${Math.floor(n / 150) + 1};Lò Văn ${n.toString(36)};4`);
  await choose(page, server, "lon.csv", Buffer.from(["Thôn;STT;Chủ hộ;Số khẩu", ...rows].join("\n")));
  await expect(title(page)).toHaveText("Nhập được 60.000 hộ", { timeout: 120_000 });
  await press(page);
  await expect(page.locator("main [role=status]")).toContainText(/[\d.]+ trên 60\.000 hộ/, { timeout: 60_000 });
  await page.getByRole("button", { name: "Dừng lại, không nhập gì" }).click();
  await expect(page.getByText("Đã dừng. Chưa lưu gì.")).toBeVisible({ timeout: 60_000 });
  expect(await stored(office)).toEqual([0, []]);

  // It was stopped cleanly: the same button stores all of it, and says how far it is.
  const seen = new Set<string>();
  const progress = page.locator("main [role=status]");
  await press(page);
  await expect
    .poll(
      async () => {
        for (const text of await progress.allInnerTexts()) seen.add(/([\d.]+) trên 60\.000/.exec(text.replace(/\s/g, " "))?.[1] ?? "");
        return title(page).innerText();
      },
      { timeout: 120_000, intervals: [200] },
    )
    .toMatch(/^Đã nhập 60\.000/);
  expect([...seen].filter((n) => n !== "" && n !== "0" && n !== "60.000"), "on the way").not.toEqual([]);
  const [total, villages] = await stored(office);
  expect([total, villages.length]).toEqual([60_000, 150]);
});
