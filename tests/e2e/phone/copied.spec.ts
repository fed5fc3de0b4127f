import { cpSync } from "node:fs";
import { commune, correct, enrol, meet, openHousehold, press, sync, waiting } from "../support/field";
import { Profile, accessible, expect, test } from "../support/fixtures";
import { signIn } from "../support/office";

const HOUSEHOLD = "tran thanh lanh";

// A phone's data played into a second one, as shops do it and as a backup does: both count on from the same number.
test("a copied phone goes on under a number of its own, and both send everything, once", async ({ server, page, profile, viewport, hasTouch, isMobile, launchOptions, complaints }) => {
  test.setTimeout(180_000);
  const { office, code } = await commune(server);
  let first = await profile.open();
  await enrol(first, server, code);
  await meet(first, "cao thanh ngan");
  await expect(waiting(first)).toContainText("Đã gửi hết", { timeout: 30_000 });
  await server.stop();
  await meet(first, "dinh kim linh");
  await profile.close();
  const copy = new Profile({ viewport, hasTouch, isMobile, ...launchOptions } as never, complaints);
  cpSync(profile.directory, copy.directory, { recursive: true });
  try {
    first = await profile.open();
    await first.goto(`${server.url}/app/households`);
    await correct(first, HOUSEHOLD, "0912345678");
    await meet(first, "doan van thuy");
    const second = await copy.open();
    await second.goto(`${server.url}/app/households`);
    await correct(second, HOUSEHOLD, "0987654321");
    await meet(second, "nguyen minh hung", [
      { text: "Mương tắc, mưa là ngập.", who: "Có tên" },
      { text: "Xã nên họp dân buổi tối.", who: "Không nêu tên" },
    ]);
    await server.start();
    for (const phone of [first, second]) {
      await sync(phone, server);
      await expect(waiting(phone)).toContainText("Đã gửi hết");
      await phone.goto(`${server.url}/app/entries`);
      await expect(phone.getByText("Không còn gì chờ gửi.")).toBeVisible();
      await expect(phone.locator("#xem-lai + ul > li")).toHaveCount(0);
    }
    await expect(second.locator("#da-gui + ul > li", { hasText: "Lần thăm Nguyễn Minh Hùng" })).toBeVisible();
    await office.signIn("hanh");
    expect(await visited(office)).toEqual(["Cao Thanh Ngân", "Đinh Kim Linh", "Đoàn Văn Thủy", "Nguyễn Minh Hùng"]);
    expect((await office.call("GET", "opinions")).rows.map((row: any) => row.text)).toContain("Mương tắc, mưa là ngập.");
    expect(await office.call("GET", "quarantine")).toEqual([]);

    // What the two wrote under one number are two values, of which the second phone keeps its own.
    await openHousehold(second, HOUSEHOLD);
    await press(second, "Chọn cái đúng");
    await expect(second.getByRole("radio")).toHaveCount(3);
    await second.locator("label", { hasText: "0987654321" }).click();
    await press(second, "Giữ cái đã chọn");
    await expect(second.locator("a[href='tel:0987654321']")).toBeVisible();

    // Killed and opened again, it is still who it has become, and what it calls its own is its own.
    await copy.kill();
    const again = await copy.open();
    await again.goto(`${server.url}/app/households`);
    await correct(again, HOUSEHOLD, "0977000111");
    await sync(again, server);
    await sync(first, server);
    for (const phone of [first, again]) {
      await openHousehold(phone, HOUSEHOLD);
      await expect(phone.locator("a[href='tel:0977000111']")).toBeVisible();
      await expect(phone.getByText(/Hai người ghi khác nhau/)).toHaveCount(0);
    }
    expect(await office.call("GET", "quarantine")).toEqual([]);

    // The office sees both, which of them is the copy, and withdraws both at once.
    await signIn(page, server, "hanh");
    await page.goto(`${server.url}/office/people`);
    const table = page.locator("table", { has: page.locator("caption", { hasText: "Điện thoại" }) });
    const rows = table.locator("tr", { has: page.getByRole("rowheader", { name: "Lương Văn Bền" }) });
    await expect(rows).toHaveCount(2);
    await expect(rows.filter({ hasText: "Máy này được chép từ máy khác" })).toHaveCount(1);
    await accessible(page);
    const devices = await office.call("GET", "devices");
    await office.call("POST", `devices/${devices.find((device: any) => !device.copy_of).id}/revoke`);
    await again.goto(`${server.url}/app/sync`);
    await expect(again.getByText("Xã đã ngừng dùng sổ trên máy này")).toBeVisible({ timeout: 30_000 });
  } finally {
    await copy.remove();
  }
});

async function visited(office: { call(method: string, path: string): Promise<any> }): Promise<string[]> {
  return (await office.call("GET", "visits")).rows.map((row: any) => row.head).sort((a: string, b: string) => a.localeCompare(b, "vi"));
}
