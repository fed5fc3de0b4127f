//! The household: minimum data, each field a register of its own.

use crate::cbor;
use crate::code_list;
use crate::id::{AreaId, RecordId};
use crate::operation::Part;
use crate::register::{Register, Values};
use crate::short::{Map, Set};
use crate::text::{clean, compose};
use crate::twin::APART;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A household as it is shown: of disputed fields the value shown first.
///
/// Not collected, by law and by decision: identity numbers, ethnicity, religion, health, location, children's
/// names, anything about views or attitude.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Household {
    /// The number in the village's list or on the house, as it is written there.
    pub no: String,
    /// The head's display name.
    pub head: String,
    /// A key to sort the head by, where the last word is not the given name.
    pub sort: String,
    /// Ten digits, or nothing.
    pub phone: String,
    /// How many people; `None` is not known, which is not 0.
    pub people: Option<u16>,
    /// Where the house is, in words ("cạnh nhà văn hóa").
    pub hint: String,
    /// The cluster of houses inside the village.
    pub cluster: String,
    /// When the family is best met ("sau 17 giờ").
    pub hours: String,
    /// Whether it still is a household of this village.
    pub status: HouseholdStatus,
    /// The household asked not to be contacted.
    pub no_contact: bool,
    /// The village that a split gave it to; `None` where what became of its area is its village. Offices write it.
    pub unit: Option<AreaId>,
    /// It was made twice, and this one stands for both: see [`crate::twin`]. Offices write it.
    pub same_as: Option<RecordId>,
}

code_list! {
    /// Whether a household still lives here.
    HouseholdStatus {
        Active = "ACTIVE", "Đang ở", "Lives here";
        MovedOut = "MOVED_OUT", "Đã chuyển đi", "Moved out";
        Split = "SPLIT", "Đã tách hộ", "Split";
        Merged = "MERGED", "Đã nhập hộ", "Merged";
        Dissolved = "DISSOLVED", "Không còn", "Dissolved";
        Duplicate = "DUPLICATE", "Ghi trùng", "Recorded twice";
    }
}

#[expect(clippy::derivable_impls, reason = "the macro declares the enum, so there is nothing to derive on")]
impl Default for HouseholdStatus {
    fn default() -> Self {
        Self::Active
    }
}

/// Which erasable part each field belongs to. The single list of a household's fields.
pub const FIELDS: [(&str, Part); 12] = [
    ("no", Part::Facts),
    ("people", Part::Facts),
    ("hint", Part::Facts),
    ("cluster", Part::Facts),
    ("hours", Part::Facts),
    ("status", Part::Facts),
    ("no_contact", Part::Facts),
    ("unit", Part::Facts),
    ("same_as", Part::Facts),
    ("head", Part::Contact),
    ("sort", Part::Contact),
    ("phone", Part::Contact),
];

/// Whether a field is none that somebody corrects: a split says which village a household is in, and a decision about two
/// households that they are one or are not.
pub fn is_decided(field: &str) -> bool {
    matches!(field, "unit" | "same_as") || field.starts_with(APART)
}

/// What is wrong with a household that somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HouseholdError {
    /// Without a head's name nobody can find it.
    NoHead,
    /// A phone number has ten digits and begins with 0.
    Phone,
    /// More than 99 people in one household is a slip of the hand.
    People,
    /// The text of this field is longer than 200 characters.
    TooLong(&'static str),
}

impl HouseholdError {
    /// The field to be corrected.
    pub const fn field(self) -> &'static str {
        match self {
            Self::NoHead => "head",
            Self::Phone => "phone",
            Self::People => "people",
            Self::TooLong(field) => field,
        }
    }
}

impl Household {
    /// Reads the shown values of a register; its texts are shown composed.
    pub fn read(state: &Register) -> Self {
        let mut read = Self::as_written(state);
        for text in [&mut read.no, &mut read.head, &mut read.sort, &mut read.hint, &mut read.cluster, &mut read.hours] {
            *text = compose(std::mem::take(text));
        }
        read
    }

    /// Reads the shown values of a register to the letter.
    pub fn as_written(state: &Register) -> Self {
        let text = |field| -> String { state.read(field).unwrap_or_default() };
        Self {
            no: text("no"),
            head: text("head"),
            sort: text("sort"),
            phone: state.read("phone").unwrap_or_default(),
            people: state.read("people").unwrap_or_default(),
            hint: text("hint"),
            cluster: text("cluster"),
            hours: text("hours"),
            status: state.read("status").unwrap_or_default(),
            no_contact: state.read("no_contact").unwrap_or_default(),
            unit: state.read("unit").flatten(),
            same_as: state.read("same_as").flatten(),
        }
    }

    /// Every field with its value in CBOR.
    pub fn values(&self) -> Values {
        let encoded = |value: Vec<u8>| ByteBuf::from(value);
        Values::from([
            ("no".to_owned(), encoded(cbor::encode(&self.no))),
            ("head".to_owned(), encoded(cbor::encode(&self.head))),
            ("sort".to_owned(), encoded(cbor::encode(&self.sort))),
            ("phone".to_owned(), encoded(cbor::encode(&self.phone))),
            ("people".to_owned(), encoded(cbor::encode(&self.people))),
            ("hint".to_owned(), encoded(cbor::encode(&self.hint))),
            ("cluster".to_owned(), encoded(cbor::encode(&self.cluster))),
            ("hours".to_owned(), encoded(cbor::encode(&self.hours))),
            ("status".to_owned(), encoded(cbor::encode(&self.status))),
            ("no_contact".to_owned(), encoded(cbor::encode(&self.no_contact))),
            ("unit".to_owned(), encoded(cbor::encode(&self.unit))),
            ("same_as".to_owned(), encoded(cbor::encode(&self.same_as))),
        ])
    }

    /// The household with this value of one field in its place.
    #[must_use]
    pub fn with(&self, field: &str, value: ByteBuf) -> Self {
        let mut first = self.values();
        first.insert(field.to_owned(), value);
        Self::read(&Register { first, ..Register::default() })
    }

    /// The values of a new household; empty fields are left out.
    pub fn first_values(&self) -> Values {
        let empty = Self::default().values();
        self.values().into_iter().filter(|(field, value)| empty.get(field) != Some(value)).collect()
    }

    /// The fields whose value differs from what `before` shows.
    pub fn changed_values(&self, before: &Self) -> Values {
        let old = before.values();
        self.values().into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect()
    }

    /// As it is stored: every line clean, the phone number without what people write between its digits.
    #[must_use]
    pub fn cleaned(self) -> Self {
        Self {
            no: clean(&self.no),
            head: clean(&self.head),
            sort: clean(&self.sort),
            phone: self.phone.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect(),
            hint: clean(&self.hint),
            cluster: clean(&self.cluster),
            hours: clean(&self.hours),
            ..self
        }
    }

    /// Says what is wrong, before anything is stored.
    pub fn check(&self) -> Result<(), HouseholdError> {
        if self.head.trim().is_empty() {
            return Err(HouseholdError::NoHead);
        }
        self.check_limits()
    }

    /// The same of one of which parts were redacted: nobody can give it a name again.
    pub fn check_beside(&self, erased: &Set<Part>) -> Result<(), HouseholdError> {
        if erased.contains(&Part::Contact) { self.check_limits() } else { self.check() }
    }

    /// Says what is wrong with the fields that are filled; a change of some of them leaves the others empty.
    pub fn check_limits(&self) -> Result<(), HouseholdError> {
        let digits = self.phone.chars().all(|c| c.is_ascii_digit());
        if !self.phone.is_empty() && !(digits && self.phone.len() == 10 && self.phone.starts_with('0')) {
            return Err(HouseholdError::Phone);
        }
        if self.people.is_some_and(|n| n > 99) {
            return Err(HouseholdError::People);
        }
        let texts = [
            ("head", &self.head),
            ("no", &self.no),
            ("sort", &self.sort),
            ("cluster", &self.cluster),
            ("hint", &self.hint),
            ("hours", &self.hours),
        ];
        let long = texts.into_iter().find(|(_, text)| text.chars().count() > 200);
        long.map_or(Ok(()), |(field, _)| Err(HouseholdError::TooLong(field)))
    }
}

/// What a household is called where it is shown: by its head, or by its code where the head was redacted.
pub fn called<'a>(head: &'a str, code: &'a str) -> &'a str {
    if head.is_empty() { code } else { head }
}

/// Says what is wrong with values that correct a household: with these, and with nothing else that it has.
pub fn check_correction(values: &Values) -> Result<(), HouseholdError> {
    let written = Household::read(&Register { first: values.clone(), ..Register::default() });
    if values.contains_key("head") { written.check() } else { written.check_limits() }
}

/// Sorts field values into the body parts that the declaration gives them. Fields of a later build count as facts.
pub fn parts(values: Values) -> Map<Part, ByteBuf> {
    let mut by_part: Map<Part, Values> = Map::new();
    for (field, value) in values {
        let part = FIELDS.iter().find(|(name, _)| *name == field).map_or(Part::Facts, |(_, part)| *part);
        by_part.get_or_insert_with(part, Values::new).insert(field, value);
    }
    by_part.into_iter().map(|(part, values)| (part, ByteBuf::from(cbor::encode(&values)))).collect()
}

/// Whether body parts are those of a household, with every field in its own: what is erased as contact must not stand in the
/// facts. A field of a later build may be in either.
pub fn are_in_place(parts: &Map<Part, ByteBuf>) -> bool {
    parts.iter().all(|(part, values)| {
        let declared = |field: &String| FIELDS.iter().find(|(name, _)| name == field).is_none_or(|(_, declared)| declared == part);
        *part != Part::Text && cbor::decode::<Values>(values).is_ok_and(|values| values.keys().all(declared))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_declared_once() {
        let declared: std::collections::BTreeSet<_> = FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let written: std::collections::BTreeSet<_> = Household::default().values().keys().cloned().collect();
        assert_eq!((declared.len(), &declared), (FIELDS.len(), &written));
    }

    #[test]
    fn names_and_phones_are_apart_from_facts() {
        let household =
            Household { head: "Nguyễn Thị Lành".into(), phone: "0187250416".into(), people: Some(4), ..Default::default() };
        let parts = parts(household.first_values());
        let facts = parts.get(&Part::Facts).unwrap().to_vec();
        for secret in ["Lành", "0187250416"] {
            assert!(!facts.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
        }
        let state = Register { first: crate::register::values(&parts).unwrap(), ..Default::default() };
        assert_eq!(Household::read(&state), household);
        assert!(are_in_place(&parts));
        let wrong = |from, to| are_in_place(&Map::from([(to, parts.get(&from).unwrap().clone())]));
        assert!(!wrong(Part::Contact, Part::Facts) && !wrong(Part::Facts, Part::Contact) && !wrong(Part::Facts, Part::Text));
    }

    #[test]
    fn what_is_refused() {
        let good = Household { head: "Y Bhem Niê".into(), ..Default::default() };
        for (household, error) in [
            (Household { head: "  ".into(), ..good.clone() }, HouseholdError::NoHead),
            (Household { phone: "12345".into(), ..good.clone() }, HouseholdError::Phone),
            (Household { people: Some(100), ..good.clone() }, HouseholdError::People),
            (Household { hint: "x".repeat(201), ..good.clone() }, HouseholdError::TooLong("hint")),
            (Household { hours: "x".repeat(201), ..good.clone() }, HouseholdError::TooLong("hours")),
        ] {
            assert_eq!(household.check(), Err(error));
        }
        assert_eq!(good.check(), Ok(()));
    }

    #[test]
    fn a_correction_is_checked_for_what_it_corrects() {
        // The telephone number that stands there is of no use, and is not what anybody decides about.
        let before = Household { head: "Y Bhem Niê".into(), phone: "12345".into(), ..Default::default() };
        let corrected = |after: Household| check_correction(&after.changed_values(&before)).map_err(HouseholdError::field);
        assert_eq!(corrected(Household { people: Some(5), ..before.clone() }), Ok(()));
        assert_eq!(corrected(Household { people: Some(100), ..before.clone() }), Err("people"));
        assert_eq!(corrected(Household { phone: "0187".into(), ..before.clone() }), Err("phone"));
        assert_eq!(corrected(Household { phone: String::new(), ..before.clone() }), Ok(()));
        assert_eq!(corrected(Household { head: "  ".into(), ..before.clone() }), Err("head"));
        assert_eq!(corrected(Household { hours: "x".repeat(201), ..before.clone() }), Err("hours"));
    }

    #[test]
    fn one_value_is_put_in_its_place() {
        let before = Household { head: "Y Bhem Niê".into(), people: Some(4), ..Default::default() };
        let after = before.with("people", ByteBuf::from(cbor::encode(&Some(5u16))));
        assert_eq!(after, Household { people: Some(5), ..before });
    }
}
