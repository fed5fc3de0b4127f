// The figures that need a real browser or a real server: one line each, `name value unit`, or `name - reason`.
// A phone is headless Chromium with its main thread slowed 6 times; the data set is D10.
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { PIN, Phone, SLOW } from "./phone.mjs";
import { Server } from "./server.mjs";

const HOUSEHOLDS = 10_000;
const EVENTS = 50_000;
const VISITS = 200;
const OPINIONS = 60;
const RUNS = 9;

/** What people look for: beginnings of names, with and without a space, and numbers. */
const QUERIES = [
  "nguyen", "tran", "dang van", "pham thi", "hung", "lanh", "do thi", "12", "bui", "le van",
  "ngoc", "thuy", "vo", "ngo duc", "duong", "ly", "dinh", "truong", "mai", "ha",
  "doan", "luong", "cao", "dao", "trinh", "luu", "ta", "thai", "to", "chau",
  "quach", "van", "thach", "son", "kim", "danh", "nong", "hoang", "trieu", "be",
  "ma", "lo", "quang", "tong", "vi", "giang", "thao", "vang", "sung", "hang",
];

const server = await Server.filled(HOUSEHOLDS, EVENTS);
const phone = new Phone(server.url, server.directory);
try {
  await figures(["roll_preview_8500"], rollPreview);
  await figures(["first_sync_d10"], firstSync);
  await server.stop();
  await figures(["offline_start_d10", "unlock"], offlineStart);
  await figures(["search_key_d10_p95"], search);
  await figures(["save_visit_d10_p95", "seal_overhead_save_p95"], saveVisits);
  await figures(["push_200_visits_bytes", "push_200_visits_trips"], pushVisits);
  await figures(["idle_sync_20_areas_bytes", "idle_sync_20_areas_trips"], idleSync);
  await figures(["meeting_opinion_d10_p95"], meetingOpinions);
  await figures(["roll_preview_60000", "roll_commit_60000"], rollCommit);
  await figures(["coverage_page_commune"], coveragePage);
  await figures(["server_ingest_sqlite"], ingest);
} finally {
  await phone.close();
  await server.remove();
}

/** What the officer waits for after choosing a file; sent, read and answered. */
async function rollPreview() {
  const name = "07-toan-xa-8500-ho.csv";
  const file = readFileSync(join(import.meta.dirname, "../fixtures/rolls", name));
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const form = new FormData();
    form.set("file", new Blob([file]), name);
    const start = performance.now();
    const preview = await server.call("POST", "roll/preview", form);
    times.push(performance.now() - start);
    expect(preview.counts.households, 8_500, "households in the preview");
  }
  print("roll_preview_8500", percentile(times, 0.5), "ms");
}

/**
 * A list of 60,000 households in 150 villages as the page brings it in: `roll_preview_60000` from the choice of the file to the
 * comparison, `roll_commit_60000` from "Nhập" to the answer while the progress is asked for; sent, read, compared and stored.
 */
async function rollCommit() {
  const surnames = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Vũ", "Lò"];
  const line = (n) => `Bản ${n % 150};${Math.floor(n / 150) + 1};${surnames[n % 8]} Văn ${n.toString(36)};${(n % 7) + 1};01${String(n).padStart(8, "0")}`;
  const list = ["Thôn;STT;Chủ hộ;Số khẩu;Điện thoại", ...Array.from({ length: 60_000 }, (_, n) => line(n))].join("\n");
  const confirmation = "01998000-0000-7000-8000-000000060000";
  const form = (more) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ mapping: "{}", ...more })) form.set(name, value);
    form.set("file", new Blob([list]), "danh sach.csv");
    return form;
  };
  const other = await Server.filled(150, 0);
  try {
    const chosen = performance.now();
    const { comparison } = await other.call("POST", "roll/preview", form({}));
    print("roll_preview_60000", performance.now() - chosen, "ms");
    expect(comparison.new, 60_000, "new households in the comparison");

    let [over, most] = [false, 0];
    const watch = async () => {
      while (!over) {
        await sleep(500);
        most = Math.max(most, (await other.call("GET", `roll/import/${confirmation}`)).done);
      }
    };
    const start = performance.now();
    const watching = watch();
    const done = await other.call("POST", "roll/import", form({ confirmation, seen: comparison.seen })).finally(() => (over = true));
    print("roll_commit_60000", performance.now() - start, "ms");
    await watching;
    expect(done.households, 60_000, "households stored");
    expect(most > 0, true, "progress was told on the way");
  } finally {
    await other.remove();
  }
}

/**
 * What the overview of a commune asks the server for: 8,500 households, 20,000 visits, 3,000 opinions, eight teams of six;
 * sent and answered.
 */
async function coveragePage() {
  const other = await Server.filled(8_500, 20_000, 3_000, ["--teams", "8"]);
  try {
    const times = [];
    for (let run = 0; run < 60; run += 1) {
      const start = performance.now();
      const coverage = await other.call("GET", "coverage");
      times.push(performance.now() - start);
      expect(coverage.total.visits, 20_000, "visits");
      expect(coverage.opinions, 3_000, "opinions");
    }
    print("coverage_page_commune", percentile(times, 0.95), "ms");
  } finally {
    await other.remove();
  }
}

/** Operations a second that 50 phones at once bring and have acknowledged, each on the disk by then: batches of 200 visits. */
async function ingest() {
  const [phones, batches] = [50, 12];
  const other = await Server.filled(1_000, 0, 0, ["--phones", String(phones), "--batches", String(batches)]);
  try {
    const bodies = other.phones.map(({ token, batches }) => ({ token, batches: batches.map((path) => gzipSync(readFileSync(path))) }));
    const agent = new Agent({ keepAlive: true, maxSockets: phones });
    const start = performance.now();
    const brought = bodies.map(async ({ token, batches }) => {
      const acknowledged = [];
      for (const body of batches) acknowledged.push(await other.push(agent, token, body));
      return acknowledged;
    });
    const replies = (await Promise.all(brought)).flat();
    const seconds = (performance.now() - start) / 1_000;
    agent.destroy();
    expect(new Set(replies).size, 1, "sorts of answers");
    const visits = (await other.call("GET", "visits")).total;
    expect(visits, phones * batches * 200, "visits stored");
    print("server_ingest_sqlite", visits / seconds, "op/s");
  } finally {
    await other.remove();
  }
}

/** From the last digit of the new PIN to the painted result, the code being taken and the app installed already. Not slowed. */
async function firstSync() {
  const times = [];
  const member = (await server.call("GET", "people")).find(({ person }) => person.role === "FIELD_MEMBER").person.id;
  for (let run = 0; run < 3; run += 1) {
    await phone.forget();
    const { code } = await server.call("POST", `people/${member}/code`);
    const page = await phone.open("/app/");
    await page.getByLabel(/gõ mã/i).fill(code);
    await phone.installed();
    await page.getByRole("button", { name: "Tiếp tục" }).tap();
    await phone.choosePin();
    await page.evaluate(() => void (window.measured = window.stopwatch.textAfterKey(/Nhận\s[\d.]+\stin mới/)));
    await page.keyboard.press(PIN.at(-1));
    times.push(await page.evaluate(() => window.measured));
    // The last phone stays for what follows: it starts at the list, as it was left, from the index that it wrote.
    await phone.cached();
    await page.getByRole("link", { name: "Về Hôm nay" }).tap();
    const drafts = await phone.drafts();
    await page.getByRole("link", { name: "Các hộ", exact: true }).tap();
    await page.locator("main a.row").first().waitFor();
    await phone.placed(drafts);
    await phone.close();
  }
  print("first_sync_d10", percentile(times, 0.5), "ms");
}

/**
 * From the navigation in a new browser process to a painted list of households whose first row answers a tap, without what
 * the PIN takes: to the painted keypad, and from the derived key on. `unlock`: from the PIN's last digit to that list.
 */
async function offlineStart() {
  const times = [];
  const unlocks = [];
  const slowness = [];
  await choosePinSlowly();
  // One more than is counted: it proves that the page is slowed from its first script on, which takes time itself.
  for (let run = 0; run <= RUNS; run += 1) {
    await server.expectStopped();
    const page = await phone.open();
    await phone.slow();
    if (run === 0) await page.addInitScript(() => (window.firstWork = window.stopwatch.work()));
    await page.goto(`${server.url}/app/`, { waitUntil: "commit" });
    const closed = await page.evaluate(() => window.stopwatch.closedPainted);
    await page.keyboard.type(PIN.slice(0, -1));
    await page.evaluate(() => void (window.measured = window.stopwatch.listAfterPin()));
    await page.keyboard.press(PIN.at(-1));
    const { start, derived, painted } = await page.evaluate(() => window.measured);
    if (run > 0) {
      times.push(closed + painted - derived);
      unlocks.push(painted - start);
    } else expectSlowed([await phone.slowness(await page.evaluate(() => window.firstWork))]);
    await page.locator("main a.row").first().tap();
    await page.getByRole("button", { name: "Vắng nhà" }).waitFor();
    slowness.push(await phone.slowness());
    const drafts = await phone.drafts();
    await page.goBack();
    await page.locator("main a.row").first().waitFor();
    await phone.placed(drafts);
    await phone.close();
  }
  expectSlowed(slowness);
  print("offline_start_d10", percentile(times, 0.5), "ms");
  print("unlock", percentile(unlocks, 0.5), "ms");
}

/** Chooses the PIN once more, as a phone does that is so slow: what a guess costs is made to fit it. */
async function choosePinSlowly() {
  const page = await phone.open("/app/settings/secret");
  await phone.slow();
  await phone.choosePin();
  await page.keyboard.press(PIN.at(-1));
  await page.getByText("Đã đổi mã").waitFor();
  await page.goto(`${server.url}/app/households`);
  await phone.unlock();
  await page.locator("main a.row").first().waitFor();
  // The place was kept before the list could be seen, or is while this one is.
  await page.waitForFunction(() => window.stopwatch.drafts() > 0);
  await phone.close();
}

/** From a key to the paint after the last change that it made in the list; where nothing changes, to the next paint. */
async function search() {
  const page = await phone.open("/app/households");
  await phone.slow();
  const field = page.getByRole("searchbox");
  const times = [];
  const slowness = [];
  let changes = 0;
  for (const query of QUERIES) {
    await field.fill("");
    await page.evaluate(() => window.stopwatch.quiet());
    for (const letter of query) {
      await page.evaluate(() => void (window.measured = window.stopwatch.listAfterKey()));
      await page.keyboard.press(letter === " " ? "Space" : letter);
      const { ms, changed } = await page.evaluate(() => window.measured);
      times.push(ms);
      changes += Number(changed);
    }
    expect(await field.inputValue(), query, "the query typed");
    slowness.push(await phone.slowness());
  }
  expectSlowed(slowness);
  await phone.close();
  if (changes < times.length / 2) throw new Error(`only ${changes} of ${times.length} keys changed the list`);
  print("search_key_d10_p95", percentile(times, 0.95), "ms");
}

/** "Vắng nhà", house after house: from the tap to `complete` of the strict transaction that holds the operation. */
async function saveVisits() {
  await server.expectStopped();
  const page = await phone.open("/app/households");
  await phone.slow();
  await page.getByRole("link", { name: "Hôm nay", exact: true }).tap();
  const times = [];
  const sealing = [];
  const slowness = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    await page.locator("main a.next").tap();
    const notHome = page.getByRole("button", { name: "Vắng nhà" });
    await notHome.waitFor();
    await page.evaluate(() => void (window.measured = window.stopwatch.savedAfterTap()));
    await notHome.tap();
    const { ms, durability, sealing: sealed, rows } = await page.evaluate(() => window.measured);
    expect(durability, "strict", "durability");
    expect(rows > 0, true, "something was sealed");
    times.push(ms);
    sealing.push(sealed);
    await page.getByRole("dialog").getByText("Không hẹn").tap();
    await page.goBack();
    if (visit % 20 === 0) slowness.push(await phone.slowness());
  }
  expectSlowed(slowness);
  await phone.close();
  print("save_visit_d10_p95", percentile(times, 0.95), "ms");
  print("seal_overhead_save_p95", percentile(sealing, 0.95), "ms");
}

/** The bodies of every push until all of those visits are sent, counted between phone and server. */
async function pushVisits() {
  const counted = await server.startCounted();
  const page = await phone.open("/app/entries");
  await page.locator("header.top").getByText(/Đã\sgửi\shết/).waitFor({ timeout: 120_000 });
  await phone.close();
  const { trips, bytes } = counted.get("/api/v1/push");
  expect((await server.call("GET", "visits")).total, EVENTS + VISITS, "visits in the office");
  print("push_200_visits_bytes", bytes, "bytes");
  print("push_200_visits_trips", trips, "trips");
}

/** What "Đồng bộ ngay" costs where neither side has anything new, in 20 villages: both bodies, and requests. */
async function idleSync() {
  await server.stop();
  const counted = await server.startCounted();
  const page = await phone.open("/app/sync");
  // While a sync runs, the page shows its steps.
  const over = () => page.locator("main ol.ruled > li").first().waitFor({ state: "hidden" });
  // What a newly opened app asks by itself is none of it.
  while (!counted.has("/api/v1/pull")) await new Promise((resolve) => setTimeout(resolve, 50));
  await over();
  counted.clear();
  const pulled = page.waitForResponse((response) => response.url().endsWith("/api/v1/pull"));
  await page.getByRole("button", { name: "Đồng bộ ngay" }).tap();
  await pulled;
  await over();
  await phone.close();
  const all = [...counted.values()];
  print("idle_sync_20_areas_bytes", all.reduce((sum, { bytes }) => sum + bytes, 0), "bytes");
  print("idle_sync_20_areas_trips", all.reduce((sum, { trips }) => sum + trips, 0), "trips");
}

/** One opinion after another at a meeting: from the tap on "Ghi và thêm ý kiến" to its painted row and `complete` of the strict
 * transaction that keeps it, whichever comes last. */
async function meetingOpinions() {
  await server.stop();
  await server.expectStopped();
  const page = await phone.open("/app/meeting/new");
  await page.locator("#thon label").first().tap();
  await page.getByText("Bàn và quyết định việc của thôn", { exact: true }).tap();
  await page.getByRole("button", { name: "Bắt đầu ghi" }).tap();
  const words = page.locator("#moi");
  await words.waitFor();
  await phone.slow();
  const times = [];
  const slowness = [];
  for (let opinion = 0; opinion < OPINIONS; opinion += 1) {
    const said = `Ý kiến thứ ${opinion + 1}: đoạn qua kênh làm cống hay làm cầu, ai giữ vệ sinh sau khi làm xong?`;
    await words.fill(said);
    await page.evaluate((said) => void (window.measured = window.stopwatch.notedAfterTap(said)), said);
    await page.getByRole("button", { name: "Ghi và thêm ý kiến" }).tap();
    const { ms, durability } = await page.evaluate(() => window.measured);
    expect(durability, "strict", "durability");
    times.push(ms);
    if (opinion % 20 === 0) slowness.push(await phone.slowness());
  }
  expect(await page.locator("main ol.ruled .said").count(), OPINIONS, "opinions noted");
  expectSlowed(slowness);
  await phone.close();
  print("meeting_opinion_d10_p95", percentile(times, 0.95), "ms");
}

/** Takes one measurement; one that fails says why, and the others go on. */
async function figures(names, measure) {
  try {
    await measure();
  } catch (error) {
    console.error(error);
    await phone.close();
    const reason = String(error.message ?? error).split("\n")[0];
    for (const name of names) console.log(`${name} - ${reason}`);
  }
}

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)];
}

/** A figure counts only if the page was about as slow as a phone while it was taken. */
function expectSlowed(slowness) {
  const times = percentile(slowness, 0.5);
  if (times < SLOW * 0.75) throw new Error(`the page was slowed ${times.toFixed(1)} times, not ${SLOW}: this machine is too busy`);
}

function expect(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`);
}

function print(name, value, unit) {
  console.log(`${name} ${Math.round(value * 10) / 10} ${unit}`);
}
