//! What waits for a person, judged again.

use super::world::{Phone, Subject, World, household, record};
use super::{APPLIED, quarantined};
use crate::store::{StoreError, Value, unread};
use domain::campaign::Assignment;
use domain::cbor;
use domain::household::Household;
use domain::id::{AreaId, RecordId};
use domain::office::{Filter, HouseholdRow, VisitRow};
use domain::operation::{Change, Dot, Kind, Operation, Scope};
use domain::person::Role;
use domain::quarantine::{PutAside, Said, TakeIn, TakenIn, Waiting};
use domain::record::{Body, Digest};
use domain::short::Set;
use domain::time::Time;
use domain::visit::ContactResult::{MetRep, NotHome};
use domain::wire::{Frame, Outcome, PROTOCOL, PullRequest, Pulled, PushBatch, Reason, each};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use std::sync::Arc;

const HOME: u64 = 60;
const VISIT: u64 = 61;

impl<S: Subject> World<S> {
    async fn take_in(&mut self, what: TakeIn) -> TakenIn {
        let seed = self.seed();
        self.store.take_in(Some(self.commune), what, seed).await.unwrap()
    }

    /// Gives Bến Lĩnh to the team, too.
    async fn give_the_other_village(&mut self) {
        let village = self.village("Thôn Bến Lĩnh").await;
        let work = Assignment { id: record(4), campaign: self.campaign, team: self.team, village, due: None, ended: false, share: None };
        self.write(0, Value::Assignment(work)).await.unwrap();
    }

    /// Why each of a phone's operations waits, by its number.
    async fn waits(&self, phone: &Phone) -> BTreeMap<u64, Reason> {
        let rows = self.store.quarantine(Some(self.commune)).await.unwrap();
        let of_phone = |row: domain::office::QuarantineRow| Some((row.waiting.filter(|it| it.device == phone.device)?.seq, row.reason));
        rows.into_iter().filter_map(of_phone).collect()
    }

    /// Those of these numbers that a pull says were taken in after all.
    async fn taken(&self, phone: &Phone, refused: Vec<u64>) -> Vec<(u64, Outcome, Time)> {
        let request = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused, redacted: None };
        each(&self.store.pull(phone.device, request, self.now).await.unwrap().taken).collect()
    }

    /// Everything that an order of arrival must not change: households, visits, and the digest of each stream.
    async fn outcome(&self, lead: &Phone) -> (Vec<HouseholdRow>, Vec<VisitRow>, BTreeMap<Scope, Digest>) {
        let households = self.store.list(self.ask(Filter::default()), self.now).await.unwrap().rows;
        let visits = self.store.list(self.ask(Filter::default()), self.now).await.unwrap().rows;
        let digests = self.pull_all(lead).await.0.into_iter().map(|(scope, (_, digest))| (scope, digest)).collect();
        (households, visits, digests)
    }

    /// Keeps a frame as a build that could not read it has kept it.
    pub async fn keep_unread(&mut self, phone: &Phone, frame: &Frame) {
        let (sent, now, seed) = (PushBatch::of(phone.device, vec![frame.clone()]), self.now, self.seed());
        let keys = Arc::clone(&self.keys);
        let keep = self.store.run(move |t| {
            unread::keep_in(t, &keys, sent, now, seed)?;
            unread::update_in(t).map(drop)
        });
        keep.await;
    }
}

/// A household that is added and corrected in a village that nobody has given yet, a visit to it, and a correction of that.
fn written(phone: &mut Phone) -> [Frame; 4] {
    let (home, visit) = (record(HOME), record(VISIT));
    let made = Household { people: Some(3), ..household(60) };
    [
        phone.new_household(home, &made),
        phone.set_people(home, 5, &[Dot { device: phone.device, seq: 1 }]),
        phone.visit(visit, home, NotHome),
        phone.change_visit(record(62), home, MetRep, Change::Amend { of: visit }),
    ]
}

pub async fn what_waits_is_taken_in_after_a_fix<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    phone.area = world.village("Thôn Bến Lĩnh").await;
    let frames = written(&mut phone);
    let received = world.now;
    assert_eq!(world.outcomes(&phone, &frames).await, [quarantined(Reason::NotAllowed); 4]);
    // Nothing has changed, and nothing comes of it.
    world.now = received.plus_hours(40 * 24);
    let all = TakeIn::All(Reason::NotAllowed);
    assert_eq!(world.take_in(all).await, TakenIn { waiting: vec![(Reason::NotAllowed, 4)], ..TakenIn::default() });
    assert_eq!(world.taken(&phone, vec![1, 2, 3, 4]).await, []);

    world.give_the_other_village().await;
    let one = |seq| TakeIn::One(Waiting { device: phone.device, seq });
    // The visit alone is to a household that is not there.
    assert_eq!(world.take_in(one(3)).await, TakenIn { waiting: vec![(Reason::Invalid, 1)], ..TakenIn::default() });
    assert_eq!(world.waits(&phone).await.get(&3), Some(&Reason::Invalid));
    let elsewhere = world.store.take_in(Some(record(99).into()), one(1), [0; 32]).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound), "of another commune");
    // The household, its correction, and the correction of the visit; and with them the visit.
    assert_eq!(world.take_in(all).await, TakenIn { applied: 3, followed: 1, waiting: vec![] });
    assert_eq!(world.store.quarantine(None).await.unwrap(), []);
    assert_eq!(world.table(&["quarantine"]).await, Vec::<String>::new());
    assert_eq!(world.take_in(all).await, TakenIn::default());
    let gone = world.store.take_in(Some(world.commune), one(3), [0; 32]).await;
    assert_eq!(gone, Err(StoreError::NotFound), "it is in the book");

    // Each has the one receipt that it had, and the phone learns of it, whatever it can read.
    let taken = world.taken(&phone, vec![1, 2, 3, 4, 5]).await;
    assert_eq!(taken, [1, 2, 3, 4].map(|seq| (seq, Outcome::Applied, received)));
    let again = world.push(&phone, &frames).await;
    assert_eq!(
        (again.standing.have, again.each().collect()),
        (4, taken.iter().map(|(n, _, at)| (*n, Outcome::Duplicate, *at)).collect::<Vec<_>>())
    );
    let (households, visits, _) = world.outcome(&lead).await;
    let home = households.iter().find(|row| row.id == record(HOME)).unwrap();
    assert_eq!((home.people, home.met.is_some(), home.disputed), (Some(5), true, false));
    assert_eq!(visits.iter().map(|row| (row.met, row.amended, row.received_at)).collect::<Vec<_>>(), [(true, true, received)]);
}

/// Two phones of a team: one was at a household that the other has added and brings later. Nobody has to press for that.
pub async fn what_came_late_lets_in_what_waited_for_it<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, mut other) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let received = world.now;
    let visit = phone.visit(record(VISIT), record(HOME), NotHome);
    assert_eq!(world.outcomes(&phone, &[visit]).await, [quarantined(Reason::Invalid)]);
    // What is done once a day is done.
    world.tick().await;
    let before = world.store.dump().await.unwrap();
    assert_eq!(world.tick().await, TakenIn::default());
    assert_eq!(world.store.dump().await.unwrap(), before);

    world.now = received.plus_hours(50);
    let made = other.new_household(record(HOME), &household(60));
    assert_eq!(world.outcomes(&other, &[made]).await, [APPLIED]);
    assert_eq!(world.waits(&phone).await, BTreeMap::from([(1, Reason::Invalid)]), "by the clock, not because something arrived");
    assert_eq!(world.tick().await, TakenIn { followed: 1, ..TakenIn::default() });
    assert_eq!((world.waits(&phone).await, world.taken(&phone, vec![1]).await), (BTreeMap::new(), vec![(1, Outcome::Applied, received)]));
}

/// In whatever order people press, and as if nothing had stood in the way.
pub async fn what_is_taken_in_ends_as_in_order<S: Subject>() {
    let mut ends = Vec::new();
    for order in [None, Some([1, 2, 3, 4]), Some([4, 3, 2, 1]), Some([2, 1, 4, 3]), Some([3, 4, 2, 1])] {
        let mut world = World::<S>::new().await;
        let (mut phone, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
        phone.area = world.village("Thôn Bến Lĩnh").await;
        if order.is_none() {
            world.give_the_other_village().await;
            let Pulled::Pages(pages) = world.pull(&phone, None, Vec::new()).await else { panic!("asked with cursors") };
            phone.grant = pages.grants.version;
        }
        let frames = written(&mut phone);
        let expected = if order.is_none() { APPLIED } else { quarantined(Reason::NotAllowed) };
        assert_eq!(world.outcomes(&phone, &frames).await, [expected; 4], "{order:?}");
        if let Some(order) = order {
            world.give_the_other_village().await;
            for seq in order {
                // What came in with another waits no more.
                if world.waits(&phone).await.contains_key(&seq) {
                    world.take_in(TakeIn::One(Waiting { device: phone.device, seq })).await;
                }
            }
        }
        assert_eq!(world.store.quarantine(None).await.unwrap(), [], "{order:?}");
        ends.push(world.outcome(&lead).await);
    }
    let (first, others) = ends.split_first().unwrap();
    assert_eq!((first.0.len(), first.1.len()), (11, 1));
    others.iter().for_each(|other| assert_eq!(other, first));
}

pub async fn an_update_reads_what_could_not_be_read<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let homes = world.households(phone.area).await;
    let visit = phone.visit(record(VISIT), homes[0], NotHome);
    let amended = phone.change_visit(record(62), homes[0], MetRep, Change::Amend { of: record(VISIT) });
    let (garbage, unknown) = (
        phone.raw(vec![1, 2, 3]),
        phone.header(Kind::Other("ballot".into()), record(63), domain::operation::Stream::Visit, Change::Create),
    );
    let unknown = phone.frame(&domain::operation::Operation::new(unknown));
    let received = world.now;
    world.keep_unread(&phone, &visit).await;
    let unreadable = quarantined(Reason::Unreadable);
    let outcomes = world.outcomes(&phone, &[visit, amended, garbage, unknown]).await;
    assert_eq!(outcomes, [unreadable, quarantined(Reason::Invalid), unreadable, unreadable]);

    // The right to write there has ended long since; when it came, it had not.
    world.members = Set::new();
    let (seen, team) = (world.seen(world.team).await, world.team());
    world.write(seen, Value::Team(team)).await.unwrap();
    world.now = received.plus_hours(60 * 24);
    assert_eq!(world.tick().await, TakenIn { applied: 1, followed: 1, waiting: vec![] });
    assert_eq!(world.waits(&phone).await, BTreeMap::from([(3, Reason::Unreadable), (4, Reason::Unreadable)]));
    let visits = world.store.list::<VisitRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    assert_eq!(visits.iter().map(|row| (row.met, row.received_at)).collect::<Vec<_>>(), [(true, received)]);
    let held = ["quarantine", "operation", "record"];
    let before = world.table(&held).await;
    assert_eq!(world.tick().await, TakenIn::default());
    assert_eq!(world.table(&held).await, before);
    // What nobody can read waits on, whoever presses.
    let all = world.take_in(TakeIn::All(Reason::Unreadable)).await;
    assert_eq!(all, TakenIn { waiting: vec![(Reason::Unreadable, 2)], ..TakenIn::default() });
    assert_eq!(world.table(&held).await, before);
}

/// A press is no way around a copied phone or a lost one.
pub async fn some_of_what_waits_cannot_pass<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut copied, mut lost) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let homes = world.households(copied.area).await;
    let first = copied.visit(record(50), homes[0], MetRep);
    copied.seq = 0;
    let other = copied.visit(record(51), homes[1], MetRep);
    world.outcomes(&copied, &[first, other]).await;
    let rows = world.store.quarantine(None).await.unwrap();
    assert_eq!(rows.iter().map(|row| (row.reason, row.reason.may_pass())).collect::<Vec<_>>(), [(Reason::Forked, false)]);
    assert_eq!(world.take_in(TakeIn::All(Reason::Forked)).await, TakenIn::default());
    let one = TakeIn::One(Waiting { device: copied.device, seq: 1 });
    assert_eq!(world.store.take_in(None, one, [0; 32]).await, Err(StoreError::NotFound));
    assert_eq!(world.taken(&copied, vec![1]).await, [], "what was applied is the other one's");

    let (before, after) = (lost.visit(record(52), homes[0], MetRep), lost.visit(record(53), homes[1], MetRep));
    world.keep_unread(&lost, &before).await;
    world.now = world.now.plus_hours(1);
    world.store.revoke(Some(world.commune), lost.device, world.now).await.unwrap();
    assert_eq!(world.outcomes(&lost, &[after]).await, [quarantined(Reason::Revoked)]);
    assert_eq!(world.take_in(TakeIn::All(Reason::Revoked)).await, TakenIn::default());
    // What it had delivered before is its person's.
    assert_eq!(world.tick().await, TakenIn { applied: 1, ..TakenIn::default() });
    assert_eq!(world.waits(&lost).await, BTreeMap::from([(2, Reason::Revoked)]));
}

/// What waits is read by whoever looks after its phone's people, as far as it is about a place of theirs, and put aside once
/// they have dealt with it.
pub async fn what_waits_is_read_and_put_aside<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let said = phone.opinion(record(60), home, record(61), "Mương tắc, mưa là ngập.");
    let nobody_home = phone.visit(record(61), home, NotHome);
    let mut elsewhere: Operation = cbor::decode(&phone.visit(record(62), home, MetRep).bytes).unwrap();
    elsewhere.header.area = AreaId::new(9, [9; 10]);
    let damaged = Frame { seq: 4, bytes: ByteBuf::from(*b"?") };
    for frame in [said, nobody_home, Frame { seq: 3, bytes: ByteBuf::from(cbor::encode(&elsewhere)) }, damaged] {
        world.keep_unread(&phone, &frame).await;
    }
    let waiting = |seq| Waiting { device: phone.device, seq };
    let mut contents = Vec::new();
    for seq in 1..=4 {
        contents.extend(world.store.waiting(Some(world.commune), waiting(seq)).await.unwrap());
    }
    assert!(matches!(&contents[0].said, Said::Opinion { text, .. } if text == "Mương tắc, mưa là ngập."), "{contents:?}");
    let places: Vec<_> = contents.iter().map(|content| (content.village.is_empty(), content.household.contains('-'))).collect();
    assert_eq!(places, [(false, true), (false, true), (true, false), (true, false)]);
    let said: Vec<_> = contents.into_iter().skip(1).map(|content| content.said).collect();
    assert_eq!(said, [Said::Visit { met: false, contact: None, next: None }, Said::Elsewhere, Said::Unreadable]);

    let another_commune = Some(AreaId::new(9, [9; 10]));
    let aside = PutAside { waiting: waiting(1), aside: true };
    assert_eq!(world.store.waiting(another_commune, waiting(1)).await, Err(StoreError::NotFound));
    assert_eq!(world.store.put_aside(another_commune, aside).await, Err(StoreError::NotFound));
    assert_eq!(world.store.waiting(Some(world.commune), waiting(5)).await, Err(StoreError::NotFound));
    world.store.put_aside(Some(world.commune), aside).await.unwrap();
    let rows = world.store.quarantine(None).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.waiting.map(|waiting| waiting.seq), row.aside)).collect();
    assert_eq!(rows, [(Some(2), false), (Some(3), false), (Some(4), false), (Some(1), true)]);
    // What somebody has dealt with does not come in by itself, and comes in when they bring it back.
    assert_eq!(world.tick().await.applied, 1);
    let rows = world.store.quarantine(None).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.aside).collect::<Vec<_>>(), [false, false, true]);
    world.store.put_aside(Some(world.commune), PutAside { aside: false, ..aside }).await.unwrap();
    assert_eq!(world.tick().await.applied, 1);
    assert_eq!(world.store.quarantine(None).await.unwrap().len(), 2);
}

/// The writers of a dispute are the same, whichever of the two waited.
pub async fn both_values_stay_when_one_of_them_waited<S: Subject>() {
    let mut ends = Vec::new();
    for waited in [false, true] {
        let mut world = World::<S>::new().await;
        let (mut phone, mut lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
        let home = world.households(phone.area).await[0];
        let origin = registry(&world, &lead, home).await;
        let (of_phone, of_lead) = (phone.set_people(home, 5, &origin), lead.set_people(home, 6, &origin));
        if waited {
            world.keep_unread(&phone, &of_phone).await;
        }
        world.push(&phone, &[of_phone]).await;
        assert_eq!(world.outcomes(&lead, &[of_lead]).await, [APPLIED]);
        world.tick().await;
        let outcome = world.outcome(&lead).await;
        assert!(outcome.0.iter().all(|row| row.disputed == (row.id == home)));
        ends.push((registry(&world, &lead, home).await, outcome));
    }
    assert_eq!(ends[0].0.len(), 2);
    assert_eq!(ends[0], ends[1]);
}

/// The dots of a household's number of people, as a phone pulls them.
async fn registry<S: Subject>(world: &World<S>, phone: &Phone, home: RecordId) -> Vec<Dot> {
    match super::pulled(world, phone, home).await.body {
        Body::Registry(registry) => registry.state.base("people"),
        _ => panic!("a household"),
    }
}
