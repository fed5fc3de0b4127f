//! Bytes to characters, and the characters of old encodings to what they say. The rules by which an encoding is known
//! are in [`domain::encoding`].

use super::table::Table;
use domain::encoding::{Encoding, is_sign, likeness, read_among, recognise};
use domain::roll::{Mapping, RollError};
use domain::text;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Reads UTF-16, with a byte-order mark or without; `None` if the bytes are something else.
pub(super) fn utf16(bytes: &[u8]) -> Result<Option<String>, RollError> {
    let marked = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    if let Some((order, rest)) = marked {
        let text = order.decode_without_bom_handling_and_without_replacement(rest).ok_or(RollError::Damaged)?;
        return Ok(Some(text.into_owned()));
    }
    // Text in any other encoding has no zero bytes, and in this one every figure, space and line break has one.
    if !bytes.contains(&0) {
        return Ok(None);
    }
    let readings = [UTF_16LE, UTF_16BE].into_iter().filter_map(|order| order.decode_without_bom_handling_and_without_replacement(bytes));
    Ok(readings.filter(|text| is_written_here(text)).map(Cow::into_owned).next())
}

/// Whether a text has the characters that a list of ours can have, but for one in twenty.
fn is_written_here(text: &str) -> bool {
    let known = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{2b0}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{20cf}' | '\u{feff}');
    let (mut all, mut strange) = (0, 0);
    for c in text.chars() {
        all += 1;
        strange += usize::from(!known(c));
    }
    !text.contains('\0') && strange * 20 < all
}

/// Reads text of bytes. A line that is not UTF-8 is read as Windows-1252: what an old encoding means by those
/// characters is for [`settle`] to say.
pub(super) fn characters(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    bytes.split_inclusive(|&byte| byte == b'\n').map(line).collect()
}

fn line(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    // No old text has by chance what UTF-8 makes of "ễ": this is UTF-8 that was damaged.
    let damaged = matches!(text, Cow::Owned(_)) && text.chars().any(|c| c > '\u{ff}' && c != char::REPLACEMENT_CHARACTER);
    if damaged || matches!(text, Cow::Borrowed(_)) { text } else { WINDOWS_1252.decode_without_bom_handling(bytes).0 }
}

/// Turns every cell into what it says: read in its encoding, composed, on one line, without invisible characters.
///
/// A cell that says itself which encoding it is in is read so; any other is read like most of its column, of its
/// sheet, or of the file. Where a person chose, a sheet is read as they say, but for cells that cannot be that.
pub(super) fn settle(tables: &mut [Table], mapping: &Mapping) -> Result<(), RollError> {
    let votes: Vec<Vec<Votes>> = tables.iter().map(columns).collect();
    let of_file = votes.iter().flatten().copied().fold(Votes::default(), Votes::and);
    let (mut lettered, mut strange) = (0, 0);
    for (table, columns) in tables.iter_mut().zip(&votes) {
        let chosen = mapping.sheets.get(&table.name).and_then(|sheet| sheet.encoding);
        let of_sheet = columns.iter().copied().fold(Votes::default(), Votes::and);
        let likely = |votes: &[Votes]| votes.iter().find_map(|votes| votes.most()).unwrap_or(Encoding::Unicode);
        let columns: Vec<Encoding> = columns.iter().map(|&column| likely(&[column, of_sheet, of_file])).collect();
        for line in &mut table.lines {
            for (cell, &around) in line.cells.iter_mut().zip(&columns) {
                let (encoding, said) = match chosen {
                    Some(encoding) => (encoding, encoding.read(cell).unwrap_or(cell.as_str().into())),
                    None => read_among(cell, around),
                };
                if encoding != Encoding::Unicode && said != cell.as_str() {
                    *table.converted.entry(encoding).or_default() += 1;
                }
                lettered += usize::from(said.contains(char::is_alphabetic));
                strange += usize::from(chosen.is_none() && is_strange(&said));
                let tidied = tidy(&said);
                *cell = tidied;
            }
            while line.cells.last().is_some_and(String::is_empty) {
                line.cells.pop();
            }
        }
        table.lines.retain(|line| !line.cells.is_empty());
    }
    // Rather no list than one of names that nobody can read.
    if strange * 20 > lettered { Err(RollError::Encoding) } else { Ok(()) }
}

/// How many cells say that they are in each encoding.
#[derive(Clone, Copy, Default)]
struct Votes([u32; Encoding::ALL.len()]);

impl Votes {
    fn count(&mut self, cell: &str) {
        let found = recognise(cell);
        let counts = self.0.iter_mut().zip(Encoding::ALL).filter(|(_, encoding)| Some(*encoding) == found);
        counts.for_each(|(count, _)| *count += 1);
    }

    fn and(self, other: Self) -> Self {
        let mut sum = self;
        sum.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
        sum
    }

    /// The encoding of most; of as many, the present one.
    fn most(self) -> Option<Encoding> {
        let found = self.0.into_iter().zip(Encoding::ALL).filter(|(count, _)| *count > 0);
        found.rev().max_by_key(|(count, _)| *count).map(|(_, encoding)| encoding)
    }
}

fn columns(table: &Table) -> Vec<Votes> {
    let mut columns = vec![Votes::default(); table.width()];
    for line in &table.lines {
        columns.iter_mut().zip(&line.cells).for_each(|(votes, cell)| votes.count(cell));
    }
    columns
}

/// Whether a text has letters that no word of Vietnamese or of the languages beside it has, or a sign between two
/// letters: it is still in an encoding that was not recognised. "120 m²" and "25°C" are not.
fn is_strange(text: &str) -> bool {
    const FOREIGN: &str = "øûïäöåæëØÛÏÄÖÅÆË";
    let mut before = [' '; 2];
    let inside = text.chars().any(|c| {
        let [first, sign] = before;
        before = [sign, c];
        first.is_alphabetic() && is_sign(sign) && c.is_alphabetic()
    });
    inside || (text.contains(|c| FOREIGN.contains(c)) && likeness(text).foreign > 0)
}

fn tidy(cell: &str) -> String {
    match is_nfc_quick(cell.chars()) {
        IsNormalized::Yes => text::clean(cell),
        _ => text::clean(&cell.nfc().collect::<String>()),
    }
}
