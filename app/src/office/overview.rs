//! How far the campaign has come: the whole commune, beside the days before, week by week, and by village, team, person
//! and topic. Every figure leads to its records.

use crate::browser;
use crate::chart::{Parts, Weeks, in_week, key, sparkline};
use crate::communes;
use crate::fetched::Fetched;
use crate::filter::{Part, address, bar, filter, query};
use crate::records::{households, linked, records, sentence, standing_in};
use crate::session::{lang, session, shared, today, words};
use crate::ui::{empty, heading_with, mark, number};
use crate::words::Office;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::coverage::{Counts, Days, Done, Trend};
use domain::id::AreaId;
use domain::office::{Coverage, Filter, MemberCoverage, StandingFilter, TopicCoverage, VillageCoverage};
use domain::person::Action;
use domain::time::Date;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The table that says whose figures stand on the page; the bars and columns name theirs in the same way.
const PLACES: &str = "places";
const OF_BAR: &str = "of-bar";
const OF_WEEKS: &str = "topics-by-week";

/// The overview.
pub fn page() -> AnyView {
    let words = words();
    let session = session();
    let filter = filter();
    let coverage = Fetched::<Coverage>::new(move || Some(format!("coverage?{}", query(&filter.get()))));
    let title = Memo::new(move |_| coverage.here().map_or_else(|| words.overview.to_owned(), |found| finding(words, &found).0));
    let heading = move || {
        let found = coverage.here().map(|found| (finding(words, &found), filter.get_untracked()));
        found.map_or_else(|| words.overview.into_any(), |((text, figures), filter)| sentence(&text, figures.links(&filter)))
    };
    let below = move || coverage.here().map(|found| as_of(words, &found));
    let print = view! { <button type="button" class="btn second auto" on:click=|_| browser::print()>{words.print}</button> };
    let parts: &[Part] = if session.may(Action::Directory) { &[Part::Campaign, Part::Days, Part::Village, Part::Team] } else { &[] };
    view! {
        {bar(parts, filter, print)}
        <div>
            {heading_with(title, heading)}
            <p class="muted">{below}</p>
        </div>
        {coverage.draw(move |found| drawn(found, filter.get_untracked()))}
    }
    .into_any()
}

/// The numbers of the page's sentence.
#[derive(Default)]
struct Figures {
    met: u32,
    households: u32,
    /// Villages that are given to nobody, as the sentence says how many.
    unassigned: Option<String>,
}

impl Figures {
    /// Each with its list, in the order in which the sentence has them.
    fn links(self, filter: &Filter) -> Vec<(String, AnyView)> {
        // In a sentence nothing is said with its digit.
        let figure = |standing: StandingFilter, n: u32| {
            let link = if n == 0 { number(n).into_any() } else { households(filter, standing, n) };
            (number(n), link)
        };
        let mut links = vec![figure(StandingFilter::Met, self.met), figure(StandingFilter::Active, self.households)];
        if let Some(said) = self.unassigned {
            links.push((said.clone(), to_assign(filter, said)));
        }
        links
    }
}

/// The page that gives villages to teams, for those who may.
fn to_assign(filter: &Filter, words: String) -> AnyView {
    if !session().may(Action::Campaigns) {
        return words.into_any();
    }
    let which = Filter { campaign: filter.campaign, ..Filter::default() };
    view! { <a href=address("assign", &which)>{words}</a> }.into_any()
}

/// The sentence of the page, and the numbers in it.
fn finding(words: &'static Office, found: &Coverage) -> (String, Figures) {
    if found.campaign.is_none() {
        return (words.no_campaign.to_owned(), Figures::default());
    }
    if found.total.households == 0 {
        return (words.no_households.to_owned(), Figures::default());
    }
    let (met, households) = (found.total.met, found.total.households);
    let text = (words.met_of)(&number(met), &number(households));
    let (text, unassigned) = match found.villages.iter().filter(|village| unassigned(village)).count() {
        0 => (text, None),
        1 => (format!("{text} {}", words.one_unassigned), Some(words.one_unassigned.to_owned())),
        n => (format!("{text} {}", (words.some_unassigned)(&n.to_string())), Some(n.to_string())),
    };
    (text, Figures { met, households, unassigned })
}

fn unassigned(village: &VillageCoverage) -> bool {
    village.teams.is_empty() && village.counts.households > 0
}

/// Whose figures they are, of when, and from how many phones there may be more.
fn as_of(words: &'static Office, found: &Coverage) -> AnyView {
    let unit = session().me.with_untracked(|me| me.as_ref().map(|me| me.unit_name.clone())).unwrap_or_default();
    let count = |n: usize| number(u32::try_from(n).unwrap_or(u32::MAX));
    let places = (found.campaign.is_some() && found.total.households > 0).then(|| {
        let (n, words) = match found.communes.len() {
            0 => (found.villages.len(), words.villages_count),
            n => (n, words.communes_count),
        };
        let link = view! { <a href=format!("#{PLACES}")>{count(n)}</a> }.into_any();
        view! { ", "{sentence(&words(&count(n)), vec![(count(n), link)])} }
    });
    let moment = (words.figures_of)(&shared().moment(found.as_of, today()).to_lowercase());
    let silent = (found.silent_devices > 0).then(|| {
        let n = number(found.silent_devices);
        let link = if session().may(Action::Devices) {
            view! { <a href="/office/people">{n.clone()}</a> }.into_any()
        } else {
            n.clone().into_any()
        };
        view! { " · "{sentence(&(words.silent_phones)(&n), vec![(n.clone(), link)])} }
    });
    view! { {unit}{places}" · "{moment}{silent} }.into_any()
}

fn drawn(found: Coverage, filter: Filter) -> AnyView {
    let words = words();
    let may = |action| session().may(action);
    if found.campaign.is_none() {
        let next = may(Action::Campaigns).then(|| view! { <a class="btn second auto" href="/office/campaigns">{words.make_campaign}</a> });
        return view! { {empty(words.no_campaign_why, next)}{campaigns(&found, &filter)} }.into_any();
    }
    if found.total.households == 0 {
        let next = may(Action::ImportRoll).then(|| view! { <a class="btn second auto" href="/office/import">{words.import}</a> });
        return empty(words.no_households_why, next);
    }
    let met = Weeks {
        title: words.weeks_title,
        unit: words.meetings,
        note: words.weeks_note,
        all: found.weeks.clone(),
        page: "visits",
        filter: standing_in(&filter, StandingFilter::Met),
    };
    view! {
        <div class="two">{whole(&found, &filter)}{met.figure(words.no_visits_yet)}</div>
        {rearranged(&found)}
        {if found.communes.is_empty() { villages(&found, &filter) } else { communes::table(&found) }}
        {found.communes.is_empty().then(|| more(&found, &filter))}
    }
    .into_any()
}

/// The whole in one bar.
fn whole(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    let total = &found.total;
    let parts = Parts::of(total);
    let [met, tried, new, apart] = parts.percent().map(|n| format!("{n}\u{a0}%"));
    let worst = found.villages.iter().max_by_key(|village| village.counts.overdue).map(|village| village.name.clone()).unwrap_or_default();
    let said = |standing: StandingFilter, label: String| {
        let spoken = format!("{label} {}", standing.label(lang()));
        linked("households", &standing_in(filter, standing), label, &spoken)
    };
    let overdue = (total.overdue > 0).then(|| {
        let label = (words.overdue_count)(&number(total.overdue));
        view! { {said(StandingFilter::Overdue, label)}", "{(words.most_in)(&worst)} }
    });
    let assigned = said(StandingFilter::Assigned, (words.assigned_count)(&number(total.assigned)));
    let left = said(StandingFilter::Left, (words.left_count)(&number(total.left)));
    let of_apart = (total.no_contact > 0).then(|| view! { ", "<b>{apart}</b>{words.of_apart} });
    let apart = (total.no_contact > 0).then(|| {
        let label = (words.no_contact_count)(&number(total.no_contact));
        view! { <p class="muted">{said(StandingFilter::NoContact, label)}</p> }
    });
    view! {
        <figure class="col">
            <figcaption><h2>{if found.communes.is_empty() { words.whole_commune } else { words.whole_province }}</h2></figcaption>
            {parts.bar("bar tall", Some(OF_BAR))}
            {key(OF_BAR, parts, filter)}
            <p>
                <b>{met}</b>{words.of_met}<b>{tried}</b>{words.of_tried}<b>{new}</b>{words.of_new}{of_apart}". "{overdue}
            </p>
            <p>{assigned}", "{left}"."</p>
            {apart}
        </figure>
    }
    .into_any()
}

/// What a commune looks at beside its villages.
fn more(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    let mut said: BTreeMap<Date, u32> = BTreeMap::new();
    for (week, n) in found.topics.iter().flat_map(|topic| &topic.weeks) {
        *said.entry(*week).or_default() += n;
    }
    let weeks = |title, unit, note, all, page| Weeks { title, unit, note, all, page, filter: filter.clone() };
    let said = weeks(words.said_by_week, words.opinions, words.said_by_week_note, said.into_iter().collect(), "opinions");
    let held = weeks(words.held_by_week, words.meetings_held, words.weeks_note, found.held.clone(), "meetings");
    view! {
        {teams(found, filter)}
        {members(found, filter)}
        <div class="two">{campaigns(found, filter)}{compared(found, filter)}</div>
        {trends(found, filter)}
        <div class="two">{said.figure(words.no_opinions_yet)}{held.figure(words.no_meetings_held)}</div>
        {topics(found, filter)}
    }
    .into_any()
}

/// Every campaign in the same places and days.
fn campaigns(found: &Coverage, filter: &Filter) -> Option<AnyView> {
    let words = words();
    if found.campaigns.is_empty() {
        return None;
    }
    let rows = found.campaigns.iter().map(|row| {
        let which = Filter { campaign: Some(row.campaign), ..filter.clone() };
        let counts = &row.counts;
        view! {
            <tr>
                <th scope="row"><a href=address("overview", &which)>{row.title.clone()}</a></th>
                <td class="r">{households(&which, StandingFilter::Active, counts.households)}</td>
                <td class="r">{records("visits", &which, counts.visits, words.visits_made)}</td>
                <td class="r">{households(&which, StandingFilter::Met, counts.met)}</td>
                <td class="r">{households(&which, StandingFilter::Left, counts.left)}</td>
                <td class="r">{households(&which, StandingFilter::Due, counts.due)}</td>
            </tr>
        }
    });
    Some(
        view! {
            <div class="col">
                <table class="tbl">
                    <caption>{words.campaigns_title}</caption>
                    <thead><tr>
                        <th scope="col">{words.campaign}</th>
                        <th scope="col" class="r">{words.households_n}</th>
                        <th scope="col" class="r">{words.visits_made}</th>
                        <th scope="col" class="r">{words.met}</th>
                        <th scope="col" class="r">{words.left}</th>
                        <th scope="col" class="r">{words.due}</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    )
}

/// Each village, team and person in these days, and in as many before.
fn trends(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    let (days, before) = (found.days, found.days.before());
    // What was done, of which list it is, and the standing that the list is asked for.
    type Figure = (&'static str, fn(&Done) -> u32, &'static str, Option<StandingFilter>);
    let figures: [Figure; 4] = [
        (words.visits_made, |done| done.visits, "visits", None),
        (words.households_met, |done| done.met, "households", Some(StandingFilter::Met)),
        (words.opinions, |done| done.opinions, "opinions", None),
        (words.meetings_held, |done| done.held, "meetings", None),
    ];
    let row = |name: &str, of: Filter, trend: &Trend| {
        let periods = [Some((days, trend.now)), trend.before.map(|then| (before, then))];
        let cell = |(label, value, page, standing): Figure, period: Option<(Days, Done)>| {
            let found = period.map(|(days, done)| {
                let which = Filter { from: Some(days.from), to: Some(days.to), standing, ..of.clone() };
                records(page, &which, value(&done), label)
            });
            view! { <td class="r">{found}</td> }
        };
        let cells = figures.iter().flat_map(|figure| periods.map(|period| cell(*figure, period))).collect_view();
        view! { <tr><th scope="row">{name.to_owned()}</th>{cells}</tr> }.into_any()
    };
    let group = |title: &'static str, rows: Vec<AnyView>| {
        (!rows.is_empty()).then(|| {
            view! { <tbody><tr><th scope="rowgroup" colspan="9" class="muted">{title}</th></tr>{rows.collect_view()}</tbody> }
        })
    };
    let titles = figures.map(|(label, ..)| view! { <th scope="colgroup" colspan="2" class="r">{label}</th> });
    let periods = figures.map(|_| {
        view! {
            <th scope="col" class="r">{words.these_days}</th>
            <th scope="col" class="r">{words.days_before}</th>
        }
    });
    let villages = found.villages.iter().map(|it| row(&it.name, Filter { village: Some(it.village), ..filter.clone() }, &it.trend));
    let teams = found.teams.iter().map(|it| row(&it.name, Filter { team: Some(it.team), ..filter.clone() }, &it.trend));
    let members = found.members.iter().map(|it| row(&it.name, Filter { team: None, by: Some(it.person), ..filter.clone() }, &it.trend));
    view! {
        <div class="col">
            <table class="tbl">
                <caption>{words.trends_title}</caption>
                <thead>
                    <tr><td rowspan="2"></td>{titles.collect_view()}</tr>
                    <tr>{periods.collect_view()}</tr>
                </thead>
                {group(words.village, villages.collect())}
                {group(words.team, teams.collect())}
                {group(words.member, members.collect())}
            </table>
        </div>
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
    let note = if found.before.is_some() { words.compared_how } else { words.not_compared };
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
            <p class="small muted">{note}</p>
        </div>
    }
    .into_any()
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
                <td class="r">{households(&which, StandingFilter::Active, team.counts.households)}</td>
                <td class="r"><b>{format!("{met}\u{a0}%")}</b></td>
                <td class="r">{households(&which, StandingFilter::Met, team.counts.met)}</td>
                <td class="r">{households(&which, StandingFilter::Left, team.counts.left)}</td>
                <td class="r">{households(&which, StandingFilter::Due, team.counts.due)}</td>
                <td class="r">{overdue}{households(&which, StandingFilter::Overdue, team.counts.overdue)}</td>
                <td class="r">{records("visits", &which, team.counts.visits, words.visits_made)}</td>
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
                        <th scope="col" class="r"><span class="unseen">{words.percent_met}</span></th>
                        <th scope="col" class="r">{words.met}</th>
                        <th scope="col" class="r">{words.left}</th>
                        <th scope="col" class="r">{words.due}</th>
                        <th scope="col" class="r">{words.overdue}</th>
                        <th scope="col" class="r">{words.visits_made}</th>
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
                        <th scope="col" class="r">{words.given_by_name}</th>
                        <th scope="col" class="r">{words.left}</th>
                        <th scope="col" class="r">{words.due}</th>
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
    let met = standing_in(&which, StandingFilter::Met);
    let given = Filter { by: None, holder: Some(member.person), ..which.clone() };
    let Done { visits, meetings, met: homes, opinions, held } = member.done;
    let teams = member.teams.join(", ");
    let teams = (!teams.is_empty()).then(|| view! { <br/><span class="small muted">{teams}</span> });
    view! {
        <tr>
            <th scope="row">{member.name.clone()}{teams}</th>
            <td class="r">{records("visits", &which, visits, words.visits_made)}</td>
            <td class="r">{records("visits", &met, meetings, words.meetings)}</td>
            <td class="r">{records("households", &met, homes, words.households_met)}</td>
            <td class="r">{records("opinions", &which, opinions, words.opinions)}</td>
            <td class="r">{records("meetings", &which, held, words.meetings_held)}</td>
            <td class="r">{households(&given, StandingFilter::Assigned, member.given.assigned)}</td>
            <td class="r">{households(&given, StandingFilter::Left, member.given.left)}</td>
            <td class="r">{households(&given, StandingFilter::Due, member.given.due)}</td>
            <td class="r">{member.last.map(|at| at.date().to_string())}</td>
        </tr>
    }
    .into_any()
}

/// How many villages are named beside a topic.
const NAMED: usize = 3;

fn topics(found: &Coverage, filter: &Filter) -> AnyView {
    let words = words();
    if found.topics.is_empty() {
        return view! { <div class="col"><h2>{words.topics_title}</h2><p class="muted">{words.no_opinions_yet}</p></div> }.into_any();
    }
    let weeks: BTreeSet<Date> = found.topics.iter().flat_map(|topic| topic.weeks.iter().map(|(week, _)| *week)).collect();
    let name = |village: AreaId| found.villages.iter().find(|row| row.village == village).map(|row| row.name.clone());
    let row = |topic: &TopicCoverage| {
        let which = Filter { topic: Some(topic.topic), ..filter.clone() };
        let in_days = |days: Days| Filter { from: Some(days.from), to: Some(days.to), ..which.clone() };
        let label = topic.topic.parent().label(lang());
        let places = topic.villages.iter().take(NAMED).filter_map(|(village, n)| {
            let there = Filter { village: Some(*village), ..which.clone() };
            let name = name(*village)?;
            Some(view! { <span class="item">{name.clone()}" "{records("opinions", &there, *n, &format!("{label}, {name}"))}</span> })
        });
        let of_weeks: Vec<(Date, u32)> =
            weeks.iter().map(|week| (*week, topic.weeks.iter().find(|(of, _)| of == week).map_or(0, |(_, n)| *n))).collect();
        let before = topic.before.map(|n| records("opinions", &in_days(found.days.before()), n, label));
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td class="r">{records("opinions", &which, topic.opinions, label)}</td>
                <td class="r">{records("opinions", &in_days(found.days), topic.now, label)}</td>
                <td class="r">{before}</td>
                <td>{sparkline(&of_weeks, OF_WEEKS)}</td>
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
    let of_weeks = found.topics.iter().flat_map(|topic| topic.weeks.iter().map(move |(week, n)| (topic.topic, *week, *n)));
    let of_weeks = of_weeks.map(|(topic, week, n)| {
        let label = topic.parent().label(lang());
        let then = in_week(&Filter { topic: Some(topic), ..filter.clone() }, week);
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{week.to_string()}</td>
                <td class="r">{records("opinions", &then, n, label)}</td>
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
                <summary>{words.as_table}": "{words.topics_by_week}</summary>
                <table class="tbl">
                    <caption class="unseen" id=OF_WEEKS>{words.topics_by_week}</caption>
                    <thead><tr>
                        <th scope="col">{words.topic}</th>
                        <th scope="col">{words.week_from}</th>
                        <th scope="col" class="r">{words.opinions}</th>
                    </tr></thead>
                    <tbody>{of_weeks.collect_view()}</tbody>
                </table>
            </details>
            <details>
                <summary>{words.as_table}": "{words.topics_by_village}</summary>
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
        <table class="tbl" id=PLACES>
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
                <th scope="col" class="r">{words.left}</th>
                <th scope="col" class="r">{words.due}</th>
                <th scope="col" class="r">{words.overdue}</th>
                <th scope="col" class="r">{words.visits_made}</th>
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
    let words = words();
    let parts = Parts::of(counts);
    let place = Filter { village: village.or(filter.village), ..filter.clone() };
    let cell = |standing: StandingFilter, n: u32| view! { <td class="r">{households(&place, standing, n)}</td> };
    let overdue = (counts.overdue > 0).then(|| view! { <span class="bad">{Icon::WARNING.view()}</span>" " });
    let [met, ..] = parts.percent();
    view! {
        <tr>
            <th scope="row">{name}</th>
            {cell(StandingFilter::Active, counts.households)}
            <td>{parts.bar("bar", None)}</td>
            <td class="r"><b>{format!("{met}\u{a0}%")}</b></td>
            {cell(StandingFilter::Met, counts.met)}
            {cell(StandingFilter::Tried, counts.tried)}
            {cell(StandingFilter::New, parts.new)}
            {cell(StandingFilter::NoContact, parts.apart)}
            {cell(StandingFilter::Left, counts.left)}
            {cell(StandingFilter::Due, counts.due)}
            <td class="r">{overdue}{households(&place, StandingFilter::Overdue, counts.overdue)}</td>
            <td class="r">{records("visits", &place, counts.visits, words.visits_made)}</td>
            <td class="r">{records("opinions", &place, opinions, words.opinions)}</td>
        </tr>
    }
    .into_any()
}
