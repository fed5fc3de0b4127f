//! The tables of `docs/SURVEYS.md` are those of the code.

use domain::code::Lang;
use domain::form::appearance::{APPEARANCES, Effect};
use domain::form::column::{CHOICES, SETTINGS, SURVEY, Use};
use domain::form::function::FUNCTIONS;
use domain::form::kind::{KINDS, Support};
use std::fmt::Write as _;

fn tables() -> String {
    let mut out = String::from("### Types\n\n| type | support |\n|---|---|\n");
    for entry in KINDS {
        let support = match entry.support {
            Support::Full(_) => "yes".to_owned(),
            Support::Empty(_, why) => format!("taken, always empty, {}", why.words(Lang::En)),
            Support::Location(_) => "only where the legal basis of the campaign allows a location".to_owned(),
            Support::Refused(why) => format!("refused, {}", why.words(Lang::En)),
        };
        writeln!(out, "| `{}` | {support} |", entry.names.join("`, `")).unwrap();
    }
    out += "\n### Columns\n\n| sheet | column | use |\n|---|---|---|\n";
    let mut column = |sheet: &str, names: &[&str], made: String| writeln!(out, "| {sheet} | `{}` | {made} |", names.join("`, `")).unwrap();
    fn made<T>(made: &Use<T>) -> String {
        match made {
            Use::Read(_) => "read".to_owned(),
            Use::LeftOut => "left out, and said".to_owned(),
            Use::Refused(why) => format!("refused, {}", why.words(Lang::En)),
        }
    }
    SURVEY.iter().for_each(|(names, r#use)| column("survey", names, made(r#use)));
    CHOICES.iter().for_each(|(names, _)| column("choices", names, "read".to_owned()));
    column("choices", &["…"], "any other: read, for filters".to_owned());
    SETTINGS.iter().for_each(|(names, r#use)| column("settings", names, made(r#use)));
    out += "\n### Functions\n\n| function | arguments | support |\n|---|---|---|\n";
    for entry in FUNCTIONS {
        let arguments = match (entry.least, entry.most) {
            (_, _) if entry.function.is_none() => String::new(),
            (least, usize::MAX) => format!("{least} or more"),
            (least, most) if least == most => least.to_string(),
            (least, most) => format!("{least}–{most}"),
        };
        let support = match (entry.function.is_some(), entry.remark) {
            (true, "") => "yes".to_owned(),
            (true, remark) => format!("yes; {remark}"),
            (false, remark) => format!("refused: {remark}"),
        };
        writeln!(out, "| `{}` | {arguments} | {support} |", entry.name).unwrap();
    }
    out += "\n### Appearances\n\n| appearance | effect |\n|---|---|\n";
    for (word, effect) in APPEARANCES {
        let effect = match effect {
            Effect::Heeded => "heeded".to_owned(),
            Effect::Same => "taken, changes nothing".to_owned(),
            Effect::Refused(why) => format!("refused, {}", why.words(Lang::En)),
        };
        writeln!(out, "| `{word}` | {effect} |").unwrap();
    }
    out
}

#[test]
fn the_tables_of_the_page_are_those_of_the_code() {
    let page = include_str!("../../../docs/SURVEYS.md");
    let (_, written) = page.split_once("<!-- tables -->\n").unwrap();
    assert!(written == tables(), "docs/SURVEYS.md must end with these tables:\n{}", tables());
}

#[test]
fn functions_can_be_found() {
    assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name), "they are looked up by halves");
    for entry in FUNCTIONS {
        assert!(domain::form::function::find(entry.name).is_some(), "{}", entry.name);
    }
}
