//! The demonstration: every screen has something to show, and the next start begins afresh.

use crate::support::{Desk, Phone, Request, TestServer};
use domain::campaign::Campaign;
use domain::cbor;
use domain::id::{DeviceId, RecordId};
use domain::office::{Coverage, HouseholdRow, Listed, Me, MeetingRow, OpinionRow, PersonRow, QuarantineRow, Seen, VisitRow};
use domain::operation::{Change, Kind, Part};
use domain::opinion::ReporterMode;
use domain::record::{Body, Record};
use domain::time::Date;
use domain::twin::{Pair, Verdict};
use domain::unit::Unit;
use domain::visit::Callback;
use domain::wire::{Cursor, EnrolReply, EnrolRequest, PROTOCOL, PullReply, PullRequest, Pulled};
use seal::sheet::Sheet;
use serde::de::DeserializeOwned;
use server::demo::PASSPHRASE;
use server::http::now;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Lines};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

#[test]
fn every_screen_has_something_to_show() {
    let server = TestServer::start_in(tempfile::tempdir().unwrap(), &["--demo"]);
    assert_eq!(server.setup_link, None);
    let sign_ins = server.sign_ins.clone().unwrap();
    for (role, login) in &sign_ins.desks {
        assert_eq!(server.sign_in_with(login, PASSPHRASE).me.person.role, *role);
    }
    let officer = server.sign_in_with("canbo", PASSPHRASE);
    assert!(officer.get("session").json::<Me>().demo);
    let people: Vec<Seen<PersonRow>> = officer.get("people").json();
    assert_eq!(people.len(), 25);
    let households: Listed<HouseholdRow> = officer.get("households").json();
    // One of them was made twice, and nobody has looked yet; another one that was counts once.
    assert_eq!(households.total, 241);
    let twins: Listed<Pair> = officer.get("twins").json();
    let verdicts: Vec<Verdict> = twins.rows.iter().map(|pair| pair.verdict).collect();
    assert_eq!((verdicts.as_slice(), twins.notable), ([Verdict::Open, Verdict::Same].as_slice(), 1), "{:?}", twins.rows);
    assert_eq!(officer.get("session").json::<Me>().twins, 1);
    let coverage: Coverage = officer.get("coverage").json();
    assert_eq!((coverage.villages.len(), coverage.total.visits), (6, 220));
    for (figure, n) in
        [("met", coverage.total.met), ("left", coverage.total.left), ("due", coverage.total.due), ("tried", coverage.total.tried)]
    {
        assert!(n > 5, "{figure}: {n}");
    }
    // The commune and one of its villages came from mergers.
    let units: Vec<Unit> = officer.get("units").json::<Vec<Seen<Unit>>>().into_iter().map(|seen| seen.value).collect();
    let of = |name: &str| units.iter().find(|unit| unit.name == name).unwrap();
    let became = |name: &str| of(name).succession.as_ref().map(|succession| succession.into.as_slice());
    for (from, into) in [
        ("Xã Tân Khê", "Xã Tân Khê Vân"),
        ("Xã Khê Vân", "Xã Tân Khê Vân"),
        ("Thôn Đồng Cừ", "Thôn Đồng Cừ – Bến Lĩnh"),
        ("Thôn Bến Lĩnh", "Thôn Đồng Cừ – Bến Lĩnh"),
    ] {
        assert_eq!(became(from), Some([of(into).id].as_slice()), "{from}");
    }
    let merged = coverage.villages.iter().find(|row| row.name == "Thôn Đồng Cừ – Bến Lĩnh").unwrap();
    // Those who have left it are in the list and in no figure.
    let listed: Listed<HouseholdRow> = officer.get(&format!("households?village={}", merged.village)).json();
    assert_eq!((listed.total, merged.counts.assigned), (44, merged.counts.households));
    assert!((40..=44).contains(&merged.counts.households), "{}", merged.counts.households);
    let visits: Listed<VisitRow> = officer.get("visits").json();
    assert_eq!(visits.total, 220, "of the running campaign");
    let opinions: Listed<OpinionRow> = officer.get("opinions").json();
    assert!(opinions.total > 20, "{}", opinions.total);
    let campaigns: Vec<Seen<Campaign>> = officer.get("campaigns").json();
    let mut rows = Vec::new();
    for campaign in campaigns {
        rows.extend(all::<OpinionRow>(&officer, &format!("opinions?campaign={}", campaign.value.id)));
    }
    let anonymous = rows.iter().filter(|row| row.mode == Some(ReporterMode::Anonymous)).count();
    assert!((145..=160).contains(&rows.len()), "{}: a few of this week still wait for their crowd", rows.len());
    assert!(anonymous > 15, "{anonymous}");
    let meetings: Listed<MeetingRow> = officer.get("meetings").json();
    assert_eq!(meetings.total, 4, "of the running campaign");
    assert!(meetings.rows.iter().all(|row| row.opinions == 5 && !row.conclusion.is_empty() && row.present <= row.expected));
    assert_eq!(rows.iter().filter(|row| row.meeting.is_some()).count(), 60);
    assert_eq!(officer.get("quarantine").json::<Vec<QuarantineRow>>().len(), 1);
    // Whoever has nothing to do with it is not told of it.
    assert_eq!([&officer, &server.sign_in_with("lanhdao", PASSPHRASE)].map(|desk| desk.get("session").json::<Me>().waiting), [1, 0]);
    let households: Vec<HouseholdRow> = all(&officer, "households?");
    assert_eq!(households.iter().filter(|row| row.disputed).count(), 1);

    for (n, (role, name, code)) in (1..).zip(&sign_ins.phones) {
        let reply: EnrolReply = server.enrol(code, DeviceId::new(1, [n; 10])).cbor();
        assert_eq!((reply.role, &reply.name), (*role, name));
        assert!(!reply.grants.grants.is_empty());
        // Answers were carried back: what the phone's first page still owes is little, and of the running campaign.
        let owed = owed(&Phone { server: &server, device: DeviceId::new(1, [n; 10]), reply });
        assert!((2..=4).contains(&owed.len()), "{owed:?}");
        assert!(owed.iter().all(|promised| now().date().since(*promised) < 15), "{owed:?}");
    }
}

/// The days of the promises that stand on a phone.
fn owed(phone: &Phone<'_>) -> Vec<Date> {
    let (mut records, mut cursors): (Vec<Record>, Vec<Cursor>) = Default::default();
    loop {
        let request =
            PullRequest { protocol: PROTOCOL, mark: None, cursors: cursors.clone(), report: None, refused: Vec::new(), redacted: None };
        let Pulled::Pages(pages) = phone.post("pull", &request).cbor::<PullReply>().pulled else { panic!("no pages") };
        for page in pages.pages {
            records.extend(page.records.iter().map(|record| cbor::decode::<Record>(record).unwrap()));
            cursors.retain(|cursor| cursor.scope != page.cursor.scope);
            cursors.push(page.cursor);
        }
        if !pages.more {
            break;
        }
    }
    let events = || records.iter().filter_map(|record| if let Body::Event(event) = &record.body { Some((record.id, event)) } else { None });
    let over: BTreeSet<RecordId> =
        events().filter_map(|(_, event)| if let Change::Retract { of } = event.header.change { Some(of) } else { None }).collect();
    let standing = events().filter(|(id, event)| event.header.kind == Kind::Callback && !over.contains(id));
    standing.filter_map(|(_, event)| Some(event.read::<Callback>(Part::Facts)?.promised)).collect()
}

/// Every page of a list.
fn all<T: DeserializeOwned>(desk: &Desk<'_>, list: &str) -> Vec<T> {
    let mut rows = Vec::new();
    loop {
        let page: Listed<T> = desk.get(&format!("{list}&skip={}", rows.len())).json();
        if page.rows.is_empty() {
            return rows;
        }
        rows.extend(page.rows);
    }
}

/// The program itself, as somebody starts it.
struct Program {
    process: Child,
    /// Held, so that the program can go on writing.
    _printed: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
    code: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_gandan-server"))
            .args(["--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut line = |holding: &str| printed.find_map(|line| line.ok().filter(|line| line.contains(holding))).unwrap();
        let office = line("Office: ");
        let address = office.split("http://").nth(1).unwrap().trim_end_matches("/office/").parse().unwrap();
        let link = line("#enrol=");
        let (code, fingerprint) = link.split("#enrol=").nth(1).unwrap().split_once('.').unwrap();
        // Two sheets of its recovery key, and no third, which open what is sealed to it.
        let said = line("Recovery key: ").rsplit(' ').next().unwrap().to_owned();
        assert_eq!((said.replace('-', ""), said.len()), (fingerprint.to_owned(), 19));
        for number in 1..=2 {
            let sheet = line("Sheet ").split(": ").nth(1).unwrap().to_owned();
            assert_eq!(Sheet::read(&sheet).map(|sheet| sheet.number), Ok(number));
        }
        let code = code.to_owned();
        Self { process, _printed: printed, address, code }
    }

    fn enrol(&self, code: &str, n: u8) -> u16 {
        let body = EnrolRequest { protocol: PROTOCOL, code: code.to_owned(), device: DeviceId::new(1, [n; 10]) };
        Request::post("enrol").cbor(&body).send(self.address).status
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn the_next_start_begins_afresh() {
    let data = tempfile::tempdir().unwrap();
    let first = Program::start(data.path());
    assert_eq!(first.enrol(&first.code, 1), 200);
    let beside = Command::new(env!("CARGO_BIN_EXE_gandan-server"))
        .args(["--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert!(!beside.status.success() && String::from_utf8_lossy(&beside.stderr).contains("another server runs"), "{beside:?}");
    let code = first.code.clone();
    drop(first);

    let second = Program::start(data.path());
    assert_eq!(second.enrol(&code, 1), 404, "the code of the first start");
    assert_eq!(second.enrol(&second.code, 1), 200);
}
