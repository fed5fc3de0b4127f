//! "Đổi mã PIN": what opens the notebook now, then the new one twice.

use crate::lock::change_words;
use crate::page::{Frame, Words, page, words};
use crate::pin::{Entry, choose};
use crate::place::Place;
use app::phone::{ChangeError, Phone, SecretKind, UnlockError};
use app::ui::live::live;
use app::ui::note::saved;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use std::sync::Arc;

/// The page.
pub fn secret(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    // What opens it now, once it was typed; whether it is right is seen when it is changed.
    let now = RwSignal::new(None::<String>);
    let (busy, wrong, changed) = (RwSignal::new(false), RwSignal::new(None::<String>), RwSignal::new(false));
    let kind = phone.secret_kind().unwrap_or(SecretKind::Passphrase);
    live(move || {
        if changed.get() {
            let content =
                view! { <h1>{w.change_secret}</h1>{saved(move || (true, w.secret_changed.to_owned()))}<p>{w.secret_changed_words}</p> }
                    .into_any();
            return page(phone, Frame::Inner(Place::Settings, w.settings.to_owned()), content);
        }
        let Some(before) = now.get() else {
            let prompt = if matches!(kind, SecretKind::Pin(_)) { w.now_pin } else { w.now_words };
            let done = move |typed: String| {
                wrong.set(None);
                now.set(Some(typed));
            };
            let problem = move || wrong.get();
            let entry = Entry {
                kind,
                prompt: prompt.to_owned(),
                done: Rc::new(done),
                problem: Arc::new(problem),
                busy: busy.into(),
                other: None,
                button: w.go_on,
            };
            let (entry, foot) = untrack(|| entry.view());
            let content = view! { <h1>{w.change_secret}</h1>{entry} }.into_any();
            return untrack(|| view! { {page(phone, Frame::Inner(Place::Settings, w.settings.to_owned()), content)}{foot} }.into_any());
        };
        let done = move |new: String| {
            let before = before.clone();
            busy.set(true);
            spawn_local(async move {
                let result = phone.change_secret(&before, &new).await;
                busy.try_set(false);
                match result {
                    Ok(()) => drop(changed.try_set(true)),
                    Err(error) => {
                        wrong.try_set(Some(change_words(&error)));
                        // The one that opens it now was another: from there.
                        if matches!(error, ChangeError::Unlock(UnlockError::Wrong(_) | UnlockError::Wait(_))) {
                            now.try_set(None);
                        }
                    }
                }
            });
        };
        let above = Rc::new(move || view! { <h1>{w.choose_new}</h1><p>{w.choose_hint}</p> }.into_any());
        untrack(|| choose(above, busy.into(), wrong, done))
    })
}
