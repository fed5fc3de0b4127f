//! What changes while a page is shown, behind one type each. A page has a hundred small closures; where each has a type of
//! its own, each brings its own copy of the machinery that draws it, and the phone downloads them all.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A part of a page that is drawn anew whenever what it reads changes.
pub fn live<V: IntoView + 'static>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    let draw: Box<dyn Fn() -> AnyView + Send> = Box::new(move || draw().into_any());
    draw.into_any()
}

/// An attribute that comes and goes: `"true"`, or not there.
pub fn flag(on: impl Fn() -> bool + Send + 'static) -> Box<dyn Fn() -> Option<&'static str> + Send> {
    Box::new(move || on().then_some("true"))
}

/// What a tap does.
pub fn tap(act: impl Fn() + 'static) -> Box<dyn Fn(MouseEvent)> {
    Box::new(move |_| act())
}
