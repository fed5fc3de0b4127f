//! The one list of the database's stores.
//!
//! rexie deletes every store that an upgrade does not list, with what nobody has sent yet in it. So a store is only
//! ever added here, never taken out, and the database is opened with this whole list or not at all.

/// The database's version. Whole hundreds are new formats; a number between them only adds stores, so that an older
/// build of the same hundred can still open it.
pub const VERSION: u32 = 100;

/// A store of the database. Every value is sealed bytes; keys are numbers or words without anybody's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Device, sync state, generation: one row each.
    Meta,
    /// What was pulled, a row for each page, in the order of arrival.
    Pages,
    /// Own operations. The key that the browser counts up is the operation's number: an abort gives it back, tabs share
    /// it. Rows are never rewritten.
    Outbox,
    /// What the server said to an operation, by its number.
    Acks,
    /// Anonymous opinions, under random keys that say nothing.
    Anonymous,
    /// What is being typed, by the screen's own key.
    Drafts,
    /// The notebook's cache, in pieces.
    Cache,
    /// Photos; not used yet.
    Blobs,
    /// What happened to the store itself, without content: the newest rows.
    Log,
}

/// Every store, in the order in which they are made.
pub const STORES: [Name; 9] =
    [Name::Meta, Name::Pages, Name::Outbox, Name::Acks, Name::Anonymous, Name::Drafts, Name::Cache, Name::Blobs, Name::Log];

impl Name {
    /// As the browser knows it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Pages => "pages",
            Self::Outbox => "outbox",
            Self::Acks => "acks",
            Self::Anonymous => "anonymous",
            Self::Drafts => "drafts",
            Self::Cache => "cache",
            Self::Blobs => "blobs",
            Self::Log => "log",
        }
    }

    /// Whether the browser counts its keys up. Its rows then begin with the id that they are sealed under.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Pages | Self::Outbox | Self::Log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// The stores of every version that people may have on their phones. A version is added when it is given out, and
    /// none is ever changed or taken out.
    const RELEASED: &[(u32, &[&str])] = &[(100, &["meta", "pages", "outbox", "acks", "anonymous", "drafts", "cache", "blobs", "log"])];

    #[wasm_bindgen_test]
    fn no_store_that_was_ever_given_out_is_missing() {
        for (version, stores) in RELEASED {
            assert!(*version <= VERSION, "version {version} is newer than this build");
            for known in *stores {
                assert!(STORES.iter().any(|store| store.code() == *known), "an upgrade from {version} would delete `{known}`");
            }
        }
    }

    #[wasm_bindgen_test]
    fn what_this_version_has_is_among_the_versions_that_were_given_out() {
        let here = RELEASED.iter().find(|(version, _)| *version == VERSION).map(|(_, stores)| stores.len());
        assert_eq!(here, Some(STORES.len()), "a new store needs a new version, and its line in the list");
    }
}
