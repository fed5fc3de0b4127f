//! Meetings on the phone: the server's state of each, where it may be read, and own commands over it.

use super::{Location, Notebook, Said, SaidRow, What};
use crate::id::{AreaId, PersonId, RecordId};
use crate::meeting::{Meeting, MeetingFacts, MeetingState, MeetingWords};
use crate::operation::{Change, Ground, Operation};
use crate::short::{self, Map};
use serde::{Deserialize, Serialize};

/// A meeting as lists and its page need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingLine {
    /// Its record.
    pub id: RecordId,
    /// Its village.
    pub village: AreaId,
    /// Who writes it down.
    pub by: PersonId,
    /// This phone's own person does.
    pub own: bool,
    /// Why it may be kept, and until when: that of what is said there too.
    pub ground: Ground,
    /// Its facts.
    pub facts: MeetingFacts,
    /// Its words.
    pub words: MeetingWords,
    /// The revision that the next command has to name.
    pub revision: u64,
    /// The last own command of this phone that the server's state does not contain.
    pub last_own: Option<u64>,
    /// An own command that the server keeps for a person.
    pub refused: Option<u64>,
    /// What was said there, as far as it has a kind and this phone may read it.
    pub opinions: usize,
}

/// What is known of one meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sitting {
    area: AreaId,
    /// The server's state and its revision. Members write in this stream and do not read it: they never have one.
    base: Option<(u64, Meeting)>,
    /// Own commands in their order.
    own: Vec<OwnCommand>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OwnCommand {
    seq: u64,
    /// What it makes of the meeting's revision.
    revision: u64,
    meeting: Meeting,
    /// The server keeps it for a person and has not done it.
    refused: bool,
}

impl Sitting {
    const fn new(area: AreaId) -> Self {
        Self { area, base: None, own: Vec::new() }
    }

    /// The revision and the state that are shown: own commands go before the server's state, and a refused one is shown
    /// only where there is nothing else.
    fn shown(&self) -> Option<(u64, &Meeting)> {
        let base = self.base.as_ref().map(|(revision, meeting)| (*revision, meeting));
        let standing = self.own.iter().rev().find(|command| !command.refused).map(|command| (command.revision, &command.meeting));
        standing
            .filter(|(revision, _)| base.is_none_or(|(known, _)| *revision > known))
            .or(base)
            .or_else(|| self.own.last().map(|command| (0, &command.meeting)))
    }
}

impl Notebook {
    /// The meetings that this person may see, the latest first; those that were cancelled left out.
    pub fn meetings(&self) -> Vec<MeetingLine> {
        let mut said: Map<RecordId, usize> = Map::new();
        self.at_meetings().for_each(|row| *said.get_or_insert_with(row.about, || 0) += 1);
        let line = |(id, sitting): &(RecordId, Sitting)| self.meeting_line(*id, sitting, said.get(id).copied().unwrap_or(0));
        let lines = self.places.meetings.iter().filter_map(line);
        let mut lines: Vec<MeetingLine> = lines.filter(|line| line.facts.state != MeetingState::Cancelled).collect();
        short::sort_by_key(&mut lines, |line| std::cmp::Reverse((line.facts.start.date, line.facts.start.minute, line.id)));
        lines
    }

    /// A meeting by its id.
    pub fn meeting(&self, id: RecordId) -> Option<MeetingLine> {
        let sitting = self.places.meetings.get(&id)?;
        self.meeting_line(id, sitting, self.at_meetings().filter(|row| row.about == id).count())
    }

    fn meeting_line(&self, id: RecordId, sitting: &Sitting, opinions: usize) -> Option<MeetingLine> {
        let area = self.areas.place(sitting.area);
        if area.is_some_and(|at| self.hidden.get(usize::from(at)) == Some(&true)) {
            return None;
        }
        let (revision, meeting) = sitting.shown()?;
        if self.is_unheard(area) && meeting.by != self.me {
            return None;
        }
        Some(MeetingLine {
            id,
            village: sitting.area,
            by: meeting.by,
            own: meeting.by == self.me,
            ground: meeting.ground.clone(),
            facts: meeting.facts()?,
            words: meeting.words(),
            revision,
            last_own: sitting.own.last().map(|command| command.seq),
            refused: sitting.own.iter().find(|command| command.refused).map(|command| command.seq),
            opinions,
        })
    }

    /// What was said at a meeting and may be read here, first things first; what was corrected or taken back left out.
    pub fn meeting_said(&self, meeting: RecordId) -> Vec<Said> {
        let area = self.places.meetings.get(&meeting).and_then(|sitting| self.areas.place(sitting.area));
        let unheard = self.is_unheard(area);
        let readable = |row: &&SaidRow| !(unheard && matches!(row.location, Location::Page { .. }));
        let there = self.at_meetings().filter(|row| row.about == meeting).filter(readable);
        let mut said: Vec<Said> = there.map(|row| Said { id: row.id, note: false, location: row.location }).collect();
        short::sort_by_key(&mut said, |said| said.id);
        said
    }

    fn at_meetings(&self) -> impl Iterator<Item = &SaidRow> {
        self.said.iter().filter(|row| row.what == What::MeetingOpinion && !self.places.replaced.contains(&row.id))
    }

    /// How many households of a village there are, to be expected at a meeting.
    pub fn households_in(&self, village: AreaId) -> usize {
        let Some(area) = self.areas.place(village) else { return 0 };
        self.houses
            .iter()
            .filter(|house| self.village_of(house.unit) == area && !house.is_hollow() && house.active() && self.one(house.id) == house.id)
            .count()
    }

    /// Takes the server's state of a meeting, which contains the own commands up to `contained`.
    pub(super) fn sit(&mut self, id: RecordId, area: AreaId, state: (u64, Meeting), contained: u64) {
        let sitting = self.sitting(id, area);
        sitting.base = Some(state);
        sitting.own.retain(|command| command.refused || command.seq > contained);
    }

    /// Takes an own command.
    pub(super) fn command(&mut self, operation: &Operation, seq: u64) {
        let header = &operation.header;
        let Change::Command { expect } = header.change else { return };
        let meeting = Meeting { by: self.me, ground: header.ground.clone(), parts: operation.parts.clone() };
        let command = OwnCommand { seq, revision: expect + 1, meeting, refused: false };
        let own = &mut self.sitting(header.record, header.area).own;
        if own.iter().all(|known| known.seq != seq) {
            own.push(command);
            short::sort_by_key(own, |command| command.seq);
        }
    }

    /// Notes which own commands the server has not done.
    pub(super) fn refuse_commands(&mut self, refused: &[u64]) {
        let commands = self.places.meetings.iter_mut().flat_map(|(_, sitting)| sitting.own.iter_mut());
        commands.for_each(|command| command.refused = refused.contains(&command.seq));
    }

    fn sitting(&mut self, id: RecordId, area: AreaId) -> &mut Sitting {
        self.areas.add(area);
        self.places.meetings.get_or_insert_with(id, || Sitting::new(area))
    }
}
