//! A household as it is typed, and how each of its fields is: in its form, and where two people wrote different things.

use crate::page::{Words, words};
use app::ui::cells::{checkbox, radio};
use app::ui::field::{Field, Typed};
use domain::household::{Household, HouseholdError, HouseholdStatus};
use domain::id::AreaId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A household as it is typed; also what its draft holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheet {
    pub household: Household,
    /// As typed: what is not a number must not vanish.
    pub people: String,
    pub village: Option<AreaId>,
}

impl Sheet {
    /// A household, to be typed into.
    pub fn of(household: Household) -> Self {
        let people = household.people.map(|people| people.to_string()).unwrap_or_default();
        Self { household, people, village: None }
    }

    /// What was typed, as it would be saved: every line clean, the phone number without spaces.
    pub fn read(&self) -> Result<Household, HouseholdError> {
        let people = self.people.trim();
        let people = if people.is_empty() { None } else { Some(people.parse().map_err(|_| HouseholdError::People)?) };
        Ok(Household { people, ..self.household.clone() }.cleaned())
    }
}

/// Where the fields of one household are typed.
#[derive(Clone)]
pub struct Editor {
    /// Where what is typed goes.
    pub sheet: RwSignal<Sheet>,
    /// Hears of every change.
    pub touched: Arc<dyn Fn() + Send + Sync>,
    /// What is wrong, once that may be said.
    pub wrong: Arc<dyn Fn() -> Option<HouseholdError> + Send + Sync>,
}

impl Editor {
    /// What a field is typed or chosen in.
    pub fn field(&self, field: &'static str) -> AnyView {
        let Words { w, .. } = words();
        let (label, hint, kind, text): (_, _, _, fn(&mut Sheet) -> &mut String) = match field {
            "head" => (w.head, w.head_hint, Typed::Line, |sheet| &mut sheet.household.head),
            "sort" => (w.sort, "", Typed::Line, |sheet| &mut sheet.household.sort),
            "no" => (w.number, "", Typed::Line, |sheet| &mut sheet.household.no),
            "cluster" => (w.cluster, "", Typed::Line, |sheet| &mut sheet.household.cluster),
            "hint" => (w.house_hint, w.house_hint_example, Typed::Line, |sheet| &mut sheet.household.hint),
            "hours" => (w.hours, w.hours_example, Typed::Line, |sheet| &mut sheet.household.hours),
            "phone" => (w.phone, w.phone_hint, Typed::Phone, |sheet| &mut sheet.household.phone),
            "people" => (w.people, w.people_hint, Typed::Number, |sheet| &mut sheet.people),
            "status" => return self.status(),
            "no_contact" => return self.no_contact(),
            _ => return ().into_any(),
        };
        let value = std::mem::take(text(&mut self.sheet.get_untracked()));
        let change = self.change();
        let learn = move |typed: String| change(&|sheet| text(sheet).clone_from(&typed));
        let wrong = Arc::clone(&self.wrong);
        let wrong = move || wrong().filter(|wrong| wrong.field() == field).map(|wrong| w.household_error(wrong).to_owned());
        Field { id: id_of(field), label, hint, kind, value }.view(learn, wrong)
    }

    fn change(&self) -> impl Fn(&dyn Fn(&mut Sheet)) + use<> {
        let Self { sheet, touched, .. } = self.clone();
        move |change| {
            sheet.update(|sheet| change(sheet));
            touched();
        }
    }

    fn status(&self) -> AnyView {
        let Words { w, lang, .. } = words();
        let sheet = self.sheet;
        let cell = |status: &'static HouseholdStatus| {
            let change = self.change();
            radio(
                "tinh-trang",
                move || sheet.with(|sheet| sheet.household.status == *status),
                move || change(&|sheet| sheet.household.status = *status),
                status.label(lang),
            )
        };
        view! {
            <fieldset><legend>{w.household_status}</legend>
                <div class="cells">{HouseholdStatus::ALL.iter().map(cell).collect_view()}</div>
            </fieldset>
        }
        .into_any()
    }

    fn no_contact(&self) -> AnyView {
        let Words { w, .. } = words();
        let (sheet, change) = (self.sheet, self.change());
        view! {
            <fieldset><legend>{w.contact_wish}</legend><div class="cells one">
                {checkbox(move || sheet.with(|sheet| sheet.household.no_contact),
                    move |on| change(&|sheet| sheet.household.no_contact = on),
                    view! { {w.wants_no_contact}" "<small>{w.wants_no_contact_hint}</small> }.into_any(),
                )}
            </div></fieldset>
        }
        .into_any()
    }
}

/// The id of a field on its page.
pub fn id_of(field: &str) -> &'static str {
    match field {
        "no" => "so-nha",
        "cluster" => "cum",
        "hint" => "cho-o",
        "hours" => "gio",
        "phone" => "dien-thoai",
        "people" => "so-nguoi",
        "sort" => "xep",
        _ => "ten",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::RecordId;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_damaged_sheet_is_one_or_none() {
        let household = Household { head: "Nguyễn Thị Lành".into(), phone: "0187250416".into(), ..Household::default() };
        let id = RecordId::new(1, [1; 10]);
        let sheet = Sheet { household: Household { same_as: Some(id), ..household }, people: "4".into(), village: Some(id.into()) };
        crate::chance::survives(&sheet, |sheet| drop(sheet.read()));
    }
}
