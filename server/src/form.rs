//! Files to what a survey is made of: a workbook, and the tables beside it.

use crate::book::{self, Book, Table};
use calamine::ExcelDateTime;
use domain::form::definition::File;
use domain::form::list;
use domain::form::workbook::{Sheet, Workbook};
use domain::roll::{FileKind, Format, RollError};
use domain::text::compose;

/// Reads an XLSForm: .xlsx or .xls, whatever its name says.
///
/// # Errors
/// Why the file is no workbook, or too large for one. What is wrong inside it is for [`domain::form::import`] to say.
pub fn workbook(bytes: &[u8]) -> Result<Workbook, RollError> {
    let book = book::read(bytes, day)?;
    match book.format {
        Format::Csv { .. } => Err(RollError::NotATable(FileKind::OtherTable)),
        Format::Xlsx | Format::Xls => Ok(Workbook { sheets: book.tables.into_iter().map(sheet).collect() }),
    }
}

/// Reads a table that questions choose from: .csv, its first line the names of its columns.
///
/// # Errors
/// Why the file is no such table.
pub fn table(bytes: &[u8], name: &str) -> Result<File, RollError> {
    let Book { tables, .. } = book::read(bytes, day)?;
    let lines = tables.into_iter().next().map(|table| table.lines).unwrap_or_default();
    let mut rows = lines.into_iter().map(|line| line.cells.into_iter().map(compose).collect::<Vec<String>>());
    let columns = rows.next().ok_or(RollError::Empty)?;
    Ok(File { name: compose(name.to_owned()), table: list::Table::of(columns, rows) })
}

fn sheet(table: Table) -> Sheet {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in table.lines {
        // Lines of a book are counted from 1 and never go back; empty ones are left out there.
        rows.resize_with((line.number as usize).saturating_sub(1).max(rows.len()), Vec::new);
        rows.push(line.cells);
    }
    Sheet { name: table.name, rows }
}

/// "2026-10-05", "09:30:00", or both where a cell has both.
fn day(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.as_f64() < 1.0 {
        // No day at all: a spreadsheet counts them from 1.
        format!("{hour:02}:{minute:02}:{second:02}")
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime, Format as Look, Workbook as Writer};

    #[test]
    fn rows_stand_where_the_spreadsheet_has_them_and_values_are_what_people_see() {
        let mut writer = Writer::new();
        let sheet = writer.add_worksheet().set_name("survey").unwrap();
        for (column, text) in ["type", "name", "label"].into_iter().enumerate() {
            sheet.write(0, column as u16, text).unwrap();
        }
        sheet.write(2, 0, "note").unwrap();
        sheet.write(2, 2, "Hai\ndòng").unwrap();
        sheet.write(3, 1, 5.0).unwrap();
        sheet.write(3, 2, 0.25).unwrap();
        let day = ExcelDateTime::from_ymd(2026, 10, 5).unwrap();
        sheet.write_with_format(4, 2, &day, &Look::new().set_num_format("dd/mm/yyyy")).unwrap();
        let time = ExcelDateTime::from_hms(9, 30, 0).unwrap();
        sheet.write_with_format(5, 0, &time, &Look::new().set_num_format("hh:mm")).unwrap();
        let book = workbook(&writer.save_to_buffer().unwrap()).unwrap();
        let rows: [&[&str]; 6] =
            [&["type", "name", "label"], &[], &["note", "", "Hai\ndòng"], &["", "5", "0.25"], &["", "", "2026-10-05"], &["09:30:00"]];
        assert_eq!(book.sheet("Survey").unwrap().rows, rows);
    }

    #[test]
    fn a_table_has_the_columns_of_its_first_line() {
        let file = table("name,label\nt1,\"Thôn Đoài, cũ\"\nt2,Thôn Nam\n".as_bytes(), "thon.csv").unwrap();
        assert_eq!((file.stem(), file.table.columns(), file.table.len()), ("thon", &["name".to_owned(), "label".to_owned()][..], 2));
        assert_eq!(file.table.cell(0, 1), "Thôn Đoài, cũ");
        assert_eq!(workbook(b"type,name\ntext,a\n"), Err(RollError::NotATable(FileKind::OtherTable)));
        assert_eq!(table(b"", "thon.csv"), Err(RollError::Empty));
    }
}
