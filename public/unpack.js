// The app's program as it travels, made into wasm again. `xtask/src/pack.rs` sorts the bytes of its functions into streams,
// each of one kind (instructions, jumps, numbers of local variables, ...), because brotli makes them a sixth smaller so:
// 67 KB of what a phone downloads. Both files describe the same format; neither is changed without the other.
//
// The service worker keeps what comes out of here, so that this is done once for each build: see `unpacked`.
"use strict";

// A reply with the program as init() takes it. One from the service worker is no longer packed, and the browser compiles
// it as it comes in.
async function unpacked(reply) {
  if (!reply.ok) throw new Error(`${reply.url}: ${reply.status}`);
  if (reply.headers.get("Content-Type") === "application/wasm") return reply;
  return new Response(unpack(await reply.arrayBuffer()), { headers: { "Content-Type": "application/wasm" } });
}

function unpack(packed) {
  // In the order of the format. The last two are the first of nine each: one for every kind of next instruction.
  const [REST, LOCALS, PAIRS, CODE, BLOCKS, JUMPS, TABLES, CALLS, INDIRECT, SETS, GLOBALS, ALIGNS, OFFSETS, I64, BULK, OTHER, GETS] = Array(17).keys();
  const [I32, STREAMS] = [GETS + 9, GETS + 18];
  // The stream of an instruction's operand, if it has just one (or an alignment before it).
  const streams = new Uint8Array(256);
  // What a variable or a number is for shows in the instruction after it.
  const kinds = new Uint8Array(256);
  const fill = (table, value, first, last = first) => table.fill(value, first, last + 1);
  fill(streams, BLOCKS, 0x02, 0x04);
  fill(streams, JUMPS, 0x0c, 0x0d);
  fill(streams, CALLS, 0x10);
  fill(streams, GETS, 0x20);
  fill(streams, SETS, 0x21, 0x22);
  fill(streams, GLOBALS, 0x23, 0x26);
  fill(streams, OFFSETS, 0x28, 0x3e);
  fill(streams, OTHER, 0x3f, 0x40);
  fill(streams, I32, 0x41);
  fill(streams, I64, 0x42);
  fill(streams, OTHER, 0xd0);
  fill(streams, OTHER, 0xd2);
  [0x20, 0x41, 0x10, 0x6a, 0x6b, 0xfc].forEach((op, kind) => fill(kinds, kind + 1, op));
  fill(kinds, 7, 0x28, 0x35);
  fill(kinds, 8, 0x36, 0x3e);
  const bulk = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

  // What is not whole must end in an error, never in a loop without an end.
  const fail = () => {
    throw new Error("The program is damaged.");
  };
  const from = new Uint8Array(packed);
  const header = new DataView(packed);
  const size = header.getUint32(0, true);
  // Where the next byte of each stream stands, and at last where all end.
  const at = new Uint32Array(STREAMS + 1).fill(8 + 4 * STREAMS);
  for (let s = 0; s < STREAMS; s++) at[s + 1] = at[s] + header.getUint32(8 + 4 * s, true);
  if (at[STREAMS] !== from.length) fail();
  const ends = at.slice(1);

  // Bytes that are no instruction stand for two others, which may stand for two again.
  const words = Array.from({ length: 256 }, (_, byte) => [byte]);
  for (let n = at[PAIRS]; n < ends[PAIRS]; n += 3) words[from[n]] = words[from[n + 1]].concat(words[from[n + 2]]);
  const code = new Uint8Array(size);
  let next = 0;
  for (let n = at[CODE]; n < ends[CODE]; n++) {
    const word = words[from[n]];
    for (let m = 0; m < word.length; m++) code[next++] = word[m];
  }
  next = 0;

  // A function's size stands before it and is known after it; until then it has the room of the longest.
  const ROOM = 3;
  const to = new Uint8Array((size + ROOM + 3) & ~3); // for the checksum, in whole fours
  let end = 0;
  const copy = (stream, n) => {
    to.set(from.subarray(at[stream], at[stream] + n), end);
    at[stream] += n;
    end += n;
  };
  // Copies a number in LEB128; gives it back, as far as it is a small one.
  const number = (stream) => {
    let n = at[stream];
    let byte = from[n++];
    let value = byte & 127;
    to[end++] = byte;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = from[n++];
      value |= (byte & 127) << shift;
      to[end++] = byte;
    }
    at[stream] = n;
    if (end > to.length) fail();
    return value;
  };
  const numbers = (n, stream) => {
    for (; n > 0; n--) number(stream);
  };

  // Apart, so that the loop below is small: a browser makes it fast while it runs, the sooner the smaller it is.
  const rest = (op) => {
    if (op === 0x0e) numbers(number(TABLES) + 1, TABLES);
    else if (op === 0x11) numbers(2, INDIRECT);
    else if (op === 0x43) copy(OTHER, 4);
    else if (op === 0x44) copy(OTHER, 8);
    else if (op === 0xfc) {
      const which = code[next++];
      to[end++] = which;
      numbers(bulk[which], BULK);
    }
  };
  const body = () => {
    const start = end;
    end += ROOM;
    for (let groups = number(LOCALS); groups > 0; groups--) numbers(2, LOCALS);
    for (let depth = 1; depth > 0; ) {
      const op = code[next++];
      to[end++] = op;
      let stream = streams[op];
      if (stream !== 0) {
        if (stream >= GETS) stream += kinds[code[next]];
        else if (stream === OFFSETS) number(ALIGNS);
        else if (stream === BLOCKS) depth++;
        number(stream);
      } else if (op === 0x0b) depth--;
      else if (op < 0x45 || op > 0xc4) rest(op);
      if (end > to.length) fail();
    }
    const [first, last] = [start + ROOM, end];
    end = start;
    let length = last - first;
    for (; length > 127; length >>= 7) to[end++] = length | 128;
    to[end++] = length;
    to.copyWithin(end, first, last);
    end += last - first;
  };

  copy(REST, 8);
  while (at[REST] < ends[REST]) {
    const section = number(REST);
    const length = number(REST);
    if (section !== 10) copy(REST, length);
    else for (let bodies = number(REST); bodies > 0; bodies--) body();
  }
  to.fill(0, end);
  if (end !== size || checksum(to.buffer) !== header.getInt32(4, true)) fail();
  return to.subarray(0, size);
}

// Not against malice, for which there are TLS and the service worker's list of hashes.
function checksum(padded) {
  const quads = new Int32Array(padded);
  let sum = 0;
  for (let n = 0; n < quads.length; n++) sum = (Math.imul(sum, 31) + quads[n]) | 0;
  return sum;
}
