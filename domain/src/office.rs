//! The office API, in JSON under `/api/v1/`: what the browser of a commune office says to the server.
//!
//! | method and path | action | body → reply |
//! |---|---|---|
//! | `GET  setup/{token}` | one-time link | → [`SetupState`] |
//! | `POST setup/{token}` | one-time link | [`SetUp`] → [`Me`] and a session |
//! | `POST session` | – | [`SignIn`] → [`Me`] and a session |
//! | `DELETE session` | – | → nothing |
//! | `GET  session` | signed in | → [`Me`] |
//! | `POST tab` | signed in | [`Tab`] → nothing: this tab is a device from now on |
//! | `GET  units` | Directory | → `Vec<Unit>` |
//! | `POST units` | Units | [`Write`]`<`[`Unit`]`>` → [`Unit`] |
//! | `POST units/rearrange` | Units | [`Write`]`<`[`Rearrangement`](crate::succession::Rearrangement)`>` → `Vec<Unit>`: merges or splits villages, or has it wait for its day |
//! | `GET  units/ahead` | Directory | → `Vec<`[`Ahead`](crate::ahead::Ahead)`>`: those that waited or wait for their day |
//! | `POST units/ahead` | Units | [`Write`]`<`[`DropAhead`](crate::ahead::DropAhead)`>` → [`Ahead`](crate::ahead::Ahead), dropped |
//! | `GET  people` | Directory | → `Vec<PersonRow>` |
//! | `POST people` | People, or Devices for field roles | [`Write`]`<`[`PersonChange`]`>` → [`PersonRow`] |
//! | `POST people/{id}/code` | Devices | → [`EnrolmentCode`] |
//! | `GET  people/{id}/hand-over` | Campaigns | → [`Listed`]`<`[`crate::hand_over::HandOverRow`]`>`, the due visits as the notable ones |
//! | `POST people/{id}/hand-over` | Campaigns | [`Write`]`<`[`crate::hand_over::HandOver`]`>`, its device made with the preview and its number 1 → nothing |
//! | `GET  devices` | Devices | → `Vec<DeviceRow>` |
//! | `POST devices/{id}/revoke` | Devices | → nothing |
//! | `POST devices/{id}/replace` | Devices | → [`EnrolmentCode`] of its person's next phone; this one is revoked as replaced |
//! | `GET  recovery` | Reopen | → [`RecoveryState`](crate::recovery::RecoveryState) |
//! | `POST recovery` | RecoveryKey | [`NewRecoveryKey`](crate::recovery::NewRecoveryKey) → nothing; the only one there will be |
//! | `GET  recovery/{id}` | Reopen | → [`SealedCopies`](crate::recovery::SealedCopies) of a phone that asks |
//! | `POST recovery/{id}` | Reopen | [`ReopenAnswer`](crate::recovery::ReopenAnswer) → nothing |
//! | `GET  campaigns` | Directory | → `Vec<Campaign>` |
//! | `POST campaigns` | Campaigns | [`Write`]`<`[`Campaign`]`>` → [`Campaign`] |
//! | `GET  organizations` | Directory | → `Vec<Organization>` |
//! | `POST organizations` | Campaigns | [`Write`]`<`[`crate::organization::Organization`]`>` → the same |
//! | `GET  codes` | Directory | → `Vec<`[`CodeEntry`](crate::code_book::CodeEntry)`>` |
//! | `POST codes` | Campaigns | [`Write`]`<`[`CodeChange`](crate::code_book::CodeChange)`>` → [`CodeEntry`](crate::code_book::CodeEntry) |
//! | `GET  teams` | Directory | → `Vec<Team>` |
//! | `POST teams` | Campaigns | [`Write`]`<`[`Team`]`>` → [`Team`] |
//! | `GET  assignments` | Directory | → `Vec<Assignment>`: villages given whole |
//! | `POST assignments` | Campaigns | [`Write`]`<`[`Assignment`]`>` → [`Assignment`] |
//! | `GET  shares?…` | Households | [`Filter`] of a campaign and a village → [`crate::share::VillageWork`] |
//! | `POST roll/preview` | ImportRoll | multipart `file`, optional `mapping` (JSON) → [`crate::roll::Preview`] |
//! | `POST roll/import` | ImportRoll | multipart `file`, `mapping`, `confirmation` (a device id made with the preview), `seen` (what the preview's comparison came to) → [`Imported`] |
//! | `GET  roll/import/{id}` | signed in | → [`Progress`] of one's own import, by its confirmation |
//! | `POST roll/import/{id}/stop` | signed in | → [`Progress`]: stops it, if it is not finished |
//! | `GET  roll/imports` | ImportRoll | → [`Listed`]<[`ImportRow`]>: the latest ones |
//! | `POST roll/undo` | ImportRoll | [`UndoImport`] → [`Imported`]: how much was taken back |
//! | `POST typed/visits` | Typing | [`Write`]`<`[`crate::typing::TypedVisit`]`>` → [`Written`] |
//! | `POST typed/opinions` | Typing | [`Write`]`<`[`crate::typing::TypedOpinion`]`>` → [`Written`] |
//! | `POST typed/taken-back` | Typing | [`Write`]`<`[`crate::typing::TakenBack`]`>` → [`Written`] |
//! | `POST typed/anonymous` | Typing | [`crate::opinion::AnonymousOpinion`] → nothing; neither logged nor numbered |
//! | `GET  villages/{id}/households?…` | Households | [`Filter`] → [`Listed`]`<`[`HouseholdRow`]`>` of a whole village, to type in and to print |
//! | `GET  households?…` | Households | [`Filter`] → [`Listed`]`<`[`HouseholdRow`]`>` |
//! | `GET  households/{id}` | Households | → [`crate::book::Sheet`] |
//! | `POST households` | KeepBook | [`Write`]`<`[`crate::book::Entry`]`>` → [`crate::book::Sheet`] |
//! | `GET  twins?…` | KeepBook | [`Filter`] → [`Listed`]`<`[`crate::twin::Pair`]`>`, those that nobody has decided about as the notable ones |
//! | `POST twins` | KeepBook | [`Write`]`<`[`crate::twin::Decision`]`>` → nothing |
//! | `GET  visits?…` | Visits | [`Filter`] → [`Listed`]`<`[`VisitRow`]`>` |
//! | `GET  days?…` | Verify | [`Filter`] → [`Listed`]`<`[`DayRow`]`>` |
//! | `POST verifications` | Verify | [`Write`]`<`[`VerificationChange`]`>` → nothing |
//! | `GET  visits/{id}/notes` | Opinions | → [`Listed`]`<`[`NoteRow`]`>` |
//! | `GET  opinions?…` | Opinions | [`Filter`] → [`Listed`]`<`[`OpinionRow`]`>` |
//! | `GET  meetings?…` | Meetings | [`Filter`] → [`Listed`]`<`[`MeetingRow`]`>` |
//! | `GET  coverage?…` | Coverage | [`Filter`] → [`Coverage`] |
//! | `GET  quarantine` | Quarantine | → `Vec<QuarantineRow>` |
//! | `POST quarantine` | Quarantine | [`TakeIn`](crate::quarantine::TakeIn) → [`TakenIn`](crate::quarantine::TakenIn) |
//! | `GET  quarantine/{device}/{seq}` | Quarantine | → `Vec<Content>`, see [`crate::quarantine::Content`] |
//! | `POST quarantine/aside` | Quarantine | [`crate::quarantine::PutAside`] → nothing |
//! | `GET  take-out` | TakeOut | → a .zip of tables with names (`server/src/take_out.rs`) in a `seal::file` to the recovery key |
//! | `POST take-out/opened` | TakeOut | nothing: whoever opens such a file says so first, for the access log → nothing |
//! | `GET  problem` | signed in | → [`crate::problem::Facts`] |
//! | `GET  redactions?…` | Erase | [`Filter`] → [`Listed`]`<`[`crate::redaction::RedactionRow`]`>`, those that phones still owe as the notable ones |
//! | `POST redactions` | Erase | [`Write`]`<`[`crate::redaction::Redact`]`>` → nothing |
//! | `GET  retention?…` | Erase | [`Filter`] → [`Listed`]`<`[`crate::retention::RetentionRow`]`>`: what the daily job deleted because its time was over |
//! | `GET  access?…` | AccessLog | [`Filter`] → [`Listed`]`<`[`crate::access::AccessRow`]`>` |
//! | `GET  incidents` | Incidents | → [`Listed`]`<`[`crate::incident::IncidentRow`]`>`, those whose hours run as the notable ones |
//! | `POST incidents` | Incidents | [`Write`]`<`[`crate::incident::Incident`]`>` → nothing |
//! | `GET  {households,visits,opinions,meetings}/export.{csv,xlsx}?…` | Export | [`Filter`] → a file, without names and phones |
//! | `GET  households/names.csv?…` | ExportNames | [`Filter`] and [`Why`] → the households with names and phones |
//! | `GET  households/names.xlsx?…` | ExportNames | [`Filter`] and [`Why`] → the households with names and phones |
//!
//! A [`Filter`] travels in the address, but for the words to look for: these are in the header [`WORDS`], percent-encoded.
//!
//! Every reply that is not a success is a [`crate::wire::Refusal`].

use crate::coverage::{Counts, Days, Done, Trend};
use crate::device::{Report, Revocation};
use crate::household::HouseholdStatus;
use crate::id::{AreaId, DeviceId, PersonId, RecordId};
use crate::meeting::{MeetingState, MeetingType};
use crate::opinion::{OpinionKind, ReporterMode, Topic, Urgency};
use crate::person::{Person, Role};
use crate::quarantine::Waiting;
use crate::source::Source;
use crate::succession::Rearranged;
use crate::time::{Date, Time};
use crate::verification::{Verification, VisitState, VoidReason};
use crate::visit::{Appointment, ContactResult, PurposeResult};
use crate::wire::Reason;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A change by an office tab: the tab is a device with a gapless sequence, so that pressing a button twice stores once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write<T> {
    /// The tab.
    pub device: DeviceId,
    /// Its next number, from 1.
    pub seq: u64,
    /// The revision, or number of edits, that the person saw; 0 for something new.
    pub seen: u64,
    /// What it is to be.
    pub value: T,
}

/// A change by an office tab that may be several operations is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The tab's last number: its next change has the one after it.
    pub seq: u64,
}

/// Makes this tab a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tab {
    /// Made in the tab at load.
    pub device: DeviceId,
}

/// Whether the one-time link still works, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupState {
    /// The link was used already: sign in instead.
    pub done: bool,
}

/// The first administrator, the commune, and the first officer, in one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// The administrator.
    pub admin: Account,
    /// The province's name.
    pub province: String,
    /// The commune's full name.
    pub commune: String,
    /// The officer who will bring in the roll.
    pub officer: Account,
    /// The public half of the organisation's recovery key, 32 bytes. Without it the administrator makes one later, and no
    /// phone is enrolled before.
    #[serde(default)]
    pub recovery: Option<ByteBuf>,
}

/// A name to sign in with, and a passphrase.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Display name.
    pub name: String,
    /// Sign-in name: lower-case letters, digits, `.`, `-`.
    pub login: String,
    /// At least [`PASSPHRASE_MIN`] characters.
    pub passphrase: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("login", &self.login).finish_non_exhaustive()
    }
}

/// The shortest passphrase, in characters.
pub const PASSPHRASE_MIN: usize = 10;

/// Signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The sign-in name.
    pub login: String,
    /// The passphrase.
    pub passphrase: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The person.
    pub person: Person,
    /// The name of their unit.
    pub unit_name: String,
    /// The address that phones use, for the QR code.
    pub public_url: String,
    /// Made-up data in a database of its own.
    pub demo: bool,
    /// How many in quarantine wait for somebody of this role, so that nobody has to look to know.
    pub waiting: u32,
    /// Households of which people wrote two values, for whoever may decide.
    #[serde(default)]
    pub disputed: u32,
    /// Pairs of households that may be one, for whoever may decide.
    #[serde(default)]
    pub twins: u32,
    /// Phones that ask to be opened, for whoever may.
    #[serde(default)]
    pub reopen: u32,
    /// The organisation has no recovery key yet.
    #[serde(default)]
    pub no_recovery_key: bool,
}

/// A new person, or a change of one. Who signs in at a desk needs an account, one with a phone none; an account that is
/// given to somebody who has one takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonChange {
    /// The record to be.
    pub id: PersonId,
    /// Display name.
    pub name: String,
    /// See [`Person::sort`].
    #[serde(default)]
    pub sort: String,
    /// What they may do.
    pub role: Role,
    /// The unit that the role is for.
    pub unit: AreaId,
    /// No longer works here: every way in ends.
    #[serde(default)]
    pub left: bool,
    /// How they sign in, for roles at a desk.
    pub account: Option<Account>,
}

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The person.
    pub person: Person,
    /// Sign-in name, if they have an account.
    pub login: Option<String>,
    /// Phones that are enrolled and not revoked.
    pub devices: u32,
    /// Until when a code waits for a phone that has not used it; may be over.
    #[serde(default)]
    pub code_until: Option<Time>,
}

/// A code that brings one phone into the work. Shown once; the server keeps a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentCode {
    /// "KV3T-8Q4M".
    pub code: String,
    /// 24 hours after it was issued.
    pub expires: Time,
    /// The address in the QR: `{public_url}/app/#enrol=KV3T8Q4M.` and the fingerprint without hyphens (behind `#`, so that
    /// no server logs it).
    pub url: String,
    /// The fingerprint of the recovery key that the phone will seal to, in four groups: "7Q2M-…". It came with the QR, and
    /// not from whoever answers the phone.
    pub fingerprint: String,
    /// The QR code of that address, as the path data of an SVG with `size` modules a side, quiet zone included.
    pub qr: String,
    /// Modules a side.
    pub qr_size: u32,
}

/// A phone in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The device.
    pub id: DeviceId,
    /// Whose.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// When the server last heard of it.
    pub seen_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// Why.
    #[serde(default)]
    pub revoked_for: Option<Revocation>,
    /// When a phone that was revoked was first told that this is its end.
    #[serde(default)]
    pub told_at: Option<Time>,
    /// When it said that its key is destroyed.
    #[serde(default)]
    pub destroyed_at: Option<Time>,
    /// What it last said of itself; nothing where its app is older than that.
    #[serde(default)]
    pub report: Option<Report>,
    /// It is a copy of this one, and goes on under a name of its own.
    #[serde(default)]
    pub copy_of: Option<DeviceId>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Households written; nothing of them is stored before all are.
    pub done: u32,
    /// Households to be written; 0 while the list is read and compared.
    pub all: u32,
}

/// Takes an import back, as long as nothing depends on a household that it made: no visit, opinion, promise, share or
/// correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoImport {
    /// The confirmation that was sent with the import.
    pub import: DeviceId,
    /// Made for this, so that pressing twice undoes once.
    pub confirmation: DeviceId,
}

/// One import of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The confirmation that was sent with it: what [`UndoImport`] names.
    pub import: DeviceId,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Time,
    /// The commune whose book it went into.
    pub unit: String,
    /// What it did.
    pub did: Imported,
    /// The households that it made were taken back.
    pub undone: bool,
}

/// What an import did, or taking it back undid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// New households stored.
    pub households: u32,
    /// Households changed.
    #[serde(default)]
    pub changed: u32,
    /// Villages made.
    pub villages: u32,
    /// This confirmation was here already; nothing was stored a second time.
    pub again: bool,
}

/// What somebody at a desk says about visits of one village that others made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationChange {
    /// The event; made where it is pressed.
    pub id: RecordId,
    /// The village.
    pub village: AreaId,
    /// What.
    pub act: VerificationAct,
}

/// What is said about visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationAct {
    /// They are confirmed, or voided with a reason.
    Look(Verification),
    /// This day is closed.
    Close(Date),
    /// An earlier one of one's own is taken back.
    TakeBack(RecordId),
}

/// A day of a village on which there were visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRow {
    /// The village.
    pub village: AreaId,
    /// Its name.
    pub name: String,
    /// The day.
    pub day: Date,
    /// Visits that count.
    pub visits: u32,
    /// Of them, those that nobody has confirmed as they now are.
    pub waiting: u32,
    /// Visits that were voided; none of [`Self::visits`].
    pub voided: u32,
    /// Received, or corrected, after the day was closed.
    pub late: u32,
    /// Who closed it, and when the server heard of that.
    pub closed: Option<Closed>,
}

/// A closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Its event.
    pub id: RecordId,
    /// Who closed the day.
    pub by: PersonId,
    /// Their name.
    pub name: String,
    /// When the server heard of it.
    pub at: Time,
}

/// The header with the words to look for: see [`Filter::q`].
pub const WORDS: &str = "x-gandan-words";

/// What a list or a figure is about. Every field narrows it. In the address of the page, so that a figure can be shared; the
/// words to look for can be a name, and are in no address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Of one campaign; without it, of the newest running one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<RecordId>,
    /// From this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// To this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// Of one village.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub village: Option<AreaId>,
    /// Of the villages of one team, and of visits by its members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<RecordId>,
    /// What one person did: their visits, the households that they visited, the opinions that they wrote down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Visits in one state; without it, all that count, which are those that nobody voided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<VisitState>,
    /// Opinions of one topic, its second level included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// Opinions of one kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<OpinionKind>,
    /// Visits and opinions that came in one way. Of an anonymous opinion that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// One meeting, or the opinions that were said there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting: Option<RecordId>,
    /// What was written down beside one visit, named by any version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit: Option<RecordId>,
    /// One household, or its visits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<RecordId>,
    /// Households given to this member by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<PersonId>,
    /// Households in one standing; of visits, those at which somebody was [met](StandingFilter::Met) or nobody was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<StandingFilter>,
    /// Words to look for, without accents: in head, number and code of a household; of opinions, in what was said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// In which order households stand within a village.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<HouseholdOrder>,
    /// How many rows to leave out.
    #[serde(skip_serializing_if = "is_zero")]
    pub skip: u32,
    /// Lines of the access log before this one: reading the log makes it longer, so no number of rows to leave out would hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

const fn is_zero(n: &u32) -> bool {
    *n == 0
}

crate::code_list! {
    /// Households by where they stand in a campaign, and those on which two people disagree.
    StandingFilter {
        Met = "met", "Đã gặp", "Met";
        Tried = "tried", "Đã đến, chưa gặp", "Visited, not met";
        New = "new", "Chưa đến", "Not visited";
        Assigned = "assigned", "Đã giao", "Given";
        Left = "left", "Còn lại", "Left";
        Due = "due", "Đến hẹn", "Due";
        Overdue = "overdue", "Quá hẹn", "Overdue";
        NoContact = "no_contact", "Không liên hệ", "Do not contact";
        Active = "active", "Đang ở, mọi hộ", "Living here, all";
        Disputed = "disputed", "Hai người ghi khác nhau", "Recorded differently";
    }
}

crate::code_list! {
    /// How households of a village stand in a list.
    HouseholdOrder {
        Number = "number", "Theo số trong danh sách", "By number in the list";
        Name = "name", "Theo tên chủ hộ", "By the head's given name";
    }
}

/// Why households are taken out with names and phones. In the access log and in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Chosen and not typed: the log never holds content, and what is typed could be a name.
    pub reason: NamesReason,
}

crate::code_list! {
    /// What households with names and phones are taken out for.
    NamesReason {
        Routes = "ROUTES", "In danh sách cho tổ đi thăm", "To print lists for a team";
        Invitations = "INVITATIONS", "Mời họp, gửi giấy tờ đến hộ", "To invite to a meeting, to send papers";
        Checking = "CHECKING", "Đối chiếu sổ hộ với thôn", "To check the book with the village";
        Answers = "ANSWERS", "Gọi lại, báo lại cho hộ", "To call back, to answer";
        Request = "REQUEST", "Theo văn bản của nơi có thẩm quyền", "At the written request of an authority";
    }
}

/// How many rows a list shows at a time.
pub const ROWS: u32 = 50;

/// Rows of a list, [`ROWS`] at a time, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// At most [`ROWS`].
    pub rows: Vec<T>,
    /// All that the filter finds.
    pub total: u32,
    /// Of them, those that the title of the list names: households not visited, visits at which somebody was met, urgent
    /// opinions, meetings that go on.
    pub notable: u32,
}

/// A household in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdRow {
    /// The record.
    pub id: RecordId,
    /// Its village's name.
    pub village: String,
    /// "DC-0187".
    pub code: String,
    /// Number in the list.
    pub no: String,
    /// The head.
    pub head: String,
    /// Cluster and place, in words.
    pub place: String,
    /// How many people, if known.
    pub people: Option<u16>,
    /// Whether it still lives here.
    pub status: HouseholdStatus,
    /// It asked not to be contacted.
    pub no_contact: bool,
    /// Visits in the campaign.
    pub attempts: u16,
    /// When somebody was last met in the campaign.
    pub met: Option<Time>,
    /// What the last visit agreed on.
    pub next: Option<Appointment>,
    /// Some field has two values.
    pub disputed: bool,
}

/// A visit in a list. What it met with reads "chưa gặp" wherever nobody was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRow {
    /// The record.
    pub id: RecordId,
    /// When, by the phone's clock.
    pub at: Time,
    /// When the server received it.
    pub received_at: Time,
    /// The village's name.
    pub village: String,
    /// The household's code and number.
    pub household: String,
    /// The head of the household.
    pub head: String,
    /// Who visited.
    pub by: String,
    /// Whether somebody was met.
    pub met: bool,
    /// The exact result, for those who met somebody only; otherwise `None`, so that a list tells nothing by elimination.
    pub contact: Option<ContactResult>,
    /// What was done.
    pub purposes: Vec<PurposeResult>,
    /// When to come again.
    pub next: Option<Appointment>,
    /// It corrects an earlier version, which is kept, and does not only [complete](crate::record::completes) it.
    pub amended: bool,
    /// Its first version.
    pub visit: RecordId,
    /// Its village.
    pub area: AreaId,
    /// Who visited.
    pub author: PersonId,
    /// Whether somebody else confirmed it as it now is, or voided it.
    pub state: VisitState,
    /// Who did that, and the event.
    pub checked: Option<Checked>,
    /// Received, or corrected, after its day was closed.
    pub late: bool,
    /// How it came in. Of one that was typed in `at` is a day, without an hour.
    pub source: Source,
    /// Who typed it in, if it was.
    pub typed_by: Option<String>,
}

/// A verification of one visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Its event.
    pub id: RecordId,
    /// Who looked.
    pub by: PersonId,
    /// Their name.
    pub name: String,
    /// Why the visit was voided.
    pub void: Option<VoidReason>,
    /// How many visits it is about.
    pub visits: u32,
}

/// An opinion in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionRow {
    /// The record.
    pub id: RecordId,
    /// What sort.
    pub kind: OpinionKind,
    /// What about.
    pub topic: Topic,
    /// Whether it can wait.
    pub urgency: Urgency,
    /// How the speaker is named; `None` for what was said at a meeting, where speakers are only counted.
    pub mode: Option<ReporterMode>,
    /// The words.
    pub text: String,
    /// The village's name.
    pub village: String,
    /// The campaign's title.
    pub campaign: String,
    /// The day of a named one, or of one at a meeting; `None` for an anonymous one, which has no finer date than its week.
    pub day: Option<Date>,
    /// The Monday of an anonymous one's week; `None` where the period is the campaign.
    pub week: Option<Date>,
    /// Who recorded it, but for an anonymous one.
    pub by: Option<String>,
    /// The household of a named one, by code and number.
    pub household: Option<String>,
    /// The meeting at which it was said.
    pub meeting: Option<MeetingName>,
    /// How it came in; `None` for an anonymous one.
    pub source: Option<Source>,
}

/// Something that was written down beside a visit, apart from what was said there: a note, or an answer that was promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteRow {
    /// The record, in the version that is shown.
    pub id: RecordId,
    /// When it was written, by the writer's clock.
    pub at: Time,
    /// The words of a note.
    pub text: Option<String>,
    /// By when an answer was promised; then it is a promise.
    pub promised: Option<Date>,
}

/// A meeting, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingName {
    /// The record.
    pub id: RecordId,
    /// Its title; empty where it has none.
    pub name: String,
}

/// A meeting in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingRow {
    /// The record.
    pub id: RecordId,
    /// What sort of meeting.
    pub kind: MeetingType,
    /// Whether it goes on.
    pub state: MeetingState,
    /// Its title; empty where it has none.
    pub title: String,
    /// Where it was held.
    pub place: String,
    /// What it came to, in short.
    pub conclusion: String,
    /// When it began.
    pub start: Appointment,
    /// The village's name.
    pub village: String,
    /// Households expected; of all four counts `None` is not known.
    pub expected: Option<u16>,
    /// Households present.
    pub present: Option<u16>,
    /// People present.
    pub people: Option<u16>,
    /// People who spoke.
    pub speakers: Option<u16>,
    /// Opinions that were received.
    pub opinions: u32,
    /// Who wrote it down.
    pub by: String,
}

/// Counts of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The campaign that was counted.
    pub campaign: Option<RecordId>,
    /// The whole.
    pub total: Counts,
    /// Opinions in the whole.
    pub opinions: u32,
    /// One row for each village, those with most work first; none for a province.
    pub villages: Vec<VillageCoverage>,
    /// For a province instead: one row for each commune, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub communes: Vec<CommuneCoverage>,
    /// One row for each team that has a village, by name: the counts of its villages, in which other teams may work too.
    pub teams: Vec<TeamCoverage>,
    /// One row for each person who visited, wrote something down or was given households by name, by name.
    pub members: Vec<MemberCoverage>,
    /// What was talked about: one row for each first-level topic, the most frequent first.
    pub topics: Vec<TopicCoverage>,
    /// Visits at which somebody was met, by week (its Monday), ascending.
    pub weeks: Vec<(Date, u32)>,
    /// Village meetings held, by week (its Monday), ascending.
    #[serde(default)]
    pub held: Vec<(Date, u32)>,
    /// One row for each campaign but drafts, the newest first; none for a province.
    #[serde(default)]
    pub campaigns: Vec<CampaignCoverage>,
    /// The days that were asked for, or else the last seven.
    pub days: Days,
    /// What was done in them.
    pub now: Done,
    /// What was done in as many days before; `None` where the campaign had not begun on the first of them, so that nothing
    /// is compared with less than it looks.
    pub before: Option<Done>,
    /// Mergers and splits that the figures go across, the earliest first: what was counted before them counts to the
    /// villages of today.
    #[serde(default)]
    pub rearranged: Vec<Rearranged>,
    /// When the figures were taken.
    pub as_of: Time,
    /// Phones that have not been heard of for three days.
    pub silent_devices: u32,
}

/// Counts of one commune, as its province may see them: no villages, and no small numbers of opinions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneCoverage {
    /// The commune.
    pub commune: AreaId,
    /// Its name.
    pub name: String,
    /// Its counts, in the campaign of its own that runs.
    pub counts: Counts,
    /// Its opinions; `None` where they are fewer than [`SMALL`] and not none, and could be one household's.
    pub opinions: Option<u32>,
}

/// Numbers of opinions below this do not leave a commune.
pub const SMALL: u32 = 5;

/// Counts of one campaign, in the same places and days as the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignCoverage {
    /// The campaign.
    pub campaign: RecordId,
    /// Its title.
    pub title: String,
    /// Its counts.
    pub counts: Counts,
}

/// Counts of one village.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageCoverage {
    /// Its area.
    pub village: AreaId,
    /// Its name.
    pub name: String,
    /// The teams it is given to.
    pub teams: Vec<String>,
    /// Its counts.
    pub counts: Counts,
    /// Its opinions.
    pub opinions: u32,
    /// What was done there in [`Coverage::days`], and before.
    pub trend: Trend,
}

/// Counts of one team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamCoverage {
    /// The team.
    pub team: RecordId,
    /// Its name.
    pub name: String,
    /// The counts of its villages; of visits those that its members made, wherever that was, as the list of visits has them.
    pub counts: Counts,
    /// The opinions of its villages.
    pub opinions: u32,
    /// Visits of its members and households met in its villages, in [`Coverage::days`] and before.
    pub trend: Trend,
}

/// What one person did, wherever that was, and how far the households are that were given to them by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCoverage {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their teams.
    pub teams: Vec<String>,
    /// Their visits, meetings and households; of opinions those with a name and those of village meetings, since whose
    /// phone an anonymous one came from is kept nowhere; of village meetings those that they wrote down.
    pub done: Done,
    /// The households that were given to them by name, whoever visited those.
    pub given: Counts,
    /// What they visited in [`Coverage::days`], and before.
    pub trend: Trend,
    /// Their last visit.
    pub last: Option<Time>,
}

/// Opinions about one topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicCoverage {
    /// Of the first level; opinions of its second level are counted here.
    pub topic: Topic,
    /// How many.
    pub opinions: u32,
    /// How many in [`Coverage::days`].
    pub now: u32,
    /// How many in as many days before; `None` as in [`Coverage::before`].
    pub before: Option<u32>,
    /// How many by village, the most first.
    pub villages: Vec<(AreaId, u32)>,
    /// How many by week (its Monday), ascending; those that only have a campaign are in none.
    pub weeks: Vec<(Date, u32)>,
}

/// Something that waits for a person; anonymous opinions together, as many as have one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRow {
    /// How many; 1 for what came from somebody.
    pub count: u32,
    /// Whose phone it came from; `None` for an anonymous opinion.
    pub from: Option<String>,
    /// When; `None` for an anonymous opinion.
    pub received_at: Option<Time>,
    /// Why.
    pub reason: Reason,
    /// The kind of record, if it could be read.
    pub kind: Option<String>,
    /// How many bytes are kept; of anonymous opinions in whole blocks, which do not tell their length.
    pub bytes: u32,
    /// Which it is; `None` for anonymous opinions. It can be judged again where its [`Reason::may_pass`].
    pub waiting: Option<Waiting>,
    /// Somebody dealt with it otherwise: it counts no more.
    pub aside: bool,
}

/// A value in a list, and the number that a [`Write::seen`] about it names. In JSON one object: the value's own fields and `seen`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen<T> {
    /// Its revision: never 0, and another one after every change.
    pub seen: u64,
    /// The name of the commune whose it is, where that is another one: a village of it was moved here, and here it is read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
    /// The value.
    #[serde(flatten)]
    pub value: T,
}
