//! The log of operations, and the quarantine.

use super::Transaction;
use super::row::{code, code_of, count, from_code, signed};
use crate::store::StoreError;
use crate::store::tables::{Log, Logged, QuarantineView, Quarantined, Receipt, Result};
use domain::cbor;
use domain::id::DeviceId;
use domain::operation::{Header, Part};
use domain::short::Map;
use domain::time::Time;
use domain::wire::Reason;
use rusqlite::params;
use serde_bytes::ByteBuf;

pub(super) const fn part_code(part: Part) -> &'static str {
    match part {
        Part::Facts => "facts",
        Part::Text => "text",
        Part::Contact => "contact",
    }
}

/// Reads the code of a part.
pub(super) fn part(code: &str) -> Option<Part> {
    [Part::Facts, Part::Text, Part::Contact].into_iter().find(|part| part_code(*part) == code)
}

impl Transaction<'_> {
    pub(super) fn put_parts(&self, device: DeviceId, seq: u64, parts: &Map<Part, ByteBuf>) -> Result<()> {
        for (part, body) in parts {
            self.run(
                "INSERT INTO operation_part (device, seq, part, body) VALUES (?1, ?2, ?3, ?4)",
                params![device.bytes(), signed(seq), part_code(*part), body.as_slice()],
            )?;
        }
        Ok(())
    }
}

impl Log for Transaction<'_> {
    fn receipt(&mut self, device: DeviceId, seq: u64) -> Result<Option<Receipt>> {
        let sql = "SELECT received_at, mac, salt FROM operation WHERE device = ?1 AND seq = ?2";
        self.one(sql, params![device.bytes(), signed(seq)], |row| {
            Ok(Receipt { at: Time(row.get(0)?), mac: row.get(1)?, salt: row.get(2)? })
        })
    }

    fn put_receipt(&mut self, device: DeviceId, seq: u64, receipt: &Receipt, applied: Option<Logged<'_>>) -> Result<()> {
        let header = applied.map(|logged| logged.header);
        self.run(
            "INSERT INTO operation (device, seq, received_at, mac, salt, area, stream, kind, record, header)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                device.bytes(),
                signed(seq),
                receipt.at.0,
                receipt.mac,
                receipt.salt,
                header.map(|header| *header.area.bytes()),
                header.map(|header| header.stream.code()),
                header.map(|header| header.kind.code()),
                header.map(|header| *header.record.bytes()),
                header.map(cbor::encode),
            ],
        )?;
        applied.map_or(Ok(()), |applied| self.put_parts(device, seq, applied.parts))
    }

    fn put_logged(&mut self, device: DeviceId, seq: u64, applied: Logged<'_>) -> Result<()> {
        let Logged { header, parts } = applied;
        let sql = "UPDATE operation SET area = ?3, stream = ?4, kind = ?5, record = ?6, header = ?7
                   WHERE device = ?1 AND seq = ?2 AND header IS NULL RETURNING 1";
        let (area, record) = (header.area.bytes(), header.record.bytes());
        let (stream, kind) = (header.stream.code(), header.kind.code());
        let waited = params![device.bytes(), signed(seq), area, stream, kind, record, cbor::encode(header)];
        self.one(sql, waited, |_| Ok(()))?.ok_or_else(|| StoreError::Broken("operation: twice".to_owned()))?;
        self.put_parts(device, seq, parts)
    }

    fn logged(&mut self, device: DeviceId, seq: u64) -> Result<Option<(Header, Map<Part, ByteBuf>)>> {
        let asked = params![device.bytes(), signed(seq)];
        let sql = "SELECT header FROM operation WHERE device = ?1 AND seq = ?2 AND header IS NOT NULL";
        let Some(header) = self.one(sql, asked, |row| row.get::<_, Vec<u8>>(0))? else { return Ok(None) };
        let header = cbor::decode(&header).map_err(|_| StoreError::Broken("header".to_owned()))?;
        let sql = "SELECT part, body FROM operation_part WHERE device = ?1 AND seq = ?2";
        let parts = self.all(sql, asked, |row| Ok((row.get::<_, String>(0)?, ByteBuf::from(row.get::<_, Vec<u8>>(1)?))))?;
        Ok(Some((header, parts.into_iter().filter_map(|(code, body)| Some((part(&code)?, body))).collect())))
    }

    fn held(&mut self, device: DeviceId, have: u64) -> Result<u64> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq FROM operation WHERE device = ?1 AND seq > ?2 ORDER BY seq")
            .map_err(super::broken)?;
        let mut rows = statement.query(params![device.bytes(), signed(have)]).map_err(super::broken)?;
        let mut held = have;
        while let Some(row) = rows.next().map_err(super::broken)? {
            if count(row, 0).map_err(super::broken)? != held + 1 {
                break;
            }
            held += 1;
        }
        Ok(held)
    }

    fn quarantined(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<Option<(Reason, Time)>> {
        let sql = "SELECT reason, received_at FROM quarantine WHERE device = ?1 AND seq = ?2 AND mac = ?3";
        self.one(sql, params![device.bytes(), signed(seq), mac], |row| Ok((code(row, 0, from_code)?, Time(row.get(1)?))))
    }

    fn put_quarantined(&mut self, waiting: &Quarantined) -> Result<()> {
        self.run(
            "INSERT INTO quarantine (device, seq, mac, reason, received_at, kind, size, raw, aside)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT DO UPDATE SET reason = excluded.reason, kind = excluded.kind, aside = excluded.aside",
            params![
                waiting.device.bytes(),
                signed(waiting.seq),
                waiting.mac,
                code_of(&waiting.reason)?,
                waiting.at.0,
                waiting.kind,
                signed(waiting.raw.len() as u64),
                waiting.raw.as_slice(),
                waiting.aside
            ],
        )
    }

    fn quarantined_bytes(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<Option<Quarantined>> {
        let sql = "SELECT reason, received_at, kind, raw, aside FROM quarantine WHERE device = ?1 AND seq = ?2 AND mac = ?3";
        self.one(sql, params![device.bytes(), signed(seq), mac], |row| {
            let (reason, at, raw) = (code(row, 0, from_code)?, Time(row.get(1)?), ByteBuf::from(row.get::<_, Vec<u8>>(3)?));
            Ok(Quarantined { device, seq, mac: *mac, reason, at, kind: row.get(2)?, raw, aside: row.get(4)? })
        })
    }

    fn waits(&mut self, device: DeviceId, seq: u64) -> Result<bool> {
        let sql = "SELECT 1 FROM quarantine WHERE device = ?1 AND seq = ?2 LIMIT 1";
        Ok(self.one(sql, params![device.bytes(), signed(seq)], |_| Ok(()))?.is_some())
    }

    fn delete_quarantined(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<()> {
        self.run("DELETE FROM quarantine WHERE device = ?1 AND seq = ?2 AND mac = ?3", params![device.bytes(), signed(seq), mac])
    }

    fn quarantine_size(&mut self, device: DeviceId) -> Result<(u64, u64)> {
        let sql = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM quarantine WHERE device = ?1";
        Ok(self.one(sql, params![device.bytes()], |row| Ok((count(row, 0)?, count(row, 1)?)))?.unwrap_or_default())
    }

    fn is_forked(&mut self, device: DeviceId) -> Result<bool> {
        let sql = "SELECT 1 FROM quarantine WHERE device = ?1 AND reason = ?2 LIMIT 1";
        Ok(self.one(sql, params![device.bytes(), code_of(&Reason::Forked)?], |_| Ok(()))?.is_some())
    }

    fn quarantine(&mut self, device: DeviceId, limit: usize) -> Result<Vec<QuarantineView>> {
        let sql = "SELECT seq, mac, reason, received_at, kind, size, aside FROM quarantine WHERE device = ?1
                   ORDER BY received_at DESC, seq, mac LIMIT ?2";
        self.all(sql, params![device.bytes(), signed(limit as u64)], |row| {
            Ok(QuarantineView {
                device,
                seq: count(row, 0)?,
                mac: row.get(1)?,
                reason: code(row, 2, from_code)?,
                at: Time(row.get(3)?),
                kind: row.get(4)?,
                size: row.get(5)?,
                aside: row.get(6)?,
            })
        })
    }
}
