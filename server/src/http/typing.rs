//! What arrives otherwise and is typed in at a desk. An anonymous opinion among it has no number, no line in the access log
//! and no time.

use super::{App, Caller, now, seed};
use crate::error::{Refused, Reply};
use crate::store::{OfficeChange, Sender, Store, Value};
use axum::Json;
use axum::extract::{Extension, State};
use domain::campaign::{Campaign, CampaignState};
use domain::cbor;
use domain::office::{Write, Written};
use domain::opinion::{AnonymousOpinion, ReporterMode, check_text};
use domain::text::clean_lines;
use domain::typing::{TakenBack, Typed, TypedOpinion, TypedVisit};
use domain::unit::Level;
use domain::wire::RefusalCode;
use serde_bytes::ByteBuf;

/// Stores a paper visit sheet.
pub async fn visit<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<TypedVisit>>,
) -> Reply<Json<Written>> {
    stored(&app, &caller, change, Typed::Visit).await
}

/// Stores an opinion that came without a visit.
pub async fn opinion<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<TypedOpinion>>,
) -> Reply<Json<Written>> {
    stored(&app, &caller, change, Typed::Opinion).await
}

/// Takes back what the caller typed in.
pub async fn take_back<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<TakenBack>>,
) -> Reply<Json<Written>> {
    stored(&app, &caller, change, Typed::TakenBack).await
}

async fn stored<S: Store, T>(app: &App<S>, caller: &Caller, change: Write<T>, typed: fn(T) -> Typed) -> Reply<Json<Written>> {
    let Write { device, seq, seen, value } = change;
    let value = Value::Typed(typed(value));
    app.store.write(OfficeChange { by: caller.person.id, within: caller.within, device, seq, seen, value }, now(), seed()?).await?;
    Ok(Json(Written { seq: app.store.device(device).await?.have }))
}

/// Has an anonymous opinion wait for a crowd, as one from a phone does. What is wrong with it is told at once: in quarantine
/// nobody could ask whose it is.
pub async fn anonymous<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(opinion): Json<AnonymousOpinion>,
) -> Reply<Json<()>> {
    let wrong = |field| Refused::about(RefusalCode::Invalid, field);
    let directory = app.store.directory(caller.within).await?;
    let mut campaigns = directory.campaigns.iter().map(|seen| &seen.value);
    let runs = |campaign: &&Campaign| campaign.id == opinion.campaign && campaign.state == CampaignState::Active;
    let campaign = campaigns.find(runs).ok_or(wrong("campaign"))?;
    if !directory.units.iter().any(|unit| unit.value.id == opinion.area && unit.value.level == Level::Village) {
        return Err(wrong("village"));
    }
    let this_week = now().date().week();
    if opinion.week.is_none_or(|week| week != week.week() || week > this_week || week < campaign.from.week()) {
        return Err(wrong("day"));
    }
    if opinion.mode == ReporterMode::Named || opinion.amends.is_some() || check_text(&opinion.text).is_err() {
        return Err(wrong("opinions"));
    }
    let opinion = AnonymousOpinion { text: clean_lines(&opinion.text), basis: campaign.basis, until: campaign.until, ..opinion };
    app.store.anonymous(Sender::Desk(caller.within), vec![ByteBuf::from(cbor::encode(&opinion))], now()).await?;
    Ok(Json(()))
}
