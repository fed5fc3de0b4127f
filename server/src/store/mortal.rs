//! A process that dies in the middle of its work, between two transactions: for the simulator.

use super::StoreError;
use super::engine::Engine;
use super::tables::{Result, Tables};
use crate::keys::Keys;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// An engine whose process may have only so many transactions left.
#[derive(Debug)]
pub struct Mortal<E> {
    engine: E,
    /// How many it still commits; [`Mortal::FOR_EVER`] of one that lives on.
    left: AtomicU32,
}

impl<E> Mortal<E> {
    const FOR_EVER: u32 = u32::MAX;

    /// A process that lives on.
    pub const fn new(engine: E) -> Self {
        Self { engine, left: AtomicU32::new(Self::FOR_EVER) }
    }

    /// It dies once it has committed so many transactions more: whatever comes then fails, and nothing of it is there.
    pub fn dies_after(&self, commits: u32) {
        self.left.store(commits, Ordering::Relaxed);
    }

    /// It goes on as if nothing had been said of its end.
    pub fn lives_on(&self) {
        self.left.store(Self::FOR_EVER, Ordering::Relaxed);
    }

    /// Whether it has died.
    pub fn is_dead(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    fn alive(&self) -> Result<()> {
        if self.is_dead() { Err(StoreError::Broken("the process is dead".to_owned())) } else { Ok(()) }
    }
}

impl<E: Engine> Engine for Mortal<E> {
    fn keys(&self) -> &Arc<Keys> {
        self.engine.keys()
    }

    async fn read<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        self.alive()?;
        self.engine.read(run).await
    }

    async fn write<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        self.alive()?;
        let done = Engine::write(&self.engine, run).await?;
        if self.left.load(Ordering::Relaxed) != Self::FOR_EVER {
            self.left.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(done)
    }
}
