//! Rows that cannot be read: a dying flash chip bent them, or a newer build wrote them. No row holds up another: whatever
//! meets one of these passes over it, and everything else is opened, sent, pulled and shown.
//!
//! What came from the server is pulled again ([`super::repair`]). What was written here and may not be there yet is the
//! only copy: it stays in its place byte for byte, and its person is told.

use super::{Inner, waiting_in};
use crate::store::Name;
use domain::short;

/// What cannot be read, as far as it was met since the app was opened.
#[derive(Default)]
pub(super) struct Damaged {
    /// Pages.
    pub(super) pages: short::Set<u64>,
    /// Own operations, sent ones among them.
    pub(super) own: short::Set<u64>,
    /// Opinions without a name. Whether one was sent stands in the row.
    pub(super) unnamed: u32,
}

impl Inner {
    /// Notes a row of `pages` or `outbox`. The log says once which it is, by its number.
    pub(super) async fn note_damaged(&self, store: Name, key: u64) {
        let is_new = {
            let mut damaged = self.damaged.borrow_mut();
            let known = if store == Name::Pages { &mut damaged.pages } else { &mut damaged.own };
            known.insert(key)
        };
        if is_new {
            self.log("damaged", &[store.code(), " ", &key.to_string()].concat()).await;
        }
    }

    /// Notes how many opinions without a name cannot be read.
    pub(super) async fn note_damaged_unnamed(&self, count: u32) {
        let before = std::mem::replace(&mut self.damaged.borrow_mut().unnamed, count);
        if count > before {
            self.log("damaged", &[Name::Anonymous.code(), " ", &count.to_string()].concat()).await;
        }
    }

    /// How much was written here, cannot be read, and may not have been sent.
    pub(super) fn unsendable(&self) -> u32 {
        let (sync, damaged) = (self.sync.borrow(), self.damaged.borrow());
        damaged.own.iter().filter(|seq| sync.waits(**seq)).count() as u32 + damaged.unnamed
    }

    /// The own operations that are still to be sent.
    pub(super) fn to_send(&self) -> Vec<u64> {
        let damaged = self.damaged.borrow();
        waiting_in(&self.sync.borrow(), self.seen.get().own).filter(|seq| !damaged.own.contains(seq)).collect()
    }

    /// Everything up to this own operation is with the server, or cannot get there.
    pub(super) fn sent_up_to(&self) -> u64 {
        let (sync, damaged) = (self.sync.borrow(), self.damaged.borrow());
        let mut last = sync.acked;
        while sync.beyond.contains(&(last + 1)) || damaged.own.contains(&(last + 1)) {
            last += 1;
        }
        last
    }
}
