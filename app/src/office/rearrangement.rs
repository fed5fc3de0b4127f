//! Merging villages and splitting one, by a decision: what it comes to stands in plain words beside the form.

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
use domain::succession::{Lineage, NewUnit, Rearrangement};
use domain::text;
use domain::time::Date;
use domain::unit::{Level, Unit};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{BTreeMap, BTreeSet};

/// What the form holds.
#[derive(Clone, Copy)]
struct Draft {
    splits: RwSignal<bool>,
    from: RwSignal<BTreeSet<AreaId>>,
    /// The name of the merged village, or of the first part.
    first: RwSignal<String>,
    /// The name of the second part.
    second: RwSignal<String>,
    /// The households of the village that is split.
    households: RwSignal<Vec<HouseholdRow>>,
    /// Those that go to the second part.
    given: RwSignal<BTreeSet<RecordId>>,
    decision_no: RwSignal<String>,
    decision_date: RwSignal<String>,
    on: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            splits: RwSignal::new(false),
            from: RwSignal::new(BTreeSet::new()),
            first: text(),
            second: text(),
            households: RwSignal::new(Vec::new()),
            given: RwSignal::new(BTreeSet::new()),
            decision_no: text(),
            decision_date: text(),
            on: text(),
        }
    }
}

/// The form of a merger or a split.
pub fn page() -> AnyView {
    let words = words();
    let stored = RwSignal::new(String::new());
    let turn = RwSignal::new(0_u32);
    let said = move || stored.with(|said| (!said.is_empty()).then(|| note(Tone::Good, Icon::DONE, said.clone(), ())));
    // What is stored makes a fresh form, with fresh ids.
    let form = move || {
        turn.track();
        fields(stored, turn)
    };
    view! {
        <p class="small muted"><a href="/office/units">{words.units}</a>" › "{words.rearrange}</p>
        {heading(move || words.rearrange.to_owned())}
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
    let ids = [new_id(AreaId::new), new_id(AreaId::new)];
    let coverage = Fetched::<Coverage>::new(|| Some("coverage".to_owned()));
    let counts = Memo::new(move |_| -> BTreeMap<AreaId, u32> {
        let villages = coverage.here().map(|found| found.villages).unwrap_or_default();
        villages.into_iter().map(|village| (village.village, village.counts.households)).collect()
    });
    fetch_households(draft);
    let submit = move || {
        let Some(decided) = read(words, form, draft, ids) else { return };
        let names: Vec<&str> = decided.into.iter().map(|new| new.name.as_str()).collect();
        let names = names.join(words.and_word);
        let done = if decided.on > today() { (words.ahead_done)(&names, &decided.on.to_string()) } else { (words.rearranged_done)(&names) };
        let named = &["from", "name", "code", "decision_no", "decision_date", "on", "households"];
        form.store(named, "units/rearrange", 0, decided, move |()| {
            directory.units.again();
            stored.set(done);
            turn.update(|turn| *turn += 1);
        });
    };
    let kind = move |splits: bool, label: &'static str| {
        let choose = move || {
            draft.splits.set(splits);
            draft.from.set(BTreeSet::new());
        };
        radio("rearrange-kind", move || draft.splits.get() == splits, choose, label)
    };
    let names = move || {
        if draft.splits.get() {
            view! {
                {form.field("name", Typed::Line, words.first_part, words.first_part_hint, draft.first)}
                {form.field("second", Typed::Line, words.second_part, "", draft.second)}
            }
            .into_any()
        } else {
            form.field("name", Typed::Line, words.new_village_name, words.village_name_hint, draft.first)
        }
    };
    let for_good = move || match draft.on.with(|typed| Date::read(typed)).filter(|on| *on > today()) {
        Some(on) => note(Tone::Wait, Icon::CLOCK, (words.ahead_waits)(&on.to_string()), ()),
        None => view! { <p class="small muted">{words.rearrange_for_good}</p> }.into_any(),
    };
    let yes = move || if draft.splits.get() { words.split_yes } else { words.merge_yes }.to_owned();
    let all = view! {
        <div class="split">
            <div class="col">
                <fieldset><legend>{words.rearrange_kind}</legend>
                    <div class="cells one">{kind(false, words.merge)}{kind(true, words.split)}</div>
                </fieldset>
                {move || villages(draft, counts)}
                {names}
                {move || draft.splits.get().then(|| second_households(draft))}
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

/// Reads the form; `None` where something is wrong with it, which it says then.
fn read(words: &'static Office, form: Form, draft: Draft, ids: [AreaId; 2]) -> Option<Rearrangement> {
    let splits = draft.splits.get_untracked();
    let from: Vec<AreaId> = draft.from.get_untracked().into_iter().collect();
    let given: Vec<RecordId> = draft.given.get_untracked().into_iter().collect();
    let mut wrong = Vec::new();
    if splits && from.len() != 1 {
        wrong.push(("from", words.village_one_missing));
    }
    if !splits && from.len() < 2 {
        wrong.push(("from", words.villages_two_missing));
    }
    if typed(draft.first).is_empty() {
        wrong.push(("name", words.new_name_missing));
    }
    if splits && typed(draft.second).is_empty() {
        wrong.push(("second", words.new_name_missing));
    }
    if splits && given.is_empty() {
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
    let [first, second] = ids;
    let new = |id, name, households| NewUnit { id, name: typed(name), code: String::new(), households };
    let mut into = vec![new(first, draft.first, Vec::new())];
    if splits {
        into.push(new(second, draft.second, given));
    }
    Some(Rearrangement { decision_no: typed(draft.decision_no), decision_date: decision_date?, on: on?, from, into })
}

fn day(value: RwSignal<String>) -> Option<Date> {
    typed_day(value).ok().flatten()
}

/// Which villages end: several are ticked for a merger, one is chosen for a split.
fn villages(draft: Draft, counts: Memo<BTreeMap<AreaId, u32>>) -> AnyView {
    let words = words();
    let directory = directory();
    let splits = draft.splits.get();
    let communes: Vec<Unit> = values(directory.units);
    let cells = directory
        .villages()
        .into_iter()
        .map(|unit| {
            let id = unit.id;
            let chosen = move || draft.from.with(|from| from.contains(&id));
            let commune = communes.iter().find(|commune| Some(commune.id) == unit.parent).map(|commune| commune.name.clone());
            let several = communes.iter().filter(|one| one.level == Level::Commune).count() > 1;
            let commune = commune.filter(|_| several).map(|name| format!(", {name}")).unwrap_or_default();
            let about = move || counts.with(|all| all.get(&id).map(|n| (words.households_in)(&number(*n))));
            let label = view! { {unit.name}{commune}" "<small>{about}</small> };
            if splits {
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
    let legend = if splits { words.split_village } else { words.merged_villages };
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
        let Some(village) = chosen.filter(|_| draft.splits.get()) else { return };
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
    let splits = draft.splits.get();
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
