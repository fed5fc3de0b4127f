//! Devices, one-time codes, grants.

use super::Transaction;
use super::row::{body, code, count, id, maybe_id, signed};
use crate::store::tables::{Devices, Enrolment, Result};
use crate::store::{Device, DeviceKind, Hash, Revoked};
use domain::cbor;
use domain::device::{Report, Revocation};
use domain::id::{DeviceId, PersonId};
use domain::person::GrantSet;
use domain::sequence::Continues;
use domain::time::Time;
use rusqlite::{Row, params};
use std::collections::BTreeMap;

const DEVICE: &str =
    "SELECT id, person, kind, have, enrolled_at, seen_at, revoked_at, revoked_for, build, waiting, continues, up_to, told_at, destroyed_at,
     redacted FROM device";

fn device(row: &Row<'_>) -> rusqlite::Result<Device> {
    let (at, build): (Option<i64>, Option<String>) = (row.get(6)?, row.get(8)?);
    Ok(Device {
        id: DeviceId(id(row, 0)?),
        person: PersonId(id(row, 1)?),
        kind: code(row, 2, DeviceKind::from_code)?,
        have: count(row, 3)?,
        enrolled_at: Time(row.get(4)?),
        seen_at: row.get::<_, Option<i64>>(5)?.map(Time),
        revoked: at.map(|at| code(row, 7, Revocation::from_code).map(|why| Revoked { at: Time(at), why })).transpose()?,
        told_at: row.get::<_, Option<i64>>(12)?.map(Time),
        destroyed_at: row.get::<_, Option<i64>>(13)?.map(Time),
        report: build.map(|build| row.get(9).map(|waiting| Report { build, waiting })).transpose()?,
        continues: maybe_id(row, 10)?
            .map(|earlier| count(row, 11).map(|up_to| Continues { device: DeviceId(earlier), up_to }))
            .transpose()?,
        redacted: row.get::<_, Option<i64>>(14)?.and_then(|number| u64::try_from(number).ok()),
    })
}

impl Devices for Transaction<'_> {
    fn device(&mut self, id: DeviceId) -> Result<Option<Device>> {
        self.one(&format!("{DEVICE} WHERE id = ?1"), params![id.bytes()], device)
    }

    fn devices(&mut self, kind: DeviceKind) -> Result<Vec<Device>> {
        self.all(&format!("{DEVICE} WHERE kind = ?1 ORDER BY id"), [kind.code()], device)
    }

    fn copies(&mut self, of: DeviceId) -> Result<Vec<Device>> {
        self.all(&format!("{DEVICE} WHERE continues = ?1 ORDER BY id"), params![of.bytes()], device)
    }

    fn put_device(&mut self, device: &Device) -> Result<()> {
        self.run(
            "INSERT INTO device
                 (id, person, kind, have, enrolled_at, seen_at, revoked_at, revoked_for, build, waiting, continues, up_to, told_at, destroyed_at,
                  redacted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (id) DO UPDATE SET
                 have = ?4, seen_at = ?6, revoked_at = ?7, revoked_for = ?8, build = ?9, waiting = ?10, told_at = ?13, destroyed_at = ?14,
                 redacted = ?15",
            params![
                device.id.bytes(),
                device.person.bytes(),
                device.kind.code(),
                signed(device.have),
                device.enrolled_at.0,
                device.seen_at.map(|at| at.0),
                device.revoked.map(|revoked| revoked.at.0),
                device.revoked.map(|revoked| revoked.why.code()),
                device.report.as_ref().map(|report| report.build.as_str()),
                device.report.as_ref().map(|report| report.waiting),
                device.continues.map(|earlier| *earlier.device.bytes()),
                device.continues.map(|earlier| signed(earlier.up_to)),
                device.told_at.map(|at| at.0),
                device.destroyed_at.map(|at| at.0),
                device.redacted.map(signed)
            ],
        )
    }

    fn enrolment(&mut self, code: &Hash) -> Result<Option<Enrolment>> {
        self.one("SELECT person, expires, used_by FROM enrolment WHERE code = ?1", params![code], |row| {
            Ok(Enrolment { person: PersonId(id(row, 0)?), expires: Time(row.get(1)?), used_by: maybe_id(row, 2)?.map(DeviceId) })
        })
    }

    fn put_enrolment(&mut self, code: &Hash, enrolment: &Enrolment) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO enrolment (code, person, expires, used_by) VALUES (?1, ?2, ?3, ?4)",
            params![code, enrolment.person.bytes(), enrolment.expires.0, enrolment.used_by.map(|id| *id.bytes())],
        )
    }

    fn open_codes(&mut self) -> Result<BTreeMap<PersonId, Time>> {
        let sql = "SELECT person, MAX(expires) FROM enrolment WHERE used_by IS NULL GROUP BY person";
        Ok(self.all(sql, [], |row| Ok((PersonId(id(row, 0)?), Time(row.get(1)?))))?.into_iter().collect())
    }

    fn delete_codes_of(&mut self, person: PersonId) -> Result<()> {
        self.run("DELETE FROM enrolment WHERE person = ?1 AND used_by IS NULL", params![person.bytes()])
    }

    fn grants(&mut self, person: PersonId, version: u32) -> Result<Option<(GrantSet, Option<Time>)>> {
        self.one("SELECT body, ended FROM grants WHERE person = ?1 AND version = ?2", params![person.bytes(), version], |row| {
            Ok((body(row, 0)?, row.get::<_, Option<i64>>(1)?.map(Time)))
        })
    }

    fn newest_grants(&mut self, person: PersonId) -> Result<Option<GrantSet>> {
        let sql = "SELECT body FROM grants WHERE person = ?1 ORDER BY version DESC LIMIT 1";
        self.one(sql, params![person.bytes()], |row| body(row, 0))
    }

    fn put_grants(&mut self, person: PersonId, grants: &GrantSet, from: Time) -> Result<()> {
        self.run(
            "UPDATE grants SET ended = ?3 WHERE person = ?1 AND version < ?2 AND ended IS NULL",
            params![person.bytes(), grants.version, from.0],
        )?;
        self.run(
            "INSERT OR REPLACE INTO grants (person, version, body, since, ended) VALUES (?1, ?2, ?3, ?4, NULL)",
            params![person.bytes(), grants.version, cbor::encode(grants), from.0],
        )
    }
}
