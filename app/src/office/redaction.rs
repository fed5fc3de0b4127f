//! What is deleted for ever: the way to have parts of a record deleted, what was, why and by whom, which phones have not said
//! yet that they have done so, and what went because its time was over.

use crate::fetched::Fetched;
use crate::filter::filter;
use crate::form::Form;
use crate::list::List;
use crate::session::{lang, session, shared, today, words};
use crate::ui::{confirm, day_margin, empty, heading, mark, number};
use app::ui::icon::{Icon, Tone};
use domain::id::RecordId;
use domain::office::Listed;
use domain::operation::{Kind, Part};
use domain::person::Action;
use domain::redaction::{Owing, Redact, RedactionReason, RedactionRow, erasable};
use domain::retention::RetentionRow;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

const PAGE: &str = "redactions";

/// Everything that was deleted for ever.
pub fn page() -> AnyView {
    let words = words();
    let list = List::<RedactionRow>::new(PAGE, filter());
    let title = move || list.title(words.redactions, words.redactions_found, words.redactions_owed);
    let over = Fetched::<Listed<RetentionRow>>::new(|| Some("retention".to_owned()));
    view! {
        {heading(title)}
        <p>{words.redactions_intro}</p>
        {list.draw(move || empty(words.no_redactions, view! { <p>{words.no_redactions_next}</p> }), row)}
        <section class="stack part">
            <h2>{words.retention}</h2>
            <p>{words.retention_intro}</p>
            {over.draw(|found| retained(found.rows))}
        </section>
    }
    .into_any()
}

fn row(row: RedactionRow) -> AnyView {
    let words = words();
    let kind = row.kind.as_deref().map_or(words.unknown, |kind| words.record_kind(kind));
    let household = row.kind.as_deref() == Some(Kind::Household.code());
    let parts: Vec<&str> = row.parts.iter().map(|part| words.erased_part(household, *part)).collect();
    let why = row.why.map_or_else(|| words.redaction_unasked.to_owned(), |why| why.label(lang()).to_owned());
    let facts = [why, row.by].into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <div class="row">
            {day_margin(row.at.date().to_string())}
            <span class="t">
                <b>{kind}</b>
                <span>{parts.join("; ")}</span>
                <span class="small muted">{facts}</span>
                {phones(&row.owing)}
            </span>
        </div>
    }
    .into_any()
}

/// Whether every phone has done it, and if not, whose has not.
fn phones(owing: &[Owing]) -> AnyView {
    let (words, shared) = (words(), shared());
    if owing.is_empty() {
        return mark(Tone::Good, Icon::DONE, words.redaction_done);
    }
    let one = |phone: &Owing| {
        let seen = phone.seen_at.map_or_else(|| words.never_seen.to_owned(), |at| shared.moment(at, today()));
        let name = if phone.name.is_empty() { words.unknown } else { &phone.name };
        if phone.revoked {
            mark(Tone::Plain, Icon::STOP, (words.redaction_revoked)(name))
        } else {
            mark(Tone::Wait, Icon::CLOCK, (words.redaction_owing)(name, &seen))
        }
    };
    owing.iter().map(one).collect_view().into_any()
}

fn retained(rows: Vec<RetentionRow>) -> AnyView {
    let words = words();
    if rows.is_empty() {
        return empty(words.no_retention, ());
    }
    let rows = rows.into_iter().map(|row| {
        let title = if row.title.is_empty() { words.no_campaign_short.to_owned() } else { row.title };
        view! {
            <tr>
                <td>{row.day.to_string()}</td>
                <th scope="row">{title}</th>
                <td>{words.record_kind(&row.kind)}</td>
                <td class="r">{number(row.records)}</td>
                <td>{phones(&row.owing)}</td>
            </tr>
        }
    });
    view! {
        <table class="tbl">
            <caption class="unseen">{words.retention}</caption>
            <thead><tr>
                <th scope="col">{words.day}</th>
                <th scope="col">{words.campaign}</th>
                <th scope="col">{words.kind}</th>
                <th scope="col" class="r">{words.retention_records}</th>
                <th scope="col">{words.phones_title}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Below what a record says, for whoever may: have parts of it deleted everywhere. What comes of it is on the [page].
pub fn erase(kind: &Kind, record: RecordId) -> Option<AnyView> {
    erase_row(kind, record, Form::new("redaction"))
}

/// The same of a record that stands beside others, in the `row`th place from 1.
pub fn erase_beside(kind: &Kind, record: RecordId, row: usize) -> Option<AnyView> {
    erase_row(kind, record, Form::of_row("redaction", row))
}

fn erase_row(kind: &Kind, record: RecordId, form: Form) -> Option<AnyView> {
    session().may(Action::Erase).then(|| {
        let words = words();
        view! { <details><summary>{words.redact}</summary>{ask(kind, record, form)}</details> }.into_any()
    })
}

fn ask(kind: &Kind, record: RecordId, form: Form) -> AnyView {
    let words = form.words();
    let navigate = StoredValue::new_local(use_navigate());
    let parts: Vec<(Part, RwSignal<bool>)> = erasable(kind).iter().map(|part| (*part, RwSignal::new(false))).collect();
    let household = *kind == Kind::Household;
    let cells = parts
        .iter()
        .map(|(part, on)| {
            form.check(words.erased_field(*part), words.erased_part(household, *part), words.erased_part_hint(household, *part), *on)
        })
        .collect_view();
    let first = parts.first().map_or("", |(part, _)| words.erased_field(*part));
    let why = RwSignal::new(String::new());
    let reasons = move || {
        let all = RedactionReason::ALL.iter().map(|why| (why.code().to_owned(), why.label(lang()).to_owned()));
        std::iter::once((String::new(), words.not_chosen.to_owned())).chain(all).collect()
    };
    let parts = StoredValue::new(parts);
    let act = move || {
        let chosen = parts.with_value(|parts| parts.iter().filter(|(_, on)| on.get_untracked()).map(|(part, _)| *part).collect::<Vec<_>>());
        let mut wrong = Vec::new();
        if chosen.is_empty() {
            wrong.push((first, words.redact_nothing));
        }
        let why = RedactionReason::from_code(&why.get_untracked());
        if why.is_none() {
            wrong.push(("why", words.redact_why_missing));
        }
        let (true, Some(why)) = (form.accept(wrong), why) else { return };
        let asked = Redact { record, parts: chosen.into_iter().collect(), why };
        form.store(&[], PAGE, 0, asked, move |()| {
            navigate.with_value(|navigate| navigate("/office/redactions", NavigateOptions { resolve: false, ..Default::default() }))
        });
    };
    form.view(
        || (),
        view! {
            {cells}
            {form.choice("why", words.redact_why, words.redact_why_hint, reasons, why)}
            {confirm(words.redact_button, move || words.redact_warning.to_owned(), words.redact_yes, act)}
        },
    )
}
