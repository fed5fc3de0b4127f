import { accessible, expect, test } from "../support/fixtures";
import { Office, newId, signIn } from "../support/office";
import { Phone, opinion, sendAnonymous, visit } from "../support/phone";

test("what cannot be taken in waits with its reason and blocks nothing", async ({ server, page }) => {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const elsewhere = await office.village("Thôn Đá Mòn", "DM");
  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  const { code, person } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/quarantine`);
  await expect(page.locator("main h1")).toHaveText("Không có gì cần xem lại");
  await accessible(page);

  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  const homes = await office.all("households");
  const met = (n: number) => visit(place, homes[n].id, "MET_REP");
  const twice = newId();
  const outcomes = await phone.push(
    met(0),
    { ...met(1), schema: 2 },
    { ...met(2), kind: "gift", stream: "visit" },
    { ...met(3), kind: "team", stream: "roll" },
    { ...met(4), stream: "voice" },
    visit({ ...place, area: elsewhere.id }, homes[5].id, "MET_REP"),
    { ...met(6), parts: { facts: { h: null, c: "MET_REP" } } },
    opinion(place, homes[7].id, "TO_CAO", "LAND", "Lời tố cáo không bao giờ là ý kiến."),
    { ...met(8), record: twice },
    { ...met(9), record: twice },
    met(10),
  );
  expect(outcomes).toEqual([
    "a",
    "unreadable",
    "unreadable",
    "not_allowed",
    "invalid",
    "not_allowed",
    "invalid",
    "invalid",
    "a",
    "exists",
    "a",
  ]);
  // A bad one among the anonymous waits as well, without a trace of who sent it and when.
  await sendAnonymous(server, phone, { area: elsewhere.id, campaign: campaign.id }, "Rác để lâu.");

  await page.reload();
  await expect(page.locator("main h1")).toHaveText("9 mục cần xem lại");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Cần xem lại" })).toHaveText(/ 9$/);
  await expect(page.locator("main")).toContainText("Bản gốc vẫn giữ, không mất gì");
  const all = (await page.locator("main tbody tr").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  const rows = all.filter((text) => text.startsWith("Lương Văn Bền Hôm nay"));
  expect(rows).toHaveLength(8);
  expect(all.filter((text) => !rows.includes(text))).toEqual([expect.stringMatching(/^1 ý kiến không nêu tên – /)]);
  const reasons = rows.map((text) => /Bản ghi hỏng, hoặc của bản mới hơn|Người ghi chưa được giao|không đúng quy tắc|Đã có bản ghi khác/.exec(text)?.[0]);
  expect(reasons.toSorted()).toEqual(
    [
      ...Array(2).fill("Bản ghi hỏng, hoặc của bản mới hơn"),
      ...Array(2).fill("Người ghi chưa được giao"),
      ...Array(3).fill("không đúng quy tắc"),
      "Đã có bản ghi khác",
    ].toSorted(),
  );
  // The reason, and what to do about it; nothing of the content.
  await expect(page.locator("main")).toContainText("Hỏi người ghi rồi ghi lại");
  await expect(page.locator("main")).not.toContainText("tố cáo");
  await accessible(page);

  // Everything else is in the book, and the phone goes on.
  expect((await office.call("GET", "visits")).total).toBe(3);
  expect((await office.call("GET", "opinions")).total).toBe(0);
  expect(await phone.push(met(11))).toEqual(["a"]);
  expect((await office.call("GET", "coverage")).total.met).toBe(4);

  // What a revoked phone still sends waits too.
  const [device] = await office.call("GET", "devices");
  expect(device.person).toBe(person);
  await office.call("POST", `devices/${device.id}/revoke`, null);
  expect(await phone.push(met(12))).toEqual(["revoked"]);
  await page.reload();
  await expect(page.locator("main h1")).toHaveText("10 mục cần xem lại");
  await expect(page.locator("main")).toContainText("Máy đã bị thu hồi");
});
