import { readFileSync } from "node:fs";
import { type Page } from "@playwright/test";
import { Profile, accessible, expect, test } from "../support/fixtures";
import { commune, enrol, meet, press, sync } from "../support/field";
import { Office, newId, signIn } from "../support/office";
import { Phone, visit } from "../support/phone";

const today = () => new Date().toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" });
const row = (page: Page, name: string) => page.locator("main tr", { has: page.getByRole("rowheader", { name }) });

function importLines(office: Office, village: string, heads: string[]): Promise<any> {
  const lines = ["STT;Chủ hộ;Nhân khẩu", ...heads.map((head, n) => `${n + 1};${head};4`)];
  return office.importFile(new Blob([lines.join("\n")]), `${village}.csv`, { sheets: { "": { village } } });
}

/** The overview's table of villages. */
const villages = (page: Page) => page.locator("main table", { has: page.locator("caption", { hasText: "Từng thôn, nơi còn nhiều việc trước" }) });

/** The figures of a row of the overview: households, met, visited and not met, not visited, opinions. */
async function figures(page: Page, name: string): Promise<number[]> {
  const cells = await villages(page).locator("tr", { has: page.getByRole("rowheader", { name }) }).locator("td").allInnerTexts();
  const number = (text: string) => Number(text.replace(/[^\d]/g, "") || 0);
  return [0, 3, 4, 5, 11].map((at) => number(cells[at]));
}

// Figures before and after, with a phone that wrote before, is away during, and sends afterwards.
test("two villages are merged in the middle of a campaign, and every household counts once", async ({
  server, page, complaints, locale, timezoneId, launchOptions,
}) => {
  test.setTimeout(180_000);
  const { office, village, campaign, code } = await commune(server);
  const other = await office.village("Thôn Bến Lĩnh", "BL");
  const given = ["Páo", "Mỷ", "Sùng", "Dế", "Chía", "Say"];
  await importLines(office, other.name, Array.from({ length: 30 }, (_, n) => `Lò Văn ${given[n % 6]} ${["An", "Bình", "Cường", "Duy", "Giàng"][n % 5]}`));
  const second = await office.memberWithCode("Lò Thị Páo", "FIELD_MEMBER", campaign.id, [other.id]);
  const colleague = await Phone.enrol(server, second.code);
  const there = await office.all("households", `village=${other.id}`);
  const place = { area: other.id, campaign: campaign.id };
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

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/overview`);
  await expect(villages(page).locator("tbody tr")).toHaveCount(2);
  const [first, last] = [await figures(page, "Thôn Đồng Cừ"), await figures(page, other.name)];
  expect([first, last].map((all) => [all[0], all[1], all[2]])).toEqual([[142, 1, 0], [30, 1, 1]]);
  const whole = await figures(page, "Cả xã");
  expect(first.map((n, at) => n + last[at])).toEqual(whole);

  // The command, with what it comes to beside it.
  await page.locator("nav").getByText("Đơn vị", { exact: true }).click();
  await page.getByRole("link", { name: "Nhập, tách thôn" }).click();
  await page.locator("button[type=submit]").click();
  await expect(page.locator("#rearrange-wrong li")).toHaveText([
    "Chọn ít nhất hai thôn của cùng một xã.", "Còn thiếu tên thôn mới, hoặc xã đã có thôn tên này.", "Còn thiếu số quyết định.",
    /^Ngày/, /^Ngày/,
  ]);
  await page.getByLabel(/Thôn Đồng Cừ/).check();
  await page.getByLabel(new RegExp(other.name)).check();
  await page.locator("#rearrange-name").fill("Thôn Đồng Lĩnh");
  const pane = page.locator("aside.pane");
  await expect(pane).toContainText(/Thôn Đồng Cừ \(142 hộ\)/);
  await expect(pane).toContainText(/thành Thôn Đồng Lĩnh: 172 hộ\./);
  await expect(pane).toContainText("Tổ của Lò Thị Páo, Tổ của Lương Văn Bền tiếp tục phụ trách");
  await accessible(page);
  await page.locator("#rearrange-decision_no").fill("45/QĐ-UBND");
  await page.locator("#rearrange-decision_date").fill("01/10/2026");
  await page.locator("#rearrange-on").fill(today());
  if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/rearrange.png`, fullPage: true });
  await page.locator("button[type=submit]").click();
  await expect(page.locator(".note.good")).toContainText("Đã ghi: Thôn Đồng Lĩnh");
  await page.getByRole("link", { name: "Đơn vị" }).last().click();
  await expect(row(page, "Thôn Đồng Cừ")).toContainText("nay là Thôn Đồng Lĩnh, theo Quyết định 45/QĐ-UBND");
  await accessible(page);

  // The overview, the lists and the export: one village, and every figure the sum of the two.
  await page.goto(`${server.url}/office/overview`);
  await expect(villages(page).locator("tbody tr")).toHaveCount(1);
  expect(await figures(page, "Thôn Đồng Lĩnh")).toEqual(whole);
  expect(await figures(page, "Cả xã")).toEqual(whole);
  await expect(villages(page)).toContainText("Tổ của Lương Văn Bền");
  await expect(page.locator("main .note", { hasText: "45/QĐ-UBND" })).toContainText("thành Thôn Đồng Lĩnh");
  await accessible(page);
  if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/overview-merged.png`, fullPage: true });
  await page.locator("nav").getByText("Danh sách hộ", { exact: true }).click();
  await expect(page.locator("main h1")).toContainText("172");
  await page.selectOption("#f-village", { label: "Thôn Đồng Lĩnh" });
  await expect(page.locator("main h1")).toContainText("172");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /csv/i }).click()]);
  const file = readFileSync(await download.path(), "utf8");
  expect(file.split("\n").filter((line) => line.includes("Thôn Đồng Lĩnh")).length).toBeGreaterThanOrEqual(172);
  expect(file).toContain("Quyết định 45/QĐ-UBND");

  // The phone comes back: what it wrote is taken, it has the new name, and a new household is the new village's.
  phone = await profile.open();
  await sync(phone, server);
  await expect(phone.getByRole("heading", { level: 1, name: /140\s+hộ\scòn\slại/ })).toBeVisible();
  await press(phone, "Các hộ");
  await phone.getByRole("searchbox").fill("dong linh lanh");
  await expect(phone.locator("a.row").first()).toContainText("Lành");
  await phone.getByRole("searchbox").fill("Vũ Thị Nhài");
  await press(phone, "Thêm hộ này vào sổ");
  await phone.getByLabel(/Số nhà/).fill("143");
  await press(phone, "Lưu thông tin hộ");
  await expect(phone.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
  await expect(phone.getByText("Thôn Đồng Lĩnh").first()).toBeVisible();
  await meet(phone, "vu thi nhai");
  await sync(phone, server);
  await profile.remove();

  await page.goto(`${server.url}/office/overview`);
  await expect(villages(page).locator("tbody tr")).toHaveCount(1);
  expect(await figures(page, "Thôn Đồng Lĩnh")).toEqual([173, 4, 1, 168, 2]);
  const { rows } = await office.find("households", "vu thi nhai");
  expect(rows).toEqual([expect.objectContaining({ village: "Thôn Đồng Lĩnh", code: "DL-0001", attempts: 1 })]);
  expect((await office.call("GET", "quarantine")).length).toBe(0);
  // Who was given the second village goes on too, and neither reads the other's names because of the merger.
  expect(await colleague.push(visit(place, there[2].id, "MET_REP"))).toEqual(["a"]);
});

test("a village is split, and every household stands in one of the two", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await office.village("Thôn Đồng Cừ", "DC");
  await office.campaign();
  await importLines(office, "Thôn Đồng Cừ", ["Lò Văn Páo", "Vàng Thị Mỷ", "Nguyễn Thị Lành"]);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/units/rearrange`);
  await page.getByLabel("Tách một thôn thành hai").check();
  await page.getByLabel(/Thôn Đồng Cừ/).check();
  await page.locator("#rearrange-name").fill("Thôn Thượng");
  await page.locator("#rearrange-second").fill("Thôn Hạ");
  await page.getByLabel(/Vàng Thị Mỷ/).check();
  await expect(page.locator("aside.pane")).toContainText("Thôn Đồng Cừ (3 hộ) thành Thôn Thượng (2 hộ) và Thôn Hạ (1 hộ).");
  await page.locator("#rearrange-decision_no").fill("46/QĐ-UBND");
  await page.locator("#rearrange-decision_date").fill("01/10/2026");
  await page.locator("#rearrange-on").fill(today());
  await accessible(page);
  if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/split.png`, fullPage: true });
  await page.locator("button[type=submit]").click();
  await expect(page.locator(".note.good")).toContainText("Đã ghi: Thôn Thượng và Thôn Hạ");
  const coverage = await office.call("GET", "coverage");
  const counts = Object.fromEntries(coverage.villages.map((one: any) => [one.name, one.counts.households]));
  expect(counts).toEqual({ "Thôn Thượng": 2, "Thôn Hạ": 1 });
  const [lower] = (await office.all("households")).filter((one) => one.village === "Thôn Hạ");
  expect(lower.head).toBe("Vàng Thị Mỷ");
});

test("an administrator makes a second commune, and its officer sees nothing of the first", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await office.village("Thôn Đồng Cừ", "DC");
  await signIn(page, server, "quantri");
  await page.locator("nav").getByText("Đơn vị", { exact: true }).click();
  await page.locator("#unit-level").selectOption("COMMUNE");
  await expect(page.locator("#unit-parent option")).toHaveText(["Tỉnh Sông Lĩnh"]);
  await page.locator("#unit-name").fill("Phường Minh Trạch");
  await accessible(page);
  await page.locator("aside button[type=submit]").click();
  await expect(page.locator("main caption")).toHaveText(["Phường Minh Trạch", "Xã Tân Khê Vân"]);
  await page.locator("nav").getByText("Người và máy", { exact: true }).click();
  await page.locator("#person-name").fill("Y Thanh Niê");
  await page.locator("#person-sort").fill("Thanh");
  await page.locator("#person-role").selectOption("COMMUNE_OFFICER");
  await page.locator("#person-unit").selectOption({ label: "Phường Minh Trạch" });
  await page.locator("#person-login").fill("ythanh");
  await page.locator("#person-passphrase").fill("mot cau that dai de nho");
  await page.locator("aside button[type=submit]").click();
  await expect(page.locator("aside .note.good")).toContainText("Y Thanh Niê");
  // By what to sort by, not by the last word: after Ngân and Hạnh.
  await expect(page.locator("main table").first().locator("tbody th")).toHaveText(["Nguyễn Thị Kim Hạnh", "Lý Thị Thu Ngân", "Y Thanh Niê"]);

  const second = new Office(server);
  await second.signIn("ythanh");
  expect((await second.call("GET", "units")).map((unit: any) => unit.name)).toEqual(["Tỉnh Sông Lĩnh", "Phường Minh Trạch"]);
  expect((await office.call("GET", "units")).map((unit: any) => unit.name)).not.toContain("Phường Minh Trạch");
  await second.write("units", { id: newId(), parent: second.unit, level: "VILLAGE", name: "Tổ dân phố 1", code: "", from: "2025-07-01", to: null });
});
