import { commune } from "../support/field";
import { accessible, expect, inBothColours, test } from "../support/fixtures";
import { newId, signIn } from "../support/office";
import { Phone, idBytes, opinion, visit } from "../support/phone";

test("an officer deletes what was said and who said it, and sees which phones have done so", async ({ server, page }) => {
  const { office, village, campaign, code } = await commune(server);
  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  const home = (await office.all("households"))[0];
  expect(await phone.push(opinion(place, home.id, "KIEN_NGHI", "INFRA.ROAD", "Nhà bà Lành cần đèn đường."))).toEqual(["a"]);

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/redactions`);
  await expect(page.locator("main h1")).toHaveText("0 lần xóa vĩnh viễn");
  await expect(page.getByText("Chưa xóa vĩnh viễn gì")).toBeVisible();
  await expect(page.getByText("Chưa có gì hết hạn lưu")).toBeVisible();
  await accessible(page);

  // What of it, why, and once more yes.
  await page.goto(`${server.url}/office/opinions`);
  const pane = page.locator("article.pane");
  await expect(pane).toContainText("Nhà bà Lành cần đèn đường.");
  await pane.locator("summary").click();
  const press = async () => {
    await pane.getByRole("button", { name: "Xóa phần đã chọn" }).click();
    await expect(pane.getByText("Không lấy lại được.")).toBeVisible();
    await pane.getByRole("button", { name: "Xóa, không hoàn tác được" }).click();
  };
  await press();
  await expect(pane.locator("#redaction-wrong li")).toHaveText(["Chọn ít nhất một phần để xóa.", "Chọn lý do xóa."]);
  await inBothColours(page);
  await pane.getByLabel("Lời đã ghi").check();
  await pane.getByLabel("Ai nói, báo lại cho ai").check();
  await pane.getByLabel("Vì sao xóa").selectOption("ASKED");
  await page.setViewportSize({ width: 360, height: 640 });
  await page.screenshot({ path: test.info().outputPath("ask-360.png"), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: test.info().outputPath("ask-1280.png"), fullPage: true });
  await press();

  // Nothing of it is left on the server; its phone still owes it.
  await expect(page.locator("main h1")).toHaveText("1 lần xóa vĩnh viễn, 1 lần còn chờ điện thoại");
  const row = page.locator("main .row");
  await expect(row).toContainText("Ý kiến");
  await expect(row).toContainText("Lời đã ghi; Ai nói, báo lại cho ai");
  await expect(row).toContainText("Người có thông tin yêu cầu xóa · Nguyễn Thị Kim Hạnh");
  await expect(row).toContainText("Lương Văn Bền: điện thoại chưa báo đã xóa");
  const [said] = await office.all("opinions");
  expect([said.text, said.household]).toEqual(["", null]);
  await inBothColours(page);
  await page.screenshot({ path: test.info().outputPath("redactions-1280.png"), fullPage: true });
  await page.setViewportSize({ width: 360, height: 640 });
  await page.screenshot({ path: test.info().outputPath("redactions-360.png"), fullPage: true });

  // It is told, deletes, and says so.
  const told = await phone.redacted(0);
  expect([told!.n, told!.r!.map(({ p }) => p)]).toEqual([1, [["text", "contact"]]]);
  expect(await phone.redacted(1)).toBeUndefined();
  await page.reload();
  await expect(page.locator("main h1")).toHaveText("1 lần xóa vĩnh viễn");
  await expect(row).toContainText("Mọi điện thoại đã xóa");
});

test("what was noted at a visit stands with it, and can be deleted like the visit itself", async ({ server, page }) => {
  const { office, village, campaign, code } = await commune(server);
  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  const home = (await office.all("households"))[0];
  const [seen, other, said] = [newId(), newId(), newId()];
  const note = (visit: string, text: string) => ({ ...place, kind: "note", stream: "voice", parts: { facts: { v: idBytes(visit) }, text } });
  const asked = { ...opinion(place, home.id, "KIEN_NGHI", "INFRA.ROAD", "Đề nghị sửa cầu."), record: said };
  const contact = { h: idBytes(home.id), v: idBytes(seen) };
  const day = Math.floor(Date.now() / 86_400_000) + 14;
  const promise = { ...place, kind: "callback", stream: "callback", parts: { facts: { o: idBytes(said), q: day }, contact: { h: idBytes(home.id) } } };
  const all = [
    visit(place, home.id, "MET_REP", { record: seen }),
    note(seen, "Chó dữ, gọi từ ngoài cổng."),
    { ...asked, parts: { ...asked.parts, contact } },
    promise,
    visit(place, home.id, "MET_REP", { record: other, at: new Date(Date.now() - 86_400_000) }),
    note(other, "Ghi chú của lần khác."),
  ];
  expect(await phone.push(...all)).toEqual(all.map(() => "a"));

  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/visits`);
  const pane = page.locator("aside.pane");
  const noted = pane.locator("section", { hasText: "Ghi lại khi thăm" });
  await expect(noted.locator(".said")).toHaveText(["“Chó dữ, gọi từ ngoài cổng.”"]);
  await expect(noted).toContainText("Hứa trả lời trước ngày");
  await noted.locator("summary").first().click();
  await pane.locator("summary").first().click();
  await accessible(page);
  await inBothColours(page);
  await page.setViewportSize({ width: 360, height: 640 });
  await page.screenshot({ path: test.info().outputPath("noted-360.png"), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: test.info().outputPath("noted-1280.png"), fullPage: true });
  await noted.getByLabel("Lời đã ghi").check();
  await noted.getByLabel("Vì sao xóa").first().selectOption("ASKED");
  await noted.getByRole("button", { name: "Xóa phần đã chọn" }).first().click();
  await noted.getByRole("button", { name: "Xóa, không hoàn tác được" }).click();
  await expect(page.locator("main h1")).toHaveText("1 lần xóa vĩnh viễn, 1 lần còn chờ điện thoại");
  await expect(page.locator("main .row")).toContainText("Ghi chú");

  await page.goto(`${server.url}/office/visits`);
  await expect(noted).toContainText("Hứa trả lời trước ngày");
  await expect(noted.locator(".said")).toHaveCount(0);
  expect((await office.call("GET", `visits/${other}/notes`)).rows.map(({ text }: { text: string }) => text)).toEqual(["Ghi chú của lần khác."]);
});

test("a campaign says until when it is kept who said something", async ({ server, page }) => {
  await commune(server);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/campaigns`);
  const fields = { title: "Đợt thử", purpose: "Hỏi ý kiến", from: "1/3/2027", to: "31/3/2027", until: "31/12/2028", contact_until: "1/2/2027" };
  for (const [field, words] of Object.entries(fields)) await page.locator(`#campaign-${field}`).fill(words);
  const make = () => page.getByRole("button", { name: "Lập đợt vận động" }).click();
  await make();
  await expect(page.locator("#campaign-wrong li")).toHaveText(["Phải từ ngày cuối của đợt đến ngày giữ."]);
  await page.locator("#campaign-contact_until").fill("30/6/2027");
  await make();
  await expect(page.locator("section.part", { hasText: "Đợt thử" })).toContainText("30/06/2027");
});
