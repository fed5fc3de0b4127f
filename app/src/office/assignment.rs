//! Which village is given to which team in a campaign.

use crate::directory::{directory, values};
use crate::fetched::Fetched;
use crate::filter::{Part, address, bar, filter, query};
use crate::form::{Form, Typed, typed_day};
use crate::session::{new_id, words};
use crate::ui::{confirm, empty, heading, number};
use app::ui::cells::{checkbox, radio};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::campaign::{Assignment, CampaignState};
use domain::id::{AreaId, RecordId};
use domain::office::{Coverage, Filter, Seen};
use domain::text;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Giving villages to a team, and taking them back.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let filter = filter();
    let campaign = Memo::new(move |_| directory.campaign(filter.get().campaign));
    let coverage = Fetched::<Coverage>::new(move || {
        let campaign = campaign.get()?.id;
        Some(format!("coverage?{}", query(&Filter { campaign: Some(campaign), ..Filter::default() })))
    });
    // How many households a village has: told beside it, and not needed to give it away.
    let households = Memo::new(move |_| -> BTreeMap<AreaId, u32> {
        coverage
            .here()
            .map(|found| found.villages.iter().map(|village| (village.village, village.counts.households)).collect())
            .unwrap_or_default()
    });
    let given = Memo::new(move |_| directory.given(campaign.get().map(|campaign| campaign.id)));
    let free = Memo::new(move |_| directory.free(campaign.get().map(|campaign| campaign.id)));
    // Before all of it is here nobody knows what is left to give away.
    let known = move || directory.knows_free();
    let title = move || match (campaign.get(), free.get().len()) {
        _ if !known() => words.assign.to_owned(),
        (None, _) => words.no_campaign.to_owned(),
        (Some(_), 0) => words.all_assigned.to_owned(),
        (Some(_), 1) => words.one_unassigned.to_owned(),
        (Some(_), n) => (words.some_unassigned)(&n.to_string()),
    };
    let form = Form::new("assign");
    let chosen = RwSignal::new(BTreeSet::<AreaId>::new());
    let team = RwSignal::new(None::<RecordId>);
    let due = RwSignal::new(String::new());
    let stored = RwSignal::new(String::new());
    // Made once for each village and team, so that a second press after a lost answer gives nothing twice.
    let ids = StoredValue::new(BTreeMap::<(AreaId, RecordId), RecordId>::new());

    let chosen_households =
        move || -> u32 { households.with(|all| chosen.with(|chosen| chosen.iter().filter_map(|village| all.get(village)).sum())) };
    let sentence = move || {
        let team = team.get().map(|id| directory.team_name(id)).unwrap_or_else(|| words.not_chosen.to_owned());
        (words.assign_sentence)(&chosen.with(BTreeSet::len).to_string(), &number(chosen_households()), &team)
    };
    let submit = move || {
        let mut wrong = Vec::new();
        if campaign.get_untracked().is_none_or(|campaign| campaign.state == CampaignState::Closed) {
            wrong.push(("villages", words.campaign_closed));
        } else if chosen.with_untracked(BTreeSet::is_empty) {
            wrong.push(("villages", words.villages_missing));
        }
        let day = typed_day(due);
        if day.is_err() {
            wrong.push(("due", words.wrong_day));
        }
        if team.get_untracked().is_none() {
            wrong.push(("team", words.team_missing));
        }
        if !form.accept(wrong) {
            return;
        }
        let (Some(campaign), Some(team)) = (campaign.get_untracked(), team.get_untracked()) else { return };
        let assignments: Vec<Assignment> = chosen
            .get_untracked()
            .into_iter()
            .map(|village| {
                let fresh = new_id(RecordId::new);
                let mut id = fresh;
                ids.update_value(|ids| id = *ids.entry((village, team)).or_insert(fresh));
                Assignment { id, campaign: campaign.id, team, village, due: day.ok().flatten(), ended: false, share: None }
            })
            .collect();
        let said = (words.assign_done)(&assignments.len().to_string(), &directory.team_name(team));
        // What is given is given: a fault at the next one does not ask for it again.
        let given = move |assignment: &Assignment| {
            chosen.try_update(|chosen| chosen.remove(&assignment.village));
            ids.try_update_value(|ids| ids.remove(&(assignment.village, assignment.team)));
        };
        form.store_all(&["due"], "assignments", assignments, given, move |()| {
            directory.assignments.again();
            coverage.again();
            stored.set(said);
        });
    };

    let village_cells = move || {
        let villages = free.get();
        if villages.is_empty() {
            return view! { <p class="muted">{if campaign.get().is_some() { words.all_assigned } else { words.no_campaign_why }}</p> }
                .into_any();
        }
        let cells = villages
            .into_iter()
            .map(|unit| {
                let id = unit.id;
                let is_chosen = move || chosen.with(|chosen| chosen.contains(&id));
                let choose = move |on: bool| {
                    chosen.update(|chosen| {
                        if on {
                            chosen.insert(id);
                        } else {
                            chosen.remove(&id);
                        }
                    })
                };
                let about = move || households.with(|all| all.get(&id).map(|n| (words.households_in)(&number(*n))));
                checkbox(is_chosen, choose, view! { {unit.name}" "<small>{about}</small> })
            })
            .collect_view();
        view! { <div class="cells one">{cells}</div> }.into_any()
    };
    let team_cells = move || {
        let mut teams = values(directory.teams);
        if teams.is_empty() {
            return empty(words.no_teams_why, view! { <a class="btn second auto" href="/office/teams">{words.add_team}</a> });
        }
        teams.sort_by(|a, b| text::natural(&a.name, &b.name));
        let cells = teams
            .into_iter()
            .map(|one| {
                let id = one.id;
                let lead = one.lead.map(|lead| directory.person_name(lead)).unwrap_or_default();
                let about = (words.team_about)(&lead, &one.members.len().to_string());
                radio(
                    "assign-team",
                    move || team.get() == Some(id),
                    move || team.set(Some(id)),
                    view! { {one.name}" "<small>{about}</small> },
                )
            })
            .collect_view();
        view! { <div class="cells one">{cells}</div> }.into_any()
    };
    let said = move || {
        stored.with(|said| (!said.is_empty()).then(|| note(Tone::Good, Icon::DONE, said.clone(), view! { <p>{words.reaches_phones}</p> })))
    };
    let fields = view! {
        <div class="split" hidden=move || free.with(Vec::is_empty) && stored.with(String::is_empty)>
            <div class="col">
                <fieldset id="assign-villages" tabindex="-1"><legend>{words.choose_villages}</legend>{village_cells}</fieldset>
                <fieldset id="assign-team" tabindex="-1"><legend>{words.give_to}</legend>{team_cells}</fieldset>
            </div>
            <aside class="pane" aria-label=words.look_over>
                <h2>{words.look_over}</h2>
                <p class="big">{sentence}</p>
                {form.field("due", Typed::Day, words.due_day, words.due_day_hint, due)}
                {form.button(move || (words.assign_button)(&number(chosen_households())))}
                <div role="status">{said}</div>
            </aside>
        </div>
    };
    view! {
        <p class="small muted"><a href="/office/teams">{words.teams}</a>" › "{words.assign}</p>
        {heading(title)}
        {bar(&[Part::Campaign], filter, ())}
        {form.view(submit, fields)}
        {move || table(given.get())}
    }
    .into_any()
}

fn table(given: Vec<Seen<Assignment>>) -> AnyView {
    let words = words();
    let directory = directory();
    if given.is_empty() {
        return ().into_any();
    }
    let mut given: Vec<(String, Seen<Assignment>)> =
        given.into_iter().map(|seen| (directory.village_name(seen.value.village), seen)).collect();
    given.sort_by(|a, b| text::natural(&a.0, &b.0));
    let rows = given
        .into_iter()
        .enumerate()
        .map(|(n, (village, seen))| {
            let team = directory.team_name(seen.value.team);
            let due = seen.value.due.map_or_else(|| "–".to_owned(), |day| day.to_string());
            let (out, back) = match &seen.whose {
                Some(commune) => (view! { <span class="small muted">{(words.given_by)(commune)}</span> }.into_any(), None),
                None => {
                    let filter = Filter { campaign: Some(seen.value.campaign), village: Some(seen.value.village), ..Filter::default() };
                    let spoken = (words.share_village_of)(&village);
                    let out =
                        view! { <a class="btn second auto" href=address("share", &filter) aria-label=spoken>{words.share_village}</a> };
                    (out.into_any(), Some(take_back(n + 1, seen)))
                }
            };
            view! {
                <tr><th scope="row">{village}</th><td>{team}</td><td>{due}</td><td>{out}</td><td>{back}</td></tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl">
            <caption>{words.given}</caption>
            <thead><tr>
                <th scope="col">{words.village}</th>
                <th scope="col">{words.team}</th>
                <th scope="col">{words.due_day}</th>
                <th scope="col"><span class="unseen">{words.share_village}</span></th>
                <th scope="col"><span class="unseen">{words.take_back}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn take_back(row: usize, seen: Seen<Assignment>) -> AnyView {
    let words = words();
    let directory = directory();
    let form = Form::of_row("back", row);
    let seen = StoredValue::new(seen);
    let act = move || {
        let Seen { seen, value, .. } = seen.get_value();
        let ended = Assignment { ended: true, ..value };
        form.store(&[], "assignments", seen, ended, move |()| directory.assignments.again());
    };
    form.view(|| (), confirm(words.take_back, move || words.take_back_warning.to_owned(), words.take_back, act))
}
