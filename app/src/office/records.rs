//! From a number to its records, for those who may see them.

use crate::filter::address;
use crate::session::{lang, session};
use crate::ui::{figure, number};
use domain::office::{Filter, StandingFilter};
use domain::person::Action;
use leptos::prelude::*;

/// A figure of a table that leads to its list.
pub fn records(page: &'static str, which: &Filter, n: u32, label: &str) -> AnyView {
    if n == 0 {
        return figure(n).into_any();
    }
    linked(page, which, number(n), &format!("{} {label}", number(n)))
}

/// Words that lead to a list; `spoken` says of what. Plain words for those who may not see it.
pub fn linked(page: &'static str, which: &Filter, words: String, spoken: &str) -> AnyView {
    let action = match page {
        "households" => Action::Households,
        "visits" => Action::Visits,
        "opinions" => Action::Opinions,
        _ => Action::Meetings,
    };
    if !session().may(action) {
        return words.into_any();
    }
    view! { <a href=address(page, which) aria-label=spoken.to_owned()>{words}</a> }.into_any()
}

/// A figure of households in one standing.
pub fn households(which: &Filter, standing: StandingFilter, n: u32) -> AnyView {
    records("households", &standing_in(which, standing), n, standing.label(lang()))
}

/// The same, in one standing.
pub fn standing_in(filter: &Filter, standing: StandingFilter) -> Filter {
    Filter { standing: Some(standing), ..filter.clone() }
}

/// A sentence of the catalogue in which each of these words, in its turn, is a link.
pub fn sentence(text: &str, links: Vec<(String, AnyView)>) -> AnyView {
    let (mut parts, mut rest) = (Vec::new(), text);
    for (words, link) in links {
        if let Some((before, after)) = rest.split_once(words.as_str()) {
            parts.push(before.to_owned().into_any());
            parts.push(link);
            rest = after;
        }
    }
    parts.push(rest.to_owned().into_any());
    parts.collect_view().into_any()
}
