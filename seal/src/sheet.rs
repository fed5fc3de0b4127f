//! The recovery key on three sheets of paper, any two of which give it back and one of which says nothing: Shamir's
//! "How to share a secret" (1979), a line through each byte over GF(2⁸).
//!
//! A sheet is four rows of four groups of four letters and digits, without I, L, O and U, which are misread; each row
//! has its own check, so that whoever types one is told which row is wrong.

use crate::Key;
use crate::recovery::{PrivateKey, PublicKey};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Makes the three sheets. `random` is drawn for this and used once.
pub fn split(key: &PrivateKey, random: Key) -> [Sheet; 3] {
    let of = first_bytes(&key.public());
    [1, 2, 3].map(|number| {
        let mut line = *key.bytes();
        line.iter_mut().zip(random).for_each(|(byte, slope)| *byte ^= times(slope, number));
        Sheet { number, of, line }
    })
}

/// The key behind two of its sheets.
pub fn join(one: &Sheet, two: &Sheet, public: &PublicKey) -> Result<PrivateKey, JoinError> {
    let of = first_bytes(public);
    if one.of != of || two.of != of {
        return Err(JoinError::Other);
    }
    if one.number == two.number {
        return Err(JoinError::Same);
    }
    // Lagrange's line at nought: y₁·x₂/(x₁+x₂) + y₂·x₁/(x₁+x₂), where adding and subtracting are the same.
    let over = inverse(one.number ^ two.number);
    let (first, second) = (times(two.number, over), times(one.number, over));
    let mut secret = Key::default();
    for (byte, (a, b)) in secret.iter_mut().zip(one.line.iter().zip(two.line)) {
        *byte = times(*a, first) ^ times(b, second);
    }
    let key = PrivateKey::new(secret);
    if key.public() == *public { Ok(key) } else { Err(JoinError::Other) }
}

/// One of the three. Not printable by accident: what it says is asked for by [`Sheet::rows`].
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Which: 1, 2 or 3.
    pub number: u8,
    /// The first bytes of the public key, so that a sheet of another key is recognised.
    of: [u8; 3],
    line: Key,
}

/// Why two sheets do not give the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// It is the same sheet twice: another one is needed.
    Same,
    /// They belong to another key.
    Other,
}

/// Why what was typed is no sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetError {
    /// So many letters are missing (negative: too many).
    Length(i32),
    /// This letter is none that stands on a sheet.
    Letter(char),
    /// This row, from 1, was mistyped.
    Row(usize),
}

/// Rows of a sheet.
pub const ROWS: usize = 4;
/// Bytes of a row before its check.
const ROW: usize = 9;
/// Letters of a row, without the gaps.
const LETTERS: usize = (ROW + 1) * 8 / 5;

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Sheet {
    /// Its four rows, as they are printed.
    pub fn rows(&self) -> [String; ROWS] {
        let mut bytes = [0; ROWS * ROW];
        let all = [self.number].into_iter().chain(self.of).chain(self.line);
        bytes.iter_mut().zip(all).for_each(|(byte, value)| *byte = value);
        std::array::from_fn(|row| {
            let content = bytes.get(row * ROW..(row + 1) * ROW).unwrap_or_default();
            letters(&[content, &[check(row, content)]].concat())
        })
    }

    /// Whether somebody who typed this has the last group of it before them. Read like a whole sheet.
    pub fn ends_with(&self, typed: &str) -> bool {
        let letters = |text: &str| text.chars().filter(is_letter).map(value).collect::<Option<Vec<u8>>>();
        let rows = self.rows();
        let last = rows.last().and_then(|row| row.rsplit('-').next()).and_then(letters);
        last.is_some() && letters(typed) == last
    }

    /// Reads what somebody typed. Case, spaces, hyphens and lines do not matter; O is read as 0, I and L as 1.
    pub fn read(typed: &str) -> Result<Self, SheetError> {
        let mut values = Vec::new();
        for letter in typed.chars().filter(is_letter) {
            values.push(value(letter).ok_or(SheetError::Letter(letter))?);
        }
        let missing = (ROWS * LETTERS) as i32 - values.len() as i32;
        if missing != 0 {
            return Err(SheetError::Length(missing));
        }
        let mut bytes = Vec::new();
        for (row, letters) in values.chunks_exact(LETTERS).enumerate() {
            let all = from_letters(letters);
            match all.split_last() {
                Some((sum, content)) if *sum == check(row, content) => bytes.extend_from_slice(content),
                _ => return Err(SheetError::Row(row + 1)),
            }
        }
        let sheet = bytes.split_first().and_then(|(number, rest)| {
            let (of, line) = rest.split_first_chunk::<3>()?;
            Some(Self { number: *number, of: *of, line: line.try_into().ok()? })
        });
        sheet.filter(|sheet| (1..=3).contains(&sheet.number)).ok_or(SheetError::Row(1))
    }
}

/// Whether it is one of those that count, and no gap.
fn is_letter(typed: &char) -> bool {
    !typed.is_whitespace() && !matches!(typed, '-' | '–')
}

fn first_bytes(public: &PublicKey) -> [u8; 3] {
    let [a, b, c, ..] = public.0;
    [a, b, c]
}

fn check(row: usize, content: &[u8]) -> u8 {
    let [first, ..]: [u8; 32] = Sha256::digest([&[row as u8], content].concat()).into();
    first
}

/// Crockford's letters.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Bytes in fives, as letters in groups of four.
pub(crate) fn letters(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, group) in bytes
        .chunks(5)
        .flat_map(|five| {
            let all = five.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
            (0..8).rev().map(move |place| (all >> (place * 5)) as usize & 31)
        })
        .enumerate()
    {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(ALPHABET.get(group).copied().map_or('0', char::from));
    }
    text
}

fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    ALPHABET.iter().position(|known| char::from(*known) == letter).map(|at| at as u8)
}

fn from_letters(values: &[u8]) -> Vec<u8> {
    let five = |eight: &[u8]| {
        let all = eight.iter().fold(0_u64, |all, value| all << 5 | u64::from(*value));
        let [_, _, _, bytes @ ..] = all.to_be_bytes();
        bytes
    };
    values.chunks(8).flat_map(five).collect()
}

/// Multiplies in GF(2⁸) with the polynomial x⁸+x⁴+x³+x+1, in the same time whatever the bytes are.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    for _ in 0..8 {
        product ^= a & 0_u8.wrapping_sub(b & 1);
        a = (a << 1) ^ (0x1b & 0_u8.wrapping_sub(a >> 7));
        b >>= 1;
    }
    product
}

/// a²⁵⁴, which is 1/a.
fn inverse(a: u8) -> u8 {
    (0..253).fold(a, |power, _| times(power, a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_field_is_one() {
        for a in 0..=255_u8 {
            assert_eq!(times(a, 1), a);
            if a > 0 {
                assert_eq!(times(a, inverse(a)), 1, "{a}");
            }
            for b in 0..=255 {
                assert_eq!(times(a, b), times(b, a));
                assert_eq!(times(a, b ^ 29), times(a, b) ^ times(a, 29));
            }
        }
        // FIPS 197, 4.2.
        assert_eq!(times(0x57, 0x83), 0xc1);
    }

    proptest! {
        #[test]
        fn any_two_sheets_give_the_key_and_one_says_nothing(secret: Key, random: Key, other: Key) {
            let key = PrivateKey::new(secret);
            let sheets = split(&key, random);
            for (a, b) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
                let joined = join(&sheets[a], &sheets[b], &key.public()).ok().map(|key| *key.bytes());
                prop_assert_eq!(joined, Some(secret));
            }
            for sheet in &sheets {
                prop_assert_eq!(join(sheet, sheet, &key.public()).err(), Some(JoinError::Same));
                // For every other secret there is a slope that gives this very sheet.
                let slope: Key = std::array::from_fn(|n| times(sheet.line[n] ^ other[n], inverse(sheet.number)));
                let of_other = split(&PrivateKey::new(other), slope);
                prop_assert_eq!(of_other[usize::from(sheet.number) - 1].line, sheet.line);
            }
            let foreign = split(&PrivateKey::new(other), random);
            prop_assume!(secret != other);
            prop_assert_eq!(join(&foreign[0], &sheets[1], &key.public()).err(), Some(JoinError::Other));
        }

        #[test]
        fn what_is_printed_is_read_again_however_it_is_typed(secret: Key, random: Key, number in 0_usize..3) {
            let sheet = split(&PrivateKey::new(secret), random)[number].clone();
            let rows = sheet.rows();
            prop_assert!(rows.iter().all(|row| row.len() == 19));
            prop_assert!(Sheet::read(&rows.join("\n")).is_ok_and(|read| read == sheet));
            let typed = rows.join(" ").to_lowercase().replace('-', "").replace('0', "o").replace('1', "l");
            prop_assert!(Sheet::read(&typed).is_ok_and(|read| read == sheet));
            let last = &rows[3][15..];
            let loosely = [" ", &last.to_lowercase().replace('0', "o"), " "].concat();
            prop_assert!(sheet.ends_with(last) && sheet.ends_with(&loosely));
            prop_assert!(!sheet.ends_with("") && !sheet.ends_with(&last[1..]) && !sheet.ends_with(&rows[3]) && !sheet.ends_with("ư"));
            prop_assert_eq!(Sheet::read(&rows[..3].join("")).err(), Some(SheetError::Length(16)));
            prop_assert_eq!(Sheet::read(&(rows.join("") + "7")).err(), Some(SheetError::Length(-1)));
            prop_assert_eq!(Sheet::read(&rows.join("").replacen('-', "ư", 1)).err(), Some(SheetError::Letter('ư')));
        }
    }

    #[test]
    fn a_mistyped_row_is_named() {
        let sheet = split(&PrivateKey::new([7; 32]), [9; 32])[0].clone();
        for row in 0..ROWS {
            let mut rows = sheet.rows();
            let (at, letter) = (5, rows[row].as_bytes()[5]);
            let wrong = if letter == b'7' { "8" } else { "7" };
            rows[row].replace_range(at..=at, wrong);
            assert_eq!(Sheet::read(&rows.join("\n")).err(), Some(SheetError::Row(row + 1)));
            let mut rows = sheet.rows();
            rows.swap(row, (row + 1) % ROWS);
            assert!(matches!(Sheet::read(&rows.join("\n")), Err(SheetError::Row(_))));
        }
    }
}
