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
        Self { name: clean(&self.name), code: clean(&self.code), ..self }
    }

    /// Whether its last day is over.
    pub fn has_ended(&self, today: Date) -> bool {
        self.to.is_some_and(|to| to < today)
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
        // Nothing takes a merger back, so a unit without a succession never had one.
        if self.succession.is_some() {
            values.insert("succession".to_owned(), ByteBuf::from(cbor::encode(&self.succession)));
        }
        values
    }
}
