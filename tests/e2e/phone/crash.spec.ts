import type { Page } from "@playwright/test";
import { type Profile, expect, test } from "../support/fixtures";
import { commune, enrol, meet, press, toToday, waiting } from "../support/field";
import { fillIn, home, wholeDraft, wholeVisit } from "../support/kill";

/**
 * Moments of a save, in their order, and what must be there afterwards. Once the browser was asked to commit, it may have
 * done so or not when the first answer comes.
 */
const MOMENTS = [
  { at: "the tap", leaves: "draft" },
  { at: "the first request", leaves: "draft" },
  { at: "the last request", leaves: "draft" },
  { at: "its answer", leaves: "either" },
  { at: "complete", leaves: "visit" },
] as const;

test("a browser killed at any moment of a save leaves the whole visit or the whole draft", async ({ server, profile }) => {
  test.setTimeout(240_000);
  const { office, code } = await commune(server);
  await enrol(await profile.open(), server, code);
  await profile.close();
  await server.stop();

  const said: string[] = [];
  for (const [n, { at, leaves }] of MOMENTS.entries()) {
    await test.step(`killed at ${at}`, async () => {
      let page = await home(profile, server);
      const words = `Ngõ ${n + 1} cần thêm đèn đường.`;
      said.push(words);
      const head = await fillIn(page, String(n + 1), words);
      await killAt(page, profile, at);

      page = await profile.open();
      await page.goto(`${server.url}/app/`);
      const draft = page.getByRole("radio", { name: "Gặp đại diện hộ" });
      if (leaves === "either") await expect(draft.or(page.getByRole("heading", { level: 1, name: head })).first()).toBeVisible();
      if (leaves === "draft" || (leaves === "either" && (await draft.count()) > 0)) {
        await wholeDraft(page, words);
        await expect(waiting(page)).toContainText(n === 0 ? "Đã gửi hết" : new RegExp(`^${2 * n}\\schờ gửi`));
        await press(page, "Lưu lần thăm");
        await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
      } else {
        // No empty form that would ask for the same visit again.
        await expect(page.getByRole("heading", { level: 1, name: head })).toBeVisible();
      }
      await wholeVisit(page, words);
      await page.goto(`${server.url}/app/entries`);
      await expect(page.getByRole("link", { name: new RegExp(`^Lần thăm ${head}`) })).toHaveCount(0);
      await expect(page.getByText(/1\sý kiến không nêu tên/)).toHaveCount(n + 1);
      await expect(page.getByText("Đang ghi dở")).toHaveCount(0);
      await profile.kill();
    });
  }

  await server.start();
  const page = await home(profile, server);
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
  await office.signIn("hanh");
  expect((await office.call("GET", "visits")).total).toBe(MOMENTS.length);
  const named = await office.call("GET", "opinions");
  expect(named.rows.map((row: any) => row.text).sort()).toEqual(said.sort());
  expect((await office.call("GET", "quarantine")).length).toBe(0);
});

test("two tabs record offline, and each visit is sent once", async ({ server, profile }) => {
  const { office, code } = await commune(server);
  const one = await profile.open();
  await enrol(one, server, code);
  const two = await one.context().newPage();
  await two.goto(`${server.url}/app/entries`);
  await expect(two.getByText("Không còn gì chờ gửi.")).toBeVisible();
  await server.stop();

  // What one tab saves stands in the other's list without anybody touching it.
  await meet(one, "tran thanh lanh", [{ text: "Đèn đường ngõ 3 hỏng.", who: "Có tên" }]);
  await expect(two.getByText("Lần thăm Trần Thanh Lành")).toBeVisible();
  await meet(two, "doan van thuy", [{ text: "Mương tắc, mưa là ngập.", who: "Không nêu tên" }]);
  await meet(one, "nguyen minh hung");
  await two.locator("a.status").click();
  for (const page of [one, two]) await expect(waiting(page)).toContainText(/4\schờ gửi/);
  await one.locator("a.status").click();
  for (const page of [one, two]) await expect(page.locator("#cho-gui + ul > li")).toHaveCount(4);

  await server.start();
  await Promise.all([one, two].map((page) => page.getByRole("button", { name: "Đồng bộ ngay" }).click()));
  for (const page of [one, two]) {
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 60_000 });
    await expect(page.locator("#da-gui + ul > li")).toHaveCount(4);
    await expect(page.getByText(/Xã nhận .* lúc/)).toHaveCount(3);
    await toToday(page);
    await expect(page.getByRole("heading", { level: 1, name: /139\s+hộ\scòn\slại/ })).toBeVisible();
  }
  await office.signIn("hanh");
  const visits = await office.call("GET", "visits");
  expect(visits.rows.map((row: any) => row.head).sort()).toEqual(["Nguyễn Minh Hùng", "Trần Thanh Lành", "Đoàn Văn Thủy"]);
  expect((await office.call("GET", "opinions")).total).toBe(1);
  expect((await office.call("GET", "quarantine")).length).toBe(0);
});

/** Presses "Lưu lần thăm" and kills the browser at that moment of the save: the page stands still there until it is dead. */
async function killAt(page: Page, profile: Profile, moment: (typeof MOMENTS)[number]["at"]): Promise<void> {
  const killed = new Promise<void>((resolve) => void page.exposeFunction("die", () => profile.kill().then(resolve)).catch(() => undefined));
  await page.waitForFunction(() => "die" in window);
  await page.evaluate((moment) => {
    const die = () => {
      (window as any).die();
      for (const end = Date.now() + 30_000; Date.now() < end; );
    };
    if (moment === "the tap") addEventListener("click", die, { capture: true });
    for (const name of ["add", "put"] as const) {
      const ask = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...args: [any, any?]) {
        if (this.name === "outbox" && moment === "the first request") die();
        const request = ask.apply(this, args);
        if (this.name === "outbox" && moment === "its answer") request.addEventListener("success", die);
        if (this.name === "outbox" && moment === "complete") this.transaction.addEventListener("complete", die);
        return request;
      };
    }
    const drop = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.delete = function (key) {
      const request = drop.call(this, key);
      if (this.name === "drafts" && moment === "the last request") die();
      return request;
    };
  }, moment);
  page.getByRole("button", { name: "Lưu lần thăm" }).click().catch(() => undefined);
  await killed;
}
