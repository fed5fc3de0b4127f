//! The organisation's recovery key from outside: made once, deposited to, and a phone that nobody can open any more.

use crate::desk::set_up_work;
use crate::phone::{code, enrolled};
use crate::support::{Desk, PASSPHRASE, Request, TestServer, recovery_key};
use domain::book::{Edit, Entry};
use domain::household::Household;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::office::{Account, EnrolmentCode, HouseholdRow, Listed, Me, PersonChange, PersonRow, Seen, SetUp};
use domain::operation::Part;
use domain::person::Role;
use domain::recovery::{
    Deposit, NewRecoveryKey, RecoveryState, ReopenAnswer, ReopenReply, ReopenRequest, SEALED_MAX, SealedCopies, answered_to, deposited_by,
};
use domain::redaction::{Redact, RedactionReason, RedactionRow};
use domain::wire::{PROTOCOL, RefusalCode};
use seal::recovery::{PrivateKey, PublicKey, mark};
use seal::sheet::{Sheet, join, split};
use serde_bytes::ByteBuf;

/// What the phone's store is sealed under.
const DATA_KEY: [u8; 32] = [42; 32];

fn bytes(key: PublicKey) -> ByteBuf {
    ByteBuf::from(key.0.to_vec())
}

fn request(device: DeviceId, key: &PrivateKey, sealed: &[u8]) -> Request {
    let public = bytes(key.public());
    Request::post("reopen").cbor(&ReopenRequest { protocol: PROTOCOL, device, public, sealed: ByteBuf::from(sealed.to_vec()) })
}

fn leader<'a>(server: &'a TestServer, admin: &Desk<'_>) -> Desk<'a> {
    let account = Some(Account { name: "Lương Thị Hạnh".into(), login: "lanhdao".into(), passphrase: PASSPHRASE.into() });
    let change = PersonChange {
        id: PersonId::new(1, [70; 10]),
        name: "Lương Thị Hạnh".into(),
        sort: String::new(),
        role: Role::Leader,
        unit: admin.me.person.unit,
        left: false,
        account,
    };
    admin.write("people", 0, change).json::<Seen<PersonRow>>();
    server.sign_in("lanhdao")
}

#[test]
fn a_phone_whose_pin_is_forgotten_is_opened_at_the_desk() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let admin = server.sign_in("quantri");
    let leader = leader(&server, &admin);

    // When it is enrolled, the phone seals its data key to the key that came with the reply.
    let organisation = PublicKey::read(&phone.reply.recovery).unwrap();
    assert_eq!(organisation, recovery_key().public());
    let sealed = organisation.seal(&deposited_by(phone.device), [1; 32], &DATA_KEY).unwrap();
    let answer = phone.post("deposit", &Deposit { protocol: PROTOCOL, sealed: ByteBuf::from(sealed.clone()) });
    assert_eq!((answer.status, answer.body.len(), answer.header("cache-control").as_deref()), (204, 0, Some("no-store")));

    // Nobody knows its PIN any more. It asks, shows a mark, and waits; the desk learns of it.
    let own = PrivateKey::new([9; 32]);
    let shown = mark(&own.public().0);
    for _ in 0..20 {
        let answer = server.send(&request(phone.device, &own, b""));
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(answer.cbor::<ReopenReply>().answer, None, "asking again is not guessing");
    }
    assert_eq!((leader.get("session").json::<Me>().reopen, officer.get("session").json::<Me>().reopen), (1, 0));
    let state: RecoveryState = leader.get("recovery").json();
    assert_eq!((state.waiting.len(), state.past.len()), (1, 0));
    let asks = &state.waiting[0];
    assert_eq!((asks.device, asks.name.as_str(), mark(&asks.public)), (phone.device, "Vàng Thị Mỷ", shown));

    // Two of three sheets, as their keepers type them into the browser.
    let sheets = split(&recovery_key(), [6; 32]);
    let [one, _, three] = sheets.map(|sheet| Sheet::read(&sheet.rows().join("\n")).unwrap());
    let joined = join(&one, &three, &PublicKey::read(&state.key.unwrap()).unwrap()).ok().unwrap();
    let copies: SealedCopies = leader.get(&format!("recovery/{}", phone.device)).json();
    assert_eq!(copies.copies, [ByteBuf::from(sealed)]);
    let opened = joined.open(&deposited_by(phone.device), &copies.copies[0]).unwrap();
    let public = PublicKey::read(&asks.public).unwrap();
    let answer = ByteBuf::from(public.seal(&answered_to(phone.device), [2; 32], &opened).unwrap());
    let answer = ReopenAnswer { public: asks.public.clone(), answer };
    for _ in 0..2 {
        assert_eq!(leader.post(&format!("recovery/{}", phone.device), &answer).status, 204, "again is once");
    }

    // The phone, which has waited, opens it with the key of its request.
    let reply: ReopenReply = server.send(&request(phone.device, &own, b"")).cbor();
    assert_eq!(own.open(&answered_to(phone.device), &reply.answer.unwrap()), Some(DATA_KEY.to_vec()));

    // Who, which phone, when.
    let state: RecoveryState = admin.get("recovery").json();
    let past: Vec<_> = state.past.iter().map(|row| (row.device, row.name.as_str(), row.by.as_str())).collect();
    assert_eq!((state.waiting.len(), past), (0, vec![(phone.device, "Vàng Thị Mỷ", "Lương Thị Hạnh")]));
    let device = phone.device.to_string().replace('-', "");
    let journal = std::fs::read_to_string(server.dir.path().join("data/journal")).unwrap();
    let rows = server.dump();
    for action in ["GET recovery/{id}", "POST recovery/{id}"] {
        let logged = |row: &&String| row.starts_with("access") && row.contains(action) && row.replace('-', "").contains(&device);
        assert!(rows.iter().any(|row| logged(&row)), "{action}");
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in [&DATA_KEY[..], recovery_key().bytes(), own.bytes()] {
        assert!(!rows.iter().any(|row| row.contains(&hex(secret))) && !journal.contains(&hex(secret)));
    }
}

#[test]
fn the_administrator_makes_the_key_of_a_server_that_has_none() {
    let server = TestServer::start();
    let account = |login: &str| Account { name: "Ngô Thị Tám".into(), login: login.into(), passphrase: PASSPHRASE.into() };
    let (province, commune) = ("Tỉnh Sông Lĩnh".to_owned(), "Xã Phú Lĩnh".to_owned());
    let first = SetUp { admin: account("quantri"), province, commune, officer: account("canbo"), recovery: None };
    let me: Me = server.send(&Request::post(&format!("setup/{}", server.setup_token())).json(&first)).json();
    assert!(me.no_recovery_key);
    let (admin, officer) = (server.sign_in("quantri"), server.sign_in("canbo"));
    let change = PersonChange {
        id: PersonId::new(1, [71; 10]),
        name: "Vàng Thị Mỷ".into(),
        sort: String::new(),
        role: Role::FieldMember,
        unit: officer.me.person.unit,
        left: false,
        account: None,
    };
    let member = officer.write("people", 0, change).json::<Seen<PersonRow>>().value.person.id;
    let issue = || officer.post(&format!("people/{member}/code"), &());
    let refused = issue();
    assert_eq!((refused.status, refused.refused()), (409, RefusalCode::NoRecoveryKey));

    let make = |desk: &Desk<'_>, public: ByteBuf| desk.post("recovery", &NewRecoveryKey { public });
    assert_eq!(make(&officer, bytes(recovery_key().public())).refused(), RefusalCode::NotAllowed);
    for wrong in [vec![0; 32], vec![9; 31], Vec::new()] {
        let refusal = make(&admin, ByteBuf::from(wrong)).refusal();
        assert_eq!((refusal.code, refusal.about.as_deref()), (RefusalCode::Invalid, Some("key")));
    }
    for _ in 0..2 {
        assert_eq!(make(&admin, bytes(recovery_key().public())).status, 204);
    }
    let other = make(&admin, bytes(PrivateKey::new([1; 32]).public()));
    assert_eq!((other.status, other.refused()), (409, RefusalCode::Taken));
    assert!(!admin.get("session").json::<Me>().no_recovery_key);
    assert_eq!(issue().json::<EnrolmentCode>().fingerprint, recovery_key().public().fingerprint());

    // A copy of the database from before, put back, has it again.
    let server = server.alter("UPDATE meta SET recovery = NULL");
    assert_eq!(server.sign_in("quantri").get("recovery").json::<RecoveryState>().key, None);
    let server = server.restart(&["--restored"]);
    assert_eq!(server.sign_in("quantri").get("recovery").json::<RecoveryState>().key, Some(bytes(recovery_key().public())));
}

#[test]
fn a_stranger_learns_nothing_and_has_to_wait() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let large = vec![1; SEALED_MAX + 1];
    let refused = phone.post("deposit", &Deposit { protocol: PROTOCOL, sealed: ByteBuf::from(large.clone()) }).refusal();
    assert_eq!((refused.code, refused.about.as_deref()), (RefusalCode::Invalid, Some("sealed")));
    let own = PrivateKey::new([9; 32]);
    let refused = server.send(&request(phone.device, &own, &large)).refusal();
    assert_eq!((refused.code, refused.about.as_deref()), (RefusalCode::Invalid, Some("sealed")));
    let no_key = ReopenRequest { protocol: PROTOCOL, device: phone.device, public: ByteBuf::from(vec![0; 32]), sealed: ByteBuf::new() };
    let refused = server.send(&Request::post("reopen").cbor(&no_key)).refusal();
    assert_eq!((refused.code, refused.about.as_deref()), (RefusalCode::Invalid, Some("public")));
    // Asked anew and again, of which the second does not count: three so far that are no phone that waits.
    for _ in 0..2 {
        server.send(&request(phone.device, &own, b"")).ok();
    }

    // Ids that nobody has, and the tab of somebody at a desk, are one and the same.
    for device in [DeviceId::new(1, [99; 10]), officer.device] {
        let answer = server.send(&request(device, &own, b""));
        assert_eq!((answer.status, answer.refused(), answer.refusal().about), (404, RefusalCode::NotFound, None));
    }
    // Nor is one key after the other.
    let next = server.send(&request(phone.device, &PrivateKey::new([1; 32]), b""));
    assert_eq!((next.status, next.refused()), (429, RefusalCode::TooMany));
    let waits = server.send(&request(phone.device, &own, b""));
    assert!(waits.refusal().wait.is_some_and(|wait| wait > 0) && waits.header("retry-after").is_some());
    // That is nobody's business but theirs: a code is enrolled meanwhile.
    assert_eq!(server.enrol(&code(&officer, work.member).code, DeviceId::new(1, [92; 10])).status, 200);
}

#[test]
fn a_lost_phone_stays_shut() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let own = PrivateKey::new([9; 32]);
    server.send(&request(phone.device, &own, b"")).ok();
    let admin = server.sign_in("quantri");
    admin.post(&format!("devices/{}/revoke", phone.device), &()).ok();
    let answer = server.send(&request(phone.device, &own, b""));
    assert_eq!((answer.status, answer.refused()), (403, RefusalCode::RevokedDevice));
    let deposit = phone.post("deposit", &Deposit { protocol: PROTOCOL, sealed: ByteBuf::from(vec![1; 80]) });
    assert_eq!((deposit.status, deposit.refused()), (403, RefusalCode::RevokedDevice));
    assert_eq!(admin.get("recovery").json::<RecoveryState>().waiting, []);
    assert_eq!(admin.get(&format!("recovery/{}", phone.device)).refused(), RefusalCode::NotFound);
    let answer = ReopenAnswer { public: bytes(own.public()), answer: ByteBuf::from(vec![1; 80]) };
    assert_eq!(admin.post(&format!("recovery/{}", phone.device), &answer).refused(), RefusalCode::RevokedDevice);
}

#[test]
fn what_was_redacted_is_not_in_a_copy_that_is_put_back() {
    let name = "Trần Thị Khuyết Danh";
    let holds = |bytes: &[u8]| bytes.windows(name.len()).any(|window| window == name.as_bytes());
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let household = Household { head: name.into(), ..Household::default() };
    let id = RecordId::new(5, [5; 10]);
    officer.write("households", 0, Entry { id, household, what: Edit::Add(work.village), anyway: false }).ok();
    let copy = server.copy();
    assert!(holds(&copy), "the test can fail");
    let asked = Redact { record: id, parts: [Part::Facts, Part::Contact].into_iter().collect(), why: RedactionReason::Asked };
    officer.write("redactions", 0, asked).ok();

    let server = server.put_back(&copy);
    let officer = server.sign_in("canbo");
    let rows = officer.get("households").json::<Listed<HouseholdRow>>().rows;
    let heads: Vec<_> = rows.iter().filter(|row| row.id == id).map(|row| row.head.as_str()).collect();
    assert_eq!(heads, ["DC-0143"], "it is there, and called by its code");
    let redacted = officer.get("redactions").json::<Listed<RedactionRow>>().rows;
    assert_eq!(redacted.iter().map(|row| (row.record, row.why)).collect::<Vec<_>>(), [(id, Some(RedactionReason::Asked))]);
    for file in std::fs::read_dir(server.dir.path().join("data")).unwrap() {
        let path = file.unwrap().path();
        assert!(!holds(&std::fs::read(&path).unwrap()), "{}", path.display());
    }
}
