//! Damaged bytes: every decoder is given samples of what it reads with bytes changed, cut, doubled and mixed, and has to answer
//! with a value or an error. A panic, or a value that does not survive its own encoding, fails. The corpus is the golden
//! samples and the fixtures; each change is drawn from a fixed seed, so that a failure comes again.

mod desk;
mod inside;

use axum::body::Body;
use axum::http::Request;
use cfb::CompoundFile;
use domain::cbor;
use domain::notebook::{Location, Notebook};
use domain::operation::Operation;
use domain::opinion::AnonymousOpinion;
use domain::pace::Pace;
use domain::record::Record;
use domain::recovery::{Deposit, ReopenReply, ReopenRequest};
use domain::roll::{Mapping, RollError};
use domain::session::{Answer, NetError, Session, Start, Step};
use domain::wire::{
    self, AnonymousBatch, AnonymousReply, BODY_MAX, EnrolReply, EnrolRequest, Frame, PullReply, PullRequest, PushBatch, PushReply, Refusal,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use server::auth::read_code;
use server::http::{App, Site};
use server::journal::{Entry, Journal};
use server::keys::Keys;
use server::store::memory::Memory;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt as _;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Changes of each sample; twenty times as many in `cargo xtask test --long`.
fn turns(ordinary: u64) -> std::ops::Range<u64> {
    0..if std::env::var_os("GANDAN_LONG").is_some() { 20 * ordinary } else { ordinary }
}

/// How much of a long list is enough: its titles, its header and some rows, in bytes.
const SOME: usize = 700;

fn corpus(folder: &str, endings: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| endings.iter().any(|one| *one == ending)));
    files.sort();
    assert!(!files.is_empty());
    files.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect()
}

/// SplitMix64: a sequence of its own for each sample and turn.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// One to four changes, some with a piece of another sample.
    fn spoil(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let (from, length) = (self.below(bytes.len() + 1), self.below(24));
            let to = (from + length).min(bytes.len());
            match self.below(6) {
                0 => bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte ^= 1 << (length % 8)),
                // Lengths, signs and separators where others stood.
                1 => {
                    let odd = [0x00, 0xff, 0x7f, 0x80, 0x9b, 0xbb, 0xfb, b';', b'"', b'\n', b'<', b'-'];
                    bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte = odd[length % odd.len()]);
                }
                2 => drop(bytes.drain(from..to)),
                3 => bytes.truncate(from),
                4 => {
                    let twice = bytes[from..to].to_vec();
                    bytes.splice(from..from, twice);
                }
                _ => {
                    let at = self.below(other.len() + 1);
                    let piece = other[at..(at + length).min(other.len())].to_vec();
                    bytes.splice(from..to, piece);
                }
            }
        }
        bytes
    }
}

fn survives(name: &str, turn: u64, bytes: &[u8], work: impl FnOnce(&[u8])) {
    let held = catch_unwind(AssertUnwindSafe(|| work(bytes)));
    assert!(held.is_ok(), "{name}, turn {turn}: {}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
}

/// Whatever is read is the value of its own encoding.
fn read<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    if let Ok(value) = cbor::decode::<T>(bytes) {
        assert_eq!(cbor::decode::<T>(&cbor::encode(&value)).as_ref(), Ok(&value));
    }
}

#[test]
fn what_travels_and_what_is_stored() {
    let samples = corpus("golden/v1", &["cbor"]);
    for (n, (path, sample)) in samples.iter().enumerate() {
        let name = path.display().to_string();
        let mut chance = Chance(n as u64);
        for turn in turns(300) {
            let other = &samples[chance.below(samples.len())].1;
            let bytes = chance.spoil(sample, other);
            survives(&name, turn, &bytes, |bytes| {
                read::<Operation>(bytes);
                read::<Record>(bytes);
                read::<AnonymousOpinion>(bytes);
                read::<PushBatch>(bytes);
                read::<PushReply>(bytes);
                read::<AnonymousBatch>(bytes);
                read::<AnonymousReply>(bytes);
                read::<PullRequest>(bytes);
                read::<PullReply>(bytes);
                read::<EnrolRequest>(bytes);
                read::<EnrolReply>(bytes);
                read::<Deposit>(bytes);
                read::<ReopenRequest>(bytes);
                read::<ReopenReply>(bytes);
                read::<Refusal>(bytes);
                let _ = domain::receive::open(&Frame { seq: 1, bytes: serde_bytes::ByteBuf::from(bytes) });
            });
        }
    }
}

#[test]
fn lines_of_the_journal_tokens_and_what_waits_sealed() {
    let keys = Keys::new(&[7; 32]);
    let samples = corpus("golden/v1", &["txt", "sealed"]);
    for (n, (path, sample)) in samples.iter().enumerate() {
        let name = path.display().to_string();
        let mut chance = Chance(1_000 + n as u64);
        for turn in turns(300) {
            let other = &samples[chance.below(samples.len())].1;
            let bytes = chance.spoil(sample, other);
            survives(&name, turn, &bytes, |bytes| {
                let text = String::from_utf8_lossy(bytes);
                for entry in text.lines().filter_map(Entry::read) {
                    assert_eq!(Entry::read(&entry.line()), Some(entry));
                }
                let _ = keys.read_token(&text);
                let _ = keys.unseal("pool", &[3; 32], bytes);
            });
        }
    }
}

/// A cursor names a place only as the server has signed it.
#[test]
fn cursors() {
    let (keys, epoch) = (Keys::new(&[42; 32]), domain::id::Epoch::new(7, [7; 10]));
    let scope = domain::operation::Scope { area: domain::id::AreaId::new(2, [2; 10]), stream: domain::operation::Stream::Visit };
    let signed = keys.cursor(epoch, scope, 187);
    assert_eq!(keys.read_cursor(epoch, &signed), Some(187));
    let mut chance = Chance(4_000);
    for turn in turns(3_000) {
        let bytes = chance.spoil(&signed.signed, &signed.signed);
        survives("a cursor", turn, &bytes, |bytes| {
            let place = keys.read_cursor(epoch, &wire::Cursor { scope, signed: ByteBuf::from(bytes) });
            assert_eq!(place, (bytes == signed.signed.as_slice()).then_some(187));
        });
    }
}

/// A code that is read is one that a server could have made, however it was typed.
#[test]
fn enrolment_codes() {
    let lines = lines("codes.txt");
    for (n, line) in lines.iter().enumerate() {
        assert_eq!(read_code(line).as_deref(), Some("KV3T8Q4M"), "{line}");
        let mut chance = Chance(7_000 + n as u64);
        for turn in turns(1_000) {
            let bytes = chance.spoil(line.as_bytes(), "Ộ\u{301}﷽\0𝟘".as_bytes());
            survives(line, turn, &bytes, |bytes| {
                if let Some(code) = read_code(&String::from_utf8_lossy(bytes)) {
                    assert_eq!(read_code(&code), Some(code.clone()));
                    assert_eq!(read_code(&server::auth::code_for_people(&code)), Some(code));
                }
            });
        }
    }
}

/// A phone takes whatever reads as a reply to what it sent, and its sync comes to an end all the same.
#[test]
fn what_a_phone_is_told() {
    let samples: Vec<_> =
        corpus("golden/v1", &["cbor"]).into_iter().filter(|(path, _)| path.to_string_lossy().contains("-reply")).collect();
    assert!(samples.len() > 5);
    for (n, (path, sample)) in samples.iter().enumerate() {
        let mut chance = Chance(9_500 + n as u64);
        for turn in turns(150) {
            let other = &samples[chance.below(samples.len())].1;
            let bytes = chance.spoil(sample, other);
            survives(&path.display().to_string(), turn, &bytes, |bytes| sync(&samples, bytes));
        }
    }
}

/// One sync in which these bytes are the answer to whatever they read as, and whole samples to the rest.
fn sync(samples: &[(PathBuf, Vec<u8>)], bytes: &[u8]) {
    const STEPS: usize = 1_000;
    const PULLS: usize = 30;
    fn told<T: DeserializeOwned>(samples: &[(PathBuf, Vec<u8>)], bytes: &[u8]) -> Result<T, NetError> {
        let whole = || samples.iter().find_map(|(_, sample)| cbor::decode(sample).ok());
        cbor::decode(bytes).ok().or_else(whole).ok_or(NetError::Unreadable)
    }
    let usual: PushReply = told(samples, b"").unwrap();
    let mut session = Session::new(Start {
        device: domain::id::DeviceId::new(1, [1; 10]),
        epoch: usual.standing.epoch,
        acked: 180,
        beyond: [182].into_iter().collect(),
        pace: Pace::default(),
        mark: None,
        cursors: Vec::new(),
        written: 190,
        build: String::new(),
        refused: vec![12],
        redacted: Some(0),
    });
    let (mut answer, mut pulls) = (Answer::Begin, 0);
    for _ in 0..STEPS {
        answer = match session.next(answer) {
            Step::ReadOutbox { after, limit } => {
                let frame = |seq| Frame { seq, bytes: ByteBuf::new() };
                Answer::Outbox((after.saturating_add(1)..=190).take(limit).map(frame).collect())
            }
            Step::Push(_) => Answer::Pushed(told(samples, bytes)),
            Step::ReadAnonymous { .. } => Answer::Anonymous(vec![ByteBuf::new()]),
            Step::SendAnonymous(_) => Answer::Sent(told(samples, bytes)),
            // One that says for ever that there is more is asked ten thousand times.
            Step::Pull(_) if pulls == PULLS => Answer::PulledIn(Err(NetError::Lost)),
            Step::Pull(_) => {
                pulls += 1;
                Answer::PulledIn(told(samples, bytes))
            }
            Step::Done(_) => return,
            _ => Answer::Saved,
        };
    }
    panic!("no end after {STEPS} steps");
}

/// What a phone keeps of its lists to begin faster: damaged, it is made anew from the records, or reads as something.
#[test]
fn the_notebook_that_a_phone_keeps() {
    let (me, area) = (domain::id::PersonId::new(1, [1; 10]), domain::id::AreaId::new(2, [2; 10]));
    let mut notebook = Notebook::new(me);
    for (slot, (path, sample)) in (0u16..).zip(&corpus("golden/v1", &["cbor"])) {
        if path.file_name().unwrap().to_string_lossy().starts_with("record-") {
            notebook.apply(&cbor::decode(sample).unwrap(), area, Location::Page { page: 1, slot }, 0);
        }
    }
    let pieces: Vec<Vec<u8>> = notebook.to_cache().collect();
    assert!(Notebook::from_cache(me, pieces.iter().cloned()).is_some());
    let mut chance = Chance(8_000);
    for turn in turns(3_000) {
        let (mut spoiled, at) = (pieces.clone(), chance.below(pieces.len()));
        let other = &pieces[chance.below(pieces.len())];
        spoiled[at] = chance.spoil(&pieces[at], other);
        let bytes = spoiled[at].clone();
        survives("a notebook", turn, &bytes, |_| {
            if let Some(notebook) = Notebook::from_cache(me, spoiled.into_iter()) {
                let _ = (notebook.meetings(), notebook.household_count(), notebook.to_cache().count());
            }
        });
    }
}

/// The first piece of it says how much there is, which nobody has room for.
#[test]
fn a_notebook_that_claims_too_much() {
    let me = domain::id::PersonId::new(1, [1; 10]);
    let head = Notebook::new(me).to_cache().next().unwrap();
    for (name, count) in [("houses", u64::MAX), ("visits", 1 << 60), ("said", 1 << 60)] {
        let key = cbor::encode(&name);
        let at = head.windows(key.len()).rposition(|window| window == key).unwrap() + key.len();
        // None of them, in one byte.
        assert_eq!(head[at], 0);
        let claims = [&head[..at], &cbor::encode(&count), &head[at + 1..]].concat();
        survives(name, 0, &claims, |claims| assert!(Notebook::from_cache(me, std::iter::once(claims.to_vec())).is_none()));
    }
}

/// What comes packed is read, refused as damaged, or refused as too large: never more than the limit is unpacked.
#[tokio::test]
async fn what_comes_packed() {
    let store = Memory::new(domain::id::Epoch::new(1, [1; 10]), Arc::new(Keys::new(&[1; 32])), Arc::new(Journal::in_memory()));
    let site = Site { public_url: "http://127.0.0.1".to_owned(), behind_proxy: false, demo: false };
    let app = App::new(store, Arc::new(Keys::new(&[1; 32])), site);
    let router = server::http::router(app, Path::new("nowhere"));
    let pack = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let send = async |bytes: Vec<u8>| {
        let request = Request::post("/api/v1/enrol").header("content-type", "application/cbor").header("content-encoding", "gzip");
        router.clone().oneshot(request.body(Body::from(bytes)).unwrap()).await.unwrap().status().as_u16()
    };
    let sample = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/v1/enrol-request.cbor")).unwrap();
    let packed = pack(&sample);
    // Read whole: then the code is one that nobody was given.
    assert_eq!(send(packed.clone()).await, 404);
    assert_eq!(send(pack(&vec![0; 3 * BODY_MAX])).await, 413);
    let mut chance = Chance(9_000);
    for turn in turns(300) {
        let bytes = chance.spoil(&packed, &sample);
        let status = send(bytes).await;
        assert!((400..500).contains(&status), "turn {turn}: {status}");
    }
}

/// The lines of a corpus of texts.
fn lines(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/hostile").join(name);
    std::fs::read_to_string(path).unwrap().lines().map(ToOwned::to_owned).collect()
}

/// A file that cannot be read says so; one that can is understood the same way twice.
fn look(bytes: &[u8], name: &str, mapping: &Mapping) {
    let known = ["Thôn Đồng Cừ", "Thôn 10"];
    let first = server::roll::look(bytes, name, mapping, &known);
    let again = server::roll::look(bytes, name, mapping, &known);
    match (first, again) {
        (Ok((preview, rows)), Ok((preview_again, rows_again))) => {
            assert_eq!((&preview, &rows), (&preview_again, &rows_again));
            for row in &rows {
                assert_eq!(row.household.check(), Ok(()), "{row:?}");
            }
            match server::roll::rows(bytes, name, mapping, &known) {
                Ok(stored) => assert_eq!(stored, rows),
                Err(error) => assert_eq!(error, RollError::Undecided),
            }
        }
        (Err(first), Err(again)) => assert_eq!(first, again),
        (first, again) => panic!("{first:?} and {again:?}"),
    }
}

#[test]
fn lists_as_text() {
    let samples = corpus("fixtures/rolls", &["csv"]);
    for (n, (path, sample)) in samples.iter().enumerate() {
        let name = path.display().to_string();
        let mut chance = Chance(2_000 + n as u64);
        for turn in turns(60) {
            let other = &samples[chance.below(samples.len())].1;
            let bytes = chance.spoil(&sample[..sample.len().min(SOME)], other);
            survives(&name, turn, &bytes, |bytes| look(bytes, "so.csv", &Mapping::default()));
        }
    }
}

#[test]
fn workbooks() {
    for (n, (path, sample)) in corpus("fixtures/rolls", &["xlsx"]).iter().enumerate() {
        let name = path.display().to_string();
        let mut chance = Chance(3_000 + n as u64);
        for turn in turns(20) {
            for bytes in [chance.spoil(sample, sample), spoil_a_part(&mut chance, sample)] {
                survives(&name, turn, &bytes, |bytes| look(bytes, "so.xlsx", &Mapping::default()));
            }
        }
    }
}

#[test]
fn old_workbooks() {
    for (n, (path, sample)) in corpus("fixtures/workbooks", &["xls"]).iter().enumerate() {
        let name = path.display().to_string();
        let mut package = CompoundFile::open(Cursor::new(sample)).unwrap();
        let mut stream = Vec::new();
        package.open_stream("Workbook").unwrap().read_to_end(&mut stream).unwrap();
        let mut chance = Chance(3_500 + n as u64);
        for turn in turns(30) {
            let inside = [chance.spoil(&stream, sample), spoil_a_record(&mut chance, &stream)].map(|stream| old_workbook(&stream));
            for bytes in inside.into_iter().chain([chance.spoil(sample, sample)]) {
                survives(&name, turn, &bytes, |bytes| look(bytes, "so.xls", &Mapping::default()));
            }
        }
    }
}

/// A part of the workbook spoiled, the archive around it whole.
fn spoil_a_part(chance: &mut Chance, workbook: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let spoiled = chance.below(archive.len());
    let mut made = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..archive.len() {
        let mut part = archive.by_index(n).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if n == spoiled {
            bytes = chance.spoil(&bytes, workbook);
        }
        made.start_file(part.name().unwrap().into_owned(), SimpleFileOptions::default()).unwrap();
        made.write_all(&bytes).unwrap();
    }
    made.finish().unwrap().into_inner()
}

/// One record of the stream that is shorter than its type needs, or spoiled where its type, its length and its first numbers
/// stand; those around it are whole.
fn spoil_a_record(chance: &mut Chance, stream: &[u8]) -> Vec<u8> {
    const HEAD: usize = 16;
    let (mut records, mut at) = (Vec::new(), 0);
    while let Some([_, _, low, high]) = stream.get(at..).and_then(<[u8]>::first_chunk) {
        let end = at + 4 + usize::from(u16::from_le_bytes([*low, *high]));
        records.push((at, end.min(stream.len())));
        at = end;
    }
    let (from, end) = records[chance.below(records.len())];
    let short = chance.below(HEAD).min(end - from - 4);
    if chance.below(2) == 0 {
        let length = (short as u16).to_le_bytes();
        return [&stream[..from + 2], &length, &stream[from + 4..from + 4 + short], &stream[end..]].concat();
    }
    let to = (from + HEAD).min(end);
    [&stream[..from], &chance.spoil(&stream[from..to], stream), &stream[to..]].concat()
}

/// The package of a workbook's stream.
fn old_workbook(stream: &[u8]) -> Vec<u8> {
    let mut package = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    package.create_stream("Workbook").unwrap().write_all(stream).unwrap();
    package.flush().unwrap();
    package.into_inner().into_inner()
}
