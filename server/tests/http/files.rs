//! The two apps as files.

use crate::support::{Request, TestServer};

#[test]
fn each_app_has_its_own_pages_and_policy() {
    let server = TestServer::start();
    for (path, title, hash) in [
        ("/app/", "field", "'sha256-field='"),
        ("/app/household/123", "field", "'sha256-field='"),
        ("/office/", "office", "'sha256-office='"),
        ("/office/setup", "office", "'sha256-office='"),
    ] {
        let answer = server.send(&Request::get(path));
        assert_eq!(answer.status, 200, "{path}");
        assert!(String::from_utf8_lossy(&answer.body).contains(title), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' {hash};")), "{policy}");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-cache"));
        for (name, value) in [("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin")] {
            assert_eq!(answer.header(name).as_deref(), Some(value), "{path}");
        }
        let permissions = answer.header("permissions-policy").unwrap();
        assert!(permissions.contains("geolocation=()") && permissions.contains("camera=()"));
        // A name that browsers do not know is a warning on every page.
        assert!(!permissions.contains("bluetooth"));
    }
    for (path, to) in [("/", "/office/"), ("/app", "/app/"), ("/office", "/office/")] {
        assert_eq!(server.send(&Request::get(path)).header("location").as_deref(), Some(to), "{path}");
    }
}

#[test]
fn what_is_missing_is_missing() {
    let server = TestServer::start();
    for path in
        ["/app/gone.js", "/office/field-3f2a9c04d1b7e65a_bg.wasm", "/app/csp.txt", "/app/../office/csp.txt", "/app/%2e%2e/keys.x", "/x"]
    {
        assert_eq!(server.send(&Request::get(path)).status, 404, "{path}");
    }
}

#[test]
fn built_files_travel_compressed_and_last() {
    let server = TestServer::start();
    let wasm = "/app/field-3f2a9c04d1b7e65a_bg.wasm";
    let answer = server.send(&Request::get(wasm).header("accept-encoding", "gzip, br"));
    assert_eq!(answer.header("content-encoding").as_deref(), Some("br"));
    assert_eq!(answer.header("content-type").as_deref(), Some("application/wasm"));
    assert_eq!(answer.header("cache-control").as_deref(), Some("public, max-age=31536000, immutable"));
    assert_eq!(answer.body, b"brotli");
    assert_eq!(server.send(&Request::get(wasm)).body, b"wasm");
    for path in ["/app/sw.js", "/app/manifest.webmanifest", "/app/index.html"] {
        assert_eq!(server.send(&Request::get(path)).header("cache-control").as_deref(), Some("no-cache"), "{path}");
    }
    assert_eq!(server.send(&Request::get("/app/sw.js")).header("content-type").as_deref(), Some("text/javascript"));
}
