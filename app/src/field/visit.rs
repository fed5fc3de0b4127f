//! A visit's own page: the only place where the exact result stands.

use crate::draft::{Desk, News};
use crate::household::{take_back, told};
use crate::page::{Frame, Words, load, nothing, opening, page, words};
use crate::place::{Place, Writing};
use crate::problem::{save_problem, store_problem};
use crate::said;
use crate::team::{checked_mark, void};
use app::phone::{Phone, SaidView, SaveError, VisitPage, VisitVersion};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::row::{margin, mark, plain_row, plain_row_with};
use app::words::shared::day;
use domain::id::RecordId;
use leptos::prelude::*;

/// A visit's own page.
pub fn visit(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    let Words { w, .. } = words();
    let loaded = load(phone, move || async move { phone.visit(id).await });
    let failed = RwSignal::new(None::<SaveError>);
    let news = desk.news.try_update(Option::take).flatten();
    live(move || {
        loaded.with(|loaded| match loaded {
            None => opening(),
            Some(Ok(None)) => nothing(phone, w.visit_gone, w.visit_gone_why.to_owned()),
            Some(Ok(Some(visit))) => untrack(|| show(phone, desk, visit, failed, news)),
            Some(Err(error)) => {
                let content = view! { <h1>{w.visit}</h1>{store_problem(error)} }.into_any();
                page(phone, Frame::Inner(Place::Today, w.today.to_owned()), content)
            }
        })
    })
}

fn show(phone: Phone, desk: Desk, visit: &VisitPage, failed: RwSignal<Option<SaveError>>, news: Option<News>) -> AnyView {
    let Words { w, shared, lang } = words();
    let (id, household) = (visit.view.id, visit.household.id);
    let moment = shared.moment(visit.view.at, phone.today());
    let by = if visit.view.by.is_empty() { moment } else { format!("{} · {moment}", visit.view.by) };
    let state = if visit.view.waiting { mark(Tone::Wait, Some(Icon::CLOCK), w.waiting_word.to_owned()) } else { ().into_any() };
    let (tone, icon) = if visit.view.met { (Tone::Good, Icon::DONE) } else { (Tone::Plain, Icon::DOOR) };
    let list = |title: &'static str, all: &[SaidView]| {
        let rows = all.iter().map(|said| said_rows(phone, visit, said)).collect_view();
        (!all.is_empty()).then(|| view! { <h2>{title}</h2><ul class="ruled">{rows}</ul> }.into_any())
    };
    let (notes, opinions) = (list(w.short_note, &visit.notes), list(w.said_with_name, &visit.opinions));
    let earlier = visit.versions.len().saturating_sub(1);
    let versions = visit.versions.iter().take(earlier).map(|version| {
        let words = version_words(phone, version);
        plain_row(false, margin(version.at.date().short(), None), words)
    });
    let versions = (earlier > 0).then(|| {
        view! { <h2>{w.versions}</h2><p class="small muted">{w.first_stays}</p><ol class="ruled">{versions.collect_view()}</ol> }.into_any()
    });
    let own = visit.view.own.then(|| {
        let undo = move || take_back(phone, desk, id, household, failed);
        view! {
            <a class="btn second" href=Place::Write(Writing::Amend(id)).href()>{Icon::PENCIL.view()}" "{w.correct}</a>
            <div>
                <button type="button" class="btn plain" on:click=tap(undo)>{Icon::UNDO.view()}" "{w.undo_visit}</button>
                {visit.visit.contact.spoke().then(|| view! { <p class="hint">{w.undo_leaves_unnamed}</p> }.into_any())}
            </div>
        }
        .into_any()
    });
    let checked = phone.with(|notebook| notebook.visit(id)).map(|line| checked_mark(phone, &line));
    let last = visit.versions.last().map(|version| facts(phone, version));
    let content = view! {
        {news.map(|news| told(phone, news))}
        <div>
            <p class="small muted">{by}</p>
            <h1 data-title=w.visit>{(w.visit_of)(&visit.household.head)}</h1>
            <p>{mark(tone, Some(icon), visit.visit.contact.label(lang).to_owned())}</p>
            {state}
            {checked.map(|checked| view! { <p>{checked}</p> }.into_any())}
        </div>
        {live(move || failed.get().map(|error| save_problem(&error)))}
        {last}{notes}{opinions}{versions}{own}{void(phone, id)}
    }
    .into_any();
    let label = if visit.household.no.is_empty() { w.household.to_owned() } else { (w.house)(&visit.household.no) };
    page(phone, Frame::Inner(Place::Household(household), label), content)
}

/// A note or an opinion with the way to correct it, and behind it what it said before.
fn said_rows(phone: Phone, visit: &VisitPage, said: &SaidView) -> AnyView {
    let Words { w, shared, .. } = words();
    let row = |said: &SaidView, now: bool, beneath: AnyView| {
        let when = (!now).then(|| shared.moment(said.at, phone.today()));
        let about = said.facts.as_ref().map(|facts| said::about(phone, facts));
        let about: Vec<String> = about.into_iter().chain(when).collect();
        let text = if said.text.is_empty() { w.left_empty.to_owned() } else { said.text.clone() };
        let text = if said.facts.is_some() { format!("“{text}”") } else { text };
        let words = view! { <span class="said">{text}</span><span class="small muted">{about.join(" · ")}</span> }.into_any();
        let icon = if now { Icon::VOICE } else { Icon::PAPER };
        plain_row_with(margin("", Some((icon, Tone::Plain))), words, beneath)
    };
    let correct = visit.view.own.then(|| {
        let href = Place::Write(Writing::Said { visit: visit.view.id, said: said.id }).href();
        let words = if said.facts.is_some() { w.correct_opinion } else { w.correct_note };
        view! { <a class="btn plain" href=href>{Icon::PENCIL.view()}" "{words}</a> }.into_any()
    });
    let earlier = (!said.earlier.is_empty()).then(|| {
        let rows = said.earlier.iter().map(|said| row(said, false, ().into_any())).collect_view();
        view! { <p class="hint">{w.first_stays}</p><ol class="ruled">{rows}</ol> }.into_any()
    });
    row(said, true, view! { {correct}{earlier} }.into_any())
}

/// What was done and what was agreed.
fn facts(phone: Phone, version: &VisitVersion) -> AnyView {
    let Words { w, shared, lang } = words();
    let visit = &version.visit;
    let done: Vec<&str> = visit.purposes.iter().map(|purpose| purpose.label(lang)).collect();
    let line = |name: &'static str, words: String| view! { <dt>{name}</dt><dd>{words}</dd> }.into_any();
    view! {
        <dl>
            {(!done.is_empty()).then(|| line(w.was_done, done.join(", ")))}
            {visit.next.map(|next| line(w.next_visit, shared.appointment(next, phone.today())))}
            {visit.promised.map(|day| line(w.promised_answer, day.to_string()))}
        </dl>
    }
    .into_any()
}

fn version_words(phone: Phone, version: &VisitVersion) -> AnyView {
    let Words { shared, lang, .. } = words();
    let visit = &version.visit;
    let mut about: Vec<String> = visit.purposes.iter().map(|purpose| purpose.label(lang).to_owned()).collect();
    about.extend(visit.next.map(|next| (shared.due_on)(&day(next.date, phone.today()))));
    about.push(shared.moment(version.at, phone.today()));
    view! { <span>{visit.contact.label(lang)}</span><span class="small muted">{about.join(" · ")}</span> }.into_any()
}
