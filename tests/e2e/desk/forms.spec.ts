import { type Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { commune } from "../support/field";
import { type Office, signIn } from "../support/office";
import { Phone, visit } from "../support/phone";
import type { Server } from "../support/server";

/** A form that stores: where it stands, its name, the route that it is stored by, and how many of what it makes there are. */
interface Form {
  name: string;
  at: string;
  id: string;
  route: string;
  fill(page: Page): Promise<void>;
  send(page: Page): Promise<void>;
  stored(): Promise<number>;
}

const aside = (page: Page) => page.locator("aside button[type=submit]").click();
const submit = (page: Page) => page.locator("main button[type=submit]").first().click();
const waits = "Chưa liên lạc được với máy chủ";

async function forms(server: Server): Promise<{ office: Office; all: Form[] }> {
  const { office, village, campaign, code, person } = await commune(server);
  for (const [name, letters] of [["Thôn Một", "M"], ["Thôn Hai", "H"], ["Thôn Ba", "B"]]) await office.village(name, letters);
  const heir = (await office.person("Vàng Thị Mỷ", "FIELD_MEMBER")).person.id;
  const phone = await Phone.enrol(server, code);
  const homes = await office.call("GET", "households");
  await phone.push(visit({ area: village.id, campaign: campaign.id }, homes.rows[0].id, "MET_REP"));
  const count = async (path: string, is: (one: any) => boolean) => (await office.call("GET", path)).filter(is).length;
  const all: Form[] = [
    {
      name: "a new village", at: "units", id: "unit", route: "units", send: aside,
      fill: (page) => page.locator("#unit-name").fill("Thôn Bốn"),
      stored: () => count("units", (unit) => unit.name === "Thôn Bốn"),
    },
    {
      name: "a village under a new name", at: "units", id: "unit", route: "units", send: aside,
      async fill(page) {
        await page.getByRole("button", { name: "Sửa Thôn Ba" }).click();
        await page.locator("#unit-name").fill("Thôn Ba Mới");
      },
      stored: () => count("units", (unit) => unit.name === "Thôn Ba Mới" && unit.former.length === 1),
    },
    {
      name: "somebody new", at: "people", id: "person", route: "people", send: aside,
      fill: (page) => page.locator("#person-name").fill("Lò Văn Páo"),
      stored: () => count("people", (row) => row.person.name === "Lò Văn Páo"),
    },
    {
      name: "an organisation", at: "organizations", id: "organization", route: "organizations", send: aside,
      async fill(page) {
        await page.locator("#organization-name").fill("Hội Nông dân xã");
        await page.locator("#organization-kind").selectOption("FARMERS");
      },
      stored: () => count("organizations", (one) => one.name === "Hội Nông dân xã"),
    },
    {
      name: "a team", at: "teams", id: "team", route: "teams", send: aside,
      async fill(page) {
        await page.locator("#team-name").fill("Tổ số 2");
        await page.locator("#team-lead").selectOption({ label: "Vàng Thị Mỷ" });
      },
      stored: () => count("teams", (team) => team.name === "Tổ số 2"),
    },
    {
      name: "a campaign", at: "campaigns", id: "campaign", route: "campaigns", send: aside,
      async fill(page) {
        await page.locator("#campaign-title").fill("Vệ sinh đường làng");
        await page.locator("#campaign-purpose").fill("Nghe ý kiến bà con.");
        await page.locator("#campaign-from").fill("5/3/2026");
        await page.locator("#campaign-to").fill("31/12/2027");
        await page.locator("#campaign-until").fill("31/12/2029");
      },
      stored: () => count("campaigns", (one) => one.title === "Vệ sinh đường làng"),
    },
    {
      name: "an own topic", at: "lists", id: "topic", route: "codes", send: aside,
      async fill(page) {
        await page.locator("#topic-parent").selectOption("INFRA");
        await page.locator("#topic-name").fill("Bến đò");
      },
      stored: () => count("codes", (one) => one.name === "Bến đò"),
    },
    {
      name: "a village given to a team", at: `assign?campaign=${campaign.id}`, id: "assign", route: "assignments", send: aside,
      async fill(page) {
        await page.locator("#assign-villages label", { hasText: "Thôn Hai" }).click();
        await page.locator("#assign-team label").first().click();
      },
      stored: () => count("assignments", (work) => work.village !== village.id),
    },
    {
      name: "households given to a member", at: `share?campaign=${campaign.id}&village=${village.id}`, id: "share", route: "assignments", send: aside,
      async fill(page) {
        await page.locator("#share-households label").first().click();
        await page.locator("#share-member label").first().click();
      },
      stored: async () => (await office.call("GET", `shares?campaign=${campaign.id}&village=${village.id}`)).shares.length,
    },
    {
      name: "a household", at: "household", id: "household", route: "households", send: submit,
      async fill(page) {
        await page.selectOption("#household-village", { label: "Thôn Một" });
        await page.locator("#household-head").fill("Vũ Thị Nhài");
      },
      stored: async () => (await office.all("households")).filter((one) => one.head === "Vũ Thị Nhài").length,
    },
    {
      name: "confirmed visits", at: "verification", id: "verify", route: "verifications",
      async fill(page) {
        await page.locator("main tbody th a").click();
        await expect(page.getByRole("button", { name: "Xác nhận 1 lượt đã chọn" })).toBeVisible();
      },
      send: (page) => page.getByRole("button", { name: "Xác nhận 1 lượt đã chọn" }).click(),
      stored: async () => (await office.all("visits", "state=verified")).length,
    },
    {
      name: "work handed over", at: "people", id: "hand-over", route: "people/*/hand-over", send: aside,
      async fill(page) {
        await page.getByRole("button", { name: "Bàn giao việc của Lương Văn Bền" }).click();
        await page.locator("#hand-over-to").selectOption({ label: "Vàng Thị Mỷ · Thành viên tổ" });
      },
      stored: () => count("teams", (team) => team.name === "Tổ của Lương Văn Bền" && team.members.includes(heir) && !team.members.includes(person)),
    },
    {
      name: "a merger", at: "units/rearrange", id: "rearrange", route: "units/rearrange", send: aside,
      async fill(page) {
        await page.getByLabel(/Thôn Một/).check();
        await page.getByLabel(/Thôn Hai/).check();
        await page.locator("#rearrange-name").fill("Thôn Nhất Nhị");
        await page.locator("#rearrange-decision_no").fill("45/QĐ-UBND");
        await page.locator("#rearrange-decision_date").fill("1/10/2026");
        await page.locator("#rearrange-on").fill("1/11/2026");
      },
      stored: () => count("units", (unit) => unit.name === "Thôn Nhất Nhị"),
    },
  ];
  return { office, all };
}

test("every form goes on trying when the connection drops, and what it stores is stored once", async ({ server, page }) => {
  test.setTimeout(400_000);
  const { all } = await forms(server);
  await signIn(page, server, "hanh");
  for (const form of all) {
    await test.step(form.name, async () => {
      await page.goto(`${server.url}/office/${form.at}`);
      await expect(page.locator("main h1")).toBeVisible();
      await form.fill(page);
      expect(await form.stored(), form.name).toBe(0);
      await server.stop();
      await form.send(page);
      const wrong = page.locator(`#${form.id}-wrong`);
      await expect(wrong).toContainText(waits);
      await expect(wrong).toContainText("Trang tự gửi lại vài giây một lần, không lưu hai lần.");
      // When the server is back, the first answer is lost after it has stored: it is asked once more, and knows it.
      let answers = 0;
      await page.route(`**/api/v1/${form.route}`, async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        const reply = await route.fetch().catch(() => undefined);
        if (!reply) return route.abort();
        answers += 1;
        return answers === 1 ? route.abort() : route.fulfill({ response: reply });
      });
      await server.start();
      await expect.poll(() => answers, { timeout: 30_000, message: form.name }).toBe(2);
      await expect(page.locator(`#${form.id}-wrong .note`)).toHaveCount(0);
      await page.unroute(`**/api/v1/${form.route}`);
      expect(await form.stored(), form.name).toBe(1);
    });
  }
});

test("whoever does not want to wait stops it, keeps what was typed, and sends it later", async ({ server, page }) => {
  test.setTimeout(120_000);
  const { all } = await forms(server);
  const [form] = all;
  await signIn(page, server, "hanh");
  await page.goto(`${server.url}/office/${form.at}`);
  await form.fill(page);
  await server.stop();
  await form.send(page);
  await expect(page.locator("#unit-wrong")).toContainText(waits);
  await accessible(page);
  if (process.env.GANDAN_SHOTS) await page.screenshot({ path: `${process.env.GANDAN_SHOTS}/forms-waits.png`, fullPage: true });
  await page.getByRole("button", { name: "Thôi, không gửi lại nữa" }).click();
  await expect(page.locator("#unit-wrong")).toContainText("Bấm lại được, không sợ lưu hai lần");
  await expect(page.locator("#unit-name")).toHaveValue("Thôn Bốn");
  await expect(page.locator("aside button[type=submit]")).toHaveText("Thêm thôn");
  await server.start();
  expect(await form.stored()).toBe(0);
  await form.send(page);
  await expect(page.locator("aside .note.good")).toContainText("Đã thêm Thôn Bốn");
  expect(await form.stored()).toBe(1);
});
