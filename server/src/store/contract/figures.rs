//! From every number to its records: each figure of an office is the length of the list that it leads to.

use super::record;
use super::world::{Subject, World, ground, household, said};
use crate::store::Value;
use domain::book::{Edit, Entry};
use domain::campaign::Assignment;
use domain::coverage::Counts;
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

const FIGURES: [Figure; 8] = [
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
        let visits = world.store.list::<VisitRow>(world.ask(Filter { team: None, ..filter.clone() }), now).await.unwrap();
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
