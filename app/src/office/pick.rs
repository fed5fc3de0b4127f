//! Choosing one of many by typing its number, or words of it without accents: for those who never touch the mouse.

use crate::browser;
use crate::form::Form;
use crate::session::words;
use app::ui::icon::Icon;
use domain::text::{self, Query};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    key: String,
    mark: String,
    label: String,
    folded: String,
}

impl Choice {
    /// What it is known by, the number that is typed for it (none where it has none), what people read, and what else it is
    /// found by.
    pub fn new(key: impl Into<String>, mark: impl Into<String>, label: impl Into<String>, also: &str) -> Self {
        let (key, mark, label) = (key.into(), mark.into(), label.into());
        let folded = text::fold(&format!("{label} {mark} {also}"));
        Self { key, mark, label, folded }
    }

    /// Numbered from 1, as they stand on a printed sheet.
    pub fn numbered(all: impl IntoIterator<Item = (String, String)>) -> Vec<Self> {
        all.into_iter().enumerate().map(|(n, (key, label))| Self::new(key, (n + 1).to_string(), label, "")).collect()
    }

    fn shown(&self) -> String {
        if self.mark.is_empty() { self.label.clone() } else { format!("{} · {}", self.mark, self.label) }
    }
}

/// What fits, the best first. Whoever types a number means that number, before everything that has it in it.
fn found(all: &[Choice], typed: &str) -> Vec<Choice> {
    let (query, exact) = (Query::new(typed), text::fold(typed.trim()));
    if query.is_empty() {
        return all.to_vec();
    }
    let rank = |choice: &Choice| {
        if text::fold(&choice.mark) == exact { Some(0) } else { query.rank(&choice.label, &choice.folded).map(|rank| rank + 1) }
    };
    let mut ranked: Vec<(u8, &Choice)> = all.iter().filter_map(|choice| Some((rank(choice)?, choice))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, choice)| choice.clone()).collect()
}

/// How many are shown at once.
const SHOWN: usize = 8;

impl Form {
    /// A field in which one of many is chosen; `value` is its key, empty while nothing is.
    pub fn pick(
        self,
        name: &'static str,
        label: impl Into<String>,
        hint: &'static str,
        choices: Memo<Vec<Choice>>,
        value: RwSignal<String>,
    ) -> AnyView {
        let words = words();
        let id = StoredValue::new(self.id(name));
        let at_id = move |part: &str| id.with_value(|id| format!("{id}-{part}"));
        let first =
            value.with_untracked(|key| choices.with_untracked(|all| all.iter().find(|choice| choice.key == *key).map(Choice::shown)));
        let first = first.unwrap_or_default();
        let (typed, open, at) = (RwSignal::new(first.clone()), RwSignal::new(false), RwSignal::new(0_usize));
        let unknown = RwSignal::new(false);
        let fitting = Memo::new(move |_| choices.with(|all| found(all, &typed.get())));
        let choose = move |choice: &Choice| {
            let shown = choice.shown();
            id.with_value(|id| browser::fill(id, &shown));
            typed.set(shown);
            value.set(choice.key.clone());
            open.set(false);
            unknown.set(false);
        };
        let begin = move |event: leptos::ev::Event| {
            typed.set(event_target_value(&event));
            value.set(String::new());
            at.set(0);
            // What was erased offers nothing: then Enter chooses nothing.
            open.set(typed.with_untracked(|typed| !typed.trim().is_empty()));
            unknown.set(false);
        };
        let step = move |event: &KeyboardEvent, down: bool| {
            event.prevent_default();
            if !open.get_untracked() {
                // Everything is offered again, whatever was chosen before.
                typed.set(String::new());
                at.set(0);
                open.set(true);
                return;
            }
            let last = fitting.with_untracked(|all| all.len().min(SHOWN).saturating_sub(1));
            at.update(|at| *at = if down { (*at + 1).min(last) } else { at.saturating_sub(1) });
        };
        let key = move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowDown" => step(&event, true),
            "ArrowUp" => step(&event, false),
            "Escape" => open.set(false),
            "Enter" | "Tab" if !event.is_composing() && open.get_untracked() => {
                let blank = typed.with_untracked(|typed| typed.trim().is_empty());
                let tabbed = event.key() == "Tab";
                match fitting.with_untracked(|all| all.get(at.get_untracked()).cloned()) {
                    _ if blank && tabbed => open.set(false),
                    Some(choice) => choose(&choice),
                    None => {
                        unknown.set(true);
                        // Whoever presses Enter looks at this field; nothing is chosen in it.
                        if !tabbed {
                            event.prevent_default();
                        }
                    }
                }
            }
            _ => {}
        };
        let error = move || if unknown.get() { Some(words.nothing_matches) } else { self.error(name) };
        let list = move || {
            if !open.get() {
                return ().into_any();
            }
            fitting.with(|all| {
                let row = |(n, choice): (usize, &Choice)| {
                    let option = choice.clone();
                    // Before the field loses the focus.
                    let take = move |event: leptos::ev::MouseEvent| {
                        event.prevent_default();
                        choose(&option);
                    };
                    let on = move || if at.get() == n { "true" } else { "false" };
                    view! {
                        <li role="option" id=at_id(&format!("o{n}")) aria-selected=on on:mousedown=take>
                            <b>{choice.mark.clone()}</b>" "{choice.label.clone()}
                        </li>
                    }
                };
                all.iter().take(SHOWN).enumerate().map(row).collect_view().into_any()
            })
        };
        let more = move || {
            let rest = fitting.with(|all| all.len().saturating_sub(SHOWN));
            (open.get() && rest > 0).then(|| view! { <p class="small muted">{(words.type_on)(&rest.to_string())}</p> })
        };
        let active = move || (open.get() && fitting.with(|all| !all.is_empty())).then(|| at_id(&format!("o{}", at.get())));
        let expanded = move || if open.get() && fitting.with(|all| !all.is_empty()) { "true" } else { "false" };
        let label: String = label.into();
        let hint = (!hint.is_empty()).then(|| view! { <span class="hint" id=at_id("h")>{hint}</span> });
        view! {
            <div class="fld pick">
                <label for=id.get_value()>{label.clone()}</label>
                {hint}
                <input class="input" id=id.get_value() type="text" role="combobox" autocomplete="off" spellcheck="false" aria-autocomplete="list"
                    aria-controls=at_id("list") aria-expanded=expanded aria-activedescendant=active
                    aria-describedby=format!("{} {}", at_id("h"), at_id("e")) aria-invalid=move || error().map(|_| "true")
                    prop:value=first on:input=begin on:keydown=key on:blur=move |_| open.set(false)
                    on:focus=move |_| id.with_value(|id| browser::select(id))/>
                <ul class="offers" role="listbox" id=at_id("list") aria-label=label hidden=move || expanded() == "false">{list}</ul>
                {more}
                <div id=at_id("e")>{move || error().map(|words| view! { <p class="error">{Icon::WARNING.view()}" "{words}</p> })}</div>
            </div>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_number_means_that_number_and_words_need_no_accents() {
        let house = |no: &str, head: &str, code: &str| Choice::new(code, no, head, code);
        let all = [house("1", "Trần Thị Lành", "DC-0012"), house("12", "Lò Văn Bền", "DC-0001"), house("3/2", "Đặng Văn Thu", "DC-0003")];
        let first = |typed: &str| found(&all, typed).first().map(|choice| choice.label.clone());
        for (typed, head) in [
            ("12", "Lò Văn Bền"),
            ("1", "Trần Thị Lành"),
            ("dc-0012", "Trần Thị Lành"),
            ("dang", "Đặng Văn Thu"),
            ("lò", "Lò Văn Bền"),
            ("3/2", "Đặng Văn Thu"),
        ] {
            assert_eq!(first(typed).as_deref(), Some(head), "{typed}");
        }
        assert_eq!((found(&all, "").len(), found(&all, "không").len()), (3, 0));
    }
}
