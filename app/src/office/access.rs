//! The access log, for the data-protection officer and the auditor: who, when, what, about which record.

use crate::access_words;
use crate::fetched::Fetched;
use crate::filter::{Part, address, bar, filter, query};
use crate::session::{lang, shared, today, words};
use crate::ui::{empty, heading, number};
use domain::access::{About, AccessRow};
use domain::office::{Filter, Listed, ROWS};
use leptos::prelude::*;

const PAGE: &str = "access";

/// One page of the log, and the ways to older lines and back to the newest.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let log = Fetched::<Listed<AccessRow>>::new(move || Some(format!("{PAGE}?{}", filter.with(query))));
    let title = move || log.here().map_or_else(|| words.access_log.to_owned(), |log| (words.accesses_found)(&number(log.total)));
    view! {
        {heading(title)}
        <p>{words.access_intro}</p>
        {bar(&[Part::Person, Part::Days], filter, ())}
        {log.draw(move |log| lines(log.rows, &filter.get_untracked()))}
    }
    .into_any()
}

fn lines(rows: Vec<AccessRow>, filter: &Filter) -> AnyView {
    let words = words();
    let newest = filter.before.is_some().then(|| {
        let href = address(PAGE, &Filter { before: None, ..filter.clone() });
        view! { <a class="btn second auto" href=href>{words.newest_lines}</a> }
    });
    let older = rows.last().filter(|_| u32::try_from(rows.len()) == Ok(ROWS)).map(|last| {
        let href = address(PAGE, &Filter { before: Some(last.line), ..filter.clone() });
        view! { <a class="btn second auto" href=href>{words.older_lines}</a> }
    });
    let ways = view! { <nav class="line" aria-label=words.access_pages>{newest}{older}</nav> };
    if rows.is_empty() {
        return view! { {empty(words.no_accesses, ())}{ways} }.into_any();
    }
    let rows = rows.into_iter().map(line).collect_view();
    view! {
        <table class="tbl">
            <caption class="unseen">{words.access_log}</caption>
            <thead><tr>
                <th scope="col">{words.when}</th>
                <th scope="col">{words.who}</th>
                <th scope="col">{words.did}</th>
                <th scope="col">{words.about}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {ways}
    }
    .into_any()
}

fn line(row: AccessRow) -> AnyView {
    let words = words();
    // Somebody whom a restored database does not know any more is still told from others.
    let who = match (row.name.is_empty(), row.person) {
        (false, _) => row.name,
        (true, Some(person)) => person.to_string(),
        (true, None) => words.unknown.to_owned(),
    };
    let did = access_words::route(&row.action, lang()).unwrap_or(row.action);
    view! {
        <tr>
            <td>{shared().moment(row.at, today())}</td>
            <th scope="row">{who}</th>
            <td>{did}</td>
            <td>{row.about.map(about)}</td>
        </tr>
    }
    .into_any()
}

fn about(about: About) -> AnyView {
    let words = words();
    let what = match (&about.kind, &about.colleague) {
        (None, Some(holder)) => Some((words.phone_of)(holder)),
        (Some(_), Some(colleague)) => Some(colleague.clone()),
        (Some(kind), None) => Some(words.record_kind(kind).to_owned()),
        (None, None) => None,
    };
    view! { {what.map(|what| view! { {what}<br/> })}<span class="small muted">{about.id.to_string()}</span> }.into_any()
}
