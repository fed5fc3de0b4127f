//! How far a campaign has come: by village, team, person and topic, and over time. The rules of counting are `domain`'s.

use super::question::{Given, Scene, Work as AtWork, is_asked_for, is_between, names, said};
use super::tables::{Attempt, HouseholdView, MeetingView, OpinionView, Result, Tables};
use super::units::Tree;
use super::{Ask, DeviceKind, Within, grants};
use domain::coverage::{Counts, Days, Done, Progress};
use domain::household::HouseholdStatus;
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{Coverage, Filter, MemberCoverage, TeamCoverage, TopicCoverage, VillageCoverage};
use domain::operation::Kind;
use domain::opinion::Topic;
use domain::person::Person;
use domain::text;
use domain::time::{Date, Time};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// See [`super::Store::coverage`].
pub fn coverage(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Coverage> {
    let filter = &ask.filter;
    let scene = Scene::set(t, ask, true)?;
    let work = Work::of(t, &scene)?;
    let mut book = Book::new(t, &scene, &work.households, now.date())?;
    let progress = work.progress(filter);
    for view in &work.households {
        let progress = progress.get(&view.id).copied().unwrap_or_default();
        let active = view.status == HouseholdStatus::Active;
        book.count(view, |counts, assigned, today| counts.add(&progress, active, view.no_contact, assigned, today));
    }
    for opinion in work.opinions.iter().filter(|opinion| is_asked_for(filter, opinion)) {
        book.said(scene.village(t, opinion.household, opinion.village)?, opinion.village);
    }
    let days = days(filter, now.date());
    let begun = scene.campaign.as_ref().is_some_and(|campaign| campaign.from <= days.before().from);
    let before = begun.then(|| days.before());
    let done = |days: Days| work.done(&Filter { from: Some(days.from), to: Some(days.to), ..filter.clone() });
    let members = match filter.team.and_then(|team| scene.teams.get(&team)) {
        None => work.members(filter),
        // What its members did, wherever that was: the lists of visits and opinions have all of it.
        Some(team) => {
            let everywhere = Ask { filter: Filter { team: None, ..filter.clone() }, ..ask.clone() };
            let everywhere = Scene::set(t, &everywhere, true)?;
            let mut members = Work::of(t, &everywhere)?.members(filter);
            members.retain(|person, _| team.members.contains(person) || team.lead == Some(*person));
            members
        }
    };
    Ok(Coverage {
        campaign: scene.campaign(),
        total: book.total,
        opinions: book.opinions,
        villages: book.villages(),
        teams: book.teams(),
        members: named(t, &scene, members)?,
        topics: work.topics(t, &scene, filter, days, before)?,
        communes: Vec::new(),
        weeks: work.weeks(filter),
        days,
        now: done(days),
        before: before.map(done),
        rearranged: scene.rearranged(filter),
        as_of: now,
        silent_devices: silent(t, &scene.tree, ask.within, now)?,
    })
}

/// The days that are compared with those before.
fn days(filter: &Filter, today: Date) -> Days {
    let to = filter.to.unwrap_or(today);
    let from = filter.from.unwrap_or_else(|| to.plus(-6));
    // Days that end before they begin are none; one is compared.
    Days { from: from.min(to), to }
}

/// The households of a place, each counted once for the whole, for its village of today, and for each team that works there.
struct Book<'a> {
    scene: &'a Scene,
    assigned: AtWork,
    today: Date,
    total: Counts,
    opinions: u32,
    villages: BTreeMap<AreaId, VillageCoverage>,
    teams: Vec<TeamWork>,
}

/// A team's row, the households at which it works, and the areas and villages of today that its opinions are from.
struct TeamWork {
    row: TeamCoverage,
    at: AtWork,
    areas: BTreeSet<AreaId>,
    villages: BTreeSet<AreaId>,
}

impl<'a> Book<'a> {
    fn new(t: &mut dyn Tables, scene: &'a Scene, found: &[HouseholdView], today: Date) -> Result<Self> {
        let lineage = &scene.tree.lineage;
        let ids: BTreeSet<RecordId> = scene.assignments.iter().map(|work| work.value.team).collect();
        let of = |team: RecordId| Given::of(scene.assignments.iter().map(|work| &work.value).filter(|work| work.team == team));
        let given: Vec<(RecordId, Given)> = ids.into_iter().map(|team| (team, of(team))).collect();
        let mut villages = BTreeMap::new();
        for &village in &scene.villages {
            // Whose the village is: who goes to some of its houses only is not named.
            let here = |given: &Given| given.whole.iter().any(|given| lineage.later(*given).contains(&village));
            let teams = given.iter().filter(|(_, given)| here(given)).filter_map(|(team, _)| scene.teams.get(team));
            let (name, teams) = (scene.tree.name(village), teams.map(|team| team.name.clone()).collect());
            villages.insert(village, VillageCoverage { village, name, teams, counts: Counts::default(), opinions: 0 });
        }
        let mut teams = Vec::new();
        for (team, given) in given {
            let Some(team) = scene.teams.get(&team) else { continue };
            let later: BTreeSet<AreaId> = given.places().flat_map(|village| lineage.later(village)).collect();
            if later.iter().any(|village| villages.contains_key(village)) {
                teams.push(TeamWork {
                    row: TeamCoverage { team: team.id, name: team.name.clone(), counts: Counts::default(), opinions: 0 },
                    at: scene.work(t, found, &given)?,
                    areas: given.places().flat_map(|village| lineage.areas_of_work(village)).collect(),
                    villages: later,
                });
            }
        }
        Ok(Self { scene, assigned: scene.assigned(t, found)?, today, total: Counts::default(), opinions: 0, villages, teams })
    }

    /// Counts one household, or the visits to it.
    fn count(&mut self, home: &HouseholdView, add: impl Fn(&mut Counts, bool, Date)) {
        let assigned = self.assigned.is_at(home);
        add(&mut self.total, assigned, self.today);
        if let Some(row) = self.villages.get_mut(&self.scene.tree.lineage.now(home.village)) {
            add(&mut row.counts, assigned, self.today);
        }
        for team in self.teams.iter_mut().filter(|team| team.at.is_at(home)) {
            add(&mut team.row.counts, assigned, self.today);
        }
    }

    /// Counts one opinion of a village of today, kept in an area.
    fn said(&mut self, village: AreaId, area: AreaId) {
        self.opinions += 1;
        if let Some(row) = self.villages.get_mut(&village) {
            row.opinions += 1;
        }
        for team in self.teams.iter_mut().filter(|team| team.areas.contains(&area) && team.villages.contains(&village)) {
            team.row.opinions += 1;
        }
    }

    fn villages(&self) -> Vec<VillageCoverage> {
        let mut rows: Vec<VillageCoverage> = self.villages.values().cloned().collect();
        rows.sort_by(|a, b| b.counts.left.cmp(&a.counts.left).then_with(|| text::natural(&a.name, &b.name)));
        rows
    }

    fn teams(&self) -> Vec<TeamCoverage> {
        let mut rows: Vec<TeamCoverage> = self.teams.iter().map(|team| team.row.clone()).collect();
        rows.sort_by(|a, b| text::natural(&a.name, &b.name));
        rows
    }
}

/// What was done at a place, whenever it was, and its households.
struct Work {
    households: Vec<HouseholdView>,
    /// By time.
    attempts: Vec<Attempt>,
    opinions: Vec<OpinionView>,
    meetings: Vec<MeetingView>,
    /// The active households that may be contacted.
    homes: BTreeSet<RecordId>,
}

impl Work {
    fn of(t: &mut dyn Tables, scene: &Scene) -> Result<Self> {
        let mut attempts = match scene.campaign() {
            Some(campaign) => t.attempts(&scene.areas, campaign)?,
            None => Vec::new(),
        };
        let households = scene.households(t)?;
        // An area may hold more than the villages of the filter.
        let here: HashSet<RecordId> = households.iter().map(|view| view.id).collect();
        attempts.retain(|attempt| here.contains(&attempt.household));
        attempts.sort_by_key(|attempt| (attempt.at, attempt.root));
        let may_be_met = |view: &&HouseholdView| view.status == HouseholdStatus::Active && !view.no_contact;
        let homes = households.iter().filter(may_be_met).map(|view| view.id).collect();
        let meetings = scene.meetings(t)?;
        Ok(Self { households, attempts, opinions: said(t, scene)?, meetings, homes })
    }

    /// The visits of some days.
    fn attempts(&self, filter: &Filter) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| is_between(filter, attempt.at.date()))
    }

    fn progress(&self, filter: &Filter) -> HashMap<RecordId, Progress> {
        let mut all: HashMap<RecordId, Progress> = HashMap::new();
        for attempt in self.attempts(filter) {
            all.entry(attempt.household).or_default().add(attempt.at, attempt.contact, attempt.next);
        }
        all
    }

    /// What was done of what the filter names.
    fn done(&self, filter: &Filter) -> Done {
        let held = self.meetings.iter().filter(|meeting| is_between(filter, meeting.start.date)).count() as u32;
        let opinions = self.opinions.iter().filter(|said| is_asked_for(filter, said)).count() as u32;
        let mut done = Done { opinions, held, ..Done::default() };
        let mut met = BTreeSet::new();
        for attempt in self.attempts(filter) {
            done.visits += 1;
            if attempt.contact.met() {
                done.meetings += 1;
                met.insert(attempt.household);
            }
        }
        done.met = met.intersection(&self.homes).count() as u32;
        done
    }

    /// What each person did, and their last visit.
    fn members(&self, filter: &Filter) -> BTreeMap<PersonId, (Done, Option<Time>)> {
        let mut members: BTreeMap<PersonId, (Done, Option<Time>)> = BTreeMap::new();
        let mut met = BTreeSet::new();
        for attempt in self.attempts(filter) {
            let (done, last) = members.entry(attempt.by).or_default();
            done.visits += 1;
            *last = Some(attempt.at);
            if attempt.contact.met() {
                done.meetings += 1;
                done.met += u32::from(self.homes.contains(&attempt.household) && met.insert((attempt.by, attempt.household)));
            }
        }
        for by in self.opinions.iter().filter(|said| is_asked_for(filter, said)).filter_map(|said| said.by) {
            members.entry(by).or_default().0.opinions += 1;
        }
        for meeting in self.meetings.iter().filter(|meeting| is_between(filter, meeting.start.date)) {
            members.entry(meeting.by).or_default().0.held += 1;
        }
        members
    }

    /// Visits at which somebody was met, by week.
    fn weeks(&self, filter: &Filter) -> Vec<(Date, u32)> {
        let mut weeks: BTreeMap<Date, u32> = BTreeMap::new();
        for attempt in self.attempts(filter).filter(|attempt| attempt.contact.met()) {
            *weeks.entry(attempt.at.date().week()).or_default() += 1;
        }
        weeks.into_iter().collect()
    }

    fn topics(&self, t: &mut dyn Tables, scene: &Scene, filter: &Filter, days: Days, before: Option<Days>) -> Result<Vec<TopicCoverage>> {
        let of = |days: Days| Filter { from: Some(days.from), to: Some(days.to), ..filter.clone() };
        let (now, before) = (of(days), before.map(of));
        let mut topics: BTreeMap<&str, Topics> = BTreeMap::new();
        for said in &self.opinions {
            let topic = said.topic.parent();
            let row = topics.entry(topic.code()).or_insert_with(|| Topics::new(topic.into()));
            row.now += u32::from(is_asked_for(&now, said));
            row.before += u32::from(before.as_ref().is_some_and(|before| is_asked_for(before, said)));
            if is_asked_for(filter, said) {
                row.opinions += 1;
                *row.villages.entry(scene.village(t, said.household, said.village)?).or_default() += 1;
                if let Some(week) = said.day.map(Date::week).or(said.week) {
                    *row.weeks.entry(week).or_default() += 1;
                }
            }
        }
        let mut rows: Vec<TopicCoverage> = topics
            .into_values()
            .filter(|row| row.opinions > 0 || row.before > 0)
            .map(|row| {
                let mut villages: Vec<(AreaId, u32)> = row.villages.into_iter().collect();
                villages.sort_by_key(|(village, n)| (Reverse(*n), *village));
                let (before, weeks) = (before.as_ref().map(|_| row.before), row.weeks.into_iter().collect());
                TopicCoverage { topic: row.topic, opinions: row.opinions, now: row.now, before, villages, weeks }
            })
            .collect();
        rows.sort_by(|a, b| b.opinions.cmp(&a.opinions).then_with(|| a.topic.code().cmp(&b.topic.code())));
        Ok(rows)
    }
}

/// A row of topics while it is counted.
struct Topics {
    topic: Topic,
    opinions: u32,
    now: u32,
    before: u32,
    villages: BTreeMap<AreaId, u32>,
    weeks: BTreeMap<Date, u32>,
}

impl Topics {
    const fn new(topic: Topic) -> Self {
        Self { topic, opinions: 0, now: 0, before: 0, villages: BTreeMap::new(), weeks: BTreeMap::new() }
    }
}

/// People with what they did, by given name.
fn named(t: &mut dyn Tables, scene: &Scene, members: BTreeMap<PersonId, (Done, Option<Time>)>) -> Result<Vec<MemberCoverage>> {
    let names = names(t)?;
    let mut rows: Vec<MemberCoverage> = members
        .into_iter()
        .map(|(person, (done, last))| {
            let mut teams: Vec<String> = scene
                .teams
                .values()
                .filter(|team| team.members.contains(&person) || team.lead == Some(person))
                .map(|team| team.name.clone())
                .collect();
            teams.sort_by(|a, b| text::natural(a, b));
            MemberCoverage { person, name: names.get(&person).cloned().unwrap_or_default(), teams, done, last }
        })
        .collect();
    rows.sort_by(|a, b| text::by_given_name(a.name.as_str(), b.name.as_str()).then(a.person.cmp(&b.person)));
    Ok(rows)
}

/// How long a phone may be out of touch before an office should ask after it.
const SILENT_HOURS: i64 = 72;

fn silent(t: &mut dyn Tables, tree: &Tree, within: Within, now: Time) -> Result<u32> {
    let homes: BTreeMap<PersonId, AreaId> =
        t.working(&Kind::Person)?.iter().filter_map(grants::state::<Person>).map(|person| (person.id, person.unit)).collect();
    let phones = t.devices(DeviceKind::Phone)?;
    let silent = phones.iter().filter(|phone| phone.revoked.is_none()).filter(|phone| {
        let heard = phone.seen_at.unwrap_or(phone.enrolled_at);
        let near = homes.get(&phone.person).is_some_and(|&unit| tree.covers(within, unit));
        near && now > heard.plus_hours(SILENT_HOURS)
    });
    Ok(silent.count() as u32)
}
