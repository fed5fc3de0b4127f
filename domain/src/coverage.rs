//! The counting rules of a campaign: who was met, who is left, who is due.

use crate::time::{Date, Time};
use crate::visit::{Appointment, ContactResult};
use serde::{Deserialize, Serialize};

/// Where one household stands in one campaign, from its visits (amended ones in their last version, retracted ones left out).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Visits with any contact result ("lượt thăm").
    pub attempts: u16,
    /// Visits at which somebody of the household was met ("lượt gặp").
    pub meetings: u16,
    /// When somebody of the household was last met, if ever.
    pub met: Option<Time>,
    /// When the last visit was.
    pub last: Option<Time>,
    /// What the last visit agreed on; a later meeting without a new date settles it.
    pub next: Option<Appointment>,
    /// The last visit found that the household has moved or the address does not exist.
    pub moved: bool,
}

impl Progress {
    /// Adds a visit. Visits must be added in the order of their time.
    pub fn add(&mut self, at: Time, contact: ContactResult, next: Option<Appointment>) {
        self.attempts = self.attempts.saturating_add(1);
        self.last = Some(at);
        if contact.met() {
            self.met = Some(at);
            self.meetings = self.meetings.saturating_add(1);
        }
        if contact.met() || next.is_some() {
            self.next = next;
        }
        self.moved = contact == ContactResult::Moved;
    }

    /// Adds a visit from before the last one, as far as can be told without the others; `false`, with nothing added, where it
    /// cannot. Who agreed on the next date is not known, only that nobody did before the last meeting: that settled it.
    pub fn add_late(&mut self, at: Time, contact: ContactResult, next: Option<Appointment>) -> bool {
        let before = |then: Option<Time>| then.is_some_and(|then| at < then);
        let agrees = contact.met() || next.is_some();
        let tells = before(self.last) && (!agrees || before(self.met));
        if tells {
            self.attempts = self.attempts.saturating_add(1);
            self.meetings = self.meetings.saturating_add(u16::from(contact.met()));
        }
        tells
    }

    /// The state of a household, as every list and every figure has it.
    pub fn standing(&self, active: bool, no_contact: bool, today: Date) -> Standing {
        if !active {
            return Standing::Gone;
        }
        if no_contact {
            return Standing::NoContact;
        }
        // Due outranks met: a household that was met may have asked for another visit.
        if let Some(next) = self.next
            && next.date <= today
        {
            return Standing::Due(next);
        }
        match (self.met, self.last) {
            (Some(at), _) => Standing::Met(at),
            (None, Some(_)) if self.moved => Standing::Moved,
            (None, Some(_)) => Standing::Tried(self.attempts),
            (None, None) => Standing::New,
        }
    }

    /// The one part in which an active household is counted, in figures and lists alike. What the household asked for
    /// comes first: it is neither visited nor left, also if it was met before.
    pub fn part(&self, no_contact: bool) -> Part {
        match (no_contact, self.met, self.attempts) {
            (true, ..) => Part::NoContact,
            (false, Some(_), _) => Part::Met,
            (false, None, 0) => Part::New,
            (false, None, _) => Part::Tried,
        }
    }

    /// Left: assigned and active, and nobody was met in this campaign. Households that asked not to be contacted,
    /// or that are gone, are counted apart.
    pub fn is_left(&self, active: bool, no_contact: bool) -> bool {
        active && matches!(self.part(no_contact), Part::Tried | Part::New)
    }

    /// Due: the next date was reached, and nobody was met since it was agreed.
    pub fn is_due(&self, active: bool, no_contact: bool, today: Date) -> bool {
        active && !no_contact && self.next.is_some_and(|next| next.date <= today)
    }
}

/// What a list says about a household: dates and contact, nothing that could be read as a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// "Chưa đến".
    New,
    /// "Chưa gặp, đã đến 2 lần": not at home and not willing to talk read the same.
    Tried(u16),
    /// "Đã gặp 15/11".
    Met(Time),
    /// "Hẹn 17:30 chiều nay", "Quá hẹn 3 ngày".
    Due(Appointment),
    /// "Đã chuyển nơi ở".
    Moved,
    /// "Không liên hệ, theo lời hộ": never next, never due.
    NoContact,
    /// No longer a household of this village.
    Gone,
}

/// The parts of the households of a place: each is in exactly one, so that together they are all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Somebody was met.
    Met,
    /// Visited, and nobody was met yet.
    Tried,
    /// Not visited yet.
    New,
    /// Asked not to be contacted.
    NoContact,
}

/// What was done in some days. Every figure is that of the list of the same name over the same days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Visits ("lượt thăm").
    pub visits: u32,
    /// Visits at which somebody was met ("lượt gặp").
    pub meetings: u32,
    /// Active households of which somebody was met ("số hộ đã gặp"), those left out that asked not to be contacted.
    pub met: u32,
    /// Opinions: of these days for certain or in a week that touches them.
    pub opinions: u32,
    /// Village meetings.
    pub held: u32,
}

/// What was done at a place or by somebody, beside as many days before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// In the days that are compared.
    pub now: Done,
    /// In as many days before; `None` where nothing is compared.
    pub before: Option<Done>,
}

impl Trend {
    /// Where a day counts, if it counts anywhere.
    pub fn at(&mut self, day: Date, days: Days) -> Option<&mut Done> {
        if days.contains(day) {
            return Some(&mut self.now);
        }
        self.before.as_mut().filter(|_| days.before().contains(day))
    }
}

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl Days {
    /// As many days that end where these begin ("kỳ trước").
    #[must_use]
    pub fn before(self) -> Self {
        Self { from: self.from.plus(-(self.to.since(self.from) + 1)), to: self.from.plus(-1) }
    }

    /// Whether a day is one of them.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Counts of a village, a team or a commune. `met`, `tried`, `new` and `no_contact` together are `households`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Active households.
    pub households: u32,
    /// Active households of villages given to a team.
    pub assigned: u32,
    /// Households with at least one meeting ("số hộ đã gặp").
    pub met: u32,
    /// Visited and not met yet.
    pub tried: u32,
    /// Not visited yet.
    pub new: u32,
    /// Assigned households without a meeting.
    pub left: u32,
    /// Households whose date is reached.
    pub due: u32,
    /// Of them, those whose date has passed.
    pub overdue: u32,
    /// Households that asked not to be contacted.
    pub no_contact: u32,
    /// Visits ("lượt thăm"), those to households that are no longer active included.
    pub visits: u32,
    /// Visits at which somebody was met ("lượt gặp").
    pub meetings: u32,
}

impl Counts {
    /// Adds the households of another place.
    pub const fn join(&mut self, other: &Self) {
        self.households += other.households;
        self.assigned += other.assigned;
        self.met += other.met;
        self.tried += other.tried;
        self.new += other.new;
        self.left += other.left;
        self.due += other.due;
        self.overdue += other.overdue;
        self.no_contact += other.no_contact;
        self.visits += other.visits;
        self.meetings += other.meetings;
    }

    /// Adds one household.
    pub fn add(&mut self, progress: &Progress, active: bool, no_contact: bool, assigned: bool, today: Date) {
        // A visit was made, whatever became of the household since.
        self.visits += u32::from(progress.attempts);
        self.meetings += u32::from(progress.meetings);
        if !active {
            return;
        }
        self.households += 1;
        self.assigned += u32::from(assigned);
        *match progress.part(no_contact) {
            Part::Met => &mut self.met,
            Part::Tried => &mut self.tried,
            Part::New => &mut self.new,
            Part::NoContact => &mut self.no_contact,
        } += 1;
        self.left += u32::from(assigned && progress.is_left(active, no_contact));
        if progress.is_due(active, no_contact, today) {
            self.due += 1;
            self.overdue += u32::from(progress.next.is_some_and(|next| next.date < today));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: i32) -> Date {
        Date::new(2026, 11, 21).unwrap().plus(n)
    }

    /// On which day, with what contact, and the day to come again.
    type Visited = (i32, ContactResult, Option<i32>);

    fn progress(visits: &[Visited]) -> Progress {
        let mut progress = Progress::default();
        for (at, contact, next) in visits {
            progress.add(day(*at).start(), *contact, next.map(|n| Appointment { date: day(n), minute: None }));
        }
        progress
    }

    #[test]
    fn left_and_due_by_the_counting_rules() {
        use ContactResult::{Declined, MetRep, NotHome, PhoneDone};
        // (visits, left, due today)
        let table: &[(&[Visited], bool, bool)] = &[
            (&[], true, false),
            (&[(-3, NotHome, None)], true, false),
            (&[(-3, NotHome, Some(0))], true, true),
            (&[(-3, NotHome, Some(1))], true, false),
            (&[(-3, NotHome, Some(-1)), (-1, NotHome, None)], true, true),
            (&[(-3, NotHome, Some(-1)), (-1, MetRep, None)], false, false),
            (&[(-3, MetRep, Some(-1))], false, true),
            (&[(-3, Declined, None)], true, false),
            (&[(-3, PhoneDone, None)], true, false),
        ];
        for (visits, left, due) in table {
            let p = progress(visits);
            assert_eq!((p.is_left(true, false), p.is_due(true, false, day(0))), (*left, *due), "{visits:?}");
            assert!(!p.is_left(true, true) && !p.is_due(true, true, day(0)), "no contact");
            assert!(!p.is_left(false, false) && !p.is_due(false, false, day(0)), "gone");
        }
    }

    #[test]
    fn a_late_visit_is_added_where_the_others_need_no_look() {
        use ContactResult::{MetRep, NotHome};
        let known: &[Visited] = &[(-9, NotHome, None), (-6, MetRep, Some(0)), (-3, NotHome, None)];
        // (visit, whether it can be told)
        for (visit, told) in [
            ((-7, MetRep, None), true),
            ((-7, NotHome, Some(1)), true),
            ((-4, NotHome, None), true),
            ((-4, NotHome, Some(1)), false),
            ((-4, MetRep, None), false),
            ((-6, MetRep, None), false),
            ((-3, NotHome, None), false),
            ((-1, NotHome, None), false),
        ] {
            let (mut late, (at, contact, next)) = (progress(known), visit);
            let next = next.map(|n| Appointment { date: day(n), minute: None });
            assert_eq!(late.add_late(day(at).start(), contact, next), told, "{visit:?}");
            let mut all = [known, &[visit]].concat();
            all.sort_by_key(|(at, ..)| *at);
            assert_eq!(late, progress(if told { &all } else { known }), "{visit:?}");
        }
    }

    #[test]
    fn every_household_is_in_one_part() {
        use ContactResult::{MetRep, NotHome};
        let visits: [&[Visited]; 4] = [&[], &[(-2, NotHome, None)], &[(-2, MetRep, None)], &[(-3, MetRep, None), (-2, NotHome, Some(-1))]];
        let mut counts = Counts::default();
        for (no_contact, assigned) in [(false, true), (true, true), (false, false)] {
            for visits in visits {
                counts.add(&progress(visits), true, no_contact, assigned, day(0));
            }
        }
        counts.add(&progress(visits[2]), false, false, true, day(0));
        assert_eq!((counts.met, counts.tried, counts.new, counts.no_contact), (4, 2, 2, 4));
        assert_eq!(counts.met + counts.tried + counts.new + counts.no_contact, counts.households);
        assert_eq!((counts.assigned, counts.left, counts.overdue), (8, 2, 2));
    }

    #[test]
    fn the_days_before_are_as_many_and_end_the_day_before() {
        for (from, to, before_from, before_to) in [(0, 0, -1, -1), (0, 6, -7, -1), (-30, 5, -66, -31)] {
            let days = Days { from: day(from), to: day(to) };
            let before = Days { from: day(before_from), to: day(before_to) };
            assert_eq!(days.before(), before);
            assert!(days.contains(days.from) && days.contains(days.to) && !days.contains(before.to) && before.contains(before.to));
        }
    }

    #[test]
    fn not_home_and_declined_read_the_same() {
        let a = progress(&[(-1, ContactResult::NotHome, None)]).standing(true, false, day(0));
        let b = progress(&[(-1, ContactResult::Declined, None)]).standing(true, false, day(0));
        assert_eq!(a, b);
        assert_eq!(a, Standing::Tried(1));
    }

    proptest! {
        #[test]
        fn whatever_comes_late_counts_as_if_it_had_come_in_time(
            said in proptest::collection::vec((0_usize..ContactResult::ALL.len(), prop::option::of(-3_i32..3)), 1..12),
            late in 0_usize..12,
        ) {
            let mut visits: Vec<Visited> = (0..).zip(said).map(|(at, (contact, next))| (at, ContactResult::ALL[contact], next)).collect();
            let all = progress(&visits);
            let (at, contact, next) = visits.remove(late % visits.len());
            let (before, mut after) = (progress(&visits), progress(&visits));
            let told = after.add_late(day(at).start(), contact, next.map(|n| Appointment { date: day(n), minute: None }));
            prop_assert_eq!(after, if told { all } else { before });
        }
    }
}
