//! Two people wrote down different things. Both stay until a person chooses one of them, or writes what is right; nothing
//! is chosen beforehand.

use crate::draft::{Desk, News};
use crate::household_sheet::{Editor, Sheet, id_of};
use crate::page::{Aside, Frame, Words, lead_to, load, nothing, opening, page, way, words};
use crate::place::Place;
use crate::problem::{save_problem, store_problem};
use app::phone::{Author, Dispute, DisputedValue, HouseholdPage, Phone, SaveError, StoreError};
use app::ui::cells::radio;
use app::ui::live::{flag, live, tap};
use domain::id::RecordId;
use domain::text::phone_mask;
use domain::time::Time;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Which value is right.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    /// One that stands there, by its writer's clock and number: its device has another name once it was sent.
    Written(Time, u64),
    /// None of them.
    Other,
}

fn written(value: &DisputedValue) -> Choice {
    Choice::Written(value.at, value.dot.seq)
}

/// What is asked for: the household with everything that people wrote about it.
type Loaded = RwSignal<Option<Result<Option<HouseholdPage>, StoreError>>, LocalStorage>;

/// What people wrote of a field, as long as they disagree; tracked.
fn dispute(loaded: Loaded, field: &str) -> Option<Dispute> {
    let of = |found: &HouseholdPage| found.disputes.iter().find(|dispute| dispute.field == field).cloned();
    loaded.with(|loaded| of(loaded.as_ref()?.as_ref().ok()?.as_ref()?))
}

/// Which value of one field is right.
pub fn decide(phone: Phone, desk: Desk, id: RecordId, field: &'static str) -> AnyView {
    let Words { w, .. } = words();
    let loaded = load(phone, move || async move { phone.household(id, None).await });
    // Who types here is not disturbed by what else a sync brings.
    let disputed = Memo::new(move |_| dispute(loaded, field).is_some());
    live(move || {
        if disputed.get() {
            return untrack(|| show(phone, desk, id, field, loaded));
        }
        loaded.with(|loaded| match loaded {
            None => opening(),
            Some(Ok(None)) => nothing(phone, w.household_gone, w.household_gone_why.to_owned()),
            Some(Ok(Some(_))) => nothing(phone, w.dispute_over, w.dispute_over_words.to_owned()),
            Some(Err(error)) => {
                let content = view! { <h1>{w.dispute_choose}</h1>{store_problem(error)} }.into_any();
                page(phone, Frame::Inner(Place::Household(id), w.household.to_owned()), content)
            }
        })
    })
}

fn show(phone: Phone, desk: Desk, id: RecordId, field: &'static str, loaded: Loaded) -> AnyView {
    let Words { w, shared, .. } = words();
    let name = w.household_field(field).unwrap_or_default();
    let found = loaded.with(|loaded| match loaded {
        Some(Ok(Some(found))) => Some((found.household.clone(), found.may_correct)),
        _ => None,
    });
    let Some((household, may_correct)) = found else { return opening() };
    let title = view! {
        <div>
            <h1 data-title=w.household>{household.head.clone()}</h1>
            <p>{(w.dispute_title)(name)}". "{w.dispute_words}</p>
        </div>
    };
    if !may_correct {
        let values = live(move || dispute(loaded, field).map(|dispute| both(phone, &dispute)));
        return page(phone, Frame::Inner(Place::Household(id), w.household.to_owned()), view! { {title}{values} }.into_any());
    }
    // What was typed here before the notebook closed by itself.
    let aside = use_context::<Aside>();
    let before = aside.and_then(|aside| aside.get::<Sheet>(Place::Decide(id, field)));
    let choice = RwSignal::new(before.as_ref().map(|_| Choice::Other));
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let way = way();
    let mistake = move || match failed.get() {
        Some(SaveError::Household(error)) if choice.get() == Some(Choice::Other) => Some(error),
        _ => None,
    };
    let sheet = RwSignal::new(before.unwrap_or_else(|| Sheet::of(household)));
    let touched = move || {
        failed.set(None);
        if let Some(aside) = aside {
            sheet.with_untracked(|sheet| aside.set(Place::Decide(id, field), sheet));
        }
    };
    let editor = Editor { sheet, touched: Arc::new(touched), wrong: Arc::new(mistake) };
    let choose = move |chosen: Choice| {
        choice.set(Some(chosen));
        failed.set(None);
    };
    let cell = move |chosen: Choice, value: String, about: String| {
        let words = view! { <b class="big">{value}</b>" "<small>{about}</small> }.into_any();
        radio("gia-tri", move || choice.get() == Some(chosen), move || choose(chosen), words)
    };
    let cells = move || {
        let of = |value: &DisputedValue| {
            let about = (w.written_by)(&author(phone, value), &shared.moment(value.at, phone.today()));
            cell(written(value), shown(value, field), about)
        };
        dispute(loaded, field).map(|dispute| dispute.values.iter().map(of).collect_view())
    };
    // Of yes and no both stand here already.
    let has_other = field != "no_contact";
    let other = has_other.then(|| cell(Choice::Other, w.other_value.to_owned(), w.other_value_hint.to_owned()));
    let keep = move || {
        tried.set(true);
        let (false, Some(dispute)) = (busy.get_untracked(), untrack(|| dispute(loaded, field))) else { return };
        let household = match choice.get_untracked() {
            Some(Choice::Other) => sheet.with_untracked(Sheet::read).map_err(SaveError::Household),
            chosen => match dispute.values.iter().find(|value| Some(written(value)) == chosen) {
                Some(value) => Ok(value.household.clone()),
                // It is not there any more.
                None => return choice.set(None),
            },
        };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let decided = match household {
                Ok(household) => phone.decide(id, &dispute, household).await,
                Err(error) => Err(error),
            };
            busy.try_set(false);
            match decided {
                Ok(()) => {
                    desk.news.set(Some(News::HouseholdSaved));
                    if let Some(way) = way {
                        way.replace(Place::Household(id));
                    }
                }
                Err(error) => {
                    failed.try_set(Some(error));
                    lead_to(id_of(field));
                }
            }
        });
    };
    let missing =
        move || (tried.get() && choice.get().is_none()).then(|| view! { <p class="error" role="alert">{w.choose_one}</p> }.into_any());
    let content = view! {
        {title}
        {live(move || failed.get().filter(|_| mistake().is_none()).map(|error| save_problem(&error)))}
        <fieldset><legend>{(w.which_is_right)(name)}</legend>
            <div class="cells one">{live(cells)}{other}</div>
            {live(missing)}
        </fieldset>
        {live(move || (choice.get() == Some(Choice::Other)).then(|| untrack(|| editor.field(field))))}
    }
    .into_any();
    let dock = view! {
        <button type="button" class="btn" aria-busy=flag(move || busy.get()) on:click=tap(keep)>{w.keep_chosen}</button>
        <a class="btn plain" href=Place::Household(id).href()>{w.ask_family}</a>
    }
    .into_any();
    page(phone, Frame::Docked(Place::Household(id), w.household.to_owned(), dock), content)
}

/// What each of them wrote, in words.
pub fn both(phone: Phone, dispute: &Dispute) -> AnyView {
    let Words { w, shared, .. } = words();
    let line = |value: &DisputedValue| {
        let mut what = shown(value, &dispute.field);
        // A number is read by whoever decides about it, as it is by whoever calls it.
        if dispute.field == "phone" && !value.household.phone.is_empty() {
            what = phone_mask(&what);
        }
        let when = shared.moment(value.at, phone.today());
        view! { <li>{(w.wrote)(&author(phone, value), &what, &when)}</li> }
    };
    view! { <ul class="stack">{dispute.values.iter().map(line).collect_view()}</ul> }.into_any()
}

/// Who wrote a value.
fn author(phone: Phone, value: &DisputedValue) -> String {
    let Words { w, .. } = words();
    match &value.by {
        Author::Here => (w.on_this_phone)(&phone.me().name),
        Author::Phone(name) => name.clone(),
        Author::Desk(name) => (w.at_office)(name),
        Author::Import => w.imported_list.to_owned(),
        Author::Somebody => w.somebody_else.to_owned(),
    }
}

/// One value in words.
fn shown(value: &DisputedValue, field: &str) -> String {
    let Words { w, lang, .. } = words();
    let household = &value.household;
    let text = match field {
        "no" => household.no.clone(),
        "head" => household.head.clone(),
        "sort" => household.sort.clone(),
        "phone" => household.phone.clone(),
        "people" => household.people.map(|people| (w.people_n)(people)).unwrap_or_default(),
        "hint" => household.hint.clone(),
        "cluster" => household.cluster.clone(),
        "hours" => household.hours.clone(),
        "status" => household.status.label(lang).to_owned(),
        "no_contact" => if household.no_contact { w.wants_no_contact } else { w.may_contact }.to_owned(),
        _ => String::new(),
    };
    if text.is_empty() { w.left_empty.to_owned() } else { text }
}
