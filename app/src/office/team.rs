//! Teams: set up by a decision, with a lead and members.

use crate::directory::directory;
use crate::form::{Form, Typed, typed, typed_day};
use crate::session::{lang, new_id, session, words};
use crate::ui::{empty, heading, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::{PersonId, RecordId};
use domain::office::{PersonRow, Seen};
use domain::short;
use domain::team::Team;
use domain::text;
use leptos::prelude::*;

/// The list of teams, and one to fill in.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let title = move || match directory.teams.here() {
        None => words.teams.to_owned(),
        Some(all) if all.is_empty() => words.no_teams.to_owned(),
        Some(all) => {
            let teams = (words.teams_found)(&number(u32::try_from(all.len()).unwrap_or(u32::MAX)));
            match directory.campaign(None).filter(|_| directory.knows_free()).map(|campaign| directory.free(Some(campaign.id)).len()) {
                None => teams,
                Some(0) => (words.teams_assigned)(&teams),
                Some(1) => format!("{teams}. {}", words.one_unassigned),
                Some(n) => format!("{teams}. {}", (words.some_unassigned)(&n.to_string())),
            }
        }
    };
    // Which team is in the form; `None` is a new one. Setting it, even to the same, makes the form anew.
    let editing = RwSignal::new(None::<Seen<Team>>);
    let stored = RwSignal::new(String::new());
    let form = move || edit(editing.get(), editing, stored);
    let said = move || stored.with(|name| (!name.is_empty()).then(|| note(Tone::Good, Icon::DONE, (words.team_stored)(name), ())));
    let form_title = move || if editing.with(Option::is_some) { words.change_team } else { words.add_team };
    view! {
        <div class="line">
            {heading(title)}
            <a class="btn second auto end" href="/office/assign">{words.assign_villages}</a>
        </div>
        <div class="split">
            <div class="col">{directory.teams.draw(move |teams| list(teams, editing))}</div>
            <aside class="pane" aria-label=words.team>
                <h2>{form_title}</h2>
                <div role="status">{said}</div>
                {form}
            </aside>
        </div>
    }
    .into_any()
}

fn list(mut teams: Vec<Seen<Team>>, editing: RwSignal<Option<Seen<Team>>>) -> AnyView {
    let words = words();
    let directory = directory();
    if teams.is_empty() {
        return empty(words.no_teams_why, view! { <a class="btn second auto" href="/office/people">{words.add_people}</a> });
    }
    teams.sort_by(|a, b| text::natural(&a.value.name, &b.value.name));
    let rows = teams
        .into_iter()
        .map(|seen| {
            let team = &seen.value;
            let lead = team.lead.map(|lead| directory.person_name(lead)).unwrap_or_default();
            let decision = team.decision_date.map_or_else(|| team.decision_no.clone(), |day| format!("{} · {day}", team.decision_no));
            let name = team.name.clone();
            let members = number(u32::try_from(team.members.len()).unwrap_or(u32::MAX));
            let spoken = (words.change_named)(&name);
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{decision}</td>
                    <td>{lead}</td>
                    <td class="r">{members}</td>
                    <td><button type="button" class="btn second auto" aria-label=spoken on:click=move |_| editing.set(Some(seen.clone()))>{words.change}</button></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl">
            <caption class="unseen">{words.teams}</caption>
            <thead><tr>
                <th scope="col">{words.team}</th>
                <th scope="col">{words.decision}</th>
                <th scope="col">{words.lead}</th>
                <th scope="col" class="r">{words.members_n}</th>
                <th scope="col"><span class="unseen">{words.change}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn edit(old: Option<Seen<Team>>, editing: RwSignal<Option<Seen<Team>>>, stored: RwSignal<String>) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let form = Form::new("team");
    let (seen, old) = old.map_or((0, None), |old| (old.seen, Some(old.value)));
    let id = old.as_ref().map_or_else(|| new_id(RecordId::new), |team| team.id);
    let first = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let name = first(old.as_ref().map(|team| team.name.clone()));
    let decision_no = first(old.as_ref().map(|team| team.decision_no.clone()));
    let decision_date = first(old.as_ref().and_then(|team| team.decision_date).map(|day| day.to_string()));
    let lead = first(old.as_ref().and_then(|team| team.lead).map(|lead| lead.to_string()));
    let members = RwSignal::new(old.as_ref().map(|team| team.members.clone()).unwrap_or_default());
    // Whoever is in the team already stays in the list, whatever their role is now.
    let able = move || -> Vec<PersonRow> {
        let of_team = |id: &PersonId| members.with_untracked(|members| members.contains(id));
        directory
            .everybody()
            .into_iter()
            .map(|seen| seen.value)
            .filter(|row| (row.person.role.is_field() && !row.person.left) || of_team(&row.person.id))
            .collect()
    };
    let leads = move || {
        let mut options = vec![(String::new(), words.not_chosen.to_owned())];
        options.extend(able().into_iter().map(|row| (row.person.id.to_string(), row.person.name)));
        options
    };
    let cells = move || {
        let people = able();
        if people.is_empty() {
            return view! { <p>{words.no_field_people}" "<a href="/office/people">{words.add_people}</a></p> }.into_any();
        }
        let cells = people
            .into_iter()
            .map(|row| {
                let id = row.person.id;
                let chosen = move || members.with(|members| members.contains(&id));
                let choose = move |on: bool| {
                    members.update(|members| {
                        if on {
                            members.insert(id);
                        } else {
                            members.remove(&id);
                        }
                    })
                };
                let phone = if row.devices == 0 { words.no_phone_yet.to_owned() } else { (words.phones_n)(&number(row.devices)) };
                let about = format!("{} · {phone}", row.person.role.label(lang()));
                app::ui::cells::checkbox(chosen, choose, view! { {row.person.name}" "<small>{about}</small> })
            })
            .collect_view();
        view! { <div class="cells one">{cells}</div> }.into_any()
    };
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(name).is_empty() {
            wrong.push(("name", words.team_name_missing));
        }
        let day = typed_day(decision_date);
        if day.is_err() {
            wrong.push(("decision_date", words.wrong_day));
        }
        let lead: Option<PersonId> = lead.get_untracked().parse().ok();
        if lead.is_none() {
            wrong.push(("lead", words.lead_missing));
        }
        if !form.accept(wrong) {
            return;
        }
        let mut all: short::Set<PersonId> = members.get_untracked();
        // The lead is a member.
        all.extend(lead);
        let team = Team { id, name: typed(name), decision_no: typed(decision_no), decision_date: day.ok().flatten(), lead, members: all };
        let name = team.name.clone();
        form.send(
            &["name", "decision_no", "decision_date", "lead", "members"],
            async move { session.write("teams", seen, &team).await },
            move |()| {
                directory.teams.again();
                stored.set(name);
                editing.set(None);
            },
        );
    };
    let leave = (seen != 0)
        .then(|| view! { <button type="button" class="btn plain" on:click=move |_| editing.set(None)>{words.leave_it}</button> });
    let button = if seen == 0 { words.add_team } else { words.store_team };
    form.view(
        submit,
        view! {
            {form.field("name", Typed::Line, words.team_name, words.team_name_hint, name)}
            {form.field("decision_no", Typed::Line, words.decision_no, words.decision_no_hint, decision_no)}
            {form.field("decision_date", Typed::Day, words.decision_date, words.day_hint, decision_date)}
            {form.choice("lead", words.lead, "", leads, lead)}
            <fieldset id="team-members"><legend>{words.members}</legend>{cells}</fieldset>
            {form.button(move || button.to_owned())}
            {leave}
        },
    )
}
