//! An opinion as it is typed in at a desk: the kind first, then topic, words, urgency, and whether it has a name.
//!
//! A complaint or denunciation is stopped as on the phone: what was typed for it is gone at once, and nothing is kept.

use crate::directory::directory;
use crate::form::{Form, Typed, typed_lines};
use crate::pick::Choice;
use crate::session::{lang, new_id, words};
use app::platform::random;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::campaign::Campaign;
use domain::id::RecordId;
use domain::opinion::{AnonymousOpinion, OpinionError, OpinionKind, ReporterMode, SecretHash, Topic, Urgency, check_text};
use domain::typing::{TypedPlace, TypedSaid};
use leptos::prelude::*;

/// What is typed of one opinion. Its ids are made once, so that a second press stores nothing twice.
#[derive(Clone, Copy)]
pub struct SaidDraft {
    number: usize,
    form: Form,
    id: RecordId,
    promise: RecordId,
    secret: [u8; 32],
    kind: RwSignal<String>,
    topic: RwSignal<String>,
    text: RwSignal<String>,
    urgency: RwSignal<String>,
    who: RwSignal<String>,
}

/// An opinion that is complete.
pub enum Said {
    /// With its household's name.
    Named(TypedSaid),
    /// Without: kept apart from everything that it was typed with.
    Unnamed(Box<AnonymousOpinion>),
}

/// What is chosen instead of a kind where the words are a complaint or a denunciation. No kind has this code.
const STOP: &str = "-";

impl SaidDraft {
    /// An empty one, the nth of its form, from 1.
    pub fn new(number: usize) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            number,
            form: Form::of_row("said", number),
            id: new_id(RecordId::new),
            promise: new_id(RecordId::new),
            secret: random::bytes(),
            kind: text(),
            topic: text(),
            text: text(),
            urgency: text(),
            who: text(),
        }
    }

    /// Its place among those of its form.
    pub const fn number(self) -> usize {
        self.number
    }

    /// Its kind is chosen, so that there is room for another one.
    pub fn is_begun(self) -> bool {
        self.kind.with(|kind| OpinionKind::from_code(kind).is_some())
    }

    /// It carries its household's name.
    pub fn is_named(self) -> bool {
        self.is_begun() && self.who.with(|who| who == ReporterMode::Named.code())
    }

    /// Reads it; `None` where there is none, `Err` where it is not complete: then its fields say what is missing.
    pub fn read(self, place: TypedPlace, campaign: &Campaign) -> Result<Option<Said>, ()> {
        let words = self.form.words();
        let Some(kind) = self.kind.with_untracked(|code| OpinionKind::from_code(code)) else { return Ok(None) };
        let topic = self.topic.with_untracked(|code| Topic::from_code(code));
        let mode = self.who.with_untracked(|code| ReporterMode::from_code(code));
        let urgency = self.urgency.with_untracked(|code| Urgency::from_code(code)).unwrap_or(Urgency::Normal);
        let text = typed_lines(self.text);
        let mut wrong = Vec::new();
        if topic.is_none() {
            wrong.push(("topic", words.topic_missing));
        }
        match check_text(&text) {
            Ok(()) => {}
            Err(OpinionError::TooLong) => wrong.push(("text", words.said_words_long)),
            Err(_) => wrong.push(("text", words.said_words_missing)),
        }
        if mode.is_none() {
            wrong.push(("who", words.said_who_missing));
        }
        self.form.mark(wrong);
        let (Some(topic), Some(mode), Ok(())) = (topic, mode, check_text(&text)) else { return Err(()) };
        Ok(Some(if mode == ReporterMode::Named {
            Said::Named(TypedSaid { id: self.id, promise: self.promise, kind, topic, urgency, text })
        } else {
            let (id, week) = (SecretHash::of(&self.secret), Some(place.day.week()));
            let (area, campaign, basis, until) = (place.village, campaign.id, campaign.basis, campaign.until);
            Said::Unnamed(Box::new(AnonymousOpinion {
                id,
                area,
                week,
                campaign,
                mode,
                kind,
                topic,
                urgency,
                text,
                basis,
                until,
                amends: None,
            }))
        }))
    }

    /// Its fields.
    pub fn view(self) -> AnyView {
        let words = words();
        let Self { number, form, kind, topic, text, urgency, who, .. } = self;
        let mut kinds = Choice::numbered(OpinionKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label(lang()).to_owned())));
        kinds.push(Choice::new(STOP, "0", words.complaint, ""));
        let kinds = Memo::new(move |_| kinds.clone());
        let stopped = Memo::new(move |_| kind.with(|kind| kind == STOP));
        Effect::new(move || {
            if stopped.get() {
                for typed in [topic, text, urgency, who] {
                    typed.set(String::new());
                }
            }
        });
        let begun = Memo::new(move |_| self.is_begun());
        let rest = move || {
            if stopped.get() {
                let stop = note(Tone::Bad, Icon::STOP, words.complaint_title, view! { <p>{words.complaint_words}</p> });
                return view! { <div role="alert">{stop}</div> }.into_any();
            }
            if begun.get() { rest_of(form, topic, text, urgency, who) } else { ().into_any() }
        };
        view! {
            <div class="stack said-block">
                {form.pick("kind", (words.said_kind)(number), words.said_kind_hint, kinds, kind)}
                {rest}
            </div>
        }
        .into_any()
    }
}

fn rest_of(form: Form, topic: RwSignal<String>, text: RwSignal<String>, urgency: RwSignal<String>, who: RwSignal<String>) -> AnyView {
    let words = words();
    let lang = lang();
    let directory = directory();
    let topics = Memo::new(move |_| {
        let codes = directory.code_book();
        let choice = |topic: Topic| Choice::new(topic.code(), "", codes.full_label(topic, lang), "");
        codes.offered_topics().into_iter().map(choice).collect::<Vec<_>>()
    });
    let urgencies = Memo::new(move |_| {
        Choice::numbered(Urgency::ALL.iter().map(|urgency| (urgency.code().to_owned(), urgency.label(lang).to_owned())))
    });
    let modes =
        Memo::new(move |_| Choice::numbered(ReporterMode::ALL.iter().map(|mode| (mode.code().to_owned(), mode.label(lang).to_owned()))));
    let unnamed = Memo::new(move |_| who.with(|who| ReporterMode::from_code(who).is_some_and(|mode| mode != ReporterMode::Named)));
    let urgent = Memo::new(move |_| urgency.with(|urgency| urgency == Urgency::Urgent.code()));
    let rule = move || {
        unnamed.get().then(|| {
            let at_once = urgent.get().then(|| view! { <p><b>{words.unnamed_urgent}</b></p> });
            note(Tone::Plain, Icon::PAPER, words.unnamed_rule, at_once)
        })
    };
    view! {
        {form.pick("topic", words.topic, "", topics, topic)}
        {form.field("text", Typed::Lines, words.said_words, "", text)}
        <div class="pair">
            {form.pick("urgency", words.said_urgency, words.said_urgency_hint, urgencies, urgency)}
            {form.pick("who", words.said_who, "", modes, who)}
        </div>
        <div role="status">{rule}</div>
    }
    .into_any()
}
