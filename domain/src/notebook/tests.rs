use super::*;
use crate::campaign::Campaign;
use crate::coverage::Standing;
use crate::household;
use crate::id::DeviceId;
use crate::meeting::{Meeting, MeetingFacts, MeetingState, MeetingType, MeetingWords};
use crate::operation::{Ground, LegalBasis, SCHEMA};
use crate::opinion::{Opinion, OpinionKind, Topic, Urgency};
use crate::person::Role;
use crate::record::{Event, Workflow};
use crate::register::Values;
use crate::share::Share;
use crate::source::Source;
use crate::succession::Succession;
use crate::verification::{DayClosing, Look, Verification, VisitState, VoidReason};
use proptest::prelude::*;

fn rec(n: u8) -> RecordId {
    RecordId::new(1, [n; 10])
}

fn area(n: u8) -> AreaId {
    AreaId::new(2, [n; 10])
}

fn device(n: u8) -> DeviceId {
    DeviceId::new(3, [n; 10])
}

fn person(n: u8) -> PersonId {
    PersonId::new(4, [n; 10])
}

const CAMPAIGN: u8 = 200;

fn today() -> Date {
    Date::new(2026, 11, 21).unwrap()
}

fn header(kind: Kind, record: RecordId, village: u8, change: Change, at: Time) -> Header {
    let stream = kind.shape().unwrap().1;
    let ground = Ground { campaign: Some(rec(CAMPAIGN)), basis: LegalBasis::StateWork, until: Date::MAX };
    Header { schema: SCHEMA, kind, record, area: area(village), stream, change, grant: 1, at, ground }
}

fn registry(kind: Kind, id: RecordId, values: Values) -> Record {
    let mut state = register::Register::default();
    state.apply(device(1), 1, &header(kind.clone(), id, 1, Change::Create, Time(0)), values);
    Record { id, kind, body: Body::Registry(Registry { code: String::new(), state, ..Registry::default() }) }
}

fn household(id: u8, no: &str, head: &str) -> Record {
    let fields = Household { no: no.into(), head: head.into(), ..Household::default() };
    registry(Kind::Household, rec(id), fields.first_values())
}

fn workflow<T: Serialize>(kind: Kind, id: RecordId, state: &T) -> Record {
    Record { id, kind, body: Body::Workflow(Workflow { revision: 1, state: ByteBuf::from(cbor::encode(state)) }) }
}

fn visit_operation(id: u8, house: u8, change: Change, at: Time, contact: ContactResult, next: Option<i32>) -> Operation {
    let next = next.map(|day| Appointment { date: today().plus(day), minute: None });
    let visit =
        Visit { household: rec(house), contact, purposes: Vec::new(), next, promised: None, source: Source::default(), visitor: None };
    Operation::new(header(Kind::Visit, rec(id), 1, change, at)).with(Part::Facts, &visit)
}

fn event(operation: Operation, by: u8, seq: u64) -> Record {
    let Operation { header, parts } = operation;
    let event = Event { dot: Dot { device: device(by), seq }, by: person(by), received_at: header.at, header, parts };
    Record { id: event.header.record, kind: event.header.kind.clone(), body: Body::Event(event) }
}

/// Slots count up, so that every record has a place of its own.
fn take(notebook: &mut Notebook, village: u8, records: impl IntoIterator<Item = Record>) {
    for record in records {
        let slot = (notebook.houses.len() + notebook.visits.len() + notebook.said.len()) as u16;
        notebook.apply(&record, area(village), Location::Page { page: 1, slot }, 0);
    }
}

/// Two villages, the first given to the reader's team; five households in it.
fn notebook() -> Notebook {
    let mut notebook = Notebook::new(person(1));
    let unit = |n: u8, name: &str| {
        let unit = Unit {
            id: area(n),
            parent: None,
            level: Level::Village,
            name: name.into(),
            code: "DC".into(),
            from: Date::MIN,
            to: None,
            succession: None,
            former: Vec::new(),
        };
        registry(Kind::Unit, area(n).into(), unit.values())
    };
    let team = Team {
        id: rec(201),
        name: "Tổ 1".into(),
        decision_no: String::new(),
        decision_date: None,
        mandate: Default::default(),
        posts: Default::default(),
        lead: None,
        members: Set::from([person(1)]),
    };
    let campaign = Campaign {
        id: rec(CAMPAIGN),
        title: "Đợt 2".into(),
        purpose: "Mở đường".into(),
        from: today().plus(-30),
        to: today().plus(30),
        basis: LegalBasis::StateWork,
        basis_text: String::new(),
        until: Date::MAX,
        contact_until: None,
        state: CampaignState::Active,
    };
    let assignment =
        Assignment { id: rec(202), campaign: rec(CAMPAIGN), team: rec(201), village: area(1), due: None, ended: false, share: None };
    let colleague = Person {
        id: person(2),
        name: "Trần Thị Thu Nhàn".into(),
        sort: String::new(),
        role: Role::FieldMember,
        unit: area(9),
        left: false,
    };
    take(
        &mut notebook,
        9,
        [
            registry(Kind::Team, rec(201), team.values()),
            workflow(Kind::Campaign, rec(CAMPAIGN), &campaign),
            workflow(Kind::Assignment, rec(202), &assignment),
            workflow(Kind::Person, person(2).into(), &colleague),
            unit(2, "Thôn 10"),
            unit(1, "Thôn Đồng Cừ"),
        ],
    );
    let rolls = [(10, "10", "Đặng Văn Khoát"), (11, "2", "Nguyễn Thị Ngọc Lành"), (12, "2A", "H’Lan Êban"), (13, "", "Đỗ Thị Thanh Thủy")];
    take(&mut notebook, 1, rolls.map(|(id, no, head)| household(id, no, head)));
    take(&mut notebook, 2, [household(20, "1", "Đặng Văn Mùi")]);
    notebook
}

fn ask(filter: Filter, query: &str) -> Ask<'_> {
    Ask { campaign: Some(rec(CAMPAIGN)), filter, village: None, query, today: today(), limit: 50 }
}

fn heads(list: &List) -> Vec<&str> {
    list.rows.iter().map(|row| row.head.as_str()).collect()
}

#[test]
fn lists_are_in_the_order_of_villages_and_numbers() {
    let notebook = notebook();
    let list = notebook.list(&ask(Filter::All, ""));
    assert_eq!(heads(&list), ["Đặng Văn Mùi", "Nguyễn Thị Ngọc Lành", "H’Lan Êban", "Đặng Văn Khoát", "Đỗ Thị Thanh Thủy"]);
    assert_eq!((list.found, list.all, list.left, list.due), (5, 5, 4, 0), "the second village is nobody's work here");
    let village = notebook.list(&Ask { village: Some(area(2)), limit: 0, ..ask(Filter::All, "") });
    assert_eq!((village.rows.len(), village.found, village.all, village.left), (0, 1, 1, 0));
    let nowhere = notebook.list(&Ask { village: Some(area(7)), ..ask(Filter::All, "") });
    assert_eq!((nowhere.found, nowhere.all), (0, 0));
}

#[test]
fn search_goes_over_head_number_and_village() {
    let notebook = notebook();
    for (query, found) in [
        ("dang van", vec!["Đặng Văn Mùi", "Đặng Văn Khoát"]),
        ("h'lan", vec!["H’Lan Êban"]),
        ("2a", vec!["H’Lan Êban"]),
        ("thon 10 mui", vec!["Đặng Văn Mùi"]),
        ("dang 10", vec!["Đặng Văn Mùi", "Đặng Văn Khoát"]),
        ("dong cu thuy", vec!["Đỗ Thị Thanh Thủy"]),
        ("đăng", vec!["Đặng Văn Mùi", "Đặng Văn Khoát"]),
        ("khong co ai", vec![]),
    ] {
        let list = notebook.list(&ask(Filter::All, query));
        assert_eq!((heads(&list), list.found, list.all), (found.clone(), found.len(), 5), "{query}");
    }
}

#[test]
fn exact_accents_come_first_in_the_phones_search() {
    let mut notebook = notebook();
    let rolls = [(30, "51", "Trần Văn Đăng"), (31, "52", "Trần Văn Đặng"), (32, "53", "Đang Thị Mới"), (33, "54", "Trần Văn Dũng")];
    take(&mut notebook, 1, rolls.map(|(id, no, head)| household(id, no, head)));
    // In each rank in the order of the list; two more are called Đặng.
    for (query, found) in [
        ("dang", ["Đặng Văn Mùi", "Đặng Văn Khoát", "Trần Văn Đăng", "Trần Văn Đặng", "Đang Thị Mới"]),
        ("đặng", ["Đặng Văn Mùi", "Đặng Văn Khoát", "Trần Văn Đặng", "Trần Văn Đăng", "Đang Thị Mới"]),
        ("đăng", ["Trần Văn Đăng", "Đặng Văn Mùi", "Đặng Văn Khoát", "Trần Văn Đặng", "Đang Thị Mới"]),
        ("Đang", ["Đang Thị Mới", "Đặng Văn Mùi", "Đặng Văn Khoát", "Trần Văn Đăng", "Trần Văn Đặng"]),
        // As some keyboards send it: letters and marks apart.
        ("đa\u{306}ng", ["Trần Văn Đăng", "Đặng Văn Mùi", "Đặng Văn Khoát", "Trần Văn Đặng", "Đang Thị Mới"]),
    ] {
        assert_eq!(heads(&notebook.list(&ask(Filter::All, query))), found, "{query}");
    }
}

#[test]
fn whoever_wrote_a_value_is_called_as_the_notebook_knows_them() {
    let notebook = notebook();
    let writer = |n, by, on| Writer { device: device(n), person: person(by), on };
    // Of the third somebody says who they are, and their record is not here.
    let writers = [
        writer(2, 2, WrittenOn::Phone),
        writer(3, 3, WrittenOn::Phone),
        writer(4, 2, WrittenOn::Desk),
        writer(5, 3, WrittenOn::Desk),
        writer(6, 3, WrittenOn::Import),
    ];
    let nhan = || "Trần Thị Thu Nhàn".to_owned();
    for (n, author) in [
        (2, Author::Phone(nhan())),
        (3, Author::Somebody),
        (4, Author::Desk(nhan())),
        (5, Author::Somebody),
        (6, Author::Import),
        (7, Author::Somebody),
    ] {
        assert_eq!(notebook.author(device(n), &writers), author, "{n}");
    }
}

#[test]
fn a_renamed_village_is_found_under_its_new_name() {
    let mut notebook = notebook();
    let unit = Unit { name: "Thôn Bến Lĩnh".into(), ..notebook.unit(area(1)).unwrap().clone() };
    take(&mut notebook, 9, [registry(Kind::Unit, area(1).into(), unit.values())]);
    assert_eq!(notebook.list(&ask(Filter::All, "ben linh")).found, 4);
    assert_eq!(notebook.list(&ask(Filter::All, "dong cu")).found, 0);
}

/// Merges or splits villages in the notebook, as the server sends it: in whatever order.
fn rearrange(notebook: &mut Notebook, ended: &[u8], into: &[(u8, &str)]) {
    let succession =
        Succession { into: into.iter().map(|(n, _)| area(*n)).collect(), decision_no: "45/QĐ-UBND".into(), decision_date: None };
    let ended = ended.iter().map(|n| Unit { succession: Some(succession.clone()), ..notebook.unit(area(*n)).unwrap().clone() });
    let like = notebook.unit(area(1)).unwrap().clone();
    let begun = into.iter().map(|(n, name)| Unit { id: area(*n), name: (*name).into(), ..like.clone() });
    let units: Vec<Unit> = ended.chain(begun).collect();
    take(notebook, 9, units.into_iter().map(|unit| registry(Kind::Unit, unit.id.into(), unit.values())));
}

#[test]
fn a_merged_village_has_the_households_of_both_and_the_work_of_each() {
    let mut notebook = notebook();
    rearrange(&mut notebook, &[1, 2], &[(3, "Thôn Đồng Lĩnh")]);
    take(&mut notebook, 3, [household(30, "1", "Lò Văn Mới")]);
    let names = |notebook: &Notebook| notebook.villages().iter().map(|unit| unit.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&notebook), ["Thôn Đồng Lĩnh"]);
    // By what was one village before, then by number: nobody wrote the lists anew.
    let all = ["Đặng Văn Mùi", "Nguyễn Thị Ngọc Lành", "H’Lan Êban", "Đặng Văn Khoát", "Đỗ Thị Thanh Thủy", "Lò Văn Mới"];
    let list = notebook.list(&Ask { village: Some(area(3)), ..ask(Filter::All, "") });
    assert_eq!(heads(&list), all);
    assert!(list.rows.iter().all(|row| row.village == area(3)));
    // An address from before the merger shows the same.
    assert_eq!(notebook.list(&Ask { village: Some(area(2)), ..ask(Filter::All, "") }), list);
    // The team had the first village, and has that and what is new; the second one is somebody else's.
    let mut left: Vec<String> = notebook.list(&ask(Filter::Left, "")).rows.into_iter().map(|row| row.head).collect();
    left.sort();
    assert_eq!(left, ["H’Lan Êban", "Lò Văn Mới", "Nguyễn Thị Ngọc Lành", "Đặng Văn Khoát", "Đỗ Thị Thanh Thủy"]);
    assert_eq!(notebook.list(&ask(Filter::All, "dong linh")).found, 6);
    assert_eq!((notebook.list(&ask(Filter::All, "dong cu")).found, notebook.households_in(area(3))), (0, 6));
    let pieces: Vec<Vec<u8>> = notebook.to_cache().collect();
    let read = Notebook::from_cache(person(1), pieces.into_iter()).unwrap();
    assert_eq!(read.list(&ask(Filter::Left, "")), notebook.list(&ask(Filter::Left, "")));
    assert_eq!(read.list(&ask(Filter::All, "")), notebook.list(&ask(Filter::All, "")));
}

#[test]
fn a_split_village_keeps_what_was_not_given_to_the_other() {
    let mut notebook = notebook();
    let given = Household { no: "2".into(), head: "Nguyễn Thị Ngọc Lành".into(), unit: Some(area(4)), ..Household::default() };
    // The household may come before the village that it was given to.
    take(&mut notebook, 1, [registry(Kind::Household, rec(11), given.first_values())]);
    rearrange(&mut notebook, &[1], &[(3, "Thôn Thượng"), (4, "Thôn Hạ")]);
    let of = |village| notebook.list(&Ask { village: Some(area(village)), ..ask(Filter::All, "") });
    assert_eq!((of(3).found, heads(&of(4))), (3, vec!["Nguyễn Thị Ngọc Lành"]));
    assert_eq!(notebook.list(&ask(Filter::Left, "")).found, 4);
    assert_eq!(heads(&notebook.list(&ask(Filter::All, "thon ha lanh"))), ["Nguyễn Thị Ngọc Lành"]);
}

#[test]
fn the_day_from_its_visits() {
    use ContactResult::{MetRep, NotHome};
    let mut notebook = notebook();
    let hour = |h: i64| today().start().plus_hours(h);
    take(
        &mut notebook,
        1,
        [
            event(visit_operation(1, 10, Change::Create, hour(-48), NotHome, Some(-1)), 2, 1),
            event(visit_operation(2, 13, Change::Create, hour(-30), NotHome, Some(3)), 1, 2),
            event(visit_operation(3, 11, Change::Create, hour(8), MetRep, None), 1, 3),
        ],
    );
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.assigned, day.left, day.visited_today, day.due_total), (4, 3, 1, 1));
    assert_eq!(day.due[0].head, "Đặng Văn Khoát");
    assert_eq!(day.next.unwrap().head, "H’Lan Êban", "after 2 comes 2A; a later day was agreed with the last one");
    assert_eq!(heads(&notebook.list(&ask(Filter::Due, ""))), ["Đặng Văn Khoát"]);
    assert_eq!(notebook.list(&ask(Filter::Left, "")).found, 3);

    // Met meanwhile: not due, not left, and the day as it is asked for is what counts.
    notebook.apply_own(&visit_operation(4, 10, Change::Create, hour(9), MetRep, None), Dot { device: device(1), seq: 4 }, None);
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.left, day.visited_today, day.due_total), (2, 2, 0));
    assert_eq!(notebook.today(rec(CAMPAIGN), today().plus(3)).due[0].head, "Đỗ Thị Thanh Thủy");
}

#[test]
fn households_given_by_name_come_first_and_hide_no_others() {
    use ContactResult::MetRep;
    let mut notebook = notebook();
    let share = |id: u8, member: u8, households: &[u8], due: Option<i32>, ended: bool| {
        let share = Share { member: person(member), households: households.iter().map(|n| rec(*n)).collect() };
        let (campaign, team, due) = (rec(CAMPAIGN), rec(201), due.map(|day| today().plus(day)));
        workflow(Kind::Assignment, rec(id), &Assignment { id: rec(id), campaign, team, village: area(1), due, ended, share: Some(share) })
    };
    // Before anything was given by name, the whole village is the team's.
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.left, day.assigned, day.mine), (4, 4, None));
    assert_eq!(day.next.unwrap().head, "Nguyễn Thị Ngọc Lành");

    let shares = [share(210, 1, &[10, 12], Some(9), false), share(211, 2, &[11], None, false), share(212, 1, &[13], None, true)];
    take(&mut notebook, 1, shares);
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.left, day.assigned, day.mine), (2, 2, Some(Some(today().plus(9)))));
    assert_eq!(day.next.unwrap().head, "H’Lan Êban", "the first of one's own");
    let mine = notebook.list(&ask(Filter::Mine, ""));
    assert_eq!((heads(&mine), mine.mine, mine.left, mine.all), (vec!["H’Lan Êban", "Đặng Văn Khoát"], 2, 4, 5));
    let left = notebook.list(&ask(Filter::Left, ""));
    assert_eq!(heads(&left), ["H’Lan Êban", "Đặng Văn Khoát", "Nguyễn Thị Ngọc Lành", "Đỗ Thị Thanh Thủy"]);
    assert_eq!(heads(&notebook.list(&Ask { limit: 1, ..ask(Filter::Left, "") })), ["H’Lan Êban"]);
    let all = notebook.list(&ask(Filter::All, ""));
    assert_eq!(heads(&all)[..2], ["Đặng Văn Mùi", "Nguyễn Thị Ngọc Lành"], "the whole list keeps its order");

    // Due ones of one's own come first, however late the others are.
    let hour = |h: i64| today().start().plus_hours(h);
    take(
        &mut notebook,
        1,
        [
            event(visit_operation(1, 11, Change::Create, hour(-48), ContactResult::NotHome, Some(-5)), 2, 1),
            event(visit_operation(2, 10, Change::Create, hour(-48), ContactResult::NotHome, Some(-1)), 2, 2),
            event(visit_operation(3, 12, Change::Create, hour(1), MetRep, None), 1, 1),
        ],
    );
    let due = ["Đặng Văn Khoát", "Nguyễn Thị Ngọc Lành"];
    assert_eq!(heads(&notebook.list(&ask(Filter::Due, ""))), due);
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.left, day.assigned, day.visited_today), (1, 2, 1));
    assert_eq!(day.due.iter().map(|line| line.head.as_str()).collect::<Vec<_>>(), due);

    // Taken back, and given to somebody whose team has no village: only theirs is work then.
    take(&mut notebook, 1, [share(210, 1, &[10, 12], None, true)]);
    assert_eq!(notebook.today(rec(CAMPAIGN), today()).mine, None);
    let whole = notebook.assignments(rec(CAMPAIGN)).into_iter().find(|work| work.share.is_none()).unwrap().clone();
    take(&mut notebook, 9, [workflow(Kind::Assignment, whole.id, &Assignment { ended: true, ..whole.clone() })]);
    take(&mut notebook, 1, [share(213, 1, &[13], None, false)]);
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.left, day.assigned, notebook.list(&ask(Filter::Left, "")).found), (1, 1, 1));
    assert_eq!(notebook.current().map(|campaign| campaign.id), Some(rec(CAMPAIGN)));
    let cached = Notebook::from_cache(person(1), notebook.to_cache()).unwrap();
    assert_eq!(cached.today(rec(CAMPAIGN), today()), day);
}

#[test]
fn a_household_that_asked_not_to_be_contacted_is_never_next_and_never_due() {
    let mut notebook = notebook();
    for id in [10, 11, 12, 13] {
        let household = Household { head: "A".into(), no_contact: true, ..Household::default() };
        take(&mut notebook, 1, [registry(Kind::Household, rec(id), household.first_values())]);
    }
    take(&mut notebook, 1, [event(visit_operation(1, 10, Change::Create, today().start(), ContactResult::NotHome, Some(0)), 1, 1)]);
    let day = notebook.today(rec(CAMPAIGN), today());
    assert_eq!((day.assigned, day.left, day.due_total, day.next), (0, 0, 0, None));
    assert_eq!(notebook.list(&ask(Filter::All, "")).all, 5);
}

#[test]
fn corrections_and_retractions_count_as_the_last_word() {
    use ContactResult::{MetRep, NotHome};
    let at = |n| Time(today().start().0 + n);
    let mut notebook = notebook();
    let first = visit_operation(1, 10, Change::Create, at(1), NotHome, None);
    let amended = visit_operation(2, 10, Change::Amend { of: rec(1) }, at(2), MetRep, Some(5));
    // The correction is here before what it corrects.
    take(&mut notebook, 1, [event(amended, 1, 2)]);
    assert_eq!(notebook.progress(rec(10), rec(CAMPAIGN)), Progress::default());
    take(&mut notebook, 1, [event(first, 1, 1)]);
    let progress = notebook.progress(rec(10), rec(CAMPAIGN));
    assert_eq!((progress.attempts, progress.met), (1, Some(at(1))));
    let line = notebook.visit(rec(2)).unwrap();
    assert_eq!((line.id, line.own, line.versions.len(), line.at), (rec(1), true, 2, at(1)));
    assert_eq!(notebook.visits(rec(10)).len(), 1);

    let retract = Operation::new(header(Kind::Visit, rec(3), 1, Change::Retract { of: rec(1) }, at(3)));
    notebook.apply_own(&retract, Dot { device: device(1), seq: 3 }, None);
    assert_eq!(notebook.progress(rec(10), rec(CAMPAIGN)), Progress::default());
    assert!(notebook.visits(rec(10)).is_empty() && notebook.visit(rec(1)).unwrap().retracted);
}

#[test]
fn a_version_that_follows_soon_on_the_same_phone_is_no_correction() {
    use ContactResult::NotHome;
    let minute = |n: i64| Time(today().start().0 + n * 60_000);
    let mut notebook = notebook();
    let versions = [
        (visit_operation(1, 10, Change::Create, minute(0), NotHome, None), 1),
        (visit_operation(2, 10, Change::Amend { of: rec(1) }, minute(1), NotHome, Some(1)), 1),
    ];
    take(&mut notebook, 1, versions.map(|(operation, by)| event(operation, by, 1)));
    let line = notebook.visit(rec(1)).unwrap();
    assert_eq!((line.corrected(), line.versions[1].completes, line.next.is_some()), (false, true, true));
    // Later, and by the same person on another phone: both are corrections.
    for (id, device, at) in [(3, 1, 30), (4, 2, 31)] {
        let operation = visit_operation(id, 10, Change::Amend { of: rec(1) }, minute(at), NotHome, Some(2));
        let Record { body: Body::Event(mut written), .. } = event(operation, 1, 9) else { unreachable!() };
        written.dot.device = self::device(device);
        take(&mut notebook, 1, [Record { id: rec(id), kind: Kind::Visit, body: Body::Event(written) }]);
        let line = notebook.visit(rec(1)).unwrap();
        assert!(line.corrected() && !line.versions.last().unwrap().completes, "{id}");
    }
    let pieces: Vec<Vec<u8>> = notebook.to_cache().collect();
    let read = Notebook::from_cache(person(1), pieces.into_iter()).unwrap();
    assert_eq!(read.visit(rec(1)), notebook.visit(rec(1)));
}

#[test]
fn own_changes_stay_on_top_until_the_server_has_them() {
    let mut notebook = notebook();
    let id = rec(10);
    let base = household(10, "10", "Đặng Văn Khoát");
    let Body::Registry(base) = base.body else { unreachable!() };
    let set = |seq: u64, people: u16| {
        let fields = Map::from([("people".to_owned(), Vec::new())]);
        let parts = household::parts(Values::from([("people".to_owned(), ByteBuf::from(cbor::encode(&people)))]));
        (
            Operation { header: header(Kind::Household, id, 1, Change::Set { fields }, Time(seq as i64)), parts },
            Dot { device: device(1), seq },
        )
    };
    assert!(matches!(notebook.needs_base(id), Some(Location::Page { .. })));
    let ((first, dot), (second, later)) = (set(5, 4), set(6, 5));
    notebook.apply_own(&first, dot, Some(base.clone()));
    assert_eq!(notebook.needs_base(id), None, "it is here now");
    notebook.apply_own(&second, later, None);
    notebook.apply_own(&second, later, None);
    let line = |notebook: &Notebook| notebook.household(id, None, today()).unwrap();
    assert_eq!((line(&notebook).people, line(&notebook).waiting, line(&notebook).disputed), (Some(5), true, true));

    // The server has the first of them.
    let mut state = base.state;
    state.apply(dot.device, dot.seq, &first.header, register::values(&first.parts).unwrap());
    let record = Record {
        id,
        kind: Kind::Household,
        body: Body::Registry(Registry { code: "DC-0001".into(), state: state.clone(), ..Registry::default() }),
    };
    notebook.apply(&record, area(1), Location::Page { page: 2, slot: 0 }, 5);
    assert_eq!((line(&notebook).people, line(&notebook).waiting, line(&notebook).code.as_str()), (Some(5), true, "DC-0001"));

    // The second was refused: it goes on being shown, and no longer waits.
    notebook.refuse(&[6]);
    assert_eq!((line(&notebook).people, line(&notebook).waiting), (Some(5), false));
    notebook.apply(&record, area(1), Location::Page { page: 3, slot: 0 }, 6);
    assert_eq!((line(&notebook).people, notebook.overlay(id).is_some()), (Some(5), true));

    // A person has had the server take it in after all: it goes on being shown until what contains it is here.
    notebook.refuse(&[]);
    assert_eq!((line(&notebook).people, line(&notebook).waiting), (Some(5), true));
    state.apply(later.device, later.seq, &second.header, register::values(&second.parts).unwrap());
    let record =
        Record { id, kind: Kind::Household, body: Body::Registry(Registry { code: "DC-0001".into(), state, ..Registry::default() }) };
    notebook.apply(&record, area(1), Location::Page { page: 4, slot: 0 }, 6);
    assert_eq!((line(&notebook).people, line(&notebook).waiting, notebook.overlay(id).is_some()), (Some(5), false, false));
}

#[test]
fn a_household_is_shown_once_what_made_it_is_here() {
    let mut notebook = notebook();
    let of = |state: &register::Register| Record {
        id: rec(50),
        kind: Kind::Household,
        body: Body::Registry(Registry { code: String::new(), state: state.clone(), ..Registry::default() }),
    };
    let found = |notebook: &Notebook| (notebook.list(&ask(Filter::Left, "bhem")).found, notebook.household_count());
    let fields = Household { head: "Y Bhem Niê".into(), no: "3".into(), ..Household::default() };
    let set = Change::Set { fields: Map::from([("head".to_owned(), Vec::new())]) };
    let mut state = register::Register::default();
    state.apply(device(2), 1, &header(Kind::Household, rec(50), 1, set, Time(2)), fields.first_values());
    take(&mut notebook, 1, [of(&state)]);
    assert_eq!(found(&notebook), (0, 5), "a correction alone is no household");

    let mut again = Notebook::from_cache(person(1), notebook.to_cache()).unwrap();
    assert_eq!(found(&again), (0, 5));
    assert!(again.needs_base(rec(50)).is_some(), "and its record is known, for what is written here to lie upon");
    state.apply(device(1), 9, &header(Kind::Household, rec(50), 1, Change::Create, Time(1)), fields.first_values());
    take(&mut again, 1, [of(&state)]);
    assert_eq!(found(&again), (1, 6));
}

#[test]
fn a_new_household_is_there_at_once() {
    let mut notebook = notebook();
    let household = Household { head: "Y Bhem Niê".into(), no: "3".into(), ..Household::default() };
    let operation = Operation {
        header: header(Kind::Household, rec(50), 1, Change::Create, Time(1)),
        parts: household::parts(household.first_values()),
    };
    notebook.apply_own(&operation, Dot { device: device(1), seq: 1 }, None);
    let list = notebook.list(&ask(Filter::Left, "bhem"));
    assert_eq!((list.found, list.rows[0].code.as_str(), list.rows[0].waiting), (1, "", true));
    assert_eq!(notebook.household_location(rec(50)), Some((area(1), Location::Own { seq: 1 })));
}

#[test]
fn what_may_not_be_read_any_more_is_hidden() {
    let mut notebook = notebook();
    let promise = Operation::new(header(Kind::Callback, rec(4), 1, Change::Create, today().start()))
        .with(Part::Facts, &Callback { opinion: rec(3), promised: today() })
        .with(Part::Contact, &CallbackContact { household: rec(10) });
    notebook.apply_own(&promise, Dot { device: device(1), seq: 1 }, None);
    let grants = |villages: &[AreaId]| GrantSet::for_field(2, Role::FieldMember, &[area(9)], villages);
    notebook.grant(&grants(&[area(2)]));
    assert_eq!(heads(&notebook.list(&ask(Filter::All, ""))), ["Đặng Văn Mùi"]);
    assert_eq!(notebook.villages().len(), 1);
    assert_eq!(notebook.household(rec(10), None, today()), None, "nor is its page, its name or its telephone number");
    assert!(notebook.household(rec(20), None, today()).is_some());
    assert_eq!(notebook.today(rec(CAMPAIGN), today()).promises, []);
    notebook.grant(&grants(&[area(1), area(2)]));
    assert_eq!(notebook.list(&ask(Filter::All, "")).all, 5);
    assert_eq!(notebook.household(rec(10), None, today()).unwrap().head, "Đặng Văn Khoát");
    assert_eq!(notebook.today(rec(CAMPAIGN), today()).promises.len(), 1);
}

#[test]
fn notes_opinions_and_promises_find_their_visit() {
    let mut notebook = notebook();
    let at = today().start();
    let written = |id: u8, kind: Kind| Operation::new(header(kind, rec(id), 1, Change::Create, at));
    let own = [
        visit_operation(1, 10, Change::Create, at, ContactResult::MetRep, None),
        written(2, Kind::Note).with(Part::Facts, &Note { visit: rec(1) }).with(Part::Text, &"Chiều tối mới có nhà"),
        written(3, Kind::Opinion).with(Part::Contact, &Reporter { household: rec(10), visit: Some(rec(1)) }),
        written(4, Kind::Callback)
            .with(Part::Facts, &Callback { opinion: rec(3), promised: today().plus(14) })
            .with(Part::Contact, &CallbackContact { household: rec(10) }),
    ];
    for (seq, operation) in (1..).zip(&own) {
        notebook.apply_own(operation, Dot { device: device(1), seq }, None);
    }
    let said = notebook.said(rec(1));
    assert_eq!(said.iter().map(|said| (said.id, said.note)).collect::<Vec<_>>(), [(rec(2), true), (rec(3), false)]);
    assert_eq!(notebook.promised(rec(10)), [today().plus(14)]);
    assert_eq!(notebook.today(rec(CAMPAIGN), today()).promises[0].household.as_ref().unwrap().head, "Đặng Văn Khoát");
    for of in [3, 4] {
        let kind = if of == 3 { Kind::Opinion } else { Kind::Callback };
        let retract = Operation::new(header(kind, rec(of + 10), 1, Change::Retract { of: rec(of) }, at));
        notebook.apply_own(&retract, Dot { device: device(1), seq: 10 + u64::from(of) }, None);
    }
    assert_eq!((notebook.said(rec(1)).len(), notebook.promised(rec(10)).len()), (1, 0));
}

fn meeting_command(id: u8, expect: u64, state: MeetingState, title: &str) -> Operation {
    let start = Appointment { date: today(), minute: Some(1_170) };
    let facts =
        MeetingFacts { kind: MeetingType::VillageInfo, state, start, expected: Some(4), present: None, people: None, speakers: None };
    Operation::new(header(Kind::Meeting, rec(id), 1, Change::Command { expect }, at(0)))
        .with(Part::Facts, &facts)
        .with(Part::Text, &MeetingWords { title: title.into(), ..MeetingWords::default() })
}

fn meeting_opinion(id: u8, meeting: u8, change: Change) -> Operation {
    let said = Opinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
    Operation::new(header(Kind::MeetingOpinion, rec(id), 1, change, at(0)))
        .with(Part::Facts, &MeetingOpinion { meeting: rec(meeting), said })
        .with(Part::Text, &"Làm cống hay làm cầu?")
}

#[test]
fn a_meeting_is_there_at_once_and_stays_what_its_recorder_last_said() {
    let mut notebook = notebook();
    let own = |seq| Dot { device: device(1), seq };
    let title = |notebook: &Notebook| notebook.meetings().first().map(|line| (line.words.title.clone(), line.revision, line.last_own));
    notebook.apply_own(&meeting_command(90, 0, MeetingState::InSession, "Bàn góp công"), own(1), None);
    for _ in 0..2 {
        notebook.apply_own(&meeting_command(90, 1, MeetingState::InSession, "Bàn góp công làm đường"), own(2), None);
    }
    assert_eq!(title(&notebook), Some(("Bàn góp công làm đường".into(), 2, Some(2))));
    for (id, change) in [(91, Change::Create), (92, Change::Create), (93, Change::Amend { of: rec(92) })] {
        notebook.apply_own(&meeting_opinion(id, 90, change), own(u64::from(id)), None);
    }
    let said = |notebook: &Notebook| notebook.meeting_said(rec(90)).iter().map(|said| said.id).collect::<Vec<_>>();
    assert_eq!((said(&notebook), notebook.meetings()[0].opinions), (vec![rec(91), rec(93)], 2));
    assert_eq!(notebook.said(rec(90)), vec![], "a meeting is no visit");

    // A start from the cache shows the same.
    let again = Notebook::from_cache(person(1), notebook.to_cache()).unwrap();
    assert_eq!((again.meetings(), said(&again)), (notebook.meetings(), said(&notebook)));

    // The server's state with the first command only: the second stays on top until it is contained.
    let record = |revision, title: &str| {
        let Operation { header, parts } = meeting_command(90, 0, MeetingState::InSession, title);
        let state = ByteBuf::from(cbor::encode(&Meeting { by: person(1), ground: header.ground, parts }));
        Record { id: rec(90), kind: Kind::Meeting, body: Body::Workflow(Workflow { revision, state }) }
    };
    let page = Location::Page { page: 1, slot: 0 };
    notebook.apply(&record(1, "Bàn góp công"), area(1), page, 1);
    assert_eq!(title(&notebook), Some(("Bàn góp công làm đường".into(), 2, Some(2))));
    notebook.apply(&record(3, "Ghi trên máy khác"), area(1), page, 2);
    assert_eq!(title(&notebook), Some(("Ghi trên máy khác".into(), 3, None)));

    // What the server has not done is not shown, and is said.
    notebook.apply_own(&meeting_command(90, 2, MeetingState::Concluded, "Viết trên bản cũ"), own(94), None);
    notebook.refuse(&[94]);
    assert_eq!(title(&notebook), Some(("Ghi trên máy khác".into(), 3, Some(94))));
    assert_eq!(notebook.meeting(rec(90)).unwrap().refused, Some(94));

    // One that was refused from its beginning keeps its words in sight, and begins again.
    notebook.apply_own(&meeting_command(95, 0, MeetingState::InSession, "Không được nhận"), own(95), None);
    notebook.refuse(&[94, 95]);
    let line = notebook.meeting(rec(95)).unwrap();
    assert_eq!((line.words.title.as_str(), line.revision, line.refused), ("Không được nhận", 0, Some(95)));
    notebook.apply_own(&meeting_command(96, 0, MeetingState::InSession, "Bấm nhầm"), own(96), None);
    notebook.apply_own(&meeting_command(96, 1, MeetingState::Cancelled, "Bấm nhầm"), own(97), None);
    assert!(notebook.meetings().iter().all(|line| line.id != rec(96)), "what was cancelled is in no list");
}

#[test]
fn a_meeting_of_a_village_that_may_not_be_read_any_more_is_hidden() {
    let mut notebook = notebook();
    notebook.apply_own(&meeting_command(90, 0, MeetingState::InSession, "Họp"), Dot { device: device(1), seq: 1 }, None);
    assert_eq!((notebook.households_in(area(1)), notebook.households_in(area(7))), (4, 0));
    notebook.grant(&GrantSet::for_field(1, Role::FieldMember, &[area(9)], &[area(2)]));
    assert_eq!((notebook.meetings(), notebook.meeting(rec(90))), (vec![], None));
    notebook.grant(&GrantSet::for_field(2, Role::FieldMember, &[area(9)], &[area(1)]));
    assert_eq!(notebook.meetings().len(), 1);
}

#[test]
fn a_lead_who_becomes_a_member_reads_no_longer_what_others_heard() {
    let mut notebook = notebook();
    let at = today().start();
    let own = |seq| Dot { device: device(1), seq };
    notebook.apply_own(&visit_operation(1, 10, Change::Create, at, ContactResult::MetRep, None), own(1), None);
    let opinion = |id: u8| {
        Operation::new(header(Kind::Opinion, rec(id), 1, Change::Create, at))
            .with(Part::Contact, &Reporter { household: rec(10), visit: Some(rec(1)) })
    };
    notebook.apply_own(&opinion(2), own(2), None);
    let pulled = Record::event(opinion(3), Dot { device: device(2), seq: 1 }, person(2), at);
    notebook.apply(&pulled, area(1), Location::Page { page: 90, slot: 0 }, 0);
    notebook.apply_own(&meeting_command(90, 0, MeetingState::InSession, "Họp"), own(3), None);
    let others = meeting_command(91, 0, MeetingState::InSession, "Họp của người khác");
    let others = Meeting { by: person(2), ground: others.header.ground.clone(), parts: others.parts.clone() };
    notebook.apply(&workflow(Kind::Meeting, rec(91), &others), area(1), Location::Page { page: 90, slot: 1 }, 0);
    let heard = |notebook: &Notebook| {
        let said: Vec<RecordId> = notebook.said(rec(1)).iter().map(|said| said.id).collect();
        (said, notebook.meeting(rec(90)).is_some(), notebook.meeting(rec(91)).is_some())
    };
    let grants = |role| GrantSet::for_field(2, role, &[area(9)], &[area(1)]);
    notebook.grant(&grants(Role::TeamLead));
    assert_eq!(heard(&notebook), (vec![rec(2), rec(3)], true, true));
    notebook.grant(&grants(Role::FieldMember));
    assert_eq!(heard(&notebook), (vec![rec(2)], true, false), "their own they keep, and the households");
    assert!(notebook.household(rec(10), None, today()).is_some());
    notebook.grant(&grants(Role::TeamLead));
    assert_eq!(heard(&notebook), (vec![rec(2), rec(3)], true, true), "nothing was deleted");
}

#[test]
fn a_damaged_cache_is_no_notebook() {
    let notebook = notebook();
    let pieces: Vec<Vec<u8>> = notebook.to_cache().collect();
    assert!(Notebook::from_cache(person(1), pieces.clone().into_iter()).is_some());
    assert!(Notebook::from_cache(person(2), pieces.clone().into_iter()).is_none());
    assert!(Notebook::from_cache(person(1), pieces.clone().into_iter().take(1)).is_none());
    for (piece, bytes) in pieces.iter().enumerate() {
        for cut in 0..bytes.len() {
            let mut damaged = pieces.clone();
            damaged[piece].truncate(cut);
            assert!(Notebook::from_cache(person(1), damaged.into_iter()).is_none(), "{piece} {cut}");
        }
    }
}

/// What a visit says in the plain model of the properties below.
#[derive(Clone, Debug)]
struct Told {
    house: u8,
    minute: i64,
    contact: ContactResult,
    next: Option<i32>,
    /// Minute, contact, next of each correction.
    corrections: Vec<(i64, ContactResult, Option<i32>)>,
    retracted: bool,
    by: u8,
}

fn told() -> impl Strategy<Value = Vec<Told>> {
    let contact = || prop::sample::select(ContactResult::ALL);
    let next = || prop::option::of(-3i32..4);
    let correction = (0i64..5_000, contact(), next());
    let visit = (10u8..14, 0i64..5_000, contact(), next(), prop::collection::vec(correction, 0..3), any::<bool>(), 1u8..3);
    let told = visit.prop_map(|(house, minute, contact, next, corrections, retracted, by)| Told {
        house,
        minute,
        contact,
        next,
        corrections,
        retracted: retracted && minute % 3 == 0,
        by,
    });
    prop::collection::vec(told, 0..12)
}

fn at(minute: i64) -> Time {
    Time(today().start().0 - 1_000_000_000 + minute * 60_000)
}

/// Every event with its author, in the order in which it was written. Visit n has the id n, its corrections and its
/// retraction have ids of their own.
fn events(told: &[Told]) -> Vec<(Operation, u8)> {
    let mut next_id = 50;
    let mut id = || {
        next_id += 1;
        next_id
    };
    let mut events = Vec::new();
    for (n, visit) in (100u8..).zip(told) {
        events.push((visit_operation(n, visit.house, Change::Create, at(visit.minute), visit.contact, visit.next), visit.by));
        let mut corrects = rec(n);
        for (minute, contact, next) in &visit.corrections {
            let operation = visit_operation(id(), visit.house, Change::Amend { of: corrects }, at(10_000 + minute), *contact, *next);
            // Some correct the first version, some the correction before.
            if minute % 2 == 0 {
                corrects = operation.header.record;
            }
            events.push((operation, visit.by));
        }
        if visit.retracted {
            events.push((Operation::new(header(Kind::Visit, rec(id()), 1, Change::Retract { of: corrects }, at(20_000))), visit.by));
        }
    }
    events
}

/// The progress of a household by the rule alone.
fn expected(told: &[Told], house: u8) -> Progress {
    let mut visits: Vec<_> = told
        .iter()
        .filter(|visit| visit.house == house && !visit.retracted)
        .map(|visit| {
            let last = visit.corrections.iter().enumerate().max_by_key(|(n, (minute, ..))| (*minute, *n));
            let (contact, next) = last.map_or((visit.contact, visit.next), |(_, (_, contact, next))| (*contact, *next));
            (visit.minute, contact, next)
        })
        .collect();
    visits.sort_by_key(|visit| visit.0);
    let mut progress = Progress::default();
    for (minute, contact, next) in visits {
        progress.add(at(minute), contact, next.map(|day| Appointment { date: today().plus(day), minute: None }));
    }
    progress
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_of_arrival_and_a_cache_in_between_show_the_same(mut told in told(), shuffle in any::<u64>(), cut in 0usize..40) {
        // Two visits at one minute have no order of their own.
        told.iter_mut().zip(0..).for_each(|(visit, n)| visit.minute = visit.minute * 20 + n);
        for visit in &mut told {
            visit.corrections.iter_mut().zip(0..).for_each(|(correction, n)| correction.0 = correction.0 * 4 + n);
        }
        let mut events = events(&told);
        // What this phone wrote itself comes from its outbox, after the records of the server and in its own order.
        let own: Vec<Operation> = events.extract_if(.., |(_, by)| *by == 1).map(|(operation, _)| operation).collect();
        let mut random = shuffle;
        for i in (1..events.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            events.swap(i, (random >> 33) as usize % (i + 1));
        }
        let mut notebook = notebook();
        for (n, (operation, by)) in events.into_iter().enumerate() {
            if n == cut {
                let pieces: Vec<Vec<u8>> = notebook.to_cache().collect();
                notebook = Notebook::from_cache(person(1), pieces.into_iter()).unwrap();
            }
            take(&mut notebook, 1, [event(operation, by, n as u64 + 1)]);
        }
        for (seq, operation) in (1..).zip(&own) {
            notebook.apply_own(operation, Dot { device: device(1), seq }, None);
        }
        let before = notebook.list(&ask(Filter::All, ""));
        for house in 10..14 {
            prop_assert_eq!(notebook.progress(rec(house), rec(CAMPAIGN)), expected(&told, house));
        }
        // The server's copy of an own event changes nothing but where it is.
        for (seq, operation) in (1..).zip(own) {
            take(&mut notebook, 1, [event(operation, 1, seq)]);
        }
        let waiting = notebook.visits.iter().any(|row| matches!(row.location, Location::Own { .. }));
        prop_assert!(!waiting);
        prop_assert_eq!(&notebook.list(&ask(Filter::All, "")), &before);

        let pieces: Vec<Vec<u8>> = notebook.to_cache().collect();
        let read = Notebook::from_cache(person(1), pieces.into_iter()).unwrap();
        prop_assert_eq!(&read.list(&ask(Filter::All, "")), &before);
        prop_assert_eq!(read.today(rec(CAMPAIGN), today()), notebook.today(rec(CAMPAIGN), today()));
        for (n, _) in (100u8..).zip(&told) {
            prop_assert_eq!(read.visit(rec(n)), notebook.visit(rec(n)));
        }
        prop_assert!(before.rows.iter().all(|row| row.standing != Standing::Gone));
    }

    #[test]
    fn packed_values_come_back(numbers in prop::collection::vec(any::<u64>(), 0..9), text in ".{0,40}", junk in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut out = packed::Writer::default();
        numbers.iter().for_each(|n| out.u64(*n));
        out.text(&text);
        let mut input = packed::Reader { bytes: &out.bytes };
        for n in &numbers {
            prop_assert_eq!(input.u64(), Some(*n));
        }
        prop_assert_eq!((input.text(), input.bytes.len()), (Some(text.as_str()), 0));
        // Anything at all may stand in a damaged cache.
        let mut input = packed::Reader { bytes: &junk };
        while input.u16().is_some() && input.text().is_some() {}
    }
}

fn look(id: u8, change: Change, visits: &[(u8, u8)], void: Option<VoidReason>) -> Operation {
    let visits = visits.iter().map(|(visit, version)| Look { visit: rec(*visit), version: rec(*version) }).collect();
    let operation = Operation::new(header(Kind::Verification, rec(id), 1, change.clone(), today().start()));
    if change == Change::Create { operation.with(Part::Facts, &Verification { visits, void }) } else { operation }
}

#[test]
fn what_a_lead_says_counts_in_any_order() {
    let visit = |id, house, by, contact| event(visit_operation(id, house, Change::Create, today().start(), contact, None), by, id.into());
    let amended = visit_operation(63, 12, Change::Amend { of: rec(62) }, today().start().plus_hours(1), ContactResult::MetRep, None);
    let closing = Operation::new(header(Kind::DayClosing, rec(73), 1, Change::Create, today().start()));
    let records = [
        visit(60, 10, 2, ContactResult::MetRep),
        visit(61, 11, 2, ContactResult::MetRep),
        visit(62, 12, 2, ContactResult::NotHome),
        event(amended, 2, 63),
        event(look(70, Change::Create, &[(60, 60), (62, 62)], None), 3, 70),
        event(look(71, Change::Create, &[(61, 61)], Some(VoidReason::Duplicate)), 3, 71),
        event(closing.with(Part::Facts, &DayClosing { day: today() }), 3, 73),
    ];
    let back = event(look(72, Change::Retract { of: rec(71) }, &[], None), 3, 72);
    let said = |notebook: &Notebook| {
        let state = |id| notebook.checked(&notebook.visit(rec(id)).unwrap());
        let progress = notebook.progress(rec(11), rec(CAMPAIGN));
        ([60, 61, 62].map(state), progress.attempts, notebook.days(rec(CAMPAIGN)), notebook.members(rec(CAMPAIGN), today()))
    };
    let mut forward = notebook();
    take(&mut forward, 1, records.clone());
    let (states, attempts, days, members) = said(&forward);
    use VisitState::{Verified, Voided, Waiting};
    assert_eq!(states.map(|checked| checked.state), [Some(Verified), Some(Voided), Some(Waiting)], "a correction was seen by nobody yet");
    assert_eq!((states[1].void, states[1].by), (Some(VoidReason::Duplicate), Some((rec(71), person(3)))));
    assert_eq!(attempts, 0, "what is voided counts nowhere");
    let [day] = days.as_slice() else { panic!("one day") };
    assert_eq!((day.visits, day.waiting, day.of_others, day.voided, day.closed), (2, 1, 1, 1, Some((rec(73), person(3)))));
    let [member] = members.as_slice() else { panic!("one person") };
    assert_eq!((member.person, member.visits, member.met, member.today), (person(2), 2, 2, 2));
    let theirs: Vec<RecordId> = forward.visits_by(rec(CAMPAIGN), person(2)).iter().map(|line| line.id).collect();
    assert_eq!(theirs, [rec(62), rec(60)], "those that the line counts");
    assert!(forward.visits_by(rec(CAMPAIGN), person(3)).is_empty());
    assert_eq!(forward.visits_of_day(rec(CAMPAIGN), area(1), today()).len(), 3);
    assert_eq!(forward.visits_of_day(rec(CAMPAIGN), area(1), today().plus(1)).len(), 0);

    let mut backward = notebook();
    take(&mut backward, 1, records.iter().rev().cloned());
    assert_eq!(said(&backward), said(&forward));
    let read = Notebook::from_cache(person(1), forward.to_cache()).unwrap();
    assert_eq!(said(&read), said(&forward));
    // Taken back, before or after it is known what.
    take(&mut forward, 1, [back.clone()]);
    let mut early = notebook();
    take(&mut early, 1, std::iter::once(back).chain(records));
    assert_eq!(said(&early), said(&forward));
    assert_eq!((forward.progress(rec(11), rec(CAMPAIGN)).attempts, forward.days(rec(CAMPAIGN))[0].visits), (1, 3));
}

#[test]
fn what_the_commune_says_of_codes_is_there_after_the_next_start() {
    use crate::code_book::{CodeEntry, CodeList};
    let mut notebook = notebook();
    let own = CodeEntry { name: "Bến đò".into(), ..CodeEntry::about(rec(210), CodeList::Topic, "INFRA.1") };
    let over = CodeEntry { ended: true, ..CodeEntry::about(rec(211), CodeList::MeetingType, "TRAINING") };
    take(&mut notebook, 1, [&own, &over].map(|entry| registry(Kind::CodeEntry, entry.id, entry.values())));
    let again = Notebook::from_cache(person(1), notebook.to_cache()).unwrap();
    for book in [notebook.code_book(), again.code_book()] {
        assert_eq!((book.entry(CodeList::Topic, "INFRA.1"), book.offers(CodeList::MeetingType, "TRAINING")), (Some(&own), false));
    }
    // A list of a later build is nobody's business here.
    let mut later = own.values();
    later.insert("list".to_owned(), ByteBuf::from(cbor::encode(&"GIFT")));
    take(&mut notebook, 1, [registry(Kind::CodeEntry, rec(212), later)]);
    assert_eq!(notebook.code_book(), again.code_book());
}

/// A household as the server sends it after an office said that it is the same as another one, or took that back.
fn twin(id: u8, other: Option<u8>) -> Record {
    let fields = Household { head: "Ngọc Lành".into(), same_as: other.map(rec), ..Household::default() };
    registry(Kind::Household, rec(id), fields.first_values())
}

#[test]
fn one_that_was_made_twice_is_listed_once_with_the_visits_of_both() {
    let visit = |id, house, days: i32, contact| {
        event(visit_operation(id, house, Change::Create, today().plus(-days).start(), contact, None), 2, u64::from(id))
    };
    let promise = || {
        let header = header(Kind::Callback, rec(103), 1, Change::Create, Time(0));
        let promised = Callback { opinion: rec(104), promised: today() };
        event(Operation::new(header).with(Part::Facts, &promised).with(Part::Contact, &CallbackContact { household: rec(30) }), 2, 103)
    };
    let records = [twin(30, Some(11)), visit(101, 30, 2, ContactResult::MetRep), visit(102, 11, 1, ContactResult::NotHome), promise()];
    let shown = |notebook: &Notebook| {
        let (left, all) = (notebook.list(&ask(Filter::Left, "")), notebook.list(&ask(Filter::All, "")));
        let progress = notebook.progress(rec(30), rec(CAMPAIGN));
        let visits: Vec<RecordId> = notebook.visits(rec(30)).iter().map(|line| line.id).collect();
        assert_eq!((notebook.visits(rec(11)).len(), notebook.progress(rec(11), rec(CAMPAIGN))), (visits.len(), progress));
        let line = notebook.household(rec(30), Some(rec(CAMPAIGN)), today()).unwrap();
        assert_eq!((line.id, line.progress), (rec(11), progress));
        (all.found, left.found, progress.attempts, visits, notebook.promised(rec(11)))
    };
    let one = (5, 3, 2, vec![rec(102), rec(101)], vec![today()]);
    // In whatever order they come, and also where the lists were asked for in between.
    for turn in 0..records.len() {
        let mut notebook = notebook();
        let mut records = records.clone();
        records.rotate_left(turn);
        for record in records {
            take(&mut notebook, 1, [record]);
            notebook.list(&ask(Filter::Left, ""));
        }
        assert_eq!(shown(&notebook), one, "{turn}");
        assert_eq!(shown(&Notebook::from_cache(person(1), notebook.to_cache()).unwrap()), one);
        // A visit that is written to it later, on this phone, makes the one met as well.
        notebook.apply_own(
            &visit_operation(105, 30, Change::Create, today().start(), ContactResult::NotHome, Some(0)),
            Dot { device: device(1), seq: 1 },
            None,
        );
        assert_eq!(heads(&notebook.list(&ask(Filter::Due, ""))), ["Nguyễn Thị Ngọc Lành"]);
        assert_eq!(notebook.today(rec(CAMPAIGN), today()).visited_today, 1);
    }
}

#[test]
fn what_is_taken_back_or_cannot_be_read_stands_for_itself_again() {
    let mut notebook = notebook();
    let found = |notebook: &Notebook| notebook.list(&ask(Filter::All, "")).found;
    take(&mut notebook, 1, [twin(30, Some(11))]);
    assert_eq!((found(&notebook), notebook.one(rec(30))), (5, rec(11)));
    take(&mut notebook, 1, [twin(30, None)]);
    assert_eq!((found(&notebook), notebook.one(rec(30))), (6, rec(30)));
    // What it is the same as has not come yet, or is of a village that this person may not read any more.
    take(&mut notebook, 1, [twin(30, Some(31))]);
    assert_eq!((found(&notebook), notebook.one(rec(30))), (6, rec(30)));
    take(&mut notebook, 2, [household(31, "9", "Lành")]);
    assert_eq!((found(&notebook), notebook.one(rec(30))), (6, rec(31)));
    let mut grants = GrantSet { version: 2, grants: vec![] };
    for village in [1, 2] {
        grants.grants.push(crate::person::Grant { scope: Scope { area: area(village), stream: Stream::Roll }, read: true, write: true });
    }
    notebook.grant(&grants);
    assert_eq!(found(&notebook), 6);
    grants.grants.pop();
    notebook.grant(&grants);
    assert_eq!((found(&notebook), notebook.one(rec(30))), (5, rec(30)), "four of the village, and this one by itself");
    // Two that say it of each other are one all the same.
    take(&mut notebook, 1, [twin(30, Some(11)), twin(11, Some(30))]);
    assert_eq!((found(&notebook), notebook.one(rec(30)), notebook.one(rec(11))), (4, rec(11), rec(11)));
}
