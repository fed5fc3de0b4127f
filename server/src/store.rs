//! What the server keeps, and the only place that knows how. Everything above asks [`Store`]; SQL is below.
//!
//! Nothing in here reads a clock or makes randomness: `now` and a [`Seed`] come in with each call, so that a simulator
//! can drive the memory store to the same end again and again.

mod access;
mod anonymous;
mod book;
mod code_book;
#[cfg(test)]
pub(crate) mod contract;
mod coverage;
mod desk;
mod directory;
pub mod either;
mod engine;
mod enrolment;
mod grants;
mod hand_over;
mod imports;
mod incident;
pub mod memory;
pub mod mortal;
mod names;
mod office;
mod projection;
mod pull;
mod push;
mod quarantine;
mod question;
mod random;
mod rearrangement;
mod recovery;
mod redaction;
mod restore;
mod retention;
mod roll;
mod sequence;
mod share;
pub mod sqlite;
mod stream;
mod tables;
mod take_out;
mod twin;
mod typing;
mod units;
pub mod unread;
mod verification;

use domain::ahead::{Ahead, DropAhead};
use domain::campaign::{Assignment, Campaign};
use domain::code_book::{CodeChange, CodeEntry};
use domain::device::{Report, Revocation};
use domain::hand_over::HandOver;
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::incident::Incident;
use domain::office::{Coverage, DeviceRow, Filter, Imported, Listed, PersonRow, Progress, QuarantineRow, Seen, VerificationChange};
use domain::organization::Organization;
use domain::person::Person;
use domain::quarantine::{Content, PutAside, TakeIn, TakenIn, Waiting};
use domain::receive::GRACE_HOURS;
use domain::redaction::Redact;
use domain::reimport::{Choices, Comparison};
use domain::sequence::Continues;
use domain::succession::Rearrangement;
use domain::team::Team;
use domain::time::Time;
use domain::twin::Decision;
use domain::typing::Typed;
use domain::unit::Unit;
use domain::wire::{AnonymousReply, EnrolReply, PullReply, PullRequest, PushBatch, PushReply};
pub use names::NamedHousehold;
pub use question::Row;
pub use recovery::Reopening;
pub use redaction::LastRedaction;
use seal::recovery::PublicKey;
use serde_bytes::ByteBuf;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
pub use take_out::Kept;

/// Everything that the server does with what it keeps. Each operation is one transaction: all of it happened, or nothing.
///
/// Whoever calls has already checked role and reach against [`domain::person::Role::may`]; `within` says how far the
/// caller's reach goes and the store keeps to it.
pub trait Store: Send + Sync + 'static {
    /// The present life of the database, and whether anybody has set it up.
    fn life(&self) -> impl Future<Output = Result<Life, StoreError>> + Send;

    /// Makes the first administrator, province, commune and officer. [`StoreError::Taken`] where that was done before.
    /// Returns the administrator.
    fn set_up(&self, first: FirstSteps, now: Time, seed: Seed) -> impl Future<Output = Result<PersonId, StoreError>> + Send;

    /// The passphrase hash behind a sign-in name; [`StoreError::NotFound`] where there is none, or its person left.
    fn credentials(&self, login: String) -> impl Future<Output = Result<Credentials, StoreError>> + Send;

    /// Begins a session of a person at a desk, goes on with one, or ends one, and says who it belongs to;
    /// [`StoreError::NotFound`] where it is unknown, expired, or its person left.
    fn session(&self, token: Hash, what: Session, now: Time) -> impl Future<Output = Result<SignedIn, StoreError>> + Send;

    /// Makes an office tab a device of this person, so that it can [`Store::write`]. Twice is once;
    /// [`StoreError::Taken`] where the id is somebody else's.
    fn tab(&self, device: DeviceId, person: PersonId, now: Time) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Keeps the hash of a one-time code ([`crate::keys::Keys::code`]) for a field person and returns when it expires:
    /// [`CODE_HOURS`] after `now`. [`StoreError::Revoked`] where the phone to be replaced was revoked already.
    fn issue_code(
        &self,
        within: Within,
        to: impl Into<CodeFor> + Send,
        code: Hash,
        now: Time,
    ) -> impl Future<Output = Result<Time, StoreError>> + Send;

    /// Makes a phone a device, with a signed token. The same code and device again give the same answer, for a reply
    /// that was lost. [`StoreError::NotFound`], [`StoreError::Expired`] and [`StoreError::Used`] are about the code;
    /// [`StoreError::Taken`] is a device id that is somebody else's.
    fn enrol(&self, code: Hash, device: DeviceId, now: Time) -> impl Future<Output = Result<EnrolReply, StoreError>> + Send;

    /// The device behind a token. Revoked ones too: what they may still do is for [`Store::push`] to say.
    fn device(&self, device: DeviceId) -> impl Future<Output = Result<Device, StoreError>> + Send;

    /// Revokes a phone that may be in the wrong hands ([`Revocation::Lost`]), and the copies that go on from it. Twice is once.
    fn revoke(&self, within: Within, device: DeviceId, now: Time) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes a batch of a phone: at most [`domain::wire::PUSH_MAX`] frames. Every frame is stored, applied or in
    /// quarantine, or `Busy`; one bad frame never blocks another. [`StoreError::Revoked`] 30 days after a revocation.
    /// Those that are to be isolated are stored before anybody looks into them; a phone that asks again is told that they wait.
    /// Of a phone that goes by another life of the database no frame is taken. What it says of itself is noted beside it.
    /// One that is a copy is told under which name it goes on, and from there on no frame is taken. One that was revoked is told
    /// so, and its [last word](PushBatch::last_word) is noted, however late.
    fn push(&self, batch: PushBatch, now: Time, seed: Seed) -> impl Future<Output = Result<PushReply, StoreError>> + Send;

    /// Takes anonymous opinions, authorised by the sender and kept without anything of it. `now` goes into the reply only.
    fn anonymous(
        &self,
        sender: Sender,
        opinions: Vec<ByteBuf>,
        now: Time,
    ) -> impl Future<Output = Result<AnonymousReply, StoreError>> + Send;

    /// Everything that reaches the server of the organisation's recovery key: see [`Recovery`].
    fn recover(&self, what: Recovery, now: Time) -> impl Future<Output = Result<Recovered, StoreError>> + Send;

    /// Answers a pull: by its mark if it has one, otherwise with pages of the streams that the person may read now.
    fn pull(&self, device: DeviceId, request: PullRequest, now: Time) -> impl Future<Output = Result<PullReply, StoreError>> + Send;

    /// Closes the windows of anonymous opinions that enough households stand behind, and widens those whose week is
    /// over. Grants follow the first and last days of teams. What waits is judged again as far as that takes nobody's word.
    /// To be called on a schedule (every hour, say), never because something arrived.
    fn tick(&self, now: Time, seed: Seed) -> impl Future<Output = Result<TakenIn, StoreError>> + Send;

    /// Units, people, phones, campaigns, organisations, teams, assignments and codes of the units within reach.
    fn directory(&self, within: Within) -> impl Future<Output = Result<Directory, StoreError>> + Send;

    /// One change by an office tab; what is typed in may be several operations, stored together. The same `(device, seq)` with the same value again changes nothing and succeeds;
    /// with another value it is [`StoreError::Stale`], as is a `seen` that is not the present one.
    fn write(&self, change: OfficeChange, now: Time, seed: Seed) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Compares a roll with the book, brings it in, whole, or takes an import back. The same confirmation again stores
    /// nothing and says so. [`StoreError::Stale`] where a roll comes to something else than what was confirmed;
    /// [`StoreError::Taken`]`("household")` where somebody has visited or corrected what an import made.
    fn import(&self, import: Import, now: Time, seed: Seed) -> impl Future<Output = Result<Compared, StoreError>> + Send;

    /// A list of an office, each sort of row in its own order: see [`Row`].
    fn list<R: Row>(&self, ask: Ask, now: Time) -> impl Future<Output = Result<Listed<R>, StoreError>> + Send;

    /// Counts of a campaign (`limit` and `skip` do not matter).
    fn coverage(&self, ask: Ask, now: Time) -> impl Future<Output = Result<Coverage, StoreError>> + Send;

    /// What waits for a person, the latest first, what was put aside last, and at most [`QUARANTINED_ROWS`]; then the anonymous
    /// ones, in no order.
    fn quarantine(&self, within: Within) -> impl Future<Output = Result<Vec<QuarantineRow>, StoreError>> + Send;

    /// What came under one number of a phone within reach, to be read; [`StoreError::NotFound`] where nothing of it waits.
    fn waiting(&self, within: Within, waiting: Waiting) -> impl Future<Output = Result<Vec<Content>, StoreError>> + Send;

    /// Puts it aside or brings it back; [`StoreError::NotFound`] as there.
    fn put_aside(&self, within: Within, what: PutAside) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Has what waits judged again, as of its first receipt, on the word of somebody whose place that is; what waited for it
    /// comes in with it. Of the phones within reach; [`StoreError::NotFound`] where one operation is named and does not
    /// wait, or cannot pass. Not one transaction: what came in stays, also where the next one brings the server down.
    fn take_in(&self, within: Within, what: TakeIn, seed: Seed) -> impl Future<Output = Result<TakenIn, StoreError>> + Send;

    /// Keeps one line of the access log. Never about an anonymous opinion's arrival.
    fn log(&self, access: Access) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Begins a new life after a database was restored from a copy: takes the epoch, replays the journal, signs everybody
    /// out, and leaves out the short codes that were given since the copy was made.
    fn restore(&self, epoch: Epoch, entries: Vec<crate::journal::Entry>) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What tests and upkeep do with a store.
pub trait Upkeep: Store {
    /// Puts a new hash in the place of an account's, for the machine's console, and ends its sessions.
    /// [`StoreError::NotFound`] where there is no such account, or its person left.
    fn new_passphrase(&self, login: String, hash: String) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Empties every projection and makes it again from the records.
    fn rebuild(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Every row of every table as text: the table's name, then the values, bytes in lower-case hex. A test can search
    /// it for what must not be there.
    fn dump(&self) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;
}

/// Fresh randomness from the caller, for salts, ids and the order of release. Use each seed once.
pub type Seed = [u8; 32];

/// A keyed hash of a secret that the store must recognise and not hold; made by [`crate::keys::Keys`].
pub type Hash = [u8; 32];

/// How far a caller's reach goes: one unit and everything below it, or `None` for the whole server.
pub type Within = Option<AreaId>;

/// How long an enrolment code lives.
pub const CODE_HOURS: i64 = 24;

/// How much of the quarantine is shown.
pub const QUARANTINED_ROWS: usize = 500;

/// The present life of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// A rewound database gets a new one.
    pub epoch: Epoch,
    /// There is an administrator.
    pub set_up: bool,
    /// The public half of the organisation's recovery key, once it was made.
    pub recovery: Option<PublicKey>,
}

/// What the one-time link asks for; passphrases already hashed.
#[derive(Clone, Debug)]
pub struct FirstSteps {
    /// The administrator.
    pub admin: Desk,
    /// The province's name.
    pub province: String,
    /// The commune's full name.
    pub commune: String,
    /// The officer who will bring in the roll.
    pub officer: Desk,
    /// The public half of the organisation's recovery key, if it was made already.
    pub recovery: Option<PublicKey>,
}

/// Somebody at a desk who does not exist yet.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Display name.
    pub name: String,
    /// How they sign in.
    pub account: Account,
}

/// How somebody at a desk signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Unique on the server, lower case.
    pub login: String,
    /// The argon2id hash of the passphrase, as a PHC string.
    pub hash: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("login", &self.login).finish_non_exhaustive()
    }
}

/// What a sign-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it would be.
    pub person: PersonId,
    /// Their account.
    pub account: Account,
}

/// What becomes of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// It is this person's, until then. Expired ones of anybody are forgotten on the way.
    Begin(PersonId, Time),
    /// It stays as it is.
    Keep,
    /// It lasts until then from now on: one that has ended is not begun again.
    Extend(Time),
    /// It ends.
    End,
}

/// What is said around the recovery key. Its private half never reaches the server.
#[derive(Clone, Debug)]
pub enum Recovery {
    /// The key was made. There is only ever one: [`StoreError::Taken`] where there is another.
    Make(PublicKey),
    /// A phone's sealed data key, in the place of the one before. Not of a phone that was lost ([`StoreError::Revoked`]).
    Deposit(DeviceId, ByteBuf),
    /// A phone that is locked asks to be opened, or asks again with the same key and is told the answer. Another key is
    /// another request, in the place of the first. [`StoreError::NotFound`] where there is no such phone;
    /// [`StoreError::Revoked`] where it was lost.
    Ask {
        /// The phone.
        device: DeviceId,
        /// What the answer is to be sealed to.
        public: PublicKey,
        /// Its own copy of its deposit; may be empty.
        sealed: ByteBuf,
    },
    /// Two people answer. [`StoreError::NotFound`] where the phone does not ask any more, [`StoreError::Stale`] where it asks
    /// with another key or has been answered otherwise.
    Answer {
        /// How far whoever answers may go.
        within: Within,
        /// Who answers.
        by: PersonId,
        /// The phone.
        device: DeviceId,
        /// The key of the request that they saw.
        public: PublicKey,
        /// The data key, sealed to it.
        answer: ByteBuf,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// It is stored.
    Stored,
    /// The request is the one that was there, and waits.
    Waits,
    /// It was answered.
    Answered(ByteBuf),
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub person: Person,
    /// The name of the unit that their role is for.
    pub unit_name: String,
}

/// A writer with a gapless sequence of its own.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose.
    pub person: PersonId,
    /// What sort.
    pub kind: DeviceKind,
    /// Every operation from 1 to this number is held.
    pub have: u64,
    /// Since when.
    pub enrolled_at: Time,
    /// When the server last heard of it, to within an hour.
    pub seen_at: Option<Time>,
    /// When it was revoked, and why.
    pub revoked: Option<Revoked>,
    /// When a phone that was revoked was first told that this is its end.
    pub told_at: Option<Time>,
    /// When it said that its key is destroyed. Nothing where it, or a copy of it, was heard of again since.
    pub destroyed_at: Option<Time>,
    /// What it last said of itself.
    pub report: Option<Report>,
    /// It is a copy: its numbers up to this one are another's.
    pub continues: Option<Continues>,
    /// Whatever was redacted up to this number is not on it any more, as it said last; `None` where its app is older than that.
    pub redacted: Option<u64>,
}

impl Device {
    /// Whether it may end for this reason. One that was replaced may still be lost, and then is; nothing else that ended ends
    /// again.
    pub fn may_end_as(&self, why: Revocation) -> bool {
        self.revoked.is_none_or(|revoked| revoked.why.delivers() && !why.delivers())
    }
}

/// The end of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Revoked {
    /// When.
    pub at: Time,
    /// Why.
    pub why: Revocation,
}

impl Revoked {
    /// Whether so much time has passed that nothing of it is taken any more.
    pub fn is_over(self, now: Time) -> bool {
        now > self.at.plus_hours(GRACE_HOURS)
    }
}

/// Whose phone a one-time code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFor {
    /// One more phone of a person, or their first.
    Person(PersonId),
    /// The phone that takes the place of this one, which is revoked as [`Revocation::Replaced`] in the same step.
    InPlaceOf(DeviceId),
}

impl From<PersonId> for CodeFor {
    fn from(person: PersonId) -> Self {
        Self::Person(person)
    }
}

domain::code_list! {
    /// What sort of writer a device is.
    DeviceKind {
        Phone = "phone", "Điện thoại", "Phone";
        Tab = "tab", "Trình duyệt của văn phòng", "Office tab";
        Import = "import", "Một lần nhập", "One import";
        Undo = "undo", "Một lần hoàn tác", "One undoing";
        Once = "once", "Một việc làm một lần", "One thing done once";
    }
}

/// The working parts of the units within reach. The number beside each value is what a later
/// [`OfficeChange::seen`] names.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Units within reach, and those above them.
    pub units: Vec<Seen<Unit>>,
    /// People of those units.
    pub people: Vec<Seen<PersonRow>>,
    /// Their phones, the latest first.
    pub devices: Vec<DeviceRow>,
    /// Campaigns, the newest first.
    pub campaigns: Vec<Seen<Campaign>>,
    /// Organisations by name.
    pub organizations: Vec<Seen<Organization>>,
    /// Teams by name.
    pub teams: Vec<Seen<Team>>,
    /// Assignments.
    pub assignments: Vec<Seen<Assignment>>,
    /// What was said about codes, in the order in which it was said first.
    pub codes: Vec<Seen<CodeEntry>>,
    /// Mergers and splits that were entered ahead, the latest day first.
    pub ahead: Vec<Seen<Ahead>>,
}

/// One change by an office tab.
#[derive(Clone, Debug)]
pub struct OfficeChange {
    /// Who does it.
    pub by: PersonId,
    /// How far they may.
    pub within: Within,
    /// The tab: registered by [`Store::tab`] for the same person; of a hand-over, a device of its own.
    pub device: DeviceId,
    /// The tab's own number, from 1.
    pub seq: u64,
    /// The number that came with the value that the person saw; 0 for something new.
    pub seen: u64,
    /// What it is to be.
    pub value: Value,
}

/// What an office can change.
#[derive(Clone, Debug)]
pub enum Value {
    /// A unit. A village without a code is given one, or keeps the one that it has.
    Unit(Unit),
    /// An organisation.
    Organization(Organization),
    /// What is said about a code. A new topic is given its own.
    Code(CodeChange),
    /// A team.
    Team(Team),
    /// A campaign.
    Campaign(Campaign),
    /// A village given to a team, or chosen households of it to a member.
    Assignment(Assignment),
    /// Visits that others made are confirmed or voided, a day is closed, or one of these is taken back.
    Verify(VerificationChange),
    /// A household that is added or corrected.
    Household(domain::book::Entry),
    /// Whether two households are one.
    Twins(Decision),
    /// A person; an account where they sign in at a desk (`None` leaves an existing one as it is).
    Person(Person, Option<Account>),
    /// Somebody's work, for somebody else. It changes several records, so the device of the change is one of its own, made
    /// with the preview, and its number 1.
    HandOver(HandOver),
    /// A merger or a split of villages. Nobody has seen it before, so [`OfficeChange::seen`] is 0. One whose day has not come
    /// waits for it.
    Rearrangement(Rearrangement),
    /// A merger or a split that still waits is dropped.
    Drop(DropAhead),
    /// What arrived otherwise, typed in, or taken back.
    Typed(Typed),
    /// An incident with personal data.
    Incident(Incident),
    /// Parts of a record, and of every version of it, are deleted everywhere and for ever. Nobody has to have seen it:
    /// [`OfficeChange::seen`] is 0.
    Redact(Redact),
}

impl Value {
    /// As it is stored: every text clean and composed.
    #[must_use]
    pub fn cleaned(self) -> Self {
        match self {
            Self::Unit(unit) => Self::Unit(unit.cleaned()),
            Self::Organization(organization) => Self::Organization(organization.cleaned()),
            Self::Team(team) => Self::Team(team.cleaned()),
            Self::Campaign(campaign) => Self::Campaign(campaign.cleaned()),
            Self::Person(person, account) => Self::Person(person.cleaned(), account),
            Self::Rearrangement(decided) => Self::Rearrangement(decided.cleaned()),
            Self::Incident(incident) => Self::Incident(incident.cleaned()),
            // What is made of their texts is clean: values, entries, operations.
            Self::Household(_) | Self::Code(_) | Self::Typed(_) => self,
            // Without texts.
            Self::Assignment(_) | Self::Verify(_) | Self::Twins(_) | Self::HandOver(_) | Self::Drop(_) | Self::Redact(_) => self,
        }
    }
}

/// Whose right to write an anonymous opinion is asked for, and then forgotten.
#[derive(Clone, Copy, Debug)]
pub enum Sender {
    /// A phone, by the grants of its person.
    Phone(DeviceId),
    /// Somebody at a desk, by the villages within reach.
    Desk(Within),
}

/// What is to be done with a roll.
#[derive(Clone, Debug)]
pub enum Import {
    /// Say what it comes to; nothing is stored.
    Compare(Roll),
    /// Bring it in.
    Store(Roll, Confirmed),
    /// Take it back.
    Undo(Undo),
}

/// An import to take back.
#[derive(Clone, Debug)]
pub struct Undo {
    /// Who presses.
    pub by: PersonId,
    /// The commune of its households.
    pub commune: AreaId,
    /// The import's device id.
    pub import: DeviceId,
    /// The device id of the taking back: what is undone is written, not unwritten.
    pub device: DeviceId,
}

/// A roll to bring in.
#[derive(Clone, Debug)]
pub struct Roll {
    /// Who presses "Nhập".
    pub by: PersonId,
    /// The commune that villages belong to or are made in.
    pub commune: AreaId,
    /// The village's name as the unit tree has it (another one is made) and its household;
    /// [`domain::household::Household::check`] holds.
    pub rows: Vec<domain::roll::Row>,
    /// What was decided about lines that may be households of the book.
    pub choices: Choices,
}

/// What "Nhập" was pressed for.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Made with the preview: the import's device id.
    pub device: DeviceId,
    /// [`Comparison::seen`], where the person saw it.
    pub seen: Option<String>,
    /// How far it is, for somebody who watches it, and their word to stop.
    pub watched: Arc<Watched>,
}

/// An import under way. Whoever watches and the transaction share it.
#[derive(Debug, Default)]
pub struct Watched {
    done: AtomicU32,
    all: AtomicU32,
    cancelled: AtomicBool,
}

impl Watched {
    /// How much there is to write.
    pub fn begin(&self, all: usize) {
        self.all.store(u32::try_from(all).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// One more is written. [`StoreError::Cancelled`] where somebody said to stop: then nothing of it is stored.
    pub fn step(&self) -> Result<(), StoreError> {
        self.done.fetch_add(1, Ordering::Relaxed);
        if self.cancelled.load(Ordering::Relaxed) { Err(StoreError::Cancelled) } else { Ok(()) }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress { done: self.done.load(Ordering::Relaxed), all: self.all.load(Ordering::Relaxed) }
    }

    /// Has it stop, if it is not finished.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// What became of a roll.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What it comes to beside what the book had. Empty where it was stored before.
    pub comparison: Comparison,
    /// What was stored, or taken back; nothing of a comparison.
    pub imported: Option<Imported>,
}

/// A question of the office.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// How far the asker's reach goes.
    pub within: Within,
    /// What it is about.
    pub filter: Filter,
    /// The most rows to return after `filter.skip`: [`ROWS`](domain::office::ROWS) for a page, more for an export.
    pub limit: u32,
}

/// One line of the access log: who did what, when, about which record. Never content.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Access {
    /// When.
    pub at: Time,
    /// Who, if they were known.
    pub person: Option<PersonId>,
    /// The action's code.
    pub action: String,
    /// Which record, unit or device.
    pub about: Option<RecordId>,
}

/// Why the store did not do as it was asked. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// Too much at once: try again.
    Busy,
    /// Somebody changed it meanwhile: look again.
    Stale,
    /// Whoever asked for it said to stop.
    Cancelled,
    /// There is no such thing within reach.
    NotFound,
    /// That name or id is taken; the field.
    Taken(&'static str),
    /// Not within reach, or not by this person.
    NotAllowed,
    /// The device was revoked.
    Revoked,
    /// The organisation has no recovery key yet.
    NoRecoveryKey,
    /// The code is older than [`CODE_HOURS`].
    Expired,
    /// The code was used for another device.
    Used,
    /// A field is missing or wrong; which.
    Invalid(&'static str),
    /// Something broke below: what, without content.
    Broken(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("busy"),
            Self::Stale => f.write_str("changed meanwhile"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::NotFound => f.write_str("not found"),
            Self::Taken(field) => write!(f, "{field} is taken"),
            Self::NotAllowed => f.write_str("not allowed"),
            Self::Revoked => f.write_str("the device was revoked"),
            Self::NoRecoveryKey => f.write_str("there is no recovery key"),
            Self::Expired => f.write_str("the code has expired"),
            Self::Used => f.write_str("the code was used"),
            Self::Invalid(field) => write!(f, "{field} is missing or wrong"),
            Self::Broken(what) => write!(f, "the store broke: {what}"),
        }
    }
}

impl std::error::Error for StoreError {}
