//! A data-protection officer has parts of records deleted, while phones write to them, are away, and servers are put back.

use crate::base::answer_of;
use crate::fault::Fault;
use crate::oracle::Oracle;
use crate::phone::Phone;
use crate::world::{Outcome, World};
use domain::cbor;
use domain::id::RecordId;
use domain::operation::{Header, Kind, Operation, Part};
use domain::record::Record;
use domain::redaction::{Redact, RedactionReason, Redactions, erasable};
use domain::register::{self, Values};
use domain::short::Set;
use server::keys::hex;
use server::store::{Upkeep, Value};
use std::collections::BTreeSet;

/// What is deleted in these worlds. A visit without its facts would stand behind no release any more that it stood behind.
const KINDS: [Kind; 7] =
    [Kind::Household, Kind::Opinion, Kind::Note, Kind::Callback, Kind::Meeting, Kind::MeetingOpinion, Kind::AnonymousOpinion];

impl World {
    /// Some parts of some record go.
    pub(crate) fn redact(&mut self) -> Outcome {
        let may_go = |record: &Record| KINDS.contains(&record.kind);
        let all: Vec<(RecordId, Kind)> =
            self.records()?.into_values().filter(|(_, record)| may_go(record)).map(|(_, record)| (record.id, record.kind)).collect();
        let Some((record, kind)) = self.chance.pick(&all).cloned() else { return Ok(()) };
        let mut parts: Set<Part> = erasable(&kind).iter().copied().filter(|_| self.chance.percent(60)).collect();
        // Whether a meeting may go on is looked up in its facts, also by the oracles.
        if kind == Kind::Meeting || parts.is_empty() {
            parts = erasable(&kind).last().copied().into_iter().collect();
        }
        self.note(format!("office redacts {parts:?} of {} {record}", kind.code()));
        self.office(Value::Redact(Redact { record, parts: parts.clone(), why: RedactionReason::Asked }), 0)?;
        self.ledger.redacted.add(record, &parts);
        self.fault(Fault::Redacted);
        self.no_table_has_what_is_redacted()
    }

    /// Everything that is to be gone, later versions included.
    pub(crate) fn redacted(&self) -> Redactions {
        let headers = || self.ledger.entries.iter().filter_map(|entry| entry.operation.as_ref()).map(|operation| &operation.header);
        let all: Vec<&Header> = headers().collect();
        let mut redacted = self.ledger.redacted.clone();
        redacted.spread(all.iter().copied());
        redacted.spread_unnamed(self.ledger.said.values().map(|said| &said.opinion));
        redacted
    }

    /// What is left of bytes that were saved on a phone.
    pub(crate) fn left_of(&self, bytes: &[u8], redacted: &Redactions) -> Vec<u8> {
        match cbor::decode::<Operation>(bytes) {
            Ok(_) => redacted.outbox(bytes).unwrap_or_else(|| bytes.to_vec()),
            Err(_) if redacted.names_one(bytes) => Vec::new(),
            Err(_) => bytes.to_vec(),
        }
    }

    /// The bytes that must not be anywhere, as far as they can be told from others.
    fn forbidden(&self) -> Vec<Vec<u8>> {
        const TELLING: usize = 8;
        let redacted = self.redacted();
        let (mut gone, mut left) = (BTreeSet::new(), BTreeSet::new());
        for operation in self.ledger.entries.iter().filter_map(|entry| entry.operation.as_ref()) {
            let mut erased = operation.clone();
            if let Some(parts) = redacted.parts(operation.header.record) {
                erased.erase(parts);
            }
            let kept: BTreeSet<Vec<u8>> = pieces(&erased).collect();
            gone.extend(pieces(operation).filter(|piece| !kept.contains(piece)));
            left.extend(kept);
        }
        for said in self.ledger.said.values().filter(|said| redacted.parts(said.opinion.record()).is_some()) {
            gone.insert(said.opinion.text.as_bytes().to_vec());
        }
        // Two promises to one household say the same of whom they are to.
        gone.into_iter().filter(|piece| piece.len() >= TELLING && !left.contains(piece)).collect()
    }

    /// Nothing of it is on the server.
    pub(crate) fn no_table_has_what_is_redacted(&self) -> Outcome {
        let forbidden: Vec<String> = self.forbidden().iter().map(|bytes| hex(bytes)).collect();
        if forbidden.is_empty() {
            return Ok(());
        }
        for row in answer_of(self.store().dump())? {
            if let Some(bytes) = forbidden.iter().find(|bytes| row.contains(bytes.as_str())) {
                let table = row.split(' ').next().unwrap_or_default();
                return Oracle::NothingRedactedReappears.says(format!("{bytes} was redacted, and is in the table {table}"));
            }
        }
        Ok(())
    }

    /// Nothing of it is anywhere, once every phone has synced.
    pub(crate) fn nothing_redacted_reappears(&self) -> Outcome {
        self.no_table_has_what_is_redacted()?;
        let forbidden = self.forbidden();
        for phone in &self.phones {
            for (place, bytes) in places(phone) {
                let held = forbidden.iter().find(|gone| bytes.windows(gone.len()).any(|window| window == gone.as_slice()));
                if let Some(gone) = held {
                    let (name, gone) = (&phone.name, hex(gone));
                    return Oracle::NothingRedactedReappears.says(format!("{name} says that it has deleted {gone}, and it is in {place}"));
                }
            }
        }
        Ok(())
    }
}

/// What an operation says that can be told from what others say: a household's values, words, whom to reach.
fn pieces(operation: &Operation) -> impl Iterator<Item = Vec<u8>> {
    let is_household = operation.header.kind == Kind::Household;
    let values = if is_household { register::values(&operation.parts).unwrap_or_default() } else { Values::new() };
    // Codes alone are those of others as well.
    let parts = operation.parts.iter().filter(move |(part, _)| !is_household && *part != Part::Facts);
    let parts: Vec<Vec<u8>> = parts.map(|(_, bytes)| bytes.to_vec()).collect();
    values.into_iter().map(|(_, value)| value.into_vec()).chain(parts)
}

/// Everything that is stored on a phone, and where.
fn places(phone: &Phone) -> impl Iterator<Item = (String, Vec<u8>)> {
    let own = phone.disk.outbox.iter().map(|(seq, bytes)| (format!("its outbox at {seq}"), bytes.clone()));
    let unnamed = phone.disk.anonymous.iter().map(|(opinion, _)| ("its opinions without a name".to_owned(), cbor::encode(opinion)));
    let pages = phone.disk.pages.iter();
    let pulled = pages.flat_map(|(page, stored)| stored.records.iter().map(move |bytes| (format!("page {page}"), bytes.to_vec())));
    own.chain(unnamed).chain(pulled)
}
