//! What the survey engine takes, natively: `cargo run --release -p domain --example forms`.
//! One figure a line: name, milliseconds, the middle of eleven runs.

use domain::form::definition::{Form, Item, List, Source};
use domain::form::kind::Kind;
use domain::form::list::Table;
use domain::form::plan::Plan;
use domain::form::session::Session;
use domain::form::value::Place;
use domain::time::Time;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    figure("form_open_1000_questions", questions(), |form| drop(open(form)), |form| form.clone());
    figure("form_open_1000_calculates", calculates(), |form| drop(open(form)), |form| form.clone());
    figure("form_key_1000_calculates", open(calculates()), |mut session| answer(&mut session, "first", "7"), Session::clone);
    let of_200 = || {
        (0..199).fold(open(repeats()), |mut session, _| session.add(Place::FORM, "r").map(|_| session).unwrap_or_else(|_| open(repeats())))
    };
    figure("form_add_repeat_200", of_200(), |mut session| drop(session.add(Place::FORM, "r")), Session::clone);
    figure("form_select_50000_open", options(), |form| drop(open(form)), |form| form.clone());
    let mut session = open(options());
    answer(&mut session, "district", "d7");
    let ward = session.find("ward").first().copied().unwrap_or(Place::FORM);
    figure("form_select_50000_choices", session, |session| assert_eq!(session.choices(ward).len(), 50), |session| session.clone());
}

/// Prints how long `work` takes on a copy of what was prepared.
fn figure<T>(name: &str, prepared: T, work: impl Fn(T), copy: impl Fn(&T) -> T) {
    let mut times: Vec<f64> = (0..11)
        .map(|_| {
            let copied = copy(&prepared);
            let began = Instant::now();
            work(copied);
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name} {:.2} ms", times[5]);
}

fn open(form: Form) -> Session {
    match Plan::new(form) {
        Ok(plan) => Session::new(Arc::new(plan), Time(0), 1),
        Err(faults) => panic!("{faults:?}"),
    }
}

fn answer(session: &mut Session, name: &str, value: &str) {
    for place in session.find(name) {
        assert!(session.set(place, value).is_ok(), "{name}");
    }
}

fn item(kind: Kind, name: &str, depth: u16) -> Item {
    let mut item = Item::new(kind, name);
    item.depth = depth;
    item.label.set(0, format!("Câu {name}"));
    item
}

fn form(items: Vec<Item>) -> Form {
    Form { languages: vec![String::new()], items, ..Form::default() }
}

fn questions() -> Form {
    form(
        (0..1_000)
            .map(|n| {
                let mut item = item(Kind::Integer, &format!("q{n}"), 0);
                item.relevant = if n > 0 { format!("${{q{}}} != 3", n - 1) } else { String::new() };
                item.constraint = ". >= 0 and . < 200".to_owned();
                item
            })
            .collect(),
    )
}

fn calculates() -> Form {
    let mut items = vec![item(Kind::Integer, "first", 0)];
    items.extend((0..1_000).map(|n| {
        let mut item = item(Kind::Calculate, &format!("c{n}"), 0);
        item.calculation = if n > 0 { format!("${{c{}}} + 1", n - 1) } else { "coalesce(${first}, 0) + 1".to_owned() };
        item
    }));
    form(items)
}

fn repeats() -> Form {
    let mut items = vec![item(Kind::Repeat, "r", 0), item(Kind::Integer, "x", 1)];
    for (name, calculation) in [("no", "position(..)"), ("y", "coalesce(${x}, 0) * 2"), ("z", "if(${y} > 3, ${y}, ${no})")] {
        let mut item = item(Kind::Calculate, name, 1);
        item.calculation = calculation.to_owned();
        items.push(item);
    }
    let mut sum = item(Kind::Calculate, "sum", 0);
    sum.calculation = "sum(${z})".to_owned();
    items.push(sum);
    form(items)
}

fn options() -> Form {
    let district = |n: usize| format!("d{n}");
    let mut first = item(Kind::SelectOne, "district", 0);
    first.source = Some(Source::List("district".to_owned()));
    let mut second = item(Kind::SelectOne, "ward", 0);
    second.source = Some(Source::List("ward".to_owned()));
    second.choice_filter = "district = ${district}".to_owned();
    let mut form = form(vec![first, second]);
    let districts = (0..1_000).map(|n| [district(n), format!("Huyện {n}")]);
    form.lists.push(List { name: "district".to_owned(), table: Table::of(vec!["name".into(), "label".into()], districts) });
    let wards = (0..50_000).map(|n| [format!("w{n}"), format!("Xã {n}"), district(n % 1_000)]);
    form.lists.push(List { name: "ward".to_owned(), table: Table::of(vec!["name".into(), "label".into(), "district".into()], wards) });
    form
}
