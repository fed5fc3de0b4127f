//! "Họp thôn": the meetings of one's villages, and the way to open another.

use crate::page::{Frame, Tab, Words, campaign, page, words};
use crate::place::{Place, Writing};
use app::phone::Phone;
use app::ui::icon::{Icon, Tone};
use app::ui::live::live;
use app::ui::row::{link_row, margin, mark};
use app::words::shared::{clock, count, day};
use domain::meeting::MeetingState;
use domain::notebook::MeetingLine;
use leptos::prelude::*;

/// The meetings, the latest first.
pub fn meetings(phone: Phone) -> AnyView {
    let Words { w, lang, .. } = words();
    let content = move || {
        let lines = phone.with(|notebook| notebook.meetings());
        let title = if lines.is_empty() { w.no_meetings.to_owned() } else { (w.meetings_n)(&count(lines.len() as u32, lang)) };
        let open = if campaign(phone).is_none() {
            view! { <p>{w.no_campaign}". "{w.no_campaign_why}</p> }.into_any()
        } else if phone.with(|notebook| notebook.villages().is_empty()) {
            view! { <p>{w.none_assigned_why}</p> }.into_any()
        } else {
            view! { <a class="btn" href=Place::Write(Writing::NewMeeting).href()>{Icon::ADD.view()}" "{w.open_meeting}</a> }.into_any()
        };
        let rows = lines.iter().map(|line| row(phone, line)).collect_view();
        view! {
            <div><h1>{title}</h1><p>{w.meetings_words}</p></div>
            {open}
            {(!lines.is_empty()).then(|| view! { <ul class="ruled">{rows}</ul> }.into_any())}
        }
        .into_any()
    };
    page(phone, Frame::Tab(Tab::Meetings), live(content))
}

/// A meeting in a list.
pub fn row(phone: Phone, line: &MeetingLine) -> AnyView {
    let Words { w, lang, .. } = words();
    let village = phone.with(|notebook| notebook.unit(line.village).map(|unit| unit.name.clone())).unwrap_or_default();
    let opinions = (line.opinions > 0).then(|| (w.opinions_n)(&count(line.opinions as u32, lang)));
    let about: Vec<String> = [Some(village), line.facts.start.minute.map(clock), opinions].into_iter().flatten().collect();
    let state = if line.refused.is_some() {
        mark(Tone::Bad, Some(Icon::WARNING), w.review.to_owned())
    } else if line.facts.state == MeetingState::InSession {
        mark(Tone::Wait, Some(Icon::CLOCK), line.facts.state.label(lang).to_owned())
    } else if phone.meeting_waits(line) {
        mark(Tone::Plain, Some(Icon::CLOCK), w.waiting.to_owned())
    } else {
        ().into_any()
    };
    let words = view! {
        <b>{line.words.name(line.facts.kind, lang).to_owned()}</b>
        <span class="small muted">{about.join(" · ")}</span>
        {state}
    };
    let margin = margin(day(line.facts.start.date, phone.today()), None);
    link_row(Place::Write(Writing::Meeting(line.id)).href(), margin, words.into_any())
}
