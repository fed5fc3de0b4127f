//! Putting a record into its stream: the one way in which anything comes to be pulled and shown.

use super::tables::{Result, Tables};
use super::{projection, redaction};
use domain::operation::{Kind, Scope};
use domain::record::{Body, Record};
use domain::unit::Unit;

/// Stores a record at the new head of its stream, in the digest and in the projections. `before` is its former state.
///
/// The head is counted up inside the write transaction, so that the order of commits is the order of the stream.
///
/// Nothing comes here with a part that was redacted, whoever brings it.
pub fn put(t: &mut dyn Tables, scope: Scope, before: Option<&Record>, after: &Record) -> Result<()> {
    let redacted = t.redacted(after.id)?;
    let mut erased = None;
    let after = if redacted.is_empty() { after } else { redaction::erased(after, &redacted, &mut erased) };
    let (head, digest) = t.stream(scope)?;
    let seq = head + 1;
    t.put_stream(scope, seq, digest.replace(before, Some(after)))?;
    t.put_record(scope, seq, after)?;
    projection::show(t, scope, after)
}

/// Gives a household its short code when it is first stored: the village's letters and a number never used again.
pub fn name_household(t: &mut dyn Tables, scope: Scope, record: &mut Record) -> Result<()> {
    let Body::Registry(registry) = &mut record.body else { return Ok(()) };
    if record.kind != Kind::Household || !registry.code.is_empty() {
        return Ok(());
    }
    let Some(village) = super::units::unit(t, scope.area)? else { return Ok(()) };
    registry.code = household_code(&village, t.next_household(scope.area)?);
    Ok(())
}

/// "DC-0187".
pub fn household_code(village: &Unit, number: u32) -> String {
    format!("{}-{number:04}", village.code)
}
