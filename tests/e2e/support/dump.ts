import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "./server";

// What somebody has who copied everything but the key file, and what they can find out with it.

/** A row of a table, or a line of a log, as values under the names of their columns. What is inside CBOR has a path. */
export interface Row {
  source: string;
  values: [column: string, value: string][];
}

/** A household and when the server received a visit to it. */
export interface Visited {
  household: string;
  at: number;
}

/** An opinion that is sought, by its words, and, to tell what holds from what fits by luck, where it really is from. */
export interface Sought {
  text: string;
  household: string;
  /** It was released when it arrived. */
  atOnce?: boolean;
}

/** What the search for one opinion left over, and by which evidence. */
export interface Found {
  left: Set<string>;
  by: string[];
}

/** Everything in a server's directory but its keys, and everything that it printed. */
export class Dump {
  private constructor(
    readonly rows: Row[],
    readonly files: Map<string, Buffer>,
    /** When each file was last written. */
    readonly written: Map<string, number>,
  ) {}

  /** Reads the directory of a server, or of its databases only what has left the write-ahead log. */
  static of(server: Server, withLog = true): Dump {
    const files = new Map<string, Buffer>([["printed", Buffer.from(server.output)]]);
    const written = new Map<string, number>();
    for (const name of readdirSync(server.data).filter((name) => name !== "keys")) {
      files.set(name, readFileSync(join(server.data, name)));
      written.set(name, statSync(join(server.data, name)).mtimeMs);
    }
    const rows: Row[] = [];
    for (const [name, bytes] of files) {
      const log = withLog ? files.get(`${name}-wal`) : undefined;
      if (bytes.subarray(0, 15).toString() === "SQLite format 3") rows.push(...new Database(bytes, log).rows());
      else if (!/-(wal|shm)$/.test(name)) rows.push(...lines(name, bytes.toString()));
    }
    return new Dump(rows, files, written);
  }

  table(name: string): Row[] {
    return this.rows.filter((row) => row.source === name);
  }

  /** The names of the files that hold these words, in what is stored now or in what was left behind. */
  holding(words: string): string[] {
    return [...this.files].filter(([, bytes]) => bytes.includes(words)).map(([name]) => name);
  }

  /** The visits in the order of their receipt. */
  visits(): Visited[] {
    const visits = this.table("visit").map((row) => ({ household: value(row, "household") ?? "", at: Number(value(row, "received_at")) }));
    return visits.sort((a, b) => a.at - b.at);
  }
}

/** The first value of a column. */
export function value(row: Row, column: string): string | undefined {
  return row.values.find(([name]) => name === column)?.[1];
}

/** Values of this length are shared for a reason; shorter ones, codes and counts, may be equal by luck. */
const LONG = 8;

/** What fits every opinion with less than this probability does not fit by luck. */
const LUCK = 0.001;

/** A rule names at most this many nearest households: fewer than a crowd. */
const NEAREST = 4;

/**
 * Looks for the households of opinions by everything that rows share: equal values in any two columns, order in any
 * column that has one, position in the file, times.
 *
 * Nobody can try every cleverness. So this attacker knows more than a real one: which rules hold. A rule, such as "this
 * column of an opinion is that column of a visit" or "it is one of the four rows before", is used if it leads to the
 * true household wherever it leads anywhere; where it leads astray even once, it is none.
 */
export function attack(rows: Row[], sought: Sought[], visits: Visited[]): Map<string, Found> {
  const everyone = new Set(visits.map((visit) => visit.household));
  const own = new Map(sought.map((opinion) => [opinion.text, ownRows(rows, opinion.text)]));
  const taken = new Set([...own.values()].flat());
  const others = rows.filter((row) => !taken.has(row));
  const about = abouts(others, everyone);
  const found = new Map<string, Found>(sought.map(({ text }) => [text, { left: new Set(everyone), by: [] }]));
  const narrow = (opinion: Sought, to: Set<string>, by: string) => {
    const before = found.get(opinion.text)!;
    // What excludes the truth is an error of the attacker's, and tells nothing.
    if (!to.has(opinion.household)) return;
    const left = new Set([...before.left].filter((household) => to.has(household)));
    if (left.size < before.left.size) found.set(opinion.text, { left, by: [...before.by, `${by}: ${left.size}`] });
  };

  for (const [source, table] of grouped(others.filter((row) => about.has(row)), (row) => row.source)) {
    const rules = equalities(sought, own, table, about, everyone.size);
    for (const opinion of sought) {
      let matching = table;
      for (const rule of rules) {
        const matches = rule.matches.get(opinion.text);
        if (!matches) continue;
        narrow(opinion, union(matches, about), `${rule.column} = ${source}.${rule.other}`);
        matching = matching.filter((row) => matches.has(row));
      }
      if (matching.length < table.length) narrow(opinion, union(matching, about), `a row of ${source}`);
    }
  }

  const shared = new Map([...found].map(([text, { left }]) => [text, left]));
  for (const order of orders(own, others)) {
    const single = (row: Row) => (about.get(row)?.size === 1 ? [...about.get(row)!][0] : undefined);
    const placed = order.others.flatMap(([place, row]) => {
      const household = single(row);
      return household === undefined ? [] : [{ place, household, at: moment(row, household, visits) }];
    });
    for (const direction of ["before", "after", "around"] as const) {
      const reached = [...order.own].map(([text, place]) => ({ opinion: sought.find((one) => one.text === text)!, near: nearest(placed, place, direction) }));
      // As few as always hold the truth.
      const count = Math.max(...reached.map(({ opinion, near }) => near.indexOf(opinion.household) + 1 || Infinity));
      if (count > NEAREST || (count / everyone.size) ** reached.length >= LUCK) continue;
      for (const { opinion, near } of reached) narrow(opinion, new Set(near.slice(0, count)), `the ${count} ${direction} by ${order.name}`);
    }
    // An order in which the times of receipt ascend says between which of them an opinion was let go. It came after the
    // release before it, if that released what shares the same values.
    placed.sort((a, b) => a.place - b.place);
    if (placed.length < 3 || placed.some((next, i) => i > 0 && next.at < placed[i - 1].at)) continue;
    const released = sought.flatMap((opinion) => {
      const place = order.own.get(opinion.text);
      if (place === undefined) return [];
      const from = Math.max(-Infinity, ...placed.filter((row) => row.place < place).map((row) => row.at));
      const to = Math.min(Infinity, ...placed.filter((row) => row.place > place).map((row) => row.at));
      return [{ opinion, from, to, group: [...shared.get(opinion.text)!].sort().join() }];
    });
    for (const { opinion, from, to, group } of released) {
      const earlier = released.filter((other) => !other.opinion.atOnce && other.group === group && other.to <= from).map((other) => other.from);
      const since = opinion.atOnce ? from : Math.max(-Infinity, ...earlier);
      const came = visits.filter(({ at }) => at >= since && at <= to).map(({ household }) => household);
      narrow(opinion, new Set(came), `let go between two receipts by ${order.name}`);
    }
  }
  return found;
}

/** The row with the words, and all that hold what only the opinion's rows hold: its id, its hash. */
function ownRows(rows: Row[], text: string): Row[] {
  const first = rows.filter((row) => row.values.some(([, value]) => value === text));
  // The first bytes of a hash stand for it.
  const ids = new Set(first.flatMap((row) => row.values.filter(([column]) => /(^|\.)(record|i)$/.test(column)).map(([, id]) => id)));
  return rows.filter((row) => first.includes(row) || row.values.some(([, value]) => ids.has(value)));
}

/** Which households a row can be about: those whose id it holds, or that rows with the same identifiers are about. */
function abouts(rows: Row[], households: Set<string>): Map<Row, Set<string>> {
  const about = new Map<Row, Set<string>>();
  for (const row of rows) {
    const direct = row.values.map(([, value]) => value).filter((value) => households.has(value));
    if (direct.length > 0) about.set(row, new Set(direct));
  }
  const identifiers = (row: Row) => row.values.map(([, value]) => value).filter((value) => /^[0-9a-f]{32,}$/.test(value));
  // Over one row in between, and over two.
  for (let step = 0; step < 2; step += 1) {
    const known = new Map<string, Set<string>>();
    for (const [row, whom] of about) {
      for (const id of identifiers(row)) known.set(id, new Set([...(known.get(id) ?? []), ...whom]));
    }
    for (const row of rows) {
      if (about.has(row)) continue;
      const sets = identifiers(row).flatMap((id) => known.get(id) ?? []);
      if (sets.length > 0) about.set(row, sets.reduce((a, b) => (b.size < a.size ? b : a)));
    }
  }
  return about;
}

interface Equality {
  column: string;
  other: string;
  matches: Map<string, Set<Row>>;
}

/** The pairs of columns in which equal values never lead to a wrong household, and not by luck. */
function equalities(sought: Sought[], own: Map<string, Row[]>, table: Row[], about: Map<Row, Set<string>>, everyone: number): Equality[] {
  const index = new Map<string, Map<string, Set<Row>>>();
  for (const row of table) {
    for (const [column, value] of row.values) {
      const byValue = index.get(column) ?? new Map<string, Set<Row>>();
      index.set(column, byValue.set(value, (byValue.get(value) ?? new Set<Row>()).add(row)));
    }
  }
  const columns = new Set([...own.values()].flat().flatMap((row) => row.values.map(([column]) => `${row.source}.${column}`)));
  const rules: Equality[] = [];
  for (const column of columns) {
    for (const [other, byValue] of index) {
      const matches = new Map<string, Set<Row>>();
      let [holds, luck, long] = [true, 1, false];
      for (const { text, household } of sought) {
        const values = own.get(text)!.flatMap((row) => row.values.filter(([name]) => `${row.source}.${name}` === column).map(([, value]) => value));
        const rows = new Set(values.flatMap((value) => [...(byValue.get(value) ?? [])]));
        if (rows.size === 0) continue;
        const whom = union(rows, about);
        holds &&= whom.has(household);
        luck *= whom.size / everyone;
        long ||= values.some((value) => value.length >= LONG && byValue.has(value));
        matches.set(text, rows);
      }
      if (matches.size > 0 && holds && (long || luck < LUCK)) rules.push({ column, other, matches });
    }
  }
  return rules;
}

interface Order {
  name: string;
  own: Map<string, number>;
  others: [number, Row][];
}

/** Every order in which opinions stand among other rows: by any number or key in the table, among all or among those that
 * are equal in another column. */
function orders(own: Map<string, Row[]>, others: Row[]): Order[] {
  const tables = grouped(others, (row) => row.source);
  const found: Order[] = [];
  for (const source of new Set([...own.values()].flat().map((row) => row.source))) {
    const table = tables.get(source) ?? [];
    const mine = [...own].flatMap(([text, rows]) => rows.filter((row) => row.source === source).map((row) => [text, row] as const));
    const columns = new Set(mine.flatMap(([, row]) => row.values.map(([column]) => column)));
    for (const column of columns) {
      const place = places([...mine.map(([, row]) => row), ...table], column);
      for (const within of [undefined, ...columns]) {
        const key = (row: Row) => (within === undefined ? "" : value(row, within));
        for (const [part, members] of grouped(mine, ([, row]) => key(row))) {
          const beside = table.filter((row) => place.has(row) && key(row) === part);
          const name = `${source}.${column}${within === undefined ? "" : ` within ${within}`}`;
          const places = members.flatMap(([text, row]) => (place.has(row) ? [[text, place.get(row)!] as const] : []));
          if (beside.length > 0) found.push({ name, own: new Map(places), others: beside.map((row) => [place.get(row)!, row]) });
        }
      }
    }
  }
  return found;
}

/** Numbers are their own places; other keys stand in the order of their bytes. */
function places(rows: Row[], column: string): Map<Row, number> {
  const values = rows.flatMap((row) => {
    const found = value(row, column);
    return found === undefined || found === "" ? [] : [[row, found] as const];
  });
  if (values.every(([, found]) => /^-?\d+$/.test(found))) return new Map(values.map(([row, found]) => [row, Number(found)]));
  const sorted = [...new Set(values.map(([, found]) => found))].sort();
  const rank = new Map(sorted.map((found, i) => [found, i]));
  return new Map(values.map(([row, found]) => [row, rank.get(found)!]));
}

/** The households that are met going away from a place, the nearest first. */
function nearest(placed: { place: number; household: string }[], place: number, direction: "before" | "after" | "around"): string[] {
  const side = placed.filter((row) => direction === "around" || (direction === "before" ? row.place <= place : row.place >= place));
  side.sort((a, b) => Math.abs(a.place - place) - Math.abs(b.place - place));
  return [...new Set(side.map((row) => row.household))];
}

/** When a row came: its latest instant, or else the last visit to its household. */
function moment(row: Row, household: string, visits: Visited[]): number {
  const instants = row.values.map(([, value]) => value).filter((value) => /^1[5-9]\d{11}$/.test(value)).map(Number);
  const to = visits.filter((visit) => visit.household === household).map((visit) => visit.at);
  return Math.max(...(instants.length > 0 ? instants : to));
}

function union(rows: Iterable<Row>, about: Map<Row, Set<string>>): Set<string> {
  return new Set([...rows].flatMap((row) => [...(about.get(row) ?? [])]));
}

function grouped<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** The lines of a text file: words, and what is named or encoded in them. */
function lines(source: string, text: string): Row[] {
  return text.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    const words = line.trim().split(/\s+/).flatMap((word, i): [string, string][] => {
      const [, name, rest] = /^(\w+)=(.+)$/.exec(word) ?? [undefined, `${i}`, word];
      if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(rest)) return [[name, `${Date.parse(rest)}`]];
      return /^([0-9a-f]{2}){17,}$/.test(rest) ? cells(name, Buffer.from(rest, "hex")) : [[name, canonical(rest)]];
    });
    return [{ source, values: [["line", `${at}`], ...words] }];
  });
}

/** An id is the same in words as in bytes. */
function canonical(text: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text.replaceAll("-", "") : text;
}

/** A value of a column as it is and, where it is CBOR, everything inside it. */
export function cells(column: string, stored: Buffer | string | number | bigint | null): [string, string][] {
  if (stored === null) return [[column, ""]];
  if (!Buffer.isBuffer(stored)) return [[column, canonical(`${stored}`)]];
  const whole: [string, string] = [column, stored.toString("hex")];
  // Ids and hashes are no CBOR, whatever their first byte may look like.
  if (stored.length === 16 || stored.length === 32) return [whole];
  try {
    const inside = new Cbor(stored).all();
    return inside !== null && typeof inside === "object" ? [whole, ...leaves(column, inside)] : [whole];
  } catch {
    return [whole];
  }
}

function leaves(path: string, inside: unknown): [string, string][] {
  if (Buffer.isBuffer(inside)) return cells(path, inside);
  if (Array.isArray(inside)) return inside.flatMap((item) => leaves(path, item));
  if (inside instanceof Map) {
    return [...inside].flatMap(([key, item]) => {
      const named = typeof key === "string" && key.length < 40;
      return named ? leaves(`${path}.${key}`, item) : [...leaves(`${path}.key`, key), ...leaves(path, item)];
    });
  }
  return [[path, canonical(`${inside ?? ""}`)]];
}

/** Just enough CBOR to see everything (RFC 8949, definite and indefinite lengths). */
class Cbor {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  all(): unknown {
    const item = this.item();
    if (this.at !== this.bytes.length) throw new Error("something follows");
    return item;
  }

  private item(): unknown {
    const head = this.bytes.readUInt8(this.at++);
    const [major, info] = [head >> 5, head & 31];
    if (major === 7) {
      if (info === 25) this.at += 2;
      else if (info === 26) return this.bytes.readFloatBE((this.at += 4) - 4);
      else if (info === 27) return this.bytes.readDoubleBE((this.at += 8) - 8);
      else if (info === 31) throw new Error("break");
      return info === 20 ? false : info === 21 ? true : null;
    }
    const length = info === 31 ? Infinity : this.length(info);
    if (major === 0) return length;
    if (major === 1) return -1 - length;
    if (major === 6) return this.item();
    if (length === Infinity) {
      const items: unknown[] = [];
      while (this.bytes.readUInt8(this.at) !== 0xff) items.push(this.item());
      this.at += 1;
      if (major === 2) return Buffer.concat(items as Buffer[]);
      if (major === 3) return items.join("");
      return major === 4 ? items : new Map(items.flatMap((key, i) => (i % 2 ? [] : [[key, items[i + 1]]])));
    }
    if (length > this.bytes.length * (major === 5 ? 2 : 1)) throw new Error("longer than the bytes");
    if (major === 2 || major === 3) {
      if (this.at + length > this.bytes.length) throw new Error("longer than the bytes");
      const bytes = this.bytes.subarray(this.at, (this.at += length));
      return major === 2 ? bytes : bytes.toString();
    }
    if (major === 4) return Array.from({ length }, () => this.item());
    return new Map(Array.from({ length }, () => [this.item(), this.item()] as [unknown, unknown]));
  }

  private length(info: number): number {
    if (info < 24) return info;
    const width = 1 << (info - 24);
    if (width > 8) throw new Error("no length");
    const bytes = this.bytes.subarray(this.at, (this.at += width));
    if (bytes.length < width) throw new Error("cut");
    return width === 8 ? Number(bytes.readBigUInt64BE()) : bytes.readUIntBE(0, width);
  }
}

/** The tables of an SQLite file (https://sqlite.org/fileformat2.html), read without SQLite, so that it is also seen where a
 * row lies in the file. */
/** A database of SQLite, read from its file and its write-ahead log. */
export class Database {
  private readonly pages = new Map<number, Buffer>();
  private readonly usable: number;

  constructor(file: Buffer, log?: Buffer) {
    const size = file.readUInt16BE(16) === 1 ? 65536 : file.readUInt16BE(16);
    this.usable = size - file.readUInt8(20);
    for (let page = 1; page * size <= file.length; page += 1) this.pages.set(page, file.subarray((page - 1) * size, page * size));
    // Of the write-ahead log what was committed: frames with the salts of its header, up to the last that ends a commit.
    const pending = new Map<number, Buffer>();
    for (let at = 32; log && at + 24 + size <= log.length && log.compare(log, 16, 24, at + 8, at + 16) === 0; at += 24 + size) {
      pending.set(log.readUInt32BE(at), log.subarray(at + 24, at + 24 + size));
      if (log.readUInt32BE(at + 4) === 0) continue;
      for (const [page, bytes] of pending) this.pages.set(page, bytes);
      pending.clear();
    }
  }

  rows(): Row[] {
    const schema = [...this.walk(1)].map(({ stored }) => ({ type: stored[0], name: `${stored[1]}`, root: Number(stored[3]), sql: `${stored[4]}` }));
    return schema.filter(({ type }) => type === "table").flatMap(({ name, root, sql }) => {
      const columns = columnsOf(sql);
      return [...this.walk(root)].map(({ rowid, place, stored }) => {
        const values = columns.flatMap((column, i) => cells(column, stored[i] ?? (i === 0 ? rowid : null) ?? null));
        return { source: name, values: [...values, ["place", `${place}`], ...(rowid === undefined ? [] : [["rowid", `${rowid}`] as [string, string]])] };
      });
    });
  }

  /** Every value of every table and index, whole. */
  *values(): Generator<Buffer> {
    const roots = [...this.walk(1)].map(({ stored }) => Number(stored[3])).filter((root) => root > 0);
    for (const root of roots) {
      for (const { stored } of this.walk(root)) {
        for (const value of stored) if (Buffer.isBuffer(value) || typeof value === "string") yield Buffer.from(value as string);
      }
    }
  }

  private *walk(number: number): Generator<{ rowid?: number; place: number; stored: (Buffer | string | number | null)[] }> {
    const page = this.pages.get(number);
    if (!page) throw new Error(`page ${number} is missing`);
    const start = number === 1 ? 100 : 0;
    const kind = page.readUInt8(start);
    const interior = kind === 2 || kind === 5;
    const table = kind === 5 || kind === 13;
    for (let i = 0; i < page.readUInt16BE(start + 3); i += 1) {
      const pointer = page.readUInt16BE(start + (interior ? 12 : 8) + 2 * i);
      let at = pointer;
      if (interior) {
        yield* this.walk(page.readUInt32BE(at));
        at += 4;
        if (table) continue;
      }
      let rowid: number | undefined;
      const [length, afterLength] = varint(page, at);
      at = afterLength;
      if (table) [rowid, at] = varint(page, at);
      // Cells are laid down from the end of a page to its beginning.
      const place = number * 65536 + (65535 - pointer);
      yield { rowid, place, stored: record(this.payload(page, at, length, table)) };
    }
    if (interior) yield* this.walk(page.readUInt32BE(start + 8));
  }

  private payload(page: Buffer, at: number, length: number, table: boolean): Buffer {
    const most = table ? this.usable - 35 : Math.floor(((this.usable - 12) * 64) / 255) - 23;
    if (length <= most) return page.subarray(at, at + length);
    const least = Math.floor(((this.usable - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (this.usable - 4));
    const local = fitting <= most ? fitting : least;
    const parts = [page.subarray(at, at + local)];
    let left = length - local;
    for (let next = page.readUInt32BE(at + local); left > 0; ) {
      const overflow = this.pages.get(next)!;
      parts.push(overflow.subarray(4, 4 + Math.min(left, this.usable - 4)));
      left -= this.usable - 4;
      next = overflow.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }
}

function varint(bytes: Buffer, at: number): [number, number] {
  let read = 0n;
  for (let i = 0; i < 8; i += 1) {
    const byte = bytes.readUInt8(at + i);
    read = (read << 7n) | BigInt(byte & 127);
    if (byte < 128) return [Number(read), at + i + 1];
  }
  return [Number((read << 8n) | BigInt(bytes.readUInt8(at + 8))), at + 9];
}

function record(payload: Buffer): (Buffer | string | number | null)[] {
  const [end, first] = varint(payload, 0);
  const stored: (Buffer | string | number | null)[] = [];
  let body = end;
  for (let at = first; at < end; ) {
    let type: number;
    [type, at] = varint(payload, at);
    const width = type >= 12 ? (type - 12) >> 1 : [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type];
    const bytes = payload.subarray(body, (body += width));
    if (type === 0) stored.push(null);
    else if (type === 7) stored.push(bytes.readDoubleBE());
    else if (type === 8 || type === 9) stored.push(type - 8);
    else if (type === 6) stored.push(Number(bytes.readBigInt64BE()));
    else if (type < 6) stored.push(bytes.readIntBE(0, width));
    else stored.push(type % 2 === 0 ? Buffer.from(bytes) : bytes.toString());
  }
  return stored;
}

/** The columns in the order in which a row has them: a table without rowid has those of its key first. */
function columnsOf(sql: string): string[] {
  const body = sql.replace(/--.*$/gm, "").replace(/^[^(]*\(/, "");
  const end = body.lastIndexOf(")");
  const parts = body.slice(0, end).split(/,(?![^(]*\))/).map((part) => part.trim());
  const columns = parts.filter((part) => !/^(PRIMARY|UNIQUE|FOREIGN|CHECK|CONSTRAINT)\b/i.test(part));
  const names = columns.map((column) => column.split(/\s/)[0]);
  if (!/WITHOUT\s+ROWID/i.test(body.slice(end))) return names;
  const listed = parts.map((part) => /^PRIMARY KEY\s*\(([^)]*)\)/i.exec(part)?.[1]).find((key) => key !== undefined);
  const key = listed ? listed.split(",").map((name) => name.trim()) : columns.filter((column) => /PRIMARY KEY/i.test(column)).map((column) => column.split(/\s/)[0]);
  return [...key, ...names.filter((name) => !key.includes(name))];
}
