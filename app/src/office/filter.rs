//! What a list or a figure is about, in the address of the page, so that it can be shared and reloaded. Words to look for can be
//! somebody's name: they are in the tab's memory alone, and gone with the page.

use crate::directory::{directory, values};
use crate::session::{Fault, lang, session, words};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::code::Lang;
use domain::code_book::CodeBook;
use domain::id::RecordId;
use domain::office::{Filter, HouseholdOrder, StandingFilter};
use domain::opinion::{OpinionKind, Topic};
use domain::source::Source;
use domain::time::Date;
use domain::verification::VisitState;
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use serde_json::Value;

/// The words that the present page looks for.
#[derive(Clone, Copy)]
pub struct Sought(RwSignal<String>);

impl Sought {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// Nothing any more.
    pub fn forget(self) {
        self.0.set(String::new());
    }
}

/// Those of this tab. To be asked while a view is made, not later: an event knows no context.
pub fn sought() -> Sought {
    use_context().unwrap_or_else(Sought::new)
}

/// The filter of this page, read from its address; it begins without words to look for. What cannot be read is left out.
pub fn filter() -> Memo<Filter> {
    let (query, sought) = (use_query_map(), sought());
    sought.forget();
    Memo::new(move |_| Filter { q: sought.0.get(), ..query.with(read) })
}

fn read(query: &ParamsMap) -> Filter {
    let at = |name: &str| query.get(name).filter(|value| !value.is_empty());
    Filter {
        campaign: at("campaign").and_then(|id| id.parse().ok()),
        from: at("from").and_then(|day| Date::read(&day)),
        to: at("to").and_then(|day| Date::read(&day)),
        village: at("village").and_then(|id| id.parse().ok()),
        team: at("team").and_then(|id| id.parse().ok()),
        by: at("by").and_then(|id| id.parse().ok()),
        state: at("state").and_then(|code| VisitState::from_code(&code)),
        topic: at("topic").and_then(|code| Topic::from_code(&code)),
        kind: at("kind").and_then(|code| OpinionKind::from_code(&code)),
        source: at("source").and_then(|code| Source::from_code(&code)),
        meeting: at("meeting").and_then(|id| id.parse().ok()),
        visit: None,
        household: at("household").and_then(|id| id.parse().ok()),
        holder: at("holder").and_then(|id| id.parse().ok()),
        standing: at("standing").and_then(|code| StandingFilter::from_code(&code)),
        q: String::new(),
        order: at("order").and_then(|code| HouseholdOrder::from_code(&code)),
        skip: 0,
        before: at("before").and_then(|line| line.parse().ok()),
    }
}

/// The filter as it stands behind `?`, for a page and for the API alike.
pub fn query(filter: &Filter) -> String {
    let pairs: Vec<String> = pairs(filter).into_iter().map(|(name, value)| format!("{name}={}", Url::escape(&value))).collect();
    pairs.join("&")
}

/// Names and values, spelled as the declaration has them, so that page and server cannot differ.
fn pairs(filter: &Filter) -> Vec<(String, String)> {
    let in_address = Filter { q: String::new(), ..filter.clone() };
    let Ok(Value::Object(fields)) = serde_json::to_value(in_address) else { return Vec::new() };
    let text = |value| if let Value::String(text) = value { text } else { value.to_string() };
    fields.into_iter().map(|(name, value)| (name, text(value))).collect()
}

/// The address of a page with a filter.
pub fn address(page: &str, filter: &Filter) -> String {
    let query = query(filter);
    if query.is_empty() { format!("/office/{page}") } else { format!("/office/{page}?{query}") }
}

/// Which row is open, by its id in the address.
pub fn opened() -> Memo<Option<RecordId>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("open")).and_then(|id| id.parse().ok()))
}

/// The address of this page with one row open.
pub fn open(page: &str, filter: &Filter, row: RecordId) -> String {
    let address = address(page, filter);
    let and = if address.contains('?') { '&' } else { '?' };
    format!("{address}{and}open={row}")
}

/// A function that shows the present page with another filter.
fn go() -> impl Fn(&Filter) + Copy + 'static {
    let navigate = StoredValue::new_local(use_navigate());
    let path = use_location().pathname;
    let sought = sought();
    move |filter: &Filter| {
        // Other words are no other address.
        let replace = sought.0.get_untracked() != filter.q;
        sought.0.set(filter.q.clone());
        // Another question begins at its first page.
        let to = format!("{}?{}", path.get_untracked(), query(&Filter { before: None, ..filter.clone() }));
        navigate.with_value(|navigate| navigate(&to, NavigateOptions { resolve: false, scroll: false, replace, ..Default::default() }));
    }
}

/// The way from a list that found nothing to all of it.
pub fn everything(page: &'static str) -> AnyView {
    let (words, sought) = (words(), sought());
    let href = format!("/office/{page}");
    view! { <a class="btn second auto" href=href on:click=move |_| sought.forget()>{words.drop_filters}</a> }.into_any()
}

/// What a page can be narrowed by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Words to look for in names, numbers and codes.
    Words,
    /// Words to look for in what was said.
    Said,
    /// The campaign.
    Campaign,
    /// The village.
    Village,
    /// The team.
    Team,
    /// Kind of opinion.
    Kind,
    /// Topic of opinion.
    Topic,
    /// Where a household stands.
    Standing,
    /// Whether a visit was verified.
    State,
    /// From a day, to a day.
    Days,
    /// How it came in.
    Source,
    /// Who did something.
    Person,
    /// In which order households stand.
    Order,
}

/// The line of filters above a list. Every change is in the address at once.
pub fn bar(parts: &'static [Part], filter: Memo<Filter>, end: impl IntoView + 'static) -> AnyView {
    let words = words();
    let go = go();
    let fields = parts.iter().map(|part| field(*part, filter, go)).collect_view();
    view! { <form class="bar-top" aria-label=words.filter on:submit=|event: SubmitEvent| event.prevent_default()>{fields}{end}</form> }
        .into_any()
}

/// What the list is narrowed to by a figure that led here, and no field above shows; with the way to all of it.
pub fn narrowed(page: &'static str, parts: &'static [Part], filter: Memo<Filter>) -> AnyView {
    let words = words();
    let directory = directory();
    let said = move || {
        let filter = filter.get();
        let shown = |part| parts.contains(&part);
        let person = filter.by.map(|by| (words.of_one_person)(&directory.person_name(by)));
        let day = |day: Option<Date>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        let days = !shown(Part::Days) && (filter.from.is_some() || filter.to.is_some());
        let days = days.then(|| (words.of_these_days)(&day(filter.from), &day(filter.to)));
        let standing = filter.standing.filter(|_| !shown(Part::Standing));
        let standing = standing.map(|standing| (words.of_one_standing)(&standing.label(lang()).to_lowercase()));
        let household = filter.household.map(|_| words.one_household.to_owned());
        let holder = filter.holder.map(|member| (words.one_holder)(&directory.person_name(member)));
        let said: Vec<String> = [household, person, holder, days, standing].into_iter().flatten().collect();
        let standing = filter.standing.filter(|_| shown(Part::Standing));
        let all = Filter { by: None, household: None, holder: None, standing, ..filter.clone() };
        let all = if shown(Part::Days) { all } else { Filter { from: None, to: None, ..all } };
        let it = filter.household.filter(|_| page != "households").map(|household| {
            let there = Filter { household: Some(household), ..Filter::default() };
            view! { " · "<a href=open("households", &there, household)>{words.to_the_household}</a> }
        });
        (!said.is_empty()).then(|| view! { <p>{said.join(" ")}" "<a href=address(page, &all)>{words.drop_filters}</a>{it}</p> })
    };
    said.into_any()
}

fn field(part: Part, filter: Memo<Filter>, go: impl Fn(&Filter) + Copy + 'static) -> AnyView {
    let words = words();
    let directory = directory();
    let named = |all: &'static str, list: Vec<(String, String)>| {
        let mut options = vec![(String::new(), all.to_owned())];
        options.extend(list);
        options
    };
    match part {
        Part::Words | Part::Said => {
            let label = if part == Part::Said { words.search_said } else { words.search };
            let learn = move |event: Event| go(&Filter { q: event_target_value(&event), ..filter.get_untracked() });
            view! {
                <div class="fld wide">
                    <label for="f-q">{label}</label>
                    <input class="input" id="f-q" type="search" autocomplete="off" spellcheck="false" prop:value=move || filter.get().q on:change=learn/>
                </div>
            }
            .into_any()
        }
        Part::Person => select(
            "f-person",
            words.who,
            move || {
                named(
                    words.everybody,
                    directory.everybody().into_iter().map(|seen| seen.value.person).map(|one| (one.id.to_string(), one.name)).collect(),
                )
            },
            move || filter.get().by.map(|id| id.to_string()),
            move |value| go(&Filter { by: value.parse().ok(), ..filter.get_untracked() }),
        ),
        Part::Days => view! { {day("f-from", true, filter, go)} {day("f-to", false, filter, go)} }.into_any(),
        Part::Campaign => select(
            "f-campaign",
            words.campaign,
            move || {
                let campaigns = values(directory.campaigns);
                named(words.running_campaign, campaigns.into_iter().map(|campaign| (campaign.id.to_string(), campaign.title)).collect())
            },
            move || filter.get().campaign.map(|id| id.to_string()),
            move |value| go(&Filter { campaign: value.parse().ok(), ..filter.get_untracked() }),
        ),
        Part::Village => select(
            "f-village",
            words.village_short,
            move || named(words.all, directory.villages().into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect()),
            move || filter.get().village.map(|id| id.to_string()),
            move |value| go(&Filter { village: value.parse().ok(), ..filter.get_untracked() }),
        ),
        Part::Team => select(
            "f-team",
            words.team,
            move || named(words.all, values(directory.teams).into_iter().map(|team| (team.id.to_string(), team.name)).collect()),
            move || filter.get().team.map(|id| id.to_string()),
            move |value| go(&Filter { team: value.parse().ok(), ..filter.get_untracked() }),
        ),
        Part::Kind => select(
            "f-kind",
            words.kind,
            move || named(words.all, OpinionKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label(lang()).to_owned())).collect()),
            move || filter.get().kind.map(|kind| kind.code().to_owned()),
            move |value| go(&Filter { kind: OpinionKind::from_code(&value), ..filter.get_untracked() }),
        ),
        Part::Topic => select(
            "f-topic",
            words.topic,
            move || named(words.all, topics(&directory.code_book(), lang())),
            move || filter.get().topic.map(|topic| topic.code().into_owned()),
            move |value| go(&Filter { topic: Topic::from_code(&value), ..filter.get_untracked() }),
        ),
        Part::State => select(
            "f-state",
            words.verified_short,
            move || {
                let all = VisitState::ALL.iter().map(|state| (state.code().to_owned(), state.label(lang()).to_owned()));
                named(words.all_that_count, all.collect())
            },
            move || filter.get().state.map(|state| state.code().to_owned()),
            move |value| go(&Filter { state: VisitState::from_code(&value), ..filter.get_untracked() }),
        ),
        Part::Source => select(
            "f-source",
            words.source,
            move || {
                named(words.all, Source::ALL.iter().map(|source| (source.code().to_owned(), source.label(lang()).to_owned())).collect())
            },
            move || filter.get().source.map(|source| source.code().to_owned()),
            move |value| go(&Filter { source: Source::from_code(&value), ..filter.get_untracked() }),
        ),
        Part::Order => select(
            "f-order",
            words.order,
            || HouseholdOrder::ALL.iter().map(|order| (order.code().to_owned(), order.label(lang()).to_owned())).collect(),
            move || filter.get().order.map(|order| order.code().to_owned()),
            move |value| go(&Filter { order: HouseholdOrder::from_code(&value), ..filter.get_untracked() }),
        ),
        Part::Standing => select(
            "f-standing",
            words.standing,
            move || {
                let all = StandingFilter::ALL.iter().map(|standing| (standing.code().to_owned(), standing.label(lang()).to_owned()));
                named(words.all, all.collect())
            },
            move || filter.get().standing.map(|standing| standing.code().to_owned()),
            move |value| go(&Filter { standing: StandingFilter::from_code(&value), ..filter.get_untracked() }),
        ),
    }
}

/// Topics of both levels, the second under its first; also those that are no longer used.
fn topics(codes: &CodeBook, lang: Lang) -> Vec<(String, String)> {
    let option = |topic: Topic| {
        let indent = if topic.is_first_level() { "" } else { "\u{a0}\u{a0}\u{a0}" };
        (topic.code().into_owned(), format!("{indent}{}", codes.label(topic, lang)))
    };
    codes.topics().into_iter().map(option).collect()
}

fn select(
    id: &'static str,
    label: &'static str,
    options: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    chosen: impl Fn() -> Option<String> + Send + Sync + 'static,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let options = move || {
        let chosen = chosen().unwrap_or_default();
        options()
            .into_iter()
            .map(|(value, label)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{label}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="fld">
            <label for=id>{label}</label>
            <select class="input" id=id on:change=move |event| choose(event_target_value(&event))>{options}</select>
        </div>
    }
    .into_any()
}

/// A day as people type it. One that cannot be read stays in the field, with the reason under it.
fn day(id: &'static str, first: bool, filter: Memo<Filter>, go: impl Fn(&Filter) + Copy + 'static) -> AnyView {
    let words = words();
    let wrong = RwSignal::new(false);
    let (label, value) =
        if first { (words.from_day, Memo::new(move |_| filter.get().from)) } else { (words.to_day, Memo::new(move |_| filter.get().to)) };
    let learn = move |event: Event| {
        let text = event_target_value(&event);
        let day = Date::read(&text);
        wrong.set(day.is_none() && !text.trim().is_empty());
        if wrong.get_untracked() {
            return;
        }
        let old = filter.get_untracked();
        go(&if first { Filter { from: day, ..old } } else { Filter { to: day, ..old } });
    };
    let error_id = format!("{id}-e");
    let shown = move || value.get().map(|day| day.to_string()).unwrap_or_default();
    view! {
        <div class="fld short">
            <label for=id>{label}</label>
            <input class="input day" id=id inputmode="numeric" autocomplete="off" aria-describedby=error_id.clone()
                aria-invalid=move || wrong.get().then_some("true") prop:value=shown on:change=learn/>
            <div id=error_id>{move || wrong.get().then(|| view! { <p class="error">{Icon::WARNING.view()}" "{words.wrong_day}</p> })}</div>
        </div>
    }
    .into_any()
}

/// Links that take out what is filtered, with how much that is; they stand beside the title.
pub fn exports(list: &'static str, filter: Memo<Filter>, total: impl Fn() -> Option<u32> + Copy + Send + Sync + 'static) -> AnyView {
    let words = words();
    let fault = RwSignal::new(None);
    let link = move |ending: &'static str, label: AnyView| {
        let path = move |filter: &Filter| format!("{list}/export.{ending}?{}", query(filter));
        saved(filter, path, format!("gan-dan-{list}.{ending}"), words.export_note, fault, label)
    };
    let label = move || (words.export)(&total().map(crate::ui::number).unwrap_or_default());
    view! {
        <div class="line end">
            {link("xlsx", view! { {Icon::INBOX.view()}" "{label} }.into_any())}
            {link("csv", words.export_csv.into_any())}
            {not_saved(fault)}
        </div>
    }
    .into_any()
}

/// A link to a file of what is filtered. With words to look for it is fetched, because the browser keeps the addresses of what it
/// downloads.
pub fn saved(
    filter: Memo<Filter>,
    path: impl Fn(&Filter) -> String + Copy + Send + Sync + 'static,
    name: String,
    title: &'static str,
    fault: RwSignal<Option<Fault>>,
    label: AnyView,
) -> AnyView {
    let session = session();
    let fetch = move |event: leptos::ev::MouseEvent| {
        let filter = filter.get_untracked();
        if filter.q.is_empty() {
            return;
        }
        event.prevent_default();
        let name = name.clone();
        spawn_local(async move {
            fault.try_set(session.save_found(&path(&filter), &filter.q, &name).await.err());
        });
    };
    // An address without the words would be the whole list, for who opens it in another way than by a plain click.
    let href = move || filter.with(|filter| if filter.q.is_empty() { format!("/api/v1/{}", path(filter)) } else { "#".to_owned() });
    view! { <a class="btn second auto" download rel="external" title=title href=href on:click=fetch>{label}</a> }.into_any()
}

/// Why a file could not be had.
pub fn not_saved(fault: RwSignal<Option<Fault>>) -> AnyView {
    let words = words();
    let said = move || fault.get().map(|fault| view! { <div role="alert">{note(Tone::Bad, Icon::WARNING, words.fault(&fault), ())}</div> });
    said.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_filter_survives_the_address() {
        let day = Date::new(2026, 11, 21);
        let filter = Filter {
            from: day,
            topic: Some(Topic::InfraRoad),
            standing: Some(StandingFilter::Due),
            order: Some(HouseholdOrder::Name),
            source: Some(Source::Paper),
            meeting: Some(RecordId::new(1, [1; 10])),
            household: Some(RecordId::new(2, [2; 10])),
            ..Filter::default()
        };
        let mut params = ParamsMap::new();
        for (name, value) in pairs(&filter) {
            params.insert(name, value);
        }
        assert_eq!(read(&params), filter);
    }
}
