import { commune } from "../support/field";
import { accessible, expect, inBothColours, test } from "../support/fixtures";
import { Office, PASSPHRASE, newId, signIn } from "../support/office";
import { Phone, idBytes as bytes, opinion, sendAnonymous, visit } from "../support/phone";

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
  await expect(page.locator("main")).toContainText("giao thôn cho tổ của họ rồi bấm “Nhận lại”");
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

test("what waits is read, dealt with otherwise and put aside, and can be brought back", async ({ server, page }) => {
  const { office, village, campaign, code } = await commune(server);
  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  const [home] = await office.all("households");
  const [device] = await office.call("GET", "devices");
  await office.call("POST", `devices/${device.id}/revoke`, null);
  const said = opinion(place, home.id, "KIEN_NGHI", "ENV", "Rác để lâu, đề nghị thu gom.");
  expect(await phone.push(said, visit(place, home.id, "NOT_HOME"))).toEqual(["revoked", "revoked"]);

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/quarantine`);
  await expect(page.locator("main h1")).toHaveText("2 mục cần xem lại");
  // Nobody can say who wrote on a lost phone, so there is no judging it again.
  await expect(page.getByRole("button", { name: /Nhận lại/ })).toHaveCount(0);
  await expect(page.locator("main")).not.toContainText("Rác để lâu");
  const rows = page.locator("main tbody tr");
  const opinions = rows.filter({ hasText: "Ý kiến" });
  await opinions.getByRole("button", { name: "Xem nội dung" }).click();
  const content = page.locator("main tbody dl");
  await expect(content).toContainText("“Rác để lâu, đề nghị thu gom.”");
  await expect(content).toContainText("Kiến nghị");
  await expect(content).toContainText("Thôn Đồng Cừ");
  await expect(content).toContainText(home.code);
  await inBothColours(page);
  // One is open at a time. Of a visit without contact no list says more than that.
  await rows.filter({ hasText: "Lượt thăm" }).getByRole("button", { name: "Xem nội dung" }).click();
  await expect(content).toHaveCount(1);
  await expect(content).toContainText("Chưa gặp");
  await opinions.getByRole("button", { name: "Xem nội dung" }).click();
  await page.getByRole("button", { name: "Đã xử lý, cất đi" }).click();
  await expect(page.locator("main h1")).toHaveText("1 mục cần xem lại");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Cần xem lại" })).toHaveText(/ 1$/);
  await expect(rows.last()).toContainText("Đã xử lý");
  await page.reload();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Cần xem lại" })).toHaveText(/ 1$/);
  await rows.last().getByRole("button", { name: "Xem nội dung" }).click();
  await expect(content).toContainText("Rác để lâu");
  await accessible(page);
  await page.getByRole("button", { name: "Đưa ra lại" }).click();
  await expect(page.locator("main h1")).toHaveText("2 mục cần xem lại");
  // Who read it stands in the log.
  const admin = new Office(server);
  await admin.signIn("quantri");
  const account = { login: "baove", name: "Mai Thị Nhàn", passphrase: PASSPHRASE };
  await admin.write("people", { id: newId(), name: account.name, role: "DPO", unit: admin.unit, account });
  const guard = new Office(server);
  await guard.signIn("baove");
  const actions = (await guard.call("GET", "access")).rows.map((row: any) => row.action);
  expect(actions).toContain("GET quarantine/{device}/{seq}");
  expect(actions).toContain("POST quarantine/aside");
});

test("what waits is taken in once what was missing is there, and its phone learns of it", async ({ server, page }) => {
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const elsewhere = await office.village("Thôn Đá Mòn", "DM");
  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  const { code, team } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [elsewhere.id]);
  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  const homes = await office.all("households");
  const [first, missing] = [newId(), newId()];
  const met = visit(place, homes[0].id, "MET_REP", { record: first });
  const corrected = { ...visit(place, homes[0].id, "NOT_HOME"), change: { amend: { of: bytes(first) } } };
  const toNobody = visit(place, missing, "MET_REP");
  expect(await phone.push(corrected, met, visit(place, homes[1].id, "MET_REP"), toNobody)).toEqual(Array(4).fill("not_allowed"));
  expect(await phone.taken(1, 2, 3, 4)).toEqual([]);

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/quarantine`);
  await expect(page.locator("main h1")).toHaveText("4 mục cần xem lại");
  await accessible(page);
  const all = page.getByRole("button", { name: "Nhận lại 4 mục: Người ghi chưa được giao nơi này" });
  await all.click();
  await expect(page.locator("main [role=status]")).toHaveText(/Chưa mục nào vào sổ được.*Còn chờ 4 mục: Người ghi chưa được giao nơi này\./s);
  await expect(page.locator("main tbody tr")).toHaveCount(4);

  // The village is given to their team; one press for one of them, and one for the rest.
  await office.write("assignments", { id: newId(), campaign: campaign.id, team, village: village.id, due: null, ended: false });
  await page.locator("main tbody tr").nth(2).getByRole("button", { name: "Nhận lại" }).click();
  await expect(page.locator("main [role=status]")).toContainText(/Đã vào sổ 1\smục/);
  await expect(page.locator("main h1")).toHaveText("3 mục cần xem lại");
  expect(await phone.taken(1, 2, 3, 4)).toEqual([3]);
  await page.getByRole("button", { name: "Nhận lại 3 mục: Người ghi chưa được giao nơi này" }).click();
  const said = page.locator("main [role=status]");
  await expect(said).toContainText(/Đã vào sổ 2\smục/);
  await expect(said).toContainText(/Còn chờ 1\smục: Nội dung không đúng quy tắc/);
  await accessible(page);
  await expect(page.locator("main h1")).toHaveText("1 mục cần xem lại");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Cần xem lại" })).toHaveText(/ 1$/);
  expect(await phone.taken(1, 2, 3, 4)).toEqual([1, 2, 3]);
  // The correction came before what it corrects; it stands nevertheless.
  const visits = await office.call("GET", "visits");
  expect(visits.rows.map((row: any) => [row.met, row.amended]).toSorted()).toEqual([[false, true], [true, false]]);
  expect((await office.call("GET", "coverage")).total.met).toBe(1);
});
