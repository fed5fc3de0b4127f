//! The team: set up by a decision, with a lead and members from several organisations.

use crate::cbor;
use crate::id::{PersonId, RecordId};
use crate::register::{Register, Values};
use crate::short::Set;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A team as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its record.
    pub id: RecordId,
    /// "Tổ dân vận thôn Đồng Cừ".
    pub name: String,
    /// The number of the decision that set it up, as printed on it.
    pub decision_no: String,
    /// The date of that decision.
    pub decision_date: Option<Date>,
    /// Who leads.
    pub lead: Option<PersonId>,
    /// Everyone in it, the lead included.
    pub members: Set<PersonId>,
}

impl Team {
    /// Reads the shown values. Members are a set, so each is a register element of its own: `member/<id>`.
    pub fn read(id: RecordId, state: &Register) -> Option<Self> {
        let members = state
            .fields()
            .filter_map(|field| field.strip_prefix("member/")?.parse().ok().map(|person| (field, person)))
            .filter(|(field, _)| state.read(field) == Some(true))
            .map(|(_, person)| person)
            .collect();
        Some(Self {
            id,
            name: state.read("name")?,
            decision_no: state.read("decision_no").unwrap_or_default(),
            decision_date: state.read("decision_date").flatten(),
            lead: state.read("lead").flatten(),
            members,
        })
    }

    /// Every field with its value in CBOR. All of them are facts. A member who left needs a `false` of their own.
    pub fn values(&self) -> Values {
        let mut values = Values::from([
            ("name".to_owned(), ByteBuf::from(cbor::encode(&self.name))),
            ("decision_no".to_owned(), ByteBuf::from(cbor::encode(&self.decision_no))),
            ("decision_date".to_owned(), ByteBuf::from(cbor::encode(&self.decision_date))),
            ("lead".to_owned(), ByteBuf::from(cbor::encode(&self.lead))),
        ]);
        values.extend(self.members.iter().map(|person| (format!("member/{person}"), ByteBuf::from(cbor::encode(&true)))));
        values
    }

    /// The field values that turn `before` into this team, a `false` for each member who left included.
    pub fn changed_values(&self, before: &Self) -> Values {
        let old = before.values();
        let mut changed: Values = self.values().into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect();
        let left = before.members.iter().filter(|person| !self.members.contains(person));
        changed.extend(left.map(|person| (format!("member/{person}"), ByteBuf::from(cbor::encode(&false)))));
        changed
    }
}
