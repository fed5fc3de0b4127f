//! Everything that the server answers. Every route of the API stands in this file with the action that it is, and
//! cannot be registered without one: the guard refuses whoever the one table `domain::person::Role::may` does not let.

mod asked;
mod body;
mod book;
mod guard;
mod hand_over;
mod incident;
mod lists;
mod names;
mod people;
mod province;
mod recovery;
mod roll;
mod session;
mod sync;
mod typing;
mod upkeep;
mod work;

pub use guard::{Access, Caller};
pub use people::enrolment_url;

use crate::assets;
use crate::auth::{self, Attempts, NoSecret, Passphrases};
use crate::error::{Refused, Reply, in_cbor, in_json};
use crate::keys::Keys;
use crate::store::{Seed, Store};
use crate::tls::Certificate;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::handler::Handler;
use axum::http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodFilter, any, on};
use domain::person::Action;
use domain::quarantine::TakenIn;
use domain::roll::MOST_BYTES;
use domain::time::Time;
use domain::wire::{BODY_MAX, RefusalCode};
use guard::Peer;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// What every handler works with.
pub struct App<S>(Arc<Shared<S>>);

/// The store and what stands around it.
pub struct Shared<S> {
    /// What is kept.
    pub store: S,
    /// The server's own secret.
    pub keys: Arc<Keys>,
    /// Hashing of passphrases.
    pub passphrases: Passphrases,
    /// Failed attempts.
    pub attempts: Attempts,
    /// Where it stands on the network.
    pub site: Site,
    setup_link: Mutex<Option<[u8; 32]>>,
    sessions: guard::Sessions,
    imports: roll::Imports,
}

/// Where a server stands on the network, and what it is for.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address that phones use, without a slash at the end.
    pub public_url: String,
    /// A proxy on this machine stands before it and says whose request it passes on.
    pub behind_proxy: bool,
    /// Made-up data in a database of its own.
    pub demo: bool,
}

impl<S> Clone for App<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Deref for App<S> {
    type Target = Shared<S>;
    fn deref(&self) -> &Shared<S> {
        &self.0
    }
}

impl<S: Store> App<S> {
    /// An application on this store.
    pub fn new(store: S, keys: Arc<Keys>, site: Site) -> Self {
        Self(Arc::new(Shared {
            store,
            keys,
            site,
            passphrases: Passphrases::default(),
            attempts: Attempts::default(),
            setup_link: Mutex::default(),
            sessions: guard::Sessions::default(),
            imports: roll::Imports::default(),
        }))
    }

    /// The one-time link of a server that nobody has set up, each time another one; `None` on one that is set up.
    pub async fn setup_link(&self) -> Reply<Option<String>> {
        if self.store.life().await?.set_up {
            return Ok(None);
        }
        let token = auth::new_token()?;
        *self.setup_link.lock().unwrap_or_else(PoisonError::into_inner) = Some(auth::token_hash(&token));
        Ok(Some(format!("{}/office/setup#{token}", self.site.public_url)))
    }

    /// Whether this is the token of the present link.
    fn is_setup_token(&self, token: &str) -> bool {
        let link = self.setup_link.lock().unwrap_or_else(PoisonError::into_inner);
        *link == Some(auth::token_hash(token))
    }

    /// What has to be done from time to time, whether anybody asks or not.
    pub async fn tick(&self) -> Reply<()> {
        let TakenIn { applied, followed, waiting } = self.store.tick(now(), seed()?).await?;
        if applied + followed > 0 || !waiting.is_empty() {
            tracing::info!(applied, followed, waiting = waiting.len(), "what waited was judged again");
        }
        Ok(())
    }
}

/// The server's clock. The only place that reads it.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Fresh randomness for the store.
pub fn seed() -> Result<Seed, NoSecret> {
    auth::random()
}

/// One route of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path under `/api/v1/`, with `{…}` where something varies.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// Largest JSON body, in bytes.
const JSON_MAX: usize = 256 * 1024;

/// Routes that share a format and a size limit.
struct Routes<S> {
    app: App<S>,
    router: Router<App<S>>,
    list: Vec<Route>,
}

impl<S: Store> Routes<S> {
    fn new(app: &App<S>) -> Self {
        Self { app: app.clone(), router: Router::new(), list: Vec::new() }
    }

    /// Adds a route behind its guard.
    fn on<H: Handler<T, App<S>>, T: 'static>(mut self, method: MethodFilter, path: &'static str, access: Access, handler: H) -> Self {
        let route = Route { method: name(method), path, access };
        let guard = from_fn_with_state((self.app.clone(), route.clone()), guard::guard::<S>);
        self.router = self.router.route(&format!("/api/v1/{path}"), on(method, handler).route_layer(guard));
        self.list.push(route);
        self
    }
}

const fn name(method: MethodFilter) -> Method {
    match method {
        POST => Method::POST,
        DELETE => Method::DELETE,
        _ => Method::GET,
    }
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const DELETE: MethodFilter = MethodFilter::DELETE;

/// What the browser of an office asks, in JSON (`domain::office` has the bodies).
fn office<S: Store>(app: &App<S>) -> Routes<S> {
    use Access::{May, Open, SignedIn};
    use Action::{
        AccessLog, Campaigns, Coverage, Devices, Directory, Erase, Export, ExportNames, Households, ImportRoll, Incidents, KeepBook,
        Meetings, Opinions, People, Quarantine, RecoveryKey, Reopen, TakeOut, Typing, Units, Verify, Visits,
    };
    Routes::new(app)
        .on(GET, "setup/{token}", Open, session::setup_state)
        .on(POST, "setup/{token}", Open, session::set_up)
        .on(POST, "session", Open, session::sign_in)
        .on(GET, "session", SignedIn, session::me)
        .on(DELETE, "session", Open, session::sign_out)
        .on(POST, "tab", SignedIn, session::tab)
        .on(GET, "units", May(&[Directory]), work::units)
        .on(POST, "units", May(&[Units]), work::write_unit)
        .on(POST, "units/rearrange", May(&[Units]), work::rearrange)
        .on(GET, "units/ahead", May(&[Directory]), work::ahead)
        .on(POST, "units/ahead", May(&[Units]), work::drop_ahead)
        .on(GET, "people", May(&[Directory]), people::list)
        .on(POST, "people", May(&[People, Devices]), people::write)
        .on(POST, "people/{id}/code", May(&[Devices]), people::code)
        .on(GET, "people/{id}/hand-over", May(&[Campaigns]), hand_over::preview)
        .on(POST, "people/{id}/hand-over", May(&[Campaigns]), hand_over::hand_over)
        .on(GET, "devices", May(&[Devices]), people::devices)
        .on(POST, "devices/{id}/revoke", May(&[Devices]), people::revoke)
        .on(POST, "devices/{id}/replace", May(&[Devices]), people::replace)
        .on(GET, "recovery", May(&[Reopen]), recovery::state)
        .on(POST, "recovery", May(&[RecoveryKey]), recovery::make)
        .on(GET, "recovery/{id}", May(&[Reopen]), recovery::copies)
        .on(POST, "recovery/{id}", May(&[Reopen]), recovery::answer)
        .on(GET, "campaigns", May(&[Directory]), work::campaigns)
        .on(POST, "campaigns", May(&[Campaigns]), work::write_campaign)
        .on(GET, "organizations", May(&[Directory]), work::organizations)
        .on(POST, "organizations", May(&[Campaigns]), work::write_organization)
        .on(GET, "codes", May(&[Directory]), work::codes)
        .on(POST, "codes", May(&[Campaigns]), work::write_code)
        .on(GET, "teams", May(&[Directory]), work::teams)
        .on(POST, "teams", May(&[Campaigns]), work::write_team)
        .on(GET, "assignments", May(&[Directory]), work::assignments)
        .on(POST, "assignments", May(&[Campaigns]), work::write_assignment)
        .on(POST, "typed/visits", May(&[Typing]), typing::visit)
        .on(POST, "typed/opinions", May(&[Typing]), typing::opinion)
        .on(POST, "typed/taken-back", May(&[Typing]), typing::take_back)
        .on(POST, "typed/anonymous", May(&[Typing]), typing::anonymous)
        .on(GET, "villages/{id}/households", May(&[Households]), lists::village)
        .on(GET, "shares", May(&[Households]), work::shares)
        .on(GET, "households", May(&[Households]), lists::households)
        .on(GET, "households/{id}", May(&[Households]), book::household)
        .on(POST, "households", May(&[KeepBook]), book::write_household)
        .on(GET, "twins", May(&[KeepBook]), book::twins)
        .on(POST, "twins", May(&[KeepBook]), book::decide)
        .on(GET, "visits", May(&[Visits]), lists::visits)
        .on(GET, "visits/{id}/notes", May(&[Opinions]), lists::notes)
        .on(GET, "days", May(&[Verify]), lists::days)
        .on(POST, "verifications", May(&[Verify]), work::verify)
        .on(GET, "opinions", May(&[Opinions]), lists::opinions)
        .on(GET, "meetings", May(&[Meetings]), lists::meetings)
        .on(GET, "coverage", May(&[Coverage]), lists::coverage)
        .on(GET, "quarantine", May(&[Quarantine]), lists::quarantine)
        .on(POST, "quarantine", May(&[Quarantine]), lists::take_in)
        .on(GET, "quarantine/{device}/{seq}", May(&[Quarantine]), lists::waiting)
        .on(POST, "quarantine/aside", May(&[Quarantine]), lists::put_aside)
        .on(GET, "take-out", May(&[TakeOut]), upkeep::take_out)
        .on(POST, "take-out/opened", May(&[TakeOut]), upkeep::opened)
        .on(GET, "problem", SignedIn, upkeep::problem)
        .on(GET, "access", May(&[AccessLog]), lists::accesses)
        .on(GET, "incidents", May(&[Incidents]), incident::list)
        .on(POST, "incidents", May(&[Incidents]), incident::write)
        .on(GET, "redactions", May(&[Erase]), upkeep::redactions)
        .on(POST, "redactions", May(&[Erase]), upkeep::redact)
        .on(GET, "retention", May(&[Erase]), upkeep::retention)
        .on(GET, "roll/imports", May(&[ImportRoll]), roll::imports)
        .on(POST, "roll/undo", May(&[ImportRoll]), roll::undo)
        // Not logged as an action of its own: the log would have to wait for the import.
        .on(GET, "roll/import/{id}", SignedIn, roll::progress)
        .on(POST, "roll/import/{id}/stop", SignedIn, roll::cancel)
        .on(GET, "households/export.csv", May(&[Export]), lists::households_csv)
        .on(GET, "households/export.xlsx", May(&[Export]), lists::households_xlsx)
        .on(GET, "visits/export.csv", May(&[Export]), lists::visits_csv)
        .on(GET, "visits/export.xlsx", May(&[Export]), lists::visits_xlsx)
        .on(GET, "opinions/export.csv", May(&[Export]), lists::opinions_csv)
        .on(GET, "opinions/export.xlsx", May(&[Export]), lists::opinions_xlsx)
        .on(GET, "meetings/export.csv", May(&[Export]), lists::meetings_csv)
        .on(GET, "meetings/export.xlsx", May(&[Export]), lists::meetings_xlsx)
        .on(GET, "households/names.csv", May(&[ExportNames]), names::csv)
        .on(GET, "households/names.xlsx", May(&[ExportNames]), names::xlsx)
}

/// Files from the office, which are read in memory and never written.
fn files<S: Store>(app: &App<S>) -> Routes<S> {
    Routes::new(app).on(POST, "roll/preview", Access::May(&[Action::ImportRoll]), roll::preview).on(
        POST,
        "roll/import",
        Access::May(&[Action::ImportRoll]),
        roll::import,
    )
}

/// What a phone says, in CBOR (`domain::wire` has the bodies).
fn phones<S: Store>(app: &App<S>) -> Routes<S> {
    Routes::new(app)
        .on(POST, "enrol", Access::Open, sync::enrol)
        .on(POST, "push", Access::Phone, sync::push)
        .on(POST, "anonymous", Access::Phone, sync::anonymous)
        .on(POST, "pull", Access::Phone, sync::pull)
        .on(POST, "deposit", Access::Phone, recovery::deposit)
        .on(POST, "reopen", Access::Open, recovery::reopen)
}

/// Every route of the API, for tests that walk them.
pub fn routes<S: Store>(app: &App<S>) -> Vec<Route> {
    [office(app).list, files(app).list, phones(app).list].concat()
}

/// The whole server: the API, and the two apps from `dist`.
pub fn router<S: Store>(app: App<S>, dist: &Path) -> Router {
    // Room for the form around the file.
    let file_max = MOST_BYTES.saturating_add(JSON_MAX);
    let desk = Router::new()
        .merge(office(&app).router.layer(DefaultBodyLimit::max(JSON_MAX)))
        .merge(files(&app).router.layer(DefaultBodyLimit::max(file_max)))
        .route("/api/{*path}", any(|| async { Refused::new(RefusalCode::NotFound) }))
        .layer(from_fn_with_state(app.clone(), guard::same_site::<S>))
        .layer(from_fn(in_json));
    // The limit counts what comes out of the decompression, or a small body could fill the memory.
    let phones = phones(&app).router.layer(DefaultBodyLimit::max(BODY_MAX)).layer(RequestDecompressionLayer::new()).layer(from_fn(in_cbor));
    let api = desk.merge(phones).layer(CompressionLayer::new()).layer(from_fn(async |request: Request, next: Next| {
        let mut response = next.run(request).await;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }));
    api.with_state(app).merge(assets::router(dist)).layer(from_fn(every_reply))
}

/// Serves until `stop` comes, then finishes what was begun. The upkeep runs beside it.
pub async fn serve<S: Store>(
    listener: TcpListener,
    certificate: Option<Certificate>,
    app: App<S>,
    dist: &Path,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let upkeep = app.clone();
    let upkeep = tokio::spawn(async move {
        let mut each = tokio::time::interval(UPKEEP);
        loop {
            each.tick().await;
            if let Err(refused) = upkeep.tick().await {
                tracing::error!(code = ?refused.refusal.code, "upkeep");
            }
        }
    });
    let (stopping, is_stopping) = oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        drop(stopping);
    };
    let router = router(app, dist);
    let answer = async {
        let Some(certificate) = certificate else {
            return axum::serve(listener, router.into_make_service_with_connect_info::<Peer>()).with_graceful_shutdown(stop).await;
        };
        let router = router.layer(SetResponseHeaderLayer::overriding(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONE_YEAR)));
        let listener = certificate.listen(listener);
        axum::serve(listener, router.into_make_service_with_connect_info::<Peer>()).with_graceful_shutdown(stop).await
    };
    let patience = async {
        let _ = is_stopping.await;
        tokio::time::sleep(PATIENCE).await;
    };
    let served = tokio::select! {
        served = answer => served,
        () = patience => Ok(()),
    };
    upkeep.abort();
    served
}

/// How long requests that were begun may take to end. A phone that fell asleep with a connection open says nothing for hours.
const PATIENCE: Duration = Duration::from_secs(20);

/// For how long a browser that has once come by TLS comes by nothing else. Behind a proxy that is the proxy's to say.
const ONE_YEAR: &str = "max-age=31536000";

/// How often the upkeep runs. By the clock, never because something arrived.
const UPKEEP: Duration = Duration::from_secs(5 * 60);

/// The headers of every reply, and one line in the server's own log: the template of the path, never the path itself,
/// which can hold a token or what somebody searched for.
async fn every_reply(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    for (name, value) in assets::HEADERS {
        headers.insert(name, value);
    }
    let path = path.as_ref().map_or("-", MatchedPath::as_str);
    // Beside the line of a push by the same phone, the line of an anonymous opinion would say whose it can be. So would
    // that of the pull which ends the sync: it comes later by one request, or not at all.
    if path.ends_with("/anonymous") || path.ends_with("/pull") {
        return response;
    }
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status >= StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(%method, path, status = status.as_u16(), ms);
    } else {
        tracing::info!(%method, path, status = status.as_u16(), ms);
    }
    response
}
