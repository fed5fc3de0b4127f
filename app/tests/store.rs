//! The phone's store in a real browser: each trap of rexie that it knows, and what it promises.

use app::platform::random;
use app::platform::time::{self, sleep, within};
use app::store::migrate::{self, Movable, Step};
use app::store::rows::LogRow;
use app::store::seal::Sealer;
use app::store::{Cover, Found, Key, Locked, Name, NewLock, NewSecret, Plan, STORES, Store, StoreError, UnlockError, VERSION};
use domain::cbor;
use domain::id::DeviceId;
use domain::lock::{Tries, secret_kind};
use js_sys::{Function, Reflect};
use rexie::{ObjectStore, Rexie, TransactionMode};
use seal::pin::Cost;
use seal::recovery::PrivateKey;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A database of its own for each test, with strict durability as in app/field.html.
fn fresh() -> String {
    let name = format!("test-{}", random::record_id());
    if Reflect::get(&js_sys::global(), &"gandanTested".into()).is_ok_and(|done| done.is_undefined()) {
        js_sys::eval(include_str!("../../public/durability.js")).unwrap();
        // Notes what every transaction was opened with.
        js_sys::eval(
            "{ const inner = IDBDatabase.prototype.transaction;
               globalThis.gandanTested = [];
               IDBDatabase.prototype.transaction = function (...all) {
                 if (globalThis.gandanBroken) throw new DOMException('gone', 'InvalidStateError');
                 const made = inner.apply(this, all);
                 globalThis.gandanTested.push(made.mode + ' ' + made.durability);
                 return made;
               }; }",
        )
        .unwrap();
    }
    name
}

fn last_transaction() -> String {
    js_sys::eval("globalThis.gandanTested.at(-1)").unwrap().as_string().unwrap()
}

fn global(name: &str, value: &JsValue) {
    Reflect::set(&js_sys::global(), &name.into(), value).unwrap();
}

async fn created(name: &str) -> Store {
    Store::create(name, &lock("482915"), |plan| plan.put(Name::Meta, "device", b"this")).await.unwrap()
}

/// A lock that costs next to nothing.
fn lock(secret: &str) -> NewLock {
    let cover = Cover { name: "Lương Văn Bền".into(), unit_name: "Xã Đồng Cừ".into(), waiting: 0, own: 0, complete_at: None };
    NewLock { secret: typed(secret), recovery: PrivateKey::new([9; 32]).public(), device: DeviceId::from(random::record_id()), cover }
}

fn typed(secret: &str) -> NewSecret {
    NewSecret { kind: secret_kind(secret).unwrap(), text: secret.into(), cost: Cost { memory: 64, passes: 1 } }
}

async fn found(name: &str) -> Box<Locked> {
    match Store::open(name).await.unwrap().unwrap() {
        Found::Locked(locked) => locked,
        Found::Unsealed(_) => panic!("{name} is not locked"),
    }
}

/// The open database of [`created`].
async fn opened(name: &str) -> Store {
    found(name).await.unlock("482915").await.unwrap()
}

async fn write(store: &Store, fill: impl FnOnce(&mut Plan)) -> Result<Vec<u64>, StoreError> {
    let mut plan = store.plan();
    fill(&mut plan);
    store.write(plan).await
}

async fn contents(store: &Store, name: Name) -> Vec<(Key, Vec<u8>)> {
    let rows = store.rows(name, None, None).await.unwrap();
    rows.into_iter().map(|row| (row.key.clone(), store.unseal(&row).unwrap())).collect()
}

async fn last_key(store: &Store) -> u64 {
    match store.rows(Name::Outbox, None, None).await.unwrap().pop() {
        Some(app::store::Row { key: Key::Number(key), .. }) => key,
        _ => 0,
    }
}

#[wasm_bindgen_test]
async fn what_was_written_is_there_after_opening_again() {
    let name = fresh();
    assert!(Store::open(&name).await.unwrap().is_none(), "nothing there yet");
    let store = created(&name).await;
    write(&store, |plan| plan.put(Name::Drafts, "visit/1", b"words")).await.unwrap();
    let again = opened(&name).await;
    assert_eq!(again.get(Name::Drafts, "visit/1").await.unwrap().unwrap(), b"words");
    assert_eq!(again.get(Name::Meta, "device").await.unwrap().unwrap(), b"this");
    assert_eq!(again.get(Name::Drafts, "visit/2").await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn an_older_database_gets_the_new_stores_and_keeps_its_rows() {
    let name = fresh();
    // Version 99 had fewer stores.
    let old = Rexie::builder(&name).version(99).add_object_store(ObjectStore::new("outbox").auto_increment(true));
    let old = old.build().await.unwrap();
    let transaction = old.transaction(&["outbox"], TransactionMode::ReadWrite).unwrap();
    transaction.store("outbox").unwrap().add(&js_sys::Uint8Array::from(&b"unsent"[..]), None).await.unwrap();
    transaction.done().await.unwrap();
    old.close();
    let store = created(&name).await;
    assert_eq!(last_key(&store).await, 1);
}

#[wasm_bindgen_test]
async fn a_store_that_this_build_does_not_know_is_refused_and_not_emptied() {
    let name = fresh();
    let newer = STORES
        .iter()
        .fold(Rexie::builder(&name).version(VERSION - 1), |builder, store| builder.add_object_store(ObjectStore::new(store.code())));
    let newer = newer.add_object_store(ObjectStore::new("future")).build().await.unwrap();
    let transaction = newer.transaction(&["future"], TransactionMode::ReadWrite).unwrap();
    transaction.store("future").unwrap().put(&"unsent".into(), Some(&"key".into())).await.unwrap();
    transaction.done().await.unwrap();
    newer.close();

    assert_eq!(Store::open(&name).await.err(), Some(StoreError::UnknownStore("future".into())));
    assert_eq!(Store::create(&name, &lock("482915"), |_| {}).await.err(), Some(StoreError::UnknownStore("future".into()).into()));
    let still = Rexie::builder(&name).build().await.unwrap();
    let transaction = still.transaction(&["future"], TransactionMode::ReadOnly).unwrap();
    assert_eq!(transaction.store("future").unwrap().get("key".into()).await.unwrap(), Some("unsent".into()));
}

#[wasm_bindgen_test]
async fn a_newer_database_is_left_alone() {
    let name = fresh();
    let newer = STORES
        .iter()
        .fold(Rexie::builder(&name).version(VERSION + 100), |builder, store| builder.add_object_store(ObjectStore::new(store.code())));
    newer.build().await.unwrap().close();
    assert_eq!(Store::open(&name).await.err(), Some(StoreError::Newer));
}

#[wasm_bindgen_test]
async fn a_rollback_of_the_app_locks_nobody_out() {
    // Build 101 is this one and a store that it has added.
    async fn next_build(name: &str) -> Rexie {
        let builder = STORES.iter().fold(Rexie::builder(name).version(VERSION + 1), |builder, store| {
            builder.add_object_store(ObjectStore::new(store.code()).auto_increment(store.counts()))
        });
        builder.add_object_store(ObjectStore::new("future")).build().await.unwrap()
    }
    let name = fresh();
    let store = created(&name).await;
    write(&store, |plan| plan.append(Name::Outbox, [1; 16], b"first")).await.unwrap();
    let newer = next_build(&name).await;
    let transaction = newer.transaction(&["future"], TransactionMode::ReadWrite).unwrap();
    transaction.store("future").unwrap().put(&"kept".into(), Some(&"key".into())).await.unwrap();
    transaction.done().await.unwrap();
    newer.close();

    // The app goes back to this build, which goes on with everything that it knows.
    let back = opened(&name).await;
    assert_eq!(write(&back, |plan| plan.append(Name::Outbox, [2; 16], b"second")).await.unwrap(), [2]);
    assert_eq!(
        contents(&back, Name::Outbox).await.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        [b"first".to_vec(), b"second".to_vec()]
    );

    // And forward again: both have kept all rows.
    let newer = next_build(&name).await;
    let transaction = newer.transaction(&["future", "outbox"], TransactionMode::ReadOnly).unwrap();
    assert_eq!(transaction.store("future").unwrap().get("key".into()).await.unwrap(), Some("kept".into()));
    assert_eq!(transaction.store("outbox").unwrap().count(None).await.unwrap(), 2);
    newer.close();
}

/// Moves what people type to the acknowledgements, in capitals, then empties the drafts: nonsense, with every kind of step.
const STEPS: &[Step] = &[
    Step::Move { from: Movable::Drafts, to: Movable::Acks, form: |key, row| (key, row.to_ascii_uppercase()) },
    Step::Delete { from: Movable::Drafts },
];

/// A notebook with enough rows for several batches.
async fn filled(name: &str) -> Store {
    let store = created(name).await;
    write(&store, |plan| {
        (0..250).for_each(|n| plan.put(Name::Drafts, format!("d{n:03}").as_str(), format!("words {n}").as_bytes()));
        (0..3).for_each(|n| plan.append(Name::Outbox, [n; 16], &[n]));
        plan.put(Name::Anonymous, "a", b"unsent");
        plan.put(Name::Blobs, "b", b"photo");
    })
    .await
    .unwrap();
    store
}

#[wasm_bindgen_test]
async fn rows_are_moved_step_by_step_and_whoever_was_killed_goes_on() {
    let mut transactions = 0;
    while {
        let name = fresh();
        let store = filled(&name).await;
        let mut ended = false;
        for _ in 0..transactions {
            ended = !migrate::next(&store, 200, STEPS).await.unwrap();
        }
        // Killed; and nothing in between is half there.
        let again = opened(&name).await;
        let left = contents(&again, Name::Drafts).await.len() + contents(&again, Name::Acks).await.len();
        assert!(left >= 250, "after {transactions}: {left}");
        while migrate::next(&again, 200, STEPS).await.unwrap() {}
        let moved = contents(&again, Name::Acks).await;
        assert_eq!((moved.len(), moved[7].1.as_slice()), (250, b"WORDS 7".as_slice()), "after {transactions}");
        assert!(contents(&again, Name::Drafts).await.is_empty(), "after {transactions}");
        // What only this phone has was not touched.
        let own: Vec<_> = contents(&again, Name::Outbox).await.into_iter().map(|(_, row)| row).collect();
        assert_eq!(own, [[0], [1], [2]]);
        let only_here = (contents(&again, Name::Anonymous).await[0].1.clone(), contents(&again, Name::Blobs).await[0].1.clone());
        assert_eq!(only_here, (b"unsent".to_vec(), b"photo".to_vec()));
        transactions += 1;
        !ended
    } {}
    assert_eq!(transactions, 10, "three batches each, what says that a step is done, and nothing after the last");
}

#[wasm_bindgen_test]
async fn what_an_older_build_wrote_after_a_rollback_is_moved_as_well() {
    let store = filled(&fresh()).await;
    let copies = &STEPS[..1];
    while migrate::next(&store, 101, copies).await.unwrap() {}
    // The app goes back to a build without steps, and somebody works with it.
    while migrate::next(&store, 100, &[]).await.unwrap() {}
    write(&store, |plan| plan.put(Name::Drafts, "d007", b"other words")).await.unwrap();
    while migrate::next(&store, 101, copies).await.unwrap() {}
    assert_eq!(store.get(Name::Acks, "d007").await.unwrap().unwrap(), b"OTHER WORDS");
    assert_eq!(contents(&store, Name::Drafts).await.len(), 250, "within a hundred nothing is deleted");
}

#[wasm_bindgen_test]
async fn another_tab_that_holds_an_older_version_is_named_and_not_waited_for_without_end() {
    let name = fresh();
    // A frozen tab: it holds the database and does not hear that it should let go.
    let open = js_sys::eval(&format!(
        "new Promise((done) => {{ const r = indexedDB.open('{name}', 50); r.onupgradeneeded = () => r.result.createObjectStore('meta'); \
         r.onsuccess = () => done(r.result); }})"
    ));
    let held = wasm_bindgen_futures::JsFuture::from(open.unwrap().dyn_into::<js_sys::Promise>().unwrap()).await.unwrap();
    assert_eq!(within(14_000, Store::open(&name)).await.map(Result::err), Some(Some(StoreError::Blocked)));
    let close: Function = Reflect::get(&held, &"close".into()).unwrap().dyn_into().unwrap();
    close.call0(&held).unwrap();
}

#[wasm_bindgen_test]
async fn saving_is_strict_unless_the_plan_says_otherwise() {
    let store = created(&fresh()).await;
    assert_eq!(last_transaction(), "readwrite strict");
    write(&store, |plan| plan.append(Name::Outbox, [1; 16], b"a")).await.unwrap();
    assert_eq!(last_transaction(), "readwrite strict");
    let bulk = |plan: &mut Plan| {
        plan.relaxed();
        plan.append(Name::Pages, [1; 16], b"page");
    };
    write(&store, bulk).await.unwrap();
    assert_ne!(last_transaction(), "readwrite strict");
    write(&store, |plan| plan.append(Name::Outbox, [2; 16], b"b")).await.unwrap();
    assert_eq!(last_transaction(), "readwrite strict", "the opt-out lasts for one transaction");
}

#[wasm_bindgen_test]
async fn numbers_of_the_outbox_have_no_gaps_across_aborts_and_tabs() {
    let name = fresh();
    let store = created(&name).await;
    let other_tab = opened(&name).await;
    assert_eq!(write(&store, |plan| (1..4).for_each(|n| plan.append(Name::Outbox, [n; 16], &[n]))).await.unwrap(), [1, 2, 3]);

    // A function cannot be stored: the whole plan is rolled back, the two good rows before it as well.
    js_sys::eval(
        "{ const add = IDBObjectStore.prototype.add; let n = 0;
           IDBObjectStore.prototype.add = function (...all) {
             if (++n === 3) { IDBObjectStore.prototype.add = add; return add.call(this, () => {}); }
             return add.apply(this, all);
           }; }",
    )
    .unwrap();
    let failed = write(&store, |plan| (4..8).for_each(|n| plan.append(Name::Outbox, [n; 16], &[n]))).await;
    assert_eq!(failed, Err(StoreError::Aborted("DataCloneError".into())));
    assert_eq!(contents(&store, Name::Outbox).await.len(), 3, "an error rolls back");

    assert_eq!(write(&other_tab, |plan| plan.append(Name::Outbox, [8; 16], b"other")).await.unwrap(), [4]);
    assert_eq!(write(&store, |plan| plan.append(Name::Outbox, [9; 16], b"this")).await.unwrap(), [5]);
    let keys: Vec<Key> = contents(&store, Name::Outbox).await.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [1u64, 2, 3, 4, 5].map(Key::from));
    assert_eq!(last_key(&store).await, 5);
}

#[wasm_bindgen_test]
async fn two_tabs_that_save_at_once_share_the_numbers() {
    let name = fresh();
    let (one, two) = (created(&name).await, opened(&name).await);
    let mut keys = Vec::new();
    for n in 0..10 {
        let (a, b) = futures(
            write(&one, |plan| (0..3).for_each(|m| plan.append(Name::Outbox, [n; 16], &[m]))),
            write(&two, |plan| plan.append(Name::Outbox, [n + 100; 16], b"x")),
        )
        .await;
        let a = a.unwrap();
        assert_eq!([a[0] + 1, a[0] + 2], a[1..], "what is saved in one go has neighbouring numbers");
        keys.extend(a);
        keys.extend(b.unwrap());
    }
    keys.sort_unstable();
    assert_eq!(keys, (1..=40).collect::<Vec<u64>>());
}

async fn futures<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(move |cx| {
        use std::task::Poll;
        if first.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(cx)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(cx)
        {
            second = Some(value);
        }
        if first.is_some() && second.is_some() { Poll::Ready((first.take().unwrap(), second.take().unwrap())) } else { Poll::Pending }
    })
    .await
}

#[wasm_bindgen_test]
async fn a_full_phone_says_so() {
    let store = created(&fresh()).await;
    js_sys::eval(
        "{ const put = IDBObjectStore.prototype.put;
           IDBObjectStore.prototype.put = function () { IDBObjectStore.prototype.put = put; throw new DOMException('full', 'QuotaExceededError'); }; }",
    )
    .unwrap();
    let full = write(&store, |plan| plan.put(Name::Drafts, "a", b"a")).await;
    assert!(matches!(full, Err(StoreError::Full { quota: Some(1..), .. })), "{full:?}");
    assert_eq!(write(&store, |plan| plan.put(Name::Drafts, "a", b"a")).await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn a_dead_connection_is_replaced() {
    let name = fresh();
    let store = created(&name).await;
    // Another tab upgrades: idb closes this connection by itself.
    let newer = STORES.iter().fold(Rexie::builder(&name).version(VERSION + 1), |builder, store| {
        builder.add_object_store(ObjectStore::new(store.code()).auto_increment(store.counts()))
    });
    newer.build().await.unwrap().close();
    assert_eq!(write(&store, |plan| plan.append(Name::Outbox, [1; 16], b"a")).await.unwrap(), [1]);
    assert_eq!(contents(&store, Name::Outbox).await.len(), 1);

    global("gandanBroken", &true.into());
    let gone = write(&store, |plan| plan.append(Name::Outbox, [1; 16], b"b")).await;
    global("gandanBroken", &JsValue::UNDEFINED);
    assert_eq!(gone, Err(StoreError::Closed));
}

#[wasm_bindgen_test]
async fn the_end_of_a_transaction_is_heard_however_late_the_page_is() {
    let store = created(&fresh()).await;
    let writing = write(&store, |plan| (0..50).for_each(|n| plan.put(Name::Acks, u64::from(n), &[n; 1000])));
    let reading = async {
        sleep(0).await;
        store.rows(Name::Acks, Some(&Key::Number(40)), Some(5)).await.unwrap().len()
    };
    let (written, read) = futures(writing, reading).await;
    assert_eq!((written, read), (Ok(vec![]), 5));
}

/// The store's patience runs out when the test says so and not after ten seconds; other timers go on as they are.
fn impatient() {
    js_sys::eval(
        "{ const timer = globalThis.setTimeout;
           globalThis.gandanPatient = [];
           globalThis.gandanTimer = timer;
           globalThis.setTimeout = (f, ms, ...rest) => (ms === 10_000 ? globalThis.gandanPatient.push(f) : timer(f, ms, ...rest)); }",
    )
    .unwrap();
}

/// Waits until somebody waits for an answer of the database, and ends their patience.
async fn ten_seconds_later() {
    while js_sys::eval("(globalThis.gandanPatient.shift() ?? (() => 'nobody'))() === 'nobody'").unwrap().is_truthy() {
        sleep(0).await;
    }
}

fn patient() {
    js_sys::eval("globalThis.setTimeout = globalThis.gandanTimer").unwrap();
}

#[wasm_bindgen_test]
async fn a_transaction_that_hangs_is_not_waited_for_without_end_and_not_called_saved() {
    let name = fresh();
    let store = created(&name).await;
    // Somebody else keeps the drafts for as long as they like.
    let held = js_sys::eval(&format!(
        "new Promise((held) => {{
           indexedDB.open('{name}').onsuccess = (opened) => {{
             const drafts = opened.target.result.transaction('drafts', 'readwrite').objectStore('drafts');
             const keep = () => {{ held(); if (globalThis.gandanHeld) drafts.get('x').onsuccess = keep; else opened.target.result.close(); }};
             globalThis.gandanHeld = true;
             drafts.get('x').onsuccess = keep;
           }};
         }})"
    ));
    wasm_bindgen_futures::JsFuture::from(held.unwrap().dyn_into::<js_sys::Promise>().unwrap()).await.unwrap();
    impatient();
    let later = async {
        // The end is not heard, and whether it is there after all cannot be read either.
        ten_seconds_later().await;
        ten_seconds_later().await;
    };
    let (written, ()) = futures(write(&store, |plan| plan.put(Name::Drafts, "visit/1", b"words")), later).await;
    let (read, ()) = futures(store.get(Name::Drafts, "visit/1"), ten_seconds_later()).await;
    patient();
    assert_eq!((written, read), (Err(StoreError::Timeout), Err(StoreError::Timeout)));
    assert_eq!(store.get(Name::Meta, "device").await.unwrap().unwrap(), b"this", "everything else goes on");

    // What was asked of the browser is still asked: who is told so must look before they save again.
    global("gandanHeld", &false.into());
    assert_eq!(store.get(Name::Drafts, "visit/1").await.unwrap().unwrap(), b"words");
}

#[wasm_bindgen_test]
async fn what_was_stored_without_a_word_is_found_and_called_saved() {
    let store = created(&fresh()).await;
    impatient();
    // The browser never says "complete".
    js_sys::eval(
        "{ globalThis.gandanComplete = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'oncomplete');
           Object.defineProperty(IDBTransaction.prototype, 'oncomplete', { configurable: true, set() {} }); }",
    )
    .unwrap();
    let (appended, ()) = futures(write(&store, |plan| plan.append(Name::Outbox, [1; 16], b"visit")), ten_seconds_later()).await;
    // The look that followed has left patience of its own behind.
    patient();
    impatient();
    let (put, ()) = futures(write(&store, |plan| plan.put(Name::Drafts, "visit/1", b"words")), ten_seconds_later()).await;
    js_sys::eval("Object.defineProperty(IDBTransaction.prototype, 'oncomplete', globalThis.gandanComplete)").unwrap();
    patient();
    assert_eq!((appended, put), (Ok(vec![1]), Ok(vec![])));
    assert_eq!(contents(&store, Name::Outbox).await.len(), 1);
    assert_eq!(store.get(Name::Drafts, "visit/1").await.unwrap().unwrap(), b"words");
}

#[wasm_bindgen_test]
async fn ranges_are_deleted_and_read_by_their_keys() {
    let store = created(&fresh()).await;
    write(&store, |plan| (1..=9).for_each(|n| plan.put(Name::Acks, n, b"ack"))).await.unwrap();
    let change = |plan: &mut Plan| {
        plan.delete_above(Name::Acks, 7, "test");
        plan.delete_up_to(Name::Acks, 2, "test");
        plan.delete(Name::Acks, 5, "test");
        plan.delete(Name::Acks, 500, "test");
    };
    write(&store, change).await.unwrap();
    let keys: Vec<Key> = contents(&store, Name::Acks).await.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [3u64, 4, 6, 7].map(Key::from));
    write(&store, |plan| plan.clear(Name::Acks, "test")).await.unwrap();
    assert!(contents(&store, Name::Acks).await.is_empty());
}

#[wasm_bindgen_test]
async fn whatever_is_deleted_the_log_says_so_and_not_what_it_was() {
    let store = created(&fresh()).await;
    let deletions: [fn(&mut Plan); 4] = [
        |plan| plan.delete(Name::Drafts, "visit/1", "one"),
        |plan| plan.delete_above(Name::Drafts, "visit/1", "two"),
        |plan| plan.delete_up_to(Name::Drafts, "visit/1", "three"),
        |plan| plan.clear(Name::Drafts, "four"),
    ];
    for (done, delete) in (1..).zip(deletions) {
        let both = |plan: &mut Plan| {
            delete(plan);
            delete(plan);
            plan.append(Name::Outbox, [done; 16], b"words");
        };
        assert_eq!(write(&store, both).await.unwrap(), [u64::from(done)], "only the keys of what was asked for come back");
    }
    write(&store, |plan| plan.delete_up_to(Name::Log, 0, "")).await.unwrap();
    let log = contents(&store, Name::Log).await;
    let notes: Vec<String> = log.iter().map(|(_, row)| cbor::decode::<LogRow>(row).unwrap().note).collect();
    assert_eq!(notes, ["drafts one", "drafts two", "drafts three", "drafts four"]);
    assert!(log.iter().all(|(_, row)| !row.windows(7).any(|bytes| bytes == b"visit/1")));
    // Not even the hour.
    let last: LogRow = cbor::decode(&log.last().unwrap().1).unwrap();
    assert_eq!((last.at, last.code.as_str()), (time::now().date().start(), "deleted"));
}

/// The browser cannot reach its own files the next so many times that a method is called.
fn out_of_reach(method: &str, times: i32) {
    js_sys::eval(&format!(
        "{{ globalThis.gandanReach ??= {method};
           globalThis.gandanFails = {times};
           globalThis.gandanTries = 0;
           IDBFactory.prototype.deleteDatabase = () => {{ throw new Error('never'); }};
           {method} = function (...all) {{
             globalThis.gandanTries++;
             if (globalThis.gandanFails-- > 0) throw new DOMException('Internal error opening backing store', 'UnknownError');
             return globalThis.gandanReach.apply(this, all);
           }}; }}"
    ))
    .unwrap();
}

fn in_reach(method: &str) -> f64 {
    js_sys::eval(&format!("{{ {method} = globalThis.gandanReach; globalThis.gandanReach = undefined; globalThis.gandanTries; }}"))
        .unwrap()
        .as_f64()
        .unwrap()
}

#[wasm_bindgen_test]
async fn a_database_that_is_out_of_reach_is_asked_for_three_times_and_never_deleted() {
    let name = fresh();
    let store = created(&name).await;
    write(&store, |plan| plan.append(Name::Outbox, [1; 16], b"visit")).await.unwrap();

    let open = "IDBFactory.prototype.open";
    out_of_reach(open, 2);
    assert!(Store::open(&name).await.unwrap().is_some());
    assert_eq!(in_reach(open), 3.0);
    out_of_reach(open, 9);
    assert_eq!(Store::open(&name).await.err(), Some(StoreError::BackingStore));
    assert_eq!(in_reach(open), 3.0);

    let add = "IDBObjectStore.prototype.add";
    out_of_reach(add, 2);
    assert_eq!(write(&store, |plan| plan.append(Name::Outbox, [2; 16], b"visit")).await, Ok(vec![2]), "once, with the next number");
    assert_eq!(in_reach(add), 3.0);
    out_of_reach(add, 9);
    assert_eq!(write(&store, |plan| plan.append(Name::Outbox, [3; 16], b"visit")).await, Err(StoreError::BackingStore));
    in_reach(add);

    let get = "IDBObjectStore.prototype.getAll";
    out_of_reach(get, 2);
    assert_eq!(contents(&store, Name::Outbox).await.len(), 2, "and nothing is gone");
    assert_eq!(in_reach(get), 3.0);
}

#[wasm_bindgen_test]
fn a_value_opens_only_where_it_was_sealed() {
    let sealer = Sealer::new([7; 16], [1; 32]);
    let sealed = sealer.seal(Name::Outbox, b"one", b"words");
    assert_eq!(sealer.open(Name::Outbox, b"one", &sealed), Ok(b"words".to_vec()));
    // Format version, key id, nonce.
    assert_eq!((sealed[0], &sealed[1..5], sealed[5..29].len()), (2, [0, 0, 0, 1].as_slice(), 24));
    for (sealer, store, id) in
        [(sealer, Name::Drafts, b"one"), (sealer, Name::Outbox, b"two"), (Sealer::new([8; 16], [1; 32]), Name::Outbox, b"one")]
    {
        assert_eq!(sealer.open(store, id, &sealed), Err(StoreError::Damaged));
    }
    for cut in 0..sealed.len() {
        assert_eq!(sealer.open(Name::Outbox, b"one", &sealed[..cut]), Err(StoreError::Damaged), "{cut}");
    }
    let mut other_key = sealed.clone();
    other_key[4] = 2;
    assert_eq!(sealer.open(Name::Outbox, b"one", &other_key), Err(StoreError::Damaged));
}

#[wasm_bindgen_test]
async fn a_row_that_was_moved_does_not_open() {
    let store = created(&fresh()).await;
    write(&store, |plan| plan.put(Name::Drafts, "a", b"a")).await.unwrap();
    let other = created(&fresh()).await;
    let row = store.rows(Name::Drafts, None, None).await.unwrap().remove(0);
    assert_eq!(store.unseal(&row).unwrap(), b"a");
    assert_eq!(other.unseal(&row), Err(StoreError::Damaged), "another generation");
}

#[wasm_bindgen_test]
async fn what_is_stored_says_nothing_without_the_key() {
    let name = fresh();
    let store = created(&name).await;
    let words = "Mương tắc, mưa là ngập.";
    write(&store, |plan| {
        plan.put(Name::Drafts, "visit/1", words.as_bytes());
        plan.append(Name::Outbox, [5; 16], words.as_bytes());
    })
    .await
    .unwrap();
    let raw = raw_rows(&name).await;
    assert!(raw.len() >= 6, "generation, lock, cover, device, draft, outbox: {}", raw.len());
    for row in &raw {
        for said in [words.as_bytes(), "Mương".as_bytes(), "Bền".as_bytes(), b"this"] {
            assert!(!row.windows(said.len()).any(|part| part == said), "{row:?}");
        }
    }
    assert_eq!(contents(&opened(&name).await, Name::Drafts).await[0].1, words.as_bytes());
}

/// Every value of a database that is bytes, as it is stored.
async fn raw_rows(name: &str) -> Vec<Vec<u8>> {
    let found = Rexie::builder(name).build().await.unwrap();
    let mut rows = Vec::new();
    for store in STORES {
        let transaction = found.transaction(&[store.code()], TransactionMode::ReadOnly).unwrap();
        let values = transaction.store(store.code()).unwrap().get_all(None, None).await.unwrap();
        rows.extend(values.iter().filter_map(|value| value.dyn_ref::<js_sys::Uint8Array>().map(js_sys::Uint8Array::to_vec)));
    }
    found.close();
    rows
}

#[wasm_bindgen_test]
async fn two_databases_have_two_keys_and_the_same_words_never_look_the_same() {
    let (a, b) = (fresh(), fresh());
    for name in [&a, &b] {
        let store = created(name).await;
        write(&store, |plan| (0..2_u64).for_each(|n| plan.put(Name::Acks, n, b"the same words here"))).await.unwrap();
    }
    let mut tails: Vec<Vec<u8>> = Vec::new();
    for name in [&a, &b] {
        tails.extend(raw_rows(name).await.into_iter().filter(|row| row.len() == 29 + 19 + 16).map(|row| row[29..].to_vec()));
    }
    assert_eq!(tails.len(), 4);
    tails.sort();
    tails.dedup();
    assert_eq!(tails.len(), 4);
}

#[wasm_bindgen_test]
async fn a_wrong_guess_is_counted_before_it_is_tried_and_deletes_nothing() {
    let name = fresh();
    drop(created(&name).await);
    assert_eq!(found(&name).await.cover().unwrap().name, "Lương Văn Bền");
    for wrong in 1..=3 {
        let Err(UnlockError::Wrong(Tries { wrong: counted, .. })) = found(&name).await.unlock("000001").await else { panic!("opened") };
        assert_eq!(counted, wrong);
    }
    assert!(matches!(found(&name).await.unlock("482915").await, Err(UnlockError::Wait(1..=30_000))));
    assert_eq!(found(&name).await.tries().wrong, 3, "who waits is not counted");
}

#[wasm_bindgen_test]
async fn a_destroyed_database_is_empty_and_goes_at_the_next_start() {
    let name = fresh();
    let store = created(&name).await;
    write(&store, |plan| plan.put(Name::Drafts, "visit/1", b"words")).await.unwrap();
    let keys = write(&store, |plan| plan.append(Name::Outbox, [5; 16], b"saved meanwhile")).await.unwrap();
    assert_eq!(store.destroy(0, 0).await, Ok(false), "somebody has saved since");
    assert_eq!(store.destroy(keys[0], 1).await, Ok(false), "an opinion without a name was thrown away, or came");
    assert_eq!(contents(&store, Name::Outbox).await.len(), 1);
    assert_eq!(store.destroy(keys[0], 0).await, Ok(true));
    assert!(raw_rows(&name).await.is_empty());
    assert!(Store::open(&name).await.unwrap().is_none());
    drop(store);
}
