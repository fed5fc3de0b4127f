//! Who is asking, and whether the table lets them.

use super::{App, Route, now};
use crate::auth::Network;
use crate::error::{Refused, Reply};
use crate::store::{Access as AccessLine, DeviceKind, Hash, Session, SignedIn, Store, StoreError, Within};
use crate::tls::TlsListener;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;
use domain::id::RecordId;
use domain::person::{Action, Person, Reach};
use domain::time::Time;
use domain::wire::RefusalCode;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use tokio::net::TcpListener;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever brings the proof in the request itself: a one-time link, a passphrase, an enrolment code.
    Open,
    /// Everybody with a session.
    SignedIn,
    /// Whose role may do one of these, as far as the role reaches.
    May(&'static [Action]),
    /// An enrolled phone: [`Action::Sync`]. Codes are issued to roles that may, and the grants say how far.
    Phone,
}

impl Route {
    /// Whether its use is written into the access log. Lists of colleagues and counts are read with every page and name
    /// no resident.
    pub fn is_logged(&self) -> bool {
        match self.access {
            Access::May(actions) => {
                self.leaves_traces() && actions.iter().any(|action| !matches!(action, Action::Directory | Action::Coverage))
            }
            Access::Open | Access::SignedIn | Access::Phone => false,
        }
    }

    /// A line in the log, or the hour until which a session was extended, would stand between the visits that were typed in
    /// before and after an anonymous opinion, and tell on whose sheet it was.
    fn leaves_traces(&self) -> bool {
        !self.path.ends_with("/anonymous")
    }
}

/// Who is asking, at a desk.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub person: Person,
    /// The name of their unit.
    pub unit_name: String,
    /// How far they may go with the route's first action that their role has.
    pub within: Within,
}

impl Caller {
    /// Whether their role may do this at all.
    pub fn may(&self, action: Action) -> bool {
        self.person.role.may(action) != Reach::No
    }
}

/// Lets a request through to its handler, or not.
pub async fn guard<S: Store>(State((app, route)): State<(App<S>, Route)>, mut request: Request, next: Next) -> Response {
    match admit(&app, &route, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn admit<S: Store>(app: &App<S>, route: &Route, request: &mut Request) -> Reply<()> {
    match route.access {
        Access::Open => {}
        Access::SignedIn => {
            let caller = caller(app, request.headers(), &[], true).await?;
            request.extensions_mut().insert(caller);
        }
        Access::May(actions) => {
            let caller = caller(app, request.headers(), actions, route.leaves_traces()).await?;
            if route.is_logged() {
                // Before it is done: what cannot be logged is not read.
                let action = format!("{} {}", route.method, route.path);
                let about = about(route.path, request.uri().path());
                app.store.log(AccessLine { at: now(), person: Some(caller.person.id), action, about }).await?;
            }
            request.extensions_mut().insert(caller);
        }
        Access::Phone => {
            let token = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
            let id = token.and_then(|token| app.keys.read_token(token)).ok_or(Refused::new(RefusalCode::SignIn))?;
            let device = match app.store.device(id).await {
                // A restored server may have lost the enrolment; the phone keeps what it has and enrols again.
                Err(StoreError::NotFound) => return Err(Refused::new(RefusalCode::SignIn)),
                other => other?,
            };
            if device.kind != DeviceKind::Phone {
                return Err(Refused::new(RefusalCode::NotAllowed));
            }
            request.extensions_mut().insert(device);
        }
    }
    Ok(())
}

/// The record or the phone that stands in the path.
fn about(template: &str, path: &str) -> Option<RecordId> {
    let mut places = template.rsplit('/').zip(path.rsplit('/'));
    places.find(|(place, _)| matches!(*place, "{id}" | "{device}"))?.1.parse().ok()
}

/// Who holds the session. It is extended only by what [leaves traces](Route::leaves_traces).
async fn caller<S: Store>(app: &App<S>, headers: &HeaderMap, actions: &[Action], leaves_traces: bool) -> Reply<Caller> {
    let not_signed_in = Refused::new(RefusalCode::SignIn);
    let token = session_token(headers).ok_or_else(|| not_signed_in.clone())?;
    let session = app.keys.session(token);
    let now = now();
    let who = async |what| match app.store.session(session, what, now).await {
        Err(StoreError::NotFound) => Err(not_signed_in.clone()),
        other => Ok(other?),
    };
    let mut signed_in = who(Session::Keep).await?;
    if leaves_traces && app.sessions.is_to_be_extended(session, now) {
        signed_in = who(Session::Extend(now.plus_hours(SESSION_HOURS))).await?;
    }
    let SignedIn { person, unit_name } = signed_in;
    let within = match actions.iter().map(|action| person.role.may(*action)).find(|reach| *reach != Reach::No) {
        Some(Reach::All) => None,
        Some(Reach::Unit) => Some(person.unit),
        None if actions.is_empty() => Some(person.unit),
        // What a phone is granted is nothing that a desk can do.
        Some(Reach::Granted | Reach::No) | None => return Err(Refused::new(RefusalCode::NotAllowed)),
    };
    Ok(Caller { person, unit_name, within })
}

/// The name of the session's cookie.
pub const COOKIE_NAME: &str = "gd_session";

/// How long a session lasts without a request.
pub const SESSION_HOURS: i64 = 12;

/// The token of the session, if the browser sent one.
pub fn session_token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|cookie| cookie.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
}

/// When each session was last extended: writing it down with every request would make every read a write.
#[derive(Default)]
pub struct Sessions {
    extended: Mutex<HashMap<Hash, Time>>,
}

impl Sessions {
    /// A session that was opened just now.
    pub fn begun(&self, session: Hash, now: Time) {
        self.extended.lock().unwrap_or_else(PoisonError::into_inner).insert(session, now);
    }

    fn is_to_be_extended(&self, session: Hash, now: Time) -> bool {
        let mut extended = self.extended.lock().unwrap_or_else(PoisonError::into_inner);
        extended.retain(|_, at| now < at.plus_hours(SESSION_HOURS));
        match extended.get(&session) {
            Some(at) if now.0 - at.0 < 10 * 60_000 => false,
            _ => {
                extended.insert(session, now);
                true
            }
        }
    }
}

/// A change is taken from the office's own pages only: other sites can send neither the header nor this origin.
pub async fn same_site<S: Store>(State(app): State<App<S>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let marked = headers.get("x-gandan").is_some_and(|value| value == "1");
    // HTTP/2 has it in the address.
    let authority = request.uri().authority().map(Authority::as_str);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).or(authority);
    let at_home = headers.get(ORIGIN).is_none_or(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        // A proxy may put another host into the request.
        origin == app.site.public_url || origin.split_once("://").is_some_and(|(_, site)| Some(site) == host)
    });
    if safe || (marked && at_home) { next.run(request).await } else { Refused::about(RefusalCode::NotAllowed, "origin").into_response() }
}

/// Who is at the other end of a connection, with TLS or without.
#[derive(Clone, Copy)]
pub struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Where a request comes from.
pub struct Client(pub Network);

impl<S: Store> FromRequestParts<App<S>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App<S>) -> Result<Self, Infallible> {
        let peer =
            parts.extensions.get::<ConnectInfo<Peer>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.0.ip().to_canonical());
        // Only the proxy on this machine is believed, and of what it passes on only the entry that it added itself.
        let forwarded =
            || parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok();
        let address = if app.site.behind_proxy && peer.is_loopback() { forwarded() } else { None };
        Ok(Self(Network::of(address.unwrap_or(peer))))
    }
}
