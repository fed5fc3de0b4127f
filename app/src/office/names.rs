//! Taking households out with names and phones: a choice of its own, with what it is for.

use crate::filter::{not_saved, query, saved};
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
    let fault = RwSignal::new(None);
    let files = move || {
        reason.get().map(|reason| {
            let link = |ending: &'static str, label: AnyView| {
                let path = move |filter: &Filter| format!("households/names.{ending}?reason={}&{}", reason.code(), query(filter));
                saved(filter, path, format!("gan-dan-households-names.{ending}"), words.names_warning, fault, label)
            };
            view! {
                <div class="line">
                    {link("xlsx", view! { {Icon::INBOX.view()}" "{words.names_file} }.into_any())}
                    {link("csv", words.export_csv.into_any())}
                    {not_saved(fault)}
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
