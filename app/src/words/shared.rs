//! Words of both apps: the notice about test data, days and hours, a household's standing.

use super::catalogue;
use domain::code::Lang;
use domain::coverage::Standing;
use domain::text::number;
use domain::time::{Date, Time};
use domain::visit::Appointment;
use std::fmt::Display;

catalogue! {
    /// What field and office both say.
    Shared {
        app = "Gần Dân", "Gần Dân";
        skip = "Đến nội dung", "Skip to content";

        monday = "Thứ Hai", "Monday";
        tuesday = "Thứ Ba", "Tuesday";
        wednesday = "Thứ Tư", "Wednesday";
        thursday = "Thứ Năm", "Thursday";
        friday = "Thứ Sáu", "Friday";
        saturday = "Thứ Bảy", "Saturday";
        sunday = "Chủ nhật", "Sunday";
        // "15/11/2026 lúc 20:41"
        day_at(day: &str, hour: &str) = format!("{day} lúc {hour}"), format!("{day} at {hour}");
        // "Hôm nay 17:48"
        today_at(hour: &str) = format!("Hôm nay {hour}"), format!("Today {hour}");
        yesterday_at(hour: &str) = format!("Hôm qua {hour}"), format!("Yesterday {hour}");

        never_came = "Chưa đến", "Not visited yet";
        tried(times: u16) = format!("Chưa gặp, đã đến {times}\u{a0}lần"), format!("Not met yet, visited {times}×");
        met_on(day: &str) = format!("Đã gặp {day}"), format!("Met {day}");
        due_at(hour: &str, part: &str) = format!("Hẹn {hour} {part}"), format!("Appointment {hour}, {part}");
        due_today = "Hẹn hôm nay", "Appointment today";
        due_on(day: &str) = format!("Hẹn {day}"), format!("Appointment {day}");
        overdue(days: i32) = format!("Quá hẹn {days}\u{a0}ngày"), format!("{} past the appointment", many(days, "day", "days"));
        this_morning = "sáng nay", "this morning";
        this_noon = "trưa nay", "at noon";
        this_afternoon = "chiều nay", "this afternoon";
        this_evening = "tối nay", "this evening";
        moved = "Đã chuyển nơi ở", "Moved away";
        no_contact = "Không liên hệ, theo lời hộ", "No contact, at the household's request";
    }
}

impl Shared {
    /// "Thứ Bảy".
    pub fn weekday(&self, date: Date) -> &'static str {
        match date.weekday() {
            0 => self.monday,
            1 => self.tuesday,
            2 => self.wednesday,
            3 => self.thursday,
            4 => self.friday,
            5 => self.saturday,
            _ => self.sunday,
        }
    }

    /// "Hôm nay 17:48", "15/11/2026 lúc 20:41".
    pub fn moment(&self, at: Time, today: Date) -> String {
        let hour = at.hour_minute();
        match today.since(at.date()) {
            0 => (self.today_at)(&hour),
            1 => (self.yesterday_at)(&hour),
            _ => (self.day_at)(&at.date().to_string(), &hour),
        }
    }

    /// "Hẹn 17:30 chiều nay", "Quá hẹn 3 ngày", "Hẹn 28/11/2026".
    pub fn appointment(&self, next: Appointment, today: Date) -> String {
        self.due(next, today, &next.date.to_string())
    }

    fn due(&self, next: Appointment, today: Date, day: &str) -> String {
        let late = today.since(next.date);
        match (late, next.minute) {
            (0, Some(minute)) => {
                let part = match minute / 60 {
                    0..=10 => self.this_morning,
                    11..=12 => self.this_noon,
                    13..=17 => self.this_afternoon,
                    _ => self.this_evening,
                };
                (self.due_at)(&clock(minute), part)
            }
            (0, None) => self.due_today.to_owned(),
            (late, _) if late > 0 => (self.overdue)(late),
            (_, Some(minute)) => (self.due_on)(&(self.day_at)(day, &clock(minute))),
            (_, None) => (self.due_on)(day),
        }
    }

    /// What every list says about a household; `gone` is the label of its status.
    pub fn standing(&self, standing: Standing, gone: &str, today: Date) -> String {
        match standing {
            Standing::New => self.never_came.to_owned(),
            Standing::Tried(times) => (self.tried)(times),
            Standing::Met(at) => (self.met_on)(&day(at.date(), today)),
            Standing::Due(next) => self.due(next, today, &day(next.date, today)),
            Standing::Moved => self.moved.to_owned(),
            Standing::NoContact => self.no_contact.to_owned(),
            Standing::Gone => gone.to_owned(),
        }
    }
}

/// In a list, where there is little room: "21/11", and in another year "21/11/2025".
pub fn day(date: Date, today: Date) -> String {
    if date.ymd().0 == today.ymd().0 { date.short() } else { date.to_string() }
}

/// "17:30", from minutes after midnight.
pub fn clock(minute: u16) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// "1 day", "1,347 days": English has a form of its own for one.
pub fn many(n: impl Display, one: &str, more: &str) -> String {
    let n = n.to_string();
    let word = if n == "1" { one } else { more };
    format!("{n} {word}")
}

/// A count as it is read in that language: "1.347", "1,347".
pub fn count(n: u32, lang: Lang) -> String {
    let vietnamese = number(n.into());
    match lang {
        Lang::Vi => vietnamese,
        Lang::En => vietnamese.replace('.', ","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_day_of_another_year_has_its_year() {
        let day = |year: i32| Date::new(year, 12, 30).unwrap_or_default();
        let (words, today) = (Shared::of(Lang::Vi), day(2026));
        assert_eq!(super::day(today, today), "30/12");
        assert_eq!(words.moment(Date::new(2026, 3, 5).unwrap_or_default().start(), today), "05/03/2026 lúc 0:00");
        assert_eq!(words.standing(Standing::Met(Date::new(2026, 3, 5).unwrap_or_default().start()), "", today), "Đã gặp 05/03");
        assert_eq!(super::day(day(2025), today), "30/12/2025");
        assert_eq!(words.moment(day(2025).start(), today), "30/12/2025 lúc 0:00");
        assert_eq!(words.standing(Standing::Met(day(2025).start()), "", today), "Đã gặp 30/12/2025");
        assert_eq!(words.appointment(Appointment { date: day(2027), minute: None }, today), "Hẹn 30/12/2027");
    }
}
