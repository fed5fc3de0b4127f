//! Every record within reach, for whoever takes the data elsewhere.

use super::question::Row;
use super::tables::{Result, Tables};
use super::units::Tree;
use super::{Ask, StoreError};
use domain::cbor;
use domain::office::Listed;
use domain::operation::Scope;
use domain::record::Record;
use domain::time::Time;

/// A record where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its stream.
    pub scope: Scope,
    /// The record.
    pub record: Record,
}

/// Everything within reach, as of one moment; the filter and the limit say nothing here. What waits to be released and
/// what is in quarantine is no record yet.
impl Row for Kept {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        const CHUNK: usize = 1_000;
        let tree = Tree::load(t)?;
        let mut rows = Vec::new();
        for scope in t.streams()? {
            if !tree.covers(ask.within, scope.area) {
                continue;
            }
            let mut after = 0;
            loop {
                let page = t.page(scope, after, CHUNK)?;
                let Some((last, _)) = page.last() else { break };
                after = *last;
                for (_, bytes) in &page {
                    // One that is left out in silence would be missed when it is too late.
                    let record = cbor::decode(bytes).map_err(|_| StoreError::Broken("a record of a later build".to_owned()))?;
                    rows.push(Self { scope, record });
                }
            }
        }
        let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(Listed { rows, total, notable: 0 })
    }
}
