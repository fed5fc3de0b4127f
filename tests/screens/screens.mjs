// The pictures of README.md and the user guide, taken from the demonstration: the phone at 360×640, the office at 1280×800.
// People and places are the same each time; dates are those of the day. `cargo xtask screens` runs it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";

/** What opens the notebooks of the pictures. */
const PIN = "482915";
const { GANDAN_SERVER_BIN: BIN, GANDAN_DIST: DIST, GANDAN_SCREENS: FOLDER } = process.env;
const HEADS = ["Trần Thanh Lành", "Trần Thị Lành", "Lò Văn Mến", "Vàng Thị Mỷ", "Đoàn Văn Thụy", "Lý Thị Ngân", "Hoàng Văn Páo", "Bùi Thị Nhài"];
const ROLL = ["Danh sách hộ thôn Nà Pó", "STT,Chủ hộ,Số người", ...HEADS.map((head, n) => `${n + 1},${head},${(n % 4) + 2}`)].join("\n");
const AGAIN = `Danh sách hộ thôn Nà Pó
STT,Chủ hộ,Số người
1,Trần Thanh Lành,3
2,Trần Thị Lành Anh,4
3,Lò Văn Mến,5
`;
const PHONE = { viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 } };
const HERE = { locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh" };

const directory = mkdtempSync(join(tmpdir(), "gandan-screens-"));
const port = await freePort();
const url = `http://localhost:${port}`;
let printed = "";
const server = await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
mkdirSync(FOLDER, { recursive: true });
try {
  await phone();
  await lead();
  await office();
  await protection();
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(directory, { recursive: true, force: true });
}

async function choosePin(page) {
  for (const words of ["Bấm 6 số", "Bấm lại 6 số đó"]) {
    await page.getByText(words, { exact: true }).waitFor();
    await page.keyboard.type(PIN);
  }
}

/** Opens the closed notebook after its page was loaded anew. */
async function unlock(page) {
  await page.locator("section.keys").waitFor();
  await page.keyboard.type(PIN);
}

async function phone() {
  const context = await browser.newContext({ ...PHONE, ...HERE });
  const page = await context.newPage();
  const cell = (name) => page.getByText(name, { exact: true }).click();

  await page.goto(`${url}/app/`);
  const code = page.getByLabel(/gõ mã/i);
  await code.waitFor();
  await shot(page, "phone-enrol");
  await code.fill(/Thành viên tổ .*: (\S+)/.exec(printed)[1]);
  await press(page, "Tiếp tục");
  await choosePin(page);
  await page.getByText(/Nhận\s\S+\stin mới/).waitFor();
  await shot(page, "phone-sync");

  await press(page, "Về Hôm nay");
  await page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ }).waitFor();
  await shot(page, "phone-today");

  await context.setOffline(true);
  await page.getByText("Không có mạng").waitFor();
  await press(page, "Các hộ");
  await page.getByRole("searchbox").fill("nguyen");
  await page.locator("a.row mark").first().waitFor();
  await shot(page, "phone-households");

  // From the top of the list, so that it is the same household each time, with its visits.
  await page.getByRole("searchbox").fill("");
  await press(page, /^\d+ Chưa gặp$/);
  await page.getByText(/Còn\s\S+\shộ chưa gặp/).waitFor();
  await page.locator("a.row").first().click();
  await page.getByRole("button", { name: "Vắng nhà" }).waitFor();
  await shot(page, "phone-household");
  await page.getByRole("button", { name: "Vắng nhà" }).click();
  await page.getByRole("dialog").getByText(/Đã lưu trên máy/).waitFor();
  await shot(page, "phone-not-home");
  await page.getByRole("dialog").locator(".row").first().click();
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await press(page, "Các hộ");
  await press(page, /^\d+ Chưa gặp$/);
  await page.locator("a.row").nth(1).click();
  await press(page, "Gặp được");
  await cell("Gặp đại diện hộ");
  await page.getByText(/Đã lưu nháp/).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, "phone-visit");
  await press(page, "Thêm ý kiến");
  await cell("Kiến nghị");
  await press(page, "Hạ tầng");
  await press(page, /Thủy lợi/);
  await page.getByLabel(/Bà con nói/).fill("Mương sau nhà văn hóa tắc, mưa là nước vào sân.");
  await cell("Có tên");
  await cell("Bình thường");
  await page.getByLabel(/Bà con nói/).evaluate((field) => scrollTo(0, field.getBoundingClientRect().top + scrollY - 80));
  await shot(page, "phone-opinion");
  await press(page, "Xong ý kiến này");
  await press(page, "Lưu lần thăm");
  await page.getByText(/Đã lưu lần thăm/).waitFor();

  await page.goto(`${url}/app/entries`);
  await page.locator("section.keys").waitFor();
  await shot(page, "phone-lock");
  await unlock(page);
  await page.getByRole("heading", { level: 1, name: "Những gì đã ghi" }).waitFor();
  await shot(page, "phone-entries");

  await press(page, "Họp thôn");
  await press(page, "Mở cuộc họp");
  await cell("Bàn và quyết định việc của thôn");
  await page.locator("#ten").fill("Bàn góp công làm đường");
  await page.locator("#noi-hop").fill("Nhà văn hóa thôn");
  await press(page, "Bắt đầu ghi");
  const said = page.locator("footer textarea");
  for (const words of ["Đường vào xóm 3 lầy, xe chở lúa không vào được.", "Góp công thì góp sau vụ gặt, lúc ấy nhà nào cũng rảnh."]) {
    await said.fill(words);
    await press(page, /Ghi và thêm ý kiến/);
    await page.locator("main .row", { hasText: words }).waitFor();
  }
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, "phone-meeting");
  await context.close();
}

/** What a team's lead has besides, in dark colours. */
async function lead() {
  const context = await browser.newContext({ ...PHONE, ...HERE });
  const page = await context.newPage();
  await page.goto(`${url}/app/`);
  await page.getByLabel(/gõ mã/i).fill(/Tổ trưởng .*: (\S+)/.exec(printed)[1]);
  await press(page, "Tiếp tục");
  await choosePin(page);
  await page.getByText(/Nhận\s\S+\stin mới/).waitFor();
  await page.goto(`${url}/app/team`);
  await unlock(page);
  await page.locator("main .row").first().waitFor();
  await dark(page, true);
  await shot(page, "phone-team");
  await context.close();
}

/** Signs somebody in at a desk, by the words that the demonstration prints before their name. */
async function signedIn(role) {
  const context = await browser.newContext({ ...DESK, ...HERE });
  const page = await context.newPage();
  await page.goto(`${url}/office/`);
  const [, login, passphrase] = new RegExp(`${role}[^:]*: (\\S+) / (\\S+)`).exec(printed);
  await page.locator("#door-login").fill(login);
  await page.locator("#door-passphrase").fill(passphrase);
  await page.locator("button[type=submit]").click();
  await page.locator("header.side nav a").first().waitFor();
  return page;
}

async function protection() {
  const page = await signedIn("bảo vệ dữ liệu");
  await page.goto(`${url}/office/access`);
  await page.locator("table.tbl tbody tr").first().waitFor();
  await shot(page, "office-access");
  await page.context().close();
}

async function office() {
  const page = await signedIn("Cán bộ");
  const context = page.context();
  const heading = (name) => page.getByRole("heading", { level: 1, name }).waitFor();
  await page.goto(`${url}/office/overview`);
  await heading(/Đã gặp/);
  await page.locator("svg.cols, .cols").first().waitFor();
  await shot(page, "office-overview");
  await dark(page, true);
  await shot(page, "office-overview-dark");
  await dark(page, false);

  await page.goto(`${url}/office/opinions`);
  await heading(/ý kiến/);
  await page.locator("article.pane").waitFor();
  await shot(page, "office-opinions");

  await page.goto(`${url}/office/assign`);
  // Every village is given to a team: one is taken back, so that there is something to give.
  await page.getByRole("button", { name: "Thu lại" }).last().click();
  await page.locator(".note").getByRole("button", { name: "Thu lại" }).click();
  await page.locator("#assign-villages label").first().click();
  await page.locator("#assign-team label").last().click();
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, "office-assign");

  await page.goto(`${url}/office/people`);
  await heading(/máy/);
  await page.getByRole("button", { name: /^Phát mã cho/ }).first().click();
  await page.locator("aside button[type=submit]").click();
  await page.locator("svg.qr").waitFor();
  await shot(page, "office-people");

  await page.goto(`${url}/office/share`);
  await page.selectOption("#f-village", { index: 1 });
  await page.locator("#share-households label").first().click();
  await page.locator("#share-member label").first().click();
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, "office-share");

  await page.goto(`${url}/office/households`);
  await page.locator("a.row").first().click();
  await page.locator("aside.pane").getByText("Sửa", { exact: true }).click();
  await heading(/^Sửa hộ/);
  await shot(page, "office-household");

  await page.goto(`${url}/office/verification`);
  await page.locator("table.tbl tbody tr").first().waitFor();
  await shot(page, "office-verification");

  await page.goto(`${url}/office/typing`);
  await page.locator("main input").first().waitFor();
  await shot(page, "office-typing");

  for (const [path, name] of [["meetings", "office-meetings"], ["lists", "office-lists"], ["upkeep", "office-upkeep"]]) {
    await page.goto(`${url}/office/${path}`);
    await page.locator("main h1").waitFor();
    await page.locator("main .row, main table, main h2").first().waitFor();
    await shot(page, name);
  }
  for (const [path, name] of [["route", "office-route"], ["sheets", "office-sheets"]]) {
    await page.goto(`${url}/office/${path}`);
    await page.selectOption("#f-village", { index: 1 });
    await page.locator(".sheet-list, .visit-sheet").first().waitFor();
    await shot(page, name);
  }

  await page.goto(`${url}/office/units/rearrange`);
  await page.locator("main fieldset").first().waitFor();
  for (const n of [0, 1]) await page.locator("main fieldset").nth(1).locator("label").nth(n).click();
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, "office-rearrange");

  await page.goto(`${url}/office/import`);
  const list = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.locator("#import-file").setInputFiles(list("na-po.csv", ROLL));
  await heading(/Nhập được/);
  await shot(page, "office-import");

  // The same village from another list: a head of another name, and one household more.
  await page.locator("aside .btn").first().click();
  await heading(/Đã nhập/);
  await page.locator("#import-file").setInputFiles(list("na-po-2026.csv", AGAIN));
  await heading(/hộ/);
  await page.locator("#import-unclear, main table").first().waitFor();
  await shot(page, "office-import-again");
  await context.close();
}

/** Presses a button, a link or a choice, whichever it is. */
function press(page, name) {
  return page.getByRole("button", { name }).or(page.getByRole("link", { name })).or(page.getByRole("radio", { name })).first().click();
}

function dark(page, on) {
  return page.evaluate((theme) => (document.documentElement.dataset.theme = theme), on ? "dark" : "light");
}

async function shot(page, name) {
  const path = join(FOLDER, `${name}.png`);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  console.log(`${name}.png ${Math.round(statSync(path).size / 1000)} KB`);
}

/** Starts the demonstration and waits until it has said how to get in. */
async function startServer() {
  // The address that the pictures show, in place of this machine's.
  const args = ["--demo", "--listen", `127.0.0.1:${port}`, "--data", join(directory, "data"), "--dist", DIST, "--public-url", "https://gandan.example"];
  const child = spawn(BIN, args, { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.on("data", (bytes) => (printed += bytes));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${printed}`);
    const answers = await fetch(`${url}/api/v1/session`).then(() => true, () => false);
    if (answers && /Thành viên tổ .*: /.test(printed)) return child;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
