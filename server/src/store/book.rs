//! The household book kept by hand: one household with everything that people wrote about it, and what an office writes
//! into it. A correction replaces what its writer saw, so that what a phone wrote meanwhile stays beside it.

use super::office::{self, Writer};
use super::question::Row;
use super::tables::{Result, Stored, Tables};
use super::units::{self, Tree};
use super::{Ask, DeviceKind, StoreError, grants, stream, twin};
use domain::book::{Dispute, Disputed, Edit, Entry, EntryError, Named, Sheet, Twin, WrittenOn, repeats};
use domain::household::{FIELDS, Household, HouseholdError};
use domain::id::{AreaId, DeviceId};
use domain::office::Listed;
use domain::operation::{Dot, Field, Kind, Scope};
use domain::person::Person;
use domain::record::{Body, Registry};
use domain::register::Siblings;
use domain::short::Map;
use domain::time::Time;
use domain::unit::Level;
use std::cmp::Reverse;

/// The household that the filter names; none where it is not within reach.
impl Row for Sheet {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let stored = match ask.filter.household {
            Some(id) => t.record(id)?,
            None => None,
        };
        let tree = Tree::load(t)?;
        let rows = match stored.filter(|stored| tree.covers(ask.within, stored.scope.area)) {
            Some(stored) => Vec::from_iter(sheet(t, &tree, &stored)?),
            None => Vec::new(),
        };
        Ok(Listed { total: rows.len() as u32, notable: 0, rows })
    }
}

fn sheet(t: &mut dyn Tables, tree: &Tree, stored: &Stored) -> Result<Option<Sheet>> {
    let Some(Registry { code, state, erased, .. }) = household(stored) else { return Ok(None) };
    let household = Household::read(state);
    let base = FIELDS.iter().map(|(field, _)| ((*field).to_owned(), state.base(field)));
    let base: Map<Field, Vec<Dot>> = base.filter(|(_, dots)| !dots.is_empty()).collect();
    let mut disputes = Vec::new();
    for (field, siblings) in state.disputed() {
        disputes.push(dispute(t, &household, field, siblings)?);
    }
    let village = tree.lineage.now(household.unit.unwrap_or(stored.scope.area));
    let (id, twins) = (stored.record.id, twin::twins(t)?);
    let mut others = Vec::new();
    for other in std::iter::once(twins.one(id)).chain(twins.behind(id)).filter(|other| *other != id) {
        others.extend(t.household(other)?.map(|view| Twin { id: view.id, code: view.code, head: view.head }));
    }
    let stands = twins.stands(id);
    Ok(Some(Sheet { id, village, code: code.clone(), household, base, disputes, erased: erased.clone(), stands, twins: others }))
}

/// The registers of a household.
pub fn household(stored: &Stored) -> Option<&Registry> {
    match &stored.record.body {
        Body::Registry(registry) if stored.record.kind == Kind::Household => Some(registry),
        _ => None,
    }
}

fn dispute(t: &mut dyn Tables, shown: &Household, field: &Field, siblings: &Siblings) -> Result<Dispute> {
    let mut siblings: Vec<_> = siblings.values.iter().collect();
    siblings.sort_by_key(|sibling| Reverse((sibling.at, sibling.dot)));
    let mut values = Vec::new();
    for sibling in siblings {
        let (by, on) = writer(t, sibling.dot.device)?;
        values.push(Disputed { household: shown.with(field, sibling.value.clone()), by, on, at: sibling.at });
    }
    Ok(Dispute { field: field.clone(), values })
}

/// Whose a device is, and what sort; of one that a restored database does not know any more, a phone of nobody known.
pub fn writer(t: &mut dyn Tables, device: DeviceId) -> Result<(String, WrittenOn)> {
    let Some(device) = t.device(device)? else { return Ok((String::new(), WrittenOn::Phone)) };
    let person: Option<Person> = t.record(device.person.into())?.as_ref().and_then(grants::state);
    Ok((person.map(|person| person.name).unwrap_or_default(), written_on(device.kind)))
}

/// On what somebody writes with a device of this sort.
pub const fn written_on(kind: DeviceKind) -> WrittenOn {
    match kind {
        DeviceKind::Phone => WrittenOn::Phone,
        DeviceKind::Tab | DeviceKind::Undo | DeviceKind::Once => WrittenOn::Desk,
        DeviceKind::Import => WrittenOn::Import,
    }
}

/// Whether an entry can be written. Returns the area that holds the household.
pub fn check(t: &mut dyn Tables, tree: &Tree, entry: &Entry, before: Option<&Stored>, now: Time) -> Result<AreaId> {
    entry.values().map_err(invalid)?;
    let area = match (&entry.what, before) {
        (Edit::Add(village), None) => {
            let unit = tree.get(*village).filter(|unit| unit.level == Level::Village && !unit.has_ended(now.date()));
            unit.ok_or(StoreError::Invalid("village"))?.id
        }
        (Edit::Add(_), Some(_)) => return Err(StoreError::Taken("id")),
        (Edit::Correct(_), None) => return Err(StoreError::NotFound),
        (Edit::Correct(base), Some(before)) => {
            for dot in base.values().flatten() {
                // Nobody replaces what is not there yet, or is of another record.
                let (device, seq) = (dot.device, dot.seq);
                if t.logged(device, seq)?.is_none_or(|(header, _)| header.record != entry.id) {
                    return Err(StoreError::Invalid("base"));
                }
            }
            before.scope.area
        }
    };
    if !entry.anyway && would_repeat(t, tree, entry, area)? { Err(StoreError::Taken("household")) } else { Ok(area) }
}

/// Whether it makes a household like another one. One that was so before, and whose name, number and state stay as they
/// are, does not.
fn would_repeat(t: &mut dyn Tables, tree: &Tree, entry: &Entry, area: AreaId) -> Result<bool> {
    let names = ["no", "head", "status"];
    let touched = match &entry.what {
        Edit::Add(_) => true,
        Edit::Correct(base) => base.keys().any(|field| names.contains(&field.as_str())),
    };
    if !touched {
        return Ok(false);
    }
    let this = Named { no: &entry.household.no, head: &entry.household.head, status: entry.household.status };
    let village = tree.lineage.now(t.household(entry.id)?.map_or(area, |view| view.village));
    let others = t.households(&tree.lineage.counted_to(village))?;
    // What is part of another household repeats it, and somebody has seen that.
    let twins = twin::twins(t)?;
    if !twins.stands(entry.id) {
        return Ok(false);
    }
    let mut others = others.iter().filter(|other| other.id != entry.id && twins.stands(other.id));
    Ok(others.any(|other| repeats(this, Named { no: &other.no, head: &other.head, status: other.status })))
}

fn invalid(error: EntryError) -> StoreError {
    StoreError::Invalid(match error {
        EntryError::Fields => "base",
        EntryError::Household(HouseholdError::NoHead) => "head",
        EntryError::Household(HouseholdError::Phone) => "phone",
        EntryError::Household(HouseholdError::People) => "people",
        EntryError::Household(HouseholdError::TooLong(field)) => field,
    })
}

/// Writes an entry that was found right.
pub fn write(w: &mut Writer<'_>, scope: Scope, before: Option<&Stored>, entry: &Entry) -> Result<()> {
    let values = entry.values().map_err(invalid)?;
    match (&entry.what, before) {
        (Edit::Correct(base), Some(before)) => office::correct_household(w, before, values, base),
        _ => {
            let village = units::unit(w.t, scope.area)?.ok_or(StoreError::NotFound)?;
            let code = stream::household_code(&village, w.t.next_household(scope.area)?);
            office::add_household(w, entry.id, scope.area, code, values)
        }
    }
}
