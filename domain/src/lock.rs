//! When a notebook closes by itself, what opens it, and what a wrong guess costs. A wrong guess never deletes anything:
//! whose fingers are old and whose grandchild plays with the phone would lose what nobody has sent.

use crate::time::Time;
use serde::{Deserialize, Serialize};

/// How often in a row something else than the secret was typed, and when last. Stored before each try, so that whoever
/// ends the app in the middle of one has had it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Wrong ones since it last opened.
    #[serde(rename = "n")]
    pub wrong: u32,
    /// When the last one was.
    #[serde(rename = "t")]
    pub at: Time,
}

/// So many cost nothing: fingers slip.
const FREE: u32 = 2;
/// What the next one costs, in milliseconds; each further one twice as much.
const FIRST_WAIT: i64 = 30_000;
/// Never more than this.
const LONGEST_WAIT: i64 = 3_600_000;

impl Tries {
    /// One more.
    #[must_use]
    pub const fn and_one(self, now: Time) -> Self {
        Self { wrong: self.wrong.saturating_add(1), at: now }
    }

    /// Milliseconds until the next one. A clock that was put back would make somebody wait until it is as late again:
    /// ask [`Tries::since`] then, and store it.
    pub fn wait(self, now: Time) -> i64 {
        let gone = now.0.saturating_sub(self.at.0).max(0);
        cost_of(self.wrong).saturating_sub(gone).max(0)
    }

    /// The same by a clock that now shows less than it did.
    #[must_use]
    pub fn since(self, now: Time) -> Self {
        Self { at: self.at.min(now), ..self }
    }

    /// Milliseconds that one more wrong one will cost.
    pub fn next_cost(self) -> i64 {
        cost_of(self.wrong.saturating_add(1))
    }
}

fn cost_of(wrong: u32) -> i64 {
    let Some(doubled) = wrong.checked_sub(FREE + 1) else { return 0 };
    // Above a week's worth of doublings it is the longest anyhow.
    (FIRST_WAIT << doubled.min(16)).min(LONGEST_WAIT)
}

/// What a person opens their notebook with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretKind {
    /// So many digits: a keypad, which opens at the last one.
    #[serde(rename = "d")]
    Pin(u8),
    /// Words: a field.
    #[serde(rename = "w")]
    Passphrase,
}

/// Why something is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakSecret {
    /// Fewer digits than [`PIN_MIN`]; so many are missing.
    ShortPin(usize),
    /// More digits than [`PIN_MAX`].
    LongPin,
    /// The digits that everybody tries first: all the same, in a row, or a short piece again and again.
    Guessable,
    /// Fewer characters than [`PASSPHRASE_MIN`].
    ShortPassphrase,
    /// More than [`PASSPHRASE_MAX`].
    LongPassphrase,
}

/// Fewest digits of a PIN.
pub const PIN_MIN: usize = 6;
/// Most digits of a PIN.
pub const PIN_MAX: usize = 12;
/// Fewest characters of a passphrase.
pub const PASSPHRASE_MIN: usize = 8;
/// Most characters of a passphrase.
pub const PASSPHRASE_MAX: usize = 100;

/// What a text that somebody chose is, if it may open a notebook.
pub fn secret_kind(secret: &str) -> Result<SecretKind, WeakSecret> {
    let length = secret.chars().count();
    if !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_digit()) {
        return match length {
            ..PIN_MIN => Err(WeakSecret::ShortPin(PIN_MIN - length)),
            PIN_MIN..=PIN_MAX if is_guessable(secret.as_bytes()) => Err(WeakSecret::Guessable),
            PIN_MIN..=PIN_MAX => Ok(SecretKind::Pin(length as u8)),
            _ => Err(WeakSecret::LongPin),
        };
    }
    match length {
        ..PASSPHRASE_MIN => Err(WeakSecret::ShortPassphrase),
        PASSPHRASE_MIN..=PASSPHRASE_MAX if is_guessable(secret.as_bytes()) => Err(WeakSecret::Guessable),
        PASSPHRASE_MIN..=PASSPHRASE_MAX => Ok(SecretKind::Passphrase),
        _ => Err(WeakSecret::LongPassphrase),
    }
}

/// One sign again and again, two or three of them, or a row up or down, also past its end.
fn is_guessable(secret: &[u8]) -> bool {
    let repeats = |period: usize| secret.iter().skip(period).zip(secret).all(|(a, b)| a == b);
    let steps = |by: u8| secret.windows(2).all(|pair| matches!(pair, [a, b] if a.wrapping_add(by).wrapping_sub(*b) % 10 == 0));
    (1..=3).any(repeats) || steps(1) || steps(9)
}

/// The moments by which a notebook closes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    /// When somebody last touched it.
    pub touched_at: Time,
    /// Since when nobody can see it, if nobody can.
    pub hidden_at: Option<Time>,
    /// Something is being sent or received.
    pub syncing: bool,
}

/// How long a notebook that is looked at stays open untouched, in milliseconds: as long as somebody may talk at a door.
const IDLE: i64 = 5 * 60_000;
/// How long it stays open behind another app: as long as a call or a look at Zalo may take.
const AWAY: i64 = 2 * 60_000;
/// What is under way is not broken off, for so much longer.
const SYNC: i64 = 15 * 60_000;

impl Attention {
    /// The notebook is to be closed now. A clock that went backwards closes it: nobody knows how long ago it was touched.
    pub fn is_over(self, now: Time) -> bool {
        let grace = if self.syncing { SYNC } else { 0 };
        let gone = |since: Time| now.0.saturating_sub(since.0);
        gone(self.touched_at) < 0 || gone(self.touched_at) >= IDLE + grace || self.hidden_at.is_some_and(|at| gone(at) >= AWAY + grace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: Time = Time(1_795_219_200_000);

    fn after(seconds: i64) -> Time {
        Time(NOON.0 + seconds * 1_000)
    }

    #[test]
    fn waits_grow_and_end() {
        let table = [(0, 0), (1, 0), (2, 0), (3, 30), (4, 60), (5, 120), (6, 240), (9, 1_920), (10, 3_600), (11, 3_600), (u32::MAX, 3_600)];
        for (wrong, seconds) in table {
            let tries = Tries { wrong, at: NOON };
            assert_eq!(tries.wait(NOON), seconds * 1_000, "after {wrong}");
            assert_eq!(tries.wait(after(seconds)), 0, "after {wrong}");
            assert_eq!(tries.wait(after(seconds - 1)), if seconds == 0 { 0 } else { 1_000 }, "after {wrong}");
        }
        assert_eq!(Tries { wrong: 2, at: NOON }.next_cost(), 30_000);
        assert_eq!(Tries::default().and_one(NOON), Tries { wrong: 1, at: NOON });
    }

    proptest! {
        #[test]
        fn nobody_waits_for_ever_and_nobody_less_by_putting_the_clock_back(wrong: u32, at in 0_i64..1 << 52, now in 0_i64..1 << 52) {
            let tries = Tries { wrong, at: Time(at) };
            let anchored = tries.since(Time(now));
            prop_assert!(anchored.wait(Time(now)) >= tries.wait(Time(now)).min(LONGEST_WAIT));
            prop_assert!(anchored.wait(Time(now)) <= LONGEST_WAIT);
            prop_assert_eq!(anchored.wait(Time(now + LONGEST_WAIT)), 0);
            prop_assert!(tries.and_one(Time(now)).wait(Time(now)) >= tries.wait(tries.at));
        }

        #[test]
        fn every_text_is_a_secret_or_says_why_not(text in ".{0,110}") {
            let _ = secret_kind(&text);
        }
    }

    #[test]
    fn what_everybody_tries_first_is_no_secret() {
        use SecretKind::{Passphrase, Pin};
        use WeakSecret::{Guessable, LongPassphrase, LongPin, ShortPassphrase, ShortPin};
        let long = "a b".repeat(34);
        let table = [
            ("", Err(ShortPassphrase)),
            ("4829", Err(ShortPin(2))),
            ("48291", Err(ShortPin(1))),
            ("482915", Ok(Pin(6))),
            ("4829157", Ok(Pin(7))),
            ("482915703648", Ok(Pin(12))),
            ("4829157036481", Err(LongPin)),
            ("000000", Err(Guessable)),
            ("123456", Err(Guessable)),
            ("654321", Err(Guessable)),
            ("789012", Err(Guessable)),
            ("121212", Err(Guessable)),
            ("123123", Err(Guessable)),
            ("112233", Ok(Pin(6))),
            ("đò ngang", Ok(Passphrase)),
            ("đò ngan", Err(ShortPassphrase)),
            ("aaaaaaaa", Err(Guessable)),
            ("48291a", Err(ShortPassphrase)),
            (long.as_str(), Err(LongPassphrase)),
        ];
        for (text, expected) in table {
            assert_eq!(secret_kind(text), expected, "{text}");
        }
    }

    #[test]
    fn a_notebook_closes_when_nobody_needs_it() {
        let open = Attention { touched_at: NOON, hidden_at: None, syncing: false };
        let away = Attention { hidden_at: Some(after(60)), ..open };
        let syncing = Attention { syncing: true, ..open };
        let table = [
            (open, 0, false),
            (open, 299, false),
            (open, 300, true),
            (away, 179, false),
            (away, 180, true),
            // Put away when it was about to close: no longer than it would have stayed open.
            (Attention { hidden_at: Some(after(400)), ..open }, 400, true),
            // Touched since it was put away, which a browser can say late.
            (Attention { hidden_at: Some(after(-60)), ..open }, 59, false),
            (Attention { hidden_at: Some(after(-60)), ..open }, 60, true),
            (syncing, 1_199, false),
            (syncing, 1_200, true),
            (open, -1, true),
        ];
        for (attention, seconds, over) in table {
            assert_eq!(attention.is_over(after(seconds)), over, "{attention:?} after {seconds} s");
        }
    }
}
