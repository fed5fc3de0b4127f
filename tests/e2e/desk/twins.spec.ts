import type { Page } from "@playwright/test";
import { accessible, expect, inBothColours, test } from "../support/fixtures";
import { unlocksItself } from "../support/lock";
import { enrol, meet, sync } from "../support/field";
import { Office, newId, signIn } from "../support/office";

test.describe.configure({ timeout: 180_000 });

/** The list of all households, whatever was looked for before. */
const households = async (phone: Page) => {
  await phone.getByRole("link", { name: "Các hộ", exact: true }).click();
  await phone.getByRole("searchbox").fill("");
};
const title = (page: Page) => page.locator("main h1");

test("a house that was made twice counts once, with the visits of both, until that is taken back", async ({ server, page, browser }) => {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đá Mòn", "DM");
  const campaign = await office.campaign();
  const rows = ["1;Trần Thị Lành;4;0187250416", "2;Lò Văn Bền;5;", "3;Lò Văn Bền;6;"].map((row) => `Thôn Đá Mòn;${row}`);
  await office.importFile(new Blob([["Thôn;STT;Chủ hộ;Số khẩu;Điện thoại", ...rows].join("\r\n")]), "so.csv", {});
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  // The same house once more, as somebody at the desk was told of it.
  const id = newId();
  const household = { head: "Tran Thi Lanh", phone: "0187250416" };
  await office.write("households", { id, household, what: { add: village.id }, anyway: false });

  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: "vi-VN" });
  const phone = await context.newPage();
  await unlocksItself(phone);
  await enrol(phone, server, code);
  await expect(title(phone)).toHaveText(/^4\shộ\scòn\slại$/);
  await meet(phone, "tran thi lanh 1");
  await sync(phone, server);
  await context.setOffline(true);

  await signIn(page, server, "hanh");
  const entry = page.locator("header.side nav a", { hasText: "Hộ ghi trùng" });
  await expect(entry).toContainText("1");
  await entry.click();
  // The two of one name have another number each, so they are nobody's question.
  await expect(title(page)).toHaveText("1 cặp có vẻ là một hộ");
  const pairs = page.locator("section.twins");
  await expect(pairs).toHaveCount(1);
  await expect(pairs).toContainText("cùng họ tên chủ hộ · cùng số điện thoại");
  await inBothColours(page);
  await accessible(page);
  // On a narrow screen they stand one above the other, and what is said of each can be read.
  await page.setViewportSize({ width: 360, height: 640 });
  const widths = await pairs.locator("dd").evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
  expect(Math.min(...widths)).toBeGreaterThan(150);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: /^Là một hộ, giữ hộ này: Trần Thị Lành/ }).click();
  await expect(title(page)).toHaveText("Không còn cặp hộ nào có vẻ là một");
  await expect(entry).not.toContainText("1");
  await expect(pairs).toContainText("Hộ giữ lại");
  await accessible(page);
  await pairs.getByRole("link", { name: "Tran Thi Lanh" }).click();
  await expect(title(page)).toHaveText("Sửa hộ Tran Thi Lanh");
  await expect(page.getByText("Hộ này ghi trùng, được tính vào hộ khác")).toBeVisible();
  await inBothColours(page);
  await page.getByRole("link", { name: /^Trần Thị Lành · DM/ }).click();
  await expect(page.getByText("Hộ này được ghi hai lần, tính là một")).toBeVisible();

  // A phone that has not heard of it writes to the other one; nothing of that is lost.
  await meet(phone, "dm-0004");
  await context.setOffline(false);
  await sync(phone, server);
  await expect(title(phone)).toHaveText(/^2\shộ\scòn\slại$/);
  await households(phone);
  await expect(phone.locator("a.row b")).toHaveCount(3);
  const counted = async () => {
    const { total } = await office.call("GET", "coverage");
    return [total.households, total.met, total.visits, (await office.call("GET", "households")).total];
  };
  await expect.poll(counted).toEqual([3, 1, 2, 3]);

  await page.goto(`${server.url}/office/twins`);
  await page.getByRole("button", { name: /^Gỡ ra/ }).click();
  await expect(title(page)).toHaveText("1 cặp có vẻ là một hộ");
  expect(await counted()).toEqual([4, 2, 2, 4]);
  await page.getByRole("button", { name: /^Hai hộ khác nhau/ }).click();
  await expect(title(page)).toHaveText("Không còn cặp hộ nào có vẻ là một");
  await expect(pairs).toContainText("Hai hộ khác nhau");
  await sync(phone, server);
  await households(phone);
  await expect(phone.locator("a.row b")).toHaveCount(4);
});
