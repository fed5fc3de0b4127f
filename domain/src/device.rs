//! The phone as an office sees it: what it says of itself, and why it was revoked.

use crate::code_list;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What a phone says of itself with a sync. Nothing about anonymous opinions, not even how many wait: beside the number of
/// operations, that would tell at which visit one was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The build of its app: "0.1.0 4935a3b0".
    #[serde(rename = "b")]
    pub build: String,
    /// Operations that are still on it, without those of this very message.
    #[serde(rename = "w")]
    pub waiting: u32,
}

/// The longest name of a build, in bytes.
pub const BUILD_MAX: usize = 40;

impl Report {
    /// What may be kept and shown of it: a name of a build, and no other words.
    pub fn is_plain(&self) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | ' ');
        self.build.len() <= BUILD_MAX && self.build.chars().all(plain)
    }
}

/// Hours without a word after which an office should ask after a phone: three days.
const SILENT_HOURS: i64 = 72;

/// Whether an office should ask after a phone that was `heard` of last, which is with a sync or else when it was enrolled.
pub fn is_silent(heard: Time, now: Time) -> bool {
    now > heard.plus_hours(SILENT_HOURS)
}

code_list! {
    /// Why a phone was revoked.
    Revocation {
        /// Whoever holds it may not be who it was given to: what it brings waits for a person.
        Lost = "LOST", "Đã thu hồi", "Revoked";
        /// Its person has another phone now, and holds this one still: what it brings is taken.
        Replaced = "REPLACED", "Đã thay máy", "Replaced";
        /// Its person does not work here any more: what it brings waits for a person.
        Left = "LEFT", "Đã thu hồi, người giữ đã nghỉ", "Revoked, its holder has left";
    }
}

impl Revocation {
    /// Whether what the phone still holds is judged like that of any other phone. It pulls nothing in any case.
    pub const fn delivers(self) -> bool {
        matches!(self, Self::Replaced)
    }
}

/// What is left for a revoked phone to do, once the server has told it that this is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// Everything that a person was told is saved is on the server: it destroys its key, and says so.
    Destroy,
    /// Something is only here: nothing is destroyed, and the next sync tries again.
    Keep,
}

impl Farewell {
    /// Of a phone that was told, which is never the case once its 30 days are over: then it keeps its copy sealed for good.
    /// `only_here` is what no server has acknowledged in its present life: operations, and opinions without a name. What is
    /// being typed does not count, because nobody was told that it is saved.
    pub const fn of(told: bool, only_here: u64) -> Option<Self> {
        match (told, only_here) {
            (false, _) => None,
            (true, 0) => Some(Self::Destroy),
            (true, _) => Some(Self::Keep),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Date;

    #[test]
    fn a_phone_is_silent_after_three_days() {
        let heard = Date::new(2026, 11, 18).unwrap().start().plus_hours(20);
        for (hours, silent) in [(0, false), (72, false), (73, true), (-1, false)] {
            assert_eq!(is_silent(heard, heard.plus_hours(hours)), silent, "{hours}");
        }
    }

    #[test]
    fn nothing_is_destroyed_that_is_only_here() {
        for (told, only_here, what) in [
            (false, 0, None),
            (false, 3, None),
            (true, 1, Some(Farewell::Keep)),
            (true, u64::MAX, Some(Farewell::Keep)),
            (true, 0, Some(Farewell::Destroy)),
        ] {
            assert_eq!(Farewell::of(told, only_here), what, "{told} {only_here}");
        }
    }

    #[test]
    fn a_report_has_no_words() {
        for (build, plain) in [("0.1.0 4935a3b0", true), ("", true), ("Nguyễn", false), ("a".repeat(41).as_str(), false), ("a\nb", false)]
        {
            assert_eq!(Report { build: build.to_owned(), waiting: 0 }.is_plain(), plain, "{build}");
        }
    }
}
