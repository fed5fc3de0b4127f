//! Forms that are too large, too deep or made to hang: a message, or an answer within the time of a blink.

use super::{at, clock, session, set, value, workbook};
use domain::form::definition::{File, Form};
use domain::form::import::{MAX_CELL, MAX_QUESTIONS, Permit, import};
use domain::form::list::Table;
use domain::form::plan::{MAX_ROWS, Plan};
use domain::form::problem::Fault;
use domain::form::session::{Invalid, Session};
use domain::form::workbook::{Sheet, Workbook};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn faults(text: &str) -> Vec<Fault> {
    import(&workbook(text), Vec::new(), Permit::default()).unwrap_err().into_iter().map(|problem| problem.fault).collect()
}

fn calculation(expression: &str) -> String {
    format!("# survey\ntype|name|label|calculation\ncalculate|a||{expression}")
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("(", ")"), ("not(", ")"), ("-(", ")"), ("if(1,", ",1)"), ("/data[", "]")] {
        let deep = format!("{}1{}", open.repeat(3_000), close.repeat(3_000));
        assert!(matches!(faults(&calculation(&deep))[..], [Fault::TooDeep { .. }]), "{open}");
    }
    let groups = format!("# survey\ntype|name|label\n{}", "begin group|g|G\n".repeat(500));
    assert!(faults(&groups).contains(&Fault::TooDeepGroups { most: 20 }));
}

#[test]
fn a_chain_of_any_length_is_worked_out() {
    let long = vec!["1"; 6_000].join(" + ");
    assert_eq!(value(&session(&calculation(&long)), "a"), "6000");
    let provinces = (0..63).map(|n| format!("if(1 = {n} + 2, 'p{n}', ")).collect::<String>() + "'none'" + &")".repeat(63);
    assert_eq!(value(&session(&calculation(&provinces)), "a"), "none");
}

/// Each step reads the two before it in two ways, and the form has them the wrong way round: asked in any other order than
/// the plan's, the last would be asked 2²⁶ times.
#[test]
fn each_expression_is_asked_once_for_a_change() {
    let steps = 26;
    let rows = (0..steps)
        .map(|n| format!("calculate|x{n}|||${{x{}}} + ${{y{}}}\ncalculate|y{n}|||${{x{}}} - ${{y{}}}\n", n + 1, n + 1, n + 1, n + 1));
    let rows: String = rows.collect();
    let mut session = session(&format!("# survey\ntype|name|label|default|calculation\n{rows}integer|x{steps}|X|1\ninteger|y{steps}|Y|1"));
    let began = Instant::now();
    set(&mut session, &format!("x{steps}"), "2");
    assert_eq!(value(&session, "x0"), (2 << (steps / 2)).to_string());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn what_is_too_large_is_refused() {
    let rows = (0..10_000).map(|n| format!("text|q{n}|Q\n")).collect::<String>();
    assert_eq!(faults(&format!("# survey\ntype|name|label\n{rows}")), [Fault::TooManyRows { most: MAX_QUESTIONS }]);
    let giant = "x".repeat(MAX_CELL as usize + 1);
    assert_eq!(faults(&format!("# survey\ntype|name|label\ntext|b|B\ntext|a|{giant}")), [Fault::CellTooLong { most: MAX_CELL }]);
    let broken = Workbook { sheets: vec![Sheet { name: "survey".to_owned(), rows: vec![vec![String::new(); 3]; 3] }] };
    assert!(import(&broken, Vec::new(), Permit::default()).is_err());
}

#[test]
fn a_repeat_count_of_any_size_is_bounded_and_said() {
    let mut session = session("# survey\ntype|name|label|repeat_count\ninteger|n|N\nbegin repeat|r|R|${n}\ntext|t|T\nend repeat");
    set(&mut session, "n", "1000000000000");
    assert_eq!(session.find("r").len(), MAX_ROWS - 1);
    assert_eq!(session.all_invalid()[0].1, Invalid::TooMany(1_000_000_000_000));
    set(&mut session, "n", "2");
    assert_eq!(session.find("r").len(), 2);
    set(&mut session, "n", "-5");
    assert_eq!(session.find("r").len(), 0);
}

#[test]
fn no_pattern_hangs() {
    let began = Instant::now();
    let text = "a".repeat(5_000);
    let session = session(&calculation(&format!("regex('{text}!', '(a+)+(a*)*(aa?)*')")));
    assert_eq!(value(&session, "a"), "false");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(matches!(faults(&calculation("regex('a', '((a{1000}){1000}){1000}')"))[..], [Fault::BadPattern { .. }]));
}

/// Every prefix of an expression, and every expression with one letter changed, is read or refused without a panic.
#[test]
fn damaged_expressions_are_messages() {
    let good =
        "if(selected(${a}, 'x') and count(../a[. > 1.5]) >= -2, instance('l')/root/item[name=current()/../a]/label, \"y\") | /data/*[2]";
    let signs: Vec<char> = "()[]${}'\"/*.,:@|-+=!<> x1á".chars().collect();
    let letters: Vec<char> = good.chars().collect();
    for place in 0..letters.len() {
        for replaced in std::iter::once(None).chain(signs.iter().map(|sign| Some(*sign))) {
            let damaged: String = match replaced {
                None => letters[..place].iter().collect(),
                Some(sign) => letters.iter().enumerate().map(|(n, letter)| if n == place { sign } else { *letter }).collect(),
            };
            let sheet = vec![
                vec!["type".to_owned(), "name".to_owned(), "label".to_owned(), "constraint".to_owned()],
                vec!["text".to_owned(), "a".to_owned(), "A".to_owned(), damaged],
            ];
            let choices = vec![
                vec!["list_name".to_owned(), "name".to_owned(), "label".to_owned()],
                vec!["l".to_owned(), "a".to_owned(), "A".to_owned()],
            ];
            let workbook = Workbook {
                sheets: vec![Sheet { name: "survey".to_owned(), rows: sheet }, Sheet { name: "choices".to_owned(), rows: choices }],
            };
            if let Ok(imported) = import(&workbook, Vec::new(), Permit::default()) {
                let mut session = Session::new(Arc::new(Plan::new(imported.form).unwrap()), clock(), 1);
                set(&mut session, "a", "2");
                let _ = session.invalid(at(&session, "a"));
            }
        }
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let mut table: serde_json::Value = serde_json::to_value(Table::of(vec!["name".into(), "label".into()], [["á", "b"]])).unwrap();
    table["ends"] = serde_json::json!([1, 9_000]);
    let file = File { name: "f.csv".to_owned(), table: serde_json::from_value(table).unwrap() };
    let problems = import(&workbook("# survey\ntype|name|label\ntext|a|A"), vec![file], Permit::default()).unwrap_err();
    assert_eq!(problems[0].fault, Fault::DamagedFile { name: "f.csv".to_owned() });
    assert!(Plan::new(Form::default()).is_ok());
}
