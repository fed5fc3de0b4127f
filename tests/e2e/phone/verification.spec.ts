import { expect, test } from "../support/fixtures";
import { accessibleInEveryLook, commune, enrol, meet, press, sync, toToday } from "../support/field";
import { newId } from "../support/office";
import { Phone, visit } from "../support/phone";

test.describe.configure({ timeout: 120_000 });

test("a team lead confirms and voids what others did, without a network, and closes the day", async ({ server, profile }) => {
  const { office, code, village, campaign, team, person } = await commune(server, "TEAM_LEAD");
  const { person: member } = await office.person("Vi Thị Mận", "FIELD_MEMBER");
  const { seen } = (await office.call("GET", "teams")).find((one: any) => one.id === team);
  await office.write("teams", { id: team, name: "Tổ của Lương Văn Bền", decision_no: "05/QĐ-UBND", decision_date: "2026-10-01", lead: person, members: [person, member.id] }, seen);
  const { code: second } = await office.call("POST", `people/${member.id}/code`);
  const phone = await Phone.enrol(server, second);
  const [first, other, third] = await office.all("households");
  const place = { area: village.id, campaign: campaign.id };
  const made = await phone.push(visit(place, first.id, "MET_REP"), visit(place, other.id, "NOT_HOME"), visit(place, third.id, "MET_REP"));
  expect(made).toEqual(["a", "a", "a"]);

  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  // Their own visit is nothing that they verify.
  await meet(page, "doan van thuy");
  await page.locator("a.back").click();
  await toToday(page);
  await expect(page.getByRole("link", { name: /Tổ của tôi/ })).toContainText(/3\slượt thăm chờ xác nhận/);
  await press(page, /Tổ của tôi/);
  await expect(page.locator("main h1")).toHaveText(/3\slượt thăm chờ xác nhận/);
  await expect(page.locator("main li", { hasText: "Vi Thị Mận" })).toContainText(/Hôm nay 3\slượt thăm/);
  await accessibleInEveryLook(page);
  // The figures say of when they are, and open what they count.
  await expect(page.locator("main .hint")).toHaveText(/^Theo lần đồng bộ lúc hôm nay \d?\d:\d\d\. Chỉ tính/);
  await expect(page.locator("main li", { hasText: "Vi Thị Mận" })).toContainText(/cả đợt 3\slượt, 2\slượt gặp được/);
  await page.locator("main a.row", { hasText: "Vi Thị Mận" }).click();
  await expect(page.locator("main h1")).toHaveText("Vi Thị Mận");
  await expect(page.locator("main h1 + p")).toHaveText(/^Hôm nay 3\slượt thăm, cả đợt 3\slượt, 2\slượt gặp được\.$/);
  await expect(page.locator("main a.row")).toHaveCount(3);
  await expect(page.locator("main a.row", { hasText: "Gặp đại diện hộ" })).toHaveCount(2);
  await accessibleInEveryLook(page);
  await page.locator("a.back").click();
  await page.locator("main a.row").first().click();
  await expect(page.getByText("Lượt của chính mình", { exact: true })).toBeVisible();
  await accessibleInEveryLook(page);

  // One is looked at first: it was recorded twice, and does not count.
  const row = page.locator("main li", { hasText: third.head });
  await row.getByRole("link", { name: "Xem lượt này" }).click();
  await press(page, "Hủy lượt này");
  await page.getByText("Ghi trùng", { exact: true }).click();
  await accessibleInEveryLook(page);
  await press(page, "Hủy lượt này");
  await expect(page.getByText(/Đã hủy: ghi trùng · Lương Văn Bền/)).toBeVisible();
  await accessibleInEveryLook(page);

  // Of the other two one stays open.
  await page.goBack();
  await page.locator("main li label", { hasText: other.head }).click();
  await press(page, /Xác nhận 1\slượt/);
  await expect(page.locator("main li", { hasText: first.head })).toContainText("Đã xác nhận · Lương Văn Bền");
  await press(page, "Chốt ngày");
  await expect(page.getByText(/Còn 2\slượt chưa xác nhận/)).toBeVisible();
  await accessibleInEveryLook(page);
  await page.getByRole("alert").getByRole("button", { name: "Chốt ngày" }).click();
  await expect(page.getByText("Lương Văn Bền đã chốt ngày này")).toBeVisible();

  // Killed and opened again without a network: all of it is there, and waits to be sent.
  await profile.close();
  page = await profile.open();
  await page.goto(`${server.url}/app/entries`);
  await expect(page.locator("#cho-gui + ul > li", { hasText: "Xác nhận lượt thăm, Thôn Đồng Cừ" })).toHaveCount(2);
  await expect(page.locator("#cho-gui + ul > li", { hasText: "Chốt ngày, Thôn Đồng Cừ" })).toHaveCount(1);
  await accessibleInEveryLook(page);
  await server.start();
  await sync(page, server);
  await office.signIn("hanh");
  const state = async (state: string) => (await office.call("GET", `visits?state=${state}`)).rows.map((row: any) => row.head);
  expect(await state("verified")).toEqual([first.head]);
  expect(await state("voided")).toEqual([third.head]);
  expect((await state("waiting")).toSorted()).toEqual([other.head, "Đoàn Văn Thủy"].toSorted());
  expect((await office.call("GET", "visits")).total).toBe(3);
  const [day] = (await office.call("GET", "days")).rows;
  expect([day.visits, day.waiting, day.voided, day.closed.name]).toEqual([3, 2, 1, "Lương Văn Bền"]);

  // What comes in afterwards is kept, and marked.
  await phone.push(visit(place, other.id, "MET_REP"));
  expect((await office.call("GET", "days")).rows[0].late).toBe(1);

  // A void is taken back by whoever said it, and the visit counts again.
  await page.goto(`${server.url}/app/team`);
  await page.locator("main a.row").first().click();
  await page.locator("main li", { hasText: third.head }).getByRole("link", { name: "Xem lượt này" }).click();
  await press(page, "Thôi, tính lại lượt này");
  await expect(page.getByText(/Đã hủy/)).toBeHidden();
  await sync(page, server);
  expect(await state("voided")).toEqual([]);
});

test("a member sees why a visit was voided, and verifies nothing", async ({ server, profile }) => {
  const { office, code, village } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await meet(page, "tran thanh lanh");
  await sync(page, server);
  await expect(page.getByRole("link", { name: /Tổ của tôi/ })).toHaveCount(0);
  const [row] = (await office.call("GET", "visits")).rows;
  const look = { v: [{ f: row.visit, s: row.id }], x: "WRONG_HOUSEHOLD" };
  await office.write("verifications", { id: newId(), village: village.id, act: { look } });
  await sync(page, server);
  await page.goto(`${server.url}/app/visit/${row.visit}`);
  await expect(page.getByText(/Đã hủy: ghi nhầm hộ · Nguyễn Thị Kim Hạnh/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Hủy lượt này" })).toHaveCount(0);
  await accessibleInEveryLook(page);
  // The household is left again.
  await page.goto(`${server.url}/app/households?show=left`);
  await page.getByRole("searchbox").fill("tran thanh lanh");
  await expect(page.locator("a.row").first()).toContainText("Trần Thanh Lành");
});
