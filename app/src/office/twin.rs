//! Households that were made twice: pairs that may be one, side by side, and what was decided about others.

use crate::form::Form;
use crate::list::List;
use crate::session::{lang, session, shared, today, words};
use crate::ui::{detail, detail_if, empty, heading, mark, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::book::Sheet;
use domain::household::called;
use domain::id::RecordId;
use domain::office::Filter;
use domain::twin::{Decision, Pair, Side, Sign, Verdict};
use leptos::prelude::*;

/// The worklist: those that nobody has decided about first.
pub fn page() -> AnyView {
    let words = words();
    let session = session();
    let list = List::<Pair>::new("twins", Memo::new(|_| Filter::default()));
    let form = Form::new("twins");
    let title = move || match list.notable() {
        None => words.twins.to_owned(),
        Some(0) => words.twins_none.to_owned(),
        Some(n) => (words.twins_found)(&number(n)),
    };
    Effect::new(move || {
        if let Some(n) = list.notable() {
            session.twins.set(n);
        }
    });
    let rows = list.draw(move || empty(words.twins_empty, ()), move |pair| row(&pair, form, list));
    view! {
        {heading(title)}
        <p class="muted">{words.twins_why}</p>
        {form.view(|| (), rows)}
    }
    .into_any()
}

fn row(pair: &Pair, form: Form, list: List<Pair>) -> AnyView {
    let words = words();
    let [first, second] = &pair.sides;
    let (tone, icon) = match pair.verdict {
        Verdict::Open => (Tone::Wait, Icon::WARNING),
        Verdict::Same => (Tone::Good, Icon::DONE),
        Verdict::Apart => (Tone::Plain, Icon::HOUSES),
    };
    let signs: Vec<&str> = pair.signs.iter().map(|sign: &Sign| sign.label(lang())).collect();
    let decide = move |(household, other): (RecordId, RecordId), seen: Verdict, is: Verdict| {
        form.store(&[], "twins", 0, Decision { household, other, seen, is }, move |()| list.again());
    };
    let button = move |label: &'static str, spoken: String, press: Box<dyn Fn()>| {
        let busy = move || form.is_busy().then_some("true");
        view! { <button type="button" class="btn second auto" aria-label=spoken aria-busy=busy on:click=move |_| press()>{label}</button> }
            .into_any()
    };
    let (ids, verdict) = ((first.id, second.id), pair.verdict);
    let keep = |this: &Side, other: RecordId| {
        let (pair, spoken) = ((other, this.id), format!("{}: {}", words.keep_this, named(this)));
        match verdict {
            Verdict::Open => button(words.keep_this, spoken, Box::new(move || decide(pair, Verdict::Open, Verdict::Same))),
            Verdict::Same if this.id == ids.1 => mark(Tone::Good, Icon::DONE, words.kept),
            _ => ().into_any(),
        }
    };
    let both = format!("{}, {}", named(first), named(second));
    let below = match verdict {
        Verdict::Open => {
            let spoken = format!("{}: {both}", words.two_households);
            button(words.two_households, spoken, Box::new(move || decide(ids, Verdict::Open, Verdict::Apart)))
        }
        _ => {
            let spoken = format!("{}: {both}", words.take_apart);
            button(words.take_apart, spoken, Box::new(move || decide(ids, verdict, Verdict::Open)))
        }
    };
    view! {
        <section class="twins stack">
            <p>{mark(tone, icon, verdict.label(lang()))}" "<span class="small muted">{signs.join(" · ")}</span></p>
            <div class="pair">
                <div class="stack">{side(first)}{keep(first, ids.1)}</div>
                <div class="stack">{side(second)}{keep(second, ids.0)}</div>
            </div>
            <p>{below}</p>
        </section>
    }
    .into_any()
}

fn side(side: &Side) -> AnyView {
    let (words, shared) = (words(), shared());
    let household = &side.household;
    let by = if side.by.is_empty() { words.somebody } else { side.by.as_str() };
    let when = side.at.map(|at| shared.moment(at, today())).unwrap_or_default();
    let people = household.people.map_or_else(|| words.unknown.to_owned(), |n| number(n.into()));
    view! {
        <b><a href=format!("/office/household?open={}", side.id)>{called(&household.head, &side.code).to_owned()}</a></b>
        <dl class="small">
            {detail_if(words.code, &side.code)}
            {detail_if(words.number, &household.no)}
            {detail_if(words.phone_number, &household.phone)}
            {detail(words.people_n, people)}
            {detail_if(words.house_cluster, &household.cluster)}
            {detail_if(words.place, &household.hint)}
            {detail(words.visits, number(side.visits))}
            {detail(words.made_by, (words.written_by)(by, side.on.label(lang()), &when))}
        </dl>
    }
    .into_any()
}

fn named(side: &Side) -> String {
    [side.household.head.as_str(), side.code.as_str()].join(" ").trim().to_owned()
}

/// What the page of a household says where it was made twice, with the way to the others; nothing where it was not.
pub fn said(sheet: &Sheet) -> Option<AnyView> {
    let words = words();
    let others = sheet.twins.iter().map(|twin| {
        let named = [twin.head.as_str(), twin.code.as_str()].join(" · ");
        view! { <li><a href=format!("/office/household?open={}", twin.id)>{named}</a></li> }
    });
    let title = if sheet.stands { words.stands_for } else { words.is_part_of };
    let next = view! { <ul class="plain">{others.collect_view()}</ul><p><a href="/office/twins">{words.twins}</a></p> };
    (!sheet.twins.is_empty()).then(|| note(Tone::Plain, Icon::HOUSES, title, next))
}
