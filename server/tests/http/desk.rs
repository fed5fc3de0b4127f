//! What an office does: brings in a roll, sets up the work, takes lists out.

use crate::phone::{enrolled, pull};
use crate::support::{Desk, PASSPHRASE, Request, TestServer};
use calamine::{Data, Reader as _, Xlsx};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::office::{Account, Coverage, HouseholdRow, Imported, Listed, PersonChange, PersonRow, QuarantineRow, Seen};
use domain::operation::LegalBasis;
use domain::person::Role;
use domain::roll::{Mapping, Preview, RollError, SheetMapping};
use domain::short::Set;
use domain::team::Team;
use domain::time::Date;
use domain::unit::{Level, Unit};
use domain::wire::RefusalCode;
use server::http::now;
use std::io::Cursor;
use std::path::Path;

const ROLL: &str = "01-thon-dong-cu-mau-in.xlsx";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/rolls").join(name)).unwrap()
}

fn preview(desk: &Desk<'_>, name: &str, file: &[u8], mapping: &Mapping) -> crate::support::Answer {
    let mapping = serde_json::to_vec(mapping).unwrap();
    desk.send(Request::post("roll/preview").form(&[("file", Some(name), file), ("mapping", None, &mapping)]))
}

fn import(desk: &Desk<'_>, name: &str, file: &[u8], mapping: &Mapping, confirmation: DeviceId) -> crate::support::Answer {
    let (mapping, confirmation) = (serde_json::to_vec(mapping).unwrap(), confirmation.to_string());
    let form = [("file", Some(name), file), ("mapping", None, mapping.as_slice()), ("confirmation", None, confirmation.as_bytes())];
    desk.send(Request::post("roll/import").form(&form))
}

/// The village said for every sheet.
fn of_village(preview: &Preview, village: &str) -> Mapping {
    let sheet = SheetMapping { village: Some(village.into()), ..SheetMapping::default() };
    Mapping { sheets: preview.sheets.iter().map(|s| (s.name.clone(), sheet.clone())).collect(), ..Mapping::default() }
}

/// A commune with one village of 142 households, a team with a lead and a member, and a running campaign.
pub struct Work {
    pub village: AreaId,
    pub campaign: Campaign,
    pub lead: PersonId,
    pub member: PersonId,
}

pub fn set_up_work(officer: &Desk<'_>) -> Work {
    let file = fixture(ROLL);
    let guessed: Preview = preview(officer, ROLL, &file, &Mapping::default()).json();
    let mapping = of_village(&guessed, "Thôn Đồng Cừ");
    import(officer, ROLL, &file, &mapping, DeviceId::new(1, [77; 10])).ok();
    let commune = officer.me.person.unit;
    let units: Vec<Seen<Unit>> = officer.get("units").json();
    let village = units.iter().find(|unit| unit.value.level == Level::Village).unwrap().value.id;
    let [lead, member] = [(21, Role::TeamLead, "Lò Văn Bền"), (22, Role::FieldMember, "Vàng Thị Mỷ")].map(|(n, role, name)| {
        let id = PersonId::new(1, [n; 10]);
        officer
            .write(
                "people",
                0,
                PersonChange { id, name: name.into(), sort: String::new(), role, unit: commune, left: false, account: None },
            )
            .ok();
        id
    });
    let team = Team {
        id: RecordId::new(1, [31; 10]),
        name: "Tổ dân vận thôn Đồng Cừ".into(),
        decision_no: "20/QĐ-UBND".into(),
        decision_date: Date::new(2026, 9, 1),
        mandate: Default::default(),
        posts: Default::default(),
        lead: Some(lead),
        members: Set::from([lead, member]),
    };
    officer.write("teams", 0, team.clone()).ok();
    let today = now().date();
    let mut campaign = Campaign {
        id: RecordId::new(1, [41; 10]),
        title: "Mở rộng đường liên thôn".into(),
        purpose: "Nghe ý kiến các hộ.".into(),
        from: today.plus(-10),
        to: today.plus(20),
        basis: LegalBasis::StateWork,
        basis_text: "Luật 91/2025/QH15".into(),
        until: today.plus(700),
        contact_until: None,
        state: CampaignState::Draft,
    };
    let draft: Seen<Campaign> = officer.write("campaigns", 0, campaign.clone()).json();
    campaign.state = CampaignState::Active;
    let running: Seen<Campaign> = officer.write("campaigns", draft.seen, campaign.clone()).json();
    assert!(running.seen != draft.seen && running.value == campaign);
    let id = RecordId::new(1, [51; 10]);
    let assignment = Assignment { id, campaign: campaign.id, team: team.id, village, due: Some(campaign.to), ended: false, share: None };
    officer.write("assignments", 0, assignment).ok();
    Work { village, campaign, lead, member }
}

#[test]
fn a_roll_comes_in_once() {
    let server = TestServer::start();
    let officer = server.officer();
    let file = fixture(ROLL);
    let guessed: Preview = preview(&officer, ROLL, &file, &Mapping::default()).json();
    assert_eq!(guessed.counts.households, 142);
    let listed = |path: &str| officer.get(path).json::<Listed<HouseholdRow>>();
    assert_eq!(listed("households").total, 0, "a preview stores nothing");

    let mapping = of_village(&guessed, "Thôn Đồng Cừ");
    let confirmed: Preview = preview(&officer, ROLL, &file, &mapping).json();
    assert!(confirmed.is_ready() && !confirmed.villages[0].known, "{:?}", confirmed.villages);
    let confirmation = DeviceId::new(1, [77; 10]);
    let first: Imported = import(&officer, ROLL, &file, &mapping, confirmation).json();
    assert_eq!((first.households, first.villages, first.again), (142, 1, false));
    let second: Imported = import(&officer, ROLL, &file, &mapping, confirmation).json();
    assert!(second.again);

    let page = listed("households");
    assert_eq!((page.total, page.rows.len()), (142, 50));
    assert!(page.rows.iter().all(|row| row.village == "Thôn Đồng Cừ" && row.code.starts_with("DC")), "{:?}", page.rows[0]);
    assert_eq!(listed("households?skip=100").rows.len(), 42);
    assert_eq!(officer.find("households", "tran+thanh+lanh").json::<Listed<HouseholdRow>>().rows[0].head, "Trần Thanh Lành");
    let again: Preview = preview(&officer, ROLL, &file, &mapping).json();
    assert!(again.villages[0].known);
    assert!(!holds(server.dir.path(), ".xlsx"), "the file was written");
}

fn holds(dir: &Path, extension: &str) -> bool {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .any(|path| if path.is_dir() { holds(&path, extension) } else { path.to_string_lossy().ends_with(extension) })
}

#[test]
fn a_bad_roll_is_refused_with_what_to_do() {
    let server = TestServer::start();
    let officer = server.officer();
    let refused = |file: &[u8]| {
        let refusal = preview(&officer, "danh sach.xlsx", file, &Mapping::default()).refusal();
        assert_eq!(refusal.code, RefusalCode::Invalid);
        serde_json::from_str::<RollError>(refusal.about.as_deref().unwrap()).unwrap()
    };
    assert_eq!(refused(b""), RollError::Empty);
    assert!(matches!(refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"), RollError::NotATable(_)));
    let huge = vec![b' '; domain::roll::MOST_BYTES + 1024 * 1024];
    assert_eq!(preview(&officer, "x.csv", &huge, &Mapping::default()).refused(), RefusalCode::TooLarge);
    let cut = Request::post("roll/preview").body("multipart/form-data; boundary=gd", b"--gd\r\nContent-Disposition: form".to_vec());
    assert_eq!(officer.send(cut).refused(), RefusalCode::BadRequest);
    let without = Request::post("roll/import").form(&[("file", Some("x.csv"), b"a,b\n1,2\n")]);
    assert_eq!(officer.send(without).refusal().about.as_deref(), Some("confirmation"));
}

#[test]
fn work_is_set_up_and_changed_by_one_hand_at_a_time() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let coverage: Coverage = officer.get("coverage").json();
    assert_eq!((coverage.total.households, coverage.total.assigned, coverage.total.left), (142, 142, 142));
    let people: Vec<Seen<PersonRow>> = officer.get("people").json();
    assert!(people.iter().any(|row| row.value.person.id == work.lead));
    let waiting: Vec<QuarantineRow> = officer.get("quarantine").json();
    assert_eq!(waiting, []);

    let campaigns: Vec<Seen<Campaign>> = officer.get("campaigns").json();
    let seen = campaigns[0].seen;
    let changed = Campaign { title: "Đường liên thôn".into(), ..work.campaign.clone() };
    officer.write("campaigns", seen, changed.clone()).ok();
    let late = Campaign { title: "Khác".into(), ..work.campaign.clone() };
    assert_eq!(officer.write("campaigns", seen, late).refused(), RefusalCode::Stale);
    let backwards = Campaign { id: RecordId::new(1, [42; 10]), to: work.campaign.from.plus(-1), ..work.campaign };
    assert_eq!(officer.write("campaigns", 0, backwards).refusal().about.as_deref(), Some("to"));
}

#[test]
fn another_commune_is_neither_read_nor_changed() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let admin = server.sign_in("quantri");
    let units: Vec<Seen<Unit>> = admin.get("units").json();
    let mut commune = units.iter().find(|unit| unit.value.level == Level::Commune).unwrap().value.clone();
    (commune.id, commune.name) = (AreaId::new(5, [5; 10]), "Phường Minh Trạch".into());
    admin.write("units", 0, commune.clone()).ok();
    let account = Some(Account { name: "Mai Thị Nhàn".into(), login: "ban-ben".into(), passphrase: PASSPHRASE.into() });
    let id = PersonId::new(1, [61; 10]);
    admin
        .write(
            "people",
            0,
            PersonChange {
                id,
                name: "Mai Thị Nhàn".into(),
                sort: String::new(),
                role: Role::Officer,
                unit: commune.id,
                left: false,
                account,
            },
        )
        .ok();
    let stranger = server.sign_in("ban-ben");

    let households: Listed<HouseholdRow> = officer.get("households").json();
    let (home, head) = (work.village, &households.rows[0].head);
    for narrowed in [String::new(), format!("?village={home}")] {
        for list in ["households", "visits", "opinions"] {
            let listed: Listed<serde_json::Value> = stranger.get(&format!("{list}{narrowed}")).json();
            assert_eq!((listed.total, listed.rows.len()), (0, 0), "{list}{narrowed}");
            let csv = stranger.get(&format!("{list}/export.csv{narrowed}")).ok();
            let csv = String::from_utf8(csv.body).unwrap();
            assert!(!csv.contains(head.as_str()) && !csv.contains("Đồng Cừ"), "{csv}");
        }
        let coverage: Coverage = stranger.get(&format!("coverage{narrowed}")).json();
        assert_eq!((coverage.total.households, coverage.villages.len()), (0, 0));
    }
    assert_eq!(stranger.get(&format!("households?campaign={}", work.campaign.id)).refused(), RefusalCode::NotFound);
    for (list, names) in
        [("people", "Vàng Thị Mỷ"), ("teams", "Tổ dân vận"), ("campaigns", "Mở rộng đường"), ("units", "Đồng Cừ"), ("devices", "Mỷ")]
    {
        assert!(String::from_utf8(officer.get(list).ok().body).unwrap().contains(names), "{list}");
        assert!(!String::from_utf8(stranger.get(list).ok().body).unwrap().contains(names), "{list}");
    }
    assert_eq!(stranger.get("assignments").json::<Vec<serde_json::Value>>(), Vec::<serde_json::Value>::new());

    let teams: Vec<Seen<Team>> = officer.get("teams").json();
    let campaigns: Vec<Seen<Campaign>> = officer.get("campaigns").json();
    let closed = Campaign { state: CampaignState::Closed, ..work.campaign.clone() };
    let assignment = Assignment {
        id: RecordId::new(1, [71; 10]),
        campaign: work.campaign.id,
        team: teams[0].value.id,
        village: home,
        due: None,
        ended: false,
        share: None,
    };
    for (what, answer) in [
        ("a code", stranger.post(&format!("people/{}/code", work.member), &())),
        ("a revocation", stranger.post(&format!("devices/{}/revoke", phone.device), &())),
        ("a campaign", stranger.write("campaigns", campaigns[0].seen, closed)),
        ("a team", stranger.write("teams", teams[0].seen, Team { name: "Khác".into(), ..teams[0].value.clone() })),
        ("an assignment", stranger.write("assignments", 0, assignment)),
    ] {
        assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    }
    assert!(!pull(&phone).is_empty(), "the phone was not revoked");
    assert_eq!(officer.get("teams").json::<Vec<Seen<Team>>>(), teams);
    assert_eq!(officer.get("campaigns").json::<Vec<Seen<Campaign>>>(), campaigns);
}

#[test]
fn lists_leave_without_names() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let households: Listed<HouseholdRow> = officer.get("households").json();
    let head = &households.rows[0].head;

    let answer = officer.get(&format!("households/export.csv?village={}", work.village)).ok();
    assert!(answer.header("content-disposition").unwrap().contains("gan-dan-households-"));
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("Thôn, tổ dân phố;Thôn Đồng Cừ\r\n"), "{}", &text[..200]);
    assert!(!text.contains(head.as_str()));
    let lines = text.lines().skip_while(|line| !line.contains("Mã hộ")).skip(1);
    assert_eq!(lines.filter(|line| line.starts_with("Thôn Đồng Cừ;")).count(), 142);

    for list in ["households", "visits", "opinions"] {
        let answer = officer.get(&format!("{list}/export.xlsx")).ok();
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.body)).unwrap();
        let rows = book.worksheet_range_at(1).unwrap().unwrap();
        assert!(rows.height() >= 1 && rows.rows().flatten().all(|cell| *cell != Data::String(head.clone())), "{list}");
        let filter = book.worksheet_range_at(0).unwrap().unwrap();
        assert!(filter.rows().any(|row| row[0] == Data::String("Xuất lúc".into())), "{list}");
    }
}
