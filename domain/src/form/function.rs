//! The functions that expressions may call, and those that are refused by their names.

/// A function: its name, how many arguments it takes, and whether it is supported.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// As it is written.
    pub name: &'static str,
    /// What it does here; `None` where it is refused.
    pub function: Option<Function>,
    /// The fewest arguments.
    pub least: usize,
    /// The most arguments.
    pub most: usize,
    /// Why it is refused, or what is particular about it; empty where it does what the specification says.
    pub remark: &'static str,
}

/// A supported function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the function of that name in `FUNCTIONS`")]
pub enum Function {
    Abs,
    Acos,
    Asin,
    Atan,
    Atan2,
    Boolean,
    BooleanFromString,
    Ceiling,
    Checklist,
    ChoiceName,
    Coalesce,
    Concat,
    Contains,
    Cos,
    Count,
    CountNonEmpty,
    CountSelected,
    Current,
    Date,
    DateTime,
    DecimalDateTime,
    DecimalTime,
    EndsWith,
    Exp,
    Exp10,
    False,
    Floor,
    FormatDate,
    If,
    IndexedRepeat,
    Instance,
    Int,
    Join,
    Last,
    Log,
    Log10,
    Max,
    Min,
    NormalizeSpace,
    Not,
    Now,
    Number,
    Once,
    Pi,
    Position,
    Pow,
    Pulldata,
    Random,
    Randomize,
    Regex,
    Round,
    Selected,
    SelectedAt,
    Sin,
    Sqrt,
    StartsWith,
    String,
    StringLength,
    Substr,
    Substring,
    SubstringAfter,
    SubstringBefore,
    Sum,
    Tan,
    Today,
    Translate,
    True,
    Uuid,
    WeightedChecklist,
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

const fn entry(name: &'static str, function: Function, least: usize, most: usize) -> Entry {
    Entry { name, function: Some(function), least, most, remark: "" }
}

const fn but(name: &'static str, function: Function, least: usize, most: usize, remark: &'static str) -> Entry {
    Entry { name, function: Some(function), least, most, remark }
}

const fn refused(name: &'static str, remark: &'static str) -> Entry {
    Entry { name, function: None, least: 0, most: MANY, remark }
}

/// Every function that the specification or a client knows, by name.
pub const FUNCTIONS: &[Entry] = &[
    entry("abs", Function::Abs, 1, 1),
    entry("acos", Function::Acos, 1, 1),
    refused("area", "location"),
    entry("asin", Function::Asin, 1, 1),
    entry("atan", Function::Atan, 1, 1),
    entry("atan2", Function::Atan2, 2, 2),
    refused("base64-decode", "nothing that a survey needs"),
    but("boolean", Function::Boolean, 1, 1, "an empty answer is false; so is a number 0"),
    entry("boolean-from-string", Function::BooleanFromString, 1, 1),
    entry("ceiling", Function::Ceiling, 1, 1),
    entry("checklist", Function::Checklist, 2, MANY),
    entry("coalesce", Function::Coalesce, 2, MANY),
    entry("concat", Function::Concat, 0, MANY),
    entry("contains", Function::Contains, 2, 2),
    entry("cos", Function::Cos, 1, 1),
    entry("count", Function::Count, 1, 1),
    entry("count-non-empty", Function::CountNonEmpty, 1, 1),
    entry("count-selected", Function::CountSelected, 1, 1),
    entry("current", Function::Current, 0, 0),
    but("date", Function::Date, 1, 1, "without a time, also of a moment; what is no date is empty"),
    entry("date-time", Function::DateTime, 1, 1),
    but("decimal-date-time", Function::DecimalDateTime, 1, 1, "days from 1970-01-01 in Viet Nam: a date is a whole number"),
    entry("decimal-time", Function::DecimalTime, 1, 1),
    refused("digest", "nothing that a survey needs"),
    refused("distance", "location"),
    entry("ends-with", Function::EndsWith, 2, 2),
    entry("exp", Function::Exp, 1, 1),
    entry("exp10", Function::Exp10, 1, 1),
    refused("extract-signed", "nothing that a survey needs"),
    entry("false", Function::False, 0, 0),
    entry("floor", Function::Floor, 1, 1),
    but("format-date", Function::FormatDate, 2, 2, "names of months and days in the form's language, Vietnamese or English"),
    but("format-date-time", Function::FormatDate, 2, 2, "names of months and days in the form's language, Vietnamese or English"),
    refused("geofence", "location"),
    refused("id", "no document of the form has identifiers"),
    entry("if", Function::If, 3, 3),
    entry("indexed-repeat", Function::IndexedRepeat, 3, 7),
    but("instance", Function::Instance, 1, 1, "the name is written as text"),
    entry("int", Function::Int, 1, 1),
    entry("join", Function::Join, 1, MANY),
    but("jr:choice-name", Function::ChoiceName, 2, 2, "the second argument is a question in quotes"),
    refused("jr:itext", "texts are columns of the workbook"),
    refused("lang", "no document of the form has languages"),
    entry("last", Function::Last, 0, 0),
    refused("local-name", "no names are asked in a survey"),
    entry("log", Function::Log, 1, 1),
    entry("log10", Function::Log10, 1, 1),
    entry("max", Function::Max, 1, MANY),
    entry("min", Function::Min, 1, MANY),
    refused("name", "no names are asked in a survey"),
    refused("namespace-uri", "no names are asked in a survey"),
    entry("normalize-space", Function::NormalizeSpace, 0, 1),
    entry("not", Function::Not, 1, 1),
    but("now", Function::Now, 0, 0, "in the time of Viet Nam"),
    entry("number", Function::Number, 0, 1),
    entry("once", Function::Once, 1, 1),
    entry("pi", Function::Pi, 0, 0),
    but("position", Function::Position, 0, 1, "without an argument only between [ and ]"),
    entry("pow", Function::Pow, 2, 2),
    refused("property", "would tell of the person or the phone"),
    but("pulldata", Function::Pulldata, 4, 4, "file and columns are written as text"),
    entry("random", Function::Random, 0, 0),
    entry("randomize", Function::Randomize, 1, 2),
    but("regex", Function::Regex, 2, 2, "the whole text must match, as in JavaRosa; no look-around, no back references"),
    entry("round", Function::Round, 1, 2),
    refused("search", "a file is a list of its own: select_one_from_file"),
    entry("selected", Function::Selected, 2, 2),
    entry("selected-at", Function::SelectedAt, 2, 2),
    entry("sin", Function::Sin, 1, 1),
    entry("sqrt", Function::Sqrt, 1, 1),
    entry("starts-with", Function::StartsWith, 2, 2),
    entry("string", Function::String, 0, 1),
    entry("string-length", Function::StringLength, 0, 1),
    entry("substr", Function::Substr, 2, 3),
    entry("substring", Function::Substring, 2, 3),
    entry("substring-after", Function::SubstringAfter, 2, 2),
    entry("substring-before", Function::SubstringBefore, 2, 2),
    entry("sum", Function::Sum, 1, 1),
    entry("tan", Function::Tan, 1, 1),
    but("today", Function::Today, 0, 0, "in the time of Viet Nam"),
    entry("translate", Function::Translate, 3, 3),
    entry("true", Function::True, 0, 0),
    but("uuid", Function::Uuid, 0, 1, "from the seed that the session was given"),
    but("weighted-checklist", Function::WeightedChecklist, 2, MANY, "values and weights in pairs"),
];

/// The function of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    let at = FUNCTIONS.binary_search_by_key(&name, |entry| entry.name).ok()?;
    FUNCTIONS.get(at)
}

/// The name that somebody may have meant: at most two letters off, and of short names none or one.
pub fn nearest<'a>(wrong: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let most = match wrong.chars().count() {
        0..=1 => return None,
        2..=4 => 1,
        _ => 2,
    };
    let near = among.into_iter().filter_map(|name| Some((distance(wrong, name, most)?, name))).min()?;
    Some(near.1.to_owned())
}

/// How many letters to change, add or leave out, if at most so many.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > 4 * most || a.len().max(b.len()) > 200 {
        return None;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut above_left = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let above = *cell;
            left = (above_left + usize::from(from != *to)).min(above + 1).min(left + 1);
            *cell = left;
            above_left = above;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().filter(|distance| *distance <= most)
}
