//! Merging villages or communes, splitting a village, moving villages to another commune, by a decision: what it comes to stands
//! in plain words beside the form.

use crate::directory::{directory, values};
use crate::fetched::Fetched;
use crate::filter::query;
use crate::form::{Form, Typed, typed, typed_day};
use crate::session::{Session, new_id, session, today, words};
use crate::ui::{heading, number};
use crate::words::Office;
use app::ui::cells::{checkbox, radio};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, RecordId};
use domain::office::{Coverage, Filter, HouseholdRow, Listed};
use domain::person::Action;
use domain::succession::{Lineage, NewUnit, Rearrangement, parent_on, told_apart};
use domain::text;
use domain::time::Date;
use domain::unit::{Level, Unit};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{BTreeMap, BTreeSet};

/// What was decided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Merge,
    Split,
    /// By whoever looks after several communes, like the last one.
    Communes,
    Move,
}

/// What the form holds.
#[derive(Clone, Copy)]
struct Draft {
    what: RwSignal<What>,
    from: RwSignal<BTreeSet<AreaId>>,
    /// The name of the merged village, or of the first part.
    first: RwSignal<String>,
    /// The name of the second part.
    second: RwSignal<String>,
    /// The households of the village that is split.
    households: RwSignal<Vec<HouseholdRow>>,
    /// Those that go to the second part.
    given: RwSignal<BTreeSet<RecordId>>,
    /// The id of the commune to which villages are moved.
    to: RwSignal<String>,
    /// The ids of those that begin, by the places of those that end: the same each time it is sent.
    ids: StoredValue<Vec<AreaId>>,
    decision_no: RwSignal<String>,
    decision_date: RwSignal<String>,
    on: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            what: RwSignal::new(What::Merge),
            from: RwSignal::new(BTreeSet::new()),
            first: text(),
            second: text(),
            households: RwSignal::new(Vec::new()),
            given: RwSignal::new(BTreeSet::new()),
            to: text(),
            ids: StoredValue::new(vec![new_id(AreaId::new), new_id(AreaId::new)]),
            decision_no: text(),
            decision_date: text(),
            on: text(),
        }
    }
}

/// What the page is called: communes are merged by whoever looks after the whole server.
pub fn title() -> &'static str {
    if session().may(Action::People) { words().rearrange_all } else { words().rearrange }
}

/// The form of a merger or a split.
pub fn page() -> AnyView {
    let words = words();
    let title = title();
    let stored = RwSignal::new(String::new());
    let turn = RwSignal::new(0_u32);
    let said = move || stored.with(|said| (!said.is_empty()).then(|| note(Tone::Good, Icon::DONE, said.clone(), ())));
    // What is stored makes a fresh form, with fresh ids.
    let form = move || {
        turn.track();
        fields(stored, turn)
    };
    view! {
        <p class="small muted"><a href="/office/units">{words.units}</a>" › "{title}</p>
        {heading(move || title.to_owned())}
        <div role="status">{said}</div>
        {form}
    }
    .into_any()
}

fn fields(stored: RwSignal<String>, turn: RwSignal<u32>) -> AnyView {
    let words = words();
    let directory = directory();
    let form = Form::new("rearrange");
    let draft = Draft::new();
    let coverage = Fetched::<Coverage>::new(|| Some("coverage".to_owned()));
    let counts = Memo::new(move |_| -> BTreeMap<AreaId, u32> {
        let villages = coverage.here().map(|found| found.villages).unwrap_or_default();
        villages.into_iter().map(|village| (village.village, village.counts.households)).collect()
    });
    fetch_households(draft);
    let units = move || untrack(|| values(directory.units));
    let submit = move || {
        let Some(decided) = read(words, form, draft, &units()) else { return };
        let names: Vec<&str> = decided.into.iter().map(|new| new.name.as_str()).collect();
        let names = names.join(words.and_word);
        let done = if decided.on > today() { (words.ahead_done)(&names, &decided.on.to_string()) } else { (words.rearranged_done)(&names) };
        let named = &["from", "name", "code", "commune", "decision_no", "decision_date", "on", "households"];
        form.store(named, "units/rearrange", 0, decided, move |()| {
            directory.units.again();
            stored.set(done);
            turn.update(|turn| *turn += 1);
        });
    };
    let kind = move |what: What, label: &'static str| {
        let choose = move || {
            draft.what.set(what);
            draft.from.set(BTreeSet::new());
        };
        radio("rearrange-kind", move || draft.what.get() == what, choose, label)
    };
    let several = session().may(Action::People).then(|| {
        view! { {kind(What::Communes, words.merge_communes)}{kind(What::Move, words.move_villages)} }
    });
    let communes = move || {
        let chosen = draft.from.with(|from| from.first().copied());
        let all = values(directory.units);
        let own = all.iter().find(|unit| Some(unit.id) == chosen).and_then(|unit| parent_on(&all, unit, None));
        let others = communes(&all).into_iter().filter(|commune| Some(commune.id) != own);
        std::iter::once((String::new(), words.not_chosen.to_owned()))
            .chain(others.map(|one| (one.id.to_string(), one.name.clone())))
            .collect()
    };
    let single = Memo::new(move |_| draft.from.with(BTreeSet::len) == 1);
    let names = move || match draft.what.get() {
        What::Split => view! {
            {form.field("name", Typed::Line, words.first_part, words.first_part_hint, draft.first)}
            {form.field("second", Typed::Line, words.second_part, "", draft.second)}
        }
        .into_any(),
        What::Merge => form.field("name", Typed::Line, words.new_village_name, words.village_name_hint, draft.first),
        What::Communes => form.field("name", Typed::Line, words.new_commune_name, words.new_commune_name_hint, draft.first),
        What::Move => view! {
            {form.choice("commune", words.moved_to, "", communes, draft.to)}
            {move || single.get().then(|| form.field("name", Typed::Line, words.moved_name, words.moved_name_hint, draft.first))}
        }
        .into_any(),
    };
    let for_good = move || match draft.on.with(|typed| Date::read(typed)).filter(|on| *on > today()) {
        Some(on) => note(Tone::Wait, Icon::CLOCK, (words.ahead_waits)(&on.to_string()), ()),
        None => view! { <p class="small muted">{words.rearrange_for_good}</p> }.into_any(),
    };
    let yes = move || {
        let yes = match draft.what.get() {
            What::Merge => words.merge_yes,
            What::Split => words.split_yes,
            What::Communes => words.merge_communes_yes,
            What::Move => words.move_yes,
        };
        yes.to_owned()
    };
    let all = view! {
        <div class="split">
            <div class="col">
                <fieldset><legend>{words.rearrange_kind}</legend>
                    <div class="cells one">{kind(What::Merge, words.merge)}{kind(What::Split, words.split)}{several}</div>
                </fieldset>
                {move || villages(draft, counts)}
                {names}
                {move || (draft.what.get() == What::Split).then(|| second_households(draft))}
            </div>
            <aside class="pane stack" aria-label=words.rearrange_comes_to>
                <h2>{words.rearrange_comes_to}</h2>
                {move || preview(draft, counts)}
                {form.field("decision_no", Typed::Line, words.decision_of_units, words.decision_of_units_hint, draft.decision_no)}
                {form.field("decision_date", Typed::Day, words.decision_signed, words.day_hint, draft.decision_date)}
                {form.field("on", Typed::Day, words.in_force, words.in_force_hint, draft.on)}
                {for_good}
                {form.button(yes)}
            </aside>
        </div>
    };
    form.view(submit, all)
}

/// The communes of today, by name.
fn communes(units: &[Unit]) -> Vec<&Unit> {
    let mut communes: Vec<&Unit> = units.iter().filter(|unit| unit.level == Level::Commune && unit.succession.is_none()).collect();
    communes.sort_by(|a, b| text::natural(&a.name, &b.name));
    communes
}

/// Reads the form; `None` where something is wrong with it, which it says then.
fn read(words: &'static Office, form: Form, draft: Draft, units: &[Unit]) -> Option<Rearrangement> {
    let what = draft.what.get_untracked();
    let from: Vec<AreaId> = draft.from.get_untracked().into_iter().collect();
    let given: Vec<RecordId> = draft.given.get_untracked().into_iter().collect();
    let named = |id: &AreaId| units.iter().find(|unit| unit.id == *id);
    let above = |id: &AreaId| named(id).and_then(|unit| parent_on(units, unit, None));
    let parent = from.first().and_then(above);
    let of_one = from.iter().all(|id| above(id) == parent);
    let to: Option<AreaId> = draft.to.with_untracked(|to| to.parse().ok()).filter(|_| what == What::Move);
    let lineage = Lineage::of(units.iter());
    let shares = |id: &AreaId| lineage.earlier(*id).into_iter().any(|area| lineage.is_divided(area));
    let mut wrong = Vec::new();
    match what {
        What::Merge if from.len() < 2 => wrong.push(("from", words.villages_two_missing)),
        What::Split if from.len() != 1 => wrong.push(("from", words.village_one_missing)),
        What::Communes if from.len() < 2 => wrong.push(("from", words.communes_two_missing)),
        What::Move if from.is_empty() || !of_one => wrong.push(("from", words.moved_missing)),
        What::Move if from.iter().any(shares) => wrong.push(("from", words.moved_divided)),
        What::Merge | What::Split | What::Communes | What::Move => {}
    }
    if what == What::Move && (to.is_none() || to == parent) {
        wrong.push(("commune", words.moved_to_missing));
    }
    // Of those that are moved each keeps its name, unless one by itself is given another.
    let name = typed(draft.first);
    let own_name = |id: &AreaId| named(id).map(|unit| unit.name.clone()).unwrap_or_default();
    let names: Vec<String> = match what {
        What::Move if from.len() == 1 && !name.is_empty() => vec![name.clone()],
        What::Move => from.iter().map(own_name).collect(),
        What::Split => vec![name.clone(), typed(draft.second)],
        What::Merge | What::Communes => vec![name.clone()],
    };
    if name.is_empty() && what != What::Move {
        wrong.push(("name", if what == What::Communes { words.new_commune_name_missing } else { words.new_name_missing }));
    }
    let same = |unit: &Unit| names.iter().any(|name| text::spelling(name) == text::spelling(&unit.name));
    let there = |unit: &&Unit| unit.level == Level::Village && unit.succession.is_none() && parent_on(units, unit, None) == to;
    if to.is_some() && units.iter().filter(there).any(same) {
        wrong.push(("name", words.moved_name_taken));
    }
    if what == What::Split && typed(draft.second).is_empty() {
        wrong.push(("second", words.new_name_missing));
    }
    if what == What::Split && given.is_empty() {
        wrong.push(("households", words.second_missing));
    }
    if typed(draft.decision_no).is_empty() {
        wrong.push(("decision_no", words.decision_no_missing));
    }
    let decision_date = day(draft.decision_date);
    if decision_date.is_none() {
        wrong.push(("decision_date", words.wrong_day));
    }
    let on = day(draft.on);
    match on {
        None => wrong.push(("on", words.wrong_day)),
        Some(on) if decision_date.is_some_and(|signed| signed > on) => wrong.push(("decision_date", words.decision_day_wrong)),
        Some(_) => {}
    }
    if !form.accept(wrong) {
        return None;
    }
    draft.ids.update_value(|ids| ids.resize_with(names.len().max(ids.len()), || new_id(AreaId::new)));
    let mut given = given.into_iter();
    let into = draft.ids.get_value().into_iter().zip(names).enumerate().map(|(at, (id, name))| {
        let households = if what == What::Split && at == 1 { given.by_ref().collect() } else { Vec::new() };
        NewUnit { id, name, code: String::new(), households }
    });
    let into = into.collect();
    Some(Rearrangement { decision_no: typed(draft.decision_no), decision_date: decision_date?, on: on?, from, into, commune: to })
}

fn day(value: RwSignal<String>) -> Option<Date> {
    typed_day(value).ok().flatten()
}

/// Which units end: several are ticked for a merger and a move, one is chosen for a split.
fn villages(draft: Draft, counts: Memo<BTreeMap<AreaId, u32>>) -> AnyView {
    let words = words();
    let directory = directory();
    let what = draft.what.get();
    let all: Vec<Unit> = values(directory.units);
    let communes = communes(&all);
    let several = communes.len() > 1;
    let offered = if what == What::Communes { communes.into_iter().cloned().collect() } else { directory.villages() };
    let cells = offered
        .into_iter()
        .map(|unit| {
            let id = unit.id;
            let chosen = move || draft.from.with(|from| from.contains(&id));
            let above = parent_on(&all, &unit, None);
            let commune = all.iter().find(|commune| Some(commune.id) == above).map(|commune| commune.name.clone());
            let commune = commune.filter(|_| several).map(|name| format!(", {name}")).unwrap_or_default();
            let about = move || counts.with(|all| all.get(&id).map(|n| (words.households_in)(&number(*n))));
            let label = view! { {unit.name}{commune}" "<small>{about}</small> };
            if what == What::Split {
                radio("rearrange-village", chosen, move || draft.from.set(BTreeSet::from([id])), label)
            } else {
                let choose = move |on: bool| {
                    draft.from.update(|from| {
                        if on {
                            from.insert(id);
                        } else {
                            from.remove(&id);
                        }
                    });
                };
                checkbox(chosen, choose, label)
            }
        })
        .collect_view();
    let legend = match what {
        What::Merge => words.merged_villages,
        What::Split => words.split_village,
        What::Communes => words.merged_communes,
        What::Move => words.moved_villages,
    };
    view! { <fieldset id="rearrange-from" tabindex="-1"><legend>{legend}</legend><div class="cells one">{cells}</div></fieldset> }
        .into_any()
}

/// Fetches the households of the village that is split, page after page, whenever another one is chosen.
fn fetch_households(draft: Draft) {
    let session = session();
    Effect::new(move || {
        draft.given.set(BTreeSet::new());
        draft.households.set(Vec::new());
        let chosen = draft.from.get().first().copied();
        let Some(village) = chosen.filter(|_| draft.what.get() == What::Split) else { return };
        spawn_local(async move {
            let mut rows: Vec<HouseholdRow> = Vec::new();
            loop {
                let ask = Filter { village: Some(village), skip: u32::try_from(rows.len()).unwrap_or(u32::MAX), ..Filter::default() };
                let Ok(page) = Session::get::<Listed<HouseholdRow>>(session, &format!("households?{}", query(&ask))).await else { return };
                if page.rows.is_empty() {
                    break;
                }
                rows.extend(page.rows);
            }
            // Another village may be chosen by now, or the page be gone.
            if draft.from.try_get_untracked().is_some_and(|from| from.contains(&village)) {
                draft.households.try_set(rows);
            }
        });
    });
}

/// Which households go to the second village, in the order of the list.
fn second_households(draft: Draft) -> AnyView {
    let words = words();
    let legend = move || (words.second_households)(&draft.given.with(BTreeSet::len).to_string());
    let cells = move || {
        let rows = draft.households.get();
        if rows.is_empty() {
            return view! { <p class="muted">{words.first_village_first}</p> }.into_any();
        }
        let cells = rows
            .into_iter()
            .map(|row| {
                let id = row.id;
                let chosen = move || draft.given.with(|given| given.contains(&id));
                let choose = move |on: bool| {
                    draft.given.update(|given| {
                        if on {
                            given.insert(id);
                        } else {
                            given.remove(&id);
                        }
                    });
                };
                let about = [row.no, row.code, row.place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
                checkbox(chosen, choose, view! { {row.head}" "<small>{about}</small> })
            })
            .collect_view();
        view! { <div class="cells">{cells}</div> }.into_any()
    };
    view! { <fieldset id="rearrange-households" tabindex="-1"><legend>{legend}</legend>{cells}</fieldset> }.into_any()
}

/// What would be done, in words.
fn preview(draft: Draft, counts: Memo<BTreeMap<AreaId, u32>>) -> AnyView {
    let words = words();
    let directory = directory();
    let from = draft.from.get();
    let name = |value: RwSignal<String>| value.with(|value| text::clean(value));
    let (first, second) = (name(draft.first), name(draft.second));
    let what = draft.what.get();
    if matches!(what, What::Communes | What::Move) {
        return preview_communes(draft, what, &first);
    }
    let splits = what == What::Split;
    let enough = if splits { from.len() == 1 && !second.is_empty() } else { from.len() > 1 };
    if !enough || first.is_empty() {
        return view! { <p class="muted">{words.rearrange_choose}</p> }.into_any();
    }
    let households = |id: &AreaId| counts.with(|all| all.get(id).copied().unwrap_or(0));
    let sum: u32 = from.iter().map(households).sum();
    let mut named: Vec<(String, u32)> = from.iter().map(|id| (directory.unit_name(*id), households(id))).collect();
    named.sort_by(|a, b| text::natural(&a.0, &b.0));
    let told: Vec<String> = named.into_iter().map(|(name, n)| (words.village_with)(&name, &number(n))).collect();
    let told = told.join(words.and_word);
    let sentence = if splits {
        // Those who have left the village are given away with the others and count in no figure.
        let given = draft.given.get();
        let active = |row: &&HouseholdRow| row.status == HouseholdStatus::Active;
        let rest = draft.households.with(|all| all.iter().filter(active).filter(|row| !given.contains(&row.id)).count());
        let rest = u32::try_from(rest).unwrap_or(u32::MAX);
        (words.split_preview)(&told, &first, &number(rest), &second, &number(sum.saturating_sub(rest)))
    } else {
        (words.merger_preview)(&told, &first, &number(sum))
    };
    // Whoever has any of it goes on, whatever it was called when they got it.
    let lineage = Lineage::of(values(directory.units).iter());
    let works = values(directory.assignments).into_iter().filter(|work| !work.ended);
    let works = works.filter(|work| lineage.later(work.village).iter().any(|unit| from.contains(unit)));
    let teams: BTreeSet<String> = works.map(|work| directory.team_name(work.team)).filter(|name| !name.is_empty()).collect();
    let teams: Vec<String> = teams.into_iter().collect();
    let teams = (!teams.is_empty()).then(|| view! { <p>{(words.work_goes_on)(&teams.join(", "))}</p> });
    view! {
        <p class="big">{sentence}</p>
        <p>{words.nothing_moves}</p>
        {teams}
        <p>{words.phones_go_on}</p>
    }
    .into_any()
}

/// The same of communes.
fn preview_communes(draft: Draft, what: What, name: &str) -> AnyView {
    let words = words();
    let all = values(directory().units);
    let from: Vec<AreaId> = draft.from.get().into_iter().collect();
    let to: Option<AreaId> = draft.to.with(|to| to.parse().ok());
    let named = |id: AreaId| all.iter().find(|unit| unit.id == id);
    let name_of = |id: AreaId| named(id).map(|unit| unit.name.clone()).unwrap_or_default();
    let stands = |unit: &&Unit| unit.level == Level::Village && unit.succession.is_none();
    let in_commune = |id: AreaId| all.iter().filter(stands).filter(|unit| parent_on(&all, unit, None) == Some(id)).count();
    let mut told: Vec<(String, usize)> = from.iter().map(|id| (name_of(*id), in_commune(*id))).collect();
    told.sort_by(|a, b| text::natural(&a.0, &b.0));
    let (sentence, goes_on) = match (what, to) {
        (What::Communes, _) if from.len() > 1 && !name.is_empty() => {
            let sum: usize = told.iter().map(|(_, n)| n).sum();
            let told: Vec<String> = told.iter().map(|(name, n)| (words.commune_with)(name, &n.to_string())).collect();
            ((words.communes_preview)(&told.join(words.and_word), name, &sum.to_string()), words.communes_go_on)
        }
        (What::Move, Some(to)) if !from.is_empty() => {
            let told: Vec<String> = told.into_iter().map(|(name, _)| name).collect();
            let commune = from.first().and_then(|id| parent_on(&all, named(*id)?, None)).map(name_of).unwrap_or_default();
            ((words.move_preview)(&told.join(", "), &commune, &name_of(to)), words.move_goes_on)
        }
        _ => return view! { <p class="muted">{words.rearrange_choose}</p> }.into_any(),
    };
    let on = draft.on.with(|typed| Date::read(typed)).unwrap_or_else(today);
    let apart = if what == What::Communes { told_apart(&all, &from, on) } else { Vec::new() };
    let apart: Vec<String> = apart.into_iter().map(|unit| unit.name).collect();
    let apart = (!apart.is_empty()).then(|| view! { <p>{(words.names_apart)(&apart.join(", "))}</p> });
    view! {
        <p class="big">{sentence}</p>
        {apart}
        <p>{goes_on}</p>
        <p>{words.phones_go_on}</p>
    }
    .into_any()
}
