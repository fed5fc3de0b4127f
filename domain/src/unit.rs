//! The administrative unit: province → commune → village. Its id is the area of the records that belong to it.

use crate::cbor;
use crate::code_list;
use crate::id::AreaId;
use crate::register::{Register, Values};
use crate::succession::Succession;
use crate::text::clean;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A unit as it is shown. Effective-dated: a merger ends a unit and begins another, and moves no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Also the id of its area.
    pub id: AreaId,
    /// The unit above; a province has none.
    pub parent: Option<AreaId>,
    /// Where in the tree.
    pub level: Level,
    /// The full name with its type: "Thôn Đồng Cừ – Bến Lĩnh".
    pub name: String,
    /// The letters that household codes of a village begin with ("DC"), unique in its commune.
    pub code: String,
    /// The first day on which it exists.
    pub from: Date,
    /// The last day on which it exists.
    pub to: Option<Date>,
    /// What it was merged or split into; `None` of a unit that stands.
    #[serde(default)]
    pub succession: Option<Succession>,
    /// What it was called before, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerName>,
}

/// A name that a unit had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerName {
    /// The full name with its type.
    pub name: String,
    /// The last day on which it was called so.
    pub until: Date,
}

code_list! {
    /// A level of the unit tree since 1 July 2025 (two tiers of government, and the village below).
    Level {
        Province = "PROVINCE", "Tỉnh, thành phố", "Province";
        Commune = "COMMUNE", "Xã, phường, đặc khu", "Commune";
        Village = "VILLAGE", "Thôn, tổ dân phố", "Village";
    }
}

impl Unit {
    /// As it is stored: every line clean.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let former = self.former.iter().map(|former| FormerName { name: clean(&former.name), ..*former }).collect();
        Self { name: clean(&self.name), code: clean(&self.code), former, ..self }
    }

    /// Whether its last day is over.
    pub fn has_ended(&self, today: Date) -> bool {
        self.to.is_some_and(|to| to < today)
    }

    /// Whether it exists on a day.
    pub fn is_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// What it is called on a day.
    pub fn name_on(&self, day: Date) -> &str {
        self.former.iter().find(|former| day <= former.until).map_or(&self.name, |former| &former.name)
    }

    /// The unit under a new name from a day on; the old one is kept.
    #[must_use]
    pub fn renamed(mut self, name: String, on: Date) -> Self {
        let name = std::mem::replace(&mut self.name, name);
        self.former.push(FormerName { name, until: on.plus(-1) });
        self
    }

    /// Whether its names are those of `before`, or those with one more that ended before `today`. A spelling that is corrected
    /// leaves no former name.
    pub fn keeps_names_of(&self, before: &Self, today: Date) -> bool {
        let Some(more) = self.former.strip_prefix(before.former.as_slice()) else { return false };
        let since = before.former.last().map_or(before.from, |last| last.until.plus(1));
        match more {
            [] => true,
            [one] => one.name == before.name && self.name != before.name && since <= one.until && one.until < today,
            _ => false,
        }
    }

    /// Reads the shown values; `None` while its creation has not arrived.
    pub fn read(id: AreaId, state: &Register) -> Option<Self> {
        Some(Self {
            id,
            parent: state.read("parent").flatten(),
            level: state.read("level")?,
            name: state.read("name")?,
            code: state.read("code").unwrap_or_default(),
            from: state.read("from").unwrap_or(Date::MIN),
            to: state.read("to").flatten(),
            succession: state.read("succession").flatten(),
            former: state.read("former").unwrap_or_default(),
        })
    }

    /// Every field with its value in CBOR. All of them are facts.
    pub fn values(&self) -> Values {
        let mut values = Values::from([
            ("parent".to_owned(), ByteBuf::from(cbor::encode(&self.parent))),
            ("level".to_owned(), ByteBuf::from(cbor::encode(&self.level))),
            ("name".to_owned(), ByteBuf::from(cbor::encode(&self.name))),
            ("code".to_owned(), ByteBuf::from(cbor::encode(&self.code))),
            ("from".to_owned(), ByteBuf::from(cbor::encode(&self.from))),
            ("to".to_owned(), ByteBuf::from(cbor::encode(&self.to))),
        ]);
        // Nothing takes a merger or a name back, so a unit without one never had one.
        if self.succession.is_some() {
            values.insert("succession".to_owned(), ByteBuf::from(cbor::encode(&self.succession)));
        }
        if !self.former.is_empty() {
            values.insert("former".to_owned(), ByteBuf::from(cbor::encode(&self.former)));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u8) -> Date {
        Date::new(2026, 3, d).unwrap()
    }

    fn unit(name: &str) -> Unit {
        Unit {
            id: AreaId::new(1, [1; 10]),
            parent: None,
            level: Level::Village,
            name: name.into(),
            code: "DC".into(),
            from: day(1),
            to: Some(day(20)),
            succession: None,
            former: Vec::new(),
        }
    }

    #[test]
    fn a_unit_has_the_name_and_the_days_of_its_time() {
        let now = unit("Thôn Một").renamed("Thôn Hai".into(), day(5)).renamed("Thôn Ba".into(), day(9));
        for (d, name) in [(1, "Thôn Một"), (4, "Thôn Một"), (5, "Thôn Hai"), (8, "Thôn Hai"), (9, "Thôn Ba"), (20, "Thôn Ba")] {
            assert_eq!(now.name_on(day(d)), name, "{d}");
        }
        assert_eq!([1, 20, 21].map(|d| now.is_on(day(d))), [true, true, false]);
        assert!(!now.is_on(day(1).plus(-1)));
    }

    #[test]
    fn names_are_added_and_never_taken_away() {
        let before = unit("Thôn Một").renamed("Thôn Hai".into(), day(5));
        let renamed = |on| before.clone().renamed("Thôn Ba".into(), on);
        for (after, good) in [
            (before.clone(), true),
            (Unit { name: "Thôn  Hai".into(), ..before.clone() }, true),
            (renamed(day(6)), true),
            (renamed(day(10)), true),
            // Not called so for a single day, or called so still.
            (renamed(day(5)), false),
            (renamed(day(11)), false),
            (renamed(day(6)).renamed("Thôn Tư".into(), day(7)), false),
            (Unit { former: Vec::new(), ..before.clone() }, false),
            (before.clone().renamed("Thôn Hai".into(), day(6)), false),
            (Unit { former: renamed(day(6)).former, ..unit("Thôn Hai") }, false),
        ] {
            assert_eq!(after.keeps_names_of(&before, day(10)), good, "{after:?}");
        }
    }
}
