//! Verification: somebody else than who made a visit looks at it, confirms it or voids it with a reason, and closes a day.
//! All of it is events beside the visits, which stay as they were written.

use crate::id::RecordId;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// Visits of one village that somebody looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// At most [`LOOKS_MAX`].
    #[serde(rename = "v")]
    pub visits: Vec<Look>,
    /// Why they do not count; `None` confirms them.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub void: Option<VoidReason>,
}

/// One visit as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Look {
    /// Its first version.
    #[serde(rename = "f")]
    pub visit: RecordId,
    /// The version that was seen. Confirmed is what was seen, and no later correction.
    #[serde(rename = "s")]
    pub version: RecordId,
}

/// The most visits of one verification.
pub const LOOKS_MAX: usize = 500;

crate::code_list! {
    /// Why a visit does not count. No words of one's own: nothing about the household or the visitor is written here.
    VoidReason {
        Duplicate = "DUPLICATE", "Ghi trùng", "Recorded twice";
        WrongHousehold = "WRONG_HOUSEHOLD", "Ghi nhầm hộ", "Another household";
        NotMade = "NOT_MADE", "Không có lần thăm này", "This visit was not made";
        Trial = "TRIAL", "Ghi thử", "Recorded as a trial";
        Other = "OTHER", "Lý do khác, đã trao đổi với người ghi", "Another reason, settled with the visitor";
    }
}

crate::code_list! {
    /// Where a visit stands.
    VisitState {
        Waiting = "waiting", "Chưa xác nhận", "Not verified";
        Verified = "verified", "Đã xác nhận", "Verified";
        Voided = "voided", "Đã hủy", "Voided";
    }
}

/// Nobody reports visits of this day any more: what comes in later, or is corrected, is marked as late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayClosing {
    /// The day.
    #[serde(rename = "d")]
    pub day: Date,
}

impl Verification {
    /// Whether it names any visit, and each once.
    pub fn is_sound(&self) -> bool {
        let mut visits: Vec<RecordId> = self.visits.iter().map(|look| look.visit).collect();
        crate::short::sort_by_key(&mut visits, |visit| *visit);
        visits.dedup();
        !visits.is_empty() && visits.len() == self.visits.len() && visits.len() <= LOOKS_MAX
    }
}

/// Where a visit stands: its present version, and each version that somebody confirmed or voided. The order does not
/// matter: what somebody voided is void until they take that back.
pub fn state(shown: RecordId, looks: impl IntoIterator<Item = (RecordId, Option<VoidReason>)>) -> (VisitState, Option<VoidReason>) {
    let mut verified = false;
    for (version, void) in looks {
        if void.is_some() {
            return (VisitState::Voided, void);
        }
        verified |= version == shown;
    }
    (if verified { VisitState::Verified } else { VisitState::Waiting }, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> RecordId {
        RecordId::new(1, [n; 10])
    }

    #[test]
    fn what_was_seen_is_what_is_confirmed() {
        use VisitState::{Verified, Voided, Waiting};
        let void = Some(VoidReason::Duplicate);
        for (shown, looks, stands) in [
            (1, vec![], Waiting),
            (1, vec![(1, None)], Verified),
            // Corrected afterwards.
            (2, vec![(1, None)], Waiting),
            (2, vec![(1, None), (2, None)], Verified),
            (2, vec![(2, None), (1, None)], Verified),
            (1, vec![(1, void)], Voided),
            // A correction does not bring back what was voided, nor does somebody who confirms it.
            (2, vec![(1, void), (2, None)], Voided),
            (2, vec![(2, None), (1, void)], Voided),
        ] {
            let looks: Vec<_> = looks.into_iter().map(|(version, void)| (id(version), void)).collect();
            let (state, reason) = state(id(shown), looks.clone());
            assert_eq!((state, reason), (stands, void.filter(|_| stands == Voided)), "{shown} {looks:?}");
        }
    }

    #[test]
    fn a_verification_names_each_visit_once() {
        let look = |n| Look { visit: id(n), version: id(n) };
        let sound = |visits| Verification { visits, void: None }.is_sound();
        assert!(sound(vec![look(1)]) && sound(vec![look(2), look(1)]));
        assert!(!sound(vec![]) && !sound(vec![look(1), look(2), look(1)]));
        let many = |n: u16| (0..n).map(|n| RecordId::new(n.into(), [0; 10])).map(|visit| Look { visit, version: visit }).collect();
        assert!(sound(many(500)) && !sound(many(501)));
    }
}
