import type { Locator, Page } from "@playwright/test";
import { demo } from "../support/demo";
import { accessible, expect, fits, test } from "../support/fixtures";
import { Office, newId, signIn } from "../support/office";
import { Phone } from "../support/phone";

const DAY = 86_400_000;
/** The day of Viet Nam so many days from today, as an address has it. */
const day = (n: number) => new Date(Date.now() + 7 * 3_600_000 + n * DAY).toISOString().slice(0, 10);
/** "09/11" of "9/11" and of "09/11/2026". */
const short = (text: string) => text.trim().split("/").slice(0, 2).map((part) => part.padStart(2, "0")).join("/");
const number = (text: string) => Number(text.replace(/[^\d]/g, "") || 0);
const table = (page: Page, caption: string) =>
  page.locator("main table", { has: page.locator("caption").filter({ hasText: new RegExp(`^${caption}`) }) });

/** The figures of a row by the words above their columns. */
async function figures(rows: Locator, name: string | RegExp): Promise<{ [column: string]: number }> {
  const columns = (await rows.locator("thead th").allTextContents()).slice(1);
  const row = rows.locator("tr").filter({ has: rows.page().getByRole("rowheader", { name }) });
  const cells = await row.first().locator("td").allTextContents();
  expect(cells.length).toBe(columns.length);
  return Object.fromEntries(columns.map((column, at) => [column, number(cells[at])]));
}

test.describe("the demonstration", () => {
  // Whoever asks for the office is signed in.
  demo.beforeEach(async ({ office: _, server, page }) => {
    await page.goto(`${server.url}/office/overview`);
    await expect(table(page, "Từng thôn")).toBeVisible();
  });

  demo("households, visits, met, left and due of a village, a team, a person and a campaign", async ({ office, page }) => {
    demo.setTimeout(120_000);
    // Some households of a village are given by name.
    const [work, teams] = await Promise.all(["assignments", "teams"].map((what) => office.call("GET", what)));
    const before = await office.call("GET", "coverage");
    const { village: place } = before.villages[0];
    const { seen: _, ...given } = work.find((one: any) => one.campaign === before.campaign && one.village === place && !one.ended);
    const member = teams.find((one: any) => one.id === given.team).members[0];
    const left = await office.all("households", `village=${given.village}&standing=left`);
    const share = { member, households: left.slice(0, 7).map((row) => row.id).toSorted() };
    await office.write("assignments", { ...given, id: newId(), share });
    await page.reload();
    await expect(table(page, "Từng thôn")).toBeVisible();
    const coverage = await office.call("GET", "coverage");
    const total = async (list: string) => (await office.call("GET", list)).total;
    const of = async (where: string) => ({
      "Số hộ": await total(`households?standing=active&${where}`),
      "Lượt thăm": await total(`visits?${where}`),
      "Đã gặp": await total(`households?standing=met&${where}`),
      "Còn lại": await total(`households?standing=left&${where}`),
      "Đến hẹn": await total(`households?standing=due&${where}`),
    });
    const busiest = (rows: any[]) => rows.toSorted((a, b) => b.counts.visits - a.counts.visits)[0];
    const [village, team, campaign] = [busiest(coverage.villages), busiest(coverage.teams), coverage.campaigns.at(-1)];
    expect(coverage.campaigns.length, "more than the campaign that runs").toBeGreaterThan(1);
    for (const [caption, row, where] of [
      ["Từng thôn", village.name, `village=${village.village}`],
      ["Từng tổ", team.name, `team=${team.team}`],
      ["Từng đợt", campaign.title, `campaign=${campaign.campaign}`],
    ]) {
      const listed = await of(where);
      expect(listed["Lượt thăm"], caption).toBeGreaterThan(0);
      expect(await figures(table(page, caption), row), caption).toMatchObject(listed);
    }
    // Whoever has most households by name, and whoever visited most.
    const most = (of: (row: any) => number) => coverage.members.toSorted((a: any, b: any) => of(b) - of(a))[0];
    expect(most((row) => row.given.households).given).toMatchObject({ households: 7, left: 7 });
    for (const member of [most((row) => row.given.households), most((row) => row.done.visits)]) {
      const given = `holder=${member.person}`;
      expect(await figures(table(page, "Từng thành viên"), member.name)).toMatchObject({
        "Lượt thăm": await total(`visits?by=${member.person}`),
        "Số hộ đã gặp": await total(`households?by=${member.person}&standing=met`),
        "Giao riêng": await total(`households?${given}&standing=assigned`),
        "Còn lại": await total(`households?${given}&standing=left`),
        "Đến hẹn": await total(`households?${given}&standing=due`),
      });
    }
  });

  demo("every village, team and person beside as many days before", async ({ office, page }) => {
    demo.setTimeout(180_000);
    const coverage = await office.call("GET", "coverage");
    await expect(page.locator("main")).toContainText("Kỳ trước là bấy nhiêu ngày liền ngay trước kỳ này.");
    const periods = [`from=${day(-6)}&to=${day(0)}`, `from=${day(-13)}&to=${day(-7)}`];
    const places: [string, string][] = [
      ...coverage.villages.map((one: any) => [one.name, `village=${one.village}`]),
      ...coverage.teams.map((one: any) => [one.name, `team=${one.team}`]),
      ...coverage.members.map((one: any) => [one.name, `by=${one.person}`]),
    ];
    const rows = table(page, "Kỳ này bên kỳ trước").locator("tbody tr", { has: page.locator("td") });
    await expect(rows).toHaveCount(places.length);
    const sums = [0, 0];
    for (const [at, [name, where]] of places.entries()) {
      const row = rows.nth(at);
      await expect(row.locator("th")).toHaveText(name);
      const listed: number[] = [];
      for (const list of ["visits?", "households?standing=met&", "opinions?", "meetings?"]) {
        for (const period of periods) listed.push((await office.call("GET", `${list}${where}&${period}`)).total);
      }
      expect((await row.locator("td").allTextContents()).map(number), name).toEqual(listed);
      sums[0] += listed[0];
      sums[1] += listed[1];
    }
    expect(Math.min(...sums), "neither period is empty").toBeGreaterThan(0);
    // The whole in the same days, read from both columns.
    const whole = table(page, "So với kỳ trước").locator("tbody tr").first().locator("td");
    for (const [at, period] of periods.entries()) {
      expect(number(await whole.nth(at).innerText())).toBe((await office.call("GET", `visits?${period}`)).total);
    }
  });

  demo("every chart has its table", async ({ office, page }) => {
    demo.setTimeout(120_000);
    const { topics } = await office.call("GET", "coverage");
    const summaries = page.locator("main summary");
    for (const summary of await summaries.all()) await summary.click();
    const tables = page.locator("main details[open] table");
    await expect(tables).toHaveCount(5);
    for (const shown of await tables.all()) await expect(shown.locator("tbody tr").first()).toBeVisible();

    // Columns by week: the ten latest stand there, the table has all that are not empty.
    for (const title of ["Lượt gặp theo tuần", "Ý kiến theo tuần", "Cuộc họp theo tuần"]) {
      const figure = page.locator("main figure", { has: page.getByRole("heading", { name: title }) });
      const listed = await figure.locator("tbody tr").evaluateAll((rows) =>
        rows.map((row) => [row.querySelector("th")!.innerText, row.querySelector("td")!.innerText]),
      );
      const columns = await figure.locator(".cols li").evaluateAll((all) =>
        all.map((one) => [one.textContent!.replace(one.querySelector("b")!.innerText, ""), one.querySelector("b")!.innerText]),
      );
      const shown = columns.map(([week, n]) => [short(week), number(n)]).filter(([, n]) => n !== 0);
      expect(shown.length, title).toBeGreaterThan(0);
      expect(shown, title).toEqual(listed.slice(-shown.length).map(([week, n]) => [short(week), number(n)]));
    }

    // The bar says what the table that it names says.
    const bar = page.locator("main svg.bar.tall");
    const its = page.locator(`#${await bar.getAttribute("aria-describedby")}`);
    const said = ((await bar.getAttribute("aria-label")) ?? "").replaceAll(".", "").match(/\d+/g)!.map(Number);
    expect((await its.locator("tbody td").allTextContents()).map(number)).toEqual(said);

    // So do the small columns of a topic.
    const weekly = table(page, "Ý kiến theo lĩnh vực và tuần");
    const sparks = page.locator("main svg.spark");
    await expect(sparks).toHaveCount(topics.length);
    for (const spark of await sparks.all()) {
      await expect(weekly.locator(`#${await spark.getAttribute("aria-describedby")}`)).toHaveCount(1);
      const topic = await spark.locator("xpath=ancestor::tr").locator("th").innerText();
      const rows = weekly.locator("tbody tr", { has: page.getByRole("rowheader", { name: topic, exact: true }) });
      const listed = await rows.evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.innerText)),
      );
      const drawn = ((await spark.getAttribute("aria-label")) ?? "").matchAll(/(\d+\/\d+): (\d+)/g);
      const some = [...drawn].map(([, week, n]) => [short(week), number(n)]).filter(([, n]) => n !== 0);
      expect(some, topic).toEqual(listed.map(([week, n]) => [short(week), number(n)]).slice(listed.length - some.length));
    }
    await accessible(page);
    for (const width of [1024, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await fits(page);
      if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/overview-${width}.png`, fullPage: true });
    }
  });
});

test("the figures say of when they are, and how many phones have not sent", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  await signIn(page, server, "hanh");
  const below = page.locator("main h1 + p");
  const open = () => page.goto(`${server.url}/office/overview`);
  // Without a campaign too.
  await open();
  await expect(page.locator("main h1")).toHaveText("Chưa có đợt vận động nào đang chạy");
  await expect(below).toHaveText(/Xã Tân Khê Vân · số liệu tính đến hôm nay \d?\d:\d\d$/i);

  const campaign = await office.campaign();
  await office.importRoll("01-thon-dong-cu-mau-in.xlsx", {});
  await office.village("Thôn Bến Lĩnh", "BL");
  const lines = new Blob(["STT;Chủ hộ;Nhân khẩu\n1;Lò Văn Páo;4\n2;Lò Thị Mỷ;3\n"]);
  await office.importFile(lines, "ben-linh.csv", { sheets: { "": { village: "Thôn Bến Lĩnh" } } });
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  await Phone.enrol(server, code);
  await open();
  await expect(page.locator("main h1")).toHaveText("Đã gặp 0 trên 144 hộ. Còn một thôn chưa giao cho ai.");
  await expect(below).toContainText("2 thôn · số liệu tính đến hôm nay");
  await expect(below).not.toContainText("chưa gửi");

  await page.locator("main h1 a", { hasText: "một thôn" }).click();
  await expect(page.locator("main h1")).toHaveText("Còn một thôn chưa giao cho ai.");

  // A page that stands open for four days says that its figures are four days old.
  const taken = new Date();
  await page.clock.setFixedTime(new Date(taken.getTime() + 4 * DAY));
  await page.route("**/api/v1/coverage?*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), silent_devices: 1 } });
  });
  await open();
  const [year, month, date] = day(0).split("-").map(Number);
  await expect(below).toContainText(new RegExp(`số liệu tính đến 0?${date}/0?${month}(/${year})? lúc`));
  await expect(below).toContainText(/1\smáy chưa gửi quá 3 ngày/);
  // The number leads to the phones, where the same rule says which.
  await below.locator("a[href='/office/people']").click();
  const silent = page.locator("main td .mark", { hasText: /Im lặng 4\sngày/ });
  await expect(silent).toHaveCount(1);
  await page.clock.setFixedTime(new Date(taken.getTime() + 2 * DAY));
  await page.reload();
  await expect(page.getByText("Lương Văn Bền").first()).toBeVisible();
  await expect(page.locator("table", { has: page.locator("caption", { hasText: "Điện thoại" }) })).toContainText("Lương Văn Bền");
  await expect(silent).toHaveCount(0);
});
