//! Answering a pull: pages of the streams that a person may read now, in the order in which they were committed.

use super::push::{phone, standing};
use super::tables::{Result, Tables};
use super::{Device, StoreError, book, redaction, sequence};
use crate::keys::Keys;
use domain::cbor;
use domain::device::Report;
use domain::id::DeviceId;
use domain::operation::{Scope, Stream};
use domain::person::GrantSet;
use domain::record::{Body, Record};
use domain::time::Time;
use domain::wire::{AckRun, Mark, Outcome, PAGE_MAX, PUSH_MAX, Page, Pages, PullReply, PullRequest, Pulled, PushReply, Writer};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet};

/// The most pages in one reply, and the size after which no further one is begun, in bytes.
const PAGES_MAX: usize = 4;
const REPLY_MAX: usize = 1_000_000;

/// See [`super::Store::pull`].
pub fn pull(t: &mut dyn Tables, keys: &Keys, device: DeviceId, request: &PullRequest, now: Time) -> Result<PullReply> {
    let device = phone(t, device)?;
    if device.revoked.is_some() {
        return Err(StoreError::Revoked);
    }
    let grants = t.newest_grants(device.person)?.unwrap_or_default();
    let mut heads = Vec::new();
    for grant in grants.grants.iter().filter(|grant| grant.read) {
        heads.push((grant.scope, t.stream(grant.scope)?.0));
    }
    let mark = keys.mark(t.epoch()?, grants.version, &heads);
    let pulled = match request.mark {
        Some(known) if known == mark => Pulled::Same,
        Some(_) => Pulled::Differs,
        None => Pulled::Pages(pages(t, keys, request, grants, &heads, mark)?),
    };
    let taken = taken(t, &device, &request.refused)?;
    // Also beside a mark that is right: what a phone wrote and may not read is in no stream of it.
    let redactions = match request.redacted {
        Some(done) => redaction::told(t, &device, done)?,
        None => None,
    };
    Ok(PullReply { standing: standing(t, &device, now)?, pulled, taken, redactions })
}

/// Those of a phone's refused operations that were applied after all. Where a copy of it wrote under the same number, the
/// one that was applied is the copy's.
fn taken(t: &mut dyn Tables, device: &Device, refused: &[u64]) -> Result<Vec<AckRun>> {
    let (sequence, mut taken) = (sequence::of(t, device)?, Vec::new());
    for &seq in refused.iter().take(PUSH_MAX) {
        let device = sequence.dot(seq).device;
        if let Some(receipt) = t.receipt(device, seq)?
            && !t.waits(device, seq)?
        {
            PushReply::push(&mut taken, seq, Outcome::Applied, receipt.at);
        }
    }
    Ok(taken)
}

/// Whether the server has not heard of a phone for so long that it is worth a write, or it says something new of itself.
pub fn is_stale(device: &Device, report: Option<&Report>, redacted: Option<u64>, now: Time) -> bool {
    let reports_new = report.is_some_and(|report| report.is_plain() && device.report.as_ref() != Some(report));
    let says_new = reports_new || redacted != device.redacted;
    says_new || device.seen_at.is_none_or(|at| now >= at.plus_hours(1))
}

/// How far a phone is that says that it has deleted everything up to a number: none has done what is not decided yet.
pub fn done(t: &mut dyn Tables, redacted: Option<u64>) -> Result<Option<u64>> {
    let last = t.last_redaction()?;
    Ok(redacted.map(|done| done.min(last)))
}

/// Notes that a phone was heard of, and what it says of itself.
pub fn see(t: &mut dyn Tables, device: DeviceId, report: Option<Report>, redacted: Option<u64>, now: Time) -> Result<()> {
    let redacted = done(t, redacted)?;
    match t.device(device)? {
        Some(device) if is_stale(&device, report.as_ref(), redacted, now) => {
            // A write right behind an anonymous opinion: in the order of the log it would say whose sync brought it.
            t.forget_order();
            t.put_device(&Device { redacted, ..heard(device, report, now) })
        }
        _ => Ok(()),
    }
}

/// A phone that was heard of just now. What is no plain report is left out.
pub fn heard(device: Device, report: Option<Report>, now: Time) -> Device {
    let report = report.filter(Report::is_plain).or(device.report);
    Device { seen_at: Some(now), report, ..device }
}

/// Who wrote the values that nobody has decided between, as far as the phone may read their records and so has their names.
fn writers(t: &mut dyn Tables, grants: &GrantSet, scope: Scope, records: &[ByteBuf]) -> Result<Vec<Writer>> {
    if scope.stream != Stream::Roll {
        return Ok(Vec::new());
    }
    let mut devices = BTreeSet::new();
    for record in records.iter().filter_map(|bytes| cbor::decode::<Record>(bytes).ok()) {
        if let Body::Registry(registry) = record.body {
            devices.extend(registry.state.disputed().flat_map(|(_, siblings)| siblings.values.iter().map(|sibling| sibling.dot.device)));
        }
    }
    let mut writers = Vec::new();
    for device in devices {
        if let Some(Device { person, kind, .. }) = t.device(device)?
            && t.record(person.into())?.is_some_and(|stored| grants.may_read(stored.scope))
        {
            writers.push(Writer { device, person, on: book::written_on(kind) });
        }
    }
    Ok(writers)
}

fn pages(t: &mut dyn Tables, keys: &Keys, request: &PullRequest, grants: GrantSet, heads: &[(Scope, u64)], mark: Mark) -> Result<Pages> {
    let epoch = t.epoch()?;
    let places: BTreeMap<Scope, u64> =
        request.cursors.iter().filter_map(|cursor| Some((cursor.scope, keys.read_cursor(epoch, cursor)?))).collect();
    let mut pages = Vec::new();
    let (mut size, mut left) = (0, 0);
    for &(scope, head) in heads {
        // A place beyond the head is of a life that this database does not remember.
        let mut after = places.get(&scope).copied().filter(|place| *place <= head).unwrap_or(0);
        if after == head {
            continue;
        }
        if pages.len() < PAGES_MAX && size < REPLY_MAX {
            let records = t.page(scope, after, PAGE_MAX)?;
            let mut page = Vec::with_capacity(records.len());
            for (seq, bytes) in records {
                if size > 0 && size + bytes.len() > REPLY_MAX {
                    break;
                }
                size += bytes.len();
                after = seq;
                page.push(bytes);
            }
            let (_, digest) = t.stream(scope)?;
            let writers = writers(t, &grants, scope, &page)?;
            pages.push(Page { cursor: keys.cursor(epoch, scope, after), records: page, digest, writers });
        }
        if after < head {
            left += t.count_after(scope, after)?;
        }
    }
    Ok(Pages { grants, pages, more: left > 0, mark, left })
}
