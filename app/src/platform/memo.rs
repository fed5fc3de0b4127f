//! Preferences, and the note that a notebook exists: small things outside the database. Never anybody's words.

use gloo_storage::{LocalStorage, Storage};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// gloo-storage panics where storage is switched off.
fn usable() -> bool {
    web_sys::window().is_some_and(|window| window.local_storage().is_ok_and(|storage| storage.is_some()))
}

/// Reads a memo.
pub fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    if usable() { LocalStorage::get(name).ok() } else { None }
}

/// Writes a memo. A full phone forgets it, and nothing worse follows.
pub fn write<T: Serialize>(name: &str, value: &T) {
    if usable() {
        let _ = LocalStorage::set(name, value);
    }
}

/// Forgets a memo.
pub fn forget(name: &str) {
    if usable() {
        LocalStorage::delete(name);
    }
}
