//! Bytes to tables: what a file is by its content, and the limits that every format is held to.

use super::{delimited, encoding, xls, xlsx};
use domain::encoding::Encoding;
use domain::roll::{FileKind, Format, Limit, MOST_BYTES, Mapping, RollError};
use domain::text;
use std::collections::BTreeMap;

/// Reads a file into its tables, every text as what it says. The name is not asked: offices rename pictures to .xlsx
/// and text to .xls. Of the mapping only the encodings matter.
pub(super) fn read(bytes: &[u8], mapping: &Mapping) -> Result<Book, RollError> {
    if bytes.len() > MOST_BYTES {
        return Err(RollError::TooLarge(Limit::Bytes));
    }
    let mut book = match sniff(bytes)? {
        Content::Zip => xlsx::read(bytes)?,
        Content::Compound => xls::read(bytes)?,
        Content::Text(text, utf16) => delimited::read(&text, utf16)?,
    };
    encoding::settle(&mut book.tables, mapping)?;
    if book.tables.iter().all(|table| table.lines.is_empty()) {
        return Err(RollError::Empty);
    }
    Ok(book)
}

/// Lines with anything in them: ten times the largest commune.
const MOST_LINES: usize = 100_000;

/// Columns with anything in them. Forms have 10 to 40; a value at column 16,384 is a slip or an attack.
const MOST_COLUMNS: usize = 200;

/// Cells up to the last one of each line: what is held in memory, 24 bytes each and the text.
pub(super) const MOST_CELLS: usize = 2_000_000;

/// Text of all cells together, in bytes. A shared string counts each time it is used, or one long string used a
/// million times would fill the memory from a small file.
pub(super) const MOST_TEXT: usize = 64_000_000;

/// A file as tables.
#[derive(Debug)]
pub(super) struct Book {
    pub format: Format,
    /// Lines that the spreadsheet does not show, because they were hidden or filtered out. They are among the others.
    pub hidden_lines: u32,
    pub tables: Vec<Table>,
}

/// One sheet: the lines that hold anything.
#[derive(Debug)]
pub(super) struct Table {
    /// Empty for text.
    pub name: String,
    pub hidden: bool,
    /// How many cells were converted to Unicode, by what they were in.
    pub converted: BTreeMap<Encoding, u32>,
    pub lines: Vec<Line>,
}

impl Table {
    /// One more than the last column that holds anything.
    pub fn width(&self) -> usize {
        self.lines.iter().map(|line| line.cells.len()).max().unwrap_or_default()
    }
}

/// One line of a table.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// As a spreadsheet counts, from 1.
    pub number: u32,
    pub(super) cells: Vec<String>,
}

impl Line {
    /// The text of a cell: composed, on one line, without invisible characters. Empty where there is none.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// The cells that hold anything, with their column.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(String::as_str).enumerate().filter(|(_, cell)| !cell.is_empty())
    }
}

/// Collects the cells of a file line by line and keeps it inside the limits.
#[derive(Debug, Default)]
pub(super) struct Collector {
    tables: Vec<Table>,
    lines: usize,
    cells: usize,
    text: usize,
}

impl Collector {
    /// Begins a sheet.
    pub fn table(&mut self, name: &str, hidden: bool) {
        let table = Table { name: name.to_owned(), hidden, converted: BTreeMap::new(), lines: Vec::new() };
        self.tables.push(table);
    }

    /// Adds a cell as it stands; `line` counts from 1, `column` from 0. Within a sheet the lines must not go back.
    pub fn cell(&mut self, line: u32, column: usize, text: &str) -> Result<(), RollError> {
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

    pub fn book(self, format: Format) -> Book {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn read(bytes: &[u8]) -> Result<Book, RollError> {
        super::read(bytes, &Mapping::default())
    }

    #[test]
    fn content_decides() {
        for (bytes, error) in [
            (&b""[..], RollError::Empty),
            (b"\xef\xbb\xbf \r\n", RollError::Empty),
            (b"\n,,,\n,\"\",\n", RollError::Empty),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", RollError::NotATable(FileKind::Picture)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", RollError::NotATable(FileKind::Picture)),
            (b"%PDF-1.7", RollError::NotATable(FileKind::Pdf)),
            (b"{\\rtf1\\ansi", RollError::NotATable(FileKind::Document)),
            (b"<html><table><tr><td>STT", RollError::NotATable(FileKind::OtherTable)),
            (b"<?xml version=\"1.0\"?><Workbook>", RollError::NotATable(FileKind::OtherTable)),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", RollError::NotATable(FileKind::OtherTable)),
            (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n", RollError::NotATable(FileKind::OtherTable)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", RollError::Damaged),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", RollError::Locked),
            (b"\xff\xfeS\0T\0T", RollError::Damaged),
            (b"\xff\xfe\0\xd8S\0", RollError::Damaged),
            (b"\xff\xfe \0\n\0", RollError::Empty),
            (b"STT,H\xcf\xf6\n1,\xc4\xe3\xba\xc3\n2,\xb9\xfa\xbc\xd2", RollError::Encoding),
            (b"\x7fELF\0\x01\x02", RollError::NotATable(FileKind::Unknown)),
            (b"PK\x03\x04", RollError::Damaged),
        ] {
            assert_eq!(read(bytes).map(|_| ()), Err(error), "{:?}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(read(&vec![b'a'; MOST_BYTES + 1]).map(|_| ()), Err(RollError::TooLarge(Limit::Bytes)));
    }

    #[test]
    fn limits_hold() {
        let lines = |count: usize, width: usize| (0..count).map(|_| "a,".repeat(width - 1) + "a\n").collect::<String>().into_bytes();
        for (bytes, limit) in [
            (lines(MOST_LINES + 1, 1), Limit::Rows),
            (lines(1, MOST_COLUMNS + 1), Limit::Columns),
            (lines(MOST_CELLS / MOST_COLUMNS + 1, MOST_COLUMNS), Limit::Cells),
        ] {
            assert_eq!(read(&bytes).map(|_| ()), Err(RollError::TooLarge(limit)));
        }
    }

    /// `domain::text` carries its own small tables; here they are held against the Unicode ones.
    #[test]
    fn folding_agrees_with_unicode() {
        let covered = || ('\u{c0}'..='\u{2af}').chain('\u{1e00}'..='\u{1eff}');
        for c in covered() {
            let (composed, decomposed) = (c.to_string(), c.nfd().collect::<String>());
            assert_eq!(text::fold(&composed), text::fold(&decomposed), "{c}");
            assert_eq!(text::spelling(&composed), text::spelling(&decomposed), "{c}");
            let base = decomposed.chars().next().unwrap().to_ascii_lowercase();
            if base.is_ascii_lowercase() {
                assert_eq!(text::fold(&composed), base.to_string(), "{c}");
            }
            let other_case = if c.is_uppercase() { composed.to_lowercase() } else { composed.to_uppercase() };
            // It knows fewer letters than Unicode, and makes none another one.
            assert!(text::compose(decomposed.clone()).nfc().eq(composed.nfc()), "{c}");
            if text::fold(&composed).is_ascii() && covered().any(|c| c.to_string() == other_case) {
                assert_eq!(text::fold(&composed), text::fold(&other_case), "{c}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn latin_text_folds_the_same_however_composed(text in "[ -~\u{c0}-\u{2af}\u{1e00}-\u{1eff}]{0,40}") {
            let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
            prop_assert_eq!(text::fold(&nfc), text::fold(&nfd));
        }
    }
}
