import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { Page, Route } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { accessibleInEveryLook, addOpinion, commune, drafts, enrol, installed, meet, openHousehold, press, waiting } from "../support/field";
import { choosePin, opened } from "../support/lock";
import { Office } from "../support/office";
import type { Server } from "../support/server";

const address = (page: Page, url: string, path: string) => page.goto(`${url}/app${path}`);

test("every screen can be read and pressed, in three sizes and in the dark", async ({ server, profile }) => {
  test.setTimeout(480_000);
  const { code } = await commune(server);
  const page = await profile.open();
  await address(page, server.url, "/");
  await expect(page.getByLabel(/gõ mã/i)).toBeVisible();
  await page.getByLabel(/gõ mã/i).fill("KV3T-8Q4");
  await press(page, "Tiếp tục");
  await expect(page.getByText(/Còn thiếu\s1\schữ/)).toBeVisible();
  await accessibleInEveryLook(page);
  await enrol(page, server, code);
  for (const path of ["/", "/households", "/households?show=left", "/households?show=due", "/entries", "/sync", "/settings", "/household/new"]) {
    await address(page, server.url, path);
    await expect(page.locator("h1").first()).toBeAttached();
    await accessibleInEveryLook(page);
  }
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByRole("alert").getByText("Ghi tên chủ hộ")).toBeVisible();
  await accessibleInEveryLook(page);

  await page.goto(`${server.url}/app/`);
  await openHousehold(page, "tran thanh lanh");
  await accessibleInEveryLook(page);
  await press(page, "Sửa thông tin hộ");
  await expect(page.getByLabel(/Chủ hộ/)).toHaveValue("Trần Thanh Lành");
  await accessibleInEveryLook(page);
  await page.locator("header.top a.back").click();

  await press(page, "Gặp được");
  await press(page, "Lưu lần thăm");
  await expect(page.getByRole("alert").getByText("Chọn gặp được ai")).toBeVisible();
  await accessibleInEveryLook(page);
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  for (const more of ["Kết quả khác…", "Việc khác…"]) await page.getByText(more).click();
  await page.getByText("Ngày khác").last().click();
  await accessibleInEveryLook(page);
  await page.getByText("Không hẹn", { exact: true }).click();
  await press(page, "Thêm ý kiến");
  await accessibleInEveryLook(page);
  await page.getByText("Kiến nghị", { exact: true }).click();
  await press(page, "Xong ý kiến này");
  await expect(page.getByRole("alert").getByText("Ghi lời bà con")).toBeVisible();
  await accessibleInEveryLook(page);
  await page.getByText(/Khiếu nại hoặc tố cáo/).click();
  await expect(page.getByRole("heading", { level: 1, name: /Khiếu nại, tố cáo/ })).toBeVisible();
  await accessibleInEveryLook(page);
  await press(page, "Đã hướng dẫn, về lần thăm");
  await addOpinion(page, "Mương sau nhà văn hóa tắc.", "Có tên");
  await expect(page.getByText("“Mương sau nhà văn hóa tắc.”")).toBeVisible();
  await accessibleInEveryLook(page);

  // What is begun, what waits, and a server that does not answer.
  await server.stop();
  await address(page, server.url, "/entries");
  await expect(page.getByRole("heading", { name: "Đang ghi dở" })).toBeVisible();
  await accessibleInEveryLook(page);
  await page.getByRole("link", { name: /Lần thăm Trần Thanh Lành/ }).click();
  await press(page, "Lưu lần thăm");
  await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await accessibleInEveryLook(page);
  await page.locator("ol.ruled a.row").first().click();
  await expect(page.getByRole("link", { name: "Sửa lần thăm này" })).toBeVisible();
  await accessibleInEveryLook(page);
  await press(page, "Sửa lần thăm này");
  await expect(page.getByRole("button", { name: "Lưu bản sửa" })).toBeVisible();
  await accessibleInEveryLook(page);
  // An hour later: what is changed at the door only completes the visit.
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
  });
  await page.getByText("Gặp thành viên khác", { exact: true }).click();
  await press(page, "Lưu bản sửa");
  await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await page.locator("ol.ruled a.row").first().click();
  await expect(page.getByText("Các bản trước")).toBeVisible();
  await accessibleInEveryLook(page);
  await address(page, server.url, "/sync");
  await press(page, "Đồng bộ ngay");
  await expect(page.getByText("Mất mạng giữa chừng")).toBeVisible({ timeout: 30_000 });
  await accessibleInEveryLook(page);
  await server.start();

  // A sync that is on its way, held at its first answer.
  const held = hold(page, "push");
  await press(page, "Đồng bộ ngay");
  const release = await held;
  await expect(page.getByRole("heading", { level: 1, name: "Đang gửi và nhận" })).toBeVisible();
  await expect(page.locator("main ol.ruled progress")).toHaveCount(1);
  await accessibleInEveryLook(page);
  release();
  await expect(page.getByText(/Gửi \d+, xã nhận đủ/)).toBeVisible({ timeout: 30_000 });
  await accessibleInEveryLook(page);
  for (const path of ["/household/00000000-0000-7000-8000-000000000000", "/visit/00000000-0000-7000-8000-000000000000"]) {
    await address(page, server.url, path);
    await expect(page.getByRole("heading", { level: 1, name: /Máy này không có/ })).toBeVisible();
    await accessibleInEveryLook(page);
  }
});

test("where the app cannot start it says why, and touches nothing", async ({ server, profile }) => {
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  // A browser that lacks something.
  const lacking = await page.context().newPage();
  await lacking.addInitScript(() => Object.defineProperty(window, "CompressionStream", { value: undefined }));
  await address(lacking, server.url, "/");
  await expect(lacking.getByRole("heading", { level: 1, name: "Trình duyệt này không dùng được" })).toBeVisible();
  await accessibleInEveryLook(lacking);
  await lacking.close();
  // A database that does not open.
  const failing = await page.context().newPage();
  await failing.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("no", "UnknownError");
    };
  });
  await address(failing, server.url, "/");
  await expect(failing.getByRole("link", { name: "Mở lại" }).or(failing.getByRole("button", { name: "Mở lại" }))).toBeVisible();
  await accessibleInEveryLook(failing);
  await failing.close();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: /142\s+hộ\scòn\slại/ })).toBeVisible();
  // A notebook that the browser has thrown away.
  await page.goto(`${server.url}/app/manifest.webmanifest`);
  await page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((database) => database.name ?? "");
    await Promise.all(names.map((name) => new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve))));
  });
  await address(page, server.url, "/");
  await expect(page.getByText("Sổ trên máy này không còn")).toBeVisible();
  await accessibleInEveryLook(page);
});

test("not at home takes three taps from the list and can be taken back", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await press(page, "Các hộ");
  await page.locator("a.row").first().click();
  await page.getByRole("button", { name: "Vắng nhà" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByText(/Đã lưu trên máy/)).toBeVisible();
  await accessible(page);
  await sheet.locator(".row").first().click();
  await expect(sheet).toBeHidden();
  await expect(page.getByText(/Hẹn/).first()).toBeVisible();
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  expect((await office.call("GET", "visits")).total).toBe(1);

  await press(page, "Các hộ");
  await page.locator("a.row").nth(1).click();
  await page.getByRole("button", { name: "Vắng nhà" }).click();
  await sheet.getByText("Bấm nhầm, bỏ lần ghi này").click();
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  expect((await office.call("GET", "visits")).total).toBe(1);
});

test("search finds without accents, by number, and underlines what it found", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await press(page, "Các hộ");
  const search = page.getByRole("searchbox");
  await search.pressSequentially("doan van thuy");
  await expect(page.locator("a.row").first()).toContainText("Đoàn Văn Thủy");
  await expect(page.locator("a.row mark").first()).toHaveText("Đoàn");
  await search.fill("142");
  await expect(page.locator("a.row").first()).toContainText("Nguyễn Minh Hùng");
  await search.fill("quach khuat khong co");
  await expect(page.getByText(/không có hộ nào/).first()).toBeVisible();
  await accessible(page);
});

test("typing with an input method is never rewritten, and a draft survives a killed browser", async ({ server, profile }) => {
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  const note = page.getByLabel(/Ghi chú ngắn/);
  await note.focus();
  // Telex by composition, as Android keyboards send it.
  const cdp = await page.context().newCDPSession(page);
  for (const text of ["C", "Ch", "Chi", "Chie", "Chiê", "Chiều"]) await cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await cdp.send("Input.insertText", { text: "Chiều" });
  // Typed by a UniKey-like tool: backspaces and text, without composition.
  await page.keyboard.type(" too");
  for (let i = 0; i < 2; i += 1) await page.keyboard.press("Backspace");
  await cdp.send("Input.insertText", { text: "ối mới có nhà." });
  await expect(note).toHaveValue("Chiều tối mới có nhà.");
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  // That may speak of what stood there a moment before.
  await expect.poll(() => drafts(page)).toContain("Chiều tối mới có nhà.");
  await profile.kill();

  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue("Chiều tối mới có nhà.");
  await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
});

test("at most half a second of typing is lost with the browser, at the worst moment of the draft's keeping", async ({ server, profile }) => {
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await page.getByLabel(/Ghi chú ngắn/).focus();
  await expect.poll(() => drafts(page)).not.toBe("");

  // It dies when a draft is about to be written down again: never is more of it only on the screen.
  let died = 0;
  const dead = new Promise<void>((resolve) => void page.exposeFunction("die", () => {
    died = Date.now();
    return profile.kill().then(resolve);
  }).catch(() => undefined));
  await page.waitForFunction(() => "die" in window);
  await page.evaluate(() => {
    const begin = Date.now();
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args: [any, any?]) {
      if (this.name === "drafts" && args[1] !== "place" && Date.now() - begin > 3_000) {
        (window as any).die();
        for (;;);
      }
      return put.apply(this, args);
    };
  });
  // Without a pause, until there is nobody left to type to; when each letter was there.
  const at: number[] = [];
  const letters = "abcdeghiklmnopqrstuvxy";
  const letter = (n: number) => letters[n % letters.length];
  while (!died) {
    const typed = await page.keyboard.press(letter(at.length)).then(() => true, () => false);
    if (typed) at.push(Date.now());
  }
  await dead;
  expect(at.length, "letters in three seconds").toBeGreaterThan(60);

  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  const note = page.getByLabel(/Ghi chú ngắn/);
  await expect(note).toBeVisible();
  const kept = await note.inputValue();
  expect(kept).toBe(at.map((_, n) => letter(n)).join("").slice(0, kept.length));
  expect(kept.length, "something was kept while it was typed").toBeGreaterThan(30);
  const lost = at.slice(kept.length);
  expect(died - Math.min(died, ...lost), "milliseconds of typing lost").toBeLessThanOrEqual(500);
});

test("a complaint is stopped and its draft is gone from the phone", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await press(page, "Thêm ý kiến");
  await page.getByText("Phản ánh", { exact: true }).click();
  await page.getByLabel(/Bà con nói/).fill("Tố cáo một cán bộ nhận tiền.");
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  await page.getByText(/Khiếu nại hoặc tố cáo/).click();
  await expect(page.getByRole("heading", { level: 1, name: /Khiếu nại, tố cáo/ })).toBeVisible();
  expect(await drafts(page)).not.toContain("nhận tiền");
  await press(page, "Đã hướng dẫn, về lần thăm");
  await expect(page.getByRole("button", { name: "Lưu lần thăm" })).toBeVisible();
});

test("an amendment keeps the first version", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await meet(page, "tran thanh lanh");
  await page.locator("ol.ruled a.row, ul.ruled a.row").first().click();
  await press(page, /^Sửa/);
  await page.getByText("Gặp thành viên khác", { exact: true }).click();
  await press(page, /^Lưu/);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  const { rows, total } = await office.call("GET", "visits");
  expect([total, rows[0].contact, rows[0].amended]).toEqual([1, "MET_OTHER", true]);
  await page.locator("ol.ruled a.row, ul.ruled a.row").first().click();
  await expect(page.getByText("Gặp thành viên khác")).toBeVisible();
  // The first version stands behind it.
  const first = page.locator("main").locator("h2", { hasText: "Các bản trước" }).locator("xpath=following-sibling::ol[1]");
  await expect(first).toContainText("Gặp đại diện hộ");
});

test("a reply lost after the commit makes no twin", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  // The server commits, the phone never hears of it.
  await page.context().route("**/api/v1/push", (route) => route.fetch().then(() => route.abort()), { times: 1 });
  await meet(page, "tran thanh lanh", [{ text: "Mương sau nhà văn hóa tắc.", who: "Có tên" }]);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  expect((await office.call("GET", "visits")).total).toBe(1);
  expect((await office.call("GET", "opinions")).total).toBe(1);
});

test("a sync says which step it is at, and how much of it is done", async ({ server, profile }) => {
  const office = await Office.setUp(server);
  const [village, campaign] = [await office.village("Thôn Đồng Cừ", "DC"), await office.campaign()];
  // More than one page of a pull holds.
  const roll = Array.from({ length: 700 }, (_, n) => `Thôn Đồng Cừ,${n + 1},Lò Văn ${n + 1}`);
  await office.importFile(new Blob([["Thôn,Số nhà,Chủ hộ", ...roll].join("\r\n")]), "so.csv", {});
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  const page = await profile.open();
  const steps = page.locator("main ol.ruled > li");
  const now = page.locator("main ol.ruled .row.on");
  const progress = page.locator("main progress");

  const pull = hold(page, "pull", 2);
  await address(page, server.url, "/");
  await page.getByLabel(/gõ mã/i).fill(code);
  await press(page, "Tiếp tục");
  await choosePin(page);
  const goOn = await pull;
  await expect(steps).toHaveText([/^\s*Đã nối với xã\s*$/, /^\s*Gửi những gì đã ghi\s*$/, /^\s*Nhận tin mới\s*5\d\d trên\s7\d\d\stin\s*$/]);
  await expect(now).toHaveText(/Nhận tin mới/);
  await expect(progress).toHaveAttribute("value", /^5\d\d$/);
  await expect(progress).toHaveAttribute("max", /^7\d\d$/);
  await expect(page.getByRole("progressbar", { name: "Tiến độ" })).toBeVisible();
  goOn();
  await expect(page.getByText(/Nhận\s7\d\d\stin mới/)).toBeVisible({ timeout: 30_000 });
  await expect(steps).toHaveCount(0);
  await press(page, "Về Hôm nay");
  await installed(page);

  await page.context().setOffline(true);
  for (const n of ["1", "2", "3"]) await meet(page, n);
  await address(page, server.url, "/sync");
  await opened(page);
  const push = hold(page, "push");
  // It begins by itself.
  await page.context().setOffline(false);
  const send = await push;
  await expect(steps).toHaveText([/^\s*Đã nối với xã\s*$/, /^\s*Gửi những gì đã ghi\s*0 trên 3\smục\s*$/, /^\s*Nhận tin mới\s*$/]);
  await expect(now).toHaveText(/Gửi những gì đã ghi/);
  await expect(progress).toHaveAttribute("value", "0");
  await expect(progress).toHaveAttribute("max", "3");
  send();
  await expect(page.getByText(/Gửi 3, xã nhận đủ lúc \d+:\d\d/)).toBeVisible({ timeout: 30_000 });
  await expect(progress).toHaveCount(0);
});

test("the server killed with part of a push in its hands loses nothing and stores nothing twice", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  // Half of the bytes, all but the last one, and all of them, which it may have stored before it died or not.
  const parts = [(all: number) => all >> 1, (all: number) => all - 1, (all: number) => all];
  for (const [n, part] of parts.entries()) {
    const killed = new Promise<void>((resolve, reject) =>
      page.context().route("**/api/v1/push", (route) => dieAt(server, route, part).then(resolve, reject), { times: 1 }),
    );
    await meet(page, String(n + 1), [{ text: `Ngõ ${n + 1} cần thêm đèn đường.`, who: "Có tên" }]);
    await killed;
    await expect(waiting(page)).toContainText(/1\schờ gửi/);
    await server.start();
    await address(page, server.url, "/sync");
    await press(page, "Đồng bộ ngay");
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
    await press(page, "Về Hôm nay");
  }
  await office.signIn("hanh");
  const visits = await office.all("visits");
  expect(visits).toHaveLength(3);
  expect(new Set(visits.map((row) => row.household)).size).toBe(3);
  const opinions = await office.all("opinions");
  expect(opinions.map((row) => row.text).sort()).toEqual([1, 2, 3].map((n) => `Ngõ ${n} cần thêm đèn đường.`));
  expect(await office.call("GET", "quarantine")).toEqual([]);
});

test("an anonymous opinion leaves the phone without its visit and waits for a crowd", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await addOpinion(page, "Xã nên họp dân buổi tối.", "Không nêu tên");
  await press(page, "Lưu lần thăm");
  await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  expect((await office.call("GET", "visits")).total).toBe(1);
  expect((await office.call("GET", "opinions")).total).toBe(0);
  await address(page, server.url, "/entries");
  await expect(page.getByText(/1\sý kiến không nêu tên/)).toBeVisible();
});

test("inside another app's browser nothing is asked for and nothing is stored", async ({ server, browser, viewport }) => {
  const context = await browser.newContext({ viewport, userAgent: "Mozilla/5.0 (Linux; Android 12; SM-A125F) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 Zalo android/12345" });
  const page = await context.newPage();
  await address(page, server.url, "/");
  await expect(page.getByRole("heading", { level: 1, name: /Hãy mở bằng Chrome/ })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
  await accessible(page);
  await context.close();
});

test("codes: short, wrong, used and expired ones say what to do", async ({ server, profile, browser, viewport }) => {
  const { office, person, code } = await commune(server);
  const page = await profile.open();
  await address(page, server.url, "/");
  const field = page.getByLabel(/gõ mã/i);
  const refused = async (page: Page, code: string, words: RegExp) => {
    await page.getByLabel(/gõ mã/i).fill(code);
    await press(page, "Tiếp tục");
    await expect(page.getByText(words)).toBeVisible();
    // What was typed stays, to be compared letter by letter.
    await expect(page.getByLabel(/gõ mã/i)).toHaveValue(code);
    await expect(page.getByLabel(/gõ mã/i)).toHaveAttribute("aria-invalid", "true");
  };
  await refused(page, "KV3T-8Q4", /Còn thiếu\s1\schữ/);
  await refused(page, "KV3T-8Q4M", /^\s*Không có mã này\. Xem lại từng chữ, hoặc xin mã mới\.$/);
  await accessible(page);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length), "nothing was made for it").toBe(0);
  await enrol(page, server, code);
  const other = await browser.newContext({ viewport });
  const second = await other.newPage();
  await address(second, server.url, "/");
  await refused(second, code, /^\s*Mã này đã dùng rồi\. Xin cán bộ xã mã mới\.$/);

  const late = await office.call("POST", `people/${person}/code`);
  await server.stop();
  expire(server, late.expires);
  await server.start();
  await refused(second, late.code, /^\s*Mã này đã quá 24 giờ\. Xin cán bộ xã mã mới\.$/);
  await other.close();
  await expect(field).toHaveCount(0);
});

/** A code that ended a minute ago: its moment in the stopped server's database, six bytes of a row, is written anew. */
function expire(server: Server, expires: number): void {
  const bytes = (time: number) => {
    const six = Buffer.alloc(6);
    six.writeUIntBE(time, 0, 6);
    return six;
  };
  const kept = server.files().find(({ path }) => path.endsWith(".db"));
  const at = kept?.bytes.indexOf(bytes(expires)) ?? -1;
  if (!kept || at < 0) throw new Error("the database does not hold when the code ends");
  bytes(Date.now() - 60_000).copy(kept.bytes, at);
  writeFileSync(kept.path, kept.bytes);
}

/** Holds the nth request of this kind that comes from now on: what lets it go on, once it is there. */
function hold(page: Page, path: string, nth = 1): Promise<() => void> {
  let n = 0;
  return new Promise((resolve) => {
    const held = (route: Route) => {
      n += 1;
      if (n === nth) resolve(() => void route.continue());
      else void route.continue();
    };
    void page.context().route(`**/api/v1/${path}`, held, { times: nth });
  });
}

/** Sends part of the body on a connection of its own, to a server that reads it, and kills the server. */
async function dieAt(server: Server, route: Route, part: (all: number) => number): Promise<void> {
  const body = route.request().postDataBuffer() ?? Buffer.alloc(0);
  if (body.length < 100) throw new Error(`a push of ${body.length} bytes`);
  const headers = Object.entries(await route.request().allHeaders()).filter(([name]) => !/^(:|content-length$|connection$|host$)/.test(name));
  const head = [...headers, ["Host", `localhost:${server.port}`], ["Content-Length", body.length], ["Expect", "100-continue"]];
  const socket = connect(server.port, "127.0.0.1");
  socket.write(["POST /api/v1/push HTTP/1.1", ...head.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n"));
  // Only who waits for the body says so.
  const [asked] = await once(socket, "data");
  expect(String(asked)).toContain("100 Continue");
  socket.on("error", () => undefined);
  await new Promise((sent) => socket.write(body.subarray(0, part(body.length)), sent));
  await server.stop("SIGKILL");
  socket.destroy();
  await route.abort();
}
