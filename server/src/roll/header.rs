//! Where the header of a table is, and what its titles mean.

use crate::book::{Line, Table};
use domain::roll::{Column, Never};
use domain::text;

/// The header of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The index of the first line below it.
    pub below: usize,
    /// The index of its first line; `None` if the table begins without one.
    pub first: Option<usize>,
    /// Title and meaning of each column, in order. A title on several lines has all parts.
    pub columns: Vec<(String, Column)>,
    /// The places of columns that are titled as the head, too, beside the one that is taken for it.
    pub rivals: Vec<usize>,
}

impl Header {
    /// Whether a title says that a column holds the heads. Without it a table is no list of households.
    pub fn has_head(&self) -> bool {
        self.columns.iter().any(|(_, column)| *column == Column::Head)
    }
}

/// How many lines are searched for the header. Forms have up to ten lines of titles above it.
const SEARCHED: usize = 40;

/// Finds the header below the title lines: of the lines that name a head, the one that names most.
pub(super) fn find(table: &Table) -> Header {
    let width = table.width();
    let candidates = (0..table.lines.len().min(SEARCHED)).filter_map(|at| at_line(&table.lines, at, width));
    let mut best: Option<(usize, Header)> = None;
    for header in candidates.filter(Header::has_head) {
        let known = header.columns.iter().filter(|(_, column)| *column != Column::Ignored).count();
        // A title line above a header looks like its first level, and adds nothing to it.
        let inside = |best: &Header| header.first.is_some_and(|first| first < best.below);
        let better = |(most, best): &(usize, Header)| known > *most || (known == *most && inside(best));
        if best.as_ref().is_none_or(better) {
            best = Some((known, header));
        }
    }
    best.map_or_else(|| unrecognised(table, width), |(_, header)| header)
}

/// The header at a line that a person named; 0 is none.
pub(super) fn at_number(table: &Table, number: u32) -> Header {
    let width = table.width();
    let at = table.lines.iter().position(|line| line.number == number);
    at.and_then(|at| at_line(&table.lines, at, width)).unwrap_or_else(|| none(width))
}

/// No title is known: the first line of several texts without figures may still be titles, for a person to say.
fn unrecognised(table: &Table, width: usize) -> Header {
    let titles = |line: &Line| line.filled().count() > 1 && line.filled().all(|(_, cell)| is_title(cell));
    let at = table.lines.iter().take(SEARCHED).position(titles);
    at.and_then(|at| at_line(&table.lines, at, width)).unwrap_or_else(|| none(width))
}

fn none(width: usize) -> Header {
    Header { below: 0, first: None, columns: vec![(String::new(), Column::Ignored); width], rivals: Vec::new() }
}

/// The header that begins at a line, with the lines below it that divide its titles.
fn at_line(lines: &[Line], at: usize, width: usize) -> Option<Header> {
    let top = lines.get(at)?;
    let sub = lines.get(at + 1).filter(|sub| sub.number == top.number + 1 && is_second_level(top, sub));
    let third = sub.and_then(|sub| lines.get(at + 2).filter(|third| third.number == sub.number + 1 && is_third_level(top, sub, third)));
    let mut paths: Vec<Vec<&str>> = (0..width).map(|column| written(top.cell(column)).collect()).collect();
    for level in [sub, third].into_iter().flatten() {
        let mut group = Vec::new();
        for (column, path) in paths.iter_mut().enumerate() {
            let below = level.cell(column);
            if !path.is_empty() || below.is_empty() {
                group.clone_from(path);
            }
            *path = group.iter().copied().chain(written(below)).collect();
        }
    }
    let mut titles: Vec<Title> = paths.into_iter().map(Title::new).collect();
    let rivals = settle(&mut titles);
    let below = at + 1 + usize::from(sub.is_some()) + usize::from(third.is_some());
    let columns = titles.into_iter().map(|title| (title.whole, title.column)).collect();
    Some(Header { below, first: Some(at), columns, rivals })
}

fn written(cell: &str) -> impl Iterator<Item = &str> {
    Some(cell).filter(|cell| !cell.is_empty()).into_iter()
}

/// The title of a column.
struct Title {
    /// Its parts on all levels.
    whole: String,
    /// The part that says what the column holds, as words.
    key: String,
    /// It is the family name or the middle of a name.
    begins_name: bool,
    column: Column,
}

impl Title {
    fn new(path: Vec<&str>) -> Self {
        // "Nhân khẩu" over "Tổng số, Nam, Nữ".
        let says = path.iter().rev().find(|part| !is_sum(part)).or(path.last()).copied().unwrap_or_default();
        Self { whole: path.join(" – "), key: text::words(says), begins_name: begins_name(says), column: meaning(says) }
    }
}

/// A second level divides what the first level groups: texts only, some of them where the first level is empty,
/// and nothing below a title that already says it all.
fn is_second_level(top: &Line, sub: &Line) -> bool {
    let divides = sub.filled().any(|(column, _)| top.cell(column).is_empty());
    let fits = sub.filled().all(|(column, cell)| {
        let complete = matches!(meaning(top.cell(column)), Column::No | Column::Head | Column::Phone | Column::Village);
        is_title(cell) && (!complete || meaning(cell) != Column::Ignored || begins_name(cell))
    });
    divides && fits
}

/// A third level divides what the second one groups, and says nothing about numbers and names.
fn is_third_level(top: &Line, sub: &Line, third: &Line) -> bool {
    let says = |column: usize| matches!(meaning(top.cell(column)), Column::No | Column::Head);
    let divides = third.filled().any(|(column, _)| sub.cell(column).is_empty());
    divides && third.filled().count() > 1 && third.filled().all(|(column, cell)| is_title(cell) && !says(column))
}

/// Whether a title is that of the first part of a name whose last part has a column of its own: "Họ", "Họ và chữ đệm".
/// "Hộ" is something else.
fn begins_name(title: &str) -> bool {
    const PARTS: &str = "ho; ho lot; ho dem; ho chu dem; ho chu lot; ho va dem; ho va lot; ho va chu dem; ho va chu lot; ho va ten dem; \
        ho va ten lot; ho ten dem; ho ten lot; ho va ten chu dem; ho va ten chu lot; dem; lot; chu dem; chu lot; ten dem; ten lot; \
        ho chu ho; ho va chu dem chu ho; ho va ten dem chu ho; ho dem chu ho; ho lot chu ho";
    let title = title.split('(').next().unwrap_or_default();
    let key = text::words(title);
    let first = title.split_whitespace().next().unwrap_or_default();
    let family = !key.starts_with("ho") || !text::has_marks(first) || text::spelling(first) == text::spelling("Họ");
    family && PARTS.split("; ").any(|part| part == key)
}

/// Whether a title is that of the last part of a name.
fn ends_name(key: &str) -> bool {
    matches!(key, "ten" | "ten chu ho" | "ten goi")
}

fn is_title(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic) && !cell.chars().any(|c| c.is_ascii_digit()) && cell.chars().count() > 1
}

fn is_sum(title: &str) -> bool {
    matches!(text::words(title).as_str(), "tong" | "tong so" | "tong cong" | "chung" | "ts")
}

/// What a title means by itself. A remark in brackets does not change a known title ("Họ và tên (theo CCCD)"), but it
/// can give an unknown one away ("Thành phần (dân tộc)").
fn meaning(title: &str) -> Column {
    let key = text::words(title.split('(').next().unwrap_or_default());
    let all = format!(" {} ", text::words(title));
    let by_title = TITLES.iter().find(|(_, titles)| titles.split("; ").any(|title| title == key));
    let by_phrase = || PHRASES.iter().find(|(_, phrases)| phrases.iter().any(|phrase| all.contains(phrase)));
    let known = by_title.map(|(column, _)| *column).or_else(|| by_phrase().map(|(column, _)| *column));
    known.or_else(|| by_beginning(&key)).unwrap_or(Column::Ignored)
}

/// Longer ways to say it: "Họ, chữ đệm và tên chủ hộ", "Tổng số người trong hộ". What says more than that says
/// something else: "Số người tạm vắng", "Quan hệ với chủ hộ".
fn by_beginning(key: &str) -> Option<Column> {
    let begins =
        |starts: &[&str]| starts.iter().any(|start| key.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
    let ends = |ends: &[&str]| ends.iter().any(|end| key.ends_with(end));
    if begins(&["qh", "qhch"]) {
        return Some(Column::Relation);
    }
    if begins(&["ho", "ten", "chu ho", "nguoi"]) && key.contains("ten") && ends(&["chu ho", "chu ho gia dinh", "dai dien ho", "gia chu"]) {
        return Some(Column::Head);
    }
    let counts = begins(&["so", "tong so", "tong"]) && ["nguoi", "khau", "thanh vien"].iter().any(|word| key.contains(word));
    if counts && ends(&["trong ho", "cua ho", "trong gia dinh", "hien co", "thuc te"]) {
        return Some(Column::People);
    }
    begins(&["dia chi", "noi o", "cho o", "noi cu tru", "noi thuong tru"]).then_some(Column::Hint)
}

/// Wherever they stand in a title. What is never stored comes first.
const PHRASES: &[(Column, &[&str])] = &[
    (
        Column::Never(Never::IdentityNumber),
        &[" cccd ", " cmnd ", " cmt ", " cmtnd ", " can cuoc ", " chung minh ", " dinh danh ", " ho chieu ", " giay to tuy than "],
    ),
    (Column::Never(Never::Ethnicity), &[" dan toc "]),
    (Column::Never(Never::Religion), &[" ton giao "]),
    (Column::Relation, &[" quan he "]),
    (Column::Phone, &[" dien thoai ", " sdt ", " so dt ", " di dong ", " dtdd "]),
];

/// The whole title, but for a remark in brackets.
const TITLES: &[(Column, &str)] = &[
    (Column::Never(Never::Religion), "dao; theo dao"),
    (Column::Code, "ma ho; ma so ho"),
    (Column::No, "stt; tt; so tt; so thu tu; so ho; stt ho; so tt ho; so thu tu ho; ho so; so; no; so trong danh sach"),
    (
        Column::Head,
        "chu ho; ten chu ho; ho ten chu ho; ho va ten chu ho; ho va ten; ho ten; ten; ho ten chu; ten ho; ho gia dinh; \
        ten ho gia dinh; dai dien ho; nguoi dai dien; ho ten nguoi dai dien; ho va ten nguoi dai dien; ho va ten dem; \
        ho dem; gia chu; ten gia chu; ho ten gia chu; nguoi dung dau ho; chu ho nguoi dai dien; ho ten chu ho gia dinh; ho va ten chu ho gia dinh; chu ho gia dinh",
    ),
    (
        Column::People,
        "so khau; khau; nhan khau; so nhan khau; so nguoi; so nk; nk; tong so khau; tong khau; tong so nhan khau; \
        tong nhan khau; so thanh vien; thanh vien; so nguoi trong ho; so luong khau",
    ),
    (Column::Phone, "dt; phone; tel; zalo; so zalo; lien he; so lien he; lien lac; so lien lac; hotline"),
    (
        Column::Hint,
        "dia chi; so nha; noi o; cho o; noi o hien nay; cho o hien nay; vi tri; vi tri nha; duong; ngo; dia chi nha; \
        dia chi cu the; dia chi thuong tru; noi thuong tru; noi cu tru",
    ),
    (Column::Cluster, "cum; cum dan cu; to; nhom; nhom ho; to lien gia; to tu quan; to doan ket"),
    (
        Column::Village,
        "thon; ten thon; ban; ten ban; buon; ap; khom; tdp; to dan pho; khu pho; khu dan cu; khoi; khoi pho; tieu khu; \
        lang; xom; phum; soc; plei; thon ban; thon to; thon tdp; thon xom; thon ban tdp; thon to dan pho; ban thon; \
        buon thon; ap khom; ap khu pho; dia ban",
    ),
];

/// Where two columns claim to be the same, the first is right; the smaller of two places is the cluster, and the number
/// of the household goes before that of the line. An address can have several columns, and a name can be in several
/// ("Họ", "Tên đệm", "Tên"). Returns the places of columns that are titled as the head, too.
fn settle(titles: &mut [Title]) -> Vec<usize> {
    for at in 0..titles.len() {
        let Some((title, rest)) = titles.get_mut(at..).and_then(<[Title]>::split_first_mut) else { continue };
        let end = rest.iter().position(|next| !next.begins_name);
        let ended = end.and_then(|end| rest.get(end)).is_some_and(|next| ends_name(&next.key));
        if title.begins_name && ended && !matches!(title.column, Column::Never(_)) {
            title.column = Column::Head;
        }
    }
    let of_household = |title: &Title| title.column == Column::No && (title.key.ends_with(" ho") || title.key == "ho so");
    if titles.iter().any(of_household) {
        titles
            .iter_mut()
            .filter(|title| title.column == Column::No && !of_household(title))
            .for_each(|title| title.column = Column::Ignored);
    }
    let mut seen = Vec::new();
    let mut rivals = Vec::new();
    // The column before is the first part of the name.
    let mut name_goes_on = false;
    for (at, title) in titles.iter_mut().enumerate() {
        if title.column == Column::Village && seen.contains(&Column::Village) && !seen.contains(&Column::Cluster) {
            title.column = Column::Cluster;
        }
        let is_rest_of_name = title.column == Column::Head && name_goes_on && (title.begins_name || ends_name(&title.key));
        let may_repeat = matches!(title.column, Column::Hint | Column::Never(_)) || is_rest_of_name;
        if seen.contains(&title.column) && !may_repeat {
            if title.column == Column::Head {
                rivals.push(at);
            }
            title.column = Column::Ignored;
        }
        seen.push(title.column);
        name_goes_on = title.column == Column::Head && title.begins_name;
    }
    rivals
}

/// What a column holds that must never be kept, judged by its values, whatever its title says or does not say.
pub(super) fn never_kept<'a>(values: impl Iterator<Item = &'a str>, column: Column) -> Option<Never> {
    const JUDGED: usize = 200;
    // Without "Co", which reads like "có".
    const ETHNICITIES: &str = "kinh; tay; thai; muong; khmer; kho me; hoa; nung; mong; h mong; hmong; dao; gia rai; jrai; e de; ede; ba na; \
        san chay; cham; co ho; xo dang; san diu; hre; ra glai; raglai; m nong; mnong; tho; xtieng; stieng; kho mu; \
        bru van kieu; co tu; giay; ta oi; ma; gie trieng; cho ro; xinh mun; ha nhi; chu ru; lao; khang; la chi; phu la; \
        la hu; la ha; pa then; chut; lu; lo lo; mang; co lao; bo y; cong; ngai; si la; pu peo; ro mam; brau; o du";
    const RELIGIONS: &str = "phat giao; dao phat; phat; cong giao; thien chua; thien chua giao; tin lanh; cao dai; hoa hao; \
        phat giao hoa hao; hoi giao; ba la mon";
    let listed = |list: &str, key: &str| list.split("; ").any(|one| one == key);
    let keys: Vec<String> = values.filter(|value| !value.is_empty()).take(JUDGED).map(text::words).collect();
    let most = |share: usize, test: &dyn Fn(&str) -> bool| {
        let passed = keys.iter().filter(|key| test(key)).count();
        passed > 0 && passed * 100 >= keys.len() * share
    };
    let digits = |key: &str, count: usize| {
        key.chars().all(|c| c.is_ascii_digit() || c == ' ') && key.chars().filter(char::is_ascii_digit).count() == count
    };
    let free = !matches!(column, Column::No | Column::People | Column::Phone);
    if most(50, &|key| digits(key, 12)) || (free && most(50, &|key| digits(key, 9))) {
        return Some(Never::IdentityNumber);
    }
    if column != Column::Ignored && column != Column::Hint && column != Column::Cluster {
        return None;
    }
    if most(90, &|key| listed(ETHNICITIES, key)) {
        return Some(Never::Ethnicity);
    }
    let names_one = keys.iter().any(|key| listed(RELIGIONS, key));
    let answers = |key: &str| listed(RELIGIONS, key) || matches!(key, "khong" | "ko" | "k" | "co" | "luong");
    (names_one && most(90, &answers)).then_some(Never::Religion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roll::table;

    fn header(csv: &str) -> Header {
        find(&table::read(csv.as_bytes(), &domain::roll::Mapping::default()).unwrap().tables[0])
    }

    #[test]
    fn titles_mean() {
        use Column::*;
        for (titles, columns) in [
            ("TT;Chủ hộ;Nhân khẩu;SĐT;Số nhà;Hộ nghèo", vec![No, Head, People, Phone, Hint, Ignored]),
            ("Số TT;Tên chủ hộ;Số người;Địa chỉ", vec![No, Head, People, Hint]),
            ("Thôn;STT;Chủ hộ;Số khẩu;Điện thoại", vec![Village, No, Head, People, Phone]),
            (
                "STT;Họ và tên chủ hộ (*);Số CCCD/CMND;Dân tộc;Tôn giáo",
                vec![No, Head, Never(self::Never::IdentityNumber), Never(self::Never::Ethnicity), Never(self::Never::Religion)],
            ),
            ("Họ và tên (theo CCCD);Thành phần (dân tộc);(STT)", vec![Head, Never(self::Never::Ethnicity), Ignored]),
            ("Thôn;Xóm;Họ tên;Khẩu;ĐT", vec![Village, Cluster, Head, People, Phone]),
            ("Mã hộ;STT;Chủ hộ;Mã số hộ", vec![Code, No, Head, Ignored]),
            ("STT;Họ và tên đệm;Tên;Nơi ở;Đường", vec![No, Head, Head, Hint, Hint]),
            ("STT;Họ và tên;Họ tên;Năm sinh", vec![No, Head, Ignored, Ignored]),
            ("MÃ ĐỊNH DANH CÁ NHÂN;HỌ VÀ TÊN;Số điện thoại chủ hộ", vec![Never(self::Never::IdentityNumber), Head, Phone]),
        ] {
            let found: Vec<Column> = header(&format!("{titles}\n1;Lành")).columns.into_iter().map(|(_, column)| column).collect();
            assert_eq!(found, columns, "{titles}");
        }
    }

    #[test]
    fn two_levels() {
        use Column::*;
        let forms = [
            (
                "STT,Họ và tên chủ hộ,Diện hộ,,Ghi chú\n,,Nghèo,Cận nghèo,\n1,Lành,,x,",
                vec![
                    ("STT", No),
                    ("Họ và tên chủ hộ", Head),
                    ("Diện hộ – Nghèo", Ignored),
                    ("Diện hộ – Cận nghèo", Ignored),
                    ("Ghi chú", Ignored),
                ],
                2,
            ),
            (
                "STT,Chủ hộ,,,Nhân khẩu,\n,Họ và tên,Năm sinh,Số CCCD,Tổng số,Nữ\n1,Lành,1960,001,4,2",
                vec![
                    ("STT", No),
                    ("Chủ hộ – Họ và tên", Head),
                    ("Chủ hộ – Năm sinh", Ignored),
                    ("Chủ hộ – Số CCCD", Never(self::Never::IdentityNumber)),
                    ("Nhân khẩu – Tổng số", People),
                    ("Nhân khẩu – Nữ", Ignored),
                ],
                2,
            ),
            // A household without a head is no second level.
            ("STT,Chủ hộ,Khẩu,Địa chỉ\n,,,Xóm hai\n1,Lành,2,", vec![("STT", No), ("Chủ hộ", Head), ("Khẩu", People), ("Địa chỉ", Hint)], 1),
        ];
        for (csv, columns, below) in forms {
            let header = header(csv);
            let found: Vec<(&str, Column)> = header.columns.iter().map(|(title, column)| (title.as_str(), *column)).collect();
            assert_eq!((found, header.below), (columns, below), "{csv}");
        }
    }

    #[test]
    fn below_titles_or_nowhere() {
        let found = header("UBND XÃ,,\nDANH SÁCH CHỦ HỘ,,\n\nSTT,Chủ hộ,Khẩu\n1,Lành,2");
        assert_eq!((found.first, found.below), (Some(2), 3));
        let none = header("1,Lành,2\n2,Bền,3");
        assert_eq!((none.first, none.below, none.has_head()), (None, 0, false));
        let foreign = header("Name,Persons\nLành,2");
        assert_eq!((foreign.first, foreign.below, foreign.has_head()), (Some(0), 1, false));
    }

    #[test]
    fn values_give_it_away() {
        for (values, column, never) in [
            (vec!["001099123456", "001 099 123 457", ""], Column::Ignored, Some(Never::IdentityNumber)),
            (vec!["001099123456", "x"], Column::Head, Some(Never::IdentityNumber)),
            (vec!["123456789"], Column::Ignored, Some(Never::IdentityNumber)),
            (vec!["123456789"], Column::Phone, None),
            (vec!["Kinh", "Ê Đê", "Kinh", "H'Mông"], Column::Ignored, Some(Never::Ethnicity)),
            (vec!["Thái", "Hoa"], Column::Head, None),
            (vec!["Không", "Công giáo", "Không"], Column::Ignored, Some(Never::Religion)),
            (vec!["Không", "không"], Column::Ignored, None),
            (vec!["có", "", "có"], Column::Ignored, None),
            (vec!["x", "", "x"], Column::Ignored, None),
            (vec![], Column::Ignored, None),
        ] {
            assert_eq!(never_kept(values.iter().copied(), column), never, "{values:?}");
        }
    }
}
