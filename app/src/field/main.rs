//! The field app: phones, offline. Its pages, from the first start to the settings.

mod decide;
mod draft;
mod drain;
mod edit_household;
mod enrol;
mod entries;
mod household;
mod household_sheet;
mod households;
mod lock;
mod meeting;
mod meeting_draft;
mod meeting_form;
mod meetings;
mod not_home;
mod notice;
mod opinion;
mod page;
mod pin;
mod place;
mod problem;
mod said;
mod secret;
mod settings;
mod stop;
mod sync;
mod team;
mod today;
mod unfinished;
mod visit;
mod visit_form;

use app::phone::settings::Settings;
use app::phone::{Left, LockedPhone, Missing, Opened, OtherApp, Phone, StoreError};
use app::platform::dom;
use app::ui::live::live;
use domain::time::Time;
use draft::{Desk, Keepers};
use households::Search;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lock::Closing;
use page::{Arrival, Aside, Words};
use place::{Place, Way, Writing};

#[cfg(test)]
#[path = "../../tests/chance/mod.rs"]
mod chance;

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn main() {
    mount_to_body(field);
}

/// What the app can show.
#[derive(Clone)]
enum Stage {
    Opening,
    Enrol,
    /// The commune has ended the notebook that was here.
    Ended,
    /// The notebook, last in step with the server then, is gone.
    Lost(Option<Time>),
    Locked(LockedPhone),
    Unsealed(Phone),
    Ready,
    Insecure,
    Unsupported(Vec<Missing>),
    InOtherApp(OtherApp),
    Failed(StoreError),
}

/// The whole app: what the phone found at its start, then the page that the address names.
fn field() -> impl IntoView {
    let settings = RwSignal::new(Settings::load());
    let way = Way::begin();
    provide_context(way);
    let closing = Closing { search: Search::new(), aside: Aside::new(), keepers: Keepers::new(), way };
    provide_context(closing.search);
    provide_context(closing.aside);
    provide_context(closing.keepers);
    provide_context(closing);
    let stage = RwSignal::new(Stage::Opening);
    // The owner that lives as long as the app: what is open must not die with the page that opened it.
    let owner = Owner::current();
    let open = RwSignal::new(None::<(Phone, Desk)>);
    let show = move |phone: Phone| {
        let desk = owner.as_ref().map_or_else(|| Desk::new(phone), |owner| owner.with(|| Desk::new(phone)));
        open.set(Some((phone, desk)));
        stage.set(Stage::Ready);
    };
    let show = StoredValue::new_local(show);
    let ready = move |phone: Phone| {
        spawn_local(async move {
            if let Some(left) = phone.place_load().await {
                if left.lately {
                    closing.search.restore(left.beside.search.clone());
                }
                let typed = left.beside.page.clone();
                let place = Place::read(&left.path);
                // The address of a home-screen icon says nothing about where the reader was.
                if way.place_untracked() == Place::Today {
                    way.replace(reopened(phone, left).await);
                }
                if way.place_untracked() == place {
                    closing.aside.restore(place, typed);
                }
            }
            phone.on_over(move || spawn_local(async move { _ = closing.close(phone).await }));
            if let Some(show) = show.try_get_value() {
                show(phone);
            }
        });
    };
    spawn_local(async move {
        match Phone::open().await {
            Opened::Locked(locked) => stage.set(Stage::Locked(locked)),
            Opened::Unsealed(phone) => stage.set(Stage::Unsealed(phone)),
            Opened::Fresh => stage.set(Stage::Enrol),
            Opened::Ended => stage.set(Stage::Ended),
            Opened::Lost(last_sync) => stage.set(Stage::Lost(last_sync)),
            Opened::Insecure => stage.set(Stage::Insecure),
            Opened::Unsupported(missing) => stage.set(Stage::Unsupported(missing)),
            Opened::InOtherApp(of) => stage.set(Stage::InOtherApp(of)),
            Opened::Failed(error) => stage.set(Stage::Failed(error)),
        }
    });
    let remember = move |place: Place| {
        if let Some((phone, _)) = open.get_untracked()
            && place != Place::Enrol
        {
            spawn_local(async move {
                // Not remembering a place costs nobody a word that is a draft.
                let _ = phone.place_save(&place.path(), closing.beside()).await;
            });
        }
    };
    Effect::new(move || {
        open.track();
        remember(way.place());
    });
    Effect::new(move |before: Option<Option<usize>>| {
        let told = open.get().map(|(phone, _)| phone.redactions());
        if before.flatten().is_some_and(|before| told != Some(before)) {
            closing.search.outdate();
        }
        told
    });
    // How long ago the app was left counts from when it was last looked at.
    drop(window_event_listener_untyped("visibilitychange", move |_| remember(way.place_untracked())));
    let lang = Memo::new(move |_| settings.get().lang);
    Effect::new(move || dom::speak(lang.get()));
    move || {
        provide_context(Words::of(lang.get()));
        match (stage.get(), open.get()) {
            (Stage::Ready, Some((phone, desk))) => pages(phone, desk, way, settings),
            (Stage::Opening | Stage::Ready, _) => untrack(notice::opening),
            (Stage::Locked(locked), _) => untrack(|| lock::lock(locked, ready)),
            (Stage::Unsealed(phone), _) => untrack(|| drain::drain(phone)),
            (Stage::Enrol, _) => untrack(|| enrol::enrol(None, way, ready)),
            (Stage::Ended, _) => untrack(|| enrol::enrol(Some(enrol::ended()), way, ready)),
            (Stage::Lost(last_sync), _) => untrack(|| enrol::enrol(Some(enrol::lost(last_sync)), way, ready)),
            (Stage::Insecure, _) => untrack(notice::insecure),
            (Stage::Unsupported(missing), _) => untrack(|| notice::unsupported(&missing)),
            (Stage::InOtherApp(of), _) => untrack(|| notice::other_app(of)),
            (Stage::Failed(error), _) => untrack(|| notice::failed(&error)),
        }
    }
}

/// The page at which the reader was, if something is being written there or the app was left a moment ago; else the
/// first one. Where nothing is being written any more, because it was saved as the phone died, it is the page before:
/// an empty form would ask for the same visit again.
async fn reopened(phone: Phone, left: Left) -> Place {
    let place = Place::read(&left.path);
    let draft = place.draft();
    match draft {
        Some((key, _)) if phone.drafts().await.unwrap_or_default().contains(&key) => place,
        _ if !left.lately => Place::Today,
        // It was changed, or somebody thought better of it.
        _ if place == Place::Secret => Place::Settings,
        Some((_, origin)) => origin,
        None => place,
    }
}

/// The page that the address names; made anew when the address changes, and only then.
fn pages(phone: Phone, desk: Desk, way: Way, settings: RwSignal<Settings>) -> AnyView {
    live(move || {
        let place = way.place();
        provide_context(Arrival::new());
        untrack(|| match place {
            Place::Today => today::today(phone),
            Place::Households(filter) => households::households(phone, filter),
            Place::NewHousehold => edit_household::new_household(phone, desk),
            Place::Household(id) => household::household(phone, desk, id),
            Place::EditHousehold(id) => edit_household::edit_household(phone, desk, id),
            Place::Decide(id, field) => decide::decide(phone, desk, id, field),
            Place::Team => team::team(phone),
            Place::Member(person) => team::member(phone, person),
            Place::Day(village, day) => team::day(phone, village, day),
            Place::Meetings => meetings::meetings(phone),
            Place::EditMeeting(id) => meeting_form::correct(phone, desk, id),
            Place::EndMeeting(id) => meeting_form::end(phone, desk, id),
            Place::Write(Writing::NewMeeting) => meeting_form::open(phone, desk),
            Place::Write(Writing::Meeting(id)) => meeting::meeting(phone, desk, id),
            Place::Write(writing) if writing.of_said() => said::said(phone, desk, writing, way),
            Place::Write(writing) => visit_form::visit_form(phone, desk, writing),
            Place::Opinion(writing, n) => opinion::opinion(phone, desk, writing, n),
            Place::Stop(writing) => stop::stop(phone, desk, writing),
            Place::Visit(id) => visit::visit(phone, desk, id),
            Place::Entries => entries::entries(phone, desk),
            Place::Sync => sync::sync(phone),
            Place::Settings => settings::settings(phone, settings),
            Place::Secret => secret::secret(phone),
            Place::Enrol => enrol::again(phone),
        })
    })
}
