//! What the server keeps and could not take in: why, what to do, and having it judged again.

use crate::fetched::Fetched;
use crate::form::Form;
use crate::session::{Session, session, shared, today, words};
use crate::ui::{empty, heading, mark, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::office::QuarantineRow;
use domain::quarantine::{TAKE_IN_MAX, TakeIn, TakenIn};
use domain::wire::Reason;
use leptos::prelude::*;

/// The page.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    form: Form,
    rows: Fetched<Vec<QuarantineRow>>,
    /// What the last press came to.
    taken: RwSignal<Option<TakenIn>>,
}

/// The list of what waits for a person.
pub fn page() -> AnyView {
    let words = words();
    let desk = Desk {
        session: session(),
        form: Form::new("quarantine"),
        rows: Fetched::new(|| Some("quarantine".to_owned())),
        taken: RwSignal::new(None),
    };
    let title = move || match desk.rows.here() {
        None => words.quarantine.to_owned(),
        Some(rows) if rows.is_empty() => words.quarantine_none.to_owned(),
        Some(rows) => (words.quarantine_found)(&number(count(&rows))),
    };
    Effect::new(move || {
        if let Some(rows) = desk.rows.here() {
            desk.session.waiting.set(count(&rows));
        }
    });
    let said = move || desk.taken.get().map(came_to);
    let list = desk.rows.draw(move |rows| view! { {desk.reasons(&rows)} {desk.table(rows)} }.into_any());
    view! {
        {heading(title)}
        <p class="muted">{words.quarantine_intro}</p>
        <div role="status">{said}</div>
        {desk.form.view(|| (), list)}
    }
    .into_any()
}

fn count(rows: &[QuarantineRow]) -> u32 {
    rows.iter().map(|row| row.count).sum()
}

/// What became of what was judged again: how many are in the book, and why the others wait on.
fn came_to(taken: TakenIn) -> AnyView {
    let words = words();
    let came = taken.applied + taken.followed;
    let title = if came > 0 { (words.taken_in_n)(&number(came)) } else { words.taken_in_none.to_owned() };
    let followed = (taken.followed > 0).then(|| view! { <p>{(words.taken_in_followed)(&number(taken.followed))}</p> });
    let rest = taken.waiting.into_iter().map(|(reason, n)| {
        let (why, next) = words.quarantined(reason);
        view! { <li>{(words.still_waits)(&number(n), why)}" "{next}"."</li> }
    });
    let rest = view! { {followed}<ul>{rest.collect_view()}</ul> };
    let (tone, icon) = if came > 0 { (Tone::Good, Icon::DONE) } else { (Tone::Wait, Icon::WARNING) };
    note(tone, icon, title, rest)
}

impl Desk {
    fn take_in(self, what: TakeIn) {
        self.taken.set(None);
        let work = async move { self.session.post::<TakenIn>("quarantine", &what).await };
        self.form.send(&[], work, move |taken| {
            self.taken.try_set(Some(taken));
            self.rows.again();
        });
    }

    /// A button for each reason that several wait for.
    fn reasons(self, rows: &[QuarantineRow]) -> Option<AnyView> {
        let words = words();
        let mut reasons: Vec<(Reason, u32)> = Vec::new();
        for row in rows.iter().filter(|row| row.waiting.is_some()) {
            match reasons.iter_mut().find(|(reason, _)| *reason == row.reason) {
                Some((_, n)) => *n += 1,
                None => reasons.push((row.reason, 1)),
            }
        }
        reasons.retain(|(_, n)| *n > 1);
        let most = u32::try_from(TAKE_IN_MAX).unwrap_or(u32::MAX);
        let buttons = reasons.into_iter().map(|(reason, n)| {
            let label = (words.take_in_all)(&number(n.min(most)), words.quarantined(reason).0);
            view! { <li>{self.button(TakeIn::All(reason), label)}</li> }
        });
        let buttons = buttons.collect_view();
        (!buttons.is_empty()).then(|| view! { <ul class="plain" aria-label=words.take_in>{buttons}</ul> }.into_any())
    }

    fn button(self, what: TakeIn, label: String) -> AnyView {
        let busy = move || self.form.is_busy().then_some("true");
        let press = move |_| self.take_in(what);
        view! { <button type="button" class="btn second auto" aria-busy=busy on:click=press>{label}</button> }.into_any()
    }

    fn table(self, rows: Vec<QuarantineRow>) -> AnyView {
        let words = words();
        if rows.is_empty() {
            return empty(words.quarantine_empty, ());
        }
        let rows = rows.into_iter().map(|row| self.row(row)).collect_view();
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

    fn row(self, row: QuarantineRow) -> AnyView {
        let (words, shared) = (words(), shared());
        let named = row.from.is_some();
        let from = row.from.unwrap_or_else(|| (words.anonymous_n)(&number(row.count)));
        let at = row.received_at.map_or_else(|| "–".to_owned(), |at| shared.moment(at, today()));
        let (why, next) = words.quarantined(row.reason);
        let next = if named { next } else { words.anonymous_next };
        let kind = row.kind.as_deref().map_or(words.unreadable_kind, |kind| words.record_kind(kind));
        let again = row.waiting.map(|waiting| self.button(TakeIn::One(waiting), words.take_in.to_owned()));
        view! {
            <tr>
                <th scope="row">{from}</th>
                <td>{at}</td>
                <td>{kind}<br/><span class="small muted">{(words.bytes)(&number(row.bytes))}</span></td>
                <td>{mark(Tone::Bad, Icon::WARNING, why)}</td>
                <td>{next}<div>{again}</div></td>
            </tr>
        }
        .into_any()
    }
}
