//! A phone that was away for a year brings what an early build wrote, in that build's very bytes, to the server of today.

use crate::desk::set_up_work;
use crate::phone::{enrolled, outcomes};
use crate::support::TestServer;
use domain::cbor;
use domain::id::RecordId;
use domain::office::{HouseholdRow, Listed, OpinionRow, VisitRow};
use domain::time::Time;
use domain::visit::ContactResult;
use domain::wire::{Frame, Outcome, PushBatch, PushReply, Reason};
use serde_bytes::ByteBuf;
use server::http::now;
use std::path::Path;

/// A sample of the first released format.
fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/v1").join(format!("{name}.cbor"))).unwrap()
}

/// An id of the samples.
fn id(n: u8) -> [u8; 16] {
    *RecordId::new(1_795_000_000_000 + u64::from(n), [n; 10]).bytes()
}

/// The same bytes with others in the place of some, which must be there.
fn readdress(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = bytes.windows(from.len()).enumerate().filter(|(_, at)| *at == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "{from:02x?}");
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
    bytes
}

#[test]
fn a_phone_that_was_away_for_a_year_delivers() {
    let server = TestServer::start();
    let officer = server.officer();
    let work = set_up_work(&officer);
    let phone = enrolled(&server, &officer, work.member, 91);
    let written = Time(now().0 - 365 * 24 * 3_600_000);
    let record = |n: u8| *RecordId::new(3, [n; 10]).bytes();
    let (home, kept, taken_back) = (record(1), record(2), record(3));
    let (sampled, grant) = (Time(1_795_228_200_000), u8::try_from(phone.reply.grants.version).unwrap());
    assert!(grant < 24, "one byte");
    // Of the header: what is written, the village, the campaign, the version of the grants, the hour.
    let own = |name: &str, own: [u8; 16]| {
        let hour = |at: Time| [&b"at\x1b"[..], &at.0.to_be_bytes()].concat();
        let bytes = readdress(sample(name), &id(4), &own);
        let bytes = readdress(bytes, &id(2), work.village.bytes());
        let bytes = readdress(bytes, &id(3), work.campaign.id.bytes());
        let bytes = readdress(bytes, b"ag\x02", &[b'a', b'g', grant]);
        readdress(bytes, &hour(sampled), &hour(written))
    };
    let there = |name: &str, of: [u8; 16]| readdress(own(name, of), &id(5), &home);
    let operations = [
        own("operation-household-create", home),
        own("operation-household-set", home),
        there("operation-visit-create", kept),
        there("operation-opinion-create", record(4)),
        own("operation-note-create", record(5)),
        there("operation-callback-create", record(6)),
        there("operation-visit-create", taken_back),
        readdress(own("operation-visit-retract", record(7)), &id(5), &taken_back),
        there("operation-opinion-own-topic", record(8)),
        own("operation-other-kind", record(9)),
    ];
    // The envelope of then, with neither a report nor a life of the database.
    let envelope = readdress(sample("push-batch"), &id(1), phone.device.bytes());
    let mut batch: PushBatch = cbor::decode(&envelope).unwrap();
    assert_eq!((batch.report.as_ref(), batch.epoch, batch.isolate), (None, None, false));
    batch.frames = (1..).zip(&operations).map(|(seq, bytes)| Frame { seq, bytes: ByteBuf::from(bytes.clone()) }).collect();
    let answer = phone.post("push", &batch);
    let mut expected = vec![Outcome::Applied; 9];
    expected.push(Outcome::Quarantined(Reason::Unreadable));
    assert_eq!(outcomes(&answer), expected);
    assert_eq!(answer.cbor::<PushReply>().standing.have, 10);
    assert!(!outcomes(&phone.post("push", &batch)).contains(&Outcome::Applied), "once");

    // Every row says what the bytes of then say.
    let homes: Listed<HouseholdRow> = officer.find("households", "nguyen+thi+lanh").json();
    let of_home: Vec<_> = homes.rows.iter().filter(|row| *row.id.bytes() == home).collect();
    let [row] = of_home.as_slice() else { panic!("{homes:?}") };
    assert_eq!((row.no.as_str(), row.head.as_str(), row.attempts), ("12", "Nguyễn Thị Lành", 1));
    // A correction of something that nobody here has seen replaces nothing that is here.
    assert!(row.disputed);
    let visits: Listed<VisitRow> = officer.get("visits").json();
    let [visit] = visits.rows.as_slice() else { panic!("{visits:?}") };
    assert_eq!((visit.at, visit.contact, visit.by.as_str()), (written, Some(ContactResult::MetRep), "Vàng Thị Mỷ"));
    assert_eq!(visit.next.map(|next| next.date.iso()), Some("2026-11-25".to_owned()));
    let opinions: Listed<OpinionRow> = officer.get("opinions").json();
    let mut said: Vec<_> = opinions.rows.iter().map(|row| (row.text.as_str(), row.topic.code(), row.day)).collect();
    said.sort();
    assert_eq!(
        said,
        [
            ("Bến đò cần đèn", "INFRA.12".into(), Some(written.date())),
            ("Mương thoát nước tắc, mưa là ngập", "INFRA.IRRIGATION".into(), Some(written.date())),
        ]
    );
}
