//! An incident with personal data: what happened, since when the hours run in which the authority is to be told, and what its
//! form asks for. Kept by the data-protection officer and the administrator, and by nobody else.

use crate::code::Lang;
use crate::code_list;
use crate::id::{DeviceId, RecordId};
use crate::office::DeviceRow;
use crate::text::{clean, clean_lines};
use crate::time::{Date, Time};
use serde::{Deserialize, Serialize};

/// An incident. A workflow record of the unit of whoever wrote it down, in the stream that no phone reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its record.
    pub id: RecordId,
    /// When somebody who works here learned of it: the hours run from here, and not from when it is written down.
    pub detected: Time,
    /// The day on which it happened, as far as that is known.
    pub happened: Option<Date>,
    /// What happened, and where.
    pub what: String,
    /// Which sorts of data it is about.
    #[serde(default)]
    pub data: Vec<Data>,
    /// About how many people.
    #[serde(default)]
    pub people: Option<u32>,
    /// Whether it may harm anybody.
    pub harm: Harm,
    /// What may come of it.
    #[serde(default)]
    pub consequences: String,
    /// What was done about it, and what is to be done.
    #[serde(default)]
    pub measures: String,
    /// Who answers the authority's questions, and how they are reached.
    #[serde(default)]
    pub contact: String,
    /// When the authority was told.
    #[serde(default)]
    pub notified: Option<Time>,
    /// The number of the letter, or of its receipt.
    #[serde(default)]
    pub reference: String,
    /// The phone that was lost, where that is the incident.
    #[serde(default)]
    pub device: Option<DeviceId>,
}

code_list! {
    /// Sorts of data, by what somebody could learn from them.
    Data {
        Contact = "CONTACT", "Họ tên chủ hộ, số điện thoại", "Names of heads of households, telephone numbers";
        Household = "HOUSEHOLD", "Hộ: nơi ở, số nhân khẩu, ghi chú tìm nhà", "Households: place, people, hints";
        Visit = "VISIT", "Lượt thăm, lịch hẹn", "Visits, appointments";
        Opinion = "OPINION", "Ý kiến và ghi chú có nêu hộ", "Opinions and notes with their household";
        Unnamed = "UNNAMED", "Ý kiến không nêu tên", "Opinions without a name";
        Colleagues = "COLLEAGUES", "Cán bộ, thành viên tổ, tài khoản", "Officers, members of teams, accounts";
        Other = "OTHER", "Dữ liệu khác", "Other data";
    }
}

code_list! {
    /// Whether an incident may harm security and order, or somebody's life, health, honour, dignity or property.
    Harm {
        /// The hours run as if it might.
        Unknown = "UNKNOWN", "Chưa rõ", "Not known yet";
        May = "MAY", "Có thể gây hại", "May do harm";
        /// It is written down all the same.
        No = "NO", "Không gây hại", "Does no harm";
    }
}

/// What the law asks for from some day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// In force from this day: year, month, day.
    pub from: (i32, u8, u8),
    /// How long after it was detected an incident may be reported, in hours.
    pub hours: i64,
    vietnamese: &'static str,
    english: &'static str,
}

/// The latest last. An incident goes by the rule of the day on which it was detected.
const RULES: [Rule; 1] = [Rule {
    from: (2026, 1, 1),
    hours: 72,
    vietnamese: "Điều 23 Luật 91/2025/QH15; Nghị định 356/2025/NĐ-CP, Mẫu số 08",
    english: "Article 23, Law 91/2025/QH15; Decree 356/2025/ND-CP, Form 08",
}];

impl Rule {
    /// The rule for what was detected on a day; before the first one, the first.
    pub fn of(day: Date) -> Self {
        RULES.into_iter().rev().find(|rule| rule.from <= day.ymd()).unwrap_or(RULES[0])
    }

    /// Where it stands.
    pub const fn source(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vietnamese,
            Lang::En => self.english,
        }
    }
}

/// How an incident stands with its hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// It does no harm, so nobody has to be told.
    NotNeeded,
    /// So many full hours are left.
    Left(u32),
    /// The hours ended so many full hours ago.
    Over(u32),
    /// The authority was told in time, or after it.
    Told {
        /// Then the letter has to say why.
        late: bool,
    },
}

impl Clock {
    /// Whether somebody has to do something.
    pub const fn runs(self) -> bool {
        matches!(self, Self::Left(_) | Self::Over(_))
    }
}

/// What is wrong with an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidentError {
    /// Nothing says what happened, or it is too long.
    What,
    /// It was detected in a time to come.
    Detected,
    /// It happened after it was detected.
    Happened,
    /// The authority was told before it was detected, or will be.
    Notified,
    /// A text is too long.
    TooLong(&'static str),
}

impl IncidentError {
    /// The field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::What => "what",
            Self::Detected => "detected",
            Self::Happened => "happened",
            Self::Notified => "notified",
            Self::TooLong(field) => field,
        }
    }
}

/// The longest text of an incident, in characters.
const TEXT_MAX: usize = 4_000;

/// By how much the clock of a desk may be ahead of the server's, in hours.
const AHEAD: i64 = 1;

impl Incident {
    /// As it is stored: every text clean.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        self.data.sort();
        self.data.dedup();
        Self {
            what: clean_lines(&self.what),
            consequences: clean_lines(&self.consequences),
            measures: clean_lines(&self.measures),
            contact: clean_lines(&self.contact),
            reference: clean(&self.reference),
            ..self
        }
    }

    /// Whether it can be stored.
    pub fn check(&self, now: Time) -> Result<(), IncidentError> {
        let latest = now.plus_hours(AHEAD);
        let texts = [
            ("consequences", &self.consequences),
            ("measures", &self.measures),
            ("contact", &self.contact),
            ("reference", &self.reference),
        ];
        if self.what.is_empty() || self.what.chars().count() > TEXT_MAX {
            return Err(IncidentError::What);
        }
        if let Some((field, _)) = texts.into_iter().find(|(_, text)| text.chars().count() > TEXT_MAX) {
            return Err(IncidentError::TooLong(field));
        }
        if self.detected > latest || self.detected < Date::MIN.start() {
            return Err(IncidentError::Detected);
        }
        if self.happened.is_some_and(|day| day > self.detected.date()) {
            return Err(IncidentError::Happened);
        }
        if self.notified.is_some_and(|at| at < self.detected || at > latest) {
            return Err(IncidentError::Notified);
        }
        Ok(())
    }

    /// Until when the authority is to be told.
    pub fn due(&self) -> Time {
        self.detected.plus_hours(Rule::of(self.detected.date()).hours)
    }

    /// How it stands.
    pub fn clock(&self, now: Time) -> Clock {
        let hours = |ms: i64| u32::try_from(ms / HOUR).unwrap_or(u32::MAX);
        match (self.notified, self.harm) {
            (Some(at), _) => Clock::Told { late: at > self.due() },
            (None, Harm::No) => Clock::NotNeeded,
            (None, _) if now <= self.due() => Clock::Left(hours(self.due().0.saturating_sub(now.0))),
            (None, _) => Clock::Over(hours(now.0.saturating_sub(self.due().0))),
        }
    }
}

const HOUR: i64 = 3_600_000;

/// An incident in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// The incident.
    pub incident: Incident,
    /// The revision that a [`crate::office::Write::seen`] about it names.
    pub seen: u64,
    /// The phone that it is about, with what has become of it.
    #[serde(default)]
    pub phone: Option<DeviceRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(detected: Time) -> Incident {
        Incident {
            id: RecordId::new(1, [1; 10]),
            detected,
            happened: None,
            what: "Mất điện thoại".into(),
            data: vec![Data::Visit, Data::Contact],
            people: Some(40),
            harm: Harm::Unknown,
            consequences: String::new(),
            measures: String::new(),
            contact: String::new(),
            notified: None,
            reference: String::new(),
            device: None,
        }
    }

    fn noon() -> Time {
        Date::new(2026, 11, 18).unwrap().start().plus_hours(12)
    }

    #[test]
    fn the_hours_run_from_when_it_was_detected() {
        let (at, minute) = (noon(), 60_000);
        let it = incident(at);
        for (now, clock) in [
            (at, Clock::Left(72)),
            (Time(at.0 + minute), Clock::Left(71)),
            (at.plus_hours(72), Clock::Left(0)),
            (Time(at.plus_hours(72).0 + 1), Clock::Over(0)),
            (at.plus_hours(75), Clock::Over(3)),
        ] {
            assert_eq!(it.clock(now), clock);
            assert!(clock.runs());
            assert_eq!(Incident { harm: Harm::May, ..it.clone() }.clock(now), clock);
            assert_eq!(Incident { harm: Harm::No, ..it.clone() }.clock(now), Clock::NotNeeded);
        }
        for (hours, late) in [(0, false), (72, false), (73, true)] {
            let told = Incident { notified: Some(at.plus_hours(hours)), ..it.clone() };
            assert_eq!(told.clock(at.plus_hours(500)), Clock::Told { late });
            assert!(!told.clock(at).runs());
        }
    }

    #[test]
    fn the_law_has_a_source_and_a_day() {
        assert!(RULES.windows(2).all(|two| two[0].from < two[1].from));
        for day in [Date::MIN, noon().date(), Date::MAX] {
            let rule = Rule::of(day);
            assert_eq!(rule.hours, 72);
            assert!([Lang::Vi, Lang::En].into_iter().all(|lang| rule.source(lang).contains("91/2025/QH15")));
        }
    }

    #[test]
    fn what_cannot_be_is_not_stored() {
        let (now, it) = (noon(), incident(noon()));
        assert_eq!(it.check(now), Ok(()));
        let day = noon().date();
        for (wrong, error) in [
            (Incident { what: String::new(), ..it.clone() }, IncidentError::What),
            (Incident { what: "x".repeat(4_001), ..it.clone() }, IncidentError::What),
            (Incident { measures: "x".repeat(4_001), ..it.clone() }, IncidentError::TooLong("measures")),
            (Incident { detected: now.plus_hours(2), ..it.clone() }, IncidentError::Detected),
            (Incident { happened: Some(day.plus(1)), ..it.clone() }, IncidentError::Happened),
            (Incident { notified: Some(now.plus_hours(-1)), ..it.clone() }, IncidentError::Notified),
            (Incident { notified: Some(now.plus_hours(2)), ..it.clone() }, IncidentError::Notified),
        ] {
            assert_eq!(wrong.check(now), Err(error), "{wrong:?}");
        }
        let cleaned = Incident { what: " a \u{301} ".into(), data: vec![Data::Visit, Data::Contact, Data::Visit], ..it }.cleaned();
        assert_eq!(cleaned.data, [Data::Contact, Data::Visit]);
    }
}
