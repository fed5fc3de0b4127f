//! The people who work with the product, and their phones.

use super::session::{account, named};
use super::work::{changed, one};
use super::{App, Caller, now};
use crate::auth::{code_for_people, new_code};
use crate::error::{Refused, Reply};
use crate::store::{CodeFor, Store, Value};
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use domain::id::{DeviceId, PersonId};
use domain::office::{DeviceRow, EnrolmentCode, PersonChange, PersonRow, Seen, Write};
use domain::person::{Action, Person};
use domain::text;
use domain::wire::RefusalCode;
use qrcodegen::{QrCode, QrCodeEcc};
use seal::recovery::PublicKey;
use std::fmt::Write as _;

/// People within reach.
pub async fn list<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<Seen<PersonRow>>>> {
    Ok(Json(app.store.directory(caller.within).await?.people))
}

/// Makes or changes a person. Whoever may only issue codes ([`Action::Devices`]) makes people with phones, nobody at a desk.
pub async fn write<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(change): Json<Write<PersonChange>>,
) -> Reply<Json<Seen<PersonRow>>> {
    let PersonChange { id, name, sort, role, unit, left, account: given } = change.value;
    let before = app.store.directory(caller.within).await?.people.into_iter().find(|row| row.value.person.id == id);
    let was_at_desk = before.as_ref().is_some_and(|row| !row.value.person.role.is_field());
    if !caller.may(Action::People) && (was_at_desk || !role.is_field()) {
        return Err(Refused::new(RefusalCode::NotAllowed));
    }
    let account = match given {
        Some(given) => Some(account(&app, given, None).await?),
        None => None,
    };
    let person = Person { id, name: named(&name, "name")?, sort: text::clean(&sort), role, unit, left };
    let change = Write { device: change.device, seq: change.seq, seen: change.seen, value: person };
    one(changed(&app, &caller, change, |person| Value::Person(person, account)).await?.people, |row| row.person.id == id)
}

/// A one-time code for a person's phone, as letters and as a QR.
pub async fn code<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(person): Path<PersonId>,
) -> Reply<Json<EnrolmentCode>> {
    issue(&app, &caller, CodeFor::Person(person)).await
}

/// A one-time code for the phone that takes the place of another, which pulls nothing from now on.
pub async fn replace<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(device): Path<DeviceId>,
) -> Reply<Json<EnrolmentCode>> {
    issue(&app, &caller, CodeFor::InPlaceOf(device)).await
}

async fn issue<S: Store>(app: &App<S>, caller: &Caller, to: CodeFor) -> Reply<Json<EnrolmentCode>> {
    let code = new_code()?;
    let expires = app.store.issue_code(caller.within, to, app.keys.code(&code), now()).await?;
    let key = app.store.life().await?.recovery.ok_or(Refused::new(RefusalCode::NoRecoveryKey))?;
    let url = enrolment_url(&app.site.public_url, &code, &key);
    let (qr, qr_size) = qr(&url).ok_or(Refused::new(RefusalCode::Broken))?;
    Ok(Json(EnrolmentCode { code: code_for_people(&code), expires, url, fingerprint: key.fingerprint(), qr, qr_size }))
}

/// Where a phone is enrolled: the code, behind `#`, so that no server and no proxy logs it, and by which recovery key it is
/// to know its organisation.
pub fn enrolment_url(public_url: &str, code: &str, key: &PublicKey) -> String {
    format!("{public_url}/app/#enrol={}.{}", code.replace('-', ""), key.fingerprint().replace('-', ""))
}

/// Modules left empty around a QR code, by its standard (ISO/IEC 18004).
const QUIET: i32 = 4;

/// The dark modules as the path of an SVG, one stroke for each run in a row, and the modules a side with the quiet zone.
fn qr(text: &str) -> Option<(String, u32)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|&x| code.get_module(x, y)).count();
            let run = i32::try_from(run).ok()?;
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET).ok()?;
            }
            x += run.max(1);
        }
    }
    Some((path, u32::try_from(size + 2 * QUIET).ok()?))
}

/// Phones within reach.
pub async fn devices<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<DeviceRow>>> {
    Ok(Json(app.store.directory(caller.within).await?.devices))
}

/// Revokes a phone.
pub async fn revoke<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(device): Path<DeviceId>,
) -> Reply<StatusCode> {
    app.store.revoke(caller.within, device, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_has_its_finder_patterns_and_a_quiet_zone() {
        let (path, size) = qr("https://gandan.example/app/#enrol=KV3T8Q4M").unwrap();
        // Three finder patterns: a run of seven at both ends of the first row, and at the start of the last.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert!(path.contains(&format!("M{} 4h7v1h-7z", size - 4 - 7)) && path.contains(&format!("M4 {}h7v1h-7z", size - 5)));
        assert!(!path.contains("M3 ") && !path.contains(" 3h"));
    }
}
