//! The clock, and waiting.

use domain::time::Time;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The phone's clock.
pub fn now() -> Time {
    Time(js_sys::Date::now() as i64)
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

/// The answer, unless it takes longer than `millis`. What takes longer goes on unheard.
pub async fn within<T>(millis: i32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut timer) = (pin!(work), pin!(sleep(millis)));
    std::future::poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
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
