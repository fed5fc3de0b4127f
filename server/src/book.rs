//! Bytes to tables: what a file is by its content, and the limits that every format is held to.

mod delimited;
mod encoding;
mod xls;
mod xlsx;

use calamine::ExcelDateTime;
use domain::encoding::Encoding;
use domain::roll::{FileKind, Format, Limit, MOST_BYTES, RollError};
use domain::text;
use std::collections::BTreeMap;

/// Reads a file into its tables, every text as it stands there; `day` writes what the file keeps as a date. The name is not
/// asked: offices rename pictures to .xlsx and text to .xls.
pub(crate) fn read(bytes: &[u8], day: Day) -> Result<Book, RollError> {
    if bytes.len() > MOST_BYTES {
        return Err(RollError::TooLarge(Limit::Bytes));
    }
    match sniff(bytes)? {
        Content::Zip => xlsx::read(bytes, day),
        Content::Compound => xls::read(bytes, day),
        Content::Text(text, utf16) => delimited::read(&text, utf16),
    }
}

/// How a date is written that a file keeps as a number.
pub(crate) type Day = fn(&ExcelDateTime) -> String;

/// Lines with anything in them: ten times the largest commune.
pub(crate) const MOST_LINES: usize = 100_000;

/// Columns with anything in them. Forms have 10 to 40; a value at column 16,384 is a slip or an attack.
pub(crate) const MOST_COLUMNS: usize = 200;

/// Cells up to the last one of each line: what is held in memory, 24 bytes each and the text.
pub(crate) const MOST_CELLS: usize = 2_000_000;

/// Text of all cells together, in bytes. A shared string counts each time it is used, or one long string used a
/// million times would fill the memory from a small file.
pub(crate) const MOST_TEXT: usize = 64_000_000;

/// A file as tables.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) format: Format,
    /// Lines that the spreadsheet does not show, because they were hidden or filtered out. They are among the others.
    pub(crate) hidden_lines: u32,
    pub(crate) tables: Vec<Table>,
}

/// One sheet: the lines that hold anything.
#[derive(Debug)]
pub(crate) struct Table {
    /// Empty for text.
    pub(crate) name: String,
    pub(crate) hidden: bool,
    /// How many cells were converted to Unicode, by what they were in.
    pub(crate) converted: BTreeMap<Encoding, u32>,
    pub(crate) lines: Vec<Line>,
}

impl Table {
    /// One more than the last column that holds anything.
    pub(crate) fn width(&self) -> usize {
        self.lines.iter().map(|line| line.cells.len()).max().unwrap_or_default()
    }
}

/// One line of a table.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// As a spreadsheet counts, from 1.
    pub(crate) number: u32,
    pub(crate) cells: Vec<String>,
}

impl Line {
    /// The text of a cell: composed, on one line, without invisible characters. Empty where there is none.
    pub(crate) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// The cells that hold anything, with their column.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(String::as_str).enumerate().filter(|(_, cell)| !cell.is_empty())
    }
}

/// Collects the cells of a file line by line and keeps it inside the limits.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    tables: Vec<Table>,
    lines: usize,
    cells: usize,
    text: usize,
}

impl Collector {
    /// Begins a sheet.
    pub(crate) fn table(&mut self, name: &str, hidden: bool) {
        let table = Table { name: name.to_owned(), hidden, converted: BTreeMap::new(), lines: Vec::new() };
        self.tables.push(table);
    }

    /// Adds a cell as it stands; `line` counts from 1, `column` from 0. Within a sheet the lines must not go back.
    pub(crate) fn cell(&mut self, line: u32, column: usize, text: &str) -> Result<(), RollError> {
        self.text += text.len();
        if self.text > MOST_TEXT {
            return Err(RollError::TooLarge(Limit::Unpacked));
        }
        if text::clean(text).is_empty() {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(RollError::TooLarge(Limit::Columns));
        }
        let Some(table) = self.tables.last_mut() else { return Err(RollError::Damaged) };
        let last = table.lines.last().map_or(0, |last| last.number);
        if line > last {
            self.lines += 1;
            if self.lines > MOST_LINES {
                return Err(RollError::TooLarge(Limit::Rows));
            }
            table.lines.push(Line { number: line, cells: Vec::new() });
        } else if line < last {
            return Err(RollError::Damaged);
        }
        let Some(here) = table.lines.last_mut() else { return Err(RollError::Damaged) };
        let added = (column + 1).saturating_sub(here.cells.len());
        self.cells += added;
        if self.cells > MOST_CELLS {
            return Err(RollError::TooLarge(Limit::Cells));
        }
        here.cells.resize(here.cells.len() + added, String::new());
        if let Some(cell) = here.cells.get_mut(column) {
            text.clone_into(cell);
        }
        Ok(())
    }

    pub(crate) fn book(self, format: Format) -> Book {
        Book { format, hidden_lines: 0, tables: self.tables }
    }
}

enum Content {
    Zip,
    /// The packages of before: .xls, .doc, and sealed new ones.
    Compound,
    /// Its characters, and whether the bytes are UTF-16.
    Text(String, bool),
}

/// What the first bytes say.
fn sniff(bytes: &[u8]) -> Result<Content, RollError> {
    const PICTURES: [&[u8]; 7] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*"];
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = text.trim_ascii_start().get(..1024).unwrap_or(text.trim_ascii_start());
    let holds = |part: &[u8]| start.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
    if start.is_empty() {
        Err(RollError::Empty)
    } else if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        Ok(Content::Zip)
    } else if start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        Ok(Content::Compound)
    } else if start.starts_with(b"%PDF") {
        Err(RollError::NotATable(FileKind::Pdf))
    } else if start.starts_with(b"{\\rtf") {
        Err(RollError::NotATable(FileKind::Document))
    } else if let Some(text) = encoding::utf16(bytes)? {
        if is_web_page(text.trim_start()) {
            Err(RollError::NotATable(FileKind::OtherTable))
        } else if text.trim().is_empty() {
            Err(RollError::Empty)
        } else {
            Ok(Content::Text(text, true))
        }
    } else if is_binary(bytes) {
        let picture = PICTURES.iter().any(|magic| start.starts_with(magic)) || holds(b"ftyphei") || holds(b"ftypmif1");
        Err(RollError::NotATable(if picture { FileKind::Picture } else { FileKind::Unknown }))
    } else if is_web_page(&String::from_utf8_lossy(start)) {
        Err(RollError::NotATable(FileKind::OtherTable))
    } else {
        Ok(Content::Text(encoding::characters(bytes), false))
    }
}

/// A web page or XML, as it is or packed into one file as a letter: programs save both as .xls.
fn is_web_page(text: &str) -> bool {
    let start: String = text.chars().take(1024).flat_map(char::to_lowercase).collect();
    let page = start.starts_with('<') && ["<html", "<table", "<?xml", "<!doctype"].iter().any(|tag| start.contains(tag));
    page || (start.contains("mime-version:") && start.contains("content-type: multipart/"))
}

/// Text of any encoding but UTF-16 has no control characters beside white space.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t'..=b'\r' | 0x1a | 0x1b))
}
