//! What waits for a person: judged again after an update of the server, a grant that was given, a unit that was made; or
//! read, and put aside once it was dealt with otherwise.

use crate::household::Household;
use crate::id::DeviceId;
use crate::meeting::{MeetingOpinion, MeetingWords};
use crate::operation::{Field, Kind, Operation, Part};
use crate::opinion::{Opinion, OpinionKind, Topic, Urgency};
use crate::register::{self, Register};
use crate::time::{Date, Time};
use crate::visit::{Appointment, Callback, ContactResult, Visit};
use crate::wire::Reason;
use serde::{Deserialize, Serialize};

/// What is to be judged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeIn {
    /// One operation.
    One(Waiting),
    /// Whatever waits for this reason, the longest-waiting first and at most [`TAKE_IN_MAX`] at once.
    All(Reason),
}

/// Most operations that one press judges again.
pub const TAKE_IN_MAX: usize = 500;

/// An operation that waits: where it came from, and under which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Waiting {
    /// The phone.
    pub device: DeviceId,
    /// Its number.
    pub seq: u64,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    /// Of those that were judged again, so many are in the book now.
    pub applied: u32,
    /// So many more waited for one of these and came in with it.
    pub followed: u32,
    /// Those that wait on: why, and how many.
    pub waiting: Vec<(Reason, u32)>,
}

/// What came under one number and waits, to be read by the person who has to do something about it. Nothing of it is in the
/// book; from what stands here it can be asked for or typed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// When the phone's clock said that it was written; `None` for bytes that nobody can read.
    pub at: Option<Time>,
    /// The village; empty where this server has no such place.
    pub village: String,
    /// The code of the household that it is about; empty where there is none, or none that is known.
    pub household: String,
    /// The rest.
    pub said: Said,
}

/// What an operation says, kind by kind. As in every list, of a visit at which nobody was met no more than that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// A visit.
    Visit {
        /// Somebody was met.
        met: bool,
        /// How, where somebody was.
        contact: Option<ContactResult>,
        /// When somebody wanted to come again.
        next: Option<Appointment>,
    },
    /// What residents said, at a visit or a meeting.
    Opinion {
        /// Its kind.
        kind: OpinionKind,
        /// What it is about.
        topic: Topic,
        /// How urgent.
        urgency: Urgency,
        /// In their words.
        text: String,
    },
    /// A household as it was to be, and which fields were written.
    Household(Box<Household>, Vec<Field>),
    /// A meeting.
    Meeting(MeetingWords),
    /// Somebody was promised an answer by this day.
    Promised(Date),
    /// A note.
    Note(String),
    /// Codes and references alone, without any words.
    Nothing,
    /// Of a later build, or damaged.
    Unreadable,
    /// About a place outside the reach of whoever asks.
    Elsewhere,
}

impl Said {
    /// Reads an operation's parts.
    pub fn of(operation: &Operation) -> Self {
        let text = || operation.read::<String>(Part::Text).unwrap_or_default();
        let opinion = |Opinion { kind, topic, urgency, .. }| Self::Opinion { kind, topic, urgency, text: text() };
        let said = match operation.header.kind {
            // It takes something back.
            _ if operation.parts.is_empty() => Some(Self::Nothing),
            Kind::Visit => operation.read::<Visit>(Part::Facts).map(|visit| {
                let met = visit.contact.met();
                Self::Visit { met, contact: met.then_some(visit.contact), next: visit.next }
            }),
            Kind::Opinion => operation.read(Part::Facts).map(opinion),
            Kind::MeetingOpinion => operation.read::<MeetingOpinion>(Part::Facts).map(|there| opinion(there.said)),
            Kind::Household => register::values(&operation.parts).ok().map(|first| {
                let fields = first.keys().cloned().collect();
                Self::Household(Box::new(Household::read(&Register { first, ..Register::default() })), fields)
            }),
            Kind::Meeting => operation.read(Part::Text).map(Self::Meeting),
            Kind::Callback => operation.read::<Callback>(Part::Facts).map(|callback| Self::Promised(callback.promised)),
            Kind::Note => operation.read(Part::Text).map(Self::Note),
            _ => Some(Self::Nothing),
        };
        said.unwrap_or(Self::Unreadable)
    }
}

/// Puts what came under one number aside, because somebody dealt with it otherwise, or brings it back. Its bytes stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAside {
    /// What came under this number.
    pub waiting: Waiting,
    /// Aside, or back again.
    pub aside: bool,
}

impl TakenIn {
    /// Notes what became of one that was asked for: why it waits on, or that it does not.
    pub fn became(&mut self, reason: Option<Reason>) {
        let Some(reason) = reason else {
            self.applied += 1;
            return;
        };
        match self.waiting.iter_mut().find(|(of, _)| *of == reason) {
            Some((_, count)) => *count += 1,
            None => self.waiting.push((reason, 1)),
        }
    }
}

impl Reason {
    /// Whether judging it again may come to something else. Where a phone was copied nobody can say whose word holds, and who
    /// wrote on a lost one nobody knows.
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::Forked | Self::Revoked)
    }

    /// Whether it may be for want of something else that waits: a first version, a household, an earlier command.
    pub fn may_follow(self) -> bool {
        matches!(self, Self::Invalid | Self::Stale)
    }
}
