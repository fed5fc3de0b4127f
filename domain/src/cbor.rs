//! CBOR, the one durable and wire format. Self-describing, so that an older build can step over what it does not know.

use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// Encodes a value. Writing into memory cannot fail for the types of this crate; a value that serde refuses
/// becomes no bytes, which no decoder accepts.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    minicbor_serde::to_vec(value).unwrap_or_default()
}

/// Decodes exactly one value; bytes left over are an error.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let mut deserializer = minicbor_serde::Deserializer::new(bytes);
    let value = T::deserialize(&mut deserializer).map_err(|_| Unreadable)?;
    if deserializer.decoder().position() == bytes.len() { Ok(value) } else { Err(Unreadable) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use crate::record::Record;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Known {
        n: u8,
    }

    #[test]
    fn a_field_of_a_later_build_is_stepped_over_and_nothing_may_follow() {
        // {"n": 1, "x": [[2]]}, then the same with a byte behind it.
        let bytes = [0xa2, 0x61, b'n', 1, 0x61, b'x', 0x81, 0x81, 2];
        assert_eq!(decode(&bytes), Ok(Known { n: 1 }));
        assert_eq!(decode::<Known>(&[&bytes[..], &[0]].concat()), Err(Unreadable));
    }

    #[test]
    fn nesting_and_lengths_of_an_attacker_are_refused() {
        // {"x": [[[[…]]]]}: a million arrays inside each other, under a name that is stepped over.
        let mut deep = vec![0xa1, 0x61, b'x'];
        deep.resize(1_000_000, 0x81);
        assert_eq!(decode::<Known>(&deep), Err(Unreadable));
        // A byte string, an array and a map that claim 2^60 entries and hold none.
        for head in [0x5b, 0x9b, 0xbb] {
            let huge = [head, 0x10, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(decode::<serde_bytes::ByteBuf>(&huge), Err(Unreadable));
            assert_eq!(decode::<Vec<u64>>(&huge), Err(Unreadable));
            assert_eq!(decode::<Operation>(&huge), Err(Unreadable));
            assert_eq!(decode::<Record>(&huge), Err(Unreadable));
        }
    }
}
