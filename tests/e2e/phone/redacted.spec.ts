import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import type { Page } from "@playwright/test";
import { findings } from "../support/disk";
import { commune, correct, enrol, meet, openHousehold, press, sync, waiting } from "../support/field";
import { accessible, expect, test } from "../support/fixtures";
import { opened, rows } from "../support/lock";
import { decode } from "../support/phone";

const STORES = ["meta", "pages", "outbox", "acks", "anonymous", "drafts", "cache", "blobs", "log"];

// What is known of one person, and every form in which it is looked for.
const NAME = "Đoàn Văn Thủy";
const NUMBER = "0187250999";
const SAID = `Ông ${NAME} nói mương tắc.`;
const NOTED = `Gọi ${NUMBER} trước khi đến.`;
const TELLING = [NAME, NUMBER, "doan van thuy"];

test("one name goes out of every table and file, out of the phone, and out of a copy that is put back", async ({ server, profile }) => {
  test.setTimeout(180_000);
  const { office, code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await correct(page, NAME, NUMBER);
  await meet(page, NAME, [{ text: SAID, who: "Có tên" }]);
  await openHousehold(page, NAME);
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await page.getByLabel(/Ghi chú ngắn/).fill(NOTED);
  await press(page, "Lưu lần thăm");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  await sync(page, server);
  expect(await held(page), "where it was written").toEqual(expect.arrayContaining(["pages", "outbox"]));
  const [home] = (await office.find("households", NAME)).rows;
  const [opinion] = await office.all("opinions");
  expect(opinion.text).toBe(SAID);
  const note = await noted(page);

  await server.stop();
  const [database, copy] = [join(server.data, "gandan.db"), join(tmpdir(), `gandan-copy-${process.pid}.db`)];
  copyFileSync(database, copy);
  expect(new Set(findings(server.data, TELLING).map(({ words }) => words))).toEqual(new Set(TELLING));
  await server.start();

  await office.write("redactions", { record: home.id, parts: ["facts", "contact"], why: "ASKED" });
  await office.write("redactions", { record: opinion.id, parts: ["text", "contact"], why: "ASKED" });
  await office.write("redactions", { record: note, parts: ["text"], why: "ASKED" });
  await sync(page, server);
  await expect.poll(() => held(page)).toEqual([]);
  for (const redaction of await office.all("redactions")) expect(redaction.owing).toEqual([]);
  await page.goto(`${server.url}/app/entries`);
  await opened(page);
  for (const words of [SAID, NOTED, NAME]) await expect(page.getByText(words)).toHaveCount(0);
  // Nobody types in vain what cannot be written any more.
  await page.goto(`${server.url}/app/household/${home.id}`);
  await press(page, "Sửa thông tin hộ");
  await expect(page.getByText("Một phần thông tin của hộ này đã xóa vĩnh viễn theo yêu cầu")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await page.getByText(/Đã chuyển đi/).click();
  await press(page, "Lưu thông tin hộ");
  await expect(page.getByText("Đã lưu thông tin hộ trên máy")).toBeVisible();
  await accessible(page);
  await sync(page, server);
  await server.stop();
  expect(findings(server.data, TELLING), "on the server").toEqual([]);

  // The copy of the database knows all of it, until it is put back: the journal beside it knows what went.
  for (const behind of ["", "-wal", "-shm"]) rmSync(database + behind, { force: true });
  copyFileSync(copy, database);
  rmSync(copy);
  await server.start("--restored");
  await server.stop();
  expect(findings(server.data, TELLING), "in what was put back").toEqual([]);
  await server.start();
  await office.signIn("hanh");
  const lists = await Promise.all(["households", "visits", "opinions"].map((list) => office.all(list)));
  for (const words of TELLING) expect(JSON.stringify(lists)).not.toContain(words);
  await sync(page, server);
  await expect.poll(() => held(page)).toEqual([]);
});

/** The stores of the notebook that say something of it, whatever they hold opened. */
async function held(page: Page): Promise<string[]> {
  const telling = [];
  for (const store of STORES) {
    const all = await rows(page, store);
    if (all.some(({ content }) => TELLING.some((words) => content.includes(words)))) telling.push(store);
  }
  return telling;
}

/** The record of the one note in the outbox. */
async function noted(page: Page): Promise<string> {
  const written = (await rows(page, "outbox")).map(({ content }) => decode(content).h);
  const [note] = written.filter(({ k }) => k === "note").map(({ r }) => Buffer.from(r).toString("hex"));
  return note.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
