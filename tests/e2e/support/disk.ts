import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { decompress } from "fzstd";
import { Database } from "./dump";

// What somebody has who copied a browser's profile: every file as it is, and everything that a file has compressed or in pieces,
// whole again.

/** Everything readable in a directory: where it is from, and its bytes. */
export function* readable(directory: string): Generator<[where: string, bytes: Buffer]> {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const where = path.slice(directory.length + 1);
    const file = readFileSync(path);
    for (const bytes of parts(path, file)) {
      yield [where, bytes];
      for (const value of squeezed(bytes)) yield [`${where}, unpacked`, value];
    }
  }
}

/** Where these words stand, as UTF-8 or as UTF-16 of either order. */
export function findings(directory: string, words: string[]): { words: string; where: string }[] {
  const sought = words.flatMap((text) => {
    const wide = Buffer.from(text, "utf16le");
    return [Buffer.from(text), wide, Buffer.from(wide).swap16()].map((bytes) => ({ text, bytes }));
  });
  const found = new Map<string, { words: string; where: string }>();
  for (const [where, content] of readable(directory)) {
    for (const { text, bytes } of sought) if (content.includes(bytes)) found.set(`${text} ${where}`, { words: text, where });
  }
  return [...found.values()];
}

function* parts(path: string, file: Buffer): Generator<Buffer> {
  yield file;
  if (path.endsWith(".ldb")) yield* blocks(file);
  else if (/leveldb\/\d+\.log$/.test(path)) yield* records(file);
  else if (file.subarray(0, 15).toString() === "SQLite format 3") {
    const log = readdirSync(join(path, "..")).includes(`${path.split("/").pop()}-wal`) ? readFileSync(`${path}-wal`) : undefined;
    yield* new Database(file, log?.length ? log : undefined).values();
  }
}

/** The blocks of a table of LevelDB (doc/table_format.md): the index is a block of keys and places, each block says in a byte
 * behind it whether it is compressed. */
function* blocks(file: Buffer): Generator<Buffer> {
  const [, afterOffset] = varint(file, file.length - 48);
  const [, afterMeta] = varint(file, afterOffset);
  const [offset, afterIndex] = varint(file, afterMeta);
  const [size] = varint(file, afterIndex);
  const index = block(file, offset, size);
  const end = index.length - 4 - 4 * index.readUInt32LE(index.length - 4);
  for (let at = 0; at < end; ) {
    const [, afterShared] = varint(index, at);
    const [own, afterOwn] = varint(index, afterShared);
    const [length, afterLength] = varint(index, afterOwn);
    const [place, afterPlace] = varint(index, afterLength + own);
    const [bytes] = varint(index, afterPlace);
    at = afterLength + own + length;
    const content = block(file, place, bytes);
    yield content;
    yield* values(content);
  }
}

function block(file: Buffer, offset: number, size: number): Buffer {
  const bytes = file.subarray(offset, offset + size);
  return file[offset + size] === 1 ? unsnap(bytes, 0)! : bytes;
}

/** Each value by itself, because a key in between has only what differs from the one before. */
function* values(content: Buffer): Generator<Buffer> {
  const end = content.length - 4 - 4 * content.readUInt32LE(content.length - 4);
  for (let at = 0; at < end; ) {
    const [, afterShared] = varint(content, at);
    const [own, afterOwn] = varint(content, afterShared);
    const [length, afterLength] = varint(content, afterOwn);
    yield content.subarray(afterLength + own, afterLength + own + length);
    at = afterLength + own + length;
  }
}

/** The records of a log of LevelDB (doc/log_format.md), which are cut at every 32 KB. */
function* records(file: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = [];
  for (let at = 0; at + 7 <= file.length; ) {
    const left = 32_768 - (at % 32_768);
    if (left < 7) {
      at += left;
      continue;
    }
    const [length, type] = [file.readUInt16LE(at + 4), file[at + 6]];
    if (type === 1 || type === 2) pieces = [];
    pieces.push(file.subarray(at + 7, at + 7 + length));
    if (type === 1 || type === 4) yield Buffer.concat(pieces);
    at += type === 0 ? left : 7 + length;
  }
}

/** What Chromium has compressed of a stored value: with Snappy it says so by three bytes before it, with Zstandard, in its SQLite,
 * by how every frame begins. */
function* squeezed(bytes: Buffer): Generator<Buffer> {
  for (const at of places(bytes, "ff1102")) {
    const value = unsnap(bytes, at + 3);
    if (value) yield value;
  }
  for (const at of places(bytes, "28b52ffd")) {
    try {
      yield Buffer.from(decompress(bytes.subarray(at)));
    } catch {
      // Four bytes that happen to be these, or a frame that is in pieces here and whole elsewhere.
    }
  }
}

function* places(bytes: Buffer, hex: string): Generator<number> {
  for (let at = bytes.indexOf(hex, 0, "hex"); at >= 0; at = bytes.indexOf(hex, at + 1, "hex")) yield at;
}

/** Snappy (format_description.txt): literals, and copies of what came before. Nothing where it is none. */
function unsnap(bytes: Buffer, start: number): Buffer | undefined {
  const [size, first] = varint(bytes, start);
  if (size > 64_000_000) return undefined;
  const out = Buffer.alloc(size);
  let [at, end] = [first, 0];
  while (end < size) {
    if (at >= bytes.length) return undefined;
    const tag = bytes[at++];
    const kind = tag & 3;
    let length = (tag >> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const wide = length - 60;
        if (at + wide > bytes.length) return undefined;
        length = bytes.readUIntLE(at, wide) + 1;
        at += wide;
      }
      bytes.copy(out, end, at, at + length);
      at += length;
    } else {
      const width = [0, 1, 2, 4][kind];
      if (at + width > bytes.length) return undefined;
      let back = bytes.readUIntLE(at, width);
      at += width;
      if (kind === 1) {
        length = ((tag >> 2) & 7) + 4;
        back += (tag >> 5) << 8;
      }
      if (back === 0 || back > end) return undefined;
      for (let n = 0; n < length && end + n < size; n += 1) out[end + n] = out[end + n - back];
    }
    end += length;
  }
  return out;
}

function varint(bytes: Buffer, at: number): [value: number, next: number] {
  let [value, factor] = [0, 1];
  for (;;) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
    factor *= 128;
  }
}
