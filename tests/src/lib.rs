//! The sync simulator: phones, an office and server processes in one, a network that fails, and oracles that watch.
//!
//! The phone's half is [`domain::session`] and the server's is the memory store of the `server` crate, both unchanged.
//! Everything follows from one seed: the same seed gives the same trace.

pub mod chance;
pub mod fault;
pub mod ledger;
pub mod network;
pub mod oracle;
pub mod phone;
pub mod variant;
pub mod world;
mod writer;
