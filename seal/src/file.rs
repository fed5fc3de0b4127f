//! A file with residents' words that leaves the server. Sealed to the recovery key, it says nothing to whoever finds it on a
//! stick, and two of the three sheets open it: a first line for who looks into it with an editor, the public half, and the
//! sealed message of [`crate::recovery`].

use crate::Key;
use crate::recovery::{PrivateKey, PublicKey};

/// What every such file begins with.
const FIRST_LINE: &[u8] = b"Gan Dan, niem phong / sealed, 1\n";

/// Makes the file. `purpose` says what it is, and must be named again to open it; `random` is drawn for it and used once.
/// `None` where `to` is no public key at all.
pub fn seal(to: PublicKey, purpose: &[u8], random: Key, content: &[u8]) -> Option<Vec<u8>> {
    let sealed = to.seal(purpose, random, content)?;
    Some([FIRST_LINE, &to.0, &sealed].concat())
}

/// Whose key opens it; `None` for a file that is none of these.
pub fn sealed_to(file: &[u8]) -> Option<PublicKey> {
    parts(file).map(|(key, _)| key)
}

/// What is in it; `None` for another key's, for another purpose, and for a damaged one.
pub fn open(by: &PrivateKey, purpose: &[u8], file: &[u8]) -> Option<Vec<u8>> {
    by.open(purpose, parts(file)?.1)
}

fn parts(file: &[u8]) -> Option<(PublicKey, &[u8])> {
    let (key, sealed) = file.strip_prefix(FIRST_LINE)?.split_first_chunk::<32>()?;
    Some((PublicKey::read(key)?, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn says_whose_it_is_and_opens_for_them_and_its_purpose_only(private: Key, other: Key, random: Key, content: Vec<u8>, cut: usize) {
            let key = PrivateKey::new(private);
            let file = seal(key.public(), b"a", random, &content).unwrap();
            prop_assert_eq!(sealed_to(&file), Some(key.public()));
            prop_assert_eq!(open(&key, b"a", &file), Some(content));
            prop_assert_eq!(open(&key, b"b", &file), None);
            prop_assert_eq!(open(&PrivateKey::new(other), b"a", &file), None);
            let short = &file[..cut % file.len()];
            prop_assert_eq!(open(&key, b"a", short), None);
        }

        #[test]
        fn other_files_are_none(bytes: Vec<u8>) {
            prop_assert_eq!(sealed_to(&bytes), None);
            let named = [FIRST_LINE, &bytes].concat();
            prop_assert_eq!(open(&PrivateKey::new([1; 32]), b"a", &named), None);
        }
    }
}
