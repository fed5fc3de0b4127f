//! A change that is sent again while no answer comes: until there is one, the page is left, or somebody says that it is
//! enough.

use crate::session::{Fault, words};
use app::platform::time::sleep;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use leptos::prelude::*;
use std::future::Future;

/// How long until an unanswered change is sent again.
const AGAIN_MILLIS: i32 = 2_000;

/// What is known of a change that is on its way.
#[derive(Clone, Copy)]
pub struct Again {
    /// No answer came, and it is tried again.
    unheard: RwSignal<bool>,
    /// It is to be tried no more.
    stopped: RwSignal<bool>,
}

impl Again {
    /// Nothing is on its way yet.
    pub fn new() -> Self {
        Self { unheard: RwSignal::new(false), stopped: RwSignal::new(false) }
    }

    /// Does the work until the server answers. `work` is the same each time and stores nothing twice. `first` is told when the
    /// first answer did not come. `None` once the page is left, where nobody is there to be told.
    pub async fn until_answered<T, W>(self, work: impl Fn() -> W, first: impl FnOnce()) -> Option<Result<T, Fault>>
    where
        W: Future<Output = Result<T, Fault>>,
    {
        self.stopped.try_set(false);
        let mut first = Some(first);
        let answer = loop {
            match work().await {
                Err(Fault::NoAnswer) if self.stopped.try_get_untracked() != Some(true) => {}
                answer => break answer,
            }
            if self.unheard.try_set(true).is_some() {
                return None;
            }
            if let Some(first) = first.take() {
                first();
            }
            sleep(AGAIN_MILLIS).await;
            if self.stopped.try_get_untracked() == Some(true) {
                break Err(Fault::NoAnswer);
            }
        };
        self.unheard.try_set(false);
        Some(answer)
    }

    /// No answer came, and it is tried again.
    pub fn is_unheard(self) -> bool {
        self.unheard.get()
    }

    /// Says that no answer came, with the button that stops it.
    pub fn view(self) -> Option<AnyView> {
        let words = words();
        self.unheard.get().then(|| {
            let enough = (!self.stopped.get()).then(|| {
                let stop = move |_| self.stopped.set(true);
                view! { <button type="button" class="btn second auto" on:click=stop>{words.stop_trying}</button> }
            });
            note(Tone::Wait, Icon::OFFLINE, words.no_answer_yet, view! { <p>{words.trying_again}</p>{enough} })
        })
    }
}
