//! Visits as a list. Every attempt without contact reads "chưa gặp"; only the visit's own page on the phone tells more.

use crate::fetched::Fetched;
use crate::filter::{Part, bar, everything, exports, filter, narrowed, open, opened};
use crate::list::List;
use crate::redaction::{erase, erase_beside};
use crate::session::{lang, session, shared, today, words};
use crate::ui::{day_margin, detail, empty, heading, mark, quoted};
use app::ui::icon::{Icon, Tone};
use domain::id::RecordId;
use domain::office::{Filter, Listed, NoteRow, VisitRow};
use domain::operation::Kind;
use domain::person::Action;
use leptos::prelude::*;

const PAGE: &str = "visits";

/// The list of visits.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let opened = opened();
    let list = List::<VisitRow>::new(PAGE, filter);
    let title = move || list.title(words.visits, words.visits_found, words.met_of_them);
    let out = session().may(Action::Export).then(|| exports(PAGE, filter, move || list.total()));
    let nothing = move || {
        if filter.get_untracked() == Filter::default() {
            empty(words.no_visits_why, ())
        } else {
            empty(words.nothing_found, everything(PAGE))
        }
    };
    let row = move |one: VisitRow| row(&one, &filter.get_untracked(), opened);
    let pane = move || {
        let rows = list.rows();
        let id = opened.get();
        rows.iter().find(|row| Some(row.id) == id).or_else(|| rows.first()).map(pane)
    };
    let parts: &[Part] = &[Part::Words, Part::Campaign, Part::Days, Part::Village, Part::Team, Part::State, Part::Source];
    view! {
        <div class="line">{heading(title)}{out}</div>
        {bar(parts, filter, ())}
        {narrowed(PAGE, parts, filter)}
        <div class="split">
            {list.draw(nothing, row)}
            {pane}
        </div>
    }
    .into_any()
}

fn met_mark(row: &VisitRow) -> AnyView {
    let words = words();
    if row.met { mark(Tone::Good, Icon::DONE, words.met) } else { mark(Tone::Plain, Icon::DOOR, words.not_met) }
}

fn row(row: &VisitRow, filter: &Filter, opened: Memo<Option<RecordId>>) -> AnyView {
    let id = row.id;
    let on = move || opened.get() == Some(id);
    let class = move || if on() { "row on" } else { "row" };
    let source = (!row.source.is_phone_visit()).then(|| row.source.label(lang()));
    let facts = [Some(row.household.as_str()), Some(row.village.as_str()), Some(row.by.as_str()), source];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <a class=class href=open(PAGE, filter, id) data-noscroll="" aria-current=move || on().then_some("true")>
            {day_margin(row.at.date().to_string())}
            <span class="t">
                <b>{row.head.clone()}</b>
                <span class="small muted">{facts}</span>
                {met_mark(row)}
            </span>
        </a>
    }
    .into_any()
}

fn pane(row: &VisitRow) -> AnyView {
    let (words, shared) = (words(), shared());
    // The result of a visit without contact is not among what a list holds.
    let contact = row.contact.map(|contact| detail(words.contact, contact.label(lang())));
    let purposes: Vec<&str> = row.purposes.iter().map(|purpose| purpose.label(lang())).collect();
    let purposes = (!purposes.is_empty()).then(|| detail(words.purposes, purposes.join(", ")));
    let next = row.next.map(|next| detail(words.next, shared.appointment(next, today())));
    let checked = row.checked.as_ref().map_or_else(
        || row.state.label(lang()).to_owned(),
        |checked| {
            let why = checked.void.map(|void| format!(": {}", void.label(lang()).to_lowercase())).unwrap_or_default();
            format!("{}{why} · {}", row.state.label(lang()), checked.name)
        },
    );
    let late = row.late.then(|| mark(Tone::Wait, Icon::CLOCK, words.late));
    // Of a visit on paper the hour is not known.
    let when = if row.source.is_phone_visit() { shared.moment(row.at, today()) } else { row.at.date().to_string() };
    let typed_by = row.typed_by.clone().map(|by| detail(words.typed_by, by));
    let amended = row.amended.then(|| view! { <p class="small muted">{words.amended}</p> });
    view! {
        <aside class="pane" aria-label=words.details>
            <h2>{row.head.clone()}</h2>
            {met_mark(row)}
            <dl class="small">
                {detail(words.when, when)}
                {detail(words.household, row.household.clone())}
                {detail(words.village, row.village.clone())}
                {detail(words.who_went, row.by.clone())}
                {detail(words.source, row.source.label(lang()))}
                {typed_by}
                {contact}
                {purposes}
                {next}
                {detail(words.verified_short, checked)}
                {detail(words.received, shared.moment(row.received_at, today()))}
            </dl>
            {late}
            {amended}
            {erase(&Kind::Visit, row.id)}
            {notes(row.visit)}
        </aside>
    }
    .into_any()
}

/// What was written down beside a visit: fetched with it, never with the list.
fn notes(visit: RecordId) -> AnyView {
    let words = words();
    let found = Fetched::<Listed<NoteRow>>::new(move || Some(format!("visits/{visit}/notes")));
    found.draw(move |found| {
        (!found.rows.is_empty())
            .then(|| {
                let rows = (1..).zip(&found.rows).map(|(at, row)| note(row, at)).collect_view();
                view! { <section class="stack"><h3>{words.noted}</h3>{rows}</section> }
            })
            .into_any()
    })
}

fn note(row: &NoteRow, at: usize) -> AnyView {
    let words = words();
    let (kind, content) = match (&row.text, row.promised) {
        (_, Some(day)) => (Kind::Callback, mark(Tone::Wait, Icon::CLOCK, format!("{} {day}", words.promised_until))),
        (text, None) => (Kind::Note, view! { <p class="said">{quoted(text.as_deref().unwrap_or_default())}</p> }.into_any()),
    };
    view! { <div>{content}{erase_beside(&kind, row.id, at)}</div> }.into_any()
}
