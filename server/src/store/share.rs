//! Chosen households given to one member: whether they can be, and a village as work to be shared out.

use super::question::{Row, Scene, standings};
use super::tables::{Result, Tables};
use super::units::Tree;
use super::{Ask, StoreError, grants, roll};
use domain::campaign::Assignment;
use domain::coverage::Progress;
use domain::household::{Household, HouseholdStatus};
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::Listed;
use domain::operation::Kind;
use domain::person::Person;
use domain::share::{Held, SHARE_MAX, VillageWork, WorkRow};
use domain::succession::Home;
use domain::text;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Whether an assignment may be what it says. One of a whole village always may.
pub fn check(t: &mut dyn Tables, tree: &Tree, work: &Assignment) -> Result<()> {
    let Some(share) = &work.share else { return Ok(()) };
    let member: Option<Person> = t.record(share.member.into())?.as_ref().and_then(grants::state);
    if member.is_none_or(|member| member.left || !member.role.is_field()) {
        return Err(StoreError::Invalid("member"));
    }
    let count = share.households.iter().count();
    if count == 0 || count > SHARE_MAX {
        return Err(StoreError::Invalid("households"));
    }
    for &household in share.households.iter() {
        let view = t.household(household)?.ok_or(StoreError::Invalid("households"))?;
        // Through mergers and splits as far as work in the village goes, and with it the right to read.
        let area = t.record(household)?.map_or(view.village, |stored| stored.scope.area);
        if !tree.lineage.works_at(work.village, Home { area, unit: view.village }) {
            return Err(StoreError::Invalid("households"));
        }
    }
    let others = t.working(&Kind::Assignment)?;
    let others = others.iter().filter_map(grants::state::<Assignment>);
    let mut others = others.filter(|other| !other.ended && other.id != work.id && other.campaign == work.campaign);
    // One goes there, so that nobody leaves it to somebody else.
    let overlaps = |other: Assignment| other.share.is_some_and(|other| other.households.iter().any(|id| share.households.contains(id)));
    if others.any(overlaps) { Err(StoreError::Taken("households")) } else { Ok(()) }
}

/// The village that the filter names, in its campaign; none where there is no such thing within reach.
impl Row for VillageWork {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let scene = Scene::set(t, ask, true)?;
        let rows = match (scene.villages.as_slice(), scene.campaign()) {
            (&[village], Some(campaign)) => vec![village_work(t, scene, village, campaign)?],
            _ => Vec::new(),
        };
        Ok(Listed { total: rows.len() as u32, notable: 0, rows })
    }
}

fn village_work(t: &mut dyn Tables, scene: Scene, village: AreaId, campaign: RecordId) -> Result<VillageWork> {
    let holders = scene.holders();
    let progress = standings(t, &scene.twins, &scene.areas, campaign)?;
    // A divided area has more than the village.
    let here: BTreeSet<RecordId> = scene.households(t)?.into_iter().map(|view| view.id).collect();
    let mut households = Vec::new();
    for &area in &scene.areas {
        for (id, registry) in roll::households(t, area)? {
            let Household { no, head, cluster, hint, no_contact, status, .. } = Household::read(&registry.state);
            if here.contains(&id) && status == HouseholdStatus::Active {
                let progress = progress.get(&id).copied().unwrap_or_default();
                let (attempts, met, holder) = (progress.attempts, progress.met.is_some(), holders.get(&id).copied());
                households.push(WorkRow { id, code: registry.code, no, head, cluster, hint, no_contact, attempts, met, holder });
            }
        }
    }
    households.sort_by(|a, b| text::natural(&a.cluster, &b.cluster).then_with(|| text::natural(&a.no, &b.no)).then(a.id.cmp(&b.id)));
    let held = held(t, &scene, &holders, campaign)?;
    let lineage = &scene.tree.lineage;
    let is_here = |work: &Assignment| work.share.is_some() && lineage.later(work.village).contains(&village);
    let shares = scene.assignments.iter().filter(|work| is_here(&work.value)).cloned().collect();
    Ok(VillageWork { households, shares, held })
}

/// What each member holds and has not met, wherever in the campaign it is.
fn held(t: &mut dyn Tables, scene: &Scene, holders: &BTreeMap<RecordId, PersonId>, campaign: RecordId) -> Result<Vec<Held>> {
    let shared = scene.assignments.iter().filter(|work| work.value.share.is_some());
    let areas: BTreeSet<AreaId> = shared.flat_map(|work| scene.tree.lineage.areas_of_work(work.value.village)).collect();
    let areas: Vec<AreaId> = areas.into_iter().collect();
    let progress = standings(t, &scene.twins, &areas, campaign)?;
    let mut held: BTreeMap<PersonId, u32> = BTreeMap::new();
    for (household, &member) in holders {
        let Some(view) = t.household(*household)? else { continue };
        let progress: Progress = progress.get(household).copied().unwrap_or_default();
        *held.entry(member).or_default() += u32::from(progress.is_left(view.status == HouseholdStatus::Active, view.no_contact));
    }
    Ok(held.into_iter().map(|(member, left)| Held { member, left }).collect())
}
