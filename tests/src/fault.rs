//! What goes wrong in a simulated world. A run counts every kind, and one that was never injected proves nothing.

use crate::base::{Copy, answer_of};
use crate::twin::Verdicts;
use crate::world::{Outcome, World};
use domain::id::{DeviceId, Epoch};
use domain::team::Team;
use server::store::{Store, Value, unread};

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A request is lost on its way.
    RequestDropped,
    /// The server has committed, and its reply is lost.
    CutAfterCommit,
    /// A request arrives twice, at two server processes.
    DeliveredTwice,
    /// A request arrives after newer ones, when its phone has given it up.
    Delayed,
    /// A server process dies with what it was doing and had not answered yet.
    ServerKilled,
    /// A phone's tab is killed between two transactions.
    PhoneKilled,
    /// A phone's battery is empty: what was not yet on the disk is gone.
    PowerLost,
    /// A transaction of a phone fails for want of room.
    QuotaExceeded,
    /// A phone's database is copied, and both copies go on.
    Cloned,
    /// A phone's clock jumps by up to two years.
    ClockJumped,
    /// A bit of a stored cursor flips.
    CursorDamaged,
    /// A phone loses a page that it had stored.
    PageLost,
    /// A phone is killed while it pulls anew what it has lost.
    KilledRepairing,
    /// A phone is updated that holds records which its old build could not read.
    UpgradedMidway,
    /// Servers are updated that hold operations which their old build could not read.
    ServersUpdated,
    /// Somebody loses the right to a village while their phone holds work of there.
    GrantEnded,
    /// A phone deletes what its holder may not read any more.
    Evicted,
    /// Somebody is given it again.
    GrantReturned,
    /// Nobody does anything for longer than the grace of ended rights.
    LongSilence,
    /// The server goes on with an older copy of its database.
    Restored,
    /// A phone saves what no server of this build can read.
    Poisoned,
    /// A server process dies of an operation as it looks into it.
    Deadly,
    /// A phone has found that operation and sends it alone, and the process dies of it once more, with the bytes stored.
    Isolated,
    /// A phone saves what its holder has no right to write, or not yet.
    Early,
    /// Somebody has what waits taken in after all.
    TakenIn,
    /// They press once more.
    TakenInTwice,
    /// The server process dies over it, with a part of it done.
    KilledTakingIn,
    /// The office makes two households one, while phones write to both.
    MadeOne,
    /// And takes them apart again.
    TakenApart,
    /// Parts of a record are deleted for ever.
    Redacted,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 30] = [
        Self::RequestDropped,
        Self::CutAfterCommit,
        Self::DeliveredTwice,
        Self::Delayed,
        Self::ServerKilled,
        Self::PhoneKilled,
        Self::PowerLost,
        Self::QuotaExceeded,
        Self::Cloned,
        Self::ClockJumped,
        Self::CursorDamaged,
        Self::PageLost,
        Self::KilledRepairing,
        Self::UpgradedMidway,
        Self::ServersUpdated,
        Self::GrantEnded,
        Self::Evicted,
        Self::GrantReturned,
        Self::LongSilence,
        Self::Restored,
        Self::Poisoned,
        Self::Deadly,
        Self::Isolated,
        Self::Early,
        Self::TakenIn,
        Self::TakenInTwice,
        Self::KilledTakingIn,
        Self::MadeOne,
        Self::TakenApart,
        Self::Redacted,
    ];

    /// Its name in a report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequestDropped => "request dropped",
            Self::CutAfterCommit => "cut after commit",
            Self::DeliveredTwice => "delivered twice",
            Self::Delayed => "delayed and reordered",
            Self::ServerKilled => "server process killed",
            Self::PhoneKilled => "phone killed",
            Self::PowerLost => "power lost before the disk had it",
            Self::QuotaExceeded => "quota exceeded",
            Self::Cloned => "phone copied",
            Self::ClockJumped => "clock jumped",
            Self::CursorDamaged => "cursor damaged",
            Self::PageLost => "stored page lost",
            Self::KilledRepairing => "phone killed in mid-repair",
            Self::UpgradedMidway => "updated with unread records",
            Self::ServersUpdated => "servers updated with unread operations",
            Self::GrantEnded => "grant ended in mid-flight",
            Self::Evicted => "records deleted without a grant",
            Self::GrantReturned => "grant returned",
            Self::LongSilence => "silence beyond the grace",
            Self::Restored => "server restored from a copy",
            Self::Poisoned => "poisoned operation",
            Self::Deadly => "server process died of an operation",
            Self::Isolated => "server process died of an isolated operation",
            Self::Early => "written without a right",
            Self::TakenIn => "taken in from quarantine",
            Self::TakenInTwice => "taken in twice",
            Self::KilledTakingIn => "server process killed while taking in",
            Self::MadeOne => "two households made one",
            Self::TakenApart => "households taken apart again",
            Self::Redacted => "parts redacted",
        }
    }
}

/// A copy of the database, and what the office had done until then.
pub(crate) struct Backup {
    copy: Copy,
    written: usize,
    verdicts: Verdicts,
}

/// Phones are copied up to this many in a world.
const PHONES_MAX: usize = 10;

/// How many copies of the database are kept.
const COPIES_MAX: usize = 3;

impl World {
    /// Counts a fault that is injected now.
    pub(crate) fn fault(&mut self, fault: Fault) {
        *self.report.faults.entry(fault).or_default() += 1;
    }

    /// One phone's misfortune.
    pub(crate) fn happen_to(&mut self, who: usize) {
        match self.chance.below(8) {
            0 | 1 => self.jump_clock(who),
            2 | 3 => self.damage_cursor(who),
            4 => self.update(who),
            5 | 6 => self.lose_page(who),
            _ => self.copy_phone(who),
        }
    }

    /// The clock of a phone that lost its battery, or whose holder plays with it.
    fn jump_clock(&mut self, who: usize) {
        const TWO_YEARS: i64 = 17_500;
        self.phones[who].clock = self.chance.below(2 * TWO_YEARS as usize) as i64 - TWO_YEARS;
        self.fault(Fault::ClockJumped);
        self.note(format!("the clock of {} is off by {} hours", self.phones[who].name, self.phones[who].clock));
    }

    /// Flips one of the last bits of the place in a cursor, as a dying flash chip does.
    fn damage_cursor(&mut self, who: usize) {
        let scopes: Vec<_> = self.phones[who].disk.cursors.keys().copied().collect();
        let Some(scope) = self.chance.pick(&scopes).copied() else { return };
        let bit = 1 << self.chance.below(3);
        // The place is the first eight bytes, the highest first.
        if let Some(byte) = self.phones[who].disk.cursors.get_mut(&scope).and_then(|cursor| cursor.signed.get_mut(7)) {
            *byte ^= bit;
            self.fault(Fault::CursorDamaged);
            self.note(format!("a cursor of {} is damaged", self.phones[who].name));
        }
    }

    /// The app is updated; a sync that ran is cut, as by any reload.
    pub(crate) fn update(&mut self, who: usize) {
        let phone = &mut self.phones[who];
        if !phone.is_old {
            return;
        }
        phone.killed();
        let read = phone.upgrade();
        self.build.killed(self.phones[who].device());
        if read > 0 {
            self.fault(Fault::UpgradedMidway);
        }
        self.note(format!("{} is updated and reads {read} records more", self.phones[who].name));
    }

    /// The servers' next build: it does not die of what the last one died of, and reads what that one kept.
    pub(crate) fn update_servers(&mut self) -> Outcome {
        if !self.deadly.is_empty() {
            self.deadly.clear();
            self.take_in()?;
        }
        if self.is_old {
            self.learn_to_read()?;
            self.tick()?;
        }
        Ok(())
    }

    /// From now on the servers know meetings, also in a copy of the database that is put back.
    pub(crate) fn learn_to_read(&mut self) -> Outcome {
        self.is_old = false;
        let read = answer_of(unread::update(self.store()))?;
        if read > 0 {
            self.fault(Fault::ServersUpdated);
            self.note(format!("servers are updated and read {read} operations more"));
        }
        Ok(())
    }

    pub(crate) fn copy_phone(&mut self, who: usize) {
        if self.phones.len() >= PHONES_MAX {
            return;
        }
        let copy = self.phones[who].copy();
        self.note(format!("{} is copied", self.phones[who].name));
        self.fault(Fault::Cloned);
        self.phones.push(copy);
    }

    /// Somebody goes out of a team, or comes back into it.
    pub(crate) fn change_team(&mut self, who: usize) -> Outcome {
        let person = self.phones[who].person;
        let at = self.chance.below(self.teams.len());
        let team = &mut self.teams[at];
        let fault = if team.members.remove(&person) {
            self.ended.insert(person);
            Fault::GrantEnded
        } else {
            team.members.insert(person);
            Fault::GrantReturned
        };
        let line = format!("{}: {} for {}", self.teams[at].name, fault.name(), self.phones[who].name);
        self.note(line);
        self.fault(fault);
        self.save_team(at)?;
        // What somebody wrote before they were given the village, or after the grace, is why it was given to them.
        if fault == Fault::GrantReturned && self.chance.percent(50) { self.take_in() } else { Ok(()) }
    }

    /// Writes a team as the office wants it.
    pub(crate) fn save_team(&mut self, at: usize) -> Outcome {
        let directory = answer_of(self.store().directory(None))?;
        let seen = directory.teams.iter().find(|seen| seen.value.id == self.teams[at].id).map_or(0, |seen| seen.seen);
        let team: Team = self.teams[at].clone();
        self.office(Value::Team(team), seen)
    }

    /// Copies the database, as every night.
    pub(crate) fn back_up(&mut self) -> Outcome {
        if self.copies.len() == COPIES_MAX {
            self.copies.remove(0);
        }
        let copy = self.base.copy()?;
        self.copies.push(Backup { copy, written: self.ledger.written.len(), verdicts: self.verdicts.clone() });
        Ok(())
    }

    /// The machine is lost: an operator puts an older copy back, says so, and the office goes on.
    pub(crate) fn restore(&mut self) -> Outcome {
        let at = self.chance.below(self.copies.len().max(1));
        if at >= self.copies.len() {
            return Ok(());
        }
        let Backup { copy, written, verdicts } = self.copies.swap_remove(at);
        self.copies.clear();
        self.base.put_back(copy)?;
        // What the office wrote since is nowhere, and what lies open on its desk is of the days that are lost.
        self.ledger.written.truncate(written);
        self.verdicts = verdicts;
        self.page = None;
        (0..self.base.processes()).try_for_each(|process| self.kill_server(process))?;
        // Whoever starts it can read what an older build kept in the copy.
        if !self.is_old {
            self.learn_to_read()?;
        }
        let epoch = Epoch::new(self.now.0 as u64, self.chance.bytes());
        let (entries, _) = self.journal.entries().map_err(|error| error.to_string())?;
        let entries = self.build.replayed(entries);
        answer_of(self.store().restore(epoch, entries))?;
        self.note("the server is restored from a copy".into());
        self.fault(Fault::Restored);
        self.is_restored = true;
        // Everybody is signed out; the officer's next tab is another device, and teams are set right again.
        self.tab = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        self.tab_seq = 0;
        answer_of(self.store().tab(self.tab, self.officer, self.now))?;
        (0..self.teams.len()).try_for_each(|at| self.save_team(at))
    }
}
