//! The store in SQLite: one thread writes, a few read, each with a connection of its own.
//!
//! A transaction is a closure that runs on one of these threads from its beginning to its end, so none is ever open
//! across an `await`. Write-ahead logging lets readers go on while one writes; `synchronous = FULL` puts a commit on
//! the disk before it is acknowledged. Writes that wait while the disk is busy are committed as one group: see
//! [`commit_group`].

mod accounts;
mod devices;
mod log;
mod recovery;
mod redacted;
mod row;
mod streams;
mod views;
mod waiting;

use super::engine::Engine;
use super::tables::{Lines, Result, Tables};
use super::{Access, StoreError};
use crate::journal::{Entry, Journal};
use crate::keys::{Keys, hex};
use domain::id::{Epoch, PersonId, RecordId};
use domain::time::Time;
use row::{broken, count, id, maybe_id, signed};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A database file, open.
#[derive(Debug)]
pub struct Sqlite {
    writer: Threads<Write>,
    readers: Threads<Read>,
    keys: Arc<Keys>,
}

type Read = Box<dyn FnOnce(&mut Connection) + Send>;

/// Runs within the transaction of its group.
type Write = Box<dyn FnOnce(&mut Transaction<'_>) -> Written + Send>;

/// A write that was run.
struct Written {
    /// It stays, if the group does.
    stays: bool,
    /// Tells whoever waits, once the group is on the disk or could not be put there.
    tell: Box<dyn FnOnce(Result<()>) + Send>,
}

/// How many connections read at the same time.
const READERS: usize = 4;

impl Sqlite {
    /// Opens the database, or makes it with `first` as its epoch, and brings its schema up to this build's.
    pub fn open(path: &Path, first: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> Result<Self> {
        let mut connection = connect(path)?;
        migrate(&mut connection)?;
        connection.execute("INSERT OR IGNORE INTO meta (one, epoch) VALUES (1, ?1)", params![first.bytes()]).map_err(broken)?;
        // A disk that is full now keeps nobody from what can be read; the schedule says so, and tries again.
        drop(scrub(&connection));
        let readers = (0..READERS).map(|_| connect(path)).collect::<Result<_>>()?;
        Ok(Self {
            writer: Threads::start("store-write", vec![connection], move |connection, first, more| {
                commit_group(connection, first, more, &journal);
            })?,
            readers: Threads::start("store-read", readers, |connection, job: Read, _| job(connection))?,
            keys,
        })
    }
}

impl Engine for Sqlite {
    fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    async fn read<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        self.readers
            .ask(|tell| {
                Box::new(move |connection| {
                    let read = |connection: &mut Connection| {
                        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(broken)?;
                        run(&mut Transaction::new(&transaction))
                    };
                    // Nobody listens any more where a request was given up.
                    drop(tell.send(read(connection)));
                })
            })
            .await
    }

    async fn write<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        self.writer
            .ask(|tell| {
                Box::new(move |tables| {
                    let done = run(tables);
                    // What it says may rest on what others of the group wrote, so it is said when the group is there, also an error.
                    Written { stays: done.is_ok(), tell: Box::new(move |group| drop(tell.send(group.and(done)))) }
                })
            })
            .await
    }
}

/// The most writes in a group, and for how long one more is taken in: those who are done already wait for it. Each page that a
/// group changes goes to the disk twice, and batches of several phones change many pages in common.
const GROUP: (usize, Duration) = (64, Duration::from_millis(500));

/// Runs a write, and those that came meanwhile, in one transaction with a savepoint each: waiting for the disk costs more than
/// the writes, and costs it once. Each is as alone as in a transaction of its own; a commit that fails fails for all.
fn commit_group(connection: &mut Connection, first: Write, more: &dyn Fn() -> Option<Write>, journal: &Journal) {
    let mut tells = Vec::new();
    let group = run_group(connection, first, more, journal, &mut tells);
    let group = group.and_then(|after| after.tidy(connection));
    tells.into_iter().for_each(|tell| tell(group.clone()));
}

/// What is to be done with the file after a group is committed.
#[derive(Clone, Copy, Default)]
struct After {
    /// The write-ahead log is emptied.
    forget: bool,
    /// And before that the file is written anew, if that is owed.
    scrub: bool,
}

impl After {
    fn tidy(self, connection: &Connection) -> Result<()> {
        if self.scrub {
            scrub(connection)?;
        }
        if self.forget { empty_log(connection).map(drop) } else { Ok(()) }
    }
}

fn run_group(
    connection: &mut Connection,
    first: Write,
    more: &dyn Fn() -> Option<Write>,
    journal: &Journal,
    tells: &mut Vec<Box<dyn FnOnce(Result<()>) + Send>>,
) -> Result<After> {
    let (most, longest) = GROUP;
    // Dropped without a commit, it is rolled back, and so is a savepoint.
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    let (mut entries, mut after, mut written) = (Vec::new(), After::default(), false);
    let (began, mut next) = (Instant::now(), Some(first));
    while let Some(write) = next.take() {
        let savepoint = transaction.savepoint().map_err(broken)?;
        let mut tables = Transaction::new(&savepoint);
        // One that panics has rolled itself back and dropped the way to answer; the others are others.
        if let Ok(Written { stays, tell }) = catch_unwind(AssertUnwindSafe(|| write(&mut tables))) {
            tells.push(tell);
            if stays {
                let Transaction { entries: more, forget_order, scrub, .. } = tables;
                entries.extend(more);
                after = After { forget: after.forget || forget_order, scrub: after.scrub || scrub };
                written = true;
                savepoint.commit().map_err(broken)?;
            } else {
                drop(savepoint);
            }
        } else {
            drop(savepoint);
        }
        if transaction.is_autocommit() {
            return Err(StoreError::Broken("the database gave up a group of writes".to_owned()));
        }
        if tells.len() < most && began.elapsed() < longest {
            next = more();
        }
    }
    if written {
        journal.append(&entries).map_err(|error| StoreError::Broken(format!("journal: {}", error.kind())))?;
        transaction.commit().map_err(broken)?;
    }
    Ok(after)
}

/// Moves everything from the write-ahead log into the database and empties the log, which has every change in the order of
/// its commit. Readers are waited for, for as long as anything waits for a lock here; while one holds on for longer, the
/// log stays until the next time, and the schedule comes every few minutes. Says whether it is empty.
fn empty_log(connection: &Connection) -> Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0)).map_err(broken)
}

/// Writes the file anew, if that is owed: a page that was split or filled anew may still hold a copy of what was deleted,
/// which `secure_delete` does not know of. It is owed until the log is empty, too.
fn scrub(connection: &Connection) -> Result<()> {
    if !connection.query_row("SELECT scrub FROM meta", [], |row| row.get(0)).map_err(broken)? {
        return Ok(());
    }
    // On the way there is a copy of the whole database, for which memory need not be large enough.
    connection.pragma_update(None, "temp_store", "FILE").map_err(broken)?;
    let written = connection.execute_batch("VACUUM").map_err(broken);
    connection.pragma_update(None, "temp_store", TEMP_STORE).map_err(broken)?;
    written?;
    if empty_log(connection)? {
        connection.execute("UPDATE meta SET scrub = 0", []).map_err(broken)?;
    }
    Ok(())
}

/// Threads with a connection each, which work off jobs. When they are dropped, they finish what they began, and the
/// connections are closed one after the other: the last one takes the write-ahead log with it, if no other is being closed
/// beside it.
struct Threads<J> {
    jobs: Option<Sender<J>>,
    running: Vec<JoinHandle<Connection>>,
}

impl<J: Send + 'static> Threads<J> {
    /// `work` is given a job, and more that wait if it wants them.
    fn start(
        name: &str,
        connections: Vec<Connection>,
        work: impl Fn(&mut Connection, J, &dyn Fn() -> Option<J>) + Send + Sync + 'static,
    ) -> Result<Self> {
        let (sender, jobs) = channel::<J>();
        let shared = Arc::new((Mutex::new(jobs), work));
        let mut threads = Self { jobs: Some(sender), running: Vec::with_capacity(connections.len()) };
        for mut connection in connections {
            let shared = Arc::clone(&shared);
            let run = move || {
                let (jobs, work) = &*shared;
                let jobs = || jobs.lock().unwrap_or_else(PoisonError::into_inner);
                loop {
                    let Ok(job) = jobs().recv() else { return connection };
                    // Unwinding has rolled its transaction back and dropped the way to answer; the next job is another's.
                    let _ = catch_unwind(AssertUnwindSafe(|| work(&mut connection, job, &|| jobs().try_recv().ok())));
                }
            };
            let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
            threads.running.push(thread.map_err(|error| StoreError::Broken(error.kind().to_string()))?);
        }
        Ok(threads)
    }

    /// Has a thread run a job, made with the way to answer, and waits for what it says.
    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T>>) -> J) -> Result<T> {
        let gone = || StoreError::Broken("a job of the database did not end".to_owned());
        let (tell, told) = oneshot::channel();
        self.jobs.as_ref().ok_or_else(gone)?.send(job(tell)).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

impl<J> fmt::Debug for Threads<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} threads", self.running.len())
    }
}

impl<J> Drop for Threads<J> {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.running.drain(..) {
            drop(thread.join());
        }
    }
}

/// What a savepoint would bring back is kept in memory: each of a group copies every page that it is the first to change.
const TEMP_STORE: &str = "MEMORY";

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(PathBuf::from(path), flags).map_err(broken)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(broken)?;
    connection.set_prepared_statement_cache_capacity(128);
    let kept = ("temp_store", TEMP_STORE);
    for (name, value) in [("journal_mode", "WAL"), ("synchronous", "FULL"), ("foreign_keys", "ON"), ("secure_delete", "ON"), kept] {
        connection.pragma_update(None, name, value).map_err(broken)?;
    }
    // In KiB: the pages that one batch touches fit. With SQLite's 2 MB a third of a push was copying them in and out again.
    connection.pragma_update(None, "cache_size", -32_768).map_err(broken)?;
    Ok(connection)
}

/// One file for each step, in order, never edited.
const MIGRATIONS: [&str; 12] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
];

/// Brings the schema up to this build's. A database of a later build is left alone.
fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(broken)?;
    let steps = MIGRATIONS.get(version as usize..).ok_or_else(|| StoreError::Broken("the database is of a later version".to_owned()))?;
    for step in steps {
        transaction.execute_batch(step).map_err(broken)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32).map_err(broken)?;
    transaction.commit().map_err(broken)
}

/// The rows of one transaction.
struct Transaction<'a> {
    connection: &'a Connection,
    entries: Vec<Entry>,
    forget_order: bool,
    scrub: bool,
}

impl<'a> Transaction<'a> {
    const fn new(connection: &'a Connection) -> Self {
        Self { connection, entries: Vec::new(), forget_order: false, scrub: false }
    }
}

impl Tables for Transaction<'_> {
    fn epoch(&mut self) -> Result<Epoch> {
        self.one("SELECT epoch FROM meta", [], |row| id(row, 0).map(Epoch))?.ok_or(StoreError::Broken("meta".to_owned()))
    }

    fn set_epoch(&mut self, epoch: Epoch) -> Result<()> {
        self.run("UPDATE meta SET epoch = ?1", params![epoch.bytes()])
    }

    fn journal(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn forget_order(&mut self) {
        self.forget_order = true;
    }

    fn owe_scrub(&mut self) -> Result<()> {
        self.run("UPDATE meta SET scrub = 1", [])
    }

    fn scrub(&mut self) {
        self.scrub = true;
    }

    fn put_access(&mut self, access: &Access) -> Result<()> {
        let (person, about) = (access.person.map(|id| id.0.into_bytes()), access.about.map(|id| id.0.into_bytes()));
        self.run(
            "INSERT INTO access (at, person, action, about) VALUES (?1, ?2, ?3, ?4)",
            params![access.at.0, person, access.action, about],
        )
    }

    fn accesses(&mut self, lines: &Lines, limit: u32) -> Result<(Vec<(u64, Access)>, u32)> {
        let of = "FROM access WHERE (?1 IS NULL OR person = ?1) AND at >= ?2 AND at < ?3";
        let (from, until) = (lines.from.map_or(i64::MIN, |at| at.0), lines.until.map_or(i64::MAX, |at| at.0));
        let person = lines.person.map(|id| *id.bytes());
        let total = self.one(&format!("SELECT COUNT(*) {of}"), params![person, from, until], |row| row.get(0))?;
        let sql = format!("SELECT rowid, at, person, action, about {of} AND rowid < ?4 ORDER BY rowid DESC LIMIT ?5");
        let before = lines.before.map_or(i64::MAX, signed);
        let found = self.all(&sql, params![person, from, until, before, limit], |row| {
            let (person, about) = (maybe_id(row, 2)?.map(PersonId), maybe_id(row, 4)?.map(RecordId));
            Ok((count(row, 0)?, Access { at: Time(row.get(1)?), person, action: row.get(3)?, about }))
        })?;
        Ok((found, total.unwrap_or_default()))
    }

    fn dump(&mut self) -> Result<Vec<String>> {
        let tables: Vec<String> = self.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", [], |row| row.get(0))?;
        let mut lines = Vec::new();
        for table in tables {
            let rows = self.all(&format!("SELECT * FROM \"{table}\""), [], |row| {
                let mut line = table.clone();
                for column in 0..row.as_ref().column_count() {
                    line.push(' ');
                    line.push_str(&match row.get_ref(column)? {
                        ValueRef::Null => "-".to_owned(),
                        ValueRef::Integer(n) => n.to_string(),
                        ValueRef::Real(n) => n.to_string(),
                        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                        ValueRef::Blob(bytes) => hex(bytes),
                    });
                }
                Ok(line)
            })?;
            lines.extend(rows);
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::AreaId;
    use domain::opinion::ReporterMode;
    use domain::source::Source;

    #[tokio::test]
    async fn a_database_of_the_first_schema_keeps_its_opinions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let (village, first) = (AreaId::new(1, [1; 10]), connect(&path).unwrap());
        first.execute_batch(MIGRATIONS[0]).unwrap();
        first.pragma_update(None, "user_version", 1).unwrap();
        first
            .execute(
                "INSERT INTO opinion (root, shown, village, kind, topic, urgency, mode, day, retracted)
                 VALUES (?1, ?1, ?2, 'KIEN_NGHI', 'ENV', 'NORMAL', 'NAMED', '2026-11-21', 0)",
                params![[7u8; 16], village.bytes()],
            )
            .unwrap();
        drop(first);
        let (epoch, keys) = (Epoch::new(1, [1; 10]), Arc::new(Keys::new(&[1; 32])));
        for _ in 0..2 {
            let store = Sqlite::open(&path, epoch, Arc::clone(&keys), Arc::new(Journal::in_memory())).unwrap();
            let kept = store.read(move |t| t.opinions(&[village], None)).await.unwrap();
            assert_eq!((kept.len(), kept[0].mode, kept[0].meeting), (1, Some(ReporterMode::Named), None));
            assert_eq!(kept[0].source, Some(Source::PhoneVisit));
        }
    }

    #[tokio::test]
    async fn a_database_of_a_later_build_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let epoch = Epoch::new(1, [1; 10]);
        let open = || Sqlite::open(&path, epoch, Arc::new(Keys::new(&[1; 32])), Arc::new(Journal::in_memory()));
        drop(open().unwrap());
        let later = connect(&path).unwrap();
        later.execute_batch("CREATE TABLE of_a_later_build (a INTEGER)").unwrap();
        later.pragma_update(None, "user_version", MIGRATIONS.len() as u32 + 1).unwrap();
        drop(later);
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(open(), Err(StoreError::Broken(why)) if why.contains("later version")));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        // Whoever goes on with the later build again finds everything.
        let later = connect(&path).unwrap();
        assert_eq!(later.query_row("SELECT COUNT(*) FROM of_a_later_build", [], |row| row.get::<_, u32>(0)), Ok(0));
    }

    #[tokio::test]
    async fn a_phone_that_was_revoked_before_reasons_were_kept_was_lost() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let before = connect(&path).unwrap();
        for step in &MIGRATIONS[..2] {
            before.execute_batch(step).unwrap();
        }
        before.pragma_update(None, "user_version", 2).unwrap();
        let sql = "INSERT INTO device (id, person, kind, have, enrolled_at, revoked_at) VALUES (?1, ?1, 'phone', 3, 5, ?2)";
        before.execute(sql, params![[7u8; 16], 9]).unwrap();
        before.execute(sql, params![[8u8; 16], None::<i64>]).unwrap();
        drop(before);
        let (epoch, keys) = (Epoch::new(1, [1; 10]), Arc::new(Keys::new(&[1; 32])));
        let store = Sqlite::open(&path, epoch, keys, Arc::new(Journal::in_memory())).unwrap();
        let phones = store.read(|t| t.devices(crate::store::DeviceKind::Phone)).await.unwrap();
        let ends: Vec<_> = phones.iter().map(|phone| phone.revoked.map(|revoked| (revoked.at.0, revoked.why))).collect();
        assert_eq!(ends, [Some((9, domain::device::Revocation::Lost)), None]);
        assert_eq!(phones[0].report, None);
    }

    #[tokio::test]
    async fn what_is_acknowledged_waited_for_the_disk() {
        use rusqlite::types::Value;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let store = Sqlite::open(&path, Epoch::new(1, [1; 10]), Arc::new(Keys::new(&[1; 32])), Arc::new(Journal::in_memory())).unwrap();
        // Of the very connection that writes: another one has settings of its own.
        let said = store.writer.ask(|tell| {
            Box::new(move |tables: &mut Transaction<'_>| {
                let is = |name| tables.connection.pragma_query_value(None, name, |row| row.get::<_, Value>(0)).map_err(broken);
                let said = is("synchronous").and_then(|synchronous| Ok((synchronous, is("journal_mode")?)));
                Written { stays: true, tell: Box::new(move |group| drop(tell.send(group.and(said)))) }
            })
        });
        const FULL: i64 = 2;
        assert_eq!(said.await, Ok((Value::Integer(FULL), Value::Text("wal".to_owned()))));
    }

    /// Commits in a write-ahead log: a frame that ends one says how many pages the database has then.
    fn commits(log: &Path) -> usize {
        let bytes = std::fs::read(log).unwrap();
        let (header, frames) = bytes.split_at(32);
        let page = u32::from_be_bytes(header[8..12].try_into().unwrap()) as usize;
        frames.chunks(24 + page).filter(|frame| frame.len() == 24 + page && frame[4..8] != [0; 4] && frame[8..16] == header[16..24]).count()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn writes_that_wait_are_committed_together_and_stay_apart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let epoch = |n: u8| Epoch::new(u64::from(n), [n; 10]);
        let store = Arc::new(Sqlite::open(&path, epoch(0), Arc::new(Keys::new(&[1; 32])), Arc::new(Journal::in_memory())).unwrap());
        let log = directory.path().join("test.db-wal");
        let before = commits(&log);
        // The writer is kept until all the others wait.
        let (go, gone) = channel::<()>();
        let (begun, is_begun) = oneshot::channel();
        let first = tokio::spawn({
            let store = Arc::clone(&store);
            async move {
                store
                    .write(move |t| {
                        let _ = begun.send(());
                        let _ = gone.recv();
                        t.set_epoch(epoch(1))
                    })
                    .await
            }
        });
        is_begun.await.unwrap();
        let waiting: Vec<_> = (2..=40u8)
            .map(|n| {
                let (tell, told) = oneshot::channel::<Result<Epoch>>();
                let run = move |tables: &mut Transaction<'_>| {
                    let done = (|| {
                        let before = tables.epoch()?;
                        tables.set_epoch(epoch(n))?;
                        match n % 3 {
                            0 => Err(StoreError::NotFound),
                            1 => panic!("a write that panics"),
                            _ => Ok(before),
                        }
                    })();
                    Written { stays: done.is_ok(), tell: Box::new(move |group| drop(tell.send(group.and(done)))) }
                };
                store.writer.jobs.as_ref().unwrap().send(Box::new(run)).unwrap();
                told
            })
            .collect();
        drop(go);
        assert_eq!(first.await.unwrap(), Ok(()));
        let mut last = epoch(1);
        for (n, told) in (2..=40u8).zip(waiting) {
            match n % 3 {
                0 => assert_eq!(told.await.unwrap(), Err(StoreError::NotFound)),
                1 => assert!(told.await.is_err(), "nobody is told what did not end"),
                // Each sees what those before it left, and nothing of those that failed.
                _ => assert_eq!(told.await.unwrap(), Ok(std::mem::replace(&mut last, epoch(n)))),
            }
        }
        assert_eq!(store.read(|t| t.epoch()).await, Ok(last));
        let made = commits(&log) - before;
        assert!((1..=3).contains(&made), "{made} commits for 14 writes");
    }

    /// Writes words all over the file and deletes them without care, as a page that was split may leave them.
    fn leave_a_trace(path: &Path) {
        let connection = connect(path).unwrap();
        connection.pragma_update(None, "secure_delete", "OFF").unwrap();
        let words = "INSERT INTO access (at, action) SELECT n, 'Khuyết Danh' FROM number";
        let numbers = "WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < 1000)";
        connection.execute_batch(&format!("{numbers} {words}; DELETE FROM access")).unwrap();
        empty_log(&connection).unwrap();
        assert!(is_left(path), "the test can fail");
    }

    fn is_left(path: &Path) -> bool {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows("Khuyết Danh".len()).any(|window| window == "Khuyết Danh".as_bytes())
    }

    #[tokio::test]
    async fn a_file_that_was_to_be_written_anew_is_so_after_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let journal = Arc::new(Journal::in_memory());
        let open = || Sqlite::open(&path, Epoch::new(1, [1; 10]), Arc::new(Keys::new(&[1; 32])), Arc::clone(&journal)).unwrap();
        // Dies behind the commit, and before the file is written anew.
        let die = || {
            let first: Write = Box::new(|tables| {
                let done = tables.owe_scrub();
                tables.scrub();
                Written { stays: done.is_ok(), tell: Box::new(drop) }
            });
            run_group(&mut connect(&path).unwrap(), first, &|| None, &journal, &mut Vec::new()).map(drop).unwrap();
        };
        drop(open());
        leave_a_trace(&path);
        die();
        assert!(is_left(&path));
        let store = open();
        assert!(!is_left(&path), "by the next start");
        leave_a_trace(&path);
        die();
        assert!(is_left(&path));
        crate::store::Store::tick(&store, Time(5), [1; 32]).await.unwrap();
        assert!(!is_left(&path), "by the schedule");
        // Once is enough.
        leave_a_trace(&path);
        crate::store::Store::tick(&store, Time(6), [1; 32]).await.unwrap();
        assert!(is_left(&path));
    }

    #[tokio::test]
    async fn a_job_that_panics_takes_nothing_with_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let (epoch, other) = (Epoch::new(1, [1; 10]), Epoch::new(2, [2; 10]));
        let store = Sqlite::open(&path, epoch, Arc::new(Keys::new(&[1; 32])), Arc::new(Journal::in_memory())).unwrap();
        for _ in 0..=READERS {
            let broken = store.read(|_| -> Result<()> { panic!("a job that panics") }).await;
            assert!(matches!(broken, Err(StoreError::Broken(_))));
        }
        let broken = store.write(move |t| -> Result<()> { t.set_epoch(other).and_then(|()| panic!("half a job")) }).await;
        assert!(matches!(broken, Err(StoreError::Broken(_))));
        assert_eq!(store.read(|t| t.epoch()).await, Ok(epoch));
        store.write(move |t| t.set_epoch(other)).await.unwrap();
        assert_eq!(store.read(|t| t.epoch()).await, Ok(other));
        // The last connection takes the log with it when it is closed.
        let log = directory.path().join("test.db-wal");
        assert!(log.exists());
        drop(store);
        assert!(!log.exists());
    }
}
