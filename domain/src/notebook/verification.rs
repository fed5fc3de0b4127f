//! Verification on the phone: what somebody said about visits, the days that are closed, and what a team lead looks at.

use super::{Location, NONE, Notebook, VisitLine, read};
use crate::id::{AreaId, PersonId, RecordId};
use crate::operation::{Header, Kind, Part};
use crate::short::{self, Map, Set};
use crate::time::{Date, Time};
use crate::verification::{self, DayClosing, Verification, VisitState, VoidReason};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// What was said about visits, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Looked {
    by: PersonId,
    said: Verification,
}

/// A day of a village that was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Closing {
    by: PersonId,
    village: AreaId,
    day: Date,
}

/// Where a visit stands, and who said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Nobody has looked, somebody confirmed the version that counts, or it was voided.
    pub state: Option<VisitState>,
    /// Why it was voided.
    pub void: Option<VoidReason>,
    /// The event and who wrote it.
    pub by: Option<(RecordId, PersonId)>,
}

/// A day of a village on which there were visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// The village.
    pub village: AreaId,
    /// The day.
    pub day: Date,
    /// Visits that count.
    pub visits: usize,
    /// Of them, those that nobody confirmed as they now are.
    pub waiting: usize,
    /// Of these, those that this phone's person did not make and may verify.
    pub of_others: usize,
    /// Visits that were voided.
    pub voided: usize,
    /// The closing and who closed it.
    pub closed: Option<(RecordId, PersonId)>,
}

/// What one person did in a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberLine {
    /// Who.
    pub person: PersonId,
    /// Visits that count.
    pub visits: usize,
    /// Of them, those at which somebody was met.
    pub met: usize,
    /// Visits today.
    pub today: usize,
    /// The last one.
    pub last: Time,
}

impl Notebook {
    /// Takes what somebody said about visits, or that a day is closed.
    pub(super) fn look(&mut self, id: RecordId, header: &Header, parts: &Map<Part, ByteBuf>, by: PersonId) {
        if header.kind == Kind::DayClosing {
            if let Some(DayClosing { day }) = read(parts, Part::Facts) {
                self.places.closings.insert(id, Closing { by, village: header.area, day });
            }
            return;
        }
        let Some(said) = read::<Verification>(parts, Part::Facts) else { return };
        if said.void.is_some() && !self.places.replaced.contains(&id) {
            for look in &said.visits {
                self.places.voided.insert(look.visit);
                self.touch_visit(look.visit);
            }
        }
        self.places.looks.insert(id, Looked { by, said });
    }

    /// Somebody took back what they had said about visits.
    pub(super) fn look_back(&mut self, of: RecordId) {
        let visits: Vec<RecordId> = match self.places.looks.get(&of) {
            Some(looked) if looked.said.void.is_some() => looked.said.visits.iter().map(|look| look.visit).collect(),
            _ => return,
        };
        let mut voided = Set::new();
        let still = self.places.looks.iter().filter(|(id, looked)| looked.said.void.is_some() && !self.places.replaced.contains(id));
        voided.extend(still.flat_map(|(_, looked)| &looked.said.visits).map(|look| look.visit));
        self.places.voided = voided;
        visits.into_iter().for_each(|visit| self.touch_visit(visit));
    }

    /// Where a visit stands.
    pub fn checked(&self, line: &VisitLine) -> Checked {
        let Some(shown) = line.versions.last().map(|version| version.id) else { return Checked::default() };
        let standing = self.places.looks.iter().filter(|(id, _)| !self.places.replaced.contains(id));
        let of_visit = |(id, looked): &(RecordId, Looked)| {
            let look = looked.said.visits.iter().find(|look| look.visit == line.id)?;
            Some((*id, looked.by, look.version, looked.said.void))
        };
        let looks: Vec<_> = standing.filter_map(of_visit).collect();
        let (state, void) = verification::state(shown, looks.iter().map(|(.., version, void)| (*version, *void)));
        let says = looks.iter().find(|(_, _, version, why)| match state {
            VisitState::Waiting => false,
            VisitState::Verified => *version == shown,
            VisitState::Voided => why.is_some(),
        });
        Checked { state: Some(state), void, by: says.map(|(id, by, ..)| (*id, *by)) }
    }

    /// The days on which there were visits in a campaign, the latest first.
    pub fn days(&self, campaign: RecordId) -> Vec<DayLine> {
        let mut days: Map<(Date, AreaId), DayLine> = Map::new();
        for line in self.of_campaign(campaign) {
            let Some((village, _)) = self.household_location(line.household) else { continue };
            let day = line.at.date();
            let new = || DayLine { village, day, visits: 0, waiting: 0, of_others: 0, voided: 0, closed: self.closing(village, day) };
            let state = self.checked(&line).state;
            let row = days.get_or_insert_with((day, village), new);
            row.visits += usize::from(state != Some(VisitState::Voided));
            row.voided += usize::from(state == Some(VisitState::Voided));
            row.waiting += usize::from(state == Some(VisitState::Waiting));
            row.of_others += usize::from(state == Some(VisitState::Waiting) && !line.own);
        }
        let mut days: Vec<DayLine> = days.values().cloned().collect();
        short::sort_by_key(&mut days, |row| (std::cmp::Reverse(row.day), row.village));
        days
    }

    /// The visits of one day of a village in a campaign, by time.
    pub fn visits_of_day(&self, campaign: RecordId, village: AreaId, day: Date) -> Vec<VisitLine> {
        let here = |line: &VisitLine| line.at.date() == day && self.household_location(line.household).is_some_and(|(at, _)| at == village);
        let mut lines: Vec<VisitLine> = self.of_campaign(campaign).filter(here).collect();
        short::sort_by_key(&mut lines, |line| (line.at, line.id));
        lines
    }

    /// What each person did in a campaign, as far as this phone has it; whoever did most today in front.
    pub fn members(&self, campaign: RecordId, today: Date) -> Vec<MemberLine> {
        let mut members: Map<PersonId, MemberLine> = Map::new();
        for line in self.of_campaign(campaign).filter(|line| !self.places.voided.contains(&line.id)) {
            let new = || MemberLine { person: line.by, visits: 0, met: 0, today: 0, last: line.at };
            let row = members.get_or_insert_with(line.by, new);
            row.visits += 1;
            row.met += usize::from(line.contact.met());
            row.today += usize::from(line.at.date() == today);
            row.last = row.last.max(line.at);
        }
        let mut members: Vec<MemberLine> = members.values().copied().collect();
        short::sort_by_key(&mut members, |row| (std::cmp::Reverse((row.today, row.visits)), row.person));
        members
    }

    /// The visits that a person's line counts, the latest first.
    pub fn visits_by(&self, campaign: RecordId, person: PersonId) -> Vec<VisitLine> {
        let counts = |line: &VisitLine| line.by == person && !self.places.voided.contains(&line.id);
        let mut lines: Vec<VisitLine> = self.of_campaign(campaign).filter(counts).collect();
        short::sort_by_key(&mut lines, |line| std::cmp::Reverse((line.at, line.id)));
        lines
    }

    /// The closing of a day that stands.
    fn closing(&self, village: AreaId, day: Date) -> Option<(RecordId, PersonId)> {
        let here =
            |id: &RecordId, closing: &Closing| (closing.village, closing.day) == (village, day) && !self.places.replaced.contains(id);
        self.places.closings.iter().find(|(id, closing)| here(id, closing)).map(|(id, closing)| (*id, closing.by))
    }

    /// The visits of a campaign that were not taken back and whose village may be read.
    fn of_campaign(&self, campaign: RecordId) -> impl Iterator<Item = VisitLine> {
        let place = self.campaign_names.place(campaign);
        let rows = (0u32..).zip(&self.visits);
        let first = rows.filter(move |(_, row)| row.of == NONE && row.location != Location::Nowhere && Some(row.campaign) == place);
        let seen = |line: &VisitLine| {
            let area = self.household_location(line.household).and_then(|(area, _)| self.areas.place(area));
            area.is_some_and(|at| self.hidden.get(usize::from(at)) != Some(&true))
        };
        first.filter_map(|(at, _)| self.visit_line(at)).filter(move |line| !line.retracted && seen(line))
    }
}
