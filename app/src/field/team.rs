//! "Tổ của tôi": what each member did, and the days that wait for the lead; then one day, with its visits to confirm.

use crate::page::{Frame, Words, campaign, page, words};
use crate::place::Place;
use crate::problem::save_problem;
use app::phone::{Phone, SaveError};
use app::ui::cells::{checkbox, radio};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::note;
use app::ui::row::{link_row, margin, mark};
use app::words::shared::{count, day as day_words};
use domain::id::{AreaId, PersonId, RecordId};
use domain::notebook::{DayLine, MemberLine, VisitLine};
use domain::operation::Kind;
use domain::text;
use domain::time::Date;
use domain::verification::{VisitState, VoidReason};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// How many days are listed.
const DAYS: usize = 30;

/// What each member did, and the days.
pub fn team(phone: Phone) -> AnyView {
    let Words { w, lang, .. } = words();
    let content = move || {
        let today = phone.today();
        let Some(campaign) = campaign(phone) else { return view! { <h1>{w.my_team}</h1><p>{w.no_campaign}</p> }.into_any() };
        let (members, days) = phone.with(|notebook| (notebook.members(campaign, today), notebook.days(campaign)));
        let waiting: usize = days.iter().map(|row| row.of_others).sum();
        let title = if waiting == 0 { w.nothing_to_verify.to_owned() } else { (w.visits_to_verify)(&count(waiting as u32, lang)) };
        let rows = members.iter().map(|member| member_row(phone, member)).collect_view();
        let list = days.iter().take(DAYS).map(|row| day_row(phone, row)).collect_view();
        let none = || view! { <p class="muted">{w.no_visits}</p> }.into_any();
        let days = if days.is_empty() { none() } else { view! { <ul class="ruled">{list}</ul> }.into_any() };
        let members = if members.is_empty() { none() } else { view! { <ul class="ruled">{rows}</ul> }.into_any() };
        view! { <h1>{title}</h1><h2>{w.days}</h2>{days}<h2>{w.members_here}</h2>{members}{age(phone)} }.into_any()
    };
    page(phone, Frame::Inner(Place::Today, w.today.to_owned()), live(content))
}

/// Of when the figures are: what came in with the last sync, and what was written here since.
fn age(phone: Phone) -> AnyView {
    let Words { w, shared, .. } = words();
    let status = phone.status();
    let synced = live(move || {
        let at = status.with(|status| status.complete_at);
        at.map_or_else(|| w.never_synced.to_owned(), |at| (w.as_of_sync)(&text::lower_first(&shared.moment(at, phone.today()))))
    });
    view! { <p class="hint">{synced}" "{w.members_hint}</p> }.into_any()
}

/// What one member did in this campaign: the visits that their line counts.
pub fn member(phone: Phone, person: PersonId) -> AnyView {
    let Words { w, lang, .. } = words();
    let content = move || {
        let today = phone.today();
        let lines = campaign(phone).map(|it| phone.with(|notebook| notebook.visits_by(it, person))).unwrap_or_default();
        let n = |of: fn(&VisitLine, Date) -> bool| count(lines.iter().filter(|line| of(line, today)).count() as u32, lang);
        let done = (w.visits_and_met)(&n(|_, _| true), &n(|line, _| line.contact.met()));
        let done = format!("{}, {done}.", (w.visits_today)(&n(|line, today| line.at.date() == today)));
        let row = |line: &VisitLine| {
            let (no, head) = household_of(phone, line);
            let about = format!("{}, {}", day_words(line.at.date(), today), line.at.hour_minute());
            let words = view! { <b>{head}</b><span>{result(line)}</span><span class="small muted">{about}</span> };
            link_row(Place::Visit(line.id).href(), margin(no, None), words.into_any())
        };
        let rows = lines.iter().map(row).collect_view();
        view! { <h1 data-title=w.my_team>{name_of(phone, person)}</h1><p>{done}</p><ul class="ruled">{rows}</ul>{age(phone)} }.into_any()
    };
    page(phone, Frame::Inner(Place::Team, w.my_team.to_owned()), live(content))
}

/// Number and head of the household of a visit.
fn household_of(phone: Phone, line: &VisitLine) -> (String, String) {
    let home = phone.with(|notebook| notebook.household(line.household, line.campaign, phone.today()));
    home.map(|home| (home.no, home.head)).unwrap_or_default()
}

fn name_of(phone: Phone, person: PersonId) -> String {
    phone.with(|notebook| notebook.person_name(person).to_owned())
}

fn village_of(phone: Phone, village: AreaId) -> String {
    phone.with(|notebook| notebook.unit(village).map(|unit| unit.name.clone())).unwrap_or_default()
}

fn member_row(phone: Phone, member: &MemberLine) -> AnyView {
    let Words { w, lang, .. } = words();
    let n = |n: usize| count(n as u32, lang);
    let today = (w.visits_today)(&n(member.today));
    let all = (w.visits_and_met)(&n(member.visits), &n(member.met));
    let last = (w.last_on)(&day_words(member.last.date(), phone.today()));
    let words = view! { <b>{name_of(phone, member.person)}</b><span>{today}</span><span class="small muted">{all}" · "{last}</span> };
    link_row(Place::Member(member.person).href(), margin("", None), words.into_any())
}

fn day_row(phone: Phone, row: &DayLine) -> AnyView {
    let Words { w, lang, .. } = words();
    let n = |n: usize| count(n as u32, lang);
    let about = format!("{} · {}", village_of(phone, row.village), (w.visits_n)(&n(row.visits)));
    let state = if row.of_others > 0 {
        mark(Tone::Wait, Some(Icon::CLOCK), (w.to_verify)(&n(row.of_others)))
    } else if row.closed.is_some() {
        mark(Tone::Good, Some(Icon::DONE), w.day_closed.to_owned())
    } else {
        mark(Tone::Plain, Some(Icon::NOT_YET), w.day_open.to_owned())
    };
    let words = view! { <b>{day_words(row.day, phone.today())}</b><span class="small muted">{about}</span>{state} };
    link_row(Place::Day(row.village, row.day).href(), margin("", None), words.into_any())
}

/// Something that a button does, once at a time.
fn act<F: Future<Output = Result<(), SaveError>> + 'static>(busy: RwSignal<bool>, failed: RwSignal<Option<SaveError>>, work: F) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    failed.set(None);
    spawn_local(async move {
        let result = work.await;
        busy.try_set(false);
        failed.try_set(result.err());
    });
}

/// One day of a village.
pub fn day(phone: Phone, village: AreaId, date: Date) -> AnyView {
    let Words { w, lang, .. } = words();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<SaveError>));
    // Those that a person took out; all others are confirmed.
    let left_out = RwSignal::new(Vec::<RecordId>::new());
    let lines = move || campaign(phone).map(|it| phone.with(|notebook| notebook.visits_of_day(it, village, date))).unwrap_or_default();
    let state = move |line: &VisitLine| phone.with(|notebook| notebook.checked(line).state);
    let waits = move |line: &VisitLine| !line.own && state(line) == Some(VisitState::Waiting);
    let chosen = move || {
        let lines: Vec<VisitLine> = lines().into_iter().filter(waits).collect();
        left_out.with(|out| lines.into_iter().filter(|line| !out.contains(&line.id)).collect::<Vec<_>>())
    };
    let content = move || {
        let lines = lines();
        let row = campaign(phone).and_then(|it| {
            let days = phone.with(|notebook| notebook.days(it));
            days.into_iter().find(|row| (row.village, row.day) == (village, date))
        });
        let rows = lines.iter().map(|line| visit_row(phone, line, waits(line), left_out)).collect_view();
        let title = (w.day_of)(&day_words(date, phone.today()), &village_of(phone, village));
        view! {
            <h1>{title}</h1>
            {live(move || failed.get().map(|error| save_problem(&error)))}
            <p>{w.verify_words}</p>
            <ul class="ruled">{rows}</ul>
            {row.map(|row| closing(phone, &row, busy, failed))}
        }
        .into_any()
    };
    let confirm = move || {
        let chosen = chosen();
        act(busy, failed, async move { phone.verify(village, &chosen, None).await });
    };
    let dock = view! {
        <button type="button" class="btn" aria-busy=flag(move || busy.get()) hidden=flag(move || chosen().is_empty()) on:click=tap(confirm)>
            {live(move || (w.verify_n)(&count(chosen().len() as u32, lang)))}
        </button>
    };
    page(phone, Frame::Docked(Place::Team, w.my_team.to_owned(), dock.into_any()), live(content))
}

fn visit_row(phone: Phone, line: &VisitLine, waits: bool, left_out: RwSignal<Vec<RecordId>>) -> AnyView {
    let Words { w, .. } = words();
    let id = line.id;
    let (no, head) = household_of(phone, line);
    let about = format!("{} · {}", name_of(phone, line.by), line.at.hour_minute());
    let contact = result(line);
    let see = view! { <a class="btn plain" href=Place::Visit(id).href()>{w.see_visit}</a> }.into_any();
    if waits {
        let choose = move |on: bool| {
            left_out.update(|out| {
                out.retain(|known| *known != id);
                if !on {
                    out.push(id);
                }
            });
        };
        let words = view! { {head}" "<small>{contact}" · "{about}</small> };
        let cell = checkbox(move || left_out.with(|out| !out.contains(&id)), choose, words);
        return view! { <li class="stack"><div class="cells one">{cell}</div>{see}</li> }.into_any();
    }
    let state = checked_mark(phone, line);
    let words = view! { <b>{head}</b><span>{contact}</span><span class="small muted">{about}</span> };
    view! { <li class="stack"><div class="row">{margin(no, None)}<span class="t">{words}{state}</span></div>{see}</li> }.into_any()
}

/// What a list says of a visit. Why nobody was met stands on the visit's own page alone.
fn result(line: &VisitLine) -> &'static str {
    let Words { w, lang, .. } = words();
    if line.contact.met() { line.contact.label(lang) } else { w.was_not_met }
}

/// "Đã xác nhận · Trần Thị Thu Nhàn", or why a visit does not count.
pub fn checked_mark(phone: Phone, line: &VisitLine) -> AnyView {
    let Words { w, lang, .. } = words();
    let checked = phone.with(|notebook| notebook.checked(line));
    let by = checked.by.map(|(_, by)| format!(" · {}", name_of(phone, by))).unwrap_or_default();
    match checked.state {
        Some(VisitState::Verified) => mark(Tone::Good, Some(Icon::DONE), format!("{}{by}", VisitState::Verified.label(lang))),
        Some(VisitState::Voided) => {
            let why = checked.void.map(|void| format!(": {}", text::lower_first(void.label(lang)))).unwrap_or_default();
            mark(Tone::Bad, Some(Icon::WARNING), format!("{}{why}{by}", VisitState::Voided.label(lang)))
        }
        _ if line.own && phone.verifies() => mark(Tone::Plain, None, w.own_visit.to_owned()),
        _ => ().into_any(),
    }
}

/// What a lead may do about a visit that somebody else made: void it with a reason, or count it again.
pub fn void(phone: Phone, id: RecordId) -> Option<AnyView> {
    let Words { w, lang, .. } = words();
    let line = phone.with(|notebook| notebook.visit(id)).filter(|line| phone.verifies() && !line.own)?;
    let (village, _) = phone.with(|notebook| notebook.household_location(line.household))?;
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<SaveError>));
    let problem = move || failed.get().map(|error| save_problem(&error));
    let checked = phone.with(|notebook| notebook.checked(&line));
    if checked.state == Some(VisitState::Voided) {
        let (of, _) = checked.by.filter(|(_, by)| *by == phone.me().person)?;
        let back = move || act(busy, failed, async move { phone.unsay(Kind::Verification, village, of).await });
        return Some(
            view! { {live(problem)}<button type="button" class="btn plain" on:click=tap(back)>{Icon::UNDO.view()}" "{w.count_again}</button> }
                .into_any(),
        );
    }
    let (asks, reason) = (RwSignal::new(false), RwSignal::new(None::<VoidReason>));
    let line = StoredValue::new(line);
    let void = move || {
        let Some(reason) = reason.get_untracked() else { return };
        let line = line.get_value();
        act(busy, failed, async move { phone.verify(village, &[line], Some(reason)).await });
    };
    let ask = move || {
        if !asks.get() {
            let ask = tap(move || asks.set(true));
            return view! { <button type="button" class="btn plain" on:click=ask>{Icon::CLOSE.view()}" "{w.void_visit}</button> }
                .into_any();
        }
        let cells = VoidReason::ALL
            .iter()
            .map(|one| radio("ly-do", move || reason.get() == Some(*one), move || reason.set(Some(*one)), one.label(lang)));
        view! {
            <fieldset><legend>{w.void_why}</legend><div class="cells one">{cells.collect_view()}</div></fieldset>
            <p class="hint">{w.void_words}</p>
            <button type="button" class="btn" hidden=flag(move || reason.get().is_none()) on:click=tap(void)>{w.void_visit}</button>
            <button type="button" class="btn plain" on:click=tap(move || asks.set(false))>{w.not_now}</button>
        }
        .into_any()
    };
    Some(view! { {live(problem)}<div class="stack">{live(ask)}</div> }.into_any())
}

fn closing(phone: Phone, row: &DayLine, busy: RwSignal<bool>, failed: RwSignal<Option<SaveError>>) -> AnyView {
    let Words { w, lang, .. } = words();
    let (village, day) = (row.village, row.day);
    if let Some((id, by)) = row.closed {
        let reopen = move || act(busy, failed, async move { phone.unsay(Kind::DayClosing, village, id).await });
        let own = by == phone.me().person;
        let button = own
            .then(|| view! { <button type="button" class="btn plain" on:click=tap(reopen)>{Icon::UNDO.view()}" "{w.reopen_day}</button> });
        return view! { <div role="status">{note(Tone::Good, Icon::DONE, (w.closed_by)(&name_of(phone, by)), button)}</div> }.into_any();
    }
    let asks = RwSignal::new(false);
    let close = move || act(busy, failed, async move { phone.close_day(village, day).await });
    let waiting = (row.waiting > 0).then(|| (w.still_to_verify)(&count(row.waiting as u32, lang)));
    live(move || {
        if !asks.get() {
            let ask = tap(move || asks.set(true));
            return view! { <button type="button" class="btn second" on:click=ask>{Icon::DONE.view()}" "{w.close_day}</button> }.into_any();
        }
        let words = view! {
            <p>{w.close_day_words}</p>
            <button type="button" class="btn" on:click=tap(close)>{w.close_day}</button>
            <button type="button" class="btn plain" on:click=tap(move || asks.set(false))>{w.not_now}</button>
        };
        view! { <div role="alert">{note(Tone::Wait, Icon::WARNING, waiting.clone().unwrap_or_else(|| w.close_day.to_owned()), words)}</div> }
            .into_any()
    })
}
