import { type Page, expect } from "@playwright/test";
import { addOpinion, drafts, openHousehold, press } from "./field";
import type { Profile } from "./fixtures";
import type { Server } from "./server";

// A visit that is saved while the browser dies: what was on the form, and what has to be there afterwards.

const NOTE = "Chiều tối mới có nhà.";
/** What is said without a name at every visit. */
export const ANONYMOUS = "Xã nên họp dân buổi tối.";

/** Opens the app as its icon does and goes to its first page. */
export async function home(profile: Profile, server: Server): Promise<Page> {
  const page = await profile.open();
  await page.goto(`${server.url}/app/settings`);
  await page.locator("header.top a.back").click();
  await expect(page.getByRole("heading", { level: 1, name: /hộ\scòn\slại/ })).toBeVisible();
  return page;
}

/** Fills in a visit with a note and two opinions, one of them anonymous, and does not save it. Gives back whom it is to. */
export async function fillIn(page: Page, household: string, words: string): Promise<string> {
  await openHousehold(page, household);
  const head = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await addOpinion(page, words, "Có tên");
  await addOpinion(page, ANONYMOUS, "Không nêu tên");
  await page.getByLabel(/Ghi chú ngắn/).fill(NOTE);
  await expect.poll(() => drafts(page)).toContain(NOTE);
  return head;
}

/** Everything stands on the form again. */
export async function wholeDraft(page: Page, words: string): Promise<void> {
  await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
  await expect(page.getByLabel(/Ghi chú ngắn/)).toHaveValue(NOTE);
  await expect(page.getByText(`“${words}”`)).toBeVisible();
  await expect(page.getByText(`“${ANONYMOUS}”`)).toBeVisible();
}

/** On the household's page stands the visit, with what was said in public and the note. */
export async function wholeVisit(page: Page, words: string): Promise<void> {
  await page.locator("ol.ruled a.row").first().click();
  await expect(page.getByText(`“${words}”`)).toBeVisible();
  await expect(page.getByText(NOTE)).toBeVisible();
}
