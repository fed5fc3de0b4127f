//! Households with names and phones, for a file that is taken out for a reason.

use super::Ask;
use super::question::Row;
use super::tables::{Result, Tables};
use domain::household::Household;
use domain::office::{HouseholdRow, Listed};
use domain::record::Body;
use domain::time::Time;

/// A household as the list has it, and its phone, which stands in the record alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHousehold {
    /// The row of the list.
    pub row: HouseholdRow,
    /// Ten digits, or nothing.
    pub phone: String,
}

/// By village, then number.
impl Row for NamedHousehold {
    fn list(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<Self>> {
        let Listed { rows, total, notable } = HouseholdRow::list(t, ask, now)?;
        let mut named = Vec::with_capacity(rows.len());
        for row in rows {
            let phone = match t.record(row.id)?.map(|stored| stored.record.body) {
                Some(Body::Registry(registry)) => Household::read(&registry.state).phone,
                _ => String::new(),
            };
            named.push(NamedHousehold { row, phone });
        }
        Ok(Listed { rows: named, total, notable })
    }
}
