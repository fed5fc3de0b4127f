//! Chosen households of a village, given to one member of a team. Work, not secrecy: the others of the village stay in
//! sight, and whoever passes by may visit any of them.

use crate::campaign::Assignment;
use crate::id::{PersonId, RecordId};
use crate::office::Seen;
use crate::short::Set;
use serde::{Deserialize, Serialize};

/// The part of an [`Assignment`] that says which households, and who goes to them. In one campaign a household is in one
/// share only: the server refuses a second, and whoever moves it takes it out of the first one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Who goes there: of the assignment's team.
    pub member: PersonId,
    /// Of the assignment's village; never empty.
    pub households: Set<RecordId>,
}

/// The most households of one share. A member who goes to ten houses a day has a year's work with them.
pub const SHARE_MAX: usize = 3_000;

/// One village as work to be shared out, in one campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageWork {
    /// Its active households, by cluster and number.
    pub households: Vec<WorkRow>,
    /// Its shares that have not ended.
    pub shares: Vec<Seen<Assignment>>,
    /// What each member of any team holds in the whole commune.
    pub held: Vec<Held>,
}

/// A household that can be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkRow {
    /// The record.
    pub id: RecordId,
    /// "DC-0187".
    pub code: String,
    /// Number in the list.
    pub no: String,
    /// The head.
    pub head: String,
    /// The cluster of houses.
    pub cluster: String,
    /// Where the house is, in words.
    pub hint: String,
    /// It asked not to be contacted: nobody has to go there.
    pub no_contact: bool,
    /// Visits in the campaign.
    pub attempts: u16,
    /// Somebody was met in the campaign.
    pub met: bool,
    /// Who goes there by name.
    pub holder: Option<PersonId>,
}

/// How much one member has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Who.
    pub member: PersonId,
    /// Households given to them by name that are left.
    pub left: u32,
}
