//! Villages as files name them.

use domain::text;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

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

/// Whether two names are those of one place: the same but for accents, and one of them may be without its type.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    let key = |name: &str| format!(" {} ", text::words(name)).replace(" tdp ", " to dan pho ").replace(" so ", " ");
    let (bare_a, bare_b) = (bare(a), bare(b));
    let one_bare = (bare_a == a) != (bare_b == b);
    key(a) == key(b) || (one_bare && key(bare_a) == key(bare_b))
}

/// Whether a sheet's name may be that of a place: not "Sheet1", "Trang 2", "Hộ nghèo".
pub(super) fn may_be_place(sheet: &str) -> bool {
    const OTHERS: &str = " sheet trang to cum nhom ds danh tong phan bang dot ho quyen book data ngheo can khac con moi cu in page ";
    let key = text::words(sheet);
    let first = key.split([' ', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0']).next().unwrap_or_default();
    let year = key.strip_prefix("nam ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    !first.is_empty() && !year && !OTHERS.contains(&format!(" {first} "))
}

/// Whether a text has the name of a village in it, with or without its type.
pub(super) fn mentions_bare(text: &str, village: &str) -> bool {
    let padded = |text: &str| format!(" {} ", text::words(text));
    padded(text).contains(&padded(bare(village)))
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

/// Whether a village is of a kind that elsewhere is a part of one: "xóm", "làng", "phum".
pub(super) fn is_small(name: &str) -> bool {
    const SMALL: [&str; 5] = ["xóm", "làng", "phum", "sóc", "khu dân cư"];
    type_at(&SMALL, name, !text::has_marks(name)).is_some()
}

/// A village's full name from a cell of its column: "Thôn 3" from "3" below the title "Thôn".
pub(super) fn with_type(cell: &str, title_type: Option<&str>) -> String {
    match title_type {
        Some(title_type) if bare(cell) == cell => format!("{title_type} {cell}"),
        _ => cell.to_owned(),
    }
}

/// Whether a line may begin with the type of a village or a cluster, or a word like one. Cheap, for every line of a list.
pub(super) fn may_head(line: &str) -> bool {
    static FIRST: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let first = |name: &&str| name.split(' ').next().map(text::words);
        TYPES.iter().chain(&CLUSTERS).chain(&PARTS).filter_map(first).collect()
    });
    let begins = |line: &str| FIRST.contains(&text::words(line.split_whitespace().next().unwrap_or_default()));
    begins(line) || begins(without_number(line))
}

/// A line of text without the number that it begins with: "II. Bản Nậm Lĩnh".
fn without_number(line: &str) -> &str {
    let first = line.split_whitespace().next().unwrap_or_default();
    let numbered = first.ends_with(['.', ')', '/', ':', '-']) && first.chars().count() <= 5;
    let rest = if numbered { line.split_once(char::is_whitespace).map(|(_, rest)| rest.trim_start()) } else { None };
    rest.unwrap_or(line)
}

/// A village that a line of text begins with, after a number at most: "THÔN ĐỒNG CỪ", "II. Bản Nậm Lĩnh". Without
/// accents it must have a number: "Thon 2"; "Ban Van Ty" is a person, Bàn Văn Tý.
pub(super) fn heading(line: &str) -> Option<String> {
    let line = without_number(line);
    let plain = !text::has_marks(line) && line.contains(|c: char| c.is_ascii_digit());
    let (kind, rest) = type_at(&TYPES, line, plain)?;
    named(kind, rest, plain)
}

/// A village that a line of text begins with, typed without accents, where the line is surely no household: "THON DONG
/// CU". A type that reads like a family name ("Ban", "Lang") still says nothing.
pub(super) fn plain_heading(line: &str) -> Option<String> {
    const NO_FAMILY: [&str; 11] =
        ["tổ dân phố", "khu dân cư", "khối phố", "khu phố", "tiểu khu", "thôn", "buôn", "khóm", "plei", "tdp", "xóm"];
    let line = without_number(line);
    let (kind, rest) = if text::has_marks(line) { None } else { type_at(&NO_FAMILY, line, true) }?;
    named(kind, rest, true)
}

const CLUSTERS: [&str; 6] = ["cụm", "nhóm", "tổ liên gia", "tổ tự quản", "tổ đoàn kết", "tổ số"];

/// Whether a line of text begins with the name of a cluster inside a village: "Cụm 2", "Tổ 1".
pub(super) fn is_cluster_heading(line: &str) -> bool {
    let line = without_number(line);
    let plain = !text::has_marks(line) && line.contains(|c: char| c.is_ascii_digit());
    let named = type_at(&CLUSTERS, line, plain).is_some_and(|(_, rest)| !rest.is_empty());
    named || is_numbered_cluster(line)
}

/// "Tổ 1", "Nhóm 2": no person is called so.
pub(super) fn is_numbered_cluster(line: &str) -> bool {
    let plain = !text::has_marks(line);
    let rest = type_at(&["cụm", "nhóm", "tổ"], without_number(line), plain).map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

const PARTS: [&str; 8] = ["hộ", "các hộ", "nhóm hộ", "diện", "đối tượng", "phần", "mục", "danh sách"];

/// Whether a line of text names a part of a list that is no place: "HỘ NGHÈO", "Đối tượng bảo trợ". "Hồ Nghèo" is a person.
pub(super) fn is_part_title(line: &str) -> bool {
    type_at(&PARTS, without_number(line), false).is_some_and(|(_, rest)| !rest.is_empty())
}

/// A village that a line of text names: "Thôn Đồng Cừ" in "DANH SÁCH HỘ GIA ĐÌNH THÔN ĐỒNG CỪ NĂM 2026".
pub(super) fn mentioned(line: &str) -> Option<String> {
    mentions(line).into_iter().next()
}

/// All villages that a line of text names.
pub(super) fn mentions(line: &str) -> Vec<String> {
    // "Trưởng thôn", "nông thôn", "ủy ban", "văn bản".
    const NOT_AFTER: [&str; 8] = ["truong", "pho", "nong", "uy", "van", "cac", "cap", "toan"];
    let plain = !text::has_marks(line);
    let mut found = Vec::new();
    let mut before = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        if let Some((kind, name)) = type_at(&TYPES, rest, plain)
            && !NOT_AFTER.contains(&before.as_str())
            && let Some(village) = named(kind, name, plain)
        {
            found.push(village);
            // "Tổ dân phố" has "khu phố" nowhere in it, but its words are not read again.
            (before, rest) = (String::new(), name);
            continue;
        }
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        before = text::words(word);
        rest = after.trim_start();
    }
    found
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

/// Whether what follows a type is no name but makes another thing of it: "khối dân vận", "bản khai", "làng văn hóa".
fn is_other_thing(rest: &str, plain: bool) -> bool {
    const OTHERS: [&str; 35] = [
        "dân vận",
        "mặt trận",
        "đoàn thể",
        "đảng",
        "cơ quan",
        "văn phòng",
        "nội chính",
        "chính quyền",
        "lượng",
        "đại đoàn kết",
        "khai",
        "kê",
        "tự khai",
        "đăng ký",
        "cam kết",
        "báo cáo",
        "sao",
        "chính",
        "thảo",
        "đồ",
        "ghi nhớ",
        "ghi chép",
        "tin",
        "án",
        "quyền",
        "phân công",
        "theo dõi",
        "đánh giá",
        "nhận xét",
        "lý lịch",
        "tự kiểm",
        "văn hóa",
        "nghề",
        "trưởng",
        "tiên tiến",
    ];
    let others = if plain { OTHERS.iter().filter(|other| other.contains(' ')).copied().collect::<Vec<_>>() } else { OTHERS.to_vec() };
    type_at(&others, rest, plain).is_some()
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
    if is_other_thing(rest, plain) {
        return None;
    }
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
        // "Thôn Đồng Cừ – 56 hộ".
        let figure = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        let counts = !name.is_empty() && figure(word) && matches!(text::words(next).as_str(), "ho" | "khau" | "nhan" | "nguoi");
        if end || counts || word.starts_with(['(', '[']) || name.len() == MOST_WORDS {
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
