//! Mergers and splits of villages: one command, one transaction, and no record moves.

use super::desk::{new_device, working};
use super::office::{Writer, change_household, put_unit, roll_of, village_letters};
use super::random::Random;
use super::tables::{Result, Tables};
use super::units::Tree;
use super::{Device, DeviceKind, OfficeChange, StoreError, grants};
use domain::cbor;
use domain::id::{AreaId, DeviceId, RecordId};
use domain::register::Values;
use domain::succession::Rearrangement;
use domain::time::Time;
use domain::unit::Unit;
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;

/// Does it, and has the grants of the commune's people follow. `tab` is the asking tab and what it asked for: it writes
/// the first operation, by which a second press is known, and a device of its own, like that of an import, the others.
pub fn rearrange(
    t: &mut dyn Tables,
    random: &mut Random,
    change: &OfficeChange,
    decided: &Rearrangement,
    tab: (Device, Vec<u8>),
    now: Time,
) -> Result<()> {
    working(t, change.by)?;
    let Planned { commune, units, households } = plan(t, change, decided, now)?;
    let mut units = units.iter();
    let (device, request) = tab;
    let mut writer = Writer::answering(t, random, device, now, request)?;
    for unit in units.by_ref().take(1) {
        put(&mut writer, commune, unit)?;
    }
    writer.end()?;
    let (millis, bytes) = random.id(now);
    let device = new_device(DeviceId::new(millis, bytes), change.by, DeviceKind::Once, now);
    let mut writer = Writer::begin(t, random, device, now)?;
    for unit in units {
        put(&mut writer, commune, unit)?;
    }
    for (id, village) in households {
        let before = writer.t.record(id)?.ok_or(StoreError::Invalid("households"))?;
        let values = Values::from([("unit".to_owned(), ByteBuf::from(cbor::encode(&Some(village))))]);
        change_household(&mut writer, &before, values)?;
    }
    writer.end()?;
    grants::refresh(t, &BTreeSet::from([commune]), now)
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

fn plan(t: &mut dyn Tables, change: &OfficeChange, decided: &Rearrangement, now: Time) -> Result<Planned> {
    if change.seen != 0 {
        return Err(StoreError::Stale);
    }
    let tree = Tree::load(t)?;
    for &village in &decided.from {
        tree.check(change.within, village)?;
    }
    let all: Vec<Unit> = tree.all().cloned().collect();
    let mut units = decided.plan(&all, now.date()).map_err(|error| StoreError::Invalid(error.field()))?;
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
