//! For when something is wrong, or the data is to go elsewhere: a report of a problem without content, and everything in one
//! file.

use crate::browser;
use crate::fetched::Fetched;
use crate::session::{session, today, words};
use crate::take_out;
use crate::ui::heading;
use app::platform::crash;
use domain::person::Action;
use domain::problem::Facts;
use leptos::prelude::*;
use std::fmt::Write as _;

/// Both.
pub fn page() -> AnyView {
    let words = words();
    view! {
        {heading(move || words.upkeep.to_owned())}
        {problem()}
        {session().may(Action::TakeOut).then(take_out::section)}
    }
    .into_any()
}

/// The report as it would be saved; nothing is sent anywhere.
fn problem() -> AnyView {
    let words = words();
    let faults = session().faults();
    let facts = Fetched::<Facts>::new(|| Some("problem".to_owned()));
    let shown = move |facts: Facts| {
        let text = report(&facts, &faults);
        let saved = text.clone();
        let save = move |_| browser::save_file(&format!("gan-dan-{}.txt", today().iso()), saved.as_bytes());
        view! {
            <pre class="report" role="region" tabindex="0" aria-label=words.problem_title>{text}</pre>
            <button type="button" class="btn second auto" on:click=save>{words.save_report}</button>
        }
        .into_any()
    };
    view! { <section class="stack"><h2>{words.problem_title}</h2><p>{words.problem_intro}</p>{facts.draw(shown)}</section> }.into_any()
}

fn report(facts: &Facts, faults: &[String]) -> String {
    let mut text = format!("Gan Dan {}{}\n", facts.version, if facts.demo { " (demo)" } else { "" });
    let (hour, minute) = facts.at.clock();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {value}");
    };
    line("server time", &format!("{} {hour:02}:{minute:02}", facts.at.date().iso()));
    line("office app", &app::platform::device::build());
    line("browser", &browser::browser());
    line("crashed at", &crash::last().unwrap_or_else(|| "-".to_owned()));
    for (name, count) in &facts.counts {
        line(name, &count.words());
    }
    for fault in faults {
        line("refused", fault);
    }
    text
}
