import type { Page } from "@playwright/test";
import { accessible, expect, inBothColours, test } from "../support/fixtures";
import { enrol, press } from "../support/field";
import { Office, PASSPHRASE, signIn } from "../support/office";
import { Phone } from "../support/phone";
import { makeKey } from "../support/recovery";
import type { Server } from "../support/server";

const submit = (page: Page) => page.locator("aside button[type=submit]").click();
const thanked = (page: Page, words: string) => expect(page.locator("aside .note.good")).toContainText(words);
const table = (page: Page, caption: string) => page.locator("table", { has: page.locator("caption", { hasText: caption }) });
const row = (page: Page, caption: string, name: string) => table(page, caption).locator("tr", { has: page.getByRole("rowheader", { name }) });

async function atDesk(server: Server, page: Page): Promise<Office> {
  const office = await Office.setUp(server);
  await signIn(page, server, "hanh");
  return office;
}

test("setting up makes the recovery key before anything is stored", async ({ server, page }) => {
  const sent: string[] = [];
  page.on("request", (request) => sent.push(request.postData() ?? ""));
  await page.goto(server.setupLink);
  const fields = { province: "Tỉnh Sông Lĩnh", commune: "Xã Tân Khê Vân", admin: "Lý Thị Thu Ngân", admin_login: "quantri", admin_passphrase: PASSPHRASE };
  for (const [field, value] of Object.entries(fields)) await page.locator(`#setup-${field}`).fill(value);
  await page.locator("#setup-officer").fill("Nguyễn Thị Kim Hạnh");
  await page.locator("#setup-officer_login").fill("hanh");
  await page.getByRole("button", { name: "Tiếp: khóa khôi phục" }).click();
  await expect(page.locator("#setup-wrong li")).toHaveText(["Mật khẩu cần từ 10 ký tự trở lên."]);
  await page.locator("#setup-officer_passphrase").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Tiếp: khóa khôi phục" }).click();
  await expect(page.getByRole("button", { name: "Tạo khóa", exact: true })).toBeVisible();
  await inBothColours(page);
  // Back, and nothing typed is lost.
  await page.getByRole("button", { name: "Quay lại sửa phần trên" }).click();
  await expect(page.locator("#setup-commune")).toHaveValue("Xã Tân Khê Vân");
  await page.locator("#setup-commune").fill("Xã Phú Lĩnh");
  await page.getByRole("button", { name: "Tiếp: khóa khôi phục" }).click();
  expect(sent.filter(Boolean), "nothing is stored before the key is on paper").toEqual([]);
  const sheets = await makeKey(page);
  await expect(page.locator("ol.steps")).toBeVisible();
  await expect(page.locator(".key-sheet")).toHaveCount(0);
  for (const row of sheets.flat()) expect(sent.join("")).not.toContain(row);

  // A phone can be enrolled at once.
  const office = new Office(server);
  await office.signIn("hanh");
  const { person } = await office.person("Vàng Thị Mỷ", "FIELD_MEMBER");
  const { fingerprint } = await office.call("POST", `people/${person.id}/code`);
  expect(fingerprint).toMatch(/^(\w{4}-){3}\w{4}$/);
  await expect(page.locator("main")).toContainText("hanh");
});

test("units, people, a team, a campaign through its life, and villages given and taken back", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await atDesk(server, page);
  const go = (place: string) => page.locator("nav").getByText(place, { exact: true }).click();

  // The tree: province, commune, and villages made by hand.
  await go("Đơn vị");
  await expect(page.locator("main h1")).toHaveText(/^0\sthôn/);
  await expect(page.locator("main")).toContainText("Tỉnh Sông Lĩnh");
  await expect(page.locator("main caption")).toHaveText("Xã Tân Khê Vân");
  await submit(page);
  await expect(page.locator("#unit-wrong li")).toHaveText(["Còn thiếu tên thôn."]);
  for (const [name, code] of [["Thôn 10", ""], ["Thôn 2", "hai"]]) {
    await page.locator("#unit-name").fill(name);
    await page.locator("#unit-code").fill(code);
    await submit(page);
    await thanked(page, `Đã thêm ${name}`);
  }
  await expect(page.locator("main tbody th")).toHaveText(["Thôn 2", "Thôn 10"]);
  await expect(row(page, "Xã Tân Khê Vân", "Thôn 2")).toContainText("HAI");
  // The same name in another spelling is the same village.
  await page.locator("#unit-name").fill("THÔN 2");
  await submit(page);
  await expect(page.locator("#unit-wrong li")).toHaveText(["Xã đã có thôn tên này."]);
  expect(await page.inputValue("#unit-name")).toBe("THÔN 2");
  await accessible(page);

  // People who work in the field need no passphrase; an officer gives no other role.
  await go("Người và máy");
  for (const [name, role] of [["Lương Văn Bền", "TEAM_LEAD"], ["Vàng Thị Mỷ", "FIELD_MEMBER"], ["Lò Văn Páo", "FIELD_MEMBER"]]) {
    await page.locator("#person-name").fill(name);
    await page.locator("#person-role").selectOption(role);
    await submit(page);
    await thanked(page, `Đã thêm ${name}`);
  }
  expect(await page.locator("#person-role option").evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value))).not.toContain("SYS_ADMIN");

  // A team by a decision, with lead and members; changed afterwards.
  await go("Tổ và phân công");
  await expect(page.locator("main h1")).toHaveText("Chưa có tổ nào");
  await page.locator("#team-name").fill("Tổ dân vận số 1");
  await page.locator("#team-decision_no").fill("45/QĐ-UBND");
  await page.locator("#team-decision_date").fill("32/3/2026");
  await submit(page);
  await expect(page.locator("#team-wrong li")).toHaveText(["Ngày này không đọc được. Gõ như 5/3/2026.", /tổ trưởng/i]);
  await page.locator("#team-decision_date").fill("5/3/2026");
  await page.locator("#team-lead").selectOption({ label: "Lương Văn Bền" });
  await page.locator("#team-members label", { hasText: "Vàng Thị Mỷ" }).click();
  await submit(page);
  await expect(page.locator("main tbody tr")).toContainText(["Tổ dân vận số 1"]);
  await expect(page.locator("main tbody tr td").nth(1)).toHaveText("Lương Văn Bền");
  await expect(page.locator("main tbody tr td").nth(2), "the lead is a member").toHaveText("2");
  await accessible(page);
  await page.getByRole("button", { name: "Sửa Tổ dân vận số 1" }).click();
  await page.locator("#team-members label", { hasText: "Lò Văn Páo" }).click();
  await submit(page);
  await expect(page.locator("main tbody tr td").nth(2)).toHaveText("3");

  // A campaign is a draft until it is started, and once closed it stays closed.
  await go("Đợt vận động");
  await page.locator("#campaign-title").fill("Mở rộng đường liên thôn");
  await page.locator("#campaign-purpose").fill("Nghe ý kiến bà con.");
  await page.locator("#campaign-from").fill("5/3/2026");
  await page.locator("#campaign-to").fill("31/12/2027");
  await page.locator("#campaign-until").fill("30/12/2027");
  await submit(page);
  await expect(page.locator("#campaign-wrong li")).toHaveCount(1);
  await page.locator("#campaign-until").fill("31/12/2029");
  await submit(page);
  const part = page.locator("section.part");
  await expect(part).toContainText("Nháp");
  await part.getByRole("button", { name: "Cho chạy" }).click();
  await part.getByRole("button", { name: "Thôi" }).click();
  await expect(part).toContainText("Nháp");
  await part.getByRole("button", { name: "Cho chạy" }).click();
  await part.locator(".note").getByRole("button", { name: "Cho chạy" }).click();
  await expect(page.locator("main h1")).toHaveText(/^1\sđợt đang chạy/);
  await accessible(page);

  // A village is given, and taken back.
  await part.getByRole("link", { name: "Phân công" }).click();
  await expect(page.locator("main h1")).toHaveText("Còn 2 thôn chưa giao cho ai.");
  await submit(page);
  await expect(page.locator("#assign-wrong li")).toHaveText(["Chưa chọn thôn nào.", "Chưa chọn tổ."]);
  await page.locator("#assign-villages label", { hasText: "Thôn 2" }).click();
  await page.locator("#assign-team label").first().click();
  await page.locator("#assign-due").fill("30/6/2027");
  await submit(page);
  await thanked(page, "Đã giao 1 thôn cho Tổ dân vận số 1");
  await expect(row(page, "Đã giao", "Thôn 2")).toContainText("30/06/2027");
  await expect(page.locator("main h1")).toHaveText("Còn một thôn chưa giao cho ai.");
  await accessible(page);
  await row(page, "Đã giao", "Thôn 2").getByRole("button", { name: "Thu lại" }).click();
  await row(page, "Đã giao", "Thôn 2").locator(".note").getByRole("button", { name: "Thu lại" }).click();
  await expect(page.locator("main h1")).toHaveText("Còn 2 thôn chưa giao cho ai.");
  await expect(table(page, "Đã giao")).toHaveCount(0);

  await go("Đợt vận động");
  await part.getByRole("button", { name: "Kết thúc đợt" }).click();
  await part.locator(".note").getByRole("button", { name: "Kết thúc đợt" }).click();
  await expect(page.locator("main h1")).toHaveText("Chưa có đợt vận động nào đang chạy");
  await expect(part.locator("button")).toHaveCount(0);
  expect((await office.call("GET", "campaigns"))[0].state).toBe("CLOSED");
  await page.goto(`${server.url}/office/overview`);
  await expect(page.locator("main h1")).toHaveText("Chưa có đợt vận động nào đang chạy");
});

test("a code enrols one phone within 24 hours, and the phone can be revoked", async ({ server, page, profile }) => {
  test.setTimeout(120_000);
  const office = await atDesk(server, page);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  await page.goto(`${server.url}/office/people`);
  await page.getByRole("button", { name: "Phát mã cho Lương Văn Bền" }).click();
  const asked = Date.now();
  await submit(page);
  const code = (await page.locator("aside .code").innerText()).trim();
  await expect(page.locator("aside")).toContainText(`${server.url}/app/`);
  await accessible(page);
  // Until the same hour tomorrow, as clocks in Viet Nam say it.
  const tomorrow = new Date(asked + 31 * 3_600_000).toISOString();
  const [year, month, day] = tomorrow.slice(0, 10).split("-");
  await expect(page.locator("aside")).toContainText(new RegExp(`Hết hạn: ${day}/${month}/${year} lúc \\d+:\\d\\d`));
  await page.locator("aside").getByRole("button", { name: "Đóng" }).click();
  await expect(page.locator("aside")).not.toContainText(code);

  const phone = await profile.open();
  await phone.setViewportSize({ width: 360, height: 640 });
  await enrol(phone, server, code);
  await expect(Phone.enrol(server, code)).rejects.toThrow(/used_code/);

  await page.reload();
  await expect(page.locator("main h1")).toHaveText(/3\sngười, 1\smáy/);
  const device = row(page, "Điện thoại", "Lương Văn Bền");
  await expect(device).toContainText("Hôm nay");
  await device.getByRole("button", { name: "Thu hồi máy" }).click();
  await expect(device).toContainText(/Lương Văn Bền không lấy được gì về nữa/);
  await accessible(page);
  await device.getByRole("button", { name: "Thu hồi, không hoàn tác được" }).click();
  await expect(device).toContainText("Đã thu hồi: Hôm nay");
  await expect(device.getByRole("button")).toHaveCount(0);
  await expect(page.locator("main h1")).toHaveText(/0\smáy/);

  // At its next sync everything of it is at the commune: its notebook ends, and it says so.
  await press(phone, "Gửi và nhận");
  await press(phone, "Đồng bộ ngay");
  await expect(phone.locator("main")).toContainText("Xã đã ngừng dùng sổ trên máy này", { timeout: 30_000 });
});

test("who moves to other work keeps a way in, who leaves has none, and the last administrator stays", async ({ server, page, profile }) => {
  test.setTimeout(120_000);
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  const phone = await profile.open();
  await phone.setViewportSize({ width: 360, height: 640 });
  await enrol(phone, server, code);

  await signIn(page, server, "quantri");
  await page.goto(`${server.url}/office/people`);
  const change = (name: string) => page.getByRole("button", { name: `Sửa ${name}`, exact: true }).click();
  const leaves = page.locator("#person-left label");
  await change("Lý Thị Thu Ngân");
  await leaves.click();
  await submit(page);
  await expect(page.locator("#person-wrong li")).toHaveText(["Đây là người quản trị cuối cùng. Thêm một người quản trị khác trước."]);
  await accessible(page);
  await page.locator("aside").getByRole("button", { name: "Đóng" }).click();

  // A new passphrase ends what was open with the old one; the name to sign in with stays.
  await change("Nguyễn Thị Kim Hạnh");
  await expect(page.locator("aside")).toContainText("Tên đăng nhập: hanh");
  await page.locator("#person-name").fill("Nguyễn Thị Kim Hạnh (tổ 2)");
  await page.locator("#person-passphrase").fill("mot cau khac de nho");
  await submit(page);
  await thanked(page, "Đã sửa Nguyễn Thị Kim Hạnh (tổ 2)");
  await expect(office.call("GET", "visits")).rejects.toThrow(/sign_in/);
  await expect(office.signIn("hanh")).rejects.toThrow(/wrong_passphrase/);
  await office.signIn("hanh", "mot cau khac de nho");

  // Who leaves stands last, without a button for a code, and their phone says at its next sync that it is not taken.
  await change("Lương Văn Bền");
  await leaves.click();
  await submit(page);
  await thanked(page, "Đã sửa Lương Văn Bền");
  const gone = row(page, "Người", "Lương Văn Bền");
  await expect(gone).toContainText("đã nghỉ");
  await expect(gone.getByRole("button")).toHaveText(["Sửa"]);
  await expect(table(page, "Người").getByRole("rowheader").last()).toHaveText("Lương Văn Bền");
  await expect(page.locator("main h1")).toHaveText(/^2\sngười, 0\smáy/);
  await expect(row(page, "Điện thoại", "Lương Văn Bền")).toContainText("Đã thu hồi");
  await accessible(page);
  await press(phone, "Gửi và nhận");
  await press(phone, "Đồng bộ ngay");
  await expect(phone.locator("main")).toContainText("Xã đã ngừng dùng sổ trên máy này", { timeout: 30_000 });
});

test("wrong passphrases have to wait, and the page says how long", async ({ server, page }) => {
  await Office.setUp(server);
  await page.goto(`${server.url}/office/`);
  const wrong = page.locator("#door-wrong");
  for (let n = 0; n < 6; n += 1) {
    await page.locator("#door-login").fill("hanh");
    await page.locator("#door-passphrase").fill(`khong phai cau nay ${n}`);
    const answered = page.waitForResponse("**/api/v1/session");
    await page.locator("button[type=submit]").click();
    await answered;
    await expect(wrong).toContainText(n < 5 ? "Tên đăng nhập hoặc mật khẩu chưa đúng" : /Thử quá nhiều lần\. Thử lại sau \d+\s(giây|phút)/);
  }
  await accessible(page);
  expect(await page.inputValue("#door-login")).toBe("hanh");
  // The right one waits as well; somebody else does not.
  await page.locator("#door-passphrase").fill(PASSPHRASE);
  await page.locator("button[type=submit]").click();
  await expect(wrong).toContainText(/Thử lại sau/);
  await page.locator("#door-login").fill("quantri");
  await page.locator("button[type=submit]").click();
  await expect(page.locator("header.side nav a").first()).toBeVisible();
});

test("a session that ended elsewhere asks for the passphrase and keeps what was typed", async ({ server, page, context }) => {
  const office = await atDesk(server, page);
  await page.goto(`${server.url}/office/campaigns`);
  await page.locator("#campaign-title").fill("Mở rộng đường liên thôn");
  await page.locator("#campaign-purpose").fill("Nghe ý kiến bà con.\nGiải đáp tại chỗ.");
  await page.locator("#campaign-from").fill("5/3/2026");
  await page.locator("#campaign-to").fill("31/12/2027");
  await page.locator("#campaign-until").fill("31/12/2029");

  const other = await context.newPage();
  await other.goto(`${server.url}/office/units`);
  await press(other, "Đăng xuất");
  await expect(other.locator("#door-login")).toBeVisible();

  await submit(page);
  await expect(page.locator("#door-passphrase")).toBeVisible();
  await expect(page.getByText("Phiên làm việc đã hết.").first()).toBeVisible();
  await expect(page.locator("#door-login")).toBeFocused();
  await accessible(page);
  expect(await page.inputValue("#campaign-purpose")).toBe("Nghe ý kiến bà con.\nGiải đáp tại chỗ.");
  await page.locator("#door-login").fill("hanh");
  await page.locator("#door-passphrase").fill(PASSPHRASE);
  await page.locator("#door-passphrase").press("Enter");
  await expect(page.locator("#door-passphrase")).toHaveCount(0);
  expect(await page.inputValue("#campaign-title")).toBe("Mở rộng đường liên thôn");
  await submit(page);
  await expect(page.locator("section.part h2")).toHaveText("Mở rộng đường liên thôn");
  await office.signIn("hanh");
  expect((await office.call("GET", "campaigns")).map((one: any) => one.title)).toEqual(["Mở rộng đường liên thôn"]);
});

test("what is pressed while the server is away is stored once when it is back", async ({ server, page }) => {
  const office = await atDesk(server, page);
  await page.goto(`${server.url}/office/units`);
  await expect(page.locator("main caption")).toHaveText("Xã Tân Khê Vân");
  await page.locator("#unit-name").fill("Thôn Đá Mòn");
  await server.stop();
  await submit(page);
  await expect(page.locator("#unit-wrong")).toContainText("Chưa liên lạc được với máy chủ");
  expect(await page.inputValue("#unit-name")).toBe("Thôn Đá Mòn");
  // The answer is lost after the server has committed; the next time the page tries stores nothing twice.
  let lost = 0;
  await page.route("**/api/v1/units", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    if (await route.fetch().catch(() => undefined)) lost += 1;
    return route.abort();
  });
  await server.start();
  await thanked(page, "Đã thêm Thôn Đá Mòn");
  expect(lost).toBe(1);
  const villages = (await office.call("GET", "units")).filter((unit: any) => unit.level === "VILLAGE");
  expect(villages.map((unit: any) => unit.name)).toEqual(["Thôn Đá Mòn"]);
});
