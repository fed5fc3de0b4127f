//! What the server keeps and could not take in: why, what it says, what to do, having it judged again, and putting aside
//! what was dealt with otherwise.

use crate::directory::directory;
use crate::fetched::Fetched;
use crate::form::Form;
use crate::household::{LINES, label_of, text_of};
use crate::session::{Session, lang, session, shared, today, words};
use crate::ui::{detail, detail_if, empty, heading, mark, number, quoted};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::office::QuarantineRow;
use domain::quarantine::{Content, PutAside, Said, TAKE_IN_MAX, TakeIn, TakenIn, Waiting};
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
    /// What is open to be read.
    opened: RwSignal<Option<Waiting>>,
    contents: Fetched<Vec<Content>>,
}

/// The list of what waits for a person.
pub fn page() -> AnyView {
    let words = words();
    let opened = RwSignal::new(None::<Waiting>);
    let desk = Desk {
        session: session(),
        form: Form::new("quarantine"),
        rows: Fetched::new(|| Some("quarantine".to_owned())),
        taken: RwSignal::new(None),
        opened,
        contents: Fetched::new(move || opened.get().map(|Waiting { device, seq }| format!("quarantine/{device}/{seq}"))),
    };
    let title = move || match desk.rows.here() {
        None => words.quarantine.to_owned(),
        Some(rows) => match count(&rows) {
            0 => words.quarantine_none.to_owned(),
            n => (words.quarantine_found)(&number(n)),
        },
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
    rows.iter().filter(|row| !row.aside).map(|row| row.count).sum()
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

    fn put_aside(self, what: PutAside) {
        self.taken.set(None);
        let work = move || async move { self.session.post::<()>("quarantine/aside", &what).await };
        self.form.deliver(&[], work, move |()| {
            self.opened.try_set(None);
            self.rows.again();
        });
    }

    /// A button for each reason that several wait for.
    fn reasons(self, rows: &[QuarantineRow]) -> Option<AnyView> {
        let words = words();
        let mut reasons: Vec<(Reason, u32)> = Vec::new();
        for row in rows.iter().filter(|row| row.waiting.is_some() && row.reason.may_pass()) {
            match reasons.iter_mut().find(|(reason, _)| *reason == row.reason) {
                Some((_, n)) => *n += 1,
                None => reasons.push((row.reason, 1)),
            }
        }
        reasons.retain(|(_, n)| *n > 1);
        let most = u32::try_from(TAKE_IN_MAX).unwrap_or(u32::MAX);
        let buttons = reasons.into_iter().map(|(reason, n)| {
            let label = (words.take_in_all)(&number(n.min(most)), words.quarantined(reason).0);
            view! { <li>{self.button(label, move || self.take_in(TakeIn::All(reason)))}</li> }
        });
        let buttons = buttons.collect_view();
        (!buttons.is_empty()).then(|| view! { <ul class="plain" aria-label=words.take_in>{buttons}</ul> }.into_any())
    }

    fn button(self, label: String, press: impl Fn() + 'static) -> AnyView {
        let busy = move || self.form.is_busy().then_some("true");
        view! { <button type="button" class="btn second auto" aria-busy=busy on:click=move |_| press()>{label}</button> }.into_any()
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
        let passes = row.reason.may_pass();
        let again = row.waiting.filter(|_| passes);
        let again = again.map(|waiting| self.button(words.take_in.to_owned(), move || self.take_in(TakeIn::One(waiting))));
        let read = row.waiting.map(|waiting| self.reader(waiting));
        let content = row.waiting.map(|waiting| self.content(waiting, row.aside));
        let why = if row.aside { mark(Tone::Plain, Icon::DONE, words.put_aside) } else { mark(Tone::Bad, Icon::WARNING, why) };
        view! {
            <tr>
                <th scope="row">{from}</th>
                <td>{at}</td>
                <td>{kind}<br/><span class="small muted">{(words.bytes)(&number(row.bytes))}</span><div>{read}</div></td>
                <td>{why}</td>
                <td>{next}<div>{again}</div></td>
            </tr>
            {content}
        }
        .into_any()
    }

    /// Opens what a row says, and closes it again.
    fn reader(self, waiting: Waiting) -> AnyView {
        let words = words();
        let is_open = move || self.opened.get() == Some(waiting);
        let press = move |_| self.opened.update(|opened| *opened = (*opened != Some(waiting)).then_some(waiting));
        view! {
            <button type="button" class="btn second auto" aria-expanded=move || is_open().to_string() on:click=press>
                {move || if is_open() { words.close } else { words.read_waiting }}
            </button>
        }
        .into_any()
    }

    /// What it says, below its row, and putting it aside.
    fn content(self, waiting: Waiting, aside: bool) -> AnyView {
        let words = words();
        let label = if aside { words.bring_back } else { words.set_aside };
        let shown = move || {
            (self.opened.get() == Some(waiting)).then(|| {
                let all = self.contents.draw(|contents| contents.iter().map(content).collect_view().into_any());
                let done = self.button(label.to_owned(), move || self.put_aside(PutAside { waiting, aside: !aside }));
                view! { <tr><td colspan="5">{all}{done}</td></tr> }
            })
        };
        shown.into_any()
    }
}

/// What came under a number, in words.
fn content(content: &Content) -> AnyView {
    let (words, shared) = (words(), shared());
    let at = content.at.map(|at| detail(words.written_at, shared.moment(at, today())));
    view! {
        <dl class="small">
            {said(&content.said)}
            {detail_if(words.village, &content.village)}
            {detail_if(words.household, &content.household)}
            {at}
        </dl>
    }
    .into_any()
}

fn said(said: &Said) -> AnyView {
    let (words, shared) = (words(), shared());
    let text = |text: &str| detail(words.waiting_says, text.to_owned());
    match said {
        Said::Visit { met, contact, next } => {
            let contact = contact.map_or(if *met { words.met } else { words.not_met }, |contact| contact.label(lang()));
            let next = next.map(|next| detail(words.next, shared.appointment(next, today())));
            view! { {detail(words.contact, contact)}{next} }.into_any()
        }
        Said::Opinion { kind, topic, urgency, text } => view! {
            {detail(words.waiting_says, quoted(text))}
            {detail(words.kind, kind.label(lang()))}
            {detail(words.topic, directory().code_book().full_label(*topic, lang()))}
            {detail(words.urgency, urgency.label(lang()))}
        }
        .into_any(),
        Said::Household(household, fields) => {
            let line = |field: &String| match field.as_str() {
                "status" => Some(detail(words.status, household.status.label(lang()))),
                "no_contact" => household.no_contact.then(|| detail(words.waiting_says, words.wants_no_contact)),
                field => LINES.contains(&field).then(|| detail(label_of(words, field).0, text_of(household, field))),
            };
            fields.iter().map(line).collect_view().into_any()
        }
        Said::Meeting(meeting) => view! {
            {detail(words.meeting, meeting.title.clone())}
            {detail_if(words.conclusion, &meeting.conclusion)}
        }
        .into_any(),
        Said::Promised(day) => detail(words.promised_until, day.to_string()),
        Said::Note(note) => text(note),
        Said::Nothing => text(words.waiting_says_nothing),
        Said::Unreadable => text(words.waiting_unreadable),
        Said::Elsewhere => text(words.waiting_elsewhere),
    }
}
