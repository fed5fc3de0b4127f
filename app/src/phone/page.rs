//! Full pages of one household and one visit, read from the store.

use super::{Inner, Phone, StoreError};
use domain::household::Household;
use domain::id::{PersonId, RecordId};
use domain::meeting::MeetingOpinion;
use domain::notebook::{Author, HouseholdLine, Location, Notebook, VisitLine};
use domain::operation::{Change, Dot, Header, Kind, Part, Scope, Stream};
use domain::opinion::Opinion;
use domain::record::Body;
use domain::register::{Sibling, Siblings};
use domain::short::{self, Map, Set};
use domain::text::compose;
use domain::time::{Date, Time};
use domain::visit::{Appointment, Visit};
use domain::wire::Writer;
use serde_bytes::ByteBuf;

/// Everything that a household's page shows. No opinion stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdPage {
    /// As in lists: village, code, standing.
    pub line: HouseholdLine,
    /// The fields, own unsent changes included.
    pub household: Household,
    /// Fields on which people disagree.
    pub disputes: Vec<Dispute>,
    /// What was redacted of it: nothing of that is ever written again.
    pub erased: Set<Part>,
    /// Visits of this campaign, latest first, retracted ones left out.
    pub visits: Vec<VisitView>,
    /// Bare dates of visits in earlier campaigns, latest first.
    pub earlier: Vec<Date>,
    /// Answers that were promised to this household, by date.
    pub promised: Vec<Date>,
    /// This person may correct it, and decide where people disagree.
    pub may_correct: bool,
}

/// A field on which people disagree: every value is kept until a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The field's name in [`domain::household::FIELDS`].
    pub field: String,
    /// The values, the one shown first in front.
    pub values: Vec<DisputedValue>,
}

/// One of several values of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputedValue {
    /// What wrote it, as this phone names that now.
    pub dot: Dot,
    /// The household with this value in place, to show and to decide for it with [`super::Phone::decide`].
    pub household: Household,
    /// Who wrote it.
    pub by: Author,
    /// When its writer's clock said it was.
    pub at: Time,
}

/// A visit in a household's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitView {
    /// Its record.
    pub id: RecordId,
    /// When it was made.
    pub at: Time,
    /// Somebody of the household was met. Everything else reads "chưa gặp".
    pub met: bool,
    /// What was agreed.
    pub next: Option<Appointment>,
    /// Who made it; empty where the name is not on this phone.
    pub by: String,
    /// This phone's own person made it.
    pub own: bool,
    /// It was corrected, and not only completed.
    pub amended: bool,
    /// The server does not have it yet.
    pub waiting: bool,
}

/// A visit's own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitPage {
    /// As in the household's list.
    pub view: VisitView,
    /// The household.
    pub household: HouseholdLine,
    /// The campaign.
    pub campaign: Option<RecordId>,
    /// The last version.
    pub visit: Visit,
    /// Every version, the first one in front; more than one after a correction. What was only completed is none.
    pub versions: Vec<VisitVersion>,
    /// The notes, in order, where this phone may read them.
    pub notes: Vec<SaidView>,
    /// The named opinions, where this phone may read them. Anonymous ones leave no trace here.
    pub opinions: Vec<SaidView>,
}

/// One version of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitVersion {
    /// When it was written.
    pub at: Time,
    /// What it said.
    pub visit: Visit,
}

/// A note or a named opinion of a visit, or an opinion of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidView {
    /// The record of its last version.
    pub id: RecordId,
    /// When that was written.
    pub at: Time,
    /// What sort, and what it is about; `None` for a note.
    pub facts: Option<Opinion>,
    /// The words.
    pub text: String,
    /// What it said before it was corrected, the last of it in front.
    pub earlier: Vec<SaidView>,
}

/// An event as the phone holds it: from a page, or its own from the outbox.
pub(super) struct Written {
    pub(super) header: Header,
    parts: Map<Part, ByteBuf>,
}

impl Written {
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self, part: Part) -> Option<T> {
        domain::cbor::decode(self.parts.get(&part)?).ok()
    }
}

impl Phone {
    /// A household's page in one campaign, or that of the one that stands for it; `None` where it is not on this phone.
    pub async fn household(self, id: RecordId, campaign: Option<RecordId>) -> Result<Option<HouseholdPage>, StoreError> {
        let inner = self.inner();
        let id = inner.notebook.borrow().one(id);
        let Some(registry) = inner.registry(id).await? else { return Ok(None) };
        let location = inner.notebook.borrow().household_location(id);
        let pulled = match location {
            Some((_, Location::Page { page, .. })) => inner.page_row(page).await?,
            _ => None,
        };
        let writers = pulled.as_ref().map_or(&[][..], |row| &row.writers);
        let roll = location.map(|(area, _)| Scope { area, stream: Stream::Roll });
        let notebook = inner.notebook.borrow();
        let Some(line) = notebook.household(id, campaign, self.today()) else { return Ok(None) };
        let (now, before): (Vec<VisitLine>, Vec<VisitLine>) =
            notebook.visits(id).into_iter().partition(|visit| campaign.is_some() && visit.campaign == campaign);
        let household = Household::read(&registry.state);
        let disputes = registry.state.disputed().map(|(field, siblings)| inner.dispute(&household, field, siblings, writers)).collect();
        Ok(Some(HouseholdPage {
            line,
            household,
            disputes,
            erased: registry.erased.clone(),
            visits: now.iter().map(|visit| view(&notebook, visit)).collect(),
            earlier: before.iter().map(|visit| visit.at.date()).collect(),
            promised: notebook.promised(id),
            may_correct: roll.is_some_and(|roll| inner.sync.borrow().grants.may_write(roll)),
        }))
    }

    /// A visit's page; `None` where it is not on this phone or was taken back. `id` may be any version of it.
    pub async fn visit(self, id: RecordId) -> Result<Option<VisitPage>, StoreError> {
        let inner = self.inner();
        let (line, household, said, view) = {
            let notebook = inner.notebook.borrow();
            let Some(line) = notebook.visit(id).filter(|line| !line.retracted) else { return Ok(None) };
            let Some(household) = notebook.household(line.household, line.campaign, self.today()) else { return Ok(None) };
            let (said, view) = (notebook.said(line.id), view(&notebook, &line));
            (line, household, said, view)
        };
        let mut versions = Vec::new();
        let completed = line.versions.iter().skip(1).map(|next| next.completes).chain([false]);
        for (version, _) in line.versions.iter().zip(completed).filter(|(_, completed)| !completed) {
            if let Some(visit) = inner.written(version.location).await?.and_then(|event| event.read(Part::Facts)) {
                versions.push(VisitVersion { at: version.at, visit });
            }
        }
        let Some(visit) = versions.last().map(|version| version.visit.clone()) else { return Ok(None) };
        let (mut notes, mut opinions) = (Vec::new(), Vec::new());
        for said in said {
            let Some(view) = inner.said(said.id).await? else { continue };
            if said.note {
                notes.push(view);
            } else {
                opinions.push(view);
            }
        }
        short::sort_by_key(&mut notes, |note| note.id);
        short::sort_by_key(&mut opinions, |opinion| opinion.id);
        Ok(Some(VisitPage { view, household, campaign: line.campaign, visit, versions, notes, opinions }))
    }

    /// A note or a named opinion to correct, and its visit; `None` where it is not on this phone.
    pub async fn said(self, id: RecordId) -> Result<Option<(SaidView, VisitLine)>, StoreError> {
        let inner = self.inner();
        let visit = {
            let notebook = inner.notebook.borrow();
            notebook.said_at(id).and_then(|(_, visit)| notebook.visit(visit)).filter(|line| !line.retracted)
        };
        Ok(inner.said(id).await?.zip(visit))
    }
}

impl Inner {
    pub(super) async fn said(&self, id: RecordId) -> Result<Option<SaidView>, StoreError> {
        let Some((mut event, mut last)) = self.said_version(id).await? else { return Ok(None) };
        // No honest phone corrects corrections of corrections without end.
        for _ in 0..100 {
            let Change::Amend { of } = event.header.change else { break };
            let Some((before, version)) = self.said_version(of).await? else { break };
            last.earlier.push(version);
            event = before;
        }
        Ok(Some(last))
    }

    async fn said_version(&self, id: RecordId) -> Result<Option<(Written, SaidView)>, StoreError> {
        let at = self.notebook.borrow().said_at(id);
        let Some((location, _)) = at else { return Ok(None) };
        let Some(event) = self.written(location).await? else { return Ok(None) };
        let Some(text) = event.read(Part::Text).map(compose) else { return Ok(None) };
        let facts = match event.header.kind {
            Kind::MeetingOpinion => event.read(Part::Facts).map(|there: MeetingOpinion| there.said),
            _ => event.read(Part::Facts),
        };
        let view = SaidView { id, at: event.header.at, facts, text, earlier: Vec::new() };
        Ok(Some((event, view)))
    }

    pub(super) async fn written(&self, location: Location) -> Result<Option<Written>, StoreError> {
        Ok(match location {
            Location::Own { seq } => self.own(seq).await?.map(|operation| Written { header: operation.header, parts: operation.parts }),
            Location::Page { .. } => match self.record(location).await?.map(|record| record.body) {
                Some(Body::Event(event)) => Some(Written { header: event.header, parts: event.parts }),
                _ => None,
            },
            Location::Nowhere => None,
        })
    }

    fn dispute(&self, shown: &Household, field: &str, siblings: &Siblings, writers: &[Writer]) -> Dispute {
        let (sequence, notebook) = (self.sequence(), self.notebook.borrow());
        let mut values: Vec<_> = siblings.values.iter().collect();
        short::sort_by_key(&mut values, |sibling| std::cmp::Reverse((sibling.at, sibling.dot)));
        let disputed = |sibling: &&Sibling| {
            let Sibling { dot, at, ref value } = **sibling;
            let is_own = sequence.seen(dot, |_| true).device.is_none();
            let by = if is_own { Author::Here } else { notebook.author(dot.device, writers) };
            DisputedValue { dot, household: shown.with(field, value.clone()), by, at }
        };
        Dispute { field: field.to_owned(), values: values.iter().map(disputed).collect() }
    }
}

fn view(notebook: &Notebook, visit: &VisitLine) -> VisitView {
    let by: PersonId = visit.by;
    VisitView {
        id: visit.id,
        at: visit.at,
        met: visit.contact.met(),
        next: visit.next,
        by: notebook.person_name(by).to_owned(),
        own: visit.own,
        amended: visit.corrected(),
        waiting: visit.waiting,
    }
}
