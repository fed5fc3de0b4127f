//! A simulated phone: the durable part is what IndexedDB would hold, every step of a sync is one transaction.

use crate::chance::Chance;
use domain::cbor;
use domain::id::{DeviceId, Epoch, PersonId, RecordId};
use domain::operation::{Operation, Scope};
use domain::opinion::{AnonymousOpinion, SecretHash};
use domain::person::GrantSet;
use domain::record::{Body, Record};
use domain::register::Register;
use domain::session::{Ack, Answer, Session, Start, Step};
use domain::wire::{Cursor, Frame, Mark, Outcome};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// A phone and everything that it has stored.
pub struct Phone {
    /// Its name in a trace.
    pub name: String,
    /// Its device.
    pub device: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// Everything that was saved, by number. Never rewritten.
    pub outbox: BTreeMap<u64, Vec<u8>>,
    /// What became of it.
    pub acks: BTreeMap<u64, Ack>,
    /// Anonymous opinions with the life of the server that acknowledged them.
    pub anonymous: Vec<(AnonymousOpinion, Option<Epoch>)>,
    /// What was pulled.
    pub records: BTreeMap<RecordId, (Scope, Record)>,
    /// Where pulling stands.
    pub cursors: BTreeMap<Scope, Cursor>,
    /// The mark of the last complete pull.
    pub mark: Option<Mark>,
    /// The life of the server that the phone knows.
    pub epoch: Epoch,
    /// The person's grants as last heard.
    pub grants: GrantSet,
    /// Own operations up to this number are contained in what was pulled.
    pub settled: u64,
}

impl Phone {
    /// Saves an operation and gives its number: what the outbox's key does.
    pub fn save(&mut self, bytes: Vec<u8>) -> u64 {
        let seq = self.outbox.len() as u64 + 1;
        self.outbox.insert(seq, bytes);
        seq
    }

    /// Begins a sync.
    pub fn session(&self) -> Session {
        let acked = (1..).take_while(|seq| self.acks.contains_key(seq)).count() as u64;
        Session::new(Start {
            device: self.device,
            epoch: self.epoch,
            acked,
            mark: self.mark,
            cursors: self.cursors.values().cloned().collect(),
            written: self.outbox.keys().next_back().copied().unwrap_or_default(),
            build: "0.1.0".to_owned(),
        })
    }

    /// Does a step that needs no network; `None` for one that does.
    pub fn store(&mut self, step: &Step, chance: &mut Chance) -> Option<Answer> {
        match step {
            Step::ReadOutbox { limit } => {
                let frames = self
                    .outbox
                    .iter()
                    .filter(|(seq, _)| !self.acks.contains_key(seq))
                    .take(*limit)
                    .map(|(seq, bytes)| Frame { seq: *seq, bytes: ByteBuf::from(bytes.clone()) })
                    .collect();
                Some(Answer::Outbox(frames))
            }
            Step::SaveAcks(acks) => {
                self.acks.extend(acks.iter().map(|ack| (ack.seq, *ack)));
                Some(Answer::Saved)
            }
            Step::Unack { have, epoch } => {
                self.acks.retain(|seq, _| seq <= have);
                self.cursors.clear();
                self.mark = None;
                self.epoch = *epoch;
                self.settled = self.settled.min(*have);
                Some(Answer::Saved)
            }
            Step::ReadAnonymous => {
                let mut waiting: Vec<ByteBuf> = self
                    .anonymous
                    .iter()
                    .filter(|(_, acked)| *acked != Some(self.epoch))
                    .map(|(opinion, _)| ByteBuf::from(cbor::encode(opinion)))
                    .collect();
                chance.shuffle(&mut waiting);
                Some(Answer::Anonymous(waiting))
            }
            Step::SaveAnonymous { stored, epoch } => {
                for (opinion, acked) in &mut self.anonymous {
                    if stored.contains(&opinion.id) {
                        *acked = Some(*epoch);
                    }
                }
                Some(Answer::Saved)
            }
            Step::SavePages { pages, grants, mark, settled, .. } => {
                for page in pages {
                    for bytes in &page.records {
                        if let Ok(record) = cbor::decode::<Record>(bytes) {
                            self.records.insert(record.id, (page.cursor.scope, record));
                        }
                    }
                    self.cursors.insert(page.cursor.scope, page.cursor.clone());
                }
                self.grants = grants.clone();
                self.mark = mark.or(self.mark.filter(|_| pages.is_empty()));
                self.settled = settled.unwrap_or(self.settled);
                Some(Answer::Saved)
            }
            Step::Push(_) | Step::SendAnonymous(_) | Step::Pull(_) | Step::Done(_) => None,
        }
    }

    /// A household's registers as this phone shows them: what was pulled, and its own changes that are not in there yet.
    pub fn register(&self, household: RecordId) -> Register {
        let mut state = match self.records.get(&household).map(|(_, record)| &record.body) {
            Some(Body::Registry(registry)) => registry.state.clone(),
            _ => Register::default(),
        };
        for (seq, bytes) in &self.outbox {
            let contained = *seq <= self.settled;
            let refused = matches!(self.acks.get(seq), Some(Ack { outcome: Outcome::Quarantined(_), .. }));
            let Ok(operation) = cbor::decode::<Operation>(bytes) else { continue };
            if contained || refused || operation.header.record != household {
                continue;
            }
            if let Ok(values) = domain::register::values(&operation.parts) {
                state.apply(self.device, *seq, &operation.header, values);
            }
        }
        state
    }

    /// The hashes of every anonymous opinion that was recorded here.
    pub fn secrets(&self) -> impl Iterator<Item = SecretHash> {
        self.anonymous.iter().map(|(opinion, _)| opinion.id)
    }
}
