//! Answers: what may be stored of what somebody types, by the type of the question.

use super::definition::Item;
use super::kind::Kind;
use super::moment::{self, Moment};
use super::value::{number, parts, print};
use crate::code::Lang;
use crate::text::compose;

/// Why an answer is not taken. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// There is no such question any more; look at the form anew.
    NoQuestion,
    /// The form works it out, or says that nobody may answer.
    ReadOnly,
    /// It would tell who fills in the form, or on which phone: it always stays empty.
    Withheld,
    /// Write it in figures, with a point before decimals.
    NotANumber,
    /// Write it in figures, without decimals.
    NotAnInteger,
    /// There is no such day.
    NotADate,
    /// There is no such time.
    NotATime,
    /// Latitude and longitude are wanted.
    NotALocation,
    /// The list has no option of that code.
    NoSuchOption(String),
    /// The answer is too long: at most [`MAX_ANSWER`] characters.
    TooLong,
    /// The form itself counts how many there are.
    Counted,
    /// There are as many as there may be.
    TooMany,
}

/// How long an answer may be, in characters.
pub const MAX_ANSWER: usize = 20_000;

/// The largest whole number that is kept exactly.
const MAX_INTEGER: f64 = 9_007_199_254_740_991.0;

/// An answer as it is stored; an empty one is none.
pub(super) fn normal(item: &Item, text: &str) -> Result<String, AnswerError> {
    if text.chars().nth(MAX_ANSWER).is_some() {
        return Err(AnswerError::TooLong);
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(String::new());
    }
    Ok(match item.kind {
        Kind::Integer => print(figure(trimmed).filter(|n| n.fract() == 0.0 && n.abs() <= MAX_INTEGER).ok_or(AnswerError::NotAnInteger)?),
        Kind::Decimal | Kind::Range => print(figure(trimmed).ok_or(AnswerError::NotANumber)?),
        Kind::Date | Kind::Today => moment::read(trimmed).ok_or(AnswerError::NotADate)?.date.iso(),
        Kind::DateTime | Kind::Start | Kind::End => {
            let read = moment::read(trimmed).ok_or(AnswerError::NotADate)?;
            Moment { timed: true, ..read }.print()
        }
        Kind::Time => {
            let (clock, zone) = moment::read_clock(trimmed).ok_or(AnswerError::NotATime)?;
            moment::print_clock(moment::local(clock, zone))
        }
        Kind::Acknowledge => "OK".to_owned(),
        Kind::SelectOne => compose(trimmed.to_owned()),
        Kind::SelectMultiple | Kind::Rank => {
            let mut once: Vec<&str> = Vec::new();
            for part in parts(trimmed) {
                if !once.contains(&part) {
                    once.push(part);
                }
            }
            compose(once.join(" "))
        }
        Kind::Geopoint | Kind::StartGeopoint => points(trimmed, 1, 1)?,
        Kind::Geotrace => points(trimmed, 2, usize::MAX)?,
        Kind::Geoshape => points(trimmed, 4, usize::MAX)?,
        _ => compose(text.to_owned()),
    })
}

/// A number that consists of figures alone: dates are none here.
fn figure(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok().filter(|_| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')))?;
    number.is_finite().then_some(number)
}

/// Points as OpenRosa writes them: `latitude longitude altitude accuracy`, with `;` between them.
fn points(text: &str, least: usize, most: usize) -> Result<String, AnswerError> {
    let points: Vec<&str> = text.split(';').map(str::trim).filter(|point| !point.is_empty()).collect();
    let is_point = |point: &&str| {
        let numbers: Vec<f64> = parts(point).map(number).collect();
        matches!(numbers.as_slice(), [lat, lon, rest @ ..] if lat.abs() <= 90.0 && lon.abs() <= 180.0 && rest.len() <= 2 && rest.iter().all(|n| n.is_finite()))
    };
    let fits = (least..=most).contains(&points.len()) && points.iter().all(is_point);
    if fits { Ok(points.join(";")) } else { Err(AnswerError::NotALocation) }
}

/// A worked-out value as its type stores it: a number of days becomes a date where a date is asked for.
pub(super) fn as_kind(kind: Kind, value: String) -> String {
    let timed = match kind {
        Kind::Date => false,
        Kind::DateTime => true,
        _ => return value,
    };
    match value.parse().ok().and_then(moment::of_days) {
        Some(moment) => {
            if timed {
                Moment { timed, ..moment }.print()
            } else {
                moment.date.iso()
            }
        }
        None => value,
    }
}

/// Start, end and step of a range.
pub(super) fn range(item: &Item) -> Option<(f64, f64, f64)> {
    let read = |name, otherwise| item.parameter(name).map_or(Some(otherwise), figure);
    let (start, end, step) = (read("start", 1.0)?, read("end", 10.0)?, read("step", 1.0)?);
    let steps = (end - start) / step;
    (step != 0.0 && start != end && (steps - steps.round()).abs() < 1e-6).then_some((start, end, step.abs()))
}

/// Whether a number is one that a range offers.
pub(super) fn is_in_range(item: &Item, value: &str) -> bool {
    let Some((start, end, step)) = range(item) else { return true };
    let at = number(value);
    let steps = (at - start) / step;
    at >= start.min(end) && at <= start.max(end) && (steps - steps.round()).abs() < 1e-6
}

/// Whether a language of a form, as its headings write it, is Vietnamese; everything else is told in English.
pub(super) fn language(name: &str) -> Lang {
    let name = compose(name.trim().to_lowercase());
    let is_vietnamese = name.contains("(vi)") || name == "vi" || name.contains("tiếng việt") || name.starts_with("vietnam");
    if is_vietnamese { Lang::Vi } else { Lang::En }
}

impl AnswerError {
    /// What is wrong, and what to do.
    pub fn words(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::NoQuestion => ("Câu hỏi này không còn. Hãy mở lại phiếu.", "There is no such question any more. Open the form again."),
            Self::ReadOnly => ("Câu này chỉ để đọc.", "This can only be read."),
            Self::Withheld => ("Câu này luôn để trống để giữ kín người trả lời.", "This always stays empty, to protect whoever answers."),
            Self::NotANumber => {
                ("Hãy nhập bằng chữ số, dùng dấu chấm trước phần thập phân.", "Write it in figures, with a point before decimals.")
            }
            Self::NotAnInteger => ("Hãy nhập số nguyên.", "Write a whole number."),
            Self::NotADate => ("Không có ngày này.", "There is no such day."),
            Self::NotATime => ("Không có giờ này.", "There is no such time."),
            Self::NotALocation => ("Hãy ghi vĩ độ và kinh độ.", "Write latitude and longitude."),
            Self::NoSuchOption(code) => {
                return match lang {
                    Lang::Vi => format!("Không có lựa chọn “{code}”."),
                    Lang::En => format!("There is no option “{code}”."),
                };
            }
            Self::TooLong => ("Câu trả lời quá dài. Hãy rút ngắn.", "The answer is too long. Shorten it."),
            Self::Counted => ("Số lần lặp do phiếu tự tính.", "The form itself counts these."),
            Self::TooMany => ("Đã đủ số lần lặp cho phép.", "There are as many as there may be."),
        };
        if lang == Lang::Vi { vi } else { en }.to_owned()
    }
}
