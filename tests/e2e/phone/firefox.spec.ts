import { commune } from "../support/field";
import { test as base, expect } from "../support/fixtures";
import { Firefox } from "../support/firefox";
import { PIN } from "../support/lock";

const test = base.extend<{ firefox: Firefox }>({
  firefox: async ({}, use) => {
    const firefox = new Firefox();
    await use(firefox);
    await firefox.remove();
  },
});

/** Presses the digits on the screen. */
async function pin(firefox: Firefox): Promise<void> {
  for (const digit of PIN) await firefox.press({ css: `.keys button:nth-of-type(${digit === "0" ? 11 : digit})` });
}

/** Opens the closed notebook. */
async function unlock(firefox: Firefox): Promise<void> {
  await firefox.says(/Bấm mã PIN 6\ssố/);
  await pin(firefox);
}

// The offline proof of the other engine: the server process is gone, and the browser is a new process on the same profile.
test("in Firefox, too, a visit that was recorded without a server arrives once, and a killed browser has lost nothing", async ({ server, firefox }) => {
  test.setTimeout(180_000);
  const { office, code } = await commune(server);
  await firefox.open();
  await firefox.goto(`${server.url}/app/`);
  await firefox.type({ css: "main input" }, code.toLowerCase());
  await firefox.press({ button: "Tiếp tục" });
  await firefox.says(/Bấm 6 số/);
  await pin(firefox);
  await firefox.says(/Bấm lại 6 số đó/);
  await pin(firefox);
  await firefox.says(/Nhận\s\d+\stin mới/);
  await firefox.press({ button: "Về Hôm nay" });
  await firefox.says(/142\s+hộ\scòn\slại/);
  await expect.poll(() => firefox.run("return caches.keys().then((keys) => keys.some((key) => key.startsWith('app-')))")).toBe(true);
  await firefox.close();
  await server.stop();

  await firefox.open();
  await firefox.goto(`${server.url}/app/`);
  await unlock(firefox);
  await firefox.says(/142\s+hộ\scòn\slại/);
  await firefox.press({ button: "Các hộ" });
  await firefox.type({ css: "input[type=search]" }, "tran thanh lanh");
  await firefox.says(/Trần Thanh Lành/);
  await firefox.press({ css: "main a.row" });
  await firefox.press({ button: "Gặp được" });
  await firefox.press({ choice: "Gặp đại diện hộ" });
  await firefox.press({ button: "Thêm ý kiến" });
  await firefox.press({ choice: "Kiến nghị" });
  await firefox.press({ button: "Hạ tầng" });
  await firefox.press({ button: "Thủy lợi" });
  await firefox.type({ field: "Bà con nói" }, "Mương sau nhà văn hóa tắc.");
  await firefox.press({ choice: "Có tên" });
  await firefox.press({ choice: "Bình thường" });
  await firefox.press({ button: "Xong ý kiến này" });
  await firefox.press({ button: "Lưu lần thăm" });
  await firefox.says(/Đã lưu lần thăm/);
  await firefox.kill();

  await firefox.open();
  await firefox.goto(`${server.url}/app/`);
  await unlock(firefox);
  // It opens where it was.
  await firefox.says(/Trần Thanh Lành[^]*Đã gặp[^]*chờ gửi/);
  await server.start();
  await firefox.goto(`${server.url}/app/entries`);
  await unlock(firefox);
  await firefox.press({ button: "Đồng bộ ngay" });
  await firefox.says(/Đã gửi hết/);
  await office.signIn("hanh");
  expect((await office.all("visits")).map((row) => row.head)).toEqual(["Trần Thanh Lành"]);
  expect((await office.all("opinions")).map((row) => row.text)).toEqual(["Mương sau nhà văn hóa tắc."]);
  expect(await office.call("GET", "quarantine")).toEqual([]);
});
