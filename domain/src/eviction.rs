//! What may not be read any more leaves the phone. It is hidden at once ([`crate::notebook::Notebook::grant`]), and
//! deleted when a second complete pull, some minutes after the first, says the same: one mistake at a desk takes nothing
//! away that would have to be pulled again over a bad line. Own operations stay in the outbox whatever becomes of the
//! records around them.

use crate::id::AreaId;
use crate::operation::Scope;
use crate::person::GrantSet;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// In milliseconds: so long after the first time it must be said again.
const CONFIRMED: i64 = 10 * 60_000;

/// In milliseconds: what is being typed keeps the records around it no longer than this.
const AT_MOST: i64 = 30 * 24 * 3_600_000;

/// Records that are hidden, because the right to read them has ended, and will be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Whose records.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// When a complete pull said so for the first time.
    #[serde(rename = "t")]
    pub at: Time,
}

impl Lost {
    fn since(&self, now: Time) -> i64 {
        now.0.saturating_sub(self.at.0)
    }

    /// A complete pull says so now as well, long enough after the first.
    pub fn is_confirmed(&self, now: Time) -> bool {
        self.since(now) >= CONFIRMED
    }

    /// Whether it goes now: nothing of the area is unsent, and nothing is being typed that could be about it.
    pub fn is_due(&self, now: Time, unsent: &[AreaId], typing: bool) -> bool {
        self.since(now) >= if typing { AT_MOST } else { CONFIRMED } && !unsent.contains(&self.scope.area)
    }
}

/// Of the streams that are held, those that are lost after a complete pull, each since it was said for the first time.
pub fn lost(before: &[Lost], held: &[Scope], grants: &GrantSet, now: Time) -> Vec<Lost> {
    let gone = |scope: &Scope| held.contains(scope) && !grants.may_read(*scope);
    let mut lost: Vec<Lost> = before.iter().filter(|lost| gone(&lost.scope)).cloned().collect();
    for scope in held.iter().filter(|scope| gone(scope)) {
        if !lost.iter().any(|lost| lost.scope == *scope) {
            lost.push(Lost { scope: *scope, at: now });
        }
    }
    lost
}

/// Any page says what may be read again, also one of a pull that breaks off: if that ends once more, it is said for the
/// first time.
pub fn returned(lost: &mut Vec<Lost>, grants: &GrantSet) {
    lost.retain(|lost| !grants.may_read(lost.scope));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Stream;
    use crate::person::Grant;

    fn scope(n: u8) -> Scope {
        Scope { area: AreaId::new(1, [n; 10]), stream: Stream::Roll }
    }

    fn grants(areas: &[u8]) -> GrantSet {
        let grants = areas.iter().map(|n| Grant { scope: scope(*n), read: true, write: true }).collect();
        GrantSet { version: 1, grants }
    }

    #[test]
    fn what_is_lost_is_so_since_it_was_said_first_and_until_it_is_given_back() {
        let (held, minute) = ([scope(1), scope(2)], 60_000);
        let first = lost(&[], &held, &grants(&[2]), Time(minute));
        assert_eq!(first, [Lost { scope: scope(1), at: Time(minute) }]);
        assert_eq!(lost(&first, &held, &grants(&[2]), Time(5 * minute)), first);
        assert_eq!(lost(&first, &held, &grants(&[1, 2]), Time(5 * minute)), []);
        assert_eq!(lost(&first, &held[1..], &grants(&[2]), Time(5 * minute)), [], "and nothing is lost that is not here");
        // A pull that broke off gave it back, and it ends once more.
        let mut noted = first.clone();
        returned(&mut noted, &grants(&[2]));
        assert_eq!(noted, first);
        returned(&mut noted, &grants(&[1]));
        assert_eq!(lost(&noted, &held, &grants(&[2]), Time(90 * minute)), [Lost { scope: scope(1), at: Time(90 * minute) }]);
    }

    #[test]
    fn it_goes_when_it_was_said_twice_and_nothing_is_unsent_or_typed() {
        let lost = Lost { scope: scope(1), at: Time(0) };
        let (soon, later, day) = (Time(CONFIRMED - 1), Time(CONFIRMED), 24 * 3_600_000);
        assert!(!lost.is_confirmed(soon) && lost.is_confirmed(later));
        for (now, unsent, typing, is_due) in [
            (soon, vec![], false, false),
            (later, vec![], false, true),
            (later, vec![scope(2).area], false, true),
            (Time(90 * day), vec![scope(1).area], false, false),
            (Time(29 * day), vec![], true, false),
            (Time(30 * day), vec![], true, true),
        ] {
            assert_eq!(lost.is_due(now, &unsent, typing), is_due, "{now:?} {unsent:?} {typing}");
        }
    }
}
