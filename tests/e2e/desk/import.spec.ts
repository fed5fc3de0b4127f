import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { accessible, expect, inBothColours, test } from "../support/fixtures";
import { Office, ROLLS, signIn } from "../support/office";
import type { Server } from "../support/server";
import { readCsv, readWorkbook, workbookParts, writeWorkbook, zip } from "../support/workbook";

type File = { name: string; mimeType: string; buffer: Buffer };

const csv = (name: string, text: string): File => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const xlsx = (name: string, buffer: Buffer): File => ({ name, mimeType: "application/octet-stream", buffer });

/** A set-up commune, with the officer at the import page. */
async function atImport(server: Server, page: Page): Promise<Office> {
  const office = await Office.setUp(server);
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/import`);
  await expect(page.locator("main h1")).toHaveText("Nhập danh sách hộ");
  return office;
}

async function choose(page: Page, file: File | string): Promise<void> {
  await page.locator("#import-file").setInputFiles(file);
}

/** The table with this caption. */
const table = (page: Page, caption: string | RegExp) => page.locator("table", { has: page.locator("caption", { hasText: caption }) });

const press = (page: Page) => page.locator("aside.pane .btn").first().click();

const stored = (page: Page) => expect(page.getByRole("heading", { level: 1, name: /^Đã nhập/ })).toBeVisible({ timeout: 30_000 });

test("a file that is no list is refused with what to do, and the next one is taken", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await atImport(server, page);
  const roll = readFileSync(join(ROLLS, "01-thon-dong-cu-mau-in.xlsx"));
  const bomb = workbookParts("Danh sách", '<row r="1"><c r="A1"><v>1</v></c></row>');
  bomb[4][1] = Buffer.concat([bomb[4][1].subarray(0, -26), Buffer.alloc(80_000_000, " "), bomb[4][1].subarray(-26)]);
  const packed = zip(bomb);
  expect(packed.length).toBeLessThan(200_000);
  const refusals: [File, RegExp, RegExp][] = [
    [csv("trong.csv", ""), /Tệp này trống/, /Chọn tệp đã điền/],
    [csv("dong trang.csv", "\r\n \r\n;;\r\n"), /Tệp này trống/, /Chọn tệp đã điền/],
    [csv("tieu de.csv", "STT;Chủ hộ;Số khẩu\r\n"), /tiêu đề mà không có hộ/, /Chọn tệp đã điền/],
    [xlsx("tieu de.xlsx", writeWorkbook([["STT", "Chủ hộ", "Số khẩu"]])), /tiêu đề mà không có hộ/, /Chọn tệp đã điền/],
    [xlsx("anh.xlsx", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")), /Đây là ảnh/, /Chọn tệp danh sách/],
    [xlsx("cut.xlsx", roll.subarray(0, roll.length / 2)), /hỏng|thiếu/, /Chép hoặc tải lại/],
    [xlsx("bom.xlsx", packed), /lớn/, /Chia thành mấy tệp/],
    // Not even sent; then one that is sent, with more lines than a list may have.
    [xlsx("to.xlsx", Buffer.alloc(16_000_001, "PK")), /lớn quá 16 MB/, /chia thành mấy tệp/],
    [csv("dai.csv", `Chủ hộ\n${"Trần Thị Lành\n".repeat(120_000)}`), /dòng/, /Chia thành mấy tệp/],
  ];
  for (const [file, what, next] of refusals) {
    await choose(page, file);
    const alert = page.locator("main [role=alert]");
    await expect(alert, file.name).toContainText(what, { timeout: 30_000 });
    await expect(alert, file.name).toContainText(next);
    await expect(page.locator("aside.pane"), file.name).toHaveCount(0);
  }
  await accessible(page);
  expect(await office.all("households")).toEqual([]);

  await choose(page, join(ROLLS, "01-thon-dong-cu-mau-in.xlsx"));
  await expect(page.getByRole("heading", { level: 1, name: /Nhập được 142/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.locator("main [role=alert]")).toHaveCount(0);
});

test("a request that is too large or cut is refused, and the server goes on", async ({ server }) => {
  const office = await Office.setUp(server);
  const preview = async (body: BodyInit, headers: { [name: string]: string } = {}) => office.call("POST", "roll/preview", body, headers);
  await expect(preview("--x\r\nContent-Disposition: form-data; na", { "Content-Type": "multipart/form-data; boundary=x" })).rejects.toThrow(/400/);
  const form = new FormData();
  form.set("file", new Blob([randomBytes(20_000_000)]), "to.xlsx");
  await expect(preview(form)).rejects.toThrow(/413.*too_large|fetch failed/);
  expect((await office.call("GET", "session")).person.name).toBe("Nguyễn Thị Kim Hạnh");
});

test("formulas and tags as names are kept and do nothing", async ({ server, page }) => {
  const office = await atImport(server, page);
  const heads = [
    '=HYPERLINK("http://127.0.0.1:9/x";"Bấm")',
    "+84 Trần Thị Cộng",
    "-2+3 Lê Văn Trừ",
    "@SUM(A1:A9) Ngô Thị Còng",
    "<img src=x onerror=\"document.title='hong'\">",
    "<script>document.title='hong'</script> Vũ Văn Thẻ",
    '"Ba Dũng" Trần Dũng',
    "Nguyễn Văn Một; Hai",
    "Lê Thị\nXuống Dòng",
    "Đặng 'Nháy' Đơn",
  ];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = heads.map((head, n) => [quoted("=cmd|' /C calc'!A0"), quoted(n === 0 ? "=1+1" : `${n + 1}`), quoted(head), "3"].join(","));
  await choose(page, csv("ten la.csv", `"Thôn, bản",Số,Chủ hộ,Số khẩu\r\n${rows.join("\r\n")}\r\n`));
  await expect(page.getByRole("heading", { level: 1, name: /Nhập được 10 hộ/ })).toBeVisible();
  const sample = table(page, "Mấy hộ đầu");
  await page.getByRole("button", { name: /Xem 5 dòng còn lại/ }).click();
  await expect(sample).toContainText("<script>document.title='hong'</script> Vũ Văn Thẻ");
  await harmless(page);
  await press(page);
  await stored(page);

  // In a list each is what was in the file, but that a line break in a name is a space.
  const kept = (await office.all("households")).map((row) => row.head);
  expect(kept.toSorted()).toEqual(heads.map((head) => head.replace("\n", " ")).toSorted());
  await page.goto(`${server.url}/office/households`);
  await expect(page.locator("a.row")).toHaveCount(10);
  const shown = await page.locator("a.row .t > b").allTextContents();
  expect(shown.filter((text) => kept.includes(text))).toHaveLength(10);
  await harmless(page);
  await accessible(page);

  // In a file for others the village and the number are text for every spreadsheet.
  const [sheet] = await Promise.all([page.waitForEvent("download"), page.locator("a[download][href*=xlsx]").click()]);
  const book = readWorkbook(readFileSync(await sheet.path()));
  const cells = book[1].rows.flat();
  expect(cells.filter((cell) => cell.formula !== undefined)).toEqual([]);
  expect(cells.filter((cell) => cell.text === "=cmd|' /C calc'!A0")).toHaveLength(10);
  expect(cells.filter((cell) => cell.text === "=1+1")).toHaveLength(1);
  const [text] = await Promise.all([page.waitForEvent("download"), page.locator("a[download][href*=csv]").click()]);
  const lines = readCsv(readFileSync(await text.path(), "utf8").slice(1), ";");
  expect(lines.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  expect(lines.flat().filter((cell) => cell === "'=cmd|' /C calc'!A0")).toHaveLength(10);
});

/** Nothing of what was typed became part of the page. */
async function harmless(page: Page): Promise<void> {
  await expect(page).not.toHaveTitle(/hong/);
  expect(await page.locator("main img, main script, main a[href*='127.0.0.1:9']").count()).toBe(0);
}

test("columns are corrected, the village is asked for, and nothing is stored before the button", async ({ server, page }) => {
  const office = await atImport(server, page);
  await office.village("Thôn Bến Lĩnh", "BL");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.reload();
  // A title that nobody knows, the number of people under another name, and what is never kept.
  const file = csv(
    "danh sach.csv",
    [
      "Mã;Người đứng tên;Bao nhiêu miệng ăn;CCCD;Dân tộc;Tôn giáo;Máy gọi",
      "7;Trần Thị Lành;4;001200300400;Kinh;Không;0187250416",
      "8;Lò Văn Bền;ba;001200300401;Thái;Không;912",
    ].join("\n"),
  );
  await choose(page, file);
  await expect(page.getByRole("heading", { level: 1, name: /Còn [12] chỗ phải chọn/ })).toBeVisible();
  await inBothColours(page);

  // What is never kept is named and cannot be made anything else; its values are not shown.
  await expect(page.locator("aside.pane")).toContainText("CCCD, Dân tộc, Tôn giáo");
  const columns = table(page, "Khớp cột");
  for (const title of ["CCCD", "Dân tộc", "Tôn giáo"]) {
    const row = columns.locator("tr", { has: page.getByRole("rowheader", { name: title, exact: true }) });
    await expect(row).toContainText("Không lưu");
    await expect(row).toContainText("không hiện");
    await expect(row.locator("select")).toHaveCount(0);
  }
  await expect(page.locator("main")).not.toContainText(/001200300400|Thái/);

  // The button says what is missing and goes there.
  await press(page);
  await expect(page.locator("#import-needs")).toBeFocused();
  await columns.getByLabel("Cột Người đứng tên đưa vào đâu").selectOption({ label: "Chủ hộ" });
  await expect(page.locator("#import-needs li")).toHaveCount(1);
  await columns.getByLabel("Cột Bao nhiêu miệng ăn đưa vào đâu").selectOption({ label: "Số khẩu" });
  await columns.getByLabel("Cột Máy gọi đưa vào đâu").selectOption({ label: "Điện thoại" });
  await columns.getByLabel("Cột Mã đưa vào đâu").selectOption({ label: "Số trong danh sách" });
  await expect(page.locator("#import-needs a")).toHaveText(/của thôn nào/);
  await page.locator("#import-needs a").click();
  await expect(page.locator("#village-0")).toBeFocused();
  await page.locator("#village-0").fill("Thôn Đá Mòn");
  await page.locator("#village-0").press("Tab");
  await expect(page.getByRole("heading", { level: 1, name: /Nhập được 2 hộ/ })).toBeVisible();
  await expect(table(page, "Thôn trong tệp")).toContainText("Chưa có, tạo khi nhập");
  await expect(page.locator("aside.pane .btn").first()).toHaveText("Nhập 2 hộ, tạo 1 thôn");
  await expect(table(page, "Cảnh báo")).toContainText("“ba” không phải số khẩu, để trống");
  await expect(table(page, "Cảnh báo")).toContainText("“912” không phải số điện thoại, để trống");
  await accessible(page);

  // It was another spelling of a village in the book after all, and then it was not.
  await page.getByLabel("Thôn Đá Mòn là thôn nào trong sổ").selectOption("Thôn Bến Lĩnh");
  await expect(page.getByText("“Thôn Đá Mòn” được hiểu là Thôn Bến Lĩnh.")).toBeVisible();
  await expect(page.locator("aside.pane .btn").first()).toHaveText("Nhập 2 hộ");
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await expect(page.locator("aside.pane .btn").first()).toHaveText("Nhập 2 hộ, tạo 1 thôn");

  // Until here nothing was written: not a household, not a village, and only previews were asked for.
  expect(await office.all("households")).toEqual([]);
  expect((await office.call("GET", "units")).map((unit: any) => unit.name)).not.toContain("Thôn Đá Mòn");
  expect(asked.filter((url) => /\/roll\/import(\/|$)/.test(url))).toEqual([]);

  await press(page);
  await stored(page);
  const rows = await office.all("households");
  expect(rows.map(({ no, head, people, village }) => ({ no, head, people, village }))).toEqual([
    { no: "7", head: "Trần Thị Lành", people: 4, village: "Thôn Đá Mòn" },
    { no: "8", head: "Lò Văn Bền", people: null, village: "Thôn Đá Mòn" },
  ]);
  // Nothing of what is never kept is anywhere in the data, nor the file.
  await server.stop();
  const kept = server.files().map(({ bytes }) => bytes.toString("latin1"));
  const never = [Buffer.from("001200300400").toString("latin1"), "danh sach.csv", Buffer.from("Người đứng tên").toString("latin1")];
  for (const text of never) expect(kept.filter((file) => file.includes(text))).toEqual([]);
});

test("lines that are not kept are listed with line and reason", async ({ server, page }) => {
  const office = await atImport(server, page);
  const file = xlsx(
    "thon.xlsx",
    writeWorkbook([
      ["UBND XÃ TÂN KHÊ VÂN"],
      ["DANH SÁCH HỘ GIA ĐÌNH THÔN ĐÁ MÒN NĂM 2026"],
      ["STT", "Chủ hộ", "Số khẩu"],
      [1, "Trần Thị Thủy", 4],
      [2, "", 3],
      [3, "Lò Văn Bền", 5],
      [1, "Trần Thị Thuỷ", 4],
      [3, "Lò Văn Bền", 5],
      ["", "Tổng cộng", 21],
      ["", "TRƯỞNG THÔN", ""],
    ]),
  );
  await choose(page, file);
  await expect(page.getByRole("heading", { level: 1, name: /Nhập được 2 hộ\. 3 dòng không giữ được/ })).toBeVisible();
  await expect(page.locator("#village-0")).toHaveValue("Thôn Đá Mòn");
  const lines = await table(page, "Dòng không giữ được").locator("tbody tr").allInnerTexts();
  expect(lines.map((line) => line.replace(/\s+/g, " "))).toEqual([
    expect.stringMatching(/dòng 5 .*Không có tên chủ hộ.*Bổ sung tên/),
    expect.stringMatching(/dòng 7 .*Trùng thôn, số, chủ hộ với dòng 4 \(viết “Trần Thị Thủy”\)/),
    expect.stringMatching(/dòng 8 .*Trùng thôn, số, chủ hộ với dòng 6/),
  ]);
  const summary = page.locator("aside.pane table");
  await expect(summary).toContainText(/Hộ nhập được\s*2/);
  await expect(summary).toContainText(/Không giữ được\s*3/);
  await expect(summary).toContainText(/Dòng cộng, chữ ký \(bỏ qua\)\s*2/);
  await accessible(page);
  await press(page);
  await stored(page);
  expect((await office.all("households")).map((row) => row.head)).toEqual(["Trần Thị Thủy", "Lò Văn Bền"]);
});

test("a list of persons, a name in two columns, and villages between the lines come out as they should", async ({ server, page }) => {
  const office = await atImport(server, page);
  const lines = [
    ["DANH SÁCH NHÂN KHẨU XÃ TÂN KHÊ VÂN"],
    ["STT", "Họ và chữ đệm", "Tên", "Quan hệ với chủ hộ", "Ghi chú"],
    ["I", "THÔN ĐÁ MÒN", "", "", "2 hộ"],
    [1, "Trần Thị", "Lành", "Chủ hộ", ""],
    [2, "Lò Văn", "Bền", "Chồng", ""],
    [3, "Vũ Văn", "Nhàn", "Chủ hộ", ""],
    ["II", "BẢN NẬM LĨNH", "", "", "1 hộ"],
    [4, "Ngô Thị", "Mùi", "Chủ hộ", ""],
    [5, "Ngô Văn", "Tám", "Con", ""],
    [6, "Hồ Thị", "Lạ", "", ""],
  ];
  await choose(page, xlsx("nhan khau.xlsx", writeWorkbook(lines)));
  await expect(page.getByRole("heading", { level: 1, name: /Nhập được 3 hộ\. 1 dòng không giữ được/ })).toBeVisible();
  await expect(page.locator("aside.pane table")).toContainText(/Người trong hộ \(tính vào số khẩu\)\s*2/);
  await expect(table(page, "Dòng không giữ được")).toContainText("Không rõ là chủ hộ hay người của hộ nào");
  await accessible(page);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Tải các dòng này (.csv)" }).click()]);
  const reasons = readCsv(readFileSync(await saved.path(), "utf8").slice(1), ";").map((line) => `${line[1]} ${line[2]}`);
  expect(reasons).toEqual([
    "Dòng Lý do",
    "3 Bỏ qua: Tên thôn, cụm hoặc phần của danh sách",
    "5 Bỏ qua: Người trong hộ ở trên",
    "7 Bỏ qua: Tên thôn, cụm hoặc phần của danh sách",
    "9 Bỏ qua: Người trong hộ ở trên",
    "10 Không rõ là chủ hộ hay người của hộ nào",
  ]);
  await press(page);
  await stored(page);
  const rows = await office.all("households");
  expect(rows.map(({ head, people, village }) => ({ head, people, village }))).toEqual([
    { head: "Ngô Thị Mùi", people: 2, village: "Bản Nậm Lĩnh" },
    { head: "Trần Thị Lành", people: 2, village: "Thôn Đá Mòn" },
    { head: "Vũ Văn Nhàn", people: 1, village: "Thôn Đá Mòn" },
  ]);
});

test("what a list leaves open is asked before anything is stored", async ({ server, page }) => {
  const office = await atImport(server, page);
  const text = "DANH SÁCH HỘ THÔN ĐÁ MÒN;;;\nSTT;Chủ hộ;Họ và tên;Năm sinh\n1;Trần Thị Lành;Lò Văn Bền;1960\n;Lò Văn Bền;Vũ Thị Nhàn;1962\n2;Ngô Thị Mùi;Hồ Văn Lạ;1971\n";
  await choose(page, csv("hai cot.csv", text));
  const needs = page.locator("#import-needs li");
  await expect(needs).toHaveText([/cột “Họ và tên” cũng có vẻ là tên/, /1\s+dòng không có số riêng/]);
  await accessible(page);
  await press(page);
  await expect(page.locator("#import-needs")).toBeFocused();
  await needs.first().locator("a").click();
  const column = page.getByLabel("Cột Họ và tên đưa vào đâu");
  await expect(column).toBeFocused();
  await expect(column.locator("option:checked")).toHaveText("Chọn…");
  await column.selectOption({ label: "Không lấy" });
  await expect(needs).toHaveCount(1);
  await page.getByLabel(/^Dòng không có số riêng/).selectOption({ label: "Là người trong hộ ở trên" });
  await expect(page.getByRole("heading", { level: 1, name: "Nhập được 2 hộ" })).toBeVisible();
  expect(await office.all("households")).toEqual([]);
  await press(page);
  await stored(page);
  const rows = await office.all("households");
  expect(rows.map(({ head, people }) => ({ head, people }))).toEqual([
    { head: "Trần Thị Lành", people: 2 },
    { head: "Ngô Thị Mùi", people: 1 },
  ]);
});

type Spot = { village?: string; no: number; head: string; people: number };

// Rolls that do not say of which village they are.
const VILLAGES: { [roll: string]: string } = {
  "02-to-dan-pho-12.csv": "Tổ dân phố 12",
  "03-ban-nam-linh-tcvn3.csv": "Bản Nậm Lĩnh",
  "04-ap-rach-cu-unicode-to-hop.csv": "Ấp Rạch Cừ",
  "05-buon-ea-trach-vni.xlsx": "Buôn Ea Trạch",
};

for (const expectation of readdirSync(ROLLS).filter((name) => name.endsWith(".expect.json"))) {
  const expected = JSON.parse(readFileSync(join(ROLLS, expectation), "utf8"));
  const { file, households, reported_rows: reported }: { file: string; households: number; reported_rows: number } = expected;
  const spots: Spot[] = expected.spots;
  test(`roll ${file} gives what it should`, async ({ server, page }) => {
    test.setTimeout(120_000);
    const office = await atImport(server, page);
    await choose(page, join(ROLLS, file));
    await expect(page.locator("aside.pane")).toBeVisible({ timeout: 30_000 });
    const village = VILLAGES[file];
    if (village) {
      await expect(page.locator("#import-needs")).toContainText("của thôn nào");
      await page.locator("#village-0").fill(village);
      await page.locator("#village-0").press("Enter");
    }
    const n = households.toLocaleString("vi-VN");
    await expect(page.locator("main h1")).toHaveText(
      reported ? new RegExp(`^Nhập được ${n} hộ\\. ${reported} dòng không giữ được\\.$`) : `Nhập được ${n} hộ`,
    );
    await press(page);
    await stored(page);
    await expect(page.locator("main h1")).toHaveText(`Đã nhập ${n} hộ`);
    expect((await office.call("GET", "households")).total).toBe(households);
    // Each sheet of a workbook became a village of its own.
    const units = (await office.call("GET", "units")).filter(({ level }: { level: string }) => level === "VILLAGE");
    for (const spot of spots) {
      const found = (await office.all("households", "", spot.head)).filter(
        (row) => row.no === `${spot.no}` && (!spot.village || row.village === spot.village),
      );
      expect(found.map(({ head, people }) => ({ head, people }))).toEqual([{ head: spot.head, people: spot.people }]);
      expect(units.map(({ name }: { name: string }) => name)).toContain(found[0].village);
    }
    if (village) expect(units.map(({ name }: { name: string }) => name)).toEqual([village]);
  });
}
