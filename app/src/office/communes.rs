//! What a province sees of its communes: a row each, opinions only where they are many.

use crate::chart::Parts;
use crate::session::{shared, words};
use crate::ui::{figure, number};
use domain::coverage::Counts;
use domain::office::Coverage;
use leptos::prelude::*;

/// The table of communes.
pub fn table(found: &Coverage) -> AnyView {
    let words = words();
    let rows = found.communes.iter().map(|commune| {
        let opinions = commune.opinions.map_or_else(|| words.under_five.to_owned(), figure);
        row(commune.name.clone(), &commune.counts, opinions)
    });
    let rows = rows.collect_view();
    let total = row(words.whole_province.to_owned(), &found.total, figure(found.opinions));
    let hidden = found.communes.iter().any(|commune| commune.opinions.is_none());
    view! {
        <table class="tbl" id="places">
            <caption>{words.communes_title}</caption>
            <thead><tr>
                <th scope="col">{words.commune}</th>
                <th scope="col" class="r">{words.households_n}</th>
                <th scope="col">{words.progress}</th>
                <th scope="col" class="r">{words.met}</th>
                <th scope="col" class="r">{words.tried_short}</th>
                <th scope="col" class="r">{shared().never_came}</th>
                <th scope="col" class="r">{words.no_contact_short}</th>
                <th scope="col" class="r">{words.opinions}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
            <tfoot>{total}</tfoot>
        </table>
        {hidden.then(|| view! { <p class="small muted">{words.under_five_note}</p> })}
    }
    .into_any()
}

fn row(name: String, counts: &Counts, opinions: String) -> AnyView {
    let parts = Parts::of(counts);
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="r">{number(counts.households)}</td>
            <td>{parts.bar("bar", None)}</td>
            <td class="r">{figure(counts.met)}</td>
            <td class="r">{figure(counts.tried)}</td>
            <td class="r">{figure(parts.new)}</td>
            <td class="r">{figure(parts.apart)}</td>
            <td class="r">{opinions}</td>
        </tr>
    }
    .into_any()
}
