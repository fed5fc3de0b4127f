//! The working parts of an office: units, people, phones, campaigns, organisations, teams, assignments, codes, mergers and splits to come.

use super::office::{self, revision};
use super::tables::{Result, Stored, Tables};
use super::units::{self, Tree};
use super::{Device, DeviceKind, Directory, Within, code_book, grants};
use domain::ahead::Ahead;
use domain::campaign::Campaign;
use domain::id::{AreaId, PersonId};
use domain::office::{DeviceRow, PersonRow, Seen};
use domain::operation::Kind;
use domain::person::Person;
use domain::text;
use domain::unit::Level;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// See [`super::Store::directory`].
pub fn directory(t: &mut dyn Tables, within: Within) -> Result<Directory> {
    let tree = Tree::load(t)?;
    let above: BTreeSet<AreaId> = within.map(|reach| tree.above(reach).map(|unit| unit.id).collect()).unwrap_or_default();
    let mut units = seen(t.working(&Kind::Unit)?, units::read);
    units.retain(|unit| tree.covers(within, unit.value.id) || above.contains(&unit.value.id));
    units.sort_by(|a, b| (a.value.level).cmp(&b.value.level).then_with(|| text::natural(&a.value.name, &b.value.name)));

    let mut people = seen(t.working(&Kind::Person)?, grants::state::<Person>);
    people.retain(|person| tree.covers(within, person.value.unit));
    people.sort_by(|a, b| a.value.by_name(&b.value));
    let names: BTreeMap<PersonId, &str> = people.iter().map(|person| (person.value.id, person.value.name.as_str())).collect();

    let mut devices = Vec::new();
    for phone in t.devices(DeviceKind::Phone)? {
        // A phone whose person a restored database does not know any more belongs to the whole server.
        let name = match names.get(&phone.person) {
            Some(name) => (*name).to_owned(),
            None if within.is_none() => String::new(),
            None => continue,
        };
        let Device { id, person, enrolled_at, seen_at, revoked, told_at, destroyed_at, report, continues, .. } = phone;
        let (revoked_at, revoked_for) = (revoked.map(|revoked| revoked.at), revoked.map(|revoked| revoked.why));
        let copy_of = continues.map(|earlier| earlier.device);
        devices.push(DeviceRow { id, person, name, enrolled_at, seen_at, revoked_at, revoked_for, told_at, destroyed_at, report, copy_of });
    }
    devices.sort_by_key(|device| (Reverse(device.enrolled_at), device.id));

    let (logins, codes) = (t.logins()?, t.open_codes()?);
    let mut phones: BTreeMap<PersonId, u32> = BTreeMap::new();
    for device in devices.iter().filter(|device| device.revoked_at.is_none()) {
        *phones.entry(device.person).or_default() += 1;
    }
    // A role that was for a commune is for what that has become.
    let unit = |id: AreaId| tree.get(id).filter(|unit| unit.level == Level::Commune).map_or(id, |unit| tree.lineage.now(unit.id));
    let row = |person: Person| PersonRow {
        login: logins.get(&person.id).cloned(),
        devices: phones.get(&person.id).copied().unwrap_or_default(),
        code_until: codes.get(&person.id).copied(),
        person: Person { unit: unit(person.unit), ..person },
    };
    let people = people.into_iter().map(|person| Seen { seen: person.seen, whose: None, value: row(person.value) }).collect();

    let of_commune = |stored: &Stored| tree.covers(within, stored.scope.area) || above.contains(&stored.scope.area);
    // Of a commune from which a village was moved here, too; behind one's own, which are offered first.
    let near = tree.near(within);
    let of_villages = |stored: &Stored| within.is_none() || tree.commune(stored.scope.area).is_some_and(|commune| near.contains(&commune));
    let mut campaigns = records(t, Kind::Campaign, of_villages)?;
    campaigns.sort_by_cached_key(|stored| {
        (!of_commune(stored), Reverse(grants::state::<Campaign>(stored).map(|campaign| campaign.from)), stored.record.id)
    });
    let whose = |stored: &Stored| if of_commune(stored) { None } else { tree.commune(stored.scope.area).map(|commune| tree.name(commune)) };
    let campaigns = seen_of(campaigns, whose, grants::state::<Campaign>);
    let mut organizations = seen(records(t, Kind::Organization, of_commune)?, office::organization);
    organizations.sort_by(|a, b| text::natural(&a.value.name, &b.value.name).then(a.value.id.cmp(&b.value.id)));
    let mut teams = seen_of(records(t, Kind::Team, of_villages)?, whose, grants::team);
    teams.sort_by(|a, b| text::natural(&a.value.name, &b.value.name).then(a.value.id.cmp(&b.value.id)));
    let assignments = seen_of(records(t, Kind::Assignment, of_villages)?, whose, grants::state);
    let codes = seen(records(t, Kind::CodeEntry, of_commune)?, code_book::entry);
    let mut ahead = seen(records(t, Kind::Rearrangement, of_commune)?, grants::state::<Ahead>);
    ahead.sort_by_key(|one| (Reverse(one.value.decided.on), one.value.id));
    Ok(Directory { units, people, devices, campaigns, organizations, teams, assignments, codes, ahead })
}

/// Some of the records of a kind.
fn records(t: &mut dyn Tables, kind: Kind, is_here: impl Fn(&Stored) -> bool) -> Result<Vec<Stored>> {
    let mut records = t.working(&kind)?;
    records.retain(|stored| is_here(stored));
    Ok(records)
}

fn seen<T>(records: Vec<Stored>, read: impl Fn(&Stored) -> Option<T>) -> Vec<Seen<T>> {
    seen_of(records, |_| None, read)
}

fn seen_of<T>(records: Vec<Stored>, whose: impl Fn(&Stored) -> Option<String>, read: impl Fn(&Stored) -> Option<T>) -> Vec<Seen<T>> {
    records.iter().filter_map(|stored| Some(Seen { seen: revision(stored), whose: whose(stored), value: read(stored)? })).collect()
}
