import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Page, expect } from "@playwright/test";
import { RECOVERY } from "./recovery";
import type { Server } from "./server";

/** UUIDv7, as every record's id is. */
export function newId(): string {
  const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
  const random = () => Math.floor(Math.random() * 0x10000);
  const time = hex(Date.now(), 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(random() & 0xfff, 3)}-${hex(0x8000 | (random() & 0x3fff), 4)}-${hex(random(), 4)}${hex(random(), 4)}${hex(random(), 4)}`;
}

export const PASSPHRASE = "mot cau that dai de nho";
export const ROLLS = join(import.meta.dirname, "../../fixtures/rolls");

/** Signs in at the door of the office. */
export async function signIn(page: Page, server: Server, login: string, passphrase = PASSPHRASE): Promise<void> {
  await page.goto(`${server.url}/office/`);
  await page.locator("#door-login").fill(login);
  await page.locator("#door-passphrase").fill(passphrase);
  await page.locator("button[type=submit]").click();
  await expect(page.locator("header.side nav a").first()).toBeVisible();
}

/** Signs out, and waits until nothing of the desk is left in the tab. */
export async function signOut(page: Page): Promise<void> {
  const anew = page.waitForEvent("load");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await anew;
}

/** Looks for words in a list, and waits until they are asked for. */
export async function seek(page: Page, words: string): Promise<void> {
  const field = page.locator("#f-q");
  const asked = page.waitForResponse((reply) => reply.request().headers()["x-gandan-words"] === encodeURIComponent(words));
  await field.fill(words);
  await field.press("Enter");
  await field.blur();
  await asked;
}

/** The first answer to this path is lost after the server has stored what was asked, so that the page has to send it again. */
export async function answerLost(page: Page, path: string): Promise<void> {
  await page.route(`**/api/v1/${path}`, (route) => route.fetch().then(() => route.abort()), { times: 1 });
}

/** The office's API, for what a test needs and is not about. Journeys that are about the office use its screens. */
export class Office {
  private cookie = "";
  private readonly device = newId();
  private seq = 0;
  unit = "";

  constructor(private readonly server: Server) {}

  /** Sets the server up and signs the officer in. Without a key it is one from before there were recovery keys. */
  static async setUp(server: Server, recovery: Uint8Array | null = RECOVERY): Promise<Office> {
    const office = new Office(server);
    const token = server.setupLink.split("#")[1];
    const account = (login: string, name: string) => ({ login, name, passphrase: PASSPHRASE });
    await office.call("POST", `setup/${token}`, {
      admin: account("quantri", "Lý Thị Thu Ngân"),
      province: "Tỉnh Sông Lĩnh",
      commune: "Xã Tân Khê Vân",
      officer: account("hanh", "Nguyễn Thị Kim Hạnh"),
      recovery: recovery && [...recovery],
    });
    await office.signIn("hanh");
    return office;
  }

  async signIn(login: string, passphrase = PASSPHRASE): Promise<void> {
    const me = await this.call("POST", "session", { login, passphrase });
    this.unit = me.person.unit;
    await this.call("POST", "tab", { device: this.device });
  }

  /** Calls a route; a refusal is an error. */
  async call(method: string, path: string, body?: unknown, headers: { [name: string]: string } = {}): Promise<any> {
    const raw = body instanceof FormData || typeof body === "string";
    const reply = await fetch(`${this.server.url}/api/v1/${path}`, {
      method,
      headers: {
        "X-Gandan": "1",
        ...(this.cookie ? { Cookie: this.cookie } : {}),
        ...(body === undefined || raw ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    });
    const cookie = reply.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0];
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** What these words find. They travel in no address. */
  find(list: string, words: string): Promise<any> {
    return this.call("GET", list, undefined, { "X-Gandan-Words": encodeURIComponent(words) });
  }

  /** Every row of a list, page after page, or of what words find in it. */
  async all(list: string, query = "", words = ""): Promise<any[]> {
    const rows: any[] = [];
    const asked = words ? { "X-Gandan-Words": encodeURIComponent(words) } : {};
    for (;;) {
      const page = await this.call("GET", `${list}?${query}&skip=${rows.length}`, undefined, asked);
      rows.push(...page.rows);
      if (page.rows.length === 0) return rows;
    }
  }

  /** Writes something new, or over what was `seen`. */
  write(path: string, value: object, seen = 0): Promise<any> {
    this.seq += 1;
    return this.call("POST", path, { device: this.device, seq: this.seq, seen, value });
  }

  village(name: string, code: string): Promise<any> {
    return this.write("units", { id: newId(), parent: this.unit, level: "VILLAGE", name, code, from: "2025-07-01", to: null });
  }

  async campaign(): Promise<any> {
    const draft = {
      id: newId(),
      title: "Mở rộng đường liên thôn, đợt 2",
      purpose: "Thông tin phương án mở rộng đường và ghi ý kiến của bà con",
      from: "2026-01-01",
      to: "2027-12-31",
      basis: "STATE_WORK",
      basis_text: "Kế hoạch số 12/KH-UBND",
      until: "2029-12-31",
      state: "ACTIVE",
    };
    return this.write("campaigns", draft);
  }

  person(name: string, role: string): Promise<any> {
    return this.write("people", { id: newId(), name, role, unit: this.unit, account: null });
  }

  /** A team with one member, working in these villages; gives back an enrolment code. */
  async memberWithCode(name: string, role: string, campaign: string, villages: string[]): Promise<{ code: string; person: string; team: string }> {
    const { person } = await this.person(name, role);
    const team = await this.write("teams", {
      id: newId(),
      name: `Tổ của ${name}`,
      decision_no: "05/QĐ-UBND",
      decision_date: "2026-10-01",
      lead: person.id,
      members: [person.id],
    });
    for (const village of villages) {
      await this.write("assignments", { id: newId(), campaign, team: team.id, village, due: null, ended: false });
    }
    const { code } = await this.call("POST", `people/${person.id}/code`);
    return { code, person: person.id, team: team.id };
  }

  /** Imports a roll as it is, into this village where the file does not say one. */
  importRoll(file: string, mapping: object): Promise<any> {
    return this.importFile(new Blob([readFileSync(join(ROLLS, file))]), basename(file), mapping);
  }

  /** Imports any file under this name. */
  importFile(file: Blob, name: string, mapping: object): Promise<any> {
    const form = new FormData();
    form.set("file", file, name);
    form.set("mapping", JSON.stringify(mapping));
    form.set("confirmation", newId());
    return this.call("POST", "roll/import", form);
  }
}
