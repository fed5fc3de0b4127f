//! Chosen households given to one member: whether they can be, and a village as work to be shared out.

use super::question::{Row, Scene};
use super::tables::{Result, Tables};
use super::{Ask, StoreError, grants, roll};
use domain::campaign::Assignment;
use domain::coverage::Progress;
use domain::household::{Household, HouseholdStatus};
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::Listed;
use domain::operation::Kind;
use domain::person::Person;
use domain::share::{Held, SHARE_MAX, VillageWork, WorkRow};
use domain::text;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Whether an assignment may be what it says. One of a whole village always may.
pub fn check(t: &mut dyn Tables, work: &Assignment) -> Result<()> {
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
        if t.household(household)?.is_none_or(|view| view.village != work.village) {
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
    let progress = t.progress(&[village], campaign)?;
    let mut households = Vec::new();
    for (id, registry) in roll::households(t, village)? {
        let Household { no, head, cluster, hint, no_contact, status, .. } = Household::read(&registry.state);
        if status == HouseholdStatus::Active {
            let progress = progress.get(&id).copied().unwrap_or_default();
            let (attempts, met, holder) = (progress.attempts, progress.met.is_some(), holders.get(&id).copied());
            households.push(WorkRow { id, code: registry.code, no, head, cluster, hint, no_contact, attempts, met, holder });
        }
    }
    households.sort_by(|a, b| text::natural(&a.cluster, &b.cluster).then_with(|| text::natural(&a.no, &b.no)).then(a.id.cmp(&b.id)));
    let held = held(t, &scene, &holders, campaign)?;
    let shares = scene.shares.into_iter().filter(|work| work.value.village == village).collect();
    Ok(VillageWork { households, shares, held })
}

/// What each member holds and has not met, wherever in the campaign it is.
fn held(t: &mut dyn Tables, scene: &Scene, holders: &BTreeMap<RecordId, PersonId>, campaign: RecordId) -> Result<Vec<Held>> {
    let villages: BTreeSet<AreaId> = scene.shares.iter().map(|work| work.value.village).collect();
    let villages: Vec<AreaId> = villages.into_iter().collect();
    let progress = t.progress(&villages, campaign)?;
    let mut held: BTreeMap<PersonId, u32> = BTreeMap::new();
    for view in t.households(&villages)? {
        let Some(&member) = holders.get(&view.id) else { continue };
        let progress: Progress = progress.get(&view.id).copied().unwrap_or_default();
        *held.entry(member).or_default() += u32::from(progress.is_left(view.status == HouseholdStatus::Active, view.no_contact));
    }
    Ok(held.into_iter().map(|(member, left)| Held { member, left }).collect())
}
