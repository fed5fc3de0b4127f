//! The route list of a village, to print and take along: its households in their order, what stands so far, room to write.

use crate::browser;
use crate::fetched::Fetched;
use crate::filter::{Part, bar, filter, query};
use crate::session::{shared, today, words};
use crate::typing::ways;
use crate::ui::{empty, heading, number};
use app::platform::time::now;
use domain::household::HouseholdStatus;
use domain::office::{Filter, HouseholdRow, Listed};
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let homes = homes(filter);
    let title = move || match homes.here().and_then(|found| found.rows.first().map(|row| row.village.clone())) {
        Some(village) if filter.get().village.is_some() => (words.route_title)(&village),
        _ => words.route_choose.to_owned(),
    };
    view! {
        {ways("route")}
        <div class="line">{heading(title)}{print_button(filter)}</div>
        {bar(&[Part::Campaign, Part::Village], filter, ())}
        {move || filter.get().village.is_some().then(|| homes.draw(|found| list(found.rows)))}
    }
    .into_any()
}

/// Every household of the village in the address, for the campaign in it.
pub fn homes(filter: Memo<Filter>) -> Fetched<Listed<HouseholdRow>> {
    Fetched::new(move || {
        let Filter { campaign, village, .. } = filter.get();
        let asked = query(&Filter { campaign, ..Filter::default() });
        village.map(|village| format!("villages/{village}/households?{asked}"))
    })
}

/// Prints what is below, once there is anything.
pub fn print_button(filter: Memo<Filter>) -> AnyView {
    let words = words();
    let button = move || {
        filter
            .get()
            .village
            .is_some()
            .then(|| view! { <button type="button" class="btn auto" on:click=move |_| browser::print()>{words.print}</button> })
    };
    button.into_any()
}

/// When it was printed: paper has no other way to say how old it is.
pub fn printed_at() -> String {
    (words().print_as_of)(&shared().moment(now(), today()))
}

fn list(rows: Vec<HouseholdRow>) -> AnyView {
    let words = words();
    let rows: Vec<HouseholdRow> = rows.into_iter().filter(|row| row.status == HouseholdStatus::Active).collect();
    if rows.is_empty() {
        return empty(words.no_households_why, ());
    }
    let count = (words.print_n)(&number(u32::try_from(rows.len()).unwrap_or(u32::MAX)));
    let about = format!("{count} · {}", printed_at());
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <p class="small">{about}</p>
        <p class="only-print">{words.print_once}</p>
        <table class="tbl sheet-list">
            <thead><tr>
                <th scope="col">{words.number_short}</th>
                <th scope="col">{words.code}</th>
                <th scope="col">{words.head}</th>
                <th scope="col">{words.place}</th>
                <th scope="col">{words.so_far}</th>
                <th scope="col" class="blank">{words.day_short}</th>
                <th scope="col" class="blank">{words.met_number}</th>
                <th scope="col" class="blank wide">{words.print_note}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Met or not, and nothing by which one could tell why not.
pub fn so_far(row: &HouseholdRow) -> String {
    let words = words();
    match row.met {
        _ if row.no_contact => words.no_contact_short.to_owned(),
        Some(at) => format!("{} {}", words.met, at.date()),
        None => words.not_met.to_owned(),
    }
}

fn row(row: HouseholdRow) -> AnyView {
    let so_far = so_far(&row);
    view! {
        <tr>
            <td>{row.no}</td>
            <td>{row.code}</td>
            <th scope="row">{row.head}</th>
            <td>{row.place}</td>
            <td>{so_far}</td>
            <td></td><td></td><td></td>
        </tr>
    }
    .into_any()
}
