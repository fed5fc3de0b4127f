//! The households of the commune as a list, and where each stands in the campaign.

use crate::filter::{Part, address, bar, everything, exports, filter, narrowed, open, opened};
use crate::list::List;
use crate::names::names_export;
use crate::session::{lang, session, shared, today, words};
use crate::ui::{detail, detail_if, empty, heading, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use app::ui::row::{margin, mark, standing_sign};
use domain::coverage::Standing;
use domain::household::HouseholdStatus;
use domain::id::RecordId;
use domain::office::{Filter, HouseholdRow};
use domain::person::Action;
use leptos::prelude::*;

const PAGE: &str = "households";

/// The list of households.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let opened = opened();
    let list = List::<HouseholdRow>::new(PAGE, filter);
    let title = move || list.title(words.households, words.households_found, words.new_of_them);
    let import = session().may(Action::ImportRoll).then(|| view! { <a class="btn auto" href="/office/import">{words.import}</a> });
    let add =
        session().may(Action::KeepBook).then(|| view! { <a class="btn second auto" href="/office/household">{words.add_household}</a> });
    let out = session().may(Action::Export).then(|| exports(PAGE, filter, move || list.total()));
    let names = session().may(Action::ExportNames).then(|| names_export(filter));
    let nothing = move || {
        if filter.get_untracked() == Filter::default() {
            let next =
                session().may(Action::ImportRoll).then(|| view! { <a class="btn second auto" href="/office/import">{words.import}</a> });
            empty(words.no_households_why, next)
        } else {
            empty(words.nothing_found, everything(PAGE))
        }
    };
    let row = move |one: HouseholdRow| row(&one, &filter.get_untracked(), opened);
    let pane = move || {
        let rows = list.rows();
        let id = opened.get();
        rows.iter().find(|row| Some(row.id) == id).or_else(|| rows.first()).map(|row| pane(row, filter.get().campaign))
    };
    let parts: &[Part] = &[Part::Words, Part::Campaign, Part::Village, Part::Team, Part::Standing, Part::Order];
    view! {
        <div class="line">{heading(title)}{out}{add}{import}</div>
        {bar(parts, filter, ())}
        {names}
        {narrowed(PAGE, parts, filter)}
        <div class="split">
            {list.draw(nothing, row)}
            {pane}
        </div>
    }
    .into_any()
}

/// Where a household stands, as every list says it.
fn standing(row: &HouseholdRow) -> Standing {
    if row.status != HouseholdStatus::Active {
        return Standing::Gone;
    }
    if row.no_contact {
        return Standing::NoContact;
    }
    match (row.next, row.met) {
        (Some(next), _) if next.date <= today() => Standing::Due(next),
        (_, Some(at)) => Standing::Met(at),
        _ if row.attempts > 0 => Standing::Tried(row.attempts),
        _ => Standing::New,
    }
}

fn standing_mark(row: &HouseholdRow) -> AnyView {
    let standing = standing(row);
    let (icon, tone) = standing_sign(standing, today());
    mark(tone, Some(icon), shared().standing(standing, row.status.label(lang()), today()))
}

fn row(row: &HouseholdRow, filter: &Filter, opened: Memo<Option<RecordId>>) -> AnyView {
    let id = row.id;
    let on = move || opened.get() == Some(id);
    let class = move || if on() { "row on" } else { "row" };
    let disputed = row.disputed.then(|| mark(Tone::Wait, Some(Icon::PENCIL), words().disputed.to_owned()));
    let facts = [row.code.as_str(), row.village.as_str(), row.place.as_str()];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    view! {
        <a class=class href=open(PAGE, filter, id) data-noscroll="" aria-current=move || on().then_some("true")>
            {margin(row.no.clone(), None)}
            <span class="t">
                <b>{row.head.clone()}</b>
                <span class="small muted">{facts.join(" · ")}</span>
                {standing_mark(row)}
                {disputed}
            </span>
        </a>
    }
    .into_any()
}

fn pane(row: &HouseholdRow, campaign: Option<RecordId>) -> AnyView {
    let (words, shared) = (words(), shared());
    let code = if row.code.is_empty() { words.no_code.to_owned() } else { row.code.clone() };
    let met = row.met.map_or_else(|| words.not_met.to_owned(), |at| shared.moment(at, today()));
    let next = row.next.map(|next| detail(words.next, shared.appointment(next, today())));
    let people = row.people.map_or_else(|| words.unknown.to_owned(), |n| number(n.into()));
    let of_household = Filter { campaign, household: Some(row.id), ..Filter::default() };
    let visits = (session().may(Action::Visits) && row.attempts > 0)
        .then(|| view! { <p><a href=address("visits", &of_household)>{words.to_visits}</a></p> });
    let edit = session().may(Action::KeepBook).then(|| {
        let label = if row.disputed { words.decide } else { words.change };
        let spoken = (words.edit_household_of)(&row.head);
        view! { <a class="btn second auto" href=format!("/office/household?open={}", row.id) aria-label=spoken>{label}</a> }
    });
    let disputed = row.disputed.then(|| note(Tone::Wait, Icon::PENCIL, words.disputed, view! { <p>{words.disputed_why}</p> }));
    view! {
        <aside class="pane" aria-label=words.details>
            <h2>{row.head.clone()}</h2>
            {standing_mark(row)}
            <dl class="small">
                {detail(words.code, code)}
                {detail_if(words.number, &row.no)}
                {detail(words.village, row.village.clone())}
                {detail_if(words.place, &row.place)}
                {detail(words.people_n, people)}
                {detail(words.status, row.status.label(lang()))}
                {detail(words.attempts, number(row.attempts.into()))}
                {detail(words.last_met, met)}
                {next}
            </dl>
            {disputed}
            {visits}
            {edit}
        </aside>
    }
    .into_any()
}
