//! Chosen households given to one member.

use super::world::{Phone, Subject, World};
use super::{APPLIED, record};
use crate::store::{StoreError, Value};
use domain::book::{Edit, Entry, Sheet};
use domain::campaign::Assignment;
use domain::coverage::Counts;
use domain::household::Household;
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{Filter, HouseholdRow, StandingFilter};
use domain::operation::{Kind, Scope, Stream};
use domain::person::{Person, Role};
use domain::share::{Share, VillageWork};
use domain::succession::{NewUnit, Rearrangement};
use domain::visit::ContactResult::MetRep;

/// Some households of a village, for one member.
pub fn share<S>(world: &World<S>, id: RecordId, village: AreaId, member: PersonId, households: &[RecordId]) -> Assignment {
    let share = Share { member, households: households.iter().copied().collect() };
    Assignment { id, campaign: world.campaign, team: world.team, village, due: None, ended: false, share: Some(share) }
}

async fn village_work<S: Subject>(world: &World<S>, village: AreaId) -> VillageWork {
    let ask = world.ask(Filter { village: Some(village), ..Filter::default() });
    world.store.list::<VillageWork>(ask, world.now).await.unwrap().rows.into_iter().next().unwrap()
}

async fn counts<S: Subject>(world: &World<S>) -> Counts {
    world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap().total
}

pub async fn households_are_given_by_name<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut a = world.phone(Role::FieldMember).await;
    let b = world.phone(Role::FieldMember).await;
    let elsewhere = world.village("Thôn Bến Lĩnh").await;
    let (homes, away) = (world.households(a.area).await, world.households(elsewhere).await);
    assert_eq!((counts(&world).await.assigned, away.len()), (8, 2));

    // Of a village that is the team's nothing more is assigned; of another one the household that was given.
    world.write(0, Value::Assignment(share(&world, record(60), a.area, a.person, &homes[..3]))).await.unwrap();
    world.write(0, Value::Assignment(share(&world, record(61), elsewhere, b.person, &away[..1]))).await.unwrap();
    let given = counts(&world).await;
    assert_eq!((given.households, given.assigned, given.left), (10, 9, 9));
    let of = |world: &World<S>, holder| world.ask(Filter { holder: Some(holder), ..Filter::default() });
    let rows = world.store.list::<HouseholdRow>(of(&world, a.person), world.now).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), homes[..3]);
    // A team's households are those at which somebody of it works.
    let of_team = world.ask(Filter { team: Some(world.team), ..Filter::default() });
    assert_eq!(world.store.list::<HouseholdRow>(of_team, world.now).await.unwrap().total, 9);

    let visit = a.visit(record(70), homes[0], MetRep);
    assert_eq!(world.outcomes(&a, &[visit]).await, [APPLIED]);
    let work = village_work(&world, a.area).await;
    let holders: Vec<_> = work.households.iter().map(|row| (row.id, row.holder, row.met)).collect();
    assert_eq!(holders[0], (homes[0], Some(a.person), true));
    assert_eq!(holders[3], (homes[3], None, false));
    assert_eq!(work.shares.iter().map(|share| share.value.id).collect::<Vec<_>>(), [record(60)]);
    let mut held: Vec<_> = work.held.iter().map(|held| (held.member, held.left)).collect();
    held.sort();
    assert_eq!(held, [(a.person, 2), (b.person, 1)], "left is what was given and not met, in every village");

    // Taken back, all is as before.
    for (id, village) in [(60, a.area), (61, elsewhere)] {
        let work = village_work(&world, village).await.shares.remove(0);
        assert_eq!(work.value.id, record(id));
        world.write(work.seen, Value::Assignment(Assignment { ended: true, ..work.value })).await.unwrap();
    }
    let back = counts(&world).await;
    assert_eq!((back.assigned, back.left), (8, 7));
    assert_eq!(world.store.list::<HouseholdRow>(of(&world, a.person), world.now).await.unwrap().total, 0);
}

pub async fn a_share_is_checked<S: Subject>() {
    use StoreError::{Invalid, Stale, Taken};
    let mut world = World::<S>::new().await;
    let (a, b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let elsewhere = world.village("Thôn Bến Lĩnh").await;
    let homes = world.households(a.area).await;
    let stranger = PersonId::from(record(80));
    let person = Person {
        id: stranger,
        name: "Không Trong Tổ".into(),
        sort: String::new(),
        role: Role::FieldMember,
        unit: world.commune,
        left: false,
    };
    world.write(0, Value::Person(person, None)).await.unwrap();
    world.write(0, Value::Assignment(share(&world, record(60), a.area, a.person, &homes[..3]))).await.unwrap();
    let fresh = record(61);
    let of = |households: &[RecordId]| share(&world, fresh, a.area, b.person, households);
    let wrong = [
        (share(&world, fresh, a.area, stranger, &homes[4..5]), Invalid("member")),
        (of(&[]), Invalid("households")),
        (of(&[record(99)]), Invalid("households")),
        (share(&world, fresh, elsewhere, b.person, &homes[4..5]), Invalid("households")),
        (share(&world, fresh, world.commune, b.person, &homes[4..5]), Invalid("village")),
        (Assignment { campaign: record(99), ..of(&homes[4..5]) }, Invalid("campaign")),
        // Somebody else goes there already.
        (of(&homes[2..5]), Taken("households")),
    ];
    for (work, error) in wrong {
        assert_eq!(world.write(0, Value::Assignment(work.clone())).await, Err(error), "{work:?}");
    }
    // It is moved by taking it out first. Neither member nor village of a share changes.
    let seen = village_work(&world, a.area).await.shares.remove(0);
    let less = share(&world, record(60), a.area, a.person, &homes[..2]);
    assert_eq!(world.write(0, Value::Assignment(less.clone())).await, Err(Stale));
    let others = share(&world, record(60), a.area, b.person, &homes[..2]);
    assert_eq!(world.write(seen.seen, Value::Assignment(others)).await, Err(Invalid("village")));
    world.write(seen.seen, Value::Assignment(less)).await.unwrap();
    let of_b = share(&world, fresh, a.area, b.person, &homes[2..5]);
    world.write(0, Value::Assignment(of_b)).await.unwrap();
    let grown = share(&world, record(60), a.area, a.person, &homes[..3]);
    let seen = village_work(&world, a.area).await.shares.into_iter().find(|seen| seen.value.id == record(60)).unwrap();
    assert_eq!(world.write(seen.seen, Value::Assignment(grown)).await, Err(Taken("households")));
}

/// What a phone may read of a village's roll, and the shares among it.
async fn seen_by<S: Subject>(world: &World<S>, phone: &Phone, village: AreaId) -> Option<(usize, usize)> {
    let (all, _, _) = world.pull_all(phone).await;
    let (records, _) = all.get(&Scope { area: village, stream: Stream::Roll })?;
    let of = |kind: Kind| records.iter().filter(|record| record.kind == kind).count();
    Some((of(Kind::Household), of(Kind::Assignment)))
}

pub async fn a_share_is_what_its_member_may_read<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (a, b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let lead = world.phone(Role::TeamLead).await;
    let (seen, team) = (world.seen(world.team).await, domain::team::Team { lead: Some(lead.person), ..world.team() });
    world.write(seen, Value::Team(team)).await.unwrap();
    let village = world.village("Thôn Bến Lĩnh").await;
    let away = world.households(village).await;
    for phone in [&a, &b, &lead] {
        assert_eq!(seen_by(&world, phone, village).await, None);
    }
    world.write(0, Value::Assignment(share(&world, record(60), village, a.person, &away[..1]))).await.unwrap();
    // The whole village is in sight of whoever goes there, and of the lead: assignment is work, not secrecy.
    assert_eq!(seen_by(&world, &a, village).await, Some((2, 1)));
    assert_eq!(seen_by(&world, &lead, village).await, Some((2, 1)));
    assert_eq!(seen_by(&world, &b, village).await, None);
    let share = village_work(&world, village).await.shares.remove(0);
    world.write(share.seen, Value::Assignment(Assignment { ended: true, ..share.value })).await.unwrap();
    assert_eq!(seen_by(&world, &a, village).await, None);

    // One that asked not to be contacted is assigned, and never left.
    let left = StandingFilter::Left;
    let home = world.households(a.area).await[0];
    world.write(0, Value::Assignment(super::share::share(&world, record(61), a.area, a.person, &[home]))).await.unwrap();
    let ask = |standing| world.ask(Filter { holder: Some(a.person), standing: Some(standing), ..Filter::default() });
    assert_eq!(world.store.list::<HouseholdRow>(ask(left), world.now).await.unwrap().total, 1);
    let sheet = world.store.list::<Sheet>(world.ask(Filter { household: Some(home), ..Filter::default() }), world.now);
    let sheet = sheet.await.unwrap().rows.remove(0);
    let entry = Entry {
        id: home,
        household: Household { no_contact: true, ..sheet.household },
        what: Edit::Correct(domain::short::Map::from([("no_contact".to_owned(), Vec::new())])),
        anyway: false,
    };
    world.write(0, Value::Household(entry)).await.unwrap();
    let ask = |standing| world.ask(Filter { holder: Some(a.person), standing: Some(standing), ..Filter::default() });
    let total = async |standing| world.store.list::<HouseholdRow>(ask(standing), world.now).await.unwrap().total;
    assert_eq!((total(left).await, total(StandingFilter::Assigned).await, total(StandingFilter::NoContact).await), (0, 1, 1));
}

pub async fn shares_go_on_through_a_merger<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let second = world.village("Thôn Bến Lĩnh").await;
    let (homes, away) = (world.households(a.area).await, world.households(second).await);
    world.write(0, Value::Assignment(share(&world, record(60), second, b.person, &away[..1]))).await.unwrap();
    let before = counts(&world).await;
    assert_eq!((before.households, before.assigned), (10, 9));
    let (id, today) = (record(62), world.now.date());
    let village = AreaId::from(id);
    let into = vec![NewUnit { id: village, name: "Thôn Đồng Lĩnh".into(), code: String::new(), households: Vec::new() }];
    let decision_no = "45/QĐ-UBND".into();
    let merger = Rearrangement { decision_no, decision_date: today.plus(-7), on: today, from: vec![a.area, second], into, commune: None };
    world.write(0, Value::Rearrangement(merger)).await.unwrap();

    // Nobody has to share out again; what nobody had is to be shared out in the new village.
    assert_eq!(counts(&world).await, before);
    let of = world.ask(Filter { holder: Some(b.person), village: Some(village), ..Filter::default() });
    let rows = world.store.list::<HouseholdRow>(of, world.now).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| (row.id, row.village.as_str())).collect::<Vec<_>>(), [(away[0], "Thôn Đồng Lĩnh")]);
    let work = village_work(&world, village).await;
    let held: Vec<_> = work.households.iter().filter_map(|row| Some((row.id, row.holder?))).collect();
    assert_eq!((work.households.len(), held, work.shares.len(), work.held[0].left), (10, vec![(away[0], b.person)], 1, 1));

    // The share of before reaches no further than its member may read; one of the new village does.
    let seen = work.shares[0].seen;
    let grown = |more: RecordId| share(&world, record(60), second, b.person, &[away[0], more]);
    let (beyond, within) = (grown(homes[0]), grown(away[1]));
    assert_eq!(world.write(seen, Value::Assignment(beyond)).await, Err(StoreError::Invalid("households")));
    world.write(seen, Value::Assignment(within)).await.unwrap();
    world.write(0, Value::Assignment(share(&world, record(61), village, b.person, &homes[..2]))).await.unwrap();
    assert_eq!(counts(&world).await.assigned, 10);
    a.grant += 1;
    let visit = a.visit(record(70), homes[0], MetRep);
    assert_eq!(world.outcomes(&a, &[visit]).await, [APPLIED]);
    let work = village_work(&world, village).await;
    assert_eq!((work.shares.len(), work.held.iter().map(|held| held.left).collect::<Vec<_>>()), (2, vec![3]));

    // The book opens under the village of today, and knows its households by whatever list they came.
    let of = world.ask(Filter { household: Some(away[0]), ..Filter::default() });
    let sheet = world.store.list::<Sheet>(of, world.now).await.unwrap().rows.remove(0);
    assert_eq!(sheet.village, village);
    let twin = Entry { id: record(63), household: sheet.household, what: Edit::Add(village), anyway: false };
    assert_eq!(world.write(0, Value::Household(twin)).await, Err(StoreError::Taken("household")));
}

pub async fn shares_go_on_through_a_split<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let (homes, other) = (world.households(a.area).await, world.village("Thôn Bến Lĩnh").await);
    let away = world.households(other).await;
    // One share that the split goes through, and one by which alone its member sees a village.
    world.write(0, Value::Assignment(share(&world, record(60), a.area, a.person, &homes[2..6]))).await.unwrap();
    world.write(0, Value::Assignment(share(&world, record(61), other, b.person, &away[..1]))).await.unwrap();
    let before = counts(&world).await;
    assert_eq!((before.households, before.assigned, before.left), (10, 9, 9));
    let today = world.now.date();
    let split = |from: AreaId, n: u64, lower: &[RecordId]| {
        let new = |n: u64, name: &str, households: &[RecordId]| NewUnit {
            id: record(n).into(),
            name: name.into(),
            code: String::new(),
            households: households.to_vec(),
        };
        let into = vec![new(n, &format!("Thôn Trên {n}"), &[]), new(n + 1, &format!("Thôn Dưới {n}"), lower)];
        Rearrangement { decision_no: "46/QĐ-UBND".into(), decision_date: today.plus(-7), on: today, from: vec![from], into, commune: None }
    };
    for one in [split(a.area, 70, &homes[4..]), split(other, 72, &away[1..])] {
        world.write(0, Value::Rearrangement(one)).await.unwrap();
    }

    // Nothing is assigned anew and nothing is lost; each new village counts its own part of the share.
    assert_eq!(counts(&world).await, before);
    let of = async |world: &World<S>, village: u64, holder: PersonId| {
        let filter = Filter { holder: Some(holder), village: Some(AreaId::from(record(village))), ..Filter::default() };
        world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(of(&world, 70, a.person).await, homes[2..4]);
    assert_eq!(of(&world, 71, a.person).await, homes[4..6]);
    assert_eq!((of(&world, 72, b.person).await, of(&world, 73, b.person).await), (away[..1].to_vec(), Vec::new()));
    let upper = village_work(&world, AreaId::from(record(70))).await;
    let held: Vec<_> = upper.households.iter().map(|row| row.holder.is_some()).collect();
    assert_eq!((held, upper.shares.len()), (vec![false, false, true, true], 1));

    // A visit in one part leaves the other part as it was.
    a.grant += 1;
    let visit = a.visit(record(80), homes[2], MetRep);
    assert_eq!(world.outcomes(&a, &[visit]).await, [APPLIED]);
    let left = async |world: &World<S>, village: u64| {
        let filter = Filter { village: Some(AreaId::from(record(village))), ..Filter::default() };
        world.store.coverage(world.ask(filter), world.now).await.unwrap().total.left
    };
    assert_eq!((left(&world, 70).await, left(&world, 71).await), (3, 4));
    // What was given in the village of before is still what its member may read, no less and no more.
    assert_eq!(seen_by(&world, &b, other).await, Some((2, 1)));

    // Taken back as one, from whichever of the two villages it is looked at.
    let share = village_work(&world, AreaId::from(record(71))).await.shares.remove(0);
    assert_eq!(share.value.id, record(60));
    world.write(share.seen, Value::Assignment(Assignment { ended: true, ..share.value })).await.unwrap();
    assert_eq!((of(&world, 70, a.person).await, of(&world, 71, a.person).await), (Vec::new(), Vec::new()));
    assert_eq!(counts(&world).await.assigned, 9, "the team still has its village");
}
