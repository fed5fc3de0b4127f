//! How Vietnamese was written before Unicode, told by the letters themselves: the names of files and fonts say
//! anything, but only one reading of "Nguyeãn" is Vietnamese.
//!
//! A text in an old encoding arrives as the characters that its bytes have in Windows-1252, whether a program stored
//! it so in a workbook or the bytes of a text file were read so.

use crate::text::{Letters, is_mark};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What the characters of a text mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Themselves, composed or decomposed.
    Unicode,
    /// Windows-1258: base letters, and tones that follow them.
    Windows1258,
    /// TCVN 5712 VN3, called ABC: a character for each letter, and no capitals with tones.
    Tcvn3,
    /// VNI-Windows: a letter, and a character for its marks.
    Vni,
}

impl Encoding {
    /// Every encoding, the present one first.
    pub const ALL: [Self; 4] = [Self::Unicode, Self::Windows1258, Self::Tcvn3, Self::Vni];

    /// What a text says in this encoding, tones perhaps still apart from their letters; `None` if some character
    /// means nothing in it.
    pub fn read(self, text: &str) -> Option<Cow<'_, str>> {
        if text.is_ascii() || self == Self::Unicode {
            return Some(text.into());
        }
        match self {
            Self::Unicode => None,
            Self::Windows1258 => text.chars().map(windows_1258).collect::<Option<String>>(),
            Self::Tcvn3 => text.chars().map(tcvn3).collect::<Option<String>>().map(with_capitals),
            Self::Vni => vni(text),
        }
        .map(Cow::Owned)
    }
}

/// The only encoding in which a text reads best, if there is one: a text without marks is the same in all of them,
/// and "Hoà" is a name in two.
pub fn recognise(text: &str) -> Option<Encoding> {
    if text.is_ascii() {
        return None;
    }
    // Whoever has a letter that the old encodings lack was written in Unicode.
    if text.chars().any(|c| c > '\u{ff}' && (c.is_alphabetic() || is_mark(c))) {
        return Some(Encoding::Unicode);
    }
    let readings = Encoding::ALL.into_iter().filter_map(|encoding| Some((encoding, encoding.read(text)?)));
    let judged: Vec<(Encoding, Cow<'_, str>, Likeness)> =
        readings.map(|(encoding, reading)| (encoding, likeness(&reading), reading)).map(|(e, l, r)| (e, r, l)).collect();
    let (best, reading, most) = judged.iter().min_by_key(|(.., likeness)| likeness.foreign)?;
    let alone = judged.iter().all(|(_, other, likeness)| other == reading || likeness.foreign > most.foreign);
    let same = judged.iter().filter(|(_, other, _)| other == reading).count();
    (alone && same == 1 && most.vietnamese > 0).then_some(*best)
}

/// Reads a text that stands among others: in the encoding that it shows itself, else in that of the ones around it
/// if it does not read worse so. Returns the encoding too.
pub fn read_among(text: &str, around: Encoding) -> (Encoding, Cow<'_, str>) {
    let encoding = recognise(text).unwrap_or(around);
    match encoding.read(text) {
        Some(reading) if encoding == Encoding::Unicode || likeness(&reading).foreign <= likeness(text).foreign => (encoding, reading),
        _ => (Encoding::Unicode, text.into()),
    }
}

/// How a text reads: of its words that have marks, how many can be Vietnamese, and how many cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// Could be words of Vietnamese.
    pub vietnamese: u32,
    /// No Vietnamese word is written so.
    pub foreign: u32,
}

/// Judges how a text reads. Words without any mark say nothing.
pub fn likeness(text: &str) -> Likeness {
    let mut judged = Likeness { vietnamese: 0, foreign: 0 };
    let words = text.split(|c: char| !(c.is_alphabetic() || is_mark(c) || is_sign(c)));
    // A sign that stands alone is itself: "§ 5", "1 ½". Inside a word it is a letter of another encoding.
    for word in words.filter(|word| !word.is_ascii() && word.contains(char::is_alphabetic)) {
        if is_syllable(word) {
            judged.vietnamese += 1;
        } else {
            judged.foreign += 1;
        }
    }
    judged
}

/// Signs of Windows-1252 that no word has.
pub fn is_sign(c: char) -> bool {
    matches!(c, '\u{a1}'..='\u{bf}' | '×' | '÷' | '\u{fffd}')
}

/// Whether a word can be one of Vietnamese: an onset, a rhyme and at most one tone, which after a stop is sắc or nặng.
fn is_syllable(word: &str) -> bool {
    /// The longer ones first.
    const ONSETS: [&str; 29] = [
        "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "q", "r",
        "s", "t", "v", "x", "",
    ];
    static RHYMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
        e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu \
        o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc op ot \
        ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt \
        u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uy uya uych uyên uyêt uynh uyt uyu uôc uôi uôm uôn uông uôt \
        ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yên yêt yêm yêng yêu ynh yt ych"
            .split_whitespace()
            .collect()
    });
    let (mut plain, mut tone) = (String::with_capacity(word.len()), None);
    for letter in Letters::new(word) {
        plain.push(match (letter.base, letter.shape) {
            ('a', 1) => 'ă',
            ('a', 2) => 'â',
            ('e', 2) => 'ê',
            ('o', 2) => 'ô',
            ('o', 4) => 'ơ',
            ('u', 4) => 'ư',
            ('d', 8) => 'đ',
            (base, 0) if base.is_ascii_alphabetic() => base,
            _ => return false,
        });
        let is_vowel = matches!(letter.base, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        if letter.tone != 0 && (!is_vowel || tone.replace(letter.tone).is_some()) {
            return false;
        }
    }
    let fits = |onset: &&str| {
        let rhyme = plain.strip_prefix(*onset).filter(|rhyme| RHYMES.contains(rhyme));
        // "Qu" has its glide already.
        rhyme.filter(|rhyme| {
            *onset != "qu" || !rhyme.starts_with(['u', 'ư']) && !["oa", "oă", "oe"].iter().any(|glide| rhyme.starts_with(glide))
        })
    };
    let Some(rhyme) = ONSETS.iter().find_map(fits) else { return false };
    !rhyme.ends_with(['c', 'p', 't']) && !rhyme.ends_with("ch") || matches!(tone, Some(4 | 5))
}

/// Characters that are the same in every encoding: ASCII, the space that does not break, and the punctuation that
/// Windows puts where Latin-1 has controls.
fn is_shared(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{a0}' | '\u{2000}'..='\u{206f}' | '€' | '™')
}

/// The character that stands at the same place of another list.
fn at_same_place(c: char, from: &str, to: &str) -> Option<char> {
    from.chars().zip(to.chars()).find_map(|(old, new)| (old == c).then_some(new))
}

fn windows_1258(c: char) -> Option<char> {
    let other = at_same_place(c, "ÃÌÐÒÕÝÞãìðòõýþ", "Ă\u{300}Đ\u{309}ƠƯ\u{303}ă\u{301}đ\u{323}ơư₫");
    other.or_else(|| (is_shared(c) || ('\u{a1}'..='\u{ff}').contains(&c)).then_some(c))
}

fn tcvn3(c: char) -> Option<char> {
    const OLD: &str = "¡¢£¤¥¦§¨©ª«¬\u{ad}®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ";
    const NEW: &str = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";
    at_same_place(c, OLD, NEW).or_else(|| is_shared(c).then_some(c))
}

/// In TCVN3 "NGUYỄN THỊ TÝ" can only be written "NGUYễN THị Tý". A text in which nothing else is small was meant to be
/// in capitals.
fn with_capitals(text: String) -> String {
    let (mut shouted, mut before) = (false, false);
    for c in text.chars() {
        if c.is_lowercase() && Letters::new(c.encode_utf8(&mut [0; 4])).all(|letter| letter.tone == 0) {
            return text;
        }
        shouted |= before && c.is_uppercase();
        before = c.is_uppercase();
    }
    if shouted { text.to_uppercase() } else { text }
}

/// A letter of VNI with each of the characters that can follow it, and what the two are together.
const VNI_PAIRS: [(char, &str, &str); 7] = [
    ('a', "øùûõïâàáåãäêèéúüë", "àáảãạâầấẩẫậăằắẳẵặ"),
    ('e', "øùûõïâàáåãä", "èéẻẽẹêềếểễệ"),
    ('o', "øùûõïâàáåãä", "òóỏõọôồốổỗộ"),
    ('ô', "øùûõï", "ờớởỡợ"),
    ('u', "øùûõï", "ùúủũụ"),
    ('ö', "øùûõï", "ừứửữự"),
    ('y', "øùûõï", "ỳýỷỹỵ"),
];

/// The letters that VNI has whole.
const VNI_WHOLE: (&str, &str) = ("ìíæóòîôöñ", "ìíỉĩịỵơưđ");

fn vni(text: &str) -> Option<String> {
    let small = |c: char| c.to_lowercase().next().unwrap_or(c);
    let cased = |read: char, written: char| if written.is_uppercase() { read.to_uppercase().next().unwrap_or(read) } else { read };
    let mut read = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let pairs = VNI_PAIRS.iter().find(|(base, ..)| *base == small(c));
        let both = pairs.zip(rest.peek()).and_then(|((_, marks, letters), mark)| at_same_place(small(*mark), marks, letters));
        if both.is_some() {
            rest.next();
        }
        let letter = both.or_else(|| at_same_place(small(c), VNI_WHOLE.0, VNI_WHOLE.1)).map(|letter| cased(letter, c));
        read.push(letter.or_else(|| is_shared(c).then_some(c))?);
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes a composed text as an old program would have; TCVN3 loses the capitals that it has not.
    fn written(text: &str, encoding: Encoding) -> String {
        text.chars().map(|c| letter_written(c, encoding)).collect()
    }

    fn letter_written(c: char, encoding: Encoding) -> String {
        let small = c.to_lowercase().next().unwrap();
        let like = |old: String| if c == small { old } else { old.to_uppercase() };
        match encoding {
            _ if c.is_ascii() => c.to_string(),
            Encoding::Unicode => c.to_string(),
            Encoding::Tcvn3 => {
                let old = |wanted| ('\u{a1}'..='\u{ff}').find(|&old| tcvn3(old) == Some(wanted));
                old(c).or_else(|| old(small)).unwrap().to_string()
            }
            Encoding::Vni => {
                let whole = at_same_place(small, VNI_WHOLE.1, VNI_WHOLE.0).map(String::from);
                let pair = || {
                    let found = VNI_PAIRS.iter().find_map(|(base, marks, letters)| Some((base, at_same_place(small, letters, marks)?)));
                    found.map(|(base, mark)| format!("{base}{mark}")).unwrap()
                };
                like(whole.unwrap_or_else(pair))
            }
            Encoding::Windows1258 => {
                let letter = Letters::new(c.encode_utf8(&mut [0; 4])).next().unwrap();
                let base = match (letter.base, letter.shape) {
                    ('a', 1) => 'ã',
                    ('a', 2) => 'â',
                    ('e', 2) => 'ê',
                    ('o', 2) => 'ô',
                    ('o', 4) => 'õ',
                    ('u', 4) => 'ý',
                    ('d', 8) => 'ð',
                    (base, _) => base,
                };
                let tone = ["", "Ì", "Ò", "Þ", "ì", "ò"][usize::from(letter.tone)];
                like(base.to_string()) + tone
            }
        }
    }

    /// As a reader sees it, whether tones are apart or not.
    fn seen(text: &str) -> (String, Vec<bool>) {
        let capitals = text.chars().filter(|c| c.is_alphabetic()).map(char::is_uppercase).collect();
        (crate::text::spelling(text), capitals)
    }

    #[test]
    fn what_offices_have_written() {
        for (old, encoding, new) in [
            ("Hä tªn chñ hé", Encoding::Tcvn3, "Họ tên chủ hộ"),
            ("Cao Mü §\u{ad}îm", Encoding::Tcvn3, "Cao Mỹ Đượm"),
            ("NguyÔn V¨n Tý", Encoding::Tcvn3, "Nguyễn Văn Tý"),
            ("§µo C\u{ab}ng Huy", Encoding::Tcvn3, "Đào Công Huy"),
            ("HuúnhNgäc æn", Encoding::Tcvn3, "HuỳnhNgọc ổn"),
            ("NGUYÔN THÞ Tý", Encoding::Tcvn3, "NGUYỄN THỊ TÝ"),
            ("DANH S¸CH Hé D¢N", Encoding::Tcvn3, "DANH SÁCH HỘ DÂN"),
            ("Hoï teân chuû hoä", Encoding::Vni, "Họ tên chủ hộ"),
            ("Nguyeãn Xuaân Huy", Encoding::Vni, "Nguyễn Xuân Huy"),
            ("Döông Höõu Bình", Encoding::Vni, "Dương Hữu Bình"),
            ("Ñaëng Quoác Linh", Encoding::Vni, "Đặng Quốc Linh"),
            ("ÑAËNG THÒ ÖÔÙC", Encoding::Vni, "ĐẶNG THỊ ƯỚC"),
            ("caïnh nhaø vaên hoùa", Encoding::Vni, "cạnh nhà văn hóa"),
            ("Nguyê\u{de}n Vãn Thiò Ðýõòng", Encoding::Windows1258, "Nguyễn Văn Thị Đượng"),
        ] {
            assert_eq!(encoding.read(old).as_deref().map(seen), Some(seen(new)), "{old}");
        }
    }

    #[test]
    fn recognised_by_what_they_say() {
        use Encoding::*;
        for (text, encoding) in [
            ("Hä tªn chñ hé", Some(Tcvn3)),
            ("L\u{aa}", Some(Tcvn3)),
            ("Nguyeãn Xuaân Huy", Some(Vni)),
            ("H'Lan EÂban", None),
            ("Nguyê\u{de}n Vãn", Some(Windows1258)),
            ("Nguyễn Văn Hùng", Some(Unicode)),
            ("Nguye\u{302}\u{303}n", Some(Unicode)),
            // Names in more than one of them.
            ("Hoà", None),
            ("Bình", None),
            ("Thô", None),
            // No Vietnamese in any of them.
            ("Müller", None),
            ("Noël", None),
            ("25°C, 100 m², § 5, 1 ½, «Ban»", None),
            ("Nguyen Van An", None),
            ("Niê Blô", None),
            ("H'Bluê Êban", None),
            ("Siu Krông", None),
            ("Čư Ñŏ", Some(Unicode)),
            ("0155229416", None),
            ("", None),
        ] {
            assert_eq!(recognise(text), encoding, "{text}");
        }
    }

    #[test]
    fn read_like_the_ones_around() {
        use Encoding::*;
        for (text, around, encoding, read) in [
            ("Hoà", Unicode, Unicode, "Hoà"),
            ("Hoà", Vni, Vni, "Hồ"),
            ("Th\u{f4}", Tcvn3, Tcvn3, "Thụ"),
            ("H'Lan EÂban", Vni, Vni, "H'Lan Êban"),
            ("Nguyễn Văn Hùng", Vni, Unicode, "Nguyễn Văn Hùng"),
            ("Niê", Vni, Unicode, "Niê"),
            ("Nguyeãn", Tcvn3, Vni, "Nguyễn"),
            ("Số 5 – ngõ 3", Vni, Unicode, "Số 5 – ngõ 3"),
            ("Soá 5 – ngoõ 3", Unicode, Vni, "Số 5 – ngõ 3"),
            ("Lành", Unicode, Unicode, "Lành"),
            ("STT", Tcvn3, Tcvn3, "STT"),
        ] {
            assert_eq!(read_among(text, around), (encoding, read.into()), "{text} among {around:?}");
        }
    }

    #[test]
    fn what_can_be_a_word() {
        for (word, can) in [
            ("nghiêng", true),
            ("Quốc", true),
            ("QUỲNH", true),
            ("Giàng", true),
            ("gìn", true),
            ("Huỳnh", true),
            ("thuở", true),
            ("khuỷu", true),
            ("ương", true),
            ("Đượm", true),
            ("uôn", true),
            ("quoác", false),
            ("Khaùnh", false),
            ("teân", false),
            ("Döông", false),
            ("mất", true),
            ("mât", false),
            ("mầt", false),
            ("hòá", false),
            ("ñ", false),
            ("V¨n", false),
        ] {
            assert_eq!(is_syllable(word), can, "{word}");
        }
    }

    fn name() -> impl Strategy<Value = String> {
        let onset = prop::sample::select(vec![
            "", "b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "t", "th", "tr", "v", "x",
        ]);
        // With the place of the vowel that has the tone.
        let rhyme = prop::sample::select(vec![
            ("a", 0),
            ("an", 0),
            ("anh", 0),
            ("ăng", 0),
            ("ân", 0),
            ("âu", 0),
            ("e", 0),
            ("em", 0),
            ("ê", 0),
            ("ên", 0),
            ("i", 0),
            ("inh", 0),
            ("iên", 1),
            ("iêu", 1),
            ("o", 0),
            ("oa", 0),
            ("oan", 1),
            ("oi", 0),
            ("ô", 0),
            ("ông", 0),
            ("ơ", 0),
            ("ơn", 0),
            ("u", 0),
            ("uân", 1),
            ("uyên", 2),
            ("uôn", 1),
            ("ư", 0),
            ("ương", 1),
            ("ưu", 0),
            ("y", 0),
            ("uy", 0),
            ("ươi", 1),
            ("ây", 0),
        ]);
        let syllable = (onset, rhyme, 0usize..6).prop_map(|(onset, (rhyme, place), tone)| {
            const TONED: [&str; 12] =
                ["aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị", "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ"];
            let toned = |c: char| TONED.iter().find(|row| row.starts_with(c)).and_then(|row| row.chars().nth(tone)).unwrap();
            let rhyme: String = rhyme.chars().enumerate().map(|(at, c)| if at == place { toned(c) } else { c }).collect();
            let word = format!("{onset}{rhyme}");
            let first = word.chars().next().unwrap();
            first.to_uppercase().chain(word.chars().skip(1)).collect::<String>()
        });
        prop::collection::vec(syllable, 1..5).prop_map(|words| words.join(" "))
    }

    /// "Ổn" comes back as "ổn" from TCVN3.
    fn as_written(name: &str, encoding: Encoding) -> String {
        let keeps = |c: char| encoding != Encoding::Tcvn3 || "ĂÂÊÔƠƯĐ".contains(c) || c.is_ascii();
        name.chars().map(|c| if keeps(c) { c } else { c.to_lowercase().next().unwrap() }).collect()
    }

    proptest! {
        #[test]
        fn any_name_comes_back(name in name(), which in 0usize..4) {
            let encoding = Encoding::ALL[which];
            let old = written(&name, encoding);
            // Nothing else is taken for what it is, and among its like it is read right.
            prop_assert!(recognise(&old).is_none_or(|found| found == encoding), "{} {:?}", old, recognise(&old));
            let (_, read) = read_among(&old, encoding);
            prop_assert_eq!(seen(&read), seen(&as_written(&name, encoding)), "{}", old);
        }

        #[test]
        fn unicode_stays(name in name(), around in 0usize..4) {
            prop_assert!(matches!(recognise(&name), None | Some(Encoding::Unicode)), "{}", name);
            let (_, read) = read_among(&name, Encoding::Unicode);
            prop_assert_eq!(read, name.as_str());
            // Nor do old ones around it change a text that cannot be theirs.
            if name.chars().any(|c| c > '\u{ff}') {
                prop_assert_eq!(read_among(&name, Encoding::ALL[around]).1, name.as_str());
            }
        }

        #[test]
        fn any_text_can_be_judged(text in any::<String>(), around in 0usize..4) {
            let (encoding, read) = read_among(&text, Encoding::ALL[around]);
            prop_assert!(encoding != Encoding::Unicode || read == text);
        }
    }
}
