//! "Đổi mã PIN", for who has just opened the notebook with the present one.

use crate::lock::{change_words, lock_button};
use crate::page::{Frame, Words, page, words};
use crate::pin::choose;
use crate::place::Place;
use app::phone::Phone;
use app::ui::live::live;
use app::ui::note::saved;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;

/// The page.
pub fn secret(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let settings = || Frame::Inner(Place::Settings, w.settings.to_owned());
    if !phone.was_just_opened() {
        let content = view! { <h1>{w.change_secret}</h1><p>{w.lock_first}</p>{lock_button(phone)} }.into_any();
        return page(phone, settings(), content);
    }
    let (busy, wrong, changed) = (RwSignal::new(false), RwSignal::new(None::<String>), RwSignal::new(false));
    live(move || {
        if changed.get() {
            let content = view! { <h1>{w.change_secret}</h1>{saved(move || (true, w.secret_changed.to_owned()))} }.into_any();
            return untrack(|| page(phone, settings(), content));
        }
        let done = move |new: String| {
            busy.set(true);
            spawn_local(async move {
                let result = phone.change_secret(&new).await;
                busy.try_set(false);
                match result {
                    Ok(()) => drop(changed.try_set(true)),
                    Err(error) => drop(wrong.try_set(Some(change_words(&error)))),
                }
            });
        };
        let above = Rc::new(move || view! { <h1>{w.choose_new}</h1><p>{w.choose_hint}</p> }.into_any());
        untrack(|| choose(above, busy.into(), wrong, done))
    })
}
