//! The projections.

use super::Transaction;
use super::row::{code, id, maybe_date, maybe_id, wrong};
use crate::store::tables::{Attempt, DayClosingView, HouseholdView, MeetingView, OpinionView, Result, VerificationView, Views, VisitView};
use domain::coverage::Progress;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, PersonId, RecordId};
use domain::meeting::{MeetingState, MeetingType};
use domain::opinion::{OpinionKind, ReporterMode, Topic, Urgency};
use domain::source::Source;
use domain::time::{Date, Time};
use domain::verification::{Look, VisitState, VoidReason};
use domain::visit::{Appointment, ContactResult, PurposeResult};
use rusqlite::{Row, params};
use std::collections::BTreeMap;

const HOUSEHOLD: &str = "SELECT id, village, code, no, head, folded, place, people, status, no_contact, disputed, same_as FROM household";

fn household(row: &Row<'_>) -> rusqlite::Result<HouseholdView> {
    Ok(HouseholdView {
        id: RecordId(id(row, 0)?),
        village: AreaId(id(row, 1)?),
        code: row.get(2)?,
        no: row.get(3)?,
        head: row.get(4)?,
        folded: row.get(5)?,
        place: row.get(6)?,
        people: row.get(7)?,
        status: code(row, 8, HouseholdStatus::from_code)?,
        no_contact: row.get(9)?,
        disputed: row.get(10)?,
        same_as: maybe_id(row, 11)?.map(RecordId),
    })
}

const VISIT: &str = "SELECT root, shown, village, campaign, household, at, received_at, person, contact, purposes, next_date,
    next_minute, retracted, state, void, source, typed_by FROM visit";

fn visit(row: &Row<'_>) -> rusqlite::Result<VisitView> {
    Ok(VisitView {
        root: RecordId(id(row, 0)?),
        shown: RecordId(id(row, 1)?),
        village: AreaId(id(row, 2)?),
        campaign: maybe_id(row, 3)?.map(RecordId),
        household: RecordId(id(row, 4)?),
        at: Time(row.get(5)?),
        received_at: Time(row.get(6)?),
        by: PersonId(id(row, 7)?),
        contact: code(row, 8, ContactResult::from_code)?,
        purposes: code(row, 9, |codes| codes.split_whitespace().map(PurposeResult::from_code).collect())?,
        next: appointment(row, 10)?,
        retracted: row.get(12)?,
        state: code(row, 13, VisitState::from_code)?,
        void: maybe_void(row, 14)?,
        source: code(row, 15, Source::from_code)?,
        typed_by: maybe_id(row, 16)?.map(PersonId),
    })
}

fn maybe_void(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<VoidReason>> {
    let void = row.get::<_, Option<String>>(column)?;
    void.map(|void| VoidReason::from_code(&void).ok_or_else(|| wrong(column))).transpose()
}

const VERIFICATION: &str = "SELECT event, visit, version, void, person, retracted FROM verification";

fn verification(row: &Row<'_>) -> rusqlite::Result<VerificationView> {
    Ok(VerificationView {
        event: RecordId(id(row, 0)?),
        look: Look { visit: RecordId(id(row, 1)?), version: RecordId(id(row, 2)?) },
        void: maybe_void(row, 3)?,
        by: PersonId(id(row, 4)?),
        retracted: row.get(5)?,
    })
}

const DAY_CLOSING: &str = "SELECT event, village, day, person, received_at, retracted FROM day_closing";

fn day_closing(row: &Row<'_>) -> rusqlite::Result<DayClosingView> {
    Ok(DayClosingView {
        event: RecordId(id(row, 0)?),
        village: AreaId(id(row, 1)?),
        day: code(row, 2, Date::read)?,
        by: PersonId(id(row, 3)?),
        received_at: Time(row.get(4)?),
        retracted: row.get(5)?,
    })
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        root: RecordId(id(row, 0)?),
        household: RecordId(id(row, 1)?),
        at: Time(row.get(2)?),
        by: PersonId(id(row, 3)?),
        contact: code(row, 4, ContactResult::from_code)?,
        next: appointment(row, 5)?,
    })
}

fn appointment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Appointment>> {
    let minute = row.get(column + 1)?;
    Ok(maybe_date(row, column)?.map(|date| Appointment { date, minute }))
}

const OPINION: &str = "SELECT root, shown, village, campaign, kind, topic, urgency, mode, day, week, person, household, meeting, retracted,
     source FROM opinion";

fn opinion(row: &Row<'_>) -> rusqlite::Result<OpinionView> {
    Ok(OpinionView {
        root: RecordId(id(row, 0)?),
        shown: RecordId(id(row, 1)?),
        village: AreaId(id(row, 2)?),
        campaign: maybe_id(row, 3)?.map(RecordId),
        kind: code(row, 4, OpinionKind::from_code)?,
        topic: code(row, 5, Topic::from_code)?,
        urgency: code(row, 6, Urgency::from_code)?,
        mode: row.get::<_, Option<String>>(7)?.map(|mode| ReporterMode::from_code(&mode).ok_or_else(|| wrong(7))).transpose()?,
        day: maybe_date(row, 8)?,
        week: maybe_date(row, 9)?,
        by: maybe_id(row, 10)?.map(PersonId),
        household: maybe_id(row, 11)?.map(RecordId),
        meeting: maybe_id(row, 12)?.map(RecordId),
        retracted: row.get(13)?,
        source: row.get::<_, Option<String>>(14)?.map(|source| Source::from_code(&source).ok_or_else(|| wrong(14))).transpose()?,
    })
}

const MEETING: &str = "SELECT id, village, campaign, kind, state, day, minute, expected, present, people, speakers, person FROM meeting";

fn meeting(row: &Row<'_>) -> rusqlite::Result<MeetingView> {
    Ok(MeetingView {
        id: RecordId(id(row, 0)?),
        village: AreaId(id(row, 1)?),
        campaign: maybe_id(row, 2)?.map(RecordId),
        kind: code(row, 3, MeetingType::from_code)?,
        state: code(row, 4, MeetingState::from_code)?,
        start: appointment(row, 5)?.ok_or_else(|| wrong(5))?,
        expected: row.get(7)?,
        present: row.get(8)?,
        people: row.get(9)?,
        speakers: row.get(10)?,
        by: PersonId(id(row, 11)?),
    })
}

const PROGRESS: &str = "SELECT household, attempts, meetings, met, last, next_date, next_minute, moved FROM progress";

fn progress(row: &Row<'_>) -> rusqlite::Result<(RecordId, Progress)> {
    let progress = Progress {
        attempts: row.get(1)?,
        meetings: row.get(2)?,
        met: row.get::<_, Option<i64>>(3)?.map(Time),
        last: row.get::<_, Option<i64>>(4)?.map(Time),
        next: appointment(row, 5)?,
        moved: row.get(7)?,
    };
    Ok((RecordId(id(row, 0)?), progress))
}

impl Transaction<'_> {
    /// The rows of each village in turn; `sql` names it `?1` and the campaign `?2`.
    fn of_villages<T>(
        &self,
        sql: &str,
        villages: &[AreaId],
        campaign: Option<RecordId>,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        for village in villages {
            found.extend(match campaign {
                Some(campaign) => self.all(sql, params![village.bytes(), campaign.bytes()], read)?,
                None => self.all(sql, params![village.bytes()], read)?,
            });
        }
        Ok(found)
    }
}

const fn of_campaign(campaign: Option<RecordId>) -> &'static str {
    if campaign.is_some() { "village = ?1 AND campaign = ?2" } else { "village = ?1" }
}

impl Views for Transaction<'_> {
    fn clear_projections(&mut self) -> Result<()> {
        for table in ["household", "version", "visit", "verification", "day_closing", "progress", "opinion", "meeting"] {
            self.run(&format!("DELETE FROM {table}"), [])?;
        }
        Ok(())
    }

    fn put_household(&mut self, view: &HouseholdView) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO household (id, village, code, no, head, folded, place, people, status, no_contact, disputed,
             same_as) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                view.id.bytes(),
                view.village.bytes(),
                view.code,
                view.no,
                view.head,
                view.folded,
                view.place,
                view.people,
                view.status.code(),
                view.no_contact,
                view.disputed,
                view.same_as.map(|id| *id.bytes())
            ],
        )
    }

    fn household(&mut self, id: RecordId) -> Result<Option<HouseholdView>> {
        self.one(&format!("{HOUSEHOLD} WHERE id = ?1"), params![id.bytes()], household)
    }

    fn households(&mut self, villages: &[AreaId]) -> Result<Vec<HouseholdView>> {
        self.of_villages(&format!("{HOUSEHOLD} WHERE village = ?1"), villages, None, household)
    }

    fn linked(&mut self) -> Result<Vec<(RecordId, RecordId)>> {
        let linked = |row: &Row<'_>| Ok((RecordId(id(row, 0)?), RecordId(id(row, 1)?)));
        self.all("SELECT id, same_as FROM household WHERE same_as IS NOT NULL", [], linked)
    }

    fn put_version(&mut self, event: RecordId, root: RecordId) -> Result<()> {
        self.run("INSERT OR REPLACE INTO version (event, root) VALUES (?1, ?2)", params![event.bytes(), root.bytes()])
    }

    fn root(&mut self, event: RecordId) -> Result<Option<RecordId>> {
        self.one("SELECT root FROM version WHERE event = ?1", params![event.bytes()], |row| id(row, 0).map(RecordId))
    }

    fn put_visit(&mut self, view: &VisitView) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO visit (root, shown, village, campaign, household, at, received_at, person, contact, purposes,
             next_date, next_minute, week, met, retracted, state, void, source, typed_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            params![
                view.root.bytes(),
                view.shown.bytes(),
                view.village.bytes(),
                view.campaign.map(|id| *id.bytes()),
                view.household.bytes(),
                view.at.0,
                view.received_at.0,
                view.by.bytes(),
                view.contact.code(),
                view.purposes.iter().map(|purpose| purpose.code()).collect::<Vec<_>>().join(" "),
                view.next.map(|next| next.date.iso()),
                view.next.and_then(|next| next.minute),
                view.at.date().week().iso(),
                view.contact.met(),
                view.retracted,
                view.state.code(),
                view.void.map(VoidReason::code),
                view.source.code(),
                view.typed_by.map(|id| *id.bytes())
            ],
        )
    }

    fn visit(&mut self, root: RecordId) -> Result<Option<VisitView>> {
        self.one(&format!("{VISIT} WHERE root = ?1"), params![root.bytes()], visit)
    }

    fn visits_to(&mut self, household: RecordId, campaign: RecordId) -> Result<Vec<VisitView>> {
        self.all(&format!("{VISIT} WHERE household = ?1 AND campaign = ?2"), params![household.bytes(), campaign.bytes()], visit)
    }

    fn visits(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<VisitView>> {
        self.of_villages(&format!("{VISIT} WHERE {} AND retracted = 0", of_campaign(campaign)), villages, campaign, visit)
    }

    fn attempts(&mut self, villages: &[AreaId], campaign: RecordId) -> Result<Vec<Attempt>> {
        let sql = "SELECT root, household, at, person, contact, next_date, next_minute FROM visit
                   WHERE village = ?1 AND campaign = ?2 AND retracted = 0 AND void IS NULL";
        self.of_villages(sql, villages, Some(campaign), attempt)
    }

    fn put_verification(&mut self, view: &VerificationView) -> Result<()> {
        let Look { visit, version } = view.look;
        self.run(
            "INSERT OR REPLACE INTO verification (event, visit, version, void, person, retracted) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![view.event.bytes(), visit.bytes(), version.bytes(), view.void.map(VoidReason::code), view.by.bytes(), view.retracted],
        )
    }

    fn verification(&mut self, event: RecordId) -> Result<Vec<VerificationView>> {
        self.all(&format!("{VERIFICATION} WHERE event = ?1"), params![event.bytes()], verification)
    }

    fn verifications(&mut self, visit: RecordId) -> Result<Vec<VerificationView>> {
        self.all(&format!("{VERIFICATION} WHERE visit = ?1 AND retracted = 0"), params![visit.bytes()], verification)
    }

    fn put_day_closing(&mut self, view: &DayClosingView) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO day_closing (event, village, day, person, received_at, retracted) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![view.event.bytes(), view.village.bytes(), view.day.iso(), view.by.bytes(), view.received_at.0, view.retracted],
        )
    }

    fn day_closing(&mut self, event: RecordId) -> Result<Option<DayClosingView>> {
        self.one(&format!("{DAY_CLOSING} WHERE event = ?1"), params![event.bytes()], day_closing)
    }

    fn day_closings(&mut self, villages: &[AreaId]) -> Result<Vec<DayClosingView>> {
        self.of_villages(&format!("{DAY_CLOSING} WHERE village = ?1 AND retracted = 0"), villages, None, day_closing)
    }

    fn put_progress(&mut self, household: RecordId, campaign: RecordId, village: AreaId, progress: &Progress) -> Result<()> {
        self.run(
            "INSERT INTO progress (campaign, household, village, attempts, meetings, met, last, next_date, next_minute, moved)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (campaign, household) DO UPDATE SET attempts = ?4, meetings = ?5, met = ?6, last = ?7, next_date = ?8,
                 next_minute = ?9, moved = ?10",
            params![
                campaign.bytes(),
                household.bytes(),
                village.bytes(),
                progress.attempts,
                progress.meetings,
                progress.met.map(|at| at.0),
                progress.last.map(|at| at.0),
                progress.next.map(|next| next.date.iso()),
                progress.next.and_then(|next| next.minute),
                progress.moved
            ],
        )
    }

    fn progress_of(&mut self, household: RecordId, campaign: RecordId) -> Result<Option<Progress>> {
        let sql = format!("{PROGRESS} WHERE household = ?1 AND campaign = ?2");
        Ok(self.one(&sql, params![household.bytes(), campaign.bytes()], progress)?.map(|(_, progress)| progress))
    }

    fn progress(&mut self, villages: &[AreaId], campaign: RecordId) -> Result<BTreeMap<RecordId, Progress>> {
        let sql = format!("{PROGRESS} WHERE village = ?1 AND campaign = ?2");
        Ok(self.of_villages(&sql, villages, Some(campaign), progress)?.into_iter().collect())
    }

    fn put_opinion(&mut self, view: &OpinionView) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO opinion (root, shown, village, campaign, kind, topic, urgency, mode, day, week, person, household,
             meeting, retracted, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                view.root.bytes(),
                view.shown.bytes(),
                view.village.bytes(),
                view.campaign.map(|id| *id.bytes()),
                view.kind.code(),
                view.topic.code(),
                view.urgency.code(),
                view.mode.map(ReporterMode::code),
                view.day.map(Date::iso),
                view.week.map(Date::iso),
                view.by.map(|id| *id.bytes()),
                view.household.map(|id| *id.bytes()),
                view.meeting.map(|id| *id.bytes()),
                view.retracted,
                view.source.map(Source::code)
            ],
        )
    }

    fn opinion(&mut self, root: RecordId) -> Result<Option<OpinionView>> {
        self.one(&format!("{OPINION} WHERE root = ?1"), params![root.bytes()], opinion)
    }

    fn opinions(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<OpinionView>> {
        self.of_villages(&format!("{OPINION} WHERE {} AND retracted = 0", of_campaign(campaign)), villages, campaign, opinion)
    }

    fn put_meeting(&mut self, view: &MeetingView) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO meeting (id, village, campaign, kind, state, day, minute, expected, present, people, speakers, person)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                view.id.bytes(),
                view.village.bytes(),
                view.campaign.map(|id| *id.bytes()),
                view.kind.code(),
                view.state.code(),
                view.start.date.iso(),
                view.start.minute,
                view.expected,
                view.present,
                view.people,
                view.speakers,
                view.by.bytes()
            ],
        )
    }

    fn meetings(&mut self, villages: &[AreaId], campaign: Option<RecordId>) -> Result<Vec<MeetingView>> {
        let sql = format!("{MEETING} WHERE {} AND state <> '{}'", of_campaign(campaign), MeetingState::Cancelled.code());
        self.of_villages(&sql, villages, campaign, meeting)
    }
}
