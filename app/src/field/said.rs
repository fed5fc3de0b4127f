//! Correcting what was said at a visit or a meeting that is saved: the form on which it was written, filled. The first version stays.

use crate::draft::{Desk, News, OpinionDraft, Spoken};
use crate::opinion;
use crate::page::{Frame, Words, lead_to, page, words};
use crate::place::{Place, Way, Writing};
use crate::problem::save_problem;
use crate::visit_form::{kept, on_desk};
use app::phone::{Phone, Rest, SaidForm, SaveError};
use app::ui::field::{Field, Typed};
use app::ui::icon::Icon;
use app::ui::live::{flag, live, tap};
use domain::id::RecordId;
use domain::opinion::Opinion;
use domain::visit::NOTE_MAX;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A note or an opinion that is corrected.
pub fn said(phone: Phone, desk: Desk, writing: Writing, way: Way) -> AnyView {
    on_desk(phone, desk, writing, move || {
        if desk.peek(|paper| paper.draft.opinions.is_empty()) {
            note(phone, desk, writing, way)
        } else {
            opinion::form(phone, desk, writing, 0)
        }
    })
}

/// Kind and topic in words.
pub fn about(phone: Phone, facts: &Opinion) -> String {
    let Words { lang, .. } = words();
    let topic = phone.with(|notebook| notebook.code_book().full_label(facts.topic, lang));
    format!("{} · {topic}", facts.kind.label(lang))
}

fn note(phone: Phone, desk: Desk, writing: Writing, way: Way) -> AnyView {
    let Words { w, .. } = words();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let value = desk.peek(|paper| paper.draft.note.clone());
    let field = Field { id: "ghi-chu", label: w.short_note, hint: w.note_hint, kind: Typed::Lines, value };
    let too_long = move || desk.read(|paper| paper.draft.note.trim().chars().count() > NOTE_MAX);
    let done = move || {
        if untrack(too_long) {
            lead_to("ghi-chu");
        } else {
            save(phone, desk, writing, Some(way), busy, failed);
        }
    };
    let content = view! {
        <div><h1>{w.short_note}</h1>{kept(desk, w.first_stays.to_owned())}</div>
        {live(move || failed.get().map(|error| save_problem(&error)))}
        {field.view(move |text| desk.change(|draft| draft.note = text), move || too_long().then(|| w.gap_note_long.to_owned()))}
    }
    .into_any();
    let dock = view! {
        <button type="button" class="btn" aria-busy=flag(move || busy.get()) on:click=tap(done)>{w.save_correction}</button>
    }
    .into_any();
    let (back, label) = back(writing);
    page(phone, Frame::Docked(back, label.to_owned(), dock), content)
}

/// Where one came from, and its name.
pub fn back(writing: Writing) -> (Place, &'static str) {
    let Words { w, .. } = words();
    let label = match writing {
        Writing::Unnamed(_) => w.entries,
        Writing::SaidThere { .. } => w.meeting,
        _ => w.visit,
    };
    (writing.origin(), label)
}

/// Saves a correction that is complete and returns to where one came from.
pub fn save(phone: Phone, desk: Desk, writing: Writing, way: Option<Way>, busy: RwSignal<bool>, failed: RwSignal<Option<SaveError>>) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    failed.set(None);
    let spoken = desk.peek(|paper| paper.draft.opinions.first().and_then(OpinionDraft::spoken));
    let there = desk.peek(|paper| paper.draft.opinions.first().and_then(OpinionDraft::said));
    let note = desk.peek(|paper| paper.draft.opinions.is_empty().then(|| paper.draft.note.clone()));
    spawn_local(async move {
        let draft = writing.key();
        let result = match (writing, spoken, note) {
            (Writing::Unnamed(key), Some(Spoken::Apart(form)), _) => phone.amend_anonymous(key, form, Some(&draft)).await,
            (Writing::Said { said, .. }, Some(Spoken::Named(form)), _) => {
                phone.amend_said(said, SaidForm::Opinion(form), Some(&draft)).await
            }
            (Writing::SaidThere { said, .. }, ..) => match there {
                Some(form) => phone.amend_said(said, SaidForm::Opinion(form), Some(&draft)).await,
                None => Err(SaveError::NoOpinion),
            },
            (Writing::Said { said, .. }, _, Some(note)) => phone.amend_said(said, SaidForm::Note(note), Some(&draft)).await,
            _ => Err(SaveError::NoOpinion),
        };
        busy.try_set(false);
        match result {
            Ok(()) => {
                desk.clear();
                desk.news.set(Some(News::SaidSaved));
                if let Some(way) = way {
                    way.replace(writing.origin());
                }
            }
            Err(error) => {
                failed.try_set(Some(error));
            }
        }
    });
}

/// "Bấm nhầm, bỏ ý kiến này": takes an opinion of a meeting back.
pub fn take_back(
    phone: Phone,
    desk: Desk,
    writing: Writing,
    said: RecordId,
    way: Option<Way>,
    failed: RwSignal<Option<SaveError>>,
) -> AnyView {
    let Words { w, .. } = words();
    let back = move || {
        spawn_local(async move {
            match phone.retract_meeting_opinion(said, Rest::none(&writing.key())).await {
                Ok(()) => {
                    desk.clear();
                    if let Some(way) = way {
                        way.replace(writing.origin());
                    }
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    view! { <button type="button" class="btn plain" on:click=tap(back)>{Icon::UNDO.view()}" "{w.undo_opinion}</button> }.into_any()
}
