import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** What Debian's Firefox would do besides on its first day. */
const PREFERENCES = {
  "app.normandy.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "intl.accept_languages": "vi-VN",
  // Any; it says which in the profile.
  "marionette.port": 0,
};

/** How a thing on a page is found: by the words on it, as people do. */
type Thing = { button: string } | { field: string } | { choice: string } | { css: string };

/**
 * Firefox on a profile of its own, which outlives it. It is driven by WebDriver as it speaks it itself (Marionette,
 * https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html): Playwright drives a Firefox of its own make
 * only, and what is to be shown holds of the one that people have.
 */
export class Firefox {
  readonly directory = mkdtempSync(join(tmpdir(), "gandan-firefox-"));
  private process?: ChildProcess;
  private socket?: Socket;
  private said = Buffer.alloc(0);
  private readonly answers = new Map<number, { resolve: (value: any) => void; reject: (error: Error) => void }>();
  private last = 0;

  async open(): Promise<void> {
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
    writeFileSync(join(this.directory, "user.js"), lines.join(""));
    const door = join(this.directory, "MarionetteActivePort");
    rmSync(door, { force: true });
    const env = { ...process.env, TZ: "Asia/Ho_Chi_Minh", HOME: this.directory };
    const args = ["--marionette", "--headless", "--no-remote", "--width=360", "--height=640", "--profile", this.directory];
    // A group of its own: its other processes end with it.
    this.process = spawn(PROGRAM, args, { env, stdio: "ignore", detached: true });
    await until("Firefox listens", async () => existsSync(door) && readFileSync(door, "utf8").trim() !== "");
    this.socket = connect(Number(readFileSync(door, "utf8")), "127.0.0.1");
    this.socket.on("data", (bytes) => this.hear(bytes));
    this.socket.on("error", () => undefined);
    await once(this.socket, "connect");
    await this.ask("WebDriver:NewSession", { capabilities: { alwaysMatch: { pageLoadStrategy: "normal" } } });
  }

  /** Closes it as people do. */
  async close(): Promise<void> {
    const ended = this.process && once(this.process, "exit");
    await this.ask("Marionette:Quit", { flags: ["eAttemptQuit"] });
    await ended;
    this.process = undefined;
  }

  /** Ends its processes at once, as a flat battery does. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, "SIGKILL");
    await once(child, "exit");
  }

  async remove(): Promise<void> {
    await this.kill();
    this.socket?.destroy();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async goto(url: string): Promise<void> {
    await this.ask("WebDriver:Navigate", { url });
  }

  /** Runs the body of a function in the page. */
  async run(script: string, ...args: unknown[]): Promise<any> {
    return (await this.ask("WebDriver:ExecuteScript", { script, args })).value;
  }

  /** Waits until the page says something. */
  async says(words: RegExp, within = 30_000): Promise<void> {
    let text = "";
    const found = async () => words.test((text = await this.run("return document.body?.innerText ?? ''")));
    await until(`the page says ${words}`, found, within).catch((error) => {
      throw new Error(`${error.message}; it says:\n${text}`);
    });
  }

  async press(thing: Thing): Promise<void> {
    await this.on(thing, (element) => this.ask("WebDriver:ElementClick", { id: element }));
  }

  async type(thing: Thing, text: string): Promise<void> {
    await this.on(thing, (element) => this.ask("WebDriver:ElementSendKeys", { id: element, text }));
  }

  /** Does something to what is there or comes soon. A page that was just drawn anew is looked at again. */
  private async on(thing: Thing, act: (element: string) => Promise<unknown>): Promise<void> {
    const attempt = async () => {
      const { value } = await this.ask("WebDriver:FindElement", { using: "css" in thing ? "css selector" : "xpath", value: place(thing) });
      // Not under a bar that stays where it is.
      await this.run("arguments[0].scrollIntoView({ block: 'center' })", value);
      await act(Object.values<string>(value)[0]);
      return true;
    };
    let why = "";
    await until(JSON.stringify(thing), () => attempt().catch((error) => ((why = error.message), false))).catch((error) => {
      throw new Error(`${error.message}: ${why}`);
    });
  }

  private ask(command: string, parameters: object): Promise<any> {
    this.last += 1;
    const message = JSON.stringify([0, this.last, command, parameters]);
    this.socket?.write(`${Buffer.byteLength(message)}:${message}`);
    return new Promise((resolve, reject) => this.answers.set(this.last, { resolve, reject }));
  }

  /** Each message is its length, a colon and JSON: `[1, id, error, answer]`, but for the greeting. */
  private hear(bytes: Buffer): void {
    this.said = Buffer.concat([this.said, bytes]);
    for (;;) {
      const colon = this.said.indexOf(":");
      const length = Number(this.said.subarray(0, Math.max(colon, 0)));
      if (colon < 1 || this.said.length < colon + 1 + length) return;
      const message = JSON.parse(this.said.subarray(colon + 1, colon + 1 + length).toString());
      this.said = this.said.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue;
      const [, id, error, answer] = message;
      const waiting = this.answers.get(id);
      this.answers.delete(id);
      if (error) waiting?.reject(new Error(`${error.error}: ${error.message}`));
      else waiting?.resolve(answer);
    }
  }
}

/** As a selector, or as XPath: words may have other elements around them. */
function place(thing: Thing): string {
  if ("css" in thing) return thing.css;
  if ("button" in thing) return `//*[self::button or self::a or @role='button'][contains(normalize-space(.), '${thing.button}')]`;
  if ("choice" in thing) return `//label[contains(normalize-space(.), '${thing.choice}')]`;
  return `//*[self::input or self::textarea][@id = //label[contains(., '${thing.field}')]/@for or ancestor::label[contains(., '${thing.field}')]]`;
}

async function until(what: string, is: () => Promise<boolean>, within = 30_000): Promise<void> {
  for (const end = Date.now() + within; !(await is()); ) {
    if (Date.now() > end) throw new Error(`not within ${within / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
