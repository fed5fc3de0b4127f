//! What people were told is saved: the plain model that the oracles hold everything else against.

use crate::phone;
use domain::cbor;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::operation::{Dot, Field, Operation};
use domain::opinion::{AnonymousOpinion, SecretHash};
use domain::redaction::Redactions;
use std::collections::BTreeMap;

/// Everything that was ever saved on any phone.
#[derive(Default)]
pub struct Ledger {
    /// Operations, in the order in which they were saved.
    pub entries: Vec<Entry>,
    /// Anonymous opinions.
    pub said: BTreeMap<SecretHash, Said>,
    /// Each anonymous opinion that was amended, and by which.
    pub amended: BTreeMap<SecretHash, SecretHash>,
    /// What the office and its lists wrote into fields of households, in the order in which they did.
    pub written: Vec<Written>,
    /// What was deleted for ever.
    pub redacted: Redactions,
}

/// A value that was not written on a phone.
pub struct Written {
    /// The household.
    pub record: RecordId,
    /// The field.
    pub field: Field,
    /// The device and its number.
    pub dot: Dot,
    /// The values that stood before its writer.
    pub saw: Vec<Dot>,
}

/// One operation that was saved.
pub struct Entry {
    /// Where, for a trace.
    pub phone: String,
    /// The device and its number; another device once the phone turned out to be a copy.
    pub dot: Dot,
    /// Who saved it.
    pub person: PersonId,
    /// The bytes that were saved.
    pub bytes: Vec<u8>,
    /// What they say; `None` for those that nobody can read.
    pub operation: Option<Operation>,
    /// For a correction: the values of each field that its writer had before their eyes, and replaced.
    pub saw: Saw,
    /// What there is to it besides.
    pub nature: Nature,
}

impl Entry {
    /// It is of a kind that older servers keep without reading it.
    pub fn is_new(&self) -> bool {
        self.operation.as_ref().is_some_and(|operation| phone::is_new(&operation.header.kind))
    }
}

/// What there is to an operation besides what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Nothing.
    Plain,
    /// No server of this build can apply it.
    Poisoned,
    /// Servers die of it as they look into it, until their next build.
    Deadly,
    /// Its writer has no right to write there, or not yet.
    Early,
}

/// The values that somebody saw, by field.
pub type Saw = BTreeMap<Field, Vec<Seen>>;

/// A value that somebody saw.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    /// What this very phone had saved: an entry of the ledger, under whatever number it is stored in the end.
    Own(usize),
    /// Somebody else's, as it was pulled.
    Other(Dot),
}

/// One anonymous opinion that was saved.
pub struct Said {
    /// As it was saved.
    pub opinion: AnonymousOpinion,
    /// The secret that its phone keeps.
    pub secret: Vec<u8>,
    /// Who must never be found beside it.
    pub device: DeviceId,
    /// Nor this person.
    pub person: PersonId,
}

impl Ledger {
    /// Notes an operation and says where.
    pub fn note(&mut self, phone: String, dot: Dot, person: PersonId, bytes: Vec<u8>, saw: Saw) -> usize {
        let operation = cbor::decode(&bytes).ok();
        self.entries.push(Entry { phone, dot, person, bytes, operation, saw, nature: Nature::Plain });
        self.entries.len() - 1
    }

    /// These operations stand under another device from now on.
    pub fn renumber(&mut self, entries: impl Iterator<Item = usize>, device: DeviceId) {
        for at in entries {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.dot.device = device;
            }
        }
    }

    /// Under which number a value that somebody saw is stored in the end.
    pub fn dot(&self, seen: Seen) -> Option<Dot> {
        match seen {
            Seen::Other(dot) => Some(dot),
            Seen::Own(at) => Some(self.entries.get(at)?.dot),
        }
    }
}
