//! Taking households out with names and phones: a choice of its own, with what it is for.

use crate::filter::query;
use crate::session::{lang, words};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::office::{Filter, NamesReason};
use leptos::prelude::*;

/// A fold below the filters. The files can be had once a reason is chosen.
pub fn names_export(filter: Memo<Filter>) -> AnyView {
    let words = words();
    let reason = RwSignal::new(None::<NamesReason>);
    let options = NamesReason::ALL.iter().map(|one| view! { <option value=one.code()>{one.label(lang())}</option> }).collect_view();
    let learn = move |event: leptos::ev::Event| reason.set(NamesReason::from_code(&event_target_value(&event)));
    let files = move || {
        reason.get().map(|reason| {
            let href = |ending: &str| format!("/api/v1/households/names.{ending}?reason={}&{}", reason.code(), query(&filter.get()));
            view! {
                <div class="line">
                    <a class="btn second auto" download rel="external" href=href("xlsx")>{Icon::INBOX.view()}" "{words.names_file}</a>
                    <a class="btn second auto" download rel="external" href=href("csv")>{words.export_csv}</a>
                </div>
            }
        })
    };
    view! {
        <details>
            <summary>{words.names_export}</summary>
            {note(Tone::Wait, Icon::WARNING, words.names_warning, ())}
            <div class="fld">
                <label for="names-reason">{words.names_reason}</label>
                <select class="input" id="names-reason" on:change=learn><option value="">{words.not_chosen}</option>{options}</select>
            </div>
            {files}
        </details>
    }
    .into_any()
}
