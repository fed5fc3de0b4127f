//! The sheet: a native dialog at the bottom, where the thumb is. It closes on "back"; what was saved is already saved.

use leptos::html::Dialog;
use leptos::prelude::*;

/// Shows a modal sheet as long as it is on the page. `close` is told when the reader leaves it.
pub fn sheet(title_id: &'static str, close: impl Fn() + 'static, content: AnyView) -> AnyView {
    let close: Box<dyn Fn()> = Box::new(close);
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            crate::platform::dom::show_modal(&dialog);
        }
    });
    view! { <dialog class="sheet stack" node_ref=dialog aria-labelledby=title_id on:close=move |_| close()>{content}</dialog> }.into_any()
}
