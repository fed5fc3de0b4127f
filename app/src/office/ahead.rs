//! Mergers and splits that were entered before their day: what waits, what became of it, and a way to drop one.

use crate::directory::{Directory, directory};
use crate::fetched::Fetched;
use crate::form::Form;
use crate::session::{lang, words};
use crate::ui::{confirm, mark};
use app::ui::icon::{Icon, Tone};
use domain::ahead::{Ahead, AheadState, DropAhead};
use domain::office::Seen;
use leptos::prelude::*;

/// The table of them, the latest day first; nothing where there are none.
pub fn table() -> AnyView {
    let words = words();
    let directory = directory();
    let all = Fetched::<Vec<Seen<Ahead>>>::new(|| Some("units/ahead".to_owned()));
    let draw = move |ahead: Vec<Seen<Ahead>>| {
        if ahead.is_empty() {
            return ().into_any();
        }
        let rows = ahead.into_iter().enumerate().map(|(n, seen)| row(n + 1, seen, directory, all)).collect_view();
        view! {
            <table class="tbl text">
                <caption>{words.ahead_title}</caption>
                <thead><tr>
                    <th scope="col">{words.in_force}</th>
                    <th scope="col">{words.rearrange_kind}</th>
                    <th scope="col">{words.decision_of_units}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    all.draw(draw)
}

fn row(n: usize, seen: Seen<Ahead>, directory: Directory, all: Fetched<Vec<Seen<Ahead>>>) -> AnyView {
    let words = words();
    let Seen { seen, value: Ahead { id, decided, state, wrong, .. }, .. } = seen;
    let (on, decision_no) = (decided.on, decided.decision_no);
    let into: Vec<String> = decided.into.into_iter().map(|new| new.name).collect();
    let what = move || {
        let from: Vec<String> = decided.from.iter().map(|unit| directory.unit_name(*unit)).collect();
        (words.ahead_what)(&from.join(words.and_word), &into.join(words.and_word))
    };
    let (tone, icon) = match state {
        AheadState::Waiting => (Tone::Wait, Icon::CLOCK),
        AheadState::Done => (Tone::Good, Icon::DONE),
        AheadState::Refused => (Tone::Bad, Icon::WARNING),
        AheadState::Dropped => (Tone::Plain, Icon::STOP),
    };
    let why = (state == AheadState::Refused).then(|| {
        let why = match wrong.as_str() {
            "name" | "code" | "id" => words.ahead_name_taken,
            "households" => words.ahead_households,
            _ => words.ahead_villages,
        };
        view! { <p>{why}</p> }
    });
    let drop = (state == AheadState::Waiting).then(|| {
        let form = Form::of_row("ahead", n);
        let act = move || form.store(&[], "units/ahead", seen, DropAhead { id }, move |()| all.again());
        form.view(|| (), confirm(words.drop_ahead, move || words.drop_ahead_warning.to_owned(), words.drop_ahead, act))
    });
    view! {
        <tr>
            <th scope="row">{on.to_string()}</th>
            <td>{what}<br/>{mark(tone, icon, state.label(lang()))}{why}{drop}</td>
            <td>{decision_no}</td>
        </tr>
    }
    .into_any()
}
