//! The clock, and waiting.

use domain::time::Time;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The phone's clock.
pub fn now() -> Time {
    Time(js_sys::Date::now() as i64)
}

/// Milliseconds since the page began, for measuring: never put back, as the clock can be.
pub fn precise() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Waits.
pub async fn sleep(millis: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // The same function in a window and in a worker.
        let global = js_sys::global();
        let timer = js_sys::Reflect::get(&global, &"setTimeout".into()).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
        if let Some(timer) = timer {
            let _ = timer.call2(&global, &resolve, &millis.into());
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// What is awaited in many places, behind one type. The machine that an `async fn` makes is otherwise copied into the
/// phone's download for each crate that awaits it.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The answer, unless it takes longer than `millis`. What takes longer goes on unheard.
pub async fn within<T>(millis: i32, work: impl Future<Output = T>) -> Option<T> {
    let mut answer = None;
    at_most(millis, pin!(async { answer = Some(work.await) })).await;
    answer
}

/// One race for all kinds of answers.
async fn at_most(millis: i32, mut work: Pin<&mut dyn Future<Output = ()>>) {
    let mut timer = pin!(sleep(millis));
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => timer.as_mut().poll(context),
    })
    .await;
}

/// Waits until the browser has nothing better to do, at most `millis`.
pub async fn idle(millis: i32) {
    let Some(window) = web_sys::window() else { return };
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let request = js_sys::Reflect::get(&window, &"requestIdleCallback".into()).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
        let options = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&options, &"timeout".into(), &millis.into());
        match request {
            Some(request) => drop(request.call2(&window, &resolve, &options)),
            None => drop(resolve.call0(&window)),
        }
    });
    let _ = JsFuture::from(promise).await;
}
