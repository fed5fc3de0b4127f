//! Bringing in a confirmed roll: one writer, one transaction, villages first.

use super::desk::{new_device, working};
use super::office::{self, Writer, roll_of};
use super::random::Random;
use super::tables::{Result, Tables};
use super::units::{Tree, read, village_code};
use super::{DeviceKind, Roll, Seed, StoreError, stream};
use domain::id::{AreaId, DeviceId};
use domain::office::Imported;
use domain::operation::Kind;
use domain::record::Body;
use domain::text;
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// See [`super::Store::import`].
pub fn import(t: &mut dyn Tables, roll: &Roll, now: Time, seed: Seed) -> Result<Imported> {
    if let Some(device) = t.device(roll.confirmation)? {
        if device.kind != DeviceKind::Import || device.person != roll.by {
            return Err(StoreError::Taken("confirmation"));
        }
        let villages = made_by(t, device.id)?;
        return Ok(Imported { households: (device.have as u32).saturating_sub(villages), villages, again: true });
    }
    working(t, roll.by)?;
    let tree = Tree::load(t)?;
    if tree.get(roll.commune).is_none_or(|unit| unit.level != Level::Commune) {
        return Err(StoreError::Invalid("commune"));
    }
    if roll.rows.is_empty() {
        return Err(StoreError::Invalid("rows"));
    }
    if roll.rows.iter().any(|(village, household)| text::clean(village).is_empty() || household.check().is_err()) {
        return Err(StoreError::Invalid("household"));
    }
    let mut random = Random::new(seed);
    let known = tree.below(roll.commune).filter(|unit| !unit.has_ended(now.date()));
    let mut villages: BTreeMap<String, Unit> = known.map(|unit| (text::spelling(&unit.name), unit.clone())).collect();
    let mut taken: BTreeSet<String> = tree.below(roll.commune).map(|unit| unit.code.clone()).collect();
    let mut new = Vec::new();
    let mut homes = Vec::with_capacity(roll.rows.len());
    for (name, household) in &roll.rows {
        let village = villages.entry(text::spelling(name)).or_insert_with(|| {
            let (millis, bytes) = random.id(now);
            let code = village_code(name, &taken);
            taken.insert(code.clone());
            let (id, parent, level) = (AreaId::new(millis, bytes), Some(roll.commune), Level::Village);
            let unit = Unit { id, parent, level, name: text::clean(name), code, from: Date::MIN, to: None };
            new.push(unit.clone());
            unit
        });
        homes.push((village.id, household));
    }
    let villages: BTreeMap<AreaId, Unit> = villages.into_values().map(|unit| (unit.id, unit)).collect();
    let mut writer = Writer::begin(t, &mut random, new_device(roll.confirmation, roll.by, DeviceKind::Import, now), now)?;
    for unit in &new {
        office::put_unit(&mut writer, roll_of(roll.commune), None, unit)?;
    }
    for &(village, household) in &homes {
        let number = writer.t.next_household(village)?;
        let code = villages.get(&village).map(|unit| stream::household_code(unit, number)).unwrap_or_default();
        office::put_household(&mut writer, village, code, household)?;
    }
    writer.end()?;
    Ok(Imported { households: homes.len() as u32, villages: new.len() as u32, again: false })
}

/// How many villages an import made.
fn made_by(t: &mut dyn Tables, device: DeviceId) -> Result<u32> {
    let units = t.working(&Kind::Unit)?;
    let made = units.iter().filter(|stored| read(stored).is_some()).filter(|stored| match &stored.record.body {
        Body::Registry(registry) => registry.state.origin.is_some_and(|origin| origin.dot.device == device),
        _ => false,
    });
    Ok(made.count() as u32)
}
