//! Forms: what is wrong stands on top and beside its field, nothing typed is ever lost, and a button can be pressed again.

use crate::again::Again;
use crate::session::{Fault, Session, session, words};
use crate::words::Office;
use app::platform::dom;
use app::ui::cells::checkbox;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::text;
use domain::time::Date;
use domain::wire::RefusalCode;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// One form: what is wrong with it, and whether it is on its way.
#[derive(Clone, Copy)]
pub struct Form {
    /// Its own name, the beginning of its fields' ids.
    name: &'static str,
    /// Which of several forms of that name on the page, from 1; 0 is the only one.
    row: usize,
    /// Sends what is stored, so that whoever is refused wants to know what became of it.
    stores: bool,
    session: Session,
    words: &'static Office,
    mistakes: RwSignal<Vec<Mistake>>,
    fault: RwSignal<Option<Fault>>,
    busy: RwSignal<bool>,
    again: Again,
}

/// A field by its name in the form, and what is wrong with it.
pub type Mistake = (&'static str, &'static str);

/// How a field is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A line of words.
    Line,
    /// Several lines of words.
    Lines,
    /// A day, as people write it.
    Day,
    /// A name to sign in with.
    Login,
    /// The passphrase of an account that exists.
    Passphrase,
    /// A passphrase for a new account.
    NewPassphrase,
    /// Letters and digits from a sheet of paper, which neither browser nor spelling help may keep.
    Letters,
    /// Several rows of them.
    Sheet,
}

impl Form {
    /// A form with nothing wrong yet.
    pub fn new(name: &'static str) -> Self {
        Self::of_row(name, 0)
    }

    /// The form at the door, which stores nothing.
    pub fn door() -> Self {
        Self { stores: false, ..Self::new("door") }
    }

    /// One of several forms of that name on a page, counted from 1.
    pub fn of_row(name: &'static str, row: usize) -> Self {
        let (mistakes, fault) = (RwSignal::new(Vec::new()), RwSignal::new(None));
        Self {
            name,
            row,
            stores: true,
            session: session(),
            words: words(),
            mistakes,
            fault,
            busy: RwSignal::new(false),
            again: Again::new(),
        }
    }

    /// The words that it speaks in: an event knows no context.
    pub const fn words(self) -> &'static Office {
        self.words
    }

    /// The id of a field.
    pub fn id(self, field: &str) -> String {
        if self.row == 0 { format!("{}-{field}", self.name) } else { format!("{}-{}-{field}", self.name, self.row) }
    }

    /// Says what is wrong and moves there; `true` if nothing is.
    pub fn accept(self, mistakes: Vec<Mistake>) -> bool {
        let good = mistakes.is_empty();
        self.fault.set(None);
        self.mistakes.set(mistakes);
        if !good {
            dom::focus(&self.id("wrong"));
        }
        good
    }

    /// Does the work of the form, once at a time, and says what came of it. `fields` are those that the server may name. For
    /// what must not be done twice, such as a code of which each new one ends the one before, and at the door.
    pub fn send<T: 'static>(
        self,
        fields: &'static [&'static str],
        work: impl Future<Output = Result<T, Fault>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let result = work.await;
            // The page may be gone by now; what was stored is stored.
            self.busy.try_set(false);
            match result {
                Ok(value) => done(value),
                Err(fault) => self.refused(fields, fault),
            }
        });
    }

    /// Does the work of the form until the server answers, and says so. While no answer comes what was typed stays on the
    /// page, as it was sent: `work` is the same each time, and whatever it writes it writes through
    /// [`crate::session::Session`], under the same number, so that nothing is stored twice. Ends when the page is left, or when
    /// somebody says that it is enough.
    pub fn deliver<T, W>(self, fields: &'static [&'static str], work: impl Fn() -> W + 'static, done: impl FnOnce(T) + 'static)
    where
        T: 'static,
        W: Future<Output = Result<T, Fault>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            // Without an answer the page is gone by now.
            let Some(result) = self.again.until_answered(work, || dom::focus(&self.id("wrong"))).await else { return };
            self.busy.try_set(false);
            match result {
                Ok(value) => done(value),
                Err(fault) => self.refused(fields, fault),
            }
        });
    }

    /// Stores a value, of which this revision was seen, until the server answers: see [`Self::deliver`].
    pub fn store<V: Serialize + 'static>(
        self,
        fields: &'static [&'static str],
        path: &'static str,
        seen: u64,
        value: V,
        done: impl FnOnce(()) + 'static,
    ) {
        self.deliver(fields, in_turn(self.session, path, vec![(seen, value)], |_| ()), done);
    }

    /// Stores several new values, one after the other, until the server has answered them all. `each` is told of every one.
    pub fn store_all<V: Serialize + 'static>(
        self,
        fields: &'static [&'static str],
        path: &'static str,
        values: Vec<V>,
        each: impl Fn(&V) + 'static,
        done: impl FnOnce(()) + 'static,
    ) {
        let values = values.into_iter().map(|value| (0, value)).collect();
        self.deliver(fields, in_turn(self.session, path, values, each), done);
    }

    /// It is on its way: what was typed is not to be changed now.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// What is wrong with a field.
    pub fn error(self, name: &'static str) -> Option<&'static str> {
        self.mistakes.with(|all| all.iter().find(|(field, _)| *field == name).map(|(_, words)| *words))
    }

    /// Says what is wrong with fields without moving there.
    pub fn mark(self, mistakes: Vec<Mistake>) {
        self.mistakes.set(mistakes);
    }

    fn refused(self, fields: &'static [&'static str], fault: Fault) {
        let words = self.words;
        let named = match &fault {
            Fault::Refused(refusal) => refusal.about.as_deref().and_then(|about| fields.iter().find(|field| **field == about)),
            Fault::NoAnswer | Fault::Unclear => None,
        };
        match (named, fault.code()) {
            (Some(field), Some(RefusalCode::Taken)) => self.mistakes.try_set(vec![(*field, words.taken)]),
            (Some(field), Some(RefusalCode::Invalid)) => self.mistakes.try_set(vec![(*field, words.wrong_field)]),
            _ => {
                self.mistakes.try_set(Vec::new());
                self.fault.try_set(Some(fault));
                None
            }
        };
        dom::focus(&self.id("wrong"));
    }

    /// The form itself: what is wrong on top, then its fields. `submit` is told when it is to be sent.
    pub fn view(self, submit: impl Fn() + 'static, fields: impl IntoView + 'static) -> AnyView {
        let words = words();
        let id = self.id("wrong");
        let wrong = move || {
            let mistakes = self.mistakes.get();
            let fault = self.fault.get();
            let of_fields = (!mistakes.is_empty()).then(|| {
                let lines = mistakes
                    .into_iter()
                    .map(|(field, words)| {
                        let id = self.id(field);
                        let href = format!("#{id}");
                        let jump = move |event: leptos::ev::MouseEvent| {
                            event.prevent_default();
                            dom::focus(&id);
                        };
                        view! { <li><a href=href rel="external" on:click=jump>{words}</a></li> }
                    })
                    .collect_view();
                note(Tone::Bad, Icon::WARNING, words.wrong_form, view! { <ul>{lines}</ul> })
            });
            let of_all = fault.map(|fault| {
                let nothing_lost = self.stores.then(|| view! { <p>{words.nothing_lost}</p> });
                note(Tone::Bad, Icon::WARNING, words.fault(&fault), nothing_lost)
            });
            let waits = self.again.view();
            view! { {of_fields} {of_all} {waits} }
        };
        let on_submit = move |event: SubmitEvent| {
            event.prevent_default();
            submit();
        };
        view! {
            <form class="stack" novalidate on:submit=on_submit>
                <div id=id tabindex="-1" role="alert">{wrong}</div>
                {fields}
            </form>
        }
        .into_any()
    }

    /// The one filled button.
    pub fn button(self, label: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
        let words = words();
        let busy = move || self.busy.get().then_some("true");
        let label = move || match (self.busy.get(), self.again.is_unheard()) {
            (true, true) => words.waiting_for_answer.to_owned(),
            (true, false) => words.saving.to_owned(),
            (false, _) => label(),
        };
        view! { <button type="submit" class="btn" aria-busy=busy>{label}</button> }.into_any()
    }

    /// A typed field with its label. The browser keeps what is typed; `value` learns of it and is never written back.
    pub fn field(self, name: &'static str, kind: Typed, label: &'static str, hint: &'static str, value: RwSignal<String>) -> AnyView {
        let id = self.id(name);
        let (hint_id, error_id) = (format!("{id}-h"), format!("{id}-e"));
        let described = format!("{hint_id} {error_id}");
        let error = move || self.mistakes.with(|all| all.iter().find(|(field, _)| *field == name).map(|(_, words)| *words));
        let invalid = move || error().map(|_| "true");
        let first = value.get_untracked();
        let learn = move |event: leptos::ev::Event| value.set(event_target_value(&event));
        let input = if kind == Typed::Sheet {
            view! {
                <textarea class="input letters" id=id.clone() rows="5" autocomplete="off" autocapitalize="characters"
                    spellcheck="false" aria-describedby=described aria-invalid=invalid prop:value=first on:input=learn></textarea>
            }
            .into_any()
        } else if kind == Typed::Lines {
            view! {
                <textarea class="input" id=id.clone() rows="3" autocomplete="off" aria-describedby=described aria-invalid=invalid
                    prop:value=first on:input=learn></textarea>
            }
            .into_any()
        } else {
            let (of_type, mode, complete) = match kind {
                Typed::Line | Typed::Lines | Typed::Letters | Typed::Sheet => ("text", "text", "off"),
                Typed::Day => ("text", "numeric", "off"),
                Typed::Login => ("text", "text", "username"),
                Typed::Passphrase => ("password", "text", "current-password"),
                Typed::NewPassphrase => ("password", "text", "new-password"),
            };
            let capitals = match kind {
                Typed::Login => Some("none"),
                Typed::Letters => Some("characters"),
                _ => None,
            };
            view! {
                <input class="input" id=id.clone() type=of_type inputmode=mode autocomplete=complete autocapitalize=capitals
                    spellcheck="false" aria-describedby=described aria-invalid=invalid prop:value=first on:input=learn/>
            }
            .into_any()
        };
        let hint = (!hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{hint}</span> });
        view! {
            <div class="fld">
                <label for=id>{label}</label>
                {hint}
                {input}
                <div id=error_id>{move || error().map(|words| view! { <p class="error">{Icon::WARNING.view()}" "{words}</p> })}</div>
            </div>
        }
        .into_any()
    }

    /// A cell to tick, with what it means in it.
    pub fn check(self, name: &'static str, label: &'static str, hint: &'static str, value: RwSignal<bool>) -> AnyView {
        let error = move || self.mistakes.with(|all| all.iter().find(|(field, _)| *field == name).map(|(_, words)| *words));
        let cell = checkbox(move || value.get(), move |on| value.set(on), view! { {label}" "<small>{hint}</small> });
        view! {
            <div class="fld" id=self.id(name) tabindex="-1">
                <div class="cells one">{cell}</div>
                {move || error().map(|words| view! { <p class="error">{Icon::WARNING.view()}" "{words}</p> })}
            </div>
        }
        .into_any()
    }

    /// A choice from a list of values and labels; an empty value is "not chosen".
    pub fn choice(
        self,
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        options: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
        value: RwSignal<String>,
    ) -> AnyView {
        let id = self.id(name);
        let (hint_id, error_id) = (format!("{id}-h"), format!("{id}-e"));
        let described = format!("{hint_id} {error_id}");
        let error = move || self.mistakes.with(|all| all.iter().find(|(field, _)| *field == name).map(|(_, words)| *words));
        let invalid = move || error().map(|_| "true");
        let options = move || {
            let chosen = value.get_untracked();
            options()
                .into_iter()
                .map(|(code, label)| {
                    let selected = code == chosen;
                    view! { <option value=code selected=selected>{label}</option> }
                })
                .collect_view()
        };
        let learn = move |event: leptos::ev::Event| value.set(event_target_value(&event));
        let hint = (!hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{hint}</span> });
        view! {
            <div class="fld">
                <label for=id.clone()>{label}</label>
                {hint}
                <select class="input" id=id aria-describedby=described aria-invalid=invalid on:change=learn>{options}</select>
                <div id=error_id>{move || error().map(|words| view! { <p class="error">{Icon::WARNING.view()}" "{words}</p> })}</div>
            </div>
        }
        .into_any()
    }
}

/// What is done once or again, until there is an answer.
pub type Work = Pin<Box<dyn Future<Output = Result<(), Fault>>>>;

/// Writes values one after the other, each with the revision that was seen. Tried again, it goes on where it stopped, with the
/// same value.
pub fn in_turn<V: Serialize + 'static>(
    session: Session,
    path: &'static str,
    values: Vec<(u64, V)>,
    each: impl Fn(&V) + 'static,
) -> impl Fn() -> Work + 'static {
    let shared = Rc::new((values, Cell::new(0), each));
    move || -> Work {
        let shared = Rc::clone(&shared);
        Box::pin(async move {
            let (values, next, each) = &*shared;
            while let Some((seen, value)) = values.get(next.get()) {
                session.write(path, *seen, value).await?;
                next.set(next.get() + 1);
                each(value);
            }
            Ok(())
        })
    }
}

/// What was typed, as it is stored.
pub fn typed(value: RwSignal<String>) -> String {
    text::clean(&value.get_untracked())
}

/// What was typed in a field of several lines.
pub fn typed_lines(value: RwSignal<String>) -> String {
    text::clean_lines(&value.get_untracked())
}

/// A day that was typed; `Err` if it is no day.
pub fn typed_day(value: RwSignal<String>) -> Result<Option<Date>, ()> {
    let text = typed(value);
    if text.is_empty() { Ok(None) } else { Date::read(&text).map(Some).ok_or(()) }
}
