import { createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";

/** What docs/SYNC.md says of sealing, written a second time: HPKE with X25519, HKDF-SHA256 and ChaCha20-Poly1305. */
const KEM = Buffer.from("KEM\x00\x20", "latin1");
const SUITE = Buffer.from("HPKE\x00\x20\x00\x01\x00\x03", "latin1");

/** A key of X25519 by its 32 bytes. */
const privateKey = (bytes: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), bytes]), format: "der", type: "pkcs8" });
const publicKey = (bytes: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), bytes]), format: "der", type: "spki" });
/** The 32 bytes of the public half. */
export const publicBytes = (key: KeyObject) => createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);

/** The recovery key of an organisation that a test sets up over HTTP; its sheets are those of the golden samples. */
const ORGANISATION = privateKey(Buffer.alloc(32, 9));
export const RECOVERY = publicBytes(ORGANISATION);
export const SHEETS = readFileSync(join(import.meta.dirname, "../../golden/v1/sheets.txt"), "utf8").trim().split("\n");

/** A key pair for one request. */
export const newKey = () => generateKeyPairSync("x25519").privateKey;

/** What people compare of a public key. */
export function fingerprint(key: Uint8Array): string {
  const bits = [...createHash("sha256").update(key).digest().subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.match(/.{5}/g)!.map((five) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[parseInt(five, 2)]).join("");
  return letters.match(/.{4}/g)!.join("-");
}

/** Seals to a public key for a purpose. */
export function seal(to: Uint8Array, purpose: Uint8Array, plain: Uint8Array): Buffer {
  const once = newKey();
  const [key, nonce] = schedule(diffieHellman({ privateKey: once, publicKey: publicKey(to) }), publicBytes(once), to, purpose);
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  return Buffer.concat([publicBytes(once), cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what was sealed; throws for anything else. */
export function open(by: KeyObject, purpose: Uint8Array, sealed: Uint8Array): Buffer {
  const [once, text, tag] = [sealed.subarray(0, 32), sealed.subarray(32, -16), sealed.subarray(-16)];
  const [key, nonce] = schedule(diffieHellman({ privateKey: by, publicKey: publicKey(once) }), once, publicBytes(by), purpose);
  const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(tag);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

/** The .zip in a file of everything, with the key of [`SHEETS`]. */
export function takenOut(file: Buffer): Buffer {
  const first = file.indexOf("\n") + 1;
  if (!file.subarray(first, first + 32).equals(RECOVERY)) throw new Error("sealed to another key");
  return open(ORGANISATION, Buffer.from("gandan take-out"), file.subarray(first + 32));
}

export const depositedBy = (device: Uint8Array) => Buffer.concat([Buffer.from("gandan data key "), device]);
export const answeredTo = (device: Uint8Array) => Buffer.concat([Buffer.from("gandan reopening "), device]);

function schedule(agreed: Uint8Array, once: Uint8Array, receiver: Uint8Array, purpose: Uint8Array): [Buffer, Buffer] {
  const shared = expand(extract("", KEM, "eae_prk", agreed), KEM, "shared_secret", Buffer.concat([once, receiver]), 32);
  const context = Buffer.concat([Buffer.of(0), extract("", SUITE, "psk_id_hash", ""), extract("", SUITE, "info_hash", purpose)]);
  const secret = extract(shared, SUITE, "secret", "");
  return [expand(secret, SUITE, "key", context, 32), expand(secret, SUITE, "base_nonce", context, 12)];
}

function extract(salt: Uint8Array | string, suite: Buffer, label: string, secret: Uint8Array | string): Buffer {
  const labeled = Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), Buffer.from(secret as Uint8Array)]);
  return createHmac("sha256", salt.length ? salt : Buffer.alloc(32)).update(labeled).digest();
}

/** HKDF-Expand of no more than one block. */
function expand(key: Buffer, suite: Buffer, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = Buffer.concat([Buffer.of(0, length), Buffer.from("HPKE-v1"), suite, Buffer.from(label), info, Buffer.of(1)]);
  return createHmac("sha256", key).update(labeled).digest().subarray(0, length);
}

/** Makes the key on a page that asks for it, and gives back the four rows of each sheet, as somebody reads them off the paper. */
export async function makeKey(page: Page): Promise<string[][]> {
  await page.getByRole("button", { name: "Tạo khóa", exact: true }).click();
  const sheets = await sheetsShown(page);
  await page.getByRole("button", { name: "Đã in, đã cầm trên tay" }).click();
  for (const [n, rows] of sheets.entries()) await page.locator(`#sheets-${n + 1}`).fill(rows[3].slice(-4));
  await page.locator("#sheets-apart label").click();
  await page.getByRole("button", { name: "Dùng khóa này" }).click();
  return sheets;
}

/** The rows of the three sheets on the page. */
export async function sheetsShown(page: Page): Promise<string[][]> {
  await page.locator(".key-sheet").nth(2).waitFor();
  return page.locator(".key-sheet").evaluateAll((all) => all.map((one) => [...one.querySelectorAll(".key-rows li")].map((row) => row.textContent!)));
}
