//! Charts: words in HTML, shapes in SVG with widths in percent. One hue in three textures.

use crate::filter::address;
use crate::session::{session, words};
use crate::ui::number;
use domain::coverage::Counts;
use domain::office::{Filter, StandingFilter};
use domain::person::Action;
use domain::time::Date;
use leptos::prelude::*;

/// Households of a place in the parts in which they are counted; together they are all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Somebody was met.
    pub met: u32,
    /// Visited, nobody was met.
    pub tried: u32,
    /// Not visited.
    pub new: u32,
    /// Asked not to be contacted. They have no place in a bar, which is shorter by them.
    pub apart: u32,
}

impl Parts {
    /// From the counts of a place.
    pub const fn of(counts: &Counts) -> Self {
        Self { met: counts.met, tried: counts.tried, new: counts.new, apart: counts.no_contact }
    }

    /// The whole percentages of the parts, 100 together; of nothing, nothing.
    pub fn percent(self) -> [u32; 4] {
        if self.met + self.tried + self.new + self.apart == 0 {
            return [0; 4];
        }
        let all = self.all();
        let share = |n: u32| n.saturating_mul(100).saturating_add(all / 2) / all;
        let (met, tried, apart) = (share(self.met), share(self.tried), share(self.apart));
        // Rounding is taken up by "not visited", or where there is none by "visited", so that "met" is what it is.
        match (self.new, self.tried) {
            (0, 0) => [100_u32.saturating_sub(apart), 0, 0, apart],
            (0, _) => [met, 100_u32.saturating_sub(met + apart), 0, apart],
            _ => [met, tried, 100_u32.saturating_sub(met + tried + apart), apart],
        }
    }

    fn all(self) -> u32 {
        (self.met + self.tried + self.new + self.apart).max(1)
    }

    /// A width for SVG, to a tenth of a percent.
    fn width(self, n: u32) -> String {
        let tenths = u64::from(n) * 1000 / u64::from(self.all());
        format!("{}.{}%", tenths / 10, tenths % 10)
    }

    /// The bar, spoken with its numbers.
    pub fn bar(self, class: &'static str) -> AnyView {
        let spoken = (words().bar_spoken)(&number(self.met), &number(self.tried), &number(self.new));
        let (met, tried, whole) = (self.width(self.met), self.width(self.tried), self.width(self.met + self.tried + self.new));
        view! {
            <svg class=class role="img" aria-label=spoken>
                <rect class="none" width=whole.clone() height="100%"></rect>
                <rect class="met" width=met.clone() height="100%"></rect>
                <rect class="tried" x=met width=tried height="100%"></rect>
                <rect class="edge" width=whole height="100%"></rect>
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

/// Small columns by week for a row of a table, spoken with their numbers.
pub fn sparkline(all: &[(Date, u32)]) -> AnyView {
    let words = words();
    let latest = all.get(all.len().saturating_sub(COLUMNS)..).unwrap_or_default();
    let most = latest.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    let spoken: Vec<String> = latest.iter().map(|(week, n)| (words.week_and_count)(&week.short(), &number(*n))).collect();
    let columns = latest.iter().enumerate().map(|(at, (_, n))| {
        let x = format!("{}%", at * 100 / COLUMNS);
        let height = u64::from(*n) * 100 / u64::from(most);
        view! { <rect class="met" x=x width="8%" y=format!("{}%", 100 - height) height=format!("{height}%")></rect> }
    });
    view! { <svg class="spark" role="img" aria-label=spoken.join(", ")>{columns.collect_view()}</svg> }.into_any()
}

/// How many columns stand side by side; the latest ones.
const COLUMNS: usize = 10;

/// Columns by week, zero-based, each with its number; the table has every week.
pub fn weeks(all: &[(Date, u32)], filter: &Filter) -> AnyView {
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
        .map(|(week, n)| {
            let days = (filter.from.map_or(*week, |from| from.max(*week)), filter.to.map_or(week.plus(6), |to| to.min(week.plus(6))));
            let which = Filter { from: Some(days.0), to: Some(days.1), standing: Some(StandingFilter::Met), ..filter.clone() };
            let n = number(*n);
            let n = if session().may(Action::Visits) {
                view! { <a href=address("visits", &which) aria-label=(words.week_and_count)(&week.short(), &n)>{n.clone()}</a> }.into_any()
            } else {
                n.into_any()
            };
            view! { <tr><th scope="row">{week.to_string()}</th><td class="r">{n}</td></tr> }
        })
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
        for (parts, percent) in [
            ([877, 136, 334, 0], [65, 10, 25, 0]),
            ([0, 0, 193, 0], [0, 0, 100, 0]),
            ([25, 10, 11, 1], [53, 21, 24, 2]),
            ([1, 1, 1, 0], [33, 33, 34, 0]),
            ([2, 1, 0, 0], [67, 33, 0, 0]),
            ([7, 0, 0, 1], [87, 0, 0, 13]),
            ([0, 0, 0, 0], [0, 0, 0, 0]),
        ] {
            let [met, tried, new, apart] = parts;
            assert_eq!(Parts { met, tried, new, apart }.percent(), percent);
        }
        assert_eq!(Parts { met: 877, tried: 136, new: 334, apart: 0 }.width(877), "65.1%");
    }
}
