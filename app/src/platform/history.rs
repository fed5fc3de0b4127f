//! The address of the app's page: where it stands, going on, and links that change it without loading anything.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, History, HtmlAnchorElement, MouseEvent, Window};

/// The address under which the whole field app lives.
pub const BASE: &str = "/app";

/// Where the app stands: path and query behind [`BASE`].
pub fn here() -> String {
    let Some(location) = web_sys::window().map(|w| w.location()) else { return String::new() };
    let path = location.pathname().unwrap_or_default();
    path.strip_prefix(BASE).unwrap_or_default().to_owned() + &location.search().unwrap_or_default()
}

/// Goes to an address of this origin and remembers the present one for "back".
pub fn push(address: &str) {
    if let Some(history) = history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

/// Goes to an address of this origin in place of the present one.
pub fn replace(address: &str) {
    if let Some(history) = history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

fn history() -> Option<History> {
    web_sys::window()?.history().ok()
}

/// Calls `changed` after "back" and "forward" and after a tap on a link to a page of the app, as long as the page lives.
pub fn listen(changed: impl Fn() + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    let after_back = changed.clone();
    on(&window, "popstate", move |_| after_back());
    on(&window, "click", move |event| {
        if let Some(address) = followed(&event) {
            event.prevent_default();
            push(&address);
            changed();
        }
    });
}

fn on(window: &Window, event: &str, act: impl Fn(Event) + 'static) {
    let act = Closure::<dyn Fn(Event)>::new(act);
    let _ = window.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
    act.forget();
}

/// The address of the app's page that this tap asks for. Everything else is the browser's: other origins, telephone
/// numbers, new tabs, and places on the same page.
fn followed(event: &Event) -> Option<String> {
    let mouse = event.dyn_ref::<MouseEvent>()?;
    if event.default_prevented() || mouse.button() != 0 || mouse.meta_key() || mouse.ctrl_key() || mouse.shift_key() || mouse.alt_key() {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
    let here = web_sys::window()?.location();
    let ours = link.origin() == here.origin().ok()? && link.pathname().starts_with(BASE);
    if !ours || !link.target().is_empty() || link.rel().split(' ').any(|rel| rel == "external") || !link.hash().is_empty() {
        return None;
    }
    Some(link.pathname() + &link.search())
}
