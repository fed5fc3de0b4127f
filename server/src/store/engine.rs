//! A store is an engine that runs transactions, and the rules beside this file, the same for every engine.

use super::quarantine::By;
use super::random::Random;
use super::tables::{Result, Tables};
use super::{
    Access, Ask, CodeFor, Compared, Credentials, Device, Directory, FirstSteps, Hash, Import, Life, OfficeChange, Recovered, Recovery, Row,
    Seed, Sender, Session, SignedIn, Store, StoreError, Upkeep, Within, anonymous, coverage, desk, directory, enrolment, grants, office,
    projection, pull, push, quarantine, rearrangement, recovery, restore, retention, roll,
};
use crate::journal::Entry;
use crate::keys::Keys;
use domain::id::{DeviceId, Epoch, PersonId};
use domain::office::{Coverage, Listed, QuarantineRow};
use domain::quarantine::{Content, PutAside, TakeIn, TakenIn, Waiting};
use domain::time::Time;
use domain::wire::{AnonymousReply, EnrolReply, PullReply, PullRequest, PushBatch, PushReply};
use serde_bytes::ByteBuf;
use std::future::Future;
use std::sync::Arc;

/// Runs transactions.
pub trait Engine: Send + Sync + 'static {
    /// The keys that cursors and tokens are signed with.
    fn keys(&self) -> &Arc<Keys>;

    /// Runs a transaction that only reads, on one unchanging state of the whole database.
    fn read<T, F>(&self, run: F) -> impl Future<Output = Result<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static;

    /// Runs a transaction that may write, with no other beside it. What it changed stays if it returns `Ok` and its
    /// entries are in the journal; otherwise nothing happened.
    fn write<T, F>(&self, run: F) -> impl Future<Output = Result<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static;
}

impl<E: Engine> Store for E {
    async fn life(&self) -> Result<Life> {
        self.read(desk::life).await
    }

    async fn set_up(&self, first: FirstSteps, now: Time, seed: Seed) -> Result<PersonId> {
        Engine::write(self, move |t| desk::set_up(t, first, now, seed)).await
    }

    async fn credentials(&self, login: String) -> Result<Credentials> {
        self.read(move |t| desk::credentials(t, &login)).await
    }

    async fn session(&self, token: Hash, what: Session, now: Time) -> Result<SignedIn> {
        match what {
            Session::Keep => self.read(move |t| desk::session(t, &token, now)).await,
            Session::Begin(..) | Session::Extend(_) | Session::End => {
                Engine::write(self, move |t| desk::change_session(t, &token, what, now)).await
            }
        }
    }

    async fn tab(&self, device: DeviceId, person: PersonId, now: Time) -> Result<()> {
        Engine::write(self, move |t| desk::tab(t, device, person, now)).await
    }

    async fn issue_code(&self, within: Within, to: impl Into<CodeFor> + Send, code: Hash, now: Time) -> Result<Time> {
        let to = to.into();
        Engine::write(self, move |t| enrolment::issue(t, within, to, &code, now)).await
    }

    async fn enrol(&self, code: Hash, device: DeviceId, now: Time) -> Result<EnrolReply> {
        let keys = Arc::clone(self.keys());
        Engine::write(self, move |t| enrolment::enrol(t, &keys, &code, device, now)).await
    }

    async fn device(&self, device: DeviceId) -> Result<Device> {
        self.read(move |t| t.device(device)?.ok_or(StoreError::NotFound)).await
    }

    async fn revoke(&self, within: Within, device: DeviceId, now: Time) -> Result<()> {
        Engine::write(self, move |t| enrolment::revoke(t, within, device, now)).await
    }

    async fn push(&self, batch: PushBatch, now: Time, seed: Seed) -> Result<PushReply> {
        let mut seed = seed;
        if batch.isolate {
            let mut random = Random::new(seed);
            let (sent, of_held) = (batch.clone(), random.bytes());
            let keys = Arc::clone(self.keys());
            let held = Engine::write(self, move |t| push::hold(t, &keys, sent, now, of_held)).await?;
            quarantine::judge(self, held, By::Server, &mut random).await?;
            seed = random.bytes();
        }
        let keys = Arc::clone(self.keys());
        Engine::write(self, move |t| push::push(t, &keys, batch, now, seed)).await
    }

    async fn anonymous(&self, sender: Sender, opinions: Vec<ByteBuf>, now: Time) -> Result<AnonymousReply> {
        let keys = Arc::clone(self.keys());
        Engine::write(self, move |t| anonymous::arrive(t, &keys, sender, &opinions, now)).await
    }

    async fn recover(&self, what: Recovery, now: Time) -> Result<Recovered> {
        match what {
            Recovery::Make(key) => Engine::write(self, move |t| recovery::make(t, key, now)).await,
            Recovery::Deposit(device, sealed) => Engine::write(self, move |t| recovery::deposit(t, device, sealed)).await,
            Recovery::Ask { device, public, sealed } => {
                // A phone that waits asks again and again: the writer is not kept busy by it.
                match self.read(move |t| recovery::found(t, device, public, now)).await? {
                    Some(found) => Ok(found),
                    None => Engine::write(self, move |t| recovery::ask(t, device, public, sealed, now)).await,
                }
            }
            Recovery::Answer { within, by, device, public, answer } => {
                Engine::write(self, move |t| recovery::answer(t, within, by, (device, public), answer, now)).await
            }
        }
    }

    async fn pull(&self, device: DeviceId, request: PullRequest, now: Time) -> Result<PullReply> {
        let keys = Arc::clone(self.keys());
        let report = request.report.clone();
        let (said, redacted) = (report.clone(), request.redacted);
        let reply = self
            .read(move |t| {
                let done = pull::done(t, redacted)?;
                let stale = t.device(device)?.is_some_and(|device| pull::is_stale(&device, said.as_ref(), done, now));
                Ok((pull::pull(t, &keys, device, &request, now)?, stale))
            })
            .await;
        let (reply, stale) = reply?;
        if stale {
            // Once an hour: the writer is not kept busy by phones that only ask whether anything is new.
            Engine::write(self, move |t| pull::see(t, device, report, redacted, now)).await?;
        }
        Ok(reply)
    }

    async fn tick(&self, now: Time, seed: Seed) -> Result<TakenIn> {
        let keys = Arc::clone(self.keys());
        let mut random = Random::new(seed);
        let (of_days, of_pool): (Seed, Seed) = (random.bytes(), random.bytes());
        let by_the_day = Engine::write(self, move |t| {
            rearrangement::by_the_day(t, now, of_days)?;
            grants::by_the_day(t, now)?;
            recovery::forget(t, now)?;
            anonymous::tick(t, &keys, now, of_pool)
        });
        by_the_day.await?;
        // One that fails stops neither of the others.
        let retained = retention::run(self, now).await;
        let taken = quarantine::judge_again(self, random.bytes()).await;
        // Once for all that went today, and for what an earlier time did not come to.
        let scrub = |t: &mut dyn Tables| {
            t.scrub();
            Ok(())
        };
        let scrubbed = Engine::write(self, scrub).await;
        retained.and(taken).and_then(|taken| scrubbed.map(|()| taken))
    }

    async fn directory(&self, within: Within) -> Result<Directory> {
        self.read(move |t| directory::directory(t, within)).await
    }

    async fn write(&self, change: OfficeChange, now: Time, seed: Seed) -> Result<()> {
        let keys = Arc::clone(self.keys());
        Engine::write(self, move |t| office::write(t, &keys, change, now, seed)).await
    }

    async fn import(&self, import: Import, now: Time, seed: Seed) -> Result<Compared> {
        match import {
            Import::Compare(roll) => self.read(move |t| roll::compare(t, &roll, now)).await,
            Import::Store(roll, confirmed) => Engine::write(self, move |t| roll::import(t, &roll, &confirmed, now, seed)).await,
            Import::Undo(undo) => Engine::write(self, move |t| roll::undo(t, &undo, now, seed)).await,
        }
    }

    async fn list<R: Row>(&self, ask: Ask, now: Time) -> Result<Listed<R>> {
        self.read(move |t| R::list(t, &ask, now)).await
    }

    async fn coverage(&self, ask: Ask, now: Time) -> Result<Coverage> {
        self.read(move |t| coverage::coverage(t, &ask, now)).await
    }

    async fn quarantine(&self, within: Within) -> Result<Vec<QuarantineRow>> {
        self.read(move |t| quarantine::listed(t, within)).await
    }

    async fn waiting(&self, within: Within, waiting: Waiting) -> Result<Vec<Content>> {
        self.read(move |t| quarantine::read(t, within, waiting)).await
    }

    async fn put_aside(&self, within: Within, what: PutAside) -> Result<()> {
        Engine::write(self, move |t| quarantine::put_aside(t, within, what)).await
    }

    async fn take_in(&self, within: Within, what: TakeIn, seed: Seed) -> Result<TakenIn> {
        quarantine::take_in(self, within, what, seed).await
    }

    async fn log(&self, access: Access) -> Result<()> {
        Engine::write(self, move |t| t.put_access(&access)).await
    }

    async fn restore(&self, epoch: Epoch, entries: Vec<Entry>) -> Result<()> {
        let keys = Arc::clone(self.keys());
        Engine::write(self, move |t| restore::restore(t, &keys, epoch, &entries)).await
    }
}

impl<E: Engine> Upkeep for E {
    async fn new_passphrase(&self, login: String, hash: String) -> Result<()> {
        Engine::write(self, move |t| desk::new_passphrase(t, login, hash)).await
    }

    async fn rebuild(&self) -> Result<()> {
        Engine::write(self, projection::rebuild).await
    }

    async fn dump(&self) -> Result<Vec<String>> {
        self.read(|t| t.dump()).await
    }
}
