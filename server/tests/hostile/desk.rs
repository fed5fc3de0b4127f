//! What a desk sends and asks, damaged: read as what it is, and taken by a server that is set up, which must refuse what it
//! cannot take and never break.

use super::{Chance, SOME, corpus, lines, look, survives, turns};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Query;
use axum::http::{Method, Request};
use domain::ahead::DropAhead;
use domain::book::Entry;
use domain::campaign::{Assignment, Campaign};
use domain::code_book::CodeChange;
use domain::hand_over::HandOver;
use domain::id::{DeviceId, Epoch, RecordId};
use domain::incident::Incident;
use domain::office::{Filter, Me, PersonChange, SetUp, SignIn, Tab, UndoImport, VerificationChange, Why, Write};
use domain::opinion::AnonymousOpinion;
use domain::organization::Organization;
use domain::quarantine::{PutAside, TakeIn};
use domain::recovery::{NewRecoveryKey, ReopenAnswer};
use domain::redaction::Redact;
use domain::roll::Mapping;
use domain::succession::Rearrangement;
use domain::team::Team;
use domain::twin::Decision;
use domain::typing::{TakenBack, TypedOpinion, TypedVisit};
use domain::unit::Unit;
use serde::de::DeserializeOwned;
use server::http::{Access, App, Site};
use server::journal::Journal;
use server::keys::Keys;
use server::store::memory::Memory;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt as _;

fn is<T: DeserializeOwned>(bytes: &[u8]) -> bool {
    serde_json::from_slice::<T>(bytes).is_ok()
}

/// What a line of the corpus is named, where a desk sends it, and whether bytes are one.
type Sent = (&'static str, &'static str, fn(&[u8]) -> bool);

const BODIES: [Sent; 29] = [
    ("unit", "units", is::<Write<Unit>>),
    ("rearrangement", "units/rearrange", is::<Write<Rearrangement>>),
    ("drop_ahead", "units/ahead", is::<Write<DropAhead>>),
    ("team", "teams", is::<Write<Team>>),
    ("campaign", "campaigns", is::<Write<Campaign>>),
    ("assignment", "assignments", is::<Write<Assignment>>),
    ("organization", "organizations", is::<Write<Organization>>),
    ("code", "codes", is::<Write<CodeChange>>),
    ("person", "people", is::<Write<PersonChange>>),
    ("incident", "incidents", is::<Write<Incident>>),
    ("hand_over", "people/{id}/hand-over", is::<Write<HandOver>>),
    ("household", "households", is::<Write<Entry>>),
    ("decision", "twins", is::<Write<Decision>>),
    ("redact", "redactions", is::<Write<Redact>>),
    ("typed_visit", "typed/visits", is::<Write<TypedVisit>>),
    ("typed_opinion", "typed/opinions", is::<Write<TypedOpinion>>),
    ("taken_back", "typed/taken-back", is::<Write<TakenBack>>),
    ("anonymous", "typed/anonymous", is::<AnonymousOpinion>),
    ("verification", "verifications", is::<Write<VerificationChange>>),
    ("take_in", "quarantine", is::<TakeIn>),
    ("put_aside", "quarantine/aside", is::<PutAside>),
    ("undo_import", "roll/undo", is::<UndoImport>),
    ("mapping", "roll/preview", is::<Mapping>),
    ("mapping", "roll/import", is::<Mapping>),
    ("set_up", "setup/{token}", is::<SetUp>),
    ("sign_in", "session", is::<SignIn>),
    ("tab", "tab", is::<Tab>),
    ("recovery_key", "recovery", is::<NewRecoveryKey>),
    ("reopen_answer", "recovery/{id}", is::<ReopenAnswer>),
];

/// What is sent without a body.
const BARE: [&str; 5] = ["people/{id}/code", "devices/{id}/revoke", "devices/{id}/replace", "roll/import/{id}/stop", "take-out/opened"];

/// The corpus, each line with what it is.
fn sent() -> Vec<(Sent, String)> {
    let of = |line: &str| {
        let (what, json) = line.split_once(' ').unwrap();
        let sent = BODIES.into_iter().find(|(name, ..)| *name == what).unwrap_or_else(|| panic!("{what}"));
        (sent, json.to_owned())
    };
    lines("office.txt").iter().map(|line| of(line)).collect()
}

#[test]
fn what_an_office_sends() {
    let lines = sent();
    for (n, ((name, _, reads), json)) in lines.iter().enumerate() {
        assert!(reads(json.as_bytes()), "{name} {json}");
        let mut chance = Chance(5_000 + n as u64);
        for turn in turns(150) {
            let other = &lines[chance.below(lines.len())].1;
            let bytes = chance.spoil(json.as_bytes(), other.as_bytes());
            survives(name, turn, &bytes, |bytes| {
                let _ = reads(bytes);
            });
        }
    }
}

#[test]
fn what_an_office_asks() {
    fn asked<T: DeserializeOwned>(query: &str) -> Option<T> {
        let uri = format!("/?{query}").parse::<axum::http::Uri>().ok()?;
        Query::<T>::try_from_uri(&uri).ok().map(|Query(asked)| asked)
    }
    let (filters, reasons) = (lines("filters.txt"), lines("reasons.txt"));
    assert!(filters.iter().all(|line| asked::<Filter>(line).is_some_and(|filter| filter != Filter::default())));
    assert!(reasons.iter().all(|line| asked::<Why>(line).is_some()));
    let lines = [filters, reasons].concat();
    for (n, line) in lines.iter().enumerate() {
        let mut chance = Chance(6_000 + n as u64);
        for turn in turns(300) {
            let other = &lines[chance.below(lines.len())];
            let bytes = chance.spoil(line.as_bytes(), other.as_bytes());
            survives(line, turn, &bytes, |bytes| {
                let query = String::from_utf8_lossy(bytes);
                let _ = (asked::<Filter>(&query), asked::<Why>(&query));
                // A name in the path, or in a form.
                let id = query.rsplit('=').next().and_then(|id| id.parse::<RecordId>().ok());
                assert_eq!(id.and_then(|id| id.to_string().parse().ok()), id);
            });
        }
    }
}

/// A list, and what somebody says that its sheets, lines and columns are.
#[test]
fn what_a_person_says_of_a_list() {
    let lists = corpus("fixtures/rolls", &["csv"]);
    for (n, (_, json)) in sent().iter().filter(|((name, ..), _)| *name == "mapping").enumerate() {
        let mut chance = Chance(7_500 + n as u64);
        for turn in turns(200) {
            let bytes = chance.spoil(json.as_bytes(), json.as_bytes());
            let list = &lists[chance.below(lists.len())].1;
            survives("a mapping", turn, &bytes, |bytes| {
                if let Ok(mapping) = serde_json::from_slice::<Mapping>(bytes) {
                    look(&list[..list.len().min(SOME)], "so.csv", &mapping);
                }
            });
        }
    }
}

/// A server that somebody has set up, and who works at it.
struct Office {
    app: App<Memory>,
    router: Router,
    /// The cookies of the officer and of the administrator.
    sessions: [String; 2],
    commune: String,
    tabs: u64,
}

struct Answer {
    status: u16,
    cookie: String,
    body: String,
}

impl Office {
    async fn new() -> Self {
        let keys = Arc::new(Keys::new(&[1; 32]));
        let store = Memory::new(Epoch::new(1, [1; 10]), Arc::clone(&keys), Arc::new(Journal::in_memory()));
        let app = App::new(store, keys, Site { public_url: "http://127.0.0.1".to_owned(), behind_proxy: false, demo: false });
        let router = server::http::router(app.clone(), Path::new("nowhere"));
        let link = app.setup_link().await.unwrap().unwrap();
        let mut office = Self { app, router, sessions: Default::default(), commune: String::new(), tabs: 0 };
        let body = |what: &str| sent().into_iter().find(|((name, ..), _)| *name == what).unwrap().1;
        let first = office.post(&format!("setup/{}", link.rsplit('#').next().unwrap()), 0, JSON, body("set_up")).await;
        let officer = office.post("session", 0, JSON, body("sign_in")).await;
        let me: Me = serde_json::from_str(&officer.body).unwrap();
        office.commune = me.person.unit.to_string();
        office.sessions = [officer.cookie, first.cookie];
        office
    }

    async fn post(&self, path: &str, who: usize, form: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(format!("/api/v1/{path}")).header("content-type", form).header("x-gandan", "1");
        let request = request.header("cookie", &self.sessions[who]).body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let cookie = response.headers().get("set-cookie").map_or("", |cookie| cookie.to_str().unwrap());
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let status = response.status().as_u16();
        let body = String::from_utf8_lossy(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).into_owned();
        Answer { status, cookie, body }
    }

    /// A line of the corpus as the next change of a new tab of this commune.
    async fn fresh(&mut self, who: usize, json: &str) -> String {
        self.tabs += 1;
        let tab = DeviceId::new(self.tabs, [9; 10]).to_string();
        assert_eq!(self.post("tab", who, JSON, format!("{{\"device\":\"{tab}\"}}")).await.status, 204);
        let json = json.replace("01900000-0000-7000-8000-000000000001", &tab).replace("\"seq\": 7", "\"seq\": 1");
        json.replace("01900000-0000-7000-8000-000000000003", &self.commune)
    }
}

const JSON: &str = "application/json";

#[tokio::test]
async fn what_an_office_sends_is_taken_or_refused() {
    let mut office = Office::new().await;
    let lines = sent();
    let mut taken = 0;
    for (n, ((name, path, _), json)) in lines.iter().enumerate() {
        if *name == "mapping" {
            continue;
        }
        let path = path.replace("{id}", "01900000-0000-7000-8000-000000000005").replace("{token}", "x");
        // The officer's, or else the administrator's.
        let mut who = 0;
        for next in [0, 1] {
            who = next;
            let whole = office.fresh(who, json).await;
            let answer = office.post(&path, who, JSON, whole).await;
            assert!(answer.status < 500 && !answer.body.contains("bad_request"), "{name} {json}: {} {}", answer.status, answer.body);
            taken += usize::from(answer.status < 300);
            if answer.status != 403 {
                break;
            }
        }
        let mut chance = Chance(5_500 + n as u64);
        for turn in turns(25) {
            let whole = office.fresh(who, json).await;
            let other = &lines[chance.below(lines.len())].1;
            let bytes = chance.spoil(whole.as_bytes(), other.as_bytes());
            let answer = office.post(&path, who, JSON, bytes.clone()).await;
            assert!(answer.status < 500, "{name}, turn {turn}: {} {}", answer.status, String::from_utf8_lossy(&bytes));
        }
    }
    // Else everything was refused for the same reason, and nothing behind it was reached.
    assert!(taken > 12, "{taken}");
}

#[tokio::test]
async fn forms_with_a_list_are_taken_or_refused() {
    const BOUNDARY: &str = "giua-hai-phan";
    let office = Office::new().await;
    let lists = corpus("fixtures/rolls", &["csv"]);
    let part = |head: &str, body: &[u8]| {
        [format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), body, b"\r\n"].concat()
    };
    for (n, (_, json)) in sent().iter().filter(|((name, ..), _)| *name == "mapping").enumerate() {
        let mut chance = Chance(7_700 + n as u64);
        for turn in turns(60) {
            let list = &lists[chance.below(lists.len())].1;
            let whole = [
                part("name=\"file\"; filename=\"so.csv\"", &list[..list.len().min(SOME)]),
                part("name=\"mapping\"", json.as_bytes()),
                part("name=\"confirmation\"", DeviceId::new(turn, [8; 10]).to_string().as_bytes()),
                part("name=\"seen\"", b"0"),
                format!("--{BOUNDARY}--\r\n").into_bytes(),
            ]
            .concat();
            let bytes = chance.spoil(&whole, json.as_bytes());
            for path in ["roll/preview", "roll/import"] {
                let answer = office.post(path, 0, &format!("multipart/form-data; boundary={BOUNDARY}"), bytes.clone()).await;
                assert!(answer.status < 500, "{path}, turn {turn}: {} {}", answer.status, String::from_utf8_lossy(&bytes));
            }
        }
    }
}

/// Whoever adds a route that takes something adds it to the corpus.
#[tokio::test]
async fn every_body_is_in_the_corpus() {
    let office = Office::new().await;
    let lines = sent();
    for (name, path, _) in BODIES {
        assert!(lines.iter().any(|((known, ..), _)| *known == name), "{name} {path}");
    }
    let routes = server::http::routes(&office.app);
    let takes = |access: Access, path: &str| access != Access::Phone && !["enrol", "reopen"].contains(&path);
    for route in routes.iter().filter(|route| route.method == Method::POST && takes(route.access, route.path)) {
        assert!(BARE.contains(&route.path) || BODIES.iter().any(|(_, path, _)| *path == route.path), "{}", route.path);
    }
}
