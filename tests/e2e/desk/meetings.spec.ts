import { accessible, expect, test } from "../support/fixtures";
import { Office, newId, signIn } from "../support/office";
import { Phone, meeting, meetingOpinion, opinion, visit } from "../support/phone";

test("meetings by village and time, and opinions that name their source", async ({ server, page }) => {
  const office = await Office.setUp(server);
  const campaign = await office.campaign();
  const villages = [await office.village("Thôn Đồng Cừ", "DC"), await office.village("Thôn Bến Lĩnh", "BL")];
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, villages.map((unit) => unit.id));
  const phone = await Phone.enrol(server, code);
  const [home, away] = villages.map((unit) => ({ area: unit.id, campaign: campaign.id }));
  const [road, light, slip] = [newId(), newId(), newId()];
  const household = (await office.call("GET", "households")).rows[0].id;
  const done = await phone.push(
    meeting(home, road, 0, "IN_SESSION", "Bàn góp công làm đường", "2026-11-14", { e: 312 }),
    ...Array.from({ length: 20 }, (_, n) => meetingOpinion(home, road, `Lời thứ ${n + 1} tại cuộc họp`)),
    meeting(home, road, 1, "CONCLUDED", "Bàn góp công làm đường", "2026-11-14", { e: 312, h: 214, n: 236, q: 13 }),
    meeting(away, light, 0, "IN_SESSION", "", "2026-11-21"),
    meeting(away, slip, 0, "IN_SESSION", "Bấm nhầm", "2026-11-21"),
    meeting(away, slip, 1, "CANCELLED", "Bấm nhầm", "2026-11-21"),
    visit(home, household, "MET_REP"),
    opinion(home, household, "KIEN_NGHI", "ENV", "Nói tại nhà"),
  );
  expect(done).toEqual(Array(27).fill("a"));

  await signIn(page, server, "hanh");
  await page.locator("nav").getByText("Cuộc họp").click();
  await expect(page.locator("main h1")).toHaveText(/^2\scuộc họp, 1\schưa kết thúc$/);
  await expect(page.locator("a.row")).toHaveCount(2);
  // One without a title is called by its type; what was taken back is nowhere.
  await expect(page.locator("a.row").first()).toContainText("Bàn và quyết định việc của thôn");
  await expect(page.getByText("Bấm nhầm")).toHaveCount(0);
  await accessible(page);

  await page.selectOption("#f-village", villages[0].id);
  await expect(page.locator("main h1")).toHaveText(/^1\scuộc họp$/);
  await page.selectOption("#f-village", "");
  await page.locator("#f-from").fill("15/11/2026");
  await page.locator("#f-from").blur();
  await expect(page.locator("a.row")).toHaveCount(1);
  await expect(page.locator("a.row")).toContainText("Thôn Bến Lĩnh");
  await page.locator("#f-from").fill("");
  await page.locator("#f-to").fill("20/11/2026");
  await page.locator("#f-to").blur();
  await expect(page.locator("a.row")).toContainText(["Bàn góp công làm đường"]);
  const pane = page.locator("aside.pane");
  for (const words of ["214 / 312", "236", "13 người nói, 20 ý kiến", "Góp ngày công, công khai dự toán.", "Nhà văn hóa", "Lương Văn Bền"]) {
    await expect(pane).toContainText(words);
  }
  await accessible(page);

  await pane.getByRole("link", { name: /Xem 20\sý kiến/ }).click();
  await expect(page.locator("main h1")).toHaveText(/^20\sý kiến$/);
  await expect(page.locator("a.row").first()).toContainText("tại cuộc họp");
  await expect(page.locator("article.pane")).toContainText("Bàn góp công làm đường");
  await expect(page.locator("article.pane")).not.toContainText("DC-");
  await accessible(page);
  await page.getByRole("link", { name: "Xem mọi ý kiến" }).click();
  await expect(page.locator("main h1")).toHaveText(/^21\sý kiến$/);
  await expect(page.locator("a.row", { hasText: "Nói tại nhà" })).toContainText("có tên");
  await page.locator("a.row", { hasText: "tại cuộc họp" }).first().click();
  await page.locator("article.pane").getByRole("link", { name: "Bàn góp công làm đường" }).click();
  await expect(page.locator("main h1")).toHaveText(/cuộc họp/);
  await expect(page.locator("aside.pane h2")).toHaveText("Bàn góp công làm đường");
});

test("an administrator, whose duty is not what was said, reads no meetings", async ({ server }) => {
  const office = await Office.setUp(server);
  expect((await office.call("GET", "meetings")).total).toBe(0);
  const admin = new Office(server);
  await admin.signIn("quantri");
  await expect(admin.call("GET", "meetings")).rejects.toThrow(/403/);
});
