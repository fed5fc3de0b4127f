//! One household of the book: added by hand, corrected, and decided where two people wrote different things. Nothing is
//! chosen beforehand, and what is not decided stays as it is.

use crate::directory::directory;
use crate::fetched::Fetched;
use crate::filter::{address, open, opened};
use crate::form::{Form, Mistake, Typed, typed};
use crate::redaction::erase;
use crate::session::{Fault, lang, new_id, session, shared, today, words};
use crate::twin;
use crate::ui::{heading, heading_with};
use crate::words::Office;
use app::ui::cells::radio;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::book::{Dispute, Disputed, Edit, Entry, Sheet};
use domain::household::{Household, HouseholdError, HouseholdStatus, called};
use domain::id::RecordId;
use domain::office::{Filter, HouseholdOrder};
use domain::operation::{Dot, Field, Kind, Part};
use domain::redaction::goes;
use domain::short::{self, Map};
use domain::wire::RefusalCode;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::rc::Rc;

/// The page of one household: the one that the address names, else a new one.
pub fn page() -> AnyView {
    let opened = opened();
    let sheet = Fetched::<Sheet>::new(move || opened.get().map(|id| format!("households/{id}")));
    let stored = RwSignal::new(None::<String>);
    (move || match opened.get() {
        Some(_) => sheet.draw(move |one| correct(one, sheet, stored)),
        None => add(sheet, stored),
    })
    .into_any()
}

/// What was stored last, and where it goes from here.
fn said(stored: RwSignal<Option<String>>) -> AnyView {
    let words = words();
    let said = move || {
        stored.get().map(|head| {
            let next = view! {
                <p>{words.household_reaches_phones}</p>
                <p><a href="/office/household" on:click=move |_| stored.set(None)>{words.add_another}</a></p>
            };
            note(Tone::Good, Icon::DONE, (words.household_saved)(&head), next)
        })
    };
    view! { <div role="status">{said}</div> }.into_any()
}

fn add(sheet: Fetched<Sheet>, stored: RwSignal<Option<String>>) -> AnyView {
    let words = words();
    view! {
        <p class="small muted"><a href="/office/households">{words.households}</a>" › "{words.add_household}</p>
        {heading(move || words.add_household.to_owned())}
        <p>{words.book_intro}</p>
        {editor(None, sheet, stored)}
    }
    .into_any()
}

fn correct(one: Sheet, sheet: Fetched<Sheet>, stored: RwSignal<Option<String>>) -> AnyView {
    let words = words();
    // The page is named without them: a browser keeps what its pages are called.
    let (title, whose) =
        (Memo::new(|_| words.edit_household.to_owned()), (words.edit_household_of)(called(&one.household.head, &one.code)));
    let list = open("households", &Filter { village: Some(one.village), household: Some(one.id), ..Filter::default() }, one.id);
    let (id, village, code) = (one.id, one.village, one.code.clone());
    let place = move || [directory().unit_name(village), code.clone()].join(" · ");
    let disputed =
        (!one.disputes.is_empty()).then(|| note(Tone::Wait, Icon::PENCIL, words.disputed, view! { <p>{words.disputed_why}</p> }));
    view! {
        <p class="small muted"><a href=list>{words.back_to_household}</a>" › "{place}</p>
        {heading_with(title, move || whose.clone().into_any())}
        {twin::said(&one)}
        {disputed}
        {editor(Some(one), sheet, stored)}
        {erase(&Kind::Household, id)}
    }
    .into_any()
}

/// What an officer makes of one field: a text, and whether it is to be written.
#[derive(Clone, Copy)]
struct Line {
    field: &'static str,
    text: RwSignal<String>,
    /// Two people wrote different things, and which of them was chosen: its place, or one behind them for another one.
    dispute: Option<RwSignal<Option<usize>>>,
}

impl Line {
    /// Whether anything was decided about it.
    fn is_decided(self) -> bool {
        self.dispute.is_none_or(|chosen| chosen.with_untracked(Option::is_some))
    }
}

/// The fields in the order of the page.
pub const LINES: [&str; 8] = ["head", "sort", "no", "cluster", "hint", "hours", "phone", "people"];

fn editor(before: Option<Sheet>, sheet: Fetched<Sheet>, stored: RwSignal<Option<String>>) -> AnyView {
    let words = words();
    let session = session();
    let directory = directory();
    let navigate = StoredValue::new_local(use_navigate());
    let form = Form::new("household");
    let id = before.as_ref().map_or_else(|| new_id(RecordId::new), |before| before.id);
    let (shown, base, disputes, erased) = match before.clone() {
        Some(Sheet { household, base, disputes, erased, .. }) => (household, base, disputes, erased),
        None => (Household::default(), Map::new(), Vec::new(), short::Set::default()),
    };
    let is_gone = erased.clone();
    let gone = (!erased.is_empty()).then(|| note(Tone::Plain, Icon::STOP, words.household_erased, ()));
    let erased = StoredValue::new(erased);
    let of = |field: &str| disputes.iter().find(|dispute| dispute.field == field).cloned();
    let lines =
        LINES.map(|field| Line { field, text: RwSignal::new(text_of(&shown, field)), dispute: of(field).map(|_| RwSignal::new(None)) });
    let status = RwSignal::new(of("status").is_none().then_some(shown.status));
    let no_contact = RwSignal::new(of("no_contact").is_none().then_some(shown.no_contact));
    let village = RwSignal::new(String::new());
    let twin = RwSignal::new(false);
    let nothing = RwSignal::new(false);
    let is_new = before.is_none();
    let kept = StoredValue::new((shown.clone(), base));
    let was_disputed = !disputes.is_empty();
    let disputed = StoredValue::new(disputes.iter().map(|dispute| dispute.field.clone()).collect::<Vec<_>>());

    let submit = move |anyway: bool| {
        twin.set(false);
        nothing.set(false);
        let (shown, base) = kept.get_value();
        let mut wrong: Vec<Mistake> = Vec::new();
        let chosen_village = village.get_untracked().parse().ok();
        if is_new && chosen_village.is_none() {
            wrong.push(("village", words.village_of_household_missing));
        }
        let disputed = disputed.get_value();
        let read = erased.with_value(|erased| typed_household(&shown, &disputed, lines, (status, no_contact), erased));
        let (household, fields) = match read {
            Ok(read) => read,
            Err(error) => {
                wrong.push((error.field(), words.household_error(error)));
                (shown, Vec::new())
            }
        };
        if !form.accept(wrong) {
            return;
        }
        let what = match chosen_village {
            Some(village) if is_new => Edit::Add(village),
            _ => Edit::Correct(fields.iter().map(|field| ((*field).to_owned(), base_of(&base, field))).collect()),
        };
        if !is_new && fields.is_empty() {
            nothing.set(true);
            return;
        }
        let head = household.head.clone();
        let entry = Entry { id, household, what, anyway };
        let entry = Rc::new(entry);
        let work = move || {
            let entry = Rc::clone(&entry);
            async move {
                match session.write_and_read::<Sheet>("households", 0, &*entry).await {
                    Err(Fault::Refused(refusal)) if refusal.code == RefusalCode::Taken && refusal.about.as_deref() == Some("household") => {
                        Ok(None)
                    }
                    Ok(written) => Ok(Some(written)),
                    Err(fault) => Err(fault),
                }
            }
        };
        form.deliver(
            &["village", "head", "sort", "no", "cluster", "hint", "hours", "phone", "people"],
            work,
            move |written| match written {
                None => twin.set(true),
                Some(written) => {
                    stored.set(Some(head));
                    if was_disputed && written.disputes.is_empty() {
                        session.disputed.update(|left| *left = left.saturating_sub(1));
                    }
                    sheet.put(written);
                    if is_new {
                        let there = format!("/office/household?open={id}");
                        navigate.with_value(|navigate| {
                            navigate(&there, NavigateOptions { resolve: false, replace: true, ..Default::default() })
                        });
                    }
                }
            },
        );
    };

    let villages = move || {
        let villages = directory.villages().into_iter().filter(|unit| !unit.has_ended(today()));
        let named = villages.map(|unit| (unit.id.to_string(), unit.name));
        std::iter::once((String::new(), words.not_chosen.to_owned())).chain(named).collect()
    };
    let village_choice = is_new.then(|| form.choice("village", words.which_village, "", villages, village));
    let fields = lines.map(|line| match (of(line.field), line.dispute) {
        _ if goes(line.field, &is_gone) => ().into_any(),
        (Some(dispute), Some(chosen)) => disputed_line(form, line, chosen, &dispute),
        _ => line_field(form, line),
    });
    let fields = fields.into_iter().collect_view();
    let of_twin = move || {
        twin.get().then(|| {
            let village = village.get_untracked().parse().ok().or(before.as_ref().map(|before| before.village));
            // By name, and not by this name: it would stand in the address.
            let there = address("households", &Filter { village, order: Some(HouseholdOrder::Name), ..Filter::default() });
            let next = view! {
                <div class="line">
                    <a class="btn second auto" target="_blank" href=there>{words.repeats_see}</a>
                    <button type="button" class="btn second auto" on:click=move |_| submit(true)>{words.repeats_anyway}</button>
                </div>
            };
            note(Tone::Wait, Icon::WARNING, words.repeats_title, next)
        })
    };
    let unchanged = move || nothing.get().then(|| note(Tone::Plain, Icon::NOT_YET, words.nothing_changed, ()));
    let states = view! {
        {status_cells(words, status, of("status"), is_new)}
        {contact_cells(words, no_contact, of("no_contact"))}
    };
    form.view(
        move || submit(false),
        view! {
            <div class="split">
                <div class="col">{village_choice}{gone}{fields}</div>
                <aside class="pane" aria-label=words.look_over>
                    {states}
                    <div role="alert">{of_twin}</div>
                    <div role="status">{unchanged}</div>
                    {form.button(move || words.save_household.to_owned())}
                    {said(stored)}
                </aside>
            </div>
        },
    )
}

/// The household as it was typed, and the fields that are to be written: those that differ from what was shown, and those
/// that were decided.
fn typed_household(
    shown: &Household,
    disputed: &[Field],
    lines: [Line; 8],
    (status, no_contact): (RwSignal<Option<HouseholdStatus>>, RwSignal<Option<bool>>),
    erased: &short::Set<Part>,
) -> Result<(Household, Vec<&'static str>), HouseholdError> {
    let mut household = shown.clone();
    let mut decided = Vec::new();
    for line in lines.into_iter().filter(|line| line.is_decided()) {
        let text = typed(line.text);
        match line.field {
            "head" => household.head = text,
            "sort" => household.sort = text,
            "no" => household.no = text,
            "cluster" => household.cluster = text,
            "hint" => household.hint = text,
            "hours" => household.hours = text,
            "phone" => household.phone = text,
            _ if text.is_empty() => household.people = None,
            _ => household.people = Some(text.parse().map_err(|_| HouseholdError::People)?),
        }
        decided.extend(line.dispute.map(|_| line.field));
    }
    // Of a disputed one nothing was chosen beforehand: what is chosen was decided, also if it is what was shown first.
    let is_disputed = |field: &str| disputed.iter().any(|disputed| disputed == field);
    if let Some(status) = status.get_untracked() {
        household.status = status;
        decided.extend(is_disputed("status").then_some("status"));
    }
    if let Some(no_contact) = no_contact.get_untracked() {
        household.no_contact = no_contact;
        decided.extend(is_disputed("no_contact").then_some("no_contact"));
    }
    let household = household.cleaned();
    let changed = household.changed_values(shown);
    let names = LINES.into_iter().chain(["status", "no_contact"]);
    let fields: Vec<&'static str> = names.filter(|name| changed.contains_key(*name) || decided.contains(name)).collect();
    // What was wrong before and is not touched stands in nobody's way.
    let touched = Household {
        head: household.head.clone(),
        phone: if fields.contains(&"phone") { household.phone.clone() } else { String::new() },
        ..household.clone()
    };
    touched.check_beside(erased).map(|()| (household, fields))
}

/// The dots that a correction replaces: all that were shown.
fn base_of(base: &Map<Field, Vec<Dot>>, field: &str) -> Vec<Dot> {
    base.get(field).cloned().unwrap_or_default()
}

/// A field as text.
pub fn text_of(household: &Household, field: &str) -> String {
    match field {
        "head" => household.head.clone(),
        "sort" => household.sort.clone(),
        "no" => household.no.clone(),
        "cluster" => household.cluster.clone(),
        "hint" => household.hint.clone(),
        "hours" => household.hours.clone(),
        "phone" => household.phone.clone(),
        "people" => household.people.map(|people| people.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Label and hint of a field.
pub fn label_of(words: &Office, field: &str) -> (&'static str, &'static str) {
    match field {
        "head" => (words.head, words.head_full_hint),
        "sort" => (words.sort_name, words.sort_name_hint),
        "no" => (words.house_number, ""),
        "cluster" => (words.house_cluster, ""),
        "hint" => (words.house_hint, words.house_hint_example),
        "hours" => (words.house_hours, words.house_hours_example),
        "phone" => (words.phone_number, words.house_phone_hint),
        _ => (words.people_n, words.house_people_hint),
    }
}

fn line_field(form: Form, line: Line) -> AnyView {
    let (label, hint) = label_of(words(), line.field);
    form.field(line.field, Typed::Line, label, hint, line.text)
}

/// A field of which there are several values: each with who wrote it, and room for another one.
fn disputed_line(form: Form, line: Line, chosen: RwSignal<Option<usize>>, dispute: &Dispute) -> AnyView {
    let words = words();
    let (label, _) = label_of(words, line.field);
    let other = dispute.values.len();
    let cells = dispute
        .values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            let text = text_of(&value.household, line.field);
            let shown = if text.is_empty() { words.left_empty.to_owned() } else { text.clone() };
            let choose = move || {
                line.text.set(text.clone());
                chosen.set(Some(n));
            };
            radio(line.field, move || chosen.get() == Some(n), choose, view! { <b>{shown}</b>" "<small>{writer(value)}</small> })
        })
        .collect_view();
    let something_else = radio(line.field, move || chosen.get() == Some(other), move || chosen.set(Some(other)), words.other_value);
    let typed_here = move || (chosen.get() == Some(other)).then(|| line_field(form, line));
    view! {
        <fieldset><legend>{(words.disputed_field)(label)}</legend>
            <div class="cells one">{cells}{something_else}</div>
            {typed_here}
        </fieldset>
    }
    .into_any()
}

/// "Nguyễn Thị Kim Hạnh ghi ở văn phòng, 15/11/2026 lúc 20:41".
fn writer(value: &Disputed) -> String {
    let words = words();
    let who = if value.by.is_empty() { words.somebody } else { &value.by };
    (words.written_by)(who, value.on.label(lang()), &shared().moment(value.at, today()))
}

/// Who wrote which of several values; nothing where there is one.
fn written(dispute: Option<Dispute>, say: impl Fn(&Household) -> &'static str) -> Option<AnyView> {
    let lines = dispute?.values.iter().map(|value| view! { <li>{say(&value.household)}": "{writer(value)}</li> }).collect_view();
    Some(view! { <ul class="small">{lines}</ul> }.into_any())
}

fn status_cells(
    words: &'static Office,
    status: RwSignal<Option<HouseholdStatus>>,
    dispute: Option<Dispute>,
    is_new: bool,
) -> Option<AnyView> {
    // A household that is added lives here.
    if is_new {
        return None;
    }
    let cells = HouseholdStatus::ALL
        .iter()
        .map(|&one| {
            let about = view! { {one.label(lang())}" "<small>{words.status_hint(one)}</small> };
            radio("household-status", move || status.get() == Some(one), move || status.set(Some(one)), about)
        })
        .collect_view();
    let legend = if dispute.is_some() { (words.disputed_field)(words.status) } else { words.still_here.to_owned() };
    let written = written(dispute, |household| household.status.label(lang()));
    Some(view! { <fieldset><legend>{legend}</legend>{written}<div class="cells one">{cells}</div></fieldset> }.into_any())
}

fn contact_cells(words: &'static Office, no_contact: RwSignal<Option<bool>>, dispute: Option<Dispute>) -> AnyView {
    let cell = |value: bool, label: &'static str, hint: &'static str| {
        let about = view! { {label}" "<small>{hint}</small> };
        radio("household-contact", move || no_contact.get() == Some(value), move || no_contact.set(Some(value)), about)
    };
    let legend = if dispute.is_some() { (words.disputed_field)(words.no_contact_short) } else { words.contact_wish.to_owned() };
    let written = written(dispute, |household| if household.no_contact { words.wants_no_contact } else { words.may_contact });
    view! {
        <fieldset><legend>{legend}</legend>{written}
            <div class="cells one">
                {cell(false, words.may_contact, "")}
                {cell(true, words.wants_no_contact, words.wants_no_contact_hint)}
            </div>
        </fieldset>
    }
    .into_any()
}
