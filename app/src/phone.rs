//! The phone, as the screens see it: everything on it in memory, saving that survives a flat battery, and a sync that
//! runs by itself. Screens read through [`Phone::with`], write through the `save_*` functions, and draw anew when
//! [`Phone::revision`] moves.

mod act;
mod cache;
pub mod clock;
mod damaged;
pub mod draft;
pub mod enrol;
mod evict;
pub mod form;
pub mod lock;
pub mod meeting;
mod notebooks;
pub mod outbox;
pub mod page;
mod redact;
mod repair;
mod save;
pub mod settings;
pub mod status;
mod sync;
mod verification;

pub use crate::platform::support::{Missing, OtherApp};
pub use crate::store::{StoreError, UnlockError};
pub use domain::lock::SecretKind;
pub use draft::{Beside, Left, Removed};
pub use enrol::{BeginError, EnrolError, Enrolled, enrol};
pub use form::{AnonymousForm, NamedOpinion, SaidForm, SaveError, SavedVisit, VisitForm};
pub use lock::{AskError, ChangeError, LockState, LockedPhone};
pub use meeting::MeetingPage;
pub use notebooks::OtherNotebook;
pub use outbox::{ItemState, OutboxItem, OutboxPage, What};
pub use page::{Dispute, DisputedValue, HouseholdPage, SaidView, VisitPage, VisitVersion, VisitView};
pub use save::Rest;
pub use settings::{Settings, TextSize, Theme};
pub use status::{Installed, LastSync, Status, SyncStep};

use crate::platform::install::Offer;
use crate::platform::support::{self, Support};
use crate::platform::tabs::Channel;
use crate::platform::time::Soon;
use crate::platform::worker::Worker;
use crate::platform::{crash, device, memo, time, worker};
use crate::store::rows::{DeviceRow, LogRow, PageRow, SyncRow};
use crate::store::{Ask, Cover, Key, Name, Row, Store};
use act::Acts;
use cache::Loaded;
use damaged::Damaged;
use domain::cbor;
use domain::id::{AreaId, DeviceId, PersonId};
pub use domain::notebook::Author;
use domain::notebook::{Location, Notebook};
use domain::operation::{Change, Kind, Operation};
use domain::person::Role;
use domain::record::{Body, Record, Registry};
use domain::redaction::Redaction;
use domain::sequence::Sequence;
use domain::short;
use domain::time::Time;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// What the phone finds when the app starts.
pub enum Opened {
    /// Nobody has enrolled on this phone: ask for a code.
    Fresh,
    /// The same, after the commune has ended the notebook that was here: all that was in it is delivered.
    Ended,
    /// The notebook is there and closed.
    Locked(LockedPhone),
    /// The notebook of a build that sealed nothing is open. It holds test data: what waits in it is sent, then it goes.
    Unsealed(Phone),
    /// This phone had a notebook, last in step with the server then, and the browser has lost it. Enrolling again makes a
    /// new device.
    Lost(Option<Time>),
    /// Without a secure connection browsers give no lasting storage; nothing is stored.
    Insecure,
    /// The browser lacks what is needed; nothing is stored.
    Unsupported(Vec<Missing>),
    /// Inside another app's browser, which may throw away what is written; nothing is stored.
    InOtherApp(OtherApp),
    /// The notebook is there and does not open now. Nothing was deleted.
    Failed(StoreError),
}

/// Whose phone this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The commune they work in.
    pub unit: AreaId,
    /// Its name.
    pub unit_name: String,
    /// This phone, as it was enrolled.
    pub device: DeviceId,
}

/// The open notebook. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub struct Phone {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

struct Inner {
    me: Me,
    token: String,
    store: Store,
    notebook: RefCell<Notebook>,
    /// The last page that was read lately: a household's page and its visits' are often in the same.
    page: RefCell<Option<(u32, Rc<PageRow>)>>,
    /// Pages and own operations that the notebook contains.
    seen: Cell<Seen>,
    /// As it stands in the database, as far as this tab knows.
    sync: RefCell<SyncRow>,
    status: RwSignal<Status>,
    revision: RwSignal<u64>,
    update: RwSignal<bool>,
    worker: RefCell<Option<Worker>>,
    offer: RefCell<Offer>,
    tabs: RefCell<Option<Channel>>,
    /// A sync runs in this tab.
    syncing: Cell<bool>,
    /// Somebody asked for a sync while one ran.
    again: Cell<bool>,
    /// Changes since the cache was written.
    uncached: Cell<usize>,
    /// Which own operations belong together, as far as they wait or are refused.
    acts: RefCell<Acts>,
    /// What cannot be read.
    damaged: RefCell<Damaged>,
    /// What was redacted, so that nothing of it is saved again.
    redactions: RefCell<Vec<Redaction>>,
    /// When it was opened.
    opened_at: Time,
    /// Closes the notebook.
    over: RefCell<Option<Rc<dyn Fn()>>>,
    /// What stands on the cover.
    covered: RefCell<Option<Cover>>,
}

/// How far into the database the notebook has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    #[serde(rename = "p")]
    page: u32,
    #[serde(rename = "o")]
    own: u64,
}

/// The note outside the database that there is one, so that its loss is noticed. Nobody's name is in it.
struct Canary {
    database: String,
    last_sync: Option<Time>,
}

const CANARY: &str = "gandan.notebook";

impl Canary {
    fn read() -> Option<Self> {
        let memo = memo::read(CANARY)?;
        let mut lines = memo.lines();
        let (database, last_sync) = (lines.next()?, lines.next().unwrap_or_default());
        Some(Self { database: database.to_owned(), last_sync: last_sync.parse().ok().map(Time) })
    }

    fn write(database: &str, last_sync: Option<Time>) {
        let last_sync = last_sync.map(|at| at.0.to_string()).unwrap_or_default();
        memo::write(CANARY, &[database, &last_sync].join("\n"));
    }

    fn forget() {
        memo::forget(CANARY);
    }
}

/// What the names of all notebooks begin with; the person follows.
const DATABASE: &str = "gandan-";

/// What other tabs are told.
const CHANGED: &str = "changed";
const UPDATING: &str = "updating";
const LOCKED: &str = "locked";

impl Phone {
    /// Looks at the browser and opens the notebook, if there is one.
    pub async fn open() -> Opened {
        crash::watch();
        match support::look() {
            Support::Good => {}
            Support::Insecure => return Opened::Insecure,
            Support::InOtherApp(app) => return Opened::InOtherApp(app),
            Support::Lacks(missing) => return Opened::Unsupported(missing),
        }
        let Some(canary) = Canary::read() else {
            // The browser writes preferences late: one that was killed soon after the enrolment has forgotten the note,
            // and not the notebook.
            if let Some(opened) = Self::find().await {
                return opened;
            }
            // A phone without a notebook installs the app all the same.
            spawn_local(async { drop(worker::register(|| {}).await) });
            return if lock::has_ended() { Opened::Ended } else { Opened::Fresh };
        };
        match Store::open(&canary.database).await {
            Ok(Some(found)) => lock::found(found).await,
            Ok(None) => Opened::Lost(canary.last_sync),
            Err(error) => Opened::Failed(error),
        }
    }

    /// Looks for a notebook that no note tells of.
    async fn find() -> Option<Opened> {
        match notebooks::newest().await {
            Ok(None) => None,
            Ok(Some(found)) => {
                notebooks::note(found.name(), None);
                Some(lock::found(found).await)
            }
            Err(error) => Some(Opened::Failed(error)),
        }
    }

    /// Reads the notebook of an open database and begins to look after it.
    /// `ahead` are rows of its cache that were read before, if any were.
    async fn start(store: Store, ahead: Vec<Row>) -> Result<Self, StoreError> {
        let asks = [Ask::one(Name::Meta, "device"), Ask::one(Name::Meta, "sync"), redact::row(), cache::ask(&ahead)];
        let [device, sync, redactions, cached] = answers(store.read(&asks).await?)?;
        let redactions = only(&store, &redactions).unwrap_or_default();
        let (device, sync): (DeviceRow, SyncRow) = (only(&store, &device)?, only(&store, &sync)?);
        let Loaded { notebook, seen, uncached, damaged } = cache::load(&store, &device, &sync, cached, ahead).await?;
        // Made outside any component, so that they live as long as the page.
        let owner = Owner::new();
        let phone = owner.with(|| {
            let status = Status {
                online: device::online(),
                complete_at: sync.complete_at,
                installed: if device::at_home() { Installed::Home } else { Installed::Tab },
                durable_seq: sync.durable_seq,
                clock_off: sync.clock_off,
                ..Status::default()
            };
            let inner = Inner {
                me: Me {
                    person: device.person,
                    name: device.name,
                    role: device.role,
                    unit: device.unit,
                    unit_name: device.unit_name,
                    device: device.device,
                },
                token: device.token,
                store,
                notebook: RefCell::new(notebook),
                page: RefCell::default(),
                seen: Cell::new(seen),
                sync: RefCell::new(sync),
                status: RwSignal::new(status),
                revision: RwSignal::new(0),
                update: RwSignal::new(false),
                worker: RefCell::default(),
                offer: RefCell::default(),
                tabs: RefCell::default(),
                syncing: Cell::new(false),
                again: Cell::new(false),
                uncached: Cell::new(uncached),
                acts: RefCell::new(Acts::new(device.device)),
                damaged: RefCell::default(),
                redactions: RefCell::new(redactions),
                opened_at: time::now(),
                over: RefCell::default(),
                covered: RefCell::default(),
            };
            Self { inner: StoredValue::new_local(Rc::new(inner)) }
        });
        std::mem::forget(owner);
        let inner = phone.inner();
        for page in damaged {
            inner.note_damaged(Name::Pages, page).await;
        }
        inner.look_at_refused().await?;
        let acked = inner.sync.borrow().acked;
        inner.read_on(acked.min(seen.own)).await?;
        inner.grant();
        inner.clone().attend();
        Ok(phone)
    }

    fn inner(self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Whose phone this is.
    pub fn me(self) -> Me {
        self.inner().me.clone()
    }

    /// What the commune that they work in is called by now: since they were enrolled it may have become another one.
    pub fn commune_name(self) -> String {
        let Me { unit, unit_name, .. } = self.me();
        let now = untrack(|| self.with(|notebook| notebook.unit(notebook.village_now(unit)).map(|unit| unit.name.clone())));
        now.unwrap_or(unit_name)
    }

    /// The state of the phone as a whole, for the status line.
    pub fn status(self) -> ReadSignal<Status> {
        self.inner().status.read_only()
    }

    /// Moves at each change of the notebook.
    pub fn revision(self) -> ReadSignal<u64> {
        self.inner().revision.read_only()
    }

    /// A new build is ready ("Có bản mới"): [`Phone::activate_update`].
    pub fn update(self) -> ReadSignal<bool> {
        self.inner().update.read_only()
    }

    /// Reads the notebook. Inside an effect or a view it is read anew at each change.
    pub fn with<R>(self, read: impl FnOnce(&Notebook) -> R) -> R {
        let inner = self.followed();
        let notebook = inner.notebook.borrow();
        read(&notebook)
    }

    fn followed(self) -> Rc<Inner> {
        let inner = self.inner();
        // An event handler reads once, and nothing is to be read anew.
        if leptos::reactive::graph::Observer::get().is_some() {
            inner.revision.track();
        }
        inner
    }

    /// Syncs now; ends when the sync does. Where one runs already, here or in another tab, it does not wait for that.
    pub async fn sync_now(self) {
        self.inner().sync().await;
    }

    /// Asks the browser to put the app on the home screen, where it has offered to.
    pub fn install(self) {
        let inner = self.inner();
        inner.offer.borrow().accept();
        inner.look_at_home(false);
    }

    /// Changes to the new build, in every tab. Says `false` and does nothing while any draft is open.
    pub async fn activate_update(self) -> bool {
        let inner = self.inner();
        match inner.drafts().await {
            Ok(drafts) if drafts.is_empty() => {}
            _ => return false,
        }
        if let Some(tabs) = &*inner.tabs.borrow() {
            tabs.say(UPDATING);
        }
        if let Some(worker) = &*inner.worker.borrow() {
            worker.activate();
        }
        true
    }
}

/// Every minute while somebody looks.
const ROUND: i32 = 60_000;
/// A newer build is looked for when the app comes back after this long, in milliseconds.
const LOOK_AGAIN: i64 = 3_600_000;

impl Inner {
    /// Everything that happens by itself from now on.
    fn attend(self: Rc<Self>) {
        let inner = self.clone();
        let heard = move |words: String| {
            let inner = inner.clone();
            spawn_local(async move {
                match words.as_str() {
                    CHANGED => {
                        // That tab could not sync while this one does, so this one goes on with what is new.
                        if inner.syncing.get() {
                            inner.again.set(true);
                        }
                        drop(inner.catch_up().await);
                        inner.count_anonymous().await;
                    }
                    LOCKED => {
                        let over = inner.over.borrow().clone();
                        if let Some(over) = over {
                            over();
                        }
                    }
                    UPDATING => {
                        if let Some(worker) = &*inner.worker.borrow() {
                            worker.expect_update();
                        }
                    }
                    _ => {}
                }
            });
        };
        *self.tabs.borrow_mut() = Some(Channel::open(self.store.name(), heard));

        let inner = self.clone();
        device::on_network(move || {
            let online = device::online();
            inner.status.update(|status| status.online = online);
            if online {
                spawn_local(inner.clone().sync_soon());
            }
        });

        let (inner, away) = (self.clone(), Cell::new(time::now()));
        device::on_visibility(move || {
            if !device::visible() {
                away.set(time::now());
                return;
            }
            if let Some(worker) = &*inner.worker.borrow()
                && time::now().0 - away.get().0 > LOOK_AGAIN
            {
                worker.look();
            }
            spawn_local(inner.clone().sync_soon());
        });

        let inner = self.clone();
        *self.offer.borrow_mut() = Offer::watch(move |installed| inner.look_at_home(installed));
        self.look_at_home(false);

        let inner = self.clone();
        spawn_local(async move {
            let (update, found) = (inner.update, inner.clone());
            let worker = worker::register(move || update.set(true)).await;
            *found.worker.borrow_mut() = worker;
        });

        let inner = self.clone();
        spawn_local(async move { inner.write_cache().await });

        spawn_local(async move {
            if let Some(place) = crash::take() {
                self.log("crash", &place).await;
            }
            self.count_anonymous().await;
            self.look_at_room().await;
            loop {
                if device::visible() && device::online() {
                    self.clone().sync().await;
                }
                time::sleep(ROUND).await;
            }
        });
    }

    /// Says where the app stands, and asks the browser to keep the notebook once it stands on the home screen.
    fn look_at_home(self: &Rc<Self>, just_installed: bool) {
        let installed = match (device::at_home(), self.offer.borrow().stands()) {
            (true, _) => Installed::Home,
            (false, true) => Installed::Offered,
            (false, false) => Installed::Tab,
        };
        self.status.update(|status| status.installed = installed);
        let status = self.status;
        spawn_local(async move {
            let kept = device::kept(just_installed || installed == Installed::Home).await;
            status.update(|status| status.kept = kept);
        });
    }

    /// Says so before the phone is full: a tenth of what the browser allows is left, or less than 200 MB.
    async fn look_at_room(&self) {
        const LITTLE: u64 = 200_000_000;
        let (Some(used), Some(quota)) = device::room().await else { return };
        let left = quota.saturating_sub(used);
        let tight = left < LITTLE.max(quota / 10);
        self.status.update(|status| status.tight = tight);
    }

    /// Reads what is new in the database: own operations and pages that another tab, or an earlier run, has stored.
    fn catch_up(&self) -> Soon<'_, Result<(), StoreError>> {
        Box::pin(self.read_on(self.seen.get().own))
    }

    /// The same, and the own operations behind `own`: at the start those that wait, to know what belongs together.
    async fn read_on(&self, own: u64) -> Result<(), StoreError> {
        let seen = self.seen.get();
        let behind = |store, key: u64| Ask::rows(store, Some(key.into()), None);
        // In one transaction: whatever a page contains of the own operations is among those that are read.
        let asks = [behind(Name::Pages, seen.page.into()), behind(Name::Outbox, own), Ask::one(Name::Meta, "sync"), redact::row()];
        let [pages, own, sync, redactions] = answers(self.store.read(&asks).await?)?;
        for row in &own {
            let Key::Number(seq) = row.key else { continue };
            match self.store.unseal(row) {
                Ok(bytes) => self.take_own(seq, &bytes).await?,
                Err(_) => {
                    let seen = self.seen.get();
                    self.seen.set(Seen { own: seen.own.max(seq), ..seen });
                    self.note_damaged(Name::Outbox, seq).await;
                }
            }
        }
        for row in &pages {
            let Key::Number(page) = row.key else { continue };
            match cache::read_page(&self.store, row) {
                Ok(content) => self.take_page(page as u32, &content),
                Err(_) => {
                    self.seen.set(Seen { page: page as u32, ..self.seen.get() });
                    self.note_damaged(Name::Pages, page).await;
                }
            }
        }
        let mut moved = self.seen.get() != seen;
        if let Ok(sync) = only::<SyncRow>(&self.store, &sync) {
            // What another tab sent stands elsewhere in the lists now.
            let before = self.sync.replace(sync.clone());
            moved |= before != sync;
            if before.redacted != sync.redacted {
                self.redactions.replace(only(&self.store, &redactions).unwrap_or_default());
            }
            if (&before.renumbered, before.redacted) != (&sync.renumbered, sync.redacted) {
                self.read_anew().await?;
            }
        }
        self.mark_refused();
        self.count();
        if moved {
            self.grant();
            self.changed();
        }
        Ok(())
    }

    /// Takes an own operation from the outbox.
    async fn take_own(&self, seq: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let operation = cbor::decode::<Operation>(bytes);
        if let Ok(operation) = &operation {
            self.acts.borrow_mut().take(seq, operation);
        }
        let seen = self.seen.get();
        if seq <= seen.own {
            return Ok(());
        }
        self.seen.set(Seen { own: seq, ..seen });
        if let Ok(mut operation) = operation {
            let base = self.base(&operation).await?;
            let sequence = self.sequence();
            sequence.spell_out(seq, &mut operation.header.change);
            self.notebook.borrow_mut().apply_own(&operation, sequence.dot(seq), base);
        }
        self.uncached.set(self.uncached.get() + 1);
        Ok(())
    }

    /// Under which name each own operation stands.
    fn sequence(&self) -> Sequence {
        self.sync.borrow().sequence(self.me.device)
    }

    /// Finds out which operations belong to those that a person must look at, back to where their act began.
    async fn look_at_refused(&self) -> Result<(), StoreError> {
        let refused = self.sync.borrow().refused.clone();
        for last in refused {
            let mut act = Vec::new();
            for seq in (1..=last).rev() {
                let Some(operation) = self.own(seq).await? else { break };
                let header = &operation.header;
                let said = matches!(header.kind, Kind::Note | Kind::Opinion | Kind::Callback);
                let behind = said && !matches!(header.change, Change::Amend { .. });
                act.push((seq, operation));
                if !behind {
                    break;
                }
            }
            let mut acts = self.acts.borrow_mut();
            for (seq, operation) in act.iter().rev() {
                acts.take(*seq, operation);
            }
        }
        Ok(())
    }

    /// The server's state that an own change of a household is laid over, if the notebook needs it.
    async fn base(&self, operation: &Operation) -> Result<Option<Registry>, StoreError> {
        let Some(location) = self.notebook.borrow().needs_base(operation.header.record) else { return Ok(None) };
        Ok(match self.record(location).await {
            Ok(Some(Record { body: Body::Registry(registry), .. })) => Some(registry),
            // The change is shown by itself until its household was pulled again.
            Ok(_) | Err(StoreError::Damaged) => None,
            Err(error) => return Err(error),
        })
    }

    /// Takes a page into the notebook. A record that this build cannot read stays in its page, for a later one.
    fn take_page(&self, page: u32, row: &PageRow) {
        let seen = self.seen.get();
        // An older state must not come after a newer one.
        if page <= seen.page {
            return;
        }
        self.seen.set(Seen { page, ..seen });
        cache::apply_page(&mut self.notebook.borrow_mut(), page, row);
        self.uncached.set(self.uncached.get() + row.records.len());
    }

    /// A pulled record, whole.
    async fn record(&self, location: Location) -> Result<Option<Record>, StoreError> {
        let Location::Page { page, slot } = location else { return Ok(None) };
        let row = self.page_row(page).await?;
        Ok(row.and_then(|row| cbor::decode(row.records.get(usize::from(slot))?).ok()))
    }

    async fn page_row(&self, page: u32) -> Result<Option<Rc<PageRow>>, StoreError> {
        if let Some((known, row)) = &*self.page.borrow()
            && *known == page
        {
            return Ok(Some(row.clone()));
        }
        let number = u64::from(page);
        let rows = self.store.read(&[Ask::one(Name::Pages, number)]).await?;
        let Some(row) = rows.iter().flatten().next() else { return Ok(None) };
        let row = match cache::read_page(&self.store, row) {
            Ok(row) => Rc::new(row),
            Err(error) => {
                self.note_damaged(Name::Pages, number).await;
                return Err(error);
            }
        };
        *self.page.borrow_mut() = Some((page, row.clone()));
        Ok(Some(row))
    }

    /// An own operation, whole, if it can be read.
    async fn own(&self, seq: u64) -> Result<Option<Operation>, StoreError> {
        Ok(self.store.readable(Name::Outbox, seq).await?.and_then(|bytes| cbor::decode(&bytes).ok()))
    }

    fn mark_refused(&self) {
        self.notebook.borrow_mut().refuse(&self.sync.borrow().refused);
    }

    fn grant(&self) {
        self.notebook.borrow_mut().grant(&self.sync.borrow().grants);
    }

    /// Brings the counts of the status line up to date; anonymous opinions are counted apart.
    fn count(&self) {
        let sync = self.sync.borrow();
        let (waiting, damaged) = (self.waiting_acts().len() as u32, self.unsendable());
        let acts = self.acts.borrow();
        let attention = sync.refused.iter().map(|seq| acts.first(*seq)).collect::<short::Set<_>>().len() as u32;
        self.status.update(|status| {
            status.waiting = waiting + status.waiting_anonymous;
            status.attention = attention + damaged;
            status.damaged = damaged;
            status.complete_at = sync.complete_at;
            status.durable_seq = sync.durable_seq;
            status.clock_off = sync.clock_off;
        });
    }

    /// The acts of which something is still to be sent; anonymous opinions are none of them.
    fn waiting_acts(&self) -> short::Set<u64> {
        self.acts.borrow().of(&mut self.to_send().into_iter())
    }

    fn changed(&self) {
        self.revision.update(|revision| *revision += 1);
    }

    fn tell_tabs(&self) {
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.say(CHANGED);
        }
    }

    /// Writes a line about the store itself, never about what is in it. The newest 500 are kept.
    async fn log(&self, code: &str, note: &str) {
        const KEPT: u64 = 500;
        let row = LogRow { at: time::now(), code: code.to_owned(), note: note.to_owned() };
        let mut plan = self.store.plan();
        plan.relaxed();
        plan.append(Name::Log, crate::platform::random::bytes(), &cbor::encode(&row));
        if let Ok(keys) = self.store.write(plan).await
            && let Some(old) = keys.first().and_then(|last| last.checked_sub(KEPT))
        {
            let mut plan = self.store.plan();
            plan.relaxed();
            plan.delete_up_to(Name::Log, old, "");
            let _ = self.store.write(plan).await;
        }
    }
}

/// The operations up to a number that the server has not acknowledged.
fn waiting_in(sync: &SyncRow, own: u64) -> impl Iterator<Item = u64> {
    (sync.acked.saturating_add(1)..=own).filter(|seq| sync.waits(*seq))
}

/// The answers to as many questions.
fn answers<const N: usize>(found: Vec<Vec<Row>>) -> Result<[Vec<Row>; N], StoreError> {
    found.try_into().map_err(|_| StoreError::Damaged)
}

/// The content of a row of `meta` that was asked for; a notebook without it is damaged.
fn only<T: serde::de::DeserializeOwned>(store: &Store, found: &[Row]) -> Result<T, StoreError> {
    let content = store.unseal(found.first().ok_or(StoreError::Damaged)?)?;
    cbor::decode(&content).map_err(|_| StoreError::Damaged)
}

/// Reads a row of `meta`; a notebook without it is damaged.
async fn read_row<T: serde::de::DeserializeOwned>(store: &Store, key: &str) -> Result<T, StoreError> {
    let content = store.get(Name::Meta, key).await?.ok_or(StoreError::Damaged)?;
    cbor::decode(&content).map_err(|_| StoreError::Damaged)
}
