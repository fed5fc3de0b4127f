//! Code lists over HTTP: who sees and changes them, and where the names of own topics stand.

use crate::desk::set_up_work;
use crate::phone::{batch, enrolled, frames, outcomes, pull, visit};
use crate::support::{Desk, PASSPHRASE, TestServer};
use domain::code_book::{CodeChange, CodeEntry, CodeList, NewTopic};
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{Account, Coverage, Listed, OpinionRow, PersonChange, Seen};
use domain::operation::{Kind, Operation, Part, Stream};
use domain::opinion::{Opinion, OpinionKind, Reporter, Urgency};
use domain::person::Role;
use domain::source::Source;
use domain::time::Date;
use domain::topic::{StandardTopic, Topic};
use domain::unit::{Level, Unit};
use domain::visit::ContactResult;
use domain::wire::{Outcome, RefusalCode};

fn add(n: u8, name: &str) -> CodeChange {
    let id = RecordId::new(7, [n; 10]);
    CodeChange::Add(NewTopic { id, parent: StandardTopic::Infra, name: name.into(), name_en: String::new() })
}

fn codes(desk: &Desk<'_>) -> Vec<CodeEntry> {
    desk.get("codes").json::<Vec<Seen<CodeEntry>>>().into_iter().map(|seen| seen.value).collect()
}

#[test]
fn an_own_topic_is_named_wherever_it_is_read() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let home = pull(&phone).iter().find(|record| record.kind == Kind::Household).unwrap().id;
    let made: Seen<CodeEntry> = officer.write("codes", 0, add(1, "=Bến đò")).json();
    assert_eq!((made.value.code.as_str(), made.value.list), ("INFRA.1", CodeList::Topic));
    let twice = officer.write("codes", 0, add(2, "bến đò")).refusal();
    assert_eq!((twice.code, twice.about.as_deref()), (RefusalCode::Taken, Some("name")));
    let kept = pull(&phone).into_iter().filter(|record| record.kind == Kind::CodeEntry).count();
    assert_eq!(kept, 1);

    // The phone recorded something before it was ended, and sends it afterwards.
    let met = visit(&phone, &work, home, 1, ContactResult::MetRep);
    let mut header = met.header.clone();
    (header.kind, header.stream, header.record) = (Kind::Opinion, Stream::Voice, RecordId::new(3, [1; 10]));
    let topic = Topic::from_code("INFRA.1").unwrap();
    let facts = Opinion { kind: OpinionKind::Reflection, topic, urgency: Urgency::Normal, source: Source::default() };
    let said = Operation::new(header)
        .with(Part::Facts, &facts)
        .with(Part::Text, &"Đò không có phao.")
        .with(Part::Contact, &Reporter { household: home, visit: Some(met.header.record) });
    officer.write("codes", made.seen, CodeChange::Keep(CodeEntry { ended: true, ..made.value.clone() })).ok();
    assert_eq!(outcomes(&phone.post("push", &batch(&phone, frames(&[met, said])))), [Outcome::Applied; 2]);
    for filter in ["topic=INFRA.1", "topic=INFRA"] {
        assert_eq!(officer.get(&format!("opinions?{filter}")).json::<Listed<OpinionRow>>().rows[0].topic, topic, "{filter}");
    }
    let counted = officer.get("coverage").json::<Coverage>().topics;
    assert_eq!((counted[0].topic, counted[0].opinions), (Topic::Infra, 1));

    // What leaves the product says its name, and is harmless.
    let export = String::from_utf8(officer.get("opinions/export.csv?topic=INFRA.1").ok().body).unwrap();
    assert!(export.contains("Hạ tầng · =Bến đò") && export.contains(";Hạ tầng;'=Bến đò;"), "{export}");
}

#[test]
fn each_commune_has_its_own() {
    let server = TestServer::start();
    let officer = server.officer();
    let admin = server.sign_in("quantri");
    let units: Vec<Seen<Unit>> = admin.get("units").json();
    let (province, commune) = (units[0].value.id, officer.me.person.unit);
    let other = Unit {
        id: AreaId::new(5, [1; 10]),
        parent: Some(province),
        level: Level::Commune,
        name: "Phường Minh Trạch".into(),
        code: String::new(),
        from: Date::MIN,
        to: None,
        succession: None,
        former: Vec::new(),
    };
    admin.write("units", 0, other.clone()).ok();
    let people =
        [(61, "ban-ben", Role::Officer, other.id), (62, "lanh-dao", Role::Leader, commune), (63, "tinh", Role::Province, province)];
    for (n, login, role, unit) in people {
        let account = Some(Account { name: "Mai Thị Nhàn".into(), login: login.into(), passphrase: PASSPHRASE.into() });
        let (id, name) = (PersonId::new(1, [n; 10]), "Mai Thị Nhàn".to_owned());
        admin.write("people", 0, PersonChange { id, name, sort: String::new(), role, unit, left: false, account }).ok();
    }
    let [neighbour, leader, viewer] = ["ban-ben", "lanh-dao", "tinh"].map(|login| server.sign_in(login));
    let ours: Seen<CodeEntry> = officer.write("codes", 0, add(1, "Bến đò")).json();
    let theirs: Seen<CodeEntry> = neighbour.write("codes", 0, add(2, "Bến đò")).json();
    assert_eq!((ours.value.code.as_str(), theirs.value.code.as_str()), ("INFRA.1", "INFRA.2"));
    assert_eq!((codes(&officer), codes(&neighbour)), (vec![ours.value.clone()], vec![theirs.value]));
    // A leader reads opinions and what they are called; a province sees figures only.
    assert_eq!(codes(&leader), vec![ours.value.clone()]);
    assert_eq!(viewer.get("codes").refused(), RefusalCode::NotAllowed);
    for desk in [&leader, &viewer, &admin, &neighbour] {
        let change = CodeChange::Keep(CodeEntry { ended: true, ..ours.value.clone() });
        assert_eq!(desk.write("codes", ours.seen, change).refused(), RefusalCode::NotAllowed, "{:?}", desk.me.person.role);
    }
}
