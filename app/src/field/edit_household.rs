//! Correcting a household at the door, or adding one.

use crate::draft::{Desk, Keeper, Kept, News};
use crate::household_sheet::{Editor, Sheet, id_of};
use crate::households::Search;
use crate::page::{Frame, Words, lead_to, nothing, opening, page, way, words};
use crate::place::{Place, household_key};
use crate::problem::{save_problem, store_problem};
use app::phone::{Phone, SaveError};
use app::ui::cells::radio;
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::{mistakes, note, saved};
use domain::household::{Household, HouseholdError};
use domain::id::{AreaId, RecordId};
use domain::notebook::Filter;
use domain::operation::Part;
use domain::redaction::goes;
use domain::short;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Corrects a household.
pub fn edit_household(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    let Words { w, .. } = words();
    let key = household_key(Some(id));
    let begun = RwSignal::new(None::<Result<Option<(Sheet, short::Set<Part>)>, app::phone::StoreError>>);
    spawn_local(async move {
        let read = async {
            let kept = phone.draft_load::<Sheet>(&key).await?;
            let page = phone.household(id, None).await?;
            Ok(page.map(|page| (kept.unwrap_or_else(|| Sheet::of(page.household)), page.erased)))
        };
        let sheet = read.await;
        begun.try_set(Some(sheet));
    });
    live(move || match begun.get() {
        None => opening(),
        Some(Ok(Some((sheet, erased)))) => untrack(|| form(phone, desk, Some(id), sheet, erased)),
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
        Some(sheet) => untrack(|| form(phone, desk, None, sheet, short::Set::default())),
    })
}

fn form(phone: Phone, desk: Desk, id: Option<RecordId>, first: Sheet, erased: short::Set<Part>) -> AnyView {
    let Words { w, .. } = words();
    let is_erased = erased.clone();
    let is_there = move |field: &&'static str| !goes(field, &is_erased);
    let gone = (!erased.is_empty()).then(|| note(Tone::Plain, Icon::STOP, w.household_erased, ()));
    let erased = StoredValue::new(erased);
    let key = StoredValue::new(household_key(id));
    let villages: Vec<(AreaId, String)> =
        phone.with(|notebook| notebook.villages().into_iter().map(|unit| (unit.id, unit.name.clone())).collect());
    let only = (villages.len() == 1).then(|| villages.first().map(|(id, _)| *id)).flatten();
    let sheet = RwSignal::new(Sheet { village: first.village.or(only), ..first });
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
    let read = move || {
        sheet
            .with(|sheet| sheet.read().and_then(|household| erased.with_value(|erased| household.check_beside(erased)).map(|()| household)))
    };
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
                (Some(id), _) => phone.save_household(id, household, key.as_deref()).await.map(|()| id),
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
    let editor =
        Editor { sheet, touched: Arc::new(move || keeper.touch()), wrong: Arc::new(move || tried.get().then(|| read().err()).flatten()) };
    let village_cells = (id.is_none() && villages.len() > 1).then(|| {
        let cells = villages.into_iter().map(|(village, name)| {
            let choose = move || {
                sheet.update(|sheet| sheet.village = Some(village));
                keeper.touch();
            };
            radio("thon", move || sheet.with(|sheet| sheet.village == Some(village)), choose, name)
        });
        view! { <fieldset id="thon" tabindex="-1"><legend>{w.village}</legend><div class="cells one">{cells.collect_view()}</div></fieldset> }.into_any()
    });
    // One that is added lives here.
    let status = id.is_some().then_some("status");
    let fields = FIELDS.into_iter().filter(is_there).chain(status).chain(["no_contact"]).map(|field| editor.field(field)).collect_view();
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
                Gap::Household(error) => (id_of(error.field()), w.household_error(*error).to_owned()),
            })}
            {live(move || failed.get().map(|error| save_problem(&error)))}
        </div>
        {village_cells}
        {gone}
        {fields}
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

/// The lines in the order of the page.
const FIELDS: [&str; 7] = ["head", "no", "cluster", "hint", "hours", "phone", "people"];

/// What is missing, in the order of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Village,
    Household(HouseholdError),
}
