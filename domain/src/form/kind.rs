//! Types of questions, and those that are refused by their names.

use super::problem::Why;
use serde::{Deserialize, Serialize};

/// What an item of a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the type of that name in `KINDS`")]
pub enum Kind {
    Group,
    Repeat,
    Text,
    Integer,
    Decimal,
    Range,
    SelectOne,
    SelectMultiple,
    Rank,
    Date,
    Time,
    DateTime,
    Note,
    Acknowledge,
    Calculate,
    Hidden,
    Image,
    Audio,
    Video,
    File,
    Barcode,
    Start,
    End,
    Today,
    DeviceId,
    SubscriberId,
    SimSerial,
    PhoneNumber,
    Username,
    Email,
    Audit,
    CsvExternal,
    Geopoint,
    Geotrace,
    Geoshape,
    StartGeopoint,
}

/// How far a type goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// As the specification has it.
    Full(Kind),
    /// The form is taken, and the answer stays empty by design.
    Empty(Kind, Why),
    /// Only where the legal basis of the campaign allows a location.
    Location(Kind),
    /// The form is refused.
    Refused(Why),
}

/// A type as workbooks write it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its names; the first is the one that is exported.
    pub names: &'static [&'static str],
    /// How far it goes.
    pub support: Support,
}

const fn full(kind: Kind, names: &'static [&'static str]) -> Entry {
    Entry { names, support: Support::Full(kind) }
}

const fn empty(kind: Kind, names: &'static [&'static str]) -> Entry {
    Entry { names, support: Support::Empty(kind, Why::Identity) }
}

const fn location(kind: Kind, names: &'static [&'static str]) -> Entry {
    Entry { names, support: Support::Location(kind) }
}

const fn refused(why: Why, names: &'static [&'static str]) -> Entry {
    Entry { names, support: Support::Refused(why) }
}

/// Every type that XLSForm knows. Selects are followed by the name of their list, and `begin` stands before a group.
pub const KINDS: &[Entry] = &[
    full(Kind::Group, &["group"]),
    full(Kind::Repeat, &["repeat", "lgroup", "looped group"]),
    full(Kind::Text, &["text", "string", "q string", "add text prompt", "phone number"]),
    full(Kind::Integer, &["integer", "int", "q int", "add integer prompt"]),
    full(Kind::Decimal, &["decimal", "q decimal", "add decimal prompt"]),
    full(Kind::Range, &["range"]),
    full(
        Kind::SelectOne,
        &["select_one", "select one", "select1", "select one from", "add select one prompt using", "select_one_from_file"],
    ),
    full(
        Kind::SelectMultiple,
        &[
            "select_multiple",
            "select multiple",
            "select all that apply",
            "select all that apply from",
            "add select multiple prompt using",
            "select_multiple_from_file",
        ],
    ),
    full(Kind::Rank, &["rank"]),
    full(Kind::Date, &["date", "q date", "add date prompt"]),
    full(Kind::Time, &["time"]),
    full(Kind::DateTime, &["datetime", "date time", "q date time", "add date time prompt", "add datetime prompt", "q datetime"]),
    full(Kind::Note, &["note", "q note", "add note prompt"]),
    full(Kind::Acknowledge, &["acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"]),
    full(Kind::Calculate, &["calculate", "q calculate", "add calculate prompt"]),
    full(Kind::Hidden, &["hidden"]),
    full(Kind::Image, &["image", "photo", "q picture", "q image", "add image prompt", "add photo prompt"]),
    full(Kind::Audio, &["audio", "q audio", "add audio prompt"]),
    full(Kind::Video, &["video", "q video", "add video prompt"]),
    full(Kind::File, &["file", "add file prompt"]),
    full(Kind::Barcode, &["barcode", "q barcode", "add barcode prompt"]),
    full(Kind::Start, &["start", "start time", "get start time"]),
    full(Kind::End, &["end", "end time", "get end time"]),
    full(Kind::Today, &["today", "get today"]),
    full(Kind::CsvExternal, &["csv-external"]),
    empty(Kind::DeviceId, &["deviceid", "imei", "device id", "get device id", "uri:deviceid"]),
    empty(Kind::SubscriberId, &["subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"]),
    empty(Kind::SimSerial, &["simserial", "sim id", "get sim id", "uri:simserial"]),
    empty(Kind::PhoneNumber, &["phonenumber", "get phone number", "uri:phonenumber"]),
    empty(Kind::Username, &["username", "uri:username"]),
    empty(Kind::Email, &["email", "uri:email"]),
    empty(Kind::Audit, &["audit"]),
    location(Kind::Geopoint, &["geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"]),
    location(Kind::Geotrace, &["geotrace", "q geotrace"]),
    location(Kind::Geoshape, &["geoshape", "q geoshape"]),
    location(Kind::StartGeopoint, &["start-geopoint"]),
    refused(Why::Unseen, &["background-geopoint"]),
    refused(Why::Unseen, &["background-audio"]),
    refused(Why::NotYet, &["select_one_external"]),
    refused(Why::NotYet, &["xml-external"]),
    refused(Why::NotYet, &["osm"]),
    refused(Why::Outdated, &["loop"]),
    refused(Why::Outdated, &["cascading_select", "cascading select"]),
    refused(Why::Outdated, &["percentage"]),
    refused(Why::Outdated, &["number of days in last month", "number of days in last six months", "number of days in last year"]),
];

/// The type of that name, in small letters.
pub fn find(name: &str) -> Option<&'static Entry> {
    KINDS.iter().find(|entry| entry.names.contains(&name))
}

impl Kind {
    /// What is exported.
    pub fn name(self) -> &'static str {
        let entry = KINDS.iter().find(|entry| match entry.support {
            Support::Full(kind) | Support::Empty(kind, _) | Support::Location(kind) => kind == self,
            Support::Refused(_) => false,
        });
        entry.and_then(|entry| entry.names.first()).unwrap_or(&"text")
    }

    /// Whether it holds items of its own.
    pub const fn holds_items(self) -> bool {
        matches!(self, Self::Group | Self::Repeat)
    }

    /// Whether its answers are options of a list.
    pub const fn is_select(self) -> bool {
        matches!(self, Self::SelectOne | Self::SelectMultiple | Self::Rank)
    }

    /// Whether its answer is a number, so that 0 is false.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Range)
    }

    /// Whether its answer is the name of an attachment.
    pub const fn is_attachment(self) -> bool {
        matches!(self, Self::Image | Self::Audio | Self::Video | Self::File)
    }

    /// Whether a person sees it, so that it wants words.
    pub const fn is_shown(self) -> bool {
        !matches!(
            self,
            Self::Calculate
                | Self::Hidden
                | Self::Start
                | Self::End
                | Self::Today
                | Self::DeviceId
                | Self::SubscriberId
                | Self::SimSerial
                | Self::PhoneNumber
                | Self::Username
                | Self::Email
                | Self::Audit
                | Self::CsvExternal
                | Self::StartGeopoint
        )
    }

    /// Whether nobody is ever asked for it, and nothing is kept in it.
    pub fn is_withheld(self) -> bool {
        KINDS.iter().any(|entry| matches!(entry.support, Support::Empty(kind, _) if kind == self))
    }
}
