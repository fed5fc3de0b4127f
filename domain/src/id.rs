//! Identifiers: UUIDv7, made where the record is made, so that a phone without a network can name things.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::{Builder, Uuid};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id from the wall clock (milliseconds since 1970) and ten random bytes.
            pub const fn new(millis: u64, random: [u8; 10]) -> Self {
                Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The sixteen bytes as they stand on the wire and in keys.
            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads sixteen bytes; anything else is no id.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                // `parse` would say what is wrong where, to nobody.
                Uuid::try_parse(s).map(Self)
            }
        }
    )+};
}

id! {
    /// Any record: a household, a visit, a campaign …
    RecordId;
    /// An area is an administrative unit; its id is the unit's record id.
    AreaId;
    /// A writer with a gapless sequence of its own: a phone, an office tab, one confirmed import.
    DeviceId;
    /// A person who works with the product (never a resident).
    PersonId;
    /// One life of a server's database; a rewound server gets a new one.
    Epoch;
}

macro_rules! as_record {
    ($($name:ident),+) => {$(
        impl From<$name> for RecordId {
            fn from(id: $name) -> Self { Self(id.0) }
        }
        impl From<RecordId> for $name {
            fn from(id: RecordId) -> Self { Self(id.0) }
        }
    )+};
}
as_record!(AreaId, DeviceId, PersonId);
