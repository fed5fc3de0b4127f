//! People who work here and their phones.

use crate::directory::directory;
use crate::enrolment;
use crate::fetched::Fetched;
use crate::form::{Form, Typed, typed};
use crate::session::{lang, new_id, session, shared, today, words};
use crate::setup::{account, account_mistakes};
use crate::ui::{confirm, empty, heading, mark, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::{AreaId, PersonId};
use domain::office::{DeviceRow, NewPerson, PersonRow};
use domain::person::{Action, Role};
use domain::unit::Level;
use leptos::prelude::*;

/// People, enrolment codes and phones.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let devices = Fetched::<Vec<DeviceRow>>::new(|| Some("devices".to_owned()));
    let title = move || match (directory.people.here(), devices.here()) {
        (Some(people), Some(devices)) => {
            let phones = devices.iter().filter(|device| device.revoked_at.is_none()).count();
            (words.people_found)(&people.len().to_string(), &phones.to_string())
        }
        _ => words.people.to_owned(),
    };
    // For whom a code is asked; the pane then shows the code in place of the form.
    let enrolling = RwSignal::new(None::<PersonRow>);
    let turn = RwSignal::new(0_u32);
    let stored = RwSignal::new(String::new());
    let said = move || stored.with(|name| (!name.is_empty()).then(|| note(Tone::Good, Icon::DONE, (words.person_stored)(name), ())));
    let pane = move || match enrolling.get() {
        Some(row) => {
            let close = move || {
                enrolling.set(None);
                devices.again();
                directory.people.again();
            };
            enrolment::code(row, close)
        }
        None => {
            turn.track();
            view! { <h2>{words.add_person}</h2><div role="status">{said}</div>{add(turn, stored)} }.into_any()
        }
    };
    let table = move || directory.people.draw(move |_| people(directory.everybody(), enrolling));
    view! {
        {heading(title)}
        <div class="split">
            <div class="col">
                {table}
                {devices.draw(move |rows| phones(rows, devices))}
            </div>
            <aside class="pane" aria-label=words.people>{pane}</aside>
        </div>
    }
    .into_any()
}

fn people(people: Vec<PersonRow>, enrolling: RwSignal<Option<PersonRow>>) -> AnyView {
    let words = words();
    let directory = directory();
    if people.is_empty() {
        return empty(words.no_people, ());
    }
    let rows = people
        .into_iter()
        .map(|row| {
            let name = row.person.name.clone();
            let unit = directory.unit_name(row.person.unit);
            let how = match &row.login {
                Some(login) => login.clone(),
                None if row.devices == 0 => words.no_phone_yet.to_owned(),
                None => (words.phones_n)(&number(row.devices)),
            };
            let spoken = (words.code_for)(&name);
            let code = (row.person.role.is_field() && !row.person.left).then(|| {
                let row = row.clone();
                view! {
                    <button type="button" class="btn second auto" aria-label=spoken on:click=move |_| enrolling.set(Some(row.clone()))>
                        {words.issue_code}
                    </button>
                }
            });
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{row.person.role.label(lang())}<br/><span class="small muted">{unit}</span></td>
                    <td>{how}</td>
                    <td>{code}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl">
            <caption>{words.people_title}</caption>
            <thead><tr>
                <th scope="col">{words.full_name}</th>
                <th scope="col">{words.role}</th>
                <th scope="col">{words.way_in}</th>
                <th scope="col"><span class="unseen">{words.issue_code}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn phones(devices: Vec<DeviceRow>, all: Fetched<Vec<DeviceRow>>) -> AnyView {
    let (words, shared) = (words(), shared());
    if devices.is_empty() {
        return view! { <p class="muted">{words.no_phones}</p> }.into_any();
    }
    let rows = devices
        .into_iter()
        .enumerate()
        .map(|(n, device)| {
            let seen = device.seen_at.map_or_else(|| words.never_seen.to_owned(), |at| shared.moment(at, today()));
            let state = match device.revoked_at {
                Some(at) => mark(Tone::Plain, Icon::STOP, (words.revoked_at)(&shared.moment(at, today()))),
                None => revoke(n + 1, &device, all),
            };
            view! {
                <tr>
                    <th scope="row">{device.name.clone()}</th>
                    <td>{shared.moment(device.enrolled_at, today())}</td>
                    <td>{seen}</td>
                    <td>{state}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl">
            <caption>{words.phones_title}</caption>
            <thead><tr>
                <th scope="col">{words.whose}</th>
                <th scope="col">{words.enrolled}</th>
                <th scope="col">{words.last_seen}</th>
                <th scope="col"><span class="unseen">{words.revoke}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn revoke(row: usize, device: &DeviceRow, all: Fetched<Vec<DeviceRow>>) -> AnyView {
    let words = words();
    let session = session();
    let form = Form::of_row("revoke", row);
    let (id, name) = (device.id, device.name.clone());
    let act = move || form.send(&[], async move { session.post::<()>(&format!("devices/{id}/revoke"), &()).await }, move |()| all.again());
    form.view(|| (), confirm(words.revoke, move || (words.revoke_warning)(&name), words.revoke_yes, act))
}

/// The roles that this officer or administrator may give.
fn roles() -> Vec<Role> {
    let everybody = session().may(Action::People);
    Role::ALL.iter().copied().filter(|role| everybody || role.is_field()).collect()
}

fn add(turn: RwSignal<u32>, stored: RwSignal<String>) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("person");
    let id = new_id(PersonId::new);
    let text = || RwSignal::new(String::new());
    let (name, login, passphrase) = (text(), text(), text());
    let roles = roles();
    let role = RwSignal::new(roles.first().map(|role| role.code().to_owned()).unwrap_or_default());
    let role_options: Vec<(String, String)> = roles.iter().map(|role| (role.code().to_owned(), role.label(lang()).to_owned())).collect();
    let unit = RwSignal::new(session.me.with_untracked(|me| me.as_ref().map(|me| me.person.unit.to_string())).unwrap_or_default());
    let units = move || {
        let mut all: Vec<_> = crate::directory::values(directory.units).into_iter().filter(|unit| unit.level != Level::Village).collect();
        all.sort_by_key(|unit| std::cmp::Reverse(unit.level));
        // The list may come after the form; a unit that is not in it cannot stand chosen.
        let known = all.iter().any(|one| unit.with_untracked(|unit| *unit == one.id.to_string()));
        if let (false, Some(first)) = (known, all.first()) {
            unit.set(first.id.to_string());
        }
        all.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect()
    };
    let at_desk = Memo::new(move |_| Role::from_code(&role.get()).is_some_and(|role| !role.is_field()));
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(name).is_empty() {
            wrong.push(("name", words.name_missing));
        }
        if at_desk.get_untracked() {
            wrong.extend(account_mistakes(words, "login", login, "passphrase", passphrase));
        }
        let role = Role::from_code(&role.get_untracked());
        let unit: Option<AreaId> = unit.get_untracked().parse().ok();
        if role.is_none() {
            wrong.push(("role", words.role_missing));
        }
        if unit.is_none() {
            wrong.push(("unit", words.unit_missing));
        }
        if !form.accept(wrong) {
            return;
        }
        let (Some(role), Some(unit)) = (role, unit) else { return };
        let account = at_desk.get_untracked().then(|| account(name, login, passphrase));
        let person = NewPerson { id, name: typed(name), role, unit, account };
        let name = person.name.clone();
        form.send(&["name", "role", "unit", "login", "passphrase"], async move { session.write("people", 0, &person).await }, move |()| {
            directory.people.again();
            stored.set(name);
            turn.update(|turn| *turn += 1);
        });
    };
    let account_fields = view! {
        <div class="stack" hidden=move || !at_desk.get()>
            {form.field("login", Typed::Login, words.login, words.login_hint, login)}
            {form.field("passphrase", Typed::NewPassphrase, words.passphrase, words.passphrase_hint, passphrase)}
        </div>
    };
    form.view(
        submit,
        view! {
            {form.field("name", Typed::Line, words.full_name, "", name)}
            {form.choice("role", words.role, words.role_hint, move || role_options.clone(), role)}
            {form.choice("unit", words.unit, "", units, unit)}
            {account_fields}
            {form.button(move || words.add_person.to_owned())}
        },
    )
}
