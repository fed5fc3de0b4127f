//! "Đã ghi": everything that was written on this phone, and where it stands.

use crate::draft::Desk;
use crate::household::told;
use crate::page::{Frame, Tab, Words, load, page, words};
use crate::place::{Place, Writing};
use crate::problem::store_problem;
use crate::sync::sync_button;
use crate::unfinished::unfinished;
use app::phone::{ItemState, OutboxItem, OutboxPage, Phone, Removed, StoreError, What};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::note::note;
use app::ui::row::{link_row, margin, mark, plain_row, plain_row_with};
use app::words::shared::{count, day};
use domain::wire::Reason;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Sent items shown at first and added by "Xem thêm".
const SENT: usize = 20;

/// What was written on this phone.
pub fn entries(phone: Phone, desk: Desk) -> AnyView {
    let Words { w, .. } = words();
    let limit = RwSignal::new(SENT);
    let loaded = load(phone, move || {
        let limit = limit.get();
        async move { phone.outbox_items(limit).await }
    });
    let thrown = Thrown { removed: RwSignal::new(None), failed: RwSignal::new(None) };
    let news = desk.news.try_update(Option::take).flatten();
    let content = view! {
        {news.map(|news| told(phone, news))}
        <div><h1>{w.entries_title}</h1><p>{w.entries_words}</p></div>
        {thrown.view(phone)}
        {unfinished(phone, desk)}
        {live(move || loaded.with(|loaded| match loaded {
            None => view! { <p class="muted" role="status">{w.opening}</p> }.into_any(),
            Some(Err(error)) => store_problem(error),
            Some(Ok(page)) => lists(phone, page, limit, thrown),
        }))}
    }
    .into_any();
    page(phone, Frame::Tab(Tab::Entries), content)
}

/// An opinion without a name that was just thrown away, to be taken back.
#[derive(Clone, Copy)]
struct Thrown {
    removed: RwSignal<Option<Removed>>,
    failed: RwSignal<Option<StoreError>>,
}

impl Thrown {
    fn remove(self, phone: Phone, key: u128) {
        spawn_local(async move { self.done(phone.anonymous_remove(key).await) });
    }

    fn restore(self, phone: Phone) {
        if let Some(removed) = self.removed.try_update(Option::take).flatten() {
            spawn_local(async move { self.done(phone.restore(removed).await.map(|()| None)) });
        }
    }

    fn done(self, result: Result<Option<Removed>, StoreError>) {
        match result {
            Ok(removed) => drop(self.removed.try_set(removed)),
            Err(error) => drop(self.failed.try_set(Some(error))),
        }
    }

    fn view(self, phone: Phone) -> AnyView {
        let Words { w, .. } = words();
        let undo = move || {
            self.removed.with(Option::is_some).then(|| {
                let restore = tap(move || self.restore(phone));
                let words = view! { <button type="button" class="btn second" on:click=restore>{w.take_back}</button> }.into_any();
                view! { <div role="status">{note(Tone::Plain, Icon::UNDO, w.opinion_removed, words)}</div> }.into_any()
            })
        };
        view! { {live(move || self.failed.get().map(|error| store_problem(&error)))}{live(undo)} }.into_any()
    }
}

fn lists(phone: Phone, page: &OutboxPage, limit: RwSignal<usize>, thrown: Thrown) -> AnyView {
    let Words { w, lang, .. } = words();
    let number = |n: usize| count(n as u32, lang);
    let attention = (!page.attention.is_empty()).then(|| {
        view! { <h2 id="xem-lai" class="bad">{w.review}</h2><ul class="ruled">{items(phone, &page.attention, thrown)}</ul> }.into_any()
    });
    let review = (!page.attention.is_empty()).then(|| {
        view! { <a class="bad" href="#xem-lai"><b>{Icon::WARNING.view()}" "{number(page.attention.len())}</b>" "{w.review}</a> }.into_any()
    });
    let list = |of: &[OutboxItem], none: &'static str| {
        if of.is_empty() {
            view! { <p class="muted">{none}</p> }.into_any()
        } else {
            view! { <ul class="ruled">{items(phone, of, thrown)}</ul> }.into_any()
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

fn items(phone: Phone, list: &[OutboxItem], thrown: Thrown) -> AnyView {
    list.iter().map(|item| row(phone, item, thrown)).collect_view().into_any()
}

fn row(phone: Phone, item: &OutboxItem, thrown: Thrown) -> AnyView {
    let Words { w, shared, lang } = words();
    let today = phone.today();
    let sign = match item.state {
        ItemState::Waiting => (Icon::CLOCK, Tone::Plain),
        ItemState::Sent { .. } => (Icon::DONE, Tone::Good),
        ItemState::Attention(_) | ItemState::Damaged => (Icon::WARNING, Tone::Bad),
    };
    let state = match item.state {
        ItemState::Waiting => ().into_any(),
        ItemState::Sent { received_at: Some(at) } => mark(Tone::Good, None, (w.received_at)(&day(at.date(), today), &at.hour_minute())),
        ItemState::Sent { received_at: None } => mark(Tone::Good, None, w.received.to_owned()),
        ItemState::Attention(reason) => view! { <span class="small muted">{why(reason)}</span> }.into_any(),
        ItemState::Damaged => {
            let unnamed = matches!(item.what, What::Damaged { unnamed: true, .. });
            view! { <span class="small muted">{if unnamed { w.damaged_unnamed_do } else { w.damaged_do }}</span> }.into_any()
        }
    };
    let (place, number, title, about) = match &item.what {
        What::Visit { visit, no, head, at, met, opinions, amends, retracts } => {
            let hidden = head.is_empty();
            let head = if hidden { w.hidden_house } else { head };
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
            // A visit that was taken back has no page any more, and of a house that is hidden nobody sees one.
            ((!retracts && !hidden).then_some(Place::Visit(*visit)), no.clone(), title, about)
        }
        What::Meeting { meeting, title, at, opinions, cancelled } => {
            let title = if title.is_empty() { w.meeting.to_owned() } else { (w.item_meeting)(title) };
            let said = (*opinions > 0).then(|| (w.opinions_n)(&count(*opinions, lang)));
            let about = [Some(shared.moment(*at, today)), said, cancelled.then(|| w.meeting_undone.to_owned())];
            let place = (!cancelled).then_some(Place::Write(Writing::Meeting(*meeting)));
            (place, String::new(), title, about.into_iter().flatten().collect())
        }
        What::Household { household, no, head, at, new } => {
            let hidden = head.is_empty();
            let head = if hidden { w.hidden_house } else { head };
            let title = if *new { (w.item_added)(head) } else { (w.item_edited)(head) };
            ((!hidden).then_some(Place::Household(*household)), no.clone(), title, vec![shared.moment(*at, today)])
        }
        What::Anonymous { kind, amended, .. } => {
            let about = [Some(w.item_anonymous_words), amended.then_some(w.first_stays)];
            (None, String::new(), (w.item_anonymous)(kind.label(lang)), about.into_iter().flatten().map(str::to_owned).collect())
        }
        What::Verification { village, at, closing, retracts } => {
            let village = phone.with(|notebook| notebook.unit(*village).map(|unit| unit.name.clone())).unwrap_or_default();
            let title = if *closing { (w.closed_there)(&village) } else { (w.verified_there)(&village) };
            let about = [retracts.then(|| w.item_back.to_owned()), Some(shared.moment(*at, today))];
            (phone.verifies().then_some(Place::Team), String::new(), title, about.into_iter().flatten().collect())
        }
        What::Damaged { unnamed, after } => {
            let title = if *unnamed { w.item_damaged_unnamed } else { w.item_damaged };
            let about = after.map(|at| (w.written_after)(&shared.moment(at, today)));
            (None, String::new(), title.to_owned(), about.into_iter().collect())
        }
        What::Other { at } => (None, String::new(), w.item_other.to_owned(), at.map(|at| shared.moment(at, today)).into_iter().collect()),
    };
    let words = view! { <b>{title}</b><span class="small muted">{about.join(" · ")}</span>{state} }.into_any();
    let margin = margin(number, Some(sign));
    match (place, &item.what) {
        (Some(place), _) => link_row(place.href(), margin, words),
        (None, What::Anonymous { key, unsent, .. }) => {
            let key = *key;
            let remove = unsent.then(|| {
                let remove = tap(move || thrown.remove(phone, key));
                view! { <button type="button" class="btn plain" on:click=remove>{Icon::CLOSE.view()}" "{w.discard}</button> }.into_any()
            });
            let beneath = view! {
                <div class="pair">
                    <a class="btn plain" href=Place::Write(Writing::Unnamed(key)).href()>{Icon::PENCIL.view()}" "{w.correct_this}</a>
                    {remove}
                </div>
            };
            plain_row_with(margin, words, beneath.into_any())
        }
        (None, _) => plain_row(false, margin, words),
    }
}

/// Why a person must look, and what they can do.
pub fn why(reason: Reason) -> &'static str {
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
        Reason::Suspect | Reason::Other => w.reason_other,
    }
}
