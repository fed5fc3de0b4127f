//! Instants and civil dates. Viet Nam is UTC+7 without daylight saving, so no time-zone data is needed anywhere.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::str::FromStr;

/// An instant: milliseconds since 1970-01-01 UTC, as some clock said. Orders display only, never decides a merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const VIET_NAM: i64 = 7 * HOUR;

impl Time {
    /// The civil date in Viet Nam.
    pub fn date(self) -> Date {
        Date(self.0.saturating_add(VIET_NAM).div_euclid(DAY).clamp(Date::MIN.0.into(), Date::MAX.0.into()) as i32)
    }

    /// Hour and minute in Viet Nam.
    pub fn clock(self) -> (u8, u8) {
        let minutes = self.0.saturating_add(VIET_NAM).rem_euclid(DAY) / 60_000;
        ((minutes / 60) as u8, (minutes % 60) as u8)
    }

    /// `17:44`, in Viet Nam.
    pub fn hour_minute(self) -> String {
        let (hour, minute) = self.clock();
        format!("{hour}:{minute:02}")
    }

    /// The instant `hours` later (earlier where negative).
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(HOUR)))
    }
}

/// A civil date: days since 1970-01-01. A number in CBOR, `yyyy-mm-dd` in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date(i32);

impl Date {
    /// 1900-01-01: nothing this product keeps is older.
    pub const MIN: Self = Self(-25_567);
    /// 2199-12-31.
    pub const MAX: Self = Self(84_005);

    /// The date, if there is such a day and it lies between [`Date::MIN`] and [`Date::MAX`].
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        if !(1900..=2199).contains(&year) || day == 0 || day > days_in(year, month)? {
            return None;
        }
        // Days from civil, after Howard Hinnant's public-domain calendar algorithms.
        let (m, d) = (i32::from(month), i32::from(day));
        let y = if m <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let of_year = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + d - 1;
        let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month, day.
    pub fn ymd(self) -> (i32, u8, u8) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u8;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u8;
        (yoe + era * 400 + i32::from(month <= 2), month, day)
    }

    /// 0 is Monday, 6 is Sunday.
    pub const fn weekday(self) -> u8 {
        (self.0 + 3).rem_euclid(7) as u8
    }

    /// The Monday of this date's week.
    pub const fn week(self) -> Self {
        Self(self.0 - self.weekday() as i32)
    }

    /// The date `days` later (earlier where negative).
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Days from `earlier` to this date.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// `05/03`: where there is little room and the year is plain.
    pub fn short(self) -> String {
        let (_, m, d) = self.ymd();
        format!("{d:02}/{m:02}")
    }

    /// The instant at which the date begins in Viet Nam.
    pub const fn start(self) -> Time {
        Time(self.0 as i64 * DAY - VIET_NAM)
    }

    /// `yyyy-mm-dd`, as date inputs and JSON have it.
    pub fn iso(self) -> String {
        let (y, m, d) = self.ymd();
        format!("{y:04}-{m:02}-{d:02}")
    }

    /// Reads `yyyy-mm-dd`, or `d/m/yyyy` as people type it.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((year, rest)) = text.split_once('-') {
            let (month, day) = rest.split_once('-')?;
            return Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        }
        let mut fields = text.split('/');
        let (day, month, year) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        Self::new(year.trim().parse().ok()?, month.trim().parse().ok()?, day.trim().parse().ok()?)
    }

    /// The moment on this day that people write as `17:44`, `17h44`, `17h` or `17`.
    pub fn at(self, clock: &str) -> Option<Time> {
        let (hour, minute) = clock.trim().split_once([':', 'h', 'g', '.']).unwrap_or((clock.trim(), ""));
        let minute = if minute.trim().is_empty() { 0 } else { minute.trim().parse::<u8>().ok()? };
        let hour = hour.trim().parse::<u8>().ok()?;
        (hour < 24 && minute < 60).then(|| Time(self.start().plus_hours(hour.into()).0 + i64::from(minute) * 60_000))
    }

    /// Reads a day, also without its year: then it is the first such day from `first` on, as one says when to come again.
    pub fn read_from(text: &str, first: Self) -> Option<Self> {
        Self::read(text).or_else(|| (0..=4).find_map(|years| Self::of_year(text, first.ymd().0 + years).filter(|day| *day >= first)))
    }

    /// Reads a day, also without its year: then it is the latest such day up to `last`, as one says when something was.
    pub fn read_until(text: &str, last: Self) -> Option<Self> {
        Self::read(text).or_else(|| (0..=4).find_map(|years| Self::of_year(text, last.ymd().0 - years).filter(|day| *day <= last)))
    }

    /// `d/m` of a year.
    fn of_year(text: &str, year: i32) -> Option<Self> {
        let (day, month) = text.trim().split_once('/')?;
        Self::new(year, month.trim().parse().ok()?, day.trim().parse().ok()?)
    }
}

fn days_in(year: i32, month: u8) -> Option<u8> {
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        _ => return None,
    })
}

/// `05/03/2026`
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{d:02}/{m:02}/{y:04}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

impl FromStr for Date {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::read(s).ok_or(())
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.serialize_str(&self.iso()) } else { serializer.serialize_i32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            return Self::read(&text).ok_or_else(|| D::Error::custom("not a date"));
        }
        let days = i32::deserialize(deserializer)?;
        if (Self::MIN.0..=Self::MAX.0).contains(&days) { Ok(Self(days)) } else { Err(D::Error::custom("date out of range")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_hour_is_read_as_people_type_it() {
        let day = Date::new(2026, 11, 18).unwrap();
        for text in ["17:44", " 17h44", "17g44 ", "17.44"] {
            assert_eq!(day.at(text).map(Time::hour_minute).as_deref(), Some("17:44"), "{text}");
        }
        for text in ["8", "8h", "08:00"] {
            assert_eq!(day.at(text), Some(day.start().plus_hours(8)), "{text}");
        }
        for text in ["", "24:00", "8:60", "tám", "8:5:1"] {
            assert_eq!(day.at(text), None, "{text}");
        }
    }

    #[test]
    fn dates_of_the_calendar() {
        for (y, m, d, iso, weekday) in [
            (1970, 1, 1, "1970-01-01", 3),
            (2026, 11, 21, "2026-11-21", 5),
            (2024, 2, 29, "2024-02-29", 3),
            (1900, 1, 1, "1900-01-01", 0),
            (2199, 12, 31, "2199-12-31", 1),
        ] {
            let date = Date::new(y, m, d).unwrap();
            assert_eq!((date.iso().as_str(), date.weekday()), (iso, weekday));
            assert_eq!(date.ymd(), (y, m, d));
        }
        for (y, m, d) in [(2026, 11, 31), (2025, 2, 29), (1900, 2, 29), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0)] {
            assert_eq!(Date::new(y, m, d), None);
        }
        assert_eq!((Date::new(1900, 1, 1), Date::new(2199, 12, 31)), (Some(Date::MIN), Some(Date::MAX)));
    }

    #[test]
    fn what_people_type() {
        let day = Date::new(2026, 3, 5);
        for text in ["2026-03-05", "5/3/2026", "05/03/2026", " 5/3/2026 "] {
            assert_eq!(Date::read(text), day, "{text}");
        }
        for text in ["", "5/3", "31/11/2026", "5/3/2026/1", "x-y-z"] {
            assert_eq!(Date::read(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_months_have_two_figures() {
        for (y, m, d, long, short) in [(2026, 3, 5, "05/03/2026", "05/03"), (2026, 11, 21, "21/11/2026", "21/11")] {
            let day = Date::new(y, m, d).unwrap();
            assert_eq!((day.to_string().as_str(), day.short().as_str()), (long, short));
        }
    }

    #[test]
    fn midnight_in_viet_nam() {
        // 2026-11-20 17:00 UTC is midnight in Viet Nam.
        let midnight = Date::new(2026, 11, 21).unwrap().start();
        assert_eq!(midnight.date().iso(), "2026-11-21");
        assert_eq!(Time(midnight.0 - 1).date().iso(), "2026-11-20");
        assert_eq!(midnight.hour_minute(), "0:00");
    }

    proptest! {
        #[test]
        fn round_trip(days in Date::MIN.0..=Date::MAX.0) {
            let (y, m, d) = Date(days).ymd();
            prop_assert_eq!(Date::new(y, m, d), Some(Date(days)));
            prop_assert!(Date(days).week().weekday() == 0 && Date(days).since(Date(days).week()) < 7);
        }

        #[test]
        fn any_instant_has_a_date(ms in any::<i64>()) {
            let _ = (Time(ms).date(), Time(ms).clock());
        }
    }

    #[test]
    fn a_day_without_its_year_is_the_nearest_one() {
        let day = |y, m, d| Date::new(y, m, d).unwrap();
        let today = day(2026, 12, 30);
        for (text, later, earlier) in [
            ("30/12", Some(today), Some(today)),
            ("5/1", Some(day(2027, 1, 5)), Some(day(2026, 1, 5))),
            ("31/12", Some(day(2026, 12, 31)), Some(day(2025, 12, 31))),
            ("29/2", Some(day(2028, 2, 29)), Some(day(2024, 2, 29))),
            ("5/1/2026", Some(day(2026, 1, 5)), Some(day(2026, 1, 5))),
            ("31/6", None, None),
            ("mai", None, None),
        ] {
            assert_eq!((Date::read_from(text, today), Date::read_until(text, today)), (later, earlier), "{text}");
        }
    }
}
