import { readFileSync } from "node:fs";
import { commune } from "../support/field";
import { expect, inBothColours, test } from "../support/fixtures";
import { seek, signIn } from "../support/office";

const NAME = "tran thanh lanh";

test("a name that somebody looks for is in no address, no title and no storage", async ({ server, page }) => {
  await commune(server);
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  await signIn(page, server, "hanh");
  await page.locator("nav").getByText("Danh sách hộ").click();
  await page.selectOption("#f-village", { label: "Thôn Đồng Cừ" });
  await seek(page, NAME);
  await expect(page.locator("main h1")).toContainText("1 hộ");
  await expect(page.locator("#f-q")).toHaveValue(NAME);
  // A row is opened, and the words are still there.
  await page.locator("a.row", { hasText: "Trần Thanh Lành" }).click();
  await expect(page.locator("aside.pane h2")).toHaveText("Trần Thanh Lành");
  await expect(page.locator("#f-q")).toHaveValue(NAME);
  await inBothColours(page);

  // Files of what was found hold that and no more, and their addresses nothing of it.
  const files = page.getByRole("link", { name: "hoặc .csv" });
  for (const named of [false, true]) {
    if (named) {
      await page.locator("main summary").click();
      await page.selectOption("#names-reason", "ROUTES");
    }
    const link = named ? page.locator("main details").getByRole("link", { name: "hoặc .csv" }) : files.first();
    // Who opens it in another way than by a plain click must not get the whole list.
    await expect(link).toHaveAttribute("href", "#");
    const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
    addresses.push(file.url());
    const lines = readFileSync(await file.path(), "utf8").split("\n").filter((line) => /^"?DC-|;"?DC-/.test(line));
    expect(lines.length, named ? "with names" : "without names").toBe(1);
  }

  // The page where their household is corrected says whose it is, and its title does not.
  await page.getByRole("link", { name: "Sửa hộ Trần Thanh Lành" }).click();
  await expect(page.locator("main h1")).toHaveText("Sửa hộ Trần Thanh Lành");
  await expect(page).toHaveTitle("Sửa hộ – Gần Dân");

  // Another page, and the same one from the side, begin without words.
  await page.locator("nav").getByText("Ý kiến").click();
  await expect(page.locator("#f-q")).toHaveValue("");
  await page.locator("nav").getByText("Danh sách hộ").click();
  await expect(page.locator("main h1")).toContainText("142 hộ");
  await seek(page, NAME);
  await expect(page.locator("main h1")).toContainText("1 hộ");
  await page.locator("nav").getByText("Danh sách hộ").click();
  await expect(page.locator("main h1")).toContainText("142 hộ");
  // What finds nothing has a way back to everything.
  await seek(page, "khong co ai");
  await page.getByRole("link", { name: "Bỏ lọc" }).click();
  await expect(page.locator("main h1")).toContainText("142 hộ");

  for (const address of addresses) expect(decodeURIComponent(address).replaceAll("+", " ").toLowerCase()).not.toMatch(/tran|thanh|trần|lành|khong co ai/);
  // Nor in what the server prints of its requests.
  expect(server.output).toContain("/api/v1/households");
  expect(server.output).not.toMatch(/[?]|tran|lanh|Lành/i);
  expect(await page.title()).not.toMatch(/lanh|Lành/i);
  const stored = await page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    caches: await caches.keys().catch(() => []),
    databases: await indexedDB.databases(),
    cookies: document.cookie,
  }));
  // Preferences alone: how it looks.
  expect(stored.local.map(([key]) => key).filter((key) => !["gandan.text", "gandan.theme", "gandan.lang"].includes(key))).toEqual([]);
  expect({ ...stored, local: [] }).toEqual({ local: [], session: [], caches: [], databases: [], cookies: "" });
});

test("no field for content offers what was typed before", async ({ server, page }) => {
  await commune(server);
  await signIn(page, server, "hanh");
  for (const place of ["households", "household", "opinions", "campaigns", "teams", "organizations", "lists", "typing", "people", "units"]) {
    await page.goto(`${server.url}/office/${place}`);
    await expect(page.locator("main h1")).toBeVisible();
    const typed = "main input:not([type=checkbox], [type=radio], [type=file]), main textarea";
    const open = await page.locator(typed).evaluateAll((all) =>
      all.filter((field) => !["off", "username", "new-password"].includes(field.getAttribute("autocomplete") ?? "")).map((field) => field.id),
    );
    expect(open, place).toEqual([]);
  }
});
