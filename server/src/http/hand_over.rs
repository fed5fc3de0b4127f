//! Handing somebody's work to somebody else: what would pass, and doing it.

use super::{App, Caller, now, seed};
use crate::error::{Refused, Reply};
use crate::store::{Ask, OfficeChange, Store, Value};
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use domain::hand_over::{HandOver, HandOverRow};
use domain::id::PersonId;
use domain::office::{Filter, Listed, Write};
use domain::wire::RefusalCode;

/// The most teams that one person stands in.
const TEAMS_MAX: u32 = 1_000;

/// What somebody's work is.
pub async fn preview<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(person): Path<PersonId>,
) -> Reply<Json<Listed<HandOverRow>>> {
    let filter = Filter { by: Some(person), ..Filter::default() };
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: TEAMS_MAX }, now()).await?))
}

/// Hands it over, all of it or nothing. Pressed twice, it is done once.
pub async fn hand_over<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(person): Path<PersonId>,
    Json(Write { device, seq, seen, value }): Json<Write<HandOver>>,
) -> Reply<StatusCode> {
    if value.from != person {
        return Err(Refused::about(RefusalCode::Invalid, "from"));
    }
    let change = OfficeChange { by: caller.person.id, within: caller.within, device, seq, seen, value: Value::HandOver(value) };
    app.store.write(change, now(), seed()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
