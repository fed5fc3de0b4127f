//! Households of which people wrote two values: what is left to decide.

use crate::list::List;
use crate::session::{session, words};
use crate::ui::{empty, heading, number};
use app::ui::icon::{Icon, Tone};
use app::ui::row::{margin, mark};
use domain::office::{Filter, HouseholdRow, StandingFilter};
use leptos::prelude::*;

/// The worklist: each household leads to where somebody decides.
pub fn page() -> AnyView {
    let words = words();
    let session = session();
    let disputed = Memo::new(|_| Filter { standing: Some(StandingFilter::Disputed), ..Filter::default() });
    let list = List::<HouseholdRow>::new("households", disputed);
    let title = move || match list.total() {
        None => words.disputes.to_owned(),
        Some(0) => words.disputes_none.to_owned(),
        Some(n) => (words.disputes_found)(&number(n)),
    };
    Effect::new(move || {
        if let Some(n) = list.total() {
            session.disputed.set(n);
        }
    });
    view! {
        {heading(title)}
        <p class="muted">{words.disputed_why}</p>
        {list.draw(move || empty(words.disputes_empty, ()), |row| line(&row))}
    }
    .into_any()
}

fn line(row: &HouseholdRow) -> AnyView {
    let facts = [row.code.as_str(), row.village.as_str(), row.place.as_str()];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    view! {
        <a class="row" href=format!("/office/household?open={}", row.id)>
            {margin(row.no.clone(), None)}
            <span class="t">
                <b>{row.head.clone()}</b>
                <span class="small muted">{facts.join(" · ")}</span>
                {mark(Tone::Wait, Some(Icon::PENCIL), words().disputed.to_owned())}
            </span>
        </a>
    }
    .into_any()
}
