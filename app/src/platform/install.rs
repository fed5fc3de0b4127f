//! Putting the app on the home screen.

use super::device::listen;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The browser's own offer to install the app, once it has made one.
#[derive(Clone, Default)]
pub struct Offer {
    event: Rc<RefCell<Option<JsValue>>>,
}

impl Offer {
    /// Waits for the browser's offer and for the installation, and calls back after either.
    pub fn watch(changed: impl Fn(bool) + Clone + 'static) -> Self {
        let offer = Self::default();
        let Some(window) = web_sys::window() else { return offer };
        let (kept, call) = (offer.clone(), changed.clone());
        listen(&window, "beforeinstallprompt", move |event| {
            // The app asks at a better moment.
            if let Some(event) = event.dyn_ref::<web_sys::Event>() {
                event.prevent_default();
            }
            *kept.event.borrow_mut() = Some(event);
            call(false);
        });
        let kept = offer.clone();
        listen(&window, "appinstalled", move |_| {
            kept.event.borrow_mut().take();
            changed(true);
        });
        offer
    }

    /// Whether the browser is ready to install the app.
    pub fn stands(&self) -> bool {
        self.event.borrow().is_some()
    }

    /// Shows the browser's question. An offer can be used once.
    pub fn accept(&self) {
        let Some(event) = self.event.borrow_mut().take() else { return };
        let prompt = js_sys::Reflect::get(&event, &"prompt".into()).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
        if let Some(prompt) = prompt {
            let _ = prompt.call0(&event);
        }
    }
}
