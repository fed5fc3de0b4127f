//! One incident as the authority's form asks for it, to print or to copy from.

use crate::browser;
use crate::fetched::Fetched;
use crate::incident::{moment, state};
use crate::route_list::printed_at;
use crate::session::{lang, session, words};
use crate::ui::{detail, empty, heading, number};
use app::platform::time::now;
use domain::id::RecordId;
use domain::incident::{Clock, Incident, IncidentRow, Rule};
use domain::office::Listed;
use leptos::prelude::*;

/// The page of one of them.
pub fn page(id: RecordId, all: Fetched<Listed<IncidentRow>>) -> AnyView {
    let words = words();
    let draw = move |found: Listed<IncidentRow>| match found.rows.iter().find(|row| row.incident.id == id) {
        Some(row) => sheet(row),
        None => empty(words.no_incidents, ()),
    };
    view! {
        <div class="line">
            {heading(move || words.incident_sheet_title.to_owned())}
            <button type="button" class="btn auto" on:click=move |_| browser::print()>{words.print}</button>
            <a class="btn second auto end" href="/office/incidents">{words.incident_all}</a>
        </div>
        {all.draw(draw)}
    }
    .into_any()
}

/// In the order of the form. What is not known yet says so: an empty line on paper would be taken for nothing to say.
fn sheet(row: &IncidentRow) -> AnyView {
    let words = words();
    let Incident { detected, happened, what, data, people, harm, consequences, measures, contact, reference, .. } = row.incident.clone();
    let known = |text: String| if text.is_empty() { words.incident_unknown.to_owned() } else { text };
    let data: Vec<&str> = data.iter().map(|kind| kind.label(lang())).collect();
    let source = (words.incident_sheet_source)(Rule::of(detected.date()).source(lang()));
    let unit = session().me.with_untracked(|me| me.as_ref().map(|me| me.unit_name.clone())).unwrap_or_default();
    let phone = row.phone.as_ref().map(|phone| detail(words.incident_phone, view! { {phone.name.clone()}{crate::devices::end(phone)} }));
    let told = matches!(row.incident.clock(now()), Clock::Told { .. }).then(|| detail(words.incident_reference, known(reference)));
    view! {
        <p class="small">{source}" · "{printed_at()}</p>
        <dl>
            {detail(words.incident_unit, unit)}
            {detail(words.incident_detected, moment(detected))}
            {detail(words.incident_happened, known(happened.map(|day| day.to_string()).unwrap_or_default()))}
            {detail(words.incident_what, view! { <span class="lines">{what}</span> })}
            {phone}
            {detail(words.incident_data, known(data.join("; ")))}
            {detail(words.incident_people, known(people.map(number).unwrap_or_default()))}
            {detail(words.incident_harm, harm.label(lang()))}
            {detail(words.incident_consequences, view! { <span class="lines">{known(consequences)}</span> })}
            {detail(words.incident_measures, view! { <span class="lines">{known(measures)}</span> })}
            {detail(words.incident_contact, view! { <span class="lines">{known(contact)}</span> })}
            {detail(words.incident_state, state(&row.incident))}
            {told}
        </dl>
    }
    .into_any()
}
