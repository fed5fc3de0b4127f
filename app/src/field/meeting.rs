//! A meeting as it goes on: who is there, and one opinion after another. The words come first; kind and topic may follow,
//! and an opinion stays a draft until it has them.

use crate::draft::{Desk, OpinionDraft};
use crate::household::told;
use crate::meeting_draft::Counted;
use crate::meeting_form::count_field;
use crate::opinion::removed;
use crate::page::{Frame, Words, lead_to, load, nothing, page, words};
use crate::place::{Place, Way, Writing};
use crate::problem::{save_problem, store_problem};
use crate::said;
use crate::visit_form::{kept, on_desk};
use app::phone::{MeetingPage, Phone, Rest, SaidView, SaveError};
use app::platform::dom;
use app::ui::cells::radio;
use app::ui::icon::{Icon, Tone};
use app::ui::live::{live, tap};
use app::ui::note::note;
use app::ui::row::{link_row, plain_row};
use app::ui::tally::tally;
use app::words::shared::{clock, count, day};
use domain::id::RecordId;
use domain::meeting::MeetingState;
use domain::notebook::MeetingLine;
use domain::opinion;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Opinions with a kind that are shown at first; those without one are shown whole.
const SHOWN: usize = 5;

/// A meeting: to be written by its recorder, to be read by others.
pub fn meeting(phone: Phone, desk: Desk, id: RecordId) -> AnyView {
    let Words { w, .. } = words();
    let line = move || phone.with(|notebook| notebook.meeting(id));
    // What is typed survives everything but the end, or what the commune says to it.
    let state = Memo::new(move |_| line().map(|line| (line.facts.state, line.refused)));
    live(move || {
        state.track();
        untrack(|| match line() {
            None => nothing(phone, w.meeting_gone, w.meeting_gone_why.to_owned()),
            Some(line) if line.own => on_desk(phone, desk, Writing::Meeting(id), move || written(phone, desk, &line)),
            Some(line) => read(phone, &line),
        })
    })
}

/// What the page shows of the meeting as it is saved.
#[derive(Clone, Copy)]
struct Saved {
    page: RwSignal<Option<Result<Option<MeetingPage>, app::phone::StoreError>>, LocalStorage>,
    /// As it was last different: a sync that brings nothing new draws no row anew under a finger.
    shown: Memo<Option<MeetingPage>>,
    limit: RwSignal<usize>,
}

impl Saved {
    fn load(phone: Phone, id: RecordId) -> Self {
        let limit = RwSignal::new(SHOWN);
        let page = load(phone, move || {
            let limit = limit.get();
            phone.meeting(id, limit)
        });
        let shown = Memo::new(move |_| page.with(|page| if let Some(Ok(page)) = page { page.clone() } else { None }));
        Self { page, shown, limit }
    }

    fn read<T: Default>(self, read: impl FnOnce(&MeetingPage) -> T) -> T {
        self.shown.with(|page| page.as_ref().map(read).unwrap_or_default())
    }

    fn failed(self) -> AnyView {
        live(move || self.page.with(|page| if let Some(Err(error)) = page { store_problem(error) } else { ().into_any() }))
    }

    /// Why the commune has not done what was said about the header.
    fn refused(self) -> AnyView {
        let Words { w, .. } = words();
        live(move || {
            self.read(|page| page.refused).map(|reason| {
                let rest = view! {
                    <p>{crate::entries::why(reason)}</p>
                    <a class="btn plain" href=Place::Entries.href()>{w.entries}</a>
                };
                note(Tone::Bad, Icon::WARNING, w.meeting_refused, rest.into_any())
            })
        })
    }

    /// The rest of what was said.
    fn more(self) -> AnyView {
        let Words { w, lang, .. } = words();
        live(move || {
            let (all, shown) = self.read(|page| (page.line.opinions, page.opinions.len()));
            (all > shown).then(|| {
                let words = (w.all_opinions)(&count(all as u32, lang));
                view! { <button type="button" class="btn plain" on:click=tap(move || self.limit.set(usize::MAX))>{words}</button> }
                    .into_any()
            })
        })
    }
}

/// Place and hour, name, and what it came to.
fn head(phone: Phone, line: &MeetingLine, rest: AnyView) -> AnyView {
    let Words { w, lang, .. } = words();
    let village = phone.with(|notebook| notebook.unit(line.village).map(|unit| unit.name.clone())).unwrap_or_default();
    let place = if line.words.place.is_empty() { village } else { line.words.place.clone() };
    let start = line.facts.start;
    let when = [Some(day(start.date, phone.today())), start.minute.map(clock)].into_iter().flatten();
    let about: Vec<String> = std::iter::once(place).chain(when).collect();
    let end = (line.facts.state == MeetingState::Concluded).then(|| {
        let words = (!line.words.conclusion.is_empty()).then(|| view! { <p>{line.words.conclusion.clone()}</p> }.into_any());
        view! { <div role="status">{note(Tone::Good, Icon::DONE, w.meeting_over, words)}</div> }.into_any()
    });
    view! {
        <div>
            <p class="small muted">{about.join(" · ")}</p>
            <h1 data-title=w.meeting>{line.words.name(line.facts.kind, lang).to_owned()}</h1>
            {rest}
        </div>
        {end}
    }
    .into_any()
}

/// "214 hộ, 236 người", "trong 312 hộ".
fn present(households: &str, people: &str, expected: &str) -> (String, String) {
    let Words { w, lang, .. } = words();
    let read = |typed: &str| typed.trim().parse().map_or(typed.to_owned(), |n| count(n, lang));
    let (households, people, expected) = (&read(households), &read(people), &read(expected));
    let known = [(households, w.households_n), (people, w.people_there)].map(|(n, words)| (!n.is_empty()).then(|| words(n)));
    let known: Vec<String> = known.into_iter().flatten().collect();
    let title = if known.is_empty() { w.count_present.to_owned() } else { known.join(", ") };
    (title, if expected.is_empty() { String::new() } else { (w.of_households)(expected) })
}

fn written(phone: Phone, desk: Desk, line: &MeetingLine) -> AnyView {
    let Words { w, lang, .. } = words();
    let id = line.id;
    let writing = Writing::Meeting(id);
    let concluded = line.facts.state == MeetingState::Concluded;
    let saved = Saved::load(phone, id);
    let news = desk.news.try_update(Option::take).flatten();
    // Not drawn anew with each letter that is typed below.
    let written_down = Memo::new(move |_| desk.read(|paper| paper.draft.opinions.clone()));
    let drafts = Memo::new(move |_| written_down.with(Vec::len));
    let there = Memo::new(move |_| {
        desk.read(|paper| {
            let there = &paper.draft.meeting;
            (present(&there.present, &there.people, &there.expected), there.speakers.parse::<u32>().unwrap_or_default())
        })
    });
    let all = Memo::new(move |_| drafts.get() + saved.read(|page| page.line.opinions));
    let begun = Memo::new(move |_| all.get() > 0);
    // After its end the bar is away, and one tap from coming back.
    let asked = desk.next_words.try_update(std::mem::take) == Some(true);
    let adding = RwSignal::new(!concluded || asked);

    let counts = move || {
        if begun.get() || concluded {
            let ((title, rest), _) = there.get();
            let words = view! { <b>{title}</b><span class="small muted">{rest}" "{w.tap_to_correct}</span> }.into_any();
            let sign = view! { <span class="m">{Icon::PEOPLE.view()}</span> }.into_any();
            view! { <ul class="ruled">{link_row(Place::EditMeeting(id).href(), sign, words)}</ul> }.into_any()
        } else {
            let ((_, expected), _) = there.get_untracked();
            let hint = view! { <p class="hint">{expected}</p> }.into_any();
            view! {
                <div>
                    <div class="pair">{count_field(desk, Counted::Present)}{count_field(desk, Counted::People)}</div>
                    {hint}
                </div>
            }
            .into_any()
        }
    };
    let title = move || match all.get() {
        0 => view! { <h2>{w.no_opinions_yet}</h2> }.into_any(),
        all => {
            let words = (w.spoke_and_said)(&count(there.get().1, lang), &count(all as u32, lang));
            view! { <h2>{words}</h2>" "{tally(all as u32, all as u32)} }.into_any()
        }
    };
    let rows = move || {
        let first = saved.read(|page| page.line.opinions);
        let drafts = written_down.with(|opinions| {
            let rows = opinions.iter().enumerate().rev();
            rows.map(|(n, opinion)| draft_row(writing, n, first + n + 1, opinion)).collect::<Vec<_>>()
        });
        let said = saved.read(|page| {
            let numbers = (1..=page.line.opinions).rev();
            page.opinions.iter().zip(numbers).map(|(said, number)| said_row(phone, Some(id), number, said)).collect::<Vec<_>>()
        });
        begun.get().then(|| view! { <ol class="ruled bleed">{drafts}{said}</ol> }.into_any())
    };
    let unsent = move || {
        let drafts = drafts.get();
        (drafts > 0).then(|| view! { <p class="hint">{(w.drafts_left)(&count(drafts as u32, lang))}</p> }.into_any())
    };
    let end = if concluded {
        let again = move || {
            (!adding.get()).then(|| {
            view! { <button type="button" class="btn second" on:click=tap(move || adding.set(true))>{Icon::ADD.view()}" "{w.add_opinion}</button> }.into_any()
        })
        };
        live(again)
    } else {
        view! { <a class="btn second" href=Place::EndMeeting(id).href()>{w.end_meeting}</a> }.into_any()
    };
    let content = view! {
        {news.map(|news| told(phone, news))}
        {head(phone, line, kept(desk, String::new()))}
        {saved.failed()}
        {saved.refused()}
        {live(counts)}
        <section class="stack" id="y-kien" tabindex="-1">
            <div class="heading">{live(title)}</div>
            {live(move || (!begun.get()).then(|| view! { <p>{w.words_without_names}</p> }.into_any()))}
            {removed(desk)}
            {live(rows)}
            {saved.more()}
        </section>
        <p class="small muted">{(w.speakers_are_counted)(&phone.me().name)}</p>
        <div>{end}{live(unsent)}</div>
        {(!concluded).then(|| cancel(phone, desk, id, begun))}
    }
    .into_any();
    let dock = live(move || adding.get().then(|| untrack(|| adder(desk, all))));
    let page = page(phone, Frame::Docked(Place::Meetings, w.meetings.to_owned(), dock), content);
    if asked {
        // After the page has led the reader to its heading.
        lead_to("moi");
    }
    page
}

/// "Bấm nhầm", as long as nothing was said there.
fn cancel(phone: Phone, desk: Desk, id: RecordId, begun: Memo<bool>) -> AnyView {
    let Words { w, .. } = words();
    let way: Option<Way> = use_context();
    let failed = RwSignal::new(None::<SaveError>);
    let cancel = move || {
        let line = phone.with(|notebook| notebook.meeting(id));
        spawn_local(async move {
            let Some(line) = line else { return };
            let facts = domain::meeting::MeetingFacts { state: MeetingState::Cancelled, ..line.facts };
            match phone.command_meeting(id, facts, line.words, Rest::none(&Writing::Meeting(id).key())).await {
                Ok(()) => {
                    desk.clear();
                    if let Some(way) = way {
                        way.replace(Place::Meetings);
                    }
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    live(move || {
        (!begun.get()).then(|| {
            view! {
                <div>
                    {live(move || failed.get().map(|error| save_problem(&error)))}
                    <button type="button" class="btn plain" on:click=tap(cancel)>{Icon::UNDO.view()}" "{w.undo_meeting}</button>
                </div>
            }
            .into_any()
        })
    })
}

/// "Thêm ý kiến" beside what is done on another page of the meeting: nobody waits to speak until something is put right
/// there, and what is begun stays a draft.
pub fn with_next_words(desk: Desk, meeting: RecordId, done: AnyView) -> AnyView {
    let Words { w, .. } = words();
    let next = tap(move || desk.next_words.set(true));
    view! {
        <div class="pair">
            {done}
            <a class="btn second" href=Place::Write(Writing::Meeting(meeting)).href() on:click=next>{Icon::ADD.view()}" "{w.add_opinion}</a>
        </div>
    }
    .into_any()
}

/// "Thêm ý kiến", always one tap away.
fn adder(desk: Desk, all: Memo<usize>) -> AnyView {
    let Words { w, .. } = words();
    let same = RwSignal::new(false);
    let tried = RwSignal::new(false);
    let typing = move || desk.read(|paper| opinion::check_text(&paper.draft.meeting.typing).err());
    let wrong = move || if tried.get() { typing() } else { None };
    let add = move || {
        tried.set(untrack(typing).is_some());
        if !tried.get_untracked() {
            let new = !same.get_untracked() || all.get_untracked() == 0;
            desk.change(|draft| {
                let text = std::mem::take(&mut draft.meeting.typing);
                draft.opinions.push(OpinionDraft { text, ..OpinionDraft::default() });
                let speakers = draft.meeting.speakers.trim().parse::<u16>().unwrap_or_default();
                draft.meeting.speakers = speakers.saturating_add(u16::from(new)).to_string();
            });
            desk.keeper.now();
            same.set(false);
            dom::empty("moi");
        }
        dom::focus("moi");
    };
    let who = move || {
        (all.get() > 0).then(|| {
            view! {
                <fieldset><legend class="unseen">{w.who_speaks}</legend>
                    <div class="cells bare">
                        {radio("ai", move || !same.get(), move || same.set(false), w.new_speaker)}
                        {radio("ai", move || same.get(), move || same.set(true), w.same_speaker)}
                    </div>
                </fieldset>
            }
            .into_any()
        })
    };
    let value = desk.peek(|paper| paper.draft.meeting.typing.clone());
    view! {
        <div class="tight">
            {live(who)}
            <label class="unseen" for="moi">{live(move || (w.nth_opinion)(all.get() + 1))}</label>
            <textarea class="input" id="moi" rows="1" autocomplete="off" aria-describedby="moi-e" prop:value=value
                on:input=move |event| desk.change(|draft| draft.meeting.typing = event_target_value(&event))></textarea>
            {live(move || wrong().map(|wrong| {
                let words = if wrong == opinion::OpinionError::TooLong { w.gap_text_long } else { w.gap_text };
                view! { <p class="error" id="moi-e" role="alert">{Icon::WARNING.view()}" "{words}</p> }.into_any()
            }))}
            <button type="button" class="btn" on:click=tap(add)>{Icon::ADD.view()}" "{w.note_and_next}</button>
        </div>
    }
    .into_any()
}

fn draft_row(writing: Writing, n: usize, number: usize, opinion: &OpinionDraft) -> AnyView {
    let Words { w, lang, .. } = words();
    let kind = opinion.kind.map(|kind| view! { <span class="small muted">{kind.label(lang)}</span> }.into_any());
    let left = if kind.is_some() { w.opinion_incomplete } else { w.no_kind_yet };
    let margin = view! { <span class="m"><b>{number}</b>{Icon::PENCIL.toned(Tone::Wait)}</span> }.into_any();
    let words = view! {
        <span class="said">{opinion.text.trim().to_owned()}</span>
        {kind}
        <span class="mark wait">{left}</span>
    };
    link_row(Place::Opinion(writing, n).href(), margin, words.into_any())
}

/// Something that has its kind; to be corrected at this meeting if one is named.
fn said_row(phone: Phone, correct: Option<RecordId>, number: usize, said: &SaidView) -> AnyView {
    let about = said.facts.as_ref().map(|facts| said::about(phone, facts));
    let words = view! { <span class="said">{said.text.clone()}</span><span class="small muted">{about}</span> }.into_any();
    let margin = view! { <span class="m"><b>{number}</b></span> }.into_any();
    match correct {
        Some(meeting) => link_row(Place::Write(Writing::SaidThere { meeting, said: said.id }).href(), margin, words),
        None => plain_row(false, margin, words),
    }
}

/// Somebody else's meeting.
fn read(phone: Phone, line: &MeetingLine) -> AnyView {
    let Words { w, lang, .. } = words();
    let saved = Saved::load(phone, line.id);
    let by = phone.with(|notebook| notebook.person_name(line.by).to_owned());
    let facts = &line.facts;
    let number = |n: Option<u16>| n.map(|n| count(n.into(), lang)).unwrap_or_default();
    let (there, of) = present(&number(facts.present), &number(facts.people), &number(facts.expected));
    let said = (w.spoke_and_said)(&count(facts.speakers.unwrap_or_default().into(), lang), &count(line.opinions as u32, lang));
    let rows = move || {
        saved.read(|page| {
            let numbers = (1..=page.line.opinions).rev();
            page.opinions.iter().zip(numbers).map(|(said, number)| said_row(phone, None, number, said)).collect::<Vec<_>>()
        })
    };
    let content = view! {
        {head(phone, line, ().into_any())}
        <p><b>{there}</b>" "{of}</p>
        {saved.failed()}
        <section class="stack"><h2>{said}</h2><ol class="ruled bleed">{live(rows)}</ol>{saved.more()}</section>
        <p class="small muted">{(w.speakers_are_counted)(&by)}</p>
    };
    page(phone, Frame::Inner(Place::Meetings, w.meetings.to_owned()), content.into_any())
}

/// Saves the nth opinion of a meeting, which has its kind and its topic, and returns to the meeting.
pub fn save(phone: Phone, desk: Desk, n: usize, way: Option<Way>, busy: RwSignal<bool>, failed: RwSignal<Option<SaveError>>) {
    let ready = desk.peek(|paper| {
        let Writing::Meeting(meeting) = paper.writing else { return None };
        let said = paper.draft.opinions.get(n)?.said()?;
        Some((meeting, paper.writing, said, paper.without_opinion(phone, n)))
    });
    let Some((meeting, writing, said, rest)) = ready else { return };
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    failed.set(None);
    spawn_local(async move {
        let key = writing.key();
        let rest = Rest::of(&key, rest.as_ref());
        let result = phone.save_meeting_opinion(meeting, said, rest).await;
        busy.try_set(false);
        match result {
            Ok(()) => {
                desk.wipe_opinion(n);
                if let Some(way) = way {
                    way.replace(Place::Write(writing));
                }
            }
            Err(error) => drop(failed.try_set(Some(error))),
        }
    });
}
