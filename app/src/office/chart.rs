//! Charts: words in HTML, shapes in SVG with widths in percent. One hue in three textures.

use crate::session::words;
use crate::ui::number;
use domain::coverage::Counts;
use domain::time::Date;
use leptos::prelude::*;

/// Households of a place in three parts: met, visited and not met, not visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Somebody was met.
    pub met: u32,
    /// Visited, nobody was met.
    pub tried: u32,
    /// Not visited. Households that asked not to be contacted are in no part but the first.
    pub new: u32,
}

impl Parts {
    /// From the counts of a place.
    pub const fn of(counts: &Counts) -> Self {
        let rest = counts.households.saturating_sub(counts.met).saturating_sub(counts.tried);
        Self { met: counts.met, tried: counts.tried, new: rest.saturating_sub(counts.no_contact) }
    }

    /// The whole percentages of the parts, 100 together; of nothing, nothing.
    pub fn percent(self) -> [u32; 3] {
        if self.met + self.tried + self.new == 0 {
            return [0; 3];
        }
        let all = self.all();
        let share = |n: u32| n.saturating_mul(100).saturating_add(all / 2) / all;
        let (met, tried) = (share(self.met), share(self.tried));
        // Rounding is taken up by "not visited", or where there is none by "met".
        if self.new == 0 { [100_u32.saturating_sub(tried), tried, 0] } else { [met, tried, 100_u32.saturating_sub(met + tried)] }
    }

    fn all(self) -> u32 {
        (self.met + self.tried + self.new).max(1)
    }

    /// A width for SVG, to a tenth of a percent.
    fn width(self, n: u32) -> String {
        let tenths = u64::from(n) * 1000 / u64::from(self.all());
        format!("{}.{}%", tenths / 10, tenths % 10)
    }

    /// The bar, spoken with its numbers.
    pub fn bar(self, class: &'static str) -> AnyView {
        let spoken = (words().bar_spoken)(&number(self.met), &number(self.tried), &number(self.new));
        let (met, tried) = (self.width(self.met), self.width(self.tried));
        view! {
            <svg class=class role="img" aria-label=spoken>
                <rect class="none" width="100%" height="100%"></rect>
                <rect class="met" width=met.clone() height="100%"></rect>
                <rect class="tried" x=met width=tried height="100%"></rect>
                <rect class="edge" width="100%" height="100%"></rect>
            </svg>
        }
        .into_any()
    }
}

/// The hatching that every bar refers to; once on a page.
pub fn hatching() -> AnyView {
    view! {
        <svg width="0" height="0" aria-hidden="true" focusable="false" class="unseen">
            <defs>
                <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path class="hatch" d="M1.5 0v7"></path>
                </pattern>
            </defs>
        </svg>
    }
    .into_any()
}

/// What the three textures mean.
pub fn key() -> AnyView {
    let words = words();
    let sample = |fill: &'static str| {
        view! {
            <svg aria-hidden="true" class="bar">
                <rect class=fill width="100%" height="100%"></rect><rect class="edge" width="100%" height="100%"></rect>
            </svg>
        }
    };
    view! {
        <ul class="key">
            <li>{sample("met")}" "{words.met}</li>
            <li>{sample("tried")}" "{words.tried}</li>
            <li>{sample("none")}" "{crate::session::shared().never_came}</li>
        </ul>
    }
    .into_any()
}

/// How many columns stand side by side; the latest ones.
const COLUMNS: usize = 10;

/// Columns by week, zero-based, each with its number; the table has every week.
pub fn weeks(all: &[(Date, u32)]) -> AnyView {
    let words = words();
    let most = all.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    let latest = all.get(all.len().saturating_sub(COLUMNS)..).unwrap_or_default();
    let columns = latest
        .iter()
        .map(|(week, n)| {
            // A zero stands on the line, the largest leaves air for nothing above.
            let y = format!("{}%", 100 - u64::from(*n) * 95 / u64::from(most));
            view! {
                <div>
                    <b>{number(*n)}</b>
                    <svg aria-hidden="true"><rect class="met" x="18%" width="64%" y=y height="100%"></rect></svg>
                    {week.short()}
                </div>
            }
        })
        .collect_view();
    let rows = all
        .iter()
        .map(|(week, n)| view! { <tr><th scope="row">{week.to_string()}</th><td class="r">{number(*n)}</td></tr> })
        .collect_view();
    view! {
        <div class="cols" aria-hidden="true">{columns}</div>
        <p class="small muted">{words.weeks_note}</p>
        <details>
            <summary>{words.as_table}</summary>
            <table class="tbl">
                <caption class="unseen">{words.weeks_title}</caption>
                <thead><tr><th scope="col">{words.week_from}</th><th scope="col" class="r">{words.meetings}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn percentages_add_up() {
        for (met, tried, new, percent) in
            [(877, 136, 334, [65, 10, 25]), (0, 0, 193, [0, 0, 100]), (1, 1, 1, [33, 33, 34]), (1, 2, 0, [33, 67, 0]), (0, 0, 0, [0, 0, 0])]
        {
            assert_eq!(Parts { met, tried, new }.percent(), percent);
        }
        assert_eq!(Parts { met: 877, tried: 136, new: 334 }.width(877), "65.1%");
    }
}
