//! What people did, as against the operations that it takes: a visit with its note and opinions is one act, and so is a
//! "vắng nhà" with the day that was agreed after it, and a meeting with everything that was said there.

use domain::id::{DeviceId, RecordId};
use domain::meeting::MeetingOpinion;
use domain::operation::{Change, Kind, Operation, Part};
use domain::record::completes;
use domain::short::{Map, Set};
use domain::time::Time;

/// Which operations of this phone belong to one act.
pub(super) struct Acts {
    device: DeviceId,
    /// For an operation that does not begin an act, the one that does.
    first: Map<u64, u64>,
    /// The last version of a record: its number and its hour. Under the first version's id too.
    last: Map<RecordId, (u64, Time)>,
}

impl Acts {
    pub(super) const fn new(device: DeviceId) -> Self {
        Self { device, first: Map::new(), last: Map::new() }
    }

    /// Takes the operations in the order of their numbers; says with which one the act of this one begins.
    pub(super) fn take(&mut self, seq: u64, operation: &Operation) -> u64 {
        let header = &operation.header;
        let before = match (&header.kind, &header.change) {
            (Kind::Meeting, _) => self.last.get(&header.record).map(|(seq, _)| *seq),
            (Kind::MeetingOpinion, Change::Retract { of }) => self.last.get(of).map(|(seq, _)| *seq),
            (Kind::MeetingOpinion, _) => meeting_of(operation).map(|meeting| self.last.get_or_insert_with(meeting, || (seq, header.at)).0),
            (_, Change::Amend { of }) => {
                let amended = self.last.insert(*of, (seq, header.at));
                amended.filter(|(_, at)| completes((self.device, *at), (self.device, header.at))).map(|(seq, _)| seq)
            }
            // What was said stands behind its visit.
            (Kind::Note | Kind::Opinion | Kind::Callback, _) => seq.checked_sub(1),
            _ => None,
        };
        self.last.insert(header.record, (seq, header.at));
        let first = before.map_or(seq, |before| self.first(before));
        if first != seq {
            self.first.insert(seq, first);
        }
        first
    }

    /// The operation with which an act begins, given any of it.
    pub(super) fn first(&self, seq: u64) -> u64 {
        self.first.get(&seq).copied().unwrap_or(seq)
    }

    /// The acts of some operations.
    pub(super) fn of(&self, all: &mut dyn Iterator<Item = u64>) -> Set<u64> {
        all.map(|seq| self.first(seq)).collect()
    }
}

/// The meeting at which something was said.
pub(super) fn meeting_of(operation: &Operation) -> Option<RecordId> {
    operation.read(Part::Facts).map(|there: MeetingOpinion| there.meeting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::AreaId;
    use domain::operation::{Ground, Header, LegalBasis, SCHEMA};
    use domain::opinion::{Opinion, OpinionKind, Topic, Urgency};
    use domain::source::Source;
    use domain::time::Date;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn id(n: u8) -> RecordId {
        RecordId::new(1, [n; 10])
    }

    fn operation(kind: Kind, n: u8, change: Change, minute: i64) -> Operation {
        let stream = kind.shape().unwrap().1;
        let ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX };
        let (area, at) = (AreaId::new(2, [2; 10]), Time(minute * 60_000));
        Operation::new(Header { schema: SCHEMA, kind, record: id(n), area, stream, change, grant: 1, at, ground })
    }

    #[wasm_bindgen_test]
    fn what_belongs_together_is_one_act() {
        let amend = |n| Change::Amend { of: id(n) };
        let mut acts = Acts::new(id(9).into());
        let firsts = [
            (operation(Kind::Visit, 1, Change::Create, 0), 1),
            (operation(Kind::Note, 2, Change::Create, 0), 1),
            (operation(Kind::Opinion, 3, Change::Create, 0), 1),
            (operation(Kind::Visit, 4, Change::Create, 1), 4),
            // The day that was agreed, then the first visit completed, with a note behind it.
            (operation(Kind::Visit, 5, amend(4), 2), 4),
            (operation(Kind::Visit, 6, amend(1), 9), 1),
            (operation(Kind::Note, 7, Change::Create, 9), 1),
            // Later they are corrections.
            (operation(Kind::Opinion, 8, amend(3), 30), 8),
            (operation(Kind::Visit, 9, amend(1), 31), 9),
            (operation(Kind::Opinion, 10, amend(8), 32), 8),
            (operation(Kind::Visit, 11, amend(1), 33), 9),
            (operation(Kind::Visit, 12, Change::Retract { of: id(1) }, 34), 12),
            (operation(Kind::Note, 13, Change::Retract { of: id(2) }, 34), 12),
        ];
        for (seq, (operation, first)) in (1..).zip(&firsts) {
            assert_eq!(acts.take(seq, operation), *first, "{seq}");
        }
        assert_eq!(acts.of(&mut (5..=10)), Set::from([1, 4, 8, 9]));
    }

    #[wasm_bindgen_test]
    fn a_meeting_is_one_act_with_all_that_was_said_there() {
        let said = |n, meeting, change| {
            let said = Opinion { kind: OpinionKind::Wish, topic: Topic::Infra, urgency: Urgency::Normal, source: Source::default() };
            operation(Kind::MeetingOpinion, n, change, 0).with(Part::Facts, &MeetingOpinion { meeting: id(meeting), said })
        };
        let command = |n, expect| operation(Kind::Meeting, n, Change::Command { expect }, 0);
        let mut acts = Acts::new(id(9).into());
        let firsts = [
            (command(1, 0), 1),
            (said(2, 1, Change::Create), 1),
            (operation(Kind::Visit, 3, Change::Create, 0), 3),
            (said(4, 1, Change::Create), 1),
            (command(1, 1), 1),
            (said(5, 1, Change::Amend { of: id(2) }), 1),
            (operation(Kind::MeetingOpinion, 6, Change::Retract { of: id(4) }, 0), 1),
            // Of one whose beginning was sent long ago.
            (said(7, 50, Change::Create), 8),
            (said(8, 50, Change::Create), 8),
            (command(50, 1), 8),
            (operation(Kind::MeetingOpinion, 10, Change::Retract { of: id(60) }, 0), 11),
        ];
        for (seq, (operation, first)) in (1..).zip(&firsts) {
            assert_eq!(acts.take(seq, operation), *first, "{seq}");
        }
    }
}
