//! What phones do with what they have stored, behind each complete pull: they delete what may not be read any more, and
//! find out what they have lost.

use crate::fault::Fault;
use crate::oracle::Oracle;
use crate::phone::Phone;
use crate::world::{Outcome, World};
use domain::cbor;
use domain::id::RecordId;
use domain::operation::{Operation, Scope};
use std::collections::BTreeSet;

/// In minutes: what a phone is told only once, or twice in less than this, it deletes nothing for.
const SAID_TWICE: i64 = 10;

impl World {
    /// Two transactions, behind each of which the phone may end.
    pub(crate) fn tidy(&mut self, who: usize) -> Outcome {
        if self.is_faulty && self.chance.percent(3) {
            self.kill(who);
            return Ok(());
        }
        self.evict(who)?;
        if self.is_faulty && self.chance.percent(3) {
            self.kill(who);
            return Ok(());
        }
        self.compare(who)
    }

    fn evict(&mut self, who: usize) -> Outcome {
        let (now, typing) = (self.now, self.is_faulty && self.chance.percent(10));
        let phone = &mut self.phones[who];
        let hidden: BTreeSet<Scope> =
            phone.disk.pages.values().map(|page| page.scope).filter(|scope| !phone.disk.grants.may_read(*scope)).collect();
        phone.told.retain(|scope, _| hidden.contains(scope));
        for scope in &hidden {
            phone.told.entry(*scope).or_insert(now);
        }
        let before: BTreeSet<RecordId> = phone.disk.records.keys().copied().collect();
        let evicted = self.build.evict(phone, now, typing);
        let name = &phone.name;
        if phone.disk.outbox.keys().ne(phone.wrote.keys()) {
            return Oracle::NothingIsLost.says(format!("{name} has deleted what was written on it"));
        }
        for scope in evicted.iter().filter(|scope| hidden.contains(scope)) {
            let told = phone.told.get(scope);
            if told.is_none_or(|first| now.0 - first.0 < SAID_TWICE * 60_000) {
                return Oracle::NothingGoesTooEarly.says(format!("{name} deletes {scope:?} at {now:?}, which it was told at {told:?}"));
            }
            let unsent = phone.disk.outbox.iter().filter(|(seq, _)| !phone.disk.acks.contains_key(seq));
            let mut operations = unsent.filter_map(|(_, bytes)| cbor::decode::<Operation>(bytes).ok());
            if operations.any(|operation| operation.header.area == scope.area) {
                return Oracle::NothingGoesTooEarly.says(format!("{name} deletes {scope:?}, where it has not sent everything"));
            }
        }
        if !evicted.is_empty() {
            self.note(format!("{} deletes {evicted:?}", self.phones[who].name));
            self.fault(Fault::Evicted);
        }
        self.everything_else_is_there(who, &before, &evicted)
    }

    fn compare(&mut self, who: usize) -> Outcome {
        let phone = &mut self.phones[who];
        let before: BTreeSet<RecordId> = phone.disk.records.keys().copied().collect();
        if self.build.compare(phone, self.now) {
            phone.begin_sync();
            self.note(format!("{} differs from the server: {:?}", self.phones[who].name, self.phones[who].disk.repair));
        }
        self.everything_else_is_there(who, &before, &[])
    }

    /// Whatever a phone showed it still shows, but for what was deleted on purpose, and what the server does not have.
    fn everything_else_is_there(&self, who: usize, before: &BTreeSet<RecordId>, deleted: &[Scope]) -> Outcome {
        let phone = &self.phones[who];
        let gone: Vec<RecordId> = before.iter().copied().filter(|id| !phone.disk.records.contains_key(id)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let server = self.records()?;
        // What may not be read any more is not shown either, and a restored server may have heard of it again since.
        let is_shown = |scope: &Scope| phone.disk.grants.may_read(*scope);
        // What was brought to a restored server again only after this phone had pulled the stream comes to it next.
        let next = if self.is_restored { self.next_for(phone)? } else { BTreeSet::new() };
        match gone
            .iter()
            .find(|id| !next.contains(id) && server.get(id).is_some_and(|(scope, _)| is_shown(scope) && !deleted.contains(scope)))
        {
            Some(id) => Oracle::NothingGoesTooEarly.says(format!("{} deletes {id} before it is replaced", phone.name)),
            None => Ok(()),
        }
    }

    /// Part of a flash chip dies, and a page that was stored is gone.
    pub(crate) fn lose_page(&mut self, who: usize) {
        let pages: Vec<u32> = self.phones[who].disk.pages.keys().copied().collect();
        let Some(page) = self.chance.pick(&pages).copied() else { return };
        self.build.killed(self.phones[who].device());
        if let Some(scope) = self.phones[who].lose_page(page) {
            self.fault(Fault::PageLost);
            self.note(format!("{} loses page {page} of {scope:?}", self.phones[who].name));
        }
    }

    /// A phone notices what it has lost of a stream on another day than it last looked, whether there is news of it or not.
    pub(crate) fn repair_what_is_damaged(&mut self) -> Outcome {
        /// The first day it only begins to look, on the second it finds all of it, and each repair ends with a sync.
        const DAYS: usize = 10;
        for _ in 0..DAYS {
            let is_damaged = |phone: &Phone| {
                let lost = phone.damage.iter().map(|lost| lost.scope).chain(phone.disk.repair.iter().map(|repair| repair.scope));
                lost.into_iter().any(|scope| phone.disk.grants.may_read(scope))
            };
            if !self.phones.iter().any(is_damaged) {
                break;
            }
            self.now = self.now.plus_hours(25);
            self.all_sync()?;
        }
        Ok(())
    }
}
