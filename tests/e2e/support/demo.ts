import { test } from "./fixtures";
import { Office, signIn } from "./office";
import { Server } from "./server";

/** The demonstration, fresh for each test. Whoever asks for `office` has its officer signed in, over HTTP and on the page. */
export const demo = test.extend<{ server: Server; office: Office }>({
  server: async ({}, use) => {
    const server = await Server.fresh("--demo");
    await use(server);
    await server.remove();
  },
  office: async ({ server, page }, use) => {
    const { login, passphrase } = server.signIns.find((one) => one.role.startsWith("Cán bộ"))!;
    const office = new Office(server);
    await office.signIn(login, passphrase);
    await signIn(page, server, login, passphrase);
    await use(office);
  },
});
