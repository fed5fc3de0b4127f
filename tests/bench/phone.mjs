// A phone: one browser profile that outlives its browser, with the stop-watches of stopwatch.js in its page.
import { chromium } from "@playwright/test";
import { rmSync } from "node:fs";
import { join } from "node:path";

/** How many times a phone's main thread is slower than this machine's. */
export const SLOW = 6;

/** What opens every notebook here. */
export const PIN = "482915";

export class Phone {
  #url;
  #profile;
  #context;
  #page;
  #devtools;

  constructor(url, directory) {
    this.#url = url;
    this.#profile = join(directory, "profile");
  }

  /** A new browser process on the same profile, at a path if there is one. */
  async open(path) {
    this.#context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: process.env.CHROME,
      viewport: { width: 360, height: 640 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      locale: "vi-VN",
      timezoneId: "Asia/Ho_Chi_Minh",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await this.#page.addInitScript({ path: join(import.meta.dirname, "stopwatch.js") });
    this.#devtools = await this.#context.newCDPSession(this.#page);
    if (path) {
      await this.#page.goto(this.#url + path);
      await this.unlock();
    }
    return this.#page;
  }

  /** Opens the notebook, if there is one. */
  async unlock() {
    await this.#page.locator("section.keys, #ma").first().waitFor();
    if (await this.#page.locator("section.keys").isVisible()) await this.#page.keyboard.type(PIN);
  }

  /** Chooses what opens the notebook, but for the last digit. */
  async choosePin() {
    await this.#page.getByText("Bấm 6 số", { exact: true }).waitFor();
    await this.#page.keyboard.type(PIN);
    await this.#page.getByText("Bấm lại 6 số đó").waitFor();
    await this.#page.keyboard.type(PIN.slice(0, -1));
  }

  async close() {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Another phone from now on. */
  async forget() {
    await this.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }

  /** Slows the page's main thread from now on. */
  async slow(rate = SLOW) {
    await this.#devtools.send("Emulation.setCPUThrottlingRate", { rate });
  }

  /** How many times slower the page is than this machine at its best; `slowed` is what work took in it earlier. */
  async slowness(slowed) {
    const work = () => this.#page.evaluate(() => window.stopwatch.work());
    slowed ??= await work();
    await this.slow(1);
    const { best } = await work();
    await this.slow();
    return slowed.mean / best;
  }

  /** Waits until the service worker holds everything that a start without a network needs. */
  async installed() {
    await this.#page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await this.#page.waitForFunction(async () => (await caches.keys()).some((key) => key.startsWith("app-")));
  }

  /** Waits until the index that the next start reads is written. */
  async cached() {
    await this.#page.waitForFunction(() => window.stopwatch.row("cache", "seen"));
  }

  /** How often drafts and the reader's place were kept. */
  drafts() {
    return this.#page.evaluate(() => window.stopwatch.drafts());
  }

  /** Waits until the phone remembers where the reader went since there were so many. */
  async placed(before) {
    await this.#page.waitForFunction((before) => window.stopwatch.drafts() > before, before);
  }
}
