//! The unit tree: province, commune, villages.

use crate::directory::{directory, values};
use crate::form::{Form, Typed, typed, typed_day};
use crate::session::{lang, new_id, session, today, words};
use crate::ui::{heading, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::AreaId;
use domain::office::Seen;
use domain::text;
use domain::time::Date;
use domain::unit::{Level, Unit};
use leptos::prelude::*;

/// Units, and a way to add a village.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let title = move || match directory.units.here() {
        None => words.units.to_owned(),
        Some(_) => (words.units_found)(&number(u32::try_from(directory.villages().len()).unwrap_or(u32::MAX))),
    };
    // A stored village makes a fresh form, with a fresh id.
    let turn = RwSignal::new(0_u32);
    let stored = RwSignal::new(String::new());
    let form = move || {
        turn.track();
        add(turn, stored)
    };
    let said = move || stored.with(|name| (!name.is_empty()).then(|| note(Tone::Good, Icon::DONE, (words.unit_stored)(name), ())));
    view! {
        {heading(title)}
        <div class="split">
            <div class="col">{directory.units.draw(tree)}</div>
            <aside class="pane" aria-label=words.add_village>
                <h2>{words.add_village}</h2>
                <div role="status">{said}</div>
                {form}
            </aside>
        </div>
    }
    .into_any()
}

fn tree(units: Vec<Seen<Unit>>) -> AnyView {
    let units: Vec<Unit> = units.into_iter().map(|seen| seen.value).collect();
    let words = words();
    let mut communes: Vec<&Unit> = units.iter().filter(|unit| unit.level == Level::Commune).collect();
    communes.sort_by(|a, b| text::natural(&a.name, &b.name));
    let tables = communes
        .into_iter()
        .map(|commune| {
            let province = units.iter().find(|unit| Some(unit.id) == commune.parent).map(|unit| unit.name.clone()).unwrap_or_default();
            let mut villages: Vec<&Unit> =
                units.iter().filter(|unit| unit.parent == Some(commune.id) && unit.level == Level::Village).collect();
            villages.sort_by(|a, b| text::natural(&a.name, &b.name));
            let rows = villages
                .iter()
                .map(|unit| {
                    let until = unit.to.map(|day| (words.until_day)(&day.to_string())).unwrap_or_default();
                    // An import knows villages, not since when they are there.
                    let since = if unit.from == Date::MIN { String::new() } else { unit.from.to_string() };
                    view! { <tr><th scope="row">{unit.name.clone()}</th><td>{unit.code.clone()}</td><td>{since}" "{until}</td></tr> }
                })
                .collect_view();
            let none = villages.is_empty().then(|| view! { <p class="muted">{words.no_villages}</p> });
            view! {
                <p class="small muted">{province}</p>
                <table class="tbl">
                    <caption>{commune.name.clone()}</caption>
                    <thead><tr>
                        <th scope="col">{Level::Village.label(lang())}</th>
                        <th scope="col">{words.code_letters}</th>
                        <th scope="col">{words.since}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                {none}
            }
        })
        .collect_view();
    tables.into_any()
}

fn add(turn: RwSignal<u32>, stored: RwSignal<String>) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("unit");
    let id = new_id(AreaId::new);
    let (name, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let from = RwSignal::new(today().to_string());
    let own = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.unit));
    let parent = RwSignal::new(own.map(|unit| unit.to_string()).unwrap_or_default());
    let communes = move || {
        let communes: Vec<Unit> = values(directory.units).into_iter().filter(|unit| unit.level == Level::Commune).collect();
        // The unit of an administrator may be the province: then the first commune stands there.
        let known = communes.iter().any(|unit| parent.with_untracked(|parent| *parent == unit.id.to_string()));
        if let (false, Some(first)) = (known, communes.first()) {
            parent.set(first.id.to_string());
        }
        communes.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect()
    };
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
        if above.is_none() {
            wrong.push(("parent", words.commune_missing));
        }
        // An import goes by the name, so that two of one name could not be told apart.
        let name_key = text::words(&typed(name));
        if untrack(|| values(directory.units))
            .iter()
            .any(|unit| unit.parent == above && unit.to.is_none() && text::words(&unit.name) == name_key)
        {
            wrong.push(("name", words.village_there));
        }
        if !form.accept(wrong) {
            return;
        }
        let unit = Unit {
            id,
            parent: above,
            level: Level::Village,
            name: typed(name),
            code: typed(code).to_uppercase(),
            from: day.ok().flatten().unwrap_or_else(today),
            to: None,
        };
        let name = unit.name.clone();
        form.send(&["name", "code", "from", "parent"], async move { session.write("units", 0, &unit).await }, move |()| {
            directory.units.again();
            stored.set(name);
            turn.update(|turn| *turn += 1);
        });
    };
    form.view(
        submit,
        view! {
            {form.choice("parent", words.commune, "", communes, parent)}
            {form.field("name", Typed::Line, words.village_name, words.village_name_hint, name)}
            {form.field("code", Typed::Line, words.code_letters, words.code_letters_hint, code)}
            {form.field("from", Typed::Day, words.since, words.day_hint, from)}
            {form.button(move || words.add_village.to_owned())}
        },
    )
}
