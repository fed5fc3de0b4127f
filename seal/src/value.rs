//! One value under one key: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), whose nonces are long enough to be drawn at
//! random for ever. What a value is bound to is not in it: it opens only where the same is named again.

use crate::Key;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};

/// Bytes of a nonce. Draw each at random, and use it once.
pub const NONCE: usize = 24;

/// Bytes that sealing adds behind the value.
pub const TAG: usize = 16;

/// Adds the sealed value, its tag behind it, to `out`. `false`, and nothing that can be opened, for more than 256 GB.
#[inline(never)]
pub fn seal(out: &mut Vec<u8>, key: &Key, nonce: &[u8; NONCE], bound: &[u8], plain: &[u8]) -> bool {
    let at = out.len();
    out.extend_from_slice(plain);
    let Some(value) = out.get_mut(at..) else { return false };
    match XChaCha20Poly1305::new(key.into()).encrypt_inout_detached(&XNonce::from(*nonce), bound, value.into()) {
        Ok(tag) => {
            out.extend_from_slice(&tag);
            true
        }
        Err(_) => false,
    }
}

/// Opens what [`seal`] made under this key and nonce, bound to the same. `None` for anything else.
#[inline(never)]
pub fn open(key: &Key, nonce: &[u8; NONCE], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (value, tag) = sealed.split_last_chunk::<TAG>()?;
    let mut plain = value.to_vec();
    let opened = XChaCha20Poly1305::new(key.into()).decrypt_inout_detached(
        &XNonce::from(*nonce),
        bound,
        plain.as_mut_slice().into(),
        &Tag::from(*tag),
    );
    opened.ok().map(|()| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_sealed_opens_only_whole_and_in_its_place(
            key: Key, nonce: [u8; NONCE], bound: Vec<u8>, plain: Vec<u8>, bend: usize, bit in 0_u32..8,
        ) {
            let mut sealed = vec![7, 7];
            prop_assert!(seal(&mut sealed, &key, &nonce, &bound, &plain));
            prop_assert_eq!(&sealed[..2], &[7, 7]);
            let mut sealed = sealed.split_off(2);
            prop_assert_eq!(sealed.len(), plain.len() + TAG);
            prop_assert_eq!(open(&key, &nonce, &bound, &sealed), Some(plain));
            let mut other = bound.clone();
            other.push(0);
            prop_assert_eq!(open(&key, &nonce, &other, &sealed), None);
            prop_assert_eq!(open(&key, &nonce, &bound, &sealed[1..]), None);
            let (mut key_, mut nonce_) = (key, nonce);
            key_[bend % 32] ^= 1 << bit;
            prop_assert_eq!(open(&key_, &nonce, &bound, &sealed), None);
            nonce_[bend % NONCE] ^= 1 << bit;
            prop_assert_eq!(open(&key, &nonce_, &bound, &sealed), None);
            let at = bend % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(open(&key, &nonce, &bound, &sealed), None);
        }
    }

    /// The example of draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    #[test]
    fn as_published() {
        let key: Key = std::array::from_fn(|n| 0x80 + n as u8);
        let nonce: [u8; NONCE] = std::array::from_fn(|n| 0x40 + n as u8);
        let bound = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let mut sealed = Vec::new();
        assert!(seal(&mut sealed, &key, &nonce, &bound, plain));
        assert_eq!(sealed[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
        let tag = [0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49];
        assert_eq!(sealed[plain.len()..], tag);
    }
}
