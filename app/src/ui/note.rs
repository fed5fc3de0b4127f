//! Notices: what happened, what it means, what to do.

use super::icon::{Icon, Tone};
use super::live::{live, tap};
use leptos::prelude::*;

/// A notice that stays until what it says is over.
pub fn note(tone: Tone, icon: Icon, title: impl IntoView + 'static, rest: impl IntoView + 'static) -> AnyView {
    section(tone, icon, title.into_any(), rest.into_any())
}

fn section(tone: Tone, icon: Icon, title: AnyView, rest: AnyView) -> AnyView {
    view! { <section class=tone.class("note")>{icon.toned(tone)}<b>{title}</b>{rest}</section> }.into_any()
}

/// "Đã lưu nháp 17:44", said to those who listen too. The tick stands beside what is saved, and beside nothing else.
pub fn saved(words: impl Fn() -> (bool, String) + Send + 'static) -> AnyView {
    let words = live(move || {
        let (safe, words) = words();
        view! { {safe.then(|| Icon::DONE.view())}" "<span>{words}</span> }.into_any()
    });
    view! { <p class="saved" role="status">{words}</p> }.into_any()
}

/// What is wrong with a form, on top of it; each line leads to its field.
pub fn mistakes<M>(
    title: &'static str,
    list: impl Fn() -> Vec<M> + Send + 'static,
    line: impl Fn(&M) -> (&'static str, String) + Send + 'static,
) -> AnyView {
    let lines = live(move || lines(title, list().iter().map(&line).collect()));
    view! { <div role="alert">{lines}</div> }.into_any()
}

fn lines(title: &'static str, lines: Vec<(&'static str, String)>) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let line = |(field, words): (&'static str, String)| {
        let lead = tap(move || crate::platform::dom::focus(field));
        view! { <li><button type="button" class="link" on:click=lead>{words}</button></li> }.into_any()
    };
    let lines: Vec<AnyView> = lines.into_iter().map(line).collect();
    Some(note(Tone::Bad, Icon::WARNING, title, view! { <ul>{lines}</ul> }.into_any()))
}
