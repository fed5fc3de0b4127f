import { addOpinion, commune, drafts, enrol, meet, openHousehold, press, sync, waiting } from "../support/field";
import { accessible, expect, test } from "../support/fixtures";

test("a full phone says so, loses nothing, and saves once there is room", async ({ server, profile }) => {
  test.setTimeout(120_000);
  const { office, code } = await commune(server);
  let page = await profile.open();
  await enrol(page, server, code);
  await meet(page, "1");
  await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
  await openHousehold(page, "2");
  await press(page, "Gặp được");
  await page.getByText("Gặp đại diện hộ", { exact: true }).click();
  await addOpinion(page, "Ngõ 2 cần thêm đèn đường.", "Có tên");
  await expect.poll(() => drafts(page)).toContain("Ngõ 2 cần thêm đèn đường.");
  await profile.close();
  // Meanwhile the village has grown by more than this phone has room for.
  const rows = Array.from({ length: 700 }, (_, n) => `Thôn Đồng Cừ;${n + 201};Lò Văn Páo ${n + 201}`);
  await office.importFile(new Blob([["Thôn;STT;Chủ hộ", ...rows].join("\n")]), "so.csv", {});

  page = await profile.open();
  const browser = await page.context().newCDPSession(page);
  // A browser looks at its room when it opens a database.
  await browser.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: 1_000 });
  await page.goto(`${server.url}/app/`);
  const full = page.getByRole("alert").getByText("Máy gần đầy, chưa lưu được");
  for (const form of ["opened again", "pressed again"]) {
    await test.step(form, async () => {
      await expect(page.getByRole("radio", { name: "Gặp đại diện hộ" })).toBeChecked();
      await press(page, "Lưu lần thăm");
      await expect(full).toBeVisible();
      await expect(page.getByText(/Xóa bớt ảnh cũ/)).toBeVisible();
      await expect(page.getByText("“Ngõ 2 cần thêm đèn đường.”")).toBeVisible();
      await expect(waiting(page)).toContainText("Đã gửi hết");
      await accessible(page);
      await page.reload();
    });
  }
  const form = page.url();
  await page.goto(`${server.url}/app/sync`);
  await press(page, "Đồng bộ ngay");
  await expect(page.getByText("Máy chưa lưu được tin mới")).toBeVisible();
  await expect(page.getByText(/Xóa bớt ảnh cũ/)).toBeVisible();
  await page.goto(`${server.url}/app/households`);
  // What was looked for is looked for again.
  await page.getByRole("searchbox").fill("");
  await expect(page.getByText(/^142\shộ$/)).toBeVisible();

  await browser.send("Storage.overrideQuotaForOrigin", { origin: server.url });
  await page.goto(form);
  await press(page, "Lưu lần thăm");
  await expect(page.getByText(/Đã lưu lần thăm/)).toBeVisible();
  await sync(page, server);
  await page.goto(`${server.url}/app/households`);
  await page.getByRole("searchbox").fill("");
  await expect(page.getByText(/^842\shộ$/)).toBeVisible();
  expect(await office.all("visits")).toHaveLength(2);
  expect((await office.all("opinions")).map((row) => row.text)).toEqual(["Ngõ 2 cần thêm đèn đường."]);
});

for (const { what, types, isNoted } of [
  { what: "the notebook", types: "indexeddb", isNoted: true },
  { what: "everything", types: "all", isNoted: false },
]) {
  test(`a browser that threw ${what} away says what is lost, and nothing comes twice`, async ({ server, profile }) => {
    test.setTimeout(120_000);
    const { office, person, code } = await commune(server);
    const page = await profile.open();
    await enrol(page, server, code);
    await meet(page, "1", [{ text: "Ngõ 1 cần thêm đèn đường.", who: "Có tên" }]);
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
    await openHousehold(page, "2");
    const browser = await page.context().newCDPSession(page);
    await browser.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes: types });

    // Nothing is said to be saved that cannot be.
    await page.getByRole("button", { name: "Vắng nhà" }).click();
    await expect(page.getByRole("alert").getByText("Sổ đã đóng giữa chừng")).toBeVisible();
    await expect(page.getByText(/Đã lưu/)).toHaveCount(0);
    await page.goto(`${server.url}/app/`);
    await expect(page.getByLabel(/gõ mã/i)).toBeVisible();
    await expect(page.getByText("Sổ trên máy này không còn")).toHaveCount(isNoted ? 1 : 0);
    if (isNoted) await expect(page.getByText(/Đồng bộ: .*những gì chưa gửi thì không lấy lại được/s)).toBeVisible();

    const { code: next } = await office.call("POST", `people/${person}/code`);
    await enrol(page, server, next);
    await expect(page.getByRole("heading", { level: 1, name: /141\s+hộ\scòn\slại/ })).toBeVisible();
    await meet(page, "2");
    await expect(waiting(page)).toContainText("Đã gửi hết", { timeout: 30_000 });
    expect(await office.all("visits")).toHaveLength(2);
    expect(await office.all("opinions")).toHaveLength(1);
    expect(await office.call("GET", "quarantine")).toEqual([]);
  });
}
