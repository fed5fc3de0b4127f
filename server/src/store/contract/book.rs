//! The household book kept by hand.

use super::world::{Phone, Subject, World, household};
use super::{APPLIED, pulled};
use crate::store::{Ask, StoreError, Value};
use domain::book::{Edit, Entry, Sheet, WrittenOn};
use domain::household::{Household, HouseholdStatus};
use domain::id::{DeviceId, PersonId, RecordId};
use domain::office::{Filter, HouseholdRow, VisitRow};
use domain::operation::Dot;
use domain::person::Role;
use domain::record::Body;
use domain::short::Map;
use domain::visit::ContactResult::MetRep;
use domain::wire::Pulled;

/// One household as an officer opens it.
async fn sheet<S: Subject>(world: &World<S>, id: RecordId) -> Option<Sheet> {
    let ask = world.ask(Filter { household: Some(id), ..Filter::default() });
    world.store.list::<Sheet>(ask, world.now).await.unwrap().rows.into_iter().next()
}

/// A correction of some fields by somebody who saw this sheet.
fn correction(sheet: &Sheet, household: Household, fields: &[&str]) -> Entry {
    let seen = |field: &&str| ((*field).to_owned(), sheet.base.get(*field).cloned().unwrap_or_default());
    Entry { id: sheet.id, household, what: Edit::Correct(fields.iter().map(seen).collect()), anyway: false }
}

pub async fn a_household_is_added_and_corrected_by_hand<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let id = world.fresh();
    let new = Household { no: " 12b ".into(), head: "Nguyễn  Thị Lành".into(), phone: "0187 250 416".into(), ..Household::default() };
    let entry = Entry { id, household: new.clone(), what: Edit::Add(phone.area), anyway: false };
    world.write(0, Value::Household(entry.clone())).await.unwrap();
    let added = sheet(&world, id).await.unwrap();
    assert_eq!((added.code.as_str(), added.village, added.household.clone()), ("DC-0009", phone.area, new.clone().cleaned()));
    assert_eq!(world.write(0, Value::Household(entry)).await, Err(StoreError::Taken("id")), "added once");

    let moved = Household { status: HouseholdStatus::MovedOut, people: Some(3), ..added.household.clone() };
    world.write(0, Value::Household(correction(&added, moved.clone(), &["status", "people"]))).await.unwrap();
    let corrected = sheet(&world, id).await.unwrap();
    assert_eq!((corrected.household.clone(), corrected.disputes.len()), (moved, 0));
    // What another field says was not touched: it still has its first dot.
    assert_eq!((corrected.base.get("head"), corrected.base.get("people") == added.base.get("people")), (added.base.get("head"), false));
    let Body::Registry(registry) = pulled(&world, &phone, id).await.body else { panic!("a household") };
    assert_eq!((Household::read(&registry.state), registry.code.as_str()), (corrected.household, "DC-0009"));

    // The list of one household, and of its visits.
    let homes = world.households(phone.area).await;
    let frames = [phone.visit(super::record(50), homes[0], MetRep), phone.visit(super::record(51), homes[1], MetRep)];
    assert_eq!(world.outcomes(&phone, &frames).await, [APPLIED, APPLIED]);
    let of = world.ask(Filter { household: Some(homes[0]), ..Filter::default() });
    let rows = world.store.list::<HouseholdRow>(of.clone(), world.now).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [homes[0]]);
    let visits = world.store.list::<VisitRow>(of, world.now).await.unwrap().rows;
    assert_eq!(visits.iter().map(|row| row.id).collect::<Vec<_>>(), [super::record(50)]);
}

pub async fn an_entry_is_checked<S: Subject>() {
    use StoreError::{Invalid, NotAllowed, NotFound, Taken};
    let mut world = World::<S>::new().await;
    let village = world.village("Thôn Đồng Cừ").await;
    let home = world.households(village).await[0];
    let before = sheet(&world, home).await.unwrap();
    let new = Household { no: "99".into(), head: "Lò Văn Páo".into(), ..Household::default() };
    let add = |id, village, household: &Household| Entry { id, household: household.clone(), what: Edit::Add(village), anyway: false };
    let fresh = world.fresh();
    let someone = |seq| Dot { device: world.tab, seq };
    let base = |dots: Vec<Dot>| Edit::Correct(Map::from([("people".to_owned(), dots)]));
    let correct = |what| Entry { id: home, household: household(1), what, anyway: false };
    for (entry, error) in [
        (add(fresh, world.commune, &new), Invalid("village")),
        (add(fresh, super::record(98).into(), &new), Invalid("village")),
        (add(fresh, village, &Household { head: " ".into(), ..new.clone() }), Invalid("head")),
        (add(fresh, village, &Household { phone: "12".into(), ..new.clone() }), Invalid("phone")),
        (add(home, village, &new), Taken("id")),
        // The same number and the same head, accents and zeros aside.
        (add(fresh, village, &Household { no: "01".into(), head: "Ho  Thu 1".into(), ..Household::default() }), Taken("household")),
        (Entry { id: super::record(97), ..correct(base(Vec::new())) }, NotFound),
        (correct(Edit::Correct(Map::new())), Invalid("base")),
        // Dots of nobody, and of another record: the tab's first writes were a campaign and a team.
        (correct(base(vec![someone(1_000)])), Invalid("base")),
        (correct(base(vec![someone(1)])), Invalid("base")),
    ] {
        assert_eq!(world.write(0, Value::Household(entry.clone())).await, Err(error), "{entry:?}");
    }
    assert_eq!(sheet(&world, home).await.unwrap(), before, "nothing of it was written");
    // Somebody looked, and it is another household.
    let same = Household { no: "1".into(), head: "Hộ Thử 1".into(), ..Household::default() };
    world.write(0, Value::Household(Entry { anyway: true, ..add(fresh, village, &same) })).await.unwrap();
    // A name that was the same before is no news when the phone number changes, and one recorded twice repeats nothing.
    let sheet_of_twin = sheet(&world, fresh).await.unwrap();
    let called = Household { phone: "0187250416".into(), ..sheet_of_twin.household.clone() };
    world.write(0, Value::Household(correction(&sheet_of_twin, called.clone(), &["phone"]))).await.unwrap();
    let twice = Household { status: HouseholdStatus::Duplicate, ..called };
    world.write(0, Value::Household(correction(&sheet_of_twin, twice, &["status"]))).await.unwrap();

    // Another commune's officer neither sees nor changes it.
    let elsewhere = Ask { within: Some(super::record(96).into()), ..world.ask(Filter { household: Some(home), ..Filter::default() }) };
    assert_eq!(world.store.list::<Sheet>(elsewhere, world.now).await.unwrap().total, 0);
    let entry = correction(&before, Household { people: Some(9), ..before.household.clone() }, &["people"]);
    let change = crate::store::OfficeChange {
        by: world.officer,
        within: Some(super::record(96).into()),
        device: world.tab,
        seq: world.tab_seq + 1,
        seen: 0,
        value: Value::Household(entry),
    };
    assert_eq!(world.store.write(change, world.now, [1; 32]).await, Err(NotAllowed));
}

pub async fn an_entry_leaves_what_a_phone_wrote_meanwhile<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut phone = world.phone(Role::FieldMember).await;
    let home = world.households(phone.area).await[0];
    let opened = sheet(&world, home).await.unwrap();
    // While the page stood open, a phone sent what it had written in the field.
    let seen = opened.base.get("people").unwrap();
    let frame = phone.set_people(home, 5, seen);
    assert_eq!(world.outcomes(&phone, &[frame]).await, [APPLIED]);
    let six = Household { people: Some(6), ..opened.household.clone() };
    world.write(0, Value::Household(correction(&opened, six.clone(), &["people"]))).await.unwrap();

    let both = sheet(&world, home).await.unwrap();
    let values = |sheet: &Sheet| {
        let mut values: Vec<_> = sheet.disputes.iter().flat_map(|d| &d.values).map(|v| (v.household.people, v.on, v.by.clone())).collect();
        values.sort_by_key(|value| value.0);
        values
    };
    let people = world.store.directory(None).await.unwrap().people;
    let name = |id| people.iter().find(|row| row.value.person.id == id).unwrap().value.person.name.clone();
    let expected = [(Some(5), WrittenOn::Phone, name(phone.person)), (Some(6), WrittenOn::Desk, name(world.officer))];
    assert_eq!(values(&both), expected);
    assert_eq!(both.disputes[0].field, "people");
    // The phone sees both as well.
    let Body::Registry(registry) = pulled(&world, &phone, home).await.body else { panic!("a household") };
    assert_eq!(registry.state.disputed().count(), 1);

    // Another field goes on being corrected beside it, and the dispute stays.
    let named = Household { hint: "cổng gỗ".into(), ..both.household.clone() };
    world.write(0, Value::Household(correction(&both, named, &["hint"]))).await.unwrap();
    assert_eq!(values(&sheet(&world, home).await.unwrap()).len(), 2);

    // An officer decides; a phone that had not seen the decision disagrees again, and nothing of either is lost.
    let decided = correction(&both, Household { people: Some(5), ..both.household.clone() }, &["people"]);
    world.write(0, Value::Household(decided)).await.unwrap();
    let one = sheet(&world, home).await.unwrap();
    assert_eq!((one.household.people, one.disputes.len(), one.household.hint.as_str()), (Some(5), 0, "cổng gỗ"));
    let frame = phone.set_people(home, 7, both.base.get("people").unwrap());
    assert_eq!(world.outcomes(&phone, &[frame]).await, [APPLIED]);
    assert_eq!(values(&sheet(&world, home).await.unwrap()).iter().map(|value| value.0).collect::<Vec<_>>(), [Some(5), Some(7)]);
}

/// A phone that was away while a list was imported anew: what it wrote of a field that the list changed stays beside it.
pub async fn a_late_phone_keeps_its_word_beside_an_imports<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut phone, lead) = (world.phone(Role::FieldMember).await, world.phone(Role::TeamLead).await);
    let homes = world.households(phone.area).await;
    let seen = sheet(&world, homes[0]).await.unwrap().base.get("people").unwrap().clone();
    let late = phone.set_people(homes[0], 9, &seen);
    let rows = (1..=8).map(|n| ("Thôn Đồng Cừ".to_owned(), Household { people: Some(7), ..household(n) })).collect();
    assert_eq!(world.import(DeviceId::new(5, [5; 10]), rows).await.unwrap().changed, 8);
    assert_eq!(world.outcomes(&phone, &[late]).await, [APPLIED]);
    let both = sheet(&world, homes[0]).await.unwrap();
    let mut values: Vec<_> = both.disputes.iter().flat_map(|d| &d.values).map(|v| (v.household.people, v.on)).collect();
    values.sort_by_key(|(people, _)| *people);
    assert_eq!(values, [(Some(7), WrittenOn::Import), (Some(9), WrittenOn::Phone)]);
    assert_eq!(sheet(&world, homes[1]).await.unwrap().disputes.len(), 0);

    // A phone is told whose the two are, and of no household besides.
    let written = writers(&world, &lead).await;
    let import = (DeviceId::new(5, [5; 10]), world.officer, WrittenOn::Import);
    assert_eq!(written, [import, (phone.device, phone.person, WrittenOn::Phone)]);
    let decided = correction(&both, Household { people: Some(7), ..both.household.clone() }, &["people"]);
    world.write(0, Value::Household(decided)).await.unwrap();
    assert_eq!(writers(&world, &lead).await, []);
    // A phone that had not heard of the decision, and the desk that made it.
    let late = phone.set_people(homes[0], 8, both.base.get("people").unwrap());
    assert_eq!(world.outcomes(&phone, &[late]).await, [APPLIED]);
    let mut kinds: Vec<_> = writers(&world, &lead).await.into_iter().map(|(_, person, on)| (person, on)).collect();
    kinds.sort_by_key(|(_, on)| *on);
    assert_eq!(kinds, [(phone.person, WrittenOn::Phone), (world.officer, WrittenOn::Desk)]);
}

/// Whose the values are that nobody has decided between, as a pull from the beginning says.
async fn writers<S: Subject>(world: &World<S>, phone: &Phone) -> Vec<(DeviceId, PersonId, WrittenOn)> {
    let Pulled::Pages(pages) = world.pull(phone, None, Vec::new()).await else { panic!("asked with cursors") };
    let writers = pages.pages.iter().flat_map(|page| &page.writers);
    let mut writers: Vec<_> = writers.map(|writer| (writer.device, writer.person, writer.on)).collect();
    writers.sort();
    writers
}
