//! Villages as files name them.

use domain::text;
use std::collections::HashMap;

/// The villages that an import can go to: those of the unit tree, and those that the file names.
#[derive(Debug)]
pub(super) struct Villages {
    known: Vec<Known>,
    /// By [`text::spelling`]: one name for every way of writing it.
    names: HashMap<String, String>,
}

#[derive(Debug)]
struct Known {
    name: String,
    whole: Key,
    /// Without its type.
    bare: Key,
    has_type: bool,
}

/// A name as it is compared.
#[derive(Debug)]
struct Key {
    spelling: String,
    words: String,
    marked: bool,
}

impl Key {
    fn new(name: &str) -> Self {
        Self { spelling: text::spelling(name), words: text::words(name), marked: text::has_marks(name) }
    }

    /// Whether two names are the same word for word; one of them may be without accents.
    fn is_same(&self, other: &Self) -> bool {
        let either_plain = !self.marked || !other.marked;
        self.spelling == other.spelling || (either_plain && self.words == other.words)
    }
}

impl Villages {
    pub fn new(known: &[impl AsRef<str>]) -> Self {
        let names = known.iter().rev().map(|name| (text::spelling(name.as_ref()), name.as_ref().to_owned())).collect();
        let known = known.iter().map(|name| {
            let (name, bare) = (name.as_ref(), bare(name.as_ref()));
            Known { name: name.to_owned(), whole: Key::new(name), bare: Key::new(bare), has_type: bare != name }
        });
        Self { known: known.collect(), names }
    }

    pub fn is_known(&self, name: &str) -> bool {
        self.known.iter().any(|known| known.name == name)
    }

    /// The one name for a village however the file writes it: that of the unit tree where it can only be that one,
    /// else the way it was written first.
    pub fn name(&mut self, written: &str) -> String {
        let spelling = text::spelling(written);
        if let Some(name) = self.names.get(&spelling) {
            return name.clone();
        }
        let name = self.known_as(written).unwrap_or(written).to_owned();
        self.names.insert(spelling, name.clone());
        name
    }

    /// The known village that this must be. Written without accents it may be the only one that reads so with them;
    /// written without its type ("Đồng Cừ", "3") it may be the only one of that name.
    pub fn known_as(&self, written: &str) -> Option<&str> {
        let bare_name = bare(written);
        let (whole, bare, has_type) = (Key::new(written), Key::new(bare_name), bare_name != written);
        let only = |same: &dyn Fn(&Known) -> bool| {
            let mut found = self.known.iter().filter(|known| same(known));
            found.next().filter(|_| found.next().is_none()).map(|known| known.name.as_str())
        };
        only(&|known| known.whole.is_same(&whole)).or_else(|| only(&|known| known.has_type != has_type && known.bare.is_same(&bare)))
    }
}

/// What a place below the commune is called, the longer ones first.
const TYPES: [&str; 17] = [
    "tổ dân phố",
    "khu dân cư",
    "khối phố",
    "khu phố",
    "tiểu khu",
    "thôn",
    "bản",
    "buôn",
    "ấp",
    "khóm",
    "khối",
    "làng",
    "phum",
    "sóc",
    "plei",
    "tdp",
    "xóm",
];

/// The name without the type: "Đồng Cừ" of "Thôn Đồng Cừ".
fn bare(name: &str) -> &str {
    match type_at(&TYPES, name, !text::has_marks(name)) {
        Some((_, rest)) if !rest.is_empty() => rest,
        _ => name,
    }
}

/// Whether a column's title is a type and nothing else ("Thôn", "Tên bản"): then its cells can go without.
/// Returns the type, beginning with a capital.
pub(super) fn type_of_title(title: &str) -> Option<String> {
    let key = text::words(title);
    let key = key.strip_prefix("ten ").unwrap_or(&key);
    let found = TYPES.iter().find(|name| text::words(name) == key)?;
    Some(if *found == "tdp" { "TDP".to_owned() } else { capitalised(found) })
}

/// A village's full name from a cell of its column: "Thôn 3" from "3" below the title "Thôn".
pub(super) fn with_type(cell: &str, title_type: Option<&str>) -> String {
    match title_type {
        Some(title_type) if bare(cell) == cell => format!("{title_type} {cell}"),
        _ => cell.to_owned(),
    }
}

/// A village that a line of text begins with, after a number at most: "THÔN ĐỒNG CỪ", "II. Bản Nậm Lĩnh". Without
/// accents it must have a number: "Thon 2"; "Ban Van Ty" is a person, Bàn Văn Tý.
pub(super) fn heading(line: &str) -> Option<String> {
    let first = line.split_whitespace().next()?;
    let numbered = first.ends_with(['.', ')', '/', ':', '-']) && first.chars().count() <= 5;
    let line = if numbered { line.split_once(char::is_whitespace)?.1.trim_start() } else { line };
    let plain = !text::has_marks(line) && line.contains(|c: char| c.is_ascii_digit());
    let (kind, rest) = type_at(&TYPES, line, plain)?;
    named(kind, rest, plain)
}

/// Whether a line of text begins with the name of a cluster inside a village: "Cụm 2".
pub(super) fn is_cluster_heading(line: &str) -> bool {
    const CLUSTERS: [&str; 5] = ["cụm", "nhóm", "tổ liên gia", "tổ tự quản", "tổ số"];
    let plain = !text::has_marks(line) && line.contains(|c: char| c.is_ascii_digit());
    type_at(&CLUSTERS, line, plain).is_some_and(|(_, rest)| !rest.is_empty())
}

/// A village that a line of text names: "Thôn Đồng Cừ" in "DANH SÁCH HỘ GIA ĐÌNH THÔN ĐỒNG CỪ NĂM 2026".
pub(super) fn mentioned(line: &str) -> Option<String> {
    // "Trưởng thôn", "nông thôn", "ủy ban", "văn bản".
    const NOT_AFTER: [&str; 8] = ["truong", "pho", "nong", "uy", "van", "cac", "cap", "toan"];
    let plain = !text::has_marks(line);
    let mut before = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        if let Some((kind, name)) = type_at(&TYPES, rest, plain)
            && !NOT_AFTER.contains(&before.as_str())
            && let Some(village) = named(kind, name, plain)
        {
            return Some(village);
        }
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        before = text::words(word);
        rest = after.trim_start();
    }
    None
}

/// Splits a type off the beginning of a text. In a line with accents a word without them is meant as written: "BAN"
/// is no "bản" there, "TDP" is always itself.
fn type_at<'a>(types: &[&str], text: &'a str, plain: bool) -> Option<(&'a str, &'a str)> {
    types.iter().find_map(|name| {
        let words = name.split(' ').count();
        let end = text.match_indices(char::is_whitespace).map(|(at, _)| at).chain([text.len()]).nth(words - 1)?;
        let (kind, rest) = text.split_at_checked(end)?;
        let same = text::spelling(kind) == text::spelling(name);
        let same = same || (plain && text::words(kind) == text::words(name));
        same.then_some((kind, rest.trim_start()))
    })
}

/// Puts type and name together; the name ends where something else begins ("năm 2026", "xã …", a bracket).
fn named(kind: &str, rest: &str, plain: bool) -> Option<String> {
    const MOST_WORDS: usize = 8;
    #[rustfmt::skip]
    const ENDS: [&str; 17] = [
        "năm", "xã", "phường", "thị trấn", "thị xã", "huyện", "tỉnh", "tháng", "quý", "ngày", "đợt", "thuộc", "của",
        // "Bản danh sách", "bản tổng hợp", "bản kê" name no village.
        "danh sách", "tổng hợp", "thống kê", "kê khai",
    ];
    let mut name = Vec::new();
    let mut words = rest.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied().unwrap_or_default();
        let is = |end: &str| {
            let here = if end.contains(' ') { format!("{word} {next}") } else { word.to_owned() };
            if plain { text::words(&here) == text::words(end) } else { text::spelling(&here) == text::spelling(end) }
        };
        // "Thôn Nam Sơn" typed without accents: "nam" is a year only before figures.
        let year = next.chars().filter(char::is_ascii_digit).count() == 4;
        let end = ENDS.iter().any(|end| is(end) && (!plain || *end != "năm" || year));
        if end || word.starts_with(['(', '[']) || name.len() == MOST_WORDS {
            break;
        }
        let closed = word.ends_with([',', ';', ':', '.']);
        name.push(word.trim_end_matches([',', ';', ':', '.']));
        if closed {
            break;
        }
    }
    while name.last().is_some_and(|word| text::words(word).is_empty()) {
        name.pop();
    }
    if name.is_empty() {
        return None;
    }
    let name = name.join(" ");
    let shouted = !name.chars().any(char::is_lowercase) && name.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let name = if shouted { name.split(' ').map(capitalised).collect::<Vec<_>>().join(" ") } else { name };
    let kind = if text::words(kind) == "tdp" { "TDP".to_owned() } else { capitalised(kind) };
    Some(format!("{kind} {name}"))
}

/// The first letter large, the others small.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles() {
        for (line, village) in [
            ("DANH SÁCH HỘ GIA ĐÌNH THÔN ĐỒNG CỪ NĂM 2026", Some("Thôn Đồng Cừ")),
            ("Danh sách hộ thôn Đồng Cừ – Bến Lĩnh, xã Tân Khê Vân", Some("Thôn Đồng Cừ – Bến Lĩnh")),
            ("DANH SACH HO THON NAM SON NAM 2026", Some("Thon Nam Son")),
            ("DANH SÁCH HỘ TỔ DÂN PHỐ 12 PHƯỜNG MINH TRẠCH", Some("Tổ dân phố 12")),
            ("Tdp số 7 - phường Minh Trạch", Some("TDP số 7")),
            ("Bản Nậm Lĩnh (tháng 10)", Some("Bản Nậm Lĩnh")),
            ("UBND XÃ TÂN KHÊ VÂN", None),
            ("ỦY BAN NHÂN DÂN XÃ TÂN KHÊ VÂN", None),
            ("UY BAN NHAN DAN XA", None),
            ("Danh sách hộ của các thôn trong xã", None),
            ("TRƯỞNG THÔN LẬP", None),
            ("BẢN TỔNG HỢP HỘ DÂN", None),
            ("Chương trình nông thôn mới", None),
            ("DANH SÁCH CHỦ HỘ", None),
            ("Thôn", None),
            ("", None),
        ] {
            assert_eq!(mentioned(line).as_deref(), village, "{line}");
        }
        for (line, village) in
            [("II. BẢN NẬM LĨNH", Some("Bản Nậm Lĩnh")), ("thôn 3", Some("Thôn 3")), ("Danh sách thôn 3", None), ("Nguyễn Thôn", None)]
        {
            assert_eq!(heading(line).as_deref(), village, "{line}");
        }
    }

    #[test]
    fn known_villages() {
        let mut villages = Villages::new(&["Thôn Đồng Cừ – Bến Lĩnh", "Thôn 3", "Tổ dân phố 12", "Thôn Lạc", "Thôn Lác", "Bản Hòa"]);
        for (written, name) in [
            ("thôn đồng cừ - bến lĩnh", "Thôn Đồng Cừ – Bến Lĩnh"),
            ("Dong Cu - Ben Linh", "Thôn Đồng Cừ – Bến Lĩnh"),
            ("Thon 3", "Thôn 3"),
            ("3", "Thôn 3"),
            ("12", "Tổ dân phố 12"),
            ("Tổ 3", "Tổ 3"),
            ("Xóm 3", "Xóm 3"),
            ("Bản Hoà", "Bản Hòa"),
            ("Thôn Lác", "Thôn Lác"),
            ("Thon Lac", "Thon Lac"),
            ("Thôn Lắc", "Thôn Lắc"),
            ("Thôn Mới", "Thôn Mới"),
            ("THÔN MỚI", "Thôn Mới"),
        ] {
            assert_eq!(villages.name(written), name, "{written}");
        }
        assert!(villages.is_known("Thôn 3") && !villages.is_known("Thôn Mới"));
    }

    #[test]
    fn types() {
        assert_eq!(type_of_title("Tên thôn").as_deref(), Some("Thôn"));
        assert_eq!(type_of_title("Thôn, bản"), None);
        assert_eq!(with_type("3", Some("Thôn")), "Thôn 3");
        assert_eq!(with_type("Bản Nậm Lĩnh", Some("Thôn")), "Bản Nậm Lĩnh");
        assert_eq!(with_type("3", None), "3");
    }

    proptest! {
        #[test]
        fn any_line_can_be_read(line in any::<String>(), known in "[TtHhÔô ôn0-9]{0,9}") {
            let _ = (mentioned(&line), heading(&line), type_of_title(&line), bare(&line));
            Villages::new(&[known]).name(&line);
        }
    }
}
