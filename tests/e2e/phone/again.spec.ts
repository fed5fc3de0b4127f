import { accessible, expect, test } from "../support/fixtures";
import { choosePin } from "../support/lock";
import { commune, enrol, meet, press, waiting } from "../support/field";

test("a second person enrols on a phone that has a notebook, and both notebooks stay", async ({ server, profile }) => {
  const { office, campaign, village, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  // What is written meanwhile does not get out.
  await page.context().route("**/api/v1/push", (route) => route.abort());
  await meet(page, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng.", who: "Có tên" }]);
  const second = await office.memberWithCode("Trần Thị Thu Nhàn", "FIELD_MEMBER", campaign.id, [village.id]);

  await page.goto(`${server.url}/app/#enrol=${second.code}`);
  await expect(page.getByText("Máy này đã có sổ của Lương Văn Bền")).toBeVisible();
  await expect(page.getByText(/còn\s1\sviệc chờ gửi và vẫn nguyên trên máy/)).toBeVisible();
  await accessible(page);
  await press(page, "Tiếp tục");
  await choosePin(page);
  await expect(page.getByText(/Đã nhận\s142\shộ/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Nhận\s\d+\stin mới/)).toBeVisible();
  expect(page.url()).toBe(`${server.url}/app/sync`);
  await accessible(page);

  await press(page, "Về Hôm nay");
  await page.getByRole("link", { name: /Cỡ chữ/ }).click();
  await expect(page.getByText("Trần Thị Thu Nhàn")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Sổ khác trên máy này" })).toBeVisible();
  const first = page.getByRole("button", { name: /Lương Văn Bền/ });
  await expect(first).toContainText(/Còn\s1\sviệc chưa gửi trong sổ này, mở sổ để gửi/);
  await accessible(page);
  expect((await office.call("GET", "visits")).total).toBe(0);

  // The first one opens as it was, and sends what waited in it.
  await page.context().unroute("**/api/v1/push");
  await first.click();
  await expect(page.getByText(/Gửi 1, xã nhận đủ/)).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => (await office.call("GET", "visits")).rows.map((row: any) => row.by)).toEqual(["Lương Văn Bền"]);
  await press(page, "Về Hôm nay");
  await page.getByRole("link", { name: /Cỡ chữ/ }).click();
  await expect(page.getByRole("button", { name: /Trần Thị Thu Nhàn/ })).toContainText("Đã gửi hết");
});

test("a phone that was revoked delivers, destroys its notebook, and its person is led to the new code", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { office, person, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "tran thanh lanh");
  await server.start();
  await office.signIn("hanh");
  const [device] = await office.call("GET", "devices");
  await office.call("POST", `devices/${device.id}/revoke`);
  await page.goto(`${server.url}/app/`);
  await expect(page.getByText("Xã đã ngừng dùng sổ trên máy này")).toBeVisible({ timeout: 30_000 });
  await accessible(page);
  // It came to where somebody looks at it, and the office sees that nothing is left on the phone.
  expect((await office.call("GET", "quarantine")).map((row: any) => row.reason)).toEqual(["revoked"]);
  await expect.poll(async () => (await office.call("GET", "devices"))[0].destroyed_at).toBeGreaterThan(Date.now() - 60_000);

  const { code: fresh } = await office.call("POST", `people/${person}/code`);
  await page.getByLabel(/gõ mã/i).fill(fresh);
  await press(page, "Tiếp tục");
  await choosePin(page);
  await expect(page.getByText(/Đã nhận\s142\shộ/)).toBeVisible({ timeout: 30_000 });
  await press(page, "Về Hôm nay");
  await meet(page, "doan van thuy");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  expect((await office.call("GET", "visits")).rows.map((row: any) => row.head)).toEqual(["Đoàn Văn Thủy"]);
  await page.goto(`${server.url}/app/settings`);
  await expect(page.getByRole("heading", { name: "Cỡ chữ, màn hình, sổ" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Sổ khác trên máy này" })).toHaveCount(0);
});
