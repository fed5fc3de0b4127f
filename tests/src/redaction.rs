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
use domain::redaction::{Redact, Redactions, erasable, goes};
use domain::register;
use domain::short::Set;
use server::keys::hex;
use server::store::{Upkeep, Value};

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
        self.office(Value::Redact(Redact { record, parts: parts.clone() }), 0)?;
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
        let mut forbidden: Vec<Vec<u8>> = Vec::new();
        for operation in self.ledger.entries.iter().filter_map(|entry| entry.operation.as_ref()) {
            let Some(parts) = redacted.parts(operation.header.record) else { continue };
            if operation.header.kind == Kind::Household {
                let values = register::values(&operation.parts).unwrap_or_default();
                forbidden.extend(values.into_iter().filter(|(field, _)| goes(field, parts)).map(|(_, value)| value.into_vec()));
            } else {
                let gone = operation.parts.iter().filter(|(part, _)| parts.contains(part));
                // Codes alone are those of others as well.
                let telling = gone.filter(|(part, _)| *part != Part::Facts);
                forbidden.extend(telling.map(|(_, bytes)| bytes.to_vec()));
            }
        }
        for said in self.ledger.said.values().filter(|said| redacted.parts(said.opinion.record()).is_some()) {
            forbidden.push(said.opinion.text.as_bytes().to_vec());
        }
        forbidden.retain(|bytes| bytes.len() >= TELLING);
        forbidden
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
            let holds = |bytes: &[u8]| forbidden.iter().any(|gone| bytes.windows(gone.len()).any(|window| window == gone.as_slice()));
            if let Some(place) = places(phone).find(|(_, bytes)| holds(bytes)).map(|(place, _)| place) {
                return Oracle::NothingRedactedReappears.says(format!("{} says that it has deleted what is in {place}", phone.name));
            }
        }
        Ok(())
    }
}

/// Everything that is stored on a phone, and where.
fn places(phone: &Phone) -> impl Iterator<Item = (String, Vec<u8>)> {
    let own = phone.disk.outbox.iter().map(|(seq, bytes)| (format!("its outbox at {seq}"), bytes.clone()));
    let unnamed = phone.disk.anonymous.iter().map(|(opinion, _)| ("its opinions without a name".to_owned(), cbor::encode(opinion)));
    let pages = phone.disk.pages.iter();
    let pulled = pages.flat_map(|(page, stored)| stored.records.iter().map(move |bytes| (format!("page {page}"), bytes.to_vec())));
    own.chain(unnamed).chain(pulled)
}
