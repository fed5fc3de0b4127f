//! Communes that become one, and villages that are moved to another commune, on every store.

use super::world::{Phone, Subject, World, household, record};
use super::{APPLIED, quarantined};
use crate::store::{Account, Ask, Confirmed, Import, OfficeChange, Roll, StoreError, Value};
use domain::ahead::{AheadState, DropAhead};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::office::{Coverage, Filter, HouseholdRow, ImportRow, Listed, ROWS, Seen, VisitRow};
use domain::operation::{Scope, Stream};
use domain::person::{GrantSet, Person, Role};
use domain::reimport::Choices;
use domain::roll::Row;
use domain::succession::{NewUnit, Rearrangement};
use domain::team::Team;
use domain::unit::{Level, Unit};
use domain::visit::ContactResult::{MetRep, NotHome};
use domain::wire::{Pulled, Reason};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A second commune in the same province: a village of the first one's name and letters, another one, an officer, a running
/// campaign, a team for its first village with one phone.
struct Neighbour {
    commune: AreaId,
    officer: PersonId,
    tab: DeviceId,
    seq: u64,
    same: AreaId,
    other: AreaId,
    phone: Phone,
}

const CAMPAIGN: u64 = 301;
const TEAM: u64 = 302;

impl Neighbour {
    async fn beside<S: Subject>(world: &mut World<S>) -> Self {
        let province = units(world).await.into_iter().find(|unit| unit.level == Level::Province).unwrap().id;
        let commune = AreaId::from(record(300));
        let (name, from) = ("Xã Khê Vân".to_owned(), domain::time::Date::MIN);
        let (parent, level, code) = (Some(province), Level::Commune, String::new());
        let unit = Unit { id: commune, parent, level, name, code, from, to: None, succession: None, former: Vec::new() };
        everywhere(world, 0, Value::Unit(unit)).await.unwrap();
        let officer = PersonId::from(record(303));
        let person =
            Person { id: officer, name: "Vi Thị Mẫu".into(), sort: String::new(), role: Role::Officer, unit: commune, left: false };
        let account = Account { login: "mau2".into(), hash: "$argon2id$made-up$mau2".into() };
        everywhere(world, 0, Value::Person(person, Some(account))).await.unwrap();
        let tab = DeviceId::new(1, [203; 10]);
        world.store.tab(tab, officer, world.now).await.unwrap();
        let rows = (1..=5).map(|n| (if n <= 3 { "THÔN ĐỒNG CỪ" } else { "Thôn Nậm Lĩnh" }, household(n + 100)));
        let rows = rows.map(|(village, household)| Row::from((village.to_owned(), household))).collect();
        let confirmed = Confirmed { device: DeviceId::new(2, [204; 10]), seen: None, watched: Arc::default() };
        let seed = world.seed();
        let roll = Roll { by: officer, commune, rows, choices: Choices::default() };
        world.store.import(Import::Store(roll, confirmed), world.now, seed).await.unwrap();
        let village = |units: &[Unit], name: &str| units.iter().find(|unit| unit.parent == Some(commune) && unit.name == name).unwrap().id;
        let all = units(world).await;
        let (same, other) = (village(&all, "THÔN ĐỒNG CỪ"), village(&all, "Thôn Nậm Lĩnh"));

        let member = PersonId::from(record(304));
        let mut made = Self { commune, officer, tab, seq: 0, same, other, phone: world.phone(Role::FieldMember).await };
        // Out of the first commune's team: that phone is only lent its shape.
        world.members.remove(&made.phone.person);
        let (seen, team) = (world.seen(world.team).await, world.team());
        world.write(seen, Value::Team(team)).await.unwrap();
        let person =
            Person { id: member, name: "Lò Văn Páo".into(), sort: String::new(), role: Role::FieldMember, unit: commune, left: false };
        made.write(world, 0, Value::Person(person, None)).await.unwrap();
        let campaign = Campaign { id: record(CAMPAIGN), title: "Làm nhà văn hóa".into(), ..world.campaign(CampaignState::Active) };
        made.write(world, 0, Value::Campaign(campaign)).await.unwrap();
        let members = [member].into_iter().collect();
        let team = Team { id: record(TEAM), name: "Tổ Khê Vân".into(), lead: Some(member), members, ..world.team() };
        made.write(world, 0, Value::Team(team)).await.unwrap();
        made.write(world, 0, Value::Assignment(given(305, CAMPAIGN, TEAM, same))).await.unwrap();
        made.phone = enrol(world, commune, member).await;
        (made.phone.area, made.phone.campaign) = (same, record(CAMPAIGN));
        made
    }

    async fn write<S: Subject>(&mut self, world: &mut World<S>, seen: u64, value: Value) -> Result<(), StoreError> {
        let change = OfficeChange { by: self.officer, within: Some(self.commune), device: self.tab, seq: self.seq + 1, seen, value };
        let seed = world.seed();
        let done = world.store.write(change, world.now, seed).await;
        self.seq += u64::from(done.is_ok());
        done
    }
}

fn given(n: u64, campaign: u64, team: u64, village: AreaId) -> Assignment {
    Assignment { id: record(n), campaign: record(campaign), team: record(team), village, due: None, ended: false, share: None }
}

async fn enrol<S: Subject>(world: &mut World<S>, commune: AreaId, person: PersonId) -> Phone {
    let device = DeviceId::from(world.fresh());
    let code = world.keys.code("NEIGHBOUR");
    world.store.issue_code(Some(commune), person, code, world.now).await.unwrap();
    let welcome = world.store.enrol(code, device, world.now).await.unwrap();
    let (grant, at) = (welcome.grants.version, world.now);
    Phone { device, person, area: commune, campaign: world.campaign, grant, seq: 0, at, welcome }
}

/// Writes as somebody who looks after the whole server.
async fn everywhere<S: Subject>(world: &mut World<S>, seen: u64, value: Value) -> Result<(), StoreError> {
    let change = OfficeChange { by: world.officer, within: None, device: world.tab, seq: world.tab_seq + 1, seen, value };
    let seed = world.seed();
    let done = world.store.write(change, world.now, seed).await;
    world.tab_seq += u64::from(done.is_ok());
    done
}

async fn units<S: Subject>(world: &World<S>) -> Vec<Unit> {
    world.store.directory(None).await.unwrap().units.into_iter().map(|seen| seen.value).collect()
}

async fn unit<S: Subject>(world: &World<S>, id: AreaId) -> Unit {
    units(world).await.into_iter().find(|unit| unit.id == id).unwrap()
}

async fn coverage<S: Subject>(world: &World<S>, within: AreaId, campaign: u64) -> Coverage {
    let filter = Filter { campaign: Some(record(campaign)), ..Filter::default() };
    world.store.coverage(Ask { within: Some(within), filter, limit: ROWS }, world.now).await.unwrap()
}

async fn households<S: Subject>(world: &World<S>, within: AreaId) -> Listed<HouseholdRow> {
    let ask = Ask { within: Some(within), filter: Filter::default(), limit: ROWS };
    world.store.list(ask, world.now).await.unwrap()
}

async fn held<S: Subject>(world: &World<S>, phone: &Phone) -> GrantSet {
    match world.pull(phone, None, Vec::new()).await {
        Pulled::Pages(pages) => pages.grants,
        _ => panic!("asked with cursors"),
    }
}

const fn roll(area: AreaId) -> Scope {
    Scope { area, stream: Stream::Roll }
}

fn new(n: u64, name: &str) -> NewUnit {
    NewUnit { id: record(n).into(), name: name.into(), code: String::new(), households: Vec::new() }
}

fn decided<S>(world: &World<S>, from: &[AreaId], into: Vec<NewUnit>) -> Rearrangement {
    let on = world.now.date();
    let decision_no = "9999/NQ-UBTVQH15".into();
    Rearrangement { decision_no, decision_date: on.plus(-7), on, from: from.to_vec(), into, commune: None }
}

pub async fn communes_become_one_in_the_middle_of_a_campaign<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut b = Neighbour::beside(&mut world).await;
    let mut a = world.phone(Role::FieldMember).await;
    let (first, second) = (world.commune, b.commune);
    let (here, there) = (world.households(a.area).await, households(&world, second).await.rows);
    let there: Vec<RecordId> = there.into_iter().filter(|row| row.village == "THÔN ĐỒNG CỪ").map(|row| row.id).collect();
    let frames = [a.visit(record(50), here[0], MetRep), a.visit(record(51), here[1], NotHome)];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let met = b.phone.visit(record(52), there[0], MetRep);
    assert_eq!(world.outcomes(&b.phone, &[met]).await, [APPLIED]);
    let before = [coverage(&world, first, 1).await, coverage(&world, second, CAMPAIGN).await];
    assert_eq!(before.each_ref().map(|found| (found.total.households, found.total.visits, found.total.assigned)), [(10, 2, 8), (5, 1, 3)]);

    let merger = decided(&world, &[first, second], vec![new(400, "Xã Đồng Khê")]);
    assert_eq!(world.write(0, Value::Rearrangement(merger.clone())).await, Err(StoreError::NotAllowed), "by an officer of one of them");
    everywhere(&mut world, 0, Value::Rearrangement(merger.clone())).await.unwrap();
    world.tab_seq -= 1;
    everywhere(&mut world, 0, Value::Rearrangement(merger.clone())).await.unwrap();
    assert_eq!(everywhere(&mut world, 0, Value::Rearrangement(merger.clone())).await, Err(StoreError::Invalid("from")), "once");
    let whole = AreaId::from(record(400));
    assert_eq!((unit(&world, whole).await.level, unit(&world, first).await.to), (Level::Commune, Some(merger.on.plus(-1))));
    let late = Unit { id: record(401).into(), parent: Some(first), name: "Thôn Mới".into(), ..unit(&world, a.area).await };
    assert_eq!(everywhere(&mut world, 0, Value::Unit(late)).await, Err(StoreError::Invalid("parent")), "a commune that is no more");

    // Each campaign goes on over its own villages and has all of the new commune's households; whoever was in either sees it.
    for reach in [whole, first, second] {
        for (campaign, before) in [(1, &before[0]), (CAMPAIGN, &before[1])] {
            let after = coverage(&world, reach, campaign).await;
            let of = |found: &Coverage| (found.total.met, found.total.tried, found.total.visits, found.total.assigned, found.opinions);
            assert_eq!(of(&after), of(before));
            assert_eq!((after.total.households, after.villages.len()), (15, 4));
            assert_eq!(after.rearranged[0].into, ["Xã Đồng Khê"]);
        }
        assert_eq!(households(&world, reach).await.total, 15);
    }
    // Two villages of one name are told apart, also in the lists.
    let names: Vec<String> = coverage(&world, whole, 1).await.villages.into_iter().map(|row| row.name).collect();
    assert!(
        ["Thôn Đồng Cừ (Xã Đồng Cừ)", "THÔN ĐỒNG CỪ (Xã Khê Vân)"].iter().all(|name| names.iter().any(|known| known == name)),
        "{names:?}"
    );
    assert_eq!(unit(&world, b.same).await.name_on(merger.on.plus(-1)), "THÔN ĐỒNG CỪ");

    // The phones were away. What they wrote is taken; then they have the units of the other commune, and none of its names.
    let frames = [a.visit(record(53), here[2], MetRep), a.new_household(record(70), &household(70))];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let frames = [b.phone.visit(record(54), there[1], MetRep), b.phone.new_household(record(71), &household(71))];
    assert_eq!(world.outcomes(&b.phone, &frames).await, [APPLIED; 2]);
    let rights = held(&world, &a).await;
    assert!([first, second, whole].iter().all(|commune| rights.may_read(roll(*commune)) && !rights.may_write(roll(*commune))));
    assert!(rights.may_write(roll(a.area)) && !rights.may_read(roll(b.same)));
    let (pulled, ..) = world.pull_all(&a).await;
    assert!(pulled[&roll(whole)].0.iter().any(|record| record.id == RecordId::from(whole)) && pulled.contains_key(&roll(a.area)));
    // No code is given twice: of two villages with the same letters one goes on with others.
    let all = households(&world, whole).await;
    let code = |id: RecordId| all.rows.iter().find(|row| row.id == id).unwrap().code.clone();
    assert_eq!((code(here[0]), code(there[0])), ("DC-0001".into(), "DC-0001".into()), "codes stay");
    assert_eq!((code(record(70)), code(record(71))), ("DC-0009".into(), "DC2-0004".into()));

    // The office of the new commune works in both: what one of them had is its own.
    world.write(0, Value::Assignment(given(93, 1, 2, b.other))).await.unwrap();
    let mut frame = a.visit(record(55), here[3], MetRep);
    a.grant = held(&world, &a).await.version;
    assert!(held(&world, &a).await.may_write(roll(b.other)));
    assert_eq!(world.outcomes(&a, &[frame]).await, [APPLIED]);
    assert_eq!(coverage(&world, whole, 1).await.total.assigned, 9 + 2);
    (b.phone.area, b.phone.grant) = (a.area, held(&world, &b.phone).await.version);
    frame = b.phone.visit(record(56), here[0], MetRep);
    assert_eq!(world.outcomes(&b.phone, &[frame]).await, [quarantined(Reason::NotAllowed)], "a merger gives nobody more");
    let ended = Campaign { state: CampaignState::Closed, ..world.campaign(CampaignState::Active) };
    let seen = world.seen(world.campaign).await;
    b.write(&mut world, seen, Value::Campaign(ended)).await.unwrap();
    let people = world.store.directory(Some(second)).await.unwrap().people;
    assert!(people.len() >= 5 && people.iter().all(|row| row.value.person.unit == whole || row.value.person.role == Role::Admin));

    // A list of the new commune, with names of before where they mean one village.
    let (rows, confirmation) = (|name: &str, n| Row::from((name.to_owned(), household(n))), DeviceId::new(3, [205; 10]));
    let confirmed = Confirmed { device: confirmation, seen: None, watched: Arc::default() };
    let rows = vec![rows("Thôn Bến Lĩnh", 80), rows("Thôn Nậm Lĩnh", 81), rows("Thôn Đồng Cừ (Xã Khê Vân)", 82), rows("Thôn Đồng Cừ", 83)];
    let (by, seed) = (world.officer, world.seed());
    let old = Roll { by, commune: first, rows: rows.clone(), choices: Choices::default() };
    let again = Confirmed { device: confirmation, seen: None, watched: Arc::default() };
    assert_eq!(world.store.import(Import::Store(old, again), world.now, seed).await.map(|_| ()), Err(StoreError::Invalid("commune")));
    let list = Roll { by, commune: whole, rows, choices: Choices::default() };
    let done = world.store.import(Import::Store(list, confirmed), world.now, seed).await.unwrap().imported.unwrap();
    assert_eq!((done.households, done.villages), (4, 1), "a name of two villages tells neither");
    let codes: Vec<String> = households(&world, whole).await.rows.into_iter().map(|row| row.code).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len() - 3, "only those of before are there twice");
    let ask = Ask { within: Some(second), filter: Filter::default(), limit: ROWS };
    let imports = world.store.list::<ImportRow>(ask, world.now).await.unwrap();
    assert!(imports.total == 3 && imports.rows.iter().all(|row| row.unit == "Xã Đồng Khê"));

    let counts = coverage(&world, whole, CAMPAIGN).await;
    world.store.rebuild().await.unwrap();
    assert_eq!(coverage(&world, whole, CAMPAIGN).await, counts);
}

pub async fn a_village_is_moved_to_another_commune<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut b = Neighbour::beside(&mut world).await;
    let mut a = world.phone(Role::FieldMember).await;
    let (first, second) = (world.commune, b.commune);
    let here = world.households(a.area).await;
    let frames = [a.visit(record(50), here[0], MetRep), a.visit(record(51), here[1], NotHome)];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let before = coverage(&world, first, 1).await;

    // Ahead: until its day nothing is otherwise.
    let on = world.now.date().plus(2);
    let go = Rearrangement { on, commune: Some(second), ..decided(&world, &[a.area], vec![new(410, "Thôn Đồng Cừ Thượng")]) };
    let same = Rearrangement { into: vec![new(410, "Thôn Đồng Cừ")], ..go.clone() };
    assert_eq!(everywhere(&mut world, 0, Value::Rearrangement(same)).await, Err(StoreError::Invalid("name")));
    assert_eq!(world.write(0, Value::Rearrangement(go.clone())).await, Err(StoreError::NotAllowed));
    everywhere(&mut world, 0, Value::Rearrangement(go)).await.unwrap();
    let [Seen { seen, value, .. }] = world.store.directory(Some(first)).await.unwrap().ahead.try_into().unwrap();
    let drop = Value::Drop(DropAhead { id: value.id });
    assert_eq!(world.write(seen, drop).await, Err(StoreError::NotAllowed), "by whoever could not have entered it");
    world.tick().await;
    assert_eq!(coverage(&world, first, 1).await, before);
    world.now = on.start().plus_hours(8);
    world.tick().await;
    assert_eq!(world.store.directory(Some(first)).await.unwrap().ahead[0].value.state, AheadState::Done);

    // Its households, and what was written about them, are the other commune's, under the campaign in which they were.
    let moved = AreaId::from(record(410));
    let (left, come) = (coverage(&world, first, 1).await, coverage(&world, second, 1).await);
    assert_eq!((left.total.households, left.total.visits, left.villages.len()), (2, 0, 1));
    assert_eq!((come.total.households, come.total.visits, come.total.met, come.total.assigned), (5 + 8, 2, 1, 8));
    assert_eq!(come.villages.iter().find(|row| row.village == moved).unwrap().counts.households, 8);
    assert_eq!(come.rearranged.iter().map(|one| one.into[0].as_str()).collect::<Vec<_>>(), ["Thôn Đồng Cừ Thượng (Xã Khê Vân)"]);
    let own = world.store.coverage(Ask { within: Some(second), filter: Filter::default(), limit: ROWS }, world.now).await.unwrap();
    assert_eq!(own.campaign, Some(record(CAMPAIGN)), "one's own campaign is asked first");
    let directory = world.store.directory(Some(second)).await.unwrap();
    let whose = |whose: &[Option<String>]| whose.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
    let campaigns: Vec<_> = directory.campaigns.iter().map(|seen| (seen.value.id, seen.whose.as_deref())).collect();
    assert_eq!(campaigns, [(record(CAMPAIGN), None), (record(1), Some("Xã Đồng Cừ"))], "its own first; what is another commune's says so");
    for all in [
        directory.teams.into_iter().map(|seen| seen.whose).collect::<Vec<_>>(),
        directory.assignments.into_iter().map(|seen| seen.whose).collect(),
    ] {
        assert!(all.contains(&None) && whose(&all).contains("Xã Đồng Cừ"), "{all:?}");
    }
    let campaign = directory.campaigns.into_iter().find(|seen| seen.whose.is_some()).unwrap();
    let closed = Campaign { state: CampaignState::Closed, ..campaign.value };
    assert_eq!(b.write(&mut world, campaign.seen, Value::Campaign(closed)).await, Err(StoreError::NotAllowed));
    let ask = |within| Ask { within: Some(within), filter: Filter { campaign: Some(record(1)), ..Filter::default() }, limit: ROWS };
    assert_eq!(world.store.list::<VisitRow>(ask(first), world.now).await.unwrap().total, 0);
    assert_eq!(world.store.list::<VisitRow>(ask(second), world.now).await.unwrap().total, 2);

    // The team goes on there, with letters that neither commune has; whoever has the village now takes it from them.
    let frames = [a.visit(record(53), here[2], MetRep), a.new_household(record(70), &household(70))];
    assert_eq!(world.outcomes(&a, &frames).await, [APPLIED; 2]);
    let rights = held(&world, &a).await;
    assert!([first, second].iter().all(|commune| rights.may_read(roll(*commune))) && rights.may_write(roll(moved)));
    (a.area, a.grant) = (moved, rights.version);
    let frame = a.new_household(record(71), &household(71));
    assert_eq!(world.outcomes(&a, &[frame]).await, [APPLIED]);
    let letters = [a.area, b.same, b.other].map(|id| unit(&world, id));
    let mut codes = Vec::new();
    for village in letters {
        codes.push(village.await.code);
    }
    assert_eq!(codes, ["DCT", "DC2", "NL"], "eight of the village that came have the first numbers of DC");
    let rows = households(&world, second).await.rows;
    let code = |n: u64| rows.iter().find(|row| row.id == record(n)).unwrap().code.clone();
    assert_eq!((code(70), code(71)), ("DC-0009".into(), "DCT-0001".into()));
    b.write(&mut world, 0, Value::Assignment(given(94, CAMPAIGN, TEAM, moved))).await.unwrap();
    (b.phone.area, b.phone.grant) = (world.village("Thôn Đồng Cừ").await, held(&world, &b.phone).await.version);
    let visit = b.phone.visit(record(57), here[3], MetRep);
    assert_eq!(world.outcomes(&b.phone, &[visit]).await, [APPLIED], "to a household that is kept where it was");
    let counts = coverage(&world, second, CAMPAIGN).await.villages.into_iter().find(|row| row.village == moved).unwrap().counts;
    assert_eq!((counts.households, counts.assigned, counts.met), (10, 10, 1));
    world.store.rebuild().await.unwrap();
    assert_eq!(coverage(&world, second, 1).await.total.visits, 3);
}
