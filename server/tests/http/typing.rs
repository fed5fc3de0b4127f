//! What is typed in at a desk: stored as it is said, counted once, logged, and of what has no name nothing but the words.

use crate::desk::set_up_work;
use crate::support::{Desk, Request, TestServer};
use domain::id::RecordId;
use domain::office::{HouseholdRow, Listed, OpinionRow, VisitRow, Write, Written};
use domain::operation::LegalBasis;
use domain::opinion::{AnonymousOpinion, OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
use domain::source::Source;
use domain::time::Date;
use domain::typing::{TypedNote, TypedPlace, TypedSaid, TypedVisit};
use domain::visit::ContactResult;
use domain::wire::RefusalCode;
use server::http::now;

fn id(n: u8) -> RecordId {
    RecordId::new(1, [n; 10])
}

fn households(desk: &Desk<'_>, village: impl std::fmt::Display) -> Listed<HouseholdRow> {
    desk.get(&format!("villages/{village}/households")).json()
}

#[test]
fn a_sheet_is_typed_in_once_and_logged() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let homes = households(&officer, work.village);
    assert_eq!((homes.total, homes.rows.len()), (142, 142), "a whole village, not a page");
    let today = now().date();
    let place = TypedPlace { village: work.village, campaign: work.campaign.id, day: today };
    let said = TypedSaid {
        id: id(2),
        promise: id(3),
        kind: OpinionKind::Wish,
        topic: Topic::Infra,
        urgency: Urgency::Normal,
        text: "Làm cống".into(),
    };
    let visit = TypedVisit {
        id: id(1),
        place,
        visitor: work.member,
        household: homes.rows[0].id,
        contact: ContactResult::MetRep,
        purposes: Vec::new(),
        next: None,
        promised: Some(today),
        opinions: vec![said],
        note: Some(TypedNote { id: id(4), text: "Chó dữ".into() }),
    };
    // The number of the tab's changes so far.
    let seq =
        (1..).find(|seq| officer.post("typed/visits", &Write { device: officer.device, seq: *seq, seen: 0, value: &visit }).status == 200);
    let press = |seq| officer.post("typed/visits", &Write { device: officer.device, seq, seen: 0, value: &visit });
    let seq = seq.unwrap();
    let written: Written = press(seq).json();
    assert_eq!(written.seq, seq + 3, "a visit, a note, an opinion, a promise");
    let visits: Listed<VisitRow> = officer.get("visits?source=PAPER").json();
    assert_eq!((visits.total, visits.rows[0].source), (1, Source::Paper));
    assert_eq!(officer.get("opinions?source=PAPER").json::<Listed<OpinionRow>>().total, 1);
    let future = TypedVisit { id: id(9), place: TypedPlace { day: today.plus(1), ..place }, ..visit.clone() };
    let refused = officer.post("typed/visits", &Write { device: officer.device, seq: written.seq + 1, seen: 0, value: &future });
    assert_eq!((refused.refused(), refused.refusal().about.as_deref()), (RefusalCode::Invalid, Some("day")));

    let csv = String::from_utf8(officer.get("visits/export.csv?source=PAPER").ok().body).unwrap();
    assert!(csv.contains("Nguồn") && csv.contains("Phiếu giấy") && !csv.contains(&homes.rows[0].head), "{csv}");
    let log: Vec<String> = server.dump().into_iter().filter(|row| row.starts_with("access")).collect();
    let village = work.village.to_string().replace('-', "");
    assert!(log.iter().any(|row| row.contains("GET villages/{id}/households") && row.contains(&village)), "{log:?}");
    assert!(log.iter().any(|row| row.contains("POST typed/visits")));
}

#[test]
fn of_an_anonymous_opinion_nothing_is_logged_or_numbered() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let opinion = AnonymousOpinion {
        id: SecretHash::of(b"a secret of this tab"),
        area: work.village,
        week: Some(now().date().week()),
        campaign: work.campaign.id,
        mode: ReporterMode::Anonymous,
        kind: OpinionKind::Reflection,
        topic: Topic::Environment,
        urgency: Urgency::Normal,
        text: "Khói lò gạch".into(),
        basis: LegalBasis::Consent,
        until: Date::MAX,
        amends: None,
    };
    for (wrong, about) in [
        (AnonymousOpinion { mode: ReporterMode::Named, ..opinion.clone() }, "opinions"),
        (AnonymousOpinion { text: " ".into(), ..opinion.clone() }, "opinions"),
        (AnonymousOpinion { week: Some(now().date().week().plus(7)), ..opinion.clone() }, "day"),
        (AnonymousOpinion { week: None, ..opinion.clone() }, "day"),
        (AnonymousOpinion { campaign: id(99), ..opinion.clone() }, "campaign"),
        (AnonymousOpinion { area: work.campaign.id.into(), ..opinion.clone() }, "village"),
    ] {
        assert_eq!(officer.post("typed/anonymous", &wrong).refusal().about.as_deref(), Some(about));
    }
    for _ in 0..2 {
        officer.post("typed/anonymous", &opinion).ok();
    }
    assert_eq!(officer.get("opinions").json::<Listed<OpinionRow>>().total, 0, "it waits");
    let (cookie, before) = (officer.cookie.clone(), now());
    // A server that was just started does not know when it last extended the session.
    let server = server.restart(&[]);
    server.send(&Request::post("typed/anonymous").json(&opinion).header("cookie", &cookie)).ok();
    let rows = server.dump();
    let expires: i64 =
        rows.iter().filter(|row| row.starts_with("session ")).filter_map(|row| row.rsplit(' ').next()?.parse().ok()).max().unwrap();
    assert!(expires <= before.plus_hours(12).0, "nor the hour of the last request");
    assert_eq!(rows.iter().filter(|row| row.starts_with("pool ")).count(), 1);
    assert!(!rows.iter().any(|row| row.starts_with("quarantine_anonymous")));
    assert!(!rows.iter().any(|row| row.contains("anonymous") || row.contains("Khói lò gạch")), "no line says that there was one");
}
