import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { accessible, contrasts, expect, test } from "../support/fixtures";
import { commune } from "../support/field";
import { newId, signIn } from "../support/office";
import { Phone, meeting } from "../support/phone";
import { readCsv } from "../support/workbook";

async function file(page: Page, link: string): Promise<string[][]> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(link).click()]);
  return readCsv(readFileSync(await download.path(), "utf8").slice(1), ";");
}

test("names and phones leave only for a reason, which stands in the file; meetings leave without names", async ({ server, page }) => {
  const { code, village, campaign } = await commune(server);
  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  await phone.push(meeting(place, newId(), 0, "IN_SESSION", "Bàn góp công làm đường", "2026-11-14", { e: 312 }));
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/households`);
  await expect(page.locator("a.row").first()).toBeVisible();
  const nameless = await file(page, "a[download][href*='export.csv']");
  expect(JSON.stringify(nameless)).not.toContain("Trần Thanh Lành");

  await page.getByText("Xuất kèm họ tên, điện thoại").click();
  await expect(page.locator("a[download][href*='names']")).toHaveCount(0);
  await page.selectOption("#names-reason", "ROUTES");
  await accessible(page);
  await page.evaluate(() => void (document.documentElement.dataset.theme = "dark"));
  await contrasts(page);
  const named = await file(page, "a[download][href*='names.csv']");
  expect(named).toContainEqual(["Kèm họ tên, điện thoại để", "In danh sách cho tổ đi thăm"]);
  expect(named).toContainEqual(["Người xuất", "Nguyễn Thị Kim Hạnh"]);
  const titles = named.findIndex((line) => line[0] === "Thôn, tổ dân phố" && line.length > 2);
  expect(named[titles].slice(3, 5)).toEqual(["Chủ hộ", "Điện thoại"]);
  expect(named.slice(titles + 1)).toHaveLength(142);
  expect(named.slice(titles + 1).map((line) => line[3])).toContain("Trần Thanh Lành");

  await page.goto(`${server.url}/office/meetings`);
  await expect(page.locator("a.row")).toHaveCount(1);
  const meetings = await file(page, "a[download][href*='export.csv']");
  expect(meetings.at(-1)).toEqual(expect.arrayContaining(["14/11/2026 19:30", "Bàn góp công làm đường", "312"]));
  expect(JSON.stringify(meetings)).not.toContain("Lương Văn Bền");
  await accessible(page);
});
