//! A number that is counted up as people come in: a cell on each side, and the number can be typed.

use super::icon::Icon;
use super::live::tap;
use leptos::prelude::*;
use std::rc::Rc;

/// A counted number.
pub struct Count {
    /// Its id, unique on the page.
    pub id: &'static str,
    /// The words above it.
    pub label: &'static str,
    /// What the cell with the minus is called.
    pub less: &'static str,
    /// What the cell with the plus is called.
    pub more: &'static str,
}

impl Count {
    /// The number with its label. What is typed stands there as it is; empty is empty, and not 0.
    pub fn view(self, typed: impl Fn() -> String + Copy + Send + Sync + 'static, learn: impl Fn(String) + 'static) -> AnyView {
        let typed: Box<dyn Fn() -> String + Send + Sync> = Box::new(typed);
        self.draw(StoredValue::new(typed), Rc::new(learn))
    }

    fn draw(self, typed: StoredValue<Box<dyn Fn() -> String + Send + Sync>>, learn: Rc<dyn Fn(String)>) -> AnyView {
        let Self { id, label, less, more } = self;
        let now = move || typed.with_value(|typed| typed());
        let step = |up: bool| {
            let learn = Rc::clone(&learn);
            tap(move || {
                let number = untrack(now).trim().parse::<u16>().unwrap_or(0);
                learn(if up { number.saturating_add(1) } else { number.saturating_sub(1) }.to_string());
            })
        };
        let (down, up) = (step(false), step(true));
        view! {
            <div class="fld"><label for=id>{label}</label>
                <div class="count">
                    <button type="button" aria-label=less on:click=down>{Icon::LESS.view()}</button>
                    <input id=id inputmode="numeric" autocomplete="off" prop:value=now on:input=move |event| learn(event_target_value(&event))/>
                    <button type="button" aria-label=more on:click=up>{Icon::ADD.view()}</button>
                </div>
            </div>
        }
        .into_any()
    }
}
