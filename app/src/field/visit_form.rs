//! Writing a visit: who was met, what was done, what people said, when to come again.

use crate::draft::{Desk, Kept, News, NoPaper, OpinionDraft, VisitDraft, VisitGap};
use crate::not_home::usual_days;
use crate::opinion::removed;
use crate::page::{Frame, Words, lead_to, nothing, opening, page, way, words};
use crate::place::{Place, Writing};
use crate::problem::{save_problem, store_problem};
use app::phone::{Phone, SaveError};
use app::ui::cells::{checkbox, radio};
use app::ui::field::{Field, Typed};
use app::ui::icon::Icon;
use app::ui::live::{flag, live, tap};
use app::ui::note::{mistakes, saved};
use app::ui::row::link_row;
use app::words::shared::clock;
use domain::opinion::ReporterMode;
use domain::time::Date;
use domain::visit::{Appointment, ContactResult, PurposeResult};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Shown at once; the rest after "Kết quả khác…".
const CONTACTS: [ContactResult; 5] =
    [ContactResult::MetRep, ContactResult::MetOther, ContactResult::NotHome, ContactResult::Rescheduled, ContactResult::PhoneDone];
/// Shown at once; the rest after "Việc khác…".
const PURPOSES: [PurposeResult; 5] = [
    PurposeResult::InfoDelivered,
    PurposeResult::MaterialGiven,
    PurposeResult::QuestionAnswered,
    PurposeResult::NeedsSpecialist,
    PurposeResult::SurveyDone,
];

/// Lays the visit on the desk, then shows what `then` makes of it.
pub fn on_desk(phone: Phone, desk: Desk, writing: Writing, then: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    laid(phone, desk, writing, Box::new(then))
}

fn laid(phone: Phone, desk: Desk, writing: Writing, then: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    let Words { w, .. } = words();
    let taken = RwSignal::new(None::<Result<(), NoPaper>>);
    spawn_local(async move {
        let result = desk.take(writing).await;
        taken.try_set(Some(result));
    });
    live(move || match taken.get() {
        None => opening(),
        Some(Ok(())) => untrack(&then),
        Some(Err(NoPaper::NoCampaign)) => nothing(phone, w.no_campaign, w.no_campaign_why.to_owned()),
        Some(Err(NoPaper::Gone)) if writing.at_meeting() => nothing(phone, w.meeting_gone, w.meeting_gone_why.to_owned()),
        Some(Err(NoPaper::Gone)) => nothing(phone, w.visit_gone, w.visit_gone_why.to_owned()),
        Some(Err(NoPaper::Store(error))) => page(
            phone,
            Frame::Inner(Place::Today, w.today.to_owned()),
            view! { <h1>{w.write_visit}</h1>{store_problem(&error)} }.into_any(),
        ),
    })
}

/// The visit form.
pub fn visit_form(phone: Phone, desk: Desk, writing: Writing) -> AnyView {
    on_desk(phone, desk, writing, move || form(phone, desk, writing))
}

fn form(phone: Phone, desk: Desk, writing: Writing) -> AnyView {
    let Words { w, .. } = words();
    let amends = matches!(writing, Writing::Amend(_));
    let line = desk
        .peek(|paper| paper.visit)
        .and_then(|(household, campaign)| phone.with(|notebook| notebook.household(household, Some(campaign), phone.today())));
    let Some(line) = line else { return nothing(phone, w.household_gone, w.household_gone_why.to_owned()) };
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let wrong_days = RwSignal::new(Vec::<Slot>::new());
    let way = way();

    let gaps = move || if tried.get() { desk.read(|paper| paper.draft.gaps()) } else { Vec::new() };
    let save = move || {
        tried.set(true);
        if busy.get_untracked() {
            return;
        }
        let Some(form) = desk.peek(|paper| paper.visit.and_then(|(household, campaign)| paper.draft.form(household, campaign))) else {
            lead_to("thieu");
            return;
        };
        if let Some(slot) = wrong_days.with_untracked(|slots| slots.first().copied()) {
            lead_to(slot.field());
            return;
        }
        busy.set(true);
        failed.set(None);
        let household = form.household;
        spawn_local(async move {
            let key = writing.key();
            let result = match writing {
                Writing::New(_) => phone.save_visit(form, Some(&key)).await,
                Writing::Amend(visit) => phone.amend_visit(visit, form, Some(&key)).await,
                _ => Err(SaveError::NoVisit),
            };
            busy.try_set(false);
            match result {
                Ok(visit) => {
                    desk.clear();
                    desk.news.set(Some(News::VisitSaved(visit.at)));
                    if let Some(way) = way {
                        way.replace(Place::Household(household));
                    }
                }
                Err(error) => {
                    failed.try_set(Some(error));
                    lead_to("thieu");
                }
            }
        });
    };

    let spoke = Memo::new(move |_| desk.read(|paper| paper.draft.spoke()));
    let has_opinions = Memo::new(move |_| desk.read(|paper| !paper.draft.opinions.is_empty()));
    let has_named = Memo::new(move |_| desk.read(|paper| paper.draft.opinions.iter().any(OpinionDraft::is_named)));
    let times = (w.nth_visit)(line.progress.attempts.saturating_add(1));
    let note_value = desk.peek(|paper| paper.draft.note.clone());
    let note_field = Field { id: "ghi-chu", label: w.short_note, hint: w.note_hint, kind: Typed::Lines, value: note_value };
    let note_error = move || gaps().contains(&VisitGap::NoteTooLong).then(|| w.gap_note_long.to_owned());
    let content = view! {
        <div>
            <h1 data-title=w.write_visit>{line.head.clone()}</h1>
            {kept(desk, if amends { w.first_stays.to_owned() } else { times })}
        </div>
        <div id="thieu" tabindex="-1">
            {mistakes(w.not_complete, gaps, move |gap| match gap {
                VisitGap::NoContact => ("gap-ai", w.gap_contact.to_owned()),
                VisitGap::NobodySpoken => ("gap-ai", w.gap_nobody_spoken.to_owned()),
                VisitGap::Opinion(n) => ("y-kien", (w.gap_opinion)(n + 1)),
                VisitGap::NoteTooLong => ("ghi-chu", w.gap_note_long.to_owned()),
            })}
            {live(move || failed.get().map(|error| save_problem(&error)))}
        </div>
        {contact_cells(desk)}
        {live(move || spoke.get().then(|| purpose_cells(desk)))}
        {live(move || (spoke.get() || has_opinions.get()).then(|| opinion_list(phone, desk, writing)))}
        {live(move || has_named.get().then(|| promise_cells(phone, desk, wrong_days, tried)))}
        {next_cells(phone, desk, wrong_days, tried)}
        {note_field.view(move |text| desk.change(|draft| draft.note = text), note_error)}
    }
    .into_any();
    let label = if line.no.is_empty() { w.household.to_owned() } else { (w.house)(&line.no) };
    let dock = view! {
        <button type="button" class="btn" aria-busy=flag(move || busy.get()) on:click=tap(save)>
            {live(move || match (busy.get(), amends) {
                (true, _) => w.saving,
                (false, true) => w.save_correction,
                (false, false) => w.save_visit,
            })}
        </button>
    }
    .into_any();
    page(phone, Frame::Docked(writing.origin(), label, dock), content)
}

/// "Đã lưu nháp 17:44", or that it could not be kept, which stays.
pub fn kept(desk: Desk, rest: String) -> AnyView {
    let Words { w, .. } = words();
    view! {
        {saved({
            let rest = rest.clone();
            move || match desk.keeper.kept.get() {
                Kept::At(at) => (true, join((w.draft_kept)(&at.hour_minute()), &rest)),
                _ => (false, rest.clone()),
            }
        })}
        {live(move || match desk.keeper.kept.get() {
            Kept::Failed(error) => store_problem(&error),
            _ => ().into_any(),
        })}
    }
    .into_any()
}

fn join(first: String, rest: &str) -> String {
    if rest.is_empty() { first } else { format!("{first} · {rest}") }
}

fn contact_cells(desk: Desk) -> AnyView {
    let Words { w, lang, .. } = words();
    let chosen = move || desk.read(|paper| paper.draft.contact);
    let more = RwSignal::new(untrack(chosen).is_some_and(|contact| !CONTACTS.contains(&contact)));
    let cell = move |contact: ContactResult| {
        radio("gap-ai", move || chosen() == Some(contact), move || desk.change(|draft| draft.contact = Some(contact)), contact.label(lang))
    };
    let rest = move || {
        if more.get() {
            ContactResult::ALL.iter().filter(|contact| !CONTACTS.contains(contact)).map(|contact| cell(*contact)).collect_view().into_any()
        } else {
            radio("gap-ai", || false, move || more.set(true), w.other_results)
        }
    };
    view! {
        <fieldset id="gap-ai" tabindex="-1"><legend>{w.who_was_met}</legend>
            <div class="cells">{CONTACTS.map(cell).collect_view()}{live(rest)}</div>
        </fieldset>
    }
    .into_any()
}

fn purpose_cells(desk: Desk) -> AnyView {
    let Words { w, lang, .. } = words();
    let more = RwSignal::new(desk.peek(|paper| paper.draft.purposes.iter().any(|purpose| !PURPOSES.contains(purpose))));
    let cell = move |purpose: PurposeResult| {
        let choose = move |on: bool| {
            desk.change(|draft| {
                draft.purposes.retain(|other| *other != purpose);
                if on {
                    draft.purposes.push(purpose);
                }
            });
        };
        checkbox(move || desk.read(|paper| paper.draft.purposes.contains(&purpose)), choose, purpose.label(lang))
    };
    let rest = move || {
        if more.get() {
            PurposeResult::ALL.iter().filter(|purpose| !PURPOSES.contains(purpose)).map(|purpose| cell(*purpose)).collect_view().into_any()
        } else {
            checkbox(|| false, move |_| more.set(true), w.other_purposes)
        }
    };
    view! {
        <fieldset><legend>{w.what_was_done}" "<span class="hint">{w.several}</span></legend>
            <div class="cells">{PURPOSES.map(cell).collect_view()}{live(rest)}</div>
        </fieldset>
    }
    .into_any()
}

fn opinion_list(phone: Phone, desk: Desk, writing: Writing) -> AnyView {
    let Words { w, lang, .. } = words();
    let rows = move || {
        desk.read(|paper| {
            paper.draft.opinions.iter().enumerate().map(|(n, opinion)| opinion_row(phone, writing, n, opinion)).collect::<Vec<_>>()
        })
    };
    let total = move || desk.read(|paper| paper.draft.opinions.len());
    let heading = move || {
        let total = total();
        (total > 0).then(|| view! { <span>{(w.opinions_n)(&app::words::shared::count(total as u32, lang))}</span> }.into_any())
    };
    view! {
        <section class="stack" id="y-kien" tabindex="-1">
            <div class="heading"><h2>{w.what_was_said}</h2>" "{live(heading)}</div>
            {live(move || (total() > 0).then(|| view! { <ol class="ruled bleed">{live(rows)}</ol> }.into_any()))}
            {removed(desk)}
            {live(move || view! { <a class="btn second" href=Place::Opinion(writing, total()).href()>{Icon::ADD.view()}" "{w.add_opinion}</a> }.into_any())}
        </section>
    }
    .into_any()
}

fn opinion_row(phone: Phone, writing: Writing, n: usize, opinion: &OpinionDraft) -> AnyView {
    let Words { w, lang, .. } = words();
    let about: Vec<String> = [
        opinion.kind.map(|kind| kind.label(lang).to_owned()),
        opinion.topic.map(|topic| phone.with(|notebook| notebook.code_book().full_label(topic, lang))),
        opinion.mode.map(|mode| if mode == ReporterMode::Named { w.with_name } else { w.without_name }.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let incomplete = (opinion.kind.is_none() || !opinion.gaps().is_empty())
        .then(|| view! { <span class="mark wait">{Icon::PENCIL.view()}" "{w.opinion_incomplete}</span> }.into_any());
    let text = opinion.text.trim();
    let said = (!text.is_empty()).then(|| view! { <span class="said">"“"{text.to_owned()}"”"</span> }.into_any());
    let words = view! { {said}<span class="small muted">{about.join(" · ")}</span>{incomplete} }.into_any();
    let margin = view! { <span class="m"><b>{n + 1}</b>{Icon::VOICE.view()}</span> }.into_any();
    link_row(Place::Opinion(writing, n).href(), margin, words)
}

/// A day out of two usual ones, or another that is typed; what cannot be read stands in `wrong` and is not saved.
struct Days {
    group: &'static str,
    usual: Vec<(Appointment, AnyView)>,
    none: Option<&'static str>,
    slot: Slot,
}

/// Which of the two days of a visit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Promise,
    Next,
}

impl Slot {
    const fn field(self) -> &'static str {
        match self {
            Self::Promise => "ngay-hua",
            Self::Next => "ngay-hen",
        }
    }

    fn read(self, draft: &VisitDraft) -> Option<Appointment> {
        match self {
            Self::Promise => draft.promised.map(|date| Appointment { date, minute: None }),
            Self::Next => draft.next,
        }
    }

    fn write(self, draft: &mut VisitDraft, day: Option<Appointment>) {
        match self {
            Self::Promise => draft.promised = day.map(|day| day.date),
            Self::Next => draft.next = day,
        }
    }
}

impl Days {
    fn view(self, phone: Phone, desk: Desk, wrong: RwSignal<Vec<Slot>>, tried: RwSignal<bool>) -> AnyView {
        let Words { w, .. } = words();
        let Self { group, usual, none, slot } = self;
        let chosen = move || desk.read(|paper| slot.read(&paper.draft));
        let choose = move |day: Option<Appointment>| desk.change(|draft| slot.write(draft, day));
        let mark = move |bad: bool| {
            wrong.update(|slots| {
                slots.retain(|other| *other != slot);
                if bad {
                    slots.push(slot);
                }
            });
        };
        let usual_ones: Vec<Appointment> = usual.iter().map(|(day, _)| *day).collect();
        let first = untrack(chosen);
        let other = RwSignal::new(first.is_some_and(|day| !usual_ones.contains(&day)));
        let pick = move |day: Option<Appointment>| {
            other.set(false);
            mark(false);
            choose(day);
        };
        let cells = usual
            .into_iter()
            .map(|(day, words)| radio(group, move || !other.get() && chosen() == Some(day), move || pick(Some(day)), words))
            .collect_view();
        let none = none.map(|words| radio(group, move || !other.get() && chosen().is_none(), move || pick(None), words));
        let typed_day = StoredValue::new(first.map(|day| day.date.iso()).unwrap_or_default());
        let typed_hour = StoredValue::new(first.and_then(|day| day.minute).map(clock).unwrap_or_default());
        let learn = move || {
            let day = typed_day.with_value(|text| Date::read(text)).filter(|day| *day >= phone.today());
            let hour = typed_hour.with_value(|text| minute(text));
            match (day, hour) {
                (Some(date), Ok(minute)) => {
                    mark(false);
                    choose(Some(Appointment { date, minute }));
                }
                _ => mark(true),
            }
        };
        // A field that was just opened is empty, not wrong.
        let begun = RwSignal::new(false);
        let error = move || ((tried.get() || begun.get()) && wrong.with(|slots| slots.contains(&slot))).then(|| w.wrong_day.to_owned());
        let fields = move || {
            other.get().then(|| {
                let day = Field { id: slot.field(), label: w.which_day, hint: "", kind: Typed::Day, value: typed_day.get_value() };
                let day = day.view(
                    move |text| {
                        typed_day.set_value(text);
                        begun.set(true);
                        learn();
                    },
                    error,
                );
                // Only a visit has an hour; an answer is promised for a day.
                let hour = (slot == Slot::Next).then(|| {
                    let hour =
                        Field { id: "gio-hen", label: w.which_hour, hint: w.hour_hint, kind: Typed::Line, value: typed_hour.get_value() };
                    hour.view(
                        move |text| {
                            typed_hour.set_value(text);
                            learn();
                        },
                        || None,
                    )
                });
                view! { <div class="stack">{day}{hour}</div> }.into_any()
            })
        };
        view! {
            <div class="cells three bare">
                {none}{cells}
                {radio(group, move || other.get(), move || { other.set(true); learn(); }, w.another_day_short)}
            </div>
            {live(fields)}
        }
        .into_any()
    }
}

/// Minutes after midnight of "17:30", "17 giờ", "17h30", "17"; nothing typed is no hour.
pub fn minute(text: &str) -> Result<Option<u16>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let hour: u16 = numbers.next().and_then(|digits| digits.parse().ok()).filter(|hour| *hour < 24).ok_or(())?;
    let minute: u16 = numbers.next().map_or(Ok(0), |digits| digits.parse().map_err(|_| ()))?;
    if minute < 60 && numbers.next().is_none() { Ok(Some(hour * 60 + minute)) } else { Err(()) }
}

fn promise_cells(phone: Phone, desk: Desk, wrong: RwSignal<Vec<Slot>>, tried: RwSignal<bool>) -> AnyView {
    let Words { w, .. } = words();
    let today = phone.today();
    let day = |days: i32, name: &'static str| {
        let date = today.plus(days);
        (Appointment { date, minute: None }, view! { {date.short()}" "<small>{name}</small> }.into_any())
    };
    let days = Days { group: "hua", usual: vec![day(14, w.in_two_weeks), day(30, w.in_a_month)], none: None, slot: Slot::Promise };
    view! {
        <fieldset><legend>{w.promise_when}" "<span class="hint">{w.promise_hint}</span></legend>{days.view(phone, desk, wrong, tried)}</fieldset>
    }
    .into_any()
}

fn next_cells(phone: Phone, desk: Desk, wrong: RwSignal<Vec<Slot>>, tried: RwSignal<bool>) -> AnyView {
    let Words { w, .. } = words();
    let [evening, saturday] = usual_days(phone.today());
    let usual = vec![
        (evening, view! { {evening.date.short()}" "<small>{w.tomorrow_evening_short}</small> }.into_any()),
        (saturday, view! { {saturday.date.short()}" "<small>{w.next_saturday}</small> }.into_any()),
    ];
    let days = Days { group: "hen", usual, none: Some(w.no_day), slot: Slot::Next };
    view! { <fieldset><legend>{w.come_again}</legend>{days.view(phone, desk, wrong, tried)}</fieldset> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn hours_as_people_type_them() {
        for (text, minutes) in [("", None), ("17:30", Some(1050)), ("17h30", Some(1050)), ("17 giờ", Some(1020)), ("8", Some(480))] {
            assert_eq!(minute(text), Ok(minutes), "{text}");
        }
        for text in ["24:00", "8:60", "tối", "8:30:15"] {
            assert_eq!(minute(text), Err(()), "{text}");
        }
    }
}
