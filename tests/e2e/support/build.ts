import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";

const SCOPE = "/app/";
const PAGE = `${SCOPE}index.html`;
const NAME = /const BUILD = "([0-9a-f]+)"/;

/** A copy of the built apps that a test may change, stamped anew as `cargo xtask build` does (xtask/src/stamp.rs). */
export class Build {
  readonly directory = mkdtempSync(join(tmpdir(), "gandan-dist-"));

  constructor(from = process.env.GANDAN_DIST ?? "") {
    cpSync(from, this.directory, { recursive: true });
  }

  /** The next build: its page says so (see `running` in field.ts). */
  static next(name: string): Build {
    const build = new Build();
    build.write(PAGE, (page) => Buffer.from(page.toString().replace("<title>", `<meta name="build" content="${name}"><title>`)));
    build.stamp();
    return build;
  }

  /** The name that the service worker has. */
  get name(): string {
    return NAME.exec(this.worker)?.[1] ?? "";
  }

  get worker(): string {
    return readFileSync(this.file(`${SCOPE}sw.js`), "utf8");
  }

  /** The address of the app's program, packed. */
  get program(): string {
    return this.assets.map(([path]) => path).find((path) => path.endsWith(".pack")) ?? "";
  }

  /** The program as it travels. */
  get packed(): Buffer {
    return readFileSync(this.file(this.program));
  }

  /** The program as the service worker keeps it. */
  get wasm(): Buffer {
    return Buffer.from(this.unpack(this.packed));
  }

  /** What the page and the service worker do with a packed program. */
  unpack(packed: Buffer): Uint8Array {
    return this.unpacker.unpack(new Uint8Array(packed).buffer);
  }

  /** Makes another program that does the same: one with an empty section more, outside of its functions. */
  lengthen(): void {
    const section = Buffer.from([0, 2, 1, 0x61]);
    const wasm = Buffer.concat([this.wasm, section]);
    const padded = new Uint8Array((wasm.length + 6) & ~3);
    padded.set(wasm);
    this.write(this.program, (packed) => {
      // As xtask/src/pack.rs has it: size, checksum, the sizes of 34 streams, and the streams, of which this is the first.
      const end = 8 + 4 * 34 + packed.readUInt32LE(8);
      const longer = Buffer.concat([packed.subarray(0, end), section, packed.subarray(end)]);
      longer.writeUInt32LE(wasm.length, 0);
      longer.writeInt32LE(this.unpacker.checksum(padded.buffer), 4);
      longer.writeUInt32LE(packed.readUInt32LE(8) + section.length, 8);
      return longer;
    });
  }

  /** Writes other bytes into a file. Until it is stamped the service worker's list does not know of them. */
  write(path: string, change: (bytes: Buffer) => Buffer): void {
    writeFileSync(this.file(path), change(readFileSync(this.file(path))));
    for (const copy of [".br", ".gz"]) rmSync(this.file(path) + copy, { force: true });
  }

  /** Lists the files anew, with their hashes, and names the build after the list. */
  stamp(): void {
    const list = this.assets.map(([path]) => {
      const bytes = readFileSync(this.file(path));
      const kept = path === this.program ? `, "${integrity(this.wasm)}"` : "";
      return `  ["${path}", "${integrity(bytes)}", ${bytes.length}${kept}],\n`;
    });
    const name = createHash("sha256").update(list.join("")).digest("hex").slice(0, 16);
    this.write(`${SCOPE}sw.js`, (worker) =>
      Buffer.from(worker.toString().replace(NAME, `const BUILD = "${name}"`).replace(/const ASSETS = \[[^]*?\n\];/, () => `const ASSETS = [\n${list.join("")}];`)),
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The script of the page that unpacks the program. */
  private get unpacker(): { unpack(packed: ArrayBuffer): Uint8Array; checksum(padded: ArrayBuffer): number } {
    const path = this.assets.map(([path]) => path).find((path) => path.startsWith(`${SCOPE}unpack-`)) ?? "";
    return new Function(`${readFileSync(this.file(path), "utf8")}; return { unpack, checksum };`)();
  }

  private get assets(): [path: string, integrity: string, bytes: number, kept?: string][] {
    return [...this.worker.matchAll(/^ {2}(\["\/.+\]),$/gm)].map(([, asset]) => JSON.parse(asset));
  }

  private file(path: string): string {
    return join(this.directory, path);
  }
}

function integrity(bytes: Buffer): string {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}

/** Looks for another build and tells what became of it. */
export function attempt(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/", updateViaCache: "none" });
    if (!registration.installing) await registration.update().catch(() => undefined);
    const worker = registration.installing ?? registration.waiting;
    if (!worker) return "none";
    return new Promise<string>((resolve) => {
      const tell = () => worker.state !== "installing" && resolve(worker.state);
      worker.addEventListener("statechange", tell);
      tell();
    });
  });
}
