import type { Page } from "@playwright/test";
import { Chance, SEED } from "../support/chance";
import { ENGINES, type Profile, expect, test } from "../support/fixtures";
import { commune, enrol, press, waiting } from "../support/field";
import { opened } from "../support/lock";
import { ANONYMOUS, fillIn, home, wholeDraft, wholeVisit } from "../support/kill";
import { type Office, newId } from "../support/office";
import type { Server } from "../support/server";

// The browser is killed at random moments, in both of Chromium's engines: 10 times in an ordinary run, 100 times in a
// long one.

const IS_LONG = process.env.GANDAN_LONG === "1";
const SAVES = IS_LONG ? 30 : 3;
const DOWNLOADS = IS_LONG ? 20 : 2;

/** How long a save and the arrival of an answer take at most, in milliseconds. */
const SAVING = 60;
const ARRIVING = 150;

for (const engine of ENGINES) {
  test(`killed at any moment, ${engine} keeps what was said to be saved, once and whole`, async ({ server, profile }) => {
    test.setTimeout(90_000 + (SAVES + DOWNLOADS) * 30_000);
    console.log(`${engine}: GANDAN_SEED=${SEED}`);
    const chance = new Chance(SEED + ENGINES.indexOf(engine));
    profile.engine = engine;
    const world = await commune(server);
    await enrol(await profile.open(), server, world.code);
    await profile.close();
    expect(profile.engines()).toEqual([engine]);

    await server.stop();
    const said = [];
    for (let n = 1; n <= SAVES; n += 1) {
      const words = `Ngõ ${n} cần thêm đèn đường.`;
      said.push(words);
      await test.step(`save ${n}`, () => killedWhileSaving(server, profile, n, words, chance));
    }
    await server.start();
    await world.office.signIn("hanh");
    for (let n = 1; n <= DOWNLOADS; n += 1) {
      await test.step(`download ${n}`, () => killedWhileReceiving(server, profile, world, n, chance));
    }

    expect(profile.engines(), "still the same one").toEqual([engine]);
    const page = await home(profile, server);
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
    await page.goto(`${server.url}/app/entries`);
    await expect(page.getByText(/1\sý kiến không nêu tên/)).toHaveCount(SAVES);
    await expect(page.getByText("Đang ghi dở")).toHaveCount(0);
    const visits = await world.office.all("visits");
    expect(visits).toHaveLength(SAVES);
    expect(new Set(visits.map((row) => row.household)).size).toBe(SAVES);
    const opinions: string[] = (await world.office.all("opinions")).map((row) => row.text);
    expect(opinions.filter((text) => text !== ANONYMOUS).sort()).toEqual(said.sort());
    // Of many households all are released, of a few none, and never one twice.
    expect(opinions.length).toBeLessThanOrEqual(2 * SAVES);
    expect(await world.office.call("GET", "quarantine")).toEqual([]);
  });
}

/** Presses "Lưu lần thăm" and kills the browser some milliseconds later. If it had said that it is saved, it is; if not,
 * all of it may be on the form instead. */
async function killedWhileSaving(server: Server, profile: Profile, n: number, words: string, chance: Chance): Promise<void> {
  let page = await home(profile, server);
  const head = await fillIn(page, String(n), words);
  const saved = page.getByText(/Đã lưu lần thăm/).waitFor().then(() => true, () => false);
  const button = await page.getByRole("button", { name: "Lưu lần thăm" }).elementHandle();
  button?.evaluate((button) => (button as HTMLElement).click()).catch(() => undefined);
  const moment = await killAfter(profile, chance.below(SAVING));
  const wasSaid = await saved;

  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  const draft = page.getByRole("radio", { name: "Gặp đại diện hộ" });
  await expect(draft.or(page.getByRole("heading", { level: 1, name: head })).first()).toBeVisible();
  const isDraft = (await draft.count()) > 0;
  console.log(`killed after ${moment} ms: ${isDraft ? "a draft" : "a visit"}${wasSaid ? ", and it was said" : ""}`);
  if (isDraft) {
    expect(wasSaid, "what was said to be saved is no draft").toBe(false);
    await wholeDraft(page, words);
    await press(page, "Lưu lần thăm");
    await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  }
  await wholeVisit(page, words);
  await profile.kill();
}

/** Gives the team a village that comes in two answers, and kills the browser some milliseconds after one of them. What
 * has come stays, and the rest comes later. */
async function killedWhileReceiving(
  server: Server,
  profile: Profile,
  { office, campaign, team }: { office: Office; campaign: { id: string }; team: string },
  n: number,
  chance: Chance,
): Promise<void> {
  const HOUSEHOLDS = 700;
  const village = await office.village(`Bản Nậm Lĩnh ${n}`, `N${n}`);
  const rows = Array.from({ length: HOUSEHOLDS }, (_, row) => `${row + 1};Lò Văn Páo ${row + 1}`);
  await office.importFile(new Blob([["STT;Chủ hộ", ...rows].join("\n")]), `${n}.csv`, { sheets: { "": { village: village.name } } });
  await office.write("assignments", { id: newId(), campaign: campaign.id, team, village: village.id, due: null, ended: false });

  let page = await profile.open();
  const answers = 1 + chance.below(3);
  let left = answers;
  const arrived = new Promise<void>((resolve) =>
    page.on("response", (response) => {
      if (response.url().endsWith("/api/v1/pull") && --left === 0) resolve();
    }),
  );
  await page.goto(`${server.url}/app/`);
  void opened(page).catch(() => undefined);
  await arrived;
  const moment = await killAfter(profile, chance.below(ARRIVING));

  const all = 142 - SAVES + n * HOUSEHOLDS;
  await server.stop();
  page = await home(profile, server);
  const there = await householdsLeft(page);
  console.log(`killed ${moment} ms after answer ${answers}: ${there} of ${all} households`);
  expect([all - HOUSEHOLDS, all - 200, all]).toContain(there);
  await profile.kill();
  await server.start();
  page = await home(profile, server);
  await expect.poll(() => householdsLeft(page), { timeout: 30_000 }).toBe(all);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  await profile.kill();
}

/** What the first page of the day says. */
async function householdsLeft(page: Page): Promise<number> {
  const heading = await page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ }).innerText();
  return Number(/[\d.]+/.exec(heading)?.[0].replaceAll(".", ""));
}

/** Kills the browser so many milliseconds from now. */
async function killAfter(profile: Profile, moment: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, moment));
  await profile.kill();
  return moment;
}
