import type { Browser, Page } from "@playwright/test";
import { expect, inBothColours, test } from "../support/fixtures";
import { unlocksItself } from "../support/lock";
import { commune, enrol, openHousehold, press, sync } from "../support/field";
import { seek, signIn } from "../support/office";
import type { Server } from "../support/server";

test.describe.configure({ timeout: 180_000 });

/** A browser of the size of a phone, beside the desk. */
async function phoneOf(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: "vi-VN" });
  const page = await context.newPage();
  await unlocksItself(page);
  return page;
}

const title = (page: Page) => page.locator("main h1");
const save = (page: Page) => page.getByRole("button", { name: "Lưu thông tin hộ" }).click();

/** Opens a household from the list by its head. */
async function open(page: Page, server: Server, head: string, way = "Sửa"): Promise<void> {
  await page.goto(`${server.url}/office/households`);
  await seek(page, head);
  await page.locator("a.row", { hasText: head }).first().click();
  await expect(page.locator("aside.pane h2")).toHaveText(head);
  await page.locator("aside.pane").getByText(way, { exact: true }).click();
  await expect(title(page)).toHaveText(`Sửa hộ ${head}`);
}

test("a household is added and corrected by hand, and the team's phones receive it", async ({ server, page, browser }) => {
  const { office, code } = await commune(server);
  const phone = await phoneOf(browser);
  await enrol(phone, server, code);
  await signIn(page, server, "hanh");
  await page.locator("nav").getByText("Danh sách hộ").click();
  await page.getByRole("link", { name: "Thêm hộ" }).click();
  await expect(title(page)).toHaveText("Thêm hộ");
  await page.locator("#household-phone").fill("0912 345");
  await save(page);
  await expect(page.getByRole("alert").getByText("Còn thiếu tên chủ hộ.")).toBeVisible();
  await expect(page.getByRole("alert").getByText("Chưa chọn thôn.")).toBeVisible();
  await inBothColours(page);
  await page.selectOption("#household-village", { label: "Thôn Đồng Cừ" });
  await page.locator("#household-head").fill("Vũ Thị Nhài");
  await page.locator("#household-no").fill("143");
  await save(page);
  await expect(page.getByRole("alert").getByText(/Số điện thoại có 10 số/).first()).toBeVisible();
  await page.locator("#household-phone").fill("0912.345.678");
  await page.locator("#household-people").fill("4");
  await save(page);
  await expect(title(page)).toHaveText("Sửa hộ Vũ Thị Nhài");
  await expect(page.getByRole("status").getByText("Đã lưu hộ Vũ Thị Nhài")).toBeVisible();
  await expect(page.locator("main")).toContainText("DC-0143");
  await inBothColours(page);

  // The connection drops: what was typed stays, and pressing again stores it once.
  await server.stop();
  await page.locator("#household-hint").fill("sau đình, cổng sắt");
  await page.getByText("Không liên hệ, theo lời hộ").click();
  await save(page);
  await expect(page.getByRole("alert").getByText(/Những gì đã gõ vẫn còn/)).toBeVisible();
  await server.start();
  await expect(page.locator("#household-hint")).toHaveValue("sau đình, cổng sắt");
  await save(page);
  await expect(page.getByRole("alert").getByText(/Những gì đã gõ vẫn còn/)).toHaveCount(0);
  await expect.poll(async () => (await office.find("households", "vu thi nhai")).rows.map((row: any) => [row.place, row.no_contact])).toEqual([
    ["sau đình, cổng sắt", true],
  ]);
  await save(page);
  await expect(page.getByRole("status").getByText("Chưa sửa chỗ nào")).toBeVisible();

  // One that repeats another is warned of, not forbidden.
  await page.goto(`${server.url}/office/household`);
  await page.selectOption("#household-village", { label: "Thôn Đồng Cừ" });
  await page.locator("#household-head").fill("vu thi nhai");
  await page.locator("#household-no").fill("0143");
  await save(page);
  await expect(page.getByText("Thôn này đã có một hộ cùng số, cùng tên chủ hộ")).toBeVisible();
  await inBothColours(page);
  expect((await office.call("GET", "households")).total).toBe(143);
  await page.getByRole("button", { name: "Là hộ khác, vẫn lưu" }).click();
  await expect(title(page)).toHaveText("Sửa hộ vu thi nhai");
  expect((await office.call("GET", "households")).total).toBe(144);
  // It was the same after all.
  await page.getByText("Một hộ khác trong sổ chính là hộ này.").click();
  await save(page);
  await expect(page.getByRole("status").getByText("Đã lưu hộ vu thi nhai")).toBeVisible();
  await expect.poll(async () => (await office.call("GET", "coverage")).total.households).toBe(143);

  await sync(phone, server);
  await phone.getByRole("link", { name: "Các hộ", exact: true }).click();
  await phone.getByRole("searchbox").fill("DC-0143");
  await phone.locator("a.row").first().click();
  await expect(title(phone)).toHaveText("Vũ Thị Nhài");
  await expect(phone.getByText("Mã hộ DC-0143")).toBeVisible();
  await expect(phone.getByText(/Không liên hệ, theo lời hộ/).first()).toBeVisible();
  await phone.context().close();
});

test("office and phone correct one field: both values stay, the office decides, the phone sees the decision", async ({ server, page, browser }) => {
  const { office, code } = await commune(server);
  const phone = await phoneOf(browser);
  await enrol(phone, server, code);
  await signIn(page, server, "hanh");
  await open(page, server, "Trần Thanh Lành");
  await page.locator("#household-phone").fill("0912345678");
  await save(page);
  await expect(page.getByRole("status").getByText("Đã lưu hộ Trần Thanh Lành")).toBeVisible();

  // The phone has not heard of it.
  await server.stop();
  await openHousehold(phone, "tran thanh lanh");
  await press(phone, "Sửa thông tin hộ");
  await phone.getByLabel(/Số điện thoại/).fill("0987654321");
  await press(phone, "Lưu thông tin hộ");
  await expect(phone.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
  await server.start();
  await sync(phone, server);
  const disputed = async () => (await office.call("GET", "households?standing=disputed")).rows.map((row: any) => row.head);
  expect(await disputed()).toEqual(["Trần Thanh Lành"]);

  // Whoever signs in sees that something is to be decided, and what.
  await page.goto(`${server.url}/office/overview`);
  const worklist = page.getByRole("navigation").getByRole("link", { name: "Ghi khác nhau" });
  await expect(worklist).toHaveText(/ 1$/);
  await worklist.click();
  await expect(title(page)).toHaveText("1 hộ có hai người ghi khác nhau");
  await inBothColours(page);
  await page.locator("a.row", { hasText: "Trần Thanh Lành" }).click();
  const field = page.getByRole("group", { name: "Điện thoại: hai người ghi khác nhau" });
  await expect(field.locator("label", { hasText: "0912345678" })).toContainText("Nguyễn Thị Kim Hạnh ghi ở văn phòng");
  await expect(field.locator("label", { hasText: "0987654321" })).toContainText("Lương Văn Bền ghi trên điện thoại");
  await expect(field.getByRole("radio", { checked: true })).toHaveCount(0);
  await inBothColours(page);
  // Another field is corrected, and the dispute stays.
  await page.locator("#household-hint").fill("cổng gỗ");
  await save(page);
  await expect(page.getByRole("status").getByText("Đã lưu hộ Trần Thanh Lành")).toBeVisible();
  expect(await disputed()).toEqual(["Trần Thanh Lành"]);
  await expect(field.getByRole("radio")).toHaveCount(3);

  // The right one is neither: the officer asked the family.
  await field.getByText("Ghi khác", { exact: true }).click();
  await page.locator("#household-phone").fill("0900000001");
  await save(page);
  await expect(field).toHaveCount(0);
  await expect(page.locator("#household-phone")).toHaveValue("0900000001");
  expect(await disputed()).toEqual([]);
  await expect(worklist).toHaveText("Ghi khác nhau");
  await worklist.click();
  await expect(title(page)).toHaveText("Không hộ nào có hai người ghi khác nhau");
  await sync(phone, server);
  await openHousehold(phone, "tran thanh lanh");
  await expect(phone.locator("a[href='tel:0900000001']")).toBeVisible();
  await expect(phone.getByText(/cổng gỗ/)).toBeVisible();
  await expect(phone.getByText(/Hai người ghi khác nhau/)).toHaveCount(0);
  await phone.context().close();
});
