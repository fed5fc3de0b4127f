//! Whether this browser is one to trust with people's words.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// An app whose built-in browser was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherApp {
    /// Zalo.
    Zalo,
    /// Facebook.
    Facebook,
    /// Messenger.
    Messenger,
    /// Instagram.
    Instagram,
    /// TikTok.
    TikTok,
    /// Some other app: its name is not known.
    Unknown,
}

/// A feature that the browser lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A database, or the browser forbids it (private window, storage switched off).
    Database,
    /// Locks between tabs.
    Locks,
    /// Compression of what is sent.
    Compression,
    /// Messages between tabs.
    Channel,
    /// Random numbers.
    Crypto,
}

/// What the browser is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Support {
    /// Everything is there.
    Good,
    /// The page came over a connection that anybody can read and change.
    Insecure,
    /// Inside another app.
    InOtherApp(OtherApp),
    /// Features are missing.
    Lacks(Vec<Missing>),
}

/// Looks at the browser. Another app comes first: there the way on is the same whatever else is missing.
pub fn look() -> Support {
    let Some(window) = web_sys::window() else { return Support::Lacks(vec![Missing::Database]) };
    let navigator = window.navigator();
    if let Some(app) = other_app(&navigator.user_agent().unwrap_or_default()) {
        return Support::InOtherApp(app);
    }
    if !window.is_secure_context() {
        return Support::Insecure;
    }
    let has =
        |object: &JsValue, name: &str| Reflect::get(object, &name.into()).is_ok_and(|value| !value.is_undefined() && !value.is_null());
    let mut missing = Vec::new();
    for (is, what) in [
        // Preferences are storage too; where it is switched off the getter throws.
        (has(&window, "indexedDB") && window.local_storage().is_ok_and(|storage| storage.is_some()), Missing::Database),
        (has(&navigator, "locks"), Missing::Locks),
        (has(&window, "CompressionStream"), Missing::Compression),
        (has(&window, "BroadcastChannel"), Missing::Channel),
        (has(&window, "crypto"), Missing::Crypto),
    ] {
        if !is {
            missing.push(what);
        }
    }
    if missing.is_empty() { Support::Good } else { Support::Lacks(missing) }
}

/// The app whose built-in browser sends this user agent; `None` for a browser proper.
pub fn other_app(agent: &str) -> Option<OtherApp> {
    const KNOWN: [(&str, OtherApp); 11] = [
        ("Zalo", OtherApp::Zalo),
        ("Messenger", OtherApp::Messenger),
        ("MESSENGER", OtherApp::Messenger),
        ("FB_IAB/Orca", OtherApp::Messenger),
        ("FBAN", OtherApp::Facebook),
        ("FBAV", OtherApp::Facebook),
        ("FB_IAB", OtherApp::Facebook),
        ("Instagram", OtherApp::Instagram),
        ("TikTok", OtherApp::TikTok),
        ("musical_ly", OtherApp::TikTok),
        ("BytedanceWebview", OtherApp::TikTok),
    ];
    // A line is quickly looked through; what the standard library searches with is made for books.
    let has = |mark: &str| agent.as_bytes().windows(mark.len()).any(|part| part == mark.as_bytes());
    let known = KNOWN.iter().find(|(mark, _)| has(mark)).map(|(_, app)| *app);
    // "; wv)" is how Android's web view names itself inside any app.
    known.or_else(|| has("; wv)").then_some(OtherApp::Unknown))
}
