//! The public half of the recovery key, deposits, requests and answers.

use super::Transaction;
use super::row::{id, wrong};
use crate::store::tables::{Recoveries, Request, Result};
use domain::id::{DeviceId, PersonId};
use domain::time::Time;
use rusqlite::{Row, params};
use seal::recovery::PublicKey;
use serde_bytes::ByteBuf;

const REOPENING: &str = "SELECT device, public, sealed, asked_at, answered_at, answer FROM reopening";

fn request(row: &Row<'_>) -> rusqlite::Result<Request> {
    let (at, answer): (Option<i64>, Option<Vec<u8>>) = (row.get(4)?, row.get(5)?);
    Ok(Request {
        device: DeviceId(id(row, 0)?),
        public: PublicKey(row.get(1)?),
        sealed: ByteBuf::from(row.get::<_, Vec<u8>>(2)?),
        asked_at: Time(row.get(3)?),
        answered: at.map(|at| answer.map(|answer| (Time(at), ByteBuf::from(answer))).ok_or_else(|| wrong(5))).transpose()?,
    })
}

impl Recoveries for Transaction<'_> {
    fn recovery_key(&mut self) -> Result<Option<PublicKey>> {
        Ok(self.one("SELECT recovery FROM meta", [], |row| row.get::<_, Option<[u8; 32]>>(0))?.flatten().map(PublicKey))
    }

    fn put_recovery_key(&mut self, key: &PublicKey) -> Result<()> {
        self.run("UPDATE meta SET recovery = ?1", params![key.0])
    }

    fn deposit(&mut self, device: DeviceId) -> Result<Option<ByteBuf>> {
        let sql = "SELECT sealed FROM deposit WHERE device = ?1";
        self.one(sql, params![device.bytes()], |row| row.get::<_, Vec<u8>>(0).map(ByteBuf::from))
    }

    fn put_deposit(&mut self, device: DeviceId, sealed: &[u8]) -> Result<()> {
        self.run("INSERT OR REPLACE INTO deposit (device, sealed) VALUES (?1, ?2)", params![device.bytes(), sealed])
    }

    fn delete_deposit(&mut self, device: DeviceId) -> Result<()> {
        self.run("DELETE FROM deposit WHERE device = ?1", params![device.bytes()])
    }

    fn reopening(&mut self, device: DeviceId) -> Result<Option<Request>> {
        self.one(&format!("{REOPENING} WHERE device = ?1"), params![device.bytes()], request)
    }

    fn reopenings(&mut self) -> Result<Vec<Request>> {
        self.all(REOPENING, [], request)
    }

    fn put_reopening(&mut self, request: &Request) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO reopening (device, public, sealed, asked_at, answered_at, answer) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                request.device.bytes(),
                request.public.0,
                request.sealed.as_slice(),
                request.asked_at.0,
                request.answered.as_ref().map(|(at, _)| at.0),
                request.answered.as_ref().map(|(_, answer)| answer.as_slice())
            ],
        )
    }

    fn delete_reopening(&mut self, device: DeviceId) -> Result<()> {
        self.run("DELETE FROM reopening WHERE device = ?1", params![device.bytes()])
    }

    fn reopened(&mut self) -> Result<Vec<(DeviceId, PersonId, Time)>> {
        self.all("SELECT device, person, at FROM reopened", [], |row| Ok((DeviceId(id(row, 0)?), PersonId(id(row, 1)?), Time(row.get(2)?))))
    }

    fn put_reopened(&mut self, device: DeviceId, by: PersonId, at: Time) -> Result<()> {
        self.run("INSERT OR REPLACE INTO reopened (at, device, person) VALUES (?1, ?2, ?3)", params![at.0, device.bytes(), by.bytes()])
    }
}
