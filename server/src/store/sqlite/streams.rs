//! Streams and their records.

use super::Transaction;
use super::row::{body, broken, code, count, id, signed};
use crate::store::tables::{Result, Stored, Streams};
use domain::cbor;
use domain::id::{AreaId, RecordId};
use domain::operation::{Kind, Scope, Stream};
use domain::record::{Digest, Record};
use rusqlite::{Row, params};
use serde_bytes::ByteBuf;

fn scope(row: &Row<'_>, column: usize) -> rusqlite::Result<Scope> {
    Ok(Scope { area: AreaId(id(row, column)?), stream: code(row, column + 1, Stream::from_code)? })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored { scope: scope(row, 0)?, seq: count(row, 2)?, record: body(row, 3)? })
}

fn head(row: &Row<'_>) -> rusqlite::Result<(u64, Digest)> {
    Ok((count(row, 0)?, Digest(u128::from_be_bytes(row.get(1)?))))
}

impl Streams for Transaction<'_> {
    fn streams(&mut self) -> Result<Vec<Scope>> {
        let mut all = self.all("SELECT area, stream FROM stream", [], |row| scope(row, 0))?;
        all.sort_unstable();
        Ok(all)
    }

    fn stream(&mut self, scope: Scope) -> Result<(u64, Digest)> {
        let sql = "SELECT head, digest FROM stream WHERE area = ?1 AND stream = ?2";
        Ok(self.one(sql, params![scope.area.bytes(), scope.stream.code()], head)?.unwrap_or_default())
    }

    fn put_stream(&mut self, scope: Scope, head: u64, digest: Digest) -> Result<()> {
        self.run(
            "INSERT INTO stream (area, stream, head, digest) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (area, stream) DO UPDATE SET head = ?3, digest = ?4",
            params![scope.area.bytes(), scope.stream.code(), signed(head), digest.0.to_be_bytes()],
        )
    }

    fn record(&mut self, id: RecordId) -> Result<Option<Stored>> {
        self.one("SELECT area, stream, seq, body FROM record WHERE record = ?1", params![id.bytes()], stored)
    }

    fn place(&mut self, id: RecordId) -> Result<Option<(Scope, Kind)>> {
        let sql = "SELECT area, stream, kind FROM record WHERE record = ?1";
        self.one(sql, params![id.bytes()], |row| Ok((scope(row, 0)?, Kind::from(row.get::<_, String>(2)?))))
    }

    fn working(&mut self, kind: &Kind) -> Result<Vec<Stored>> {
        // The list repeats the condition of the index, without which SQLite does not use it.
        let sql = "SELECT area, stream, seq, body FROM record
                   WHERE kind IN ('unit', 'team', 'campaign', 'assignment', 'person', 'organization', 'code_entry', 'rearrangement', 'incident')
                     AND kind = ?1 ORDER BY record";
        self.all(sql, params![kind.code()], stored)
    }

    fn page(&mut self, scope: Scope, after: u64, limit: usize) -> Result<Vec<(u64, ByteBuf)>> {
        let sql = "SELECT seq, body FROM record WHERE area = ?1 AND stream = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4";
        let params = params![scope.area.bytes(), scope.stream.code(), signed(after), signed(limit as u64)];
        self.all(sql, params, |row| Ok((count(row, 0)?, ByteBuf::from(row.get::<_, Vec<u8>>(1)?))))
    }

    fn count_after(&mut self, scope: Scope, after: u64) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM record WHERE area = ?1 AND stream = ?2 AND seq > ?3";
        Ok(self.one(sql, params![scope.area.bytes(), scope.stream.code(), signed(after)], |row| count(row, 0))?.unwrap_or_default())
    }

    fn put_record(&mut self, scope: Scope, seq: u64, record: &Record) -> Result<()> {
        self.run(
            "INSERT INTO record (record, area, stream, seq, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (record) DO UPDATE SET seq = ?4, body = ?6",
            params![record.id.bytes(), scope.area.bytes(), scope.stream.code(), signed(seq), record.kind.code(), cbor::encode(record)],
        )
    }

    fn next_household(&mut self, village: AreaId) -> Result<u32> {
        let sql = "INSERT INTO household_number (village, last) SELECT ?1, skipped + 1 FROM meta WHERE true
                   ON CONFLICT (village) DO UPDATE SET last = last + 1 RETURNING last";
        self.one(sql, params![village.bytes()], |row| row.get(0))?.ok_or_else(|| broken(rusqlite::Error::QueryReturnedNoRows))
    }

    fn last_household(&mut self, village: AreaId) -> Result<u32> {
        let sql = "SELECT last FROM household_number WHERE village = ?1";
        Ok(self.one(sql, params![village.bytes()], |row| row.get(0))?.unwrap_or_default())
    }

    fn skip_households(&mut self, numbers: u32) -> Result<()> {
        self.run("UPDATE household_number SET last = last + ?1", params![numbers])?;
        self.run("UPDATE meta SET skipped = skipped + ?1", params![numbers])
    }
}
