//! The door of the office.

use crate::app_shell::look;
use crate::form::{Form, Typed};
use crate::session::{session, shared, words};
use crate::ui;
use app::platform::dom;
use domain::office::{Me, SignIn};
use leptos::prelude::*;

/// Signing in, as a page of its own.
pub fn page() -> AnyView {
    let (words, shared) = (words(), shared());
    view! {
        <main class="main whole narrow" id="noi-dung">
            <p class="brand">{shared.app}</p>
            {ui::heading(move || words.sign_in.to_owned())}
            {fields()}
            <p class="small muted">{words.sign_in_help}</p>
            {look()}
        </main>
    }
    .into_any()
}

/// Signing in again, above a page that keeps what was typed in it.
pub fn again() -> AnyView {
    let words = words();
    // Whoever pressed a button far below has to see it.
    Effect::new(|| dom::focus("door-login"));
    view! {
        <section class="note wait" aria-label=words.sign_in>
            <b>{words.expired}</b>
            <p>{words.expired_next}</p>
            {fields()}
        </section>
    }
    .into_any()
}

fn fields() -> AnyView {
    let session = session();
    let words = words();
    let form = Form::door();
    let (login, passphrase) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move || {
        let mut wrong = Vec::new();
        if login.with_untracked(|login| login.trim().is_empty()) {
            wrong.push(("login", words.login_missing));
        }
        if passphrase.with_untracked(String::is_empty) {
            wrong.push(("passphrase", words.passphrase_missing));
        }
        if !form.accept(wrong) {
            return;
        }
        let who = SignIn { login: login.get_untracked().trim().to_lowercase(), passphrase: passphrase.get_untracked() };
        form.send(&[], async move { session.post::<Me>("session", &who).await }, move |me| session.begin(me));
    };
    form.view(
        submit,
        view! {
            {form.field("login", Typed::Login, words.login, "", login)}
            {form.field("passphrase", Typed::Passphrase, words.passphrase, "", passphrase)}
            {form.button(move || words.sign_in.to_owned())}
        },
    )
}
