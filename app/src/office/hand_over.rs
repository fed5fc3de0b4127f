//! Handing somebody's work to somebody else: first what would pass, then the button that does it.

use crate::directory::directory;
use crate::fetched::Fetched;
use crate::form::Form;
use crate::session::{lang, new_id, session, words};
use crate::ui::{empty, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::hand_over::{HandOver, HandOverRow};
use domain::id::{DeviceId, PersonId};
use domain::office::{Listed, PersonRow, Write};
use leptos::prelude::*;
use std::rc::Rc;

/// What stands beside the tables. `done` is told what to say.
pub fn pane(row: &PersonRow, done: impl Fn(String) + Copy + Send + Sync + 'static) -> AnyView {
    let words = words();
    let (from, name) = (row.person.id, row.person.name.clone());
    let work = Fetched::<Listed<HandOverRow>>::new(move || Some(format!("people/{from}/hand-over")));
    // Made once, so that pressing twice hands over once.
    let device = new_id(DeviceId::new);
    let title = (words.hand_over_of)(&name);
    let shown = move |work: Listed<HandOverRow>| {
        if work.rows.is_empty() {
            return empty(words.nothing_to_hand_over, ());
        }
        view! { {teams(&work)}{form(from, name.clone(), device, work.rows, done)} }.into_any()
    };
    view! {
        <h2>{title}</h2>
        <p>{words.hand_over_intro}</p>
        {work.draw(shown)}
        <button type="button" class="btn plain" on:click=move |_| done(String::new())>{words.close}</button>
    }
    .into_any()
}

fn teams(work: &Listed<HandOverRow>) -> AnyView {
    let words = words();
    let rows = work
        .rows
        .iter()
        .map(|row| {
            let villages = if row.villages.is_empty() {
                words.no_villages_given.to_owned()
            } else {
                format!("{}: {}", row.villages.join(", "), (words.households_found)(&number(row.households)))
            };
            let due = (row.due > 0).then(|| view! { <br/>{(words.due_of_them)(&number(row.due))} });
            view! { <li><b>{row.name.clone()}</b>", "{row.duty.label(lang())}<br/><span class="small">{villages}{due}</span></li> }
        })
        .collect_view();
    view! { <h3>{words.passes_on}</h3><ul class="plain">{rows}</ul><p class="small muted">{words.stays_theirs}</p> }.into_any()
}

fn form(
    from: PersonId,
    name: String,
    device: DeviceId,
    rows: Vec<HandOverRow>,
    done: impl Fn(String) + Copy + Send + Sync + 'static,
) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("hand-over");
    let to = RwSignal::new(String::new());
    let teams: Vec<_> = rows.iter().map(|row| (row.team, row.seen)).collect();
    let shares: Vec<_> = rows.iter().flat_map(|row| row.shares.iter().copied()).collect();
    let options = move || {
        let mut options = vec![(String::new(), words.not_chosen.to_owned())];
        let able = directory.everybody().into_iter().map(|seen| seen.value.person);
        let able = able.filter(|person| person.role.is_field() && !person.left && person.id != from);
        options.extend(able.map(|person| (person.id.to_string(), format!("{} · {}", person.name, person.role.label(lang())))));
        options
    };
    let submit = move || {
        let heir: Option<PersonId> = to.get_untracked().parse().ok();
        let wrong = if heir.is_none() { vec![("to", words.heir_missing)] } else { Vec::new() };
        if !form.accept(wrong) {
            return;
        }
        let Some(to) = heir else { return };
        let said = (words.handed_over)(&name, &untrack(|| directory.person_name(to)));
        let change = Write { device, seq: 1, seen: 0, value: HandOver { from, to, teams: teams.clone(), shares: shares.clone() } };
        let path = format!("people/{from}/hand-over");
        let sent = Rc::new((path, change));
        let work = move || {
            let sent = Rc::clone(&sent);
            async move { session.post::<()>(&sent.0, &sent.1).await }
        };
        form.deliver(&["to"], work, move |()| {
            directory.teams.again();
            directory.assignments.again();
            done(said);
        });
    };
    let warning = note(Tone::Wait, Icon::WARNING, words.hand_over_warning, ());
    form.view(
        submit,
        view! {
            {form.choice("to", words.hand_over_to, "", options, to)}
            {warning}
            {form.button(move || words.hand_over_yes.to_owned())}
        },
    )
}
