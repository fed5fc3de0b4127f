//! What an office says about visits that others made: the operation that it comes to.

use super::StoreError;
use super::office::GROUND;
use super::push::office_header;
use super::tables::{Result, Tables};
use domain::id::{PersonId, RecordId};
use domain::office::{VerificationAct, VerificationChange};
use domain::operation::{Change, Kind, Operation, Part, Scope, Stream};
use domain::record::{Body, Event};
use domain::time::Time;
use domain::verification::{DayClosing, Verification};

/// Checks a change and returns the operation that it is.
pub fn operation(t: &mut dyn Tables, by: PersonId, asked: &VerificationChange, now: Time) -> Result<Operation> {
    let scope = Scope { area: asked.village, stream: Stream::Visit };
    let header = |kind, change| office_header(kind, asked.id, scope, change, now);
    match &asked.act {
        VerificationAct::Look(verification) => {
            let ground = check(t, scope, by, verification)?.header.ground;
            let mut operation = Operation::new(header(Kind::Verification, Change::Create)).with(Part::Facts, verification);
            operation.header.ground = ground;
            Ok(operation)
        }
        VerificationAct::Close(day) if *day > now.date() => Err(StoreError::Invalid("day")),
        VerificationAct::Close(day) => {
            let mut operation = Operation::new(header(Kind::DayClosing, Change::Create)).with(Part::Facts, &DayClosing { day: *day });
            operation.header.ground = GROUND;
            Ok(operation)
        }
        VerificationAct::TakeBack(of) => {
            let (kind, event) = event(t, scope, *of)?;
            if !matches!(kind, Kind::Verification | Kind::DayClosing) {
                return Err(StoreError::Invalid("of"));
            }
            if event.by != by {
                return Err(StoreError::NotAllowed);
            }
            let mut operation = Operation::new(header(kind, Change::Retract { of: *of }));
            operation.header.ground = event.header.ground;
            Ok(operation)
        }
    }
}

/// Every visit is one of the village that somebody else made. Returns the first.
fn check(t: &mut dyn Tables, scope: Scope, by: PersonId, verification: &Verification) -> Result<Event> {
    if !verification.is_sound() {
        return Err(StoreError::Invalid("visits"));
    }
    let mut first = None;
    for look in &verification.visits {
        let (kind, event) = event(t, scope, look.visit)?;
        if kind != Kind::Visit {
            return Err(StoreError::Invalid("visits"));
        }
        // Whoever made a visit does not say whether it was made.
        if event.by == by {
            return Err(StoreError::NotAllowed);
        }
        first.get_or_insert(event);
    }
    first.ok_or(StoreError::Invalid("visits"))
}

fn event(t: &mut dyn Tables, scope: Scope, id: RecordId) -> Result<(Kind, Event)> {
    match t.record(id)?.filter(|stored| stored.scope == scope).map(|stored| (stored.record.kind, stored.record.body)) {
        Some((kind, Body::Event(event))) => Ok((kind, event)),
        _ => Err(StoreError::NotFound),
    }
}
