//! Salts, ids and shuffles from one seed, so that a simulated server does the same again.

use super::Seed;
use crate::keys::mac;
use domain::time::Time;

/// A stream of random bytes: HMAC-SHA256 of a count under the seed.
pub struct Random {
    seed: Seed,
    count: u64,
}

impl Random {
    /// The stream of a seed.
    pub const fn new(seed: Seed) -> Self {
        Self { seed, count: 0 }
    }

    /// The next bytes, at most 32.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= 32) };
        self.count += 1;
        let block = mac(&self.seed, &[&self.count.to_be_bytes()]);
        let mut bytes = [0; N];
        bytes.iter_mut().zip(block).for_each(|(byte, random)| *byte = random);
        bytes
    }

    /// What a UUIDv7 is made of: milliseconds since 1970, and ten random bytes.
    pub fn id(&mut self, now: Time) -> (u64, [u8; 10]) {
        (now.0.max(0).unsigned_abs(), self.bytes())
    }

    /// Puts the items into an order that says nothing about the one before (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // Of 64 random bits the remainder is as good as even for any list that fits into memory.
            let chosen = u64::from_be_bytes(self.bytes()) % (last as u64 + 1);
            items.swap(last, chosen as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_comes_up() {
        let mut random = Random::new([3; 32]);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let mut items = [1, 2, 3];
            random.shuffle(&mut items);
            seen.insert(items);
        }
        assert_eq!(seen.len(), 6);
    }
}
