//! Households that were made twice.

use super::world::{Subject, World, household};
use super::{APPLIED, record};
use crate::store::{Import, StoreError, Undo, Value};
use domain::book::{Edit, Entry, Sheet};
use domain::coverage::Counts;
use domain::household::{Household, HouseholdStatus};
use domain::id::{DeviceId, RecordId};
use domain::office::{Filter, HouseholdRow, OpinionRow, StandingFilter, VisitRow};
use domain::operation::{Change, Kind, Operation, Stream};
use domain::person::Role;
use domain::receive::WINDOW;
use domain::record::Body;
use domain::share::VillageWork;
use domain::twin::{Decision, Pair, Sign, Verdict};
use domain::visit::ContactResult::{MetRep, NotHome};
use domain::wire::{Outcome, Reason};

async fn pairs<S: Subject>(world: &World<S>) -> Vec<(Verdict, RecordId, RecordId)> {
    let found = world.store.list::<Pair>(world.ask(Filter::default()), world.now).await.unwrap();
    assert_eq!(found.notable as usize, found.rows.iter().filter(|pair| pair.verdict == Verdict::Open).count());
    found.rows.iter().map(|pair| (pair.verdict, pair.sides[0].id, pair.sides[1].id)).collect()
}

const fn decide(household: RecordId, other: RecordId, seen: Verdict, is: Verdict) -> Value {
    Value::Twins(Decision { household, other, seen, is })
}

async fn rows<S: Subject>(world: &World<S>, filter: Filter) -> Vec<HouseholdRow> {
    world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().rows
}

async fn total<S: Subject>(world: &World<S>, filter: Filter) -> Counts {
    world.store.coverage(world.ask(filter), world.now).await.unwrap().total
}

/// Two teams made the same house: the eighth of the list, and one without a number by a phone.
async fn made_twice<S: Subject>() -> (World<S>, super::world::Phone, RecordId, RecordId) {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let kept = world.households(phone.area).await[7];
    let twin = record(40);
    let made = Household { no: String::new(), ..household(8) };
    let mut operation = Operation::new(phone.header(Kind::Household, twin, Stream::Roll, Change::Create));
    operation.parts = domain::household::parts(made.first_values());
    let frames = [
        phone.frame(&operation),
        phone.visit(record(50), kept, NotHome),
        phone.visit(record(51), twin, MetRep),
        phone.opinion(record(52), twin, record(51), "đường"),
    ];
    assert_eq!(world.outcomes(&phone, &frames).await, [APPLIED; 4]);
    (world, phone, kept, twin)
}

/// One household as an officer opens it.
async fn open<S: Subject>(world: &World<S>, id: RecordId) -> Sheet {
    let ask = world.ask(Filter { household: Some(id), ..Filter::default() });
    world.store.list::<Sheet>(ask, world.now).await.unwrap().rows.remove(0)
}

/// The households of the list but for the one that was made twice.
async fn others<S: Subject>(world: &World<S>, phone: &super::world::Phone, twin: RecordId) -> Vec<RecordId> {
    world.households(phone.area).await.into_iter().filter(|id| *id != twin).collect()
}

pub async fn two_that_are_one_count_once_until_that_is_taken_back<S: Subject>() {
    let (mut world, mut phone, kept, twin) = made_twice::<S>().await;
    let found = world.store.list::<Pair>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    let [pair] = found.as_slice() else { panic!("{found:?}") };
    let sides: Vec<_> = pair.sides.iter().map(|side| (side.id, side.visits, side.by.as_str())).collect();
    let officer = "Vi Văn Thử";
    assert!(sides.contains(&(kept, 1, officer)), "{sides:?}");
    assert!(sides.iter().any(|(id, visits, by)| (*id, *visits) == (twin, 1) && *by != officer), "{sides:?}");
    assert_eq!((pair.verdict, pair.signs.as_slice()), (Verdict::Open, [Sign::Head, Sign::People].as_slice()));
    let before = (world.table(&["operation", "visit", "opinion"]).await, total(&world, Filter::default()).await);
    assert_eq!((before.1.households, before.1.met, before.1.tried), (11, 1, 1));

    world.write(0, decide(twin, kept, Verdict::Open, Verdict::Same)).await.unwrap();
    assert_eq!(pairs(&world).await, [(Verdict::Same, twin, kept)]);
    let here = Filter { village: Some(phone.area), ..Filter::default() };
    for filter in [Filter::default(), Filter { team: Some(world.team), ..Filter::default() }] {
        let counts = total(&world, filter.clone()).await;
        assert_eq!((counts.met, counts.tried, counts.visits, counts.meetings), (1, 0, 2, 1), "{filter:?}");
        for (standing, figure) in [
            (StandingFilter::Active, counts.households),
            (StandingFilter::Met, counts.met),
            (StandingFilter::Left, counts.left),
            (StandingFilter::Assigned, counts.assigned),
        ] {
            let listed = rows(&world, Filter { standing: Some(standing), ..filter.clone() }).await;
            assert_eq!(listed.len() as u32, figure, "{standing:?} of {filter:?}");
        }
    }
    assert_eq!(total(&world, here.clone()).await.households, 8);
    // The one has the visits of both, also by day and by person, under either id; the opinion stands under its code.
    let day = Some(world.now.date());
    for filter in [
        Filter { household: Some(kept), ..Filter::default() },
        Filter { household: Some(twin), ..Filter::default() },
        Filter { household: Some(twin), from: day, to: day, by: Some(phone.person), ..Filter::default() },
    ] {
        let found = rows(&world, filter.clone()).await;
        assert_eq!(found.iter().map(|row| (row.id, row.attempts, row.met.is_some())).collect::<Vec<_>>(), [(kept, 2, true)], "{filter:?}");
        let visits = world.store.list::<VisitRow>(world.ask(filter), world.now).await.unwrap();
        assert_eq!((visits.total, visits.notable), (2, 1));
        assert!(visits.rows.iter().all(|visit| visit.household == "DC-0008 · 8"), "{:?}", visits.rows);
    }
    let said = world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    assert_eq!(said[0].household.as_deref(), Some("DC-0008 · 8"));
    // As work to be shared out it is one house, which was met.
    let work = Filter { campaign: Some(world.campaign), ..here };
    let work = world.store.list::<VillageWork>(world.ask(work), world.now).await.unwrap().rows.remove(0).households;
    assert_eq!((work.len(), work.iter().find(|row| row.id == kept).map(|row| (row.attempts, row.met))), (8, Some((2, true))));
    // Its own page says so, and a phone that had not heard of it loses nothing.
    let sheets = [open(&world, twin).await, open(&world, kept).await];
    assert_eq!(sheets.each_ref().map(|sheet| (sheet.stands, sheet.twins[0].id)), [(false, kept), (true, twin)]);
    let late = [phone.visit(record(53), twin, MetRep), phone.set_people(twin, 5, sheets[0].base.get("people").unwrap())];
    assert_eq!(world.outcomes(&phone, &late).await, [APPLIED, APPLIED]);
    assert_eq!(rows(&world, Filter { household: Some(kept), ..Filter::default() }).await[0].attempts, 3);
    let Body::Registry(registry) = super::pulled(&world, &phone, twin).await.body else { panic!("a household") };
    assert_eq!((Household::read(&registry.state).same_as, Household::read(&registry.state).people), (Some(kept), Some(5)));

    // Everything is made again from the log, and taken back both stand as before.
    let linked = world.table(&["household", "progress"]).await;
    world.store.rebuild().await.unwrap();
    assert_eq!(world.table(&["household", "progress"]).await, linked);
    world.write(0, decide(twin, kept, Verdict::Same, Verdict::Open)).await.unwrap();
    let counts = total(&world, Filter::default()).await;
    assert_eq!((counts.households, counts.met, counts.tried, counts.visits), (11, 1, 1, 3));
    assert_eq!(pairs(&world).await.len(), 0, "five people here and four there");
    let of = |id| Filter { household: Some(id), ..Filter::default() };
    assert_eq!([rows(&world, of(kept)).await[0].attempts, rows(&world, of(twin)).await[0].attempts], [1, 2]);
    let after = world.table(&["operation", "visit", "opinion"]).await;
    assert!(before.0.iter().all(|row| after.contains(row)), "nothing was lost");
}

pub async fn who_is_not_the_same_is_not_asked_again<S: Subject>() {
    let (mut world, _, kept, twin) = made_twice::<S>().await;
    assert_eq!(pairs(&world).await[0].0, Verdict::Open);
    world.write(0, decide(kept, twin, Verdict::Open, Verdict::Apart)).await.unwrap();
    assert_eq!(pairs(&world).await, [(Verdict::Apart, kept, twin)]);
    assert_eq!(total(&world, Filter::default()).await.households, 11);
    world.store.rebuild().await.unwrap();
    assert_eq!(pairs(&world).await, [(Verdict::Apart, kept, twin)]);
    world.write(0, decide(kept, twin, Verdict::Apart, Verdict::Open)).await.unwrap();
    assert_eq!(pairs(&world).await.len(), 1);
    assert_eq!(pairs(&world).await[0].0, Verdict::Open);
}

pub async fn a_decision_about_two_is_checked<S: Subject>() {
    use StoreError::{Invalid, NotAllowed, NotFound, Stale, Taken};
    use Verdict::{Apart, Open, Same};
    let (mut world, mut phone, kept, twin) = made_twice::<S>().await;
    let homes = others(&world, &phone, twin).await;
    let away = world.households(world.village("Thôn Bến Lĩnh").await).await[0];
    for (value, error) in [
        (decide(record(98), kept, Open, Same), NotFound),
        (decide(twin, record(98), Open, Same), NotFound),
        (decide(twin, world.campaign, Open, Same), NotFound),
        (decide(twin, twin, Open, Same), Invalid("other")),
        (decide(twin, kept, Open, Open), Invalid("other")),
        (decide(twin, away, Open, Same), Invalid("village")),
        (decide(twin, away, Open, Apart), Invalid("village")),
        (decide(twin, kept, Same, Open), Stale),
        (decide(twin, kept, Apart, Same), Stale),
    ] {
        assert_eq!(world.write(0, value.clone()).await, Err(error), "{value:?}");
    }
    world.write(0, decide(twin, kept, Open, Same)).await.unwrap();
    for (value, error) in [
        // Somebody else was faster, with this pair or with one of them.
        (decide(twin, kept, Open, Same), Stale),
        (decide(kept, twin, Open, Same), Stale),
        (decide(kept, twin, Open, Apart), Stale),
        (decide(twin, homes[0], Open, Same), Taken("household")),
        (decide(homes[0], twin, Open, Same), Taken("household")),
    ] {
        assert_eq!(world.write(0, value.clone()).await, Err(error), "{value:?}");
    }
    // A third record of the same house; and what stands for others can turn out to be part of another one itself.
    world.write(0, decide(homes[0], kept, Open, Same)).await.unwrap();
    world.write(0, decide(kept, homes[1], Open, Same)).await.unwrap();
    assert_eq!(total(&world, Filter { village: Some(phone.area), ..Filter::default() }).await.households, 6);
    assert_eq!(rows(&world, Filter { household: Some(twin), ..Filter::default() }).await[0].id, homes[1]);
    // Nothing can stand for another one that is no household any more.
    let there = open(&world, homes[2]).await;
    let seen = there.base.get("status").cloned().unwrap_or_default();
    let what = Edit::Correct([("status".to_owned(), seen)].into_iter().collect());
    let gone = Household { status: HouseholdStatus::MovedOut, ..there.household };
    world.write(0, Value::Household(Entry { id: homes[2], household: gone, what, anyway: false })).await.unwrap();
    assert_eq!(world.write(0, decide(homes[3], homes[2], Open, Same)).await, Err(Invalid("status")));
    // It is the office's to say; a phone's word for it waits for a person.
    let values = domain::twin::Decision { household: homes[3], other: homes[4], seen: Open, is: Same }.values();
    let apart = domain::twin::Decision { household: homes[3], other: homes[4], seen: Open, is: Apart }.values();
    for values in [values, apart] {
        let fields = values.keys().map(|field| (field.clone(), Vec::new())).collect();
        let mut operation = Operation::new(phone.header(Kind::Household, homes[3], Stream::Roll, Change::Set { fields }));
        operation.parts = domain::household::parts(values);
        let frame = phone.frame(&operation);
        assert_eq!(world.outcomes(&phone, &[frame]).await, [Outcome::Quarantined(Reason::Invalid)]);
    }
    let change = crate::store::OfficeChange {
        by: world.officer,
        within: Some(record(96).into()),
        device: world.tab,
        seq: world.tab_seq + 1,
        seen: 0,
        value: decide(homes[3], homes[4], Open, Same),
    };
    assert_eq!(world.store.write(change, world.now, [1; 32]).await, Err(NotAllowed));
}

pub async fn a_list_finds_the_one_and_makes_no_other<S: Subject>() {
    let (mut world, phone, kept, twin) = made_twice::<S>().await;
    let named = Household { head: "Trần Thị Lan".into(), ..Household::default() };
    let seen = open(&world, twin).await.base.get("head").unwrap().clone();
    let what = Edit::Correct([("head".to_owned(), seen)].into_iter().collect());
    world.write(0, Value::Household(Entry { id: twin, household: named.clone(), what, anyway: false })).await.unwrap();
    world.write(0, decide(twin, kept, Verdict::Open, Verdict::Same)).await.unwrap();
    let village = "Thôn Đồng Cừ".to_owned();
    let eight: Vec<_> = (1..=8).map(|n| (village.clone(), household(n))).collect();
    let again = world.import(DeviceId::new(5, [5; 10]), eight.clone()).await.unwrap();
    assert_eq!((again.households, again.changed), (0, 0));
    // A list that has the house under the other name, too, or under that alone, is asked about and makes nothing new.
    let seven = [&eight[..7], &[(village.clone(), Household { people: Some(9), ..named.clone() })]].concat();
    let both = [eight, vec![(village, named)]].concat();
    for (n, rows) in [(6, seven), (7, both)] {
        let done = world.import(DeviceId::new(n, [6; 10]), rows).await.unwrap();
        assert_eq!((done.households, done.changed), (0, 0), "{n}");
    }
    assert_eq!(total(&world, Filter { village: Some(phone.area), ..Filter::default() }).await.households, 8);
}

/// Only the one that stands is of the import: nothing was written to it, and the other one would be lost with it.
pub async fn an_import_is_not_taken_back_from_under_one_that_stands_for_another<S: Subject>() {
    let mut world = World::<S>::new().await;
    let village = world.village("Thôn Đồng Cừ").await;
    let (kept, twin) = (world.households(village).await[0], world.fresh());
    let entry = Entry { id: twin, household: household(1), what: Edit::Add(village), anyway: true };
    world.write(0, Value::Household(entry)).await.unwrap();
    world.write(0, decide(twin, kept, Verdict::Open, Verdict::Same)).await.unwrap();
    let (by, commune, import) = (world.officer, world.commune, DeviceId::new(2, [201; 10]));
    let undo = Undo { by, commune, import, device: DeviceId::new(8, [8; 10]) };
    assert_eq!(world.store.import(Import::Undo(undo.clone()), world.now, [1; 32]).await.err(), Some(StoreError::Taken("household")));
    assert_eq!(total(&world, Filter::default()).await.households, 10);
    world.write(0, decide(twin, kept, Verdict::Same, Verdict::Open)).await.unwrap();
    world.store.import(Import::Undo(undo), world.now, [1; 32]).await.unwrap();
    assert_eq!(total(&world, Filter::default()).await.households, 1);
}

/// Of just enough households that were visited two are one, so they are too few for what was said without a name.
pub async fn a_house_made_twice_is_one_behind_what_was_said<S: Subject>() {
    let (mut world, mut phone, kept, twin) = made_twice::<S>().await;
    let homes = others(&world, &phone, twin).await;
    let opinion = phone.anonymous(b"mot");
    world.send(&phone, &[&opinion]).await;
    let homes = std::iter::once(kept).chain(homes.into_iter().take(WINDOW - 2));
    let met: Vec<_> = homes.zip(60..).map(|(home, n)| phone.visit(record(n), home, MetRep)).collect();
    assert!(world.outcomes(&phone, &met).await.iter().all(|outcome| *outcome == APPLIED));
    world.write(0, decide(twin, kept, Verdict::Open, Verdict::Same)).await.unwrap();
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 0);
    // What is written to it later counts to the same house, and taken back it is a house of its own again.
    let frame = phone.visit(record(80), twin, MetRep);
    assert_eq!(world.outcomes(&phone, &[frame]).await, [APPLIED]);
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 0);
    world.write(0, decide(twin, kept, Verdict::Same, Verdict::Open)).await.unwrap();
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 1);
}
