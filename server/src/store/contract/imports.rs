//! Imports that are taken back, and those that cannot be any more.

use super::share::share;
use super::world::{Phone, Subject, World, household};
use crate::store::{Confirmed, Import, Roll, StoreError, Undo, Value};
use domain::campaign::Assignment;
use domain::household::Household;
use domain::id::{DeviceId, RecordId};
use domain::office::{Filter, ImportRow, Imported};
use domain::person::Role;
use domain::reimport::Choices;
use domain::roll::Row;
use domain::source::Source;
use domain::typing::{TakenBack, Typed, TypedOpinion, TypedPlace};
use std::sync::Arc;

const IMPORT: [u8; 10] = [5; 10];

async fn undo<S: Subject>(world: &World<S>, n: u8) -> Result<Imported, StoreError> {
    let device = DeviceId::new(6, [n; 10]);
    let undo = Undo { by: world.officer, commune: world.commune, import: DeviceId::new(5, IMPORT), device };
    world.store.import(Import::Undo(undo), world.now, [n; 32]).await.map(|done| done.imported.unwrap())
}

/// One household more in the village, by an import.
async fn imported<S: Subject>() -> (World<S>, Phone, RecordId) {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    world.import(DeviceId::new(5, IMPORT), vec![("Thôn Đồng Cừ".to_owned(), household(20))]).await.unwrap();
    let new = *world.households(phone.area).await.last().unwrap();
    (world, phone, new)
}

const NEEDED: Result<Imported, StoreError> = Err(StoreError::Taken("household"));
const TAKEN_BACK: Imported = Imported { households: 1, changed: 0, villages: 0, again: false };

pub async fn an_import_is_not_taken_back_from_under_an_opinion_or_a_promise<S: Subject>() {
    let (mut world, phone, new) = imported::<S>().await;
    let place = TypedPlace { village: phone.area, campaign: world.campaign, day: world.now.date() };
    let said = world.typed("Làm cống");
    let promised = Some(place.day.plus(7));
    let opinion = TypedOpinion { place, source: Source::Telephone, household: new, promised, said: said.clone() };
    world.type_in(Typed::Opinion(opinion)).await.unwrap();
    let before = world.store.dump().await.unwrap();
    assert_eq!((undo(&world, 1).await, world.store.dump().await.unwrap()), (NEEDED, before));
    // The opinion is taken back, and the answer stays promised.
    let back = |world: &mut World<S>, record| TakenBack { id: world.fresh(), village: phone.area, records: vec![record] };
    let opinion = back(&mut world, said.id);
    world.type_in(Typed::TakenBack(opinion)).await.unwrap();
    assert_eq!(undo(&world, 2).await, NEEDED);
    let promise = back(&mut world, said.promise);
    world.type_in(Typed::TakenBack(promise)).await.unwrap();
    assert_eq!(undo(&world, 3).await, Ok(TAKEN_BACK));
}

pub async fn an_import_is_not_taken_back_from_under_a_share<S: Subject>() {
    let (mut world, phone, new) = imported::<S>().await;
    let id = world.fresh();
    let work = share(&world, id, phone.area, phone.person, &[new]);
    world.write(0, Value::Assignment(work.clone())).await.unwrap();
    assert_eq!(undo(&world, 1).await, NEEDED);
    let seen = world.seen(id).await;
    world.write(seen, Value::Assignment(Assignment { ended: true, ..work })).await.unwrap();
    assert_eq!(undo(&world, 2).await, Ok(TAKEN_BACK));
}

pub async fn an_import_of_corrections_only_is_known_to_be_taken_back<S: Subject>() {
    let world = World::<S>::new().await;
    let seven = |n| Row::from(("Thôn Đồng Cừ".to_owned(), Household { people: Some(7), ..household(n) }));
    let rows: Vec<Row> = (1..=8).map(seven).collect();
    let roll = Roll { by: world.officer, commune: world.commune, rows, choices: Choices::default() };
    let confirmed = Confirmed { device: DeviceId::new(5, IMPORT), seen: None, watched: Arc::default() };
    let done = world.store.import(Import::Store(roll, confirmed), world.now, [1; 32]).await.unwrap().imported.unwrap();
    assert_eq!((done.households, done.changed), (0, 8));
    let past = async |limit| {
        let ask = crate::store::Ask { limit, ..world.ask(Filter::default()) };
        let listed = world.store.list::<ImportRow>(ask, world.now).await.unwrap();
        (listed.rows.iter().map(|row| (row.did.households, row.did.changed, row.undone)).collect::<Vec<_>>(), listed.total)
    };
    assert_eq!(past(10).await, (vec![(0, 8, false), (10, 0, false)], 2));
    assert_eq!(undo(&world, 1).await.map(|done| done.changed), Ok(8));
    assert_eq!(past(10).await, (vec![(0, 8, true), (10, 0, false)], 2));
    assert_eq!(past(1).await, (vec![(0, 8, true)], 2));
}
