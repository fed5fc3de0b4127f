//! From every number to its records: each figure of an office is the length of the list that it leads to.

use super::record;
use super::world::{Subject, World, ground, household, said};
use crate::store::Value;
use domain::book::{Edit, Entry};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::coverage::{Counts, Days, Done, Trend};
use domain::household::{Household, HouseholdStatus};
use domain::meeting::MeetingState;
use domain::office::{Filter, HouseholdRow, MeetingRow, OpinionRow, StandingFilter, VisitRow};
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::person::Role;
use domain::share::Share;
use domain::short::Map;
use domain::source::Source;
use domain::time::Date;
use domain::visit::ContactResult::{MetRep, NotHome};
use domain::visit::{Appointment, Visit};

/// A figure of households, and the standing that its list is narrowed by.
type Figure = (StandingFilter, fn(&Counts) -> u32);

const FIGURES: [Figure; 9] = [
    (StandingFilter::Active, |counts| counts.households),
    (StandingFilter::Met, |counts| counts.met),
    (StandingFilter::Tried, |counts| counts.tried),
    (StandingFilter::New, |counts| counts.new),
    (StandingFilter::Assigned, |counts| counts.assigned),
    (StandingFilter::Left, |counts| counts.left),
    (StandingFilter::Due, |counts| counts.due),
    (StandingFilter::Overdue, |counts| counts.overdue),
    (StandingFilter::NoContact, |counts| counts.no_contact),
];

/// A commune in which every figure is another number than 0, and no household is gone but one.
async fn busy<S: Subject>() -> World<S> {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let (here, there) = (phone.area, world.village("Thôn Bến Lĩnh").await);
    let (homes, away) = (world.households(here).await, world.households(there).await);
    let share = Share { member: phone.person, households: [away[0]].into_iter().collect() };
    let (campaign, team) = (world.campaign, world.team);
    let work = Assignment { id: record(60), campaign, team, village: there, due: None, ended: false, share: Some(share) };
    world.write(0, Value::Assignment(work)).await.unwrap();
    for (n, household) in
        [(0, Household { no_contact: true, ..household(1) }), (7, Household { status: HouseholdStatus::MovedOut, ..household(8) })]
    {
        let fields = household.changed_values(&super::world::household(n + 1));
        let what = Edit::Correct(fields.keys().map(|field| (field.clone(), Vec::new())).collect::<Map<_, _>>());
        world.write(0, Value::Household(Entry { id: homes[n], household, what, anyway: false })).await.unwrap();
    }
    // Whoever was given a village since reads it under a newer version.
    phone.grant += 1;
    let agreed = |days: i32| Some(Appointment { date: world.now.date().plus(days), minute: None });
    let mut frames = Vec::new();
    for (n, home, contact, next) in [
        (70, homes[1], MetRep, None),
        (71, homes[2], NotHome, agreed(0)),
        (72, homes[3], NotHome, agreed(-2)),
        (73, homes[1], NotHome, None),
    ] {
        let visit =
            Visit { household: home, contact, purposes: Vec::new(), next, promised: None, source: Source::default(), visitor: None };
        let operation = Operation::new(phone.header(Kind::Visit, record(n), Stream::Visit, Change::Create)).with(Part::Facts, &visit);
        frames.push(phone.frame(&operation));
    }
    frames.push(phone.opinion(record(80), homes[1], record(70), "đường"));
    frames.push(phone.meeting(record(81), 0, MeetingState::InSession));
    for n in [82, 83] {
        let header = phone.header(Kind::MeetingOpinion, record(n), Stream::Voice, Change::Create);
        frames.push(phone.frame(&said(header, record(81), "cống hay cầu")));
    }
    phone.area = there;
    frames.push(phone.visit(record(74), away[0], MetRep));
    let outcomes = world.outcomes(&phone, &frames).await;
    assert!(outcomes.iter().all(|outcome| *outcome == super::APPLIED), "{outcomes:?}");
    world
}

pub async fn every_standing_is_the_length_of_its_list<S: Subject>() {
    let world = busy::<S>().await;
    assert_eq!(ground(world.campaign).campaign, Some(world.campaign));
    let (today, now) = (world.now.date(), world.now);
    let total = |filter: Filter| {
        let ask = world.ask(filter);
        async { world.store.list::<HouseholdRow>(ask, now).await.unwrap().total }
    };
    let coverage = async |filter: Filter| world.store.coverage(world.ask(filter), now).await.unwrap();
    let all = coverage(Filter::default()).await;
    assert!(FIGURES.iter().all(|(_, figure)| figure(&all.total) > 0), "{:?}", all.total);
    let villages = all.villages.iter().map(|village| Filter { village: Some(village.village), ..Filter::default() });
    let day = |from: Option<Date>, to: Option<Date>| Filter { from, to, ..Filter::default() };
    let narrowed = [
        Filter::default(),
        Filter { campaign: Some(world.campaign), ..Filter::default() },
        Filter { team: Some(world.team), ..Filter::default() },
        day(Some(today), Some(today)),
        day(Some(today.plus(1)), None),
    ];
    for filter in narrowed.into_iter().chain(villages) {
        let found = coverage(filter.clone()).await;
        for (standing, figure) in FIGURES {
            let listed = total(Filter { standing: Some(standing), ..filter.clone() }).await;
            assert_eq!(listed, figure(&found.total), "{standing:?} of {filter:?}");
        }
        // Each household is in exactly one part, and the villages make up the whole.
        let counts = found.total;
        assert_eq!(counts.met + counts.tried + counts.new + counts.no_contact, counts.households, "{filter:?}");
        let sum = |of: fn(&Counts) -> u32| found.villages.iter().map(|village| of(&village.counts)).sum::<u32>();
        for (standing, figure) in FIGURES {
            assert_eq!(sum(figure), figure(&counts), "{standing:?} of the villages of {filter:?}");
        }
        let visits = world.store.list::<VisitRow>(world.ask(filter.clone()), now).await.unwrap();
        assert_eq!((visits.total, visits.notable), (counts.visits, counts.meetings), "{filter:?}");
        assert_eq!(visits.notable as usize, visits.rows.iter().filter(|row| row.met).count());
        let opinions = world.store.list::<OpinionRow>(world.ask(filter.clone()), now).await.unwrap();
        assert_eq!(opinions.total, found.opinions, "{filter:?}");
        let weeks: u32 = found.weeks.iter().map(|(_, met)| met).sum();
        assert_eq!(weeks, counts.meetings, "{filter:?}");
        let meetings = world.store.list::<MeetingRow>(world.ask(filter.clone()), now).await.unwrap();
        for meeting in &meetings.rows {
            let said = Filter { meeting: Some(meeting.id), ..filter.clone() };
            assert_eq!(world.store.list::<OpinionRow>(world.ask(said), now).await.unwrap().total, meeting.opinions);
        }
    }
    // A household's visits are counted where the list of households says so.
    let households = world.store.list::<HouseholdRow>(world.ask(Filter::default()), now).await.unwrap();
    for row in &households.rows {
        let of = Filter { household: Some(row.id), ..Filter::default() };
        assert_eq!(world.store.list::<VisitRow>(world.ask(of), now).await.unwrap().total, u32::from(row.attempts), "{}", row.code);
    }
    assert_eq!(households.notable, all.total.new);
}

/// A second campaign, households given by name, and somebody who worked the week before and has left the team.
async fn busier<S: Subject>() -> World<S> {
    let mut world = busy::<S>().await;
    let (here, there) = (world.village("Thôn Đồng Cừ").await, world.village("Thôn Bến Lĩnh").await);
    let (homes, member) = (world.households(here).await, *world.members.iter().next().unwrap());
    let other = Campaign { id: record(90), title: "Nước sạch".into(), from: day(10, 1), ..world.campaign(CampaignState::Active) };
    let draft = Campaign { id: record(91), title: "Chưa chạy".into(), state: CampaignState::Draft, ..other.clone() };
    world.write(0, Value::Campaign(other.clone())).await.unwrap();
    world.write(0, Value::Campaign(draft)).await.unwrap();
    let share = Share { member, households: [homes[2], homes[5]].into_iter().collect() };
    let work = |id, campaign, village, share| Assignment { id, campaign, team: record(2), village, due: None, ended: false, share };
    world.write(0, Value::Assignment(work(record(92), world.campaign, here, Some(share)))).await.unwrap();
    world.write(0, Value::Assignment(work(record(93), other.id, there, None))).await.unwrap();
    let mut before = world.phone(Role::FieldMember).await;
    before.at = world.now.plus_hours(-8 * 24);
    let mut frames = vec![
        before.visit(record(100), homes[4], MetRep),
        before.visit(record(101), homes[1], MetRep),
        before.visit(record(102), homes[1], MetRep),
        before.opinion(record(103), homes[4], record(100), "cống"),
        before.meeting(record(104), 0, MeetingState::InSession),
    ];
    before.campaign = other.id;
    frames.push(before.visit(record(105), homes[3], MetRep));
    let outcomes = world.outcomes(&before, &frames).await;
    assert!(outcomes.iter().all(|outcome| *outcome == super::APPLIED), "{outcomes:?}");
    world.members.remove(&before.person);
    let (seen, team) = (world.seen(world.team).await, world.team());
    world.write(seen, Value::Team(team)).await.unwrap();
    world
}

fn day(month: u8, day: u8) -> Date {
    Date::new(2026, month, day).unwrap()
}

/// Every row of an overview, also with a team, a village, days or another campaign in the filter.
pub async fn every_row_is_that_of_its_lists<S: Subject>() {
    let world = busier::<S>().await;
    let (now, today) = (world.now, world.now.date());
    let (here, there) = (world.village("Thôn Đồng Cừ").await, world.village("Thôn Bến Lĩnh").await);
    let visits = async |filter: Filter| world.store.list::<VisitRow>(world.ask(filter), now).await.unwrap();
    let households = async |filter: Filter| world.store.list::<HouseholdRow>(world.ask(filter), now).await.unwrap().total;
    let opinions = async |filter: Filter| world.store.list::<OpinionRow>(world.ask(filter), now).await.unwrap().total;
    let meetings = async |filter: Filter| world.store.list::<MeetingRow>(world.ask(filter), now).await.unwrap().total;
    let met = |filter: &Filter| Filter { standing: Some(StandingFilter::Met), ..filter.clone() };
    let of_households = async |counts: &Counts, of: &Filter| {
        for (standing, figure) in FIGURES {
            let listed = households(Filter { standing: Some(standing), ..of.clone() }).await;
            assert_eq!(figure(counts), listed, "{standing:?} of {of:?}");
        }
    };
    let of_visits = async |counts: &Counts, of: &Filter| {
        let listed = visits(of.clone()).await;
        assert_eq!((counts.visits, counts.meetings), (listed.total, listed.notable), "{of:?}");
    };
    let of_days = |days: Days, of: &Filter| Filter { from: Some(days.from), to: Some(days.to), ..of.clone() };
    let done = async |of: &Filter| Done {
        visits: visits(of.clone()).await.total,
        meetings: visits(met(of)).await.total,
        met: households(met(of)).await,
        opinions: opinions(of.clone()).await,
        held: meetings(of.clone()).await,
    };
    let of_trend = async |trend: Trend, days: Days, of: &Filter| {
        assert_eq!(trend.now, done(&of_days(days, of)).await, "{of:?}");
        assert_eq!(trend.before.unwrap(), done(&of_days(days.before(), of)).await, "{of:?} before");
    };
    // The days of a week that a filter leaves.
    let of_week = |week: Date, of: &Filter| {
        let (from, to) = (of.from.map_or(week, |from| from.max(week)), of.to.map_or(week.plus(6), |to| to.min(week.plus(6))));
        of_days(Days { from, to }, of)
    };
    for filter in [
        Filter::default(),
        Filter { team: Some(world.team), ..Filter::default() },
        Filter { village: Some(here), ..Filter::default() },
        Filter { village: Some(there), team: Some(world.team), ..Filter::default() },
        Filter { from: Some(today.plus(-2)), to: Some(today), ..Filter::default() },
        Filter { from: Some(today.plus(-8)), to: Some(today.plus(-1)), ..Filter::default() },
        Filter { campaign: Some(record(90)), ..Filter::default() },
    ] {
        let found = world.store.coverage(world.ask(filter.clone()), now).await.unwrap();
        let days = found.days;
        of_visits(&found.total, &filter).await;
        for row in &found.villages {
            let of = Filter { village: Some(row.village), ..filter.clone() };
            of_households(&row.counts, &of).await;
            of_visits(&row.counts, &of).await;
            of_trend(row.trend, days, &of).await;
            assert_eq!(row.opinions, opinions(of).await);
        }
        for row in &found.teams {
            let of = Filter { team: Some(row.team), ..filter.clone() };
            of_households(&row.counts, &of).await;
            of_visits(&row.counts, &of).await;
            of_trend(row.trend, days, &of).await;
        }
        for row in &found.members {
            let of = Filter { team: None, by: Some(row.person), ..filter.clone() };
            of_trend(row.trend, days, &of).await;
            let given = Filter { team: None, holder: Some(row.person), ..filter.clone() };
            of_households(&row.given, &given).await;
        }
        assert_eq!(found.campaigns.iter().map(|row| row.campaign).collect::<Vec<_>>(), [world.campaign, record(90)]);
        for row in &found.campaigns {
            let of = Filter { campaign: Some(row.campaign), ..filter.clone() };
            of_households(&row.counts, &of).await;
            of_visits(&row.counts, &of).await;
        }
        for (week, n) in &found.weeks {
            assert_eq!(*n, visits(met(&of_week(*week, &filter))).await.total, "{week} of {filter:?}");
        }
        for (week, n) in &found.held {
            assert_eq!(*n, meetings(of_week(*week, &filter)).await, "{week} of {filter:?}");
        }
        let sum = |weeks: &[(Date, u32)]| weeks.iter().map(|(_, n)| n).sum::<u32>();
        assert_eq!(sum(&found.weeks), visits(met(&filter)).await.total, "{filter:?}");
        assert_eq!(sum(&found.held), meetings(filter.clone()).await, "{filter:?}");
        for topic in &found.topics {
            let of = Filter { topic: Some(topic.topic), ..filter.clone() };
            for (week, n) in &topic.weeks {
                assert_eq!(*n, opinions(of_week(*week, &of)).await, "{week} of {of:?}");
            }
            assert_eq!(sum(&topic.weeks), opinions(of.clone()).await, "{of:?}");
            assert_eq!(topic.before.unwrap(), opinions(of_days(days.before(), &of)).await, "{of:?} before");
        }
    }
    // What the lists are compared with is not nothing, and a team's visits are not those of its villages.
    let found = world.store.coverage(world.ask(Filter::default()), now).await.unwrap();
    let village = found.villages.iter().find(|row| row.village == here).unwrap();
    let now = Done { visits: 4, meetings: 1, met: 1, opinions: 3, held: 1 };
    assert_eq!(village.trend, Trend { now, before: Some(Done { visits: 3, meetings: 3, met: 2, opinions: 1, held: 1 }) });
    let [team] = found.teams.as_slice() else { panic!("one team") };
    assert_eq!((village.counts.visits, team.counts.visits, found.total.visits), (7, 5, 8));
    let given = found.members.iter().map(|row| (row.given.households, row.given.left, row.given.due)).max();
    assert_eq!((given, found.members.len()), (Some((3, 2, 1)), 2));
    assert_eq!((found.weeks.len(), found.held.len(), found.topics[0].weeks.len()), (2, 2, 2));
    assert_eq!(found.campaigns.iter().map(|row| (row.counts.visits, row.counts.assigned)).collect::<Vec<_>>(), [(8, 8), (1, 2)]);
}
