//! The one place that everything stored goes through, in and out.
//!
//! A sealed value is a header — format version, key id, nonce — and the sealed bytes. What they are bound to, so that a
//! row moved elsewhere does not open, is not in them: store, id of the record or operation, schema, and the generation of
//! the database (never the sync epoch, which a restored server changes).

use super::{StoreError, schema::Name};
use domain::opinion::SecretHash;

/// The version of the header.
const FORMAT: u8 = 1;

/// The schema of what is inside; rows of a later one are not opened.
const SCHEMA: u16 = 1;

/// The key id of "not sealed": test data only. The tag then covers where a row belongs, not what it says.
const OPEN: u32 = 0;

const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = 1 + 4 + NONCE;

/// Seals and opens the values of one database.
#[derive(Clone, Copy, Debug)]
pub struct Sealer {
    generation: [u8; 16],
}

impl Sealer {
    /// For the database with these random bytes, which are made with it and never change.
    pub const fn new(generation: [u8; 16]) -> Self {
        Self { generation }
    }

    /// The value as it is stored.
    pub fn seal(&self, store: Name, id: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(HEADER + plain.len() + TAG);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&OPEN.to_be_bytes());
        sealed.extend_from_slice(&[0; NONCE]);
        sealed.extend_from_slice(plain);
        sealed.extend_from_slice(&self.tag(store, id));
        sealed
    }

    /// The value as it was, if it was sealed for this place.
    pub fn open(&self, store: Name, id: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let body = sealed
            .split_at_checked(HEADER)
            .filter(|(header, _)| header.first() == Some(&FORMAT) && header.get(1..5).is_some_and(|key| key == OPEN.to_be_bytes()));
        let (_, body) = body.ok_or(StoreError::Damaged)?;
        let (plain, tag) = body.split_last_chunk::<TAG>().ok_or(StoreError::Damaged)?;
        if *tag == self.tag(store, id) { Ok(plain.to_vec()) } else { Err(StoreError::Damaged) }
    }

    fn tag(&self, store: Name, id: &[u8]) -> [u8; TAG] {
        let mut bound = Vec::with_capacity(64);
        bound.extend_from_slice(store.code().as_bytes());
        bound.push(0);
        bound.extend_from_slice(&(id.len() as u32).to_be_bytes());
        bound.extend_from_slice(id);
        bound.extend_from_slice(&SCHEMA.to_be_bytes());
        bound.extend_from_slice(&self.generation);
        let mut tag = [0; TAG];
        tag.iter_mut().zip(SecretHash::of(&bound).bytes()).for_each(|(tag, hash)| *tag = *hash);
        tag
    }
}
