//! What arrives otherwise, typed in at a desk: one press is several operations of one tab, stored together or not at all.

use super::grants;
use super::office::Writer;
use super::push::office_header;
use super::tables::{Result, Tables};
use super::units::Tree;
use super::{OfficeChange, StoreError};
use domain::campaign::Campaign;
use domain::id::{AreaId, RecordId};
use domain::operation::{Change, Header, Kind, Operation};
use domain::person::Person;
use domain::record::Body;
use domain::time::Time;
use domain::typing::{TakenBack, Typed, TypedPlace, TypingError};
use domain::unit::Level;

/// The first record that is written, and of what kind it is; none may stand there yet.
pub fn first(typed: &Typed) -> (RecordId, Kind) {
    match typed {
        Typed::Visit(visit) => (visit.id, Kind::Visit),
        Typed::Opinion(opinion) => (opinion.said.id, Kind::Opinion),
        Typed::TakenBack(back) => (back.id, Kind::Visit),
    }
}

/// Where all of it is.
pub fn village(typed: &Typed) -> AreaId {
    match typed {
        Typed::Visit(visit) => visit.place.village,
        Typed::Opinion(opinion) => opinion.place.village,
        Typed::TakenBack(back) => back.village,
    }
}

/// Says what is wrong, before anything is written. That a household is one of the village is said when it is written.
pub fn check(t: &mut dyn Tables, tree: &Tree, change: &OfficeChange, typed: &Typed, now: Time) -> Result<()> {
    tree.get(village(typed)).filter(|unit| unit.level == Level::Village).ok_or(StoreError::Invalid("village"))?;
    tree.check(change.within, village(typed))?;
    let wrong = |error: TypingError| StoreError::Invalid(error.field());
    match typed {
        Typed::Visit(visit) => {
            visit.check(&campaign(t, tree, &visit.place)?, now.date()).map_err(wrong)?;
            let visitor: Option<Person> = t.record(visit.visitor.into())?.as_ref().and_then(grants::state);
            tree.check(change.within, visitor.ok_or(StoreError::Invalid("visitor"))?.unit).map_err(|_| StoreError::Invalid("visitor"))
        }
        Typed::Opinion(opinion) => opinion.check(&campaign(t, tree, &opinion.place)?, now.date()).map_err(wrong),
        Typed::TakenBack(back) if back.records.is_empty() => Err(StoreError::Invalid("records")),
        Typed::TakenBack(_) => Ok(()),
    }
}

fn campaign(t: &mut dyn Tables, tree: &Tree, place: &TypedPlace) -> Result<Campaign> {
    let home = tree.commune(place.village);
    let stored = t.record(place.campaign)?.filter(|stored| tree.commune(stored.scope.area) == home);
    stored.as_ref().and_then(grants::state).ok_or(StoreError::Invalid("campaign"))
}

/// Writes what was found right.
pub fn put(w: &mut Writer<'_>, typed: &Typed) -> Result<()> {
    // A database that ends at the visit behind which an anonymous opinion was typed in would point at it.
    w.t.forget_order();
    let tree = Tree::load(w.t)?;
    let operations = match typed {
        Typed::Visit(visit) => visit.operations(&campaign(w.t, &tree, &visit.place)?),
        Typed::Opinion(opinion) => opinion.operations(&campaign(w.t, &tree, &opinion.place)?),
        Typed::TakenBack(back) => retractions(w, back)?,
    };
    for operation in operations {
        w.event(operation)?;
    }
    Ok(())
}

/// One undo for each record, where it is. Only what the tab's own person wrote is taken back: see [`Writer::event`].
fn retractions(w: &mut Writer<'_>, back: &TakenBack) -> Result<Vec<Operation>> {
    let mut operations = Vec::new();
    for (n, &of) in back.records.iter().enumerate() {
        let stored = w.t.record(of)?.filter(|stored| stored.scope.area == back.village).ok_or(StoreError::NotFound)?;
        let Body::Event(event) = stored.record.body else { return Err(StoreError::Invalid("records")) };
        let id = if n == 0 { back.id } else { w.fresh() };
        let header = office_header(stored.record.kind, id, stored.scope, Change::Retract { of }, w.now());
        operations.push(Operation::new(Header { ground: event.header.ground, ..header }));
    }
    Ok(operations)
}
