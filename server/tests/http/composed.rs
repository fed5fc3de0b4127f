//! Text from an office, typed or pasted decomposed as a Mac has it: whatever route it takes, it is stored composed.

use crate::desk::set_up_work;
use crate::support::{PASSPHRASE, Request, TestServer, recovery_key};
use domain::book::{Edit, Entry};
use domain::campaign::{Campaign, CampaignState};
use domain::code_book::{CodeChange, CodeEntry, NewTopic};
use domain::household::Household;
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::office::{Account, HouseholdRow, Listed, PersonChange, Seen, SetUp};
use domain::operation::LegalBasis;
use domain::opinion::{AnonymousOpinion, OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
use domain::organization::{OrgType, Organization};
use domain::person::Role;
use domain::short::{Map, Set};
use domain::source::Source;
use domain::succession::{NewUnit, Rearrangement};
use domain::team::Team;
use domain::time::Date;
use domain::topic::StandardTopic;
use domain::typing::{TypedNote, TypedOpinion, TypedPlace, TypedSaid, TypedVisit};
use domain::unit::{Level, Unit};
use domain::visit::ContactResult;
use serde_bytes::ByteBuf;
use server::http::now;
use std::cell::RefCell;
use unicode_normalization::UnicodeNormalization as _;

fn id(n: u8) -> RecordId {
    RecordId::new(8, [n; 10])
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_route_stores_composed_text() {
    // Each text says where it was typed, so that a field that was lost is missed by its name.
    let typed = RefCell::new(Vec::new());
    let text = |place: &str| {
        let composed = format!("{place} Nghĩa Trắng");
        typed.borrow_mut().push(composed.clone());
        composed.nfd().collect::<String>()
    };
    let account = |name: String, login: &str| Account { name, login: login.into(), passphrase: PASSPHRASE.nfd().collect::<String>() };
    let server = TestServer::start();
    let first = SetUp {
        admin: account(text("quản trị"), "quantri"),
        province: text("tỉnh"),
        commune: text("xã"),
        officer: account(text("cán bộ"), "canbo"),
        recovery: Some(ByteBuf::from(recovery_key().public().0.to_vec())),
    };
    server.send(&Request::post(&format!("setup/{}", server.setup_token())).json(&first)).ok();
    let officer = server.sign_in("canbo");
    let work = set_up_work(&officer);
    let commune = officer.me.person.unit;
    let today = now().date();
    let write = |path: &str, value: serde_json::Value| {
        officer.write(path, 0, value).ok();
    };
    macro_rules! write {
        ($path:literal, $value:expr) => {
            write($path, serde_json::to_value($value).unwrap())
        };
    }

    let village = |n: u8, name: &str| Unit {
        id: AreaId::new(8, [n; 10]),
        parent: Some(commune),
        level: Level::Village,
        name: text(name),
        code: String::new(),
        from: Date::MIN,
        to: None,
        succession: None,
        former: Vec::new(),
    };
    let (one, other) = (village(1, "thôn một"), village(2, "thôn hai"));
    let from = vec![one.id, other.id];
    write!("units", one);
    write!("units", other);
    let into = vec![NewUnit { id: AreaId::new(8, [3; 10]), name: text("thôn nhập"), code: String::new(), households: Vec::new() }];
    write!("units/rearrange", Rearrangement { decision_no: text("số nhập"), decision_date: today, on: today, from, into, commune: None });
    let begins =
        |n: u8| NewUnit {
            id: AreaId::new(8, [n; 10]), name: text(&format!("thôn tách {n}")), code: String::new(), households: Vec::new()
        };
    let (from, into, on) = (vec![AreaId::new(8, [3; 10])], vec![begins(13), begins(14)], today.plus(1));
    write!("units/rearrange", Rearrangement { decision_no: text("số tách"), decision_date: today, on, from, into, commune: None });
    write!("organizations", Organization { id: id(4), name: text("tổ chức"), kind: OrgType::Other, unit: commune, ended: false });
    let topic = NewTopic { id: id(5), parent: StandardTopic::Infra, name: text("lĩnh vực"), name_en: text("topic") };
    let made: Seen<CodeEntry> = officer.write("codes", 0, CodeChange::Add(topic)).json();
    let respelled = CodeEntry { name: text("lĩnh vực lại"), name_en: text("topic again"), ..made.value };
    officer.write("codes", made.seen, CodeChange::Keep(respelled)).ok();
    write!(
        "people",
        PersonChange {
            id: PersonId::new(8, [6; 10]),
            name: text("họ tên"),
            sort: text("xếp tên"),
            role: Role::FieldMember,
            unit: commune,
            left: false,
            account: None,
        }
    );
    write!(
        "teams",
        Team {
            id: id(7),
            name: text("tổ"),
            decision_no: text("số quyết định"),
            decision_date: None,
            mandate: Default::default(),
            posts: Map::default(),
            lead: Some(work.lead),
            members: Set::from([work.lead]),
        }
    );
    write!(
        "campaigns",
        Campaign {
            id: id(8),
            title: text("tên đợt"),
            purpose: text("mục đích"),
            from: today,
            to: today,
            basis: LegalBasis::StateWork,
            basis_text: text("căn cứ"),
            until: today,
            contact_until: None,
            state: CampaignState::Draft,
        }
    );
    let household = |n: u8| Household {
        no: text(&format!("số {n}")),
        head: text(&format!("chủ hộ {n}")),
        sort: text(&format!("xếp {n}")),
        hint: text(&format!("chỗ ở {n}")),
        cluster: text(&format!("cụm {n}")),
        hours: text(&format!("giờ {n}")),
        ..Household::default()
    };
    write!("households", Entry { id: id(9), household: household(1), what: Edit::Add(work.village), anyway: false });
    let fields = ["no", "head", "sort", "hint", "cluster", "hours"].map(|field| (field.to_owned(), Vec::new()));
    let what = Edit::Correct(Map::from_iter(fields));
    write!("households", Entry { id: id(9), household: household(2), what, anyway: false });

    let place = TypedPlace { village: work.village, campaign: work.campaign.id, day: today };
    let said = |n: u8, words: &str| TypedSaid {
        id: id(n),
        promise: id(n + 1),
        kind: OpinionKind::Wish,
        topic: Topic::Infra,
        urgency: Urgency::Normal,
        text: text(words),
    };
    write!(
        "typed/visits",
        TypedVisit {
            id: id(20),
            place,
            visitor: work.member,
            household: id(9),
            contact: ContactResult::MetRep,
            purposes: Vec::new(),
            next: None,
            promised: None,
            opinions: vec![said(21, "ý kiến trong phiếu")],
            note: Some(TypedNote { id: id(23), text: text("ghi chú") }),
        }
    );
    // A tab's numbers count what it wrote, and a sheet is several records.
    let seq = (1..).find(|seq| {
        let said = said(31, "ý kiến điện thoại");
        let value = TypedOpinion { place, source: Source::Telephone, household: id(9), promised: None, said };
        let change = domain::office::Write { device: officer.device, seq: *seq, seen: 0, value };
        officer.post("typed/opinions", &change).status == 200
    });
    assert!(seq.is_some());
    let opinion = AnonymousOpinion {
        id: SecretHash::of(b"a secret of this tab"),
        area: work.village,
        week: Some(today.week()),
        campaign: work.campaign.id,
        mode: ReporterMode::Anonymous,
        kind: OpinionKind::Reflection,
        topic: Topic::Environment,
        // Stored at once: what waits is sealed.
        urgency: Urgency::Urgent,
        text: text("ý kiến không tên"),
        basis: LegalBasis::Consent,
        until: Date::MAX,
        amends: None,
    };
    officer.post("typed/anonymous", &opinion).ok();
    let list = format!("STT;Chủ hộ;Thôn\n1;{};{}\n2;Lò Thị Ban;Thôn Đồng Cừ\n", text("danh sách"), text("thôn của danh sách"));
    let confirmation = DeviceId::new(8, [9; 10]).to_string();
    let form = [("file", Some("so.csv"), list.as_bytes()), ("confirmation", None, confirmation.as_bytes())];
    officer.send(Request::post("roll/import").form(&form)).ok();

    let found: Listed<HouseholdRow> = officer.find("households", "chu+ho+2+nghi%CC%83a").json();
    assert_eq!(found.rows.iter().map(|row| row.head.as_str()).collect::<Vec<_>>(), ["chủ hộ 2 Nghĩa Trắng"]);
    let rows = server.dump();
    let holds = |text: &str| rows.iter().any(|row| row.contains(text) || row.contains(&hex(text)));
    for decomposed in ["Nghi\u{303}a", "Tra\u{306}\u{301}ng"] {
        assert!(!holds(decomposed), "{decomposed}");
    }
    for text in typed.into_inner() {
        assert!(holds(&text), "{text}");
    }
}
