//! The rows that a transaction reads and writes. A database implements this and knows nothing of the rules; the rules,
//! beside this file, know nothing of the database.

use super::{Access, Account, Device, DeviceKind, Hash, StoreError};
use crate::journal::Entry;
use domain::coverage::Progress;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::meeting::{MeetingState, MeetingType};
use domain::operation::{Header, Kind, Part, Scope};
use domain::opinion::{OpinionKind, ReporterMode, Topic, Urgency};
use domain::person::GrantSet;
use domain::record::{Digest, Record};
use domain::redaction::RedactionReason;
use domain::short::{Map, Set};
use domain::source::Source;
use domain::time::{Date, Time};
use domain::verification::{Look, VisitState, VoidReason};
use domain::visit::{Appointment, ContactResult, PurposeResult};
use domain::wire::Reason;
use seal::recovery::PublicKey;
use serde::Serialize;
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// What the store's operations return.
pub type Result<T> = std::result::Result<T, StoreError>;

/// One transaction's view of every table.
pub trait Tables: Accounts + Devices + Recoveries + Log + Streams + Waiting + Views + Redacted {
    /// The present life of the database.
    fn epoch(&mut self) -> Result<Epoch>;
    /// Begins a new life.
    fn set_epoch(&mut self, epoch: Epoch) -> Result<()>;
    /// Has an entry of the journal written before this transaction commits.
    fn journal(&mut self, entry: Entry);
    /// Has the database forget in which order it was written, once this transaction is committed.
    fn forget_order(&mut self);
    /// Notes, as part of this transaction, that something was deleted that may be left in some corner of the file: it is to be
    /// written anew, and that is owed until it was done.
    fn owe_scrub(&mut self) -> Result<()>;
    /// Has the database write its file anew, once this transaction is committed, if it owes that.
    fn scrub(&mut self);
    /// Keeps a line of the access log.
    fn put_access(&mut self, access: &Access) -> Result<()>;
    /// Lines of the access log, the latest first, each with its place in it, and how many there are in all.
    fn accesses(&mut self, lines: &Lines, limit: u32) -> Result<(Vec<(u64, Access)>, u32)>;
    /// See [`super::Upkeep::dump`].
    fn dump(&mut self) -> Result<Vec<String>>;
}

/// Sign-in names and sessions.
pub trait Accounts {
    /// The account with this sign-in name.
    fn account(&mut self, login: &str) -> Result<Option<(PersonId, Account)>>;
    /// Every sign-in name by its person.
    fn logins(&mut self) -> Result<BTreeMap<PersonId, String>>;
    /// Puts a person's only account in the place of any other.
    fn put_account(&mut self, person: PersonId, account: &Account) -> Result<()>;
    /// Who holds this session, and until when.
    fn session(&mut self, token: &Hash) -> Result<Option<(PersonId, Time)>>;
    /// Opens a session.
    fn put_session(&mut self, token: &Hash, person: PersonId, expires: Time) -> Result<()>;
    /// Ends one session.
    fn delete_session(&mut self, token: &Hash) -> Result<()>;
    /// Ends every session of a person.
    fn delete_sessions_of(&mut self, person: PersonId) -> Result<()>;
    /// Forgets the sessions that have expired.
    fn delete_sessions_until(&mut self, now: Time) -> Result<()>;
    /// Ends every session.
    fn delete_sessions(&mut self) -> Result<()>;
}

/// Devices, one-time codes, grants.
pub trait Devices {
    /// One device.
    fn device(&mut self, id: DeviceId) -> Result<Option<Device>>;
    /// Every device of a kind.
    fn devices(&mut self, kind: DeviceKind) -> Result<Vec<Device>>;
    /// The devices that go on behind a number of this one.
    fn copies(&mut self, of: DeviceId) -> Result<Vec<Device>>;
    /// Stores a device, or what has changed about it.
    fn put_device(&mut self, device: &Device) -> Result<()>;
    /// One enrolment code.
    fn enrolment(&mut self, code: &Hash) -> Result<Option<Enrolment>>;
    /// Stores a code, or what has changed about it.
    fn put_enrolment(&mut self, code: &Hash, enrolment: &Enrolment) -> Result<()>;
    /// Until when the code of each person holds that nobody has used; may be over.
    fn open_codes(&mut self) -> Result<BTreeMap<PersonId, Time>>;
    /// Forgets the codes of a person that nobody has used.
    fn delete_codes_of(&mut self, person: PersonId) -> Result<()>;
    /// One version of a person's grants, and when it ended.
    fn grants(&mut self, person: PersonId, version: u32) -> Result<Option<(GrantSet, Option<Time>)>>;
    /// The newest version of a person's grants, if they ever had any.
    fn newest_grants(&mut self, person: PersonId) -> Result<Option<GrantSet>>;
    /// Stores a version of a person's grants that begins, and ends the one before.
    fn put_grants(&mut self, person: PersonId, grants: &GrantSet, from: Time) -> Result<()>;
}

/// What there is of the recovery key, and what was sealed to it.
pub trait Recoveries {
    /// The public half of the organisation's key.
    fn recovery_key(&mut self) -> Result<Option<PublicKey>>;
    /// Stores it.
    fn put_recovery_key(&mut self, key: &PublicKey) -> Result<()>;
    /// A phone's data key, sealed to it.
    fn deposit(&mut self, device: DeviceId) -> Result<Option<ByteBuf>>;
    /// Stores a phone's sealed data key in the place of the one before.
    fn put_deposit(&mut self, device: DeviceId, sealed: &[u8]) -> Result<()>;
    /// Forgets it.
    fn delete_deposit(&mut self, device: DeviceId) -> Result<()>;
    /// The request of a phone.
    fn reopening(&mut self, device: DeviceId) -> Result<Option<Request>>;
    /// Every request, in no order.
    fn reopenings(&mut self) -> Result<Vec<Request>>;
    /// Stores a request in the place of the phone's one before.
    fn put_reopening(&mut self, request: &Request) -> Result<()>;
    /// Forgets the request of a phone.
    fn delete_reopening(&mut self, device: DeviceId) -> Result<()>;
    /// Which phones were ever opened, by whom and when, in no order.
    fn reopened(&mut self) -> Result<Vec<(DeviceId, PersonId, Time)>>;
    /// Keeps that a phone was opened. Twice is once.
    fn put_reopened(&mut self, device: DeviceId, by: PersonId, at: Time) -> Result<()>;
}

/// The log of operations, and the quarantine.
pub trait Log {
    /// What is known of the receipt of an operation.
    fn receipt(&mut self, device: DeviceId, seq: u64) -> Result<Option<Receipt>>;
    /// Stores a receipt, with the operation if it was applied. Two of one `(device, seq)` are an error of the index.
    fn put_receipt(&mut self, device: DeviceId, seq: u64, receipt: &Receipt, applied: Option<Logged<'_>>) -> Result<()>;
    /// An operation that was applied, as far as it was not erased.
    fn logged(&mut self, device: DeviceId, seq: u64) -> Result<Option<(Header, Map<Part, ByteBuf>)>>;
    /// The largest number up to which everything after `have` is held.
    fn held(&mut self, device: DeviceId, have: u64) -> Result<u64>;
    /// Why and since when these bytes are in quarantine, if they are.
    fn quarantined(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<Option<(Reason, Time)>>;
    /// Has a receipt be that of an applied operation, which waited until now.
    fn put_logged(&mut self, device: DeviceId, seq: u64, applied: Logged<'_>) -> Result<()>;
    /// Puts bytes into quarantine, or says anew why they are there, and whether they are put aside.
    fn put_quarantined(&mut self, quarantined: &Quarantined) -> Result<()>;
    /// Bytes that are in quarantine.
    fn quarantined_bytes(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<Option<Quarantined>>;
    /// Is anything in quarantine that came under this number?
    fn waits(&mut self, device: DeviceId, seq: u64) -> Result<bool>;
    /// Takes bytes out of quarantine.
    fn delete_quarantined(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<()>;
    /// How many operations of a device are in quarantine, and how many bytes they are.
    fn quarantine_size(&mut self, device: DeviceId) -> Result<(u64, u64)>;
    /// Another phone has written under this device's numbers: something of it waits as [`Reason::Forked`].
    fn is_forked(&mut self, device: DeviceId) -> Result<bool>;
    /// What of a device is in quarantine, the latest first, at most `limit`.
    fn quarantine(&mut self, device: DeviceId, limit: usize) -> Result<Vec<QuarantineView>>;
}

/// What was redacted, and what of the log goes with it.
pub trait Redacted {
    /// The number of the last redaction; 0 where there was none.
    fn last_redaction(&mut self) -> Result<u64>;
    /// The parts of a record that were redacted.
    fn redacted(&mut self, record: RecordId) -> Result<Set<Part>>;
    /// The redactions behind a number, in their order.
    fn redactions(&mut self, after: u64) -> Result<Vec<RedactionLine>>;
    /// Stores a redaction under the next number.
    fn put_redaction(&mut self, line: &RedactionLine) -> Result<()>;
    /// A phone is to be told of what is redacted of a record, wherever that is: it has written about it.
    fn put_writer(&mut self, record: RecordId, device: DeviceId) -> Result<()>;
    /// Whether it is.
    fn is_writer(&mut self, record: RecordId, device: DeviceId) -> Result<bool>;
    /// The last day on which everything whose time was over was deleted.
    fn retained_on(&mut self) -> Result<Option<Date>>;
    /// Says that it was.
    fn set_retained_on(&mut self, day: Date) -> Result<()>;
    /// Adds to what a day's job deleted.
    fn add_retained(&mut self, day: Date, campaign: Option<RecordId>, kind: &str, records: u32) -> Result<()>;
    /// What each day's job deleted, the latest first.
    fn retained(&mut self) -> Result<Vec<Retained>>;
    /// The operations that were applied to a household or a meeting. An event is its own.
    fn applied_to(&mut self, record: RecordId) -> Result<Vec<(DeviceId, u64)>>;
    /// Puts these body parts of an applied operation in the place of all that it has, and erases the salt of its receipt.
    fn erase_logged(&mut self, device: DeviceId, seq: u64, parts: &Map<Part, ByteBuf>) -> Result<()>;
    /// Erases the salt of a receipt, so that nobody can try what the operation said.
    fn erase_salt(&mut self, device: DeviceId, seq: u64) -> Result<()>;
    /// Every later version of an event, and what took it back, in no order.
    fn versions(&mut self, root: RecordId) -> Result<Vec<RecordId>>;
    /// Shows a visit no more.
    fn delete_visit(&mut self, root: RecordId) -> Result<()>;
    /// Shows a verification no more.
    fn delete_verification(&mut self, event: RecordId) -> Result<()>;
    /// Shows no more that a day is closed.
    fn delete_day_closing(&mut self, event: RecordId) -> Result<()>;
    /// Shows an opinion no more.
    fn delete_opinion(&mut self, root: RecordId) -> Result<()>;
    /// Shows a meeting no more.
    fn delete_meeting(&mut self, id: RecordId) -> Result<()>;
    /// Forgets what is in the anonymous quarantine under this name.
    fn delete_quarantined_anonymous(&mut self, name: &Hash) -> Result<()>;
    /// What is in the anonymous quarantine, sealed.
    fn quarantined_anonymous_bytes(&mut self) -> Result<Vec<(Hash, Reason, ByteBuf)>>;
}

/// How many records of a campaign and kind lost parts on a day, because their time was over.
pub type Retained = (Date, Option<RecordId>, String, u32);

/// A redaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedactionLine {
    /// Its number.
    pub number: u64,
    /// The record.
    pub record: RecordId,
    /// Where it is.
    pub scope: Scope,
    /// The code of its kind.
    pub kind: String,
    /// The parts.
    pub parts: Set<Part>,
    /// When.
    pub at: Time,
    /// Who asked for it; `None` where its time was over.
    pub by: Option<PersonId>,
    /// Why; `None` where nobody asked for it.
    pub why: Option<RedactionReason>,
}

/// Streams and their records.
pub trait Streams {
    /// Every stream that holds anything, in ascending order.
    fn streams(&mut self) -> Result<Vec<Scope>>;
    /// The head and the digest of a stream; 0 for one that holds nothing.
    fn stream(&mut self, scope: Scope) -> Result<(u64, Digest)>;
    /// Stores the head and the digest of a stream. No other write runs beside this one, so places are given out in the order
    /// of commits.
    fn put_stream(&mut self, scope: Scope, head: u64, digest: Digest) -> Result<()>;
    /// One record.
    fn record(&mut self, id: RecordId) -> Result<Option<Stored>>;
    /// Where a record is, and of what kind, without what is in it.
    fn place(&mut self, id: RecordId) -> Result<Option<(Scope, Kind)>>;
    /// Every record of a kind that an office works with (see [`WORKING`]).
    fn working(&mut self, kind: &Kind) -> Result<Vec<Stored>>;
    /// Records of a stream after a place in it, in order, each with its place, as CBOR.
    fn page(&mut self, scope: Scope, after: u64, limit: usize) -> Result<Vec<(u64, ByteBuf)>>;
    /// How many records of a stream come after a place in it.
    fn count_after(&mut self, scope: Scope, after: u64) -> Result<u64>;
    /// Puts a record at a place in its stream, instead of where it stood.
    fn put_record(&mut self, scope: Scope, seq: u64, record: &Record) -> Result<()>;
    /// The next number for a household of this village, from 1, or for an own topic of any commune. Never the same again.
    fn next_household(&mut self, village: AreaId) -> Result<u32>;
    /// The last number that a household of this village was given; 0 if none was.
    fn last_household(&mut self, village: AreaId) -> Result<u32>;
    /// Leaves out so many numbers in every village, also in one that has given none.
    fn skip_households(&mut self, numbers: u32) -> Result<()>;
}

/// Anonymous opinions that wait, all sealed and named by [`crate::keys::Keys`], and the windows of visits that they wait
/// for. No time, no sender, no order.
pub trait Waiting {
    /// What waits under this name.
    fn pooled(&mut self, name: &Hash) -> Result<Option<ByteBuf>>;
    /// Everything that waits, by name.
    fn pool(&mut self) -> Result<Vec<(Hash, ByteBuf)>>;
    /// Has an opinion wait, instead of what waited under the same name.
    fn put_pooled(&mut self, name: &Hash, sealed: &[u8]) -> Result<()>;
    /// Takes an opinion out of the pool.
    fn delete_pooled(&mut self, name: &Hash) -> Result<()>;
    /// What stands in the place of the opinion of this name.
    fn replaced(&mut self, name: &Hash) -> Result<Option<ByteBuf>>;
    /// Says what stands in the place of the opinion of this name.
    fn put_replaced(&mut self, name: &Hash, sealed: &[u8]) -> Result<()>;
    /// Is there anything in the anonymous quarantine under this name?
    fn quarantined_anonymous(&mut self, name: &Hash) -> Result<bool>;
    /// Puts bytes into the anonymous quarantine.
    fn put_quarantined_anonymous(&mut self, name: &Hash, reason: Reason, sealed: &[u8]) -> Result<()>;
    /// Why each row of the anonymous quarantine is there, and how many sealed bytes it is.
    fn quarantine_anonymous(&mut self) -> Result<Vec<(Reason, u32)>>;
    /// The group that a visit counts to, and whether its window is closed.
    fn counted(&mut self, visit: RecordId) -> Result<Option<(Group, bool)>>;
    /// Counts a visit to a group's open window, instead of where it counted before.
    fn put_counted(&mut self, visit: RecordId, group: Group, household: RecordId) -> Result<()>;
    /// Takes a visit out of the windows.
    fn delete_counted(&mut self, visit: RecordId) -> Result<()>;
    /// The open windows, each with the number of its households.
    fn windows(&mut self) -> Result<Vec<(Group, usize)>>;
    /// Closes a group's window.
    fn close_window(&mut self, group: Group) -> Result<()>;
    /// Moves a group's open window to the whole campaign.
    fn widen(&mut self, group: Group) -> Result<()>;
}

/// The projections.
pub trait Views {
    /// Empties every projection.
    fn clear_projections(&mut self) -> Result<()>;
    /// Shows a household.
    fn put_household(&mut self, view: &HouseholdView) -> Result<()>;
    /// One household.
    fn household(&mut self, id: RecordId) -> Result<Option<HouseholdView>>;
    /// The households of some villages.
    fn households(&mut self, villages: &[AreaId]) -> Result<Vec<HouseholdView>>;
    /// Every household that was said to be the same as another one, with that one.
    fn linked(&mut self) -> Result<Vec<(RecordId, RecordId)>>;
    /// Remembers which first version an event is a later one of.
    fn put_version(&mut self, event: RecordId, root: RecordId) -> Result<()>;
    /// The first version that this event is a later one of, if it is one.
    fn root(&mut self, event: RecordId) -> Result<Option<RecordId>>;
    /// Shows a visit.
    fn put_visit(&mut self, view: &VisitView) -> Result<()>;
    /// One visit, by its first version.
    fn visit(&mut self, root: RecordId) -> Result<Option<VisitView>>;
    /// The visits to one household in one campaign.
    fn visits_to(&mut self, household: RecordId, campaign: RecordId) -> Result<Vec<VisitView>>;
    /// The visits of some villages, of one campaign if one is named.
    fn visits(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<VisitView>>;
    /// What counting needs of the visits of some villages in a campaign, those that count.
    fn attempts(&mut self, villages: &[AreaId], campaign: RecordId) -> Result<Vec<Attempt>>;
    /// Shows a verification.
    fn put_verification(&mut self, view: &VerificationView) -> Result<()>;
    /// A verification, by its event: a row for each visit.
    fn verification(&mut self, event: RecordId) -> Result<Vec<VerificationView>>;
    /// The visits that a verification is about, by their first versions.
    fn verified_by(&mut self, event: RecordId) -> Result<Vec<RecordId>> {
        Ok(self.verification(event)?.into_iter().map(|view| view.look.visit).collect())
    }
    /// What stands of the verifications of a visit, by its first version.
    fn verifications(&mut self, visit: RecordId) -> Result<Vec<VerificationView>>;
    /// Shows that a day of a village is closed.
    fn put_day_closing(&mut self, view: &DayClosingView) -> Result<()>;
    /// A closing, by its event.
    fn day_closing(&mut self, event: RecordId) -> Result<Option<DayClosingView>>;
    /// The closings of some villages that stand.
    fn day_closings(&mut self, villages: &[AreaId]) -> Result<Vec<DayClosingView>>;
    /// Stores where a household stands in a campaign.
    fn put_progress(&mut self, household: RecordId, campaign: RecordId, village: AreaId, progress: &Progress) -> Result<()>;
    /// Where one household stands in a campaign.
    fn progress_of(&mut self, household: RecordId, campaign: RecordId) -> Result<Option<Progress>>;
    /// Where the households of some villages stand in a campaign.
    fn progress(&mut self, villages: &[AreaId], campaign: RecordId) -> Result<BTreeMap<RecordId, Progress>>;
    /// Shows an opinion.
    fn put_opinion(&mut self, view: &OpinionView) -> Result<()>;
    /// One opinion, by its first version.
    fn opinion(&mut self, root: RecordId) -> Result<Option<OpinionView>>;
    /// The opinions of some villages, of one campaign if one is named.
    fn opinions(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<OpinionView>>;
    /// Shows a meeting.
    fn put_meeting(&mut self, view: &MeetingView) -> Result<()>;
    /// The meetings of some villages, of one campaign if one is named; those that were cancelled left out.
    fn meetings(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<MeetingView>>;
}

/// The kinds that an office works with: few, and found by kind.
pub const WORKING: [Kind; 9] = [
    Kind::Unit,
    Kind::Team,
    Kind::Campaign,
    Kind::Assignment,
    Kind::Person,
    Kind::Organization,
    Kind::CodeEntry,
    Kind::Rearrangement,
    Kind::Incident,
];

/// Which lines of the access log are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// About what this person did.
    pub person: Option<PersonId>,
    /// From this moment.
    pub from: Option<Time>,
    /// Until before this one.
    pub until: Option<Time>,
    /// Before this place in the log; all of them are counted nevertheless.
    pub before: Option<u64>,
}

/// A record where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stored {
    /// Its stream.
    pub scope: Scope,
    /// Its place in the stream.
    pub seq: u64,
    /// The record.
    pub record: Record,
}

/// A one-time code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Enrolment {
    /// For whom.
    pub person: PersonId,
    /// Until when.
    pub expires: Time,
    /// Which phone used it.
    pub used_by: Option<DeviceId>,
}

/// A phone that asks to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub device: DeviceId,
    /// What the answer is to be sealed to.
    pub public: PublicKey,
    /// The phone's own copy of its deposit; may be empty.
    pub sealed: ByteBuf,
    /// Since when.
    pub asked_at: Time,
    /// When it was answered, and what.
    pub answered: Option<(Time, ByteBuf)>,
}

/// The receipt of one operation, whether applied or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// When it was first received.
    pub at: Time,
    /// HMAC of the received bytes.
    pub mac: [u8; 16],
    /// Its key. `None` once the body was erased, so that nobody can try what it was.
    pub salt: Option<[u8; 16]>,
}

/// An applied operation as the log has it.
#[derive(Clone, Copy, Debug)]
pub struct Logged<'a> {
    /// Content-free.
    pub header: &'a Header,
    /// A row each.
    pub parts: &'a Map<Part, ByteBuf>,
}

/// Bytes that wait for a person. The key is all three of device, number and MAC: a fork has the number of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Where they came from.
    pub device: DeviceId,
    /// Under which number.
    pub seq: u64,
    /// HMAC of the bytes under the salt of the receipt.
    pub mac: [u8; 16],
    /// Why.
    pub reason: Reason,
    /// When they were first received.
    pub at: Time,
    /// The code of the kind of record, if it could be read.
    pub kind: Option<String>,
    /// As received.
    pub raw: ByteBuf,
    /// Somebody dealt with it otherwise.
    pub aside: bool,
}

/// What lists say about bytes that wait for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineView {
    /// Where they came from.
    pub device: DeviceId,
    /// Under which number.
    pub seq: u64,
    /// HMAC of the bytes under the salt of the receipt.
    pub mac: [u8; 16],
    /// Why they wait.
    pub reason: Reason,
    /// When they were first received.
    pub at: Time,
    /// The code of the kind of record, if it could be read.
    pub kind: Option<String>,
    /// How many they are.
    pub size: u32,
    /// Somebody dealt with it otherwise.
    pub aside: bool,
}

/// What anonymous opinions share: a village, a campaign, and a week (its Monday) unless it was widened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Group {
    /// The village.
    pub village: AreaId,
    /// The campaign.
    pub campaign: RecordId,
    /// The week, or the whole campaign.
    pub week: Option<Date>,
}

/// A household as lists need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HouseholdView {
    /// The record.
    pub id: RecordId,
    /// The village it was put into: the area of its record, or where a split put it. What that has become is for the
    /// question to work out.
    pub village: AreaId,
    /// "DC-0187".
    pub code: String,
    /// Number in the list.
    pub no: String,
    /// The head.
    pub head: String,
    /// Head, number and code, folded for search.
    pub folded: String,
    /// Cluster and place, in words.
    pub place: String,
    /// How many people, if known.
    pub people: Option<u16>,
    /// Whether it still lives here.
    pub status: HouseholdStatus,
    /// It asked not to be contacted.
    pub no_contact: bool,
    /// Some field has two values.
    pub disputed: bool,
    /// What it was said to be the same as.
    pub same_as: Option<RecordId>,
}

/// A visit in its last version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitView {
    /// Its first version.
    pub root: RecordId,
    /// The version that is shown.
    pub shown: RecordId,
    /// The village.
    pub village: AreaId,
    /// The campaign it was written for.
    pub campaign: Option<RecordId>,
    /// The household.
    pub household: RecordId,
    /// When it was, by the phone's clock: that of the first version, which was written at the door. Of one that was typed in, the
    /// beginning of the day on the paper.
    pub at: Time,
    /// When the server received the shown version.
    pub received_at: Time,
    /// Who visited.
    pub by: PersonId,
    /// How it came in.
    pub source: Source,
    /// Who typed it in, if it was.
    pub typed_by: Option<PersonId>,
    /// Whether anybody was met.
    pub contact: ContactResult,
    /// What was done.
    pub purposes: Vec<PurposeResult>,
    /// When to come again.
    pub next: Option<Appointment>,
    /// It was taken back: kept here so that a late correction does not bring it again, and left out everywhere.
    pub retracted: bool,
    /// Whether somebody else confirmed the version that is shown, or voided the visit.
    pub state: VisitState,
    /// Why it was voided.
    pub void: Option<VoidReason>,
}

impl VisitView {
    /// It is one of the figures.
    pub fn counts(&self) -> bool {
        !self.retracted && self.void.is_none()
    }
}

/// What a verification says about one visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerificationView {
    /// The event.
    pub event: RecordId,
    /// The visit as it was seen.
    pub look: Look,
    /// Why it does not count; `None` confirms it.
    pub void: Option<VoidReason>,
    /// Who looked.
    pub by: PersonId,
    /// It was taken back.
    pub retracted: bool,
}

/// A day of a village that is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayClosingView {
    /// The event.
    pub event: RecordId,
    /// The village.
    pub village: AreaId,
    /// The day.
    pub day: Date,
    /// Who closed it.
    pub by: PersonId,
    /// When the server heard of it: what it receives later is late.
    pub received_at: Time,
    /// It was taken back.
    pub retracted: bool,
}

/// What counting needs of a visit in its last version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its first version.
    pub root: RecordId,
    /// The household.
    pub household: RecordId,
    /// When it was.
    pub at: Time,
    /// Who visited.
    pub by: PersonId,
    /// Whether anybody was met.
    pub contact: ContactResult,
    /// When to come again.
    pub next: Option<Appointment>,
}

/// An opinion in its last version, without its words: those stay in the record, where they can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpinionView {
    /// Its first version.
    pub root: RecordId,
    /// The version that is shown.
    pub shown: RecordId,
    /// The village.
    pub village: AreaId,
    /// The campaign.
    pub campaign: Option<RecordId>,
    /// What sort.
    pub kind: OpinionKind,
    /// What about.
    pub topic: Topic,
    /// Whether it can wait.
    pub urgency: Urgency,
    /// How the speaker is named; `None` for what was said at a meeting, where speakers are only counted.
    pub mode: Option<ReporterMode>,
    /// The day of a named one, or of one at a meeting, by the phone's clock.
    pub day: Option<Date>,
    /// The week of an anonymous one.
    pub week: Option<Date>,
    /// Who recorded it, but for an anonymous one.
    pub by: Option<PersonId>,
    /// The household of a named one.
    pub household: Option<RecordId>,
    /// The meeting at which it was said.
    pub meeting: Option<RecordId>,
    /// How it came in; `None` for an anonymous one.
    pub source: Option<Source>,
    /// Taken back, or replaced by an anonymous amendment: left out everywhere.
    pub retracted: bool,
}

/// A meeting as lists need it, without its words: those stay in the record, where they can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeetingView {
    /// The record.
    pub id: RecordId,
    /// The village.
    pub village: AreaId,
    /// The campaign it was held in.
    pub campaign: Option<RecordId>,
    /// What sort of meeting.
    pub kind: MeetingType,
    /// Whether it goes on.
    pub state: MeetingState,
    /// When it began.
    pub start: Appointment,
    /// Households expected.
    pub expected: Option<u16>,
    /// Households present.
    pub present: Option<u16>,
    /// People present.
    pub people: Option<u16>,
    /// People who spoke.
    pub speakers: Option<u16>,
    /// Who wrote it down.
    pub by: PersonId,
}
