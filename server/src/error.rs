//! How the server says no: a status and a [`Refusal`] whose code says what to do next.

use crate::auth::NoSecret;
use crate::store::StoreError;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::cbor;
use domain::wire::{Refusal, RefusalCode};

/// A request that was not done. Nothing was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// For machines on the way.
    pub status: StatusCode,
    /// For the app, which has the words.
    pub refusal: Refusal,
}

/// What a handler returns.
pub type Reply<T> = Result<T, Refused>;

impl Refused {
    /// With nothing but a code.
    pub const fn new(code: RefusalCode) -> Self {
        Self { status: status(code), refusal: Refusal { code, about: None, wait: None } }
    }

    /// With the field or thing in question. Never content.
    pub fn about(code: RefusalCode, about: impl Into<String>) -> Self {
        Self { refusal: Refusal { code, about: Some(about.into()), wait: None }, ..Self::new(code) }
    }

    /// Too many attempts.
    pub const fn wait(seconds: u32) -> Self {
        let code = RefusalCode::TooMany;
        Self { status: status(code), refusal: Refusal { code, about: None, wait: Some(seconds) } }
    }
}

const fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::SignIn | RefusalCode::WrongPassphrase => StatusCode::UNAUTHORIZED,
        RefusalCode::NotAllowed | RefusalCode::RevokedDevice => StatusCode::FORBIDDEN,
        RefusalCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalCode::UnknownCode | RefusalCode::NotFound => StatusCode::NOT_FOUND,
        RefusalCode::ExpiredCode | RefusalCode::UsedCode => StatusCode::GONE,
        RefusalCode::BadRequest => StatusCode::BAD_REQUEST,
        RefusalCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalCode::Stale | RefusalCode::Taken | RefusalCode::NoRecoveryKey => StatusCode::CONFLICT,
        RefusalCode::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a refusal of an import is about that was stopped.
const CANCELLED: &str = "cancelled";

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::new(RefusalCode::Busy),
            StoreError::Stale => Self::new(RefusalCode::Stale),
            StoreError::Cancelled => Self::about(RefusalCode::Stale, CANCELLED),
            StoreError::NotFound => Self::new(RefusalCode::NotFound),
            StoreError::Taken(field) => Self::about(RefusalCode::Taken, field),
            StoreError::NotAllowed => Self::new(RefusalCode::NotAllowed),
            StoreError::Revoked => Self::new(RefusalCode::RevokedDevice),
            StoreError::NoRecoveryKey => Self::new(RefusalCode::NoRecoveryKey),
            StoreError::Expired => Self::new(RefusalCode::ExpiredCode),
            StoreError::Used => Self::new(RefusalCode::UsedCode),
            StoreError::Invalid(field) => Self::about(RefusalCode::Invalid, field),
            StoreError::Broken(what) => {
                tracing::error!(what, "the store broke");
                Self::new(RefusalCode::Broken)
            }
        }
    }
}

impl From<NoSecret> for Refused {
    fn from(_: NoSecret) -> Self {
        tracing::error!("no randomness, or no memory for hashing");
        Self::new(RefusalCode::Broken)
    }
}

/// The body is written by [`in_json`] or [`in_cbor`], which know what the caller reads.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(wait) = self.refusal.wait {
            response.headers_mut().insert(RETRY_AFTER, wait.into());
        }
        response.extensions_mut().insert(self.refusal);
        response
    }
}

/// Writes every refusal of the routes under it in JSON.
pub async fn in_json(request: Request, next: Next) -> Response {
    worded(run(request, next).await, "application/json", |refusal| serde_json::to_vec(refusal).unwrap_or_default())
}

/// Writes every refusal of the routes under it in CBOR.
pub async fn in_cbor(request: Request, next: Next) -> Response {
    worded(run(request, next).await, "application/cbor", cbor::encode)
}

/// A handler that panics becomes a refusal, and one whose caller has hung up still finishes what it began.
async fn run(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refused::new(RefusalCode::Broken).into_response(),
    }
}

fn worded(mut response: Response, content_type: &'static str, encode: impl Fn(&Refusal) -> Vec<u8>) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let refusal = response.extensions_mut().remove::<Refusal>().unwrap_or_else(|| Refused::new(code(status)).refusal);
    *response.body_mut() = Body::from(encode(&refusal));
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// What the libraries below refuse by themselves.
fn code(status: StatusCode) -> RefusalCode {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => RefusalCode::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => RefusalCode::TooLarge,
        StatusCode::SERVICE_UNAVAILABLE => RefusalCode::Busy,
        _ if status.is_server_error() => RefusalCode::Broken,
        _ => RefusalCode::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::to_bytes;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn whatever_goes_wrong_is_a_refusal() {
        async fn breaks() -> Reply<()> {
            panic!("as if")
        }
        let router = Router::new()
            .route("/breaks", get(breaks))
            .route("/waits", get(|| async { Refused::wait(7) }))
            .route("/empty", get(|| async { StatusCode::PAYLOAD_TOO_LARGE }))
            .layer(from_fn(in_json));
        for (path, status, refusal) in [
            ("/breaks", 500, Refused::new(RefusalCode::Broken)),
            ("/waits", 429, Refused::wait(7)),
            ("/empty", 413, Refused::new(RefusalCode::TooLarge)),
        ] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status().as_u16(), status);
            let body = to_bytes(response.into_body(), 1000).await.unwrap();
            assert_eq!(serde_json::from_slice::<Refusal>(&body).unwrap(), refusal.refusal, "{path}");
        }
    }
}
