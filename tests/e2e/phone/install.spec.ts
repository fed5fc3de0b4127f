import { accessible, expect, test } from "../support/fixtures";
import { commune, enrol } from "../support/field";

// Browsers are opened, closed and looked at many times.
test.describe.configure({ timeout: 120_000 });

test("the browser is asked to keep the notebook once the app is installed, and not before", async ({ server, profile }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  await page.addInitScript(() => {
    const calls: string[] = [];
    (window as any).calls = calls;
    StorageManager.prototype.persist = async () => (calls.push("persist"), true);
    StorageManager.prototype.persisted = async () => calls.includes("persist");
  });
  const calls = () => page.evaluate(() => (window as any).calls);
  await enrol(page, server, code);
  await page.goto(`${server.url}/app/settings`);
  await expect(page.getByText("Trình duyệt chưa hứa giữ sổ này")).toBeVisible();
  expect(await calls()).toEqual([]);

  // The browser's offer is kept for a better moment, and used once.
  await page.locator("header.top a.back").click();
  const prevented = await page.evaluate(() => {
    const offer = new Event("beforeinstallprompt", { cancelable: true });
    (offer as any).prompt = () => (window as any).calls.push("prompt");
    return !dispatchEvent(offer);
  });
  expect(prevented).toBe(true);
  await accessible(page);
  await page.getByRole("button", { name: "Cài vào máy" }).click();
  await expect.poll(calls).toEqual(["prompt"]);
  await expect(page.getByText(/Thêm vào màn hình chính/)).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event("appinstalled")));
  await expect.poll(calls).toEqual(["prompt", "persist"]);
  await page.getByRole("link", { name: /Cỡ chữ/ }).click();
  await expect(page.getByText("Trình duyệt hứa giữ sổ này")).toBeVisible();
  await accessible(page);
});
