//! Random bytes from the browser.

use domain::id::RecordId;
use wasm_bindgen::JsCast;

/// Bytes that nobody can guess.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).ok().and_then(|c| c.dyn_into::<web_sys::Crypto>().ok());
    if let Some(crypto) = crypto {
        // Fails only above 65,536 bytes; without `crypto` the app does not start (see `support`).
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}

/// A new id of a record that is made now.
pub fn record_id() -> RecordId {
    RecordId::new(super::time::now().0.max(0) as u64, bytes())
}

/// A random order.
pub fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let random = u64::from_le_bytes(bytes());
        items.swap(last, (random % (last as u64 + 1)) as usize);
    }
}
