//! Mergers and splits of villages: one command, one transaction, and no record moves. One that is decided for a day to come is
//! kept as a decision until then, and nothing else is written.

use super::desk::{new_device, working};
use super::office::{Writer, change_household, put_state, put_unit, roll_of, village_letters};
use super::random::Random;
use super::tables::{Result, Stored, Tables};
use super::units::Tree;
use super::{Device, DeviceKind, OfficeChange, Seed, StoreError, Within, grants};
use domain::ahead::{Ahead, AheadState};
use domain::cbor;
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::operation::Kind;
use domain::register::Values;
use domain::succession::Rearrangement;
use domain::time::{Date, Time};
use domain::unit::Unit;
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;

/// Does it, or has it wait for its day. `tab` is the asking tab and what it asked for: it writes the first operation, by which
/// a second press is known, and a device of its own, like that of an import, the others.
pub fn rearrange(
    t: &mut dyn Tables,
    random: &mut Random,
    change: &OfficeChange,
    decided: &Rearrangement,
    tab: (Device, Vec<u8>),
    now: Time,
) -> Result<()> {
    working(t, change.by)?;
    if change.seen != 0 {
        return Err(StoreError::Stale);
    }
    let (device, request) = tab;
    if decided.on > now.date() {
        // Everything about it must be right as if its day were here; what changes until then is looked at on the day.
        let commune = plan(t, change.within, decided, decided.on)?.commune;
        if waiting(t)?.iter().any(|(_, other)| other.decided.from.iter().any(|village| decided.from.contains(village))) {
            return Err(StoreError::Taken("from"));
        }
        let mut writer = Writer::answering(t, random, device, now, request)?;
        let (id, by) = (writer.fresh(), change.by);
        let ahead = Ahead { id, by, decided: decided.clone(), state: AheadState::Waiting, wrong: String::new() };
        put_state(&mut writer, roll_of(commune), Kind::Rearrangement, id, None, &ahead)?;
        return writer.end();
    }
    let Planned { commune, units, households } = plan(t, change.within, decided, now.date())?;
    let mut units = units.iter();
    let mut writer = Writer::answering(t, random, device, now, request)?;
    for unit in units.by_ref().take(1) {
        put(&mut writer, commune, unit)?;
    }
    writer.end()?;
    let device = once(random, change.by, now);
    let mut writer = Writer::begin(t, random, device, now)?;
    carry_out(&mut writer, commune, units, households)?;
    writer.end()?;
    grants::refresh(t, &BTreeSet::from([commune]), now)
}

/// Carries out what waited and whose day has come; a server that was off on the day does it when it is back. One that is not
/// possible any more is refused, for a person to see.
pub fn by_the_day(t: &mut dyn Tables, now: Time, seed: Seed) -> Result<()> {
    let mut due = waiting(t)?;
    due.retain(|(_, ahead)| ahead.decided.on <= now.date());
    due.sort_by_key(|(_, ahead)| (ahead.decided.on, ahead.id));
    let mut random = Random::new(seed);
    for (stored, ahead) in due {
        let device = once(&mut random, ahead.by, now);
        // Who may decide was asked when it was entered.
        let planned = plan(t, None, &ahead.decided, now.date());
        let mut writer = Writer::begin(t, &mut random, device, now)?;
        let (commune, ahead) = match planned {
            Ok(Planned { commune, units, households }) => {
                carry_out(&mut writer, commune, units.iter(), households)?;
                (Some(commune), Ahead { state: AheadState::Done, ..ahead })
            }
            Err(StoreError::Invalid(wrong) | StoreError::Taken(wrong)) => {
                (None, Ahead { state: AheadState::Refused, wrong: wrong.to_owned(), ..ahead })
            }
            Err(error) => return Err(error),
        };
        put_state(&mut writer, stored.scope, Kind::Rearrangement, ahead.id, Some(&stored), &ahead)?;
        writer.end()?;
        grants::refresh(t, &commune.into_iter().collect(), now)?;
    }
    Ok(())
}

/// What one that waits becomes when it is dropped.
pub fn dropped(stored: &Stored) -> Result<Ahead> {
    let ahead: Ahead = grants::state(stored).ok_or(StoreError::NotFound)?;
    if ahead.state == AheadState::Waiting { Ok(Ahead { state: AheadState::Dropped, ..ahead }) } else { Err(StoreError::Stale) }
}

/// The decisions that wait for their day.
fn waiting(t: &mut dyn Tables) -> Result<Vec<(Stored, Ahead)>> {
    let all = t.working(&Kind::Rearrangement)?.into_iter();
    let waits = |ahead: &Ahead| ahead.state == AheadState::Waiting;
    Ok(all.filter_map(|stored| grants::state(&stored).filter(waits).map(|ahead| (stored, ahead))).collect())
}

/// A device of its own, like that of an import.
fn once(random: &mut Random, by: PersonId, now: Time) -> Device {
    let (millis, bytes) = random.id(now);
    new_device(DeviceId::new(millis, bytes), by, DeviceKind::Once, now)
}

fn carry_out<'a>(
    writer: &mut Writer<'_>,
    commune: AreaId,
    units: impl Iterator<Item = &'a Unit>,
    households: Vec<(RecordId, AreaId)>,
) -> Result<()> {
    for unit in units {
        put(writer, commune, unit)?;
    }
    for (id, village) in households {
        let before = writer.t.record(id)?.ok_or(StoreError::Invalid("households"))?;
        let values = Values::from([("unit".to_owned(), ByteBuf::from(cbor::encode(&Some(village))))]);
        change_household(writer, &before, values)?;
    }
    Ok(())
}

fn put(writer: &mut Writer<'_>, commune: AreaId, unit: &Unit) -> Result<()> {
    let before = writer.t.record(unit.id.into())?;
    let scope = before.as_ref().map_or(roll_of(commune), |stored| stored.scope);
    put_unit(writer, scope, before.as_ref(), unit)
}

/// What a merger or split comes to, once everything about it was found right.
struct Planned {
    commune: AreaId,
    /// Those that end, then those that begin.
    units: Vec<Unit>,
    /// Households that a split gives to another village than the first.
    households: Vec<(RecordId, AreaId)>,
}

fn plan(t: &mut dyn Tables, within: Within, decided: &Rearrangement, today: Date) -> Result<Planned> {
    let tree = Tree::load(t)?;
    for &village in &decided.from {
        tree.check(within, village)?;
    }
    let all: Vec<Unit> = tree.all().cloned().collect();
    let mut units = decided.plan(&all, today).map_err(|error| StoreError::Invalid(error.field()))?;
    let commune = units.first().and_then(|unit| unit.parent).ok_or(StoreError::Invalid("from"))?;
    // Codes of villages that have ended stand on paper.
    let mut taken: BTreeSet<String> = tree.below(commune).map(|unit| unit.code.clone()).collect();
    for unit in units.iter_mut().filter(|unit| unit.succession.is_none()) {
        if t.record(unit.id.into())?.is_some() {
            return Err(StoreError::Taken("id"));
        }
        unit.code = village_letters(&unit.name, &unit.code, &taken)?;
        taken.insert(unit.code.clone());
    }
    let mut households = Vec::new();
    for new in &decided.into {
        for &id in &new.households {
            let here = t.household(id)?.is_some_and(|view| decided.from.contains(&tree.lineage.now(view.village)));
            if !here {
                return Err(StoreError::Invalid("households"));
            }
            households.push((id, new.id));
        }
    }
    Ok(Planned { commune, units, households })
}
