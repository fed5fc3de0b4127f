//! What the server keeps and could not take in: why, and what to do.

use crate::fetched::Fetched;
use crate::session::{session, shared, today, words};
use crate::ui::{empty, heading, mark, number};
use app::ui::icon::{Icon, Tone};
use domain::office::QuarantineRow;
use leptos::prelude::*;

/// The list of what waits for a person.
pub fn page() -> AnyView {
    let words = words();
    let waiting = Fetched::<Vec<QuarantineRow>>::new(|| Some("quarantine".to_owned()));
    let title = move || match waiting.here() {
        None => words.quarantine.to_owned(),
        Some(rows) if rows.is_empty() => words.quarantine_none.to_owned(),
        Some(rows) => (words.quarantine_found)(&number(count(&rows))),
    };
    let session = session();
    Effect::new(move || {
        if let Some(rows) = waiting.here() {
            session.waiting.set(count(&rows));
        }
    });
    view! {
        {heading(title)}
        <p class="muted">{words.quarantine_intro}</p>
        {waiting.draw(table)}
    }
    .into_any()
}

fn count(rows: &[QuarantineRow]) -> u32 {
    rows.iter().map(|row| row.count).sum()
}

fn table(rows: Vec<QuarantineRow>) -> AnyView {
    let (words, shared) = (words(), shared());
    if rows.is_empty() {
        return empty(words.quarantine_empty, ());
    }
    let rows = rows
        .into_iter()
        .map(|row| {
            let named = row.from.is_some();
            let from = row.from.unwrap_or_else(|| (words.anonymous_n)(&number(row.count)));
            let at = row.received_at.map_or_else(|| "–".to_owned(), |at| shared.moment(at, today()));
            let (why, next) = words.quarantined(row.reason);
            let next = if named { next } else { words.anonymous_next };
            let kind = row.kind.as_deref().map_or(words.unreadable_kind, |kind| words.record_kind(kind));
            view! {
                <tr>
                    <th scope="row">{from}</th>
                    <td>{at}</td>
                    <td>{kind}<br/><span class="small muted">{(words.bytes)(&number(row.bytes))}</span></td>
                    <td>{mark(Tone::Bad, Icon::WARNING, why)}</td>
                    <td>{next}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl text">
            <caption class="unseen">{words.quarantine}</caption>
            <thead><tr>
                <th scope="col">{words.from_whom}</th>
                <th scope="col">{words.received}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.reason}</th>
                <th scope="col">{words.what_to_do}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
