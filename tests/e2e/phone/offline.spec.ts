import { expect, test } from "../support/fixtures";
import { commune, enrol, meet, press, toToday, waiting } from "../support/field";

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
