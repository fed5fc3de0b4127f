//! "Đang ghi dở": what was begun and not saved, to go on with or to discard. A new build waits for it, so a draft that
//! somebody forgot must be found.

use crate::draft::Desk;
use crate::page::{Words, load, words};
use crate::place::{Place, Writing};
use crate::problem::store_problem;
use app::phone::{Phone, Removed, StoreError};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::note::note;
use app::ui::row::margin;
use domain::id::RecordId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The drafts of this phone; nothing where there is none.
pub fn unfinished(phone: Phone, desk: Desk) -> AnyView {
    let Words { w, .. } = words();
    let changes = RwSignal::new(0_u32);
    let drafts = load(phone, move || {
        changes.track();
        phone.drafts()
    });
    let removed = RwSignal::new(None::<Removed>);
    let failed = RwSignal::new(None::<StoreError>);
    let done = move |result: Result<Option<Removed>, StoreError>| {
        match result {
            Ok(draft) => drop(removed.try_set(draft)),
            Err(error) => drop(failed.try_set(Some(error))),
        }
        changes.try_update(|changes| *changes += 1);
    };
    let discard = move |key: String| {
        desk.clear_draft(&key);
        spawn_local(async move { done(phone.draft_remove(&key).await) });
    };
    let restore = move || {
        if let Some(draft) = removed.try_update(Option::take).flatten() {
            spawn_local(async move { done(phone.restore(draft).await.map(|()| None)) });
        }
    };
    let list = move || {
        drafts.with(|drafts| match drafts {
            Some(Ok(keys)) if !keys.is_empty() => {
                let rows = keys.iter().map(|key| row(phone, key.clone(), discard)).collect_view();
                view! { <h2 id="ghi-do">{w.unfinished}</h2><ul class="ruled">{rows}</ul> }.into_any()
            }
            Some(Err(error)) => store_problem(error),
            _ => ().into_any(),
        })
    };
    let undo = move || {
        removed.with(Option::is_some).then(|| {
            let words = view! { <button type="button" class="btn second" on:click=tap(restore)>{w.restore_draft}</button> }.into_any();
            view! { <div role="status">{note(Tone::Plain, Icon::UNDO, w.draft_discarded, words)}</div> }.into_any()
        })
    };
    view! { {live(move || failed.get().map(|error| store_problem(&error)))}{live(undo)}{live(list)} }.into_any()
}

fn row(phone: Phone, key: String, discard: impl Fn(String) + 'static) -> AnyView {
    let Words { w, lang, .. } = words();
    let place = Place::of_draft(&key);
    let head = |id: RecordId| phone.with(|notebook| notebook.household(id, None, phone.today()));
    let line = match place {
        Some(Place::Write(Writing::New(id)) | Place::EditHousehold(id)) => head(id),
        Some(Place::Write(Writing::Amend(id) | Writing::Said { visit: id, .. })) => {
            phone.with(|notebook| notebook.visit(id)).and_then(|visit| head(visit.household))
        }
        _ => None,
    };
    let meeting = match place {
        Some(Place::Write(Writing::Meeting(id) | Writing::SaidThere { meeting: id, .. })) => phone.with(|notebook| notebook.meeting(id)),
        _ => None,
    };
    // What is written about a house that may not be read any more stays, and waits until it may be again.
    let free = matches!(place, Some(Place::NewHousehold | Place::Write(Writing::Unnamed(_) | Writing::NewMeeting)));
    let hidden = line.is_none() && meeting.is_none() && !free;
    let (no, head) = line.map_or_else(|| (String::new(), w.hidden_house.to_owned()), |line| (line.no, line.head));
    let place = place.filter(|_| !hidden);
    let title = match place {
        None if key.starts_with("meeting/") || key.starts_with("there/") => w.meeting.to_owned(),
        None if Place::of_draft(&key).is_some() => (w.visit_of)(&head),
        Some(Place::Write(Writing::New(_))) => (w.visit_of)(&head),
        Some(Place::Write(Writing::Amend(_) | Writing::Said { .. })) => (w.item_corrected)(&head),
        Some(Place::Write(Writing::Unnamed(_))) => w.item_unnamed_corrected.to_owned(),
        Some(Place::Write(Writing::NewMeeting)) => w.open_meeting.to_owned(),
        Some(Place::Write(Writing::Meeting(_) | Writing::SaidThere { .. })) => {
            (w.item_meeting)(meeting.as_ref().map_or("", |line| line.words.name(line.facts.kind, lang)))
        }
        Some(Place::EditHousehold(_)) => (w.item_edited)(&head),
        Some(_) => w.add_household.to_owned(),
        None => w.item_other.to_owned(),
    };
    let words = view! { <span class="t"><b>{title.clone()}</b><span class="small muted">{w.not_saved_yet}</span></span> }.into_any();
    let margin = margin(no, Some((Icon::PENCIL, Tone::Wait)));
    let row = match place {
        Some(place) => view! { <a href=place.href() class="row">{margin}{words}{Icon::NEXT.view()}</a> }.into_any(),
        None => view! { <div class="row">{margin}{words}</div> }.into_any(),
    };
    let tapped = move || discard(key.clone());
    view! { <li>{row}<button type="button" class="btn plain" on:click=tap(tapped)>{(w.discard_draft)(&title)}</button></li> }.into_any()
}
