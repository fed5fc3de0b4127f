//! What a report of a problem says of the server: enough to look for the fault, and nothing about anybody.

use crate::time::Time;
use serde::{Deserialize, Serialize};

/// The server in a report that leaves the commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its version.
    pub version: String,
    /// Made-up data.
    pub demo: bool,
    /// Its clock.
    pub at: Time,
    /// How much there is of what, by name.
    pub counts: Vec<(String, Magnitude)>,
}

/// A number without its figures: small ones do not leave the commune, and exact ones tell nobody where the fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Magnitude(u8);

impl Magnitude {
    /// How many digits a number has; 0 for none at all.
    pub const fn of(n: u32) -> Self {
        Self(match n.checked_ilog10() {
            Some(tens) => tens as u8 + 1,
            None => 0,
        })
    }

    /// "0", "<10", "<1000".
    pub fn words(self) -> String {
        if self.0 == 0 { "0".to_owned() } else { format!("<1{}", "0".repeat(self.0.into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magnitude_tells_no_figures() {
        for (n, words) in [(0, "0"), (1, "<10"), (9, "<10"), (10, "<100"), (8_500, "<10000"), (u32::MAX, "<10000000000")] {
            assert_eq!(Magnitude::of(n).words(), words);
        }
    }
}
