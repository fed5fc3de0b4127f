//! Meetings, the latest first: who was there, how many spoke, what it came to. What was said is among the opinions.

use crate::filter::{Part, address, bar, everything, exports, filter, narrowed, open, opened};
use crate::list::List;
use crate::redaction::erase;
use crate::session::{lang, session, words};
use crate::ui::{day_margin, detail, detail_if, empty, heading, mark, number};
use app::ui::icon::{Icon, Tone};
use app::words::shared::clock;
use domain::id::RecordId;
use domain::meeting::MeetingState;
use domain::office::{Filter, MeetingRow};
use domain::operation::Kind;
use domain::person::Action;
use leptos::prelude::*;

const PAGE: &str = "meetings";

/// The list of meetings.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let opened = opened();
    let list = List::<MeetingRow>::new(PAGE, filter);
    let title = move || list.title(words.village_meetings, words.meetings_found, words.going_on_of_them);
    let out = session().may(Action::Export).then(|| exports(PAGE, filter, move || list.total()));
    let nothing = move || {
        if filter.get_untracked() == Filter::default() {
            empty(words.no_meetings_why, ())
        } else {
            empty(words.nothing_found, everything(PAGE))
        }
    };
    let row = move |one: MeetingRow| row(&one, &filter.get_untracked(), opened);
    let pane = move || {
        let rows = list.rows();
        let id = opened.get();
        rows.iter().find(|row| Some(row.id) == id).or_else(|| rows.first()).map(|row| pane(row, &filter.get_untracked()))
    };
    let parts: &[Part] =
        if session().may(Action::Directory) { &[Part::Campaign, Part::Days, Part::Village, Part::Team] } else { &[Part::Days] };
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

/// Its title, or else its type.
fn name(row: &MeetingRow) -> String {
    if row.title.is_empty() { row.kind.label(lang()).to_owned() } else { row.title.clone() }
}

fn going_on(row: &MeetingRow) -> Option<AnyView> {
    (row.state == MeetingState::InSession).then(|| mark(Tone::Wait, Icon::CLOCK, row.state.label(lang())))
}

/// "7 người nói, 10 ý kiến".
fn said(row: &MeetingRow) -> String {
    let words = words();
    let opinions = (words.opinions_found)(&number(row.opinions));
    match row.speakers {
        Some(speakers) => format!("{}, {opinions}", (words.spoke)(&number(speakers.into()))),
        None => opinions,
    }
}

fn row(row: &MeetingRow, filter: &Filter, opened: Memo<Option<RecordId>>) -> AnyView {
    let id = row.id;
    let on = move || opened.get() == Some(id);
    let class = move || if on() { "row on" } else { "row" };
    let facts = [row.village.clone(), said(row)].join(" · ");
    view! {
        <a class=class href=open(PAGE, filter, id) data-noscroll="" aria-current=move || on().then_some("true")>
            {day_margin(row.start.date.to_string())}
            <span class="t">
                <b>{name(row)}</b>
                <span class="small muted">{facts}</span>
                {going_on(row)}
            </span>
        </a>
    }
    .into_any()
}

fn pane(row: &MeetingRow, filter: &Filter) -> AnyView {
    let words = words();
    let count = |n: Option<u16>| n.map_or("–".to_owned(), |n| number(n.into()));
    let when = [Some(row.start.date.to_string()), row.start.minute.map(clock)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let present = format!("{} / {}", count(row.present), count(row.expected));
    let there = Filter { campaign: filter.campaign, meeting: Some(row.id), ..Filter::default() };
    let opinions = (row.opinions > 0 && session().may(Action::Opinions)).then(|| {
        let label = (words.to_its_opinions)(&number(row.opinions));
        view! { <a class="btn second auto" href=address("opinions", &there)>{Icon::VOICE.view()}" "{label}</a> }.into_any()
    });
    view! {
        <aside class="pane" aria-label=words.details>
            <h2>{name(row)}</h2>
            {going_on(row)}
            <dl class="small">
                {detail(words.kind, row.kind.label(lang()))}
                {detail(words.when, when)}
                {detail_if(words.meeting_place, &row.place)}
                {detail(words.village, row.village.clone())}
                {detail(words.households_there, present)}
                {detail(words.people_there, count(row.people))}
                {detail(words.said_there, said(row))}
                {detail_if(words.conclusion, &row.conclusion)}
                {detail(words.by, row.by.clone())}
            </dl>
            {opinions}
            <p class="small muted">{words.speakers_counted}</p>
            {erase(&Kind::Meeting, row.id)}
        </aside>
    }
    .into_any()
}
