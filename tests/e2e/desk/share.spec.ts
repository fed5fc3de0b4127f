import type { Page } from "@playwright/test";
import { expect, inBothColours, test } from "../support/fixtures";
import { unlocksItself } from "../support/lock";
import { accessibleInEveryLook, enrol, press, sync, toToday } from "../support/field";
import { Office, signIn } from "../support/office";

test.describe.configure({ timeout: 180_000 });

const title = (page: Page) => page.locator("main h1");

test("chosen households are one member's own, and the others stay in sight", async ({ server, page, browser }) => {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  const names = ["Trần Thanh Lành", "Lò Văn Páo", "Nguyễn Thị Ưởng", "Vũ Thị Nhài", "Đặng Văn Thu", "Ngô Thị Mùi", "Y Bhem Niê", "Cao Thị Mới"];
  const rows = names.map((head, n) => `Thôn Đồng Cừ;${n + 1};${head};Cụm ${n < 5 ? 1 : 2}`);
  await office.importFile(new Blob([["Thôn;STT;Chủ hộ;Cụm dân cư", ...rows].join("\r\n")]), "so.csv", {});
  const { code, person, team } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  const second = await office.person("Đoàn Thị Thơm", "FIELD_MEMBER");
  const [seen] = (await office.call("GET", "teams")).filter((one: any) => one.id === team);
  await office.write("teams", { ...seen, members: [person, second.person.id] }, seen.seen);
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: "vi-VN" });
  const phone = await context.newPage();
  await unlocksItself(phone);
  await enrol(phone, server, code);
  await expect(title(phone)).toHaveText(/^8\shộ\scòn\slại$/);
  await expect(phone.getByText("Hộ giao cho tôi")).toHaveCount(0);

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/assign`);
  await page.getByRole("link", { name: "Chia hộ của Thôn Đồng Cừ" }).click();
  await expect(title(page)).toHaveText(/^Thôn Đồng Cừ: 8 hộ chưa giao riêng cho ai$/);
  const button = page.locator("aside.pane button[type=submit]");
  await button.click();
  await expect(page.getByRole("alert").getByText("Chưa chọn hộ nào.")).toBeVisible();
  await page.locator("#share-households > .cells label", { hasText: "Cụm 2" }).click();
  await page.locator("#share-member label", { hasText: /^Lương Văn Bền/ }).click();
  await expect(page.locator("aside.pane")).toContainText("Giao 3 hộ cho: Lương Văn Bền.");
  await page.locator("#share-due").fill("12/12/2026");
  await inBothColours(page);
  await button.click();
  await expect(page.getByRole("status").getByText("Đã giao 3 hộ cho Lương Văn Bền")).toBeVisible();
  await expect(title(page)).toHaveText(/5 hộ chưa giao riêng cho ai$/);

  await sync(phone, server);
  await expect(title(phone)).toHaveText(/^3\shộ\scòn\slại$/);
  await expect(phone.locator("main")).toContainText("Hộ giao cho tôi, xong trước 12/12/2026");
  await expect(phone.locator("a.next")).toContainText("Ngô Thị Mùi");
  await accessibleInEveryLook(phone);
  await press(phone, "Hộ giao cho tôi");
  await expect(phone.locator("a.row b")).toHaveText(["Ngô Thị Mùi", "Y Bhem Niê", "Cao Thị Mới"]);
  await accessibleInEveryLook(phone);
  await phone.locator("nav.seg").getByText("Chưa gặp").click();
  await expect(phone.locator("a.row")).toHaveCount(8);
  await expect(phone.locator("a.row b").first()).toHaveText("Ngô Thị Mùi");
  await phone.locator("nav.seg").getByText("Tất cả").click();
  await expect(phone.locator("a.row b").first()).toHaveText("Trần Thanh Lành");

  // One of them goes to somebody else: it is said, and it leaves the first one's list.
  await page.getByText("Chọn từng hộ").click();
  await page.locator("#share-q").fill("bhem");
  const cell = page.locator("details label", { hasText: "Y Bhem Niê" });
  await expect(cell).toContainText("đang giao cho Lương Văn Bền");
  await cell.click();
  await page.locator("#share-member label", { hasText: /^Đoàn Thị Thơm/ }).click();
  await expect(page.getByText(/1 hộ trong đó đang giao cho người khác/)).toBeVisible();
  await inBothColours(page);
  await button.click();
  await expect(page.getByRole("status").getByText("Đã giao 1 hộ cho Đoàn Thị Thơm")).toBeVisible();
  const given = page.locator("table", { has: page.locator("caption", { hasText: "Đã giao" }) }).locator("tbody tr");
  await expect(given).toHaveCount(2);
  await expect(given.filter({ hasText: "Lương Văn Bền" }).locator("td").first()).toHaveText("2");
  await sync(phone, server);
  await toToday(phone);
  await expect(title(phone)).toHaveText(/^2\shộ\scòn\slại$/);

  // From the number to its households.
  await given.filter({ hasText: "Lương Văn Bền" }).getByRole("link", { name: "2" }).click();
  await expect(title(page)).toHaveText(/^2\shộ, 2\schưa đến$/);
  await expect(page.locator("main")).toContainText("Chỉ hộ giao riêng cho một người: Lương Văn Bền.");
  await inBothColours(page);
  await page.goBack();
  await given.filter({ hasText: "Lương Văn Bền" }).getByRole("button", { name: "Thu lại" }).click();
  await given.filter({ hasText: "Lương Văn Bền" }).getByRole("button", { name: "Thu lại" }).click();
  await expect(given).toHaveCount(1);
  await sync(phone, server);
  await expect(title(phone)).toHaveText(/^8\shộ\scòn\slại$/);
  await context.close();
});
