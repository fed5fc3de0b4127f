//! The server's own secret: a file outside the database, from which tokens, cursors, code hashes and marks are made.
//!
//! Outside, so that a phone that was enrolled after the last backup can still deliver to a restored server, and so that
//! a copy of the database alone can forge nothing, guess no code and read no anonymous opinion that still waits.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::id::{DeviceId, Epoch};
use domain::operation::Scope;
use domain::wire::{Cursor, Mark};
use hmac::{Hmac, Mac as _};
use serde_bytes::ByteBuf;
use sha2::Sha256;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// What is sealed is filled up to a multiple of this many bytes. A row of one such block stays inside a page of the
/// database, whatever its length was; longer ones spill into pages of their own.
const SEALED_BLOCK: usize = 768;

/// The keys, all derived from one secret.
pub struct Keys {
    token: [u8; 32],
    cursor: [u8; 32],
    code: [u8; 32],
    session: [u8; 32],
    name: [u8; 32],
    seal: [u8; 32],
    nonce: [u8; 32],
    fork: [u8; 32],
}

impl Keys {
    /// Keys of a secret of 32 random bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        let derive = |purpose: &[u8]| mac(secret, &[purpose]);
        Self {
            token: derive(b"device token"),
            cursor: derive(b"cursor"),
            code: derive(b"enrolment code"),
            session: derive(b"session"),
            name: derive(b"sealed row's name"),
            seal: derive(b"sealed row"),
            nonce: derive(b"sealed row's nonce"),
            fork: derive(b"copied phone"),
        }
    }

    /// Reads the secret from its file. On the first start there is none: then `fresh` is written to it, readable by
    /// its owner only, and is on the disk before this returns.
    pub fn open(path: &Path, fresh: &[u8; 32]) -> Result<Self, KeysError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::new(&from_hex(text.trim()).ok_or(KeysError::Damaged)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(path, format!("{}\n", hex(fresh)).as_bytes())?;
                Ok(Self::new(fresh))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The bearer token of a device: its id and a signature.
    pub fn token(&self, device: DeviceId) -> String {
        format!("{}.{}", device.0.simple(), hex(&self.sign(device)))
    }

    /// The device that a token names, if this server signed it.
    pub fn read_token(&self, token: &str) -> Option<DeviceId> {
        let (device, signature) = token.split_once('.')?;
        let device: DeviceId = device.parse().ok()?;
        let signature: [u8; 16] = from_hex(signature)?;
        keyed(&self.token, &[device.bytes()]).verify_truncated_left(&signature).ok()?;
        Some(device)
    }

    fn sign(&self, device: DeviceId) -> [u8; 16] {
        half(mac(&self.token, &[device.bytes()]))
    }

    /// The device as which a copy of this one goes on that brings these bytes under a number. Made with a key, so that an id,
    /// which stays for ever, gives nobody a means to try what was in a body that was erased.
    pub fn fork(&self, device: DeviceId, seq: u64, bytes: &[u8]) -> DeviceId {
        let mut random = [0; 10];
        random.copy_from_slice(&mac(&self.fork, &[device.bytes(), &seq.to_be_bytes(), bytes])[..10]);
        let millis = device.bytes().iter().take(6).fold(0, |millis, byte| millis << 8 | u64::from(*byte));
        DeviceId::new(millis, random)
    }

    /// What the store keeps of an enrolment code. Case, spaces and hyphens of the typed code do not matter.
    pub fn code(&self, typed: &str) -> [u8; 32] {
        let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        mac(&self.code, &[letters.as_bytes()])
    }

    /// What the store keeps of a session token.
    pub fn session(&self, token: &str) -> [u8; 32] {
        mac(&self.session, &[token.as_bytes()])
    }

    /// The name of a row whose own identity must not be read in the database.
    pub fn name(&self, identity: &[u8]) -> [u8; 32] {
        mac(&self.name, &[identity])
    }

    /// Seals what the database must not show, for one row of one table: XChaCha20-Poly1305, filled up so that the length
    /// tells little. The nonce is made from what is sealed, so that only the same bytes in the same row are the same again.
    /// `None` for more than can be sealed, which is more than anything that is received.
    pub fn seal(&self, table: &str, name: &[u8; 32], plain: &[u8]) -> Option<Vec<u8>> {
        let mut filled = u32::try_from(plain.len()).ok()?.to_be_bytes().to_vec();
        filled.extend(plain);
        filled.resize(filled.len().next_multiple_of(SEALED_BLOCK), 0);
        let place = [table.as_bytes(), name].concat();
        let mut nonce = [0; 24];
        nonce.copy_from_slice(&mac(&self.nonce, &[&place, &filled])[..24]);
        let payload = Payload { msg: &filled, aad: &place };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Keys::seal`] sealed for this row of this table. `None` for anything else.
    pub fn unseal(&self, table: &str, name: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
        let payload = Payload { msg: sealed, aad: &[table.as_bytes(), name].concat() };
        let filled = self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?;
        let (length, plain) = filled.split_first_chunk::<4>()?;
        plain.get(..u32::from_be_bytes(*length) as usize).map(<[u8]>::to_vec)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.seal))
    }

    /// The cursor behind the record with this sequence in this stream, in this life of the database.
    pub fn cursor(&self, epoch: Epoch, scope: Scope, seq: u64) -> Cursor {
        let mut signed = seq.to_be_bytes().to_vec();
        signed.extend(half(mac(&self.cursor, &place(&epoch, &scope, &seq.to_be_bytes()))));
        Cursor { scope, signed: ByteBuf::from(signed) }
    }

    /// The sequence in a cursor. `None`, and the phone reads the stream from its beginning, where the cursor is of
    /// another life of the database or was not made here.
    pub fn read_cursor(&self, epoch: Epoch, cursor: &Cursor) -> Option<u64> {
        let (seq, signature) = cursor.signed.split_first_chunk::<8>()?;
        let (signature, []) = signature.split_first_chunk::<16>()? else { return None };
        keyed(&self.cursor, &place(&epoch, &cursor.scope, seq)).verify_truncated_left(signature).ok()?;
        Some(u64::from_be_bytes(*seq))
    }

    /// One hash over everything that a pull depends on: the life of the database, the version of the grants and the
    /// head of every stream that they let the person read, in ascending order.
    pub fn mark(&self, epoch: Epoch, grants: u32, heads: &[(Scope, u64)]) -> Mark {
        let mut all = keyed(&self.cursor, &[b"mark", epoch.bytes(), &grants.to_be_bytes()]);
        for (scope, head) in heads {
            all.update(scope.area.bytes());
            all.update(scope.stream.code().as_bytes());
            all.update(&head.to_be_bytes());
        }
        Mark(half(all.finalize().into_bytes().into()))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// Why the keys cannot be had.
#[derive(Debug)]
pub enum KeysError {
    /// The file is there and does not hold a secret: put the right one back from where it is kept.
    Damaged,
    /// The file cannot be read or written.
    Io(io::Error),
}

impl From<io::Error> for KeysError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("the key file does not hold a key"),
            Self::Io(error) => write!(f, "the key file: {error}"),
        }
    }
}

impl std::error::Error for KeysError {}

fn place<'a>(epoch: &'a Epoch, scope: &'a Scope, seq: &'a [u8; 8]) -> [&'a [u8]; 4] {
    [epoch.bytes(), scope.area.bytes(), scope.stream.code().as_bytes(), seq]
}

/// HMAC-SHA256 over the pieces, one after the other. Callers keep all pieces but one at fixed lengths.
pub(crate) fn mac(key: &[u8], pieces: &[&[u8]]) -> [u8; 32] {
    keyed(key, pieces).finalize().into_bytes().into()
}

fn keyed(key: &[u8], pieces: &[&[u8]]) -> Hmac<Sha256> {
    // HMAC takes keys of any length; the fallback is never reached and no key of ours is empty.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    for piece in pieces {
        mac.update(piece);
    }
    mac
}

pub(crate) fn half(hash: [u8; 32]) -> [u8; 16] {
    let mut first = [0; 16];
    first.copy_from_slice(&hash[..16]);
    first
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Reads exactly `N` bytes of hex.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    bytes(text)?.try_into().ok()
}

/// Reads any number of bytes of hex.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    Some(pairs.map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// Writes a file that must not exist yet, for its owner only, and waits until it and its name are on the disk.
fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    sync_directory(path)
}

/// Waits until the name of a new file is on the disk.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::AreaId;
    use domain::operation::Stream;

    fn keys(n: u8) -> Keys {
        Keys::new(&[n; 32])
    }

    #[test]
    fn only_this_server_signs_its_tokens() {
        let device = DeviceId::new(1, [1; 10]);
        let token = keys(1).token(device);
        assert_eq!(keys(1).read_token(&token), Some(device));
        assert_eq!(keys(2).read_token(&token), None);
        let other = token.replacen(&device.0.simple().to_string(), &DeviceId::new(1, [2; 10]).0.simple().to_string(), 1);
        for bad in [other.as_str(), "", ".", &token[..64], "x.y"] {
            assert_eq!(keys(1).read_token(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_cursor_is_of_one_place_and_one_life() {
        let (epoch, area) = (Epoch::new(1, [1; 10]), AreaId::new(1, [1; 10]));
        let scope = Scope { area, stream: Stream::Visit };
        let cursor = keys(1).cursor(epoch, scope, 300);
        assert_eq!(keys(1).read_cursor(epoch, &cursor), Some(300));
        assert_eq!(keys(1).read_cursor(Epoch::new(1, [2; 10]), &cursor), None);
        assert_eq!(keys(2).read_cursor(epoch, &cursor), None);
        let moved = Cursor { scope: Scope { area, stream: Stream::Voice }, ..cursor.clone() };
        assert_eq!(keys(1).read_cursor(epoch, &moved), None);
        for n in [0, 7, 8, 23, 25] {
            let mut signed = cursor.signed.to_vec();
            signed.resize(n, 0);
            assert_eq!(keys(1).read_cursor(epoch, &Cursor { scope, signed: ByteBuf::from(signed) }), None);
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(keys(1).code("kv3t 8q4m"), keys(1).code("KV3T-8Q4M"));
        assert_ne!(keys(1).code("KV3T8Q4M"), keys(2).code("KV3T8Q4M"));
    }

    #[test]
    fn what_is_sealed_is_for_one_row_and_one_server() {
        let (name, other) = (keys(1).name(b"a"), keys(1).name(b"b"));
        assert_ne!(name, keys(2).name(b"a"));
        for length in [0, 1, 700, 764, 765, 12_000] {
            let plain = vec![7; length];
            let sealed = keys(1).seal("pool", &name, &plain).unwrap();
            assert_eq!((sealed.len() - 40) % SEALED_BLOCK, 0);
            assert_eq!(keys(1).unseal("pool", &name, &sealed), Some(plain));
            for not in [
                keys(2).unseal("pool", &name, &sealed),
                keys(1).unseal("replaced", &name, &sealed),
                keys(1).unseal("pool", &other, &sealed),
                keys(1).unseal("pool", &name, &sealed[..sealed.len() - 1]),
                keys(1).unseal("pool", &name, &[]),
            ] {
                assert_eq!(not, None);
            }
        }
        let short = keys(1).seal("pool", &name, b"x").unwrap();
        assert_eq!(short.len(), keys(1).seal("pool", &name, &[0; 700]).unwrap().len());
    }

    #[test]
    fn the_secret_is_made_once_and_is_the_owners() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let device = DeviceId::new(1, [1; 10]);
        let token = Keys::open(&path, &[7; 32]).unwrap().token(device);
        assert_eq!(Keys::open(&path, &[8; 32]).unwrap().read_token(&token), Some(device));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        std::fs::write(&path, "abc").unwrap();
        assert!(matches!(Keys::open(&path, &[8; 32]), Err(KeysError::Damaged)));
    }
}
