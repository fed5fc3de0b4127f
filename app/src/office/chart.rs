//! Charts: words in HTML, shapes in SVG with widths in percent. One hue in three textures.

use crate::records::{households, linked};
use crate::session::words;
use crate::ui::number;
use domain::coverage::Counts;
use domain::office::{Filter, StandingFilter};
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

    /// The bar, spoken with its numbers; those of a row stand beside it, else in the table of this id.
    pub fn bar(self, class: &'static str, table: Option<&'static str>) -> AnyView {
        let spoken = (words().bar_spoken)(&number(self.met), &number(self.tried), &number(self.new));
        let (met, tried, whole) = (self.width(self.met), self.width(self.tried), self.width(self.met + self.tried + self.new));
        view! {
            <svg class=class role="img" aria-label=spoken aria-describedby=table>
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

/// What the three textures mean, with how many households each stands for: the table of the bar that names this id.
pub fn key(id: &'static str, parts: Parts, filter: &Filter) -> AnyView {
    let words = words();
    let row = |fill: &'static str, label: &'static str, standing: StandingFilter, n: u32| {
        view! {
            <tr>
                <th scope="row">
                    <svg aria-hidden="true" class="bar">
                        <rect class=fill width="100%" height="100%"></rect><rect class="edge" width="100%" height="100%"></rect>
                    </svg>
                    {label}
                </th>
                <td class="r">{households(filter, standing, n)}</td>
            </tr>
        }
    };
    view! {
        <table class="tbl key" id=id>
            <caption class="unseen">{words.progress}</caption>
            <tbody>
                {row("met", words.met, StandingFilter::Met, parts.met)}
                {row("tried", words.tried, StandingFilter::Tried, parts.tried)}
                {row("none", crate::session::shared().never_came, StandingFilter::New, parts.new)}
            </tbody>
        </table>
    }
    .into_any()
}

/// Small columns by week for a row of a table, spoken with their numbers; every week is in the table of this id.
pub fn sparkline(all: &[(Date, u32)], table: &'static str) -> AnyView {
    let words = words();
    let latest = latest(all);
    let most = latest.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    let spoken: Vec<String> = latest.iter().map(|(week, n)| (words.week_and_count)(&week.short(), &number(*n))).collect();
    let columns = latest.iter().enumerate().map(|(at, (_, n))| {
        let x = format!("{}%", at * 100 / COLUMNS);
        let height = u64::from(*n) * 100 / u64::from(most);
        view! { <rect class="met" x=x width="8%" y=format!("{}%", 100 - height) height=format!("{height}%")></rect> }
    });
    view! { <svg class="spark" role="img" aria-label=spoken.join(", ") aria-describedby=table>{columns.collect_view()}</svg> }.into_any()
}

/// How many columns stand side by side; the latest ones.
const COLUMNS: usize = 10;

/// The weeks that stand side by side, those without anything between the others included.
fn latest(all: &[(Date, u32)]) -> Vec<(Date, u32)> {
    let (Some((first, _)), Some((last, _))) = (all.first(), all.last()) else { return Vec::new() };
    let weeks = (0..).map(|n| last.plus(-7 * n)).take(COLUMNS).take_while(|week| week >= first);
    let mut latest: Vec<(Date, u32)> = weeks.map(|week| (week, all.iter().find(|(of, _)| *of == week).map_or(0, |(_, n)| *n))).collect();
    latest.reverse();
    latest
}

/// What is counted by week, each number the length of a list.
pub struct Weeks {
    /// What the chart is about.
    pub title: &'static str,
    /// What one of them is called, in the table.
    pub unit: &'static str,
    /// What is told beneath.
    pub note: &'static str,
    /// By Monday, ascending.
    pub all: Vec<(Date, u32)>,
    /// The list.
    pub page: &'static str,
    /// What it is narrowed by, besides a week.
    pub filter: Filter,
}

impl Weeks {
    /// Columns by week, zero-based, each with its number; the table has every week.
    pub fn figure(&self, nothing: &'static str) -> AnyView {
        let words = words();
        let chart = if self.all.is_empty() {
            view! { <p class="muted">{nothing}</p> }.into_any()
        } else {
            let rows = self.all.iter().map(|(week, n)| {
                view! { <tr><th scope="row">{week.to_string()}</th><td class="r">{self.number(*week, *n)}</td></tr> }
            });
            view! {
                {self.columns()}
                <p class="small muted">{self.note}</p>
                <details>
                    <summary>{words.as_table}": "{self.title}</summary>
                    <table class="tbl">
                        <caption class="unseen">{self.title}</caption>
                        <thead><tr><th scope="col">{words.week_from}</th><th scope="col" class="r">{self.unit}</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </details>
            }
            .into_any()
        };
        view! { <figure class="col"><figcaption><h2>{self.title}</h2></figcaption>{chart}</figure> }.into_any()
    }

    fn columns(&self) -> AnyView {
        let latest = latest(&self.all);
        let most = latest.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
        let column = |(week, n): (Date, u32)| {
            // A zero stands on the line, the largest leaves air for nothing above.
            let y = format!("{}%", 100 - u64::from(n) * 95 / u64::from(most));
            view! {
                <li>
                    <b>{self.number(week, n)}</b>
                    <svg aria-hidden="true"><rect class="met" x="18%" width="64%" y=y height="100%"></rect></svg>
                    {week.short()}
                </li>
            }
        };
        view! { <ol class="cols">{latest.into_iter().map(column).collect_view()}</ol> }.into_any()
    }

    fn number(&self, week: Date, n: u32) -> AnyView {
        if n == 0 {
            return number(n).into_any();
        }
        linked(self.page, &in_week(&self.filter, week), number(n), &(words().week_and_count)(&week.short(), &number(n)))
    }
}

/// The days of a week that a filter leaves.
pub fn in_week(filter: &Filter, monday: Date) -> Filter {
    let sunday = monday.plus(6);
    let (from, to) = (filter.from.map_or(monday, |from| from.max(monday)), filter.to.map_or(sunday, |to| to.min(sunday)));
    Filter { from: Some(from), to: Some(to), ..filter.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn weeks_without_anything_have_a_column() {
        let monday = Date::new(2026, 11, 16).unwrap();
        let week = |n: i32| monday.plus(7 * n);
        assert_eq!(latest(&[]), []);
        assert_eq!(latest(&[(week(-2), 3), (week(0), 1)]), [(week(-2), 3), (week(-1), 0), (week(0), 1)]);
        let long = latest(&[(week(-40), 3), (week(-1), 2), (week(0), 1)]);
        assert_eq!((long.len(), long.first(), long.last()), (COLUMNS, Some(&(week(-9), 0)), Some(&(week(0), 1))));
    }

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
