//! One of the two engines, chosen while a program runs: for the simulator, whose worlds are in memory or on a disk.

use super::StoreError;
use super::engine::Engine;
use super::memory::Memory;
use super::sqlite::Sqlite;
use super::tables::Tables;
use crate::keys::Keys;
use std::sync::Arc;

/// A share of a database in memory, or connections of one's own to one in a file.
#[derive(Clone, Debug)]
pub enum Either {
    /// All who hold it share its maps.
    Memory(Arc<Memory>),
    /// Another `Sqlite` of the same file knows nothing of this one but what is in the file.
    Sqlite(Arc<Sqlite>),
}

impl Engine for Either {
    fn keys(&self) -> &Arc<Keys> {
        match self {
            Self::Memory(memory) => memory.keys(),
            Self::Sqlite(sqlite) => sqlite.keys(),
        }
    }

    async fn read<T, F>(&self, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T, StoreError> + Send + 'static,
    {
        match self {
            Self::Memory(memory) => memory.read(run).await,
            Self::Sqlite(sqlite) => sqlite.read(run).await,
        }
    }

    async fn write<T, F>(&self, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T, StoreError> + Send + 'static,
    {
        match self {
            Self::Memory(memory) => Engine::write(&**memory, run).await,
            Self::Sqlite(sqlite) => Engine::write(&**sqlite, run).await,
        }
    }
}
