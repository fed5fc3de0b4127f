//! Incidents: who keeps them, how they are amended, and that no phone ever hears of them.

use super::world::{Subject, World, record};
use crate::store::{Ask, OfficeChange, StoreError, Value};
use domain::id::DeviceId;
use domain::incident::{Data, Harm, Incident, IncidentRow};
use domain::office::{Filter, Listed};
use domain::operation::Stream;
use domain::person::Role;
use domain::time::Time;
use domain::wire::{PROTOCOL, PullRequest, Pulled, PushBatch};

fn incident(n: u64, detected: Time) -> Incident {
    Incident {
        id: record(n),
        detected,
        happened: None,
        what: "Mất điện thoại ở chợ".into(),
        data: vec![Data::Contact],
        people: Some(40),
        harm: Harm::Unknown,
        consequences: String::new(),
        measures: String::new(),
        contact: String::new(),
        notified: None,
        reference: String::new(),
        device: None,
    }
}

async fn write<S: Subject>(world: &World<S>, seq: u64, seen: u64, incident: &Incident) -> Result<(), StoreError> {
    let device = DeviceId::new(1, [201; 10]);
    world.store.tab(device, world.admin, world.now).await?;
    let value = Value::Incident(incident.clone());
    let change = OfficeChange { by: world.admin, within: None, device, seq, seen, value };
    world.store.write(change, world.now, [seq as u8; 32]).await
}

async fn list<S: Subject>(world: &World<S>) -> Listed<IncidentRow> {
    world.store.list(Ask { within: None, filter: Filter::default(), limit: 50 }, world.now).await.unwrap()
}

pub async fn incidents_are_written_down_and_amended<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    world.store.revoke(None, phone.device, world.now).await.unwrap();
    world.store.push(PushBatch::of(phone.device, Vec::new()), world.now, [9; 32]).await.unwrap();
    let detected = world.now.plus_hours(-80);
    let first = Incident { device: Some(phone.device), ..incident(70, detected) };
    write(&world, 1, 0, &first).await.unwrap();
    // A second press is known.
    write(&world, 1, 0, &first).await.unwrap();
    write(&world, 2, 0, &incident(71, world.now)).await.unwrap();
    let found = list(&world).await;
    assert_eq!((found.total, found.notable, found.rows[0].incident.id), (2, 2, record(71)), "the latest first, both run");
    let row = &found.rows[1];
    assert_eq!(row.phone.as_ref().map(|phone| (phone.id, phone.told_at)), Some((phone.device, Some(world.now))));

    let told = Incident { notified: Some(world.now), reference: " 12/CV ".into(), ..first.clone() };
    assert_eq!(write(&world, 3, 0, &told).await, Err(StoreError::Stale), "whoever adds to it has seen it");
    write(&world, 3, row.seen, &told).await.unwrap();
    let found = list(&world).await;
    assert_eq!((found.notable, found.rows[1].incident.reference.as_str()), (1, "12/CV"));
    for (wrong, field) in [
        (Incident { what: " ".into(), ..incident(72, detected) }, "what"),
        (incident(72, world.now.plus_hours(2)), "detected"),
        (Incident { device: Some(DeviceId::new(1, [99; 10])), ..incident(72, detected) }, "device"),
    ] {
        assert_eq!(write(&world, 4, 0, &wrong).await, Err(StoreError::Invalid(field)));
    }
    let of_a_commune = Ask { within: Some(world.commune), filter: Filter::default(), limit: 50 };
    assert_eq!(world.store.list::<IncidentRow>(of_a_commune, world.now).await.err(), Some(StoreError::NotAllowed));
}

pub async fn no_phone_hears_of_an_incident<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::TeamLead).await;
    write(&world, 1, 0, &incident(70, world.now)).await.unwrap();
    let request = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, redacted: None, refused: Vec::new() };
    let reply = world.store.pull(phone.device, request, world.now).await.unwrap();
    let Pulled::Pages(pages) = reply.pulled else { panic!("{:?}", reply.pulled) };
    let streams = |stream| pages.grants.grants.iter().filter(|grant| grant.scope.stream == stream).count();
    assert!(streams(Stream::Roll) > 0);
    assert_eq!(streams(Stream::Restricted), 0);
}
