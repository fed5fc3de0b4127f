//! The two built apps: the field app under `/app/`, the office under `/office/`, each with its own pages only.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use std::path::{Path, PathBuf};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// Everything outside the API: the apps from `dist`, and the way to the office.
pub fn router(dist: &Path) -> Router {
    let app = |name: &'static str| {
        let served = Served::new(dist, name);
        Router::new()
            .route(&format!("/{name}"), get(move || async move { Redirect::temporary(&format!("/{name}/")) }))
            .route(&format!("/{name}/"), get(serve))
            .route(&format!("/{name}/{{*path}}"), get(serve))
            .with_state(served)
    };
    Router::new().route("/", get(|| async { Redirect::temporary("/office/") })).merge(app("app")).merge(app("office"))
}

#[derive(Clone)]
struct Served {
    prefix: &'static str,
    files: ServeDir,
    policy: HeaderValue,
}

impl Served {
    fn new(dist: &Path, name: &'static str) -> Self {
        let dir: PathBuf = dist.join(name);
        let hashes = std::fs::read_to_string(dir.join("csp.txt")).unwrap_or_default();
        let files = ServeDir::new(&dir).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
        Self { prefix: name, files, policy: content_security_policy(&hashes) }
    }
}

/// No script but the built ones and the inline ones with these hashes, no inline style, no other server.
fn content_security_policy(hashes: &str) -> HeaderValue {
    let scripts = hashes.split_whitespace().fold(String::new(), |all, hash| all + " " + hash);
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

async fn serve(State(served): State<Served>, mut request: Request) -> Response {
    let asked = request.uri().path().to_owned();
    let path = asked.trim_start_matches('/').strip_prefix(served.prefix).unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    // A name without a dot is one of the app's own addresses, which only the app knows. A missing file is missing.
    let target = if file.contains('.') { path } else { "/index.html" };
    if target == "/csp.txt" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Ok(uri) = target.parse::<Uri>() else { return StatusCode::NOT_FOUND.into_response() };
    *request.uri_mut() = uri;
    // Its error type has no values.
    let Ok(response) = served.files.oneshot(request).await;
    let mut response = response.map(Body::new);
    let lasting = response.status().is_success() && is_hashed(file);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, served.policy);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if lasting { "public, max-age=31536000, immutable" } else { "no-cache" }));
    response
}

/// Whether a file's name carries the hash of its content, as Trunk writes it: `office-3f2a9c04d1b7e65a_bg.wasm`.
fn is_hashed(file: &str) -> bool {
    let Some((_, rest)) = file.rsplit_once('-') else { return false };
    let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
    // Trunk drops leading zeros. No size or version in a name has ten digits.
    (10..=16).contains(&digits) && rest.get(digits..).is_some_and(|after| after.starts_with(['.', '_']))
}

/// What every reply of the server says to the browser, whatever it is.
pub const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("geolocation=(), camera=(), microphone=(), payment=(), usb=(), serial=(), browsing-topics=()"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_files_last() {
        for (file, hashed) in [
            ("office-3f2a9c04d1b7e65a_bg.wasm", true),
            ("field-3f2a9c04d1b7e65a.pack", true),
            ("field-3f2a9c04d1b7e65a.js", true),
            ("tokens-f2a9c04d1b7e65a.css", true),
            ("index.html", false),
            ("sw.js", false),
            ("manifest.webmanifest", false),
            ("icon-maskable-512.png", false),
            ("icon-192.png", false),
            ("page-facade.js", false),
        ] {
            assert_eq!(is_hashed(file), hashed, "{file}");
        }
    }

    #[test]
    fn the_policy_names_the_inline_scripts() {
        let policy = content_security_policy("'sha256-a' 'sha256-b'");
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-a' 'sha256-b'; "));
        assert!(!policy.contains("unsafe-inline") && policy.contains("style-src 'self';"));
    }
}
