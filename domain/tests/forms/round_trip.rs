//! Imported, exported and imported again, a form is the same.

use super::{form_with, workbook};
use domain::form::definition::{File, Form, Item, List, Source};
use domain::form::export::export;
use domain::form::import::{Permit, import};
use domain::form::kind::Kind;
use domain::form::list::Table;
use proptest::prelude::*;

fn again(form: &Form) -> Form {
    let workbook = export(form);
    match import(&workbook, form.files.clone(), Permit::default()) {
        Ok(imported) => imported.form,
        Err(problems) => panic!("{problems:#?}\n{workbook:#?}"),
    }
}

#[test]
fn a_form_with_everything_survives() {
    let file = File { name: "wards.csv".to_owned(), table: Table::of(vec!["code".into(), "title".into()], [["a", "A"]]) };
    let form = form_with(
        "# survey
         type | name | label::English (en) | label::Tiếng Việt (vi) | hint | required | required_message::English (en) | relevant | constraint | constraint_message | calculation | choice_filter | repeat_count | read only | appearance | parameters | media::image::English (en) | default | trigger | guidance_hint
         text | a | Name | Tên | Hint | yes | Please
         begin_repeat | r | R | Lặp | | | | | | | | | 3
         select one l or_other | s | S | Chọn | | | | ${a} != ''
         begin group | g | | | | | | | | | | | | | field-list
         select_multiple l | m | M | Nhiều | | | | | count-selected(.) < 3 | Too many | | size = 1
         end_group
         end repeat
         select_one_from_file wards.csv | w | W | Phường | | | | | | | | | | | minimal | value=code label=title
         Integer | n | N | Số | | ${a} = 'x' | | | | | | | | | | | a.png | 5
         calculate | c | | | | | | | | | ${n} + 1 | | | | | | | | ${a}
         csv-external | wards
         # choices
         list name | value | label::English (en) | label::Tiếng Việt (vi) | size | image
         l | x | X | Ích | 1 | x.png
         l | y | Y | I | 2
         # settings
         title | id_string | version | default_language | style | instance_name | allow_choice_duplicates
         Form | form | 2026.1 | English (en) | pages | ${a} | yes",
        vec![file],
    );
    assert_eq!(form.items.len(), 10);
    assert_eq!(again(&form), form);
    assert_eq!(export(&again(&form)), export(&form));
}

#[test]
fn decomposed_letters_are_composed() {
    let imported = import(&workbook("# survey\ntype|name|label\ntext|a|Te\u{302}n"), Vec::new(), Permit::default()).unwrap();
    assert_eq!(imported.form.items[0].label.of(0), "Tên");
}

/// An item of any kind that needs nothing else.
fn item() -> impl Strategy<Value = (Kind, bool, String, String, u8)> {
    let kind = prop::sample::select(vec![
        Kind::Text,
        Kind::Integer,
        Kind::Date,
        Kind::Note,
        Kind::Image,
        Kind::SelectOne,
        Kind::SelectMultiple,
        Kind::Rank,
        Kind::Group,
        Kind::Repeat,
        Kind::Barcode,
        Kind::Hidden,
    ]);
    (kind, any::<bool>(), "[a-zà-ỹ ]{1,12}", "[A-Z]{0,4}", 0u8..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_form_survives(items in prop::collection::vec(item(), 1..30), languages in 1usize..3) {
        let mut form = Form { languages: vec!["Tiếng Việt (vi)".to_owned(), "English (en)".to_owned()], ..Form::default() };
        form.languages.truncate(languages);
        form.settings.default_language = form.languages[0].clone();
        form.lists.push(List { name: "l".to_owned(), table: Table::of(vec!["name".into(), "label::Tiếng Việt (vi)".into()], [["a", "Một"], ["b", "Hai"]]) });
        let mut depth = 0u16;
        for (n, (kind, deeper, label, hint, closed)) in items.into_iter().enumerate() {
            depth = depth.saturating_sub(u16::from(closed));
            let mut item = Item::new(kind, &format!("n{n}"));
            item.depth = depth;
            item.label.set(0, domain::text::clean(&format!("x {label}")));
            item.hint.set(languages - 1, hint);
            item.required = if deeper { "yes".to_owned() } else { String::new() };
            item.source = kind.is_select().then(|| Source::List("l".to_owned()));
            if kind.holds_items() && depth < 10 {
                depth += 1;
            }
            form.items.push(item);
        }
        prop_assert_eq!(again(&form), form);
    }
}
