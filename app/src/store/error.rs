//! Why the database did not do as it was asked. Nothing is ever deleted because of an error.

use wasm_bindgen::{JsCast, JsValue};

/// Why the database did not do as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The phone is full: make room, then save again.
    Full {
        /// Bytes that the app uses, if the browser says.
        used: Option<u64>,
        /// Bytes that it may use.
        quota: Option<u64>,
    },
    /// The browser rolled the transaction back: save again. With the name of its exception, if it gave one.
    Aborted(String),
    /// The browser cannot reach its own files now, and could not when it was asked again: start the browser anew.
    BackingStore,
    /// No answer, and what was to be stored is not there: look before saving again.
    Timeout,
    /// Another tab holds an older version open: close it.
    Blocked,
    /// A newer build has changed the database: reload.
    Newer,
    /// The database holds a store that this build does not know. It was not touched.
    UnknownStore(String),
    /// The connection is gone and does not come back: reload.
    Closed,
    /// The browser has no database or forbids it.
    Unavailable,
    /// A row cannot be opened: damaged, or sealed by another key.
    Damaged,
}

/// The name of the browser's exception behind an error, as in the IndexedDB specification.
pub(super) fn name(error: &rexie::Error) -> String {
    use idb::Error as E;
    let rexie::Error::IdbError(error) = error else { return "AbortError".to_owned() };
    let thrown = match error {
        E::DomException(exception) => return exception.name(),
        E::TransactionOpenFailed(thrown)
        | E::ObjectStoreNotFound(thrown)
        | E::AddFailed(thrown)
        | E::UpdateFailed(thrown)
        | E::DeleteFailed(thrown)
        | E::ClearFailed(thrown)
        | E::GetFailed(thrown)
        | E::GetAllFailed(thrown)
        | E::GetAllKeysFailed(thrown)
        | E::IndexedDbOpenFailed(thrown)
        | E::TransactionAbortError(thrown)
        | E::TransactionCommitError(thrown) => thrown,
        E::IndexedDbNotFound(_) => return "NotFoundError".to_owned(),
        _ => &JsValue::NULL,
    };
    thrown.dyn_ref::<web_sys::DomException>().map_or_else(|| "AbortError".to_owned(), web_sys::DomException::name)
}
