//! Choices: the whole cell is the target; cells share borders like a squared page.

use leptos::prelude::*;

/// One cell of a group in which one is chosen. The words may carry a second line in `<small>`.
pub fn radio(
    group: &'static str,
    chosen: impl Fn() -> bool + Send + 'static,
    choose: impl Fn() + 'static,
    words: impl IntoView + 'static,
) -> AnyView {
    cell("radio", Some(group), Box::new(chosen), Box::new(move |_| choose()), words.into_any())
}

/// One cell of a group in which several may be chosen.
pub fn checkbox(chosen: impl Fn() -> bool + Send + 'static, choose: impl Fn(bool) + 'static, words: impl IntoView + 'static) -> AnyView {
    cell("checkbox", None, Box::new(chosen), Box::new(choose), words.into_any())
}

fn cell(
    kind: &'static str,
    group: Option<&'static str>,
    chosen: Box<dyn Fn() -> bool + Send>,
    choose: Box<dyn Fn(bool)>,
    words: AnyView,
) -> AnyView {
    view! {
        <label>
            <input type=kind name=group prop:checked=chosen on:change=move |event| choose(event_target_checked(&event))/>
            <span>{words}</span>
        </label>
    }
    .into_any()
}
