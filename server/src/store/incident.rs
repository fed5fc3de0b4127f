//! Incidents with personal data: the register of the data-protection officer and the administrator.

use super::desk::working;
use super::office::revision;
use super::question::Row;
use super::tables::{Result, Tables};
use super::{Ask, StoreError, directory, grants};
use domain::id::PersonId;
use domain::incident::{Incident, IncidentRow};
use domain::office::Listed;
use domain::operation::{Kind, Scope, Stream};
use domain::time::Time;
use std::cmp::Reverse;

/// The latest first, and all of them: there are few.
impl Row for IncidentRow {
    fn list(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<Self>> {
        // They are of no place that could be compared with a reach.
        if ask.within.is_some() {
            return Err(StoreError::NotAllowed);
        }
        let phones = directory::directory(t, None)?.devices;
        let mut rows = Vec::new();
        for stored in t.working(&Kind::Incident)? {
            let Some(incident) = grants::state::<Incident>(&stored) else { continue };
            let phone = phones.iter().find(|phone| Some(phone.id) == incident.device).cloned();
            rows.push(Self { seen: revision(&stored), incident, phone });
        }
        rows.sort_by_key(|row| (Reverse(row.incident.detected), row.incident.id));
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let running = rows.iter().filter(|row| row.incident.clock(now).runs()).count();
        Ok(Listed { total: count(rows.len()), notable: count(running), rows })
    }
}

/// Checks an incident, and says where it is kept: with the unit of whoever writes it down, out of reach of every phone.
pub fn check(t: &mut dyn Tables, by: PersonId, incident: &Incident, now: Time) -> Result<Scope> {
    incident.check(now).map_err(|error| StoreError::Invalid(error.field()))?;
    if let Some(device) = incident.device {
        t.device(device)?.ok_or(StoreError::Invalid("device"))?;
    }
    Ok(Scope { area: working(t, by)?.unit, stream: Stream::Restricted })
}
