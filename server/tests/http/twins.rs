//! Households that were made twice, as the office's page asks for them.

use crate::desk::set_up_work;
use crate::support::{Desk, TestServer};
use domain::book::{Edit, Entry, Sheet};
use domain::household::Household;
use domain::id::RecordId;
use domain::office::{Coverage, HouseholdRow, Listed, Me};
use domain::twin::{Decision, Pair, Sign, Verdict};
use domain::wire::RefusalCode;

fn verdicts(desk: &Desk<'_>) -> Vec<Verdict> {
    desk.get("twins").json::<Listed<Pair>>().rows.iter().map(|pair| pair.verdict).collect()
}

#[test]
fn two_households_are_made_one_and_taken_apart() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let before = officer.get("households").json::<Listed<HouseholdRow>>();
    let known = before.rows.iter().find(|row| row.no == "1").unwrap();
    let id = RecordId::new(9, [9; 10]);
    let again = Household { no: "01".into(), head: known.head.to_uppercase(), ..Household::default() };
    let entry = Entry { id, household: again, what: Edit::Add(work.village), anyway: true };
    officer.write("households", 0, entry).ok();

    assert_eq!(officer.get("session").json::<Me>().twins, 1);
    let found: Listed<Pair> = officer.get("twins").json();
    assert_eq!((found.total, found.notable, found.rows[0].verdict), (1, 1, Verdict::Open));
    assert_eq!(found.rows[0].signs, [Sign::Head, Sign::Number]);
    assert_eq!(found.rows[0].sides.each_ref().map(|side| side.id).into_iter().filter(|side| *side != id).collect::<Vec<_>>(), [known.id]);

    let decide = |seen, is| Decision { household: id, other: known.id, seen, is };
    officer.write("twins", 0, decide(Verdict::Open, Verdict::Same)).ok();
    assert_eq!((verdicts(&officer), officer.get("session").json::<Me>().twins), (vec![Verdict::Same], 0));
    let counted = |desk: &Desk<'_>| {
        let coverage: Coverage = desk.get("coverage").json();
        (coverage.total.households, desk.get("households").json::<Listed<HouseholdRow>>().total)
    };
    assert_eq!(counted(&officer), (before.total, before.total));
    let sheet: Sheet = officer.get(&format!("households/{id}")).json();
    assert_eq!((sheet.stands, sheet.twins.iter().map(|twin| twin.id).collect::<Vec<_>>()), (false, vec![known.id]));

    // Whoever decides on an old page is told, and nothing is written.
    assert_eq!(officer.write("twins", 0, decide(Verdict::Open, Verdict::Apart)).refused(), RefusalCode::Stale);
    officer.write("twins", 0, decide(Verdict::Same, Verdict::Open)).ok();
    assert_eq!((verdicts(&officer), counted(&officer)), (vec![Verdict::Open], (before.total + 1, before.total + 1)));
    officer.write("twins", 0, decide(Verdict::Open, Verdict::Apart)).ok();
    assert_eq!((verdicts(&officer), officer.get("session").json::<Me>().twins), (vec![Verdict::Apart], 0));
}
