import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { commune, enrol, meet, toToday, waiting } from "../support/field";

/** Less than the minute after which an open app syncs anyhow. */
const SOON = { timeout: 20_000 };

const sent = (page: Page) => expect(waiting(page)).toContainText("Đã gửi hết", SOON);

/** Records a visit while the server is away, until the sync that follows a save has failed: it is not what sends it later. */
async function meetAlone(page: Page, words: string): Promise<void> {
  const failed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/v1/push"));
  await meet(page, words);
  await failed;
  await expect(waiting(page)).toContainText(/1\schờ gửi/);
}

test("what was recorded goes by itself: after a save, every minute, in the foreground, with the network, at the start", async ({ server, profile }) => {
  test.setTimeout(180_000);
  const { office, code } = await commune(server);
  let page = await profile.open();
  await page.clock.install();
  await enrol(page, server, code);

  await test.step("after a save", async () => {
    await meet(page, "tran thanh lanh");
    await sent(page);
  });

  await test.step("every minute while it is open", async () => {
    await server.stop();
    await meetAlone(page, "doan van thuy");
    await server.start();
    await page.clock.fastForward(61_000);
    await sent(page);
  });

  await test.step("when it comes to the foreground", async () => {
    await server.stop();
    await meetAlone(page, "nguyen minh hung");
    await server.start();
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await sent(page);
  });

  await test.step("when there is a network again", async () => {
    await page.context().setOffline(true);
    await meet(page, "vo van dung");
    await expect(waiting(page)).toContainText(/1\schờ gửi/);
    await page.context().setOffline(false);
    await sent(page);
  });

  await test.step("at the start", async () => {
    await server.stop();
    await meetAlone(page, "4");
    await profile.close();
    await server.start();
    page = await profile.open();
    await page.goto(`${server.url}/app/`);
    await toToday(page);
    await sent(page);
  });

  await office.signIn("hanh");
  expect((await office.call("GET", "visits")).total).toBe(5);
});
