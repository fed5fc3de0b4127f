//! Typing what opens the notebook: a keypad for a PIN, a field for longer words, and choosing a new one.

use crate::page::{Words, words};
use app::phone::SecretKind;
use app::platform::dom;
use app::ui::icon::Icon;
use app::ui::live::{flag, live, tap};
use domain::lock::{PIN_MIN, WeakSecret, secret_kind};
use leptos::ev;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;

/// What a tap does.
pub type Act = Rc<dyn Fn()>;

/// A secret that is typed on a page of its own.
pub struct Entry {
    /// What is to be typed.
    pub kind: SecretKind,
    /// The words above it.
    pub prompt: String,
    /// Hears it once it is whole.
    pub done: Rc<dyn Fn(String)>,
    /// What is wrong with it.
    pub problem: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// Nothing can be typed now.
    pub busy: Signal<bool>,
    /// What else can be done there: its words, and what it does.
    pub other: Option<(&'static str, Act)>,
    /// The words of the button that follows words.
    pub button: &'static str,
}

impl Entry {
    /// What stands on the page, and what stands below it.
    pub fn view(self) -> (AnyView, AnyView) {
        match self.kind {
            SecretKind::Pin(digits) => self.keypad(usize::from(digits)),
            SecretKind::Passphrase => self.field(),
        }
    }

    fn keypad(self, digits: usize) -> (AnyView, AnyView) {
        let Words { w, .. } = words();
        let Self { prompt, done, problem, busy, other, .. } = self;
        let typed = RwSignal::new(String::new());
        let done = StoredValue::new_local(done);
        let press = move |digit: char| {
            if busy.get_untracked() {
                return;
            }
            let whole = typed.try_update(|typed| {
                typed.push(digit);
                if typed.len() < digits { None } else { Some(std::mem::take(typed)) }
            });
            if let Some(whole) = whole.flatten() {
                done.try_with_value(|done| done(whole));
            }
        };
        let erase = move || _ = typed.try_update(|typed| typed.pop());
        // A keyboard types where nobody has pressed a key of the screen.
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            match event.key().as_str() {
                "Backspace" => erase(),
                key => {
                    if let Some(digit) = key.chars().next().filter(|c| key.len() == 1 && c.is_ascii_digit()) {
                        event.prevent_default();
                        press(digit);
                    }
                }
            }
        });
        on_cleanup(move || keys.remove());
        let dots = move || {
            let n = typed.with(String::len);
            let dots: Vec<AnyView> = (0..digits).map(|at| view! { <i class=(at < n).then_some("on")></i> }.into_any()).collect();
            view! { <p class="dots" role="img" aria-label=(w.pressed)(n, digits)>{dots}</p> }.into_any()
        };
        let key = |digit: char| {
            view! { <button type="button" aria-disabled=flag(move || busy.get()) on:click=tap(move || press(digit))>{digit}</button> }
                .into_any()
        };
        let other = other.map_or_else(
            || view! { <span></span> }.into_any(),
            |(words, act)| view! { <button type="button" class="word" on:click=tap(move || act())>{words}</button> }.into_any(),
        );
        let page = view! { <p class="big" id="nhac"><b>{prompt}</b></p>{live(dots)}{said(problem)} }.into_any();
        let foot = view! {
            <section class="keys" aria-labelledby="nhac">
                {('1'..='9').map(key).collect_view()}
                {other}
                {key('0')}
                <button type="button" class="word" aria-label=w.erase on:click=tap(erase)>{Icon::ERASE.view()}</button>
            </section>
        }
        .into_any();
        (page, foot)
    }

    fn field(self) -> (AnyView, AnyView) {
        let Words { w, .. } = words();
        let Self { prompt, done, problem, busy, other, button, .. } = self;
        let typed = StoredValue::new(String::new());
        let (shown, none) = (RwSignal::new(false), problem.clone());
        let go = move || {
            if !busy.get_untracked() {
                done(typed.try_get_value().unwrap_or_default());
            }
        };
        let page = view! {
            <form class="stack" on:submit=move |event| { event.prevent_default(); go(); }>
                <div class="fld">
                    <label for="khoa">{prompt}</label>
                    <input class="input" id="khoa" type=move || if shown.get() { "text" } else { "password" } autocomplete="off" spellcheck="false"
                        autocapitalize="none" aria-invalid=flag(move || none().is_some())
                        on:input=move |event| typed.set_value(event_target_value(&event))/>
                </div>
                {said(problem)}
                <button type="button" class="btn plain" aria-pressed=move || if shown.get() { "true" } else { "false" }
                    on:click=tap(move || shown.update(|shown| *shown = !*shown))>{w.show_typed}</button>
                <button type="submit" class="btn" aria-busy=flag(move || busy.get())>{button}</button>
                {other.map(|(words, act)| view! { <button type="button" class="btn plain" on:click=tap(move || act())>{words}</button> }.into_any())}
            </form>
        }
        .into_any();
        (page, ().into_any())
    }
}

fn said(problem: Arc<dyn Fn() -> Option<String> + Send + Sync>) -> AnyView {
    let words = move || problem().map(|words| view! { <p class="error">{Icon::WARNING.view()}" "<span>{words}</span></p> }.into_any());
    view! { <div role="alert">{live(words)}</div> }.into_any()
}

/// Choosing a new secret: typed twice, a PIN of six digits unless somebody asks for more. `wrong` says why the one that
/// was chosen was not taken; `above` stands over the first of the two.
pub fn choose(
    above: Rc<dyn Fn() -> AnyView>,
    busy: Signal<bool>,
    wrong: RwSignal<Option<String>>,
    done: impl Fn(String) + 'static,
) -> AnyView {
    let Words { w, .. } = words();
    let done: Rc<dyn Fn(String)> = Rc::new(done);
    let first = RwSignal::new(None::<String>);
    let longer = RwSignal::new(false);
    let turn = move || (longer.get(), first.with(Option::is_some));
    let above = StoredValue::new_local(above);
    let done = StoredValue::new_local(done);
    live(move || {
        let (longer_now, again) = turn();
        request_animation_frame(dom::arrive);
        let kind = if longer_now { SecretKind::Passphrase } else { SecretKind::Pin(PIN_MIN as u8) };
        let prompt = match (longer_now, again) {
            (false, false) => w.choose_pin.to_owned(),
            (false, true) => w.choose_pin_again.to_owned(),
            (true, false) => w.choose_words.to_owned(),
            (true, true) => w.choose_words_again.to_owned(),
        };
        let whole = move |text: String| match first.get_untracked() {
            None => match secret_kind(&text) {
                Ok(_) => {
                    wrong.set(None);
                    first.set(Some(text));
                }
                Err(weak) => wrong.set(Some(weak_words(weak))),
            },
            Some(before) => {
                first.set(None);
                if before == text {
                    wrong.set(None);
                    done.try_with_value(|done| done(text));
                } else {
                    wrong.set(Some(w.choose_differs.to_owned()));
                }
            }
        };
        let other: (&'static str, Act) = match (longer_now, again) {
            (_, true) => (w.choose_anew, Rc::new(move || first.set(None))),
            (false, false) => (w.choose_longer, Rc::new(move || longer.set(true))),
            (true, false) => (w.choose_shorter, Rc::new(move || longer.set(false))),
        };
        let problem = move || wrong.get();
        let entry = Entry { kind, prompt, done: Rc::new(whole), problem: Arc::new(problem), busy, other: Some(other), button: w.go_on };
        let (page, foot) = untrack(|| entry.view());
        let above = (!again).then(|| above.try_with_value(|above| above())).flatten();
        let above = above.unwrap_or_else(|| view! { <h1>{w.choose_again_title}</h1> }.into_any());
        view! { <main class="page" id="noi-dung">{above}{page}</main>{foot} }.into_any()
    })
}

/// Why something is no secret.
pub fn weak_words(weak: WeakSecret) -> String {
    let Words { w, .. } = words();
    match weak {
        WeakSecret::ShortPin(missing) => (w.pin_short)(missing),
        WeakSecret::LongPin => w.pin_long.to_owned(),
        WeakSecret::Guessable => w.pin_guessable.to_owned(),
        WeakSecret::ShortPassphrase => w.words_short.to_owned(),
        WeakSecret::LongPassphrase => w.words_long.to_owned(),
    }
}
