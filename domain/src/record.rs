//! The merged record: what a stream holds, a server sends and a phone keeps.

use crate::cbor;
use crate::id::{DeviceId, PersonId, RecordId};
use crate::operation::{Dot, Header, Kind, Operation, Part};
use crate::opinion::AnonymousOpinion;
use crate::register::Register;
use crate::short::{Map, Set};
use crate::text;
use crate::time::Time;
use crate::visit::Visit;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

/// One record with everything merged that its holder has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    #[serde(rename = "r")]
    pub id: RecordId,
    /// What sort.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// Its state.
    #[serde(rename = "b")]
    pub body: Body,
}

/// The state of a record, by class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// One event, as it was written.
    #[serde(rename = "e")]
    Event(Event),
    /// The registers of a registry record.
    #[serde(rename = "g")]
    Registry(Registry),
    /// The current state of a workflow record.
    #[serde(rename = "w")]
    Workflow(Workflow),
    /// An anonymous opinion after its release.
    #[serde(rename = "a")]
    Anonymous(AnonymousOpinion),
}

/// An event: an operation, who wrote it and when the server received it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The operation's identity.
    #[serde(rename = "d")]
    pub dot: Dot,
    /// Whose device it was.
    #[serde(rename = "y")]
    pub by: PersonId,
    /// The server's receipt time.
    #[serde(rename = "z")]
    pub received_at: Time,
    /// The operation's header.
    #[serde(rename = "h")]
    pub header: Header,
    /// The operation's body parts, as far as they are not erased.
    #[serde(rename = "p")]
    pub parts: Map<Part, ByteBuf>,
}

/// How far a phone's clock may run ahead of the server's and still be believed, in milliseconds.
const AHEAD: i64 = 600_000;

impl Event {
    /// When it was written, as far as anybody can know: nothing is written after it was received, whatever the clock of
    /// a phone says. Visits and versions stand in this order, on phones and in the office alike.
    pub fn written_at(&self) -> Time {
        written_at(self.header.at, self.received_at)
    }

    /// Whether this amendment of a visit only [completes] the version that it amends: with another result of the
    /// contact it is a correction, however soon.
    pub fn completes(&self, amended: &Self) -> bool {
        let contact = |event: &Self| event.read::<Visit>(Part::Facts).map(|visit| visit.contact);
        completes((amended.dot.device, amended.header.at), (self.dot.device, self.header.at)) && contact(amended) == contact(self)
    }

    /// Reads a body part; `None` where it is absent, erased or of a future schema.
    pub fn read<T: DeserializeOwned>(&self, part: Part) -> Option<T> {
        cbor::decode(self.parts.get(&part)?).ok()
    }

    /// Its words as they are shown, of a note or an opinion: composed, whatever was stored.
    pub fn words(&self) -> Option<String> {
        self.read(Part::Text).map(text::compose)
    }
}

/// How long a device may go on completing what it wrote, in milliseconds.
const COMPLETED_WITHIN: i64 = 600_000;

/// Whether an amendment only completes the version that it amends: the same device wrote it soon after, as a phone does
/// that saves "vắng nhà" at the tap and learns the day to come again from the next one. Any other one is a correction.
/// Both are told by who wrote them and when, by the clock of that device.
pub fn completes(amended: (DeviceId, Time), amendment: (DeviceId, Time)) -> bool {
    let after = amendment.1.0.saturating_sub(amended.1.0);
    amended.0 == amendment.0 && (0..=COMPLETED_WITHIN).contains(&after)
}

fn written_at(clock: Time, received_at: Time) -> Time {
    if clock.0 > received_at.0.saturating_add(AHEAD) { received_at } else { clock }
}

/// A registry record, and the short code that the server gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    /// "DC-0187": given when the server first stores a household, never reused. Empty for units and teams.
    #[serde(rename = "n", default)]
    pub code: String,
    /// The registers.
    #[serde(rename = "s")]
    pub state: Register,
    /// The parts that were deleted for ever: their fields are empty, and nothing that is written there is kept.
    #[serde(rename = "x", default, skip_serializing_if = "Set::is_empty")]
    pub erased: Set<Part>,
}

/// A workflow record: a revision that counts up, and the state in CBOR.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// 1 after the first command.
    #[serde(rename = "v")]
    pub revision: u64,
    /// A [`crate::campaign::Campaign`], [`crate::campaign::Assignment`], [`crate::person::Person`] or [`crate::meeting::Meeting`].
    #[serde(rename = "s")]
    pub state: ByteBuf,
}

impl Workflow {
    /// Reads the state.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        cbor::decode(&self.state).ok()
    }
}

/// The content-free fingerprint of a stream: the sum over its records of a hash of id and dots.
/// Both sides can compute it, and it changes with every change, whatever the order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest(pub u128);

impl Digest {
    /// The digest with one record's former state taken out and its present one put in.
    #[must_use]
    pub fn replace(self, before: Option<&Record>, after: Option<&Record>) -> Self {
        let of = |record: Option<&Record>| record.map_or(0, Record::hash);
        Self(self.0.wrapping_sub(of(before)).wrapping_add(of(after)))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.to_be_bytes())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = ByteBuf::deserialize(deserializer)?;
        let bytes = <[u8; 16]>::try_from(bytes.as_slice()).map_err(|_| serde::de::Error::custom("a digest has 16 bytes"))?;
        Ok(Self(u128::from_be_bytes(bytes)))
    }
}

impl Record {
    fn hash(&self) -> u128 {
        let mut hasher = Sha256::new();
        hasher.update(self.id.bytes());
        let mut dot = |dot: &Dot| {
            hasher.update(dot.device.bytes());
            hasher.update(dot.seq.to_be_bytes());
        };
        match &self.body {
            Body::Event(event) => dot(&event.dot),
            Body::Registry(registry) => registry.state.dots().iter().for_each(dot),
            Body::Workflow(workflow) => hasher.update(workflow.revision.to_be_bytes()),
            Body::Anonymous(opinion) => hasher.update(opinion.id.bytes()),
        }
        let hash: [u8; 32] = hasher.finalize().into();
        let mut first = [0; 16];
        first.copy_from_slice(&hash[..16]);
        u128::from_be_bytes(first)
    }

    /// The record of a released anonymous opinion; its id is the beginning of the hash.
    pub fn released(opinion: AnonymousOpinion) -> Self {
        Self { id: opinion.record(), kind: Kind::AnonymousOpinion, body: Body::Anonymous(opinion) }
    }

    /// The event that an operation of `dot.device` makes.
    pub fn event(operation: Operation, dot: Dot, by: PersonId, received_at: Time) -> Self {
        let Operation { header, parts } = operation;
        Self { id: header.record, kind: header.kind.clone(), body: Body::Event(Event { dot, by, received_at, header, parts }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_soon_on_the_same_device_completes() {
        let (phone, other) = (DeviceId::new(1, [1; 10]), DeviceId::new(1, [2; 10]));
        let minute = 60_000;
        for (device, after, completed) in
            [(phone, 0, true), (phone, 10 * minute, true), (phone, 10 * minute + 1, false), (phone, -1, false), (other, 0, false)]
        {
            assert_eq!(completes((phone, Time(minute)), (device, Time(minute + after))), completed, "{after}");
        }
    }

    #[test]
    fn nothing_is_written_after_it_was_received() {
        let received = Time(1_800_000_000_000);
        let (year, minute) = (365 * 24 * 3_600_000, 60_000);
        for (off, believed) in [(0, true), (-3 * year, true), (5 * minute, true), (5 * year, false), (11 * minute, false)] {
            let clock = Time(received.0 + off);
            assert_eq!(written_at(clock, received), if believed { clock } else { received }, "{off}");
        }
        assert_eq!(written_at(Time(i64::MAX), received), received);
        assert_eq!(written_at(Time(i64::MAX), Time(i64::MAX)), Time(i64::MAX));
    }
}
