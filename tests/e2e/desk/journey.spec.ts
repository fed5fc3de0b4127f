import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { enrol, meet, press, waiting } from "../support/field";
import { PASSPHRASE, ROLLS, answerLost, seek } from "../support/office";
import { makeKey } from "../support/recovery";

const submit = (page: Page) => page.locator("aside button[type=submit]").click();

// Issue 2, the journey from 1 to 6 on roll 01, every step on its own screen: an office sets up, a member goes out, the office reads.
test("an office sets up, a member visits, the office reads", async ({ server, page, profile }) => {
  test.setTimeout(180_000);

  // 1. The one-time link: mistakes are named, nothing typed is lost.
  await page.goto(server.setupLink);
  await page.locator("#setup-province").fill("Tỉnh Sông Lĩnh");
  await page.locator("button[type=submit]").click();
  await expect(page.locator("#setup-wrong li").first()).toBeVisible();
  await expect(page.locator("#setup-province")).toHaveValue("Tỉnh Sông Lĩnh");
  await accessible(page);
  await page.locator("#setup-commune").fill("Xã Tân Khê Vân");
  await page.locator("#setup-admin").fill("Lý Thị Thu Ngân");
  await page.locator("#setup-admin_login").fill("quan.tri");
  await page.locator("#setup-admin_passphrase").fill(PASSPHRASE);
  await page.locator("#setup-officer").fill("Nguyễn Thị Kim Hạnh");
  await page.locator("#setup-officer_login").fill("kim.hanh");
  await page.locator("#setup-officer_passphrase").fill(PASSPHRASE);
  await page.locator("button[type=submit]").click();
  await makeKey(page);
  await expect(page.locator("ol.steps")).toBeVisible();
  await page.goto(`${server.url}/office/`);
  await press(page, "Đăng xuất");
  await page.locator("#door-login").fill("kim.hanh");
  await page.locator("#door-passphrase").fill(PASSPHRASE);
  await accessible(page);
  await page.locator("button[type=submit]").click();
  await expect(page.locator("nav a").first()).toBeVisible();

  // 2. The roll: nothing is stored before "Nhập"; the answer is lost after the server has committed, and it is sent again by itself, which stores once.
  await page.goto(`${server.url}/office/import`);
  await page.locator("#import-file").setInputFiles({ name: "anh.xlsx", mimeType: "image/png", buffer: Buffer.from("89504e470d0a1a0a0000000d", "hex") });
  await expect(page.locator("main [role=alert]")).toContainText(/ảnh/i);
  await page.locator("#import-file").setInputFiles(join(ROLLS, "01-thon-dong-cu-mau-in.xlsx"));
  await expect(page.getByRole("heading", { level: 1, name: /142/ })).toBeVisible({ timeout: 30_000 });
  await accessible(page);
  await answerLost(page, "roll/import");
  await page.locator("aside .btn").first().click();
  await expect(page.locator("main [role=alert]")).toContainText("Trang tự gửi lại vài giây một lần, không lưu hai lần.");
  await expect(page.getByRole("heading", { level: 1, name: /Đã nhập/ })).toBeVisible({ timeout: 30_000 });

  // 3. Campaign, person, code, team, assignment.
  await page.locator("nav").getByText("Đợt vận động").click();
  await page.locator("#campaign-title").fill("Mở rộng đường liên thôn");
  await page.locator("#campaign-purpose").fill("Nghe ý kiến bà con về việc mở đường.");
  await page.locator("#campaign-from").fill("5/3/2026");
  await page.locator("#campaign-to").fill("31/11/2026");
  await page.locator("#campaign-until").fill("31/12/2029");
  await submit(page);
  await expect(page.locator("#campaign-wrong li").first()).toBeVisible();
  await accessible(page);
  await page.locator("#campaign-to").fill("31/12/2027");
  await submit(page);
  await page.locator("section.part").getByText("Cho chạy").click();
  await page.locator("section.part .note").getByText("Cho chạy").click();
  await expect(page.getByRole("heading", { level: 1, name: /^1\s?đợt/ })).toBeVisible();

  await page.locator("nav").getByText("Người và máy").click();
  await page.locator("#person-name").fill("Lương Văn Bền");
  await page.locator("#person-role").selectOption("FIELD_MEMBER");
  await submit(page);
  await expect(page.locator("aside .note.good")).toBeVisible();
  await accessible(page);
  await page.locator("table button").first().click();
  await submit(page);
  await expect(page.locator("svg.qr")).toBeVisible();
  const code = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec((await page.locator("aside").textContent()) ?? "")?.[0] ?? "";
  expect(code).not.toBe("");

  await page.locator("nav").getByText("Tổ và phân công").click();
  await page.locator("#team-name").fill("Tổ dân vận số 1");
  await page.locator("#team-decision_no").fill("45/QĐ-UBND");
  await page.locator("#team-decision_date").fill("5/3/2026");
  await page.locator("#team-lead").selectOption({ label: "Lương Văn Bền" });
  await submit(page);
  await expect(page.locator("table.tbl")).toBeVisible();
  await press(page, "Giao thôn cho tổ");
  await page.locator("#assign-villages label").first().click();
  await page.locator("#assign-team label").first().click();
  await submit(page);
  await expect(page.locator("aside .note.good")).toBeVisible();
  await accessible(page);

  // 4. and 5. The phone.
  const phone = await profile.open();
  await phone.setViewportSize({ width: 360, height: 640 });
  await enrol(phone, server, code);
  await meet(phone, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng từ tháng chín.", who: "Có tên" }]);
  await expect(waiting(phone)).toContainText("Đã gửi hết", { timeout: 30_000 });

  // 6. The office reads and exports, without names and phones.
  await page.locator("nav").getByText("Toàn cảnh").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Đã gặp 1 trên 142/);
  await accessible(page);
  await page.goto(`${server.url}/office/visits`);
  await expect(page.getByText("Trần Thanh Lành").first()).toBeVisible();
  await accessible(page);
  await page.goto(`${server.url}/office/opinions`);
  await expect(page.getByText("Đèn đường ngõ 3 hỏng từ tháng chín.").first()).toBeVisible();
  await accessible(page);
  await page.goto(`${server.url}/office/households`);
  await seek(page, "tran thanh");
  await expect(page.getByText("Trần Thanh Lành").first()).toBeVisible();
  await accessible(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "hoặc .csv" }).first().click()]);
  const csv = readFileSync(await download.path(), "utf8");
  expect(csv.charCodeAt(0)).toBe(0xfeff);
  expect(csv).toContain("Thôn Đồng Cừ");
  expect(csv).not.toContain("Lành");
});
