import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { addOpinion, commune, enrol, meet, openHousehold, press, waiting } from "../support/field";

const address = (page: Page, url: string, path: string) => page.goto(`${url}/app${path}`);

test("every screen can be read and pressed, in three sizes and in the dark", async ({ server, profile }) => {
  test.setTimeout(180_000);
  const { code } = await commune(server);
  const page = await profile.open();
  await address(page, server.url, "/");
  await expect(page.getByLabel(/gõ mã/i)).toBeVisible();
  await accessible(page);
  await enrol(page, server, code);
  await accessible(page);
  for (const look of [{ theme: "light", text: "1" }, { theme: "light", text: "3" }, { theme: "dark", text: "1" }]) {
    await page.evaluate((value) => localStorage.setItem("gandan.look", JSON.stringify(value)), look);
    for (const path of ["/", "/households", "/entries", "/sync", "/settings", "/household/new"]) {
      await address(page, server.url, path);
      await expect(page.locator("h1").first()).toBeAttached();
      if (look.theme === "light") await accessible(page);
    }
  }
  await page.evaluate(() => localStorage.removeItem("gandan.look"));
  await page.goto(`${server.url}/app/`);
  await openHousehold(page, "tran thanh lanh");
  await accessible(page);
  await press(page, "Gặp được");
  await accessible(page);
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await accessible(page);
  await press(page, "Thêm ý kiến");
  await accessible(page);
  await page.getByText("Kiến nghị", { exact: true }).click();
  await accessible(page);
  await page.getByText(/Khiếu nại hoặc tố cáo/).click();
  await expect(page.getByRole("heading", { level: 1, name: /Khiếu nại, tố cáo/ })).toBeVisible();
  await accessible(page);
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
  await profile.kill();

  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue("Chiều tối mới có nhà.");
  await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
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
  const drafts = await page.evaluate(async () => {
    const name = (await indexedDB.databases()).map((database) => database.name).find((found) => found?.startsWith("gandan-")) ?? "";
    const database = await new Promise<IDBDatabase>((resolve) => (indexedDB.open(name).onsuccess = (event: any) => resolve(event.target.result)));
    const rows = await new Promise<Uint8Array[]>((resolve) => (database.transaction("drafts").objectStore("drafts").getAll().onsuccess = (event: any) => resolve(event.target.result)));
    database.close();
    return rows.map((row) => new TextDecoder().decode(row)).join();
  });
  expect(drafts).not.toContain("nhận tiền");
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
});

test("a reply lost after the commit makes no twin, and a killed server loses nothing", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  // The server commits, the phone never hears of it.
  await page.context().route("**/api/v1/push", (route) => route.fetch().then(() => route.abort()), { times: 1 });
  await meet(page, "tran thanh lanh", [{ text: "Mương sau nhà văn hóa tắc.", who: "Có tên" }]);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  expect((await office.call("GET", "visits")).total).toBe(1);
  expect((await office.call("GET", "opinions")).total).toBe(1);

  // The server dies while the push is on its way.
  await page.context().route("**/api/v1/push", async (route) => {
    await Promise.allSettled([route.fetch(), server.stop("SIGKILL")]);
    await route.abort();
  }, { times: 1 });
  await meet(page, "doan van thuy");
  await expect(waiting(page)).toContainText("chờ gửi");
  await server.start();
  await address(page, server.url, "/entries");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  expect((await office.call("GET", "visits")).total).toBe(2);
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

test("codes: wrong, used and short ones say what to do", async ({ server, profile, browser, viewport }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await address(page, server.url, "/");
  const field = page.getByLabel(/gõ mã/i);
  await field.fill("KV3T-8Q4");
  await press(page, "Tiếp tục");
  await expect(page.getByText(/Còn thiếu\s1\schữ/)).toBeVisible();
  await expect(field).toHaveValue("KV3T-8Q4");
  await enrol(page, server, code);
  const other = await browser.newContext({ viewport });
  const second = await other.newPage();
  await address(second, server.url, "/");
  await second.getByLabel(/gõ mã/i).fill(code);
  await press(second, "Tiếp tục");
  await expect(second.getByText(/đã dùng|đã được dùng/)).toBeVisible();
  await other.close();
});
