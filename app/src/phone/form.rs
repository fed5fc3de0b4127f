//! What the screens hand over to be saved, and how saving went.

use crate::store::StoreError;
use domain::household::HouseholdError;
use domain::id::RecordId;
use domain::meeting::MeetingError;
use domain::opinion::{OpinionError, OpinionKind, ReporterMode, Topic, Urgency};
use domain::time::{Date, Time};
use domain::visit::{Appointment, ContactResult, PurposeResult};
use serde::{Deserialize, Serialize};

/// A visit as it is typed. Also what a draft of it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitForm {
    /// The household.
    pub household: RecordId,
    /// The campaign it is made for.
    pub campaign: RecordId,
    /// Whether anybody was met.
    pub contact: ContactResult,
    /// What was done.
    #[serde(default)]
    pub purposes: Vec<PurposeResult>,
    /// When to come again.
    #[serde(default)]
    pub next: Option<Appointment>,
    /// By when an answer to the named opinions was promised.
    #[serde(default)]
    pub promised: Option<Date>,
    /// A short note; empty is none.
    #[serde(default)]
    pub note: String,
    /// Opinions with the household's name.
    #[serde(default)]
    pub named: Vec<NamedOpinion>,
    /// Opinions of one household or several without a name. They leave the phone without household, visit or recorder.
    #[serde(default)]
    pub anonymous: Vec<AnonymousForm>,
}

/// An opinion with the household's name, or of a meeting, where speakers are only counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedOpinion {
    /// Comes before the text.
    pub kind: OpinionKind,
    /// What it is about.
    pub topic: Topic,
    /// Whether it can wait.
    pub urgency: Urgency,
    /// The words.
    pub text: String,
}

/// What was said at a visit, corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidForm {
    /// Its note.
    Note(String),
    /// An opinion with the household's name.
    Opinion(NamedOpinion),
}

/// An opinion without a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnonymousForm {
    /// [`ReporterMode::Anonymous`] or [`ReporterMode::Group`].
    pub mode: ReporterMode,
    /// Comes before the text.
    pub kind: OpinionKind,
    /// What it is about.
    pub topic: Topic,
    /// Urgent ones are released at once; the screen says so first.
    pub urgency: Urgency,
    /// The words.
    pub text: String,
}

/// What was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedVisit {
    /// The visit, to correct or take back.
    pub visit: RecordId,
    /// When.
    pub at: Time,
}

/// Why nothing was saved. The words stay on the screen and in the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveError {
    /// The phone could not store it.
    Store(StoreError),
    /// The household is not on this phone any more.
    NoHousehold,
    /// The campaign is not on this phone, or it does not run.
    NoCampaign,
    /// The visit is not on this phone.
    NoVisit,
    /// The opinion or note is not on this phone any more.
    NoOpinion,
    /// The meeting is not on this phone.
    NoMeeting,
    /// Only the author corrects a visit or a meeting or takes it back.
    NotOwn,
    /// An opinion was typed at a visit where nobody was spoken to.
    NobodySpoken,
    /// The nth opinion (named ones first) is not complete.
    Opinion(usize, OpinionError),
    /// The note is longer than [`domain::visit::NOTE_MAX`] characters.
    NoteTooLong,
    /// The household is not complete.
    Household(HouseholdError),
    /// The meeting's header is not complete.
    Meeting(MeetingError),
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
