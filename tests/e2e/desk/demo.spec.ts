import type { Page } from "@playwright/test";
import { demo } from "../support/demo";
import { accessible, contrasts, expect, test } from "../support/fixtures";
import { signIn } from "../support/office";
import { type Server, refused } from "../support/server";

// Every page of the office, and what stands on it in the demonstration: a selector, and how many at least.
const PAGES: { [page: string]: [string, number] } = {
  overview: ["table.tbl tbody tr", 40],
  campaigns: ["section.part", 2],
  teams: ["table.tbl tbody tr", 6],
  assign: ["table.tbl tbody tr", 6],
  share: ["#f-village option", 6],
  households: ["a.row", 50],
  household: ["#household-head", 1],
  import: ["#import-file", 1],
  opinions: ["a.row", 20],
  meetings: ["a.row", 4],
  visits: ["a.row", 50],
  verification: ["table.tbl tbody tr", 20],
  typing: ["main input", 3],
  arrived: ["main input", 3],
  sheets: ["main select", 1],
  route: ["main select", 1],
  disputed: ["a.row", 1],
  twins: ["section.twins", 2],
  quarantine: ["table.tbl tbody tr", 1],
  people: ["table.tbl tbody tr", 40],
  units: ["table.tbl tbody tr", 6],
  "units/rearrange": ["main fieldset", 1],
  organizations: ["table.tbl tbody tr", 4],
  lists: ["table.tbl tbody tr", 99],
  incidents: ["table.tbl tbody tr", 1],
  upkeep: ["pre.report", 1],
  recovery: ["main b.letters", 1],
  redactions: ["main .row", 1],
  access: ["table.tbl tbody tr", 1],
};

// Pages that another one leads to, and not the side.
const INNER = ["import", "assign", "share", "household", "arrived", "sheets", "route", "units/rearrange", "organizations", "lists", "upkeep"];

const ROLES = [
  { role: "Cán bộ dân vận, văn phòng xã", pages: Object.keys(PAGES).filter((name) => !["access", "incidents", "recovery"].includes(name)) },
  { role: "Lãnh đạo xã", pages: ["overview", "opinions", "meetings", "recovery", "upkeep"] },
  { role: "Quản trị", pages: ["people", "units", "units/rearrange", "incidents", "recovery", "upkeep"] },
  { role: "Bộ phận bảo vệ dữ liệu", pages: ["recovery", "incidents", "redactions", "access", "upkeep"] },
];

async function open(page: Page, server: Server, name: string): Promise<void> {
  await page.goto(`${server.url}/office/${name}`);
  await expect(page.locator("main h1")).toBeVisible();
  const [what, least] = PAGES[name];
  await expect.poll(() => page.locator(what).count(), `${name} has nothing to show`).toBeGreaterThanOrEqual(least);
}

async function choose(page: Page, select: string, value: string): Promise<void> {
  if (!(await page.locator(select).isVisible())) await page.locator("details.look summary").click();
  await page.selectOption(select, value);
}

async function look(page: Page, theme: "dark" | "light"): Promise<void> {
  await choose(page, "#look-theme", theme);
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
}

/** At the width of a leader's phone, of a small screen and of a desk. */
async function fits(page: Page, name: string): Promise<void> {
  for (const width of [360, 1024, 1280]) {
    await page.setViewportSize({ width, height: width === 360 ? 640 : 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, `${name} at ${width}`).toBeLessThanOrEqual(0);
  }
}

demo("the commune and one of its villages came from mergers", async ({ server, page }) => {
  const { login, passphrase } = server.signIns.find((one) => one.role === "Cán bộ dân vận, văn phòng xã")!;
  await signIn(page, server, login, passphrase);
  await open(page, server, "units");
  const villages = page.getByRole("table", { name: "Xã Tân Khê Vân", exact: true }).locator("tbody th");
  await expect(villages).toHaveCount(8);
  await expect(villages.filter({ hasText: "nay là Thôn Đồng Cừ – Bến Lĩnh" })).toHaveCount(2);
  await expect(page.locator("#former-communes li")).toHaveText([/^Xã Khê Vân\s*nay là Xã Tân Khê Vân/, /^Xã Tân Khê\s*nay là Xã Tân Khê Vân/]);
  await page.locator("#units-on").fill("30/6/2025");
  await page.keyboard.press("Enter");
  for (const former of ["Xã Khê Vân", "Xã Tân Khê"]) {
    await expect(page.getByRole("table", { name: former, exact: true }).locator("tbody tr").first()).toBeVisible();
  }
});

for (const { role, pages } of ROLES) {
  demo(`every page has something to show: ${role}`, async ({ server, page }) => {
    demo.setTimeout(300_000);
    const who = server.signIns.find((one) => one.role === role)!;
    await signIn(page, server, who.login, who.passphrase);
    await expect(page.locator(".who")).toContainText("Dữ liệu bịa để xem thử");
    // What the side leads to is what the role may open.
    const side = await page.locator("header.side nav a").evaluateAll((links) => links.map((a) => a.getAttribute("href")!.split("/").pop()!));
    expect(side.toSorted()).toEqual(pages.filter((name) => !INNER.includes(name)).toSorted());
    for (const name of pages) {
      await open(page, server, name);
      await accessible(page);
      await look(page, "dark");
      await contrasts(page);
      await look(page, "light");
      await fits(page, name);
    }
    // The others say that they are not for this role, and show nothing.
    const others = Object.keys(PAGES).filter((name) => !pages.includes(name));
    for (const name of others) {
      await page.goto(`${server.url}/office/${name}`);
      await expect(page.locator("main h1")).toHaveText("Vai trò này không mở được trang này");
      await expect(page.locator("main table, main a.row, main form")).toHaveCount(0);
    }
    // It is the same page everywhere.
    await accessible(page);
  });
}

demo("the office speaks English whole, and Vietnamese again", async ({ server, page }) => {
  demo.setTimeout(180_000);
  // What comes from the database is in its own language: everything that the server said is no label.
  const data = new Set<string>(["Gần Dân", "Tiếng Việt", "English"]);
  const learn = (value: unknown): void => {
    if (typeof value === "string") data.add(value.normalize());
    else if (value && typeof value === "object") Object.values(value).forEach(learn);
  };
  page.on("response", async (response) => {
    if (response.headers()["content-type"]?.startsWith("application/json")) learn(await response.json().catch(() => null));
  });
  const who = server.signIns.find((one) => one.role === ROLES[0].role)!;
  await signIn(page, server, who.login, who.passphrase);

  const vietnamese = new Map<string, Set<string>>();
  for (const name of ROLES[0].pages) {
    await open(page, server, name);
    vietnamese.set(name, await labels(page, data));
  }
  await choose(page, "#look-lang", "en");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  for (const name of ROLES[0].pages) {
    await open(page, server, name);
    // Examples are of Viet Nam in every language.
    const english = [...(await labels(page, data))].map((label) => label.replace(/For example: .*/, ""));
    const left = english.filter((label) => /[^\x00-\x7f]/.test(label) || vietnamese.get(name)!.has(label));
    expect(left, `not in English on ${name}`).toEqual([]);
  }
  await accessible(page);
  await choose(page, "#look-lang", "vi");
  await expect(page.locator("html")).toHaveAttribute("lang", "vi");
  await expect(page.getByRole("button", { name: "Đăng xuất" })).toBeVisible();
});

/** Everything that a page says, seen or spoken, without what came from the database and without figures. */
async function labels(page: Page, data: Set<string>): Promise<Set<string>> {
  const said = await page.evaluate(() => {
    const texts: string[] = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      // What the page says when the app does not run knows no language but its own, nor does a report to those who program it.
      // What is marked as of another language is meant to be: a code list shows both labels.
      if (!node.parentElement?.closest("script, style, #skeleton, #crash, #unstarted, pre.report, body [lang]")) texts.push(node.textContent ?? "");
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
      for (const name of ["aria-label", "placeholder", "title", "alt"]) texts.push(element.getAttribute(name) ?? "");
    }
    return texts;
  });
  const known = [...data].filter((text) => /\p{L}/u.test(text)).toSorted((a, b) => b.length - a.length);
  const without = (text: string) => known.reduce((rest, one) => rest.replaceAll(one, " "), text.normalize());
  const plain = (text: string) => without(text).replace(/[\d“”’„…·–›×\s]+/gu, " ").trim();
  return new Set(said.map(plain).filter((text) => /\p{L}{2}/u.test(text)));
}

test("a demonstration answers this machine only", async () => {
  for (const address of ["0.0.0.0:0", "[::]:0"]) {
    const { code, said } = await refused("--demo", "--listen", address);
    expect(code).not.toBe(0);
    expect(said).toContain("127.0.0.1");
    expect(said).not.toContain("/office/");
  }
});
