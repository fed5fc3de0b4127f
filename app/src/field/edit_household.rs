//! Correcting a household at the door, or adding one.

use crate::draft::{Desk, Keeper, Kept, News};
use crate::households::Search;
use crate::page::{Frame, Words, lead_to, nothing, opening, page, way, words};
use crate::place::{Place, household_key};
use crate::problem::{save_problem, store_problem};
use app::phone::{Phone, SaveError};
use app::ui::cells::{checkbox, radio};
use app::ui::field::{Field, Typed};
use app::ui::live::{flag, live, tap};
use app::ui::note::{mistakes, saved};
use domain::household::{Household, HouseholdError, HouseholdStatus};
use domain::id::{AreaId, RecordId};
use domain::notebook::Filter;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;

/// A household as it is typed; also what its draft holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Sheet {
    household: Household,
    /// As typed: what is not a number must not vanish.
    people: String,
    village: Option<AreaId>,
}

impl Sheet {
    fn of(household: Household) -> Self {
        let people = household.people.map(|people| people.to_string()).unwrap_or_default();
        Self { household, people, village: None }
    }

    /// What would be saved: every line clean, the phone number without spaces.
    fn read(&self) -> Result<Household, HouseholdError> {
        let typed = &self.household;
        let people = self.people.trim();
        let people = if people.is_empty() { None } else { Some(people.parse().map_err(|_| HouseholdError::People)?) };
        let household = Household { people, ..typed.clone() }.cleaned();
        household.check().map(|()| household)
    }
}

/// Corrects a household.
pub fn edit_household(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    let Words { w, .. } = words();
    let key = household_key(Some(id));
    let begun = RwSignal::new(None::<Result<Option<Sheet>, app::phone::StoreError>>);
    spawn_local(async move {
        let sheet = match phone.draft_load::<Sheet>(&key).await {
            Ok(Some(sheet)) => Ok(Some(sheet)),
            Ok(None) => phone.household(id, None).await.map(|page| page.map(|page| Sheet::of(page.household))),
            Err(error) => Err(error),
        };
        begun.try_set(Some(sheet));
    });
    live(move || match begun.get() {
        None => opening(),
        Some(Ok(Some(sheet))) => untrack(|| form(phone, desk, Some(id), sheet)),
        Some(Ok(None)) => nothing(phone, w.household_gone, w.household_gone_why.to_owned()),
        Some(Err(error)) => {
            let content = view! { <h1>{w.edit_household}</h1>{store_problem(&error)} }.into_any();
            page(phone, Frame::Inner(Place::Household(id), w.household.to_owned()), content)
        }
    })
}

/// Adds a household.
pub fn new_household(phone: Phone, desk: Desk) -> AnyView {
    let typed = use_context::<Search>().map(Search::typed).unwrap_or_default();
    let begun = RwSignal::new(None::<Sheet>);
    spawn_local(async move {
        let kept = phone.draft_load::<Sheet>(&household_key(None)).await.ok().flatten();
        // What was looked for and not found is most often the name; a number is the house's.
        let number = typed.trim().starts_with(|c: char| c.is_ascii_digit());
        let (no, head) = if number { (typed.trim().to_owned(), String::new()) } else { (String::new(), typed.trim().to_owned()) };
        let first = Sheet::of(Household { no, head, ..Household::default() });
        begun.try_set(Some(kept.unwrap_or(first)));
    });
    live(move || match begun.get() {
        None => opening(),
        Some(sheet) => untrack(|| form(phone, desk, None, sheet)),
    })
}

fn form(phone: Phone, desk: Desk, id: Option<RecordId>, first: Sheet) -> AnyView {
    let Words { w, lang, .. } = words();
    let key = StoredValue::new(household_key(id));
    let villages: Vec<(AreaId, String)> =
        phone.with(|notebook| notebook.villages().into_iter().map(|unit| (unit.id, unit.name.clone())).collect());
    let only = (villages.len() == 1).then(|| villages.first().map(|(id, _)| *id)).flatten();
    let sheet = RwSignal::new(Sheet { village: first.village.or(only), ..first.clone() });
    // Outlives the page: a draft that was on its way when the household was saved must not come back.
    let done = Rc::new(Cell::new(false));
    let keeper = Keeper::new(phone, {
        let done = Rc::clone(&done);
        move || {
            let done = Rc::clone(&done);
            let (kept, key) = (sheet.try_get_untracked(), key.try_get_value());
            async move {
                let (Some(kept), Some(key)) = (kept, key) else { return Ok(()) };
                if done.get() {
                    return Ok(());
                }
                phone.draft_save(&key, &kept).await?;
                if done.get() { phone.draft_clear(&key).await } else { Ok(()) }
            }
        }
    });
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let way = way();
    let read = move || sheet.with(Sheet::read);
    let gaps = move || {
        if !tried.get() {
            return Vec::new();
        }
        let mut gaps: Vec<Gap> = read().err().map(Gap::Household).into_iter().collect();
        gaps.extend((id.is_none() && sheet.with(|sheet| sheet.village.is_none())).then_some(Gap::Village));
        gaps
    };
    let save = move || {
        tried.set(true);
        let (Ok(household), village) = (untrack(read), sheet.with_untracked(|sheet| sheet.village)) else {
            lead_to("thieu");
            return;
        };
        if busy.get_untracked() {
            return;
        }
        if id.is_none() && village.is_none() {
            lead_to("thieu");
            return;
        }
        busy.set(true);
        failed.set(None);
        let done = Rc::clone(&done);
        spawn_local(async move {
            let key = key.try_get_value();
            let result = match (id, village) {
                (Some(id), _) => phone.save_household(id, household, &[], key.as_deref()).await.map(|()| id),
                (None, Some(village)) => phone.add_household(village, household, key.as_deref()).await,
                (None, None) => Err(SaveError::NoHousehold),
            };
            busy.try_set(false);
            match result {
                Ok(id) => {
                    done.set(true);
                    desk.news.set(Some(News::HouseholdSaved));
                    if let Some(way) = way {
                        way.replace(Place::Household(id));
                    }
                }
                Err(error) => {
                    failed.try_set(Some(error));
                    lead_to("thieu");
                }
            }
        });
    };
    let touch = move |change: &dyn Fn(&mut Sheet)| {
        sheet.update(|sheet| change(sheet));
        keeper.touch();
    };
    let error_at = move |id: &'static str| {
        move || {
            gaps().into_iter().find_map(|gap| {
                if let Gap::Household(of) = gap { (field_of(of) == id).then(|| w.household_error(of).to_owned()) } else { None }
            })
        }
    };
    let line = move |id: &'static str, label: &'static str, hint: &'static str, kind: Typed, value: String, set: fn(&mut Sheet, String)| {
        let field = Field { id, label, hint, kind, value };
        let learn = move |text: String| touch(&|sheet| set(sheet, text.clone()));
        field.view(learn, error_at(id))
    };
    let household = first.household;
    let village_cells = (id.is_none() && villages.len() > 1).then(|| {
        let cells = villages.into_iter().map(|(village, name)| {
            radio("thon", move || sheet.with(|sheet| sheet.village == Some(village)), move || touch(&|sheet| sheet.village = Some(village)), name)
        });
        view! { <fieldset id="thon" tabindex="-1"><legend>{w.village}</legend><div class="cells one">{cells.collect_view()}</div></fieldset> }.into_any()
    });
    let status_cells = id.is_some().then(|| {
        let cell = |status: HouseholdStatus| {
            radio(
                "tinh-trang",
                move || sheet.with(|sheet| sheet.household.status == status),
                move || touch(&|sheet| sheet.household.status = status),
                status.label(lang),
            )
        };
        view! {
            <fieldset><legend>{w.household_status}</legend>
                <div class="cells">{HouseholdStatus::ALL.iter().map(|status| cell(*status)).collect_view()}</div>
            </fieldset>
        }
        .into_any()
    });
    let no_contact = view! {
        <fieldset><legend>{w.contact_wish}</legend><div class="cells one">
            {checkbox(move || sheet.with(|sheet| sheet.household.no_contact),
                move |on| touch(&|sheet| sheet.household.no_contact = on),
                view! { {w.wants_no_contact}" "<small>{w.wants_no_contact_hint}</small> }.into_any(),
            )}
        </div></fieldset>
    }
    .into_any();
    let content = view! {
        <div>
            <h1>{if id.is_some() { w.edit_household } else { w.add_household }}</h1>
            {saved(move || match keeper.kept.get() {
                Kept::At(at) => (true, (w.draft_kept)(&at.hour_minute())),
                _ => (false, w.household_minimum.to_owned()),
            })}
            {live(move || match keeper.kept.get() {
                Kept::Failed(error) => store_problem(&error),
                _ => ().into_any(),
            })}
        </div>
        <div id="thieu" tabindex="-1">
            {mistakes(w.not_complete, gaps, move |gap| match gap {
                Gap::Village => ("thon", w.gap_village.to_owned()),
                Gap::Household(error) => (field_of(*error), w.household_error(*error).to_owned()),
            })}
            {live(move || failed.get().map(|error| save_problem(&error)))}
        </div>
        {village_cells}
        {line("ten", w.head, w.head_hint, Typed::Line, household.head, |sheet, text| sheet.household.head = text)}
        {line("so-nha", w.number, "", Typed::Line, household.no, |sheet, text| sheet.household.no = text)}
        {line("cum", w.cluster, "", Typed::Line, household.cluster, |sheet, text| sheet.household.cluster = text)}
        {line("cho-o", w.house_hint, w.house_hint_example, Typed::Line, household.hint, |sheet, text| sheet.household.hint = text)}
        {line("gio", w.hours, w.hours_example, Typed::Line, household.hours, |sheet, text| sheet.household.hours = text)}
        {line("dien-thoai", w.phone, w.phone_hint, Typed::Phone, household.phone, |sheet, text| sheet.household.phone = text)}
        {line("so-nguoi", w.people, w.people_hint, Typed::Number, first.people, |sheet, text| sheet.people = text)}
        {status_cells}
        {no_contact}
    }
    .into_any();
    let dock = view! {
        <button type="button" class="btn" aria-busy=flag(move || busy.get()) on:click=tap(save)>
            {live(move || if busy.get() { w.saving } else { w.save_household })}
        </button>
    }
    .into_any();
    let (back, label) = id.map_or((Place::Households(Filter::All), w.households), |id| (Place::Household(id), w.household));
    page(phone, Frame::Docked(back, label.to_owned(), dock), content)
}

/// What is missing, in the order of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Village,
    Household(HouseholdError),
}

fn field_of(error: HouseholdError) -> &'static str {
    match error {
        HouseholdError::NoHead => "ten",
        HouseholdError::TooLong(field) => id_of(field),
        HouseholdError::Phone => "dien-thoai",
        HouseholdError::People => "so-nguoi",
    }
}

/// Where a text of the household is typed.
fn id_of(field: &str) -> &'static str {
    match field {
        "no" => "so-nha",
        "cluster" => "cum",
        "hint" => "cho-o",
        "hours" => "gio",
        _ => "ten",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_damaged_sheet_is_one_or_none() {
        let household = Household { head: "Nguyễn Thị Lành".into(), phone: "0187250416".into(), ..Household::default() };
        let id = RecordId::new(1, [1; 10]);
        let sheet = Sheet { household: Household { same_as: Some(id), ..household }, people: "4".into(), village: Some(id.into()) };
        crate::chance::survives(&sheet, |sheet| drop(sheet.read()));
    }
}
