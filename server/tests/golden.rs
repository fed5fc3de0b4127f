//! Samples of the first released format, decoded for ever: what a phone saved last year, or a journal line of the first
//! day, is read by every later build.
//!
//! A sample that is missing is written and the test fails once: look at it and commit it. A sample that is there is never
//! written again. Whoever changes the format adds samples of the new one beside these.

use domain::ahead::{Ahead, AheadState};
use domain::book::WrittenOn;
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::cbor;
use domain::code_book::{CodeEntry, CodeList};
use domain::device::{Report, Revocation};
use domain::household::{self, Household};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::incident::{Data, Harm, Incident};
use domain::meeting::{Meeting, MeetingFacts, MeetingOpinion, MeetingState, MeetingType, MeetingWords};
use domain::operation::{Change, Dot, DotRef, Ground, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Scope, Stream};
use domain::opinion::{Amends, AnonymousOpinion, Opinion, OpinionKind, Reporter, ReporterMode, SecretHash, Topic, Urgency};
use domain::organization::{OrgType, Organization};
use domain::person::{GrantSet, Person, Role};
use domain::record::{Body, Digest, Record, Registry, Workflow};
use domain::recovery::{Deposit, ReopenReply, ReopenRequest, answered_to, deposited_by};
use domain::redaction::{Redaction, RedactionReason, Told};
use domain::register::{Register, Values};
use domain::sequence::Continues;
use domain::share::Share;
use domain::short::Map;
use domain::source::Source;
use domain::succession::{NewUnit, Rearrangement, Succession};
use domain::team::{Duty, Mandate, Post, Team};
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use domain::verification::{DayClosing, Look, Verification, VoidReason};
use domain::visit::{Appointment, Callback, CallbackContact, ContactResult, Note, PurposeResult, Visit};
use domain::wire::{
    AckRun, AnonymousBatch, AnonymousReply, Cursor, EnrolReply, EnrolRequest, Fork, Frame, Mark, Outcome, PROTOCOL, Page, Pages, PullReply,
    PullRequest, Pulled, PushBatch, PushReply, Reason, Refusal, RefusalCode, Standing, Writer,
};
use seal::recovery::PrivateKey;
use seal::sheet::{Sheet, join, split};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use server::journal::Entry;
use server::keys::Keys;
use std::fmt::Debug;
use std::path::PathBuf;

fn id(n: u8) -> RecordId {
    RecordId::new(1_795_000_000_000 + u64::from(n), [n; 10])
}

fn device() -> DeviceId {
    id(1).into()
}

fn village() -> AreaId {
    id(2).into()
}

fn at() -> Time {
    Time(1_795_228_200_000)
}

fn day(month: u8, day: u8) -> Date {
    Date::new(2026, month, day).unwrap()
}

fn header(kind: Kind, stream: Stream, change: Change) -> Header {
    let ground = Ground { campaign: Some(id(3)), basis: LegalBasis::StateWork, until: day(12, 31) };
    Header { schema: SCHEMA, kind, record: id(4), area: village(), stream, change, grant: 2, at: at(), ground }
}

fn home() -> Household {
    Household { no: "12".into(), head: "Nguyễn Thị Lành".into(), phone: "0187250416".into(), people: Some(4), ..Household::default() }
}

fn create_household() -> Operation {
    let mut operation = Operation::new(header(Kind::Household, Stream::Roll, Change::Create));
    operation.parts = household::parts(home().first_values());
    operation
}

fn set_household() -> Operation {
    let base = vec![DotRef { device: None, seq: 3 }, DotRef { device: Some(id(9).into()), seq: 7 }];
    let change = Change::Set { fields: Map::from([("people".to_owned(), base)]) };
    let mut operation = Operation::new(header(Kind::Household, Stream::Roll, change));
    operation.parts = household::parts(Map::from([("people".to_owned(), ByteBuf::from(cbor::encode(&Some(5u16))))]));
    operation
}

fn visit(change: Change) -> Operation {
    let visit = Visit {
        household: id(5),
        contact: ContactResult::MetRep,
        purposes: vec![PurposeResult::InfoDelivered, PurposeResult::FollowUp],
        next: Some(Appointment { date: day(11, 25), minute: Some(1_050) }),
        promised: Some(day(12, 1)),
        source: Source::PhoneVisit,
        visitor: None,
    };
    Operation::new(header(Kind::Visit, Stream::Visit, change)).with(Part::Facts, &visit)
}

fn opinion() -> Operation {
    let facts =
        Opinion { kind: OpinionKind::Recommendation, topic: Topic::InfraIrrigation, urgency: Urgency::Normal, source: Source::PhoneVisit };
    Operation::new(header(Kind::Opinion, Stream::Voice, Change::Create))
        .with(Part::Facts, &facts)
        .with(Part::Text, &"Mương thoát nước tắc, mưa là ngập")
        .with(Part::Contact, &Reporter { household: id(5), visit: Some(id(4)) })
}

/// About a topic that a commune has added.
fn own_topic() -> Operation {
    let topic = Topic::from_code("INFRA.12").unwrap();
    let facts = Opinion { kind: OpinionKind::Wish, topic, urgency: Urgency::Normal, source: Source::PhoneVisit };
    Operation::new(header(Kind::Opinion, Stream::Voice, Change::Create))
        .with(Part::Facts, &facts)
        .with(Part::Text, &"Bến đò cần đèn")
        .with(Part::Contact, &Reporter { household: id(5), visit: Some(id(4)) })
}

/// A paper sheet, typed in at a desk.
fn typed_visit() -> Operation {
    let visit = Visit {
        household: id(5),
        contact: ContactResult::NotHome,
        purposes: Vec::new(),
        next: Some(Appointment { date: day(11, 25), minute: None }),
        promised: None,
        source: Source::Paper,
        visitor: Some(id(6).into()),
    };
    Operation::new(header(Kind::Visit, Stream::Visit, Change::Create)).with(Part::Facts, &visit)
}

/// By telephone, so that there is no visit.
fn typed_opinion() -> Operation {
    let facts =
        Opinion { kind: OpinionKind::Reflection, topic: Topic::EnvironmentWaste, urgency: Urgency::Urgent, source: Source::Telephone };
    Operation::new(header(Kind::Opinion, Stream::Voice, Change::Create))
        .with(Part::Facts, &facts)
        .with(Part::Text, &"Rác đổ ra mương")
        .with(Part::Contact, &Reporter { household: id(5), visit: None })
}

fn meeting() -> Operation {
    let facts = MeetingFacts {
        kind: MeetingType::VillageDecision,
        state: MeetingState::Concluded,
        start: Appointment { date: day(11, 21), minute: Some(1_170) },
        expected: Some(312),
        present: Some(214),
        people: Some(236),
        speakers: Some(7),
    };
    let words = MeetingWords {
        title: "Bàn góp công làm đường".into(),
        place: "Nhà văn hóa Đồng Cừ".into(),
        conclusion: "Góp ngày công, công khai dự toán".into(),
    };
    Operation::new(header(Kind::Meeting, Stream::Voice, Change::Command { expect: 1 })).with(Part::Facts, &facts).with(Part::Text, &words)
}

fn meeting_opinion() -> Operation {
    let said = Opinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::PhoneVisit };
    Operation::new(header(Kind::MeetingOpinion, Stream::Voice, Change::Create))
        .with(Part::Facts, &MeetingOpinion { meeting: id(5), said })
        .with(Part::Text, &"Làm cống hay làm cầu?")
}

fn verification(void: Option<VoidReason>) -> Operation {
    let visits = vec![Look { visit: id(4), version: id(4) }, Look { visit: id(5), version: id(6) }];
    Operation::new(header(Kind::Verification, Stream::Visit, Change::Create)).with(Part::Facts, &Verification { visits, void })
}

fn anonymous() -> AnonymousOpinion {
    AnonymousOpinion {
        id: SecretHash::of(b"a secret of thirty-two bytes ...."),
        area: village(),
        week: Some(day(11, 16)),
        campaign: id(3),
        mode: ReporterMode::Group,
        kind: OpinionKind::Reflection,
        topic: Topic::EnvironmentAir,
        urgency: Urgency::Normal,
        text: "Khói lò gạch".into(),
        basis: LegalBasis::StateWork,
        until: day(12, 31),
        amends: Some(Amends::Proof(ByteBuf::from(b"the first secret".to_vec()))),
    }
}

fn household_record() -> Record {
    let mut state = Register::default();
    let created = create_household();
    state.apply(device(), 1, &created.header, home().first_values());
    let edited = set_household();
    state.apply(device(), 4, &edited.header, Map::from([("people".to_owned(), ByteBuf::from(cbor::encode(&Some(5u16))))]));
    Record { id: id(4), kind: Kind::Household, body: Body::Registry(Registry { code: "DC-0187".into(), state, ..Registry::default() }) }
}

fn campaign_record(contact_until: Option<Date>) -> Record {
    let campaign = Campaign {
        id: id(3),
        title: "Mở rộng đường liên thôn".into(),
        purpose: "Lấy ý kiến".into(),
        from: day(11, 1),
        to: day(12, 20),
        basis: LegalBasis::StateWork,
        basis_text: "Điều 19.1.c".into(),
        until: day(12, 31),
        contact_until,
        state: CampaignState::Active,
    };
    let workflow = Workflow { revision: 2, state: ByteBuf::from(cbor::encode(&campaign)) };
    Record { id: id(3), kind: Kind::Campaign, body: Body::Workflow(workflow) }
}

/// Two people wrote the number of people, and each had seen only the first value.
fn disputed_household() -> Record {
    let Record { body: Body::Registry(mut registry), .. } = household_record() else { panic!("a registry record") };
    let base = vec![DotRef { device: Some(device()), seq: 1 }];
    let set = header(Kind::Household, Stream::Roll, Change::Set { fields: Map::from([("people".to_owned(), base)]) });
    let values = Map::from([("people".to_owned(), ByteBuf::from(cbor::encode(&Some(6u16))))]);
    registry.state.apply(id(9).into(), 2, &set, values);
    assert_eq!(registry.state.disputed().count(), 1);
    Record { id: id(4), kind: Kind::Household, body: Body::Registry(registry) }
}

/// A record that the office writes, whole.
fn registry_record(kind: Kind, values: Values) -> Record {
    let mut state = Register::default();
    state.apply(device(), 1, &header(kind.clone(), Stream::Roll, Change::Create), values);
    Record { id: id(4), kind, body: Body::Registry(Registry { code: String::new(), state, ..Registry::default() }) }
}

fn workflow_record<T: Serialize>(kind: Kind, state: &T) -> Record {
    Record { id: id(4), kind, body: Body::Workflow(Workflow { revision: 1, state: ByteBuf::from(cbor::encode(state)) }) }
}

fn event_record() -> Record {
    Record::event(visit(Change::Create), Dot { device: device(), seq: 2 }, PersonId::from(id(6)), at())
}

fn standing() -> Standing {
    Standing { epoch: Epoch(id(7).0), durable_seq: 0, have: 12, time: at() }
}

fn grants() -> GrantSet {
    GrantSet::for_field(3, Role::TeamLead, &[id(8).into()], &[village()])
}

fn scope() -> Scope {
    Scope { area: village(), stream: Stream::Visit }
}

fn cursor() -> Cursor {
    Keys::new(&[42; 32]).cursor(Epoch(id(7).0), scope(), 187)
}

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/v1"))
}

/// The bytes of a sample, or the reason to look at it.
fn sample(name: &str, made: &[u8], missing: &mut Vec<String>) -> Vec<u8> {
    let path = directory().join(name);
    std::fs::read(&path).unwrap_or_else(|_| {
        std::fs::create_dir_all(directory()).unwrap();
        std::fs::write(&path, made).unwrap();
        missing.push(name.to_owned());
        made.to_vec()
    })
}

#[test]
fn every_sample_is_read() {
    let mut missing = Vec::new();
    let mut seen = 0;
    fn is<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T, missing: &mut Vec<String>, seen: &mut usize) {
        let bytes = sample(&format!("{name}.cbor"), &cbor::encode(value), missing);
        assert_eq!(cbor::decode::<T>(&bytes).as_ref(), Ok(value), "{name}");
        *seen += 1;
    }
    let note = Operation::new(header(Kind::Note, Stream::Voice, Change::Create))
        .with(Part::Facts, &Note { visit: id(4) })
        .with(Part::Text, &"Chó dữ");
    let callback = Operation::new(header(Kind::Callback, Stream::Callback, Change::Create))
        .with(Part::Facts, &Callback { opinion: id(4), promised: day(12, 1) })
        .with(Part::Contact, &CallbackContact { household: id(5) });
    let command = Operation::new(header(Kind::Campaign, Stream::Roll, Change::Command { expect: 1 }));
    let day_closing =
        Operation::new(header(Kind::DayClosing, Stream::Visit, Change::Create)).with(Part::Facts, &DayClosing { day: day(11, 21) });
    let redact = Change::Redact { record: id(4), parts: vec![Part::Text, Part::Contact] };
    for (name, operation) in [
        ("operation-household-create", create_household()),
        ("operation-household-set", set_household()),
        ("operation-visit-create", visit(Change::Create)),
        ("operation-visit-amend", visit(Change::Amend { of: id(5) })),
        ("operation-visit-retract", Operation::new(header(Kind::Visit, Stream::Visit, Change::Retract { of: id(5) }))),
        ("operation-opinion-create", opinion()),
        ("operation-visit-typed", typed_visit()),
        ("operation-opinion-typed", typed_opinion()),
        ("operation-opinion-own-topic", own_topic()),
        ("operation-note-create", note),
        ("operation-callback-create", callback),
        ("operation-command", command),
        ("operation-meeting-command", meeting()),
        ("operation-meeting-opinion", meeting_opinion()),
        ("operation-verification", verification(None)),
        ("operation-verification-void", verification(Some(VoidReason::Duplicate))),
        ("operation-day-closing", day_closing),
        ("operation-redact", Operation::new(header(Kind::Opinion, Stream::Voice, redact))),
        ("operation-other-kind", Operation::new(header(Kind::Other("ballot".into()), Stream::Restricted, Change::Create))),
    ] {
        is(name, &operation, &mut missing, &mut seen);
    }
    is("anonymous-opinion", &anonymous(), &mut missing, &mut seen);
    let widened = AnonymousOpinion { week: None, amends: None, ..anonymous() };
    is("anonymous-opinion-widened", &widened, &mut missing, &mut seen);
    let unit = Unit {
        id: village(),
        parent: Some(id(8).into()),
        level: Level::Village,
        name: "Thôn Đồng Cừ".into(),
        code: "DC".into(),
        from: day(7, 1),
        to: None,
        succession: None,
        former: Vec::new(),
    };
    let team = Team {
        id: id(4),
        name: "Tổ dân vận số 1".into(),
        decision_no: "45/QĐ-UBND".into(),
        decision_date: Some(day(10, 1)),
        mandate: Default::default(),
        posts: Default::default(),
        lead: Some(id(6).into()),
        members: [id(6).into()].into_iter().collect(),
    };
    let posted = Team {
        mandate: Mandate { issuer: Some(id(11)), from: Some(day(10, 5)), to: Some(day(12, 31)) },
        posts: Map::from([(id(6).into(), Post { duty: Duty::Member, organization: Some(id(11)) })]),
        ..team.clone()
    };
    let organization = Organization {
        id: id(11),
        name: "Ủy ban Mặt trận Tổ quốc xã".into(),
        kind: OrgType::FatherlandFront,
        unit: id(8).into(),
        ended: false,
    };
    let ferry = CodeEntry { name: "Bến đò".into(), name_en: "Ferries".into(), ..CodeEntry::about(id(12), CodeList::Topic, "INFRA.1") };
    let training = CodeEntry { ended: true, ..CodeEntry::about(id(12), CodeList::MeetingType, "TRAINING") };
    let person =
        Person {
            id: id(6).into(), name: "Vi Văn Thử".into(), sort: String::new(), role: Role::TeamLead, unit: id(8).into(), left: false
        };
    let succession = Succession { into: vec![id(9).into()], decision_no: "45/QĐ-UBND".into(), decision_date: Some(day(10, 25)) };
    let merged = Unit { to: Some(day(10, 31)), succession: Some(succession), ..unit.clone() };
    let parts = [("Thôn Thượng", 9, vec![]), ("Thôn Hạ", 10, vec![id(4)])];
    let parts = parts.map(|(name, n, households)| NewUnit { id: id(n).into(), name: name.into(), code: String::new(), households });
    let ahead = Ahead {
        id: id(4),
        by: id(6).into(),
        decided: Rearrangement {
            decision_no: "45/QĐ-UBND".into(),
            decision_date: day(10, 25),
            on: day(12, 1),
            from: vec![village()],
            into: parts.to_vec(),
            commune: None,
        },
        state: AheadState::Refused,
        wrong: "households".into(),
    };
    let moves = Rearrangement { commune: Some(id(11).into()), into: vec![parts[0].clone()], ..ahead.decided.clone() };
    let moves = Ahead { decided: moves, state: AheadState::Waiting, wrong: String::new(), ..ahead.clone() };
    let sorted = Person { name: "Y Thanh Niê".into(), sort: "Thanh".into(), ..person.clone() };
    let twin = Household { same_as: Some(id(5)), ..home() };
    let given = Household { unit: Some(id(9).into()), ..home() };
    let assignment =
        Assignment { id: id(4), campaign: id(3), team: id(5), village: village(), due: Some(day(12, 1)), ended: false, share: None };
    let share = Share { member: id(6).into(), households: [id(4), id(5)].into_iter().collect() };
    let shared = Assignment { share: Some(share), ..assignment.clone() };
    let Operation { header: commanded, parts } = meeting();
    let held = Meeting { by: id(6).into(), ground: commanded.ground, parts };
    let incident = Incident {
        id: id(4),
        detected: at(),
        happened: Some(day(11, 20)),
        what: "Mất một điện thoại ở chợ".into(),
        data: vec![Data::Contact, Data::Visit],
        people: Some(120),
        harm: Harm::May,
        consequences: "Người nhặt được có thể gọi cho các hộ".into(),
        measures: "Đã thu hồi máy".into(),
        contact: "Bộ phận bảo vệ dữ liệu của xã".into(),
        notified: Some(at().plus_hours(20)),
        reference: "12/CV-UBND".into(),
        device: Some(device()),
    };
    for (name, record) in [
        ("record-household", household_record()),
        ("record-visit", event_record()),
        ("record-household-disputed", disputed_household()),
        ("record-campaign", campaign_record(None)),
        ("record-campaign-contact", campaign_record(Some(day(12, 31)))),
        ("record-unit", registry_record(Kind::Unit, unit.values())),
        ("record-unit-merged", registry_record(Kind::Unit, merged.values())),
        ("record-unit-renamed", registry_record(Kind::Unit, unit.clone().renamed("Thôn Đồng Tâm".into(), day(11, 1)).values())),
        ("record-rearrangement", workflow_record(Kind::Rearrangement, &ahead)),
        ("record-rearrangement-moved", workflow_record(Kind::Rearrangement, &moves)),
        ("record-incident", workflow_record(Kind::Incident, &incident)),
        ("record-household-given", registry_record(Kind::Household, given.first_values())),
        ("record-household-twin", registry_record(Kind::Household, twin.first_values())),
        ("record-person-sorted", workflow_record(Kind::Person, &sorted)),
        ("record-team", registry_record(Kind::Team, team.values())),
        ("record-person", workflow_record(Kind::Person, &person)),
        ("record-team-posts", registry_record(Kind::Team, posted.values())),
        ("record-organization", registry_record(Kind::Organization, organization.values())),
        ("record-code-entry", registry_record(Kind::CodeEntry, ferry.values())),
        ("record-code-entry-ended", registry_record(Kind::CodeEntry, training.values())),
        ("record-assignment", workflow_record(Kind::Assignment, &assignment)),
        ("record-assignment-share", workflow_record(Kind::Assignment, &shared)),
        ("record-household-redacted", {
            let mut record = household_record();
            record.erase(&[Part::Contact].into_iter().collect());
            record
        }),
        ("record-meeting", workflow_record(Kind::Meeting, &held)),
        (
            "record-anonymous",
            Record::released(AnonymousOpinion { amends: anonymous().amends.map(|it| Amends::Of(it.of())), ..anonymous() }),
        ),
    ] {
        is(name, &record, &mut missing, &mut seen);
    }
    let frame = Frame { seq: 12, bytes: ByteBuf::from(cbor::encode(&visit(Change::Create))) };
    is("push-batch", &PushBatch::of(device(), vec![frame]), &mut missing, &mut seen);
    let report = Some(Report { build: "0.1.0 4935a3b0".into(), waiting: 187 });
    let reporting = PushBatch { report: report.clone(), ..PushBatch::of(device(), Vec::new()) };
    is("push-batch-report", &reporting, &mut missing, &mut seen);
    let knowing = PushBatch { report: None, epoch: Some(standing().epoch), ..reporting };
    is("push-batch-epoch", &knowing, &mut missing, &mut seen);
    is("push-batch-isolate", &PushBatch { isolate: true, ..knowing.clone() }, &mut missing, &mut seen);
    is("push-batch-renumbers", &PushBatch { renumbers: true, ..knowing }, &mut missing, &mut seen);
    is("push-batch-last-word", &PushBatch::last_word(device()), &mut missing, &mut seen);
    is("push-reply-ends", &PushReply { standing: standing(), acks: Vec::new(), fork: None, ends: true }, &mut missing, &mut seen);
    let ack = |from, count, outcome| AckRun { from, count, outcome, received_at: at() };
    let acks = vec![
        ack(1, 9, Outcome::Applied),
        ack(10, 1, Outcome::Duplicate),
        ack(11, 1, Outcome::Quarantined(Reason::Forked)),
        ack(12, 1, Outcome::Busy),
    ];
    is("push-reply", &PushReply { standing: standing(), acks, fork: None, ends: false }, &mut missing, &mut seen);
    let suspected = vec![ack(13, 1, Outcome::Quarantined(Reason::Suspect))];
    is("push-reply-suspect", &PushReply { standing: standing(), acks: suspected, fork: None, ends: false }, &mut missing, &mut seen);
    let fork = Fork { device: id(9).into(), token: Keys::new(&[42; 32]).token(id(9).into()), up_to: 11 };
    let forked = PushReply { standing: standing(), acks: vec![ack(11, 1, Outcome::Duplicate)], fork: Some(fork), ends: false };
    is("push-reply-fork", &forked, &mut missing, &mut seen);
    let opinions = vec![ByteBuf::from(cbor::encode(&anonymous()))];
    is("anonymous-batch", &AnonymousBatch { protocol: PROTOCOL, opinions }, &mut missing, &mut seen);
    is("anonymous-reply", &AnonymousReply { standing: standing(), stored: vec![anonymous().id] }, &mut missing, &mut seen);
    let idle = PullRequest {
        protocol: PROTOCOL,
        mark: Some(Mark([9; 16])),
        cursors: Vec::new(),
        report: None,
        refused: Vec::new(),
        redacted: None,
    };
    is("pull-request-idle", &idle, &mut missing, &mut seen);
    is("pull-request-report", &PullRequest { report, ..idle.clone() }, &mut missing, &mut seen);
    is("pull-request-refused", &PullRequest { refused: vec![11, 13], ..idle.clone() }, &mut missing, &mut seen);
    is("pull-request-redacted", &PullRequest { redacted: Some(7), ..idle.clone() }, &mut missing, &mut seen);
    is("pull-request", &PullRequest { mark: None, cursors: vec![cursor()], ..idle }, &mut missing, &mut seen);
    let page =
        Page { cursor: cursor(), records: vec![ByteBuf::from(cbor::encode(&event_record()))], digest: Digest(187), writers: Vec::new() };
    let writer = |device: DeviceId, person: u8, on| Writer { device, person: id(person).into(), on };
    let writers = vec![writer(device(), 6, WrittenOn::Phone), writer(id(9).into(), 10, WrittenOn::Phone)];
    let page_of_two = Page { records: vec![ByteBuf::from(cbor::encode(&disputed_household()))], writers, ..page.clone() };
    let disputed = Pages { grants: grants(), pages: vec![page_of_two], more: false, mark: Mark([9; 16]), left: 0 };
    let disputed = PullReply { standing: standing(), pulled: Pulled::Pages(disputed), taken: Vec::new(), redactions: None };
    is("pull-reply-writers", &disputed, &mut missing, &mut seen);
    let Pulled::Pages(mut elsewhere) = disputed.pulled.clone() else { panic!("pages") };
    elsewhere.pages[0].writers = vec![writer(device(), 6, WrittenOn::Import), writer(id(9).into(), 10, WrittenOn::Desk)];
    let elsewhere = PullReply { pulled: Pulled::Pages(elsewhere), ..disputed };
    is("pull-reply-writers-elsewhere", &elsewhere, &mut missing, &mut seen);
    let taken = PullReply { standing: standing(), pulled: Pulled::Same, taken: vec![ack(11, 1, Outcome::Applied)], redactions: None };
    is("pull-reply-taken", &taken, &mut missing, &mut seen);
    let scope = Scope { area: village(), stream: Stream::Voice };
    let redaction = Redaction { record: id(4), scope, parts: [Part::Text, Part::Contact].into_iter().collect() };
    let told = Told { up_to: 7, redactions: vec![redaction] };
    let told = PullReply { standing: standing(), pulled: Pulled::Same, taken: Vec::new(), redactions: Some(told) };
    is("pull-reply-redactions", &told, &mut missing, &mut seen);
    let pages = Pages { grants: grants(), pages: vec![page], more: true, mark: Mark([9; 16]), left: 3 };
    for (name, pulled) in
        [("pull-reply-same", Pulled::Same), ("pull-reply-differs", Pulled::Differs), ("pull-reply-pages", Pulled::Pages(pages))]
    {
        is(name, &PullReply { standing: standing(), pulled, taken: Vec::new(), redactions: None }, &mut missing, &mut seen);
    }
    is("enrol-request", &EnrolRequest { protocol: PROTOCOL, code: "KV3T-8Q4M".into(), device: device() }, &mut missing, &mut seen);
    let welcome = EnrolReply {
        standing: standing(),
        token: Keys::new(&[42; 32]).token(device()),
        person: id(6).into(),
        name: "Vi Văn Thử".into(),
        role: Role::TeamLead,
        unit: id(8).into(),
        unit_name: "Xã Đồng Cừ".into(),
        grants: grants(),
        recovery: ByteBuf::new(),
    };
    is("enrol-reply", &welcome, &mut missing, &mut seen);
    let key = ByteBuf::from(PrivateKey::new([9; 32]).public().0.to_vec());
    is("enrol-reply-recovery", &EnrolReply { recovery: key, ..welcome }, &mut missing, &mut seen);
    let sealed = PrivateKey::new([9; 32]).public().seal(&deposited_by(device()), [8; 32], &[42; 32]);
    let deposit = Deposit { protocol: PROTOCOL, sealed: ByteBuf::from(sealed.unwrap()) };
    is("deposit", &deposit, &mut missing, &mut seen);
    let public = PrivateKey::new([10; 32]).public();
    let request = ReopenRequest { protocol: PROTOCOL, device: device(), public: ByteBuf::from(public.0.to_vec()), sealed: deposit.sealed };
    is("reopen-request", &request, &mut missing, &mut seen);
    is("reopen-reply", &ReopenReply { answer: None }, &mut missing, &mut seen);
    let answer = public.seal(&answered_to(device()), [7; 32], &[42; 32]).map(ByteBuf::from);
    is("reopen-reply-answered", &ReopenReply { answer }, &mut missing, &mut seen);
    let no_key = Refusal { code: RefusalCode::NoRecoveryKey, about: None, wait: None };
    is("refusal-no-recovery-key", &no_key, &mut missing, &mut seen);
    let refusal = Refusal { code: RefusalCode::TooMany, about: Some("code".into()), wait: Some(60) };
    is("refusal", &refusal, &mut missing, &mut seen);
    // Nothing in the folder that this test does not read.
    let there =
        std::fs::read_dir(directory()).unwrap().filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == "cbor"));
    assert_eq!(there.count(), seen);
    assert_eq!(missing, Vec::<String>::new(), "these samples were missing and have been written: look at them and commit them");
}

#[test]
fn a_reason_of_a_later_server_is_read_by_the_phones_of_today() {
    let acks = vec![AckRun { from: 1, count: 1, outcome: Outcome::Quarantined(Reason::Stale), received_at: at() }];
    let mut bytes = cbor::encode(&PushReply { standing: standing(), acks, fork: None, ends: false });
    let at = bytes.windows(5).position(|word| word == b"stale").unwrap();
    bytes[at..at + 5].copy_from_slice(b"novel");
    let reply: PushReply = cbor::decode(&bytes).unwrap();
    assert_eq!(reply.acks[0].outcome, Outcome::Quarantined(Reason::Other));
}

#[test]
fn somebody_who_writes_on_a_thing_of_a_later_build_is_still_somebody() {
    let writer = Writer { device: device(), person: id(6).into(), on: WrittenOn::Desk };
    let mut bytes = cbor::encode(&writer);
    let at = bytes.windows(4).position(|word| word == b"desk").unwrap();
    bytes[at..at + 4].copy_from_slice(b"lamp");
    assert_eq!(cbor::decode(&bytes), Ok(Writer { on: WrittenOn::Phone, ..writer }));
}

#[test]
fn what_the_keys_signed_is_still_theirs() {
    let mut missing = Vec::new();
    let keys = Keys::new(&[42; 32]);
    let bytes = sample(
        "pull-request.cbor",
        &cbor::encode(&PullRequest { protocol: 1, mark: None, cursors: vec![cursor()], report: None, refused: Vec::new(), redacted: None }),
        &mut missing,
    );
    let request: PullRequest = cbor::decode(&bytes).unwrap();
    assert_eq!(keys.read_cursor(Epoch(id(7).0), &request.cursors[0]), Some(187));
    let token = sample("device-token.txt", keys.token(device()).as_bytes(), &mut missing);
    assert_eq!(keys.read_token(std::str::from_utf8(&token).unwrap()), Some(device()));
    assert_eq!(missing, Vec::<String>::new(), "these samples were missing and have been written: look at them and commit them");
}

/// What a phone sealed in its first year is opened by the sheets of that year.
#[test]
fn what_was_sealed_to_the_recovery_key_is_still_opened() {
    let deposit: Deposit = cbor::decode(&std::fs::read(directory().join("deposit.cbor")).unwrap()).unwrap();
    let key = PrivateKey::new([9; 32]);
    let mut missing = Vec::new();
    let sheets = split(&key, [11; 32]).map(|sheet| sheet.rows().join(" "));
    let text = String::from_utf8(sample("sheets.txt", sheets.join("\n").as_bytes(), &mut missing)).unwrap();
    let read: Vec<Sheet> = text.lines().map(|line| Sheet::read(line).unwrap()).collect();
    for (one, two) in [(0, 1), (1, 2), (2, 0)] {
        let joined = join(&read[one], &read[two], &key.public()).ok().unwrap();
        assert_eq!(joined.open(&deposited_by(device()), &deposit.sealed), Some(vec![42; 32]));
    }
    let reply: ReopenReply = cbor::decode(&std::fs::read(directory().join("reopen-reply-answered.cbor")).unwrap()).unwrap();
    assert_eq!(PrivateKey::new([10; 32]).open(&answered_to(device()), &reply.answer.unwrap()), Some(vec![42; 32]));
    assert_eq!(missing, Vec::<String>::new(), "these samples were missing and have been written: look at them and commit them");
}

#[test]
fn the_journal_of_the_first_day_is_read() {
    let mut missing = Vec::new();
    let entries = [
        Entry::Enrolled { device: device(), person: id(6).into(), code: [7; 32], at: at() },
        Entry::Grants { person: id(6).into(), grants: grants(), from: at() },
        Entry::Revoked { device: device(), at: at(), why: Revocation::Lost },
    ];
    let text = sample("journal.txt", entries.iter().map(Entry::line).collect::<String>().as_bytes(), &mut missing);
    let read: Vec<Option<Entry>> = String::from_utf8(text).unwrap().lines().map(Entry::read).collect();
    assert_eq!(read, entries.map(Some));
    let replaced = Entry::Revoked { device: device(), at: at(), why: Revocation::Replaced };
    let text = sample("journal-replaced.txt", replaced.line().as_bytes(), &mut missing);
    assert_eq!(Entry::read(std::str::from_utf8(&text).unwrap()), Some(replaced));
    let destroyed = Entry::Destroyed { device: device(), at: at() };
    let text = sample("journal-destroyed.txt", destroyed.line().as_bytes(), &mut missing);
    assert_eq!(Entry::read(std::str::from_utf8(&text).unwrap()), Some(destroyed));
    let continues = Continues { device: device(), up_to: 11 };
    let continued = Entry::Continued { device: id(9).into(), person: id(6).into(), continues, at: at() };
    let text = sample("journal-continued.txt", continued.line().as_bytes(), &mut missing);
    assert_eq!(Entry::read(std::str::from_utf8(&text).unwrap()), Some(continued));
    let entries = [
        Entry::RecoveryKey { public: PrivateKey::new([9; 32]).public().0, at: at() },
        Entry::Reopened { device: device(), by: id(6).into(), at: at() },
    ];
    let text = sample("journal-recovery.txt", entries.iter().map(Entry::line).collect::<String>().as_bytes(), &mut missing);
    let read: Vec<Option<Entry>> = String::from_utf8(text).unwrap().lines().map(Entry::read).collect();
    assert_eq!(read, entries.map(Some));
    let redacted = |why| Entry::Redacted {
        record: id(4),
        scope: Scope { area: village(), stream: Stream::Voice },
        kind: Kind::Opinion,
        parts: [Part::Text, Part::Contact].into_iter().collect(),
        at: at(),
        by: Some(id(6).into()),
        why,
    };
    for (name, why) in [("journal-redacted.txt", None), ("journal-redacted-why.txt", Some(RedactionReason::Mistaken))] {
        let redacted = redacted(why);
        let text = sample(name, redacted.line().as_bytes(), &mut missing);
        assert_eq!(Entry::read(std::str::from_utf8(&text).unwrap()), Some(redacted));
    }
    assert_eq!(missing, Vec::<String>::new(), "these samples were missing and have been written: look at them and commit them");
}

#[test]
fn what_waits_in_the_pool_is_still_opened() {
    let mut missing = Vec::new();
    let keys = Keys::new(&[42; 32]);
    let plain = cbor::encode(&anonymous());
    let name = keys.name(anonymous().id.bytes());
    let sealed = sample("pool.sealed", &keys.seal("pool", &name, &plain).unwrap(), &mut missing);
    assert_eq!(keys.unseal("pool", &name, &sealed), Some(plain));
    assert_eq!(keys.unseal("replaced", &name, &sealed), None);
    assert_eq!(missing, Vec::<String>::new(), "these samples were missing and have been written: look at them and commit them");
}
