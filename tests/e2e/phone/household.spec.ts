import { accessible, expect, test } from "../support/fixtures";
import { unlocksItself } from "../support/lock";
import { accessibleInEveryLook, commune, correct, enrol, meet, openHousehold, press, sync, waiting } from "../support/field";

// Browsers are opened, closed and looked at many times.
test.describe.configure({ timeout: 180_000 });

test("a household is added at the door, found without accents, visited, and known in the office", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();

  await press(page, "Các hộ");
  await page.getByRole("searchbox").fill("Vũ Thị Nhài");
  await press(page, "Thêm hộ này vào sổ");
  await expect(page.getByLabel(/Chủ hộ/)).toHaveValue("Vũ Thị Nhài");
  await page.getByLabel(/Chủ hộ/).fill("");
  await page.getByLabel(/Số điện thoại/).fill("0912 345");
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByRole("alert").getByText("Ghi tên chủ hộ")).toBeVisible();
  await page.getByLabel(/Chủ hộ/).fill("Vũ Thị Nhài");
  await expect(page.getByRole("alert").getByText(/Số điện thoại có 10 số/)).toBeVisible();
  await accessible(page);
  await page.getByLabel(/Số điện thoại/).fill("0912.345.678");
  await page.getByLabel(/Số nhà/).fill("143");
  await page.getByLabel(/Nhà ở chỗ nào/).fill("sau đình, cổng sắt");
  await page.getByLabel(/Số người/).fill("4");
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
  await expect(page.getByText("Chưa có mã")).toBeVisible();
  await accessible(page);

  await meet(page, "vu thi nhai", [{ text: "Ngõ sau đình chưa có đèn.", who: "Có tên" }]);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Vũ Thị Nhài");
  await expect(waiting(page)).toContainText(/2\schờ gửi/);
  await server.start();
  await sync(page, server);
  await office.signIn("hanh");
  const { rows } = await office.find("households", "vu thi nhai");
  expect(rows).toEqual([expect.objectContaining({ head: "Vũ Thị Nhài", no: "143", people: 4, code: "DC-0143", attempts: 1, disputed: false })]);
  expect(rows[0].place).toContain("sau đình, cổng sắt");
  expect((await office.call("GET", "quarantine")).length).toBe(0);
  await openHousehold(page, "vu thi nhai");
  await expect(page.getByText("Mã hộ DC-0143")).toBeVisible();
});

test("a household is corrected at the door, and the draft of the correction survives", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Sửa thông tin hộ");
  await page.getByLabel(/Nhà ở chỗ nào/).fill("cạnh nhà văn hóa");
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  await profile.kill();
  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByLabel(/Nhà ở chỗ nào/)).toHaveValue("cạnh nhà văn hóa");
  await page.getByLabel(/Số điện thoại/).fill("0912345678");
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByText(/cạnh nhà văn hóa/)).toBeVisible();
  await expect(page.locator("a[href='tel:0912345678']")).toBeVisible();
  await server.start();
  await sync(page, server);
  await page.goto(`${server.url}/app/entries`);
  await expect(page.getByText("Sửa hộ Trần Thanh Lành")).toBeVisible();
  await office.signIn("hanh");
  const { rows } = await office.find("households", "tran thanh lanh");
  expect(rows.map((row: any) => [row.place.includes("cạnh nhà văn hóa"), row.disputed])).toEqual([[true, false]]);
});

test("two phones correct one field offline: both values stay until a person decides", async ({ server, profile, browser, viewport, hasTouch, isMobile }) => {
  const { office, campaign, village, code } = await commune(server);
  const second = await office.memberWithCode("Đoàn Thị Thơm", "FIELD_MEMBER", campaign.id, [village.id]);
  const mine = await profile.open();
  const context = await browser.newContext({ viewport, hasTouch, isMobile });
  const theirs = await context.newPage();
  await unlocksItself(theirs);
  await enrol(mine, server, code);
  await enrol(theirs, server, second.code);
  await server.stop();
  await correct(mine, "tran thanh lanh", "0912345678");
  await correct(theirs, "tran thanh lanh", "0987654321");
  await server.start();
  await sync(theirs, server);
  await sync(mine, server);
  await sync(theirs, server);
  await office.signIn("hanh");
  const disputed = async () => (await office.find("households", "tran thanh lanh")).rows.map((row: any) => row.disputed);
  expect(await disputed()).toEqual([true]);

  // Without a network each of them is told who wrote what, and what is theirs.
  await server.stop();
  for (const [page, here, there] of [
    [mine, "Lương Văn Bền (máy này) ghi 09xx xxx 678", "Đoàn Thị Thơm ghi 09xx xxx 321"],
    [theirs, "Đoàn Thị Thơm (máy này) ghi 09xx xxx 321", "Lương Văn Bền ghi 09xx xxx 678"],
  ] as const) {
    await openHousehold(page, "tran thanh lanh");
    await expect(page.getByText("Hai người ghi khác nhau: số điện thoại")).toBeVisible();
    for (const words of [here, there]) await expect(page.getByRole("listitem").filter({ hasText: words })).toHaveText(/ · Hôm nay \d+:\d\d$/);
    await accessibleInEveryLook(page);
  }
  await press(mine, "Chọn cái đúng");
  const address = mine.url();
  await expect(mine.getByRole("radio")).toHaveCount(3);
  await accessibleInEveryLook(mine);
  await expect(mine.locator("label", { hasText: "Lương Văn Bền (máy này) ghi · Hôm nay" })).toContainText("0912345678");
  await expect(mine.locator("label", { hasText: "Đoàn Thị Thơm ghi · Hôm nay" })).toContainText("0987654321");
  // Nothing is chosen beforehand, and nothing happens without a choice.
  await expect(mine.getByRole("radio", { checked: true })).toHaveCount(0);
  await press(mine, "Giữ cái đã chọn");
  await expect(mine.getByText("Chọn một ô trước đã.")).toBeVisible();
  await mine.getByText("0987654321").click();
  await press(mine, "Giữ cái đã chọn");
  await expect(mine.locator("a[href='tel:0987654321']")).toBeVisible();
  await expect(mine.getByText(/Hai người ghi khác nhau/)).toHaveCount(0);

  await server.start();
  await office.signIn("hanh");
  expect(await disputed()).toEqual([true]);
  await sync(mine, server);
  await sync(theirs, server);
  expect(await disputed()).toEqual([false]);
  await openHousehold(theirs, "tran thanh lanh");
  await expect(theirs.locator("a[href='tel:0987654321']")).toBeVisible();
  await expect(theirs.getByText(/Hai người ghi khác nhau/)).toHaveCount(0);
  await theirs.goto(address);
  await expect(theirs.getByRole("heading", { level: 1, name: "Đã có người chọn" })).toBeVisible();
  await accessible(theirs);
  await context.close();
});

test("an office and a phone correct one field: the phone is told who, and what is right is typed there", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  const { id } = (await office.find("households", "tran thanh lanh")).rows[0];
  const sheet = () => office.call("GET", `households/${id}`);
  const { household, base } = await sheet();
  const say = (people: number) =>
    office.write("households", { id, household: { ...household, people }, what: { correct: { people: base.people } } });
  await say(7);
  await server.stop();
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Sửa thông tin hộ");
  await page.getByLabel(/Số người/).fill("5");
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
  await server.start();
  await sync(page, server);

  await server.stop();
  await openHousehold(page, "tran thanh lanh");
  for (const words of ["Lương Văn Bền (máy này) ghi 5\u00a0người", "Nguyễn Thị Kim Hạnh (văn phòng xã) ghi 7\u00a0người"])
    await expect(page.getByRole("listitem").filter({ hasText: words })).toBeVisible();
  await press(page, "Chọn cái đúng");
  await page.getByText("Cái khác").click();
  const typed = page.getByLabel(/Số người trong nhà/);
  await expect(typed).toHaveAttribute("inputmode", "numeric");
  await typed.fill("sáu");
  await press(page, "Giữ cái đã chọn");
  await expect(page.getByText(/Số người là một số từ 0 đến 99/)).toBeVisible();
  await expect(typed).toBeFocused();
  await accessibleInEveryLook(page);

  // A third value comes in behind the page, from a desk that had seen neither: it is shown, and whoever types goes on typing.
  await typed.fill("6");
  await expect(page.getByText(/Số người là một số từ 0 đến 99/)).toHaveCount(0);
  await server.start();
  await office.signIn("hanh");
  await say(8);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(page.locator("label", { hasText: "8\u00a0người" })).toContainText("Nguyễn Thị Kim Hạnh (văn phòng xã) ghi");
  await expect(typed).toBeFocused();
  await expect(typed).toHaveValue("6");
  await press(page, "Giữ cái đã chọn");
  await expect(page.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
  await expect(page.getByText(/6\u00a0người/)).toBeVisible();
  await expect(page.getByText(/Hai người ghi khác nhau/)).toHaveCount(0);
  await sync(page, server);
  const after = await sheet();
  expect([after.household.people, after.disputes, after.base.people.length]).toEqual([6, [], 1]);
});
