import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real server process on a directory of its own. Stopping it is how a test goes offline. */
export class Server {
  /** The built apps that it serves, from the next start on. */
  dist = process.env.GANDAN_DIST;
  private process?: ChildProcess;
  private printed = "";

  private constructor(
    readonly data: string,
    readonly port: number,
    private readonly extra: string[],
  ) {}

  /** Starts a server on an empty database. */
  static async fresh(...extra: string[]): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), "gandan-")), await freePort(), extra);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Everything that it has printed so far. */
  get output(): string {
    return this.printed;
  }

  /** What a demonstration says about getting in at a desk, in the order of its lines. */
  get signIns(): { role: string; login: string; passphrase: string }[] {
    return [...this.printed.matchAll(/^ {2}(.+): (\S+) \/ (\S+)$/gm)].map(([, role, login, passphrase]) => ({ role, login, passphrase }));
  }

  /** The one-time link of a server that is not set up. */
  get setupLink(): string {
    const link = /\/office\/setup#\S+/.exec(this.printed)?.[0];
    if (!link) throw new Error(`no setup link in:\n${this.printed}`);
    return this.url + link;
  }

  /** Every file that it keeps. */
  files(): { path: string; bytes: Buffer }[] {
    const found = readdirSync(this.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return found.map((entry) => join(entry.parentPath, entry.name)).map((path) => ({ path, bytes: readFileSync(path) }));
  }

  /** Starts it again on the same directory and port, perhaps with more to say to it this time, and waits until it answers. */
  async start(...once: string[]): Promise<void> {
    const bin = process.env.GANDAN_SERVER_BIN;
    const dist = this.dist;
    if (!bin || !dist) throw new Error("GANDAN_SERVER_BIN and GANDAN_DIST say what to test; cargo xtask test sets them.");
    const args = ["--listen", `127.0.0.1:${this.port}`, "--data", this.data, "--dist", dist, "--public-url", this.url, ...this.extra, ...once];
    const before = this.printed.length;
    const child = spawn(bin, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    child.stdout.on("data", (bytes) => (this.printed += bytes));
    child.stderr.on("data", (bytes) => (this.printed += bytes));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.printed}`);
      const answered = await fetch(`${this.url}/api/v1/session`).then(() => true, () => false);
      await turn();
      // It speaks before it answers, so what it said is in the pipe; on a busy machine it may not have been read yet.
      if (answered && this.printed.length > before) {
        await turn();
        return;
      }
    }
  }

  /** Ends the process; `SIGKILL` in the middle of whatever it does. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  /** Ends it and removes its directory. */
  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** Starts the program with these arguments alone and waits until it ends by itself: how, and what it said. */
export async function refused(...args: string[]): Promise<{ code: number; said: string }> {
  const bin = process.env.GANDAN_SERVER_BIN;
  if (!bin) throw new Error("GANDAN_SERVER_BIN says what to test; cargo xtask test sets it.");
  const child = spawn(bin, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const hear = (bytes: Buffer) => {
    said += bytes;
    // It runs, which is what the caller will complain about.
    if (said.includes("/office/")) child.kill("SIGKILL");
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const [code] = await once(child, "close");
  return { code, said };
}

/** One turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
