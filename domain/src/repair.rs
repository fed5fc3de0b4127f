//! A phone that differs from the server without knowing it: a page was lost or bent on the way to the disk, or a mistake
//! of ours went by unnoticed. Each stream has a digest of its records; once a day the phone works out its own for the
//! streams that a complete pull brought news of, and compares.
//!
//! What differs is pulled again from its beginning, behind the pages that are there. These stay until the new ones are
//! complete, and go in one transaction then: nothing is deleted before it is replaced.

use crate::cbor;
use crate::id::RecordId;
use crate::operation::Scope;
use crate::record::{Digest, Record};
use crate::short::Set;
use crate::time::Time;
use crate::wire::Cursor;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// In milliseconds: to compare costs a walk over everything that was pulled, and to repair costs the download of it.
const DAY: i64 = 24 * 3_600_000;

/// A stream that is pulled anew: its old pages stay until that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// Which.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// The last of the old pages.
    #[serde(rename = "p")]
    pub up_to: u32,
}

/// Whether it is time to compare, which was last done at `compared_at`.
pub fn is_time(compared_at: Option<Time>, now: Time) -> bool {
    compared_at.is_none_or(|at| now.0.saturating_sub(at.0) >= DAY)
}

/// Streams differ: each loses its cursor, so that it is pulled from its beginning.
pub fn begin(repairs: &mut Vec<Repair>, cursors: &mut Vec<Cursor>, differ: &[Scope], up_to: u32) {
    repairs.extend(differ.iter().map(|scope| Repair { scope: *scope, up_to }));
    cursors.retain(|cursor| !differ.contains(&cursor.scope));
}

/// After a complete pull, a repair whose stream is here once more: where there is a cursor again, all that is before it
/// has come, and the old pages may go.
pub fn done(repairs: &mut Vec<Repair>, cursors: &[Cursor]) -> Option<Repair> {
    let at = repairs.iter().position(|repair| cursors.iter().any(|cursor| cursor.scope == repair.scope))?;
    Some(repairs.swap_remove(at))
}

/// The digest of a stream as it is here, worked out page by page.
#[derive(Debug, Default)]
pub struct Own {
    seen: Set<RecordId>,
    /// Of the pages that were taken.
    pub digest: Digest,
}

impl Own {
    /// Takes a page, the newest first: what it says of a record counts. Says whether this build can read all of it; a
    /// stream with something else in it cannot be compared.
    #[must_use]
    pub fn take(&mut self, records: &[ByteBuf]) -> bool {
        for bytes in records.iter().rev() {
            let Ok(record) = cbor::decode::<Record>(bytes) else { return false };
            if self.seen.insert(record.id) {
                self.digest = self.digest.replace(None, Some(&record));
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AreaId;
    use crate::operation::{Kind, Stream};
    use crate::record::{Body, Workflow};

    fn scope(n: u8) -> Scope {
        Scope { area: AreaId::new(1, [n; 10]), stream: Stream::Roll }
    }

    fn cursor(n: u8) -> Cursor {
        Cursor { scope: scope(n), signed: ByteBuf::new() }
    }

    fn record(n: u8, revision: u64) -> Record {
        let body = Body::Workflow(Workflow { revision, state: ByteBuf::new() });
        Record { id: RecordId::new(1, [n; 10]), kind: Kind::Team, body }
    }

    #[test]
    fn the_newest_page_counts_and_what_cannot_be_read_is_not_compared() {
        let bytes = |n, revision| ByteBuf::from(cbor::encode(&record(n, revision)));
        let of = |records: &[Record]| records.iter().fold(Digest::default(), |digest, record| digest.replace(None, Some(record)));
        let mut own = Own::default();
        assert!(own.take(&[bytes(1, 1), bytes(2, 2), bytes(2, 3)]));
        assert!(own.take(&[bytes(1, 0), bytes(2, 1), bytes(3, 1)]));
        assert_eq!(own.digest, of(&[record(1, 1), record(2, 3), record(3, 1)]));
        assert!(!own.take(&[ByteBuf::from(vec![0xff])]));
    }

    #[test]
    fn a_stream_that_differs_is_pulled_from_its_beginning_and_done_when_its_cursor_is_back() {
        let (mut repairs, mut cursors) = (Vec::new(), vec![cursor(1), cursor(2), cursor(3)]);
        begin(&mut repairs, &mut cursors, &[scope(1), scope(3)], 7);
        assert_eq!(cursors, [cursor(2)]);
        assert_eq!(done(&mut repairs, &cursors), None);
        cursors.push(cursor(3));
        assert_eq!(done(&mut repairs, &cursors), Some(Repair { scope: scope(3), up_to: 7 }));
        assert_eq!((done(&mut repairs, &cursors), repairs), (None, vec![Repair { scope: scope(1), up_to: 7 }]));
    }

    #[test]
    fn it_is_time_once_a_day() {
        let day = |days: i64| Time(days * DAY);
        assert_eq!([None, Some(day(1)), Some(day(2)), Some(day(9))].map(|at| is_time(at, day(2))), [true, true, false, false]);
    }
}
