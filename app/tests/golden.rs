//! Samples of what the first released phone stored, read for ever: a phone that was off for a year is updated with its
//! rows as they are.
//!
//! A sample that is missing fails the test with the line to add to tests/golden/v1/phone.txt. A line that is there is
//! never changed; whoever changes a row adds lines of the new format beside these.

use app::store::Name;
use app::store::rows::{AckRow, AnonymousRow, DeviceRow, LogRow, PageRow, Renumbered, SyncRow};
use app::store::seal::Sealer;
use domain::book::WrittenOn;
use domain::cbor;
use domain::eviction::Lost;
use domain::id::{Epoch, RecordId};
use domain::operation::{Scope, Stream};
use domain::pace::Pace;
use domain::person::{GrantSet, Role};
use domain::record::Digest;
use domain::repair::{Held, Repair};
use domain::sequence::Sequence;
use domain::short;
use domain::time::Time;
use domain::wire::{Cursor, Mark, Outcome, Reason, Writer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use std::fmt::Debug;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SAMPLES: &str = include_str!("../../tests/golden/v1/phone.txt");

/// The bytes of a sample, or the line to add.
fn sample(name: &str, made: &[u8], missing: &mut Vec<String>) -> Vec<u8> {
    let Some(digits) = SAMPLES.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')) else {
        missing.push(format!("{name} {}", hex(made)));
        return made.to_vec();
    };
    digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn id(n: u8) -> RecordId {
    RecordId::new(1_795_000_000_000 + u64::from(n), [n; 10])
}

#[wasm_bindgen_test]
fn every_row_is_read() {
    /// Reads one sample after the other.
    #[derive(Default)]
    struct Read {
        seen: usize,
        missing: Vec<String>,
    }
    impl Read {
        fn is<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T) {
            let bytes = sample(name, &cbor::encode(value), &mut self.missing);
            assert_eq!(cbor::decode::<T>(&bytes).as_ref(), Ok(value), "{name}");
            self.seen += 1;
        }
    }
    let mut read = Read::default();
    let scope = Scope { area: id(2).into(), stream: Stream::Visit };
    let at = Time(1_795_228_200_000);
    let device = DeviceRow {
        device: id(1).into(),
        token: "tok.en".into(),
        person: id(6).into(),
        name: "Vi Văn Thử".into(),
        role: Role::TeamLead,
        unit: id(8).into(),
        unit_name: "Xã Đồng Cừ".into(),
    };
    read.is("device", &device);
    let sync = SyncRow {
        epoch: Epoch(id(7).0),
        acked: 187,
        beyond: short::Set::new(),
        pace: Pace::default(),
        mark: Some(Mark([9; 16])),
        cursors: vec![Cursor { scope, signed: ByteBuf::from([4; 24]) }],
        grants: GrantSet::for_field(3, Role::TeamLead, &[id(8).into()], &[id(2).into()]),
        settled: 180,
        refused: vec![17, 181],
        durable_seq: 150,
        complete_at: Some(at),
        lost: Vec::new(),
        held: Vec::new(),
        repair: Vec::new(),
        compared_at: None,
        clock_off: -1_250,
        renumbered: None,
        deposited: None,
        redacted: 0,
    };
    read.is("sync", &sync);
    read.is("sync-lost", &SyncRow { lost: vec![Lost { scope, at }], ..sync.clone() });
    let repair = vec![Repair { scope, up_to: 12 }];
    read.is("sync-repair", &SyncRow { repair, compared_at: Some(at), ..sync.clone() });
    let held = vec![Held { scope, digest: Some(Digest(1 << 120)) }, Held { scope: Scope { stream: Stream::Roll, ..scope }, digest: None }];
    read.is("sync-held", &SyncRow { held, ..sync.clone() });
    let mut pace = Pace::default();
    pace.failed(190, true);
    read.is("sync-gap", &SyncRow { beyond: short::Set::from([189, 191]), pace, ..sync.clone() });
    let mut sequence = Sequence::of(id(1).into());
    sequence.fork(id(9).into(), 186);
    let renumbered = Some(Renumbered { sequence, token: "to.ken".into() });
    read.is("sync-copied", &SyncRow { renumbered, ..sync.clone() });
    read.is("sync-deposited", &SyncRow { deposited: Some((id(1).into(), Epoch(id(7).0))), ..sync.clone() });
    read.is("sync-new", &SyncRow { mark: None, cursors: Vec::new(), refused: Vec::new(), complete_at: None, ..sync });
    let page = PageRow { scope, contained: 12, records: vec![ByteBuf::from(*b"a record"), ByteBuf::new()], writers: Vec::new() };
    read.is("page", &page);
    let writers = vec![Writer { device: id(9).into(), person: id(10).into(), on: WrittenOn::Desk }];
    read.is("page-writers", &PageRow { writers, ..page });
    read.is("ack", &AckRow { outcome: Outcome::Applied, received_at: at });
    read.is("ack-quarantined", &AckRow { outcome: Outcome::Quarantined(Reason::Stale), received_at: at });
    let opinion = ByteBuf::from(*b"an opinion");
    let waiting = AnonymousRow { secret: ByteBuf::from([5; 32]), opinion, tried: false, stored_in: None };
    read.is("anonymous", &waiting);
    read.is("anonymous-stored", &AnonymousRow { tried: true, stored_in: Some(Epoch(id(7).0)), ..waiting });
    read.is("log", &LogRow { at, code: "crash".into(), note: "app/src/phone.rs:187".into() });
    // What is sealed stands in the file as well, and nothing that no test reads.
    assert_eq!(read.missing, Vec::<String>::new(), "add these lines");
    assert_eq!(SAMPLES.lines().count(), read.seen + SEALED.len() + KEYED.len());
}

/// Each kind of key, and rows of each place that content stands in.
const SEALED: [(&str, Name, &[u8]); 3] = [
    ("sealed-outbox", Name::Outbox, b"0123456789abcdef"),
    ("sealed-draft", Name::Drafts, b"visit/1"),
    ("sealed-meta", Name::Meta, b"device"),
];

/// The same under a key.
const KEYED: [&str; 3] = ["keyed-outbox", "keyed-draft", "keyed-meta"];

#[wasm_bindgen_test]
fn what_was_sealed_is_opened_in_its_place_only() {
    let sealer = Sealer::unsealed([7; 16]);
    let mut missing = Vec::new();
    for (name, store, id) in SEALED {
        let stored = sample(name, &sealer.seal(store, id, "Mương thoát nước tắc".as_bytes()), &mut missing);
        assert_eq!(sealer.open(store, id, &stored).unwrap(), "Mương thoát nước tắc".as_bytes(), "{name}");
        assert!(sealer.open(store, b"elsewhere", &stored).is_err(), "{name}");
        assert!(Sealer::unsealed([8; 16]).open(store, id, &stored).is_err(), "{name}");
    }
    assert_eq!(missing, Vec::<String>::new(), "add these lines");
}

#[wasm_bindgen_test]
fn what_was_sealed_under_a_key_is_opened_with_it_in_its_place_only() {
    let sealer = Sealer::new([7; 16], [1; 32]);
    let mut missing = Vec::new();
    for (name, (_, store, id)) in KEYED.into_iter().zip(SEALED) {
        let stored = sample(name, &sealer.seal(store, id, "Mương thoát nước tắc".as_bytes()), &mut missing);
        assert_eq!(sealer.open(store, id, &stored).unwrap(), "Mương thoát nước tắc".as_bytes(), "{name}");
        assert!(sealer.open(store, b"elsewhere", &stored).is_err(), "{name}");
        assert!(Sealer::new([8; 16], [1; 32]).open(store, id, &stored).is_err(), "{name}");
        assert!(Sealer::new([7; 16], [2; 32]).open(store, id, &stored).is_err(), "{name}");
        // A locked notebook takes nothing that is not sealed, whoever put it there.
        assert!(sealer.open(store, id, &Sealer::unsealed([7; 16]).seal(store, id, b"x")).is_err(), "{name}");
    }
    assert_eq!(missing, Vec::<String>::new(), "add these lines");
}
