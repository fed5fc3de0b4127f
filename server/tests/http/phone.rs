//! What a phone does: enrols, pulls, pushes, and what a server says to one that it cannot trust.

use crate::desk::{Work, set_up_work};
use crate::support::{Answer, Desk, Phone, Request, TestServer, recovery_key};
use domain::cbor;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::office::{DeviceRow, EnrolmentCode, Filter, HouseholdRow, Listed, OpinionRow, QuarantineRow, VisitRow};
use domain::operation::{Change, Header, Kind, Operation, Part, SCHEMA, Stream};
use domain::opinion::{AnonymousOpinion, OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
use domain::record::{Body, Record};
use domain::source::Source;
use domain::time::Time;
use domain::visit::{ContactResult, Visit};
use domain::wire::{
    AnonymousBatch, AnonymousReply, BODY_MAX, EnrolReply, Frame, Outcome, PROTOCOL, PullReply, PullRequest, Pulled, PushBatch, PushReply,
    Reason, RefusalCode,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_bytes::ByteBuf;
use server::http::{Access, now};
use std::collections::HashSet;
use std::io::Write as _;

pub fn code(officer: &Desk<'_>, person: PersonId) -> EnrolmentCode {
    officer.post(&format!("people/{person}/code"), &()).json()
}

pub fn enrolled<'a>(server: &'a TestServer, officer: &Desk<'_>, person: PersonId, n: u8) -> Phone<'a> {
    let device = DeviceId::new(1, [n; 10]);
    let reply = server.enrol(&code(officer, person).code, device).cbor();
    Phone { server, device, reply }
}

pub fn pull(phone: &Phone<'_>) -> Vec<Record> {
    let reply: PullReply = phone
        .post(
            "pull",
            &PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None },
        )
        .cbor();
    let Pulled::Pages(pages) = reply.pulled else { panic!("no pages") };
    pages.pages.iter().flat_map(|page| &page.records).map(|record| cbor::decode(record).unwrap()).collect()
}

pub fn visit(phone: &Phone<'_>, work: &Work, household: RecordId, n: u8, contact: ContactResult) -> Operation {
    let header = Header {
        schema: SCHEMA,
        kind: Kind::Visit,
        record: RecordId::new(2, [n; 10]),
        area: work.village,
        stream: Stream::Visit,
        change: Change::Create,
        grant: phone.reply.grants.version,
        at: now(),
        ground: work.campaign.ground(),
    };
    Operation::new(header).with(
        Part::Facts,
        &Visit { household, contact, purposes: Vec::new(), next: None, promised: None, source: Source::PhoneVisit, visitor: None },
    )
}

pub fn frames(operations: &[Operation]) -> Vec<Frame> {
    (1..).zip(operations).map(|(seq, operation)| Frame { seq, bytes: ByteBuf::from(cbor::encode(operation)) }).collect()
}

pub fn batch(phone: &Phone<'_>, frames: Vec<Frame>) -> PushBatch {
    PushBatch::of(phone.device, frames)
}

pub fn outcomes(answer: &Answer) -> Vec<Outcome> {
    answer.cbor::<PushReply>().each().map(|(_, outcome, _)| outcome).collect()
}

#[test]
fn a_code_enrols_one_phone() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let EnrolmentCode { code, expires, url, fingerprint, qr, qr_size } = code(&officer, work.member);
    let left = expires.0 - now().0;
    assert!((23 * 3_600_000..=24 * 3_600_000).contains(&left), "{left}");
    assert_eq!(fingerprint, recovery_key().public().fingerprint());
    assert_eq!(url, format!("http://{}/app/#enrol={}.{}", server.address, code.replace('-', ""), fingerprint.replace('-', "")));
    assert_eq!(scanned(&qr, qr_size), url, "what the camera reads");

    let phone = DeviceId::new(1, [91; 10]);
    let typed = code.to_lowercase().replace('-', " ");
    let reply: EnrolReply = server.enrol(&typed, phone).cbor();
    assert_eq!((reply.name.as_str(), reply.unit_name.as_str()), ("Vàng Thị Mỷ", "Xã Tân Khê Vân"));
    assert!(!reply.grants.grants.is_empty());
    let again: EnrolReply = server.enrol(&code, phone).cbor();
    assert_eq!((&again.token, again.person), (&reply.token, reply.person), "the reply was lost");
    pull(&Phone { server: &server, device: phone, reply });
    assert_eq!(server.enrol(&code, phone).refused(), RefusalCode::UsedCode, "it has its token");
    assert_eq!(server.enrol(&code, DeviceId::new(1, [92; 10])).refused(), RefusalCode::UsedCode);
    let devices: Vec<DeviceRow> = officer.get("devices").json();
    assert_eq!(devices.iter().filter(|device| device.id == phone).count(), 1);
    // Nobody at a desk is given a code.
    assert!(officer.post(&format!("people/{}/code", officer.me.person.id), &()).status >= 400);

    assert_eq!(server.enrol("KV3T-8Q4M", phone).refused(), RefusalCode::UnknownCode, "eight letters that nobody was given");
    let mut answers = Vec::new();
    for n in 0..7 {
        answers.push(server.enrol(&format!("ZZZZ-ZZZ{n}"), phone).refused());
    }
    assert_eq!(answers[0], RefusalCode::UnknownCode);
    assert_eq!(answers.last(), Some(&RefusalCode::TooMany), "{answers:?}");
}

/// What a camera reads from the drawing: the path of an SVG in squares of one module, each of them five pixels wide here.
fn scanned(path: &str, size: u32) -> String {
    const SCALE: usize = 5;
    let mut dark = HashSet::new();
    for run in path.split('M').skip(1) {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let (length, _) = rest.split_once("v1h-").unwrap();
        let [x, y, length] = [x, y, length].map(|number| number.parse::<usize>().unwrap());
        dark.extend((x..x + length).map(|x| (x, y)));
    }
    let pixels = size as usize * SCALE;
    let shade = |x: usize, y: usize| if dark.contains(&(x / SCALE, y / SCALE)) { 0 } else { 255 };
    let mut photo = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, shade);
    let [code] = &photo.detect_grids()[..] else { panic!("not one code") };
    code.decode().unwrap().1
}

#[test]
fn a_code_of_yesterday_enrols_nobody_and_says_so() {
    let mut server = TestServer::start();
    let member = set_up_work(&server.officer()).member;
    let device = DeviceId::new(1, [91; 10]);
    let hours = |hours: i64| now().plus_hours(-hours);
    server = server.issue_code(member, "KV3T8Q4N", Time(hours(24).0 - 60_000));
    for _ in 0..2 {
        let late = server.enrol("KV3T-8Q4N", device);
        assert_eq!((late.status, late.refused()), (410, RefusalCode::ExpiredCode));
    }
    let devices: Vec<DeviceRow> = server.sign_in("canbo").get("devices").json();
    assert!(devices.iter().all(|row| row.id != device), "nobody was enrolled");
    // The last minute of its day is still good.
    server = server.issue_code(member, "KV3T8Q4M", Time(hours(24).0 + 60_000));
    let in_time: EnrolReply = server.enrol("KV3T-8Q4M", device).cbor();
    assert_eq!(in_time.person, member);
}

#[test]
fn a_visit_arrives_exactly_once_and_a_bad_one_blocks_nothing() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let records = pull(&phone);
    let household = records.iter().find(|record| record.kind == Kind::Household).unwrap().id;
    assert_eq!(records.iter().filter(|record| record.kind == Kind::Household).count(), 142);

    let mut elsewhere = visit(&phone, &work, household, 2, ContactResult::MetRep);
    elsewhere.header.area = officer.me.person.unit;
    let operations =
        [visit(&phone, &work, household, 1, ContactResult::NotHome), elsewhere, visit(&phone, &work, household, 3, ContactResult::MetRep)];
    let mut frames = frames(&operations);
    frames.push(Frame { seq: 4, bytes: ByteBuf::from(b"not an operation".to_vec()) });
    let sent = batch(&phone, frames);
    let answer = phone.post("push", &sent);
    let quarantined = |reason| Outcome::Quarantined(reason);
    assert_eq!(outcomes(&answer), [Outcome::Applied, quarantined(Reason::NotAllowed), Outcome::Applied, quarantined(Reason::Unreadable)]);
    assert_eq!(answer.cbor::<PushReply>().standing.have, 4);
    let again = outcomes(&phone.post("push", &sent));
    assert!(!again.contains(&Outcome::Applied) && again[0] == Outcome::Duplicate, "{again:?}");

    let visits: Listed<VisitRow> = officer.get("visits").json();
    assert_eq!(visits.total, 2);
    let not_met = visits.rows.iter().find(|row| !row.met).unwrap();
    assert_eq!(not_met.contact, None, "a list does not say why nobody was met");
    assert_eq!(not_met.by, "Vàng Thị Mỷ");
    let waiting: Vec<QuarantineRow> = officer.get("quarantine").json();
    assert_eq!(waiting.len(), 2);
    let seen = pull(&phone);
    assert_eq!(seen.iter().filter(|record| matches!(&record.body, Body::Event(_))).count(), 2);
    let met: Listed<HouseholdRow> = officer.get("households?standing=met").json();
    assert_eq!(met.total, 1);

    let csv = String::from_utf8(officer.get("visits/export.csv").ok().body).unwrap();
    assert!(csv.contains(";Chưa gặp;") && csv.contains(";Gặp đại diện hộ;") && !csv.contains("Vắng nhà"), "{csv}");
}

#[test]
fn bodies_may_be_compressed_and_are_limited_after_that() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let household = pull(&phone).iter().find(|record| record.kind == Kind::Household).unwrap().id;
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let send = |body: Vec<u8>, encoding: Option<&str>| {
        let request = phone.request("push").body("application/cbor", body);
        server.send(&encoding.map_or(request.clone(), |encoding| request.header("content-encoding", encoding)))
    };
    let good = cbor::encode(&batch(&phone, frames(&[visit(&phone, &work, household, 1, ContactResult::MetRep)])));
    assert_eq!(outcomes(&send(gzip(&good), Some("gzip"))), [Outcome::Applied]);

    let bomb = gzip(&vec![0; 100 * BODY_MAX]);
    assert!(bomb.len() < BODY_MAX / 4, "small on the way");
    assert_eq!(send(bomb, Some("gzip")).refused(), RefusalCode::TooLarge);
    assert_eq!(send(vec![0; BODY_MAX + 1], None).refused(), RefusalCode::TooLarge);
    for (body, encoding) in [
        (good[..good.len() / 2].to_vec(), None),
        (gzip(&good)[..20].to_vec(), Some("gzip")),
        (good.clone(), Some("gzip")),
        (good.clone(), Some("compress")),
        (Vec::new(), None),
        // An array that says it has 2^63 elements, and a thousand arrays in each other.
        (vec![0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], None),
        (vec![0x81; 1000], None),
    ] {
        let answer = send(body, encoding);
        assert_eq!((answer.refused(), answer.header("content-type").as_deref()), (RefusalCode::BadRequest, Some("application/cbor")));
    }

    let pull = phone.request("pull").cbor(&PullRequest {
        protocol: PROTOCOL,
        mark: None,
        cursors: Vec::new(),
        report: None,
        refused: Vec::new(),
        redacted: None,
    });
    let plain = server.send(&pull);
    let packed = server.send(&pull.clone().header("accept-encoding", "gzip"));
    assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"));
    assert!(packed.travelled * 2 < plain.travelled, "{} of {}", packed.travelled, plain.travelled);
    assert_eq!(server.send(&pull.header("accept-encoding", "br")).header("content-encoding").as_deref(), Some("br"));
}

#[test]
fn a_phone_speaks_for_itself_only() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let (lead, member) = (enrolled(&server, &officer, work.lead, 91), enrolled(&server, &officer, work.member, 92));
    let as_other = PushBatch::of(lead.device, Vec::new());
    assert_eq!(member.post("push", &as_other).refused(), RefusalCode::NotAllowed);
    let later = PullRequest { protocol: PROTOCOL + 1, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(member.post("pull", &later).refusal().about.as_deref(), Some("protocol"));
    let forged = lead.reply.token.split('.').next().unwrap().to_owned() + "." + member.reply.token.split('.').nth(1).unwrap();
    let request = Request::post("pull").header("authorization", &format!("Bearer {forged}"));
    assert_eq!(server.send(&request.cbor(&())).refused(), RefusalCode::SignIn);

    officer.post(&format!("devices/{}/revoke", member.device), &()).ok();
    let ask = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(member.post("pull", &ask).refused(), RefusalCode::RevokedDevice);
    let household = pull(&lead).iter().find(|record| record.kind == Kind::Household).unwrap().id;
    let late = batch(&member, frames(&[visit(&member, &work, household, 1, ContactResult::MetRep)]));
    assert_eq!(outcomes(&member.post("push", &late)), [Outcome::Quarantined(Reason::Revoked)]);
}

#[test]
fn a_token_of_one_scope_opens_nothing_of_the_other() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.lead, 91);
    let session = officer.cookie.split_once('=').unwrap().1;
    let bearer = |token: &str| ("authorization", format!("Bearer {token}"));
    let cookie = |token: &str| ("cookie", format!("gd_session={token}"));
    let mut asked = 0;
    for route in server.routes.iter().filter(|route| route.access != Access::Open) {
        let proofs = if route.access == Access::Phone {
            [bearer(session), cookie(session), cookie(&phone.reply.token)]
        } else {
            [bearer(&phone.reply.token), cookie(&phone.reply.token), bearer(session)]
        };
        for (name, value) in proofs {
            let request = if route.method == "GET" { Request::get(route.path) } else { Request::post(route.path).json(&()) };
            assert!(server.send(&request.header(name, &value)).asks_to_sign_in(), "{route:?} by {name}");
            asked += 1;
        }
    }
    assert!(asked > 80, "only {asked} were asked");
    officer.get("households").ok();
    assert!(!pull(&phone).is_empty());
}

#[test]
fn an_idle_phone_asks_with_one_hash() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let mut request =
        PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    let mark = loop {
        let reply: PullReply = phone.post("pull", &request).cbor();
        let Pulled::Pages(pages) = reply.pulled else { panic!("no pages") };
        for page in pages.pages {
            request.cursors.retain(|cursor| cursor.scope != page.cursor.scope);
            request.cursors.push(page.cursor);
        }
        if !pages.more {
            break pages.mark;
        }
    };
    let idle = PullRequest { protocol: PROTOCOL, mark: Some(mark), cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    let same: PullReply = phone.post("pull", &idle).cbor();
    assert_eq!(same.pulled, Pulled::Same);
    let household = pull(&phone).iter().find(|record| record.kind == Kind::Household).unwrap().id;
    phone.post("push", &batch(&phone, frames(&[visit(&phone, &work, household, 1, ContactResult::MetRep)]))).ok();
    assert_eq!(phone.post("pull", &idle).cbor::<PullReply>().pulled, Pulled::Differs);
}

#[test]
fn an_anonymous_opinion_leaves_nothing_of_its_sender() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let opinion = |secret: &[u8], urgency| AnonymousOpinion {
        id: SecretHash::of(secret),
        area: work.village,
        week: Some(now().date().week()),
        campaign: work.campaign.id,
        mode: ReporterMode::Anonymous,
        kind: OpinionKind::Reflection,
        topic: Topic::EnvironmentWaste,
        urgency,
        text: "Rác để lâu.".into(),
        basis: work.campaign.basis,
        until: work.campaign.until,
        amends: None,
    };
    let opinions = [opinion(b"one", Urgency::Normal), opinion(b"two", Urgency::Urgent)];
    let batch = AnonymousBatch { protocol: PROTOCOL, opinions: opinions.iter().map(|o| ByteBuf::from(cbor::encode(o))).collect() };
    let reply: AnonymousReply = phone.post("anonymous", &batch).cbor();
    assert_eq!(reply.stored.len(), 2);
    let listed: Listed<OpinionRow> = officer.get("opinions").json();
    assert_eq!(listed.total, 1, "only the urgent one is released at once");
    let row = &listed.rows[0];
    assert_eq!((&row.by, &row.household, row.day), (&None, &None, None));
    let query = serde_json::to_value(Filter { kind: Some(OpinionKind::Thanks), ..Filter::default() }).unwrap();
    let none: Listed<OpinionRow> = officer.get(&format!("opinions?kind={}", query["kind"].as_str().unwrap())).json();
    assert_eq!(none.total, 0);
}
