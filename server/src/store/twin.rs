//! Households that were made twice: which stand for which, which look alike, and what an office decides about two of them.

use super::book::{household, writer};
use super::office::{self, Writer};
use super::question::{Row, Scene, page};
use super::tables::{Result, Stored, Tables};
use super::units::Tree;
use super::{Ask, StoreError, Within, anonymous, grants, roll};
use domain::campaign::Campaign;
use domain::household::{Household, HouseholdStatus};
use domain::id::{AreaId, RecordId};
use domain::office::Listed;
use domain::operation::Kind;
use domain::time::Time;
use domain::twin::{self, Decision, Look, Pair, Side, Sign, Twins, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Which households stand for which, all there are. Nobody stands for another one who is not there.
pub fn twins(t: &mut dyn Tables) -> Result<Twins> {
    let mut links = BTreeMap::new();
    for (id, other) in t.linked()? {
        if t.household(other)?.is_some() {
            links.insert(id, other);
        }
    }
    Ok(Twins::of(&links))
}

/// Those that nobody has decided about first, and they are the notable ones; then those that are one, then those that are not.
impl Row for Pair {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let scene = Scene::set(t, ask, true)?;
        let mut homes: BTreeMap<AreaId, Vec<(RecordId, Household)>> = BTreeMap::new();
        let (mut same, mut apart) = (Vec::new(), Vec::new());
        for &area in &scene.areas {
            for (id, registry) in roll::households(t, area)? {
                let household = Household::read(&registry.state);
                let village = scene.tree.lineage.now(household.unit.unwrap_or(area));
                if scene.villages.contains(&village) {
                    let decided = |verdict, other| Found { village, verdict, pair: (id, other) };
                    same.extend(household.same_as.filter(|_| !scene.twins.stands(id)).map(|other| decided(Verdict::Same, other)));
                    apart.extend(twin::apart(&registry.state).map(|other| decided(Verdict::Apart, other)));
                    homes.entry(village).or_default().push((id, household));
                }
            }
        }
        let told_apart: BTreeSet<(RecordId, RecordId)> = apart.iter().map(|found| ordered(found.pair)).collect();
        let mut found = Vec::new();
        for village in &scene.villages {
            let mut here = homes.remove(village).unwrap_or_default();
            here.retain(|(id, household)| household.status == HouseholdStatus::Active && scene.twins.stands(*id));
            let looks: Vec<Look<'_>> = here.iter().map(|(id, household)| Look { id: *id, household }).collect();
            for suspicion in twin::suspicions(&looks) {
                let ids = looks.get(suspicion.pair.0).zip(looks.get(suspicion.pair.1)).map(|(a, b)| (a.id, b.id));
                found.extend(ids.filter(|ids| !told_apart.contains(ids)).map(|pair| Found {
                    village: *village,
                    verdict: Verdict::Open,
                    pair,
                }));
            }
        }
        found.extend(same);
        found.extend(apart);
        let campaigns: Vec<RecordId> = scene.campaigns.iter().map(|campaign| campaign.id).collect();
        page(found, ask, |found| found.verdict == Verdict::Open).try_map(|Found { village, verdict, pair }| {
            let sides = [side(t, pair.0, &campaigns)?, side(t, pair.1, &campaigns)?];
            let signs: Vec<Sign> = twin::shared(&sides[0].household, &sides[1].household);
            Ok(Self { village, verdict, sides, signs })
        })
    }
}

/// Two households before anything else about them is read.
struct Found {
    village: AreaId,
    verdict: Verdict,
    pair: (RecordId, RecordId),
}

fn ordered((a, b): (RecordId, RecordId)) -> (RecordId, RecordId) {
    (a.min(b), a.max(b))
}

fn side(t: &mut dyn Tables, id: RecordId, campaigns: &[RecordId]) -> Result<Side> {
    let stored = t.record(id)?;
    let registry = stored.as_ref().and_then(household).cloned().unwrap_or_default();
    let origin = registry.state.origin;
    let made = origin.map(|origin| writer(t, origin.dot.device)).transpose()?;
    let (by, on) = made.unwrap_or((String::new(), domain::book::WrittenOn::Phone));
    let mut visits = 0;
    for campaign in campaigns {
        visits += t.visits_to(id, *campaign)?.iter().filter(|visit| visit.counts()).count() as u32;
    }
    let at = origin.map(|origin| origin.at);
    Ok(Side { id, code: registry.code, household: Household::read(&registry.state), visits, by, on, at })
}

/// Whether an office can decide so.
pub fn check(t: &mut dyn Tables, tree: &Tree, within: Within, decision: &Decision, before: Option<&Stored>) -> Result<()> {
    let this = before.and_then(household).ok_or(StoreError::NotFound)?;
    let other = t.record(decision.other)?.ok_or(StoreError::NotFound)?;
    let beside = household(&other).ok_or(StoreError::NotFound)?;
    tree.check(within, other.scope.area)?;
    if decision.household == decision.other || decision.seen == decision.is {
        return Err(StoreError::Invalid("other"));
    }
    let of_the_other = twin::said(&beside.state, decision.household);
    if twin::said(&this.state, decision.other) != decision.seen || (decision.seen == Verdict::Open && of_the_other != Verdict::Open) {
        return Err(StoreError::Stale);
    }
    if decision.is == Verdict::Open {
        return Ok(());
    }
    let (Some(this), Some(beside)) = (t.household(decision.household)?, t.household(decision.other)?) else {
        return Err(StoreError::NotFound);
    };
    if tree.lineage.now(this.village) != tree.lineage.now(beside.village) {
        return Err(StoreError::Invalid("village"));
    }
    if decision.is == Verdict::Same {
        if beside.status != HouseholdStatus::Active {
            return Err(StoreError::Invalid("status"));
        }
        // Neither is part of another one yet; others may be part of them.
        let twins = twins(t)?;
        if !twins.stands(this.id) || !twins.stands(beside.id) || this.same_as.is_some() {
            return Err(StoreError::Taken("household"));
        }
    }
    Ok(())
}

/// Writes a decision that was found right.
pub fn write(w: &mut Writer<'_>, before: Option<&Stored>, decision: &Decision) -> Result<()> {
    let before = before.ok_or(StoreError::NotFound)?;
    office::change_household(w, before, decision.values())?;
    // How many households stand behind what was said anonymously is counted by whole ones.
    for campaign in w.t.working(&Kind::Campaign)?.iter().filter_map(grants::state::<Campaign>) {
        for visit in w.t.visits_to(decision.household, campaign.id)? {
            anonymous::count_visit(w.t, visit.root)?;
        }
    }
    Ok(())
}
