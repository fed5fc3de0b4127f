//! Retention: what is over by its own day goes, in the way of a redaction, and a report says how much that was.
//!
//! The day comes from the campaign and stands on every record. Who said something may go earlier than the words, by a day
//! that the campaign has for that.

use crate::id::RecordId;
use crate::meeting::Meeting;
use crate::operation::{Class, Ground, Kind, Operation, Part};
use crate::record::{Body, Record};
use crate::redaction::{Owing, erasable};
use crate::short::Set;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// What one day's job deleted of one campaign and kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRow {
    /// The day on which it ran.
    pub day: Date,
    /// The campaign; `None` for what was written for none.
    pub campaign: Option<RecordId>,
    /// Its title; empty where it is not here.
    pub title: String,
    /// The code of the kind of record.
    pub kind: String,
    /// Records that lost parts.
    pub records: u32,
    /// Phones that may hold some of it and have not said yet that they deleted it.
    pub owing: Vec<Owing>,
}

/// The parts of a record that are over, and what it was written for; `None` where nothing is, or is left. `contact_until`
/// says of a campaign after which day it is cut who said something, where it says so.
pub fn due(record: &Record, today: Date, contact_until: impl Fn(RecordId) -> Option<Date>) -> Option<(Set<Part>, Option<RecordId>)> {
    match &record.body {
        Body::Event(event) => {
            let has = event.parts.keys().copied().collect();
            over(&record.kind, &event.header.ground, &has, today, contact_until)
        }
        Body::Workflow(workflow) if record.kind == Kind::Meeting => {
            let meeting: Meeting = workflow.read()?;
            let has = meeting.parts.keys().copied().collect();
            over(&record.kind, &meeting.ground, &has, today, contact_until)
        }
        Body::Anonymous(opinion) => {
            let is_over = opinion.until < today && !opinion.text.is_empty();
            is_over.then(|| ([Part::Text].into_iter().collect(), Some(opinion.campaign)))
        }
        Body::Registry(_) | Body::Workflow(_) => None,
    }
}

/// The same of an operation that waits for a person.
pub fn due_of_waiting(
    operation: &Operation,
    today: Date,
    contact_until: impl Fn(RecordId) -> Option<Date>,
) -> Option<(Set<Part>, Option<RecordId>)> {
    let has = operation.parts.keys().copied().collect();
    over(&operation.header.kind, &operation.header.ground, &has, today, contact_until)
}

fn over(
    kind: &Kind,
    ground: &Ground,
    has: &Set<Part>,
    today: Date,
    contact_until: impl Fn(RecordId) -> Option<Date>,
) -> Option<(Set<Part>, Option<RecordId>)> {
    // The book is kept for as long as the office has its work with it, and what waits to become part of it as well.
    if matches!(kind.shape(), Some((Class::Registry, _))) {
        return None;
    }
    let cut = matches!(kind, Kind::Opinion | Kind::Callback) && ground.campaign.and_then(contact_until).is_some_and(|until| until < today);
    let goes = |part: &Part| has.contains(part) && (ground.until < today || cut && *part == Part::Contact);
    let parts: Set<Part> = erasable(kind).iter().copied().filter(goes).collect();
    (!parts.is_empty()).then_some((parts, ground.campaign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AreaId, DeviceId, PersonId};
    use crate::operation::{Change, Dot, Header, LegalBasis, SCHEMA, Stream};
    use crate::time::Time;

    fn day(n: i32) -> Date {
        Date::default().plus(n)
    }

    fn opinion(kind: Kind, until: i32) -> Operation {
        let campaign = Some(RecordId::new(1, [9; 10]));
        let ground = Ground { campaign, basis: LegalBasis::StateWork, until: day(until) };
        let (record, area) = (RecordId::new(1, [1; 10]), AreaId::new(1, [2; 10]));
        let header =
            Header { schema: SCHEMA, kind, record, area, stream: Stream::Voice, change: Change::Create, grant: 1, at: Time(5), ground };
        Operation::new(header).with(Part::Facts, &1).with(Part::Text, &"lời").with(Part::Contact, &2)
    }

    #[test]
    fn each_part_goes_after_its_own_day() {
        use Part::{Contact, Facts, Text};
        for (kind, until, contact_until, today, gone) in [
            (Kind::Opinion, 10, None, 10, vec![]),
            (Kind::Opinion, 10, None, 11, vec![Facts, Text, Contact]),
            (Kind::Opinion, 10, Some(5), 5, vec![]),
            (Kind::Opinion, 10, Some(5), 6, vec![Contact]),
            (Kind::Opinion, 10, Some(5), 11, vec![Facts, Text, Contact]),
            (Kind::Callback, 10, Some(5), 6, vec![Contact]),
            (Kind::Note, 10, Some(5), 6, vec![]),
            (Kind::Note, 10, None, 11, vec![Facts, Text]),
            (Kind::Person, 10, None, 99, vec![]),
            (Kind::Incident, 10, Some(5), 99, vec![]),
            (Kind::Household, 10, Some(5), 99, vec![]),
        ] {
            let operation = opinion(kind.clone(), until);
            let contact = |_| contact_until.map(day);
            let found = due_of_waiting(&operation, day(today), contact).map(|(parts, _)| parts).unwrap_or_default();
            assert_eq!(found, gone.iter().copied().collect(), "{kind:?} {until} {contact_until:?} {today}");
            let dot = Dot { device: DeviceId::new(1, [1; 10]), seq: 1 };
            let mut record = Record::event(operation, dot, PersonId::new(1, [1; 10]), Time(9));
            assert_eq!(due(&record, day(today), contact).map(|(parts, _)| parts).unwrap_or_default(), found);
            record.erase(&found);
            assert_eq!(due(&record, day(today), contact), None, "once");
        }
    }
}
