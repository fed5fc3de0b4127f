//! What is inside operations and records: parts, fields and states stay bytes until somebody asks for them. Here each is
//! damaged by itself, and what still reads is judged as a server does and shown as a phone does.

use super::{Chance, corpus, read, survives, turns};
use domain::ahead::Ahead;
use domain::campaign::{Assignment, Campaign};
use domain::cbor;
use domain::code_book::CodeEntry;
use domain::household::Household;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::meeting::{Meeting, MeetingFacts, MeetingOpinion, MeetingWords};
use domain::notebook::{Ask, Filter, Location, Notebook};
use domain::operation::{Dot, Kind, Operation, Part, Scope};
use domain::opinion::{Opinion, Reporter};
use domain::organization::Organization;
use domain::person::{Grant, GrantSet, Person};
use domain::receive::{self, Applied, Known, Verdict};
use domain::record::{Body, Digest, Record};
use domain::register::{Register, Values};
use domain::team::{Mandate, Post, Team};
use domain::time::{Date, Time};
use domain::unit::{FormerName, Unit};
use domain::verification::{DayClosing, Verification};
use domain::visit::{Callback, CallbackContact, Note, Visit};
use domain::wire::Frame;
use serde_bytes::ByteBuf;

/// The golden operations and records.
fn samples() -> (Vec<Operation>, Vec<Record>) {
    let samples = corpus("golden/v1", &["cbor"]);
    let operations: Vec<_> = samples.iter().filter_map(|(_, bytes)| cbor::decode(bytes).ok()).collect();
    let records: Vec<_> = samples.iter().filter_map(|(_, bytes)| cbor::decode(bytes).ok()).collect();
    assert!(operations.len() > 15 && records.len() > 15);
    (operations, records)
}

/// Whatever stays bytes in these, and what is in that.
fn pieces(operations: &[Operation], records: &[Record]) -> Vec<Vec<u8>> {
    let mut pieces: Vec<Vec<u8>> = operations.iter().flat_map(|operation| operation.parts.values().map(|part| part.to_vec())).collect();
    for record in records {
        match &record.body {
            Body::Event(event) => pieces.extend(event.parts.values().map(|part| part.to_vec())),
            Body::Registry(registry) => {
                let edited = registry.state.edited.values().flat_map(|siblings| siblings.values.iter().map(|sibling| &sibling.value));
                pieces.extend(registry.state.first.values().chain(edited).map(|value| value.to_vec()));
                pieces.push(cbor::encode(&registry.state.first));
            }
            Body::Workflow(workflow) => {
                pieces.push(workflow.state.to_vec());
                let meeting: Option<Meeting> = workflow.read();
                pieces.extend(meeting.iter().flat_map(|meeting| meeting.parts.values().map(|part| part.to_vec())));
            }
            Body::Anonymous(_) => {}
        }
    }
    pieces.sort();
    pieces.dedup();
    pieces
}

#[test]
fn parts_and_states_and_fields() {
    let (operations, records) = samples();
    let pieces = pieces(&operations, &records);
    assert!(pieces.len() > 60);
    for (n, piece) in pieces.iter().enumerate() {
        let mut chance = Chance(10_000 + n as u64);
        for turn in turns(60) {
            let other = &pieces[chance.below(pieces.len())];
            let bytes = chance.spoil(piece, other);
            survives("a part", turn, &bytes, |bytes| {
                read::<Visit>(bytes);
                read::<Opinion>(bytes);
                read::<Reporter>(bytes);
                read::<Note>(bytes);
                read::<Callback>(bytes);
                read::<CallbackContact>(bytes);
                read::<Verification>(bytes);
                read::<DayClosing>(bytes);
                read::<MeetingFacts>(bytes);
                read::<MeetingWords>(bytes);
                read::<MeetingOpinion>(bytes);
                read::<Meeting>(bytes);
                read::<Campaign>(bytes);
                read::<Assignment>(bytes);
                read::<Person>(bytes);
                read::<Ahead>(bytes);
                read::<Mandate>(bytes);
                read::<Post>(bytes);
                read::<Vec<FormerName>>(bytes);
                read::<Values>(bytes);
                if let Ok(values) = cbor::decode(bytes) {
                    as_registers(values);
                }
            });
        }
    }
}

/// What registers are read as, whatever kind they are of, and again from the values of that.
fn as_registers(first: Values) {
    let id = RecordId::new(1, [1; 10]);
    let state = |first: Values| Register { first, ..Register::default() };
    let registers = state(first);
    let household = Household::read(&registers);
    let _ = (household.check(), household.check_limits());
    assert_eq!(Household::read(&state(household.values())), household);
    if let Some(unit) = Unit::read(id.into(), &registers) {
        assert_eq!(Unit::read(id.into(), &state(unit.values())), Some(unit));
    }
    if let Some(team) = Team::read(id, &registers) {
        let _ = team.check();
        assert_eq!(Team::read(id, &state(team.values())), Some(team));
    }
    if let Some(organization) = Organization::read(id, &registers) {
        assert_eq!(Organization::read(id, &state(organization.values())), Some(organization));
    }
    if let Some(entry) = CodeEntry::read(id, &registers) {
        assert_eq!(CodeEntry::read(id, &state(entry.values())), Some(entry));
    }
}

fn me() -> PersonId {
    PersonId::new(1, [1; 10])
}

/// Whatever passes is what the document says that its kind is, and neither server nor phone stumbles over it.
#[test]
fn what_is_judged_and_shown() {
    let (operations, records) = samples();
    let pieces = pieces(&operations, &records);
    let mut applied = 0;
    for (n, operation) in operations.iter().enumerate() {
        let name = operation.header.kind.code();
        let mut chance = Chance(11_000 + n as u64);
        let mut notebook = Notebook::new(me());
        for (slot, record) in (0u16..).zip(&records) {
            notebook.apply(record, operation.header.area, Location::Page { page: 1, slot }, 0);
        }
        for turn in turns(120) {
            let mut bent = operation.clone();
            let another = &operations[chance.below(operations.len())];
            let bytes = match chance.below(4) {
                0 => chance.spoil(&cbor::encode(operation), &cbor::encode(another)),
                1 => {
                    bent.header.change = another.header.change.clone();
                    cbor::encode(&bent)
                }
                _ => {
                    let part = [Part::Facts, Part::Text, Part::Contact][chance.below(3)];
                    let other = &pieces[chance.below(pieces.len())];
                    let own = operation.parts.get(&part).map_or(other.as_slice(), |part| part.as_slice());
                    bent.parts.insert(part, ByteBuf::from(if chance.below(3) == 0 { other.clone() } else { chance.spoil(own, other) }));
                    cbor::encode(&bent)
                }
            };
            survives(name, turn, &bytes, |bytes| applied += judge(bytes, turn + 1, &records, &mut notebook));
        }
        let cache: Vec<Vec<u8>> = notebook.to_cache().collect();
        assert!(Notebook::from_cache(me(), cache.into_iter()).is_some(), "{name}");
    }
    // Else nothing of this says anything.
    assert!(applied > 500, "{applied}");
}

/// Judges bytes as those of somebody who may write everything, where nothing is known of their record and where it is there;
/// says how often they passed.
fn judge(bytes: &[u8], seq: u64, records: &[Record], notebook: &mut Notebook) -> usize {
    let Ok(operation) = receive::open(&Frame { seq, bytes: ByteBuf::from(bytes) }) else { return 0 };
    let (scope, other, device) = (operation.scope(), PersonId::new(2, [2; 10]), DeviceId::new(3, [3; 10]));
    let (dot, now) = (Dot { device, seq }, Time(1_795_300_000_000));
    let grants = GrantSet { version: 1, grants: vec![Grant { scope, read: true, write: true }] };
    let about = receive::about(&operation).and_then(|(kind, _)| kind.shape()).map(|(_, stream)| Scope { stream, ..scope });
    let there = records.iter().find(|record| record.kind == operation.header.kind && !matches!(record.body, Body::Event(_)));
    let mut applied = 0;
    for current in [None, there] {
        let known = Known {
            grants: Some(&grants),
            current: current.map(|record| (scope, Record { id: operation.header.record, ..record.clone() })),
            target: Some((scope, me())),
            about,
            looked_at: receive::looked_at(&operation).iter().map(|_| Some((scope, other))).collect(),
            verifies: true,
            ..Known::default()
        };
        if let Verdict::Apply(sound) = receive::judge(operation.clone(), dot, me(), now, known) {
            applied += 1;
            check(&sound, current.is_some());
            notebook.apply(&sound.record, scope.area, Location::Page { page: 2, slot: seq as u16 }, 0);
        }
    }
    notebook.apply_own(&operation, dot, None);
    show(notebook, &operation);
    applied
}

/// What was let through has the parts of its kind, each of which can be read, and is the value of its own encoding.
fn check(applied: &Applied, was_there: bool) {
    let Applied { operation, record } = applied;
    assert_eq!(cbor::decode::<Record>(&cbor::encode(record)).as_ref(), Ok(record));
    let _ = Digest::default().replace(None, Some(record));
    let parts: Vec<Part> = operation.parts.keys().copied().collect();
    let has = |only: &[Part]| assert!(parts.iter().all(|part| only.contains(part)), "{operation:?}");
    match operation.header.kind {
        Kind::Household => {
            has(&[Part::Facts, Part::Contact]);
            let Body::Registry(registry) = &record.body else { panic!("{record:?}") };
            // One that was there may hold what was allowed then.
            if !was_there {
                assert_eq!(Household::as_written(&registry.state).check_limits(), Ok(()));
            }
            for (part, values) in operation.parts.iter() {
                let values: Values = cbor::decode(values).unwrap();
                let elsewhere = |field: &&str| domain::household::FIELDS.iter().any(|(name, of)| name == field && of != part);
                assert!(!values.keys().any(|field| elsewhere(&field.as_str())), "{operation:?}");
            }
        }
        Kind::Visit | Kind::Verification | Kind::DayClosing => has(&[Part::Facts]),
        Kind::Note | Kind::MeetingOpinion | Kind::Meeting => has(&[Part::Facts, Part::Text]),
        Kind::Callback => has(&[Part::Facts, Part::Contact]),
        Kind::Opinion => {}
        _ => panic!("{operation:?} is no phone's"),
    }
}

/// Whatever a phone's pages ask of its notebook.
fn show(notebook: &Notebook, operation: &Operation) {
    let (today, campaign) = (Date::new(2026, 11, 23).unwrap(), operation.header.ground.campaign);
    let list = notebook.list(&Ask { campaign, filter: Filter::All, village: None, query: "lanh", today, limit: 50 });
    for line in &list.rows {
        for visit in notebook.visits(line.id) {
            let _ = (notebook.checked(&visit), notebook.said(visit.id));
        }
        let _ = (notebook.promised(line.id), notebook.household(line.id, campaign, today));
    }
    if let Some(campaign) = campaign {
        let _ = (notebook.today(campaign, today), notebook.members(campaign, today));
        for day in notebook.days(campaign) {
            let _ = notebook.visits_of_day(campaign, day.village, day.day);
        }
    }
    let _ = (notebook.meetings(), notebook.visit(operation.header.record), notebook.villages().len(), notebook.code_book().topics());
}
