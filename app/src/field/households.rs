//! "Các hộ": search as one types, by village, left, due.

use crate::page::{Frame, Tab, Words, campaign, page, words};
use crate::place::Place;
use app::phone::Phone;
use app::platform::dom;
use app::ui::icon::Icon;
use app::ui::live::{live, tap};
use app::ui::row::{link_row, margin, mark, standing_sign};
use app::words::shared::count;
use domain::id::AreaId;
use domain::notebook::{Ask, Filter, HouseholdLine, List};
use domain::text::Query;
use leptos::prelude::*;

/// Rows shown at first, and added as one scrolls or by "Xem thêm": two screens. Every row costs a slow phone 3 ms at each
/// key that is typed.
const ROWS: usize = 12;

/// What the reader was looking for; stays while they visit a house and come back.
#[derive(Clone, Copy)]
pub struct Search {
    typed: RwSignal<String>,
    /// What stood there when something was redacted, and may name it.
    outdated: StoredValue<String>,
    village: RwSignal<Option<AreaId>>,
    rows: RwSignal<usize>,
}

impl Search {
    /// Nothing looked for yet.
    pub fn new() -> Self {
        Self {
            typed: RwSignal::new(String::new()),
            outdated: StoredValue::new(String::new()),
            village: RwSignal::new(None),
            rows: RwSignal::new(ROWS),
        }
    }

    /// What was looked for before the notebook was closed.
    pub fn restore(self, typed: String) {
        self.typed.set(typed);
    }

    /// What is kept of it.
    pub fn kept(self) -> String {
        let typed = self.typed();
        if self.outdated.with_value(|outdated| *outdated == typed) { String::new() } else { typed }
    }

    /// Something was redacted: what stands there is not kept any more. It stays on the screen, where somebody may be typing.
    pub fn outdate(self) {
        self.outdated.set_value(self.typed());
    }

    /// What was typed, to begin a new household with.
    pub fn typed(self) -> String {
        self.typed.get_untracked()
    }
}

/// The list of households.
pub fn households(phone: Phone, filter: Filter) -> AnyView {
    let Words { w, lang, .. } = words();
    let search = use_context::<Search>().unwrap_or_else(Search::new);
    let list = Memo::new(move |_| {
        let campaign = campaign(phone);
        search.typed.with(|typed| {
            let ask = Ask { campaign, filter, village: search.village.get(), query: typed, today: phone.today(), limit: search.rows.get() };
            phone.with(|notebook| notebook.list(&ask))
        })
    });
    let learn = move |typed: String| {
        search.rows.set(ROWS);
        search.typed.set(typed);
    };
    let more = move || {
        if dom::near_end() && list.with_untracked(|list| list.found > list.rows.len()) {
            search.rows.update(|rows| *rows += ROWS);
        }
    };
    let scrolled = window_event_listener_untyped("scroll", move |_| more());
    on_cleanup(move || scrolled.remove());
    let segment = move |of: Filter, name: &'static str, counted: fn(&List) -> usize| {
        view! {
            <a href=Place::Households(of).href() aria-current=(of == filter).then_some("true")>
                <b>{live(move || list.with(|list| count(counted(list) as u32, lang)))}</b>" "{name}
            </a>
        }
        .into_any()
    };
    let has_mine = Memo::new(move |_| list.with(|list| list.mine > 0));
    let content = view! {
        <h1 class="unseen">{w.households}</h1>
        <div class="stack">
            <div class="search fld">
                <label for="tim">{w.search}" "<small>{w.without_marks}</small></label>
                {Icon::SEARCH.view()}
                <input class="input" id="tim" type="search" autocomplete="off" spellcheck="false" enterkeyhint="search"
                    prop:value=search.typed() on:input=move |event| learn(event_target_value(&event))/>
            </div>
            {village_choice(phone, search)}
            <nav class="seg" aria-label=w.filter>
                {live(move || has_mine.get().then(|| segment(Filter::Mine, w.mine, |list| list.mine)))}
                {segment(Filter::Left, w.left, |list| list.left)}
                {segment(Filter::Due, w.due, |list| list.due)}
                {segment(Filter::All, w.all, |list| list.all)}
            </nav>
            <p class="small muted" role="status">{live(move || found(phone, search, &list.read(), filter))}</p>
        </div>
        {live(move || rows(phone, search, &list.read(), filter))}
    }
    .into_any();
    page(phone, Frame::Tab(Tab::Households), content.into_any())
}

fn village_choice(phone: Phone, search: Search) -> AnyView {
    let Words { w, .. } = words();
    // Compared before it is drawn: a list that is opened must not be drawn anew by each sync.
    let villages = Memo::new(move |_| {
        phone.with(|notebook| notebook.villages().into_iter().map(|unit| (unit.id, unit.name.clone())).collect::<Vec<_>>())
    });
    let choose = move |id: String| {
        search.rows.set(ROWS);
        search.village.set(id.parse().ok());
    };
    live(move || {
        let villages = villages.get();
        (villages.len() > 1).then(|| {
            let chosen = search.village.get_untracked();
            let options = villages
                .into_iter()
                .map(|(id, name)| view! { <option value=id.to_string() selected=chosen == Some(id)>{name}</option> }.into_any());
            view! {
                <div class="fld line">
                    <label for="thon">{w.village}</label>
                    <select class="input" id="thon" on:change=move |event| choose(event_target_value(&event))>
                        <option value="">{w.all_villages}</option>
                        {options.collect_view()}
                    </select>
                </div>
            }
            .into_any()
        })
    })
}

fn found(phone: Phone, search: Search, list: &List, filter: Filter) -> String {
    let Words { w, lang, .. } = words();
    let number = count(list.found as u32, lang);
    let village = search.village.get().and_then(|id| phone.with(|notebook| notebook.unit(id).map(|unit| unit.name.clone())));
    let found = match (search.typed.with(|typed| typed.trim().is_empty()), filter) {
        (false, _) => (w.found)(&number),
        (true, Filter::Left) => (w.found_left)(&number),
        (true, Filter::Due) => (w.found_due)(&number),
        (true, Filter::All | Filter::Mine) => (w.households_n)(&number),
    };
    village.map_or(found.clone(), |village| format!("{found} · {village}"))
}

fn rows(phone: Phone, search: Search, list: &List, filter: Filter) -> AnyView {
    let Words { w, lang, .. } = words();
    if list.rows.is_empty() {
        return none(search, list, filter);
    }
    let query = search.typed.with_untracked(|typed| Query::new(typed));
    let village_shown = search.village.get_untracked().is_none() && phone.with(|notebook| notebook.villages().len() > 1);
    let rows = list.rows.iter().map(|line| row(phone, line, &query, village_shown)).collect_view();
    let left = list.found.saturating_sub(list.rows.len());
    let more = (left > 0).then(|| {
        view! {
            <button type="button" class="btn plain" on:click=tap(move || search.rows.update(|rows| *rows += ROWS))>
                {(w.more)(&count(left as u32, lang))}
            </button>
        }
        .into_any()
    });
    view! {
        <ul class="ruled">{rows}</ul>
        {more}
        <a class="btn plain" href=Place::NewHousehold.href()>{Icon::ADD.view()}" "{w.add_household}</a>
    }
    .into_any()
}

fn row(phone: Phone, line: &HouseholdLine, query: &Query, village_shown: bool) -> AnyView {
    let Words { w, shared, lang } = words();
    let today = phone.today();
    let sign = standing_sign(line.standing, today);
    let village = village_shown.then(|| phone.with(|notebook| notebook.unit(line.village).map(|unit| unit.name.clone()))).flatten();
    let place =
        [line.cluster.as_str(), &line.hint, village.as_deref().unwrap_or(""), if line.code.is_empty() { w.no_code_short } else { "" }];
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let place = (!place.is_empty()).then(|| view! { <span class="small muted">{place.join(" · ")}</span> }.into_any());
    let words = view! {
        <b>{highlighted(&line.head, query)}</b>
        {place}
        {mark(sign.1, None, shared.standing(line.standing, line.status.label(lang), today))}
    }
    .into_any();
    link_row(Place::Household(line.id).href(), margin(line.no.clone(), Some(sign)), words)
}

/// A name with the found letters underlined.
fn highlighted(name: &str, query: &Query) -> AnyView {
    if query.is_empty() {
        return name.to_owned().into_any();
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for (from, to) in query.highlight(name) {
        if let (Some(before), Some(hit)) = (name.get(at..from), name.get(from..to)) {
            pieces.push(before.to_owned().into_any());
            pieces.push(view! { <mark>{hit.to_owned()}</mark> }.into_any());
            at = to;
        }
    }
    pieces.push(name.get(at..).unwrap_or_default().to_owned().into_any());
    pieces.into_any()
}

/// Why there is nothing, and what to do.
fn none(search: Search, list: &List, filter: Filter) -> AnyView {
    let Words { w, lang, .. } = words();
    let typed = search.typed();
    let typed = typed.trim();
    let all = count(list.all as u32, lang);
    let why = match (typed.is_empty(), filter) {
        (false, _) => (w.none_found)(&all, typed),
        (true, Filter::Left) => w.none_left.to_owned(),
        (true, Filter::Due) => w.none_due.to_owned(),
        (true, Filter::All | Filter::Mine) => w.none_here.to_owned(),
    };
    // The filter or the village may be what hides the household.
    let wider = (filter != Filter::All || search.village.get_untracked().is_some()).then(|| {
        let everywhere = move || search.village.set(None);
        view! { <a class="btn second" href=Place::Households(Filter::All).href() on:click=tap(everywhere)>{w.search_all}</a> }.into_any()
    });
    view! {
        <p class="big">{why}</p>
        {wider}
        <div>
            <a class="btn second" href=Place::NewHousehold.href()>{w.add_this}</a>
            <p class="hint">{w.add_hint}</p>
        </div>
    }
    .into_any()
}
