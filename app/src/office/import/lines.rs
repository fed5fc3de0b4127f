//! Lines of a file: those that are not kept and why, those that are in doubt, and the first ones as they are read.

use super::{Import, sheet_name};
use crate::session::words;
use crate::ui::{mark, number};
use crate::words::Office;
use app::ui::icon::{Icon, Tone};
use domain::roll::{Column, Preview, Row, Warning};
use leptos::prelude::*;

/// How many lines of a table are shown at first.
pub(super) const SHOWN: usize = 20;

pub(super) fn problems(import: Import, preview: &Preview) -> AnyView {
    let words = import.words;
    let rows: Vec<AnyView> = preview
        .problems
        .iter()
        .map(|problem| {
            view! {
                <tr>
                    {place(words, &problem.row.sheet, problem.row.line)}
                    <td>{read_of(words, &problem.row)}</td>
                    <td>{mark(Tone::Bad, Icon::WARNING, words.roll_reason(&problem.reason))}</td>
                    <td>{words.advice(problem.reason.advice())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let counts = preview.counts;
    if counts.problems + counts.skipped + counts.members == 0 {
        return ().into_any();
    }
    let title = (words.problems_title)(&number(counts.problems));
    let label = if counts.problems > 0 { words.download_lines } else { words.download_skipped };
    let trouble = move || import.no_lines.get().then(|| view! { <p role="alert">{words.lines_trouble}</p> });
    view! {
        {table(title, &[words.place_in_file, words.in_the_file, words.reason, words.what_to_do], rows, SHOWN)}
        <button type="button" class="btn second auto" on:click=move |_| import.save_lines()>{label}</button>
        {trouble}
    }
    .into_any()
}

/// All lines that do not become households as a table for Excel: where they stand, why, and their cells under the
/// titles of their sheet. What is never kept is not in it.
pub(super) fn lines_file(words: &'static Office, preview: &Preview) -> String {
    let mut lines = Vec::new();
    for sheet in &preview.sheets {
        let kept: Vec<bool> = sheet.columns.iter().map(|column| !matches!(column.column, Column::Never(_))).collect();
        let cells =
            |cells: Vec<&str>| cells.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell.to_owned()).collect::<Vec<_>>();
        let about = |line: u32, why: String, todo: &str, of: &[String]| {
            let about = vec![sheet_name(words, &sheet.name).to_owned(), line.to_string(), why, todo.to_owned()];
            (line, [about, cells(of.iter().map(String::as_str).collect())].concat())
        };
        let problems = preview.problems.iter().filter(|problem| problem.row.sheet == sheet.name).map(|problem| {
            about(problem.row.line, words.roll_reason(&problem.reason), words.advice(problem.reason.advice()), &problem.cells)
        });
        let skipped = preview
            .skipped
            .iter()
            .filter(|skipped| skipped.sheet == sheet.name)
            .map(|skipped| about(skipped.line, format!("{}: {}", words.passed_over, words.roll_skip(skipped.why)), "", &skipped.cells));
        let mut of_sheet: Vec<_> = problems.chain(skipped).collect();
        if of_sheet.is_empty() {
            continue;
        }
        of_sheet.sort_by_key(|(line, _)| *line);
        let titles = [words.sheet, words.line, words.reason, words.what_to_do].map(str::to_owned);
        lines.push([titles.to_vec(), cells(sheet.columns.iter().map(|column| column.title.as_str()).collect())].concat());
        lines.extend(of_sheet.into_iter().map(|(_, line)| line));
    }
    domain::text::csv(&lines)
}

pub(super) fn warnings(words: &'static Office, warnings: &[Warning], count: u32) -> AnyView {
    let rows: Vec<AnyView> = warnings
        .iter()
        .map(|warning| {
            view! {
                <tr>
                    {place(words, &warning.sheet, warning.line)}
                    <td>{warning.head.clone()}</td>
                    <td>{mark(Tone::Wait, Icon::PENCIL, words.roll_doubt(&warning.doubt))}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! { <div id="import-warnings" tabindex="-1">{table((words.warnings_title)(&number(count)), &[words.place_in_file, words.head, words.doubt], rows, SHOWN)}</div> }
        .into_any()
}

pub(super) fn sample(words: &'static Office, sample: &[Row]) -> AnyView {
    let rows: Vec<AnyView> = sample
        .iter()
        .map(|row| {
            let household = &row.household;
            view! {
                <tr>
                    {place(words, &row.sheet, row.line)}
                    <td>{household.head.clone()}</td>
                    <td>{row.village.clone()}</td>
                    <td>{household.no.clone()}</td>
                    <td class="r">{household.people.map(|n| n.to_string())}</td>
                    <td>{domain::text::phone_mask(&household.phone)}</td>
                    <td>{[household.cluster.as_str(), household.hint.as_str()].join(" ")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let titles = [words.place_in_file, words.head, words.village, words.number, words.people_n, words.phone_number, words.place];
    table(words.sample_title.to_owned(), &titles, rows, 5)
}

/// A table of which the first rows are shown until somebody wants all.
pub(super) fn table(title: String, titles: &[&'static str], mut rows: Vec<AnyView>, shown: usize) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let words = words();
    let titles = titles.iter().map(|title| view! { <th scope="col">{*title}</th> }).collect_view();
    let rest = rows.split_off(rows.len().min(shown));
    let all = RwSignal::new(rest.is_empty());
    let more = (words.more_lines)(&rest.len().to_string());
    view! {
        <table class="tbl text">
            <caption>{title}</caption>
            <thead><tr>{titles}</tr></thead>
            <tbody>{rows}</tbody>
            <tbody hidden=move || !all.get()>{rest}</tbody>
        </table>
        <button type="button" class="btn second auto" hidden=move || all.get() on:click=move |_| all.set(true)>{more}</button>
    }
    .into_any()
}

pub(super) fn place(words: &'static Office, sheet: &str, line: u32) -> AnyView {
    let sheet = (!sheet.is_empty()).then(|| view! { {sheet.to_owned()}<br/> });
    view! { <th scope="row">{sheet}<span class="muted">{(words.line_n)(&line.to_string())}</span></th> }.into_any()
}

/// What could be read of a line, in one line.
pub(super) fn read_of(words: &'static Office, row: &Row) -> String {
    let head = if row.household.head.is_empty() { "–".to_owned() } else { row.household.head.clone() };
    let no = (!row.household.no.is_empty()).then(|| (words.number_n)(&row.household.no));
    let people = row.household.people.map(|n| (words.people_in)(&n.to_string()));
    let village = (!row.village.is_empty()).then(|| row.village.clone());
    [Some(head), village, no, people].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
