//! Everything in one file, sealed to the recovery key: taken out with a press, and opened again with two sheets.

use crate::browser::{self, NoFile};
use crate::form::{Form, Mistake};
use crate::session::{session, words};
use crate::sheets::Sheets;
use crate::words::Office;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::recovery;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use seal::file;
use seal::recovery::PrivateKey;

/// A file is read whole into the memory of the tab, several times over.
const MOST_BYTES: f64 = 300e6;

/// Both.
pub fn section() -> AnyView {
    let (words, session) = (words(), session());
    let opened = RwSignal::new(0_u32);
    let good = move || (opened.get() > 0).then(|| note(Tone::Good, Icon::DONE, words.taken_opened, ()));
    // A form anew after each: of the sheets nothing stays on the screen.
    let again = move || {
        opened.track();
        opening(opened)
    };
    let link = move || {
        if session.no_key.get() {
            return view! { <p>{words.take_out_no_key}" "{words.no_key_other}</p> }.into_any();
        }
        view! {
            <a class="btn second auto" download rel="external" href="/api/v1/take-out">{Icon::INBOX.view()}" "{words.take_out_button}</a>
        }
        .into_any()
    };
    view! {
        <section class="stack">
            <h2>{words.take_out}</h2>
            <p>{words.take_out_intro}</p>
            {note(Tone::Wait, Icon::WARNING, words.take_out_warning, link)}
            <h3>{words.taken_open}</h3>
            <div role="status">{good}</div>
            {again}
        </section>
    }
    .into_any()
}

/// The file, the sheets, and then the .zip on the disk. It opens here, whatever server the file came from.
fn opening(opened: RwSignal<u32>) -> AnyView {
    let (session, form) = (session(), Form::new("taken"));
    let words = form.words();
    let sheets = Sheets::new();
    let input = NodeRef::<Input>::new();
    let damaged = RwSignal::new(false);
    let submit = move || {
        damaged.set(false);
        spawn_local(async move {
            let (joined, mistakes) = match read(words, input, sheets).await {
                Ok(joined) => (Some(joined), Vec::new()),
                Err(mistakes) => (None, mistakes),
            };
            let (true, Some((key, sealed))) = (form.accept(mistakes), joined) else { return };
            // First the line in the log: what cannot be logged is not opened.
            let log = move || async move { session.post::<()>("take-out/opened", &()).await };
            form.deliver(&[], log, move |()| match file::open(&key, recovery::TAKEN_OUT, &sealed) {
                Some(zip) => {
                    browser::save_file("gan-dan-toan-bo.zip", &zip);
                    opened.update(|times| *times += 1);
                }
                None => damaged.set(true),
            });
        });
    };
    let broken = move || damaged.get().then(|| note(Tone::Bad, Icon::WARNING, words.taken_damaged, ()));
    let error = move || form.error("file").map(|words| view! { <p class="error">{Icon::WARNING.view()}" "{words}</p> });
    let invalid = move || form.error("file").map(|_| "true");
    view! {
        <div role="alert">{broken}</div>
        {form.view(
            submit,
            view! {
                <div class="fld">
                    <label for="taken-file">{words.taken_file}</label>
                    <span class="hint" id="taken-file-h">{words.taken_file_hint}</span>
                    <input class="input" id="taken-file" type="file" accept=".gandan" aria-describedby="taken-file-h taken-file-e"
                        aria-invalid=invalid node_ref=input/>
                    <div id="taken-file-e">{error}</div>
                </div>
                {sheets.fields(form)}
                {form.button(move || words.taken_button.to_owned())}
            },
        )}
    }
    .into_any()
}

/// The key behind the sheets and the file that it is to open, or what is wrong with them.
async fn read(words: &'static Office, input: NodeRef<Input>, sheets: Sheets) -> Result<(PrivateKey, Vec<u8>), Vec<Mistake>> {
    let Some(input) = input.get_untracked() else { return Err(Vec::new()) };
    let chosen = async { browser::chosen_file(&input, MOST_BYTES).await?.bytes().await };
    let sealed = chosen.await.map_err(|why| vec![("file", wrong_file(words, why))])?;
    let key = file::sealed_to(&sealed).ok_or_else(|| vec![("file", words.taken_file_other)])?;
    Ok((sheets.read(words, key)?, sealed))
}

fn wrong_file(words: &'static Office, why: NoFile) -> &'static str {
    match why {
        NoFile::Nothing => words.taken_file_missing,
        NoFile::Unreadable => words.file_unreadable,
        NoFile::TooLarge => words.taken_file_large,
    }
}
