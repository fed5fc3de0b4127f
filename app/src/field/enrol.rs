//! "Đưa máy này vào tổ": a code that is used once, what will open the notebook, then the first download.

use crate::page::{Frame, Words, page, words};
use crate::pin::{choose, weak_words};
use crate::place::{CODE, Place, Way};
use crate::problem::store_problem;
use app::phone::{BeginError, EnrolError, Enrolled, Phone, enrol as ask};
use app::platform::dom;
use app::ui::field::{Field, Typed};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::note;
use domain::time::Time;
use domain::wire::RefusalCode;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;

/// Asks for the code, then for what will open the notebook. `above` is what there is to say before.
pub fn enrol(above: Option<AnyView>, way: Way, ready: impl Fn(Phone) + Copy + Send + Sync + 'static) -> AnyView {
    request_animation_frame(dom::arrive);
    let enrolled = RwSignal::new_local(None::<Rc<Enrolled>>);
    let above = StoredValue::new_local(Some(above));
    live(move || match enrolled.get() {
        None => untrack(|| {
            let above = above.try_update_value(Option::take).flatten();
            view! { {cover()}<main class="page" id="noi-dung">{above}{form(enrolled)}</main> }.into_any()
        }),
        Some(enrolled) => untrack(|| {
            begin(move |secret| {
                let enrolled = enrolled.clone();
                async move {
                    let phone = enrolled.begin(&secret).await?;
                    // The code is used up, and the address is no place for it.
                    way.replace(Place::Sync);
                    ready(phone);
                    spawn_local(phone.sync_now());
                    Ok(())
                }
            })
        }),
    })
}

/// The notebook that was here is gone.
pub fn lost(last_sync: Option<Time>) -> AnyView {
    let Words { w, shared, .. } = words();
    let when = last_sync.map_or(w.never_synced.to_owned(), |at| (w.last_sync)(&(shared.day_at)(&at.date().to_string(), &at.hour_minute())));
    note(Tone::Bad, Icon::WARNING, w.lost, view! { <p>{when}"."</p><p>{w.lost_words}</p> }.into_any())
}

/// The commune has ended the notebook that was here.
pub fn ended() -> AnyView {
    let Words { w, .. } = words();
    note(Tone::Plain, Icon::PAPER, w.ended, view! { <p>{w.ended_words}</p> }.into_any())
}

/// Asks for the code on a phone that has a notebook, which stays.
pub fn again(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let enrolled = RwSignal::new_local(None::<Rc<Enrolled>>);
    live(move || match enrolled.get() {
        None => untrack(|| {
            let stays = live(move || {
                let waiting = phone.status().with(|status| status.waiting);
                let words =
                    view! { <p>{if waiting > 0 { (w.notebook_waits)(waiting) } else { w.notebook_sent.to_owned() }}</p> }.into_any();
                note(Tone::Plain, Icon::PAPER, (w.notebook_of)(&phone.me().name), words)
            });
            let content = view! { {stays}{form(enrolled)} }.into_any();
            page(phone, Frame::Inner(Place::Today, w.today.to_owned()), content)
        }),
        Some(enrolled) => untrack(|| {
            begin(move |secret| {
                let enrolled = enrolled.clone();
                async move {
                    enrolled.begin_beside(&secret).await?;
                    dom::load(&Place::Sync.href());
                    Ok(())
                }
            })
        }),
    })
}

/// What will open the notebook, typed twice; `make` then makes it.
fn begin<F: Future<Output = Result<(), BeginError>> + 'static>(make: impl Fn(String) -> F + 'static) -> AnyView {
    let Words { w, .. } = words();
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let failed = RwSignal::new(None::<BeginError>);
    let done = move |secret: String| {
        busy.set(true);
        failed.set(None);
        let making = make(secret);
        spawn_local(async move {
            let made = making.await;
            busy.try_set(false);
            match made {
                Ok(()) => {}
                Err(BeginError::Weak(weak)) => drop(wrong.try_set(Some(weak_words(weak)))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let above = Rc::new(move || {
        let problem = live(move || match failed.get() {
            Some(BeginError::Store(error)) => Some(store_problem(&error)),
            Some(BeginError::Memory) => Some(problem(w.no_memory, w.no_memory_do)),
            Some(BeginError::Weak(_)) | None => None,
        });
        let making = live(move || busy.get().then_some(w.enrolling));
        view! {
            <div>
                <p class="small muted">{w.pin_step}</p>
                <h1>{w.choose_title}</h1>
                <p>{w.choose_hint}</p>
            </div>
            <div role="alert">{problem}</div>
            <p class="muted" role="status">{making}</p>
        }
        .into_any()
    });
    choose(above, busy.into(), wrong, done)
}

/// The field and what becomes of the code.
fn form(enrolled: RwSignal<Option<Rc<Enrolled>>, LocalStorage>) -> AnyView {
    let Words { w, .. } = words();
    let scanned = dom::fragment(CODE).unwrap_or_default();
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
            let asked = ask(&typed).await;
            busy.try_set(false);
            match asked {
                Ok(taken) => drop(enrolled.try_set(Some(Rc::new(taken)))),
                Err(error) => drop(wrong.try_set(Some(error))),
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
            Some(EnrolError::OtherKey) => Some(problem(w.other_key, w.other_key_do)),
            Some(EnrolError::Length(_)) | None => None,
        })
    };
    let hint = if scanned.is_empty() { w.code_hint } else { w.code_scanned };
    // The fingerprint behind the code is for the app to read.
    let (shown, fingerprint) = scanned.split_once('.').unwrap_or((&scanned, ""));
    let (shown, fingerprint) = (shown.to_owned(), fingerprint.to_owned());
    let field = Field { id: "ma", label: w.code_label, hint, kind: Typed::Code, value: shown };
    let without = RwSignal::new(false);
    view! {
        <div>
            <p class="small muted">{w.enrol_steps}</p>
            <h1>{w.enrol_title}</h1>
            <p>{w.enrol_words}</p>
        </div>
        <form class="stack" on:submit=move |event| { event.prevent_default(); go(); }>
            {field.view(move |text| code.set_value([&text, ".", &fingerprint].concat()), in_field)}
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
