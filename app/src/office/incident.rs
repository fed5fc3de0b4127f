//! Incidents with personal data: the register of the data-protection officer and the administrator, and the hours that run.

use crate::devices;
use crate::fetched::Fetched;
use crate::filter::opened;
use crate::form::{Form, Typed, typed, typed_day, typed_lines};
use crate::incident_sheet;
use crate::session::{lang, new_id, session, today, words};
use crate::ui::{empty, heading, list_and_form, mark, number};
use app::platform::time::now;
use app::ui::cells::checkbox;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::{DeviceId, RecordId};
use domain::incident::{Clock, Data, Harm, Incident, IncidentError, IncidentRow, Rule};
use domain::office::{DeviceRow, Listed};
use domain::person::Action;
use domain::time::{Date, Time};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// All incidents and a form, or one of them as it is reported.
pub fn page() -> AnyView {
    let all = Fetched::<Listed<IncidentRow>>::new(|| Some("incidents".to_owned()));
    let opened = opened();
    (move || match opened.get() {
        Some(id) => incident_sheet::page(id, all),
        None => register(all),
    })
    .into_any()
}

fn register(all: Fetched<Listed<IncidentRow>>) -> AnyView {
    let words = words();
    let title = move || {
        all.here().map_or_else(|| words.incidents.to_owned(), |found| (words.incidents_found)(&number(found.total), &number(found.notable)))
    };
    let rule = Rule::of(today());
    let intro = (words.incidents_intro)(&rule.hours.to_string(), rule.source(lang()));
    let editing = RwSignal::new(None::<IncidentRow>);
    let stored = RwSignal::new(false);
    // The phone in the address that it is about, for whoever may see phones.
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("phone")));
    let session = session();
    let phones =
        Fetched::<Vec<DeviceRow>>::new(move || (asked.get().is_some() && session.may(Action::Devices)).then(|| "devices".to_owned()));
    let phone = move || asked.get().and_then(|id| phones.here()?.into_iter().find(|phone| phone.id.to_string() == id));
    let form = move || edit(editing.get(), phone(), editing, stored, all);
    let said = move || stored.get().then(|| note(Tone::Good, Icon::DONE, words.incident_saved, ()));
    let form_title = move || if editing.with(Option::is_some) { words.incident_more } else { words.incident_new };
    view! {
        {heading(title)}
        <p>{intro}</p>
        {list_and_form(all.draw(move |found| list(found.rows, editing)), words.incidents, form_title, said, form)}
    }
    .into_any()
}

fn list(rows: Vec<IncidentRow>, editing: RwSignal<Option<IncidentRow>>) -> AnyView {
    let words = words();
    if rows.is_empty() {
        return empty(words.no_incidents, ());
    }
    let rows = rows.into_iter().map(|incident| row(incident, editing)).collect_view();
    view! {
        <table class="tbl text">
            <caption class="unseen">{words.incidents}</caption>
            <thead><tr>
                <th scope="col">{words.incident_detected}</th>
                <th scope="col">{words.incident_what}</th>
                <th scope="col">{words.incident_state}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(row: IncidentRow, editing: RwSignal<Option<IncidentRow>>) -> AnyView {
    let words = words();
    let Incident { id, detected, what, .. } = row.incident.clone();
    let detected = moment(detected);
    let (more, print) = ((words.incident_more_spoken)(&detected), (words.incident_print_spoken)(&detected));
    let phone =
        row.phone.as_ref().map(|phone| view! { <br/><span class="small">{(words.phone_of)(&phone.name)}</span>{devices::end(phone)} });
    let state = state(&row.incident);
    let href = format!("/office/incidents?open={id}");
    view! {
        <tr>
            <th scope="row">{detected}</th>
            <td>{what}{phone}</td>
            <td>{state}<div class="line">
                <button type="button" class="btn second auto" aria-label=more on:click=move |_| editing.set(Some(row.clone()))>{words.incident_more}</button>
                <a class="btn second auto" href=href aria-label=print>{words.incident_print}</a>
            </div></td>
        </tr>
    }
    .into_any()
}

/// A moment as it stands on paper too, where no day is today.
pub fn moment(at: Time) -> String {
    format!("{} {}", at.hour_minute(), at.date())
}

/// How it stands with its hours, in words.
pub fn state(incident: &Incident) -> AnyView {
    let words = words();
    let until = moment(incident.due());
    let told = incident.notified.map(moment).unwrap_or_default();
    match incident.clock(now()) {
        Clock::NotNeeded => mark(Tone::Plain, Icon::STOP, words.incident_not_needed),
        Clock::Left(hours) => mark(Tone::Wait, Icon::CLOCK, (words.incident_left)(&number(hours), &until)),
        Clock::Over(hours) => mark(Tone::Bad, Icon::WARNING, (words.incident_over)(&number(hours), &until)),
        Clock::Told { late: false } => mark(Tone::Good, Icon::DONE, (words.incident_told)(&told)),
        Clock::Told { late: true } => mark(Tone::Wait, Icon::DONE, (words.incident_told_late)(&told)),
    }
}

/// What is typed, as it is typed.
#[derive(Clone, Copy)]
struct Draft {
    day: RwSignal<String>,
    hour: RwSignal<String>,
    happened: RwSignal<String>,
    what: RwSignal<String>,
    data: RwSignal<Vec<Data>>,
    people: RwSignal<String>,
    harm: RwSignal<String>,
    consequences: RwSignal<String>,
    measures: RwSignal<String>,
    contact: RwSignal<String>,
    notified_day: RwSignal<String>,
    notified_hour: RwSignal<String>,
    reference: RwSignal<String>,
}

impl Draft {
    fn of(old: Option<&Incident>, phone: Option<&DeviceRow>) -> Self {
        let words = words();
        let text = |read: fn(&Incident) -> String| RwSignal::new(old.map(read).unwrap_or_default());
        let day = |at: Option<Time>| RwSignal::new(at.map(|at| at.date().to_string()).unwrap_or_default());
        let hour = |at: Option<Time>| RwSignal::new(at.map(Time::hour_minute).unwrap_or_default());
        let (detected, notified) = (old.map(|old| old.detected), old.and_then(|old| old.notified));
        let draft = Self {
            day: day(detected),
            hour: hour(detected),
            happened: RwSignal::new(old.and_then(|old| old.happened).map(|day| day.to_string()).unwrap_or_default()),
            what: text(|old| old.what.clone()),
            data: RwSignal::new(old.map(|old| old.data.clone()).unwrap_or_default()),
            people: text(|old| old.people.map(|people| people.to_string()).unwrap_or_default()),
            harm: RwSignal::new(old.map_or(Harm::Unknown, |old| old.harm).code().to_owned()),
            consequences: text(|old| old.consequences.clone()),
            measures: text(|old| old.measures.clone()),
            contact: text(|old| old.contact.clone()),
            notified_day: day(notified),
            notified_hour: hour(notified),
            reference: text(|old| old.reference.clone()),
        };
        if let (None, Some(phone)) = (old, phone) {
            draft.what.set((words.incident_lost_phone)(&phone.name));
            draft.data.set(vec![Data::Contact, Data::Household, Data::Visit, Data::Opinion, Data::Unnamed, Data::Colleagues]);
            if let Some(at) = phone.revoked_at {
                draft.measures.set((words.incident_lost_measures)(&moment(at)));
            }
        }
        draft
    }

    /// The incident as it is typed; `None` where the form says what is wrong.
    fn read(self, form: Form, id: RecordId, device: Option<DeviceId>) -> Option<Incident> {
        let words = form.words();
        let at = |day: RwSignal<String>, hour: RwSignal<String>| typed_day(day).ok().flatten()?.at(&typed(hour));
        let mut wrong = Vec::new();
        let day = typed_day(self.day).ok().flatten();
        let detected = at(self.day, self.hour);
        if day.is_none() {
            wrong.push(("day", words.incident_day_wrong));
        } else if detected.is_none() {
            wrong.push(("hour", words.incident_hour_wrong));
        }
        let happened: Option<Date> = typed_day(self.happened).unwrap_or_else(|()| {
            wrong.push(("happened", words.incident_happened_wrong));
            None
        });
        let people = typed(self.people);
        let people = if people.is_empty() { Ok(None) } else { people.replace('.', "").parse::<u32>().map(Some) };
        if people.is_err() {
            wrong.push(("people", words.incident_people_wrong));
        }
        let is_told = !typed(self.notified_day).is_empty() || !typed(self.notified_hour).is_empty();
        let notified = at(self.notified_day, self.notified_hour);
        if is_told && notified.is_none() {
            wrong.push(("notified_day", words.incident_notified_wrong));
        }
        let incident = Incident {
            id,
            detected: detected.unwrap_or_default(),
            happened,
            what: typed_lines(self.what),
            data: self.data.get_untracked(),
            people: people.unwrap_or_default(),
            harm: Harm::from_code(&self.harm.get_untracked()).unwrap_or(Harm::Unknown),
            consequences: typed_lines(self.consequences),
            measures: typed_lines(self.measures),
            contact: typed_lines(self.contact),
            notified: notified.filter(|_| is_told),
            reference: typed(self.reference),
            device,
        };
        if let (Some(_), Err(error)) = (detected, incident.check(now())) {
            let (field, said) = match error {
                IncidentError::What => ("what", words.incident_what_missing),
                IncidentError::Detected => ("day", words.incident_day_wrong),
                IncidentError::Happened => ("happened", words.incident_happened_wrong),
                IncidentError::Notified => ("notified_day", words.incident_notified_wrong),
                IncidentError::TooLong(field) => (field, words.incident_too_long),
            };
            wrong.push((field, said));
        } else if detected.is_none() && incident.what.is_empty() {
            wrong.push(("what", words.incident_what_missing));
        }
        form.accept(wrong).then_some(incident)
    }
}

fn edit(
    old: Option<IncidentRow>,
    phone: Option<DeviceRow>,
    editing: RwSignal<Option<IncidentRow>>,
    stored: RwSignal<bool>,
    all: Fetched<Listed<IncidentRow>>,
) -> AnyView {
    let words = words();
    let form = Form::new("incident");
    let (seen, old) = old.map_or((0, None), |row| (row.seen, Some(row.incident)));
    let id = old.as_ref().map_or_else(|| new_id(RecordId::new), |incident| incident.id);
    let device = old.as_ref().map_or_else(|| phone.as_ref().map(|phone| phone.id), |incident| incident.device);
    let draft = Draft::of(old.as_ref(), phone.as_ref());
    let about = phone.filter(|_| old.is_none()).map(|phone| view! { <p>{(words.phone_of)(&phone.name)}{devices::end(&phone)}</p> });
    let submit = move || {
        let Some(incident) = draft.read(form, id, device) else { return };
        stored.set(false);
        form.store(&["what", "happened", "consequences", "measures", "contact", "reference"], "incidents", seen, incident, move |()| {
            all.again();
            stored.set(true);
            editing.set(None);
        });
    };
    let cells = Data::ALL
        .iter()
        .map(|kind| {
            let learn = move |on: bool| {
                draft.data.update(|data| {
                    data.retain(|other| other != kind);
                    if on {
                        data.push(*kind);
                    }
                });
            };
            checkbox(move || draft.data.with(|data| data.contains(kind)), learn, kind.label(lang()))
        })
        .collect_view();
    let harms = move || Harm::ALL.iter().map(|harm| (harm.code().to_owned(), harm.label(lang()).to_owned())).collect();
    let leave = (seen != 0)
        .then(|| view! { <button type="button" class="btn plain" on:click=move |_| editing.set(None)>{words.leave_it}</button> });
    let field = move |name, kind, label, hint, value| form.field(name, kind, label, hint, value);
    form.view(
        submit,
        view! {
            {about}
            {field("day", Typed::Day, words.incident_day, words.incident_day_hint, draft.day)}
            {field("hour", Typed::Line, words.incident_hour, words.incident_hour_hint, draft.hour)}
            {field("happened", Typed::Day, words.incident_happened, words.incident_happened_hint, draft.happened)}
            {field("what", Typed::Lines, words.incident_what, words.incident_what_hint, draft.what)}
            <fieldset><legend>{words.incident_data}</legend><div class="cells one">{cells}</div></fieldset>
            {field("people", Typed::Day, words.incident_people, words.incident_people_hint, draft.people)}
            {form.choice("harm", words.incident_harm, words.incident_harm_hint, harms, draft.harm)}
            {field("consequences", Typed::Lines, words.incident_consequences, "", draft.consequences)}
            {field("measures", Typed::Lines, words.incident_measures, "", draft.measures)}
            {field("contact", Typed::Lines, words.incident_contact, words.incident_contact_hint, draft.contact)}
            {field("notified_day", Typed::Day, words.incident_notified_day, words.incident_notified_hint, draft.notified_day)}
            {field("notified_hour", Typed::Line, words.incident_notified_hour, words.incident_hour_hint, draft.notified_hour)}
            {field("reference", Typed::Line, words.incident_reference, "", draft.reference)}
            {form.button(move || words.incident_save.to_owned())}
            {leave}
        },
    )
}
