//! Saving: everything of one act in one transaction, and "saved" only after it.

use super::form::{AnonymousForm, NamedOpinion, SaidForm, SaveError, SavedVisit, VisitForm};
use super::meeting::said_there;
use super::outbox::{anonymous_key, unnamed};
use super::redact::told;
use super::{Dispute, Inner, Phone, StoreError};
use crate::platform::random;
use crate::store::Name;
use crate::store::rows::AnonymousRow;
use domain::campaign::{Campaign, CampaignState};
use domain::cbor;
use domain::household::{self, Household};
use domain::id::{AreaId, RecordId};
use domain::notebook::VisitLine;
use domain::operation::{Change, Dot, Ground, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Stream};
use domain::opinion::{Amends, AnonymousOpinion, Opinion, OpinionError, Reporter, ReporterMode, SecretHash, check_text};
use domain::record::{Body, Registry};
use domain::register::Values;
use domain::source::Source;
use domain::text::clean_lines;
use domain::time::Date;
use domain::visit::{Appointment, Callback, CallbackContact, ContactResult, NOTE_MAX, Note, Visit};
use serde::Serialize;
use serde_bytes::ByteBuf;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// What one act of saving writes.
#[derive(Default)]
pub(super) struct Act<'a> {
    pub(super) operations: Vec<Operation>,
    pub(super) anonymous: Vec<AnonymousRow>,
    pub(super) draft: Option<Rest<'a>>,
}

/// What becomes of a draft when something of it is saved, in the same transaction: nothing of it may be there twice, and
/// nothing may be lost.
pub struct Rest<'a> {
    key: &'a str,
    content: Option<Vec<u8>>,
}

impl<'a> Rest<'a> {
    /// All of it is saved.
    pub const fn none(key: &'a str) -> Self {
        Self { key, content: None }
    }

    /// This is left, or nothing.
    pub fn of<T: Serialize>(key: &'a str, draft: Option<&T>) -> Self {
        Self { key, content: draft.map(cbor::encode) }
    }
}

impl Phone {
    /// Saves a visit with everything that was said, in one transaction that also clears the draft `draft`.
    /// Returns only when it would survive a flat battery.
    pub async fn save_visit(self, form: VisitForm, draft: Option<&str>) -> Result<SavedVisit, SaveError> {
        self.inner().save_visit(form, Change::Create, draft).await
    }

    /// Saves "vắng nhà", with the day to come again if there is one. A day that is chosen afterwards is an
    /// amendment: [`Phone::amend_visit`].
    pub async fn save_not_home(self, household: RecordId, campaign: RecordId, next: Option<Appointment>) -> Result<SavedVisit, SaveError> {
        let form = VisitForm {
            household,
            campaign,
            contact: ContactResult::NotHome,
            purposes: Vec::new(),
            next,
            promised: None,
            note: String::new(),
            named: Vec::new(),
            anonymous: Vec::new(),
        };
        self.save_visit(form, None).await
    }

    /// Corrects an own visit; the first version stays. `visit` may be any version of it. The form's household counts
    /// for nothing; its opinions and its note are additional ones.
    pub async fn amend_visit(self, visit: RecordId, form: VisitForm, draft: Option<&str>) -> Result<SavedVisit, SaveError> {
        let inner = self.inner();
        let line = inner.own_visit(visit)?;
        let form = VisitForm { household: line.household, ..form };
        inner.save_visit(form, Change::Amend { of: line.id }, draft).await
    }

    /// Corrects a note or a named opinion of an own visit, or an opinion of an own meeting, and clears the draft; the first
    /// version stays.
    pub async fn amend_said(self, id: RecordId, form: SaidForm, draft: Option<&str>) -> Result<(), SaveError> {
        let inner = self.inner();
        check_said(&form)?;
        let at = inner.notebook.borrow().said_at(id);
        let (location, about) = at.ok_or(SaveError::NoOpinion)?;
        let before = inner.written(location).await?.ok_or(SaveError::NoOpinion)?;
        let at_meeting = before.header.kind == Kind::MeetingOpinion;
        if at_meeting {
            inner.own_meeting(about)?;
        } else {
            inner.own_visit(about)?;
        }
        let header = Header { record: random::record_id(), change: Change::Amend { of: id }, ..before.header.clone() };
        let operation = Operation::new(Header { grant: inner.sync.borrow().grants.version, at: inner.now(), ..header });
        let operation = match form {
            SaidForm::Note(text) => operation.with(Part::Facts, &Note { visit: about }).with(Part::Text, &clean_lines(&text)),
            SaidForm::Opinion(said) if at_meeting => said_there(operation, about, &said),
            SaidForm::Opinion(said) => {
                let reporter: Reporter = before.read(Part::Contact).ok_or(SaveError::NoOpinion)?;
                spoken(operation, &said).with(Part::Contact, &reporter)
            }
        };
        inner.save(Act { operations: vec![operation], draft: draft.map(Rest::none), ..Act::default() }).await?;
        Ok(())
    }

    /// Corrects an opinion without a name, and clears the draft. The correction travels as the opinion did; it is as
    /// urgent as that was.
    pub async fn amend_anonymous(self, key: u128, form: AnonymousForm, draft: Option<&str>) -> Result<(), SaveError> {
        let inner = self.inner();
        check_text(&form.text).map_err(|error| SaveError::Opinion(0, error))?;
        let before = unnamed(&inner.store).await?.into_iter().find(|said| said.key == key).ok_or(SaveError::NoOpinion)?;
        let secret = before.rows.first().map(|(_, row)| row.secret.clone()).ok_or(SaveError::NoOpinion)?;
        let AnonymousOpinion { area, urgency, campaign, basis, until, .. } = before.opinion;
        let (form, week) = (AnonymousForm { urgency, ..form }, inner.now().date().week());
        let row = anonymous(&form, area, week, (campaign, basis, until), Some(Amends::Proof(secret)));
        inner.save(Act { anonymous: vec![row], draft: draft.map(Rest::none), ..Act::default() }).await?;
        Ok(())
    }

    /// Takes an own visit back with its note, its named opinions and what was promised ("Bấm nhầm, bỏ lần ghi này").
    pub async fn retract_visit(self, visit: RecordId) -> Result<(), SaveError> {
        let inner = self.inner();
        let line = inner.own_visit(visit)?;
        let area = inner.household_area(line.household)?;
        let ground = inner.ground(line.campaign);
        let mut operations = vec![inner.header(Kind::Visit, Stream::Visit, area, Change::Retract { of: line.id }, ground.clone())];
        for (id, kind, stream) in inner.written_with(&line).await? {
            operations.push(inner.header(kind, stream, area, Change::Retract { of: id }, ground.clone()));
        }
        let operations = operations.into_iter().map(Operation::new).collect();
        inner.save(Act { operations, ..Act::default() }).await?;
        Ok(())
    }

    /// Adds a household at the door and clears the draft.
    pub async fn add_household(self, village: AreaId, household: Household, draft: Option<&str>) -> Result<RecordId, SaveError> {
        let inner = self.inner();
        let household = household.cleaned();
        household.check().map_err(SaveError::Household)?;
        let header = inner.header(Kind::Household, Stream::Roll, village, Change::Create, ROLL);
        let id = header.record;
        let operation = Operation { header, parts: household::parts(household.first_values()) };
        inner.save(Act { operations: vec![operation], draft: draft.map(Rest::none), ..Act::default() }).await?;
        Ok(id)
    }

    /// Corrects a household: the fields that differ from what this phone shows. Clears the draft.
    pub async fn save_household(self, id: RecordId, household: Household, draft: Option<&str>) -> Result<(), SaveError> {
        let inner = self.inner();
        // The page of one that was made twice shows the one that stands for it.
        let id = inner.notebook.borrow().one(id);
        let household = household.cleaned();
        let now = inner.registry(id).await?.ok_or(SaveError::NoHousehold)?;
        household.check_beside(&now.erased).map_err(SaveError::Household)?;
        let changed = household.changed_values(&Household::read(&now.state));
        inner.correct(id, changed, &|field| now.state.base(field), draft).await
    }

    /// Ends a dispute with what `household` has in its field: one of the values that stand there, or a new one. It replaces
    /// every value that the dispute shows, and none that came since.
    pub async fn decide(self, id: RecordId, dispute: &Dispute, household: Household) -> Result<(), SaveError> {
        let inner = self.inner();
        let id = inner.notebook.borrow().one(id);
        let decided: Values = household.cleaned().values().into_iter().filter(|(field, _)| *field == dispute.field).collect();
        household::check_correction(&decided).map_err(SaveError::Household)?;
        inner.correct(id, decided, &|_| dispute.values.iter().map(|value| value.dot).collect(), None).await
    }
}

/// The roll is kept for the work of the commune, not for a campaign.
const ROLL: Ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX };

impl Inner {
    async fn save_visit(self: &Rc<Self>, form: VisitForm, change: Change, draft: Option<&str>) -> Result<SavedVisit, SaveError> {
        check(&form)?;
        let area = self.household_area(form.household)?;
        let campaign = self.notebook.borrow().campaign(form.campaign).cloned();
        let campaign = campaign.filter(|campaign| campaign.state == CampaignState::Active).ok_or(SaveError::NoCampaign)?;
        let week = self.now().date().week();
        let ground = (campaign.id, campaign.basis, campaign.until);
        let anonymous = form.anonymous.iter().map(|said| anonymous(said, area, week, ground, None)).collect();
        let (visit, operations) = self.visit_operations(form, change, area, campaign.ground());
        let at = operations.first().map_or_else(|| self.now(), |operation| operation.header.at);
        self.save(Act { operations, anonymous, draft: draft.map(Rest::none) }).await?;
        Ok(SavedVisit { visit, at })
    }

    /// The visit, then its note, its named opinions and what was promised for them. Nothing here knows of anonymous ones.
    fn visit_operations(&self, form: VisitForm, change: Change, area: AreaId, ground: Ground) -> (RecordId, Vec<Operation>) {
        let header = |kind, stream, change| self.header(kind, stream, area, change, ground.clone());
        let first = header(Kind::Visit, Stream::Visit, change.clone());
        // What belongs to a visit names its first version.
        let (visit, amends) = if let Change::Amend { of } = change { (of, true) } else { (first.record, false) };
        // Answers are promised for named opinions only; those of a corrected visit stand with its first version.
        let promised = form.promised.filter(|_| amends || !form.named.is_empty());
        let facts = Visit {
            household: form.household,
            contact: form.contact,
            purposes: form.purposes,
            next: form.next,
            promised,
            source: Source::PhoneVisit,
            visitor: None,
        };
        let mut operations = vec![Operation::new(first).with(Part::Facts, &facts)];
        let note = clean_lines(&form.note);
        if !note.is_empty() {
            let operation = Operation::new(header(Kind::Note, Stream::Voice, Change::Create));
            operations.push(operation.with(Part::Facts, &Note { visit }).with(Part::Text, &note));
        }
        for said in form.named {
            let operation = Operation::new(header(Kind::Opinion, Stream::Voice, Change::Create));
            let opinion = operation.header.record;
            let reporter = Reporter { household: form.household, visit: Some(visit) };
            operations.push(spoken(operation, &said).with(Part::Contact, &reporter));
            if let Some(promised) = promised {
                let operation = Operation::new(header(Kind::Callback, Stream::Callback, Change::Create));
                let contact = CallbackContact { household: form.household };
                operations.push(operation.with(Part::Facts, &Callback { opinion, promised }).with(Part::Contact, &contact));
            }
        }
        (visit, operations)
    }

    /// Writes values of a household over those that their writer saw.
    async fn correct(
        self: &Rc<Self>,
        id: RecordId,
        values: Values,
        seen: &dyn Fn(&str) -> Vec<Dot>,
        draft: Option<&str>,
    ) -> Result<(), SaveError> {
        let area = self.household_area(id)?;
        let (sequence, sync) = (self.sequence(), self.sync.borrow().clone());
        let base = |field: &String| sequence.base(&seen(field), &|seq| !sync.waits(seq));
        let fields = values.keys().map(|field| (field.clone(), base(field))).collect();
        let mut act = Act { draft: draft.map(Rest::none), ..Act::default() };
        if !values.is_empty() {
            let header = Header { record: id, ..self.header(Kind::Household, Stream::Roll, area, Change::Set { fields }, ROLL) };
            act.operations.push(Operation { header, parts: household::parts(values) });
        }
        self.save(act).await?;
        Ok(())
    }

    pub(super) fn header(&self, kind: Kind, stream: Stream, area: AreaId, change: Change, ground: Ground) -> Header {
        let grant = self.sync.borrow().grants.version;
        Header { schema: SCHEMA, kind, record: random::record_id(), area, stream, change, grant, at: self.now(), ground }
    }

    fn ground(&self, campaign: Option<RecordId>) -> Ground {
        let notebook = self.notebook.borrow();
        campaign.and_then(|id| notebook.campaign(id)).map_or(ROLL, Campaign::ground)
    }

    fn household_area(&self, id: RecordId) -> Result<AreaId, SaveError> {
        self.notebook.borrow().household_location(id).map(|(area, _)| area).ok_or(SaveError::NoHousehold)
    }

    fn own_visit(&self, id: RecordId) -> Result<VisitLine, SaveError> {
        let line = self.notebook.borrow().visit(id).filter(|line| !line.retracted).ok_or(SaveError::NoVisit)?;
        if line.own { Ok(line) } else { Err(SaveError::NotOwn) }
    }

    /// A household's registers with the own changes in them.
    pub(super) async fn registry(&self, id: RecordId) -> Result<Option<Registry>, StoreError> {
        let (overlay, location) = {
            let notebook = self.notebook.borrow();
            (notebook.overlay(id).map(|overlay| overlay.merged()), notebook.household_location(id))
        };
        if overlay.is_some() {
            return Ok(overlay);
        }
        let Some((_, location)) = location else { return Ok(None) };
        Ok(match self.record(location).await?.map(|record| record.body) {
            Some(Body::Registry(registry)) => Some(registry),
            _ => None,
        })
    }

    /// Notes, named opinions and promises that this phone wrote with a visit and has not taken back.
    async fn written_with(&self, visit: &VisitLine) -> Result<Vec<(RecordId, Kind, Stream)>, StoreError> {
        let versions: Vec<RecordId> = visit.versions.iter().map(|version| version.id).collect();
        let (mut found, mut opinions, mut back) = (Vec::new(), Vec::new(), Vec::new());
        for row in self.store.rows(Name::Outbox, None, None).await? {
            let Some(operation) = self.store.unseal(&row).ok().and_then(|bytes| cbor::decode::<Operation>(&bytes).ok()) else { continue };
            let id = operation.header.record;
            if let Change::Retract { of } = operation.header.change {
                back.push(of);
                continue;
            }
            let belongs = match operation.header.kind {
                Kind::Note => operation.read::<Note>(Part::Facts).is_some_and(|note| versions.contains(&note.visit)),
                Kind::Opinion => {
                    let said = operation
                        .read::<Reporter>(Part::Contact)
                        .is_some_and(|reporter| reporter.visit.is_some_and(|visit| versions.contains(&visit)));
                    opinions.extend(said.then_some(id));
                    said
                }
                Kind::Callback => operation.read::<Callback>(Part::Facts).is_some_and(|callback| opinions.contains(&callback.opinion)),
                _ => false,
            };
            if belongs {
                found.push((id, operation.header.kind, operation.header.stream));
            }
        }
        found.retain(|(id, ..)| !back.contains(id));
        Ok(found)
    }

    /// Stores an act in one transaction, then shows it.
    pub(super) async fn save(self: &Rc<Self>, act: Act<'_>) -> Result<(), StoreError> {
        let mut plan = self.store.plan();
        let mut act = act;
        let mut redacted = told(&self.redactions.borrow());
        for operation in &mut act.operations {
            // What was deleted everywhere is not written again, nor is a correction of it.
            redacted.spread(std::iter::once(&operation.header));
            if let Some(parts) = redacted.parts(operation.header.record) {
                operation.erase(parts);
            }
            plan.append(Name::Outbox, *operation.header.record.bytes(), &cbor::encode(operation));
        }
        act.anonymous = self.without_redacted(act.anonymous).await?;
        for row in &act.anonymous {
            // A key that says nothing, not even in which order opinions were written.
            let key = anonymous_key(u128::from_be_bytes(random::bytes()));
            plan.put(Name::Anonymous, key, &cbor::encode(row));
        }
        if let Some(draft) = act.draft {
            match draft.content {
                Some(content) => plan.put(Name::Drafts, draft.key, &content),
                None => plan.delete(Name::Drafts, draft.key, "saved"),
            }
        }
        let keys = self.store.write(plan).await?;
        self.show(&act.operations, &keys).await;
        self.count();
        if !act.anonymous.is_empty() {
            self.count_anonymous().await;
        }
        self.changed();
        self.tell_tabs();
        let inner = self.clone();
        spawn_local(async move { inner.write_cover().await });
        spawn_local(self.clone().sync_soon());
        Ok(())
    }

    /// Takes what was stored into the notebook. Whatever goes wrong here, it is stored, and the next start shows it.
    async fn show(&self, operations: &[Operation], keys: &[u64]) {
        let own = self.seen.get().own;
        if keys.first().is_some_and(|first| *first != own + 1) {
            // Another tab wrote in between.
            let _ = self.catch_up().await;
            return;
        }
        for (operation, seq) in operations.iter().zip(keys) {
            let _ = self.take_own(*seq, &cbor::encode(operation)).await;
        }
    }
}

/// Facts and words of a named opinion.
fn spoken(operation: Operation, said: &NamedOpinion) -> Operation {
    let facts = Opinion { kind: said.kind, topic: said.topic, urgency: said.urgency, source: Source::PhoneVisit };
    operation.with(Part::Facts, &facts).with(Part::Text, &clean_lines(&said.text))
}

/// The opinion as it leaves the phone, and the secret that stays.
fn anonymous(
    said: &AnonymousForm,
    area: AreaId,
    week: Date,
    (campaign, basis, until): (RecordId, LegalBasis, Date),
    amends: Option<Amends>,
) -> AnonymousRow {
    let secret = random::bytes::<32>();
    let opinion = AnonymousOpinion {
        id: SecretHash::of(&secret),
        area,
        week: Some(week),
        campaign,
        mode: said.mode,
        kind: said.kind,
        topic: said.topic,
        urgency: said.urgency,
        text: clean_lines(&said.text),
        basis,
        until,
        amends,
    };
    AnonymousRow { secret: ByteBuf::from(secret.to_vec()), opinion: ByteBuf::from(cbor::encode(&opinion)), tried: false, stored_in: None }
}

fn check_said(form: &SaidForm) -> Result<(), SaveError> {
    match form {
        SaidForm::Note(text) if clean_lines(text).chars().count() > NOTE_MAX => Err(SaveError::NoteTooLong),
        SaidForm::Note(_) => Ok(()),
        SaidForm::Opinion(said) => check_text(&said.text).map_err(|error| SaveError::Opinion(0, error)),
    }
}

fn check(form: &VisitForm) -> Result<(), SaveError> {
    if !form.contact.spoke() && !(form.named.is_empty() && form.anonymous.is_empty()) {
        return Err(SaveError::NobodySpoken);
    }
    let named = form.named.iter().map(|said| (said.text.as_str(), true));
    let anonymous = form.anonymous.iter().map(|said| (said.text.as_str(), said.mode != ReporterMode::Named));
    for (at, (text, mode)) in named.chain(anonymous).enumerate() {
        check_text(text).map_err(|error| SaveError::Opinion(at, error))?;
        if !mode {
            return Err(SaveError::Opinion(at, OpinionError::NoKind));
        }
    }
    if clean_lines(&form.note).chars().count() > NOTE_MAX {
        return Err(SaveError::NoteTooLong);
    }
    Ok(())
}
