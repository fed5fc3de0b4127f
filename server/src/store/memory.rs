//! The store in memory: for the simulator and for tests, and the second opinion on what SQLite does.

use super::engine::Engine;
use super::tables::{
    Accounts, Attempt, DayClosingView, Devices, Enrolment, Group, HouseholdView, Lines, Log, Logged, MeetingView, OpinionView,
    QuarantineView, Quarantined, Receipt, Recoveries, Redacted, RedactionLine, Request, Result, Retained, Stored, Streams, Tables,
    VerificationView, Views, VisitView, WORKING, Waiting,
};
use super::{Access, Account, Device, DeviceKind, Hash, StoreError};
use crate::journal::{Entry, Journal};
use crate::keys::{Keys, hex};
use domain::cbor;
use domain::coverage::Progress;
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::meeting::MeetingState;
use domain::operation::{Header, Kind, Part, Scope};
use domain::person::GrantSet;
use domain::record::{Digest, Record};
use domain::short::{Map, Set};
use domain::time::{Date, Time};
use domain::wire::Reason;
use seal::recovery::PublicKey;
use serde::Serialize;
use serde_bytes::ByteBuf;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Everything in maps behind one lock. A transaction works on a copy, which takes the place of what it was made from
/// when the transaction succeeds.
#[derive(Debug)]
pub struct Memory {
    rows: Mutex<Arc<Rows>>,
    keys: Arc<Keys>,
    journal: Arc<Journal>,
}

impl Memory {
    /// An empty database in its first life.
    pub fn new(epoch: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> Self {
        Self { rows: Mutex::new(Arc::new(Rows::new(epoch))), keys, journal }
    }

    /// A copy as a backup would have it, with the same keys and journal: what a simulator puts back to rewind a server.
    #[must_use]
    pub fn copy(&self) -> Self {
        let rows = Arc::clone(&self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        Self { rows: Mutex::new(rows), keys: Arc::clone(&self.keys), journal: Arc::clone(&self.journal) }
    }
}

impl Engine for Memory {
    fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    async fn read<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        let mut copy = Rows::clone(&*self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        run(&mut copy)
    }

    async fn write<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tables) -> Result<T> + Send + 'static,
    {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = Rows::clone(&rows);
        let done = run(&mut copy)?;
        let entries = std::mem::take(&mut copy.entries);
        self.journal.append(&entries).map_err(|error| StoreError::Broken(format!("journal: {}", error.kind())))?;
        *rows = Arc::new(copy);
        Ok(done)
    }
}

type Operation = (Receipt, Option<(Header, Map<Part, ByteBuf>)>);

/// One version of somebody's grants, since when, and until when.
type Version = (GrantSet, Time, Option<Time>);

/// Device, number and MAC of what waits.
type QuarantineKey = (DeviceId, u64, [u8; 16]);

/// Day, campaign and kind of what the daily job deleted, the latest day first.
type RetainedKey = (Reverse<Date>, Option<RecordId>, String);

#[derive(Clone, Debug)]
struct Rows {
    epoch: Epoch,
    skipped: u32,
    recovery: Option<PublicKey>,
    entries: Vec<Entry>,
    accounts: Shared<BTreeMap<PersonId, Account>>,
    sessions: Shared<BTreeMap<Hash, (PersonId, Time)>>,
    devices: Shared<BTreeMap<DeviceId, Device>>,
    enrolments: Shared<BTreeMap<Hash, Enrolment>>,
    grants: Shared<BTreeMap<(PersonId, u32), Version>>,
    deposits: Shared<BTreeMap<DeviceId, ByteBuf>>,
    reopenings: Shared<BTreeMap<DeviceId, Request>>,
    reopened: Shared<BTreeMap<(Time, DeviceId), PersonId>>,
    operations: Shared<BTreeMap<(DeviceId, u64), Operation>>,
    quarantine: Shared<BTreeMap<QuarantineKey, Quarantined>>,
    streams: Shared<BTreeMap<Scope, (u64, Digest)>>,
    records: Shared<BTreeMap<RecordId, Stored>>,
    order: Shared<BTreeMap<(Scope, u64), RecordId>>,
    household_numbers: Shared<BTreeMap<AreaId, u32>>,
    pool: Shared<BTreeMap<Hash, ByteBuf>>,
    replaced: Shared<BTreeMap<Hash, ByteBuf>>,
    quarantine_anonymous: Shared<BTreeMap<Hash, (Reason, ByteBuf)>>,
    counted: Shared<BTreeMap<RecordId, (Group, RecordId, bool)>>,
    access: Shared<Vec<Access>>,
    households: Shared<BTreeMap<RecordId, HouseholdView>>,
    versions: Shared<BTreeMap<RecordId, RecordId>>,
    visits: Shared<BTreeMap<RecordId, VisitView>>,
    visits_to: Shared<BTreeSet<(RecordId, RecordId, RecordId)>>,
    verifications: Shared<BTreeMap<(RecordId, RecordId), VerificationView>>,
    day_closings: Shared<BTreeMap<RecordId, DayClosingView>>,
    progress: Shared<BTreeMap<(RecordId, RecordId), (AreaId, Progress)>>,
    opinions: Shared<BTreeMap<RecordId, OpinionView>>,
    meetings: Shared<BTreeMap<RecordId, MeetingView>>,
    redactions: Shared<Vec<RedactionLine>>,
    redaction_writers: Shared<BTreeSet<(RecordId, DeviceId)>>,
    retained_on: Option<Date>,
    retained: Shared<BTreeMap<RetainedKey, u32>>,
}

impl Rows {
    fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            skipped: 0,
            recovery: None,
            entries: Vec::new(),
            accounts: Shared::default(),
            sessions: Shared::default(),
            devices: Shared::default(),
            enrolments: Shared::default(),
            grants: Shared::default(),
            deposits: Shared::default(),
            reopenings: Shared::default(),
            reopened: Shared::default(),
            operations: Shared::default(),
            quarantine: Shared::default(),
            streams: Shared::default(),
            records: Shared::default(),
            order: Shared::default(),
            household_numbers: Shared::default(),
            pool: Shared::default(),
            replaced: Shared::default(),
            quarantine_anonymous: Shared::default(),
            counted: Shared::default(),
            access: Shared::default(),
            households: Shared::default(),
            versions: Shared::default(),
            visits: Shared::default(),
            visits_to: Shared::default(),
            verifications: Shared::default(),
            day_closings: Shared::default(),
            progress: Shared::default(),
            opinions: Shared::default(),
            meetings: Shared::default(),
            redactions: Shared::default(),
            redaction_writers: Shared::default(),
            retained_on: None,
            retained: Shared::default(),
        }
    }
}

/// A table that a transaction shares with what it was made from, until it writes to it.
#[derive(Clone, Debug, Default)]
struct Shared<T>(Arc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

/// What the unique indexes of a database say.
fn twice(table: &str) -> StoreError {
    StoreError::Broken(format!("{table}: twice"))
}

impl Tables for Rows {
    fn epoch(&mut self) -> Result<Epoch> {
        Ok(self.epoch)
    }

    fn set_epoch(&mut self, epoch: Epoch) -> Result<()> {
        self.epoch = epoch;
        Ok(())
    }

    fn journal(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn forget_order(&mut self) {}

    fn owe_scrub(&mut self) -> Result<()> {
        Ok(())
    }

    fn scrub(&mut self) {}

    fn put_access(&mut self, access: &Access) -> Result<()> {
        self.access.push(access.clone());
        Ok(())
    }

    fn accesses(&mut self, lines: &Lines, limit: u32) -> Result<(Vec<(u64, Access)>, u32)> {
        let asked = |access: &&Access| {
            lines.person.is_none_or(|person| access.person == Some(person))
                && lines.from.is_none_or(|from| access.at >= from)
                && lines.until.is_none_or(|until| access.at < until)
        };
        let total = self.access.iter().filter(asked).count() as u32;
        let lines_of =
            (1..).zip(self.access.iter()).filter(|(line, access)| lines.before.is_none_or(|before| *line < before) && asked(access));
        let mut found: Vec<(u64, Access)> = lines_of.map(|(line, access)| (line, access.clone())).collect();
        found.reverse();
        found.truncate(limit as usize);
        Ok((found, total))
    }

    fn dump(&mut self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        fn table<R: Serialize>(lines: &mut Vec<String>, name: &str, rows: impl IntoIterator<Item = R>) {
            lines.extend(rows.into_iter().map(|row| format!("{name} {}", hex(&cbor::encode(&row)))));
        }
        table(&mut lines, "meta", [(self.epoch, self.skipped, self.recovery.map(|key| ByteBuf::from(key.0)))]);
        table(&mut lines, "account", self.accounts.iter().map(|(person, account)| (person, &account.login, &account.hash)));
        table(&mut lines, "session", &*self.sessions);
        table(&mut lines, "device", self.devices.values());
        table(&mut lines, "enrolment", &*self.enrolments);
        table(&mut lines, "grants", &*self.grants);
        table(&mut lines, "deposit", &*self.deposits);
        let requests = self
            .reopenings
            .values()
            .map(|request| (request.device, ByteBuf::from(request.public.0), &request.sealed, request.asked_at, &request.answered));
        table(&mut lines, "reopening", requests);
        table(&mut lines, "reopened", &*self.reopened);
        table(&mut lines, "operation", &*self.operations);
        table(&mut lines, "quarantine", self.quarantine.values());
        table(&mut lines, "stream", &*self.streams);
        table(&mut lines, "record", self.records.values());
        table(&mut lines, "household_number", &*self.household_numbers);
        table(&mut lines, "pool", self.pool.iter().map(|(name, sealed)| (ByteBuf::from(name.to_vec()), sealed)));
        table(&mut lines, "replaced", self.replaced.iter().map(|(name, sealed)| (ByteBuf::from(name.to_vec()), sealed)));
        let quarantine = self.quarantine_anonymous.iter().map(|(name, row)| (ByteBuf::from(name.to_vec()), row));
        table(&mut lines, "quarantine_anonymous", quarantine);
        table(&mut lines, "counted", &*self.counted);
        table(&mut lines, "access", &*self.access);
        table(&mut lines, "redaction", &*self.redactions);
        table(&mut lines, "redaction_writer", &*self.redaction_writers);
        let retained = self.retained.iter().map(|((day, campaign, kind), records)| (day.0, campaign, kind, records));
        table(&mut lines, "retention", retained);
        table(&mut lines, "household", self.households.values());
        table(&mut lines, "version", &*self.versions);
        table(&mut lines, "visit", self.visits.values());
        table(&mut lines, "verification", self.verifications.values());
        table(&mut lines, "day_closing", self.day_closings.values());
        table(&mut lines, "progress", &*self.progress);
        table(&mut lines, "opinion", self.opinions.values());
        table(&mut lines, "meeting", self.meetings.values());
        Ok(lines)
    }
}

impl Accounts for Rows {
    fn account(&mut self, login: &str) -> Result<Option<(PersonId, Account)>> {
        Ok(self.accounts.iter().find(|(_, account)| account.login == login).map(|(person, account)| (*person, account.clone())))
    }

    fn logins(&mut self) -> Result<BTreeMap<PersonId, String>> {
        Ok(self.accounts.iter().map(|(person, account)| (*person, account.login.clone())).collect())
    }

    fn put_account(&mut self, person: PersonId, account: &Account) -> Result<()> {
        self.accounts.insert(person, account.clone());
        Ok(())
    }

    fn session(&mut self, token: &Hash) -> Result<Option<(PersonId, Time)>> {
        Ok(self.sessions.get(token).copied())
    }

    fn put_session(&mut self, token: &Hash, person: PersonId, expires: Time) -> Result<()> {
        self.sessions.insert(*token, (person, expires));
        Ok(())
    }

    fn delete_session(&mut self, token: &Hash) -> Result<()> {
        self.sessions.remove(token);
        Ok(())
    }

    fn delete_sessions_of(&mut self, person: PersonId) -> Result<()> {
        self.sessions.retain(|_, (of, _)| *of != person);
        Ok(())
    }

    fn delete_sessions(&mut self) -> Result<()> {
        self.sessions.clear();
        Ok(())
    }

    fn delete_sessions_until(&mut self, now: Time) -> Result<()> {
        self.sessions.retain(|_, (_, expires)| *expires > now);
        Ok(())
    }
}

impl Devices for Rows {
    fn device(&mut self, id: DeviceId) -> Result<Option<Device>> {
        Ok(self.devices.get(&id).cloned())
    }

    fn devices(&mut self, kind: DeviceKind) -> Result<Vec<Device>> {
        Ok(self.devices.values().filter(|device| device.kind == kind).cloned().collect())
    }

    fn copies(&mut self, of: DeviceId) -> Result<Vec<Device>> {
        let goes_on = |device: &&Device| device.continues.is_some_and(|earlier| earlier.device == of);
        Ok(self.devices.values().filter(goes_on).cloned().collect())
    }

    fn put_device(&mut self, device: &Device) -> Result<()> {
        self.devices.insert(device.id, device.clone());
        Ok(())
    }

    fn enrolment(&mut self, code: &Hash) -> Result<Option<Enrolment>> {
        Ok(self.enrolments.get(code).copied())
    }

    fn put_enrolment(&mut self, code: &Hash, enrolment: &Enrolment) -> Result<()> {
        self.enrolments.insert(*code, *enrolment);
        Ok(())
    }

    fn open_codes(&mut self) -> Result<BTreeMap<PersonId, Time>> {
        let mut open: BTreeMap<PersonId, Time> = BTreeMap::new();
        for enrolment in self.enrolments.values().filter(|enrolment| enrolment.used_by.is_none()) {
            let until = open.entry(enrolment.person).or_insert(enrolment.expires);
            *until = enrolment.expires.max(*until);
        }
        Ok(open)
    }

    fn delete_codes_of(&mut self, person: PersonId) -> Result<()> {
        self.enrolments.retain(|_, enrolment| enrolment.person != person || enrolment.used_by.is_some());
        Ok(())
    }

    fn grants(&mut self, person: PersonId, version: u32) -> Result<Option<(GrantSet, Option<Time>)>> {
        Ok(self.grants.get(&(person, version)).map(|(grants, _, ended)| (grants.clone(), *ended)))
    }

    fn newest_grants(&mut self, person: PersonId) -> Result<Option<GrantSet>> {
        Ok(self.grants.range((person, 0)..=(person, u32::MAX)).next_back().map(|(_, (grants, _, _))| grants.clone()))
    }

    fn put_grants(&mut self, person: PersonId, grants: &GrantSet, from: Time) -> Result<()> {
        for (_, (_, _, ended)) in self.grants.range_mut((person, 0)..(person, grants.version)) {
            ended.get_or_insert(from);
        }
        self.grants.insert((person, grants.version), (grants.clone(), from, None));
        Ok(())
    }
}

impl Recoveries for Rows {
    fn recovery_key(&mut self) -> Result<Option<PublicKey>> {
        Ok(self.recovery)
    }

    fn put_recovery_key(&mut self, key: &PublicKey) -> Result<()> {
        self.recovery = Some(*key);
        Ok(())
    }

    fn deposit(&mut self, device: DeviceId) -> Result<Option<ByteBuf>> {
        Ok(self.deposits.get(&device).cloned())
    }

    fn put_deposit(&mut self, device: DeviceId, sealed: &[u8]) -> Result<()> {
        self.deposits.insert(device, ByteBuf::from(sealed));
        Ok(())
    }

    fn delete_deposit(&mut self, device: DeviceId) -> Result<()> {
        self.deposits.remove(&device);
        Ok(())
    }

    fn reopening(&mut self, device: DeviceId) -> Result<Option<Request>> {
        Ok(self.reopenings.get(&device).cloned())
    }

    fn reopenings(&mut self) -> Result<Vec<Request>> {
        Ok(self.reopenings.values().cloned().collect())
    }

    fn put_reopening(&mut self, request: &Request) -> Result<()> {
        self.reopenings.insert(request.device, request.clone());
        Ok(())
    }

    fn delete_reopening(&mut self, device: DeviceId) -> Result<()> {
        self.reopenings.remove(&device);
        Ok(())
    }

    fn reopened(&mut self) -> Result<Vec<(DeviceId, PersonId, Time)>> {
        Ok(self.reopened.iter().map(|((at, device), by)| (*device, *by, *at)).collect())
    }

    fn put_reopened(&mut self, device: DeviceId, by: PersonId, at: Time) -> Result<()> {
        self.reopened.insert((at, device), by);
        Ok(())
    }
}

impl Redacted for Rows {
    fn last_redaction(&mut self) -> Result<u64> {
        Ok(self.redactions.last().map_or(0, |line| line.number))
    }

    fn redacted(&mut self, record: RecordId) -> Result<Set<Part>> {
        let of_record = self.redactions.iter().filter(|line| line.record == record);
        Ok(of_record.flat_map(|line| line.parts.iter().copied()).collect())
    }

    fn redactions(&mut self, after: u64) -> Result<Vec<RedactionLine>> {
        Ok(self.redactions.iter().filter(|line| line.number > after).cloned().collect())
    }

    fn put_redaction(&mut self, line: &RedactionLine) -> Result<()> {
        self.redactions.push(line.clone());
        Ok(())
    }

    fn put_writer(&mut self, record: RecordId, device: DeviceId) -> Result<()> {
        self.redaction_writers.insert((record, device));
        Ok(())
    }

    fn is_writer(&mut self, record: RecordId, device: DeviceId) -> Result<bool> {
        Ok(self.redaction_writers.contains(&(record, device)))
    }

    fn retained_on(&mut self) -> Result<Option<Date>> {
        Ok(self.retained_on)
    }

    fn set_retained_on(&mut self, day: Date) -> Result<()> {
        self.retained_on = Some(day);
        Ok(())
    }

    fn add_retained(&mut self, day: Date, campaign: Option<RecordId>, kind: &str, records: u32) -> Result<()> {
        *self.retained.entry((Reverse(day), campaign, kind.to_owned())).or_default() += records;
        Ok(())
    }

    fn retained(&mut self) -> Result<Vec<Retained>> {
        Ok(self.retained.iter().map(|((day, campaign, kind), records)| (day.0, *campaign, kind.clone(), *records)).collect())
    }

    fn applied_to(&mut self, record: RecordId) -> Result<Vec<(DeviceId, u64)>> {
        let several = |header: &Header| header.record == record && matches!(header.kind, Kind::Household | Kind::Meeting);
        let of_record = self.operations.iter().filter(|(_, (_, applied))| applied.as_ref().is_some_and(|(header, _)| several(header)));
        Ok(of_record.map(|(key, _)| *key).collect())
    }

    fn erase_logged(&mut self, device: DeviceId, seq: u64, parts: &Map<Part, ByteBuf>) -> Result<()> {
        if let Some((receipt, Some((_, body)))) = self.operations.get_mut(&(device, seq)) {
            (receipt.salt, *body) = (None, parts.clone());
        }
        Ok(())
    }

    fn erase_salt(&mut self, device: DeviceId, seq: u64) -> Result<()> {
        if let Some((receipt, _)) = self.operations.get_mut(&(device, seq)) {
            receipt.salt = None;
        }
        Ok(())
    }

    fn versions(&mut self, root: RecordId) -> Result<Vec<RecordId>> {
        Ok(self.versions.iter().filter(|(_, of)| **of == root).map(|(event, _)| *event).collect())
    }

    fn delete_visit(&mut self, root: RecordId) -> Result<()> {
        if let Some(VisitView { household, campaign: Some(campaign), .. }) = self.visits.remove(&root) {
            self.visits_to.remove(&(household, campaign, root));
        }
        Ok(())
    }

    fn delete_verification(&mut self, event: RecordId) -> Result<()> {
        self.verifications.retain(|(_, of), _| *of != event);
        Ok(())
    }

    fn delete_day_closing(&mut self, event: RecordId) -> Result<()> {
        self.day_closings.remove(&event);
        Ok(())
    }

    fn delete_opinion(&mut self, root: RecordId) -> Result<()> {
        self.opinions.remove(&root);
        Ok(())
    }

    fn delete_meeting(&mut self, id: RecordId) -> Result<()> {
        self.meetings.remove(&id);
        Ok(())
    }

    fn delete_quarantined_anonymous(&mut self, name: &Hash) -> Result<()> {
        self.quarantine_anonymous.remove(name);
        Ok(())
    }

    fn quarantined_anonymous_bytes(&mut self) -> Result<Vec<(Hash, Reason, ByteBuf)>> {
        Ok(self.quarantine_anonymous.iter().map(|(name, (reason, sealed))| (*name, *reason, sealed.clone())).collect())
    }
}

impl Log for Rows {
    fn receipt(&mut self, device: DeviceId, seq: u64) -> Result<Option<Receipt>> {
        Ok(self.operations.get(&(device, seq)).map(|(receipt, _)| *receipt))
    }

    fn put_receipt(&mut self, device: DeviceId, seq: u64, receipt: &Receipt, applied: Option<Logged<'_>>) -> Result<()> {
        let log = (*receipt, applied.map(|logged| (logged.header.clone(), logged.parts.clone())));
        self.operations.insert((device, seq), log).map_or(Ok(()), |_| Err(twice("operation")))
    }

    fn put_logged(&mut self, device: DeviceId, seq: u64, applied: Logged<'_>) -> Result<()> {
        match self.operations.get_mut(&(device, seq)) {
            Some((_, log @ None)) => *log = Some((applied.header.clone(), applied.parts.clone())),
            _ => return Err(twice("operation")),
        }
        Ok(())
    }

    fn logged(&mut self, device: DeviceId, seq: u64) -> Result<Option<(Header, Map<Part, ByteBuf>)>> {
        Ok(self.operations.get(&(device, seq)).and_then(|(_, applied)| applied.clone()))
    }

    fn held(&mut self, device: DeviceId, have: u64) -> Result<u64> {
        let after = self.operations.range((device, have + 1)..=(device, u64::MAX)).map(|((_, seq), _)| *seq);
        Ok(after.zip(have + 1..).take_while(|(held, next)| held == next).last().map_or(have, |(held, _)| held))
    }

    fn quarantined(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<Option<(Reason, Time)>> {
        Ok(self.quarantine.get(&(device, seq, *mac)).map(|waiting| (waiting.reason, waiting.at)))
    }

    fn put_quarantined(&mut self, waiting: &Quarantined) -> Result<()> {
        self.quarantine.insert((waiting.device, waiting.seq, waiting.mac), waiting.clone());
        Ok(())
    }

    fn quarantined_bytes(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<Option<Quarantined>> {
        Ok(self.quarantine.get(&(device, seq, *mac)).cloned())
    }

    fn waits(&mut self, device: DeviceId, seq: u64) -> Result<bool> {
        Ok(self.quarantine.range((device, seq, [0; 16])..=(device, seq, [255; 16])).next().is_some())
    }

    fn delete_quarantined(&mut self, device: DeviceId, seq: u64, mac: &[u8; 16]) -> Result<()> {
        self.quarantine.remove(&(device, seq, *mac));
        Ok(())
    }

    fn quarantine_size(&mut self, device: DeviceId) -> Result<(u64, u64)> {
        let of_device = self.quarantine.range((device, 0, [0; 16])..=(device, u64::MAX, [255; 16]));
        Ok(of_device.fold((0, 0), |(rows, bytes), (_, waiting)| (rows + 1, bytes + waiting.raw.len() as u64)))
    }

    fn is_forked(&mut self, device: DeviceId) -> Result<bool> {
        let mut of_device = self.quarantine.range((device, 0, [0; 16])..=(device, u64::MAX, [255; 16]));
        Ok(of_device.any(|(_, waiting)| waiting.reason == Reason::Forked))
    }

    fn quarantine(&mut self, device: DeviceId, limit: usize) -> Result<Vec<QuarantineView>> {
        let of_device = self.quarantine.range((device, 0, [0; 16])..=(device, u64::MAX, [255; 16]));
        let mut views: Vec<QuarantineView> = of_device
            .map(|(_, Quarantined { device, seq, mac, reason, at, kind, raw, aside })| QuarantineView {
                device: *device,
                seq: *seq,
                mac: *mac,
                reason: *reason,
                at: *at,
                kind: kind.clone(),
                size: raw.len() as u32,
                aside: *aside,
            })
            .collect();
        views.sort_by_key(|view| Reverse(view.at));
        views.truncate(limit);
        Ok(views)
    }
}

impl Streams for Rows {
    fn streams(&mut self) -> Result<Vec<Scope>> {
        Ok(self.streams.keys().copied().collect())
    }

    fn stream(&mut self, scope: Scope) -> Result<(u64, Digest)> {
        Ok(self.streams.get(&scope).copied().unwrap_or_default())
    }

    fn put_stream(&mut self, scope: Scope, head: u64, digest: Digest) -> Result<()> {
        self.streams.insert(scope, (head, digest));
        Ok(())
    }

    fn record(&mut self, id: RecordId) -> Result<Option<Stored>> {
        Ok(self.records.get(&id).cloned())
    }

    fn place(&mut self, id: RecordId) -> Result<Option<(Scope, Kind)>> {
        Ok(self.records.get(&id).map(|stored| (stored.scope, stored.record.kind.clone())))
    }

    fn working(&mut self, kind: &Kind) -> Result<Vec<Stored>> {
        debug_assert!(WORKING.contains(kind));
        Ok(self.records.values().filter(|stored| stored.record.kind == *kind).cloned().collect())
    }

    fn page(&mut self, scope: Scope, after: u64, limit: usize) -> Result<Vec<(u64, ByteBuf)>> {
        let places = self.order.range((scope, after + 1)..=(scope, u64::MAX)).take(limit);
        Ok(places.filter_map(|((_, seq), id)| Some((*seq, ByteBuf::from(cbor::encode(&self.records.get(id)?.record))))).collect())
    }

    fn count_after(&mut self, scope: Scope, after: u64) -> Result<u64> {
        Ok(self.order.range((scope, after + 1)..=(scope, u64::MAX)).count() as u64)
    }

    fn put_record(&mut self, scope: Scope, seq: u64, record: &Record) -> Result<()> {
        if let Some(before) = self.records.insert(record.id, Stored { scope, seq, record: record.clone() }) {
            self.order.remove(&(before.scope, before.seq));
        }
        self.order.insert((scope, seq), record.id).map_or(Ok(()), |_| Err(twice("record")))
    }

    fn next_household(&mut self, village: AreaId) -> Result<u32> {
        let last = self.household_numbers.entry(village).or_insert(self.skipped);
        *last += 1;
        Ok(*last)
    }

    fn last_household(&mut self, village: AreaId) -> Result<u32> {
        Ok(self.household_numbers.get(&village).copied().unwrap_or_default())
    }

    fn skip_households(&mut self, numbers: u32) -> Result<()> {
        self.household_numbers.values_mut().for_each(|last| *last += numbers);
        self.skipped += numbers;
        Ok(())
    }
}

impl Waiting for Rows {
    fn pooled(&mut self, name: &Hash) -> Result<Option<ByteBuf>> {
        Ok(self.pool.get(name).cloned())
    }

    fn pool(&mut self) -> Result<Vec<(Hash, ByteBuf)>> {
        Ok(self.pool.iter().map(|(name, sealed)| (*name, sealed.clone())).collect())
    }

    fn put_pooled(&mut self, name: &Hash, sealed: &[u8]) -> Result<()> {
        self.pool.insert(*name, ByteBuf::from(sealed.to_vec()));
        Ok(())
    }

    fn delete_pooled(&mut self, name: &Hash) -> Result<()> {
        self.pool.remove(name);
        Ok(())
    }

    fn replaced(&mut self, name: &Hash) -> Result<Option<ByteBuf>> {
        Ok(self.replaced.get(name).cloned())
    }

    fn put_replaced(&mut self, name: &Hash, sealed: &[u8]) -> Result<()> {
        self.replaced.insert(*name, ByteBuf::from(sealed.to_vec()));
        Ok(())
    }

    fn quarantined_anonymous(&mut self, name: &Hash) -> Result<bool> {
        Ok(self.quarantine_anonymous.contains_key(name))
    }

    fn put_quarantined_anonymous(&mut self, name: &Hash, reason: Reason, sealed: &[u8]) -> Result<()> {
        self.quarantine_anonymous.insert(*name, (reason, ByteBuf::from(sealed.to_vec())));
        Ok(())
    }

    fn quarantine_anonymous(&mut self) -> Result<Vec<(Reason, u32)>> {
        Ok(self.quarantine_anonymous.values().map(|(reason, sealed)| (*reason, sealed.len() as u32)).collect())
    }

    fn counted(&mut self, visit: RecordId) -> Result<Option<(Group, bool)>> {
        Ok(self.counted.get(&visit).map(|(group, _, closed)| (*group, *closed)))
    }

    fn put_counted(&mut self, visit: RecordId, group: Group, household: RecordId) -> Result<()> {
        self.counted.insert(visit, (group, household, false));
        Ok(())
    }

    fn delete_counted(&mut self, visit: RecordId) -> Result<()> {
        self.counted.remove(&visit);
        Ok(())
    }

    fn windows(&mut self) -> Result<Vec<(Group, usize)>> {
        let mut windows: BTreeMap<Group, BTreeSet<RecordId>> = BTreeMap::new();
        for (group, household, _) in self.counted.values().filter(|(_, _, closed)| !closed) {
            windows.entry(*group).or_default().insert(*household);
        }
        Ok(windows.into_iter().map(|(group, households)| (group, households.len())).collect())
    }

    fn close_window(&mut self, group: Group) -> Result<()> {
        for (_, _, closed) in self.counted.values_mut().filter(|(of, _, _)| *of == group) {
            *closed = true;
        }
        Ok(())
    }

    fn widen(&mut self, group: Group) -> Result<()> {
        self.counted.values_mut().filter(|(of, _, closed)| *of == group && !closed).for_each(|(of, _, _)| of.week = None);
        Ok(())
    }
}

impl Views for Rows {
    fn clear_projections(&mut self) -> Result<()> {
        self.households.clear();
        self.versions.clear();
        self.visits.clear();
        self.visits_to.clear();
        self.verifications.clear();
        self.day_closings.clear();
        self.progress.clear();
        self.opinions.clear();
        self.meetings.clear();
        Ok(())
    }

    fn put_household(&mut self, view: &HouseholdView) -> Result<()> {
        self.households.insert(view.id, view.clone());
        Ok(())
    }

    fn household(&mut self, id: RecordId) -> Result<Option<HouseholdView>> {
        Ok(self.households.get(&id).cloned())
    }

    fn households(&mut self, villages: &[AreaId]) -> Result<Vec<HouseholdView>> {
        Ok(self.households.values().filter(|view| villages.contains(&view.village)).cloned().collect())
    }

    fn linked(&mut self) -> Result<Vec<(RecordId, RecordId)>> {
        Ok(self.households.values().filter_map(|view| Some((view.id, view.same_as?))).collect())
    }

    fn put_version(&mut self, event: RecordId, root: RecordId) -> Result<()> {
        self.versions.insert(event, root);
        Ok(())
    }

    fn root(&mut self, event: RecordId) -> Result<Option<RecordId>> {
        Ok(self.versions.get(&event).copied())
    }

    fn put_visit(&mut self, view: &VisitView) -> Result<()> {
        let before = self.visits.insert(view.root, view.clone());
        if let Some((before, campaign)) = before.and_then(|before| Some((before.household, before.campaign?))) {
            self.visits_to.remove(&(before, campaign, view.root));
        }
        if let Some(campaign) = view.campaign {
            self.visits_to.insert((view.household, campaign, view.root));
        }
        Ok(())
    }

    fn visit(&mut self, root: RecordId) -> Result<Option<VisitView>> {
        Ok(self.visits.get(&root).cloned())
    }

    fn visits_to(&mut self, household: RecordId, campaign: RecordId) -> Result<Vec<VisitView>> {
        let (first, last) = (RecordId(Uuid::nil()), RecordId(Uuid::max()));
        let of_household = self.visits_to.range((household, campaign, first)..=(household, campaign, last));
        Ok(of_household.filter_map(|(_, _, root)| self.visits.get(root)).cloned().collect())
    }

    fn visits(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<VisitView>> {
        let of_campaign = |view: &&VisitView| campaign.is_none() || view.campaign == campaign;
        let shown = self.visits.values().filter(|view| !view.retracted && villages.contains(&view.village));
        Ok(shown.filter(of_campaign).cloned().collect())
    }

    fn put_verification(&mut self, view: &VerificationView) -> Result<()> {
        self.verifications.insert((view.look.visit, view.event), view.clone());
        Ok(())
    }

    fn verification(&mut self, event: RecordId) -> Result<Vec<VerificationView>> {
        Ok(self.verifications.values().filter(|view| view.event == event).cloned().collect())
    }

    fn verifications(&mut self, visit: RecordId) -> Result<Vec<VerificationView>> {
        let (first, last) = (RecordId(Uuid::nil()), RecordId(Uuid::max()));
        let of_visit = self.verifications.range((visit, first)..=(visit, last)).map(|(_, view)| view);
        Ok(of_visit.filter(|view| !view.retracted).cloned().collect())
    }

    fn put_day_closing(&mut self, view: &DayClosingView) -> Result<()> {
        self.day_closings.insert(view.event, view.clone());
        Ok(())
    }

    fn day_closing(&mut self, event: RecordId) -> Result<Option<DayClosingView>> {
        Ok(self.day_closings.get(&event).cloned())
    }

    fn day_closings(&mut self, villages: &[AreaId]) -> Result<Vec<DayClosingView>> {
        let stands = |view: &&DayClosingView| !view.retracted && villages.contains(&view.village);
        Ok(self.day_closings.values().filter(stands).cloned().collect())
    }

    fn attempts(&mut self, villages: &[AreaId], campaign: RecordId) -> Result<Vec<Attempt>> {
        let attempt = |VisitView { root, household, at, by, contact, next, .. }| Attempt { root, household, at, by, contact, next };
        Ok(self.visits(villages, Some(campaign))?.into_iter().filter(VisitView::counts).map(attempt).collect())
    }

    fn put_progress(&mut self, household: RecordId, campaign: RecordId, village: AreaId, progress: &Progress) -> Result<()> {
        self.progress.insert((campaign, household), (village, *progress));
        Ok(())
    }

    fn progress_of(&mut self, household: RecordId, campaign: RecordId) -> Result<Option<Progress>> {
        Ok(self.progress.get(&(campaign, household)).map(|(_, progress)| *progress))
    }

    fn progress(&mut self, villages: &[AreaId], campaign: RecordId) -> Result<BTreeMap<RecordId, Progress>> {
        let of_campaign = self.progress.iter().filter(|((of, _), (village, _))| *of == campaign && villages.contains(village));
        Ok(of_campaign.map(|((_, household), (_, progress))| (*household, *progress)).collect())
    }

    fn put_opinion(&mut self, view: &OpinionView) -> Result<()> {
        self.opinions.insert(view.root, view.clone());
        Ok(())
    }

    fn opinion(&mut self, root: RecordId) -> Result<Option<OpinionView>> {
        Ok(self.opinions.get(&root).cloned())
    }

    fn opinions(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<OpinionView>> {
        let of_campaign = |view: &&OpinionView| campaign.is_none() || view.campaign == campaign;
        let shown = self.opinions.values().filter(|view| !view.retracted && villages.contains(&view.village));
        Ok(shown.filter(of_campaign).cloned().collect())
    }

    fn put_meeting(&mut self, view: &MeetingView) -> Result<()> {
        self.meetings.insert(view.id, view.clone());
        Ok(())
    }

    fn meetings(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<MeetingView>> {
        let of_campaign = |view: &&MeetingView| campaign.is_none() || view.campaign == campaign;
        let shown = self.meetings.values().filter(|view| view.state != MeetingState::Cancelled && villages.contains(&view.village));
        Ok(shown.filter(of_campaign).cloned().collect())
    }
}
