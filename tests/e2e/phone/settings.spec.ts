import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { commune, enrol, press, toToday } from "../support/field";

/** What the reader sees of the choice: the height of a letter on paper of this colour. */
const look = (page: Page) =>
  page.evaluate(() => {
    const { fontSize, colorScheme } = getComputedStyle(document.documentElement);
    const paper = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [];
    const bright = paper.reduce((sum, part) => sum + part, 0) > (3 * 255) / 2;
    return { letters: Number.parseFloat(fontSize), scheme: colorScheme, paper: bright ? "light" : "dark" };
  });

const choose = (page: Page, group: string, name: RegExp) => page.getByRole("group", { name: group }).getByRole("radio", { name }).click();

test("letters and colours are chosen on the settings page, seen at once, and there after a restart", async ({ server, profile }) => {
  const { code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await server.stop();
  await page.goto(`${server.url}/app/settings`);
  await expect(page.getByRole("heading", { level: 1, name: "Cỡ chữ, màn hình, sổ" })).toBeVisible();
  expect(await look(page)).toEqual({ letters: 18, scheme: "light", paper: "light" });

  const choices = [
    { letters: /^Lớn$/, is: 21, colours: /^Tối/, scheme: "dark" },
    { letters: /^Rất lớn$/, is: 24, colours: /^Sáng/, scheme: "light" },
    { letters: /^Vừa$/, is: 18, colours: /^Tối/, scheme: "dark" },
  ];
  for (const { letters, is, colours, scheme } of choices) {
    await choose(page, "Cỡ chữ", letters);
    await expect.poll(async () => (await look(page)).letters).toBe(is);
    await choose(page, "Màn hình", colours);
    await expect.poll(() => look(page)).toEqual({ letters: is, scheme, paper: scheme });

    await profile.close();
    page = await profile.open();
    await page.goto(`${server.url}/app/settings`);
    await expect(page.getByRole("group", { name: "Cỡ chữ" }).getByRole("radio", { name: letters })).toBeChecked();
    await expect(page.getByRole("group", { name: "Màn hình" }).getByRole("radio", { name: colours })).toBeChecked();
    expect(await look(page)).toEqual({ letters: is, scheme, paper: scheme });
    // On every page, not only where it is chosen.
    await page.locator("header.top a.back").click();
    await toToday(page);
    await expect(page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ })).toBeVisible();
    expect(await look(page)).toEqual({ letters: is, scheme, paper: scheme });
    await page.goto(`${server.url}/app/settings`);
  }

  // What the phone has, as long as nobody says otherwise.
  await choose(page, "Màn hình", /^Theo máy/);
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect.poll(async () => (await look(page)).paper).toBe(scheme);
  }
});
