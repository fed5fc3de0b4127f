//! "Vắng nhà": saved with the first tap; the sheet asks when to come again, and takes a slip of the thumb back.

use crate::draft::VisitDraft;
use crate::page::{Words, words};
use crate::problem::save_problem;
use app::phone::{Phone, SaveError, SavedVisit};
use app::platform::dom;
use app::ui::field::{Field, Typed};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::row::{action_row, margin, mark};
use app::ui::sheet::sheet;
use domain::time::Date;
use domain::visit::{Appointment, ContactResult};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The hour that "tomorrow evening" stands for, in minutes: at 18 hours families are at home.
pub const EVENING: u16 = 18 * 60;

/// Tomorrow evening, and Saturday of next week: when people are at home.
pub fn usual_days(today: Date) -> [Appointment; 2] {
    [Appointment { date: today.plus(1), minute: Some(EVENING) }, Appointment { date: today.week().plus(12), minute: None }]
}

/// The sheet over the household's page, as long as `open` holds the visit that was just saved.
pub fn sheet_of(phone: Phone, visit: SavedVisit, open: RwSignal<Option<SavedVisit>>) -> AnyView {
    let Words { w, shared, .. } = words();
    let close = move || {
        open.try_set(None);
        // What had the focus is gone with the sheet.
        request_animation_frame(dom::arrive);
    };
    let failed = RwSignal::new(None::<SaveError>);
    let other = RwSignal::new(false);
    let typed = StoredValue::new(String::new());
    let wrong = RwSignal::new(false);
    let agree = move |next: Appointment| {
        failed.set(None);
        spawn_local(async move {
            match with_date(phone, visit, next).await {
                Ok(()) => close(),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let agree_typed = move || match typed.with_value(|text| Date::read(text)).filter(|date| *date >= phone.today()) {
        Some(date) => agree(Appointment { date, minute: None }),
        None => wrong.set(true),
    };
    let undo = move || {
        spawn_local(async move {
            match phone.retract_visit(visit.visit).await {
                Ok(()) => close(),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let [evening, saturday] = usual_days(phone.today());
    let day = move |next: Appointment, name: String| {
        let words = view! { <b>{name}</b> }.into_any();
        action_row(margin(next.date.short(), None), words, move || agree(next))
    };
    let choose_day = move || {
        other.get().then(|| {
            let error = move || wrong.get().then(|| w.wrong_day.to_owned());
            let field = Field { id: "hen-ngay", label: w.which_day, hint: "", kind: Typed::Day, value: String::new() };
            let learn = move |text| {
                wrong.set(false);
                typed.set_value(text);
            };
            view! {
                {field.view(learn, error)}
                <button type="button" class="btn" on:click=tap(agree_typed)>{w.agree_day}</button>
            }
            .into_any()
        })
    };
    let content = view! {
        {mark(Tone::Good, Some(Icon::DONE), (w.saved_not_home)(&visit.at.hour_minute()))}
        <h2 id="hen">{w.come_again}</h2>
        {live(move || failed.get().map(|error| save_problem(&error)))}
        <ul class="ruled bleed">
            {day(evening, (w.tomorrow_evening)(shared.weekday(evening.date)))}
            {day(saturday, w.next_saturday.to_owned())}
            {action_row(margin("", Some((Icon::CALENDAR, Tone::Plain))), view! { <b>{w.another_day}</b> }.into_any(), move || other.set(true))}
            {action_row(margin("", Some((Icon::CLOSE, Tone::Plain))), view! { <b>{w.no_day}</b> }.into_any(), close)}
        </ul>
        {live(choose_day)}
        <button type="button" class="btn plain" on:click=tap(undo)>{Icon::UNDO.view()}" "{w.undo_visit}</button>
    }.into_any();
    sheet("hen", close, content)
}

/// The day that was agreed after the visit was saved: a correction that keeps the first version.
async fn with_date(phone: Phone, visit: SavedVisit, next: Appointment) -> Result<(), SaveError> {
    let page = phone.visit(visit.visit).await?.ok_or(SaveError::NoVisit)?;
    let campaign = page.campaign.ok_or(SaveError::NoCampaign)?;
    let draft = VisitDraft { contact: Some(ContactResult::NotHome), next: Some(next), ..VisitDraft::default() };
    let form = draft.form(page.household.id, campaign).ok_or(SaveError::NoVisit)?;
    phone.amend_visit(visit.visit, form, None).await?;
    Ok(())
}
