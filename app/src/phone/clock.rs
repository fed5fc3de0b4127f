//! What time it is. Phones are off by years: after a flat battery, or where somebody set them back for a game.

use super::{Inner, Phone};
use crate::platform::time;
use crate::store::rows::SyncRow;
use domain::time::{Date, Time};

impl Phone {
    /// The time, as far as this phone can know it.
    pub fn now(self) -> Time {
        self.inner().now()
    }

    /// Today in Viet Nam.
    pub fn today(self) -> Date {
        self.now().date()
    }
}

impl Inner {
    pub(super) fn now(&self) -> Time {
        believed(time::now(), &self.sync.borrow())
    }
}

/// What the phone's clock says; by how much it was off, where what it says cannot be: before the last word from the
/// server, or long after it. A clock that somebody has put right in between is believed at once.
pub(super) fn believed(clock: Time, sync: &SyncRow) -> Time {
    let wrong = match sync.complete_at {
        Some(heard) => clock < heard || clock > heard.plus_hours(LONG),
        None => true,
    };
    if wrong && sync.clock_off.saturating_abs() > OFF { Time(clock.0.saturating_add(sync.clock_off)) } else { clock }
}

/// In milliseconds: more than ten minutes apart, people wonder at the hours they read.
pub const OFF: i64 = 600_000;

/// In hours: nobody works half a year without a network.
const LONG: i64 = 183 * 24;

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::Epoch;
    use domain::pace::Pace;
    use domain::person::GrantSet;
    use domain::short;
    use wasm_bindgen_test::wasm_bindgen_test;

    const YEAR: i64 = 365 * 24;

    fn row(complete_at: Option<Time>, clock_off: i64) -> SyncRow {
        SyncRow {
            epoch: Epoch::new(1, [1; 10]),
            acked: 0,
            beyond: short::Set::new(),
            pace: Pace::default(),
            mark: None,
            cursors: Vec::new(),
            grants: GrantSet::default(),
            settled: 0,
            refused: Vec::new(),
            durable_seq: 0,
            complete_at,
            lost: Vec::new(),
            held: Vec::new(),
            repair: Vec::new(),
            compared_at: None,
            clock_off,
            renumbered: None,
            deposited: None,
            redacted: 0,
        }
    }

    #[wasm_bindgen_test]
    fn a_clock_that_cannot_be_right_is_corrected_and_no_other() {
        let heard = Time(1_800_000_000_000);
        let off = |years: i64| -years * YEAR * 3_600_000;
        for years in [9, -20] {
            let clock = heard.plus_hours(years * YEAR + 5);
            assert_eq!(believed(clock, &row(Some(heard), off(years))), heard.plus_hours(5), "{years}");
            assert_eq!(believed(clock, &row(None, off(years))), heard.plus_hours(5), "{years}, just enrolled");
            // Put right since.
            assert_eq!(believed(heard.plus_hours(5), &row(Some(heard), off(years))), heard.plus_hours(5), "{years}, put right");
        }
        assert_eq!(believed(heard.plus_hours(YEAR), &row(Some(heard), 1_000)), heard.plus_hours(YEAR), "a year in a drawer");
    }
}
