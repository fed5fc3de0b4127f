//! Dates, times and moments as text, and as days.
//!
//! A date has no zone. A moment with one is turned into the time of Viet Nam, and one without is taken for it: the civil
//! day is what people mean. Days are counted from 1970-01-01 in Viet Nam, so a date is always a whole number, as in
//! JavaRosa; the web clients count from midnight in Greenwich and make a fraction of every date.

use crate::time::{Date, Time};

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;
/// How far Viet Nam is ahead of Greenwich, in milliseconds.
const OFFSET: i64 = 7 * 3_600_000;

/// A day and the milliseconds that have passed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub date: Date,
    pub clock: u32,
    /// Whether the text had a time.
    pub timed: bool,
}

/// Reads `2026-11-24`, `2026-11-24T08:30`, with seconds, thousandths and a zone; also month and day without their zeros.
pub(super) fn read(text: &str) -> Option<Moment> {
    let (day, clock) = match text.split_once('T') {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let mut fields = day.split('-');
    let (year, month, of_month) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = Date::new(figures(year, 4)?.try_into().ok()?, figures(month, 2)? as u8, figures(of_month, 2)? as u8)?;
    let Some(clock) = clock else { return Some(Moment { date, clock: 0, timed: false }) };
    let (since, zone) = read_clock(clock)?;
    let Some(zone) = zone else { return Some(Moment { date, clock: since, timed: true }) };
    of_time(Time(date.start().0 + OFFSET + i64::from(since) - zone))
}

/// Reads `08:30`, `08:30:15.250`, `08:30:00+07:00`: milliseconds since midnight, and the zone's milliseconds ahead.
pub(super) fn read_clock(text: &str) -> Option<(u32, Option<i64>)> {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let zone = match zone.split_at_checked(1) {
        None => None,
        Some(("Z", "")) => Some(0),
        Some((sign, ahead)) => {
            let (hours, minutes) = ahead.split_once(':').unwrap_or((ahead, "00"));
            let ahead = i64::from(figures(hours, 2)? * 60 + figures(minutes, 2)?) * 60_000;
            Some(if sign == "-" { -ahead } else { ahead })
        }
    };
    let mut fields = clock.split(':');
    let (hours, minutes, seconds) = (fields.next()?, fields.next()?, fields.next().unwrap_or("00"));
    if fields.next().is_some() {
        return None;
    }
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let (hours, minutes, seconds) = (figures(hours, 2)?, figures(minutes, 2)?, figures(seconds, 2)?);
    let thousandths = figures(&format!("{:0<3}", fraction.get(..fraction.len().min(3))?), 3)?;
    (hours < 24 && minutes < 60 && seconds < 60).then_some((((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths, zone))
}

/// The time of Viet Nam of a clock that may have a zone.
pub(super) fn local(clock: u32, zone: Option<i64>) -> u32 {
    match zone {
        Some(zone) => (i64::from(clock) - zone + OFFSET).rem_euclid(DAY as i64) as u32,
        None => clock,
    }
}

/// A time alone, on the first of all days.
pub(super) fn of_clock(text: &str) -> Option<Moment> {
    let (clock, zone) = read_clock(text)?;
    Some(Moment { clock: local(clock, zone), ..of_days(0.0)? })
}

/// A number of at most so many figures, and nothing but figures.
fn figures(text: &str, most: usize) -> Option<u32> {
    (text.len() <= most && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The moment of an instant.
pub(super) fn of_time(time: Time) -> Option<Moment> {
    let date = time.date();
    // An instant outside the years of `Date` is cut to them: that is no moment of ours.
    let clock = u32::try_from(time.0.checked_sub(date.start().0)?).ok()?;
    (f64::from(clock) < DAY).then_some(Moment { date, clock, timed: true })
}

/// The moment so many days after 1970-01-01; whole numbers are dates.
pub(super) fn of_days(days: f64) -> Option<Moment> {
    if !(-1e6..1e6).contains(&days) {
        return None;
    }
    let millis = (days * DAY).round() as i64;
    let moment = of_time(Time(millis - OFFSET))?;
    Some(Moment { timed: moment.clock != 0, ..moment })
}

/// The days of a text that is a date or a moment.
pub(super) fn days(text: &str) -> Option<f64> {
    read(text).map(Moment::days)
}

impl Moment {
    /// Days since 1970-01-01, with the part of the day behind the point.
    pub(super) fn days(self) -> f64 {
        let epoch = Time(-OFFSET).date();
        f64::from(self.date.since(epoch)) + f64::from(self.clock) / DAY
    }

    /// `2026-11-24`, or `2026-11-24T08:30:00.000+07:00` where there is a time.
    pub(super) fn print(self) -> String {
        if self.timed { format!("{}T{}", self.date.iso(), print_clock(self.clock)) } else { self.date.iso() }
    }

    /// Written as `format` says: `%Y %y %m %n %b %d %e %a`, and `%H %h %M %S %3` of the time. Months and days are in
    /// Vietnamese or English.
    pub(super) fn format(self, format: &str, vietnamese: bool) -> String {
        let (year, month, day) = self.date.ymd();
        let (seconds, minutes) = (self.clock / 1_000, self.clock / 60_000);
        let mut out = String::with_capacity(format.len() * 2);
        let mut rest = format.chars();
        while let Some(c) = rest.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match rest.next() {
                Some('Y') => out += &format!("{year:04}"),
                Some('y') => out += &format!("{:02}", year % 100),
                Some('m') => out += &format!("{month:02}"),
                Some('n') => out += &month.to_string(),
                Some('b') if vietnamese => out += &format!("Thg {month}"),
                Some('b') => out += MONTHS.get(usize::from(month) - 1).unwrap_or(&""),
                Some('d') => out += &format!("{day:02}"),
                Some('e') => out += &day.to_string(),
                Some('a') => {
                    let days = if vietnamese { DAYS_VI } else { DAYS };
                    out += days.get(usize::from(self.date.weekday())).unwrap_or(&"");
                }
                Some('H') => out += &format!("{:02}", minutes / 60),
                Some('h') => out += &(minutes / 60).to_string(),
                Some('M') => out += &format!("{:02}", minutes % 60),
                Some('S') => out += &format!("{:02}", seconds % 60),
                Some('3') => out += &format!("{:03}", self.clock % 1_000),
                Some(other) => {
                    out.push('%');
                    out.push(other);
                }
                None => out.push('%'),
            }
        }
        out
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAYS_VI: [&str; 7] = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];

/// `08:30:00.000+07:00`.
pub(super) fn print_clock(clock: u32) -> String {
    let (seconds, minutes) = (clock / 1_000, clock / 60_000);
    format!("{:02}:{:02}:{:02}.{:03}+07:00", minutes / 60, minutes % 60, seconds % 60, clock % 1_000)
}
