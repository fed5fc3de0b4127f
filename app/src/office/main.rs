//! The office: the desktop of a commune, online. Nothing in here is ever downloaded by a phone.

mod access;
#[path = "../words/access.rs"]
mod access_words;
mod again;
mod ahead;
mod app_shell;
mod arrived;
mod assignment;
mod campaign;
mod chart;
mod code_book;
mod communes;
mod devices;
mod directory;
mod disputed;
mod enrolment;
mod fetched;
mod filter;
mod form;
mod hand_over;
mod household;
mod households;
mod import;
mod incident;
mod incident_sheet;
mod list;
mod meetings;
mod names;
mod opinions;
mod organizations;
mod overview;
mod people;
mod pick;
mod quarantine;
mod rearrangement;
mod records;
mod recovery;
mod recovery_key;
mod redaction;
mod route_list;
mod said;
mod session;
mod setup;
mod share;
mod sheets;
mod sign_in;
mod sitting;
mod take_out;
mod team;
mod twin;
mod typing;
mod ui;
mod units;
mod upkeep;
mod verification;
mod visit_sheet;
mod visits;
#[path = "../words/office.rs"]
mod words;

// What this entry point alone asks of the browser.
use app::platform::office as browser;

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn main() {
    app::platform::crash::watch();
    leptos::mount::mount_to_body(app_shell::Office);
}
