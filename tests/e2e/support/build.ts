import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

  /** The address of the app's code. */
  get wasm(): string {
    return this.assets.map(([path]) => path).find((path) => path.endsWith(".wasm")) ?? "";
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
      return `  ["${path}", "sha384-${createHash("sha384").update(bytes).digest("base64")}", ${bytes.length}],\n`;
    });
    const name = createHash("sha256").update(list.join("")).digest("hex").slice(0, 16);
    this.write(`${SCOPE}sw.js`, (worker) =>
      Buffer.from(worker.toString().replace(NAME, `const BUILD = "${name}"`).replace(/const ASSETS = \[[^]*?\n\];/, () => `const ASSETS = [\n${list.join("")}];`)),
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get assets(): [string, string, number][] {
    return [...this.worker.matchAll(/^ {2}(\["\/.+\]),$/gm)].map(([, asset]) => JSON.parse(asset));
  }

  private file(path: string): string {
    return join(this.directory, path);
  }
}
