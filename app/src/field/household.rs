//! A household's page: this campaign's visits, bare dates of earlier ones, what was promised. No opinion stands here.

use crate::decide::both;
use crate::draft::{Desk, News, VisitDraft};
use crate::not_home;
use crate::page::{Frame, Words, campaign, load, nothing, page, way, words};
use crate::place::{Place, Writing};
use crate::problem::{save_problem, store_problem};
use app::phone::{HouseholdPage, Phone, SaveError, SavedVisit, VisitView};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::note;
use app::ui::row::{link_row, margin, mark, plain_row, standing_sign};
use app::words::shared;
use domain::coverage::Standing;
use domain::household::HouseholdStatus;
use domain::id::RecordId;
use domain::notebook::{Filter, HouseholdLine};
use domain::text::phone_mask;
use domain::time::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A household's page.
pub fn household(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    let Words { w, .. } = words();
    let campaign = campaign(phone);
    let line = move || phone.with(|notebook| notebook.household(id, campaign, phone.today()));
    let Some(first) = untrack(line) else { return nothing(phone, w.household_gone, w.household_gone_why.to_owned()) };
    let loaded = load(phone, move || async move { phone.household(id, campaign).await });
    let draft = RwSignal::new(false);
    spawn_local(async move {
        let kept = phone.draft_load::<VisitDraft>(&Writing::New(id).key()).await;
        draft.try_set(matches!(kept, Ok(Some(_))));
    });
    let saved = RwSignal::new(None::<SavedVisit>);
    let failed = RwSignal::new(None::<SaveError>);
    let news = desk.news.try_update(Option::take).flatten();

    let content = view! {
        {news.map(|news| told(phone, news))}
        {live(move || failed.get().map(|error| save_problem(&error)))}
        {live(move || line().map(|line| head(phone, &line)))}
        {live(move || loaded.with(|loaded| match loaded {
            None => view! { <p class="muted" role="status">{w.opening}</p> }.into_any(),
            Some(Err(error)) => store_problem(error),
            Some(Ok(None)) => ().into_any(),
            Some(Ok(Some(page))) => body(phone, id, page),
        }))}
        {live(move || saved.get().map(|visit| not_home::sheet_of(phone, visit, saved)))}
    }
    .into_any();

    let label = w.households.to_owned();
    let back = Place::Households(Filter::All);
    let may_visit = first.status == HouseholdStatus::Active && !first.no_contact;
    let (true, Some(campaign)) = (may_visit, campaign) else { return page(phone, Frame::Inner(back, label), content) };
    let busy = RwSignal::new(false);
    let not_home = move || {
        if busy.get_untracked() {
            return;
        }
        // The browser is asked to store before anything is drawn.
        spawn_local(async move {
            match phone.save_not_home(id, campaign, None).await {
                Ok(visit) => saved.try_set(Some(visit)),
                Err(error) => failed.try_set(Some(error)).and(None),
            };
            busy.try_set(false);
        });
        busy.set(true);
        failed.set(None);
    };
    let dock = view! {
        <div class="pair">
            <a class="btn" href=Place::Write(Writing::New(id)).href()>{live(move || if draft.get() { w.go_on_writing } else { w.met })}</a>
            <button type="button" class="btn second" aria-busy=flag(move || busy.get()) on:click=tap(not_home)>
                {Icon::DOOR.view()}" "{w.not_home}
            </button>
        </div>
    }
    .into_any();
    page(phone, Frame::Docked(back, label, dock), content)
}

/// What was done on the page before.
pub fn told(phone: Phone, news: News) -> AnyView {
    let Words { w, .. } = words();
    match news {
        News::VisitSaved(at) => {
            let next = campaign(phone).and_then(|campaign| phone.with(|notebook| notebook.today(campaign, phone.today()).next));
            let next = next.map(|line| {
                let name = if line.no.is_empty() { line.head.clone() } else { (w.numbered)(&line.no, &line.head) };
                view! { <a class="btn second" href=Place::Household(line.id).href()>{w.next_house}": "{name}</a> }.into_any()
            });
            note(
                Tone::Good,
                Icon::DONE,
                (w.visit_saved)(&at.hour_minute()),
                view! { <p role="status">{w.sends_itself}</p>{next} }.into_any(),
            )
        }
        News::VisitTakenBack => {
            note(Tone::Good, Icon::UNDO, w.visit_taken_back, view! { <p role="status">{w.visit_taken_back_why}</p> }.into_any())
        }
        News::SaidSaved => note(Tone::Good, Icon::DONE, w.correction_saved, view! { <p role="status">{w.sends_itself}</p> }.into_any()),
        News::MeetingSaved => note(Tone::Good, Icon::DONE, w.meeting_saved, view! { <p role="status">{w.sends_itself}</p> }.into_any()),
        News::HouseholdSaved => note(Tone::Good, Icon::DONE, w.household_saved, view! { <p role="status">{w.sends_itself}</p> }.into_any()),
    }
}

/// Where the house is, who lives there, how it stands.
pub fn head(phone: Phone, line: &HouseholdLine) -> AnyView {
    let Words { w, shared, lang } = words();
    let today = phone.today();
    let village = phone.with(|notebook| notebook.unit(line.village).map(|unit| unit.name.clone())).unwrap_or_default();
    let number = if line.no.is_empty() { String::new() } else { (w.house_number)(&line.no) };
    let place: Vec<String> = [number, line.cluster.clone(), village].into_iter().filter(|part| !part.is_empty()).collect();
    let code = if line.code.is_empty() { w.no_code.to_owned() } else { (w.code)(&line.code) };
    let hours = (!line.hours.is_empty()).then(|| (w.best_met)(&line.hours));
    let people = line.people.map(|people| (w.people_n)(people));
    let about: Vec<String> = [Some(line.hint.clone()).filter(|hint| !hint.is_empty()), hours, people].into_iter().flatten().collect();
    let (icon, tone) = standing_sign(line.standing, today);
    // A household that was met may have asked for another visit that is not due yet.
    let next = line.progress.next.filter(|next| next.date > today && !matches!(line.standing, Standing::Due(_)));
    view! {
        <div>
            <p class="small muted">{place.join(" · ")}<br/>{code}</p>
            <h1 data-title=w.household>{line.head.clone()}</h1>
            {(!about.is_empty()).then(|| view! { <p>{about.join(". ")}"."</p> }.into_any())}
            <p>{mark(tone, Some(icon), shared.standing(line.standing, line.status.label(lang), today))}</p>
            {next.map(|next| view! { <p>{mark(Tone::Wait, Some(Icon::CALENDAR), shared.appointment(next, today))}</p> }.into_any())}
        </div>
    }
    .into_any()
}

fn body(phone: Phone, id: RecordId, loaded: &HouseholdPage) -> AnyView {
    let Words { w, lang, .. } = words();
    let today = phone.today();
    let household = &loaded.household;
    let active = household.status == HouseholdStatus::Active;
    let call = (active && !household.no_contact && !household.phone.is_empty()).then(|| {
        let href = format!("tel:{}", household.phone);
        view! { <a class="btn second auto" href=href>{Icon::CALL.view()}" "{(w.call)(&phone_mask(&household.phone))}</a> }.into_any()
    });
    let no_contact = household
        .no_contact
        .then(|| note(Tone::Plain, Icon::NO_CONTACT, w.no_contact_title, view! { <p>{w.no_contact_words}</p> }.into_any()));
    let gone = (!active).then(|| note(Tone::Plain, Icon::MOVED, household.status.label(lang), view! { <p>{w.gone_words}</p> }.into_any()));
    let no_campaign = campaign(phone)
        .is_none()
        .then(|| note(Tone::Plain, Icon::CALENDAR, w.no_campaign, view! { <p>{w.no_campaign_why}</p> }.into_any()));
    let promised: Vec<_> = loaded
        .promised
        .iter()
        .map(|day| {
            let late = today.since(*day);
            let (tone, title) =
                if late > 0 { (Tone::Bad, (w.promise_late)(late)) } else { (Tone::Wait, (w.promise_by)(&shared::day(*day, today))) };
            note(tone, Icon::REPLY, title, view! { <p>{w.promise_words}</p> }.into_any())
        })
        .collect();
    let disputes: Vec<_> = loaded
        .disputes
        .iter()
        .filter_map(|dispute| {
            let field = w.household_field(&dispute.field)?;
            let (name, _) = domain::household::FIELDS.iter().find(|(name, _)| *name == dispute.field)?;
            let choose = loaded
                .may_correct
                .then(|| view! { <a class="btn second" href=Place::Decide(id, name).href()>{w.dispute_choose}</a> }.into_any());
            let rest = view! {
                {both(phone, dispute)}
                <p>{w.dispute_words}</p>
                {choose}
            }
            .into_any();
            Some(note(Tone::Bad, Icon::WARNING, (w.dispute_title)(field), rest))
        })
        .collect();
    let visits = loaded.visits.iter().map(|visit| visit_row(visit, today)).collect_view();
    let visits = if loaded.visits.is_empty() {
        view! { <p class="muted">{w.no_visits}</p> }.into_any()
    } else {
        view! { <ol class="ruled">{visits}</ol> }.into_any()
    };
    let earlier = (!loaded.earlier.is_empty()).then(|| {
        let days: Vec<String> = loaded.earlier.iter().map(ToString::to_string).collect();
        let words =
            view! { <span>{(w.earlier_dates)(&days.join(", "))}</span><span class="small muted">{w.earlier_only_dates}</span> }.into_any();
        view! { <h2>{w.earlier}</h2><ul class="ruled">{plain_row(false, margin("", Some((Icon::CALENDAR, Tone::Plain))), words)}</ul> }
            .into_any()
    });
    let correct = loaded.may_correct.then(|| {
        view! { <a class="btn plain" href=Place::EditHousehold(id).href()>{Icon::PENCIL.view()}" "{w.edit_household}</a> }.into_any()
    });
    view! {
        {call}{no_contact}{gone}{no_campaign}{promised}{disputes}
        <h2>{w.visits}</h2>
        {visits}
        {earlier}
        {correct}
    }
    .into_any()
}

fn visit_row(visit: &VisitView, today: Date) -> AnyView {
    let Words { w, shared, .. } = words();
    let sign = if visit.met { (Icon::DONE, Tone::Good) } else { (Icon::DOOR, Tone::Plain) };
    // The margin has no room for a year.
    let this_year = visit.at.date().ymd().0 == today.ymd().0;
    let hour = if this_year { visit.at.hour_minute() } else { shared.moment(visit.at, today) };
    let mut about: Vec<String> = vec![visit.by.clone(), hour];
    about.push(visit.next.map(|next| (shared.due_on)(&shared::day(next.date, today))).unwrap_or_default());
    about.push(if visit.amended { w.corrected.to_owned() } else { String::new() });
    about.push(if visit.waiting { w.waiting_word.to_owned() } else { String::new() });
    about.retain(|part| !part.is_empty());
    let words = view! {
        <span>{if visit.met { w.was_met } else { w.was_not_met }}</span>
        <span class="small muted">{about.join(" · ")}</span>
    }
    .into_any();
    link_row(Place::Visit(visit.id).href(), margin(visit.at.date().short(), Some(sign)), words)
}

/// Takes an own visit back and returns to its household.
pub fn take_back(phone: Phone, desk: Desk, visit: RecordId, household: RecordId, failed: RwSignal<Option<SaveError>>) {
    let way = way();
    spawn_local(async move {
        match phone.retract_visit(visit).await {
            Ok(()) => {
                desk.news.set(Some(News::VisitTakenBack));
                if let Some(way) = way {
                    way.replace(Place::Household(household));
                }
            }
            Err(error) => {
                failed.try_set(Some(error));
            }
        }
    });
}
