import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { commune, enrol, meet, openHousehold, press } from "../support/field";

/** How many lines an element's words take, by its line height. */
const lines = (page: Page, selector: string) =>
  page.locator(selector).first().evaluate((element) => Math.round(element.getBoundingClientRect().height / parseFloat(getComputedStyle(element).lineHeight)));

test("with the largest letters a household is seen at once", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await page.evaluate(() => localStorage.setItem("gandan.look", JSON.stringify({ theme: "light", text: "3" })));
  await page.goto(`${server.url}/app/households`);
  const row = page.locator("a.row").first();
  await expect(row).toBeVisible();
  expect(await lines(page, "header.top")).toBeLessThanOrEqual(2);
  const cells = await page.locator(".seg a").evaluateAll((all) => new Set(all.map((cell) => cell.getBoundingClientRect().top)).size);
  expect(cells, "rows of the filter").toBe(1);
  const name = (await row.locator("b").first().boundingBox())!;
  const bar = (await page.locator("nav.nav").boundingBox())!;
  expect(name.y + name.height, "the first name ends above the bar").toBeLessThanOrEqual(bar.y);
});

test("nothing says saved before something was, and no page's title tells a name", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await expect(page).toHaveTitle("Hộ – Gần Dân");
  await press(page, "Sửa thông tin hộ");
  await expect(page.locator(".saved svg")).toHaveCount(0);
  await page.getByLabel(/Nhà ở chỗ nào/).fill("x".repeat(201));
  await expect(page.locator(".saved svg")).toHaveCount(1);
  await press(page, "Lưu thông tin hộ");
  // The line that is too long is named, not the one above it.
  await expect(page.getByLabel(/Nhà ở chỗ nào/)).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel(/Chủ hộ/)).not.toHaveAttribute("aria-invalid", "true");
  await page.getByLabel(/Nhà ở chỗ nào/).fill("");

  await page.goto(`${server.url}/app/households`);
  await openHousehold(page, "doan van thuy");
  await press(page, "Gặp được");
  await expect(page).toHaveTitle("Ghi lần thăm – Gần Dân");
  await expect(page.locator(".saved svg")).toHaveCount(0);
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await expect(page.locator(".saved svg")).toHaveCount(1);
  // Nothing stands over the kinds before one is chosen.
  await press(page, "Thêm ý kiến");
  await expect(page.locator(".dock")).toBeHidden();
  await page.getByText("Kiến nghị", { exact: true }).click();
  await expect(page.locator(".dock")).toBeVisible();
});

test("the app opens where it was left a moment ago, and at Hôm nay after that unless something is being written", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await page.goto(`${server.url}/app/households`);
  await expect(page.getByRole("searchbox")).toBeVisible();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("searchbox")).toBeVisible();
  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 31 * 60_000;
  });
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ })).toBeVisible();

  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 31 * 60_000;
  });
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
});

test("as many are sent as waited", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "tran thanh lanh", [
    { text: "Đèn đường ngõ 3 hỏng.", who: "Có tên" },
    { text: "Xã nên họp dân buổi tối.", who: "Không nêu tên" },
  ]);
  await expect(page.locator("a.status")).toContainText(/2\schờ gửi/);
  await server.start();
  await page.goto(`${server.url}/app/sync`);
  await expect(page.getByText(/Gửi 2, xã nhận đủ/)).toBeVisible({ timeout: 30_000 });
});
