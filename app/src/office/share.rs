//! Chosen households of a village, given to one member of a team: clusters and single houses with a tick, who goes there,
//! and what it comes to.

use crate::directory::{directory, values};
use crate::fetched::Fetched;
use crate::filter::{Part, address, bar, filter, query};
use crate::form::{Form, Typed, in_turn, typed_day};
use crate::session::{Fault, new_id, session, words};
use crate::ui::{confirm, empty, heading, number};
use app::ui::cells::{checkbox, radio};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::campaign::{Assignment, CampaignState};
use domain::id::{PersonId, RecordId};
use domain::office::{Filter, Seen};
use domain::share::{Share, VillageWork, WorkRow};
use domain::short;
use domain::text::{self, Query};
use domain::time::Date;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Sharing one village out.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let filter = filter();
    let campaign = Memo::new(move |_| directory.campaign(filter.get().campaign).map(|campaign| (campaign.id, campaign.state)));
    let village = Memo::new(move |_| filter.get().village);
    let work = Fetched::<VillageWork>::new(move || {
        let (campaign, village) = (campaign.get()?.0, village.get()?);
        Some(format!("shares?{}", query(&Filter { campaign: Some(campaign), village: Some(village), ..Filter::default() })))
    });
    // Outlives a fresh answer, so that nothing that was ticked or typed is lost.
    let desk = Desk::new();
    Effect::new(move || {
        village.track();
        desk.chosen.set(BTreeSet::new());
    });
    let title = move || {
        let village = village.get().map(|id| directory.unit_name(id));
        match (village, work.here()) {
            (Some(village), Some(work)) => (words.share_title)(&village, &number(count(free(&work.households)))),
            (Some(village), None) => village,
            (None, _) => words.share.to_owned(),
        }
    };
    let body = move || match (campaign.get(), village.get()) {
        (None, _) => empty(words.no_campaign_why, ()),
        (_, None) => empty(words.share_choose_village, ()),
        (Some((campaign, state)), Some(village)) => {
            let closed = state == CampaignState::Closed;
            work.draw(move |found| share(&found, Place { campaign, village, closed }, work, desk))
        }
    };
    view! {
        <p class="small muted">
            <a href="/office/teams">{words.teams}</a>" › "<a href="/office/assign">{words.assign}</a>" › "{words.share}
        </p>
        {heading(title)}
        {bar(&[Part::Campaign, Part::Village], filter, ())}
        {body}
    }
    .into_any()
}

/// Households that somebody has still to be found for: who asked not to be contacted waits for nobody.
fn free(households: &[WorkRow]) -> impl Iterator<Item = &WorkRow> {
    households.iter().filter(|row| row.holder.is_none() && !row.no_contact)
}

fn count<T>(all: impl Iterator<Item = T>) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

/// What is shared out.
#[derive(Clone, Copy)]
struct Place {
    campaign: RecordId,
    village: domain::id::AreaId,
    closed: bool,
}

/// Who can go: a member, and in which team.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Goer {
    team: RecordId,
    member: PersonId,
}

/// What is chosen on this page and not given yet.
#[derive(Clone, Copy)]
struct Desk {
    form: Form,
    chosen: RwSignal<BTreeSet<RecordId>>,
    goer: RwSignal<Option<Goer>>,
    due: RwSignal<String>,
    /// What was given last, in words.
    stored: RwSignal<String>,
    /// Made once for whom it is, so that a second press after a lost answer gives nothing twice.
    id: StoredValue<Option<(Goer, RecordId)>>,
}

impl Desk {
    fn new() -> Self {
        Self {
            form: Form::new("share"),
            chosen: RwSignal::new(BTreeSet::new()),
            goer: RwSignal::new(None),
            due: RwSignal::new(String::new()),
            stored: RwSignal::new(String::new()),
            id: StoredValue::new(None),
        }
    }

    fn id_for(self, goer: Goer) -> RecordId {
        match self.id.get_value() {
            Some((of, id)) if of == goer => id,
            _ => {
                let id = new_id(RecordId::new);
                self.id.set_value(Some((goer, id)));
                id
            }
        }
    }
}

fn share(found: &VillageWork, place: Place, work: Fetched<VillageWork>, desk: Desk) -> AnyView {
    let words = words();
    let session = session();
    let directory = directory();
    let Desk { form, chosen, goer, due, stored, .. } = desk;
    let known = StoredValue::new(found.clone());

    let name = move || goer.get().map_or_else(|| words.not_chosen.to_owned(), |goer| directory.person_name(goer.member));
    let sentence = move || (words.share_sentence)(&number(count(chosen.get().iter())), &name());
    let moving = move || {
        let to = goer.get().map(|goer| goer.member);
        let other = |row: &&WorkRow| chosen.with(|chosen| chosen.contains(&row.id)) && row.holder.is_some() && row.holder != to;
        let others = known.with_value(|known| count(known.households.iter().filter(other)));
        (others > 0).then(|| note(Tone::Wait, Icon::PEOPLE, (words.share_moves)(&number(others)), ()))
    };
    let submit = move || {
        let mut wrong = Vec::new();
        if place.closed {
            wrong.push(("households", words.campaign_closed));
        } else if chosen.with_untracked(BTreeSet::is_empty) {
            wrong.push(("households", words.share_none_chosen));
        }
        let day = typed_day(due);
        if day.is_err() {
            wrong.push(("due", words.wrong_day));
        }
        if goer.get_untracked().is_none() {
            wrong.push(("member", words.share_nobody_chosen));
        }
        if !form.accept(wrong) {
            return;
        }
        let Some(goer) = goer.get_untracked() else { return };
        let Goer { team, member } = goer;
        let households: short::Set<RecordId> = chosen.get_untracked().into_iter().collect();
        let given = Assignment {
            id: desk.id_for(goer),
            campaign: place.campaign,
            team,
            village: place.village,
            due: day.ok().flatten(),
            ended: false,
            share: Some(Share { member, households: households.clone() }),
        };
        let shares = known.with_value(|known| known.shares.clone());
        let said = (words.share_done)(&number(count(households.iter())), &directory.person_name(member));
        let steps = in_turn(session, "assignments", give(shares, given), |_| ());
        let giving = move || {
            let step = steps();
            async move {
                let result = step.await;
                if matches!(result, Err(Fault::Refused(_))) {
                    // Some of it may be done: what is ticked stays, what it is ticked on is looked at again.
                    work.again();
                }
                result
            }
        };
        form.deliver(&["due"], giving, move |()| {
            chosen.set(BTreeSet::new());
            desk.id.set_value(None);
            stored.set(said);
            work.again();
        });
    };
    let said = move || {
        stored.with(|said| (!said.is_empty()).then(|| note(Tone::Good, Icon::DONE, said.clone(), view! { <p>{words.share_reaches}</p> })))
    };
    let fields = view! {
        <div class="split">
            <div class="col">
                <fieldset id="share-households" tabindex="-1"><legend>{words.choose_households}</legend>
                    {clusters(&found.households, chosen)}
                    {houses(found.households.clone(), chosen)}
                </fieldset>
                <fieldset id="share-member" tabindex="-1"><legend>{words.give_to}</legend>{goers(found, place, goer)}</fieldset>
            </div>
            <aside class="pane" aria-label=words.look_over>
                <h2>{words.look_over}</h2>
                <p class="big">{sentence}</p>
                <div role="status">{moving}</div>
                {form.field("due", Typed::Day, words.due_day, words.due_day_hint, due)}
                {form.button(move || (words.assign_button)(&number(count(chosen.get().iter()))))}
                <div role="status">{said}</div>
            </aside>
        </div>
    };
    view! { {form.view(submit, fields)} {given(found, work)} }.into_any()
}

/// Takes the households out of the shares that they are in, then gives them: what is written, with the revision that was seen
/// of each. Each step is whole: a connection that drops between two leaves households given to nobody, and it goes on there.
fn give(shares: Vec<Seen<Assignment>>, given: Assignment) -> Vec<(u64, Assignment)> {
    let mut steps = Vec::new();
    let Some(share) = given.share.clone() else { return steps };
    // Stored by a press whose answer was lost.
    let seen = shares.iter().find(|known| known.value.id == given.id).map_or(0, |known| known.seen);
    for Seen { seen, value, .. } in shares {
        let Some(old) = value.share.clone() else { continue };
        let rest: short::Set<RecordId> = old.households.iter().copied().filter(|id| !share.households.contains(id)).collect();
        let kept = rest.iter().count();
        if kept == old.households.iter().count() || value.id == given.id {
            continue;
        }
        let less = match kept {
            0 => Assignment { ended: true, ..value },
            _ => Assignment { share: Some(Share { member: old.member, households: rest }), ..value },
        };
        steps.push((seen, less));
    }
    steps.push((seen, given));
    steps
}

/// Ticks a set of households, all at once.
fn group(label: String, rows: Vec<WorkRow>, chosen: RwSignal<BTreeSet<RecordId>>) -> AnyView {
    let words = words();
    let ids: BTreeSet<RecordId> = rows.iter().map(|row| row.id).collect();
    let about = (words.share_group)(
        &number(count(rows.iter())),
        &number(count(rows.iter().filter(|row| row.attempts == 0))),
        &number(count(rows.iter().filter(|row| row.holder.is_some()))),
    );
    let ids = StoredValue::new(ids);
    let is_chosen = move || chosen.with(|chosen| ids.with_value(|ids| !ids.is_empty() && ids.is_subset(chosen)));
    let choose = move |on: bool| {
        chosen.update(|chosen| {
            ids.with_value(|ids| {
                if on {
                    chosen.extend(ids);
                } else {
                    chosen.retain(|id| !ids.contains(id));
                }
            });
        });
    };
    checkbox(is_chosen, choose, view! { {label}" "<small>{about}</small> })
}

/// The clusters of the village, and everything that nobody goes to yet.
fn clusters(households: &[WorkRow], chosen: RwSignal<BTreeSet<RecordId>>) -> AnyView {
    let words = words();
    let mut names: Vec<String> = households.iter().map(|row| row.cluster.clone()).collect();
    names.sort_by(|a, b| text::natural(a, b));
    names.dedup();
    let of = |name: &String| households.iter().filter(|row| row.cluster == *name).cloned().collect();
    let one = |name: String| group(if name.is_empty() { words.share_no_cluster.to_owned() } else { name.clone() }, of(&name), chosen);
    let many = names.len() > 1;
    let clusters = names.into_iter().filter(|_| many).map(one).collect_view();
    let nobodys: Vec<WorkRow> = free(households).cloned().collect();
    let nobodys = (!nobodys.is_empty()).then(|| group(words.share_all_free.to_owned(), nobodys, chosen));
    view! { <div class="cells one">{nobodys}{clusters}</div> }.into_any()
}

/// The households one by one, found by name, number or code.
fn houses(households: Vec<WorkRow>, chosen: RwSignal<BTreeSet<RecordId>>) -> AnyView {
    let words = words();
    let directory = directory();
    let typed = RwSignal::new(String::new());
    let rows = move || {
        let query = typed.with(|typed| Query::new(typed));
        let is_found = |row: &&WorkRow| {
            query.is_empty()
                || query.rank(&row.head, &text::fold(&[row.head.as_str(), &row.no, &row.code, &row.cluster].join(" "))).is_some()
        };
        let found: Vec<WorkRow> = households.iter().filter(is_found).cloned().collect();
        if found.is_empty() {
            return view! { <p class="muted">{words.nothing_found}</p> }.into_any();
        }
        let cells = found
            .into_iter()
            .map(|row| {
                let id = row.id;
                let is_chosen = move || chosen.with(|chosen| chosen.contains(&id));
                let choose = move |on: bool| {
                    chosen.update(|chosen| {
                        if on {
                            chosen.insert(id);
                        } else {
                            chosen.remove(&id);
                        }
                    });
                };
                let holder = row.holder.map(|holder| (words.share_held_by)(&directory.person_name(holder))).unwrap_or_default();
                let state = match (row.no_contact, row.met, row.attempts) {
                    (true, ..) => words.no_contact_short,
                    (_, true, _) => words.met,
                    (_, _, 0) => "",
                    _ => words.tried,
                };
                let about = [row.cluster.as_str(), &row.hint, state, &holder];
                let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
                let name = if row.no.is_empty() { row.head } else { format!("{} · {}", row.no, row.head) };
                checkbox(is_chosen, choose, view! { {name}" "<small>{about}</small> })
            })
            .collect_view();
        view! { <div class="cells one">{cells}</div> }.into_any()
    };
    view! {
        <details class="pick">
            <summary>{words.share_one_by_one}</summary>
            <div class="fld">
                <label for="share-q">{words.search}</label>
                <input class="input" id="share-q" type="search" autocomplete="off" spellcheck="false"
                    on:input=move |event| typed.set(event_target_value(&event))/>
            </div>
            <div class="scroll">{rows}</div>
        </details>
    }
    .into_any()
}

/// Members of the teams that have the village; while no team has it, of all teams.
fn goers(found: &VillageWork, place: Place, goer: RwSignal<Option<Goer>>) -> AnyView {
    let words = words();
    let directory = directory();
    let held = StoredValue::new(found.held.clone());
    (move || {
        let mut teams = values(directory.teams);
        let given = directory.given(Some(place.campaign));
        let has_it = |id: RecordId| given.iter().any(|work| work.value.village == place.village && work.value.team == id);
        if teams.iter().any(|team| has_it(team.id)) {
            teams.retain(|team| has_it(team.id));
        }
        if teams.is_empty() {
            return empty(words.no_teams_why, view! { <a class="btn second auto" href="/office/teams">{words.add_team}</a> });
        }
        teams.sort_by(|a, b| text::natural(&a.name, &b.name));
        let people = directory.everybody();
        let cells = teams
            .iter()
            .flat_map(|team| {
                let of_team = move |id: PersonId| team.lead == Some(id) || team.members.contains(&id);
                let able =
                    people.iter().map(|seen| &seen.value.person).filter(move |one| of_team(one.id) && !one.left && one.role.is_field());
                able.map(move |one| {
                    (Goer { team: team.id, member: one.id }, one.name.clone(), team.name.clone(), team.lead == Some(one.id))
                })
            })
            .map(|(one, name, team, is_lead)| {
                let left = held.with_value(|held| held.iter().find(|held| held.member == one.member).map_or(0, |held| held.left));
                let lead = if is_lead { words.lead } else { "" };
                let about = [team, lead.to_lowercase(), (words.share_holds)(&number(left))];
                let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
                radio(
                    "share-member",
                    move || goer.get() == Some(one),
                    move || goer.set(Some(one)),
                    view! { {name}" "<small>{about}</small> },
                )
            })
            .collect_view();
        view! { <div class="cells one">{cells}</div> }.into_any()
    })
    .into_any()
}

/// What is given in this village, each number leading to its households.
fn given(found: &VillageWork, work: Fetched<VillageWork>) -> AnyView {
    let words = words();
    let directory = directory();
    if found.shares.is_empty() {
        return ().into_any();
    }
    let rows = found
        .shares
        .iter()
        .enumerate()
        .filter_map(|(n, seen)| {
            let Assignment { campaign, village, due, share, .. } = seen.value.clone();
            let share = share?;
            let here = Filter { campaign: Some(campaign), village: Some(village), holder: Some(share.member), ..Filter::default() };
            let due = due.map_or_else(|| "–".to_owned(), |day: Date| day.to_string());
            let name = directory.person_name(share.member);
            let households = number(count(share.households.iter()));
            Some(view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="r"><a href=address("households", &here)>{households}</a></td>
                    <td>{due}</td>
                    <td>{take_back(n + 1, seen.clone(), work)}</td>
                </tr>
            })
        })
        .collect_view();
    view! {
        <table class="tbl">
            <caption>{words.given}</caption>
            <thead><tr>
                <th scope="col">{words.give_to_whom}</th>
                <th scope="col" class="r">{words.households_n}</th>
                <th scope="col">{words.due_day}</th>
                <th scope="col"><span class="unseen">{words.take_back}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn take_back(row: usize, seen: Seen<Assignment>, work: Fetched<VillageWork>) -> AnyView {
    let words = words();
    let form = Form::of_row("share-back", row);
    let seen = StoredValue::new(seen);
    let act = move || {
        let Seen { seen, value, .. } = seen.get_value();
        let ended = Assignment { ended: true, ..value };
        form.store(&[], "assignments", seen, ended, move |()| work.again());
    };
    form.view(|| (), confirm(words.take_back, move || words.share_back_warning.to_owned(), words.take_back, act))
}
