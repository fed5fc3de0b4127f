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
//! and each group into windows one after the other: a window is open until the schedule finds at least [`WINDOW`]
//! distinct households in it, and then it closes, *whether or not* any opinion waits, so that closing says nothing.
//! Everything that waits for the group at that moment is released together, in random order. An opinion thus always
//! appears behind a whole window of households that were visited since the last release of its group, and matching all
//! that is stored on village, campaign, week, order and time leaves that whole window for it.
//!
//! When its week is over and the window is too small, what waits loses its week, and the window's visits move to a
//! window of the whole campaign with the same rule. Only these left-over visits count there: those of closed windows
//! had their own release and could be ruled out. A visit that arrives late counts to the week in which it was.
//!
//! What is urgent does not wait; the phone says so before it is sent. What never finds enough households stays here.
//!
//! A correction moves its visit while the window is open and changes nothing after it was closed: a household must not
//! stand behind two releases for one visit. A window closes with more than the [`domain::receive::CROWD`] that the rule
//! asks for, so that it does not fall below it by a correction.
//!
//! # What waits is sealed
//!
//! Beside the visits that came with it, an opinion that waits would tell in every copy of the database which household
//! it is from. So it is sealed with a key that is not in the database, named by an HMAC, and opened by the schedule only.
//!
//! # Amendments
//!
//! While an opinion waits, its amendment takes its place: its period, and what it amends itself; the words that were
//! corrected are released to nobody. They may arrive in either order, so a place is kept for what an amendment was before.
//! An amendment is urgent only if what it amends was, else it would be let go at once and point at what waited.

use super::push::{phone, standing};
use super::random::Random;
use super::tables::{Group, Result, Tables};
use super::units::Tree;
use super::{Hash, Seed, Sender, StoreError, stream, twin};
use crate::keys::Keys;
use domain::cbor;
use domain::id::{AreaId, PersonId, RecordId};
use domain::operation::{Scope, Stream};
use domain::opinion::{Amends, AnonymousOpinion, SecretHash, Urgency};
use domain::person::{Grant, GrantSet};
use domain::receive::{Arrival, GRACE_HOURS, WINDOW, judge_anonymous};
use domain::record::{Body, Record};
use domain::redaction::Redactions;
use domain::time::{Date, Time};
use domain::unit::Unit;
use domain::wire::{AnonymousReply, Reason, Standing};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet};

/// See [`super::Store::anonymous`]. Nothing here stores a time, a device, a person or an order.
pub fn arrive(t: &mut dyn Tables, keys: &Keys, sender: Sender, opinions: &[ByteBuf], now: Time) -> Result<AnonymousReply> {
    let (grants, standing) = authority(t, sender, now)?;
    let this_week = now.date().week();
    t.forget_order();
    let mut pool = Pool { t, keys };
    let mut stored = BTreeSet::new();
    for bytes in opinions {
        let id = identity(bytes);
        stored.extend(id);
        if pool.t.quarantined_anonymous(&keys.name(bytes))? {
            continue;
        }
        if let Some(id) = id
            && pool.is_known(&id)?
        {
            continue;
        }
        let redacted = pool.redacted(bytes)?;
        match judge_anonymous(bytes, &grants, redacted) {
            Arrival::Accept(opinion) if pool.may_amend(&opinion)? => {
                // Nothing is said after it was received: a clock that runs ahead means this week.
                let week = opinion.week.map(|week| week.min(this_week));
                pool.take(AnonymousOpinion { week, ..*opinion })?;
            }
            Arrival::Accept(_) => pool.quarantine(Reason::Invalid, &left(bytes, redacted))?,
            Arrival::Quarantine(reason) => pool.quarantine(reason, &left(bytes, redacted))?,
        }
    }
    // By hash: the order in which they came is nobody's business, not even in the reply.
    Ok(AnonymousReply { standing, stored: stored.into_iter().collect() })
}

/// What is kept of one that waits for a person.
fn left(bytes: &[u8], redacted: bool) -> Vec<u8> {
    match cbor::decode::<AnonymousOpinion>(bytes) {
        Ok(opinion) if redacted => cbor::encode(&AnonymousOpinion { text: String::new(), ..opinion }),
        _ => bytes.to_vec(),
    }
}

/// Takes the words of redacted opinions out of what waits. Whatever was released is a record like others.
pub fn redact(t: &mut dyn Tables, keys: &Keys, redactions: &Redactions) -> Result<()> {
    let mut pool = Pool { t, keys };
    let is_meant = |opinion: &AnonymousOpinion| {
        let amended = opinion.amends.as_ref().and_then(|amends| redactions.parts(record_of(&amends.of())));
        amended.is_some() || redactions.parts(record_of(&opinion.id)).is_some()
    };
    for opinion in pool.all()?.iter().filter(|opinion| is_meant(opinion)) {
        pool.put(&AnonymousOpinion { text: String::new(), ..opinion.clone() })?;
    }
    for (name, reason, sealed) in pool.t.quarantined_anonymous_bytes()? {
        let Some(bytes) = pool.keys.unseal(QUARANTINE, &name, &sealed) else { continue };
        let meant = match cbor::decode::<AnonymousOpinion>(&bytes) {
            Ok(opinion) => is_meant(&opinion),
            Err(_) => identity(&bytes).is_some_and(|id| redactions.parts(record_of(&id)).is_some()),
        };
        if meant {
            pool.t.delete_quarantined_anonymous(&name)?;
            if cbor::decode::<AnonymousOpinion>(&bytes).is_ok() {
                pool.quarantine(reason, &left(&bytes, true))?;
            }
        }
    }
    Ok(())
}

/// Takes the words out of what still waits, for a crowd or for a person, and whose time is over. Of that nothing is told
/// anybody: it was in nobody's list.
pub fn expire(t: &mut dyn Tables, keys: &Keys, today: Date) -> Result<()> {
    let mut pool = Pool { t, keys };
    let is_over = |opinion: &AnonymousOpinion| opinion.until < today && !opinion.text.is_empty();
    for opinion in pool.all()?.iter().filter(|opinion| is_over(opinion)) {
        pool.put(&AnonymousOpinion { text: String::new(), ..opinion.clone() })?;
        pool.t.owe_scrub()?;
    }
    for (name, reason, sealed) in pool.t.quarantined_anonymous_bytes()? {
        let Some(bytes) = pool.keys.unseal(QUARANTINE, &name, &sealed) else { continue };
        // What this build cannot read says no day.
        if cbor::decode(&bytes).is_ok_and(|opinion| is_over(&opinion)) {
            pool.t.delete_quarantined_anonymous(&name)?;
            pool.quarantine(reason, &left(&bytes, true))?;
            pool.t.owe_scrub()?;
        }
    }
    Ok(())
}

/// By which right a sender writes, and what stands in the reply.
fn authority(t: &mut dyn Tables, sender: Sender, now: Time) -> Result<(Vec<GrantSet>, Standing)> {
    match sender {
        Sender::Phone(device) => {
            let device = phone(t, device)?;
            // From a phone that was replaced they are its person's own, for as long as its operations are taken.
            if device.revoked.is_some_and(|revoked| !revoked.why.delivers() || revoked.is_over(now)) {
                return Err(StoreError::Revoked);
            }
            Ok((held(t, device.person, now)?, standing(t, &device, now)?))
        }
        Sender::Desk(within) => {
            let voice = |village: &Unit| Grant { scope: Scope { area: village.id, stream: Stream::Voice }, read: false, write: true };
            let grants = Tree::load(t)?.villages(within).into_iter().map(voice).collect();
            Ok((vec![GrantSet { version: 0, grants }], Standing { epoch: t.epoch()?, durable_seq: 0, have: 0, time: now }))
        }
    }
}

/// The versions of a person's grants that still authorise: the newest, and those that ended not long ago. An opinion
/// that was recorded in good time arrives late like any operation, and cannot say by which version it was recorded.
fn held(t: &mut dyn Tables, person: PersonId, now: Time) -> Result<Vec<GrantSet>> {
    let newest = t.newest_grants(person)?.map_or(0, |grants| grants.version);
    let mut held = Vec::new();
    for version in (1..=newest).rev() {
        match t.grants(person, version)? {
            Some((_, Some(ended))) if now > ended.plus_hours(GRACE_HOURS) => break,
            Some((grants, _)) => held.push(grants),
            None => {}
        }
    }
    Ok(held)
}

/// The identity of an opinion, read even where this build cannot read the rest, so that it can be acknowledged.
fn identity(bytes: &[u8]) -> Option<SecretHash> {
    #[derive(Deserialize)]
    struct Identity {
        i: SecretHash,
    }
    cbor::decode::<Identity>(bytes).ok().map(|identity| identity.i)
}

const fn group(opinion: &AnonymousOpinion) -> Group {
    Group { village: opinion.area, campaign: opinion.campaign, week: opinion.week }
}

/// The record that a released opinion becomes.
pub fn record_of(id: &SecretHash) -> RecordId {
    id.record()
}

/// What waits, opened and sealed with the server's key. What another key sealed is not seen, and waits until that key
/// is put back.
struct Pool<'a> {
    t: &'a mut dyn Tables,
    keys: &'a Keys,
}

/// The place of an opinion that an amendment takes.
#[derive(Serialize, Deserialize)]
struct Place {
    #[serde(rename = "a")]
    area: AreaId,
    /// The amendment.
    #[serde(rename = "b")]
    by: SecretHash,
    /// The opinion was here and gave way; else it is still to come.
    #[serde(rename = "g")]
    gone: bool,
}

const POOL: &str = "pool";
const REPLACED: &str = "replaced";
const QUARANTINE: &str = "quarantine_anonymous";

impl Pool<'_> {
    fn seal(&self, table: &str, name: &Hash, plain: &[u8]) -> Result<Vec<u8>> {
        self.keys.seal(table, name, plain).ok_or_else(|| StoreError::Broken("sealing".to_owned()))
    }

    fn open<R: DeserializeOwned>(&self, table: &str, name: &Hash, sealed: &[u8]) -> Option<R> {
        cbor::decode(&self.keys.unseal(table, name, sealed)?).ok()
    }

    fn waiting(&mut self, id: &SecretHash) -> Result<Option<AnonymousOpinion>> {
        let name = self.keys.name(id.bytes());
        Ok(self.t.pooled(&name)?.and_then(|sealed| self.open(POOL, &name, &sealed)))
    }

    fn all(&mut self) -> Result<Vec<AnonymousOpinion>> {
        let rows = self.t.pool()?;
        Ok(rows.iter().filter_map(|(name, sealed)| self.open(POOL, name, sealed)).collect())
    }

    fn put(&mut self, opinion: &AnonymousOpinion) -> Result<()> {
        let name = self.keys.name(opinion.id.bytes());
        let sealed = self.seal(POOL, &name, &cbor::encode(opinion))?;
        self.t.put_pooled(&name, &sealed)
    }

    fn remove(&mut self, id: &SecretHash) -> Result<()> {
        self.t.delete_pooled(&self.keys.name(id.bytes()))
    }

    fn place(&mut self, id: &SecretHash) -> Result<Option<Place>> {
        let name = self.keys.name(id.bytes());
        Ok(self.t.replaced(&name)?.and_then(|sealed| self.open(REPLACED, &name, &sealed)))
    }

    fn put_place(&mut self, id: &SecretHash, amendment: &AnonymousOpinion, gone: bool) -> Result<()> {
        let name = self.keys.name(id.bytes());
        let place = Place { area: amendment.area, by: amendment.id, gone };
        let sealed = self.seal(REPLACED, &name, &cbor::encode(&place))?;
        self.t.put_replaced(&name, &sealed)
    }

    fn quarantine(&mut self, reason: Reason, bytes: &[u8]) -> Result<()> {
        let name = self.keys.name(bytes);
        let sealed = self.seal(QUARANTINE, &name, bytes)?;
        self.t.put_quarantined_anonymous(&name, reason, &sealed)
    }

    fn released(&mut self, id: &SecretHash) -> Result<Option<AnonymousOpinion>> {
        Ok(self.t.record(record_of(id))?.and_then(|stored| match stored.record.body {
            Body::Anonymous(opinion) if opinion.id == *id => Some(opinion),
            _ => None,
        }))
    }

    fn release(&mut self, opinion: AnonymousOpinion) -> Result<()> {
        let id = record_of(&opinion.id);
        if self.t.record(id)?.is_some() {
            return self.quarantine(Reason::Exists, &cbor::encode(&opinion));
        }
        stream::put(self.t, Scope { area: opinion.area, stream: Stream::Voice }, None, &Record::released(opinion))
    }

    /// Whether its words are deleted for ever, or those of what it corrects.
    fn redacted(&mut self, bytes: &[u8]) -> Result<bool> {
        let Some(id) = identity(bytes) else { return Ok(false) };
        if !self.t.redacted(record_of(&id))?.is_empty() {
            return Ok(true);
        }
        let Some(of) = cbor::decode::<AnonymousOpinion>(bytes).ok().and_then(|opinion| opinion.amends).map(|amends| amends.of()) else {
            return Ok(false);
        };
        let empty = |opinion: &AnonymousOpinion| opinion.text.is_empty();
        let gone = match self.place(&of)?.filter(|place| place.gone) {
            Some(place) => self.waiting(&place.by)?,
            None => None,
        };
        let before = [self.waiting(&of)?, self.released(&of)?, gone];
        Ok(!self.t.redacted(record_of(&of))?.is_empty() || before.iter().flatten().any(empty))
    }

    fn is_known(&mut self, id: &SecretHash) -> Result<bool> {
        let gone = self.place(id)?.is_some_and(|place| place.gone);
        Ok(gone || self.waiting(id)?.is_some() || self.released(id)?.is_some())
    }

    /// The secret proves the right to amend, also what is not here yet. What is here must be of the same village.
    fn may_amend(&mut self, opinion: &AnonymousOpinion) -> Result<bool> {
        let Some(of) = opinion.amends.as_ref().map(Amends::of) else { return Ok(true) };
        let here = match self.waiting(&of)? {
            Some(waiting) => Some(waiting),
            None => self.released(&of)?,
        };
        let area = here.map(|opinion| opinion.area).or(self.place(&of)?.filter(|place| place.gone).map(|place| place.area));
        Ok(area.is_none_or(|area| area == opinion.area))
    }

    /// Takes an opinion that was not here before.
    fn take(&mut self, mut opinion: AnonymousOpinion) -> Result<()> {
        let mut at_once = opinion.urgency == Urgency::Urgent;
        if let Some(of) = opinion.amends.as_ref().map(Amends::of) {
            opinion.amends = Some(Amends::Of(of));
            let released = self.released(&of)?;
            at_once &= released.as_ref().is_some_and(|earlier| earlier.urgency == Urgency::Urgent);
            if let Some(earlier) = self.waiting(&of)? {
                self.succeed(&mut opinion, &earlier)?;
                self.remove(&of)?;
            } else if released.is_none() && self.place(&of)?.is_none() {
                self.put_place(&of, &opinion, false)?;
            }
        }
        let awaited = self.place(&opinion.id)?.filter(|place| !place.gone && place.area == opinion.area);
        let later = match awaited {
            Some(place) => self.waiting(&place.by)?,
            None => None,
        };
        match later {
            // What is urgent does not wait for its amendment to find a crowd.
            Some(mut later) if !at_once || later.urgency == Urgency::Urgent => {
                self.succeed(&mut later, &opinion)?;
                if at_once { self.remove(&later.id).and_then(|()| self.release(later)) } else { self.put(&later) }
            }
            _ if at_once => self.release(opinion),
            _ => self.put(&opinion),
        }
    }

    /// Puts an amendment in the place of what it amends, which nobody has seen.
    fn succeed(&mut self, amendment: &mut AnonymousOpinion, earlier: &AnonymousOpinion) -> Result<()> {
        self.put_place(&earlier.id, amendment, true)?;
        amendment.week = earlier.week;
        amendment.campaign = earlier.campaign;
        amendment.amends.clone_from(&earlier.amends);
        if earlier.urgency == Urgency::Normal {
            amendment.urgency = Urgency::Normal;
        }
        // The place that was kept for what the earlier one amends is now this one's.
        if let Some(first) = earlier.amends.as_ref().map(Amends::of)
            && self.place(&first)?.is_some_and(|place| place.by == earlier.id && !place.gone)
        {
            self.put_place(&first, amendment, false)?;
        }
        Ok(())
    }
}

/// Counts a visit that was stored, corrected or taken back to its group's open window, if its household is one of the
/// village.
pub fn count_visit(t: &mut dyn Tables, event: RecordId) -> Result<()> {
    let root = t.root(event)?.unwrap_or(event);
    let counted = t.counted(root)?;
    if counted.is_some_and(|(_, closed)| closed) {
        return Ok(());
    }
    let Some(visit) = t.visit(root)? else {
        // It was redacted.
        return if counted.is_some() { t.delete_counted(root) } else { Ok(()) };
    };
    let spoke = visit.contact.spoke() && visit.counts();
    match visit.campaign {
        Some(campaign)
            if spoke
                && let Some(home) = t.household(visit.household)?
                && home.village == visit.village =>
        {
            // One that was made twice is one household more, not two.
            let one = if home.same_as.is_some() { twin::twins(t)?.one(visit.household) } else { visit.household };
            let own = Group { village: visit.village, campaign, week: Some(visit.at.date().week()) };
            t.put_counted(root, counted.map_or(own, |(group, _)| group), one)
        }
        _ if counted.is_some() => t.delete_counted(root),
        _ => Ok(()),
    }
}

/// See [`super::Store::tick`].
pub fn tick(t: &mut dyn Tables, keys: &Keys, now: Time, seed: Seed) -> Result<()> {
    t.forget_order();
    let mut random = Random::new(seed);
    let this_week = now.date().week();
    let mut pool = Pool { t, keys };
    let mut waiting: BTreeMap<Group, Vec<AnonymousOpinion>> = BTreeMap::new();
    for opinion in pool.all()? {
        waiting.entry(group(&opinion)).or_default().push(opinion);
    }
    close_full(&mut pool, &mut waiting, &mut random, true)?;
    let open = pool.t.windows()?.into_iter().map(|(group, _)| group);
    let groups: BTreeSet<Group> = open.chain(waiting.keys().copied()).collect();
    for group in groups.into_iter().filter(|group| group.week.is_some_and(|week| week < this_week)) {
        pool.t.widen(group)?;
        for opinion in waiting.remove(&group).unwrap_or_default() {
            let opinion = AnonymousOpinion { week: None, ..opinion };
            pool.put(&opinion)?;
            waiting.entry(Group { week: None, ..group }).or_default().push(opinion);
        }
    }
    close_full(&mut pool, &mut waiting, &mut random, false)
}

/// Closes every window of enough households, of weeks or of whole campaigns, and releases what waits for it.
fn close_full(pool: &mut Pool<'_>, waiting: &mut BTreeMap<Group, Vec<AnonymousOpinion>>, random: &mut Random, weekly: bool) -> Result<()> {
    for (group, households) in pool.t.windows()? {
        if group.week.is_some() != weekly || households < WINDOW {
            continue;
        }
        pool.t.close_window(group)?;
        let mut released = waiting.remove(&group).unwrap_or_default();
        random.shuffle(&mut released);
        for opinion in released {
            pool.remove(&opinion.id)?;
            // Whatever waited was not urgent, and neither is its amendment.
            pool.release(AnonymousOpinion { urgency: Urgency::Normal, ..opinion })?;
        }
    }
    Ok(())
}
