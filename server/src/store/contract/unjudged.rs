//! What waits for a person, or was never judged, names a record and is nobody's word about it.

use super::redaction::{said, tells};
use super::world::{Phone, Subject, World, household, record};
use super::{APPLIED, outcomes_of, quarantined};
use crate::journal::Entry;
use crate::store::LastRedaction;
use domain::cbor;
use domain::household;
use domain::id::RecordId;
use domain::office::{Filter, HouseholdRow, OpinionRow};
use domain::operation::{Change, Ground, Kind, Operation, Stream};
use domain::person::Role;
use domain::time::Date;
use domain::wire::{Frame, Reason};

const HOME: u64 = 60;
const SAID: u64 = 62;
const OTHERS: u64 = 63;

/// The same operation, over since yesterday.
fn over(phone: &mut Phone, frame: &Frame) -> Frame {
    let mut operation: Operation = cbor::decode(&frame.bytes).unwrap();
    let until: Date = phone.at.date().plus(-1);
    operation.header.ground = Ground { until, ..operation.header.ground };
    phone.seq -= 1;
    phone.frame(&operation)
}

impl<S: Subject> World<S> {
    async fn heads(&self) -> Vec<String> {
        self.store.list::<HouseholdRow>(self.ask(Filter::default()), self.now).await.unwrap().rows.into_iter().map(|row| row.head).collect()
    }

    async fn words(&self, of: RecordId) -> Option<String> {
        let rows = self.store.list::<OpinionRow>(self.ask(Filter::default()), self.now).await.unwrap().rows;
        rows.into_iter().find(|row| row.id == of).map(|row| row.text)
    }

    async fn last_redaction(&self) -> u64 {
        self.store.list::<LastRedaction>(self.ask(Filter::default()), self.now).await.unwrap().rows[0].0
    }

    /// Whether the words of the made-up person wait, as many times as they do.
    async fn words_that_wait(&self, phone: &Phone) -> Vec<bool> {
        let (device, (tell, told)) = (phone.device, std::sync::mpsc::channel());
        let run = move |t: &mut dyn crate::store::tables::Tables| {
            let mut views = t.quarantine(device, usize::MAX)?;
            views.sort_by_key(|view| view.seq);
            for view in views {
                let kept = t.quarantined_bytes(device, view.seq, &view.mac)?;
                let _ = tell.send(kept.is_some_and(|kept| tells(&kept.raw)));
            }
            Ok(())
        };
        self.store.run(run).await;
        told.iter().collect()
    }

    fn journalled(&self) -> Vec<RecordId> {
        let entries = self.journal.entries().unwrap().0;
        let of = |entry| if let Entry::Redacted { record, .. } = entry { Some(record) } else { None };
        entries.into_iter().filter_map(of).collect()
    }
}

pub async fn what_waits_ends_nothing_but_itself<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, mut other) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let mine = [phone.new_household(record(HOME), &household(60)), said(&mut phone, SAID, Change::Create)];
    assert_eq!(outcomes_of(&world.push(&phone, &mine).await), [APPLIED; 2]);
    // Over since yesterday: of a household and of an opinion that are there, and of one that nobody knows.
    let fields = [("head".to_owned(), Vec::new())].into_iter().collect();
    let values = [("head".to_owned(), serde_bytes::ByteBuf::from(cbor::encode(&7)))].into_iter().collect();
    let header = other.header(Kind::Household, record(HOME), Stream::Roll, Change::Set { fields });
    let set = other.frame(&Operation { header, parts: household::parts(values) });
    let set = over(&mut other, &set);
    let create = other.new_household(record(HOME), &household(61));
    let create = over(&mut other, &create);
    let there = said(&mut other, SAID, Change::Create);
    let there = over(&mut other, &there);
    let nowhere = said(&mut other, 70, Change::Amend { of: record(SAID) });
    let nowhere = over(&mut other, &nowhere);
    let sent = [set, create, there, nowhere];
    let waits = outcomes_of(&world.push(&other, &sent).await);
    assert_eq!(waits, [Reason::Invalid, Reason::Exists, Reason::Exists, Reason::Invalid].map(quarantined));
    let (heads, words) = (world.heads().await, world.words(record(SAID)).await);
    assert!(heads.contains(&"Hộ Thử 60".to_owned()) && words.as_ref().is_some_and(|words| tells(words.as_bytes())));
    assert_eq!(world.words_that_wait(&other).await, [false, false, true, true]);
    world.tick().await;
    assert_eq!((world.heads().await, world.words(record(SAID)).await), (heads, words));
    assert_eq!(world.words_that_wait(&other).await, [false; 4]);
    // The phone is told of the one that is nobody else's.
    assert_eq!(world.last_redaction().await, 1);
    // Sent once more, they are what waits already.
    assert_eq!(outcomes_of(&world.push(&other, &sent).await), waits);
    assert_eq!(world.words_that_wait(&other).await, [false; 4]);
}

pub async fn what_calls_itself_a_version_of_something_redacted_is_not_believed<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, mut other) = (world.phone(Role::FieldMember).await, world.phone(Role::FieldMember).await);
    let mine = [
        phone.new_household(record(HOME), &household(60)),
        said(&mut phone, SAID, Change::Create),
        said(&mut phone, OTHERS, Change::Create),
    ];
    assert_eq!(outcomes_of(&world.push(&phone, &mine).await), [APPLIED; 3]);
    let words = world.words(record(OTHERS)).await;
    assert!(words.is_some());
    let [invalid, exists] = [Reason::Invalid, Reason::Exists].map(quarantined);
    // The one waits when the redaction comes, the other comes afterwards.
    let claim = |phone: &mut Phone| said(phone, OTHERS, Change::Amend { of: record(SAID) });
    let early = [claim(&mut other), said(&mut other, 70, Change::Amend { of: record(SAID) })];
    assert_eq!(outcomes_of(&world.push(&other, &early).await), [invalid; 2]);
    world.redact(record(SAID), &Kind::Opinion).await.unwrap();
    assert_eq!(world.words_that_wait(&other).await, [false; 2]);
    assert_eq!(world.journalled(), [record(SAID), record(70)], "what nobody else can have is a version from now on");
    let own = claim(&mut phone);
    assert_eq!(outcomes_of(&world.push(&phone, &[own]).await), [exists]);
    let mut version = |n, of| said(&mut other, n, Change::Amend { of: record(of) });
    let late = [version(OTHERS, SAID), version(71, SAID), version(72, 71)];
    assert_eq!(outcomes_of(&world.push(&other, &late).await), [invalid; 3]);
    assert_eq!(world.words_that_wait(&other).await, [false; 5]);
    assert_eq!(world.words_that_wait(&phone).await, [false]);
    assert_eq!(world.words(record(OTHERS)).await, words, "of it nobody has asked for anything");
    assert_eq!(world.journalled(), [SAID, 70, 71, 72].map(record));
}
