//! The one-time code that brings a phone into the work: a QR to point the camera at, and letters to type.

use crate::form::Form;
use crate::session::{session, shared, today, words};
use domain::office::{EnrolmentCode, PersonRow};
use leptos::prelude::*;

/// Issues a code for this person and shows it. Once the pane is closed it cannot be shown again.
pub fn code(row: PersonRow, close: impl Fn() + Copy + 'static) -> AnyView {
    let session = session();
    let words = words();
    let form = Form::new("enrol");
    let code = RwSignal::new(None::<EnrolmentCode>);
    let id = row.person.id;
    let issue = move || {
        form.send(&[], async move { session.post::<EnrolmentCode>(&format!("people/{id}/code"), &()).await }, move |new| {
            code.set(Some(new))
        })
    };
    let shown = move || match code.get() {
        None => form.view(issue, view! { <p>{words.code_intro}</p>{form.button(move || words.issue_code.to_owned())} }),
        Some(code) => drawn(&code),
    };
    view! {
        <h2>{(words.code_for)(&row.person.name)}</h2>
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
        </div>
    }
    .into_any()
}
