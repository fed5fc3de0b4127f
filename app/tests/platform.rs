//! What the app asks of the browser, in a real one.

use app::platform::support::{self, OtherApp, Support};
use app::platform::tabs::{Channel, try_lock};
use app::platform::time::{idle, sleep, within};
use app::platform::{memo, random};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const ANDROID: &str =
    "Mozilla/5.0 (Linux; Android 14; SM-A065F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/150.0.0.0 Mobile Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

#[wasm_bindgen_test]
fn browsers_inside_other_apps_are_recognised() {
    for (agent, app) in [
        (ANDROID.to_owned(), None),
        (format!("{IPHONE} Safari/604.1"), None),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned(), None),
        (ANDROID.replace("SM-A065F)", "SM-A065F; wv)"), Some(OtherApp::Unknown)),
        (format!("{} Zalo android/12.1", ANDROID.replace("SM-A065F)", "SM-A065F; wv)")), Some(OtherApp::Zalo)),
        (format!("{IPHONE} [FBAN/FBIOS;FBAV/460.0]"), Some(OtherApp::Facebook)),
        (format!("{IPHONE} [FBAN/MessengerForiOS;FBAV/450.0]"), Some(OtherApp::Messenger)),
        (format!("{ANDROID} [FB_IAB/Orca-Android;FBAV/450.0]"), Some(OtherApp::Messenger)),
        (format!("{IPHONE} Instagram 320.0"), Some(OtherApp::Instagram)),
        (format!("{ANDROID} musical_ly_2023 BytedanceWebview"), Some(OtherApp::TikTok)),
    ] {
        assert_eq!(support::other_app(&agent), app, "{agent}");
    }
    assert_eq!(support::look(), Support::Good, "the browser of this test");
}

#[wasm_bindgen_test]
async fn one_tab_at_a_time_holds_a_lock() {
    let held = try_lock("test-sync").await.unwrap();
    assert!(try_lock("test-sync").await.is_none());
    assert!(try_lock("test-other").await.is_some());
    drop(held);
    // The browser hears of it a moment later.
    let again = async {
        loop {
            if let Some(lock) = try_lock("test-sync").await {
                return lock;
            }
        }
    };
    assert!(within(2_000, again).await.is_some());
}

#[wasm_bindgen_test]
async fn tabs_hear_each_other_and_not_themselves() {
    let heard: Rc<RefCell<Vec<String>>> = Rc::default();
    let (one, two) = (heard.clone(), heard.clone());
    let here = Channel::open("test-tabs", move |words| one.borrow_mut().push(format!("here {words}")));
    let there = Channel::open("test-tabs", move |words| two.borrow_mut().push(format!("there {words}")));
    here.say("changed");
    there.say("updating");
    let both = async {
        while heard.borrow().len() < 2 {
            idle(10).await;
        }
    };
    assert!(within(2_000, both).await.is_some());
    heard.borrow_mut().sort();
    assert_eq!(*heard.borrow(), ["here updating", "there changed"]);
}

#[wasm_bindgen_test]
async fn what_takes_too_long_is_given_up() {
    assert_eq!(within(5_000, async { 1 }).await, Some(1));
    assert_eq!(within(10, sleep(60_000)).await, None);
}

#[wasm_bindgen_test]
fn random_bytes_differ_and_shuffling_loses_nothing() {
    let all: BTreeSet<[u8; 16]> = (0..50).map(|_| random::bytes()).collect();
    assert_eq!(all.len(), 50);
    let mut items: Vec<u32> = (0..100).collect();
    random::shuffle(&mut items);
    assert_ne!(items, (0..100).collect::<Vec<_>>());
    items.sort_unstable();
    assert_eq!(items, (0..100).collect::<Vec<_>>());
}

#[wasm_bindgen_test]
fn memos_are_kept_and_forgotten() {
    memo::write("test.memo", "Lương Văn Bền\n7");
    assert_eq!(memo::read("test.memo").as_deref(), Some("Lương Văn Bền\n7"));
    memo::forget("test.memo");
    assert_eq!(memo::read("test.memo"), None);
}
