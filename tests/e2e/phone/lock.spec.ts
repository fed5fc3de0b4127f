import type { Page } from "@playwright/test";
import { accessibleInEveryLook, addOpinion, commune, drafts, enrol, installed, meet, openHousehold, press, waiting } from "../support/field";
import { type Profile, accessible, expect, test } from "../support/fixtures";
import { PIN, choosePin, closed, staysClosed, unlock, unlocksItself, unsealedAgain } from "../support/lock";
import { PASSPHRASE, Office, newId, signIn } from "../support/office";
import { SHEETS } from "../support/recovery";
import type { Server } from "../support/server";

const NOTE = "Chiều tối mới có nhà.";

/** Begins a visit: a note and an opinion that nobody has saved. */
async function begin(page: Page): Promise<void> {
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await addOpinion(page, "Ngõ 2 cần thêm đèn đường.", "Có tên");
  await page.getByLabel(/Ghi chú ngắn/).fill(NOTE);
}

/** A visit begun on a phone whose clock the test holds, without a network, and nobody who opens a closed notebook. */
async function begun(server: Server, profile: Profile): Promise<Page> {
  const { code } = await commune(server);
  const page = await profile.open();
  await page.clock.install();
  await enrol(page, server, code);
  await server.stop();
  await staysClosed(page);
  await begin(page);
  return page;
}

async function stands(page: Page): Promise<void> {
  await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue(NOTE);
  await expect(page.getByText("“Ngõ 2 cần thêm đèn đường.”")).toBeVisible();
}

/** The page as the browser shows it to nobody, or to somebody again. */
const look = (page: Page, state: "hidden" | "visible") =>
  page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

test("a notebook that nobody touches closes, and opens at the same place with the same words", async ({ server, profile }) => {
  test.setTimeout(180_000);
  const page = await begun(server, profile);

  await test.step("untouched for five minutes, with what was typed in the last moment", async () => {
    await page.clock.fastForward(280_000);
    await page.getByLabel(/Ghi chú ngắn/).pressSequentially(" Hỏi");
    await page.clock.fastForward(280_000);
    await expect(page.getByLabel(/Ghi chú ngắn/), "typing is touching").toHaveValue(`${NOTE} Hỏi`);
    await page.getByLabel(/Ghi chú ngắn/).fill(NOTE);
    await page.clock.fastForward(301_000);
    await expect(closed(page)).toBeVisible();
    await expect(page.getByText("Lương Văn Bền")).toBeVisible();
    await expect(page.getByText(NOTE)).toHaveCount(0);
    await unlock(page);
    await stands(page);
  });

  await test.step("behind another app for two minutes", async () => {
    await look(page, "hidden");
    await page.clock.fastForward(100_000);
    await look(page, "visible");
    await stands(page);
    await look(page, "hidden");
    await page.clock.fastForward(121_000);
    await expect(closed(page)).toBeVisible();
    await unlock(page);
    await stands(page);
  });

  await test.step("by its button, in every tab", async () => {
    const second = await page.context().newPage();
    await second.goto(`${server.url}/app/settings`);
    await staysClosed(second);
    await unlock(second);
    await expect(second.getByRole("heading", { name: "Cỡ chữ, màn hình, sổ" })).toBeVisible();
    await press(second, "Khóa sổ");
    await expect(closed(second)).toBeVisible();
    await expect(closed(page)).toBeVisible();
    await second.close();
    await unlock(page);
    await stands(page);
  });

  await test.step("what is looked for among the households is there again", async () => {
    await page.goto(`${server.url}/app/households`);
    await unlock(page);
    await page.getByRole("searchbox").fill("doan van");
    await expect(page.locator("a.row")).not.toHaveCount(0);
    const found = await page.locator("a.row").count();
    await page.clock.fastForward(301_000);
    await expect(closed(page)).toBeVisible();
    await unlock(page);
    await expect(page.getByRole("searchbox")).toHaveValue("doan van");
    await expect(page.locator("a.row")).toHaveCount(found);
  });
});

test("words that could not be stored keep the notebook open until they are", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const page = await begun(server, profile);
  await expect.poll(() => drafts(page)).toContain(NOTE);
  // The browser refuses to write, as one that is short of room does.
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    Object.assign(globalThis, { roomAgain: () => void (IDBObjectStore.prototype.put = put) });
  });
  await page.getByLabel(/Ghi chú ngắn/).fill(`${NOTE} Gọi trước.`);
  const failed = page.getByText("Máy gần đầy, chưa lưu được");
  await expect(failed.first()).toBeVisible();
  await page.clock.fastForward(301_000);
  await page.clock.fastForward(60_000);
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue(`${NOTE} Gọi trước.`);
  await expect(closed(page)).toHaveCount(0);
  await page.evaluate(() => (globalThis as any).roomAgain());
  await page.clock.fastForward(60_000);
  await expect(closed(page)).toBeVisible();
  await unlock(page);
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue(`${NOTE} Gọi trước.`);
});

test("a notebook from before there was a lock is emptied into the server, deleted, and begun anew", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "tran thanh lanh", [{ text: "Ngõ 2 cần thêm đèn đường.", who: "Có tên" }]);
  await unsealedAgain(page);
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("heading", { name: "Sổ này của bản dùng thử" })).toBeVisible();
  await expect(page.getByText("Còn 1\u{a0}mục chưa gửi.")).toBeVisible();
  await accessibleInEveryLook(page);
  await expect(page.getByRole("button", { name: "Xóa sổ thử, nhập mã mới" })).toHaveCount(0);
  await server.start();
  await press(page, "Đồng bộ ngay");
  await expect(page.getByText("Xã đã nhận hết. Xóa được rồi.")).toBeVisible({ timeout: 30_000 });
  expect((await office.all("opinions")).map(({ text }) => text)).toEqual(["Ngõ 2 cần thêm đèn đường."]);
  await press(page, "Xóa sổ thử, nhập mã mới");
  await expect(page.getByLabel(/gõ mã/i)).toBeVisible();
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test("wrong PINs cost more and more time, also after a flat battery, and delete nothing", async ({ server, profile }) => {
  test.setTimeout(180_000);
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "tran thanh lanh");
  await staysClosed(page);
  await page.goto(`${server.url}/app/`);
  await expect(closed(page)).toBeVisible();
  await accessibleInEveryLook(page);
  const said = page.getByRole("alert");
  await unlock(page, "000001");
  await expect(said).toHaveText(/Mã chưa đúng, bấm lại\. Sổ không mất gì\./);
  // With a finger; one digit too many is taken back.
  for (const digit of "00009") await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Xóa số vừa bấm" }).click();
  await expect(page.getByRole("img", { name: "Đã bấm 4 trên 6\u00a0số" })).toBeVisible();
  await unlock(page, "02");
  await expect(said).toHaveText(/Mã chưa đúng, bấm lại\. Sai nữa thì đợi 30\sgiây, rồi lâu hơn\. Sổ không mất gì\./);
  await accessible(page);
  await unlock(page, "000003");
  await expect(said).toHaveText(/Bấm lại được sau \d+\sgiây/);
  await expect(page.getByRole("button", { name: "5", exact: true })).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await unlock(page);
  await expect(closed(page), "the right one waits as well").toBeVisible();

  await profile.kill();
  page = await profile.open();
  await staysClosed(page);
  await page.clock.install();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("alert")).toHaveText(/Bấm lại được sau \d+\sgiây/);
  await page.clock.fastForward(31_000);
  await expect(page.getByRole("button", { name: "5", exact: true })).not.toHaveAttribute("aria-disabled", "true");
  await unlock(page, "000004");
  await expect(page.getByRole("alert")).toHaveText(/Bấm lại được sau (5\d|60)\sgiây/);
  await page.clock.fastForward(61_000);
  await unlock(page);
  await expect(waiting(page)).toContainText(/1\schờ gửi/);
});

test("another PIN, or words, are chosen by who knows the present one", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await staysClosed(page);
  await page.goto(`${server.url}/app/settings/secret`);
  await unlock(page);
  await expect(page.getByRole("heading", { name: "Chọn mã PIN mới" })).toBeVisible();
  await accessible(page);
  await page.keyboard.type("121212");
  await expect(page.getByText(/Mã này dễ đoán/)).toBeVisible();
  await page.keyboard.type("739164");
  await page.keyboard.type("739165");
  await expect(page.getByText(/Hai lần khác nhau/)).toBeVisible();
  await press(page, "Mã dài hơn");
  await accessible(page);
  const field = page.locator("#khoa");
  await expect(field).toHaveAttribute("autocomplete", "off");
  await field.fill("đò ngang");
  await press(page, "Tiếp tục");
  await expect(page.getByRole("heading", { name: "Nhập lại cho chắc" })).toBeVisible();
  await accessible(page);
  await field.fill("đò ngang");
  await press(page, "Tiếp tục");
  await expect(page.getByText(/Đã đổi mã/)).toBeVisible();
  await accessible(page);

  await page.goto(`${server.url}/app/`);
  await expect(closed(page)).toBeVisible();
  await accessible(page);
  await field.fill(PIN);
  await press(page, "Mở sổ");
  await expect(page.getByText(/Mã chưa đúng/)).toBeVisible();
  await field.fill("đò ngang");
  await press(page, "Mở sổ");
  await expect(page.getByRole("heading", { name: "Cỡ chữ, màn hình, sổ" })).toBeVisible();
});

test("a forgotten PIN, or a phone whose holder is gone, loses nothing: two people of the commune open it", async ({ server, profile, browser }) => {
  test.setTimeout(240_000);
  const { office, code } = await commune(server);
  const admin = new Office(server);
  await admin.signIn("quantri");
  const account = { name: "Lương Thị Hạnh", login: "lanhdao", passphrase: PASSPHRASE };
  await admin.write("people", { id: newId(), name: "Lương Thị Hạnh", role: "LEADER", unit: admin.unit, account });
  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "doan van thuy", [
    { text: "Mương tắc, mưa là ngập.", who: "Có tên" },
    { text: "Xã nên họp dân buổi tối.", who: "Không nêu tên" },
  ]);
  await begin(page);
  await expect.poll(() => drafts(page)).toContain(NOTE);
  await server.start();
  await staysClosed(page);
  await page.reload();
  await press(page, "Quên mã?");
  await accessible(page);
  await press(page, "Chọn mã PIN mới");
  await choosePin(page, "739164");
  await expect(page.getByText("Xã chưa mở. Máy tự hỏi lại.")).toBeVisible();
  await accessible(page);
  const mark = (await page.locator("dd.code").textContent()) ?? "";
  expect(mark).toMatch(/^\w{4}-\w{4}-\w{4}-\w{4}$/);
  // The battery dies meanwhile: the new PIN goes on asking under the same mark.
  await profile.kill();
  page = await profile.open();
  await staysClosed(page);
  await page.goto(`${server.url}/app/`);
  await expect(page.getByText("Đang chờ xã mở lại sổ")).toBeVisible();
  await accessible(page);
  await unlock(page, "739164");
  await expect(page.locator("dd.code")).toHaveText(mark);

  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "vi-VN" })).newPage();
  await signIn(desk, server, "lanhdao");
  await desk.goto(`${server.url}/office/recovery`);
  await desk.getByRole("button", { name: "Mở lại sổ cho Lương Văn Bền" }).click();
  await expect(desk.locator("aside .code")).toHaveText(mark);
  await desk.locator("#reopen-same label").click();
  await desk.locator("#reopen-first").fill(SHEETS[0]);
  await desk.locator("#reopen-second").fill(SHEETS[2]);
  await desk.locator("aside button[type=submit]").click();
  await expect(desk.locator("main .note.good")).toContainText("Đã gửi cho máy của Lương Văn Bền");
  await expect(desk.locator("table", { hasText: "Những lần đã mở" }).locator("tbody tr")).toContainText(["Lương Thị Hạnh"]);
  await desk.context().close();

  await press(page, "Hỏi lại ngay");
  await stands(page);
  await installed(page);
  await page.goto(`${server.url}/app/`);
  await unlock(page);
  await expect(page.getByText(/Mã chưa đúng/), "the old one opens nothing any more").toBeVisible();
  await unlock(page, "739164");
  await stands(page);
  await press(page, "Lưu lần thăm");
  await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  expect((await office.all("visits")).map((row) => row.head).sort()).toEqual(["Trần Thanh Lành", "Đoàn Văn Thủy"].sort());
  await unlocksItself(page);
});
