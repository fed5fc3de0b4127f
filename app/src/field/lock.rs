//! The closed notebook: whose it is, what opens it, what to do when nobody knows that any more.

use crate::draft::Keepers;
use crate::households::Search;
use crate::page::{Aside, Words, words};
use crate::pin::{Act, Entry, choose, weak_words};
use crate::place::Way;
use crate::problem::{stays, store_problem};
use app::phone::{AskError, Beside, ChangeError, LockState, LockedPhone, OtherNotebook, Phone, SecretKind, UnlockError};
use app::platform::{dom, time};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::note::note;
use app::ui::row::{action_row, margin, mark};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use std::sync::Arc;

/// What the page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Whose it is, and what opens it.
    Closed,
    /// What it means that nobody knows it any more.
    Forgotten,
    /// A new one is chosen.
    Choosing,
    /// The commune is asked.
    Asking,
}

/// How often the commune is asked whether two people have answered, in milliseconds.
const ASK_AGAIN: i32 = 15_000;

/// The page. `ready` takes the open notebook.
pub fn lock(locked: LockedPhone, ready: impl Fn(Phone) + Copy + Send + Sync + 'static) -> AnyView {
    let step = RwSignal::new(Step::Closed);
    live(move || {
        let now = step.get();
        untrack(|| match now {
            Step::Closed => closed(locked, step, ready),
            Step::Forgotten => forgotten(step),
            Step::Choosing => choosing(locked, step),
            Step::Asking => asking(locked, step, ready),
        })
    })
}

fn closed(locked: LockedPhone, step: RwSignal<Step>, ready: impl Fn(Phone) + Copy + Send + Sync + 'static) -> AnyView {
    let Words { w, shared, .. } = words();
    let state = locked.state();
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<UnlockError>));
    let waits = RwSignal::new(None::<i64>);
    // Counts down in words, and lets go when it is over.
    let wait = move |millis: i64| {
        spawn_local(async move {
            let until = time::now().0.saturating_add(millis);
            loop {
                let left = until.saturating_sub(time::now().0).min(millis);
                waits.try_set((left > 0).then_some(left));
                if left <= 0 || waits.is_disposed() {
                    break;
                }
                time::sleep((left % 1_000).max(50) as i32).await;
            }
        });
    };
    let owed = state.with_untracked(|state| state.tries.since(time::now()).wait(time::now()));
    if owed > 0 {
        wait(owed);
    }
    let begins = (
        window_event_listener(ev::keydown, move |_| locked.get_ready()),
        window_event_listener(ev::pointerdown, move |_| locked.get_ready()),
    );
    on_cleanup(move || {
        begins.0.remove();
        begins.1.remove();
    });
    let done = move |secret: String| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let opened = locked.unlock(&secret).await;
            busy.try_set(false);
            match opened {
                Ok(phone) => {
                    dom::unfocus();
                    ready(phone);
                }
                Err(UnlockError::NotAnswered) => drop(step.try_set(Step::Asking)),
                Err(error) => {
                    match error {
                        UnlockError::Wait(millis) => wait(millis),
                        UnlockError::Wrong(tries) if tries.wait(time::now()) > 0 => wait(tries.wait(time::now())),
                        _ => {}
                    }
                    problem.try_set(Some(error));
                }
            }
        });
    };
    let in_words = move || {
        if let Some(left) = waits.get() {
            return Some((w.wait_pin)(left));
        }
        problem.with(|problem| match problem {
            Some(UnlockError::Wrong(tries)) if tries.next_cost() > 0 => Some((w.wrong_pin_next)(tries.next_cost())),
            Some(UnlockError::Wrong(_)) => Some(w.wrong_pin.to_owned()),
            Some(UnlockError::Memory) => Some(w.no_memory.to_owned()),
            _ => None,
        })
    };
    let elsewhere = move || {
        problem.with(|problem| match problem {
            Some(UnlockError::Store(error)) => Some(store_problem(error)),
            _ => None,
        })
    };
    let LockState { cover, kind, mark: asked_by, .. } = state.get_untracked();
    let prompt = match kind {
        SecretKind::Pin(digits) => (w.press_pin)(digits),
        SecretKind::Passphrase => w.type_words.to_owned(),
    };
    let blocked = Signal::derive(move || busy.get() || waits.with(Option::is_some));
    let forgot: (&'static str, Act) = (w.forgot, Rc::new(move || step.set(Step::Forgotten)));
    let entry = Entry {
        kind,
        prompt,
        done: Rc::new(done),
        problem: Arc::new(in_words),
        busy: blocked,
        other: Some(forgot),
        button: w.open_notebook,
    };
    let (entry, foot) = entry.view();
    let asked = asked_by.map(|mark| {
        let see = move || step.set(Step::Asking);
        let rest = view! {
            <p>{(w.asked_pin)(&mark)}</p>
            {state.with_untracked(|state| state.asking).then(|| view! { <button type="button" class="btn second" on:click=tap(see)>{w.see_asking}</button> }.into_any())}
        }
        .into_any();
        note(Tone::Plain, Icon::CLOCK, w.asked_title, rest)
    });
    let others = RwSignal::new(Vec::<OtherNotebook>::new());
    spawn_local(async move {
        let found = locked.others().await;
        others.try_set(found);
    });
    let (all, label) = (RwSignal::new(false), cover.clone());
    let others = move || {
        let rows = others.get();
        (!rows.is_empty()).then(|| match all.get() {
            false => view! { <button type="button" class="btn plain" on:click=tap(move || all.set(true))>{w.other_notebooks}</button> }
                .into_any(),
            true => view! { <h2>{w.other_notebooks}</h2>{other_notebooks(&rows)} }.into_any(),
        })
    };
    request_animation_frame(dom::arrive);
    view! {
        <header class="cover"><a class="skip" href="#noi-dung">{shared.skip}</a><div class="label-card">
            <p class="big"><b>{shared.app}</b></p>
            {match label {
                Some(cover) => view! { <dl><dt>{w.whose}</dt><dd>{cover.name}</dd><dt>{w.commune}</dt><dd>{cover.unit_name}</dd></dl> }.into_any(),
                None => view! { <p>{w.what_it_is}</p> }.into_any(),
            }}
        </div></header>
        <main class="page" id="noi-dung">
            <h1 class="unseen">{w.unlock_title}</h1>
            {asked}
            {entry}
            <p class="muted" role="status">{live(move || busy.get().then_some(w.opening))}</p>
            {live(elsewhere)}
            {live(others)}
        </main>
        {foot}
    }
    .into_any()
}

/// The other notebooks on this phone, whose they are and what still waits in them. Each stays until it is opened again.
pub fn other_notebooks(others: &[OtherNotebook]) -> AnyView {
    let Words { w, shared, .. } = words();
    let today = time::now().date();
    let rows = others.iter().map(|other| {
        let synced = other.last_sync.map_or(w.never_synced.to_owned(), |at| (w.last_sync)(&shared.moment(at, today)));
        let (tone, icon, state) = match other.waiting {
            0 => (Tone::Plain, Icon::PAPER, w.all_sent.to_owned()),
            n => (Tone::Wait, Icon::OUTBOX, (w.waits_inside)(n)),
        };
        let words = view! { <b>{other.name.clone()}</b>{mark(tone, None, state)}<span class="small muted">{synced}</span> }.into_any();
        let other = other.clone();
        action_row(margin("", Some((icon, tone))), words, move || other.change_to())
    });
    view! { <ul class="ruled">{rows.collect_view()}</ul> }.into_any()
}

fn forgotten(step: RwSignal<Step>) -> AnyView {
    let Words { w, .. } = words();
    let content = view! {
        <div class="stack"><h1>{w.forgot_title}</h1><p>{w.forgot_words}</p></div>
        <ol class="ruled">
            <li class="row"><span class="m"><b>"1"</b></span><span>{w.forgot_step_1}</span></li>
            <li class="row"><span class="m"><b>"2"</b></span><span>{w.forgot_step_2}</span></li>
            <li class="row"><span class="m"><b>"3"</b></span><span>{w.forgot_step_3}</span></li>
        </ol>
        <button type="button" class="btn" on:click=tap(move || step.set(Step::Choosing))>{w.choose_new}</button>
        <button type="button" class="btn plain" on:click=tap(move || step.set(Step::Closed))>{w.remembered}</button>
    }
    .into_any();
    framed(content)
}

fn choosing(locked: LockedPhone, step: RwSignal<Step>) -> AnyView {
    let Words { w, .. } = words();
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let done = move |secret: String| {
        busy.set(true);
        spawn_local(async move {
            let asked = locked.ask(&secret).await;
            busy.try_set(false);
            match asked {
                Ok(()) => drop(step.try_set(Step::Asking)),
                Err(error) => drop(wrong.try_set(Some(change_words(&error)))),
            }
        });
    };
    let above = Rc::new(move || view! { <h1>{w.choose_new}</h1><p>{w.choose_hint}</p> }.into_any());
    choose(above, busy.into(), wrong, done)
}

fn asking(locked: LockedPhone, step: RwSignal<Step>, ready: impl Fn(Phone) + Copy + Send + Sync + 'static) -> AnyView {
    let Words { w, .. } = words();
    let (answer, busy) = (RwSignal::new(None::<AskError>), RwSignal::new(false));
    let ask = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answered = locked.answer().await;
            busy.try_set(false);
            match answered {
                // Also for who has turned away meanwhile: from now on the new one opens it.
                Ok(phone) => ready(phone),
                Err(error) => drop(answer.try_set(Some(error))),
            }
        });
    };
    spawn_local(async move {
        // Who was refused is asked once more by a press only: a lost phone must not use up the guesses of its whole address.
        while !busy.is_disposed() && answer.with_untracked(|answer| *answer != Some(AskError::Refused)) {
            ask();
            time::sleep(ASK_AGAIN).await;
        }
    });
    let mark_of_phone = locked.state().with_untracked(|state| state.mark.clone()).unwrap_or_default();
    let said = move || {
        answer.with(|answer| match answer {
            None => view! { <p class="muted">{w.asking}</p> }.into_any(),
            Some(AskError::NotYet) => view! { <p>{mark(Tone::Wait, Some(Icon::CLOCK), w.not_answered.to_owned())}</p> }.into_any(),
            Some(AskError::Net) => note(Tone::Wait, Icon::WARNING, w.ask_net, view! { <p>{w.ask_net_do}</p> }.into_any()),
            Some(AskError::Refused) => stays(w.ask_refused, w.ask_refused_do),
            Some(AskError::Unreadable) => stays(w.ask_unreadable, w.ask_unreadable_do),
            Some(AskError::Store(error)) => store_problem(error),
        })
    };
    let content = view! {
        <div class="stack"><h1>{w.asking_title}</h1><p>{w.asking_words}</p></div>
        <dl><dt>{w.asking_mark}</dt><dd class="code">{mark_of_phone}</dd></dl>
        <div role="status">{live(said)}</div>
        <p class="hint">{w.asking_hint}</p>
        <button type="button" class="btn second" on:click=tap(ask)>{w.ask_again}</button>
        <button type="button" class="btn plain" on:click=tap(move || step.set(Step::Closed))>{w.remembered}</button>
    }
    .into_any();
    framed(content)
}

/// Why a new secret was not taken.
pub fn change_words(error: &ChangeError) -> String {
    let Words { w, .. } = words();
    match error {
        ChangeError::Weak(weak) => weak_words(*weak),
        ChangeError::Unlock(UnlockError::Memory) => w.no_memory.to_owned(),
        ChangeError::Unlock(_) => w.not_changed.to_owned(),
    }
}

fn framed(content: AnyView) -> AnyView {
    request_animation_frame(dom::arrive);
    view! { {crate::enrol::cover()}<main class="page" id="noi-dung">{content}</main> }.into_any()
}

/// What has to be kept before the notebook closes.
#[derive(Clone, Copy)]
pub struct Closing {
    /// What is looked for among the households.
    pub search: Search,
    /// What stands typed on the page and in no draft.
    pub aside: Aside,
    /// The drafts.
    pub keepers: Keepers,
    /// Where the reader is.
    pub way: Way,
}

impl Closing {
    /// What stands typed beside the drafts.
    pub fn beside(self) -> Beside {
        Beside { search: self.search.kept(), page: self.aside.bytes() }
    }

    /// Keeps what is being written, and closes the notebook. Says whether it did: nothing is closed that could not be kept.
    pub async fn close(self, phone: Phone) -> bool {
        let drafts = self.keepers.settle().await;
        let place = phone.place_save(&self.way.place_untracked().path(), self.beside()).await;
        // A full phone forgets the place, and no words.
        drafts.is_ok() && (place.is_ok() || self.aside.bytes().is_empty()) && phone.lock().await
    }
}

/// "Khóa sổ", and why not where it cannot be closed now.
pub fn lock_button(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let closing = use_context::<Closing>();
    let refused = RwSignal::new(false);
    let go = move || {
        let Some(closing) = closing else { return };
        spawn_local(async move {
            let closed = closing.close(phone).await;
            refused.try_set(!closed);
        });
    };
    view! {
        <div>
            <button type="button" class="btn second" on:click=tap(go)>{Icon::LOCK.view()}" "{w.lock_now}</button>
            <p class="hint" role="status">{live(move || if refused.get() { w.not_locked } else { w.lock_hint })}</p>
        </div>
    }
    .into_any()
}
