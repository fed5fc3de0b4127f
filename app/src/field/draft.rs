//! What is being written: a visit or a meeting with its opinions, kept by itself while people type.

use crate::meeting_draft::MeetingDraft;
use crate::place::Writing;
use app::phone::{AnonymousForm, NamedOpinion, Phone, StoreError, VisitForm};
use app::platform::time;
use domain::id::RecordId;
use domain::opinion::{self, OpinionError, OpinionKind, ReporterMode, Topic, Urgency};
use domain::time::{Date, Time};
use domain::visit::{Appointment, ContactResult, NOTE_MAX, PurposeResult};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// A visit as far as it is written, or what of a meeting is not saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VisitDraft {
    pub contact: Option<ContactResult>,
    pub purposes: Vec<PurposeResult>,
    pub next: Option<Appointment>,
    pub promised: Option<Date>,
    pub note: String,
    pub opinions: Vec<OpinionDraft>,
    pub meeting: MeetingDraft,
}

/// An opinion as far as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpinionDraft {
    pub kind: Option<OpinionKind>,
    pub topic: Option<Topic>,
    pub text: String,
    pub mode: Option<ReporterMode>,
    pub urgency: Option<Urgency>,
}

/// An opinion that is complete.
pub enum Spoken {
    /// With the household's name.
    Named(NamedOpinion),
    /// Apart from its visit.
    Apart(AnonymousForm),
}

/// What is missing from a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitGap {
    /// Nobody said whether somebody was met.
    NoContact,
    /// Opinions stand there, but nobody was spoken to.
    NobodySpoken,
    /// The nth opinion is not complete.
    Opinion(usize),
    /// The note is longer than [`NOTE_MAX`].
    NoteTooLong,
}

/// What is missing from an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpinionGap {
    NoTopic,
    NoText,
    TooLong,
    NoMode,
}

impl OpinionDraft {
    /// What is missing, in the order of the page. The kind is not among it: without one there is no opinion yet.
    pub fn gaps(&self) -> Vec<OpinionGap> {
        self.gaps_there().into_iter().chain(self.mode.is_none().then_some(OpinionGap::NoMode)).collect()
    }

    /// The same at a meeting, where nobody is asked who said it.
    pub fn gaps_there(&self) -> Vec<OpinionGap> {
        let text = match opinion::check_text(&self.text) {
            Err(OpinionError::TooLong) => Some(OpinionGap::TooLong),
            Err(_) => Some(OpinionGap::NoText),
            Ok(()) => None,
        };
        [self.topic.is_none().then_some(OpinionGap::NoTopic), text].into_iter().flatten().collect()
    }

    /// What nobody calls urgent can wait.
    pub fn urgency(&self) -> Urgency {
        self.urgency.unwrap_or(Urgency::Normal)
    }

    /// With the household's name.
    pub fn is_named(&self) -> bool {
        self.mode == Some(ReporterMode::Named)
    }

    /// The opinion to be saved; `None` as long as something is missing.
    pub fn spoken(&self) -> Option<Spoken> {
        let mode = self.mode?;
        let NamedOpinion { kind, topic, urgency, text } = self.said()?;
        Some(match mode {
            ReporterMode::Named => Spoken::Named(NamedOpinion { kind, topic, urgency, text }),
            ReporterMode::Anonymous | ReporterMode::Group => Spoken::Apart(AnonymousForm { mode, kind, topic, urgency, text }),
        })
    }

    /// What was said, whoever it was; `None` as long as something is missing.
    pub fn said(&self) -> Option<NamedOpinion> {
        Some(NamedOpinion { kind: self.kind?, topic: self.topic?, urgency: self.urgency(), text: self.text.clone() })
    }

    /// Takes the words out of memory, as far as a program in a browser can.
    pub fn wipe(self) {
        let mut bytes = self.text.into_bytes();
        bytes.fill(0);
        std::hint::black_box(bytes);
    }
}

impl VisitDraft {
    /// One opinion, to be corrected.
    fn of(opinion: OpinionDraft) -> Self {
        Self { opinions: vec![opinion], ..Self::default() }
    }

    /// Somebody was spoken to, so that something can have been done and said.
    pub fn spoke(&self) -> bool {
        self.contact.is_some_and(ContactResult::spoke)
    }

    /// What is missing, in the order of the page.
    pub fn gaps(&self) -> Vec<VisitGap> {
        let mut gaps = Vec::new();
        match self.contact {
            None => gaps.push(VisitGap::NoContact),
            Some(contact) if !contact.spoke() && !self.opinions.is_empty() => gaps.push(VisitGap::NobodySpoken),
            Some(_) => {}
        }
        let incomplete = |opinion: &OpinionDraft| opinion.kind.is_none() || !opinion.gaps().is_empty();
        gaps.extend(self.opinions.iter().enumerate().filter(|(_, o)| incomplete(o)).map(|(n, _)| VisitGap::Opinion(n)));
        if self.note.trim().chars().count() > NOTE_MAX {
            gaps.push(VisitGap::NoteTooLong);
        }
        gaps
    }

    /// The form to be saved; `None` as long as something is missing. What belongs only to a visit at which somebody
    /// was spoken to is left out of others.
    pub fn form(&self, household: RecordId, campaign: RecordId) -> Option<VisitForm> {
        if !self.gaps().is_empty() {
            return None;
        }
        let contact = self.contact?;
        let spoke = contact.spoke();
        // What is promised without a named opinion is left out when a new visit is saved.
        let mut form = VisitForm {
            household,
            campaign,
            contact,
            purposes: if spoke { self.purposes.clone() } else { Vec::new() },
            next: self.next,
            promised: self.promised,
            note: self.note.clone(),
            named: Vec::new(),
            anonymous: Vec::new(),
        };
        for opinion in &self.opinions {
            match opinion.spoken()? {
                Spoken::Named(opinion) => form.named.push(opinion),
                Spoken::Apart(opinion) => form.anonymous.push(opinion),
            }
        }
        Some(form)
    }
}

/// How the draft is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// Nothing was typed yet.
    #[default]
    Untouched,
    /// Safe since then.
    At(Time),
    /// Not safe, and why.
    Failed(StoreError),
}

type Write = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), StoreError>>>>>;

/// Writes a draft some moments after it changed: at most 400 ms of typing are not yet on their way to the store.
#[derive(Clone, Copy)]
pub struct Keeper {
    phone: Phone,
    /// How the draft is kept.
    pub kept: RwSignal<Kept>,
    state: StoredValue<KeeperState>,
    write: StoredValue<Write, LocalStorage>,
}

#[derive(Clone, Copy, Default)]
struct KeeperState {
    timed: bool,
    writing: bool,
    changed: bool,
}

/// Not a debounce: who types without a pause must not wait for the end of the sentence.
const DELAY: Duration = Duration::from_millis(400);

impl Keeper {
    /// `write` stores what stands on the page at that moment, or does nothing where there is nothing to keep.
    pub fn new<F>(phone: Phone, write: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<(), StoreError>> + 'static,
    {
        let keeper = Self {
            phone,
            kept: RwSignal::new(Kept::default()),
            state: StoredValue::new(KeeperState::default()),
            write: StoredValue::new_local(Rc::new(move || Box::pin(write()))),
        };
        let keepers = use_context::<Keepers>();
        if let Some(keepers) = keepers {
            keepers.0.update_value(|all| all.push(keeper));
        }
        // A phone that goes to sleep or to another app may never come back to this page.
        let hidden = window_event_listener_untyped("visibilitychange", move |_| keeper.now());
        let gone = window_event_listener_untyped("pagehide", move |_| keeper.now());
        on_cleanup(move || {
            keeper.now();
            hidden.remove();
            gone.remove();
            if let Some(keepers) = keepers {
                keepers.0.try_update_value(|all| all.retain(|known| known.kept != keeper.kept));
            }
        });
        keeper
    }

    /// Something was typed.
    pub fn touch(self) {
        let timed = self.state.try_update_value(|state| {
            state.changed = true;
            std::mem::replace(&mut state.timed, true)
        });
        if timed == Some(false) {
            set_timeout(
                move || {
                    self.state.try_update_value(|state| state.timed = false);
                    self.now();
                },
                DELAY,
            );
        }
    }

    /// Says whether something is not yet written, and leaves that to the caller.
    fn hand_over(self) -> bool {
        self.state.try_update_value(|state| std::mem::take(&mut state.changed)).unwrap_or(false)
    }

    /// Writes what has changed, and waits until it is safe.
    async fn settle(self) -> Result<(), StoreError> {
        while self.state.try_get_value().is_some_and(|state| state.writing) {
            time::sleep(10).await;
        }
        match self.write.try_get_value() {
            Some(write) if self.hand_over() => {
                let written = write().await;
                self.done(&written);
                written
            }
            _ => Ok(()),
        }
    }

    /// What could not be written is still to be written: nothing closes before it is.
    fn done(self, written: &Result<(), StoreError>) {
        self.kept.try_set(match written {
            Ok(()) => Kept::At(self.phone.now()),
            Err(error) => Kept::Failed(error.clone()),
        });
        self.state.try_update_value(|state| state.changed |= written.is_err());
    }

    /// Writes now what has changed. One write at a time, so that an older one never ends last.
    pub fn now(self) {
        let begin = self.state.try_update_value(|state| {
            let begin = state.changed && !state.writing;
            if begin {
                *state = KeeperState { changed: false, writing: true, ..*state };
            }
            begin
        });
        let (Some(true), Some(write)) = (begin, self.write.try_get_value()) else { return };
        // Read now what is to be written: the page may be another one by the time the store has time.
        let writing = write();
        spawn_local(async move {
            let written = writing.await;
            self.state.try_update_value(|state| state.writing = false);
            self.done(&written);
            // After a failure somebody types on, or the notebook is to close: it is tried again then.
            if written.is_ok() {
                self.now();
            }
        });
    }
}

/// Every draft that may not be safe yet.
#[derive(Clone, Copy)]
pub struct Keepers(StoredValue<Vec<Keeper>>);

impl Keepers {
    /// None.
    pub fn new() -> Self {
        Self(StoredValue::new(Vec::new()))
    }

    /// Waits until all of them are safe.
    pub async fn settle(self) -> Result<(), StoreError> {
        for keeper in self.0.get_value() {
            keeper.settle().await?;
        }
        Ok(())
    }
}

/// The visit that is being written, shared by its pages.
#[derive(Clone, Copy)]
pub struct Desk {
    phone: Phone,
    paper: RwSignal<Option<Paper>>,
    /// What the last page has to say to the next one.
    pub news: RwSignal<Option<News>>,
    /// Somebody speaks: the meeting's page opens where their words are written.
    pub next_words: RwSignal<bool>,
    /// An opinion that was just thrown away, to be taken back.
    pub removed: RwSignal<Option<OpinionDraft>>,
    /// Writes the draft.
    pub keeper: Keeper,
}

/// Said once on the page that comes after something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A visit was saved.
    VisitSaved(Time),
    /// A visit was taken back.
    VisitTakenBack,
    /// A correction of what was said was saved.
    SaidSaved,
    /// A household was saved.
    HouseholdSaved,
    /// The header of a meeting was saved.
    MeetingSaved,
}

/// One visit on the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub writing: Writing,
    /// The household and the campaign of the visit; an opinion without a name has neither, nor has a meeting.
    pub visit: Option<(RecordId, RecordId)>,
    pub draft: VisitDraft,
}

impl Paper {
    /// Everything that stands here is saved: only a meeting goes on when its draft is empty.
    fn is_spent(&self, phone: Phone) -> bool {
        let Writing::Meeting(id) = self.writing else { return false };
        let saved = phone.with(|notebook| notebook.meeting(id)).map(|line| MeetingDraft::of(&line));
        self.draft.opinions.is_empty() && saved.as_ref() == Some(&self.draft.meeting)
    }

    /// What is left of it when the nth opinion is saved; `None` where that is nothing.
    pub fn without_opinion(&self, phone: Phone, n: usize) -> Option<VisitDraft> {
        let mut rest = self.clone();
        if n < rest.draft.opinions.len() {
            rest.draft.opinions.remove(n);
        }
        (!rest.is_spent(phone)).then_some(rest.draft)
    }

    /// What is left of it when the header is saved as it stands here.
    pub fn without_header(&self) -> Option<&VisitDraft> {
        let left = !self.draft.opinions.is_empty() || !self.draft.meeting.typing.is_empty();
        left.then_some(&self.draft)
    }
}

/// Why a visit cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPaper {
    /// No campaign runs on this phone.
    NoCampaign,
    /// The visit or the household is not on this phone.
    Gone,
    /// The store did not answer as it should.
    Store(StoreError),
}

impl Desk {
    /// An empty desk.
    pub fn new(phone: Phone) -> Self {
        let paper = RwSignal::new(None::<Paper>);
        let keeper = Keeper::new(phone, move || {
            let kept = paper.try_get_untracked().flatten();
            async move {
                let Some(kept) = kept else { return Ok(()) };
                let key = kept.writing.key();
                if kept.is_spent(phone) {
                    return phone.draft_clear(&key).await;
                }
                phone.draft_save(&key, &kept.draft).await?;
                // Saved as a visit, and cleared, while this was on its way: it must not come back.
                if paper.try_get_untracked().flatten().is_none() {
                    phone.draft_clear(&key).await?;
                }
                Ok(())
            }
        });
        Self { phone, paper, news: RwSignal::new(None), next_words: RwSignal::new(false), removed: RwSignal::new(None), keeper }
    }

    /// Lays the visit on the desk, with its draft if there is one; does nothing where it lies there already.
    pub async fn take(self, writing: Writing) -> Result<(), NoPaper> {
        if self.paper.with_untracked(|paper| paper.as_ref().is_some_and(|paper| paper.writing == writing)) {
            return Ok(());
        }
        // The visit that lay there may have been typed into a moment ago.
        if let Some(before) = self.paper.get_untracked()
            && self.keeper.hand_over()
            && !before.is_spent(self.phone)
        {
            self.phone.draft_save(&before.writing.key(), &before.draft).await.map_err(NoPaper::Store)?;
        }
        let draft = self.phone.draft_load::<VisitDraft>(&writing.key()).await.map_err(NoPaper::Store)?;
        let paper = match writing {
            Writing::New(household) => {
                let campaign = self.phone.with(|notebook| notebook.current().map(|campaign| campaign.id)).ok_or(NoPaper::NoCampaign)?;
                Paper { writing, visit: Some((household, campaign)), draft: draft.unwrap_or_default() }
            }
            Writing::Amend(visit) => {
                let page = self.phone.visit(visit).await.map_err(NoPaper::Store)?.ok_or(NoPaper::Gone)?;
                let campaign = page.campaign.ok_or(NoPaper::NoCampaign)?;
                let before = VisitDraft {
                    contact: Some(page.visit.contact),
                    purposes: page.visit.purposes,
                    next: page.visit.next,
                    promised: page.visit.promised,
                    ..VisitDraft::default()
                };
                Paper { writing, visit: Some((page.household.id, campaign)), draft: draft.unwrap_or(before) }
            }
            Writing::Said { said, .. } => {
                let (said, visit) = self.phone.said(said).await.map_err(NoPaper::Store)?.ok_or(NoPaper::Gone)?;
                let campaign = visit.campaign.ok_or(NoPaper::NoCampaign)?;
                let before = match said.facts {
                    None => VisitDraft { note: said.text, ..VisitDraft::default() },
                    Some(facts) => VisitDraft::of(OpinionDraft {
                        kind: Some(facts.kind),
                        topic: Some(facts.topic),
                        text: said.text,
                        mode: Some(ReporterMode::Named),
                        urgency: Some(facts.urgency),
                    }),
                };
                Paper { writing, visit: Some((visit.household, campaign)), draft: draft.unwrap_or(before) }
            }
            Writing::NewMeeting => {
                let begun = || VisitDraft { meeting: MeetingDraft::new(self.phone), ..VisitDraft::default() };
                Paper { writing, visit: None, draft: draft.unwrap_or_else(begun) }
            }
            Writing::Meeting(id) => {
                let line = self.phone.with(|notebook| notebook.meeting(id)).filter(|line| line.own).ok_or(NoPaper::Gone)?;
                let saved = || VisitDraft { meeting: MeetingDraft::of(&line), ..VisitDraft::default() };
                Paper { writing, visit: None, draft: draft.unwrap_or_else(saved) }
            }
            Writing::SaidThere { said, .. } => {
                let said = self.phone.meeting_opinion(said).await.map_err(NoPaper::Store)?.ok_or(NoPaper::Gone)?;
                let facts = said.facts.ok_or(NoPaper::Gone)?;
                let before = VisitDraft::of(OpinionDraft {
                    kind: Some(facts.kind),
                    topic: Some(facts.topic),
                    text: said.text,
                    mode: None,
                    urgency: Some(facts.urgency),
                });
                Paper { writing, visit: None, draft: draft.unwrap_or(before) }
            }
            Writing::Unnamed(key) => {
                let said = self.phone.anonymous(key).await.map_err(NoPaper::Store)?.ok_or(NoPaper::Gone)?;
                let before = VisitDraft::of(OpinionDraft {
                    kind: Some(said.kind),
                    topic: Some(said.topic),
                    text: said.text,
                    mode: Some(said.mode),
                    urgency: Some(said.urgency),
                });
                Paper { writing, visit: None, draft: draft.unwrap_or(before) }
            }
        };
        self.keeper.kept.set(Kept::default());
        self.removed.set(None);
        self.paper.set(Some(paper));
        Ok(())
    }

    /// Reads the visit; tracked.
    pub fn read<T: Default>(self, read: impl FnOnce(&Paper) -> T) -> T {
        let (mut read, mut answer) = (Some(read), None);
        self.show(&mut |paper| answer = read.take().map(|read| read(paper)));
        answer.unwrap_or_default()
    }

    /// One function for all that is read.
    fn show(self, read: &mut dyn FnMut(&Paper)) {
        self.paper.with(|paper| paper.iter().for_each(read));
    }

    /// Reads the visit once.
    pub fn peek<T: Default>(self, read: impl FnOnce(&Paper) -> T) -> T {
        untrack(|| self.read(read))
    }

    /// Changes the draft and keeps it.
    pub fn change(self, change: impl FnOnce(&mut VisitDraft)) {
        let mut change = Some(change);
        self.alter(&mut |draft| change.take().into_iter().for_each(|change| change(draft)));
    }

    /// One function for all that changes.
    fn alter(self, change: &mut dyn FnMut(&mut VisitDraft)) {
        self.paper.update(|paper| {
            if let Some(paper) = paper {
                change(&mut paper.draft);
            }
        });
        self.keeper.touch();
    }

    /// Changes the nth opinion, which begins with its kind.
    pub fn change_opinion(self, n: usize, change: impl FnOnce(&mut OpinionDraft)) {
        self.change(|draft| {
            if draft.opinions.len() == n {
                draft.opinions.push(OpinionDraft::default());
            }
            if let Some(opinion) = draft.opinions.get_mut(n) {
                change(opinion);
            }
        });
    }

    /// The header of the meeting stands here as it was just saved, and not as it was typed.
    pub fn settle_header(self, meeting: RecordId) {
        if let Some(line) = self.phone.with(|notebook| notebook.meeting(meeting)) {
            self.change(|draft| {
                let typing = std::mem::take(&mut draft.meeting.typing);
                draft.meeting = MeetingDraft { typing, ..MeetingDraft::of(&line) };
            });
        }
    }

    /// Takes the nth opinion out of memory and store at once. The rest of the visit stays.
    pub fn wipe_opinion(self, n: usize) {
        self.change(|draft| {
            if n < draft.opinions.len() {
                draft.opinions.remove(n).wipe();
            }
        });
        self.keeper.now();
    }

    /// Throws the nth opinion away; it can be taken back until the next page.
    pub fn remove_opinion(self, n: usize) {
        let mut removed = None;
        self.change(|draft| removed = (n < draft.opinions.len()).then(|| draft.opinions.remove(n)));
        self.removed.set(removed);
    }

    /// Takes the last one back.
    pub fn restore_opinion(self) {
        if let Some(opinion) = self.removed.try_update(Option::take).flatten() {
            self.change(|draft| draft.opinions.push(opinion));
        }
    }

    /// Clears the desk if the draft with this key lies there.
    pub fn clear_draft(self, key: &str) {
        if self.peek(|paper| paper.writing.key() == key) {
            self.clear();
        }
    }

    /// Clears the desk after the visit was saved.
    pub fn clear(self) {
        self.paper.try_set(None);
        self.removed.try_set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::meeting::MeetingState;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn opinion(mode: ReporterMode) -> OpinionDraft {
        OpinionDraft {
            kind: Some(OpinionKind::Wish),
            topic: Some(Topic::InfraPower),
            text: "Ngõ 3 cần thêm đèn.".into(),
            mode: Some(mode),
            urgency: Some(Urgency::Normal),
        }
    }

    fn ids() -> (RecordId, RecordId) {
        (RecordId::new(1, [1; 10]), RecordId::new(2, [2; 10]))
    }

    #[wasm_bindgen_test]
    fn a_damaged_draft_is_one_or_none() {
        let (household, campaign) = ids();
        let meeting =
            MeetingDraft { village: Some(household.into()), hour: "19:30".into(), present: "214".into(), ..MeetingDraft::default() };
        let draft = VisitDraft {
            contact: Some(ContactResult::MetRep),
            purposes: vec![PurposeResult::FollowUp],
            next: Some(Appointment { date: Date::MAX, minute: Some(1_050) }),
            promised: Some(Date::MIN),
            note: "Chó dữ".into(),
            opinions: vec![opinion(ReporterMode::Named), opinion(ReporterMode::Group)],
            meeting,
        };
        crate::chance::survives(&draft, |draft| {
            drop((draft.gaps(), draft.form(household, campaign), draft.meeting.read(MeetingState::InSession)))
        });
    }

    #[wasm_bindgen_test]
    fn nothing_is_saved_before_it_is_complete() {
        let (household, campaign) = ids();
        let mut draft = VisitDraft::default();
        assert_eq!(draft.gaps(), [VisitGap::NoContact]);
        draft.contact = Some(ContactResult::MetRep);
        draft.opinions = vec![opinion(ReporterMode::Named), OpinionDraft { text: " ".into(), ..opinion(ReporterMode::Group) }];
        assert_eq!(draft.gaps(), [VisitGap::Opinion(1)]);
        assert_eq!(draft.form(household, campaign), None);
        draft.contact = Some(ContactResult::NotHome);
        draft.opinions.pop();
        assert_eq!(draft.gaps(), [VisitGap::NobodySpoken]);
    }

    #[wasm_bindgen_test]
    fn opinions_go_their_ways_and_the_promise_stays() {
        let (household, campaign) = ids();
        let promised = Date::new(2026, 12, 5);
        let mut draft = VisitDraft { contact: Some(ContactResult::MetRep), promised, ..VisitDraft::default() };
        // A correction of the visit alone keeps what was promised with it.
        assert_eq!(draft.form(household, campaign).unwrap().promised, promised);
        draft.opinions = vec![opinion(ReporterMode::Anonymous), opinion(ReporterMode::Group), opinion(ReporterMode::Named)];
        let form = draft.form(household, campaign).unwrap();
        assert_eq!((form.named.len(), form.anonymous.len(), form.promised), (1, 2, promised));
    }

    #[wasm_bindgen_test]
    fn what_nobody_calls_urgent_can_wait() {
        let said = OpinionDraft { urgency: None, ..opinion(ReporterMode::Named) };
        assert_eq!((said.gaps().len(), said.urgency()), (0, Urgency::Normal));
    }

    #[wasm_bindgen_test]
    fn a_visit_without_contact_carries_no_purposes() {
        let (household, campaign) = ids();
        let draft =
            VisitDraft { contact: Some(ContactResult::NotHome), purposes: vec![PurposeResult::InfoDelivered], ..VisitDraft::default() };
        assert_eq!(draft.form(household, campaign).unwrap().purposes, []);
    }
}
