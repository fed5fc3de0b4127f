import { type Page, expect } from "@playwright/test";
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
export async function enrol(page: Page, server: Server, code: string): Promise<void> {
  await page.goto(`${server.url}/app/`);
  await page.getByLabel(/gõ mã/i).fill(code.toLowerCase());
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await expect(page.getByText(/Nhận\s\d+\stin mới/)).toBeVisible({ timeout: 30_000 });
  await press(page, "Về Hôm nay");
  await expect(page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ })).toBeVisible();
  await installed(page);
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

/** What the top line says is waiting. */
export function waiting(page: Page) {
  return page.locator("header.top").getByText(/chờ gửi|Đã gửi hết/).first();
}
