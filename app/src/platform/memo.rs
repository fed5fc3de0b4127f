//! Preferences, and the note that a notebook exists: small things outside the database. Never anybody's words.

use gloo_storage::{LocalStorage, Storage};

/// gloo-storage panics where storage is switched off.
fn usable() -> bool {
    web_sys::window().is_some_and(|window| window.local_storage().is_ok_and(|storage| storage.is_some()))
}

/// Reads a memo.
pub fn read(name: &str) -> Option<String> {
    if usable() { LocalStorage::raw().get_item(name).ok()? } else { None }
}

/// Writes a memo: a few words, as they are. A full phone forgets it, and nothing worse follows.
pub fn write(name: &str, words: &str) {
    if usable() {
        let _ = LocalStorage::raw().set_item(name, words);
    }
}

/// Forgets a memo.
pub fn forget(name: &str) {
    if usable() {
        LocalStorage::delete(name);
    }
}
