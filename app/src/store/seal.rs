//! The one place that everything stored goes through, in and out.
//!
//! A sealed value is a header — format version, key id, nonce — and the sealed bytes. What they are bound to, so that a
//! row moved elsewhere does not open, is not in them: store, id of the record or operation, schema, and the generation of
//! the database (never the sync epoch, which a restored server changes).

use super::{StoreError, schema::Name};
use crate::platform::random;
use domain::opinion::SecretHash;
use seal::Key;
use seal::pin::{Cost, stretch};
use seal::value::{self, NONCE, TAG};

/// The version of the header: sealed under the database's data key. With the `null-sealer` the same words stand there
/// openly, and the app that people have refuses them.
const SEALED: u8 = if cfg!(feature = "null-sealer") { 0 } else { 2 };

/// Builds before there was a lock sealed nothing. Their databases hold test data, are emptied and then deleted.
const UNSEALED: u8 = 1;

/// The schema of what is inside; rows of a later one are not opened.
const SCHEMA: u16 = 1;

/// The database's own key, the only one that there is by now.
const DATA_KEY: u32 = 1;
/// The key id of what is not sealed.
const NO_KEY: u32 = 0;

const HEADER: usize = 1 + 4 + NONCE;

/// Derives a key from nothing and seals nothing with it, so often that the browser makes both fast before a whole index is
/// to be opened: it makes faster what is called often, and not what is running.
pub fn rehearse() {
    let key = stretch(&[], &[0; 16], Cost { memory: 1_024, passes: 1 }).unwrap_or_default();
    let (mut out, plain) = (Vec::new(), vec![0; 4_096]);
    for _ in 0..32 {
        out.clear();
        value::seal(&mut out, &key, &[0; NONCE], &[], &plain);
    }
}

/// Seals and opens the values of one database.
#[derive(Clone, Copy)]
pub struct Sealer {
    generation: [u8; 16],
    /// `None`: a database of a build that sealed nothing.
    key: Option<Key>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// For the database with these random bytes, which are made with it and never change, and its data key.
    pub const fn new(generation: [u8; 16], key: Key) -> Self {
        Self { generation, key: Some(key) }
    }

    /// For a database of a build that sealed nothing.
    pub const fn unsealed(generation: [u8; 16]) -> Self {
        Self { generation, key: None }
    }

    /// The data key; `None` where nothing is sealed.
    pub(super) const fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// What the values of this database are bound to.
    pub(super) const fn generation(&self) -> &[u8; 16] {
        &self.generation
    }

    /// The value as it is stored.
    pub fn seal(&self, store: Name, id: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(HEADER + plain.len() + TAG);
        let Some(key) = &self.key else { return self.as_before(sealed, store, id, plain) };
        let nonce = random::bytes::<NONCE>();
        sealed.push(SEALED);
        sealed.extend_from_slice(&DATA_KEY.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        let bound = self.bound(store, id);
        if cfg!(feature = "null-sealer") {
            sealed.extend_from_slice(plain);
        } else {
            // Fails for a value of 256 GB only, which is then one that does not open.
            value::seal(&mut sealed, key, &nonce, &bound, plain);
        }
        sealed
    }

    /// The value as it was, if it was sealed for this place under this key.
    pub fn open(&self, store: Name, id: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (header, body) = sealed.split_first_chunk::<HEADER>().ok_or(StoreError::Damaged)?;
        let [format, rest @ ..] = header;
        let (key_id, nonce) = rest.split_first_chunk::<4>().ok_or(StoreError::Damaged)?;
        let nonce = nonce.try_into().map_err(|_| StoreError::Damaged)?;
        let bound = self.bound(store, id);
        match (&self.key, *format, u32::from_be_bytes(*key_id)) {
            (Some(_), SEALED, DATA_KEY) if cfg!(feature = "null-sealer") => Ok(body.to_vec()),
            (Some(key), SEALED, DATA_KEY) => value::open(key, nonce, &bound, body).ok_or(StoreError::Damaged),
            (None, UNSEALED, NO_KEY) => match body.split_last_chunk::<TAG>() {
                Some((plain, tag)) if *tag == tag_before(&bound) => Ok(plain.to_vec()),
                _ => Err(StoreError::Damaged),
            },
            _ => Err(StoreError::Damaged),
        }
    }

    /// The form of a build that sealed nothing: a tag covers where a row belongs, not what it says.
    fn as_before(&self, mut sealed: Vec<u8>, store: Name, id: &[u8], plain: &[u8]) -> Vec<u8> {
        sealed.push(UNSEALED);
        sealed.extend_from_slice(&NO_KEY.to_be_bytes());
        sealed.extend_from_slice(&[0; NONCE]);
        sealed.extend_from_slice(plain);
        sealed.extend_from_slice(&tag_before(&self.bound(store, id)));
        sealed
    }

    fn bound(&self, store: Name, id: &[u8]) -> Vec<u8> {
        let mut bound = Vec::with_capacity(64);
        bound.extend_from_slice(store.code().as_bytes());
        bound.push(0);
        bound.extend_from_slice(&(id.len() as u32).to_be_bytes());
        bound.extend_from_slice(id);
        bound.extend_from_slice(&SCHEMA.to_be_bytes());
        bound.extend_from_slice(&self.generation);
        bound
    }
}

fn tag_before(bound: &[u8]) -> [u8; TAG] {
    let mut tag = [0; TAG];
    tag.iter_mut().zip(SecretHash::of(bound).bytes()).for_each(|(tag, hash)| *tag = *hash);
    tag
}
