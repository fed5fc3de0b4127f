//! Workbooks of Excel 97–2003: .xls, read by calamine once it is known that they are of a reasonable size.

use super::xlsx::MOST_SHEETS;
use super::{Book, Collector, Day, MOST_CELLS, MOST_TEXT};
use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};
use cfb::{CompoundFile, Version};
use domain::roll::{FileKind, Format, Limit, RollError};
use std::borrow::Cow;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a workbook. Formulas count by the value that the spreadsheet last computed.
pub(super) fn read(bytes: &[u8], day: Day) -> Result<Book, RollError> {
    // A new workbook in a sealed envelope, which says so in UTF-16.
    let sealed: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(sealed.len()).any(|window| window == sealed) {
        return Err(RollError::Locked);
    }
    let mut stream = parsed(|| workbook(bytes))?;
    weigh(&mut stream).ok_or(RollError::Damaged)??;
    parsed(|| cells(stream, day))
}

/// Parsers of other people's files that stumble are a refusal, not a crash. Ours, which weighs, has no need of that.
fn parsed<T>(work: impl FnOnce() -> Result<T, RollError>) -> Result<T, RollError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(RollError::Damaged))
}

/// The stream of the package that is the workbook.
fn workbook(bytes: &[u8]) -> Result<Vec<u8>, RollError> {
    let mut package = CompoundFile::open(Cursor::new(bytes)).map_err(|_| RollError::Damaged)?;
    let Some(name) = ["Workbook", "Book"].into_iter().find(|name| package.is_stream(name)) else {
        let document = ["WordDocument", "PowerPoint Document"].into_iter().any(|name| package.is_stream(name));
        return Err(RollError::NotATable(if document { FileKind::Document } else { FileKind::Unknown }));
    };
    let mut stream = Vec::new();
    let read = package.open_stream(name).and_then(|content| content.take(bytes.len() as u64).read_to_end(&mut stream));
    read.map(|_| stream).map_err(|_| RollError::Damaged)
}

/// Cells from the first to the last of each sheet, empty ones too: the parser makes room for all of them.
const MOST_ROOM: usize = 4_000_000;

// Types of records, by the names of [MS-XLS] 2.3.
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const BOUND_SHEET: u16 = 0x0085;
const CONTINUE: u16 = 0x003c;
const DIMENSIONS: u16 = 0x0200;
const FILE_PASS: u16 = 0x002f;
const FORMULA: u16 = 0x0006;
const LABEL_SST: u16 = 0x00fd;
const MUL_RK: u16 = 0x00bd;
const SST: u16 = 0x00fc;
/// Cells with a value of their own: Number, Label, RString, BoolErr, RK.
const VALUES: [u16; 5] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e];

/// Counts what the parser would make of the records: sheets, cells, the room between them, and their text, a shared
/// one each time that it is used. `None` if a record is cut off.
///
/// What a sheet only claims about its size is taken out, because the parser would believe it.
fn weigh(stream: &mut [u8]) -> Option<Result<(), RollError>> {
    let too_large = |limit| Some(Err(RollError::TooLarge(limit)));
    let (mut sheets, mut shared, mut at) = (Vec::new(), Vec::new(), 0);
    while at < stream.len() {
        let (kind, data) = record(stream, at)?;
        match kind {
            EOF => break,
            // What follows is sealed, and its lengths are no lengths.
            FILE_PASS => return Some(Err(RollError::Locked)),
            BOUND_SHEET => sheets.push(u32::from_le_bytes(*data.first_chunk()?) as usize),
            SST => shared = shared_lengths(&continued(stream, at)?)?,
            _ => {}
        }
        at += data.len() + 4;
    }
    if sheets.len() > MOST_SHEETS {
        return too_large(Limit::Sheets);
    }
    let (mut count, mut room, mut text) = (0, 0, 0);
    for begin in sheets {
        let (mut at, mut depth) = (begin, 0);
        let (mut rows, mut columns) = ((usize::MAX, 0), (usize::MAX, 0));
        while at < stream.len() {
            let (kind, data) = record(stream, at)?;
            let length = data.len();
            let mut cells = 0;
            match kind {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                LABEL_SST => {
                    cells = 1;
                    let which = u32::from_le_bytes(*data.get(6..)?.first_chunk()?) as usize;
                    text += shared.get(which).copied().unwrap_or_default();
                }
                MUL_RK => cells = length.saturating_sub(6) / 6,
                FORMULA => cells = 1,
                kind if VALUES.contains(&kind) => cells = 1,
                _ => {}
            }
            if cells > 0 {
                let place = |at: usize| Some(usize::from(u16::from_le_bytes(*data.get(at..)?.first_chunk()?)));
                let (row, column) = (place(0)?, place(2)?);
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(column), columns.1.max(column + cells - 1));
                count += cells;
            }
            if kind == DIMENSIONS {
                // No record has this type.
                stream.get_mut(at..at + 2)?.copy_from_slice(&[0xff, 0x0f]);
            }
            at += length + 4;
        }
        room += (rows.1 + 1).saturating_sub(rows.0) * (columns.1 + 1).saturating_sub(columns.0);
        if count > MOST_CELLS || room > MOST_ROOM {
            return too_large(Limit::Cells);
        }
        if text > MOST_TEXT {
            return too_large(Limit::Unpacked);
        }
    }
    Some(Ok(()))
}

/// The type and the data of the record at a place.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8])> {
    let [kind_low, kind_high, low, high] = *stream.get(at..)?.first_chunk()?;
    let length = usize::from(u16::from_le_bytes([low, high]));
    Some((u16::from_le_bytes([kind_low, kind_high]), stream.get(at + 4..at + 4 + length)?))
}

/// The data of a record and of those that continue it.
fn continued(stream: &[u8], at: usize) -> Option<Vec<&[u8]>> {
    let (_, first) = record(stream, at)?;
    let (mut parts, mut at) = (vec![first], at + 4 + first.len());
    while let Some((CONTINUE, part)) = record(stream, at) {
        parts.push(part);
        at += 4 + part.len();
    }
    Some(parts)
}

/// How long each shared text is, in characters ([MS-XLS] 2.4.265 and 2.5.293). `None` if one is cut off.
fn shared_lengths(parts: &[&[u8]]) -> Option<Vec<usize>> {
    let mut parts = parts.iter().copied();
    // Two counts come first, which are only claims.
    let mut here = parts.next()?.get(8..)?;
    let mut lengths = Vec::new();
    loop {
        if here.is_empty() {
            let Some(next) = parts.next() else { return Some(lengths) };
            here = next;
            continue;
        }
        let ([low, high, flags], mut rest) = here.split_first_chunk().map(|(head, rest)| (*head, rest))?;
        let mut left = usize::from(u16::from_le_bytes([low, high]));
        lengths.push(left);
        let mut after = 0;
        if flags & 8 != 0 {
            let (runs, more) = rest.split_first_chunk()?;
            after += usize::from(u16::from_le_bytes(*runs)) * 4;
            rest = more;
        }
        if flags & 4 != 0 {
            let (extended, more) = rest.split_first_chunk()?;
            after += u32::from_le_bytes(*extended) as usize;
            rest = more;
        }
        let mut wide = flags & 1 != 0;
        while left > 0 {
            let width = if wide { 2 } else { 1 };
            let here = (rest.len() / width).min(left);
            (rest, left) = (rest.get(here * width..)?, left - here);
            if left > 0 {
                // The text goes on in the next part, which says anew how wide its characters are.
                let (flags, more) = parts.next()?.split_first()?;
                (wide, rest) = (flags & 1 != 0, more);
            }
        }
        while after > rest.len() {
            after -= rest.len();
            rest = parts.next()?;
        }
        here = rest.get(after..)?;
    }
}

/// Reads the cells of a workbook stream. It is packed anew, so that nothing is read that was not weighed.
fn cells(stream: Vec<u8>, day: Day) -> Result<Book, RollError> {
    let package = || {
        let mut package = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
        package.create_stream("Workbook")?.write_all(&stream)?;
        package.flush()?;
        Ok::<_, std::io::Error>(package.into_inner())
    };
    let package = package().map_err(|_| RollError::Damaged)?;
    let mut workbook = Xls::new(package).map_err(|error| match error {
        XlsError::Password => RollError::Locked,
        _ => RollError::Damaged,
    })?;
    let mut sheets = workbook.sheets_metadata().to_vec();
    sheets.retain(|sheet| sheet.typ == SheetType::WorkSheet);
    let mut collector = Collector::default();
    for sheet in sheets {
        collector.table(&sheet.name, sheet.visible != SheetVisible::Visible);
        let range = workbook.worksheet_range(&sheet.name).map_err(|_| RollError::Damaged)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let line = u32::try_from(row).unwrap_or(u32::MAX).saturating_add(top).saturating_add(1);
            collector.cell(line, column + left as usize, &written(value, day))?;
        }
    }
    Ok(collector.book(Format::Xls))
}

/// A value as a person would write it. Errors such as #REF! say nothing.
fn written(value: &Data, day: Day) -> Cow<'_, str> {
    match value {
        Data::String(text) => text.into(),
        Data::DateTime(time) if time.is_datetime() => day(time).into(),
        Data::Empty | Data::Error(_) => "".into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::encoding::Encoding;
    use domain::roll::Mapping;

    fn put(stream: &mut Vec<u8>, kind: u16, data: &[u8]) {
        stream.extend(kind.to_le_bytes());
        stream.extend((data.len() as u16).to_le_bytes());
        stream.extend(data);
    }

    fn at(row: u16, column: u16) -> Vec<u8> {
        [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat()
    }

    /// What stands in a sheet: records without their beginning and end.
    fn stream(shared: &[&str], sheet: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        let mut stream = Vec::new();
        let bof = |kind: u8| [0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        put(&mut stream, BOF, &bof(5));
        let place = stream.len() + 4;
        put(&mut stream, BOUND_SHEET, b"\0\0\0\0\0\0\x06\0Thon 1");
        let mut texts = vec![0; 8];
        for text in shared {
            // Characters below 256 take a byte each, as Excel packs TCVN3 and VNI.
            let units: Vec<u16> = text.encode_utf16().collect();
            let wide = units.iter().any(|&unit| unit > 255);
            texts.extend((units.len() as u16).to_le_bytes());
            texts.push(u8::from(wide));
            for unit in units {
                let [low, high] = unit.to_le_bytes();
                texts.push(low);
                texts.extend(wide.then_some(high));
            }
        }
        // Cut anywhere but inside a text's head or characters: parts of at most 8,224 bytes are the rule, not needed here.
        put(&mut stream, SST, &texts);
        put(&mut stream, EOF, &[]);
        let begin = (stream.len() as u32).to_le_bytes();
        stream[place..place + 4].copy_from_slice(&begin);
        put(&mut stream, BOF, &bof(16));
        sheet(&mut stream);
        put(&mut stream, EOF, &[]);
        stream
    }

    fn package(name: &str, stream: &[u8]) -> Vec<u8> {
        let mut package = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        package.create_stream(name).unwrap().write_all(stream).unwrap();
        package.into_inner().into_inner()
    }

    fn shared(stream: &mut Vec<u8>, row: u16, column: u16, which: u32) {
        put(stream, LABEL_SST, &[at(row, column), which.to_le_bytes().to_vec()].concat());
    }

    fn number(stream: &mut Vec<u8>, row: u16, column: u16, value: f64) {
        put(stream, 0x0203, &[at(row, column), value.to_le_bytes().to_vec()].concat());
    }

    #[test]
    fn old_workbooks_are_read() {
        let book = stream(&["STT", "Hoï teân chuû hoä", "Nguyeãn Xuaân Huy", "Trần Thị Lành"], |sheet| {
            put(sheet, DIMENSIONS, &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0]);
            shared(sheet, 0, 0, 0);
            shared(sheet, 0, 1, 1);
            number(sheet, 1, 0, 1.0);
            shared(sheet, 1, 1, 2);
            number(sheet, 2, 0, 2.0);
            shared(sheet, 2, 1, 3);
        });
        for name in ["Workbook", "Book"] {
            let preview = crate::roll::look(&package(name, &book), "a.xls", &Mapping::default(), &["Thôn 1"]).unwrap().0;
            assert_eq!(preview.format, Format::Xls);
            let rows: Vec<_> = preview.sample.iter().map(|row| (row.line, row.village.as_str(), row.household.head.as_str())).collect();
            assert_eq!(rows, [(2, "Thôn 1", "Nguyễn Xuân Huy"), (3, "Thôn 1", "Trần Thị Lành")]);
        }
    }

    #[test]
    fn old_workbooks_of_old_encodings() {
        // Below 256 all of them, so that each is stored as the bytes of its font.
        for (encoding, texts) in [
            (Encoding::Tcvn3, ["Chñ hé", "NguyÔn V¨n Tý", "Hå Thô"]),
            (Encoding::Vni, ["Chuû hoä", "Nguyeãn Vaên Tyù", "Hoà Thuï"]),
            (Encoding::Windows1258, ["ChuÒ hôò", "NguyêÞn Vãn Tyì", "HôÌ Thuò"]),
        ] {
            assert!(texts.concat().chars().all(|c| c < '\u{100}'), "{encoding:?}");
            let book = stream(&["STT", texts[0], texts[1], texts[2]], |sheet| {
                shared(sheet, 0, 0, 0);
                shared(sheet, 0, 1, 1);
                for row in 1..3 {
                    number(sheet, row, 0, row.into());
                    shared(sheet, row, 1, u32::from(row) + 1);
                }
            });
            let preview = crate::roll::look(&package("Workbook", &book), "a.xls", &Mapping::default(), &["Thôn 1"]).unwrap().0;
            assert_eq!(preview.sheets[0].converted.keys().copied().collect::<Vec<_>>(), [encoding]);
            let heads: Vec<_> = preview.sample.iter().map(|row| row.household.head.as_str()).collect();
            assert_eq!(heads, ["Nguyễn Văn Tý", "Hồ Thụ"], "{encoding:?}");
        }
    }

    #[test]
    fn what_is_too_large_or_broken_is_refused() {
        let far = stream(&["a"], |sheet| {
            shared(sheet, 0, 0, 0);
            shared(sheet, 65_535, 255, 0);
        });
        let long = "a".repeat(30_000);
        let heavy = stream(&[&long], |sheet| (0..3_000).for_each(|row| shared(sheet, row, 0, 0)));
        let good = stream(&["STT"], |sheet| shared(sheet, 0, 0, 0));
        let cut = &good[..good.len() - 6];
        // Behind the mark of a password the texts are noise.
        let mut sealed = Vec::new();
        put(&mut sealed, BOF, &[0; 16]);
        put(&mut sealed, FILE_PASS, &[1, 0, 1, 0, 1, 0]);
        put(&mut sealed, SST, &[0xff; 30]);
        put(&mut sealed, EOF, &[]);
        for (bytes, error) in [
            (package("Workbook", &far), RollError::TooLarge(Limit::Cells)),
            (package("Workbook", &heavy), RollError::TooLarge(Limit::Unpacked)),
            (package("Workbook", cut), RollError::Damaged),
            (package("Workbook", &sealed), RollError::Locked),
            (package("WordDocument", b"x"), RollError::NotATable(FileKind::Document)),
            (package("Contents", b"x"), RollError::NotATable(FileKind::Unknown)),
        ] {
            assert_eq!(read(&bytes, |_| String::new()).map(|_| ()), Err(error));
        }
    }

    #[test]
    fn texts_go_on_in_the_next_part() {
        // "abc" cut after "a" and continued wide, then "d" with a run of formats.
        let first = [0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, b'a'];
        let second = [1, b'b', 0, b'c', 0, 1, 0, 8, 1, 0, b'd', 0, 0];
        let third = [0, 0];
        assert_eq!(shared_lengths(&[&first, &second, &third]), Some(vec![3, 1]));
        assert_eq!(shared_lengths(&[&first]), None);
    }
}
