//! What every store has to do, run on each of them.

mod administration;
mod ahead;
mod book;
mod code_book;
mod communes;
mod composed;
mod copies;
mod dying;
mod figures;
mod imports;
mod incident;
pub mod meanwhile;
mod quarantine;
mod rearrangement;
mod recovery;
mod redaction;
mod share;
mod twins;
mod unjudged;
pub mod world;

use super::memory::Memory;
use super::sqlite::Sqlite;
use super::{Access, Account, Confirmed, Import, Kept, OfficeChange, Roll, Sender, Session, StoreError, Undo, Value, Watched};
use crate::journal::{Entry, replay};
use crate::keys::hex;
use administration::*;
use ahead::{a_new_name_keeps_the_old_one, what_is_decided_ahead_can_be_dropped_and_may_fail, what_is_decided_ahead_waits_for_its_day};
use book::{
    a_household_is_added_and_corrected_by_hand, a_late_phone_keeps_its_word_beside_an_imports, an_entry_is_checked,
    an_entry_leaves_what_a_phone_wrote_meanwhile,
};
use code_book::{
    a_restored_database_gives_no_topics_number_twice, an_own_topic_is_added_spelled_ended_and_taken_up_again,
    nothing_is_lost_under_a_code_that_has_ended, phones_have_the_book_of_their_commune, what_is_said_of_codes_is_checked,
};
use communes::{a_village_is_moved_to_another_commune, communes_become_one_in_the_middle_of_a_campaign};
use composed::what_a_phone_sends_decomposed_is_shown_composed;
use copies::{
    a_copy_goes_on_under_a_name_of_its_own, a_copy_of_a_copy_goes_on_from_there, a_copy_of_a_revoked_phone_is_revoked,
    a_copy_of_an_older_build_is_quarantined_as_ever, a_fork_that_was_redacted_leaves_no_salt_and_is_there_once,
    a_restored_database_knows_its_copies, an_isolated_operation_of_a_copy_is_not_kept_under_the_old_name,
    another_household_is_not_taken_for_what_is_left_of_one, nobody_is_given_names_without_end,
    what_a_copy_left_in_quarantine_before_the_fork_is_told_under_the_new_name, what_a_copy_sent_out_of_its_order_is_there_once,
    what_two_copies_began_with_is_there_once_whatever_was_forgotten, what_was_redacted_has_no_salt_under_any_name_of_a_phone,
};
use domain::campaign::{Assignment, CampaignState};
use domain::cbor;
use domain::coverage::{Days, Done, Progress};
use domain::household::{Household, HouseholdStatus};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::meeting::MeetingState;
use domain::office::{
    DayRow, Filter, HouseholdRow, ImportRow, MeetingRow, NoteRow, OpinionRow, StandingFilter, VerificationAct, VerificationChange, VisitRow,
};
use domain::operation::{Change, Dot, Kind, Operation, Part, SCHEMA, Scope, Stream};
use domain::opinion::{Amends, AnonymousOpinion, SecretHash, Urgency};
use domain::person::{Person, Role};
use domain::record::{Body, Digest, Record};
use domain::reimport::Choices;
use domain::roll::Row;
use domain::short::Set;
use domain::source::Source;
use domain::time::{Date, Time};
use domain::typing::{TakenBack, Typed, TypedNote, TypedOpinion, TypedPlace, TypedVisit};
use domain::unit::{Level, Unit};
use domain::verification::{DayClosing, Look, Verification, VisitState, VoidReason};
use domain::visit::ContactResult::{MetRep, NotHome, PhoneDone};
use domain::wire::{Cursor, Frame, Outcome, PAGE_MAX, Pulled, PushBatch, Reason};
use dying::{what_brings_the_server_down_is_judged_once, what_waits_is_judged_where_what_is_over_cannot_go};
use figures::{every_row_is_that_of_its_lists, every_standing_is_the_length_of_its_list};
use imports::{
    an_import_is_not_taken_back_from_under_a_share, an_import_is_not_taken_back_from_under_an_opinion_or_a_promise,
    an_import_of_corrections_only_is_known_to_be_taken_back,
};
use incident::{incidents_are_written_down_and_amended, no_phone_hears_of_an_incident};
use quarantine::{
    an_update_reads_what_could_not_be_read, both_values_stay_when_one_of_them_waited, some_of_what_waits_cannot_pass,
    what_came_late_lets_in_what_waited_for_it, what_is_taken_in_ends_as_in_order, what_waits_is_read_and_put_aside,
    what_waits_is_taken_in_after_a_fix,
};
use rearrangement::{
    a_list_from_before_a_merger_finds_its_households, a_merger_moves_nothing_and_counts_everything_once,
    a_split_gives_every_household_one_village, exact_accents_come_first_in_the_offices_search,
    households_are_listed_by_number_or_by_their_heads_given_name, people_are_listed_by_given_name_or_as_they_ask, what_is_no_merger,
};
use recovery::{
    a_leader_opens_phones_of_their_own_commune, a_lost_phone_is_not_opened_and_a_dead_persons_is,
    a_phone_is_opened_by_two_sheets_and_nobody_in_between, a_request_waits_for_its_answer_and_that_for_its_phone,
    a_restored_database_knows_the_recovery_key_and_its_uses, there_is_one_recovery_key_and_nobody_is_enrolled_before,
};
use redaction::{
    a_name_goes_from_every_table_and_nobody_brings_it_back, a_phone_confirms_nothing_that_is_still_to_come, a_redaction_is_checked,
    a_redaction_survives_a_restore_beside_the_end_of_a_phone_and_a_use_of_the_recovery_key,
    each_phone_is_told_until_it_says_that_it_is_done, what_ended_by_its_own_day_is_in_the_report_and_not_in_the_list,
    what_is_over_goes_by_its_own_day_and_the_job_reports_it, what_waits_without_a_name_ends_by_its_own_day,
    what_was_redacted_does_not_come_back_with_the_phones_of_a_restored_database,
};
use serde_bytes::ByteBuf;
use share::{
    a_share_is_checked, a_share_is_what_its_member_may_read, households_are_given_by_name, shares_go_on_through_a_merger,
    shares_go_on_through_a_split,
};
use std::sync::Arc;
use twins::{
    a_decision_about_two_is_checked, a_house_made_twice_is_one_behind_what_was_said, a_list_finds_the_one_and_makes_no_other,
    an_import_is_not_taken_back_from_under_one_that_stands_for_another, two_that_are_one_count_once_until_that_is_taken_back,
    who_is_not_the_same_is_not_asked_again,
};
use unjudged::{what_calls_itself_a_version_of_something_redacted_is_not_believed, what_waits_ends_nothing_but_itself};
use world::{Phone, Subject, World, household, record};

macro_rules! contract {
    ($($name:ident,)+) => {
        mod memory {
            $(#[tokio::test] async fn $name() { super::$name::<super::Memory>().await })+
        }
        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name::<super::Sqlite>().await })+
        }
    };
}

contract! {
    another_household_is_not_taken_for_what_is_left_of_one,
    what_waits_without_a_name_ends_by_its_own_day,
    a_phone_confirms_nothing_that_is_still_to_come,
    what_ended_by_its_own_day_is_in_the_report_and_not_in_the_list,
    what_waits_is_judged_where_what_is_over_cannot_go,
    what_was_redacted_has_no_salt_under_any_name_of_a_phone,
    a_fork_that_was_redacted_leaves_no_salt_and_is_there_once,
    what_waits_ends_nothing_but_itself,
    what_calls_itself_a_version_of_something_redacted_is_not_believed,
    what_is_over_goes_by_its_own_day_and_the_job_reports_it,
    a_name_goes_from_every_table_and_nobody_brings_it_back,
    each_phone_is_told_until_it_says_that_it_is_done,
    a_redaction_survives_a_restore_beside_the_end_of_a_phone_and_a_use_of_the_recovery_key,
    a_redaction_is_checked,
    what_was_redacted_does_not_come_back_with_the_phones_of_a_restored_database,
    two_that_are_one_count_once_until_that_is_taken_back,
    who_is_not_the_same_is_not_asked_again,
    a_decision_about_two_is_checked,
    a_list_finds_the_one_and_makes_no_other,
    an_import_is_not_taken_back_from_under_one_that_stands_for_another,
    a_house_made_twice_is_one_behind_what_was_said,
    a_merger_moves_nothing_and_counts_everything_once,
    a_split_gives_every_household_one_village,
    what_is_no_merger,
    communes_become_one_in_the_middle_of_a_campaign,
    a_village_is_moved_to_another_commune,
    what_is_decided_ahead_waits_for_its_day,
    what_is_decided_ahead_can_be_dropped_and_may_fail,
    a_new_name_keeps_the_old_one,
    a_list_from_before_a_merger_finds_its_households,
    exact_accents_come_first_in_the_offices_search,
    households_are_listed_by_number_or_by_their_heads_given_name,
    people_are_listed_by_given_name_or_as_they_ask,
    it_is_set_up_once,
    there_is_one_recovery_key_and_nobody_is_enrolled_before,
    a_restored_database_knows_the_recovery_key_and_its_uses,
    a_phone_is_opened_by_two_sheets_and_nobody_in_between,
    a_request_waits_for_its_answer_and_that_for_its_phone,
    a_lost_phone_is_not_opened_and_a_dead_persons_is,
    a_leader_opens_phones_of_their_own_commune,
    sessions_end,
    a_new_passphrase_ends_sessions,
    a_batch_again_is_the_same_batch,
    have_counts_to_the_first_gap,
    nothing_is_taken_above_what_another_life_acknowledged,
    a_copied_phone_is_noticed,
    after_a_copy_was_noticed_self_is_nobody,
    a_copy_goes_on_under_a_name_of_its_own,
    a_copy_of_a_copy_goes_on_from_there,
    a_copy_of_a_revoked_phone_is_revoked,
    a_copy_of_an_older_build_is_quarantined_as_ever,
    a_restored_database_knows_its_copies,
    an_isolated_operation_of_a_copy_is_not_kept_under_the_old_name,
    nobody_is_given_names_without_end,
    what_a_copy_left_in_quarantine_before_the_fork_is_told_under_the_new_name,
    what_a_copy_sent_out_of_its_order_is_there_once,
    what_two_copies_began_with_is_there_once_whatever_was_forgotten,
    one_bad_operation_blocks_no_other,
    authority_is_that_of_the_version_named,
    a_clock_that_runs_ahead_decides_nothing,
    a_revoked_phone_is_heard_for_a_while,
    quarantine_is_bounded,
    an_id_is_taken_once,
    a_phones_household_keeps_the_limits,
    phones_make_no_units,
    two_phones_change_one_field,
    a_household_counts_once_it_is_made,
    corrections_and_undos,
    visits_that_come_late_count_in_their_order,
    what_is_completed_is_not_corrected,
    pulls_come_in_pages,
    a_cursor_of_another_life_is_none,
    marks_and_scopes,
    an_import_again_is_the_same_import,
    an_import_changes_what_the_list_has_otherwise,
    a_cancelled_import_stores_nothing,
    an_import_is_not_taken_back_from_under_a_visit,
    an_import_is_not_taken_back_from_under_an_opinion_or_a_promise,
    an_import_is_not_taken_back_from_under_a_share,
    an_import_of_corrections_only_is_known_to_be_taken_back,
    a_village_that_will_end_is_known,
    codes_are_never_used_again,
    letters_stay_once_numbers_were_given,
    a_second_press_is_the_first,
    an_office_change_is_checked,
    a_refused_change_leaves_nothing,
    enrolment,
    who_leaves_has_no_way_in,
    grants_follow_the_work,
    whoever_moves_leaves_their_villages,
    anonymous_opinions_wait_for_a_crowd,
    anonymous_opinions_are_stored_once,
    nothing_of_the_sender_is_kept,
    urgent_ones_do_not_wait,
    weeks_are_widened,
    a_window_closes_for_nobody,
    corrections_leave_a_crowd,
    what_waits_is_sealed,
    an_ended_grant_still_brings_opinions,
    an_officer_sees_how_many_of_them_wait,
    visits_are_to_households_of_the_village,
    anonymous_amendments,
    amendments_come_in_any_order,
    an_amendment_is_as_urgent_as_its_first,
    projections_can_be_made_again,
    figures_and_lists_agree,
    opinions_are_found_by_what_was_said,
    what_a_phone_sends_decomposed_is_shown_composed,
    weeks_add_up_to_the_meetings,
    every_figure_is_that_of_its_list,
    every_row_is_that_of_its_lists,
    visits_are_verified_by_others,
    a_closed_day_marks_what_is_late,
    who_may_verify,
    a_meeting_and_what_was_said_there,
    a_meeting_is_its_recorders,
    meeting_opinions_are_of_a_meeting_of_the_village,
    a_sheet_is_typed_in,
    what_was_typed_in_is_taken_back_by_its_typist,
    what_is_typed_in_is_checked,
    opinions_come_without_a_visit,
    anonymous_opinions_from_a_desk_wait_for_a_crowd,
    a_restored_database_hears_its_phones,
    a_restored_database_gives_no_code_twice,
    a_household_is_added_and_corrected_by_hand,
    an_entry_is_checked,
    an_entry_leaves_what_a_phone_wrote_meanwhile,
    households_are_given_by_name,
    a_share_is_checked,
    a_share_is_what_its_member_may_read,
    shares_go_on_through_a_merger,
    shares_go_on_through_a_split,
    every_standing_is_the_length_of_its_list,
    the_access_log_is_read_in_pages,
    incidents_are_written_down_and_amended,
    no_phone_hears_of_an_incident,
    a_replaced_phone_delivers,
    a_revoked_phone_is_told_and_says_its_last_word,
    a_phone_that_speaks_after_its_last_word_has_a_key,
    a_phone_says_what_it_is,
    a_team_has_posts_from_several_organizations,
    a_team_works_on_its_days,
    work_is_handed_over_in_one_step,
    an_own_topic_is_added_spelled_ended_and_taken_up_again,
    what_is_said_of_codes_is_checked,
    nothing_is_lost_under_a_code_that_has_ended,
    phones_have_the_book_of_their_commune,
    a_restored_database_gives_no_topics_number_twice,
    what_waits_is_taken_in_after_a_fix,
    what_came_late_lets_in_what_waited_for_it,
    what_is_taken_in_ends_as_in_order,
    an_update_reads_what_could_not_be_read,
    some_of_what_waits_cannot_pass,
    what_waits_is_read_and_put_aside,
    both_values_stay_when_one_of_them_waited,
    a_late_phone_keeps_its_word_beside_an_imports,
    what_brings_the_server_down_is_judged_once,
}

const APPLIED: Outcome = Outcome::Applied;

/// What became of each frame.
fn outcomes_of(reply: &domain::wire::PushReply) -> Vec<Outcome> {
    reply.each().map(|(_, outcome, _)| outcome).collect()
}

const fn quarantined(reason: Reason) -> Outcome {
    Outcome::Quarantined(reason)
}

async fn it_is_set_up_once<S: Subject>() {
    let world = World::<S>::empty().await;
    assert!(world.store.life().await.unwrap().set_up);
    let account = |login: &str| Account { login: login.into(), hash: "x".into() };
    let desk = |login| super::Desk { name: "Ai Đó".into(), account: account(login) };
    let again = super::FirstSteps { admin: desk("a"), province: "B".into(), commune: "C".into(), officer: desk("d"), recovery: None };
    assert_eq!(world.store.set_up(again, world.now, [1; 32]).await, Err(StoreError::Taken("server")));
    assert_eq!(world.store.credentials("mau".into()).await.unwrap().person, world.admin);
    assert_eq!(world.store.credentials("ai".into()).await.err(), Some(StoreError::NotFound));
    let units = world.store.directory(Some(world.commune)).await.unwrap().units;
    assert_eq!(units.iter().map(|unit| unit.value.level).collect::<Vec<_>>(), [Level::Province, Level::Commune]);
}

async fn sessions_end<S: Subject>() {
    let world = World::<S>::empty().await;
    let (now, token) = (world.now, world.keys.session("t"));
    world.store.session(token, Session::Begin(world.officer, now.plus_hours(8)), now).await.unwrap();
    let signed_in = world.store.session(token, Session::Keep, now).await.unwrap();
    assert_eq!((signed_in.person.id, signed_in.unit_name.as_str()), (world.officer, "Xã Đồng Cừ"));
    assert_eq!(world.store.session(token, Session::Keep, now.plus_hours(8)).await, Err(StoreError::NotFound));
    let (late, later) = (now.plus_hours(7), now.plus_hours(15));
    assert_eq!(world.store.session(token, Session::Extend(later), late).await, Ok(signed_in.clone()));
    assert_eq!(world.store.session(token, Session::Keep, now.plus_hours(8)).await, Ok(signed_in));
    world.store.session(token, Session::End, now).await.unwrap();
    // A request that was on its way while somebody signed out brings nothing back.
    assert_eq!(world.store.session(token, Session::Extend(later), late).await, Err(StoreError::NotFound));
    assert_eq!(world.store.session(token, Session::Keep, now).await, Err(StoreError::NotFound));
    let access = Access { at: now, person: Some(world.officer), action: "Export".into(), about: None };
    world.store.log(access).await.unwrap();
    assert_eq!(world.table(&["access"]).await.len(), 1);
}

async fn a_new_passphrase_ends_sessions<S: Subject>() {
    let mut world = World::<S>::empty().await;
    let (now, until, [mine, others]) = (world.now, world.now.plus_hours(8), [world.keys.session("a"), world.keys.session("b")]);
    world.store.session(mine, Session::Begin(world.officer, until), now).await.unwrap();
    world.store.session(others, Session::Begin(world.admin, until), now).await.unwrap();
    let directory = world.store.directory(None).await.unwrap();
    let officer = directory.people.into_iter().find(|row| row.value.person.id == world.officer).unwrap();
    let account = |login: &str| Some(Account { login: login.into(), hash: "$argon2id$new".into() });
    world.write(officer.seen, Value::Person(officer.value.person.clone(), None)).await.unwrap();
    assert!(world.store.session(mine, Session::Keep, now).await.is_ok());
    world.write(officer.seen + 1, Value::Person(officer.value.person, account("thu"))).await.unwrap();
    assert_eq!(world.store.session(mine, Session::Keep, now).await, Err(StoreError::NotFound));
    assert!(world.store.session(others, Session::Keep, now).await.is_ok());
    // A copy does not know who signed out since it was made.
    world.store.restore(Epoch::new(2, [2; 10]), Vec::new()).await.unwrap();
    assert_eq!(world.store.session(others, Session::Keep, now).await, Err(StoreError::NotFound));
}

async fn a_batch_again_is_the_same_batch<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let frames = [phone.visit(record(50), homes[0], MetRep), phone.visit(record(51), homes[1], NotHome)];
    let first = world.push(&phone, &frames).await;
    assert_eq!(first.standing.have, 2);
    let stored = world.table(&["operation", "operation_part", "record", "stream", "visit"]).await;
    let received = world.now;
    world.now = world.now.plus_hours(5);
    let again = world.push(&phone, &frames).await;
    assert_eq!(again.each().collect::<Vec<_>>(), [(1, Outcome::Duplicate, received), (2, Outcome::Duplicate, received)]);
    assert_eq!(world.table(&["operation", "operation_part", "record", "stream", "visit"]).await, stored);
    assert_eq!(world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().total, 2);
}

async fn have_counts_to_the_first_gap<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let frames: Vec<Frame> = (0..4).map(|n| phone.visit(record(50 + n), homes[0], MetRep)).collect();
    assert_eq!(world.push(&phone, &frames[1..3]).await.standing.have, 0);
    assert_eq!(world.push(&phone, &frames[..1]).await.standing.have, 3);
    assert_eq!(world.push(&phone, &frames[3..]).await.standing.have, 4);
    for bad in [0, u64::MAX] {
        let frame = Frame { seq: bad, bytes: ByteBuf::new() };
        let bad = PushBatch::of(phone.device, vec![frame]);
        assert_eq!(world.store.push(bad, world.now, [0; 32]).await.err(), Some(StoreError::Invalid("frames")));
    }
}

async fn nothing_is_taken_above_what_another_life_acknowledged<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    phone.seq = 6;
    let frame = phone.visit(record(50), homes[0], MetRep);
    let going_by = |epoch| PushBatch { epoch: Some(epoch), ..PushBatch::of(phone.device, vec![frame.clone()]) };
    let told = world.store.push(going_by(Epoch::new(9, [9; 10])), world.now, [0; 32]).await.unwrap();
    assert_eq!((told.acks.as_slice(), told.standing.have), ([].as_slice(), 0));
    assert_eq!(world.table(&["operation", "quarantine"]).await.iter().filter(|row| row.contains("visit")).count(), 0);
    let taken = world.store.push(going_by(told.standing.epoch), world.now, [0; 32]).await.unwrap();
    assert_eq!(taken.each().map(|(seq, outcome, _)| (seq, outcome)).collect::<Vec<_>>(), [(7, APPLIED)]);
}

async fn a_copied_phone_is_noticed<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let frame = phone.visit(record(50), homes[0], MetRep);
    phone.seq = 0;
    let other = phone.visit(record(51), homes[1], MetRep);
    assert_eq!(world.outcomes(&phone, std::slice::from_ref(&frame)).await, [APPLIED]);
    let first = world.push(&phone, std::slice::from_ref(&other)).await;
    assert_eq!(first.acks[0].outcome, quarantined(Reason::Forked));
    world.now = world.now.plus_hours(1);
    assert_eq!(world.push(&phone, &[other]).await.acks, first.acks);
    let garbage = Frame { seq: 1, bytes: ByteBuf::from(vec![0xff]) };
    assert_eq!(world.outcomes(&phone, &[garbage, frame]).await, [quarantined(Reason::Forked), Outcome::Duplicate]);
    assert_eq!(world.store.quarantine(None).await.unwrap().len(), 2);
    assert_eq!(world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().total, 1);
}

/// Found by the simulator: a copy's second correction names its first as "self", and replaced the other phone's instead.
async fn after_a_copy_was_noticed_self_is_nobody<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let people = |record: Record| match record.body {
        Body::Registry(registry) => registry.state.base("people"),
        _ => panic!("a household"),
    };
    let origin = people(pulled(&world, &phone, home).await);
    let own = [Dot { device: phone.device, seq: 1 }];
    let first = phone.set_people(home, 4, &origin);
    phone.seq = 0;
    let (other, second) = (phone.set_people(home, 7, &origin), phone.set_people(home, 8, &own));
    let later = phone.visit(record(52), home, MetRep);
    assert_eq!(world.outcomes(&phone, std::slice::from_ref(&first)).await, [APPLIED]);
    let forked = quarantined(Reason::Forked);
    assert_eq!(world.outcomes(&phone, &[other, second]).await, [forked, forked]);
    // In another sync too, and from the first phone as well; what names nothing of its own is taken.
    let third = phone.set_people(home, 9, &own);
    assert_eq!(world.outcomes(&phone, &[later, third, first]).await, [APPLIED, forked, Outcome::Duplicate]);
    assert_eq!(people(pulled(&world, &phone, home).await), own);
}

async fn one_bad_operation_blocks_no_other<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let garbage = phone.raw(vec![1, 2, 3]);
    let mut header = phone.header(Kind::Visit, record(50), Stream::Visit, Change::Create);
    header.schema = SCHEMA + 1;
    let future = phone.frame(&Operation::new(header));
    let other = phone.header(Kind::Other("ballot".into()), record(51), Stream::Visit, Change::Create);
    let unknown = phone.frame(&Operation::new(other));
    let redact = Change::Redact { record: record(1), parts: vec![Part::Text] };
    let redact = phone.frame(&Operation::new(phone.header(Kind::Opinion, record(52), Stream::Voice, redact)));
    let empty = phone.frame(&Operation::new(phone.header(Kind::Visit, record(53), Stream::Visit, Change::Create)));
    let good = phone.visit(record(54), homes[0], MetRep);
    let frames = [garbage, future, unknown, redact, empty, good];
    let unreadable = quarantined(Reason::Unreadable);
    let first = [unreadable, unreadable, unreadable, quarantined(Reason::Reserved), quarantined(Reason::Invalid), APPLIED];
    let reply = world.push(&phone, &frames).await;
    assert_eq!(reply.each().map(|(_, outcome, _)| outcome).collect::<Vec<_>>(), first);
    assert_eq!(reply.standing.have, 6);
    // The reply was lost: the phone still learns what waits for a person.
    let mut again = first;
    again[5] = Outcome::Duplicate;
    assert_eq!(world.outcomes(&phone, &frames).await, again);
    let waiting = world.store.quarantine(Some(world.commune)).await.unwrap();
    assert_eq!(waiting.len(), 5);
    assert_eq!(waiting.iter().filter(|row| row.kind.as_deref() == Some("ballot")).count(), 1);
}

async fn authority_is_that_of_the_version_named<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let (here, granted) = (phone.area, phone.grant);
    phone.area = world.village("Thôn Bến Lĩnh").await;
    let elsewhere = phone.visit(record(50), homes[0], MetRep);
    phone.area = here;
    phone.grant = 77;
    let never_held = phone.visit(record(51), homes[0], MetRep);
    assert_eq!(world.outcomes(&phone, &[elsewhere, never_held]).await, [quarantined(Reason::NotAllowed); 2]);

    // One more village begins a new version, and ends nothing for who stays away for longer than the grace.
    let village = world.village("Thôn Bến Lĩnh").await;
    let work = Assignment { id: record(4), campaign: world.campaign, team: world.team, village, due: None, ended: false, share: None };
    world.write(0, Value::Assignment(work)).await.unwrap();
    phone.grant = granted;
    let begun = world.now;
    world.now = world.now.plus_hours(31 * 24);
    let goes_on = phone.visit(record(55), homes[0], MetRep);
    assert_eq!(world.outcomes(&phone, &[goes_on]).await, [APPLIED]);
    world.now = begun;

    world.members = Set::new();
    let (seen, team) = (world.seen(world.team).await, world.team());
    world.write(seen, Value::Team(team)).await.unwrap();
    phone.grant = granted;
    world.now = world.now.plus_hours(30 * 24);
    let in_time = phone.visit(record(52), homes[0], MetRep);
    assert_eq!(world.outcomes(&phone, &[in_time]).await, [APPLIED]);
    phone.grant = granted + 2;
    let newest = phone.visit(record(53), homes[0], MetRep);
    world.now = Time(world.now.0 + 1);
    phone.grant = granted;
    let too_late = phone.visit(record(54), homes[0], MetRep);
    assert_eq!(world.outcomes(&phone, &[newest, too_late]).await, [quarantined(Reason::NotAllowed), quarantined(Reason::TooLate)]);
}

async fn a_clock_that_runs_ahead_decides_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let years = 5 * 365 * 24;
    let meets = async |world: &World<S>| {
        let rows = world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
        rows.into_iter().map(|row| (row.at, row.met)).collect::<Vec<_>>()
    };
    phone.at = world.now.plus_hours(years);
    let ahead = phone.visit(record(50), homes[0], NotHome);
    world.push(&phone, &[ahead]).await;
    let received = world.now;
    world.now = world.now.plus_hours(2);
    phone.at = world.now;
    let right = phone.visit(record(51), homes[0], MetRep);
    world.push(&phone, &[right]).await;
    assert_eq!(meets(&world).await, [(world.now, true), (received, false)]);

    // Two corrections of one visit: the later one stands, whichever arrives last.
    phone.at = world.now.plus_hours(1);
    let first = phone.change_visit(record(52), homes[0], MetRep, Change::Amend { of: record(50) });
    phone.at = world.now.plus_hours(3);
    let second = phone.change_visit(record(53), homes[0], NotHome, Change::Amend { of: record(50) });
    world.now = world.now.plus_hours(4);
    world.push(&phone, &[second]).await;
    world.push(&phone, &[first]).await;
    assert_eq!(meets(&world).await[1], (received, false));
}

async fn a_revoked_phone_is_heard_for_a_while<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let before = phone.visit(record(50), homes[0], MetRep);
    world.push(&phone, std::slice::from_ref(&before)).await;
    let other = AreaId::from(record(99));
    assert_eq!(world.store.revoke(Some(other), phone.device, world.now).await, Err(StoreError::NotAllowed));
    world.store.revoke(Some(world.commune), phone.device, world.now).await.unwrap();
    world.store.revoke(Some(world.commune), phone.device, world.now.plus_hours(1)).await.unwrap();
    assert_eq!(world.store.device(phone.device).await.unwrap().revoked.map(|revoked| revoked.at), Some(world.now));

    let after = phone.visit(record(51), homes[1], MetRep);
    assert_eq!(world.outcomes(&phone, &[before, after]).await, [Outcome::Duplicate, quarantined(Reason::Revoked)]);
    let request =
        domain::wire::PullRequest { protocol: 1, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(world.store.pull(phone.device, request, world.now).await.err(), Some(StoreError::Revoked));
    assert_eq!(world.store.anonymous(Sender::Phone(phone.device), Vec::new(), world.now).await.err(), Some(StoreError::Revoked));

    let big = [phone.raw(vec![0; 3_000_000]), phone.raw(vec![1; 3_000_000]), phone.raw(vec![2; 100])];
    let unreadable = quarantined(Reason::Unreadable);
    assert_eq!(world.outcomes(&phone, &big).await, [unreadable, Outcome::Busy, unreadable]);
    let late = world.now.plus_hours(30 * 24 + 1);
    assert_eq!(world.store.push(PushBatch::of(phone.device, Vec::new()), late, [0; 32]).await.err(), Some(StoreError::Revoked));
}

async fn quarantine_is_bounded<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, mut other) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let homes = world.households(phone.area).await;
    let big = [phone.raw(vec![0; 3_000_000]), phone.raw(vec![1; 3_000_000]), phone.visit(record(50), homes[0], MetRep)];
    let unreadable = quarantined(Reason::Unreadable);
    assert_eq!(world.outcomes(&phone, &big).await, [unreadable, Outcome::Busy, APPLIED], "and no other operation waits for it");
    assert_eq!(world.outcomes(&phone, &big[..2]).await, [unreadable, Outcome::Busy]);
    let kinds = ["ballot".to_owned(), "k".repeat(1_000)];
    let unknown = kinds.map(|kind| Operation::new(other.header(Kind::Other(kind), record(51), Stream::Visit, Change::Create)));
    let unknown = unknown.map(|operation| other.frame(&operation));
    assert_eq!(world.outcomes(&other, &unknown).await, [unreadable; 2]);
    world.now = world.now.plus_hours(1);
    let many: Vec<Frame> = (0..600u16).map(|n| other.raw(n.to_be_bytes().to_vec())).collect();
    let listed = async |world: &World<S>| world.store.quarantine(Some(world.commune)).await.unwrap();
    let kinds: Vec<_> = listed(&world).await.into_iter().map(|row| (row.kind, row.bytes > 1_000)).collect();
    assert_eq!(kinds.len(), 3);
    assert!(kinds.contains(&(Some("ballot".to_owned()), false)) && kinds.contains(&(None, true)), "{kinds:?}");
    for batch in many.chunks(200) {
        world.push(&other, batch).await;
    }
    let rows = listed(&world).await;
    assert_eq!((rows.len(), rows.iter().all(|row| row.received_at == Some(world.now) && row.bytes == 2)), (super::QUARANTINED_ROWS, true));
    assert_eq!(world.store.quarantine(Some(record(99).into())).await.unwrap(), []);
}

async fn a_phones_household_keeps_the_limits<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let wrong = [
        Household { head: " ".into(), ..household(20) },
        Household { phone: "12".into(), ..household(20) },
        Household { people: Some(100), ..household(20) },
        Household { hint: "x".repeat(201), ..household(20) },
    ];
    let frames = wrong.map(|wrong| phone.new_household(world.fresh(), &wrong));
    assert_eq!(world.outcomes(&phone, &frames).await, [quarantined(Reason::Invalid); 4]);
    // A change of one field says nothing about the head, and is held to the limits of its own.
    let changes = [phone.set_people(home, 100, &[]), phone.set_people(home, 99, &[])];
    assert_eq!(world.outcomes(&phone, &changes).await, [quarantined(Reason::Invalid), APPLIED]);
}

async fn an_id_is_taken_once<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let visit = phone.visit(record(50), homes[0], MetRep);
    let again = phone.visit(record(50), homes[1], MetRep);
    let over_household = phone.visit(homes[0], homes[0], MetRep);
    let twin = phone.new_household(homes[0], &household(99));
    let exists = quarantined(Reason::Exists);
    assert_eq!(world.outcomes(&phone, &[visit, again, over_household, twin]).await, [APPLIED, exists, exists, exists]);
}

async fn phones_make_no_units<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::VillageHead).await;
    let unit = Unit {
        id: record(50).into(),
        parent: Some(world.commune),
        level: Level::Village,
        name: "Thôn Ma".into(),
        code: "MA".into(),
        from: Date::MIN,
        to: None,
        succession: None,
        former: Vec::new(),
    };
    let header = phone.header(Kind::Unit, record(50), Stream::Roll, Change::Create);
    let unit = phone.frame(&Operation::new(header).with(Part::Facts, &unit.values()));
    let command = phone.header(Kind::Campaign, record(51), Stream::Roll, Change::Command { expect: 0 });
    let command = phone.frame(&Operation::new(command));
    assert_eq!(world.outcomes(&phone, &[unit, command]).await, [quarantined(Reason::NotAllowed), quarantined(Reason::Invalid)]);
}

/// The record of a household as a phone pulls it.
async fn pulled<S: Subject>(world: &World<S>, phone: &Phone, id: RecordId) -> Record {
    let (all, _, _) = world.pull_all(phone).await;
    all.into_values().flat_map(|(records, _)| records).find(|record| record.id == id).unwrap()
}

async fn two_phones_change_one_field<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let home = world.households(a.area).await[0];
    let base = |record: &Record| match &record.body {
        Body::Registry(registry) => registry.state.base("people"),
        _ => panic!("a household"),
    };
    let seen = base(&pulled(&world, &a, home).await);
    let (five, six) = (a.set_people(home, 5, &seen), b.set_people(home, 6, &seen));
    assert_eq!(world.outcomes(&a, &[five]).await, [APPLIED]);
    assert_eq!(world.outcomes(&b, &[six]).await, [APPLIED]);
    let both = pulled(&world, &a, home).await;
    assert_eq!(base(&both).len(), 2);
    let row = |rows: domain::office::Listed<domain::office::HouseholdRow>| rows.rows.into_iter().find(|row| row.id == home).unwrap();
    assert!(row(world.store.list::<HouseholdRow>(world.ask(Filter::default()), world.now).await.unwrap()).disputed);
    let decided = a.set_people(home, 6, &base(&both));
    assert_eq!(world.outcomes(&a, &[decided]).await, [APPLIED]);
    let row = row(world.store.list::<HouseholdRow>(world.ask(Filter::default()), world.now).await.unwrap());
    assert_eq!((row.disputed, row.people), (false, Some(6)));
}

/// What made a household may wait in quarantine, or come after what somebody else corrected: until then there is a
/// correction that is kept, and no household to show or to count.
async fn a_household_counts_once_it_is_made<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let home = world.fresh();
    let (made, corrected) = (a.new_household(home, &household(20)), b.set_people(home, 7, &[]));
    let shown = async |world: &World<S>| {
        let ask = || world.ask(Filter::default());
        let rows = world.store.list::<HouseholdRow>(ask(), world.now).await.unwrap().rows;
        let total = world.store.coverage(ask(), world.now).await.unwrap().total;
        let kept = world.store.list::<Kept>(ask(), world.now).await.unwrap().rows;
        let zip = crate::take_out::take_out(&kept, "Xã Tân Khê Vân", world.now).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        let taken: Vec<serde_json::Value> = serde_json::from_reader(zip.by_name("households.json").unwrap()).unwrap();
        assert_eq!(taken.len(), total.households as usize, "what is taken out is what is counted");
        (rows.into_iter().find(|row| row.id == home).map(|row| (row.head, row.disputed)), total.households)
    };
    let visit = b.visit(record(50), home, MetRep);
    assert_eq!(world.outcomes(&b, &[corrected, visit]).await, [APPLIED, quarantined(Reason::Invalid)]);
    assert_eq!(shown(&world).await, (None, 10));
    world.store.rebuild().await.unwrap();
    assert_eq!(shown(&world).await, (None, 10), "after all views were made again, too");
    assert_eq!(world.outcomes(&a, &[made]).await, [APPLIED]);
    assert_eq!(shown(&world).await, (Some((household(20).head, true)), 11), "both counts of people are kept");
    world.tick().await;
    let coverage = world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap();
    assert_eq!((coverage.total.visits, coverage.total.met), (1, 1), "and so does what waited for it");
}

async fn corrections_and_undos<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let homes = world.households(a.area).await;
    let visits = async |world: &World<S>| world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await;
    let frames = [
        a.visit(record(50), homes[0], NotHome),
        a.change_visit(record(51), homes[1], MetRep, Change::Amend { of: record(50) }),
        a.change_visit(record(52), homes[1], PhoneDone, Change::Amend { of: record(51) }),
    ];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 3]);
    let shown = visits(&world).await.unwrap();
    assert_eq!((shown.total, shown.rows[0].id, shown.rows[0].amended, shown.rows[0].met), (1, record(52), true, false));
    // Nobody corrects another's, and an opinion is not taken back as a note.
    let others = b.change_visit(record(53), homes[1], MetRep, Change::Amend { of: record(50) });
    assert_eq!(world.outcomes(&b, &[others]).await, [quarantined(Reason::Invalid)]);
    let words = a.opinion(record(59), homes[0], record(50), "lời");
    let wrong = a.retract(Kind::Note, record(54), Stream::Voice, record(59));
    let undo = a.retract(Kind::Visit, record(55), Stream::Visit, record(52));
    let late = a.change_visit(record(56), homes[1], MetRep, Change::Amend { of: record(50) });
    assert_eq!(world.outcomes(&a, &[words, wrong, undo, late]).await, [APPLIED, quarantined(Reason::Invalid), APPLIED, APPLIED]);
    assert_eq!(visits(&world).await.unwrap().total, 0);
    let opinion = a.opinion(record(57), homes[0], record(50), "đường hỏng");
    let undo = a.retract(Kind::Opinion, record(58), Stream::Voice, record(57));
    world.push(&a, &[opinion]).await;
    let opinions = world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap();
    assert_eq!((opinions.total, opinions.rows[0].text.as_str()), (2, "đường hỏng"));
    world.push(&a, &[undo]).await;
    assert_eq!(world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap().total, 1);
    let tried = Filter { standing: Some(StandingFilter::New), ..Filter::default() };
    assert_eq!(world.store.list::<HouseholdRow>(world.ask(tried), world.now).await.unwrap().total, 10);
}

/// Phones that were away bring one household's visits in any order, and days after later ones.
async fn visits_that_come_late_count_in_their_order<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phones = [world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await];
    let home = world.households(phones[0].area).await[0];
    let now = phones[0].at;
    let mut made = Vec::new();
    let brought = [(4, MetRep), (6, NotHome), (1, NotHome), (2, MetRep), (5, PhoneDone), (3, MetRep)];
    for (n, (days, contact)) in brought.into_iter().enumerate() {
        let phone = &mut phones[n % 2];
        phone.at = now.plus_hours(-24 * days);
        let visit = phone.visit(record(50 + n as u64), home, contact);
        made.push((phone.at, contact));
        assert_eq!(world.outcomes(&phones[n % 2], &[visit]).await, [APPLIED]);
        made.sort_by_key(|(at, _)| *at);
        let mut progress = Progress::default();
        made.iter().for_each(|(at, contact)| progress.add(*at, *contact, None));
        let campaign = world.campaign;
        world.store.run(move |t| t.progress_of(home, campaign).map(|counted| assert_eq!(counted, Some(progress)))).await;
    }
}

async fn what_is_completed_is_not_corrected<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let door = phone.at;
    let amended = async |world: &mut World<S>, phone: &Phone, frame: Frame| {
        assert_eq!(world.outcomes(phone, &[frame]).await, [APPLIED]);
        world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().rows[0].amended
    };
    let first = phone.visit(record(50), homes[0], NotHome);
    assert!(!amended(&mut world, &phone, first).await);
    phone.at = Time(door.0 + 5_000);
    let completed = phone.change_visit(record(51), homes[0], NotHome, Change::Amend { of: record(50) });
    assert!(!amended(&mut world, &phone, completed).await);
    phone.at = door.plus_hours(1);
    world.now = phone.at.plus_hours(1);
    let corrected = phone.change_visit(record(52), homes[0], MetRep, Change::Amend { of: record(51) });
    assert!(amended(&mut world, &phone, corrected).await);
    phone.at = Time(phone.at.0 + 5_000);
    let completed = phone.change_visit(record(53), homes[0], MetRep, Change::Amend { of: record(52) });
    assert!(amended(&mut world, &phone, completed).await);
    // Another result is a correction, however soon.
    let first = phone.visit(record(56), homes[2], NotHome);
    assert!(!amended(&mut world, &phone, first).await);
    let corrected = phone.change_visit(record(57), homes[2], MetRep, Change::Amend { of: record(56) });
    assert!(amended(&mut world, &phone, corrected).await);
    // Another phone of the same person completes nothing.
    let mut other = world.enrol(phone.person).await;
    other.at = door;
    let first = phone.visit(record(54), homes[1], NotHome);
    world.push(&phone, &[first]).await;
    let later = other.change_visit(record(55), homes[1], NotHome, Change::Amend { of: record(54) });
    assert!(amended(&mut world, &other, later).await);
}

async fn pulls_come_in_pages<S: Subject>() {
    let mut world = World::<S>::new().await;
    let many = (1..=1_200).map(|n| ("Thôn Đồng Cừ".to_owned(), household(100 + n))).collect();
    world.import(DeviceId::new(3, [3; 10]), many).await.unwrap();
    let phone = world.phone(Role::FieldMember).await;
    let Pulled::Pages(first) = world.pull(&phone, None, Vec::new()).await else { panic!("asked with cursors") };
    assert!(first.pages.iter().all(|page| page.records.len() <= PAGE_MAX) && first.more);
    let roll = Scope { area: phone.area, stream: Stream::Roll };
    let page = first.pages.iter().find(|page| page.cursor.scope == roll).unwrap();
    assert_eq!((page.records.len(), first.left), (PAGE_MAX, 1_208 - PAGE_MAX as u64));

    let (all, mark, cursors) = world.pull_all(&phone).await;
    assert_eq!(all[&roll].0.len(), 1_208);
    for (records, digest) in all.values() {
        let sum = records.iter().fold(Digest::default(), |sum, record| sum.replace(None, Some(record)));
        assert_eq!(sum, *digest);
    }
    let Pulled::Pages(nothing) = world.pull(&phone, None, cursors.clone()).await else { panic!("asked with cursors") };
    assert_eq!((nothing.pages.len(), nothing.more, nothing.left, nothing.mark), (0, false, 0, mark));
    // A bent cursor is none, neither is one of a place that the database has lost: the stream is read from its beginning.
    let mut bent = cursors.iter().find(|cursor| cursor.scope == roll).unwrap().clone();
    bent.signed[7] ^= 1;
    let lost = world.keys.cursor(world.store.life().await.unwrap().epoch, roll, 5_000);
    for none in [bent, lost] {
        let others: Vec<Cursor> = cursors.iter().filter(|cursor| cursor.scope != roll).cloned().chain([none]).collect();
        let Pulled::Pages(again) = world.pull(&phone, None, others).await else { panic!("asked with cursors") };
        assert_eq!((again.pages.len(), again.pages[0].cursor.scope), (1, roll));
    }
}

async fn a_cursor_of_another_life_is_none<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let (all, mark, cursors) = world.pull_all(&phone).await;
    world.store.restore(Epoch::new(2, [2; 10]), Vec::new()).await.unwrap();
    assert_eq!(world.pull(&phone, Some(mark), Vec::new()).await, Pulled::Differs);
    let Pulled::Pages(pages) = world.pull(&phone, None, cursors).await else { panic!("asked with cursors") };
    assert_eq!(pages.pages.len(), all.len());
    assert_eq!(world.store.life().await.unwrap().epoch, Epoch::new(2, [2; 10]));
}

async fn marks_and_scopes<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut member, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(member.area).await;
    let visit = member.visit(record(50), homes[0], MetRep);
    world.push(&member, &[visit]).await;
    let (_, mark, _) = world.pull_all(&member).await;
    assert_eq!(world.pull(&member, Some(mark), Vec::new()).await, Pulled::Same);
    // What a member may not read does not show in the mark either.
    let opinion = member.opinion(record(51), homes[0], record(50), "lời");
    world.push(&member, &[opinion]).await;
    assert_eq!(world.pull(&member, Some(mark), Vec::new()).await, Pulled::Same);
    let visit = member.visit(record(52), homes[1], MetRep);
    world.push(&member, &[visit]).await;
    assert_eq!(world.pull(&member, Some(mark), Vec::new()).await, Pulled::Differs);

    let voice = Scope { area: member.area, stream: Stream::Voice };
    assert!(!world.pull_all(&member).await.0.contains_key(&voice));
    assert_eq!(world.pull_all(&lead).await.0[&voice].0.len(), 1);
    let elsewhere = world.village("Thôn Bến Lĩnh").await;
    let (all, _, _) = world.pull_all(&lead).await;
    assert!(all.keys().all(|scope| scope.area == member.area || scope.area == world.commune) && all.keys().all(|s| s.area != elsewhere));
    // Colleagues have a name, a role and a unit, and nothing to sign in with.
    let roll = &all[&Scope { area: world.commune, stream: Stream::Roll }].0;
    let person = roll.iter().find(|record| record.id == world.officer.into()).unwrap();
    assert!(!String::from_utf8_lossy(&cbor::encode(person)).contains("argon2"));
}

async fn an_import_again_is_the_same_import<S: Subject>() {
    let mut world = World::<S>::empty().await;
    let confirmation = DeviceId::new(5, [5; 10]);
    let rows = vec![("Thôn Đồng Cừ".to_owned(), household(1)), ("Tổ dân phố 7".to_owned(), household(2))];
    let first = world.import(confirmation, rows.clone()).await.unwrap();
    assert_eq!((first.households, first.villages, first.again), (2, 2, false));
    let stored = world.store.dump().await.unwrap();
    let again = world.import(confirmation, rows.clone()).await.unwrap();
    assert_eq!((again.households, again.villages, again.again), (2, 2, true));
    assert_eq!(world.store.dump().await.unwrap(), stored);
    // Another confirmation is another import: of the same list, which changes nothing.
    let other = world.import(DeviceId::new(6, [6; 10]), rows).await.unwrap();
    assert_eq!((other.households, other.changed, other.villages, other.again), (0, 0, 0, false));
    let bad = vec![("Thôn Đồng Cừ".to_owned(), domain::household::Household::default())];
    assert_eq!(world.import(DeviceId::new(7, [7; 10]), bad).await, Err(StoreError::Invalid("household")));
    assert_eq!(world.import(DeviceId::new(7, [7; 10]), Vec::new()).await, Err(StoreError::Invalid("rows")));
}

async fn an_import_changes_what_the_list_has_otherwise<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let base = match pulled(&world, &phone, homes[0]).await.body {
        Body::Registry(registry) => registry.state.base("people"),
        _ => panic!("a household"),
    };
    // At a door somebody writes down nine people; the new list has seven everywhere, and one household more.
    let edit = phone.set_people(homes[0], 9, &base);
    assert_eq!(world.outcomes(&phone, &[edit]).await, [APPLIED]);
    let list: Vec<Row> =
        (1..=9).map(|n| Row::from(("Thôn Đồng Cừ".to_owned(), domain::household::Household { people: Some(7), ..household(n) }))).collect();
    let (by, commune) = (world.officer, world.commune);
    let roll = || Roll { by, commune, rows: list.clone(), choices: Choices::default() };
    let stored = world.store.dump().await.unwrap();
    let looked = world.store.import(Import::Compare(roll()), world.now, [1; 32]).await.unwrap();
    let comparison = &looked.comparison;
    assert_eq!((comparison.new, comparison.changed, comparison.unchanged, comparison.gone), (1, 7, 1, 0));
    let kept: Vec<_> =
        comparison.changes.iter().flat_map(|changed| &changed.kept).map(|kept| (kept.old.as_str(), kept.new.as_str())).collect();
    assert_eq!(kept, [("9", "7")]);
    assert_eq!((looked.imported, world.store.dump().await.unwrap()), (None, stored));

    let device = DeviceId::new(5, [5; 10]);
    let store = |seen: &str| Import::Store(roll(), Confirmed { device, seen: Some(seen.to_owned()), watched: Arc::default() });
    assert_eq!(world.store.import(store("another"), world.now, [1; 32]).await.map(|_| ()), Err(StoreError::Stale));
    let done = world.store.import(store(&comparison.seen), world.now, [1; 32]).await.unwrap().imported.unwrap();
    assert_eq!((done.households, done.changed, done.again), (1, 7, false));
    let again = world.store.import(store(&comparison.seen), world.now, [1; 32]).await.unwrap().imported.unwrap();
    assert_eq!((again.households, again.changed, again.again), (1, 7, true));
    let filter = Filter { village: Some(phone.area), ..Filter::default() };
    let rows = world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().rows;
    let people: Vec<_> = rows.iter().map(|row| (row.people, row.disputed)).collect();
    assert_eq!(people, [vec![(Some(9), false)], vec![(Some(7), false); 8]].concat());
    // What was written is merged like any other change: nothing else differs when it is compared again.
    let after = world.store.import(Import::Compare(roll()), world.now, [1; 32]).await.unwrap().comparison;
    assert_eq!((after.new, after.changed, after.unchanged), (0, 0, 9));

    // Taken back, but for a household that was corrected again since; a second press does nothing.
    let base = match pulled(&world, &phone, homes[1]).await.body {
        Body::Registry(registry) => registry.state.base("people"),
        _ => panic!("a household"),
    };
    let edit = phone.set_people(homes[1], 8, &base);
    assert_eq!(world.outcomes(&phone, &[edit]).await, [APPLIED]);
    let undo = |by| Import::Undo(Undo { by, commune, import: device, device: DeviceId::new(6, [6; 10]) });
    let undone = world.store.import(undo(by), world.now, [1; 32]).await.unwrap().imported.unwrap();
    assert_eq!((undone.households, undone.changed, undone.again), (1, 6, false));
    let undone = world.store.import(undo(by), world.now, [1; 32]).await.unwrap().imported.unwrap();
    assert_eq!((undone.households, undone.changed, undone.again), (0, 0, true));
    // Both imports are told of, the later one first, and nothing that was none.
    let past = world.store.list::<ImportRow>(world.ask(Filter::default()), world.now).await.unwrap();
    let told: Vec<_> = past.rows.iter().map(|row| (row.did.households, row.did.changed, row.did.villages, row.undone)).collect();
    assert_eq!((told, past.total), (vec![(1, 7, 0, true), (10, 0, 2, false)], 2));
    assert_eq!((past.rows[0].import, past.rows[0].by.as_str()), (device, "Vi Văn Thử"));
    let elsewhere = crate::store::Ask { within: Some(phone.area), ..world.ask(Filter::default()) };
    assert_eq!(world.store.list::<ImportRow>(elsewhere, world.now).await.unwrap().total, 0);
    let filter = Filter { village: Some(phone.area), ..Filter::default() };
    let rows = world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().rows;
    let people: Vec<_> = rows.iter().map(|row| (row.people, row.status, row.disputed)).collect();
    let here = |people| (Some(people), HouseholdStatus::Active, false);
    let mut expected = vec![here(4); 8];
    (expected[0], expected[1]) = (here(9), here(8));
    expected.push((Some(7), HouseholdStatus::Duplicate, false));
    assert_eq!(people, expected);
}

async fn a_cancelled_import_stores_nothing<S: Subject>() {
    let world = World::<S>::new().await;
    let rows = (20..40).map(|n| Row::from(("Thôn Mới".to_owned(), household(n)))).collect();
    let roll = Roll { by: world.officer, commune: world.commune, rows, choices: Choices::default() };
    let device = DeviceId::new(5, [5; 10]);
    let before = world.store.dump().await.unwrap();
    let watched = Arc::new(Watched::default());
    watched.cancel();
    let confirmed = |watched: &Arc<Watched>| Confirmed { device, seen: None, watched: Arc::clone(watched) };
    let refused = world.store.import(Import::Store(roll.clone(), confirmed(&watched)), world.now, [1; 32]).await.map(|_| ());
    assert_eq!((refused, world.store.dump().await.unwrap()), (Err(StoreError::Cancelled), before));
    assert_eq!(watched.progress().all, 20);
    // The same confirmation can be pressed again.
    let watched = Arc::new(Watched::default());
    let done = world.store.import(Import::Store(roll, confirmed(&watched)), world.now, [1; 32]).await.unwrap().imported.unwrap();
    assert_eq!((done.households, done.villages, watched.progress().done), (20, 1, 20));
}

async fn an_import_is_not_taken_back_from_under_a_visit<S: Subject>() {
    let mut world = World::<S>::new().await;
    let device = DeviceId::new(5, [5; 10]);
    world.import(device, vec![("Thôn Đồng Cừ".to_owned(), household(20)), ("Thôn Đồng Cừ".to_owned(), household(21))]).await.unwrap();
    let mut phone = world.phone(Role::FieldMember).await;
    let new = *world.households(phone.area).await.last().unwrap();
    let visit = phone.visit(record(50), new, MetRep);
    assert_eq!(world.outcomes(&phone, &[visit]).await, [APPLIED]);
    let before = world.store.dump().await.unwrap();
    let undo = Undo { by: world.officer, commune: world.commune, import: device, device: DeviceId::new(6, [6; 10]) };
    let refused = world.store.import(Import::Undo(undo.clone()), world.now, [1; 32]).await.map(|_| ());
    assert_eq!(refused, Err(StoreError::Taken("household")));
    let unknown = Undo { import: DeviceId::new(7, [7; 10]), ..undo };
    assert_eq!(world.store.import(Import::Undo(unknown), world.now, [1; 32]).await.map(|_| ()), Err(StoreError::NotFound));
    assert_eq!(world.store.dump().await.unwrap(), before);
}

async fn a_village_that_will_end_is_known<S: Subject>() {
    let mut world = World::<S>::new().await;
    let rows = || vec![("Thôn Đồng Cừ".to_owned(), household(20))];
    let units = world.store.directory(None).await.unwrap().units;
    let village = units.into_iter().find(|unit| unit.value.name == "Thôn Đồng Cừ").unwrap();
    let (today, id) = (world.now.date(), village.value.id);
    world.write(village.seen, Value::Unit(Unit { to: Some(today), ..village.value.clone() })).await.unwrap();
    assert_eq!(world.import(DeviceId::new(3, [3; 10]), rows()).await.unwrap().villages, 0, "it exists today");
    let seen = world.seen(id.into()).await;
    world.write(seen, Value::Unit(Unit { to: Some(today.plus(-1)), ..village.value })).await.unwrap();
    assert_eq!(world.import(DeviceId::new(4, [4; 10]), rows()).await.unwrap().villages, 1);
}

async fn letters_stay_once_numbers_were_given<S: Subject>() {
    let mut world = World::<S>::new().await;
    let village = world.village("Thôn Đồng Cừ").await;
    let of = |units: Vec<domain::office::Seen<Unit>>| units.into_iter().find(|unit| unit.value.id == village).unwrap();
    let before = of(world.store.directory(None).await.unwrap().units);
    let with = |code: &str| Value::Unit(Unit { name: "Thôn Khác Tên".into(), code: code.into(), ..before.value.clone() });
    assert_eq!(world.write(before.seen, with("KT")).await, Err(StoreError::Invalid("code")));
    world.write(before.seen, with("")).await.unwrap();
    let after = of(world.store.directory(None).await.unwrap().units).value;
    assert_eq!((after.name.as_str(), after.code.as_str()), ("Thôn Khác Tên", "DC"));
}

async fn codes_are_never_used_again<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let frame = phone.new_household(record(50), &household(99));
    assert_eq!(world.outcomes(&phone, &[frame]).await, [APPLIED]);
    let filter = Filter { village: Some(phone.area), ..Filter::default() };
    let codes = |rows: Vec<domain::office::HouseholdRow>| rows.into_iter().map(|row| row.code).collect::<Vec<_>>();
    let listed = codes(world.store.list::<HouseholdRow>(world.ask(filter.clone()), world.now).await.unwrap().rows);
    assert_eq!(listed, (1..=9).map(|n| format!("DC-{n:04}")).collect::<Vec<_>>());
    // An edit keeps the code.
    let base = match pulled(&world, &phone, record(50)).await.body {
        Body::Registry(registry) => registry.state.base("people"),
        _ => panic!("a household"),
    };
    let edit = phone.set_people(record(50), 9, &base);
    assert_eq!(world.outcomes(&phone, &[edit]).await, [APPLIED]);
    assert_eq!(codes(world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().rows), listed);
}

async fn a_second_press_is_the_first<S: Subject>() {
    let world = World::<S>::new().await;
    let change = |world: &World<S>, seq, seen, title: &str| OfficeChange {
        by: world.officer,
        within: Some(world.commune),
        device: world.tab,
        seq,
        seen,
        value: Value::Campaign(domain::campaign::Campaign { title: title.into(), ..world.campaign(CampaignState::Active) }),
    };
    let (seq, seen) = (world.tab_seq + 1, world.seen(world.campaign).await);
    world.store.write(change(&world, seq, seen, "A"), world.now, [1; 32]).await.unwrap();
    let stored = world.store.dump().await.unwrap();
    world.store.write(change(&world, seq, seen, "A"), world.now.plus_hours(1), [2; 32]).await.unwrap();
    assert_eq!(world.store.dump().await.unwrap(), stored);
    for (seq, seen, error) in [
        (seq, seen, StoreError::Stale),
        (seq + 1, seen, StoreError::Stale),
        (seq + 1, 0, StoreError::Stale),
        (seq + 2, seen + 1, StoreError::Invalid("seq")),
    ] {
        assert_eq!(world.store.write(change(&world, seq, seen, "B"), world.now, [3; 32]).await, Err(error));
    }
    let others = OfficeChange { by: world.admin, ..change(&world, seq + 1, seen + 1, "B") };
    assert_eq!(world.store.write(others, world.now, [4; 32]).await, Err(StoreError::NotAllowed));
    assert_eq!(world.store.tab(world.tab, world.admin, world.now).await, Err(StoreError::Taken("device")));
    world.store.tab(world.tab, world.officer, world.now).await.unwrap();
    world.store.write(change(&world, seq + 1, seen + 1, "B"), world.now, [5; 32]).await.unwrap();
    assert_eq!(world.store.directory(None).await.unwrap().campaigns[0].value.title, "B");
}

async fn an_office_change_is_checked<S: Subject>() {
    use StoreError::{Invalid, NotAllowed, Taken};
    let mut world = World::<S>::new().await;
    let (village, other) = (world.village("Thôn Đồng Cừ").await, world.village("Thôn Bến Lĩnh").await);
    let campaign = world.campaign(CampaignState::Active);
    let work = Assignment { id: record(60), campaign: world.campaign, team: world.team, village, due: None, ended: false, share: None };
    let person =
        |role, unit| Person { id: PersonId::from(record(61)), name: "Ai Đó".into(), sort: String::new(), role, unit, left: false };
    let account = || Some(Account { login: "ai".into(), hash: "x".into() });
    let unit = |name: &str, code: &str, parent| Unit {
        id: record(62).into(),
        parent,
        level: Level::Village,
        name: name.into(),
        code: code.into(),
        from: Date::MIN,
        to: None,
        succession: None,
        former: Vec::new(),
    };
    let fresh = |id| domain::campaign::Campaign { id, ..campaign.clone() };
    for (value, error) in [
        (Value::Campaign(domain::campaign::Campaign { title: " ".into(), ..fresh(record(63)) }), Invalid("title")),
        (Value::Campaign(domain::campaign::Campaign { state: CampaignState::Closed, ..fresh(record(63)) }), Invalid("state")),
        (Value::Team(domain::team::Team { id: record(64), lead: Some(record(99).into()), ..world.team() }), Invalid("members")),
        (Value::Team(domain::team::Team { id: record(64), name: String::new(), ..world.team() }), Invalid("name")),
        (Value::Assignment(work.clone()), Taken("village")),
        (Value::Assignment(Assignment { village: world.commune, ..work.clone() }), Invalid("village")),
        (Value::Assignment(Assignment { campaign: record(99), village: other, ..work.clone() }), Invalid("campaign")),
        (Value::Assignment(Assignment { team: record(99), village: other, ..work.clone() }), Invalid("team")),
        (Value::Person(person(Role::Leader, world.commune), None), Invalid("account")),
        (Value::Person(person(Role::FieldMember, world.commune), account()), Invalid("account")),
        (Value::Person(person(Role::FieldMember, record(99).into()), None), Invalid("unit")),
        (Value::Unit(unit("", "X", Some(world.commune))), Invalid("name")),
        (Value::Unit(unit("Thôn Mới", "DC", Some(world.commune))), Taken("code")),
        (Value::Unit(unit("Thôn Mới", "Đ-", Some(world.commune))), Invalid("code")),
        (Value::Unit(unit("Thôn Mới", "X", None)), Invalid("parent")),
        (Value::Unit(unit("Thôn Mới", "X", Some(village))), Invalid("parent")),
        (Value::Unit(Unit { level: Level::Province, ..unit("Tỉnh Mới", "", None) }), NotAllowed),
        (Value::Campaign(fresh(world.team)), Taken("id")),
    ] {
        assert_eq!(world.write(0, value.clone()).await, Err(error), "{value:?}");
    }
    world.write(0, Value::Unit(unit("Thôn Đồng Chiêm", "", Some(world.commune)))).await.unwrap();
    let all = world.store.directory(Some(world.commune)).await.unwrap();
    assert_eq!(all.units.iter().find(|unit| unit.value.name == "Thôn Đồng Chiêm").unwrap().value.code, "DC2");
    let seen = world.seen(record(62)).await;
    world.write(seen, Value::Unit(unit("Thôn Đồng Chiêm Mới", "DCM", Some(world.commune)))).await.unwrap();
    assert_eq!(world.village("Thôn Đồng Chiêm Mới").await, record(62).into());
    assert!(all.units.iter().all(|unit| unit.seen > 0));
}

async fn a_refused_change_leaves_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let stored = world.store.dump().await.unwrap();
    let person = Person {
        id: PersonId::from(record(61)),
        name: "Ai Đó".into(),
        sort: String::new(),
        role: Role::Leader,
        unit: world.commune,
        left: false,
    };
    let account = Some(Account { login: "thu".into(), hash: "x".into() });
    assert_eq!(world.write(0, Value::Person(person, account)).await, Err(StoreError::Taken("login")));
    assert_eq!(world.store.dump().await.unwrap(), stored);
}

async fn enrolment<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    assert_eq!(world.keys.read_token(&phone.welcome.token), Some(phone.device));
    assert_eq!((phone.welcome.unit, phone.welcome.unit_name.as_str()), (world.commune, "Xã Đồng Cừ"));
    assert_eq!(phone.welcome.grants.grants.len(), 5);
    let (now, commune) = (world.now, Some(world.commune));
    let code = |n: u8| [n; 32];
    let device = |n: u8| DeviceId::new(1, [n; 10]);
    assert_eq!(world.store.issue_code(commune, world.officer, code(1), now).await, Err(StoreError::Invalid("role")));
    assert_eq!(world.store.issue_code(commune, PersonId::from(record(99)), code(1), now).await, Err(StoreError::NotFound));
    assert_eq!(world.store.issue_code(Some(record(99).into()), phone.person, code(1), now).await, Err(StoreError::NotAllowed));
    let expires = world.store.issue_code(commune, phone.person, code(1), now).await.unwrap();
    assert_eq!(expires, now.plus_hours(24));
    assert_eq!(world.store.enrol(code(9), device(1), now).await.err(), Some(StoreError::NotFound));
    assert_eq!(world.store.enrol(code(1), device(1), Time(expires.0 + 1)).await.err(), Some(StoreError::Expired));
    assert_eq!(world.store.enrol(code(1), phone.device, now).await.err(), Some(StoreError::Taken("device")));
    let first = world.store.enrol(code(1), device(1), expires).await.unwrap();
    // The reply was lost: asked again on the same day, the answer is the same; another phone gets nothing.
    let again = world.store.enrol(code(1), device(1), expires.plus_hours(24)).await.unwrap();
    assert_eq!((again.token, again.grants, again.person), (first.token, first.grants, first.person));
    assert_eq!(world.store.enrol(code(1), device(1), Time(expires.plus_hours(24).0 + 1)).await.err(), Some(StoreError::Used));
    assert_eq!(world.store.enrol(code(1), device(2), expires).await.err(), Some(StoreError::Used));
    world.store.revoke(commune, device(1), now).await.unwrap();
    assert_eq!(world.store.enrol(code(1), device(1), expires).await.err(), Some(StoreError::Revoked));
    // A newer code ends the one before it, unless that was used.
    world.store.issue_code(commune, phone.person, code(2), now).await.unwrap();
    world.store.issue_code(commune, phone.person, code(3), now).await.unwrap();
    assert_eq!(world.store.enrol(code(2), device(2), now).await.err(), Some(StoreError::NotFound));
    assert_eq!(world.store.enrol(code(1), device(2), now).await.err(), Some(StoreError::Used));
    // Once a phone was heard of it has its token, and nobody else gets it for the code.
    world.store.enrol(code(3), device(3), now).await.unwrap();
    world.store.push(PushBatch::of(device(3), Vec::new()), now, [1; 32]).await.unwrap();
    assert_eq!(world.store.enrol(code(3), device(3), now).await.err(), Some(StoreError::Used));
    let people = world.store.directory(commune).await.unwrap().people;
    assert_eq!(people.iter().find(|row| row.value.person.id == phone.person).unwrap().value.devices, 2);
}

async fn who_leaves_has_no_way_in<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let late = phone.visit(record(79), home, MetRep);
    let (now, commune) = (world.now, Some(world.commune));
    let change = async |world: &mut World<S>, id: PersonId, change: fn(Person) -> Person| {
        let people = world.store.directory(None).await.unwrap().people;
        let row = people.into_iter().find(|row| row.value.person.id == id).unwrap();
        world.write(row.seen, Value::Person(change(row.value.person), None)).await
    };
    let leave = |person| Person { left: true, ..person };
    world.store.issue_code(commune, phone.person, [7; 32], now).await.unwrap();
    change(&mut world, phone.person, leave).await.unwrap();
    assert_eq!(world.store.enrol([7; 32], DeviceId::new(1, [7; 10]), now).await.err(), Some(StoreError::NotFound));
    assert_eq!(world.store.device(phone.device).await.unwrap().revoked.map(|revoked| revoked.at), Some(now));
    assert_eq!(world.store.issue_code(commune, phone.person, [8; 32], now).await, Err(StoreError::NotFound));
    // What the phone wrote before still arrives, for a person to look at.
    assert!(matches!(world.outcomes(&phone, &[late]).await[..], [Outcome::Quarantined(_)]));
    assert_eq!(world.store.quarantine(None).await.unwrap().iter().map(|row| row.count).sum::<u32>(), 1);
    // Who is back starts anew, with a new code.
    change(&mut world, phone.person, |person| Person { left: false, ..person }).await.unwrap();
    assert_eq!(world.store.device(phone.device).await.unwrap().revoked.map(|revoked| revoked.at), Some(now));
    world.store.issue_code(commune, phone.person, [9; 32], now).await.unwrap();
    // From the console.
    let hash = async |world: &World<S>| world.store.credentials("thu".into()).await.unwrap().account.hash;
    world.store.session([6; 32], Session::Begin(world.officer, now.plus_hours(1)), now).await.unwrap();
    world.store.new_passphrase("thu".into(), "y".into()).await.unwrap();
    assert_eq!(hash(&world).await, "y");
    assert_eq!(world.store.session([6; 32], Session::Keep, now).await.err(), Some(StoreError::NotFound));
    // Somebody must be able to let people in.
    let (admin, lead) = (world.admin, |person| Person { role: Role::Leader, ..person });
    assert_eq!(change(&mut world, admin, leave).await, Err(StoreError::Invalid("left")));
    assert_eq!(change(&mut world, admin, lead).await, Err(StoreError::Invalid("role")));
    let second = Person {
        id: record(80).into(),
        name: "Ngô Thị Sáu".into(),
        sort: String::new(),
        role: Role::Admin,
        unit: world.commune,
        left: false,
    };
    world.write(0, Value::Person(second, Some(Account { login: "sau".into(), hash: "x".into() }))).await.unwrap();
    change(&mut world, admin, leave).await.unwrap();
    assert_eq!(change(&mut world, record(80).into(), lead).await, Err(StoreError::Invalid("role")));
    // Nor does the console bring back who left.
    let officer = world.officer;
    change(&mut world, officer, leave).await.unwrap();
    for login in ["thu", "nobody"] {
        assert_eq!(world.store.new_passphrase(login.into(), "z".into()).await, Err(StoreError::NotFound), "{login}");
    }
}

async fn grants_follow_the_work<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let head = Person {
        id: PersonId::from(record(70)),
        name: "Trưởng Thôn".into(),
        sort: String::new(),
        role: Role::VillageHead,
        unit: world.village("Thôn Bến Lĩnh").await,
        left: false,
    };
    world.write(0, Value::Person(head.clone(), None)).await.unwrap();
    let head = world.enrol(head.id).await;
    assert!(head.welcome.grants.may_read(Scope { area: world.village("Thôn Bến Lĩnh").await, stream: Stream::Voice }));
    let held = async |world: &World<S>, phone: &Phone| match world.pull(phone, None, Vec::new()).await {
        Pulled::Pages(pages) => pages.grants,
        _ => panic!("asked with cursors"),
    };
    let visit = Scope { area: phone.area, stream: Stream::Visit };
    let first = held(&world, &phone).await;
    assert!(first.may_write(visit));
    // A change that gives nobody anything else makes no version.
    let (seen, team) = (world.seen(world.team).await, domain::team::Team { name: "Tổ khác tên".into(), ..world.team() });
    world.write(seen, Value::Team(team)).await.unwrap();
    assert_eq!(held(&world, &phone).await, first);
    let work =
        Assignment { id: record(3), campaign: world.campaign, team: world.team, village: phone.area, due: None, ended: true, share: None };
    world.write(1, Value::Assignment(work.clone())).await.unwrap();
    let second = held(&world, &phone).await;
    assert_eq!((second.version, second.grants.len()), (first.version + 1, 1));
    world.write(2, Value::Assignment(Assignment { ended: false, ..work })).await.unwrap();
    assert!(held(&world, &phone).await.may_write(visit));
    let (seen, closed) = (world.seen(world.campaign).await, world.campaign(CampaignState::Closed));
    world.write(seen, Value::Campaign(closed)).await.unwrap();
    assert!(!held(&world, &phone).await.may_write(visit));
    assert_eq!(held(&world, &head).await, head.welcome.grants);

    let (entries, damaged) = world.journal.entries().unwrap();
    let versions = |person| {
        let of = |entry: &Entry| match entry {
            Entry::Grants { person: of, grants, .. } if *of == person => Some(grants.version),
            _ => None,
        };
        entries.iter().filter_map(of).collect::<Vec<_>>()
    };
    assert_eq!((versions(phone.person), damaged), ((1..=first.version + 3).collect(), 0));
}

async fn whoever_moves_leaves_their_villages<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let visit = Scope { area: phone.area, stream: Stream::Visit };
    assert!(phone.welcome.grants.may_write(visit));
    let all = world.store.directory(None).await.unwrap();
    let here = all.units.iter().find(|unit| unit.value.id == world.commune).unwrap().value.clone();
    let there = Unit { id: record(80).into(), name: "Xã Bến Lĩnh".into(), ..here };
    let person = all.people.into_iter().find(|row| row.value.person.id == phone.person).unwrap();
    let moved = Person { unit: there.id, ..person.value.person };
    let device = DeviceId::new(9, [9; 10]);
    world.store.tab(device, world.admin, world.now).await.unwrap();
    for (seq, seen, value) in [(1, 0, Value::Unit(there)), (2, person.seen, Value::Person(moved.clone(), None))] {
        let change = OfficeChange { by: world.admin, within: None, device, seq, seen, value };
        let seed = world.seed();
        world.store.write(change, world.now, seed).await.unwrap();
    }
    let Pulled::Pages(pages) = world.pull(&phone, None, Vec::new()).await else { panic!("asked with cursors") };
    let scopes: Vec<Scope> = pages.grants.grants.iter().map(|grant| grant.scope).collect();
    assert_eq!(scopes, [Scope { area: moved.unit, stream: Stream::Roll }]);
}

/// Visits `homes` with a phone, and says how many of the frames were applied.
async fn go<S: Subject>(world: &mut World<S>, phone: &mut Phone, homes: &[RecordId]) {
    let frames: Vec<Frame> = homes.iter().map(|home| (world.fresh(), *home)).map(|(id, home)| phone.visit(id, home, MetRep)).collect();
    assert_eq!(world.outcomes(phone, &frames).await, vec![APPLIED; homes.len()]);
}

/// The households of the phone's village, with another twelve brought in: enough for windows one after the other.
async fn many_homes<S: Subject>(world: &mut World<S>, phone: &Phone) -> Vec<RecordId> {
    let rows = (20..32).map(|n| ("Thôn Đồng Cừ".to_owned(), household(n))).collect();
    world.import(DeviceId::new(4, [4; 10]), rows).await.unwrap();
    world.households(phone.area).await
}

fn texts(rows: Vec<OpinionRow>) -> Vec<String> {
    let mut texts: Vec<String> = rows.into_iter().map(|row| row.text).collect();
    texts.sort_unstable();
    texts
}

async fn anonymous_opinions_wait_for_a_crowd<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let homes = world.households(a.area).await;
    let (one, two) = (a.anonymous(b"1"), b.anonymous(b"2"));
    go(&mut world, &mut a, &homes[..4]).await;
    assert_eq!(world.send(&a, &[&one]).await, [one.id]);
    // The same household twice is one household.
    go(&mut world, &mut b, &[homes[3], homes[4], homes[4], homes[5]]).await;
    world.send(&b, &[&two]).await;
    world.tick().await;
    assert_eq!(world.released(a.area).await.len(), 0);
    // Nobody was spoken to: nobody can have said it.
    let nobody = b.visit(world.fresh(), homes[6], NotHome);
    world.push(&b, &[nobody]).await;
    world.tick().await;
    assert_eq!(world.released(a.area).await.len(), 0);
    go(&mut world, &mut b, &homes[7..8]).await;
    // The seventh household is here, and still only the schedule lets go.
    assert_eq!(world.released(a.area).await.len(), 0);
    world.tick().await;
    let released = world.released(a.area).await;
    assert_eq!(released.len(), 2);
    assert!(released.iter().all(|row| row.day.is_none() && row.by.is_none() && row.household.is_none() && row.week == one.week));
    assert_eq!(world.table(&["pool"]).await.len(), 0);
    // As records they have no time of receipt, and a lead pulls them.
    let lead = world.phone(Role::TeamLead).await;
    let (all, _, _) = world.pull_all(&lead).await;
    let voice = &all[&Scope { area: a.area, stream: Stream::Voice }].0;
    assert!(voice.len() == 2 && voice.iter().all(|record| matches!(record.body, Body::Anonymous(_))));
}

async fn anonymous_opinions_are_stored_once<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let (good, elsewhere) =
        (phone.anonymous(b"1"), AnonymousOpinion { area: world.village("Thôn Bến Lĩnh").await, ..phone.anonymous(b"2") });
    let empty = AnonymousOpinion { text: " ".into(), ..phone.anonymous(b"3") };
    let mut all = vec![good.id, elsewhere.id, empty.id];
    all.sort_unstable();
    for _ in 0..2 {
        assert_eq!(world.send(&phone, &[&good, &elsewhere, &empty]).await, all);
    }
    assert_eq!((world.table(&["pool"]).await.len(), world.table(&["quarantine_anonymous"]).await.len()), (1, 2));
    go(&mut world, &mut phone, &homes[..7]).await;
    world.tick().await;
    assert_eq!(world.send(&phone, &[&good]).await, [good.id]);
    world.tick().await;
    assert_eq!((world.released(phone.area).await.len(), world.table(&["pool"]).await.len()), (1, 0));
    // Of a later build: acknowledged by its hash, kept for a person.
    let future = cbor::encode(&std::collections::BTreeMap::from([("i", SecretHash::of(b"9"))]));
    let stored = world
        .store
        .anonymous(Sender::Phone(phone.device), vec![ByteBuf::from(future), ByteBuf::from(vec![0xff])], world.now)
        .await
        .unwrap()
        .stored;
    assert_eq!(stored, [SecretHash::of(b"9")]);
    let waiting = world.store.quarantine(None).await.unwrap();
    let count: u32 = waiting.iter().map(|row| row.count).sum();
    assert_eq!((count, waiting.iter().all(|row| row.from.is_none() && row.received_at.is_none())), (4, true));
}

async fn nothing_of_the_sender_is_kept<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let before = world.store.dump().await.unwrap();
    world.now = world.now.plus_hours(1);
    let empty = AnonymousOpinion { text: String::new(), ..phone.anonymous(b"2") };
    let urgent = AnonymousOpinion { urgency: Urgency::Urgent, ..phone.anonymous(b"3") };
    let waiting = phone.anonymous(b"1");
    world.send(&phone, &[&waiting, &empty, &urgent]).await;
    let check = |before: &[String], after: Vec<String>, tables: &[&str]| {
        for line in after.iter().filter(|line| !before.contains(line)) {
            assert!(tables.contains(&line.split(' ').next().unwrap()), "{line}");
            for trace in
                [hex(phone.device.bytes()), hex(phone.person.bytes()), world.now.0.to_string(), hex(&cbor::encode(&world.now)[1..])]
            {
                assert!(!line.contains(&trace), "{line}");
            }
        }
        after
    };
    let tables = ["pool", "quarantine_anonymous", "record", "stream", "opinion"];
    check(&before, world.store.dump().await.unwrap(), &tables);
    go(&mut world, &mut phone, &homes[..7]).await;
    let before = world.store.dump().await.unwrap();
    world.tick().await;
    let check = |line: &String| !line.contains(&hex(phone.device.bytes())) && !line.contains(&hex(phone.person.bytes()));
    let after = world.store.dump().await.unwrap();
    let new: Vec<&String> = after.iter().filter(|line| !before.contains(line) && !line.starts_with("counted")).collect();
    assert!(!new.is_empty() && new.into_iter().all(check));
    assert!(world.journal.entries().unwrap().0.iter().all(|entry| !entry.line().contains(&hex(waiting.id.bytes()))));
}

async fn urgent_ones_do_not_wait<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let urgent = AnonymousOpinion { urgency: Urgency::Urgent, ..phone.anonymous(b"1") };
    world.send(&phone, &[&urgent]).await;
    world.send(&phone, &[&urgent]).await;
    let released = world.released(phone.area).await;
    assert_eq!((released.len(), released[0].text.as_str()), (1, "lời 1"));
}

async fn weeks_are_widened<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = many_homes(&mut world, &phone).await;
    let first = phone.anonymous(b"1");
    world.send(&phone, &[&first]).await;
    go(&mut world, &mut phone, &homes[..5]).await;
    // The week after: a full window closes with its own week, and the first week's rest is widened.
    world.now = world.now.plus_hours(7 * 24);
    phone.at = world.now;
    let second = phone.anonymous(b"2");
    world.send(&phone, &[&second]).await;
    go(&mut world, &mut phone, &homes[..7]).await;
    world.tick().await;
    let released = world.released(phone.area).await;
    assert_eq!(released.iter().map(|row| (row.text.as_str(), row.week)).collect::<Vec<_>>(), [("lời 2", second.week)]);
    // Two late visits of the first week make enough left-over households, and the campaign's window closes.
    phone.at = phone.at.plus_hours(-7 * 24);
    go(&mut world, &mut phone, &homes[7..9]).await;
    world.tick().await;
    let released = world.released(phone.area).await;
    assert_eq!(released.iter().map(|row| (row.text.as_str(), row.week)).collect::<Vec<_>>(), [("lời 2", second.week), ("lời 1", None)]);
    // Whatever a clock that is years ahead wrote is of the week in which it came.
    phone.at = phone.at.plus_hours(9_000 * 24);
    let ahead = phone.anonymous(b"3");
    world.send(&phone, &[&ahead]).await;
    go(&mut world, &mut phone, &homes[..6]).await;
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 2);
    go(&mut world, &mut phone, &homes[6..7]).await;
    world.tick().await;
    let released = world.released(phone.area).await;
    assert_eq!(released.iter().find(|row| row.text == "lời 3").map(|row| row.week), Some(second.week));
}

/// The visit to each of these households.
async fn visits_to<S: Subject>(world: &World<S>, homes: &[RecordId]) -> Vec<RecordId> {
    let names: std::collections::BTreeMap<RecordId, String> = world
        .store
        .list::<HouseholdRow>(world.ask(Filter::default()), world.now)
        .await
        .unwrap()
        .rows
        .into_iter()
        .map(|row| (row.id, row.code))
        .collect();
    let rows = world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    homes.iter().map(|home| rows.iter().find(|row| row.household.starts_with(&names[home])).unwrap().id).collect()
}

async fn a_window_closes_for_nobody<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = many_homes(&mut world, &phone).await;
    go(&mut world, &mut phone, &homes[..7]).await;
    world.tick().await;
    // It closed although nothing waited: what comes now waits for others.
    let late = phone.anonymous(b"1");
    world.send(&phone, &[&late]).await;
    world.tick().await;
    go(&mut world, &mut phone, &homes[6..12]).await;
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 0);
    // A visit of the closed window that is corrected now is not counted again; one that is taken back counts no more.
    let visits = visits_to(&world, &[homes[0], homes[11]]).await;
    let corrected = phone.change_visit(world.fresh(), homes[0], PhoneDone, Change::Amend { of: visits[0] });
    let undone = phone.retract(Kind::Visit, world.fresh(), Stream::Visit, visits[1]);
    assert_eq!(world.outcomes(&phone, &[corrected, undone]).await, [APPLIED; 2]);
    go(&mut world, &mut phone, &homes[1..2]).await;
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 0);
    go(&mut world, &mut phone, &homes[2..3]).await;
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 1);
}

async fn corrections_leave_a_crowd<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    world.send(&phone, &[&phone.anonymous(b"1")]).await;
    go(&mut world, &mut phone, &homes[..6]).await;
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 0, "five would leave four after one correction");
    go(&mut world, &mut phone, &homes[6..7]).await;
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 1);
    let visits = visits_to(&world, &homes[..2]).await;
    let undone = phone.retract(Kind::Visit, world.fresh(), Stream::Visit, visits[0]);
    let nobody = phone.change_visit(world.fresh(), homes[1], NotHome, Change::Amend { of: visits[1] });
    assert_eq!(world.outcomes(&phone, &[undone, nobody]).await, [APPLIED; 2]);
    let spoken =
        world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().rows.into_iter().filter(|row| row.met);
    assert_eq!(spoken.map(|row| row.household).collect::<std::collections::BTreeSet<_>>().len(), domain::receive::CROWD);
}

async fn what_waits_is_sealed<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let first = phone.anonymous(b"first");
    let second = AnonymousOpinion { amends: Some(Amends::Proof(ByteBuf::from(b"first".to_vec()))), ..phone.anonymous(b"second") };
    let unknown = AnonymousOpinion { amends: Some(Amends::Proof(ByteBuf::from(b"lost".to_vec()))), ..phone.anonymous(b"third") };
    let refused = AnonymousOpinion { mode: domain::opinion::ReporterMode::Named, ..phone.anonymous(b"fourth") };
    go(&mut world, &mut phone, &homes[..1]).await;
    world.send(&phone, &[&first, &second, &unknown, &refused]).await;
    let sealed = ["pool", "replaced", "quarantine_anonymous"];
    let dump = world.store.dump().await.unwrap();
    assert_eq!(dump.iter().filter(|line| sealed.iter().any(|table| line.starts_with(table))).count(), 2 + 2 + 1);
    for line in &dump {
        for opinion in [&first, &second, &unknown, &refused] {
            for secret in [opinion.text.as_bytes(), opinion.id.bytes(), b"first", b"lost"] {
                assert!(!line.contains(&hex(secret)), "{line}");
            }
            assert!(!line.contains(&opinion.text), "{line}");
        }
        if sealed.iter().any(|table| line.starts_with(table)) {
            let week = first.week.unwrap().iso();
            for shared in [hex(phone.area.bytes()), hex(world.campaign.bytes()), hex(week.as_bytes()), week] {
                assert!(!line.contains(&shared), "{line}");
            }
        }
    }
    // All rows of a table are of one length here, whatever was said.
    let lengths =
        |table: &str| dump.iter().filter(|line| line.starts_with(table)).map(String::len).collect::<std::collections::BTreeSet<_>>();
    assert_eq!((lengths("pool").len(), lengths("replaced").len()), (1, 1));
    go(&mut world, &mut phone, &homes[1..7]).await;
    world.tick().await;
    assert_eq!(texts(world.released(phone.area).await), ["lời second", "lời third"]);
    // What is released names what it amends by its hash. No secret goes further than this server.
    for line in world.store.dump().await.unwrap() {
        assert!(!line.contains(&hex(b"lost")) && !line.contains(&hex(b"first")), "{line}");
    }
}

async fn an_ended_grant_still_brings_opinions<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    world.members = Set::new();
    let (seen, team) = (world.seen(world.team).await, world.team());
    world.write(seen, Value::Team(team)).await.unwrap();
    world.now = world.now.plus_hours(30 * 24);
    world.send(&phone, &[&phone.anonymous(b"1")]).await;
    assert_eq!((world.table(&["pool"]).await.len(), world.table(&["quarantine_anonymous"]).await.len()), (1, 0));
    world.now = Time(world.now.0 + 1);
    world.send(&phone, &[&phone.anonymous(b"2")]).await;
    assert_eq!((world.table(&["pool"]).await.len(), world.table(&["quarantine_anonymous"]).await.len()), (1, 1));
}

async fn an_officer_sees_how_many_of_them_wait<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let elsewhere = world.village("Thôn Bến Lĩnh").await;
    let of_one_letter = |secret: &[u8]| AnonymousOpinion { text: " ".into(), ..phone.anonymous(secret) };
    let long = AnonymousOpinion { area: elsewhere, text: "a".repeat(300), ..phone.anonymous(b"3") };
    world.send(&phone, &[&of_one_letter(b"1"), &long, &of_one_letter(b"2")]).await;
    let rows = world.store.quarantine(Some(world.commune)).await.unwrap();
    assert_eq!(rows, world.store.quarantine(None).await.unwrap());
    let [outside, empty] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((outside.count, outside.reason, empty.count, empty.reason), (1, Reason::NotAllowed, 2, Reason::Invalid));
    // The size is that of what is sealed: it tells the short from the long no better than the database does.
    assert_eq!(empty.bytes, 2 * outside.bytes);
    for row in rows {
        assert_eq!((row.from, row.received_at, row.kind.as_deref()), (None, None, Some("anonymous_opinion")));
    }
}

async fn visits_are_to_households_of_the_village<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let elsewhere = world.households(world.village("Thôn Bến Lĩnh").await).await[0];
    world.send(&phone, &[&phone.anonymous(b"1")]).await;
    // Made-up houses close no window, and a house of another village is none of this one's.
    let mut frames: Vec<Frame> = (0..8).map(|n| phone.visit(record(500 + n), record(600 + n), MetRep)).collect();
    frames.push(phone.visit(record(520), elsewhere, MetRep));
    frames.push(phone.opinion(record(521), elsewhere, record(520), "lời"));
    // A house that a visit itself made would be one, a visit is not.
    let home = world.households(phone.area).await[0];
    frames.push(phone.visit(record(522), home, MetRep));
    frames.push(phone.visit(record(523), record(522), MetRep));
    let mut expected = vec![quarantined(Reason::Invalid); 10];
    expected.extend([APPLIED, quarantined(Reason::Invalid)]);
    assert_eq!(world.outcomes(&phone, &frames).await, expected);
    world.tick().await;
    assert_eq!(world.released(phone.area).await.len(), 0);
    // One that the same phone found and wrote down just before is.
    let found = phone.new_household(record(530), &household(99));
    let visit = phone.visit(record(531), record(530), MetRep);
    assert_eq!(world.outcomes(&phone, &[found, visit]).await, [APPLIED; 2]);
    let moved = phone.change_visit(record(532), elsewhere, MetRep, Change::Amend { of: record(531) });
    assert_eq!(world.outcomes(&phone, &[moved]).await, [quarantined(Reason::Invalid)]);
    assert_eq!(world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().total, 2);
}

fn amends(secret: &[u8]) -> Option<Amends> {
    Some(Amends::Proof(ByteBuf::from(secret.to_vec())))
}

async fn anonymous_amendments<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = many_homes(&mut world, &phone).await;
    let first = phone.anonymous(b"1");
    let second = AnonymousOpinion { amends: amends(b"1"), ..phone.anonymous(b"2") };
    world.send(&phone, &[&first]).await;
    world.send(&phone, &[&second, &first]).await;
    // In the place of the first, and what the first said is told to nobody.
    assert_eq!(world.table(&["pool"]).await.len(), 1);
    go(&mut world, &mut phone, &homes[..7]).await;
    world.tick().await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2"]);
    let lead = world.phone(Role::TeamLead).await;
    let voice = Scope { area: phone.area, stream: Stream::Voice };
    let pulled = async |world: &World<S>| world.pull_all(&lead).await.0.remove(&voice).unwrap().0;
    let records = pulled(&world).await;
    assert!(matches!(&records[..], [Record { body: Body::Anonymous(only), .. }] if only.id == second.id && only.amends.is_none()));
    // Of a released one: waits like any other, and names it by its hash.
    let third = AnonymousOpinion { amends: amends(b"2"), ..phone.anonymous(b"3") };
    world.send(&phone, &[&third, &first, &second]).await;
    world.tick().await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2"]);
    go(&mut world, &mut phone, &homes[7..14]).await;
    world.tick().await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 3"]);
    let of_third = pulled(&world).await.into_iter().find_map(|record| match record.body {
        Body::Anonymous(opinion) if opinion.id == third.id => opinion.amends,
        _ => None,
    });
    assert_eq!(of_third, Some(Amends::Of(second.id)));
    // An opinion of another village is not this one's to amend.
    let elsewhere = world.village("Thôn Bến Lĩnh").await;
    let work =
        Assignment { id: record(4), campaign: world.campaign, team: world.team, village: elsewhere, due: None, ended: false, share: None };
    world.write(0, Value::Assignment(work)).await.unwrap();
    let moved = AnonymousOpinion { area: elsewhere, amends: amends(b"3"), ..phone.anonymous(b"4") };
    world.send(&phone, &[&moved]).await;
    assert_eq!((world.table(&["pool"]).await.len(), world.table(&["quarantine_anonymous"]).await.len()), (0, 1));
}

async fn amendments_come_in_any_order<S: Subject>() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut world = World::<S>::new().await;
        let mut phone = world.phone(Role::FieldMember).await;
        let homes = many_homes(&mut world, &phone).await;
        let first = phone.anonymous(b"1");
        let second = AnonymousOpinion { amends: amends(b"1"), ..phone.anonymous(b"2") };
        let third = AnonymousOpinion { amends: amends(b"2"), week: None, ..phone.anonymous(b"3") };
        let all = [first, second, third];
        for n in order.into_iter().chain(order) {
            world.send(&phone, &[&all[n]]).await;
        }
        assert_eq!(world.table(&["pool"]).await.len(), 1, "{order:?}");
        go(&mut world, &mut phone, &homes[..7]).await;
        world.tick().await;
        // Of the week of the first, which is what it is about.
        let released = world.released(phone.area).await;
        assert_eq!(released.iter().map(|row| (row.text.as_str(), row.week)).collect::<Vec<_>>(), [("lời 3", all[0].week)], "{order:?}");
        for again in &all {
            world.send(&phone, &[again]).await;
        }
        assert_eq!(world.table(&["pool"]).await.len(), 0, "{order:?}");
    }
    // Released before what it amends: that is let go later, and not shown.
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = many_homes(&mut world, &phone).await;
    let first = phone.anonymous(b"1");
    let second = AnonymousOpinion { amends: amends(b"1"), ..phone.anonymous(b"2") };
    world.send(&phone, &[&second]).await;
    go(&mut world, &mut phone, &homes[..7]).await;
    world.tick().await;
    world.send(&phone, &[&first]).await;
    go(&mut world, &mut phone, &homes[7..14]).await;
    world.tick().await;
    assert_eq!((texts(world.released(phone.area).await), world.table(&["pool"]).await.len()), (vec!["lời 2".to_owned()], 0));
}

async fn an_amendment_is_as_urgent_as_its_first<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = many_homes(&mut world, &phone).await;
    let urgent = |opinion: AnonymousOpinion| AnonymousOpinion { urgency: Urgency::Urgent, ..opinion };
    // Of what waits, and of what waited.
    let first = phone.anonymous(b"1");
    let second = urgent(AnonymousOpinion { amends: amends(b"1"), ..phone.anonymous(b"2") });
    world.send(&phone, &[&first]).await;
    world.send(&phone, &[&second]).await;
    assert_eq!(world.released(phone.area).await.len(), 0);
    go(&mut world, &mut phone, &homes[..7]).await;
    world.tick().await;
    let released = world.released(phone.area).await;
    assert_eq!(released.iter().map(|row| (row.text.as_str(), row.urgency)).collect::<Vec<_>>(), [("lời 2", Urgency::Normal)]);
    let third = urgent(AnonymousOpinion { amends: amends(b"2"), ..phone.anonymous(b"3") });
    world.send(&phone, &[&third]).await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2"]);
    // Of an urgent one at once, in either order.
    let fourth = urgent(phone.anonymous(b"4"));
    let fifth = urgent(AnonymousOpinion { amends: amends(b"4"), ..phone.anonymous(b"5") });
    world.send(&phone, &[&fourth]).await;
    world.send(&phone, &[&fifth]).await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2", "lời 5"]);
    let sixth = urgent(phone.anonymous(b"6"));
    let seventh = urgent(AnonymousOpinion { amends: amends(b"6"), ..phone.anonymous(b"7") });
    world.send(&phone, &[&seventh]).await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2", "lời 5"]);
    world.send(&phone, &[&sixth, &seventh]).await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2", "lời 5", "lời 7"]);
    // An urgent one does not wait for its amendment that can.
    let eighth = urgent(phone.anonymous(b"8"));
    let ninth = AnonymousOpinion { amends: amends(b"8"), ..phone.anonymous(b"9") };
    world.send(&phone, &[&ninth]).await;
    world.send(&phone, &[&eighth]).await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 2", "lời 5", "lời 7", "lời 8"]);
    go(&mut world, &mut phone, &homes[7..14]).await;
    world.tick().await;
    assert_eq!(texts(world.released(phone.area).await), ["lời 3", "lời 5", "lời 7", "lời 9"]);
}

/// The write-ahead log has every change in the order of its commit, and what was deleted: nothing of it stays.
#[tokio::test]
async fn no_file_remembers_the_order() {
    use super::Store as _;
    let mut world = World::<Sqlite>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let directory = world.directory().to_owned();
    let file = |name: &str| std::fs::read(directory.join(name)).unwrap();
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    let (db, log) = ("test.db", "test.db-wal");
    // A desk's work fills the log; that is how this test can fail.
    assert_ne!(file(log).len(), 0);
    let frame = phone.visit(record(50), homes[0], MetRep);
    world.store.push(PushBatch::of(phone.device, vec![frame]), world.now, [1; 32]).await.unwrap();
    assert_eq!(file(log).len(), 0, "a log that is empty after some visits only would tell which");
    world.enrol(phone.person).await;
    assert_ne!(file(log).len(), 0);
    let waiting = phone.anonymous(b"a voice");
    let sent = vec![ByteBuf::from(cbor::encode(&waiting)), ByteBuf::from(b"not an opinion".to_vec())];
    world.store.anonymous(Sender::Phone(phone.device), sent, world.now).await.unwrap();
    assert_eq!(file(log).len(), 0);
    for what in [waiting.text.as_bytes(), waiting.id.bytes(), b"not an opinion"] {
        assert!(!has(&file(db), what));
    }
    let frames = homes[1..7].iter().zip(60..).map(|(home, n)| phone.visit(record(n), *home, MetRep)).collect();
    world.store.push(PushBatch::of(phone.device, frames), world.now, [2; 32]).await.unwrap();
    world.enrol(phone.person).await;
    assert_ne!(file(log).len(), 0);
    world.store.tick(world.now, [3; 32]).await.unwrap();
    assert_eq!(file(log).len(), 0);
    assert!(has(&file(db), waiting.text.as_bytes()), "released, and found where this test looks");
}

async fn projections_can_be_made_again<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    go(&mut world, &mut phone, &homes[..6]).await;
    let frames = [
        phone.visit(record(50), homes[6], NotHome),
        phone.change_visit(record(51), homes[7], MetRep, Change::Amend { of: record(50) }),
        phone.visit(record(52), homes[0], MetRep),
        phone.retract(Kind::Visit, record(53), Stream::Visit, record(52)),
        phone.opinion(record(54), homes[0], record(50), "lời"),
        phone.retract(Kind::Opinion, record(55), Stream::Voice, record(54)),
        phone.opinion(record(56), homes[0], record(50), "lời khác"),
        phone.new_household(record(57), &household(99)),
        phone.meeting(record(58), 0, MeetingState::InSession),
        phone.meeting_opinion(record(59), record(58), "cầu"),
        phone.meeting(record(58), 1, MeetingState::Concluded),
        phone.retract(Kind::MeetingOpinion, record(60), Stream::Voice, record(59)),
    ];
    assert_eq!(world.outcomes(&phone, &frames).await, [APPLIED; 12]);
    let first = phone.anonymous(b"1");
    let first = AnonymousOpinion { urgency: Urgency::Urgent, ..first };
    let urgent = AnonymousOpinion { urgency: Urgency::Urgent, amends: amends(b"1"), ..phone.anonymous(b"2") };
    world.send(&phone, &[&first]).await;
    world.send(&phone, &[&urgent]).await;
    world.tick().await;
    let stored = world.store.dump().await.unwrap();
    world.store.rebuild().await.unwrap();
    assert_eq!(world.store.dump().await.unwrap(), stored);
    assert!(
        ["household ", "visit ", "opinion ", "progress ", "version ", "meeting "]
            .iter()
            .all(|t| stored.iter().any(|line| line.starts_with(t)))
    );
}

async fn figures_and_lists_agree<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let frames = [
        phone.visit(record(50), homes[0], MetRep),
        phone.visit(record(51), homes[1], NotHome),
        phone.visit(record(52), homes[1], MetRep),
        phone.visit(record(53), homes[2], NotHome),
        phone.opinion(record(54), homes[0], record(50), "đường"),
    ];
    world.push(&phone, &frames).await;
    world.send(&phone, &[&AnonymousOpinion { urgency: Urgency::Urgent, ..phone.anonymous(b"1") }]).await;
    let coverage = world.store.coverage(world.ask(Filter::default()), world.now.plus_hours(73)).await.unwrap();
    let counts = coverage.total;
    assert_eq!((counts.households, counts.assigned, counts.met, counts.tried, counts.new, counts.left), (10, 8, 2, 1, 7, 6));
    assert_eq!((counts.visits, counts.meetings, coverage.opinions, coverage.silent_devices), (4, 2, 2, 1));
    assert_eq!(coverage.weeks, [(phone.at.date().week(), 2)]);
    assert_eq!((coverage.villages[0].name.as_str(), coverage.villages[0].teams.len(), coverage.villages.len()), ("Thôn Đồng Cừ", 1, 2));
    for (standing, total) in [
        (StandingFilter::Met, counts.met),
        (StandingFilter::Tried, counts.tried),
        (StandingFilter::Left, counts.left),
        (StandingFilter::New, counts.new),
        (StandingFilter::Due, counts.due),
        (StandingFilter::NoContact, counts.no_contact),
    ] {
        let filter = Filter { standing: Some(standing), ..Filter::default() };
        assert_eq!(world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().total, total, "{standing:?}");
    }
    let now = world.now;
    let households = |filter: Filter| world.store.list::<HouseholdRow>(world.ask(filter), now);
    assert_eq!(households(Filter { q: "ho thu 3".into(), ..Filter::default() }).await.unwrap().rows[0].code, "DC-0003");
    assert_eq!(households(Filter { skip: 9, ..Filter::default() }).await.unwrap().rows.len(), 1);
    assert_eq!(households(Filter { team: Some(world.team), ..Filter::default() }).await.unwrap().total, 8);
    assert_eq!(households(Filter { campaign: Some(record(99)), ..Filter::default() }).await.err(), Some(StoreError::NotFound));

    let visits = |filter: Filter| world.store.list::<VisitRow>(world.ask(filter), now);
    let rows = visits(Filter::default()).await.unwrap().rows;
    assert!(rows.iter().all(|row| row.contact.is_some() == row.met && !row.by.is_empty() && row.household.starts_with("DC-")));
    assert_eq!(visits(Filter { team: Some(world.team), ..Filter::default() }).await.unwrap().total, 4);
    assert_eq!(visits(Filter { from: Some(now.date().plus(1)), ..Filter::default() }).await.unwrap().total, 0);
    assert_eq!(visits(Filter { q: "thu 2".into(), ..Filter::default() }).await.unwrap().total, 2);

    let opinions = |filter: Filter| world.store.list::<OpinionRow>(world.ask(filter), now);
    assert_eq!(opinions(Filter { topic: Some(domain::opinion::Topic::Infra), ..Filter::default() }).await.unwrap().total, 2);
    assert_eq!(opinions(Filter { topic: Some(domain::opinion::Topic::Land), ..Filter::default() }).await.unwrap().total, 0);
    assert_eq!(opinions(Filter { to: Some(now.date().plus(-7)), ..Filter::default() }).await.unwrap().total, 0);
    // Another commune's officer sees none of it.
    let elsewhere = super::Ask { within: Some(record(99).into()), ..world.ask(Filter::default()) };
    assert_eq!(world.store.list::<HouseholdRow>(elsewhere.clone(), now).await.unwrap().total, 0);
    assert_eq!(world.store.coverage(elsewhere, now).await.unwrap().campaign, None);

    // A household that was met and asks not to be contacted any more is counted apart, and only there.
    let asked = Household { no_contact: true, ..household(1) };
    let frame = change(&world, &mut phone, homes[0], &household(1), &asked).await;
    assert_eq!(world.outcomes(&phone, &[frame]).await, [APPLIED]);
    let counts = world.store.coverage(world.ask(Filter::default()), now).await.unwrap().total;
    assert_eq!((counts.met, counts.tried, counts.new, counts.no_contact, counts.left), (1, 1, 7, 1, 6));
    for (standing, total) in [(StandingFilter::Met, 1), (StandingFilter::New, 7), (StandingFilter::NoContact, 1)] {
        let listed =
            world.store.list::<HouseholdRow>(world.ask(Filter { standing: Some(standing), ..Filter::default() }), now).await.unwrap();
        assert_eq!((listed.total, listed.notable), (total, if standing == StandingFilter::New { 7 } else { 0 }), "{standing:?}");
    }
}

/// A phone changes a household.
async fn change<S: Subject>(world: &World<S>, phone: &mut Phone, id: RecordId, before: &Household, after: &Household) -> Frame {
    let values = after.changed_values(before);
    let Body::Registry(registry) = pulled(world, phone, id).await.body else { panic!("a household") };
    let base = |field: &String| registry.state.base(field).iter().map(|dot| dot.seen_by(phone.device)).collect();
    let fields = values.keys().map(|field| (field.clone(), base(field))).collect();
    let mut operation = Operation::new(phone.header(Kind::Household, id, Stream::Roll, Change::Set { fields }));
    operation.parts = domain::household::parts(values);
    phone.frame(&operation)
}

async fn opinions_are_found_by_what_was_said<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let far = format!("{} Mong xã rải đá trước Tết.", "Đường lầy lội, đi lại khó. ".repeat(8));
    let frames = [
        phone.visit(record(50), homes[0], MetRep),
        phone.opinion(record(51), homes[0], record(50), "Đèn đường hỏng."),
        phone.opinion(record(52), homes[1], record(50), &far),
    ];
    assert_eq!(world.outcomes(&phone, &frames).await, [APPLIED; 3]);
    let urgent = AnonymousOpinion { text: "Cầu sắp sập".into(), urgency: Urgency::Urgent, ..phone.anonymous(b"1") };
    world.send(&phone, &[&urgent]).await;
    let now = world.now;
    let found = async |q: &str| {
        let listed = world.store.list::<OpinionRow>(world.ask(Filter { q: q.into(), ..Filter::default() }), now).await.unwrap();
        assert_eq!(listed.total as usize, listed.rows.len());
        (listed.total, listed.notable)
    };
    assert_eq!(found("").await, (3, 1));
    assert_eq!(found("duong").await, (2, 0));
    assert_eq!(found("CẦU sập").await, (1, 1));
    assert_eq!(found("truoc tet").await, (1, 0));
    assert_eq!(found("den lay").await, (0, 0));
    // By the household that said it nothing is found: not by its head, its number or its code.
    for resident in ["ho thu", "thu 1", "DC-0001", "1"] {
        assert_eq!(found(resident).await, (0, 0), "{resident}");
    }
}

async fn weeks_add_up_to_the_meetings<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let (monday, last_week) = (phone.at.date().week(), phone.at.plus_hours(-7 * 24));
    go(&mut world, &mut phone, &homes[..3]).await;
    phone.at = last_week;
    go(&mut world, &mut phone, &homes[1..5]).await;
    let gone = Household { status: domain::household::HouseholdStatus::MovedOut, ..household(1) };
    let frame = change(&world, &mut phone, homes[0], &household(1), &gone).await;
    assert_eq!(world.outcomes(&phone, &[frame]).await, [APPLIED]);
    for (from, to, weeks) in [
        // What was done was done, also where the household has moved since.
        (None, None, vec![(monday.plus(-7), 4), (monday, 3)]),
        (Some(monday), None, vec![(monday, 3)]),
        (None, Some(last_week.date()), vec![(monday.plus(-7), 4)]),
        (Some(last_week.date().plus(1)), Some(monday), vec![]),
    ] {
        let coverage = world.store.coverage(world.ask(Filter { from, to, ..Filter::default() }), world.now).await.unwrap();
        let meetings: u32 = weeks.iter().map(|(_, meetings)| meetings).sum();
        assert_eq!((coverage.weeks, coverage.total.meetings), (weeks, meetings), "{from:?} {to:?}");
    }
}

/// Figures by person, team, topic and days beside the lists that they open.
async fn every_figure_is_that_of_its_list<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut one, mut two) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(one.area).await;
    let (today, week) = (one.at.date(), 7 * 24);
    let frames = [
        one.visit(record(50), homes[0], MetRep),
        one.visit(record(51), homes[0], MetRep),
        one.visit(record(52), homes[1], NotHome),
        one.opinion(record(53), homes[0], record(50), "đường"),
        one.meeting(record(54), 0, MeetingState::InSession),
        one.meeting_opinion(record(55), record(54), "cầu"),
        one.visit(record(56), homes[2], MetRep),
        one.retract(Kind::Visit, record(57), Stream::Visit, record(56)),
    ];
    assert_eq!(world.outcomes(&one, &frames).await, [APPLIED; 8]);
    let now = one.at;
    two.at = now.plus_hours(-week);
    let frames = [
        two.visit(record(60), homes[0], MetRep),
        two.visit(record(61), homes[3], MetRep),
        two.opinion(record(62), homes[3], record(61), "cống"),
        two.visit(record(63), homes[4], MetRep),
    ];
    assert_eq!(world.outcomes(&two, &frames).await, [APPLIED; 4]);
    let urgent = AnonymousOpinion { urgency: Urgency::Urgent, ..one.anonymous(b"1") };
    world.send(&one, &[&urgent]).await;
    for (home, after) in
        [(3, Household { no_contact: true, ..household(4) }), (4, Household { phone: "0187250416".into(), ..household(5) })]
    {
        let frame = change(&world, &mut two, homes[home], &household(home + 1), &after).await;
        assert_eq!(world.outcomes(&two, &[frame]).await, [APPLIED]);
    }

    let visits = async |filter: Filter| world.store.list::<VisitRow>(world.ask(filter), now).await.unwrap();
    let opinions = async |filter: Filter| world.store.list::<OpinionRow>(world.ask(filter), now).await.unwrap().total;
    let households = async |filter: Filter| world.store.list::<HouseholdRow>(world.ask(filter), now).await.unwrap().total;
    let meetings = async |filter: Filter| world.store.list::<MeetingRow>(world.ask(filter), now).await.unwrap().total;
    let listed = async |filter: Filter| {
        let met = Filter { standing: Some(StandingFilter::Met), ..filter.clone() };
        let all = visits(filter.clone()).await;
        let of_met = visits(met.clone()).await.total;
        let tried = Filter { standing: Some(StandingFilter::Tried), ..filter.clone() };
        assert_eq!((all.notable, all.total), (of_met, of_met + visits(tried).await.total));
        Done {
            visits: all.total,
            meetings: of_met,
            met: households(met).await,
            opinions: opinions(filter.clone()).await,
            held: meetings(filter).await,
        }
    };
    let asked = Filter { from: Some(today.plus(-8)), to: Some(today), ..Filter::default() };
    for filter in [
        Filter::default(),
        asked.clone(),
        Filter { from: Some(today), ..Filter::default() },
        Filter { village: Some(one.area), ..asked.clone() },
        Filter { team: Some(world.team), ..asked.clone() },
    ] {
        let coverage = world.store.coverage(world.ask(filter.clone()), now).await.unwrap();
        let days = coverage.days;
        assert_eq!((filter.from.unwrap_or(today.plus(-6)), today), (days.from, days.to));
        let in_days = |days: Days| Filter { from: Some(days.from), to: Some(days.to), ..filter.clone() };
        assert_eq!(coverage.now, listed(in_days(days)).await, "{filter:?}");
        if let Some(before) = coverage.before {
            assert_eq!(before, listed(in_days(days.before())).await, "{filter:?}");
        }
        let whole: u32 = coverage.members.iter().map(|member| member.done.visits).sum();
        assert_eq!(whole, visits(Filter { team: None, ..filter.clone() }).await.total);
        for member in &coverage.members {
            assert_eq!(member.teams, ["Tổ dân vận Đồng Cừ"]);
            let of_member = Filter { by: Some(member.person), team: None, ..filter.clone() };
            assert_eq!(member.done, listed(of_member).await, "{filter:?}");
        }
        let topics: u32 = coverage.topics.iter().map(|topic| topic.opinions).sum();
        assert_eq!(topics, coverage.opinions);
        for topic in &coverage.topics {
            assert_eq!(topic.opinions, opinions(Filter { topic: Some(topic.topic), ..filter.clone() }).await);
            assert_eq!(topic.now, opinions(Filter { topic: Some(topic.topic), ..in_days(days) }).await);
            if let Some(before) = topic.before {
                assert_eq!(before, opinions(Filter { topic: Some(topic.topic), ..in_days(days.before()) }).await);
            }
            assert_eq!(topic.opinions, topic.villages.iter().map(|(_, n)| n).sum::<u32>());
        }
        for team in &coverage.teams {
            let of_team = Filter { team: Some(team.team), ..filter.clone() };
            assert_eq!(team.counts.met, households(Filter { standing: Some(StandingFilter::Met), ..of_team.clone() }).await);
            assert_eq!(team.opinions, opinions(of_team).await);
        }
    }
    let coverage = world.store.coverage(world.ask(Filter::default()), now).await.unwrap();
    assert_eq!(coverage.now, Done { visits: 3, meetings: 2, met: 1, opinions: 3, held: 1 });
    assert_eq!(coverage.before, Some(Done { visits: 3, meetings: 3, met: 2, opinions: 1, held: 0 }));
    assert_eq!((coverage.teams.len(), coverage.members.len(), coverage.topics.len()), (1, 2, 1));
    // Nothing is compared with days in which nobody could work yet.
    let whole = Filter { from: Some(today.plus(-90)), ..Filter::default() };
    assert_eq!(world.store.coverage(world.ask(whole), now).await.unwrap().before, None);
}

/// What an office says about visits of a village.
fn act(id: u64, village: AreaId, act: VerificationAct) -> Value {
    Value::Verify(VerificationChange { id: record(id), village, act })
}

fn look(visits: &[(u64, u64)], void: Option<VoidReason>) -> Verification {
    let look = |(visit, version): &(u64, u64)| Look { visit: record(*visit), version: record(*version) };
    Verification { visits: visits.iter().map(look).collect(), void }
}

async fn visits_are_verified_by_others<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut member, mut lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(member.area).await;
    let frames = [
        member.visit(record(50), homes[0], MetRep),
        member.visit(record(51), homes[1], MetRep),
        member.visit(record(52), homes[2], NotHome),
    ];
    assert_eq!(world.outcomes(&member, &frames).await, [APPLIED; 3]);
    let (now, area) = (world.now, member.area);
    let rows = async |world: &World<S>, state: Option<VisitState>| {
        let filter = Filter { state, ..Filter::default() };
        world.store.list::<VisitRow>(world.ask(filter), now).await.unwrap().rows
    };
    let counts = async |world: &World<S>| {
        let coverage = world.store.coverage(world.ask(Filter::default()), now).await.unwrap();
        (coverage.total.visits, coverage.total.met, coverage.total.left, coverage.now.visits)
    };
    assert_eq!(counts(&world).await, (3, 2, 6, 3));
    // The lead confirms two visits and voids one on their phone.
    let of = |lead: &mut Phone, id, verification: &Verification| {
        let operation = Operation::new(lead.header(Kind::Verification, record(id), Stream::Visit, Change::Create));
        lead.frame(&operation.with(Part::Facts, verification))
    };
    let frames =
        [of(&mut lead, 60, &look(&[(50, 50), (52, 52)], None)), of(&mut lead, 61, &look(&[(51, 51)], Some(VoidReason::Duplicate)))];
    assert_eq!(world.outcomes(&lead, &frames).await, [APPLIED; 2]);
    assert_eq!(rows(&world, None).await.len(), 2, "what is voided is in no list that is not about it");
    let [voided] = rows(&world, Some(VisitState::Voided)).await.try_into().unwrap();
    let checked = voided.checked.unwrap();
    assert_eq!((voided.visit, checked.by, checked.void, checked.visits), (record(51), lead.person, Some(VoidReason::Duplicate), 1));
    assert_eq!(rows(&world, Some(VisitState::Verified)).await.len(), 2);
    assert_eq!(counts(&world).await, (2, 1, 7, 2));
    let home = Filter { standing: Some(StandingFilter::Met), ..Filter::default() };
    assert_eq!(world.store.list::<HouseholdRow>(world.ask(home), now).await.unwrap().total, 1);
    // A correction was seen by nobody yet.
    let frame = member.change_visit(record(53), homes[2], MetRep, Change::Amend { of: record(52) });
    assert_eq!(world.outcomes(&member, &[frame]).await, [APPLIED]);
    let [waiting] = rows(&world, Some(VisitState::Waiting)).await.try_into().unwrap();
    assert_eq!((waiting.visit, waiting.id, waiting.checked), (record(52), record(53), None));
    // Nor does a correction bring back what was voided.
    let frame = member.change_visit(record(54), homes[1], MetRep, Change::Amend { of: record(51) });
    assert_eq!(world.outcomes(&member, &[frame]).await, [APPLIED]);
    assert_eq!(rows(&world, Some(VisitState::Voided)).await.len(), 1);
    // The officer confirms the correction; pressing twice is once.
    world.write(0, act(70, area, VerificationAct::Look(look(&[(52, 53)], None)))).await.unwrap();
    world.tab_seq -= 1;
    world.write(0, act(70, area, VerificationAct::Look(look(&[(52, 53)], None)))).await.unwrap();
    assert_eq!(rows(&world, Some(VisitState::Waiting)).await.len(), 0);
    assert_eq!(world.table(&["verification"]).await.len(), 4);
    // What was voided by mistake counts again, and only who voided it says so.
    let back = world.write(0, act(71, area, VerificationAct::TakeBack(record(61)))).await;
    assert_eq!(back, Err(StoreError::NotAllowed));
    let frame = lead.retract(Kind::Verification, record(62), Stream::Visit, record(61));
    assert_eq!(world.outcomes(&lead, &[frame]).await, [APPLIED]);
    assert_eq!(counts(&world).await, (3, 3, 5, 3));
    let stored = world.store.dump().await.unwrap();
    world.store.rebuild().await.unwrap();
    assert_eq!(world.store.dump().await.unwrap(), stored);
}

async fn a_closed_day_marks_what_is_late<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut member, mut lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(member.area).await;
    let (area, day) = (member.area, member.at.date());
    let frames = [member.visit(record(50), homes[0], MetRep), member.visit(record(51), homes[1], MetRep)];
    assert_eq!(world.outcomes(&member, &frames).await, [APPLIED; 2]);
    let days = async |world: &World<S>| world.store.list::<DayRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    let [open] = days(&world).await.try_into().unwrap();
    assert_eq!((open.day, open.visits, open.waiting, open.voided, open.late, open.closed), (day, 2, 2, 0, 0, None));
    world.now = world.now.plus_hours(1);
    let tomorrow = act(60, area, VerificationAct::Close(day.plus(1)));
    assert_eq!(world.write(0, tomorrow).await, Err(StoreError::Invalid("day")));
    let closing = Operation::new(lead.header(Kind::DayClosing, record(61), Stream::Visit, Change::Create));
    let frame = lead.frame(&closing.with(Part::Facts, &DayClosing { day }));
    assert_eq!(world.outcomes(&lead, &[frame]).await, [APPLIED]);
    world.now = world.now.plus_hours(1);
    // A phone that had no network, and a correction: nothing is refused, both are marked.
    let frames =
        [member.visit(record(52), homes[2], MetRep), member.change_visit(record(53), homes[0], NotHome, Change::Amend { of: record(50) })];
    assert_eq!(world.outcomes(&member, &frames).await, [APPLIED; 2]);
    let [closed] = days(&world).await.try_into().unwrap();
    assert_eq!((closed.visits, closed.late), (3, 2));
    assert_eq!(closed.closed.map(|closed| (closed.id, closed.by)), Some((record(61), lead.person)));
    let rows = world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    let late: Vec<RecordId> = rows.iter().filter(|row| row.late).map(|row| row.visit).collect();
    assert_eq!((late.len(), late.contains(&record(50)), late.contains(&record(52))), (2, true, true));
    // A second closing changes nothing, and taking the first back leaves the second.
    world.write(0, act(62, area, VerificationAct::Close(day))).await.unwrap();
    assert_eq!(days(&world).await[0].closed.as_ref().map(|closed| closed.id), Some(record(61)));
    let frame = lead.retract(Kind::DayClosing, record(63), Stream::Visit, record(61));
    assert_eq!(world.outcomes(&lead, &[frame]).await, [APPLIED]);
    assert_eq!(days(&world).await[0].closed.as_ref().map(|closed| closed.id), Some(record(62)));
    assert_eq!(days(&world).await[0].late, 0);
    world.write(0, act(64, area, VerificationAct::TakeBack(record(62)))).await.unwrap();
    assert_eq!(days(&world).await[0].closed, None);
}

async fn who_may_verify<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut member, mut lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(member.area).await;
    let frames = [member.visit(record(50), homes[0], MetRep)];
    assert_eq!(world.outcomes(&member, &frames).await, [APPLIED]);
    let frames = [lead.visit(record(51), homes[1], MetRep)];
    assert_eq!(world.outcomes(&lead, &frames).await, [APPLIED]);
    let of = |phone: &mut Phone, id, verification: &Verification| {
        let operation = Operation::new(phone.header(Kind::Verification, record(id), Stream::Visit, Change::Create));
        phone.frame(&operation.with(Part::Facts, verification))
    };
    // A member verifies nothing, and nobody their own; a list with one visit of one's own is refused as it is.
    let frame = of(&mut member, 60, &look(&[(51, 51)], None));
    assert_eq!(world.outcomes(&member, &[frame]).await, [quarantined(Reason::NotAllowed)]);
    let closing = Operation::new(member.header(Kind::DayClosing, record(61), Stream::Visit, Change::Create));
    let frame = member.frame(&closing.with(Part::Facts, &DayClosing { day: member.at.date() }));
    assert_eq!(world.outcomes(&member, &[frame]).await, [quarantined(Reason::NotAllowed)]);
    for (id, visits) in [(62, vec![(51, 51)]), (63, vec![(50, 50), (51, 51)]), (64, vec![(99, 99)]), (65, vec![])] {
        let frame = of(&mut lead, id, &look(&visits, None));
        assert_eq!(world.outcomes(&lead, &[frame]).await, [quarantined(Reason::Invalid)], "{visits:?}");
    }
    let (area, other) = (member.area, world.village("Thôn Bến Lĩnh").await);
    for (village, visits, refused) in [
        (other, vec![(50, 50)], StoreError::NotFound),
        (area, vec![(99, 99)], StoreError::NotFound),
        (area, vec![], StoreError::Invalid("visits")),
        (record(98).into(), vec![(50, 50)], StoreError::NotFound),
    ] {
        let refusal = world.write(0, act(70, village, VerificationAct::Look(look(&visits, None)))).await;
        assert_eq!(refusal.err(), Some(refused), "{visits:?}");
    }
    assert_eq!(world.table(&["verification", "day_closing"]).await.len(), 0);
}

async fn a_meeting_and_what_was_said_there<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut member, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let (meeting, home) = (record(50), world.households(member.area).await[0]);
    let mut frames = vec![member.meeting(meeting, 0, MeetingState::InSession)];
    frames.extend((1..=20).map(|n| member.meeting_opinion(record(50 + n), meeting, &format!("lời thứ {n}"))));
    frames.extend([member.meeting(meeting, 1, MeetingState::Concluded), member.visit(record(80), home, MetRep)]);
    frames.push(member.opinion(record(81), home, record(80), "nói ở nhà"));
    // All of it again, as after an answer that was lost: everything is there once.
    assert_eq!(world.outcomes(&member, &frames).await, [APPLIED; 24]);
    assert_eq!(world.outcomes(&member, &frames).await, [Outcome::Duplicate; 24]);
    let now = world.now;
    let meetings = async |filter: Filter| world.store.list::<MeetingRow>(world.ask(filter), now).await.unwrap();
    let [row] = meetings(Filter::default()).await.rows.try_into().unwrap();
    assert_eq!((row.title.as_str(), row.village.as_str(), row.opinions), ("Bàn góp công", "Thôn Đồng Cừ", 20));
    assert_eq!((row.state, row.speakers, row.expected), (MeetingState::Concluded, Some(7), Some(8)));
    assert!(!row.by.is_empty());
    let other = world.village("Thôn Bến Lĩnh").await;
    for (filter, total) in [
        (Filter { village: Some(member.area), ..Filter::default() }, 1),
        (Filter { village: Some(other), ..Filter::default() }, 0),
        (Filter { from: Some(member.at.date()), to: Some(member.at.date()), ..Filter::default() }, 1),
        (Filter { from: Some(member.at.date().plus(1)), ..Filter::default() }, 0),
        (Filter { to: Some(member.at.date().plus(-1)), ..Filter::default() }, 0),
        (Filter { meeting: Some(meeting), ..Filter::default() }, 1),
    ] {
        assert_eq!(meetings(filter.clone()).await.total, total, "{filter:?}");
    }
    // Opinions name the meeting and its recorder, and nobody who spoke.
    let opinions = async |filter: Filter| world.store.list::<OpinionRow>(world.ask(filter), now).await.unwrap();
    assert_eq!(opinions(Filter::default()).await.total, 21);
    let there = opinions(Filter { meeting: Some(meeting), ..Filter::default() }).await;
    assert_eq!(there.total, 20);
    for row in &there.rows {
        let source = row.meeting.as_ref().map(|meeting| (meeting.id, meeting.name.as_str()));
        assert_eq!((source, row.mode, row.household.as_ref()), (Some((meeting, "Bàn góp công")), None, None));
        assert!(row.by.is_some());
    }
    // A lead pulls it; whoever only writes there does not.
    let scope = Scope { area: member.area, stream: Stream::Voice };
    let (records, digest) = world.pull_all(&lead).await.0.remove(&scope).unwrap();
    let merged = records.iter().fold(Digest::default(), |digest, record| digest.replace(None, Some(record)));
    assert_eq!((records.len(), merged), (22, digest));
    assert!(!world.pull_all(&member).await.0.contains_key(&scope));
    // What gets its kind the day after was said on the day of the meeting.
    let day = member.at.date();
    world.now = world.now.plus_hours(30);
    member.at = world.now;
    let frame = member.meeting_opinion(record(89), meeting, "có loại sau");
    assert_eq!(world.outcomes(&member, &[frame]).await, [APPLIED]);
    let on_the_day = Filter { meeting: Some(meeting), to: Some(day), ..Filter::default() };
    assert_eq!(world.store.list::<OpinionRow>(world.ask(on_the_day), world.now).await.unwrap().total, 21);
    // Corrected and taken back.
    let of = record(51);
    let header = member.header(Kind::MeetingOpinion, record(90), Stream::Voice, Change::Amend { of });
    let amended = world::said(header, meeting, "lời đã sửa");
    let amended = member.frame(&amended);
    let back = member.retract(Kind::MeetingOpinion, record(91), Stream::Voice, record(52));
    assert_eq!(world.outcomes(&member, &[amended, back]).await, [APPLIED; 2]);
    let there =
        texts(world.store.list::<OpinionRow>(world.ask(Filter { meeting: Some(meeting), ..Filter::default() }), now).await.unwrap().rows);
    assert_eq!((there.len(), there.contains(&"lời đã sửa".to_owned()), there.contains(&"lời thứ 2".to_owned())), (20, true, false));
}

async fn a_meeting_is_its_recorders<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let mut again = world.enrol(a.person).await;
    let meeting = record(50);
    let stale = quarantined(Reason::Stale);
    use MeetingState::{Cancelled, Concluded, InSession};
    let frames = [
        a.meeting(meeting, 1, InSession),
        a.meeting(meeting, 0, Concluded),
        a.meeting(meeting, 0, InSession),
        a.meeting(meeting, 0, InSession),
    ];
    assert_eq!(world.outcomes(&a, &frames).await, [stale, quarantined(Reason::Invalid), APPLIED, stale]);
    let frames = [b.meeting(meeting, 1, Concluded), b.meeting(record(51), 0, InSession), b.meeting(record(51), 1, Cancelled)];
    assert_eq!(world.outcomes(&b, &frames).await, [quarantined(Reason::NotAllowed), APPLIED, APPLIED]);
    // The recorder on another phone; what the first one wrote meanwhile has not seen it.
    let frame = again.meeting(meeting, 1, Concluded);
    assert_eq!(world.outcomes(&again, &[frame]).await, [APPLIED]);
    let frames = [a.meeting(meeting, 1, InSession), a.meeting(meeting, 2, InSession), a.meeting(meeting, 2, Concluded)];
    assert_eq!(world.outcomes(&a, &frames).await, [stale, quarantined(Reason::Invalid), APPLIED]);
    let rows = world.store.list::<MeetingRow>(world.ask(Filter::default()), world.now).await.unwrap();
    assert_eq!((rows.total, rows.notable, rows.rows[0].id), (1, 0, meeting), "what was cancelled is in no list");
    // Phones still command nothing of an office.
    let mut campaign = a.header(Kind::Campaign, world.campaign, Stream::Roll, Change::Command { expect: 1 });
    campaign.area = world.commune;
    let frame = a.frame(&Operation::new(campaign));
    assert_eq!(world.outcomes(&a, &[frame]).await, [quarantined(Reason::NotAllowed)]);
}

async fn meeting_opinions_are_of_a_meeting_of_the_village<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let home = world.households(a.area).await[0];
    let mut frames = vec![a.meeting_opinion(record(60), record(50), "trước cuộc họp"), a.meeting(record(50), 0, MeetingState::InSession)];
    frames.push(a.meeting_opinion(record(61), record(50), "trong cuộc họp"));
    frames.push(a.meeting_opinion(record(62), home, "một hộ không phải cuộc họp"));
    frames.push(a.meeting_opinion(record(63), record(50), " "));
    let invalid = quarantined(Reason::Invalid);
    assert_eq!(world.outcomes(&a, &frames).await, [invalid, APPLIED, APPLIED, invalid, invalid]);
    // Another recorder corrects nothing of it.
    let header = b.header(Kind::MeetingOpinion, record(64), Stream::Voice, Change::Amend { of: record(61) });
    let frame = b.frame(&world::said(header, record(50), "lời của người khác"));
    assert_eq!(world.outcomes(&b, &[frame]).await, [invalid]);
    assert_eq!(world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap().total, 1);
}

async fn a_sheet_is_typed_in<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let (said, note) = (world.typed("Làm cống"), TypedNote { id: world.fresh(), text: "Chó dữ".into() });
    let day = world.now.date().plus(-3);
    let sheet = TypedVisit {
        next: Some(day.plus(10)),
        promised: Some(day.plus(14)),
        opinions: vec![said],
        note: Some(note),
        ..world.sheet(phone.area, phone.person, homes[0], 3)
    };
    let before = world.tab_seq;
    let typed = Typed::Visit(sheet.clone());
    world.type_in(typed.clone()).await.unwrap();
    assert_eq!(world.tab_seq, before + 4, "a visit, its note, an opinion, a promise");

    // Pressed again after a lost answer: once. Something else under the same number: not at all.
    let press = |seq, value| {
        let (by, within, device) = (world.officer, Some(world.commune), world.tab);
        OfficeChange { by, within, device, seq, seen: 0, value: Value::Typed(value) }
    };
    assert_eq!(world.store.write(press(before + 1, typed.clone()), world.now, [77; 32]).await, Ok(()));
    let other = Typed::Visit(TypedVisit { contact: NotHome, ..sheet.clone() });
    assert_eq!(world.store.write(press(before + 1, other), world.now, [78; 32]).await, Err(StoreError::Stale));
    assert_eq!(world.store.write(press(before + 5, typed), world.now, [79; 32]).await, Err(StoreError::Stale), "the visit is there");

    let name =
        |id: PersonId, people: &[domain::office::PersonRow]| people.iter().find(|row| row.person.id == id).unwrap().person.name.clone();
    let people: Vec<_> = world.store.directory(None).await.unwrap().people.into_iter().map(|seen| seen.value).collect();
    let of = |filter| world.ask(filter);
    let team = Filter { team: Some(world.team), source: Some(Source::Paper), ..Filter::default() };
    let visits = world.store.list::<VisitRow>(of(team), world.now).await.unwrap();
    assert_eq!((visits.total, visits.notable), (1, 1));
    let row = &visits.rows[0];
    assert_eq!((row.id, row.at.date(), row.source, row.met), (sheet.id, day, Source::Paper, true));
    assert_eq!(row.by, name(phone.person, &people), "who went, not who typed");
    assert_eq!(row.typed_by, Some(name(world.officer, &people)));
    assert_eq!(row.received_at, world.now);
    let on_phones = Filter { source: Some(Source::PhoneVisit), ..Filter::default() };
    assert_eq!(world.store.list::<VisitRow>(of(on_phones), world.now).await.unwrap().total, 0);
    let said = world.store.list::<OpinionRow>(of(Filter::default()), world.now).await.unwrap();
    assert_eq!(said.total, 1);
    assert_eq!((said.rows[0].day, said.rows[0].source, said.rows[0].text.as_str()), (Some(day), Some(Source::Paper), "Làm cống"));
    // What was noted beside it: found by the visit alone, within reach alone, and each can be deleted for ever.
    let beside = async |visit, within| {
        let ask = crate::store::Ask { within, ..of(Filter { visit: Some(visit), ..Filter::default() }) };
        world.store.list::<NoteRow>(ask, world.now).await
    };
    let notes = beside(sheet.id, Some(world.commune)).await.unwrap().rows;
    let rows: Vec<_> = notes.iter().map(|row| (row.text.as_deref(), row.promised)).collect();
    assert_eq!(rows, [(Some("Chó dữ"), None), (None, Some(day.plus(14)))]);
    assert_eq!(beside(homes[0], Some(world.commune)).await.unwrap().rows, [], "of no visit");
    assert_eq!(beside(sheet.id, Some(AreaId::new(9, [9; 10]))).await, Err(StoreError::NotFound), "elsewhere");

    // It counts on the day on the paper, like one from a phone.
    let coverage = async |from, to| world.store.coverage(of(Filter { from, to, ..Filter::default() }), world.now).await.unwrap().total;
    assert_eq!((coverage(None, None).await.met, coverage(Some(day), Some(day)).await.visits), (1, 1));
    assert_eq!(coverage(Some(day.plus(1)), None).await.visits, 0, "not when it was typed in");
    let home = world.store.list::<HouseholdRow>(of(Filter { village: Some(phone.area), ..Filter::default() }), world.now).await.unwrap();
    let home = home.rows.into_iter().find(|row| row.id == homes[0]).unwrap();
    assert_eq!((home.met.map(Time::date), home.next.map(|next| next.date)), (Some(day), Some(day.plus(10))));
    let pulled = pulled(&world, &phone, sheet.id).await;
    let Body::Event(event) = pulled.body else { panic!("{pulled:?}") };
    assert_eq!((event.by, event.written_at().date()), (world.officer, day), "phones count it too");

    let before = world.store.dump().await.unwrap();
    world.store.rebuild().await.unwrap();
    assert_eq!(world.store.dump().await.unwrap(), before);
}

async fn what_was_typed_in_is_taken_back_by_its_typist<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let said = world.typed("Làm cống");
    let sheet = TypedVisit { opinions: vec![said.clone()], ..world.sheet(phone.area, phone.person, homes[0], 1) };
    world.type_in(Typed::Visit(sheet.clone())).await.unwrap();
    let back = TakenBack { id: world.fresh(), village: phone.area, records: vec![sheet.id, said.id] };

    let tab = DeviceId::new(3, [203; 10]);
    world.store.tab(tab, world.admin, world.now).await.unwrap();
    let value = Value::Typed(Typed::TakenBack(back.clone()));
    let stranger = OfficeChange { by: world.admin, within: None, device: tab, seq: 1, seen: 0, value };
    assert_eq!(world.store.write(stranger, world.now, [80; 32]).await, Err(StoreError::NotAllowed));
    let none = TakenBack { records: Vec::new(), ..back.clone() };
    assert_eq!(world.type_in(Typed::TakenBack(none)).await, Err(StoreError::Invalid("records")));
    let elsewhere = TakenBack { village: world.village("Thôn Bến Lĩnh").await, ..back.clone() };
    assert_eq!(world.type_in(Typed::TakenBack(elsewhere)).await, Err(StoreError::NotFound));
    let count = async |world: &World<S>| {
        let ask = || world.ask(Filter::default());
        let opinions = world.store.list::<OpinionRow>(ask(), world.now).await.unwrap().total;
        (world.store.list::<VisitRow>(ask(), world.now).await.unwrap().total, opinions)
    };
    assert_eq!(count(&world).await, (1, 1));

    world.type_in(Typed::TakenBack(back)).await.unwrap();
    assert_eq!(count(&world).await, (0, 0));
    let coverage = world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap().total;
    assert_eq!((coverage.visits, coverage.met), (0, 0));
    assert!(world.table(&["counted"]).await.is_empty(), "no crowd is made of it");
    // The household can be typed in anew.
    let sheet = world.sheet(phone.area, phone.person, homes[0], 1);
    world.type_in(Typed::Visit(sheet)).await.unwrap();
    assert_eq!(count(&world).await, (1, 0));
}

async fn what_is_typed_in_is_checked<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let (homes, elsewhere) = (world.households(phone.area).await, world.village("Thôn Bến Lĩnh").await);
    let other_home = world.households(elsewhere).await[0];
    let good = world.sheet(phone.area, phone.person, homes[0], 1);
    let said = world.typed("Làm cống");
    let with = |change: &dyn Fn(&mut TypedVisit)| {
        let mut sheet = good.clone();
        change(&mut sheet);
        Typed::Visit(sheet)
    };
    let before = world.store.dump().await.unwrap();
    for (typed, expected) in [
        (with(&|v| v.household = other_home), StoreError::Invalid("household")),
        (with(&|v| v.household = record(999)), StoreError::Invalid("household")),
        (with(&|v| v.place.village = AreaId::new(9, [9; 10])), StoreError::Invalid("village")),
        (with(&|v| v.place.day = v.place.day.plus(2)), StoreError::Invalid("day")),
        (with(&|v| v.place.campaign = record(998)), StoreError::Invalid("campaign")),
        (with(&|v| v.visitor = PersonId::new(9, [9; 10])), StoreError::Invalid("visitor")),
        (with(&|v| (v.contact, v.opinions) = (NotHome, vec![said.clone()])), StoreError::Invalid("contact")),
        // The last of its operations: nothing of the first ones is left.
        (with(&|v| v.opinions = vec![said.clone(), said.clone()]), StoreError::Taken("id")),
    ] {
        assert_eq!(world.type_in(typed.clone()).await, Err(expected), "{typed:?}");
    }
    let change = OfficeChange {
        by: world.officer,
        within: Some(elsewhere),
        device: world.tab,
        seq: world.tab_seq + 1,
        seen: 0,
        value: Value::Typed(Typed::Visit(good.clone())),
    };
    assert!(world.store.write(change, world.now, [81; 32]).await.is_err(), "another village's desk");
    assert_eq!(world.store.dump().await.unwrap(), before);
    world.type_in(Typed::Visit(good)).await.unwrap();

    let (seen, closed) = (world.seen(world.campaign).await, world.campaign(CampaignState::Closed));
    world.write(seen, Value::Campaign(closed)).await.unwrap();
    let late = world.sheet(phone.area, phone.person, homes[1], 1);
    assert_eq!(world.type_in(Typed::Visit(late)).await, Err(StoreError::Invalid("campaign")));
}

async fn opinions_come_without_a_visit<S: Subject>() {
    let mut world = World::<S>::new().await;
    let village = world.village("Thôn Đồng Cừ").await;
    let home = world.households(village).await[0];
    let place = TypedPlace { village, campaign: world.campaign, day: world.now.date().plus(-2) };
    for (n, source) in (0..).zip(Source::WITHOUT_VISIT) {
        let said = world.typed(&format!("Ý thứ {n}"));
        let promised = (n == 0).then_some(place.day.plus(7));
        world.type_in(Typed::Opinion(TypedOpinion { place, source, household: home, promised, said })).await.unwrap();
    }
    for source in Source::WITHOUT_VISIT {
        let found =
            world.store.list::<OpinionRow>(world.ask(Filter { source: Some(source), ..Filter::default() }), world.now).await.unwrap();
        assert_eq!((found.total, found.rows[0].source, found.rows[0].day), (1, Some(source), Some(place.day)));
        assert!(found.rows[0].household.is_some());
    }
    assert_eq!(world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().total, 0);
    let said = world.typed("Từ điện thoại");
    let wrong = TypedOpinion { place, source: Source::PhoneVisit, household: home, promised: None, said };
    assert_eq!(world.type_in(Typed::Opinion(wrong)).await, Err(StoreError::Invalid("source")));
}

async fn anonymous_opinions_from_a_desk_wait_for_a_crowd<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let send = async |world: &World<S>, within, opinion: &AnonymousOpinion| {
        let bytes = vec![ByteBuf::from(cbor::encode(opinion))];
        world.store.anonymous(Sender::Desk(within), bytes, world.now).await.unwrap().stored
    };
    let within = Some(world.commune);
    let opinion = phone.anonymous(b"from paper");
    for home in &homes[..6] {
        let sheet = world.sheet(phone.area, phone.person, *home, 1);
        world.type_in(Typed::Visit(sheet)).await.unwrap();
    }
    let numbered = world.tab_seq;
    for _ in 0..2 {
        assert_eq!(send(&world, within, &opinion).await, [opinion.id], "twice is once");
    }
    world.tick().await;
    assert!(world.released(phone.area).await.is_empty(), "six households");
    assert_eq!(world.table(&["pool"]).await.len(), 1);
    let everything = world.store.dump().await.unwrap().join("\n");
    for trace in [opinion.text.clone(), hex(opinion.text.as_bytes()), hex(opinion.id.bytes())] {
        assert!(!everything.contains(&trace), "{trace}");
    }
    assert_eq!(world.store.device(world.tab).await.unwrap().have, numbered, "it has no number of the tab");

    let sheet = world.sheet(phone.area, phone.person, homes[6], 1);
    world.type_in(Typed::Visit(sheet)).await.unwrap();
    assert!(world.released(phone.area).await.is_empty(), "never because something arrived");
    world.tick().await;
    let released = world.released(phone.area).await;
    assert_eq!(released.len(), 1);
    let row = &released[0];
    assert_eq!((row.by.as_ref(), row.household.as_ref(), row.day, row.source), (None, None, None, None));

    // Out of reach it is kept away, like one from a phone that may not write there.
    let elsewhere = world.village("Thôn Bến Lĩnh").await;
    send(&world, Some(elsewhere), &phone.anonymous(b"not mine")).await;
    assert_eq!((world.table(&["pool"]).await.len(), world.table(&["quarantine_anonymous"]).await.len()), (0, 1));
}

async fn a_restored_database_hears_its_phones<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, lost) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    world.store.revoke(None, lost.device, world.now).await.unwrap();
    // A house that this phone wrote down itself: of the roll, the copy has what the phones bring again.
    let frames = vec![phone.new_household(record(49), &household(49)), phone.visit(record(50), record(49), MetRep)];
    world.push(&phone, &frames).await;

    // The copy that is put back knows nothing of either phone.
    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), std::sync::Arc::clone(&world.keys), std::sync::Arc::clone(&world.journal));
    let epoch = Epoch::new(4, [4; 10]);
    assert_eq!(replay(&world.journal, &store, epoch).await.unwrap(), 0);
    replay(&world.journal, &store, epoch).await.unwrap();
    assert_eq!(store.device(lost.device).await.unwrap().revoked.map(|revoked| revoked.at), Some(world.now));
    let reply = store.push(PushBatch::of(phone.device, frames), world.now, [1; 32]).await.unwrap();
    assert_eq!((reply.acks.len(), reply.acks[0].outcome, reply.standing.epoch, reply.standing.have), (1, APPLIED, epoch, 2));
}

async fn a_restored_database_gives_no_code_twice<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.store.restore(Epoch::new(2, [2; 10]), Vec::new()).await.unwrap();
    // In a village that gave numbers before the copy, and in one that gave its first ones after it.
    let rows = ["Thôn Đồng Cừ", "Thôn Mới"].map(|village| (village.to_owned(), household(20))).to_vec();
    world.import(DeviceId::new(3, [3; 10]), rows).await.unwrap();
    let filter = Filter { q: "thu 20".into(), ..Filter::default() };
    let rows = world.store.list::<HouseholdRow>(world.ask(filter), world.now).await.unwrap().rows;
    assert_eq!(rows.into_iter().map(|row| row.code).collect::<Vec<_>>(), ["DC-1009", "MO-1001"]);
}

/// The same tape on both stores: the same answers, down to the last byte that a phone gets.
#[tokio::test]
async fn both_stores_answer_the_same() {
    assert_eq!(tape::<Memory>().await, tape::<Sqlite>().await);
}

async fn tape<S: Subject>() -> Vec<String> {
    let mut world = World::<S>::new().await;
    let (mut a, mut b) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(a.area).await;
    let mut said = Vec::new();
    for round in 0..6u64 {
        let at = |n: u64| 10_000 + round * 100 + n;
        let home = homes[round as usize];
        let frames = [
            a.visit(record(at(1)), home, MetRep),
            a.opinion(record(at(2)), home, record(at(1)), "lời"),
            a.set_people(home, round as u16, &[]),
            a.raw(vec![round as u8]),
            a.new_household(record(at(3)), &household(at(3) as usize)),
            a.meeting(record(at(5)), 0, MeetingState::InSession),
            a.meeting_opinion(record(at(6)), record(at(5)), "cầu"),
            a.meeting(record(at(5)), round % 2, MeetingState::Concluded),
        ];
        said.push(format!("{:?}", world.push(&a, &frames).await));
        said.push(format!("{:?}", world.push(&a, &frames[1..3]).await));
        let frames = [b.set_people(home, 50, &[]), b.change_visit(record(at(4)), home, MetRep, Change::Amend { of: record(at(1)) })];
        said.push(format!("{:?}", world.push(&b, &frames).await));
        let (one, two) = (a.anonymous(&[round as u8, 1]), b.anonymous(&[round as u8, 2]));
        said.push(format!("{:?}", world.send(&a, &[&one]).await));
        said.push(format!("{:?}", world.send(&b, &[&two, &one]).await));
        world.now = world.now.plus_hours(30);
        (a.at, b.at) = (world.now, world.now);
        world.tick().await;
        for phone in [&a, &b] {
            said.push(format!("{:?}", world.pull(phone, None, Vec::new()).await));
        }
    }
    let ask = || world.ask(Filter::default());
    said.push(format!("{:?}", world.store.list::<HouseholdRow>(ask(), world.now).await));
    said.push(format!("{:?}", world.store.list::<VisitRow>(ask(), world.now).await));
    said.push(format!("{:?}", world.store.list::<OpinionRow>(ask(), world.now).await));
    said.push(format!("{:?}", world.store.list::<MeetingRow>(ask(), world.now).await));
    said.push(format!("{:?}", world.store.coverage(ask(), world.now).await));
    said.push(format!("{:?}", world.store.quarantine(None).await));
    said.push(format!("{:?}", world.store.directory(None).await));
    said
}
