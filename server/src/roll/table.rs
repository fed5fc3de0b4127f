//! A list's tables, every text as what it says.

use super::encoding;
use crate::book::{self, Book};
use calamine::ExcelDateTime;
use domain::roll::{Mapping, RollError};

/// Reads a file into its tables. Of the mapping only the encodings matter.
pub(super) fn read(bytes: &[u8], mapping: &Mapping) -> Result<Book, RollError> {
    let mut book = book::read(bytes, day)?;
    encoding::settle(&mut book.tables, mapping)?;
    if book.tables.iter().all(|table| table.lines.is_empty()) {
        return Err(RollError::Empty);
    }
    Ok(book)
}

/// "05/10/2026".
fn day(time: &ExcelDateTime) -> String {
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    format!("{day:02}/{month:02}/{year}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{MOST_CELLS, MOST_COLUMNS, MOST_LINES};
    use domain::roll::{FileKind, Limit, MOST_BYTES};
    use domain::text;
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
