//! Opinions that came without a visit, by telephone, box, group chat, portal or on a loose sheet, typed in one after another.

use crate::form::{Form, Typed};
use crate::pick::Choice;
use crate::said::{Said, SaidDraft};
use crate::session::{lang, words};
use crate::sitting::{Sitting, Stored};
use crate::typing::{Homes, Once, by_keyboard, day_from, households, ways, whole};
use crate::ui::heading;
use app::platform::dom;
use domain::id::RecordId;
use domain::source::Source;
use domain::time::Date;
use domain::typing::TypedOpinion;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

/// The page.
pub fn page() -> AnyView {
    let words = words();
    let lang = lang();
    let sitting = Sitting::new();
    let form = Form::new("arrived");
    let once = Once::new();
    let source = RwSignal::new(String::new());
    let turn = RwSignal::new(0_u32);
    let title = move || match sitting.count_all() {
        0 => words.arrived_title.to_owned(),
        n => (words.arrived_so_far)(&n.to_string()),
    };
    let homes = once.homes();
    // The one that is typed at present.
    let present = StoredValue::new(None::<Row>);
    let submit = move || {
        if let Some(row) = present.get_value() {
            save(form, once, source, row, homes, sitting, turn);
        }
    };
    let sources = Memo::new(move |_| {
        Choice::numbered(Source::WITHOUT_VISIT.iter().map(|source| (source.code().to_owned(), source.label(lang).to_owned())))
    });
    let one = move || {
        turn.track();
        once.village.track();
        let row = Row { said: SaidDraft::new(1), household: RwSignal::new(String::new()), promised: RwSignal::new(String::new()) };
        present.set_value(Some(row));
        fields(form, row, homes)
    };
    let all = view! {
        <div class="stack" inert=move || form.is_busy() on:keydown=by_keyboard(submit)>
            <fieldset class="stack"><legend>{words.typing_once}</legend>
                <div class="once">
                    {once.view(form, words.arrival_day)}
                    {form.pick("source", words.source, "", sources, source)}
                </div>
            </fieldset>
            {one}
        </div>
    };
    view! {
        {ways("arrived")}
        {heading(title)}
        <p class="small muted">{words.typing_keys}</p>
        {form.view(submit, all)}
        {sitting.view("said-1-kind")}
    }
    .into_any()
}

/// One opinion as it is typed.
#[derive(Clone, Copy)]
struct Row {
    said: SaidDraft,
    household: RwSignal<String>,
    promised: RwSignal<String>,
}

fn fields(form: Form, row: Row, homes: Homes) -> AnyView {
    let words = words();
    let named = Memo::new(move |_| row.said.is_named());
    // Only an opinion with a name has a household, and somebody to answer.
    let whose = move || {
        named.get().then(|| {
            view! {
                <div class="once">
                    {form.pick("household", words.which_household, words.which_household_hint, households(homes), row.household)}
                    {form.field("promised", Typed::Day, words.promised_until, words.short_day_hint, row.promised)}
                </div>
            }
        })
    };
    view! {
        <fieldset class="stack" id=form.id("opinions") tabindex="-1"><legend>{words.arrived_row}</legend>
            {row.said.view()}
            {whose}
            {form.button(move || words.save_arrived.to_owned())}
        </fieldset>
    }
    .into_any()
}

fn save(form: Form, once: Once, source: RwSignal<String>, row: Row, homes: Homes, sitting: Sitting, turn: RwSignal<u32>) {
    let words = form.words();
    let session = sitting.session();
    let mut wrong = Vec::new();
    let place = once.read(form, &mut wrong);
    let source = source.with_untracked(|code| Source::from_code(code));
    if source.is_none() {
        wrong.push(("source", words.source_missing));
    }
    let said = match &place {
        Some((place, campaign)) => row.said.read(*place, campaign),
        None => Ok(None),
    };
    if place.is_some() && !matches!(said, Ok(Some(_))) {
        wrong.push(("opinions", words.said_incomplete));
    }
    let first = place.as_ref().map_or(Date::MIN, |(place, _)| place.day);
    let household: Option<RecordId> = row.household.with_untracked(|id| id.parse().ok());
    let promised = day_from(row.promised, first);
    if matches!(said, Ok(Some(Said::Named(_)))) {
        if household.is_none() {
            wrong.push(("household", words.household_missing));
        }
        if promised.is_err() {
            wrong.push(("promised", words.promised_wrong));
        }
    }
    if !form.accept(wrong) {
        return;
    }
    let done = move |stored: Option<Stored>| {
        match stored {
            Some(stored) => sitting.add(stored, 0),
            None => sitting.add_unnamed(1),
        }
        turn.update(|turn| *turn += 1);
        spawn_local(async {
            for _ in 0..3 {
                tick().await;
            }
            dom::focus("said-1-kind");
        });
    };
    let (Some((place, _)), Some(source), Ok(Some(said))) = (place, source, said) else { return };
    match (said, household) {
        (Said::Named(said), Some(household)) => {
            let opinion = TypedOpinion { place, source, household, promised: promised.ok().flatten(), said };
            let shown = untrack(|| homes.here()).and_then(|found| found.rows.into_iter().find(|home| home.id == household));
            let stored = Stored::opinion(&opinion, shown.as_ref());
            let work = whole(session, "typed/opinions", opinion, Vec::new());
            form.deliver(&["household", "day", "campaign", "source", "promised"], work, move |()| done(Some(stored)));
        }
        (Said::Unnamed(said), _) => {
            // Its own id makes a second time harmless.
            let work = move || {
                let said = said.clone();
                async move { session.post::<()>("typed/anonymous", &*said).await }
            };
            form.deliver(&["day", "campaign", "village"], work, move |()| done(None));
        }
        (Said::Named(_), None) => {}
    }
}
