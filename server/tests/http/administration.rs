//! Those who look after the work: a phone replaced, work handed over, all of the data taken out, a problem reported.

use crate::desk::set_up_work;
use crate::phone::{batch, enrolled, frames, outcomes, pull, visit};
use crate::support::{Phone, TestServer, recovery_key};
use domain::cbor;
use domain::code_book::{CodeChange, NewTopic};
use domain::device::{Report, Revocation};
use domain::hand_over::{HandOver, HandOverRow};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::office::{DeviceRow, EnrolmentCode, Listed, PersonChange, PersonRow, Seen, Write};
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::opinion::{AnonymousOpinion, Opinion, OpinionKind, Reporter, ReporterMode, SecretHash, Topic, Urgency};
use domain::organization::{OrgType, Organization};
use domain::person::Role;
use domain::problem::Facts;
use domain::recovery;
use domain::source::Source;
use domain::team::{Duty, Team};
use domain::topic::StandardTopic;
use domain::unit::{Level, Unit};
use domain::visit::ContactResult;
use domain::wire::{AnonymousBatch, Outcome, PROTOCOL, PullRequest, RefusalCode};
use seal::file;
use seal::recovery::PrivateKey;
use serde_bytes::ByteBuf;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

#[test]
fn a_phone_is_replaced_in_one_action() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let old = enrolled(&server, &officer, work.member, 91);
    let household = pull(&old).iter().find(|record| record.kind == Kind::Household).unwrap().id;
    let code: EnrolmentCode = officer.post(&format!("devices/{}/replace", old.device), &()).json();
    let people: Vec<Seen<PersonRow>> = officer.get("people").json();
    let holder = people.iter().find(|seen| seen.value.person.id == work.member).unwrap();
    assert_eq!((holder.value.code_until, holder.value.devices), (Some(code.expires), 0));

    let new = DeviceId::new(1, [92; 10]);
    let reply = server.enrol(&code.code, new).cbor();
    let new = Phone { server: &server, device: new, reply };
    assert_eq!(pull(&new).len(), pull(&enrolled(&server, &officer, work.member, 93)).len());
    // What the old phone still holds is taken, with what it says of itself, and it pulls nothing.
    let mut held = batch(&old, frames(&[visit(&old, &work, household, 1, ContactResult::MetRep)]));
    held.report = Some(Report { build: "0.1.0 4935a3b0".into(), waiting: 0 });
    assert_eq!(outcomes(&old.post("push", &held)), [Outcome::Applied]);
    let ask = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(old.post("pull", &ask).refused(), RefusalCode::RevokedDevice);
    let devices: Vec<DeviceRow> = officer.get("devices").json();
    let row = devices.iter().find(|row| row.id == old.device).unwrap();
    assert_eq!((row.revoked_for, row.report.clone()), (Some(Revocation::Replaced), held.report));
    assert_eq!(officer.post(&format!("devices/{}/replace", old.device), &()).refused(), RefusalCode::RevokedDevice);
}

#[test]
fn work_passes_to_somebody_else() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let path = format!("people/{}/hand-over", work.lead);
    let preview: Listed<HandOverRow> = officer.get(&path).json();
    let row = &preview.rows[0];
    assert_eq!((preview.total, row.duty, row.households, row.villages.as_slice()), (1, Duty::Head, 142, &["Thôn Đồng Cừ".to_owned()][..]));
    let value = HandOver { from: work.lead, to: work.member, teams: vec![(row.team, row.seen)], shares: row.shares.clone() };
    let change = Write { device: DeviceId::new(5, [5; 10]), seq: 1, seen: 0, value };
    let elsewhere = format!("people/{}/hand-over", work.member);
    assert_eq!(officer.post(&elsewhere, &change).refusal().about.as_deref(), Some("from"));
    for _ in 0..2 {
        officer.post(&path, &change).ok();
    }
    let teams: Vec<Seen<Team>> = officer.get("teams").json();
    assert_eq!((teams[0].value.lead, teams[0].value.members.len()), (Some(work.member), 1));
}

/// The files of a .zip.
fn unpacked(bytes: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

#[test]
fn all_of_the_data_goes_out_and_tells_no_more_than_the_screens() {
    let server = TestServer::start();
    let officer = server.officer();
    let admin = server.sign_in("quantri");
    let work = set_up_work(&officer);
    let commune = officer.me.person.unit;
    let front = Organization {
        id: RecordId::new(3, [3; 10]),
        name: "=Ủy ban Mặt trận Tổ quốc".into(),
        kind: OrgType::FatherlandFront,
        unit: commune,
        ended: false,
    };
    officer.write("organizations", 0, front).ok();
    let ferry = NewTopic { id: RecordId::new(4, [4; 10]), parent: StandardTopic::Infra, name: "Bến đò".into(), name_en: String::new() };
    officer.write("codes", 0, CodeChange::Add(ferry)).ok();
    let phone = enrolled(&server, &officer, work.member, 91);
    let household = pull(&phone).iter().find(|record| record.kind == Kind::Household).unwrap().id;
    let mut said = visit(&phone, &work, household, 9, ContactResult::MetRep).header;
    (said.kind, said.stream, said.change) = (Kind::Opinion, Stream::Voice, Change::Create);
    let facts = Opinion { kind: OpinionKind::Recommendation, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
    let said = Operation::new(said)
        .with(Part::Facts, &facts)
        .with(Part::Text, &"Đường ngập;\n\"sâu\"")
        .with(Part::Contact, &Reporter { household, visit: Some(RecordId::new(2, [1; 10])) });
    let operations =
        [visit(&phone, &work, household, 1, ContactResult::Declined), visit(&phone, &work, household, 2, ContactResult::MetRep), said];
    assert_eq!(outcomes(&phone.post("push", &batch(&phone, frames(&operations)))), [Outcome::Applied; 3]);
    let anonymous = |secret: &[u8], urgency, text: &str| {
        ByteBuf::from(cbor::encode(&AnonymousOpinion {
            id: SecretHash::of(secret),
            area: work.village,
            week: None,
            campaign: work.campaign.id,
            mode: ReporterMode::Anonymous,
            kind: OpinionKind::Reflection,
            topic: Topic::EnvironmentWaste,
            urgency,
            text: text.into(),
            basis: work.campaign.basis,
            until: work.campaign.until,
            amends: None,
        }))
    };
    let opinions = vec![anonymous(b"one", Urgency::Normal, "Lời còn chờ"), anonymous(b"two", Urgency::Urgent, "Lời gấp")];
    phone.post("anonymous", &AnonymousBatch { protocol: PROTOCOL, opinions }).ok();
    // Another commune of the same server.
    let units: Vec<Seen<Unit>> = admin.get("units").json();
    let mut other = units.iter().find(|unit| unit.value.level == Level::Commune).unwrap().value.clone();
    (other.id, other.name) = (AreaId::new(5, [5; 10]), "Phường Minh Trạch".into());
    admin.write("units", 0, other.clone()).ok();
    let stranger = PersonId::new(5, [6; 10]);
    let far = PersonChange {
        id: stranger,
        name: "Người Phường Khác".into(),
        sort: String::new(),
        role: Role::TeamLead,
        unit: other.id,
        left: false,
        account: None,
    };
    admin.write("people", 0, far).ok();

    let answer = officer.get("take-out").ok();
    assert!(answer.header("content-disposition").unwrap().contains("gan-dan-toan-bo-"));
    // Nothing but its first line says anything, and only the recovery key opens it.
    assert_eq!(file::sealed_to(&answer.body), Some(recovery_key().public()));
    let listed = b"households.csv";
    assert!(!answer.body.windows(listed.len()).any(|part| part == listed));
    assert!(file::open(&PrivateKey::new([8; 32]), recovery::TAKEN_OUT, &answer.body).is_none());
    let files = unpacked(file::open(&recovery_key(), recovery::TAKEN_OUT, &answer.body).unwrap());
    let names: Vec<&str> = files.keys().filter_map(|name| name.strip_suffix(".json")).collect();
    assert_eq!(names.len() * 2 + 1, files.len(), "{names:?}");
    let readme = &files["DOC-TRUOC.txt"];
    let rows = |name: &str| -> Vec<BTreeMap<String, Value>> { serde_json::from_str(&files[&format!("{name}.json")]).unwrap() };
    for name in &names {
        // As many rows in one as in the other, under the columns that the text explains.
        let mut table =
            csv::ReaderBuilder::new().delimiter(b';').from_reader(files[&format!("{name}.csv")].trim_start_matches('\u{feff}').as_bytes());
        let columns: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(table.records().map(Result::unwrap).count(), rows(name).len(), "{name}");
        let explained = readme.split("\r\n").skip_while(|line| !line.starts_with(&format!("{name}: "))).skip(1);
        let explained: Vec<&str> = explained.map_while(|line| line.strip_prefix("  ")?.split(": ").next()).collect();
        assert_eq!(explained, columns, "{name}");
        assert!(rows(name).iter().all(|row| row.len() == columns.len()), "{name}");
    }
    for (name, expected) in [
        ("households", 142),
        ("visits", 2),
        ("opinions", 1),
        ("reporters", 1),
        ("anonymous_opinions", 1),
        ("organizations", 1),
        ("codes", 1),
        ("team_members", 2),
        ("assignments", 1),
        ("campaigns", 1),
    ] {
        assert_eq!(rows(name).len(), expected, "{name}");
    }
    let head = rows("households").into_iter().find(|row| row["id"] == household.to_string()).unwrap();
    assert!(head["head"].as_str().is_some_and(|head| !head.is_empty()));
    // A refusal at the door reads like any other visit at which nobody was met.
    let results: Vec<Value> = rows("visits").into_iter().map(|mut row| row.remove("result").unwrap()).collect();
    assert_eq!(results, ["NOT_MET", "MET_REP"]);
    let opinion = rows("opinions").remove(0);
    assert_eq!((opinion["text"].as_str(), opinion.contains_key("household_id")), (Some("Đường ngập;\n\"sâu\""), false));
    assert_eq!(rows("anonymous_opinions")[0]["text"], "Lời gấp");
    for secret in ["DECLINED", "Lời còn chờ", "Người Phường Khác", "Phường Minh Trạch", "argon2"] {
        assert!(!files.values().any(|text| text.contains(secret)), "{secret}");
    }
    // What Excel would take for a formula is harmless there and itself for programs.
    assert!(files["organizations.csv"].contains(";'=Ủy ban"));
    assert_eq!(rows("organizations")[0]["name"], "=Ủy ban Mặt trận Tổ quốc");
    assert_eq!((rows("codes")[0]["code"].as_str(), rows("codes")[0]["name"].as_str()), (Some("INFRA.1"), Some("Bến đò")));
}

#[test]
fn a_report_of_a_problem_names_nobody() {
    let server = TestServer::start();
    let officer = server.officer();
    set_up_work(&officer);
    let answer = officer.get("problem");
    let facts: Facts = answer.json();
    let count = |name: &str| facts.counts.iter().find(|(of, _)| of == name).map(|(_, count)| count.words());
    assert_eq!(
        (count("households").as_deref(), count("people").as_deref(), count("phones").as_deref()),
        (Some("<1000"), Some("<10"), Some("0"))
    );
    let text = String::from_utf8(answer.body.clone()).unwrap();
    for name in ["Lò Văn Bền", "Trương Minh Huy", "Đồng Cừ", "Tân Khê Vân", "142"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
}
