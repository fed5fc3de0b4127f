//! Typed fields: label above, hint under it, error in words. The value is the browser's: it is set once and never written
//! back, because writing into a field while somebody composes Vietnamese loses letters.

use super::icon::Icon;
use super::live::{flag, live};
use leptos::prelude::*;
use std::sync::Arc;

/// What a field is and says around itself.
pub struct Field {
    /// Its id, unique on the page.
    pub id: &'static str,
    /// The words above it.
    pub label: &'static str,
    /// What helps to fill it.
    pub hint: &'static str,
    /// How it is typed.
    pub kind: Typed,
    /// What it holds at first.
    pub value: String,
}

/// How a field is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A line of words.
    Line,
    /// A whole number.
    Number,
    /// A telephone number.
    Phone,
    /// A day.
    Day,
    /// A one-time code: spaced letters, no help from the keyboard.
    Code,
    /// Several ruled lines.
    Lines,
}

impl Field {
    /// The field with its label. `learn` hears every change; `error` is shown below as long as it has words.
    pub fn view(self, learn: impl Fn(String) + 'static, error: impl Fn() -> Option<String> + Send + Sync + 'static) -> AnyView {
        self.draw(Box::new(learn), Arc::new(error))
    }

    fn draw(self, learn: Box<dyn Fn(String)>, error: Arc<dyn Fn() -> Option<String> + Send + Sync>) -> AnyView {
        let Self { id, label, hint, kind, value } = self;
        let (hint_id, error_id) = (format!("{id}-h"), format!("{id}-e"));
        let described = format!("{hint_id} {error_id}");
        let invalid = flag({
            let error = Arc::clone(&error);
            move || error().is_some()
        });
        let input = if kind == Typed::Lines {
            view! {
                <textarea class="input lined" id=id rows="3" autocomplete="off" aria-describedby=described aria-invalid=invalid
                    prop:value=value on:input=move |event| learn(event_target_value(&event))></textarea>
            }
            .into_any()
        } else {
            let (class, of_type, mode) = match kind {
                Typed::Number => ("input", "text", "numeric"),
                Typed::Phone => ("input", "tel", "tel"),
                Typed::Day => ("input", "date", "text"),
                Typed::Code => ("input code", "text", "text"),
                Typed::Line | Typed::Lines => ("input", "text", "text"),
            };
            let capitals = (kind == Typed::Code).then_some("characters");
            view! {
                <input class=class id=id type=of_type inputmode=mode autocomplete="off" spellcheck="false" autocapitalize=capitals
                    aria-describedby=described aria-invalid=invalid
                    prop:value=value on:input=move |event| learn(event_target_value(&event))/>
            }
            .into_any()
        };
        let hint = (!hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{hint}</span> }.into_any());
        view! {
            <div class="fld">
                <label for=id>{label}" "{hint}</label>
                {input}
                {live(move || error().map(|words| view! { <p class="error" id=error_id.clone()>{Icon::WARNING.view()}" "{words}</p> }.into_any()))}
            </div>
        }
        .into_any()
    }
}
