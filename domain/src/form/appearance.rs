//! How a question looks: which words of the `appearance` column mean something, and which are refused.

use super::problem::Why;

/// What a word of the column does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The screens heed it.
    Heeded,
    /// The phone has one way to show such a question, and it is a good one: the word changes nothing.
    Same,
    /// The form is refused.
    Refused(Why),
}

/// Every word that XLSForm knows; a `*` stands for what follows.
pub const APPEARANCES: &[(&str, Effect)] = &[
    ("annotate", Effect::Same),
    ("autocomplete", Effect::Heeded),
    ("bearing", Effect::Refused(Why::Location)),
    ("bikram-sambat", Effect::Refused(Why::NotYet)),
    ("buddhist", Effect::Refused(Why::NotYet)),
    ("columns*", Effect::Same),
    ("compact*", Effect::Same),
    ("coptic", Effect::Refused(Why::NotYet)),
    ("counter", Effect::Same),
    ("draw", Effect::Heeded),
    ("ethiopian", Effect::Refused(Why::NotYet)),
    ("ex:*", Effect::Refused(Why::OtherProgram)),
    ("field-list", Effect::Heeded),
    ("front", Effect::Heeded),
    ("hidden-answer", Effect::Heeded),
    ("horizontal*", Effect::Same),
    ("image-map", Effect::Refused(Why::NotYet)),
    ("islamic", Effect::Refused(Why::NotYet)),
    ("label", Effect::Heeded),
    ("likert", Effect::Same),
    ("list", Effect::Heeded),
    ("list-nolabel", Effect::Heeded),
    ("map", Effect::Refused(Why::Location)),
    ("maps", Effect::Refused(Why::Location)),
    ("masked", Effect::Heeded),
    ("minimal", Effect::Heeded),
    ("month-year", Effect::Heeded),
    ("multiline", Effect::Heeded),
    ("myanmar", Effect::Refused(Why::NotYet)),
    ("new*", Effect::Heeded),
    ("no-buttons", Effect::Same),
    ("no-calendar", Effect::Heeded),
    ("no-collapse", Effect::Same),
    ("no-ticks", Effect::Heeded),
    ("numbers", Effect::Heeded),
    ("persian", Effect::Refused(Why::NotYet)),
    ("picker", Effect::Heeded),
    ("placement-map", Effect::Refused(Why::Location)),
    ("printer:*", Effect::Refused(Why::OtherProgram)),
    ("quick*", Effect::Heeded),
    ("randomized", Effect::Refused(Why::Outdated)),
    ("rating", Effect::Heeded),
    ("search*", Effect::Refused(Why::NotYet)),
    ("signature", Effect::Heeded),
    ("spinner", Effect::Same),
    ("table-list", Effect::Heeded),
    ("thousands-sep", Effect::Heeded),
    ("url", Effect::Heeded),
    ("vertical", Effect::Same),
    ("w1", Effect::Same),
    ("w2", Effect::Same),
    ("w3", Effect::Same),
    ("w4", Effect::Same),
    ("w5", Effect::Same),
    ("w6", Effect::Same),
    ("w7", Effect::Same),
    ("w8", Effect::Same),
    ("w9", Effect::Same),
    ("w10", Effect::Same),
    ("year", Effect::Heeded),
];

/// What a word does; `None` if nobody knows it.
pub fn find(word: &str) -> Option<Effect> {
    let fits = |known: &str| match known.strip_suffix('*') {
        Some(start) => word.starts_with(start),
        None => word == known,
    };
    APPEARANCES.iter().find(|(known, _)| fits(known)).map(|(_, effect)| *effect)
}

/// The words of a cell: at spaces, but for those between brackets and quotes.
pub fn words(cell: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut open, mut quote) = (0usize, None);
    for c in cell.chars() {
        match (c, quote) {
            ('(', None) => open += 1,
            (')', None) => open = open.saturating_sub(1),
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(begun)) if c == begun => quote = None,
            (_, None) if c.is_whitespace() && open == 0 => {
                words.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = words.last_mut() {
            last.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
