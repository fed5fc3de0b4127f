//! Damaged rows: whatever a dying flash chip, another build or an extension left in the database and beside it, the phone
//! answers with a value or an error and never with a panic, which would end the app on every start. The corpus is the
//! golden rows; each change is drawn from a fixed seed, so that a failure comes again.

use app::phone::{Opened, Phone, VisitForm};
use app::platform::memo;
use app::store::Name;
use app::store::rows::{AckRow, AnonymousRow, DeviceRow, LogRow, PageRow, SyncRow};
use app::store::seal::Sealer;
use domain::cbor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SAMPLES: &str = include_str!("../../tests/golden/v1/phone.txt");

/// Changes of each sample; twenty times as many in `cargo xtask test --long`.
const TURNS: u64 = if option_env!("GANDAN_LONG").is_some() { 4_000 } else { 200 };

fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let sample = |line: &'static str| line.split_once(' ').map(|(name, digits)| (name, digits.as_bytes().chunks(2).map(byte).collect()));
    let samples: Vec<_> = SAMPLES.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect();
    assert!(samples.len() > 6);
    samples
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    /// One to four changes, some with a piece of another sample.
    fn spoil(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let (from, length) = (self.below(bytes.len() + 1), self.below(24));
            let to = (from + length).min(bytes.len());
            match self.below(5) {
                0 => bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte ^= 1 << (length % 8)),
                // Lengths where others stood.
                1 => bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte = [0x00, 0xff, 0x7f, 0x80, 0x9b, 0xbb, 0xfb][length % 7]),
                2 => bytes.truncate(from),
                3 => drop(bytes.drain(from..to)),
                _ => {
                    let at = self.below(other.len() + 1);
                    drop(bytes.splice(from..to, other[at..(at + length).min(other.len())].to_vec()));
                }
            }
        }
        bytes
    }
}

type Reads = fn(&[u8]) -> bool;

/// What is read must be written again as itself.
fn reads<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
    let Ok(value) = cbor::decode::<T>(bytes) else { return false };
    let written = cbor::encode(&value);
    let again = cbor::decode::<T>(&written).ok().map(|value| cbor::encode(&value));
    assert_eq!(again.as_ref(), Some(&written), "{bytes:02x?}");
    true
}

#[wasm_bindgen_test]
fn rows_and_drafts() {
    let decoders: [(&str, Reads); 7] = [
        ("device", reads::<DeviceRow>),
        ("sync", reads::<SyncRow>),
        ("page", reads::<PageRow>),
        ("ack", reads::<AckRow>),
        ("anonymous", reads::<AnonymousRow>),
        ("log", reads::<LogRow>),
        ("draft", reads::<VisitForm>),
    ];
    let samples = corpus();
    let whole = samples.iter().filter(|(_, sample)| decoders.iter().any(|(_, read)| read(sample))).count();
    assert!(whole > 5, "{whole} of the samples are rows");
    for (n, (_, sample)) in samples.iter().enumerate() {
        for turn in 0..TURNS {
            let mut chance = Chance((n as u64) << 32 | turn);
            let other = chance.below(samples.len());
            let spoiled = chance.spoil(sample, &samples[other].1);
            for (_, read) in decoders {
                read(&spoiled);
            }
        }
    }
}

#[wasm_bindgen_test]
fn sealed_values() {
    let sealer = Sealer::new([7; 16]);
    let stores = [Name::Meta, Name::Outbox, Name::Pages, Name::Acks, Name::Anonymous, Name::Drafts, Name::Log];
    for (n, (_, sample)) in corpus().iter().enumerate() {
        let store = stores[n % stores.len()];
        let sealed = sealer.seal(store, b"id", sample);
        assert_eq!(sealer.open(store, b"id", &sealed).as_ref(), Ok(sample));
        // Of another database, store or row.
        assert!(Sealer::new([8; 16]).open(store, b"id", &sealed).is_err());
        assert!(sealer.open(stores[(n + 1) % stores.len()], b"id", &sealed).is_err());
        assert!(sealer.open(store, b"di", &sealed).is_err());
        for turn in 0..TURNS {
            let mut chance = Chance((n as u64) << 32 | turn);
            let spoiled = chance.spoil(&sealed, sample);
            // It opens or it does not; one whose end or beginning is missing does not.
            let opened = sealer.open(store, b"id", &spoiled);
            assert!(opened.is_err() || spoiled.len() >= sealed.len() - sample.len());
        }
    }
}

#[wasm_bindgen_test]
async fn memos() {
    const NAMES: [&str; 2] = ["gandan.notebook", "gandan.notebooks"];
    for memo in [
        "",
        "\n",
        "\n\n\n\n\n",
        "gandan-",
        "gandan-none",
        "x\ny\nz",
        "gandan-none\n-1\n",
        "gandan-none\n99999999999999999999\nA",
        "\u{0}",
        "ạ\n",
    ] {
        NAMES.iter().for_each(|name| memo::write(name, memo));
        let opened = Phone::open().await;
        assert!(matches!(opened, Opened::Fresh | Opened::Lost(_) | Opened::Failed(_)), "{memo:?}");
        NAMES.iter().for_each(|name| memo::forget(name));
    }
}
