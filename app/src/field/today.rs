//! "Hôm nay": what is left, who is due, which answers are owed.

use crate::lock::lock_button;
use crate::meetings;
use crate::page::{Frame, Tab, Words, campaign, load, page, words};
use crate::place::Place;
use crate::sync::room_warning;
use app::phone::{Installed, Phone};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::note::saved;
use app::ui::row::{link_row, margin, mark, standing_sign};
use app::ui::tally::tally;
use app::words::shared::{self, count};
use domain::meeting::MeetingState;
use domain::notebook::{Filter, HouseholdLine, Promise, Today};
use domain::time::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Most due households shown here; the rest are a tap away.
const DUE_SHOWN: usize = 5;

/// The first page of the day.
pub fn today(phone: Phone) -> AnyView {
    let content = move || {
        let day = phone.today();
        let today = campaign(phone).map(|campaign| phone.with(|notebook| notebook.today(campaign, day)));
        match today {
            Some(today) if today.assigned > 0 => work(phone, today, day),
            _ => empty(phone, day),
        }
    };
    page(phone, Frame::Tab(Tab::Today), live(content))
}

fn work(phone: Phone, today: Today, day: Date) -> AnyView {
    let Words { w, shared, lang } = words();
    let (left, assigned) = (today.left as u32, today.assigned as u32);
    let met = assigned.saturating_sub(left);
    let title = phone.with(|notebook| notebook.current().map(|campaign| campaign.title.clone()));
    let progress = (w.met_of)(&count(met, lang), &count(assigned, lang));
    let visited = (today.visited_today > 0).then(|| (w.visited_today)(&count(today.visited_today as u32, lang)));
    let lead = if left == 0 {
        view! { <h1>{(w.all_met)(&count(assigned, lang))}</h1><p class="small muted">{progress}</p> }.into_any()
    } else {
        view! {
            <div class="lead">
                <span class="figure" aria-hidden="true">{count(left, lang)}</span>
                <h1><span class="unseen">{count(left, lang)}</span>" "{w.left_today}</h1>
                <p class="line small muted">{tally(met, assigned)}" "{progress}</p>
            </div>
        }
        .into_any()
    };
    let next = today.next.map(|line| {
        let name = if line.no.is_empty() { line.head.clone() } else { (w.numbered)(&line.no, &line.head) };
        view! {
            <a class="btn next" href=Place::Household(line.id).href()>
                <span><small>{w.next_house}</small>" "{name}</span>" "{Icon::NEXT.view()}
            </a>
        }
        .into_any()
    });
    view! {
        <div>
            <p class="small muted">{shared.weekday(day)}", "{day.to_string()}{title.map(|title| view! { <br/>{title} }.into_any())}</p>
            {lead}
            {today.mine.map(mine)}
            {visited.map(|visited| view! { <p class="small muted">{visited}</p> }.into_any())}
        </div>
        {next}
        {room_warning(phone)}
        {due(&today.due, today.due_total, day)}
        {promises(today.promises, day)}
        {others(phone)}
    }
    .into_any()
}

/// The households are this person's own, and by when they are to be done.
fn mine(by: Option<Date>) -> AnyView {
    let Words { w, .. } = words();
    let by = by.map(|day| (w.done_by)(&day.to_string()));
    view! { <p class="small"><a href=Place::Households(Filter::Mine).href()>{w.given_to_me}</a>{by}</p> }.into_any()
}

fn due(lines: &[HouseholdLine], total: usize, day: Date) -> Option<AnyView> {
    let Words { w, shared, lang } = words();
    let total = total as u32;
    let rows = lines.iter().take(DUE_SHOWN).map(|line| {
        let sign = standing_sign(line.standing, day);
        let state = shared.standing(line.standing, line.status.label(lang), day);
        let words = view! { <b>{line.head.clone()}</b>{mark(sign.1, None, state)} }.into_any();
        link_row(Place::Household(line.id).href(), margin(line.no.clone(), Some(sign)), words)
    });
    let more = (total > DUE_SHOWN as u32).then(|| {
        view! { <a class="btn plain" href=Place::Households(Filter::Due).href()>{(w.all_due)(&count(total, lang))}</a> }.into_any()
    });
    (total > 0).then(|| {
        view! {
            <div class="heading"><h2>{w.due}</h2>" "<span>{(w.households_n)(&count(total, lang))}</span></div>
            <ul class="ruled">{rows.collect_view()}</ul>
            {more}
        }
        .into_any()
    })
}

fn promises(list: Vec<Promise>, day: Date) -> Option<AnyView> {
    let Words { w, lang, .. } = words();
    let total = count(list.len() as u32, lang);
    let rows: Vec<_> = list
        .into_iter()
        .filter_map(|promise| {
            let household = promise.household?;
            let late = day.since(promise.promised);
            let (tone, icon, state) = if late > 0 {
                (Tone::Bad, Icon::WARNING, (w.promise_late)(late))
            } else {
                (Tone::Wait, Icon::REPLY, (w.promise_by)(&shared::day(promise.promised, day)))
            };
            let words = view! { <b>{household.head}</b>{mark(tone, None, state)} }.into_any();
            Some(link_row(Place::Household(household.id).href(), margin(household.no, Some((icon, tone))), words))
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <div class="heading"><h2>{w.owed}</h2>" "<span>{(w.things_n)(&total)}</span></div>
            <ul class="ruled">{rows}</ul>
        }
        .into_any()
    })
}

fn others(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let status = phone.status();
    let waiting = move || {
        let waiting = status.with(|status| status.waiting);
        (waiting > 0).then(|| {
            let words = view! { <b>{(w.entries_wait)(waiting)}</b><span class="small muted">{w.sends_itself}</span> }.into_any();
            link_row(Place::Entries.href(), margin("", Some((Icon::OUTBOX, Tone::Plain))), words)
        })
    };
    let drafts = load(phone, move || phone.drafts());
    let begun = move || {
        let begun = drafts.with(|drafts| drafts.as_ref().and_then(|drafts| drafts.as_ref().ok()).map_or(0, Vec::len));
        (begun > 0).then(|| {
            let words = view! { <b>{(w.entries_begun)(begun)}</b><span class="small muted">{w.not_saved_yet}</span> }.into_any();
            link_row(Place::Entries.href(), margin("", Some((Icon::PENCIL, Tone::Wait))), words)
        })
    };
    view! {
        {going_on(phone)}
        <h2>{w.other_things}</h2>
        <ul class="ruled">
            {live(begun)}
            {live(waiting)}
            {to_team(phone)}
            {link_row(Place::Sync.href(), margin("", Some((Icon::SYNC, Tone::Plain))), view! { <b>{w.sync_page}</b> }.into_any())}
            {link_row(Place::Settings.href(), margin("", Some((Icon::TEXT_SIZE, Tone::Plain))), view! { <b>{w.settings}</b> }.into_any())}
        </ul>
        {lock_button(phone)}
        {install_hint(phone)}
    }
    .into_any()
}

/// The way to what a lead looks at.
fn to_team(phone: Phone) -> Option<AnyView> {
    let Words { w, lang, .. } = words();
    let days = phone.verifies().then(|| campaign(phone).map(|it| phone.with(|notebook| notebook.days(it)))).flatten()?;
    let waiting: usize = days.iter().map(|row| row.of_others).sum();
    let about = if waiting == 0 { w.nothing_to_verify.to_owned() } else { (w.visits_to_verify)(&count(waiting as u32, lang)) };
    let words = view! { <b>{w.my_team}</b><span class="small muted">{about}</span> }.into_any();
    Some(link_row(Place::Team.href(), margin("", Some((Icon::PEOPLE, Tone::Plain))), words))
}

/// The meetings that this person writes down and has not concluded.
fn going_on(phone: Phone) -> Option<AnyView> {
    let Words { w, .. } = words();
    let lines = phone.with(|notebook| notebook.meetings());
    let rows: Vec<_> = lines
        .iter()
        .filter(|line| line.own && line.facts.state == MeetingState::InSession)
        .map(|line| meetings::row(phone, line))
        .collect();
    (!rows.is_empty()).then(|| view! { <h2>{w.meetings}</h2><ul class="ruled">{rows}</ul> }.into_any())
}

/// "Cài vào máy", as long as the app runs in a tab.
pub fn install_hint(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let installed = Memo::new(move |_| phone.status().with(|status| status.installed));
    live(move || match installed.get() {
        Installed::Home => ().into_any(),
        Installed::Tab => view! { <p class="hint">{w.install_by_menu}</p> }.into_any(),
        Installed::Offered => view! {
            <div>
                <button type="button" class="btn second" on:click=tap(move || phone.install())>{Icon::INBOX.view()}" "{w.install}</button>
                <p class="hint">{w.install_why}</p>
            </div>
        }
        .into_any(),
    })
}

fn empty(phone: Phone, day: Date) -> AnyView {
    let Words { w, shared, .. } = words();
    let lead = phone.with(|notebook| {
        let lead = notebook.my_teams().into_iter().find_map(|team| team.lead)?;
        let name = notebook.person_name(lead);
        (!name.is_empty() && lead != phone.me().person).then(|| name.to_owned())
    });
    let why = lead.map_or(w.none_assigned_why.to_owned(), |lead| (w.none_assigned_lead)(&lead));
    let status = phone.status();
    let last = move || {
        let at = status.with(|status| status.complete_at);
        (at.is_some(), at.map_or(w.never_synced.to_owned(), |at| (w.received_last)(&shared.moment(at, phone.today()))))
    };
    view! {
        <p class="small muted">{shared.weekday(day)}", "{day.to_string()}</p>
        <div class="stack"><h1>{w.none_assigned}</h1><p>{why}</p></div>
        <a class="btn" href=Place::Sync.href() on:click=tap(move || spawn_local(phone.sync_now()))>{Icon::SYNC.view()}" "{w.look_for_more}</a>
        {saved(last)}
        {others(phone)}
    }
    .into_any()
}
