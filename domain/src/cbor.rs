//! CBOR, the one durable and wire format. Self-describing, so that an older build can step over what it does not know.

use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// Encodes a value. Writing into memory cannot fail for the types of this crate; a value that serde refuses
/// becomes no bytes, which no decoder accepts.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match ciborium::into_writer(value, &mut bytes) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

/// How deep nested values may go: deeper ones come from an attacker, not from this product.
const DEPTH: usize = 24;

/// Decodes exactly one value; bytes left over are an error.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH).map_err(|_| Unreadable)?;
    if rest.is_empty() { Ok(value) } else { Err(Unreadable) }
}

/// Bytes that this build cannot read: damaged, or of a future schema. They are kept, never dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes that this build cannot read")
    }
}

impl std::error::Error for Unreadable {}
