import type { Page } from "@playwright/test";
import { findings } from "../support/disk";
import { addOpinion, commune, correct, drafts, enrol, meet, openHousehold, press, sync, waiting } from "../support/field";
import { ENGINES, expect, test } from "../support/fixtures";
import { opened, rows } from "../support/lock";

const STORES = ["meta", "pages", "outbox", "acks", "anonymous", "drafts", "cache", "blobs", "log"];

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
    // Other words in a database beside it that nothing seals: this search finds what is there, in each form that it has.
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
    await profile.close();
    expect(profile.engines()).toContain(engine);
    const there = PLAIN.flatMap((text) => [`${text}, as text`, `${text}, as bytes`, `${text}, in much`]);
    const found = new Set(findings(profile.directory, there).map(({ words }) => words));
    expect(there.filter((text) => !found.has(text)), "not found, and there").toEqual([]);
    expect(findings(profile.directory, Object.values(WORDS))).toEqual([]);
  });
}

test("what was redacted is in no row of the phone, and the phone says so", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await meet(page, "doan van thuy", [{ text: WORDS.named, who: "Có tên" }]);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  await sync(page, server);
  const held = async () => {
    const all = await Promise.all(STORES.map((store) => rows(page, store)));
    return all.flat().filter(({ content }) => content.includes(WORDS.named)).length;
  };
  expect(await held(), "where it was written").toBeGreaterThan(0);
  const [said] = await office.all("opinions");
  await office.write("redactions", { record: said.id, parts: ["text"], why: "ASKED" });
  await sync(page, server);
  await expect.poll(held).toBe(0);
  expect((await office.all("redactions"))[0].owing).toEqual([]);
  await page.goto(`${server.url}/app/entries`);
  await opened(page);
  await expect(page.getByText(WORDS.named)).toHaveCount(0);
});
