//! The household book kept by hand.

use super::asked::Asked;
use super::{App, Caller, now, seed};
use crate::error::{Refused, Reply};
use crate::store::{Ask, OfficeChange, Store, Value};
use axum::Json;
use axum::extract::{Extension, Path, State};
use domain::book::{Entry, Sheet};
use domain::id::RecordId;
use domain::office::{Filter, Listed, ROWS, Write};
use domain::twin::{Decision, Pair};
use domain::wire::RefusalCode;

/// One household with everything that people wrote about it.
pub async fn household<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<RecordId>,
) -> Reply<Json<Sheet>> {
    read(&app, &caller, id).await
}

/// Adds a household, or corrects one.
pub async fn write_household<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Entry>>,
) -> Reply<Json<Sheet>> {
    let Write { device, seq, seen, value } = change;
    let id = value.id;
    let change = OfficeChange { by: caller.person.id, within: caller.within, device, seq, seen, value: Value::Household(value) };
    app.store.write(change, now(), seed()?).await?;
    read(&app, &caller, id).await
}

/// Pairs of households that may be one, and those about which an office has decided.
pub async fn twins<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<Pair>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// Says that two households are one or are not, or takes that back.
pub async fn decide<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Decision>>,
) -> Reply<Json<()>> {
    let Write { device, seq, seen, value } = change;
    let change = OfficeChange { by: caller.person.id, within: caller.within, device, seq, seen, value: Value::Twins(value) };
    app.store.write(change, now(), seed()?).await?;
    Ok(Json(()))
}

async fn read<S: Store>(app: &App<S>, caller: &Caller, id: RecordId) -> Reply<Json<Sheet>> {
    let ask = Ask { within: caller.within, filter: Filter { household: Some(id), ..Filter::default() }, limit: 1 };
    let found = app.store.list::<Sheet>(ask, now()).await?.rows.into_iter().next();
    found.map(Json).ok_or(Refused::new(RefusalCode::NotFound))
}
