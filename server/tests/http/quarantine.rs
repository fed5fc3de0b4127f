//! What waits for a person, judged again: by a press, and by the start of a server.

use crate::desk::set_up_work;
use crate::phone::{batch, enrolled, frames, outcomes, visit};
use crate::support::{Phone, TestServer};
use domain::book::{Edit, Entry};
use domain::household::Household;
use domain::id::RecordId;
use domain::office::{Listed, QuarantineRow, VisitRow};
use domain::quarantine::{TakeIn, TakenIn, Waiting};
use domain::visit::ContactResult;
use domain::wire::{Outcome, PROTOCOL, PullReply, PullRequest, Reason, RefusalCode, each};

#[test]
fn what_waits_is_taken_in_by_a_press_and_by_a_start() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let missing = RecordId::new(5, [5; 10]);
    let visits = [1, 2].map(|n| visit(&phone, &work, missing, n, ContactResult::MetRep));
    let invalid = Outcome::Quarantined(Reason::Invalid);
    assert_eq!(outcomes(&phone.post("push", &batch(&phone, frames(&visits)))), [invalid; 2]);
    let waiting: Vec<QuarantineRow> = officer.get("quarantine").json();
    let (first, second) = (Waiting { device: phone.device, seq: 1 }, Waiting { device: phone.device, seq: 2 });
    assert_eq!(waiting.iter().map(|row| row.waiting).collect::<Vec<_>>(), [Some(first), Some(second)]);
    let press = |what: TakeIn| officer.post("quarantine", &what);
    let still: TakenIn = press(TakeIn::All(Reason::Invalid)).json();
    assert_eq!(still, TakenIn { waiting: vec![(Reason::Invalid, 2)], ..TakenIn::default() });
    assert_eq!(press(TakeIn::One(Waiting { seq: 3, ..first })).refused(), RefusalCode::NotFound);

    let household = Household { head: "Vì Thị Sen".into(), ..Household::default() };
    let entry = Entry { id: missing, household, what: Edit::Add(work.village), anyway: false };
    officer.write("households", 0, entry).ok();
    // Of the second one an earlier build had said that it could not read it.
    let (device, token, commune) = (phone.device, phone.reply.clone(), officer.me.person.unit);
    let server = server.alter("UPDATE quarantine SET reason = 'unreadable' WHERE seq = 2");
    let officer = server.sign_in("canbo");
    assert_eq!(officer.me.person.unit, commune);
    let phone = Phone { server: &server, device, reply: token };
    let total = || officer.get("visits").json::<Listed<VisitRow>>().total;
    // At its start it read that one, and what waited beside it came in, too.
    assert_eq!((officer.get("quarantine").json::<Vec<QuarantineRow>>(), total()), (Vec::new(), 2));
    let ask = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: vec![1, 2, 3], redacted: None };
    let reply: PullReply = phone.post("pull", &ask).cbor();
    assert_eq!(
        each(&reply.taken).map(|(seq, outcome, _)| (seq, outcome)).collect::<Vec<_>>(),
        [(1, Outcome::Applied), (2, Outcome::Applied)]
    );
    let nothing: TakenIn = officer.post("quarantine", &TakeIn::All(Reason::Invalid)).json();
    assert_eq!(nothing, TakenIn::default());
}

#[test]
fn whose_words_were_read_is_in_the_access_log() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let visits = [visit(&phone, &work, RecordId::new(5, [5; 10]), 1, ContactResult::MetRep)];
    assert_eq!(outcomes(&phone.post("push", &batch(&phone, frames(&visits)))), [Outcome::Quarantined(Reason::Invalid)]);
    let device = phone.device;
    officer.get(&format!("quarantine/{device}/1")).ok();
    let device = device.to_string().replace('-', "");
    let logged = |row: &String| row.starts_with("access") && row.contains("GET quarantine/{device}/{seq}") && row.contains(&device);
    assert!(server.dump().iter().any(logged));
}
