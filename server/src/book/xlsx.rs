//! Workbooks: .xlsx, read by calamine once it is known that they unpack to a reasonable size.

use super::{Book, Collector, Day};
use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xlsx};
use domain::roll::{FileKind, Format, Limit, RollError};
use std::borrow::Cow;
use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zip::ZipArchive;

/// Reads a workbook. Formulas count by the value that the spreadsheet last computed; nothing is computed here.
pub(super) fn read(bytes: &[u8], day: Day) -> Result<Book, RollError> {
    let hidden_lines = weigh(bytes)?;
    // A parser of other people's files that stumbles is a refusal, not a crash.
    let book = catch_unwind(AssertUnwindSafe(|| cells(bytes, day))).unwrap_or(Err(RollError::Damaged))?;
    Ok(Book { hidden_lines, ..book })
}

/// Everything unpacked, in bytes: a hundred times the workbook of a large commune.
const MOST_UNPACKED: u64 = 64_000_000;

/// How far one part may unpack. Rows of empty formatted cells reach 100; deflate ends at 1,032, where bombs are.
const MOST_RATIO: u64 = 250;

/// Parts too small to be judged by their ratio, in bytes unpacked.
const SMALL: u64 = 1_000_000;

/// Parts of the package. A workbook has ten, and one more for each sheet and picture.
const MOST_PARTS: usize = 1_000;

/// Sheets. A commune has 27 villages on average, the largest some eighty.
pub(super) const MOST_SHEETS: usize = 200;

/// Unpacks every part into nothing and counts, because what the package declares is only a claim. Also says what a
/// package is that is no workbook. Returns how many lines are hidden.
fn weigh(bytes: &[u8]) -> Result<u32, RollError> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| RollError::Damaged)?;
    if package.len() > MOST_PARTS {
        return Err(RollError::TooLarge(Limit::Unpacked));
    }
    let mut total: u64 = 0;
    let mut kind = FileKind::Unknown;
    let mut workbook = false;
    let mut rows = HiddenRows::default();
    for at in 0..package.len() {
        let mut part = package.by_index(at).map_err(|_| RollError::Damaged)?;
        let mut sheet = false;
        match part.name().map_err(|_| RollError::Damaged)?.as_ref() {
            name if name.starts_with("xl/worksheets/") => sheet = true,
            "xl/workbook.xml" => workbook = true,
            "xl/workbook.bin" | "content.xml" => kind = FileKind::OtherTable,
            name if name.starts_with("word/") || name.starts_with("ppt/") => kind = FileKind::Document,
            _ => {}
        }
        let left = MOST_UNPACKED - total;
        if part.size() > left {
            return Err(RollError::TooLarge(Limit::Unpacked));
        }
        let packed = part.compressed_size().max(1);
        let mut part = part.by_ref().take(left + 1);
        let unpacked = if sheet { std::io::copy(&mut part, &mut rows) } else { std::io::copy(&mut part, &mut std::io::sink()) };
        let unpacked = unpacked.map_err(|_| RollError::Damaged)?;
        total += unpacked;
        if unpacked > left || (unpacked > SMALL && unpacked / packed > MOST_RATIO) {
            return Err(RollError::TooLarge(Limit::Unpacked));
        }
    }
    if workbook { Ok(rows.count) } else { Err(RollError::NotATable(kind)) }
}

/// Counts the rows of a sheet's XML that are hidden and hold anything, as the XML goes by.
#[derive(Default)]
struct HiddenRows {
    count: u32,
    /// The tag that is being read.
    tag: Vec<u8>,
    inside: bool,
}

impl Write for HiddenRows {
    fn write(&mut self, xml: &[u8]) -> std::io::Result<usize> {
        const LONGEST: usize = 512;
        for &byte in xml {
            match byte {
                b'<' => {
                    self.tag.clear();
                    self.inside = true;
                }
                b'>' => {
                    let tag = self.tag.as_slice();
                    let hides =
                        [&b" hidden=\"1\""[..], b" hidden=\"true\""].iter().any(|part| tag.windows(part.len()).any(|at| at == *part));
                    self.count += u32::from(tag.starts_with(b"row ") && !tag.ends_with(b"/") && hides);
                    self.inside = false;
                }
                _ if self.inside && self.tag.len() < LONGEST => self.tag.push(byte),
                _ => {}
            }
        }
        Ok(xml.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn cells(bytes: &[u8], day: Day) -> Result<Book, RollError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| RollError::Damaged)?;
    let mut sheets = workbook.sheets_metadata().to_vec();
    sheets.retain(|sheet| sheet.typ == SheetType::WorkSheet);
    if sheets.len() > MOST_SHEETS {
        return Err(RollError::TooLarge(Limit::Sheets));
    }
    // Excel ends at 31; the name is repeated with every row.
    if sheets.iter().any(|sheet| sheet.name.len() > 255) {
        return Err(RollError::Damaged);
    }
    let mut collector = Collector::default();
    for sheet in sheets {
        collector.table(&sheet.name, sheet.visible != SheetVisible::Visible);
        // Cell by cell: a range would make room for every cell up to the last, and that can stand in XFD1048576.
        let mut reader = workbook.worksheet_cells_reader(&sheet.name).map_err(|_| RollError::Damaged)?;
        while let Some(cell) = reader.next_cell().map_err(|_| RollError::Damaged)? {
            let (row, column) = cell.get_position();
            collector.cell(row.saturating_add(1), column as usize, &written(cell.get_value(), day))?;
        }
    }
    Ok(collector.book(Format::Xlsx))
}

/// A value as a person would write it. Errors such as #REF! say nothing.
fn written<'a>(value: &'a DataRef<'_>, day: Day) -> Cow<'a, str> {
    match value {
        DataRef::String(text) => text.into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(number) => number.to_string().into(),
        DataRef::DateTime(time) if time.is_datetime() => day(time).into(),
        DataRef::Empty | DataRef::Error(_) => "".into(),
        other => Data::from(other.clone()).to_string().into(),
    }
}
