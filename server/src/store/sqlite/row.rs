//! Between Rust values and columns.

use super::Transaction;
use crate::store::StoreError;
use crate::store::tables::Result;
use domain::time::Date;
use rusqlite::types::Type;
use rusqlite::{Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use uuid::Uuid;

/// What SQLite says, without what it says about content.
pub fn broken(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(code) => StoreError::Broken(format!("SQLite: {code:?}")),
        None => StoreError::Broken("SQLite: a row is not what it should be".to_owned()),
    }
}

/// A column that holds something else than it should.
#[derive(Debug)]
struct Wrong(usize);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}", self.0)
    }
}

impl std::error::Error for Wrong {}

/// The error of a column that cannot be read.
pub fn wrong(column: usize) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, Box::new(Wrong(column)))
}

/// An id.
pub fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// An id, or nothing.
pub fn maybe_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

/// A date, or nothing.
pub fn maybe_date(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Date>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| Date::read(&text).ok_or_else(|| wrong(column))).transpose()
}

/// A stable code, by the function that reads it.
pub fn code<T>(row: &Row<'_>, column: usize, read: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(|_| wrong(column))?;
    read(text).ok_or_else(|| wrong(column))
}

/// The stable code of an enum that only serde knows.
pub fn code_of<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        _ => Err(StoreError::Broken("a code".to_owned())),
    }
}

/// Reads the stable code of an enum that only serde knows.
pub fn from_code<T: DeserializeOwned>(code: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
}

/// CBOR.
pub fn body<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let bytes = row.get_ref(column)?.as_blob().map_err(|_| wrong(column))?;
    domain::cbor::decode(bytes).map_err(|_| wrong(column))
}

/// A count that SQLite keeps with a sign.
pub fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| wrong(column))
}

/// A count as SQLite keeps it. Nothing here counts beyond 2⁶³; what claims to finds nothing.
pub fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Transaction<'_> {
    /// Runs a statement that returns nothing.
    pub fn run(&self, sql: &str, params: impl Params) -> Result<()> {
        self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map(drop).map_err(broken)
    }

    /// The first row of a query, if it has one.
    pub fn one<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(broken)?;
        let mut rows = statement.query(params).map_err(broken)?;
        let row = rows.next().map_err(broken)?;
        row.map(read).transpose().map_err(broken)
    }

    /// All rows of a query.
    pub fn all<T>(&self, sql: &str, params: impl Params, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(broken)?;
        let rows = statement.query_map(params, read).map_err(broken)?;
        rows.collect::<rusqlite::Result<_>>().map_err(broken)
    }
}
