//! What office queries read: households, visits, opinions, meetings and progress as plain rows, made from the records and made
//! again from them at any time.

use super::tables::{DayClosingView, HouseholdView, MeetingView, OpinionView, Result, Tables, VerificationView, VisitView};
use domain::cbor;
use domain::coverage::Progress;
use domain::household::Household;
use domain::id::RecordId;
use domain::meeting::{Meeting, MeetingOpinion};
use domain::operation::{Change, Kind, Part, Scope};
use domain::opinion::{AnonymousOpinion, Opinion, Reporter, ReporterMode};
use domain::record::{Body, Event, Record, Registry};
use domain::source::Source;
use domain::text;
use domain::verification::{self, DayClosing, Look, Verification, VisitState};
use domain::visit::Visit;

/// Shows a record that was just stored. Records must come in the order of their stream.
pub fn show(t: &mut dyn Tables, scope: Scope, record: &Record) -> Result<()> {
    match (&record.kind, &record.body) {
        (Kind::Household, Body::Registry(registry)) if registry.state.is_made() => t.put_household(&household(record.id, scope, registry)),
        (Kind::Visit, Body::Event(event)) => visit(t, record.id, scope, event),
        (Kind::Verification, Body::Event(event)) => verification(t, record.id, event),
        (Kind::DayClosing, Body::Event(event)) => day_closing(t, record.id, scope, event),
        (Kind::Opinion | Kind::MeetingOpinion, Body::Event(event)) => opinion(t, record.id, scope, event),
        (Kind::Meeting, Body::Workflow(workflow)) => workflow.read().map_or(Ok(()), |state: Meeting| meeting(t, record.id, scope, &state)),
        (_, Body::Anonymous(opinion)) => anonymous(t, record.id, scope, opinion),
        _ => Ok(()),
    }
}

/// Makes every projection again.
pub fn rebuild(t: &mut dyn Tables) -> Result<()> {
    const CHUNK: usize = 1_000;
    t.clear_projections()?;
    for scope in t.streams()? {
        let mut after = 0;
        loop {
            let page = t.page(scope, after, CHUNK)?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            for (_, bytes) in &page {
                // What this build cannot read it cannot show either; the record stays where it is.
                if let Ok(record) = cbor::decode(bytes) {
                    show(t, scope, &record)?;
                }
            }
        }
    }
    Ok(())
}

fn household(id: RecordId, scope: Scope, registry: &Registry) -> HouseholdView {
    let shown = Household::read(&registry.state);
    let place = [shown.cluster.as_str(), shown.hint.as_str()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(", ");
    HouseholdView {
        id,
        village: shown.unit.unwrap_or(scope.area),
        folded: text::fold(&format!("{} {} {}", shown.head, shown.no, registry.code)),
        code: registry.code.clone(),
        no: shown.no,
        head: shown.head,
        place,
        people: shown.people,
        status: shown.status,
        no_contact: shown.no_contact,
        disputed: registry.state.disputed().next().is_some(),
        same_as: shown.same_as,
    }
}

/// The first version of what an event corrects or takes back; itself where it begins something.
fn root(t: &mut dyn Tables, id: RecordId, change: &Change) -> Result<Option<RecordId>> {
    Ok(match change {
        Change::Create => Some(id),
        Change::Amend { of } | Change::Retract { of } => Some(t.root(*of)?.unwrap_or(*of)),
        _ => None,
    })
}

/// Remembers what a later version is a version of. Nearly all events are first ones, each its own.
fn put_version(t: &mut dyn Tables, id: RecordId, root: RecordId) -> Result<()> {
    if id == root { Ok(()) } else { t.put_version(id, root) }
}

/// Whether a version that is shown is later than this one, which only arrives now. The first version gives way to any.
fn is_outdated(t: &mut dyn Tables, root: RecordId, shown: RecordId, id: RecordId, event: &Event) -> Result<bool> {
    if shown == root || matches!(event.header.change, Change::Retract { .. }) {
        return Ok(false);
    }
    Ok(t.record(shown)?.is_some_and(|stored| match stored.record.body {
        Body::Event(shown_event) => (shown_event.written_at(), shown) > (event.written_at(), id),
        _ => false,
    }))
}

fn visit(t: &mut dyn Tables, id: RecordId, scope: Scope, event: &Event) -> Result<()> {
    let Some(root) = root(t, id, &event.header.change)? else { return Ok(()) };
    put_version(t, id, root)?;
    let before = t.visit(root)?;
    if is_erased(event) {
        t.delete_visit(root)?;
        return before.map_or(Ok(()), |before| count(t, &before));
    }
    if let Some(before) = &before
        && is_outdated(t, root, before.shown, id, event)?
    {
        return Ok(());
    }
    let view = match (event.read::<Visit>(Part::Facts), before.clone()) {
        // Retracted.
        (None, Some(before)) => VisitView { retracted: true, ..before },
        (None, None) => return Ok(()),
        (Some(visit), before) => {
            if before.is_none() && root != id {
                return Ok(());
            }
            VisitView {
                root,
                shown: id,
                village: scope.area,
                campaign: before.as_ref().map_or(event.header.ground.campaign, |first| first.campaign),
                household: visit.household,
                at: before.as_ref().map_or(event.written_at(), |first| first.at),
                received_at: event.received_at,
                by: visit.visitor.unwrap_or(event.by),
                source: visit.source,
                typed_by: (!visit.source.is_phone_visit()).then_some(event.by),
                contact: visit.contact,
                purposes: visit.purposes,
                next: visit.next,
                retracted: before.is_some_and(|first| first.retracted),
                state: VisitState::Waiting,
                void: None,
            }
        }
    };
    let view = looked_at(t, view)?;
    t.put_visit(&view)?;
    match before {
        None => add(t, &view),
        Some(before) if before.household != view.household => count(t, &before).and_then(|()| count(t, &view)),
        Some(_) => count(t, &view),
    }
}

/// Counts a new visit. The latest one of its household, as nearly all are, needs no look at the others, and few of those need it
/// that a phone brings late.
fn add(t: &mut dyn Tables, visit: &VisitView) -> Result<()> {
    let Some(campaign) = visit.campaign else { return Ok(()) };
    let mut progress = t.progress_of(visit.household, campaign)?.unwrap_or_default();
    let counted = if !visit.counts() {
        false
    } else if progress.last.is_none_or(|last| last < visit.at) {
        progress.add(visit.at, visit.contact, visit.next);
        true
    } else {
        progress.add_late(visit.at, visit.contact, visit.next)
    };
    if counted { t.put_progress(visit.household, campaign, visit.village, &progress) } else { count(t, visit) }
}

/// Counts a household's visits in a campaign again.
fn count(t: &mut dyn Tables, visit: &VisitView) -> Result<()> {
    let Some(campaign) = visit.campaign else { return Ok(()) };
    let mut visits = t.visits_to(visit.household, campaign)?;
    visits.retain(VisitView::counts);
    visits.sort_by_key(|visit| (visit.at, visit.root));
    let mut progress = Progress::default();
    for visit in &visits {
        progress.add(visit.at, visit.contact, visit.next);
    }
    t.put_progress(visit.household, campaign, visit.village, &progress)
}

/// A visit with what its verifications say.
fn looked_at(t: &mut dyn Tables, visit: VisitView) -> Result<VisitView> {
    let looks = t.verifications(visit.root)?;
    let (state, void) = verification::state(visit.shown, looks.into_iter().map(|view| (view.look.version, view.void)));
    Ok(VisitView { state, void, ..visit })
}

fn verification(t: &mut dyn Tables, id: RecordId, event: &Event) -> Result<()> {
    let Some(root) = root(t, id, &event.header.change)? else { return Ok(()) };
    put_version(t, id, root)?;
    let before = t.verification(root)?;
    if is_erased(event) {
        t.delete_verification(root)?;
        for view in before {
            look_again(t, view.look.visit)?;
        }
        return Ok(());
    }
    let views: Vec<VerificationView> = match event.read::<Verification>(Part::Facts) {
        Some(said) if root == id && before.is_empty() => {
            let view = |look: &Look| VerificationView { event: id, look: *look, void: said.void, by: event.by, retracted: false };
            said.visits.iter().map(view).collect()
        }
        // Taken back. What was taken back stays so.
        _ => before.into_iter().map(|view| VerificationView { retracted: view.retracted || root != id, ..view }).collect(),
    };
    for view in &views {
        t.put_verification(view)?;
        look_again(t, view.look.visit)?;
    }
    Ok(())
}

fn look_again(t: &mut dyn Tables, visit: RecordId) -> Result<()> {
    let Some(visit) = t.visit(visit)? else { return Ok(()) };
    let visit = looked_at(t, visit)?;
    t.put_visit(&visit)?;
    count(t, &visit)
}

/// Whether an event says nothing any more, because its facts were redacted. What takes something back has none.
fn is_erased(event: &Event) -> bool {
    !event.parts.contains_key(&Part::Facts) && !matches!(event.header.change, Change::Retract { .. })
}

fn day_closing(t: &mut dyn Tables, id: RecordId, scope: Scope, event: &Event) -> Result<()> {
    let Some(root) = root(t, id, &event.header.change)? else { return Ok(()) };
    put_version(t, id, root)?;
    if is_erased(event) {
        return t.delete_day_closing(root);
    }
    let view = match (t.day_closing(root)?, event.read::<DayClosing>(Part::Facts)) {
        (Some(before), _) => DayClosingView { retracted: before.retracted || root != id, ..before },
        (None, Some(DayClosing { day })) => {
            DayClosingView { event: id, village: scope.area, day, by: event.by, received_at: event.received_at, retracted: false }
        }
        (None, None) => return Ok(()),
    };
    t.put_day_closing(&view)
}

fn opinion(t: &mut dyn Tables, id: RecordId, scope: Scope, event: &Event) -> Result<()> {
    let Some(root) = root(t, id, &event.header.change)? else { return Ok(()) };
    put_version(t, id, root)?;
    if is_erased(event) {
        return t.delete_opinion(root);
    }
    let before = t.opinion(root)?;
    if let Some(before) = &before
        && is_outdated(t, root, before.shown, id, event)?
    {
        return Ok(());
    }
    let at_meeting = event.read::<MeetingOpinion>(Part::Facts);
    let meeting = at_meeting.as_ref().map(|said| said.meeting);
    let view = match (at_meeting.map(|said| said.said).or_else(|| event.read(Part::Facts)), before) {
        (None, Some(before)) => OpinionView { retracted: true, ..before },
        (None, None) => return Ok(()),
        (Some(_), None) if root != id => return Ok(()),
        (Some::<Opinion>(opinion), before) => OpinionView {
            root,
            shown: id,
            village: scope.area,
            campaign: before.as_ref().map_or(event.header.ground.campaign, |first| first.campaign),
            kind: opinion.kind,
            topic: opinion.topic,
            urgency: opinion.urgency,
            mode: meeting.is_none().then_some(ReporterMode::Named),
            day: before.as_ref().map_or(Some(event.written_at().date()), |first| first.day),
            week: None,
            by: Some(event.by),
            household: event.read::<Reporter>(Part::Contact).map(|reporter| reporter.household),
            meeting,
            source: Some(if meeting.is_some() { Source::Meeting } else { opinion.source }),
            retracted: before.is_some_and(|first| first.retracted),
        },
    };
    t.put_opinion(&view)
}

/// A released anonymous opinion, and what it replaces: the version that it amends may be released later than itself.
fn anonymous(t: &mut dyn Tables, id: RecordId, scope: Scope, opinion: &AnonymousOpinion) -> Result<()> {
    if let Some(amends) = &opinion.amends {
        let replaced = super::anonymous::record_of(&amends.of());
        t.put_version(replaced, id)?;
        if let Some(view) = t.opinion(replaced)? {
            t.put_opinion(&OpinionView { retracted: true, ..view })?;
        }
    }
    let retracted = t.root(id)?.is_some();
    t.put_opinion(&OpinionView {
        root: id,
        shown: id,
        village: scope.area,
        campaign: Some(opinion.campaign),
        kind: opinion.kind,
        topic: opinion.topic,
        urgency: opinion.urgency,
        mode: Some(opinion.mode),
        day: None,
        week: opinion.week,
        by: None,
        household: None,
        meeting: None,
        source: None,
        retracted,
    })
}

fn meeting(t: &mut dyn Tables, id: RecordId, scope: Scope, meeting: &Meeting) -> Result<()> {
    // One whose facts were erased stays out of sight.
    if !meeting.parts.contains_key(&Part::Facts) {
        return t.delete_meeting(id);
    }
    let Some(facts) = meeting.facts() else { return Ok(()) };
    t.put_meeting(&MeetingView {
        id,
        village: scope.area,
        campaign: meeting.ground.campaign,
        kind: facts.kind,
        state: facts.state,
        start: facts.start,
        expected: facts.expected,
        present: facts.present,
        people: facts.people,
        speakers: facts.speakers,
        by: meeting.by,
    })
}
