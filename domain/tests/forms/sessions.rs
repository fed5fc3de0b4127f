//! Forms being filled in: relevance, cascades, repeats, triggers, drafts — and that what is worked out step by step is
//! what would be worked out from the start.

use super::{at, begin, clock, form, session, set, value, values};
use domain::form::answer::AnswerError;
use domain::form::answers::Answers;
use domain::form::definition::Form;
use domain::form::plan::Plan;
use domain::form::session::{Invalid, Session};
use domain::form::value::Place;
use proptest::prelude::*;
use std::sync::Arc;

#[test]
fn what_is_not_relevant_is_empty_and_comes_back() {
    let mut session = session(
        "# survey
         type | name | label | relevant | calculation
         text | ask | Ask
         begin group | g | G | ${ask} = 'yes'
         integer | n | N
         end group
         calculate | seen | | | concat('[', ${n}, ']')
         calculate | twice | | | ${n} * 2",
    );
    assert!(!session.is_relevant(at(&session, "n")));
    set(&mut session, "ask", "yes");
    set(&mut session, "n", "4");
    assert_eq!((value(&session, "seen"), value(&session, "twice")), ("[4]", "8"));
    set(&mut session, "ask", "no");
    assert_eq!((value(&session, "n"), value(&session, "seen"), value(&session, "twice")), ("", "[]", ""));
    set(&mut session, "ask", "yes");
    assert_eq!((value(&session, "n"), value(&session, "twice")), ("4", "8"));
}

#[test]
fn a_group_may_be_hidden_by_what_is_in_it_and_comes_back() {
    let text = "# survey
         type | name | label | relevant | default
         begin group | inputs | I | ./source = 'user'
         hidden | source | | | user
         text | note | N
         end group";
    let mut session = session(text);
    let note = at(&session, "note");
    assert!(session.is_relevant(note));
    set(&mut session, "source", "task");
    assert!(!session.is_relevant(note));
    assert_eq!(value(&session, "source"), "", "what is not relevant is empty for everybody else");
    let (mut session, refused) = Session::resume(Arc::clone(session.plan()), &session.answers(), clock(), 1);
    assert!(refused.is_empty() && !session.is_relevant(note));
    set(&mut session, "source", "user");
    assert!(session.is_relevant(note));
}

#[test]
fn constraints_and_required_say_what_the_form_says() {
    let mut session = session(
        "# survey
         type | name | label | constraint | constraint_message | required | required_message | relevant
         integer | age | Age | . < 120 | Under ${most} | yes | Please
         integer | most | Most
         text | why | Why | | | ${age} > 99 | | ${age} > 50",
    );
    let age = at(&session, "age");
    assert_eq!(session.invalid(age), Some(Invalid::Required("Please".to_owned())));
    set(&mut session, "most", "120");
    set(&mut session, "age", "130");
    assert_eq!(session.invalid(age), Some(Invalid::Constraint("Under 120".to_owned())));
    assert_eq!(session.all_invalid().len(), 2);
    set(&mut session, "age", "60");
    assert_eq!(session.all_invalid(), []);
    set(&mut session, "age", "");
    assert_eq!(session.all_invalid().len(), 1, "nothing is asked of what is not relevant");
}

#[test]
fn answers_are_of_their_kind() {
    let text = "# survey
         type | name | label | read_only | parameters
         integer | n | N
         decimal | d | D
         date | day | D
         time | t | T
         select_one l | one | O
         select_multiple l | many | M
         range | r | R | | start=0 end=10 step=2
         text | ro | R | yes
         acknowledge | ok | Ok
         username | who |
         note | note | Note
         # choices
         list_name | name | label
         l | a | A
         l | b | B";
    let mut session = session(text);
    let cases = [
        ("n", "007", Ok("7")),
        ("n", "1.5", Err(AnswerError::NotAnInteger)),
        ("n", "2012-01-01", Err(AnswerError::NotAnInteger)),
        ("d", "1.50", Ok("1.5")),
        ("d", "1,5", Err(AnswerError::NotANumber)),
        ("d", "NaN", Err(AnswerError::NotANumber)),
        ("day", "2026-2-3", Ok("2026-02-03")),
        ("day", "2026-02-30", Err(AnswerError::NotADate)),
        ("t", "8:05", Ok("08:05:00.000+07:00")),
        ("t", "25:00", Err(AnswerError::NotATime)),
        ("one", "b", Ok("b")),
        ("one", "c", Err(AnswerError::NoSuchOption("c".to_owned()))),
        ("many", "b a b", Ok("a b")),
        ("r", "4", Ok("4")),
        ("ro", "x", Err(AnswerError::ReadOnly)),
        ("ok", "yes", Ok("OK")),
        ("who", "me", Err(AnswerError::Withheld)),
        ("note", "x", Err(AnswerError::NoQuestion)),
    ];
    for (name, typed, expected) in cases {
        let place = at(&session, name);
        match expected {
            Ok(stored) => {
                session.set(place, typed).unwrap();
                assert_eq!(session.value(place), stored, "{name} {typed}");
            }
            Err(error) => assert_eq!(session.set(place, typed), Err(error), "{name} {typed}"),
        }
    }
    set(&mut session, "r", "5");
    assert_eq!(session.invalid(at(&session, "r")), Some(Invalid::OutOfRange));
}

#[test]
fn a_cascade_offers_what_belongs_together_and_blanks_what_does_not() {
    let mut session = session(
        "# survey
         type | name | label | choice_filter
         select_one province | p | P
         select_one ward | w | W | province = ${p}
         note | n | Ward ${w}
         # choices
         list_name | name | label | province
         province | hn | Hà Nội
         province | hue | Huế
         ward | w1 | Một | hn
         ward | w2 | Hai | hn
         ward | w3 | Ba | hue",
    );
    let ward = at(&session, "w");
    let offered = |session: &Session| session.choices(ward).iter().map(|choice| choice.label.clone()).collect::<Vec<_>>();
    assert!(offered(&session).is_empty());
    set(&mut session, "p", "hn");
    assert_eq!(offered(&session), ["Một", "Hai"]);
    set(&mut session, "w", "w2");
    assert_eq!(session.label(at(&session, "n")), "Ward w2");
    set(&mut session, "p", "hue");
    assert_eq!((value(&session, "w"), offered(&session)), ("", vec!["Ba".to_owned()]));
    set(&mut session, "p", "hn");
    assert_eq!(value(&session, "w"), "w2");
}

#[test]
fn other_may_be_written() {
    let mut session = session(
        "# survey\ntype|name|label::Tiếng Việt (vi)\nselect_one l or_other|q|Q\n# choices\nlist_name|name|label::Tiếng Việt (vi)\nl|a|A",
    );
    assert!(!session.is_relevant(at(&session, "q_other")));
    assert_eq!(session.choices(at(&session, "q")).last().map(|choice| choice.label.clone()), Some("Khác".to_owned()));
    set(&mut session, "q", "other");
    assert!(session.is_relevant(at(&session, "q_other")));
}

#[test]
fn texts_are_in_the_language_that_was_chosen() {
    let mut session = session(
        "# survey\ntype|name|label::Tiếng Việt (vi)|label::English (en)|hint::English (en)\ntext|a|Tên|Name|Family name\n# settings\ndefault_language\nEnglish (en)",
    );
    let a = at(&session, "a");
    assert_eq!(session.label(a), "Name");
    session.set_language(0);
    assert_eq!((session.label(a), session.hint(a)), ("Tên".to_owned(), "Family name".to_owned()));
}

const HOUSE: &str = "# survey
     type | name | label | calculation | repeat_count | relevant | default
     integer | houses | Houses
     begin repeat | house | House | | ${houses}
     text | head | Head
     begin repeat | member | Member
     integer | age | Age | | | | 1
     calculate | no | | position(..)
     calculate | place | | concat(${head}, ' ', ${no}, '/', ${size})
     calculate | adult | | if(${age} >= 18, 1, 0)
     end repeat
     calculate | size | | count(${member})
     calculate | adults | | sum(${adult})
     end repeat
     calculate | people | | sum(${size})
     calculate | oldest | | if(${people} > 0, max(${age}), 0)
     calculate | first | | indexed-repeat(${age}, ${house}, 1, ${member}, 1)";

#[test]
fn repeats_in_repeats_count_and_sum_their_own() {
    let mut session = session(HOUSE);
    assert_eq!((value(&session, "people"), value(&session, "oldest")), ("0", "0"));
    set(&mut session, "houses", "2");
    assert_eq!((value(&session, "people"), values(&session, "size")), ("2", vec!["1".to_owned(), "1".to_owned()]));
    let houses = session.find("house");
    session.set(session.find("head")[1], "Ba").unwrap();
    let (member, _) = session.add(houses[1], "member").unwrap();
    let age = session.children(member)[0];
    session.set(age, "40").unwrap();
    assert_eq!(values(&session, "place"), [" 1/1", "Ba 1/2", "Ba 2/2"]);
    assert_eq!(
        (values(&session, "adults"), value(&session, "people"), value(&session, "oldest")),
        (vec!["0".to_owned(), "1".to_owned()], "3", "40")
    );
    assert_eq!(value(&session, "first"), "1");
    let first = session.find("member")[1];
    session.remove(first).unwrap();
    assert_eq!(values(&session, "place"), [" 1/1", "Ba 1/1"]);
    assert_eq!(session.add(Place::FORM, "house"), Err(AnswerError::Counted));
    // Somebody writes the number anew: what is there stays until there is one.
    set(&mut session, "houses", "");
    assert_eq!(session.find("house").len(), 2);
    set(&mut session, "houses", "1");
    assert_eq!((value(&session, "people"), value(&session, "oldest")), ("1", "1"));
}

#[test]
fn a_change_touches_only_what_depends_on_it() {
    let mut session = session(
        "# survey\ntype|name|label|calculation|relevant\ninteger|a|A\ninteger|b|B\ncalculate|c||${a} + 1\ncalculate|d||${b} + 1\nnote|n|${c}\ntext|t|T||${b} > 3",
    );
    let touched = session.set(at(&session, "a"), "1").unwrap();
    let names: Vec<&str> = touched.iter().map(|place| session.item(*place).unwrap().name.as_str()).collect();
    assert_eq!(names, ["a", "c", "n"]);
    let touched = session.set(at(&session, "a"), "1").unwrap();
    assert!(touched.is_empty(), "the same answer changes nothing");
}

#[test]
fn defaults_and_triggers() {
    let mut session = session(
        "# survey
         type | name | label | default | calculation | trigger
         date | day | Day | today()
         text | dash | Dash | a-b
         integer | sum | Sum | 1 + 1
         integer | a | A | 3
         integer | b | B | ${a} * 2
         calculate | when | | | concat('a=', ${a}, ' b=', ${b}) | ${a}
         start | s |
         today | t |
         end | e |",
    );
    assert_eq!(
        (value(&session, "day"), value(&session, "dash"), value(&session, "sum"), value(&session, "b")),
        ("2026-11-24", "a-b", "2", "6")
    );
    assert_eq!((value(&session, "when"), value(&session, "t")), ("", "2026-11-24"));
    set(&mut session, "b", "1");
    assert_eq!(value(&session, "when"), "");
    set(&mut session, "a", "4");
    assert_eq!((value(&session, "when"), value(&session, "b")), ("a=4 b=1", "1"));
    assert_eq!((value(&session, "s"), value(&session, "e")), ("2026-11-24T08:30:00.000+07:00", ""));
    session.finish(clock().plus_hours(1));
    assert_eq!(value(&session, "e"), "2026-11-24T09:30:00.000+07:00");
}

#[test]
fn a_draft_goes_on_where_it_was() {
    let text = "# survey\ntype|name|label|default|calculation\ntext|a|A|x\nbegin repeat|r|R\ninteger|n|N\nend repeat\ncalculate|drawn|||once(random())\ncalculate|sum|||sum(${n})\n# settings\nform_id|version\nf|1";
    let mut session = session(text);
    set(&mut session, "a", "");
    let (second, _) = session.add(Place::FORM, "r").unwrap();
    let n = session.children(second)[0];
    session.set(n, "5").unwrap();
    let first = session.find("n")[0];
    session.set(first, "2").unwrap();
    let kept = session.answers();
    let bytes = serde_json::to_string(&kept).unwrap();
    let kept: Answers = serde_json::from_str(&bytes).unwrap();
    let (resumed, refused) = Session::resume(Arc::clone(session.plan()), &kept, clock(), 99);
    assert_eq!(refused, []);
    assert_eq!(resumed.answers(), kept, "nothing drawn anew, no default set again");
    assert_eq!((value(&resumed, "sum"), value(&resumed, "a")), ("7", ""));

    // Another version: what has no place, or is of another kind, comes back.
    let newer = form("# survey\ntype|name|label\ninteger|a|A\nbegin group|r|R\ntext|n|N\nend group\ntext|b|B");
    let mut other = kept.clone();
    other.answers[0].value = "words".to_owned();
    other.answers.insert(0, domain::form::answers::Answer { path: "a".to_owned(), value: "words".to_owned(), is_relevant: true });
    let (resumed, refused) = Session::resume(Arc::new(Plan::new(newer).unwrap()), &other, clock(), 1);
    assert_eq!(refused.len(), other.answers.len());
    assert_eq!(value(&resumed, "b"), "");
}

#[test]
fn a_filled_form_has_a_name() {
    let mut session = session("# survey\ntype|name|label\ntext|a|A\n# settings\nform_id|instance_name\nf|concat('Phiếu ', ${a})");
    set(&mut session, "a", "7");
    assert_eq!(session.instance_name(), Some("Phiếu 7".to_owned()));
}

/// A form in which almost everything depends on almost everything before it.
fn tangle() -> Form {
    form(
        "# survey
         type | name | label | calculation | relevant | choice_filter | repeat_count | constraint | trigger
         integer | a | A
         integer | b | B | | ${a} != 2
         select_one l | s | S | | | size <= ${a}
         begin repeat | r | R | | | | ${b}
         integer | x | X | | ${a} < 4
         calculate | y | | coalesce(${x}, 0) + position(..)
         begin repeat | q | Q | | ${y} > 1
         integer | z | Z
         calculate | w | | coalesce(${z}, 0) + ${y} + ${a}
         end repeat
         calculate | v | | sum(${w}) + count(${q})
         end repeat
         calculate | total | | sum(${v}) + count(${r}) + string-length(${s})
         begin group | g | G | | ${total} > 6
         text | t | T
         calculate | u | | concat(${t}, '-', ${total}, '-', indexed-repeat(${y}, ${r}, 2))
         end group
         calculate | last | | concat(${u}, join('+', ${w}))
         # choices
         list_name | name | label | size
         l | one | One | 1
         l | three | Three | 3
         l | five | Five | 5",
    )
}

/// One edit: which of the questions there are now, and what to write.
fn edit(session: &mut Session, which: usize, what: u8) {
    let places: Vec<Place> = session.places();
    let Some(place) = places.get(which % places.len()).copied() else { return };
    let name = session.item(place).map_or(String::new(), |item| item.name.clone());
    match (name.as_str(), what % 8) {
        ("q", 0) => drop(session.remove(place)),
        ("q" | "y" | "v", _) => drop(session.add(session.parent(place), "q").or_else(|_| session.add(place, "q"))),
        ("s", what) => drop(session.set(place, ["", "one", "three", "five"][usize::from(what % 4)])),
        ("t", what) => drop(session.set(place, ["", "word", "Xã"][usize::from(what % 3)])),
        (_, 7) => drop(session.set(place, "")),
        (_, what) => drop(session.set(place, &what.to_string())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn step_by_step_is_what_it_would_be_from_the_start(edits in prop::collection::vec((any::<usize>(), any::<u8>()), 1..40)) {
        let mut session = begin(tangle());
        for (which, what) in edits {
            edit(&mut session, which, what);
            let kept = session.answers();
            let (fresh, refused) = Session::resume(Arc::clone(session.plan()), &kept, clock(), 7);
            prop_assert_eq!(refused, []);
            prop_assert_eq!(fresh.answers(), kept);
            let looks = |session: &Session| session.places().iter().map(|place| (session.path(*place), session.value(*place).to_owned(), session.is_relevant(*place), session.choices(*place).len())).collect::<Vec<_>>();
            prop_assert_eq!(looks(&fresh), looks(&session));
        }
    }
}
