//! Visits as a list. Every attempt without contact reads "chưa gặp"; only the visit's own page on the phone tells more.

use crate::filter::{Part, address, bar, exports, filter, open, opened};
use crate::list::List;
use crate::session::{lang, session, shared, today, words};
use crate::ui::{detail, empty, heading, mark};
use app::ui::icon::{Icon, Tone};
use app::ui::row::margin;
use domain::id::RecordId;
use domain::office::{Filter, VisitRow};
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
            empty(words.nothing_found, view! { <a class="btn second auto" href="/office/visits">{words.drop_filters}</a> })
        }
    };
    let row = move |one: VisitRow| row(&one, &filter.get_untracked(), opened);
    let pane = move || {
        let rows = list.rows();
        let id = opened.get();
        rows.iter().find(|row| Some(row.id) == id).or_else(|| rows.first()).map(pane)
    };
    view! {
        <div class="line">{heading(title)}{out}</div>
        {bar(&[Part::Words, Part::Campaign, Part::Days, Part::Village, Part::Team], filter, ())}
        {move || of_one_household(&filter.get())}
        <div class="split">
            {list.draw(nothing, row)}
            {pane}
        </div>
    }
    .into_any()
}

/// The list is about one household: said, because no field above shows it.
fn of_one_household(filter: &Filter) -> Option<AnyView> {
    let words = words();
    filter.household.map(|household| {
        let all = Filter { household: None, ..filter.clone() };
        view! {
            <p class="small">
                {words.one_household_visits}" "
                <a href=open("households", &Filter { household: Some(household), ..Filter::default() }, household)>{words.to_the_household}</a>" · "
                <a href=address(PAGE, &all)>{words.all_visits}</a>
            </p>
        }
        .into_any()
    })
}

fn met_mark(row: &VisitRow) -> AnyView {
    let words = words();
    if row.met { mark(Tone::Good, Icon::DONE, words.met) } else { mark(Tone::Plain, Icon::DOOR, words.not_met) }
}

fn row(row: &VisitRow, filter: &Filter, opened: Memo<Option<RecordId>>) -> AnyView {
    let id = row.id;
    let on = move || opened.get() == Some(id);
    let class = move || if on() { "row on" } else { "row" };
    let facts = [row.household.as_str(), row.village.as_str(), row.by.as_str()].join(" · ");
    view! {
        <a class=class href=open(PAGE, filter, id) data-noscroll="" aria-current=move || on().then_some("true")>
            {margin(row.at.date().short(), None)}
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
    let amended = row.amended.then(|| view! { <p class="small muted">{words.amended}</p> });
    view! {
        <aside class="pane" aria-label=words.details>
            <h2>{row.head.clone()}</h2>
            {met_mark(row)}
            <dl class="small">
                {detail(words.when, shared.moment(row.at, today()))}
                {detail(words.household, row.household.clone())}
                {detail(words.village, row.village.clone())}
                {detail(words.by, row.by.clone())}
                {contact}
                {purposes}
                {next}
                {detail(words.received, shared.moment(row.received_at, today()))}
            </dl>
            {amended}
        </aside>
    }
    .into_any()
}
