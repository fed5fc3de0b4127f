//! The characters of old encodings to what they say. The rules by which an encoding is known are in
//! [`domain::encoding`].

use crate::book::Table;
use domain::encoding::{Encoding, is_sign, likeness, read_among, recognise};
use domain::roll::{Mapping, RollError};
use domain::text;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

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
