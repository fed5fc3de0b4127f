//! Lists that leave the product, as .csv and .xlsx that open correctly in a Vietnamese Excel: rows → bytes, no I/O.
//!
//! Without the names and phones of residents, unless they were asked for with a reason, and without who recorded what. Every visit at which nobody was met reads
//! "chưa gặp", whatever the reason was, and an opinion stands apart from its household.

use crate::store::NamedHousehold;
use domain::code::Lang;
use domain::code_book::CodeBook;
use domain::office::{HouseholdRow, MeetingRow, OpinionRow, VisitRow};
use domain::text::harmless;
use domain::time::{Date, Time};
use domain::visit::Appointment;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use std::borrow::Cow;

/// A list to write: what was filtered, and the rows under their titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// What it is a list of: "Hộ dân".
    pub title: &'static str,
    /// What was asked for, as label and value: `("Thôn", "Thôn Đồng Cừ")`.
    pub filter: Vec<(&'static str, String)>,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Column {
    title: &'static str,
    /// In characters.
    width: u8,
}

const fn column(title: &'static str, width: u8) -> Column {
    Column { title, width }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Empty,
    Text(String),
    Number(u32),
    Date(Date),
    Time(Time),
}

impl Cell {
    fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    fn date(date: Option<Date>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }

    fn yes(yes: bool) -> Self {
        if yes { Self::Text("Có".to_owned()) } else { Self::Empty }
    }
}

fn appointed(next: Option<Appointment>) -> Cell {
    Cell::date(next.map(|next| next.date))
}

impl Export {
    /// Households: where they stand, without head, phone or the words for the place.
    pub fn households(rows: &[HouseholdRow], filter: Vec<(&'static str, String)>) -> Self {
        let columns = vec![
            column("Thôn, tổ dân phố", 28),
            column("Mã hộ", 12),
            column("Số trong danh sách", 12),
            column("Số người", 10),
            column("Tình trạng", 16),
            column("Đề nghị không liên hệ", 14),
            column("Số lượt đến", 10),
            column("Gặp gần nhất", 13),
            column("Hẹn gặp lại", 13),
        ];
        let rows = rows.iter().map(|row| {
            vec![
                Cell::text(&row.village),
                Cell::text(&row.code),
                Cell::text(&row.no),
                row.people.map_or(Cell::Empty, |people| Cell::Number(people.into())),
                Cell::text(row.status.label(Lang::Vi)),
                Cell::yes(row.no_contact),
                Cell::Number(row.attempts.into()),
                Cell::date(row.met.map(Time::date)),
                appointed(row.next),
            ]
        });
        Self { title: "Hộ dân", filter, columns, rows: rows.collect() }
    }

    /// Households with head, phone and place, for a reason that stands in `filter`.
    pub fn names(rows: &[NamedHousehold], filter: Vec<(&'static str, String)>) -> Self {
        let columns = vec![
            column("Thôn, tổ dân phố", 28),
            column("Mã hộ", 12),
            column("Số trong danh sách", 12),
            column("Chủ hộ", 28),
            column("Điện thoại", 14),
            column("Cụm", 14),
            column("Chỗ ở", 40),
            column("Số người", 10),
            column("Tình trạng", 16),
            column("Đề nghị không liên hệ", 14),
        ];
        let rows = rows.iter().map(|NamedHousehold { row, phone, cluster, hint }| {
            vec![
                Cell::text(&row.village),
                Cell::text(&row.code),
                Cell::text(&row.no),
                Cell::text(&row.head),
                Cell::text(phone),
                Cell::text(cluster),
                Cell::text(hint),
                row.people.map_or(Cell::Empty, |people| Cell::Number(people.into())),
                Cell::text(row.status.label(Lang::Vi)),
                Cell::yes(row.no_contact),
            ]
        });
        Self { title: "Hộ dân, kèm họ tên", filter, columns, rows: rows.collect() }
    }

    /// Meetings: what they came to, without who wrote them down.
    pub fn meetings(rows: &[MeetingRow], filter: Vec<(&'static str, String)>) -> Self {
        let columns = vec![
            column("Thời gian", 17),
            column("Thôn, tổ dân phố", 28),
            column("Loại", 28),
            column("Tên cuộc họp", 40),
            column("Nơi họp", 28),
            column("Hộ được mời", 12),
            column("Hộ có mặt", 12),
            column("Người dự", 10),
            column("Người nói", 10),
            column("Ý kiến", 10),
            column("Trạng thái", 16),
            column("Kết luận", 80),
        ];
        let count = |n: Option<u16>| n.map_or(Cell::Empty, |n| Cell::Number(n.into()));
        let rows = rows.iter().map(|row| {
            let day = row.start.date;
            let at = |minute: u16| Cell::Time(Time(day.start().0 + i64::from(minute) * 60_000));
            vec![
                row.start.minute.map_or(Cell::Date(day), at),
                Cell::text(&row.village),
                Cell::text(row.kind.label(Lang::Vi)),
                Cell::text(&row.title),
                Cell::text(&row.place),
                count(row.expected),
                count(row.present),
                count(row.people),
                count(row.speakers),
                Cell::Number(row.opinions),
                Cell::text(row.state.label(Lang::Vi)),
                Cell::text(&row.conclusion),
            ]
        });
        Self { title: "Cuộc họp", filter, columns, rows: rows.collect() }
    }

    /// Visits: one row for each attempt.
    pub fn visits(rows: &[VisitRow], filter: Vec<(&'static str, String)>) -> Self {
        let columns = vec![
            column("Thời gian", 17),
            column("Thôn, tổ dân phố", 28),
            column("Hộ", 18),
            column("Kết quả", 22),
            column("Việc đã làm", 40),
            column("Hẹn gặp lại", 13),
            column("Đã sửa", 8),
            column("Xác nhận", 16),
            column("Lý do hủy", 28),
            column("Máy chủ nhận lúc", 17),
            column("Nguồn", 20),
        ];
        let rows = rows.iter().map(|row| {
            let done: Vec<_> = row.purposes.iter().map(|purpose| purpose.label(Lang::Vi)).collect();
            let met = row.contact.filter(|contact| contact.met());
            vec![
                if row.source.is_phone_visit() { Cell::Time(row.at) } else { Cell::Date(row.at.date()) },
                Cell::text(&row.village),
                Cell::text(&row.household),
                Cell::text(met.map_or(if row.met { "Đã gặp" } else { NOT_MET }, |contact| contact.label(Lang::Vi))),
                Cell::text(done.join(", ")),
                appointed(row.next),
                Cell::yes(row.amended),
                Cell::text(row.state.label(Lang::Vi)),
                row.checked.as_ref().and_then(|checked| checked.void).map_or(Cell::Empty, |void| Cell::text(void.label(Lang::Vi))),
                Cell::Time(row.received_at),
                Cell::text(row.source.label(Lang::Vi)),
            ]
        });
        Self { title: "Lượt thăm", filter, columns, rows: rows.collect() }
    }

    /// Opinions: by issue and place, without household and recorder. An anonymous one has no day, at most its week.
    pub fn opinions(rows: &[OpinionRow], filter: Vec<(&'static str, String)>, codes: &CodeBook) -> Self {
        let columns = vec![
            column("Loại", 18),
            column("Lĩnh vực", 24),
            column("Vấn đề", 24),
            column("Mức độ", 12),
            column("Hình thức", 16),
            column("Nội dung", 80),
            column("Thôn, tổ dân phố", 28),
            column("Đợt", 32),
            column("Ngày", 13),
            column("Tuần từ ngày", 13),
            column("Nguồn", 20),
        ];
        let rows = rows.iter().map(|row| {
            let parent = row.topic.parent();
            vec![
                Cell::text(row.kind.label(Lang::Vi)),
                Cell::text(parent.label(Lang::Vi)),
                if row.topic.is_first_level() { Cell::Empty } else { Cell::text(codes.label(row.topic, Lang::Vi)) },
                Cell::text(row.urgency.label(Lang::Vi)),
                Cell::text(row.mode.map_or(AT_MEETING, |mode| mode.label(Lang::Vi))),
                Cell::text(&row.text),
                Cell::text(&row.village),
                Cell::text(&row.campaign),
                Cell::date(row.day),
                Cell::date(row.week),
                row.source.map_or(Cell::Empty, |source| Cell::text(source.label(Lang::Vi))),
            ]
        });
        Self { title: "Ý kiến", filter, columns, rows: rows.collect() }
    }
}

/// What stands for the speaker of a meeting, who is only counted.
const AT_MEETING: &str = "Tại cuộc họp";

/// What a visit without contact reads in every list.
const NOT_MET: &str = "Chưa gặp";

// ---- .csv ----

/// In Viet Nam the decimal sign is a comma, and Excel then separates cells by `;`: it is the list separator of the
/// Vietnamese locale (CLDR), and Excel takes `;` itself wherever the list separator equals the decimal sign.
/// The byte-order mark makes Excel read UTF-8. A line `sep=;` would make it overlook the mark.
pub fn csv(export: &Export) -> Result<Vec<u8>, ExportError> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).flexible(true).from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record([export.title])?;
    for (label, value) in &export.filter {
        writer.write_record([*label, &harmless(value)])?;
    }
    // A line of one empty cell is written as `""`, which every reader takes for an empty line.
    writer.write_record([""])?;
    writer.write_record(export.columns.iter().map(|column| column.title))?;
    for row in &export.rows {
        writer.write_record(row.iter().map(csv_cell).map(Cow::into_owned))?;
    }
    writer.into_inner().map_err(|_| ExportError)
}

fn csv_cell(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => Cow::Owned(number.to_string()),
        Cell::Date(date) => Cow::Owned(date.to_string()),
        Cell::Time(time) => {
            let (hour, minute) = time.clock();
            Cow::Owned(format!("{} {hour:02}:{minute:02}", time.date()))
        }
    }
}

// ---- .xlsx ----

/// A workbook: what was filtered on its first sheet, the rows on the second, which it opens with. Dates are dates,
/// numbers are numbers, and every text is a text whatever it begins with.
pub fn xlsx(export: &Export) -> Result<Vec<u8>, ExportError> {
    let bold = Format::new().set_bold();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let time = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let wrapped = Format::new().set_text_wrap();
    let mut book = Workbook::new();

    let sheet = book.add_worksheet().set_name("Bộ lọc")?;
    sheet.set_column_width(0, 24)?.set_column_width(1, 48)?.write_string_with_format(0, 0, export.title, &bold)?;
    for (line, (label, value)) in (1..).zip(&export.filter) {
        sheet.write_string(line, 0, *label)?.write_string(line, 1, value)?;
    }

    let sheet = book.add_worksheet().set_name(export.title)?.set_freeze_panes(1, 0)?;
    for (at, column) in (0..).zip(&export.columns) {
        sheet.set_column_width(at, column.width)?.write_string_with_format(0, at, column.title, &bold)?;
    }
    for (line, row) in (1..).zip(&export.rows) {
        for (at, cell) in (0..).zip(row) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) if text.contains('\n') => {
                    sheet.write_string_with_format(line, at, text, &wrapped)?;
                }
                Cell::Text(text) => {
                    sheet.write_string(line, at, text)?;
                }
                Cell::Number(number) => {
                    sheet.write_number(line, at, *number)?;
                }
                Cell::Date(day) => {
                    sheet.write_datetime_with_format(line, at, excel_date(*day)?, &date)?;
                }
                Cell::Time(instant) => {
                    let (hour, minute) = instant.clock();
                    let instant = excel_date(instant.date())?.and_hms(hour.into(), minute, 0)?;
                    sheet.write_datetime_with_format(line, at, instant, &time)?;
                }
            }
        }
    }
    sheet.set_active(true);
    Ok(book.save_to_buffer()?)
}

fn excel_date(date: Date) -> Result<ExcelDateTime, ExportError> {
    let (year, month, day) = date.ymd();
    Ok(ExcelDateTime::from_ymd(u16::try_from(year).map_err(|_| ExportError)?, month, day)?)
}

/// The list does not fit into a file of this sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportError;

impl From<csv::Error> for ExportError {
    fn from(_: csv::Error) -> Self {
        Self
    }
}

impl From<XlsxError> for ExportError {
    fn from(_: XlsxError) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader as _, Xlsx};
    use domain::household::HouseholdStatus;
    use domain::id::RecordId;
    use domain::meeting::{MeetingState, MeetingType};
    use domain::opinion::{OpinionKind, ReporterMode, Topic, Urgency};
    use domain::verification::VisitState;
    use domain::visit::{ContactResult, PurposeResult};
    use std::io::Cursor;

    fn day(n: i32) -> Date {
        Date::new(2026, 11, 21).unwrap().plus(n)
    }

    fn household() -> HouseholdRow {
        HouseholdRow {
            id: RecordId::new(0, [0; 10]),
            village: "=HYPERLINK(\"x\")".into(),
            code: "DC-0187".into(),
            no: "3/2".into(),
            head: "Nguyễn Thị Lành".into(),
            place: "cạnh nhà ông Bền 0187250416".into(),
            people: Some(4),
            status: HouseholdStatus::Active,
            no_contact: true,
            attempts: 2,
            met: Some(day(-1).start()),
            next: Some(Appointment { date: day(3), minute: None }),
            disputed: false,
        }
    }

    fn visit(contact: Option<ContactResult>) -> VisitRow {
        VisitRow {
            id: RecordId::new(0, [0; 10]),
            at: Time(day(0).start().0 + 17 * 3_600_000 + 44 * 60_000),
            received_at: day(0).start(),
            village: "Thôn Đồng Cừ; \"Bến Lĩnh\"".into(),
            household: "DC-0187".into(),
            head: "Nguyễn Thị Lành".into(),
            by: "Lò Văn Páo".into(),
            met: contact.is_some(),
            contact,
            purposes: vec![PurposeResult::InfoDelivered, PurposeResult::MaterialGiven],
            next: None,
            amended: true,
            visit: RecordId::new(0, [0; 10]),
            area: RecordId::new(1, [0; 10]).into(),
            author: RecordId::new(2, [0; 10]).into(),
            state: VisitState::Waiting,
            checked: None,
            late: false,
            source: domain::source::Source::PhoneVisit,
            typed_by: None,
        }
    }

    fn opinion() -> OpinionRow {
        OpinionRow {
            id: RecordId::new(0, [0; 10]),
            kind: OpinionKind::Recommendation,
            topic: Topic::InfraRoad,
            urgency: Urgency::Normal,
            mode: Some(ReporterMode::Anonymous),
            text: "-2+3\ndòng hai".into(),
            village: "Thôn 3".into(),
            campaign: "Mở đường".into(),
            day: None,
            week: Some(day(0).week()),
            by: Some("Lò Văn Páo".into()),
            household: Some("DC-0187".into()),
            meeting: None,
            source: None,
        }
    }

    fn meeting() -> MeetingRow {
        MeetingRow {
            id: RecordId::new(0, [0; 10]),
            kind: MeetingType::VillageDecision,
            state: MeetingState::Concluded,
            title: "=Bàn góp công".into(),
            place: "Nhà văn hóa".into(),
            conclusion: "Góp ngày công\ncông khai dự toán".into(),
            start: Appointment { date: day(0), minute: Some(1_170) },
            village: "Thôn 3".into(),
            expected: Some(312),
            present: Some(214),
            people: None,
            speakers: Some(7),
            opinions: 20,
            by: "Lò Văn Páo".into(),
        }
    }

    fn all() -> [Export; 4] {
        let filter = vec![("Thôn", "+Thôn 3".to_owned())];
        [
            Export::households(&[household()], filter.clone()),
            Export::visits(&[visit(Some(ContactResult::MetRep)), visit(None)], filter.clone()),
            Export::opinions(&[opinion()], filter.clone(), &CodeBook::default()),
            Export::meetings(&[meeting()], filter),
        ]
    }

    fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a byte-order mark");
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).flexible(true).from_reader(text);
        reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn read_xlsx(bytes: Vec<u8>, sheet: usize) -> Vec<Vec<Data>> {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        book.worksheet_range_at(sheet).unwrap().unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn csv_opens_again() {
        let [households, visits, opinions, meetings] = all().map(|export| read_csv(&csv(&export).unwrap()));
        assert_eq!(households[0], ["Hộ dân"]);
        assert_eq!(households[1], ["Thôn", "'+Thôn 3"]);
        assert_eq!(households[3][1], "Mã hộ");
        assert_eq!(households[4], ["'=HYPERLINK(\"x\")", "DC-0187", "'3/2", "4", "Đang ở", "Có", "2", "20/11/2026", "24/11/2026"]);
        assert_eq!(visits[4][0], "21/11/2026 17:44");
        assert_eq!(visits[4][1], "Thôn Đồng Cừ; \"Bến Lĩnh\"");
        assert_eq!((visits[4][3].as_str(), visits[5][3].as_str()), ("Gặp đại diện hộ", "Chưa gặp"));
        assert_eq!(visits[4][4], "Đã thông tin, Đã phát tài liệu");
        assert_eq!(opinions[4][5], "'-2+3\ndòng hai");
        assert_eq!((opinions[4][8].as_str(), opinions[4][9].as_str()), ("", "16/11/2026"));
        assert_eq!(meetings[4][..2], ["21/11/2026 19:30", "Thôn 3"]);
        assert_eq!((meetings[4][3].as_str(), meetings[4][7].as_str(), meetings[4][9].as_str()), ("'=Bàn góp công", "", "20"));
    }

    #[test]
    fn xlsx_opens_again() {
        let [households, visits, opinions, meetings] = all().map(|export| xlsx(&export).unwrap());
        let first = read_xlsx(households.clone(), 0);
        assert_eq!(first[1], [Data::String("Thôn".into()), Data::String("+Thôn 3".into())]);
        let rows = read_xlsx(households, 1);
        assert_eq!(rows[1][0], Data::String("=HYPERLINK(\"x\")".into()));
        assert_eq!((rows[1][2].clone(), rows[1][3].clone()), (Data::String("3/2".into()), Data::Float(4.0)));
        let rows = read_xlsx(visits, 1);
        assert!(matches!(&rows[1][0], Data::DateTime(at) if (at.as_f64() - 46_347.738_888).abs() < 1e-5), "{:?}", rows[1][0]);
        assert_eq!(rows[2][3], Data::String("Chưa gặp".into()));
        let rows = read_xlsx(opinions, 1);
        assert!(matches!(&rows[1][9], Data::DateTime(week) if week.as_f64() == 46_342.0), "{:?}", rows[1][9]);
        assert_eq!(rows[1][5], Data::String("-2+3\ndòng hai".into()));
        let rows = read_xlsx(meetings, 1);
        assert_eq!(
            (rows[1][5].clone(), rows[1][11].clone()),
            (Data::Float(312.0), Data::String("Góp ngày công\ncông khai dự toán".into()))
        );
    }

    #[test]
    fn names_come_with_what_they_are_for() {
        let (phone, cluster, hint) = ("0187250416".into(), "Cụm 1".into(), "cạnh nhà ông Bền 0187250416".into());
        let named = NamedHousehold { row: household(), phone, cluster, hint };
        let lines = read_csv(&csv(&Export::names(&[named], vec![("Để", "In danh sách cho tổ đi thăm".to_owned())])).unwrap());
        assert_eq!(lines[1], ["Để", "In danh sách cho tổ đi thăm"]);
        assert_eq!(lines[4][3..7], ["Nguyễn Thị Lành", "'0187250416", "Cụm 1", "cạnh nhà ông Bền 0187250416"]);
    }

    #[test]
    fn no_names_and_no_phones() {
        for export in all() {
            let lines = read_csv(&csv(&export).unwrap()).concat().join("|");
            for secret in ["Lành", "Páo", "Bền", "0187250416"] {
                assert!(!lines.contains(secret), "{secret} in {}", export.title);
            }
        }
        let opinions = read_csv(&csv(&all()[2]).unwrap()).concat().join("|");
        assert!(!opinions.contains("DC-0187"), "an opinion stands apart from its household");
    }

    #[test]
    fn cells_that_a_spreadsheet_would_change() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("3/2", "'3/2"),
            ("012", "'012"),
            ("1E5", "'1E5"),
            ("12", "12"),
            ("0", "0"),
            ("12A", "12A"),
            ("Thôn 3", "Thôn 3"),
        ] {
            assert_eq!(harmless(text), written);
        }
    }
}
