//! Households with names and phones, for a file that is taken out for a reason.

use super::Ask;
use super::question::Row;
use super::tables::{Result, Tables};
use domain::household::Household;
use domain::office::{HouseholdRow, Listed};
use domain::record::Body;
use domain::time::Time;

/// A household as the list has it, and what stands in the record alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHousehold {
    /// The row of the list.
    pub row: HouseholdRow,
    /// Ten digits, or nothing.
    pub phone: String,
    /// The cluster of houses, apart from where the house is: so the file can be corrected and imported again.
    pub cluster: String,
    /// Where the house is, in words.
    pub hint: String,
}

/// By village, then number.
impl Row for NamedHousehold {
    fn list(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<Self>> {
        let Listed { rows, total, notable } = HouseholdRow::list(t, ask, now)?;
        let mut named = Vec::with_capacity(rows.len());
        for row in rows {
            let Household { phone, cluster, hint, .. } = match t.record(row.id)?.map(|stored| stored.record.body) {
                Some(Body::Registry(registry)) => Household::read(&registry.state),
                _ => Household::default(),
            };
            named.push(NamedHousehold { row, phone, cluster, hint });
        }
        Ok(Listed { rows: named, total, notable })
    }
}
