//! What waits for a person, judged again: after an update of the server, a grant that was given, a unit that was made.

use crate::id::DeviceId;
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

impl TakenIn {
    /// Notes that one waits on.
    pub fn waits(&mut self, reason: Reason) {
        match self.waiting.iter_mut().find(|(of, _)| *of == reason) {
            Some((_, count)) => *count += 1,
            None => self.waiting.push((reason, 1)),
        }
    }
}

impl Reason {
    /// Whether judging it again may come to something else. Where a phone was copied nobody can say whose word holds.
    pub fn may_pass(self) -> bool {
        self != Self::Forked
    }

    /// Whether it may be for want of something else that waits: a first version, a household, an earlier command.
    pub fn may_follow(self) -> bool {
        matches!(self, Self::Invalid | Self::Stale)
    }
}
