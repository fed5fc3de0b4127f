import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, type Page, test as base, chromium, expect } from "@playwright/test";
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unlocksItself } from "./lock";
import { Server } from "./server";

/** What Chromium keeps IndexedDB in: a LevelDB for each address, or a SQLite file for each database. It has both, and which
 * one a phone has is its own choice. */
export const ENGINES = ["LevelDB", "SQLite"] as const;
export type Engine = (typeof ENGINES)[number];

const ENGINE_FEATURE = "IdbSqliteBackingStore";

/** A browser on a profile of its own, which outlives the browser: closing and opening it again is a new process. */
export class Profile {
  readonly directory = mkdtempSync(join(tmpdir(), "gandan-profile-"));
  /** Forced from the next start on; without it the browser chooses. */
  engine?: Engine;
  private context?: BrowserContext;

  constructor(
    private readonly options: { args?: string[] },
    private readonly complaints: string[],
  ) {}

  async open(): Promise<Page> {
    const args = this.engine ? [`--${this.engine === "SQLite" ? "enable" : "disable"}-features=${ENGINE_FEATURE}`] : [];
    const options = { ...this.options, args: [...(this.options.args ?? []), ...args] };
    this.context = await chromium.launchPersistentContext(this.directory, options);
    this.context.on("page", (page) => void attend(page, this.complaints));
    const page = this.context.pages()[0] ?? (await this.context.newPage());
    await attend(page, this.complaints);
    return page;
  }

  async close(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
  }

  /** By which engine the files were written that hold IndexedDB in this profile. */
  engines(): Engine[] {
    const found = readdirSync(join(this.directory, "Default/IndexedDB"), { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const sqlite = files.some((file) => readFileSync(file).subarray(0, 15).toString() === "SQLite format 3");
    const leveldb = files.some((file) => /\.leveldb\/MANIFEST-\d+$/.test(file));
    return ENGINES.filter((engine) => (engine === "SQLite" ? sqlite : leveldb));
  }

  /** Ends the browser's processes at once, as a flat battery does. */
  async kill(): Promise<void> {
    // Its lock names the browser's process ("host-1234"), which leads the group of all its others.
    const browser = Number(readlinkSync(join(this.directory, "SingletonLock")).split("-").pop());
    process.kill(-browser, "SIGKILL");
    await this.context?.close().catch(() => undefined);
    this.context = undefined;
    // Chromium leaves its lock behind when it is killed.
    for (const lock of ["SingletonLock", "SingletonCookie", "SingletonSocket"]) rmSync(join(this.directory, lock), { force: true });
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const attended = new WeakSet<Page>();

/** Somebody sits before every page: complaints are heard, and a notebook that closes is opened. */
async function attend(page: Page, complaints: string[]): Promise<void> {
  if (attended.has(page)) return;
  attended.add(page);
  watch(page, complaints);
  await unlocksItself(page);
}

/** Collects console errors. A request that fails because the server was stopped on purpose is none. */
function watch(page: Page, complaints: string[]): void {
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = message.text();
    if (/Failed to load resource|net::ERR_/.test(text)) return;
    complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
}

export const test = base.extend<{ complaints: string[]; server: Server; profile: Profile }>({
  complaints: [
    async ({}, use) => {
      const complaints: string[] = [];
      await use(complaints);
      expect(complaints, "console errors").toEqual([]);
    },
    { auto: true },
  ],
  server: async ({}, use) => {
    const server = await Server.fresh();
    await use(server);
    await server.remove();
  },
  profile: async ({ complaints, viewport, deviceScaleFactor, hasTouch, isMobile, locale, timezoneId, launchOptions }, use) => {
    const options = { viewport, deviceScaleFactor, hasTouch, isMobile, locale, timezoneId, ...launchOptions };
    const profile = new Profile(options, complaints);
    await use(profile);
    await profile.remove();
  },
  page: async ({ page, complaints }, use) => {
    await attend(page, complaints);
    await use(page);
  },
});

export { expect };

/** The accessibility rules with contrast on, enhanced on phone screens, and targets of 48 px there. */
export async function accessible(page: Page): Promise<void> {
  // Sizes are measured below, whatever the sticky bars happen to cover at this scroll position.
  await clean(page, { rules: { "color-contrast-enhanced": { enabled: isPhone(page) }, "target-size": { enabled: false } } });
  await fits(page);
}

/** What colours alone can break. */
export async function contrasts(page: Page): Promise<void> {
  const values = isPhone(page) ? ["color-contrast", "color-contrast-enhanced"] : ["color-contrast"];
  await clean(page, { runOnly: { type: "rule", values } });
}

/** Whether a page of the desk can be read and pressed by day and in the dark. */
export async function inBothColours(page: Page): Promise<void> {
  await accessible(page);
  const theme = (name: string) => page.evaluate((name) => void (document.documentElement.dataset.theme = name), name);
  await theme("dark");
  await contrasts(page);
  await theme("light");
}

/** What the size of letters alone can break: no sideways scroll, and on phone screens targets of 48 px. */
export async function fits(page: Page): Promise<void> {
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, "sideways scroll").toBeLessThanOrEqual(0);
  if (isPhone(page)) {
    // Links inside a sentence are apart; everything else that can be pressed is 48 px high and wide.
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("a, button, input, select, textarea, label:has(input)")]
        .filter((e) => e.offsetParent !== null && !e.closest("p, dd, .unseen, .skip") && !e.matches("label input, .skip"))
        .map((e) => ({ name: e.outerHTML.slice(0, 80), box: e.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 47.5 || box.height < 47.5))
        .map(({ name, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${name}`),
    );
    expect(small, "targets under 48 px").toEqual([]);
  }
}

async function clean(page: Page, options: Parameters<AxeBuilder["options"]>[0]): Promise<void> {
  // To name every element that keeps to a rule takes longer than to find those that do not.
  const { violations } = await new AxeBuilder({ page }).options({ ...options, resultTypes: ["violations"] }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`)).toEqual([]);
}

const isPhone = (page: Page) => (page.viewportSize()?.width ?? 0) < 700;
