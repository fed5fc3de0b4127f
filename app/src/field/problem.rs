//! What went wrong, in words: what happened, that nothing is lost, what to do.

use crate::page::{Words, words};
use app::phone::{SaveError, StoreError};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::household::HouseholdError;
use leptos::prelude::*;

/// The store did not do as it was asked.
pub fn store_problem(error: &StoreError) -> AnyView {
    let Words { w, .. } = words();
    let (title, what_to_do) = match error {
        StoreError::Full { .. } => (w.store_full, w.store_full_do),
        StoreError::Aborted(_) => (w.store_aborted, w.store_aborted_do),
        StoreError::BackingStore => (w.store_broken, w.store_broken_do),
        StoreError::Timeout => (w.store_timeout, w.store_timeout_do),
        StoreError::Blocked => (w.store_blocked, w.store_blocked_do),
        StoreError::Newer => (w.store_newer, w.store_newer_do),
        StoreError::UnknownStore(_) => (w.store_unknown, w.store_unknown_do),
        StoreError::Closed => (w.store_closed, w.store_closed_do),
        StoreError::Unavailable => (w.store_unavailable, w.store_unavailable_do),
        StoreError::Damaged => (w.store_damaged, w.store_damaged_do),
    };
    stays(title, what_to_do)
}

/// Nothing was saved; the words stay on the screen and in the draft.
pub fn save_problem(error: &SaveError) -> AnyView {
    let Words { w, .. } = words();
    match error {
        SaveError::Store(error) => store_problem(error),
        SaveError::NoHousehold => stays(w.household_gone, w.household_gone_why),
        SaveError::NoCampaign => stays(w.no_campaign, w.no_campaign_why),
        SaveError::NoVisit => stays(w.visit_gone, w.visit_gone_why),
        SaveError::NoOpinion => stays(w.opinion_gone, w.opinion_gone_why),
        SaveError::NoMeeting => stays(w.meeting_gone, w.meeting_gone_why),
        SaveError::Meeting(error) => stays(w.not_complete, w.meeting_error(*error)),
        SaveError::NotOwn => stays(w.not_own, w.not_own_why),
        SaveError::NobodySpoken => stays(w.not_complete, w.gap_nobody_spoken),
        SaveError::Opinion(..) => stays(w.not_complete, w.opinion_incomplete),
        SaveError::NoteTooLong => stays(w.not_complete, w.gap_note_long),
        SaveError::Household(error) => stays(w.not_complete, household_problem(*error)),
    }
}

/// What is wrong with a household that somebody typed.
pub fn household_problem(error: HouseholdError) -> &'static str {
    let Words { w, .. } = words();
    w.household_error(error)
}

/// Something did not go well, and nothing is lost.
pub fn stays(title: &'static str, what_to_do: &'static str) -> AnyView {
    view! { <div role="alert">{note(Tone::Bad, Icon::WARNING, title, view! { <p>{what_to_do}</p> }.into_any())}</div> }.into_any()
}
