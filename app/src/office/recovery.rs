//! Phones that nobody can open any more: who asks, the two sheets, the answer, and every one that was ever given.
//!
//! The sheets are joined in this browser. What leaves it is a phone's data key, sealed to that phone.

use crate::fetched::Fetched;
use crate::form::Form;
use crate::recovery_key;
use crate::session::{Session, session, shared, today, words};
use crate::sheets::Sheets;
use crate::ui::{empty, heading};
use crate::words::Office;
use app::platform::{dom, random};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::DeviceId;
use domain::person::Action;
use domain::recovery::{NewRecoveryKey, RecoveryState, ReopenAnswer, ReopenRow, ReopenedRow, SealedCopies, answered_to, deposited_by};
use domain::wire::RefusalCode;
use leptos::prelude::*;
use seal::recovery::{PrivateKey, PublicKey, mark};
use serde_bytes::ByteBuf;

/// Everything around the recovery key.
pub fn page() -> AnyView {
    let session = session();
    let words = words();
    let state = Fetched::<RecoveryState>::new(|| Some("recovery".to_owned()));
    Effect::new(move || {
        if let Some(RecoveryState { key, waiting, .. }) = state.here() {
            session.reopen.set(u32::try_from(waiting.len()).unwrap_or(u32::MAX));
            session.no_key.set(key.is_none());
        }
    });
    let title = move || match state.here() {
        Some(RecoveryState { key: None, .. }) => words.no_key.to_owned(),
        Some(RecoveryState { waiting, .. }) if waiting.is_empty() => words.recovery_none.to_owned(),
        Some(RecoveryState { waiting, .. }) => (words.recovery_n)(&waiting.len().to_string()),
        None => words.recovery.to_owned(),
    };
    let said = RwSignal::new(None);
    let told = move || {
        said.get().map(|Told { good, words }| {
            let (tone, icon) = if good { (Tone::Good, Icon::DONE) } else { (Tone::Bad, Icon::WARNING) };
            note(tone, icon, words, ())
        })
    };
    let shown = move |now: RecoveryState| match now.key.as_deref().and_then(|key| PublicKey::read(key)) {
        Some(key) => phones(key, now, state, said),
        None => without_key(session, state, said),
    };
    view! {
        {heading(title)}
        <div role="status">{told}</div>
        {state.draw(shown)}
    }
    .into_any()
}

/// What came of the last press, above the list.
#[derive(Clone)]
struct Told {
    good: bool,
    words: String,
}

/// What an administrator is told on every page until there is a key.
pub fn missing() -> AnyView {
    let words = words();
    let next = view! { <p>{words.no_key_why}</p><a class="btn second auto" href="/office/recovery">{words.no_key_admin}</a> };
    note(Tone::Wait, Icon::WARNING, words.no_key, next)
}

fn without_key(session: Session, state: Fetched<RecoveryState>, said: RwSignal<Option<Told>>) -> AnyView {
    let words = words();
    if !session.may(Action::RecoveryKey) {
        return view! { <p>{words.no_key_why}</p><p>{words.no_key_other}</p> }.into_any();
    }
    let place = move || session.me.with(|me| me.as_ref().map(|me| me.unit_name.clone()).unwrap_or_default());
    let send = move |form: Form, public: ByteBuf| {
        let key = NewRecoveryKey { public };
        let work = move || {
            let key = key.clone();
            async move {
                match session.post::<()>("recovery", &key).await {
                    // Somebody was quicker, at another desk.
                    Err(fault) if fault.code() == Some(RefusalCode::Taken) => Ok(false),
                    other => other.map(|()| true),
                }
            }
        };
        let done = move |good| {
            said.set(Some(Told { good, words: if good { words.key_stored } else { words.key_taken }.to_owned() }));
            state.again();
        };
        form.deliver(&[], work, done);
    };
    view! { <p>{words.no_key_why}</p>{recovery_key::make(place, send)} }.into_any()
}

/// Who asks and who was answered, and beside them the one that is being opened.
fn phones(key: PublicKey, now: RecoveryState, state: Fetched<RecoveryState>, said: RwSignal<Option<Told>>) -> AnyView {
    let words = words();
    let opened = RwSignal::new(None::<ReopenRow>);
    let aside = move || {
        opened.get().map(|row| view! { <aside class="pane" aria-label=words.recovery>{answer(key, row, opened, state, said)}</aside> })
    };
    view! {
        <p>{words.recovery_intro}</p>
        <div class="split">
            <div class="col">
                {asks(now.waiting, opened)}
                <button type="button" class="btn second auto" on:click=move |_| state.again()>{words.recovery_reload}</button>
                {past(now.past)}
                <p>{words.recovery_print}": "<b class="letters">{key.fingerprint()}</b>" "<span class="small muted">{words.recovery_print_hint}</span></p>
            </div>
            {aside}
        </div>
    }
    .into_any()
}

/// Whose phone it is.
fn whose(words: &'static Office, name: &str) -> String {
    if name.is_empty() { words.recovery_unknown.to_owned() } else { name.to_owned() }
}

fn asks(waiting: Vec<ReopenRow>, opened: RwSignal<Option<ReopenRow>>) -> AnyView {
    let (words, shared) = (words(), shared());
    if waiting.is_empty() {
        return empty(words.recovery_none, view! { <p>{words.recovery_empty_next}</p> });
    }
    let rows = waiting.into_iter().map(|row| {
        let name = whose(words, &row.name);
        let spoken = (words.recovery_open_for)(&name);
        let (asked, enrolled) = (shared.moment(row.asked_at, today()), shared.moment(row.enrolled_at, today()));
        let shown = mark(&row.public);
        view! {
            <tr>
                <th scope="row">{name}<br/><span class="small muted">{words.recovery_enrolled}": "{enrolled}</span></th>
                <td>{asked}</td>
                <td class="letters">{shown}</td>
                <td>
                    <button type="button" class="btn second auto" aria-label=spoken on:click=move |_| { opened.set(Some(row.clone())); request_animation_frame(|| dom::focus("reopen-who")); }>
                        {words.recovery_open}
                    </button>
                </td>
            </tr>
        }
    });
    view! {
        <table class="tbl">
            <caption>{words.recovery_asks}</caption>
            <thead><tr>
                <th scope="col">{words.whose}</th>
                <th scope="col">{words.recovery_asked}</th>
                <th scope="col">{words.recovery_mark}</th>
                <th scope="col"><span class="unseen">{words.recovery_open}</span></th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn past(past: Vec<ReopenedRow>) -> AnyView {
    let (words, shared) = (words(), shared());
    if past.is_empty() {
        return view! { <p class="muted">{words.recovery_past_none}</p> }.into_any();
    }
    let rows = past.into_iter().map(|row| {
        let (name, by) = (whose(words, &row.name), row.by.clone());
        view! { <tr><th scope="row">{name}</th><td>{shared.moment(row.at, today())}</td><td>{by}</td></tr> }
    });
    view! {
        <table class="tbl">
            <caption>{words.recovery_past}</caption>
            <thead><tr>
                <th scope="col">{words.whose}</th><th scope="col">{words.recovery_at}</th><th scope="col">{words.recovery_by}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// First the mark, then the sheets.
fn answer(
    key: PublicKey,
    row: ReopenRow,
    opened: RwSignal<Option<ReopenRow>>,
    state: Fetched<RecoveryState>,
    said: RwSignal<Option<Told>>,
) -> AnyView {
    let session = session();
    let form = Form::new("reopen");
    let words = form.words();
    let same = RwSignal::new(false);
    let sheets = Sheets::new();
    let damaged = RwSignal::new(false);
    let name = whose(words, &row.name);
    let (title, shown) = ((words.recovery_open_for)(&name), mark(&row.public));
    let device = row.device;
    let leave = move || opened.set(None);
    let submit = move || {
        damaged.set(false);
        let (joined, mut wrong) = match sheets.read(words, key) {
            Ok(joined) => (Some(joined), Vec::new()),
            Err(wrong) => (None, wrong),
        };
        if !same.get_untracked() {
            wrong.insert(0, ("same", words.recovery_same_missing));
        }
        let (true, Some(joined)) = (form.accept(wrong), joined) else { return };
        let (public, done) = (row.public.clone(), (words.recovery_done)(&name));
        let fetch = move || async move { session.get::<SealedCopies>(&format!("recovery/{device}")).await };
        form.deliver(&[], fetch, move |SealedCopies { copies }| {
            // The joined key goes out of the world with this.
            let Some(answer) = answered(&joined, device, &public, &copies) else { return damaged.set(true) };
            let answer = ReopenAnswer { public, answer };
            let work = move || {
                let answer = answer.clone();
                async move { session.post::<()>(&format!("recovery/{device}"), &answer).await }
            };
            form.deliver(&[], work, move |()| {
                leave();
                said.set(Some(Told { good: true, words: done }));
                state.again();
            });
        });
    };
    let broken = move || damaged.get().then(|| note(Tone::Bad, Icon::WARNING, words.recovery_damaged, ()));
    view! {
        <h2 id="reopen-who" tabindex="-1">{title}</h2>
        <div role="alert">{broken}</div>
        {form.view(
            submit,
            view! {
                <h3>{words.recovery_compare}</h3>
                <p>{words.recovery_compare_how}</p>
                <p class="code">{shown}</p>
                {form.check("same", words.recovery_same, words.recovery_same_hint, same)}
                <h3>{words.recovery_sheets}</h3>
                {sheets.fields(form)}
                {form.button(move || words.recovery_button.to_owned())}
            },
        )}
        <button type="button" class="btn plain" on:click=move |_| leave()>{words.close}</button>
    }
    .into_any()
}

/// The phone's data key, out of whichever copy opens, sealed to the phone alone.
fn answered(joined: &PrivateKey, device: DeviceId, public: &[u8], copies: &[ByteBuf]) -> Option<ByteBuf> {
    let opened = copies.iter().find_map(|copy| joined.open(&deposited_by(device), copy))?;
    PublicKey::read(public)?.seal(&answered_to(device), random::bytes(), &opened).map(ByteBuf::from)
}
