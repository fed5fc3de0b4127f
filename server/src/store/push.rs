//! Taking a phone's batch: load what is known of each operation, let [`receive`] judge it, do what it says.

use super::desk::working;
use super::pull::heard;
use super::quarantine::{By, Held};
use super::random::Random;
use super::tables::{Logged, Quarantined, Receipt, Result, Tables};
use super::{Device, DeviceKind, Seed, StoreError, anonymous, recovery, redaction, sequence, stream};
use crate::journal::Entry;
use crate::keys::{Keys, half, mac};
use domain::cbor;
use domain::device::Report;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::operation::{Change, Dot, Header, Kind, Operation, Part, Scope};
use domain::person::{Action, GrantSet, Reach};
use domain::quarantine::Waiting;
use domain::receive::{self, Applied, Earlier, Known, Verdict};
use domain::record::{Body, Record};
use domain::sequence::{Continues, Sequence};
use domain::time::Time;
use domain::visit::Visit;
use domain::wire::{Frame, Outcome, PUSH_MAX, PushBatch, PushReply, Reason, Standing};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// How much a device may leave in quarantine, in operations and bytes, before it is told to wait: weeks of the work of
/// one person, and no flood.
const QUARANTINED_MAX: (u64, u64) = (20_000, 5_000_000);

/// Longest code of a kind that is written beside what waits. This build does not know the kinds of later ones.
const KIND_MAX: usize = 40;

/// See [`super::Store::push`].
pub fn push(t: &mut dyn Tables, keys: &Keys, sent: PushBatch, now: Time, seed: Seed) -> Result<PushReply> {
    let (renumbers, destroyed) = (sent.renumbers, sent.destroyed);
    let (mut batch, frames, report) = Batch::of(t, sent, now, seed)?;
    let (mut acks, mut fork) = (Vec::new(), None);
    for frame in &frames {
        let receipt = batch.receipt(frame)?;
        if renumbers && batch.is_of_a_copy(keys, frame, receipt.as_ref())? {
            let from = sequence::forks_from(batch.t, &batch.device, &batch.sequence, frame)?;
            fork = sequence::fork(batch.t, keys, &from, frame, now)?;
        }
        // Whatever comes behind the first difference is to stand under the other name.
        if fork.is_some() {
            break;
        }
        let (outcome, received_at) = batch.take(frame, receipt)?;
        PushReply::push(&mut acks, frame.seq, outcome, received_at);
    }
    let Batch { t, mut device, .. } = batch;
    device.have = sequence::have(t, &device)?;
    let device = told(t, heard(device, report, now), destroyed, now)?;
    t.put_device(&device)?;
    Ok(PushReply { standing: standing(t, &device, now)?, acks, fork, ends: device.revoked.is_some() })
}

/// A phone that was revoked is told so by the reply. One that speaks on after its last word has a key, or a copy of it has.
fn told(t: &mut dyn Tables, device: Device, destroyed: bool, now: Time) -> Result<Device> {
    if device.revoked.is_none() {
        return Ok(device);
    }
    if destroyed && device.destroyed_at.is_none() {
        t.journal(Entry::Destroyed { device: device.id, at: now });
        recovery::destroyed(t, device.id)?;
    }
    let destroyed_at = destroyed.then(|| device.destroyed_at.unwrap_or(now));
    Ok(Device { told_at: device.told_at.or(Some(now)), destroyed_at, ..device })
}

/// Keeps what is new of a batch without looking into it, and says what that is. Judged afterwards, it is stored already.
pub fn hold(t: &mut dyn Tables, keys: &Keys, sent: PushBatch, now: Time, seed: Seed) -> Result<Vec<Held>> {
    let renumbers = sent.renumbers;
    let (mut batch, frames, _) = Batch::of(t, sent, now, seed)?;
    let (reason, mut held) = (Reason::Suspect, Vec::new());
    for frame in &frames {
        let device = batch.sequence.dot(frame.seq).device;
        let receipt = batch.receipt(frame)?;
        if renumbers && batch.is_of_a_copy(keys, frame, receipt.as_ref())? {
            break;
        }
        if receipt.is_some() {
            continue;
        }
        if batch.quarantine(frame, reason, None)?.0 == Outcome::Busy {
            return Err(StoreError::Busy);
        }
        let mac = batch.t.receipt(device, frame.seq)?.map(|receipt| receipt.mac).unwrap_or_default();
        held.push(Held { waiting: Waiting { device, seq: frame.seq }, mac, reason, at: now });
    }
    Ok(held)
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

/// Whether it is the receipt of these bytes. Where something was redacted the salt is gone, and the phone may have deleted
/// it as well: then the header tells, and whatever is left of the body on both sides.
fn is_of(t: &mut dyn Tables, device: DeviceId, receipt: &Receipt, frame: &Frame) -> Result<bool> {
    if let Some(salt) = receipt.salt {
        return Ok(mac_of(&salt, &frame.bytes) == receipt.mac);
    }
    let mut name = Some(device);
    while let Some(device) = name {
        let is_its = t.receipt(device, frame.seq)?.is_some_and(|own| own.mac == receipt.mac);
        if is_its && let Some((header, parts)) = t.logged(device, frame.seq)? {
            return Ok(redaction::is_left(&frame.bytes, &cbor::encode(&Operation { header, parts })));
        }
        if let Some(kept) = t.quarantined_bytes(device, frame.seq, &receipt.mac)? {
            return Ok(redaction::is_left(&frame.bytes, &kept.raw));
        }
        // Under a later name of a copied phone there is the receipt, and the operation under the name of then.
        name = t.device(device)?.and_then(|device| device.continues).map(|earlier| earlier.device);
    }
    Ok(true)
}

/// The HMAC by which a fork is told from a repetition.
pub fn mac_of(salt: &[u8; 16], bytes: &[u8]) -> [u8; 16] {
    half(mac(salt, &[bytes]))
}

/// Operations of one phone that are judged.
pub struct Batch<'a> {
    t: &'a mut dyn Tables,
    device: Device,
    /// Under whose name each of its numbers stands.
    sequence: Sequence,
    /// Another phone goes on from it.
    is_copied: bool,
    /// When they came.
    now: Time,
    random: Random,
    by: By,
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

impl<'a> Batch<'a> {
    /// What a phone has sent just now: to be judged, and what of it is taken.
    fn of(t: &'a mut dyn Tables, sent: PushBatch, now: Time, seed: Seed) -> Result<(Self, Vec<Frame>, Option<Report>)> {
        let PushBatch { device, mut frames, report, epoch, destroyed, .. } = sent;
        // Numbers that no phone counts to would not fit the columns of a database.
        if frames.len() > PUSH_MAX || frames.iter().any(|frame| frame.seq == 0 || i64::try_from(frame.seq).is_err()) {
            return Err(StoreError::Invalid("frames"));
        }
        let device = phone(t, device)?;
        if device.revoked.is_some_and(|revoked| revoked.is_over(now)) {
            if !destroyed {
                return Err(StoreError::Revoked);
            }
            frames.clear();
        }
        // A phone that goes by another life of the database leaves out what that one acknowledged: nothing is taken above such a
        // gap, and the reply's standing tells the phone to begin again.
        let own = t.epoch()?;
        if epoch.is_some_and(|known| known != own) {
            frames.clear();
        }
        // Else the database alone, without the log beside it, would end where an anonymous opinion last had it forget.
        t.forget_order();
        Ok((Self::new(t, device, now, seed, By::Server)?, frames, report))
    }

    /// What came at some time and has waited since.
    pub fn again(t: &'a mut dyn Tables, device: Device, at: Time, seed: Seed, by: By) -> Result<Self> {
        let revoked = device.revoked.filter(|revoked| revoked.at <= at);
        Self::new(t, Device { revoked, ..device }, at, seed, by)
    }

    fn new(t: &'a mut dyn Tables, device: Device, now: Time, seed: Seed, by: By) -> Result<Self> {
        let newest = t.newest_grants(device.person)?.unwrap_or_default();
        let forked = t.is_forked(device.id)?;
        let sequence = sequence::of(t, &device)?;
        let is_copied = !t.copies(device.id)?.is_empty();
        let (random, grants, quarantined) = (Random::new(seed), BTreeMap::new(), None);
        Ok(Self { t, device, sequence, is_copied, now, random, by, grants, newest, forked, quarantined })
    }

    /// The receipt under a frame's number. What was sent before the phone was known to be a copy, and before some number in
    /// front of it, stands under the name of then, and has that receipt under the new name, too.
    fn receipt(&mut self, frame: &Frame) -> Result<Option<Receipt>> {
        let Dot { device, seq } = self.sequence.dot(frame.seq);
        if let Some(receipt) = self.t.receipt(device, seq)? {
            return Ok(Some(receipt));
        }
        for Continues { device: earlier, .. } in &self.sequence.continues {
            if let Some(receipt) = self.t.receipt(*earlier, seq)?
                && is_of(self.t, *earlier, &receipt, frame)?
                && !self.t.waits(*earlier, seq)?
            {
                self.t.put_receipt(device, seq, &receipt, None)?;
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }

    /// With this frame the phone goes on under another name: other bytes are held, or it was told so in an earlier life of
    /// the database, in which it came second.
    fn is_of_a_copy(&mut self, keys: &Keys, frame: &Frame, receipt: Option<&Receipt>) -> Result<bool> {
        match receipt {
            Some(receipt) => Ok(!is_of(self.t, self.sequence.dot(frame.seq).device, receipt, frame)?),
            // Whose beginning is another's has at least that one for a copy.
            None if self.is_copied || self.device.continues.is_some() => {
                let from = sequence::forks_from(self.t, &self.device, &self.sequence, frame)?.id;
                Ok(self.t.device(keys.fork(from, frame.seq, &frame.bytes))?.is_some())
            }
            None => Ok(false),
        }
    }

    fn take(&mut self, frame: &Frame, receipt: Option<Receipt>) -> Result<(Outcome, Time)> {
        let Dot { device, .. } = self.sequence.dot(frame.seq);
        let earlier = match &receipt {
            Some(receipt) => Some(Earlier { same: is_of(self.t, device, receipt, frame)?, received_at: receipt.at }),
            None => None,
        };
        let verdict = match earlier {
            // Not looked into: it may be what brought the server down.
            Some(Earlier { same: true, received_at }) => Verdict::Duplicate(received_at),
            Some(Earlier { same: false, .. }) => Verdict::Quarantine(Reason::Forked),
            None => self.verdict(frame)?,
        };
        match verdict {
            Verdict::Duplicate(at) => {
                let mac = receipt.map(|receipt| receipt.mac).unwrap_or_default();
                let reason = self.t.quarantined(device, frame.seq, &mac)?;
                // The phone shows a person what waits, also when the first answer was lost.
                Ok((reason.map_or(Outcome::Duplicate, |(reason, _)| Outcome::Quarantined(reason)), at))
            }
            Verdict::Quarantine(reason) => {
                self.forked |= reason == Reason::Forked;
                self.quarantine(frame, reason, receipt)
            }
            Verdict::Apply(applied) => {
                let Applied { operation: Operation { header, parts }, record } = *applied;
                let logged = Logged { header: &header, parts: &parts };
                redaction::hand_on(self.t, &header, self.now)?;
                log(self.t, &mut self.random, device, frame.seq, &frame.bytes, self.now, logged)?;
                self.put(Scope { area: header.area, stream: header.stream }, record)?;
                Ok((Outcome::Applied, self.now))
            }
        }
    }

    /// Judges bytes that waited, under the receipt that they have; says why they wait on, or that they do not.
    pub fn judge_kept(mut self, kept: Quarantined) -> Result<Option<Reason>> {
        let Quarantined { device, seq, mac, .. } = kept;
        let is_own = self.t.receipt(device, seq)?.is_some_and(|receipt| receipt.mac == mac);
        let frame = Frame { seq, bytes: kept.raw.clone() };
        let verdict = if is_own { self.verdict(&frame)? } else { Verdict::Quarantine(Reason::Forked) };
        match verdict {
            Verdict::Apply(applied) => {
                let Applied { operation: Operation { header, parts }, record } = *applied;
                self.t.delete_quarantined(device, seq, &mac)?;
                redaction::hand_on(self.t, &header, self.now)?;
                self.t.put_logged(device, seq, Logged { header: &header, parts: &parts })?;
                self.put(Scope { area: header.area, stream: header.stream }, record)?;
                Ok(None)
            }
            Verdict::Quarantine(reason) => {
                let judged = Quarantined { reason, kind: kind_of(&kept.raw), ..kept.clone() };
                if judged != kept {
                    self.t.put_quarantined(&judged)?;
                }
                Ok(Some(reason))
            }
            Verdict::Duplicate(_) => Ok(Some(kept.reason)),
        }
    }

    /// What becomes of bytes of which nothing is known yet but, perhaps, when they came.
    fn verdict(&mut self, frame: &Frame) -> Result<Verdict> {
        match receive::open(frame) {
            Ok(operation) if self.forked && names_itself(&operation) => Ok(Verdict::Quarantine(Reason::Forked)),
            Ok(operation) => self.judge(operation, frame.seq),
            Err(_) => Ok(Verdict::Quarantine(Reason::Unreadable)),
        }
    }

    fn judge(&mut self, mut operation: Operation, seq: u64) -> Result<Verdict> {
        let written = (!self.sequence.continues.is_empty()).then(|| operation.header.change.clone());
        self.sequence.spell_out(seq, &mut operation.header.change);
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
        let redacted = redaction::of_operation(self.t, self.device.id, header)?;
        let verifies = matches!(header.kind, Kind::Verification | Kind::DayClosing)
            && working(self.t, by).is_ok_and(|person| person.role.may(Action::Verify) != Reach::No);
        let held = self.grants.get(&header.grant).and_then(Option::as_ref);
        // A version ends with any change of somebody's work; the right to write here may have gone on.
        let goes_on = self.newest.may_write(operation.scope());
        let known = Known {
            earlier: None,
            grants: if goes_on && self.by == By::Person { Some(&self.newest) } else { held.map(|(grants, _)| grants) },
            ended: held.and_then(|(_, ended)| *ended).filter(|_| !goes_on),
            revoked: self.device.revoked.is_some_and(|revoked| !revoked.why.delivers()),
            current,
            target,
            about,
            looked_at,
            verifies,
            redacted,
        };
        let mut verdict = receive::judge(operation, self.sequence.dot(seq), by, self.now, known);
        // The log has it as it was saved.
        if let (Verdict::Apply(applied), Some(written)) = (&mut verdict, written) {
            applied.operation.header.change = written;
        }
        Ok(verdict)
    }

    /// Puts what an applied operation made into its stream.
    fn put(&mut self, scope: Scope, mut record: Record) -> Result<()> {
        let before = match record.body {
            // An event is never changed.
            Body::Event(_) => None,
            _ => self.t.record(record.id)?.map(|stored| stored.record),
        };
        stream::name_household(self.t, scope, &mut record)?;
        stream::put(self.t, scope, before.as_ref(), &record)?;
        count_visits(self.t, &record)
    }

    /// What waits under the number of a frame and can be what is left of it.
    fn left_of(&mut self, device: DeviceId, frame: &Frame) -> Result<Option<Quarantined>> {
        for view in self.t.quarantine(device, usize::MAX)?.into_iter().filter(|view| view.seq == frame.seq) {
            let kept = self.t.quarantined_bytes(device, view.seq, &view.mac)?;
            if let Some(kept) = kept.filter(|kept| redaction::is_left(&frame.bytes, &kept.raw)) {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    fn quarantine(&mut self, frame: &Frame, reason: Reason, receipt: Option<Receipt>) -> Result<(Outcome, Time)> {
        let Dot { device, seq } = self.sequence.dot(frame.seq);
        let salt = receipt.as_ref().and_then(|receipt| receipt.salt).unwrap_or_else(|| self.random.bytes());
        let mac = mac_of(&salt, &frame.bytes);
        if let Some((reason, at)) = self.t.quarantined(device, seq, &mac)? {
            return Ok((Outcome::Quarantined(reason), at));
        }
        // Without a salt a repetition has another MAC each time.
        if receipt.as_ref().is_some_and(|receipt| receipt.salt.is_none())
            && let Some(kept) = self.left_of(device, frame)?
        {
            return Ok((Outcome::Quarantined(kept.reason), kept.at));
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
            self.t.put_receipt(device, seq, &Receipt { at: self.now, mac, salt: Some(salt) }, None)?;
        }
        let kind = if reason == Reason::Suspect { None } else { kind_of(&frame.bytes) };
        let raw = match redaction::of_waiting(self.t, self.device.id, &frame.bytes, self.now)? {
            Some(erased) => {
                redaction::erase_salt(self.t, device, seq)?;
                ByteBuf::from(erased)
            }
            None => ByteBuf::from(frame.bytes.to_vec()),
        };
        self.t.put_quarantined(&Quarantined { device, seq, mac, reason, at: self.now, kind, raw, aside: false })?;
        Ok((Outcome::Quarantined(reason), self.now))
    }
}

/// The code of a kind of record that is written beside what waits.
fn kind_of(bytes: &[u8]) -> Option<String> {
    let operation: Operation = cbor::decode(bytes).ok()?;
    Some(operation.header.kind.code().to_owned()).filter(|code| code.len() <= KIND_MAX)
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

/// Where the household or the meeting is that an operation is about. A household of which corrections alone have come is
/// not there yet.
pub fn about(t: &mut dyn Tables, operation: &Operation) -> Result<Option<Scope>> {
    let Some((kind, id)) = receive::about(operation) else { return Ok(None) };
    if kind == Kind::Household && t.household(id)?.is_none() {
        return Ok(None);
    }
    Ok(t.place(id)?.filter(|(_, found)| *found == kind).map(|(scope, _)| scope))
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
    let receipt = Receipt { at: now, mac: mac_of(&salt, bytes), salt: Some(salt) };
    let Logged { header, parts } = operation;
    let redacted = t.redacted(header.record)?;
    if redacted.is_empty() {
        return t.put_receipt(device, seq, &receipt, Some(operation));
    }
    let mut left = parts.clone();
    domain::redaction::erase_parts(&header.kind, &mut left, &redacted);
    t.put_receipt(device, seq, &Receipt { salt: None, ..receipt }, Some(Logged { header, parts: &left }))
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
