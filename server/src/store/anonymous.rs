//! Anonymous opinions: how they wait, and when they are let go.
//!
//! # Why not on arrival
//!
//! A release that an arrival can set off is a trace of that arrival. If an opinion were released as soon as the fifth
//! household of its week had been visited, then the phone that brought the fifth visit, or the opinion that found five
//! visits there already, would be the one whose records stand next to it in the stream: whoever compares the voice
//! stream with the receipt times of the visits could name it, and among that phone's visits of the minute there may be
//! one household only. So arrival does nothing but wait, and a schedule lets go.
//!
//! # The windows
//!
//! Received visits at which somebody was spoken to are parted into groups by (village, campaign, week of the visit),
//! and each group into windows one after the other: a window is open until the schedule finds at least [`CROWD`]
//! distinct households in it, and then it closes, *whether or not* any opinion waits, so that closing says nothing.
//! Everything that waits for the group at that moment is released together, in random order. An opinion thus always
//! appears behind a whole window of households that were visited since the last release of its group, and matching all
//! that is stored on village, campaign, week, order and time leaves that whole window for it.
//!
//! When its week is over and the window is too small, what waits loses its week, and the window's visits move to a
//! window of the whole campaign with the same rule. Only these left-over visits count there: those of closed windows
//! had their own release and could be ruled out. A visit that arrives late counts to the week in which it was.
//!
//! What is urgent does not wait; the phone says so before it is sent. What never finds five households stays here.
//!
//! A correction moves its visit while the window is open and changes nothing after it was closed: a household must not
//! stand behind two releases for one visit.

use super::push::{phone, standing};
use super::random::Random;
use super::tables::{Group, Result, Tables};
use super::{Seed, StoreError, stream};
use domain::cbor;
use domain::id::{DeviceId, RecordId};
use domain::operation::{Scope, Stream};
use domain::opinion::{AnonymousOpinion, SecretHash};
use domain::receive::{Arrival, CROWD, judge_anonymous};
use domain::record::Record;
use domain::time::{Date, Time};
use domain::wire::{AnonymousReply, Reason};
use serde::Deserialize;
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// See [`super::Store::anonymous`]. Nothing here stores a time, a device, a person or an order.
pub fn arrive(t: &mut dyn Tables, device: DeviceId, opinions: &[ByteBuf], now: Time) -> Result<AnonymousReply> {
    let device = phone(t, device)?;
    if device.revoked_at.is_some() {
        return Err(StoreError::Revoked);
    }
    let grants = t.newest_grants(device.person)?.unwrap_or_default();
    let mut stored = BTreeSet::new();
    for bytes in opinions {
        let id = identity(bytes);
        stored.extend(id);
        let hash = Sha256::digest(bytes).into();
        if t.quarantined_anonymous(&hash)? {
            continue;
        }
        if let Some(id) = id
            && t.anonymous(&id)?.is_some()
        {
            continue;
        }
        let arrival = match judge_anonymous(bytes, &grants) {
            Arrival::Pool(opinion) | Arrival::Release(opinion) if !may_amend(t, &opinion)? => Arrival::Quarantine(Reason::Invalid),
            Arrival::Pool(opinion) | Arrival::Release(opinion) if t.record(record_of(&opinion.id))?.is_some() => {
                Arrival::Quarantine(Reason::Exists)
            }
            arrival => arrival,
        };
        match arrival {
            Arrival::Pool(opinion) => t.put_pooled(&opinion.id, group(&opinion), bytes)?,
            Arrival::Release(opinion) => release(t, *opinion)?,
            Arrival::Quarantine(reason) => t.put_quarantined_anonymous(&hash, reason, bytes)?,
        }
    }
    // By hash: the order in which they came is nobody's business, not even in the reply.
    Ok(AnonymousReply { standing: standing(t, &device, now)?, stored: stored.into_iter().collect() })
}

/// The identity of an opinion, read even where this build cannot read the rest, so that it can be acknowledged.
fn identity(bytes: &[u8]) -> Option<SecretHash> {
    #[derive(Deserialize)]
    struct Identity {
        i: SecretHash,
    }
    cbor::decode::<Identity>(bytes).ok().map(|identity| identity.i)
}

/// An amendment shows the secret of an opinion of the same village.
fn may_amend(t: &mut dyn Tables, opinion: &AnonymousOpinion) -> Result<bool> {
    let Some(amends) = &opinion.amends else { return Ok(true) };
    Ok(t.anonymous(&SecretHash::of(&amends.secret))? == Some(opinion.area))
}

const fn group(opinion: &AnonymousOpinion) -> Group {
    Group { village: opinion.area, campaign: opinion.campaign, week: opinion.week }
}

/// The record that a released opinion becomes.
pub fn record_of(id: &SecretHash) -> RecordId {
    let (first, _) = id.bytes().split_at(16);
    RecordId::from_bytes(first).unwrap_or(RecordId::new(0, [0; 10]))
}

fn release(t: &mut dyn Tables, opinion: AnonymousOpinion) -> Result<()> {
    let (id, village) = (opinion.id, opinion.area);
    t.put_released(&id, village)?;
    stream::put(t, Scope { area: village, stream: Stream::Voice }, None, &Record::released(opinion))
}

/// Counts a visit that was stored, corrected or taken back to its group's open window.
pub fn count_visit(t: &mut dyn Tables, event: RecordId) -> Result<()> {
    let Some(root) = t.root(event)? else { return Ok(()) };
    let Some(visit) = t.visit(root)? else { return Ok(()) };
    let counted = t.counted(root)?;
    if counted.is_some_and(|(_, closed)| closed) {
        return Ok(());
    }
    match visit.campaign {
        Some(campaign) if visit.contact.spoke() && !visit.retracted => {
            let own = Group { village: visit.village, campaign, week: Some(visit.at.date().week()) };
            t.put_counted(root, counted.map_or(own, |(group, _)| group), visit.household)
        }
        _ => t.delete_counted(root),
    }
}

/// See [`super::Store::tick`].
pub fn tick(t: &mut dyn Tables, now: Time, seed: Seed) -> Result<()> {
    let mut random = Random::new(seed);
    let this_week = now.date().week();
    close_full(t, &mut random, true)?;
    let open = t.windows()?.into_iter().map(|(group, _)| group);
    let waiting = t.pooled_groups()?;
    let groups: BTreeSet<Group> = open.chain(waiting).collect();
    for group in groups.into_iter().filter(|group| group.week.is_some_and(|week| is_over(week, this_week))) {
        t.widen(group)?;
    }
    close_full(t, &mut random, false)
}

/// A week that lies far ahead comes from a clock that is wrong: it never comes, so it counts as over.
fn is_over(week: Date, this_week: Date) -> bool {
    week < this_week || week > this_week.plus(7)
}

/// Closes every window of enough households, of weeks or of whole campaigns, and releases what waits for it.
fn close_full(t: &mut dyn Tables, random: &mut Random, weekly: bool) -> Result<()> {
    for (group, households) in t.windows()? {
        if group.week.is_some() != weekly || households < CROWD {
            continue;
        }
        t.close_window(group)?;
        let mut waiting = t.take_pooled(group)?;
        random.shuffle(&mut waiting);
        for bytes in waiting {
            let reason = match cbor::decode::<AnonymousOpinion>(&bytes) {
                Ok(opinion) if t.record(record_of(&opinion.id))?.is_none() => {
                    release(t, AnonymousOpinion { week: group.week, ..opinion })?;
                    continue;
                }
                Ok(_) => Reason::Exists,
                Err(_) => Reason::Unreadable,
            };
            t.put_quarantined_anonymous(&Sha256::digest(&bytes).into(), reason, &bytes)?;
        }
    }
    Ok(())
}
