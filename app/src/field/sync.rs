//! "Đồng bộ": each step with its count, and an honest result.

use crate::page::{Frame, Words, page, words};
use crate::place::Place;
use crate::today::install_hint;
use app::phone::{LastSync, Phone, Status, SyncStep, clock};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::note;
use app::ui::row::{margin, mark, plain_row};
use app::words::shared::count;
use domain::session::{End, NetError};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Sending and receiving, now or the last time.
pub fn sync(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let status = phone.status();
    let running = Memo::new(move |_| status.with(|status| status.syncing.is_some()));
    let content = view! {
        {live(move || if running.get() {
            view! { <div><h1>{w.sync_now_title}</h1><p>{w.sync_now_words}</p></div> }.into_any()
        } else {
            view! { <div><h1>{w.sync_page}</h1></div> }.into_any()
        })}
        <div aria-live="polite">
            {live(move || status.with(|status| match status.syncing {
                Some(step) => view! { <ol class="ruled bleed">{steps(step)}</ol> }.into_any(),
                None => status.last.map_or_else(|| ().into_any(), |last| result(phone, status, last)),
            }))}
        </div>
        {live(move || (!running.get()).then(|| sync_button(phone)))}
        {live(move || clock_warning(&status.read()))}
        {room_warning(phone)}
        {install_hint(phone)}
    }
    .into_any();
    let dock =
        view! { <a class="btn second" href=Place::Today.href()>{live(move || if running.get() { w.work_on } else { w.to_today })}</a> }
            .into_any();
    page(phone, Frame::Docked(Place::Entries, w.entries.to_owned(), dock), content)
}

fn steps(step: SyncStep) -> AnyView {
    let Words { w, lang, .. } = words();
    let done = (Icon::DONE, Tone::Good);
    let now = (Icon::SYNC, Tone::Plain);
    let later = (Icon::CLOCK, Tone::Plain);
    let at = match step {
        SyncStep::Connecting => 0,
        SyncStep::Sending { .. } => 1,
        SyncStep::Receiving { .. } => 2,
    };
    let sign = |n: usize| {
        if n < at {
            done
        } else if n == at {
            now
        } else {
            later
        }
    };
    let bar = |value: u64, total: u64, words: String| {
        view! {
            <span>{words}</span>
            <progress value=value.to_string() max=total.max(1).to_string() aria-label=w.progress></progress>
        }
        .into_any()
    };
    let number = |n: u64| count(n.min(u64::from(u32::MAX)) as u32, lang);
    let sending = match step {
        SyncStep::Sending { sent, total } => bar(sent.into(), total.into(), (w.n_of)(&number(sent.into()), &number(total.into()))),
        _ => ().into_any(),
    };
    let receiving = match step {
        SyncStep::Receiving { received, total } => bar(received, total, (w.of_records)(&number(received), &number(total))),
        _ => ().into_any(),
    };
    let connected = if at > 0 { w.connected } else { w.connecting };
    view! {
        {plain_row(at == 0, margin("", Some(sign(0))), view! { <b>{connected}</b> }.into_any())}
        {plain_row(at == 1, margin("", Some(sign(1))), view! { <b>{w.sending}</b>{sending} }.into_any())}
        {plain_row(at == 2, margin("", Some(sign(2))), view! { <b>{w.receiving}</b>{receiving} }.into_any())}
    }
    .into_any()
}

/// The honest sentence: what went out, what came in, and what did not.
fn result(phone: Phone, status: &Status, last: LastSync) -> AnyView {
    let Words { w, shared, lang } = words();
    let summary = last.summary;
    let number = |n: u32| count(n, lang);
    let hour = summary.server_time.unwrap_or(last.at).hour_minute();
    let households = phone.with(|notebook| notebook.household_count()) as u32;
    let sent = match (last.sent, summary.end) {
        (0, _) if last.first && households > 0 => (w.received_households)(&number(households)),
        (0, _) => w.nothing_to_send.to_owned(),
        (n, end) if end != End::Complete && status.waiting > 0 => (w.sent_part)(&number(n), &number(n.saturating_add(status.waiting))),
        (n, _) if last.refused > 0 => (w.sent_not_all_taken)(&number(n), &hour),
        (n, _) => (w.sent_all)(&number(n), &hour),
    };
    let received = if last.received > 0 { (w.received_n)(&number(last.received)) } else { w.nothing_new.to_owned() };
    let bad = last.refused + status.damaged;
    let review = (bad > 0)
        .then(|| view! { <p><a href=Place::Entries.href()>{mark(Tone::Bad, Some(Icon::WARNING), (w.to_review)(bad))}</a></p> }.into_any());
    let when = shared.moment(last.at, phone.today());
    match summary.end {
        End::Complete => {
            let (tone, icon) = if bad > 0 { (Tone::Wait, Icon::WARNING) } else { (Tone::Good, Icon::DONE) };
            note(tone, icon, sent, view! { <p>{received}</p>{review}<p class="small">{(w.last_sync)(&when)}</p> }.into_any())
        }
        end => {
            let (tone, why, what_to_do) = match end {
                End::Net(NetError::Lost) => (Tone::Wait, w.end_lost, w.end_lost_do),
                End::Net(NetError::Busy) => (Tone::Wait, w.end_busy, w.end_busy_do),
                End::Net(NetError::Rejected) => (Tone::Bad, w.end_rejected, w.end_rejected_do),
                End::Net(NetError::Unreadable) => (Tone::Bad, w.end_unreadable, w.end_unreadable_do),
                End::Store | End::Complete => (Tone::Bad, w.end_store, w.end_store_do),
            };
            let so_far = (last.sent > 0 || last.received > 0).then(|| {
                let sent = (last.sent > 0).then(|| view! { <p>{sent}"."</p> }.into_any());
                let received = (last.received > 0).then(|| view! { <p>{received}</p> }.into_any());
                view! { {sent}{received} }.into_any()
            });
            let code = (end == End::Net(NetError::Rejected))
                .then(|| view! { <a class="btn second" href=Place::Enrol.href()>{w.new_code}</a> }.into_any());
            note(tone, Icon::WARNING, why, view! { {so_far}{review}<p>{what_to_do}</p><p class="small">{when}</p>{code} }.into_any())
        }
    }
}

/// "Đồng bộ ngay"; where there is no network it says why not.
pub fn sync_button(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let status = phone.status();
    let online = Memo::new(move |_| status.with(|status| status.online));
    let busy = Memo::new(move |_| status.with(|status| status.syncing.is_some()));
    let begin = move || {
        if online.get_untracked() && !busy.get_untracked() {
            spawn_local(phone.sync_now());
        }
    };
    view! {
        <div>
            <button type="button" class="btn" on:click=tap(begin) aria-describedby="vi-sao"
                aria-disabled=flag(move || !online.get()) aria-busy=flag(move || busy.get())>
                {live(move || (!busy.get()).then(|| Icon::SYNC.view()))}" "{live(move || if busy.get() { w.syncing } else { w.sync_now })}
            </button>
            <p class="hint" id="vi-sao">{live(move || if online.get() { w.sync_hint } else { w.sync_offline })}</p>
        </div>
    }
    .into_any()
}

/// The phone is nearly full, and nothing was refused yet.
pub fn room_warning(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let status = phone.status();
    let tight = Memo::new(move |_| status.with(|status| status.tight));
    live(move || tight.get().then(|| note(Tone::Wait, Icon::WARNING, w.store_tight, view! { <p>{w.store_tight_do}</p> }.into_any())))
}

fn clock_warning(status: &Status) -> Option<AnyView> {
    let Words { w, .. } = words();
    (status.clock_off.saturating_abs() > clock::OFF)
        .then(|| note(Tone::Wait, Icon::CLOCK, w.clock_off, view! { <p>{w.clock_off_do}</p> }.into_any()))
}
