import { Chance, SEED } from "../support/chance";
import { addOpinion, commune, enrol, openHousehold, press, waiting } from "../support/field";
import { expect, test } from "../support/fixtures";
import { Link } from "../support/link";

/** As many as an anonymous opinion needs behind it to be released. */
const VISITS = 7;

test("visits over a slow link that breaks in the middle arrive once", async ({ server, profile }) => {
  test.setTimeout(180_000);
  console.log(`GANDAN_SEED=${SEED}`);
  const chance = new Chance(SEED);
  const { office, code } = await commune(server);
  const link = await Link.to(server);
  const page = await profile.open();
  await enrol(page, link, code);

  // GPRS.
  [link.delay, link.rate] = [150, 10_000];
  const said: string[] = [];
  for (let n = 1; n <= VISITS; n += 1) {
    const words = `Ngõ ${n} cần thêm đèn đường.`;
    said.push(words);
    await openHousehold(page, String(n));
    await press(page, "Gặp được");
    await page.getByText("Gặp đại diện hộ", { exact: true }).click();
    await addOpinion(page, words, "Có tên");
    await addOpinion(page, `Xã nên họp dân buổi tối, lần ${n}.`, "Không nêu tên");
    // In a request or in an answer, of what was recorded or of what is new.
    const left = chance.below(2) === 0 ? { up: 1 + chance.below(3_000), down: Infinity } : { up: Infinity, down: 1 + chance.below(1_500) };
    console.log(`visit ${n}: breaks after ${JSON.stringify(left)}`);
    const broken = link.breakAfter(left);
    await press(page, "Lưu lần thăm");
    await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
    await broken;
  }
  [link.delay, link.rate] = [0, Infinity];
  await page.locator("a.status").click();
  await expect(async () => {
    await page.getByRole("button", { name: "Đồng bộ ngay" }).click({ timeout: 1_000 });
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });

  // When it starts, the server releases what has a crowd behind it.
  await server.stop();
  await server.start();
  await office.signIn("hanh");
  const visits = await office.all("visits");
  expect(visits).toHaveLength(VISITS);
  expect(new Set(visits.map((row) => row.household)).size).toBe(VISITS);
  const released = said.map((_, n) => `Xã nên họp dân buổi tối, lần ${n + 1}.`);
  const opinions = await office.all("opinions");
  expect(opinions.map((row) => row.text).sort()).toEqual([...said, ...released].sort());
  expect(await office.call("GET", "quarantine")).toEqual([]);
  await link.close();
});
