//! What a province sees: counts of whole communes, and no number of opinions that could be one household's.

use super::{App, Caller, now};
use crate::error::Reply;
use crate::store::{Ask, Store, StoreError};
use domain::coverage::{Counts, Days, Done};
use domain::office::{CommuneCoverage, Coverage, Filter, ROWS, SMALL};
use domain::unit::Level;
use std::collections::BTreeMap;

/// The communes within reach, each in its own running campaign, or in the one that is asked for. Nothing else of a
/// filter is answered: narrower questions would find the numbers that are left out.
pub async fn coverage<S: Store>(app: &App<S>, caller: &Caller, filter: &Filter) -> Reply<Coverage> {
    let filter = Filter { campaign: filter.campaign, ..Filter::default() };
    let units = app.store.directory(caller.within).await?.units.into_iter().map(|unit| unit.value);
    let mut whole = Coverage {
        campaign: None,
        total: Counts::default(),
        opinions: 0,
        villages: Vec::new(),
        communes: Vec::new(),
        // A province compares nothing: small numbers of opinions would show in the differences.
        teams: Vec::new(),
        members: Vec::new(),
        topics: Vec::new(),
        days: Days { from: now().date(), to: now().date() },
        now: Done::default(),
        before: None,
        weeks: Vec::new(),
        held: Vec::new(),
        campaigns: Vec::new(),
        rearranged: Vec::new(),
        as_of: now(),
        silent_devices: 0,
    };
    let mut weeks = BTreeMap::new();
    for commune in units.filter(|unit| unit.level == Level::Commune && unit.succession.is_none()) {
        let ask = Ask { within: Some(commune.id), filter: filter.clone(), limit: ROWS };
        let found = match app.store.coverage(ask, now()).await {
            // The campaign of another commune.
            Err(StoreError::NotFound) => continue,
            found => found?,
        };
        let opinions = (found.opinions == 0 || found.opinions >= SMALL).then_some(found.opinions);
        whole.campaign = whole.campaign.or(found.campaign);
        whole.total.join(&found.total);
        // Only what is shown, or the difference would be what is left out.
        whole.opinions += opinions.unwrap_or_default();
        whole.silent_devices += found.silent_devices;
        for (week, met) in found.weeks {
            *weeks.entry(week).or_default() += met;
        }
        whole.communes.push(CommuneCoverage { commune: commune.id, name: commune.name, counts: found.total, opinions });
    }
    whole.weeks = weeks.into_iter().collect();
    Ok(whole)
}
