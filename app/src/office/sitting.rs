//! What was saved since this page was opened, the latest first, and how a mistake is taken back.

use crate::form::Form;
use crate::session::{Session, new_id, session, words};
use crate::ui::{confirm, number};
use app::platform::dom;
use domain::id::{AreaId, RecordId};
use domain::office::HouseholdRow;
use domain::time::Date;
use domain::typing::{TakenBack, TypedOpinion, TypedVisit};
use leptos::prelude::*;

/// The list.
#[derive(Clone, Copy)]
pub struct Sitting {
    session: Session,
    stored: RwSignal<Vec<Stored>>,
    /// How many opinions without a name were saved: nothing else is known of them here.
    unnamed: RwSignal<usize>,
}

/// Something that was saved, and every record that it is.
#[derive(Clone)]
pub struct Stored {
    row: usize,
    village: AreaId,
    records: Vec<RecordId>,
    day: Date,
    what: String,
    /// Whether somebody was met; nothing of an opinion that came without a visit.
    met: Option<bool>,
    opinions: usize,
    back: RwSignal<bool>,
}

fn name(home: Option<&HouseholdRow>) -> String {
    let Some(home) = home else { return String::new() };
    [home.no.as_str(), home.head.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

impl Stored {
    /// A visit with what belongs to it.
    pub fn visit(visit: &TypedVisit, home: Option<&HouseholdRow>) -> Self {
        let mut records = vec![visit.id];
        records.extend(visit.note.iter().map(|note| note.id));
        for said in &visit.opinions {
            records.push(said.id);
            records.extend(visit.promised.map(|_| said.promise));
        }
        let (village, day) = (visit.place.village, visit.place.day);
        let (met, opinions) = (Some(visit.contact.met()), visit.opinions.len());
        Self { row: 0, village, records, day, what: name(home), met, opinions, back: RwSignal::new(false) }
    }

    /// An opinion with its promise.
    pub fn opinion(opinion: &TypedOpinion, home: Option<&HouseholdRow>) -> Self {
        let records = [Some(opinion.said.id), opinion.promised.map(|_| opinion.said.promise)].into_iter().flatten().collect();
        let (village, day) = (opinion.place.village, opinion.place.day);
        Self { row: 0, village, records, day, what: name(home), met: None, opinions: 1, back: RwSignal::new(false) }
    }
}

impl Sitting {
    /// Nothing saved yet.
    pub fn new() -> Self {
        Self { session: session(), stored: RwSignal::new(Vec::new()), unnamed: RwSignal::new(0) }
    }

    /// Of this tab.
    pub const fn session(self) -> Session {
        self.session
    }

    /// How many were saved and not taken back.
    pub fn count(self) -> usize {
        self.stored.with(|all| all.iter().filter(|one| !one.back.get()).count())
    }

    /// Everything that was saved, opinions without a name included.
    pub fn count_all(self) -> usize {
        self.count() + self.unnamed.get()
    }

    /// Adds what was saved, and how many opinions without a name were saved beside it.
    pub fn add(self, stored: Stored, unnamed: usize) {
        self.stored.update(|all| all.push(Stored { row: all.len() + 1, ..stored }));
        self.add_unnamed(unnamed);
    }

    /// Adds opinions without a name.
    pub fn add_unnamed(self, unnamed: usize) {
        self.unnamed.update(|n| *n += unnamed);
    }

    /// The list; `then` is the field that has the focus after something was taken back.
    pub fn view(self, then: &'static str) -> AnyView {
        let words = words();
        let rows = move || self.stored.get().into_iter().rev().collect::<Vec<_>>();
        let unnamed = move || {
            let n = self.unnamed.get();
            (n > 0).then(|| view! { <p class="small muted">{(words.unnamed_n)(&n.to_string())}</p> })
        };
        // Rows are added to the table that is there.
        let none = Memo::new(move |_| self.stored.with(Vec::is_empty));
        let table = move || {
            if none.get() {
                return view! { <p class="muted">{words.sitting_none}</p> }.into_any();
            }
            view! {
                <table class="tbl" id="sitting">
                    <thead><tr>
                        <th scope="col">{words.household}</th>
                        <th scope="col">{words.day}</th>
                        <th scope="col">{words.contact}</th>
                        <th scope="col" class="r">{words.said_n}</th>
                        <th scope="col"><span class="unseen">{words.take_back_sheet}</span></th>
                    </tr></thead>
                    <tbody><For each=rows key=|one| one.row children=move |one| self.row(one, then)/></tbody>
                </table>
            }
            .into_any()
        };
        view! { <section class="stack"><h2>{words.sitting}</h2>{table}{unnamed}</section> }.into_any()
    }

    fn row(self, one: Stored, then: &'static str) -> AnyView {
        let words = words();
        // Every attempt without contact reads the same in a list.
        let met = match one.met {
            Some(true) => words.met,
            Some(false) => words.not_met,
            None => "–",
        };
        let form = Form::of_row("back", one.row);
        let Stored { village, records, back, .. } = one.clone();
        let (id, session) = (new_id(RecordId::new), self.session);
        let value = StoredValue::new(TakenBack { id, village, records });
        let act = move || {
            let work = move || async move { session.write_several("typed/taken-back", &value.get_value()).await };
            form.deliver(&[], work, move |()| {
                back.set(true);
                dom::focus(then);
            });
        };
        let way = move || {
            if back.get() {
                return view! { <span class="muted">{words.taken_back}</span> }.into_any();
            }
            form.view(|| (), confirm(words.take_back_sheet, move || words.take_back_again.to_owned(), words.take_back_sheet, act))
        };
        let class = move || if back.get() { "muted" } else { "" };
        view! {
            <tr class=class>
                <th scope="row">{one.what}</th>
                <td>{one.day.to_string()}</td>
                <td>{met}</td>
                <td class="r">{number(u32::try_from(one.opinions).unwrap_or(u32::MAX))}</td>
                <td>{way}</td>
            </tr>
        }
        .into_any()
    }
}
