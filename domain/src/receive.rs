//! The server's handling of one operation, without I/O: the store loads what is known, this decides, the store executes.

use crate::cbor::{self, Unreadable};
use crate::household::{Household, are_in_place, is_decided};
use crate::id::{PersonId, RecordId};
use crate::meeting::{Meeting, MeetingError, MeetingOpinion};
use crate::operation::{Change, Class, Dot, Kind, Operation, Part, Scope, Stream};
use crate::opinion::{Amends, AnonymousOpinion, Opinion, Reporter, check_text};
use crate::person::GrantSet;
use crate::record::{Body, Record, Registry, Workflow};
use crate::register::{self, Register};
use crate::short::Set;
use crate::time::Time;
use crate::verification::{DayClosing, Verification};
use crate::visit::{Callback, CallbackContact, NOTE_MAX, Note, Visit};
use crate::wire::{Frame, Reason};
use serde_bytes::ByteBuf;

/// What becomes of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same bytes were stored before; acknowledge with the first receipt time.
    Duplicate(Time),
    /// Keep the raw bytes for a person.
    Quarantine(Reason),
    /// Append to the log and store this record in its stream.
    Apply(Box<Applied>),
}

/// An operation that is applied, and the state of its record after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What goes to the log.
    pub operation: Operation,
    /// What goes to the stream.
    pub record: Record,
}

/// What the store knows about one operation before it is judged.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// An operation with the same device and number.
    pub earlier: Option<Earlier>,
    /// The grants of the version that the operation names, if its writer ever held that version.
    pub grants: Option<&'a GrantSet>,
    /// When the right to write there ended: when that version was replaced, unless the newest one goes on with it.
    pub ended: Option<Time>,
    /// The device was revoked.
    pub revoked: bool,
    /// The record as it stands now, in whatever scope it is.
    pub current: Option<(Scope, Record)>,
    /// For an amendment or a retraction: the event it is about, and who wrote it.
    pub target: Option<(Scope, PersonId)>,
    /// Where the household or the meeting is that the operation is [about], if there is one.
    pub about: Option<Scope>,
    /// Where each of the visits is that were [looked at](looked_at), and who made it; `None` for one that is not known.
    pub looked_at: Vec<Option<(Scope, PersonId)>>,
    /// The writer's role may verify what others did.
    pub verifies: bool,
    /// The parts that were redacted of the record, or of what it amends: they may be gone already.
    pub redacted: Set<Part>,
}

/// An operation with the same `(device, seq)` that was stored before.
#[derive(Clone, Copy, Debug)]
pub struct Earlier {
    /// Its bytes were these very bytes (by HMAC under its salt).
    pub same: bool,
    /// When it was received.
    pub received_at: Time,
}

/// How long after a grant ended its operations are still applied (design, "Authority").
pub const GRACE_HOURS: i64 = 30 * 24;

/// Reads a frame. What cannot be read is quarantined by the caller with [`Reason::Unreadable`].
pub fn open(frame: &Frame) -> Result<Operation, Unreadable> {
    let operation: Operation = cbor::decode(&frame.bytes)?;
    if operation.header.schema > crate::operation::SCHEMA || matches!(operation.header.kind, Kind::Other(_)) {
        return Err(Unreadable);
    }
    Ok(operation)
}

/// The household or the meeting that an event is about. It must be one of the event's own area: a visit to a made-up house
/// would count like any other, and one to a house of another village would change figures there and show its name here.
pub fn about(operation: &Operation) -> Option<(Kind, RecordId)> {
    let household = match operation.header.kind {
        Kind::Visit => operation.read::<Visit>(Part::Facts).map(|visit| visit.household),
        Kind::Opinion => operation.read::<Reporter>(Part::Contact).map(|reporter| reporter.household),
        Kind::Callback => operation.read::<CallbackContact>(Part::Contact).map(|contact| contact.household),
        Kind::MeetingOpinion => return operation.read::<MeetingOpinion>(Part::Facts).map(|said| (Kind::Meeting, said.meeting)),
        _ => None,
    };
    household.map(|id| (Kind::Household, id))
}

/// The visits that a verification is about, by their first versions.
pub fn looked_at(operation: &Operation) -> Vec<RecordId> {
    if operation.header.kind != Kind::Verification {
        return Vec::new();
    }
    let verification = operation.read::<Verification>(Part::Facts);
    verification.filter(Verification::is_sound).map(|it| it.visits.iter().map(|look| look.visit).collect()).unwrap_or_default()
}

/// Judges one readable operation of `dot.device`, held by `by`, received at `now`.
pub fn judge(operation: Operation, dot: Dot, by: PersonId, now: Time, known: Known<'_>) -> Verdict {
    if let Some(earlier) = known.earlier {
        return if earlier.same { Verdict::Duplicate(earlier.received_at) } else { Verdict::Quarantine(Reason::Forked) };
    }
    match allowed(&operation, now, &known).and_then(|()| merged(&operation, dot, by, now, &known)) {
        Ok(mut record) => {
            // Judged as it came, kept without what was redacted.
            let mut operation = operation;
            operation.erase(&known.redacted);
            record.erase(&known.redacted);
            Verdict::Apply(Box::new(Applied { operation, record }))
        }
        Err(reason) => Verdict::Quarantine(reason),
    }
}

fn allowed(operation: &Operation, now: Time, known: &Known<'_>) -> Result<(), Reason> {
    if known.revoked {
        return Err(Reason::Revoked);
    }
    if matches!(operation.header.change, Change::Redact { .. }) {
        return Err(Reason::Reserved);
    }
    let Some(grants) = known.grants else { return Err(Reason::NotAllowed) };
    if !grants.may_write(operation.scope()) || is_offices(&operation.header.kind) {
        return Err(Reason::NotAllowed);
    }
    if known.ended.is_some_and(|ended| now > ended.plus_hours(GRACE_HOURS)) {
        return Err(Reason::TooLate);
    }
    Ok(())
}

/// Units and teams are made at a desk, whatever grant a phone holds in the stream that they share with households.
fn is_offices(kind: &Kind) -> bool {
    *kind != Kind::Household && matches!(kind.shape(), Some((Class::Registry, _)))
}

/// The record as one operation makes it, if its content is right. For who may write at all it does not ask: a phone's
/// grants are [judge]'s business, a desk's role the server's.
pub fn merged(operation: &Operation, dot: Dot, by: PersonId, now: Time, known: &Known<'_>) -> Result<Record, Reason> {
    let header = &operation.header;
    let (class, stream) = header.kind.shape().ok_or(Reason::Unreadable)?;
    if stream != header.stream {
        return Err(Reason::Invalid);
    }
    let current = match &known.current {
        Some((scope, record)) if *scope == operation.scope() && record.kind == header.kind => Some(record),
        Some(_) => return Err(Reason::Exists),
        None => None,
    };
    match class {
        Class::Event => {
            check_event(operation, by, known)?;
            if current.is_some() {
                return Err(Reason::Exists);
            }
            Ok(Record::event(operation.clone(), dot, by, now))
        }
        Class::Registry => {
            let values = register::values(&operation.parts).map_err(|_| Reason::Invalid)?;
            let before = match current.map(|record| &record.body) {
                Some(Body::Registry(registry)) => registry.clone(),
                Some(_) => return Err(Reason::Exists),
                None => Registry::default(),
            };
            match &header.change {
                Change::Create if before.state.is_made() => return Err(Reason::Exists),
                Change::Create | Change::Set { .. } => {}
                _ => return Err(Reason::Invalid),
            }
            if header.kind == Kind::Household {
                check_household(operation, &values, &known.redacted)?;
            }
            let mut after = before;
            after.state.apply(dot.device, dot.seq, header, values);
            Ok(Record { id: header.record, kind: header.kind.clone(), body: Body::Registry(after) })
        }
        Class::Workflow if header.kind == Kind::Meeting => command(operation, by, current, &known.redacted),
        // Other commands are decided by the server's own services, which know the rest of the state.
        Class::Workflow => Err(Reason::Invalid),
    }
}

/// A command about a meeting: it must have seen the present state, and what it makes of it must be legal.
fn command(operation: &Operation, by: PersonId, current: Option<&Record>, redacted: &Set<Part>) -> Result<Record, Reason> {
    let Operation { header, parts } = operation;
    let Change::Command { expect } = header.change else { return Err(Reason::Invalid) };
    let before = match current.map(|record| &record.body) {
        Some(Body::Workflow(workflow)) => Some((workflow.revision, workflow.read::<Meeting>().ok_or(Reason::Unreadable)?)),
        Some(_) => return Err(Reason::Exists),
        None => None,
    };
    let revision = before.as_ref().map_or(0, |(revision, _)| *revision);
    if expect != revision {
        return Err(Reason::Stale);
    }
    let before_it = before.as_ref().map(|(_, meeting)| meeting);
    let after = Meeting::after(before_it, by, &header.ground, parts, redacted).map_err(|error| match error {
        MeetingError::NotRecorder => Reason::NotAllowed,
        _ => Reason::Invalid,
    })?;
    let body = Body::Workflow(Workflow { revision: revision + 1, state: ByteBuf::from(cbor::encode(&after)) });
    Ok(Record { id: header.record, kind: Kind::Meeting, body })
}

/// A household's values must be in their field's part, of its type and within its limits, and one that is new must have a head.
fn check_household(operation: &Operation, values: &register::Values, redacted: &Set<Part>) -> Result<(), Reason> {
    if !are_in_place(&operation.parts) {
        return Err(Reason::Invalid);
    }
    let read = Household::as_written(&Register { first: values.clone(), ..Register::default() });
    let typed = read.values();
    // What is decided is for the office to say.
    if values.iter().any(|(field, value)| is_decided(field) || typed.get(field).is_some_and(|read| read != value)) {
        return Err(Reason::Invalid);
    }
    let created = operation.header.change == Change::Create && !operation.lacks(Part::Contact, redacted);
    let whole = created || values.contains_key("head");
    let checked = if whole { read.check() } else { read.check_limits() };
    checked.map_err(|_| Reason::Invalid)
}

fn check_event(operation: &Operation, by: PersonId, known: &Known<'_>) -> Result<(), Reason> {
    match &operation.header.change {
        Change::Create => {}
        Change::Amend { .. } | Change::Retract { .. } => match known.target {
            // Only the author corrects an event, and only where it is.
            Some((scope, author)) if scope == operation.scope() && author == by => {}
            _ => return Err(Reason::Invalid),
        },
        _ => return Err(Reason::Invalid),
    }
    if matches!(operation.header.change, Change::Retract { .. }) {
        return if operation.parts.is_empty() { Ok(()) } else { Err(Reason::Invalid) };
    }
    let only = |allowed: &[Part]| operation.parts.keys().all(|part| allowed.contains(part));
    let gone = |part| operation.lacks(part, &known.redacted);
    let good = match operation.header.kind {
        Kind::Visit => only(&[Part::Facts]) && (gone(Part::Facts) || operation.read::<Visit>(Part::Facts).is_some()),
        Kind::Opinion => {
            (gone(Part::Facts) || operation.read::<Opinion>(Part::Facts).is_some())
                && (gone(Part::Contact) || operation.read::<Reporter>(Part::Contact).is_some())
                && (gone(Part::Text) || operation.read::<String>(Part::Text).is_some_and(|text| check_text(&text).is_ok()))
        }
        Kind::Note => {
            only(&[Part::Facts, Part::Text])
                && (gone(Part::Facts) || operation.read::<Note>(Part::Facts).is_some())
                && (gone(Part::Text) || operation.read::<String>(Part::Text).is_some_and(|text| text.chars().count() <= NOTE_MAX))
        }
        Kind::Callback => {
            only(&[Part::Facts, Part::Contact])
                && (gone(Part::Facts) || operation.read::<Callback>(Part::Facts).is_some())
                && (gone(Part::Contact) || operation.read::<CallbackContact>(Part::Contact).is_some())
        }
        Kind::Verification => {
            let of_others =
                |seen: &Option<(Scope, PersonId)>| seen.is_some_and(|(scope, author)| scope == operation.scope() && author != by);
            let sound = operation.read::<Verification>(Part::Facts).is_some_and(|verification| verification.is_sound());
            if !known.verifies {
                return Err(Reason::NotAllowed);
            }
            only(&[Part::Facts]) && (gone(Part::Facts) || sound) && known.looked_at.iter().all(of_others)
        }
        Kind::DayClosing => {
            if !known.verifies {
                return Err(Reason::NotAllowed);
            }
            only(&[Part::Facts]) && (gone(Part::Facts) || operation.read::<DayClosing>(Part::Facts).is_some())
        }
        Kind::MeetingOpinion => {
            only(&[Part::Facts, Part::Text])
                && (gone(Part::Facts) || operation.read::<MeetingOpinion>(Part::Facts).is_some())
                && (gone(Part::Text) || operation.read::<String>(Part::Text).is_some_and(|text| check_text(&text).is_ok()))
        }
        _ => false,
    };
    let at_home = || match about(operation) {
        Some((kind, _)) => {
            let home = kind.shape().map(|(_, stream)| Scope { area: operation.header.area, stream });
            known.about.is_some() && known.about == home
        }
        None => true,
    };
    if good && at_home() { Ok(()) } else { Err(Reason::Invalid) }
}

/// What becomes of an anonymous opinion when it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Waits without time until enough households stand behind its period; released at once if it is urgent, as the
    /// phone said it would be, and so is whatever it amends.
    Accept(Box<AnonymousOpinion>),
    /// Kept with its raw bytes and nothing of the sender.
    Quarantine(Reason),
}

/// Judges an anonymous opinion. `grants` are the versions that its sender holds or held until [`GRACE_HOURS`] ago: it
/// names none of them, since that would be a trace of the sender. They authorise it at receipt and are not kept with it.
/// `redacted` says of a readable one whether its words are deleted for ever: then they are left out, and may be missing.
pub fn judge_anonymous(bytes: &[u8], grants: &[GrantSet], redacted: bool) -> Arrival {
    let Ok(mut opinion) = cbor::decode::<AnonymousOpinion>(bytes) else { return Arrival::Quarantine(Reason::Unreadable) };
    let voice = Scope { area: opinion.area, stream: Stream::Voice };
    if !grants.iter().any(|grants| grants.may_write(voice)) {
        return Arrival::Quarantine(Reason::NotAllowed);
    }
    let monday = opinion.week.is_none_or(|week| week == week.week());
    // What it amends is named by the secret alone; and nothing amends itself.
    let proven = match &opinion.amends {
        None => true,
        Some(amends @ Amends::Proof(_)) => amends.of() != opinion.id,
        Some(Amends::Of(_)) => false,
    };
    if redacted {
        opinion.text.clear();
    }
    if (!redacted && check_text(&opinion.text).is_err()) || !monday || !proven || opinion.mode == crate::opinion::ReporterMode::Named {
        return Arrival::Quarantine(Reason::Invalid);
    }
    Arrival::Accept(Box::new(opinion))
}

/// How many households must stand behind everything that anonymous opinions share.
pub const CROWD: usize = 5;

/// How many households a window of visits gathers before it closes: two more than [`CROWD`], so that a visit or two that
/// are corrected or taken back afterwards leave the crowd whole.
pub const WINDOW: usize = CROWD + 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AreaId, DeviceId, RecordId};
    use crate::meeting::{MeetingFacts, MeetingState, MeetingType, MeetingWords};
    use crate::operation::{Ground, Header, LegalBasis, SCHEMA};
    use crate::opinion::{OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
    use crate::person::Role;
    use crate::source::Source;
    use crate::time::Date;
    use crate::verification::Look;
    use crate::visit::ContactResult;

    fn area() -> AreaId {
        AreaId::new(1, [1; 10])
    }

    fn visit(change: Change) -> Operation {
        let header = Header {
            schema: SCHEMA,
            kind: Kind::Visit,
            record: RecordId::new(2, [2; 10]),
            area: area(),
            stream: Stream::Visit,
            change,
            grant: 1,
            at: Time(5),
            ground: Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX },
        };
        let facts = Visit {
            household: RecordId::new(3, [3; 10]),
            contact: ContactResult::MetRep,
            purposes: vec![],
            next: None,
            promised: None,
            source: Source::default(),
            visitor: None,
        };
        Operation::new(header).with(Part::Facts, &facts)
    }

    fn roll() -> Scope {
        Scope { area: area(), stream: Stream::Roll }
    }

    fn voice() -> Scope {
        Scope { area: area(), stream: Stream::Voice }
    }

    fn verdict(operation: Operation, known: Known<'_>) -> Verdict {
        judge(operation, Dot { device: DeviceId::new(1, [1; 10]), seq: 1 }, PersonId::new(1, [1; 10]), Time(1_000), known)
    }

    #[test]
    fn nobody_verifies_their_own_visits() {
        let (me, other) = (PersonId::new(1, [1; 10]), PersonId::new(1, [2; 10]));
        let here = Scope { area: area(), stream: Stream::Visit };
        let elsewhere = Scope { area: AreaId::new(9, [9; 10]), ..here };
        let grants = GrantSet::for_field(1, Role::TeamLead, &[AreaId::new(8, [8; 10])], &[area()]);
        let look = |n| Look { visit: RecordId::new(2, [n; 10]), version: RecordId::new(2, [n; 10]) };
        let operation = |visits: Vec<Look>| {
            let header = Header { kind: Kind::Verification, record: RecordId::new(5, [5; 10]), ..visit(Change::Create).header };
            Operation::new(header).with(Part::Facts, &Verification { visits, void: None })
        };
        for (visits, verifies, seen, verdict) in [
            (vec![look(1)], true, vec![Some((here, other))], None),
            (vec![look(1), look(2)], true, vec![Some((here, other)), Some((here, other))], None),
            (vec![look(1)], false, vec![Some((here, other))], Some(Reason::NotAllowed)),
            (vec![look(1)], true, vec![Some((here, me))], Some(Reason::Invalid)),
            (vec![look(1), look(2)], true, vec![Some((here, other)), Some((here, me))], Some(Reason::Invalid)),
            (vec![look(1)], true, vec![Some((elsewhere, other))], Some(Reason::Invalid)),
            (vec![look(1)], true, vec![None], Some(Reason::Invalid)),
            (vec![look(1), look(1)], true, vec![], Some(Reason::Invalid)),
            (vec![], true, vec![], Some(Reason::Invalid)),
        ] {
            let operation = operation(visits);
            assert_eq!(looked_at(&operation).len(), seen.len());
            let known = Known { grants: Some(&grants), looked_at: seen.clone(), verifies, ..Known::default() };
            let judged = judge(operation, Dot { device: DeviceId::new(1, [1; 10]), seq: 1 }, me, Time(1_000), known);
            let refused = match judged {
                Verdict::Quarantine(reason) => Some(reason),
                _ => None,
            };
            assert_eq!(refused, verdict, "{verifies} {seen:?}");
        }
    }

    #[test]
    fn authority_is_judged_by_the_grant_that_the_operation_names() {
        let grants = GrantSet::for_field(1, Role::FieldMember, &[AreaId::new(9, [9; 10])], &[area()]);
        let none = GrantSet::default();
        let long_ago = Time(1_000).plus_hours(-GRACE_HOURS - 1);
        let known = |grants, ended, revoked| Known { grants, ended, revoked, about: Some(roll()), ..Known::default() };
        for (known, expected) in [
            (known(Some(&grants), None, false), None),
            (known(Some(&grants), Some(Time(900)), false), None),
            (known(Some(&grants), Some(long_ago), false), Some(Reason::TooLate)),
            (known(Some(&grants), None, true), Some(Reason::Revoked)),
            (known(Some(&none), None, false), Some(Reason::NotAllowed)),
            (known(None, None, false), Some(Reason::NotAllowed)),
        ] {
            let verdict = verdict(visit(Change::Create), known.clone());
            match expected {
                None => assert!(matches!(verdict, Verdict::Apply(_)), "{known:?}"),
                Some(reason) => assert_eq!(verdict, Verdict::Quarantine(reason), "{known:?}"),
            }
        }
    }

    #[test]
    fn an_operation_is_stored_once() {
        let known = |same| Known { earlier: Some(Earlier { same, received_at: Time(3) }), ..Known::default() };
        assert_eq!(verdict(visit(Change::Create), known(true)), Verdict::Duplicate(Time(3)));
        assert_eq!(verdict(visit(Change::Create), known(false)), Verdict::Quarantine(Reason::Forked));
    }

    #[test]
    fn only_the_author_corrects_an_event() {
        let grants = GrantSet::for_field(1, Role::FieldMember, &[AreaId::new(9, [9; 10])], &[area()]);
        let of = RecordId::new(7, [7; 10]);
        let scope = Scope { area: area(), stream: Stream::Visit };
        let other_scope = Scope { area: area(), stream: Stream::Voice };
        let me = PersonId::new(1, [1; 10]);
        for (target, good) in
            [(Some((scope, me)), true), (Some((scope, PersonId::new(2, [2; 10]))), false), (Some((other_scope, me)), false), (None, false)]
        {
            let known = Known { grants: Some(&grants), target, about: Some(roll()), ..Known::default() };
            let verdict = verdict(visit(Change::Amend { of }), known);
            assert_eq!(matches!(verdict, Verdict::Apply(_)), good, "{target:?}");
        }
        let redact = Change::Redact { record: of, parts: vec![Part::Text] };
        let known = Known { grants: Some(&grants), ..Known::default() };
        assert_eq!(verdict(visit(redact), known), Verdict::Quarantine(Reason::Reserved));
    }

    #[test]
    fn an_event_is_about_a_household_of_its_area() {
        let grants = GrantSet::for_field(1, Role::TeamLead, &[AreaId::new(9, [9; 10])], &[area()]);
        let home = RecordId::new(3, [3; 10]);
        let of = |kind, stream, parts: Vec<(Part, ByteBuf)>| {
            let Header { record, area, grant, at, ground, .. } = visit(Change::Create).header;
            let header = Header { schema: SCHEMA, kind, record, area, stream, change: Change::Create, grant, at, ground };
            Operation { header, parts: parts.into_iter().collect() }
        };
        let part = |bytes: Vec<u8>| ByteBuf::from(bytes);
        let facts = Opinion { kind: OpinionKind::Wish, topic: Topic::Infra, urgency: Urgency::Normal, source: Source::default() };
        let opinion = of(
            Kind::Opinion,
            Stream::Voice,
            vec![
                (Part::Facts, part(cbor::encode(&facts))),
                (Part::Text, part(cbor::encode(&"đường"))),
                (Part::Contact, part(cbor::encode(&Reporter { household: home, visit: Some(home) }))),
            ],
        );
        let callback = of(
            Kind::Callback,
            Stream::Callback,
            vec![
                (Part::Facts, part(cbor::encode(&Callback { opinion: home, promised: Date::MAX }))),
                (Part::Contact, part(cbor::encode(&CallbackContact { household: home }))),
            ],
        );
        let said = MeetingOpinion { meeting: home, said: facts };
        let there = vec![(Part::Facts, part(cbor::encode(&said))), (Part::Text, part(cbor::encode(&"đường")))];
        let there = of(Kind::MeetingOpinion, Stream::Voice, there);
        assert_eq!(about(&there), Some((Kind::Meeting, home)));
        for (place, good) in [(Some(voice()), true), (Some(roll()), false), (None, false)] {
            let known = Known { grants: Some(&grants), about: place, ..Known::default() };
            assert_eq!(matches!(verdict(there.clone(), known), Verdict::Apply(_)), good, "a meeting at {place:?}");
        }
        // Nobody who spoke at a meeting is named.
        let named = there.with(Part::Contact, &Reporter { household: home, visit: Some(home) });
        let known = Known { grants: Some(&grants), about: Some(voice()), ..Known::default() };
        assert_eq!(verdict(named, known), Verdict::Quarantine(Reason::Invalid));
        for operation in [visit(Change::Create), opinion, callback] {
            assert_eq!(about(&operation), Some((Kind::Household, home)));
            for (place, good) in [
                (Some(roll()), true),
                (Some(Scope { area: AreaId::new(8, [8; 10]), ..roll() }), false),
                (Some(Scope { stream: Stream::Visit, ..roll() }), false),
                (None, false),
            ] {
                let known = Known { grants: Some(&grants), about: place, ..Known::default() };
                let verdict = verdict(operation.clone(), known);
                assert_eq!(matches!(verdict, Verdict::Apply(_)), good, "{:?} at {place:?}: {verdict:?}", operation.header.kind);
            }
        }
    }

    #[test]
    fn commands_about_a_meeting_are_taken_in_the_order_of_its_revisions() {
        let grants = GrantSet::for_field(1, Role::FieldMember, &[AreaId::new(9, [9; 10])], &[area()]);
        let start = crate::visit::Appointment { date: Date::default(), minute: None };
        let facts = |state| MeetingFacts {
            kind: MeetingType::VillageInfo,
            state,
            start,
            expected: None,
            present: None,
            people: None,
            speakers: None,
        };
        let command = |expect, state| {
            let Header { record, area, grant, at, ground, .. } = visit(Change::Create).header;
            let (kind, stream, change) = (Kind::Meeting, Stream::Voice, Change::Command { expect });
            Operation::new(Header { schema: SCHEMA, kind, record, area, stream, change, grant, at, ground })
                .with(Part::Facts, &facts(state))
                .with(Part::Text, &MeetingWords::default())
        };
        let mut current: Option<Record> = None;
        use MeetingState::{Concluded, InSession};
        for (expect, state, expected) in [
            (1, InSession, Err(Reason::Stale)),
            (0, Concluded, Err(Reason::Invalid)),
            (0, InSession, Ok(1)),
            (0, InSession, Err(Reason::Stale)),
            (1, InSession, Ok(2)),
            (1, Concluded, Err(Reason::Stale)),
            (2, Concluded, Ok(3)),
            (3, InSession, Err(Reason::Invalid)),
            (3, Concluded, Ok(4)),
        ] {
            let known = Known { grants: Some(&grants), current: current.clone().map(|record| (voice(), record)), ..Known::default() };
            match (verdict(command(expect, state), known), expected) {
                (Verdict::Apply(applied), Ok(revision)) => {
                    let Body::Workflow(workflow) = &applied.record.body else { panic!("{:?}", applied.record) };
                    assert_eq!(workflow.revision, revision);
                    assert_eq!(workflow.read::<Meeting>().and_then(|meeting| meeting.facts()), Some(facts(state)));
                    current = Some(applied.record);
                }
                (verdict, expected) => assert_eq!(verdict, Verdict::Quarantine(expected.unwrap_err()), "{expect} {state:?}"),
            }
        }
        // Somebody else's, in another village, as another kind of change, and about another command of the office.
        let known = || Known { grants: Some(&grants), current: current.clone().map(|record| (voice(), record)), ..Known::default() };
        let dot = Dot { device: DeviceId::new(1, [1; 10]), seq: 1 };
        let by_another = judge(command(4, Concluded), dot, PersonId::new(1, [2; 10]), Time(1_000), known());
        assert_eq!(by_another, Verdict::Quarantine(Reason::NotAllowed));
        let elsewhere = Scope { area: AreaId::new(8, [8; 10]), ..voice() };
        let moved = Known { current: known().current.map(|(_, record)| (elsewhere, record)), ..known() };
        assert_eq!(verdict(command(4, Concluded), moved), Verdict::Quarantine(Reason::Exists));
        let mut created = command(4, Concluded);
        created.header.change = Change::Create;
        assert_eq!(verdict(created, known()), Verdict::Quarantine(Reason::Invalid));
        let mut campaign = command(0, InSession);
        (campaign.header.kind, campaign.header.stream) = (Kind::Campaign, Stream::Roll);
        assert_eq!(verdict(campaign, Known { current: None, ..known() }), Verdict::Quarantine(Reason::Invalid));
    }

    #[test]
    fn a_future_schema_and_an_unknown_kind_are_kept_unread() {
        let frame = |operation: &Operation| Frame { seq: 1, bytes: ByteBuf::from(cbor::encode(operation)) };
        assert!(open(&frame(&visit(Change::Create))).is_ok());
        let mut future = visit(Change::Create);
        future.header.schema = SCHEMA + 1;
        assert_eq!(open(&frame(&future)), Err(Unreadable));
        let mut unknown = visit(Change::Create);
        unknown.header.kind = Kind::Other("ballot".into());
        assert_eq!(open(&frame(&unknown)), Err(Unreadable));
    }

    #[test]
    fn anonymous_opinions_are_checked() {
        let grants = GrantSet::for_field(1, Role::FieldMember, &[AreaId::new(9, [9; 10])], &[area()]);
        let opinion = AnonymousOpinion {
            id: SecretHash::of(b"secret"),
            area: area(),
            week: Date::new(2026, 11, 16),
            campaign: RecordId::new(4, [4; 10]),
            mode: ReporterMode::Anonymous,
            kind: OpinionKind::Recommendation,
            topic: Topic::InfraIrrigation,
            urgency: Urgency::Normal,
            text: "Mương tắc".into(),
            basis: LegalBasis::StateWork,
            until: Date::MAX,
            amends: None,
        };
        let judge = |opinion: &AnonymousOpinion, grants: &GrantSet| {
            judge_anonymous(&cbor::encode(opinion), &[GrantSet::default(), grants.clone()], false)
        };
        let amendment = AnonymousOpinion { amends: Some(Amends::Proof(ByteBuf::from(b"other".to_vec()))), ..opinion.clone() };
        for good in [&opinion, &amendment] {
            assert_eq!(judge(good, &grants), Arrival::Accept(Box::new(good.clone())));
        }
        assert_eq!(judge(&opinion, &GrantSet::default()), Arrival::Quarantine(Reason::NotAllowed));
        for bad in [
            AnonymousOpinion { mode: ReporterMode::Named, ..opinion.clone() },
            AnonymousOpinion { week: Date::new(2026, 11, 18), ..opinion.clone() },
            AnonymousOpinion { text: " ".into(), ..opinion.clone() },
            AnonymousOpinion { amends: Some(Amends::Of(SecretHash::of(b"other"))), ..opinion.clone() },
            AnonymousOpinion { amends: Some(Amends::Proof(ByteBuf::from(b"secret".to_vec()))), ..opinion.clone() },
        ] {
            assert_eq!(judge(&bad, &grants), Arrival::Quarantine(Reason::Invalid));
        }
        assert_eq!(judge_anonymous(b"?", &[grants], false), Arrival::Quarantine(Reason::Unreadable));
    }
}
