//! Values of expressions, and the conversions between them: what XPath says, read as the clients of the field read it.

use super::moment;
use std::borrow::Cow;

/// What an expression evaluates to. Texts are borrowed from the session where they can be.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Number(f64),
    Bool(bool),
    Text(Cow<'a, str>),
    Nodes(Vec<Node>),
}

/// One member of a node-set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A question, group or repeat of the form.
    Place(Place),
    /// What `instance('…')` gives: a list above its only child.
    List(u32),
    /// `instance('…')/root`.
    Root(u32),
    /// `…/root/item`: one option, or one row of a file.
    Item(u32, u32),
    /// One cell of it: list, row, column.
    Field(u32, u32, u32),
}

/// One node of a filled form: which row (the form itself is row 0, every repeat that was added another), and which node of
/// the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub(super) row: u32,
    pub(super) node: u32,
}

impl Place {
    /// The whole form.
    pub const FORM: Self = Self { row: 0, node: 0 };
}

/// The number that a text is; NaN where it is none. Dates count their days, as the ODK specification has it of `number()`.
///
/// A decimal comma makes no number: expressions are the same in every language.
pub(super) fn number(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.as_bytes().first() {
        Some(b'0'..=b'9' | b'.') => {
            // Rust reads whatever is of these characters as XPath does, with the exponent that every client allows too.
            let is_figures = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
            if let (true, Ok(number)) = (is_figures, text.parse()) {
                return number;
            }
            moment::days(text).unwrap_or(f64::NAN)
        }
        Some(b'I') if digits == "Infinity" => {
            if digits.len() < text.len() {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        }
        _ => f64::NAN,
    }
}

/// A number as XPath prints it: no exponent, no point behind whole numbers, zero without a sign.
pub(super) fn print(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if number == 0.0 {
        "0".to_owned()
    } else {
        format!("{number}")
    }
}

/// The parts of an answer to a select: separated by spaces.
pub(super) fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split([' ', '\t', '\n', '\r']).filter(|part| !part.is_empty())
}
