//! Writing down what somebody said: at a door the kind first, because a complaint or denunciation is never written here;
//! at a meeting the words first, as a draft that is not sent without a kind.

use crate::draft::{Desk, OpinionDraft, OpinionGap};
use crate::meeting;
use crate::page::{Frame, Words, lead_to, page, way, words};
use crate::place::{Place, Writing};
use crate::problem::save_problem;
use crate::said;
use crate::visit_form::{kept, on_desk};
use app::phone::{Phone, SaveError};
use app::ui::cells::radio;
use app::ui::field::{Field, Typed};
use app::ui::icon::{Icon, Tone};
use app::ui::live::{flag, live, tap};
use app::ui::note::{mistakes, note};
use app::ui::row::{action_row, margin};
use domain::opinion::{OpinionKind, ReporterMode, Urgency};
use domain::topic::{StandardTopic, Topic};
use leptos::prelude::*;

/// The nth opinion of a visit.
pub fn opinion(phone: Phone, desk: Desk, writing: Writing, n: usize) -> AnyView {
    on_desk(phone, desk, writing, move || form(phone, desk, writing, n))
}

/// The form; for a new opinion, or for one that is corrected.
pub fn form(phone: Phone, desk: Desk, writing: Writing, n: usize) -> AnyView {
    let Words { w, lang, .. } = words();
    // One more than there are is the next one; an address from elsewhere may ask for more.
    let n = n.min(desk.peek(|paper| paper.draft.opinions.len()));
    let way = way();
    let kind = Memo::new(move |_| desk.read(|paper| paper.draft.opinions.get(n).and_then(|opinion| opinion.kind)));
    let begun = Memo::new(move |_| kind.with(Option::is_some));
    let cell = move |of: OpinionKind| {
        let choose = move || desk.change_opinion(n, |opinion| opinion.kind = Some(of));
        radio("loai", move || kind.get() == Some(of), choose, of.label(lang))
    };
    let stop = move || {
        desk.wipe_opinion(n);
        if let Some(way) = way {
            way.replace(Place::Stop(writing));
        }
    };
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SaveError>);
    let corrects = writing.of_said();
    // Words of a meeting were typed before anybody asked what they are; a correction has them already.
    let there = writing.at_meeting();
    let words_first = there && !corrects;
    let gaps = move || {
        let missing = if there { OpinionDraft::gaps_there } else { OpinionDraft::gaps };
        let gaps = || desk.read(|paper| paper.draft.opinions.get(n).map(missing)).unwrap_or_default();
        if tried.get() { gaps() } else { Vec::new() }
    };
    let done = move || {
        tried.set(true);
        if !untrack(gaps).is_empty() {
            lead_to("thieu");
        } else if corrects {
            said::save(phone, desk, writing, way, busy, failed);
        } else if there {
            meeting::save(phone, desk, n, way, busy, failed);
        } else if let Some(way) = way {
            desk.keeper.now();
            way.replace(Place::Write(writing));
        }
    };
    let remove = move || {
        desk.remove_opinion(n);
        if let Some(way) = way {
            way.replace(Place::Write(writing));
        }
    };
    let rest = move || {
        begun.get().then(|| {
            view! {
                {topic(phone, desk, n)}
                {(!words_first).then(|| text(desk, n, gaps))}
                {(!there && !matches!(writing, Writing::Said { .. })).then(|| who(desk, n, corrects))}
                // What was not recorded as urgent waits for others, and its correction with it.
                {(!matches!(writing, Writing::Unnamed(_))).then(|| urgency(desk, n))}
            }
            .into_any()
        })
    };
    let beneath = move || {
        if let Writing::SaidThere { said, .. } = writing {
            Some(said::take_back(phone, desk, writing, said, way, failed))
        } else {
            (!corrects && (words_first || begun.get())).then(|| {
                view! { <button type="button" class="btn plain" on:click=tap(remove)>{Icon::CLOSE.view()}" "{w.remove_opinion}</button> }.into_any()
            })
        }
    };
    let content = view! {
        <div><h1>{w.opinion}</h1>{kept(desk, if corrects { w.first_stays.to_owned() } else { String::new() })}</div>
        <div id="thieu" tabindex="-1">
            {mistakes(w.opinion_not_complete, gaps, move |gap| match gap {
                OpinionGap::NoTopic => ("linh-vuc", w.gap_topic.to_owned()),
                OpinionGap::NoText => ("loi", w.gap_text.to_owned()),
                OpinionGap::TooLong => ("loi", w.gap_text_long.to_owned()),
                OpinionGap::NoMode => ("ai-noi", w.gap_mode.to_owned()),
            })}
            {live(move || failed.get().map(|error| save_problem(&error)))}
        </div>
        {words_first.then(|| text(desk, n, gaps))}
        <fieldset><legend>{w.this_is}" "<span class="hint">{if there { w.kind_then_sent } else { w.kind_first }}</span></legend>
            <div class="cells">{OpinionKind::ALL.iter().map(|kind| cell(*kind)).collect_view()}</div>
            {(!corrects).then(|| view! {
                <div class="cells one">
                    {radio("loai", || false, stop, view! {
                        <b class="mark bad">{Icon::STOP.view()}" "{w.complaint}</b>" "<small>{w.complaint_hint}</small>
                    }.into_any())}
                </div>
            }.into_any())}
        </fieldset>
        {live(rest)}
        {live(beneath)}
    }
    .into_any();
    let dock = move || {
        let words = if corrects { w.save_correction } else { w.opinion_done };
        begun.get().then(|| {
            view! { <button type="button" class="btn" aria-busy=flag(move || busy.get()) on:click=tap(done)>{words}</button> }.into_any()
        })
    };
    let dock = match writing {
        Writing::Meeting(id) | Writing::SaidThere { meeting: id, .. } => meeting::with_next_words(desk, id, live(dock)),
        _ => live(dock),
    };
    let origin = if there { w.meeting } else { w.visit };
    let (back, label) = if corrects { said::back(writing) } else { (Place::Write(writing), origin) };
    page(phone, Frame::Docked(back, label.to_owned(), dock), content)
}

/// An opinion that was just thrown away, to be taken back.
pub fn removed(desk: Desk) -> AnyView {
    let Words { w, .. } = words();
    live(move || {
        desk.removed.with(Option::is_some).then(|| {
            let restore = move || desk.restore_opinion();
            let words = view! { <button type="button" class="btn second" on:click=tap(restore)>{w.take_back}</button> }.into_any();
            note(Tone::Plain, Icon::UNDO, w.opinion_removed, words)
        })
    })
}

/// The topic in two levels: a list of the first, then of the second, then one row that says both.
fn topic(phone: Phone, desk: Desk, n: usize) -> AnyView {
    let Words { w, lang, .. } = words();
    let chosen = Memo::new(move |_| desk.read(|paper| paper.draft.opinions.get(n).and_then(|opinion| opinion.topic)));
    // Which list is open: none, the first level, or the second of one topic.
    let open = RwSignal::new(if untrack(|| chosen.get()).is_some() { Open::Closed } else { Open::First });
    let choose = move |topic: Topic| {
        desk.change_opinion(n, |opinion| opinion.topic = Some(topic));
        open.set(Open::Closed);
        lead_to("linh-vuc");
    };
    // Read once: a list under somebody's finger stays as it is.
    let label = move |topic: Topic| untrack(|| phone.with(|notebook| notebook.code_book().label(topic, lang)));
    let offered = move |parent: Option<StandardTopic>| {
        let mut topics = untrack(|| phone.with(|notebook| notebook.code_book().offered_topics()));
        topics.retain(|topic| parent.map_or(topic.is_first_level(), |parent| topic.parent() == parent && !topic.is_first_level()));
        topics
    };
    let name = move |topic: Topic, act: Box<dyn Fn()>| action_row(margin("", None), view! { <b>{label(topic)}</b> }.into_any(), act);
    let list = move || match (open.get(), chosen.get()) {
        (Open::Closed, Some(topic)) => {
            let second = (!topic.is_first_level()).then(|| view! { <span class="small muted">{label(topic)}</span> }.into_any());
            let words = view! { <b>{topic.parent().label(lang)}</b>{second}<span class="small muted">{w.choose_again}</span> }.into_any();
            action_row(margin("", Some((Icon::DONE, Tone::Plain))), words, move || open.set(Open::First))
        }
        (Open::Second(parent), _) => {
            let general = view! { <b>{(w.topic_general)(parent.label(lang))}</b> }.into_any();
            let back = view! { <span>{w.other_topic}</span> }.into_any();
            let children = offered(Some(parent)).into_iter().map(|topic| name(topic, Box::new(move || choose(topic)))).collect_view();
            view! {
                {children}
                {action_row(margin("", None), general, move || choose(parent.into()))}
                {action_row(margin("", Some((Icon::BACK, Tone::Plain))), back, move || open.set(Open::First))}
            }
            .into_any()
        }
        _ => {
            let pick = move |topic: Topic| {
                if offered(Some(topic.parent())).is_empty() {
                    choose(topic);
                } else {
                    open.set(Open::Second(topic.parent()));
                    lead_to("linh-vuc");
                }
            };
            offered(None).into_iter().map(|topic| name(topic, Box::new(move || pick(topic)))).collect_view().into_any()
        }
    };
    view! {
        <fieldset id="linh-vuc" tabindex="-1">
            <legend>{w.topic}{live(move || if let Open::Second(parent) = open.get() { format!(": {}", parent.label(lang)) } else { String::new() })}</legend>
            <ul class="ruled bleed">{live(list)}</ul>
        </fieldset>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Closed,
    First,
    Second(StandardTopic),
}

fn text(desk: Desk, n: usize, gaps: impl Fn() -> Vec<OpinionGap> + Copy + Send + Sync + 'static) -> AnyView {
    let Words { w, .. } = words();
    let value = desk.peek(|paper| paper.draft.opinions.get(n).map(|opinion| opinion.text.clone())).unwrap_or_default();
    let error = move || {
        let gap = gaps().into_iter().find(|gap| matches!(gap, OpinionGap::NoText | OpinionGap::TooLong))?;
        Some(if gap == OpinionGap::NoText { w.gap_text } else { w.gap_text_long }.to_owned())
    };
    let field = Field { id: "loi", label: w.they_said, hint: w.they_said_hint, kind: Typed::Lines, value };
    field.view(move |text| desk.change_opinion(n, |opinion| opinion.text = text), error)
}

/// What was recorded without a name gets none afterwards.
fn who(desk: Desk, n: usize, without_name: bool) -> AnyView {
    let Words { w, lang, .. } = words();
    let cell = move |mode: ReporterMode| {
        let chosen = move || desk.read(|paper| paper.draft.opinions.get(n).and_then(|opinion| opinion.mode)) == Some(mode);
        radio("ai-noi", chosen, move || desk.change_opinion(n, |opinion| opinion.mode = Some(mode)), mode.label(lang))
    };
    let modes = [ReporterMode::Anonymous, ReporterMode::Named, ReporterMode::Group];
    let modes = modes.into_iter().filter(|mode| !without_name || *mode != ReporterMode::Named);
    view! {
        <fieldset id="ai-noi" tabindex="-1"><legend>{w.who_said}</legend>
            <div class="cells three bare">{modes.map(cell).collect_view()}</div>
            <p class="hint">{w.who_hint}</p>
        </fieldset>
    }
    .into_any()
}

fn urgency(desk: Desk, n: usize) -> AnyView {
    let Words { w, lang, .. } = words();
    let cell = move |urgency: Urgency| {
        let chosen = move || desk.read(|paper| paper.draft.opinions.get(n).map(OpinionDraft::urgency)) == Some(urgency);
        let example = (urgency == Urgency::Urgent).then(|| view! { <small>{w.urgent_example}</small> }.into_any());
        let words = view! { {urgency.label(lang)}" "{example} }.into_any();
        radio("gap", chosen, move || desk.change_opinion(n, |opinion| opinion.urgency = Some(urgency)), words)
    };
    view! {
        <fieldset id="gap" tabindex="-1"><legend>{w.urgent}</legend>
            <div class="cells bare">{Urgency::ALL.iter().map(|urgency| cell(*urgency)).collect_view()}</div>
            <p class="hint">{w.urgent_hint}</p>
        </fieldset>
    }
    .into_any()
}
