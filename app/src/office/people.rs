//! People who work here and their phones.

use crate::devices;
use crate::directory::{directory, values};
use crate::enrolment::{self, Issue};
use crate::fetched::Fetched;
use crate::form::{Form, Typed, typed};
use crate::hand_over;
use crate::session::{lang, new_id, session, words};
use crate::setup::{account, account_mistakes};
use crate::ui::{empty, heading, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::{AreaId, PersonId};
use domain::office::{DeviceRow, PersonChange, PersonRow, Seen};
use domain::person::{Action, Role};
use domain::unit::{Level, Unit};
use leptos::prelude::*;

/// What stands beside the tables.
#[derive(Clone, PartialEq)]
enum Pane {
    /// Somebody new.
    Add,
    /// Somebody who is there.
    Change(Seen<PersonRow>),
    /// A code for somebody's phone.
    Code(Issue),
    /// Somebody's work, for somebody else.
    HandOver(PersonRow),
}

/// People, enrolment codes and phones.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let phones = Fetched::<Vec<DeviceRow>>::new(|| Some("devices".to_owned()));
    let title = move || match (directory.people.here(), phones.here()) {
        (Some(people), Some(all)) => {
            let in_use = all.iter().filter(|device| device.revoked_at.is_none()).count();
            let here = people.iter().filter(|seen| !seen.value.person.left).count();
            (words.people_found)(&here.to_string(), &in_use.to_string())
        }
        _ => words.people.to_owned(),
    };
    let pane = RwSignal::new(Pane::Add);
    let stored = RwSignal::new(String::new());
    let said = move || stored.with(|words| (!words.is_empty()).then(|| note(Tone::Good, Icon::DONE, words.clone(), ())));
    let leave = move |words: String| {
        stored.set(words);
        pane.set(Pane::Add);
        phones.again();
        directory.people.again();
    };
    let aside = move || match pane.get() {
        Pane::HandOver(row) => hand_over::pane(&row, leave),
        Pane::Code(issue) => enrolment::code(issue, move || leave(String::new())),
        Pane::Change(row) => {
            let title = row.value.person.name.clone();
            view! {
                <h2>{title}</h2>
                {person(Some(row), leave)}
                <button type="button" class="btn plain" on:click=move |_| leave(String::new())>{words.close}</button>
            }
            .into_any()
        }
        Pane::Add => view! { <h2>{words.add_person}</h2><div role="status">{said}</div>{person(None, leave)} }.into_any(),
    };
    let table = move || directory.people.draw(move |_| people(directory.everybody(), pane));
    view! {
        {heading(title)}
        <div class="split">
            <div class="col">
                {table}
                {phones.draw(move |rows| {
                    let people = values(directory.people);
                    devices::table(rows, &people, phones, move |issue| pane.set(Pane::Code(issue)))
                })}
            </div>
            <aside class="pane" aria-label=words.people>{aside}</aside>
        </div>
    }
    .into_any()
}

fn people(people: Vec<Seen<PersonRow>>, pane: RwSignal<Pane>) -> AnyView {
    let words = words();
    let directory = directory();
    if people.is_empty() {
        return empty(words.no_people, ());
    }
    let (everybody, gives_work) = (session().may(Action::People), session().may(Action::Campaigns));
    let rows = people
        .into_iter()
        .map(|seen| {
            let row = seen.value.clone();
            let name = row.person.name.clone();
            let unit = directory.unit_name(row.person.unit);
            let how = match &row.login {
                _ if row.person.left => words.left_work.to_owned(),
                Some(login) => login.clone(),
                None if row.devices == 0 => words.no_phone_yet.to_owned(),
                None => (words.phones_n)(&number(row.devices)),
            };
            let (for_code, for_change, for_work) = ((words.code_for)(&name), (words.change_named)(&name), (words.hand_over_of)(&name));
            let code = (row.person.role.is_field() && !row.person.left).then(|| {
                let row = row.clone();
                view! {
                    <button type="button" class="btn second auto" aria-label=for_code on:click=move |_| pane.set(Pane::Code(Issue::For(row.clone())))>
                        {words.issue_code}
                    </button>
                }
            });
            let work = (gives_work && row.person.role.is_field()).then(|| {
                let row = row.clone();
                view! {
                    <button type="button" class="btn plain auto" aria-label=for_work on:click=move |_| pane.set(Pane::HandOver(row.clone()))>
                        {words.hand_over}
                    </button>
                }
            });
            let change = (everybody || row.person.role.is_field()).then(|| {
                view! {
                    <button type="button" class="btn plain auto" aria-label=for_change on:click=move |_| pane.set(Pane::Change(seen.clone()))>
                        {words.change}
                    </button>
                }
            });
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{row.person.role.label(lang())}<br/><span class="small muted">{unit}</span></td>
                    <td>{how}</td>
                    <td><div class="line">{code}{change}{work}</div></td>
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

/// The roles that this officer or administrator may give.
fn roles() -> Vec<Role> {
    let everybody = session().may(Action::People);
    Role::ALL.iter().copied().filter(|role| everybody || role.is_field()).collect()
}

/// The form of somebody new, or of somebody who is there. `done` is told what to say.
fn person(before: Option<Seen<PersonRow>>, done: impl Fn(String) + Copy + 'static) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("person");
    let new = before.is_none();
    let seen = before.as_ref().map_or(0, |before| before.seen);
    let before = before.map(|before| before.value);
    let id = before.as_ref().map_or_else(|| new_id(PersonId::new), |row| row.person.id);
    let known_login = before.as_ref().and_then(|row| row.login.clone());
    let has_login = known_login.is_some();
    let name = RwSignal::new(before.as_ref().map(|row| row.person.name.clone()).unwrap_or_default());
    let sort = RwSignal::new(before.as_ref().map(|row| row.person.sort.clone()).unwrap_or_default());
    let (login, passphrase) = (RwSignal::new(known_login.unwrap_or_default()), RwSignal::new(String::new()));
    let roles = roles();
    let role = before.as_ref().map(|row| row.person.role).or(roles.first().copied());
    let role = RwSignal::new(role.map(|role| role.code().to_owned()).unwrap_or_default());
    let role_options: Vec<(String, String)> = roles.iter().map(|role| (role.code().to_owned(), role.label(lang()).to_owned())).collect();
    let own = || session.me.with_untracked(|me| me.as_ref().map(|me| me.person.unit));
    let unit = before.as_ref().map(|row| row.person.unit).or_else(own);
    let unit = RwSignal::new(unit.map(|unit| unit.to_string()).unwrap_or_default());
    let left = RwSignal::new(before.as_ref().is_some_and(|row| row.person.left));
    // A village head's unit is the village.
    let villages = before.as_ref().is_some_and(|row| row.person.role == Role::VillageHead);
    let units = move || {
        let all = crate::directory::values(directory.units).into_iter();
        // A commune that became another one is offered no more: its people are that one's.
        let stands = |unit: &Unit| unit.level != Level::Commune || unit.succession.is_none();
        let mut all: Vec<_> = all.filter(|unit| stands(unit) && (villages || unit.level != Level::Village)).collect();
        all.sort_by_key(|unit| std::cmp::Reverse(unit.level));
        // The list may come after the form; a unit that is not in it cannot stand chosen.
        let known = all.iter().any(|one| unit.with_untracked(|unit| *unit == one.id.to_string()));
        if let (false, Some(first)) = (known, all.first()) {
            unit.set(first.id.to_string());
        }
        all.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect()
    };
    let at_desk = Memo::new(move |_| Role::from_code(&role.get()).is_some_and(|role| !role.is_field()));
    // A passphrase that is left empty stays as it is.
    let keeps = move || has_login && passphrase.with_untracked(String::is_empty);
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(name).is_empty() {
            wrong.push(("name", words.name_missing));
        }
        let new_account = at_desk.get_untracked() && !keeps();
        if new_account {
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
        let left = left.get_untracked();
        let stays = !left && role == Some(Role::Admin);
        let runs = |row: &PersonRow| row.person.role == Role::Admin && !row.person.left;
        let all = untrack(|| crate::directory::values(directory.people));
        if !stays && all.iter().any(|row| row.person.id == id && runs(row)) && !all.iter().any(|row| row.person.id != id && runs(row)) {
            wrong.push((if left { "left" } else { "role" }, words.last_admin));
        }
        if !form.accept(wrong) {
            return;
        }
        let (Some(role), Some(unit)) = (role, unit) else { return };
        let account = new_account.then(|| account(name, login, passphrase));
        let person = PersonChange { id, name: typed(name), sort: typed(sort), role, unit, left, account };
        let said = if new { (words.person_stored)(&person.name) } else { (words.person_changed)(&person.name) };
        let fields = &["name", "role", "unit", "login", "passphrase", "left"];
        form.store(fields, "people", seen, person, move |()| done(said));
    };
    let passphrase_words =
        if has_login { (words.new_passphrase, words.new_passphrase_hint) } else { (words.passphrase, words.passphrase_hint) };
    // Whoever has a sign-in name keeps it: it stands on paper at their desk.
    let login_field = if has_login {
        let known = login.get_untracked();
        view! { <p>{words.login}": "<b>{known}</b></p> }.into_any()
    } else {
        form.field("login", Typed::Login, words.login, words.login_hint, login)
    };
    let account_fields = view! {
        <div class="stack" hidden=move || !at_desk.get()>
            {login_field}
            {form.field("passphrase", Typed::NewPassphrase, passphrase_words.0, passphrase_words.1, passphrase)}
        </div>
    };
    let leaving = (!new).then(|| form.check("left", words.left_work_here, words.left_work_hint, left));
    form.view(
        submit,
        view! {
            {form.field("name", Typed::Line, words.full_name, "", name)}
            {form.field("sort", Typed::Line, words.sort_name, words.sort_name_hint, sort)}
            {form.choice("role", words.role, words.role_hint, move || role_options.clone(), role)}
            {form.choice("unit", words.unit, "", units, unit)}
            {account_fields}
            {leaving}
            {form.button(move || if new { words.add_person } else { words.save_person }.to_owned())}
        },
    )
}
