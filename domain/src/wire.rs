//! What phone and server say to each other, in CBOR. Paths: `/api/v1/enrol`, `/api/v1/push`, `/api/v1/anonymous`, `/api/v1/pull`;
//! `/api/v1/deposit` and `/api/v1/reopen` are in [`crate::recovery`].

use crate::book::WrittenOn;
use crate::device::Report;
use crate::id::{AreaId, DeviceId, Epoch, PersonId};
use crate::operation::Scope;
use crate::opinion::SecretHash;
use crate::person::{GrantSet, Role};
use crate::record::Digest;
use crate::redaction::Told;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The version of this protocol. A server answers every version ever released, and in words that it had: streams, roles,
/// outcomes and refusals that came later are not said to an older phone. Reasons and kinds of records are open.
pub const PROTOCOL: u16 = 1;

/// Most operations in one push.
pub const PUSH_MAX: usize = 200;

/// Most records in one pulled page.
pub const PAGE_MAX: usize = 500;

/// Largest request body after decompression, in bytes.
pub const BODY_MAX: usize = 4_000_000;

/// What stands in every reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// This life of the server's database. Another one than last time: it was restored.
    #[serde(rename = "e")]
    pub epoch: Epoch,
    /// Operations of this device up to this number are in a verified backup; 0 until backups exist.
    #[serde(rename = "b")]
    pub durable_seq: u64,
    /// The server holds every operation of this device from 1 to this number.
    #[serde(rename = "h")]
    pub have: u64,
    /// The server's clock.
    #[serde(rename = "t")]
    pub time: Time,
}

/// A batch of operations of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushBatch {
    /// Protocol version.
    #[serde(rename = "v")]
    pub protocol: u16,
    /// The writer of every operation in it; must be the device of the token.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// Operations in ascending order of their numbers.
    #[serde(rename = "o")]
    pub frames: Vec<Frame>,
    /// What the phone says of itself, from the builds that do.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// The life of the database whose acknowledgements the phone remembers, from the builds that say it.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// Batches with these operations came to no end: they are stored unread before anybody judges them, so that one that
    /// brings the server down is acknowledged the next time.
    #[serde(rename = "i", default, skip_serializing_if = "std::ops::Not::not")]
    pub isolate: bool,
    /// This build goes on under another name where the phone turns out to be a copy, so that it may be told of a [`Fork`].
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    pub renumbers: bool,
    /// The last that this phone says: it was told of its end, and has destroyed its key.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub destroyed: bool,
}

impl PushBatch {
    /// Operations of a device that says nothing of itself.
    pub fn of(device: DeviceId, frames: Vec<Frame>) -> Self {
        Self { protocol: PROTOCOL, device, frames, report: None, epoch: None, isolate: false, renumbers: false, destroyed: false }
    }

    /// What a phone says when its key is gone, with the token that it held in memory.
    pub fn last_word(device: DeviceId) -> Self {
        Self { destroyed: true, ..Self::of(device, Vec::new()) }
    }
}

/// One operation as it was saved: the server can keep what it cannot read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The device's own number.
    #[serde(rename = "n")]
    pub seq: u64,
    /// An [`crate::operation::Operation`] in CBOR.
    #[serde(rename = "o")]
    pub bytes: ByteBuf,
}

/// One acknowledgement for each operation, runs of equal ones folded together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// Epoch, backup mark, clock.
    #[serde(rename = "s")]
    pub standing: Standing,
    /// What became of the operations, in order.
    #[serde(rename = "a")]
    pub acks: Vec<AckRun>,
    /// This phone is a copy: nothing was taken behind this number.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<Fork>,
    /// This phone was revoked: see [`crate::device::Farewell`].
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub ends: bool,
}

/// Under which name a copied phone goes on. Asked again, the server says the same one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// Who writes from now on.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// Its token, in the place of the old one.
    #[serde(rename = "k")]
    pub token: String,
    /// The last number at which both halves agree.
    #[serde(rename = "n")]
    pub up_to: u64,
}

/// The same outcome for several operations in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AckRun {
    /// The first operation's number.
    #[serde(rename = "n")]
    pub from: u64,
    /// How many.
    #[serde(rename = "c")]
    pub count: u32,
    /// What became of them.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// When the server first received them; the zero time where it is busy.
    #[serde(rename = "t")]
    pub received_at: Time,
}

/// What became of one operation. Everything but `Busy` means durably stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Merged.
    #[serde(rename = "a")]
    Applied,
    /// It was here already.
    #[serde(rename = "d")]
    Duplicate,
    /// Kept with its raw bytes, waiting for a person.
    #[serde(rename = "q")]
    Quarantined(Reason),
    /// Not stored; try again.
    #[serde(rename = "b")]
    Busy,
}

/// Why an operation waits for a person. A later server may have reasons that this build does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "&'static str")]
pub enum Reason {
    /// Damaged, or of a schema that the server does not know yet.
    Unreadable,
    /// The writer was never allowed to write there.
    NotAllowed,
    /// The right to write there ended more than 30 days ago.
    TooLate,
    /// The device was revoked.
    Revoked,
    /// The content breaks a rule of its kind.
    Invalid,
    /// Another record already has this id.
    Exists,
    /// Another device continues the same numbers: a copied phone.
    Forked,
    /// A phone asks for a redaction, which is an office's.
    Reserved,
    /// The record has moved on since the writer saw it.
    Stale,
    /// Judging it came to no end: it may bring the server down.
    Suspect,
    /// Of a later build.
    Other,
}

const REASONS: [(&str, Reason); 10] = [
    ("unreadable", Reason::Unreadable),
    ("not_allowed", Reason::NotAllowed),
    ("too_late", Reason::TooLate),
    ("revoked", Reason::Revoked),
    ("invalid", Reason::Invalid),
    ("exists", Reason::Exists),
    ("forked", Reason::Forked),
    ("reserved", Reason::Reserved),
    ("stale", Reason::Stale),
    ("suspect", Reason::Suspect),
];

impl From<String> for Reason {
    fn from(code: String) -> Self {
        REASONS.iter().find(|(known, _)| *known == code).map_or(Self::Other, |(_, reason)| *reason)
    }
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        REASONS.iter().find(|(_, known)| *known == reason).map_or("other", |(code, _)| code)
    }
}

/// Anonymous opinions, each under its own hash. Nothing of the sender is stored with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnonymousBatch {
    /// Protocol version.
    #[serde(rename = "v")]
    pub protocol: u16,
    /// Each an [`crate::opinion::AnonymousOpinion`] in CBOR, in random order.
    #[serde(rename = "o")]
    pub opinions: Vec<ByteBuf>,
}

/// What became of anonymous opinions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnonymousReply {
    /// Epoch, backup mark, clock.
    #[serde(rename = "s")]
    pub standing: Standing,
    /// Those that the server holds now.
    #[serde(rename = "i")]
    pub stored: Vec<SecretHash>,
}

/// Asks for what changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Protocol version.
    #[serde(rename = "v")]
    pub protocol: u16,
    /// The state mark of the last complete pull, alone: an idle sync says no more than this.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Otherwise the cursors that the phone holds; a scope without one is read from its beginning.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub cursors: Vec<Cursor>,
    /// What the phone says of itself, from the builds that do.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Own operations that wait for a person as far as the phone knows, the latest [`PUSH_MAX`] of them.
    #[serde(rename = "q", default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<u64>,
    /// Whatever was redacted up to this number is not on the phone any more; absent from builds that delete nothing.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub redacted: Option<u64>,
}

/// One hash over all cursors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ByteBuf", into = "ByteBuf")]
pub struct Mark(pub [u8; 16]);

impl TryFrom<ByteBuf> for Mark {
    type Error = &'static str;
    fn try_from(bytes: ByteBuf) -> Result<Self, Self::Error> {
        <[u8; 16]>::try_from(bytes.as_slice()).map(Self).map_err(|_| "a mark has 16 bytes")
    }
}

impl From<Mark> for ByteBuf {
    fn from(mark: Mark) -> Self {
        Self::from(mark.0.to_vec())
    }
}

/// A place in one stream: `(epoch, area, stream, seq)`, signed by the server and opaque to the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which stream of which area.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// Only the server reads this.
    #[serde(rename = "x")]
    pub signed: ByteBuf,
}

/// The answer to a pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullReply {
    /// Epoch, backup mark, clock.
    #[serde(rename = "s")]
    pub standing: Standing,
    /// What it holds.
    #[serde(rename = "p")]
    pub pulled: Pulled,
    /// Those of [`PullRequest::refused`] that were applied meanwhile; what the reply holds contains them.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<AckRun>,
    /// What is to be deleted from whatever the phone held before this reply; the reply itself is free of it.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub redactions: Option<Told>,
}

/// What a pull found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pulled {
    /// Nothing changed since the mark.
    #[serde(rename = "same")]
    Same,
    /// Something changed; ask again with cursors.
    #[serde(rename = "differs")]
    Differs,
    /// Pages of changed records.
    #[serde(rename = "pages")]
    Pages(Pages),
}

/// Changed records of some streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// Everything that this person may read and write now.
    #[serde(rename = "g")]
    pub grants: GrantSet,
    /// At most one page for each stream that has changed.
    #[serde(rename = "p")]
    pub pages: Vec<Page>,
    /// There is more: ask again with the new cursors.
    #[serde(rename = "m")]
    pub more: bool,
    /// The state mark once there is no more.
    #[serde(rename = "k")]
    pub mark: Mark,
    /// How many changed records are left in all streams after these pages, for the progress bar.
    #[serde(rename = "l")]
    pub left: u64,
}

/// Changed records of one stream in the order of their sequence, and the cursor behind them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The place after these records; committed together with them.
    #[serde(rename = "c")]
    pub cursor: Cursor,
    /// Each a [`crate::record::Record`] in CBOR, so that one that cannot be read is kept raw.
    #[serde(rename = "r")]
    pub records: Vec<ByteBuf>,
    /// The digest of the whole stream at its present head, for comparison once there is no more.
    #[serde(rename = "d")]
    pub digest: Digest,
    /// Whose the devices are that wrote the values of these records that nobody has decided between: people whose records
    /// the phone may read.
    #[serde(rename = "y", default, skip_serializing_if = "Vec::is_empty")]
    pub writers: Vec<Writer>,
}

/// Whose a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// The device.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// Who wrote with it.
    #[serde(rename = "y")]
    pub person: PersonId,
    /// On what. A phone is not said, and of a later build's other things only the person is known.
    #[serde(rename = "o", default = "on_phone", skip_serializing_if = "is_phone", deserialize_with = "known_thing")]
    pub on: WrittenOn,
}

const fn on_phone() -> WrittenOn {
    WrittenOn::Phone
}

fn is_phone(on: &WrittenOn) -> bool {
    *on == WrittenOn::Phone
}

fn known_thing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<WrittenOn, D::Error> {
    let code = String::deserialize(deserializer)?;
    Ok(WrittenOn::from_code(&code).unwrap_or(WrittenOn::Phone))
}

/// Brings a phone into the work: a typeable code, used once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// Protocol version.
    #[serde(rename = "v")]
    pub protocol: u16,
    /// Eight letters and digits; case, spaces and hyphens do not matter.
    #[serde(rename = "c")]
    pub code: String,
    /// A device id made on the phone, so that a lost reply can be asked for again.
    #[serde(rename = "d")]
    pub device: DeviceId,
}

/// Who holds the phone now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// Epoch, backup mark, clock.
    #[serde(rename = "s")]
    pub standing: Standing,
    /// Signed by the server; sent as `Authorization: Bearer`.
    #[serde(rename = "k")]
    pub token: String,
    /// The person.
    #[serde(rename = "y")]
    pub person: PersonId,
    /// Their name.
    #[serde(rename = "n")]
    pub name: String,
    /// Their role.
    #[serde(rename = "r")]
    pub role: Role,
    /// The commune they work in, and its name.
    #[serde(rename = "u")]
    pub unit: AreaId,
    /// The commune's name.
    #[serde(rename = "m")]
    pub unit_name: String,
    /// Their grants now.
    #[serde(rename = "g")]
    pub grants: GrantSet,
    /// The public half of the organisation's recovery key, 32 bytes: the phone seals its data key to it. Empty from
    /// servers that had none.
    #[serde(rename = "x", default, skip_serializing_if = "none")]
    pub recovery: ByteBuf,
}

fn none(bytes: &ByteBuf) -> bool {
    bytes.is_empty()
}

/// Why the server did not do as it was asked; the body of every reply that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable code.
    #[serde(rename = "code")]
    pub code: RefusalCode,
    /// The record or field in question, if there is one. Never content.
    #[serde(rename = "about", default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Seconds to wait, where waiting helps.
    #[serde(rename = "wait", default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u32>,
}

/// Stable codes of refusals; the words are in the catalogues of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Sign in first.
    SignIn,
    /// This role may not do that, or not there.
    NotAllowed,
    /// The name or passphrase is not right.
    WrongPassphrase,
    /// Too many attempts; wait.
    TooMany,
    /// No such code.
    UnknownCode,
    /// The code is older than 24 hours.
    ExpiredCode,
    /// The code was used already.
    UsedCode,
    /// The organisation has no recovery key yet: nobody can be enrolled before it was made.
    NoRecoveryKey,
    /// The device was revoked.
    RevokedDevice,
    /// The request is not what this server reads.
    BadRequest,
    /// The request is larger than allowed.
    TooLarge,
    /// No such thing.
    NotFound,
    /// Somebody changed it meanwhile; look again.
    Stale,
    /// A field is missing or wrong.
    Invalid,
    /// That name is taken.
    Taken,
    /// The server is busy; try again.
    Busy,
    /// Something broke in the server; nothing was stored.
    Broken,
}

impl PushReply {
    /// Adds one acknowledgement, folding it into the last run where it is the same.
    pub fn push(acks: &mut Vec<AckRun>, seq: u64, outcome: Outcome, received_at: Time) {
        if let Some(last) = acks.last_mut()
            && last.outcome == outcome
            && last.received_at == received_at
            && last.from + u64::from(last.count) == seq
        {
            last.count += 1;
            return;
        }
        acks.push(AckRun { from: seq, count: 1, outcome, received_at });
    }

    /// Every acknowledgement by itself.
    pub fn each(&self) -> impl Iterator<Item = (u64, Outcome, Time)> {
        each(&self.acks)
    }
}

/// Every acknowledgement by itself. A count that no honest server sends is cut at [`PUSH_MAX`].
pub fn each(acks: &[AckRun]) -> impl Iterator<Item = (u64, Outcome, Time)> {
    acks.iter().flat_map(|run| {
        let count = u64::from(run.count).min(PUSH_MAX as u64);
        (0..count).map(move |i| (run.from.saturating_add(i), run.outcome, run.received_at))
    })
}
