import { type Page } from "@playwright/test";
import { Profile, accessible, expect, test } from "../support/fixtures";
import { commune, enrol, openHousehold, press, sync } from "../support/field";
import { signIn } from "../support/office";

const submit = (page: Page) => page.locator("aside button[type=submit]").click();
const row = (page: Page, name: string) => page.locator("main tr", { has: page.getByRole("rowheader", { name }) });
const topics = (page: Page) => page.locator("fieldset#linh-vuc");

/** Begins an opinion of this household, up to the topics under "Hạ tầng". */
async function speak(phone: Page, head: string): Promise<void> {
  await openHousehold(phone, head);
  await press(phone, "Gặp được");
  await phone.getByText("Gặp đại diện hộ", { exact: true }).click();
  await press(phone, "Thêm ý kiến");
  await phone.getByText("Kiến nghị", { exact: true }).click();
  await press(phone, "Hạ tầng");
  await expect(topics(phone).getByText("Đường, cầu")).toBeVisible();
}

test("an own topic goes from the office to the phone and back, and keeps its name when it has ended", async ({
  server, page, complaints, locale, timezoneId, launchOptions,
}) => {
  test.setTimeout(180_000);
  const { code } = await commune(server);
  const profile = new Profile({ viewport: { width: 360, height: 640 }, locale, timezoneId, ...launchOptions }, complaints);
  const phone = await profile.open();
  await enrol(phone, server, code);

  // The office adds it; what stands there already is refused in plain words, however it is typed.
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/teams`);
  await page.getByRole("link", { name: "Danh mục" }).click();
  await expect(page.locator("main h1")).toHaveText("Danh mục");
  await expect(page.locator("header.side nav a[aria-current]")).toContainText("Tổ và phân công");
  await submit(page);
  await expect(page.locator("#topic-wrong li")).toHaveText(["Chưa chọn lĩnh vực mà mục này thuộc về."]);
  await page.locator("#topic-parent").selectOption("INFRA");
  await page.locator("#topic-name").fill("DUONG CAU");
  await submit(page);
  await expect(page.locator("#topic-wrong li")).toContainText("Lĩnh vực này đã có một mục tên như vậy.");
  await accessible(page);
  await page.locator("#topic-name").fill("Bến dò");
  await submit(page);
  await expect(row(page, "Bến dò")).toContainText("riêng của xã");
  // Its spelling is corrected, and the hint says that this is all.
  await page.getByRole("button", { name: "Sửa chữ: Bến dò" }).click();
  await expect(page.locator("aside")).toContainText("Sửa chữ, không đổi nghĩa: ý kiến đã ghi vẫn mang lĩnh vực này.");
  await page.locator("#topic-name").fill("Bến đò");
  await page.locator("#topic-name_en").fill("Ferries");
  await submit(page);
  await expect(row(page, "Bến đò")).toContainText("Ferries");
  await accessible(page);
  await page.locator("details.look summary").click();
  await page.selectOption("#look-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await accessible(page);

  // The phone gets it with its next sync, and has it without a network ever after.
  await sync(phone, server);
  await server.stop();
  await speak(phone, "tran thanh lanh");
  await press(phone, "Bến đò");
  await expect(topics(phone)).toContainText("Hạ tầng");
  await phone.getByLabel(/Bà con nói/).fill("Đò ngang không có áo phao.");
  await phone.getByText("Có tên", { exact: true }).click();
  await accessible(phone);
  await press(phone, "Xong ý kiến này");
  await expect(phone.getByText(/Kiến nghị · Hạ tầng · Bến đò/)).toBeVisible();
  await press(phone, "Lưu lần thăm");
  await expect(phone.getByText(/Đã lưu/).first()).toBeVisible();
  // Another one is begun, and stays a draft.
  await speak(phone, "doan van thuy");
  await press(phone, "Bến đò");
  await phone.getByLabel(/Bà con nói/).fill("Bến mới nên có đèn.");
  const draft = phone.url();
  await expect(phone.getByText(/Đã lưu nháp/).first()).toBeVisible();
  await server.start();
  await sync(phone, server);

  // The office finds it under itself and under its parent, and counts it there.
  await page.goto(`${server.url}/office/opinions`);
  for (const topic of ["INFRA.1", "INFRA"]) {
    await page.selectOption("#f-topic", topic);
    await expect(page.locator("main h1")).toHaveText(/^1\sý kiến/);
    await expect(page.locator("a.row")).toContainText("Kiến nghị · Hạ tầng · Bến đò · Thôn Đồng Cừ");
  }
  await page.selectOption("#f-topic", "INFRA.ROAD");
  await expect(page.locator("a.row")).toHaveCount(0);
  await page.goto(`${server.url}/office/overview`);
  const counted = page.locator("main table", { has: page.locator("caption", { hasText: "Ý kiến theo lĩnh vực" }) }).first();
  await expect(counted.locator("tr", { has: page.getByRole("rowheader", { name: "Hạ tầng" }) }).locator("td").first()).toHaveText("1");

  // It is no longer used, nor is a type of meetings.
  await page.goto(`${server.url}/office/lists`);
  await page.getByRole("button", { name: "Thôi dùng: Bến đò" }).click();
  await expect(row(page, "Bến đò")).toContainText("Đã thôi dùng");
  // Who works with the keyboard goes on where they were.
  await expect(page.getByRole("button", { name: "Dùng lại: Bến đò" })).toBeFocused();
  await page.getByRole("button", { name: "Thôi dùng: Tập huấn" }).click();
  await expect(row(page, "Tập huấn")).toContainText("Đã thôi dùng");
  await expect(page.getByRole("button", { name: "Thôi dùng: Tổ trưởng" })).toHaveCount(0);
  await page.getByRole("button", { name: "Thôi dùng: Đất đai" }).click();
  await expect(row(page, "Quỹ đất công ích")).toContainText("Thôi dùng theo lĩnh vực trên");
  await accessible(page);
  await sync(phone, server);
  await phone.goto(draft);
  await expect(topics(phone)).toContainText("Bến đò");
  await topics(phone).getByRole("button").first().click();
  await expect(topics(phone).getByText("Môi trường")).toBeVisible();
  await expect(topics(phone).getByText("Đất đai", { exact: true })).toHaveCount(0);
  await press(phone, "Hạ tầng");
  await expect(topics(phone).getByText("Đường, cầu")).toBeVisible();
  await expect(topics(phone).getByText("Bến đò")).toHaveCount(0);
  await phone.goto(`${server.url}/app/meetings`);
  await press(phone, "Mở cuộc họp");
  await phone.getByText("Cuộc họp loại khác…").click();
  await expect(phone.getByText("Tiếp xúc cử tri", { exact: true })).toBeVisible();
  await expect(phone.getByText("Tập huấn", { exact: true })).toHaveCount(0);

  // What was recorded keeps its name.
  await page.goto(`${server.url}/office/opinions`);
  await page.selectOption("#f-topic", { label: "\u00a0\u00a0\u00a0Bến đò" });
  await expect(page.locator("a.row")).toContainText("Hạ tầng · Bến đò");
  await page.goto(`${server.url}/office/lists`);
  await page.locator("details.look summary").click();
  await page.selectOption("#look-lang", "en");
  await expect(page.locator("main h1")).toHaveText("Code lists");
  await expect(row(page, "Ferries")).toContainText("No longer used");
  await page.getByRole("button", { name: "Use again: Ferries" }).click();
  await expect(row(page, "Ferries")).toContainText("In use");
  await accessible(page);
  await profile.remove();
});
