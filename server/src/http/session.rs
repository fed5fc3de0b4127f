//! Setting up, signing in and out, and the tab as a device.

use super::guard::{COOKIE_NAME, Client, SESSION_HOURS, session_token};
use super::recovery::key;
use super::{App, Caller, now, seed};
use crate::auth::{Guesser, new_token};
use crate::error::{Refused, Reply};
use crate::store::{self, Ask, Desk, FirstSteps, Reopening, Session, Store, StoreError};
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use domain::id::PersonId;
use domain::office::{Account, Filter, HouseholdRow, Me, PASSPHRASE_MIN, SetUp, SetupState, SignIn, StandingFilter, Tab};
use domain::person::{Action, Person, Reach};
use domain::text;
use domain::twin::Pair;
use domain::wire::RefusalCode;
use std::time::Instant;

/// Whether the link still works.
pub async fn setup_state<S: Store>(State(app): State<App<S>>, Path(token): Path<String>) -> Reply<Json<SetupState>> {
    let done = app.store.life().await?.set_up;
    if done || app.is_setup_token(&token) { Ok(Json(SetupState { done })) } else { Err(Refused::new(RefusalCode::UnknownCode)) }
}

/// Makes the first administrator and officer, and signs the administrator in.
pub async fn set_up<S: Store>(State(app): State<App<S>>, Path(token): Path<String>, Json(first): Json<SetUp>) -> Reply<impl IntoResponse> {
    if app.store.life().await?.set_up {
        return Err(Refused::new(RefusalCode::UsedCode));
    }
    if !app.is_setup_token(&token) {
        return Err(Refused::new(RefusalCode::UnknownCode));
    }
    let SetUp { admin, province, commune, officer, recovery } = first;
    let recovery = recovery.map(|public| key(&public, "recovery")).transpose()?;
    let (province, commune) = (named(&province, "province")?, named(&commune, "commune")?);
    let (admin, officer) = (desk(&app, admin, "admin").await?, desk(&app, officer, "officer").await?);
    let first = FirstSteps { province, commune, admin, officer, recovery };
    if first.admin.account.login == first.officer.account.login {
        return Err(Refused::about(RefusalCode::Taken, "officer"));
    }
    let admin = match app.store.set_up(first, now(), seed()?).await {
        Err(StoreError::Taken(_)) => return Err(Refused::new(RefusalCode::UsedCode)),
        other => other?,
    };
    signed_in(&app, admin).await
}

/// Checks a name and a passphrase. Takes as long for a name that does not exist.
pub async fn sign_in<S: Store>(
    State(app): State<App<S>>,
    Client(address): Client,
    Json(SignIn { login, passphrase }): Json<SignIn>,
) -> Reply<impl IntoResponse> {
    let wrong = Refused::new(RefusalCode::WrongPassphrase);
    let login = login.trim().to_lowercase();
    if login.len() > LOGIN_MAX || passphrase.len() > PASSPHRASE_MAX {
        return Err(wrong);
    }
    let guessers = [Guesser::Address(address), Guesser::Login(login.clone())];
    for guesser in &guessers {
        app.attempts.begin(guesser.clone(), Instant::now()).map_err(Refused::wait)?;
    }
    let known = match app.store.credentials(login).await {
        Err(StoreError::NotFound) => None,
        other => Some(other?),
    };
    let right = app.passphrases.verify(&passphrase, known.as_ref().map(|known| known.account.hash.clone())).await?;
    match known {
        Some(known) if right => {
            guessers.iter().for_each(|guesser| app.attempts.forgive(guesser));
            signed_in(&app, known.person).await
        }
        _ => Err(wrong),
    }
}

async fn signed_in<S: Store>(app: &App<S>, person: PersonId) -> Reply<(AppendHeaders<[(HeaderName, HeaderValue); 1]>, Json<Me>)> {
    let token = new_token()?;
    let session = app.keys.session(&token);
    let now = now();
    let begin = Session::Begin(person, now.plus_hours(SESSION_HOURS));
    let store::SignedIn { person, unit_name } = app.store.session(session, begin, now).await?;
    app.sessions.begun(session, now);
    Ok((AppendHeaders([(SET_COOKIE, cookie(app, &token, "")?)]), Json(about(app, person, unit_name).await?)))
}

async fn about<S: Store>(app: &App<S>, person: Person, unit_name: String) -> Reply<Me> {
    let waiting = match person.role.may(Action::Quarantine) {
        Reach::Unit => app.store.quarantine(Some(person.unit)).await?,
        Reach::All => app.store.quarantine(None).await?,
        Reach::Granted | Reach::No => Vec::new(),
    };
    let waiting = waiting.iter().filter(|row| !row.aside).map(|row| row.count).sum();
    let (disputed, twins) = match person.role.may(Action::KeepBook) {
        Reach::Unit | Reach::All => {
            let ask = |filter| Ask { within: Some(person.unit), filter, limit: 0 };
            let disputed = ask(Filter { standing: Some(StandingFilter::Disputed), ..Filter::default() });
            let disputed = app.store.list::<HouseholdRow>(disputed, now()).await?.total;
            (disputed, app.store.list::<Pair>(ask(Filter::default()), now()).await?.notable)
        }
        Reach::Granted | Reach::No => (0, 0),
    };
    let reopen = match person.role.may(Action::Reopen) {
        Reach::Unit => Some(Some(person.unit)),
        Reach::All => Some(None),
        Reach::Granted | Reach::No => None,
    };
    let reopen = match reopen {
        Some(within) => app.store.list::<Reopening>(Ask { within, ..Ask::default() }, now()).await?.total,
        None => 0,
    };
    let no_recovery_key = app.store.life().await?.recovery.is_none();
    let (public_url, demo) = (app.site.public_url.clone(), app.site.demo);
    Ok(Me { person, unit_name, public_url, demo, waiting, disputed, twins, reopen, no_recovery_key })
}

/// Without an age: the browser forgets it when it closes, the server after [`SESSION_HOURS`] without a request.
fn cookie<S>(app: &App<S>, token: &str, age: &str) -> Reply<HeaderValue> {
    let secure = if app.site.public_url.starts_with("https://") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE_NAME}={token}; Path=/api; HttpOnly; SameSite=Strict{secure}{age}");
    HeaderValue::from_str(&cookie).map_err(|_| Refused::new(RefusalCode::Broken))
}

/// Who is signed in.
pub async fn me<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Me>> {
    let Caller { person, unit_name, .. } = caller;
    about(&app, person, unit_name).await.map(Json)
}

/// Ends the session, if there is one.
pub async fn sign_out<S: Store>(State(app): State<App<S>>, headers: HeaderMap) -> Reply<impl IntoResponse> {
    if let Some(token) = session_token(&headers) {
        match app.store.session(app.keys.session(token), Session::End, now()).await {
            // It has ended already.
            Err(StoreError::NotFound) => {}
            other => drop(other?),
        }
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, cookie(&app, "", "; Max-Age=0")?)])))
}

/// Makes the tab a device.
pub async fn tab<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(Tab { device }): Json<Tab>,
) -> Reply<StatusCode> {
    app.store.tab(device, caller.person.id, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

const LOGIN_MAX: usize = 64;
/// In bytes: hashing takes longer for longer ones.
const PASSPHRASE_MAX: usize = 1024;

/// A name as it is stored; `field` is what a refusal names.
pub fn named(given: &str, field: &str) -> Reply<String> {
    let name = text::clean(given);
    let fits = (1..=200).contains(&name.chars().count());
    if fits { Ok(name) } else { Err(Refused::about(RefusalCode::Invalid, field)) }
}

/// A new account with its passphrase hashed. What is wrong with it is said about `field`, or about the part that it is.
pub async fn account<S>(app: &App<S>, given: Account, field: Option<&str>) -> Reply<store::Account> {
    let wrong = |part| Err(Refused::about(RefusalCode::Invalid, field.unwrap_or(part)));
    let login = given.login.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if login.is_empty() || login.len() > LOGIN_MAX || !login.chars().all(plain) {
        return wrong("login");
    }
    if given.passphrase.chars().count() < PASSPHRASE_MIN || given.passphrase.len() > PASSPHRASE_MAX {
        return wrong("passphrase");
    }
    let hash = app.passphrases.hash(&given.passphrase).await?;
    Ok(store::Account { login, hash })
}

async fn desk<S>(app: &App<S>, given: Account, field: &str) -> Reply<Desk> {
    Ok(Desk { name: named(&given.name, field)?, account: account(app, given, Some(field)).await? })
}
