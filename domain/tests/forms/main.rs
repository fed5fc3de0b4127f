//! The survey engine: expressions, workbooks, sessions, limits, and the table of what is supported.

mod expressions;
mod imports;
mod limits;
mod round_trip;
mod sessions;
mod support;

use domain::form::definition::{File, Form};
use domain::form::import::{Permit, import};
use domain::form::plan::Plan;
use domain::form::session::Session;
use domain::form::value::Place;
use domain::form::workbook::{Sheet, Workbook};
use domain::time::{Date, Time};
use std::sync::Arc;

/// 24 November 2026, 08:30 in Viet Nam.
fn clock() -> Time {
    Date::new(2026, 11, 24).unwrap().at("8:30").unwrap()
}

/// A workbook of lines whose cells stand between `|`; a line `# name` begins a sheet.
fn workbook(text: &str) -> Workbook {
    let mut sheets: Vec<Sheet> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(name) => sheets.push(Sheet { name: name.to_owned(), rows: Vec::new() }),
            None => sheets.last_mut().unwrap().rows.push(line.split('|').map(|cell| cell.trim().to_owned()).collect()),
        }
    }
    Workbook { sheets }
}

fn form_with(text: &str, files: Vec<File>) -> Form {
    match import(&workbook(text), files, Permit::default()) {
        Ok(imported) => imported.form,
        Err(problems) => panic!("{}", problems.iter().map(|problem| problem.words(domain::code::Lang::En)).collect::<Vec<_>>().join("\n")),
    }
}

fn form(text: &str) -> Form {
    form_with(text, Vec::new())
}

fn begin(form: Form) -> Session {
    Session::new(Arc::new(Plan::new(form).unwrap()), clock(), 7)
}

fn session(text: &str) -> Session {
    begin(form(text))
}

/// The only place of that name.
fn at(session: &Session, name: &str) -> Place {
    let places = session.find(name);
    assert_eq!(places.len(), 1, "{name}");
    places[0]
}

fn set(session: &mut Session, name: &str, value: &str) {
    let place = at(session, name);
    session.set(place, value).unwrap();
}

fn value<'a>(session: &'a Session, name: &str) -> &'a str {
    session.value(at(session, name))
}

/// The values of a question in every instance.
fn values(session: &Session, name: &str) -> Vec<String> {
    session.find(name).into_iter().map(|place| session.value(place).to_owned()).collect()
}
