//! A meeting as it is typed: what cannot be read as a number or an hour must not vanish, so every field is a text.

use crate::visit_form::minute;
use app::phone::Phone;
use domain::id::AreaId;
use domain::meeting::{MeetingError, MeetingFacts, MeetingState, MeetingType, MeetingWords};
use domain::notebook::MeetingLine;
use domain::time::Date;
use domain::visit::Appointment;
use serde::{Deserialize, Serialize};

/// The header of a meeting, and the words of the opinion that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeetingDraft {
    /// Where it is opened.
    pub village: Option<AreaId>,
    pub kind: Option<MeetingType>,
    pub title: String,
    pub place: String,
    pub day: Option<Date>,
    pub hour: String,
    pub expected: String,
    pub present: String,
    pub people: String,
    pub speakers: String,
    pub conclusion: String,
    /// Said just now, and not among the opinions yet.
    pub typing: String,
}

/// What is missing from a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeetingGap {
    Village,
    Kind,
    /// A day, and an hour if there is one.
    When,
    /// What stands there is not a number.
    Count(Counted),
    /// A rule of the header.
    Rule(MeetingError),
}

/// What is counted at a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Expected,
    Present,
    People,
    Speakers,
}

impl Counted {
    /// Where it is typed.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Expected => "so-ho",
            Self::Present => "ho-co-mat",
            Self::People => "nguoi-du",
            Self::Speakers => "nguoi-noi",
        }
    }
}

impl MeetingDraft {
    /// One that begins now, in the only village if there is one, with its households expected.
    pub fn new(phone: Phone) -> Self {
        let village = phone.with(|notebook| match notebook.villages()[..] {
            [only] => Some(only.id),
            _ => None,
        });
        let mut draft = Self { day: Some(phone.today()), hour: phone.now().hour_minute(), ..Self::default() };
        if let Some(village) = village {
            draft.choose(phone, village);
        }
        draft
    }

    /// Holds it in this village: its households are expected.
    pub fn choose(&mut self, phone: Phone, village: AreaId) {
        self.village = Some(village);
        self.expected = phone.with(|notebook| notebook.households_in(village)).to_string();
    }

    /// The header as it was last saved.
    pub fn of(line: &MeetingLine) -> Self {
        let (facts, words) = (&line.facts, line.words.clone());
        let count = |count: Option<u16>| count.map(|count| count.to_string()).unwrap_or_default();
        Self {
            village: Some(line.village),
            kind: Some(facts.kind),
            title: words.title,
            place: words.place,
            day: Some(facts.start.date),
            hour: facts.start.minute.map(app::words::shared::clock).unwrap_or_default(),
            expected: count(facts.expected),
            present: count(facts.present),
            people: count(facts.people),
            speakers: count(facts.speakers),
            conclusion: words.conclusion,
            typing: String::new(),
        }
    }

    /// What is typed of a count.
    pub fn counted(&mut self, what: Counted) -> &mut String {
        match what {
            Counted::Expected => &mut self.expected,
            Counted::Present => &mut self.present,
            Counted::People => &mut self.people,
            Counted::Speakers => &mut self.speakers,
        }
    }

    /// The header to be saved, or what is missing first.
    pub fn read(&self, state: MeetingState) -> Result<(MeetingFacts, MeetingWords), MeetingGap> {
        let kind = self.kind.ok_or(MeetingGap::Kind)?;
        let (Some(date), Ok(minute)) = (self.day, minute(&self.hour)) else { return Err(MeetingGap::When) };
        let count = |what, typed: &str| match typed.trim() {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| MeetingGap::Count(what)),
        };
        let facts = MeetingFacts {
            kind,
            state,
            start: Appointment { date, minute },
            expected: count(Counted::Expected, &self.expected)?,
            present: count(Counted::Present, &self.present)?,
            people: count(Counted::People, &self.people)?,
            speakers: count(Counted::Speakers, &self.speakers)?,
        };
        let words = MeetingWords { title: self.title.clone(), place: self.place.clone(), conclusion: self.conclusion.clone() };
        facts.check().and_then(|()| words.check()).map_err(MeetingGap::Rule)?;
        Ok((facts, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn draft() -> MeetingDraft {
        MeetingDraft {
            kind: Some(MeetingType::VillageInfo),
            day: Date::new(2026, 11, 21),
            hour: "19h30".into(),
            expected: "312".into(),
            ..MeetingDraft::default()
        }
    }

    #[wasm_bindgen_test]
    fn what_is_not_known_is_not_nought() {
        let (facts, _) = draft().read(MeetingState::InSession).unwrap();
        assert_eq!((facts.expected, facts.present, facts.start.minute), (Some(312), None, Some(1_170)));
        let (facts, _) = MeetingDraft { present: "0".into(), ..draft() }.read(MeetingState::InSession).unwrap();
        assert_eq!(facts.present, Some(0));
    }

    #[wasm_bindgen_test]
    fn what_cannot_be_read_is_said_and_stays() {
        for (typed, gap) in [
            (MeetingDraft { kind: None, ..draft() }, MeetingGap::Kind),
            (MeetingDraft { day: None, ..draft() }, MeetingGap::When),
            (MeetingDraft { hour: "tối".into(), ..draft() }, MeetingGap::When),
            (MeetingDraft { people: "đông".into(), ..draft() }, MeetingGap::Count(Counted::People)),
            (MeetingDraft { people: "99999".into(), ..draft() }, MeetingGap::Count(Counted::People)),
            (MeetingDraft { present: "313".into(), ..draft() }, MeetingGap::Rule(MeetingError::Present)),
        ] {
            assert_eq!(typed.read(MeetingState::InSession).err(), Some(gap), "{typed:?}");
        }
    }
}
