//! The one-time link of a fresh server: the first administrator, the commune, the first officer.

use crate::browser;
use crate::form::{Form, Mistake, Typed, typed};
use crate::recovery_key;
use crate::session::{Fault, Session, session, shared, words};
use crate::ui;
use crate::words::Office;
use app::platform::dom;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::office::{Account, Me, PASSPHRASE_MIN, SetUp, SetupState};
use domain::wire::RefusalCode;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_bytes::ByteBuf;

/// Where the setup stands.
#[derive(Clone, PartialEq, Eq)]
enum State {
    Asking,
    Open,
    Used,
    Trouble(Fault),
    /// Done; the officer's sign-in name.
    Done(String),
}

/// The whole setup.
pub fn page() -> AnyView {
    let session = session();
    let (words, shared) = (words(), shared());
    let state = RwSignal::new(State::Asking);
    let token = StoredValue::new(browser::secret());
    let ask = move || {
        spawn_local(async move {
            let answer = session.get::<SetupState>(&format!("setup/{}", token.get_value())).await;
            state.set(match answer {
                Ok(SetupState { done: false }) => State::Open,
                Ok(SetupState { done: true }) => State::Used,
                Err(fault) => State::Trouble(fault),
            });
        });
    };
    ask();
    let title = move || match state.get() {
        State::Done(_) => words.setup_done,
        State::Used => words.setup_used,
        _ => words.setup,
    };
    // Gone once it is done, with the passphrases and the sheets.
    let open = Memo::new(move |_| state.with(|state| matches!(state, State::Open)));
    let fields = move || open.get().then(|| fields(session, token, state));
    let rest = move || {
        match state.get() {
        State::Asking => view! { <p class="muted" role="status">{words.loading}</p> }.into_any(),
        State::Open => ().into_any(),
        State::Used => {
            view! { <p>{words.setup_used_next}</p><p>{words.setup_used_sheets}</p><a class="btn auto" rel="external" href="/office/">{words.sign_in}</a> }.into_any()
        }
        State::Trouble(fault) => ui::trouble(&fault, ask),
        State::Done(officer) => next_steps(words, &officer),
    }
    };
    view! {
        <main class="main whole narrow" id="noi-dung">
            <p class="brand">{shared.app}</p>
            {ui::heading(move || title().to_owned())}
            {rest}
            {fields}
        </main>
    }
    .into_any()
}

fn next_steps(words: &'static Office, officer: &str) -> AnyView {
    let first = (words.setup_next_officer)(officer);
    view! {
        {note(Tone::Good, Icon::DONE, words.setup_stored, ())}
        <h2>{words.setup_next}</h2>
        <ol class="steps stack">
            <li>{first}</li>
            <li>{words.setup_next_roll}</li>
            <li>{words.setup_next_campaign}</li>
            <li>{words.setup_next_phones}</li>
        </ol>
        <a class="btn auto" rel="external" href="/office/">{words.setup_enter}</a>
    }
    .into_any()
}

fn fields(session: Session, token: StoredValue<String>, state: RwSignal<State>) -> AnyView {
    let words = words();
    let form = Form::new("setup");
    // First who and where, then the key, and only then is anything sent.
    let at_key = RwSignal::new(false);
    let text = || RwSignal::new(String::new());
    let (province, commune) = (text(), text());
    let (admin, admin_login, admin_pass) = (text(), text(), text());
    let (officer, officer_login, officer_pass) = (text(), text(), text());
    let submit = move || {
        let mut wrong = Vec::new();
        let mut need = |field: &'static str, value: RwSignal<String>, says: &'static str| {
            if typed(value).is_empty() {
                wrong.push((field, says));
            }
        };
        need("province", province, words.province_missing);
        need("commune", commune, words.commune_missing);
        need("admin", admin, words.name_missing);
        wrong.extend(account_mistakes(words, "admin_login", admin_login, "admin_passphrase", admin_pass));
        if typed(officer).is_empty() {
            wrong.push(("officer", words.name_missing));
        }
        wrong.extend(account_mistakes(words, "officer_login", officer_login, "officer_passphrase", officer_pass));
        if !typed(officer_login).is_empty() && typed(officer_login) == typed(admin_login) {
            wrong.push(("officer_login", words.login_twice));
        }
        if !form.accept(wrong) {
            return;
        }
        at_key.set(true);
        dom::arrive();
    };
    let send = move |form: Form, recovery: ByteBuf| {
        let first = SetUp {
            admin: account(admin, admin_login, admin_pass),
            province: typed(province),
            commune: typed(commune),
            officer: account(officer, officer_login, officer_pass),
            recovery: Some(recovery),
        };
        let officer = first.officer.login.clone();
        let path = format!("setup/{}", token.get_value());
        let work = move || {
            let (path, first) = (path.clone(), first.clone());
            async move {
                match session.post::<Me>(&path, &first).await {
                    // It was open when this page was: the answer to the first press was lost, or somebody else was quicker.
                    Err(fault) if fault.code() == Some(RefusalCode::UsedCode) => Ok(false),
                    other => other.map(|_| true),
                }
            }
        };
        form.deliver(&[], work, move |stored| state.set(if stored { State::Done(officer) } else { State::Used }));
    };
    let back = move |_| at_key.set(false);
    let people = form.view(
        submit,
        view! {
            <p>{words.setup_intro}</p>
            <fieldset class="stack">
                <legend>{words.setup_place}</legend>
                {form.field("province", Typed::Line, words.province, words.province_hint, province)}
                {form.field("commune", Typed::Line, words.commune, words.commune_hint, commune)}
            </fieldset>
            <fieldset class="stack">
                <legend>{words.setup_admin}</legend>
                <p class="hint">{words.setup_admin_hint}</p>
                {form.field("admin", Typed::Line, words.full_name, "", admin)}
                {form.field("admin_login", Typed::Login, words.login, words.login_hint, admin_login)}
                {form.field("admin_passphrase", Typed::NewPassphrase, words.passphrase, words.passphrase_hint, admin_pass)}
            </fieldset>
            <fieldset class="stack">
                <legend>{words.setup_officer}</legend>
                <p class="hint">{words.setup_officer_hint}</p>
                {form.field("officer", Typed::Line, words.full_name, "", officer)}
                {form.field("officer_login", Typed::Login, words.login, words.login_hint, officer_login)}
                {form.field("officer_passphrase", Typed::NewPassphrase, words.passphrase, words.passphrase_hint, officer_pass)}
            </fieldset>
            {form.button(move || words.setup_next_step.to_owned())}
        },
    );
    view! {
        <div hidden=move || at_key.get()>{people}</div>
        <div class="stack" hidden=move || !at_key.get()>
            <h2>{words.key_title}</h2>
            {recovery_key::make(move || typed(commune), send)}
            <button type="button" class="btn plain" on:click=back>{words.setup_back}</button>
        </div>
    }
    .into_any()
}

/// What somebody signs in with, as it is sent.
pub fn account(name: RwSignal<String>, login: RwSignal<String>, passphrase: RwSignal<String>) -> Account {
    Account { name: typed(name), login: typed(login).to_lowercase(), passphrase: passphrase.get_untracked() }
}

/// What is wrong with a sign-in name and a passphrase.
pub fn account_mistakes(
    words: &'static Office,
    login_field: &'static str,
    login: RwSignal<String>,
    passphrase_field: &'static str,
    passphrase: RwSignal<String>,
) -> Vec<Mistake> {
    let mut wrong = Vec::new();
    let login = typed(login).to_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if login.is_empty() {
        wrong.push((login_field, words.login_missing));
    } else if !login.chars().all(allowed) {
        wrong.push((login_field, words.login_wrong));
    }
    if passphrase.with_untracked(|text| text.chars().count()) < PASSPHRASE_MIN {
        wrong.push((passphrase_field, words.passphrase_short));
    }
    wrong
}
