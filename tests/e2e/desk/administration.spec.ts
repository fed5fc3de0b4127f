import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { commune, enrol, press } from "../support/field";
import { accessible, expect, test } from "../support/fixtures";
import { Office, PASSPHRASE, newId, seek, signIn } from "../support/office";
import { Phone, visit } from "../support/phone";
import { SHEETS, takenOut } from "../support/recovery";

const submit = (page: Page) => page.locator("aside button[type=submit]").click();
const table = (page: Page, caption: string) => page.locator("table", { has: page.locator("caption", { hasText: caption }) });
const row = (page: Page, caption: string, name: string) => table(page, caption).locator("tr", { has: page.getByRole("rowheader", { name }) });

test("the data-protection officer reads who read what, page after page", async ({ server, page }) => {
  const { office, person } = await commune(server);
  const admin = new Office(server);
  await admin.signIn("quantri");
  const account = { login: "baove", name: "Mai Thị Nhàn", passphrase: PASSPHRASE };
  await admin.write("people", { id: newId(), name: account.name, role: "DPO", unit: admin.unit, account });
  for (let n = 0; n < 60; n += 1) await (n === 59 ? office.call("GET", "opinions") : office.find("households", "ten rieng"));

  await signIn(page, server, "baove");
  await expect(page.locator("main h1")).toHaveText(/^\d+\slần truy cập$/);
  await expect(page.locator("header.side nav a")).toHaveText([/Mở lại sổ/, /Sự cố/, /Đã xóa vĩnh viễn/, /Nhật ký truy cập/]);
  const lines = page.locator("main tbody tr");
  await expect(lines).toHaveCount(50);
  // Their own look stands first.
  await expect(lines.first()).toContainText("Xem nhật ký truy cập");
  await accessible(page);

  await page.selectOption("#f-person", { label: "Nguyễn Thị Kim Hạnh" });
  await expect(lines.first()).toContainText("Xem ý kiến");
  await expect(lines.nth(1)).toContainText("Nguyễn Thị Kim Hạnh");
  await expect(page.locator("main")).not.toContainText("rieng");
  const [first, total] = [await lines.count(), Number((await page.locator("main h1").innerText()).match(/\d+/)?.[0])];
  await page.getByRole("link", { name: "Những lần trước đó" }).click();
  // Reading made the log longer, and no line stands on both pages.
  await expect(lines).toHaveCount(total - first);
  await expect(table(page, "Nhật ký truy cập")).toContainText("Phát mã ghi danh máy");
  const issued = lines.filter({ hasText: "Phát mã ghi danh máy" });
  await expect(issued).toContainText("Lương Văn Bền");
  await expect(issued).toContainText(person);
  await accessible(page);
  await page.getByRole("link", { name: "Về những lần mới nhất" }).click();
  await expect(lines.first()).toContainText("Xem ý kiến");

  await page.locator("#f-to").fill("1/1/2020");
  await page.locator("#f-to").blur();
  await expect(page.getByText("Không có lần truy cập nào như đang lọc")).toBeVisible();
  await accessible(page);
  await expect(office.call("GET", "access")).rejects.toThrow(/403/);
});

test("a phone waits to be enrolled, says what it is, and is replaced without losing anything", async ({ server, page, profile }) => {
  test.setTimeout(120_000);
  const { office, village, campaign, code } = await commune(server);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/people`);
  await expect(row(page, "Điện thoại", "Lương Văn Bền")).toContainText("Chờ ghi danh");
  await accessible(page);

  const phone = await profile.open();
  await phone.setViewportSize({ width: 360, height: 640 });
  await enrol(phone, server, code);
  await page.reload();
  const device = row(page, "Điện thoại", "Lương Văn Bền");
  await expect(device).toContainText("Đang dùng");
  await expect(device).toContainText("không còn gì chờ gửi");
  await expect(device).toContainText(/bản \d+\.\d+\.\d+ [0-9a-f]{8}/);

  // A second phone, on which something is still unsent.
  await page.getByRole("button", { name: "Phát mã cho Lương Văn Bền" }).click();
  await submit(page);
  const old = await Phone.enrol(server, (await page.locator("aside .code").innerText()).trim());
  await page.locator("aside").getByRole("button", { name: "Đóng" }).click();
  await expect(table(page, "Điện thoại").locator("tbody tr")).toHaveCount(2);
  await page.getByRole("button", { name: "Thay máy cho Lương Văn Bền" }).first().click();
  await expect(page.locator("aside")).toContainText("Máy bị mất thì đừng thay");
  await accessible(page);
  await submit(page);
  await expect(page.locator("aside .code")).toBeVisible();
  await accessible(page);
  await page.locator("aside").getByRole("button", { name: "Đóng" }).click();
  const replaced = table(page, "Điện thoại").locator("tr", { hasText: "Đã thay máy" });
  await expect(replaced).toHaveCount(1);
  await expect(replaced.getByRole("button")).toHaveCount(0);
  const household = (await office.call("GET", "households")).rows[0].id;
  expect(await old.push(visit({ area: village.id, campaign: campaign.id }, household, "MET_REP"))).toEqual(["a"]);
  expect((await office.call("GET", "visits")).total).toBe(1);
});

test("organisations send members to a team, each with a duty", async ({ server, page }) => {
  const office = await Office.setUp(server);
  for (const [name, role] of [["Lương Văn Bền", "TEAM_LEAD"], ["Vàng Thị Mỷ", "FIELD_MEMBER"]]) await office.person(name, role);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/teams`);
  await page.getByRole("link", { name: "Tổ chức" }).click();
  await expect(page.locator("main")).toContainText("Chưa có tổ chức nào");
  await submit(page);
  await expect(page.locator("#organization-wrong li")).toHaveText(["Còn thiếu tên tổ chức.", "Chưa chọn loại tổ chức."]);
  for (const [name, kind] of [["UBND xã Tân Khê Vân", "PEOPLES_COMMITTEE"], ["Hội Liên hiệp Phụ nữ xã", "WOMEN"]]) {
    await page.locator("#organization-name").fill(name);
    await page.locator("#organization-kind").selectOption(kind);
    await submit(page);
    await expect(page.locator("main tbody th", { hasText: name })).toBeVisible();
  }
  await expect(page.locator("main h1")).toHaveText(/^2\stổ chức$/);
  await accessible(page);

  await page.getByRole("link", { name: "Tổ và phân công" }).first().click();
  await page.locator("#team-name").fill("Tổ dân vận số 1");
  await page.locator("#team-issuer").selectOption({ label: "UBND xã Tân Khê Vân" });
  await page.locator("#team-from").fill("5/3/2026");
  await page.locator("#team-to").fill("4/3/2026");
  await page.locator("#team-lead").selectOption({ label: "Lương Văn Bền" });
  await page.locator("#team-members label", { hasText: "Vàng Thị Mỷ" }).click();
  await page.getByLabel("Nhiệm vụ của Vàng Thị Mỷ").selectOption("INTERPRETER");
  await page.getByLabel("Nơi cử Vàng Thị Mỷ").selectOption({ label: "Hội Liên hiệp Phụ nữ xã" });
  // The one who leads has that duty and no other.
  await expect(page.getByLabel("Nhiệm vụ của Lương Văn Bền")).toHaveCount(0);
  await submit(page);
  await expect(page.locator("#team-wrong li")).toHaveText(["Ngày cuối đứng trước ngày đầu."]);
  await page.locator("#team-to").fill("31/12/2027");
  await accessible(page);
  await submit(page);
  await expect(page.locator("main tbody th")).toHaveText(["Tổ dân vận số 1"]);
  const [team] = await office.call("GET", "teams");
  const people = new Map((await office.call("GET", "people")).map((one: any) => [one.person.name, one.person.id]));
  const organizations = new Map((await office.call("GET", "organizations")).map((one: any) => [one.name, one.id]));
  expect(team.lead).toBe(people.get("Lương Văn Bền"));
  expect(team.mandate).toEqual({ issuer: organizations.get("UBND xã Tân Khê Vân"), from: "2026-03-05", to: "2027-12-31" });
  const sent = { duty: "INTERPRETER", organization: organizations.get("Hội Liên hiệp Phụ nữ xã") };
  expect(team.posts).toEqual({ [people.get("Vàng Thị Mỷ") as string]: sent });

  await page.getByRole("button", { name: "Sửa Tổ dân vận số 1" }).click();
  await expect(page.getByLabel("Nhiệm vụ của Vàng Thị Mỷ")).toHaveValue("INTERPRETER");
});

test("somebody's work passes to another person in one step, after a look at it", async ({ server, page }) => {
  const { office, village, campaign, code, person } = await commune(server, "TEAM_LEAD");
  await office.person("Vàng Thị Mỷ", "FIELD_MEMBER");
  const phone = await Phone.enrol(server, code);
  const homes = (await office.call("GET", "households")).rows.map((one: any) => one.id);
  const place = { area: village.id, campaign: campaign.id };
  const soon = Math.round(Date.now() / 86_400_000) + 3;
  expect(await phone.push(visit(place, homes[0], "NOT_HOME", { next: soon }), visit(place, homes[1], "MET_REP"))).toEqual(["a", "a"]);

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/people`);
  await page.getByRole("button", { name: "Bàn giao việc của Vàng Thị Mỷ" }).click();
  await expect(page.locator("aside")).toContainText("không có việc gì để bàn giao");
  await page.getByRole("button", { name: "Bàn giao việc của Lương Văn Bền" }).click();
  const aside = page.locator("aside");
  await expect(aside).toContainText("Tổ của Lương Văn Bền, Tổ trưởng");
  await expect(aside).toContainText(/Thôn Đồng Cừ: 142\shộ/);
  await expect(aside).toContainText(/1\shộ người này đã hẹn đến lại/);
  await submit(page);
  await expect(page.locator("#hand-over-wrong li")).toHaveText(["Chưa chọn người nhận."]);
  await accessible(page);
  await page.locator("#hand-over-to").selectOption({ label: "Vàng Thị Mỷ · Thành viên tổ" });
  await submit(page);
  await expect(page.locator("aside .note.good")).toContainText("Đã bàn giao việc của Lương Văn Bền cho Vàng Thị Mỷ");
  await accessible(page);
  const [team] = await office.call("GET", "teams");
  expect([team.members.length, team.members.includes(person)]).toEqual([1, false]);
  const visits = (await office.call("GET", "visits")).rows.map((one: any) => one.by);
  expect(visits).toEqual(["Lương Văn Bền", "Lương Văn Bền"]);
});

test("all of the data is taken out, and a problem is reported without anybody's name", async ({ server, page }) => {
  const { office } = await commune(server);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/households`);
  await seek(page, "mot ten rieng");
  await expect(page.getByText("Không có dòng nào như đang lọc.")).toBeVisible();
  // What goes wrong is in the report with its code.
  await server.stop();
  await press(page, "Bỏ lọc");
  await expect(page.locator("main [role=alert]").first()).toContainText("Không liên lạc được với máy chủ");
  await server.start();
  await page.getByRole("link", { name: "Báo lỗi, lấy dữ liệu" }).click();
  const report = page.locator("pre.report");
  await expect(report).toContainText("households: <1000");
  await expect(report).toContainText("refused: GET households: no_answer");
  await accessible(page);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Lưu thành tệp" }).click();
  const saved = readFileSync(await (await saving).path(), "utf8");
  expect(saved.trim()).toBe((await report.innerText()).trim());
  for (const name of ["Hạnh", "Bền", "Đồng Cừ", "Tân Khê Vân", "rieng", "households: 142"]) expect(saved).not.toContain(name);

  const taking = page.waitForEvent("download");
  await page.getByRole("link", { name: "Lấy tệp niêm phong" }).click();
  const sealed = await taking;
  expect(sealed.suggestedFilename()).toMatch(/^gan-dan-toan-bo-\d{4}-\d\d-\d\d\.gandan$/);
  const bytes = readFileSync(await sealed.path());
  const zip = takenOut(bytes);
  expect(zip.subarray(0, 2).toString()).toBe("PK");

  // A damaged one, another file, and one sheet too few are said; then two sheets open it, and it is the same.
  const file = page.getByLabel("Tệp niêm phong");
  const open = async (content: Buffer, ...sheets: string[]) => {
    await file.setInputFiles({ name: "x.gandan", mimeType: "application/octet-stream", buffer: content });
    for (const [n, sheet] of sheets.entries()) await page.locator("#taken-" + ["first", "second"][n]).fill(sheet);
    await page.getByRole("button", { name: "Mở và lưu tệp .zip" }).click();
  };
  await open(Buffer.from("PK"), SHEETS[0], SHEETS[2]);
  await expect(page.getByText("Tệp này không phải tệp niêm phong của Gần Dân").first()).toBeVisible();
  await open(bytes, SHEETS[0], "");
  await expect(page.getByText("Còn thiếu một tờ.").first()).toBeVisible();
  await accessible(page);
  const bent = Buffer.from(bytes);
  bent[bytes.length >> 1] ^= 1;
  await open(bent, SHEETS[0], SHEETS[2]);
  await expect(page.getByText("tệp đã bị hỏng hoặc bị sửa")).toBeVisible();
  const opening = page.waitForEvent("download");
  await open(bytes, SHEETS[0], SHEETS[2]);
  const opened = await opening;
  expect(opened.suggestedFilename()).toBe("gan-dan-toan-bo.zip");
  expect(readFileSync(await opened.path()).equals(zip)).toBe(true);
  await expect(page.getByText("Đã mở, tệp .zip nằm trong thư mục tải về.")).toBeVisible();
  await expect(page.locator("#taken-first")).toHaveValue("");

  // An administrator keeps the server and has no content of it.
  const admin = new Office(server);
  await admin.signIn("quantri");
  await expect(admin.call("GET", "take-out")).rejects.toThrow(/403/);
  expect((await admin.call("GET", "problem")).counts.length).toBeGreaterThan(5);
  expect((await office.call("GET", "problem")).demo).toBe(false);
});
