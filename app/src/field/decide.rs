//! Two people wrote down different things. Both stay until a person chooses; nothing is chosen beforehand.

use crate::draft::{Desk, News};
use crate::page::{Frame, Words, load, nothing, opening, page, way, words};
use crate::place::Place;
use crate::problem::{save_problem, store_problem};
use app::phone::{Dispute, DisputedValue, Phone, SaveError};
use app::ui::cells::radio;
use app::ui::live::{live, tap};
use domain::household::Household;
use domain::id::RecordId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Which value of one field is right.
pub fn decide(phone: Phone, desk: Desk, id: RecordId, field: &'static str) -> AnyView {
    let Words { w, .. } = words();
    let loaded = load(phone, move || async move { phone.household(id, None).await });
    let chosen = RwSignal::new(None::<usize>);
    live(move || {
        loaded.with(|loaded| match loaded {
            None => opening(),
            Some(Ok(None)) => nothing(phone, w.household_gone, w.household_gone_why.to_owned()),
            Some(Ok(Some(found))) => match found.disputes.iter().find(|dispute| dispute.field == field) {
                Some(dispute) => untrack(|| show(phone, desk, id, &found.household, dispute, field, chosen)),
                None => nothing(phone, w.dispute_over, w.dispute_over_words.to_owned()),
            },
            Some(Err(error)) => {
                let content = view! { <h1>{w.dispute_choose}</h1>{store_problem(error)} }.into_any();
                page(phone, Frame::Inner(Place::Household(id), w.household.to_owned()), content)
            }
        })
    })
}

fn show(
    phone: Phone,
    desk: Desk,
    id: RecordId,
    household: &Household,
    dispute: &Dispute,
    field: &'static str,
    chosen: RwSignal<Option<usize>>,
) -> AnyView {
    let Words { w, shared, .. } = words();
    let name = w.household_field(field).unwrap_or_default();
    let tried = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let values = StoredValue::new(dispute.values.clone());
    let way = way();
    let cells = dispute.values.iter().enumerate().map(|(n, value)| {
        let moment = shared.moment(value.at, phone.today());
        let who = if value.own { (w.written_here)(&moment) } else { (w.written_elsewhere)(&moment) };
        radio(
            "gia-tri",
            move || chosen.get() == Some(n),
            move || chosen.set(Some(n)),
            view! {
                <b class="big">{shown(value, field)}</b>" "<small>{who}</small>
            }
            .into_any(),
        )
    });
    let keep = move || {
        tried.set(true);
        let Some(value) = chosen.get_untracked().and_then(|n| values.with_value(|values| values.get(n).cloned())) else { return };
        failed.set(None);
        spawn_local(async move {
            match phone.save_household(id, value.household, &[field], None).await {
                Ok(()) => {
                    desk.news.set(Some(News::HouseholdSaved));
                    if let Some(way) = way {
                        way.replace(Place::Household(id));
                    }
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let missing =
        move || (tried.get() && chosen.get().is_none()).then(|| view! { <p class="error" role="alert">{w.choose_one}</p> }.into_any());
    let content = view! {
        <div>
            <h1 data-title=w.household>{household.head.clone()}</h1>
            <p>{(w.dispute_title)(name)}". "{w.dispute_words}</p>
        </div>
        {live(move || failed.get().map(|error| save_problem(&error)))}
        <fieldset><legend>{(w.which_is_right)(name)}</legend>
            <div class="cells one">{cells.collect_view()}</div>
            {live(missing)}
        </fieldset>
        <a class="btn plain" href=Place::EditHousehold(id).href()>{w.another_value}</a>
    }
    .into_any();
    let dock = view! {
        <button type="button" class="btn" on:click=tap(keep)>{w.keep_chosen}</button>
        <a class="btn plain" href=Place::Household(id).href()>{w.ask_family}</a>
    }
    .into_any();
    page(phone, Frame::Docked(Place::Household(id), w.household.to_owned(), dock), content)
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
