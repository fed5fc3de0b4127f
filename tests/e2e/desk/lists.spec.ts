import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { demo } from "../support/demo";
import { accessible, expect, test } from "../support/fixtures";
import { Office, signIn } from "../support/office";
import { Phone, opinion, visit } from "../support/phone";
import { type Cell, readCsv, readWorkbook } from "../support/workbook";

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const iso = (millis: number) => new Date(millis + 7 * 3_600_000).toISOString().slice(0, 10);
const typed = (date: string) => date.split("-").map(Number).toReversed().join("/");

/** How many the heading says there are. */
async function found(page: Page): Promise<number> {
  const heading = await page.locator("main h1").innerText();
  return Number(/[\d.]+/.exec(heading)?.[0].replaceAll(".", "") ?? NaN);
}

/** What the page exports now: the rows of the .xlsx and of the .csv, under their titles. */
async function exported(page: Page): Promise<{ titles: string[]; xlsx: Cell[][]; csv: string[][]; filter: string[][] }> {
  const download = async (ending: string) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`a[download][href*="export.${ending}"]`).click()]);
    expect(file.suggestedFilename()).toMatch(new RegExp(`^gan-dan-[a-z]+-\\d{4}-\\d\\d-\\d\\d\\.${ending}$`));
    return readFileSync(await file.path());
  };
  const [about, list] = readWorkbook(await download("xlsx"));
  const text = (await download("csv")).toString("utf8");
  expect(text.codePointAt(0), "byte-order mark").toBe(0xfeff);
  const lines = readCsv(text.slice(1), ";");
  const titles = list.rows[0].map((cell) => cell.text ?? "");
  const at = lines.findIndex((line) => line[0] === titles[0] && line.length === titles.length);
  return { titles, xlsx: list.rows.slice(1), csv: lines.slice(at + 1), filter: about.rows.map((row) => row.map((cell) => cell.text ?? "")) };
}

// The demonstration has campaigns, six villages with a team each, visits of weeks, and opinions of every kind. What each filter
// has to find is worked out here from the list as a whole.
test.describe("filters of the demonstration", () => {
  /** Narrows the list by one field and expects these rows in heading, list and both files. */
  async function narrows(page: Page, set: () => Promise<unknown>, rows: any[], all: any[]): Promise<Awaited<ReturnType<typeof exported>>> {
    expect(rows.length, "a filter that finds all or nothing shows nothing").toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(all.length);
    await set();
    await expect.poll(() => found(page)).toBe(rows.length);
    await expect(page.locator("a.row")).toHaveCount(Math.min(50, rows.length));
    const out = await exported(page);
    expect([out.xlsx.length, out.csv.length]).toEqual([rows.length, rows.length]);
    return out;
  }

  /** The cells of a column. */
  const texts = (out: Awaited<ReturnType<typeof exported>>, title: string) => out.xlsx.map((row) => row[out.titles.indexOf(title)]?.text ?? "");

  demo("opinions by village, team, kind, topic and time", async ({ server, office, page }) => {
    demo.setTimeout(120_000);
    const all = await office.all("opinions");
    const [villages, teams, assignments, campaigns] = await Promise.all(
      ["units", "teams", "assignments", "campaigns"].map((what) => office.call("GET", what)),
    );
    const list = `${server.url}/office/opinions`;
    const start = async () => {
      await page.goto(list);
      await expect.poll(() => found(page)).toBe(all.length);
    };

    const village = villages.find((unit: any) => unit.name === all[0].village);
    await start();
    let out = await narrows(page, () => page.selectOption("#f-village", village.id), all.filter((row) => row.village === village.name), all);
    expect(new Set(texts(out, "Thôn, tổ dân phố"))).toEqual(new Set([village.name]));
    expect(out.filter).toContainEqual(["Thôn, tổ dân phố", village.name]);

    const campaign = campaigns.find((one: any) => one.state === "ACTIVE");
    const team = teams.find((one: any) => assignments.some((work: any) => work.team === one.id && work.village === village.id));
    const places = assignments.filter((work: any) => work.team === team.id && work.campaign === campaign.id && !work.ended);
    const names = places.map((work: any) => villages.find((unit: any) => unit.id === work.village).name);
    await start();
    out = await narrows(page, () => page.selectOption("#f-team", team.id), all.filter((row) => names.includes(row.village)), all);
    expect(out.filter).toContainEqual(["Tổ", team.name]);

    const { kind } = all[1];
    await start();
    out = await narrows(page, () => page.selectOption("#f-kind", kind), all.filter((row) => row.kind === kind), all);
    expect(new Set(texts(out, "Loại")).size).toBe(1);

    // A topic of the first level holds those of its second.
    const topic = all.find((row) => row.topic.includes(".")).topic.split(".")[0];
    await start();
    out = await narrows(page, () => page.selectOption("#f-topic", topic), all.filter((row) => row.topic.split(".")[0] === topic), all);
    expect(new Set(texts(out, "Lĩnh vực")).size).toBe(1);
    const second = all.find((row) => row.topic.includes(".")).topic;
    await start();
    await narrows(page, () => page.selectOption("#f-topic", second), all.filter((row) => row.topic === second), all);

    // From a day: named ones by their day, anonymous ones by the days of their week.
    const days = all.flatMap((row) => row.day ?? []).toSorted();
    const from = days[Math.floor(days.length / 2)];
    const last = (monday: string) => new Date(day(monday).getTime() + 6 * 86_400_000).toISOString().slice(0, 10);
    const after = all.filter((row) => (row.day ? row.day >= from : row.week ? last(row.week) >= from : false));
    await start();
    await narrows(page, () => enter(page, "#f-from", typed(from)), after, all);

    // Two together, and the address alone brings the same list back.
    const both = after.filter((row) => row.kind === after[0].kind);
    await page.selectOption("#f-kind", after[0].kind);
    await expect.poll(() => found(page)).toBe(both.length);
    await page.goto(page.url());
    await expect.poll(() => found(page)).toBe(both.length);
    await accessible(page);

    // A day that is none stays in its field and says so; the list stays as it was.
    await enter(page, "#f-to", "31/2/2026");
    await expect(page.locator("#f-to-e")).toContainText("Ngày này không đọc được");
    expect(await page.inputValue("#f-to")).toBe("31/2/2026");
    expect(await found(page)).toBe(both.length);
  });

  demo("visits by village, team and time", async ({ server, office, page }) => {
    demo.setTimeout(120_000);
    const all = await office.all("visits");
    const [villages, teams, people] = await Promise.all(["units", "teams", "people"].map((what) => office.call("GET", what)));
    const start = async () => {
      await page.goto(`${server.url}/office/visits`);
      await expect.poll(() => found(page)).toBe(all.length);
    };
    const village = villages.find((unit: any) => unit.name === all[0].village);
    await start();
    await narrows(page, () => page.selectOption("#f-village", village.id), all.filter((row) => row.village === village.name), all);

    const members = teams[0].members.map((id: string) => people.find((row: any) => row.person.id === id).person.name);
    await start();
    await narrows(page, () => page.selectOption("#f-team", teams[0].id), all.filter((row) => members.includes(row.by)), all);

    const days = all.map((row) => iso(row.at)).toSorted();
    const [from, to] = [days[Math.floor(days.length / 4)], days[Math.floor(days.length / 2)]];
    const between = all.filter((row) => iso(row.at) >= from && iso(row.at) <= to);
    await start();
    await enter(page, "#f-from", typed(from));
    const out = await narrows(page, () => enter(page, "#f-to", typed(to)), between, all);
    const dates = out.xlsx.map((row) => row[out.titles.indexOf("Thời gian")].date!.toISOString().slice(0, 10));
    expect(dates.toSorted()).toEqual(between.map((row) => iso(row.at)).toSorted());
    expect(new Set(texts(out, "Kết quả")), "one word for every visit without contact").toContain("Chưa gặp");
    expect(out.csv.flat().join()).not.toMatch(/Vắng nhà|không muốn|chưa tiện/);

    await page.locator("a.row").first().click();
    await expect(page.locator(".pane h2")).toHaveText(await page.locator("a.row.on .t > b").innerText());
    expect(await found(page), "opening a row keeps the filter").toBe(between.length);
    await page.getByRole("button", { name: /Xem thêm/ }).click();
    await expect(page.locator("a.row")).toHaveCount(Math.min(100, between.length));
  });

  demo("every figure of the overview is the length of its list", async ({ server, office, page }) => {
    demo.setTimeout(300_000);
    const { total, villages, teams, members, campaigns } = await office.call("GET", "coverage");
    expect([total.assigned, total.met, total.left].every((n) => n > 0)).toBe(true);
    expect(total.met + total.left + total.no_contact, "whoever is assigned was met, is left, or asked not to be").toBe(total.assigned);
    await page.goto(`${server.url}/office/overview`);
    await expect(page.locator("main h1")).toContainText(`Đã gặp ${total.met} trên ${total.households} hộ`);
    await expect(page.locator("figure").first()).toContainText(`${total.assigned} hộ đã giao cho tổ, còn lại ${total.left} hộ.`);
    const lists = ["households", "visits", "opinions", "meetings"];
    const links = await page
      .locator(lists.map((list) => `main a[href*='/office/${list}?']`).join(", "))
      .evaluateAll((all) => all.map((a) => ({ href: a.getAttribute("href")!, says: a.textContent! })));
    // No number stands there without its list, but for shares of a hundred, differences, days and hours.
    const names = [...villages, ...teams, ...members].map((one: any) => one.name).concat(campaigns.map((one: any) => one.title));
    const texts = await page.evaluate(() => {
      const found: string[] = [];
      const walker = document.createTreeWalker(document.querySelector("main")!, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement!.closest("a, form, th, caption")) found.push(node.textContent!.trim());
      }
      return found;
    });
    const plain = (text: string) =>
      names
        .reduce((rest: string, name: string) => rest.replaceAll(name, ""), text)
        .replace(/^[+−][\d.]+$|^0$|\d+\s%|\d+\/\d+(\/\d+)?|\d+:\d\d|3 ngày/g, "");
    expect(texts.filter((text) => /\d/.test(plain(text)))).toEqual([]);
    const cells = await page.locator("main td").evaluateAll((all) =>
      all.filter((td) => !td.querySelector("a") && /^[\d.]+$/.test((td as HTMLElement).innerText.trim())).map((td) => td.outerHTML),
    );
    expect(cells.filter((cell) => !/>0</.test(cell))).toEqual([]);
    const figures = links.map(({ href, says }) => ({ href, n: Number(/[\d.]+/.exec(says)?.[0].replaceAll(".", "")), of: says }));
    // A village's name leads to its households, and is no figure of them.
    const counted = figures.filter(({ href }) => /standing=/.test(href) || !href.includes("/households?"));
    for (const list of lists) expect(counted.filter(({ href }) => href.includes(`/${list}?`)).length, list).toBeGreaterThan(3);
    expect(new Set(counted.flatMap(({ href }) => /standing=(\w+)/.exec(href)?.[1] ?? []))).toEqual(
      new Set(["active", "met", "tried", "new", "assigned", "left", "due", "overdue", "no_contact"]),
    );
    for (const { href, n } of counted) {
      const [list, query] = href.replace("/office/", "").split("?");
      expect((await office.call("GET", `${list}?${query}`)).total, href).toBe(n);
    }
    // The villages of the page.
    const own = page.locator("main a[href$='#places']");
    expect(Number(await own.innerText())).toBe(await page.locator("#places tbody tr").count());
    expect(villages.reduce((sum: number, one: any) => sum + one.counts.met, 0)).toBe(total.met);
    // One of them by hand.
    await page.locator("tfoot a[href*='standing=met']").click();
    await expect.poll(() => found(page)).toBe(total.met);
    await expect(page.locator("#f-standing")).toHaveValue("met");
    // And the phones that are silent: the page of phones marks as many.
    await page.goBack();
    const silent = page.locator("main h1 + p a[href='/office/people']");
    const phones = Number(await silent.innerText());
    expect(phones).toBeGreaterThan(0);
    await silent.click();
    await expect(page.locator("main td .mark", { hasText: "Im lặng" })).toHaveCount(phones);
  });
});

async function enter(page: Page, field: string, text: string): Promise<void> {
  await page.locator(field).fill(text);
  await page.locator(field).press("Tab");
}

test("exported files are dates, numbers and text, whatever people wrote, and name nobody", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ; “Bến Lĩnh”", "DC");
  const campaign = await office.campaign();
  const heads = ["Trần Thanh Lành", "Lò Văn Páo", "Nguyễn Thị Ưởng", "H'Nuê Êban"];
  const numbers = ["3/2", "012", "=1+1", "@7"];
  const roll = heads.map((head, n) => `${numbers[n]},${head},${n + 2},018725041${n},cạnh nhà ${head}`);
  const csv = `Số nhà,Chủ hộ,Số khẩu,Điện thoại,Địa chỉ\r\n${roll.join("\r\n")}\r\n`;
  await office.importFile(new Blob([csv]), "so.csv", { sheets: { "": { village: village.name, columns: { 0: "no" } } } });
  const households = await office.all("households");
  expect(households.map((row) => row.no).toSorted()).toEqual(numbers.toSorted());
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  const phone = await Phone.enrol(server, code);
  const place = { area: village.id, campaign: campaign.id };
  const said = [
    '=HYPERLINK("http://127.0.0.1:9";"x")',
    "+84 làm đường; \"mương\" thì sao?",
    "-2+3 dòng một\ndòng hai",
    "@cả xóm: ơ ư ạ ặ ệ ỗ ữ ỵ đ Đ",
  ];
  const sent = await phone.push(
    visit(place, households[0].id, "MET_REP", { at: new Date("2026-11-20T10:44:00Z"), next: 20_800 }),
    visit(place, households[1].id, "DECLINED", { at: new Date("2026-11-20T18:30:00Z") }),
    ...said.map((text, n) => opinion(place, households[n].id, "KIEN_NGHI", "INFRA.ROAD", text)),
  );
  expect(new Set(sent)).toEqual(new Set(["a"]));

  await signIn(page, server, "hanh");
  const secrets = [...heads, "018725041", "Lương Văn Bền", "cạnh nhà"];
  const outs: { [list: string]: Awaited<ReturnType<typeof exported>> } = {};
  for (const list of ["households", "visits", "opinions"]) {
    await page.goto(`${server.url}/office/${list}`);
    await expect(page.locator("a.row").first()).toBeVisible();
    const out = await exported(page);
    const cells = out.xlsx.flat();
    expect(cells.filter((cell) => cell.formula !== undefined), list).toEqual([]);
    const everything = JSON.stringify(out);
    for (const secret of secrets) expect(everything, list).not.toContain(secret);
    // Nothing in the .csv begins a formula, and its rows are those of the .xlsx.
    expect(out.csv.flat().filter((cell) => /^[=+\-@\t\r\n|%]/.test(cell)), list).toEqual([]);
    expect(out.csv.map((row) => row.length)).toEqual(out.xlsx.map(() => out.titles.length));
    outs[list] = out;
  }
  const column = (list: string, title: string) => outs[list].xlsx.map((row) => row[outs[list].titles.indexOf(title)] ?? {});
  expect(outs.households.titles).not.toContain("Chủ hộ");
  expect(column("households", "Số trong danh sách").map((cell) => cell.text).toSorted()).toEqual(numbers.toSorted());
  expect(column("households", "Số người").map((cell) => cell.number).toSorted()).toEqual([2, 3, 4, 5]);
  expect(new Set(column("households", "Thôn, tổ dân phố").map((cell) => cell.text))).toEqual(new Set(["Thôn Đồng Cừ; “Bến Lĩnh”"]));
  const csvColumn = (list: string, title: string) => outs[list].csv.map((row) => row[outs[list].titles.indexOf(title)]);
  expect(csvColumn("households", "Số trong danh sách").toSorted()).toEqual(["'012", "'3/2", "'=1+1", "'@7"]);

  // Hours of Viet Nam: the second visit is of the next day there.
  expect(column("visits", "Thời gian").map((cell) => cell.date?.toISOString())).toEqual(["2026-11-21T01:30:00.000Z", "2026-11-20T17:44:00.000Z"]);
  expect(csvColumn("visits", "Thời gian")).toEqual(["21/11/2026 01:30", "20/11/2026 17:44"]);
  expect(column("visits", "Kết quả").map((cell) => cell.text)).toEqual(["Chưa gặp", "Gặp đại diện hộ"]);
  expect(column("visits", "Hẹn gặp lại").map((cell) => cell.date?.toISOString().slice(0, 10))).toEqual([undefined, "2026-12-13"]);
  expect(column("opinions", "Nội dung").map((cell) => cell.text).toSorted()).toEqual(said.toSorted());
  expect(csvColumn("opinions", "Nội dung").toSorted()).toEqual(said.map((text) => `'${text}`).toSorted());
});
