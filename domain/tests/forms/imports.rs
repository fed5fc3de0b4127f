//! Broken workbooks, and what is said of each: sheet, row, column and fault.

use super::workbook;
use domain::code::Lang;
use domain::form::definition::File;
use domain::form::import::{Permit, import};
use domain::form::list::Table;
use domain::form::problem::{Fault, letters};

/// What is said of a workbook, in English.
fn said(text: &str) -> Vec<String> {
    let file = File { name: "wards.csv".to_owned(), table: Table::of(vec!["name".into(), "label".into()], [["a", "A"]]) };
    match import(&workbook(text), vec![file], Permit::default()) {
        Ok(imported) => imported.notices.iter().map(|problem| problem.words(Lang::En)).collect(),
        Err(problems) => {
            assert!(problems.iter().any(|problem| !problem.fault.is_notice()));
            assert!(problems.iter().all(|problem| !problem.words(Lang::Vi).is_empty()));
            problems.iter().map(|problem| problem.words(Lang::En)).collect()
        }
    }
}

/// A survey sheet with these rows under the usual headings.
fn survey(rows: &str) -> String {
    format!(
        "# survey\ntype|name|label|relevant|constraint|calculation|default|choice_filter|repeat_count|appearance|parameters|trigger\n{rows}\n# choices\nlist_name|name|label|group\nl|a|A|1\nl|b|B|2\n# settings\nform_title|form_id\nT|t"
    )
}

#[test]
fn every_problem_says_where_it_is() {
    let place = |row, column: &str| format!("Sheet “survey”, row {row}, column {column}: ");
    let cases: &[(&str, String)] = &[
        ("txt|a|A", place(2, "A (type)") + "there is no type “txt”. Is it “text”?"),
        ("text||A", place(2, "B (name)") + "there is no name in column “name”. Give it one without spaces."),
        ("text|a b|A", place(2, "B (name)") + "“a b” is no name: a letter or “_” first, then letters, figures, “_”, “-”, “.”."),
        ("text|a|A\ntext|a|A", place(3, "B (name)") + "the name “a” is taken by row 2. Choose another."),
        ("text|a|", place(2, "C (label)") + "“a” has no words. Write them in column “label”."),
        ("begin group|g|G\ntext|a|A", place(2, "A (type)") + "the group “g” is not closed. Add “end group” or “end repeat”."),
        ("text|a|A\nend group", place(3, "A (type)") + "this closes a group that was not opened. Take the row out, or open the group."),
        ("begin group|g|G\ntext|a|A\nend repeat", place(4, "A (type)") + "this does not close “g”, opened in row 2 (group and repeat)."),
        ("begin grup|g|G\ntext|a|A\nend group", place(2, "A (type)") + "there is no type “begin grup”. Is it “begin group”?"),
        ("select_one|a|A", place(2, "A (type)") + "the list of options is not named behind the type: “select_one list_name”."),
        ("select_one ll|a|A", place(2, "A (type)") + "sheet “choices” has no list “ll”. Is it “l”?"),
        ("select_one_from_file x.csv|a|A", place(2, "A (type)") + "the file “x.csv” is missing. Send it with the form."),
        (
            "geopoint|a|A",
            place(2, "A (type)")
                + "“geopoint” keeps a location, and the legal basis of the campaign does not allow one. Take the question out, or choose a campaign that may.",
        ),
        (
            "background-audio|a|A",
            place(2, "A (type)") + "type “background-audio” cannot be used, because it records without being seen. Take the question out.",
        ),
        (
            "select_one_external l|a|A",
            place(2, "A (type)") + "type “select_one_external” cannot be used, because it is not supported yet. Take the question out.",
        ),
        ("text|a|A|${b} = 1", place(2, "D (relevant)") + "there is no question “b”."),
        ("text|a|A|${last-saved#a} = 1", place(2, "D (relevant)") + "“last-saved#a” cannot be used: an earlier form is not opened again."),
        ("text|a|A||. = ", place(2, "E (constraint)") + "the end of the expression is missing (character 4)."),
        ("text|a|A||. ! 3", place(2, "E (constraint)") + "the expression is wrong at character 3, “!”."),
        ("text|a|A||. = 'x", place(2, "E (constraint)") + "the quote at character 5 is not closed."),
        ("text|a|A||(. = 1", place(2, "E (constraint)") + "the end of the expression is missing (character 7)."),
        ("text|a|A||selectd(., 'x')", place(2, "E (constraint)") + "there is no function “selectd” (character 1). Is it “selected”?"),
        ("text|a|A||selected(.)", place(2, "E (constraint)") + "the function “selected” (character 1) takes 2 arguments."),
        ("text|a|A||. < area(.)", place(2, "E (constraint)") + "the function “area” (character 5) cannot be used here."),
        ("text|a|A||//b = 1", place(2, "E (constraint)") + "“//” (character 1) cannot be used. Write “${question}”."),
        ("text|a|A||regex(., '(?=x)')", place(2, "E (constraint)") + "regex() cannot use the pattern “(?=x)”."),
        ("text|a|A||instance('x')/root/item", place(2, "E (constraint)") + "there is no list or file “x”."),
        ("text|a|A||instance('l')/root/item[size = 1]", place(2, "E (constraint)") + "there is no “size” in that place (character 25)."),
        ("text|a|A||../c", place(2, "E (constraint)") + "there is no “c” in that place (character 4)."),
        ("text|a|A||position()", place(2, "E (constraint)") + "“position()” (character 1) only goes between [ and ]."),
        ("calculate|a|", place(2, "F (calculation)") + "column “calculation” is empty."),
        ("calculate|a|||| . + 1", place(2, "F (calculation)") + "these depend on each other in a circle: a → a. Take one dependency out."),
        (
            "calculate|a||||${b}\ncalculate|b||||${a}",
            place(2, "F (calculation)") + "these depend on each other in a circle: a → b → a. Take one dependency out.",
        ),
        (
            "text|a|A|${b} > 1\ncalculate|b||||if(${a} = '', 1, 2)",
            place(2, "D (relevant)") + "these depend on each other in a circle: a → b → a. Take one dependency out.",
        ),
        (
            "begin group|g|G|${a} = ''\ncalculate|a||||1\nend group",
            place(2, "D (relevant)") + "these depend on each other in a circle: g → a → g. Take one dependency out.",
        ),
        ("integer|a|A||||many", place(2, "G (default)") + "“many” is no answer to a question of this type."),
        ("text|a|A|||||group = 1", place(2, "H (choice_filter)") + "only a question with options has this column."),
        ("select_one l|a|A|||||grup = 1", place(2, "H (choice_filter)") + "there is no “grup” in that place (character 1)."),
        (
            "select_one l or_other|a|A|||||group = 1",
            place(2, "H (choice_filter)") + "“or_other” and “choice_filter” do not go together. Take one out.",
        ),
        ("text|a|A||||||3", place(2, "I (repeat_count)") + "only “begin repeat” has a count."),
        ("text|a|A|||||||map", place(2, "J (appearance)") + "the appearance “map” cannot be used, because it would tell a location."),
        (
            "select_one l|a|A|||||||search('x', 'matches')",
            place(2, "J (appearance)") + "the appearance “search('x', 'matches')” cannot be used, because it is not supported yet.",
        ),
        ("text|a|A||||||||rows", place(2, "K (parameters)") + "the parameter “rows” is not understood. Write “name=value”."),
        (
            "range|a|A||||||||start=1 end=10 step=0",
            place(2, "K (parameters)") + "a range needs numbers for “start”, “end” and “step”, and a step that is not 0 and divides it.",
        ),
        ("calculate|a||||1||||||b", place(2, "L (trigger)") + "“b” is no question. Write “${question}”."),
        ("text|a|Xin chào ${b}", place(2, "C (label)") + "there is no question “b”."),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .map(|(rows, expected)| (rows, expected, said(&survey(rows))))
        .filter(|(_, expected, said)| !(said.len() == 1 && said[0] == **expected))
        .map(|(rows, expected, said)| format!("{rows}\n  said {said:?}\n  not  {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_problem_of_a_workbook_is_said_at_once() {
    let said = said(&survey("txt|a|A\ntext|b|B|${c}\ntext||C\nselect_one x|d|D"));
    assert_eq!(said.len(), 4, "{said:#?}");
}

#[test]
fn sheets_and_columns() {
    let cases = [
        ("# surve\ntype|name", "there is no sheet “survey”. Is it “surve”?"),
        ("# survey\ntype|name|label", "Sheet “survey”: the sheet has no rows. Choose the file that is filled in."),
        ("# survey\ntype|label\ntext|A", "Sheet “survey”, row 1: there is no column “name”. Add it."),
        (
            "# survey\ntype|name|label|label\ntext|a|A|B",
            "Sheet “survey”, row 1, column D (label): the same column stands further left. Take one out.",
        ),
        (
            "# survey\ntype|name|label|relevnt\ntext|a|A|1",
            "Sheet “survey”, row 1, column D (relevnt): there is no column “relevnt”. Is it “relevant”?",
        ),
        (
            "# survey\ntype|name|label|save_to\ntext|a|A|x",
            "Sheet “survey”, row 1, column D (save_to): column “save_to” cannot be used, because it is not supported yet. Empty it.",
        ),
        (
            "# survey\ntype|name|label\ntext|a|A\n# settings\npublic_key\nabc",
            "Sheet “settings”, row 1, column A (public_key): column “public_key” cannot be used, because forms are sealed otherwise here. Empty it.",
        ),
        (
            "# survey\ntype|name|label::vi\ntext|a|A\n# settings\ndefault_language\nen",
            "Sheet “settings”, row 2: no column is in the language “en”. Write it as in the headings.",
        ),
        ("# survey\ntype|name|label\ntext|a|A\n# settings\ninstance_name\n${b}", "Sheet “settings”, row 2: there is no question “b”."),
        (
            "# survey\ntype|name|label\ntext|a|A\n# choices\nlist_name|label\nl|A",
            "Sheet “choices”, row 1: there is no column “name”. Add it.",
        ),
        (
            "# survey\ntype|name|label\ntext|a|A\n# choices\nlist_name|name|label\nl|x|A\nl|x|B",
            "Sheet “choices”, row 3, column B (name): the code “x” stands in row 2 of this list already. Change one.",
        ),
        (
            "# survey\ntype|name|label\nselect_multiple l|a|A\n# choices\nlist_name|name|label\nl|x y|A",
            "Sheet “choices”, row 2: the code “x y” has a space, which separates codes where several may be chosen. Use “_”.",
        ),
        (
            "# survey\ntype|name|label\nselect_one l|a|A\n# choices\nlist_name|name|label\nl|x|${q}",
            "Sheet “choices”, row 2, column C (label): there is no question “q”.",
        ),
        (
            "# survey\ntype|name|label\ntext|a|A\n# entities\ndataset\nx",
            "Sheet “entities”: this sheet cannot be used, because it is not supported yet. Take it out.",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), [expected], "{text}");
    }
}

#[test]
fn what_is_left_out_is_said_and_the_form_is_taken() {
    let said = said("# survey\ntype|name|label|notes|colour|appearance\ntext|a|A|for us|red|sparkling\ndeviceid|d||||");
    assert_eq!(
        said,
        [
            "Sheet “survey”, row 1, column D (notes): column “notes” is not used here and is left out.",
            "Sheet “survey”, row 1, column E (colour): column “colour” means nothing to the form and is left out.",
            "Sheet “survey”, row 2, column F (appearance): nobody knows the appearance “sparkling”; it is left out.",
            "Sheet “survey”, row 3, column A (type): “deviceid” always stays empty, because it would tell who answers, or on which phone.",
        ]
    );
}

#[test]
fn forms_of_the_world_are_taken_with_their_habits() {
    // A bare word that is no question is empty, as in the WHO's verbal autopsy; in a path it stays a slip.
    assert_eq!(
        said(&survey("text|a|A\ncalculate|c|||| if(${a} = 'x', null, 1)")),
        [
            "Sheet “survey”, row 3, column F (calculation): “null” (character 16) is no question, so it is always empty. A question is written “${null}”."
        ]
    );
    assert_eq!(
        said(&survey("begin group|g|G|./nul = 1\ntext|a|A\nend group")),
        ["Sheet “survey”, row 2, column D (relevant): there is no “nul” in that place (character 3)."]
    );
    // A note without a name, and a sheet that is nearly one.
    assert_eq!(said(&survey("note||Hello\nphone number|p|P")), Vec::<String>::new());
    let near = survey("text|a|A").replace("# settings", "# stettings");
    assert_eq!(said(&near), ["there is no sheet “settings”, and “stettings” is not read. If that is meant, rename it."]);
    assert_eq!(
        said(&survey("begin loop over l|a|A\ntext|b|B\nend loop"))[0],
        "Sheet “survey”, row 2, column A (type): type “begin loop over l” cannot be used, because XLSForm has given it up. Take the question out."
    );
}

#[test]
fn a_location_is_asked_where_the_legal_basis_allows_it() {
    let text = "# survey\ntype|name|label\ngeopoint|a|A";
    assert!(import(&workbook(text), Vec::new(), Permit { location: true }).is_ok());
    let refused = import(&workbook(text), Vec::new(), Permit::default()).unwrap_err();
    assert_eq!(refused[0].fault, Fault::NeedsLocation { name: "geopoint".to_owned() });
}

#[test]
fn columns_are_named_as_spreadsheets_do() {
    for (at, name) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")] {
        assert_eq!(letters(at), name);
    }
}
