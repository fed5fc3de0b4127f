//! Handing somebody's work to somebody else: the teams that they stand in or lead, and with them the villages of those
//! teams, the households given to them by name and the visits that are due there. What was recorded stays its author's.

use crate::id::{PersonId, RecordId};
use crate::team::Duty;
use serde::{Deserialize, Serialize};

/// A team that would pass to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOverRow {
    /// The team.
    pub team: RecordId,
    /// Its name.
    pub name: String,
    /// The number that [`HandOver::teams`] names.
    pub seen: u64,
    /// What they have to do in it.
    pub duty: Duty,
    /// The assignments of it that give them households by name, each with the number that [`HandOver::shares`] names.
    pub shares: Vec<(RecordId, u64)>,
    /// The villages of today where they work for it in running campaigns, by name.
    pub villages: Vec<String>,
    /// The households at which they work there and that are in the book now.
    pub households: u32,
    /// Of them, those where their last visit agreed on another one that was not made yet.
    pub due: u32,
}

/// Hands everything over that the preview showed, in one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Whose work it was.
    pub from: PersonId,
    /// Whose it is from now on.
    pub to: PersonId,
    /// The teams of the preview, each with the number that it had there.
    pub teams: Vec<(RecordId, u64)>,
    /// The shares of the preview, likewise.
    pub shares: Vec<(RecordId, u64)>,
}
