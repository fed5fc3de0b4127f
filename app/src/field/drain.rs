//! A notebook of a build that sealed nothing. It holds test data: what waits in it is sent, then it goes.

use crate::enrol::cover;
use crate::page::{Words, words};
use crate::problem::store_problem;
use crate::sync::sync_button;
use app::phone::{Phone, StoreError};
use app::platform::dom;
use app::ui::live::{live, tap};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page.
pub fn drain(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    request_animation_frame(dom::arrive);
    let waiting = Memo::new(move |_| phone.status().with(|status| status.waiting));
    let failed = RwSignal::new_local(None::<StoreError>);
    let go = move || {
        spawn_local(async move {
            if let Err(error) = phone.discard().await {
                failed.try_set(Some(error));
            }
        });
    };
    let state = move || match waiting.get() {
        0 => view! {
            <p>{w.drain_done}</p>
            <button type="button" class="btn" on:click=tap(go)>{w.drain_go}</button>
        }
        .into_any(),
        n => view! { <p role="status">{(w.drain_waits)(n)}</p>{untrack(|| sync_button(phone))} }.into_any(),
    };
    view! {
        {cover()}
        <main class="page" id="noi-dung">
            <div class="stack"><h1>{w.drain_title}</h1><p>{w.drain_words}</p></div>
            {live(state)}
            {live(move || failed.with(|failed| failed.as_ref().map(store_problem)))}
        </main>
    }
    .into_any()
}
