//! Verification: the days of each village, and the visits of one day, which somebody else than the visitor confirms or
//! voids. Then the day is closed.

use crate::fetched::Fetched;
use crate::filter::{Part, address, bar, filter, query};
use crate::form::Form;
use crate::list::List;
use crate::session::{Session, lang, new_id, session, shared, today, words};
use crate::ui::{self, confirm, empty, heading, mark, number};
use app::ui::cells::checkbox;
use app::ui::icon::{Icon, Tone};
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{Checked, Closed, DayRow, Filter, Listed, VerificationAct, VerificationChange, VisitRow};
use domain::time::Date;
use domain::verification::{LOOKS_MAX, Look, Verification, VisitState, VoidReason};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = "verification";

/// The visits of one day of one village.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    form: Form,
    days: Fetched<Listed<DayRow>>,
    /// Those that count.
    visits: List<VisitRow>,
    voided: List<VisitRow>,
    /// Those that are to be confirmed, by their first versions.
    chosen: RwSignal<BTreeSet<RecordId>>,
}

/// One day of one village, if the address names both.
fn of_day(filter: &Filter) -> Option<(AreaId, Date)> {
    let (village, from, to) = (filter.village?, filter.from?, filter.to?);
    (from == to).then_some((village, from))
}

/// The page: all days, or one.
pub fn page() -> AnyView {
    let words = words();
    let filter = filter();
    let days = Fetched::<Listed<DayRow>>::new(move || Some(format!("days?{}", query(&filter.get()))));
    let title = move || match (of_day(&filter.get()), days.here()) {
        (Some((_, day)), Some(found)) if !found.rows.is_empty() => {
            let (waiting, visits) = found.rows.iter().fold((0, 0), |(w, v), row| (w + row.waiting, v + row.visits));
            (words.day_title)(&day.to_string(), &number(visits), &number(waiting))
        }
        (_, Some(found)) if found.notable > 0 => (words.days_open)(&number(found.notable)),
        _ => words.verification.to_owned(),
    };
    let back = move || {
        of_day(&filter.get()).map(|_| {
            let all = Filter { from: None, to: None, village: None, ..filter.get() };
            view! { <p class="small muted"><a href=address(PAGE, &all)>{words.all_days}</a></p> }
        })
    };
    let content = move || match of_day(&filter.get()) {
        Some(_) => one_day(days, filter),
        None => days.draw(move |found| table(found, &filter.get_untracked())),
    };
    view! {
        {back}
        {heading(title)}
        {bar(&[Part::Campaign, Part::Days, Part::Village, Part::Team], filter, ())}
        {content}
    }
    .into_any()
}

fn table(found: Listed<DayRow>, filter: &Filter) -> AnyView {
    let words = words();
    if found.rows.is_empty() {
        return empty(words.no_visits_why, ());
    }
    let more = u32::try_from(found.rows.len()).is_ok_and(|here| here < found.total);
    let more = more.then(|| view! { <p class="muted">{(words.latest_days)(&number(found.total))}</p> });
    let rows = found.rows.into_iter().map(|row| {
        let day = Filter { village: Some(row.village), from: Some(row.day), to: Some(row.day), ..filter.clone() };
        let late = (row.late > 0).then(|| mark(Tone::Wait, Icon::CLOCK, (words.late_n)(&number(row.late))));
        let closed = match &row.closed {
            Some(closed) => mark(Tone::Good, Icon::DONE, (words.closed_by)(&closed.name)),
            None => mark(Tone::Plain, Icon::NOT_YET, words.open_day),
        };
        view! {
            <tr>
                <th scope="row"><a href=address(PAGE, &day)>{row.day.to_string()}</a></th>
                <td>{row.name}</td>
                <td class="r">{ui::figure(row.visits)}</td>
                <td class="r"><b>{ui::figure(row.waiting)}</b></td>
                <td class="r">{ui::figure(row.voided)}</td>
                <td>{closed}" "{late}</td>
            </tr>
        }
    });
    view! {
        <table class="tbl">
            <caption class="unseen">{words.verification}</caption>
            <thead><tr>
                <th scope="col">{words.day}</th>
                <th scope="col">{words.village}</th>
                <th scope="col" class="r">{words.visits_made}</th>
                <th scope="col" class="r">{VisitState::Waiting.label(lang())}</th>
                <th scope="col" class="r">{VisitState::Voided.label(lang())}</th>
                <th scope="col">{words.day_state}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {more}
    }
    .into_any()
}

impl Desk {
    /// Whoever made a visit does not say whether it was made, and only who said something takes it back.
    fn is_me(self, person: PersonId) -> bool {
        self.session.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.person.id == person))
    }

    /// Says something about visits of the day, and shows what came of it.
    fn say(self, village: AreaId, act: VerificationAct) {
        let change = VerificationChange { id: new_id(RecordId::new), village, act };
        self.send(vec![change]);
    }

    fn send(self, changes: Vec<VerificationChange>) {
        self.form.store_all(
            &[],
            "verifications",
            changes,
            |_| (),
            move |()| {
                self.days.again();
                self.visits.again();
                self.voided.again();
            },
        );
    }

    /// Confirms what is chosen: one event for each area, of which a village may have several since a merger.
    fn confirm(self) {
        let mut areas: BTreeMap<AreaId, Vec<Look>> = BTreeMap::new();
        for row in self.visits.rows().iter().filter(|row| self.chosen.with_untracked(|chosen| chosen.contains(&row.visit))) {
            areas.entry(row.area).or_default().push(Look { visit: row.visit, version: row.id });
        }
        if areas.is_empty() {
            return;
        }
        let change = |(village, visits)| {
            let act = VerificationAct::Look(Verification { visits, void: None });
            VerificationChange { id: new_id(RecordId::new), village, act }
        };
        self.send(areas.into_iter().map(change).collect());
    }
}

fn one_day(days: Fetched<Listed<DayRow>>, filter: Memo<Filter>) -> AnyView {
    let words = words();
    let of_state = move |state| Memo::new(move |_| Filter { state, ..filter.get() });
    let desk = Desk {
        session: session(),
        form: Form::new("verify"),
        days,
        visits: List::new("visits", of_state(None)),
        voided: List::new("visits", of_state(Some(VisitState::Voided))),
        chosen: RwSignal::new(BTreeSet::new()),
    };
    // All of them at first: a person takes out what they cannot say.
    Effect::new(move || {
        let waits = |row: &&VisitRow| row.state == VisitState::Waiting && !desk.is_me(row.author);
        desk.chosen.set(desk.visits.rows().iter().filter(waits).map(|row| row.visit).take(LOOKS_MAX).collect());
    });
    let label = move || (words.confirm_n)(&number(desk.chosen.with(|chosen| u32::try_from(chosen.len()).unwrap_or(u32::MAX))));
    let list = desk.visits.draw(move || empty(words.no_visits_why, ()), move |row| visit(&row, desk));
    let voided = desk.voided.draw(|| ().into_any(), move |row| visit(&row, desk));
    let closing = move || days.here().and_then(|found| found.rows.into_iter().next()).map(|day| closing(day, desk));
    let fields = view! {
        <div class="split">
            <div class="col">
                {list}
                <div hidden=move || desk.chosen.with(BTreeSet::is_empty)>{desk.form.button(label)}</div>
                {voided}
            </div>
            <aside class="pane" aria-label=words.close_day>{closing}</aside>
        </div>
    };
    desk.form.view(move || desk.confirm(), fields)
}

fn visit(row: &VisitRow, desk: Desk) -> AnyView {
    let (words, shared) = (words(), shared());
    let (id, area) = (row.visit, row.area);
    let result = row.contact.map_or(words.not_met, |contact| contact.label(lang()));
    let purposes: Vec<&str> = row.purposes.iter().map(|purpose| purpose.label(lang())).collect();
    let facts = [vec![result], purposes].concat().join(", ");
    let about = [row.household.as_str(), row.by.as_str(), &row.at.hour_minute(), &facts].join(" · ");
    let amended = row.amended.then(|| view! { " "<span class="small muted">{words.amended_short}</span> });
    let late = row.late.then(|| view! { " "{mark(Tone::Wait, Icon::CLOCK, words.late)} });
    let what = view! { <b>{row.head.clone()}</b>" "<small class="muted">{about}</small> };
    let mine = desk.is_me(row.author);
    let choose = move |on: bool| {
        desk.chosen.update(|chosen| {
            if on {
                chosen.insert(id);
            } else {
                chosen.remove(&id);
            }
        });
    };
    let body = match (row.state, mine) {
        (VisitState::Waiting, false) => {
            let cell = checkbox(move || desk.chosen.with(|chosen| chosen.contains(&id)), choose, what);
            view! { <div class="cells one">{cell}</div> }.into_any()
        }
        (VisitState::Waiting, true) => view! { <p>{what}<br/><span class="small muted">{words.your_own_visit}</span></p> }.into_any(),
        (state, _) => {
            let checked = row.checked.clone();
            let (tone, icon) = if state == VisitState::Voided { (Tone::Bad, Icon::STOP) } else { (Tone::Good, Icon::DONE) };
            let by = checked.as_ref().map(|checked| checked.name.clone()).unwrap_or_default();
            let void = checked.as_ref().and_then(|checked| checked.void).map(|void| format!(": {}", void.label(lang()).to_lowercase()));
            let said = format!("{}{} · {by}", state.label(lang()), void.unwrap_or_default());
            let back = checked.and_then(|checked| take_back(area, &checked, desk));
            view! { <p>{what}</p><p>{mark(tone, icon, said)}</p>{back} }.into_any()
        }
    };
    let void = (row.state != VisitState::Voided && !mine).then(|| void(row.area, Look { visit: id, version: row.id }, desk));
    let received = format!("{} {}", words.received, shared.moment(row.received_at, today()));
    view! { {body}<div class="line"><span class="small muted">{received}{amended}</span>{late}{void}</div> }.into_any()
}

/// Voiding one visit: the reason first, then the button.
fn void(area: AreaId, look: Look, desk: Desk) -> AnyView {
    let words = words();
    let open = RwSignal::new(false);
    let reason = RwSignal::new(None::<VoidReason>);
    let id = format!("void-{}", look.visit);
    (move || {
        if !open.get() {
            return view! { <button type="button" class="btn plain auto" on:click=move |_| open.set(true)>{words.void_visit}</button> }
                .into_any();
        }
        let options = VoidReason::ALL.iter().map(|one| view! { <option value=one.code()>{one.label(lang())}</option> }).collect_view();
        let choose = move |event| reason.set(VoidReason::from_code(&event_target_value(&event)));
        let act = move |_| {
            if let Some(reason) = reason.get_untracked() {
                desk.say(area, VerificationAct::Look(Verification { visits: vec![look], void: Some(reason) }));
            }
        };
        view! {
            <div class="fld">
                <label for=id.clone()>{words.void_why}</label>
                <select class="input" id=id.clone() on:change=choose><option value="">{words.choose_reason}</option>{options}</select>
                <p class="hint">{words.void_note}</p>
                <div class="line">
                    <button type="button" class="btn auto" disabled=move || reason.get().is_none() on:click=act>{words.void_visit}</button>
                    <button type="button" class="btn plain auto" on:click=move |_| open.set(false)>{words.leave_it}</button>
                </div>
            </div>
        }
        .into_any()
    })
    .into_any()
}

/// Only who said it takes it back, and only what is about one visit: the others would go with it.
fn take_back(area: AreaId, checked: &Checked, desk: Desk) -> Option<AnyView> {
    let words = words();
    let (id, own) = (checked.id, desk.is_me(checked.by));
    let back = move |_| desk.say(area, VerificationAct::TakeBack(id));
    (own && checked.visits == 1)
        .then(|| view! { <button type="button" class="btn plain auto" on:click=back>{words.take_it_back}</button> }.into_any())
}

fn closing(row: DayRow, desk: Desk) -> AnyView {
    let words = words();
    let waiting = (row.waiting > 0).then(|| view! { <p>{(words.still_waiting)(&number(row.waiting))}</p> });
    let (village, day) = (row.village, row.day);
    let act = match row.closed {
        None => {
            let close = move || desk.say(village, VerificationAct::Close(day));
            let warning = move || (words.close_day_warning)(&day.to_string());
            confirm(words.close_day, warning, words.close_day, close)
        }
        Some(Closed { id, by, name, at }) => {
            let reopen = move || desk.say(village, VerificationAct::TakeBack(id));
            let reopen =
                desk.is_me(by).then(|| confirm(words.reopen_day, move || words.reopen_warning.to_owned(), words.reopen_day, reopen));
            let said = format!("{}, {}", (words.closed_by)(&name), shared().moment(at, today()));
            let late = (row.late > 0).then(|| view! { <p>{(words.late_n)(&number(row.late))}</p> });
            view! { {mark(Tone::Good, Icon::DONE, said)}{late}{reopen} }.into_any()
        }
    };
    view! {
        <h2>{words.close_day}</h2>
        <p>{(words.day_counts)(&number(row.visits), &number(row.voided))}</p>
        {waiting}
        {act}
        <p class="hint">{words.close_note}</p>
    }
    .into_any()
}
