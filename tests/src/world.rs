//! One simulated world: people work, everything that can go wrong does, then all is let settle and the oracles look.

use crate::base::{Base, Medium, Process, answer_of};
use crate::chance::Chance;
use crate::fault::{Backup, Fault};
use crate::ledger::Ledger;
use crate::network::Network;
use crate::oracle::{Complaint, Oracle};
use crate::phone::Phone;
use crate::twin::Verdicts;
use crate::variant::{Build, True};
use domain::book::Sheet;
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::operation::LegalBasis;
use domain::person::{Person, Role};
use domain::session::End;
use domain::short::Set;
use domain::team::Team;
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use seal::recovery::PrivateKey;
use server::journal::Journal;
use server::keys::Keys;
use server::store::{Account, Desk, FirstSteps, Seed, Store, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What one run did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How often each fault was injected.
    pub faults: BTreeMap<Fault, u64>,
    /// Operations saved on phones.
    pub operations: u64,
    /// Anonymous opinions saved on phones.
    pub anonymous: u64,
    /// Of them, those that were released from the pool.
    pub released: u64,
    /// Phones that turned out to be copies and went on under another name.
    pub renumbered: u64,
    /// Everything that happened.
    pub trace: Vec<String>,
}

impl Report {
    /// Adds what another run did; whose trace it was is not known any more.
    pub fn add(&mut self, other: &Self) {
        for (fault, count) in &other.faults {
            *self.faults.entry(*fault).or_default() += count;
        }
        self.operations += other.operations;
        self.anonymous += other.anonymous;
        self.released += other.released;
        self.renumbered += other.renumbered;
    }
}

/// An oracle's complaint, and what led to it.
#[derive(Debug)]
pub struct Violation {
    /// Which oracle.
    pub oracle: Oracle,
    /// What is wrong.
    pub what: String,
    /// What the run had done until then.
    pub report: Report,
}

/// Plays one seed to its end, with the product as it is.
pub fn run(seed: u64) -> Result<Report, Violation> {
    run_with(seed, Box::new(True))
}

/// Plays one seed to its end, with another build.
pub fn run_with(seed: u64, build: Box<dyn Build>) -> Result<Report, Violation> {
    run_on(seed, Medium::of(seed), build)
}

/// Plays one seed to its end, with its database there and not where the seed would have it.
pub fn run_on(seed: u64, medium: Medium, build: Box<dyn Build>) -> Result<Report, Violation> {
    /// Enough for some hundred saves, and for the ten phones to meet.
    const STEPS: usize = 70;
    let violated = |Complaint { oracle, what }, report| Violation { oracle, what, report };
    let mut world = World::new(seed, medium, build).map_err(|complaint| violated(complaint, Report::default()))?;
    let outcome =
        world.begin().and_then(|()| (0..STEPS).try_for_each(|_| world.step())).and_then(|()| world.settle()).and_then(|()| world.judge());
    match outcome {
        Ok(()) => Ok(world.report),
        Err(complaint) => Err(violated(complaint, world.report)),
    }
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) chance: Chance,
    /// The product, or a wrong part of it.
    pub(crate) build: Box<dyn Build>,
    pub(crate) base: Base,
    pub(crate) keys: Arc<Keys>,
    pub(crate) journal: Arc<Journal>,
    /// Older copies of the database.
    pub(crate) copies: Vec<Backup>,
    pub(crate) now: Time,
    pub(crate) officer: PersonId,
    pub(crate) tab: DeviceId,
    pub(crate) tab_seq: u64,
    /// The page of a household that stands open on the officer's desk.
    pub(crate) page: Option<Sheet>,
    pub(crate) imports: BTreeSet<DeviceId>,
    /// What the office has decided about households that may be one.
    pub(crate) verdicts: Verdicts,
    pub(crate) commune: AreaId,
    pub(crate) villages: Vec<AreaId>,
    pub(crate) campaign: Campaign,
    /// The teams as the office wants them, and the areas that each works in.
    pub(crate) teams: Vec<Team>,
    pub(crate) work: Vec<BTreeSet<AreaId>>,
    pub(crate) roles: BTreeMap<PersonId, Role>,
    pub(crate) phones: Vec<Phone>,
    /// A phone of the lead of all teams, with which the oracles read.
    pub(crate) observer: DeviceId,
    pub(crate) network: Network,
    /// Every household that phones made.
    pub(crate) households: Vec<(AreaId, RecordId)>,
    pub(crate) ledger: Ledger,
    /// The bytes of operations of which servers die as they look into them.
    pub(crate) deadly: BTreeSet<Vec<u8>>,
    /// The servers are of a build that is older than meetings, and keep what they cannot read.
    pub(crate) is_old: bool,
    /// People who ever lost a right.
    pub(crate) ended: BTreeSet<PersonId>,
    /// The server went back to an older copy, and what of the days in between nobody brought again.
    pub(crate) is_restored: bool,
    pub(crate) is_faulty: bool,
    pub(crate) report: Report,
}

/// What came of something, or which oracle complains.
pub(crate) type Outcome<T = ()> = Result<T, Complaint>;

impl World {
    fn new(seed: u64, medium: Medium, build: Box<dyn Build>) -> Outcome<Self> {
        let mut chance = Chance::new(seed);
        let now = Date::new(2026, 11, 18).unwrap_or_default().start().plus_hours(9);
        let keys = Arc::new(Keys::new(&chance.bytes()));
        let journal = Arc::new(Journal::in_memory());
        let epoch = Epoch::new(now.0 as u64, chance.bytes());
        let base = Base::new(medium, 1 + chance.below(3), epoch, Arc::clone(&keys), Arc::clone(&journal))?;
        let campaign = Campaign {
            id: RecordId::new(now.0 as u64, chance.bytes()),
            title: "Mở rộng đường liên thôn".into(),
            purpose: "Thông tin phương án".into(),
            from: now.date().plus(-30),
            to: now.date().plus(60),
            basis: LegalBasis::StateWork,
            basis_text: String::new(),
            until: now.date().plus(700),
            contact_until: None,
            state: CampaignState::Active,
        };
        Ok(Self {
            build,
            base,
            keys,
            journal,
            copies: Vec::new(),
            now,
            officer: PersonId::new(0, [0; 10]),
            tab: DeviceId::new(now.0 as u64, chance.bytes()),
            tab_seq: 0,
            page: None,
            imports: BTreeSet::new(),
            verdicts: Verdicts::new(),
            commune: AreaId::new(0, [0; 10]),
            villages: Vec::new(),
            campaign,
            teams: Vec::new(),
            work: Vec::new(),
            roles: BTreeMap::new(),
            phones: Vec::new(),
            observer: DeviceId::new(0, [0; 10]),
            network: Network::default(),
            households: Vec::new(),
            ledger: Ledger::default(),
            deadly: BTreeSet::new(),
            ended: BTreeSet::new(),
            is_restored: false,
            is_faulty: true,
            is_old: chance.percent(15),
            report: Report { trace: vec![format!("seed {seed}")], ..Report::default() },
            chance,
        })
    }

    /// What the office's server process holds of the database.
    pub(crate) fn store(&self) -> &Process {
        self.base.of(0)
    }

    pub(crate) fn seed(&mut self) -> Seed {
        self.chance.bytes()
    }

    pub(crate) fn id(&mut self) -> RecordId {
        RecordId::new(self.now.0 as u64, self.chance.bytes())
    }

    pub(crate) fn note(&mut self, line: String) {
        let at = self.report.trace.len();
        self.report.trace.push(format!("{at:>4} {line}"));
    }

    /// Two villages with a team each, one to eight people who are in one team or in both, and some households.
    fn begin(&mut self) -> Outcome {
        let desk = |login: &str| Desk { name: login.into(), account: Account { login: login.into(), hash: "-".into() } };
        let (province, commune) = ("Tỉnh Sông Lĩnh".into(), "Xã Phú Lĩnh".into());
        let recovery = Some(PrivateKey::new([7; 32]).public());
        let first = FirstSteps { admin: desk("quantri"), province, commune, officer: desk("hanh"), recovery };
        let seed = self.seed();
        answer_of(self.store().set_up(first, self.now, seed))?;
        self.officer = answer_of(self.store().credentials("hanh".into()))?.person;
        answer_of(self.store().tab(self.tab, self.officer, self.now))?;
        let directory = answer_of(self.store().directory(None))?;
        let commune = directory.units.iter().find(|seen| seen.value.level == Level::Commune);
        self.commune = commune.ok_or("no commune after set-up")?.value.id;
        let campaign = self.campaign.clone();
        self.office(Value::Campaign(campaign), 0)?;

        let lead = self.employ("Trần Thị Thu Nhàn", Role::TeamLead)?;
        let mut people = Vec::new();
        for n in 0..=self.chance.below(8) {
            let name = format!("{} {n}", self.chance.pick(&["Lương Văn Bền", "Vàng Thị Mỷ", "Phạm Thị Hoa"]).copied().unwrap_or_default());
            let role = if self.chance.percent(40) { Role::TeamLead } else { Role::FieldMember };
            people.push((self.employ(&name, role)?, name));
        }
        for (n, name) in ["Thôn Đồng Cừ", "Bản Nậm Lĩnh"].into_iter().enumerate() {
            let id = AreaId::from(self.id());
            let unit = Unit {
                id,
                parent: Some(self.commune),
                level: Level::Village,
                name: name.into(),
                code: String::new(),
                from: Date::MIN,
                to: None,
                succession: None,
                former: Vec::new(),
            };
            self.office(Value::Unit(unit), 0)?;
            self.villages.push(id);
            let mut members: Set<PersonId> = Set::new();
            members.insert(lead);
            for (at, (person, _)) in people.iter().enumerate() {
                // Who is in neither team by chance is in the one or the other.
                if at % 2 == n || self.chance.percent(40) {
                    members.insert(*person);
                }
            }
            let team = Team {
                id: self.id(),
                name: "Tổ công tác".into(),
                decision_no: "05/QĐ-UBND".into(),
                decision_date: None,
                mandate: Default::default(),
                posts: Default::default(),
                lead: Some(lead),
                members,
            };
            self.teams.push(team.clone());
            self.work.push(BTreeSet::from([id]));
            let assignment =
                Assignment { id: self.id(), campaign: self.campaign.id, team: team.id, village: id, due: None, ended: false, share: None };
            self.office(Value::Team(team), 0)?;
            self.office(Value::Assignment(assignment), 0)?;
        }
        self.import(12)?;
        self.enrol(lead, "lead")?;
        // The lead's phone is read with, and does nothing by itself.
        self.observer = self.phones.pop().ok_or("nobody was enrolled")?.device();
        for (person, name) in people {
            self.enrol(person, &name)?;
        }
        Ok(())
    }

    fn employ(&mut self, name: &str, role: Role) -> Outcome<PersonId> {
        let id = PersonId::from(self.id());
        let person = Person { id, name: name.into(), sort: String::new(), role, unit: self.commune, left: false };
        self.roles.insert(id, role);
        self.office(Value::Person(person, None), 0)?;
        Ok(id)
    }

    /// Some hours in which one thing happens, and whatever is under way goes on a little.
    fn step(&mut self) -> Outcome {
        self.now = Time(self.now.0 + 60_000 * self.chance.below(600) as i64);
        let who = self.chance.below(self.phones.len());
        match self.chance.below(100) {
            0..47 => self.work(who),
            47..65 => self.phones[who].begin_sync(),
            65..68 => self.desk()?,
            68..70 => self.take_in()?,
            70..72 => self.import_again()?,
            72..74 => self.import(2)?,
            74..77 => self.decide_twins()?,
            77 => self.rename_team()?,
            78 => self.rearrange()?,
            79..81 => self.tick()?,
            81..85 => self.change_team(who)?,
            85..89 | 95..97 => self.happen_to(who),
            89..91 => self.back_up()?,
            91..93 => self.restore()?,
            93..95 => {
                let process = self.chance.below(self.base.processes());
                self.kill_server(process)?;
                // It may come back in its next build, that does not die of what the last one died of.
                if self.chance.percent(50) {
                    self.update_servers()?;
                }
            }
            97 => self.fall_silent(),
            98 => self.redact()?,
            _ => self.phones.iter_mut().for_each(Phone::begin_sync),
        }
        for _ in 0..self.chance.below(40) {
            self.pump()?;
        }
        Ok(())
    }

    /// The server's hourly schedule.
    pub(crate) fn tick(&mut self) -> Outcome {
        let seed = self.seed();
        let taken = answer_of(self.store().tick(self.now, seed))?;
        self.note(format!("tick: {taken:?}"));
        let held = self.held()?;
        self.what_waits_is_sealed(&held)
    }

    /// Nobody does anything for five weeks: rights that ended are past their grace.
    fn fall_silent(&mut self) {
        self.now = self.now.plus_hours(35 * 24);
        self.fault(Fault::LongSilence);
        self.note("five weeks pass".into());
    }

    /// Phones go on syncing with servers that still die of some operations: each finds those that it holds, one after the
    /// other. The next build of the server does not die of them.
    fn isolate_what_is_deadly(&mut self) -> Outcome {
        /// For each: smaller and smaller batches, twice alone, once isolated.
        const SYNCS: usize = 6;
        let of = |phone: &Phone| phone.disk.outbox.values().filter(|bytes| self.deadly.contains(*bytes)).count();
        let most = self.phones.iter().map(of).sum::<usize>();
        for _ in 0..SYNCS * most {
            self.every_phone_syncs()?;
            if self.phones.iter().all(|phone| phone.ended == Some(End::Complete)) {
                break;
            }
        }
        if most > 0 {
            self.all_sync()?;
        }
        self.deadly.clear();
        Ok(())
    }

    /// Faults off: everything must be delivered within a few rounds.
    fn settle(&mut self) -> Outcome {
        self.is_faulty = false;
        self.note("--- faults off ---".into());
        while self.pump()? {}
        (0..self.phones.len()).for_each(|who| self.update(who));
        self.learn_to_read()?;
        self.cursors_are_complete()?;
        self.isolate_what_is_deadly()?;
        for round in 0..4 {
            self.all_sync()?;
            // The schedule of the week after: what never found a crowd in its week is widened to the campaign.
            if round == 0 {
                self.now = self.now.plus_hours(8 * 24);
                self.tick()?;
            }
        }
        self.repair_what_is_damaged()?;
        // What waited for something that came late is taken in, and its phones learn of it.
        self.tick()?;
        self.all_sync()
    }
}
