//! The service worker: keeps the app's files on the phone, and tells when newer ones are ready.

use super::device::listen;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RegistrationOptions, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState, ServiceWorkerUpdateViaCache};

/// The registered worker.
#[derive(Clone)]
pub struct Worker {
    registration: ServiceWorkerRegistration,
    /// Whether a change of worker was asked for, so that the page may load anew.
    expected: Rc<Cell<bool>>,
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?.dyn_into().ok()
}

/// Registers the worker; `ready` is called when a newer build waits to be taken. Not in debug builds, whose files change
/// under their feet.
pub async fn register(ready: impl Fn() + Clone + 'static) -> Option<Worker> {
    if cfg!(debug_assertions) {
        return None;
    }
    let container = container()?;
    let options = RegistrationOptions::new();
    options.set_scope("/app/");
    options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
    let registration = JsFuture::from(container.register_with_options("/app/sw.js", &options)).await.ok()?;
    let worker = Worker { registration: registration.dyn_into().ok()?, expected: Rc::default() };

    // Under no worker yet, the first one is not news.
    let news = {
        let (worker, container) = (worker.clone(), container.clone());
        move || {
            if worker.registration.waiting().is_some() && container.controller().is_some() {
                ready();
            }
        }
    };
    news();
    let watched = worker.clone();
    listen(&worker.registration, "updatefound", move |_| {
        let Some(installing) = watched.registration.installing() else { return };
        let (news, watched) = (news.clone(), installing.clone());
        listen(&installing, "statechange", move |_: JsValue| {
            if watched.state() == ServiceWorkerState::Installed {
                news();
            }
        });
    });
    let expected = worker.expected.clone();
    listen(&container, "controllerchange", move |_| {
        if expected.replace(false) {
            super::dom::restart();
        }
    });
    Some(worker)
}

impl Worker {
    /// The app would begin anew without a network.
    pub fn serves(&self) -> bool {
        self.registration.active().is_some()
    }

    /// Looks for a newer build.
    pub fn look(&self) {
        if let Ok(look) = self.registration.update() {
            // Without a network there is none; nothing follows from that.
            wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(look).await) });
        }
    }

    /// The page will load anew when the worker changes: it is about to.
    pub fn expect_update(&self) {
        self.expected.set(true);
    }

    /// Lets the waiting build take over.
    pub fn activate(&self) {
        if let Some(waiting) = self.registration.waiting() {
            self.expect_update();
            let _ = waiting.post_message(&"activate".into());
        }
    }
}
