//! The organisation's recovery key as far as a server has it: the public half, what phones sealed to it, which of them ask
//! to be opened, and what two people answered. Nothing in here opens anything.

use super::question::{Row, names};
use super::tables::{Request, Result, Tables};
use super::units::Tree;
use super::{Ask, Device, DeviceKind, Recovered, StoreError, Within, grants};
use crate::journal::Entry;
use domain::device::Revocation;
use domain::id::{DeviceId, PersonId};
use domain::office::Listed;
use domain::person::Person;
use domain::recovery::{REOPEN_DAYS, ReopenRow, ReopenedRow, SEALED_MAX};
use domain::time::Time;
use seal::recovery::PublicKey;
use serde_bytes::ByteBuf;
use std::cmp::Reverse;

/// See [`super::Recovery::Make`].
pub fn make(t: &mut dyn Tables, key: PublicKey, now: Time) -> Result<Recovered> {
    match t.recovery_key()? {
        Some(held) if held == key => return Ok(Recovered::Stored),
        // Phones have sealed to it, and three people keep its sheets.
        Some(_) => return Err(StoreError::Taken("key")),
        None => {}
    }
    PublicKey::read(&key.0).ok_or(StoreError::Invalid("key"))?;
    t.journal(Entry::RecoveryKey { public: key.0, at: now });
    t.put_recovery_key(&key)?;
    Ok(Recovered::Stored)
}

/// See [`super::Recovery::Deposit`].
pub fn deposit(t: &mut dyn Tables, device: DeviceId, sealed: ByteBuf) -> Result<Recovered> {
    phone(t, device)?;
    t.recovery_key()?.ok_or(StoreError::NoRecoveryKey)?;
    if sealed.is_empty() {
        return Err(StoreError::Invalid("sealed"));
    }
    t.put_deposit(device, &fits(sealed)?)?;
    Ok(Recovered::Stored)
}

/// What there is to say to a request that is here already; nothing where it is a new one. See [`super::Recovery::Ask`].
pub fn found(t: &mut dyn Tables, device: DeviceId, public: PublicKey, now: Time) -> Result<Option<Recovered>> {
    phone(t, device)?;
    let same = t.reopening(device)?.filter(|request| request.public == public && !is_over(request, now));
    Ok(same.map(|request| request.answered.map_or(Recovered::Waits, |(_, answer)| Recovered::Answered(answer))))
}

/// Stores a request, unless it is [found].
pub fn ask(t: &mut dyn Tables, device: DeviceId, public: PublicKey, sealed: ByteBuf, now: Time) -> Result<Recovered> {
    // Two may have asked beside each other.
    if let Some(found) = found(t, device, public, now)? {
        return Ok(found);
    }
    t.recovery_key()?.ok_or(StoreError::NoRecoveryKey)?;
    PublicKey::read(&public.0).ok_or(StoreError::Invalid("public"))?;
    t.put_reopening(&Request { device, public, sealed: fits(sealed)?, asked_at: now, answered: None })?;
    Ok(Recovered::Stored)
}

/// See [`super::Recovery::Answer`].
pub fn answer(
    t: &mut dyn Tables,
    within: Within,
    by: PersonId,
    (device, public): (DeviceId, PublicKey),
    answer: ByteBuf,
    now: Time,
) -> Result<Recovered> {
    let phone = phone(t, device)?;
    // Somebody else's phones are not told from those that do not ask.
    let tree = Tree::load(t)?;
    if !is_within(t, &tree, within, phone.person)? {
        return Err(StoreError::NotFound);
    }
    let request = t.reopening(device)?.filter(|request| !is_over(request, now)).ok_or(StoreError::NotFound)?;
    if request.public != public {
        return Err(StoreError::Stale);
    }
    if let Some((_, given)) = request.answered {
        return if given == answer { Ok(Recovered::Stored) } else { Err(StoreError::Stale) };
    }
    if answer.is_empty() {
        return Err(StoreError::Invalid("answer"));
    }
    t.journal(Entry::Reopened { device, by, at: now });
    t.put_reopened(device, by, now)?;
    t.put_reopening(&Request { answered: Some((now, fits(answer)?)), ..request })?;
    Ok(Recovered::Stored)
}

/// A phone has said that its key is destroyed: nothing is left here that would give it back.
pub fn destroyed(t: &mut dyn Tables, device: DeviceId) -> Result<()> {
    t.delete_deposit(device)?;
    t.delete_reopening(device)
}

/// Lets go of what nobody waits for any more.
pub fn forget(t: &mut dyn Tables, now: Time) -> Result<()> {
    for request in t.reopenings()?.into_iter().filter(|request| is_over(request, now)) {
        t.delete_reopening(request.device)?;
    }
    Ok(())
}

/// A phone that may be opened: any but one that may be in the wrong hands, or that has destroyed its key.
fn phone(t: &mut dyn Tables, device: DeviceId) -> Result<Device> {
    let phone = t.device(device)?.filter(|device| device.kind == DeviceKind::Phone).ok_or(StoreError::NotFound)?;
    if is_gone(&phone) { Err(StoreError::Revoked) } else { Ok(phone) }
}

fn is_gone(phone: &Device) -> bool {
    phone.destroyed_at.is_some() || phone.revoked.is_some_and(|revoked| revoked.why == Revocation::Lost)
}

fn fits(sealed: ByteBuf) -> Result<ByteBuf> {
    if sealed.len() > SEALED_MAX { Err(StoreError::Invalid("sealed")) } else { Ok(sealed) }
}

/// A request waits so long for its answer, and an answer for its phone.
fn is_over(request: &Request, now: Time) -> bool {
    let since = request.answered.as_ref().map_or(request.asked_at, |(at, _)| *at);
    now > since.plus_hours(REOPEN_DAYS * 24)
}

fn is_within(t: &mut dyn Tables, tree: &Tree, within: Within, person: PersonId) -> Result<bool> {
    // Whoever left still has a phone with work on it; whom a restored database does not know belongs to the whole server.
    let person: Option<Person> = t.record(person.into())?.as_ref().and_then(grants::state);
    Ok(person.map_or(within.is_none(), |person| tree.covers(within, person.unit)))
}

/// A phone that asks, and what there is of its deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopening {
    /// The row of the list.
    pub row: ReopenRow,
    /// Its own copy, and the server's.
    pub copies: Vec<ByteBuf>,
}

/// Those without an answer, the latest first.
impl Row for Reopening {
    fn list(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<Self>> {
        let (tree, names) = (Tree::load(t)?, names(t)?);
        let mut rows = Vec::new();
        for request in t.reopenings()?.into_iter().filter(|request| request.answered.is_none() && !is_over(request, now)) {
            let Some(phone) = t.device(request.device)?.filter(|phone| !is_gone(phone)) else { continue };
            if !is_within(t, &tree, ask.within, phone.person)? {
                continue;
            }
            let Request { device, public, sealed, asked_at, .. } = request;
            let mut copies: Vec<ByteBuf> =
                [Some(sealed), t.deposit(device)?].into_iter().flatten().filter(|copy| !copy.is_empty()).collect();
            copies.dedup();
            let name = names.get(&phone.person).cloned().unwrap_or_default();
            let public = ByteBuf::from(public.0.to_vec());
            rows.push(Self { row: ReopenRow { device, name, enrolled_at: phone.enrolled_at, asked_at, public }, copies });
        }
        rows.sort_by_key(|one| (Reverse(one.row.asked_at), one.row.device));
        let total = rows.len() as u32;
        rows.truncate(ask.limit as usize);
        Ok(Listed { rows, total, notable: 0 })
    }
}

/// Every answer, the latest first.
impl Row for ReopenedRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let (tree, names) = (Tree::load(t)?, names(t)?);
        let mut rows = Vec::new();
        for (device, by, at) in t.reopened()? {
            let person = t.device(device)?.map(|phone| phone.person);
            let here = match person {
                Some(person) => is_within(t, &tree, ask.within, person)?,
                None => ask.within.is_none(),
            };
            if here {
                let name = |person: Option<PersonId>| person.and_then(|person| names.get(&person)).cloned().unwrap_or_default();
                rows.push(Self { device, name: name(person), at, by: name(Some(by)) });
            }
        }
        rows.sort_by_key(|one| (Reverse(one.at), one.device));
        let total = rows.len() as u32;
        rows.truncate(ask.limit as usize);
        Ok(Listed { rows, total, notable: 0 })
    }
}
