//! How far a campaign has come: by village, team, person and topic, and over time. The rules of counting are `domain`'s.

use super::question::{self, Given, Row, Scene, Work as AtWork, is_asked_for, is_between, said};
use super::tables::{Attempt, HouseholdView, MeetingView, OpinionView, Result, Tables};
use super::units::Tree;
use super::{Ask, DeviceKind, Within, grants};
use domain::campaign::CampaignState;
use domain::coverage::{Counts, Days, Done, Progress, Trend};
use domain::device::is_silent;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{CampaignCoverage, Coverage, Filter, MemberCoverage, TeamCoverage, TopicCoverage, VillageCoverage, VisitRow};
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
    // What people did counts wherever that was, also with a team in the filter: the lists of visits and opinions have all of it.
    let everywhere = match filter.team {
        None => None,
        Some(_) => {
            let scene = Scene::set(t, &Ask { filter: Filter { team: None, ..filter.clone() }, ..ask.clone() }, true)?;
            Some(Work::of(t, &scene)?)
        }
    };
    let whole = everywhere.as_ref().unwrap_or(&work);
    let days = days(filter, now.date());
    let begun = scene.campaign.as_ref().is_some_and(|campaign| campaign.from <= days.before().from);
    let before = begun.then(|| days.before());
    let trend = Trend { now: Done::default(), before: before.map(|_| Done::default()) };
    let mut members = whole.members(filter, days, trend);
    whole.given(&scene.holders(), filter, trend, now.date(), &mut members);
    let mut book = Book::new(t, &scene, &work.households, trend, now.date())?;
    let progress = work.progress(filter);
    for view in &work.households {
        let progress = progress.get(&view.id).copied().unwrap_or_default();
        let active = view.status == HouseholdStatus::Active;
        book.count(view, |counts, assigned, today| counts.add(&progress, active, view.no_contact, assigned, today));
    }
    book.met(&work, days);
    let team = filter.team.map(|team| scene.teams.get(&team).map(|team| &team.members));
    let made: Vec<&Attempt> =
        whole.attempts.iter().filter(|attempt| team.is_none_or(|team| team.is_some_and(|team| team.contains(&attempt.by)))).collect();
    book.visits(whole, &made, filter, days, &members);
    book.said(t, &work, filter, days)?;
    book.held(&work, days);
    let done = |days: Days| work.done(&made, &of_days(filter, days));
    let mut teams = book.teams();
    // Of another team at the same places only a part was asked for.
    teams.retain(|row| filter.team.is_none_or(|team| team == row.team));
    if let Some(team) = filter.team.and_then(|team| scene.teams.get(&team)) {
        members.retain(|person, _| team.members.contains(person) || team.lead == Some(*person));
    }
    Ok(Coverage {
        campaign: scene.campaign(),
        campaigns: campaigns(t, ask, &scene, &work.households, book.total, now)?,
        total: book.total,
        opinions: book.opinions,
        villages: book.villages(),
        teams,
        members: named(t, &scene, members)?,
        topics: work.topics(t, &scene, filter, days, before)?,
        communes: Vec::new(),
        weeks: by_week(made.iter().filter(|one| one.contact.met()).map(|one| one.at.date()).filter(|day| is_between(filter, *day))),
        held: by_week(work.meetings.iter().map(|meeting| meeting.start.date).filter(|day| is_between(filter, *day))),
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

/// What the filter asks for, of these days.
fn of_days(filter: &Filter, days: Days) -> Filter {
    Filter { from: Some(days.from), to: Some(days.to), ..filter.clone() }
}

/// Every campaign that began, the newest first, each by the rules of the whole; of one it is known already.
fn campaigns(
    t: &mut dyn Tables,
    ask: &Ask,
    scene: &Scene,
    households: &[HouseholdView],
    total: Counts,
    now: Time,
) -> Result<Vec<CampaignCoverage>> {
    let mut all: Vec<_> = scene.campaigns.iter().filter(|campaign| campaign.state != CampaignState::Draft).collect();
    all.sort_by_key(|campaign| Reverse((campaign.from, campaign.id)));
    let mut rows = Vec::new();
    for campaign in all {
        let counts = if scene.campaign() == Some(campaign.id) {
            total
        } else {
            other(t, &Ask { filter: Filter { campaign: Some(campaign.id), ..ask.filter.clone() }, ..ask.clone() }, households, now)?
        };
        rows.push(CampaignCoverage { campaign: campaign.id, title: campaign.title.clone(), counts });
    }
    Ok(rows)
}

/// The whole of another campaign. Without a team its households are those of the first.
fn other(t: &mut dyn Tables, ask: &Ask, households: &[HouseholdView], now: Time) -> Result<Counts> {
    let scene = Scene::set(t, ask, true)?;
    let of_team = if ask.filter.team.is_some() { Some(scene.households(t)?) } else { None };
    let households = of_team.as_deref().unwrap_or(households);
    let (assigned, progress) = (scene.assigned(t, households)?, question::progress(t, &scene, &ask.filter)?);
    let mut counts = Counts::default();
    for view in households {
        let progress = progress.get(&view.id).copied().unwrap_or_default();
        counts.add(&progress, view.status == HouseholdStatus::Active, view.no_contact, assigned.is_at(view), now.date());
    }
    if ask.filter.team.is_some() {
        let visits = VisitRow::list(t, &Ask { limit: 0, ..ask.clone() }, now)?;
        (counts.visits, counts.meetings) = (visits.total, visits.notable);
    }
    Ok(counts)
}

/// How many there were in each week, ascending.
fn by_week(days: impl Iterator<Item = Date>) -> Vec<(Date, u32)> {
    let mut weeks: BTreeMap<Date, u32> = BTreeMap::new();
    for day in days {
        *weeks.entry(day.week()).or_default() += 1;
    }
    weeks.into_iter().collect()
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
    fn new(t: &mut dyn Tables, scene: &'a Scene, found: &[HouseholdView], trend: Trend, today: Date) -> Result<Self> {
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
            villages.insert(village, VillageCoverage { village, name, teams, counts: Counts::default(), opinions: 0, trend });
        }
        let mut teams = Vec::new();
        for (team, given) in given {
            let Some(team) = scene.teams.get(&team) else { continue };
            let later: BTreeSet<AreaId> = given.places().flat_map(|village| lineage.later(village)).collect();
            if later.iter().any(|village| villages.contains_key(village)) {
                teams.push(TeamWork {
                    row: TeamCoverage { team: team.id, name: team.name.clone(), counts: Counts::default(), opinions: 0, trend },
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

    /// Counts the households that were met in the days that are compared.
    fn met(&mut self, work: &Work, days: Days) {
        for (period, met) in [(days, work.met(days)), (days.before(), work.met(days.before()))] {
            for home in work.households.iter().filter(|home| met.contains(&home.id)) {
                let village = self.villages.get_mut(&self.scene.tree.lineage.now(home.village)).map(|row| &mut row.trend);
                let teams = self.teams.iter_mut().filter(|team| team.at.is_at(home)).map(|team| &mut team.row.trend);
                for row in village.into_iter().chain(teams).filter_map(|trend| trend.at(period.from, days)) {
                    row.met += 1;
                }
            }
        }
    }

    /// Counts the visits as the list of visits has them, in which those of a team are those of its members.
    fn visits(&mut self, work: &Work, made: &[&Attempt], filter: &Filter, days: Days, members: &BTreeMap<PersonId, Member>) {
        for counts in self.villages.values_mut().map(|row| &mut row.counts).chain([&mut self.total]) {
            (counts.visits, counts.meetings) = (0, 0);
        }
        let lineage = &self.scene.tree.lineage;
        let village: HashMap<RecordId, AreaId> = work.households.iter().map(|home| (home.id, lineage.now(home.village))).collect();
        for attempt in made {
            let (day, met) = (attempt.at.date(), u32::from(attempt.contact.met()));
            let mut row = village.get(&attempt.household).and_then(|village| self.villages.get_mut(village));
            if let Some(done) = row.as_mut().and_then(|row| row.trend.at(day, days)) {
                done.visits += 1;
                done.meetings += met;
            }
            if is_between(filter, day) {
                for counts in row.map(|row| &mut row.counts).into_iter().chain([&mut self.total]) {
                    counts.visits += 1;
                    counts.meetings += met;
                }
            }
        }
        for team in &mut self.teams {
            let row = &mut team.row;
            (row.counts.visits, row.counts.meetings) = (0, 0);
            let people = self.scene.teams.get(&row.team).map(|team| &team.members);
            for member in people.into_iter().flat_map(|people| people.iter()).filter_map(|person| members.get(person)) {
                row.counts.visits += member.done.visits;
                row.counts.meetings += member.done.meetings;
                let (now, before) = (Some((&mut row.trend.now, member.trend.now)), row.trend.before.as_mut().zip(member.trend.before));
                for (all, one) in now.into_iter().chain(before) {
                    all.visits += one.visits;
                    all.meetings += one.meetings;
                }
            }
        }
    }

    /// Counts the opinions: those of the filter, and those of the days that are compared.
    fn said(&mut self, t: &mut dyn Tables, work: &Work, filter: &Filter, days: Days) -> Result<()> {
        let (now, before) = (of_days(filter, days), of_days(filter, days.before()));
        for opinion in &work.opinions {
            let village = self.scene.village(t, opinion.household, opinion.village)?;
            if is_asked_for(filter, opinion) {
                self.opinions += 1;
                self.rows(village, opinion.village).for_each(|(all, _)| *all += 1);
            }
            // One of a week that touches both is in both, as in the lists.
            for (period, first) in [(&now, days.from), (&before, days.before().from)] {
                if is_asked_for(period, opinion) {
                    let done = self.rows(village, opinion.village).filter_map(|(_, trend)| trend.at(first, days));
                    done.for_each(|done| done.opinions += 1);
                }
            }
        }
        Ok(())
    }

    /// Counts the village meetings of the days that are compared.
    fn held(&mut self, work: &Work, days: Days) {
        for meeting in &work.meetings {
            let village = self.scene.tree.lineage.now(meeting.village);
            let done = self.rows(village, meeting.village).filter_map(|(_, trend)| trend.at(meeting.start.date, days));
            done.for_each(|done| done.held += 1);
        }
    }

    /// The rows of a village of today and of the teams that work there; `area` holds what is counted.
    fn rows(&mut self, village: AreaId, area: AreaId) -> impl Iterator<Item = (&mut u32, &mut Trend)> {
        let there = move |team: &&mut TeamWork| team.areas.contains(&area) && team.villages.contains(&village);
        let teams = self.teams.iter_mut().filter(there).map(|team| (&mut team.row.opinions, &mut team.row.trend));
        self.villages.get_mut(&village).map(|row| (&mut row.opinions, &mut row.trend)).into_iter().chain(teams)
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
        attempts.iter_mut().for_each(|attempt| attempt.household = scene.twins.one(attempt.household));
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

    /// The households that were met in some days.
    fn met(&self, days: Days) -> HashSet<RecordId> {
        let met = self.attempts.iter().filter(|attempt| attempt.contact.met() && days.contains(attempt.at.date()));
        met.map(|attempt| attempt.household).filter(|home| self.homes.contains(home)).collect()
    }

    /// What was done of what the filter names, and of these visits.
    fn done(&self, made: &[&Attempt], filter: &Filter) -> Done {
        let held = self.meetings.iter().filter(|meeting| is_between(filter, meeting.start.date)).count() as u32;
        let opinions = self.opinions.iter().filter(|said| is_asked_for(filter, said)).count() as u32;
        let mut done = Done { opinions, held, ..Done::default() };
        for attempt in made.iter().filter(|attempt| is_between(filter, attempt.at.date())) {
            done.visits += 1;
            done.meetings += u32::from(attempt.contact.met());
        }
        let met: BTreeSet<RecordId> = self.attempts(filter).filter(|attempt| attempt.contact.met()).map(|it| it.household).collect();
        done.met = met.intersection(&self.homes).count() as u32;
        done
    }

    /// What each person did.
    fn members(&self, filter: &Filter, days: Days, trend: Trend) -> BTreeMap<PersonId, Member> {
        let new = Member { trend, ..Member::default() };
        let mut members: BTreeMap<PersonId, Member> = BTreeMap::new();
        let mut met = BTreeSet::new();
        for attempt in self.attempts(filter) {
            let Member { done, last, .. } = members.entry(attempt.by).or_insert(new);
            done.visits += 1;
            *last = Some(attempt.at);
            if attempt.contact.met() {
                done.meetings += 1;
                done.met += u32::from(self.homes.contains(&attempt.household) && met.insert((attempt.by, attempt.household)));
            }
        }
        for by in self.opinions.iter().filter(|said| is_asked_for(filter, said)).filter_map(|said| said.by) {
            members.entry(by).or_insert(new).done.opinions += 1;
        }
        for meeting in self.meetings.iter().filter(|meeting| is_between(filter, meeting.start.date)) {
            members.entry(meeting.by).or_insert(new).done.held += 1;
        }
        let mut met = BTreeSet::new();
        let compared = |day: Date| days.contains(day) || (trend.before.is_some() && days.before().contains(day));
        for attempt in self.attempts.iter().filter(|attempt| compared(attempt.at.date())) {
            let day = attempt.at.date();
            if let Some(done) = members.entry(attempt.by).or_insert(new).trend.at(day, days) {
                done.visits += 1;
                done.meetings += u32::from(attempt.contact.met());
                let counts = attempt.contact.met() && self.homes.contains(&attempt.household);
                done.met += u32::from(counts && met.insert((attempt.by, attempt.household, days.contains(day))));
            }
        }
        for meeting in self.meetings.iter().filter(|meeting| compared(meeting.start.date)) {
            if let Some(done) = members.entry(meeting.by).or_insert(new).trend.at(meeting.start.date, days) {
                done.held += 1;
            }
        }
        let before = trend.before.map(|_| days.before());
        for period in [Some(days), before].into_iter().flatten() {
            let asked = of_days(filter, period);
            for by in self.opinions.iter().filter(|said| is_asked_for(&asked, said)).filter_map(|said| said.by) {
                if let Some(done) = members.entry(by).or_insert(new).trend.at(period.from, days) {
                    done.opinions += 1;
                }
            }
        }
        members
    }

    /// How far the households are that were given to each member by name.
    fn given(
        &self,
        holders: &BTreeMap<RecordId, PersonId>,
        filter: &Filter,
        trend: Trend,
        today: Date,
        members: &mut BTreeMap<PersonId, Member>,
    ) {
        if holders.is_empty() {
            return;
        }
        let progress = self.progress(filter);
        for view in self.households.iter().filter(|view| view.status == HouseholdStatus::Active) {
            let Some(member) = holders.get(&view.id) else { continue };
            let progress = progress.get(&view.id).copied().unwrap_or_default();
            let member = members.entry(*member).or_insert(Member { trend, ..Member::default() });
            member.given.add(&progress, true, view.no_contact, true, today);
        }
    }

    fn topics(&self, t: &mut dyn Tables, scene: &Scene, filter: &Filter, days: Days, before: Option<Days>) -> Result<Vec<TopicCoverage>> {
        let (now, before) = (of_days(filter, days), before.map(|days| of_days(filter, days)));
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

/// A row of a person while it is counted.
#[derive(Clone, Copy, Default)]
struct Member {
    done: Done,
    given: Counts,
    trend: Trend,
    last: Option<Time>,
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

/// People with what they did, by given name or as they ask.
fn named(t: &mut dyn Tables, scene: &Scene, mut members: BTreeMap<PersonId, Member>) -> Result<Vec<MemberCoverage>> {
    let mut people: Vec<Person> = t.working(&Kind::Person)?.iter().filter_map(grants::state).collect();
    people.sort_by(Person::by_name);
    let row = |(Person { id: person, name, .. }, Member { done, given, trend, last }): (Person, Member)| {
        let of = scene.teams.values().filter(|team| team.members.contains(&person) || team.lead == Some(person));
        let mut teams: Vec<String> = of.map(|team| team.name.clone()).collect();
        teams.sort_by(|a, b| text::natural(a, b));
        MemberCoverage { person, name, teams, done, given, trend, last }
    };
    let found = people.into_iter().filter_map(|person| members.remove(&person.id).map(|member| (person, member)));
    Ok(found.map(row).collect())
}

fn silent(t: &mut dyn Tables, tree: &Tree, within: Within, now: Time) -> Result<u32> {
    let homes: BTreeMap<PersonId, AreaId> =
        t.working(&Kind::Person)?.iter().filter_map(grants::state::<Person>).map(|person| (person.id, person.unit)).collect();
    let phones = t.devices(DeviceKind::Phone)?;
    let silent = phones.iter().filter(|phone| phone.revoked.is_none()).filter(|phone| {
        let near = homes.get(&phone.person).is_some_and(|&unit| tree.covers(within, unit));
        near && is_silent(phone.seen_at.unwrap_or(phone.enrolled_at), now)
    });
    Ok(silent.count() as u32)
}
