//! Why the app does not start here, before anything was stored, and what to do.

use crate::enrol::cover;
use crate::page::{Words, words};
use crate::problem::store_problem;
use app::phone::{Missing, OtherApp, StoreError};
use app::platform::dom;
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::row::{mark, plain_row};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The notebook is being opened.
pub fn opening() -> AnyView {
    let Words { w, .. } = words();
    view! { {cover()}<p class="page muted" role="status">{w.opening}</p> }.into_any()
}

/// Inside another app's browser, which may throw away what is written.
pub fn other_app(of: OtherApp) -> AnyView {
    let Words { w, .. } = words();
    let name = match of {
        OtherApp::Zalo => "Zalo",
        OtherApp::Facebook => "Facebook",
        OtherApp::Messenger => "Messenger",
        OtherApp::Instagram => "Instagram",
        OtherApp::TikTok => "TikTok",
        OtherApp::Unknown => w.another_app,
    };
    let copied = RwSignal::new(None::<bool>);
    let copy = move || {
        spawn_local(async move {
            let done = dom::copy(&dom::address()).await;
            copied.try_set(Some(done));
        });
    };
    let step = |n: &'static str, words: AnyView| plain_row(false, view! { <span class="m"><b>{n}</b></span> }.into_any(), words);
    let dock = view! {
        <footer class="dock">
            <p class="saved" role="status">{live(move || copied.get().map(|done| if done { w.copied } else { w.not_copied }))}</p>
            <button type="button" class="btn" on:click=tap(copy)>{w.copy_address}</button>
        </footer>
    }
    .into_any();
    let content = view! {
        <div class="stack">
            {mark(Tone::Bad, Some(Icon::STOP), (w.inside_app)(name))}
            <h1>{w.open_in_browser}</h1>
            <p>{(w.app_may_lose)(name)}</p>
        </div>
        <ol class="ruled">
            {step("1", view! { <span>{w.open_step_dots}" "{Icon::DOTS.view()}" "{w.open_step_corner}</span> }.into_any())}
            {step("2", view! { <span>{w.open_step_browser}</span> }.into_any())}
            {step("3", view! { <span>{w.open_step_install}</span> }.into_any())}
        </ol>
    }
    .into_any();
    covered(content.into_any(), dock.into_any())
}

/// Without a secure connection browsers give no lasting storage.
pub fn insecure() -> AnyView {
    let Words { w, .. } = words();
    stopped(w.insecure, w.insecure_words.to_owned())
}

/// The browser lacks what is needed.
pub fn unsupported(missing: &[Missing]) -> AnyView {
    let Words { w, .. } = words();
    let names: Vec<&str> = missing
        .iter()
        .map(|missing| match missing {
            Missing::Database => w.missing_database,
            Missing::Locks => w.missing_locks,
            Missing::Compression => w.missing_compression,
            Missing::Channel => w.missing_channel,
            Missing::Crypto => w.missing_crypto,
        })
        .collect();
    let words = if missing == [Missing::Database] { w.unsupported_private } else { w.unsupported_words };
    stopped(w.unsupported, format!("{words} ({})", names.join(", ")))
}

/// The notebook is there and does not open now.
pub fn failed(error: &StoreError) -> AnyView {
    let Words { w, .. } = words();
    let content = view! {
        <h1>{w.not_opened}</h1>
        {store_problem(error)}
        <a class="btn" rel="external" href="/app/">{w.open_again}</a>
    }
    .into_any();
    covered(content.into_any(), ().into_any())
}

fn stopped(title: &'static str, rest: String) -> AnyView {
    let Words { w, .. } = words();
    let content = view! {
        <div class="stack">
            {mark(Tone::Bad, Some(Icon::STOP), w.nothing_stored.to_owned())}
            <h1>{title}</h1>
            <p>{rest}</p>
        </div>
    }
    .into_any();
    covered(content.into_any(), ().into_any())
}

fn covered(content: AnyView, foot: AnyView) -> AnyView {
    request_animation_frame(dom::arrive);
    view! { {cover()}<main class="page" id="noi-dung">{content}</main>{foot} }.into_any()
}
