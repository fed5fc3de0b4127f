//! Bringing in a roll: compared with the book, then one writer and one transaction, villages first.

use super::desk::{new_device, working};
use super::imports::Made;
use super::office::{self, Writer, roll_of};
use super::random::Random;
use super::tables::{Result, Tables};
use super::units::{Tree, village_code};
use super::{Compared, Confirmed, Device, DeviceKind, Roll, Seed, StoreError, Undo, grants, stream, twin};
use domain::campaign::Assignment;
use domain::cbor;
use domain::household::{Household, HouseholdStatus};
use domain::id::{AreaId, RecordId};
use domain::office::Imported;
use domain::operation::{Change, Dot, Field, Kind, Part, Scope, Stream};
use domain::record::{Body, Record, Registry};
use domain::register::{self, Values};
use domain::reimport::{Also, Comparison, Known, Plan, Planned, plan};
use domain::text;
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use domain::visit::CallbackContact;
use serde_bytes::ByteBuf;
use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// See [`super::Store::import`]: what it comes to.
pub fn compare(t: &mut dyn Tables, roll: &Roll, now: Time) -> Result<Compared> {
    let tree = check(t, roll)?;
    let villages = villages(&tree, roll, now);
    let named = named_as_today(&tree, roll, &villages);
    let roll = named.as_ref();
    let (known, plan) = planned(t, roll, &tree, &villages)?;
    Ok(Compared { comparison: plan.compare(&known, &roll.rows, &roll.choices), imported: None })
}

/// See [`super::Store::import`]: does it.
pub fn import(t: &mut dyn Tables, roll: &Roll, confirmed: &Confirmed, now: Time, seed: Seed) -> Result<Compared> {
    if let Some(device) = t.device(confirmed.device)? {
        if device.kind != DeviceKind::Import || device.person != roll.by {
            return Err(StoreError::Taken("confirmation"));
        }
        let tree = Tree::load(t)?;
        let made = Made::of(t, &tree, &BTreeSet::from([roll.commune]))?;
        return Ok(Compared { comparison: Comparison::default(), imported: Some(made.by(&device)) });
    }
    let tree = check(t, roll)?;
    let mut villages = villages(&tree, roll, now);
    let named = named_as_today(&tree, roll, &villages);
    let roll = named.as_ref();
    let (known, plan) = planned(t, roll, &tree, &villages)?;
    let comparison = plan.compare(&known, &roll.rows, &roll.choices);
    if confirmed.seen.as_ref().is_some_and(|seen| *seen != comparison.seen) {
        return Err(StoreError::Stale);
    }
    let mut random = Random::new(seed);
    let mut taken = tree.letters(roll.commune);
    let mut made = Vec::new();
    let mut new = Vec::new();
    for (row, _) in roll.rows.iter().zip(&plan.lines).filter(|(_, planned)| **planned == Planned::New) {
        let village = villages.entry(text::spelling(&row.village)).or_insert_with(|| {
            let (millis, bytes) = random.id(now);
            let code = village_code(&row.village, &taken);
            taken.insert(code.clone());
            let (id, parent, level) = (AreaId::new(millis, bytes), Some(roll.commune), Level::Village);
            let unit = Unit {
                id,
                parent,
                level,
                name: text::clean(&row.village),
                code,
                from: Date::MIN,
                to: None,
                succession: None,
                former: Vec::new(),
            };
            made.push(unit.clone());
            unit
        });
        new.push((village.clone(), &row.household));
    }
    let watched = &confirmed.watched;
    watched.begin((comparison.new + comparison.changed) as usize);
    let mut writer = Writer::begin(t, &mut random, new_device(confirmed.device, roll.by, DeviceKind::Import, now), now)?;
    for unit in &made {
        office::put_unit(&mut writer, roll_of(roll.commune), None, unit)?;
    }
    for (village, household) in &new {
        watched.step()?;
        let number = writer.t.next_household(village.id)?;
        office::put_household(&mut writer, village.id, stream::household_code(village, number), household)?;
    }
    let mut changed = 0;
    for planned in &plan.lines {
        let Planned::Is(update) = planned else { continue };
        if let Some(known) = known.get(update.known).filter(|_| !update.changes.is_empty()) {
            watched.step()?;
            let before = writer.t.record(known.id)?.ok_or(StoreError::NotFound)?;
            office::change_household(&mut writer, &before, update.household.changed_values(&known.household))?;
            changed += 1;
        }
    }
    writer.end()?;
    let imported = Imported { households: new.len() as u32, changed, villages: made.len() as u32, again: false };
    Ok(Compared { comparison, imported: Some(imported) })
}

/// See [`super::Store::import`]: takes it back. A household that it made counts as recorded twice from then on, one that it
/// changed has its former values; what somebody corrected since stays. All of it is written, like any other change.
pub fn undo(t: &mut dyn Tables, undo: &Undo, now: Time, seed: Seed) -> Result<Compared> {
    let taken_back = |imported| Ok(Compared { comparison: Comparison::default(), imported: Some(imported) });
    working(t, undo.by)?;
    if let Some(device) = t.device(undo.device)? {
        if device.kind != DeviceKind::Undo || device.person != undo.by {
            return Err(StoreError::Taken("confirmation"));
        }
        return taken_back(Imported { again: true, ..Imported::default() });
    }
    let import = t.device(undo.import)?.filter(|device| device.kind == DeviceKind::Import).ok_or(StoreError::NotFound)?;
    let tree = Tree::load(t)?;
    let (shared, twins) = (shared(t)?, twin::twins(t)?);
    let mut needed: BTreeMap<AreaId, BTreeSet<RecordId>> = BTreeMap::new();
    let (mut made, mut changed) = (Vec::new(), Vec::new());
    for seq in 1..=import.have {
        let Some((header, _)) = t.logged(import.id, seq)?.filter(|(header, _)| header.kind == Kind::Household) else { continue };
        if tree.commune(header.area) != Some(undo.commune) {
            return Err(StoreError::NotAllowed);
        }
        let stored = t.record(header.record)?.ok_or(StoreError::NotFound)?;
        let Body::Registry(registry) = &stored.record.body else { continue };
        match header.change {
            Change::Create => {
                if let Entry::Vacant(area) = needed.entry(header.area) {
                    area.insert(written_about(t, header.area)?);
                }
                let written_about = needed.get(&header.area).is_some_and(|households| households.contains(&header.record));
                let stands_for_others = twins.behind(header.record).next().is_some();
                if written_about
                    || stands_for_others
                    || shared.contains(&header.record)
                    || registry.state.dots().iter().any(|dot| dot.device != import.id)
                {
                    return Err(StoreError::Taken("household"));
                }
                let household = Household::read(&registry.state);
                let values = Household { status: HouseholdStatus::Duplicate, ..household.clone() }.changed_values(&household);
                made.push((stored, values));
            }
            Change::Set { fields } => {
                let mut values = Values::new();
                for (field, base) in fields {
                    if registry.state.base(&field) == [Dot { device: import.id, seq }] {
                        let former = former_value(t, &field, base.iter().map(|dot| dot.of(import.id)))?;
                        values.extend(former.map(|value| (field, value)));
                    }
                }
                if !values.is_empty() {
                    changed.push((stored, values));
                }
            }
            _ => {}
        }
    }
    let imported = Imported { households: made.len() as u32, changed: changed.len() as u32, ..Imported::default() };
    let mut random = Random::new(seed);
    let mut writer = Writer::begin(t, &mut random, new_device(undo.device, undo.by, DeviceKind::Undo, now), now)?;
    for (stored, values) in made.into_iter().chain(changed) {
        office::change_household(&mut writer, &stored, values)?;
    }
    writer.end()?;
    taken_back(imported)
}

/// The households of an area on which something that was written there depends: visits, opinions and promises that were not
/// taken back.
fn written_about(t: &mut dyn Tables, area: AreaId) -> Result<BTreeSet<RecordId>> {
    let mut households: BTreeSet<RecordId> = t.visits(&[area], None)?.into_iter().map(|visit| visit.household).collect();
    households.extend(t.opinions(&[area], None)?.into_iter().filter_map(|opinion| opinion.household));
    let mut promises = BTreeMap::new();
    for record in records(t, Scope { area, stream: Stream::Callback })? {
        let Body::Event(event) = &record.body else { continue };
        if let Change::Retract { of } = event.header.change {
            promises.remove(&of);
        } else if let Some(CallbackContact { household }) = event.read(Part::Contact) {
            promises.insert(record.id, household);
        }
    }
    households.extend(promises.into_values());
    Ok(households)
}

/// The households that are given to somebody by name.
fn shared(t: &mut dyn Tables) -> Result<BTreeSet<RecordId>> {
    let mut shared = BTreeSet::new();
    for work in t.working(&Kind::Assignment)?.iter().filter_map(grants::state::<Assignment>).filter(|work| !work.ended) {
        shared.extend(work.share.iter().flat_map(|share| share.households.iter().copied()));
    }
    Ok(shared)
}

/// The value of a field that an edit replaced: that of a dot of its base, or of a household without it.
fn former_value(t: &mut dyn Tables, field: &Field, base: impl Iterator<Item = Dot>) -> Result<Option<ByteBuf>> {
    for dot in base {
        let Some((_, parts)) = t.logged(dot.device, dot.seq)? else { continue };
        let values = register::values(&parts).map_err(|_| StoreError::Broken("parts".to_owned()))?;
        if let Some(value) = values.get(field) {
            return Ok(Some(value.clone()));
        }
    }
    Ok(Household::default().values().get(field).cloned())
}

/// Whether a roll can be brought in at all.
fn check(t: &mut dyn Tables, roll: &Roll) -> Result<Tree> {
    working(t, roll.by)?;
    let tree = Tree::load(t)?;
    if tree.get(roll.commune).is_none_or(|unit| unit.level != Level::Commune || unit.succession.is_some()) {
        return Err(StoreError::Invalid("commune"));
    }
    if roll.rows.is_empty() {
        return Err(StoreError::Invalid("rows"));
    }
    if roll.rows.iter().any(|row| text::clean(&row.village).is_empty() || row.household.check().is_err()) {
        return Err(StoreError::Invalid("household"));
    }
    Ok(tree)
}

/// The commune's villages of today, by the spelling of their names.
fn villages(tree: &Tree, roll: &Roll, now: Time) -> BTreeMap<String, Unit> {
    let villages = tree.below(roll.commune).filter(|unit| !unit.has_ended(now.date()));
    villages.map(|unit| (text::spelling(&unit.name), unit.clone())).collect()
}

/// The roll with the names of today: a list from before a merger, or under an old name, names villages that are called otherwise.
fn named_as_today<'a>(tree: &Tree, roll: &'a Roll, villages: &BTreeMap<String, Unit>) -> Cow<'a, Roll> {
    let ended = tree.below(roll.commune).filter(|unit| unit.succession.is_some());
    let ended = ended.map(|unit| (unit.to, unit, &unit.name));
    let former = tree.below(roll.commune).flat_map(|unit| unit.former.iter().map(move |former| (Some(former.until), unit, &former.name)));
    let mut once: Vec<_> = former.chain(ended).collect();
    // What somebody called so more lately comes last and stands, in each of the communes that became this one.
    once.sort_by_key(|(until, ..)| *until);
    let mut named: BTreeMap<String, BTreeMap<Option<AreaId>, String>> = BTreeMap::new();
    for (_, unit, former) in once {
        named.entry(text::spelling(former)).or_default().insert(unit.parent, tree.name_now(unit.id));
    }
    // A name that meant a village in two of them tells neither: the list makes a new one, which a person sees before.
    let only = |mut names: BTreeMap<Option<AreaId>, String>| names.pop_first().filter(|_| names.is_empty()).map(|(_, name)| name);
    let today: BTreeMap<String, String> = named
        .into_iter()
        .filter(|(former, _)| !villages.contains_key(former))
        .filter_map(|(former, names)| Some((former, only(names)?)))
        .collect();
    if today.is_empty() {
        return Cow::Borrowed(roll);
    }
    let mut roll = roll.clone();
    for row in &mut roll.rows {
        if let Some(name) = today.get(&text::spelling(&row.village)) {
            row.village.clone_from(name);
        }
    }
    Cow::Owned(roll)
}

/// The households of the commune's villages, and what the roll comes to beside them.
fn planned(t: &mut dyn Tables, roll: &Roll, tree: &Tree, villages: &BTreeMap<String, Unit>) -> Result<(Vec<Known>, Plan)> {
    let (mut people, twins) = (HashMap::new(), twin::twins(t)?);
    let (mut known, mut also) = (Vec::new(), HashMap::<RecordId, Vec<Also>>::new());
    for area in tree.below(roll.commune) {
        for (record, registry) in households(t, area.id)? {
            let household = Household::read(&registry.state);
            let village = tree.lineage.now(household.unit.unwrap_or(area.id));
            let Some(village) = villages.values().find(|unit| unit.id == village) else { continue };
            let mut corrected = BTreeSet::new();
            for field in registry.state.edited.keys() {
                for dot in registry.state.base(field) {
                    let by_person = match people.get(&dot.device) {
                        Some(known) => *known,
                        None => {
                            let of_a_list = |device: Device| matches!(device.kind, DeviceKind::Import | DeviceKind::Undo);
                            let found = !t.device(dot.device)?.is_some_and(of_a_list);
                            people.insert(dot.device, found);
                            found
                        }
                    };
                    corrected.extend(by_person.then(|| field.to_string()));
                }
            }
            // Another record stands for it.
            if household.status == HouseholdStatus::Duplicate {
                continue;
            }
            if !twins.stands(record) {
                also.entry(twins.one(record)).or_default().push(Also { code: registry.code, head: household.head });
                continue;
            }
            known.push(Known { id: record, code: registry.code, village: village.name.clone(), household, corrected, also: Vec::new() });
        }
    }
    for known in &mut known {
        known.also = also.remove(&known.id).unwrap_or_default();
    }
    known.sort_unstable_by_key(|known| known.id);
    let plan = plan(&known, &roll.rows, &roll.choices);
    Ok((known, plan))
}

/// The households of one village.
pub fn households(t: &mut dyn Tables, village: AreaId) -> Result<Vec<(RecordId, Registry)>> {
    let made = records(t, roll_of(village))?.into_iter().filter_map(|record| match (record.kind, record.body) {
        (Kind::Household, Body::Registry(registry)) if registry.state.is_made() => Some((record.id, registry)),
        _ => None,
    });
    Ok(made.collect())
}

/// The records of one stream that this build can read, in their order.
pub(super) fn records(t: &mut dyn Tables, scope: Scope) -> Result<Vec<Record>> {
    const PAGE: usize = 1_000;
    let (mut records, mut after) = (Vec::new(), 0);
    loop {
        let page = t.page(scope, after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(records) };
        after = *last;
        records.extend(page.iter().filter_map(|(_, bytes)| cbor::decode::<Record>(bytes).ok()));
    }
}
