//! Files that used to be taken wrongly without a word. Each is small, made up, and in a shape that offices keep.

use super::*;

/// What comes of a file, in short: "Thôn 1|2|Lành|4" a household with village, number, head and people, "!5 NoHead" a
/// line that is not kept, "~5 Phone" a doubt, "?Village" what is asked.
fn short(bytes: &[u8], mapping: &Mapping, known: &[&str]) -> Vec<String> {
    fn name(value: &impl std::fmt::Debug) -> String {
        format!("{value:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned()
    }
    let (preview, rows) = look(bytes, "ds.xlsx", mapping, known).unwrap();
    let households = rows.iter().map(|row| {
        let Household { no, head, people, .. } = &row.household;
        format!("{}|{no}|{head}|{}", row.village, people.map(|n| n.to_string()).unwrap_or_default())
    });
    let problems = preview.problems.iter().map(|problem| format!("!{} {}", problem.row.line, name(&problem.reason)));
    let doubts = preview.warnings.iter().map(|warning| format!("~{} {}", warning.line, name(&warning.doubt)));
    households.chain(problems).chain(doubts).chain(preview.needs.iter().map(|need| format!("?{}", name(need)))).collect()
}

/// Files of one list, as text, with the names of known villages.
fn hold(files: &[(&str, &str, &[&str], &[&str])]) {
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|(what, text, known, expected)| {
            let found = short(text.as_bytes(), &Mapping::default(), known);
            (found != *expected).then(|| format!("{what}:\n  found    {found:?}\n  expected {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const THON_1: &[&str] = &["Thôn 1"];
const TITLE: &str = "DANH SÁCH HỘ THÔN 1;;;;\n";

/// The file below a title that names its village.
fn titled(text: &str) -> String {
    format!("{TITLE}{text}")
}

#[test]
fn lists_of_persons() {
    let files = [
        (
            "a row for each person",
            "STT;Họ và tên;Quan hệ với chủ hộ\n1;Trần Văn Lành;Chủ hộ\n2;Lò Thị Bền;Vợ\n3;Trần Thị Mùi;Con\n4;Vũ Văn Nhàn;Chủ hộ\n",
            &["Thôn 1|1|Trần Văn Lành|3", "Thôn 1|4|Vũ Văn Nhàn|1"][..],
        ),
        ("the count of the list goes before our own", "STT;Họ và tên;Quan hệ;Số khẩu\n1;Lành;CH;5\n;Bền;vợ;\n", &["Thôn 1|1|Lành|5"]),
        (
            "who is not said to be anything",
            "STT;Họ và tên;Quan hệ với chủ hộ\n1;Trần Văn Lành;Chủ hộ\n2;Lò Thị Bền;Vợ\n3;Vũ Văn Nhàn;\n",
            &["Thôn 1|1|Trần Văn Lành|2", "!5 Unattached"],
        ),
        (
            "a household whose head is gone is not added to the one above",
            "Số hộ;Họ và tên;Quan hệ với chủ hộ\n1;Trần Văn Lành;Chủ hộ\n1;Lò Thị Bền;Vợ\n1;Lò Thị Tám;Con\n2;Vũ Thị Nhàn;Vợ\n",
            &["Thôn 1|1|Trần Văn Lành|3", "!6 Unattached"],
        ),
        (
            "a mark beside the head",
            "STT;Họ và tên;Chủ hộ\n1;Trần Văn Lành;x\n2;Lò Thị Bền;\n3;Vũ Văn Nhàn;x\n",
            &["Thôn 1|1|Trần Văn Lành|2", "Thôn 1|3|Vũ Văn Nhàn|1"],
        ),
        (
            "a mark before the head",
            "STT;Chủ hộ;Họ và tên\n1;x;Trần Văn Lành\n2;;Lò Thị Bền\n3;x;Vũ Văn Nhàn\n",
            &["Thôn 1|1|Trần Văn Lành|2", "Thôn 1|3|Vũ Văn Nhàn|1"],
        ),
        (
            "the head's name beside each person",
            "STT;Họ và tên;Chủ hộ\n1;Trần Văn Lành;Trần Văn Lành\n2;Lò Thị Bền;Trần Văn Lành\n3;Vũ Văn Nhàn;Vũ Văn Nhàn\n",
            &["Thôn 1|1|Trần Văn Lành|2", "Thôn 1|3|Vũ Văn Nhàn|1"],
        ),
        (
            "nobody is the head",
            "STT;Họ và tên;Quan hệ với chủ hộ\n1;Lò Thị Bền;Vợ\n2;Trần Thị Mùi;Con\n",
            &["Thôn 1|1|Lò Thị Bền|", "Thôn 1|2|Trần Thị Mùi|", "?Relation"],
        ),
        (
            "only heads have a number",
            "STT;Họ và tên;Năm sinh\n1;Lành;1960\n;Bền;1962\n;Mùi;1990\n2;Nhàn;1971\n;Tám;1975\n",
            &["Thôn 1|1|Lành|", "Thôn 1||Bền|", "Thôn 1||Mùi|", "Thôn 1|2|Nhàn|", "Thôn 1||Tám|", "?Unnumbered"],
        ),
        (
            "all of a household have its number",
            "Số hộ;Họ và tên;Năm sinh\n1;Lành;1960\n1;Bền;1962\n2;Nhàn;1971\n2;Tám;1975\n",
            &["Thôn 1|1|Lành|", "Thôn 1|1|Bền|", "Thôn 1|2|Nhàn|", "Thôn 1|2|Tám|", "?Unnumbered"],
        ),
    ];
    let texts: Vec<_> = files.iter().map(|(what, text, expected)| (*what, titled(text), *expected)).collect();
    let files: Vec<_> = texts.iter().map(|(what, text, expected)| (*what, text.as_str(), THON_1, *expected)).collect();
    hold(&files);
    // Nothing but the title says that these are persons.
    let untold = "DANH SÁCH NHÂN KHẨU THÔN 1;;\nSTT;Họ và tên;Năm sinh\n1;Trần Văn Lành;1960\n2;Lò Thị Bền;1962\n";
    let asked = short(untold.as_bytes(), &Mapping::default(), THON_1);
    assert_eq!(asked.last().map(String::as_str), Some("?Persons"));
    let sheet = SheetMapping { left_out: Some(false), ..SheetMapping::default() };
    let said = Mapping { sheets: [(String::new(), sheet)].into(), ..Mapping::default() };
    assert_eq!(short(untold.as_bytes(), &said, THON_1), ["Thôn 1|1|Trần Văn Lành|", "Thôn 1|2|Lò Thị Bền|"]);
}

#[test]
fn what_a_person_answers_is_done() {
    let text = titled("STT;Chủ hộ;Họ và tên\n1;Lành;Trần Văn Lành\n;Bền;Lò Thị Bền\n2;Nhàn;Vũ Văn Nhàn\n");
    let done = |columns: &[(u16, Column)], unnumbered| {
        let sheet = SheetMapping { columns: columns.iter().copied().collect(), unnumbered, ..SheetMapping::default() };
        short(text.as_bytes(), &Mapping { sheets: [(String::new(), sheet)].into(), ..Mapping::default() }, THON_1)
    };
    let (first, other) = ([(2, Column::Ignored)], [(2, Column::Head)]);
    assert_eq!(done(&first, Some(Unnumbered::Household)), ["Thôn 1|1|Lành|", "Thôn 1||Bền|", "Thôn 1|2|Nhàn|"]);
    assert_eq!(done(&first, Some(Unnumbered::Member)), ["Thôn 1|1|Lành|2", "Thôn 1|2|Nhàn|1"]);
    assert_eq!(done(&other, Some(Unnumbered::Neither)), ["Thôn 1|1|Trần Văn Lành|", "Thôn 1|2|Vũ Văn Nhàn|", "!4 NoNumber"]);
}

#[test]
fn names_in_several_columns() {
    let files = [
        ("Họ, Tên", "STT;Họ;Tên;Số khẩu\n1;Trần Thị;Lành;4\n", &["Thôn 1|1|Trần Thị Lành|4"][..]),
        ("Họ lót, Tên", "STT;Họ lót;Tên\n1;Trần Thị;Lành\n", &["Thôn 1|1|Trần Thị Lành|"]),
        ("Họ và chữ đệm, Tên", "STT;Họ và chữ đệm;Tên\n1;Trần Thị;Lành\n", &["Thôn 1|1|Trần Thị Lành|"]),
        ("three parts", "STT;Họ;Tên đệm;Tên\n1;Trần;Thị;Lành\n", &["Thôn 1|1|Trần Thị Lành|"]),
        ("without accents", "STT;Ho;Ten\n1;Tran Thi;Lanh\n", &["Thôn 1|1|Tran Thi Lanh|"]),
        (
            "one title over both",
            "STT;Họ và tên;;Số khẩu\n1;Trần Thị;Lành;4\n2;Lò Văn;Bền;3\n",
            &["Thôn 1|1|Trần Thị Lành|4", "Thôn 1|2|Lò Văn Bền|3"],
        ),
        ("with both below it", "STT;Họ và tên;;Khẩu\n;Họ đệm;Tên;\n1;Trần Thị;Lành;4\n", &["Thôn 1|1|Trần Thị Lành|4"]),
        ("with Họ and Tên below it", "STT;Họ và tên;;Khẩu\n;Họ;Tên;\n1;Trần Thị;Lành;4\n", &["Thôn 1|1|Trần Thị Lành|4"]),
        ("Hộ is no part of a name", "Hộ;Tên;Số khẩu\n1;Lành;4\n", &["Thôn 1||Lành|4"]),
        (
            "an untitled column that is something else",
            "STT;Họ và tên;;Khẩu\n1;Lành;Nam;4\n2;Bền;Nam;3\n3;Mùi;Nữ;3\n",
            &["Thôn 1|1|Lành|4", "Thôn 1|2|Bền|3", "Thôn 1|3|Mùi|3"],
        ),
        (
            "an untitled column that could be anything",
            "STT;Họ và tên;;Khẩu\n1;Lành;nhà cạnh chợ;4\n2;Bền;;3\n",
            &["Thôn 1|1|Lành|4", "Thôn 1|2|Bền|3", "?Column"],
        ),
        (
            "two names",
            "STT;Chủ hộ;Họ và tên\n1;Trần Văn Lành;Lò Thị Bền\n2;Vũ Văn Nhàn;Lê Hoa\n",
            &["Thôn 1|1|Trần Văn Lành|", "Thôn 1|2|Vũ Văn Nhàn|", "?Column"],
        ),
        (
            "two lists side by side",
            "STT;Chủ hộ;Khẩu;;STT;Chủ hộ;Khẩu\n1;Lành;4;;3;Bền;3\n2;Mùi;2;;4;Nhàn;1\n",
            &["Thôn 1|1|Lành|4", "Thôn 1|2|Mùi|2", "?Column"],
        ),
        ("three levels of titles", "STT;Họ và tên;Nhân khẩu;;\n;;Tổng số;Trong đó;\n;;;Nam;Nữ\n1;Lành;4;2;2\n", &["Thôn 1|1|Lành|4"]),
    ];
    let texts: Vec<_> = files.iter().map(|(what, text, expected)| (*what, titled(text), *expected)).collect();
    let files: Vec<_> = texts.iter().map(|(what, text, expected)| (*what, text.as_str(), THON_1, *expected)).collect();
    hold(&files);
}

#[test]
fn lines_between_the_villages() {
    let both: &[&str] = &["Thôn Đồng Cừ", "Bản Nậm Lĩnh"];
    hold(&[
        (
            "with a sum beside it",
            "STT;Chủ hộ;Khẩu\nI;BẢN NẬM LĨNH;560\n1;Lành;4\nII;THÔN ĐỒNG CỪ;56\n1;Bền;3\n",
            &[],
            &["Bản Nậm Lĩnh|1|Lành|4", "Thôn Đồng Cừ|1|Bền|3"],
        ),
        (
            "numbered like a household",
            "STT;Chủ hộ;Khẩu\n1;Bản Nậm Lĩnh;\n1;Lành;4\n2;Thôn Đồng Cừ;\n1;Bền;3\n",
            &[],
            &["Bản Nậm Lĩnh|1|Lành|4", "Thôn Đồng Cừ|1|Bền|3"],
        ),
        (
            "in the first column, with a sum",
            "STT;Chủ hộ;Khẩu\nBản Nậm Lĩnh;;560\n1;Lành;4\nThôn Đồng Cừ: 12 hộ;;56\n1;Bền;3\n",
            &[],
            &["Bản Nậm Lĩnh|1|Lành|4", "Thôn Đồng Cừ|1|Bền|3"],
        ),
        (
            "without its type",
            "STT;Chủ hộ;Khẩu\nBẢN NẬM LĨNH;;\n1;Lành;4\nĐồng Cừ;;\n1;Bền;3\n",
            both,
            &["Bản Nậm Lĩnh|1|Lành|4", "Thôn Đồng Cừ|1|Bền|3"],
        ),
        (
            "without its type, in the column of the names",
            "STT;Chủ hộ;Khẩu\nI;Nậm Lĩnh;\n1;Lành;4\n;Đồng Cừ;\n1;Bền;3\n",
            both,
            &["Bản Nậm Lĩnh|1|Lành|4", "Thôn Đồng Cừ|1|Bền|3"],
        ),
        (
            "without accents",
            "STT;Chu ho;Khau\nBAN NAM LINH;;\n1;Lanh;4\nTHON DONG CU;;\n1;Ben;3\n",
            both,
            &["Bản Nậm Lĩnh|1|Lanh|4", "Thôn Đồng Cừ|1|Ben|3"],
        ),
        (
            "what nobody knows is told, not passed over",
            "DANH SÁCH HỘ THÔN 1\nSTT;Chủ hộ;Khẩu\n1;Lành;4\nĐồng Cừ;;\n1;Bền;3\n",
            &[],
            &["Thôn 1|1|Lành|4", "Thôn 1|1|Bền|3", "!4 Heading"],
        ),
        (
            "parts of the list that are no place, and a cluster",
            "DANH SÁCH HỘ THÔN 1\nSTT;Chủ hộ;Khẩu\nI;HỘ NGHÈO;2\n1;Lành;4\n2;Mùi;4\nII;Hộ cận nghèo;\n3;Bền;3\nIII;Tổ 1;\n4;Nhàn;3\n",
            &[],
            &["Thôn 1|1|Lành|4", "Thôn 1|2|Mùi|4", "Thôn 1|3|Bền|3", "Thôn 1|4|Nhàn|3"],
        ),
        (
            "a person of that name",
            "DANH SÁCH HỘ THÔN 1\nSTT;Chủ hộ;Khẩu\n1;Trần Phú;4\n2;Hồ Nghèo;4\n3;Tô Một;3\n4;Bàn Văn Tý;1\n",
            &["Thôn Trần Phú"],
            &["Thôn 1|1|Trần Phú|4", "Thôn 1|2|Hồ Nghèo|4", "Thôn 1|3|Tô Một|3", "Thôn 1|4|Bàn Văn Tý|1"],
        ),
    ]);
}

#[test]
fn lines_without_a_number_among_numbered_ones() {
    let numbered: String = (1..=12).map(|n| format!("{n};Trần Văn {n};3\n")).collect();
    let file = format!("DANH SÁCH HỘ THÔN 1\nSTT;Chủ hộ;Khẩu\n{numbered};Ba hộ mới chuyển về;\n13;Bền;2\n");
    let found = short(file.as_bytes(), &Mapping::default(), &[]);
    assert_eq!((found.len(), found.last().map(String::as_str)), (14, Some("!15 NoNumber")), "{found:?}");
}

#[test]
fn what_stands_below_a_list_or_instead_of_a_value() {
    let files = [
        ("who gets it", "STT;Chủ hộ;Khẩu\n1;Lành;4\n;Nơi nhận:;\n;- UBND xã;\n;- Lưu: VT.;\n", &["Thôn 1|1|Lành|4"][..]),
        ("who asked", "STT;Chủ hộ;Khẩu\n1;Lành;4\n;Điều tra viên;\n;Nguyễn Văn Ký;\n", &["Thôn 1|1|Lành|4"]),
        (
            "a sentence among names without numbers",
            "Chủ hộ;Khẩu\nTrần Văn Lành;4\nDanh sách này được lập theo kết quả rà soát cuối năm;\nLò Văn Bền;3\nLập theo kết quả năm trước:;\n",
            &["Thôn 1||Trần Văn Lành|4", "Thôn 1||Lò Văn Bền|3", "!6 NotAName"],
        ),
        ("a number that became a day", "STT;Chủ hộ;Khẩu\n03/02/2026;Lành;4\n2;Bền;3\n", &["Thôn 1||Lành|4", "Thôn 1|2|Bền|3", "~3 Number"]),
        (
            "what is said about a head",
            "STT;Chủ hộ;Khẩu\n1;Trần Văn Lành (đã chết);4\n2;Bà Lò Thị Bền;3\n3;Ông: Vũ Nhàn;3\n4;Ông Ích Khải;1\n",
            &["Thôn 1|1|Trần Văn Lành (đã chết)|4", "Thôn 1|2|Lò Thị Bền|3", "Thôn 1|3|Vũ Nhàn|3", "Thôn 1|4|Ông Ích Khải|1", "~3 Remark"],
        ),
        ("a village below a village", "STT;Chủ hộ;Xóm\n1;Lành;Xóm Chùa\n2;Bền;Đình\n", &["Thôn 1|1|Lành|", "Thôn 1|2|Bền|"]),
    ];
    let texts: Vec<_> = files.iter().map(|(what, text, expected)| (*what, titled(text), *expected)).collect();
    let files: Vec<_> = texts.iter().map(|(what, text, expected)| (*what, text.as_str(), THON_1, *expected)).collect();
    hold(&files);

    let same = csv("Thôn;STT;Chủ hộ;Địa chỉ\nThôn 1;1;Lành;cạnh chợ\nnt;2;Bền;nt\n\"\"\"\";3;Mùi;như trên\nThôn 2;4;Nhàn;″\n");
    let rows: Vec<_> = same.sample.iter().map(|row| (row.village.as_str(), row.household.hint.as_str())).collect();
    assert_eq!(rows, [("Thôn 1", "cạnh chợ"), ("Thôn 1", "cạnh chợ"), ("Thôn 1", "cạnh chợ"), ("Thôn 2", "cạnh chợ")]);
}

#[test]
fn which_village_a_sheet_is_about() {
    let head: &[&str] = &["STT", "Chủ hộ"];
    let one: &[&[&str]] = &[&["DANH SÁCH HỘ THÔN ĐỒNG CỪ"], head, &["1", "Lành"]];
    let two: &[&[&str]] = &[&["DANH SÁCH HỘ THÔN ĐỒNG CỪ"], head, &["1", "Bền"]];
    for (what, sheets, known, expected) in [
        (
            "the title was copied",
            &[("Thôn Đồng Cừ", one), ("Bản Nậm Lĩnh", two)][..],
            &[][..],
            &["Thôn Đồng Cừ|1|Lành|", "Thôn Đồng Cừ|1|Bền|", "?Disagree"][..],
        ),
        (
            "the title was copied, and the sheets have no type",
            &[("Đồng Cừ", one), ("Nậm Lĩnh", two)],
            &[],
            &["Thôn Đồng Cừ|1|Lành|", "Thôn Đồng Cừ|1|Bền|", "?Disagree"],
        ),
        ("pages of one village", &[("Tổ 1", one), ("Tổ 2", two)], &[], &["Thôn Đồng Cừ|1|Lành|", "Thôn Đồng Cừ|1|Bền|"]),
        (
            "an office and a paper",
            &[("Sheet1", &[&["KHỐI DÂN VẬN XÃ TÂN KHÊ VÂN"], &["BẢN KHAI NHÂN KHẨU"], &["Thôn Đồng Cừ"], head, &["1", "Lành"]])],
            &[],
            &["Thôn Đồng Cừ|1|Lành|"],
        ),
        (
            "of two places one is known",
            &[("Sheet1", &[&["BẢN CHÈ TÂN KHÊ"], &["DANH SÁCH HỘ THÔN ĐỒNG CỪ"], head, &["1", "Lành"]])],
            &["Thôn Đồng Cừ"],
            &["Thôn Đồng Cừ|1|Lành|", "?Disagree"],
        ),
    ] {
        assert_eq!(short(&xlsx(sheets), &Mapping::default(), known), expected, "{what}");
    }
}

#[test]
fn a_list_that_stands_twice_in_a_book() {
    let one: &[&[&str]] = &[&["STT", "Chủ hộ"], &["1", "Lành"], &["2", "Bền"]];
    let two: &[&[&str]] = &[&["STT", "Chủ hộ"], &["1", "Mùi"], &["2", "Nhàn"]];
    let all: &[&[&str]] =
        &[&["Thôn", "STT", "Chủ hộ"], &["1", "11", "Lành"], &["1", "12", "Bền"], &["2", "13", "Mùi"], &["2", "14", "Nhàn"]];
    for sheets in [[("Tổng hợp", all), ("Thôn 1", one), ("Thôn 2", two)], [("Thôn 1", one), ("Thôn 2", two), ("Tổng hợp", all)]]
    {
        let read = preview(&xlsx(&sheets), "a.xlsx", None, &NONE_KNOWN).unwrap();
        let needs: Vec<String> = read.needs.iter().map(|need| format!("{need:?}")).collect();
        assert_eq!(needs.len(), 1, "{needs:?}");
        assert!(needs[0].starts_with("Twice") && needs[0].contains("Tổng hợp"), "{needs:?}");
    }
}

#[test]
fn phones_without_their_zero() {
    let read = csv("STT;Chủ hộ;Liên hệ\n1;Lành;187250416\n2;Bền;187250417\n");
    assert_eq!(read.sample[0].household.phone, "0187250416");
}

/// Every value is text, as a spreadsheet keeps it below a green corner.
#[test]
fn numbers_as_text_in_a_workbook() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Thôn 1").unwrap();
    let lines = [["STT", "Chủ hộ", "Số khẩu", "Điện thoại"], ["01", "Lành", "4", "0187250416"], ["2", "Bền", "\u{a0}3 ", "187250417"]];
    for (row, line) in (0..).zip(lines) {
        for (column, cell) in (0..).zip(line) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let read = preview(&book.save_to_buffer().unwrap(), "a.xlsx", None, &NONE_KNOWN).unwrap();
    let rows: Vec<_> = read.sample.iter().map(|row| &row.household).map(|h| (h.no.as_str(), h.people, h.phone.as_str())).collect();
    assert_eq!((rows, read.counts.warnings), (vec![("01", Some(4), "0187250416"), ("2", Some(3), "0187250417")], 0));
}

#[test]
fn hidden_lines_are_told() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Thôn 1").unwrap();
    for (row, cell) in ["Chủ hộ", "Lành", "Bền", "Mùi"].into_iter().enumerate() {
        sheet.write(row as u32, 0, cell).unwrap();
    }
    sheet.set_row_hidden(2).unwrap();
    sheet.set_row_hidden(20).unwrap();
    sheet.set_column_hidden(5).unwrap();
    let read = preview(&book.save_to_buffer().unwrap(), "a.xlsx", None, &NONE_KNOWN).unwrap();
    assert_eq!((read.hidden_lines, read.counts.households), (1, 3));
}

#[test]
fn all_lines_that_do_not_become_households_can_be_had() {
    let lines: String = (0..1_500).map(|n| format!("{n};;3\n")).collect();
    let text = titled(&format!("STT;Chủ hộ;Khẩu\n1;Lành;4\n{lines};Tổng cộng;9\n"));
    let seen = preview(text.as_bytes(), "a.csv", None, &NONE_KNOWN).unwrap();
    let all = look_at_all(text.as_bytes(), "a.csv", &Mapping::default(), &NONE_KNOWN).unwrap();
    assert_eq!((seen.problems.len(), seen.skipped.len(), seen.counts), (LISTED, 0, all.counts));
    assert_eq!((all.problems.len(), all.skipped.len(), all.skipped[0].why), (1_500, 1, Skip::Total));
    assert_eq!(all.skipped[0].cells, ["", "Tổng cộng", "9"]);
}
