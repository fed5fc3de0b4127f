//! Complaints and denunciations have their own law and their own place; nothing of them is kept here.

use crate::draft::Desk;
use crate::page::{Frame, Words, page, words};
use crate::place::{Place, Writing};
use crate::visit_form::on_desk;
use app::phone::Phone;
use app::ui::icon::Icon;
use leptos::prelude::*;

/// Where the household can go with it. The draft of the opinion is gone already.
pub fn stop(phone: Phone, desk: Desk, writing: Writing) -> AnyView {
    on_desk(phone, desk, writing, move || {
        let Words { w, .. } = words();
        let next = desk.peek(|paper| paper.draft.opinions.len());
        let content = view! {
            <div class="stack">
                <p class="mark bad">{Icon::STOP.view()}" "{w.not_here}</p>
                <h1>{w.stop_title}</h1>
                <p>{w.stop_words}" "{if writing.at_meeting() { w.stop_keeps_meeting } else { w.stop_keeps_visit }}</p>
            </div>
            <h2>{w.tell_them}</h2>
            <p class="said">{w.tell_them_words}</p>
            <h2>{w.reception}</h2>
            <dl><dt>{w.reception_where}</dt><dd>{(w.reception_place)(&phone.commune_name())}</dd></dl>
            <a class="btn plain" href=Place::Opinion(writing, next).href()>{w.not_a_complaint}</a>
        }
        .into_any();
        let (told, label) = if writing.at_meeting() { (w.told_there, w.meeting) } else { (w.told_them, w.visit) };
        let dock = view! { <a class="btn" href=Place::Write(writing).href()>{told}</a> }.into_any();
        page(phone, Frame::Docked(Place::Write(writing), label.to_owned(), dock), content)
    })
}
