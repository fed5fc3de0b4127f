//! Merging is commutative, associative and idempotent: whoever hears of the same operations, in whatever order, grouping
//! and repetition, ends with the same values. Judged by the very code of the server, whose log knows each operation by the
//! number of its writer.

use domain::cbor;
use domain::household::{self, Household};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::operation::{Change, Dot, DotRef, Ground, Header, Kind, LegalBasis, Operation, SCHEMA, Scope, Stream};
use domain::person::{GrantSet, Role};
use domain::receive::{self, Earlier, Known, Verdict};
use domain::record::{Body, Record};
use domain::register::Values;
use domain::short::Map;
use domain::time::{Date, Time};
use domain::wire::Frame;
use proptest::prelude::*;
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet};

const WRITERS: usize = 4;
const FIELDS: [&str; 2] = ["people", "hint"];

fn device(n: usize) -> DeviceId {
    DeviceId::new(7, [n as u8; 10])
}

fn area() -> AreaId {
    AreaId::new(1, [1; 10])
}

fn by() -> PersonId {
    PersonId::new(3, [3; 10])
}

fn frame(seq: u64, change: Change, values: &Values) -> Frame {
    let header = Header {
        schema: SCHEMA,
        kind: Kind::Household,
        record: RecordId::new(2, [2; 10]),
        area: area(),
        stream: Stream::Roll,
        change,
        grant: 1,
        at: Time(seq as i64),
        ground: Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX },
    };
    let mut operation = Operation::new(header);
    operation.parts = household::parts(values.clone());
    Frame { seq, bytes: ByteBuf::from(cbor::encode(&operation)) }
}

type Written = (DeviceId, Frame);

/// A household that one writer makes, and what up to four write over it, each having seen some of what was written before.
fn history() -> impl Strategy<Value = Vec<Written>> {
    let step = (0..WRITERS, any::<u32>(), 0..FIELDS.len(), 0u8..3);
    prop::collection::vec(step, 0..12).prop_map(|steps| {
        let made = Household { head: "Lò Văn Hặc".into(), people: Some(4), hint: "đầu bản".into(), ..Household::default() };
        let mut all = vec![(device(0), frame(1, Change::Create, &made.first_values()))];
        let mut dots = vec![(0, Dot { device: device(0), seq: 1 }, None)];
        let mut last = [1u64, 0, 0, 0];
        for (who, seen, field, value) in steps {
            last[who] += 1;
            let (seq, this) = (last[who], device(who));
            let of_field = dots.iter().filter(|(_, _, of)| of.is_none_or(|of| of == field)).enumerate();
            let base: Vec<DotRef> =
                of_field.filter(|(at, _)| seen >> (at % 32) & 1 == 1).map(|(_, (_, dot, _))| dot.seen_by(this)).collect();
            let values = match field {
                0 => cbor::encode(&u16::from(value + 1)),
                _ => cbor::encode(&["gần cầu", "cuối bản", "sau trường"][usize::from(value)]),
            };
            let name = FIELDS[field].to_owned();
            let change = Change::Set { fields: Map::from([(name.clone(), base)]) };
            all.push((this, frame(seq, change, &Values::from([(name, ByteBuf::from(values))]))));
            dots.push((who, Dot { device: this, seq }, Some(field)));
        }
        all
    })
}

/// Somebody who hears of operations: the log in the order of arrival, and what it comes to.
#[derive(Clone, Default)]
struct Replica {
    log: Vec<Written>,
    known: BTreeMap<(DeviceId, u64), ByteBuf>,
    record: Option<Record>,
}

impl Replica {
    fn of(writings: &[Written]) -> Self {
        let mut replica = Self::default();
        replica.hear(writings);
        replica
    }

    fn hear(&mut self, writings: &[Written]) {
        let grants = GrantSet::for_field(1, Role::FieldMember, &[AreaId::new(9, [9; 10])], &[area()]);
        let roll = Scope { area: area(), stream: Stream::Roll };
        for (device, frame) in writings {
            let key = (*device, frame.seq);
            let earlier = self.known.get(&key).map(|bytes| Earlier { same: *bytes == frame.bytes, received_at: Time(0) });
            let current = self.record.clone().map(|record| (roll, record));
            let known = Known { earlier, grants: Some(&grants), current, ..Known::default() };
            let dot = Dot { device: *device, seq: frame.seq };
            match receive::judge(receive::open(frame).unwrap(), dot, by(), Time(1_000), known) {
                Verdict::Apply(applied) => {
                    self.record = Some(applied.record);
                    self.known.insert(key, frame.bytes.clone());
                    self.log.push((*device, frame.clone()));
                }
                Verdict::Duplicate(_) => {}
                Verdict::Quarantine(reason) => panic!("{reason:?}"),
            }
        }
    }

    /// Both, as the first one is told of everything that the second one has heard.
    fn merged(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        merged.hear(&other.log);
        merged
    }

    /// What people see, and what the next writer's bases and the stream's digest are made of.
    fn shown(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        let Some(Record { body: Body::Registry(registry), .. }) = &self.record else { return None };
        let state = &registry.state;
        let fields = FIELDS.map(|field| (state.base(field), state.value(field).map(<[u8]>::to_vec)));
        let disputed: Vec<String> = state.disputed().map(|(field, _)| field.clone()).collect();
        let dots: Vec<Dot> = state.dots().iter().copied().collect();
        Some((state.is_made(), fields, disputed, dots))
    }
}

/// Some of a history, in an order of its own.
fn part(history: &[Written], which: u32, order: u64) -> Vec<Written> {
    let chosen = history.iter().enumerate().filter(|(at, _)| which >> (at % 32) & 1 == 1).map(|(_, written)| written.clone());
    shuffled(chosen.collect(), order)
}

fn shuffled(mut all: Vec<Written>, mut order: u64) -> Vec<Written> {
    for at in (1..all.len()).rev() {
        order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(at, (order >> 33) as usize % (at + 1));
    }
    all
}

proptest! {
    #[test]
    fn merging_is_commutative(history in history(), one in any::<u32>(), two in any::<u32>(), order in any::<u64>()) {
        let (a, b) = (Replica::of(&part(&history, one, order)), Replica::of(&part(&history, two, !order)));
        prop_assert_eq!(a.merged(&b).shown(), b.merged(&a).shown());
    }

    #[test]
    fn merging_is_associative(history in history(), parts in any::<[u32; 3]>(), order in any::<u64>()) {
        let [a, b, c] = [0, 1, 2].map(|n| Replica::of(&part(&history, parts[n], order.rotate_left(n as u32 * 21))));
        prop_assert_eq!(a.merged(&b).merged(&c).shown(), a.merged(&b.merged(&c)).shown());
    }

    #[test]
    fn merging_is_idempotent(history in history(), which in any::<u32>(), order in any::<u64>()) {
        let a = Replica::of(&part(&history, which, order));
        prop_assert_eq!(a.merged(&a).shown(), a.shown());
        // One at a time as well, each of them as often as a bad line repeats it.
        let heard = part(&history, which, order);
        let often: Vec<Written> = shuffled(heard.iter().chain(&heard).chain(&heard).cloned().collect(), !order);
        prop_assert_eq!(Replica::of(&often).shown(), a.shown());
    }

    #[test]
    fn whoever_heard_everything_shows_what_nobody_replaced(history in history(), order in any::<u64>()) {
        let all = Replica::of(&shuffled(history.clone(), order));
        let Some(Record { body: Body::Registry(registry), .. }) = &all.record else { panic!() };
        for field in FIELDS {
            let (mut written, mut seen) = (BTreeSet::new(), BTreeSet::new());
            for (device, frame) in &history {
                let dot = Dot { device: *device, seq: frame.seq };
                match &receive::open(frame).unwrap().header.change {
                    Change::Set { fields } => {
                        let Some(base) = fields.get(field) else { continue };
                        written.insert(dot);
                        seen.extend(base.iter().map(|dot| dot.of(*device)));
                    }
                    _ => drop(written.insert(dot)),
                }
            }
            let left: Vec<Dot> = written.difference(&seen).copied().collect();
            prop_assert_eq!(registry.state.base(field), left, "{}", field);
        }
    }
}
