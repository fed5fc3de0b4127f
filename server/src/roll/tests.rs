use super::*;
use crate::export::{self, Export};
use crate::store::NamedHousehold;
use domain::encoding::Encoding;
use domain::household::Household;
use domain::id::RecordId;
use domain::office::HouseholdRow;
use domain::reimport::{self, Choices, Known, Planned, plan};
use domain::roll::{Advice, FileKind, Format, Limit, Never};
use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

mod silent;

const NONE_KNOWN: [&str; 0] = [];

fn preview(bytes: &[u8], name: &str, mapping: Option<&Mapping>, known: &[&str]) -> Result<Preview, RollError> {
    look(bytes, name, mapping.unwrap_or(&Mapping::default()), known).map(|(preview, _)| preview)
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/rolls")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

fn csv(text: &str) -> Preview {
    preview(text.as_bytes(), "danh sach.csv", None, &NONE_KNOWN).unwrap()
}

/// A mapping that says the village of a file with one unnamed sheet.
fn of_village(name: &str) -> Mapping {
    let sheet = SheetMapping { village: Some(name.into()), ..Default::default() };
    Mapping { sheets: [(String::new(), sheet)].into(), ..Default::default() }
}

/// A workbook of sheets of lines of cells; what reads as a whole number is one.
fn xlsx(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, lines) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, line) in (0..).zip(*lines) {
            for (column, cell) in (0..).zip(*line) {
                match cell.parse::<f64>() {
                    Ok(number) if !cell.starts_with('0') => sheet.write(row, column, number).unwrap(),
                    _ => sheet.write(row, column, *cell).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        package.start_file(*name, SimpleFileOptions::default()).unwrap();
        package.write_all(content).unwrap();
    }
    package.finish().unwrap().into_inner()
}

#[test]
fn fixtures_give_what_is_expected() {
    for (name, village) in [
        ("01-thon-dong-cu-mau-in.xlsx", None),
        ("02-to-dan-pho-12.csv", Some("Tổ dân phố 12")),
        ("03-ban-nam-linh-tcvn3.csv", Some("Bản Nậm Lĩnh")),
        ("04-ap-rach-cu-unicode-to-hop.csv", Some("Ấp Rạch Cừ")),
        ("05-buon-ea-trach-vni.xlsx", Some("Buôn Ea Trạch")),
        ("06-toan-xa-moi-thon-mot-sheet.xlsx", None),
        ("07-toan-xa-8500-ho.csv", None),
    ] {
        let bytes = fixture(name);
        let expected: Value = serde_json::from_slice(&fixture(&format!("{name}.expect.json"))).unwrap();
        let preview = preview(&bytes, name, None, &NONE_KNOWN).unwrap();
        assert_eq!(Value::from(preview.counts.households), expected["households"], "{name}");
        assert_eq!(Value::from(preview.counts.problems), expected["reported_rows"], "{name}: {:?}", preview.problems);
        assert_eq!(preview.is_ready(), village.is_none(), "{name}: {:?}", preview.needs);

        let sheet = |name: &str| SheetMapping { village: Some(name.into()), ..Default::default() };
        let mut mapping = Mapping::default();
        mapping.sheets.extend(village.map(|village| (preview.sheets[0].name.clone(), sheet(village))));
        let rows = rows(&bytes, name, &mapping, &NONE_KNOWN).unwrap();
        assert_eq!(Value::from(rows.len()), expected["households"], "{name}");
        for spot in expected["spots"].as_array().unwrap() {
            let no = spot["no"].to_string();
            let row =
                rows.iter().find(|row| row.household.no == no && spot["village"].as_str().is_none_or(|village| row.village == village));
            let household = &row.unwrap().household;
            assert_eq!(Value::from(household.head.as_str()), spot["head"], "{name}");
            assert_eq!(Value::from(household.people), spot["people"], "{name}");
        }
        for row in &rows {
            assert_eq!(row.household.check(), Ok(()), "{name} line {}", row.line);
            assert!(!row.village.is_empty(), "{name} line {}", row.line);
        }
    }
}

/// The characters of an old encoding as the bytes of a text file.
fn bytes_of(text: &str) -> Vec<u8> {
    let (bytes, _, lost) = WINDOWS_1252.encode(text);
    assert!(!lost, "{text}");
    bytes.into_owned()
}

const TCVN3: &str = "STT;Hä vµ tªn chñ hé;Sè khÈu;§Þa chØ\n1;NguyÔn V¨n Tý;4;Xãm 2\n2;Cao Mü §\u{ad}îm;2;c¹nh nhµ v¨n hãa\n3;Hå Thô;;\n";
const VNI: &str =
    "STT;Hoï vaø teân chuû hoä;Soá khaåu;Ñòa chæ\n1;Nguyeãn Vaên Tyù;4;Xoùm 2\n2;Cao Myõ Ñöôïm;2;caïnh nhaø vaên hoùa\n3;Hoà Thuï;;\n";
const WINDOWS_1258: &str =
    "STT;Hoò vaÌ tên chuÒ hôò;Sôì khâÒu;Ðiòa chiÒ\n1;NguyêÞn Vãn Tyì;4;Xoìm 2\n2;Cao MyÞ Ðýõòm;2;caònh nhaÌ vãn hoìa\n3;HôÌ Thuò;;\n";
const UNICODE: &str = "STT;Họ và tên chủ hộ;Số khẩu;Địa chỉ\n1;Nguyễn Văn Tý;4;Xóm 2\n2;Cao Mỹ Đượm;2;cạnh nhà văn hóa\n3;Hồ Thụ;;\n";

fn utf16(text: &str, order: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(order).collect()
}

#[test]
fn encodings_are_recognised() {
    let files = [
        ("UTF-8", UNICODE.as_bytes().to_vec(), None),
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", UNICODE.as_bytes()].concat(), None),
        ("UTF-16", utf16(UNICODE, u16::to_le_bytes, true), None),
        ("UTF-16, the other order", utf16(UNICODE, u16::to_be_bytes, true), None),
        ("UTF-16 without a mark", utf16(UNICODE, u16::to_le_bytes, false), None),
        ("UTF-16 without a mark, the other order", utf16(UNICODE, u16::to_be_bytes, false), None),
        ("TCVN3", bytes_of(TCVN3), Some((Encoding::Tcvn3, 8))),
        ("TCVN3 inside UTF-8", TCVN3.as_bytes().to_vec(), Some((Encoding::Tcvn3, 8))),
        ("VNI", bytes_of(VNI), Some((Encoding::Vni, 8))),
        ("VNI inside UTF-16", utf16(VNI, u16::to_le_bytes, true), Some((Encoding::Vni, 8))),
        ("Windows-1258", bytes_of(WINDOWS_1258), Some((Encoding::Windows1258, 8))),
    ];
    let rows = super::rows(UNICODE.as_bytes(), "a.csv", &of_village("Thôn 1"), &NONE_KNOWN).unwrap();
    for (what, bytes, converted) in files {
        let read = preview(&bytes, "a.csv", None, &NONE_KNOWN).unwrap();
        let sheet = &read.sheets[0];
        assert_eq!(sheet.converted, converted.into_iter().collect(), "{what}");
        assert_eq!(sheet.columns[1].title, "Họ và tên chủ hộ", "{what}");
        assert_eq!(read.format, Format::Csv { separator: ';', utf16: what.contains("UTF-16") }, "{what}");
        assert_eq!(super::rows(&bytes, "a.csv", &of_village("Thôn 1"), &NONE_KNOWN).unwrap(), rows, "{what}");
    }
}

#[test]
fn workbooks_of_several_encodings() {
    // A sheet each, a column that was pasted from elsewhere, and a cell.
    let bytes = xlsx(&[
        ("Thôn 1", &[&["STT", "Chuû hoä", "Địa chỉ"], &["1", "Nguyeãn Vaên Tyù", "cạnh chợ"], &["2", "Hoà Thuï", "đầu đập"]]),
        ("Thôn 2", &[&["STT", "Chñ hé"], &["1", "NguyÔn V¨n Tý"], &["2", "H'Lan £ban"], &["3", "Trần Thị Lành"]]),
        ("Thôn 3", &[&["STT", "Chủ hộ"], &["1", "Lê Hoà"], &["2", "Trần Thị Lành"], &["3", "Cao Myõ Ñöôïm"]]),
        ("Thôn 4", &[&["STT", "Hoò vaÌ tên chuÒ hôò"], &["1", "NguyêÞn Vãn Tyì"], &["2", "Cao MyÞ Ðýõòm"], &["3", "HôÌ Thuò"]]),
    ]);
    let read = preview(&bytes, "a.xlsx", None, &NONE_KNOWN).unwrap();
    let converted: Vec<_> = read.sheets.iter().map(|sheet| sheet.converted.clone().into_iter().collect::<Vec<_>>()).collect();
    assert_eq!(converted, [[(Encoding::Vni, 3)], [(Encoding::Tcvn3, 3)], [(Encoding::Vni, 1)], [(Encoding::Windows1258, 4)]]);
    let heads: Vec<_> = read.sample.iter().map(|row| row.household.head.as_str()).collect();
    let expected = ["Nguyễn Văn Tý", "Hồ Thụ", "Nguyễn Văn Tý", "H'Lan Êban", "Trần Thị Lành", "Lê Hoà", "Trần Thị Lành", "Cao Mỹ Đượm"];
    assert_eq!(heads, [&expected[..], &["Nguyễn Văn Tý", "Cao Mỹ Đượm", "Hồ Thụ"]].concat());
    assert_eq!(read.sample[0].household.hint, "cạnh chợ");
}

#[test]
fn signs_are_no_encoding() {
    let lines: String = (1..30).map(|n| format!("{n};Trần Thị Lành {n};120m²;25°C · 1½;«Đất ở»\n")).collect();
    let read = csv(&format!("STT;Chủ hộ;Diện tích;Ghi chú;Loại\n{lines}"));
    assert_eq!((read.counts.households, read.sheets[0].converted.len()), (29, 0));
    assert_eq!(read.sheets[0].columns[2].example, "120m²");
}

#[test]
fn a_sheet_is_named_in_an_old_encoding() {
    let bytes = xlsx(&[("Thoân Ñoàng Cöø", &[&["STT", "Chủ hộ"], &["1", "Lành"]])]);
    let read = preview(&bytes, "a.xlsx", None, &NONE_KNOWN).unwrap();
    assert_eq!(read.sheets[0].village.as_ref().map(|guess| guess.name.as_str()), Some("Thôn Đồng Cừ"));
}

/// Roll 03 as another program stores it in a workbook of Excel 97.
#[test]
fn an_old_workbook() {
    let bytes = std::fs::read(fixtures().join("../workbooks/03-ban-nam-linh-tcvn3.xls")).unwrap();
    let sheet = SheetMapping { village: Some("Bản Nậm Lĩnh".into()), ..Default::default() };
    let mapping = Mapping { sheets: [("Sheet1".to_owned(), sheet)].into(), ..Default::default() };
    let (preview, found) = look(&bytes, "a.xls", &mapping, &NONE_KNOWN).unwrap();
    assert_eq!((preview.format, preview.sheets[0].converted.contains_key(&Encoding::Tcvn3)), (Format::Xls, true));
    let text = rows(&fixture("03-ban-nam-linh-tcvn3.csv"), "a.csv", &of_village("Bản Nậm Lĩnh"), &NONE_KNOWN).unwrap();
    let households = |rows: Vec<Row>| rows.into_iter().map(|row| (row.line, row.household)).collect::<Vec<_>>();
    assert_eq!(households(found), households(text));
}

#[test]
fn a_person_can_choose_the_encoding() {
    let text = "Chu ho\nLê Hoà\nTrân\n";
    let read = |encoding| {
        let mut mapping = of_village("Thôn 1");
        mapping.sheets.get_mut("").unwrap().encoding = encoding;
        let preview = preview(text.as_bytes(), "a.csv", Some(&mapping), &NONE_KNOWN).unwrap();
        (preview.sheets[0].encoding, preview.sheets[0].converted.len(), preview.sample[0].household.head.clone())
    };
    assert_eq!(read(None), (None, 0, "Lê Hoà".into()));
    // "Lê" is nothing in VNI, so the cell stays; in TCVN3 "à" is nothing.
    assert_eq!(read(Some(Encoding::Vni)), (Some(Encoding::Vni), 0, "Lê Hoà".into()));
    let mut mapping = of_village("Thôn 1");
    mapping.sheets.get_mut("").unwrap().encoding = Some(Encoding::Vni);
    let chosen = rows("Chu ho\nHoà\n".as_bytes(), "a.csv", &mapping, &NONE_KNOWN).unwrap();
    assert_eq!(chosen[0].household.head, "Hồ");
    mapping.sheets.get_mut("").unwrap().encoding = Some(Encoding::Unicode);
    let chosen = rows(VNI.as_bytes(), "a.csv", &mapping, &NONE_KNOWN);
    assert_eq!(chosen, Err(RollError::Undecided), "as it stands nobody knows which column is the head");
}

#[test]
fn damaged_letters_are_reported() {
    let mut bytes = UNICODE.replace("Mỹ", "M#").into_bytes();
    let at = bytes.iter().position(|&byte| byte == b'#').unwrap();
    bytes[at] = 0xe1;
    let read = preview(&bytes, "a.csv", None, &NONE_KNOWN).unwrap();
    let reasons: Vec<_> = read.problems.iter().map(|problem| (problem.row.line, &problem.reason)).collect();
    assert_eq!((reasons, read.counts.households), (vec![(3, &Reason::Unreadable)], 2));
    assert_eq!(read.sample[0].household.head, "Nguyễn Văn Tý");
}

#[test]
fn other_titles_and_orders_and_numbers_as_text() {
    let read = csv("Địa chỉ nơi ở;Tổng số người trong hộ;Năm sinh;Họ, tên chủ hộ;SĐT liên hệ;Quan hệ với chủ hộ;Số TT hộ\n\
        đầu đập;4.0;1960;Trần Thị Lành;155229416.0;Chủ hộ;007\n");
    let row = &read.sample[0].household;
    assert_eq!((row.head.as_str(), row.people, row.phone.as_str()), ("Trần Thị Lành", Some(4), "0155229416"));
    assert_eq!((row.no.as_str(), row.hint.as_str()), ("007", "đầu đập"));
}

#[test]
fn lines_that_are_not_kept_come_back_without_what_is_never_kept() {
    let read = csv("STT;Chủ hộ;Số CCCD;Dân tộc;Ghi chú\n1;;001099123456;Xinh Mun;cạnh chợ 001099123457\n2;Lành;;;\n");
    assert_eq!(read.problems[0].cells, ["1", "", "", "", "cạnh chợ …"]);
}

#[test]
fn a_printed_form() {
    let preview = preview(&fixture("01-thon-dong-cu-mau-in.xlsx"), "01.xlsx", None, &NONE_KNOWN).unwrap();
    let sheet = &preview.sheets[0];
    assert_eq!((sheet.name.as_str(), sheet.header, sheet.households), ("Dong Cu", 4, 142));
    assert_eq!(sheet.village, Some(VillageGuess { name: "Thôn Đồng Cừ".into(), from: VillageSource::Title }));
    assert_eq!(preview.villages, [Village { name: "Thôn Đồng Cừ".into(), known: false, households: 142 }]);
    assert_eq!((preview.counts.skipped, preview.counts.warnings), (2, 0));
    let columns: Vec<_> = sheet.columns.iter().map(|view| (view.title.as_str(), view.example.as_str(), view.column)).collect();
    assert_eq!(columns[1], ("Họ và tên chủ hộ", "Trần Thanh Lành", Column::Head));
    assert_eq!(columns[6], ("Diện hộ – Cận nghèo", "x", Column::Ignored));
    assert_eq!((preview.sample.len(), preview.sample[0].line), (SAMPLE, 6));
}

#[test]
fn doubts_about_kept_lines() {
    let known = ["Tổ dân phố 12"];
    let preview = preview(&fixture("02-to-dan-pho-12.csv"), "02-to-dan-pho-12.csv", None, &known).unwrap();
    let doubts: Vec<_> = preview.warnings.iter().map(|warning| (warning.line, warning.doubt.clone())).collect();
    assert_eq!(doubts, [(12, Doubt::Phone("912 345".into())), (14, Doubt::People("bốn".into()))]);
    let [problem] = preview.problems.as_slice() else { panic!("{:?}", preview.problems) };
    assert_eq!((problem.row.line, problem.row.household.people, &problem.reason), (16, Some(5), &Reason::NoHead));
    assert_eq!(problem.reason.advice(), Advice::AddHead);
    assert_eq!(preview.sample[11].household.phone, "0112345678");
    assert_eq!(preview.sample[13].household.people, None);
    // The file's name proposes; a person decides.
    let proposed = VillageGuess { name: "Tổ dân phố 12".into(), from: VillageSource::FileName };
    assert_eq!(preview.sheets[0].village, Some(proposed));
    assert_eq!(preview.needs, [Need::Village { sheet: String::new() }]);
}

#[test]
fn one_sheet_a_village() {
    let name = "06-toan-xa-moi-thon-mot-sheet.xlsx";
    let known = ["Thôn 1", "Thôn 2", "Thôn 3", "Thôn 10", "Bản Nậm Lĩnh"];
    let preview = preview(&fixture(name), name, None, &known).unwrap();
    let [problem] = preview.problems.as_slice() else { panic!("{:?}", preview.problems) };
    assert_eq!((problem.row.sheet.as_str(), problem.row.line), ("Thôn 2", 77));
    assert_eq!(problem.reason, Reason::Repeats { sheet: "Thôn 2".into(), line: 5, spelled: None });
    let made: Vec<_> = preview.villages.iter().filter(|village| !village.known).map(|v| v.name.as_str()).collect();
    assert_eq!(made, ["Thôn Đồng Cừ – Bến Lĩnh"]);
    assert!(preview.is_ready());
}

#[test]
fn bad_files_are_refused() {
    let good = xlsx(&[("Thôn 1", &[&["STT", "Chủ hộ"], &["1", "Lành"]])]);
    assert_eq!(preview(&good, "a.xlsx", None, &NONE_KNOWN).unwrap().counts.households, 1);
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle..middle + 40].fill(0xaa);
    let nothing = vec![0; 70_000_000];
    let bomb = package(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &nothing)]);
    let dense = package(&[("xl/workbook.xml", &nothing[..20_000_000])]);
    // A bomb that claims to be small: the size in the central directory is not what comes out.
    let mut liar = dense.clone();
    let claim = 20_000_000u32.to_le_bytes();
    let claims: Vec<usize> = (0..liar.len() - 4).filter(|&at| liar[at..at + 4] == claim).collect();
    assert!(!claims.is_empty());
    for at in claims {
        liar[at..at + 4].copy_from_slice(&9_000u32.to_le_bytes());
    }
    let many: Vec<String> = (0..1_100).map(|at| format!("xl/media/{at}.png")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let far = xlsx(&[("A", &[&["STT", "Chủ hộ"]])]);
    for (what, bytes, error) in [
        ("empty", vec![], RollError::Empty),
        ("an empty workbook", xlsx(&[("Thôn 1", &[])]), RollError::Empty),
        ("header only", "STT,Chủ hộ\n".into(), RollError::HeaderOnly),
        ("header only, with titles", "UBND XÃ,\nSTT,Chủ hộ\n".into(), RollError::HeaderOnly),
        ("header only, a workbook", far, RollError::HeaderOnly),
        ("picture named .xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), RollError::NotATable(FileKind::Picture)),
        ("cut", good[..good.len() - 30].to_vec(), RollError::Damaged),
        ("cut in half", good[..good.len() / 2].to_vec(), RollError::Damaged),
        ("broken inside", flipped, RollError::Damaged),
        (".docx", package(&[("word/document.xml", b"<w/>")]), RollError::NotATable(FileKind::Document)),
        (".ods", package(&[("content.xml", b"<office/>")]), RollError::NotATable(FileKind::OtherTable)),
        (".zip", package(&[("a.txt", b"a")]), RollError::NotATable(FileKind::Unknown)),
        ("a workbook without parts", package(&[("xl/workbook.xml", b"<workbook/>")]), RollError::Damaged),
        ("no xml", package(&[("xl/workbook.xml", b"\0\x01<<<&&"), ("_rels/.rels", b"<")]), RollError::Damaged),
        ("a bomb", bomb, RollError::TooLarge(Limit::Unpacked)),
        ("a dense bomb", dense, RollError::TooLarge(Limit::Unpacked)),
        ("a bomb that lies", liar, RollError::Damaged),
        ("too many parts", package(&many), RollError::TooLarge(Limit::Unpacked)),
        (".xls without an end", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0".to_vec(), RollError::Damaged),
        ("Chinese", b"STT,H\xcf\xf6\n1,\xc4\xe3\xba\xc3\n2,\xb9\xfa\xbc\xd2\n".to_vec(), RollError::Encoding),
        ("UTF-16 cut", b"\xff\xfeS\0T\0T".to_vec(), RollError::Damaged),
    ] {
        assert_eq!(preview(&bytes, "danh sach.xlsx", None, &NONE_KNOWN).map(|_| ()), Err(error), "{what}");
    }
}

#[test]
fn cells_far_away_take_no_room() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, column, cell) in [(0, 0, "STT"), (0, 1, "Chủ hộ"), (1, 0, "1"), (1, 1, "Lành"), (1_048_575, 1, "Bền")] {
        sheet.write(row, column, cell).unwrap();
    }
    let preview = preview(&book.save_to_buffer().unwrap(), "a.xlsx", None, &NONE_KNOWN).unwrap();
    assert_eq!(preview.sample.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 1_048_576]);
    book.add_worksheet().write(0, 16_383, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let refused = super::tests::preview(&bytes, "a.xlsx", None, &NONE_KNOWN);
    assert_eq!(refused, Err(RollError::TooLarge(Limit::Columns)));
}

#[test]
fn what_is_never_kept_never_comes_back() {
    let text = "STT;Họ và tên chủ hộ;Số CCCD;Dân tộc;Tôn giáo;;Khẩu;Điện thoại;Địa chỉ\n\
        1;Lò Văn Tướng;001099123456;Xinh Mun;Tin Lành;001099123457;4;0155229416;cạnh chợ, CCCD 001099123458\n\
        2;;001099123459;Xinh Mun;Tin Lành;001099123450;4;001099123451;\n\
        3;Lò Thị Bền 001099123452;001099123453;Xinh Mun;Tin Lành;001099123454;001099123455;0155229417;\n";
    let hidden = ["0010991234", "Xinh Mun", "Tin Lành"];
    let preview = csv(text);
    let never: Vec<_> = preview.sheets[0].columns.iter().filter(|view| matches!(view.column, Column::Never(_))).collect();
    assert_eq!(never.len(), 4);
    assert!(never.iter().all(|view| view.example.is_empty()));
    let shown = serde_json::to_string(&preview).unwrap();
    let mut mapping = of_village("Bản Nậm Lĩnh");
    // Nobody can ask for them either.
    let columns = [(2, Column::Hint), (3, Column::Hint), (4, Column::Cluster), (5, Column::No)];
    mapping.sheets.get_mut("").unwrap().columns = columns.into();
    let rows = rows(text.as_bytes(), "a.csv", &mapping, &NONE_KNOWN).unwrap();
    let asked = super::tests::preview(text.as_bytes(), "a.csv", Some(&mapping), &NONE_KNOWN).unwrap();
    let returned = [shown, serde_json::to_string(&rows).unwrap(), serde_json::to_string(&asked).unwrap()];
    for secret in hidden {
        assert!(returned.iter().all(|text| !text.contains(secret)), "{secret}: {returned:?}");
    }
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].household.hint, "cạnh chợ, CCCD …");

    // Without a header nothing but the values can tell.
    let headless = csv("1;Lò Văn Tướng;001099123456;Xinh Mun;Tin Lành\n2;Lò Thị Bền;001099123457;Xinh Mun;Tin Lành\n");
    let shown = serde_json::to_string(&headless).unwrap();
    assert!(hidden.iter().all(|secret| !shown.contains(secret)), "{shown}");
    assert_eq!(headless.needs, [Need::Head { sheet: String::new() }]);
    let titled = csv("Lò Văn Tướng;Xinh Mun;Tin Lành\nLò Thị Bền;Xinh Mun;Tin Lành\n");
    let shown = serde_json::to_string(&titled).unwrap();
    assert!(hidden.iter().all(|secret| !shown.contains(secret)), "{shown}");
    let kinds: Vec<_> = titled.sheets[0].columns.iter().map(|view| view.column).collect();
    assert_eq!(kinds[1..], [Column::Never(Never::Ethnicity), Column::Never(Never::Religion)]);
}

#[test]
fn lines_that_are_no_households() {
    let preview = csv("UBND XÃ TÂN KHÊ VÂN;;;\nDANH SÁCH HỘ THÔN ĐỒNG CỪ;;;\n;;;\n\
        STT;Chủ hộ;Khẩu;Địa chỉ\n(1);(2);(3);(4)\n\
        I;Cụm 1;;\n1;Lành;4;\n2;Tống Cộng Hòa;2;\n;Cộng;6;\n\
        STT;Chủ hộ;Khẩu;Địa chỉ\n\
        II;Cụm 2;;\n3;Bền;3;đầu đập\n;;;Ghi chú lẻ\n\
        ;Tổng cộng: 3 hộ;9;\n;;;Ngày 5 tháng 10 năm 2026\n;Người lập biểu;;Trưởng thôn\n;Nguyễn Văn Ký;;Lê Thị Dấu\n\
        BẢN NẬM LĨNH;;;\nSTT;Chủ hộ;Khẩu;Địa chỉ\n1;Giàng A Páo;5;\n");
    let rows: Vec<_> = preview
        .sample
        .iter()
        .map(|row| {
            let household = &row.household;
            (row.line, row.village.as_str(), household.no.as_str(), household.head.as_str(), household.cluster.as_str())
        })
        .collect();
    assert_eq!(
        rows,
        [
            (7, "Thôn Đồng Cừ", "1", "Lành", "Cụm 1"),
            (8, "Thôn Đồng Cừ", "2", "Tống Cộng Hòa", "Cụm 1"),
            (12, "Thôn Đồng Cừ", "3", "Bền", "Cụm 2"),
            (20, "Bản Nậm Lĩnh", "1", "Giàng A Páo", ""),
        ]
    );
    assert_eq!(preview.problems, []);
    assert_eq!(preview.counts, Counts { households: 4, problems: 0, skipped: 12, members: 0, warnings: 0 });
}

#[test]
fn households_that_look_like_something_else() {
    // Without numbers; the office of a head stands in the note.
    let read = csv("Họ tên,Nơi ở,Ghi chú\nLành,đầu đập,Trưởng thôn\nTô Sơ Mùi,,\nBàn Văn Tý,,\nLang Thị Bền,,Bí thư\n");
    assert_eq!((read.counts.households, read.counts.skipped), (4, 0));
    let plain = csv("STT,Ho ten\n1,Ban Van Ty\n2,Lang Thi Ben\n3,To So Mui\n4,Cong Tang\n5,Tong Thi Lanh\n");
    assert_eq!((plain.counts.households, plain.counts.skipped), (5, 0));
}

#[test]
fn two_lists_on_one_sheet() {
    let read = csv("DANH SÁCH HỘ THÔN 1,\nSTT,Chủ hộ\n1,Lành\nTrưởng thôn,\nNguyễn Văn Ký,\n\
        UBND XÃ,\nDANH SÁCH HỘ THÔN 2,\nSTT,Chủ hộ\n1,Bền\n");
    let rows: Vec<_> = read.sample.iter().map(|row| (row.village.as_str(), row.household.head.as_str())).collect();
    assert_eq!(rows, [("Thôn 1", "Lành"), ("Thôn 2", "Bền")]);
    assert_eq!((read.counts.problems, read.counts.skipped), (0, 5));
}

#[test]
fn villages_that_lines_name() {
    let text = "Thôn,STT,Họ tên\n3,1,Lành\n,2,Bền\nThon 3,4,Mùi\nthôn mới,1,Nhàn\n";
    let read = preview(text.as_bytes(), "a.csv", None, &["Thôn 3"]).unwrap();
    let villages: Vec<_> = read.villages.iter().map(|v| (v.name.as_str(), v.known, v.households)).collect();
    assert_eq!(villages, [("Thôn 3", true, 2), ("thôn mới", false, 1)]);
    assert_eq!((read.problems[0].row.line, &read.problems[0].reason), (3, &Reason::NoVillage));
    assert!(read.is_ready());

    let mut mapping = of_village("Thôn 3");
    mapping.villages.insert("thôn mới".into(), "Thôn Hòa Điền Thượng – Xóm Mới Ven Sông".into());
    let rows = rows(text.as_bytes(), "a.csv", &mapping, &["Thôn 3"]).unwrap();
    let villages: Vec<_> = rows.iter().map(|row| row.village.as_str()).collect();
    assert_eq!(villages, ["Thôn 3", "Thôn 3", "Thôn 3", "Thôn Hòa Điền Thượng – Xóm Mới Ven Sông"]);

    // Merged cells: the village stands where it begins.
    let merged = csv("Bản,STT,Họ tên\nNậm Lĩnh,1,Lành\n,2,Bền\n,3,Mùi\nNậm Khê,1,Nhàn\n,2,Tám\n");
    let villages: Vec<_> = merged.sample.iter().map(|row| row.village.as_str()).collect();
    assert_eq!(villages, ["Bản Nậm Lĩnh", "Bản Nậm Lĩnh", "Bản Nậm Lĩnh", "Bản Nậm Khê", "Bản Nậm Khê"]);
}

#[test]
fn a_person_can_correct() {
    let text = "Name,Persons,Where\nLành,4,đầu đập\nBền,x,\n";
    let read = csv(text);
    assert_eq!((read.needs.as_slice(), read.counts.households), (&[Need::Head { sheet: String::new() }][..], 0));
    assert_eq!(rows(text.as_bytes(), "a.csv", &Mapping::default(), &NONE_KNOWN), Err(RollError::Undecided));
    let mut mapping = of_village("Thôn 1");
    let columns = [(0, Column::Head), (1, Column::People), (2, Column::Hint)];
    mapping.sheets.get_mut("").unwrap().columns = columns.into();
    let read = rows(text.as_bytes(), "a.csv", &mapping, &NONE_KNOWN).unwrap();
    assert_eq!((read[0].household.people, read[0].household.hint.as_str(), read.len()), (Some(4), "đầu đập", 2));
    // There is no header after all.
    mapping.sheets.get_mut("").unwrap().header = Some(0);
    assert_eq!(rows(text.as_bytes(), "a.csv", &mapping, &NONE_KNOWN).unwrap()[0].household.head, "Name");
    mapping.sheets.get_mut("").unwrap().left_out = Some(true);
    assert_eq!(rows(text.as_bytes(), "a.csv", &mapping, &NONE_KNOWN), Ok(vec![]));
}

#[test]
fn a_sheet_that_is_no_list_is_left_out() {
    let bytes = xlsx(&[
        ("Tổng hợp", &[&["Thôn", "Số hộ"], &["Thôn 1", "2"]]),
        ("Thôn 1", &[&["STT", "Chủ hộ"], &["1", "Lành"], &["2", "Bền"]]),
        ("Sheet3", &[&["STT", "Chủ hộ"], &["1", "Mùi"]]),
    ]);
    let read = preview(&bytes, "a.xlsx", None, &NONE_KNOWN).unwrap();
    assert_eq!(read.sheets.iter().map(|sheet| sheet.left_out).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(read.needs, [Need::Village { sheet: "Sheet3".into() }]);
    assert_eq!(read.counts.households, 3);
}

#[test]
fn text_is_kept_as_it_stands() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Thôn 1").unwrap();
    for (row, head) in
        ["Chủ hộ", "=1+1 Lành", "<script>alert(1)</script>", "O'Brien \"Bền\"\nhai dòng", "+cmd|' /C calc'!A0"].iter().enumerate()
    {
        sheet.write_string(row as u32, 0, *head).unwrap();
    }
    sheet.write_formula(5, 0, rust_xlsxwriter::Formula::new("=A2&\"x\"").set_result("Mùi")).unwrap();
    let preview = preview(&book.save_to_buffer().unwrap(), "a.xlsx", None, &NONE_KNOWN).unwrap();
    let heads: Vec<_> = preview.sample.iter().map(|row| row.household.head.as_str()).collect();
    let expected = ["=1+1 Lành", "<script>alert(1)</script>", "O'Brien \"Bền\" hai dòng", "+cmd|' /C calc'!A0", "Mùi"];
    assert_eq!(heads, expected);
}

#[test]
fn what_is_too_long_or_doubtful() {
    let long = "a".repeat(201);
    let read =
        csv(&format!("STT;Chủ hộ;Điện thoại;Địa chỉ\n1;{long};;\n2;Lành;0155229416 / 0155229417;{long}\n3;Thuỷ;0;\n03;Thủy;;\n;Thủy;;\n"));
    assert_eq!(read.format, Format::Csv { separator: ';', utf16: false });
    let reasons: Vec<_> = read.problems.iter().map(|problem| (problem.row.line, &problem.reason)).collect();
    let repeats = Reason::Repeats { sheet: String::new(), line: 4, spelled: Some("Thuỷ".into()) };
    assert_eq!(reasons, [(2, &Reason::HeadTooLong), (5, &repeats)]);
    let doubts: Vec<_> = read.warnings.iter().map(|warning| (warning.line, &warning.doubt)).collect();
    let same = Doubt::SameHead { sheet: String::new(), line: 4 };
    let zero = Doubt::Phone("0".into());
    assert_eq!(doubts, [(3, &Doubt::Cut), (3, &Doubt::SeveralPhones), (4, &zero), (6, &same)]);
}

proptest! {
    #[test]
    fn unicode_is_never_converted(heads in proptest::collection::vec("(Nguyễn|Lê|Hà|Bàn|Niê) (Thị|Văn|Công|Seo) (Hoà|Bình|Thuỷ|Tý|Thô|Pá)", 1..9)) {
        let text = format!("Họ tên\n{}\n", heads.join("\n"));
        for bytes in [text.clone().into_bytes(), utf16(&text, u16::to_le_bytes, false), utf16(&text, u16::to_be_bytes, true)] {
            let read = preview(&bytes, "a.csv", None, &NONE_KNOWN).unwrap();
            prop_assert!(read.sheets[0].converted.is_empty());
            let read: Vec<_> = read.sample.into_iter().map(|row| row.household.head).collect();
            prop_assert_eq!(read, heads.iter().take(SAMPLE).cloned().collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_bytes_are_previewed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in any::<String>()) {
        let _ = preview(&bytes, &name, None, &NONE_KNOWN);
    }

    #[test]
    fn any_table_is_understood_somehow(
        lines in proptest::collection::vec(proptest::collection::vec(cell(), 0..7), 0..12),
        village in cell(),
    ) {
        let text: String = lines.iter().map(|line| line.join(";") + "\n").collect();
        let Ok(read) = preview(text.as_bytes(), "a.csv", None, &["Thôn 3", "Thôn Đồng Cừ"]) else { return Ok(()) };
        let counts = read.counts;
        prop_assert!((counts.households + counts.problems + counts.skipped) as usize <= lines.len());
        let again: Preview = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        prop_assert_eq!(&again, &read);
        if let Ok(rows) = rows(text.as_bytes(), "a.csv", &of_village(&village), &["Thôn 3"]) {
            for row in rows {
                prop_assert_eq!(row.household.check(), Ok(()));
                prop_assert!(!row.village.is_empty());
            }
        }
    }

    #[test]
    fn broken_workbooks_do_not_bring_anything_down(at in 0usize..6_000, byte in any::<u8>(), part in 0usize..4) {
        // One byte is changed inside the XML, under a valid checksum.
        let good = xlsx(&[("Thôn 1", &[&["STT", "Chủ hộ"], &["1", "Lành"], &["2", "Bền"]])]);
        let mut package_in = zip::ZipArchive::new(Cursor::new(good)).unwrap();
        let names = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"];
        let mut parts = Vec::new();
        for index in 0..package_in.len() {
            let mut file = package_in.by_index(index).unwrap();
            let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
            std::io::Read::read_to_end(&mut file, &mut content).unwrap();
            if name == names[part] {
                let at = at % content.len();
                content[at] = byte;
            }
            parts.push((name, content));
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let _ = preview(&package(&parts), "a.xlsx", None, &NONE_KNOWN);
    }
}

#[test]
fn household_codes_of_a_file_go_before_heads_and_foreign_ones_say_nothing() {
    let book: Vec<Known> = (1..)
        .zip([("DC-0001", "Trần Thị Lành"), ("DC-0002", "Lò Văn Bền"), ("DC-0187", "Vũ Thị Nhàn")])
        .map(|(n, (code, head))| Known {
            id: RecordId::new(n, [1; 10]),
            code: code.into(),
            village: "Thôn Đồng Cừ".into(),
            household: Household { no: n.to_string(), head: head.into(), ..Household::default() },
            corrected: BTreeSet::new(),
            also: Vec::new(),
        })
        .collect();
    let short = |planned: &Planned| match planned {
        Planned::Is(update) => book[update.known].code.clone(),
        Planned::New => "new".to_owned(),
        Planned::Unsure(reimport::Doubt::Head, candidates) => {
            format!("head? {}", candidates.iter().map(|at| book[*at].code.as_str()).collect::<Vec<_>>().join(" "))
        }
        other => format!("{other:?}"),
    };
    for (list, expected) in [
        // Ours, however they are written, in a list that is sorted and numbered anew; a head that changed is asked about.
        ("DC-0187;1;Vũ Thị Nhàn\ndc 0001;2;Trần Thị Lành\nDC-0002;3;Lò Thị Mới", &["DC-0187", "DC-0001", "head? DC-0002"][..]),
        // Of another office: no household has them, and a sure head stays sure.
        ("HN-77;1;Lò Văn Bền\nHN-78;9;Hồ Thị Lạ\n187;3;Vũ Thị Nhàn", &["DC-0002", "new", "DC-0187"]),
        // Of another office and like ours: a person is asked, and shown the household with the head too.
        (
            "DC-0001;1;Lò Văn Bền\nDC-0187;7;Hồ Thị Lạ\nDC-0002;2;Trần Thị Lành",
            &["head? DC-0001 DC-0002", "head? DC-0187", "head? DC-0002 DC-0001"],
        ),
        // One such line takes the household with its head from no other line.
        ("DC-0001;1;Lò Văn Bền\n;2;Lò Văn Bền", &["head? DC-0001 DC-0002", "DC-0002"]),
    ] {
        let file = format!("Mã hộ;STT;Họ và tên chủ hộ\n{list}\n");
        let rows = rows(file.as_bytes(), "a.csv", &of_village("Thôn Đồng Cừ"), &["Thôn Đồng Cừ"]).unwrap();
        let plan = plan(&book, &rows, &Choices::default());
        assert_eq!(plan.lines.iter().map(short).collect::<Vec<_>>(), expected, "{list}");
        let heads = plan.lines.iter().filter_map(|planned| if let Planned::Is(update) = planned { Some(&update.changes) } else { None });
        assert!(heads.flatten().all(|change| change.field != "head"), "{list}");
    }
    // In a workbook a code stands in its own column wherever that is.
    let book = xlsx(&[("Sổ", &[&["STT", "Họ và tên chủ hộ", "Mã hộ"], &["1", "Vũ Thị Nhàn", "DC-0187"]])]);
    let sheet = SheetMapping { village: Some("Thôn Đồng Cừ".into()), ..SheetMapping::default() };
    let mapping = Mapping { sheets: [("Sổ".to_owned(), sheet)].into(), ..Mapping::default() };
    let rows = rows(&book, "a.xlsx", &mapping, &NONE_KNOWN).unwrap();
    assert_eq!((rows[0].code.as_str(), rows[0].household.no.as_str()), ("DC-0187", "1"));
}

/// The households with names as they were taken out, with their codes, corrected by hand and brought back.
#[test]
fn what_was_taken_out_with_names_comes_back() {
    let home = Household {
        no: "3/2".into(),
        head: "Trần Thị Lành".into(),
        phone: "0187250416".into(),
        people: Some(4),
        cluster: "Cụm 1".into(),
        hint: "cạnh chợ".into(),
        ..Household::default()
    };
    let (id, code, village) = (RecordId::new(1, [1; 10]), "DC-0187".to_owned(), "Thôn Đồng Cừ".to_owned());
    let row = HouseholdRow {
        id,
        village: village.clone(),
        code: code.clone(),
        no: home.no.clone(),
        head: home.head.clone(),
        place: "Cụm 1, cạnh chợ".into(),
        people: home.people,
        status: home.status,
        no_contact: false,
        attempts: 0,
        met: None,
        next: None,
        disputed: false,
    };
    let named = NamedHousehold { row, phone: home.phone.clone(), cluster: home.cluster.clone(), hint: home.hint.clone() };
    let words = vec![("Thôn", "Tất cả".to_owned()), ("Người xuất", "Nguyễn Thị Kim Hạnh".to_owned())];
    let book = [Known { id, code, village, household: home, corrected: BTreeSet::new(), also: Vec::new() }];
    let export = Export::names(&[named], words);
    for (name, bytes) in [("ho.csv", export::csv(&export).unwrap()), ("ho.xlsx", export::xlsx(&export).unwrap())] {
        let rows = rows(&bytes, name, &Mapping::default(), &["Thôn Đồng Cừ"]).unwrap();
        assert_eq!((rows.len(), rows[0].code.as_str(), rows[0].household.no.as_str()), (1, "DC-0187", "3/2"), "{name}");
        let plan = plan(&book, &rows, &Choices::default());
        let [Planned::Is(update)] = plan.lines.as_slice() else { panic!("{name}") };
        assert_eq!((update.changes.as_slice(), update.renumbered), (&[][..], false), "{name}");
    }
}

/// Cells that mean something here and there.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "",
            "",
            "1",
            "2",
            "STT",
            "Chủ hộ",
            "Số khẩu",
            "Thôn",
            "Địa chỉ",
            "Điện thoại",
            "Số CCCD",
            "Dân tộc",
            "Lành",
            "Nguyễn Văn Hùng",
            "Tổng cộng",
            "Cộng",
            "Trưởng thôn",
            "THÔN 3",
            "Cụm 2",
            "II",
            "(1)",
            "0155229416",
            "bốn",
            "\"a\nb\"",
            "\"",
            "001099123456",
            "DANH SÁCH HỘ THÔN ĐỒNG CỪ",
            "Kinh",
        ])
        .prop_map(str::to_owned),
        "[^;\r\n]{0,8}",
    ]
}
