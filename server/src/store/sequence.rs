//! Whose the numbers of a phone are, and how a copied phone goes on under another name.

use super::desk::new_device;
use super::tables::{Result, Tables};
use super::{Device, DeviceKind};
use crate::journal::Entry;
use crate::keys::Keys;
use domain::id::DeviceId;
use domain::sequence::{Continues, Sequence};
use domain::time::Time;
use domain::wire::{Fork, Frame};

/// So many names at most go on from one device. Nobody copies a phone more often; whoever only says so gets no more.
const FORKS_MAX: usize = 50;

/// Who wrote which numbers of a device.
pub fn of(t: &mut dyn Tables, device: &Device) -> Result<Sequence> {
    let mut sequence = Sequence::of(device.id);
    let mut next = device.continues;
    while let Some(earlier) = next {
        sequence.continues.push(earlier);
        next = t.device(earlier.device)?.and_then(|device| device.continues);
    }
    Ok(sequence)
}

/// Up to which number the operations of a device are held, its beginning by others included.
pub fn have(t: &mut dyn Tables, device: &Device) -> Result<u64> {
    let Some(Continues { device: earlier, up_to }) = device.continues else { return t.held(device.id, device.have) };
    let begun = match t.device(earlier)? {
        Some(earlier) => have(t, &earlier)?,
        None => 0,
    };
    if begun < up_to { Ok(begun) } else { t.held(device.id, device.have.max(up_to)) }
}

/// Every device that goes on from this one, and from those.
pub fn copies(t: &mut dyn Tables, of: DeviceId) -> Result<Vec<Device>> {
    let (mut all, mut seen) = (t.copies(of)?, 0);
    while let Some(copy) = all.get(seen).map(|copy| copy.id) {
        all.extend(t.copies(copy)?);
        seen += 1;
    }
    Ok(all)
}

/// Every name of a phone and of all that were copied from it or from what it was copied from.
pub fn names(t: &mut dyn Tables, of: DeviceId) -> Result<Vec<DeviceId>> {
    let mut first = of;
    while let Some(earlier) = t.device(first)?.and_then(|device| device.continues) {
        first = earlier.device;
    }
    let copies = copies(t, first)?.into_iter().map(|copy| copy.id);
    Ok(std::iter::once(first).chain(copies).collect())
}

/// From which device a phone goes on under another name that brings these bytes: from the one whose number it is, also
/// where the phone has gone on from that one under a name of its own. Else two phones that have written the same, and of
/// which one was renumbered in days that a restored database has forgotten, would store it under two names. A phone of
/// which the end is another than that one's has a name of its own.
pub fn forks_from(t: &mut dyn Tables, device: &Device, sequence: &Sequence, frame: &Frame) -> Result<Device> {
    let whose = sequence.dot(frame.seq).device;
    let whose = if whose == device.id { None } else { t.device(whose)? };
    Ok(whose.filter(|whose| whose.revoked == device.revoked).unwrap_or_else(|| device.clone()))
}

/// The name under which a phone goes on that brings other bytes under a number than are held: the same one for the same
/// bytes, so that it may ask as often as it likes, and that two phones which were copied from one after it had written
/// them have them under one name. `None` where that device has gone on under too many.
pub fn fork(t: &mut dyn Tables, keys: &Keys, from: &Device, frame: &Frame, now: Time) -> Result<Option<Fork>> {
    let (id, up_to) = (keys.fork(from.id, frame.seq, &frame.bytes), frame.seq.saturating_sub(1));
    let continues = Continues { device: from.id, up_to };
    if t.device(id)?.is_none() {
        if t.copies(from.id)?.len() >= FORKS_MAX {
            return Ok(None);
        }
        let begun = have(t, from)?.min(up_to);
        let new = new_device(id, from.person, DeviceKind::Phone, now);
        // A copy of a phone that was revoked is in no better hands.
        t.put_device(&Device { have: begun, continues: Some(continues), revoked: from.revoked, ..new })?;
        t.journal(Entry::Continued { device: id, person: from.person, continues, at: now });
        if let Some(revoked) = from.revoked {
            t.journal(Entry::Revoked { device: id, at: revoked.at, why: revoked.why });
        }
    }
    Ok(Some(Fork { device: id, token: keys.token(id), up_to }))
}
