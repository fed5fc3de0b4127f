//! What an import again comes to beside the book: what is asked, what changes, what is missing.

use super::Import;
use super::lines::{SHOWN, place, read_of, table};
use crate::ui::{mark, number};
use crate::words::Office;
use app::ui::icon::{Icon, Tone};
use domain::reimport::{Asked, Changed, Choice, Comparison, Difference};
use domain::roll::Row;
use leptos::ev::Event;
use leptos::prelude::*;

/// What the list comes to beside the book: what is asked, what changes, what is not in the list any more.
pub(super) fn compared(import: Import, comparison: &Comparison) -> AnyView {
    let words = import.words;
    let changes: Vec<AnyView> = comparison.changes.iter().map(|changed| changed_row(words, changed)).collect();
    let missing: Vec<AnyView> = comparison
        .missing
        .iter()
        .map(|is| {
            view! { <tr><th scope="row">{is.code.clone()}</th><td>{is.household.head.clone()}</td><td>{is.village.clone()}</td><td>{is.household.no.clone()}</td></tr> }
                .into_any()
        })
        .collect();
    let asked = comparison.asked.iter().enumerate().map(|(n, asked)| asked_row(import, n, asked)).collect::<Vec<_>>();
    let take = import.mapping.with_untracked(|mapping| mapping.choices.numbers);
    let numbers = (comparison.renumbered > 0 || take).then(|| {
        let choose = move |event: Event| {
            let numbers = event_target_checked(&event);
            import.correct("take-numbers".to_owned(), |mapping| mapping.choices.numbers = numbers);
        };
        let note = (words.renumbered_n)(&number(comparison.renumbered));
        view! {
            <div class="fld">
                <span class="hint" hidden=comparison.renumbered == 0>{note}</span>
                <label class="check"><input type="checkbox" id="take-numbers" prop:checked=take on:change=choose/>" "{words.take_numbers}</label>
            </div>
        }
    });
    let waits = (!asked.is_empty()).then(|| view! { <p class="hint">{words.asked_note}</p> });
    view! {
        {table((words.asked_title)(&number(comparison.unsure)), &[words.place_in_file, words.in_the_list, words.in_the_book], asked, SHOWN)}
        {waits}
        {table((words.changes_title)(&number(comparison.changed)), &[words.household_code, words.head, words.what_changes], changes, SHOWN)}
        {numbers}
        {table((words.missing_title)(&number(comparison.gone)), &[words.household_code, words.head, words.village, words.number], missing, 5)}
    }
    .into_any()
}

fn changed_row(words: &'static Office, changed: &Changed) -> AnyView {
    let lines = |differences: &[Difference], says: fn(&'static Office, &Difference) -> String| {
        differences.iter().map(|difference| view! { <li>{says(words, difference)}</li> }).collect_view()
    };
    let (changes, kept) = (lines(&changed.changes, Office::difference), lines(&changed.kept, Office::kept_difference));
    view! {
        <tr>
            <th scope="row">{changed.is.code.clone()}</th>
            <td>{changed.is.household.head.clone()}</td>
            <td><ul>{changes}{kept}</ul></td>
        </tr>
    }
    .into_any()
}

/// A line beside the households that it could be, and the choice.
fn asked_row(import: Import, n: usize, asked: &Asked) -> AnyView {
    let words = import.words;
    let id = format!("asked-{n}");
    let (sheet, line) = (asked.row.sheet.clone(), asked.row.line);
    let candidates = asked
        .candidates
        .iter()
        .map(|is| view! { <li>{is.code.clone()}" · "{with_phone(words, &Row::from((is.village.clone(), is.household.clone())))}</li> })
        .collect_view();
    let choices: Vec<Choice> = asked.candidates.iter().map(|is| Choice::Is(is.id)).chain([Choice::New, Choice::Leave]).collect();
    let options = choices
        .iter()
        .enumerate()
        .map(|(place, choice)| {
            let says = match choice {
                Choice::Is(_) => (words.choice_is)(asked.candidates.get(place).map_or("", |is| is.code.as_str())),
                Choice::New => words.choice_new.to_owned(),
                Choice::Leave => words.choice_leave.to_owned(),
            };
            view! { <option value=place.to_string() selected=asked.choice == Some(*choice)>{says}</option> }
        })
        .collect_view();
    let choose = {
        let id = id.clone();
        move |event: Event| {
            let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|place| choices.get(place).copied());
            import.correct(id.clone(), |mapping| {
                let lines = mapping.choices.lines.entry(sheet.clone()).or_default();
                match chosen {
                    Some(chosen) => lines.insert(line, chosen),
                    None => lines.remove(&line),
                };
            });
        }
    };
    let doubt = asked.doubt.map(|doubt| mark(Tone::Wait, Icon::PENCIL, words.match_doubt(doubt)));
    let spoken = (words.decide_line)(&line.to_string());
    view! {
        <tr>
            {place(words, &asked.row.sheet, line)}
            <td>{with_phone(words, &asked.row)}<br/>{doubt}</td>
            <td>
                <ul>{candidates}</ul>
                <select class="input" id=id aria-label=spoken on:change=choose><option value="">{words.not_decided}</option>{options}</select>
            </td>
        </tr>
    }
    .into_any()
}

/// [`read_of`] with the telephone, so that two can be told apart.
fn with_phone(words: &'static Office, row: &Row) -> String {
    let phone = domain::text::phone_mask(&row.household.phone);
    if phone.is_empty() { read_of(words, row) } else { format!("{} · {phone}", read_of(words, row)) }
}
