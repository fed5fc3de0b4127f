//! How far the campaign has come: the whole commune, beside the days before, week by week, and by village, team, person
//! and topic. Every figure leads to its records.

use crate::browser;
use crate::chart::{Parts, key, sparkline, weeks};
use crate::communes;
use crate::fetched::Fetched;
use crate::filter::{Part, address, bar, filter, query};
use crate::session::{lang, session, shared, today, words};
use crate::ui::{empty, figure, heading, mark, number};
use crate::words::Office;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::coverage::{Counts, Days, Done};
use domain::id::AreaId;
use domain::office::{Coverage, Filter, MemberCoverage, StandingFilter, TopicCoverage, VillageCoverage};
use domain::person::Action;
use leptos::prelude::*;

/// The overview.
pub fn page() -> AnyView {
    let words = words();
    let session = session();
    let filter = filter();
    let coverage = Fetched::<Coverage>::new(move || Some(format!("coverage?{}", query(&filter.get()))));
    let title = move || coverage.here().map_or_else(|| words.overview.to_owned(), |found| finding(words, &found));
    let below = move || coverage.here().filter(|found| found.campaign.is_some()).map(|found| as_of(words, &found));
    let print = view! { <button type="button" class="btn second auto" on:click=|_| browser::print()>{words.print}</button> };
    let parts: &[Part] = if session.may(Action::Directory) { &[Part::Campaign, Part::Days, Part::Team] } else { &[] };
    view! {
        {bar(parts, filter, print)}
        <div>
            {heading(title)}
            <p class="muted">{below}</p>
        </div>
        {coverage.draw(move |found| drawn(found, filter.get_untracked()))}
    }
    .into_any()
}

/// The sentence of the page.
fn finding(words: &'static Office, found: &Coverage) -> String {
    if found.campaign.is_none() {
        return words.no_campaign.to_owned();
    }
    if found.total.households == 0 {
        return words.no_households.to_owned();
    }
    let met = (words.met_of)(&number(found.total.met), &number(found.total.households));
    match found.villages.iter().filter(|village| unassigned(village)).count() {
        0 => met,
        1 => format!("{met} {}", words.one_unassigned),
        n => format!("{met} {}", (words.some_unassigned)(&n.to_string())),
    }
}

fn unassigned(village: &VillageCoverage) -> bool {
    village.teams.is_empty() && village.counts.households > 0
}

fn as_of(words: &'static Office, found: &Coverage) -> String {
    let unit = session().me.with_untracked(|me| me.as_ref().map(|me| me.unit_name.clone())).unwrap_or_default();
    let count = |n: usize| number(u32::try_from(n).unwrap_or(u32::MAX));
    let villages = match found.communes.len() {
        0 => (words.villages_count)(&count(found.villages.len())),
        n => (words.communes_count)(&count(n)),
    };
    let moment = (words.figures_of)(&shared().moment(found.as_of, today()).to_lowercase());
    let silent = (found.silent_devices > 0).then(|| format!(" · {}", (words.silent_phones)(&number(found.silent_devices))));
    format!("{unit}, {villages} · {moment}{}", silent.unwrap_or_default())
}

fn drawn(found: Coverage, filter: Filter) -> AnyView {
    let words = words();
    let may = |action| session().may(action);
    if found.campaign.is_none() {
        let next = may(Action::Campaigns).then(|| view! { <a class="btn second auto" href="/office/campaigns">{words.make_campaign}</a> });
        return empty(words.no_campaign_why, next);
    }
    if found.total.households == 0 {
        let next = may(Action::ImportRoll).then(|| view! { <a class="btn second auto" href="/office/import">{words.import}</a> });
        return empty(words.no_households_why, next);
    }
    let parts = Parts::of(&found.total);
    let [met, tried, new, apart] = parts.percent().map(|n| format!("{n}\u{a0}%"));
    let worst = found.villages.iter().max_by_key(|village| village.counts.overdue).map(|village| village.name.clone()).unwrap_or_default();
    let overdue = (found.total.overdue > 0).then(|| {
        let label = (words.overdue_count)(&number(found.total.overdue));
        view! { {to_households(&filter, None, StandingFilter::Overdue, label)}", "{(words.most_in)(&worst)} }
    });
    let assigned = (words.assigned_count)(&number(found.total.assigned));
    let left = to_households(&filter, None, StandingFilter::Left, (words.left_count)(&number(found.total.left)));
    let of_apart = (found.total.no_contact > 0).then(|| view! { ", "<b>{apart}</b>{words.of_apart} });
    let apart = (found.total.no_contact > 0).then(|| {
        let label = (words.no_contact_count)(&number(found.total.no_contact));
        view! { <p class="muted">{to_households(&filter, None, StandingFilter::NoContact, label)}</p> }
    });
    let week_chart =
        if found.weeks.is_empty() { view! { <p class="muted">{words.no_visits_yet}</p> }.into_any() } else { weeks(&found.weeks, &filter) };
    view! {
        <div class="two">
            <figure class="col">
                <figcaption><h2>{if found.communes.is_empty() { words.whole_commune } else { words.whole_province }}</h2></figcaption>
                {parts.bar("bar tall")}
                {key()}
                <p>
                    <b>{met}</b>{words.of_met}<b>{tried}</b>{words.of_tried}<b>{new}</b>{words.of_new}{of_apart}". "{overdue}
                </p>
                <p>{assigned}", "{left}"."</p>
                {apart}
            </figure>
            <figure class="col">
                <figcaption><h2>{words.weeks_title}</h2></figcaption>
                {week_chart}
            </figure>
        </div>
        {rearranged(&found)}
        {if found.communes.is_empty() { villages(&found, &filter) } else { communes::table(&found) }}
        {found.communes.is_empty().then(|| more(&found, &filter))}
    }
    .into_any()
}

/// What a commune looks at beside its villages.
fn more(found: &Coverage, filter: &Filter) -> AnyView {
    view! {
        <div class="two">{compared(found, filter)}{teams(found, filter)}</div>
        {members(found, filter)}
        {topics(found, filter)}
    }
    .into_any()
}

/// What was done in these days, and in as many before.
fn compared(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    let before = found.days.before();
    let title = |days: Days| (words.compared_days)(&days.from.to_string(), &days.to.to_string());
    type Value = fn(&Done) -> u32;
    let lines: [(&str, Value, &str, Option<StandingFilter>); 5] = [
        (words.visits_made, |done| done.visits, "visits", None),
        (words.meetings, |done| done.meetings, "visits", Some(StandingFilter::Met)),
        (words.households_met, |done| done.met, "households", Some(StandingFilter::Met)),
        (words.opinions, |done| done.opinions, "opinions", None),
        (words.meetings_held, |done| done.held, "meetings", None),
    ];
    let rows = lines.map(|(label, value, page, standing)| {
        let cell = |done: &Done, days: Days| {
            let which = Filter { from: Some(days.from), to: Some(days.to), standing, ..filter.clone() };
            records(page, &which, value(done), label)
        };
        let then = found.before.as_ref().map(|done| cell(done, before));
        let more = found.before.as_ref().map(|done| {
            let (now, then) = (value(&found.now), value(done));
            match now.cmp(&then) {
                std::cmp::Ordering::Less => format!("−{}", number(then - now)),
                std::cmp::Ordering::Equal => number(0),
                std::cmp::Ordering::Greater => format!("+{}", number(now - then)),
            }
        });
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td class="r">{cell(&found.now, found.days)}</td>
                <td class="r">{then}</td>
                <td class="r">{more}</td>
            </tr>
        }
    });
    let note = found.before.is_none().then(|| view! { <p class="small muted">{words.not_compared}</p> });
    view! {
        <div class="col">
            <table class="tbl">
                <caption>{words.compared}</caption>
                <thead><tr>
                    <th scope="col">{words.figure}</th>
                    <th scope="col" class="r">{title(found.days)}</th>
                    <th scope="col" class="r">{title(before)}</th>
                    <th scope="col" class="r">{words.difference}</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {note}
        </div>
    }
    .into_any()
}

fn standing(filter: &Filter, standing: StandingFilter) -> Filter {
    Filter { standing: Some(standing), ..filter.clone() }
}

/// A figure that leads to its list, for those who may see it.
fn records(page: &'static str, which: &Filter, n: u32, label: &str) -> AnyView {
    let action = match page {
        "households" => Action::Households,
        "visits" => Action::Visits,
        "opinions" => Action::Opinions,
        _ => Action::Meetings,
    };
    if n == 0 || !session().may(action) {
        return figure(n).into_any();
    }
    let spoken = format!("{} {label}", number(n));
    view! { <a href=address(page, which) aria-label=spoken>{number(n)}</a> }.into_any()
}

fn teams(found: &Coverage, filter: &Filter) -> Option<AnyView> {
    let words = words();
    if found.teams.is_empty() {
        return None;
    }
    let rows = found.teams.iter().map(|team| {
        let which = Filter { team: Some(team.team), ..filter.clone() };
        let [met, ..] = Parts::of(&team.counts).percent();
        let overdue = (team.counts.overdue > 0).then(|| view! { <span class="bad">{Icon::WARNING.view()}</span>" " });
        view! {
            <tr>
                <th scope="row">{team.name.clone()}</th>
                <td class="r">{number(team.counts.households)}</td>
                <td class="r"><b>{format!("{met}\u{a0}%")}</b></td>
                <td class="r">{records("households", &standing(&which, StandingFilter::Left), team.counts.left, words.left)}</td>
                <td class="r">{overdue}{records("households", &standing(&which, StandingFilter::Overdue), team.counts.overdue, words.overdue)}</td>
                <td class="r">{records("opinions", &which, team.opinions, words.opinions)}</td>
            </tr>
        }
    });
    Some(
        view! {
            <div class="col">
                <table class="tbl">
                    <caption>{words.teams_title}</caption>
                    <thead><tr>
                        <th scope="col">{words.team}</th>
                        <th scope="col" class="r">{words.households_n}</th>
                        <th scope="col" class="r">{words.percent_met}</th>
                        <th scope="col" class="r">{words.left}</th>
                        <th scope="col" class="r">{words.overdue}</th>
                        <th scope="col" class="r">{words.opinions}</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
                <p class="small muted">{words.teams_note}</p>
            </div>
        }
        .into_any(),
    )
}

fn members(found: &Coverage, filter: &Filter) -> Option<AnyView> {
    let words = words();
    if found.members.is_empty() {
        return None;
    }
    let rows = found.members.iter().map(|member| member_row(member, filter)).collect_view();
    Some(
        view! {
            <div class="col">
                <table class="tbl">
                    <caption>{words.members_title}</caption>
                    <thead><tr>
                        <th scope="col">{words.member}</th>
                        <th scope="col" class="r">{words.visits_made}</th>
                        <th scope="col" class="r">{words.meetings}</th>
                        <th scope="col" class="r">{words.households_met}</th>
                        <th scope="col" class="r">{words.opinions}</th>
                        <th scope="col" class="r">{words.meetings_held}</th>
                        <th scope="col" class="r">{words.last_visit}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <p class="small muted">{words.members_note}</p>
            </div>
        }
        .into_any(),
    )
}

fn member_row(member: &MemberCoverage, filter: &Filter) -> AnyView {
    let words = words();
    // Wherever they worked: a team in the filter chose whose rows stand here.
    let which = Filter { by: Some(member.person), team: None, ..filter.clone() };
    let met = standing(&which, StandingFilter::Met);
    let Done { visits, meetings, met: households, opinions, held } = member.done;
    let teams = member.teams.join(", ");
    let teams = (!teams.is_empty()).then(|| view! { <br/><span class="small muted">{teams}</span> });
    view! {
        <tr>
            <th scope="row">{member.name.clone()}{teams}</th>
            <td class="r">{records("visits", &which, visits, words.visits_made)}</td>
            <td class="r">{records("visits", &met, meetings, words.meetings)}</td>
            <td class="r">{records("households", &met, households, words.households_met)}</td>
            <td class="r">{records("opinions", &which, opinions, words.opinions)}</td>
            <td class="r">{records("meetings", &which, held, words.meetings_held)}</td>
            <td class="r">{member.last.map(|at| at.date().to_string())}</td>
        </tr>
    }
    .into_any()
}

/// How many villages are named beside a topic.
const PLACES: usize = 3;

fn topics(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    if found.topics.is_empty() {
        return view! { <div class="col"><h2>{words.topics_title}</h2><p class="muted">{words.no_opinions_yet}</p></div> }.into_any();
    }
    let mut weeks: Vec<_> = found.topics.iter().flat_map(|topic| topic.weeks.iter().map(|(week, _)| *week)).collect();
    weeks.sort_unstable();
    weeks.dedup();
    let name = |village: AreaId| found.villages.iter().find(|row| row.village == village).map(|row| row.name.clone());
    let row = |topic: &TopicCoverage| {
        let which = Filter { topic: Some(topic.topic), ..filter.clone() };
        let in_days = |days: Days| Filter { from: Some(days.from), to: Some(days.to), ..which.clone() };
        let label = topic.topic.parent().label(lang());
        let places = topic.villages.iter().take(PLACES).filter_map(|(village, n)| {
            let there = Filter { village: Some(*village), ..which.clone() };
            let name = name(*village)?;
            Some(view! { <span class="item">{name.clone()}" "{records("opinions", &there, *n, &format!("{label}, {name}"))}</span> })
        });
        let of_weeks: Vec<(domain::time::Date, u32)> =
            weeks.iter().map(|week| (*week, topic.weeks.iter().find(|(of, _)| of == week).map_or(0, |(_, n)| *n))).collect();
        let before = topic.before.map(|n| records("opinions", &in_days(found.days.before()), n, label));
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td class="r">{records("opinions", &which, topic.opinions, label)}</td>
                <td class="r">{records("opinions", &in_days(found.days), topic.now, label)}</td>
                <td class="r">{before}</td>
                <td>{sparkline(&of_weeks)}</td>
                <td>{places.collect_view()}</td>
            </tr>
        }
    };
    let rows = found.topics.iter().map(row).collect_view();
    let whole = found.topics.iter().flat_map(|topic| {
        let label = topic.topic.parent().label(lang());
        topic.villages.iter().map(move |(village, n)| (topic.topic, label, *village, *n))
    });
    let whole = whole.map(|(topic, label, village, n)| {
        let there = Filter { village: Some(village), topic: Some(topic), ..filter.clone() };
        let place = name(village).unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{place.clone()}</td>
                <td class="r">{records("opinions", &there, n, &format!("{label}, {place}"))}</td>
            </tr>
        }
    });
    view! {
        <div class="col">
            <table class="tbl">
                <caption>{words.topics_title}</caption>
                <thead><tr>
                    <th scope="col">{words.topic}</th>
                    <th scope="col" class="r">{words.all}</th>
                    <th scope="col" class="r">{words.these_days}</th>
                    <th scope="col" class="r">{words.days_before}</th>
                    <th scope="col">{words.by_week}</th>
                    <th scope="col">{words.where_most}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <details>
                <summary>{words.as_table}</summary>
                <table class="tbl">
                    <caption class="unseen">{words.topics_by_village}</caption>
                    <thead><tr>
                        <th scope="col">{words.topic}</th>
                        <th scope="col">{words.village}</th>
                        <th scope="col" class="r">{words.opinions}</th>
                    </tr></thead>
                    <tbody>{whole.collect_view()}</tbody>
                </table>
            </details>
        </div>
    }
    .into_any()
}

/// A note for each merger or split that the figures go across.
fn rearranged(found: &Coverage) -> AnyView {
    let words = words();
    let notes = found.rearranged.iter().map(|one| {
        let (from, into) = (one.from.join(words.and_word), one.into.join(words.and_word));
        note(Tone::Plain, Icon::NOT_YET, (words.rearranged_note)(&from, &into, &one.on.to_string(), &one.decision_no), ())
    });
    notes.collect_view().into_any()
}

fn villages(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    let rows = found.villages.iter().map(|village| village_row(village, filter)).collect_view();
    let total = line(view! { {words.whole_commune} }.into_any(), &found.total, found.opinions, filter, None);
    view! {
        <table class="tbl">
            <caption>{words.villages_title}</caption>
            <thead><tr>
                <th scope="col">{words.village}</th>
                <th scope="col" class="r">{words.households_n}</th>
                <th scope="col">{words.progress}</th>
                <th scope="col" class="r"><span class="unseen">{words.percent_met}</span></th>
                <th scope="col" class="r">{words.met}</th>
                <th scope="col" class="r">{words.tried_short}</th>
                <th scope="col" class="r">{crate::session::shared().never_came}</th>
                <th scope="col" class="r">{words.no_contact_short}</th>
                <th scope="col" class="r">{words.due}</th>
                <th scope="col" class="r">{words.overdue}</th>
                <th scope="col" class="r">{words.opinions}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
            <tfoot>{total}</tfoot>
        </table>
    }
    .into_any()
}

fn village_row(village: &VillageCoverage, filter: &Filter) -> AnyView {
    let words = words();
    let place = Filter { village: Some(village.village), ..filter.clone() };
    let name = village.name.clone();
    let name = if session().may(Action::Households) {
        view! { <a href=address("households", &place)>{name}</a> }.into_any()
    } else {
        name.into_any()
    };
    let teams = if unassigned(village) {
        let sign = mark(Tone::Bad, Icon::WARNING, words.unassigned);
        if session().may(Action::Campaigns) {
            view! { <br/>{sign}" "<a class="small" href="/office/assign">{words.assign}</a> }.into_any()
        } else {
            view! { <br/>{sign} }.into_any()
        }
    } else {
        let teams = village.teams.join(", ");
        (!teams.is_empty()).then(|| view! { <br/><span class="small muted">{teams}</span> }).into_any()
    };
    line(view! { {name}{teams} }.into_any(), &village.counts, village.opinions, filter, Some(village.village))
}

fn line(name: AnyView, counts: &Counts, opinions: u32, filter: &Filter, village: Option<AreaId>) -> AnyView {
    let parts = Parts::of(counts);
    let cell = |n: u32, standing: StandingFilter| {
        if n == 0 {
            view! { <td class="r">{figure(n)}</td> }.into_any()
        } else {
            view! { <td class="r">{to_households(filter, village, standing, number(n))}</td> }.into_any()
        }
    };
    let overdue = if counts.overdue == 0 {
        figure(0).into_any()
    } else {
        let label = number(counts.overdue);
        view! { <span class="bad">{Icon::WARNING.view()}</span>" "{to_households(filter, village, StandingFilter::Overdue, label)} }
            .into_any()
    };
    let said = if opinions == 0 || !session().may(Action::Opinions) {
        figure(opinions).into_any()
    } else {
        let place = Filter { village: village.or(filter.village), ..filter.clone() };
        view! { <a href=address("opinions", &place)>{number(opinions)}</a> }.into_any()
    };
    let [met, ..] = parts.percent();
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="r">{number(counts.households)}</td>
            <td>{parts.bar("bar")}</td>
            <td class="r"><b>{format!("{met}\u{a0}%")}</b></td>
            {cell(counts.met, StandingFilter::Met)}
            {cell(counts.tried, StandingFilter::Tried)}
            {cell(parts.new, StandingFilter::New)}
            {cell(parts.apart, StandingFilter::NoContact)}
            {cell(counts.due, StandingFilter::Due)}
            <td class="r">{overdue}</td>
            <td class="r">{said}</td>
        </tr>
    }
    .into_any()
}

/// A figure that leads to its households, for those who may see them.
fn to_households(filter: &Filter, village: Option<AreaId>, standing: StandingFilter, label: String) -> AnyView {
    if !session().may(Action::Households) {
        return label.into_any();
    }
    let which = Filter { village: village.or(filter.village), standing: Some(standing), ..filter.clone() };
    let spoken = format!("{label} {}", standing.label(lang()));
    view! { <a href=address("households", &which) aria-label=spoken>{label}</a> }.into_any()
}
