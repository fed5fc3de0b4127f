//! Bringing in a household roll: what the office sees before anything is stored, what a person can correct in it, and
//! the rules by which a line of a file becomes a household.
//!
//! Reasons, doubts and errors are codes; their words live in the office's catalogue.

use crate::encoding::Encoding;
use crate::household::Household;
use crate::reimport::{Choices, Comparison};
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// The largest file, in bytes. A commune of 8,500 households is 0.5 MB, with pictures and colours perhaps 5; and a small
/// server must hold several files at once. The request's body limit is this too, and browsers send nothing larger.
pub const MOST_BYTES: usize = 16_000_000;

/// What an import of one file would do. Nothing of it is stored, neither is the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The file's name, as it came.
    pub file: String,
    /// What the file turned out to be, whatever its name says.
    pub format: Format,
    /// Its sheets, in order; text has one, without a name.
    pub sheets: Vec<Sheet>,
    /// Every village that a household would go to, in the order of the file.
    pub villages: Vec<Village>,
    /// How many of everything, whether listed below or not.
    pub counts: Counts,
    /// The first households, at most [`SAMPLE`].
    pub sample: Vec<Row>,
    /// Lines that are not kept, at most [`LISTED`].
    pub problems: Vec<Problem>,
    /// Doubts about lines that are kept, at most [`LISTED`].
    pub warnings: Vec<Warning>,
    /// What a person has to decide before anything can be imported.
    pub needs: Vec<Need>,
    /// What it comes to beside what the book has already; nothing while something is to be decided.
    #[serde(default)]
    pub comparison: Option<Comparison>,
}

/// How many households a preview shows.
pub const SAMPLE: usize = 20;

/// How many problems and how many warnings a preview lists. Whoever has more has mapped the wrong column.
pub const LISTED: usize = 1_000;

impl Preview {
    /// Whether "Nhập" can be pressed.
    pub fn is_ready(&self) -> bool {
        self.needs.is_empty() && self.counts.households > 0
    }
}

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// A workbook of Excel 97–2003.
    Xls,
    /// Text in columns.
    Csv {
        /// What stands between two cells: a comma, a semicolon or a tab.
        separator: char,
        /// Its bytes are UTF-16, Excel's "Unicode Text".
        utf16: bool,
    },
}

/// How many lines of a file are what. `households + problems + skipped` are all lines below the headers that hold
/// anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Lines that become households.
    pub households: u32,
    /// Lines that are not kept.
    pub problems: u32,
    /// Totals, signatures, headings and repeated headers.
    pub skipped: u32,
    /// Doubts about kept lines; a line can raise several.
    pub warnings: u32,
}

/// One sheet and how it is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name, by which a [`Mapping`] speaks of it; empty for text.
    pub name: String,
    /// Nothing is taken from it: empty, or no list of households, or a person said so.
    pub left_out: bool,
    /// The encoding that a person chose; without one each text is read in the one that it is recognised to be in.
    pub encoding: Option<Encoding>,
    /// How many cells were in which encoding of before Unicode. They are shown, and stored, as what they say.
    pub converted: BTreeMap<Encoding, u32>,
    /// The line of the header (of a header on two lines the first), counted from 1; 0 where there is none.
    pub header: u32,
    /// Its columns, in order. Columns without any text are not among them.
    pub columns: Vec<ColumnView>,
    /// The village of lines that do not name one themselves.
    pub village: Option<VillageGuess>,
    /// How many households it has.
    pub households: u32,
}

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Its place, counted from 0.
    pub at: u16,
    /// Its title; of a title on two lines both parts: "Diện hộ – Nghèo".
    pub title: String,
    /// The first value below it. Always empty for what is never kept.
    pub example: String,
    /// What it is taken for.
    pub column: Column,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The household's number in the list or on the house.
    No,
    /// The head's name. Several such columns are one name ("Họ và tên đệm", "Tên").
    Head,
    /// How many people.
    People,
    /// A phone number.
    Phone,
    /// Where the house is, in words. Several such columns are joined.
    Hint,
    /// The cluster of houses.
    Cluster,
    /// The village.
    Village,
    /// The household's code in the book.
    Code,
    /// Read and thrown away.
    Ignored,
    /// Never stored and never shown, whoever asks.
    Never(Never),
}

/// What is not collected, by law and by decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Never {
    /// Số căn cước, CMND, định danh.
    IdentityNumber,
    /// Dân tộc.
    Ethnicity,
    /// Tôn giáo.
    Religion,
}

/// What a person corrected in a preview. Whatever is left out stays as guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// By the sheet's name.
    pub sheets: BTreeMap<String, SheetMapping>,
    /// Villages that the file names, as a preview without this correction lists them, and what to take instead.
    pub villages: BTreeMap<String, String>,
    /// What was decided about lines that may be households of the book.
    pub choices: Choices,
}

/// The corrections of one sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SheetMapping {
    /// Take nothing from it (`true`), or take it although it does not look like a list of households (`false`).
    pub left_out: Option<bool>,
    /// Read its text in this encoding, whatever it seems to be.
    pub encoding: Option<Encoding>,
    /// The line of the header, counted from 1; 0 says that there is none.
    pub header: Option<u32>,
    /// By the column's place. What is never stored cannot be made anything else.
    pub columns: BTreeMap<u16, Column>,
    /// The village of lines that do not name one themselves.
    pub village: Option<String>,
}

/// A village that a sheet seems to be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageGuess {
    /// Its name, as in the unit tree if it is there.
    pub name: String,
    /// Where it was read.
    pub from: VillageSource,
}

/// Where the village of a sheet was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageSource {
    /// A person chose it.
    Person,
    /// A title line above the header.
    Title,
    /// The sheet's name.
    SheetName,
    /// The file's name: a proposal, a person has to say yes.
    FileName,
}

/// A village of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Village {
    /// Its name, as in the unit tree if it is there.
    pub name: String,
    /// Whether it is in the unit tree; else it is made with the import.
    pub known: bool,
    /// How many households of the file go there.
    pub households: u32,
}

/// A household of the file. [`Household::check`] holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The sheet's name.
    pub sheet: String,
    /// The line as a spreadsheet counts it, from 1.
    pub line: u32,
    /// The name of its village; empty while a person has to say it.
    pub village: String,
    /// The household's code ("DC-0187"), if the list has it.
    #[serde(default)]
    pub code: String,
    /// What is stored.
    pub household: Household,
}

/// A line that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What could be read of it, and where it stands.
    pub row: Row,
    /// Its cells as they stand, one for each of the sheet's columns; empty for what is never kept.
    pub cells: Vec<String>,
    /// Why it is not kept.
    pub reason: Reason,
}

/// Why a line is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No name of a head.
    NoHead,
    /// The name is longer than any name.
    HeadTooLong,
    /// Letters of the line are damaged.
    Unreadable,
    /// The sheet has a column for the village, and on this line it is empty.
    NoVillage,
    /// Village, number and head are those of an earlier line.
    Repeats {
        /// The earlier line's sheet.
        sheet: String,
        /// The earlier line.
        line: u32,
        /// The head as the earlier line writes it, if it writes it differently ("Thuỷ", "Thủy").
        spelled: Option<String>,
    },
}

/// What to do about a line that is not kept, or about a file that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Write the name into the file and import again.
    AddHead,
    /// See whether this column is the name.
    CheckColumns,
    /// Write the village into the file, or choose one for the sheet.
    AddVillage,
    /// Take out one of the two lines, or give them different numbers.
    DropOrNumber,
    /// One household written in two ways?
    CheckSpelling,
    /// Fill the list, or choose the file that has it.
    ChooseFilledFile,
    /// Choose the list itself: .xlsx or .csv.
    ChooseTable,
    /// Open it in a spreadsheet program and save it as .xlsx.
    SaveAsXlsx,
    /// Change the letters to Unicode with UniKey and import again.
    ConvertFont,
    /// Take the password off.
    RemovePassword,
    /// Copy or download it again.
    FetchAgain,
    /// Split it, or take out what does not belong to the list.
    Split,
    /// Answer what is asked first.
    Decide,
}

impl Reason {
    /// What to do about it.
    pub fn advice(&self) -> Advice {
        match self {
            Self::NoHead => Advice::AddHead,
            Self::HeadTooLong => Advice::CheckColumns,
            Self::Unreadable => Advice::FetchAgain,
            Self::NoVillage => Advice::AddVillage,
            Self::Repeats { spelled: None, .. } => Advice::DropOrNumber,
            Self::Repeats { spelled: Some(_), .. } => Advice::CheckSpelling,
        }
    }
}

/// A doubt about a line that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The sheet's name.
    pub sheet: String,
    /// The line as a spreadsheet counts it, from 1.
    pub line: u32,
    /// Whose household it is.
    pub head: String,
    /// What is doubtful.
    pub doubt: Doubt,
}

/// What is doubtful about a kept line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// This is no phone number; it stays empty.
    Phone(String),
    /// More than one phone number; the first is kept.
    SeveralPhones,
    /// This is no number of people; it stays empty.
    People(String),
    /// A text is cut to what a household can hold.
    Cut,
    /// An identity number stood in a text and was taken out.
    IdentityNumber,
    /// An earlier line of the village has the same head, and one of them has no number to tell them apart.
    SameHead {
        /// The earlier line's sheet.
        sheet: String,
        /// The earlier line.
        line: u32,
    },
}

/// What a person has to decide before an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Which column of this sheet is the head's name.
    Head {
        /// The sheet's name.
        sheet: String,
    },
    /// Which village this sheet is about.
    Village {
        /// The sheet's name.
        sheet: String,
    },
}

/// Why a file is refused. Nothing of it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollError {
    /// There is nothing in it.
    Empty,
    /// There is a header and nothing below.
    HeaderOnly,
    /// It is something else, whatever its name says.
    NotATable(FileKind),
    /// A workbook with a password.
    Locked,
    /// The end is missing or something inside is broken.
    Damaged,
    /// Text in an encoding that is not recognised.
    Encoding,
    /// More than any commune's list needs.
    TooLarge(Limit),
    /// Confirmed although a [`Need`] is open.
    Undecided,
}

/// What a file is that is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture.
    Picture,
    /// A PDF.
    Pdf,
    /// A word processor's document.
    Document,
    /// A table in a format that is not read (OpenDocument, Excel's XML or web page).
    OtherTable,
    /// Nothing that is recognised.
    Unknown,
}

/// A limit that a file exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Of the file itself.
    Bytes,
    /// Of what it unpacks to.
    Unpacked,
    /// Of sheets.
    Sheets,
    /// Of lines.
    Rows,
    /// Of columns.
    Columns,
    /// Of cells that hold anything.
    Cells,
}

impl RollError {
    /// What to do about it.
    pub fn advice(self) -> Advice {
        match self {
            Self::Empty | Self::HeaderOnly => Advice::ChooseFilledFile,
            Self::NotATable(FileKind::OtherTable) => Advice::SaveAsXlsx,
            Self::NotATable(_) => Advice::ChooseTable,
            Self::Locked => Advice::RemovePassword,
            Self::Damaged => Advice::FetchAgain,
            Self::Encoding => Advice::ConvertFont,
            Self::TooLarge(_) => Advice::Split,
            Self::Undecided => Advice::Decide,
        }
    }
}

impl std::fmt::Display for RollError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "the file is empty",
            Self::HeaderOnly => "the file has a header and no household below it",
            Self::NotATable(_) => "the file is not a table, whatever its name says",
            Self::Locked => "the workbook has a password; take it off",
            Self::Damaged => "the file is damaged or incomplete; copy or download it again",
            Self::Encoding => "the encoding of the text is not recognised; change its letters to Unicode",
            Self::TooLarge(_) => "the file is larger than the list of any commune; split it",
            Self::Undecided => "the village or the head's column has not been chosen",
        })
    }
}

impl std::error::Error for RollError {}

impl From<(String, Household)> for Row {
    /// A line of a list that was made here: village and household.
    fn from((village, household): (String, Household)) -> Self {
        Self { sheet: String::new(), line: 0, village, code: String::new(), household }
    }
}

/// Reads a phone number however it is spaced: "+84 112.345.678" is "0112345678". A zero that a spreadsheet dropped
/// comes back. `None` if it is not ten digits then.
pub fn phone(written: &str) -> Option<String> {
    let written = written.trim().trim_start_matches('\'');
    let written = written.strip_suffix(".0").unwrap_or(written);
    if !written.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')' | '+')) {
        return None;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let local = match digits.as_str() {
        all if all.len() == 10 => all,
        all => all.strip_prefix("0084").or_else(|| all.strip_prefix("84")).unwrap_or(all),
    };
    let number = if local.len() == 9 && !local.starts_with('0') { format!("0{local}") } else { local.to_owned() };
    (number.len() == 10 && number.starts_with('0')).then_some(number)
}

/// Reads a number of people: "4", "04", "4 người", and "4.0" as programs write it that know only fractions. `None` if
/// it is none or more than 99.
pub fn people(written: &str) -> Option<u16> {
    let key = text::fold(written);
    let key = key.strip_suffix(".0").or_else(|| key.strip_suffix(",0")).unwrap_or(&key);
    let unit = key.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = key.strip_suffix(unit)?;
    let known = ["", "nguoi", "khau", "nhan khau", "nk"].contains(&unit.trim());
    if known { number.parse().ok().filter(|&people| people <= 99) } else { None }
}

/// Whether a cell says nothing: empty, a dash, "không có".
pub fn is_blank(cell: &str) -> bool {
    !cell.chars().any(char::is_alphanumeric) || matches!(text::fold(cell).as_str(), "khong" | "khong co" | "ko")
}

/// Whether a line that begins with this text sums others up ("Tổng cộng", "Cộng", "Trong đó") and is no household.
/// The surname Tống and the name Công are not taken for it.
pub fn is_total(first: &str) -> bool {
    const AFTER: [&str; 10] = ["cong", "so", "ho", "khau", "nhan", "toan", "chung", "thon", "trang", "cum"];
    let key = text::words(first);
    let (word, rest) = key.split_once(' ').unwrap_or((&key, ""));
    let next = rest.split(' ').next().unwrap_or_default();
    let marked = first.split_whitespace().next().filter(|word| text::has_marks(word)).map(text::spelling);
    let is = |spelled: &str| marked.as_ref().is_none_or(|marked| *marked == text::spelling(spelled));
    let sums = next.is_empty() || AFTER.contains(&next) || next.starts_with(|c: char| c.is_ascii_digit());
    match word {
        "tong" => sums && is("tổng"),
        "cong" => sums && is("cộng"),
        _ => key == "trong do" || key.starts_with("trong do "),
    }
}

/// Whether a cell belongs to the letterhead above a list or the signatures below it: an office, "ký, ghi rõ họ tên",
/// place and date.
pub fn is_formality(cell: &str) -> bool {
    #[rustfmt::skip]
    static PHRASES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let phrases = [
            "cộng hòa xã hội", "độc lập tự do", "ubnd", "ủy ban nhân dân", "danh sách", "phụ lục",
            "trưởng thôn", "trưởng bản", "trưởng buôn", "trưởng ấp", "trưởng khóm", "trưởng khu", "trưởng khối",
            "trưởng xóm", "trưởng ban", "trưởng công an", "phó trưởng", "tổ trưởng", "tổ phó", "bí thư", "chủ tịch",
            "phó chủ tịch", "kt chủ tịch", "tm ubnd", "tm ủy ban", "người lập", "người ghi", "người thống kê",
            "lập biểu", "cán bộ", "công chức", "kế toán", "xác nhận", "ký tên", "ký ghi rõ", "ký và ghi",
            "ký đóng dấu", "đã ký",
        ];
        phrases.iter().map(|phrase| (text::words(phrase), text::spelling(phrase))).collect()
    });
    let begins = |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let key = text::words(cell);
    let date = key.split_once("ngay").and_then(|(_, rest)| rest.split_once("thang"));
    if date.is_some_and(|(_, rest)| rest.contains("nam")) {
        return true;
    }
    let marked = text::has_marks(cell).then(|| text::spelling(cell));
    PHRASES.iter().any(|(plain, spelled)| begins(&key, plain) && marked.as_ref().is_none_or(|marked| begins(marked, spelled)))
}

/// Takes identity numbers out of a text that is kept or shown: twelve digits, and nine where the text says that they
/// are one. `None` if there were none.
pub fn without_identity_numbers(text: &str) -> Option<String> {
    let key = text::words(text);
    let named = ["cccd", "cmnd", "cmt", "can cuoc", "dinh danh"].iter().any(|name| key.contains(name));
    let mut kept = String::with_capacity(text.len());
    let mut removed = false;
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        // One run of digits, or several with a single space, dot or dash between them.
        let (mut end, mut groups, mut gap) = (0, vec![0], false);
        for (at, c) in from.char_indices() {
            if c.is_ascii_digit() {
                if std::mem::take(&mut gap) {
                    groups.push(0);
                }
                groups.iter_mut().last().into_iter().for_each(|group| *group += 1);
                end = at + 1;
            } else if gap || !matches!(c, ' ' | '.' | '-') {
                break;
            } else {
                gap = true;
            }
        }
        let (run, after) = from.split_at(end);
        let is_one = match groups.iter().sum() {
            // In equal groups: "Số 12 0155229416" is a house and a phone.
            12 => groups.windows(2).all(|pair| pair.first() == pair.last()),
            9 => named,
            _ => false,
        };
        removed |= is_one;
        kept.push_str(before);
        kept.push_str(if is_one { "…" } else { run });
        rest = after;
    }
    kept.push_str(rest);
    removed.then_some(kept)
}

/// The heads that were already read, to find lines that repeat another.
#[derive(Debug, Default)]
pub struct Repeats {
    /// By village and head, as keys.
    seen: HashMap<(String, String), Homonyms>,
}

/// The lines of one village with one head.
#[derive(Debug, Default)]
struct Homonyms {
    numbered: HashMap<String, Earlier>,
    /// The first without a number.
    unnumbered: Option<Earlier>,
    /// The first of all.
    first: Option<Earlier>,
}

#[derive(Clone, Debug)]
struct Earlier {
    sheet: String,
    line: u32,
    head: String,
}

/// What an earlier line has in common with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The same household.
    Certain(Reason),
    /// Perhaps the same: one of the two has no number.
    Possible(Doubt),
}

impl Repeats {
    /// Compares a line with the ones before, and remembers it unless it repeats one of them. While nobody has said
    /// which village a sheet is about, the sheet stands for it.
    pub fn see(&mut self, row: &Row) -> Option<Repeat> {
        let place = if row.village.is_empty() { &row.sheet } else { &row.village };
        let no = text::number_key(&row.household.no);
        let same = self.seen.entry((text::spelling(place), text::words(&row.household.head))).or_default();
        if let Some(earlier) = same.numbered.get(&no) {
            let spelled = (earlier.head != row.household.head).then(|| earlier.head.clone());
            return Some(Repeat::Certain(Reason::Repeats { sheet: earlier.sheet.clone(), line: earlier.line, spelled }));
        }
        let near = if no.is_empty() { &same.first } else { &same.unnumbered };
        let doubt = near.as_ref().map(|near| Repeat::Possible(Doubt::SameHead { sheet: near.sheet.clone(), line: near.line }));
        let this = Earlier { sheet: row.sheet.clone(), line: row.line, head: row.household.head.clone() };
        same.first.get_or_insert_with(|| this.clone());
        if no.is_empty() {
            same.unnumbered.get_or_insert(this);
        } else {
            same.numbered.insert(no, this);
        }
        doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phones() {
        for (written, read) in [
            ("0155229416", Some("0155229416")),
            ("+84 112.345.678", Some("0112345678")),
            ("0084112345678", Some("0112345678")),
            ("84112345678", Some("0112345678")),
            ("0841123456", Some("0841123456")),
            ("(0155) 229-416", Some("0155229416")),
            ("'0155229416", Some("0155229416")),
            ("155229416", Some("0155229416")),
            ("155229416.0", Some("0155229416")),
            ("912 345", None),
            ("012345678901", None),
            ("ĐT 0155229416", None),
            ("", None),
        ] {
            assert_eq!(phone(written).as_deref(), read, "{written}");
        }
    }

    #[test]
    fn numbers_of_people() {
        for (written, read) in [
            ("4", Some(4)),
            ("04", Some(4)),
            ("5 người", Some(5)),
            ("3 nhân khẩu", Some(3)),
            ("4.0", Some(4)),
            ("4,0", Some(4)),
            ("0", Some(0)),
            ("bốn", None),
            ("100", None),
            ("2,5", None),
            ("3/2", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(people(written), read, "{written}");
        }
        assert!(is_blank(" – ") && is_blank("Không có") && !is_blank("x"));
    }

    #[test]
    fn totals_and_formalities() {
        for (cell, total) in [
            ("Tổng cộng", true),
            ("TỔNG SỐ: 142 hộ", true),
            ("Cộng", true),
            ("Cộng:", true),
            ("Cộng cụm 2", true),
            ("Tong cong", true),
            ("Trong đó: hộ nghèo", true),
            ("Tống Cộng Hòa", false),
            ("Tống Số", false),
            ("Công Hộ", false),
            ("Tổng Văn Bền", false),
            ("Nguyễn Văn Cộng", false),
            ("", false),
        ] {
            assert_eq!(is_total(cell), total, "{cell}");
        }
        for (cell, formality) in [
            ("Trưởng thôn", true),
            ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", true),
            ("TRƯỞNG THÔN", true),
            ("Truong thon", true),
            ("TM. UBND XÃ", true),
            ("(Ký, ghi rõ họ tên)", true),
            ("Tân Khê Vân, ngày 5 tháng 10 năm 2026", true),
            ("Người lập biểu", true),
            ("Trương Thôn", false),
            ("Trương Ban", false),
            ("Cán Bộn", false),
            ("Ngô Văn Ngày", false),
        ] {
            assert_eq!(is_formality(cell), formality, "{cell}");
        }
    }

    #[test]
    fn identity_numbers_go() {
        for (text, kept) in [
            ("nhà cạnh chợ, 001099123456", Some("nhà cạnh chợ, …")),
            ("001 099 123 456", Some("…")),
            ("Số 12 0155229416", None),
            ("CMND 123456789 cũ", Some("CMND … cũ")),
            ("123456789", None),
            ("0155229416", None),
            ("Số 12, ngõ 3", None),
            ("", None),
        ] {
            assert_eq!(without_identity_numbers(text).as_deref(), kept, "{text}");
        }
    }

    fn row(line: u32, village: &str, no: &str, head: &str) -> Row {
        let household = Household { no: no.into(), head: head.into(), ..Default::default() };
        Row { sheet: "Thôn 3".into(), line, village: village.into(), code: String::new(), household }
    }

    #[test]
    fn repeated_lines() {
        let mut repeats = Repeats::default();
        let certain = |line, spelled: Option<&str>| {
            let spelled = spelled.map(str::to_owned);
            Some(Repeat::Certain(Reason::Repeats { sheet: "Thôn 3".into(), line, spelled }))
        };
        let possible = |line| Some(Repeat::Possible(Doubt::SameHead { sheet: "Thôn 3".into(), line }));
        for (row, repeat) in [
            (row(2, "Thôn 3", "31", "Đỗ Thị Thuỷ"), None),
            (row(3, "Thôn 3", "31", "Đỗ Thị Thuỷ"), certain(2, None)),
            (row(4, "Thôn 3", "031", "đỗ thị  Thủy"), certain(2, Some("Đỗ Thị Thuỷ"))),
            (row(5, "Thôn 3", "32", "Đỗ Thị Thuỷ"), None),
            (row(6, "Thôn 4", "31", "Đỗ Thị Thuỷ"), None),
            (row(7, "Thôn 3", "31", "Đỗ Thị Thu"), None),
            (row(8, "Thôn 3", "", "Đỗ Thị Thuỷ"), possible(2)),
            (row(9, "Thôn 3", "33", "Đỗ Thị Thuỷ"), possible(8)),
            (row(10, "Thôn 5", "0", "Lành"), None),
            (row(11, "Thôn 5", "1", "Lành"), None),
            (row(12, "", "1", "Lành"), None),
        ] {
            assert_eq!(repeats.see(&row), repeat, "line {}", row.line);
        }
    }

    #[test]
    fn corrections_can_be_partial() {
        let json = r#"{"sheets":{"Thôn 1":{"village":"Thôn 1","columns":{"2":"head","3":{"never":"ethnicity"}}}}}"#;
        let mapping: Mapping = serde_json::from_str(json).unwrap();
        assert_eq!(mapping.sheets["Thôn 1"].columns[&3], Column::Never(Never::Ethnicity));
        let again = serde_json::to_string(&mapping).unwrap();
        assert_eq!(serde_json::from_str::<Mapping>(&again).unwrap(), mapping);
    }

    proptest! {
        #[test]
        fn any_text_can_be_judged(text in any::<String>()) {
            let _ = (is_total(&text), is_formality(&text), is_blank(&text), people(&text));
            if let Some(number) = phone(&text) {
                let household = Household { head: "Lành".into(), phone: number, ..Default::default() };
                prop_assert_eq!(household.check(), Ok(()));
            }
        }

        #[test]
        fn no_identity_number_stays(before in "[a-z ,]{0,9}", number in "[0-9]{12}", after in "[a-z,]{0,9}") {
            let kept = without_identity_numbers(&format!("{before}{number}{after}")).unwrap();
            prop_assert!(!kept.contains(&number));
        }
    }
}
