//! The header of a meeting: opening one, correcting it, concluding it.

use crate::draft::{Desk, News};
use crate::meeting;
use crate::meeting_draft::{Counted, MeetingDraft, MeetingGap};
use crate::page::{Frame, Words, lead_to, page, way, words};
use crate::place::{Place, Writing};
use crate::problem::save_problem;
use crate::visit_form::{kept, on_desk};
use app::phone::{Phone, Rest, SaveError};
use app::ui::cells::radio;
use app::ui::count::Count;
use app::ui::field::{Field, Typed};
use app::ui::live::{flag, live, tap};
use app::ui::note::mistakes;
use domain::code_book::CodeList;
use domain::id::{AreaId, RecordId};
use domain::meeting::{MeetingError, MeetingState, MeetingType};
use domain::time::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Shown at once; the rest after "Cuộc họp loại khác…".
const KINDS: [MeetingType; 4] =
    [MeetingType::VillageInfo, MeetingType::VillageDecision, MeetingType::VillageReview, MeetingType::VillageCluster];

/// What is done to the header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Open,
    Correct(MeetingState),
    End,
}

/// Opens a meeting.
pub fn open(phone: Phone, desk: Desk) -> AnyView {
    on_desk(phone, desk, Writing::NewMeeting, move || form(phone, desk, Writing::NewMeeting, Step::Open))
}

/// Corrects the header of a meeting.
pub fn correct(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    let state = phone.with(|notebook| notebook.meeting(id)).map_or(MeetingState::InSession, |line| line.facts.state);
    on_desk(phone, desk, Writing::Meeting(id), move || form(phone, desk, Writing::Meeting(id), Step::Correct(state)))
}

/// Concludes a meeting.
pub fn end(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    on_desk(phone, desk, Writing::Meeting(id), move || form(phone, desk, Writing::Meeting(id), Step::End))
}

fn form(phone: Phone, desk: Desk, writing: Writing, step: Step) -> AnyView {
    let Words { w, .. } = words();
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let way = way();
    let state = match step {
        Step::Open => MeetingState::InSession,
        Step::Correct(state) => state,
        Step::End => MeetingState::Concluded,
    };
    let gap = move || {
        desk.read(|paper| {
            let missing = (step == Step::Open && paper.draft.meeting.village.is_none()).then_some(MeetingGap::Village);
            missing.or_else(|| paper.draft.meeting.read(state).err())
        })
    };
    let gaps = move || if tried.get() { gap() } else { None };
    let save = move || {
        tried.set(true);
        let ready = desk.peek(|paper| {
            let rest = paper.without_header().cloned();
            Some((paper.draft.meeting.village, paper.draft.meeting.read(state).ok()?, rest))
        });
        let (None, Some((village, (facts, words), rest))) = (untrack(gap), ready) else {
            lead_to("thieu");
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let key = writing.key();
            let rest = Rest::of(&key, rest.as_ref());
            let result = match (writing, village) {
                (Writing::Meeting(id), _) => phone.command_meeting(id, facts, words, rest).await.map(|()| id),
                (_, Some(village)) => phone.open_meeting(village, facts, words, Rest::none(&key)).await,
                (_, None) => Err(SaveError::NoMeeting),
            };
            busy.try_set(false);
            match result {
                Ok(id) => {
                    if step == Step::Open {
                        desk.clear();
                    } else {
                        desk.settle_header(id);
                    }
                    desk.news.set(Some(News::MeetingSaved));
                    if let Some(way) = way {
                        way.replace(Place::Write(Writing::Meeting(id)));
                    }
                }
                Err(error) => {
                    failed.try_set(Some(error));
                    lead_to("thieu");
                }
            }
        });
    };
    let error = move |of: &'static str| move || gaps().filter(|gap| field_of(*gap) == of).map(|gap| gap_words(gap).to_owned());
    let line = move |id, label, hint, kind, value: String, set: fn(&mut MeetingDraft, String)| {
        let field = Field { id, label, hint, kind, value };
        field.view(move |text| desk.change(|draft| set(&mut draft.meeting, text)), error(id))
    };
    let first = desk.peek(|paper| paper.draft.meeting.clone());
    let whole = step != Step::End;
    let about = whole.then(|| {
        view! {
            {(step == Step::Open).then(|| village_cells(phone, desk))}
            {kind_cells(phone, desk)}
            {line("ten", w.meeting_title, w.meeting_title_hint, Typed::Line, first.title, |draft, text| draft.title = text)}
            {line("noi-hop", w.meeting_place, "", Typed::Line, first.place, |draft, text| draft.place = text)}
            <div class="pair">
                {line("ngay-hop", w.which_day, "", Typed::Day, first.day.map(Date::iso).unwrap_or_default(), |draft, text| draft.day = Date::read(&text))}
                {line("gio-hop", w.which_hour, "", Typed::Line, first.hour, |draft, text| draft.hour = text)}
            </div>
            {count_field(desk, Counted::Expected)}
        }
        .into_any()
    });
    let counts = (step != Step::Open).then(|| {
        view! {
            <div class="pair">{count_field(desk, Counted::Present)}{count_field(desk, Counted::People)}</div>
            {count_field(desk, Counted::Speakers)}
        }
        .into_any()
    });
    let conclusion = (state == MeetingState::Concluded)
        .then(|| line("ket-luan", w.conclusion, w.conclusion_hint, Typed::Lines, first.conclusion, |draft, text| draft.conclusion = text));
    let (title, button) = match step {
        Step::Open => (w.open_meeting, w.begin_meeting),
        Step::Correct(_) => (w.correct_meeting, w.save_correction),
        Step::End => (w.end_meeting, w.end_now),
    };
    let content = view! {
        <div><h1>{title}</h1>{kept(desk, String::new())}</div>
        <div id="thieu" tabindex="-1">
            {mistakes(w.not_complete, move || gaps().into_iter().collect(), move |gap| (field_of(*gap), gap_words(*gap).to_owned()))}
            {live(move || failed.get().map(|error| save_problem(&error)))}
        </div>
        {about}
        {counts}
        {conclusion}
    }
    .into_any();
    let dock = view! {
        <button type="button" class="btn" aria-busy=flag(move || busy.get()) on:click=tap(save)>
            {live(move || if busy.get() { w.saving } else { button })}
        </button>
    }
    .into_any();
    let dock = if let Writing::Meeting(id) = writing { meeting::with_next_words(desk, id, dock) } else { dock };
    let (back, label) = if step == Step::Open { (Place::Meetings, w.meetings) } else { (Place::Write(writing), w.meeting) };
    page(phone, Frame::Docked(back, label.to_owned(), dock), content)
}

/// A count of a meeting, to be typed or tapped up.
pub fn count_field(desk: Desk, what: Counted) -> AnyView {
    let Words { w, .. } = words();
    let (label, less, more) = match what {
        Counted::Expected => (w.households_expected, w.one_household_less, w.one_household_more),
        Counted::Present => (w.households_present, w.one_household_less, w.one_household_more),
        Counted::People => (w.people_present, w.one_person_less, w.one_person_more),
        Counted::Speakers => (w.speakers, w.one_person_less, w.one_person_more),
    };
    let typed = move || desk.read(|paper| paper.draft.meeting.clone().counted(what).clone());
    let learn = move |text: String| desk.change(|draft| *draft.meeting.counted(what) = text);
    Count { id: what.field(), label, less, more }.view(typed, learn)
}

fn village_cells(phone: Phone, desk: Desk) -> Option<AnyView> {
    let Words { w, .. } = words();
    let villages: Vec<(AreaId, String)> =
        phone.with(|notebook| notebook.villages().into_iter().map(|unit| (unit.id, unit.name.clone())).collect());
    (villages.len() > 1).then(|| {
        let cells = villages.into_iter().map(|(village, name)| {
            let chosen = move || desk.read(|paper| paper.draft.meeting.village) == Some(village);
            radio("thon", chosen, move || desk.change(|draft| draft.meeting.choose(phone, village)), name)
        });
        view! { <fieldset id="thon" tabindex="-1"><legend>{w.village}</legend><div class="cells one">{cells.collect_view()}</div></fieldset> }.into_any()
    })
}

/// The types that are offered, and the one that this meeting has already.
fn kind_cells(phone: Phone, desk: Desk) -> AnyView {
    let Words { w, lang, .. } = words();
    let chosen = move || desk.read(|paper| paper.draft.meeting.kind);
    let (first, rest): (Vec<MeetingType>, Vec<MeetingType>) = untrack(|| {
        let has = chosen();
        let offered = |kind: &MeetingType| {
            has == Some(*kind) || phone.with(|notebook| notebook.code_book().offers(CodeList::MeetingType, kind.code()))
        };
        MeetingType::ALL.iter().copied().filter(offered).partition(|kind| KINDS.contains(kind))
    });
    let more = RwSignal::new(first.is_empty() || untrack(chosen).is_some_and(|kind| !KINDS.contains(&kind)));
    let cell = move |kind: MeetingType| {
        radio("loai-hop", move || chosen() == Some(kind), move || desk.change(|draft| draft.meeting.kind = Some(kind)), kind.label(lang))
    };
    let rest = move || {
        if more.get() || rest.is_empty() {
            rest.iter().map(|kind| cell(*kind)).collect_view().into_any()
        } else {
            radio("loai-hop", || false, move || more.set(true), w.other_meetings)
        }
    };
    view! {
        <fieldset id="loai-hop" tabindex="-1"><legend>{w.meeting_kind}</legend>
            <div class="cells one">{first.into_iter().map(cell).collect_view()}{live(rest)}</div>
        </fieldset>
    }
    .into_any()
}

fn field_of(gap: MeetingGap) -> &'static str {
    match gap {
        MeetingGap::Village => "thon",
        MeetingGap::Kind => "loai-hop",
        MeetingGap::When => "ngay-hop",
        MeetingGap::Count(what) => what.field(),
        MeetingGap::Rule(MeetingError::Present) => Counted::Present.field(),
        MeetingGap::Rule(MeetingError::ConclusionTooLong) => "ket-luan",
        MeetingGap::Rule(MeetingError::Count) => Counted::People.field(),
        MeetingGap::Rule(_) => "ten",
    }
}

fn gap_words(gap: MeetingGap) -> &'static str {
    let Words { w, .. } = words();
    match gap {
        MeetingGap::Village => w.gap_village,
        MeetingGap::Kind => w.gap_meeting_kind,
        MeetingGap::When => w.gap_meeting_when,
        MeetingGap::Count(_) => w.gap_meeting_count,
        MeetingGap::Rule(error) => w.meeting_error(error),
    }
}
