//! The ruled row: left of the margin line what the app knows (number, date, sign), right of it the words.

use super::icon::{Icon, Tone};
use super::live::tap;
use domain::coverage::Standing;
use domain::time::Date;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// What stands left of the margin line: a number or date, and a sign.
pub fn margin(number: impl Into<String>, sign: Option<(Icon, Tone)>) -> AnyView {
    let number: String = number.into();
    let sign = sign.map(|(icon, tone)| icon.toned(tone));
    // A date does not fit where three digits do.
    let number = if number.contains('/') { view! { <b class="small">{number}</b> }.into_any() } else { number.into_any() };
    view! { <span class="m">{number}{sign}</span> }.into_any()
}

/// A row that opens a page: a link, as every row that leads somewhere.
pub fn link_row(href: String, margin: AnyView, words: AnyView) -> AnyView {
    view! { <li><a href=href class="row">{margin}<span class="t">{words}</span>{Icon::NEXT.view()}</a></li> }.into_any()
}

/// A row that does something where it stands.
pub fn action_row(margin: AnyView, words: AnyView, act: impl Fn() + 'static) -> AnyView {
    button_row(margin, words, tap(act))
}

fn button_row(margin: AnyView, words: AnyView, act: Box<dyn Fn(MouseEvent)>) -> AnyView {
    view! {
        <li><button type="button" class="row" on:click=act>{margin}<span class="t">{words}</span>{Icon::NEXT.view()}</button></li>
    }
    .into_any()
}

/// A row to read. `now` marks the step that is being done.
pub fn plain_row(now: bool, margin: AnyView, words: AnyView) -> AnyView {
    let class = if now { "row on" } else { "row" };
    view! { <li><div class=class>{margin}<span class="t">{words}</span></div></li> }.into_any()
}

/// A row to read, with what can be done about it beneath.
pub fn plain_row_with(margin: AnyView, words: AnyView, beneath: AnyView) -> AnyView {
    view! { <li><div class="row">{margin}<span class="t">{words}</span></div>{beneath}</li> }.into_any()
}

/// A state beside its words: sign, word and colour.
pub fn mark(tone: Tone, icon: Option<Icon>, words: String) -> AnyView {
    view! { <span class=tone.class("mark")>{icon.map(Icon::view)}" "{words}</span> }.into_any()
}

/// The sign of a household in a list. Every attempt without contact has the same, so that it gives nothing away.
pub fn standing_sign(standing: Standing, today: Date) -> (Icon, Tone) {
    match standing {
        Standing::New => (Icon::NOT_YET, Tone::Plain),
        Standing::Tried(_) => (Icon::DOOR, Tone::Plain),
        Standing::Met(_) => (Icon::DONE, Tone::Good),
        Standing::Due(next) if next.date < today => (Icon::WARNING, Tone::Bad),
        Standing::Due(_) => (Icon::CLOCK, Tone::Wait),
        Standing::Moved | Standing::Gone => (Icon::MOVED, Tone::Plain),
        Standing::NoContact => (Icon::NO_CONTACT, Tone::Plain),
    }
}
