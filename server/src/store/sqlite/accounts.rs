//! Sign-in names and sessions.

use super::Transaction;
use super::row::id;
use crate::store::tables::{Accounts, Result};
use crate::store::{Account, Hash};
use domain::id::PersonId;
use domain::time::Time;
use rusqlite::params;
use std::collections::BTreeMap;

impl Accounts for Transaction<'_> {
    fn account(&mut self, login: &str) -> Result<Option<(PersonId, Account)>> {
        self.one("SELECT person, login, hash FROM account WHERE login = ?1", params![login], |row| {
            Ok((PersonId(id(row, 0)?), Account { login: row.get(1)?, hash: row.get(2)? }))
        })
    }

    fn logins(&mut self) -> Result<BTreeMap<PersonId, String>> {
        let all = self.all("SELECT person, login FROM account", [], |row| Ok((PersonId(id(row, 0)?), row.get(1)?)))?;
        Ok(all.into_iter().collect())
    }

    fn put_account(&mut self, person: PersonId, account: &Account) -> Result<()> {
        self.run("DELETE FROM account WHERE person = ?1", params![person.bytes()])?;
        self.run("INSERT INTO account (login, person, hash) VALUES (?1, ?2, ?3)", params![account.login, person.bytes(), account.hash])
    }

    fn session(&mut self, token: &Hash) -> Result<Option<(PersonId, Time)>> {
        self.one("SELECT person, expires FROM session WHERE token = ?1", params![token], |row| {
            Ok((PersonId(id(row, 0)?), Time(row.get(1)?)))
        })
    }

    fn put_session(&mut self, token: &Hash, person: PersonId, expires: Time) -> Result<()> {
        self.run("INSERT OR REPLACE INTO session (token, person, expires) VALUES (?1, ?2, ?3)", params![token, person.bytes(), expires.0])
    }

    fn delete_session(&mut self, token: &Hash) -> Result<()> {
        self.run("DELETE FROM session WHERE token = ?1", params![token])
    }

    fn delete_sessions_of(&mut self, person: PersonId) -> Result<()> {
        self.run("DELETE FROM session WHERE person = ?1", params![person.bytes()])
    }

    fn delete_sessions(&mut self) -> Result<()> {
        self.run("DELETE FROM session", [])
    }

    fn delete_sessions_until(&mut self, now: Time) -> Result<()> {
        self.run("DELETE FROM session WHERE expires <= ?1", params![now.0])
    }
}
