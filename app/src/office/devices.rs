//! Phones: whose, in which state, when last heard of, what is still on them; replacing and revoking them.

use crate::enrolment::Issue;
use crate::fetched::Fetched;
use crate::form::Form;
use crate::session::{session, shared, today, words};
use crate::ui::{confirm, mark, number};
use app::platform::time::now;
use app::ui::icon::{Icon, Tone};
use domain::device::{Report, Revocation, is_silent};
use domain::office::{DeviceRow, PersonRow};
use domain::person::Action;
use domain::receive::GRACE_HOURS;
use domain::time::Time;
use leptos::prelude::*;

/// The phones, those in use first, and before them who has a code and has not used it. `issue` shows a code beside the table.
pub fn table(
    devices: Vec<DeviceRow>,
    people: &[PersonRow],
    all: Fetched<Vec<DeviceRow>>,
    issue: impl Fn(Issue) + Copy + 'static,
) -> AnyView {
    let words = words();
    let expected = people.iter().filter_map(|row| Some((row.person.name.clone(), row.code_until.filter(|until| *until > now())?)));
    let expected: Vec<(String, Time)> = expected.collect();
    if devices.is_empty() && expected.is_empty() {
        return view! { <p class="muted">{words.no_phones}</p> }.into_any();
    }
    let expected = expected.into_iter().map(|(name, until)| {
        let state = mark(Tone::Wait, Icon::CLOCK, (words.phone_expected)(&shared().moment(until, today())));
        view! { <tr><th scope="row">{name}</th><td>{state}</td><td></td><td></td></tr> }.into_any()
    });
    let (gone, in_use): (Vec<DeviceRow>, Vec<DeviceRow>) = devices.into_iter().partition(|device| device.revoked_at.is_some());
    let rows = (1..).zip(in_use.into_iter().chain(gone)).map(|(n, device)| row(n, &device, all, issue));
    let rows = expected.chain(rows).collect_view();
    view! {
        <table class="tbl">
            <caption>{words.phones_title}</caption>
            <thead><tr>
                <th scope="col">{words.whose}</th>
                <th scope="col">{words.phone_state}</th>
                <th scope="col">{words.on_the_phone}</th>
                <th scope="col"><span class="unseen">{words.replace_phone}", "{words.revoke}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(n: usize, device: &DeviceRow, all: Fetched<Vec<DeviceRow>>, issue: impl Fn(Issue) + Copy + 'static) -> AnyView {
    let (words, shared) = (words(), shared());
    let seen = device.seen_at.map_or_else(|| words.never_seen.to_owned(), |at| shared.moment(at, today()));
    let copied = device.copy_of.map(|_| view! { <br/><span class="small muted">{words.phone_copied}</span> }.into_any());
    let ways = (device.revoked_at.is_none()).then(|| {
        let (next, spoken) = (device.clone(), (words.replace_for)(&device.name));
        let replace = view! {
            <button type="button" class="btn second auto" aria-label=spoken on:click=move |_| issue(Issue::InPlaceOf(next.clone()))>
                {words.replace_phone}
            </button>
        };
        view! { <div class="line">{replace}{revoke(n, device, all)}</div> }
    });
    let lost = device.revoked_for == Some(Revocation::Lost) && session().may(Action::Incidents);
    let incident = lost.then(|| {
        let (href, spoken) = (format!("/office/incidents?phone={}", device.id), (words.incident_of_phone_for)(&device.name));
        view! { <a class="btn second auto" href=href aria-label=spoken>{words.incident_of_phone}</a> }
    });
    view! {
        <tr>
            <th scope="row">{device.name.clone()}</th>
            <td>{state(device)}{end(device)}<br/><span class="small muted">{words.last_seen}": "{seen}</span>{copied}</td>
            <td>{device.report.as_ref().map(said)}</td>
            <td>{ways}{incident}</td>
        </tr>
    }
    .into_any()
}

fn state(device: &DeviceRow) -> AnyView {
    let words = words();
    if let Some(at) = device.revoked_at {
        let why = device.revoked_for.unwrap_or(Revocation::Lost).label(crate::session::lang());
        return mark(Tone::Plain, Icon::STOP, format!("{why}: {}", shared().moment(at, today())));
    }
    let heard = device.seen_at.unwrap_or(device.enrolled_at);
    if is_silent(heard, now()) {
        let days = today().since(heard.date()).unsigned_abs();
        return mark(Tone::Wait, Icon::WARNING, (words.phone_silent)(&number(days)));
    }
    mark(Tone::Good, Icon::DONE, words.phone_in_use)
}

/// What has become of the key of a phone that was revoked.
pub fn end(device: &DeviceRow) -> Option<AnyView> {
    let (words, shared) = (words(), shared());
    let revoked_at = device.revoked_at?;
    let said = match (device.destroyed_at, device.told_at) {
        (Some(at), _) => (words.phone_destroyed)(&shared.moment(at, today())),
        (None, Some(at)) => (words.phone_told)(&shared.moment(at, today())),
        (None, None) if now() > revoked_at.plus_hours(GRACE_HOURS) => words.phone_never_told.to_owned(),
        (None, None) => words.phone_not_told.to_owned(),
    };
    Some(view! { <br/><span class="small">{said}</span> }.into_any())
}

/// What waits on the phone, and the build of its app.
fn said(report: &Report) -> AnyView {
    let words = words();
    let waiting = if report.waiting == 0 { words.nothing_waits.to_owned() } else { (words.waiting_n)(&number(report.waiting)) };
    view! { {waiting}<br/><span class="small muted">{words.build}" "{report.build.clone()}</span> }.into_any()
}

fn revoke(row: usize, device: &DeviceRow, all: Fetched<Vec<DeviceRow>>) -> AnyView {
    let words = words();
    let session = session();
    let form = Form::of_row("revoke", row);
    let (id, name) = (device.id, device.name.clone());
    let act = move || {
        // What has ended does not end again.
        form.deliver(&[], move || async move { session.post::<()>(&format!("devices/{id}/revoke"), &()).await }, move |()| all.again());
    };
    form.view(|| (), confirm(words.revoke, move || (words.revoke_warning)(&name), words.revoke_yes, act))
}
