import { type Page } from "@playwright/test";
import { accessible, contrasts, expect, test } from "../support/fixtures";
import { Office, signIn } from "../support/office";

const DAY = 86_400_000;
/** A day as people type it, so many days from today in Viet Nam. */
const day = (ahead: number) =>
  new Date(Date.now() + ahead * DAY).toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" });
const row = (page: Page, name: string) => page.locator("main tr", { has: page.getByRole("rowheader", { name }) });
const names = (page: Page) => page.locator("main table").first().locator("tbody th");
const submit = (page: Page) => page.locator("aside button[type=submit]").click();

async function shown(page: Page, name: string): Promise<void> {
  await accessible(page);
  if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/${name}.png`, fullPage: true });
}

test("a unit is named anew, spelled right and ended, and the tree of any day can be seen", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await office.village("Thôn Đồng Cừ", "DC");
  await office.village("Thôn Bến Lĩnh", "BL");
  await signIn(page, server, "hanh");
  await page.locator("nav").getByText("Đơn vị", { exact: true }).click();
  await page.getByRole("button", { name: "Sửa Thôn Đồng Cừ" }).click();
  await expect(page.locator("aside h2")).toHaveText("Sửa đơn vị");
  await expect(page.locator("#unit-from")).toHaveValue("01/07/2025");
  await page.locator("#unit-name").fill("Thôn Đồng Tâm");
  await page.locator("#unit-renamed").fill(day(1));
  await page.locator("#unit-code").fill("dt");
  await submit(page);
  await expect(page.locator("#unit-wrong li")).toHaveText(["Ngày này chưa tới, hoặc tên cũ chưa dùng ngày nào."]);
  await shown(page, "unit-renamed");
  await page.locator("#unit-renamed").fill(day(0));
  await submit(page);
  await expect(page.locator("aside .note.good")).toContainText("Đã lưu Thôn Đồng Tâm");
  await expect(row(page, "Thôn Đồng Tâm")).toContainText(`trước là Thôn Đồng Cừ (đến ${day(-1)})`);
  await expect(row(page, "Thôn Đồng Tâm")).toContainText("DT");

  // A spelling leaves no former name. Once households have codes the letters stay.
  await page.getByRole("button", { name: "Sửa Thôn Bến Lĩnh" }).click();
  await page.locator("#unit-name").fill("Thôn Bến Lính");
  await page.locator("#unit-renamed").fill("");
  await submit(page);
  await expect(row(page, "Thôn Bến Lính")).not.toContainText("trước là");
  await office.importFile(new Blob(["STT;Chủ hộ\n1;Lò Văn Páo"]), "a.csv", { sheets: { "": { village: "Thôn Bến Lính" } } });
  await page.getByRole("button", { name: "Sửa Thôn Bến Lính" }).click();
  await page.locator("#unit-code").fill("KHAC");
  await submit(page);
  await expect(page.locator("#unit-wrong li")).toHaveCount(1);
  await page.locator("#unit-code").fill("BL");
  await page.locator("#unit-to").fill("1/1/2025");
  await submit(page);
  await expect(page.locator("#unit-wrong li")).toHaveText(["Ngày cuối đứng trước ngày đầu."]);
  await page.locator("#unit-to").fill(day(-1));
  await submit(page);
  await expect(row(page, "Thôn Bến Lính")).toContainText(`đến ${day(-1)}`);
  await shown(page, "units");

  // The tree of yesterday, of today, and of before all of it.
  const on = async (text: string) => {
    await page.locator("#units-on").fill(text);
    await page.keyboard.press("Enter");
  };
  await on(day(-1));
  await expect(page.getByRole("status").getByText(`Đơn vị và tên gọi vào ngày ${day(-1)}`)).toBeVisible();
  await expect(names(page)).toHaveText([/^Thôn Bến Lính/, /^Thôn Đồng Cừ\s*nay là Thôn Đồng Tâm/]);
  await shown(page, "units-on");
  await on(day(0));
  await expect(names(page)).toHaveText([/^Thôn Đồng Tâm/]);
  await on("30/06/2025");
  await expect(names(page)).toHaveCount(0);
  await on("31/2/2026");
  await expect(page.getByRole("alert").getByText("Ngày này không đọc được.")).toBeVisible();
  await on("");
  await expect(names(page)).toHaveCount(2);
  await page.evaluate(() => void (document.documentElement.dataset.theme = "dark"));
  await contrasts(page);

  // Who imports a list under the old name finds the village.
  const { households } = await office.importFile(new Blob(["STT;Chủ hộ\n1;Vàng Thị Mỷ"]), "b.csv", { sheets: { "": { village: "Thôn Đồng Cừ" } } });
  expect(households).toBe(1);
  const [home] = (await office.all("households")).filter((one) => one.head === "Vàng Thị Mỷ");
  expect([home.village, home.code]).toEqual(["Thôn Đồng Tâm", "DT-0001"]);
});

test("a merger is entered before its day, changes nothing until then, and can be dropped", async ({ server, page }) => {
  const office = await Office.setUp(server);
  await office.village("Thôn Đồng Cừ", "DC");
  await office.village("Thôn Bến Lĩnh", "BL");
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/units/rearrange`);
  await page.getByLabel(/Thôn Đồng Cừ/).check();
  await page.getByLabel(/Thôn Bến Lĩnh/).check();
  await page.locator("#rearrange-name").fill("Thôn Đồng Lĩnh");
  await page.locator("#rearrange-decision_no").fill("45/QĐ-UBND");
  await page.locator("#rearrange-decision_date").fill(day(0));
  await page.locator("#rearrange-on").fill(day(30));
  await expect(page.locator("aside.pane")).toContainText(`Ghi trước: đến ngày ${day(30)} mới thực hiện.`);
  await shown(page, "ahead-form");
  await submit(page);
  await expect(page.locator(".note.good")).toContainText(`Đã ghi trước: Thôn Đồng Lĩnh, từ ngày ${day(30)}`);
  await page.locator("nav").getByText("Đơn vị", { exact: true }).click();
  await expect(names(page)).toHaveText([/^Thôn Bến Lĩnh/, /^Thôn Đồng Cừ/]);
  const waiting = row(page, day(30));
  await expect(waiting).toContainText("thành Thôn Đồng Lĩnh");
  await expect(waiting).toContainText("Chờ đến ngày");
  await shown(page, "ahead");
  expect((await office.call("GET", "units")).every((unit: any) => unit.succession === null)).toBe(true);
  await waiting.getByRole("button", { name: "Bỏ quyết định này" }).click();
  await waiting.locator(".note").getByRole("button", { name: "Bỏ quyết định này" }).click();
  await expect(waiting).toContainText("Đã bỏ");
  await expect(waiting.getByRole("button")).toHaveCount(0);
});
