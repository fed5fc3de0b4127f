//! The unit tree: province, commune, villages.

use crate::directory::{directory, values};
use crate::form::{Form, Typed, typed, typed_day};
use crate::session::{lang, new_id, session, today, words};
use crate::ui::{heading, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::AreaId;
use domain::office::Seen;
use domain::person::Action;
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
            <div class="col">
                {directory.units.draw(tree)}
                <p><a class="btn second auto" href="/office/units/rearrange">{words.rearrange}</a></p>
            </div>
            <aside class="pane" aria-label=words.add_unit>
                <h2>{words.add_unit}</h2>
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
            villages.sort_by_key(|unit| unit.succession.is_some());
            let rows = villages
                .iter()
                .map(|unit| {
                    let until = unit.to.map(|day| (words.until_day)(&day.to_string())).unwrap_or_default();
                    let became = unit.succession.as_ref().map(|succession| {
                        let names = succession.into.iter().filter_map(|id| units.iter().find(|unit| unit.id == *id));
                        let names: Vec<&str> = names.map(|unit| unit.name.as_str()).collect();
                        let became = (words.became)(&names.join(", "), &succession.decision_no);
                        view! { <br/><span class="small muted">{became}</span> }
                    });
                    // An import knows villages, not since when they are there.
                    let since = if unit.from == Date::MIN { String::new() } else { unit.from.to_string() };
                    view! { <tr><th scope="row">{unit.name.clone()}{became}</th><td>{unit.code.clone()}</td><td>{since}" "{until}</td></tr> }
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
    // Who looks after the whole server makes communes too.
    let levels = if session.may(Action::People) { &[Level::Village, Level::Commune][..] } else { &[Level::Village] };
    let level_options: Vec<(String, String)> =
        levels.iter().map(|level| (level.code().to_owned(), level.label(lang()).to_owned())).collect();
    let level_code = RwSignal::new(Level::Village.code().to_owned());
    let level = Memo::new(move |_| Level::from_code(&level_code.get()).unwrap_or(Level::Village));
    let above = move || {
        let wanted = if level.get() == Level::Commune { Level::Province } else { Level::Commune };
        let units: Vec<Unit> = values(directory.units).into_iter().filter(|unit| unit.level == wanted).collect();
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
        // An import goes by the name, so that two of one name could not be told apart.
        let name_key = text::words(&typed(name));
        if untrack(|| values(directory.units))
            .iter()
            .any(|unit| unit.parent == above && unit.level == level && unit.to.is_none() && text::words(&unit.name) == name_key)
        {
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
