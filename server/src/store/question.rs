//! What an office asks: households, visits, opinions, meetings, coverage, quarantine. The database finds the rows of the villages
//! and the campaign; the rules of counting are `domain`'s, the same as on the phone.

use super::tables::{HouseholdView, MeetingView, OpinionView, QuarantineView, Result, Stored, Tables, VisitView};
use super::units::Tree;
use super::{Ask, QUARANTINED_ROWS, StoreError, Within, grants};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::coverage::{Counts, Progress};
use domain::household::HouseholdStatus;
use domain::id::{AreaId, PersonId, RecordId};
use domain::meeting::{Meeting, MeetingState, MeetingWords};
use domain::office::{
    Coverage, Filter, HouseholdRow, Listed, MeetingName, MeetingRow, OpinionRow, QuarantineRow, StandingFilter, VillageCoverage, VisitRow,
};
use domain::operation::{Change, Kind, Part};
use domain::opinion::{Topic, Urgency};
use domain::person::Person;
use domain::record::{Body, Event};
use domain::short::Set;
use domain::team::Team;
use domain::text::{self, Query};
use domain::time::{Date, Time};
use domain::wire::Reason;
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
struct Scene {
    tree: Tree,
    /// Of the filter, by name.
    villages: Vec<AreaId>,
    campaign: Option<Campaign>,
    /// The campaign's, not ended.
    assignments: Vec<Assignment>,
    teams: BTreeMap<RecordId, Team>,
}

impl Scene {
    /// `by_place`: a team in the filter means its villages (else its members, and that is for the caller).
    fn set(t: &mut dyn Tables, ask: &Ask, by_place: bool) -> Result<Self> {
        let (within, filter) = (ask.within, &ask.filter);
        let tree = Tree::load(t)?;
        let own = within.and_then(|reach| tree.commune(reach));
        let near = |stored: &Stored| tree.covers(within, stored.scope.area) || own == Some(stored.scope.area);
        let campaigns: Vec<Campaign> = t.working(&Kind::Campaign)?.iter().filter(|s| near(s)).filter_map(grants::state).collect();
        let campaign = match filter.campaign {
            Some(id) => Some(campaigns.into_iter().find(|campaign| campaign.id == id).ok_or(StoreError::NotFound)?),
            None => campaigns.into_iter().filter(|c| c.state == CampaignState::Active).max_by_key(|campaign| (campaign.from, campaign.id)),
        };
        let teams = t.working(&Kind::Team)?.iter().filter(|s| near(s)).filter_map(grants::team).map(|team| (team.id, team)).collect();
        let assignments = t.working(&Kind::Assignment)?;
        let assignments: Vec<Assignment> = assignments
            .iter()
            .filter_map(grants::state::<Assignment>)
            .filter(|work| !work.ended && campaign.as_ref().is_some_and(|campaign| campaign.id == work.campaign))
            .collect();
        let of_team = |village: AreaId| match filter.team.filter(|_| by_place) {
            Some(team) => assignments.iter().any(|work| work.team == team && work.village == village),
            None => true,
        };
        let villages = tree.villages(within).into_iter().map(|unit| unit.id);
        let villages = villages.filter(|&id| filter.village.is_none_or(|village| village == id) && of_team(id)).collect();
        Ok(Self { tree, villages, campaign, assignments, teams })
    }

    fn campaign(&self) -> Option<RecordId> {
        self.campaign.as_ref().map(|campaign| campaign.id)
    }

    fn assigned(&self) -> BTreeSet<AreaId> {
        self.assignments.iter().map(|work| work.village).collect()
    }
}

fn households(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Listed<HouseholdRow>> {
    let scene = Scene::set(t, ask, true)?;
    let (assigned, today) = (scene.assigned(), now.date());
    let progress = progress(t, &scene, &ask.filter)?;
    let of = |id: RecordId| progress.get(&id).copied().unwrap_or_default();
    let query = Query::new(&ask.filter.q);
    let mut found = t.households(&scene.villages)?;
    found.retain(|view| {
        let stands = ask.filter.standing.is_none_or(|standing| is_in(standing, view, &of(view.id), &assigned, today));
        stands && (query.is_empty() || query.rank(&view.head, &view.folded).is_some())
    });
    let order: BTreeMap<AreaId, usize> = scene.villages.iter().enumerate().map(|(at, village)| (*village, at)).collect();
    found.sort_by(|a, b| {
        let place = |view: &HouseholdView| order.get(&view.village).copied();
        place(a).cmp(&place(b)).then_with(|| text::natural(&a.no, &b.no)).then_with(|| a.code.cmp(&b.code)).then(a.id.cmp(&b.id))
    });
    let is_new = |view: &HouseholdView| is_in(StandingFilter::New, view, &of(view.id), &assigned, today);
    Ok(page(found, ask, is_new).map(|view| {
        let progress = of(view.id);
        HouseholdRow {
            id: view.id,
            village: scene.tree.name(view.village),
            code: view.code,
            no: view.no,
            head: view.head,
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

fn is_in(standing: StandingFilter, view: &HouseholdView, progress: &Progress, assigned: &BTreeSet<AreaId>, today: Date) -> bool {
    // A household is in a list exactly if it is in the figure of the same name.
    let mut counts = Counts::default();
    let active = view.status == HouseholdStatus::Active;
    counts.add(progress, active, view.no_contact, assigned.contains(&view.village), today);
    match standing {
        StandingFilter::Met => counts.met > 0,
        StandingFilter::Tried => counts.tried > 0,
        StandingFilter::New => counts.new > 0,
        StandingFilter::Left => counts.left > 0,
        StandingFilter::Due => counts.due > 0,
        StandingFilter::Overdue => counts.overdue > 0,
        StandingFilter::NoContact => counts.no_contact > 0,
    }
}

/// Where households stand in the campaign, or stood by the visits of the days in the filter.
fn progress(t: &mut dyn Tables, scene: &Scene, filter: &Filter) -> Result<BTreeMap<RecordId, Progress>> {
    let Some(campaign) = scene.campaign() else { return Ok(BTreeMap::new()) };
    if filter.from.is_none() && filter.to.is_none() {
        return t.progress(&scene.villages, campaign);
    }
    let mut visits = t.visits(&scene.villages, Some(campaign))?;
    visits.retain(|visit| is_between(filter, visit.at.date()));
    visits.sort_by_key(|visit| (visit.at, visit.root));
    let mut all: BTreeMap<RecordId, Progress> = BTreeMap::new();
    for visit in visits {
        all.entry(visit.household).or_default().add(visit.at, visit.contact, visit.next);
    }
    Ok(all)
}

fn is_between(filter: &Filter, day: Date) -> bool {
    filter.from.is_none_or(|from| from <= day) && filter.to.is_none_or(|to| day <= to)
}

fn visits(t: &mut dyn Tables, ask: &Ask) -> Result<Listed<VisitRow>> {
    let scene = Scene::set(t, ask, false)?;
    let members: Option<Set<PersonId>> =
        ask.filter.team.map(|team| scene.teams.get(&team).map(|team| team.members.clone()).unwrap_or_default());
    let query = Query::new(&ask.filter.q);
    let mut found = t.visits(&scene.villages, scene.campaign())?;
    found.retain(|visit| is_between(&ask.filter, visit.at.date()) && members.as_ref().is_none_or(|who| who.contains(&visit.by)));
    let mut homes = Homes::of(t, &scene, &query)?;
    if !query.is_empty() {
        found.retain(|visit| homes.matches(&query, visit.household));
    }
    found.sort_by_key(|visit| (Reverse(visit.at), visit.root));
    let names = names(t)?;
    page(found, ask, |visit| visit.contact.met()).try_map(|visit: VisitView| {
        let home = homes.get(t, visit.household)?;
        let met = visit.contact.met();
        let amended = is_corrected(t, &visit)?;
        Ok(VisitRow {
            id: visit.shown,
            at: visit.at,
            received_at: visit.received_at,
            village: scene.tree.name(visit.village),
            household: home.as_ref().map(label).unwrap_or_default(),
            head: home.map(|home| home.head).unwrap_or_default(),
            by: names.get(&visit.by).cloned().unwrap_or_default(),
            met,
            contact: met.then_some(visit.contact),
            purposes: visit.purposes,
            next: visit.next,
            amended,
        })
    })
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
            Some(household) => homes.get(t, household)?,
            None => None,
        };
        Ok(OpinionRow {
            id: opinion.shown,
            kind: opinion.kind,
            topic: opinion.topic,
            urgency: opinion.urgency,
            mode: opinion.mode,
            text: words(t, opinion.shown)?,
            village: scene.tree.name(opinion.village),
            campaign: opinion.campaign.and_then(|campaign| titles.get(&campaign)).cloned().unwrap_or_default(),
            day: opinion.day,
            week: opinion.week,
            by: opinion.by.and_then(|by| names.get(&by)).cloned(),
            household: home.as_ref().map(label),
            meeting: match opinion.meeting {
                Some(meeting) => Some(MeetingName { id: meeting, name: meeting_words(t, meeting)?.title }),
                None => None,
            },
        })
    })
}

/// The opinions of villages and campaign. What was said at a meeting was said on its day, whenever it got its kind.
fn said(t: &mut dyn Tables, scene: &Scene) -> Result<Vec<OpinionView>> {
    let meetings = t.meetings(&scene.villages, scene.campaign())?;
    let days: BTreeMap<RecordId, Date> = meetings.into_iter().map(|meeting| (meeting.id, meeting.start.date)).collect();
    let mut said = t.opinions(&scene.villages, scene.campaign())?;
    for opinion in &mut said {
        opinion.day = opinion.meeting.and_then(|meeting| days.get(&meeting)).copied().or(opinion.day);
    }
    Ok(said)
}

fn meetings(t: &mut dyn Tables, ask: &Ask) -> Result<Listed<MeetingRow>> {
    let scene = Scene::set(t, ask, true)?;
    let mut found = t.meetings(&scene.villages, scene.campaign())?;
    found.retain(|meeting| is_between(&ask.filter, meeting.start.date) && ask.filter.meeting.is_none_or(|id| id == meeting.id));
    found.sort_by_key(|meeting| (Reverse((meeting.start.date, meeting.start.minute)), meeting.id));
    let names = names(t)?;
    let mut said: BTreeMap<RecordId, u32> = BTreeMap::new();
    for meeting in t.opinions(&scene.villages, scene.campaign())?.iter().filter_map(|opinion| opinion.meeting) {
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
            village: scene.tree.name(meeting.village),
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

fn is_asked_for(filter: &Filter, opinion: &OpinionView) -> bool {
    let of_topic = |topic: Topic| opinion.topic == topic || opinion.topic.parent() == topic;
    let in_time = match (opinion.day, opinion.week) {
        (Some(day), _) => is_between(filter, day),
        (None, Some(monday)) => filter.from.is_none_or(|from| from <= monday.plus(6)) && filter.to.is_none_or(|to| monday <= to),
        // Said at some time in the campaign: in no part of it for certain.
        (None, None) => filter.from.is_none() && filter.to.is_none(),
    };
    let there = filter.meeting.is_none_or(|meeting| opinion.meeting == Some(meeting));
    there && filter.kind.is_none_or(|kind| kind == opinion.kind) && filter.topic.is_none_or(of_topic) && in_time
}

/// The words of an opinion, as far as they are not erased.
fn words(t: &mut dyn Tables, id: RecordId) -> Result<String> {
    Ok(match t.record(id)?.map(|stored| stored.record.body) {
        Some(Body::Event(event)) => event.read(Part::Text).unwrap_or_default(),
        Some(Body::Anonymous(opinion)) => opinion.text,
        _ => String::new(),
    })
}

/// See [`super::Store::coverage`].
pub fn coverage(t: &mut dyn Tables, ask: &Ask, now: Time) -> Result<Coverage> {
    let scene = Scene::set(t, ask, true)?;
    let (assigned, today) = (scene.assigned(), now.date());
    let progress = progress(t, &scene, &ask.filter)?;
    let mut rows: BTreeMap<AreaId, VillageCoverage> = BTreeMap::new();
    for &village in &scene.villages {
        let work = scene.assignments.iter().filter(|work| work.village == village);
        let teams = work.filter_map(|work| scene.teams.get(&work.team)).map(|team| team.name.clone()).collect();
        let name = scene.tree.name(village);
        rows.insert(village, VillageCoverage { village, name, teams, counts: Counts::default(), opinions: 0 });
    }
    let mut total = Counts::default();
    for view in t.households(&scene.villages)? {
        let progress = progress.get(&view.id).copied().unwrap_or_default();
        let (active, assigned) = (view.status == HouseholdStatus::Active, assigned.contains(&view.village));
        total.add(&progress, active, view.no_contact, assigned, today);
        if let Some(row) = rows.get_mut(&view.village) {
            row.counts.add(&progress, active, view.no_contact, assigned, today);
        }
    }
    let mut opinions = 0;
    for opinion in said(t, &scene)?.iter().filter(|opinion| is_asked_for(&ask.filter, opinion)) {
        opinions += 1;
        if let Some(row) = rows.get_mut(&opinion.village) {
            row.opinions += 1;
        }
    }
    let weeks = match scene.campaign() {
        Some(campaign) => t.met_by_week(&scene.villages, campaign, ask.filter.from, ask.filter.to)?,
        None => BTreeMap::new(),
    };
    let mut villages: Vec<VillageCoverage> = rows.into_values().collect();
    villages.sort_by(|a, b| b.counts.left.cmp(&a.counts.left).then_with(|| text::natural(&a.name, &b.name)));
    Ok(Coverage {
        campaign: scene.campaign(),
        total,
        opinions,
        villages,
        weeks: weeks.into_iter().collect(),
        as_of: now,
        silent_devices: silent(t, &scene.tree, ask.within, now)?,
    })
}

/// How long a phone may be out of touch before an office should ask after it.
const SILENT_HOURS: i64 = 72;

fn silent(t: &mut dyn Tables, tree: &Tree, within: Within, now: Time) -> Result<u32> {
    let homes: BTreeMap<PersonId, AreaId> =
        t.working(&Kind::Person)?.iter().filter_map(grants::state::<Person>).map(|person| (person.id, person.unit)).collect();
    let phones = t.phones()?;
    let silent = phones.iter().filter(|phone| phone.revoked.is_none()).filter(|phone| {
        let heard = phone.seen_at.unwrap_or(phone.enrolled_at);
        let near = homes.get(&phone.person).is_some_and(|&unit| tree.covers(within, unit));
        near && now > heard.plus_hours(SILENT_HOURS)
    });
    Ok(silent.count() as u32)
}

/// See [`super::Store::quarantine`].
pub fn quarantine(t: &mut dyn Tables, within: Within) -> Result<Vec<QuarantineRow>> {
    let tree = Tree::load(t)?;
    let people: BTreeMap<PersonId, Person> =
        t.working(&Kind::Person)?.iter().filter_map(grants::state::<Person>).map(|person| (person.id, person)).collect();
    let mut found = Vec::new();
    for phone in t.phones()? {
        let person = people.get(&phone.person);
        if person.map_or(within.is_none(), |person| tree.covers(within, person.unit)) {
            let name = person.map(|person| person.name.as_str()).unwrap_or_default();
            found.extend(t.quarantine(phone.id, QUARANTINED_ROWS)?.into_iter().map(|waiting| (waiting, name)));
        }
    }
    found.sort_by_key(|(waiting, _)| (Reverse(waiting.at), waiting.device, waiting.seq));
    found.truncate(QUARANTINED_ROWS);
    let row = |(waiting, name): (QuarantineView, &str)| QuarantineRow {
        count: 1,
        from: Some(name.to_owned()),
        received_at: Some(waiting.at),
        reason: waiting.reason,
        kind: waiting.kind,
        bytes: waiting.size,
    };
    let mut rows: Vec<QuarantineRow> = found.into_iter().map(row).collect();
    // They are of no place that could be compared with a reach, so whoever looks after any part of the server sees how
    // many there are and why, and nothing else.
    let mut anonymous: BTreeMap<Reason, QuarantineRow> = BTreeMap::new();
    for (reason, bytes) in t.quarantine_anonymous()? {
        let kind = Some(Kind::AnonymousOpinion.code().to_owned());
        let row = anonymous.entry(reason).or_insert(QuarantineRow { count: 0, from: None, received_at: None, reason, kind, bytes: 0 });
        row.count += 1;
        row.bytes += bytes;
    }
    rows.extend(anonymous.into_values());
    Ok(rows)
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
        Ok(Self(t.households(&scene.villages)?.into_iter().map(|view| (view.id, Some(view))).collect()))
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
fn page<T>(found: Vec<T>, ask: &Ask, is_notable: impl Fn(&T) -> bool) -> Paged<T> {
    let total = found.len() as u32;
    let notable = found.iter().filter(|one| is_notable(one)).count() as u32;
    Paged { rows: found.into_iter().skip(ask.filter.skip as usize).take(ask.limit as usize).collect(), total, notable }
}

struct Paged<T> {
    rows: Vec<T>,
    total: u32,
    notable: u32,
}

impl<T> Paged<T> {
    fn map<R>(self, row: impl FnMut(T) -> R) -> Listed<R> {
        Listed { rows: self.rows.into_iter().map(row).collect(), total: self.total, notable: self.notable }
    }

    fn try_map<R>(self, row: impl FnMut(T) -> Result<R>) -> Result<Listed<R>> {
        Ok(Listed { rows: self.rows.into_iter().map(row).collect::<Result<_>>()?, total: self.total, notable: self.notable })
    }
}
