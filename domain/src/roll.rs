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
    /// Lines that a spreadsheet does not show, because they were hidden or filtered out. They are read like the others.
    #[serde(default)]
    pub hidden_lines: u32,
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
    /// Lines that are passed over; only in a preview of all lines.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
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

/// How many lines of a file are what. `households + members + problems + skipped` are all lines below the headers that
/// hold anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Lines that become households.
    pub households: u32,
    /// Lines that are not kept.
    pub problems: u32,
    /// Totals, signatures, headings and repeated headers.
    pub skipped: u32,
    /// People of the household above, in a list with a line for each person.
    #[serde(default)]
    pub members: u32,
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
    /// How many lines have no number of their own, if that leaves open what they are.
    #[serde(default)]
    pub unnumbered: u32,
    /// What a person said that those are.
    #[serde(default)]
    pub taken_as: Option<Unnumbered>,
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
    /// It only looks like identity numbers: telephone numbers without their zero do, too.
    #[serde(default)]
    pub may_be_phone: bool,
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
    /// What a person is to the head, in a list with a line for each person. Only the heads become households; the others
    /// are counted as their people.
    Relation,
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
    /// What the lines are that have no number of their own, in a list that numbers its lines.
    pub unnumbered: Option<Unnumbered>,
}

/// What the lines without a number are, in a list that numbers its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unnumbered {
    /// Households like the others.
    Household,
    /// People of the household above.
    Member,
    /// Neither: they are not kept.
    Neither,
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

/// A line that is passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The sheet's name.
    pub sheet: String,
    /// The line as a spreadsheet counts it, from 1.
    pub line: u32,
    /// Its cells as they stand, one for each of the sheet's columns; empty for what is never kept.
    pub cells: Vec<String>,
    /// Why.
    pub why: Skip,
}

/// Why a line is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// The titles of the columns again, or their numbers.
    Titles,
    /// A sum.
    Total,
    /// A letterhead, a signature, or what stands below one.
    Formality,
    /// It names the village or the part of the list that follows.
    Heading,
    /// A person of the household above.
    Member,
    /// A lone text.
    Note,
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
    /// The lines around it have a number and this one has none of its own: a note, a heading or a household?
    NoNumber,
    /// A lone text right above households, which may be the name of a place that nobody knows.
    Heading,
    /// The name is a sentence.
    NotAName,
    /// A person, but nothing says of which household, or whether the head.
    Unattached,
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
    /// Give it a number if it is a household.
    AddNumber,
    /// If it is a village, say so: "Thôn …".
    AddVillageType,
    /// Say what the person is to the head.
    AddRelation,
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
            Self::HeadTooLong | Self::NotAName => Advice::CheckColumns,
            Self::NoNumber => Advice::AddNumber,
            Self::Heading => Advice::AddVillageType,
            Self::Unattached => Advice::AddRelation,
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
    /// A spreadsheet made a day of the number ("3/2"); it stays empty.
    Number(String),
    /// The name has a remark that is no part of it ("đã chết"); it is kept as written.
    Remark(String),
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
    /// Which of two villages this sheet is about: its title names one, its name or another title another.
    Disagree {
        /// The sheet's name.
        sheet: String,
        /// The one that is taken until a person says otherwise.
        taken: String,
        /// The other.
        other: String,
    },
    /// Whether this column is part of the name, or the name itself, although another is taken for it.
    Column {
        /// The sheet's name.
        sheet: String,
        /// The column's place.
        at: u16,
    },
    /// Who is the head: the column says what people are to the head, and nobody is said to be the head.
    Relation {
        /// The sheet's name.
        sheet: String,
        /// The column's place.
        at: u16,
    },
    /// Whether each line is a household: the title says that they are persons, and no column says who is a head.
    Persons {
        /// The sheet's name.
        sheet: String,
    },
    /// What the lines are that have no number of their own.
    Unnumbered {
        /// The sheet's name.
        sheet: String,
        /// How many.
        lines: u32,
    },
    /// Whether this sheet counts: most of its households, or most of the other's, stand in both.
    Twice {
        /// The sheet's name.
        sheet: String,
        /// The other sheet.
        other: String,
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

/// Whether a cell says that it is as the one above it: "nt", "như trên", a mark of repetition.
pub fn is_ditto(cell: &str) -> bool {
    const MARKS: [char; 8] = ['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2033}', '\u{3003}', '\'', '\u{2019}'];
    let marks = cell.chars().filter(|c| MARKS.contains(c)).count();
    if marks > 0 {
        return cell.chars().all(|c| MARKS.contains(&c) || matches!(c, ' ' | '-' | '.' | ','));
    }
    cell.chars().count() <= 12 && matches!(text::words(cell).as_str(), "nt" | "n t" | "nhu tren" | "nhu tr" | "cung tren")
}

/// Whether a name of a head is a sentence or the beginning of one. The longest names have seven words, "Hộ ông … và bà …" more.
pub fn is_sentence(head: &str) -> bool {
    const MOST_WORDS: usize = 10;
    let name = head.split(['(', '[']).next().unwrap_or_default();
    name.split_whitespace().count() > MOST_WORDS || head.ends_with(':')
}

/// A number that a spreadsheet made a day of: "03/02/2026", "3-Feb".
pub fn is_day(no: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let is_number = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    match no.split(['/', '-']).collect::<Vec<_>>().as_slice() {
        [day, month, year] => is_number(day, 2) && is_number(month, 2) && year.len() == 4 && is_number(year, 4),
        [a, b] => [(a, b), (b, a)].iter().any(|(day, month)| is_number(day, 2) && MONTHS.contains(&month.to_lowercase().as_str())),
        _ => false,
    }
}

/// A head's name without the form of address that some lists put before it: "Bà Lò Thị Bền", "Ông: Vũ Nhàn". "Ông" is a
/// family name, too: without a colon it goes only before another one.
pub fn without_address(head: &str) -> &str {
    const FAMILIES: &str = " nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan trinh cao \
        luong lo vi ha lam mai to dao truong luu chau quach ta thach son kim ";
    if !head.starts_with(['Ô', 'ô', 'B', 'b', 'O', 'o']) {
        return head;
    }
    let Some((first, rest)) = head.split_once([' ', ':']) else { return head };
    let title = text::spelling(first.trim_end_matches(['.', ':']));
    let (man, woman) = (title == text::spelling("Ông"), title == text::spelling("Bà"));
    if !man && !woman {
        return head;
    }
    let colon = head.strip_prefix(first).is_some_and(|after| after.starts_with(':')) || first.ends_with(':') || rest.starts_with(':');
    let rest = rest.trim_start_matches([' ', ':']);
    let family = || text::words(rest.split_whitespace().next().unwrap_or_default());
    let named = rest.split_whitespace().count() >= 2;
    let goes = colon || (named && (woman || FAMILIES.contains(&format!(" {} ", family()))));
    if goes && rest.chars().any(char::is_alphabetic) { rest } else { head }
}

/// What a name says beside the name, if it is about what became of the person: "(đã chết)".
pub fn remark(head: &str) -> Option<&str> {
    #[rustfmt::skip]
    const SAYS: [&str; 9] = ["chết", "mất", "từ trần", "qua đời", "chuyển đi", "đi vắng", "tạm vắng", "tách hộ", "cắt khẩu"];
    let (_, inner) = head.split_once(['(', '['])?;
    let inner = inner.trim_end_matches([')', ']', ' ']);
    // Without accents a short word may be anybody's other name.
    let key = if text::has_marks(inner) { text::spelling } else { text::words };
    let said = format!(" {} ", key(inner));
    let says = |says: &&&str| said.contains(&format!(" {} ", key(says))) && (text::has_marks(inner) || says.contains(' '));
    SAYS.iter().find(says).map(|_| inner)
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
            "ký đóng dấu", "đã ký", "nơi nhận", "điều tra viên", "người điều tra", "người thực hiện", "người tổng hợp",
            "người kiểm tra", "người rà soát", "người duyệt", "người báo cáo", "thủ trưởng", "lãnh đạo", "ban điều hành",
            "ban công tác", "tm ban", "tm chi ủy", "tm chi bộ", "trưởng đoàn", "kính gửi", "tm thôn", "t m ban", "t m ubnd", "t m thôn",
        ];
        phrases.iter().map(|phrase| (text::words(phrase), text::spelling(phrase))).collect()
    });
    let begins = |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let key = text::words(cell);
    let date = key.split_once("ngay").and_then(|(_, rest)| rest.split_once("thang"));
    if date.is_some_and(|(_, rest)| rest.contains("nam")) {
        return true;
    }
    // "Lập ngày 05/10/2026".
    let figures = |rest: &str| rest.split(' ').take(3).filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).count() == 3;
    if key.split_once("ngay ").is_some_and(|(_, rest)| figures(rest)) {
        return true;
    }
    let marked = text::has_marks(cell).then(|| text::spelling(cell));
    PHRASES.iter().any(|(plain, spelled)| begins(&key, plain) && marked.as_ref().is_none_or(|marked| begins(marked, spelled)))
}

/// Whether a line that begins with this text is a note about the list: "Ghi chú: …".
pub fn is_note(first: &str) -> bool {
    let (before, _) = first.split_once(':').unwrap_or(("", ""));
    let key = text::words(if before.is_empty() { first } else { before });
    matches!(key.as_str(), "ghi chu" | "chu thich") || (!before.is_empty() && matches!(key.as_str(), "chu y" | "luu y"))
}

/// Whether a title above a list says that its lines are persons and not households: "DANH SÁCH NHÂN KHẨU".
pub fn is_list_of_persons(title: &str) -> bool {
    let key = format!(" {} ", text::words(title));
    let persons = [" nhan khau ", " cu tri ", " cong dan "].iter().any(|persons| key.contains(persons));
    let household = text::spelling("hộ");
    let households =
        if text::has_marks(title) { text::spelling(title).split(' ').any(|word| word == household) } else { key.contains(" ho ") };
    persons && !households
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
    /// How many lines each sheet has.
    lines: HashMap<String, u32>,
    /// How many lines of a sheet have a head that an earlier sheet has in the same village; the earlier one comes first.
    shared: HashMap<(String, String), u32>,
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
        if let Some(lines) = self.lines.get_mut(&row.sheet) {
            *lines += 1;
        } else {
            self.lines.insert(row.sheet.clone(), 1);
        }
        if let Some(first) = same.first.as_ref().filter(|first| first.sheet != row.sheet) {
            *self.shared.entry((first.sheet.clone(), row.sheet.clone())).or_default() += 1;
        }
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

    /// Pairs of sheets of which one has most heads of the other, in the same villages.
    pub fn twice(&self) -> Vec<(&str, &str)> {
        let lines = |sheet: &String| self.lines.get(sheet).copied().unwrap_or_default();
        let most = |(pair, shared): &(&(String, String), &u32)| **shared > 1 && **shared * 2 > lines(&pair.0).min(lines(&pair.1));
        let mut pairs: Vec<_> = self.shared.iter().filter(most).map(|((a, b), _)| (a.as_str(), b.as_str())).collect();
        pairs.sort_unstable();
        pairs
    }

    /// How many lines of a sheet were seen.
    pub fn lines(&self, sheet: &str) -> u32 {
        self.lines.get(sheet).copied().unwrap_or_default()
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
            ("Lập ngày 05/10/2026", true),
            ("Nơi nhận:", true),
            ("Lưu Ý Nhi", false),
            ("Trương Thôn", false),
            ("Trương Ban", false),
            ("Cán Bộn", false),
            ("Ngô Văn Ngày", false),
        ] {
            assert_eq!(is_formality(cell), formality, "{cell}");
        }
    }

    #[test]
    fn cells_that_stand_for_others_or_say_more() {
        for (cell, ditto) in [
            ("nt", true),
            ("-nt-", true),
            ("″", true),
            ("\" \"", true),
            ("Như trên", true),
            ("ntn", false),
            ("Nhữ Trên A", false),
            ("", false),
            ("-", false),
            ("O'Brien", false),
        ] {
            assert_eq!(is_ditto(cell), ditto, "{cell}");
        }
        for (title, persons) in [
            ("DANH SÁCH NHÂN KHẨU THÔN ĐÁ MÒN", true),
            ("DANH SACH CU TRI", true),
            ("DANH SÁCH HỘ GIA ĐÌNH, NHÂN KHẨU", false),
            ("DANH SÁCH CHỦ HỘ", false),
        ] {
            assert_eq!(is_list_of_persons(title), persons, "{title}");
        }
        for (cell, note) in [("Ghi chú: hộ mới", true), ("Ghi chú", true), ("Lưu ý: kiểm tra", true), ("Lưu Ý", false), ("Trần Ghi", false)]
        {
            assert_eq!(is_note(cell), note, "{cell}");
        }
        for (no, day) in
            [("03/02/2026", true), ("3-Feb", true), ("Feb-03", true), ("3/2", false), ("12", false), ("3/2/1", false), ("DC-0187", false)]
        {
            assert_eq!(is_day(no), day, "{no}");
        }
        for (head, sentence) in [
            ("Hộ ông Nguyễn Văn Bền và bà Trần Thị Lành", false),
            ("Trần Văn Lành (nhà cũ của ông Nhàn, nay cháu ở, bán năm trước)", false),
            ("Danh sách này do thôn lập theo kết quả rà soát tháng mười", true),
            ("Trong đó:", true),
        ] {
            assert_eq!(is_sentence(head), sentence, "{head}");
        }
        for (head, name) in [
            ("Bà Lò Thị Bền", "Lò Thị Bền"),
            ("Ông: Vũ Nhàn", "Vũ Nhàn"),
            ("ÔNG NGUYỄN VĂN A", "NGUYỄN VĂN A"),
            ("Ông Ích Khải", "Ông Ích Khải"),
            ("Ong Ich Khai", "Ong Ich Khai"),
            ("Ông", "Ông"),
            ("Bá Lộc", "Bá Lộc"),
        ] {
            assert_eq!(without_address(head), name, "{head}");
        }
        for (head, says) in [
            ("Trần Văn Lành (đã chết)", Some("đã chết")),
            ("Trần Văn Lành (mất năm 2020)", Some("mất năm 2020")),
            ("Trần Văn Lành (Ba Mát)", None),
            ("Tran Van Lanh (Mat)", None),
            ("Trần Văn Lành", None),
        ] {
            assert_eq!(remark(head), says, "{head}");
        }
    }

    #[test]
    fn sheets_that_have_the_same_heads() {
        let mut repeats = Repeats::default();
        for (sheet, village, heads) in [
            ("A", "Thôn 1", ["Lành", "Bền", "Mùi"]),
            ("B", "Thôn 1", ["Lành", "Nhàn", "Tám"]),
            ("C", "Thôn 1", ["Lành", "Bền", "Lạ"]),
            ("D", "Thôn 2", ["Lành", "Bền", "Mùi"]),
        ] {
            for (line, head) in (1..).zip(heads) {
                repeats.see(&Row { sheet: sheet.into(), ..row(line, village, &format!("{sheet}{line}"), head) });
            }
        }
        assert_eq!((repeats.twice(), repeats.lines("B")), (vec![("A", "C")], 3));
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
            let _ = (is_ditto(&text), is_sentence(&text), is_day(&text), without_address(&text), remark(&text));
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
