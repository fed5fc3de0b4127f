//! What waits for a person: the list of it, and how it is judged again.
//!
//! It is judged as of its first receipt and under that receipt, so that it ends as if nothing had stood in its way. What
//! waited for one of those that came in (a correction for its first version, a visit for its household, a command for the
//! one before) is judged after them, until nothing more comes in. So the order does not matter.
//!
//! What was never judged may bring the server down. It is marked as [`Reason::Suspect`] before, in a transaction of its
//! own, and nothing judges such by itself: a server does not fall over the same bytes twice.

use super::engine::Engine;
use super::push::Batch;
use super::random::Random;
use super::tables::{QuarantineView, Quarantined, Result, Tables};
use super::units::Tree;
use super::{DeviceKind, QUARANTINED_ROWS, Seed, StoreError, Within, book, grants};
use domain::id::{DeviceId, PersonId};
use domain::office::QuarantineRow;
use domain::operation::{Header, Kind};
use domain::person::Person;
use domain::quarantine::{Content, PutAside, Said, TAKE_IN_MAX, TakeIn, TakenIn, Waiting};
use domain::receive;
use domain::time::Time;
use domain::wire::{Frame, Reason};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// See [`super::Store::quarantine`].
pub fn listed(t: &mut dyn Tables, within: Within) -> Result<Vec<QuarantineRow>> {
    let mut found = Vec::new();
    for (phone, name) in phones(t, within)? {
        found.extend(t.quarantine(phone, QUARANTINED_ROWS)?.into_iter().map(|waiting| (waiting, name.clone())));
    }
    found.sort_by_key(|(waiting, _)| (waiting.aside, Reverse(waiting.at), waiting.device, waiting.seq));
    found.truncate(QUARANTINED_ROWS);
    let row = |(waiting, name): (QuarantineView, String)| QuarantineRow {
        count: 1,
        from: Some(name),
        received_at: Some(waiting.at),
        reason: waiting.reason,
        bytes: waiting.size,
        waiting: Some(Waiting { device: waiting.device, seq: waiting.seq }),
        kind: waiting.kind,
        aside: waiting.aside,
    };
    let mut rows: Vec<QuarantineRow> = found.into_iter().map(row).collect();
    // They are of no place that could be compared with a reach, so whoever looks after any part of the server sees how
    // many there are and why, and nothing else. Who sent one is not kept, so nobody can judge it again.
    let mut anonymous: BTreeMap<Reason, QuarantineRow> = BTreeMap::new();
    for (reason, bytes) in t.quarantine_anonymous()? {
        let kind = Some(Kind::AnonymousOpinion.code().to_owned());
        let empty = QuarantineRow { count: 0, from: None, received_at: None, reason, kind, bytes: 0, waiting: None, aside: false };
        let row = anonymous.entry(reason).or_insert(empty);
        row.count += 1;
        row.bytes += bytes;
    }
    rows.extend(anonymous.into_values());
    Ok(rows)
}

/// The phones within reach, each with its holder's name.
fn phones(t: &mut dyn Tables, within: Within) -> Result<Vec<(DeviceId, String)>> {
    let tree = Tree::load(t)?;
    let people: BTreeMap<PersonId, Person> =
        t.working(&Kind::Person)?.iter().filter_map(grants::state::<Person>).map(|person| (person.id, person)).collect();
    let mut phones = t.devices(DeviceKind::Phone)?;
    phones.retain(|phone| people.get(&phone.person).map_or(within.is_none(), |person| tree.covers(within, person.unit)));
    let name = |person| people.get(&person).map(|person| person.name.clone()).unwrap_or_default();
    Ok(phones.into_iter().map(|phone| (phone.id, name(phone.person))).collect())
}

/// See [`super::Store::waiting`].
pub fn read(t: &mut dyn Tables, within: Within, waiting: Waiting) -> Result<Vec<Content>> {
    let tree = Tree::load(t)?;
    let mut contents = Vec::new();
    for kept in under(t, within, waiting)? {
        let Ok(operation) = receive::open(&Frame { seq: kept.seq, bytes: kept.raw }) else {
            contents.push(Content { at: None, village: String::new(), household: String::new(), said: Said::Unreadable });
            continue;
        };
        let Header { area, at, record, ref kind, .. } = operation.header;
        let (mut village, mut household, mut said) = (tree.name(area), String::new(), Said::of(&operation));
        if !tree.covers(within, area) {
            (village, said) = (String::new(), Said::Elsewhere);
        } else if let Some(id) = receive::about(&operation).map_or((*kind == Kind::Household).then_some(record), |(_, id)| Some(id)) {
            let known = t.record(id)?.filter(|stored| tree.covers(within, stored.scope.area));
            household = known.and_then(|stored| book::household(&stored).map(|found| found.code.clone())).unwrap_or_default();
        }
        contents.push(Content { at: Some(at), village, household, said });
    }
    Ok(contents)
}

/// See [`super::Store::put_aside`].
pub fn put_aside(t: &mut dyn Tables, within: Within, PutAside { waiting, aside }: PutAside) -> Result<()> {
    for kept in under(t, within, waiting)? {
        t.put_quarantined(&Quarantined { aside, ..kept })?;
    }
    Ok(())
}

/// What came under one number of a phone within reach; never nothing.
fn under(t: &mut dyn Tables, within: Within, Waiting { device, seq }: Waiting) -> Result<Vec<Quarantined>> {
    let mut found = Vec::new();
    if phones(t, within)?.iter().any(|(phone, _)| *phone == device) {
        let views = t.quarantine(device, usize::MAX)?;
        for view in views.iter().filter(|view| view.seq == seq) {
            found.extend(t.quarantined_bytes(device, seq, &view.mac)?);
        }
    }
    if found.is_empty() { Err(StoreError::NotFound) } else { Ok(found) }
}

/// Bytes that wait, by their place in the quarantine.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Which.
    pub waiting: Waiting,
    /// Tells them from what else came under this number.
    pub mac: [u8; 16],
    /// Why they wait.
    pub reason: Reason,
    /// When they came.
    pub at: Time,
}

/// Whose word it is that something is judged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The server's own, which knows nothing new of anybody's rights.
    Server,
    /// Somebody's whose place it is to say so: what the writer may write by now holds for what waits, too.
    Person,
}

/// See [`super::Store::take_in`].
pub async fn take_in<E: Engine>(engine: &E, within: Within, what: TakeIn, seed: Seed) -> Result<TakenIn> {
    let asked = engine.read(move |t| asked(t, within, what)).await?;
    if matches!(what, TakeIn::One(_)) && asked.is_empty() {
        return Err(StoreError::NotFound);
    }
    let mut random = Random::new(seed);
    let became = judge(engine, asked, By::Person, &mut random).await?;
    let came = became.iter().any(|(_, reason)| reason.is_none());
    let mut taken = TakenIn::default();
    let mut became: BTreeMap<Waiting, Option<Reason>> = became.into_iter().collect();
    if came {
        follow(engine, within, By::Person, &mut random, |waiting, reason| match became.get_mut(&waiting) {
            Some(of_asked) => *of_asked = reason,
            None => taken.followed += u32::from(reason.is_none()),
        })
        .await?;
    }
    became.into_values().for_each(|reason| taken.became(reason));
    Ok(taken)
}

/// Part of [`super::Store::tick`]: judges what takes nobody's word. An earlier build could not read it; or it waited for
/// something that has come since, from a phone, or by a press that did not come to its end. What somebody has put aside is
/// dealt with, and only a press brings it back.
pub async fn judge_again<E: Engine>(engine: &E, seed: Seed) -> Result<TakenIn> {
    let mut random = Random::new(seed);
    let readable = engine.read(readable).await?;
    let mut taken = TakenIn::default();
    judge(engine, readable, By::Server, &mut random).await?.into_iter().for_each(|(_, reason)| taken.became(reason));
    follow(engine, None, By::Server, &mut random, |_, reason| taken.followed += u32::from(reason.is_none())).await?;
    Ok(taken)
}

fn asked(t: &mut dyn Tables, within: Within, what: TakeIn) -> Result<Vec<Held>> {
    let mut found = within_reach(t, within, By::Person, |held| match what {
        TakeIn::One(waiting) => held.waiting == waiting,
        TakeIn::All(reason) => held.reason == reason,
    })?;
    found.truncate(TAKE_IN_MAX);
    Ok(found)
}

/// What an earlier build could not read and this one can.
fn readable(t: &mut dyn Tables) -> Result<Vec<Held>> {
    let mut readable = Vec::new();
    for held in within_reach(t, None, By::Server, |held| held.reason == Reason::Unreadable)? {
        let Waiting { device, seq } = held.waiting;
        let kept = t.quarantined_bytes(device, seq, &held.mac)?;
        if kept.is_some_and(|kept| receive::open(&Frame { seq, bytes: kept.raw }).is_ok()) {
            readable.push(held);
        }
    }
    Ok(readable)
}

/// What waits and may pass, the longest-waiting first.
fn within_reach(t: &mut dyn Tables, within: Within, by: By, is_meant: impl Fn(&Held) -> bool) -> Result<Vec<Held>> {
    let mut found = Vec::new();
    for (phone, _) in phones(t, within)? {
        let mut all = t.quarantine(phone, usize::MAX)?;
        all.retain(|view| by == By::Person || !view.aside);
        let all = all.into_iter().map(|QuarantineView { device, seq, mac, reason, at, .. }| Held {
            waiting: Waiting { device, seq },
            mac,
            reason,
            at,
        });
        found.extend(all.filter(|held| held.reason.may_pass() && is_meant(held)));
    }
    found.sort_by_key(|held| (held.at, held.waiting));
    Ok(found)
}

/// Judges whatever waited for something, until nothing more comes in.
async fn follow<E: Engine>(
    engine: &E,
    within: Within,
    by: By,
    random: &mut Random,
    mut became: impl FnMut(Waiting, Option<Reason>),
) -> Result<()> {
    let mut came = true;
    while came {
        came = false;
        let followers = engine.read(move |t| within_reach(t, within, by, |held| held.reason.may_follow())).await?;
        for (waiting, reason) in judge(engine, followers, by, random).await? {
            came |= reason.is_none();
            became(waiting, reason);
        }
    }
    Ok(())
}

/// How many are judged in one transaction.
const TOGETHER: usize = 50;

/// Judges what waits, in this order; says of each why it waits on, or that it does not.
pub async fn judge<E: Engine>(engine: &E, held: Vec<Held>, by: By, random: &mut Random) -> Result<Vec<(Waiting, Option<Reason>)>> {
    let mut became = Vec::new();
    for together in held.chunks(TOGETHER) {
        let unjudged: Vec<Held> = together.iter().filter(|held| held.reason == Reason::Unreadable).copied().collect();
        if !unjudged.is_empty() {
            engine.write(move |t| suspect(t, &unjudged)).await?;
        }
        let (all, seed) = (together.to_vec(), random.bytes());
        match engine.write(move |t| judge_together(t, &all, by, seed)).await {
            Ok(done) => became.extend(done),
            // One of them brings the others down.
            Err(_) => {
                for one in together.iter().copied() {
                    let seed = random.bytes();
                    match engine.write(move |t| judge_together(t, &[one], by, seed)).await {
                        Ok(done) => became.extend(done),
                        Err(_) => {
                            engine.write(move |t| suspect(t, &[one])).await?;
                            became.push((one.waiting, Some(Reason::Suspect)));
                        }
                    }
                }
            }
        }
    }
    Ok(became)
}

/// Marks what may bring the server down.
fn suspect(t: &mut dyn Tables, held: &[Held]) -> Result<()> {
    for Held { waiting: Waiting { device, seq }, mac, .. } in held {
        if let Some(mut kept) = t.quarantined_bytes(*device, *seq, mac)? {
            kept.reason = Reason::Suspect;
            t.put_quarantined(&kept)?;
        }
    }
    Ok(())
}

fn judge_together(t: &mut dyn Tables, held: &[Held], by: By, seed: Seed) -> Result<Vec<(Waiting, Option<Reason>)>> {
    let mut random = Random::new(seed);
    // Else the database alone, without the log beside it, would end where an anonymous opinion last had it forget.
    t.forget_order();
    let mut became = Vec::with_capacity(held.len());
    for Held { waiting, mac, .. } in held {
        // Somebody else may have pressed first.
        let Some(kept) = t.quarantined_bytes(waiting.device, waiting.seq, mac)? else { continue };
        let device = t.device(waiting.device)?.ok_or(StoreError::NotFound)?;
        let reason = Batch::again(t, device, kept.at, random.bytes(), by)?.judge_kept(kept)?;
        became.push((*waiting, reason));
    }
    Ok(became)
}
