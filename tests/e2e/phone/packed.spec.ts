import type { Page } from "@playwright/test";
import { attempt, Build } from "../support/build";
import { installed } from "../support/field";
import { expect, test as base } from "../support/fixtures";
import type { Server } from "../support/server";

// The app's program travels packed (xtask/src/pack.rs) and is unpacked by the page or the service worker (public/unpack.js).

const test = base.extend<{ other: Build }>({
  other: async ({}, use) => {
    const other = new Build();
    await use(other);
    other.remove();
  },
});

test("a first visit starts from the packed program, and every later one from the wasm that the service worker keeps", async ({ server, profile, other: build }) => {
  let page = await profile.open();
  const [reply] = await Promise.all([page.waitForResponse(server.url + build.program), page.goto(`${server.url}/app/`)]);
  expect([reply.fromServiceWorker(), reply.headers()["content-type"], reply.headers()["content-encoding"]]).toEqual([false, "application/octet-stream", "br"]);
  await started(page);
  await installed(page);
  const kept = await page.evaluate(async (program) => {
    const reply = await caches.match(program);
    const bytes = await crypto.subtle.digest("SHA-256", await reply!.arrayBuffer());
    return [reply!.headers.get("Content-Type"), btoa(String.fromCharCode(...new Uint8Array(bytes)))];
  }, build.program);
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(build.wasm));
  expect(kept).toEqual(["application/wasm", Buffer.from(hash).toString("base64")]);

  await profile.close();
  await server.stop();
  page = await profile.open();
  const [later] = await Promise.all([page.waitForResponse(server.url + build.program), page.goto(`${server.url}/app/`)]);
  expect([later.fromServiceWorker(), later.headers()["content-type"]]).toEqual([true, "application/wasm"]);
  await started(page);
});

test("a damaged program shows what to do on a first visit, and leaves an installed app as it was", async ({ server, profile, browser, other }) => {
  let page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await started(page);
  await installed(page);

  // The list is right and the program is not what it says.
  other.lengthen();
  other.stamp();
  other.write(other.program, (bytes) => (bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1), bytes));
  await serve(server, other);
  expect(await attempt(page)).toBe("redundant");
  await page.goto(`${server.url}/app/`);
  await started(page);

  const damages: ((bytes: Buffer) => Buffer)[] = [(bytes) => bytes, (bytes) => bytes.subarray(0, -1), () => Buffer.from("<!doctype html><title>Wi-Fi</title>".repeat(20))];
  for (const damage of damages) {
    other.write(other.program, damage);
    const context = await browser.newContext();
    const fresh = await context.newPage();
    await fresh.goto(`${server.url}/app/`);
    await expect(fresh.getByText("Chưa mở được ứng dụng.")).toBeVisible();
    await expect(fresh.getByRole("link", { name: "Mở lại" })).toBeVisible();
    await expect(fresh.getByLabel(/gõ mã/i)).toHaveCount(0);
    await context.close();
  }

  await profile.close();
  await server.stop();
  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await started(page);
});

test("what is unpacked to something else is not installed", async ({ server, profile, other }) => {
  other.write("/app/sw.js", (worker) => Buffer.from(worker.toString().replace(/(\.pack", "sha384-.*", \d+, "sha384-).{4}/, "$1AAAA")));
  await serve(server, other);
  const page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await started(page);
  expect(await attempt(page)).toBe("redundant");
});

test("nothing damaged is taken for a program, and nothing is unpacked without an end", ({ other: build }) => {
  const whole = build.packed;
  expect(build.unpack(whole).subarray(0, 4)).toEqual(new Uint8Array([0, 0x61, 0x73, 0x6d]));
  // Each stream has its share; the header's bytes are few and decide most.
  const places = [...Array(160).keys(), ...Array.from({ length: 60 }, (_, n) => Math.floor((whole.length * (n + 0.5)) / 60))];
  for (const place of places) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << place % 8), place);
    expect(() => build.unpack(damaged), `byte ${place}`).toThrow();
  }
  for (const length of [0, 7, 100, whole.length - 1]) expect(() => build.unpack(whole.subarray(0, length))).toThrow();
});

/** Waits for the first screen of a phone that knows nobody yet. */
async function started(page: Page): Promise<void> {
  await expect(page.getByLabel(/gõ mã/i)).toBeVisible();
}

/** Serves another build, as a server does after its own update. */
async function serve(server: Server, build: Build): Promise<void> {
  await server.stop();
  server.dist = build.directory;
  await server.start();
}
