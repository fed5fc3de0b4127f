//! The notebook: an index in memory over everything on a phone, compact enough for 100,000 households on a small one.
//!
//! Full records stay in the store. Here are rows: what lists, search and counting rules need, and where the rest is.
//! Rows refer to each other by their place; a row whose record has not arrived yet is *hollow*, so that records may
//! arrive in any order.

mod cache;
mod list;
mod meeting;
mod packed;
mod verification;

pub use list::{Ask, Filter, HouseholdLine, List, Promise, Today};
pub use meeting::MeetingLine;
pub use verification::{Checked, DayLine, MemberLine};

use crate::book::WrittenOn;
use crate::campaign::{Assignment, Campaign, CampaignState};
use crate::cbor;
use crate::code_book::{CodeBook, CodeEntry};
use crate::coverage::Progress;
use crate::household::{Household, HouseholdStatus};
use crate::id::{AreaId, DeviceId, PersonId, RecordId};
use crate::meeting::MeetingOpinion;
use crate::operation::{Change, Dot, Header, Kind, Operation, Part, Scope, Stream};
use crate::opinion::Reporter;
use crate::person::{GrantSet, Person};
use crate::record::{Body, Record, Registry, completes};
use crate::register;
use crate::short::{self, Map, Set};
use crate::succession::Lineage;
use crate::team::Team;
use crate::text;
use crate::time::{Date, Time};
use crate::twin;
use crate::unit::{Level, Unit};
use crate::visit::{Appointment, Callback, CallbackContact, ContactResult, Note, Visit};
use crate::wire::Writer;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Everything on the phone, as lists, search and counting rules need it.
#[derive(Debug)]
pub struct Notebook {
    me: PersonId,
    places: Places,
    houses: Vec<House>,
    house_at: IdMap,
    visits: Vec<VisitRow>,
    visit_at: IdMap,
    said: Vec<SaidRow>,
    said_at: IdMap,
    areas: Names<AreaId>,
    campaign_names: Names<RecordId>,
    authors: Names<PersonId>,
    devices: Names<DeviceId>,
    /// Areas whose roll this person may not read any more: hidden, not deleted. By place in `areas`.
    hidden: Vec<bool>,
    /// Areas where this person may not read any more what people said: what came from there is hidden, and what they
    /// wrote themselves is not. By place in `areas`.
    unheard: Vec<bool>,
    /// The village of today for each of `areas`, by its place there; worked out anew when a unit changes.
    today: Vec<u16>,
    lists: RefCell<list::Lists>,
}

/// The few records that are kept whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Places {
    units: Map<AreaId, Unit>,
    teams: Map<RecordId, Team>,
    campaigns: Map<RecordId, Campaign>,
    assignments: Map<RecordId, Assignment>,
    people: Map<PersonId, Person>,
    codes: CodeBook,
    meetings: Map<RecordId, meeting::Sitting>,
    /// What was said about visits, and days that were closed, by their events.
    looks: Map<RecordId, verification::Looked>,
    closings: Map<RecordId, verification::Closing>,
    /// Visits that somebody voided, by their first versions: they count nowhere.
    voided: Set<RecordId>,
    /// Opinions, notes, callbacks, verifications and closings that were corrected or taken back.
    replaced: Set<RecordId>,
    /// What each household that was made twice was said to be the same as: see [`twin::one`].
    same_as: Map<RecordId, RecordId>,
    /// Registry records with own changes that the server's state does not contain.
    overlays: Map<RecordId, Box<Overlay>>,
}

impl Places {
    fn put_unit(&mut self, unit: Unit) {
        self.units.insert(unit.id, unit);
    }
}

/// Own changes of one registry record, over the server's state of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// The bucket of the record.
    area: AreaId,
    /// The server's state; `None` while the server has not sent the record.
    base: Option<Registry>,
    /// Own operations in their order.
    changes: Vec<OwnChange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OwnChange {
    dot: Dot,
    header: Header,
    parts: Map<Part, ByteBuf>,
    /// The server keeps it for a person and has not merged it.
    refused: bool,
}

impl Overlay {
    /// The server's state with the own changes applied.
    pub fn merged(&self) -> Registry {
        let mut merged = self.base.clone().unwrap_or_default();
        for change in &self.changes {
            let values = register::values(&change.parts).unwrap_or_default();
            merged.state.lay_over(change.dot, &change.header, values);
        }
        merged
    }

    fn waits(&self) -> bool {
        self.changes.iter().any(|change| !change.refused)
    }
}

/// Where the full record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In a pulled page.
    Page {
        /// The page's key.
        page: u32,
        /// Its place in the page.
        slot: u16,
    },
    /// In the outbox: the server's records do not contain it yet.
    Own {
        /// The operation's number.
        seq: u64,
    },
    /// Nowhere yet: only something that refers to it has arrived.
    Nowhere,
}

/// No row.
const NONE: u32 = u32::MAX;

#[derive(Clone, Debug, PartialEq)]
struct House {
    id: RecordId,
    location: Location,
    text: Packed,
    /// The last of the visits linked to this household, or [`NONE`].
    visits: u32,
    people: Option<u16>,
    area: u16,
    /// [`crate::succession::Home::unit`]: its area, or the village that a split gave it to.
    unit: u16,
    status: HouseholdStatus,
    no_contact: bool,
    phone: bool,
    disputed: bool,
    waiting: bool,
    /// Only edits of it have arrived: [`Register::is_made`].
    unmade: bool,
}

/// The texts of a household in one piece of memory, by [`Text`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Packed {
    ends: [u16; TEXTS],
    bytes: Box<str>,
}

const TEXTS: usize = 7;

/// A household's texts.
#[derive(Clone, Copy)]
enum Text {
    No,
    Head,
    Code,
    Hint,
    Cluster,
    Hours,
    /// What search goes over: [`text::fold`] of head, number, code and village.
    Key,
}

/// Longer texts are cut in lists; their full page has them whole.
const TEXT_MAX: usize = 2_000;

impl Packed {
    fn new(texts: [&str; TEXTS]) -> Self {
        let mut bytes = String::with_capacity(texts.iter().map(|text| text.len()).sum());
        let mut ends = [0; TEXTS];
        for (end, text) in ends.iter_mut().zip(texts) {
            let mut cut = text.len().min(TEXT_MAX);
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            bytes.push_str(text.get(..cut).unwrap_or_default());
            *end = bytes.len() as u16;
        }
        Self { ends, bytes: bytes.into_boxed_str() }
    }

    fn get(&self, which: Text) -> &str {
        let which = which as usize;
        let from = if which == 0 { 0 } else { self.ends.get(which - 1).copied().unwrap_or(0) };
        let to = self.ends.get(which).copied().unwrap_or(0);
        self.bytes.get(usize::from(from)..usize::from(to)).unwrap_or_default()
    }
}

impl House {
    fn hollow(id: RecordId) -> Self {
        Self {
            id,
            location: Location::Nowhere,
            text: Packed::default(),
            visits: NONE,
            people: None,
            area: 0,
            unit: 0,
            status: HouseholdStatus::Active,
            no_contact: false,
            phone: false,
            disputed: false,
            waiting: false,
            unmade: false,
        }
    }

    fn is_hollow(&self) -> bool {
        self.location == Location::Nowhere || self.unmade
    }

    fn active(&self) -> bool {
        self.status == HouseholdStatus::Active
    }
}

/// A visit, or a later version of one.
#[derive(Clone, Debug, PartialEq)]
struct VisitRow {
    id: RecordId,
    location: Location,
    at: Time,
    next: Option<Appointment>,
    house: u32,
    /// The version that this one corrects, or [`NONE`].
    of: u32,
    /// The last of the versions that correct this one, or [`NONE`].
    amended_by: u32,
    /// The previous visit of the household, or the previous version that corrects the same one, or [`NONE`].
    previous: u32,
    campaign: u16,
    by: u16,
    device: u16,
    contact: ContactResult,
    retracted: bool,
}

impl VisitRow {
    const fn hollow(id: RecordId) -> Self {
        Self {
            id,
            location: Location::Nowhere,
            at: Time(0),
            next: None,
            house: NONE,
            of: NONE,
            amended_by: NONE,
            previous: NONE,
            campaign: 0,
            by: 0,
            device: 0,
            contact: ContactResult::Other,
            retracted: false,
        }
    }
}

/// A note or a named opinion of a visit, an opinion of a meeting, or an answer that was promised to a household.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SaidRow {
    id: RecordId,
    /// The visit or the meeting; of a promise the household.
    about: RecordId,
    location: Location,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Note,
    Opinion,
    MeetingOpinion,
    /// An answer, by this day.
    Promise(Date),
}

/// A visit in its last version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitLine {
    /// The record of its first version.
    pub id: RecordId,
    /// The household.
    pub household: RecordId,
    /// The campaign, if it was made for one.
    pub campaign: Option<RecordId>,
    /// When it was made.
    pub at: Time,
    /// Who made it.
    pub by: PersonId,
    /// This phone's own person made it.
    pub own: bool,
    /// Whether anybody was met.
    pub contact: ContactResult,
    /// What was agreed.
    pub next: Option<Appointment>,
    /// It was taken back.
    pub retracted: bool,
    /// Some version is not in the server's records yet.
    pub waiting: bool,
    /// Where each version is, the first one in front, the one that counts last.
    pub versions: Vec<Version>,
}

impl VisitLine {
    /// Whether some version corrects the one before it, and does not only [complete](completes) it.
    pub fn corrected(&self) -> bool {
        self.versions.iter().skip(1).any(|version| !version.completes)
    }
}

/// One version of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its record.
    pub id: RecordId,
    /// When it was written.
    pub at: Time,
    /// Where it is.
    pub location: Location,
    /// It only [completes] the version that stood before it.
    pub completes: bool,
}

/// Something that was said or noted at a visit, or said at a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its record.
    pub id: RecordId,
    /// A note; otherwise an opinion.
    pub note: bool,
    /// Where it is.
    pub location: Location,
}

/// Who wrote a value, as far as a phone knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// Its own person, here.
    Here,
    /// Somebody on a phone, by name.
    Phone(String),
    /// Somebody at a desk of the office, by name.
    Desk(String),
    /// A list that was imported: whoever imported it has not written it.
    Import,
    /// Somebody whose name is not on this phone.
    Somebody,
}

impl Notebook {
    /// An empty notebook of one person.
    pub fn new(me: PersonId) -> Self {
        Self {
            me,
            places: Places::default(),
            houses: Vec::new(),
            house_at: IdMap::default(),
            visits: Vec::new(),
            visit_at: IdMap::default(),
            said: Vec::new(),
            said_at: IdMap::default(),
            areas: Names::default(),
            campaign_names: Names::default(),
            authors: Names::default(),
            devices: Names::default(),
            hidden: Vec::new(),
            unheard: Vec::new(),
            today: Vec::new(),
            lists: RefCell::default(),
        }
    }

    /// Takes a record as the server sent it, in the bucket `area`; a later state replaces an earlier one.
    /// `contained` is the highest own operation that the server had acknowledged before it sent the record: own
    /// changes up to it are part of the record, unless they were [refused](Self::refuse).
    pub fn apply(&mut self, record: &Record, area: AreaId, location: Location, contained: u64) {
        match &record.body {
            Body::Event(event) => {
                self.event(record.id, &event.header, event.written_at(), &event.parts, (event.by, event.dot.device), location)
            }
            Body::Registry(registry) => self.registry(record, registry, area, location, contained),
            Body::Workflow(workflow) => match record.kind {
                Kind::Campaign => self.keep(workflow.read(), |places, campaign: Campaign| {
                    places.campaigns.insert(campaign.id, campaign);
                }),
                Kind::Assignment => self.keep(workflow.read(), |places, assignment: Assignment| {
                    places.assignments.insert(assignment.id, assignment);
                }),
                Kind::Person => self.keep(workflow.read(), |places, person: Person| {
                    places.people.insert(person.id, person);
                }),
                Kind::Meeting => {
                    if let Some(meeting) = workflow.read() {
                        self.sit(record.id, area, (workflow.revision, meeting), contained);
                    }
                }
                _ => {}
            },
            // Released words of nobody: they belong to no visit and no household.
            Body::Anonymous(_) => {}
        }
    }

    /// Takes an own operation that the server's records may not contain yet. A change of a registry record is laid
    /// over the server's state `base`, which is needed once and only where [`Self::needs_base`] says so.
    pub fn apply_own(&mut self, operation: &Operation, dot: Dot, base: Option<Registry>) {
        let header = &operation.header;
        if header.kind == Kind::Meeting {
            self.command(operation, dot.seq);
            return;
        }
        if header.kind != Kind::Household {
            let location = Location::Own { seq: dot.seq };
            self.event(header.record, header, header.at, &operation.parts, (self.me, dot.device), location);
            return;
        }
        let overlay =
            self.places.overlays.get_or_insert_with(header.record, || Box::new(Overlay { area: header.area, base, changes: Vec::new() }));
        if overlay.changes.iter().any(|change| change.dot == dot) {
            return;
        }
        overlay.changes.push(OwnChange { dot, header: header.clone(), parts: operation.parts.clone(), refused: false });
        short::sort_by_key(&mut overlay.changes, |change| change.dot.seq);
        let (merged, area) = (overlay.merged(), overlay.area);
        let at = self.house(header.record);
        let location = match self.houses.get(at as usize) {
            Some(house) if house.location != Location::Nowhere => house.location,
            _ => Location::Own { seq: dot.seq },
        };
        self.show_house(header.record, area, &merged, location);
    }

    /// Whether [`Self::apply_own`] needs the server's state of a household, and where that is.
    pub fn needs_base(&self, household: RecordId) -> Option<Location> {
        if self.places.overlays.contains_key(&household) {
            return None;
        }
        let location = self.houses.get(*self.house_at.get(&household)? as usize)?.location;
        matches!(location, Location::Page { .. }).then_some(location)
    }

    /// These own operations, and no others, were not merged by the server: they wait for a person and go on being shown here.
    pub fn refuse(&mut self, refused: &[u64]) {
        self.refuse_commands(refused);
        for (id, overlay) in self.places.overlays.iter_mut() {
            overlay.changes.iter_mut().for_each(|change| change.refused = refused.contains(&change.dot.seq));
            if let Some(house) = self.house_at.get(id).and_then(|at| self.houses.get_mut(*at as usize)) {
                house.waiting = overlay.waits();
            }
        }
    }

    /// Hides what may not be read any more, stream by stream: the households of areas whose roll is not among the grants,
    /// and what people said where a lead has become a member. Shows again what may be read again.
    pub fn grant(&mut self, grants: &GrantSet) {
        let without = |stream| self.areas.all.iter().map(|area| !grants.may_read(Scope { area: *area, stream })).collect();
        let (hidden, unheard): (Vec<bool>, Vec<bool>) = (without(Stream::Roll), without(Stream::Voice));
        self.unheard = unheard;
        if hidden != self.hidden {
            self.hidden = hidden;
            self.lists.get_mut().forget();
        }
    }

    /// The own changes of a household that are not part of the server's state of it.
    pub fn overlay(&self, household: RecordId) -> Option<&Overlay> {
        self.places.overlays.get(&household).map(Box::as_ref)
    }

    /// Where the server's full record of a household is, and its bucket.
    pub fn household_location(&self, id: RecordId) -> Option<(AreaId, Location)> {
        let house = self.houses.get(*self.house_at.get(&id)? as usize)?;
        (!house.is_hollow()).then_some((self.areas.name(house.area)?, house.location))
    }

    /// Where a household stands in a campaign.
    pub fn progress(&self, household: RecordId, campaign: RecordId) -> Progress {
        let at = self.house_at.get(&self.one(household)).copied().unwrap_or(NONE);
        self.progress_at(at, self.campaign_names.place(campaign), &mut Vec::new())
    }

    /// [`Self::progress`] for a row; `scratch` saves a walk over all households an allocation each.
    fn progress_at(&self, house: u32, campaign: Option<u16>, scratch: &mut Vec<(Time, ContactResult, Option<Appointment>)>) -> Progress {
        let mut progress = Progress::default();
        let Some(campaign) = campaign else { return progress };
        scratch.clear();
        self.each_visit(house, &mut |at| {
            if let Some(first) = self.visits.get(at as usize)
                && first.campaign == campaign
                && !self.places.voided.contains(&first.id)
                && let Some(last) = self.standing_version(at)
            {
                scratch.push((first.at, last.contact, last.next));
            }
        });
        // The latest comes first, as a rule.
        scratch.reverse();
        short::sort_by_key(scratch, |visit| visit.0);
        for (at, contact, next) in scratch.iter() {
            progress.add(*at, *contact, *next);
        }
        progress
    }

    /// The version of a visit that counts; `None` if it was taken back.
    fn standing_version(&self, first: u32) -> Option<&VisitRow> {
        let row = self.visits.get(first as usize)?;
        if row.amended_by == NONE {
            return (!row.retracted).then_some(row);
        }
        let versions = self.versions(first);
        let rows = || versions.iter().filter_map(|at| self.visits.get(*at as usize));
        if rows().any(|row| row.retracted) { None } else { rows().next_back() }
    }

    /// The places of all versions of a visit that have arrived, by time; the first version in front.
    fn versions(&self, first: u32) -> Vec<u32> {
        let mut all = vec![first];
        let mut seen = 0;
        while let Some(at) = all.get(seen).copied() {
            let mut next = self.visits.get(at as usize).map_or(NONE, |row| row.amended_by);
            while let Some(row) = self.visits.get(next as usize) {
                all.push(next);
                next = row.previous;
            }
            seen += 1;
        }
        if let Some(later) = all.get_mut(1..) {
            short::sort_by_key(later, |at| self.visits.get(*at as usize).map(|row| (row.at, row.id)));
        }
        all
    }

    /// The first version of a visit, given any. `None` while it has not arrived.
    fn first_version(&self, id: RecordId) -> Option<u32> {
        let mut at = *self.visit_at.get(&id)?;
        // No honest phone corrects corrections of corrections without end.
        for _ in 0..100 {
            let row = self.visits.get(at as usize)?;
            if row.of == NONE {
                return (row.location != Location::Nowhere).then_some(at);
            }
            at = row.of;
        }
        None
    }

    /// A visit by the id of any of its versions.
    pub fn visit(&self, id: RecordId) -> Option<VisitLine> {
        self.visit_line(self.first_version(id)?)
    }

    fn visit_line(&self, at: u32) -> Option<VisitLine> {
        let first = self.visits.get(at as usize)?;
        let places = self.versions(at);
        let rows: Vec<&VisitRow> = places.iter().filter_map(|at| self.visits.get(*at as usize)).collect();
        let last = rows.last()?;
        let written = |row: &VisitRow| self.devices.name(row.device).map(|device| (device, row.at));
        let version = |(row, before): (&&VisitRow, Option<&VisitRow>)| Version {
            id: row.id,
            at: row.at,
            location: row.location,
            completes: before.is_some_and(|before| {
                before.contact == row.contact && written(before).zip(written(row)).is_some_and(|(before, this)| completes(before, this))
            }),
        };
        let before = std::iter::once(None).chain(rows.iter().copied().map(Some));
        let by = self.authors.name(first.by)?;
        Some(VisitLine {
            id: first.id,
            household: self.houses.get(first.house as usize)?.id,
            campaign: self.campaign_names.name(first.campaign).filter(|id| *id != NO_CAMPAIGN),
            at: first.at,
            by,
            own: by == self.me,
            contact: last.contact,
            next: last.next,
            retracted: rows.iter().any(|row| row.retracted),
            waiting: rows.iter().any(|row| matches!(row.location, Location::Own { .. })),
            versions: rows.iter().zip(before).map(version).collect(),
        })
    }

    /// The household that stands for this one on this phone: see [`twin::one`].
    pub fn one(&self, household: RecordId) -> RecordId {
        if self.places.same_as.is_empty() { household } else { twin::one(household, |at| self.same_as(at)) }
    }

    /// What a household was said to be the same as, where this person can read that.
    fn same_as(&self, household: RecordId) -> Option<RecordId> {
        let other = self.places.same_as.get(&household)?;
        let house = self.houses.get(*self.house_at.get(other)? as usize)?;
        (!house.is_hollow() && self.hidden.get(usize::from(house.area)) != Some(&true)).then_some(*other)
    }

    /// Shows the places of the visits to a household, and to all that it stands for: their first versions.
    fn each_visit(&self, house: u32, see: &mut dyn FnMut(u32)) {
        let Some(this) = self.houses.get(house as usize) else { return };
        self.each_own_visit(this, see);
        // Nearly all stand for nobody but themselves, and a list asks for every one of them.
        if !self.places.same_as.values().any(|other| *other == this.id) {
            return;
        }
        for id in self.places.same_as.keys().filter(|id| **id != this.id && self.one(**id) == this.id) {
            if let Some(linked) = self.house_at.get(id).and_then(|at| self.houses.get(*at as usize)) {
                self.each_own_visit(linked, see);
            }
        }
    }

    fn each_own_visit(&self, house: &House, see: &mut dyn FnMut(u32)) {
        let mut at = house.visits;
        while let Some(row) = self.visits.get(at as usize) {
            see(at);
            at = row.previous;
        }
    }

    /// The visits of a household, latest first, those that were taken back left out.
    pub fn visits(&self, household: RecordId) -> Vec<VisitLine> {
        let Some(house) = self.house_at.get(&self.one(household)) else { return Vec::new() };
        let mut lines = Vec::new();
        self.each_visit(*house, &mut |at| lines.extend(self.visit_line(at).filter(|line| !line.retracted)));
        short::sort_by_key(&mut lines, |line| std::cmp::Reverse((line.at, line.id)));
        lines
    }

    /// The notes and named opinions of a visit that this phone can read, those corrected or taken back left out.
    pub fn said(&self, visit: RecordId) -> Vec<Said> {
        let Some(first) = self.first_version(visit) else { return Vec::new() };
        let versions: Vec<RecordId> =
            self.versions(first).iter().filter_map(|at| self.visits.get(*at as usize)).map(|row| row.id).collect();
        let area = self.visits.get(first as usize).and_then(|row| self.houses.get(row.house as usize)).map(|house| house.area);
        let unheard = self.is_unheard(area);
        let readable = |row: &&SaidRow| !(unheard && matches!(row.location, Location::Page { .. }));
        let rows = self.said.iter().filter(|row| versions.contains(&row.about) && !self.places.replaced.contains(&row.id)).filter(readable);
        let said = |row: &SaidRow| match row.what {
            What::Note => Some(Said { id: row.id, note: true, location: row.location }),
            What::Opinion => Some(Said { id: row.id, note: false, location: row.location }),
            What::MeetingOpinion | What::Promise(_) => None,
        };
        rows.filter_map(said).collect()
    }

    /// Whether what others said in an area, by its place, may not be read here any more.
    fn is_unheard(&self, area: Option<u16>) -> bool {
        area.is_some_and(|area| self.unheard.get(usize::from(area)) == Some(&true))
    }

    /// Where a note or an opinion is, in any of its versions, and the visit or the meeting it belongs to.
    pub fn said_at(&self, id: RecordId) -> Option<(Location, RecordId)> {
        let row = self.said.get(*self.said_at.get(&id)? as usize)?;
        (!matches!(row.what, What::Promise(_))).then_some((row.location, row.about))
    }

    /// The days by which answers were promised to a household.
    pub fn promised(&self, household: RecordId) -> Vec<Date> {
        let one = self.one(household);
        let mut days: Vec<Date> = self.promises().filter(|(_, to, _)| self.one(*to) == one).map(|(.., day)| day).collect();
        short::sort_by(&mut days, Ord::cmp);
        days
    }

    /// Every promise that stands: its record, its household, its day.
    fn promises(&self) -> impl Iterator<Item = (RecordId, RecordId, Date)> {
        self.said.iter().filter_map(|row| match row.what {
            What::Promise(day) if !self.places.replaced.contains(&row.id) => Some((row.id, row.about, day)),
            _ => None,
        })
    }

    /// The running campaigns, the one that began last in front.
    pub fn campaigns(&self) -> Vec<&Campaign> {
        let mut running: Vec<&Campaign> = self.places.campaigns.values().filter(|c| c.state == CampaignState::Active).collect();
        short::sort_by_key(&mut running, |campaign| std::cmp::Reverse((campaign.from, campaign.id)));
        running
    }

    /// The campaign that this person works in now: running, and with a village given to one of their teams or households
    /// to themselves if there is such a one.
    pub fn current(&self) -> Option<&Campaign> {
        let running = self.campaigns();
        let works_in = |id| !self.my_villages(id).is_empty() || self.my_shares(id).next().is_some();
        running.iter().find(|campaign| works_in(campaign.id)).or(running.first()).copied()
    }

    /// A campaign by its id.
    pub fn campaign(&self, id: RecordId) -> Option<&Campaign> {
        self.places.campaigns.get(&id)
    }

    /// Assignments of a campaign that were not taken back.
    pub fn assignments(&self, campaign: RecordId) -> Vec<&Assignment> {
        self.places.assignments.values().filter(|a| a.campaign == campaign && !a.ended).collect()
    }

    /// The villages given to this person's teams in a campaign, whole, as they were called when they were given.
    fn my_villages(&self, campaign: RecordId) -> Vec<AreaId> {
        let teams: Vec<RecordId> = self.my_teams().iter().map(|team| team.id).collect();
        let whole = |a: &&&Assignment| a.share.is_none() && teams.contains(&a.team);
        self.assignments(campaign).iter().filter(whole).map(|a| a.village).collect()
    }

    /// The households given to this person by name in a campaign, with the day by which they are to be done.
    fn my_shares(&self, campaign: RecordId) -> impl Iterator<Item = (Option<Date>, &Set<RecordId>)> {
        let mine = |a: &Assignment| a.share.as_ref().is_some_and(|share| share.member == self.me);
        let given = self.places.assignments.values().filter(move |a| a.campaign == campaign && !a.ended && mine(a));
        given.filter_map(|a| a.share.as_ref().map(|share| (a.due, &share.households)))
    }

    /// The teams that this person is in.
    pub fn my_teams(&self) -> Vec<&Team> {
        self.places.teams.values().filter(|team| team.members.contains(&self.me) || team.lead == Some(self.me)).collect()
    }

    /// A unit by its id.
    pub fn unit(&self, id: AreaId) -> Option<&Unit> {
        self.places.units.get(&id)
    }

    /// The villages of today that this person may read, by name.
    pub fn villages(&self) -> Vec<&Unit> {
        let seen = |unit: &&Unit| {
            unit.level == Level::Village
                && unit.succession.is_none()
                && self.areas.place(unit.id).is_some_and(|at| self.hidden.get(usize::from(at)) != Some(&true))
        };
        let mut villages: Vec<&Unit> = self.places.units.values().filter(seen).collect();
        short::sort_by(&mut villages, |a, b| text::natural(&a.name, &b.name));
        villages
    }

    /// A colleague's name; empty where it is not on this phone.
    pub fn person_name(&self, id: PersonId) -> &str {
        self.places.people.get(&id).map_or("", |person| &person.name)
    }

    /// Who wrote with a device, as far as this person may know: `writers` are those that the server named beside what they
    /// wrote.
    pub fn author(&self, device: DeviceId, writers: &[Writer]) -> Author {
        let Some(writer) = writers.iter().find(|writer| writer.device == device) else { return Author::Somebody };
        let name = self.person_name(writer.person).to_owned();
        match writer.on {
            WrittenOn::Import => Author::Import,
            _ if name.is_empty() => Author::Somebody,
            WrittenOn::Desk => Author::Desk(name),
            WrittenOn::Phone => Author::Phone(name),
        }
    }

    /// What is offered for something new, and what topics are called.
    pub fn code_book(&self) -> &CodeBook {
        &self.places.codes
    }

    /// How many households are on the phone, hidden ones included.
    pub fn household_count(&self) -> usize {
        self.houses.iter().filter(|house| !house.is_hollow()).count()
    }

    fn keep<T>(&mut self, read: Option<T>, put: impl FnOnce(&mut Places, T)) {
        if let Some(value) = read {
            put(&mut self.places, value);
            self.lists.get_mut().forget();
        }
    }

    fn registry(&mut self, record: &Record, registry: &Registry, area: AreaId, location: Location, contained: u64) {
        match record.kind {
            Kind::Household => {
                let mut merged = None;
                if let Some(overlay) = self.places.overlays.get_mut(&record.id) {
                    overlay.changes.retain(|change| change.refused || change.dot.seq > contained);
                    overlay.base = Some(registry.clone());
                    merged = Some(overlay.merged());
                    if overlay.changes.is_empty() {
                        self.places.overlays.remove(&record.id);
                    }
                }
                self.show_house(record.id, area, merged.as_ref().unwrap_or(registry), location);
            }
            Kind::Unit => {
                let id = AreaId::from(record.id);
                let Some(unit) = Unit::read(id, &registry.state) else { return };
                self.areas.add(id);
                let known = self.places.units.get(&id);
                if known.is_some_and(|known| known.name == unit.name && known.succession == unit.succession) {
                    self.keep(Some(unit), Places::put_unit);
                    return;
                }
                let before = self.village_names();
                self.keep(Some(unit), Places::put_unit);
                self.rename_areas(&before);
            }
            Kind::Team => self.keep(Team::read(record.id, &registry.state), |places, team| {
                places.teams.insert(team.id, team);
            }),
            Kind::CodeEntry => self.keep(CodeEntry::read(record.id, &registry.state), |places, entry| places.codes.put(entry)),
            _ => {}
        }
    }

    /// The units' history.
    fn lineage(&self) -> Lineage {
        Lineage::of(self.places.units.values())
    }

    /// The village of today that a unit has become, by its place in `areas`.
    fn village_of(&self, unit: u16) -> u16 {
        self.today.get(usize::from(unit)).copied().unwrap_or(unit)
    }

    /// The village of today that a unit has become.
    pub fn village_now(&self, unit: AreaId) -> AreaId {
        self.areas.place(unit).and_then(|at| self.areas.name(self.village_of(at))).unwrap_or(unit)
    }

    fn village_name(&self, unit: u16) -> &str {
        let village = self.areas.name(self.village_of(unit));
        village.and_then(|id| self.places.units.get(&id)).map_or("", |unit| unit.name.as_str())
    }

    fn village_names(&self) -> Vec<String> {
        (0..self.areas.all.len() as u16).map(|at| self.village_name(at).to_owned()).collect()
    }

    /// A unit has another name or another history than `before`. Search goes over the village's name too.
    fn rename_areas(&mut self, before: &[String]) {
        self.lists.get_mut().unsorted = true;
        self.learn_history();
        let mut houses = std::mem::take(&mut self.houses);
        for house in houses.iter_mut().filter(|house| !house.is_hollow()) {
            let village = self.village_name(house.unit);
            if before.get(usize::from(house.unit)).is_some_and(|before| before == village) {
                continue;
            }
            let text = |which| house.text.get(which);
            let key = search_key(text(Text::Head), text(Text::No), text(Text::Code), village);
            house.text = Packed::new([
                text(Text::No),
                text(Text::Head),
                text(Text::Code),
                text(Text::Hint),
                text(Text::Cluster),
                text(Text::Hours),
                &key,
            ]);
        }
        self.houses = houses;
    }

    /// Works out which village each unit is today.
    fn learn_history(&mut self) {
        let lineage = self.lineage();
        let mut at = 0;
        // What a unit has become may be a name that nobody has said yet, and is then added behind the others.
        self.today.clear();
        while let Some(unit) = self.areas.name(at) {
            let village = self.areas.add(lineage.now(unit));
            self.today.push(village);
            at += 1;
        }
    }

    /// The place of a household, made hollow if it is new.
    fn house(&mut self, id: RecordId) -> u32 {
        let next = self.houses.len() as u32;
        let at = *self.house_at.entry(id).or_insert(next);
        if at == next {
            self.houses.push(House::hollow(id));
        }
        at
    }

    fn visit_row(&mut self, id: RecordId) -> u32 {
        let next = self.visits.len() as u32;
        let at = *self.visit_at.entry(id).or_insert(next);
        if at == next {
            self.visits.push(VisitRow::hollow(id));
        }
        at
    }

    fn show_house(&mut self, id: RecordId, area: AreaId, registry: &Registry, location: Location) {
        let at = self.house(id);
        let waiting = self.places.overlays.get(&id).is_some_and(|overlay| overlay.waits());
        let household = Household::read(&registry.state);
        let unit = self.areas.add(household.unit.unwrap_or(area));
        let key = search_key(&household.head, &household.no, &registry.code, self.village_name(unit));
        let text =
            Packed::new([&household.no, &household.head, &registry.code, &household.hint, &household.cluster, &household.hours, &key]);
        let area = self.areas.add(area);
        let Some(house) = self.houses.get_mut(at as usize) else { return };
        let unmade = !registry.state.is_made();
        let before = match household.same_as {
            Some(other) => self.places.same_as.insert(id, other),
            None => self.places.same_as.remove(&id),
        };
        // Which households stand for others is part of how each of them stands; what one is the same as may come after it.
        if before != household.same_as || (house.is_hollow() && self.places.same_as.values().any(|other| *other == id)) {
            self.lists.get_mut().forget();
        }
        let moved = house.is_hollow() || unmade || (house.area, house.unit) != (area, unit) || house.text.get(Text::No) != household.no;
        *house = House {
            id,
            location,
            text,
            visits: house.visits,
            people: household.people,
            area,
            unit,
            status: household.status,
            no_contact: household.no_contact,
            phone: !household.phone.is_empty(),
            disputed: registry.state.disputed().next().is_some(),
            waiting,
            unmade,
        };
        self.lists.get_mut().touch(at, moved);
    }

    fn event(&mut self, id: RecordId, header: &Header, at: Time, parts: &Map<Part, ByteBuf>, by: (PersonId, DeviceId), location: Location) {
        let target = match &header.change {
            Change::Create => None,
            Change::Amend { of } => Some(*of),
            Change::Retract { of } => {
                if header.kind == Kind::Visit {
                    self.retract_visit(*of)
                } else {
                    self.replace(*of);
                    self.look_back(*of);
                }
                return;
            }
            _ => return,
        };
        if header.kind == Kind::Visit {
            if let Some(visit) = read::<Visit>(parts, Part::Facts) {
                self.add_visit(id, (header, at), &visit, by, location, target);
            }
            return;
        }
        if matches!(header.kind, Kind::Verification | Kind::DayClosing) {
            self.look(id, header, parts, by.0);
            return;
        }
        if let Some(of) = target {
            self.replace(of);
        }
        let row = match header.kind {
            Kind::Note => read::<Note>(parts, Part::Facts).map(|note| (note.visit, What::Note)),
            Kind::Opinion => read::<Reporter>(parts, Part::Contact).and_then(|reporter| Some((reporter.visit?, What::Opinion))),
            Kind::MeetingOpinion => read::<MeetingOpinion>(parts, Part::Facts).map(|said| (said.meeting, What::MeetingOpinion)),
            Kind::Callback => read::<CallbackContact>(parts, Part::Contact).and_then(|contact| {
                let callback = read::<Callback>(parts, Part::Facts)?;
                Some((contact.household, What::Promise(callback.promised)))
            }),
            _ => None,
        };
        let Some((about, what)) = row else { return };
        let next = self.said.len() as u32;
        let at = *self.said_at.entry(id).or_insert(next);
        match self.said.get_mut(at as usize) {
            Some(known) => replace_own(&mut known.location, location),
            None => self.said.push(SaidRow { id, about, location, what }),
        }
    }

    fn replace(&mut self, id: RecordId) {
        self.places.replaced.insert(id);
    }

    fn retract_visit(&mut self, of: RecordId) {
        let at = self.visit_row(of);
        if let Some(row) = self.visits.get_mut(at as usize) {
            row.retracted = true;
        }
        self.touch_visit(of);
    }

    /// The household of a visit has to be counted anew.
    fn touch_visit(&mut self, id: RecordId) {
        let house = self.first_version(id).and_then(|at| self.visits.get(at as usize)).map(|row| row.house);
        if let Some(house) = house {
            self.lists.get_mut().touch(house, false);
        }
    }

    fn add_visit(
        &mut self,
        id: RecordId,
        (header, written_at): (&Header, Time),
        visit: &Visit,
        by: (PersonId, DeviceId),
        location: Location,
        of: Option<RecordId>,
    ) {
        let at = self.visit_row(id);
        let of = of.map_or(NONE, |of| self.visit_row(of));
        let house = self.house(visit.household);
        let campaign = self.campaign_names.add(header.ground.campaign.unwrap_or(NO_CAMPAIGN));
        let (by, device) = (self.authors.add(by.0), self.devices.add(by.1));
        let Some(row) = self.visits.get_mut(at as usize) else { return };
        if row.location != Location::Nowhere {
            // An event never changes: all that can be new is that the server has it, and what it thinks of the clock.
            replace_own(&mut row.location, location);
            row.at = row.at.min(written_at);
            return;
        }
        row.location = location;
        row.at = written_at;
        row.next = visit.next;
        row.house = house;
        row.of = of;
        row.campaign = campaign;
        row.by = by;
        row.device = device;
        row.contact = visit.contact;
        self.link(at);
        self.touch_visit(id);
    }

    /// Hangs a visit on its household, or a version on the one that it corrects.
    fn link(&mut self, at: u32) {
        let Some((of, house)) = self.visits.get(at as usize).map(|row| (row.of, row.house)) else { return };
        let end = match self.visits.get_mut(of as usize) {
            Some(corrected) => Some(&mut corrected.amended_by),
            None => self.houses.get_mut(house as usize).map(|house| &mut house.visits),
        };
        let Some(end) = end else { return };
        let previous = std::mem::replace(end, at);
        if let Some(row) = self.visits.get_mut(at as usize) {
            row.previous = previous;
        }
    }
}

/// Stands for "no campaign" among the names.
const NO_CAMPAIGN: RecordId = RecordId(uuid::Uuid::nil());

/// The server's copy replaces the own one, never the other way round.
fn replace_own(known: &mut Location, new: Location) {
    if !matches!(new, Location::Own { .. }) {
        *known = new;
    }
}

fn read<T: serde::de::DeserializeOwned>(parts: &Map<Part, ByteBuf>, part: Part) -> Option<T> {
    cbor::decode(parts.get(&part)?).ok()
}

fn search_key(head: &str, no: &str, code: &str, village: &str) -> String {
    text::fold(&format!("{head} {no} {code} {village}"))
}

/// Ids that occur again and again, as small numbers.
#[derive(Clone, Debug, PartialEq)]
struct Names<T> {
    all: Vec<T>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { all: Vec::new() }
    }
}

impl<T: Copy + PartialEq> Names<T> {
    fn place(&self, id: T) -> Option<u16> {
        self.all.iter().position(|known| *known == id).map(|at| at as u16)
    }

    fn add(&mut self, id: T) -> u16 {
        self.place(id).unwrap_or_else(|| {
            self.all.push(id);
            (self.all.len() - 1) as u16
        })
    }

    fn name(&self, at: u16) -> Option<T> {
        self.all.get(usize::from(at)).copied()
    }
}

type IdMap = HashMap<RecordId, u32, BuildHasherDefault<IdHasher>>;

/// The last eight bytes of an id are random already; all that is left to do is to spread the two fixed bits at their top.
#[derive(Clone, Copy, Debug, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(tail) = bytes.last_chunk::<8>() {
            let random = u64::from_be_bytes(*tail);
            self.0 = random ^ (random << 24);
        }
    }

    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
