//! "Đã ghi": everything that was written on this phone, and where it stands.

use crate::page::{Frame, Tab, Words, load, page, words};
use crate::place::Place;
use crate::problem::store_problem;
use crate::sync::sync_button;
use app::phone::{ItemState, OutboxItem, OutboxPage, Phone, What};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::row::{link_row, margin, mark, plain_row};
use app::words::shared::count;
use domain::wire::Reason;
use leptos::prelude::*;

/// Sent items shown at first and added by "Xem thêm".
const SENT: usize = 20;

/// What was written on this phone.
pub fn entries(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let limit = RwSignal::new(SENT);
    let loaded = load(phone, move || {
        let limit = limit.get();
        async move { phone.outbox_items(limit).await }
    });
    let content = view! {
        <div><h1>{w.entries_title}</h1><p>{w.entries_words}</p></div>
        {live(move || loaded.with(|loaded| match loaded {
            None => view! { <p class="muted" role="status">{w.opening}</p> }.into_any(),
            Some(Err(error)) => store_problem(error),
            Some(Ok(page)) => lists(phone, page, limit),
        }))}
    }
    .into_any();
    page(phone, Frame::Tab(Tab::Entries), content.into_any())
}

fn lists(phone: Phone, page: &OutboxPage, limit: RwSignal<usize>) -> AnyView {
    let Words { w, lang, .. } = words();
    let number = |n: usize| count(n as u32, lang);
    let attention = (!page.attention.is_empty())
        .then(|| view! { <h2 id="xem-lai" class="bad">{w.review}</h2><ul class="ruled">{items(phone, &page.attention)}</ul> }.into_any());
    let review = (!page.attention.is_empty()).then(|| {
        view! { <a class="bad" href="#xem-lai"><b>{Icon::WARNING.view()}" "{number(page.attention.len())}</b>" "{w.review}</a> }.into_any()
    });
    let list = |of: &[OutboxItem], none: &'static str| {
        if of.is_empty() {
            view! { <p class="muted">{none}</p> }.into_any()
        } else {
            view! { <ul class="ruled">{items(phone, of)}</ul> }.into_any()
        }
    };
    let left = page.sent_total.saturating_sub(page.sent.len());
    let more = (left > 0).then(|| {
        let more = move || limit.update(|limit| *limit += SENT);
        view! { <button type="button" class="btn plain" on:click=tap(more)>{(w.more_sent)(&number(left))}</button> }.into_any()
    });
    view! {
        <nav class="seg" aria-label=w.to_part>
            {review}
            <a href="#cho-gui"><b>{number(page.waiting.len())}</b>" "{w.waiting}</a>
            <a href="#da-gui"><b>{number(page.sent_total)}</b>" "{w.sent}</a>
        </nav>
        {attention}
        <h2 id="cho-gui">{w.waiting}</h2>
        {list(&page.waiting, w.none_waiting)}
        {sync_button(phone)}
        <h2 id="da-gui">{w.sent}</h2>
        {list(&page.sent, w.none_sent)}
        {more}
    }
    .into_any()
}

fn items(phone: Phone, list: &[OutboxItem]) -> AnyView {
    list.iter().map(|item| row(phone, item)).collect_view().into_any()
}

fn row(phone: Phone, item: &OutboxItem) -> AnyView {
    let Words { w, shared, lang } = words();
    let today = phone.today();
    let sign = match item.state {
        ItemState::Waiting => (Icon::CLOCK, Tone::Plain),
        ItemState::Sent { .. } => (Icon::DONE, Tone::Good),
        ItemState::Attention(_) => (Icon::WARNING, Tone::Bad),
    };
    let state = match item.state {
        ItemState::Waiting => ().into_any(),
        ItemState::Sent { received_at: Some(at) } => mark(Tone::Good, None, (w.received_at)(&at.date().short(), &at.hour_minute())),
        ItemState::Sent { received_at: None } => mark(Tone::Good, None, w.received.to_owned()),
        ItemState::Attention(reason) => view! { <span class="small muted">{why(reason)}</span> }.into_any(),
    };
    let (place, number, title, about) = match &item.what {
        What::Visit { visit, no, head, at, met, opinions, amends, retracts } => {
            let title = match (amends, retracts) {
                (_, true) => (w.item_retracted)(head),
                (true, _) => (w.item_corrected)(head),
                _ => (w.visit_of)(head),
            };
            let mut about = vec![shared.moment(*at, today)];
            if !met && !retracts {
                about.push(w.was_not_met.to_owned());
            }
            if *opinions > 0 {
                about.push((w.named_n)(*opinions));
            }
            if *amends {
                about.push(w.first_stays.to_owned());
            }
            // A visit that was taken back has no page any more.
            ((!retracts).then_some(Place::Visit(*visit)), no.clone(), title, about)
        }
        What::Household { household, no, head, at, new } => {
            let title = if *new { (w.item_added)(head) } else { (w.item_edited)(head) };
            (Some(Place::Household(*household)), no.clone(), title, vec![shared.moment(*at, today)])
        }
        What::Anonymous { kind, .. } => {
            (None, String::new(), (w.item_anonymous)(kind.label(lang)), vec![w.item_anonymous_words.to_owned()])
        }
        What::Other { at } => (None, String::new(), w.item_other.to_owned(), at.map(|at| shared.moment(at, today)).into_iter().collect()),
    };
    let words = view! { <b>{title}</b><span class="small muted">{about.join(" · ")}</span>{state} }.into_any();
    match place {
        Some(place) => link_row(place.href(), margin(number, Some(sign)), words),
        None => plain_row(false, margin(number, Some(sign)), words),
    }
}

/// Why a person must look, and what they can do.
fn why(reason: Reason) -> &'static str {
    let Words { w, .. } = words();
    match reason {
        Reason::Unreadable => w.reason_unreadable,
        Reason::NotAllowed => w.reason_not_allowed,
        Reason::TooLate => w.reason_too_late,
        Reason::Revoked => w.reason_revoked,
        Reason::Invalid => w.reason_invalid,
        Reason::Exists => w.reason_exists,
        Reason::Forked => w.reason_forked,
        Reason::Reserved => w.reason_reserved,
        Reason::Stale => w.reason_stale,
    }
}
