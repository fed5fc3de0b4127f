//! What residents said, by issue and place. An anonymous opinion has a week and a village, and nothing finer.

use crate::directory::directory;
use crate::filter::{Part, address, bar, everything, exports, filter, narrowed, open, opened};
use crate::list::List;
use crate::redaction::erase;
use crate::session::{lang, session, words};
use crate::ui::{day_margin, detail, empty, heading, mark, quoted};
use app::ui::icon::{Icon, Tone};
use domain::id::RecordId;
use domain::office::{Filter, OpinionRow};
use domain::operation::Kind;
use domain::opinion::{ReporterMode, Urgency};
use domain::person::Action;
use leptos::prelude::*;

const PAGE: &str = "opinions";

/// The list of opinions.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let opened = opened();
    let list = List::<OpinionRow>::new(PAGE, filter);
    let title = move || list.title(words.opinions, words.opinions_found, words.urgent_of_them);
    let out = session().may(Action::Export).then(|| exports(PAGE, filter, move || list.total()));
    let nothing = move || {
        if filter.get_untracked() == Filter::default() {
            empty(words.no_opinions_why, view! { <p>{words.anonymous_batches}</p> })
        } else {
            empty(words.nothing_found, everything(PAGE))
        }
    };
    let row = move |one: OpinionRow| row(&one, &filter.get_untracked(), opened);
    let pane = move || {
        let rows = list.rows();
        let id = opened.get();
        rows.iter().find(|row| Some(row.id) == id).or_else(|| rows.first()).map(|row| pane(row, filter.get_untracked().campaign))
    };
    let parts: &[Part] = if session().may(Action::Directory) {
        &[Part::Said, Part::Campaign, Part::Days, Part::Village, Part::Team, Part::Kind, Part::Topic, Part::Source]
    } else {
        &[Part::Said, Part::Days, Part::Kind, Part::Topic, Part::Source]
    };
    view! {
        <div class="line">{heading(title)}{out}</div>
        {bar(parts, filter, ())}
        {narrowed(PAGE, parts, filter)}
        {move || of_one_meeting(&filter.get())}
        <div class="split">
            {list.draw(nothing, row)}
            {pane}
        </div>
    }
    .into_any()
}

/// The list is about one meeting: said, because no field above shows it.
fn of_one_meeting(filter: &Filter) -> Option<AnyView> {
    let words = words();
    filter.meeting.map(|meeting| {
        let all = Filter { meeting: None, ..filter.clone() };
        let back = Filter { campaign: filter.campaign, ..Filter::default() };
        view! {
            <p>
                {words.of_one_meeting}" "
                <a href=open("meetings", &back, meeting)>{words.to_the_meeting}</a>" · "
                <a href=address(PAGE, &all)>{words.all_opinions}</a>
            </p>
        }
        .into_any()
    })
}

/// How the speaker is named, in the middle of a sentence.
fn source(row: &OpinionRow) -> String {
    row.mode.map_or_else(|| words().at_meeting.to_owned(), |mode| mode.label(lang()).to_lowercase())
}

fn urgent(row: &OpinionRow) -> Option<AnyView> {
    (row.urgency == Urgency::Urgent).then(|| mark(Tone::Bad, Icon::WARNING, row.urgency.label(lang())))
}

fn row(row: &OpinionRow, filter: &Filter, opened: Memo<Option<RecordId>>) -> AnyView {
    let words = words();
    let id = row.id;
    let on = move || opened.get() == Some(id);
    let class = move || if on() { "row on" } else { "row" };
    let margin = match (row.day, row.week) {
        (Some(day), _) => day_margin(day.to_string()),
        (None, Some(week)) => day_margin(format!("{} {week}", words.week)),
        (None, None) => day_margin(words.campaign_short.to_owned()),
    };
    let (directory, lang, topic) = (directory(), lang(), row.topic);
    let (kind, village, source) = (row.kind.label(lang), row.village.clone(), source(row));
    let facts = move || [kind, &directory.code_book().full_label(topic, lang), &village, &source].join(" · ");
    view! {
        <a class=class href=open(PAGE, filter, id) data-noscroll="" aria-current=move || on().then_some("true")>
            {margin}
            <span class="t">
                <span class="said">{quoted(&row.text)}</span>
                <span class="small muted">{facts}</span>
                {urgent(row)}
            </span>
        </a>
    }
    .into_any()
}

fn pane(row: &OpinionRow, campaign: Option<RecordId>) -> AnyView {
    let words = words();
    let named = row.mode == Some(ReporterMode::Named);
    let known = row.mode.is_none() || named;
    let day = row.day.map(|day| detail(words.day, day.to_string()));
    let week = row.week.filter(|_| !known).map(|week| detail(words.week_term, (words.from_monday)(&week.to_string())));
    let speaker = match row.mode {
        None => words.speakers_counted.to_owned(),
        Some(ReporterMode::Named) => words.named.to_owned(),
        Some(mode) => format!("{}. {}", mode.label(lang()), words.anonymous_keeps),
    };
    let meeting = row.meeting.clone().map(|meeting| {
        let name = if meeting.name.is_empty() { words.meeting.to_owned() } else { meeting.name };
        let link = view! { <a href=open("meetings", &Filter { campaign, ..Filter::default() }, meeting.id)>{name}</a> };
        detail(words.meeting, link)
    });
    let household = row.household.clone().filter(|_| named).map(|household| detail(words.household, household));
    let by = row.by.clone().filter(|_| known).map(|by| detail(words.by, by));
    let source = row.source.map(|source| detail(words.source, source.label(lang())));
    let kind = match row.mode {
        None => Kind::MeetingOpinion,
        Some(ReporterMode::Named) => Kind::Opinion,
        Some(_) => Kind::AnonymousOpinion,
    };
    let batches = (!known).then(|| view! { <p class="small muted">{words.anonymous_batches}</p> });
    view! {
        <article class="pane" aria-label=words.details>
            {urgent(row)}
            <p class="said">{quoted(&row.text)}</p>
            <dl class="small">
                {detail(words.kind, row.kind.label(lang()))}
                {detail(words.topic, directory().code_book().full_label(row.topic, lang()))}
                {detail(words.urgency, row.urgency.label(lang()))}
                {detail(words.village, row.village.clone())}
                {detail(words.campaign, row.campaign.clone())}
                {day}
                {week}
                {detail(words.speaker, speaker)}
                {source}
                {meeting}
                {household}
                {by}
            </dl>
            {batches}
            {erase(&kind, row.id)}
        </article>
    }
    .into_any()
}
