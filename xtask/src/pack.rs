//! The field app's wasm as it travels. Brotli finds less than there is in a function's bytes, where instructions stand
//! between their operands; sorted into streams of one kind each they come out 67 KB smaller (of 419, measured 23 November
//! 2026). No library does this. `public/unpack.js` is the other half, in the page and in the service worker: both files
//! describe the same format, and neither is changed without the other.
//!
//! A pack is the size of the wasm, a checksum of it, the size of each stream (all as 32 bits, little-endian), and the streams.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::files;
use crate::shorten::{find, name_of};
use crate::{Outcome, stamp};

/// What a pack's name ends in.
pub const EXTENSION: &str = "pack";

/// Puts the pack in the place of the wasm of the app that stands in `dir`: the page fetches, unpacks and starts it. Gives back
/// the integrity of the wasm, which the service worker keeps.
pub fn pack_app(dir: &Path, app: &str) -> Outcome<String> {
    let path = find(dir, app, "_bg.wasm")?;
    let wasm = files::read(&path)?;
    let packed = pack(&wasm).map_err(|reason| format!("Cannot pack {}: {reason}", path.display()))?;
    let name = format!("{app}-{}.{EXTENSION}", &files::hex(&Sha256::digest(&packed))[..16]);
    let page = dir.join("index.html");
    files::write(&page, starting(&files::read_text(&page)?, &name_of(&path), &name)?)?;
    files::write(&dir.join(name), packed)?;
    fs::remove_file(&path).map_err(|error| format!("Cannot remove {}: {error}", path.display()))?;
    Ok(stamp::integrity(&wasm))
}

/// The page that Trunk has written, starting the pack in the place of the wasm.
fn starting(page: &str, wasm: &str, pack: &str) -> Outcome<String> {
    let Some((before, _)) = page.split_once(wasm) else { return Err(format!("The page does not start {wasm}.")) };
    let folder = before.rsplit('`').next().unwrap_or_default();
    let mut page = page.to_string();
    for (old, new) in [
        (format!("module_or_path:`{folder}{wasm}`"), format!("module_or_path:fetch(`{folder}{pack}`).then(unpacked)")),
        (format!(" href={folder}{wasm} rel=preload type=application/wasm"), format!(" href={folder}{pack} rel=preload")),
    ] {
        if page.matches(&old).count() != 1 {
            return Err(format!("Trunk writes the page another way than before: {old:?} is not in it once."));
        }
        page = page.replace(&old, &new);
    }
    Ok(page)
}

/// The pieces of a pack that have nothing in common: brotli does better if it is told where one ends.
pub fn pieces(packed: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = packed;
    let sizes = packed.get(8..HEADER).unwrap_or_default().chunks(4);
    for size in [HEADER].into_iter().chain(sizes.map(|size| size.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))) {
        let (piece, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

// The streams, in their order.
/// All that stands outside of functions.
const REST: usize = 0;
/// What local variables a function has.
const LOCALS: usize = 1;
/// Three bytes each: one that is no instruction, and the two that it stands for in `CODE`.
const PAIRS: usize = 2;
/// The instructions.
const CODE: usize = 3;
const BLOCKS: usize = 4;
const JUMPS: usize = 5;
const TABLES: usize = 6;
const CALLS: usize = 7;
const INDIRECT: usize = 8;
const SETS: usize = 9;
const GLOBALS: usize = 10;
const ALIGNS: usize = 11;
const OFFSETS: usize = 12;
const I64: usize = 13;
const BULK: usize = 14;
const OTHER: usize = 15;
/// The first of those for the variables that are read, by the kind of the next instruction.
const GETS: usize = 16;
/// The first of those for numbers of 32 bits, likewise.
const I32: usize = GETS + KINDS;
const STREAMS: usize = I32 + KINDS;
const HEADER: usize = 8 + 4 * STREAMS;

/// As many kinds as [`kind`] knows.
const KINDS: usize = 9;

/// What a variable or a number is for shows in the instruction after it.
fn kind(next: u8) -> usize {
    match next {
        0x20 => 1,
        0x41 => 2,
        0x10 => 3,
        0x6a => 4,
        0x6b => 5,
        0xfc => 6,
        0x28..=0x35 => 7,
        0x36..=0x3e => 8,
        _ => 0,
    }
}

const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
const CODE_SECTION: u8 = 10;

/// More of them than this, and what they leave is harder to compress than it was.
const MOST_PAIRS: usize = 64;
/// A pair takes three bytes itself.
const LEAST_USES: u32 = 50;

fn pack(wasm: &[u8]) -> Outcome<Vec<u8>> {
    let mut streams = Streams(vec![Vec::new(); STREAMS]);
    let mut wasm_left = Bytes(wasm);
    if wasm_left.take(MAGIC.len())? != MAGIC {
        return Err("it does not begin as wasm does".to_owned());
    }
    streams.put(REST, MAGIC);
    while !wasm_left.0.is_empty() {
        let section = wasm_left.byte()?;
        streams.put(REST, &[section]);
        let size = wasm_left.number(&mut streams, REST)?;
        let mut content = Bytes(wasm_left.take(size)?);
        if section != CODE_SECTION {
            streams.put(REST, content.0);
            continue;
        }
        for _ in 0..content.number(&mut streams, REST)? {
            let before = content.0;
            let size = content.leb()?;
            // The other half works it out, and writes it as short as it can be; it has room for three bytes.
            if before.len() - content.0.len() != (1 + size.checked_ilog2().unwrap_or(0) as usize / 7).min(3) {
                return Err(format!("a function's size, {size}, is too large or not written as short as it can be"));
            }
            function(Bytes(content.take(size)?), &mut streams)?;
        }
        if !content.0.is_empty() {
            return Err("bytes after the last function".to_owned());
        }
    }
    streams.pair();

    let mut packed = Vec::new();
    let sizes = streams.0.iter().map(|stream| stream.len() as u32);
    [wasm.len() as u32, checksum(wasm)].into_iter().chain(sizes).for_each(|number| packed.extend(number.to_le_bytes()));
    packed.extend(streams.0.concat());
    Ok(packed)
}

/// Of four bytes at once, and of the room for a size that the other half leaves at the end.
fn checksum(wasm: &[u8]) -> u32 {
    let mut padded = wasm.to_vec();
    padded.resize((wasm.len() + 6) & !3, 0);
    let quads = padded.chunks_exact(4).map(|quad| quad.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)));
    quads.fold(0, |sum: u32, quad| sum.wrapping_mul(31).wrapping_add(quad))
}

/// Sorts one function's local variables and instructions.
fn function(mut body: Bytes, streams: &mut Streams) -> Outcome {
    for _ in 0..body.number(streams, LOCALS)? {
        body.numbers(2, streams, LOCALS)?;
    }
    let mut depth = 1;
    while depth > 0 {
        let op = body.byte()?;
        streams.put(CODE, &[op]);
        match op {
            // Block, loop, if; and their end, or the function's.
            0x02..=0x04 => depth += 1,
            0x0b => depth -= 1,
            _ => {}
        }
        match op {
            // Without operands: control, drop and select, all that calculates, whether a reference is null.
            0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => {}
            0x02..=0x04 => drop(body.number(streams, BLOCKS)?),
            0x0c | 0x0d => drop(body.number(streams, JUMPS)?),
            // A table of jumps: how many, each of them, and the one for all other cases.
            0x0e => {
                for _ in 0..=body.number(streams, TABLES)? {
                    body.number(streams, TABLES)?;
                }
            }
            0x10 => drop(body.number(streams, CALLS)?),
            0x11 => body.numbers(2, streams, INDIRECT)?,
            0x20 => body.number_by_next(streams, GETS)?,
            0x21 | 0x22 => drop(body.number(streams, SETS)?),
            // Globals and tables.
            0x23..=0x26 => drop(body.number(streams, GLOBALS)?),
            0x28..=0x3e => {
                body.number(streams, ALIGNS)?;
                body.number(streams, OFFSETS)?;
            }
            // The memory's size; a null reference, one to a function.
            0x3f | 0x40 | 0xd0 | 0xd2 => drop(body.number(streams, OTHER)?),
            0x41 => body.number_by_next(streams, I32)?,
            0x42 => drop(body.number(streams, I64)?),
            0x43 => body.copy(4, streams, OTHER)?,
            0x44 => body.copy(8, streams, OTHER)?,
            0xfc => {
                let which = body.byte()?;
                streams.put(CODE, &[which]);
                let operands = match which {
                    0..=7 => 0,
                    8 | 10 | 12 | 14 => 2,
                    9 | 11 | 13 | 15..=17 => 1,
                    _ => return Err(unknown(&[op, which])),
                };
                body.numbers(operands, streams, BULK)?;
            }
            _ => return Err(unknown(&[op])),
        }
    }
    if body.0.is_empty() { Ok(()) } else { Err("bytes after a function's end".to_owned()) }
}

fn unknown(op: &[u8]) -> String {
    format!("instruction 0x{} is none that pack.rs knows. It needs a stream for its operands, there and in unpack.js.", files::hex(op))
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, size: usize) -> Outcome<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(size).ok_or("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Outcome<u8> {
        Ok(self.take(1)?[0])
    }

    fn copy(&mut self, size: usize, streams: &mut Streams, stream: usize) -> Outcome {
        let bytes = self.take(size)?;
        streams.put(stream, bytes);
        Ok(())
    }

    /// A number in LEB128, as far as it is a small one.
    fn leb(&mut self) -> Outcome<usize> {
        let mut number = 0;
        for at in 0..10 {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number is longer than ten bytes".to_owned())
    }

    /// Copies such a number, and gives it back.
    fn number(&mut self, streams: &mut Streams, stream: usize) -> Outcome<usize> {
        let before = self.0;
        let number = self.leb()?;
        streams.put(stream, &before[..before.len() - self.0.len()]);
        Ok(number)
    }

    fn numbers(&mut self, count: usize, streams: &mut Streams, stream: usize) -> Outcome {
        (0..count).try_for_each(|_| self.number(streams, stream).map(drop))
    }

    fn number_by_next(&mut self, streams: &mut Streams, first: usize) -> Outcome {
        let end = self.0.iter().position(|byte| byte & 0x80 == 0).ok_or("it ends too early")?;
        let next = *self.0.get(end + 1).ok_or("it ends too early")?;
        self.copy(end + 1, streams, first + kind(next))
    }
}

struct Streams(Vec<Vec<u8>>);

impl Streams {
    fn put(&mut self, stream: usize, bytes: &[u8]) {
        self.0[stream].extend(bytes);
    }

    /// Writes the instructions that most often follow each other as one, over and over: 4 KB.
    fn pair(&mut self) {
        let mut used = [false; 256];
        self.0[CODE].iter().for_each(|byte| used[usize::from(*byte)] = true);
        let free: Vec<u8> = (0..=u8::MAX).filter(|byte| !used[usize::from(*byte)]).collect();
        for word in free.into_iter().take(MOST_PAIRS) {
            let mut uses = vec![0u32; 1 << 16];
            self.0[CODE].windows(2).for_each(|pair| uses[usize::from(pair[0]) << 8 | usize::from(pair[1])] += 1);
            let Some((most, count)) = uses.into_iter().enumerate().rev().max_by_key(|(_, count)| *count) else { return };
            if count < LEAST_USES {
                return;
            }
            let pair = [(most >> 8) as u8, most as u8];
            let mut paired = Vec::new();
            let mut rest = self.0[CODE].as_slice();
            while let Some((first, after)) = rest.split_first() {
                if let Some(after) = rest.strip_prefix(&pair) {
                    paired.push(word);
                    rest = after;
                } else {
                    paired.push(*first);
                    rest = after;
                }
            }
            self.0[CODE] = paired;
            self.put(PAIRS, &[word, pair[0], pair[1]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn leb(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 127 {
            bytes.push(number as u8 | 128);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    fn sized(content: Vec<u8>) -> Vec<u8> {
        [leb(content.len() as u64), content].concat()
    }

    /// Types, functions of these bodies, and data that no instruction is in.
    fn wasm(bodies: Vec<Vec<u8>>) -> Vec<u8> {
        let count = leb(bodies.len() as u64);
        let code = sized([count, bodies.into_iter().flat_map(sized).collect()].concat());
        let sections = [vec![1], sized(vec![0x60; 300]), vec![CODE_SECTION], code, vec![11], sized("Sổ đi thăm hộ".into())];
        [MAGIC.to_vec(), sections.concat()].concat()
    }

    /// What `public/unpack.js` does, without its haste.
    fn unpack(packed: &[u8]) -> Vec<u8> {
        let mut streams: Vec<Bytes> = pieces(packed)[1..].iter().map(|piece| Bytes(piece)).collect();
        let mut words: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
        for pair in streams[PAIRS].0.chunks(3) {
            words[usize::from(pair[0])] = [words[usize::from(pair[1])].clone(), words[usize::from(pair[2])].clone()].concat();
        }
        let code: Vec<u8> = streams[CODE].0.iter().flat_map(|byte| words[usize::from(*byte)].clone()).collect();
        let mut code = Bytes(&code);
        let mut out = Streams(vec![streams[REST].take(8).unwrap().to_vec()]);
        while !streams[REST].0.is_empty() {
            let section = streams[REST].number(&mut out, 0).unwrap();
            let size = streams[REST].number(&mut out, 0).unwrap();
            if section != usize::from(CODE_SECTION) {
                streams[REST].copy(size, &mut out, 0).unwrap();
                continue;
            }
            for _ in 0..streams[REST].number(&mut out, 0).unwrap() {
                let body = unpacked_body(&mut code, &mut streams);
                out.put(0, &sized(body));
            }
        }
        assert!(code.0.is_empty());
        out.0.concat()
    }

    fn unpacked_body(code: &mut Bytes, streams: &mut [Bytes]) -> Vec<u8> {
        let mut out = Streams(vec![Vec::new()]);
        for _ in 0..streams[LOCALS].number(&mut out, 0).unwrap() {
            streams[LOCALS].numbers(2, &mut out, 0).unwrap();
        }
        let mut depth = 1;
        while depth > 0 {
            let op = code.byte().unwrap();
            out.put(0, &[op]);
            let next = code.0.first().map_or(0, |next| kind(*next));
            let one = match op {
                2..=4 => BLOCKS,
                0x0c | 0x0d => JUMPS,
                0x10 => CALLS,
                0x20 => GETS + next,
                0x21 | 0x22 => SETS,
                0x23..=0x26 => GLOBALS,
                0x3f | 0x40 | 0xd0 | 0xd2 => OTHER,
                0x41 => I32 + next,
                0x42 => I64,
                _ => STREAMS,
            };
            match op {
                _ if one < STREAMS => drop(streams[one].number(&mut out, 0).unwrap()),
                0x0b => depth -= 1,
                0x0e => {
                    let jumps = streams[TABLES].number(&mut out, 0).unwrap();
                    streams[TABLES].numbers(jumps + 1, &mut out, 0).unwrap();
                }
                0x11 => streams[INDIRECT].numbers(2, &mut out, 0).unwrap(),
                0x28..=0x3e => {
                    streams[ALIGNS].number(&mut out, 0).unwrap();
                    streams[OFFSETS].number(&mut out, 0).unwrap();
                }
                0x43 => streams[OTHER].copy(4, &mut out, 0).unwrap(),
                0x44 => streams[OTHER].copy(8, &mut out, 0).unwrap(),
                0xfc => {
                    let which = code.byte().unwrap();
                    out.put(0, &[which]);
                    let operands = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][usize::from(which)];
                    streams[BULK].numbers(operands, &mut out, 0).unwrap();
                }
                _ => {}
            }
            depth += usize::from((2..=4).contains(&op));
        }
        out.0.concat()
    }

    fn instruction() -> impl Strategy<Value = Vec<u8>> {
        let number = || prop_oneof![0..200u64, any::<u64>().prop_map(|number| number >> 30)].prop_map(leb);
        let plain = prop_oneof![Just(0), Just(1), Just(5), Just(0x0f), Just(0x1a), 0x45..=0xc4u8, Just(0xd1)].prop_map(|op| vec![op]);
        let one =
            prop_oneof![Just(0x0c), Just(0x0d), Just(0x10), 0x20..=0x26u8, Just(0x3f), Just(0x41), Just(0x42), Just(0xd0), Just(0xd2)];
        let one = (one, number()).prop_map(|(op, number)| [vec![op], number].concat());
        let two = prop_oneof![Just(0x11), 0x28..=0x3eu8];
        let two = (two, number(), number()).prop_map(|(op, first, second)| [vec![op], first, second].concat());
        let table = vec(number(), 1..5).prop_map(|jumps| [vec![0x0e, jumps.len() as u8 - 1], jumps.concat()].concat());
        let float = any::<[u8; 4]>().prop_map(|float| [vec![0x43], float.to_vec()].concat());
        let double = any::<[u8; 8]>().prop_map(|double| [vec![0x44], double.to_vec()].concat());
        let bulk = prop_oneof![(0..=7u8).prop_map(|which| vec![0xfc, which]), Just(vec![0xfc, 10, 0, 0]), Just(vec![0xfc, 11, 0])];
        let leaf = prop_oneof![plain, one, two, table, float, double, bulk];
        leaf.prop_recursive(3, 20, 5, |inner| {
            (2..=4u8, vec(inner, 0..5)).prop_map(|(op, inner)| [vec![op, 0x40], inner.concat(), vec![0x0b]].concat())
        })
    }

    fn body() -> impl Strategy<Value = Vec<u8>> {
        (vec(1..9u8, 0..3), vec(instruction(), 0..60)).prop_map(|(locals, instructions)| {
            let groups = locals.iter().flat_map(|count| [*count, 0x7f]).collect();
            [vec![locals.len() as u8], groups, instructions.concat(), vec![0x0b]].concat()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn what_is_packed_is_unpacked_to_the_same(bodies in vec(body(), 0..8), repeated in 1..40usize) {
            // Repeated, there are pairs.
            let wasm = wasm(bodies.iter().cycle().take(bodies.len() * repeated).cloned().collect());
            let packed = pack(&wasm).unwrap();
            prop_assert_eq!(unpack(&packed), wasm);
            prop_assert_eq!(pieces(&packed).concat(), packed);
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let refused = |wasm: &[u8]| pack(wasm).unwrap_err();
        assert!(refused(&wasm(vec![vec![0, 0x12, 0, 0x0b]])).starts_with("instruction 0x12 "));
        assert!(refused(&wasm(vec![vec![0, 0xfc, 18, 0x0b]])).starts_with("instruction 0xfc12 "));
        assert!(refused(&wasm(vec![vec![0, 0x0b, 0x0b]])).contains("after a function's end"));
        assert!(refused(b"no wasm at all").contains("does not begin"));
        let whole = wasm(vec![vec![0, 0x0b]]);
        assert!(refused(&whole[..whole.len() - 1]).contains("too early"));
        // One function, whose size is written longer than it has to be.
        let long = [MAGIC, &[CODE_SECTION, 5, 1, 0x82, 0, 0, 0x0b]].concat();
        assert!(refused(&long).contains("as short as it can be"));
    }

    #[test]
    fn text_is_found_in_a_pack() {
        let packed = pack(&wasm(vec![vec![0, 0x41, 1, 0x1a, 0x0b]])).unwrap();
        assert!(packed.windows("Sổ đi thăm hộ".len()).any(|window| window == "Sổ đi thăm hộ".as_bytes()));
    }

    #[test]
    fn the_page_starts_the_pack() {
        let page = "<script type=module>import init from\"/app/field-2.js\";await init({module_or_path:`/app/field-1_bg.wasm`});</script>\
                    <link as=fetch crossorigin href=/app/field-1_bg.wasm rel=preload type=application/wasm>";
        assert_eq!(
            starting(page, "field-1_bg.wasm", "field-3.pack").unwrap(),
            "<script type=module>import init from\"/app/field-2.js\";await init({module_or_path:fetch(`/app/field-3.pack`).then(unpacked)});</script>\
             <link as=fetch crossorigin href=/app/field-3.pack rel=preload>"
        );
        assert!(starting(&page.replace("type=application/wasm", ""), "field-1_bg.wasm", "field-3.pack").is_err());
    }
}
