//! Code lists: what is offered for something new, and the commune's own topics.

use crate::browser;
use crate::directory::directory;
use crate::form::{Form, Typed, typed};
use crate::session::{lang, new_id, session, words};
use crate::ui::{heading, list_and_form, mark};
use crate::words::Office;
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::code::Lang;
use domain::code_book::{CodeBook, CodeChange, CodeEntry, CodeError, CodeList, NewTopic};
use domain::id::RecordId;
use domain::office::Seen;
use domain::topic::{StandardTopic, Topic};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The four lists, and a topic to fill in.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    // Which topic is in the form; `None` is a new one. Setting it, even to the same, makes the form anew.
    let editing = RwSignal::new(None::<Seen<CodeEntry>>);
    let said = RwSignal::new(None::<Result<String, String>>);
    let form = move || edit(editing.get(), editing, said);
    let said_now = move || {
        said.get().map(|said| match said {
            Ok(done) => note(Tone::Good, Icon::DONE, done, ()),
            Err(fault) => note(Tone::Bad, Icon::WARNING, fault, ()),
        })
    };
    let form_title = move || if editing.with(Option::is_some) { words.spell_topic } else { words.add_topic };
    // The button that was pressed, until the lists are drawn anew: the focus stays where it was.
    let pressed = StoredValue::new(None::<String>);
    let page = Page { editing, said, pressed };
    let lists = move |entries: Vec<Seen<CodeEntry>>| {
        if let Some(button) = pressed.try_update_value(Option::take).flatten() {
            request_animation_frame(move || browser::refocus(&button));
        }
        let book = CodeBook::of(entries.iter().map(|seen| seen.value.clone()));
        CodeList::ALL.iter().map(|of| list(*of, &entries, &book, page)).collect_view().into_any()
    };
    view! {
        <div class="line">
            {heading(move || words.code_lists.to_owned())}
            <a class="btn second auto end" href="/office/teams">{words.teams}</a>
        </div>
        <p>{words.code_lists_rule}</p>
        {list_and_form(directory.codes.draw(lists), words.topic, form_title, said_now, form)}
    }
    .into_any()
}

/// What the lines of the lists tell the page.
#[derive(Clone, Copy)]
struct Page {
    editing: RwSignal<Option<Seen<CodeEntry>>>,
    said: RwSignal<Option<Result<String, String>>>,
    pressed: StoredValue<Option<String>>,
}

/// One line of a list.
struct Line {
    code: String,
    /// In the reader's language, and in the other one.
    labels: [String; 2],
    /// What was said about it, and at which revision; something new for a standard code of which nothing was said.
    entry: Seen<CodeEntry>,
    sub: bool,
}

fn lines(of: CodeList, entries: &[Seen<CodeEntry>], book: &CodeBook) -> Vec<Line> {
    let (here, there) = if lang() == Lang::Vi { (Lang::Vi, Lang::En) } else { (Lang::En, Lang::Vi) };
    let line = |code: String, labels: [String; 2], sub: bool| {
        let said = book.entry(of, &code).and_then(|said| entries.iter().find(|seen| seen.value.id == said.id)).cloned();
        let entry = said.unwrap_or_else(|| Seen { seen: 0, whose: None, value: CodeEntry::about(new_id(RecordId::new), of, &code) });
        Line { code, labels, entry, sub }
    };
    if of == CodeList::Topic {
        let topic =
            |topic: Topic| line(topic.code().into_owned(), [here, there].map(|lang| book.label(topic, lang)), !topic.is_first_level());
        return book.topics().into_iter().map(topic).collect();
    }
    let codes = of.codes(here).into_iter().zip(of.codes(there));
    codes.map(|((code, label), (_, other))| line(code.to_owned(), [label.to_owned(), other.to_owned()], false)).collect()
}

fn list(of: CodeList, entries: &[Seen<CodeEntry>], book: &CodeBook, page: Page) -> AnyView {
    let words = words();
    let rows = lines(of, entries, book).into_iter().map(|line| row(line, book, page)).collect_view();
    view! {
        <table class="tbl" id=format!("list-{}", of.code())>
            <caption><h2>{of.label(lang())}</h2></caption>
            <thead><tr>
                <th scope="col">{words.code_entry}</th>
                <th scope="col">{words.standing}</th>
                <th scope="col"><span class="unseen">{words.change}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(Line { code, labels: [label, other], entry, sub }: Line, book: &CodeBook, page: Page) -> AnyView {
    let words = words();
    let other_lang = if lang() == Lang::Vi { "en" } else { "vi" };
    let other = (other != label).then(|| view! { <span class="small muted" lang=other_lang>{other}</span> });
    let own = entry.value.own().is_some();
    let of_commune = own.then(|| view! { " "<span class="small muted">{words.own_topic}</span> });
    let standing = if entry.value.ended {
        mark(Tone::Plain, Icon::STOP, words.code_ended)
    } else if book.offers(entry.value.list, &code) {
        mark(Tone::Good, Icon::DONE, words.code_used)
    } else {
        mark(Tone::Plain, Icon::STOP, words.code_ended_above)
    };
    let spelling = own.then(|| {
        let entry = entry.clone();
        let spoken = (words.spell_named)(&label);
        view! {
            <button type="button" class="btn second auto" aria-label=spoken on:click=move |_| { page.said.set(None); page.editing.set(Some(entry.clone())); }>
                {words.spell}
            </button>
        }
    });
    let toggled = CodeEntry { ended: !entry.value.ended, ..entry.value.clone() };
    let (ask, spoken) = if entry.value.ended {
        (words.use_again, (words.use_again_named)(&label))
    } else {
        (words.stop_using, (words.stop_using_named)(&label))
    };
    let toggle = match book.check(&toggled) {
        Ok(()) => toggle(Seen { value: toggled, ..entry.clone() }, label.clone(), (ask, spoken), page),
        Err(CodeError::LastOne) => view! { <span class="small muted">{words.last_choice}</span> }.into_any(),
        Err(_) => view! { <span class="small muted">{words.always_used}</span> }.into_any(),
    };
    view! {
        <tr class=sub.then_some("sub")>
            <th scope="row">{label}{of_commune}<br/>{other}</th>
            <td>{standing}</td>
            <td><div class="line">{spelling}{toggle}</div></td>
        </tr>
    }
    .into_any()
}

/// Ends the use of a code, or takes it up again.
fn toggle(to: Seen<CodeEntry>, label: String, (ask, spoken): (&'static str, String), page: Page) -> AnyView {
    let session = session();
    let words = words();
    let directory = directory();
    let busy = RwSignal::new(false);
    let id = format!("use-{}-{}", to.value.list.code(), to.value.code);
    let button = id.clone();
    let press = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        page.pressed.set_value(Some(button.clone()));
        let (to, label) = (to.clone(), label.clone());
        spawn_local(async move {
            let ended = to.value.ended;
            let result = session.write("codes", to.seen, &CodeChange::Keep(to.value)).await;
            busy.try_set(false);
            page.said.try_set(Some(match result {
                Ok(()) => Ok(if ended { (words.code_stopped)(&label) } else { (words.code_taken_up)(&label) }),
                Err(fault) => Err(words.fault(&fault)),
            }));
            directory.codes.again();
        });
    };
    view! {
        <button type="button" id=id class="btn second auto" aria-label=spoken aria-busy=move || busy.get().then_some("true") on:click=press>{ask}</button>
    }
    .into_any()
}

fn edit(
    old: Option<Seen<CodeEntry>>,
    editing: RwSignal<Option<Seen<CodeEntry>>>,
    said: RwSignal<Option<Result<String, String>>>,
) -> AnyView {
    let words = words();
    let directory = directory();
    let form = Form::new("topic");
    let lang = lang();
    let id = old.as_ref().map_or_else(|| new_id(RecordId::new), |old| old.value.id);
    let of = old.as_ref().and_then(|old| old.value.own()).map(|own| own.parent());
    let parent = RwSignal::new(of.map(|parent| parent.code().to_owned()).unwrap_or_default());
    let name = RwSignal::new(old.as_ref().map(|old| old.value.name.clone()).unwrap_or_default());
    let name_en = RwSignal::new(old.as_ref().map(|old| old.value.name_en.clone()).unwrap_or_default());
    let parents = move || {
        let offered = directory.code_book().offered_topics().into_iter().filter(|topic| topic.is_first_level());
        let mut options = vec![(String::new(), words.not_chosen.to_owned())];
        options.extend(offered.map(|topic| (topic.code().into_owned(), topic.parent().label(lang).to_owned())));
        options
    };
    let is_new = old.is_none();
    let submit = move || {
        let under = StandardTopic::from_code(&parent.get_untracked());
        let (vi, en) = (typed(name), typed(name_en));
        let mut wrong = Vec::new();
        match under {
            None => wrong.push(("parent", words.topic_parent_missing)),
            Some(under) => {
                let checked = untrack(|| directory.code_book()).check_names(id, under, &vi, &en);
                wrong.extend(checked.err().map(|error| ("name", why(words, error))));
            }
        }
        if !form.accept(wrong) {
            return;
        }
        let Some(under) = under else { return };
        let (seen, change) = match &old {
            Some(old) => (old.seen, CodeChange::Keep(CodeEntry { name: vi.clone(), name_en: en, ..old.value.clone() })),
            None => (0, CodeChange::Add(NewTopic { id, parent: under, name: vi.clone(), name_en: en })),
        };
        form.store(&["parent", "name"], "codes", seen, change, move |()| {
            directory.codes.again();
            said.set(Some(Ok((words.topic_stored)(&vi))));
            editing.set(None);
        });
    };
    let under = match of {
        Some(parent) => view! { <p>{words.topic_parent}": "<b>{parent.label(lang)}</b></p> }.into_any(),
        None => form.choice("parent", words.topic_parent, "", parents, parent),
    };
    let rule = (!is_new).then(|| note(Tone::Plain, Icon::PENCIL, words.spelling_rule, ()));
    let leave =
        (!is_new).then(|| view! { <button type="button" class="btn plain" on:click=move |_| editing.set(None)>{words.leave_it}</button> });
    let button = if is_new { words.add_topic } else { words.save_spelling };
    form.view(
        submit,
        view! {
            {rule}
            {under}
            {form.field("name", Typed::Line, words.topic_name, words.topic_name_hint, name)}
            {form.field("name_en", Typed::Line, words.topic_name_en, words.topic_name_en_hint, name_en)}
            {form.button(move || button.to_owned())}
            {leave}
        },
    )
}

fn why(words: &'static Office, error: CodeError) -> &'static str {
    match error {
        CodeError::NoName => words.topic_name_missing,
        CodeError::NameTooLong => words.topic_name_long,
        CodeError::AboutPeople => words.topic_about_people,
        CodeError::SameName => words.topic_twice,
        CodeError::TooMany => words.topics_full,
        CodeError::NoSuchCode | CodeError::Twice | CodeError::Needed | CodeError::LastOne => words.wrong_field,
    }
}
