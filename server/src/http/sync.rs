//! What phones say: enrol, push, send anonymous opinions, pull. The rules are in `domain`; the store executes them.

use super::body::Cbor;
use super::guard::Client;
use super::{App, now, seed};
use crate::auth::{Guesser, read_code};
use crate::error::{Refused, Reply};
use crate::store::{Device, Sender, Store, StoreError};
use axum::extract::{Extension, State};
use domain::wire::{
    AnonymousBatch, AnonymousReply, EnrolReply, EnrolRequest, PROTOCOL, PUSH_MAX, PullReply, PullRequest, PushBatch, PushReply, RefusalCode,
};
use std::time::Instant;

/// Makes a phone a device, by a one-time code.
pub async fn enrol<S: Store>(
    State(app): State<App<S>>,
    Client(address): Client,
    Cbor(EnrolRequest { protocol, code, device }): Cbor<EnrolRequest>,
) -> Reply<Cbor<EnrolReply>> {
    spoken(protocol)?;
    let guesser = Guesser::Enrolling(address);
    app.attempts.begin(guesser.clone(), Instant::now()).map_err(Refused::wait)?;
    let code = read_code(&code).ok_or(Refused::new(RefusalCode::UnknownCode))?;
    match app.store.enrol(app.keys.code(&code), device, now()).await {
        Err(StoreError::NotFound) => Err(Refused::new(RefusalCode::UnknownCode)),
        other => {
            // Whoever has a right code, even an old one, is not guessing.
            app.attempts.forgive(&guesser);
            Ok(Cbor(other?))
        }
    }
}

/// Takes operations; one acknowledgement each.
pub async fn push<S: Store>(
    State(app): State<App<S>>,
    Extension(device): Extension<Device>,
    Cbor(batch): Cbor<PushBatch>,
) -> Reply<Cbor<PushReply>> {
    spoken(batch.protocol)?;
    if batch.device != device.id {
        return Err(Refused::about(RefusalCode::NotAllowed, "device"));
    }
    if batch.frames.len() > PUSH_MAX {
        return Err(Refused::about(RefusalCode::TooLarge, "operations"));
    }
    Ok(Cbor(app.store.push(batch, now(), seed()?).await?))
}

/// Takes anonymous opinions. Nothing of the device is stored or logged with them.
pub async fn anonymous<S: Store>(
    State(app): State<App<S>>,
    Extension(device): Extension<Device>,
    Cbor(batch): Cbor<AnonymousBatch>,
) -> Reply<Cbor<AnonymousReply>> {
    spoken(batch.protocol)?;
    if batch.opinions.len() > PUSH_MAX {
        return Err(Refused::about(RefusalCode::TooLarge, "opinions"));
    }
    Ok(Cbor(app.store.anonymous(Sender::Phone(device.id), batch.opinions, now()).await?))
}

/// Answers what changed.
pub async fn pull<S: Store>(
    State(app): State<App<S>>,
    Extension(device): Extension<Device>,
    Cbor(request): Cbor<PullRequest>,
) -> Reply<Cbor<PullReply>> {
    spoken(request.protocol)?;
    if device.revoked.is_some() {
        return Err(Refused::new(RefusalCode::RevokedDevice));
    }
    Ok(Cbor(app.store.pull(device.id, request, now()).await?))
}

/// A server answers every version ever released; this is the first.
pub fn spoken(protocol: u16) -> Reply<()> {
    if (1..=PROTOCOL).contains(&protocol) { Ok(()) } else { Err(Refused::about(RefusalCode::BadRequest, "protocol")) }
}
