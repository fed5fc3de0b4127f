//! Text in columns: .csv with commas, semicolons or tabs.

use super::{Book, Collector};
use domain::roll::{Format, RollError};
use domain::text::unguarded;
use std::collections::BTreeMap;

/// Reads text in columns. Quotes are Excel's; line numbers are the rows that a spreadsheet would show.
pub(super) fn read(text: &str, utf16: bool) -> Result<Book, RollError> {
    // Excel lets a file say it itself, in a line of its own.
    let said = text.strip_prefix("sep=").and_then(|rest| rest.chars().next()).filter(|c| SEPARATORS.contains(c));
    let separator = said.unwrap_or_else(|| likely_separator(text));
    let mut collector = Collector::default();
    collector.table("", false);
    for (line, column, cell) in cells(text, separator).filter(|(line, ..)| *line > 1 || said.is_none()) {
        collector.cell(line, column, unguarded(&cell.text()))?;
    }
    Ok(collector.book(Format::Csv { separator, utf16 }))
}

const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The separator that gives most lines the same count of cells, weighted by the count: an address has a comma here
/// and there, a list has its separator everywhere.
fn likely_separator(text: &str) -> char {
    const LINES: u32 = 60;
    let weight = |separator: &char| {
        let mut last = BTreeMap::new();
        for (line, column, _) in cells(text, *separator).take_while(|(line, ..)| *line <= LINES) {
            last.insert(line, column);
        }
        last.values().map(|column| column * last.values().filter(|other| *other == column).count()).max()
    };
    let (mut best, mut most) = (',', Some(0));
    for separator in SEPARATORS {
        let weight = weight(&separator);
        if weight > most {
            (best, most) = (separator, weight);
        }
    }
    best
}

/// A cell as it stands in the text.
#[derive(Debug, PartialEq, Eq)]
enum Raw<'a> {
    Plain(&'a str),
    /// What stands between the quotes, doubled quotes not yet made one.
    Quoted(&'a str),
}

impl Raw<'_> {
    fn text(&self) -> String {
        match self {
            Self::Plain(text) => (*text).to_owned(),
            Self::Quoted(text) => text.replace("\"\"", "\""),
        }
    }
}

/// Every cell with its line, from 1, and its column, from 0: one after the other, because a line of separators alone
/// has as many cells as the file has bytes.
fn cells(text: &str, separator: char) -> impl Iterator<Item = (u32, usize, Raw<'_>)> {
    let (mut line, mut column) = (1, 0);
    let mut rest = (!text.is_empty()).then_some(text);
    std::iter::from_fn(move || {
        let here = (line, column);
        let (cell, after) = cell(rest?, separator);
        match after.strip_prefix(separator) {
            Some(next) => {
                column += 1;
                rest = Some(next);
            }
            None => {
                (line, column) = (line + 1, 0);
                let next = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\r', '\n']));
                rest = next.filter(|next| !next.is_empty());
            }
        }
        Some((here.0, here.1, cell))
    })
}

/// The cell at the start of the text, and what follows it. A quote that is not closed before the next separator or
/// line end is a letter like any other, so a stray one never swallows the lines below it.
fn cell(text: &str, separator: char) -> (Raw<'_>, &str) {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([separator, '\r', '\n']);
    if let Some(inner) = text.strip_prefix('"')
        && let Some(length) = closing_quote(inner)
        && let (content, after) = inner.split_at(length)
        && let Some(after) = after.strip_prefix('"')
        && ends(after)
    {
        return (Raw::Quoted(content), after);
    }
    let (content, after) = text.split_at(text.find([separator, '\r', '\n']).unwrap_or(text.len()));
    (Raw::Plain(content), after)
}

/// Where the first quote stands that is not doubled.
fn closing_quote(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('"')?;
        if !text.get(at + 1..)?.starts_with('"') {
            return Some(at);
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Line;

    fn book(text: &str) -> Book {
        crate::book::read(text.as_bytes(), |_| String::new()).unwrap()
    }

    fn table(text: &str) -> Vec<(u32, Vec<String>)> {
        let book = book(text);
        let cells = |line: &Line, width| (0..width).map(|at| line.cell(at).to_owned()).collect();
        let table = &book.tables[0];
        table.lines.iter().map(|line| (line.number, cells(line, table.width()))).collect()
    }

    #[test]
    fn cells_and_lines() {
        for (text, lines) in [
            ("a,b\r\n1,2\r\n", vec![(1, vec!["a", "b"]), (2, vec!["1", "2"])]),
            ("a,b\n\n1,2", vec![(1, vec!["a", "b"]), (3, vec!["1", "2"])]),
            ("a;b,c;d\n1;2;3", vec![(1, vec!["a", "b,c", "d"]), (2, vec!["1", "2", "3"])]),
            ("a\tb\n1\t2, 3", vec![(1, vec!["a", "b"]), (2, vec!["1", "2, 3"])]),
            ("sep=;\na;b,c,d", vec![(2, vec!["a", "b,c,d"])]),
            ("a,b\n\"x, \"\"y\"\"\n z\",2\n3,4", vec![(1, vec!["a", "b"]), (2, vec!["x, \"y\"\n z", "2"]), (3, vec!["3", "4"])]),
            ("a,b\n\"x,1\ny,2\n", vec![(1, vec!["a", "b"]), (2, vec!["\"x", "1"]), (3, vec!["y", "2"])]),
            ("a,b\n\"x,1\n\"y\",2\n", vec![(1, vec!["a", "b"]), (2, vec!["\"x", "1"]), (3, vec!["y", "2"])]),
            ("a,b\n\"x\" y,1", vec![(1, vec!["a", "b"]), (2, vec!["\"x\" y", "1"])]),
            ("a,b\r1,2\r", vec![(1, vec!["a", "b"]), (2, vec!["1", "2"])]),
            ("a,b\n1,", vec![(1, vec!["a", "b"]), (2, vec!["1", ""])]),
            ("a,b\n=HYPERLINK(\"x\"),<b>", vec![(1, vec!["a", "b"]), (2, vec!["=HYPERLINK(\"x\")", "<b>"])]),
        ] {
            let lines: Vec<(u32, Vec<String>)> =
                lines.into_iter().map(|(n, cells)| (n, cells.into_iter().map(str::to_owned).collect())).collect();
            assert_eq!(table(text), lines, "{text:?}");
        }
    }

    #[test]
    fn separators() {
        for (text, separator) in [
            ("DANH SÁCH HỘ, NĂM 2026\nSTT;Chủ hộ;Địa chỉ\n1;Lành;Số 1, ngõ 2\n2;Bền;Số 3, ngõ 2", ';'),
            ("STT,Chủ hộ\n1,Lành", ','),
            ("Chủ hộ\nLành", ','),
            ("STT\tChủ hộ\n1\tLành", '\t'),
        ] {
            assert_eq!(book(text).format, Format::Csv { separator, utf16: false }, "{text}");
        }
    }
}
