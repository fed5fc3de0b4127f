import type { Page } from "@playwright/test";
import { commune } from "../support/field";
import { expect, inBothColours, test } from "../support/fixtures";
import { Office, PASSPHRASE, newId, signIn, signOut } from "../support/office";
import { Phone } from "../support/phone";

const wrong = (page: Page) => page.locator("#incident-wrong li");
const save = (page: Page) => page.getByRole("button", { name: "Lưu sự cố" }).click();
const day = (hoursAgo: number) => new Date(Date.now() + (7 - hoursAgo) * 3_600_000);
const fill = async (page: Page, hoursAgo: number) => {
  const at = day(hoursAgo);
  await page.locator("#incident-day").fill(`${at.getUTCDate()}/${at.getUTCMonth() + 1}/${at.getUTCFullYear()}`);
  await page.locator("#incident-hour").fill(`${at.getUTCHours()}h${String(at.getUTCMinutes()).padStart(2, "0")}`);
};

test("a lost phone becomes an incident, whose hours run until the authority is told", async ({ server, page }) => {
  test.setTimeout(120_000);
  const { code } = await commune(server);
  const admin = new Office(server);
  await admin.signIn("quantri");
  const account = { login: "baove", name: "Mai Thị Nhàn", passphrase: PASSPHRASE };
  await admin.write("people", { id: newId(), name: account.name, role: "DPO", unit: admin.unit, account });
  const phone = await Phone.enrol(server, code);

  // Revoked in the office, the phone is told with its next push and says its last word.
  await signIn(page, server, "quantri");
  await page.goto(`${server.url}/office/people`);
  const lost = page.locator("main tr", { hasText: "Thu hồi máy" }).filter({ hasText: "Lương Văn Bền" });
  await lost.getByRole("button", { name: "Thu hồi máy" }).click();
  await page.getByRole("button", { name: "Thu hồi, không hoàn tác được" }).click();
  const ended = page.locator("main tr", { hasText: "Đã thu hồi" });
  await expect(ended).toContainText("Từ đó máy chưa liên lạc, khóa trên máy vẫn còn");
  await phone.push();
  await page.reload();
  await expect(ended).toContainText(/Đã bảo máy hủy khóa: .*; máy chưa báo lại/);
  await phone.lastWord();
  await page.reload();
  await expect(ended).toContainText(/Máy báo đã hủy khóa: /);
  await inBothColours(page);

  // The incident begins with the phone filled in; when it was detected nobody but a person knows.
  await page.getByRole("link", { name: "Ghi sự cố: máy của Lương Văn Bền" }).click();
  await expect(page.locator("main h1")).toHaveText("0 sự cố, 0 đang tính giờ báo");
  await expect(page.getByText("trong 72 giờ kể từ khi phát hiện (Điều 23 Luật 91/2025/QH15")).toBeVisible();
  await expect(page.locator("#incident-what")).toHaveValue("Mất điện thoại đang dùng của Lương Văn Bền.");
  await expect(page.locator("#incident-measures")).toHaveValue(/Đã thu hồi máy lúc/);
  await save(page);
  await expect(wrong(page)).toHaveText(["Ngày phát hiện chưa đúng, hoặc còn ở phía trước."]);
  await inBothColours(page);
  await fill(page, -30);
  await save(page);
  await expect(wrong(page)).toHaveText(["Ngày phát hiện chưa đúng, hoặc còn ở phía trước."]);
  await fill(page, 2);
  await page.locator("#incident-people").fill("120");
  await save(page);
  await expect(page.locator("main h1")).toHaveText("1 sự cố, 1 đang tính giờ báo");
  const row = page.locator("main tbody tr");
  await expect(row).toContainText(/Còn (69|70) giờ, đến/);
  await expect(row).toContainText("Máy báo đã hủy khóa");
  await inBothColours(page);

  // The data-protection officer adds to it: by words, and not by colour alone, it was overdue.
  await signOut(page);
  await signIn(page, server, "baove");
  await page.goto(`${server.url}/office/incidents`);
  await page.getByRole("button", { name: /^Bổ sung sự cố/ }).click();
  await fill(page, 80);
  await page.selectOption("#incident-harm", "MAY");
  await page.locator("#incident-contact").fill("Mai Thị Nhàn, bộ phận bảo vệ dữ liệu");
  await save(page);
  await expect(row).toContainText(/Quá hạn [78] giờ, hạn là/);
  await inBothColours(page);
  await page.getByRole("button", { name: /^Bổ sung sự cố/ }).click();
  const now = day(0);
  await page.locator("#incident-notified_day").fill(`${now.getUTCDate()}/${now.getUTCMonth() + 1}/${now.getUTCFullYear()}`);
  await save(page);
  await expect(wrong(page)).toHaveText(["Lúc báo chưa đúng: cần cả ngày và giờ, sau lúc phát hiện."]);
  await page.locator("#incident-notified_hour").fill(`${now.getUTCHours()}:${String(now.getUTCMinutes()).padStart(2, "0")}`);
  await page.locator("#incident-reference").fill("12/CV-UBND");
  await save(page);
  await expect(row).toContainText(/Đã báo trễ, lúc .*; thông báo phải nêu lý do/);
  await expect(page.locator("main h1")).toHaveText("1 sự cố, 0 đang tính giờ báo");

  // What the form asks for, on one page, with nothing of it in the address or the title.
  await page.getByRole("link", { name: /^Xem để báo, in/ }).click();
  await expect(page.locator("main h1")).toHaveText("Nội dung thông báo sự cố");
  await expect(page.locator("main dl")).toContainText("Khoảng bao nhiêu người");
  await expect(page.locator("main dl")).toContainText("12/CV-UBND");
  await expect(page.locator("main")).toContainText("Nghị định 356/2025/NĐ-CP, Mẫu số 08");
  expect(await page.title()).toBe("Nội dung thông báo sự cố – Gần Dân");
  expect(decodeURIComponent(page.url())).not.toMatch(/Bền|CV-UBND|Nhàn/);
  await inBothColours(page);
  await page.setViewportSize({ width: 360, height: 640 });
  await page.screenshot({ path: test.info().outputPath("sheet-360.png"), fullPage: true });
  await page.goto(`${server.url}/office/incidents`);
  await expect(row).toContainText("Đã báo trễ");
  await page.screenshot({ path: test.info().outputPath("incidents-360.png"), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: test.info().outputPath("incidents-1280.png"), fullPage: true });
});

test("nobody else sees incidents", async ({ server, page }) => {
  await commune(server);
  await signIn(page, server, "hanh");
  await expect(page.locator("header.side nav").getByText("Sự cố")).toHaveCount(0);
  await page.goto(`${server.url}/office/incidents`);
  await expect(page.locator("main h1")).toHaveText("Vai trò này không mở được trang này");
  const office = new Office(server);
  await office.signIn("hanh");
  await expect(office.call("GET", "incidents")).rejects.toThrow(/403/);
});
