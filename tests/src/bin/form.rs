//! Plays steps on a form, for the conformance suite (`tests/conformance/`): a job comes in as JSON, what our engine says
//! goes out as JSON.

use domain::code::Lang;
use domain::form::import::{Permit, import};
use domain::form::kind::Kind;
use domain::form::plan::Plan;
use domain::form::session::{Invalid, Session};
use domain::form::value::Place;
use domain::time::Time;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What is to be done.
#[derive(Deserialize)]
struct Job {
    /// The workbook.
    workbook: PathBuf,
    /// A directory with the files beside it.
    files: Option<PathBuf>,
    /// What is done, on what, and the value.
    steps: Vec<Vec<String>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let job: Job = serde_json::from_reader(io::stdin().lock())?;
    println!("{}", play(&job)?);
    Ok(())
}

fn play(job: &Job) -> Result<Value, Box<dyn Error>> {
    let book = match server::form::workbook(&fs::read(&job.workbook)?) {
        Ok(book) => book,
        Err(error) => return Ok(json!({ "refused": format!("{error:?}") })),
    };
    let mut files = Vec::new();
    for entry in job.files.iter().map(fs::read_dir).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.extend(server::form::table(&fs::read(&path)?, &name));
    }
    // The peer is asked about everything that it knows.
    let imported = match import(&book, files, Permit { location: true }) {
        Ok(imported) => imported,
        Err(problems) => {
            let words: Vec<String> =
                problems.iter().filter(|problem| !problem.fault.is_notice()).map(|problem| problem.words(Lang::En)).collect();
            return Ok(json!({ "refused": words.join(" · ") }));
        }
    };
    let plan = Plan::new(imported.form).map_err(|faults| format!("no plan: {faults:?}"))?;
    let now = Time(i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis())?);
    let mut session = Session::new(Arc::new(plan), now, 1);
    let mut states = vec![state(&session)];
    for step in &job.steps {
        take(&mut session, step)?;
        states.push(state(&session));
    }
    Ok(json!({ "states": states }))
}

fn take(session: &mut Session, step: &[String]) -> Result<(), Box<dyn Error>> {
    let [what, reference, rest @ ..] = step else { return Err("a step is [what, reference, value]".into()) };
    let path = reference.split_once('/').and_then(|(_, path)| path.split_once('/')).map_or("", |(_, path)| path);
    let find = |session: &Session, path: &str| session.places().into_iter().find(|place| session.path(*place) == path);
    match what.as_str() {
        "set" => {
            let place = find(session, path).ok_or_else(|| format!("no place {reference}"))?;
            let value = rest.first().map_or("", String::as_str);
            session.set(place, value).map_err(|error| format!("{reference} = {value}: {error:?}"))?;
        }
        "add" => {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            let parent = if parent.is_empty() { Place::FORM } else { find(session, parent).ok_or_else(|| format!("no place {parent}"))? };
            session.add(parent, name).map_err(|error| format!("add {reference}: {error:?}"))?;
        }
        "remove" => {
            let place = find(session, path).ok_or_else(|| format!("no place {reference}"))?;
            session.remove(place).map_err(|error| format!("remove {reference}: {error:?}"))?;
        }
        _ => return Err(format!("no such step: {what}").into()),
    }
    Ok(())
}

/// Every node as the peer names it: `/data/child[1]/age`.
fn state(session: &Session) -> Value {
    let nodes = session.places().into_iter().filter_map(|place| {
        let item = session.item(place)?;
        let reference = format!("/data/{}", session.path(place));
        if !session.is_relevant(place) {
            return Some((reference, json!({ "relevant": false })));
        }
        let mut node = Map::new();
        node.insert("relevant".to_owned(), json!(true));
        node.insert("label".to_owned(), text(session.label(place)));
        node.insert("hint".to_owned(), text(session.hint(place)));
        if !item.kind.holds_items() {
            // Of what nobody is asked, the peer says that it could be answered.
            if item.kind.is_shown() && item.kind != Kind::Note {
                node.insert("readonly".to_owned(), json!(session.is_read_only(place)));
            }
            node.insert("value".to_owned(), json!(session.value(place)));
            node.insert("required".to_owned(), json!(session.is_required(place)));
            let violation = session.invalid(place).map(|invalid| match invalid {
                Invalid::Required(_) => "required",
                Invalid::Constraint(_) => "constraint",
                Invalid::OutOfRange => "out of range",
                Invalid::TooMany(_) => "too many",
            });
            node.insert("violation".to_owned(), json!(violation));
        }
        if matches!(item.kind, Kind::SelectOne | Kind::SelectMultiple | Kind::Rank) {
            let options: Vec<_> = session.choices(place).into_iter().map(|choice| json!([choice.code, choice.label])).collect();
            node.insert("options".to_owned(), json!(options));
        }
        Some((reference, Value::Object(node)))
    });
    Value::Object(nodes.collect())
}

fn text(words: String) -> Value {
    if words.is_empty() { Value::Null } else { Value::String(words) }
}
