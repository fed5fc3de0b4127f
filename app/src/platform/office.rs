//! What the office asks of the browser: requests, the chosen file, the address, the printer.

use domain::office::WORDS;
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FormData, HtmlAnchorElement, HtmlInputElement, Request, RequestCredentials, RequestInit, Response, Url};

/// What the server said: its status and its words.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// There was no answer: no network, the server is down, or it hung up. Whether it did what it was asked is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// How a request is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes.
    Post,
    /// Ends.
    Delete,
}

/// What a request carries.
pub enum Body<'a> {
    /// Nothing.
    Empty,
    /// Nothing but words to look for, in the header [`WORDS`]: an address is kept by the browser.
    Words(&'a str),
    /// JSON.
    Json(String),
    /// A form with a file, and further fields as text.
    Form(&'a Upload, Vec<(&'static str, String)>),
}

/// One request with the session's cookie and the header that no form of another site can send.
pub async fn request(method: Method, path: &str, body: Body<'_>) -> Result<Answer, NoAnswer> {
    let request = build(method, path, body).map_err(|_| NoAnswer)?;
    let window = web_sys::window().ok_or(NoAnswer)?;
    let response = JsFuture::from(window.fetch_with_request(&request)).await.map_err(|_| NoAnswer)?;
    let response: Response = response.dyn_into().map_err(|_| NoAnswer)?;
    let text = response.text().map_err(|_| NoAnswer)?;
    let body = JsFuture::from(text).await.map_err(|_| NoAnswer)?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), body })
}

fn build(method: Method, path: &str, body: Body<'_>) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_method(match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    });
    let json = matches!(body, Body::Json(_));
    let mut sought = None;
    match body {
        Body::Empty => {}
        Body::Words(words) => sought = (!words.is_empty()).then(|| String::from(js_sys::encode_uri_component(words))),
        Body::Json(text) => init.set_body(&JsValue::from_str(&text)),
        Body::Form(upload, fields) => {
            let form = FormData::new()?;
            // Fields first: the server knows what to do with the file when it comes.
            for (name, value) in fields {
                form.append_with_str(name, &value)?;
            }
            form.append_with_blob_and_filename("file", &upload.blob, &upload.name)?;
            init.set_body(&form);
        }
    }
    let request = Request::new_with_str_and_init(path, &init)?;
    request.headers().set("X-Gandan", "1")?;
    if let Some(sought) = sought {
        request.headers().set(WORDS, &sought)?;
    }
    if json {
        request.headers().set("Content-Type", "application/json")?;
    }
    Ok(request)
}

/// A file as it was when it was chosen: read once into memory, so that a change on the disk does not break a second try.
#[derive(Clone)]
pub struct Upload {
    /// The name that the person knows it by.
    pub name: String,
    blob: Blob,
}

/// Why a chosen file is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFile {
    /// Nothing was chosen.
    Nothing,
    /// The browser could not read it.
    Unreadable,
    /// Larger than `most` bytes; it was not read.
    TooLarge,
}

/// The file that a person chose in a field, at most `most` bytes.
pub async fn chosen_file(input: &HtmlInputElement, most: f64) -> Result<Upload, NoFile> {
    let files = Reflect::get(input, &JsValue::from_str("files")).map_err(|_| NoFile::Nothing)?;
    let file: Blob = Reflect::get_u32(&files, 0).ok().and_then(|file| file.dyn_into().ok()).ok_or(NoFile::Nothing)?;
    if file.size() > most {
        return Err(NoFile::TooLarge);
    }
    let name = Reflect::get(&file, &JsValue::from_str("name")).ok().and_then(|name| name.as_string()).unwrap_or_default();
    let bytes = JsFuture::from(file.array_buffer()).await.map_err(|_| NoFile::Unreadable)?;
    let parts = Array::of1(&Uint8Array::new(&bytes));
    let blob = Blob::new_with_u8_array_sequence(&parts).map_err(|_| NoFile::Unreadable)?;
    Ok(Upload { name, blob })
}

impl Upload {
    /// What is in it.
    pub async fn bytes(&self) -> Result<Vec<u8>, NoFile> {
        let bytes = JsFuture::from(self.blob.array_buffer()).await.map_err(|_| NoFile::Unreadable)?;
        Ok(Uint8Array::new(&bytes).to_vec())
    }
}

/// Has the browser save a file. It is kept in memory until the page is left.
pub fn save_file(name: &str, content: &[u8]) {
    if let Ok(blob) = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(content))) {
        save(name, &blob);
    }
}

fn save(name: &str, blob: &Blob) {
    let save = || {
        let document = web_sys::window()?.document()?;
        let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
        link.set_href(&Url::create_object_url_with_blob(blob).ok()?);
        link.set_download(name);
        link.click();
        Some(())
    };
    let _ = save();
}

/// Saves the file at this path under this name, or says why there is none: what is downloaded by its address is kept with it.
pub async fn save_found(path: &str, words: &str, name: &str) -> Result<Answer, NoAnswer> {
    let request = build(Method::Get, path, Body::Words(words)).map_err(|_| NoAnswer)?;
    let window = web_sys::window().ok_or(NoAnswer)?;
    let response = JsFuture::from(window.fetch_with_request(&request)).await.map_err(|_| NoAnswer)?;
    let response: Response = response.dyn_into().map_err(|_| NoAnswer)?;
    if !response.ok() {
        let text = JsFuture::from(response.text().map_err(|_| NoAnswer)?).await.map_err(|_| NoAnswer)?;
        return Ok(Answer { status: response.status(), body: text.as_string().unwrap_or_default() });
    }
    let blob = JsFuture::from(response.blob().map_err(|_| NoAnswer)?).await.map_err(|_| NoAnswer)?;
    save(name, &blob.dyn_into().map_err(|_| NoAnswer)?);
    Ok(Answer { status: response.status(), body: String::new() })
}

/// Gives the focus to where the page's content begins.
pub fn skip_to_content() {
    refocus("noi-dung");
}

/// What stands behind `#` in the address: a one-time secret that no server logs.
pub fn secret() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// The page's name in the browser's tab.
pub fn name_page(title: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}

/// Loads the office anew from its first page.
pub fn restart() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href("/office/");
    }
}

/// The browser as it calls itself, and the size of its window.
pub fn browser() -> String {
    let Some(window) = web_sys::window() else { return String::new() };
    let size = |side: Result<JsValue, JsValue>| side.ok().and_then(|side| side.as_f64()).unwrap_or_default();
    let name = window.navigator().user_agent().unwrap_or_default();
    format!("{name}, {}×{}", size(window.inner_width()), size(window.inner_height()))
}

/// Opens the browser's print dialog.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _ = window.print();
    }
}

/// Gives the focus back to an element that was drawn anew; the page does not move if it is in view.
pub fn refocus(id: &str) {
    let element = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The fields of a form, in their order, and the button that sends it.
const STOPS: &str = "input, select, textarea, button[type=submit]";

/// Moves the focus to the next field of the form, or to the button that sends it, as Enter does on a paper form.
pub fn focus_next() {
    let next = || {
        let here = web_sys::window()?.document()?.active_element()?;
        let stops = here.closest("form").ok()??.query_selector_all(STOPS).ok()?;
        let stops = (0..stops.length()).filter_map(|n| stops.get(n)?.dyn_into::<web_sys::HtmlElement>().ok());
        // What is not shown has no parent to stand in.
        let mut stops = stops.filter(|stop| stop.offset_parent().is_some()).skip_while(|stop| !stop.is_same_node(Some(&here)));
        stops.nth(1)
    };
    if let Some(next) = next() {
        let _ = next.focus();
    }
}

/// Whether the focus is on something that is pressed, where Enter has a meaning of its own.
pub fn on_button() -> bool {
    let here = web_sys::window().and_then(|window| window.document()).and_then(|document| document.active_element());
    here.is_some_and(|here| here.matches("button, a, summary, [type=checkbox], [type=radio]").unwrap_or(false))
}

/// Writes into a field that nobody composes a letter in any more: what was chosen in it.
pub fn fill(id: &str, text: &str) {
    if let Some(field) = field(id) {
        field.set_value(text);
    }
}

/// Selects what stands in a field, so that typing begins anew.
pub fn select(id: &str) {
    if let Some(field) = field(id) {
        field.select();
    }
}

fn field(id: &str) -> Option<HtmlInputElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}
