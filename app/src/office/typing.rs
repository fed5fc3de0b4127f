//! Paper visit sheets, typed in with the keyboard alone: what is the same for the whole pile once, then a household's sheet
//! after the other. The fields stand in the order of the printed sheet.

use crate::directory::directory;
use crate::fetched::Fetched;
use crate::form::{Form, Typed, Work, typed, typed_lines};
use crate::pick::Choice;
use crate::said::{Said, SaidDraft};
use crate::session::{Session, lang, new_id, today, words};
use crate::sitting::{Sitting, Stored};
use crate::ui::heading;
use crate::{browser, filter};
use app::platform::dom;
use domain::campaign::{Campaign, CampaignState};
use domain::household::HouseholdStatus;
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{Filter, HouseholdRow, Listed};
use domain::opinion::AnonymousOpinion;
use domain::person::Role;
use domain::time::Date;
use domain::typing::{TypedNote, TypedPlace, TypedVisit};
use domain::visit::{ContactResult, NOTE_MAX, PurposeResult};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};
use serde::Serialize;
use std::cell::Cell;
use std::rc::Rc;

/// The page.
pub fn page() -> AnyView {
    let words = words();
    let sitting = Sitting::new();
    let form = Form::new("typing");
    let once = Once::new();
    let visitor = RwSignal::new(String::new());
    // Another sheet, or another village: the fields of a sheet anew.
    let turn = RwSignal::new(0_u32);
    let title = move || match sitting.count() {
        0 => words.typing_title.to_owned(),
        n => (words.typing_so_far)(&n.to_string()),
    };
    let homes = once.homes();
    // The sheet that is typed at present.
    let present = StoredValue::new(None::<Row>);
    let submit = move || {
        if let Some(row) = present.get_value() {
            save(form, once, visitor, row, homes, sitting, turn);
        }
    };
    let sheet = move || {
        turn.track();
        once.village.track();
        let row = Row::new();
        present.set_value(Some(row));
        fields(form, row, homes)
    };
    let all = view! {
        <div class="stack" inert=move || form.is_busy() on:keydown=by_keyboard(submit)>
            <fieldset class="stack"><legend>{words.typing_once}</legend>
                <div class="once">
                    {once.view(form, words.visit_day)}
                    {form.pick("visitor", words.visitor, "", visitors(), visitor)}
                </div>
            </fieldset>
            {sheet}
        </div>
    };
    view! {
        {ways("typing")}
        {heading(title)}
        <p class="small muted">{words.typing_keys}</p>
        {form.view(submit, all)}
        {sitting.view("typing-household")}
    }
    .into_any()
}

/// The pages that belong together, as links.
pub fn ways(here: &'static str) -> AnyView {
    let words = words();
    let link = |at: &'static str, label: &'static str| {
        let current = (at == here).then_some("page");
        view! { <a href=format!("/office/{at}") aria-current=current>{label}</a> }
    };
    view! {
        <nav class="ways line small" aria-label=words.typing>
            {link("typing", words.to_sheets)}
            {link("arrived", words.to_arrived)}
            {link("sheets", words.to_print_sheets)}
            {link("route", words.to_route)}
        </nav>
    }
    .into_any()
}

/// What is typed once for many rows.
#[derive(Clone, Copy)]
pub struct Once {
    /// The campaign's id.
    pub campaign: RwSignal<String>,
    /// The village's id.
    pub village: RwSignal<String>,
    /// The day, as it was typed.
    pub day: RwSignal<String>,
    /// Every campaign of one's own commune, to find the one that is named.
    campaigns: Memo<Vec<Campaign>>,
    villages: Memo<Vec<Choice>>,
}

/// The households of the village.
pub type Homes = Fetched<Listed<HouseholdRow>>;

impl Once {
    /// Nothing typed; the running campaign is offered.
    pub fn new() -> Self {
        let directory = directory();
        let text = || RwSignal::new(String::new());
        let campaigns = Memo::new(move |_| {
            let own = directory.campaigns.here().unwrap_or_default().into_iter().filter(|seen| seen.whose.is_none());
            own.map(|seen| seen.value).collect::<Vec<Campaign>>()
        });
        let villages = Memo::new(move |_| {
            directory.villages().into_iter().map(|unit| Choice::new(unit.id.to_string(), "", unit.name, &unit.code)).collect()
        });
        let once = Self { campaign: text(), village: text(), day: text(), campaigns, villages };
        Effect::new(move || {
            let first = once.campaigns.with(|all| all.iter().find(|campaign| campaign.state == CampaignState::Active).map(|one| one.id));
            if let Some(first) = first
                && once.campaign.with_untracked(String::is_empty)
            {
                once.campaign.set(first.to_string());
            }
        });
        once
    }

    /// The households of the chosen village.
    pub fn homes(self) -> Homes {
        Fetched::new(move || {
            let village = self.village.get();
            let campaign = self.campaign.get().parse().ok();
            let asked = filter::query(&Filter { campaign, ..Filter::default() });
            (!village.is_empty()).then(|| format!("villages/{village}/households?{asked}"))
        })
    }

    /// The fields for campaign, village and day.
    pub fn view(self, form: Form, day_label: &'static str) -> AnyView {
        let words = words();
        let campaigns = move || {
            let running = self.campaigns.with(|all| {
                let running = all.iter().filter(|campaign| campaign.state == CampaignState::Active);
                running.map(|campaign| (campaign.id.to_string(), campaign.title.clone())).collect::<Vec<_>>()
            });
            if running.is_empty() { vec![(String::new(), words.no_campaign.to_owned())] } else { running }
        };
        view! {
            {form.choice("campaign", words.campaign, "", campaigns, self.campaign)}
            {form.pick("village", words.village, "", self.villages, self.village)}
            {form.field("day", Typed::Day, day_label, words.short_day_hint, self.day)}
        }
        .into_any()
    }

    /// What was typed, or what is wrong with it.
    pub fn read(self, form: Form, wrong: &mut Vec<(&'static str, &'static str)>) -> Option<(TypedPlace, Campaign)> {
        let words = form.words();
        let named: Option<RecordId> = self.campaign.with_untracked(|id| id.parse().ok());
        let campaign = self.campaigns.with_untracked(|all| all.iter().find(|one| Some(one.id) == named).cloned());
        let village: Option<AreaId> = self.village.with_untracked(|id| id.parse().ok());
        let day = Date::read_until(&typed(self.day), today());
        if campaign.is_none() {
            wrong.push(("campaign", words.campaign_missing));
        }
        if village.is_none() {
            wrong.push(("village", words.village_missing));
        }
        match (day, &campaign) {
            (None, _) => wrong.push(("day", if typed(self.day).is_empty() { words.day_missing } else { words.wrong_day })),
            (Some(day), Some(campaign)) if day < campaign.from || day > today() => wrong.push(("day", words.day_outside)),
            _ => {}
        }
        let campaign = campaign?;
        Some((TypedPlace { village: village?, campaign: campaign.id, day: day? }, campaign))
    }
}

/// One household's sheet as it is typed. Its ids are made once, so that a second press stores nothing twice.
#[derive(Clone, Copy)]
struct Row {
    id: RecordId,
    note_id: RecordId,
    household: RwSignal<String>,
    contact: RwSignal<String>,
    purposes: RwSignal<String>,
    next: RwSignal<String>,
    promised: RwSignal<String>,
    note: RwSignal<String>,
    said: RwSignal<Vec<SaidDraft>>,
}

impl Row {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        let said = RwSignal::new(vec![SaidDraft::new(1)]);
        let row = Self {
            id: new_id(RecordId::new),
            note_id: new_id(RecordId::new),
            household: text(),
            contact: text(),
            purposes: text(),
            next: text(),
            promised: text(),
            note: text(),
            said,
        };
        more_when_begun(said);
        row
    }

    fn contact(self) -> Option<ContactResult> {
        self.contact.with(|code| ContactResult::from_code(code))
    }
}

/// Where the last opinion has a kind there is room for another one.
fn more_when_begun(said: RwSignal<Vec<SaidDraft>>) {
    // What an effect makes it takes with it when it runs again; opinions stay as long as their sheet.
    let sheet = Owner::current();
    Effect::new(move || {
        let (count, begun) = said.with(|all| (all.len(), all.last().is_some_and(|last| last.is_begun())));
        if begun {
            let next = || SaidDraft::new(count + 1);
            let next = sheet.as_ref().map_or_else(next, |sheet| sheet.with(next));
            said.update(|all| all.push(next));
        }
    });
}

/// The households to choose from, by number.
pub fn households(homes: Homes) -> Memo<Vec<Choice>> {
    Memo::new(move |_| {
        let rows = homes.here().map(|found| found.rows).unwrap_or_default();
        let active = rows.into_iter().filter(|row| row.status == HouseholdStatus::Active);
        active
            .map(|row| {
                let label =
                    [row.head.as_str(), row.code.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
                Choice::new(row.id.to_string(), row.no, label, &row.code)
            })
            .collect()
    })
}

/// Everybody who may have gone.
fn visitors() -> Memo<Vec<Choice>> {
    let directory = directory();
    Memo::new(move |_| {
        let everybody = directory.everybody().into_iter().map(|seen| seen.value.person).filter(|person| !person.left);
        let at_work = everybody.filter(|person| person.role.is_field() || person.role == Role::Officer);
        at_work.map(|person| Choice::new(person.id.to_string(), "", person.name, "")).collect()
    })
}

fn fields(form: Form, row: Row, homes: Homes) -> AnyView {
    let words = words();
    let lang = lang();
    let contacts = Memo::new(move |_| {
        Choice::numbered(ContactResult::ALL.iter().map(|contact| (contact.code().to_owned(), contact.label(lang).to_owned())))
    });
    let spoke = Memo::new(move |_| row.contact().is_some_and(ContactResult::spoke));
    let echo = move || {
        let done = row.purposes.with(|typed| purposes(typed)).unwrap_or_default();
        done.into_iter().map(|purpose| purpose.label(lang)).collect::<Vec<_>>().join(", ")
    };
    let list = move || {
        let numbered = PurposeResult::ALL.iter().enumerate().map(|(n, purpose)| format!("{}\u{a0}{}", n + 1, purpose.label(lang)));
        numbered.collect::<Vec<_>>().join(" · ")
    };
    let what_was_done = move || {
        spoke.get().then(|| {
            view! {
                {form.field("purposes", Typed::Line, words.done_there, words.done_there_hint, row.purposes)}
                <p class="small muted">{list}</p>
                <p class="small" role="status">{echo}</p>
            }
        })
    };
    let promised =
        move || spoke.get().then(|| form.field("promised", Typed::Day, words.promised_until, words.short_day_hint, row.promised));
    let said = move || {
        spoke.get().then(|| {
            view! {
                <fieldset id=form.id("opinions") tabindex="-1" class="stack">
                    <legend>{words.what_was_said}</legend>
                    <For each=move || row.said.get() key=|said| said.number() children=|said| said.view()/>
                </fieldset>
            }
        })
    };
    view! {
        <fieldset class="stack"><legend>{words.typing_row}</legend>
            <div class="once">
                {form.pick("household", words.which_household, words.which_household_hint, households(homes), row.household)}
                {form.pick("contact", words.who_met, "", contacts, row.contact)}
            </div>
            {what_was_done}
            <div class="once">
                {form.field("next", Typed::Day, words.come_again, words.short_day_hint, row.next)}
                {promised}
            </div>
            {said}
            {form.field("note", Typed::Lines, words.short_note, words.short_note_hint, row.note)}
            {form.button(move || words.save_sheet.to_owned())}
        </fieldset>
    }
    .into_any()
}

/// Enter goes to the next field, Ctrl and Enter save. What a field has prevented stays in it.
pub fn by_keyboard(submit: impl Fn() + Copy + 'static) -> impl Fn(KeyboardEvent) + Copy + 'static {
    move |event: KeyboardEvent| {
        if event.key() != "Enter" || event.is_composing() || event.default_prevented() || event.shift_key() {
            return;
        }
        if event.ctrl_key() {
            event.prevent_default();
            submit();
        } else if !browser::on_button() {
            event.prevent_default();
            spawn_local(async {
                // What was chosen may show further fields; they are there before the next key comes.
                for _ in 0..3 {
                    tick().await;
                }
                browser::focus_next();
            });
        }
    }
}

/// The things done whose numbers were typed; `None` where a number is none of them.
fn purposes(typed: &str) -> Option<Vec<PurposeResult>> {
    let numbers = typed.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let mut done: Vec<PurposeResult> = numbers
        .map(|digits| digits.parse::<usize>().ok().and_then(|n| PurposeResult::ALL.get(n.checked_sub(1)?)).copied())
        .collect::<Option<_>>()?;
    done.sort_unstable();
    done.dedup();
    Some(done)
}

/// A day that was typed, from the first one on.
pub fn day_from(value: RwSignal<String>, first: Date) -> Result<Option<Date>, ()> {
    let text = typed(value);
    if text.is_empty() { Ok(None) } else { Date::read_from(&text, first).filter(|day| *day >= first).map(Some).ok_or(()) }
}

fn save(form: Form, once: Once, visitor: RwSignal<String>, row: Row, homes: Homes, sitting: Sitting, turn: RwSignal<u32>) {
    let words = form.words();
    let session = sitting.session();
    let mut wrong = Vec::new();
    let place = once.read(form, &mut wrong);
    let visitor: Option<PersonId> = visitor.with_untracked(|id| id.parse().ok());
    if visitor.is_none() {
        wrong.push(("visitor", words.visitor_missing));
    }
    let household: Option<RecordId> = row.household.with_untracked(|id| id.parse().ok());
    if household.is_none() {
        wrong.push(("household", words.household_missing));
    }
    let contact = untrack(|| row.contact());
    let spoke = contact.is_some_and(ContactResult::spoke);
    if contact.is_none() {
        wrong.push(("contact", words.who_met_missing));
    }
    let done = row.purposes.with_untracked(|typed| purposes(typed)).filter(|_| spoke);
    if spoke && done.is_none() {
        wrong.push(("purposes", words.done_there_wrong));
    }
    let first = place.as_ref().map_or(Date::MIN, |(place, _)| place.day);
    let next = day_from(row.next, first);
    if next.is_err() {
        wrong.push(("next", words.come_again_wrong));
    }
    let (mut named, mut unnamed) = (Vec::new(), Vec::new());
    if let (true, Some((place, campaign))) = (spoke, &place) {
        let all: Vec<_> = row.said.get_untracked().into_iter().map(|said| said.read(*place, campaign)).collect();
        if all.iter().any(Result::is_err) {
            wrong.push(("opinions", words.said_incomplete));
        }
        for said in all.into_iter().flatten().flatten() {
            match said {
                Said::Named(said) => named.push(said),
                Said::Unnamed(said) => unnamed.push(*said),
            }
        }
    }
    let promised = if spoke { day_from(row.promised, first) } else { Ok(None) };
    if promised.is_err() || (promised != Ok(None) && named.is_empty()) {
        wrong.push(("promised", words.promised_wrong));
    }
    let note = typed_lines(row.note);
    if note.chars().count() > NOTE_MAX {
        wrong.push(("note", words.note_long));
    }
    if !form.accept(wrong) {
        return;
    }
    let (Some((place, _)), Some(visitor), Some(household), Some(contact)) = (place, visitor, household, contact) else { return };
    let visit = TypedVisit {
        id: row.id,
        place,
        visitor,
        household,
        contact,
        purposes: done.unwrap_or_default(),
        next: next.ok().flatten(),
        promised: promised.ok().flatten(),
        opinions: named,
        note: (!note.is_empty()).then_some(TypedNote { id: row.note_id, text: note }),
    };
    let shown = untrack(|| homes.here()).and_then(|found| found.rows.into_iter().find(|home| home.id == household));
    let stored = Stored::visit(&visit, shown.as_ref());
    let hidden = unnamed.len();
    let work = whole(session, "typed/visits", visit, unnamed);
    form.deliver(&["household", "visitor", "day", "campaign", "next", "promised", "note"], work, move |()| {
        sitting.add(stored, hidden);
        turn.update(|turn| *turn += 1);
        spawn_local(async {
            for _ in 0..3 {
                tick().await;
            }
            dom::focus("typing-household");
        });
    });
}

/// Writes what has a name under the tab's number, then, apart from it and without a number, what has none. Tried again, it
/// goes on where it stopped.
pub fn whole<T: Serialize + Clone + 'static>(
    session: Session,
    path: &'static str,
    value: T,
    unnamed: Vec<AnonymousOpinion>,
) -> impl Fn() -> Work + 'static {
    let written = Rc::new(Cell::new(false));
    move || -> Work {
        let (written, value, unnamed) = (Rc::clone(&written), value.clone(), unnamed.clone());
        Box::pin(async move {
            if !written.get() {
                session.write_several(path, &value).await?;
                written.set(true);
            }
            for said in &unnamed {
                // Its own id makes a second time harmless.
                session.post::<()>("typed/anonymous", said).await?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn things_done_are_typed_as_numbers() {
        use PurposeResult::{InfoDelivered, MaterialGiven, MinutesSigned};
        for (typed, done) in [
            ("", Some(vec![])),
            ("1", Some(vec![InfoDelivered])),
            ("2 1, 11", Some(vec![InfoDelivered, MaterialGiven, MinutesSigned])),
            ("1 1", Some(vec![InfoDelivered])),
            ("12", None),
            ("0", None),
        ] {
            assert_eq!(purposes(typed), done, "{typed}");
        }
    }
}
