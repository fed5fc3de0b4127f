//! The access log as it is read.

use super::question::{Row, names};
use super::tables::{Lines, Result, Tables};
use super::{Access, Ask, StoreError};
use domain::access::{About, AccessRow};
use domain::id::{DeviceId, PersonId, RecordId};
use domain::office::Listed;
use domain::operation::Kind;
use domain::time::Time;
use std::collections::BTreeMap;

/// The latest first.
impl Row for AccessRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        // Its lines are of no place that could be compared with a reach.
        if ask.within.is_some() {
            return Err(StoreError::NotAllowed);
        }
        let filter = &ask.filter;
        let (from, until) = (filter.from.map(|day| day.start()), filter.to.map(|day| day.plus(1).start()));
        let (found, total) = t.accesses(&Lines { person: filter.by, from, until, before: filter.before }, ask.limit)?;
        let names = names(t)?;
        let mut rows = Vec::with_capacity(found.len());
        for (line, Access { at, person, action, about }) in found {
            let name = person.and_then(|person| names.get(&person)).cloned().unwrap_or_default();
            let about = about.map(|id| look_up(t, id, &names)).transpose()?;
            rows.push(Self { line, at, person, name, action, about });
        }
        Ok(Listed { rows, total, notable: 0 })
    }
}

/// What sort of thing it is; by name only where it is a colleague or the phone of one.
fn look_up(t: &mut dyn Tables, id: RecordId, names: &BTreeMap<PersonId, String>) -> Result<About> {
    let kind = t.record(id)?.map(|stored| stored.record.kind);
    let colleague = match &kind {
        Some(Kind::Person) => names.get(&PersonId::from(id)),
        Some(_) => None,
        None => t.device(DeviceId::from(id))?.and_then(|device| names.get(&device.person)),
    };
    Ok(About { id, kind: kind.map(|kind| kind.code().to_owned()), colleague: colleague.cloned() })
}
