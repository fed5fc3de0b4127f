//! The closed notebook, and when an open one closes.
//!
//! Closing begins the app anew: nothing of what was open stays in the page's memory, and what was being written is on its
//! place among the drafts.

use super::{Inner, LOCKED, Opened, OtherNotebook, Phone, cache, notebooks};
use crate::platform::device;
use crate::platform::worker::Worker;
use crate::platform::{dom, memo, net, time};
use crate::store::{self, Cover, Locked, Name, NewSecret, Row, Store, StoreError, UnlockError};
use domain::cbor;
use domain::id::DeviceId;
use domain::lock::{Attention, SecretKind, Tries, WeakSecret, secret_kind};
use domain::recovery::{Deposit, ReopenReply};
use domain::wire::{PROTOCOL, PushBatch};
use leptos::prelude::*;
use seal::pin::{Cost, stretch};
use seal::recovery::mark;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// A notebook that is there and closed. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub struct LockedPhone {
    /// Taken out while something is being tried.
    locked: StoredValue<Option<Box<Locked>>, LocalStorage>,
    /// What [`Self::get_ready`] has read.
    ahead: StoredValue<Vec<Row>, LocalStorage>,
    is_getting_ready: StoredValue<bool>,
    state: RwSignal<LockState>,
}

/// What a closed notebook says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockState {
    /// Whose it is, where that can be read.
    pub cover: Option<Cover>,
    /// What opens it.
    pub kind: SecretKind,
    /// What was typed wrong.
    pub tries: Tries,
    /// The mark of the request to be opened that is under way.
    pub mark: Option<String>,
    /// An answer to it would open the notebook now.
    pub asking: bool,
}

/// What became of a question whether a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskError {
    /// Two people have not answered yet: ask again in a while.
    NotYet,
    /// No network, or it broke.
    Net,
    /// The commune does not know this phone, or does not want it opened.
    Refused,
    /// The answer opens nothing here: ask them anew.
    Unreadable,
    /// The database did not answer as it should.
    Store(StoreError),
}

/// How long the server may take, in milliseconds.
const PATIENCE: i32 = 30_000;

impl LockedPhone {
    /// A closed notebook.
    pub(super) fn new(locked: Box<Locked>) -> Self {
        let state = LockState::of(&locked);
        // Made outside any component, so that it lives as long as the page.
        let owner = Owner::new();
        let phone = owner.with(|| Self {
            locked: StoredValue::new_local(Some(locked)),
            ahead: StoredValue::new_local(Vec::new()),
            is_getting_ready: StoredValue::new(false),
            state: RwSignal::new(state),
        });
        std::mem::forget(owner);
        phone
    }

    /// What it says of itself.
    pub fn state(self) -> ReadSignal<LockState> {
        self.state.read_only()
    }

    /// The other notebooks on this phone.
    pub async fn others(self) -> Vec<OtherNotebook> {
        match self.locked.try_with_value(|locked| locked.as_ref().map(|locked| locked.name().to_owned())).flatten() {
            Some(name) => notebooks::others(&name).await,
            None => Vec::new(),
        }
    }

    /// Somebody begins to type: what opening waits for longest is done meanwhile. The notebook's index is read as it lies
    /// there, sealed, and the cipher that will open it is run until the browser has made it fast.
    pub fn get_ready(self) {
        if self.is_getting_ready.try_update_value(|is| std::mem::replace(is, true)) != Some(false) {
            return;
        }
        let Some(read) = self.locked.try_with_value(|locked| locked.as_ref().map(|locked| locked.sealed(cache::all()))).flatten() else {
            return;
        };
        spawn_local(async move {
            if let Ok(rows) = read.await {
                self.ahead.try_set_value(rows);
            }
        });
        store::rehearse();
    }

    /// Opens the notebook with what was typed.
    pub async fn unlock(self, secret: &str) -> Result<Phone, UnlockError> {
        let Some(mut locked) = self.take() else { return Err(UnlockError::Store(StoreError::Closed)) };
        let opened = locked.unlock(secret).await;
        self.put(locked);
        Phone::start(opened?, self.ahead.try_update_value(std::mem::take).unwrap_or_default()).await.map_err(UnlockError::Store)
    }

    /// Begins a request to be opened for who has forgotten the secret; `new` opens the notebook from the answer on.
    pub async fn ask(self, new: &str) -> Result<(), ChangeError> {
        let typed = new_secret(new).await?;
        let Some(mut locked) = self.take() else { return Err(ChangeError::Unlock(UnlockError::Store(StoreError::Closed))) };
        let asked = locked.ask(&typed).await;
        self.put(locked);
        asked.map_err(ChangeError::Unlock)
    }

    /// Asks the commune whether two people have answered, and opens the notebook where they have. Until the server has
    /// heard it once, nobody there knows of the request.
    pub async fn answer(self) -> Result<Phone, AskError> {
        let Some(request) = self.locked.try_with_value(|locked| locked.as_ref().and_then(|locked| locked.request())).flatten() else {
            return Err(AskError::NotYet);
        };
        let body = match net::post("/api/v1/reopen", &cbor::encode(&request), None, PATIENCE).await {
            Ok(body) => body,
            Err(net::Failure::Status(403 | 404 | 422, _)) => return Err(AskError::Refused),
            Err(_) => return Err(AskError::Net),
        };
        let reply: ReopenReply = cbor::decode(&body).map_err(|_| AskError::Unreadable)?;
        let Some(answer) = reply.answer else { return Err(AskError::NotYet) };
        let Some(mut locked) = self.take() else { return Err(AskError::NotYet) };
        let opened = locked.reopen(&answer).await;
        self.put(locked);
        let store = opened.map_err(|error| match error {
            UnlockError::NotAnswered => AskError::NotYet,
            UnlockError::Store(StoreError::Damaged) => AskError::Unreadable,
            UnlockError::Store(error) => AskError::Store(error),
            _ => AskError::Net,
        })?;
        Phone::start(store, Vec::new()).await.map_err(AskError::Store)
    }

    fn take(self) -> Option<Box<Locked>> {
        self.locked.try_update_value(Option::take).flatten()
    }

    fn put(self, locked: Box<Locked>) {
        self.state.try_set(LockState::of(&locked));
        self.locked.try_set_value(Some(locked));
    }
}

impl LockState {
    fn of(locked: &Locked) -> Self {
        Self {
            cover: locked.cover().cloned(),
            kind: locked.kind(),
            tries: locked.tries(),
            mark: locked.asked().map(mark),
            asking: locked.is_asking(),
        }
    }
}

/// Why the secret was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeError {
    /// The new one is too weak.
    Weak(WeakSecret),
    /// The one that opens it now is another, or could not be tried.
    Unlock(UnlockError),
}

/// What a guess costs is made to fit this phone each time that a secret is chosen.
pub(super) async fn typed(kind: SecretKind, text: &str) -> Option<NewSecret> {
    // What is on the screen is on it before the work begins.
    time::sleep(0).await;
    let began = time::precise();
    stretch(text.as_bytes(), &[0; 16], Cost::FLOOR)?;
    let cost = Cost::calibrated(time::precise() - began);
    Some(NewSecret { kind, text: text.to_owned(), cost })
}

async fn new_secret(text: &str) -> Result<NewSecret, ChangeError> {
    let kind = secret_kind(text).map_err(ChangeError::Weak)?;
    typed(kind, text).await.ok_or(ChangeError::Unlock(UnlockError::Memory))
}

impl Phone {
    /// What opens this notebook; `None` for one of a build that sealed nothing.
    pub fn secret_kind(self) -> Option<SecretKind> {
        self.inner().store.kind()
    }

    /// What people compare with the office's, of the key with which two of three people can open this notebook.
    pub fn recovery_fingerprint(self) -> Option<String> {
        self.inner().store.recovery_fingerprint()
    }

    /// Somebody has just shown that they know what opens this notebook.
    pub fn was_just_opened(self) -> bool {
        (0..JUST).contains(&time::now().0.saturating_sub(self.inner().opened_at.0))
    }

    /// From now on opened by `new`.
    pub async fn change_secret(self, new: &str) -> Result<(), ChangeError> {
        let typed = new_secret(new).await?;
        self.inner().store.change_secret(&typed).await.map_err(ChangeError::Unlock)
    }

    /// Calls back whenever the notebook is to be closed: nobody has touched it for a while, it was put away, or another tab
    /// was closed. Whoever is called keeps what is being written, and then [closes](Phone::lock) it; is called again while
    /// that fails.
    pub fn on_over(self, over: impl Fn() + 'static) {
        let inner = self.inner();
        if inner.store.kind().is_some() {
            inner.attend_lock(Rc::new(over));
        }
    }

    /// Closes the notebook here and in every other tab, and begins the app anew. Says `false` and does nothing where the
    /// app could not begin anew now: no network, and the browser has not yet kept the app.
    pub async fn lock(self) -> bool {
        let inner = self.inner();
        if !device::online() && !inner.worker.borrow().as_ref().is_some_and(Worker::serves) {
            return false;
        }
        inner.write_cover().await;
        if let Some(tabs) = &*inner.tabs.borrow() {
            tabs.say(LOCKED);
        }
        dom::reload();
        true
    }

    /// Empties a notebook of a build that sealed nothing and takes it off this phone, when the commune has received all
    /// that was written in it. Says `false` and does nothing while it has not, or where the notebook is sealed.
    pub async fn discard(self) -> Result<bool, StoreError> {
        let inner = self.inner();
        let gone = inner.store.kind().is_none() && inner.destroy().await?;
        if gone {
            dom::restart();
        }
        Ok(gone)
    }
}

/// How long the last word may take, in milliseconds: what is still on the screen is not stored any more.
const LAST_WORD: i32 = 5_000;

/// The note that a notebook ended, until somebody has read it.
const ENDED: &str = "gandan.ended";

/// A notebook of this phone was ended by the commune since somebody last asked.
pub(super) fn has_ended() -> bool {
    let ended = memo::read(ENDED).is_some();
    memo::forget(ENDED);
    ended
}

/// So long after it was opened nobody is asked again, in milliseconds.
const JUST: i64 = 120_000;

/// How often it is looked whether the notebook is to be closed, in milliseconds.
const LOOK: i32 = 5_000;

impl Inner {
    fn attend_lock(self: Rc<Self>, over: Rc<dyn Fn()>) {
        *self.over.borrow_mut() = Some(over.clone());
        let touched = Rc::new(Cell::new(time::now()));
        let hidden = Rc::new(Cell::new(if device::visible() { None } else { Some(time::now()) }));
        device::on_touch({
            let touched = touched.clone();
            move || touched.set(time::now())
        });
        let is_over = {
            let (inner, touched, hidden) = (self, touched, hidden.clone());
            move || {
                let attention = Attention { touched_at: touched.get(), hidden_at: hidden.get(), syncing: inner.syncing.get() };
                attention.is_over(time::now())
            }
        };
        let (look, close) = (is_over.clone(), over.clone());
        device::on_visibility(move || {
            // A page that was put away may not have been asked since.
            if look() {
                close();
            }
            hidden.set(if device::visible() { None } else { Some(time::now()) });
        });
        spawn_local(async move {
            loop {
                time::sleep(LOOK).await;
                if is_over() {
                    over();
                }
            }
        });
    }

    /// Writes what the closed notebook will show.
    pub(super) async fn write_cover(&self) {
        let status = self.status.get_untracked();
        let (name, unit_name) = (self.me.name.clone(), self.me.unit_name.clone());
        let cover = Cover { name, unit_name, waiting: status.waiting, own: self.seen.get().own, complete_at: status.complete_at };
        if self.covered.borrow().as_ref() == Some(&cover) {
            return;
        }
        let mut plan = self.store.plan();
        plan.relaxed();
        self.store.cover(&mut plan, &cover);
        // One that was not written shows what was there before.
        if self.store.write(plan).await.is_ok() {
            *self.covered.borrow_mut() = Some(cover);
        }
    }

    /// The end of a phone that was revoked: everything is delivered, so its key goes, and the server is told.
    pub(super) async fn end(&self) {
        let device = self.sync.borrow().sequence(self.me.device).device;
        // With the token that is in memory; a word that is lost leaves the office in doubt, and nothing on the phone.
        if self.destroy().await == Ok(true) {
            memo::write(ENDED, "");
            time::within(LAST_WORD, self.send("/api/v1/push", &PushBatch::last_word(device))).await;
            dom::restart();
        }
    }

    /// Empties the notebook and takes it off this phone. Says `false` and does nothing where something is only here.
    async fn destroy(&self) -> Result<bool, StoreError> {
        let rows = self.store.rows(Name::Anonymous, None, None).await?.len();
        if self.waiting_anonymous().await? > 0 || !self.to_send().is_empty() || self.unsendable() > 0 {
            return Ok(false);
        }
        let gone = self.store.destroy(self.seen.get().own, rows).await?;
        if gone {
            notebooks::forget(self.store.name());
            if let Some(tabs) = &*self.tabs.borrow() {
                tabs.say(LOCKED);
            }
        }
        Ok(gone)
    }

    /// Leaves the data key, which only the recovery key opens, with the server: in each of its lives, and under each name
    /// of this phone. What fails is done after the next sync.
    pub(super) async fn deposit(&self) {
        let (device, epoch): (DeviceId, _) = {
            let sync = self.sync.borrow();
            (sync.sequence(self.me.device).device, sync.epoch)
        };
        if self.sync.borrow().deposited == Some((device, epoch)) {
            return;
        }
        let Ok(Some(sealed)) = self.store.deposit(device).await else { return };
        if self.send("/api/v1/deposit", &Deposit { protocol: PROTOCOL, sealed }).await.is_ok() {
            let mut sync = self.sync.borrow().clone();
            sync.deposited = Some((device, epoch));
            let _ = self.write_sync(self.store.plan(), sync).await;
        }
    }
}

/// A notebook that was found, as the screens see it.
pub(super) async fn found(found: crate::store::Found) -> Opened {
    match found {
        crate::store::Found::Locked(locked) => Opened::Locked(LockedPhone::new(locked)),
        crate::store::Found::Unsealed(store) => started(store).await,
    }
}

async fn started(store: Store) -> Opened {
    match Phone::start(store, Vec::new()).await {
        Ok(phone) => Opened::Unsealed(phone),
        Err(error) => Opened::Failed(error),
    }
}
