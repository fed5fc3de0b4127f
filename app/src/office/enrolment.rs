//! The one-time code that brings a phone into the work: a QR to point the camera at, and letters to type.

use crate::form::Form;
use crate::session::{session, shared, today, words};
use domain::office::{DeviceRow, EnrolmentCode, PersonRow};
use leptos::prelude::*;

/// Whose phone a code is for.
#[derive(Clone, PartialEq)]
pub enum Issue {
    /// One more phone of a person, or their first.
    For(PersonRow),
    /// The phone that takes the place of this one.
    InPlaceOf(DeviceRow),
}

/// Issues a code and shows it. Once the pane is closed it cannot be shown again.
pub fn code(issue: Issue, close: impl Fn() + Copy + 'static) -> AnyView {
    let session = session();
    let words = words();
    let form = Form::new("enrol");
    let code = RwSignal::new(None::<EnrolmentCode>);
    let (title, intro, button, path) = match issue {
        Issue::For(row) => {
            ((words.code_for)(&row.person.name), words.code_intro, words.issue_code, format!("people/{}/code", row.person.id))
        }
        Issue::InPlaceOf(old) => {
            ((words.replace_for)(&old.name), words.replace_intro, words.replace_yes, format!("devices/{}/replace", old.id))
        }
    };
    let path = StoredValue::new(path);
    let issue = move || {
        let path = path.get_value();
        form.send(&[], async move { session.post::<EnrolmentCode>(&path, &()).await }, move |new| code.set(Some(new)))
    };
    let shown = move || match code.get() {
        None => form.view(issue, view! { <p>{intro}</p>{form.button(move || button.to_owned())} }),
        Some(code) => drawn(&code),
    };
    view! {
        <h2>{title}</h2>
        {shown}
        <button type="button" class="btn plain" on:click=move |_| close()>{words.close}</button>
    }
    .into_any()
}

fn drawn(code: &EnrolmentCode) -> AnyView {
    let (words, shared) = (words(), shared());
    let view_box = format!("0 0 {0} {0}", code.qr_size);
    let address = code.url.split('#').next().unwrap_or_default().to_owned();
    view! {
        <div class="stack" role="status">
            <svg class="qr" viewBox=view_box role="img" aria-label=words.qr_spoken shape-rendering="crispEdges"><path d=code.qr.clone()></path></svg>
            <p>{words.qr_how}</p>
            <p class="code">{code.code.clone()}</p>
            <p>{words.code_how}" "<b>{address}</b></p>
            <p class="muted">{(words.code_expires)(&shared.moment(code.expires, today()))}</p>
            <p class="small muted">{words.code_once}</p>
            <p class="small">{words.code_fingerprint}" "<b class="letters">{code.fingerprint.clone()}</b></p>
        </div>
    }
    .into_any()
}
