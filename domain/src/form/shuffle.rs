//! Orders of options drawn by chance: the same seed gives the same order as in the other clients.

use sha2::{Digest, Sha256};

/// Shuffles as JavaRosa does: Park and Miller's generator, and Fisher–Yates inside out.
pub(super) fn shuffle<T: Copy>(items: &[T], seed: i64) -> Vec<T> {
    let mut state = seed % MODULUS;
    if state <= 0 {
        state += MODULUS - 1;
    }
    let mut shuffled: Vec<T> = Vec::with_capacity(items.len());
    for &item in items {
        state = state * 16_807 % MODULUS;
        let drawn = (state - 1) as f64 / (MODULUS - 1) as f64;
        let at = (drawn * (shuffled.len() + 1) as f64) as usize;
        shuffled.push(item);
        let last = shuffled.len() - 1;
        // What stood at `at` moves to the end, and the new one takes its place.
        shuffled.swap(at.min(last), last);
    }
    shuffled
}

const MODULUS: i64 = 2_147_483_647;

/// The seed that a number, or else a text, stands for.
pub(super) fn seed(number: f64, text: &str) -> i64 {
    if !number.is_nan() || text.is_empty() {
        // As Java makes a long of a double: NaN is 0, what is too large the largest.
        return number as i64;
    }
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |seed, byte| seed << 8 | i64::from(*byte))
}

/// Numbers by chance from a seed that the caller drew (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Chance(pub u64);

impl Chance {
    pub(super) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub(super) fn fraction(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes((u128::from(self.draw()) << 64 | u128::from(self.draw())).to_be_bytes()).into_uuid().to_string()
    }
}
