//! Sealing: what is stored so that only its people can read it.
//!
//! [`value`] seals and opens one value under a key, [`pin`] makes a key from what somebody types, [`recovery`] seals to
//! the organisation's recovery key, which [`sheet`] splits over three sheets of paper, and [`file`] is what leaves the
//! server sealed to it.
//!
//! Pure like `domain`: no I/O, no clock, and no randomness, which comes in as an argument. A crate of its own because it
//! is compiled for speed where everything else on the phone is compiled for size.

pub mod file;
pub mod pin;
pub mod recovery;
pub mod sheet;
pub mod value;

/// A key of 256 bits.
pub type Key = [u8; 32];
