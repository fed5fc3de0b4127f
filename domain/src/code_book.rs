//! The code book of a commune: which codes of its lists are offered for something new, and what its own topics are called.
//!
//! A code never changes its meaning. So nothing is deleted here: what is no longer used is offered to nobody, and what was
//! recorded under it keeps it, and its label.

use crate::cbor;
use crate::code::Lang;
use crate::code_list;
use crate::id::RecordId;
use crate::meeting::MeetingType;
use crate::organization::OrgType;
use crate::register::{Register, Values};
use crate::short::Map;
use crate::team::Duty;
use crate::text;
use crate::topic::{OwnTopic, StandardTopic, Topic};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// What a commune has said about codes. An empty one offers every standard code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeBook {
    entries: Map<RecordId, CodeEntry>,
}

/// What a commune has said about one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEntry {
    /// Its record.
    pub id: RecordId,
    /// The list of the code.
    pub list: CodeList,
    /// The stable code; an entry never passes to another one.
    pub code: String,
    /// What an own topic is called; empty for a standard code, which has its own label.
    pub name: String,
    /// The same in English; empty where nobody has said it.
    pub name_en: String,
    /// It is no longer used: offered for nothing new.
    pub ended: bool,
}

/// What an office asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeChange {
    /// An own topic; the server gives it its code.
    Add(NewTopic),
    /// An entry as it is to be: spelled anew, no longer used, or used again. Of a standard code the first one may be new.
    Keep(CodeEntry),
}

/// An own topic to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTopic {
    /// Its record.
    pub id: RecordId,
    /// The first-level topic under which it stands for ever.
    pub parent: StandardTopic,
    /// What it is called.
    pub name: String,
    /// The same in English; may be empty.
    pub name_en: String,
}

code_list! {
    /// The lists that a commune may fit to its work.
    CodeList {
        Topic = "TOPIC", "Lĩnh vực ý kiến", "Topics of opinions";
        MeetingType = "MEETING_TYPE", "Loại cuộc họp", "Types of meetings";
        OrgType = "ORG_TYPE", "Loại tổ chức", "Types of organisations";
        Duty = "DUTY", "Nhiệm vụ trong tổ", "Duties in a team";
    }
}

/// The most own topics of a commune, those that are no longer used included.
pub const OWN_MAX: usize = 100;

/// The longest name of an own topic, in characters.
pub const NAME_MAX: usize = 80;

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// An own topic without a name.
    NoName,
    /// A name is longer than [`NAME_MAX`].
    NameTooLong,
    /// It would sort people or what they think, or invite a complaint or denunciation.
    AboutPeople,
    /// There is a topic of that name under the same parent, in use or not.
    SameName,
    /// No list has this code, or it is not one to be named.
    NoSuchCode,
    /// Another entry is about the same code.
    Twice,
    /// There are [`OWN_MAX`] own topics already.
    TooMany,
    /// Every team has it.
    Needed,
    /// Nothing else of the list could be chosen.
    LastOne,
}

impl CodeBook {
    /// The book of these entries.
    pub fn of(entries: impl IntoIterator<Item = CodeEntry>) -> Self {
        Self { entries: entries.into_iter().map(|entry| (entry.id, entry)).collect() }
    }

    /// Takes an entry as it stands now.
    pub fn put(&mut self, entry: CodeEntry) {
        self.entries.insert(entry.id, entry);
    }

    /// What was said about a code; where communes that became one have both said something, the later of the two entries.
    pub fn entry(&self, list: CodeList, code: &str) -> Option<&CodeEntry> {
        self.entries.values().rfind(|entry| entry.list == list && entry.code == code)
    }

    /// Whether a code is offered for something new. What is no longer used takes its second level with it.
    pub fn offers(&self, list: CodeList, code: &str) -> bool {
        let ended = |code: &str| self.entry(list, code).is_some_and(|entry| entry.ended);
        !ended(code) && !code.split_once('.').is_some_and(|(parent, _)| ended(parent))
    }

    /// Every topic that is known here, each behind its parent: the standard ones, then own ones as they were added.
    pub fn topics(&self) -> Vec<Topic> {
        let mut all: Vec<Topic> = StandardTopic::ALL.iter().map(|topic| Topic::Standard(*topic)).collect();
        for entry in self.entries.values() {
            if let Some(own) = entry.own() {
                let own = Topic::Own(own);
                let before = all.iter().rposition(|topic| topic.parent() == own.parent() && *topic < own);
                all.insert(before.map_or(all.len(), |at| at + 1), own);
            }
        }
        all
    }

    /// The topics that are offered for something new.
    pub fn offered_topics(&self) -> Vec<Topic> {
        let mut offered = self.topics();
        offered.retain(|topic| self.offers(CodeList::Topic, &topic.code()));
        offered
    }

    /// What a topic is called among those of its parent. One of another commune has a number for a name.
    pub fn label(&self, topic: Topic, lang: Lang) -> String {
        let own = match topic {
            Topic::Standard(topic) => return topic.label(lang).to_owned(),
            Topic::Own(own) => own,
        };
        match (self.entry(CodeList::Topic, &topic.code()), lang) {
            (Some(entry), Lang::En) if !entry.name_en.is_empty() => entry.name_en.clone(),
            (Some(entry), _) => entry.name.clone(),
            (None, Lang::Vi) => format!("mục riêng {}", own.n()),
            (None, Lang::En) => format!("own item {}", own.n()),
        }
    }

    /// `Hạ tầng · Điện, chiếu sáng`: both levels in words.
    pub fn full_label(&self, topic: Topic, lang: Lang) -> String {
        let label = self.label(topic, lang);
        if topic.is_first_level() { label } else { format!("{} · {label}", topic.parent().label(lang)) }
    }

    /// Says what is wrong with an entry that is to stand in this book, in the place of what it has under that id.
    pub fn check(&self, entry: &CodeEntry) -> Result<(), CodeError> {
        // Two communes that became one may have called a topic the same; what it is called already is not asked again.
        let called_so = |is: &CodeEntry| (&is.name, &is.name_en) == (&entry.name, &entry.name_en);
        match entry.own() {
            Some(_) if self.entries.get(&entry.id).is_some_and(called_so) => {}
            Some(own) => self.check_names(entry.id, own.parent(), &entry.name, &entry.name_en)?,
            None if !entry.name.is_empty() || !entry.name_en.is_empty() => return Err(CodeError::NoSuchCode),
            None if !entry.list.codes(Lang::Vi).iter().any(|(code, _)| *code == entry.code) => return Err(CodeError::NoSuchCode),
            None => {}
        }
        if self.entry(entry.list, &entry.code).is_some_and(|other| other.id != entry.id) {
            return Err(CodeError::Twice);
        }
        if !entry.ended {
            return Ok(());
        }
        if entry.list.needs(&entry.code) {
            return Err(CodeError::Needed);
        }
        let mut after = self.clone();
        after.put(entry.clone());
        let one_stays = entry.list.codes(Lang::Vi).iter().any(|(code, _)| after.offers(entry.list, code));
        if one_stays { Ok(()) } else { Err(CodeError::LastOne) }
    }

    /// Says what is wrong with the names of an own topic, which may stand under this parent already.
    pub fn check_names(&self, id: RecordId, parent: StandardTopic, name: &str, name_en: &str) -> Result<(), CodeError> {
        if name.trim().is_empty() {
            return Err(CodeError::NoName);
        }
        if [name, name_en].iter().any(|name| name.chars().count() > NAME_MAX) {
            return Err(CodeError::NameTooLong);
        }
        if is_about_people(name) {
            return Err(CodeError::AboutPeople);
        }
        let own = self.entries.values().filter_map(|entry| Some((entry, entry.own()?)));
        let (others, beside): (Vec<_>, Vec<_>) = own.filter(|(entry, _)| entry.id != id).partition(|(_, own)| own.parent() != parent);
        let standard = StandardTopic::ALL.iter().filter(|topic| topic.parent() == parent).map(|topic| topic.label(Lang::Vi));
        if standard.chain(beside.iter().map(|(entry, _)| entry.name.as_str())).any(|other| same_name(other, name)) {
            return Err(CodeError::SameName);
        }
        if others.len() + beside.len() >= OWN_MAX { Err(CodeError::TooMany) } else { Ok(()) }
    }
}

/// What no topic is called: opinions are sorted by issue and place, never by what somebody is or thinks, and a complaint
/// or denunciation is none of them.
const NEVER: [&str; 9] =
    ["chống đối", "phản động", "bất mãn", "chính kiến", "tư tưởng", "không đồng tình", "theo đạo", "khiếu nại", "tố cáo"];

fn is_about_people(name: &str) -> bool {
    // Only text without marks may mean other words: "Rác thải đô thị" is not about anybody's attitude.
    let key: fn(&str) -> String = if text::has_marks(name) { text::spelling } else { text::words };
    let name = format!(" {} ", key(name));
    NEVER.iter().any(|words| name.contains(&format!(" {} ", key(words))))
}

/// Whether two names are one to whoever reads them. A name without marks may mean any other that is spelled with them.
fn same_name(a: &str, b: &str) -> bool {
    let differ = text::has_marks(a) && text::has_marks(b) && text::spelling(a) != text::spelling(b);
    text::words(a) == text::words(b) && !differ
}

impl CodeList {
    /// Its standard codes with their labels, in the order in which people see them.
    pub fn codes(self, lang: Lang) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Topic => StandardTopic::ALL.iter().map(|code| (code.code(), code.label(lang))).collect(),
            Self::MeetingType => MeetingType::ALL.iter().map(|code| (code.code(), code.label(lang))).collect(),
            Self::OrgType => OrgType::ALL.iter().map(|code| (code.code(), code.label(lang))).collect(),
            Self::Duty => Duty::ALL.iter().map(|code| (code.code(), code.label(lang))).collect(),
        }
    }

    /// Whether a code is always used: somebody leads a team, and who has no other duty in it is a member.
    pub fn needs(self, code: &str) -> bool {
        self == Self::Duty && [Duty::Head, Duty::Member].iter().any(|duty| duty.code() == code)
    }
}

impl CodeEntry {
    /// What stands for a code of which nothing was said: it is used.
    pub fn about(id: RecordId, list: CodeList, code: &str) -> Self {
        Self { id, list, code: code.to_owned(), name: String::new(), name_en: String::new(), ended: false }
    }

    /// The own topic that it is about; none of a standard code.
    pub fn own(&self) -> Option<OwnTopic> {
        match Topic::from_code(&self.code) {
            Some(Topic::Own(own)) if self.list == CodeList::Topic => Some(own),
            _ => None,
        }
    }

    /// Reads the shown values; `None` while its creation has not arrived, and for a list of a later build.
    pub fn read(id: RecordId, state: &Register) -> Option<Self> {
        Some(Self {
            id,
            list: state.read("list")?,
            code: state.read("code")?,
            name: state.read("name").unwrap_or_default(),
            name_en: state.read("name_en").unwrap_or_default(),
            ended: state.read("ended").unwrap_or_default(),
        })
    }

    /// Every field with its value in CBOR. All of them are facts.
    pub fn values(&self) -> Values {
        Values::from([
            ("list".to_owned(), ByteBuf::from(cbor::encode(&self.list))),
            ("code".to_owned(), ByteBuf::from(cbor::encode(&self.code))),
            ("name".to_owned(), ByteBuf::from(cbor::encode(&self.name))),
            ("name_en".to_owned(), ByteBuf::from(cbor::encode(&self.name_en))),
            ("ended".to_owned(), ByteBuf::from(cbor::encode(&self.ended))),
        ])
    }
}

impl CodeChange {
    /// The record that it changes.
    pub const fn id(&self) -> RecordId {
        match self {
            Self::Add(new) => new.id,
            Self::Keep(entry) => entry.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u8) -> RecordId {
        RecordId::new(u64::from(n), [n; 10])
    }

    fn own(n: u8, code: &str, name: &str) -> CodeEntry {
        CodeEntry { id: id(n), list: CodeList::Topic, code: code.into(), name: name.into(), name_en: String::new(), ended: false }
    }

    fn ended(n: u8, list: CodeList, code: &str) -> CodeEntry {
        CodeEntry { list, ended: true, ..own(n, code, "") }
    }

    fn topic(code: &str) -> Topic {
        Topic::from_code(code).unwrap()
    }

    fn codes(topics: &[Topic], parent: StandardTopic) -> Vec<String> {
        topics.iter().filter(|topic| topic.parent() == parent).map(|topic| topic.code().into_owned()).collect()
    }

    #[test]
    fn own_topics_stand_behind_the_standard_ones_as_they_were_added() {
        // The ids are those of the tabs that made them, and say nothing about the order.
        let book = CodeBook::of([own(1, "INFRA.12", "Chợ nổi"), own(2, "INFRA.2", "Bến đò"), own(3, "LAND.3", "Đất rừng")]);
        let infra = ["INFRA", "INFRA.ROAD", "INFRA.POWER", "INFRA.IRRIGATION", "INFRA.SIGNAL", "INFRA.2", "INFRA.12"];
        assert_eq!(codes(&book.topics(), StandardTopic::Infra), infra);
        assert_eq!(book.offered_topics(), book.topics());
        // One without a second level so far has one now.
        let book = CodeBook::of([own(1, "MARKET.1", "Chợ đêm")]);
        assert_eq!(codes(&book.topics(), StandardTopic::Market), ["MARKET", "MARKET.1"]);
    }

    #[test]
    fn what_is_no_longer_used_is_not_offered_and_keeps_its_label() {
        let mut book = CodeBook::of([
            CodeEntry { ended: true, ..own(1, "INFRA.1", "Bến đò") },
            ended(2, CodeList::Topic, "INFRA.ROAD"),
            own(3, "LAND.2", "Đất rừng"),
            ended(4, CodeList::Topic, "LAND"),
            ended(5, CodeList::MeetingType, "OTHER"),
        ]);
        let offered = book.offered_topics();
        assert_eq!(codes(&offered, StandardTopic::Infra), ["INFRA", "INFRA.POWER", "INFRA.IRRIGATION", "INFRA.SIGNAL"]);
        // A first-level topic takes its second level with it; the same code of another list is another one.
        assert_eq!(codes(&offered, StandardTopic::Land), Vec::<String>::new());
        assert!(book.offers(CodeList::Topic, "OTHER") && !book.offers(CodeList::MeetingType, "OTHER"));
        assert_eq!(book.full_label(topic("INFRA.1"), Lang::Vi), "Hạ tầng · Bến đò");
        assert_eq!(book.full_label(topic("LAND.2"), Lang::En), "Land · Đất rừng");
        // Taken up again.
        book.put(CodeEntry { ended: false, ..ended(4, CodeList::Topic, "LAND") });
        assert_eq!(codes(&book.offered_topics(), StandardTopic::Land).len(), 6);
    }

    #[test]
    fn the_books_of_two_communes_that_became_one_are_one() {
        let code = (CodeList::Topic, "LAND");
        let later = CodeEntry { ended: false, ..ended(2, code.0, code.1) };
        let (one, other) = (own(3, "INFRA.1", "Bến đò"), own(4, "INFRA.2", "Bến đò"));
        let book = CodeBook::of([ended(1, code.0, code.1), later.clone(), one.clone(), other]);
        assert!(book.offers(code.0, code.1), "what was said later stands");
        assert_eq!(book.check(&CodeEntry { ended: true, ..later }), Ok(()));
        assert_eq!(book.check(&ended(1, code.0, code.1)), Err(CodeError::Twice));
        // Two of one name stay until somebody ends one or calls it otherwise.
        assert_eq!(codes(&book.offered_topics(), StandardTopic::Infra)[5..], ["INFRA.1", "INFRA.2"]);
        assert_eq!(book.check(&CodeEntry { ended: true, ..one }), Ok(()));
        assert_eq!(book.check(&own(3, "INFRA.1", "Ben do")), Err(CodeError::SameName));
    }

    #[test]
    fn labels_in_both_languages_and_of_strangers() {
        let book = CodeBook::of([CodeEntry { name_en: "Ferries".into(), ..own(1, "INFRA.1", "Bến đò") }]);
        for (code, lang, label, full) in [
            ("INFRA.1", Lang::Vi, "Bến đò", "Hạ tầng · Bến đò"),
            ("INFRA.1", Lang::En, "Ferries", "Infrastructure · Ferries"),
            ("INFRA.7", Lang::Vi, "mục riêng 7", "Hạ tầng · mục riêng 7"),
            ("INFRA.7", Lang::En, "own item 7", "Infrastructure · own item 7"),
            ("INFRA.ROAD", Lang::Vi, "Đường, cầu", "Hạ tầng · Đường, cầu"),
            ("INFRA", Lang::En, "Infrastructure", "Infrastructure"),
        ] {
            assert_eq!((book.label(topic(code), lang).as_str(), book.full_label(topic(code), lang).as_str()), (label, full));
        }
    }

    #[test]
    fn a_name_stands_once_under_its_parent() {
        let book = CodeBook::of([CodeEntry { ended: true, ..own(1, "INFRA.1", "Bến đò") }]);
        let check = |parent, name: &str| book.check_names(id(9), parent, name, "");
        for (name, good) in [
            ("Bến đò", false),
            ("BẾN  ĐÒ", false),
            ("Ben do", false),
            // The label of a standard one, without its comma.
            ("Đường cầu", false),
            ("Hạ tầng", false),
            ("Bến dò", true),
            ("Bến xe", true),
        ] {
            assert_eq!(check(StandardTopic::Infra, name), if good { Ok(()) } else { Err(CodeError::SameName) }, "{name}");
        }
        assert_eq!(check(StandardTopic::Land, "Bến đò"), Ok(()));
        // It may be what it is.
        assert_eq!(book.check(&own(1, "INFRA.1", "Bến đò ngang")), Ok(()));
        assert_eq!(book.check(&own(1, "INFRA.1", "Bến đò")), Ok(()));
        assert_eq!(check(StandardTopic::Infra, " "), Err(CodeError::NoName));
        for (name, good) in [("Hộ chống đối", false), ("ho chong doi", false), ("Khiếu nại về đất", false), ("Rác thải, tổ cảo", true)]
        {
            assert_eq!(check(StandardTopic::Environment, name), if good { Ok(()) } else { Err(CodeError::AboutPeople) }, "{name}");
        }
        assert_eq!(
            (check(StandardTopic::Infra, &"ộ".repeat(NAME_MAX)), check(StandardTopic::Infra, &"ộ".repeat(NAME_MAX + 1))),
            (Ok(()), Err(CodeError::NameTooLong))
        );
    }

    #[test]
    fn a_list_keeps_a_choice() {
        let mut book = CodeBook::default();
        let (last, others) = MeetingType::ALL.split_last().unwrap();
        for (n, kind) in (1..).zip(others) {
            let entry = ended(n, CodeList::MeetingType, kind.code());
            assert_eq!(book.check(&entry), Ok(()), "{kind:?}");
            book.put(entry);
        }
        assert_eq!(book.check(&ended(99, CodeList::MeetingType, last.code())), Err(CodeError::LastOne));
        for duty in Duty::ALL {
            let needed = matches!(duty, Duty::Head | Duty::Member);
            assert_eq!(book.check(&ended(99, CodeList::Duty, duty.code())).is_err(), needed, "{duty:?}");
        }
        // Own topics stand under a first-level one and are nothing without it.
        let firsts = StandardTopic::ALL.iter().filter(|topic| topic.parent() == **topic && **topic != StandardTopic::Infra);
        let entries = (1..).zip(firsts).map(|(n, topic)| ended(n, CodeList::Topic, topic.code()));
        let book = CodeBook::of(entries.chain([own(98, "INFRA.1", "Bến đò")]));
        assert_eq!(book.check(&ended(99, CodeList::Topic, "INFRA")), Err(CodeError::LastOne));
        assert_eq!(book.check(&ended(99, CodeList::Topic, "INFRA.ROAD")), Ok(()));
    }

    #[test]
    fn entries_are_about_codes_that_there_are() {
        let book = CodeBook::of([ended(1, CodeList::OrgType, "WOMEN")]);
        for (entry, error) in [
            (ended(2, CodeList::OrgType, "WOMEN"), CodeError::Twice),
            (ended(2, CodeList::OrgType, "INFRA"), CodeError::NoSuchCode),
            (ended(2, CodeList::Topic, "NOWHERE.1"), CodeError::NoSuchCode),
            // An own topic of another list, and a standard code with another name.
            (own(2, "", ""), CodeError::NoSuchCode),
            (own(2, "INFRA", "Đường sá"), CodeError::NoSuchCode),
            (CodeEntry { list: CodeList::Duty, ..own(2, "INFRA.1", "") }, CodeError::NoSuchCode),
        ] {
            assert_eq!(book.check(&entry), Err(error), "{entry:?}");
        }
    }

    #[test]
    fn a_hundred_own_topics_are_enough() {
        let many = |count: u8| CodeBook::of((1..=count).map(|n| own(n, &format!("LAND.{n}"), &format!("Mục số {n}"))));
        assert_eq!(many(99).check(&own(200, "INFRA.200", "Bến đò")), Ok(()));
        assert_eq!(many(100).check(&own(200, "INFRA.200", "Bến đò")), Err(CodeError::TooMany));
        assert_eq!(many(100).check(&own(7, "LAND.7", "Đất rừng")), Ok(()));
    }

    proptest! {
        #[test]
        fn every_topic_has_a_label_and_what_is_ended_is_never_offered(
            said in proptest::collection::vec((0_usize..StandardTopic::ALL.len() + 20, any::<bool>()), 0..40),
            n in 1_u32..40,
        ) {
            let firsts: Vec<_> = StandardTopic::ALL.iter().filter(|topic| topic.parent() == **topic).collect();
            let mut book = CodeBook::default();
            for (at, ended) in said {
                let place = u8::try_from(at).unwrap();
                let entry = match StandardTopic::ALL.get(at) {
                    Some(topic) => own(place, topic.code(), ""),
                    None => own(place, &format!("{}.{at}", firsts[at % firsts.len()].code()), "Mục"),
                };
                book.put(CodeEntry { ended, ..entry });
            }
            let stranger = Topic::Own(OwnTopic::new(*firsts[n as usize % firsts.len()], n.try_into().unwrap()).unwrap());
            for lang in [Lang::Vi, Lang::En] {
                for topic in book.topics().into_iter().chain([stranger]) {
                    prop_assert!(!book.label(topic, lang).is_empty() && !book.full_label(topic, lang).is_empty());
                }
            }
            let offered = book.offered_topics();
            for topic in book.topics() {
                let over = |topic: Topic| book.entry(CodeList::Topic, &topic.code()).is_some_and(|entry| entry.ended);
                prop_assert_eq!(offered.contains(&topic), !over(topic) && !over(topic.parent().into()));
            }
            // Each behind its parent, and none twice.
            let all = book.topics();
            for (at, topic) in all.iter().enumerate() {
                prop_assert!(!all[..at].contains(topic) && (topic.is_first_level() || all[..at].contains(&topic.parent().into())));
            }
        }
    }
}
