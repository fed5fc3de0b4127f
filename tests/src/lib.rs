//! The sync simulator: phones, an office and server processes in one, a network that fails, and oracles that watch.
//!
//! The phone's half is [`domain::session`] and the server's are the stores of the `server` crate, all unchanged.
//! Everything follows from one seed: the same seed gives the same trace.

pub mod base;
pub mod chance;
pub mod fault;
pub mod ledger;
pub mod network;
pub mod oracle;
pub mod phone;
mod quarantine;
mod redaction;
pub mod tally;
mod tidy;
mod twin;
pub mod variant;
pub mod world;
mod writer;
