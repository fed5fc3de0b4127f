//! The organisation's recovery key. Whoever has its public half can seal something that only the private half opens:
//! HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305, single shot.
//!
//! The one mode and suite are written out here because a phone downloads this: the crate of the standard, with which the
//! tests compare every byte, is seven kilobytes more. A sealed message is the encapsulated key and then the ciphertext.

use crate::Key;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, Tag};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

/// What everybody may know: it only seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

/// What opens. Not printable, and not compared: a test compares public halves.
pub struct PrivateKey(Key);

/// RFC 9180, 7.1: DHKEM(X25519, HKDF-SHA256).
const KEM: &[u8] = b"KEM\x00\x20";
/// The suite: that KEM, HKDF-SHA256, ChaCha20-Poly1305.
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";

impl PublicKey {
    /// The key in these bytes. `None` where they are not 32, or such that everybody agrees with them on the same.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let key = bytes.try_into().ok()?;
        agreed(&[1; 32], &key)?;
        Some(Self(key))
    }

    /// Seals for the holder of the private half. `purpose` says what for and for whom, and must be named again to open.
    /// `random` is drawn for this message and used once. `None` where this is no public key at all.
    pub fn seal(&self, purpose: &[u8], random: Key, plain: &[u8]) -> Option<Vec<u8>> {
        let once = PrivateKey(random).public();
        let secret = encapsulated(&agreed(&random, &self.0)?, &once.0, &self.0);
        let (cipher, nonce) = schedule(&secret, purpose);
        let mut sealed = once.0.to_vec();
        sealed.extend_from_slice(plain);
        let tag = cipher.encrypt_inout_detached(&nonce, b"", sealed.get_mut(once.0.len()..)?.into()).ok()?;
        sealed.extend_from_slice(&tag);
        Some(sealed)
    }

    /// What people compare: 80 bits in four groups of four letters and digits.
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.0);
        crate::sheet::letters(hash.get(..10).unwrap_or_default())
    }
}

impl PrivateKey {
    /// The key behind 32 random bytes.
    pub const fn new(random: Key) -> Self {
        Self(random)
    }

    /// The half that everybody may know.
    pub fn public(&self) -> PublicKey {
        PublicKey(x25519(self.0, X25519_BASEPOINT_BYTES))
    }

    /// The bytes that it was made from, to be split or sealed and then forgotten.
    pub const fn bytes(&self) -> &Key {
        &self.0
    }

    /// Opens what was sealed to the public half for this purpose. `None` for anything else.
    pub fn open(&self, purpose: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (once, sealed) = sealed.split_first_chunk::<32>()?;
        let (value, tag) = sealed.split_last_chunk::<16>()?;
        let secret = encapsulated(&agreed(&self.0, once)?, once, &self.public().0);
        let (cipher, nonce) = schedule(&secret, purpose);
        let mut plain = value.to_vec();
        cipher.decrypt_inout_detached(&nonce, b"", plain.as_mut_slice().into(), &Tag::from(*tag)).ok()?;
        Some(plain)
    }
}

/// The mark that a phone and a desk show of a request to be opened: the fingerprint of its public half, too long for
/// anybody to find a key that has the same. Empty for what is no key.
pub fn mark(public: &[u8]) -> String {
    PublicKey::read(public).map(|key| key.fingerprint()).unwrap_or_default()
}

/// The Diffie-Hellman value; `None` for points that give the same one to everybody (RFC 9180, 7.1.4).
fn agreed(private: &Key, public: &[u8; 32]) -> Option<[u8; 32]> {
    let agreed = x25519(*private, *public);
    (agreed != [0; 32]).then_some(agreed)
}

/// RFC 9180, 4.1: ExtractAndExpand.
fn encapsulated(agreed: &[u8; 32], once: &[u8; 32], receiver: &[u8; 32]) -> [u8; 32] {
    let key = extract(b"", KEM, b"eae_prk", agreed);
    expand(&key, KEM, b"shared_secret", &[once, receiver.as_slice()].concat())
}

/// RFC 9180, 5.1: KeySchedule in base mode, for the one message that each context is used for.
fn schedule(secret: &[u8; 32], purpose: &[u8]) -> (ChaCha20Poly1305, Nonce) {
    let (no_psk, info) = (extract(b"", SUITE, b"psk_id_hash", b""), extract(b"", SUITE, b"info_hash", purpose));
    let context = [&[0], no_psk.as_slice(), &info].concat();
    let secret = extract(secret, SUITE, b"secret", b"");
    let key: Key = expand(&secret, SUITE, b"key", &context);
    let nonce: [u8; 12] = expand(&secret, SUITE, b"base_nonce", &context);
    (ChaCha20Poly1305::new(&key.into()), Nonce::from(nonce))
}

/// RFC 9180, 4: LabeledExtract.
fn extract(salt: &[u8], suite: &[u8], label: &[u8], secret: &[u8]) -> [u8; 32] {
    let labeled = [b"HPKE-v1", suite, label, secret].concat();
    Hkdf::<Sha256>::extract(Some(salt), &labeled).0.into()
}

/// RFC 9180, 4: LabeledExpand.
fn expand<const N: usize>(key: &[u8; 32], suite: &[u8], label: &[u8], info: &[u8]) -> [u8; N] {
    let labeled = [&(N as u16).to_be_bytes(), b"HPKE-v1".as_slice(), suite, label, info].concat();
    let mut out = [0; N];
    // A key of 32 bytes is never too short, and 32 bytes are never too many to ask for.
    let expanded = Hkdf::<Sha256>::from_prk(key).is_ok_and(|key| key.expand(&labeled, &mut out).is_ok());
    debug_assert!(expanded);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use hpke::aead::ChaCha20Poly1305 as Aead;
    use hpke::kdf::HkdfSha256 as Kdf;
    use hpke::kem::X25519HkdfSha256 as Kem;
    use hpke::rand_core::{TryCryptoRng, TryRng};
    use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
    use proptest::prelude::*;
    use std::convert::Infallible;

    struct Counter(u8);

    impl TryRng for Counter {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(self.0.into())
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(self.0.into())
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.fill_with(|| {
                self.0 = self.0.wrapping_add(7);
                self.0
            });
            Ok(())
        }
    }

    impl TryCryptoRng for Counter {}

    proptest! {
        #[test]
        fn as_the_standards_own_crate(private: Key, random: Key, purpose: Vec<u8>, plain: Vec<u8>, start: u8) {
            let key = PrivateKey::new(private);
            // What is sealed here opens there,
            let theirs = <Kem as hpke::Kem>::PrivateKey::from_bytes(&private).unwrap();
            let public = Kem::sk_to_pk(&theirs);
            prop_assert_eq!(public.to_bytes().to_vec(), key.public().0.to_vec());
            let sealed = key.public().seal(&purpose, random, &plain).unwrap();
            let once = <Kem as hpke::Kem>::EncappedKey::from_bytes(&sealed[..32]).unwrap();
            let opened = hpke::single_shot_open::<Aead, Kdf, Kem>(&OpModeR::Base, &theirs, &once, &purpose, &sealed[32..], b"");
            prop_assert_eq!(opened.unwrap(), plain.clone());
            // and what is sealed there opens here.
            let mode = OpModeS::Base;
            let (once, text) = hpke::single_shot_seal_with_rng::<Aead, Kdf, Kem>(&mode, &public, &purpose, &plain, b"", &mut Counter(start)).unwrap();
            let sealed = [once.to_bytes().as_slice(), &text].concat();
            prop_assert_eq!(key.open(&purpose, &sealed), Some(plain));
        }

        #[test]
        fn opens_for_its_holder_and_purpose_only(private: Key, other: Key, random: Key, plain: Vec<u8>, bend: usize, bit in 0_u32..8) {
            let key = PrivateKey::new(private);
            let mut sealed = key.public().seal(b"a", random, &plain).unwrap();
            prop_assert_eq!(key.open(b"b", &sealed), None);
            prop_assert_eq!(PrivateKey::new(other).open(b"a", &sealed), None);
            prop_assert_eq!(key.open(b"a", &sealed[..sealed.len() - 1]), None);
            prop_assert_eq!(key.open(b"a", &sealed[..sealed.len().min(bend % 48)]), None);
            let at = bend % sealed.len();
            sealed[at] ^= 1 << bit;
            // The highest bit of a point means nothing, says RFC 7748.
            prop_assume!(at != 31 || bit != 7);
            prop_assert_eq!(key.open(b"a", &sealed), None);
        }
    }

    #[test]
    fn a_point_that_agrees_with_everybody_on_the_same_is_no_key() {
        // Of the points of small order 0, 1 and p - 1, in their own form and others (RFC 7748, 6.1).
        let p = |last: u8| std::array::from_fn(|n| [last, 0xff, 0x7f][usize::from(n > 0) + usize::from(n > 30)]);
        let one = std::array::from_fn(|n| u8::from(n == 0));
        for small in [[0; 32], one, p(0xec), p(0xed), p(0xee)] {
            assert_eq!(PublicKey::read(&small), None);
            assert_eq!(PublicKey(small).seal(b"", [1; 32], b"x"), None);
        }
        let key = PrivateKey::new([1; 32]).public();
        assert_eq!(PublicKey::read(&key.0), Some(key));
        assert_eq!((PublicKey::read(&key.0[..31]), PublicKey::read(&[&key.0[..], &[0]].concat())), (None, None));
        assert_eq!(PrivateKey::new([1; 32]).open(b"", &[0; 60]), None);
    }

    #[test]
    fn a_fingerprint_is_read_out_in_four_groups() {
        let fingerprint = PrivateKey::new([1; 32]).public().fingerprint();
        assert_eq!(fingerprint.len(), 19);
        assert_eq!((mark(&PrivateKey::new([1; 32]).public().0), mark(&[0; 32])), (fingerprint.clone(), String::new()));
        assert_ne!(fingerprint, PrivateKey::new([2; 32]).public().fingerprint());
    }
}
