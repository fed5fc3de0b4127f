//! Past imports: who brought in what, and whether it was taken back.

use super::question::Row;
use super::roll::households;
use super::tables::{Result, Tables};
use super::units::Tree;
use super::{Ask, Device, DeviceKind, grants};
use domain::id::{AreaId, DeviceId};
use domain::office::{ImportRow, Imported, Listed};
use domain::operation::{Change, Kind};
use domain::person::Person;
use domain::record::Body;
use domain::time::Time;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// The latest imports within reach, the last one first.
impl Row for ImportRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let tree = Tree::load(t)?;
        let mut imports = Vec::new();
        for device in t.devices(DeviceKind::Import)? {
            let Some((header, _)) = t.logged(device.id, 1)? else { continue };
            let commune = tree.commune(header.area).filter(|commune| tree.covers(ask.within, *commune));
            imports.extend(commune.map(|commune| (device, commune)));
        }
        imports.sort_by_key(|(device, _)| Reverse((device.enrolled_at, device.id)));
        let total = imports.len() as u32;
        imports.truncate(ask.limit as usize);
        let made = Made::of(t, &tree, &imports.iter().map(|(_, commune)| *commune).collect())?;
        let undone = undone(t)?;
        let mut rows = Vec::new();
        for (device, commune) in imports {
            let person: Option<Person> = t.record(device.person.into())?.as_ref().and_then(grants::state);
            rows.push(Self {
                import: device.id,
                by: person.map(|person| person.name).unwrap_or_default(),
                at: device.enrolled_at,
                unit: tree.name(commune),
                did: made.by(&device),
                undone: undone.contains(&device.id),
            });
        }
        Ok(Listed { rows, total, notable: 0 })
    }
}

/// The imports that were taken back. All that an undoing writes is about what its import wrote, so the first of it tells
/// which one that is: by the values that it replaces, or, where a household without a value of its state counts as recorded
/// twice, by what made that household.
fn undone(t: &mut dyn Tables) -> Result<BTreeSet<DeviceId>> {
    let mut undone = BTreeSet::new();
    for undoing in t.devices(DeviceKind::Undo)? {
        let Some((header, _)) = t.logged(undoing.id, 1)? else { continue };
        let Change::Set { fields } = header.change else { continue };
        let replaced = fields.values().flatten().map(|dot| dot.of(undoing.id).device).next();
        let made = match t.record(header.record)?.map(|stored| stored.record.body) {
            Some(Body::Registry(registry)) => registry.state.origin.map(|origin| origin.dot.device),
            _ => None,
        };
        undone.extend(replaced.or(made));
    }
    Ok(undone)
}

/// What imports made, as the book tells it.
pub struct Made {
    villages: HashMap<DeviceId, u32>,
    households: HashMap<DeviceId, u32>,
}

impl Made {
    /// Goes through the books of some communes.
    pub fn of(t: &mut dyn Tables, tree: &Tree, communes: &BTreeSet<AreaId>) -> Result<Self> {
        let mut made = Self { villages: HashMap::new(), households: HashMap::new() };
        for stored in t.working(&Kind::Unit)? {
            let Body::Registry(registry) = &stored.record.body else { continue };
            let here = tree.commune(stored.scope.area).is_some_and(|commune| communes.contains(&commune));
            if let Some(origin) = registry.state.origin.filter(|_| here) {
                *made.villages.entry(origin.dot.device).or_default() += 1;
            }
        }
        let villages: Vec<AreaId> = communes.iter().flat_map(|commune| tree.below(*commune)).map(|unit| unit.id).collect();
        for village in villages {
            for (_, registry) in households(t, village)? {
                let Some(origin) = registry.state.origin else { continue };
                *made.households.entry(origin.dot.device).or_default() += 1;
            }
        }
        Ok(made)
    }

    /// What one import did; each of its operations made or changed one thing.
    pub fn by(&self, import: &Device) -> Imported {
        let of = |made: &HashMap<DeviceId, u32>| made.get(&import.id).copied().unwrap_or_default();
        let (villages, households) = (of(&self.villages), of(&self.households));
        Imported { villages, households, changed: (import.have as u32).saturating_sub(villages + households), again: true }
    }
}
