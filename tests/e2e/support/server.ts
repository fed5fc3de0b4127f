import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real server process on a directory of its own. Stopping it is how a test goes offline. */
export class Server {
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

  /** The one-time link of a server that is not set up. */
  get setupLink(): string {
    const link = /\/office\/setup#\S+/.exec(this.printed)?.[0];
    if (!link) throw new Error(`no setup link in:\n${this.printed}`);
    return this.url + link;
  }

  /** Starts it again on the same directory and port, and waits until it answers. */
  async start(): Promise<void> {
    const bin = process.env.GANDAN_SERVER_BIN;
    const dist = process.env.GANDAN_DIST;
    if (!bin || !dist) throw new Error("GANDAN_SERVER_BIN and GANDAN_DIST say what to test; cargo xtask test sets them.");
    const args = ["--listen", `127.0.0.1:${this.port}`, "--data", this.data, "--dist", dist, "--public-url", this.url, ...this.extra];
    const child = spawn(bin, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    child.stdout.on("data", (bytes) => (this.printed += bytes));
    child.stderr.on("data", (bytes) => (this.printed += bytes));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.printed}`);
      const answered = await fetch(`${this.url}/api/v1/session`).then(() => true, () => false);
      if (answered) return;
      await new Promise((resolve) => setImmediate(resolve));
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
