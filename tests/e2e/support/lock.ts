import { createHash } from "node:crypto";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { type Page, expect } from "@playwright/test";
import { argon2id } from "hash-wasm";
import { decode } from "./phone";

/** What every notebook of these tests is opened with. */
export const PIN = "482915";

/** The heading of a closed notebook. */
export function closed(page: Page) {
  return page.getByRole("heading", { name: "Mở khóa sổ" });
}

/** Types a PIN where the notebook is closed. */
export async function unlock(page: Page, pin = PIN): Promise<void> {
  await expect(closed(page)).toBeVisible();
  await page.keyboard.type(pin);
}

/** The keypad under a notebook's cover. By its place: this is looked for before every single step of every test. */
function keypad(page: Page) {
  return page.locator("header.cover ~ section.keys");
}

/** A person stands by: whenever the notebook is closed, its PIN is typed. */
export async function unlocksItself(page: Page): Promise<void> {
  await page.addLocatorHandler(keypad(page), () => page.keyboard.type(PIN));
}

/** Waits until somebody has opened it. */
export async function opened(page: Page): Promise<void> {
  await expect(page.locator("header.top")).toBeVisible();
}

/** Nobody does any more. */
export async function staysClosed(page: Page): Promise<void> {
  await page.removeLocatorHandler(keypad(page));
}

/** Chooses the PIN of a new notebook: twice. */
export async function choosePin(page: Page, pin = PIN): Promise<void> {
  await expect(page.getByText("Bấm 6 số", { exact: true })).toBeVisible({ timeout: 15_000 });
  await page.keyboard.type(pin);
  await expect(page.getByText("Bấm lại 6 số đó")).toBeVisible();
  await page.keyboard.type(pin);
}

type Row = { key: string | number; value: string };
type Raw = { name: string; generation: string; lock: string; rows: Row[] };

/** The rows of a store of the notebook in front, opened by other programs than the app's: Argon2id by hash-wasm, the seal by
 * noble, the wrapping key by the browser. They know the form from docs/SECURITY.md. */
export async function rows(page: Page, store: string, pin = PIN): Promise<{ key: string | number; content: Buffer }[]> {
  return (await placed(page, store, pin)).map(({ key, content }) => ({ key, content }));
}

/** Makes the notebook in front one of a build that sealed nothing, as such a build left it. */
export async function unsealedAgain(page: Page): Promise<void> {
  const stores = await Promise.all(
    ["meta", "pages", "outbox", "acks", "anonymous", "drafts", "cache", "log"].map(async (store) => {
      const all = (await placed(page, store, PIN)).map(({ key, id, counts, content, bound }) => {
        const tag = createHash("sha256").update(bound).digest().subarray(0, 16);
        const row = Buffer.concat([counts ? id : Buffer.alloc(0), Buffer.of(1), Buffer.alloc(28), content, tag]);
        return { key, row: row.toString("base64") };
      });
      return { store, all };
    }),
  );
  await page.evaluate(async (stores) => {
    const request = indexedDB.open(localStorage["gandan.notebook"].split("\n")[0]);
    await new Promise((resolve) => (request.onsuccess = resolve));
    const transaction = request.result.transaction(stores.map(({ store }) => store), "readwrite");
    for (const { store, all } of stores) {
      const to = transaction.objectStore(store);
      if (store === "meta") for (const key of ["lock", "secret", "tries", "cover", "ask"]) to.delete(key);
      for (const { key, row } of all) to.put(Uint8Array.from(atob(row), (letter) => letter.charCodeAt(0)), key);
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    request.result.close();
  }, stores);
}

type Placed = { key: string | number; id: Buffer; counts: boolean; content: Buffer; bound: Buffer };

/** The same with where each stands. */
async function placed(page: Page, store: string, pin: string): Promise<Placed[]> {
  const raw = await page.evaluate(async (store): Promise<Raw> => {
    const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    const name = localStorage["gandan.notebook"]?.split("\n")[0] ?? "";
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open(name));
    const transaction = database.transaction([...new Set(["meta", store])]);
    const meta = (key: string) => asked<Uint8Array>(transaction.objectStore("meta").get(key));
    const [generation, lock] = [await meta("generation"), await meta("lock")];
    const keys = await asked(transaction.objectStore(store).getAllKeys());
    const values = await asked<any[]>(transaction.objectStore(store).getAll());
    database.close();
    const rows = keys.map((key, at) => ({ key: key as string | number, value: values[at] }));
    const sealed = rows.filter(({ value }) => value instanceof Uint8Array).map(({ key, value }) => ({ key, value: base64(value) }));
    return { name, generation: base64(generation), lock: base64(lock), rows: sealed };
  }, store);
  const [generation, lock] = [Buffer.from(raw.generation, "base64"), decode(Buffer.from(raw.lock, "base64"))];
  const key = await dataKey(page, raw.name, generation, lock.p, pin);
  const counts = ["pages", "outbox", "log"].includes(store);
  const plain = ["generation", "lock", "tries", "cover", "ask"];
  return raw.rows
    .filter(({ key }) => store !== "meta" || !plain.includes(String(key)))
    .map(({ key: at, value }) => {
      const bytes = Buffer.from(value, "base64");
      const id = counts ? bytes.subarray(0, 16) : keyBytes(at);
      const bound = boundTo(store, id, generation);
      return { key: at, id, counts, bound, content: unsealed(key, counts ? bytes.subarray(16) : bytes, bound) };
    });
}

function keyBytes(key: string | number): Buffer {
  if (typeof key === "string") return Buffer.from(key);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(key));
  return bytes;
}

function boundTo(store: string, id: Buffer, generation: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(id.length);
  return Buffer.concat([Buffer.from(`${store}\0`), length, id, Buffer.of(0, 1), generation]);
}

function unsealed(key: Buffer, value: Buffer, bound: Buffer): Buffer {
  expect([value[0], value.readUInt32BE(1)], "format and key").toEqual([2, 1]);
  return Buffer.from(xchacha20poly1305(key, value.subarray(5, 29), bound).decrypt(value.subarray(29)));
}

const keys = new Map<string, Buffer>();

/** The data key behind a PIN; remembered, because every guess is meant to be dear. */
async function dataKey(page: Page, name: string, generation: Buffer, door: any, pin: string): Promise<Buffer> {
  const known = keys.get(Buffer.from(door.w).toString("hex"));
  if (known) return known;
  expect([door.m >= 19 * 1024, door.p >= 2], "what a guess costs").toEqual([true, true]);
  const stretched = await argon2id({
    password: pin,
    salt: door.s,
    memorySize: door.m,
    iterations: door.p,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
  const signed = await page.evaluate(
    async ([name, stretched]) => {
      const request = indexedDB.open(name as string);
      await new Promise((resolve) => (request.onsuccess = resolve));
      const row = request.result.transaction("meta").objectStore("meta").get("secret");
      await new Promise((resolve) => (row.onsuccess = resolve));
      request.result.close();
      if (row.result.extractable) throw new Error("a program can read the browser's key");
      return [...new Uint8Array(await crypto.subtle.sign("HMAC", row.result, Uint8Array.from(stretched as number[])))];
    },
    [name, [...stretched]] as const,
  );
  const wrapped = Buffer.from(door.w);
  const bound = Buffer.concat([Buffer.from("gandan door "), generation]);
  const key = Buffer.from(xchacha20poly1305(Uint8Array.from(signed), wrapped.subarray(0, 24), bound).decrypt(wrapped.subarray(24)));
  keys.set(wrapped.toString("hex"), key);
  return key;
}
