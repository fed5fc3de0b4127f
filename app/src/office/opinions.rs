//! What residents said, by issue and place. An anonymous opinion has a week and a village, and nothing finer.

use crate::filter::{Part, bar, exports, filter, open, opened};
use crate::list::List;
use crate::session::{lang, session, words};
use crate::ui::{detail, empty, heading, mark};
use app::ui::icon::{Icon, Tone};
use domain::id::RecordId;
use domain::office::{Filter, OpinionRow};
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
            empty(words.nothing_found, view! { <a class="btn second auto" href="/office/opinions">{words.drop_filters}</a> })
        }
    };
    let row = move |one: OpinionRow| row(&one, &filter.get_untracked(), opened);
    let pane = move || {
        let rows = list.rows();
        let id = opened.get();
        rows.iter().find(|row| Some(row.id) == id).or_else(|| rows.first()).map(pane)
    };
    let parts: &[Part] = if session().may(Action::Directory) {
        &[Part::Said, Part::Campaign, Part::Days, Part::Village, Part::Team, Part::Kind, Part::Topic]
    } else {
        &[Part::Said, Part::Days, Part::Kind, Part::Topic]
    };
    view! {
        <div class="line">{heading(title)}{out}</div>
        {bar(parts, filter, ())}
        <div class="split">
            {list.draw(nothing, row)}
            {pane}
        </div>
    }
    .into_any()
}

fn urgent(row: &OpinionRow) -> Option<AnyView> {
    (row.urgency == Urgency::Urgent).then(|| mark(Tone::Bad, Icon::WARNING, row.urgency.label(lang())))
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{text}\u{201d}")
}

fn row(row: &OpinionRow, filter: &Filter, opened: Memo<Option<RecordId>>) -> AnyView {
    let words = words();
    let id = row.id;
    let on = move || opened.get() == Some(id);
    let class = move || if on() { "row on" } else { "row" };
    let margin = match (row.day, row.week) {
        (Some(day), _) => view! { <span class="m small">{day.short()}</span> }.into_any(),
        (None, Some(week)) => view! { <span class="m small"><span>{words.week}</span><span>{week.short()}</span></span> }.into_any(),
        (None, None) => view! { <span class="m small">{words.campaign_short}</span> }.into_any(),
    };
    let facts =
        [row.kind.label(lang()).to_owned(), row.topic.full_label(lang()), row.village.clone(), row.mode.label(lang()).to_lowercase()];
    view! {
        <a class=class href=open(PAGE, filter, id) data-noscroll="" aria-current=move || on().then_some("true")>
            {margin}
            <span class="t">
                <span class="said">{quoted(&row.text)}</span>
                <span class="small muted">{facts.join(" · ")}</span>
                {urgent(row)}
            </span>
        </a>
    }
    .into_any()
}

fn pane(row: &OpinionRow) -> AnyView {
    let words = words();
    let named = row.mode == ReporterMode::Named;
    let day = row.day.map(|day| detail(words.day, day.to_string()));
    let week = row.week.filter(|_| !named).map(|week| detail(words.week_term, (words.from_monday)(&week.short())));
    let speaker = if named { words.named.to_owned() } else { format!("{}. {}", row.mode.label(lang()), words.anonymous_keeps) };
    let household = row.household.clone().filter(|_| named).map(|household| detail(words.household, household));
    let by = row.by.clone().filter(|_| named).map(|by| detail(words.by, by));
    let batches = (!named).then(|| view! { <p class="small muted">{words.anonymous_batches}</p> });
    view! {
        <article class="pane" aria-label=words.details>
            {urgent(row)}
            <p class="said">{quoted(&row.text)}</p>
            <dl class="small">
                {detail(words.kind, row.kind.label(lang()))}
                {detail(words.topic, row.topic.full_label(lang()))}
                {detail(words.urgency, row.urgency.label(lang()))}
                {detail(words.village, row.village.clone())}
                {detail(words.campaign, row.campaign.clone())}
                {day}
                {week}
                {detail(words.speaker, speaker)}
                {household}
                {by}
            </dl>
            {batches}
        </article>
    }
    .into_any()
}
