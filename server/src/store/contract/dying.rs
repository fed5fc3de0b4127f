//! A store that a test can bring down in the middle of its work, and what must hold then.

use super::quarantined;
use super::world::{Phone, Subject, World, household, record};
use crate::journal::Journal;
use crate::keys::Keys;
use crate::store::engine::Engine;
use crate::store::tables::{Result, Tables};
use crate::store::{Store, StoreError};
use domain::id::Epoch;
use domain::office::{Filter, VisitRow};
use domain::person::Role;
use domain::quarantine::{TakeIn, TakenIn, Waiting};
use domain::visit::ContactResult::MetRep;
use domain::wire::{Frame, Outcome, PushBatch, Reason};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Fails the writes that it was told to, as a process does that dies in them.
pub struct Dying<S> {
    store: S,
    /// Whether each of the next writes comes to no end.
    next: Mutex<VecDeque<bool>>,
}

impl<S> Dying<S> {
    /// The next writes: those that are `true` come to no end.
    fn dies(&self, next: &[bool]) {
        *self.next.lock().unwrap() = next.iter().copied().collect();
    }
}

impl<S: Subject + Engine> Subject for Dying<S> {
    fn open(epoch: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> (Self, Option<TempDir>) {
        let (store, directory) = S::open(epoch, keys, journal);
        (Self { store, next: Mutex::default() }, directory)
    }

    async fn run(&self, run: impl FnOnce(&mut dyn Tables) -> Result<()> + Send + 'static) {
        self.store.run(run).await;
    }
}

impl<S: Subject + Engine> Engine for Dying<S> {
    fn keys(&self) -> &Arc<Keys> {
        self.store.keys()
    }

    async fn read<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        self.store.read(run).await
    }

    async fn write<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        let dies = self.next.lock().unwrap().pop_front().unwrap_or(false);
        // It did all that it had to do, and nothing of it is there.
        let run =
            move |t: &mut dyn Tables| run(t).and_then(|done| if dies { Err(StoreError::Broken("died".to_owned())) } else { Ok(done) });
        Engine::write(&self.store, run).await
    }
}

impl<S: Subject + Engine> World<Dying<S>> {
    /// What became of a frame that the phone has isolated.
    async fn isolated(&mut self, phone: &Phone, frame: &Frame) -> Result<Vec<Outcome>> {
        let batch = PushBatch { isolate: true, ..PushBatch::of(phone.device, vec![frame.clone()]) };
        let seed = self.seed();
        let reply = self.store.push(batch, self.now, seed).await?;
        Ok(reply.each().map(|(_, outcome, _)| outcome).collect())
    }
}

pub async fn what_brings_the_server_down_is_judged_once<S: Subject + Engine>() {
    let mut world = World::<Dying<S>>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let frames: Vec<Frame> = (0..5).map(|n| phone.visit(record(50 + n), homes[0], MetRep)).collect();
    let suspect = quarantined(Reason::Suspect);
    let visits = async |world: &World<Dying<S>>| world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().total;

    // It is stored, then judged, and nobody comes back from that. The next process has it, and does not look into it.
    world.store.dies(&[false, true, true, true]);
    assert!(matches!(world.isolated(&phone, &frames[0]).await, Err(StoreError::Broken(_))));
    world.store.dies(&[]);
    assert_eq!(world.isolated(&phone, &frames[0]).await, Ok(vec![suspect]));
    assert_eq!(world.outcomes(&phone, &frames[..2]).await, [suspect, Outcome::Applied], "and nothing behind it waits");
    assert_eq!((world.store.tick(world.now, [1; 32]).await, visits(&world).await), (Ok(TakenIn::default()), 1));

    // A judge that fails alone: the same answer, at once. And what is harmless is in the book, as if it had been sent otherwise.
    world.store.dies(&[false, true, true]);
    assert_eq!(world.isolated(&phone, &frames[2]).await, Ok(vec![suspect]));
    assert_eq!(world.isolated(&phone, &frames[3]).await, Ok(vec![Outcome::Duplicate]));
    assert_eq!((world.store.device(phone.device).await.unwrap().have, visits(&world).await), (4, 2));

    // What could not be read, and brings down the build that can: once.
    world.keep_unread(&phone, &frames[4]).await;
    world.store.dies(&[false, false, true, true, true]);
    assert!(world.store.tick(world.now, [2; 32]).await.is_err());
    world.store.dies(&[]);
    assert_eq!((world.store.tick(world.now, [3; 32]).await, visits(&world).await), (Ok(TakenIn::default()), 2));
    assert_eq!(world.outcomes(&phone, &frames[4..]).await, [suspect]);

    // After the next update somebody presses; one of the three is still too much for it, and takes nothing with it.
    let (commune, all) = (Some(world.commune), TakeIn::All(Reason::Suspect));
    world.store.dies(&[true, false, true]);
    let taken = world.store.take_in(commune, all, [4; 32]).await.unwrap();
    assert_eq!(taken, TakenIn { applied: 2, waiting: vec![(Reason::Suspect, 1)], ..TakenIn::default() });
    let one = TakeIn::One(Waiting { device: phone.device, seq: 3 });
    assert_eq!(world.store.take_in(commune, one, [5; 32]).await.unwrap(), TakenIn { applied: 1, ..TakenIn::default() });
    assert_eq!(visits(&world).await, 5);

    // No more is kept unread than otherwise.
    let big = [phone.raw(vec![0; 3_000_000]), phone.raw(vec![1; 3_000_000])];
    assert_eq!(world.isolated(&phone, &big[0]).await, Ok(vec![quarantined(Reason::Unreadable)]));
    assert_eq!(world.isolated(&phone, &big[1]).await, Err(StoreError::Busy));
}

pub async fn what_waits_is_judged_where_what_is_over_cannot_go<S: Subject + Engine>() {
    let mut world = World::<Dying<S>>::new().await;
    let (mut phone, mut other) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let home = record(60);
    let visit = phone.visit(record(61), home, MetRep);
    assert_eq!(world.outcomes(&phone, &[visit]).await, [quarantined(Reason::Invalid)]);
    let made = other.new_household(home, &household(60));
    assert_eq!(world.outcomes(&other, &[made]).await, [Outcome::Applied]);
    // What is done by the day is done, and the first of a new one what is over does not go.
    world.store.dies(&[false, true]);
    let failed = world.store.tick(world.now, [1; 32]).await;
    assert!(matches!(failed, Err(StoreError::Broken(why)) if why == "died"));
    assert_eq!(world.store.quarantine(None).await.unwrap(), []);
}
