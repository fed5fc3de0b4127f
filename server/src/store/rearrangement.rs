//! Mergers and splits of villages, mergers of communes, villages that are moved to another commune: one command, one
//! transaction, and no record moves. One that is decided for a day to come is kept as a decision until then, and nothing else is
//! written.

use super::desk::{new_device, working};
use super::office::{Writer, change_household, home_of, put_state, put_unit, roll_of, village_letters};
use super::random::Random;
use super::tables::{Result, Stored, Tables};
use super::units::{Tree, free_code};
use super::{Device, DeviceKind, OfficeChange, Seed, StoreError, Within, grants};
use domain::ahead::{Ahead, AheadState};
use domain::cbor;
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::operation::Kind;
use domain::register::Values;
use domain::succession::Rearrangement;
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use serde_bytes::ByteBuf;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
        let home = plan(t, change.within, decided, decided.on)?.home;
        if waiting(t)?.iter().any(|(_, other)| other.decided.from.iter().any(|village| decided.from.contains(village))) {
            return Err(StoreError::Taken("from"));
        }
        let mut writer = Writer::answering(t, random, device, now, request)?;
        let (id, by) = (writer.fresh(), change.by);
        let ahead = Ahead { id, by, decided: decided.clone(), state: AheadState::Waiting, wrong: String::new() };
        put_state(&mut writer, roll_of(home), Kind::Rearrangement, id, None, &ahead)?;
        return writer.end();
    }
    let Planned { home: _, communes, units, households } = plan(t, change.within, decided, now.date())?;
    let mut units = units.iter();
    let mut writer = Writer::answering(t, random, device, now, request)?;
    for unit in units.by_ref().take(1) {
        put(&mut writer, unit)?;
    }
    writer.end()?;
    let device = once(random, change.by, now);
    let mut writer = Writer::begin(t, random, device, now)?;
    carry_out(&mut writer, units, households)?;
    writer.end()?;
    grants::refresh(t, &communes, now)
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
        let (communes, ahead) = match planned {
            Ok(Planned { home: _, communes, units, households }) => {
                carry_out(&mut writer, units.iter(), households)?;
                (communes, Ahead { state: AheadState::Done, ..ahead })
            }
            Err(error @ (StoreError::Broken(_) | StoreError::Busy)) => return Err(error),
            // One that is not possible must not hold up the others, nor whatever else the day brings.
            Err(error) => {
                let wrong = if let StoreError::Invalid(wrong) | StoreError::Taken(wrong) = error { wrong } else { "from" };
                (BTreeSet::new(), Ahead { state: AheadState::Refused, wrong: wrong.to_owned(), ..ahead })
            }
        };
        put_state(&mut writer, stored.scope, Kind::Rearrangement, ahead.id, Some(&stored), &ahead)?;
        writer.end()?;
        grants::refresh(t, &communes, now)?;
    }
    Ok(())
}

/// What one that waits becomes when it is dropped, by somebody who could have entered it.
pub fn dropped(tree: &Tree, within: Within, stored: &Stored) -> Result<Ahead> {
    let ahead: Ahead = grants::state(stored).ok_or(StoreError::NotFound)?;
    check_reach(tree, within, &ahead.decided)?;
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

fn carry_out<'a>(writer: &mut Writer<'_>, units: impl Iterator<Item = &'a Unit>, households: Vec<(RecordId, AreaId)>) -> Result<()> {
    for unit in units {
        put(writer, unit)?;
    }
    for (id, village) in households {
        let before = writer.t.record(id)?.ok_or(StoreError::Invalid("households"))?;
        let values = Values::from([("unit".to_owned(), ByteBuf::from(cbor::encode(&Some(village))))]);
        change_household(writer, &before, values)?;
    }
    Ok(())
}

fn put(writer: &mut Writer<'_>, unit: &Unit) -> Result<()> {
    let before = writer.t.record(unit.id.into())?;
    put_unit(writer, before.as_ref().map_or(home_of(unit), |stored| stored.scope), before.as_ref(), unit)
}

/// What a merger or split comes to, once everything about it was found right.
struct Planned {
    /// The commune that hears of it while it waits.
    home: AreaId,
    /// The communes whose people's work it is.
    communes: BTreeSet<AreaId>,
    /// Those that end, those that begin, those that are called otherwise from then on.
    units: Vec<Unit>,
    /// Households that a split gives to another village than the first.
    households: Vec<(RecordId, AreaId)>,
}

fn plan(t: &mut dyn Tables, within: Within, decided: &Rearrangement, today: Date) -> Result<Planned> {
    let tree = Tree::load(t)?;
    check_reach(&tree, within, decided)?;
    let all: Vec<Unit> = tree.all().cloned().collect();
    let mut units = decided.plan(&all, today).map_err(|error| StoreError::Invalid(error.field()))?;
    let is_new = |unit: &&mut Unit| unit.level == Level::Village && unit.succession.is_none() && tree.get(unit.id).is_none();
    let home = decided.from.first().and_then(|unit| tree.commune(*unit)).ok_or(StoreError::Invalid("from"))?;
    let mut taken = tree.letters(decided.commune.unwrap_or(home));
    taken.extend(tree.letters(home));
    for new in &decided.into {
        if t.record(new.id.into())?.is_some() {
            return Err(StoreError::Taken("id"));
        }
    }
    for unit in units.iter_mut().filter(is_new) {
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
    let after = Tree::of(all.into_iter().chain(units.iter().cloned()));
    let begun: BTreeSet<AreaId> = decided.into.iter().filter_map(|new| after.commune(new.id)).collect();
    for &commune in &begun {
        for unit in other_letters(t, &after, commune)? {
            match units.iter_mut().find(|planned| planned.id == unit.id) {
                Some(planned) => planned.code = unit.code,
                None => units.push(unit),
            }
        }
    }
    Ok(Planned { home, communes: begun.into_iter().chain([home]).collect(), units, households })
}

/// Two communes become one, and give a village away, by whoever looks after both.
fn check_reach(tree: &Tree, within: Within, decided: &Rearrangement) -> Result<()> {
    decided.from.iter().chain(&decided.commune).try_for_each(|unit| tree.check(within, *unit))
}

/// The villages of a commune that have to give household codes with other letters, because another one of it has theirs: codes
/// that were given stay, and none is given twice. Whoever is further in counting keeps the letters, and so has behind it
/// whatever the others gave with them.
fn other_letters(t: &mut dyn Tables, tree: &Tree, commune: AreaId) -> Result<Vec<Unit>> {
    let mut same: BTreeMap<String, Vec<(u32, &Unit)>> = BTreeMap::new();
    for unit in tree.coding(commune).filter(|unit| !unit.code.is_empty()) {
        same.entry(unit.code.clone()).or_default().push((t.last_household(unit.id)?, unit));
    }
    let mut taken: BTreeSet<String> = same.keys().cloned().collect();
    let mut others = Vec::new();
    for (code, mut villages) in same {
        villages.sort_by_key(|(last, unit)| (Reverse(*last), unit.id));
        for (_, unit) in villages.into_iter().skip(1) {
            let code = free_code(code.clone(), &taken);
            taken.insert(code.clone());
            others.push(Unit { code, ..unit.clone() });
        }
    }
    Ok(others)
}
