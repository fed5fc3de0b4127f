//! The access log as a data-protection officer and an auditor read it: who did what, when, about which record.

use crate::id::{PersonId, RecordId};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A line of the access log. Never content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRow {
    /// Its place in the log, from 1: [`crate::office::Filter::before`] goes on from here.
    pub line: u64,
    /// When, by the server's clock.
    pub at: Time,
    /// Who, if they were known.
    pub person: Option<PersonId>,
    /// Their name now; empty for somebody whom a restored database does not know any more.
    pub name: String,
    /// What: method and template of the route, "GET households". The words for it are in the office's catalogue.
    pub action: String,
    /// About what.
    pub about: Option<About>,
}

/// The record, person or phone that a line is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its id.
    pub id: RecordId,
    /// The code of the kind of record; `None` for a phone, or for what is not there any more.
    pub kind: Option<String>,
    /// The colleague that it is, or whose phone it is. Never a resident.
    pub colleague: Option<String>,
}
