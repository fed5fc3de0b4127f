//! The client of Gần Dân, for two entry points: `field` (phones, offline) and `office` (desktop, online).
//!
//! [`phone`] is what the field screens build on; only [`platform`] and [`store`] know the browser.

pub mod phone;
pub mod platform;
pub mod store;
pub mod ui;
pub mod words;

#[cfg(test)]
#[path = "../tests/chance/mod.rs"]
mod chance;
