import { type Page, expect } from "@playwright/test";
import { accessible, contrasts, fits } from "./fixtures";
import { choosePin, rows } from "./lock";
import { Office } from "./office";
import type { Server } from "./server";

/** A commune with roll 01 in one village, and one member who may enrol. */
export async function commune(server: Server, role = "FIELD_MEMBER") {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  const member = await office.memberWithCode("Lương Văn Bền", role, campaign.id, [village.id]);
  return { office, village, campaign, ...member };
}

/** Enrols through the screens and waits until the households are there and the app would open without a network. */
export async function enrol(page: Page, server: { url: string }, code: string): Promise<void> {
  await join(page, server, code);
  await installed(page);
}

/** Enrols through the screens and waits until the households are there. */
export async function join(page: Page, server: { url: string }, code: string): Promise<void> {
  await page.goto(`${server.url}/app/`);
  await page.getByLabel(/gõ mã/i).fill(code.toLowerCase());
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await choosePin(page);
  await expect(page.getByText(/Nhận\s\d+\stin mới/)).toBeVisible({ timeout: 30_000 });
  await press(page, "Về Hôm nay");
  await expect(page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ })).toBeVisible();
}

/** Waits until the service worker holds everything that a start without a network needs. */
export async function installed(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).some((key) => key.startsWith("app-")))).toBe(true);
}

/** Opens a household from the list by searching without accents. */
export async function openHousehold(page: Page, words: string): Promise<void> {
  await page.getByRole("link", { name: "Các hộ", exact: true }).click();
  await page.getByRole("searchbox").fill(words);
  await page.locator("a.row").first().click();
  await expect(page.getByRole("button", { name: "Vắng nhà" }).or(page.getByRole("link", { name: "Vắng nhà" }))).toBeVisible();
}

export type Who = "Không nêu tên" | "Có tên" | "Nhóm hộ";

/** Adds an opinion on the visit form: kind first. */
export async function addOpinion(page: Page, text: string, who: Who, urgent = false): Promise<void> {
  await press(page, "Thêm ý kiến");
  await page.getByText("Kiến nghị", { exact: true }).click();
  await press(page, "Hạ tầng");
  await press(page, /Thủy lợi/);
  await page.getByLabel(/Bà con nói/).fill(text);
  await page.getByText(who, { exact: true }).click();
  await page.getByText(urgent ? /^Gấp/ : "Bình thường").first().click();
  await press(page, "Xong ý kiến này");
}

/** Goes to "Hôm nay" by the bar at the bottom. */
export async function toToday(page: Page): Promise<void> {
  await page.locator("nav.nav").getByRole("link", { name: "Hôm nay" }).click();
}

/** Presses a button or a link, whichever it is. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("button", { name }).or(page.getByRole("link", { name })).or(page.getByRole("radio", { name })).first().click();
}

/** Records that the household's representative was met, with opinions. */
export async function meet(page: Page, words: string, opinions: { text: string; who: Who }[] = []): Promise<void> {
  await openHousehold(page, words);
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  for (const { text, who } of opinions) await addOpinion(page, text, who);
  await press(page, "Lưu lần thăm");
  await expect(page.getByText(/Đã lưu/).first()).toBeVisible();
}

/** Corrects a household's telephone number in its form. */
export async function correct(page: Page, words: string, phone: string): Promise<void> {
  await openHousehold(page, words);
  await press(page, "Sửa thông tin hộ");
  await page.getByLabel(/Số điện thoại/).fill(phone);
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
}

/** What the top line says is waiting. */
export function waiting(page: Page) {
  return page.locator("header.top").getByText(/chờ gửi|Đã gửi hết/).first();
}

/** Sends and receives now, on the page that shows each step, and waits until it is over. */
export async function sync(page: Page, server: Server): Promise<void> {
  await page.goto(`${server.url}/app/sync`);
  await press(page, "Đồng bộ ngay");
  await expect(page.getByText(/Gửi \d+, xã nhận đủ|Không có gì phải gửi/).first()).toBeVisible({ timeout: 30_000 });
  await press(page, "Về Hôm nay");
}

/** Which build's page is open: the name that `Build.next` gave it, or none for the one that was built. */
export function running(page: Page): Promise<string | null> {
  return page.evaluate(() => document.querySelector("meta[name=build]")?.getAttribute("content") ?? null);
}

/** Whether the page can be read and pressed in every size of letters and in the dark, as the settings page sets them. */
export async function accessibleInEveryLook(page: Page): Promise<void> {
  const look = (text: string, theme: string) =>
    page.evaluate((look) => void Object.assign(document.documentElement.dataset, look), { text, theme });
  for (const text of ["2", "3"]) {
    await look(text, "light");
    await fits(page);
  }
  await look("1", "dark");
  await contrasts(page);
  await look("1", "light");
  await accessible(page);
}

/** What the drafts on this phone hold, as text. */
export async function drafts(page: Page): Promise<string> {
  return (await rows(page, "drafts")).map(({ content }) => content.toString("utf8")).join();
}
