//! What a restored database must not forget: enrolments, renumbered copies of phones, grants, revocations and destroyed keys, the
//! public half of the recovery key and each use of the private one, and redactions, in an append-only file outside it.
//!
//! A database that is put back from last night's copy has lost the day. The phones bring their operations again by
//! themselves; who may push and pull at all they cannot bring. So these facts are written here as well, **before** the
//! transaction that makes them commits, and are on the disk when it does: the other way round, a crash between the two
//! would lose an enrolment that a phone was told of. A line whose transaction then failed does no harm: its device
//! never got a token, its grants are followed by the version that was stored, its revocation is what somebody wanted.
//!
//! One entry is one line: `1 <checksum> <CBOR>`, both in hex. It holds no names and no content.

use crate::keys::{bytes, half, hex, sync_directory};
use crate::store::{Hash, Store, StoreError};
use domain::cbor;
use domain::device::Revocation;
use domain::id::{DeviceId, Epoch, PersonId, RecordId};
use domain::operation::{Kind, Part, Scope};
use domain::person::GrantSet;
use domain::redaction::RedactionReason;
use domain::sequence::Continues;
use domain::short::Set;
use domain::time::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// One fact that must outlive the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A phone became a device, with this code.
    #[serde(rename = "enrolled")]
    Enrolled {
        /// The phone.
        #[serde(rename = "d")]
        device: DeviceId,
        /// Whose.
        #[serde(rename = "y")]
        person: PersonId,
        /// The keyed hash of the code, so that it stays used.
        #[serde(rename = "c", with = "serde_bytes")]
        code: Hash,
        /// When.
        #[serde(rename = "t")]
        at: Time,
    },
    /// A copied phone became a device of its own, which goes on behind a number of the other half's.
    #[serde(rename = "continued")]
    Continued {
        /// The copy.
        #[serde(rename = "d")]
        device: DeviceId,
        /// Whose.
        #[serde(rename = "y")]
        person: PersonId,
        /// Behind which number of whom.
        #[serde(rename = "c")]
        continues: Continues,
        /// When.
        #[serde(rename = "t")]
        at: Time,
    },
    /// A person's grants became these; the version before ended at the same moment.
    #[serde(rename = "grants")]
    Grants {
        /// Whose.
        #[serde(rename = "y")]
        person: PersonId,
        /// All of them.
        #[serde(rename = "g")]
        grants: GrantSet,
        /// Since when.
        #[serde(rename = "t")]
        from: Time,
    },
    /// Parts of a record were deleted for ever.
    #[serde(rename = "redacted")]
    Redacted {
        /// The record.
        #[serde(rename = "r")]
        record: RecordId,
        /// Where it is.
        #[serde(rename = "o")]
        scope: Scope,
        /// Its kind.
        #[serde(rename = "k")]
        kind: Kind,
        /// The parts.
        #[serde(rename = "p")]
        parts: Set<Part>,
        /// When.
        #[serde(rename = "t")]
        at: Time,
        /// Who asked for it; `None` where its time was over.
        #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
        /// Why; `None` where nobody asked for it.
        #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
        why: Option<RedactionReason>,
    },
    /// A phone was revoked.
    #[serde(rename = "revoked")]
    Revoked {
        /// The phone.
        #[serde(rename = "d")]
        device: DeviceId,
        /// When.
        #[serde(rename = "t")]
        at: Time,
        /// Why; the lines of earlier builds do not say, and what such a phone brings waits for a person.
        #[serde(rename = "w", default = "lost", skip_serializing_if = "is_lost")]
        why: Revocation,
    },
    /// The organisation's recovery key was made.
    #[serde(rename = "recovery")]
    RecoveryKey {
        /// Its public half.
        #[serde(rename = "k", with = "serde_bytes")]
        public: [u8; 32],
        /// When.
        #[serde(rename = "t")]
        at: Time,
    },
    /// A phone was opened with the recovery key.
    #[serde(rename = "reopened")]
    Reopened {
        /// The phone.
        #[serde(rename = "d")]
        device: DeviceId,
        /// Who answered it.
        #[serde(rename = "y")]
        by: PersonId,
        /// When.
        #[serde(rename = "t")]
        at: Time,
    },
    /// A phone that was revoked said that its key is destroyed: whoever asks what became of it must not depend on last night's copy.
    #[serde(rename = "destroyed")]
    Destroyed {
        /// The phone.
        #[serde(rename = "d")]
        device: DeviceId,
        /// When.
        #[serde(rename = "t")]
        at: Time,
    },
}

const fn lost() -> Revocation {
    Revocation::Lost
}

fn is_lost(why: &Revocation) -> bool {
    *why == Revocation::Lost
}

impl Entry {
    /// Its line in the file.
    pub fn line(&self) -> String {
        let body = cbor::encode(self);
        format!("1 {} {}\n", checksum(&body), hex(&body))
    }

    /// Reads a line; `None` where it is damaged, torn or of a later build.
    pub fn read(line: &str) -> Option<Self> {
        let (sum, body) = line.trim_end().strip_prefix("1 ")?.split_once(' ')?;
        let body = bytes(body)?;
        if sum != checksum(&body) {
            return None;
        }
        cbor::decode(&body).ok()
    }
}

fn checksum(body: &[u8]) -> String {
    hex(&half(Sha256::digest(body).into())[..4])
}

/// The journal, open for appending.
#[derive(Debug)]
pub struct Journal(Mutex<Sink>);

#[derive(Debug)]
enum Sink {
    File {
        file: File,
        /// Up to where it was written whole, in bytes.
        whole: u64,
    },
    Memory(String),
}

impl Journal {
    /// Opens the file, or begins it. A line that a crash tore is closed, so that the next one stands alone.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        sync_directory(path)?;
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
                file.sync_data()?;
            }
        }
        let whole = file.seek(SeekFrom::End(0))?;
        Ok(Self(Mutex::new(Sink::File { file, whole })))
    }

    /// A journal that lasts as long as the process, for simulations and tests.
    pub const fn in_memory() -> Self {
        Self(Mutex::new(Sink::Memory(String::new())))
    }

    /// Appends entries and waits until they are on the disk. What a write that failed left behind is cut off before the
    /// next one, which would otherwise stand on the same line and be lost with it.
    pub fn append(&self, entries: &[Entry]) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let lines: String = entries.iter().map(Entry::line).collect();
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Sink::File { file, whole } => {
                if file.metadata()?.len() > *whole {
                    file.set_len(*whole)?;
                }
                file.write_all(lines.as_bytes())?;
                file.sync_data()?;
                *whole += lines.len() as u64;
                Ok(())
            }
            Sink::Memory(text) => {
                text.push_str(&lines);
                Ok(())
            }
        }
    }

    /// Everything that was ever written and can be read, in order, and how many lines cannot.
    pub fn entries(&self) -> io::Result<(Vec<Entry>, usize)> {
        let text = match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Sink::File { file, .. } => {
                let mut bytes = Vec::new();
                file.seek(SeekFrom::Start(0))?;
                file.read_to_end(&mut bytes)?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            Sink::Memory(text) => text.clone(),
        };
        let read: Vec<Option<Entry>> = text.lines().filter(|line| !line.is_empty()).map(Entry::read).collect();
        let damaged = read.iter().filter(|entry| entry.is_none()).count();
        Ok((read.into_iter().flatten().collect(), damaged))
    }
}

/// Begins a new life of a database that was put back from a copy: a new epoch, and what the journal remembers.
/// Returns how many lines of the journal could not be read.
pub async fn replay(journal: &Journal, store: &impl Store, epoch: Epoch) -> Result<usize, StartError> {
    let (entries, damaged) = journal.entries().map_err(StartError::Io)?;
    store.restore(epoch, entries).await.map_err(StartError::Store)?;
    Ok(damaged)
}

/// Compares the life of the database with the one in the epoch file beside it, before anything is served.
///
/// A database of another life is refused. An older copy of the same life cannot be told by this: phones notice it by
/// `have` and send again, but what the journal knows stays forgotten, so whoever puts a copy back has to say so.
/// `restored` is the operator saying so: with it both get this new epoch and the journal is replayed. Returns the life
/// that is served, and how many lines of the journal could not be read.
pub async fn start(store: &impl Store, journal: &Journal, file: &Path, restored: Option<Epoch>) -> Result<(Epoch, usize), StartError> {
    let life = store.life().await.map_err(StartError::Store)?;
    if let Some(epoch) = restored {
        // The database first: if the file fails, the next start refuses and is told `restored` again.
        let damaged = replay(journal, store, epoch).await?;
        write_epoch(file, epoch).map_err(StartError::Io)?;
        return Ok((epoch, damaged));
    }
    match std::fs::read_to_string(file) {
        Ok(text) if text.trim().parse() == Ok(life.epoch) => Ok((life.epoch, 0)),
        // The very first start, or one that was cut before it wrote the file.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !life.set_up => {
            write_epoch(file, life.epoch).map_err(StartError::Io)?;
            Ok((life.epoch, 0))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StartError::Io(error)),
        _ => Err(StartError::OtherLife),
    }
}

fn write_epoch(path: &Path, epoch: Epoch) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut file = File::create(&next)?;
    file.write_all(format!("{epoch}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&next, path)?;
    sync_directory(path)
}

/// Why the server does not start.
#[derive(Debug)]
pub enum StartError {
    /// The database is not the one that the epoch file knows: it was put back from a copy, or another file was.
    /// If that was meant, start with `--restored`.
    OtherLife,
    /// The journal or the epoch file cannot be read or written.
    Io(io::Error),
    /// The database cannot be read or written.
    Store(StoreError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherLife => {
                f.write_str("this database is not the one that ran here last; if it was restored from a copy, start with --restored")
            }
            Self::Io(error) => write!(f, "journal or epoch file: {error}"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;
    use crate::store::memory::Memory;
    use crate::store::{Account, Desk, FirstSteps};
    use std::sync::Arc;

    fn revoked(n: u8) -> Entry {
        Entry::Revoked { device: DeviceId::new(1, [n; 10]), at: Time(i64::from(n)), why: Revocation::Lost }
    }

    #[test]
    fn a_torn_line_spoils_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        Journal::open(&path).unwrap().append(&[revoked(1), revoked(2)]).unwrap();
        // The machine stopped in the middle of a line.
        let torn = std::fs::read_to_string(&path).unwrap() + &revoked(3).line()[..40];
        std::fs::write(&path, torn).unwrap();
        let journal = Journal::open(&path).unwrap();
        journal.append(&[revoked(4)]).unwrap();
        assert_eq!(journal.entries().unwrap(), (vec![revoked(1), revoked(2), revoked(4)], 1));
        // A bent one is found out, even where it still is CBOR.
        let bent = std::fs::read_to_string(&path).unwrap().replacen("0101", "0102", 1);
        std::fs::write(&path, bent).unwrap();
        assert_eq!(Journal::open(&path).unwrap().entries().unwrap(), (vec![revoked(2), revoked(4)], 2));
    }

    #[test]
    fn a_write_that_failed_spoils_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        journal.append(&[revoked(1)]).unwrap();
        // The disk was full in the middle of a line, and the server went on.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&revoked(2).line().as_bytes()[..40]).unwrap();
        journal.append(&[revoked(3)]).unwrap();
        journal.append(&[revoked(4)]).unwrap();
        assert_eq!(journal.entries().unwrap(), (vec![revoked(1), revoked(3), revoked(4)], 0));
    }

    fn memory(epoch: Epoch) -> Memory {
        Memory::new(epoch, Arc::new(Keys::new(&[1; 32])), Arc::new(Journal::in_memory()))
    }

    async fn set_up(store: &Memory) {
        let desk = |name: &str| Desk { name: name.into(), account: Account { login: name.into(), hash: "x".into() } };
        let first = FirstSteps { admin: desk("a"), province: "P".into(), commune: "C".into(), officer: desk("b"), recovery: None };
        store.set_up(first, Time(1), [1; 32]).await.unwrap();
    }

    #[tokio::test]
    async fn another_life_is_not_served_unless_somebody_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("epoch");
        let (first, other, next) = (Epoch::new(1, [1; 10]), Epoch::new(2, [2; 10]), Epoch::new(3, [3; 10]));
        let journal = Journal::in_memory();
        let store = memory(first);
        assert_eq!(start(&store, &journal, &file, None).await.unwrap(), (first, 0));
        set_up(&store).await;
        assert_eq!(start(&store, &journal, &file, None).await.unwrap(), (first, 0));
        // Another database in its place, also an empty one, also with the file gone.
        let replaced = memory(other);
        assert!(matches!(start(&replaced, &journal, &file, None).await, Err(StartError::OtherLife)));
        set_up(&replaced).await;
        std::fs::remove_file(&file).unwrap();
        assert!(matches!(start(&replaced, &journal, &file, None).await, Err(StartError::OtherLife)));
        assert_eq!(start(&replaced, &journal, &file, Some(next)).await.unwrap(), (next, 0));
        assert_eq!(start(&replaced, &journal, &file, None).await.unwrap(), (next, 0));
    }
}
