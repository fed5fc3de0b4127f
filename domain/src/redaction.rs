//! Redaction: body parts of a record go, on the server, on every phone and in whatever is put back later. The rule as data,
//! the same everywhere: what goes with which part, what is left of an operation, a record and a page, and what a phone has
//! to do before it says that it is done.
//!
//! A redaction holds for ever: a part that comes later, from a phone that was away or a database that was put back, is
//! taken out before it is stored. So it does not matter whether the part or the redaction was first. The header of an
//! operation, its number and where a household counts stay: they say nothing of anybody.

use crate::cbor;
use crate::code_list;
use crate::household;
use crate::id::RecordId;
use crate::meeting::Meeting;
use crate::operation::{Change, Field, Header, Kind, Operation, Part, Scope};
use crate::opinion::AnonymousOpinion;
use crate::record::{Body, Record};
use crate::register::{Register, Values};
use crate::short::{Map, Set};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// Parts of a record that are to go, as a phone is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// The record.
    #[serde(rename = "r")]
    pub record: RecordId,
    /// Where it is.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// The parts.
    #[serde(rename = "p")]
    pub parts: Set<Part>,
}

/// What a phone has not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The phone confirms all of it by this number.
    #[serde(rename = "n")]
    pub up_to: u64,
    /// What concerns this phone, at most [`TOLD_MAX`].
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
}

/// Most redactions in one reply.
pub const TOLD_MAX: usize = 500;

/// What an office asks for: these parts of a record, and of every version of it, are deleted everywhere and for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redact {
    /// The record.
    pub record: RecordId,
    /// The parts; each one that its kind has ([`erasable`]).
    pub parts: Set<Part>,
    /// Chosen and not typed: it is kept for ever, and what is typed could be what was to be deleted.
    pub why: RedactionReason,
}

code_list! {
    /// Why parts of a record are deleted before their time.
    RedactionReason {
        Asked = "ASKED", "Người có thông tin yêu cầu xóa", "The person concerned asked for it";
        Mistaken = "MISTAKEN", "Ghi nhầm hộ, nhầm người", "Written of the wrong household or person";
        Unwanted = "UNWANTED", "Nội dung không được ghi ở đây", "It must not be kept here";
        Ordered = "ORDERED", "Theo văn bản của nơi có thẩm quyền", "At the written request of an authority";
    }
}

/// A redaction as an office sees it: without content, and with whoever has not confirmed it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactionRow {
    /// Its number.
    pub number: u64,
    /// The record.
    pub record: RecordId,
    /// The code of its kind; `None` where it is not here.
    pub kind: Option<String>,
    /// The parts.
    pub parts: Set<Part>,
    /// Since when.
    pub at: Time,
    /// Why; `None` from an earlier server, where its time was over.
    pub why: Option<RedactionReason>,
    /// Who asked for it; empty where nobody did.
    pub by: String,
    /// Phones that may hold something of it, and have said neither that it is deleted nor that their key is.
    pub owing: Vec<Owing>,
}

/// A phone that has not confirmed a redaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owing {
    /// Whose.
    pub name: String,
    /// When the server last heard of it.
    pub seen_at: Option<Time>,
    /// It was revoked, and pulls nothing any more: it never will say so. Once its key is destroyed it owes nothing.
    pub revoked: bool,
}

/// The parts that a redaction may name for a kind of record. What an office itself works with (units, people, campaigns,
/// incidents …) has none: it holds nothing of residents.
pub const fn erasable(kind: &Kind) -> &'static [Part] {
    match kind {
        Kind::Visit | Kind::Verification | Kind::DayClosing => &[Part::Facts],
        Kind::Note | Kind::Meeting | Kind::MeetingOpinion => &[Part::Facts, Part::Text],
        Kind::AnonymousOpinion => &[Part::Text],
        Kind::Household | Kind::Callback => &[Part::Facts, Part::Contact],
        Kind::Opinion | Kind::Other(_) => &[Part::Facts, Part::Text, Part::Contact],
        _ => &[],
    }
}

/// What stays of a household's facts: in which village it counts and whether at all, and that it asked not to be contacted,
/// which has to be kept so that it can be honoured.
fn stays(field: &str) -> bool {
    household::is_decided(field) || matches!(field, "status" | "no_contact")
}

/// Whether a household's field goes with these parts. One of a later build may be in either.
pub fn goes(field: &str, parts: &Set<Part>) -> bool {
    let declared = household::FIELDS.iter().find(|(name, _)| *name == field).map(|(_, part)| *part);
    !stays(field) && declared.map_or(!parts.iter().all(|part| *part == Part::Text), |part| parts.contains(&part))
}

/// Takes parts out of an operation's body. Says whether anything went.
pub fn erase_parts(kind: &Kind, body: &mut Map<Part, ByteBuf>, parts: &Set<Part>) -> bool {
    let mut erased = false;
    for part in parts.iter().filter(|part| erasable(kind).contains(part)) {
        let Some(bytes) = body.remove(part) else { continue };
        let kept = what_stays(kind, *part, &bytes);
        erased |= kept.as_ref() != Some(&bytes);
        if let Some(kept) = kept {
            body.insert(*part, kept);
        }
    }
    erased
}

fn what_stays(kind: &Kind, part: Part, bytes: &[u8]) -> Option<ByteBuf> {
    if (kind, part) != (&Kind::Household, Part::Facts) {
        return None;
    }
    let values: Values = cbor::decode::<Values>(bytes).ok()?.into_iter().filter(|(field, _)| stays(field)).collect();
    values.iter().next().is_some().then(|| ByteBuf::from(cbor::encode(&values)))
}

/// Takes a household's fields out of its registers, with every trace of who wrote them.
pub fn erase_register(state: &mut Register, parts: &Set<Part>) {
    let left = |field: &Field| !goes(field, parts);
    state.first = std::mem::take(&mut state.first).into_iter().filter(|(field, _)| left(field)).collect();
    state.edited = std::mem::take(&mut state.edited).into_iter().filter(|(field, _)| left(field)).collect();
}

impl Operation {
    /// Takes parts out. Says whether anything went.
    pub fn erase(&mut self, parts: &Set<Part>) -> bool {
        erase_parts(&self.header.kind, &mut self.parts, parts)
    }

    /// Whether a body that these parts were taken out of can be what is left of a whole one: then the rules of its kind do
    /// not ask for what is gone.
    pub fn lacks(&self, part: Part, redacted: &Set<Part>) -> bool {
        redacted.contains(&part) && !self.parts.contains_key(&part)
    }
}

impl Record {
    /// Takes parts out. What is left is the same whatever came first, and twice is once.
    pub fn erase(&mut self, parts: &Set<Part>) {
        match &mut self.body {
            Body::Event(event) => {
                erase_parts(&self.kind, &mut event.parts, parts);
            }
            Body::Registry(registry) if self.kind == Kind::Household => {
                erase_register(&mut registry.state, parts);
                registry.erased.extend(parts.iter().copied());
            }
            Body::Workflow(workflow) if self.kind == Kind::Meeting => {
                if let Some(mut meeting) = workflow.read::<Meeting>()
                    && erase_parts(&Kind::Meeting, &mut meeting.parts, parts)
                {
                    workflow.state = ByteBuf::from(cbor::encode(&meeting));
                }
            }
            Body::Anonymous(opinion) => erase_anonymous(opinion, parts),
            Body::Registry(_) | Body::Workflow(_) => {}
        }
    }
}

/// Takes the words out of an opinion without a name.
pub fn erase_anonymous(opinion: &mut AnonymousOpinion, parts: &Set<Part>) {
    if parts.contains(&Part::Text) {
        opinion.text.clear();
    }
}

/// Everything that is to go, by record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redactions(Map<RecordId, Set<Part>>);

impl Redactions {
    /// Of a list.
    pub fn of<'a>(list: impl IntoIterator<Item = (RecordId, &'a Set<Part>)>) -> Self {
        let mut all = Self::default();
        for (record, parts) in list {
            all.add(record, parts);
        }
        all
    }

    /// One more.
    pub fn add(&mut self, record: RecordId, parts: &Set<Part>) {
        self.0.get_or_insert_with(record, Set::default).extend(parts.iter().copied());
    }

    /// The parts of a record that go.
    pub fn parts(&self, record: RecordId) -> Option<&Set<Part>> {
        self.0.get(&record)
    }

    /// Those of whatever amends one of them, too: later versions say the same again. To be asked of everything that a
    /// phone has written, in any order.
    pub fn spread<'a>(&mut self, headers: impl Iterator<Item = &'a Header> + Clone) {
        self.spread_over(
            headers.filter_map(|header| if let Change::Amend { of } = header.change { Some((header.record, of)) } else { None }),
        );
    }

    /// The same of opinions without a name.
    pub fn spread_unnamed<'a>(&mut self, opinions: impl Iterator<Item = &'a AnonymousOpinion> + Clone) {
        self.spread_over(opinions.filter_map(|opinion| Some((opinion.record(), opinion.amends.as_ref()?.of().record()))));
    }

    /// Over records, each with the one that it amends.
    fn spread_over(&mut self, amendments: impl Iterator<Item = (RecordId, RecordId)> + Clone) {
        loop {
            let mut more = Vec::new();
            for (record, of) in amendments.clone() {
                let Some(parts) = self.parts(of) else { continue };
                if self.parts(record).is_none_or(|own| parts.iter().any(|part| !own.contains(part))) {
                    more.push((record, parts.clone()));
                }
            }
            if more.is_empty() {
                return;
            }
            more.into_iter().for_each(|(record, parts)| self.add(record, &parts));
        }
    }

    /// What a phone puts in the place of an operation of its outbox, whether the server has it or not; `None` where it stays
    /// as it is. It keeps its number.
    pub fn outbox(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut operation: Operation = cbor::decode(bytes).ok()?;
        let parts = self.parts(operation.header.record)?;
        operation.erase(parts).then(|| cbor::encode(&operation))
    }

    /// Whether bytes that nobody can read name one of the records: then it is not known that nothing in them is to go.
    pub fn names_one(&self, bytes: &[u8]) -> bool {
        self.0.keys().any(|record| bytes.windows(16).any(|window| window == record.bytes()))
    }

    /// What becomes of a record in a page that was pulled before the phone was told.
    pub fn slot(&self, bytes: &[u8]) -> Slot {
        let Some(parts) = identity(bytes).and_then(|id| self.parts(id)) else { return Slot::Stays };
        let Ok(mut record) = cbor::decode::<Record>(bytes) else { return Slot::Goes };
        let unread = match (&record.body, &record.kind) {
            (Body::Workflow(workflow), Kind::Meeting) => workflow.read::<Meeting>().is_none(),
            _ => false,
        };
        if unread {
            return Slot::Goes;
        }
        record.erase(parts);
        let erased = cbor::encode(&record);
        if erased == bytes { Slot::Stays } else { Slot::Becomes(ByteBuf::from(erased)) }
    }
}

/// What becomes of a record in a stored page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Nothing of it is to go.
    Stays,
    /// These bytes take its place.
    Becomes(ByteBuf),
    /// This build cannot read it and so cannot take a part out: it goes whole. Its stream has to be pulled anew
    /// ([`crate::repair::begin`]).
    Goes,
}

/// The record that bytes are about, also where this build cannot read the rest.
fn identity(bytes: &[u8]) -> Option<RecordId> {
    #[derive(Deserialize)]
    struct Identity {
        r: RecordId,
    }
    cbor::decode::<Identity>(bytes).ok().map(|identity| identity.r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::household::Household;
    use crate::id::{AreaId, DeviceId, PersonId};
    use crate::meeting::{MeetingFacts, MeetingState, MeetingType, MeetingWords};
    use crate::operation::{Dot, DotRef, Ground, LegalBasis, SCHEMA, Stream};
    use crate::opinion::{OpinionKind, Reporter, Topic, Urgency};
    use crate::record::{Registry, Workflow};
    use crate::source::Source;
    use crate::time::Date;
    use crate::visit::Appointment;
    use proptest::prelude::*;

    fn record(n: u8) -> RecordId {
        RecordId::new(1, [n; 10])
    }

    fn header(kind: Kind, stream: Stream, change: Change) -> Header {
        let ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX };
        let area = AreaId::new(1, [7; 10]);
        Header { schema: SCHEMA, kind, record: record(1), area, stream, change, grant: 1, at: Time(5), ground }
    }

    fn parts(list: &[Part]) -> Set<Part> {
        list.iter().copied().collect()
    }

    fn opinion() -> Operation {
        let facts = crate::opinion::Opinion {
            kind: OpinionKind::Wish,
            topic: Topic::InfraRoad,
            urgency: Urgency::Normal,
            source: Source::default(),
        };
        Operation::new(header(Kind::Opinion, Stream::Voice, Change::Create))
            .with(Part::Facts, &facts)
            .with(Part::Text, &"Nhà bà Lành cần đèn đường")
            .with(Part::Contact, &Reporter { household: record(9), visit: None })
    }

    fn home() -> Household {
        Household {
            head: "Nguyễn Thị Lành".into(),
            phone: "0187250416".into(),
            hint: "cạnh nhà bà Lành".into(),
            no_contact: true,
            ..Household::default()
        }
    }

    const EVERY: [&[Part]; 4] = [&[Part::Facts], &[Part::Text], &[Part::Contact], &[Part::Facts, Part::Text, Part::Contact]];

    #[test]
    fn of_an_operation_the_header_stays_and_what_was_not_named() {
        for named in EVERY {
            let mut operation = opinion();
            assert!(operation.erase(&parts(named)));
            assert_eq!(operation.header, opinion().header);
            for part in [Part::Facts, Part::Text, Part::Contact] {
                assert_eq!(operation.parts.get(&part), opinion().parts.get(&part).filter(|_| !named.contains(&part)), "{named:?}");
            }
            assert!(!operation.erase(&parts(named)), "twice is once");
        }
    }

    #[test]
    fn of_a_household_it_stays_where_it_counts_and_that_nobody_contacts_it() {
        let mut operation = Operation::new(header(Kind::Household, Stream::Roll, Change::Create));
        operation.parts = household::parts(home().first_values());
        operation.erase(&parts(&[Part::Facts, Part::Contact]));
        let left = crate::register::values(&operation.parts).unwrap();
        assert_eq!(left.keys().collect::<Vec<_>>(), ["no_contact"]);
        for (field, gone) in [("head", true), ("hint", false), ("of_a_later_build", true), ("status", false), ("unit", false)] {
            assert_eq!(goes(field, &parts(&[Part::Contact])), gone, "{field}");
        }
        for (field, gone) in [("head", false), ("hint", true), ("of_a_later_build", true), ("same_as", false), ("apart/x", false)] {
            assert_eq!(goes(field, &parts(&[Part::Facts])), gone, "{field}");
        }
        assert!(!goes("of_a_later_build", &parts(&[Part::Text])));
    }

    #[test]
    fn what_an_office_works_with_is_not_redacted() {
        for kind in [Kind::Unit, Kind::Team, Kind::Person, Kind::Campaign, Kind::Assignment, Kind::Incident] {
            assert_eq!(erasable(&kind), &[] as &[Part]);
        }
    }

    #[test]
    fn later_versions_go_with_the_first_in_whatever_order_they_are_asked_of() {
        let amend = |n, of| Header { record: record(n), ..header(Kind::Opinion, Stream::Voice, Change::Amend { of: record(of) }) };
        for headers in [[amend(2, 1), amend(3, 2), amend(5, 4)], [amend(5, 4), amend(3, 2), amend(2, 1)]] {
            let text = parts(&[Part::Text]);
            let mut all = Redactions::of([(record(1), &text)]);
            all.spread(headers.iter());
            assert_eq!([1, 2, 3, 4, 5].map(|n| all.parts(record(n)).is_some()), [true, true, true, false, false]);
        }
    }

    fn holds(bytes: &[u8], name: &str) -> bool {
        bytes.windows(name.len()).any(|window| window == name.as_bytes())
    }

    #[test]
    fn a_phone_puts_erased_bytes_in_the_place_of_its_own_and_pulled_ones() {
        let text = parts(&[Part::Text]);
        let all = Redactions::of([(record(1), &text)]);
        let own = cbor::encode(&opinion());
        let erased = all.outbox(&own).unwrap();
        assert!(holds(&own, "Lành") && !holds(&erased, "Lành"));
        assert_eq!(all.outbox(&erased), None, "twice is once");
        let pulled =
            cbor::encode(&Record::event(opinion(), Dot { device: DeviceId::new(1, [1; 10]), seq: 1 }, PersonId::new(1, [1; 10]), Time(9)));
        let Slot::Becomes(erased) = all.slot(&pulled) else { panic!() };
        assert!(!holds(&erased, "Lành"));
        assert_eq!(all.slot(&erased), Slot::Stays);
        // Of a later build: nobody knows where in it the words are.
        #[derive(Serialize)]
        struct Later {
            r: RecordId,
            b: &'static str,
        }
        assert_eq!(all.slot(&cbor::encode(&Later { r: record(1), b: "Lành" })), Slot::Goes);
        assert_eq!(all.slot(&cbor::encode(&Later { r: record(2), b: "Lành" })), Slot::Stays);
        assert_eq!(Redactions::default().slot(&pulled), Slot::Stays);
    }

    #[test]
    fn a_meeting_keeps_its_revision_and_goes_on() {
        let start = Appointment { date: Date::default(), minute: None };
        let (kind, state) = (MeetingType::VillageInfo, MeetingState::InSession);
        let facts = MeetingFacts { kind, state, start, expected: None, present: None, people: None, speakers: None };
        let words = MeetingWords { title: "Nhà ông Bền".into(), ..MeetingWords::default() };
        let said = Operation::new(header(Kind::Meeting, Stream::Voice, Change::Command { expect: 0 }))
            .with(Part::Facts, &facts)
            .with(Part::Text, &words);
        let by = PersonId::new(1, [1; 10]);
        let meeting = Meeting::after(None, by, &said.header.ground, &said.parts, &Set::new()).unwrap();
        let mut record = Record {
            id: record(1),
            kind: Kind::Meeting,
            body: Body::Workflow(Workflow { revision: 4, state: ByteBuf::from(cbor::encode(&meeting)) }),
        };
        record.erase(&parts(&[Part::Text]));
        assert!(!holds(&cbor::encode(&record), "Bền"));
        let Body::Workflow(workflow) = &record.body else { panic!() };
        let left: Meeting = workflow.read().unwrap();
        assert_eq!((workflow.revision, left.facts(), left.words()), (4, Some(facts), MeetingWords::default()));
    }

    fn set(n: u8, field: &str, base: &[u64]) -> (Header, Values) {
        let base = base.iter().map(|seq| DotRef { device: None, seq: *seq }).collect();
        let change = Change::Set { fields: Map::from([(field.to_owned(), base)]) };
        (header(Kind::Household, Stream::Roll, change), Values::from([(field.to_owned(), ByteBuf::from(vec![n]))]))
    }

    proptest! {
        /// A part that comes before the redaction and one that comes after it leave the same.
        #[test]
        fn it_does_not_matter_what_came_first(
            writes in prop::collection::vec((0usize..5, any::<u8>(), prop::collection::vec(1u64..6, 0..3)), 0..8),
            at in 0usize..9,
            named in 0usize..4,
        ) {
            const FIELDS: [&str; 5] = ["head", "hint", "status", "phone", "of_a_later_build"];
            let named = parts(EVERY[named]);
            let device = DeviceId::new(1, [1; 10]);
            let play = |redacted_at: usize| {
                let state = Register::default();
                let mut record = Record { id: record(1), kind: Kind::Household, body: Body::Registry(Registry { state, ..Registry::default() }) };
                let create = header(Kind::Household, Stream::Roll, Change::Create);
                let creation = (create, home().first_values());
                let all = std::iter::once(creation).chain(writes.iter().map(|(field, value, base)| set(*value, FIELDS[*field], base)));
                for (n, (header, values)) in all.enumerate() {
                    if n == redacted_at {
                        record.erase(&named);
                    }
                    let Body::Registry(registry) = &mut record.body else { panic!() };
                    registry.state.apply(device, n as u64 + 1, &header, values);
                    // As every record is that is stored again.
                    if n >= redacted_at {
                        record.erase(&named);
                    }
                }
                record.erase(&named);
                record
            };
            let (early, late) = (play(at), play(usize::MAX));
            prop_assert_eq!(&early, &late);
            let mut again = late.clone();
            again.erase(&named);
            prop_assert_eq!(again, late);
        }
    }
}
