import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { accessibleInEveryLook, addOpinion, commune, drafts, enrol, meet, openHousehold, press, waiting } from "../support/field";

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
  const held = new Promise<() => void>((resolve) => void page.context().route("**/api/v1/push", (route) => resolve(() => route.continue()), { times: 1 }));
  await press(page, "Đồng bộ ngay");
  const release = await held;
  await expect(page.getByRole("heading", { level: 1, name: "Đang gửi và nhận" })).toBeVisible();
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
  await expect(page.getByText("Sổ của Lương Văn Bền.")).toBeVisible();
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
