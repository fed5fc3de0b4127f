//! Code lists that an office fits to its work: own topics, what is no longer used, and what phones know of it.

use super::APPLIED;
use super::world::{Phone, Subject, World, record};
use crate::store::{Account, OfficeChange, StoreError, Value};
use domain::cbor;
use domain::code::Lang;
use domain::code_book::{CodeBook, CodeChange, CodeEntry, CodeList, NewTopic, OWN_MAX};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::notebook::{Location, Notebook};
use domain::office::{Filter, OpinionRow};
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::opinion::{AnonymousOpinion, Opinion, OpinionKind, Reporter, Urgency};
use domain::organization::{OrgType, Organization};
use domain::person::{Person, Role};
use domain::source::Source;
use domain::time::Date;
use domain::topic::{StandardTopic, Topic};
use domain::unit::{Level, Unit};
use domain::visit::ContactResult::MetRep;
use domain::wire::{Frame, Reason};
use serde_bytes::ByteBuf;

fn add(n: u64, parent: StandardTopic, name: &str) -> Value {
    Value::Code(CodeChange::Add(NewTopic { id: record(n), parent, name: name.into(), name_en: String::new() }))
}

fn keep(entry: CodeEntry) -> Value {
    Value::Code(CodeChange::Keep(entry))
}

fn ended(n: u64, list: CodeList, code: &str) -> CodeEntry {
    CodeEntry { ended: true, ..CodeEntry::about(record(n), list, code) }
}

async fn entry<S: Subject>(world: &World<S>, n: u64) -> (u64, CodeEntry) {
    let codes = world.store.directory(Some(world.commune)).await.unwrap().codes;
    let seen = codes.into_iter().find(|seen| seen.value.id == record(n)).unwrap();
    (seen.seen, seen.value)
}

async fn book<S: Subject>(world: &World<S>, within: AreaId) -> CodeBook {
    CodeBook::of(world.store.directory(Some(within)).await.unwrap().codes.into_iter().map(|seen| seen.value))
}

fn topic(code: &str) -> Topic {
    Topic::from_code(code).unwrap()
}

fn opinion(phone: &mut Phone, n: u64, home: RecordId, visit: RecordId, about: Topic) -> Frame {
    let facts = Opinion { kind: OpinionKind::Reflection, topic: about, urgency: Urgency::Normal, source: Source::default() };
    let operation = Operation::new(phone.header(Kind::Opinion, record(n), Stream::Voice, Change::Create))
        .with(Part::Facts, &facts)
        .with(Part::Text, &"Bến đò không có phao.")
        .with(Part::Contact, &Reporter { household: home, visit: Some(visit) });
    phone.frame(&operation)
}

pub async fn an_own_topic_is_added_spelled_ended_and_taken_up_again<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.write(0, add(60, StandardTopic::Infra, " Bến  đò ")).await.unwrap();
    let (first, new) = entry(&world, 60).await;
    assert_eq!(new, CodeEntry { name: "Bến đò".into(), code: "INFRA.1".into(), ..CodeEntry::about(record(60), CodeList::Topic, "") });
    // Another one has the next number, under whichever topic.
    world.write(0, add(61, StandardTopic::Market, "Chợ đêm")).await.unwrap();
    assert_eq!(entry(&world, 61).await.1.code, "MARKET.2");

    let spelled = CodeEntry { name: "Bến đò ngang".into(), name_en: "Ferries".into(), ..new.clone() };
    world.write(first, keep(spelled.clone())).await.unwrap();
    assert_eq!(world.write(first, keep(new.clone())).await, Err(StoreError::Stale), "somebody else was first");
    let (seen, stands) = entry(&world, 60).await;
    assert_eq!(stands, spelled);
    world.write(seen, keep(CodeEntry { ended: true, ..spelled.clone() })).await.unwrap();
    let over = book(&world, world.commune).await;
    assert_eq!((over.offered_topics().contains(&topic("INFRA.1")), over.label(topic("INFRA.1"), Lang::En)), (false, "Ferries".to_owned()));
    // Its name stands for it as long as there are opinions, so nobody else takes it.
    assert_eq!(world.write(0, add(62, StandardTopic::Infra, "ben do ngang")).await, Err(StoreError::Taken("name")));
    let (seen, stands) = entry(&world, 60).await;
    world.write(seen, keep(CodeEntry { ended: false, ..stands })).await.unwrap();
    assert_eq!(entry(&world, 60).await.1, spelled);

    // What is refused leaves nothing, not even a number that nobody has.
    world.write(0, add(62, StandardTopic::Infra, "Cầu tạm")).await.unwrap();
    assert_eq!(entry(&world, 62).await.1.code, "INFRA.3");
}

pub async fn what_is_said_of_codes_is_checked<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.write(0, add(60, StandardTopic::Infra, "Bến đò")).await.unwrap();
    let (seen, own) = entry(&world, 60).await;
    for (seen, value, error) in [
        (0, add(61, StandardTopic::Infra, "BẾN ĐÒ"), StoreError::Taken("name")),
        (0, add(61, StandardTopic::Infra, "Đường, cầu"), StoreError::Taken("name")),
        (0, add(61, StandardTopic::Infra, " "), StoreError::Invalid("name")),
        (0, add(61, StandardTopic::Infra, "Người chống đối"), StoreError::Invalid("name")),
        (0, add(61, StandardTopic::InfraRoad, "Cầu tạm"), StoreError::Invalid("parent")),
        (seen, add(60, StandardTopic::Infra, "Cầu tạm"), StoreError::Taken("id")),
        // The server gives the numbers, and an entry stays with its code.
        (0, keep(CodeEntry { id: record(61), code: "INFRA.7".into(), ..own.clone() }), StoreError::Invalid("code")),
        (seen, keep(CodeEntry { code: "LAND.1".into(), ..own.clone() }), StoreError::Invalid("code")),
        (seen, keep(CodeEntry { list: CodeList::Duty, ..own.clone() }), StoreError::Invalid("code")),
        (0, keep(ended(61, CodeList::MeetingType, "PARTY")), StoreError::Invalid("code")),
        (
            0,
            keep(CodeEntry { name: "Đường sá".into(), ..CodeEntry::about(record(61), CodeList::Topic, "INFRA") }),
            StoreError::Invalid("code"),
        ),
        (0, keep(ended(61, CodeList::Duty, "MEMBER")), StoreError::Invalid("ended")),
        (0, keep(ended(3, CodeList::Duty, "SECRETARY")), StoreError::Taken("id")),
    ] {
        assert_eq!(world.write(seen, value.clone()).await, Err(error), "{value:?}");
    }
    // Two tabs end the same code: the second one looks again.
    world.write(0, keep(ended(61, CodeList::MeetingType, "TRAINING"))).await.unwrap();
    assert_eq!(world.write(0, keep(ended(62, CodeList::MeetingType, "TRAINING"))).await, Err(StoreError::Stale));
    let (seen, training) = entry(&world, 61).await;
    world.write(seen, keep(CodeEntry { ended: false, ..training })).await.unwrap();
    assert!(book(&world, world.commune).await.offers(CodeList::MeetingType, "TRAINING"));

    for n in 1..OWN_MAX {
        world.write(0, add(1_000 + n as u64, StandardTopic::Land, &format!("Mục số {n}"))).await.unwrap();
    }
    assert_eq!(world.write(0, add(70, StandardTopic::Infra, "Một mục nữa")).await, Err(StoreError::Invalid("list")));
}

pub async fn nothing_is_lost_under_a_code_that_has_ended<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    world.write(0, add(60, StandardTopic::Infra, "Bến đò")).await.unwrap();
    world.write(0, keep(ended(61, CodeList::Topic, "INFRA"))).await.unwrap();
    world.write(0, keep(ended(62, CodeList::MeetingType, "VILLAGE_DECISION"))).await.unwrap();
    world.write(0, keep(ended(63, CodeList::OrgType, "WOMEN"))).await.unwrap();
    let (seen, own) = entry(&world, 60).await;
    world.write(seen, keep(CodeEntry { ended: true, ..own })).await.unwrap();

    // A phone that was away writes under them as before, also under a topic that this server never gave.
    let frames = [
        phone.visit(record(50), homes[0], MetRep),
        opinion(&mut phone, 51, homes[0], record(50), topic("INFRA.1")),
        opinion(&mut phone, 52, homes[0], record(50), Topic::InfraRoad),
        opinion(&mut phone, 53, homes[0], record(50), topic("LAND.4000")),
        phone.meeting(record(54), 0, domain::meeting::MeetingState::InSession),
    ];
    assert_eq!(world.outcomes(&phone, &frames).await, [APPLIED; 5]);
    let urgent = AnonymousOpinion { topic: topic("INFRA.1"), urgency: Urgency::Urgent, ..phone.anonymous(b"1") };
    assert_eq!(world.send(&phone, &[&urgent]).await, [urgent.id]);
    // A desk may have had its form open meanwhile.
    let women =
        Organization {
            id: record(64), name: "Hội Liên hiệp Phụ nữ xã".into(), kind: OrgType::Women, unit: world.commune, ended: false
        };
    world.write(0, Value::Organization(women)).await.unwrap();

    // They are found under themselves and under their parent, and counted there.
    let found = async |world: &World<S>, topic| {
        let ask = world.ask(Filter { topic: Some(topic), ..Filter::default() });
        world.store.list::<OpinionRow>(ask, world.now).await.unwrap().total
    };
    assert_eq!((found(&world, topic("INFRA.1")).await, found(&world, Topic::InfraRoad).await), (2, 1));
    assert_eq!((found(&world, Topic::Infra).await, found(&world, Topic::Land).await), (3, 1));
    let counted = world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap().topics;
    let counted: Vec<_> = counted.iter().map(|row| (row.topic, row.opinions)).collect();
    assert_eq!(counted, [(Topic::Infra, 3), (Topic::Land, 1)]);
    // Also after the projections were made anew.
    world.store.rebuild().await.unwrap();
    assert_eq!(found(&world, topic("INFRA.1")).await, 2);
}

/// What a phone has pulled.
async fn notebook<S: Subject>(world: &World<S>, phone: &Phone) -> Notebook {
    let mut notebook = Notebook::new(phone.person);
    for (scope, (records, _)) in world.pull_all(phone).await.0 {
        for (slot, record) in (0..).zip(&records) {
            notebook.apply(record, scope.area, Location::Page { page: 0, slot }, 0);
        }
    }
    notebook
}

pub async fn phones_have_the_book_of_their_commune<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    world.write(0, add(60, StandardTopic::Infra, "Bến đò")).await.unwrap();
    world.write(0, keep(ended(61, CodeList::MeetingType, "TRAINING"))).await.unwrap();
    let there = notebook(&world, &phone).await;
    assert_eq!(there.code_book(), &book(&world, world.commune).await);
    assert_eq!(there.code_book().full_label(topic("INFRA.1"), Lang::Vi), "Hạ tầng · Bến đò");
    let (seen, own) = entry(&world, 60).await;
    world.write(seen, keep(CodeEntry { ended: true, ..own })).await.unwrap();
    let there = notebook(&world, &phone).await;
    assert!(!there.code_book().offered_topics().contains(&topic("INFRA.1")));
    // It is the office's to say, in whichever stream a phone tries.
    let made = CodeEntry { name: "Của máy".into(), ..CodeEntry::about(record(70), CodeList::Topic, "INFRA.70") };
    let header = phone.header(Kind::CodeEntry, record(70), Stream::Roll, Change::Create);
    let made = Operation { parts: [(Part::Facts, ByteBuf::from(cbor::encode(&made.values())))].into_iter().collect(), header };
    let frame = phone.frame(&made);
    assert_eq!(world.outcomes(&phone, &[frame]).await, [super::quarantined(Reason::NotAllowed)]);

    // The neighbours have their own, and nobody else's number.
    let (second, officer, tab) = neighbours(&mut world).await;
    let change = |seq, value| OfficeChange { by: officer, within: Some(second), device: tab, seq, seen: 0, value };
    world.store.write(change(1, add(80, StandardTopic::Infra, "Bến đò")), world.now, [1; 32]).await.unwrap();
    let theirs = book(&world, second).await;
    assert_eq!(theirs.entry(CodeList::Topic, "INFRA.2").map(|entry| entry.id), Some(record(80)));
    assert_eq!((theirs.entry(CodeList::Topic, "INFRA.1"), theirs.offers(CodeList::MeetingType, "TRAINING")), (None, true));
    assert_eq!(book(&world, world.commune).await.entry(CodeList::Topic, "INFRA.2"), None);
    assert_eq!(notebook(&world, &phone).await.code_book().entry(CodeList::Topic, "INFRA.2"), None);
    // Nor do they change what is ours.
    let (seen, own) = entry(&world, 60).await;
    let change = OfficeChange { seen, ..change(2, keep(CodeEntry { ended: false, ..own })) };
    assert_eq!(world.store.write(change, world.now, [2; 32]).await, Err(StoreError::NotAllowed));
}

/// Another commune of the server, its officer, and the tab of that.
async fn neighbours<S: Subject>(world: &mut World<S>) -> (AreaId, PersonId, DeviceId) {
    let (commune, officer) = (AreaId::from(record(90)), PersonId::from(record(91)));
    let units = world.store.directory(None).await.unwrap().units;
    let province = units.iter().find(|unit| unit.value.level == Level::Province).unwrap().value.id;
    let (admins, theirs) = (DeviceId::from(record(92)), DeviceId::from(record(93)));
    world.store.tab(admins, world.admin, world.now).await.unwrap();
    let unit = Unit {
        id: commune,
        parent: Some(province),
        level: Level::Commune,
        name: "Phường Minh Trạch".into(),
        code: String::new(),
        from: Date::MIN,
        to: None,
        succession: None,
        former: Vec::new(),
    };
    let person =
        Person { id: officer, name: "Mai Thị Nhàn".into(), sort: String::new(), role: Role::Officer, unit: commune, left: false };
    let account = Account { login: "ban-ben".into(), hash: "x".into() };
    for (seq, value) in [(1, Value::Unit(unit)), (2, Value::Person(person, Some(account)))] {
        let change = OfficeChange { by: world.admin, within: None, device: admins, seq, seen: 0, value };
        let seed = world.seed();
        world.store.write(change, world.now, seed).await.unwrap();
    }
    world.store.tab(theirs, officer, world.now).await.unwrap();
    (commune, officer, theirs)
}

pub async fn a_restored_database_gives_no_topics_number_twice<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.write(0, add(60, StandardTopic::Infra, "Bến đò")).await.unwrap();
    world.store.restore(Epoch::new(2, [2; 10]), Vec::new()).await.unwrap();
    // Phones may know one that was added after the copy was made.
    world.write(0, add(61, StandardTopic::Infra, "Cầu tạm")).await.unwrap();
    assert_eq!(entry(&world, 61).await.1.code, "INFRA.1002");
}
