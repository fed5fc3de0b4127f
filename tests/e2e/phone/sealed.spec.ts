import { join } from "node:path";
import type { Page } from "@playwright/test";
import { findings } from "../support/disk";
import { commune, correct, drafts, enrol, join as begin, meet, openHousehold, press } from "../support/field";
import { ENGINES, type Profile, expect, test } from "../support/fixtures";
import { staysClosed, unlock } from "../support/lock";

/** What somebody says, types and looks for in these tests: of each kind that there is. */
const WORDS = {
  holder: "Lương Văn Bền",
  head: "Trần Thanh Lành",
  other: "Đoàn Văn Thủy",
  phone: "0912345678",
  named: "Mương tắc, mưa là ngập.",
  anonymous: "Xã nên họp dân buổi tối.",
  note: "Chiều tối mới có nhà.",
};

/** What stands beside it, in no notebook. */
const PLAIN = ["Vàng Thị Mỷ", "Đường liên thôn lầy lội, xe không vào được."];

/** Fills a phone with all of it: received, sent, waiting, and being typed. */
async function fill(page: Page): Promise<void> {
  await correct(page, "tran thanh lanh", WORDS.phone);
  await meet(page, "doan van thuy", [
    { text: WORDS.named, who: "Có tên" },
    { text: WORDS.anonymous, who: "Không nêu tên" },
  ]);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await page.getByLabel(/Ghi chú ngắn/).fill(WORDS.note);
}

/** Puts other words into a database beside the notebook that nothing seals, in each form that a value has. */
async function putPlain(page: Page): Promise<void> {
  await page.evaluate(async (words) => {
    const open = indexedDB.open("plain", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("rows");
    await new Promise((resolve) => (open.onsuccess = resolve));
    const transaction = open.result.transaction("rows", "readwrite", { durability: "strict" });
    for (const [n, text] of words.entries()) {
      transaction.objectStore("rows").put(`${text}, as text`, n);
      transaction.objectStore("rows").put(new TextEncoder().encode(`${text}, as bytes`), 100 + n);
      // Long and the same again and again: compressed by whoever compresses.
      transaction.objectStore("rows").put(new TextEncoder().encode(`${text}, in much${" ".repeat(100_000)}`), 200 + n);
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    open.result.close();
  }, PLAIN);
}

/** Which of these words are somewhere in the profile. */
function found(profile: Profile, words: string[]): string[] {
  const all = new Set(findings(profile.directory, words).map(({ words }) => words));
  return words.filter((text) => all.has(text));
}

for (const engine of ENGINES) {
  test(`who copies a profile with ${engine} reads nobody's name, number or words in it`, async ({ server, profile }) => {
    test.setTimeout(180_000);
    profile.engine = engine;
    const { code } = await commune(server);
    const page = await profile.open();
    await enrol(page, server, code);
    await server.stop();
    await fill(page);
    await expect.poll(() => drafts(page)).toContain(WORDS.note);
    await putPlain(page);
    // As the files are when the battery is empty, and as the browser leaves them.
    for (const end of [() => profile.kill(), () => profile.open().then(() => profile.close())]) {
      await end();
      expect(profile.engines()).toContain(engine);
      const there = PLAIN.flatMap((text) => [`${text}, as text`, `${text}, as bytes`, `${text}, in much`]);
      expect(found(profile, there), "what is there is found").toEqual(there);
      expect(findings(profile.directory, Object.values(WORDS))).toEqual([]);
    }
  });

  test(`the same search finds all of it with ${engine} when nothing is sealed, and the app opens no such notebook`, async ({ server, profile }) => {
    test.setTimeout(180_000);
    profile.engine = engine;
    const { code } = await commune(server);
    let page = await profile.open();
    const unsealed = process.env.GANDAN_UNSEALED;
    if (!unsealed) throw new Error("GANDAN_UNSEALED says where the build is that seals nothing; cargo xtask test sets it.");
    // The page gets that build, and keeps it: no service worker installs itself beside what is served to the page alone.
    await page.route(/\/app\/field-\w+\.js$/, (route) => route.fulfill({ path: join(unsealed, "field.js") }));
    await page.route(/\/app\/field-\w+\.pack$/, (route) => route.fulfill({ path: join(unsealed, "field_bg.wasm"), contentType: "application/wasm" }));
    await begin(page, server, code);
    await server.stop();
    await fill(page);
    const typed = () =>
      page.evaluate(async (note) => {
        const open = indexedDB.open(localStorage["gandan.notebook"].split("\n")[0]);
        await new Promise((resolve) => (open.onsuccess = resolve));
        const all = open.result.transaction("drafts").objectStore("drafts").getAll();
        await new Promise((resolve) => (all.onsuccess = resolve));
        open.result.close();
        return all.result.some((value) => new TextDecoder().decode(value).includes(note));
      }, WORDS.note);
    await expect.poll(typed).toBe(true);
    await profile.close();
    expect(profile.engines()).toContain(engine);
    expect(found(profile, Object.values(WORDS))).toEqual(Object.values(WORDS));

    // Now the build that is shipped.
    await server.start();
    page = await profile.open();
    await staysClosed(page);
    await page.goto(`${server.url}/app/`);
    await unlock(page);
    await expect(page.getByText("Có trang sổ không đọc được")).toBeVisible();
    await expect(page.locator("body")).not.toContainText(WORDS.head);
  });
}
