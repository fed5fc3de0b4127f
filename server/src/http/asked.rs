//! What a list or a figure is about, as an office asks for it.

use crate::error::Refused;
use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use domain::office::{Filter, WORDS};
use domain::wire::RefusalCode;
use serde::Deserialize;

/// A filter: from the address, but for the words to look for. These can be somebody's name, and addresses are kept by
/// browsers, by the lists of what was downloaded and by whatever passes them on. So they have a header of their own, and one
/// who puts them into the address is refused.
pub struct Asked(pub Filter);

#[derive(Deserialize)]
struct Words {
    q: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let refused = || Refused::about(RefusalCode::BadRequest, "q").into_response();
        let Query(filter) = Query::<Filter>::from_request_parts(parts, state).await.map_err(axum::response::IntoResponse::into_response)?;
        if !filter.q.is_empty() {
            return Err(refused());
        }
        let Some(words) = parts.headers.get(WORDS) else { return Ok(Self(filter)) };
        // A header has no accents, so they are spelled as in an address.
        let spelled = words.to_str().ok().and_then(|words| format!("/?q={words}").parse::<Uri>().ok());
        let Query(Words { q }) = spelled.and_then(|uri| Query::try_from_uri(&uri).ok()).ok_or_else(refused)?;
        Ok(Self(Filter { q, ..filter }))
    }
}
