//! From what somebody types to a key: Argon2id (RFC 9106), which makes every guess cost memory and time.

use crate::Key;
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// What one guess costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// The least that is ever used: OWASP's Password Storage Cheat Sheet, Argon2id with one lane.
    pub const FLOOR: Self = Self { memory: 19 * 1024, passes: 2 };

    /// So many passes as this device does in about [`WANTED`], where one guess at the floor took so many milliseconds.
    /// The memory stays: a page gives back none of it, and some phones have little.
    pub fn calibrated(floor_took: f64) -> Self {
        let factor = if floor_took > 0.0 { WANTED / floor_took } else { f64::INFINITY };
        let passes = f64::from(Self::FLOOR.passes) * factor;
        Self { passes: (passes as u32).clamp(Self::FLOOR.passes, MOST_PASSES), ..Self::FLOOR }
    }
}

/// How long opening may take by itself, in milliseconds.
const WANTED: f64 = 600.0;

/// More than this only lets somebody with a quick machine wait.
const MOST_PASSES: u32 = 8;

/// The key behind a secret, a salt of its own and a cost. `None` where there is no memory for it, or the cost is none
/// that Argon2 knows.
#[inline(never)]
pub fn stretch(secret: &[u8], salt: &[u8; 16], cost: Cost) -> Option<Key> {
    let params = Params::new(cost.memory, cost.passes, 1, Some(32)).ok()?;
    let mut memory = Vec::new();
    // Asked for here: what cannot be had otherwise ends the page.
    memory.try_reserve_exact(params.block_count()).ok()?;
    memory.resize(params.block_count(), Block::default());
    let mut key = Key::default();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(secret, salt, &mut key, &mut memory).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_salt_and_cost_all_matter() {
        let (small, salt) = (Cost { memory: 64, passes: 1 }, [1; 16]);
        let key = stretch(b"482915", &salt, small);
        assert!(key.is_some());
        assert_eq!(stretch(b"482915", &salt, small), key);
        assert_ne!(stretch(b"482916", &salt, small), key);
        assert_ne!(stretch(b"482915", &[2; 16], small), key);
        assert_ne!(stretch(b"482915", &salt, Cost { passes: 2, ..small }), key);
        assert_ne!(stretch(b"482915", &salt, Cost { memory: 72, ..small }), key);
        for damaged in [Cost { memory: 0, ..small }, Cost { passes: 0, ..small }, Cost { memory: u32::MAX, ..small }] {
            assert_eq!(stretch(b"482915", &salt, damaged), None, "{damaged:?}");
        }
    }

    #[test]
    fn never_cheaper_than_the_floor_and_dearer_where_it_is_quick() {
        let table = [(2_000.0, 2), (600.0, 2), (300.0, 4), (200.0, 6), (70.0, 8), (0.0, 8), (f64::NAN, 8), (-1.0, 8)];
        for (took, passes) in table {
            assert_eq!(Cost::calibrated(took), Cost { passes, ..Cost::FLOOR }, "{took}");
        }
        assert_eq!(Cost::FLOOR, Cost { memory: 19_456, passes: 2 });
    }
}
