import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { commune, enrol, meet, press, sync, toToday, waiting } from "../support/field";

// The offline proof: the server process is gone, the browser is a new process on the same profile.
test("three visits with opinions, recorded without a server, arrive exactly once", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  await enrol(await profile.open(), server, code);
  await profile.close();
  await server.stop();

  let page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("heading", { level: 1, name: /142\s+hộ\scòn\slại/ })).toBeVisible();
  await meet(page, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng từ tháng chín.", who: "Có tên" }]);
  await meet(page, "doan van thuy", [{ text: "Mương sau nhà văn hóa tắc, mưa là ngập.", who: "Có tên" }]);
  await meet(page, "nguyen minh hung", [{ text: "Xe chở đá đừng chạy qua ngõ sau 9 giờ tối.", who: "Có tên" }]);
  await profile.close();

  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(waiting(page)).toContainText("chờ gửi");
  await press(page, "Các hộ");
  await toToday(page);
  await expect(page.getByRole("heading", { level: 1, name: /139\s+hộ\scòn\slại/ })).toBeVisible();

  await server.start();
  await page.goto(`${server.url}/app/entries`);
  await page.getByRole("button", { name: "Đồng bộ ngay" }).or(page.getByRole("link", { name: "Đồng bộ ngay" })).click();
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });

  await office.signIn("hanh");
  const visits = await office.call("GET", "visits");
  expect(visits.total).toBe(3);
  const opinions = await office.call("GET", "opinions");
  expect(opinions.rows.map((row: any) => row.text).sort()).toEqual([
    "Mương sau nhà văn hóa tắc, mưa là ngập.",
    "Xe chở đá đừng chạy qua ngõ sau 9 giờ tối.",
    "Đèn đường ngõ 3 hỏng từ tháng chín.",
  ]);
  await page.goto(`${server.url}/app/entries`);
  await expect(page.getByText(/Xã nhận .* lúc \d+:\d\d/).first()).toBeVisible();
});

test("the status line says whether there is a network, when the phone last heard the commune, and how many wait", async ({ server, profile }) => {
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  const line = (page: Page) => page.locator("a.status");
  const heard = (page: Page) => line(page).locator("small");
  await expect(line(page)).toContainText("Có mạng");
  await expect(line(page)).toContainText("Đã gửi hết");
  await expect(heard(page)).toHaveText(/^Đồng bộ: Hôm (nay|qua) \d+:\d\d$/);
  const before = (await heard(page).textContent()) ?? "";
  await profile.close();
  await server.stop();

  // Five minutes later, out of reach: a new browser.
  page = await profile.open();
  await page.clock.install({ time: Date.now() + 5 * 60_000 });
  await page.context().setOffline(true);
  await page.goto(`${server.url}/app/`);
  await toToday(page);
  await expect(line(page)).toContainText("Không có mạng");
  await expect(heard(page)).toHaveText(before);
  await meet(page, "tran thanh lanh");
  // On inner pages a sign says it, which has a spoken name.
  await expect(line(page).getByLabel("Không có mạng")).toBeVisible();
  await expect(line(page)).toHaveText(/1\schờ gửi/);
  await page.goto(`${server.url}/app/sync`);
  await expect(page.getByRole("button", { name: "Đồng bộ ngay" })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText(/Đang không có mạng/)).toBeVisible();

  // A network is not yet the commune: what waits goes on waiting, and the last word stays the last one.
  await page.context().setOffline(false);
  await expect(line(page).getByLabel("Có mạng", { exact: true })).toBeVisible();
  await press(page, "Đồng bộ ngay");
  await expect(page.getByText("Mất mạng giữa chừng")).toBeVisible({ timeout: 30_000 });
  await press(page, "Về Hôm nay");
  await expect(line(page)).toHaveText(/^\s*Có mạng.*1\schờ gửi$/);
  await expect(heard(page)).toHaveText(before);

  await server.start();
  await sync(page, server);
  await expect(line(page)).toHaveText(/^\s*Có mạng.*Đã gửi hết$/);
  await expect(heard(page)).toHaveText(/^Đồng bộ: Hôm (nay|qua) \d+:\d\d$/);
  await expect(heard(page)).not.toHaveText(before);
});
