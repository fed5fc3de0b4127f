//! Organisations: who sends members to teams, and who issues the decisions that set teams up.

use crate::directory::directory;
use crate::form::{Form, Typed, typed};
use crate::session::{lang, new_id, session, words};
use crate::ui::{empty, heading, list_and_form, mark, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::code_book::CodeList;
use domain::id::{AreaId, RecordId};
use domain::office::Seen;
use domain::organization::{OrgType, Organization};
use domain::unit::Level;
use leptos::prelude::*;

/// The list of organisations, and one to fill in.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let title = move || match directory.organizations.here() {
        None => words.organizations.to_owned(),
        Some(all) => (words.organizations_found)(&number(u32::try_from(all.len()).unwrap_or(u32::MAX))),
    };
    // Which one is in the form; `None` is a new one. Setting it, even to the same, makes the form anew.
    let editing = RwSignal::new(None::<Seen<Organization>>);
    let stored = RwSignal::new(String::new());
    let form = move || edit(editing.get(), editing, stored);
    let said = move || stored.with(|name| (!name.is_empty()).then(|| note(Tone::Good, Icon::DONE, (words.stored_named)(name), ())));
    let form_title = move || if editing.with(Option::is_some) { words.change_organization } else { words.add_organization };
    view! {
        <div class="line">
            {heading(title)}
            <a class="btn second auto end" href="/office/teams">{words.teams}</a>
        </div>
        {list_and_form(directory.organizations.draw(move |all| list(all, editing)), words.organization, form_title, said, form)}
    }
    .into_any()
}

fn list(all: Vec<Seen<Organization>>, editing: RwSignal<Option<Seen<Organization>>>) -> AnyView {
    let words = words();
    let directory = directory();
    if all.is_empty() {
        return empty(words.no_organizations, ());
    }
    let rows = all
        .into_iter()
        .map(|seen| {
            let Organization { name, kind, unit, ended, .. } = seen.value.clone();
            let spoken = (words.change_named)(&name);
            let gone = ended.then(|| mark(Tone::Plain, Icon::STOP, words.organization_ended));
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{kind.label(lang())}<br/><span class="small muted">{directory.unit_name(unit)}</span>{gone}</td>
                    <td><button type="button" class="btn second auto" aria-label=spoken on:click=move |_| editing.set(Some(seen.clone()))>{words.change}</button></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl">
            <caption class="unseen">{words.organizations}</caption>
            <thead><tr>
                <th scope="col">{words.organization}</th>
                <th scope="col">{words.kind}</th>
                <th scope="col"><span class="unseen">{words.change}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn edit(old: Option<Seen<Organization>>, editing: RwSignal<Option<Seen<Organization>>>, stored: RwSignal<String>) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("organization");
    let (seen, old) = old.map_or((0, None), |old| (old.seen, Some(old.value)));
    let id = old.as_ref().map_or_else(|| new_id(RecordId::new), |organization| organization.id);
    let name = RwSignal::new(old.as_ref().map(|one| one.name.clone()).unwrap_or_default());
    let kind = RwSignal::new(old.as_ref().map(|one| one.kind.code().to_owned()).unwrap_or_default());
    let own = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.unit));
    let unit = RwSignal::new(old.as_ref().map(|one| one.unit).or(own).map(|unit| unit.to_string()).unwrap_or_default());
    let ended = RwSignal::new(old.as_ref().is_some_and(|one| one.ended));
    let was = old.as_ref().map(|one| one.kind);
    let kinds = move || {
        let mut options = vec![(String::new(), words.not_chosen.to_owned())];
        let codes = directory.code_book();
        // The one that it has stays, also where it is no longer used.
        let offered = OrgType::ALL.iter().filter(|kind| was == Some(**kind) || codes.offers(CodeList::OrgType, kind.code()));
        options.extend(offered.map(|kind| (kind.code().to_owned(), kind.label(lang()).to_owned())));
        options
    };
    let units = move || {
        let mut all: Vec<_> = crate::directory::values(directory.units)
            .into_iter()
            .filter(|unit| unit.level == Level::Village || (unit.level == Level::Commune && unit.succession.is_none()))
            .collect();
        all.sort_by_key(|unit| unit.level);
        all.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect()
    };
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(name).is_empty() {
            wrong.push(("name", words.organization_name_missing));
        }
        let kind = OrgType::from_code(&kind.get_untracked());
        if kind.is_none() {
            wrong.push(("kind", words.organization_kind_missing));
        }
        let unit: Option<AreaId> = unit.get_untracked().parse().ok();
        if unit.is_none() {
            wrong.push(("unit", words.unit_missing));
        }
        if !form.accept(wrong) {
            return;
        }
        let (Some(kind), Some(unit)) = (kind, unit) else { return };
        let organization = Organization { id, name: typed(name), kind, unit, ended: ended.get_untracked() };
        let name = organization.name.clone();
        form.store(&["name", "kind", "unit"], "organizations", seen, organization, move |()| {
            directory.organizations.again();
            stored.set(name);
            editing.set(None);
        });
    };
    let leave = (seen != 0)
        .then(|| view! { <button type="button" class="btn plain" on:click=move |_| editing.set(None)>{words.leave_it}</button> });
    let ending = (seen != 0).then(|| form.check("ended", words.organization_ended, words.organization_ended_hint, ended));
    let button = if seen == 0 { words.add_organization } else { words.save_organization };
    form.view(
        submit,
        view! {
            {form.field("name", Typed::Line, words.organization_name, words.organization_name_hint, name)}
            {form.choice("kind", words.kind, "", kinds, kind)}
            {form.choice("unit", words.unit, "", units, unit)}
            {ending}
            {form.button(move || button.to_owned())}
            {leave}
        },
    )
}
