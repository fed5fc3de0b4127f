//! What arrives otherwise, typed in at a desk: paper visit sheets, and opinions by telephone, box, group chat or portal.
//!
//! What is typed is said as the operations of the very records that a phone makes, so that everything behind them is the
//! same: counting, lists, taking back. What differs is in their facts: the source, and who visited. Their time is the day
//! on the paper, never the hour of typing. An opinion without a name is no part of this: see [`crate::opinion::AnonymousOpinion`].

use crate::campaign::{Campaign, CampaignState};
use crate::id::{AreaId, PersonId, RecordId};
use crate::operation::{Change, Header, Kind, Operation, Part, SCHEMA, Stream};
use crate::opinion::{Opinion, OpinionError, OpinionKind, Reporter, Topic, Urgency, check_text};
use crate::source::Source;
use crate::text::clean_lines;
use crate::time::Date;
use crate::visit::{Appointment, Callback, CallbackContact, ContactResult, NOTE_MAX, Note, PurposeResult, Visit};
use serde::{Deserialize, Serialize};

/// Something that a desk types in, or takes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Typed {
    /// A paper visit sheet.
    Visit(TypedVisit),
    /// An opinion that came without a visit.
    Opinion(TypedOpinion),
    /// A mistake, taken back.
    TakenBack(TakenBack),
}

/// One household's part of a paper visit sheet. Every id is made in the tab, so that a second press stores nothing twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedVisit {
    /// The visit to be.
    pub id: RecordId,
    /// Where, in which campaign, on which day.
    pub place: TypedPlace,
    /// Who went.
    pub visitor: PersonId,
    /// Whom they visited.
    pub household: RecordId,
    /// Whether anybody was met.
    pub contact: ContactResult,
    /// What was done.
    pub purposes: Vec<PurposeResult>,
    /// When to come again.
    pub next: Option<Date>,
    /// The day by which an answer to the opinions was promised.
    pub promised: Option<Date>,
    /// What was said with the household's name.
    pub opinions: Vec<TypedSaid>,
    /// A short note.
    pub note: Option<TypedNote>,
}

/// An opinion with a household's name that came without a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedOpinion {
    /// Where, in which campaign, on which day it arrived.
    pub place: TypedPlace,
    /// By which way.
    pub source: Source,
    /// Whose it is.
    pub household: RecordId,
    /// The day by which an answer was promised.
    pub promised: Option<Date>,
    /// The opinion.
    pub said: TypedSaid,
}

/// What stands once above many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedPlace {
    /// The village.
    pub village: AreaId,
    /// The campaign.
    pub campaign: RecordId,
    /// The day of the visit, or of arrival.
    pub day: Date,
}

/// An opinion as it is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedSaid {
    /// The opinion to be.
    pub id: RecordId,
    /// The promise to be, if an answer was promised.
    pub promise: RecordId,
    /// Comes before the text; a complaint or denunciation never gets this far.
    pub kind: OpinionKind,
    /// What it is about.
    pub topic: Topic,
    /// Whether it can wait.
    pub urgency: Urgency,
    /// The words.
    pub text: String,
}

/// A note as it is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedNote {
    /// The note to be.
    pub id: RecordId,
    /// The words.
    pub text: String,
}

/// Takes back what this person typed in: a visit with what belongs to it, or an opinion with its promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// The taking back of the first of them; the server makes the others' ids.
    pub id: RecordId,
    /// Where they are.
    pub village: AreaId,
    /// What is taken back; at least one.
    pub records: Vec<RecordId>,
}

/// Why something typed cannot be stored. Each is one field that a person can correct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypingError {
    /// The campaign does not run.
    Campaign,
    /// The day is before the campaign or has not come yet.
    Day,
    /// Opinions or things done at a visit where nobody was spoken to.
    NobodySpoken,
    /// The day to come again is before the visit.
    Next,
    /// The promised day is before the day itself, or nothing named was said that could be answered.
    Promised,
    /// The nth opinion is not complete.
    Opinion(usize, OpinionError),
    /// The note is longer than [`NOTE_MAX`] characters.
    NoteTooLong,
    /// Nothing comes that way to a desk.
    Source,
}

impl TypingError {
    /// The field that it is about, as a refusal names it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Day => "day",
            Self::NobodySpoken => "contact",
            Self::Next => "next",
            Self::Promised => "promised",
            Self::Opinion(..) => "opinions",
            Self::NoteTooLong => "note",
            Self::Source => "source",
        }
    }
}

impl TypedPlace {
    /// The campaign runs, and the day is one of it that has come.
    pub fn check(&self, campaign: &Campaign, today: Date) -> Result<(), TypingError> {
        if campaign.state != CampaignState::Active {
            return Err(TypingError::Campaign);
        }
        if self.day < campaign.from || self.day > today { Err(TypingError::Day) } else { Ok(()) }
    }

    /// The header of one of the records. The hour is not known: the day's first stands for it.
    fn header(&self, campaign: &Campaign, kind: Kind, stream: Stream, record: RecordId) -> Header {
        Header {
            schema: SCHEMA,
            kind,
            record,
            area: self.village,
            stream,
            change: Change::Create,
            // A desk has a session and a role, no grants.
            grant: 0,
            at: self.day.start(),
            ground: campaign.ground(),
        }
    }
}

impl TypedVisit {
    /// Says what is wrong, before anything is stored.
    pub fn check(&self, campaign: &Campaign, today: Date) -> Result<(), TypingError> {
        self.place.check(campaign, today)?;
        if !self.contact.spoke() && !(self.opinions.is_empty() && self.purposes.is_empty()) {
            return Err(TypingError::NobodySpoken);
        }
        if self.next.is_some_and(|next| next < self.place.day) {
            return Err(TypingError::Next);
        }
        if self.promised.is_some_and(|day| self.opinions.is_empty() || day < self.place.day) {
            return Err(TypingError::Promised);
        }
        for (n, said) in self.opinions.iter().enumerate() {
            check_text(&said.text).map_err(|error| TypingError::Opinion(n, error))?;
        }
        let too_long = |note: &TypedNote| note.text.chars().count() > NOTE_MAX;
        if self.note.as_ref().is_some_and(too_long) { Err(TypingError::NoteTooLong) } else { Ok(()) }
    }

    /// The visit, then its note, its opinions and what was promised for them.
    pub fn operations(&self, campaign: &Campaign) -> Vec<Operation> {
        let Self { id, place, household, .. } = *self;
        let facts = Visit {
            household,
            contact: self.contact,
            purposes: self.purposes.clone(),
            next: self.next.map(|date| Appointment { date, minute: None }),
            promised: self.promised,
            source: Source::Paper,
            visitor: Some(self.visitor),
        };
        let mut operations = vec![Operation::new(place.header(campaign, Kind::Visit, Stream::Visit, id)).with(Part::Facts, &facts)];
        if let Some(TypedNote { id: note, text }) = &self.note {
            let operation = Operation::new(place.header(campaign, Kind::Note, Stream::Voice, *note));
            operations.push(operation.with(Part::Facts, &Note { visit: id }).with(Part::Text, &clean_lines(text)));
        }
        for said in &self.opinions {
            let reporter = Reporter { household, visit: Some(id) };
            operations.extend(said.operations(&place, campaign, Source::Paper, &reporter, self.promised));
        }
        operations
    }
}

impl TypedOpinion {
    /// Says what is wrong, before anything is stored.
    pub fn check(&self, campaign: &Campaign, today: Date) -> Result<(), TypingError> {
        self.place.check(campaign, today)?;
        if !Source::WITHOUT_VISIT.contains(&self.source) {
            return Err(TypingError::Source);
        }
        if self.promised.is_some_and(|day| day < self.place.day) {
            return Err(TypingError::Promised);
        }
        check_text(&self.said.text).map_err(|error| TypingError::Opinion(0, error))
    }

    /// The opinion, then what was promised for it.
    pub fn operations(&self, campaign: &Campaign) -> Vec<Operation> {
        let reporter = Reporter { household: self.household, visit: None };
        self.said.operations(&self.place, campaign, self.source, &reporter, self.promised)
    }
}

impl TypedSaid {
    fn operations(
        &self,
        place: &TypedPlace,
        campaign: &Campaign,
        source: Source,
        reporter: &Reporter,
        promised: Option<Date>,
    ) -> Vec<Operation> {
        let facts = Opinion { kind: self.kind, topic: self.topic, urgency: self.urgency, source };
        let opinion = Operation::new(place.header(campaign, Kind::Opinion, Stream::Voice, self.id))
            .with(Part::Facts, &facts)
            .with(Part::Text, &clean_lines(&self.text))
            .with(Part::Contact, reporter);
        let promise = promised.map(|promised| {
            Operation::new(place.header(campaign, Kind::Callback, Stream::Callback, self.promise))
                .with(Part::Facts, &Callback { opinion: self.id, promised })
                .with(Part::Contact, &CallbackContact { household: reporter.household })
        });
        [Some(opinion), promise].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::LegalBasis;

    fn id(n: u8) -> RecordId {
        RecordId::new(n.into(), [n; 10])
    }

    fn day(n: i32) -> Date {
        Date::new(2026, 11, 20).unwrap().plus(n)
    }

    fn campaign(state: CampaignState) -> Campaign {
        let words = String::from("x");
        let (title, purpose, basis_text) = (words.clone(), words.clone(), words);
        let (from, to, until) = (day(-10), day(10), day(99));
        Campaign { id: id(1), title, purpose, from, to, basis: LegalBasis::StateWork, basis_text, until, contact_until: None, state }
    }

    fn visit() -> TypedVisit {
        let said = TypedSaid {
            id: id(7),
            promise: id(8),
            kind: OpinionKind::Wish,
            topic: Topic::Infra,
            urgency: Urgency::Normal,
            text: "Làm  đường\n".into(),
        };
        TypedVisit {
            id: id(5),
            place: TypedPlace { village: id(2).into(), campaign: id(1), day: day(-3) },
            visitor: id(3).into(),
            household: id(4),
            contact: ContactResult::MetRep,
            purposes: vec![PurposeResult::InfoDelivered],
            next: Some(day(2)),
            promised: Some(day(9)),
            opinions: vec![said],
            note: Some(TypedNote { id: id(6), text: "Chó dữ".into() }),
        }
    }

    #[test]
    fn a_sheet_becomes_what_a_phone_would_have_written_on_that_day() {
        let operations = visit().operations(&campaign(CampaignState::Active));
        let kinds: Vec<_> = operations.iter().map(|operation| (operation.header.kind.clone(), operation.header.record)).collect();
        assert_eq!(kinds, [(Kind::Visit, id(5)), (Kind::Note, id(6)), (Kind::Opinion, id(7)), (Kind::Callback, id(8))]);
        for operation in &operations {
            assert_eq!(operation.header.at.date(), day(-3));
            assert_eq!(operation.header.ground.campaign, Some(id(1)));
            assert_eq!(operation.header.kind.shape().map(|(_, stream)| stream), Some(operation.header.stream));
        }
        let facts: Visit = operations[0].read(Part::Facts).unwrap();
        assert_eq!((facts.source, facts.visitor), (Source::Paper, Some(id(3).into())));
        let opinion: Opinion = operations[2].read(Part::Facts).unwrap();
        assert_eq!(opinion.source, Source::Paper);
        assert_eq!(operations[2].read::<Reporter>(Part::Contact), Some(Reporter { household: id(4), visit: Some(id(5)) }));
        assert_eq!(operations[2].read::<String>(Part::Text).as_deref(), Some("Làm đường"));
    }

    #[test]
    fn a_sheet_is_checked() {
        use TypingError::{Campaign as NoCampaign, Day, Next, NobodySpoken, NoteTooLong, Opinion as Said, Promised};
        let runs = campaign(CampaignState::Active);
        let with = |change: fn(&mut TypedVisit)| {
            let mut visit = visit();
            change(&mut visit);
            visit
        };
        for (visit, expected) in [
            (visit(), Ok(())),
            (with(|v| v.place.day = day(1)), Err(Day)),
            (with(|v| v.place.day = day(-11)), Err(Day)),
            (with(|v| v.contact = ContactResult::NotHome), Err(NobodySpoken)),
            (with(|v| v.next = Some(day(-4))), Err(Next)),
            (with(|v| v.next = Some(day(-3))), Ok(())),
            (with(|v| v.promised = Some(day(-4))), Err(Promised)),
            (with(|v| v.opinions.clear()), Err(Promised)),
            (with(|v| v.opinions[0].text = " ".into()), Err(Said(0, OpinionError::NoText))),
            (with(|v| v.note.as_mut().unwrap().text = "a".repeat(NOTE_MAX + 1)), Err(NoteTooLong)),
        ] {
            assert_eq!(visit.check(&runs, day(0)), expected, "{visit:?}");
        }
        for state in [CampaignState::Draft, CampaignState::Closed] {
            assert_eq!(visit().check(&campaign(state), day(0)), Err(NoCampaign));
        }
    }

    #[test]
    fn an_opinion_without_a_visit_says_how_it_came() {
        let runs = campaign(CampaignState::Active);
        let TypedVisit { place, household, promised, mut opinions, .. } = visit();
        let opinion = TypedOpinion { place, source: Source::Telephone, household, promised, said: opinions.remove(0) };
        assert_eq!(opinion.check(&runs, day(0)), Ok(()));
        for source in [Source::PhoneVisit, Source::Meeting] {
            assert_eq!(TypedOpinion { source, ..opinion.clone() }.check(&runs, day(0)), Err(TypingError::Source));
        }
        let operations = opinion.operations(&runs);
        assert_eq!(operations.len(), 2);
        assert_eq!(operations[0].read::<Opinion>(Part::Facts).unwrap().source, Source::Telephone);
        assert_eq!(operations[0].read::<Reporter>(Part::Contact), Some(Reporter { household, visit: None }));
    }
}
