//! What a phone wrote decomposed: its bytes stay, and lists, search and exports show it composed.

use super::world::{Subject, World, household, record};
use super::{APPLIED, change, pulled, texts};
use domain::household::Household;
use domain::meeting::{MeetingFacts, MeetingState, MeetingType, MeetingWords};
use domain::office::{Filter, HouseholdRow, MeetingRow, OpinionRow};
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::opinion::{AnonymousOpinion, Urgency};
use domain::person::Role;
use domain::record::Body;
use domain::visit::Appointment;
use domain::visit::ContactResult::MetRep;
use unicode_normalization::UnicodeNormalization as _;

pub async fn what_a_phone_sends_decomposed_is_shown_composed<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let nfd = |text: &str| text.nfd().collect::<String>();
    let (before, after) = (household(1), Household { head: nfd("Vừ Thị Mỷ"), hint: nfd("cạnh giếng"), ..household(1) });
    let frames = [
        change(&world, &mut phone, home, &before, &after).await,
        phone.visit(record(50), home, MetRep),
        phone.opinion(record(51), home, record(50), &nfd("Đường lầy")),
    ];
    let words = MeetingWords { title: nfd("Bàn việc"), place: nfd("Nhà văn hóa"), conclusion: nfd("Thống nhất") };
    let start = Appointment { date: phone.at.date(), minute: None };
    let (kind, state) = (MeetingType::VillageDecision, MeetingState::InSession);
    let facts = MeetingFacts { kind, state, start, expected: None, present: None, people: None, speakers: None };
    let opened = Operation::new(phone.header(Kind::Meeting, record(60), Stream::Voice, Change::Command { expect: 0 }));
    let opened = phone.frame(&opened.with(Part::Facts, &facts).with(Part::Text, &words));
    assert_eq!(world.outcomes(&phone, &[&frames[..], &[opened]].concat()).await, [APPLIED; 4]);
    let urgent = AnonymousOpinion { text: nfd("Cầu sập"), urgency: Urgency::Urgent, ..phone.anonymous(b"1") };
    world.send(&phone, &[&urgent]).await;

    let now = world.now;
    let filter = Filter { q: nfd("mỷ"), ..Filter::default() };
    let [row] = world.store.list::<HouseholdRow>(world.ask(filter), now).await.unwrap().rows.try_into().unwrap();
    assert_eq!((row.head.as_str(), row.place.as_str()), ("Vừ Thị Mỷ", "cạnh giếng"));
    let mut said = texts(world.store.list::<OpinionRow>(world.ask(Filter::default()), now).await.unwrap().rows);
    said.sort();
    assert_eq!(said, ["Cầu sập", "Đường lầy"]);
    let [row] = world.store.list::<MeetingRow>(world.ask(Filter::default()), now).await.unwrap().rows.try_into().unwrap();
    assert_eq!((row.title.as_str(), row.place.as_str(), row.conclusion.as_str()), ("Bàn việc", "Nhà văn hóa", "Thống nhất"));
    // What was written stays as it was written.
    let Body::Registry(registry) = pulled(&world, &phone, home).await.body else { panic!("a household") };
    assert_eq!(registry.state.read("head"), Some(nfd("Vừ Thị Mỷ")));
}
