//! Bodies in CBOR. JSON is axum's own.

use crate::error::Refused;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use domain::cbor;
use domain::wire::RefusalCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A body in CBOR, in either direction.
pub struct Cbor<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Cbor<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        cbor::decode(&bytes).map(Self).map_err(|_| Refused::new(RefusalCode::BadRequest).into_response())
    }
}

impl<T: Serialize> IntoResponse for Cbor<T> {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/cbor")], cbor::encode(&self.0)).into_response()
    }
}
