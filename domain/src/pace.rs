//! How a phone gets on with pushing, kept between syncs: however short each of them is, an operation that breaks a server
//! is found in the end, and holds nothing else up.

use crate::wire::{Frame, PUSH_MAX};
use serde::{Deserialize, Serialize};

/// How large the next push may be, and which operation is to travel alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    #[serde(rename = "n")]
    limit: u16,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    suspect: Option<Suspect>,
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

impl Default for Pace {
    fn default() -> Self {
        Self { limit: PUSH_MAX as u16, suspect: None }
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

    /// A push failed that began with this operation; perhaps there was no other in it.
    pub fn failed(&mut self, first: u64, alone: bool) {
        self.limit = (self.limit / 4).max(1);
        if alone {
            self.limit = 1;
            let before = self.suspect.filter(|suspect| suspect.seq == first).map_or(0, |suspect| suspect.failures);
            self.suspect = Some(Suspect { seq: first, failures: before.saturating_add(1) });
        }
    }

    /// A push of these operations was answered.
    pub fn succeeded(&mut self, first: u64, last: u64) {
        self.limit = self.limit.saturating_mul(2).clamp(1, PUSH_MAX as u16);
        self.suspect = self.suspect.filter(|suspect| !(first..=last).contains(&suspect.seq));
    }
}
