//! A phone that differs from the server without knowing it: a page was lost or bent on the way to the disk, or a mistake
//! of ours went by unnoticed. Each stream has a digest of its records; the phone keeps the last one that it was told of
//! each, and once a day, after any complete sync, works out its own and compares. Quiet streams are compared like others.
//!
//! What differs is pulled again from its beginning, behind the pages that are there. These stay until the new ones are
//! complete and have the server's digest, and go in one transaction then: nothing that can be read is deleted before it is
//! replaced. So is everything that is of another life of the server.

use crate::cbor;
use crate::id::RecordId;
use crate::operation::Scope;
use crate::person::GrantSet;
use crate::record::{Digest, Record};
use crate::short::Set;
use crate::time::Time;
use crate::wire::Cursor;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// In milliseconds: to compare costs a walk over everything that was pulled, and to repair costs the download of it.
const DAY: i64 = 24 * 3_600_000;

/// A stream of which there may be pages here, also while there is no cursor of its.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// What the server's digest of it was with the last page that came; `None` where no page came since builds keep it.
    #[serde(rename = "d")]
    pub digest: Option<Digest>,
}

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

/// Streams differ, or all that are here are of another life of the server, in which the same dots may stand for something
/// else: each loses its cursor, so that it is pulled from its beginning.
pub fn begin(repairs: &mut Vec<Repair>, cursors: &mut Vec<Cursor>, differ: &[Scope], up_to: u32) {
    repairs.retain(|repair| !differ.contains(&repair.scope));
    repairs.extend(differ.iter().map(|scope| Repair { scope: *scope, up_to }));
    cursors.retain(|cursor| !differ.contains(&cursor.scope));
}

/// After a complete pull, the repairs whose streams have come, or hold nothing on the server. Of what may not be read
/// nothing has, and it waits.
pub fn back(repairs: &[Repair], grants: &GrantSet) -> Vec<Repair> {
    repairs.iter().filter(|repair| grants.may_read(repair.scope)).cloned().collect()
}

/// What a stream is compared by is behind this page: nothing of what is pulled anew.
pub fn behind(repairs: &[Repair], scope: Scope) -> u32 {
    repairs.iter().find(|repair| repair.scope == scope).map_or(0, |repair| repair.up_to)
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
    use crate::person::Grant;
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

    fn may_read(scopes: &[u8]) -> GrantSet {
        let grants = scopes.iter().map(|n| Grant { scope: scope(*n), read: true, write: false }).collect();
        GrantSet { version: 1, grants }
    }

    #[test]
    fn a_stream_that_differs_is_pulled_from_its_beginning_and_done_where_that_may_be() {
        let (mut repairs, mut cursors) = (Vec::new(), vec![cursor(1), cursor(2), cursor(3)]);
        begin(&mut repairs, &mut cursors, &[scope(1), scope(3)], 7);
        assert_eq!(cursors, [cursor(2)]);
        assert_eq!(back(&repairs, &may_read(&[2])), []);
        assert_eq!(back(&repairs, &may_read(&[2, 3])), [Repair { scope: scope(3), up_to: 7 }]);
        // The server is restored in the middle of it: what came since is of another life, too.
        begin(&mut repairs, &mut cursors, &[scope(1), scope(2)], 9);
        assert_eq!(cursors, []);
        assert_eq!(back(&repairs, &may_read(&[1, 2])), [1, 2].map(|n| Repair { scope: scope(n), up_to: 9 }));
        assert_eq!([1, 2, 3, 4].map(|n| behind(&repairs, scope(n))), [9, 9, 7, 0]);
    }

    #[test]
    fn it_is_time_once_a_day() {
        let day = |days: i64| Time(days * DAY);
        assert_eq!([None, Some(day(1)), Some(day(2)), Some(day(9))].map(|at| is_time(at, day(2))), [true, true, false, false]);
    }
}
