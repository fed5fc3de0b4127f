import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, inBothColours, test } from "../support/fixtures";
import { Office, PASSPHRASE, newId, signIn } from "../support/office";
import { Phone } from "../support/phone";
import { RECOVERY, SHEETS, answeredTo, depositedBy, fingerprint, makeKey, newKey, open, publicBytes, seal, sheetsShown } from "../support/recovery";
import type { Server } from "../support/server";

const wrongs = (page: Page, form: string) => page.locator(`#${form}-wrong li`);

/** Everything that the page sends from now on: addresses and bodies. */
function sent(page: Page): string[] {
  const all: string[] = [];
  page.on("request", (request) => all.push(`${request.url()} ${request.postData() ?? ""}`));
  return all;
}

/** Whether any of these is in what was sent, the address, the title, or what the browser keeps. */
async function leaks(page: Page, all: string[], secrets: string[]): Promise<string[]> {
  const kept = await page.evaluate(() => [location.href, document.title, String(JSON.stringify(history.state)), JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })]);
  const plain = [...all, ...kept].map((text) => text.replaceAll("-", "").toUpperCase());
  return secrets.filter((secret) => plain.some((text) => text.includes(secret.replaceAll("-", "").toUpperCase())));
}

async function leader(server: Server): Promise<void> {
  const admin = new Office(server);
  await admin.signIn("quantri");
  const account = { name: "Lương Thị Hạnh", login: "lanhdao", passphrase: PASSPHRASE };
  await admin.write("people", { id: newId(), name: "Lương Thị Hạnh", role: "LEADER", unit: admin.unit, account });
}

test("the administrator of a server without a key makes one, and the paper is checked", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await Office.setUp(server, null);
  const { person } = await office.person("Vàng Thị Mỷ", "FIELD_MEMBER");
  await expect(office.call("POST", `people/${person.id}/code`)).rejects.toThrow(/no_recovery_key/);

  // Whoever may make it is told on every page; others are told who can.
  await signIn(page, server, "quantri");
  await expect(page.locator("main .note", { hasText: "Chưa có khóa khôi phục" })).toBeVisible();
  await page.getByRole("link", { name: "Tạo khóa khôi phục" }).click();
  await expect(page.locator("main h1")).toHaveText("Chưa có khóa khôi phục");
  await expect(page.locator("main a", { hasText: "Tạo khóa khôi phục" })).toHaveCount(0);
  await inBothColours(page);

  const all = sent(page);
  await page.getByRole("button", { name: "Tạo khóa", exact: true }).click();
  const sheets = await sheetsShown(page);
  expect(sheets.map((rows) => rows.length)).toEqual([4, 4, 4]);
  await expect(page.locator(".key-sheet").nth(0)).toContainText("Lãnh đạo xã");
  await expect(page.locator(".key-sheet").nth(1)).toContainText("Người phụ trách bảo vệ dữ liệu");
  await expect(page.locator(".key-sheet").nth(2)).toContainText("Két của xã");
  await inBothColours(page);

  // On paper: three pages, and nothing else of the page.
  await page.emulateMedia({ media: "print" });
  for (const around of ["h1", "header.side", "main .note", "main .btn"]) {
    for (const one of await page.locator(around).all()) await expect(one, around).toBeHidden();
  }
  await expect(page.locator(".key-sheet").nth(2)).toBeVisible();
  expect((await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g)).toHaveLength(3);
  await page.emulateMedia({ media: "screen" });

  // The sheets are not on the screen while their last groups are typed; each one that is wrong is named.
  await page.getByRole("button", { name: "Đã in, đã cầm trên tay" }).click();
  await expect(page.locator(".key-sheet")).toHaveCount(0);
  const [one, two, three] = sheets.map((rows) => rows[3].slice(-4));
  await page.locator("#sheets-1").fill(one.toLowerCase());
  await page.locator("#sheets-2").fill(three);
  await page.getByRole("button", { name: "Dùng khóa này" }).click();
  await expect(wrongs(page, "sheets")).toHaveText(["Nhóm cuối của tờ 2 chưa đúng.", "Nhóm cuối của tờ 3 chưa đúng.", "Còn chưa chia ba tờ."]);
  await inBothColours(page);
  for (const field of ["1", "2", "3"]) await expect(page.locator(`#sheets-${field}`)).toHaveAttribute("autocomplete", "off");
  // They can be looked at once more, and are the same.
  await page.getByRole("button", { name: "Xem lại ba tờ" }).click();
  expect(await sheetsShown(page)).toEqual(sheets);
  await page.getByRole("button", { name: "Đã in, đã cầm trên tay" }).click();
  for (const [n, group] of [one, two, three].entries()) await page.locator(`#sheets-${n + 1}`).fill(group);
  await page.locator("#sheets-apart label").click();
  expect(all.filter((request) => request.includes("/recovery")), "nothing is sent before").toEqual([]);
  await page.getByRole("button", { name: "Dùng khóa này" }).click();
  await expect(page.locator("main .note.good")).toContainText("Đã có khóa khôi phục");
  await expect(page.locator("main h1")).toHaveText("Không có máy nào xin mở lại sổ");
  await inBothColours(page);

  // Its public half went to the server; no row of any sheet went anywhere or is kept, and none is on the page.
  const key = Buffer.from((await keyOf(server)) as number[]);
  await expect(page.locator("main")).toContainText(fingerprint(key));
  expect(await leaks(page, all, sheets.flat())).toEqual([]);
  expect(await page.locator("body").innerHTML()).not.toContain(sheets[0][1]);
  const code = await office.call("POST", `people/${person.id}/code`);
  expect([code.fingerprint, code.url.split("#")[1]]).toEqual([fingerprint(key), `enrol=${code.code.replaceAll("-", "")}.${fingerprint(key).replaceAll("-", "")}`]);
});

async function keyOf(server: Server): Promise<unknown> {
  const admin = new Office(server);
  await admin.signIn("quantri");
  return (await admin.call("GET", "recovery")).key;
}

test("somebody was quicker at another desk: the sheets just printed are of no use, and that is said", async ({ server, page }) => {
  await Office.setUp(server, null);
  await signIn(page, server, "quantri");
  await page.goto(`${server.url}/office/recovery`);
  await page.getByRole("button", { name: "Tạo khóa", exact: true }).waitFor();
  const other = new Office(server);
  await other.signIn("quantri");
  await other.call("POST", "recovery", { public: [...RECOVERY] });
  await makeKey(page);
  await expect(page.locator("main .note.bad")).toContainText("xé bỏ");
  await expect(page.locator("main")).toContainText(fingerprint(RECOVERY));
});

test("a phone whose PIN nobody knows is opened by two sheets, and who did it stays known", async ({ server, page }) => {
  test.setTimeout(120_000);
  const office = await Office.setUp(server);
  const village = await office.village("Thôn Đồng Cừ", "DC");
  const campaign = await office.campaign();
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", campaign.id, [village.id]);
  await leader(server);

  // The phone, as it is enrolled and as it is locked.
  const phone = await Phone.enrol(server, code);
  expect(Buffer.from(phone.recovery)).toEqual(Buffer.from(RECOVERY));
  const dataKey = randomBytes(32);
  const deposit = seal(phone.recovery, depositedBy(phone.device), dataKey);
  await phone.deposit(deposit);
  const own = newKey();
  const shown = fingerprint(publicBytes(own));
  // Its own copy was damaged; the server's is whole.
  const bent = Buffer.from(deposit);
  bent[40] ^= 1;
  expect(await phone.reopen(publicBytes(own), bent)).toBeUndefined();

  await signIn(page, server, "lanhdao");
  await expect(page.locator("header.side nav a", { hasText: "Mở lại sổ" })).toContainText("1");
  await page.locator("header.side nav a", { hasText: "Mở lại sổ" }).click();
  await expect(page.locator("main h1")).toHaveText(/^1\smáy xin mở lại sổ$/);
  const row = page.locator("table", { hasText: "Máy đang xin" }).locator("tbody tr");
  await expect(row).toContainText(["Lương Văn Bền"]);
  await expect(row).toContainText([shown]);
  await inBothColours(page);
  const all = sent(page);
  await row.getByRole("button", { name: "Mở lại sổ cho Lương Văn Bền" }).click();
  await expect(page.locator("aside .code")).toHaveText(shown);
  for (const field of ["first", "second"]) {
    await expect(page.locator(`#reopen-${field}`)).toHaveAttribute("autocomplete", "off");
    await expect(page.locator(`#reopen-${field}`)).toHaveAttribute("spellcheck", "false");
  }

  // Everything that can be wrong, in words that say where to look.
  const press = () => page.locator("aside button[type=submit]").click();
  const [leaders, dpos, safe] = SHEETS;
  const fill = async (first: string, second: string) => {
    await page.locator("#reopen-first").fill(first);
    await page.locator("#reopen-second").fill(second);
  };
  await press();
  await expect(wrongs(page, "reopen")).toHaveText(["Còn chưa so dấu với điện thoại.", "Còn thiếu một tờ.", "Còn thiếu một tờ."]);
  await page.locator("#reopen-same label").click();
  const swapped = leaders.split(" ").map((line, n) => (n === 2 ? line.replace(/^./, (letter) => (letter === "7" ? "8" : "7")) : line)).join("\n");
  for (const [first, second, says] of [
    [swapped, safe, ["Hàng 3 của tờ này gõ chưa đúng."]],
    [leaders.slice(0, -5), safe, [/còn thiếu chữ/]],
    [`${leaders}7`, safe, [/thừa chữ/]],
    [leaders.replace(/^./, "Ư"), safe, [/không thể nằm trên tờ/]],
    [leaders, leaders, ["Đây là cùng một tờ. Cần một tờ khác."]],
  ] as const) {
    await fill(first, second);
    await press();
    await expect(wrongs(page, "reopen")).toHaveText(says as any);
  }
  await inBothColours(page);
  expect(all.filter((request) => request.includes("/recovery/")), "nothing is fetched before both sheets are right").toEqual([]);

  // The data-protection officer's and the one from the safe, typed as people type.
  await fill(dpos.toLowerCase().replaceAll("-", " "), safe.split(" ").join("\n"));
  await press();
  await expect(page.locator("main .note.good")).toContainText("Đã gửi cho máy của Lương Văn Bền");
  await expect(page.locator("main h1")).toHaveText("Không có máy nào xin mở lại sổ");
  const past = page.locator("table", { hasText: "Những lần đã mở" }).locator("tbody tr");
  await expect(past).toContainText(["Lương Văn Bền"]);
  await expect(past).toContainText(["Lương Thị Hạnh"]);
  await expect(page.locator("header.side nav a", { hasText: "Mở lại sổ" }).locator("b")).toHaveCount(0);
  await inBothColours(page);
  expect(await leaks(page, all, [dpos, safe].flatMap((sheet) => sheet.split(" ")))).toEqual([]);
  expect(all.some((request) => request.includes([...dataKey].join(","))), "the data key travels sealed").toBe(false);

  // The phone, and nobody else, opens what was sent.
  const answer = await phone.reopen(publicBytes(own), bent);
  expect(open(own, answeredTo(phone.device), answer!)).toEqual(dataKey);
});

test("what a phone sent and nobody can open is said to be damaged, and nothing is sent to it", async ({ server, page }) => {
  const office = await Office.setUp(server);
  const { code } = await office.memberWithCode("Lương Văn Bền", "FIELD_MEMBER", (await office.campaign()).id, []);
  const phone = await Phone.enrol(server, code);
  // Sealed to somebody else's key, and for another phone.
  await phone.deposit(seal(publicBytes(newKey()), depositedBy(phone.device), randomBytes(32)));
  const own = newKey();
  await phone.reopen(publicBytes(own), seal(RECOVERY, depositedBy(Buffer.alloc(16, 1)), randomBytes(32)));
  await signIn(page, server, "quantri");
  await page.goto(`${server.url}/office/recovery`);
  await page.getByRole("button", { name: "Mở lại sổ cho Lương Văn Bền" }).click();
  await page.locator("#reopen-same label").click();
  await page.locator("#reopen-first").fill(SHEETS[0]);
  await page.locator("#reopen-second").fill(SHEETS[1]);
  await page.locator("aside button[type=submit]").click();
  await expect(page.locator("aside .note.bad")).toContainText("không mở được khóa mà máy này gửi");
  await inBothColours(page);
  expect(await phone.reopen(publicBytes(own), Buffer.alloc(0))).toBeUndefined();
  // Asked with another key meanwhile: whoever looked at the first request answers nobody.
  const real = seal(RECOVERY, depositedBy(phone.device), randomBytes(32));
  await phone.deposit(real);
  await phone.reopen(publicBytes(newKey()), real);
  await page.locator("aside button[type=submit]").click();
  await expect(page.locator("aside [role=alert] .note.bad")).toBeVisible();
  await expect(page.locator("main .note.good")).toHaveCount(0);
});
