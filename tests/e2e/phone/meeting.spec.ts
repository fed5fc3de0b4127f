import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { accessibleInEveryLook, commune, drafts, enrol, press, toToday, waiting } from "../support/field";
import { Phone, meeting } from "../support/phone";

const TITLE = "Bàn góp công làm đường";

/** Opens a meeting from the bar at the bottom. */
async function open(page: Page, title = TITLE): Promise<void> {
  await page.locator("nav.nav").getByRole("link", { name: "Họp thôn" }).click();
  await press(page, "Mở cuộc họp");
  await page.getByText("Bàn và quyết định việc của thôn", { exact: true }).click();
  await page.getByLabel(/Tên cuộc họp/).fill(title);
  await page.getByLabel(/Nơi họp/).fill("Nhà văn hóa Đồng Cừ");
  await press(page, "Bắt đầu ghi");
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
}

/** Writes down what somebody says: one field, one tap. */
async function note(page: Page, text: string, same = false): Promise<void> {
  if (same) await page.getByText("Vẫn người vừa rồi").click();
  await page.locator("#moi").fill(text);
  await press(page, "Ghi và thêm ý kiến");
  await expect(page.locator("ol.ruled .said").first()).toHaveText(text);
  await expect(page.locator("#moi")).toHaveValue("");
  await expect(page.locator("#moi")).toBeFocused();
}

/** Gives the words in this row their kind and their topic. */
async function classify(page: Page, text: string, kind = "Câu hỏi", topic = "Nước sạch"): Promise<void> {
  await page.locator("ol.ruled a.row", { hasText: text }).click();
  await expect(page.getByLabel(/Bà con nói/)).toHaveValue(text);
  await page.getByText(kind, { exact: true }).click();
  await press(page, topic);
  await press(page, "Xong ý kiến này");
  await arrived(page);
}

/** A page goes to its own top when it stands: what was scrolled to before that is elsewhere. */
async function arrived(page: Page): Promise<void> {
  await expect(page.locator("ol.ruled")).toBeVisible();
  await expect(page.locator("main h1")).toBeFocused();
}

test("a meeting with twenty opinions without a network: everything arrives once, and the office sees it", async ({ server, profile }) => {
  test.setTimeout(180_000);
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();

  await page.locator("nav.nav").getByRole("link", { name: "Họp thôn" }).click();
  await press(page, "Mở cuộc họp");
  await page.getByText("Bàn và quyết định việc của thôn", { exact: true }).click();
  await page.getByLabel(/Tên cuộc họp/).fill(TITLE);
  await page.getByLabel(/Nơi họp/).fill("Sân kho Đồng Cừ");
  await page.locator("#ngay-hop").fill("2026-11-20");
  await page.locator("#gio-hop").fill("19:40");
  await press(page, "Bắt đầu ghi");
  await expect(page.getByText("Sân kho Đồng Cừ · 20/11 · 19:40")).toBeVisible();
  await expect(page.getByText("Chưa có ý kiến nào")).toBeVisible();
  await expect(page.getByText(/trong\s142\shộ/)).toBeVisible();
  await page.getByRole("button", { name: "Thêm một hộ" }).click();
  await page.getByRole("button", { name: "Thêm một hộ" }).click();
  await expect(page.locator("#ho-co-mat")).toHaveValue("2");
  await page.locator("#ho-co-mat").fill("96");
  await page.locator("#nguoi-du").fill("104");

  const said = Array.from({ length: 20 }, (_, n) => `Ý kiến thứ ${n + 1}: đoạn qua kênh làm cống hay làm cầu?`);
  // Every third speaks twice.
  for (const [n, text] of said.entries()) await note(page, text, n % 3 === 1);
  await expect(page.getByRole("heading", { level: 2, name: /^13\sngười nói, 20\sý kiến$/ })).toBeVisible();
  await expect(page.getByText("Chưa có loại, chưa gửi")).toHaveCount(20);
  await expect(page.getByText(/96\shộ, 104\sngười/)).toBeVisible();
  for (const text of said) await classify(page, text);
  await expect(page.getByText("Chưa có loại, chưa gửi")).toHaveCount(0);
  await press(page, /Xem cả\s20\sý kiến/);
  await expect(page.locator("ol.ruled > li")).toHaveCount(20);

  await press(page, "Kết thúc, ghi kết luận");
  await expect(page.locator("#nguoi-noi")).toHaveValue("13");
  await page.getByLabel(/Kết luận/).fill("Góp ngày công, công khai dự toán.");
  await press(page, "Kết thúc cuộc họp");
  await expect(page.getByText("Cuộc họp đã kết thúc")).toBeVisible();
  await expect(page.getByText("Góp ngày công, công khai dự toán.")).toBeVisible();
  // One meeting, one entry, and nothing left unfinished.
  await page.locator("a.status").click();
  await expect(waiting(page)).toContainText(/1\schờ gửi/);
  await expect(page.locator("#cho-gui + ul > li")).toContainText(new RegExp(`Họp: ${TITLE}.*20\\sý kiến`));
  await expect(page.getByText("Đang ghi dở")).toHaveCount(0);

  await server.start();
  await press(page, "Đồng bộ ngay");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  await office.signIn("hanh");
  const { rows, total } = await office.call("GET", "meetings");
  expect([total, rows[0].title, rows[0].state, rows[0].village]).toEqual([1, TITLE, "CONCLUDED", "Thôn Đồng Cừ"]);
  expect([rows[0].kind, rows[0].place, rows[0].start]).toEqual(["VILLAGE_DECISION", "Sân kho Đồng Cừ", { d: "2026-11-20", m: 19 * 60 + 40 }]);
  expect([rows[0].expected, rows[0].present, rows[0].people, rows[0].speakers, rows[0].opinions]).toEqual([142, 96, 104, 13, 20]);
  expect([rows[0].conclusion, rows[0].by]).toEqual(["Góp ngày công, công khai dự toán.", "Lương Văn Bền"]);
  const opinions = await office.all("opinions", `meeting=${rows[0].id}`);
  expect(opinions.map((row: any) => row.text).sort()).toEqual([...said].sort());
  for (const row of opinions) {
    expect([row.meeting.name, row.mode, row.household, row.by]).toEqual([TITLE, null, null, "Lương Văn Bền"]);
  }
  expect((await office.call("GET", "opinions")).total).toBe(20);
  expect((await office.call("GET", "quarantine")).length).toBe(0);
});

test("the next words are one tap away from every page of a meeting, and what was begun there stays", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await open(page);
  await note(page, "Mương tắc.");
  const next = async () => {
    await page.locator("footer.dock").getByRole("link", { name: "Thêm ý kiến" }).click();
    await expect(page.getByRole("heading", { level: 1, name: TITLE })).toBeVisible();
    await expect(page.locator("#moi")).toBeFocused();
  };

  // While somebody is classifying, before and after the kind is known.
  await page.locator("ol.ruled a.row", { hasText: "Mương tắc." }).click();
  await expect(page.getByLabel(/Bà con nói/)).toHaveValue("Mương tắc.");
  await next();
  await note(page, "Đèn hỏng.");
  await page.locator("ol.ruled a.row", { hasText: "Mương tắc." }).click();
  await page.getByText("Câu hỏi", { exact: true }).click();
  await next();
  await note(page, "Cầu yếu.");
  await expect(page.locator("ol.ruled a.row", { hasText: "Mương tắc." })).toContainText("Câu hỏi");

  // While the header is corrected.
  await press(page, /bấm để sửa/);
  await page.locator("#ho-co-mat").fill("96");
  await next();
  await note(page, "Nước đục.");
  await expect(page.getByText(/96\shộ/)).toBeVisible();

  // While the conclusion is written, and when something more is said after it.
  await press(page, "Kết thúc, ghi kết luận");
  await page.getByLabel(/Kết luận/).fill("Góp ngày công.");
  await next();
  await note(page, "Khoan đã.");
  await press(page, "Kết thúc, ghi kết luận");
  await expect(page.getByLabel(/Kết luận/)).toHaveValue("Góp ngày công.");
  await press(page, "Kết thúc cuộc họp");
  await expect(page.getByText("Cuộc họp đã kết thúc")).toBeVisible();
  await expect(page.locator("#moi")).toHaveCount(0);
  await press(page, /bấm để sửa/);
  await next();
  await note(page, "Còn một ý.");
  // A correction of what is saved too.
  await classify(page, "Còn một ý.");
  await page.locator("ol.ruled a.row", { hasText: "Còn một ý." }).press("Enter");
  await expect(page.getByRole("button", { name: "Lưu bản sửa" })).toBeVisible();
  await next();
  await expect(page.locator("ol.ruled > li")).toHaveCount(6);
});

test("a browser killed in the middle of a meeting opens it again at once, with every word", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { office, code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await open(page);
  for (const text of ["Mương tắc.", "Đèn hỏng.", "Cầu yếu."]) await note(page, text);
  await page.locator("#moi").fill("Đang nói dở thì");
  await expect.poll(() => drafts(page)).toContain("Đang nói dở thì");
  await profile.kill();

  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("heading", { level: 1, name: TITLE })).toBeVisible();
  await expect(page.locator("#moi")).toHaveValue("Đang nói dở thì");
  await expect(page.locator("ol.ruled .said")).toHaveText(["Cầu yếu.", "Đèn hỏng.", "Mương tắc."]);
  await expect(page.getByRole("heading", { level: 2, name: /^3\sngười nói, 3\sý kiến$/ })).toBeVisible();
  await press(page, "Ghi và thêm ý kiến");
  await classify(page, "Đèn hỏng.");
  await profile.kill();

  // What was saved is no draft any more, and what was none is.
  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("heading", { level: 2, name: /^4\sngười nói, 4\sý kiến$/ })).toBeVisible();
  await expect(page.getByText("Chưa có loại, chưa gửi")).toHaveCount(3);
  await expect(page.locator("ol.ruled .said", { hasText: "Đèn hỏng." })).toHaveCount(1);
  expect(await drafts(page)).not.toContain("Đèn hỏng.");
  // From the first page too it is one tap away.
  await page.locator("header.top a.back").click();
  await toToday(page);
  await page.locator("a.row", { hasText: TITLE }).first().click();
  await expect(page.getByText("Cầu yếu.")).toBeVisible();

  await server.start();
  await page.goto(`${server.url}/app/sync`);
  await press(page, "Đồng bộ ngay");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  await office.signIn("hanh");
  const opinions = await office.call("GET", "opinions");
  expect(opinions.rows.map((row: any) => row.text)).toEqual(["Đèn hỏng."]);
  expect((await office.call("GET", "meetings")).rows[0].state).toBe("IN_SESSION");
});

test("a complaint is discarded, what was saved is corrected and taken back, and a slip is undone", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await open(page, "Bấm nhầm");
  await press(page, "Bấm nhầm, bỏ cuộc họp này");
  await expect(page.getByRole("heading", { level: 1, name: "Chưa ghi cuộc họp nào" })).toBeVisible();

  await open(page);
  await note(page, "Ông ấy lấy đất nhà tôi.");
  await expect.poll(() => drafts(page)).toContain("lấy đất");
  await page.locator("ol.ruled a.row").click();
  await page.getByText(/Khiếu nại hoặc tố cáo/).click();
  await expect(page.getByRole("heading", { level: 1, name: /Khiếu nại, tố cáo/ })).toBeVisible();
  await expect.poll(() => drafts(page)).not.toContain("lấy đất");
  await press(page, "Đã hướng dẫn, về cuộc họp");
  await expect(page.getByText("Chưa có ý kiến nào")).toBeVisible();

  for (const text of ["Đèn ngõ 3 hỏng.", "Ghi nhầm."]) await note(page, text);
  for (const text of ["Đèn ngõ 3 hỏng.", "Ghi nhầm."]) await classify(page, text);
  await page.locator("ol.ruled a.row", { hasText: "Ghi nhầm." }).click();
  await press(page, "Bấm nhầm, bỏ ý kiến này");
  await expect(page.locator("ol.ruled .said")).toHaveText(["Đèn ngõ 3 hỏng."]);
  await arrived(page);
  // From the keyboard: on a small screen the bar at the bottom covers most of the first row.
  await page.locator("ol.ruled a.row", { hasText: "Đèn ngõ 3" }).press("Enter");
  await expect(page.getByText(/Khiếu nại hoặc tố cáo|Ai nói/)).toHaveCount(0);
  await page.getByLabel(/Bà con nói/).fill("Đèn ngõ 3 và ngõ 5 hỏng.");
  await press(page, "Lưu bản sửa");
  await expect(page.locator("ol.ruled .said")).toHaveText(["Đèn ngõ 3 và ngõ 5 hỏng."]);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  const opinions = await office.call("GET", "opinions");
  expect(opinions.rows.map((row: any) => row.text)).toEqual(["Đèn ngõ 3 và ngõ 5 hỏng."]);
  expect((await office.call("GET", "meetings")).rows.map((row: any) => row.title)).toEqual([TITLE]);
});

test("a command that the commune refuses stays in sight with its reason", async ({ server, profile }) => {
  const { office, village, campaign, person, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await open(page);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  // The same recorder corrects it on another phone, which this one has not seen.
  const [{ id }] = (await office.call("GET", "meetings")).rows;
  const other = await Phone.enrol(server, (await office.call("POST", `people/${person}/code`)).code);
  const place = { area: village.id, campaign: campaign.id };
  expect(await other.push(meeting(place, id, 1, "IN_SESSION", "Ghi trên máy khác", "2026-11-21"))).toEqual(["a"]);

  await press(page, "Kết thúc, ghi kết luận");
  await page.getByLabel(/Kết luận/).fill("Kết luận viết trên bản cũ.");
  await press(page, "Kết thúc cuộc họp");
  await expect(page.locator("header.top")).toContainText(/1\scần xem lại/, { timeout: 30_000 });
  await expect(page.getByText("Xã chưa nhận phần đầu của cuộc họp")).toBeVisible();
  await expect(page.getByText(/Đã có người sửa trước/)).toBeVisible();
  await accessibleInEveryLook(page);
  await page.locator("a.status").click();
  await expect(page.locator("#xem-lai + ul > li")).toContainText(new RegExp(`Họp: ${TITLE}.*Đã có người sửa trước`));
  const waits = await office.call("GET", "quarantine");
  expect(waits.map((row: any) => [row.kind, row.reason])).toEqual([["meeting", "stale"]]);
});

test("every screen of a meeting can be read and pressed, in three sizes and in the dark", async ({ server, profile }) => {
  test.setTimeout(240_000);
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await page.goto(`${server.url}/app/meetings`);
  await expect(page.getByRole("heading", { level: 1, name: "Chưa ghi cuộc họp nào" })).toBeVisible();
  await accessibleInEveryLook(page);
  await press(page, "Mở cuộc họp");
  await page.getByText("Cuộc họp loại khác…").click();
  await press(page, "Bắt đầu ghi");
  await expect(page.getByRole("alert").getByText("Chọn loại cuộc họp")).toBeVisible();
  await accessibleInEveryLook(page);
  await page.locator("header.top a.back").click();
  await open(page);
  await accessibleInEveryLook(page);
  // Nothing was written yet.
  await press(page, "Ghi và thêm ý kiến");
  await expect(page.getByRole("alert").getByText("Ghi lời bà con")).toBeVisible();
  for (const text of ["Làm đường xong ai giữ vệ sinh, có tiền công không?", "Góp ngày công thì được."]) await note(page, text);
  await accessibleInEveryLook(page);
  await page.locator("ol.ruled a.row").first().click();
  await accessibleInEveryLook(page);
  await page.getByText("Câu hỏi", { exact: true }).click();
  await press(page, "Xong ý kiến này");
  await expect(page.getByRole("alert").getByText("Chọn lĩnh vực")).toBeVisible();
  await accessibleInEveryLook(page);
  await press(page, "Nước sạch");
  await press(page, "Xong ý kiến này");
  await arrived(page);
  await expect(page.getByText("Câu hỏi · Nước sạch")).toBeVisible();
  await accessibleInEveryLook(page);
  await page.locator("ol.ruled a.row", { hasText: "Góp ngày công" }).press("Enter");
  await expect(page.getByRole("button", { name: "Bấm nhầm, bỏ ý kiến này" })).toBeVisible();
  await accessibleInEveryLook(page);
  await page.locator("header.top a.back").click();
  await press(page, /bấm để sửa/);
  await page.locator("#ho-co-mat").fill("9999");
  await press(page, "Lưu bản sửa");
  await expect(page.getByRole("alert").getByText(/nhiều hơn số hộ được mời/)).toBeVisible();
  await accessibleInEveryLook(page);
  await page.locator("#ho-co-mat").fill("96");
  await press(page, "Lưu bản sửa");
  await press(page, "Kết thúc, ghi kết luận");
  await accessibleInEveryLook(page);
  await press(page, "Kết thúc cuộc họp");
  await expect(page.getByText("Cuộc họp đã kết thúc")).toBeVisible();
  await accessibleInEveryLook(page);
  await page.goto(`${server.url}/app/entries`);
  await expect(page.getByRole("heading", { name: "Đang ghi dở" })).toBeVisible();
  await accessibleInEveryLook(page);
});
