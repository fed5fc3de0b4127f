import { randomBytes } from "node:crypto";
import { newId } from "./office";
import type { Server } from "./server";

type Cbor = null | boolean | number | string | Uint8Array | Cbor[] | { [key: string]: Cbor | undefined };

/** A phone as the server sees it, without a browser: it can say what no build of the app would. */
export class Phone {
  private seq = 0;

  private constructor(
    private readonly server: Server,
    readonly device: Uint8Array,
    readonly token: string,
    private readonly grant: number,
    /** The organisation's recovery key, as the server said it. */
    readonly recovery: Uint8Array,
  ) {}

  static async enrol(server: Server, code: string): Promise<Phone> {
    const device = idBytes(newId());
    const reply = await post(server, "enrol", "", { v: 1, c: code, d: device });
    return new Phone(server, device, reply.k, reply.g.version, reply.x);
  }

  /** Its key is destroyed: the last that it says. */
  async lastWord(): Promise<void> {
    await post(this.server, "push", this.token, { v: 1, d: this.device, o: [], x: true });
  }

  /** Sends operations, and gives back what became of each: "a" for applied, otherwise why it waits. */
  async push(...operations: Operation[]): Promise<string[]> {
    const frames = operations.map((operation) => {
      this.seq += 1;
      return { n: this.seq, o: encode(this.written(operation)) };
    });
    const reply = await post(this.server, "push", this.token, { v: 1, d: this.device, o: frames });
    return reply.a.flatMap((run: any) => Array(run.c).fill(typeof run.o === "string" ? run.o : run.o.q));
  }

  /** Asks what was taken in since of these numbers, which were refused. */
  async taken(...refused: number[]): Promise<number[]> {
    const reply = await post(this.server, "pull", this.token, { v: 1, q: refused });
    return (reply.a ?? []).flatMap((run: any) => Array.from({ length: run.c }, (_, i) => run.n + i));
  }

  /** Says how far it has deleted what was redacted, and gives back what is new and how far that goes. */
  async redacted(done: number): Promise<{ n: number; r?: { p: string[] }[] } | undefined> {
    return (await post(this.server, "pull", this.token, { v: 1, d: done })).x;
  }

  /** Leaves its sealed data key with the server. */
  async deposit(sealed: Uint8Array): Promise<void> {
    await post(this.server, "deposit", this.token, { v: 1, k: sealed });
  }

  /** Asks to be opened, as one that is locked does, and gives back the answer once there is one. */
  async reopen(key: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    return (await post(this.server, "reopen", "", { v: 1, d: this.device, p: key, k: sealed })).a;
  }

  private written({ record, area, campaign, schema, kind, stream, change, at, parts }: Operation): Cbor {
    return {
      h: {
        v: schema ?? 1,
        k: kind,
        r: idBytes(record ?? newId()),
        a: idBytes(area),
        s: stream,
        c: change ?? "create",
        g: this.grant,
        t: (at ?? new Date()).getTime(),
        l: { c: idBytes(campaign), b: "STATE_WORK", u: 21_914 },
      },
      p: Object.fromEntries(Object.entries(parts).map(([name, content]) => [name, encode(content as Cbor)])),
    };
  }
}

/** One change, as `domain::operation` has it. */
export type Operation = {
  record?: string;
  area: string;
  campaign: string;
  schema?: number;
  kind: string;
  stream: string;
  change?: Cbor;
  at?: Date;
  parts: { [part: string]: Cbor };
};

type Place = { area: string; campaign: string };

export function visit(place: Place, household: string, contact: string, more: { record?: string; at?: Date; next?: number } = {}): Operation {
  const next = more.next === undefined ? {} : { n: { d: more.next } };
  return { ...place, ...more, kind: "visit", stream: "visit", parts: { facts: { h: idBytes(household), c: contact, ...next } } };
}

export function opinion(place: Place, household: string, kind: string, topic: string, text: string): Operation {
  const contact = { h: idBytes(household), v: idBytes(newId()) };
  return { ...place, kind: "opinion", stream: "voice", parts: { facts: { k: kind, t: topic, u: "NORMAL" }, text, contact } };
}

/** A command about a meeting: `expect` is the revision that it has seen, and 0 opens it. */
export function meeting(place: Place, record: string, expect: number, state: string, title: string, day: string, counts: { [code: string]: number } = {}): Operation {
  const start = { d: Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000), m: 1_170 };
  const facts = { k: "VILLAGE_DECISION", s: state, t: start, ...counts };
  const text = { t: title, p: "Nhà văn hóa", c: state === "CONCLUDED" ? "Góp ngày công, công khai dự toán." : "" };
  return { ...place, record, kind: "meeting", stream: "voice", change: { command: { expect } }, parts: { facts, text } };
}

export function meetingOpinion(place: Place, meeting: string, text: string): Operation {
  const facts = { m: idBytes(meeting), o: { k: "CAU_HOI", t: "INFRA.ROAD", u: "NORMAL" } };
  return { ...place, kind: "meeting_opinion", stream: "voice", parts: { facts, text } };
}

/** An anonymous opinion in the form in which it is sent. */
export async function sendAnonymous(server: Server, phone: Phone, place: Place, text: string): Promise<void> {
  const said = { a: idBytes(place.area), c: idBytes(place.campaign), m: "ANONYMOUS", k: "PHAN_ANH", t: "ENV", u: "URGENT", x: text };
  await post(server, "anonymous", phone.token, { v: 1, o: [encode({ i: randomBytes(32), ...said, b: "STATE_WORK", e: 21_914 })] });
}

async function post(server: Server, path: string, token: string, body: Cbor): Promise<any> {
  const headers = { "Content-Type": "application/cbor", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const reply = await fetch(`${server.url}/api/v1/${path}`, { method: "POST", headers, body: encode(body) });
  const said = new Uint8Array(await reply.arrayBuffer());
  const answer = said.length ? decode(said) : undefined;
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${JSON.stringify(answer)}`);
  return answer;
}

export function idBytes(id: string): Uint8Array {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** CBOR (RFC 8949), as much of it as phones say: whole numbers, text, bytes, lists and maps of known length. */
export function encode(value: Cbor): Buffer {
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === "boolean") return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encode)]);
  const entries = Object.entries(value).filter((entry): entry is [string, Cbor] => entry[1] !== undefined);
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, content]) => [encode(key), encode(content)])]);
}

function head(major: number, n: number): Buffer {
  const type = major << 5;
  if (n < 24) return Buffer.of(type | n);
  const long = Buffer.alloc(9);
  long[0] = type | 27;
  long.writeBigUInt64BE(BigInt(n), 1);
  return long;
}

export function decode(bytes: Uint8Array): any {
  const buffer = Buffer.from(bytes);
  let at = 0;
  const length = (info: number): number => {
    if (info < 24) return info;
    const size = 1 << (info - 24);
    const n = size === 8 ? Number(buffer.readBigUInt64BE(at)) : buffer.readUIntBE(at, size);
    at += size;
    return n;
  };
  const value = (): any => {
    const first = buffer.readUInt8(at++);
    const [major, info] = [first >> 5, first & 31];
    if (major === 7) return info === 21 ? true : info === 20 ? false : null;
    const n = length(info);
    if (major === 0) return n;
    if (major === 1) return -1 - n;
    if (major === 2 || major === 3) {
      const part = buffer.subarray(at, (at += n));
      return major === 3 ? part.toString("utf8") : part;
    }
    if (major === 4) return Array.from({ length: n }, value);
    if (major === 5) return Object.fromEntries(Array.from({ length: n }, () => [value(), value()]));
    throw new Error(`CBOR of major type ${major} at ${at}`);
  };
  return value();
}
