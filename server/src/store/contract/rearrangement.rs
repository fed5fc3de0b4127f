//! Mergers and splits, on every store.

use super::world::{Phone, Subject, World, household, record};
use super::{APPLIED, quarantined};
use crate::store::{Ask, StoreError, Value};
use domain::campaign::Assignment;
use domain::household::Household;
use domain::id::{AreaId, DeviceId, RecordId};
use domain::meeting::MeetingState;
use domain::office::{Coverage, Filter, HouseholdOrder, HouseholdRow, MeetingRow, OpinionRow, ROWS, StandingFilter, VisitRow};
use domain::operation::{Scope, Stream};
use domain::person::{GrantSet, Person, Role};
use domain::succession::{NewUnit, Rearrangement};
use domain::team::Team;
use domain::unit::{Level, Unit};
use domain::visit::ContactResult::{MetRep, NotHome};
use domain::wire::{Pulled, Reason};

fn new(n: u64, name: &str, households: &[RecordId]) -> NewUnit {
    NewUnit { id: record(n).into(), name: name.into(), code: String::new(), households: households.to_vec() }
}

fn decided<S>(world: &World<S>, from: &[AreaId], into: Vec<NewUnit>) -> Rearrangement {
    let today = world.now.date();
    Rearrangement { decision_no: "45/QĐ-UBND".into(), decision_date: today.plus(-7), on: today, from: from.to_vec(), into, commune: None }
}

/// A second team, for Bến Lĩnh, with one phone.
async fn second_team<S: Subject>(world: &mut World<S>) -> Phone {
    let mut phone = world.phone(Role::FieldMember).await;
    let village = world.village("Thôn Bến Lĩnh").await;
    let members = [phone.person].into_iter().collect();
    let team = Team { id: record(90), name: "Tổ Bến Lĩnh".into(), lead: Some(phone.person), members, ..world.team() };
    world.write(0, Value::Team(team)).await.unwrap();
    let work = Assignment { id: record(91), campaign: world.campaign, team: record(90), village, due: None, ended: false, share: None };
    world.write(0, Value::Assignment(work)).await.unwrap();
    // Out of the first team, so that each has one village.
    world.members.remove(&phone.person);
    let (seen, team) = (world.seen(world.team).await, world.team());
    world.write(seen, Value::Team(team)).await.unwrap();
    phone.area = village;
    phone.grant = held(world, &phone).await.version;
    phone
}

async fn held<S: Subject>(world: &World<S>, phone: &Phone) -> GrantSet {
    match world.pull(phone, None, Vec::new()).await {
        Pulled::Pages(pages) => pages.grants,
        _ => panic!("asked with cursors"),
    }
}

async fn coverage<S: Subject>(world: &World<S>, filter: Filter) -> Coverage {
    world.store.coverage(world.ask(filter), world.now).await.unwrap()
}

fn roll(area: AreaId) -> Scope {
    Scope { area, stream: Stream::Roll }
}

pub async fn a_merger_moves_nothing_and_counts_everything_once<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut a = world.phone(Role::FieldMember).await;
    let mut b = second_team(&mut world).await;
    let (first, second) = (a.area, b.area);
    let (here, there) = (world.households(first).await, world.households(second).await);
    let words = a.opinion(record(52), here[0], record(50), "đường hỏng");
    let frames = [
        a.visit(record(50), here[0], MetRep),
        a.visit(record(51), here[1], NotHome),
        words,
        a.meeting(record(53), 0, MeetingState::InSession),
    ];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 4]);
    let met = b.visit(record(54), there[0], MetRep);
    assert_eq!(world.outcomes(&b, &[met]).await, [APPLIED]);
    let before = coverage(&world, Filter::default()).await;
    let of_first = coverage(&world, Filter { team: Some(world.team), ..Filter::default() }).await;
    assert_eq!((before.total.households, before.total.assigned, before.villages.len(), before.rearranged.len()), (10, 10, 2, 0));

    let merger = decided(&world, &[first, second], vec![new(60, "Thôn Đồng Lĩnh", &[])]);
    world.write(0, Value::Rearrangement(merger.clone())).await.unwrap();
    // A second press after a lost answer is the same press; another decision under its number is not.
    world.tab_seq -= 1;
    world.write(0, Value::Rearrangement(merger.clone())).await.unwrap();
    world.tab_seq -= 1;
    let other = Rearrangement { decision_no: "46/QĐ-UBND".into(), ..merger.clone() };
    assert_eq!(world.write(0, Value::Rearrangement(other)).await, Err(StoreError::Stale));
    world.tab_seq += 1;

    let village = AreaId::from(record(60));
    let units = world.store.directory(None).await.unwrap().units;
    let unit = |id: AreaId| units.iter().find(|unit| unit.value.id == id).unwrap().value.clone();
    assert_eq!((unit(village).code.as_str(), unit(village).level, unit(village).parent), ("DL", Level::Village, Some(world.commune)));
    let succession = unit(first).succession.unwrap();
    assert_eq!((succession.into, succession.decision_no.as_str(), unit(first).to), (vec![village], "45/QĐ-UBND", Some(merger.on.plus(-1))));

    let after = coverage(&world, Filter::default()).await;
    assert_eq!((after.total, after.opinions, &after.weeks), (before.total, before.opinions, &before.weeks));
    let [row] = after.villages.as_slice() else { panic!("{:?}", after.villages) };
    assert_eq!((row.village, row.counts, row.opinions, row.teams.len()), (village, before.total, 1, 2));
    let [note] = after.rearranged.as_slice() else { panic!("{:?}", after.rearranged) };
    assert_eq!(
        (note.from.join(", "), note.into.join(", "), note.on),
        ("Thôn Bến Lĩnh, Thôn Đồng Cừ".into(), "Thôn Đồng Lĩnh".into(), merger.on)
    );
    let past = Filter { to: Some(merger.on.plus(-1)), ..Filter::default() };
    assert_eq!(coverage(&world, past).await.rearranged, []);
    // A team's figures are those of its households, as before.
    let team = coverage(&world, Filter { team: Some(world.team), ..Filter::default() }).await;
    assert_eq!((team.total, team.opinions), (of_first.total, of_first.opinions));

    // Lists, also by the village of before, whose page somebody may have kept.
    for asked in [None, Some(village), Some(second)] {
        let ask = || world.ask(Filter { village: asked, ..Filter::default() });
        let homes = world.store.list::<HouseholdRow>(ask(), world.now).await.unwrap();
        assert_eq!((homes.total, homes.rows.iter().all(|row| row.village == "Thôn Đồng Lĩnh")), (10, true));
        assert_eq!(world.store.list::<VisitRow>(ask(), world.now).await.unwrap().total, 3);
        assert_eq!(world.store.list::<OpinionRow>(ask(), world.now).await.unwrap().rows[0].village, "Thôn Đồng Lĩnh");
        assert_eq!(world.store.list::<MeetingRow>(ask(), world.now).await.unwrap().total, 1);
    }

    // The phones were away: what they wrote for the areas of before is taken, and under the right village.
    let mut frames = vec![a.visit(record(55), here[2], MetRep), a.new_household(record(70), &household(70))];
    frames.push(a.visit(record(56), record(70), MetRep));
    frames.push(a.meeting(record(53), 1, MeetingState::Concluded));
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 4]);
    let late = b.visit(record(57), there[1], MetRep);
    assert_eq!(world.outcomes(&b, &[late]).await, [APPLIED]);
    // Then they learn of the new village, and write there.
    let rights = held(&world, &a).await;
    assert!([first, village].iter().all(|area| rights.may_write(roll(*area)) && rights.may_read(roll(*area))));
    assert!(!rights.may_read(roll(second)), "a merger shows nobody other names");
    (a.area, a.grant) = (village, rights.version);
    let frames = [a.new_household(record(71), &household(71)), a.visit(record(58), record(71), NotHome)];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let counts = coverage(&world, Filter::default()).await.villages[0].counts;
    assert_eq!((counts.households, counts.assigned, counts.met, counts.tried, counts.visits), (12, 12, 5, 2, 7));
    let left = Filter { standing: Some(StandingFilter::Left), ..Filter::default() };
    assert_eq!(world.store.list::<HouseholdRow>(world.ask(left), world.now).await.unwrap().total, counts.left);
    world.store.rebuild().await.unwrap();
    assert_eq!(coverage(&world, Filter::default()).await.villages[0].counts, counts);
}

pub async fn a_split_gives_every_household_one_village<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut a = world.phone(Role::FieldMember).await;
    let village = a.area;
    let homes = world.households(village).await;
    let said = [a.opinion(record(52), homes[7], record(51), "nước yếu"), a.opinion(record(53), homes[0], record(50), "đường hỏng")];
    let frames = [a.visit(record(50), homes[0], MetRep), a.visit(record(51), homes[7], MetRep)];
    assert_eq!(world.outcomes(&a, &[frames, said].concat()).await, [APPLIED; 4]);
    let frames = [a.meeting(record(54), 0, MeetingState::InSession), a.meeting_opinion(record(55), record(54), "góp công")];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let before = coverage(&world, Filter::default()).await;

    let other = world.village("Thôn Bến Lĩnh").await;
    let elsewhere = world.households(other).await;
    let split = |given: &[RecordId]| vec![new(60, "Thôn Thượng", &[]), new(61, "Thôn Hạ", given)];
    let wrong = decided(&world, &[village], split(&elsewhere));
    assert_eq!(world.write(0, Value::Rearrangement(wrong)).await, Err(StoreError::Invalid("households")));
    let right = decided(&world, &[village], split(&homes[5..]));
    world.write(0, Value::Rearrangement(right)).await.unwrap();

    let after = coverage(&world, Filter::default()).await;
    assert_eq!((after.total, after.opinions, &after.weeks), (before.total, before.opinions, &before.weeks));
    let row = |name: &str| after.villages.iter().find(|row| row.name == name).unwrap();
    let (upper, lower) = (row("Thôn Thượng"), row("Thôn Hạ"));
    assert_eq!((upper.counts.households, upper.counts.met, upper.opinions), (5, 1, 2), "with what was said at a meeting of both");
    assert_eq!((lower.counts.households, lower.counts.met, lower.opinions), (3, 1, 1));
    assert!(upper.counts.assigned == 5 && lower.counts.assigned == 3 && after.villages.len() == 3);
    let of = |unit: AreaId| world.ask(Filter { village: Some(unit), ..Filter::default() });
    for (unit, households, visits, weeks) in [(upper.village, 5, 1, 1), (lower.village, 3, 1, 1), (other, 2, 0, 0)] {
        assert_eq!(world.store.list::<HouseholdRow>(of(unit), world.now).await.unwrap().total, households);
        assert_eq!(world.store.list::<VisitRow>(of(unit), world.now).await.unwrap().total, visits);
        let met: u32 = world.store.coverage(of(unit), world.now).await.unwrap().weeks.iter().map(|(_, met)| met).sum();
        assert_eq!(met, weeks);
    }
    let meetings = |unit| world.store.list::<MeetingRow>(of(unit), world.now);
    assert_eq!((meetings(upper.village).await.unwrap().total, meetings(lower.village).await.unwrap().total), (1, 0));

    // A phone that was away, and one that claims to give households away itself.
    let frames = [a.visit(record(56), homes[6], MetRep), a.new_household(record(70), &household(70))];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let claim = Household { unit: Some(lower.village), ..household(72) };
    let claim = a.new_household(record(72), &claim);
    assert_eq!(world.outcomes(&a, &[claim]).await, [quarantined(Reason::Invalid)]);
    let after = coverage(&world, Filter::default()).await;
    let count = |name: &str| after.villages.iter().find(|row| row.name == name).unwrap().counts;
    assert_eq!((count("Thôn Thượng").households, count("Thôn Hạ").met, after.total.households), (6, 2, 11));
    world.store.rebuild().await.unwrap();
    assert_eq!(coverage(&world, Filter::default()).await.villages, after.villages);

    // Whoever is given one part reads the area that both come from, and works at that part's households alone.
    let part = Assignment {
        id: record(95),
        campaign: world.campaign,
        team: record(96),
        village: lower.village,
        due: None,
        ended: false,
        share: None,
    };
    let b = world.phone(Role::FieldMember).await;
    let members = [b.person].into_iter().collect();
    let team = Team { id: record(96), name: "Tổ Hạ".into(), lead: Some(b.person), members, ..world.team() };
    world.write(0, Value::Team(team)).await.unwrap();
    world.write(0, Value::Assignment(part)).await.unwrap();
    let counts = coverage(&world, Filter { team: Some(record(96)), ..Filter::default() }).await.total;
    assert_eq!((counts.households, counts.assigned), (3, 3));
}

pub async fn what_is_no_merger<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (first, second) = (world.village("Thôn Đồng Cừ").await, world.village("Thôn Bến Lĩnh").await);
    let merged = |n| vec![new(n, "Thôn Đồng Lĩnh", &[])];
    let good = decided(&world, &[first, second], merged(60));
    let with_code = |code: &str| vec![NewUnit { code: code.into(), ..new(60, "Thôn Đồng Lĩnh", &[]) }];
    for (wrong, error) in [
        (Rearrangement { decision_no: String::new(), ..good.clone() }, StoreError::Invalid("decision_no")),
        (decided(&world, &[first], merged(60)), StoreError::Invalid("from")),
        (decided(&world, &[first, record(99).into()], merged(60)), StoreError::NotAllowed),
        (
            Rearrangement { into: vec![NewUnit { id: world.team.into(), ..new(60, "Thôn Đồng Lĩnh", &[]) }], ..good.clone() },
            StoreError::Taken("id"),
        ),
        (Rearrangement { into: with_code("dl"), ..good.clone() }, StoreError::Invalid("code")),
        // On paper there are codes of the villages that end.
        (Rearrangement { into: with_code("DC"), ..good.clone() }, StoreError::Taken("code")),
    ] {
        assert_eq!(world.write(0, Value::Rearrangement(wrong.clone())).await, Err(error), "{wrong:?}");
    }
    assert_eq!(world.write(1, Value::Rearrangement(good.clone())).await, Err(StoreError::Stale));
    world.write(0, Value::Rearrangement(good.clone())).await.unwrap();
    // Once: what has ended cannot end again, is not changed back, and is given to nobody.
    assert_eq!(world.write(0, Value::Rearrangement(decided(&world, &[first, second], merged(61)))).await, Err(StoreError::Invalid("from")));
    let units = world.store.directory(None).await.unwrap().units;
    let ended = units.into_iter().find(|unit| unit.value.id == first).unwrap();
    let back = Unit { name: "Thôn Đồng Cừ cũ".into(), to: None, succession: None, ..ended.value.clone() };
    world.write(ended.seen, Value::Unit(back)).await.unwrap();
    let units = world.store.directory(None).await.unwrap().units;
    let still = units.into_iter().find(|unit| unit.value.id == first).unwrap().value;
    assert_eq!(still, Unit { name: "Thôn Đồng Cừ cũ".into(), ..ended.value });
    let work =
        Assignment { id: record(92), campaign: world.campaign, team: world.team, village: second, due: None, ended: false, share: None };
    assert_eq!(world.write(0, Value::Assignment(work)).await, Err(StoreError::Invalid("village")));
}

pub async fn a_list_from_before_a_merger_finds_its_households<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (first, second) = (world.village("Thôn Đồng Cừ").await, world.village("Thôn Bến Lĩnh").await);
    let merger = decided(&world, &[first, second], vec![new(60, "Thôn Đồng Lĩnh", &[])]);
    world.write(0, Value::Rearrangement(merger)).await.unwrap();
    let mut rows: Vec<_> = (9..=10).map(|n| ("Thôn Bến Lĩnh".to_owned(), household(n))).collect();
    rows.push(("Thôn Bến Lĩnh".to_owned(), household(40)));
    rows.push(("Thôn Đồng Lĩnh".to_owned(), household(1)));
    let done = world.import(DeviceId::new(3, [33; 10]), rows).await.unwrap();
    assert_eq!((done.households, done.changed, done.villages), (1, 0, 0));
    let total = world.store.list::<HouseholdRow>(world.ask(Filter::default()), world.now).await.unwrap().total;
    assert_eq!(total, 11);
    let (all, _, _) = {
        let lead = world.phone(Role::TeamLead).await;
        world.pull_all(&lead).await
    };
    let new_one = all.get(&roll(record(60).into())).map(|(records, _)| records.len());
    assert_eq!(new_one, Some(1), "what is new is written to the area of the new village");
}

pub async fn exact_accents_come_first_in_the_offices_search<S: Subject>() {
    let mut world = World::<S>::empty().await;
    let heads = ["Trần Văn Đăng", "Trần Văn Đặng", "Đang Thị Mới", "Trần Văn Dũng"];
    let rows = heads.iter().zip(1..).map(|(head, n)| ("Thôn Đồng Cừ".to_owned(), Household { head: (*head).into(), ..household(n) }));
    world.import(DeviceId::new(2, [201; 10]), rows.collect()).await.unwrap();
    for (query, found) in [
        ("dang", vec!["Trần Văn Đăng", "Trần Văn Đặng", "Đang Thị Mới"]),
        ("đặng", vec!["Trần Văn Đặng", "Trần Văn Đăng", "Đang Thị Mới"]),
        ("đang", vec!["Đang Thị Mới", "Trần Văn Đăng", "Trần Văn Đặng"]),
    ] {
        let ask = world.ask(Filter { q: query.into(), ..Filter::default() });
        let rows = world.store.list::<HouseholdRow>(ask, world.now).await.unwrap().rows;
        assert_eq!(rows.iter().map(|row| row.head.as_str()).collect::<Vec<_>>(), found, "{query}");
    }
}

pub async fn people_are_listed_by_given_name_or_as_they_ask<S: Subject>() {
    let mut world = World::<S>::new().await;
    let people = [("Y Thanh Niê", "Thanh"), ("Lê Thị Son", ""), ("Trần Văn Ấn", ""), ("Vi Thị Tám", "")];
    for ((name, sort), n) in people.into_iter().zip(80..) {
        let (id, role, unit) = (record(n).into(), Role::FieldMember, world.commune);
        let person = Person { id, name: name.into(), sort: sort.into(), role, unit, left: false };
        world.write(0, Value::Person(person, None)).await.unwrap();
    }
    let all = world.store.directory(Some(world.commune)).await.unwrap().people;
    let names: Vec<String> = all.into_iter().map(|row| row.value.person.name).collect();
    let ours: Vec<&str> = names.iter().map(String::as_str).filter(|name| people.iter().any(|(known, _)| known == name)).collect();
    assert_eq!(ours, ["Trần Văn Ấn", "Lê Thị Son", "Vi Thị Tám", "Y Thanh Niê"]);

    // So does the overview list who did what.
    for (name, sort, n) in [("Y Thanh Niê", "Thanh", 90), ("Vi Thị Tám", "", 91)] {
        let mut phone = world.phone(Role::FieldMember).await;
        let (id, seen) = (phone.person, world.seen(phone.person.into()).await);
        let person = Person { id, name: name.into(), sort: sort.into(), role: Role::FieldMember, unit: world.commune, left: false };
        world.write(seen, Value::Person(person, None)).await.unwrap();
        let homes = world.households(phone.area).await;
        let visit = phone.visit(record(n), homes[0], MetRep);
        assert_eq!(world.outcomes(&phone, &[visit]).await, [APPLIED]);
    }
    let members = coverage(&world, Filter::default()).await.members;
    assert_eq!(members.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Vi Thị Tám", "Y Thanh Niê"]);
}

pub async fn households_are_listed_by_number_or_by_their_heads_given_name<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let heads = [("9", "Y Thanh Niê", "Thanh"), ("10", "Lê Thị Son", ""), ("11", "Trần Văn Ấn", ""), ("12", "Vi Thị Tám", "")];
    let made = heads.into_iter().zip(80..).map(|((no, head, sort), n)| {
        let household = Household { no: no.into(), head: head.into(), sort: sort.into(), ..Household::default() };
        phone.new_household(record(n), &household)
    });
    let frames: Vec<_> = made.collect();
    assert_eq!(world.outcomes(&phone, &frames).await, [APPLIED; 4]);
    for (order, sorted) in [
        (None, ["Y Thanh Niê", "Lê Thị Son", "Trần Văn Ấn", "Vi Thị Tám"]),
        (Some(HouseholdOrder::Number), ["Y Thanh Niê", "Lê Thị Son", "Trần Văn Ấn", "Vi Thị Tám"]),
        (Some(HouseholdOrder::Name), ["Trần Văn Ấn", "Lê Thị Son", "Vi Thị Tám", "Y Thanh Niê"]),
    ] {
        let filter = Filter { order, village: Some(phone.area), ..Filter::default() };
        let ask = Ask { within: Some(world.commune), filter, limit: ROWS };
        let rows = world.store.list::<HouseholdRow>(ask, world.now).await.unwrap().rows;
        let listed: Vec<&str> =
            rows.iter().map(|row| row.head.as_str()).filter(|head| heads.iter().any(|(_, known, _)| known == head)).collect();
        assert_eq!(listed, sorted, "{order:?}");
    }
}
