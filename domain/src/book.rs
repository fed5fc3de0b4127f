//! The household book as an office keeps it by hand: one household with everything that people wrote about it, and a
//! change of it.

use crate::code_list;
use crate::household::{FIELDS, Household, HouseholdError, HouseholdStatus, check_correction, is_decided};
use crate::id::{AreaId, RecordId};
use crate::operation::{Dot, Field, Part};
use crate::register::Values;
use crate::short::{Map, Set};
use crate::text;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// One household, opened to be read and corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The record.
    pub id: RecordId,
    /// Its village of today.
    pub village: AreaId,
    /// "DC-0187".
    pub code: String,
    /// The fields; of disputed ones the value shown first.
    pub household: Household,
    /// For each field that has a value, the dots behind everything that is shown here. What a correction gives back.
    pub base: Map<Field, Vec<Dot>>,
    /// The fields on which people disagree.
    pub disputes: Vec<Dispute>,
    /// What was redacted of it: nothing of that is ever written again.
    #[serde(default)]
    pub erased: Set<Part>,
    /// It stands for itself: nobody said that it is part of another one.
    pub stands: bool,
    /// The households that are the same as it: those for which it stands, or the one that stands for it.
    pub twins: Vec<Twin>,
}

/// A household that is the same as another one, in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// The record.
    pub id: RecordId,
    /// "DC-0187".
    pub code: String,
    /// The head.
    pub head: String,
}

/// A field on which people disagree. Every value stays until a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Its name in [`FIELDS`].
    pub field: Field,
    /// The values, the one shown first in front.
    pub values: Vec<Disputed>,
}

/// One of several values of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disputed {
    /// The household with this value in place.
    pub household: Household,
    /// Who wrote it; empty where nobody knows any more.
    pub by: String,
    /// On what.
    pub on: WrittenOn,
    /// When their clock said it was.
    pub at: Time,
}

code_list! {
    /// On what a value was written.
    WrittenOn {
        Phone = "phone", "trên điện thoại", "on a phone";
        Desk = "desk", "ở văn phòng", "at the office";
        Import = "import", "khi nhập danh sách", "with an import";
    }
}

/// A household added to the book, or corrected in it, as the value of a [`crate::office::Write`]. Its `seen` stays 0:
/// what the officer saw stands in the correction, field by field, so that it never stops anybody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The record.
    pub id: RecordId,
    /// The fields as they are to be.
    pub household: Household,
    /// New, or which fields change.
    pub what: Edit,
    /// The officer was warned that it [repeats](repeats) another one, and knows better.
    #[serde(default)]
    pub anyway: bool,
}

/// Whether a household is added or corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A new household of this village.
    Add(AreaId),
    /// The fields that change, each with the dots that the officer saw ([`Sheet::base`]). A value that somebody else
    /// wrote meanwhile is under none of them, and stays beside the new one.
    Correct(Map<Field, Vec<Dot>>),
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// Of what was typed.
    Household(HouseholdError),
    /// It corrects nothing, or a field that a household does not have, or one that is [decided](is_decided) and not corrected.
    Fields,
}

impl Entry {
    /// The values that it writes; of a correction those of its fields, and only they are checked.
    pub fn values(&self) -> Result<Values, EntryError> {
        let household = Household { unit: None, same_as: None, ..self.household.clone().cleaned() };
        match &self.what {
            Edit::Add(_) => {
                household.check().map_err(EntryError::Household)?;
                Ok(household.first_values())
            }
            Edit::Correct(base) => {
                let is_field = |field: &Field| !is_decided(field) && FIELDS.iter().any(|(name, _)| name == field);
                if base.is_empty() || !base.keys().all(is_field) {
                    return Err(EntryError::Fields);
                }
                let values: Values = household.values().into_iter().filter(|(field, _)| base.contains_key(field)).collect();
                check_correction(&values).map_err(EntryError::Household).map(|()| values)
            }
        }
    }
}

/// Whether two households of one village are the same house written twice: the same number and the same head, accents and
/// leading zeros aside. One that is marked as recorded twice repeats nothing any more.
pub fn repeats(a: Named<'_>, b: Named<'_>) -> bool {
    let stands = |named: &Named<'_>| named.status != HouseholdStatus::Duplicate;
    let same_number = text::number_key(a.no) == text::number_key(b.no);
    stands(&a) && stands(&b) && same_number && text::words(a.head) == text::words(b.head)
}

/// What tells a household from the others of its village.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Its number.
    pub no: &'a str,
    /// Its head.
    pub head: &'a str,
    /// Whether it stands for itself.
    pub status: HouseholdStatus,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Register;

    fn entry(household: Household, fields: &[&str]) -> Entry {
        let what = Edit::Correct(fields.iter().map(|field| ((*field).to_owned(), Vec::new())).collect());
        Entry { id: RecordId::new(1, [1; 10]), household, what, anyway: false }
    }

    #[test]
    fn a_correction_writes_and_checks_its_fields_only() {
        // A phone number that an old list brought in is nobody's fault today.
        let home = Household { head: "Nguyễn Thị Lành".into(), phone: "123".into(), people: Some(4), ..Household::default() };
        let fields = |entry: &Entry| entry.values().map(|values| values.keys().cloned().collect::<Vec<_>>());
        assert_eq!(fields(&entry(home.clone(), &["people"])), Ok(vec!["people".to_owned()]));
        assert_eq!(fields(&entry(home.clone(), &["phone"])), Err(EntryError::Household(HouseholdError::Phone)));
        let nobody = Household { head: "  ".into(), ..home.clone() };
        assert_eq!(fields(&entry(nobody, &["head"])), Err(EntryError::Household(HouseholdError::NoHead)));
        for wrong in [[].as_slice(), &["faith"], &["unit"], &["same_as"]] {
            assert_eq!(fields(&entry(home.clone(), wrong)), Err(EntryError::Fields));
        }
        let spaced = Household { phone: "018 725.0416".into(), ..home };
        let values = entry(spaced, &["phone"]).values().unwrap();
        assert_eq!(Household::read(&Register { first: values, ..Register::default() }).phone, "0187250416");
    }

    #[test]
    fn what_repeats_what() {
        let named = |no, head| Named { no, head, status: HouseholdStatus::Active };
        for (a, b, same) in [
            (("12", "Nguyễn Thị Lành"), ("012", "NGUYEN  THI LANH"), true),
            (("", "Lò Văn Páo"), ("", "Lò Văn Páo"), true),
            (("12", "Nguyễn Thị Lành"), ("13", "Nguyễn Thị Lành"), false),
            (("12", "Nguyễn Thị Lành"), ("12", "Nguyễn Thị Lan"), false),
            (("12", "Nguyễn Thị Lành"), ("", "Nguyễn Thị Lành"), false),
        ] {
            assert_eq!(repeats(named(a.0, a.1), named(b.0, b.1)), same, "{a:?} {b:?}");
        }
        let twice = Named { status: HouseholdStatus::Duplicate, ..named("12", "Nguyễn Thị Lành") };
        assert!(!repeats(twice, named("12", "Nguyễn Thị Lành")));
    }
}
