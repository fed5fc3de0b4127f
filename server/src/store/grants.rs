//! What field people may read and write follows from their role and their work, and is worked out again with every
//! change of either.

use super::tables::{Result, Stored, Tables};
use super::units::Tree;
use crate::journal::Entry;
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::id::AreaId;
use domain::operation::Kind;
use domain::person::{GrantSet, Person, Role};
use domain::record::Body;
use domain::team::Team;
use domain::time::Time;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// Works out the grants of everybody in what these communes have become again, and begins a new version for each whose
/// grants differ.
pub fn refresh(t: &mut dyn Tables, communes: &BTreeSet<AreaId>, now: Time) -> Result<()> {
    if communes.is_empty() {
        return Ok(());
    }
    let running: BTreeSet<_> =
        states::<Campaign>(t, &Kind::Campaign)?.filter(|campaign| campaign.state != CampaignState::Closed).map(|c| c.id).collect();
    let tree = Tree::load(t)?;
    // A village that was moved to another commune is worked in by the team that has it.
    let assignments: Vec<Assignment> =
        states::<Assignment>(t, &Kind::Assignment)?.filter(|given| !given.ended && running.contains(&given.campaign)).collect();
    let today = now.date();
    let mut work: BTreeMap<AreaId, Vec<Team>> = communes.iter().map(|commune| (tree.lineage.now(*commune), Vec::new())).collect();
    for stored in t.working(&Kind::Team)? {
        let here = tree.commune(stored.scope.area).and_then(|commune| work.get_mut(&commune));
        if let (Some(here), Some(team)) = (here, team(&stored).filter(|team| team.stands(today))) {
            here.push(team);
        }
    }
    for person in states::<Person>(t, &Kind::Person)?.collect::<Vec<_>>() {
        let Some(commune) = tree.commune(person.unit) else { continue };
        // Whoever moved here may still stand in a team of the commune that they left.
        let Some(teams) = work.get(&commune) else { continue };
        let now_held = t.newest_grants(person.id)?;
        if now_held.is_none() && !person.role.is_field() {
            continue;
        }
        let mine = teams.iter().filter(|team| team.members.contains(&person.id) || team.lead == Some(person.id));
        let mine: BTreeSet<_> = mine.map(|team| team.id).collect();
        let led: BTreeSet<_> = teams.iter().filter(|team| team.lead == Some(person.id)).map(|team| team.id).collect();
        // A village is its team's; households of it their member's, and the lead's to look after.
        let is_theirs = |work: &&Assignment| match &work.share {
            None => mine.contains(&work.team),
            Some(share) => led.contains(&work.team) || (share.member == person.id && teams.iter().any(|team| team.id == work.team)),
        };
        let mut villages: Vec<AreaId> = assignments.iter().filter(is_theirs).map(|work| work.village).collect();
        if person.role == Role::VillageHead && person.unit != commune {
            villages.push(person.unit);
        }
        // Work goes on through mergers and splits, and so do the rights that it needs.
        let villages: Vec<AreaId> = villages.into_iter().flat_map(|village| tree.lineage.areas_of_work(village)).collect();
        let version = now_held.as_ref().map_or(0, |held| held.version) + 1;
        let next = if person.role.is_field() && !person.left {
            // What a village or its commune was is in the roll of the commune of then.
            let mut communes = tree.lineage.earlier(commune);
            communes.extend(villages.iter().filter_map(|village| tree.get(*village)?.parent));
            GrantSet::for_field(version, person.role, &communes, &villages)
        } else {
            GrantSet { version, grants: Vec::new() }
        };
        if now_held.is_none_or(|held| held.grants != next.grants) {
            t.put_grants(person.id, &next, now)?;
            t.journal(Entry::Grants { person: person.id, grants: next, from: now });
        }
    }
    Ok(())
}

/// Works grants out again where a team has a first or a last day: days come and go without anybody's doing, and on the day
/// itself the server may have been off.
pub fn by_the_day(t: &mut dyn Tables, now: Time) -> Result<()> {
    let dated = |stored: &&Stored| team(stored).is_some_and(|team| team.mandate.from.is_some() || team.mandate.to.is_some());
    let communes: BTreeSet<AreaId> = t.working(&Kind::Team)?.iter().filter(dated).map(|stored| stored.scope.area).collect();
    refresh(t, &communes, now)
}

/// The present states of the workflow records of a kind.
fn states<T: DeserializeOwned>(t: &mut dyn Tables, kind: &Kind) -> Result<impl Iterator<Item = T> + use<T>> {
    Ok(t.working(kind)?.into_iter().filter_map(|stored| state(&stored)))
}

/// The state of a workflow record.
pub fn state<T: DeserializeOwned>(stored: &Stored) -> Option<T> {
    match &stored.record.body {
        Body::Workflow(workflow) => workflow.read(),
        _ => None,
    }
}

/// The team in a record.
pub fn team(stored: &Stored) -> Option<Team> {
    match &stored.record.body {
        Body::Registry(registry) if stored.record.kind == Kind::Team => Team::read(stored.record.id, &registry.state),
        _ => None,
    }
}
