//! Vietnamese text: folding, search without accents, the order of names, figures as they are written.
//!
//! Text is compared letter by letter, a letter being its base, its shape (ă â ơ đ) and its tone, so composed and
//! decomposed spelling are the same and nothing here needs the Unicode tables that a phone would have to download.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::iter::Peekable;

/// The key that search and comparison go by: small letters without marks, single spaces, one kind of apostrophe
/// (`'`) and of dash (`-`). "  H’Lan  ÊBAN" and its decomposed spelling both give "h'lan eban".
pub fn fold(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    Letters::new(text).for_each(|letter| key.push(letter.base));
    key
}

/// [`fold`] without punctuation: what two titles or two village names have in common when they mean the same.
/// "Thôn Đồng Cừ – Bến Lĩnh" gives "thon dong cu ben linh".
pub fn words(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in fold(text).split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// What two spellings of a house's number have in common: [`fold`] without leading zeros, but for the last one.
pub fn number_key(no: &str) -> String {
    let no = fold(no);
    Some(no.trim_start_matches('0')).filter(|rest| !rest.is_empty()).unwrap_or(&no).to_owned()
}

/// A key that keeps the accents and drops everything else that does not change a word: case, composition, where in
/// the syllable the tone stands, punctuation. Equal for "Hoà" and "HÒA", different for "Hòa", "Hóa" and "Hoa".
/// For comparison only, not for reading.
pub fn spelling(text: &str) -> String {
    const TONES: [char; 6] = ['_', '`', '?', '~', '\'', '.'];
    let mut key = String::with_capacity(text.len() + 8);
    let mut tone = None;
    for letter in Letters::new(text) {
        if is_word(letter.base) {
            if tone.is_none() && !key.is_empty() {
                key.push(' ');
            }
            key.push(letter.base);
            if letter.shape != 0 {
                key.push(char::from(b'A' + letter.shape));
            }
            tone = tone.max(Some(letter.tone));
        } else if let Some(tone) = tone.take() {
            key.extend(TONES.get(usize::from(tone)));
        }
    }
    key.extend(tone.and_then(|tone| TONES.get(usize::from(tone))));
    key
}

/// Whether any letter carries a mark. Text typed without marks says nothing about them.
pub fn has_marks(text: &str) -> bool {
    Letters::new(text).any(|letter| letter.shape != 0 || letter.tone != 0)
}

/// What is stored of a line that somebody typed or a file held: letters composed (NFC), no control or invisible
/// characters, single spaces, nothing at either end, on one line.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !cleaned.is_empty();
        } else if !is_unseen(c) {
            if std::mem::take(&mut space) {
                cleaned.push(' ');
            }
            push_composed(&mut cleaned, c);
        }
    }
    cleaned
}

/// [`clean`] that keeps the lines of a longer text.
pub fn clean_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(clean).collect();
    lines.join("\n").trim().to_owned()
}

/// Text as others wrote it, with its letters composed (NFC) and nothing else changed: what was stored decomposed stays so,
/// and is shown, searched and exported composed. Knows the letters of Vietnamese, of its neighbours' languages and a few
/// European ones; a mark that fits no letter stays beside it.
pub fn compose(text: String) -> String {
    // The combining marks are U+0300–U+036F, and nothing else begins with these bytes but some Greek letters.
    if !text.bytes().any(|byte| matches!(byte, 0xcc | 0xcd)) {
        return text;
    }
    let mut composed = String::with_capacity(text.len());
    text.chars().for_each(|c| push_composed(&mut composed, c));
    composed
}

fn push_composed(text: &mut String, c: char) {
    let joined = mark(c).and_then(|(shape, tone)| join(text.chars().next_back()?, c, shape, tone));
    if joined.is_some() {
        text.pop();
    }
    text.push(joined.unwrap_or(c));
}

/// The letter that a letter and a mark behind it make, in whatever order its marks are typed.
fn join(letter: char, mark: char, shape: u8, tone: u8) -> Option<char> {
    let (base, before, toned) = analyse(letter);
    if shape == FOREIGN {
        if !letter.is_ascii() {
            return None;
        }
        let (_, letters) = FOREIGN_LETTERS.iter().find(|(with, _)| *with == mark)?;
        return letters.chars().filter(|made| analyse(*made).0 == base).nth(usize::from(!letter.is_ascii_uppercase()));
    }
    if before == FOREIGN || (before != 0 && shape != 0) || (toned != 0 && tone != 0) {
        return None;
    }
    let is_large = letter.is_ascii_uppercase() || analysed_as((base, before, toned)).next() == Some(letter);
    analysed_as((base, before | shape, toned | tone)).nth(usize::from(!is_large))
}

/// Words that begin a sentence, within one: "Hôm nay", "hôm nay". Vietnamese letters and ASCII; the whole of Unicode's small
/// letters, which the standard library would bring, is more than the phone needs.
pub fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    let Some(first) = rest.next() else { return String::new() };
    let small = if first.is_ascii() { None } else { analysed_as(analyse(first)).nth(1) };
    let mut lower = String::with_capacity(text.len());
    lower.push(small.unwrap_or(first.to_ascii_lowercase()));
    lower.push_str(rest.as_str());
    lower
}

/// The letters of one base, shape and tone: the large one, then the small one.
fn analysed_as(like: (char, u8, u8)) -> impl Iterator<Item = char> {
    ('\u{c0}'..='\u{233}').chain('\u{1e00}'..='\u{1eff}').filter(move |c| analyse(*c) == like)
}

/// Letters with marks that Vietnamese does not have, in names of neighbours ("Čư" in Ê Đê) and of foreigners: each mark,
/// and the letters with it, large before small.
const FOREIGN_LETTERS: [(char, &str); 5] = [
    ('\u{30c}', "ČčĎďĚěŇňŘřŠšŤťŽžǍǎǏǐǑǒǓǔ"),
    ('\u{308}', "ÄäËëÏïÖöÜüŸÿ"),
    ('\u{304}', "ĀāĒēĪīŌōŪū"),
    ('\u{30a}', "ÅåŮů"),
    ('\u{327}', "ÇçŞşŢţ"),
];

/// What somebody typed into the search field. Made once for each keystroke and held against every key.
#[derive(Clone, Debug)]
pub struct Query {
    /// Longest first, so that a short word never takes the only place that a longer one fits.
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    folded: String,
    /// The letters as typed, if any of them carries a mark.
    marked: Option<Vec<Letter>>,
}

/// How a key was found.
enum Found {
    /// Every word of the query begins a word of the key.
    Words,
    /// "ngvan": the beginnings of neighbouring words, written together.
    Joined,
    /// "nvh": initials from the first word on.
    Initials,
}

impl Query {
    /// Reads what was typed; anything is accepted.
    pub fn new(typed: &str) -> Self {
        let letters: Vec<Letter> = Letters::new(typed).collect();
        let mut words: Vec<Word> = letters
            .split(|letter| !is_word(letter.base))
            .filter(|word| !word.is_empty())
            .map(|word| Word {
                folded: word.iter().map(|letter| letter.base).collect(),
                marked: word.iter().any(|letter| letter.shape != 0 || letter.tone != 0).then(|| word.to_vec()),
            })
            .collect();
        crate::short::sort_by_key(&mut words, |word| std::cmp::Reverse(word.folded.len()));
        Self { words }
    }

    /// Whether nothing was typed, so that everything matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well a record fits; smaller is better, `None` is not at all. 0: with the accents as typed, if any were;
    /// 1: with other accents; 2: written together ("ngvan"); 3: initials ("nvh").
    ///
    /// `folded` is [`fold`] of everything that is searched, `name` what the accents are held against. Allocates
    /// nothing, so that 100,000 keys can be walked at each keystroke.
    pub fn rank(&self, name: &str, folded: &str) -> Option<u8> {
        match self.find(folded.as_bytes(), |_, _| {})? {
            Found::Words if self.words.iter().all(|word| word.is_spelled_in(name)) => Some(0),
            Found::Words => Some(1),
            Found::Joined => Some(2),
            Found::Initials => Some(3),
        }
    }

    /// Whether every word of the query begins some word of a longer text, with whatever accents: for what people said,
    /// where initials and words written together would find too much. `folded` is [`fold`] of the text.
    pub fn is_in(&self, folded: &str) -> bool {
        self.words.iter().all(|word| free_place(folded.as_bytes(), word.folded.as_bytes(), 0).is_some())
    }

    /// The byte ranges `(start, end)` of a shown text that the query matches, in order and apart from each other.
    /// Of a query that also speaks of other fields, the words that this text has.
    pub fn highlight(&self, shown: &str) -> Vec<(usize, usize)> {
        let (mut key, mut spans) = (Vec::with_capacity(shown.len()), Vec::with_capacity(shown.len()));
        for letter in Letters::new(shown) {
            let mut bytes = [0; 4];
            for byte in letter.base.encode_utf8(&mut bytes).bytes() {
                key.push(byte);
                spans.push((letter.start, letter.end));
            }
        }
        let mut pieces = Vec::new();
        if self.find(&key, |start, end| pieces.push((start, end))).is_none() {
            let mut taken = 0;
            pieces.clear();
            for word in &self.words {
                if let Some(start) = free_place(&key, word.folded.as_bytes(), taken) {
                    taken |= bit(start);
                    pieces.push((start, start + word.folded.len()));
                }
            }
        }
        crate::short::sort_by(&mut pieces, Ord::cmp);
        let span = |(start, end): (usize, usize)| Some((spans.get(start)?.0, spans.get(end.checked_sub(1)?)?.1));
        pieces.into_iter().filter_map(span).collect()
    }

    /// Looks for the query in a folded key and calls `hit` with the start and end of each piece found.
    fn find(&self, key: &[u8], mut hit: impl FnMut(usize, usize)) -> Option<Found> {
        let mut taken = 0;
        let placed = self.words.iter().all(|word| {
            let place = free_place(key, word.folded.as_bytes(), taken);
            if let Some(start) = place {
                taken |= bit(start);
                hit(start, start + word.folded.len());
            }
            place.is_some()
        });
        if placed {
            return Some(Found::Words);
        }
        let [word] = self.words.as_slice() else { return None };
        let typed = word.folded.as_bytes();
        // Two letters are too often the beginning of one word: "th", "ng", "tr". And most keys are done with here.
        if typed.len() < 3 || places(key, *typed.first()?).next().is_none() {
            return None;
        }
        if let Some((start, end)) = joined(key, typed) {
            hit(start, end);
            return Some(Found::Joined);
        }
        let initials = || words_from(key, 0).take(typed.len());
        if typed.is_ascii() && initials().filter_map(|(_, word)| word.first()).eq(typed) {
            initials().for_each(|(start, _)| hit(start, start + 1));
            return Some(Found::Initials);
        }
        None
    }
}

impl Word {
    /// Whether some word of the name begins with this word, accents included if any were typed. Where in the
    /// syllable the tone stands makes no difference.
    fn is_spelled_in(&self, name: &str) -> bool {
        let Some(marked) = &self.marked else { return true };
        let first = marked.first().map(|letter| letter.base);
        let mut before = ' ';
        name.char_indices().any(|(at, c)| {
            let base = analyse(c).0;
            let starts = Some(base) == first && !is_word(before);
            before = base;
            starts && name.get(at..).is_some_and(|rest| begins_with(rest, marked))
        })
    }
}

fn begins_with(name: &str, typed: &[Letter]) -> bool {
    let (mut matched, mut tones) = (0, (0, 0));
    for (theirs, ours) in Letters::new(name).zip(typed) {
        if theirs.place() != ours.place() {
            return false;
        }
        tones = (tones.0.max(theirs.tone), tones.1.max(ours.tone));
        matched += 1;
    }
    matched == typed.len() && tones.0 == tones.1
}

/// Where the first word begins that starts with `word` and is not taken yet.
fn free_place(key: &[u8], word: &[u8], taken: u128) -> Option<usize> {
    places(key, *word.first()?).find(|&at| key.get(at..).is_some_and(|rest| rest.starts_with(word)) && taken & bit(at) == 0)
}

/// The mark of a taken place. Places beyond the 127th byte share one; no name is as long.
fn bit(at: usize) -> u128 {
    1 << at.min(127)
}

/// Where words begin with this byte. Every key is scanned for it at every keystroke, so what is rare is asked last.
fn places(key: &[u8], first: u8) -> impl Iterator<Item = usize> {
    let begins = move |at: usize| at.checked_sub(1).and_then(|before| key.get(before)).is_none_or(|&before| !is_word_byte(before));
    key.iter().enumerate().filter(move |&(_, &byte)| byte == first).map(|(at, _)| at).filter(move |&at| begins(at))
}

/// The words of a folded key from a byte on, with their starts.
fn words_from(key: &[u8], from: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = from;
    std::iter::from_fn(move || {
        let rest = key.get(at..)?;
        let start = at + rest.iter().position(|&byte| is_word_byte(byte))?;
        let rest = key.get(start..)?;
        let word = rest.split(|&byte| !is_word_byte(byte)).next()?;
        at = start + word.len();
        Some((start, word))
    })
}

/// Finds `typed` as the beginnings of neighbouring words, two letters or a whole word each ("ngvan" in "nguyen van",
/// not "lan" in "le an"; after four letters the last may be one, or "nguyenvanhung" would vanish while it is typed).
/// Returns the start of the first piece and the end of the last. Nobody types more than 63 letters without a space.
fn joined(key: &[u8], typed: &[u8]) -> Option<(usize, usize)> {
    let second = typed.get(1);
    let may_begin = |&at: &usize| key.get(at + 1).is_none_or(|byte| Some(byte) == second || !is_word_byte(*byte));
    places(key, *typed.first()?).filter(|_| typed.len() < 64).filter(may_begin).find_map(|start| {
        // Bit n: the first n letters of `typed` are used up by the words before this one.
        let mut reached: u64 = 1;
        for (at, word) in words_from(key, start) {
            let mut next = 0;
            for used in (0..typed.len()).filter(|used| reached >> used & 1 == 1) {
                let rest = typed.get(used..)?;
                let shared = rest.iter().zip(word).take_while(|(a, b)| a == b).count();
                if shared == rest.len() && (shared >= 2 || shared == word.len() || used >= 4) {
                    return Some((start, at + shared));
                }
                for piece in (1..=shared).filter(|&piece| piece >= 2 || piece == word.len()) {
                    next |= 1 << (used + piece);
                }
            }
            if next == 0 {
                return None;
            }
            reached = next;
        }
        None
    })
}

/// A name to sort by, and where its last word is not the given name, the text to sort it by instead.
#[derive(Clone, Copy, Debug)]
pub struct SortName<'a> {
    /// The name as it is shown.
    pub name: &'a str,
    /// What to sort by instead ("Thanh" for "Y Thanh Niê"); empty where the rule holds.
    pub instead: &'a str,
}

impl<'a> From<&'a str> for SortName<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, instead: "" }
    }
}

impl<'a> From<(&'a str, &'a str)> for SortName<'a> {
    fn from((name, instead): (&'a str, &'a str)) -> Self {
        Self { name, instead }
    }
}

impl<'a> SortName<'a> {
    /// Given name, middle names, surname.
    fn parts(self) -> [&'a str; 3] {
        if !self.instead.is_empty() {
            return [self.instead, self.name, ""];
        }
        let name = self.name.trim();
        let (rest, given) = name.rsplit_once(char::is_whitespace).unwrap_or(("", name));
        let (surname, middle) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        [given, middle, surname]
    }
}

/// The order of people in a list: by given name (the last word), then middle names, then surname, each in the order
/// of the Vietnamese alphabet (a ă â b … d đ e ê …) and, for the same letters, of the tones (ngang, huyền, hỏi,
/// ngã, sắc, nặng).
pub fn by_given_name<'a>(a: impl Into<SortName<'a>>, b: impl Into<SortName<'a>>) -> Ordering {
    let (a, b) = (a.into().parts(), b.into().parts());
    a.iter().zip(b).map(|(a, b)| by_words(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn by_words(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (mut a, mut b) = (a.split_whitespace(), b.split_whitespace());
    loop {
        let order = match (a.next(), b.next()) {
            (Some(a), Some(b)) => {
                let primary = Letters::new(a).map(Letter::place).cmp(Letters::new(b).map(Letter::place));
                primary.then_with(|| tone_of(a).cmp(&tone_of(b)))
            }
            (None, None) => return Ordering::Equal,
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn tone_of(word: &str) -> Option<u8> {
    Letters::new(word).map(|letter| letter.tone).max()
}

/// The order of places and house numbers: alphabetical, but figures by their value, so that "Thôn 2" comes before
/// "Thôn 10".
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Letters::new(a).peekable(), Letters::new(b).peekable());
    let mut tie = Ordering::Equal;
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.base.is_ascii_digit() && y.base.is_ascii_digit() => number_ahead(&mut a).cmp(&number_ahead(&mut b)),
            (Some(x), Some(y)) => {
                tie = tie.then(x.tone.cmp(&y.tone));
                let order = x.place().cmp(&y.place());
                a.next();
                b.next();
                order
            }
            (None, None) => return tie,
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes the digits that come next; what is beyond 19 digits counts as the largest number.
fn number_ahead(letters: &mut Peekable<Letters<'_>>) -> u64 {
    let mut number: u64 = 0;
    while let Some(digit) = letters.next_if(|letter| letter.base.is_ascii_digit()).and_then(|l| l.base.to_digit(10)) {
        number = number.saturating_mul(10).saturating_add(u64::from(digit));
    }
    number
}

/// A whole number as it is written here: "8.500".
pub fn number(n: i64) -> String {
    decimal(n, 0)
}

/// A number with a fixed count of decimals, given in its smallest unit: `decimal(12_345, 1)` is "1.234,5".
pub fn decimal(n: i64, places: usize) -> String {
    let digits = format!("{:0>width$}", n.unsigned_abs(), width = places + 1);
    let whole = digits.len() - places;
    let mut written = String::with_capacity(digits.len() + digits.len() / 3 + 2);
    if n < 0 {
        written.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at == whole {
            written.push(',');
        } else if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            written.push('.');
        }
        written.push(digit);
    }
    written
}

/// A phone number that can be recognised and not called: "01xx xxx 416". Fewer than seven digits show nothing.
pub fn phone_mask(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len();
    let mut masked = String::with_capacity(count + 2);
    for (at, &digit) in digits.iter().enumerate() {
        if count >= 7 && (at + 3 == count || at + 6 == count) {
            masked.push(' ');
        }
        masked.push(if count >= 7 && (at < 2 || at + 3 >= count) { digit } else { 'x' });
    }
    masked
}

/// A table as a .csv that opens correctly in a Vietnamese Excel: the byte-order mark makes it read UTF-8, `;` is the list
/// separator where the decimal sign is a comma.
pub fn csv(lines: &[Vec<String>]) -> String {
    let mut written = "\u{feff}".to_owned();
    for line in lines {
        for (at, cell) in line.iter().enumerate() {
            if at > 0 {
                written.push(';');
            }
            let cell = harmless(cell);
            if cell.contains([';', '"', '\r', '\n']) {
                written.extend(["\"", &cell.replace('"', "\"\""), "\""]);
            } else {
                written.push_str(&cell);
            }
        }
        written.push_str("\r\n");
    }
    written
}

/// Text that a spreadsheet would take for a formula, a date or another number gets an apostrophe before it.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '|', '%']);
    // A house number such as 3/2 or 012.
    let figures = |c: char| c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | ',' | ':' | ' ' | 'E' | 'e');
    let number = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(figures);
    let changed = number && (text.starts_with('0') && text.len() > 1 || text.contains(|c: char| !c.is_ascii_digit()) || text.len() > 15);
    if formula || changed { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What [`harmless`] was made of: a table that left the product may come back.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|bare| matches!(harmless(bare), Cow::Owned(_))).unwrap_or(text)
}

/// One letter of a text, however it is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    /// Where it stands in the text, with all its marks, in bytes.
    start: usize,
    end: usize,
    /// Small and without marks.
    pub base: char,
    /// What makes it another letter of the alphabet, a bit each and in the order of the alphabet: breve 1,
    /// circumflex 2, horn 4, stroke 8; 16 is any mark that is not Vietnamese.
    pub shape: u8,
    /// ngang 0, huyền 1, hỏi 2, ngã 3, sắc 4, nặng 5.
    pub tone: u8,
}

impl Letter {
    /// The place in the alphabet.
    fn place(self) -> (char, u8) {
        (self.base, self.shape)
    }
}

/// The letters of a text, with single spaces between words and none at either end.
pub(crate) struct Letters<'a> {
    text: &'a str,
    rest: std::str::Chars<'a>,
    /// Whether a letter was returned, so that white space is a gap and not the beginning.
    begun: bool,
}

impl<'a> Letters<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, rest: text.chars(), begun: false }
    }

    /// How much was read, in bytes.
    fn read(&self) -> usize {
        self.text.len() - self.rest.as_str().len()
    }
}

impl Iterator for Letters<'_> {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        let mut gap = None;
        let (start, c) = loop {
            let start = self.read();
            let c = self.rest.next()?;
            if c.is_whitespace() {
                gap.get_or_insert(start);
            } else if !is_unseen(c) && mark(c).is_none() {
                break (start, c);
            }
        };
        if let Some(gap) = gap.filter(|_| self.begun) {
            self.rest = self.text.get(start..)?.chars();
            return Some(Letter { start: gap, end: start, base: ' ', shape: 0, tone: 0 });
        }
        self.begun = true;
        let (base, mut shape, mut tone) = analyse(c);
        while let Some(c) = self.rest.clone().next().filter(|c| !c.is_ascii()) {
            let Some((more_shape, other_tone)) = mark(c).or_else(|| is_unseen(c).then_some((0, 0))) else { break };
            shape |= more_shape;
            tone = tone.max(other_tone);
            self.rest.next();
        }
        // Beside a foreign mark it no longer matters which others there are.
        let shape = if shape & FOREIGN == 0 { shape } else { FOREIGN };
        Some(Letter { start, end: self.read(), base, shape, tone })
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii()
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Characters that nobody sees: controls, zero widths, directions. They arrive by pasting and part equal names.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Whether a character is a combining mark of those that letters have.
pub(crate) fn is_mark(c: char) -> bool {
    mark(c).is_some()
}

/// The shape of a letter with a mark that is not Vietnamese.
const FOREIGN: u8 = 16;

/// Shape and tone of a combining mark; `None` if the character is none.
fn mark(c: char) -> Option<(u8, u8)> {
    Some(match c {
        '\u{300}' | '\u{340}' => (0, 1),
        '\u{309}' => (0, 2),
        '\u{303}' => (0, 3),
        '\u{301}' | '\u{341}' => (0, 4),
        '\u{323}' => (0, 5),
        '\u{306}' => (1, 0),
        '\u{302}' => (2, 0),
        '\u{31b}' => (4, 0),
        '\u{300}'..='\u{36f}' => (FOREIGN, 0),
        _ => return None,
    })
}

/// Base, shape and tone of a character that is not a combining mark.
fn analyse(c: char) -> (char, u8, u8) {
    let (bases, marks, first) = match c {
        '\0'..='\u{7f}' => return (if c == '`' { '\'' } else { c.to_ascii_lowercase() }, 0, 0),
        '\u{c0}'..='\u{2af}' => (BASE_00C0, MARK_00C0, 0xc0),
        '\u{1e00}'..='\u{1eff}' => (BASE_1E00, MARK_1E00, 0x1e00),
        '‘' | '’' | 'ʼ' | 'ʻ' | '´' | '′' => return ('\'', 0, 0),
        '‐' | '‑' | '‒' | '–' | '—' | '−' => return ('-', 0, 0),
        _ => return (c, 0, 0),
    };
    let at = c as usize - first;
    match (bases.get(at), marks.get(at)) {
        (Some(&base), Some(&mark)) if base != b'_' => {
            let shape = [0, 1, 2, 4, 8, FOREIGN].get(usize::from((mark - b'0') / 6)).copied().unwrap_or_default();
            (char::from(base), shape, (mark - b'0') % 6)
        }
        _ => (c, 0, 0),
    }
}

// One character for each code point of U+00C0–U+02AF and U+1E00–U+1EFF. BASE: the letter without marks, `_` where
// there is none. MARK: '0' + 6 × (index of the shape) + tone. `server/src/roll/table.rs` holds them against the
// Unicode tables.
const BASE_00C0: &[u8] = b"\
    aaaaaaaceeeeiiiidnooooo_ouuuuytsaaaaaaaceeeeiiiidnooooo_ouuuuytyaaaaaaccccccccdd\
    ddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssss\
    ssttttttuuuuuuuuuuuuwwyyyzzzzzzsbbbbbboccdddddeeeffgghiikkllunnooooopprssssttttu\
    uuvyyzzzzzzdsstw____dddlllnnnaaiioouuuuuuuuuueaaaaaaggggkkoooozzjdddgghwnnaaaaoo\
    aaaaeeeeiiiioooorrrruuuussttyyhhndoozzaaeeooooooooyylntjdqaccltsz__buveejjqqrryy\
    aaabocddeeeeeeejggggohh_iiilll_ummnnno_ofrrrrrrrrrssj__ttuuvvwyyzzz______b_ghjkl\
    q_____________hh";
const MARK_00C0: &[u8] = b"\
    14<3NNNN14<N14<NN314<3N0N14<N4NN14<3NNNN14<N14<NN314<3N0N14<N4NNNN66NN44<<NNNNNN\
    HHNN66NNNNNN<<66NNNN<<NN33NN66NNNNNN<<NNN44NNNNNNNN44NNNNNNNNN66NNNN44NNNN44<<NN\
    NNNNNNNN33NN66NNNNNN<<<<N44NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNBBNNNNNNNNNNNNNB\
    BNNNNNNNNNNNNNNN0000NNNNNNNNNNNNNNNNNNNRRNNOONNNNNNNNNNNNNNNNNNNNNNN44NN11RRRRRR\
    NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNQQNNNNNNNNNNNNNNNNNNN00NNNNNNNNNNNNN\
    NNNNNNNNNNNNNNNNNNNNNNN0NNNNNN0NNNNNNN0NNNNNNNNNNNNNN00NNNNNNNNNNNN000000N0NNNNN\
    N0000000000000NN";
const BASE_1E00: &[u8] = b"\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooo\
    oooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy_ssssd\
    aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu\
    uuyyyyyyyyllvvyy";
const MARK_1E00: &[u8] = b"\
    NNNN55NNRRNN55NNNNNNOORRNNNNNNNNNNNN55NNNNNNNNRR4455NN55SSNNNN44NN55NN55NNNN44QQ\
    OORR44NNNN55SSNNNN55RRNNSSNN55NNNNNNNNNN44NN33551144NNNN55NNNNNN<<55NNNNNN0NNNNN\
    5522@@==>>??AA::778899;;552233@@==>>??AA22555522@@==>>??AAFFCCDDEEGG5522FFCCDDEE\
    GG11552233NNNNNN";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every Vietnamese vowel with its tones, next to its decomposed base.
    const VOWELS: [(&str, &str); 12] = [
        ("aàảãáạ", "a"),
        ("ăằẳẵắặ", "a\u{306}"),
        ("âầẩẫấậ", "a\u{302}"),
        ("eèẻẽéẹ", "e"),
        ("êềểễếệ", "e\u{302}"),
        ("iìỉĩíị", "i"),
        ("oòỏõóọ", "o"),
        ("ôồổỗốộ", "o\u{302}"),
        ("ơờởỡớợ", "o\u{31b}"),
        ("uùủũúụ", "u"),
        ("ưừửữứự", "u\u{31b}"),
        ("yỳỷỹýỵ", "y"),
    ];
    const TONES: [&str; 6] = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"];

    /// Decomposes the Vietnamese letters of a text, as a Mac does.
    fn nfd(text: &str) -> String {
        let decompose = |c: char| {
            let lower = c.to_lowercase().next().unwrap();
            for (composed, base) in VOWELS {
                if let Some(tone) = composed.chars().position(|v| v == lower) {
                    let base = if c == lower { base.to_owned() } else { base.to_uppercase() };
                    return base + TONES[tone];
                }
            }
            c.to_string()
        };
        text.chars().map(decompose).collect()
    }

    #[test]
    fn folding() {
        for (text, key) in [
            ("Đặng Hoàng Thị Ngọc Vân", "dang hoang thi ngoc van"),
            ("  ĐỖ   THỊ\u{a0}Thuỷ\t", "do thi thuy"),
            ("H'Lan Êban", "h'lan eban"),
            ("H’Nga Mlô", "h'nga mlo"),
            ("HʼNga", "h'nga"),
            ("Thôn Đồng Cừ – Bến Lĩnh", "thon dong cu - ben linh"),
            ("Y B\u{200b}hem\u{feff} Niê", "y bhem nie"),
            ("Ước Ưng Ổn", "uoc ung on"),
            ("Mỷ Chứ", "my chu"),
            ("Số 12/3B", "so 12/3b"),
            ("Čư Ñŏ", "cu no"),
            ("\u{301}", ""),
            ("ភូមិ", "ភូមិ"),
            ("", ""),
        ] {
            assert_eq!(fold(text), key, "{text}");
        }
        assert_eq!(words("(1) Thôn Đồng Cừ – Bến Lĩnh;"), "1 thon dong cu ben linh");
    }

    #[test]
    fn a_sentence_within_another_begins_small() {
        for (text, lower) in [
            ("Hôm nay 8:12", "hôm nay 8:12"),
            ("Ấp Trên", "ấp Trên"),
            ("Đã gặp", "đã gặp"),
            ("ở nhà", "ở nhà"),
            ("21/11", "21/11"),
            ("", ""),
        ] {
            assert_eq!(lower_first(text), lower);
        }
        for c in ('A'..='Z').chain("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ".chars())
        {
            assert_eq!(lower_first(&c.to_string()), c.to_lowercase().to_string());
        }
    }

    #[test]
    fn spelling_keeps_accents_only() {
        for (a, b, same) in [
            ("Hoà", "HÒA", true),
            ("Thuỷ", "Thủy", true),
            ("Hòa", "Hóa", false),
            ("Hòa", "Hoa", false),
            ("Thôn Lạc", "Thôn Lác", false),
            ("Đồng Cừ – Bến", "đồng cừ-bến", true),
            ("a b", "ab", false),
        ] {
            assert_eq!(spelling(a) == spelling(b), same, "{a} {b}");
            assert_eq!(spelling(a), spelling(&nfd(a)), "{a}");
        }
    }

    #[test]
    fn tables_for_excel() {
        let lines = [vec!["Dòng".to_owned(), "=1+1".into(), "0187".into()], vec!["a;b".into(), "\"Ba\" Dũng".into(), String::new()]];
        assert_eq!(csv(&lines), "\u{feff}Dòng;'=1+1;'0187\r\n\"a;b\";\"\"\"Ba\"\" Dũng\";\r\n");
    }

    #[test]
    fn what_was_guarded_comes_back() {
        for text in ["=1+1", "012", "3/2", "0187250416", "12", "Lành", "'Y Bhem", "'", "", "'12", "H'Nga"] {
            assert_eq!(unguarded(&harmless(text)), text);
        }
    }

    #[test]
    fn cleaning() {
        assert_eq!(clean("  Nguyễn\u{200b}  Văn\r\n\u{7}A \u{202e}"), "Nguyễn Văn A");
        assert_eq!(clean_lines("\n một \r\n\n hai  ba\t\n"), "một\n\nhai ba");
        assert_eq!(clean("=HYPERLINK(\"x\")<b>"), "=HYPERLINK(\"x\")<b>");
    }

    #[test]
    fn letters_are_composed() {
        for (vowels, _) in VOWELS {
            for c in vowels.chars() {
                let (small, large) = (c.to_string(), c.to_uppercase().to_string());
                assert_eq!((clean(&nfd(&small)), clean(&nfd(&large))), (small, large));
            }
        }
        for (typed, stored) in [
            // The tone before the shape, as the canonical order has a dot below, and as some keyboards have any.
            ("Vie\u{323}\u{302}t", "Việt"),
            ("A\u{301}\u{306}n u\u{301}\u{31b}", "Ắn ứ"),
            ("ạ\u{302} â\u{323} Ơ\u{309}", "ậ ậ Ở"),
            ("e\u{200b}\u{302}\u{340}", "ề"),
            ("C\u{30c}ư M'gar, N\u{303}o\u{306}, u\u{308}", "Čư M'gar, Ñŏ, ü"),
            // Nothing to join with.
            ("\u{301}a b\u{306} đ\u{301} a\u{301}\u{300} â\u{30c} ä\u{301}", "\u{301}a b\u{306} đ\u{301} á\u{300} â\u{30c} ä\u{301}"),
        ] {
            assert_eq!(clean(typed), stored, "{typed}");
            assert_eq!(clean_lines(&format!("{typed}\n{typed}")), format!("{stored}\n{stored}"));
        }
        assert_eq!(compose("  Đo\u{302}\u{300}ng\r\n".to_owned()), "  Đồng\r\n");
    }

    #[test]
    fn search_finds() {
        for (typed, name, rank) in [
            ("dang van", "Đặng Hoàng Thị Ngọc Vân", Some(0)),
            ("dang van", "Đặng Văn Khoát", Some(0)),
            ("van dang", "Đặng Văn Khoát", Some(0)),
            ("nguyen", "Nguyễn Minh Hùng", Some(0)),
            ("ng v an", "Nguyễn Văn An", Some(0)),
            ("v van", "Vũ Văn", Some(0)),
            ("an an", "Văn An", None),
            ("ngvan", "Nguyễn Văn Hùng", Some(2)),
            ("nguyenvanh", "Nguyễn Văn Hùng", Some(2)),
            ("ybhem", "Y Bhem Niê", Some(2)),
            ("nvh", "Nguyễn Văn Hùng", Some(3)),
            ("nguyenvanhu", "Nguyễn Văn Hùng", Some(2)),
            ("vh", "Nguyễn Văn Hùng", None),
            ("lan", "Lê An", None),
            ("lan", "H’Lan Êban", Some(0)),
            ("h'lan", "H’Lan Êban", Some(0)),
            ("hlan", "H’Lan Êban", Some(2)),
            ("vân", "Đặng Hoàng Thị Ngọc Vân", Some(0)),
            ("vân", "Đặng Văn Khoát", Some(1)),
            ("đặng vă", "Đặng Văn Khoát", Some(0)),
            ("hoà", "Lê Hòa", Some(0)),
            ("hoà", "Lê Hoá", Some(1)),
            ("uyen", "Nguyễn Văn An", None),
            ("", "Nguyễn Văn An", Some(0)),
            (" - ", "Nguyễn Văn An", Some(0)),
        ] {
            for (typed, name) in [(typed.to_owned(), name.to_owned()), (nfd(typed), nfd(name))] {
                assert_eq!(Query::new(&typed).rank(&name, &fold(&name)), rank, "{typed} in {name}");
            }
        }
        let key = fold("Lê Thị Hoa Thôn 12 số 45/2");
        assert_eq!(Query::new("hoa thon 12").rank("Lê Thị Hoa", &key), Some(0));
        assert_eq!(Query::new("45/2").rank("Lê Thị Hoa", &key), Some(0));
    }

    #[test]
    fn words_are_found_in_what_was_said() {
        let said = fold(&format!("{} Đề nghị nạo vét trước Tết", "Mương thoát nước bị bồi. ".repeat(8)));
        for (typed, found) in [
            ("nao vet", true),
            ("TẾT trước", true),
            ("muong muong", true),
            ("mtn", false),
            ("muonthoat", false),
            ("uong", false),
            ("", true),
        ] {
            assert_eq!(Query::new(typed).is_in(&said), found, "{typed}");
        }
    }

    #[test]
    fn highlighting() {
        for (typed, name, marked) in [
            ("dang van", "Đặng Văn Khoát", vec!["Đặng", "Văn"]),
            ("khoá da", "Đặng Văn Khoát", vec!["Đặ", "Khoá"]),
            ("ngvan", "Nguyễn Văn Hùng", vec!["Nguyễn Văn"]),
            ("nvh", "Nguyễn Văn Hùng", vec!["N", "V", "H"]),
            ("xyz", "Nguyễn Văn Hùng", vec![]),
            ("dang thon 2", "Đặng Văn", vec!["Đặng"]),
        ] {
            for name in [name.to_owned(), nfd(name)] {
                let shown: Vec<_> = Query::new(typed).highlight(&name).into_iter().map(|(a, b)| &name[a..b]).collect();
                let folded: Vec<_> = shown.iter().map(|piece| fold(piece)).collect();
                assert_eq!(folded, marked.iter().map(|piece| fold(piece)).collect::<Vec<_>>(), "{typed} in {name}");
            }
        }
    }

    #[test]
    fn people_by_given_name() {
        let sorted = [
            "Trần Thị Ấn",
            "Nguyễn Văn Da",
            "Lê Dung",
            "Nguyễn Dung",
            "Bùi Văn Dung",
            "Lê Thị Dũng",
            "Lê Thị Dụng",
            "Lê Thị Đa",
            "Nguyễn Văn Hòa",
            "Nguyễn Văn Hoá",
            "Cao Tám",
            "Lê Ưng",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| by_given_name(*a, *b));
        assert_eq!(names, sorted);
        assert_eq!(by_given_name("Lê Hoà", "LÊ  HÒA"), Ordering::Equal);
        // Sorted as "Thanh", not as "Niê".
        assert_eq!(by_given_name(("Y Thanh Niê", "Thanh"), "Lê Sơn"), Ordering::Greater);
        assert_eq!(by_given_name("Y Thanh Niê", "Lê Sơn"), Ordering::Less);
    }

    #[test]
    fn places_by_number() {
        let sorted = ["Bản Nậm Lĩnh", "Thôn 1", "Thôn 2", "Thôn 02B", "Thôn 10", "Thôn 99999999999999999999", "Thôn A"];
        let mut places = sorted;
        places.reverse();
        places.sort_by(|a, b| natural(a, b));
        assert_eq!(places, sorted);
        assert_eq!(natural("Thôn Lạc", "Thôn Lác"), Ordering::Greater);
    }

    #[test]
    fn figures() {
        for (n, places, written) in [
            (0, 0, "0"),
            (999, 0, "999"),
            (8_500, 0, "8.500"),
            (-1_234_567, 0, "-1.234.567"),
            (12_345, 1, "1.234,5"),
            (5, 2, "0,05"),
            (-5, 1, "-0,5"),
            (i64::MIN, 0, "-9.223.372.036.854.775.808"),
        ] {
            assert_eq!(decimal(n, places), written);
        }
        assert_eq!(number(100_000), "100.000");
        for (phone, masked) in [("0155229416", "01xx xxx 416"), ("01234567890", "01xxx xxx 890"), ("12345", "xxxxx"), ("", "")] {
            assert_eq!(phone_mask(phone), masked);
        }
    }

    /// Text of the letters that matter, with some that should not.
    fn vietnamese() -> impl Strategy<Value = String> {
        let letters: Vec<char> = VOWELS
            .iter()
            .flat_map(|(vowels, _)| vowels.chars())
            .flat_map(|c| c.to_uppercase().chain([c]))
            .chain("bcdđghklmnpqrstvxBĐ '’-–0123456789  ".chars())
            .collect();
        proptest::collection::vec(proptest::sample::select(letters), 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in any::<String>()) {
            let key = fold(&text);
            prop_assert_eq!(fold(&key), key);
        }

        #[test]
        fn composition_makes_no_difference(text in vietnamese()) {
            prop_assert_eq!(fold(&nfd(&text)), fold(&text));
            prop_assert_eq!(spelling(&nfd(&text)), spelling(&text));
            prop_assert_eq!(natural(&nfd(&text), &text), Ordering::Equal);
        }

        #[test]
        fn what_is_decomposed_is_composed(text in vietnamese()) {
            prop_assert_eq!(compose(nfd(&text)), text);
        }

        #[test]
        fn cleaning_again_changes_nothing(text in any::<String>()) {
            let cleaned = clean(&text);
            prop_assert_eq!(clean(&cleaned), cleaned);
        }

        #[test]
        fn everything_finds_itself(name in vietnamese(), cut in 0usize..40) {
            let typed: String = name.chars().take(cut).collect();
            prop_assert_eq!(Query::new(&typed).rank(&name, &fold(&name)), Some(0));
            prop_assert!(Query::new(&fold(&typed)).rank(&name, &fold(&name)).is_some());
        }

        #[test]
        fn what_is_found_can_be_underlined(typed in any::<String>(), name in any::<String>()) {
            let query = Query::new(&typed);
            let ranges = query.highlight(&name);
            let mut end = 0;
            for &(from, to) in &ranges {
                prop_assert!(end <= from && from < to && name.get(from..to).is_some());
                end = to;
            }
            if query.rank(&name, &fold(&name)).is_some() && !query.is_empty() {
                prop_assert!(!ranges.is_empty());
            }
        }

        #[test]
        fn orders_are_orders(a in vietnamese(), b in vietnamese(), c in vietnamese()) {
            for order in [|a: &str, b: &str| by_given_name(a, b), natural] {
                prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
                if order(&a, &b).is_le() && order(&b, &c).is_le() {
                    prop_assert!(order(&a, &c).is_le());
                }
            }
        }

        #[test]
        fn numbers_keep_their_digits(n in any::<i64>(), places in 0usize..6) {
            let written = decimal(n, places).replace(['.', ','], "");
            prop_assert_eq!(written.parse::<i64>(), Ok(n));
        }
    }
}
