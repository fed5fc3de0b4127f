//! Something that the server knows, fetched again whenever the question changes or somebody asks once more.

use crate::session::{Fault, Session, session};
use crate::ui;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

/// The last answer; the one before stays in place while a new one is on its way.
pub struct Fetched<T: Send + Sync + 'static> {
    value: RwSignal<Option<Result<T, Fault>>>,
    turn: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetched<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Fetched<T> {
    /// Fetches what stands at the path that `question` gives; `None` asks nothing.
    pub fn new(question: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        let session = session();
        let (value, turn) = (RwSignal::new(None), RwSignal::new(0));
        let latest = StoredValue::new(0_u32);
        Effect::new(move || {
            turn.track();
            let Some(path) = question() else { return };
            let mine = latest.get_value() + 1;
            latest.set_value(mine);
            spawn_local(async move {
                let answer = Session::get(session, &path).await;
                // A slow answer to an older question, or to a page that is gone, is nobody's.
                if latest.try_get_value() == Some(mine) {
                    value.try_set(Some(answer));
                }
            });
        });
        Self { value, turn }
    }

    /// Asks once more.
    pub fn again(self) {
        self.turn.update(|turn| *turn += 1);
    }

    /// Takes an answer that came another way, such as with what was stored.
    pub fn put(self, value: T) {
        self.value.set(Some(Ok(value)));
    }

    /// The answer, if a good one is here.
    pub fn here(self) -> Option<T> {
        self.value.get().and_then(Result::ok)
    }

    /// Draws the answer; says that it is on its way, or why it is not here and how to try again.
    pub fn draw(self, draw: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        let words = crate::session::words();
        (move || match self.value.get() {
            None => view! { <p class="muted" role="status">{words.loading}</p> }.into_any(),
            Some(Err(fault)) => ui::trouble(&fault, move || self.again()),
            Some(Ok(value)) => draw(value),
        })
        .into_any()
    }
}
