//! Mergers and splits that wait for their day, and names that units had, on every store.

use super::world::{Subject, World, household, record};
use crate::store::{OfficeChange, StoreError, Value};
use domain::ahead::{Ahead, AheadState, DropAhead};
use domain::id::{AreaId, DeviceId, RecordId};
use domain::office::{Filter, Seen};
use domain::operation::{Scope, Stream};
use domain::person::{GrantSet, Role};
use domain::succession::{NewUnit, Rearrangement};
use domain::time::{Date, Time};
use domain::unit::{FormerName, Unit};
use domain::wire::Pulled;

fn new(n: u64, name: &str, households: &[RecordId]) -> NewUnit {
    NewUnit { id: record(n).into(), name: name.into(), code: String::new(), households: households.to_vec() }
}

fn decided<S>(world: &World<S>, on: Date, from: &[AreaId], into: Vec<NewUnit>) -> Rearrangement {
    Rearrangement { decision_no: "45/QĐ-UBND".into(), decision_date: world.now.date(), on, from: from.to_vec(), into, commune: None }
}

async fn units<S: Subject>(world: &World<S>) -> Vec<Unit> {
    world.store.directory(None).await.unwrap().units.into_iter().map(|seen| seen.value).collect()
}

async fn ahead<S: Subject>(world: &World<S>) -> Vec<Seen<Ahead>> {
    world.store.directory(Some(world.commune)).await.unwrap().ahead
}

pub async fn what_is_decided_ahead_waits_for_its_day<S: Subject>() {
    let mut world = World::<S>::new().await;
    let a = world.phone(Role::FieldMember).await;
    let homes = world.households(a.area).await;
    let (today, before) = (world.now.date(), units(&world).await);
    let split = vec![new(60, "Thôn Thượng", &[]), new(61, "Thôn Hạ", &homes[5..])];
    let split = decided(&world, today.plus(3), &[a.area], split);
    let counted = world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap();
    let rights = held(&world.pull(&a, None, Vec::new()).await);

    world.write(0, Value::Rearrangement(split.clone())).await.unwrap();
    world.tab_seq -= 1;
    world.write(0, Value::Rearrangement(split.clone())).await.unwrap();
    let [waits] = ahead(&world).await.try_into().unwrap();
    assert_eq!((waits.value.state, waits.value.by, &waits.value.decided), (AheadState::Waiting, world.officer, &split));
    assert_eq!(world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap(), counted);
    assert_eq!((units(&world).await, held(&world.pull(&a, None, Vec::new()).await)), (before.clone(), rights));
    // One decision for a village at a time, and each as right as one of today.
    let again = Rearrangement { into: vec![new(62, "Thôn Trên", &[]), new(63, "Thôn Dưới", &homes[6..])], ..split.clone() };
    assert_eq!(world.write(0, Value::Rearrangement(again)).await, Err(StoreError::Taken("from")));
    let unsigned = Rearrangement { decision_no: String::new(), ..split.clone() };
    assert_eq!(world.write(0, Value::Rearrangement(unsigned)).await, Err(StoreError::Invalid("decision_no")));

    world.now = Time(split.on.start().0 - 1);
    world.tick().await;
    assert_eq!((units(&world).await, ahead(&world).await[0].value.state), (before, AheadState::Waiting), "a moment before");
    // The server was off on the day.
    world.now = split.on.plus(2).start();
    world.tick().await;
    let after = world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap();
    let count = |name: &str| after.villages.iter().find(|row| row.name == name).map(|row| row.counts.households);
    assert_eq!((count("Thôn Thượng"), count("Thôn Hạ"), after.total.households), (Some(5), Some(3), counted.total.households));
    let upper = units(&world).await.into_iter().find(|unit| unit.name == "Thôn Thượng").unwrap();
    assert_eq!((upper.from, ahead(&world).await[0].value.state), (split.on, AheadState::Done));
    let rights = held(&world.pull(&a, None, Vec::new()).await);
    assert!([60, 61].iter().all(|n| rights.may_write(Scope { area: record(*n).into(), stream: Stream::Roll })));
    let stored = world.store.dump().await.unwrap();
    world.tick().await;
    assert_eq!(world.store.dump().await.unwrap(), stored, "once");
}

pub async fn what_is_decided_ahead_can_be_dropped_and_may_fail<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (first, second) = (world.village("Thôn Đồng Cừ").await, world.village("Thôn Bến Lĩnh").await);
    let on = world.now.date().plus(1);
    let merger = decided(&world, on, &[first, second], vec![new(60, "Thôn Đồng Lĩnh", &[])]);
    world.write(0, Value::Rearrangement(merger.clone())).await.unwrap();
    let [Seen { seen, value, .. }] = ahead(&world).await.try_into().unwrap();
    let drop = Value::Drop(DropAhead { id: value.id });
    let from_elsewhere =
        OfficeChange { by: world.officer, within: Some(first), device: world.tab, seq: world.tab_seq + 1, seen, value: drop.clone() };
    assert_eq!(world.store.write(from_elsewhere, world.now, [1; 32]).await, Err(StoreError::NotAllowed));
    assert_eq!(world.write(seen + 1, drop.clone()).await, Err(StoreError::Stale));
    world.write(seen, drop.clone()).await.unwrap();
    assert_eq!(world.write(seen + 1, drop).await, Err(StoreError::Stale), "it waits no more");

    // Another one, for a village that ends otherwise before the day.
    let homes = world.households(first).await;
    let split = decided(&world, on, &[first], vec![new(61, "Thôn Thượng", &[]), new(62, "Thôn Hạ", &homes[5..])]);
    world.write(0, Value::Rearrangement(split)).await.unwrap();
    world.write(0, Value::Rearrangement(Rearrangement { on: world.now.date(), ..merger })).await.unwrap();
    let before = units(&world).await;
    world.now = on.start();
    world.tick().await;
    assert_eq!(units(&world).await, before, "what was dropped or is not possible is not done");
    let states = ahead(&world).await.into_iter().map(|one| (one.value.state, one.value.wrong)).collect::<Vec<_>>();
    assert!(states.contains(&(AheadState::Dropped, String::new())), "{states:?}");
    assert!(states.contains(&(AheadState::Refused, "from".to_owned())), "{states:?}");
}

pub async fn a_new_name_keeps_the_old_one<S: Subject>() {
    let mut world = World::<S>::new().await;
    let id = world.village("Thôn Đồng Cừ").await;
    let of = |units: Vec<Seen<Unit>>| units.into_iter().find(|unit| unit.value.id == id).unwrap();
    let Seen { seen, value: old, .. } = of(world.store.directory(None).await.unwrap().units);
    let today = world.now.date();
    let tomorrow = old.clone().renamed("Thôn Đồng Tâm".into(), today.plus(1));
    assert_eq!(world.write(seen, Value::Unit(tomorrow)).await, Err(StoreError::Invalid("renamed")));
    let renamed = old.clone().renamed("Thôn Đồng Tâm".into(), today);
    world.write(seen, Value::Unit(renamed.clone())).await.unwrap();
    let Seen { seen, value: now, .. } = of(world.store.directory(None).await.unwrap().units);
    let former = vec![FormerName { name: "Thôn Đồng Cừ".into(), until: today.plus(-1) }];
    assert_eq!((now.name.as_str(), &now.former, now.code.as_str()), ("Thôn Đồng Tâm", &former, "DC"));
    let forgotten = Unit { former: Vec::new(), ..renamed };
    assert_eq!(world.write(seen, Value::Unit(forgotten)).await, Err(StoreError::Invalid("renamed")));
    // A list under the old name finds its households.
    let rows = vec![("Thôn Đồng Cừ".to_owned(), household(1)), ("Thôn Đồng Cừ".to_owned(), household(40))];
    let done = world.import(DeviceId::new(3, [33; 10]), rows).await.unwrap();
    assert_eq!((done.households, done.villages), (1, 0));
    assert_eq!(world.households(id).await.len(), 9);
}

fn held(pulled: &Pulled) -> GrantSet {
    match pulled {
        Pulled::Pages(pages) => pages.grants.clone(),
        _ => panic!("asked with cursors"),
    }
}
