//! Damage, drawn from a fixed seed so that a failure comes again: for the tests beside what is private, and for those in front.

use domain::cbor;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Changes of each sample; twenty times as many in `cargo xtask test --long`.
pub const TURNS: u64 = if option_env!("GANDAN_LONG").is_some() { 4_000 } else { 200 };

/// SplitMix64.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    /// One to four changes, some with a piece of another sample.
    pub fn spoil(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let (from, length) = (self.below(bytes.len() + 1), self.below(24));
            let to = (from + length).min(bytes.len());
            match self.below(5) {
                0 => bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte ^= 1 << (length % 8)),
                // Lengths where others stood.
                1 => bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte = [0x00, 0xff, 0x7f, 0x80, 0x9b, 0xbb, 0xfb][length % 7]),
                2 => bytes.truncate(from),
                3 => drop(bytes.drain(from..to)),
                _ => {
                    let at = self.below(other.len() + 1);
                    drop(bytes.splice(from..to, other[at..(at + length).min(other.len())].to_vec()));
                }
            }
        }
        bytes
    }
}

/// What is read must be written again as itself.
pub fn reads<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
    let Ok(value) = cbor::decode::<T>(bytes) else { return false };
    let written = cbor::encode(&value);
    let again = cbor::decode::<T>(&written).ok().map(|value| cbor::encode(&value));
    assert_eq!(again.as_ref(), Some(&written), "{bytes:02x?}");
    true
}

/// Damaged copies of what is stored read as nothing, or as something that its page can begin with.
pub fn survives<T: Serialize + DeserializeOwned>(stored: &T, begin: impl Fn(T)) {
    let whole = cbor::encode(stored);
    assert!(reads::<T>(&whole));
    for turn in 0..TURNS {
        let spoiled = Chance(turn).spoil(&whole, &whole);
        reads::<T>(&spoiled);
        if let Ok(read) = cbor::decode(&spoiled) {
            begin(read);
        }
    }
}
