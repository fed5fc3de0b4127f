// The engine of ODK Web Forms in a real browser: opens a form as pyxform has written it, plays steps, and says what each
// node is after every one.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const here = import.meta.dirname;

export class Peer {
  static async start() {
    const engine = dirname(fileURLToPath(import.meta.resolve("@getodk/xforms-engine")));
    const files = {
      "/": ["text/html", readFileSync(join(here, "peer.html"))],
      "/engine/index.js": ["text/javascript", readFileSync(join(engine, "index.js"))],
    };
    const server = createServer(({ url }, reply) => {
      const [type, bytes] = files[url] ?? [];
      if (!bytes) return reply.writeHead(404).end();
      return reply.writeHead(200, { "content-type": type }).end(bytes);
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ["--no-sandbox"] });
    return new Peer(server, browser);
  }

  constructor(server, browser) {
    this.server = server;
    this.browser = browser;
  }

  /** Takes steps by chance: `{ steps, states }`, the first state before any step, or `{ error }`. */
  wander(form, files, seed, count) {
    return this.#page(form, files, async ([form, files, seed, count]) => {
      const first = await globalThis.peer.open(form, files);
      const { steps, states } = globalThis.peer.wander(seed, count);
      return { steps, states: [first, ...states] };
    }, [seed, count]);
  }

  /** States after opening and after each step, or `{ error }`. A page of its own: nothing of one form is there for the next. */
  play(form, files, steps) {
    return this.#page(form, files, async ([form, files, steps]) => {
      const states = [await globalThis.peer.open(form, files)];
      for (const step of steps) states.push(globalThis.peer.step(step));
      return { steps, states };
    }, [steps]);
  }

  async #page(form, files, play, rest) {
    const page = await this.browser.newPage();
    try {
      await page.goto(`http://127.0.0.1:${this.server.address().port}/`);
      await page.waitForFunction(() => globalThis.peer !== undefined);
      return await page.evaluate(play, [form, files, ...rest]);
    } catch (error) {
      return { error: String(error?.message ?? error).split("\n", 1)[0] };
    } finally {
      await page.close();
    }
  }

  async stop() {
    await this.browser.close();
    this.server.close();
  }
}
