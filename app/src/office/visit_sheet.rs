//! The paper visit sheet, to print: a block for each household, its parts in the order and the words of the form in which it
//! is typed in ([`crate::typing`]), each choice under the number that is typed for it.

use crate::filter::{Part, bar, filter};
use crate::route_list::{homes, print_button, printed_at};
use crate::session::{lang, words};
use crate::typing::ways;
use crate::ui::{empty, heading, number};
use domain::household::HouseholdStatus;
use domain::office::HouseholdRow;
use domain::opinion::{OpinionKind, ReporterMode, Urgency};
use domain::visit::{ContactResult, PurposeResult};
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let homes = homes(filter);
    let only_left = RwSignal::new(true);
    let village = move || homes.here().and_then(|found| found.rows.first().map(|row| row.village.clone()));
    let title = move || match village() {
        Some(village) if filter.get().village.is_some() => (words.sheets_print_title)(&village),
        _ => words.sheets_choose.to_owned(),
    };
    let left = view! {
        <label class="check"><input type="checkbox" prop:checked=move || only_left.get()
            on:change=move |event| only_left.set(event_target_checked(&event))/>{words.print_only_left}</label>
    };
    view! {
        {ways("sheets")}
        <div class="line">{heading(title)}{print_button(filter)}</div>
        {bar(&[Part::Campaign, Part::Village], filter, left)}
        {move || filter.get().village.is_some().then(|| homes.draw(move |found| sheets(found.rows, only_left.get())))}
    }
    .into_any()
}

fn sheets(rows: Vec<HouseholdRow>, only_left: bool) -> AnyView {
    let words = words();
    let wanted = |row: &HouseholdRow| row.status == HouseholdStatus::Active && !row.no_contact && !(only_left && row.met.is_some());
    let rows: Vec<HouseholdRow> = rows.into_iter().filter(wanted).collect();
    let Some(first) = rows.first() else { return empty(words.nothing_found, ()) };
    let village = first.village.clone();
    let count = (words.print_n)(&number(u32::try_from(rows.len()).unwrap_or(u32::MAX)));
    let about = format!("{count} · {}", printed_at());
    let blocks = rows.into_iter().map(block).collect_view();
    view! {
        <p class="small">{about}" · "{words.print_same_order}</p>
        <div class="sheets">{blocks}{slip(village)}</div>
    }
    .into_any()
}

/// Choices to tick, under the numbers that are typed for them.
fn ticks(all: impl IntoIterator<Item = &'static str>) -> AnyView {
    let all = all.into_iter().enumerate();
    let cell = |(n, label): (usize, &'static str)| view! { <span class="tick"><span class="box"></span>{n + 1}" "{label}</span> };
    view! { <span class="ticks">{all.map(cell).collect_view()}</span> }.into_any()
}

fn line(label: &'static str, content: impl IntoView + 'static) -> AnyView {
    view! { <div class="sheet-row"><span class="sheet-label">{label}</span>{content}</div> }.into_any()
}

/// Room to write a day.
fn day() -> AnyView {
    view! { <span class="fill">"……/……/20……"</span> }.into_any()
}

fn block(row: HouseholdRow) -> AnyView {
    let words = words();
    let lang = lang();
    let home = [row.no.as_str(), row.head.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let about = [row.village.as_str(), row.place.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <section class="visit-sheet">
            <p class="line"><b class="big">{home}</b><b class="big end">{row.code}</b></p>
            <p class="small">{about}</p>
            <p class="small">{words.print_once}</p>
            {line(words.who_met, ticks(ContactResult::ALL.iter().map(|contact| contact.label(lang))))}
            {line(words.done_there, ticks(PurposeResult::ALL.iter().map(|purpose| purpose.label(lang))))}
            {line(words.come_again, day())}
            {line(words.promised_until, day())}
            {opinion()}
            <p class="small">{words.print_unnamed}</p>
            {line(words.short_note, view! { <span class="rules one"></span> })}
        </section>
    }
    .into_any()
}

/// Kind first, then topic, words and urgency, as they are typed.
fn opinion() -> AnyView {
    let words = words();
    let lang = lang();
    view! {
        {line(words.what_was_said, ticks(OpinionKind::ALL.iter().map(|kind| kind.label(lang))))}
        {line(words.topic, view! { <span class="fill">"………………………………………………………………"</span> })}
        {line(words.said_words, view! { <span class="rules"></span> })}
        {line(words.said_urgency, ticks(Urgency::ALL.iter().map(|urgency| urgency.label(lang))))}
    }
    .into_any()
}

/// What has no name stands on paper of its own too.
fn slip(village: String) -> AnyView {
    let words = words();
    let lang = lang();
    let modes = ReporterMode::ALL.iter().filter(|mode| **mode != ReporterMode::Named).map(|mode| mode.label(lang));
    let modes = modes.collect::<Vec<_>>();
    view! {
        <section class="visit-sheet">
            <p class="line"><b class="big">{words.print_slip}</b><b class="big end">{village}</b></p>
            <p class="small">{words.print_slip_words}</p>
            {opinion()}
            {line(words.said_who, modes.join(" / "))}
        </section>
    }
    .into_any()
}
