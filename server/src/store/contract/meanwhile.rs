//! A store in which an office does something while somebody reads.

use crate::http::now;
use crate::keys::Keys;
use crate::store::engine::Engine;
use crate::store::memory::Memory;
use crate::store::tables::{Result, Tables};
use crate::store::{OfficeChange, Store};
use std::sync::{Arc, Mutex};

/// Makes a change before one of its reads.
pub struct Meanwhile {
    store: Memory,
    /// After how many reads, and what.
    next: Mutex<Option<(usize, OfficeChange)>>,
}

impl Meanwhile {
    /// Behind so many reads.
    pub fn new(store: Memory, reads: usize, change: OfficeChange) -> Self {
        Self { store, next: Mutex::new(Some((reads, change))) }
    }

    /// Whether it came to the change.
    pub fn is_done(&self) -> bool {
        self.next.lock().unwrap().is_none()
    }
}

impl Engine for Meanwhile {
    fn keys(&self) -> &Arc<Keys> {
        self.store.keys()
    }

    async fn read<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        let next = self.next.lock().unwrap().take();
        match next {
            Some((0, change)) => Store::write(&self.store, change, now(), [8; 32]).await?,
            Some((reads, change)) => *self.next.lock().unwrap() = Some((reads - 1, change)),
            None => {}
        }
        self.store.read(run).await
    }

    async fn write<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        Engine::write(&self.store, run).await
    }
}
