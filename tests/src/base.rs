//! The database of a simulated world, and the server processes that have it open.

use crate::chance::Chance;
use crate::world::Outcome;
use domain::id::Epoch;
use server::journal::Journal;
use server::keys::Keys;
use server::store::StoreError;
use server::store::either::Either;
use server::store::memory::Memory;
use server::store::mortal::Mortal;
use server::store::sqlite::Sqlite;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use tempfile::TempDir;

/// Where a world keeps its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// In maps: thousands of worlds a minute.
    Memory,
    /// In a SQLite file, as in a commune.
    Disk,
}

impl Medium {
    /// One world of a hundred is on a disk.
    pub fn of(seed: u64) -> Self {
        if Chance::new(seed).below(100) == 0 { Self::Disk } else { Self::Memory }
    }
}

/// What a server process holds of the database.
pub type Process = Mortal<Either>;

/// A database and the processes over it.
pub(crate) struct Base {
    handles: Vec<Process>,
    place: Place,
}

/// Where a database is.
enum Place {
    Memory(Arc<Memory>),
    File(File),
}

/// A database in a file.
struct File {
    directory: TempDir,
    epoch: Epoch,
    keys: Arc<Keys>,
    journal: Arc<Journal>,
}

/// A copy of a database, as a backup has it.
pub(crate) enum Copy {
    Memory(Arc<Memory>),
    File(Vec<u8>),
}

impl Base {
    /// An empty one in its first life.
    pub(crate) fn new(medium: Medium, processes: usize, epoch: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> Outcome<Self> {
        let place = match medium {
            Medium::Memory => Place::Memory(Arc::new(Memory::new(epoch, keys, journal))),
            Medium::Disk => {
                let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
                Place::File(File { directory, epoch, keys, journal })
            }
        };
        Ok(Self { handles: place.open(processes)?, place })
    }

    /// How many server processes there are.
    pub(crate) fn processes(&self) -> usize {
        self.handles.len()
    }

    /// One of them.
    pub(crate) fn of(&self, process: usize) -> &Process {
        &self.handles[process]
    }

    /// A process ends, and another one takes its place.
    pub(crate) fn replace(&mut self, process: usize) -> Outcome {
        let next = self.place.open(1)?;
        self.handles.splice(process..=process, next);
        Ok(())
    }

    /// A copy, while nobody writes.
    pub(crate) fn copy(&mut self) -> Outcome<Copy> {
        match &self.place {
            Place::Memory(memory) => Ok(Copy::Memory(Arc::new(memory.copy()))),
            Place::File(file) => {
                // Whoever closes a database last empties its log into it.
                let processes = self.handles.len();
                self.handles.clear();
                let copy = std::fs::read(file.path()).map_err(|error| error.to_string())?;
                self.handles = self.place.open(processes)?;
                Ok(Copy::File(copy))
            }
        }
    }

    /// Goes on with a copy.
    pub(crate) fn put_back(&mut self, copy: Copy) -> Outcome {
        let processes = self.handles.len();
        self.handles.clear();
        match (copy, &mut self.place) {
            (Copy::Memory(copy), Place::Memory(memory)) => *memory = copy,
            (Copy::File(bytes), Place::File(file)) => std::fs::write(file.path(), bytes).map_err(|error| error.to_string())?,
            _ => return Err("a copy of another database".into()),
        }
        self.handles = self.place.open(processes)?;
        Ok(())
    }
}

impl Place {
    /// So many processes.
    fn open(&self, processes: usize) -> Outcome<Vec<Process>> {
        let one = || match self {
            Self::Memory(memory) => Ok(Either::Memory(Arc::clone(memory))),
            Self::File(file) => file.open(),
        };
        (0..processes).map(|_| one().map(Mortal::new)).collect()
    }
}

impl File {
    fn path(&self) -> PathBuf {
        self.directory.path().join("gandan.db")
    }

    fn open(&self) -> Outcome<Either> {
        let sqlite = Sqlite::open(&self.path(), self.epoch, Arc::clone(&self.keys), Arc::clone(&self.journal));
        sqlite.map(|sqlite| Either::Sqlite(Arc::new(sqlite))).map_err(|error| format!("the database does not open: {error}").into())
    }
}

/// What a store answers to somebody whom it must not refuse.
pub(crate) fn answer_of<T>(future: impl Future<Output = Result<T, StoreError>>) -> Outcome<T> {
    wait_for(future).map_err(|error| format!("the store refused: {error}").into())
}

/// What a store answers. One thing happens at a time in a world, so nothing else is to be done while a disk works.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    struct Caller(Thread);
    impl Wake for Caller {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Caller(thread::current())));
    let (mut context, mut future) = (Context::from_waker(&waker), pin!(future));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant::True;
    use crate::world::run_on;

    #[test]
    fn a_world_is_the_same_in_memory_and_on_a_disk() {
        for seed in 1..=4 {
            let play = |medium| run_on(seed, medium, Box::new(True)).unwrap_or_else(|violation| panic!("{seed}: {}", violation.what));
            let (memory, disk) = (play(Medium::Memory), play(Medium::Disk));
            assert_eq!(memory.trace, disk.trace);
            assert_eq!(memory.faults, disk.faults);
        }
    }

    #[test]
    fn some_worlds_are_on_a_disk() {
        let on_disk = (1..=1_000).filter(|seed| Medium::of(*seed) == Medium::Disk).count();
        assert!((3..=30).contains(&on_disk), "{on_disk} of 1,000");
    }
}
