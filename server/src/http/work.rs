//! What an office sets up: units, campaigns, organisations, codes, teams, assignments. A change is answered with what stands afterwards.

use super::asked::Asked;
use super::{App, Caller, now, seed};
use crate::error::{Refused, Reply};
use crate::store::{Ask, Directory, OfficeChange, Store, Value};
use axum::Json;
use axum::extract::{Extension, State};
use domain::ahead::{Ahead, DropAhead};
use domain::campaign::{Assignment, Campaign};
use domain::code_book::{CodeChange, CodeEntry};
use domain::office::{Seen, VerificationChange, Write};
use domain::organization::Organization;
use domain::share::VillageWork;
use domain::succession::Rearrangement;
use domain::team::Team;
use domain::unit::Unit;
use domain::wire::RefusalCode;

/// Units within reach, and those above them.
pub async fn units<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<Unit>>>> {
    Ok(Json(app.store.directory(caller.within).await?.units))
}

/// Makes or changes a unit.
pub async fn write_unit<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Unit>>,
) -> Reply<Json<Seen<Unit>>> {
    let id = change.value.id;
    one(changed(&app, &caller, change, Value::Unit).await?.units, |unit| unit.id == id)
}

/// Merges or splits villages, or has it wait for its day.
pub async fn rearrange<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Rearrangement>>,
) -> Reply<Json<Vec<Seen<Unit>>>> {
    Ok(Json(changed(&app, &caller, change, Value::Rearrangement).await?.units))
}

/// Mergers and splits that were entered ahead, the latest day first.
pub async fn ahead<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<Ahead>>>> {
    Ok(Json(app.store.directory(caller.within).await?.ahead))
}

/// Drops one that still waits.
pub async fn drop_ahead<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<DropAhead>>,
) -> Reply<Json<Seen<Ahead>>> {
    let id = change.value.id;
    one(changed(&app, &caller, change, Value::Drop).await?.ahead, |ahead| ahead.id == id)
}

/// Campaigns, the newest first.
pub async fn campaigns<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<Campaign>>>> {
    Ok(Json(app.store.directory(caller.within).await?.campaigns))
}

/// Makes or changes a campaign.
pub async fn write_campaign<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Campaign>>,
) -> Reply<Json<Seen<Campaign>>> {
    let id = change.value.id;
    one(changed(&app, &caller, change, Value::Campaign).await?.campaigns, |campaign| campaign.id == id)
}

/// Organisations by name.
pub async fn organizations<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
) -> Reply<Json<Vec<Seen<Organization>>>> {
    Ok(Json(app.store.directory(caller.within).await?.organizations))
}

/// Adds or changes an organisation.
pub async fn write_organization<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Organization>>,
) -> Reply<Json<Seen<Organization>>> {
    let id = change.value.id;
    one(changed(&app, &caller, change, Value::Organization).await?.organizations, |organization| organization.id == id)
}

/// What the commune has said about codes.
pub async fn codes<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<CodeEntry>>>> {
    Ok(Json(app.store.directory(caller.within).await?.codes))
}

/// Adds an own topic, spells one anew, ends the use of a code or takes it up again.
pub async fn write_code<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<CodeChange>>,
) -> Reply<Json<Seen<CodeEntry>>> {
    let id = change.value.id();
    one(changed(&app, &caller, change, Value::Code).await?.codes, |entry| entry.id == id)
}

/// Teams by name.
pub async fn teams<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<Team>>>> {
    Ok(Json(app.store.directory(caller.within).await?.teams))
}

/// Makes or changes a team.
pub async fn write_team<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Team>>,
) -> Reply<Json<Seen<Team>>> {
    let id = change.value.id;
    one(changed(&app, &caller, change, Value::Team).await?.teams, |team| team.id == id)
}

/// Villages given to teams.
pub async fn assignments<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<Assignment>>>> {
    let mut villages = app.store.directory(caller.within).await?.assignments;
    villages.retain(|work| work.value.share.is_none());
    Ok(Json(villages))
}

/// One village as work to be shared out.
pub async fn shares<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<VillageWork>> {
    let found = app.store.list::<VillageWork>(Ask { within: caller.within, filter, limit: 1 }, now()).await?;
    found.rows.into_iter().next().map(Json).ok_or(Refused::new(RefusalCode::NotFound))
}

/// Gives a village to a team or households of it to a member, or takes them back.
pub async fn write_assignment<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<Assignment>>,
) -> Reply<Json<Seen<Assignment>>> {
    let id = change.value.id;
    one(changed(&app, &caller, change, Value::Assignment).await?.assignments, |assignment| assignment.id == id)
}

/// Confirms or voids visits that others made, closes a day, or takes one of these back.
pub async fn verify<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<VerificationChange>>,
) -> Reply<Json<()>> {
    changed(&app, &caller, change, Value::Verify).await?;
    Ok(Json(()))
}

/// Stores one change of the caller's tab and reads what stands afterwards.
pub async fn changed<S: Store, T>(app: &App<S>, caller: &Caller, change: Write<T>, value: impl FnOnce(T) -> Value) -> Reply<Directory> {
    let Write { device, seq, seen, value: to } = change;
    let change = OfficeChange { by: caller.person.id, within: caller.within, device, seq, seen, value: value(to) };
    app.store.write(change, now(), seed()?).await?;
    Ok(app.store.directory(caller.within).await?)
}

/// The value that was written, as it stands now.
pub fn one<T>(all: Vec<Seen<T>>, is_it: impl Fn(&T) -> bool) -> Reply<Json<Seen<T>>> {
    all.into_iter().find(|seen| is_it(&seen.value)).map(Json).ok_or(Refused::new(RefusalCode::NotFound))
}
