//! Meetings: what is saved of them, and their pages.

use super::form::{NamedOpinion, SaveError};
use super::page::SaidView;
use super::save::{Act, Rest};
use super::{Inner, Phone, StoreError};
use domain::id::{AreaId, RecordId};
use domain::meeting::{MeetingFacts, MeetingOpinion, MeetingWords};
use domain::notebook::MeetingLine;
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::opinion::{Opinion, check_text};
use domain::source::Source;
use domain::text::{clean, clean_lines};
use domain::wire::Reason;

/// A meeting's own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingPage {
    /// Its header.
    pub line: MeetingLine,
    /// What was said there and has a kind, the last of it in front; the newest `limit`, as far as this phone may read it.
    pub opinions: Vec<SaidView>,
    /// Why the server has not done what this phone said about the header.
    pub refused: Option<Reason>,
}

impl Phone {
    /// Opens a meeting in a village, in the campaign that runs, and clears the draft.
    pub async fn open_meeting(
        self,
        village: AreaId,
        facts: MeetingFacts,
        words: MeetingWords,
        draft: Rest<'_>,
    ) -> Result<RecordId, SaveError> {
        let inner = self.inner();
        let ground = inner.notebook.borrow().current().map(domain::campaign::Campaign::ground).ok_or(SaveError::NoCampaign)?;
        let header = inner.header(Kind::Meeting, Stream::Voice, village, Change::Command { expect: 0 }, ground);
        let id = header.record;
        inner.command(Operation::new(header), facts, words, draft).await?;
        Ok(id)
    }

    /// Says anew what an own meeting is: a correction, its conclusion, or that it was opened by mistake.
    pub async fn command_meeting(self, id: RecordId, facts: MeetingFacts, words: MeetingWords, draft: Rest<'_>) -> Result<(), SaveError> {
        let inner = self.inner();
        let line = inner.own_meeting(id)?;
        let mut header =
            inner.header(Kind::Meeting, Stream::Voice, line.village, Change::Command { expect: line.revision }, line.ground.clone());
        header.record = id;
        inner.command(Operation::new(header), facts, words, draft).await
    }

    /// Saves something that was said at an own meeting, in one transaction that leaves in the draft what is not saved yet.
    pub async fn save_meeting_opinion(self, meeting: RecordId, said: NamedOpinion, draft: Rest<'_>) -> Result<(), SaveError> {
        let inner = self.inner();
        check_text(&said.text).map_err(|error| SaveError::Opinion(0, error))?;
        let line = inner.own_meeting(meeting)?;
        let header = inner.header(Kind::MeetingOpinion, Stream::Voice, line.village, Change::Create, line.ground);
        let operation = said_there(Operation::new(header), meeting, &said);
        inner.save(Act { operations: vec![operation], draft: Some(draft), ..Act::default() }).await?;
        Ok(())
    }

    /// Takes back something that was said at an own meeting ("Bấm nhầm, bỏ ý kiến này"), and clears the draft.
    pub async fn retract_meeting_opinion(self, id: RecordId, draft: Rest<'_>) -> Result<(), SaveError> {
        let inner = self.inner();
        let at = inner.notebook.borrow().said_at(id);
        let (_, meeting) = at.ok_or(SaveError::NoOpinion)?;
        let line = inner.own_meeting(meeting)?;
        let header = inner.header(Kind::MeetingOpinion, Stream::Voice, line.village, Change::Retract { of: id }, line.ground);
        inner.save(Act { operations: vec![Operation::new(header)], draft: Some(draft), ..Act::default() }).await?;
        Ok(())
    }

    /// A meeting's page with the newest `limit` of what was said; `None` where it is not on this phone.
    pub async fn meeting(self, id: RecordId, limit: usize) -> Result<Option<MeetingPage>, StoreError> {
        let inner = self.inner();
        let found = {
            let notebook = inner.notebook.borrow();
            notebook.meeting(id).map(|line| (line, notebook.meeting_said(id)))
        };
        let Some((line, said)) = found else { return Ok(None) };
        let mut opinions = Vec::new();
        for said in said.iter().rev().take(limit) {
            opinions.extend(inner.said(said.id).await?);
        }
        let refused = match line.refused {
            Some(seq) => inner.refused_for(seq).await?,
            None => None,
        };
        Ok(Some(MeetingPage { line, opinions, refused }))
    }

    /// Something that was said at a meeting, to correct; `None` where it is not on this phone.
    pub async fn meeting_opinion(self, id: RecordId) -> Result<Option<SaidView>, StoreError> {
        self.inner().said(id).await
    }

    /// Whether the server has everything that this phone said about a meeting's header.
    pub fn meeting_waits(self, line: &MeetingLine) -> bool {
        line.last_own.is_some_and(|seq| self.inner().sync.borrow().waits(seq))
    }
}

/// Facts and words of something that was said at a meeting.
pub(super) fn said_there(operation: Operation, meeting: RecordId, said: &NamedOpinion) -> Operation {
    let facts =
        MeetingOpinion { meeting, said: Opinion { kind: said.kind, topic: said.topic, urgency: said.urgency, source: Source::PhoneVisit } };
    operation.with(Part::Facts, &facts).with(Part::Text, &clean_lines(&said.text))
}

impl Inner {
    async fn command(
        self: &std::rc::Rc<Self>,
        operation: Operation,
        facts: MeetingFacts,
        words: MeetingWords,
        draft: Rest<'_>,
    ) -> Result<(), SaveError> {
        let words = MeetingWords { title: clean(&words.title), place: clean(&words.place), conclusion: clean_lines(&words.conclusion) };
        facts.check().and_then(|()| words.check()).map_err(SaveError::Meeting)?;
        let operation = operation.with(Part::Facts, &facts).with(Part::Text, &words);
        self.save(Act { operations: vec![operation], draft: Some(draft), ..Act::default() }).await?;
        Ok(())
    }

    pub(super) fn own_meeting(&self, id: RecordId) -> Result<MeetingLine, SaveError> {
        let line = self.notebook.borrow().meeting(id).ok_or(SaveError::NoMeeting)?;
        if line.own { Ok(line) } else { Err(SaveError::NotOwn) }
    }
}
