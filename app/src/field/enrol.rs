//! "Đưa máy này vào tổ": a code that is used once, then the first download.

use crate::page::{Frame, Words, page, test_notice, words};
use crate::place::{CODE, Place, Way};
use crate::problem::store_problem;
use app::phone::{EnrolError, Lost, Phone, enrol as ask, enrol_again};
use app::platform::dom;
use app::ui::field::{Field, Typed};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::note;
use domain::wire::RefusalCode;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks for the code. `lost` is the notebook that the browser has lost, if there was one.
pub fn enrol(lost: Option<Lost>, way: Way, ready: impl Fn(Phone) + Copy + Send + Sync + 'static) -> AnyView {
    let Words { w, shared, .. } = words();
    request_animation_frame(dom::arrive);
    let lost = lost.map(|lost| {
        let when = lost
            .last_sync
            .map_or(w.never_synced.to_owned(), |at| (w.last_sync)(&(shared.day_at)(&at.date().to_string(), &at.hour_minute())));
        note(Tone::Bad, Icon::WARNING, w.lost, view! { <p>{(w.lost_whose)(&lost.name)}" "{when}"."</p><p>{w.lost_words}</p> }.into_any())
    });
    let begin = move |phone: Phone| {
        // The code is used up, and the address is no place for it.
        way.replace(Place::Sync);
        ready(phone);
        spawn_local(phone.sync_now());
    };
    view! {
        {cover()}
        {test_notice(shared)}
        <main class="page" id="noi-dung">
            {lost}
            {form(Some(Box::new(begin)))}
        </main>
    }
    .into_any()
}

/// Asks for the code on a phone that has a notebook, which stays.
pub fn again(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let stays = live(move || {
        let waiting = phone.status().with(|status| status.waiting);
        let words = view! { <p>{if waiting > 0 { (w.notebook_waits)(waiting) } else { w.notebook_sent.to_owned() }}</p> }.into_any();
        note(Tone::Plain, Icon::PAPER, (w.notebook_of)(&phone.me().name), words)
    });
    let content = view! { {stays}{form(None)} }.into_any();
    page(phone, Frame::Inner(Place::Today, w.today.to_owned()), content)
}

/// The field and what becomes of the code. `begin` is told of the first notebook; without it, the app begins anew.
fn form(begin: Option<Box<dyn Fn(Phone)>>) -> AnyView {
    let Words { w, .. } = words();
    let scanned = dom::fragment(CODE).unwrap_or_default();
    let begin = StoredValue::new_local(begin);
    let code = StoredValue::new(scanned.clone());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<EnrolError>);
    let go = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        wrong.set(None);
        spawn_local(async move {
            let typed = code.try_get_value().unwrap_or_default();
            let first = begin.try_with_value(Option::is_some) == Some(true);
            let asked = if first { ask(&typed).await.map(Some) } else { enrol_again(&typed).await.map(|()| None) };
            match asked {
                Ok(Some(phone)) => drop(begin.try_with_value(|begin| begin.as_ref().map(|begin| begin(phone)))),
                Ok(None) => dom::load(&Place::Sync.href()),
                Err(error) => {
                    busy.try_set(false);
                    wrong.try_set(Some(error));
                }
            }
        });
    };
    let in_field = move || {
        wrong.with(|wrong| match wrong {
            Some(EnrolError::Length(missing)) => Some(if *missing > 0 { (w.code_short)(*missing) } else { (w.code_long)(-*missing) }),
            Some(EnrolError::Refused(RefusalCode::UnknownCode)) => Some(w.code_unknown.to_owned()),
            Some(EnrolError::Refused(RefusalCode::ExpiredCode)) => Some(w.code_expired.to_owned()),
            Some(EnrolError::Refused(RefusalCode::UsedCode)) => Some(w.code_used.to_owned()),
            _ => None,
        })
    };
    let elsewhere = move || {
        wrong.with(|wrong| match wrong {
            Some(EnrolError::Net) => Some(problem(w.enrol_net, w.enrol_net_do)),
            Some(EnrolError::Refused(RefusalCode::UnknownCode | RefusalCode::ExpiredCode | RefusalCode::UsedCode)) => None,
            Some(EnrolError::Refused(RefusalCode::TooMany)) => Some(problem(w.enrol_many, w.enrol_many_do)),
            Some(EnrolError::Refused(_)) => Some(problem(w.enrol_refused, w.enrol_refused_do)),
            Some(EnrolError::Unreadable) => Some(problem(w.end_unreadable, w.end_unreadable_do)),
            Some(EnrolError::Store(error)) => Some(store_problem(error)),
            Some(EnrolError::Length(_)) | None => None,
        })
    };
    let hint = if scanned.is_empty() { w.code_hint } else { w.code_scanned };
    let field = Field { id: "ma", label: w.code_label, hint, kind: Typed::Code, value: scanned };
    let without = RwSignal::new(false);
    view! {
        <div>
            <p class="small muted">{w.enrol_steps}</p>
            <h1>{w.enrol_title}</h1>
            <p>{w.enrol_words}</p>
        </div>
        <form class="stack" on:submit=move |event| { event.prevent_default(); go(); }>
            {field.view(move |text| code.set_value(text), in_field)}
            <div role="alert">{live(elsewhere)}</div>
            <button type="submit" class="btn" aria-busy=flag(move || busy.get())>
                {live(move || if busy.get() { w.enrolling } else { w.go_on })}
            </button>
        </form>
        <button type="button" class="btn plain" on:click=tap(move || without.set(true))>{w.no_code_title}</button>
        <div role="status">{live(move || without.get().then(|| view! { <p>{w.no_code_words}</p> }.into_any()))}</div>
    }
    .into_any()
}

fn problem(title: &'static str, what_to_do: &'static str) -> AnyView {
    note(Tone::Wait, Icon::WARNING, title, view! { <p>{what_to_do}</p> }.into_any())
}

/// The closed notebook with its label.
pub fn cover() -> AnyView {
    let Words { w, shared, .. } = words();
    view! { <header class="cover"><div class="label-card"><p class="big"><b>{shared.app}</b></p><p>{w.what_it_is}</p></div></header> }
        .into_any()
}
