//! What is left of the app when it has failed: a static page that says that nothing is lost, and file and line for us.

use super::memo;

const MEMO: &str = "gandan.crash";

/// From now on a panic shows the page's own `#crash` section. Only file and line are kept: a message may hold content.
pub fn watch() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if cfg!(debug_assertions) {
            before(panic);
        }
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        // What follows the first panic is its consequence.
        if memo::read(MEMO).is_none() {
            memo::write(MEMO, &place);
        }
        show();
    }));
}

fn show() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    if let Some(section) = document.get_element_by_id("crash") {
        let _ = section.remove_attribute("hidden");
        section.scroll_into_view();
    }
}

/// Where the app failed last, as long as nobody took it.
pub fn last() -> Option<String> {
    memo::read(MEMO)
}

/// Where the app failed last, once.
pub fn take() -> Option<String> {
    let place = memo::read(MEMO)?;
    memo::forget(MEMO);
    Some(place)
}
