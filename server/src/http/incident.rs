//! Incidents with personal data.

use super::work::changed;
use super::{App, Caller, now};
use crate::error::Reply;
use crate::store::{Ask, Store, Value};
use axum::Json;
use axum::extract::{Extension, State};
use domain::incident::{Incident, IncidentRow};
use domain::office::{Filter, Listed, ROWS, Write};

/// All of them, the latest first.
pub async fn list<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Listed<IncidentRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter: Filter::default(), limit: ROWS }, now()).await?))
}

/// Writes one down, or adds to it.
pub async fn write<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Incident>>,
) -> Reply<Json<()>> {
    changed(&app, &caller, change, Value::Incident).await?;
    Ok(Json(()))
}
