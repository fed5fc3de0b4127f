//! Phones: one-time codes, enrolment, revocation.

use super::desk::{new_device, working};
use super::push::standing;
use super::tables::{Enrolment, Result, Tables};
use super::units::Tree;
use super::{CODE_HOURS, CodeFor, Device, DeviceKind, Hash, Revoked, StoreError, Within, sequence};
use crate::journal::Entry;
use crate::keys::Keys;
use domain::device::Revocation;
use domain::id::{DeviceId, PersonId};
use domain::person::Person;
use domain::time::Time;
use domain::wire::EnrolReply;
use serde_bytes::ByteBuf;

/// See [`super::Store::issue_code`].
pub fn issue(t: &mut dyn Tables, within: Within, to: CodeFor, code: &Hash, now: Time) -> Result<Time> {
    let (person, replaced) = match to {
        CodeFor::Person(person) => (person, None),
        CodeFor::InPlaceOf(id) => {
            let phone = t.device(id)?.filter(|device| device.kind == DeviceKind::Phone).ok_or(StoreError::NotFound)?;
            (phone.person, Some(phone))
        }
    };
    let person = working(t, person)?;
    Tree::load(t)?.check(within, person.unit)?;
    if !person.role.is_field() {
        return Err(StoreError::Invalid("role"));
    }
    // What the phone will seal must be opened again one day.
    t.recovery_key()?.ok_or(StoreError::NoRecoveryKey)?;
    // One that was lost stays so: what it brings must not be taken because somebody was given another.
    if let Some(phone) = replaced {
        if phone.revoked.is_some() {
            return Err(StoreError::Revoked);
        }
        end(t, phone, Revocation::Replaced, now)?;
    }
    if t.enrolment(code)?.is_some() {
        return Err(StoreError::Taken("code"));
    }
    // A letter that was lost, or a code that was read out to the wrong person, ends with the next one.
    t.delete_codes_of(person.id)?;
    let expires = now.plus_hours(CODE_HOURS);
    t.put_enrolment(code, &Enrolment { person: person.id, expires, used_by: None })?;
    Ok(expires)
}

/// See [`super::Store::enrol`].
pub fn enrol(t: &mut dyn Tables, keys: &Keys, code: &Hash, device: DeviceId, now: Time) -> Result<EnrolReply> {
    let enrolment = t.enrolment(code)?.ok_or(StoreError::NotFound)?;
    let person = working(t, enrolment.person)?;
    match enrolment.used_by {
        Some(used_by) if used_by == device => {
            let phone = t.device(device)?.ok_or(StoreError::NotFound)?;
            return if may_ask_again(&phone, now) { welcome(t, keys, person, device, now) } else { Err(StoreError::Used) };
        }
        Some(_) => return Err(StoreError::Used),
        None if now > enrolment.expires => return Err(StoreError::Expired),
        None => {}
    }
    if t.device(device)?.is_some() {
        return Err(StoreError::Taken("device"));
    }
    t.put_device(&new_device(device, person.id, DeviceKind::Phone, now))?;
    t.put_enrolment(code, &Enrolment { used_by: Some(device), ..enrolment })?;
    t.journal(Entry::Enrolled { device, person: person.id, code: *code, at: now });
    welcome(t, keys, person, device, now)
}

/// A phone asks again where the first reply was lost. One that was heard of since has its token; device ids are no
/// secret, so from then on a used code must not give that token to anybody.
fn may_ask_again(phone: &Device, now: Time) -> bool {
    phone.seen_at.is_none() && now <= phone.enrolled_at.plus_hours(CODE_HOURS)
}

fn welcome(t: &mut dyn Tables, keys: &Keys, person: Person, device: DeviceId, now: Time) -> Result<EnrolReply> {
    let device = t.device(device)?.ok_or(StoreError::NotFound)?;
    if device.revoked.is_some() {
        return Err(StoreError::Revoked);
    }
    let recovery = t.recovery_key()?.ok_or(StoreError::NoRecoveryKey)?;
    let tree = Tree::load(t)?;
    let unit = tree.commune(person.unit).unwrap_or(person.unit);
    Ok(EnrolReply {
        standing: standing(t, &device, now)?,
        token: keys.token(device.id),
        person: person.id,
        name: person.name,
        role: person.role,
        unit,
        unit_name: tree.name(unit),
        grants: t.newest_grants(person.id)?.unwrap_or_default(),
        recovery: ByteBuf::from(recovery.0.to_vec()),
    })
}

/// See [`super::Store::revoke`].
pub fn revoke(t: &mut dyn Tables, within: Within, id: DeviceId, now: Time) -> Result<()> {
    let device = t.device(id)?.filter(|device| device.kind == DeviceKind::Phone).ok_or(StoreError::NotFound)?;
    // A phone whose person a restored database does not know any more can be revoked by whoever may revoke at all.
    if let Ok(person) = working(t, device.person) {
        Tree::load(t)?.check(within, person.unit)?;
    }
    // Nobody can say in whose hands a copy of it is.
    for copy in sequence::copies(t, id)? {
        end(t, copy, Revocation::Lost, now)?;
    }
    end(t, device, Revocation::Lost, now)
}

/// Ends a phone, if it [may end](Device::may_end_as) so.
fn end(t: &mut dyn Tables, device: Device, why: Revocation, now: Time) -> Result<()> {
    if device.may_end_as(why) {
        t.journal(Entry::Revoked { device: device.id, at: now, why });
        t.put_device(&Device { revoked: Some(Revoked { at: now, why }), ..device })?;
    }
    Ok(())
}

/// Takes every way in from somebody who does not work here any more: sessions, codes, phones. What a phone still holds it
/// delivers as any revoked one.
pub fn leave(t: &mut dyn Tables, person: PersonId, now: Time) -> Result<()> {
    t.delete_sessions_of(person)?;
    t.delete_codes_of(person)?;
    for phone in t.devices(DeviceKind::Phone)?.into_iter().filter(|phone| phone.person == person) {
        end(t, phone, Revocation::Left, now)?;
    }
    Ok(())
}
