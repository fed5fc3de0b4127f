//! Anonymous opinions that wait, and the windows of visits that they wait for.

use super::Transaction;
use super::row::{code, code_of, count, from_code, id, maybe_date};
use crate::store::Hash;
use crate::store::tables::{Group, Result, Waiting};
use domain::id::{AreaId, RecordId};
use domain::time::Date;
use domain::wire::Reason;
use rusqlite::{Row, params};
use serde_bytes::ByteBuf;

fn group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group { village: AreaId(id(row, 0)?), campaign: RecordId(id(row, 1)?), week: maybe_date(row, 2)? })
}

fn week(group: Group) -> Option<String> {
    group.week.map(Date::iso)
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<ByteBuf> {
    row.get(column).map(|bytes: Vec<u8>| ByteBuf::from(bytes))
}

impl Waiting for Transaction<'_> {
    fn pooled(&mut self, name: &Hash) -> Result<Option<ByteBuf>> {
        self.one("SELECT sealed FROM pool WHERE name = ?1", params![name], |row| bytes(row, 0))
    }

    fn pool(&mut self) -> Result<Vec<(Hash, ByteBuf)>> {
        self.all("SELECT name, sealed FROM pool ORDER BY name", [], |row| Ok((row.get(0)?, bytes(row, 1)?)))
    }

    fn put_pooled(&mut self, name: &Hash, sealed: &[u8]) -> Result<()> {
        self.run("INSERT OR REPLACE INTO pool (name, sealed) VALUES (?1, ?2)", params![name, sealed])
    }

    fn delete_pooled(&mut self, name: &Hash) -> Result<()> {
        self.run("DELETE FROM pool WHERE name = ?1", params![name])
    }

    fn replaced(&mut self, name: &Hash) -> Result<Option<ByteBuf>> {
        self.one("SELECT sealed FROM replaced WHERE name = ?1", params![name], |row| bytes(row, 0))
    }

    fn put_replaced(&mut self, name: &Hash, sealed: &[u8]) -> Result<()> {
        self.run("INSERT OR REPLACE INTO replaced (name, sealed) VALUES (?1, ?2)", params![name, sealed])
    }

    fn quarantined_anonymous(&mut self, name: &Hash) -> Result<bool> {
        Ok(self.one("SELECT 1 FROM quarantine_anonymous WHERE name = ?1", params![name], |_| Ok(()))?.is_some())
    }

    fn put_quarantined_anonymous(&mut self, name: &Hash, reason: Reason, sealed: &[u8]) -> Result<()> {
        let reason = code_of(&reason)?;
        let sql = "INSERT OR REPLACE INTO quarantine_anonymous (name, reason, sealed) VALUES (?1, ?2, ?3)";
        self.run(sql, params![name, reason, sealed])
    }

    fn quarantine_anonymous(&mut self) -> Result<Vec<(Reason, u32)>> {
        let sql = "SELECT reason, LENGTH(sealed) FROM quarantine_anonymous ORDER BY name";
        self.all(sql, [], |row| Ok((code(row, 0, from_code)?, row.get(1)?)))
    }

    fn counted(&mut self, visit: RecordId) -> Result<Option<(Group, bool)>> {
        let sql = "SELECT village, campaign, week, closed FROM counted WHERE visit = ?1";
        self.one(sql, params![visit.bytes()], |row| Ok((group(row)?, row.get(3)?)))
    }

    fn put_counted(&mut self, visit: RecordId, group: Group, household: RecordId) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO counted (visit, village, campaign, week, household, closed) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            params![visit.bytes(), group.village.bytes(), group.campaign.bytes(), week(group), household.bytes()],
        )
    }

    fn delete_counted(&mut self, visit: RecordId) -> Result<()> {
        self.run("DELETE FROM counted WHERE visit = ?1", params![visit.bytes()])
    }

    fn windows(&mut self) -> Result<Vec<(Group, usize)>> {
        let sql = "SELECT village, campaign, week, COUNT(DISTINCT household) FROM counted WHERE closed = 0
                   GROUP BY village, campaign, week ORDER BY village, campaign, week";
        self.all(sql, [], |row| Ok((group(row)?, count(row, 3)? as usize)))
    }

    fn close_window(&mut self, group: Group) -> Result<()> {
        let sql = "UPDATE counted SET closed = 1 WHERE closed = 0 AND village = ?1 AND campaign = ?2 AND week IS ?3";
        self.run(sql, params![group.village.bytes(), group.campaign.bytes(), week(group)])
    }

    fn widen(&mut self, group: Group) -> Result<()> {
        let of_group = params![group.village.bytes(), group.campaign.bytes(), week(group)];
        self.run("UPDATE counted SET week = NULL WHERE closed = 0 AND village = ?1 AND campaign = ?2 AND week IS ?3", of_group)
    }
}
