//! A merger or a split that is decided for a day to come. It waits and changes nothing: figures, rights and lists are those of
//! today until its day, on which the server carries it out as if it had been entered then.

use crate::code_list;
use crate::id::{PersonId, RecordId};
use crate::succession::Rearrangement;
use serde::{Deserialize, Serialize};

/// The decision, and what has become of it. A workflow of the commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// The record.
    pub id: RecordId,
    /// Who entered it.
    pub by: PersonId,
    /// What is to be done on [`Rearrangement::on`].
    pub decided: Rearrangement,
    /// Whether it still waits.
    pub state: AheadState,
    /// The field of the decision that was wrong on its day; empty but for [`AheadState::Refused`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wrong: String,
}

/// Drops one that still waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropAhead {
    /// The record.
    pub id: RecordId,
}

code_list! {
    /// What has become of a decision that was entered ahead.
    AheadState {
        Waiting = "WAITING", "Chờ đến ngày", "Waits for its day";
        Done = "DONE", "Đã thực hiện", "Carried out";
        /// By its day the villages were others.
        Refused = "REFUSED", "Không thực hiện được", "Could not be carried out";
        Dropped = "DROPPED", "Đã bỏ", "Dropped";
    }
}
