// The figures that need a real browser or a real server: one line each, `name value unit`.
// A phone is headless Chromium with its main thread slowed 6 times. GANDAN_FILL makes the data set D10.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";

const { GANDAN_SERVER_BIN: BIN, GANDAN_DIST: DIST, GANDAN_FILL: FILL } = process.env;
const SLOW = 6;
const PASSPHRASE = "mot cau that dai de nho";

/** What people look for: beginnings of names, with and without accents, numbers. */
const QUERIES = [
  "nguyen", "tran", "dang van", "pham thi", "hung", "lanh", "do thi", "12", "bui", "le van",
  "ngoc", "thuy", "vo", "ngo duc", "duong", "ly", "dinh", "truong", "mai", "ha",
  "doan", "luong", "cao", "dao", "trinh", "luu", "ta", "thai", "to", "chau",
  "quach", "van", "thach", "son", "kim", "danh", "nong", "hoang", "trieu", "be",
  "ma", "lo", "quang", "tong", "vi", "giang", "thao", "vang", "sung", "hang",
];

const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * p) - 1)];
const print = (name, value, unit) => console.log(`${name} ${Math.round(value * 10) / 10} ${unit}`);

/** Runs one measurement; one that fails says so and the others go on. */
async function figures(names, measure) {
  try {
    await measure();
  } catch (error) {
    const reason = String(error).split("\n")[0];
    for (const name of names) console.log(`${name} - ${reason}`);
  }
}

const directory = mkdtempSync(join(tmpdir(), "gandan-bench-"));
const data = join(directory, "data");
const profile = join(directory, "profile");
const port = await freePort();
const url = `http://localhost:${port}`;
// Fills the database before the server opens it; prints the code that enrols one member for all of it.
const filled = JSON.parse(execFileSync(FILL, ["--data", data, "--households", "10000", "--events", "50000"], { encoding: "utf8" }));
let server = await startServer();

await figures(["roll_preview_8500"], rollPreview);
await figures(["offline_start_d10", "search_key_d10_p95", "save_visit_d10_p95", "push_200_visits_bytes", "push_200_visits_trips"], phone);

await stopServer();
rmSync(directory, { recursive: true, force: true });

async function rollPreview() {
  const headers = { "X-Gandan": "1", "Content-Type": "application/json" };
  const signIn = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body: JSON.stringify({ login: filled.login, passphrase: PASSPHRASE }) });
  if (!signIn.ok) throw new Error(`sign-in: ${signIn.status}`);
  const cookie = signIn.headers.get("set-cookie").split(";")[0];
  const file = readFileSync(join(import.meta.dirname, "../fixtures/rolls/07-toan-xa-8500-ho.csv"));
  const times = [];
  for (let run = 0; run < 9; run += 1) {
    const form = new FormData();
    form.set("file", new Blob([file]), "07-toan-xa-8500-ho.csv");
    const start = performance.now();
    const reply = await fetch(`${url}/api/v1/roll/preview`, { method: "POST", headers: { "X-Gandan": "1", Cookie: cookie }, body: form });
    await reply.arrayBuffer();
    if (!reply.ok) throw new Error(`preview: ${reply.status}`);
    times.push(performance.now() - start);
  }
  print("roll_preview_8500", percentile(times, 0.5), "ms");
}

async function phone() {
  let browser = await openBrowser();
  let page = await openPage(browser);
  await page.goto(`${url}/app/`);
  await page.getByLabel(/gõ mã/i).fill(filled.code);
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await page.getByRole("heading", { level: 1, name: /hộ còn lại/ }).waitFor({ timeout: 300_000 });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(async () => (await caches.keys()).some((key) => key.startsWith("app-")));
  // The index is written when the phone is idle; a start reads it.
  await page.waitForFunction(() => new Promise((resolve) => requestIdleCallback(() => resolve(true))));
  await browser.close();
  await stopServer();

  const starts = [];
  for (let run = 0; run < 9; run += 1) {
    browser = await openBrowser();
    page = await openPage(browser);
    await slow(page);
    await page.goto(`${url}/app/`, { waitUntil: "commit" });
    starts.push(await page.evaluate(() => window.painted('h1, .lead h1', /hộ còn lại/)));
    await browser.close();
  }
  print("offline_start_d10", percentile(starts, 0.5), "ms");

  browser = await openBrowser();
  page = await openPage(browser);
  await page.goto(`${url}/app/households`);
  const search = page.getByRole("searchbox");
  await search.waitFor();
  await slow(page);
  const keys = [];
  for (const query of QUERIES) {
    await search.fill("");
    for (const letter of query) {
      await page.evaluate(() => window.expectPaint());
      await search.press(letter === " " ? "Space" : letter);
      keys.push(await page.evaluate(() => window.paintedAfterInput));
    }
  }
  print("search_key_d10_p95", percentile(keys, 0.95), "ms");

  // 200 visits without text, from the list, each saved by the button of the household's page.
  const saves = [];
  await page.goto(`${url}/app/households?show=left`);
  const addresses = [];
  while (addresses.length < 200) {
    await page.locator("a.row").first().waitFor();
    const found = await page.locator("a.row").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    addresses.splice(0, addresses.length, ...new Set(found));
    if (addresses.length < 200) await page.getByRole("button", { name: /Xem thêm/ }).click();
  }
  for (const address of addresses.slice(0, 200)) {
    await page.goto(`${url}${address}`);
    const button = page.getByRole("button", { name: "Vắng nhà" });
    await button.waitFor();
    await slow(page);
    await page.evaluate(() => window.expectSave());
    await button.click();
    saves.push(await page.evaluate(() => window.savedAfterInput));
    await page.getByText("Không hẹn").click();
  }
  print("save_visit_d10_p95", percentile(saves, 0.95), "ms");

  server = await startServer();
  let bytes = 0;
  let trips = 0;
  const pushed = [];
  page.on("requestfinished", (request) => {
    if (request.url().endsWith("/api/v1/push")) pushed.push(request);
  });
  await page.goto(`${url}/app/entries`);
  await page.locator("header.top").getByText("Đã gửi hết").waitFor({ timeout: 120_000 });
  for (const request of pushed) {
    const sizes = await request.sizes();
    bytes += sizes.requestBodySize + sizes.responseBodySize;
    trips += 1;
  }
  print("push_200_visits_bytes", bytes, "bytes");
  print("push_200_visits_trips", trips, "trips");
  await browser.close();
}

function openBrowser() {
  return chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    viewport: { width: 360, height: 640 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A page with the stop-watches that the figures are defined by. */
async function openPage(browser) {
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.addInitScript(() => {
    const afterPaint = (done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    /** Navigation to a painted text. */
    window.painted = (selector, text) =>
      new Promise((resolve) => {
        const look = () => [...document.querySelectorAll(selector)].some((element) => text.test(element.textContent));
        if (look()) return afterPaint(resolve);
        const observer = new MutationObserver(() => {
          if (!look()) return;
          observer.disconnect();
          afterPaint(resolve);
        });
        observer.observe(document, { childList: true, subtree: true, characterData: true });
      });
    /** Input event to the paint after the last change that it made. */
    window.expectPaint = () => {
      window.paintedAfterInput = new Promise((resolve) => {
        addEventListener(
          "input",
          (event) => {
            const status = document.querySelector("main");
            let last = 0;
            const observer = new MutationObserver(() => afterPaint((at) => (last = at)));
            observer.observe(status, { childList: true, subtree: true, characterData: true });
            // Nothing changes any more once the main thread has been idle; the debounce is included.
            setTimeout(() => {
              observer.disconnect();
              resolve((last || performance.now()) - event.timeStamp);
            }, 400);
          },
          { once: true, capture: true },
        );
      });
    };
    /** Input event to `complete` of the transaction that holds the outbox. */
    window.expectSave = () => {
      window.savedAfterInput = new Promise((resolve) => {
        addEventListener("click", (event) => (window.clicked = event.timeStamp), { once: true, capture: true });
        window.onOutboxComplete = () => resolve(performance.now() - window.clicked);
      });
    };
    const transaction = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, ...rest) {
      const made = transaction.call(this, names, mode, ...rest);
      if (mode === "readwrite" && [names].flat().includes("outbox")) made.addEventListener("complete", () => window.onOutboxComplete?.());
      return made;
    };
  });
  return page;
}

async function slow(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW });
}

async function startServer() {
  const args = ["--listen", `127.0.0.1:${port}`, "--data", data, "--dist", DIST, "--public-url", url];
  const child = spawn(BIN, args, { stdio: "ignore" });
  for (;;) {
    if (child.exitCode !== null) throw new Error("the server ended");
    if (await fetch(`${url}/api/v1/session`).then(() => true, () => false)) return child;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function stopServer() {
  if (!server) return;
  server.kill("SIGTERM");
  await once(server, "exit");
  server = undefined;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
