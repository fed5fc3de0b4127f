import { type Page } from "@playwright/test";
import { Profile, accessible, expect, test } from "../support/fixtures";
import { commune, enrol, meet, press, sync } from "../support/field";
import { Office, PASSPHRASE, newId, signIn, signOut } from "../support/office";
import { Phone, visit } from "../support/phone";
import type { Server } from "../support/server";

const DAY = 86_400_000;
/** A day as people type it, so many days from today in Viet Nam. */
const day = (ahead: number) =>
  new Date(Date.now() + ahead * DAY).toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" });
const table = (page: Page, name: string) => page.getByRole("table", { name, exact: true });
const submit = (page: Page) => page.locator("aside button[type=submit]").click();

async function shown(page: Page, name: string): Promise<void> {
  await accessible(page);
  if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/${name}.png`, fullPage: true });
}

/** An administrator, and a second commune with an officer. */
async function neighbour(server: Server, office: Office): Promise<{ admin: Office; second: Office }> {
  const admin = new Office(server);
  await admin.signIn("quantri");
  const province = (await office.call("GET", "units")).find((unit: any) => unit.level === "PROVINCE").id;
  const unit = await admin.write("units", { id: newId(), parent: province, level: "COMMUNE", name: "Xã Khê Vân", code: "", from: "2025-07-01", to: null });
  const account = { name: "Mai Thị Nhàn", login: "nhan", passphrase: PASSPHRASE };
  await admin.write("people", { id: newId(), name: "Mai Thị Nhàn", role: "COMMUNE_OFFICER", unit: unit.id, account });
  const second = new Office(server);
  await second.signIn("nhan");
  return { admin, second };
}

function importLines(office: Office, village: string, count: number): Promise<any> {
  const heads = ["Páo", "Mỷ", "Sùng", "Dế", "Chía", "Say"];
  const lines = Array.from({ length: count }, (_, n) => `${n + 1};Lò Văn ${heads[n % 6]} ${["An", "Bình", "Cường", "Duy", "Giàng"][n % 5]};4`);
  return office.importFile(new Blob([["STT;Chủ hộ;Nhân khẩu", ...lines].join("\n")]), `${village}.csv`, { sheets: { "": { village } } });
}

/** Households, met, visits and opinions of a campaign. */
async function figures(office: Office, campaign: string): Promise<number[]> {
  const { total, opinions } = await office.call("GET", `coverage?campaign=${campaign}`);
  return [total.households, total.met, total.visits, opinions];
}

async function decide(page: Page, on: string): Promise<void> {
  await page.locator("#rearrange-decision_no").fill("9999/NQ-UBTVQH15");
  await page.locator("#rearrange-decision_date").fill("01/10/2026");
  await page.locator("#rearrange-on").fill(on);
}

test("two communes become one in the middle of a campaign, and its people go on in both", async ({
  server, page, complaints, locale, timezoneId, launchOptions,
}) => {
  test.setTimeout(240_000);
  const { office, village, campaign, code, team } = await commune(server);
  const { second } = await neighbour(server, office);
  // A village of the same name and letters, and one of another.
  const same = await second.village("Thôn Đồng Cừ", "DC");
  const other = await second.village("Thôn Bến Lĩnh", "BL");
  await importLines(second, same.name, 20);
  await importLines(second, other.name, 10);
  const theirs = await second.campaign();
  const colleague = await Phone.enrol(server, (await second.memberWithCode("Lò Thị Páo", "FIELD_MEMBER", theirs.id, [same.id])).code);
  const there = await second.all("households", `village=${same.id}`);
  const place = { area: same.id, campaign: theirs.id };
  expect(await colleague.push(visit(place, there[0].id, "MET_REP"), visit(place, there[1].id, "NOT_HOME"))).toEqual(["a", "a"]);

  // On the phone: one visit that is sent, one that is not, and then it is closed.
  const profile = new Profile({ viewport: { width: 360, height: 640 }, locale, timezoneId, ...launchOptions }, complaints);
  let phone = await profile.open();
  await enrol(phone, server, code);
  await meet(phone, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng từ tháng chín.", who: "Có tên" }]);
  await sync(phone, server);
  await server.stop();
  await meet(phone, "doan van thuy", [{ text: "Mương sau nhà văn hóa tắc.", who: "Có tên" }]);
  await profile.close();
  await server.start();
  const before = [await figures(office, campaign.id), await figures(second, theirs.id)];
  expect(before).toEqual([[142, 1, 1, 1], [30, 1, 2, 0]]);

  // The administrator's command, with what it comes to beside it.
  await signIn(page, server, "quantri");
  await page.locator("nav").getByText("Đơn vị", { exact: true }).click();
  await page.getByRole("link", { name: "Nhập, tách, chuyển đơn vị" }).click();
  await page.getByLabel("Nhập nhiều xã thành một").check();
  await page.getByLabel(/Xã Tân Khê Vân/).check();
  await page.locator("button[type=submit]").click();
  await expect(page.locator("#rearrange-wrong li")).toHaveText([
    "Chọn ít nhất hai xã của cùng một tỉnh.", "Còn thiếu tên xã mới, hoặc tỉnh đã có xã tên này.", "Còn thiếu số quyết định.", /^Ngày/, /^Ngày/,
  ]);
  await page.getByLabel(/Xã Khê Vân/).check();
  await page.locator("#rearrange-name").fill("Xã Vân Lĩnh");
  const pane = page.locator("aside.pane");
  await expect(pane).toContainText(/Xã Khê Vân \(2\sthôn\) và Xã Tân Khê Vân \(1\sthôn\) thành Xã Vân Lĩnh: 3\sthôn\./);
  await expect(pane).toContainText("Thôn Đồng Cừ (Xã Tân Khê Vân)");
  await decide(page, day(0));
  await shown(page, "communes");
  await page.locator("button[type=submit]").click();
  await expect(page.locator(".note.good")).toContainText("Đã ghi: Xã Vân Lĩnh");
  await page.getByRole("link", { name: "Đơn vị" }).last().click();
  await expect(page.locator("main h2").first()).toHaveText("Xã Vân Lĩnh");
  await expect(table(page, "Xã Vân Lĩnh").locator("tbody th")).toHaveText([
    /^Thôn Bến Lĩnh/, /^Thôn Đồng Cừ \(Xã Khê Vân\)\s*trước là Thôn Đồng Cừ/, /^Thôn Đồng Cừ \(Xã Tân Khê Vân\)\s*trước là Thôn Đồng Cừ/,
  ]);
  await expect(page.locator("#former-communes li")).toHaveText([
    /^Xã Khê Vân\s*nay là Xã Vân Lĩnh, theo Quyết định 9999/, /^Xã Tân Khê Vân\s*nay là Xã Vân Lĩnh/,
  ]);
  await shown(page, "units-merged-communes");
  await page.locator("#units-on").fill(day(-1));
  await page.keyboard.press("Enter");
  await expect(table(page, "Xã Khê Vân").locator("tbody th")).toHaveText([/^Thôn Bến Lĩnh/, /^Thôn Đồng Cừ/]);
  await expect(table(page, "Xã Tân Khê Vân").locator("tbody th")).toHaveText([/^Thôn Đồng Cừ/]);
  await expect(table(page, "Xã Vân Lĩnh")).toHaveCount(0);
  await signOut(page);

  // Either officer works in both; each campaign has what it had, and every household of the new commune.
  for (const one of [office, second]) {
    expect(await figures(one, campaign.id)).toEqual([172, ...before[0].slice(1)]);
    expect(await figures(one, theirs.id)).toEqual([172, ...before[1].slice(1)]);
  }
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/overview?campaign=${campaign.id}`);
  await expect(page.locator("main .note", { hasText: "9999/NQ-UBTVQH15" })).toContainText("thành Xã Vân Lĩnh");
  await expect(page.locator("main")).toContainText("Thôn Bến Lĩnh");
  await shown(page, "overview-merged-communes");
  await page.goto(`${server.url}/office/assign?campaign=${campaign.id}`);
  await page.locator("#assign-villages label", { hasText: "Thôn Bến Lĩnh" }).click();
  await page.locator("#assign-team label", { hasText: "Tổ của Lương Văn Bền" }).click();
  await submit(page);
  await expect(page.locator("aside .note.good")).toContainText("Đã giao 1 thôn cho Tổ của Lương Văn Bền");

  // The phone comes back: what it wrote is taken, and it has the village that it was given.
  phone = await profile.open();
  await sync(phone, server);
  await expect(phone.getByRole("heading", { level: 1, name: /150\s+hộ\scòn\slại/ })).toBeVisible();
  await press(phone, "Các hộ");
  await phone.getByRole("searchbox").fill("ben linh lo van pao an");
  await expect(phone.locator("a.row").first()).toContainText("Lò Văn Páo An");
  await phone.goto(`${server.url}/app/settings`);
  await expect(phone.locator("main")).toContainText("Xã Vân Lĩnh");
  await profile.remove();
  expect(await figures(office, campaign.id)).toEqual([172, 2, 2, 2]);
  expect(await figures(second, theirs.id)).toEqual([172, ...before[1].slice(1)]);
  expect(await colleague.push(visit(place, there[2].id, "MET_REP"))).toEqual(["a"]);
  expect((await office.call("GET", "quarantine")).length).toBe(0);

  // New households of the two villages of one name have codes that nobody has: those of before stay.
  const added = async (one: Office, area: string) => {
    const rows = await one.all("households", `village=${area}`);
    return rows.map((row: any) => row.code).sort().at(-1);
  };
  const name = (await office.call("GET", "units")).find((unit: any) => unit.id === same.id).name;
  await office.importFile(new Blob(["STT;Chủ hộ\n99;Vàng Thị Mỷ"]), "a.csv", { sheets: { "": { village: name } } });
  expect([await added(second, same.id), await added(office, village.id)]).toEqual(["DC2-0021", "DC-0142"]);
  expect(team).toBeTruthy();
});

test("a village is moved to another commune on its day", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  await office.village("Thôn Đá Mòn", "DM");
  const campaign = await office.campaign();
  await importLines(office, village.name, 20);
  const { code } = await office.memberWithCode("Lò Thị Páo", "FIELD_MEMBER", campaign.id, [village.id]);
  const member = await Phone.enrol(server, code);
  const homes = await office.all("households", `village=${village.id}`);
  const place = { area: village.id, campaign: campaign.id };
  expect(await member.push(visit(place, homes[0].id, "MET_REP"))).toEqual(["a"]);
  const { second } = await neighbour(server, office);
  await second.village("Thôn Đồng Cừ", "DC");

  await signIn(page, server, "quantri");
  await page.goto(`${server.url}/office/units/rearrange`);
  await page.getByLabel("Chuyển thôn sang xã khác").check();
  await page.getByLabel(/Thôn Đồng Cừ, Xã Tân Khê Vân/).check();
  await expect(page.locator("#rearrange-commune option")).toHaveText(["Chưa chọn", "Xã Khê Vân"]);
  await page.locator("#rearrange-commune").selectOption({ label: "Xã Khê Vân" });
  await decide(page, day(0));
  await page.locator("button[type=submit]").click();
  await expect(page.locator("#rearrange-wrong li")).toHaveText([/Xã nhận đã có thôn tên này/]);
  await page.locator("#rearrange-name").fill("Thôn Đồng Cừ Thượng");
  await expect(page.locator("aside.pane")).toContainText("Thôn Đồng Cừ của Xã Tân Khê Vân chuyển sang Xã Khê Vân.");
  await shown(page, "village-moved");
  await page.locator("button[type=submit]").click();
  await expect(page.locator(".note.good")).toContainText("Đã ghi: Thôn Đồng Cừ Thượng");
  await page.getByRole("link", { name: "Đơn vị" }).last().click();
  await expect(table(page, "Xã Khê Vân").locator("tbody th")).toHaveText([/^Thôn Đồng Cừ/, /^Thôn Đồng Cừ Thượng/]);
  await expect(table(page, "Xã Tân Khê Vân").locator("tbody th")).toHaveText([/^Thôn Đá Mòn/, /nay là Thôn Đồng Cừ Thượng \(Xã Khê Vân\)/]);
  await shown(page, "units-moved");

  // The other commune has its households and its visit, under the campaign in which that was; the first one sees neither.
  expect(await figures(office, campaign.id)).toEqual([0, 0, 0, 0]);
  expect(await figures(second, campaign.id)).toEqual([20, 1, 1, 0]);
  expect(await member.push(visit(place, homes[1].id, "MET_REP"))).toEqual(["a"]);
  expect(await figures(second, campaign.id)).toEqual([20, 2, 2, 0]);
  expect((await office.call("GET", "households")).total).toBe(0);

  // What is another commune's says so, and offers nothing that would be refused.
  await page.context().clearCookies();
  await signIn(page, server, "nhan");
  await page.goto(`${server.url}/office/campaigns`);
  await expect(page.locator("section.part")).toContainText("Xã Tân Khê Vân");
  await expect(page.locator("section.part").getByRole("button")).toHaveCount(0);
  await accessible(page);
  await page.goto(`${server.url}/office/assign?campaign=${campaign.id}`);
  await expect(page.getByRole("table", { name: "Đã giao" }).locator("tbody tr")).toContainText("Xã Tân Khê Vân giao");
  await expect(page.getByRole("button", { name: "Thu lại" })).toHaveCount(0);
  await page.goto(`${server.url}/office/teams`);
  await expect(page.locator("table.tbl tbody tr")).toContainText("Tổ của Xã Tân Khê Vân");
  await accessible(page);
});
