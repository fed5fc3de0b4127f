import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { addOpinion, commune, enrol, meet, openHousehold, press, toToday, waiting } from "../support/field";
import type { Office } from "../support/office";

// Browsers are opened, closed and looked at many times.
test.describe.configure({ timeout: 180_000 });

test("a revoked phone says so, keeps everything, and what it had not sent waits for a person", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng.", who: "Có tên" }]);
  await meet(page, "doan van thuy", [{ text: "Xã nên họp dân buổi tối.", who: "Không nêu tên" }]);
  await profile.close();
  await server.start();
  await office.signIn("hanh");
  const device = (await office.call("GET", "devices")).find((row: any) => row.name === "Lương Văn Bền");
  await office.call("POST", `devices/${device.id}/revoke`);

  page = await profile.open();
  await page.goto(`${server.url}/app/entries`);
  await expect(page.getByText("Xã chưa nhận máy này")).toBeVisible({ timeout: 30_000 });
  // Two visits, and not each of the operations that they consist of.
  await expect(page.getByRole("link", { name: /^2 Cần xem lại/ })).toBeVisible();
  await expect(page.locator("a.status")).toContainText(/2\scần xem lại/);
  await expect(page.locator("#xem-lai + ul > li", { hasText: "Máy này đã bị thôi dùng" })).toHaveCount(2);
  await expect(page.locator("#cho-gui + ul > li", { hasText: "ý kiến không nêu tên" })).toHaveCount(1);
  await accessible(page);
  await toToday(page);
  await expect(page.getByText("Xã chưa nhận máy này")).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "Gửi và nhận" }).click();
  await expect(page.getByText(/Những gì đã ghi vẫn trên máy/)).toBeVisible();
  await accessible(page);
  expect((await office.call("GET", "visits")).total).toBe(0);
  expect((await office.call("GET", "quarantine")).map((row: any) => [row.from, row.reason])).toEqual(
    Array(3).fill(["Lương Văn Bền", "revoked"]),
  );

  // Nothing of it is gone from the phone, with or without a network.
  await profile.close();
  await server.stop();
  page = await profile.open();
  await page.goto(`${server.url}/app/entries`);
  await expect(page.locator("#xem-lai + ul > li")).toHaveCount(2);
  await expect(page.locator("a.status")).toContainText(/2\scần xem lại/);
  await page.getByRole("link", { name: /Lần thăm Trần Thanh Lành/ }).click();
  await expect(page.getByText("“Đèn đường ngõ 3 hỏng.”")).toBeVisible();
});

for (const years of [9, -20]) {
  test(`a clock that is off by ${years} years: the visit is kept, sent, and stands at its day in the office`, async ({ server, profile }) => {
    const { office, code } = await commune(server);
    const page = await profile.open();
    await page.addInitScript((off) => {
      const real = Date.now;
      Date.now = () => real() + off;
    }, years * 365 * 86_400_000);
    const began = Date.now();
    await enrol(page, server, code);
    await server.stop();
    await meet(page, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng.", who: "Có tên" }]);
    await openHousehold(page, "doan van thuy");
    await press(page, "Gặp được");
    await page.getByText("Gặp đại diện hộ", { exact: true }).click();
    await addOpinion(page, "Xã nên họp dân buổi tối.", "Không nêu tên");
    await page.getByText(/tối mai/).click();
    await press(page, "Lưu lần thăm");
    await server.start();
    await page.goto(`${server.url}/app/sync`);
    await press(page, "Đồng bộ ngay");
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
    await expect(page.getByText("Đồng hồ máy này không đúng giờ")).toBeVisible();
    await accessible(page);
    await office.signIn("hanh");
    await sensible(office, began);

    // Put right, it is believed at once, and what was written stands where it stood.
    await page.addInitScript((off) => {
      const wrong = Date.now;
      Date.now = () => wrong() - off;
    }, years * 365 * 86_400_000);
    await page.goto(`${server.url}/app/households`);
    await meet(page, "nguyen minh hung");
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
    await expect.poll(async () => (await office.call("GET", "visits")).total).toBe(3);
    await sensible(office, began);
  });
}

/** Every visit stands between the beginning of the test and its receipt, and the day's filter finds it. */
async function sensible(office: Office, began: number): Promise<void> {
  const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  const all = await office.call("GET", "visits");
  const ofToday = await office.call("GET", `visits?from=${today}&to=${today}`);
  expect(ofToday.total).toBe(all.total);
  for (const { at, received_at } of all.rows) {
    expect(at).toBeGreaterThan(began - 60_000);
    expect(at).toBeLessThan(received_at + 60_000);
    expect(received_at).toBeLessThan(Date.now() + 60_000);
  }
}
