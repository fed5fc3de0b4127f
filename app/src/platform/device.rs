//! The phone as a thing: its room, its network, whether it is looked at, where the app stands.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventTarget, StorageManager, VisibilityState, Window};

/// Bytes used and bytes allowed, as far as the browser says.
pub async fn room() -> (Option<u64>, Option<u64>) {
    let Some(estimate) = storage().and_then(|storage| storage.estimate().ok()) else { return (None, None) };
    let Ok(estimate) = JsFuture::from(estimate).await else { return (None, None) };
    let read = |name: &str| js_sys::Reflect::get(&estimate, &name.into()).ok().and_then(|value| value.as_f64()).map(|bytes| bytes as u64);
    (read("usage"), read("quota"))
}

/// Whether the browser promises not to clear this phone's notebook by itself. `ask`: and asks it to.
pub async fn kept(ask: bool) -> Option<bool> {
    let storage = storage()?;
    let promise = if ask { storage.persist() } else { storage.persisted() };
    JsFuture::from(promise.ok()?).await.ok()?.as_bool()
}

fn storage() -> Option<StorageManager> {
    // Absent in an insecure context, whatever the bindings say.
    let navigator = web_sys::window()?.navigator();
    js_sys::Reflect::get(&navigator, &"storage".into()).ok()?.dyn_into().ok()
}

/// The build of this app: its version, and the beginning of its program's name, which follows from the content.
pub fn build() -> String {
    let program = || {
        let link = web_sys::window()?.document()?.query_selector("link[rel=preload][as=fetch]").ok()??;
        let name = link.get_attribute("href")?;
        name.rsplit('-').next()?.get(..8).map(str::to_owned)
    };
    [env!("CARGO_PKG_VERSION"), " ", &program().unwrap_or_default()].concat()
}

/// The browser believes that there is a network.
pub fn online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Somebody looks at the page.
pub fn visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// The app runs by itself, from the home screen.
pub fn at_home() -> bool {
    let standalone = |window: Window| window.match_media("(display-mode: standalone)").ok().flatten();
    web_sys::window().and_then(standalone).is_some_and(|query| query.matches())
}

/// Calls back for as long as the page lives.
pub fn listen(target: &EventTarget, event: &str, call: impl FnMut(JsValue) + 'static) {
    let closure = Closure::<dyn FnMut(JsValue)>::new(call);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls back when the network comes or goes.
pub fn on_network(call: impl Fn() + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    for event in ["online", "offline"] {
        let call = call.clone();
        listen(&window, event, move |_| call());
    }
}

/// Calls back when somebody touches the page or types.
pub fn on_touch(call: impl Fn() + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    for event in ["pointerdown", "keydown", "wheel"] {
        let call = call.clone();
        listen(&window, event, move |_| call());
    }
}

/// Calls back when the page is looked at or put away.
pub fn on_visibility(call: impl Fn() + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    listen(&document, "visibilitychange", move |_| call());
}
