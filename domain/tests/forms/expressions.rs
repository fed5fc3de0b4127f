//! Expressions and what they are worth. Expectations are those of XPath 1.0, of the OpenRosa specification and of the
//! tests of JavaRosa and the ODK web client; where these differ, of `docs/SURVEYS.md`.

use super::{form_with, session, set, value};
use domain::form::definition::{File, Form, Item, Text};
use domain::form::kind::Kind;
use domain::form::list::Table;
use domain::form::plan::Plan;
use domain::form::session::Session;
use std::sync::Arc;

/// What an expression is worth, as text: among questions `a` = 5, `b` = "water power", `empty`, `date`, and a repeat `r`
/// with `x` = 1, 2, 3.
fn worth(expression: &str) -> String {
    let mut form: Form = form_with(
        "# survey
         type | name | label | default | repeat_count
         integer | a | A | 5
         decimal | d | D | 2.5
         integer | zero | Z | 0
         text | b | B | water power
         text | empty | E
         date | date | D | 2012-07-23
         begin repeat | r | R | | 3
         integer | x | X | position(..)
         end repeat
         select_one l | s | S | two
         # choices
         list_name | name | label | size
         l | one | Một | 1
         l | two | Hai | 2
         l | three | Ba | 3",
        vec![File { name: "prices.csv".to_owned(), table: Table::of(vec!["key".into(), "price".into()], [["rice", "12"], ["salt", "3"]]) }],
    );
    let mut item = Item::new(Kind::Calculate, "result");
    item.calculation = format!("string({expression})");
    item.label = Text::default();
    form.items.push(item);
    match Plan::new(form) {
        Ok(plan) => {
            let session = Session::new(Arc::new(plan), super::clock(), 7);
            value(&session, "result").to_owned()
        }
        Err(faults) => panic!("{expression}: {faults:?}"),
    }
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(expression, expected)| (expression, expected, worth(expression)))
        .filter(|(_, expected, found)| *expected != found)
        .map(|(expression, expected, found)| format!("{expression} = {found:?}, not {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_and_operators() {
    check(&[
        ("1 + 1", "2"),
        ("7 div 2", "3.5"),
        ("7 mod 3", "1"),
        ("-7 mod 3", "-1"),
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("0 div 0", "NaN"),
        ("2 + 3 * 4 - 1", "13"),
        ("10 - 2 - 3", "5"),
        ("- - 3", "3"),
        ("0 * -1", "0"),
        ("1000000 * 1000000 * 1000000 * 1000000", "1000000000000000000000000"),
        ("0.1 + 0.2", "0.30000000000000004"),
        (".5 + 1.", "1.5"),
        ("'5' + 1", "6"),
        ("'1,5' + 1", "NaN"),
        ("'' + 1", "NaN"),
        ("${empty} + 1", "NaN"),
        ("${a} * ${d}", "12.5"),
        ("number('abc')", "NaN"),
        ("number(true())", "1"),
        ("number('1e3')", "1000"),
        ("int(2.51)", "2"),
        ("int(-1.51)", "-1"),
        ("round(1.5)", "2"),
        ("round(-1.5)", "-2"),
        ("round(1.234, 2)", "1.23"),
        ("round(1235.5, -2)", "1200"),
        ("floor(-1.5)", "-2"),
        ("ceiling(1.1)", "2"),
        ("abs(-3)", "3"),
        ("pow(2, 10)", "1024"),
        ("sqrt(9)", "3"),
        ("log10(1000)", "3"),
        ("exp10(2)", "100"),
        ("round(pi(), 4)", "3.1416"),
        ("min(3, 1, 2)", "1"),
        ("max(3, 1, 2)", "3"),
        ("max(${x})", "3"),
        ("min(1, 'x')", "NaN"),
    ]);
}

#[test]
fn truths_and_comparisons() {
    check(&[
        ("1 < 2 and 2 < 3", "true"),
        ("1 > 2 or 2 < 3", "true"),
        ("true() or 1 div 0", "true"),
        ("not(1 = 2)", "true"),
        ("boolean('0')", "true"),
        ("boolean('')", "false"),
        ("boolean(${empty})", "false"),
        ("boolean(${zero})", "false"),
        ("boolean(${a})", "true"),
        ("boolean-from-string('1')", "true"),
        ("boolean-from-string('yes')", "false"),
        ("${a} = 5", "true"),
        ("${a} = '5'", "true"),
        ("${a} = '5.0'", "false"),
        ("${a} >= 5", "true"),
        ("${empty} = ''", "true"),
        ("${empty} != 0", "true"),
        ("'a' < 'b'", "false"),
        ("number('x') = number('x')", "false"),
        ("${x} = 2", "true"),
        ("${x} != 2", "true"),
        ("${x} = 4", "false"),
        ("true() = 'no'", "true"),
        ("if(${a} > 3, 'big', 'small')", "big"),
        ("if(false(), 'a', 1 + 1)", "2"),
        ("coalesce(${empty}, 'other')", "other"),
        ("coalesce(${a}, 'other')", "5"),
        ("coalesce('' + 1, 0)", "0"),
        ("checklist(1, 2, 1=1, 2=2, 3=3)", "false"),
        ("checklist(-1, 2, 2>1)", "true"),
        ("checklist(1, 1, true(), false(), false())", "true"),
        ("weighted-checklist(-1, 2, 2>1, 3)", "false"),
        ("weighted-checklist(1, 1, 1=1, 1)", "true"),
        ("weighted-checklist(1, 1, 1=1, 0)", "false"),
    ]);
}

#[test]
fn texts() {
    check(&[
        ("concat('a', \"b\", 1)", "ab1"),
        ("concat(${x}, '!')", "123!"),
        ("join(', ', ${x})", "1, 2, 3"),
        ("join(' ## ')", ""),
        ("string-length('Xã Đông')", "7"),
        ("normalize-space('  a   b ')", "a b"),
        ("contains(${b}, 'pow')", "true"),
        ("starts-with(${b}, 'water')", "true"),
        ("ends-with(${b}, 'water')", "false"),
        ("substring-before('a-b-c', '-')", "a"),
        ("substring-after('a-b-c', '-')", "b-c"),
        ("substring-after('abc', 'x')", ""),
        ("substr('hello', 1, 4)", "ell"),
        ("substr('hello', -2)", "lo"),
        ("substr('hello', 0, -1)", "hell"),
        ("substr('hello', 2, 1)", ""),
        ("substring('hello', 2, 3)", "ell"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
        ("regex('12345678901', '[0-9]{11}')", "true"),
        ("regex('a12345678901b', '[0-9]{11}')", "false"),
        ("regex('12345678901b', '[0-9]{11}')", "false"),
        ("regex('1234567890', '[0-9]{11}')", "false"),
        ("regex('0912345678', '^0[35789]\\d{8}$')", "true"),
        ("regex('Nguyễn', '[\\p{L} ]+')", "true"),
        ("regex('ab', 'a|b|ab')", "true"),
        ("regex('abab', '(ab){2}')", "true"),
        ("regex('ababab', '(a|b)*?c?')", "true"),
        ("regex('a@b.vn', '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}')", "true"),
        ("regex('aaa', 'a{1,2}')", "false"),
        ("selected(${b}, 'water')", "true"),
        ("selected(${b}, 'wat')", "false"),
        ("selected-at(${b}, 1)", "power"),
        ("selected-at(${b}, 9)", ""),
        ("selected-at(${b}, -1)", ""),
        ("count-selected(${b})", "2"),
        ("count-selected('')", "0"),
        ("string-length(uuid())", "36"),
        ("string-length(uuid(8))", "8"),
    ]);
}

#[test]
fn dates() {
    check(&[
        ("today()", "2026-11-24"),
        ("now()", "2026-11-24T08:30:00.000+07:00"),
        ("today() > ${date}", "true"),
        ("'2012-07-24' > ${date}", "true"),
        ("${date} = '2012-07-23'", "true"),
        ("${date} + 1", "15545"),
        ("date(${date} + 1)", "2012-07-24"),
        ("date('1970-1-2')", "1970-01-02"),
        ("date('nonsense')", ""),
        ("date('2012-02-30')", ""),
        ("date-time('2012-08-08T06:07:08.123-07:00')", "2012-08-08T20:07:08.123+07:00"),
        ("'2021-11-30' - '2021-11-29'", "1"),
        ("int((today() - ${date}) div 365.25)", "14"),
        ("decimal-date-time('1970-01-02')", "1"),
        ("decimal-date-time('1970-01-01T12:00')", "0.5"),
        ("decimal-time('18:00:00.000+07:00')", "0.75"),
        ("decimal-time('x')", "NaN"),
        ("format-date(${date}, '%Y/%n | %y/%m | %b | %a')", "2012/7 | 12/07 | Jul | Mon"),
        ("format-date('2012-07-03', '%d.%e')", "03.3"),
        ("format-date('', '%Y')", ""),
        ("format-date-time('2026-08-07T06:31:13.834+07:00', '%H:%M:%S.%3 %h')", "06:31:13.834 6"),
    ]);
}

#[test]
fn nodes_lists_and_files() {
    check(&[
        ("count(${r})", "3"),
        ("count(${x})", "3"),
        ("sum(${x})", "6"),
        ("count-non-empty(${x})", "3"),
        ("sum(/data/r/x)", "6"),
        ("count(/data/r[x > 1])", "2"),
        ("${r}[position() = 2]/x", "2"),
        ("/data/r[2]/x", "2"),
        ("/data/r[last()]/x", "3"),
        ("indexed-repeat(${x}, ${r}, 2)", "2"),
        ("indexed-repeat(${x}, ${r}, 9)", ""),
        ("../a", "5"),
        ("count(/data/a | /data/d | /data/a)", "2"),
        ("instance('l')/root/item[name = 'two']/label", "Hai"),
        ("instance('l')/root/item[name = ${s}]/size", "2"),
        ("count(instance('l')/root/item[size > 1])", "2"),
        ("count(instance('l')/root/item[size > 1 and name = 'two'])", "1"),
        ("count(instance('l')/root/item[name = 'two' and size > 2])", "0"),
        ("instance('l')/root/item[2]/name", "two"),
        ("count(instance('prices')/root/item)", "2"),
        ("pulldata('prices', 'price', 'key', 'rice')", "12"),
        ("pulldata('prices', 'price', 'key', 'gold')", ""),
        ("jr:choice-name(${s}, '${s}')", "Hai"),
        ("jr:choice-name('nobody', '${s}')", ""),
        ("count(randomize(instance('l')/root/item/name, 42))", "3"),
    ]);
}

/// The orders that JavaRosa and the ODK web client draw for six letters.
#[test]
fn the_same_seed_gives_the_same_order_as_elsewhere() {
    let letters = "l|A|A\nl|B|B\nl|C|C\nl|D|D\nl|E|E\nl|F|F";
    for (seed, order) in [("42", "AFCBDE"), ("-42", "EDAFBC"), ("1", "BFEACD"), ("11111111", "ACDBFE"), ("1.1", "BFEACD"), ("0", "CBEAFD")]
    {
        let session = session(&format!(
            "# survey\ntype|name|label|parameters\nselect_one l|q|Q|randomize=true seed={seed}\n# choices\nlist_name|name|label\n{letters}"
        ));
        let codes: String = session.choices(super::at(&session, "q")).iter().map(|choice| choice.code).collect();
        assert_eq!(codes, order, "seed {seed}");
    }
}

#[test]
fn once_keeps_what_was_drawn() {
    let mut session = session("# survey\ntype|name|label|calculation\ninteger|a|A|\ncalculate|drawn||once(concat(${a}, random()))");
    let first = value(&session, "drawn").to_owned();
    set(&mut session, "a", "3");
    assert_eq!(value(&session, "drawn"), first);
}
