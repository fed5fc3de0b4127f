//! Teams: set up by a decision, with a lead and members.

use crate::directory::{directory, values};
use crate::form::{Form, Typed, typed, typed_day};
use crate::session::{lang, new_id, words};
use crate::ui::{empty, heading, list_and_form, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::code_book::CodeList;
use domain::id::{PersonId, RecordId};
use domain::office::{PersonRow, Seen};
use domain::short;
use domain::team::{Duty, Mandate, Post, Team};
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
    let said = move || stored.with(|name| (!name.is_empty()).then(|| note(Tone::Good, Icon::DONE, (words.stored_named)(name), ())));
    let form_title = move || if editing.with(Option::is_some) { words.change_team } else { words.add_team };
    view! {
        <div class="line">
            {heading(title)}
            <div class="line end">
                <a class="btn second auto" href="/office/lists">{words.code_lists}</a>
                <a class="btn second auto" href="/office/organizations">{words.organizations}</a>
                <a class="btn second auto" href="/office/assign">{words.assign_villages}</a>
            </div>
        </div>
        {list_and_form(directory.teams.draw(move |teams| list(teams, editing)), words.team, form_title, said, form)}
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
            let act = match seen.whose.clone() {
                Some(commune) => view! { <span class="small muted">{(words.team_of)(&commune)}</span> }.into_any(),
                None => {
                    let spoken = (words.change_named)(&name);
                    let change = move |_| editing.set(Some(seen.clone()));
                    view! { <button type="button" class="btn second auto" aria-label=spoken on:click=change>{words.change}</button> }
                        .into_any()
                }
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{decision}</td>
                    <td>{lead}</td>
                    <td class="r">{members}</td>
                    <td>{act}</td>
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
    let mandate = old.as_ref().map(|team| team.mandate).unwrap_or_default();
    let issuer = first(mandate.issuer.map(|issuer| issuer.to_string()));
    let (from, to) = (first(mandate.from.map(|day| day.to_string())), first(mandate.to.map(|day| day.to_string())));
    let members = RwSignal::new(old.as_ref().map(|team| team.members.clone()).unwrap_or_default());
    let posts = RwSignal::new(old.as_ref().map(|team| team.posts.clone()).unwrap_or_default());
    let issuers = move || organizations(issuer.get_untracked().parse().ok());
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
        let (day, from, to) = (typed_day(decision_date), typed_day(from), typed_day(to));
        for (field, day) in [("decision_date", day), ("from", from), ("to", to)] {
            if day.is_err() {
                wrong.push((field, words.wrong_day));
            }
        }
        if let (Ok(Some(from)), Ok(Some(to))) = (from, to)
            && to < from
        {
            wrong.push(("to", words.ends_before));
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
        let mut posts = posts.get_untracked();
        let gone: Vec<PersonId> = posts.keys().copied().filter(|person| !all.contains(person)).collect();
        for person in &gone {
            posts.remove(person);
        }
        // Of the one who leads, the duty is said by that.
        if let Some(post) = lead.and_then(|lead| posts.get_mut(&lead)) {
            post.duty = Duty::Member;
        }
        let mandate = Mandate { issuer: issuer.get_untracked().parse().ok(), from: from.ok().flatten(), to: to.ok().flatten() };
        let team = Team {
            id,
            name: typed(name),
            decision_no: typed(decision_no),
            decision_date: day.ok().flatten(),
            mandate,
            lead,
            members: all,
            posts,
        };
        let name = team.name.clone();
        let fields = &["name", "decision_no", "decision_date", "issuer", "from", "to", "lead", "members"];
        form.store(fields, "teams", seen, team, move |()| {
            directory.teams.again();
            stored.set(name);
            editing.set(None);
        });
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
            {form.choice("issuer", words.issuer, "", issuers, issuer)}
            {form.field("from", Typed::Day, words.team_from, words.day_hint, from)}
            {form.field("to", Typed::Day, words.team_to, words.team_to_hint, to)}
            {form.choice("lead", words.lead, "", leads, lead)}
            <fieldset id="team-members"><legend>{words.members}</legend>{cells}</fieldset>
            {move || stands(members.get(), lead.get().parse().ok(), posts)}
            {form.button(move || button.to_owned())}
            {leave}
        },
    )
}

/// The organisations to choose from, and the one that is chosen already though it is not there any more.
fn organizations(chosen: Option<RecordId>) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), words().not_chosen.to_owned())];
    let all = values(directory().organizations).into_iter().filter(|one| !one.ended || Some(one.id) == chosen);
    options.extend(all.map(|one| (one.id.to_string(), one.name)));
    options
}

/// Duty and organisation of each member; the one who leads has their duty.
fn stands(members: short::Set<PersonId>, lead: Option<PersonId>, posts: RwSignal<short::Map<PersonId, Post>>) -> AnyView {
    let words = words();
    let directory = directory();
    let codes = directory.code_book();
    let people = directory.everybody().into_iter().map(|seen| seen.value.person);
    let rows = people
        .filter(|person| members.contains(&person.id) || lead == Some(person.id))
        .map(|person| {
            let id = person.id;
            let post = posts.with_untracked(|posts| posts.get(&id).copied()).unwrap_or(Post::PLAIN);
            let change = move |change: &dyn Fn(&mut Post)| posts.update(|posts| change(posts.get_or_insert_with(id, || Post::PLAIN)));
            let duty = if lead == Some(id) {
                view! { <p>{Duty::Head.label(lang())}</p> }.into_any()
            } else {
                // The one that somebody has stays, also where it is no longer used.
                let offered = |duty: &&Duty| **duty == post.duty || codes.offers(CodeList::Duty, duty.code());
                let options = Duty::ALL.iter().filter(|duty| **duty != Duty::Head).filter(offered).map(|duty| {
                    let selected = *duty == post.duty;
                    view! { <option value=duty.code() selected=selected>{duty.label(lang())}</option> }
                });
                let learn = move |event: leptos::ev::Event| {
                    let duty = Duty::from_code(&event_target_value(&event)).unwrap_or(Duty::Member);
                    change(&|post| post.duty = duty);
                };
                view! { <select class="input" aria-label=(words.duty_of)(&person.name) on:change=learn>{options.collect_view()}</select> }
                    .into_any()
            };
            let options = organizations(post.organization).into_iter().map(|(value, name)| {
                let selected = value == post.organization.map(|id| id.to_string()).unwrap_or_default();
                view! { <option value=value selected=selected>{name}</option> }
            });
            let learn = move |event: leptos::ev::Event| {
                let organization = event_target_value(&event).parse().ok();
                change(&|post| post.organization = organization);
            };
            let sent =
                view! { <select class="input" aria-label=(words.organization_of)(&person.name) on:change=learn>{options.collect_view()}</select> };
            view! { <li class="stack"><b>{person.name}</b>{duty}{sent}</li> }
        })
        .collect_view();
    view! { <h3>{words.posts}</h3><ul class="plain">{rows}</ul> }.into_any()
}
