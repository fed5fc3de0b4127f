//! The daily job that deletes what is over by its own day, in the way of a redaction, and says how much it was.
//!
//! It is not journalled: a copy of the database that is put back knows by itself what is over, and its first schedule does
//! the same again.

use super::engine::Engine;
use super::question::{Row, names};
use super::redaction::{self, Concern, Known, owes};
use super::tables::{RedactionLine, Result, Tables};
use super::units::Tree;
use super::{Ask, anonymous, grants};
use crate::journal::Entry;
use crate::keys::Keys;
use domain::campaign::Campaign;
use domain::cbor;
use domain::id::{DeviceId, RecordId};
use domain::office::Listed;
use domain::operation::{Kind, Operation, Part, Scope, Stream};
use domain::record::Record;
use domain::redaction::Owing;
use domain::retention::{RetentionRow, due, due_of_waiting};
use domain::short::Set;
use domain::time::{Date, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many records lose parts in one transaction.
const TOGETHER: usize = 500;

/// Parts that are over.
#[derive(Clone, Debug)]
struct Due {
    of: Of,
    kind: Kind,
    parts: Set<Part>,
    campaign: Option<RecordId>,
}

/// Whose they are.
#[derive(Clone, Copy, Debug)]
enum Of {
    /// A record's.
    Record(RecordId, Scope),
    /// Those of bytes that wait, by device, number and MAC.
    Waiting(DeviceId, u64, [u8; 16]),
}

/// Part of [`super::Store::tick`]: once a day, in batches. A server that dies in the middle goes on with what is left.
pub async fn run<E: Engine>(engine: &E, now: Time) -> Result<()> {
    let today = now.date();
    let plan = engine.read(move |t| if t.retained_on()? == Some(today) { Ok(None) } else { plan(t, today).map(Some) }).await?;
    let Some(plan) = plan else { return Ok(()) };
    for batch in plan.chunks(TOGETHER) {
        let (batch, keys) = (batch.to_vec(), Arc::clone(engine.keys()));
        engine.write(move |t| carry_out(t, &keys, batch, now)).await?;
    }
    let keys = Arc::clone(engine.keys());
    engine
        .write(move |t| {
            t.forget_order();
            anonymous::expire(t, &keys, today)?;
            t.set_retained_on(today)
        })
        .await
}

/// What is over, as data.
fn plan(t: &mut dyn Tables, today: Date) -> Result<Vec<Due>> {
    const CHUNK: usize = 1_000;
    let campaigns: BTreeMap<RecordId, Option<Date>> = t
        .working(&Kind::Campaign)?
        .iter()
        .filter_map(grants::state::<Campaign>)
        .map(|campaign| (campaign.id, campaign.contact_until))
        .collect();
    let contact_until = |campaign: RecordId| campaigns.get(&campaign).copied().flatten();
    let mut plan = Vec::new();
    for scope in t.streams()?.into_iter().filter(|scope| scope.stream != Stream::Roll) {
        let mut after = 0;
        loop {
            let page = t.page(scope, after, CHUNK)?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            // What this build cannot read it cannot take apart; its next one does.
            for record in page.iter().filter_map(|(_, bytes)| cbor::decode::<Record>(bytes).ok()) {
                if let Some((parts, campaign)) = due(&record, today, contact_until) {
                    plan.push(Due { of: Of::Record(record.id, scope), kind: record.kind, parts, campaign });
                }
            }
        }
    }
    for kept in redaction::waiting(t)? {
        let Ok(operation) = cbor::decode::<Operation>(&kept.raw) else { continue };
        if let Some((parts, campaign)) = due_of_waiting(&operation, today, contact_until) {
            let of = Of::Waiting(kept.device, kept.seq, kept.mac);
            plan.push(Due { of, kind: operation.header.kind, parts, campaign });
        }
    }
    Ok(plan)
}

fn carry_out(t: &mut dyn Tables, keys: &Keys, batch: Vec<Due>, now: Time) -> Result<()> {
    let mut entries = Vec::with_capacity(batch.len());
    for Due { of, kind, parts, campaign } in batch {
        let record = match of {
            Of::Record(record, scope) => Some((record, scope)),
            Of::Waiting(device, seq, mac) => match t.quarantined_bytes(device, seq, &mac)? {
                Some(kept) => redaction::expire(t, kept, &parts)?,
                // Judged since it was found.
                None => continue,
            },
        };
        t.add_retained(now.date(), campaign, kind.code(), 1)?;
        if let Some((record, scope)) = record {
            entries.push(Entry::Redacted { record, scope, kind, parts, at: now, by: None, why: None });
        }
    }
    redaction::erase(t, keys, entries, Known::ByTheJournal)
}

/// The latest day first. Those that phones in use may still owe are the notable ones.
impl Row for RetentionRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let (tree, mut rows, names, phones) = (Tree::load(t)?, Vec::new(), names(t)?, redaction::phones(t)?);
        let mut lines: BTreeMap<(Date, String), Vec<RedactionLine>> = BTreeMap::new();
        for line in t.redactions(0)?.into_iter().filter(|line| line.why.is_none() && tree.covers(ask.within, line.scope.area)) {
            lines.entry((line.at.date(), line.kind.clone())).or_default().push(line);
        }
        let owing = |day: Date, kind: &str| -> Vec<Owing> {
            let of_day = lines.get(&(day, kind.to_owned())).map(Vec::as_slice).unwrap_or_default();
            let late = |concern: &Concern, done| of_day.iter().any(|line| done < line.number && concern.reads(line.scope, line.at));
            let owing = phones.iter().filter(|(concern, phone)| late(concern, phone.redacted.unwrap_or(0)));
            owing.map(|(_, phone)| owes(phone, &names)).collect()
        };
        for (day, campaign, kind, records) in t.retained()? {
            let stored = match campaign {
                Some(id) => t.record(id)?,
                None => None,
            };
            // What was written for no campaign is of all places.
            if stored.as_ref().map_or(ask.within.is_none(), |stored| tree.covers(ask.within, stored.scope.area)) {
                let title = stored.as_ref().and_then(grants::state::<Campaign>).map(|campaign| campaign.title).unwrap_or_default();
                let owing = owing(day, &kind);
                rows.push(Self { day, campaign, title, kind, records, owing });
            }
        }
        let total = rows.len() as u32;
        let notable = rows.iter().filter(|row: &&Self| row.owing.iter().any(|phone| !phone.revoked)).count() as u32;
        let rows = rows.into_iter().skip(ask.filter.skip as usize).take(ask.limit as usize).collect();
        Ok(Listed { rows, total, notable })
    }
}
