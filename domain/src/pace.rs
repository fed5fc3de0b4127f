//! How a phone gets on with sending, kept between syncs: however short each of them is, an operation or an anonymous
//! opinion that breaks a server is found in the end, and holds nothing else up.

use crate::wire::{Frame, PUSH_MAX};
use serde::{Deserialize, Serialize};

/// How large the next push may be, which operation is to travel alone, and how many anonymous opinions may go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    #[serde(rename = "n")]
    limit: u16,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    suspect: Option<Suspect>,
    #[serde(rename = "a", default = "all", skip_serializing_if = "is_all")]
    anonymous: u16,
    /// The last sync ended without a network, or without a server: the next asks with a push of nothing whether it is there.
    /// What is lost after an answer says something against what was sent; hours without a network make no batch smaller.
    #[serde(rename = "k", default, skip_serializing_if = "std::ops::Not::not")]
    knocks: bool,
}

const fn all() -> u16 {
    PUSH_MAX as u16
}

const fn is_all(limit: &u16) -> bool {
    *limit == all()
}

/// An operation that failed while it was alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Suspect {
    #[serde(rename = "n")]
    seq: u64,
    #[serde(rename = "c")]
    failures: u16,
}

/// So often an operation must have failed alone: a network that breaks off now and then makes no suspect.
const REPEATEDLY: u16 = 2;

/// So often, before what comes behind it goes out without it, in about five syncs. Of a phone that was copied and does not
/// know it yet, the server can tell the first number at which the two differ only while they come in order.
const HOPELESSLY: u16 = 20;

impl Default for Pace {
    fn default() -> Self {
        Self { limit: all(), suspect: None, anonymous: all(), knocks: false }
    }
}

impl Pace {
    /// Most operations in the next push.
    pub fn limit(&self) -> usize {
        usize::from(self.limit).clamp(1, PUSH_MAX)
    }

    /// Leaves in a batch what goes out together: a suspect alone, others without it. Says whether it is the suspect, which
    /// the server is asked to store before it looks at it.
    pub fn set_apart(&self, frames: &mut Vec<Frame>) -> bool {
        let suspect = self.suspect.filter(|suspect| suspect.failures >= REPEATEDLY);
        let at = suspect.and_then(|suspect| frames.iter().position(|frame| frame.seq == suspect.seq));
        match at {
            Some(at) => frames.truncate(at.max(1)),
            None => frames.truncate(self.limit()),
        }
        at == Some(0)
    }

    /// Whether this operation is put aside, so that the others go out without it.
    pub fn puts_aside(&self, seq: u64) -> bool {
        self.suspect.is_some_and(|suspect| suspect.seq == seq && suspect.failures >= HOPELESSLY)
    }

    /// A push failed that began with this operation; perhaps there was no other in it.
    pub fn failed(&mut self, first: u64, alone: bool) {
        self.limit = (self.limit / 4).max(1);
        if alone {
            self.limit = 1;
            let before = self.suspect.filter(|suspect| suspect.seq == first).map_or(0, |suspect| suspect.failures);
            self.suspect = Some(Suspect { seq: first, failures: before.saturating_add(1) });
        }
    }

    /// Most anonymous opinions that go together next. Which ones is chance, so no opinion has to travel marked: one that
    /// breaks the server is alone sooner or later, and the others go out without it.
    pub fn anonymous_limit(&self) -> usize {
        usize::from(self.anonymous).clamp(1, PUSH_MAX)
    }

    /// The same; the next sync knocks first, or does not.
    pub fn knocking(self, knocks: bool) -> Self {
        Self { knocks, ..self }
    }

    /// Whether the next sync begins with a push of nothing.
    pub fn knocks(&self) -> bool {
        self.knocks
    }

    /// Anonymous opinions went out, and were answered or not.
    pub fn anonymous_sent(&mut self, answered: bool) {
        self.anonymous = if answered { self.anonymous.saturating_mul(2) } else { self.anonymous / 4 }.clamp(1, all());
    }

    /// A push of these operations was answered.
    pub fn succeeded(&mut self, first: u64, last: u64) {
        self.limit = self.limit.saturating_mul(2).clamp(1, all());
        self.suspect = self.suspect.filter(|suspect| !(first..=last).contains(&suspect.seq));
    }
}
