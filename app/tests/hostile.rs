//! Damaged rows: whatever a dying flash chip, another build or an extension left in the database and beside it, the phone
//! answers with a value or an error and never with a panic, which would end the app on every start. The corpus is the
//! golden rows; each change is drawn from a fixed seed, so that a failure comes again.

mod chance;

use app::phone::{AnonymousForm, NamedOpinion, Opened, Phone, VisitForm};
use app::platform::memo;
use app::store::Name;
use app::store::rows::{AckRow, AnonymousRow, DeviceRow, LogRow, PageRow, SyncRow};
use app::store::seal::Sealer;
use chance::{Chance, TURNS, reads, survives};
use domain::id::RecordId;
use domain::opinion::{OpinionKind, ReporterMode, Topic, Urgency};
use domain::time::Date;
use domain::visit::{Appointment, ContactResult, PurposeResult};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SAMPLES: &str = include_str!("../../tests/golden/v1/phone.txt");

fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let sample = |line: &'static str| line.split_once(' ').map(|(name, digits)| (name, digits.as_bytes().chunks(2).map(byte).collect()));
    let samples: Vec<_> = SAMPLES.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect();
    assert!(samples.len() > 6);
    samples
}

type Reads = fn(&[u8]) -> bool;

#[wasm_bindgen_test]
fn rows() {
    let decoders: [(&str, Reads); 6] = [
        ("device", reads::<DeviceRow>),
        ("sync", reads::<SyncRow>),
        ("page", reads::<PageRow>),
        ("ack", reads::<AckRow>),
        ("anonymous", reads::<AnonymousRow>),
        ("log", reads::<LogRow>),
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

/// The drafts of pages have their tests beside them, and so has what only the store itself reads.
#[wasm_bindgen_test]
fn forms() {
    let (kind, topic, urgency) = (OpinionKind::Wish, Topic::from_code("INFRA.12").unwrap(), Urgency::Normal);
    let text = String::from("Ngõ 3 cần thêm đèn.");
    let form = VisitForm {
        household: RecordId::new(1, [1; 10]),
        campaign: RecordId::new(2, [2; 10]),
        contact: ContactResult::MetRep,
        purposes: vec![PurposeResult::FollowUp],
        next: Some(Appointment { date: Date::MAX, minute: Some(1_050) }),
        promised: Some(Date::MIN),
        note: "Chó dữ".into(),
        named: vec![NamedOpinion { kind, topic, urgency, text: text.clone() }],
        anonymous: vec![AnonymousForm { mode: ReporterMode::Group, kind, topic, urgency, text }],
    };
    survives(&form, drop);
}

#[wasm_bindgen_test]
fn sealed_values() {
    let sealer = Sealer::new([7; 16], [1; 32]);
    let stores = [Name::Meta, Name::Outbox, Name::Pages, Name::Acks, Name::Anonymous, Name::Drafts, Name::Log];
    for (n, (_, sample)) in corpus().iter().enumerate() {
        let store = stores[n % stores.len()];
        let sealed = sealer.seal(store, b"id", sample);
        assert_eq!(sealer.open(store, b"id", &sealed).as_ref(), Ok(sample));
        // Of another database, store or row.
        assert!(Sealer::new([8; 16], [1; 32]).open(store, b"id", &sealed).is_err());
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
