//! Passphrases, one-time codes, session tokens, and how often somebody may guess.

use crate::keys::hex;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

/// Hashes and checks passphrases, a few at a time: each takes 19 MiB and a core for some 20 ms.
#[derive(Clone)]
pub struct Passphrases {
    at_once: Arc<Semaphore>,
}

/// The machine had no randomness, or no memory for hashing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSecret;

impl Default for Passphrases {
    fn default() -> Self {
        Self { at_once: Arc::new(Semaphore::new(4)) }
    }
}

impl Passphrases {
    /// The hash to keep, as a PHC string.
    pub async fn hash(&self, passphrase: &str) -> Result<String, NoSecret> {
        let passphrase = passphrase.to_owned();
        self.blocking(move || hash(&passphrase)).await?
    }

    /// Whether this is the passphrase. For a login that does not exist pass `None`: it takes as long as a wrong one.
    pub async fn verify(&self, passphrase: &str, kept: Option<String>) -> Result<bool, NoSecret> {
        let passphrase = passphrase.to_owned();
        self.blocking(move || match kept {
            Some(kept) => matches(&passphrase, &kept),
            None => {
                static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody").unwrap_or_default());
                matches(&passphrase, &NOBODY);
                false
            }
        })
        .await
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, NoSecret> {
        let permit = self.at_once.acquire().await.map_err(|_| NoSecret)?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|_| NoSecret);
        drop(permit);
        done
    }
}

/// Argon2id with 19 MiB, two passes, one lane: the smallest that OWASP's password storage cheat sheet recommends.
fn argon2() -> Result<Argon2<'static>, NoSecret> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| NoSecret)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// One spelling for what two keyboards type differently ("ệ" as one character or as three).
fn spelled(passphrase: &str) -> String {
    passphrase.nfc().collect()
}

fn hash(passphrase: &str) -> Result<String, NoSecret> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(|_| NoSecret)?;
    let hash = argon2()?.hash_password(spelled(passphrase).as_bytes(), &salt).map_err(|_| NoSecret)?;
    Ok(hash.to_string())
}

fn matches(passphrase: &str, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    // The parameters stand in the kept hash.
    Argon2::default().verify_password(spelled(passphrase).as_bytes(), &kept).is_ok()
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], NoSecret> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoSecret)?;
    Ok(bytes)
}

/// A secret that somebody carries in a cookie or a link: 32 random bytes in hexadecimal. The server keeps its hash only.
pub fn new_token() -> Result<String, NoSecret> {
    Ok(hex(&random::<32>()?))
}

/// The hash of a token. Of 256 random bits a fast one is enough, and comparing hashes tells an attacker nothing by its
/// time.
pub fn token_hash(presented: &str) -> [u8; 32] {
    Sha256::digest(presented).into()
}

/// The letters of a one-time code (Crockford's base 32): no I, L, O and U, which look like others or spell words.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters in a one-time code.
const CODE_LETTERS: usize = 8;

/// A new one-time code, without its hyphen: 40 random bits.
pub fn new_code() -> Result<String, NoSecret> {
    let letter = |byte: u8| char::from(ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'0'));
    Ok(random::<CODE_LETTERS>()?.into_iter().map(letter).collect())
}

/// A code as people read it: "KV3T-8Q4M".
pub fn code_for_people(code: &str) -> String {
    let half: String = code.chars().take(CODE_LETTERS / 2).collect();
    let rest: String = code.chars().skip(CODE_LETTERS / 2).collect();
    format!("{half}-{rest}")
}

/// Reads a code as somebody typed it: case, spaces and hyphens do not matter, and O, I, L stand for what they look like.
/// `None` if it cannot be one.
pub fn read_code(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—' | '.'))
        .take(CODE_LETTERS + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let known = |c: char| u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
    (code.chars().count() == CODE_LETTERS && code.chars().all(known)).then_some(code)
}

/// Whose guesses are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Guesser {
    /// Everybody who tries this sign-in name.
    Login(String),
    /// Everybody behind this address who signs in.
    Address(Network),
    /// Everybody behind this address who enrols a phone.
    Enrolling(Network),
    /// Everybody behind this address whose phone asks to be opened.
    Reopening(Network),
}

/// What one subscriber has: an address of IPv4, or the /64 of one of IPv6, in which they can take any address they like
/// (RFC 6177: a site gets at least that).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl Guesser {
    /// Failures before the first wait. A whole office stands behind one address.
    const fn free(&self) -> u32 {
        match self {
            Self::Login(_) | Self::Enrolling(_) | Self::Reopening(_) => 5,
            Self::Address(_) => 25,
        }
    }
}

/// Failed attempts, in memory: a restart forgives them, which costs an attacker more than it gives.
#[derive(Default)]
pub struct Attempts {
    failures: Mutex<HashMap<Guesser, Failures>>,
}

struct Failures {
    count: u32,
    until: Instant,
}

/// The first wait after too many failures; doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait; after as much time again without an attempt everything is forgiven.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Guessers remembered at once.
const REMEMBERED: usize = 20_000;

impl Attempts {
    /// Counts an attempt as failed until [`Attempts::forgive`] says otherwise, so that many at once are counted too.
    /// `Err` says how many seconds to wait; nothing is tried then.
    pub fn begin(&self, guesser: Guesser, now: Instant) -> Result<(), u32> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, f| now < f.until + LONGEST_WAIT);
        }
        // Still full after that: an attack. Those that are not remembered wait.
        if failures.len() >= REMEMBERED && !failures.contains_key(&guesser) {
            return Err(seconds(FIRST_WAIT));
        }
        let free = guesser.free();
        let entry = failures.entry(guesser).or_insert(Failures { count: 0, until: now });
        if now >= entry.until + LONGEST_WAIT {
            entry.count = 0;
        }
        if now < entry.until {
            return Err(seconds(entry.until - now));
        }
        entry.count = entry.count.saturating_add(1);
        let wait = match entry.count.checked_sub(free) {
            None => Duration::ZERO,
            Some(doublings) => FIRST_WAIT.saturating_mul(1 << doublings.min(16)).min(LONGEST_WAIT),
        };
        entry.until = now + wait;
        Ok(())
    }

    /// The attempt was right. An address only gets this one attempt back, or an attacker with an account of their own
    /// could start over again and again.
    pub fn forgive(&self, guesser: &Guesser) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match guesser {
            Guesser::Login(_) => {
                failures.remove(guesser);
            }
            Guesser::Address(_) | Guesser::Enrolling(_) | Guesser::Reopening(_) => {
                if let Some(entry) = failures.get_mut(guesser) {
                    entry.count = entry.count.saturating_sub(1);
                }
            }
        }
    }
}

fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passphrases_match_however_they_are_typed() {
        let passphrases = Passphrases::default();
        let kept = passphrases.hash("đường lên thôn").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let decomposed: String = "đường lên thôn".nfd().collect();
        assert_ne!(decomposed, "đường lên thôn");
        for (typed, kept, right) in [
            ("đường lên thôn", Some(kept.clone()), true),
            (decomposed.as_str(), Some(kept.clone()), true),
            ("duong len thon", Some(kept.clone()), false),
            ("nobody", None, false),
            ("x", Some("not a hash".to_owned()), false),
        ] {
            assert_eq!(passphrases.verify(typed, kept).await, Ok(right), "{typed}");
        }
    }

    #[test]
    fn codes_survive_being_typed() {
        let code = new_code().unwrap();
        let shown = code_for_people(&code);
        assert_eq!((shown.len(), read_code(&shown).as_deref()), (9, Some(code.as_str())));
        assert_eq!(read_code(" kv3t 8q4m ").as_deref(), Some("KV3T8Q4M"));
        assert_eq!(read_code("KVOT–8QIL").as_deref(), Some("KV0T8Q11"));
        for typed in ["", "KV3T-8Q4", "KV3T-8Q4MX", "KV3T-8Q4Ư", "KV3T-8Q4U"] {
            assert_eq!(read_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn guesses_get_slower() {
        let attempts = Attempts::default();
        let (login, start) = (Guesser::Login("lan".into()), Instant::now());
        for _ in 0..5 {
            assert_eq!(attempts.begin(login.clone(), start), Ok(()));
        }
        let wait = attempts.begin(login.clone(), start).unwrap_err();
        assert!((5..=6).contains(&wait), "{wait}");
        let later = start + Duration::from_secs(6);
        assert_eq!(attempts.begin(login.clone(), later), Ok(()));
        assert!(attempts.begin(login.clone(), later).unwrap_err() > wait, "the wait grows");
        assert_eq!(attempts.begin(Guesser::Login("hoa".into()), later), Ok(()), "somebody else is not held up");
        attempts.forgive(&login);
        assert_eq!(attempts.begin(login.clone(), later), Ok(()));
    }

    #[test]
    fn an_address_gets_back_only_its_right_guesses() {
        let attempts = Attempts::default();
        let (address, now) = (Guesser::Address(Network::of([127, 0, 0, 1].into())), Instant::now());
        for n in 0..40 {
            assert_eq!(attempts.begin(address.clone(), now), Ok(()), "{n}");
            attempts.forgive(&address);
        }
        let tried = (0..40).take_while(|_| attempts.begin(address.clone(), now).is_ok()).count();
        assert_eq!(tried, 25);
    }

    #[test]
    fn guesses_are_counted_by_subscriber() {
        let network = |address: &str| Network::of(address.parse().unwrap());
        for (a, b, same) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("203.0.113.7", "::ffff:203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.8", false),
        ] {
            assert_eq!(network(a) == network(b), same, "{a} {b}");
        }
    }

    #[test]
    fn waiting_forgives() {
        let attempts = Attempts::default();
        let address = Guesser::Enrolling(Network::of([127, 0, 0, 1].into()));
        let start = Instant::now();
        let mut now = start;
        for _ in 0..30 {
            if let Err(wait) = attempts.begin(address.clone(), now) {
                assert!(wait <= 15 * 60 + 1);
                now += Duration::from_secs(wait.into());
            }
        }
        now += 2 * LONGEST_WAIT;
        for _ in 0..5 {
            assert_eq!(attempts.begin(address.clone(), now), Ok(()));
        }
    }
}
