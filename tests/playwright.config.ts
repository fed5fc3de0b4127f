import { defineConfig } from "@playwright/test";

// The built apps and the real server, driven from outside. `cargo xtask test` builds both and says where they are.
export default defineConfig({
  fullyParallel: false,
  // Every test starts a server and a browser of its own, on a port of its own. Two at once fill two cores.
  workers: 2,
  // One that passes only the second time is counted as flaky in the closing line, and is a defect to look for.
  retries: 1,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  reporter: process.stdout.isTTY ? "line" : "list",
  use: {
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    trace: "on-first-retry",
    launchOptions: {
      executablePath: process.env.CHROME ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "phone", testDir: "e2e/phone", use: { viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true } },
    { name: "desk", testDir: "e2e/desk", use: { viewport: { width: 1280, height: 800 } } },
  ],
});
