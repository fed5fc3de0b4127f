//! What stands around every page: the top line and the bar of places.

use crate::place::{Place, Way};
use app::phone::{Phone, Status, StoreError};
use app::platform::dom;
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::note::note;
use app::words::field::Field;
use app::words::shared::Shared;
use domain::cbor;
use domain::code::Lang;
use domain::id::RecordId;
use domain::notebook::Filter;
use domain::time::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use std::future::Future;

/// The words in the reader's language.
#[derive(Clone, Copy)]
pub struct Words {
    /// The language.
    pub lang: Lang,
    /// The field's own words.
    pub w: &'static Field,
    /// Those that the office uses too.
    pub shared: &'static Shared,
}

impl Words {
    /// The words of a language.
    pub const fn of(lang: Lang) -> Self {
        Self { lang, w: Field::of(lang), shared: Shared::of(lang) }
    }
}

/// The words of the page that is being made.
pub fn words() -> Words {
    use_context().unwrap_or(const { Words::of(Lang::Vi) })
}

/// One of the places of the bottom bar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Today,
    Households,
    Meetings,
    Entries,
}

/// Where a page stands, and what is at its bottom.
pub enum Frame {
    /// One of the places of the bottom bar.
    Tab(Tab),
    /// A page with a way back, labelled with the place it leads to.
    Inner(Place, String),
    /// The same with a bar of its own at the bottom.
    Docked(Place, String, AnyView),
}

/// A page: top line, notices, content, bottom.
pub fn page(phone: Phone, frame: Frame, content: AnyView) -> AnyView {
    let Words { w, shared, .. } = words();
    let status = phone.status();
    let (back, foot, banner) = match frame {
        Frame::Tab(tab) => (None, tabs(phone, tab), Some(view! { {rejected_banner(phone)}{update_banner(phone)} }.into_any())),
        Frame::Inner(place, label) => (Some((place, label)), ().into_any(), None),
        Frame::Docked(place, label, dock) => (Some((place, label)), view! { <footer class="dock">{dock}</footer> }.into_any(), None),
    };
    let inner = back.is_some();
    let back = back.map(|(place, label)| view! { <a class="back" href=place.href()>{Icon::BACK.view()}" "{label}</a> }.into_any());
    arrive();
    view! {
        <header class="top">
            <a class="skip" href="#noi-dung">{shared.skip}</a>
            {back}
            <a class="status" href=Place::Entries.href() aria-live="polite">
                {live(move || status_line(w, shared, &status.get(), phone.today(), inner))}
            </a>
        </header>
        <main class="page" id="noi-dung">{banner}{content}</main>
        {foot}
    }
    .into_any()
}

/// Whether the reader has been led to the page that is shown: one that is drawn anew must not take the focus again.
#[derive(Clone, Copy)]
pub struct Arrival(StoredValue<bool>);

impl Arrival {
    /// A page that was just gone to.
    pub fn new() -> Self {
        Self(StoredValue::new(false))
    }
}

/// What stands typed on the page that is shown and in no draft, in the page's own form. It is kept with the reader's place.
#[derive(Clone, Copy)]
pub struct Aside(StoredValue<Option<(Place, ByteBuf)>>);

impl Aside {
    /// Nothing.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// What stood on this page before the notebook was closed.
    pub fn restore(self, place: Place, typed: ByteBuf) {
        self.0.set_value((!typed.is_empty()).then_some((place, typed)));
    }

    /// What was typed on this page now.
    pub fn set<T: Serialize>(self, place: Place, typed: &T) {
        self.0.set_value(Some((place, ByteBuf::from(cbor::encode(typed)))));
    }

    /// What is typed on this page. It is forgotten when the page is left.
    pub fn get<T: DeserializeOwned>(self, place: Place) -> Option<T> {
        on_cleanup(move || drop(self.0.try_update_value(Option::take)));
        let typed = self.0.get_value().filter(|(of, _)| *of == place)?.1;
        cbor::decode(&typed).ok()
    }

    /// For the place.
    pub fn bytes(self) -> ByteBuf {
        self.0.get_value().map(|(_, typed)| typed).unwrap_or_default()
    }
}

/// Leads the reader to the page's heading, once the page stands.
fn arrive() {
    let arrival = use_context::<Arrival>().and_then(|arrival| arrival.0.try_update_value(|arrived| std::mem::replace(arrived, true)));
    if arrival != Some(true) {
        request_animation_frame(dom::arrive);
    }
}

/// "Không có mạng · 3 chờ gửi"; on inner pages the network is a sign with a spoken name.
fn status_line(w: &'static Field, shared: &'static Shared, status: &Status, today: Date, inner: bool) -> AnyView {
    let (icon, network) = if status.online { (Icon::ONLINE, w.online) } else { (Icon::OFFLINE, w.offline) };
    let state = match (status.syncing.is_some(), status.attention, status.waiting) {
        (true, _, _) => w.syncing.to_owned(),
        (_, n @ 1.., _) => (w.to_review)(n),
        (_, _, n @ 1..) => (w.to_send)(n),
        _ => w.all_sent.to_owned(),
    };
    if inner {
        return view! { {icon.named(network)}" "<b>{state}</b> }.into_any();
    }
    let last = status.complete_at.map(|at| view! { <small>{(w.last_sync)(&shared.moment(at, today))}</small> }.into_any());
    view! { {icon.view()}" "<span>{network}{last}</span>" "<b>{state}</b> }.into_any()
}

fn tabs(phone: Phone, current: Tab) -> AnyView {
    let Words { w, .. } = words();
    let status = phone.status();
    let tab = |tab: Tab, place: Place, icon: Icon, name: &'static str, badge: Option<AnyView>| {
        view! { <a href=place.href() aria-current=(tab == current).then_some("page")>{icon.view()}" "{name}{badge}</a> }.into_any()
    };
    let badge = move || {
        let waiting = status.with(|status| status.waiting);
        (waiting > 0).then(|| view! { <b>{waiting}<span class="unseen">" "{w.waiting_word}</span></b> }.into_any())
    };
    view! {
        <nav class="nav" aria-label=w.places>
            {tab(Tab::Today, Place::Today, Icon::HOME, w.today, None)}
            {tab(Tab::Households, Place::Households(Filter::All), Icon::HOUSES, w.households, None)}
            {tab(Tab::Meetings, Place::Meetings, Icon::PEOPLE, w.meetings, None)}
            {tab(Tab::Entries, Place::Entries, Icon::OUTBOX, w.entries, Some(live(badge)))}
        </nav>
    }
    .into_any()
}

/// The commune does not take this phone any more: said wherever the reader looks first, until it does again.
fn rejected_banner(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let rejected = Memo::new(move |_| phone.status().with(|status| status.rejected));
    live(move || {
        let words = || view! { <p>{w.end_rejected_do}</p><a class="btn second" href=Place::Enrol.href()>{w.new_code}</a> }.into_any();
        rejected.get().then(|| view! { <div role="status">{note(Tone::Bad, Icon::WARNING, w.end_rejected, words())}</div> }.into_any())
    })
}

/// "Có bản mới": changes only while nothing is being written.
fn update_banner(phone: Phone) -> AnyView {
    let Words { w, .. } = words();
    let ready = phone.update();
    let refused = RwSignal::new(false);
    let change = move || {
        spawn_local(async move {
            let changed = phone.activate_update().await;
            refused.try_set(!changed);
        });
    };
    live(move || {
        ready.get().then(|| {
            note(
                Tone::Plain,
                Icon::INBOX,
                w.update_title,
                view! {
                    <p role="status">{live(move || if refused.get() { w.update_refused } else { w.update_words })}</p>
                    {live(move || refused.get().then(|| {
                        view! { <a class="btn plain" href=Place::Entries.href()>{w.see_unfinished}</a> }.into_any()
                    }))}
                    <button type="button" class="btn second" on:click=tap(change)>{w.update_do}</button>
                }
                .into_any(),
            )
        })
    })
}

/// Leads the reader to what has just appeared, once it stands on the page.
pub fn lead_to(id: &'static str) {
    request_animation_frame(move || dom::focus(id));
}

/// Asks for something now and again whenever the notebook changes; what was there stays until the new is there.
pub fn load<T: 'static, F: Future<Output = Result<T, StoreError>> + 'static>(
    phone: Phone,
    fetch: impl Fn() -> F + 'static,
) -> RwSignal<Option<Result<T, StoreError>>, LocalStorage> {
    let loaded = RwSignal::new_local(None);
    let asked = StoredValue::new(0_u32);
    Effect::new(move || {
        phone.revision().track();
        let turn = asked.try_update_value(|n| {
            *n += 1;
            *n
        });
        let answer = fetch();
        spawn_local(async move {
            let answer = answer.await;
            // A later question may have been answered first.
            if turn.is_some() && asked.try_get_value() == turn {
                loaded.try_set(Some(answer));
            }
        });
    });
    loaded
}

/// The campaign that this person works in now.
pub fn campaign(phone: Phone) -> Option<RecordId> {
    phone.with(|notebook| notebook.current().map(|campaign| campaign.id))
}

/// What stands where a page will be, until the notebook has answered.
pub fn opening() -> AnyView {
    let Words { w, .. } = words();
    view! { <main class="page"><p class="muted" role="status">{w.opening}</p></main> }.into_any()
}

/// A page that says why there is nothing to see, with a way on.
pub fn nothing(phone: Phone, title: &'static str, rest: String) -> AnyView {
    let Words { w, .. } = words();
    let content = view! {
        <div class="stack"><h1>{title}</h1><p>{rest}</p></div>
        <a class="btn second" href=Place::Today.href()>{w.to_today}</a>
    }
    .into_any();
    page(phone, Frame::Inner(Place::Today, w.today.to_owned()), content)
}

/// The reader's way through the app.
pub fn way() -> Option<Way> {
    use_context()
}
