//! A village meeting: its header, and what people said there. The header is a workflow whose commands the server orders;
//! each opinion is an event of its own that names the meeting and its recorder, never who spoke.

use crate::code_list;
use crate::id::{PersonId, RecordId};
use crate::operation::{Ground, Part};
use crate::opinion::Opinion;
use crate::short::{Map, Set};
use crate::text::compose;
use crate::visit::Appointment;
use crate::{cbor, code};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The state of a meeting's record: whose it is, and the parts of its last command as they came, so that what a later
/// build wrote there survives this one, and each part can be erased.
///
/// A command says the whole header anew. Attendance lists, votes and minutes will be records of their own that name the
/// meeting, or fields that builds of today keep unread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// The recorder: whoever opened it. Nobody else commands it.
    #[serde(rename = "y")]
    pub by: PersonId,
    /// Of the command that opened it.
    #[serde(rename = "l")]
    pub ground: Ground,
    /// [`MeetingFacts`] and [`MeetingWords`].
    #[serde(rename = "p")]
    pub parts: Map<Part, ByteBuf>,
}

/// The facts of a meeting. "Not known" is `None` and not 0. How many opinions there were is counted, never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingFacts {
    /// What sort of meeting.
    #[serde(rename = "k")]
    pub kind: MeetingType,
    /// Whether it goes on.
    #[serde(rename = "s")]
    pub state: MeetingState,
    /// When it began.
    #[serde(rename = "t")]
    pub start: Appointment,
    /// Households that were expected: those of the village.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u16>,
    /// Households that had somebody there.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub present: Option<u16>,
    /// People who were there.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u16>,
    /// People who spoke. Sent with the conclusion only: between two opinions it would tell whether one person said both.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub speakers: Option<u16>,
}

/// The words of a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingWords {
    /// "Bàn góp công làm đường"; empty where the type says enough.
    #[serde(rename = "t", default)]
    pub title: String,
    /// "Nhà văn hóa Đồng Cừ".
    #[serde(rename = "p", default)]
    pub place: String,
    /// What it came to, in short.
    #[serde(rename = "c", default)]
    pub conclusion: String,
}

/// The facts of something that was said at a meeting. Its words are a part of their own; there is no contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingOpinion {
    /// The meeting.
    #[serde(rename = "m")]
    pub meeting: RecordId,
    /// What sort, what about, how urgent.
    #[serde(rename = "o")]
    pub said: Opinion,
}

/// The longest title and the longest place, in characters.
pub const LINE_MAX: usize = 200;

/// The longest conclusion, in characters.
pub const CONCLUSION_MAX: usize = 2_000;

/// The most households or people: more than any village has.
pub const COUNT_MAX: u16 = 20_000;

/// Why a command is refused, or a form is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeetingError {
    /// Its facts or words cannot be read, or it has parts that no meeting has.
    Unreadable,
    /// Only the recorder commands it.
    NotRecorder,
    /// A meeting begins in session; one that is concluded or cancelled does not go on.
    Order,
    /// There is no such hour.
    Hour,
    /// A count is above [`COUNT_MAX`].
    Count,
    /// More households present than expected.
    Present,
    /// The title or the place is longer than [`LINE_MAX`].
    LineTooLong,
    /// The conclusion is longer than [`CONCLUSION_MAX`].
    ConclusionTooLong,
}

impl Meeting {
    /// The state after a command of `by`, `before` being the present one; the parts are those of the command.
    /// Those of `redacted` may be gone from it.
    pub fn after(
        before: Option<&Self>,
        by: PersonId,
        ground: &Ground,
        parts: &Map<Part, ByteBuf>,
        redacted: &Set<Part>,
    ) -> Result<Self, MeetingError> {
        if before.is_some_and(|before| before.by != by) {
            return Err(MeetingError::NotRecorder);
        }
        if parts.keys().any(|part| !matches!(part, Part::Facts | Part::Text)) {
            return Err(MeetingError::Unreadable);
        }
        let after = Self { by, ground: before.map_or(ground, |before| &before.ground).clone(), parts: parts.clone() };
        let gone = |part| redacted.contains(&part) && !parts.contains_key(&part);
        match after.facts() {
            Some(facts) => {
                // One whose facts were erased, or are of a later build, says nothing against going on.
                let state = before.map(|before| before.facts().map_or(facts.state, |facts| facts.state));
                if !facts.state.may_follow(state) {
                    return Err(MeetingError::Order);
                }
                facts.check()?;
            }
            None if gone(Part::Facts) => {}
            None => return Err(MeetingError::Unreadable),
        }
        match after.read::<MeetingWords>(Part::Text) {
            Some(words) => words.check()?,
            None if gone(Part::Text) => {}
            None => return Err(MeetingError::Unreadable),
        }
        Ok(after)
    }

    /// Its facts; `None` where they are erased or of a later build.
    pub fn facts(&self) -> Option<MeetingFacts> {
        self.read(Part::Facts)
    }

    /// Its words as they are shown, composed; empty where they are erased.
    pub fn words(&self) -> MeetingWords {
        let MeetingWords { title, place, conclusion } = self.read(Part::Text).unwrap_or_default();
        MeetingWords { title: compose(title), place: compose(place), conclusion: compose(conclusion) }
    }

    fn read<T: serde::de::DeserializeOwned>(&self, part: Part) -> Option<T> {
        cbor::decode(self.parts.get(&part)?).ok()
    }
}

impl MeetingFacts {
    /// Says what is wrong, before anything is stored.
    pub fn check(&self) -> Result<(), MeetingError> {
        if self.start.minute.is_some_and(|minute| minute >= 24 * 60) {
            return Err(MeetingError::Hour);
        }
        if [self.expected, self.present, self.people, self.speakers].into_iter().flatten().any(|count| count > COUNT_MAX) {
            return Err(MeetingError::Count);
        }
        match (self.present, self.expected) {
            (Some(present), Some(expected)) if present > expected => Err(MeetingError::Present),
            _ => Ok(()),
        }
    }
}

impl MeetingWords {
    /// Says what is wrong, before anything is stored.
    pub fn check(&self) -> Result<(), MeetingError> {
        let longer = |text: &str, max: usize| text.chars().count() > max;
        if longer(&self.title, LINE_MAX) || longer(&self.place, LINE_MAX) {
            return Err(MeetingError::LineTooLong);
        }
        if longer(&self.conclusion, CONCLUSION_MAX) {
            return Err(MeetingError::ConclusionTooLong);
        }
        Ok(())
    }

    /// What the meeting is called: its title, or else its type.
    pub fn name(&self, kind: MeetingType, lang: code::Lang) -> &str {
        if self.title.is_empty() { kind.label(lang) } else { &self.title }
    }
}

code_list! {
    /// Whether a meeting goes on. What comes before (planned, notified) and after (minutes, signed, published) will be
    /// codes of later builds.
    MeetingState {
        InSession = "IN_SESSION", "Đang họp", "In session";
        Concluded = "CONCLUDED", "Đã kết thúc", "Concluded";
        Cancelled = "CANCELLED", "Đã bỏ", "Cancelled";
    }
}

impl MeetingState {
    /// The table of transitions: a meeting is opened, may be corrected while it goes on and after it was concluded, and
    /// may be cancelled as long as it goes on.
    pub const fn may_follow(self, before: Option<Self>) -> bool {
        matches!((before, self), (None, Self::InSession) | (Some(Self::InSession), _) | (Some(Self::Concluded), Self::Concluded))
    }
}

code_list! {
    /// What sort of meeting.
    MeetingType {
        VillageInfo = "VILLAGE_INFO", "Thông tin, tuyên truyền", "Information";
        VillageDecision = "VILLAGE_DECISION", "Bàn và quyết định việc của thôn", "Discussing and deciding village matters";
        VillageReview = "VILLAGE_REVIEW", "Bình xét (hộ nghèo, gia đình văn hóa…)", "Review (poor households, cultural families…)";
        VillageCluster = "VILLAGE_CLUSTER", "Họp cụm dân cư", "Meeting of a cluster of houses";
        VillageAnnual = "VILLAGE_ANNUAL", "Hội nghị thôn định kỳ", "Regular village conference";
        DialogueCommune = "DIALOGUE_COMMUNE", "Chính quyền xã đối thoại với Nhân dân", "Dialogue of the commune with residents";
        DialogueHead = "DIALOGUE_HEAD", "Người đứng đầu đối thoại", "Dialogue with the head of the commune";
        DialogueAffected = "DIALOGUE_AFFECTED", "Đối thoại với hộ bị ảnh hưởng", "Dialogue with affected households";
        VoterContact = "VOTER_CONTACT", "Tiếp xúc cử tri", "Meeting with voters";
        Conference = "CONFERENCE", "Hội nghị quán triệt, triển khai", "Conference to explain a task";
        Review = "REVIEW", "Sơ kết, tổng kết", "Review of work done";
        Training = "TRAINING", "Tập huấn", "Training";
        LegalEdu = "LEGAL_EDU", "Phổ biến, giáo dục pháp luật", "Legal education";
        Comment = "COMMENT", "Mặt trận, đoàn thể góp ý", "Comments by the Front and organisations";
        Other = "OTHER", "Cuộc họp khác", "Another meeting";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::LegalBasis;
    use crate::time::Date;

    fn ground(days: i32) -> Ground {
        Ground { campaign: Some(RecordId::new(9, [9; 10])), basis: LegalBasis::StateWork, until: Date::default().plus(days) }
    }

    fn facts(state: MeetingState) -> MeetingFacts {
        let start = Appointment { date: Date::default(), minute: Some(1_170) };
        MeetingFacts { kind: MeetingType::VillageDecision, state, start, expected: None, present: None, people: None, speakers: None }
    }

    fn parts(facts: &MeetingFacts, words: &MeetingWords) -> Map<Part, ByteBuf> {
        Map::from([(Part::Facts, ByteBuf::from(cbor::encode(facts))), (Part::Text, ByteBuf::from(cbor::encode(words)))])
    }

    fn person(n: u8) -> PersonId {
        PersonId::new(1, [n; 10])
    }

    fn state(of: MeetingState) -> Meeting {
        Meeting { by: person(1), ground: ground(1), parts: parts(&facts(of), &MeetingWords::default()) }
    }

    #[test]
    fn a_meeting_is_opened_corrected_and_concluded_once() {
        use MeetingState::{Cancelled, Concluded, InSession};
        for (before, next, good) in [
            (None, InSession, true),
            (None, Concluded, false),
            (None, Cancelled, false),
            (Some(InSession), InSession, true),
            (Some(InSession), Concluded, true),
            (Some(InSession), Cancelled, true),
            (Some(Concluded), Concluded, true),
            (Some(Concluded), InSession, false),
            (Some(Concluded), Cancelled, false),
            (Some(Cancelled), InSession, false),
            (Some(Cancelled), Concluded, false),
            (Some(Cancelled), Cancelled, false),
        ] {
            let command = parts(&facts(next), &MeetingWords::default());
            let after = Meeting::after(before.map(state).as_ref(), person(1), &ground(7), &command, &Set::new());
            assert_eq!(after.as_ref().err(), (!good).then_some(&MeetingError::Order), "{before:?} {next:?}");
            if let Ok(after) = after {
                // Retention is that of the first command.
                assert_eq!(after.ground, ground(if before.is_some() { 1 } else { 7 }));
                assert_eq!(after.facts(), Some(facts(next)));
            }
        }
    }

    #[test]
    fn only_the_recorder_commands() {
        let command = parts(&facts(MeetingState::Concluded), &MeetingWords::default());
        let before = state(MeetingState::InSession);
        assert_eq!(Meeting::after(Some(&before), person(2), &ground(1), &command, &Set::new()), Err(MeetingError::NotRecorder));
        assert!(Meeting::after(Some(&before), person(1), &ground(1), &command, &Set::new()).is_ok());
    }

    #[test]
    fn limits() {
        let with = |change: fn(&mut MeetingFacts)| {
            let mut facts = facts(MeetingState::InSession);
            change(&mut facts);
            facts.check()
        };
        assert_eq!(with(|facts| facts.start.minute = Some(1_440)), Err(MeetingError::Hour));
        assert_eq!(with(|facts| facts.start.minute = None), Ok(()));
        assert_eq!(with(|facts| facts.people = Some(COUNT_MAX)), Ok(()));
        assert_eq!(with(|facts| facts.people = Some(COUNT_MAX + 1)), Err(MeetingError::Count));
        assert_eq!(with(|facts| (facts.expected, facts.present) = (Some(312), Some(312))), Ok(()));
        assert_eq!(with(|facts| (facts.expected, facts.present) = (Some(312), Some(313))), Err(MeetingError::Present));
        assert_eq!(with(|facts| facts.present = Some(5)), Ok(()));
        let line = |length: usize| MeetingWords { title: "ộ".repeat(length), ..MeetingWords::default() };
        assert_eq!((line(LINE_MAX).check(), line(LINE_MAX + 1).check()), (Ok(()), Err(MeetingError::LineTooLong)));
        let end = |length: usize| MeetingWords { conclusion: "ộ".repeat(length), ..MeetingWords::default() };
        assert_eq!((end(CONCLUSION_MAX).check(), end(CONCLUSION_MAX + 1).check()), (Ok(()), Err(MeetingError::ConclusionTooLong)));
    }

    #[test]
    fn what_a_later_build_wrote_beside_survives() {
        #[derive(Serialize)]
        struct Later {
            k: MeetingType,
            s: MeetingState,
            t: Appointment,
            votes: u8,
        }
        let MeetingFacts { kind, state, start, .. } = facts(MeetingState::InSession);
        let later = ByteBuf::from(cbor::encode(&Later { k: kind, s: state, t: start, votes: 3 }));
        let words = ByteBuf::from(cbor::encode(&MeetingWords::default()));
        let command = Map::from([(Part::Facts, later.clone()), (Part::Text, words)]);
        let after = Meeting::after(None, person(1), &ground(1), &command, &Set::new()).unwrap();
        assert_eq!((after.facts(), after.parts.get(&Part::Facts)), (Some(facts(MeetingState::InSession)), Some(&later)));
        // Contact is no part of a meeting: nobody who spoke is named.
        let named = Map::from([(Part::Contact, later.clone()), (Part::Facts, later)]);
        assert_eq!(Meeting::after(None, person(1), &ground(1), &named, &Set::new()), Err(MeetingError::Unreadable));
    }
}
