//! For those who look after the server and its data: taking all of it out, and saying what is wrong without content.

use super::asked::Asked;
use super::lists::{last_redaction, nothing_was_redacted_since};
use super::{App, Caller, now, seed};
use crate::error::{Refused, Reply};
use crate::store::{Ask, Directory, Kept, OfficeChange, Store, Value};
use crate::{auth, take_out};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::office::{Filter, HouseholdRow, Listed, ROWS, VisitRow, Write};
use domain::problem::{Facts, Magnitude};
use domain::recovery;
use domain::redaction::{Redact, RedactionRow};
use domain::retention::RetentionRow;
use domain::wire::RefusalCode;

/// What was redacted, the latest first, and which phones still owe it.
pub async fn redactions<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<RedactionRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// What was deleted each day because its time was over.
pub async fn retention<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<RetentionRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// Has parts of a record deleted everywhere and for ever.
pub async fn redact<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Redact>>,
) -> Reply<Json<()>> {
    let Write { device, seq, seen, value } = change;
    let change = OfficeChange { by: caller.person.id, within: caller.within, device, seq, seen, value: Value::Redact(value) };
    app.store.write(change, now(), seed()?).await?;
    Ok(Json(()))
}

/// Everything within reach as one .zip, sealed: it is made to leave the house.
pub async fn take_out<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Response> {
    let at = now();
    let key = app.store.life().await?.recovery.ok_or(Refused::new(RefusalCode::NoRecoveryKey))?;
    let random = auth::random()?;
    let ask = Ask { within: caller.within, filter: Filter::default(), limit: u32::MAX };
    let begun = last_redaction(&app).await?;
    let Listed { rows, .. } = app.store.list::<Kept>(ask, at).await?;
    let unit = caller.unit_name;
    let written = tokio::task::spawn_blocking(move || {
        let zip = take_out::take_out(&rows, &unit, at).ok()?;
        seal::file::seal(key, recovery::TAKEN_OUT, random, &zip)
    });
    let broken = Refused::new(RefusalCode::Broken);
    let bytes = written.await.ok().flatten().ok_or(broken.clone())?;
    nothing_was_redacted_since(&app, begun).await?;
    let name = format!("attachment; filename=\"gan-dan-toan-bo-{}.gandan\"", at.date().iso());
    let name = HeaderValue::from_str(&name).map_err(|_| broken)?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")), (CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// Two sheets are about to open such a file at a desk: the line of the access log is all that there is to do.
pub async fn opened() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// What the server can say of itself in a report of a problem: no names, no words, and of every number only its magnitude.
pub async fn problem<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Facts>> {
    let at = now();
    let ask = || Ask { within: caller.within, filter: Filter::default(), limit: 0 };
    let households = app.store.list::<HouseholdRow>(ask(), at).await?.total;
    let visits = app.store.list::<VisitRow>(ask(), at).await?.total;
    let waiting: u32 = app.store.quarantine(caller.within).await?.iter().filter(|row| !row.aside).map(|row| row.count).sum();
    let Directory { units, people, devices, campaigns, organizations, teams, assignments, codes, ahead } =
        app.store.directory(caller.within).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let numbers = [
        ("units", count(units.len())),
        ("people", count(people.len())),
        ("phones", count(devices.len())),
        ("campaigns", count(campaigns.len())),
        ("organizations", count(organizations.len())),
        ("teams", count(teams.len())),
        ("assignments", count(assignments.len())),
        ("codes", count(codes.len())),
        ("decided_ahead", count(ahead.len())),
        ("households", households),
        ("visits_of_the_campaign", visits),
        ("to_be_looked_at", waiting),
    ];
    let counts = numbers.map(|(name, n)| (name.to_owned(), Magnitude::of(n))).to_vec();
    Ok(Json(Facts { version: env!("CARGO_PKG_VERSION").to_owned(), demo: app.site.demo, at, counts }))
}
