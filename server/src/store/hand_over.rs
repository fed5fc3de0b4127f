//! Handing somebody's work to somebody else, in one transaction. Villages are given to teams, so they pass with the posts in
//! them: whoever comes into a team is granted its villages, and the visits that are due there are on their phone. Households
//! that were given to them by name pass too.

use super::desk::{new_device, working};
use super::office::{Writer, put_state, put_team, request, revision};
use super::push::mac_of;
use super::question::{Given, Row, Scene, standings, visits_to};
use super::random::Random;
use super::tables::{HouseholdView, Result, Stored, Tables};
use super::units::Tree;
use super::{Ask, DeviceKind, OfficeChange, Seed, StoreError, Within, grants};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::hand_over::{HandOver, HandOverRow};
use domain::household::HouseholdStatus;
use domain::id::{PersonId, RecordId};
use domain::office::{Filter, Listed};
use domain::operation::Kind;
use domain::person::Person;
use domain::share::Share;
use domain::team::Team;
use domain::text;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// The teams that the person of the filter stands in, by name; the visits that are due are the notable ones.
impl Row for HandOverRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let person = ask.filter.by.ok_or(StoreError::Invalid("by"))?;
        let tree = Tree::load(t)?;
        someone(t, &tree, ask.within, person)?;
        let work = given(t)?;
        let mut rows = Vec::new();
        for (stored, team) in teams_of(t, &tree, ask.within, person)? {
            let is_theirs = |work: &Assignment| work.team == team.id && work.share.as_ref().is_none_or(|share| share.member == person);
            let given: Vec<&(Stored, Assignment)> = work.iter().filter(|(_, work)| is_theirs(work)).collect();
            let shares = given.iter().filter(|(_, work)| work.share.is_some()).map(|(stored, work)| (work.id, revision(stored))).collect();
            let (mut villages, mut homes, mut due) = (BTreeSet::new(), BTreeSet::new(), 0);
            for campaign in given.iter().map(|(_, work)| work.campaign).collect::<BTreeSet<_>>() {
                let filter = Filter { campaign: Some(campaign), team: Some(team.id), ..Filter::default() };
                let scene = Scene::set(t, &Ask { filter, ..ask.clone() }, true)?;
                let given = Given::of(given.iter().map(|(_, work)| work).filter(|work| work.campaign == campaign));
                let mut found = scene.households(t)?;
                let work = scene.work(t, &found, &given)?;
                found.retain(|home| work.is_at(home));
                due += due_of(t, &scene, campaign, &found, person)?;
                homes.extend(found.iter().filter(|home| home.status == HouseholdStatus::Active).map(|home| home.id));
                villages.extend(given.places().flat_map(|village| tree.lineage.later(village)).filter(|at| tree.lineage.stands(*at)));
            }
            let mut villages: Vec<String> = villages.into_iter().map(|village| tree.name(village)).collect();
            villages.sort_by(|a, b| text::natural(a, b));
            let (seen, duty) = (revision(&stored), team.duty(person));
            rows.push(Self { team: team.id, name: team.name, seen, duty, shares, villages, households: homes.len() as u32, due });
        }
        rows.sort_by(|a, b| text::natural(&a.name, &b.name).then(a.team.cmp(&b.team)));
        let (total, notable) = (rows.len() as u32, rows.iter().map(|row| row.due).sum());
        rows.truncate(ask.limit as usize);
        Ok(Listed { rows, total, notable })
    }
}

/// What is given to teams, or to somebody of them, in the campaigns that are not over.
fn given(t: &mut dyn Tables) -> Result<Vec<(Stored, Assignment)>> {
    let running: BTreeSet<RecordId> = t.working(&Kind::Campaign)?.iter().filter_map(running).collect();
    let goes_on = |work: &Assignment| !work.ended && running.contains(&work.campaign);
    let all = t.working(&Kind::Assignment)?.into_iter();
    Ok(all.filter_map(|stored| grants::state(&stored).filter(goes_on).map(|work| (stored, work))).collect())
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

/// How many of these households their last visitor promised to come to again.
fn due_of(t: &mut dyn Tables, scene: &Scene, campaign: RecordId, homes: &[HouseholdView], person: PersonId) -> Result<u32> {
    let mut due = 0;
    let progress = standings(t, &scene.twins, &scene.areas, campaign)?;
    for home in homes.iter().filter(|home| progress.get(&home.id).is_some_and(|progress| progress.next.is_some())) {
        let visits = visits_to(t, &scene.twins, home.id, campaign)?;
        let last = visits.iter().filter(|visit| !visit.retracted).max_by_key(|visit| (visit.at, visit.root));
        due += u32::from(last.is_some_and(|visit| visit.by == person));
    }
    Ok(due)
}

/// See [`super::Value::HandOver`].
pub fn hand_over(t: &mut dyn Tables, change: &OfficeChange, over: &HandOver, now: Time, seed: Seed) -> Result<()> {
    let request = request(change);
    if let Some(device) = t.device(change.device)? {
        let receipt = t.receipt(device.id, 1)?.filter(|_| device.person == change.by && device.kind == DeviceKind::Once);
        let receipt = receipt.ok_or(StoreError::Taken("device"))?;
        let same = receipt.salt.is_none_or(|salt| mac_of(&salt, &request) == receipt.mac);
        return if same { Ok(()) } else { Err(StoreError::Stale) };
    }
    if change.seq != 1 {
        return Err(StoreError::Invalid("seq"));
    }
    let plan = plan(t, change.within, over)?;
    let mut random = Random::new(seed);
    let device = new_device(change.device, change.by, DeviceKind::Once, now);
    let mut writer = Writer::answering(t, &mut random, device, now, request)?;
    let mut communes = BTreeSet::new();
    for (before, after) in plan.teams {
        communes.insert(before.scope.area);
        put_team(&mut writer, before.scope, Some(&before), after)?;
    }
    for (before, work) in plan.shares {
        // Whose a share is never changes, so that both of them hear of it.
        let share = work.share.clone().map(|share| Share { member: over.to, ..share });
        let next = Assignment { id: writer.fresh(), share, ..work.clone() };
        put_state(&mut writer, before.scope, Kind::Assignment, work.id, Some(&before), &Assignment { ended: true, ..work })?;
        put_state(&mut writer, before.scope, Kind::Assignment, next.id, None, &next)?;
    }
    writer.end()?;
    grants::refresh(t, &communes, now)
}

/// What passes.
struct Plan {
    /// Every team as it was and as it is to be.
    teams: Vec<(Stored, Team)>,
    /// What they hold by name in these teams.
    shares: Vec<(Stored, Assignment)>,
}

fn plan(t: &mut dyn Tables, within: Within, over: &HandOver) -> Result<Plan> {
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
    let mut shares = given(t)?;
    let in_team = |id: RecordId| teams.iter().any(|(_, team)| team.id == id);
    shares.retain(|(_, work)| in_team(work.team) && work.share.as_ref().is_some_and(|share| share.member == over.from));
    let shown: BTreeMap<RecordId, u64> = over.teams.iter().chain(&over.shares).copied().collect();
    let teams_now = teams.iter().map(|(stored, team)| (team.id, revision(stored)));
    let now: BTreeMap<RecordId, u64> = teams_now.chain(shares.iter().map(|(stored, work)| (work.id, revision(stored)))).collect();
    if shown != now {
        return Err(StoreError::Stale);
    }
    let teams = teams.into_iter().filter_map(|(stored, team)| Some((stored, team.handed_over(over.from, over.to)?))).collect();
    Ok(Plan { teams, shares })
}
