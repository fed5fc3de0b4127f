import { accessible, expect, test } from "../support/fixtures";
import { commune } from "../support/field";
import { choosePin } from "../support/lock";

// Browsers are opened, closed and looked at many times.
test.describe.configure({ timeout: 120_000 });

// To the browser a name like any other, and so without https no secure context; the server is on this machine.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), "--host-resolver-rules=MAP gandan.test 127.0.0.1"] });
  },
});

test("without a secure connection nothing is stored, and the app says why", async ({ server, profile, complaints }) => {
  const { code } = await commune(server);
  const page = await profile.open();
  const address = `http://gandan.test:${server.port}/app/`;
  // A code in the address, as a scanned one: it is not used up.
  for (const path of ["", "households", `#enrol=${code.replace("-", "")}`]) {
    await page.goto(address + path);
    await page.reload();
    await expect(page.getByRole("heading", { level: 1, name: "Địa chỉ này chưa an toàn" })).toBeVisible();
    await expect(page.getByText("Ứng dụng chưa lưu gì cả")).toBeVisible();
    await expect(page.getByText(/địa chỉ bắt đầu bằng https/)).toBeVisible();
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
    await expect(page.locator("input, textarea, button")).toHaveCount(0);
    await accessible(page);
  }
  const kept = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).length,
    preferences: localStorage.length + sessionStorage.length,
    cookies: document.cookie,
    worker: "serviceWorker" in navigator,
    caches: "caches" in window,
  }));
  expect(kept).toEqual({ databases: 0, preferences: 0, cookies: "", worker: false, caches: false });
  // The browser says that it cannot honour a header of a page that came without https; nothing else is amiss.
  expect(complaints.filter((complaint) => !complaint.startsWith("The Cross-Origin-Opener-Policy header has been ignored"))).toEqual([]);
  complaints.length = 0;

  // What the browser itself has on its disk for this address, asked from outside the page.
  const cdp = await page.context().newCDPSession(page);
  const { usage } = await cdp.send("Storage.getUsageAndQuota", { origin: new URL(address).origin });
  expect(usage).toBe(0);
  await page.goto(`${server.url}/app/#enrol=${code.replace("-", "")}`);
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await choosePin(page);
  await expect(page.getByText(/Nhận\s\d+\stin mới/)).toBeVisible({ timeout: 30_000 });
});
