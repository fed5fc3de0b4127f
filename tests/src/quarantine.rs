//! What waits on the servers of a simulated world, who has it taken in, and what servers die of as they look into it.

use crate::base::{answer_of, wait_for};
use crate::fault::Fault;
use crate::world::{Outcome, World};
use domain::cbor;
use domain::id::DeviceId;
use domain::quarantine::{TakeIn, Waiting};
use domain::sequence::Sequence;
use domain::wire::{Frame, PushBatch, Reason};
use serde::Deserialize;
use serde_bytes::ByteBuf;
use server::keys::{bytes, hex};
use server::store::{Store, StoreError, Upkeep};

/// A row of the quarantine in a dump.
#[derive(Deserialize)]
pub(crate) struct Row {
    /// Under whose name it waits.
    pub(crate) device: DeviceId,
    /// Under which number.
    pub(crate) seq: u64,
    /// Why.
    pub(crate) reason: Reason,
    /// The bytes.
    pub(crate) raw: ByteBuf,
}

impl Row {
    /// Everything that waits.
    pub(crate) fn all(dump: &[String]) -> Outcome<Vec<Self>> {
        let rows = dump.iter().filter_map(|row| row.strip_prefix("quarantine "));
        rows.map(|row| Self::read(row).ok_or_else(|| "a row of the quarantine cannot be read".into())).collect()
    }

    /// Of a database in memory all in CBOR, of one on a disk its columns.
    fn read(row: &str) -> Option<Self> {
        match row.split(' ').collect::<Vec<_>>().as_slice() {
            [all] => cbor::decode(&bytes(all)?).ok(),
            [device, seq, _mac, reason, .., raw, _aside] => Some(Self {
                device: DeviceId::from_bytes(&bytes(device)?)?,
                seq: seq.parse().ok()?,
                reason: Reason::from((*reason).to_owned()),
                raw: ByteBuf::from(bytes(raw)?),
            }),
            _ => None,
        }
    }
}

/// What the row of an operation in the log begins with, in memory and on a disk.
pub(crate) fn keys_of(device: DeviceId, seq: u64) -> [String; 2] {
    [format!("operation 82{}", hex(&cbor::encode(&(device, seq)))), format!("operation {} {seq} ", hex(device.bytes()))]
}

impl World {
    /// Somebody in the office presses “Nhận lại”, for one operation or for whatever waits for the same reason, perhaps once
    /// more, and perhaps the server dies over it.
    pub(crate) fn take_in(&mut self) -> Outcome {
        let rows = Row::all(&answer_of(self.store().dump())?)?;
        // What no build reads they see to be so, and seldom try.
        let hopeful: Vec<&Row> = rows.iter().filter(|row| row.reason != Reason::Unreadable).collect();
        let all: Vec<&Row> = rows.iter().collect();
        let Some(row) = self.chance.pick(if hopeful.is_empty() { &all } else { &hopeful }) else { return Ok(()) };
        let (one, reason) = (Waiting { device: row.device, seq: row.seq }, row.reason);
        let what = if self.chance.percent(50) { TakeIn::One(one) } else { TakeIn::All(reason) };
        let is_meant = |row: &Row| match what {
            TakeIn::One(waiting) => waiting == Waiting { device: row.device, seq: row.seq },
            TakeIn::All(reason) => row.reason == reason,
        };
        let is_deadly = rows.iter().any(|row| is_meant(row) && self.deadly.contains(row.raw.as_slice()));
        let process = self.chance.below(self.base.processes());
        let commits = self.chance.below(3) as u32;
        if is_deadly {
            self.base.of(process).dies_after(0);
        } else if self.chance.percent(25) {
            self.base.of(process).dies_after(commits);
        }
        let presses = 1 + usize::from(self.chance.percent(40));
        for press in 0..presses {
            let seed = self.seed();
            match wait_for(self.base.of(process).take_in(None, what, seed)) {
                Ok(taken) => {
                    self.note(format!("office has {what:?} taken in: {taken:?}"));
                    if taken.applied + taken.followed > 0 {
                        self.fault(Fault::TakenIn);
                    }
                    if press > 0 {
                        self.fault(Fault::TakenInTwice);
                    }
                }
                // The first press has taken it in.
                Err(StoreError::NotFound) if press > 0 => self.fault(Fault::TakenInTwice),
                Err(StoreError::Broken(_)) if self.base.of(process).is_dead() => {
                    self.note(format!("server process {process} dies over {what:?}"));
                    self.fault(Fault::KilledTakingIn);
                    self.kill_server(process)?;
                    if is_deadly {
                        return Ok(());
                    }
                }
                Err(error) => return Err(format!("taking in {what:?}: {error}").into()),
            }
        }
        self.base.of(process).lives_on();
        Ok(())
    }

    /// In the end somebody has everything taken in, in whatever order.
    pub(crate) fn take_everything_in(&mut self) -> Outcome {
        let mut reasons: Vec<Reason> = Vec::new();
        for row in Row::all(&answer_of(self.store().dump())?)? {
            if !reasons.contains(&row.reason) {
                reasons.push(row.reason);
            }
        }
        self.chance.shuffle(&mut reasons);
        for reason in reasons {
            let seed = self.seed();
            let taken = answer_of(self.store().take_in(None, TakeIn::All(reason), seed))?;
            self.note(format!("office has all that is {reason:?} taken in: {taken:?}"));
        }
        Ok(())
    }

    /// Whether a server process dies of a batch of this device: it is the first to look into one of these operations. What a
    /// phone says to be a copy's is not looked into.
    pub(crate) fn dies_of(&self, who: usize, from: DeviceId, batch: &PushBatch) -> Outcome<bool> {
        let deadly: Vec<&Frame> = batch.frames.iter().filter(|frame| self.deadly.contains(frame.bytes.as_slice())).collect();
        if deadly.is_empty() || batch.epoch != Some(answer_of(self.store().life())?.epoch) {
            return Ok(false);
        }
        let sequence = self.phones[who].disk.sequence.clone();
        let at = sequence.continues.iter().position(|earlier| earlier.device == from);
        let sequence = Sequence { device: from, continues: sequence.continues.into_iter().skip(at.map_or(0, |at| at + 1)).collect() };
        let dump = answer_of(self.store().dump())?;
        Ok(deadly.iter().any(|frame| {
            let keys = keys_of(sequence.dot(frame.seq).device, frame.seq);
            let is_held = dump.iter().any(|row| keys.iter().any(|key| row.starts_with(key)));
            let fork = self.keys.fork(from, frame.seq, &frame.bytes);
            !is_held && wait_for(self.store().device(fork)).is_err()
        }))
    }
}
