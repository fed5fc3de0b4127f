//! Those who look after the work: the access log, phones, organisations and teams, hand-over, take-out.

use super::world::{Phone, Subject, World, record};
use super::{APPLIED, quarantined};
use crate::journal::replay;
use crate::store::{Access, Ask, CodeFor, Device, OfficeChange, Sender, StoreError, Value};
use domain::access::AccessRow;
use domain::campaign::Assignment;
use domain::cbor;
use domain::device::{Report, Revocation};
use domain::hand_over::{HandOver, HandOverRow};
use domain::id::{DeviceId, Epoch, PersonId, RecordId};
use domain::office::{Filter, HouseholdRow, Listed, VisitRow};
use domain::operation::{Change, Kind, Operation, Part, Scope, Stream};
use domain::organization::{OrgType, Organization};
use domain::person::Role;
use domain::share::Share;
use domain::source::Source;
use domain::team::{Duty, Mandate, Post, Team};
use domain::time::{Date, Time};
use domain::visit::ContactResult::{MetRep, NotHome};
use domain::visit::{Appointment, Visit};
use domain::wire::{PROTOCOL, PullRequest, PushBatch, Reason};
use std::sync::Arc;

pub async fn the_access_log_is_read_in_pages<S: Subject>() {
    let world = World::<S>::new().await;
    let (mine, other) = (world.officer, world.admin);
    for n in 0..5_i64 {
        let (person, at) = (if n == 2 { other } else { mine }, Time(world.now.0 + n * 24 * 3_600_000));
        let action = format!("GET {n}");
        let about = match n {
            3 => Some(world.team),
            4 => Some(other.into()),
            _ => None,
        };
        world.store.log(Access { at, person: Some(person), action, about }).await.unwrap();
    }
    world.store.log(Access { at: world.now, person: Some(PersonId::new(1, [99; 10])), action: "GET x".into(), about: None }).await.unwrap();
    let list = async |within, filter, limit| world.store.list::<AccessRow>(Ask { within, filter, limit }, world.now).await;
    let all = list(None, Filter::default(), 50).await.unwrap();
    let actions = |listed: &Listed<AccessRow>| listed.rows.iter().map(|row| row.action.clone()).collect::<Vec<_>>();
    assert_eq!((actions(&all), all.total), (["GET x", "GET 4", "GET 3", "GET 2", "GET 1", "GET 0"].map(str::to_owned).to_vec(), 6));
    assert_eq!((all.rows[0].name.as_str(), all.rows[3].name.as_str()), ("", "Lò Thị Mẫu"));
    let about = |row: usize| all.rows[row].about.clone().unwrap();
    assert_eq!((about(2).kind.as_deref(), about(2).colleague), (Some("team"), None));
    assert_eq!((about(1).kind.as_deref(), about(1).colleague.as_deref()), (Some("person"), Some("Lò Thị Mẫu")));

    // Another line in front, as reading itself writes one, moves no page.
    let first = list(None, Filter { by: Some(mine), ..Filter::default() }, 2).await.unwrap();
    world.store.log(Access { at: world.now, person: Some(mine), action: "GET access".into(), about: None }).await.unwrap();
    let filter = Filter { by: Some(mine), before: Some(first.rows[1].line), ..Filter::default() };
    let second = list(None, filter, 2).await.unwrap();
    assert_eq!((actions(&first), first.total), (["GET 4", "GET 3"].map(str::to_owned).to_vec(), 4));
    assert_eq!((actions(&second), second.total), (["GET 1", "GET 0"].map(str::to_owned).to_vec(), 5));

    let day = world.now.date().plus(2);
    let of_day = list(None, Filter { from: Some(day), to: Some(day), ..Filter::default() }, 50).await.unwrap();
    assert_eq!((actions(&of_day), of_day.total), (vec!["GET 2".to_owned()], 1));
    assert_eq!(list(Some(world.commune), Filter::default(), 50).await.err(), Some(StoreError::NotAllowed));
}

pub async fn a_replaced_phone_delivers<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut old = world.phone(Role::FieldMember).await;
    let homes = world.households(old.area).await;
    let (commune, now, hash) = (Some(world.commune), world.now, world.keys.code("NEW1"));
    let elsewhere = Some(record(99).into());
    assert_eq!(world.store.issue_code(elsewhere, CodeFor::InPlaceOf(old.device), hash, now).await, Err(StoreError::NotAllowed));
    assert_eq!(world.store.issue_code(commune, CodeFor::InPlaceOf(world.tab), hash, now).await, Err(StoreError::NotFound));
    assert_eq!(world.store.device(old.device).await.unwrap().revoked, None, "a refusal ends nothing");
    world.store.issue_code(commune, CodeFor::InPlaceOf(old.device), hash, now).await.unwrap();
    let of = async |world: &World<S>, id| world.store.device(id).await.unwrap().revoked.map(|revoked| revoked.why);
    assert_eq!(of(&world, old.device).await, Some(Revocation::Replaced));
    let new = DeviceId::new(1, [77; 10]);
    assert_eq!(world.store.enrol(hash, new, now).await.unwrap().person, old.person);

    // It gets nothing any more; what it still holds is taken, also what it says without names.
    let pull = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(world.store.pull(old.device, pull, now).await.err(), Some(StoreError::Revoked));
    let (first, second) = (old.visit(record(50), homes[0], MetRep), old.visit(record(51), homes[1], MetRep));
    assert_eq!(world.outcomes(&old, &[first]).await, [APPLIED]);
    let said = old.anonymous(b"left on the old phone");
    assert_eq!(world.send(&old, &[&said]).await, [said.id]);
    assert_eq!(world.table(&["quarantine_anonymous"]).await, Vec::<String>::new());
    let late = now.plus_hours(30 * 24 + 1);
    assert_eq!(world.store.push(PushBatch::of(old.device, Vec::new()), late, [0; 32]).await.err(), Some(StoreError::Revoked));
    assert_eq!(world.store.anonymous(Sender::Phone(old.device), Vec::new(), late).await.err(), Some(StoreError::Revoked));

    // One that is gone altogether is lost, and stays so.
    world.store.revoke(commune, old.device, now).await.unwrap();
    assert_eq!(of(&world, old.device).await, Some(Revocation::Lost));
    assert_eq!(world.outcomes(&old, &[second]).await, [quarantined(Reason::Revoked)]);
    let hash = world.keys.code("NEW2");
    assert_eq!(world.store.issue_code(commune, CodeFor::InPlaceOf(old.device), hash, now).await, Err(StoreError::Revoked));
    assert_eq!(of(&world, old.device).await, Some(Revocation::Lost));

    // A restored database remembers why.
    world.store.issue_code(commune, CodeFor::InPlaceOf(new), hash, now).await.unwrap();
    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    replay(&world.journal, &store, Epoch::new(4, [4; 10])).await.unwrap();
    for (device, why) in [(old.device, Revocation::Lost), (new, Revocation::Replaced)] {
        assert_eq!(store.device(device).await.unwrap().revoked.map(|revoked| revoked.why), Some(why));
    }
}

pub async fn a_revoked_phone_is_told_and_says_its_last_word<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut lost, held) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let homes = world.households(lost.area).await;
    let visits = [lost.visit(record(50), homes[0], MetRep), lost.visit(record(51), homes[1], MetRep)];
    let send = async |world: &World<S>, batch, at| world.store.push(batch, at, [3; 32]).await;
    let ends = async |world: &World<S>, batch, at| send(world, batch, at).await.unwrap().ends;
    let of = async |world: &World<S>, id| world.store.device(id).await.map(|device| (device.told_at, device.destroyed_at)).unwrap();
    // Who was not revoked has no end, whatever it says.
    let (now, later) = (world.now, world.now.plus_hours(1));
    assert!(!ends(&world, PushBatch::of(lost.device, visits[..1].to_vec()), now).await);
    assert!(!ends(&world, PushBatch::last_word(held.device), now).await);
    assert_eq!((of(&world, lost.device).await, of(&world, held.device).await), ((None, None), (None, None)));

    world.store.revoke(Some(world.commune), lost.device, now).await.unwrap();
    let reply = send(&world, PushBatch::of(lost.device, visits.to_vec()), later).await.unwrap();
    let brought: Vec<_> = reply.each().map(|(_, outcome, _)| outcome).collect();
    assert_eq!((brought[1], reply.ends), (quarantined(Reason::Revoked), true), "what it brings is stored all the same");
    assert!(ends(&world, PushBatch::of(lost.device, Vec::new()), later.plus_hours(1)).await, "also with nothing to deliver");
    assert_eq!(of(&world, lost.device).await, (Some(later), None));

    // Its last word comes once or twice, and counts once, also after its 30 days.
    let late = now.plus_hours(30 * 24 + 1);
    assert_eq!(send(&world, PushBatch::of(lost.device, Vec::new()), late).await, Err(StoreError::Revoked));
    for at in [late, late.plus_hours(5)] {
        assert!(ends(&world, PushBatch::last_word(lost.device), at).await);
        assert_eq!(of(&world, lost.device).await, (Some(later), Some(late)));
    }
    let smuggled = PushBatch { frames: vec![lost.visit(record(52), homes[0], MetRep)], ..PushBatch::last_word(lost.device) };
    assert_eq!(send(&world, smuggled, late).await.unwrap().acks, [], "it opens no way in");
    let rows = world.store.directory(Some(world.commune)).await.unwrap().devices;
    let row = rows.iter().find(|row| row.id == lost.device).unwrap();
    assert_eq!((row.told_at, row.destroyed_at), (Some(later), Some(late)));

    // A restored database remembers it.
    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    replay(&world.journal, &store, Epoch::new(4, [4; 10])).await.unwrap();
    assert_eq!(store.device(lost.device).await.unwrap().destroyed_at, Some(late));
}

pub async fn a_phone_that_speaks_after_its_last_word_has_a_key<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    world.store.revoke(Some(world.commune), phone.device, world.now).await.unwrap();
    let destroyed = async |world: &World<S>| world.store.device(phone.device).await.unwrap().destroyed_at;
    world.store.push(PushBatch::last_word(phone.device), world.now, [3; 32]).await.unwrap();
    assert_eq!(destroyed(&world).await, Some(world.now));
    world.now = world.now.plus_hours(1);
    world.store.push(PushBatch::of(phone.device, Vec::new()), world.now, [4; 32]).await.unwrap();
    assert_eq!(destroyed(&world).await, None);
}

pub async fn a_phone_says_what_it_is<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let report = |build: &str, waiting| Some(Report { build: build.to_owned(), waiting });
    let now = world.now;
    let said = async |world: &World<S>| {
        let Device { report, seen_at, .. } = world.store.device(phone.device).await.unwrap();
        let row = world.store.directory(Some(world.commune)).await.unwrap().devices.into_iter().find(|row| row.id == phone.device);
        assert_eq!(row.unwrap().report, report);
        (report, seen_at)
    };
    let pull = async |world: &World<S>, report, at| {
        let request = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report, refused: Vec::new(), redacted: None };
        world.store.pull(phone.device, request, at).await.unwrap();
    };
    assert_eq!(said(&world).await, (None, None));
    let reporting = PushBatch { report: report("0.1.0 4935a3b0", 7), ..PushBatch::of(phone.device, Vec::new()) };
    world.store.push(reporting, now, [1; 32]).await.unwrap();
    assert_eq!(said(&world).await, (report("0.1.0 4935a3b0", 7), Some(now)));
    // A phone of an older build says nothing, and takes nothing back.
    world.store.push(PushBatch::of(phone.device, Vec::new()), now, [2; 32]).await.unwrap();
    assert_eq!(said(&world).await.0, report("0.1.0 4935a3b0", 7));
    let soon = now.0 + 60_000;
    pull(&world, report("0.1.0 4935a3b0", 7), Time(soon)).await;
    assert_eq!(said(&world).await.1, Some(now), "nothing new within the hour is no write");
    pull(&world, report("0.1.0 4935a3b0", 0), Time(soon)).await;
    assert_eq!(said(&world).await, (report("0.1.0 4935a3b0", 0), Some(Time(soon))));
    pull(&world, report("Nguyễn Thị Lành", 0), Time(soon)).await;
    assert_eq!(said(&world).await.0, report("0.1.0 4935a3b0", 0));
}

fn organization<S: Subject>(world: &World<S>, n: u64, name: &str, kind: OrgType) -> Organization {
    Organization { id: record(n), name: name.into(), kind, unit: world.commune, ended: false }
}

async fn team_of<S: Subject>(world: &World<S>, id: domain::id::RecordId) -> (u64, Team) {
    let seen = world.store.directory(None).await.unwrap().teams.into_iter().find(|team| team.value.id == id).unwrap();
    (seen.seen, seen.value)
}

pub async fn a_team_has_posts_from_several_organizations<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (lead, member) = (world.phone(Role::TeamLead).await, world.phone(Role::FieldMember).await);
    let (front, women) = (
        organization(&world, 60, "Ủy ban Mặt trận Tổ quốc xã", OrgType::FatherlandFront),
        organization(&world, 61, "Hội Liên hiệp Phụ nữ xã", OrgType::Women),
    );
    for new in [&front, &women] {
        world.write(0, Value::Organization(new.clone())).await.unwrap();
    }
    let directory = world.store.directory(Some(world.commune)).await.unwrap();
    assert_eq!(directory.organizations.iter().map(|seen| &seen.value).collect::<Vec<_>>(), [&women, &front], "by name");
    let bad = Organization { name: " ".into(), ..organization(&world, 62, "", OrgType::Other) };
    assert_eq!(world.write(0, Value::Organization(bad)).await, Err(StoreError::Invalid("name")));
    let mut nowhere = organization(&world, 62, "Hội Nông dân", OrgType::Farmers);
    nowhere.unit = record(99).into();
    assert_eq!(world.write(0, Value::Organization(nowhere)).await, Err(StoreError::Invalid("unit")));
    let seen = world.seen(women.id).await;
    world.write(seen, Value::Organization(Organization { ended: true, ..women.clone() })).await.unwrap();
    assert_eq!(world.write(seen, Value::Organization(women.clone())).await, Err(StoreError::Stale));

    let (seen, before) = team_of(&world, world.team).await;
    assert_eq!((before.lead, before.duty(member.person)), (Some(lead.person), Duty::Member));
    let mut team = before.clone();
    team.mandate = Mandate { issuer: Some(front.id), from: None, to: Date::new(2027, 6, 30) };
    team.posts.insert(member.person, Post { duty: Duty::Interpreter, organization: Some(women.id) });
    for (wrong, field) in [
        (Team { lead: None, ..team.clone() }, "lead"),
        (Team { mandate: Mandate { issuer: Some(record(99)), ..team.mandate }, ..team.clone() }, "issuer"),
        (Team { posts: [(member.person, Post { duty: Duty::Head, organization: None })].into_iter().collect(), ..team.clone() }, "members"),
        (
            Team { posts: [(member.person, Post { organization: Some(record(2)), ..Post::PLAIN })].into_iter().collect(), ..team.clone() },
            "members",
        ),
    ] {
        assert_eq!(world.write(seen, Value::Team(wrong)).await, Err(StoreError::Invalid(field)));
    }
    world.write(seen, Value::Team(team.clone())).await.unwrap();
    let (seen, stored) = team_of(&world, world.team).await;
    assert_eq!(stored, team);
    // Back to a plain member, whose organisation is not known.
    world.write(seen, Value::Team(Team { mandate: Mandate::default(), posts: Default::default(), ..team })).await.unwrap();
    assert_eq!(team_of(&world, world.team).await.1, before);
    // Phones pull organisations and make none.
    let mut phone = world.enrol(lead.person).await;
    let roll = Scope { area: world.commune, stream: Stream::Roll };
    let (pulled, ..) = world.pull_all(&phone).await;
    assert_eq!(pulled[&roll].0.iter().filter(|record| record.kind == Kind::Organization).count(), 2);
    let mut header = phone.header(Kind::Organization, record(63), Stream::Roll, Change::Create);
    header.area = phone.area;
    let made =
        Operation { parts: [(Part::Facts, serde_bytes::ByteBuf::from(cbor::encode(&front.values())))].into_iter().collect(), header };
    let frame = phone.frame(&made);
    assert_eq!(world.outcomes(&phone, &[frame]).await, [quarantined(Reason::NotAllowed)]);
}

pub async fn a_team_works_on_its_days<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    let visits = Scope { area: phone.area, stream: Stream::Visit };
    let may = async |world: &World<S>| world.pull_all(&phone).await.0.contains_key(&visits);
    let home = world.households(phone.area).await[0];
    let mut other = world.enrol(phone.person).await;
    let visit = other.visit(record(50), home, MetRep);
    world.push(&other, &[visit]).await;
    assert!(may(&world).await);
    let (seen, team) = team_of(&world, world.team).await;
    let today = world.now.date();
    let mandate = Mandate { issuer: None, from: Some(today.plus(2)), to: Some(today.plus(3)) };
    world.write(seen, Value::Team(Team { mandate, ..team })).await.unwrap();
    for expected in [false, false, true, true, false] {
        world.tick().await;
        assert_eq!(may(&world).await, expected, "{}", world.now.date());
        world.now = world.now.plus_hours(24);
    }
}

/// A visit that promises another one.
fn promised(phone: &mut Phone, n: u64, household: domain::id::RecordId, next: Option<Date>) -> domain::wire::Frame {
    let next = next.map(|date| Appointment { date, minute: None });
    let visit = Visit { household, contact: NotHome, purposes: Vec::new(), next, promised: None, source: Source::default(), visitor: None };
    let header = phone.header(Kind::Visit, record(n), Stream::Visit, Change::Create);
    phone.frame(&Operation::new(header).with(Part::Facts, &visit))
}

pub async fn work_is_handed_over_in_one_step<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut leaver, mate) = (world.phone(Role::TeamLead).await, world.phone(Role::FieldMember).await);
    // Somebody who stands in no team yet, and a second team that the leaver only writes for.
    let people = async |world: &mut World<S>, name: &str, role| {
        let id = PersonId::from(world.fresh());
        let account = (!Role::is_field(role)).then(|| crate::store::Account { login: name.into(), hash: "x".into() });
        let person = domain::person::Person { id, name: name.into(), sort: String::new(), role, unit: world.commune, left: false };
        world.write(0, Value::Person(person, account)).await.map(|()| id).unwrap()
    };
    let (heir, clerk) = (people(&mut world, "heir", Role::FieldMember).await, people(&mut world, "clerk", Role::Leader).await);
    let second = Team {
        id: record(70),
        name: "Tổ 2".into(),
        lead: Some(mate.person),
        members: [leaver.person, mate.person].into_iter().collect(),
        posts: [(leaver.person, Post { duty: Duty::Secretary, organization: None })].into_iter().collect(),
        ..world.team()
    };
    world.write(0, Value::Team(second)).await.unwrap();
    let other = world.village("Thôn Bến Lĩnh").await;
    let work =
        Assignment { id: record(71), campaign: world.campaign, team: record(70), village: other, due: None, ended: false, share: None };
    world.write(0, Value::Assignment(work)).await.unwrap();
    let (homes, away) = (world.households(leaver.area).await, world.households(other).await);
    let soon = Some(world.now.date().plus(3));
    let frames =
        [promised(&mut leaver, 50, homes[0], soon), promised(&mut leaver, 51, homes[1], None), promised(&mut leaver, 52, homes[2], soon)];
    world.push(&leaver, &frames).await;
    // One of the promises is somebody else's business now.
    let mut mates = world.enrol(mate.person).await;
    mates.at = world.now.plus_hours(1);
    let frame = promised(&mut mates, 53, homes[2], soon);
    world.now = mates.at;
    world.push(&mates, &[frame]).await;

    let named = |n, village, member, households: &[RecordId]| {
        let share = Share { member, households: households.iter().copied().collect() };
        let (campaign, team) = (world.campaign, world.team);
        Assignment { id: record(n), campaign, team, village, due: soon, ended: false, share: Some(share) }
    };
    // Of the households that a team has given by name, theirs are those of the leaver; the mate's stay the mate's.
    let (theirs, mates) = (named(72, leaver.area, leaver.person, &homes[..2]), named(73, other, mate.person, &away[..1]));
    for work in [theirs, mates] {
        world.write(0, Value::Assignment(work)).await.unwrap();
    }
    let whose = |person| Ask { within: Some(world.commune), filter: Filter { by: Some(person), ..Filter::default() }, limit: 50 };
    let preview = world.store.list::<HandOverRow>(whose(leaver.person), world.now).await.unwrap();
    let shown: Vec<_> =
        preview.rows.iter().map(|row| (row.name.as_str(), row.duty, row.villages.join(", "), row.households, row.due)).collect();
    assert_eq!(
        shown,
        [("Tổ 2", Duty::Secretary, "Thôn Bến Lĩnh".to_owned(), 2, 0), ("Tổ dân vận Đồng Cừ", Duty::Head, "Thôn Đồng Cừ".to_owned(), 8, 1)]
    );
    assert_eq!((preview.total, preview.notable), (2, 1));
    let elsewhere = Ask { within: Some(record(99).into()), ..whose(leaver.person) };
    assert_eq!(world.store.list::<HandOverRow>(elsewhere, world.now).await.err(), Some(StoreError::NotAllowed));

    let teams: Vec<_> = preview.rows.iter().map(|row| (row.team, row.seen)).collect();
    let shares: Vec<_> = preview.rows.iter().flat_map(|row| row.shares.iter().copied()).collect();
    assert_eq!(shares.iter().map(|(share, _)| *share).collect::<Vec<_>>(), [record(72)]);
    let over = |to, teams: &[(RecordId, u64)]| HandOver { from: leaver.person, to, teams: teams.to_vec(), shares: shares.clone() };
    let change = |world: &World<S>, n: u8, seq, over: HandOver| OfficeChange {
        by: world.officer,
        within: Some(world.commune),
        device: DeviceId::new(3, [n; 10]),
        seq,
        seen: 0,
        value: Value::HandOver(over),
    };
    let before = (team_of(&world, world.team).await, team_of(&world, record(70)).await);
    for (wrong, error) in [
        (change(&world, 1, 1, over(leaver.person, &teams)), StoreError::Invalid("to")),
        (change(&world, 1, 1, over(clerk, &teams)), StoreError::Invalid("to")),
        (change(&world, 1, 1, over(record(99).into(), &teams)), StoreError::Invalid("to")),
        (change(&world, 1, 1, over(heir, &teams[..1])), StoreError::Stale),
        (change(&world, 1, 1, over(heir, &[(teams[0].0, teams[0].1 + 1), teams[1]])), StoreError::Stale),
        (change(&world, 1, 1, HandOver { shares: Vec::new(), ..over(heir, &teams) }), StoreError::Stale),
        (change(&world, 1, 2, over(heir, &teams)), StoreError::Invalid("seq")),
        (OfficeChange { device: world.tab, ..change(&world, 1, 1, over(heir, &teams)) }, StoreError::Taken("device")),
        (OfficeChange { within: Some(record(99).into()), ..change(&world, 1, 1, over(heir, &teams)) }, StoreError::NotAllowed),
    ] {
        assert_eq!(world.store.write(wrong.clone(), world.now, [1; 32]).await, Err(error), "{wrong:?}");
    }
    assert_eq!((team_of(&world, world.team).await, team_of(&world, record(70)).await), before, "a refusal moves nothing");

    let visits = async |world: &World<S>| {
        let listed = world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap();
        listed.rows.into_iter().map(|row| (row.id, row.by, row.at)).collect::<Vec<_>>()
    };
    let written = visits(&world).await;
    let done = change(&world, 2, 1, over(heir, &teams));
    world.store.write(done.clone(), world.now, [2; 32]).await.unwrap();
    let (first, second) = (team_of(&world, world.team).await.1, team_of(&world, record(70)).await.1);
    assert_eq!((first.lead, first.members.contains(&leaver.person), first.duty(heir)), (Some(heir), false, Duty::Head));
    assert_eq!((second.lead, second.duty(heir), second.members.contains(&leaver.person)), (Some(mate.person), Duty::Secretary, false));
    // Pressed twice, it is done once; under its number nothing else is.
    world.store.write(done, world.now, [3; 32]).await.unwrap();
    assert_eq!(world.store.write(change(&world, 2, 1, over(mate.person, &teams)), world.now, [4; 32]).await, Err(StoreError::Stale));
    assert_eq!(world.store.list::<HandOverRow>(whose(leaver.person), world.now).await.unwrap().total, 0);

    // Each household has one who goes there, as before.
    let held = async |world: &World<S>, holder| {
        let ask = world.ask(Filter { holder: Some(holder), ..Filter::default() });
        let listed = world.store.list::<HouseholdRow>(ask, world.now).await.unwrap();
        listed.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(held(&world, heir).await, homes[..2]);
    assert_eq!((held(&world, leaver.person).await, held(&world, mate.person).await), (vec![], vec![away[0]]));

    // What was written stays its author's; the heir has the villages, with the visits that are due there; and what the leaver
    // wrote before still comes in.
    assert_eq!(visits(&world).await, written);
    let phone = world.enrol(heir).await;
    let (pulled, ..) = world.pull_all(&phone).await;
    let of = |area| Scope { area, stream: Stream::Visit };
    assert_eq!(pulled[&of(leaver.area)].0.len(), 4);
    assert!(phone.welcome.grants.may_write(of(other)));
    let late = leaver.visit(record(54), homes[3], MetRep);
    assert_eq!(world.outcomes(&leaver, &[late]).await, [APPLIED]);
}
