//! What a page asks of the browser's document: focus, title, look, the sheet, the address.

use domain::code::Lang;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement, HtmlElement, HtmlTextAreaElement};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// Moves the focus to an element by its id and brings it into view.
pub fn focus(id: &str) {
    if let Some(element) = document().and_then(|d| d.get_element_by_id(id)) {
        element.scroll_into_view();
        if let Some(element) = element.dyn_ref::<HtmlElement>() {
            let _ = element.focus();
        }
    }
}

/// Takes the focus off whatever has it, before that goes: a browser lays everything out when it loses what has the focus.
pub fn unfocus() {
    if let Some(element) = document().and_then(|d| d.active_element()).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

/// Empties a field by its id, once nobody composes a letter there any more: after a tap elsewhere.
pub fn empty(id: &str) {
    if let Some(field) = document().and_then(|d| d.get_element_by_id(id)).and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok()) {
        field.set_value("");
    }
}

/// After a change of page: names the page by its first heading, goes to its top and moves the focus to that heading,
/// so that those who listen hear where they are.
pub fn arrive() {
    let Some(heading) = find("main h1") else { return };
    // Where a name is the heading, it does not go into the browser's history.
    let title = heading.get_attribute("data-title").or_else(|| heading.text_content());
    if let (Some(document), Some(title)) = (document(), title) {
        document.set_title(&format!("{title} – {}", crate::words::BRAND));
    }
    let _ = heading.set_attribute("tabindex", "-1");
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
    let _ = heading.focus();
}

/// Less than a screen is left to scroll.
pub fn near_end() -> bool {
    let (Some(window), Some(root)) = (web_sys::window(), document().and_then(|d| d.document_element())) else { return false };
    let below = f64::from(root.scroll_height() - root.client_height()) - window.scroll_y().unwrap_or_default();
    below < f64::from(root.client_height())
}

/// Shows a dialog over everything else; where it is shown already, nothing happens.
pub fn show_modal(dialog: &HtmlDialogElement) {
    if !dialog.open() {
        let _ = dialog.show_modal();
    }
}

/// Writes an attribute of the root element: `data-text`, `data-theme`. `None` takes it away.
pub fn mark_root(name: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|d| d.document_element()) else { return };
    set(&root, name, value);
}

fn set(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Tells the browser which language the page is in, for voices and hyphens.
pub fn speak(lang: Lang) {
    mark_root("lang", Some(if lang == Lang::En { "en" } else { "vi" }));
}

/// What stands behind `#name=` in the address.
pub fn fragment(name: &str) -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    let value = hash.strip_prefix('#')?.strip_prefix(name)?.strip_prefix('=')?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// The address of this page, whole.
pub fn address() -> String {
    web_sys::window().and_then(|w| w.location().href().ok()).unwrap_or_default()
}

/// Puts words on the clipboard; says whether the browser let it.
pub async fn copy(words: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    wasm_bindgen_futures::JsFuture::from(window.navigator().clipboard().write_text(words)).await.is_ok()
}

/// Loads the app anew from the page that is shown.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Loads the app anew from its first page.
pub fn restart() {
    load("/app/");
}

/// Loads the app anew from one of its pages. The present address, which may hold a code, is forgotten.
pub fn load(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().replace(address);
    }
}
