//! The organisation's recovery key, what phones deposit, which of them ask to be opened, and who answered.

use super::world::{Phone, Subject, World, record, recovery_key};
use crate::journal::replay;
use crate::store::tables::Enrolment;
use crate::store::{Account, Ask, CodeFor, Desk, FirstSteps, Recovered, Recovery, Reopening, StoreError, Value, Within};
use domain::id::{DeviceId, Epoch, PersonId};
use domain::person::{Person, Role};
use domain::recovery::{REOPEN_DAYS, ReopenedRow, SEALED_MAX, answered_to, deposited_by};
use domain::time::Time;
use seal::recovery::{PrivateKey, PublicKey};
use seal::sheet;
use serde_bytes::ByteBuf;
use std::sync::Arc;

/// The phone's data key, which no store ever sees either.
const DATA_KEY: [u8; 32] = [42; 32];

fn of_phone(n: u8) -> PrivateKey {
    PrivateKey::new([n; 32])
}

fn sealed(to: PublicKey, purpose: &[u8]) -> ByteBuf {
    ByteBuf::from(to.seal(purpose, [3; 32], &DATA_KEY).unwrap())
}

fn deposit_of(device: DeviceId) -> ByteBuf {
    sealed(recovery_key().public(), &deposited_by(device))
}

async fn ask<S: Subject>(world: &World<S>, device: DeviceId, key: &PrivateKey, at: Time) -> Result<Recovered, StoreError> {
    let sealed = ByteBuf::from(b"its own".to_vec());
    world.store.recover(Recovery::Ask { device, public: key.public(), sealed }, at).await
}

async fn answer<S: Subject>(
    world: &World<S>,
    within: Within,
    device: DeviceId,
    key: &PrivateKey,
    answer: &[u8],
) -> Result<Recovered, StoreError> {
    let answer = ByteBuf::from(answer.to_vec());
    let what = Recovery::Answer { within, by: world.admin, device, public: key.public(), answer };
    world.store.recover(what, world.now).await
}

async fn waiting<S: Subject>(store: &S, within: Within, now: Time) -> Vec<Reopening> {
    store.list::<Reopening>(Ask { within, limit: 50, ..Ask::default() }, now).await.unwrap().rows
}

async fn past<S: Subject>(store: &S, within: Within, now: Time) -> Vec<(DeviceId, String, Time, String)> {
    let rows = store.list::<ReopenedRow>(Ask { within, limit: 50, ..Ask::default() }, now).await.unwrap().rows;
    rows.into_iter().map(|row| (row.device, row.name, row.at, row.by)).collect()
}

pub async fn there_is_one_recovery_key_and_nobody_is_enrolled_before<S: Subject>() {
    let world = World::<S>::empty().await;
    assert_eq!(world.store.life().await.unwrap().recovery, Some(recovery_key().public()), "made with the set-up");

    // A server from before there were keys.
    let (store, _directory) = S::open(Epoch::new(2, [2; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    let desk = |login: &str| Desk { name: login.into(), account: Account { login: login.into(), hash: "x".into() } };
    let first = FirstSteps { admin: desk("a"), province: "B".into(), commune: "C".into(), officer: desk("d"), recovery: None };
    let admin = store.set_up(first, world.now, [8; 32]).await.unwrap();
    assert_eq!(store.life().await.unwrap().recovery, None);
    let commune = store.directory(None).await.unwrap().people[0].value.person.unit;
    let member = PersonId::from(record(40));
    let person =
        Person { id: member, name: "Người Thử".into(), sort: String::new(), role: Role::FieldMember, unit: commune, left: false };
    let tab = DeviceId::new(1, [201; 10]);
    store.tab(tab, admin, world.now).await.unwrap();
    let value = Value::Person(person, None);
    store
        .write(crate::store::OfficeChange { by: admin, within: None, device: tab, seq: 1, seen: 0, value }, world.now, [4; 32])
        .await
        .unwrap();
    let (code, phone) = (world.keys.code("CODE"), DeviceId::new(1, [202; 10]));
    assert_eq!(store.issue_code(None, member, code, world.now).await, Err(StoreError::NoRecoveryKey));
    // A code that was issued before an update, which asks for one.
    let enrolment = Enrolment { person: member, expires: world.now.plus_hours(1), used_by: None };
    store.run(move |t| t.put_enrolment(&code, &enrolment)).await;
    assert_eq!(store.enrol(code, phone, world.now).await.err(), Some(StoreError::NoRecoveryKey));
    assert_eq!(store.device(phone).await.err(), Some(StoreError::NotFound), "nothing of it happened");
    assert_eq!(store.recover(Recovery::Deposit(phone, deposit_of(phone)), world.now).await, Err(StoreError::NotFound));

    // Only a real key is one, and only the first.
    let make = async |key| store.recover(Recovery::Make(key), world.now).await;
    assert_eq!(make(PublicKey([0; 32])).await, Err(StoreError::Invalid("key")));
    let key = PrivateKey::new([78; 32]).public();
    for _ in 0..2 {
        assert_eq!(make(key).await, Ok(Recovered::Stored));
    }
    assert_eq!(make(recovery_key().public()).await, Err(StoreError::Taken("key")));
    assert_eq!(store.life().await.unwrap().recovery, Some(key));
    assert_eq!(store.enrol(code, phone, world.now).await.unwrap().recovery.to_vec(), key.0);
    assert_eq!(store.issue_code(None, CodeFor::InPlaceOf(phone), world.keys.code("NEXT"), world.now).await.err(), None);
}

pub async fn a_restored_database_knows_the_recovery_key_and_its_uses<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    ask(&world, phone.device, &of_phone(5), world.now).await.unwrap();
    answer(&world, None, phone.device, &of_phone(5), b"answer").await.unwrap();
    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    replay(&world.journal, &store, Epoch::new(4, [4; 10])).await.unwrap();
    assert_eq!(store.life().await.unwrap().recovery, Some(recovery_key().public()));
    let used = past(&store, None, world.now).await;
    assert_eq!(used, [(phone.device, String::new(), world.now, String::new())]);

    // Of the requests of a copy nobody knows whether they were answered since: they are asked again.
    ask(&world, phone.device, &of_phone(6), world.now).await.unwrap();
    replay(&world.journal, &world.store, Epoch::new(5, [5; 10])).await.unwrap();
    assert_eq!(waiting(&world.store, None, world.now).await, []);
    assert_eq!(past(&world.store, None, world.now).await.len(), 1, "told twice, used once");
    assert_eq!(ask(&world, phone.device, &of_phone(6), world.now).await, Ok(Recovered::Stored));
    // Another key than the one of the journal is not taken up.
    assert_eq!(world.store.life().await.unwrap().recovery, Some(recovery_key().public()));
}

pub async fn a_phone_is_opened_by_two_sheets_and_nobody_in_between<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let key = PublicKey::read(&phone.welcome.recovery).unwrap();
    let deposit = ByteBuf::from(key.seal(&deposited_by(phone.device), [1; 32], &DATA_KEY).unwrap());
    world.store.recover(Recovery::Deposit(phone.device, deposit), world.now).await.unwrap();
    // Its PIN is forgotten: it makes a key for this one request.
    let own = of_phone(9);
    let request = Recovery::Ask { device: phone.device, public: own.public(), sealed: ByteBuf::new() };
    assert_eq!(world.store.recover(request.clone(), world.now).await, Ok(Recovered::Stored));
    assert_eq!(world.store.recover(request.clone(), world.now).await, Ok(Recovered::Waits));

    // At the desk, two of the three come together.
    let [leader, _, safe] = sheet::split(&recovery_key(), [6; 32]);
    let asks = waiting(&world.store, None, world.now).await.remove(0);
    let typed = sheet::Sheet::read(&leader.rows().join(" ").to_lowercase()).unwrap();
    let joined = sheet::join(&typed, &safe, &world.store.life().await.unwrap().recovery.unwrap()).ok().unwrap();
    let opened = joined.open(&deposited_by(asks.row.device), &asks.copies[0]).unwrap();
    let public = PublicKey::read(&asks.row.public).unwrap();
    let sealed = ByteBuf::from(public.seal(&answered_to(asks.row.device), [2; 32], &opened).unwrap());
    let what = Recovery::Answer { within: None, by: world.admin, device: asks.row.device, public, answer: sealed };
    world.store.recover(what, world.now).await.unwrap();

    let Ok(Recovered::Answered(answer)) = world.store.recover(request, world.now).await else { panic!("it was answered") };
    assert_eq!(own.open(&answered_to(phone.device), &answer).unwrap(), DATA_KEY);
    let dump = world.store.dump().await.unwrap().join("\n");
    for secret in [&DATA_KEY[..], recovery_key().bytes(), own.bytes()] {
        assert!(!dump.contains(&crate::keys::hex(secret)), "the store holds what it cannot open");
    }
}

pub async fn a_request_waits_for_its_answer_and_that_for_its_phone<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (phone, now) = (world.phone(Role::FieldMember).await, world.now);
    let device = phone.device;
    let name = phone.welcome.name.clone();
    // The latest deposit counts; what is none is refused.
    for n in 1..=2 {
        world.store.recover(Recovery::Deposit(device, ByteBuf::from(vec![n; 80])), now).await.unwrap();
    }
    for wrong in [0, SEALED_MAX + 1] {
        let refused = world.store.recover(Recovery::Deposit(device, ByteBuf::from(vec![1; wrong])), now).await;
        assert_eq!(refused, Err(StoreError::Invalid("sealed")), "{wrong}");
    }
    // Who is no phone that is known is told nothing else, whatever it sends.
    for stranger in [record(99).into(), world.tab] {
        assert_eq!(ask(&world, stranger, &of_phone(1), now).await, Err(StoreError::NotFound));
        assert_eq!(world.store.recover(Recovery::Deposit(stranger, deposit_of(stranger)), now).await, Err(StoreError::NotFound));
        assert_eq!(answer(&world, None, stranger, &of_phone(1), b"a").await, Err(StoreError::NotFound));
    }
    assert_eq!(answer(&world, None, device, &of_phone(1), b"a").await, Err(StoreError::NotFound), "it has not asked");
    let large = Recovery::Ask { device, public: of_phone(1).public(), sealed: ByteBuf::from(vec![1; SEALED_MAX + 1]) };
    assert_eq!(world.store.recover(large, now).await, Err(StoreError::Invalid("sealed")));
    let no_key = Recovery::Ask { device, public: PublicKey([0; 32]), sealed: ByteBuf::new() };
    assert_eq!(world.store.recover(no_key, now).await, Err(StoreError::Invalid("public")));

    assert_eq!(ask(&world, device, &of_phone(1), now).await, Ok(Recovered::Stored));
    let later = Time(now.0 + 60_000);
    assert_eq!(ask(&world, device, &of_phone(1), later).await, Ok(Recovered::Waits));
    let asks = waiting(&world.store, None, later).await;
    assert_eq!((asks.len(), asks[0].row.asked_at, asks[0].row.name.as_str()), (1, now, name.as_str()));
    assert_eq!(asks[0].copies, [ByteBuf::from(b"its own".to_vec()), ByteBuf::from(vec![2; 80])]);
    // Another key is another request, in its place; who looked at the first one answers nobody.
    assert_eq!(ask(&world, device, &of_phone(2), later).await, Ok(Recovered::Stored));
    assert_eq!(waiting(&world.store, None, later).await.len(), 1);
    assert_eq!(answer(&world, None, device, &of_phone(1), b"a").await, Err(StoreError::Stale));
    for wrong in [vec![], vec![1; SEALED_MAX + 1]] {
        assert!(matches!(answer(&world, None, device, &of_phone(2), &wrong).await, Err(StoreError::Invalid(_))));
    }
    assert_eq!(past(&world.store, None, now).await, []);
    // Once, also where the reply was lost.
    for _ in 0..2 {
        assert_eq!(answer(&world, None, device, &of_phone(2), b"a").await, Ok(Recovered::Stored));
    }
    assert_eq!(answer(&world, None, device, &of_phone(2), b"b").await, Err(StoreError::Stale));
    assert_eq!(waiting(&world.store, None, now).await, []);
    assert_eq!(past(&world.store, None, now).await, [(device, name, now, "Lò Thị Mẫu".to_owned())]);
    // Whoever asks with its key gets it, as often as they ask; nobody else does.
    let days = |n: i64| Time(now.plus_hours(n * 24).0 + 1);
    for at in [now, Time(days(REOPEN_DAYS).0 - 1)] {
        assert_eq!(ask(&world, device, &of_phone(2), at).await, Ok(Recovered::Answered(ByteBuf::from(b"a".to_vec()))));
    }
    // After its days it is gone; the phone asks anew, and that request ends as well.
    world.now = days(REOPEN_DAYS);
    world.tick().await;
    assert_eq!(world.table(&["reopening"]).await, Vec::<String>::new(), "nobody keeps an answer for ever");
    assert_eq!(ask(&world, device, &of_phone(2), world.now).await, Ok(Recovered::Stored));
    assert_eq!(waiting(&world.store, None, world.now).await.len(), 1);
    let end = Time(world.now.plus_hours(REOPEN_DAYS * 24).0 + 1);
    assert_eq!(waiting(&world.store, None, end).await, []);
    world.now = end;
    assert_eq!(answer(&world, None, device, &of_phone(2), b"a").await, Err(StoreError::NotFound));
    world.tick().await;
    assert_eq!(world.table(&["reopening"]).await, Vec::<String>::new());
    assert_eq!(past(&world.store, None, end).await.len(), 1, "what was used stays known");
}

pub async fn a_lost_phone_is_not_opened_and_a_dead_persons_is<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (lost, replaced, left): (Phone, Phone, Phone) =
        (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    for phone in [&lost, &replaced, &left] {
        ask(&world, phone.device, &of_phone(1), world.now).await.unwrap();
    }
    let code = world.keys.code("NEW");
    world.store.issue_code(Some(world.commune), CodeFor::InPlaceOf(replaced.device), code, world.now).await.unwrap();
    let person = Person {
        id: left.person,
        name: left.welcome.name.clone(),
        sort: String::new(),
        role: Role::FieldMember,
        unit: world.commune,
        left: true,
    };
    let seen = world.seen(left.person.into()).await;
    world.write(seen, Value::Person(person, None)).await.unwrap();
    // Answered before it was known to be lost: even then nobody is handed the answer.
    answer(&world, None, lost.device, &of_phone(1), b"a").await.unwrap();
    ask(&world, lost.device, &of_phone(1), world.now).await.unwrap();
    world.store.revoke(Some(world.commune), lost.device, world.now).await.unwrap();
    assert_eq!(ask(&world, lost.device, &of_phone(1), world.now).await, Err(StoreError::Revoked));
    assert_eq!(ask(&world, lost.device, &of_phone(2), world.now).await, Err(StoreError::Revoked));
    let deposit = Recovery::Deposit(lost.device, deposit_of(lost.device));
    assert_eq!(world.store.recover(deposit, world.now).await, Err(StoreError::Revoked));
    assert_eq!(answer(&world, None, lost.device, &of_phone(1), b"a").await, Err(StoreError::Revoked));
    let mut asks: Vec<DeviceId> = waiting(&world.store, None, world.now).await.iter().map(|one| one.row.device).collect();
    asks.sort_unstable();
    assert_eq!(asks, [replaced.device, left.device]);
    for phone in [&replaced, &left] {
        let deposit = Recovery::Deposit(phone.device, deposit_of(phone.device));
        assert_eq!(world.store.recover(deposit, world.now).await, Ok(Recovered::Stored));
        assert_eq!(answer(&world, Some(world.commune), phone.device, &of_phone(1), b"a").await, Ok(Recovered::Stored));
        assert_eq!(ask(&world, phone.device, &of_phone(1), world.now).await, Ok(Recovered::Answered(ByteBuf::from(b"a".to_vec()))));
    }
}

pub async fn a_leader_opens_phones_of_their_own_commune<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    ask(&world, phone.device, &of_phone(1), world.now).await.unwrap();
    let (own, other) = (Some(world.commune), Some(record(99).into()));
    assert_eq!((waiting(&world.store, own, world.now).await.len(), waiting(&world.store, other, world.now).await.len()), (1, 0));
    assert_eq!(answer(&world, other, phone.device, &of_phone(1), b"a").await, Err(StoreError::NotFound));
    assert_eq!(answer(&world, own, phone.device, &of_phone(1), b"a").await, Ok(Recovered::Stored));
    assert_eq!((past(&world.store, own, world.now).await.len(), past(&world.store, other, world.now).await.len()), (1, 0));
}
