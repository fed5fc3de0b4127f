//! What is wrong with a form, where, and what to do about it.

use crate::code::Lang;
use serde::{Deserialize, Serialize};

/// Something wrong in one place of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub place: Spot,
    /// What.
    pub fault: Fault,
}

/// A place of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The sheet; empty for the workbook as a whole.
    pub sheet: String,
    /// The row, from 1 as spreadsheet programs number them.
    pub row: Option<u32>,
    /// The column, from 1, and what stands above it.
    pub column: Option<(u32, String)>,
}

/// Why something is refused by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It would tell where somebody is.
    Location,
    /// It would tell who fills in the form, or on which phone.
    Identity,
    /// It records without being seen.
    Unseen,
    /// It needs another program on the phone.
    OtherProgram,
    /// What is sealed here is sealed otherwise.
    Encryption,
    /// XLSForm itself has given it up.
    Outdated,
    /// Nobody has built it here.
    NotYet,
}

/// What is wrong. Places within a cell (`at`) are characters, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of each are below")]
pub enum Fault {
    NoSheet { name: String, like: Option<String> },
    SheetLike { name: String, like: String },
    EmptySheet,
    TooManyRows { most: u32 },
    TooManyCells { most: u32 },
    CellTooLong { most: u32 },
    RefusedSheet { why: Why },
    NoColumn { name: String },
    ColumnTwice,
    UnknownColumn { name: String, like: Option<String> },
    LeftOutColumn { name: String },
    RefusedColumn { name: String, why: Why },
    TooManyLanguages { most: u32 },
    NoLanguage { name: String },

    NoType,
    UnknownType { name: String, like: Option<String> },
    RefusedType { name: String, why: Why },
    NeedsLocation { name: String },
    StaysEmpty { name: String },
    NoName,
    BadName { name: String },
    NameTwice { name: String, row: u32 },
    NoLabel { name: String },
    Unclosed { name: String },
    Unopened,
    WrongEnd { name: String, row: u32 },
    TooDeepGroups { most: u32 },

    NoList,
    UnknownList { name: String, like: Option<String> },
    UnknownFile { name: String },
    FileTwice { name: String },
    DamagedFile { name: String },
    NoColumnInFile { file: String, column: String },
    ChoiceWithoutList,
    ChoiceWithoutName,
    ChoiceTwice { name: String, row: u32 },
    SpaceInChoice { name: String },
    OtherWithFilter,
    NotASelect,
    NotARepeat,
    NoCalculation,
    BadParameter { text: String },
    BadRange,
    BadDefault { text: String },
    NotYesOrNo { text: String },
    UnknownAppearance { word: String },
    RefusedAppearance { word: String, why: Why },
    BadTrigger { text: String },

    Syntax { at: usize, found: String },
    Unfinished { at: usize },
    OpenQuote { at: usize },
    OpenReference { at: usize },
    Axis { at: usize, axis: String },
    TooDeep { at: usize },
    UnknownFunction { at: usize, name: String, like: Option<String> },
    RefusedFunction { at: usize, name: String },
    Arguments { at: usize, name: String, least: usize, most: usize },
    NotText { at: usize, name: String },
    NotNodes { at: usize },
    UnknownQuestion { name: String, like: Option<String> },
    AmbiguousQuestion { name: String },
    LastSaved { name: String },
    UnknownPath { at: usize, name: String },
    NothingThere { at: usize, name: String },
    UnknownInstance { name: String, like: Option<String> },
    BadPattern { pattern: String },
    OutsidePredicate { at: usize, name: String },
    Cycle { names: Vec<String> },
}

impl Fault {
    /// Whether the form can be used all the same: what is said is for information.
    pub const fn is_notice(&self) -> bool {
        matches!(
            self,
            Self::SheetLike { .. }
                | Self::UnknownColumn { like: None, .. }
                | Self::LeftOutColumn { .. }
                | Self::StaysEmpty { .. }
                | Self::UnknownAppearance { .. }
                | Self::NothingThere { .. }
        )
    }
}

impl Problem {
    /// In one sentence where, and in others what and what to do.
    pub fn words(&self, lang: Lang) -> String {
        let place = self.place.words(lang);
        let fault = self.fault.words(lang);
        if place.is_empty() { fault } else { format!("{place}: {fault}") }
    }
}

impl Spot {
    /// `Sheet "survey", row 5, column C (relevant)`.
    pub fn words(&self, lang: Lang) -> String {
        let (sheet, row, column) = match lang {
            Lang::Vi => ("Trang tính", "dòng", "cột"),
            Lang::En => ("Sheet", "row", "column"),
        };
        let mut words = Vec::new();
        if !self.sheet.is_empty() {
            words.push(format!("{sheet} “{}”", self.sheet));
        }
        if let Some(at) = self.row {
            words.push(format!("{row} {at}"));
        }
        if let Some((at, heading)) = &self.column {
            words.push(format!("{column} {} ({heading})", letters(*at)));
        }
        words.join(", ")
    }
}

/// The letters of a column, as spreadsheet programs write them: 1 is A, 27 is AA.
pub fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

impl Why {
    /// Half a sentence.
    pub const fn words(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Location, Lang::Vi) => "vì sẽ cho biết vị trí",
            (Self::Location, Lang::En) => "because it would tell a location",
            (Self::Identity, Lang::Vi) => "vì sẽ cho biết ai trả lời hoặc dùng máy nào",
            (Self::Identity, Lang::En) => "because it would tell who answers, or on which phone",
            (Self::Unseen, Lang::Vi) => "vì ghi lại mà người ta không thấy",
            (Self::Unseen, Lang::En) => "because it records without being seen",
            (Self::OtherProgram, Lang::Vi) => "vì cần một ứng dụng khác trên điện thoại",
            (Self::OtherProgram, Lang::En) => "because it needs another program on the phone",
            (Self::Encryption, Lang::Vi) => "vì ở đây phiếu được niêm phong theo cách khác",
            (Self::Encryption, Lang::En) => "because forms are sealed otherwise here",
            (Self::Outdated, Lang::Vi) => "vì XLSForm đã bỏ cách viết này",
            (Self::Outdated, Lang::En) => "because XLSForm has given it up",
            (Self::NotYet, Lang::Vi) => "vì chương trình chưa hỗ trợ",
            (Self::NotYet, Lang::En) => "because it is not supported yet",
        }
    }
}

impl Fault {
    /// What is wrong, and what to do.
    pub fn words(&self, lang: Lang) -> String {
        match lang {
            Lang::Vi => self.vi(),
            Lang::En => self.en(),
        }
    }

    fn vi(&self) -> String {
        let meant = |like: &Option<String>| like.as_ref().map_or(String::new(), |like| format!(" Có phải là “{like}”?"));
        match self {
            Self::NoSheet { name, like } => format!("thiếu trang tính “{name}”.{}", meant(like)),
            Self::SheetLike { name, like } => {
                format!("không có trang tính “{name}”; trang “{like}” không được đọc. Nếu là nó thì hãy đổi tên.")
            }
            Self::EmptySheet => "trang tính không có dòng nào. Hãy chọn tệp đã điền.".to_owned(),
            Self::TooManyRows { most } => format!("có quá nhiều dòng (nhiều nhất {most}). Hãy tách phiếu."),
            Self::TooManyCells { most } => format!("có quá nhiều ô (nhiều nhất {most}). Hãy bớt dòng hoặc cột."),
            Self::CellTooLong { most } => format!("ô quá dài (nhiều nhất {most} ký tự). Hãy rút ngắn."),
            Self::RefusedSheet { why } => format!("không dùng được trang tính này, {}. Hãy bỏ trang tính.", why.words(Lang::Vi)),
            Self::NoColumn { name } => format!("thiếu cột “{name}”. Hãy thêm cột."),
            Self::ColumnTwice => "cột này đã có ở bên trái. Hãy bỏ một cột.".to_owned(),
            Self::UnknownColumn { name, like } => match like {
                Some(like) => format!("không có cột nào tên “{name}”. Có phải là “{like}”?"),
                None => format!("cột “{name}” không có ý nghĩa với phiếu và được bỏ qua."),
            },
            Self::LeftOutColumn { name } => format!("cột “{name}” không dùng ở đây và được bỏ qua."),
            Self::RefusedColumn { name, why } => format!("không dùng được cột “{name}”, {}. Hãy xóa nội dung cột.", why.words(Lang::Vi)),
            Self::TooManyLanguages { most } => format!("phiếu có quá nhiều ngôn ngữ (nhiều nhất {most})."),
            Self::NoLanguage { name } => format!("không có cột nào bằng ngôn ngữ “{name}”. Hãy viết đúng như trong tên cột."),
            Self::NoType => "dòng có nội dung nhưng không ghi loại câu hỏi. Hãy ghi loại ở cột “type”.".to_owned(),
            Self::UnknownType { name, like } => format!("không có loại câu hỏi “{name}”.{}", meant(like)),
            Self::RefusedType { name, why } => format!("không dùng được loại “{name}”, {}. Hãy bỏ câu hỏi.", why.words(Lang::Vi)),
            Self::NeedsLocation { name } => {
                format!("“{name}” ghi vị trí, mà căn cứ của đợt này không cho phép. Hãy bỏ câu hỏi hoặc chọn đợt có căn cứ.")
            }
            Self::StaysEmpty { name } => format!("“{name}” luôn để trống, {}.", Why::Identity.words(Lang::Vi)),
            Self::NoName => "thiếu tên ở cột “name”. Hãy đặt một tên không dấu cách.".to_owned(),
            Self::BadName { name } => format!("tên “{name}” không hợp lệ: bắt đầu bằng chữ hoặc “_”, sau đó là chữ, số, “_”, “-”, “.”."),
            Self::NameTwice { name, row } => format!("tên “{name}” đã có ở dòng {row}. Hãy đặt tên khác."),
            Self::NoLabel { name } => format!("câu “{name}” chưa có lời. Hãy viết ở cột “label”."),
            Self::Unclosed { name } => format!("nhóm “{name}” không có dòng kết thúc. Hãy thêm “end group” hoặc “end repeat”."),
            Self::Unopened => "kết thúc một nhóm chưa bắt đầu. Hãy bỏ dòng này hoặc thêm dòng bắt đầu.".to_owned(),
            Self::WrongEnd { name, row } => format!("kết thúc không khớp với “{name}” bắt đầu ở dòng {row} (group và repeat)."),
            Self::TooDeepGroups { most } => format!("nhóm lồng nhau quá sâu (nhiều nhất {most} lớp)."),
            Self::NoList => "thiếu tên danh sách lựa chọn sau loại câu hỏi: “select_one ten_danh_sach”.".to_owned(),
            Self::UnknownList { name, like } => format!("trang “choices” không có danh sách “{name}”.{}", meant(like)),
            Self::UnknownFile { name } => format!("thiếu tệp “{name}”. Hãy gửi tệp cùng với phiếu."),
            Self::FileTwice { name } => format!("có hai tệp “{name}”. Hãy bỏ một tệp."),
            Self::DamagedFile { name } => format!("tệp “{name}” bị hỏng. Hãy chọn lại tệp."),
            Self::NoColumnInFile { file, column } => format!("“{file}” không có cột “{column}”."),
            Self::ChoiceWithoutList => "lựa chọn không ghi thuộc danh sách nào. Hãy ghi ở cột “list_name”.".to_owned(),
            Self::ChoiceWithoutName => "lựa chọn không có mã ở cột “name”.".to_owned(),
            Self::ChoiceTwice { name, row } => format!("mã “{name}” đã có ở dòng {row} của danh sách này. Hãy đổi mã."),
            Self::SpaceInChoice { name } => {
                format!("mã “{name}” có dấu cách, mà câu hỏi chọn nhiều ngăn các mã bằng dấu cách. Hãy dùng “_”.")
            }
            Self::OtherWithFilter => "“or_other” không dùng cùng với “choice_filter”. Hãy bỏ một trong hai.".to_owned(),
            Self::NotASelect => "chỉ câu hỏi lựa chọn mới có cột này.".to_owned(),
            Self::NotARepeat => "chỉ dòng “begin repeat” mới có số lần lặp.".to_owned(),
            Self::NoCalculation => "thiếu công thức ở cột “calculation”.".to_owned(),
            Self::BadParameter { text } => format!("không hiểu tham số “{text}”. Cách viết: “ten=gia_tri”."),
            Self::BadRange => "khoảng cần “start”, “end”, “step” là số, step khác 0 và chia hết khoảng.".to_owned(),
            Self::BadDefault { text } => format!("“{text}” không phải là câu trả lời hợp lệ cho loại câu hỏi này."),
            Self::NotYesOrNo { text } => format!("“{text}”: hãy ghi “yes”, “no” hoặc một điều kiện."),
            Self::UnknownAppearance { word } => format!("không biết kiểu hiển thị “{word}”, được bỏ qua."),
            Self::RefusedAppearance { word, why } => format!("không dùng được kiểu hiển thị “{word}”, {}.", why.words(Lang::Vi)),
            Self::BadTrigger { text } => format!("“{text}” không phải là câu hỏi. Cách viết: “${{ten_cau_hoi}}”."),
            Self::Syntax { at, found } => format!("công thức sai ở ký tự {at}, chỗ “{found}”."),
            Self::Unfinished { at } => format!("công thức thiếu phần cuối (ký tự {at})."),
            Self::OpenQuote { at } => format!("dấu nháy mở ở ký tự {at} không được đóng."),
            Self::OpenReference { at } => format!("“${{” ở ký tự {at} thiếu “}}”."),
            Self::Axis { at, axis } => format!("không dùng được “{axis}” (ký tự {at}). Hãy viết “${{ten_cau_hoi}}”."),
            Self::TooDeep { at } => format!("công thức lồng nhau quá sâu (ký tự {at}). Hãy tách thành nhiều câu “calculate”."),
            Self::UnknownFunction { at, name, like } => format!("không có hàm “{name}” (ký tự {at}).{}", meant(like)),
            Self::RefusedFunction { at, name } => format!("không dùng được hàm “{name}” ở đây (ký tự {at})."),
            Self::Arguments { at, name, least, most } if least == most => format!("hàm “{name}” (ký tự {at}) cần {least} tham số."),
            Self::Arguments { at, name, least, most } if *most == usize::MAX => {
                format!("hàm “{name}” (ký tự {at}) cần ít nhất {least} tham số.")
            }
            Self::Arguments { at, name, least, most } => format!("hàm “{name}” (ký tự {at}) cần từ {least} đến {most} tham số."),
            Self::NotText { at, name } => format!("hàm “{name}” (ký tự {at}) cần tên viết trong dấu nháy."),
            Self::NotNodes { at } => format!("chỗ này (ký tự {at}) cần một câu hỏi hoặc danh sách, không phải một giá trị."),
            Self::UnknownQuestion { name, like } => format!("không có câu hỏi “{name}”.{}", meant(like)),
            Self::AmbiguousQuestion { name } => format!("có nhiều câu hỏi tên “{name}”. Hãy đặt tên khác nhau."),
            Self::LastSaved { name } => format!("không dùng được “last-saved#{name}”: phiếu trước không được mở lại."),
            Self::NothingThere { at, name } => {
                format!("“{name}” (ký tự {at}) không phải câu hỏi nào, nên luôn trống. Câu hỏi viết là “${{{name}}}”.")
            }
            Self::UnknownPath { at, name } => format!("không có “{name}” ở chỗ đó (ký tự {at})."),
            Self::UnknownInstance { name, like } => format!("không có danh sách hay tệp “{name}”.{}", meant(like)),
            Self::BadPattern { pattern } => format!("không dùng được mẫu “{pattern}” của regex()."),
            Self::OutsidePredicate { at, name } => format!("“{name}()” (ký tự {at}) chỉ dùng giữa [ và ]."),
            Self::Cycle { names } => format!("các câu phụ thuộc vòng tròn: {}. Hãy bỏ một phụ thuộc.", names.join(" → ")),
        }
    }

    fn en(&self) -> String {
        let meant = |like: &Option<String>| like.as_ref().map_or(String::new(), |like| format!(" Is it “{like}”?"));
        match self {
            Self::NoSheet { name, like } => format!("there is no sheet “{name}”.{}", meant(like)),
            Self::SheetLike { name, like } => format!("there is no sheet “{name}”, and “{like}” is not read. If that is meant, rename it."),
            Self::EmptySheet => "the sheet has no rows. Choose the file that is filled in.".to_owned(),
            Self::TooManyRows { most } => format!("there are too many rows (at most {most}). Split the form."),
            Self::TooManyCells { most } => format!("there are too many cells (at most {most}). Take out rows or columns."),
            Self::CellTooLong { most } => format!("the cell is too long (at most {most} characters). Shorten it."),
            Self::RefusedSheet { why } => format!("this sheet cannot be used, {}. Take it out.", why.words(Lang::En)),
            Self::NoColumn { name } => format!("there is no column “{name}”. Add it."),
            Self::ColumnTwice => "the same column stands further left. Take one out.".to_owned(),
            Self::UnknownColumn { name, like } => match like {
                Some(like) => format!("there is no column “{name}”. Is it “{like}”?"),
                None => format!("column “{name}” means nothing to the form and is left out."),
            },
            Self::LeftOutColumn { name } => format!("column “{name}” is not used here and is left out."),
            Self::RefusedColumn { name, why } => format!("column “{name}” cannot be used, {}. Empty it.", why.words(Lang::En)),
            Self::TooManyLanguages { most } => format!("the form has too many languages (at most {most})."),
            Self::NoLanguage { name } => format!("no column is in the language “{name}”. Write it as in the headings."),
            Self::NoType => "the row has content and no type. Write one in column “type”.".to_owned(),
            Self::UnknownType { name, like } => format!("there is no type “{name}”.{}", meant(like)),
            Self::RefusedType { name, why } => format!("type “{name}” cannot be used, {}. Take the question out.", why.words(Lang::En)),
            Self::NeedsLocation { name } => {
                format!(
                    "“{name}” keeps a location, and the legal basis of the campaign does not allow one. Take the question out, or choose a campaign that may."
                )
            }
            Self::StaysEmpty { name } => format!("“{name}” always stays empty, {}.", Why::Identity.words(Lang::En)),
            Self::NoName => "there is no name in column “name”. Give it one without spaces.".to_owned(),
            Self::BadName { name } => format!("“{name}” is no name: a letter or “_” first, then letters, figures, “_”, “-”, “.”."),
            Self::NameTwice { name, row } => format!("the name “{name}” is taken by row {row}. Choose another."),
            Self::NoLabel { name } => format!("“{name}” has no words. Write them in column “label”."),
            Self::Unclosed { name } => format!("the group “{name}” is not closed. Add “end group” or “end repeat”."),
            Self::Unopened => "this closes a group that was not opened. Take the row out, or open the group.".to_owned(),
            Self::WrongEnd { name, row } => format!("this does not close “{name}”, opened in row {row} (group and repeat)."),
            Self::TooDeepGroups { most } => format!("groups are nested too deeply (at most {most})."),
            Self::NoList => "the list of options is not named behind the type: “select_one list_name”.".to_owned(),
            Self::UnknownList { name, like } => format!("sheet “choices” has no list “{name}”.{}", meant(like)),
            Self::UnknownFile { name } => format!("the file “{name}” is missing. Send it with the form."),
            Self::FileTwice { name } => format!("there are two files “{name}”. Take one out."),
            Self::DamagedFile { name } => format!("the file “{name}” is damaged. Choose it again."),
            Self::NoColumnInFile { file, column } => format!("“{file}” has no column “{column}”."),
            Self::ChoiceWithoutList => "the option belongs to no list. Write one in column “list_name”.".to_owned(),
            Self::ChoiceWithoutName => "the option has no code in column “name”.".to_owned(),
            Self::ChoiceTwice { name, row } => format!("the code “{name}” stands in row {row} of this list already. Change one."),
            Self::SpaceInChoice { name } => {
                format!("the code “{name}” has a space, which separates codes where several may be chosen. Use “_”.")
            }
            Self::OtherWithFilter => "“or_other” and “choice_filter” do not go together. Take one out.".to_owned(),
            Self::NotASelect => "only a question with options has this column.".to_owned(),
            Self::NotARepeat => "only “begin repeat” has a count.".to_owned(),
            Self::NoCalculation => "column “calculation” is empty.".to_owned(),
            Self::BadParameter { text } => format!("the parameter “{text}” is not understood. Write “name=value”."),
            Self::BadRange => "a range needs numbers for “start”, “end” and “step”, and a step that is not 0 and divides it.".to_owned(),
            Self::BadDefault { text } => format!("“{text}” is no answer to a question of this type."),
            Self::NotYesOrNo { text } => format!("“{text}”: write “yes”, “no” or a condition."),
            Self::UnknownAppearance { word } => format!("nobody knows the appearance “{word}”; it is left out."),
            Self::RefusedAppearance { word, why } => format!("the appearance “{word}” cannot be used, {}.", why.words(Lang::En)),
            Self::BadTrigger { text } => format!("“{text}” is no question. Write “${{question}}”."),
            Self::Syntax { at, found } => format!("the expression is wrong at character {at}, “{found}”."),
            Self::Unfinished { at } => format!("the end of the expression is missing (character {at})."),
            Self::OpenQuote { at } => format!("the quote at character {at} is not closed."),
            Self::OpenReference { at } => format!("“${{” at character {at} lacks its “}}”."),
            Self::Axis { at, axis } => format!("“{axis}” (character {at}) cannot be used. Write “${{question}}”."),
            Self::TooDeep { at } => {
                format!("the expression is nested too deeply (character {at}). Split it into several “calculate” rows.")
            }
            Self::UnknownFunction { at, name, like } => format!("there is no function “{name}” (character {at}).{}", meant(like)),
            Self::RefusedFunction { at, name } => format!("the function “{name}” (character {at}) cannot be used here."),
            Self::Arguments { at, name, least, most } if least == most => {
                format!("the function “{name}” (character {at}) takes {least} arguments.")
            }
            Self::Arguments { at, name, least, most } if *most == usize::MAX => {
                format!("the function “{name}” (character {at}) takes at least {least} arguments.")
            }
            Self::Arguments { at, name, least, most } => {
                format!("the function “{name}” (character {at}) takes {least} to {most} arguments.")
            }
            Self::NotText { at, name } => format!("the function “{name}” (character {at}) needs a name in quotes."),
            Self::NotNodes { at } => format!("character {at} wants a question or a list, not a value."),
            Self::UnknownQuestion { name, like } => format!("there is no question “{name}”.{}", meant(like)),
            Self::AmbiguousQuestion { name } => format!("several questions are called “{name}”. Give them different names."),
            Self::LastSaved { name } => format!("“last-saved#{name}” cannot be used: an earlier form is not opened again."),
            Self::NothingThere { at, name } => {
                format!("“{name}” (character {at}) is no question, so it is always empty. A question is written “${{{name}}}”.")
            }
            Self::UnknownPath { at, name } => format!("there is no “{name}” in that place (character {at})."),
            Self::UnknownInstance { name, like } => format!("there is no list or file “{name}”.{}", meant(like)),
            Self::BadPattern { pattern } => format!("regex() cannot use the pattern “{pattern}”."),
            Self::OutsidePredicate { at, name } => format!("“{name}()” (character {at}) only goes between [ and ]."),
            Self::Cycle { names } => format!("these depend on each other in a circle: {}. Take one dependency out.", names.join(" → ")),
        }
    }
}
