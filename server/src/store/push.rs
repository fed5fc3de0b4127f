//! Taking a phone's batch: load what is known of each operation, let [`receive`] judge it, do what it says.

use super::desk::working;
use super::pull::heard;
use super::random::Random;
use super::tables::{Logged, Quarantined, Receipt, Result, Tables};
use super::{Device, DeviceKind, Seed, StoreError, anonymous, stream};
use crate::keys::{half, mac};
use domain::cbor;
use domain::device::Report;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::operation::{Change, Dot, Header, Kind, Operation, Part, Scope};
use domain::person::{Action, GrantSet, Reach};
use domain::receive::{self, Applied, Earlier, Known, Verdict};
use domain::record::{Body, Record};
use domain::time::Time;
use domain::visit::Visit;
use domain::wire::{Frame, Outcome, PUSH_MAX, PushReply, Reason, Standing};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// How much a device may leave in quarantine, in operations and bytes, before it is told to wait: weeks of the work of
/// one person, and no flood.
const QUARANTINED_MAX: (u64, u64) = (20_000, 5_000_000);

/// Longest code of a kind that is written beside what waits. This build does not know the kinds of later ones.
const KIND_MAX: usize = 40;

/// See [`super::Store::push`].
pub fn push(t: &mut dyn Tables, device: DeviceId, frames: &[Frame], report: Option<Report>, now: Time, seed: Seed) -> Result<PushReply> {
    // Numbers that no phone counts to would not fit the columns of a database.
    if frames.len() > PUSH_MAX || frames.iter().any(|frame| frame.seq == 0 || i64::try_from(frame.seq).is_err()) {
        return Err(StoreError::Invalid("frames"));
    }
    let device = phone(t, device)?;
    if device.revoked.is_some_and(|revoked| revoked.is_over(now)) {
        return Err(StoreError::Revoked);
    }
    let newest = t.newest_grants(device.person)?.unwrap_or_default();
    // Else the database alone, without the log beside it, would end where an anonymous opinion last had it forget.
    t.forget_order();
    let forked = t.is_forked(device.id)?;
    let mut batch = Batch { t, device, now, random: Random::new(seed), grants: BTreeMap::new(), newest, forked, quarantined: None };
    let mut acks = Vec::new();
    for frame in frames {
        let (outcome, received_at) = batch.take(frame)?;
        PushReply::push(&mut acks, frame.seq, outcome, received_at);
    }
    let Batch { t, mut device, .. } = batch;
    device.have = t.held(device.id, device.have)?;
    let device = heard(device, report, now);
    t.put_device(&device)?;
    Ok(PushReply { standing: standing(t, &device, now)?, acks })
}

/// The phone behind a token.
pub fn phone(t: &mut dyn Tables, id: DeviceId) -> Result<Device> {
    let device = t.device(id)?.ok_or(StoreError::NotFound)?;
    if device.kind == DeviceKind::Phone { Ok(device) } else { Err(StoreError::NotAllowed) }
}

/// What stands in every reply to a phone.
pub fn standing(t: &mut dyn Tables, device: &Device, now: Time) -> Result<Standing> {
    Ok(Standing { epoch: t.epoch()?, durable_seq: 0, have: device.have, time: now })
}

/// The HMAC by which a fork is told from a repetition.
pub fn mac_of(salt: &[u8; 16], bytes: &[u8]) -> [u8; 16] {
    half(mac(salt, &[bytes]))
}

struct Batch<'a> {
    t: &'a mut dyn Tables,
    device: Device,
    now: Time,
    random: Random,
    /// Every version that an operation of this batch named.
    grants: BTreeMap<u32, Option<(GrantSet, Option<Time>)>>,
    /// What the person may write now.
    newest: GrantSet,
    /// There is a copy of the phone. What came before the first clash is all of one of the two; in anything after it, "self"
    /// might be the other one.
    forked: bool,
    /// How much of the device is in quarantine, in operations and bytes, once anybody asked.
    quarantined: Option<(u64, u64)>,
}

impl Batch<'_> {
    fn take(&mut self, frame: &Frame) -> Result<(Outcome, Time)> {
        let receipt = self.t.receipt(self.device.id, frame.seq)?;
        // Without the salt, which goes when a body is erased, nobody can tell any more: it counts as the same.
        let same = |receipt: &Receipt| receipt.salt.is_none_or(|salt| mac_of(&salt, &frame.bytes) == receipt.mac);
        let earlier = receipt.as_ref().map(|receipt| Earlier { same: same(receipt), received_at: receipt.at });
        let verdict = match (receive::open(frame), earlier) {
            (Ok(operation), None) if self.forked && names_itself(&operation) => Verdict::Quarantine(Reason::Forked),
            (Ok(operation), _) => self.judge(operation, frame.seq, earlier)?,
            (Err(_), None) => Verdict::Quarantine(Reason::Unreadable),
            (Err(_), Some(Earlier { same: true, received_at })) => Verdict::Duplicate(received_at),
            (Err(_), Some(Earlier { same: false, .. })) => Verdict::Quarantine(Reason::Forked),
        };
        match verdict {
            Verdict::Duplicate(at) => {
                let mac = receipt.map(|receipt| receipt.mac).unwrap_or_default();
                let reason = self.t.quarantined(self.device.id, frame.seq, &mac)?;
                // The phone shows a person what waits, also when the first answer was lost.
                Ok((reason.map_or(Outcome::Duplicate, |(reason, _)| Outcome::Quarantined(reason)), at))
            }
            Verdict::Quarantine(reason) => {
                self.forked |= reason == Reason::Forked;
                self.quarantine(frame, reason, receipt)
            }
            Verdict::Apply(applied) => {
                self.apply(frame, *applied)?;
                Ok((Outcome::Applied, self.now))
            }
        }
    }

    fn judge(&mut self, operation: Operation, seq: u64, earlier: Option<Earlier>) -> Result<Verdict> {
        let header = &operation.header;
        let by = self.device.person;
        if !self.grants.contains_key(&header.grant) {
            let held = self.t.grants(by, header.grant)?;
            self.grants.insert(header.grant, held);
        }
        let current = self.t.record(header.record)?.map(|stored| (stored.scope, stored.record));
        let target = match header.change {
            Change::Amend { of } | Change::Retract { of } => target(self.t, of, &header.kind)?,
            _ => None,
        };
        let about = about(self.t, &operation)?;
        let mut looked_at = Vec::new();
        for visit in receive::looked_at(&operation) {
            looked_at.push(visited(self.t, visit)?);
        }
        let verifies = matches!(header.kind, Kind::Verification | Kind::DayClosing)
            && working(self.t, by).is_ok_and(|person| person.role.may(Action::Verify) != Reach::No);
        let held = self.grants.get(&header.grant).and_then(Option::as_ref);
        // A version ends with any change of somebody's work; the right to write here may have gone on.
        let goes_on = self.newest.may_write(operation.scope());
        let known = Known {
            earlier,
            grants: held.map(|(grants, _)| grants),
            ended: held.and_then(|(_, ended)| *ended).filter(|_| !goes_on),
            revoked: self.device.revoked.is_some_and(|revoked| !revoked.why.delivers()),
            current,
            target,
            about,
            looked_at,
            verifies,
        };
        Ok(receive::judge(operation, Dot { device: self.device.id, seq }, by, self.now, known))
    }

    fn apply(&mut self, frame: &Frame, applied: Applied) -> Result<()> {
        let Applied { operation: Operation { header, parts }, mut record } = applied;
        let scope = Scope { area: header.area, stream: header.stream };
        log(self.t, &mut self.random, self.device.id, frame.seq, &frame.bytes, self.now, Logged { header: &header, parts: &parts })?;
        let before = self.t.record(record.id)?.map(|stored| stored.record);
        stream::name_household(self.t, scope, &mut record)?;
        stream::put(self.t, scope, before.as_ref(), &record)?;
        count_visits(self.t, &record)
    }

    fn quarantine(&mut self, frame: &Frame, reason: Reason, receipt: Option<Receipt>) -> Result<(Outcome, Time)> {
        let salt = receipt.as_ref().and_then(|receipt| receipt.salt).unwrap_or_else(|| self.random.bytes());
        let mac = mac_of(&salt, &frame.bytes);
        if let Some((reason, at)) = self.t.quarantined(self.device.id, frame.seq, &mac)? {
            return Ok((Outcome::Quarantined(reason), at));
        }
        let (rows, bytes) = match self.quarantined {
            Some(held) => held,
            None => self.t.quarantine_size(self.device.id)?,
        };
        let with_it = (rows + 1, bytes + frame.bytes.len() as u64);
        if with_it.0 > QUARANTINED_MAX.0 || with_it.1 > QUARANTINED_MAX.1 {
            return Ok((Outcome::Busy, Time::default()));
        }
        self.quarantined = Some(with_it);
        if receipt.is_none() {
            self.t.put_receipt(self.device.id, frame.seq, &Receipt { at: self.now, mac, salt: Some(salt) }, None)?;
        }
        let kind = cbor::decode::<Operation>(&frame.bytes).ok().map(|operation| operation.header.kind.code().to_owned());
        let kind = kind.filter(|code| code.len() <= KIND_MAX);
        let raw = ByteBuf::from(frame.bytes.to_vec());
        self.t.put_quarantined(&Quarantined { device: self.device.id, seq: frame.seq, mac, reason, at: self.now, kind, raw })?;
        Ok((Outcome::Quarantined(reason), self.now))
    }
}

/// Whether an operation replaces a value that it calls its writer's own.
fn names_itself(operation: &Operation) -> bool {
    match &operation.header.change {
        Change::Set { fields } => fields.values().flatten().any(|dot| dot.device.is_none()),
        _ => false,
    }
}

/// Counts the visits that an event made, corrected, took back, confirmed or voided to the windows of anonymous opinions.
pub fn count_visits(t: &mut dyn Tables, record: &Record) -> Result<()> {
    match record.kind {
        Kind::Visit => anonymous::count_visit(t, record.id),
        Kind::Verification => {
            let root = t.root(record.id)?.unwrap_or(record.id);
            for visit in t.verified_by(root)? {
                anonymous::count_visit(t, visit)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Where a visit is, and who made it, whoever typed it in.
fn visited(t: &mut dyn Tables, of: RecordId) -> Result<Option<(Scope, PersonId)>> {
    Ok(t.record(of)?.filter(|stored| stored.record.kind == Kind::Visit).and_then(|stored| match stored.record.body {
        Body::Event(event) => Some((stored.scope, event.read::<Visit>(Part::Facts).and_then(|visit| visit.visitor).unwrap_or(event.by))),
        _ => None,
    }))
}

/// The event that an operation amends or takes back, if it is one of the same kind: where it is, and who wrote it.
pub fn target(t: &mut dyn Tables, of: RecordId, kind: &Kind) -> Result<Option<(Scope, PersonId)>> {
    Ok(t.record(of)?.and_then(|stored| match stored.record.body {
        Body::Event(event) if stored.record.kind == *kind => Some((stored.scope, event.by)),
        _ => None,
    }))
}

/// Where the household or the meeting is that an operation is about.
pub fn about(t: &mut dyn Tables, operation: &Operation) -> Result<Option<Scope>> {
    Ok(match receive::about(operation) {
        Some((kind, id)) => t.record(id)?.filter(|stored| stored.record.kind == kind).map(|stored| stored.scope),
        None => None,
    })
}

/// Writes an applied operation into the log.
pub fn log(
    t: &mut dyn Tables,
    random: &mut Random,
    device: DeviceId,
    seq: u64,
    bytes: &[u8],
    now: Time,
    operation: Logged<'_>,
) -> Result<()> {
    let salt = random.bytes();
    t.put_receipt(device, seq, &Receipt { at: now, mac: mac_of(&salt, bytes), salt: Some(salt) }, Some(operation))
}

/// The header of an operation that the server writes for an office.
pub fn office_header(kind: Kind, record: RecordId, scope: Scope, change: Change, now: Time) -> Header {
    Header {
        schema: domain::operation::SCHEMA,
        kind,
        record,
        area: scope.area,
        stream: scope.stream,
        change,
        // A desk has a session and a role, no grants.
        grant: 0,
        at: now,
        ground: super::office::GROUND,
    }
}
