// A server on a filled database: its process, the office's API, and a counter on the way to it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { GANDAN_SERVER_BIN: BIN, GANDAN_DIST: DIST, GANDAN_FILL: FILL } = process.env;
const PASSPHRASE = "mot cau that dai de nho";

export class Server {
  directory = mkdtempSync(join(tmpdir(), "gandan-bench-"));
  #port;
  /** What the phones that were asked for have to push. */
  phones = [];
  #process;
  #counter;
  #cookie = "";

  /** Fills a database, opens it, and signs its officer in. */
  static async filled(households, events, opinions = 0, more = []) {
    const server = new Server();
    const size = ["--households", String(households), "--events", String(events), "--opinions", String(opinions), ...more];
    const { login, phones } = JSON.parse(execFileSync(FILL, ["--data", server.#data, ...size], { encoding: "utf8" }));
    server.phones = phones;
    server.#port = await freePort();
    await server.#start(server.#port);
    await server.call("POST", "session", { login, passphrase: PASSPHRASE });
    return server;
  }

  get url() {
    return `http://localhost:${this.#port}`;
  }

  get #data() {
    return join(this.directory, "data");
  }

  /** Starts it behind a counter, under the same address: requests and the bytes of both bodies, by path, as they travel. */
  async startCounted() {
    const port = await freePort();
    await this.#start(port);
    const counted = new Map();
    this.#counter = createServer((asked, answered) => {
      const count = counted.get(asked.url) ?? { trips: 0, bytes: 0 };
      counted.set(asked.url, count);
      count.trips += 1;
      const { method, headers, url: path } = asked;
      const passed = request({ host: "127.0.0.1", port, method, headers, path }, (answer) => {
        answered.writeHead(answer.statusCode, answer.headers);
        answer.on("data", (bytes) => (count.bytes += bytes.length)).pipe(answered);
      });
      passed.on("error", () => answered.destroy());
      asked.on("data", (bytes) => (count.bytes += bytes.length)).pipe(passed);
    });
    this.#counter.listen(this.#port, "127.0.0.1");
    await once(this.#counter, "listening");
    return counted;
  }

  /** Calls a route of the office; a refusal is an error. */
  async call(method, path, body) {
    const form = body instanceof FormData;
    const headers = { "X-Gandan": "1", Cookie: this.#cookie, ...(form ? {} : { "Content-Type": "application/json" }) };
    const reply = await fetch(`${this.url}/api/v1/${path}`, { method, headers, body: form ? body : JSON.stringify(body) });
    const cookie = reply.headers.get("set-cookie");
    if (cookie) this.#cookie = cookie.split(";")[0];
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text);
  }

  /** Pushes a batch as a phone does; gives back the status. */
  async push(agent, token, body) {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/cbor", "Content-Encoding": "gzip", "Content-Length": body.length };
    const asked = request(`http://127.0.0.1:${this.#port}/api/v1/push`, { method: "POST", agent, headers });
    asked.end(body);
    const [answer] = await once(asked, "response");
    answer.resume();
    await once(answer, "end");
    return answer.statusCode;
  }

  async stop() {
    this.#counter?.closeAllConnections();
    this.#counter?.close();
    this.#counter = undefined;
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  /** Fails if anything answers at its address. */
  async expectStopped() {
    const answers = await fetch(this.url).then(() => true, () => false);
    if (answers) throw new Error("the server still answers");
  }

  async remove() {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #start(port) {
    const args = ["--listen", `127.0.0.1:${port}`, "--data", this.#data, "--dist", DIST, "--public-url", this.url];
    const child = spawn(BIN, args, { stdio: "ignore" });
    this.#process = child;
    for (;;) {
      if (child.exitCode !== null) throw new Error("the server ended");
      if (await fetch(`http://127.0.0.1:${port}/api/v1/session`).then(() => true, () => false)) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
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
