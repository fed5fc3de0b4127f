import type { Page } from "@playwright/test";
import { attempt, Build } from "../support/build";
import { expect, test as base } from "../support/fixtures";
import { commune, enrol, installed, meet, openHousehold, press, running, toToday, waiting } from "../support/field";
import type { Server } from "../support/server";

const test = base.extend<{ next: Build }>({
  next: async ({}, use) => {
    const next = Build.next("hai");
    await use(next);
    next.remove();
  },
});

test.describe.configure({ timeout: 180_000 });

test("a new build waits for drafts and for a yes, and keeps what was not sent", async ({ server, profile, next }) => {
  const { office, code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await serve(server, next);
  await page.goto(`${server.url}/app/`);
  await expect(page.getByText("Có bản mới")).toBeVisible({ timeout: 30_000 });

  // A visit is begun and left: nobody loses it to a new build.
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  await page.locator("header.top a.back").click();
  await page.locator("header.top a.back").click();
  await toToday(page);
  await page.evaluate(() => ((window as any).same = true));
  await press(page, "Đổi sang bản mới");
  await expect(page.getByText(/Còn mục đang ghi dở nên chưa đổi/)).toBeVisible();
  expect([await running(page), await page.evaluate(() => (window as any).same), await workers(page)]).toEqual([null, true, ["activated", "installed"]]);

  // The notice leads to what holds it up. Meanwhile the old build works with the new server.
  await press(page, "Xem mục đang ghi dở");
  await expect(page.getByRole("heading", { name: "Đang ghi dở" })).toBeVisible();
  await page.getByRole("link", { name: /Lần thăm Trần Thanh Lành/ }).click();
  await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
  await press(page, "Lưu lần thăm");
  await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  expect((await office.call("GET", "visits")).total).toBe(1);

  // Changed where there is no network: the new build was on the phone already.
  await server.stop();
  await meet(page, "doan van thuy", [{ text: "Mương tắc, mưa là ngập.", who: "Có tên" }]);
  await page.locator("a.status").click();
  await press(page, "Đổi sang bản mới");
  await expect.poll(() => running(page).catch(() => null)).toBe("hai");
  await expect(waiting(page)).toContainText(/1\schờ gửi/);
  await expect(page.getByText("Có bản mới")).toHaveCount(0);
  expect(await caches(page)).toEqual([`app-${next.name}`]);
  await profile.close();
  page = await profile.open();
  await page.goto(`${server.url}/app/entries`);
  expect(await running(page)).toBe("hai");
  await expect(page.getByText("Lần thăm Đoàn Văn Thủy")).toBeVisible();

  await server.start();
  await press(page, "Đồng bộ ngay");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  await office.signIn("hanh");
  expect((await office.call("GET", "visits")).total).toBe(2);
  expect((await office.call("GET", "opinions")).total).toBe(1);
});

test("a forgotten draft can be thrown away, taken back, and no longer holds a new build", async ({ server, profile, next }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await page.getByLabel(/Ghi chú ngắn/).fill("Chiều tối mới có nhà.");
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  await page.goto(`${server.url}/app/household/new`);
  await page.getByLabel(/Chủ hộ/).fill("Vũ Thị Nhài");
  await expect(page.getByText(/Đã lưu nháp/)).toBeVisible();
  await page.locator("header.top a.back").click();
  await toToday(page);
  await page.getByRole("link", { name: /2\smục đang ghi dở/ }).click();

  await press(page, "Bỏ nháp: Lần thăm Trần Thanh Lành");
  await expect(page.getByRole("link", { name: /Lần thăm Trần Thanh Lành/ })).toHaveCount(0);
  await press(page, "Lấy lại nháp đó");
  await page.getByRole("link", { name: /Lần thăm Trần Thanh Lành/ }).click();
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue("Chiều tối mới có nhà.");
  await page.goBack();
  await press(page, "Bỏ nháp: Lần thăm Trần Thanh Lành");
  await press(page, "Bỏ nháp: Thêm hộ");
  await expect(page.getByRole("heading", { name: "Đang ghi dở" })).toHaveCount(0);
  await openHousehold(page, "tran thanh lanh");
  await press(page, "Gặp được");
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue("");

  await serve(server, next);
  await page.goto(`${server.url}/app/entries`);
  await press(page, "Đổi sang bản mới");
  await expect.poll(() => running(page).catch(() => null)).toBe("hai");
});

test("every open tab changes together, and none of them while one is writing", async ({ server, profile, next }) => {
  const { code } = await commune(server);
  const one = await profile.open();
  await enrol(one, server, code);
  const two = await one.context().newPage();
  await two.goto(`${server.url}/app/`);
  await openHousehold(two, "tran thanh lanh");
  await press(two, "Gặp được");
  await two.getByText("Gặp đại diện hộ", { exact: true }).click();
  await expect(two.getByText(/Đã lưu nháp/)).toBeVisible();

  await serve(server, next);
  await one.goto(`${server.url}/app/entries`);
  await press(one, "Đổi sang bản mới");
  await expect(one.getByText(/Còn mục đang ghi dở nên chưa đổi/)).toBeVisible();
  await press(two, "Lưu lần thăm");
  await expect(two.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await press(one, "Đổi sang bản mới");
  for (const page of [one, two]) await expect.poll(() => running(page).catch(() => null)).toBe("hai");
});

test("a build of which one byte is wrong is never activated", async ({ server, profile, browser, next }) => {
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  const before = await caches(page);
  // The list is right, the code is not what the list says: as after a portal, a proxy or a full disk.
  next.lengthen();
  next.stamp();
  next.write(next.program, (bytes) => (bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1), bytes));
  await serve(server, next);
  await page.goto(`${server.url}/app/`);
  await expect(waiting(page)).toContainText("Đã gửi hết");
  expect(await attempt(page)).toBe("redundant");
  expect(await workers(page)).toEqual(["activated", null]);
  await expect(page.getByText("Có bản mới")).toHaveCount(0);
  expect(await caches(page)).toEqual(expect.arrayContaining(before));

  await profile.close();
  await server.stop();
  page = await profile.open();
  await page.goto(`${server.url}/app/`);
  await expect(page.getByRole("heading", { level: 1, name: /142\s+hộ\scòn\slại/ })).toBeVisible();
  expect(await running(page)).toBeNull();
  await meet(page, "tran thanh lanh");

  // A phone that never had a good one is not told that it can do without a network.
  await server.start();
  const context = await browser.newContext();
  const fresh = await context.newPage();
  await fresh.goto(`${server.url}/app/`);
  await expect(fresh.getByText("Chưa mở được ứng dụng.")).toBeVisible();
  expect(await fresh.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  await context.close();

  // Once the file is right, the same build comes.
  next.write(next.program, (bytes) => (bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1), bytes));
  await page.goto(`${server.url}/app/entries`);
  await press(page, "Đổi sang bản mới");
  await expect.poll(() => running(page).catch(() => null)).toBe("hai");
});

test("the service worker never answers for the server", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await enrol(page, server, code);
  await page.reload();
  await installed(page);
  // Even what lies in its cache under such an address.
  await page.evaluate(async () => {
    const name = (await caches.keys()).find((key) => key.startsWith("app-")) ?? "";
    await (await caches.open(name)).put("/api/v1/session", new Response("from the cache"));
  });
  const ask = (path: string) => page.evaluate((path) => fetch(path).then((reply) => reply.text()).catch(() => "no answer"), path);
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  expect(await ask("/api/v1/session")).not.toBe("from the cache");
  const [reply] = await Promise.all([page.waitForResponse("**/api/v1/pull"), press(page, "Đồng bộ").catch(() => undefined), page.goto(`${server.url}/app/sync`)]);
  expect([reply.fromServiceWorker(), (await reply.allHeaders())["cache-control"]]).toEqual([false, "no-store"]);
  await server.stop();
  expect(await ask("/api/v1/session")).toBe("no answer");
  expect(await ask("/app/manifest.webmanifest")).not.toBe("no answer");
  expect(await page.goto(`${server.url}/office/`).then(() => "answered", () => "no answer")).toBe("no answer");
});

test("a copy of a build is stamped as xtask does it", async ({ next }) => {
  const same = new Build();
  const before = same.worker;
  same.stamp();
  expect(same.worker).toBe(before);
  expect(next.name).not.toBe(same.name);
  same.remove();
});

/** Serves another build, as a server does after its own update. */
async function serve(server: Server, build: Build): Promise<void> {
  await server.stop();
  server.dist = build.directory;
  await server.start();
}

/** The states of the worker in charge and of the one that waits. */
function workers(page: Page): Promise<(string | null)[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/app/");
    return [registration?.active?.state ?? null, registration?.waiting?.state ?? null];
  });
}

function caches(page: Page): Promise<string[]> {
  return page.evaluate(() => window.caches.keys());
}
