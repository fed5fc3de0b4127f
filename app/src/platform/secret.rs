//! A key of this browser that no program can read out: without it, what was copied from the phone's disk and a guessed
//! PIN are not enough to try by. The database holds it, the browser uses it.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

/// HMAC-SHA-256, made here, not extractable.
#[derive(Clone, Debug)]
pub struct Secret(CryptoKey);

impl Secret {
    /// A new one; `None` where the browser has none to give.
    pub async fn make() -> Option<Self> {
        let algorithm = Object::new();
        Reflect::set(&algorithm, &"name".into(), &"HMAC".into()).ok()?;
        Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into()).ok()?;
        let made = subtle()?.generate_key_with_object(&algorithm, false, &Array::of1(&"sign".into())).ok()?;
        Self::kept(&JsFuture::from(made).await.ok()?)
    }

    /// As a database keeps it.
    pub fn kept(value: &JsValue) -> Option<Self> {
        value.dyn_ref::<CryptoKey>().cloned().map(Self)
    }

    /// For the database.
    pub fn as_js(&self) -> JsValue {
        self.0.clone().into()
    }

    /// What only this key makes of these bytes.
    pub async fn sign(&self, bytes: &[u8]) -> Option<[u8; 32]> {
        let signed = subtle()?.sign_with_str_and_u8_array("HMAC", &self.0, bytes).ok()?;
        let signed = Uint8Array::new(&JsFuture::from(signed).await.ok()?);
        signed.to_vec().try_into().ok()
    }
}

fn subtle() -> Option<SubtleCrypto> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?.dyn_into::<web_sys::Crypto>().ok()?;
    Some(crypto.subtle())
}
