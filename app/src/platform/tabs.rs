//! Several tabs of one phone: one of them at a time may sync, and each tells the others what changed.

use super::device::listen;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

/// A lock that all tabs share. Dropping it frees it; the browser frees it when the tab dies.
pub struct Lock {
    release: Function,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Takes a lock if no tab holds it.
pub async fn try_lock(name: &str) -> Option<Lock> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = js_sys::Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &true.into()).ok()?;

    let (held, release) = promise()?;
    let (answered, answer) = promise()?;
    // The lock lasts as long as the promise that this gives back.
    let given = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let got = !lock.is_null();
        let _ = answer.call1(&JsValue::NULL, &got.into());
        if got { held.into() } else { JsValue::UNDEFINED }
    });
    let refused: Promise = request.call3(&locks, &name.into(), &options, &given).ok()?.dyn_into().ok()?;
    // A page that is being thrown away gets an error instead of a call.
    let outcome = Promise::race(&js_sys::Array::of2(&answered, &refused));
    let got = JsFuture::from(outcome).await.ok()?.as_bool() == Some(true);
    got.then_some(Lock { release })
}

/// A promise and what fulfils it.
fn promise() -> Option<(Promise, Function)> {
    let mut fulfil = None;
    let promise = Promise::new(&mut |resolve, _| fulfil = Some(resolve));
    Some((promise, fulfil?))
}

/// A channel to the other tabs. Words only: content is read from the database.
pub struct Channel {
    channel: Option<BroadcastChannel>,
}

impl Channel {
    /// Opens the channel; `heard` is called with what other tabs say.
    pub fn open(name: &str, mut heard: impl FnMut(String) + 'static) -> Self {
        let channel = BroadcastChannel::new(name).ok();
        if let Some(channel) = &channel {
            listen(channel, "message", move |event| {
                if let Some(words) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                    heard(words);
                }
            });
        }
        Self { channel }
    }

    /// Says something to the other tabs.
    pub fn say(&self, words: &str) {
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&words.into());
        }
    }
}
