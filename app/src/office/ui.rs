//! The parts of an office page that the phone has no use for.

use crate::browser;
use crate::session::{Fault, lang, shared, words};
use app::platform::dom;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use app::words::shared::count;
use domain::wire::RefusalCode;
use leptos::prelude::*;

/// The page's first heading, a sentence that says the finding. It takes the focus once, when the page is opened, and
/// names the browser's tab as often as it changes.
pub fn heading(title: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    let title = Memo::new(move |_| title());
    heading_with(title, move || title.get().into_any())
}

/// The same, drawn with links in it.
pub fn heading_with(title: Memo<String>, drawn: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let app = shared().app;
    Effect::new(move |before: Option<()>| {
        let title = title.get();
        if before.is_none() {
            dom::arrive();
        }
        browser::name_page(&format!("{title} – {app}"));
    });
    view! { <h1>{drawn}</h1> }.into_any()
}

/// What there is of something, and in the pane of this name the form that adds to it, below what it last stored.
pub fn list_and_form(
    list: impl IntoView + 'static,
    name: &'static str,
    title: impl IntoView + 'static,
    said: impl IntoView + 'static,
    form: impl IntoView + 'static,
) -> AnyView {
    view! {
        <div class="split">
            <div class="col">{list}</div>
            <aside class="pane" aria-label=name>
                <h2>{title}</h2>
                <div role="status">{said}</div>
                {form}
            </aside>
        </div>
    }
    .into_any()
}

/// Why something is not here, and a way to try again.
pub fn trouble(fault: &Fault, again: impl Fn() + 'static) -> AnyView {
    let words = words();
    // Asking again does not change what a role may do.
    let helps = fault.code() != Some(RefusalCode::NotAllowed);
    let button = helps.then(|| view! { <button type="button" class="btn second auto" on:click=move |_| again()>{words.again}</button> });
    view! { <div role="alert">{note(Tone::Bad, Icon::WARNING, words.fault(fault), button)}</div> }.into_any()
}

/// A list with nothing in it: why, and what to do.
pub fn empty(title: &'static str, next: impl IntoView + 'static) -> AnyView {
    note(Tone::Plain, Icon::NOT_YET, title, next)
}

/// What stands left of the margin line in a list of a desk, where a whole date has room.
pub fn day_margin(words: String) -> AnyView {
    view! { <span class="m day small">{words}</span> }.into_any()
}

/// A number as the reader's language writes it.
pub fn number(n: u32) -> String {
    count(n, lang())
}

/// A number in a table; nothing reads "–".
pub fn figure(n: u32) -> String {
    if n == 0 { "–".to_owned() } else { number(n) }
}

/// A term and what it stands for, in a list of details.
pub fn detail(term: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! { <dt>{term}</dt><dd>{value}</dd> }.into_any()
}

/// A term and its value; nothing where there is no value.
pub fn detail_if(term: &'static str, value: &str) -> Option<AnyView> {
    (!value.is_empty()).then(|| detail(term, value.to_owned()))
}

/// What somebody said.
pub fn quoted(text: &str) -> String {
    format!("\u{201c}{text}\u{201d}")
}

/// A state: sign, word and colour.
pub fn mark(tone: Tone, icon: Icon, words: impl IntoView + 'static) -> AnyView {
    view! { <span class=tone.class("mark")>{icon.view()}" "{words}</span> }.into_any()
}

/// A step that cannot be undone: first what it would do, in words, then the button that does it.
pub fn confirm(
    ask: &'static str,
    warning: impl Fn() -> String + Send + Sync + 'static,
    yes: &'static str,
    act: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let words = words();
    let open = RwSignal::new(false);
    (move || {
        if !open.get() {
            return view! { <button type="button" class="btn second auto" on:click=move |_| open.set(true)>{ask}</button> }.into_any();
        }
        let buttons = view! {
            <div class="line">
                <button type="button" class="btn auto" on:click=move |_| { open.set(false); act(); }>{yes}</button>
                <button type="button" class="btn plain auto" on:click=move |_| open.set(false)>{words.leave_it}</button>
            </div>
        };
        view! { <div role="alert">{note(Tone::Wait, Icon::WARNING, warning(), buttons)}</div> }.into_any()
    })
    .into_any()
}
