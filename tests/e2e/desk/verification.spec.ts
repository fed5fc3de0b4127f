import { accessible, expect, test } from "../support/fixtures";
import { Office, answerLost, signIn } from "../support/office";
import { Phone, visit } from "../support/phone";

test("an officer confirms the visits of a day, voids one with a reason, and closes the day", async ({ server, page }) => {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  const phone = await Phone.enrol(server, code);
  const [first, other, third] = await office.all("households");
  const place = { area: village.id, campaign: campaign.id };
  await phone.push(visit(place, first.id, "MET_REP"), visit(place, other.id, "NOT_HOME"), visit(place, third.id, "MET_REP"));

  await signIn(page, server, "hanh");
  await page.getByRole("link", { name: "Xác nhận lượt thăm" }).click();
  await expect(page.locator("main h1")).toHaveText("1 ngày chưa chốt");
  await expect(page.locator("main tbody tr")).toHaveCount(1);
  await accessible(page);
  await page.locator("main tbody th a").click();
  await expect(page.locator("main h1")).toContainText("3 lượt thăm, 3 chưa xác nhận");
  await accessible(page);

  const row = (head: string) => page.locator("ul.ruled > li", { hasText: head });
  await row(third.head).getByRole("button", { name: "Hủy lượt này" }).click();
  await row(third.head).locator("select").selectOption("DUPLICATE");
  await accessible(page);
  await row(third.head).getByRole("button", { name: "Hủy lượt này" }).click();
  await expect(row(third.head)).toContainText("Đã hủy: ghi trùng · Nguyễn Thị Kim Hạnh");
  await expect(page.locator("main h1")).toContainText("2 lượt thăm, 2 chưa xác nhận");

  await row(other.head).locator("label").click();
  await page.getByRole("button", { name: "Xác nhận 1 lượt đã chọn" }).click();
  await expect(row(first.head)).toContainText("Đã xác nhận · Nguyễn Thị Kim Hạnh");
  await expect(page.locator("main h1")).toContainText("2 lượt thăm, 1 chưa xác nhận");

  // Taken back, the voided one counts and waits again.
  await row(third.head).getByRole("button", { name: "Thôi, tính lại" }).click();
  await expect(page.locator("main h1")).toContainText("3 lượt thăm, 2 chưa xác nhận");
  await page.getByRole("button", { name: "Xác nhận 2 lượt đã chọn" }).click();
  await expect(page.locator("main h1")).toContainText("3 lượt thăm, 0 chưa xác nhận");

  const pane = page.locator("aside.pane");
  await pane.getByRole("button", { name: "Chốt ngày" }).click();
  await expect(pane).toContainText("Lượt thăm đến hoặc sửa sau đó vẫn được nhận");
  await answerLost(page, "verifications");
  await pane.getByRole("button", { name: "Chốt ngày" }).click();
  await expect(pane).toContainText("Nguyễn Thị Kim Hạnh đã chốt");
  await phone.push(visit(place, other.id, "MET_REP"));
  await page.getByRole("link", { name: "Tất cả các ngày" }).click();
  await expect(page.locator("main tbody tr")).toContainText("1 lượt đến hoặc sửa sau khi chốt");
  await accessible(page);
  // The lists agree with what was said.
  await page.goto(`${server.url}/office/visits?state=verified`);
  await expect(page.locator("a.row")).toHaveCount(3);
  await expect(page.locator("aside.pane")).toContainText("Đã xác nhận · Nguyễn Thị Kim Hạnh");
  await accessible(page);
});
