//! Requests to the server: CBOR out, CBOR in.

use super::time::{self, Soon};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Request, RequestCredentials, RequestInit, Response, WritableStream};

/// Why a request brought no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No network, it broke, or it took too long.
    Lost,
    /// The server answered something else: status and body.
    Status(u16, Vec<u8>),
}

/// Smaller bodies only grow by compression.
const WORTH_COMPRESSING: usize = 300;

/// Posts a body and gives back the body of the answer, if that is a success. After `patience` milliseconds it is cut off.
pub fn post<'a>(path: &'a str, body: &'a [u8], token: Option<&'a str>, patience: i32) -> Soon<'a, Result<Vec<u8>, Failure>> {
    Box::pin(send(path, body, token, patience))
}

async fn send(path: &str, body: &[u8], token: Option<&str>, patience: i32) -> Result<Vec<u8>, Failure> {
    let compressed = if body.len() < WORTH_COMPRESSING { None } else { gzip(body).await.ok() };
    let bytes = compressed.clone().unwrap_or_else(|| Uint8Array::from(body));
    let controller = AbortController::new().map_err(|_| Failure::Lost)?;
    let request = prepare(path, &bytes, compressed.is_some(), token, &controller).map_err(|_| Failure::Lost)?;
    match time::within(patience, exchange(request)).await {
        Some(answer) => answer,
        None => {
            controller.abort();
            Err(Failure::Lost)
        }
    }
}

fn prepare(path: &str, body: &Uint8Array, gzip: bool, token: Option<&str>, controller: &AbortController) -> Result<Request, JsValue> {
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_body(body);
    options.set_credentials(RequestCredentials::Omit);
    options.set_signal(Some(&controller.signal()));
    let request = Request::new_with_str_and_init(path, &options)?;
    let headers = request.headers();
    headers.set("content-type", "application/cbor")?;
    if gzip {
        headers.set("content-encoding", "gzip")?;
    }
    if let Some(token) = token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    Ok(request)
}

async fn exchange(request: Request) -> Result<Vec<u8>, Failure> {
    let window = web_sys::window().ok_or(Failure::Lost)?;
    let response = JsFuture::from(window.fetch_with_request(&request)).await.map_err(|_| Failure::Lost)?;
    let response: Response = response.dyn_into().map_err(|_| Failure::Lost)?;
    let body = whole(&response).await.map_err(|_| Failure::Lost)?.to_vec();
    if response.ok() { Ok(body) } else { Err(Failure::Status(response.status(), body)) }
}

async fn whole(response: &Response) -> Result<Uint8Array, JsValue> {
    Ok(Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?))
}

/// What is sent is compressed by the browser: a phone has the time, its network has not.
async fn gzip(body: &[u8]) -> Result<Uint8Array, JsValue> {
    let global = js_sys::global();
    let constructor: js_sys::Function = js_sys::Reflect::get(&global, &"CompressionStream".into())?.dyn_into()?;
    let stream = js_sys::Reflect::construct(&constructor, &js_sys::Array::of1(&"gzip".into()))?;
    let writable: WritableStream = js_sys::Reflect::get(&stream, &"writable".into())?.dyn_into()?;
    let readable: web_sys::ReadableStream = js_sys::Reflect::get(&stream, &"readable".into())?.dyn_into()?;
    let writer = writable.get_writer()?;
    // Not waited for: the stream takes no more before somebody reads.
    let written = writer.write_with_chunk(&Uint8Array::from(body));
    let closed = writer.close();
    let compressed = whole(&Response::new_with_opt_readable_stream(Some(&readable))?).await?;
    JsFuture::from(written).await?;
    JsFuture::from(closed).await?;
    Ok(compressed)
}
