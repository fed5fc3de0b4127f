import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { commune, enrol, meet, openHousehold, press, waiting } from "../support/field";

/** From the next page on, the phone's clock is later: what is changed within ten minutes is no correction yet. */
const later = (page: Page, minutes: number) =>
  page.addInitScript((off) => {
    const now = Date.now;
    Date.now = () => now() + off;
  }, minutes * 60_000);

test("what was said at a visit is corrected on its page, and the first version stays behind it", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await page.getByLabel(/Ghi chú ngắn/).fill("Chiều tối mới có nhà.");
  await press(page, "Lưu lần thăm");
  await meet(page, "doan van thuy", [{ text: "Đèn đường ngõ 3 hỏng.", who: "Có tên" }]);
  await later(page, 11);

  await page.goto(`${server.url}/app/households`);
  await openHousehold(page, "doan van thuy");
  await page.locator("ol.ruled a.row").first().click();
  await expect(page).toHaveTitle(/^Lần thăm – /);
  await press(page, "Sửa ý kiến này");
  await expect(page.getByLabel(/Bà con nói/)).toHaveValue("Đèn đường ngõ 3 hỏng.");
  await expect(page.getByRole("radio", { name: "Kiến nghị" })).toBeChecked();
  await expect(page.getByText(/Khiếu nại hoặc tố cáo|Ai nói/)).toHaveCount(0);
  await accessible(page);
  await page.getByLabel(/Bà con nói/).fill("Đèn đường ngõ 3 và ngõ 5 hỏng.");
  await page.getByText("Phản ánh", { exact: true }).click();
  await press(page, "Lưu bản sửa");
  await expect(page.getByText("Đã lưu bản sửa trên máy")).toBeVisible();
  await expect(page.locator(".said")).toHaveText(["“Đèn đường ngõ 3 và ngõ 5 hỏng.”", "“Đèn đường ngõ 3 hỏng.”"]);
  await accessible(page);

  await page.goto(`${server.url}/app/households`);
  await openHousehold(page, "tran thanh lanh");
  await page.locator("ol.ruled a.row").first().click();
  await press(page, "Sửa ghi chú");
  await page.getByLabel(/Ghi chú ngắn/).fill("Sáng mới có nhà.");
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  // A draft as any other: found again, and gone on with.
  await page.goto(`${server.url}/app/entries`);
  await page.getByRole("link", { name: /Sửa lần thăm Trần Thanh Lành/ }).click();
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue("Sáng mới có nhà.");
  await press(page, "Lưu bản sửa");
  await expect(page.locator(".said")).toHaveText(["Sáng mới có nhà.", "Chiều tối mới có nhà."]);

  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  const { rows, total } = await office.call("GET", "opinions");
  expect([total, rows[0].text, rows[0].kind]).toEqual([1, "Đèn đường ngõ 3 và ngõ 5 hỏng.", "PHAN_ANH"]);
  await page.goto(`${server.url}/app/entries`);
  await expect(page.locator("#da-gui + ul > li", { hasText: "Sửa lần thăm" })).toHaveCount(2);
});

test("an opinion without a name is corrected in Đã ghi, and thrown away as long as it is there", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await meet(page, "tran thanh lanh", [
    { text: "Xã nên họp dân buổi tối.", who: "Không nêu tên" },
    { text: "Chợ họp lấn đường.", who: "Không nêu tên" },
  ]);
  await page.locator("ol.ruled a.row").first().click();
  // Whoever takes the visit back is told what stays.
  await expect(page.getByText(/Ý kiến không nêu tên, nếu có, đã tách riêng/)).toBeVisible();
  await press(page, "Bấm nhầm, bỏ lần ghi này");
  await expect(page.getByText("Đã bỏ lần ghi")).toBeVisible();

  await page.goto(`${server.url}/app/entries`);
  const opinions = page.locator("#cho-gui + ul > li", { hasText: "1 ý kiến không nêu tên" });
  await expect(opinions).toHaveCount(2);
  await expect(waiting(page)).toContainText(/4\schờ gửi/);
  await accessible(page);
  await opinions.first().getByRole("button", { name: "Bỏ" }).click();
  await expect(opinions).toHaveCount(1);
  await press(page, "Lấy lại ý kiến đó");
  await expect(opinions).toHaveCount(2);
  await opinions.first().getByRole("button", { name: "Bỏ" }).click();
  await expect(opinions).toHaveCount(1);
  await expect(waiting(page)).toContainText(/3\schờ gửi/);

  await opinions.getByRole("link", { name: "Sửa" }).click();
  await expect(page.getByText(/Có tên|Có gấp không/)).toHaveCount(0);
  await page.getByLabel(/Bà con nói/).fill("Xã nên họp dân tối thứ Bảy.");
  await page.getByText("Nhóm hộ", { exact: true }).click();
  await accessible(page);
  await press(page, "Lưu bản sửa");
  await expect(opinions).toHaveCount(1);
  await expect(opinions).toContainText("Bản đầu vẫn giữ");
  await expect(waiting(page)).toContainText(/3\schờ gửi/);

  await server.start();
  await press(page, "Đồng bộ ngay");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  const sent = page.locator("#da-gui + ul > li", { hasText: "1 ý kiến không nêu tên" });
  await expect(sent.getByRole("link", { name: "Sửa" })).toBeVisible();
  await expect(sent.getByRole("button", { name: "Bỏ" })).toHaveCount(0);
  await office.signIn("hanh");
  expect((await office.call("GET", "quarantine")).length).toBe(0);
});

test("correcting who was met keeps the day that was promised, and the day after vắng nhà is no correction", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await press(page, "Thêm ý kiến");
  await page.getByText("Kiến nghị", { exact: true }).click();
  // Nobody has to say that it can wait.
  await expect(page.getByRole("radio", { name: "Bình thường" })).toBeChecked();
  await press(page, "Hạ tầng");
  await press(page, /Thủy lợi/);
  await page.getByLabel(/Bà con nói/).fill("Mương tắc, mưa là ngập.");
  await page.getByText("Có tên", { exact: true }).click();
  await press(page, "Xong ý kiến này");
  await page.getByText("2 tuần nữa").click();
  await press(page, "Lưu lần thăm");
  await page.locator("ol.ruled a.row").first().click();
  const promised = page.locator("dt", { hasText: "Hứa báo lại" }).locator("+ dd");
  const day = await promised.innerText();
  await press(page, "Sửa lần thăm này");
  await page.getByText("Gặp thành viên khác", { exact: true }).click();
  await press(page, "Lưu bản sửa");
  await page.locator("ol.ruled a.row").first().click();
  await expect(page.getByText("Gặp thành viên khác")).toBeVisible();
  await expect(promised).toHaveText(day);

  await page.goto(`${server.url}/app/households`);
  await openHousehold(page, "doan van thuy");
  await server.stop();
  await page.getByRole("button", { name: "Vắng nhà" }).click();
  await page.getByRole("dialog").locator(".row").first().click();
  await expect(page.locator("ol.ruled a.row").first()).not.toContainText("đã sửa");
  await page.goto(`${server.url}/app/entries`);
  await expect(page.locator("#cho-gui + ul > li")).toHaveCount(1);
  await expect(waiting(page)).toContainText(/1\schờ gửi/);
});
