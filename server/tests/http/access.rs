//! Who may do what: the contract's table, every route with every role and with none, sign-in and its limits.

use crate::support::{Answer, Desk, PASSPHRASE, Request, TestServer, recovery_key, sign_in};
use domain::access::AccessRow;
use domain::code::Lang;
use domain::id::{AreaId, PersonId};
use domain::office::{Account, Listed, Me, NamesReason, PersonChange, PersonRow, Seen, SetUp, SetupState};
use domain::person::{Reach, Role};
use domain::unit::{Level, Unit};
use domain::wire::RefusalCode;
use serde_bytes::ByteBuf;
use server::http::{Access, Route};
use std::collections::BTreeMap;

/// The table of routes as the contract's own documentation has it: method and path to who may.
fn documented() -> BTreeMap<(String, String), String> {
    let contract = include_str!("../../../domain/src/office.rs");
    let rows = contract.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let mut all = BTreeMap::new();
    for row in rows {
        let (route, rest) = row.split_once("` | ").unwrap();
        let (method, path) = route.split_once(' ').unwrap();
        let path = path.trim().trim_end_matches("?…");
        let who = rest.split(" | ").next().unwrap().to_owned();
        let paths = match path.strip_prefix("{households,visits,opinions,meetings}/export.{csv,xlsx}") {
            Some(_) => ["households", "visits", "opinions", "meetings"]
                .iter()
                .flat_map(|list| ["csv", "xlsx"].map(|format| format!("{list}/export.{format}")))
                .collect(),
            None => vec![path.to_owned()],
        };
        all.extend(paths.into_iter().map(|path| ((method.to_owned(), path), who.clone())));
    }
    all
}

#[path = "../../../app/src/words/access.rs"]
mod words;

#[test]
fn every_route_that_is_logged_has_its_words() {
    let server = TestServer::start();
    let logged: Vec<_> = server.routes.iter().filter(|route| route.is_logged()).collect();
    assert!(logged.len() > 20, "{logged:?}");
    let reasons = NamesReason::ALL.iter().map(|reason| format!("ExportNames households {}", reason.code()));
    for action in logged.into_iter().map(|route| format!("{} {}", route.method, route.path)).chain(reasons) {
        for lang in [Lang::Vi, Lang::En] {
            assert!(words::route(&action, lang).is_some(), "{action:?} has no words in app/src/words/access.rs");
        }
    }
}

#[test]
fn who_watches_over_the_data_reads_who_read_what() {
    let server = TestServer::start();
    let desks = desks(&server);
    let officer = &desks[0];
    officer.find("households", "tran+thanh").ok();
    for desk in desks.iter().filter(|desk| matches!(desk.me.person.role, Role::Dpo | Role::Auditor)) {
        let filter = format!("access?by={}", officer.me.person.id);
        let log: Listed<AccessRow> = desk.get(&filter).json();
        assert_eq!((log.rows[0].action.as_str(), log.rows[0].name.as_str()), ("GET households", "Trương Minh Huy"));
        // Their own look is in it, also by the next one who looks.
        let log: Listed<AccessRow> = desk.get("access").json();
        assert_eq!((log.rows[0].action.as_str(), log.rows[0].person), ("GET access", Some(desk.me.person.id)));
        assert!(!serde_json::to_string(&log).unwrap().contains("tran"));
    }
}

#[test]
fn every_route_is_the_one_of_the_contract() {
    let server = TestServer::start();
    const PHONES: [&str; 6] = ["enrol", "push", "anonymous", "pull", "deposit", "reopen"];
    let office = server.routes.iter().filter(|route| !PHONES.contains(&route.path));
    let registered: BTreeMap<_, _> = office
        .map(|route| {
            let who = match route.access {
                Access::Open if !route.path.starts_with("setup") => "–".to_owned(),
                Access::Open => "one-time link".to_owned(),
                Access::SignedIn => "signed in".to_owned(),
                Access::May([one]) => format!("{one:?}"),
                Access::May(_) => "People, or Devices for field roles".to_owned(),
                Access::Phone => "phone".to_owned(),
            };
            ((route.method.to_string(), route.path.to_owned()), who)
        })
        .collect();
    assert_eq!(registered, documented());
    let phone: Vec<_> = server.routes.iter().filter(|route| route.access == Access::Phone).map(|route| route.path).collect();
    assert_eq!(phone, ["push", "anonymous", "pull", "deposit"]);
}

/// One person of every role that sits at a desk, signed in.
fn desks<'a>(server: &'a TestServer) -> Vec<Desk<'a>> {
    let officer = server.officer();
    let admin = server.sign_in("quantri");
    let commune = officer.me.person.unit;
    let mut desks = vec![officer];
    for (n, role) in [Role::Reception, Role::Agency, Role::Leader, Role::Province, Role::Dpo, Role::Auditor].into_iter().enumerate() {
        let login = format!("ban-{n}");
        let account = Some(Account { name: "Mai Thị Nhàn".into(), login: login.clone(), passphrase: PASSPHRASE.into() });
        let id = PersonId::new(1, [n as u8 + 1; 10]);
        let row: Seen<PersonRow> = admin
            .write(
                "people",
                0,
                PersonChange { id, name: "Mai Thị Nhàn".into(), sort: String::new(), role, unit: commune, left: false, account },
            )
            .json();
        assert_eq!(row.value.login.as_deref(), Some(login.as_str()));
        desks.push(server.sign_in(&login));
    }
    desks.push(admin);
    desks
}

fn request(route: &Route) -> Request {
    let nobody = PersonId::new(1, [200; 10]).to_string();
    let path = route.path.replace("{id}", &nobody).replace("{token}", "x");
    let method = match route.method.as_str() {
        "GET" => "GET",
        "DELETE" => "DELETE",
        _ => "POST",
    };
    Request::new(method, &path).header("x-gandan", "1").body("application/json", b"{}".to_vec())
}

#[test]
fn the_table_decides_for_every_route_and_role() {
    let server = TestServer::start();
    let desks = desks(&server);
    let mut refused = 0;
    for route in server.routes.clone() {
        let proofs = [("x-nothing", "1"), ("cookie", "gd_session=00"), ("authorization", "Bearer 00.00")];
        for (name, value) in proofs {
            let answer = server.send(&request(&route).header(name, value));
            assert_eq!(answer.asks_to_sign_in(), route.access != Access::Open, "{route:?} with {name}: {answer:?}");
        }
        for desk in &desks {
            let role = desk.me.person.role;
            match route.access {
                Access::May(actions) => {
                    let may = actions.iter().any(|action| matches!(role.may(*action), Reach::Unit | Reach::All));
                    let answer = desk.send(request(&route));
                    let is_refused = answer.status == 403;
                    assert_eq!(is_refused, !may, "{role:?} {route:?}: {answer:?}");
                    if !may {
                        assert_eq!(answer.refused(), RefusalCode::NotAllowed);
                        refused += 1;
                    }
                }
                Access::Phone => assert_eq!(desk.send(request(&route)).refused(), RefusalCode::SignIn, "{role:?} {route:?}"),
                Access::Open | Access::SignedIn => {}
            }
        }
    }
    assert!(refused > 100, "only {refused} refusals were seen");
}

#[test]
fn an_officer_makes_people_with_phones_only() {
    let server = TestServer::start();
    let officer = server.officer();
    let commune = officer.me.person.unit;
    let account = || Some(Account { name: "x".into(), login: "x".into(), passphrase: PASSPHRASE.into() });
    let person = |n: u8, role, unit, account| PersonChange {
        id: PersonId::new(1, [n; 10]),
        name: "Lò Văn Bền".into(),
        sort: String::new(),
        role,
        unit,
        left: false,
        account,
    };
    officer.write("people", 0, person(1, Role::FieldMember, commune, None)).ok();
    let admin = server.sign_in("quantri");
    let units: Vec<Seen<Unit>> = admin.get("units").json();
    let mut other = units.iter().find(|unit| unit.value.id == commune).unwrap().value.clone();
    other.id = AreaId::new(5, [5; 10]);
    admin.write("units", 0, other.clone()).ok();
    for new in [
        person(2, Role::Admin, commune, account()),
        person(3, Role::Officer, commune, account()),
        person(4, Role::TeamLead, other.id, None),
    ] {
        assert_eq!(officer.write("people", 0, new).refused(), RefusalCode::NotAllowed);
    }
    assert_eq!(officer.write("people", 0, person(5, Role::TeamLead, commune, account())).refused(), RefusalCode::Invalid);
    // Nor is somebody at a desk turned into somebody else.
    let mut myself = person(0, Role::FieldMember, commune, None);
    myself.id = officer.me.person.id;
    assert_eq!(officer.write("people", 1, myself).refused(), RefusalCode::NotAllowed);
    let people: Vec<Seen<PersonRow>> = officer.get("people").json();
    assert_eq!(people.iter().filter(|row| row.value.person.name == "Lò Văn Bền").count(), 1);
}

#[test]
fn an_officer_reaches_their_own_commune_only() {
    let server = TestServer::start();
    let officer = server.officer();
    let admin = server.sign_in("quantri");
    let units: Vec<Seen<Unit>> = admin.get("units").json();
    let province = units.iter().find(|unit| unit.value.level == Level::Province).unwrap();
    let mut other = units.iter().find(|unit| unit.value.level == Level::Commune).unwrap().value.clone();
    other.id = AreaId::new(5, [5; 10]);
    other.name = "Phường Minh Trạch".into();
    assert!(officer.write("units", 0, other.clone()).status >= 400, "a commune beside one's own");
    admin.write("units", 0, other.clone()).ok();
    let village =
        Unit { id: AreaId::new(6, [6; 10]), parent: Some(other.id), level: Level::Village, name: "Tổ 1".into(), ..other.clone() };
    assert!(officer.write("units", 0, village.clone()).status >= 400, "a village of another commune");
    let seen: Vec<Seen<Unit>> = officer.get("units").json();
    assert!(!seen.iter().any(|unit| unit.value.id == other.id), "another commune is not in sight");
    let own = Unit { parent: Some(officer.me.person.unit), ..village };
    let made: Seen<Unit> = officer.write("units", 0, own).json();
    assert!(made.seen > 0);
    assert_eq!(province.value.parent, None);
}

#[test]
fn the_setup_link_works_once() {
    let server = TestServer::start();
    let token = server.setup_token().to_owned();
    assert!(server.setup_link.as_deref().unwrap().starts_with(&format!("http://{}/office/setup#", server.address)));
    let state = |token: &str| server.send(&Request::get(&format!("setup/{token}")));
    assert!(!state(&token).json::<SetupState>().done);
    assert_eq!(state("0123").refused(), RefusalCode::UnknownCode);

    let account =
        |login: &str, passphrase: &str| Account { name: "Ngô Thị Tám".into(), login: login.into(), passphrase: passphrase.into() };
    let recovery = Some(ByteBuf::from(recovery_key().public().0.to_vec()));
    let first = |admin, officer| SetUp {
        admin,
        province: "Tỉnh Sông Lĩnh".into(),
        commune: "Xã Phú Lĩnh".into(),
        officer,
        recovery: recovery.clone(),
    };
    let set_up = |token: &str, first: &SetUp| server.send(&Request::post(&format!("setup/{token}")).json(first));
    let good = first(account("quantri", PASSPHRASE), account("canbo", PASSPHRASE));
    for (bad, about) in [
        (first(account("quantri", "ngắn"), account("canbo", PASSPHRASE)), "admin"),
        (first(account("quản trị", PASSPHRASE), account("canbo", PASSPHRASE)), "admin"),
        (first(account("canbo", PASSPHRASE), account("canbo", PASSPHRASE)), "officer"),
        (SetUp { commune: "  ".into(), ..good.clone() }, "commune"),
        (SetUp { recovery: Some(ByteBuf::from(vec![0; 32])), ..good.clone() }, "recovery"),
        (SetUp { recovery: Some(ByteBuf::from(vec![1; 31])), ..good.clone() }, "recovery"),
    ] {
        assert_eq!(set_up(&token, &bad).refusal().about.as_deref(), Some(about));
    }
    assert_eq!(set_up("0123", &good).refused(), RefusalCode::UnknownCode);
    let answer = set_up(&token, &good);
    let me: Me = answer.json();
    assert_eq!((me.person.role, me.demo), (Role::Admin, false));
    let cookie = answer.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "there is no TLS on this address");
    assert_eq!(set_up(&token, &good).refused(), RefusalCode::UsedCode);
    assert!(state(&token).json::<SetupState>().done);

    let server = server.restart(&["--public-url", "https://gandan.example"]);
    assert_eq!(server.setup_link, None, "no link once somebody has set up");
    let cookie = server.send(&sign_in("quantri", PASSPHRASE)).ok().header("set-cookie").unwrap();
    assert!(cookie.contains("Secure"), "{cookie}");
}

#[test]
fn a_session_ends() {
    let server = TestServer::start();
    let officer = server.officer();
    let me: Me = officer.get("session").json();
    assert_eq!(me, officer.me);
    assert_eq!(me.unit_name, "Xã Tân Khê Vân");
    officer.send(Request::new("DELETE", "session").header("x-gandan", "1")).ok();
    assert_eq!(officer.get("session").refused(), RefusalCode::SignIn);
}

#[test]
fn the_console_is_the_way_back_in() {
    let server = TestServer::start();
    server.officer();
    let server = server.restart(&["--new-passphrase", " QuanTri "]);
    let passphrase = server.new_passphrase.clone().unwrap();
    assert_eq!(passphrase.len(), 19, "four groups of four letters");
    let server = server.restart(&[]);
    assert_eq!(server.new_passphrase, None);
    for (login, passphrase, status) in [("quantri", PASSPHRASE, 401), ("quantri", &passphrase, 200), ("canbo", PASSPHRASE, 200)] {
        assert_eq!(server.send(&sign_in(login, passphrase)).status, status, "{login}");
    }
}

#[test]
fn wrong_guesses_have_to_wait() {
    let server = TestServer::start();
    server.officer();
    for _ in 0..5 {
        assert_eq!(server.send(&sign_in("canbo", "sai mật khẩu rồi")).refused(), RefusalCode::WrongPassphrase);
    }
    let answer = server.send(&sign_in("canbo", PASSPHRASE));
    assert_eq!(answer.refused(), RefusalCode::TooMany, "the right one has to wait as well");
    assert!(answer.refusal().wait.is_some_and(|wait| wait > 0) && answer.header("retry-after").is_some());
    assert_eq!(server.send(&sign_in("quantri", PASSPHRASE)).status, 200, "somebody else need not wait");
    // A name that does not exist is counted and answered like one that does.
    for _ in 0..5 {
        assert_eq!(server.send(&sign_in("khong-co", "sai mật khẩu rồi")).refused(), RefusalCode::WrongPassphrase);
    }
    assert_eq!(server.send(&sign_in("khong-co", "sai mật khẩu rồi")).refused(), RefusalCode::TooMany);
}

#[cfg(unix)]
#[test]
fn the_data_is_the_owners() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o755)).unwrap();
    let server = TestServer::start_in(dir, &[]);
    let mode = std::fs::metadata(server.dir.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn other_sites_change_nothing() {
    let server = TestServer::start();
    let officer = server.officer();
    let unit = Request::post("session").json(&());
    for request in [
        unit.clone().without("x-gandan"),
        unit.clone().header("origin", "https://elsewhere.example"),
        unit.clone().header("origin", "null"),
    ] {
        assert_eq!(officer.send(request).refusal().about.as_deref(), Some("origin"));
    }
    let home = unit.header("origin", &format!("http://{}", server.address));
    assert_ne!(officer.send(home).status, 403);
}

#[test]
fn what_is_read_and_taken_is_logged_without_secrets() {
    let server = TestServer::start();
    let officer = server.officer();
    officer.find("households", "tran+thanh").ok();
    officer.get("visits/export.csv").ok();
    officer.get("coverage").ok();
    // With names only for a reason, and the reason is in the log.
    assert_eq!(officer.get("households/names.csv").status, 400);
    assert_eq!(officer.get("households/names.csv?reason=CURIOSITY").status, 400);
    let file = officer.get("households/names.csv?reason=ROUTES").ok();
    let file = String::from_utf8(file.body).unwrap();
    assert!(file.contains("In danh sách cho tổ đi thăm") && file.contains("Trương Minh Huy"), "{file}");
    let person = officer.me.person.id.to_string().replace('-', "");
    let secrets = [officer.cookie.split_once('=').unwrap().1.to_owned(), PASSPHRASE.to_owned(), "tran thanh".to_owned()];
    let rows = server.dump();
    let log: Vec<_> = rows.iter().filter(|row| row.starts_with("access")).collect();
    for action in ["GET households", "GET visits/export.csv", "GET households/names.csv", "ExportNames households ROUTES"] {
        assert!(log.iter().any(|row| row.contains(action) && row.replace('-', "").contains(&person)), "{action} in {log:?}");
    }
    assert!(!log.iter().any(|row| row.contains("coverage")));
    for secret in secrets {
        assert!(!rows.iter().any(|row| row.contains(&secret)), "{secret}");
    }
}

/// Whoever adds a route adds it here: the server itself says which there are.
#[test]
fn no_reply_of_any_route_is_kept() {
    let server = TestServer::start();
    let desks = desks(&server);
    let is_kept = |answer: &Answer| answer.header("cache-control").as_deref() != Some("no-store");
    let mut answered = 0;
    for route in server.routes.clone() {
        let unknown = server.send(&request(&route));
        assert!(!is_kept(&unknown), "{route:?}: {unknown:?}");
        for desk in &desks {
            // Whoever signs out has no session for the next route.
            if route.method == "DELETE" {
                continue;
            }
            let answer = desk.send(request(&route));
            assert!(!is_kept(&answer), "{route:?}: {answer:?}");
            answered += usize::from(answer.status == 200);
        }
    }
    assert!(answered > 60, "{answered} replies held something");
}

#[test]
fn words_to_look_for_are_in_no_address() {
    let server = TestServer::start();
    let officer = server.officer();
    for path in ["households?q=tran", "visits?q=tran", "opinions?q=tran", "households/export.csv?q=tran", "coverage?q=tran"] {
        let refusal = officer.get(path).refusal();
        assert_eq!((refusal.code, refusal.about.as_deref()), (RefusalCode::BadRequest, Some("q")), "{path}");
    }
    for words in ["tr%E1%BA%A7n%20th%C3%A0nh", "tran+thanh", "a%26q%3Db", "100%25", "!'()*~"] {
        officer.find("households", words).ok();
        officer.find("households/export.csv", words).ok();
    }
    // Not in the address either where it comes as a header, and what is no spelling of words is refused.
    assert_eq!(officer.find("households", "a&q=b").status, 400);
}

#[test]
fn nothing_of_the_api_is_kept_and_nobody_learns_of_paths() {
    let server = TestServer::start();
    for path in ["session", "no/such/thing", "units"] {
        let answer = server.send(&Request::get(path));
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"));
        answer.refusal();
    }
    assert_eq!(server.send(&Request::get("no/such/thing")).refused(), RefusalCode::NotFound);
    assert_eq!(server.send(&Request::new("PUT", "session").header("x-gandan", "1")).status, 405);
}
