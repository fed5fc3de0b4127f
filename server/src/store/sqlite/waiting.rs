//! Anonymous opinions that wait, and the windows of visits that they wait for.

use super::Transaction;
use super::row::{code, code_of, count, from_code, id, maybe_date};
use crate::store::Hash;
use crate::store::tables::{Group, Result, Waiting};
use domain::id::{AreaId, RecordId};
use domain::opinion::SecretHash;
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

impl Waiting for Transaction<'_> {
    fn anonymous(&mut self, id_: &SecretHash) -> Result<Option<AreaId>> {
        let sql = "SELECT village FROM pool WHERE id = ?1 UNION ALL SELECT village FROM released WHERE id = ?1";
        self.one(sql, params![id_.bytes()], |row| id(row, 0).map(AreaId))
    }

    fn put_pooled(&mut self, id: &SecretHash, group: Group, body: &[u8]) -> Result<()> {
        self.run(
            "INSERT INTO pool (id, village, campaign, week, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id.bytes(), group.village.bytes(), group.campaign.bytes(), week(group), body],
        )
    }

    fn pooled_groups(&mut self) -> Result<Vec<Group>> {
        self.all("SELECT DISTINCT village, campaign, week FROM pool ORDER BY village, campaign, week", [], group)
    }

    fn take_pooled(&mut self, group: Group) -> Result<Vec<ByteBuf>> {
        let of_group = params![group.village.bytes(), group.campaign.bytes(), week(group)];
        let sql = "SELECT body FROM pool WHERE village = ?1 AND campaign = ?2 AND week IS ?3 ORDER BY id";
        let taken = self.all(sql, of_group, |row| row.get(0).map(|body: Vec<u8>| ByteBuf::from(body)))?;
        self.run("DELETE FROM pool WHERE village = ?1 AND campaign = ?2 AND week IS ?3", of_group)?;
        Ok(taken)
    }

    fn put_released(&mut self, id: &SecretHash, village: AreaId) -> Result<()> {
        self.run("INSERT INTO released (id, village) VALUES (?1, ?2)", params![id.bytes(), village.bytes()])
    }

    fn quarantined_anonymous(&mut self, bytes: &Hash) -> Result<bool> {
        Ok(self.one("SELECT 1 FROM quarantine_anonymous WHERE hash = ?1", params![bytes], |_| Ok(()))?.is_some())
    }

    fn put_quarantined_anonymous(&mut self, bytes: &Hash, reason: Reason, raw: &[u8]) -> Result<()> {
        let reason = code_of(&reason)?;
        self.run("INSERT OR IGNORE INTO quarantine_anonymous (hash, reason, raw) VALUES (?1, ?2, ?3)", params![bytes, reason, raw])
    }

    fn quarantine_anonymous(&mut self) -> Result<Vec<(Reason, u32)>> {
        let sql = "SELECT reason, LENGTH(raw) FROM quarantine_anonymous ORDER BY hash";
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
        self.run("UPDATE counted SET week = NULL WHERE closed = 0 AND village = ?1 AND campaign = ?2 AND week IS ?3", of_group)?;
        self.run("UPDATE pool SET week = NULL WHERE village = ?1 AND campaign = ?2 AND week IS ?3", of_group)
    }
}
