//! The office's table of contents: its pages, who may open them, and what stands around each.

use crate::browser;
use crate::chart;
use crate::directory::Directory;
use crate::filter::{Sought, sought};
use crate::session::{Session, lang, session, shared, words};
use crate::words;
use crate::{
    access, arrived, assignment, campaign, code_book, disputed, household, households, import, incident, meetings, opinions, organizations,
    overview, people, quarantine, rearrangement, recovery, redaction, route_list, setup, share, sign_in, team, twin, typing, ui, units,
    upkeep, verification, visit_sheet, visits,
};
use app::phone::settings::{TextSize, Theme};
use app::platform::dom;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::code::Lang;
use domain::office::Me;
use domain::person::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

/// One entry of the side: where it leads, its sign and word, and what a role needs for it.
struct Place {
    at: &'static str,
    icon: Icon,
    label: fn(&words::Office) -> &'static str,
    needs: Action,
}

const PLACES: [Place; 18] = [
    Place { at: "overview", icon: Icon::new("M4 4v16h16M8.5 16v-5M13 16V7M17.5 16v-3"), label: |w| w.overview, needs: Action::Coverage },
    Place { at: "campaigns", icon: Icon::new("M5 21V4h13l-2.5 4L18 12H5"), label: |w| w.campaigns, needs: Action::Campaigns },
    Place { at: "teams", icon: Icon::PEOPLE, label: |w| w.teams, needs: Action::Campaigns },
    Place { at: "households", icon: Icon::HOUSES, label: |w| w.households, needs: Action::Households },
    Place { at: "opinions", icon: Icon::VOICE, label: |w| w.opinions, needs: Action::Opinions },
    Place {
        at: "meetings",
        icon: Icon::new("M4 20V9l8-5 8 5v11M9 20v-6h6v6M2 20h20"),
        label: |w| w.village_meetings,
        needs: Action::Meetings,
    },
    Place { at: "visits", icon: Icon::DOOR, label: |w| w.visits, needs: Action::Visits },
    Place { at: "verification", icon: Icon::DONE, label: |w| w.verification, needs: Action::Verify },
    Place { at: "typing", icon: Icon::PENCIL, label: |w| w.typing, needs: Action::Typing },
    Place { at: "disputed", icon: Icon::HOUSES, label: |w| w.disputes, needs: Action::KeepBook },
    Place { at: "twins", icon: Icon::HOUSES, label: |w| w.twins, needs: Action::KeepBook },
    Place { at: "quarantine", icon: Icon::WARNING, label: |w| w.quarantine, needs: Action::Quarantine },
    Place {
        at: "people",
        icon: Icon::new("M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2"),
        label: |w| w.people,
        needs: Action::Devices,
    },
    Place {
        at: "units",
        icon: Icon::new("M12 3v6M5 15v-3h14v3M12 9v3M3 15h4v5H3zM10 15h4v5h-4zM17 15h4v5h-4z"),
        label: |w| w.units,
        needs: Action::Units,
    },
    Place {
        at: "recovery",
        icon: Icon::new("M4 15a5 5 0 1 0 10 0 5 5 0 1 0-10 0M12.5 11.5 20 4M16 8l3 3"),
        label: |w| w.recovery,
        needs: Action::Reopen,
    },
    Place {
        at: "incidents",
        icon: Icon::new("M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM12 8v5M12 16.5v.5"),
        label: |w| w.incidents,
        needs: Action::Incidents,
    },
    Place { at: "redactions", icon: Icon::new("M5 15 14 6l5 5-7 7H8zM10 10l5 5M4 20h16"), label: |w| w.redactions, needs: Action::Erase },
    Place { at: "access", icon: Icon::new("M5 3h14v18H5zM9 8h6M9 12h6M9 16h3"), label: |w| w.access_log, needs: Action::AccessLog },
];

/// The whole office.
#[component]
pub fn Office() -> impl IntoView {
    let session = Session::new();
    provide_context(session);
    // Asked once; until then nobody knows whether to show the door.
    let asked = RwSignal::new(false);
    spawn_local(async move {
        if let Ok(me) = session.get::<Me>("session").await {
            session.begin(me);
        }
        asked.set(true);
    });
    let lang = Memo::new(move |_| session.settings.get().lang);
    Effect::new(move || dom::speak(lang.get()));
    let person = Memo::new(move |_| session.me.get().map(|me| me.person.id));
    view! {
        <Router base="/office">
            {move || {
                // Another language or another person: every page anew, and nothing of the one before.
                lang.track();
                let path = use_location().pathname.get_untracked();
                if path.starts_with("/office/setup") {
                    return setup::page();
                }
                match (asked.get(), person.get()) {
                    (false, _) => view! { <main class="main whole"><p class="muted" role="status">{words().loading}</p></main> }.into_any(),
                    (true, None) => sign_in::page(),
                    (true, Some(_)) => desk(),
                }
            }}
        </Router>
    }
}

/// Side and content for somebody who is signed in.
fn desk() -> AnyView {
    let session = session();
    provide_context(Directory::new());
    provide_context(Sought::new());
    let again = move || session.expired.get().then(sign_in::again);
    let path = use_location().pathname;
    let makes_key = session.may(Action::RecoveryKey);
    let no_key = move || (makes_key && session.no_key.get() && !path.get().ends_with("/recovery")).then(recovery::missing);
    view! {
        {side()}
        <main class="main" id="noi-dung" tabindex="-1">
            {chart::hatching()}
            {again}
            {no_key}
            <FlatRoutes fallback=nowhere>
                <Route path=path!("") view=first/>
                <Route path=path!("overview") view=|| allowed(Action::Coverage, overview::page)/>
                <Route path=path!("campaigns") view=|| allowed(Action::Campaigns, campaign::page)/>
                <Route path=path!("teams") view=|| allowed(Action::Campaigns, team::page)/>
                <Route path=path!("lists") view=|| allowed(Action::Campaigns, code_book::page)/>
                <Route path=path!("organizations") view=|| allowed(Action::Campaigns, organizations::page)/>
                <Route path=path!("assign") view=|| allowed(Action::Campaigns, assignment::page)/>
                <Route path=path!("share") view=|| allowed(Action::Campaigns, share::page)/>
                <Route path=path!("households") view=|| allowed(Action::Households, households::page)/>
                <Route path=path!("household") view=|| allowed(Action::KeepBook, household::page)/>
                <Route path=path!("import") view=|| allowed(Action::ImportRoll, import::page)/>
                <Route path=path!("opinions") view=|| allowed(Action::Opinions, opinions::page)/>
                <Route path=path!("meetings") view=|| allowed(Action::Meetings, meetings::page)/>
                <Route path=path!("visits") view=|| allowed(Action::Visits, visits::page)/>
                <Route path=path!("verification") view=|| allowed(Action::Verify, verification::page)/>
                <Route path=path!("typing") view=|| allowed(Action::Typing, typing::page)/>
                <Route path=path!("arrived") view=|| allowed(Action::Typing, arrived::page)/>
                <Route path=path!("sheets") view=|| allowed(Action::Households, visit_sheet::page)/>
                <Route path=path!("route") view=|| allowed(Action::Households, route_list::page)/>
                <Route path=path!("disputed") view=|| allowed(Action::KeepBook, disputed::page)/>
                <Route path=path!("twins") view=|| allowed(Action::KeepBook, twin::page)/>
                <Route path=path!("quarantine") view=|| allowed(Action::Quarantine, quarantine::page)/>
                <Route path=path!("people") view=|| allowed(Action::Devices, people::page)/>
                <Route path=path!("units") view=|| allowed(Action::Units, units::page)/>
                <Route path=path!("units/rearrange") view=|| allowed(Action::Units, rearrangement::page)/>
                <Route path=path!("incidents") view=|| allowed(Action::Incidents, incident::page)/>
                <Route path=path!("upkeep") view=upkeep::page/>
                <Route path=path!("recovery") view=|| allowed(Action::Reopen, recovery::page)/>
                <Route path=path!("redactions") view=|| allowed(Action::Erase, redaction::page)/>
                <Route path=path!("access") view=|| allowed(Action::AccessLog, access::page)/>
            </FlatRoutes>
        </main>
    }
    .into_any()
}

fn allowed(needs: Action, page: fn() -> AnyView) -> AnyView {
    if session().may(needs) { page() } else { nothing_here() }
}

/// What a role sees first: how far the work has come, the units it looks after, or who read what. In this order.
const FIRST: [(Action, fn() -> AnyView); 3] =
    [(Action::Coverage, overview::page), (Action::Units, units::page), (Action::AccessLog, access::page)];

/// The first of them that the role may open.
fn first_of(session: Session) -> Option<(Action, fn() -> AnyView)> {
    FIRST.into_iter().find(|(needs, _)| session.may(*needs))
}

fn first() -> AnyView {
    first_of(session()).map_or_else(nothing_here, |(_, page)| page())
}

fn nothing_here() -> AnyView {
    let words = words();
    view! { {ui::heading(move || words.not_for_role.to_owned())}<p>{words.not_for_role_next}</p> }.into_any()
}

fn nowhere() -> AnyView {
    let words = words();
    view! { {ui::heading(move || words.no_page.to_owned())}<p><a href="/office/">{words.to_start}</a></p> }.into_any()
}

fn side() -> AnyView {
    let session = session();
    let words = words();
    let path = use_location().pathname;
    let sought = sought();
    let first = first_of(session).and_then(|(needs, _)| PLACES.iter().find(|place| place.needs == needs)).map_or("", |place| place.at);
    let links = PLACES
        .iter()
        .filter(|place| session.may(place.needs))
        .map(|place| {
            let href = format!("/office/{}", place.at);
            let current = {
                let href = href.clone();
                // Import belongs to the households, assignment, organisations and code lists to the teams, paper to what is typed in from it.
                move || {
                    let path = path.get();
                    let path = path.trim_end_matches('/');
                    let within = matches!(
                        (path, place.at),
                        ("/office/import" | "/office/household", "households")
                            | ("/office/assign" | "/office/share" | "/office/organizations" | "/office/lists", "teams")
                            | ("/office/arrived" | "/office/sheets" | "/office/route", "typing")
                    );
                    let here = path == href || within || (path == "/office" && place.at == first);
                    here.then_some("page")
                }
            };
            let count = match place.at {
                "quarantine" => Some(session.waiting),
                "disputed" => Some(session.disputed),
                "twins" => Some(session.twins),
                "recovery" => Some(session.reopen),
                _ => None,
            };
            let waiting = count.map(|count| {
                move || match count.get() {
                    0 => ().into_any(),
                    n => view! { " "<b>{ui::number(n)}</b> }.into_any(),
                }
            });
            view! { <a href=href aria-current=current on:click=move |_| sought.forget()>{place.icon.view()}" "{(place.label)(words)}{waiting}</a> }
        })
        .collect_view();
    let me = session.me.get_untracked();
    let who = me.map(|me| {
        let demo = me.demo.then(|| note(Tone::Plain, Icon::PAPER, words.demo, ()));
        view! { <b>{me.person.name}</b><br/>{me.person.role.label(lang())}<br/>{me.unit_name}{demo} }
    });
    // Whoever leaves the desk has to know if they are still signed in.
    let stayed = RwSignal::new(None);
    let leave = move |_| {
        spawn_local(async move {
            stayed.try_set(session.end().await.err());
        });
    };
    let still_here =
        move || stayed.get().map(|fault| note(Tone::Bad, Icon::WARNING, words.still_signed_in, view! { <p>{words.fault(&fault)}</p> }));
    let skip = |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        browser::skip_to_content();
    };
    view! {
        <header class="side">
            <a class="skip" href="#noi-dung" rel="external" on:click=skip>{shared().skip}</a>
            <p class="brand">{shared().app}</p>
            <nav aria-label=words.main_places>{links}</nav>
            <div class="who">
                <p>{who}</p>
                {look()}
                <p><a href="/office/upkeep">{words.upkeep}</a></p>
                <div role="alert">{still_here}</div>
                <button type="button" class="btn second" on:click=leave>{words.sign_out}</button>
            </div>
        </header>
    }
    .into_any()
}

/// Language, colours and size of letters, at the foot of the side.
pub fn look() -> AnyView {
    let session = session();
    let words = words();
    let settings = session.settings;
    let change = move |change: &dyn Fn(&mut app::phone::settings::Settings)| {
        let mut new = settings.get_untracked();
        change(&mut new);
        new.save();
        settings.set(new);
    };
    let option = |value: &'static str, label: &'static str, chosen: bool| view! { <option value=value selected=chosen>{label}</option> };
    let now = settings.get_untracked();
    view! {
        <details class="look">
            <summary>{Icon::TEXT_SIZE.view()}" "{words.look}</summary>
            <label for="look-lang">{words.language}</label>
            <select class="input" id="look-lang" on:change=move |event| {
                let en = event_target_value(&event) == "en";
                change(&|new| new.lang = if en { Lang::En } else { Lang::Vi });
            }>
                {option("vi", words.vietnamese, now.lang == Lang::Vi)}
                {option("en", words.english, now.lang == Lang::En)}
            </select>
            <label for="look-theme">{words.colours}</label>
            <select class="input" id="look-theme" on:change=move |event| {
                let value = event_target_value(&event);
                change(&|new| new.theme = match value.as_str() { "dark" => Theme::Dark, "auto" => Theme::Auto, _ => Theme::Light });
            }>
                {option("light", words.light, now.theme == Theme::Light)}
                {option("dark", words.dark, now.theme == Theme::Dark)}
                {option("auto", words.as_machine, now.theme == Theme::Auto)}
            </select>
            <label for="look-text">{words.letters}</label>
            <select class="input" id="look-text" on:change=move |event| {
                let value = event_target_value(&event);
                change(&|new| new.text = match value.as_str() { "2" => TextSize::Large, "3" => TextSize::Largest, _ => TextSize::Medium });
            }>
                {option("1", words.medium, now.text == TextSize::Medium)}
                {option("2", words.large, now.text == TextSize::Large)}
                {option("3", words.largest, now.text == TextSize::Largest)}
            </select>
        </details>
    }
    .into_any()
}
