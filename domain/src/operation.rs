//! The operation: one change by one writer. A content-free header that lives for ever, and body parts that can be erased.

use crate::cbor;
use crate::code_list;
use crate::id::{AreaId, DeviceId, RecordId};
use crate::short::Map;
use crate::time::{Date, Time};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// One change, as the writer saved it. Its bytes are never rewritten: the outbox, the wire and the log hold the same ones.
///
/// The writer's device stands once in the batch envelope ([`crate::wire::PushBatch`]); inside an operation the writer is "self".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// What changed, without any content.
    #[serde(rename = "h")]
    pub header: Header,
    /// The erasable body, a CBOR value for each part.
    #[serde(rename = "p", default)]
    pub parts: Map<Part, ByteBuf>,
}

/// The schema of the operations that this build writes. Every released number stays readable for ever.
pub const SCHEMA: u16 = 1;

/// The content-free header of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Schema of the body parts.
    #[serde(rename = "v")]
    pub schema: u16,
    /// What sort of record.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// The record that is written.
    #[serde(rename = "r")]
    pub record: RecordId,
    /// The permanent bucket of the record.
    #[serde(rename = "a")]
    pub area: AreaId,
    /// The audience of the record.
    #[serde(rename = "s")]
    pub stream: Stream,
    /// How it changes.
    #[serde(rename = "c")]
    pub change: Change,
    /// The version of the writer's grants under which this was written; authority is judged by it.
    #[serde(rename = "g")]
    pub grant: u32,
    /// The writer's wall clock. Shown to people, never trusted to order changes.
    #[serde(rename = "t")]
    pub at: Time,
    /// Why this may be kept, and until when.
    #[serde(rename = "l")]
    pub ground: Ground,
}

/// The legal ground of a record: from the campaign, on every record from the first day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// The campaign it was written for, if any.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<RecordId>,
    /// Law 91/2025/QH15: consent (article 9) or the work of a state agency (article 19.1.c).
    #[serde(rename = "b")]
    pub basis: LegalBasis,
    /// The day after which it is to be erased.
    #[serde(rename = "u")]
    pub until: Date,
}

code_list! {
    /// Why personal data may be handled (Law 91/2025/QH15).
    LegalBasis {
        StateWork = "STATE_WORK", "Phục vụ hoạt động của cơ quan nhà nước (Điều 19.1.c Luật 91/2025/QH15)", "The work of a state agency (article 19.1.c, Law 91/2025/QH15)";
        Consent = "CONSENT", "Có sự đồng ý (Điều 9 Luật 91/2025/QH15)", "Consent (article 9, Law 91/2025/QH15)";
    }
}

/// How an operation changes its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The record begins. For a registry record this operation's dot is every field's first.
    Create,
    /// A new event that corrects an earlier one, which stays as it was.
    Amend {
        /// The event that is corrected.
        of: RecordId,
    },
    /// An event that takes an earlier one back.
    Retract {
        /// The event that is taken back.
        of: RecordId,
    },
    /// New values for registry fields; the values are in the body, the dots that each replaces are here.
    Set {
        /// For each field, the dots of the values that the writer saw and replaces.
        fields: Map<Field, Vec<DotRef>>,
    },
    /// A request to move a workflow on; the server orders these and may refuse.
    Command {
        /// The revision that the writer saw; 0 where the record does not exist yet.
        expect: u64,
    },
    /// Deletes body parts of a record everywhere and for ever: see [`crate::redaction`]. An office writes it; from a phone it
    /// waits as [`crate::wire::Reason::Reserved`].
    Redact {
        /// The record whose parts go.
        record: RecordId,
        /// The parts that go.
        parts: Vec<Part>,
    },
}

/// The name of a registry field, or `field/element` for one element of a set.
pub type Field = String;

/// An erasable group of an operation's content. A kind declares which it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Codes, numbers, dates, references.
    #[serde(rename = "facts")]
    Facts,
    /// What people said, and notes.
    #[serde(rename = "text")]
    Text,
    /// Who to reach, and how.
    #[serde(rename = "contact")]
    Contact,
}

/// What sort of record. Kinds that this build does not know pass through it unharmed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Kind {
    /// A household of the roll.
    Household,
    /// An administrative unit.
    Unit,
    /// A team.
    Team,
    /// A campaign.
    Campaign,
    /// A village given to a team in a campaign.
    Assignment,
    /// Somebody who works with the product.
    Person,
    /// An organisation that sends members to teams.
    Organization,
    /// What a commune says about a code of its lists.
    CodeEntry,
    /// A merger or a split of villages that waits for its day.
    Rearrangement,
    /// An incident with personal data.
    Incident,
    /// One visit to a household.
    Visit,
    /// Something that residents said, with their household's name.
    Opinion,
    /// Something that residents said, without names.
    AnonymousOpinion,
    /// A short note about a visit.
    Note,
    /// Who must be called back, apart from what was said.
    Callback,
    /// A village meeting: its header.
    Meeting,
    /// Something that was said at a meeting, where nobody who speaks is named.
    MeetingOpinion,
    /// Somebody else looked at visits.
    Verification,
    /// A day of a village is closed.
    DayClosing,
    /// Of a later build.
    Other(String),
}

const KINDS: [(&str, Kind); 19] = [
    ("household", Kind::Household),
    ("unit", Kind::Unit),
    ("team", Kind::Team),
    ("campaign", Kind::Campaign),
    ("assignment", Kind::Assignment),
    ("person", Kind::Person),
    ("organization", Kind::Organization),
    ("code_entry", Kind::CodeEntry),
    ("rearrangement", Kind::Rearrangement),
    ("incident", Kind::Incident),
    ("visit", Kind::Visit),
    ("opinion", Kind::Opinion),
    ("anonymous_opinion", Kind::AnonymousOpinion),
    ("note", Kind::Note),
    ("callback", Kind::Callback),
    ("meeting", Kind::Meeting),
    ("meeting_opinion", Kind::MeetingOpinion),
    ("verification", Kind::Verification),
    ("day_closing", Kind::DayClosing),
];

/// How a record of some kind changes. There is no fourth class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Never changed; corrected by a later event.
    Event,
    /// A multi-value register per field.
    Registry,
    /// Commands that the server orders.
    Workflow,
}

impl Kind {
    /// Its stable code.
    pub fn code(&self) -> &str {
        if let Self::Other(code) = self {
            return code;
        }
        KINDS.iter().find(|(_, kind)| kind == self).map_or("", |(code, _)| code)
    }

    /// Its class and its stream; `None` for a kind of a later build.
    pub fn shape(&self) -> Option<(Class, Stream)> {
        Some(match self {
            Self::Household | Self::Unit | Self::Team | Self::Organization | Self::CodeEntry => (Class::Registry, Stream::Roll),
            Self::Campaign | Self::Assignment | Self::Person | Self::Rearrangement => (Class::Workflow, Stream::Roll),
            Self::Visit | Self::Verification | Self::DayClosing => (Class::Event, Stream::Visit),
            Self::Opinion | Self::AnonymousOpinion | Self::Note | Self::MeetingOpinion => (Class::Event, Stream::Voice),
            Self::Meeting => (Class::Workflow, Stream::Voice),
            Self::Incident => (Class::Workflow, Stream::Restricted),
            Self::Callback => (Class::Event, Stream::Callback),
            Self::Other(_) => return None,
        })
    }
}

impl From<String> for Kind {
    fn from(code: String) -> Self {
        KINDS.iter().find(|(known, _)| *known == code).map_or(Self::Other(code), |(_, kind)| kind.clone())
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.code().to_owned()
    }
}

/// The part of an area with one audience: with the area the unit of permission, replication, cursor and eviction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Households, units, codes, organisations, teams, assignments.
    Roll,
    /// Visits, without free text.
    Visit,
    /// Opinions, notes, meetings.
    Voice,
    /// Who must be called back.
    Callback,
    /// Petitions, hotspots, named lists, incidents.
    Restricted,
}

impl Stream {
    /// Every stream.
    pub const ALL: [Self; 5] = [Self::Roll, Self::Visit, Self::Voice, Self::Callback, Self::Restricted];

    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Roll => "roll",
            Self::Visit => "visit",
            Self::Voice => "voice",
            Self::Callback => "callback",
            Self::Restricted => "restricted",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.code() == code)
    }
}

/// An area and one of its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The permanent bucket.
    #[serde(rename = "a")]
    pub area: AreaId,
    /// Its audience.
    #[serde(rename = "s")]
    pub stream: Stream,
}

/// The identity of one operation: its device and that device's sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dot {
    /// Who wrote.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// The writer's own count, from 1, without gaps.
    #[serde(rename = "n")]
    pub seq: u64,
}

/// A dot as an operation names it: without a device it is the writer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DotRef {
    /// Another writer; `None` is "self".
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Its sequence number.
    #[serde(rename = "n")]
    pub seq: u64,
}

impl DotRef {
    /// The full dot, given who "self" is.
    pub fn of(self, this: DeviceId) -> Dot {
        Dot { device: self.device.unwrap_or(this), seq: self.seq }
    }
}

impl Dot {
    /// How the writer `this` names the dot.
    pub fn seen_by(self, this: DeviceId) -> DotRef {
        DotRef { device: (self.device != this).then_some(self.device), seq: self.seq }
    }
}

impl Operation {
    /// An operation without body parts.
    pub const fn new(header: Header) -> Self {
        Self { header, parts: Map::new() }
    }

    /// Adds a body part.
    #[must_use]
    pub fn with<T: Serialize>(mut self, part: Part, content: &T) -> Self {
        self.parts.insert(part, ByteBuf::from(cbor::encode(content)));
        self
    }

    /// Reads a body part; `None` where it is absent, erased or of a future schema.
    pub fn read<T: serde::de::DeserializeOwned>(&self, part: Part) -> Option<T> {
        cbor::decode(self.parts.get(&part)?).ok()
    }

    /// Where the record lives.
    pub const fn scope(&self) -> Scope {
        Scope { area: self.header.area, stream: self.header.stream }
    }
}
