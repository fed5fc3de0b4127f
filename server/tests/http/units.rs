//! Several communes on one server: who sees and changes which of them, and what their province sees.

use crate::desk::{Work, set_up_work};
use crate::phone::{batch, enrolled, frames, outcomes, pull, visit};
use crate::support::{Answer, Desk, PASSPHRASE, Phone, TestServer};
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{Account, Coverage, HouseholdRow, Listed, Me, PersonChange, Seen};
use domain::operation::{Kind, Operation, Part, Stream};
use domain::opinion::{Opinion, OpinionKind, Reporter, Topic, Urgency};
use domain::person::Role;
use domain::succession::{NewUnit, Rearrangement};
use domain::time::Date;
use domain::unit::{Level, Unit};
use domain::visit::ContactResult;
use domain::wire::{Frame, Outcome, RefusalCode};
use server::http::now;

fn units(desk: &Desk<'_>) -> Vec<Unit> {
    desk.get("units").json::<Vec<Seen<Unit>>>().into_iter().map(|seen| seen.value).collect()
}

fn unit(n: u8, parent: AreaId, level: Level, name: &str) -> Unit {
    let (id, from) = (AreaId::new(5, [n; 10]), Date::MIN);
    Unit { id, parent: Some(parent), level, name: name.into(), code: String::new(), from, to: None, succession: None, former: Vec::new() }
}

fn at_a_desk(admin: &Desk<'_>, n: u8, login: &str, role: Role, unit: AreaId) {
    let account = Some(Account { name: "Mai Thị Nhàn".into(), login: login.into(), passphrase: PASSPHRASE.into() });
    let (id, name) = (PersonId::new(1, [n; 10]), "Mai Thị Nhàn".to_owned());
    admin.write("people", 0, PersonChange { id, name, sort: String::new(), role, unit, left: false, account }).ok();
}

fn merger(n: u8, from: &[AreaId]) -> Rearrangement {
    let today = now().date();
    let new = NewUnit { id: AreaId::new(6, [n; 10]), name: format!("Thôn Nhập {n}"), code: String::new(), households: Vec::new() };
    Rearrangement {
        decision_no: "45/QĐ-UBND".into(), decision_date: today, on: today, from: from.to_vec(), into: vec![new], commune: None
    }
}

#[test]
fn each_officer_has_their_own_commune_and_an_administrator_makes_another() {
    let server = TestServer::start();
    let officer = server.officer();
    let first = officer.me.person.unit;
    let admin = server.sign_in("quantri");
    let province = units(&admin).into_iter().find(|unit| unit.level == Level::Province).unwrap().id;
    let second = unit(1, province, Level::Commune, "Phường Minh Trạch");
    assert_eq!(officer.write("units", 0, second.clone()).refused(), RefusalCode::NotAllowed, "a commune beside one's own");
    admin.write("units", 0, second.clone()).ok();
    let second = second.id;
    at_a_desk(&admin, 61, "ban-ben", Role::Officer, second);
    at_a_desk(&admin, 62, "lanh-dao", Role::Leader, second);
    at_a_desk(&admin, 63, "tinh", Role::Province, province);
    let [other, leader, viewer] = ["ban-ben", "lanh-dao", "tinh"].map(|login| server.sign_in(login));
    let villages = [(11, first), (12, first), (21, second), (22, second)];
    let villages = villages.map(|(n, commune)| unit(n, commune, Level::Village, &format!("Tổ dân phố {n}")));

    // Who makes a village where, and who merges where; nothing of what is refused is there afterwards.
    let say = |answer: Answer| if answer.status < 300 { None } else { Some(answer.refused()) };
    let no = Some(RefusalCode::NotAllowed);
    for (n, (desk, of_first, of_second)) in
        (31..).step_by(2).zip([(&leader, no, no), (&viewer, no, no), (&officer, None, no), (&other, no, None)])
    {
        let role = desk.me.person.role;
        let new = |n, commune| unit(n, commune, Level::Village, &format!("Thôn {n}"));
        assert_eq!(say(desk.write("units", 0, new(n, first))), of_first, "{role:?} in the first commune");
        assert_eq!(say(desk.write("units", 0, new(n + 1, second))), of_second, "{role:?} in the second commune");
    }
    for village in &villages {
        admin.write("units", 0, village.clone()).ok();
    }
    let names: Vec<String> = units(&admin).into_iter().map(|unit| unit.name).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("Thôn ")).count(), 2, "{names:?}");
    for (desk, n) in [(&leader, 1), (&viewer, 2), (&officer, 3)] {
        let of_second = merger(n, &[villages[2].id, villages[3].id]);
        assert_eq!(say(desk.write("units/rearrange", 0, of_second)), no, "{:?}", desk.me.person.role);
    }
    let across = merger(4, &[villages[0].id, villages[2].id]);
    assert_eq!(admin.write("units/rearrange", 0, across).refusal().about.as_deref(), Some("from"));
    let done: Vec<Seen<Unit>> = other.write("units/rearrange", 0, merger(5, &[villages[2].id, villages[3].id])).json();
    assert!(done.iter().any(|unit| unit.value.name == "Thôn Nhập 5"));

    // Who sees which.
    let seen = |desk: &Desk<'_>, commune: AreaId| units(desk).iter().any(|unit| unit.id == commune || unit.parent == Some(commune));
    for (desk, of_first, of_second) in [(&officer, true, false), (&other, false, true), (&leader, false, true), (&admin, true, true)] {
        assert_eq!((seen(desk, first), seen(desk, second)), (of_first, of_second), "{:?}", desk.me.person.role);
    }
    assert_eq!(viewer.get("units").refused(), RefusalCode::NotAllowed);
    for list in ["people", "teams", "campaigns", "assignments", "households", "visits", "opinions", "meetings", "devices"] {
        assert_eq!(viewer.get(list).refused(), RefusalCode::NotAllowed, "{list}");
    }
}

#[test]
fn two_communes_become_one_for_their_officers_and_their_province() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let first = officer.me.person.unit;
    let admin = server.sign_in("quantri");
    let province = units(&admin).into_iter().find(|unit| unit.level == Level::Province).unwrap().id;
    let second = unit(1, province, Level::Commune, "Phường Minh Trạch");
    admin.write("units", 0, second.clone()).ok();
    at_a_desk(&admin, 61, "ban-ben", Role::Officer, second.id);
    at_a_desk(&admin, 63, "tinh", Role::Province, province);
    let [other, viewer] = ["ban-ben", "tinh"].map(|login| server.sign_in(login));
    let before: Coverage = viewer.get("coverage").json();
    assert_eq!((before.communes.len(), before.total.households), (2, 142));

    let decided = merger(7, &[first, second.id]);
    for desk in [&officer, &other, &viewer] {
        assert_eq!(desk.write("units/rearrange", 0, decided.clone()).refused(), RefusalCode::NotAllowed, "{:?}", desk.me.person.role);
    }
    admin.write("units/rearrange", 0, decided.clone()).ok();
    let whole = decided.into[0].id;
    // With the sessions that they have.
    for desk in [&officer, &other] {
        let me: Me = desk.get("session").json();
        assert_eq!((me.person.unit, me.unit_name.as_str()), (whole, "Thôn Nhập 7"));
        assert_eq!(desk.get("households").json::<Listed<HouseholdRow>>().total, 142);
    }
    assert!(units(&other).iter().any(|unit| unit.id == work.village));
    other.write("units", 0, unit(8, whole, Level::Village, "Tổ dân phố 8")).ok();
    assert_eq!(other.write("units", 0, unit(9, second.id, Level::Village, "Tổ dân phố 9")).refused(), RefusalCode::Invalid);
    let after: Coverage = viewer.get("coverage").json();
    assert_eq!(after.communes.iter().map(|row| (row.commune, row.counts)).collect::<Vec<_>>(), [(whole, before.total)]);
    assert_eq!(after.total, before.total);
}

/// Visits these households, with an opinion at each; `first` is the number of the first one.
fn speak(phone: &Phone<'_>, work: &Work, homes: &[RecordId], first: u8) {
    let opinion = |home: RecordId, n: u8, visit: &Operation| {
        let facts = Opinion {
            kind: OpinionKind::Reflection,
            topic: Topic::InfraRoad,
            urgency: Urgency::Normal,
            source: domain::source::Source::default(),
        };
        let mut header = visit.header.clone();
        (header.kind, header.stream, header.record) = (Kind::Opinion, Stream::Voice, RecordId::new(3, [n; 10]));
        Operation::new(header)
            .with(Part::Facts, &facts)
            .with(Part::Text, &"Đường hỏng")
            .with(Part::Contact, &Reporter { household: home, visit: Some(visit.header.record) })
    };
    let mut all = Vec::new();
    for (n, home) in (first..).zip(homes) {
        let visit = visit(phone, work, *home, n, ContactResult::MetRep);
        all.push(opinion(*home, n, &visit));
        all.push(visit);
    }
    let sent = u64::from(first - 1) * 2;
    let frames = frames(&all).into_iter().map(|frame| Frame { seq: frame.seq + sent, ..frame });
    let answer = phone.post("push", &batch(phone, frames.collect()));
    assert_eq!(outcomes(&answer), vec![Outcome::Applied; all.len()]);
}

#[test]
fn a_province_sees_whole_communes_and_no_small_numbers_of_opinions() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let admin = server.sign_in("quantri");
    let province = units(&admin).into_iter().find(|unit| unit.level == Level::Province).unwrap().id;
    let second = unit(1, province, Level::Commune, "Phường Minh Trạch");
    admin.write("units", 0, second.clone()).ok();
    at_a_desk(&admin, 63, "tinh", Role::Province, province);
    let viewer = server.sign_in("tinh");
    let phone = enrolled(&server, &officer, work.member, 91);
    let homes: Vec<RecordId> = pull(&phone).iter().filter(|record| record.kind == Kind::Household).map(|record| record.id).collect();

    speak(&phone, &work, &homes[..4], 1);
    let look = |path: &str| viewer.get(path).json::<Coverage>();
    let whole = look("coverage");
    assert_eq!(whole.communes.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Phường Minh Trạch", "Xã Tân Khê Vân"]);
    let [none, few] = whole.communes.as_slice() else { panic!("{:?}", whole.communes) };
    assert_eq!((none.counts.households, none.opinions), (0, Some(0)));
    assert_eq!((few.counts.households, few.counts.met, few.opinions), (142, 4, None));
    assert_eq!((whole.total, whole.opinions, whole.villages.len()), (few.counts, 0, 0), "the total gives nothing away");
    // Nor does a narrower question.
    let narrower = format!("coverage?village={}&topic=INFRA.ROAD&team={}", work.village, RecordId::new(1, [31; 10]));
    assert_eq!(look(&narrower).communes, whole.communes);
    assert_eq!(look(&format!("coverage?campaign={}", work.campaign.id)).communes, whole.communes[1..]);
    let own: Coverage = officer.get("coverage").json();
    assert_eq!((own.opinions, own.villages.len(), own.communes.len()), (4, 1, 0), "the commune itself sees them");

    speak(&phone, &work, &homes[4..5], 5);
    let whole = look("coverage");
    assert_eq!((whole.communes[1].opinions, whole.opinions, whole.total.met), (Some(5), 5, 5));
    let body = String::from_utf8(viewer.get("coverage").ok().body).unwrap();
    let head = officer.get("households").json::<Listed<HouseholdRow>>().rows.remove(0).head;
    assert!(!body.contains("Đồng Cừ") && !body.contains(&head), "{body}");
}
