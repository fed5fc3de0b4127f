//! The unit tree: province, commune, villages, today or on a chosen day; a form that adds a unit, names it anew or ends it.

use crate::ahead;
use crate::directory::{Directory, directory, values};
use crate::form::{Form, Typed, typed, typed_day};
use crate::rearrangement;
use crate::session::{lang, new_id, session, today, words};
use crate::ui::{heading, list_and_form, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::AreaId;
use domain::office::Seen;
use domain::person::Action;
use domain::succession::parent_on;
use domain::text;
use domain::time::Date;
use domain::unit::{Level, Unit};
use leptos::prelude::*;

/// Which unit is in the form; `None` is a new one. Setting it, even to the same, makes the form anew, with a fresh id.
type Editing = RwSignal<Option<Seen<Unit>>>;

/// The tree, and one unit to fill in.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let title = move || match directory.units.here() {
        None => words.units.to_owned(),
        Some(_) => (words.units_found)(&number(u32::try_from(directory.villages().len()).unwrap_or(u32::MAX))),
    };
    let editing: Editing = RwSignal::new(None);
    let stored = RwSignal::new(String::new());
    let on = RwSignal::new(None::<Date>);
    let said = move || stored.with(|said| (!said.is_empty()).then(|| note(Tone::Good, Icon::DONE, said.clone(), ())));
    let form_title = move || if editing.with(Option::is_some) { words.change_unit } else { words.add_unit };
    let all = view! {
        {as_of(on)}
        {directory.units.draw(move |units| tree(units, on, editing))}
        <p><a class="btn second auto" href="/office/units/rearrange">{rearrangement::title()}</a></p>
        {ahead::table()}
    };
    view! {
        {heading(title)}
        {list_and_form(all, words.unit, form_title, said, move || edit(editing.get(), editing, stored))}
    }
    .into_any()
}

/// The day of the tree. One that cannot be read stays in the field, with the reason under it.
fn as_of(on: RwSignal<Option<Date>>) -> AnyView {
    let words = words();
    let wrong = RwSignal::new(false);
    let learn = move |event| {
        let text = event_target_value(&event);
        let day = Date::read(&text);
        wrong.set(day.is_none() && !text.trim().is_empty());
        on.set(day);
    };
    let error = move || wrong.get().then(|| view! { <p class="error">{Icon::WARNING.view()}" "{words.wrong_day}</p> });
    view! {
        <div class="fld">
            <label for="units-on">{words.units_on}</label>
            <span class="hint" id="units-on-h">{words.units_on_hint}</span>
            <input class="input" id="units-on" inputmode="numeric" autocomplete="off" aria-describedby="units-on-h units-on-e" on:change=learn/>
            <div id="units-on-e" role="alert">{error}</div>
        </div>
    }
    .into_any()
}

fn tree(units: Vec<Seen<Unit>>, on: RwSignal<Option<Date>>, editing: Editing) -> AnyView {
    let words = words();
    let units = StoredValue::new(units);
    (move || {
        let day = on.get();
        let title = day.map(|day| view! { <p role="status"><b>{(words.units_as_of)(&day.to_string())}</b></p> });
        let mut there = units.get_value();
        // Without a day, those that have ended stand below, under the names by which they are looked for.
        there.retain(|seen| day.is_none_or(|day| seen.value.is_on(day)));
        there.sort_by(|a, b| text::natural(&a.value.name, &b.value.name));
        let communes = there.iter().filter(|seen| seen.value.level == Level::Commune).cloned();
        // A former commune has its villages in the tree of its time.
        let (communes, former): (Vec<_>, Vec<_>) = communes.partition(|seen| day.is_some() || seen.value.succession.is_none());
        let all: Vec<Unit> = units.get_value().into_iter().map(|seen| seen.value).collect();
        let tables = communes.into_iter().map(|commune| table(commune, &there, &all, day, editing)).collect_view();
        let former =
            former.iter().map(|seen| view! { <li>{seen.value.name.clone()}{other_names(&seen.value, &all, day)}</li> }).collect::<Vec<_>>();
        let former = (!former.is_empty()).then(|| view! { <h2>{words.former_communes}</h2><ul id="former-communes">{former}</ul> });
        view! { {title}{tables}{former} }.into_any()
    })
    .into_any()
}

/// One commune and its villages in `there`; `all` knows what became of them.
fn table(commune: Seen<Unit>, there: &[Seen<Unit>], all: &[Unit], day: Option<Date>, editing: Editing) -> AnyView {
    let words = words();
    let province = all.iter().find(|unit| Some(unit.id) == commune.value.parent).map(|unit| unit.name.clone());
    let of_commune = |seen: &&Seen<Unit>| seen.value.level == Level::Village && parent_on(all, &seen.value, day) == Some(commune.value.id);
    let mut villages: Vec<&Seen<Unit>> = there.iter().filter(of_commune).collect();
    villages.sort_by_key(|seen| day.is_none() && (seen.value.succession.is_some() || seen.value.has_ended(today())));
    let none = villages.is_empty().then(|| view! { <p class="muted">{words.no_villages}</p> });
    let rows = villages
        .into_iter()
        .map(|seen| {
            let unit = &seen.value;
            let until = unit.to.map(|day| (words.until_day)(&day.to_string())).unwrap_or_default();
            // An import knows villages, not since when they are there.
            let since = if unit.from == Date::MIN { String::new() } else { unit.from.to_string() };
            view! {
                <tr>
                    <th scope="row">{name(unit, day)}{other_names(unit, all, day)}</th>
                    <td>{unit.code.clone()}</td>
                    <td>{since}" "{until}</td>
                    <td>{change(seen.clone(), editing)}</td>
                </tr>
            }
        })
        .collect_view();
    let (named, also) = (name(&commune.value, day), other_names(&commune.value, all, day));
    view! {
        <div class="line"><h2>{named.clone()}</h2>{change(commune, editing)}<p class="small muted">{province}{also}</p></div>
        <table class="tbl">
            <caption class="unseen">{named}</caption>
            <thead><tr>
                <th scope="col">{Level::Village.label(lang())}</th>
                <th scope="col">{words.code_letters}</th>
                <th scope="col">{words.since}</th>
                <th scope="col"><span class="unseen">{words.change}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {none}
    }
    .into_any()
}

/// What a unit is called today, or was on a day.
fn name(unit: &Unit, day: Option<Date>) -> String {
    day.map_or(unit.name.as_str(), |day| unit.name_on(day)).to_owned()
}

/// What it was called before, and what it is called or has become since.
fn other_names(unit: &Unit, all: &[Unit], day: Option<Date>) -> AnyView {
    let words = words();
    let mut said = Vec::new();
    if day.is_some_and(|day| unit.name_on(day) != unit.name) {
        said.push((words.now_is)(&unit.name));
    }
    let before = unit.former.iter().rev().filter(|former| day.is_none_or(|day| former.until < day));
    said.extend(before.map(|former| (words.formerly)(&former.name, &former.until.to_string())));
    if let Some(succession) = &unit.succession {
        let now = succession.into.iter().filter_map(|id| all.iter().find(|unit| unit.id == *id));
        // One that was moved to another commune may be called the same there.
        let moved = |now: &Unit| parent_on(all, now, None).filter(|above| parent_on(all, unit, None) != Some(*above));
        let above = |now: &Unit| moved(now).and_then(|above| all.iter().find(|unit| unit.id == above));
        let names = now.map(|now| above(now).map_or_else(|| now.name.clone(), |above| format!("{} ({})", now.name, above.name)));
        let names: Vec<String> = names.collect();
        said.push((words.became)(&names.join(", "), &succession.decision_no));
    }
    said.into_iter().map(|said| view! { <br/><span class="small muted">{said}</span> }).collect_view().into_any()
}

fn change(seen: Seen<Unit>, editing: Editing) -> AnyView {
    let words = words();
    let spoken = (words.change_named)(&seen.value.name);
    let edit = move |_| editing.set(Some(seen.clone()));
    view! { <button type="button" class="btn second auto" aria-label=spoken on:click=edit>{words.change}</button> }.into_any()
}

fn edit(old: Option<Seen<Unit>>, editing: Editing, stored: RwSignal<String>) -> AnyView {
    match old {
        None => add(editing, stored),
        Some(old) => amend(old, editing, stored),
    }
}

fn add(editing: Editing, stored: RwSignal<String>) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("unit");
    let id = new_id(AreaId::new);
    let (name, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let from = RwSignal::new(today().to_string());
    let own = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.unit));
    let parent = RwSignal::new(own.map(|unit| unit.to_string()).unwrap_or_default());
    // Who looks after the whole server makes communes too.
    let levels = if session.may(Action::People) { &[Level::Village, Level::Commune][..] } else { &[Level::Village] };
    let level_options: Vec<(String, String)> =
        levels.iter().map(|level| (level.code().to_owned(), level.label(lang()).to_owned())).collect();
    let level_code = RwSignal::new(Level::Village.code().to_owned());
    let level = Memo::new(move |_| Level::from_code(&level_code.get()).unwrap_or(Level::Village));
    let above = move || {
        let wanted = if level.get() == Level::Commune { Level::Province } else { Level::Commune };
        let units = values(directory.units).into_iter();
        let units: Vec<Unit> = units.filter(|unit| unit.level == wanted && unit.succession.is_none()).collect();
        // The unit of an administrator may be another level: then the first one stands there.
        let known = units.iter().any(|unit| parent.with_untracked(|parent| *parent == unit.id.to_string()));
        if let (false, Some(first)) = (known, units.first()) {
            parent.set(first.id.to_string());
        }
        units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect()
    };
    let level_field = (levels.len() > 1).then(|| form.choice("level", words.unit_level, "", move || level_options.clone(), level_code));
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(name).is_empty() {
            wrong.push(("name", words.village_name_missing));
        }
        let day = typed_day(from);
        if day != Ok(None) && day.is_err() {
            wrong.push(("from", words.wrong_day));
        }
        let above: Option<AreaId> = parent.get_untracked().parse().ok();
        let level = level.get_untracked();
        if above.is_none() {
            wrong.push(("parent", words.commune_missing));
        }
        if is_there(&values_untracked(directory), id, above, level, &typed(name)) {
            wrong.push(("name", words.village_there));
        }
        if !form.accept(wrong) {
            return;
        }
        let unit = Unit {
            id,
            parent: above,
            level,
            name: typed(name),
            code: if level == Level::Village { typed(code).to_uppercase() } else { String::new() },
            from: day.ok().flatten().unwrap_or_else(today),
            to: None,
            succession: None,
            former: Vec::new(),
        };
        let said = (words.unit_stored)(&unit.name);
        form.store(&["name", "code", "from", "parent"], "units", 0, unit, move |()| {
            directory.units.again();
            stored.set(said);
            editing.set(None);
        });
    };
    form.view(
        submit,
        view! {
            {level_field}
            {form.choice("parent", words.unit_above, "", above, parent)}
            {form.field("name", Typed::Line, words.village_name, words.village_name_hint, name)}
            <div hidden=move || level.get() != Level::Village>
                {form.field("code", Typed::Line, words.code_letters, words.code_letters_hint, code)}
            </div>
            {form.field("from", Typed::Day, words.since, words.day_hint, from)}
            {form.button(move || if level.get() == Level::Village { words.add_village } else { words.add_commune }.to_owned())}
        },
    )
}

/// The form of a unit that is there: its place in the tree stays.
fn amend(old: Seen<Unit>, editing: Editing, stored: RwSignal<String>) -> AnyView {
    let words = words();
    let directory = directory();
    let form = Form::new("unit");
    let Seen { seen, value: old, .. } = old;
    let is_village = old.level == Level::Village;
    let ends_itself = old.succession.is_none();
    let (name, code) = (RwSignal::new(old.name.clone()), RwSignal::new(old.code.clone()));
    let from = RwSignal::new(if old.from == Date::MIN { String::new() } else { old.from.to_string() });
    let to = RwSignal::new(old.to.map(|day| day.to_string()).unwrap_or_default());
    let renamed = RwSignal::new(today().to_string());
    // Whatever is fetched meanwhile, what was typed stays.
    let all = values_untracked(directory);
    let belongs_to = parent_on(&all, &old, None);
    let above = all.into_iter().find(|unit| Some(unit.id) == belongs_to);
    let above = above.map(|above| view! { <p>{words.unit_above}": "<b>{above.name}</b></p> });
    let before = old.name.clone();
    let is_renamed = Memo::new(move |_| name.with(|name| text::clean(name) != before));
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(name).is_empty() {
            wrong.push(("name", words.village_name_missing));
        }
        if is_there(&values_untracked(directory), old.id, belongs_to, old.level, &typed(name)) {
            wrong.push(("name", words.village_there));
        }
        let (from, to, renamed) = (typed_day(from), typed_day(to), typed_day(renamed));
        for (field, day) in [("from", &from), ("to", &to), ("renamed", &renamed)] {
            if day.is_err() {
                wrong.push((field, words.wrong_day));
            }
        }
        let first = from.ok().flatten().unwrap_or(Date::MIN);
        let last = to.ok().flatten();
        if last.is_some_and(|last| last < first) {
            wrong.push(("to", words.ends_before));
        }
        let dated = Unit { from: first, to: last, code: typed(code).to_uppercase(), ..old.clone() };
        let unit = match renamed.ok().flatten() {
            Some(day) if is_renamed.get_untracked() => dated.renamed(typed(name), day),
            _ => Unit { name: typed(name), ..dated },
        };
        if !unit.keeps_names_of(&old, today()) {
            wrong.push(("renamed", words.renamed_wrong));
        }
        if !form.accept(wrong) {
            return;
        }
        let said = (words.stored_named)(&unit.name);
        form.store(&["name", "code", "from", "to", "renamed"], "units", seen, unit, move |()| {
            directory.units.again();
            stored.set(said);
            editing.set(None);
        });
    };
    let letters = is_village.then(|| form.field("code", Typed::Line, words.code_letters, words.code_letters_fixed, code));
    let ending = ends_itself.then(|| form.field("to", Typed::Day, words.last_day_unit, words.last_day_unit_hint, to));
    form.view(
        submit,
        view! {
            {above}
            {form.field("name", Typed::Line, words.village_name, words.village_name_hint, name)}
            <div hidden=move || !is_renamed.get()>
                {form.field("renamed", Typed::Day, words.renamed_on, words.renamed_hint, renamed)}
            </div>
            {letters}
            {form.field("from", Typed::Day, words.since, words.day_hint, from)}
            {ending}
            {form.button(move || words.save_unit.to_owned())}
            <button type="button" class="btn plain" on:click=move |_| editing.set(None)>{words.leave_it}</button>
        },
    )
}

/// An import goes by the name, so that two of one name could not be told apart.
fn is_there(units: &[Unit], id: AreaId, above: Option<AreaId>, level: Level, name: &str) -> bool {
    let key = text::words(name);
    let beside = |unit: &&Unit| unit.id != id && unit.level == level && unit.to.is_none() && parent_on(units, unit, None) == above;
    units.iter().filter(beside).any(|unit| text::words(&unit.name) == key)
}

fn values_untracked(directory: Directory) -> Vec<Unit> {
    untrack(|| values(directory.units))
}
