//! Copied phones: the half that the server hears of second goes on under a name of its own.

use super::redaction::said;
use super::world::{Phone, Subject, World, household, record};
use super::{APPLIED, quarantined};
use crate::journal::replay;
use crate::store::StoreError;
use crate::store::tables::Tables;
use domain::cbor;
use domain::device::Revocation;
use domain::household::Household;
use domain::id::{DeviceId, Epoch, RecordId};
use domain::office::{Filter, VisitRow};
use domain::operation::{Change, Dot, Kind, Operation, Part};
use domain::person::Role;
use domain::record::Body;
use domain::redaction::erasable;
use domain::time::Time;
use domain::visit::ContactResult::MetRep;
use domain::wire::{Fork, Frame, Outcome, PROTOCOL, PullRequest, PushBatch, PushReply, Reason, each};
use std::slice::from_ref;
use std::sync::Arc;

impl<S: Subject> World<S> {
    /// A push of a build that renumbers itself.
    async fn try_send(&mut self, device: DeviceId, frames: &[Frame]) -> Result<PushReply, StoreError> {
        let seed = self.seed();
        self.store.push(PushBatch { renumbers: true, ..PushBatch::of(device, frames.to_vec()) }, self.now, seed).await
    }

    async fn of_device(&mut self, device: DeviceId, frames: &[Frame]) -> PushReply {
        self.try_send(device, frames).await.unwrap()
    }

    /// The dots of the values that a household has of its number of people.
    async fn people(&self, phone: &Phone, home: RecordId) -> Vec<Dot> {
        let (all, ..) = self.pull_all(phone).await;
        let record = all.into_values().flat_map(|(records, _)| records).find(|record| record.id == home).unwrap();
        let Body::Registry(registry) = record.body else { panic!("a household") };
        registry.state.base("people")
    }

    /// Whether the receipts under these numbers have their salt.
    async fn salts(&self, of: &[(DeviceId, u64)]) -> Vec<bool> {
        let (of, (tell, told)) = (of.to_vec(), std::sync::mpsc::channel());
        let run = move |t: &mut dyn Tables| {
            for (device, seq) in of {
                let receipt = t.receipt(device, seq)?.ok_or(StoreError::NotFound)?;
                let _ = tell.send(receipt.salt.is_some());
            }
            Ok(())
        };
        self.store.run(run).await;
        told.iter().collect()
    }

    async fn visits(&self) -> u32 {
        self.store.list::<VisitRow>(self.ask(Filter::default()), self.now).await.unwrap().total
    }
}

fn outcomes(reply: &PushReply) -> Vec<(u64, Outcome)> {
    reply.each().map(|(seq, outcome, _)| (seq, outcome)).collect()
}

/// Two halves of a phone that agree on their first operation, a household.
struct Halves {
    home: RecordId,
    made: Frame,
    /// The next ones of the half that is heard of first: a correction, a visit.
    first: [Frame; 2],
    /// And of the other: a correction, a correction of that and of the household, a visit.
    other: [Frame; 3],
}

fn halves(phone: &mut Phone, homes: &[RecordId]) -> Halves {
    let (home, own) = (record(60), |seq| Dot { device: phone.device, seq });
    let (creation, correction) = (own(1), own(2));
    let made = phone.new_household(home, &household(60));
    let first = [phone.set_people(home, 5, &[creation]), phone.visit(record(61), homes[0], MetRep)];
    phone.seq = 1;
    let other = [
        phone.set_people(home, 7, &[creation]),
        phone.set_people(home, 8, &[correction, creation]),
        phone.visit(record(62), homes[1], MetRep),
    ];
    Halves { home, made, first, other }
}

pub async fn a_copy_goes_on_under_a_name_of_its_own<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(phone.area).await;
    let Halves { home, made, first, other } = halves(&mut phone, &homes);
    let begun = [from_ref(&made), &first].concat();
    assert_eq!(outcomes(&world.of_device(phone.device, &begun).await), [(1, APPLIED), (2, APPLIED), (3, APPLIED)]);

    world.now = world.now.plus_hours(1);
    let before = world.table(&["operation", "quarantine", "record"]).await;
    let copied = [from_ref(&made), &other].concat();
    let told = world.of_device(phone.device, &copied).await;
    assert_eq!(outcomes(&told), [(1, Outcome::Duplicate)], "what is behind the fork is not taken");
    let fork = told.fork.unwrap();
    assert_eq!((fork.up_to, world.keys.read_token(&fork.token)), (1, Some(fork.device)));
    assert_eq!(world.table(&["operation", "quarantine", "record"]).await, before);
    // The reply was lost.
    world.now = world.now.plus_hours(40 * 24);
    assert_eq!(world.of_device(phone.device, &copied).await.fork.as_ref(), Some(&fork));

    let taken = world.of_device(fork.device, &other).await;
    assert_eq!((outcomes(&taken), taken.fork), (vec![(2, APPLIED), (3, APPLIED), (4, APPLIED)], None));
    assert_eq!((taken.standing.have, world.visits().await), (4, 2));
    // "Self" was the old name up to the fork and the new one behind it: the other half's value stays.
    let stand = [Dot { device: phone.device, seq: 2 }, Dot { device: fork.device, seq: 3 }];
    let mut people = world.people(&lead, home).await;
    people.sort();
    assert_eq!(people, if stand[0] < stand[1] { stand } else { [stand[1], stand[0]] });
    // Its beginning is known under the new name, too; and what comes late under the old one changes nothing.
    let again = world.of_device(fork.device, &copied).await;
    assert_eq!(outcomes(&again), [1, 2, 3, 4].map(|seq| (seq, Outcome::Duplicate)));
    let before = world.table(&["operation", "quarantine", "record"]).await;
    assert_eq!(world.of_device(phone.device, &copied).await.fork, Some(fork.clone()));
    assert_eq!(world.table(&["operation", "quarantine", "record"]).await, before);
    let rows = world.store.directory(Some(world.commune)).await.unwrap().devices;
    let mine: Vec<_> = rows.iter().filter(|row| row.person == phone.person).map(|row| (row.id, row.copy_of)).collect();
    assert_eq!(mine, [(fork.device, Some(phone.device)), (phone.device, None)]);
}

pub async fn a_copy_of_an_older_build_is_quarantined_as_ever<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let Halves { made, first, other, .. } = halves(&mut phone, &homes);
    world.of_device(phone.device, &[from_ref(&made), &first].concat()).await;
    let told = world.push(&phone, &other).await;
    let forked = quarantined(Reason::Forked);
    assert_eq!((outcomes(&told), told.fork), (vec![(2, forked), (3, forked), (4, APPLIED)], None));
}

pub async fn a_copy_of_a_copy_goes_on_from_there<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(phone.area).await;
    let Halves { home, made, first, other } = halves(&mut phone, &homes);
    world.of_device(phone.device, &[from_ref(&made), &first].concat()).await;
    let second = world.of_device(phone.device, &other).await.fork.unwrap();
    // Copied before it was told: both halves find the same name, and what both of them have is there once.
    let third = world.of_device(phone.device, &other[..2]).await.fork.unwrap();
    assert_eq!(third, second);
    world.of_device(second.device, &other).await;
    phone.seq = 3;
    let first = phone.device;
    let own = |seq| Dot { device: first, seq };
    let last = [phone.set_people(home, 9, &[own(3), own(1)]), phone.visit(record(63), homes[2], MetRep)];
    let told = world.of_device(second.device, &[&other[..2], &last].concat()).await;
    assert_eq!(outcomes(&told), [(2, Outcome::Duplicate), (3, Outcome::Duplicate)]);
    let third = told.fork.unwrap();
    assert_eq!(third.up_to, 3);
    let taken = world.of_device(third.device, &last).await;
    assert_eq!((outcomes(&taken), taken.standing.have), (vec![(4, APPLIED), (5, APPLIED)], 5));
    let mut people = world.people(&lead, home).await;
    people.sort();
    let mut stand = vec![own(2), Dot { device: third.device, seq: 4 }];
    stand.sort();
    assert_eq!(people, stand, "its self:3 is of the second name");
    assert_eq!(world.visits().await, 3);
}

pub async fn what_a_copy_sent_out_of_its_order_is_there_once<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let Halves { made, first, other, .. } = halves(&mut phone, &homes);
    // Its second operation was put aside, and the visit behind it went out, before the first half was heard of.
    world.of_device(phone.device, &[made, other[2].clone()]).await;
    let told = world.of_device(phone.device, &first).await;
    assert_eq!((outcomes(&told), told.fork), (vec![(2, APPLIED), (3, APPLIED)], None));
    let fork = world.of_device(phone.device, &other).await.fork.unwrap();
    assert_eq!(fork.up_to, 1);
    for expected in [[APPLIED, APPLIED, Outcome::Duplicate], [Outcome::Duplicate; 3]] {
        let taken = world.of_device(fork.device, &other).await;
        assert_eq!((taken.each().map(|(_, outcome, _)| outcome).collect::<Vec<_>>(), taken.standing.have), (expected.to_vec(), 4));
    }
    assert_eq!(world.visits().await, 2);
}

pub async fn an_isolated_operation_of_a_copy_is_not_kept_under_the_old_name<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let Halves { made, first, other, .. } = halves(&mut phone, &homes);
    world.of_device(phone.device, &[from_ref(&made), &first].concat()).await;
    let sent = PushBatch { renumbers: true, isolate: true, ..PushBatch::of(phone.device, other.to_vec()) };
    let seed = world.seed();
    let told = world.store.push(sent.clone(), world.now, seed).await.unwrap();
    assert_eq!((outcomes(&told), told.fork.as_ref().map(|fork| fork.up_to)), (vec![], Some(1)));
    assert_eq!(world.visits().await, 1);
    let sent = PushBatch { device: told.fork.unwrap().device, ..sent };
    let seed = world.seed();
    let taken = world.store.push(sent, world.now, seed).await.unwrap();
    assert_eq!(outcomes(&taken), [2, 3, 4].map(|seq| (seq, Outcome::Duplicate)), "stored unread, then judged");
    assert_eq!(world.visits().await, 2);
}

pub async fn a_restored_database_knows_its_copies<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let Halves { home, made, first, .. } = halves(&mut phone, &homes);
    // Of the roll, the copy that is put back has what the phones bring again.
    let own = |seq| Dot { device: phone.device, seq };
    phone.seq = 1;
    let other = [phone.set_people(home, 7, &[own(1)]), phone.visit(record(62), home, MetRep)];
    world.of_device(phone.device, &[from_ref(&made), &first[..1]].concat()).await;
    let fork = world.of_device(phone.device, &other).await.fork.unwrap();
    world.of_device(fork.device, &other).await;

    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    for n in [4, 5] {
        assert_eq!(replay(&world.journal, &store, Epoch::new(n, [4; 10])).await.unwrap(), 0);
    }
    // The copy comes first, and brings the beginning as well; that stands under the first name. So it is where it was told of
    // its name, and the answer was lost with the days that the database has forgotten.
    let both = [from_ref(&made), &other].concat();
    let told = store.push(PushBatch { renumbers: true, ..PushBatch::of(phone.device, both) }, world.now, [3; 32]).await.unwrap();
    assert_eq!((outcomes(&told), told.fork.as_ref()), (vec![(1, APPLIED)], Some(&fork)));
    let sent = PushBatch { renumbers: true, ..PushBatch::of(fork.device, [from_ref(&made), &other].concat()) };
    let taken = store.push(sent, world.now, [1; 32]).await.unwrap();
    assert_eq!((outcomes(&taken), taken.standing.have), (vec![(1, Outcome::Duplicate), (2, APPLIED), (3, APPLIED)], 3));
    let sent = PushBatch { renumbers: true, ..PushBatch::of(phone.device, [from_ref(&made), &first[..1]].concat()) };
    let taken = store.push(sent, world.now, [2; 32]).await.unwrap();
    assert_eq!((outcomes(&taken), taken.standing.have), (vec![(1, Outcome::Duplicate), (2, APPLIED)], 2));
}

/// Of three copies two have begun with the same, and one of these was told of its name in days that the database has
/// forgotten. The third comes first this time.
pub async fn what_two_copies_began_with_is_there_once_whatever_was_forgotten<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let mut made = |seq, n| {
        phone.seq = seq;
        phone.new_household(record(n), &household(n as usize))
    };
    let (begun, second, other, third) = (made(0, 60), made(1, 61), made(1, 62), made(0, 63));
    let first = phone.device;
    world.of_device(first, &[begun.clone(), second.clone()]).await;
    let renumbered = world.of_device(first, &[begun.clone(), other.clone()]).await.fork.unwrap().device;

    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    replay(&world.journal, &store, Epoch::new(4, [4; 10])).await.unwrap();
    let send = async |n: u8, device, frames: &[&Frame]| {
        let frames = frames.iter().map(|frame| (*frame).clone()).collect();
        let reply = store.push(PushBatch { renumbers: true, ..PushBatch::of(device, frames) }, world.now, [n; 32]).await.unwrap();
        (outcomes(&reply), reply.fork.map(|fork| (fork.device, fork.up_to)))
    };
    assert_eq!(send(1, first, &[&third]).await, (vec![(1, APPLIED)], None));
    let (_, told) = send(2, first, &[&begun, &second]).await;
    let (name, up_to) = told.unwrap();
    assert_eq!(up_to, 0);
    assert_eq!(send(3, renumbered, &[&begun, &other]).await, (vec![], told), "the same bytes have one name");
    assert_eq!(send(4, name, &[&begun, &second]).await, (vec![(1, APPLIED), (2, APPLIED)], None));
    let (taken, told) = send(5, name, &[&begun, &other]).await;
    assert_eq!((taken, told.map(|(_, up_to)| up_to)), (vec![(1, Outcome::Duplicate)], Some(1)));
    assert_eq!(send(6, told.unwrap().0, &[&other]).await, (vec![(2, APPLIED)], None));
}

pub async fn a_copy_of_a_revoked_phone_is_revoked<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let Halves { made, first, other, .. } = halves(&mut phone, &homes);
    world.of_device(phone.device, &[from_ref(&made), &first].concat()).await;
    let before = world.of_device(phone.device, &other[..1]).await.fork.unwrap();
    world.store.revoke(Some(world.commune), phone.device, world.now).await.unwrap();
    let after = world.of_device(phone.device, &other[1..2]).await.fork.unwrap();
    let ended = |revoked: crate::store::Revoked| (revoked.at, revoked.why);
    for copy in [&before, &after] {
        let device = world.store.device(copy.device).await.unwrap();
        assert_eq!(device.revoked.map(ended), Some((world.now, Revocation::Lost)));
    }
    let taken = world.of_device(before.device, &other).await;
    assert_eq!(outcomes(&taken), [2, 3, 4].map(|seq| (seq, quarantined(Reason::Revoked))));
    let pull = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(world.store.pull(before.device, pull, world.now).await, Err(StoreError::Revoked));
    // Also in a database that forgot it.
    let (store, _directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    replay(&world.journal, &store, Epoch::new(4, [4; 10])).await.unwrap();
    for copy in [&before, &after] {
        assert_eq!(store.device(copy.device).await.unwrap().revoked.map(ended), Some((world.now, Revocation::Lost)));
    }
}

pub async fn what_a_copy_left_in_quarantine_before_the_fork_is_told_under_the_new_name<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let (home, correction) = (record(60), Dot { device: phone.device, seq: 2 });
    // The visit comes before its household, whose number was put aside.
    let visit = phone.visit(record(61), home, MetRep);
    let others = [phone.visit(record(62), homes[0], MetRep), phone.visit(record(63), homes[1], MetRep)];
    assert_eq!(outcomes(&world.of_device(phone.device, &[visit.clone(), others[0].clone()]).await)[0].1, quarantined(Reason::Invalid));
    phone.seq = 1;
    let copied = [phone.new_household(home, &household(60)), phone.set_people(home, 7, &[correction])];
    let Fork { device, up_to, .. } = world.of_device(phone.device, &copied).await.fork.unwrap();
    assert_eq!(up_to, 1);
    assert_eq!(outcomes(&world.of_device(device, &[from_ref(&visit), &copied].concat()).await)[1..], [(2, APPLIED), (3, APPLIED)]);
    let seed = world.seed();
    world.store.take_in(None, domain::quarantine::TakeIn::All(Reason::Invalid), seed).await.unwrap();
    let request = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: vec![1], redacted: None };
    let taken: Vec<(u64, Outcome, Time)> = each(&world.store.pull(device, request, world.now).await.unwrap().taken).collect();
    assert_eq!(taken, [(1, APPLIED, world.now)]);
}

pub async fn nobody_is_given_names_without_end<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let first = phone.visit(record(60), home, MetRep);
    world.of_device(phone.device, &[first]).await;
    let mut names = std::collections::BTreeSet::new();
    for n in 0..60 {
        phone.seq = 0;
        let other = phone.visit(record(100 + n), home, MetRep);
        match world.of_device(phone.device, from_ref(&other)).await {
            PushReply { fork: Some(fork), .. } => assert!(names.insert(fork.device)),
            reply => assert_eq!((outcomes(&reply), names.len()), (vec![(1, quarantined(Reason::Forked))], 50)),
        }
    }
    assert_eq!(names.len(), 50);
}

/// What tells a repetition from a fork would also tell whoever tries names which one it was.
pub async fn what_was_redacted_has_no_salt_under_any_name_of_a_phone<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let Halves { made, first, other, .. } = halves(&mut phone, &homes);
    phone.seq = 3;
    let words = said(&mut phone, 63, Change::Create);
    world.of_device(phone.device, &[made, words.clone()]).await;
    world.of_device(phone.device, &first).await;
    let mine = [other[0].clone(), other[1].clone(), words.clone()];
    let fork = world.of_device(phone.device, &mine).await.fork.unwrap();
    let taken = world.of_device(fork.device, &mine).await;
    assert_eq!(outcomes(&taken), [(2, APPLIED), (3, APPLIED), (4, Outcome::Duplicate)]);
    assert_eq!(world.salts(&[(phone.device, 4), (fork.device, 4)]).await, [true; 2], "the test can fail");
    world.redact(record(63), &Kind::Opinion).await.unwrap();
    assert_eq!(world.salts(&[(phone.device, 4), (fork.device, 4)]).await, [false; 2]);
    // It is there under both names, whole and without its words; and anything else is something else.
    let mut left: Operation = cbor::decode(&words.bytes).unwrap();
    left.erase(&erasable(&Kind::Opinion).iter().copied().collect());
    let left = Frame { seq: 4, bytes: cbor::encode(&left).into() };
    phone.seq = 3;
    let another = said(&mut phone, 64, Change::Create);
    for device in [phone.device, fork.device] {
        for frame in [&words, &left] {
            assert_eq!(outcomes(&world.of_device(device, from_ref(frame)).await), [(4, Outcome::Duplicate)]);
        }
        let told = world.of_device(device, from_ref(&another)).await;
        assert!(told.fork.is_some_and(|fork| fork.up_to == 3), "it is not taken for what is there");
    }
}

/// The same of other bytes under a number, which are known by the salt of those that came first.
pub async fn a_fork_that_was_redacted_leaves_no_salt_and_is_there_once<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let made = phone.new_household(record(60), &household(60));
    assert_eq!(world.outcomes(&phone, &[made]).await, [APPLIED]);
    let first = said(&mut phone, 62, Change::Create);
    phone.seq = 1;
    let forked = said(&mut phone, 63, Change::Create);
    let is_forked = quarantined(Reason::Forked);
    let both = [first, forked];
    let sent = async |world: &mut World<S>| {
        let mut became = Vec::new();
        for frame in &both {
            became.extend(world.outcomes(&phone, from_ref(frame)).await);
        }
        became
    };
    assert_eq!(sent(&mut world).await, [APPLIED, is_forked]);
    assert_eq!(world.salts(&[(phone.device, 2)]).await, [true], "the test can fail");
    world.redact(record(63), &Kind::Opinion).await.unwrap();
    assert_eq!(world.salts(&[(phone.device, 2)]).await, [false]);
    let waiting = world.table(&["quarantine"]).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(sent(&mut world).await, [Outcome::Duplicate, is_forked]);
    assert_eq!(world.table(&["quarantine"]).await, waiting, "the reply was lost, and nothing is there twice");
}

/// Of a household fields are left beside those that are gone, and they tell.
pub async fn another_household_is_not_taken_for_what_is_left_of_one<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let made = phone.new_household(record(60), &household(60));
    phone.seq = 0;
    let another = phone.new_household(record(60), &Household { people: Some(9), ..household(60) });
    assert_eq!(world.outcomes(&phone, from_ref(&made)).await, [APPLIED]);
    world.redact_parts(record(60), &[Part::Contact]).await.unwrap();
    assert_eq!(world.salts(&[(phone.device, 1)]).await, [false], "the test can fail");
    assert_eq!(world.outcomes(&phone, from_ref(&made)).await, [Outcome::Duplicate]);
    assert_eq!(world.outcomes(&phone, from_ref(&another)).await, [quarantined(Reason::Forked)]);
}
