//! Handing somebody's work to somebody else, in one transaction. Work is given to teams, so it passes with the posts in
//! them: whoever comes into a team is granted its villages, and the visits that are due there are on their phone.

use super::desk::{new_device, working};
use super::office::{Writer, put_team, request, revision};
use super::push::mac_of;
use super::question::Row;
use super::random::Random;
use super::tables::{Result, Stored, Tables};
use super::units::Tree;
use super::{Ask, DeviceKind, OfficeChange, Seed, StoreError, Within, grants};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::hand_over::{HandOver, HandOverRow};
use domain::household::HouseholdStatus;
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::Listed;
use domain::operation::Kind;
use domain::person::Person;
use domain::team::Team;
use domain::text;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// The teams that the person of the filter stands in, by name; the visits that are due are the notable ones.
impl Row for HandOverRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let person = ask.filter.person.ok_or(StoreError::Invalid("person"))?;
        let tree = Tree::load(t)?;
        someone(t, &tree, ask.within, person)?;
        let running: BTreeSet<RecordId> = t.working(&Kind::Campaign)?.iter().filter_map(running).collect();
        let work: Vec<Assignment> = t.working(&Kind::Assignment)?.iter().filter_map(grants::state).collect();
        let mut rows = Vec::new();
        for (stored, team) in teams_of(t, &tree, ask.within, person)? {
            let given: Vec<&Assignment> =
                work.iter().filter(|work| !work.ended && work.team == team.id && running.contains(&work.campaign)).collect();
            let villages: BTreeSet<AreaId> = given.iter().map(|work| work.village).collect();
            let mut named: Vec<String> = villages.iter().map(|village| tree.name(*village)).collect();
            named.sort_by(|a, b| text::natural(a, b));
            let villages: Vec<AreaId> = villages.into_iter().collect();
            let active = t.households(&villages)?.iter().filter(|home| home.status == HouseholdStatus::Active).count();
            let mut due = 0;
            for work in given {
                due += due_of(t, work, person)?;
            }
            let (seen, duty) = (revision(&stored), team.duty(person));
            rows.push(Self { team: team.id, name: team.name, seen, duty, villages: named, households: active as u32, due });
        }
        rows.sort_by(|a, b| text::natural(&a.name, &b.name).then(a.team.cmp(&b.team)));
        let (total, notable) = (rows.len() as u32, rows.iter().map(|row| row.due).sum());
        rows.truncate(ask.limit as usize);
        Ok(Listed { rows, total, notable })
    }
}

fn running(stored: &Stored) -> Option<RecordId> {
    grants::state::<Campaign>(stored).filter(|campaign| campaign.state != CampaignState::Closed).map(|campaign| campaign.id)
}

/// Somebody within reach, whether they still work here or not.
fn someone(t: &mut dyn Tables, tree: &Tree, within: Within, person: PersonId) -> Result<Person> {
    let person: Person = t.record(person.into())?.as_ref().and_then(grants::state).ok_or(StoreError::NotFound)?;
    tree.check(within, person.unit)?;
    Ok(person)
}

fn teams_of(t: &mut dyn Tables, tree: &Tree, within: Within, person: PersonId) -> Result<Vec<(Stored, Team)>> {
    let stands = |team: &Team| team.members.contains(&person) || team.lead == Some(person);
    let all = t.working(&Kind::Team)?.into_iter().filter(|stored| tree.covers(within, stored.scope.area));
    Ok(all.filter_map(|stored| grants::team(&stored).filter(stands).map(|team| (stored, team))).collect())
}

/// How many households of a village their last visitor promised to come to again.
fn due_of(t: &mut dyn Tables, work: &Assignment, person: PersonId) -> Result<u32> {
    let mut due = 0;
    for (household, progress) in t.progress(&[work.village], work.campaign)? {
        if progress.next.is_none() {
            continue;
        }
        let visits = t.visits_to(household, work.campaign)?;
        let last = visits.iter().filter(|visit| !visit.retracted).max_by_key(|visit| (visit.at, visit.root));
        due += u32::from(last.is_some_and(|visit| visit.by == person));
    }
    Ok(due)
}

/// See [`super::Value::HandOver`].
pub fn hand_over(t: &mut dyn Tables, change: &OfficeChange, over: &HandOver, now: Time, seed: Seed) -> Result<()> {
    let request = request(change);
    if let Some(device) = t.device(change.device)? {
        let receipt = t.receipt(device.id, 1)?.filter(|_| device.person == change.by && device.kind == DeviceKind::Import);
        let receipt = receipt.ok_or(StoreError::Taken("device"))?;
        let same = receipt.salt.is_none_or(|salt| mac_of(&salt, &request) == receipt.mac);
        return if same { Ok(()) } else { Err(StoreError::Stale) };
    }
    if change.seq != 1 {
        return Err(StoreError::Invalid("seq"));
    }
    let plan = plan(t, change.within, over)?;
    let mut random = Random::new(seed);
    let mut writer = Writer::begin(t, &mut random, new_device(change.device, change.by, DeviceKind::Import, now), now)?;
    writer.request = Some(request);
    let mut communes = BTreeSet::new();
    for (before, after) in plan {
        communes.insert(before.scope.area);
        put_team(&mut writer, before.scope, Some(&before), after)?;
    }
    writer.end()?;
    communes.into_iter().try_for_each(|commune| grants::refresh(t, commune, now))
}

/// Every team as it was and as it is to be.
fn plan(t: &mut dyn Tables, within: Within, over: &HandOver) -> Result<Vec<(Stored, Team)>> {
    let tree = Tree::load(t)?;
    let from = someone(t, &tree, within, over.from)?;
    let to = working(t, over.to).map_err(|_| StoreError::Invalid("to"))?;
    let able = to.role.is_field() && to.id != from.id && tree.commune(to.unit) == tree.commune(from.unit);
    if !able {
        return Err(StoreError::Invalid("to"));
    }
    let teams = teams_of(t, &tree, within, over.from)?;
    if teams.is_empty() {
        return Err(StoreError::Invalid("teams"));
    }
    // Exactly what the preview showed passes.
    let shown: BTreeMap<RecordId, u64> = over.teams.iter().copied().collect();
    let now: BTreeMap<RecordId, u64> = teams.iter().map(|(stored, team)| (team.id, revision(stored))).collect();
    if shown != now {
        return Err(StoreError::Stale);
    }
    Ok(teams.into_iter().filter_map(|(stored, team)| Some((stored, team.handed_over(over.from, over.to)?))).collect())
}
