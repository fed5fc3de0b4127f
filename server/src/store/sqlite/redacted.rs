//! What was redacted, and what of the log goes with it.

use super::Transaction;
use super::log::{part, part_code};
use super::row::{code, count, from_code, id, maybe_date, maybe_id, signed};
use crate::store::Hash;
use crate::store::tables::{Redacted, RedactionLine, Result, Retained};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::operation::{Part, Scope, Stream};
use domain::redaction::RedactionReason;
use domain::short::{Map, Set};
use domain::time::{Date, Time};
use domain::wire::Reason;
use rusqlite::{Row, params};
use serde_bytes::ByteBuf;

fn line(row: &Row<'_>) -> rusqlite::Result<RedactionLine> {
    Ok(RedactionLine {
        number: count(row, 0)?,
        record: RecordId(id(row, 1)?),
        scope: Scope { area: AreaId(id(row, 2)?), stream: code(row, 3, Stream::from_code)? },
        kind: row.get(4)?,
        parts: parts(row, 5)?,
        at: Time(row.get(6)?),
        by: maybe_id(row, 7)?.map(PersonId),
        why: row.get::<_, Option<String>>(8)?.map(|_| code(row, 8, RedactionReason::from_code)).transpose()?,
    })
}

fn parts(row: &Row<'_>, column: usize) -> rusqlite::Result<Set<Part>> {
    code(row, column, |codes| codes.split_whitespace().map(part).collect())
}

impl Redacted for Transaction<'_> {
    fn last_redaction(&mut self) -> Result<u64> {
        Ok(self.one("SELECT COALESCE(MAX(number), 0) FROM redaction", [], |row| count(row, 0))?.unwrap_or_default())
    }

    fn redacted(&mut self, record: RecordId) -> Result<Set<Part>> {
        let lines = self.all("SELECT parts FROM redaction WHERE record = ?1", params![record.bytes()], |row| parts(row, 0))?;
        let mut all = Set::new();
        lines.into_iter().for_each(|parts| all.extend(parts.iter().copied()));
        Ok(all)
    }

    fn redactions(&mut self, after: u64) -> Result<Vec<RedactionLine>> {
        let sql = "SELECT number, record, area, stream, kind, parts, at, person, why FROM redaction WHERE number > ?1 ORDER BY number";
        self.all(sql, params![signed(after)], line)
    }

    fn put_redaction(&mut self, line: &RedactionLine) -> Result<()> {
        self.run(
            "INSERT INTO redaction (number, record, area, stream, kind, parts, at, person, why)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                signed(line.number),
                line.record.bytes(),
                line.scope.area.bytes(),
                line.scope.stream.code(),
                line.kind,
                line.parts.iter().map(|part| part_code(*part)).collect::<Vec<_>>().join(" "),
                line.at.0,
                line.by.map(|by| *by.bytes()),
                line.why.map(RedactionReason::code)
            ],
        )
    }

    fn put_writer(&mut self, record: RecordId, device: DeviceId) -> Result<()> {
        self.run("INSERT OR IGNORE INTO redaction_writer (record, device) VALUES (?1, ?2)", params![record.bytes(), device.bytes()])
    }

    fn is_writer(&mut self, record: RecordId, device: DeviceId) -> Result<bool> {
        let sql = "SELECT 1 FROM redaction_writer WHERE record = ?1 AND device = ?2";
        Ok(self.one(sql, params![record.bytes(), device.bytes()], |_| Ok(()))?.is_some())
    }

    fn retained_on(&mut self) -> Result<Option<Date>> {
        Ok(self.one("SELECT retained_on FROM meta", [], |row| maybe_date(row, 0))?.flatten())
    }

    fn set_retained_on(&mut self, day: Date) -> Result<()> {
        self.run("UPDATE meta SET retained_on = ?1", params![day.iso()])
    }

    fn add_retained(&mut self, day: Date, campaign: Option<RecordId>, kind: &str, records: u32) -> Result<()> {
        self.run(
            "INSERT INTO retention (day, campaign, kind, records) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (day, campaign, kind) DO UPDATE SET records = records + ?4",
            params![day.iso(), campaign.map_or([0; 16], |id| *id.bytes()), kind, records],
        )
    }

    fn retained(&mut self) -> Result<Vec<Retained>> {
        self.all("SELECT day, campaign, kind, records FROM retention ORDER BY day DESC, campaign, kind", [], |row| {
            let campaign = RecordId(id(row, 1)?);
            Ok((code(row, 0, Date::read)?, Some(campaign).filter(|id| *id.bytes() != [0; 16]), row.get(2)?, row.get(3)?))
        })
    }

    fn applied_to(&mut self, record: RecordId) -> Result<Vec<(DeviceId, u64)>> {
        // The condition of the index, without which SQLite does not use it.
        let sql = "SELECT device, seq FROM operation WHERE kind IN ('household', 'meeting') AND record = ?1 ORDER BY device, seq";
        self.all(sql, params![record.bytes()], |row| Ok((DeviceId(id(row, 0)?), count(row, 1)?)))
    }

    fn erase_logged(&mut self, device: DeviceId, seq: u64, parts: &Map<Part, ByteBuf>) -> Result<()> {
        self.run("DELETE FROM operation_part WHERE device = ?1 AND seq = ?2", params![device.bytes(), signed(seq)])?;
        self.put_parts(device, seq, parts)?;
        self.erase_salt(device, seq)
    }

    fn erase_salt(&mut self, device: DeviceId, seq: u64) -> Result<()> {
        self.run("UPDATE operation SET salt = NULL WHERE device = ?1 AND seq = ?2", params![device.bytes(), signed(seq)])
    }

    fn versions(&mut self, root: RecordId) -> Result<Vec<RecordId>> {
        self.all("SELECT event FROM version WHERE root = ?1", params![root.bytes()], |row| id(row, 0).map(RecordId))
    }

    fn delete_visit(&mut self, root: RecordId) -> Result<()> {
        self.run("DELETE FROM visit WHERE root = ?1", params![root.bytes()])
    }

    fn delete_verification(&mut self, event: RecordId) -> Result<()> {
        self.run("DELETE FROM verification WHERE event = ?1", params![event.bytes()])
    }

    fn delete_day_closing(&mut self, event: RecordId) -> Result<()> {
        self.run("DELETE FROM day_closing WHERE event = ?1", params![event.bytes()])
    }

    fn delete_opinion(&mut self, root: RecordId) -> Result<()> {
        self.run("DELETE FROM opinion WHERE root = ?1", params![root.bytes()])
    }

    fn delete_meeting(&mut self, id: RecordId) -> Result<()> {
        self.run("DELETE FROM meeting WHERE id = ?1", params![id.bytes()])
    }

    fn delete_quarantined_anonymous(&mut self, name: &Hash) -> Result<()> {
        self.run("DELETE FROM quarantine_anonymous WHERE name = ?1", params![name])
    }

    fn quarantined_anonymous_bytes(&mut self) -> Result<Vec<(Hash, Reason, ByteBuf)>> {
        let sql = "SELECT name, reason, sealed FROM quarantine_anonymous ORDER BY name";
        self.all(sql, [], |row| Ok((row.get(0)?, code(row, 1, from_code)?, ByteBuf::from(row.get::<_, Vec<u8>>(2)?))))
    }
}
