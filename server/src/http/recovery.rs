//! The organisation's recovery key: made in a browser, sealed to by phones, put together in a browser again. What goes
//! through here is its public half and what is sealed; a body says nothing that this server could open.

use super::body::Cbor;
use super::guard::Client;
use super::sync::spoken;
use super::{App, Caller, now};
use crate::auth::Guesser;
use crate::error::{Refused, Reply};
use crate::store::{Ask, Device, Recovered, Recovery, Reopening, Store};
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use domain::id::DeviceId;
use domain::recovery::{Deposit, NewRecoveryKey, RecoveryState, ReopenAnswer, ReopenReply, ReopenRequest, SealedCopies};
use domain::wire::RefusalCode;
use seal::recovery::PublicKey;
use serde_bytes::ByteBuf;
use std::time::Instant;

/// Keeps a phone's sealed data key.
pub async fn deposit<S: Store>(
    State(app): State<App<S>>,
    Extension(device): Extension<Device>,
    Cbor(Deposit { protocol, sealed }): Cbor<Deposit>,
) -> Reply<StatusCode> {
    spoken(protocol)?;
    app.store.recover(Recovery::Deposit(device.id, sealed), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the request of a phone that is locked, or says what was answered. Without a token, so that guesses are counted.
pub async fn reopen<S: Store>(
    State(app): State<App<S>>,
    Client(address): Client,
    Cbor(ReopenRequest { protocol, device, public, sealed }): Cbor<ReopenRequest>,
) -> Reply<Cbor<ReopenReply>> {
    spoken(protocol)?;
    let guesser = Guesser::Reopening(address);
    app.attempts.begin(guesser.clone(), Instant::now()).map_err(Refused::wait)?;
    let public = key(&public, "public")?;
    let answer = match app.store.recover(Recovery::Ask { device, public, sealed }, now()).await? {
        // Whoever asks with one key after the other is not a phone that waits.
        Recovered::Stored => None,
        found => {
            app.attempts.forgive(&guesser);
            if let Recovered::Answered(answer) = found { Some(answer) } else { None }
        }
    };
    Ok(Cbor(ReopenReply { answer }))
}

/// The key, who asks, and who was answered.
pub async fn state<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<RecoveryState>> {
    let ask = || Ask { within: caller.within, limit: u32::MAX, ..Ask::default() };
    let key = app.store.life().await?.recovery.map(|key| ByteBuf::from(key.0.to_vec()));
    let waiting = app.store.list::<Reopening>(ask(), now()).await?.rows.into_iter().map(|one| one.row).collect();
    let past = app.store.list(ask(), now()).await?.rows;
    Ok(Json(RecoveryState { key, waiting, past }))
}

/// Stores the public half of a new key.
pub async fn make<S: Store>(State(app): State<App<S>>, Json(NewRecoveryKey { public }): Json<NewRecoveryKey>) -> Reply<StatusCode> {
    app.store.recover(Recovery::Make(key(&public, "key")?), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a phone that asks has deposited, for somebody who has two sheets at hand.
pub async fn copies<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(device): Path<DeviceId>,
) -> Reply<Json<SealedCopies>> {
    let ask = Ask { within: caller.within, limit: u32::MAX, ..Ask::default() };
    let waiting = app.store.list::<Reopening>(ask, now()).await?.rows;
    let asks = waiting.into_iter().find(|one| one.row.device == device).ok_or(Refused::new(RefusalCode::NotFound))?;
    Ok(Json(SealedCopies { copies: asks.copies }))
}

/// Keeps an answer for its phone.
pub async fn answer<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(device): Path<DeviceId>,
    Json(ReopenAnswer { public, answer }): Json<ReopenAnswer>,
) -> Reply<StatusCode> {
    let public = key(&public, "public")?;
    let what = Recovery::Answer { within: caller.within, by: caller.person.id, device, public, answer };
    app.store.recover(what, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A public key that somebody sent; `field` is what a refusal names.
pub fn key(bytes: &[u8], field: &str) -> Reply<PublicKey> {
    PublicKey::read(bytes).ok_or(Refused::about(RefusalCode::Invalid, field))
}
