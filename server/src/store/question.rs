//! What an office asks: households, visits, opinions, meetings, coverage. The database finds the rows of the villages
//! and the campaign; the rules of counting are `domain`'s, the same as on the phone.

use super::office::revision;
use super::tables::{DayClosingView, HouseholdView, MeetingView, OpinionView, Result, Stored, Tables, VerificationView, VisitView};
use super::units::Tree;
use super::{Ask, StoreError, grants, roll, twin};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::coverage::{Counts, Progress};
use domain::household::{self, HouseholdStatus};
use domain::id::{AreaId, PersonId, RecordId};
use domain::meeting::{Meeting, MeetingState, MeetingWords};
use domain::office::{
    Checked, Closed, DayRow, Filter, HouseholdOrder, HouseholdRow, Listed, MeetingName, MeetingRow, NoteRow, OpinionRow, Seen,
    StandingFilter, VisitRow,
};
use domain::operation::{Change, Kind, Part, Scope, Stream};
use domain::opinion::{Reporter, Topic, Urgency};
use domain::person::Person;
use domain::record::{Body, Event, Record, Registry};
use domain::short::Set;
use domain::succession::{Home, Rearranged, rearranged};
use domain::team::Team;
use domain::text::{self, Query};
use domain::time::{Date, Time};
use domain::twin::Twins;
use domain::unit::Unit;
use domain::verification::VisitState;
use domain::visit::{Callback, Note};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A row of a list of an office.
pub trait Row: Send + Sized + 'static {
    /// What the filter finds within reach, in the order of this list.
    fn list(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<Self>>;
}

/// By village, then number.
impl Row for HouseholdRow {
    fn list(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<Self>> {
        households(t, ask, now)
    }
}

/// The latest first; corrected ones in their last version, retracted ones left out.
impl Row for VisitRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        visits(t, ask)
    }
}

/// The notes of a visit, then the promises; the first written first.
impl Row for NoteRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        notes(t, ask)
    }
}

/// Of visits, of meetings and anonymous ones, the latest day or week first.
impl Row for OpinionRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        opinions(t, ask)
    }
}

/// The latest first; cancelled ones left out.
impl Row for MeetingRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        meetings(t, ask)
    }
}

/// What every question is asked against.
pub(super) struct Scene {
    pub(super) tree: Tree,
    /// The villages of today that the filter is about, by name.
    pub(super) villages: Vec<AreaId>,
    /// What counts to them, each village's own former ones by name: see [`Lineage::counted_to`](domain::succession::Lineage::counted_to).
    units: Vec<AreaId>,
    /// The areas that hold their records.
    pub(super) areas: Vec<AreaId>,
    /// Some of these areas were divided by a split, so that a record's area does not tell its village.
    divided: bool,
    pub(super) campaign: Option<Campaign>,
    /// All within reach.
    pub(super) campaigns: Vec<Campaign>,
    /// The campaign's, not ended: villages whole and households by name.
    pub(super) assignments: Vec<Seen<Assignment>>,
    /// What is given to the team in the filter.
    of_team: Option<Given>,
    pub(super) teams: BTreeMap<RecordId, Team>,
    /// Households that were made twice: the one that stands for both is counted and listed, with everything of either.
    pub(super) twins: Twins,
}

impl Scene {
    /// `by_place`: a team in the filter means where it works (else its members, and that is for the caller).
    pub(super) fn set(t: &mut dyn Tables, ask: &Ask, by_place: bool) -> Result<Self> {
        let (within, filter) = (ask.within, &ask.filter);
        let tree = Tree::load(t)?;
        let (near, own) = (tree.near(within), within.and_then(|reach| tree.commune(reach)));
        let near = |stored: &Stored| within.is_none() || tree.commune(stored.scope.area).is_some_and(|commune| near.contains(&commune));
        let stored = t.working(&Kind::Campaign)?;
        let is_own = |stored: &&Stored| within.is_none() || tree.commune(stored.scope.area) == own;
        let own: BTreeSet<RecordId> = stored.iter().filter(is_own).map(|stored| stored.record.id).collect();
        let campaigns: Vec<Campaign> = stored.iter().filter(|s| near(s)).filter_map(grants::state).collect();
        let campaign = match filter.campaign {
            Some(id) => Some(campaigns.iter().find(|campaign| campaign.id == id).ok_or(StoreError::NotFound)?),
            // One's own before that of a commune from which a village was moved here.
            None => {
                let active = campaigns.iter().filter(|campaign| campaign.state == CampaignState::Active);
                active.max_by_key(|campaign| (own.contains(&campaign.id), campaign.from, campaign.id))
            }
        };
        let campaign = campaign.cloned();
        let teams = t.working(&Kind::Team)?.iter().filter(|s| near(s)).filter_map(grants::team).map(|team| (team.id, team)).collect();
        let assignments = t.working(&Kind::Assignment)?;
        let assignments: Vec<Seen<Assignment>> = assignments
            .iter()
            .filter_map(|stored| Some(Seen { seen: revision(stored), whose: None, value: grants::state::<Assignment>(stored)? }))
            .filter(|work| !work.value.ended && campaign.as_ref().is_some_and(|campaign| campaign.id == work.value.campaign))
            .collect();
        let of_team = filter.team.filter(|_| by_place);
        let of_team = of_team.map(|team| Given::of(assignments.iter().map(|work| &work.value).filter(|work| work.team == team)));
        let lineage = &tree.lineage;
        let is_of_team =
            |area: AreaId| of_team.as_ref().is_none_or(|given| given.places().any(|given| lineage.later(given).contains(&area)));
        // A page may have been kept since before a merger.
        let asked = filter.village.map(|village| lineage.now(village));
        let villages = tree.villages(within).into_iter().map(|unit| unit.id);
        let villages: Vec<AreaId> = villages.filter(|&id| asked.is_none_or(|village| village == id) && is_of_team(id)).collect();
        let mut units = Vec::new();
        let mut areas = BTreeSet::new();
        for &village in &villages {
            let mut former = lineage.counted_to(village);
            former.sort_by(|a, b| text::natural(&tree.name(*a), &tree.name(*b)).then(a.cmp(b)));
            units.extend(former);
            areas.extend(lineage.earlier(village));
        }
        if let Some(given) = &of_team {
            let work: BTreeSet<AreaId> = given.places().flat_map(|village| lineage.areas_of_work(village)).collect();
            areas.retain(|area| work.contains(area));
        }
        let divided = areas.iter().any(|area| lineage.is_divided(*area));
        let areas = areas.into_iter().collect();
        let twins = twin::twins(t)?;
        Ok(Self { tree, villages, units, areas, divided, campaign, campaigns, assignments, of_team, teams, twins })
    }

    pub(super) fn campaign(&self) -> Option<RecordId> {
        self.campaign.as_ref().map(|campaign| campaign.id)
    }

    /// The households of the villages; with a team in the filter those at which it works.
    pub(super) fn households(&self, t: &mut dyn Tables) -> Result<Vec<HouseholdView>> {
        let mut found = t.households(&self.units)?;
        found.retain(|view| self.twins.stands(view.id));
        if let Some(given) = &self.of_team {
            let work = self.work(t, &found, given)?;
            found.retain(|view| work.is_at(view));
        }
        Ok(found)
    }

    /// Which of these households are given to anybody in the campaign.
    pub(super) fn assigned(&self, t: &mut dyn Tables, found: &[HouseholdView]) -> Result<Work> {
        self.work(t, found, &Given::of(self.assignments.iter().map(|work| &work.value)))
    }

    /// Who goes to each household that was given by name.
    pub(super) fn holders(&self) -> BTreeMap<RecordId, PersonId> {
        let shares = self.assignments.iter().filter_map(|work| work.value.share.as_ref());
        let mut given: Vec<_> = shares.flat_map(|share| share.households.iter().map(|id| (*id, share.member))).collect();
        // Whoever was given the one itself goes there, and not who was given what turned out to be the same.
        given.sort_by_key(|(id, _)| self.twins.stands(*id));
        given.into_iter().map(|(id, member)| (self.twins.one(id), member)).collect()
    }

    pub(super) fn work(&self, t: &mut dyn Tables, found: &[HouseholdView], given: &Given) -> Result<Work> {
        let lineage = &self.tree.lineage;
        let works_at = |home: Home| given.whole.iter().any(|given| lineage.works_at(*given, home));
        let (parts, whole): (Vec<AreaId>, Vec<AreaId>) = self.units.iter().copied().partition(|unit| lineage.is_part(*unit));
        let mut work = Work {
            units: whole.into_iter().filter(|unit| works_at(Home { area: *unit, unit: *unit })).collect(),
            households: given.households.iter().map(|id| self.twins.one(*id)).collect(),
        };
        // Only into a part of a former village can households have been put that are kept elsewhere.
        for view in found.iter().filter(|view| parts.contains(&view.village)) {
            let area = t.record(view.id)?.map_or(view.village, |stored| stored.scope.area);
            if works_at(Home { area, unit: view.village }) {
                work.households.insert(view.id);
            }
        }
        Ok(work)
    }

    /// The village of today of a record: that of its household where it has one, else what its area has become.
    pub(super) fn village(&self, t: &mut dyn Tables, household: Option<RecordId>, area: AreaId) -> Result<AreaId> {
        let unit = match household.filter(|_| self.divided) {
            Some(household) => t.household(self.twins.one(household))?.map_or(area, |view| view.village),
            None => area,
        };
        Ok(self.tree.lineage.now(unit))
    }

    /// Leaves the records that belong to the villages of the filter.
    fn keep<T>(&self, t: &mut dyn Tables, found: Vec<T>, place: impl Fn(&T) -> (Option<RecordId>, AreaId)) -> Result<Vec<T>> {
        if !self.divided {
            return Ok(found);
        }
        let mut kept = Vec::with_capacity(found.len());
        for one in found {
            let (household, area) = place(&one);
            if self.villages.contains(&self.village(t, household, area)?) {
                kept.push(one);
            }
        }
        Ok(kept)
    }

    fn visits(&self, t: &mut dyn Tables) -> Result<Vec<VisitView>> {
        let found = t.visits(&self.areas, self.campaign())?;
        self.keep(t, found, |visit| (Some(visit.household), visit.village))
    }

    pub(super) fn opinions(&self, t: &mut dyn Tables) -> Result<Vec<OpinionView>> {
        let found = t.opinions(&self.areas, self.campaign())?;
        self.keep(t, found, |opinion| (opinion.household, opinion.village))
    }

    pub(super) fn meetings(&self, t: &mut dyn Tables) -> Result<Vec<MeetingView>> {
        let found = t.meetings(&self.areas, self.campaign())?;
        self.keep(t, found, |meeting| (None, meeting.village))
    }

    /// Mergers and splits that the figures of a filter go across: after the first of its days, or of the campaign's.
    pub(super) fn rearranged(&self, filter: &Filter) -> Vec<Rearranged> {
        let begin = filter.from.or(self.campaign.as_ref().map(|campaign| campaign.from));
        let communes: BTreeSet<AreaId> = self.villages.iter().filter_map(|village| self.tree.commune(*village)).collect();
        let is_here = |id: &AreaId| self.villages.contains(id) || communes.contains(id);
        let about = |unit: &&Unit| self.tree.lineage.later(unit.id).iter().any(is_here);
        let ended: Vec<&Unit> = self.tree.all().filter(about).collect();
        let mut all = rearranged(&ended, self.tree.all());
        all.retain(|one| begin.is_none_or(|begin| begin < one.on) && filter.to.is_none_or(|to| one.on <= to));
        all
    }
}

/// What was given to somebody: villages whole, and households by name.
#[derive(Default)]
pub(super) struct Given {
    pub(super) whole: BTreeSet<AreaId>,
    households: BTreeSet<RecordId>,
    /// The villages of these households.
    shared: BTreeSet<AreaId>,
}

impl Given {
    pub(super) fn of<'a>(assignments: impl Iterator<Item = &'a Assignment>) -> Self {
        let mut given = Self::default();
        for work in assignments {
            let villages = if work.share.is_some() { &mut given.shared } else { &mut given.whole };
            villages.insert(work.village);
            given.households.extend(work.share.iter().flat_map(|share| share.households.iter()));
        }
        given
    }

    /// The villages where there is work, of whatever size.
    pub(super) fn places(&self) -> impl Iterator<Item = AreaId> {
        self.whole.union(&self.shared).copied()
    }
}

/// At which households somebody works.
pub(super) struct Work {
    /// All that were put into one of these.
    units: BTreeSet<AreaId>,
    /// Of those that a split gave away or that were given by name, each by itself.
    households: BTreeSet<RecordId>,
}

impl Work {
    pub(super) fn is_at(&self, view: &HouseholdView) -> bool {
        self.units.contains(&view.village) || self.households.contains(&view.id)
    }
}

/// By village, in it by what was a village before, then by number or by the head's given name; of a search the best found first.
fn households(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<HouseholdRow>> {
    let scene = Scene::set(t, ask, true)?;
    let found = scene.households(t)?;
    let (assigned, today) = (scene.assigned(t, &found)?, now.date());
    let progress = progress(t, &scene, &ask.filter)?;
    let of = |id: RecordId| progress.get(&id).copied().unwrap_or_default();
    let stands = |standing, view: &HouseholdView| is_in(standing, view, &of(view.id), assigned.is_at(view), today);
    let query = Query::new(&ask.filter.q);
    let holders = scene.holders();
    let is_meant = |view: &HouseholdView| {
        ask.filter.household.is_none_or(|id| scene.twins.one(id) == view.id)
            && ask.filter.holder.is_none_or(|member| holders.get(&view.id) == Some(&member))
            && ask.filter.standing.is_none_or(|standing| stands(standing, view))
    };
    let found = found.into_iter().filter(is_meant);
    let rank = |view: &HouseholdView| if query.is_empty() { Some(0) } else { query.rank(&view.head, &view.folded) };
    let mut found: Vec<(u8, HouseholdView)> = found.filter_map(|view| Some((rank(&view)?, view))).collect();
    let order: BTreeMap<AreaId, usize> = scene.units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
    let by_name = ask.filter.order == Some(HouseholdOrder::Name);
    let keys = if by_name { sort_keys(t, &scene)? } else { BTreeMap::new() };
    let name = |view: &HouseholdView| keys.get(&view.id).map(String::as_str).unwrap_or_default();
    found.sort_by(|(rank, a), (other, b)| {
        let place = |view: &HouseholdView| order.get(&view.village).copied();
        let (by_rank, by_place) = (rank.cmp(other), place(a).cmp(&place(b)));
        let heads = || text::by_given_name((a.head.as_str(), name(a)), (b.head.as_str(), name(b)));
        let by_head = if by_name { by_rank.then(by_place).then_with(heads) } else { by_rank.then(by_place) };
        by_head.then_with(|| text::natural(&a.no, &b.no)).then_with(|| a.code.cmp(&b.code)).then(a.id.cmp(&b.id))
    });
    Ok(page(found, ask, |(_, view)| stands(StandingFilter::New, view)).map(|(_, view)| {
        let progress = of(view.id);
        HouseholdRow {
            id: view.id,
            village: scene.tree.name_now(view.village),
            head: household::called(&view.head, &view.code).to_owned(),
            code: view.code,
            no: view.no,
            place: view.place,
            people: view.people,
            status: view.status,
            no_contact: view.no_contact,
            attempts: progress.attempts,
            met: progress.met,
            next: progress.next,
            disputed: view.disputed,
        }
    }))
}

/// What the heads are sorted by whose last word is not their given name.
fn sort_keys(t: &mut dyn Tables, scene: &Scene) -> Result<BTreeMap<RecordId, String>> {
    let mut keys = BTreeMap::new();
    for area in &scene.areas {
        let asked = |(id, registry): (RecordId, Registry)| Some((id, registry.state.read::<String>("sort")?));
        keys.extend(roll::households(t, *area)?.into_iter().filter_map(asked).filter(|(_, sort)| !sort.is_empty()));
    }
    Ok(keys)
}

fn is_in(standing: StandingFilter, view: &HouseholdView, progress: &Progress, assigned: bool, today: Date) -> bool {
    // A household is in a list exactly if it is in the figure of the same name.
    let mut counts = Counts::default();
    let active = view.status == HouseholdStatus::Active;
    counts.add(progress, active, view.no_contact, assigned, today);
    match standing {
        StandingFilter::Met => counts.met > 0,
        StandingFilter::Tried => counts.tried > 0,
        StandingFilter::New => counts.new > 0,
        StandingFilter::Assigned => counts.assigned > 0,
        StandingFilter::Left => counts.left > 0,
        StandingFilter::Due => counts.due > 0,
        StandingFilter::Overdue => counts.overdue > 0,
        StandingFilter::NoContact => counts.no_contact > 0,
        StandingFilter::Active => counts.households > 0,
        StandingFilter::Disputed => view.disputed,
    }
}

/// Where households stand in the campaign, or stand by the visits of the days and the person in the filter.
pub(super) fn progress(t: &mut dyn Tables, scene: &Scene, filter: &Filter) -> Result<BTreeMap<RecordId, Progress>> {
    let Some(campaign) = scene.campaign() else { return Ok(BTreeMap::new()) };
    if filter.from.is_none() && filter.to.is_none() && filter.by.is_none() {
        return standings(t, &scene.twins, &scene.areas, campaign);
    }
    let mut attempts = t.attempts(&scene.areas, campaign)?;
    attempts.retain(|attempt| is_between(filter, attempt.at.date()) && filter.by.is_none_or(|by| by == attempt.by));
    attempts.sort_by_key(|attempt| (attempt.at, attempt.root));
    let mut all: BTreeMap<RecordId, Progress> = BTreeMap::new();
    for attempt in attempts {
        all.entry(scene.twins.one(attempt.household)).or_default().add(attempt.at, attempt.contact, attempt.next);
    }
    Ok(all)
}

/// Where the households of some areas stand in a campaign, each with the visits to all that it stands for.
pub(super) fn standings(t: &mut dyn Tables, twins: &Twins, areas: &[AreaId], campaign: RecordId) -> Result<BTreeMap<RecordId, Progress>> {
    let mut all = t.progress(areas, campaign)?;
    for (one, behind) in twins.groups() {
        if !behind.iter().any(|id| all.contains_key(id)) {
            continue;
        }
        let mut visits = visits_to(t, twins, one, campaign)?;
        visits.retain(|visit| visit.counts() && areas.contains(&visit.village));
        let mut progress = Progress::default();
        for visit in &visits {
            progress.add(visit.at, visit.contact, visit.next);
        }
        all.insert(one, progress);
    }
    Ok(all)
}

/// The visits to a household and to all that it stands for, by time.
pub(super) fn visits_to(t: &mut dyn Tables, twins: &Twins, one: RecordId, campaign: RecordId) -> Result<Vec<VisitView>> {
    let mut visits = t.visits_to(one, campaign)?;
    for id in twins.behind(one) {
        visits.extend(t.visits_to(id, campaign)?);
    }
    visits.sort_by_key(|visit| (visit.at, visit.root));
    Ok(visits)
}

pub(super) fn is_between(filter: &Filter, day: Date) -> bool {
    filter.from.is_none_or(|from| from <= day) && filter.to.is_none_or(|to| day <= to)
}

fn visits(t: &mut dyn Tables, ask: &Ask) -> Result<Listed<VisitRow>> {
    let scene = Scene::set(t, ask, false)?;
    let members: Option<Set<PersonId>> =
        ask.filter.team.map(|team| scene.teams.get(&team).map(|team| team.members.clone()).unwrap_or_default());
    let query = Query::new(&ask.filter.q);
    let mut found = scene.visits(t)?;
    found.retain(|visit| ask.filter.source.is_none_or(|source| source == visit.source));
    found.retain(|visit| ask.filter.household.is_none_or(|id| scene.twins.one(id) == scene.twins.one(visit.household)));
    let by = |who: PersonId| ask.filter.by.is_none_or(|by| by == who) && members.as_ref().is_none_or(|members| members.contains(&who));
    let standing = |visit: &VisitView| match ask.filter.standing {
        Some(StandingFilter::Met) => visit.contact.met(),
        Some(StandingFilter::Tried) => !visit.contact.met(),
        _ => true,
    };
    let state = |visit: &VisitView| ask.filter.state.map_or(visit.counts(), |state| visit.state == state);
    found.retain(|visit| is_between(&ask.filter, visit.at.date()) && by(visit.by) && standing(visit) && state(visit));
    let mut homes = Homes::of(t, &scene, &query)?;
    if !query.is_empty() {
        found.retain(|visit| homes.matches(&query, scene.twins.one(visit.household)));
    }
    found.sort_by_key(|visit| (Reverse(visit.at), visit.root));
    let names = names(t)?;
    let closed = closings(t, &scene)?;
    page(found, ask, |visit| visit.contact.met()).try_map(|visit: VisitView| {
        let home = homes.get(t, scene.twins.one(visit.household))?;
        let met = visit.contact.met();
        let amended = is_corrected(t, &visit)?;
        let checked = checked(t, &visit, &names)?;
        let late = is_late(&scene, &closed, &visit);
        let village = home.as_ref().map_or(visit.village, |home| home.village);
        Ok(VisitRow {
            id: visit.shown,
            at: visit.at,
            received_at: visit.received_at,
            village: scene.tree.name_now(village),
            household: home.as_ref().map(label).unwrap_or_default(),
            head: home.map(|home| household::called(&home.head, &home.code).to_owned()).unwrap_or_default(),
            by: names.get(&visit.by).cloned().unwrap_or_default(),
            met,
            contact: met.then_some(visit.contact),
            purposes: visit.purposes,
            next: visit.next,
            amended,
            visit: visit.root,
            area: visit.village,
            author: visit.by,
            state: visit.state,
            checked,
            late,
            source: visit.source,
            typed_by: visit.typed_by.and_then(|by| names.get(&by)).cloned(),
        })
    })
}

fn notes(t: &mut dyn Tables, ask: &Ask) -> Result<Listed<NoteRow>> {
    let scene = Scene::set(t, ask, false)?;
    let visit = ask.filter.visit.ok_or(StoreError::NotFound)?;
    let root = t.root(visit)?.unwrap_or(visit);
    let area = t.record(root)?.map(|stored| stored.scope.area).filter(|area| scene.areas.contains(area)).ok_or(StoreError::NotFound)?;
    let mut versions = t.versions(root)?;
    versions.push(root);
    let here = |visit: Option<RecordId>| visit.is_some_and(|visit| versions.contains(&visit));
    let voice = Events::of(roll::records(t, Scope { area, stream: Stream::Voice })?);
    let notes =
        voice.standing().filter(|(_, event)| here(event.read::<Note>(Part::Facts).map(|note| note.visit))).filter_map(|(id, event)| {
            let text = event.words().filter(|_| event.header.kind == Kind::Note)?;
            Some(NoteRow { id: *id, at: event.written_at(), text: Some(text), promised: None })
        });
    // A promise names one version of what was said.
    let is_said = |opinion: RecordId| {
        let reporter = voice.all.get(&opinion).and_then(|event| event.read::<Reporter>(Part::Contact));
        here(reporter.and_then(|reporter| reporter.visit))
    };
    let callback = Events::of(roll::records(t, Scope { area, stream: Stream::Callback })?);
    let promises = callback.standing().filter_map(|(id, event)| {
        let callback = event.read::<Callback>(Part::Facts).filter(|callback| is_said(callback.opinion))?;
        Some(NoteRow { id: *id, at: event.written_at(), text: None, promised: Some(callback.promised) })
    });
    let mut found: Vec<NoteRow> = notes.chain(promises).collect();
    found.sort_by_key(|row| (row.promised.is_some(), row.at, row.id));
    Ok(page(found, ask, |row| row.promised.is_some()).map(|row| row))
}

/// The events of a stream.
struct Events {
    all: BTreeMap<RecordId, Event>,
    /// Those that were corrected or taken back.
    replaced: BTreeSet<RecordId>,
}

impl Events {
    fn of(records: Vec<Record>) -> Self {
        let event = |record: Record| match record.body {
            Body::Event(event) => Some((record.id, event)),
            _ => None,
        };
        let all: BTreeMap<RecordId, Event> = records.into_iter().filter_map(event).collect();
        let replaced = all.values().filter_map(|event| match event.header.change {
            Change::Amend { of } | Change::Retract { of } => Some(of),
            _ => None,
        });
        Self { replaced: replaced.collect(), all }
    }

    /// The last version of each that was not taken back.
    fn standing(&self) -> impl Iterator<Item = (&RecordId, &Event)> {
        let stands = |event: &Event| !matches!(event.header.change, Change::Retract { .. });
        self.all.iter().filter(move |(id, event)| !self.replaced.contains(id) && stands(event))
    }
}

/// The verification by which a visit stands where it does: the first of those that say so.
fn checked(t: &mut dyn Tables, visit: &VisitView, names: &BTreeMap<PersonId, String>) -> Result<Option<Checked>> {
    let says = |look: &VerificationView| match visit.state {
        VisitState::Waiting => false,
        VisitState::Verified => look.void.is_none() && look.look.version == visit.shown,
        VisitState::Voided => look.void.is_some(),
    };
    let Some(look) = t.verifications(visit.root)?.into_iter().find(says) else { return Ok(None) };
    let visits = t.verification(look.event)?.len() as u32;
    let name = names.get(&look.by).cloned().unwrap_or_default();
    Ok(Some(Checked { id: look.event, by: look.by, name, void: look.void, visits }))
}

/// The closed days of the villages of today, each by the closing that was heard of first.
fn closings(t: &mut dyn Tables, scene: &Scene) -> Result<BTreeMap<(AreaId, Date), DayClosingView>> {
    let mut all = t.day_closings(&scene.areas)?;
    all.sort_by_key(|closing| Reverse((closing.received_at, closing.event)));
    Ok(all.into_iter().map(|closing| ((scene.tree.lineage.now(closing.village), closing.day), closing)).collect())
}

fn is_late(scene: &Scene, closed: &BTreeMap<(AreaId, Date), DayClosingView>, visit: &VisitView) -> bool {
    closed.get(&(scene.tree.lineage.now(visit.village), visit.at.date())).is_some_and(|closing| visit.received_at > closing.received_at)
}

/// The latest day first, then by village.
impl Row for DayRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let scene = Scene::set(t, ask, true)?;
        let (names, closed) = (names(t)?, closings(t, &scene)?);
        let mut days: BTreeMap<(Reverse<Date>, usize), Self> = BTreeMap::new();
        let order: BTreeMap<AreaId, usize> = scene.villages.iter().enumerate().map(|(at, village)| (*village, at)).collect();
        let mut all = scene.visits(t)?;
        all.retain(|visit| is_between(&ask.filter, visit.at.date()));
        for visit in &all {
            let (day, village) = (visit.at.date(), scene.tree.lineage.now(visit.village));
            let row = days.entry((Reverse(day), order.get(&village).copied().unwrap_or_default())).or_insert_with(|| {
                let closed = closed.get(&(village, day)).map(|closing| Closed {
                    id: closing.event,
                    by: closing.by,
                    name: names.get(&closing.by).cloned().unwrap_or_default(),
                    at: closing.received_at,
                });
                Self { village, name: scene.tree.name(village), day, visits: 0, waiting: 0, voided: 0, late: 0, closed }
            });
            row.visits += u32::from(visit.counts());
            row.waiting += u32::from(visit.state == VisitState::Waiting);
            row.voided += u32::from(visit.state == VisitState::Voided);
            row.late += u32::from(visit.counts() && is_late(&scene, &closed, visit));
        }
        Ok(page(days.into_values().collect(), ask, |row: &Self| row.closed.is_none()).map(|row| row))
    }
}

/// Whether any version up to the one that is shown corrects the one before it, and does not only complete it.
fn is_corrected(t: &mut dyn Tables, visit: &VisitView) -> Result<bool> {
    let mut at = visit.shown;
    let mut later: Option<Event> = None;
    while let Some(Body::Event(event)) = t.record(at)?.map(|stored| stored.record.body) {
        if later.is_some_and(|later| !later.completes(&event)) {
            return Ok(true);
        }
        match event.header.change {
            Change::Amend { of } if at != visit.root => at = of,
            _ => return Ok(false),
        }
        later = Some(event);
    }
    Ok(false)
}

fn opinions(t: &mut dyn Tables, ask: &Ask) -> Result<Listed<OpinionRow>> {
    let scene = Scene::set(t, ask, true)?;
    let query = Query::new(&ask.filter.q);
    let mut found = said(t, &scene)?;
    found.retain(|opinion| is_asked_for(&ask.filter, opinion));
    // Never by whose household it is: opinions are found by issue and place.
    if !query.is_empty() {
        let mut said = Vec::new();
        for opinion in found {
            if query.is_in(&text::fold(&words(t, opinion.shown)?)) {
                said.push(opinion);
            }
        }
        found = said;
    }
    let mut homes = Homes::default();
    // Anonymous ones of one week stand in the order of their hashes, which says nothing.
    found.sort_by_key(|opinion| (Reverse(opinion.day.or(opinion.week)), opinion.root));
    let names = names(t)?;
    let titles: BTreeMap<RecordId, String> =
        t.working(&Kind::Campaign)?.iter().filter_map(grants::state::<Campaign>).map(|campaign| (campaign.id, campaign.title)).collect();
    page(found, ask, |opinion| opinion.urgency == Urgency::Urgent).try_map(|opinion: OpinionView| {
        let home = match opinion.household {
            Some(household) => homes.get(t, scene.twins.one(household))?,
            None => None,
        };
        let village = scene.village(t, opinion.household, opinion.village)?;
        Ok(OpinionRow {
            id: opinion.shown,
            kind: opinion.kind,
            topic: opinion.topic,
            urgency: opinion.urgency,
            mode: opinion.mode,
            text: words(t, opinion.shown)?,
            village: scene.tree.name(village),
            campaign: opinion.campaign.and_then(|campaign| titles.get(&campaign)).cloned().unwrap_or_default(),
            day: opinion.day,
            week: opinion.week,
            by: opinion.by.and_then(|by| names.get(&by)).cloned(),
            household: home.as_ref().map(label),
            meeting: match opinion.meeting {
                Some(meeting) => Some(MeetingName { id: meeting, name: meeting_words(t, meeting)?.title }),
                None => None,
            },
            source: opinion.source,
        })
    })
}

/// The opinions of villages and campaign. What was said at a meeting was said on its day, whenever it got its kind.
pub(super) fn said(t: &mut dyn Tables, scene: &Scene) -> Result<Vec<OpinionView>> {
    let meetings = t.meetings(&scene.areas, scene.campaign())?;
    let days: BTreeMap<RecordId, Date> = meetings.into_iter().map(|meeting| (meeting.id, meeting.start.date)).collect();
    let mut said = scene.opinions(t)?;
    for opinion in &mut said {
        opinion.day = opinion.meeting.and_then(|meeting| days.get(&meeting)).copied().or(opinion.day);
    }
    Ok(said)
}

fn meetings(t: &mut dyn Tables, ask: &Ask) -> Result<Listed<MeetingRow>> {
    let scene = Scene::set(t, ask, true)?;
    let mut found = scene.meetings(t)?;
    let by = |who: PersonId| ask.filter.by.is_none_or(|by| by == who);
    let this = |id: RecordId| ask.filter.meeting.is_none_or(|meeting| meeting == id);
    found.retain(|meeting| is_between(&ask.filter, meeting.start.date) && this(meeting.id) && by(meeting.by));
    found.sort_by_key(|meeting| (Reverse((meeting.start.date, meeting.start.minute)), meeting.id));
    let names = names(t)?;
    let mut said: BTreeMap<RecordId, u32> = BTreeMap::new();
    for meeting in t.opinions(&scene.areas, scene.campaign())?.iter().filter_map(|opinion| opinion.meeting) {
        *said.entry(meeting).or_default() += 1;
    }
    page(found, ask, |meeting| meeting.state == MeetingState::InSession).try_map(|meeting: MeetingView| {
        let MeetingWords { title, place, conclusion } = meeting_words(t, meeting.id)?;
        Ok(MeetingRow {
            id: meeting.id,
            kind: meeting.kind,
            state: meeting.state,
            title,
            place,
            conclusion,
            start: meeting.start,
            village: scene.tree.name_now(meeting.village),
            expected: meeting.expected,
            present: meeting.present,
            people: meeting.people,
            speakers: meeting.speakers,
            opinions: said.get(&meeting.id).copied().unwrap_or_default(),
            by: names.get(&meeting.by).cloned().unwrap_or_default(),
        })
    })
}

/// The words of a meeting, as far as they are not erased.
fn meeting_words(t: &mut dyn Tables, id: RecordId) -> Result<MeetingWords> {
    Ok(match t.record(id)?.map(|stored| stored.record.body) {
        Some(Body::Workflow(workflow)) => workflow.read::<Meeting>().map(|meeting| meeting.words()).unwrap_or_default(),
        _ => MeetingWords::default(),
    })
}

pub(super) fn is_asked_for(filter: &Filter, opinion: &OpinionView) -> bool {
    let of_topic = |topic: Topic| opinion.topic == topic || Topic::from(opinion.topic.parent()) == topic;
    let in_time = match (opinion.day, opinion.week) {
        (Some(day), _) => is_between(filter, day),
        (None, Some(monday)) => filter.from.is_none_or(|from| from <= monday.plus(6)) && filter.to.is_none_or(|to| monday <= to),
        // Said at some time in the campaign: in no part of it for certain.
        (None, None) => filter.from.is_none() && filter.to.is_none(),
    };
    let there = filter.meeting.is_none_or(|meeting| opinion.meeting == Some(meeting))
        && filter.source.is_none_or(|source| opinion.source == Some(source));
    // An anonymous one is by nobody.
    let by = filter.by.is_none_or(|by| opinion.by == Some(by));
    there && by && filter.kind.is_none_or(|kind| kind == opinion.kind) && filter.topic.is_none_or(of_topic) && in_time
}

/// The words of an opinion, as far as they are not erased.
fn words(t: &mut dyn Tables, id: RecordId) -> Result<String> {
    Ok(match t.record(id)?.map(|stored| stored.record.body) {
        Some(Body::Event(event)) => event.words().unwrap_or_default(),
        Some(Body::Anonymous(opinion)) => text::compose(opinion.text),
        _ => String::new(),
    })
}

/// Everybody who works or worked here, by their display names.
pub fn names(t: &mut dyn Tables) -> Result<BTreeMap<PersonId, String>> {
    Ok(t.working(&Kind::Person)?.iter().filter_map(grants::state::<Person>).map(|person| (person.id, person.name)).collect())
}

/// "DC-0187 · 12": code and number of a household.
fn label(home: &HouseholdView) -> String {
    [home.code.as_str(), home.no.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The households that visits and opinions are about: all of the villages to search visits by them, else the few of one
/// page.
#[derive(Default)]
struct Homes(BTreeMap<RecordId, Option<HouseholdView>>);

impl Homes {
    fn of(t: &mut dyn Tables, scene: &Scene, query: &Query) -> Result<Self> {
        if query.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self(t.households(&scene.units)?.into_iter().map(|view| (view.id, Some(view))).collect()))
    }

    fn matches(&self, query: &Query, id: RecordId) -> bool {
        self.0.get(&id).and_then(Option::as_ref).is_some_and(|view| query.rank(&view.head, &view.folded).is_some())
    }

    fn get(&mut self, t: &mut dyn Tables, id: RecordId) -> Result<Option<HouseholdView>> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let view = t.household(id)?;
        self.0.insert(id, view.clone());
        Ok(view)
    }
}

/// The rows that were asked for, and how many there are in all.
pub(super) fn page<T>(found: Vec<T>, ask: &Ask, is_notable: impl Fn(&T) -> bool) -> Paged<T> {
    let total = found.len() as u32;
    let notable = found.iter().filter(|one| is_notable(one)).count() as u32;
    Paged { rows: found.into_iter().skip(ask.filter.skip as usize).take(ask.limit as usize).collect(), total, notable }
}

pub(super) struct Paged<T> {
    rows: Vec<T>,
    total: u32,
    notable: u32,
}

impl<T> Paged<T> {
    fn map<R>(self, row: impl FnMut(T) -> R) -> Listed<R> {
        Listed { rows: self.rows.into_iter().map(row).collect(), total: self.total, notable: self.notable }
    }

    pub(super) fn try_map<R>(self, row: impl FnMut(T) -> Result<R>) -> Result<Listed<R>> {
        Ok(Listed { rows: self.rows.into_iter().map(row).collect::<Result<_>>()?, total: self.total, notable: self.notable })
    }
}
