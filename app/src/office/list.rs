//! A long list, 50 rows at a time.

use crate::filter::query;
use crate::session::{Fault, Session, session, words};
use crate::ui;
use domain::office::{Filter, Listed};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

/// The rows that were fetched so far, and how many there are in all.
pub struct List<T: Send + Sync + 'static> {
    what: &'static str,
    session: Session,
    filter: Memo<Filter>,
    /// The question that was asked last, to ask it again.
    asked: StoredValue<Filter>,
    rows: RwSignal<Vec<T>>,
    found: RwSignal<Option<Found>>,
    fault: RwSignal<Option<Fault>>,
    latest: StoredValue<u32>,
}

/// How many rows there are in all, and how many of them a title names: see [`Listed::notable`].
#[derive(Clone, Copy)]
struct Found {
    total: u32,
    notable: u32,
}

impl<T: Send + Sync + 'static> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for List<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> List<T> {
    /// The list at an API path, from its beginning whenever the filter changes.
    pub fn new(what: &'static str, filter: Memo<Filter>) -> Self {
        let list = Self {
            what,
            session: session(),
            filter,
            asked: StoredValue::new(Filter::default()),
            rows: RwSignal::new(Vec::new()),
            found: RwSignal::new(None),
            fault: RwSignal::new(None),
            latest: StoredValue::new(0),
        };
        Effect::new(move || {
            let filter = filter.get();
            list.fetch(filter);
        });
        list
    }

    fn fetch(self, filter: Filter) {
        let mine = self.latest.get_value() + 1;
        self.latest.set_value(mine);
        self.asked.set_value(filter.clone());
        let path = format!("{}?{}", self.what, query(&filter));
        spawn_local(async move {
            let answer = self.session.find::<Listed<T>>(&path, &filter.q).await;
            if self.latest.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(listed) => {
                    self.fault.set(None);
                    self.found.set(Some(Found { total: listed.total, notable: listed.notable }));
                    self.rows.update(|rows| {
                        rows.truncate(usize::try_from(filter.skip).unwrap_or(usize::MAX));
                        rows.extend(listed.rows);
                    });
                }
                Err(fault) => {
                    // Rows of another question must not stand under this one.
                    self.rows.update(|rows| rows.truncate(usize::try_from(filter.skip).unwrap_or(usize::MAX)));
                    self.fault.set(Some(fault));
                }
            }
        });
    }

    fn more(self) {
        let skip = self.rows.with_untracked(|rows| u32::try_from(rows.len()).unwrap_or(u32::MAX));
        self.fetch(Filter { skip, ..self.filter.get_untracked() });
    }

    /// Asks once more, from the beginning.
    pub fn again(self) {
        self.fetch(self.filter.get_untracked());
    }

    /// How many rows there are in all; `None` before the first answer.
    pub fn total(self) -> Option<u32> {
        self.found.get().map(|found| found.total)
    }

    /// How many rows a title names; `None` before the first answer.
    pub fn notable(self) -> Option<u32> {
        self.found.get().map(|found| found.notable)
    }

    /// The title of the page: what was found, and what of it is of note.
    pub fn title(self, name: &'static str, all: fn(&str) -> String, of_note: fn(&str) -> String) -> String {
        match self.found.get() {
            None => name.to_owned(),
            Some(Found { total, notable: 0 }) => all(&ui::number(total)),
            Some(Found { total, notable }) => format!("{}, {}", all(&ui::number(total)), of_note(&ui::number(notable))),
        }
    }

    /// The rows that are here.
    pub fn rows(self) -> Vec<T> {
        self.rows.get()
    }

    /// The ruled list, one row each, and below it the way to more.
    pub fn draw(
        self,
        nothing: impl Fn() -> AnyView + Send + Sync + 'static,
        row: impl Fn(T) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let words = words();
        let rows = move || {
            let rows = self.rows.get();
            if rows.is_empty() {
                return (self.total() == Some(0)).then(&nothing).into_any();
            }
            let rows = rows.into_iter().map(|one| view! { <li>{row(one)}</li> }).collect_view();
            view! { <ul class="ruled">{rows}</ul> }.into_any()
        };
        let below = move || {
            if let Some(fault) = self.fault.get() {
                return ui::trouble(&fault, move || self.fetch(self.asked.get_value()));
            }
            let here = self.rows.with(|rows| u32::try_from(rows.len()).unwrap_or(u32::MAX));
            match self.total() {
                None => view! { <p class="muted">{words.loading}</p> }.into_any(),
                Some(total) if here < total => view! {
                    <button type="button" class="btn second auto" on:click=move |_| self.more()>
                        {(words.more)(&ui::number(here), &ui::number(total))}
                    </button>
                }
                .into_any(),
                Some(_) => ().into_any(),
            }
        };
        view! { <div class="col">{rows}<div role="status">{below}</div></div> }.into_any()
    }
}
