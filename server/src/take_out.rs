//! Everything that an office has, in open formats: one .zip with a table for each kind of record, as .csv for people and as
//! .json for programs, and a text that explains every column. Records → bytes, no I/O.
//!
//! What no list tells, this does not tell either: a visit at which nobody was met reads NOT_MET whatever the reason was,
//! who said something stands apart from the words, and an anonymous opinion has no more than its week. Rows stand in the
//! order of their ids, which says nothing about anonymous ones.

use crate::store::Kept;
use csv::{Terminator, WriterBuilder};
use domain::campaign::{Assignment, Campaign};
use domain::code_book::CodeEntry;
use domain::household::Household;
use domain::id::{AreaId, PersonId, RecordId};
use domain::meeting::{Meeting, MeetingOpinion};
use domain::operation::{Change, Ground, Kind, Part};
use domain::opinion::{AnonymousOpinion, Opinion, Reporter};
use domain::organization::Organization;
use domain::person::Person;
use domain::record::{Body, Event, Registry};
use domain::register::Register;
use domain::short::Map;
use domain::source::Source;
use domain::team::Team;
use domain::text::{compose, harmless};
use domain::time::{Date, Time};
use domain::unit::Unit;
use domain::verification::{DayClosing, Verification};
use domain::visit::{Callback, CallbackContact, Note, Visit};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A table of the take-out.
struct Sheet {
    /// Its files are called by it: `visits.csv`, `visits.json`.
    name: &'static str,
    /// What a row is.
    what: &'static str,
    /// Names and meanings.
    columns: &'static [(&'static str, &'static str)],
    rows: Vec<Vec<Value>>,
}

/// The take-out could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakeOutError;

/// The whole .zip. `unit` and `at` are for the text that explains it.
pub fn take_out(records: &[Kept], unit: &str, at: Time) -> Result<Vec<u8>, TakeOutError> {
    let mut records: Vec<&Kept> = records.iter().collect();
    records.sort_by_key(|kept| kept.record.id);
    let sheets = sheets(&records);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut file = |name: String, bytes: &[u8]| {
        zip.start_file(name, options).map_err(|_| TakeOutError)?;
        zip.write_all(bytes).map_err(|_| TakeOutError)
    };
    file("DOC-TRUOC.txt".to_owned(), explained(&sheets, unit, at).as_bytes())?;
    for sheet in &sheets {
        file(format!("{}.csv", sheet.name), &csv(sheet)?)?;
        file(format!("{}.json", sheet.name), &json(sheet)?)?;
    }
    Ok(zip.finish().map_err(|_| TakeOutError)?.into_inner())
}

/// As the other tables that leave the product: see [`crate::export::csv`].
fn csv(sheet: &Sheet) -> Result<Vec<u8>, TakeOutError> {
    let mut writer = WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(sheet.columns.iter().map(|(name, _)| *name)).map_err(|_| TakeOutError)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(in_words)).map_err(|_| TakeOutError)?;
    }
    writer.into_inner().map_err(|_| TakeOutError)
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text).into_owned(),
        Value::Array(all) => all.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.is_empty() => String::new(),
        other => other.to_string(),
    }
}

fn json(sheet: &Sheet) -> Result<Vec<u8>, TakeOutError> {
    let row = |row: &Vec<Value>| -> serde_json::Map<String, Value> {
        sheet.columns.iter().zip(row).map(|((name, _), value)| ((*name).to_owned(), value.clone())).collect()
    };
    serde_json::to_vec_pretty(&sheet.rows.iter().map(row).collect::<Vec<_>>()).map_err(|_| TakeOutError)
}

fn explained(sheets: &[Sheet], unit: &str, at: Time) -> String {
    let mut text = format!(
        "Toàn bộ dữ liệu của {unit}, lấy ra lúc {} {}.\r\n\r\n\
         Trong này có tên người và lời người dân: giữ kín, dùng xong thì xóa.\r\n\r\n\
         Mỗi bảng có hai tệp: .csv mở bằng Excel (UTF-8, ngăn bằng dấu chấm phẩy) và .json cho chương trình khác.\r\n\
         Ngày ghi năm-tháng-ngày, giờ là giờ Việt Nam. Cột \"_id\" nối với cột \"id\" của bảng khác.\r\n\
         Trong .csv, ô bắt đầu bằng = + - @ hoặc là số có dấu thì đứng sau dấu nháy đơn, để Excel không đổi; .json thì nguyên văn.\r\n\r\n\
         Không có trong này: mật khẩu và mã, nhật ký truy cập, những gì đang ở mục Cần xem lại, ý kiến không nêu tên còn chờ.\r\n\
         Lần thăm chưa gặp ai ghi NOT_MET, dù vì lý do gì. Ai nói đứng ở bảng reporters, tách khỏi lời ở bảng opinions.\r\n\
         Ý kiến không nêu tên chỉ có thôn, tuần và đợt.\r\n",
        at.date(),
        at.hour_minute()
    );
    for sheet in sheets {
        text.push_str(&format!("\r\n{}: {} ({} dòng)\r\n", sheet.name, sheet.what, sheet.rows.len()));
        for (name, meaning) in sheet.columns {
            text.push_str(&format!("  {name}: {meaning}\r\n"));
        }
    }
    text
}

// ---- Tables ----

/// Where an event stands: the last seven columns of its row.
const WRITTEN: [(&str, &str); 7] = [
    ("change", "create: ghi mới; amend: sửa bản ghi ở cột of_id; retract: bỏ bản ghi ở cột of_id"),
    ("of_id", "bản ghi được sửa hoặc bỏ"),
    ("campaign_id", "đợt vận động"),
    ("basis", "căn cứ xử lý"),
    ("until", "giữ đến ngày"),
    ("written_at", "ghi lúc, theo đồng hồ của máy ghi"),
    ("by_id", "người ghi"),
];

macro_rules! columns {
    ($($name:literal $meaning:literal),+ $(,)?) => { const { &[$(($name, $meaning)),+] } };
    (event $($name:literal $meaning:literal),+ $(,)?) => {
        const { &[$(($name, $meaning),)+ WRITTEN[0], WRITTEN[1], WRITTEN[2], WRITTEN[3], WRITTEN[4], WRITTEN[5], WRITTEN[6]] }
    };
}

fn sheets(records: &[&Kept]) -> Vec<Sheet> {
    let names = Names::of(records);
    let all = |kind: Kind| records.iter().copied().filter(move |kept| kept.record.kind == kind);
    let events =
        |kind: Kind| all(kind).filter_map(|kept| if let Body::Event(event) = &kept.record.body { Some((kept, event)) } else { None });
    vec![
        Sheet {
            name: "units",
            what: "đơn vị",
            columns: columns!["id" "mã", "parent_id" "đơn vị trên", "level" "cấp", "name" "tên", "code" "chữ đầu mã hộ", "from" "có từ ngày", "to" "đến hết ngày", "into_ids" "nhập vào, hoặc tách thành", "decision_no" "số quyết định nhập, tách", "decision_date" "ngày quyết định nhập, tách", "former_names" "tên trước, đến hết ngày"],
            rows: all(Kind::Unit)
                .filter_map(|kept| Unit::read(AreaId::from(kept.record.id), &registry(kept)?.state))
                .map(|unit| {
                    let after = unit.succession.as_ref();
                    vec![
                        text(unit.id),
                        text_if(unit.parent),
                        code(unit.level),
                        json!(unit.name),
                        json!(unit.code),
                        json!(unit.from),
                        json!(unit.to),
                        json!(after.map(|after| after.into.iter().map(text).collect::<Vec<_>>()).unwrap_or_default()),
                        json!(after.map(|after| &after.decision_no)),
                        json!(after.and_then(|after| after.decision_date)),
                        json!(unit.former.iter().map(|former| json!({ "name": former.name, "until": former.until })).collect::<Vec<_>>()),
                    ]
                })
                .collect(),
        },
        Sheet {
            name: "organizations",
            what: "tổ chức",
            columns: columns!["id" "mã", "name" "tên", "kind" "loại", "unit_id" "đơn vị", "ended" "không còn hoạt động"],
            rows: all(Kind::Organization)
                .filter_map(|kept| Organization::read(kept.record.id, &registry(kept)?.state))
                .map(|one| vec![text(one.id), json!(one.name), code(one.kind), text(one.unit), json!(one.ended)])
                .collect(),
        },
        Sheet {
            name: "codes",
            what: "mục của danh mục: lĩnh vực riêng của xã, và những mục xã đã thôi dùng",
            columns: columns!["id" "mã", "list" "danh mục", "code" "mã của mục", "name" "tên lĩnh vực riêng", "name_en" "tên tiếng Anh", "ended" "đã thôi dùng"],
            rows: all(Kind::CodeEntry)
                .filter_map(|kept| CodeEntry::read(kept.record.id, &registry(kept)?.state))
                .map(|one| vec![text(one.id), code(one.list), json!(one.code), json!(one.name), json!(one.name_en), json!(one.ended)])
                .collect(),
        },
        Sheet {
            name: "people",
            what: "người làm việc",
            columns: columns!["id" "mã", "name" "họ tên", "sort" "xếp tên theo chữ", "role" "vai trò", "unit_id" "đơn vị", "left" "đã nghỉ"],
            rows: all(Kind::Person)
                .filter_map(state::<Person>)
                .map(|one| vec![text(one.id), json!(one.name), json!(one.sort), code(one.role), text(one.unit), json!(one.left)])
                .collect(),
        },
        Sheet {
            name: "teams",
            what: "tổ",
            columns: columns!["id" "mã", "name" "tên", "decision_no" "số quyết định", "decision_date" "ngày quyết định", "issuer_id" "tổ chức ra quyết định", "from" "làm việc từ ngày", "to" "đến hết ngày", "lead_id" "tổ trưởng"],
            rows: all(Kind::Team)
                .filter_map(team)
                .map(|team| {
                    let Team { id, name, decision_no, decision_date, mandate, lead, .. } = team;
                    vec![
                        text(id),
                        json!(name),
                        json!(decision_no),
                        json!(decision_date),
                        text_if(mandate.issuer),
                        json!(mandate.from),
                        json!(mandate.to),
                        text_if(lead),
                    ]
                })
                .collect(),
        },
        Sheet {
            name: "team_members",
            what: "người trong tổ",
            columns: columns!["team_id" "tổ", "person_id" "người", "duty" "nhiệm vụ", "organization_id" "tổ chức cử"],
            rows: all(Kind::Team)
                .filter_map(team)
                .flat_map(|team| {
                    let row = |person: &PersonId| {
                        let organization = team.posts.get(person).and_then(|post| post.organization);
                        vec![text(team.id), text(*person), code(team.duty(*person)), text_if(organization)]
                    };
                    team.members.iter().map(row).collect::<Vec<_>>()
                })
                .collect(),
        },
        Sheet {
            name: "campaigns",
            what: "đợt vận động",
            columns: columns!["id" "mã", "title" "tên", "purpose" "mục đích", "from" "ngày đầu", "to" "ngày cuối", "basis" "căn cứ xử lý", "basis_text" "văn bản làm căn cứ", "until" "giữ đến ngày", "state" "tình trạng"],
            rows: all(Kind::Campaign)
                .filter_map(state::<Campaign>)
                .map(|one| {
                    vec![
                        text(one.id),
                        json!(one.title),
                        json!(one.purpose),
                        json!(one.from),
                        json!(one.to),
                        code(one.basis),
                        json!(one.basis_text),
                        json!(one.until),
                        code(one.state),
                    ]
                })
                .collect(),
        },
        Sheet {
            name: "assignments",
            what: "thôn giao cho tổ, hoặc một số hộ của thôn giao riêng cho một người trong tổ",
            columns: columns!["id" "mã", "campaign_id" "đợt", "team_id" "tổ", "village_id" "thôn", "due" "xong trước ngày", "ended" "đã thu lại", "member_id" "người được giao riêng; trống là cả thôn", "household_ids" "hộ giao riêng"],
            rows: all(Kind::Assignment)
                .filter_map(state::<Assignment>)
                .map(|one| {
                    let Assignment { id, campaign, team, village, due, ended, share } = one;
                    let households: Vec<Value> = share.iter().flat_map(|share| share.households.iter()).map(text).collect();
                    let mut row = vec![text(id), text(campaign), text(team), text(village), json!(due), json!(ended)];
                    row.extend([text_if(share.map(|share| share.member)), json!(households)]);
                    row
                })
                .collect(),
        },
        Sheet {
            name: "households",
            what: "hộ",
            columns: columns!["id" "mã", "village_id" "thôn lúc ghi vào sổ", "village" "tên thôn ấy", "part_id" "thôn được chia về khi tách", "code" "mã hộ", "no" "số trong danh sách", "head" "chủ hộ", "sort" "xếp tên theo chữ", "phone" "điện thoại", "people" "số người", "cluster" "cụm", "hint" "chỗ ở", "hours" "giờ tiện gặp", "status" "trong sổ", "no_contact" "đề nghị không liên hệ", "same_as" "ghi trùng, được tính vào hộ", "other_values" "chỗ hai người ghi khác nhau: mọi giá trị"],
            rows: all(Kind::Household).filter_map(|kept| Some(household(kept, made(kept)?, &names))).collect(),
        },
        Sheet {
            name: "visits",
            what: "lượt thăm, cả bản đầu và bản sửa",
            columns: columns![event "id" "mã", "village_id" "thôn", "village" "tên thôn", "household_id" "hộ", "household" "mã hộ", "result" "kết quả; NOT_MET là chưa gặp", "purposes" "đã làm", "next" "hẹn ngày", "promised" "hứa báo lại trước ngày", "source" "ghi bằng cách nào", "visitor_id" "ai đi thăm, nếu không phải người ghi"],
            rows: events(Kind::Visit)
                .map(|(kept, event)| {
                    let visit: Option<Visit> = event.read(Part::Facts);
                    let result = visit.as_ref().map(|visit| if visit.contact.met() { visit.contact.code() } else { "NOT_MET" });
                    let next = visit.as_ref().and_then(|visit| visit.next).map(|next| next.date);
                    let purposes = visit.as_ref().map(|visit| visit.purposes.iter().map(|purpose| purpose.code()).collect::<Vec<_>>());
                    let home = visit.as_ref().map(|visit| visit.household);
                    let mut row = vec![
                        text(kept.record.id),
                        text(kept.scope.area),
                        names.village(kept.scope.area),
                        text_if(home),
                        names.household(home),
                    ];
                    row.extend([
                        json!(result),
                        json!(purposes.unwrap_or_default()),
                        json!(next),
                        json!(visit.as_ref().and_then(|visit| visit.promised)),
                        code_if(visit.as_ref().map(|visit| visit.source)),
                        text_if(visit.and_then(|visit| visit.visitor)),
                    ]);
                    written(row, event)
                })
                .collect(),
        },
        Sheet {
            name: "verifications",
            what: "lượt thăm được người khác xác nhận hoặc hủy",
            columns: columns![event "id" "mã", "village_id" "thôn", "visit_ids" "các lượt thăm", "version_ids" "bản của từng lượt mà người xác nhận đã xem", "void" "hủy vì sao; trống là xác nhận"],
            rows: events(Kind::Verification)
                .map(|(kept, event)| {
                    let said = event.read::<Verification>(Part::Facts);
                    let looks = said.iter().flat_map(|said| &said.visits).map(|look| (text(look.visit), text(look.version)));
                    let (visits, versions): (Vec<Value>, Vec<Value>) = looks.unzip();
                    let void = code_if(said.as_ref().and_then(|said| said.void));
                    let row = vec![text(kept.record.id), text(kept.scope.area), json!(visits), json!(versions), void];
                    written(row, event)
                })
                .collect(),
        },
        Sheet {
            name: "day_closings",
            what: "ngày đã chốt",
            columns: columns![event "id" "mã", "village_id" "thôn", "village" "tên thôn", "day" "ngày"],
            rows: events(Kind::DayClosing)
                .map(|(kept, event)| {
                    let closing = event.read::<DayClosing>(Part::Facts);
                    let row = vec![text(kept.record.id), text(kept.scope.area), names.village(kept.scope.area)];
                    written(row.into_iter().chain([json!(closing.map(|closing| closing.day))]).collect(), event)
                })
                .collect(),
        },
        Sheet {
            name: "notes",
            what: "ghi chú ngắn của lượt thăm",
            columns: columns![event "id" "mã", "village_id" "thôn", "visit_id" "lượt thăm", "text" "lời"],
            rows: events(Kind::Note)
                .map(|(kept, event)| {
                    let visit = event.read::<Note>(Part::Facts).map(|note| note.visit);
                    written(vec![text(kept.record.id), text(kept.scope.area), text_if(visit), json!(event.words())], event)
                })
                .collect(),
        },
        Sheet {
            name: "opinions",
            what: "ý kiến có tên và ý kiến tại cuộc họp",
            columns: columns![event "id" "mã", "village_id" "thôn", "village" "tên thôn", "kind" "loại", "topic" "lĩnh vực", "urgency" "gấp", "source" "đến bằng đường nào", "meeting_id" "nói tại cuộc họp", "text" "lời"],
            rows: events(Kind::Opinion)
                .chain(events(Kind::MeetingOpinion))
                .map(|(kept, event)| {
                    let at_meeting = event.read::<MeetingOpinion>(Part::Facts);
                    let meeting = at_meeting.as_ref().map(|said| said.meeting);
                    let said = at_meeting.map(|said| said.said).or_else(|| event.read::<Opinion>(Part::Facts));
                    let source = said.as_ref().map(|said| if meeting.is_some() { Source::Meeting } else { said.source });
                    let mut row = vec![text(kept.record.id), text(kept.scope.area), names.village(kept.scope.area)];
                    row.extend([
                        code_if(said.as_ref().map(|said| said.kind)),
                        code_if(said.as_ref().map(|said| said.topic)),
                        code_if(said.map(|said| said.urgency)),
                        code_if(source),
                    ]);
                    row.extend([text_if(meeting), json!(event.words())]);
                    written(row, event)
                })
                .collect(),
        },
        Sheet {
            name: "reporters",
            what: "nhà đã nói ý kiến có tên",
            columns: columns!["opinion_id" "ý kiến", "household_id" "hộ", "household" "mã hộ", "visit_id" "lượt thăm"],
            rows: events(Kind::Opinion)
                .filter_map(|(kept, event)| {
                    let Reporter { household, visit } = event.read(Part::Contact)?;
                    Some(vec![text(kept.record.id), text(household), names.household(Some(household)), text_if(visit)])
                })
                .collect(),
        },
        Sheet {
            name: "anonymous_opinions",
            what: "ý kiến không nêu tên",
            columns: columns!["id" "mã", "village_id" "thôn", "village" "tên thôn", "campaign_id" "đợt", "week" "tuần, thứ Hai; trống là cả đợt", "mode" "không nêu tên, hoặc nhóm hộ", "kind" "loại", "topic" "lĩnh vực", "urgency" "gấp", "text" "lời", "basis" "căn cứ xử lý", "until" "giữ đến ngày", "of_id" "thay cho ý kiến này"],
            rows: all(Kind::AnonymousOpinion)
                .filter_map(|kept| {
                    let Body::Anonymous(opinion) = &kept.record.body else { return None };
                    let AnonymousOpinion { campaign, week, mode, kind, topic, urgency, text: said, basis, until, amends, .. } = opinion;
                    let of = amends.as_ref().and_then(|amends| RecordId::from_bytes(amends.of().bytes().get(..16)?));
                    let mut row =
                        vec![text(kept.record.id), text(kept.scope.area), names.village(kept.scope.area), text(*campaign), json!(week)];
                    row.extend([
                        code(*mode),
                        code(*kind),
                        code(*topic),
                        code(*urgency),
                        json!(compose(said.clone())),
                        code(*basis),
                        json!(until),
                        text_if(of),
                    ]);
                    Some(row)
                })
                .collect(),
        },
        Sheet {
            name: "callbacks",
            what: "đã hứa báo lại",
            columns: columns![event "id" "mã", "village_id" "thôn", "opinion_id" "ý kiến", "household_id" "hộ", "promised" "trước ngày"],
            rows: events(Kind::Callback)
                .map(|(kept, event)| {
                    let facts: Option<Callback> = event.read(Part::Facts);
                    let home = event.read::<CallbackContact>(Part::Contact).map(|contact| contact.household);
                    let row = vec![
                        text(kept.record.id),
                        text(kept.scope.area),
                        text_if(facts.as_ref().map(|facts| facts.opinion)),
                        text_if(home),
                        json!(facts.map(|facts| facts.promised)),
                    ];
                    written(row, event)
                })
                .collect(),
        },
        Sheet {
            name: "meetings",
            what: "cuộc họp",
            columns: columns!["id" "mã", "village_id" "thôn", "village" "tên thôn", "kind" "loại", "state" "tình trạng", "date" "ngày", "minute" "phút kể từ 0 giờ", "title" "tên", "place" "nơi họp", "conclusion" "kết luận", "expected" "hộ được mời", "present" "hộ có mặt", "people" "người dự", "speakers" "người nói", "campaign_id" "đợt vận động", "basis" "căn cứ xử lý", "until" "giữ đến ngày", "by_id" "người ghi"],
            rows: all(Kind::Meeting).filter_map(|kept| Some(meeting(kept, &state(kept)?, &names))).collect(),
        },
    ]
}

/// What rows name for people's convenience beside an id.
struct Names {
    villages: BTreeMap<AreaId, String>,
    households: BTreeMap<RecordId, String>,
}

impl Names {
    fn of(records: &[&Kept]) -> Self {
        let mut names = Self { villages: BTreeMap::new(), households: BTreeMap::new() };
        for kept in records {
            let Some(registry) = registry(kept) else { continue };
            match kept.record.kind {
                Kind::Unit => drop(registry.state.read("name").map(|name| names.villages.insert(AreaId::from(kept.record.id), name))),
                Kind::Household if registry.state.is_made() => {
                    names.households.insert(kept.record.id, registry.code.clone());
                }
                _ => {}
            }
        }
        names
    }

    fn village(&self, id: AreaId) -> Value {
        json!(self.villages.get(&id))
    }

    fn household(&self, id: Option<RecordId>) -> Value {
        json!(id.and_then(|id| self.households.get(&id)))
    }
}

/// The registers of a household; `None` where corrections came without what made it.
fn made(kept: &Kept) -> Option<&Registry> {
    registry(kept).filter(|registry| registry.state.is_made())
}

fn household(kept: &Kept, registry: &Registry, names: &Names) -> Vec<Value> {
    let Household { no, head, sort, unit, phone, people, hint, cluster, hours, status, no_contact, same_as } =
        Household::read(&registry.state);
    // Every value of a field on which people disagree, each read as a household of that value alone.
    let value = |field: &String, value: &[u8]| {
        let alone = Register { first: Map::from([(field.clone(), serde_bytes::ByteBuf::from(value.to_vec()))]), ..Register::default() };
        serde_json::to_value(Household::read(&alone)).ok().and_then(|read| read.get(field).cloned())
    };
    let disputed = registry.state.disputed().map(|(field, siblings)| {
        (field.clone(), json!(siblings.values.iter().filter_map(|sibling| value(field, sibling.value.as_slice())).collect::<Vec<_>>()))
    });
    let disputed: serde_json::Map<String, Value> = disputed.collect();
    let mut row = vec![text(kept.record.id), text(kept.scope.area), names.village(kept.scope.area), text_if(unit)];
    row.extend([
        json!(registry.code),
        json!(no),
        json!(head),
        json!(sort),
        json!(phone),
        json!(people),
        json!(cluster),
        json!(hint),
        json!(hours),
        code(status),
        json!(no_contact),
        text_if(same_as),
    ]);
    row.push(Value::Object(disputed));
    row
}

fn meeting(kept: &Kept, meeting: &Meeting, names: &Names) -> Vec<Value> {
    let (facts, words) = (meeting.facts(), meeting.words());
    let facts = facts.as_ref();
    let mut row = vec![text(kept.record.id), text(kept.scope.area), names.village(kept.scope.area)];
    row.extend([code_if(facts.map(|facts| facts.kind)), code_if(facts.map(|facts| facts.state))]);
    row.extend([json!(facts.map(|facts| facts.start.date)), json!(facts.and_then(|facts| facts.start.minute))]);
    row.extend([json!(words.title), json!(words.place), json!(words.conclusion)]);
    row.extend([json!(facts.and_then(|facts| facts.expected)), json!(facts.and_then(|facts| facts.present))]);
    row.extend([json!(facts.and_then(|facts| facts.people)), json!(facts.and_then(|facts| facts.speakers))]);
    row.extend(ground(&meeting.ground));
    row.push(text(meeting.by));
    row
}

/// A row of an event with the columns of [`WRITTEN`].
fn written(mut row: Vec<Value>, event: &Event) -> Vec<Value> {
    let (change, of) = match &event.header.change {
        Change::Amend { of } => ("amend", Some(*of)),
        Change::Retract { of } => ("retract", Some(*of)),
        _ => ("create", None),
    };
    let at = event.written_at();
    let (hour, minute) = at.clock();
    row.extend([json!(change), text_if(of)]);
    row.extend(ground(&event.header.ground));
    row.extend([json!(format!("{} {hour:02}:{minute:02}", at.date().iso())), text(event.by)]);
    row
}

fn ground(ground: &Ground) -> [Value; 3] {
    let until = (ground.until != Date::MAX).then_some(ground.until);
    [text_if(ground.campaign), code(ground.basis), json!(until)]
}

fn registry(kept: &Kept) -> Option<&Registry> {
    if let Body::Registry(registry) = &kept.record.body { Some(registry) } else { None }
}

fn state<T: serde::de::DeserializeOwned>(kept: &Kept) -> Option<T> {
    if let Body::Workflow(workflow) = &kept.record.body { workflow.read() } else { None }
}

fn team(kept: &Kept) -> Option<Team> {
    Team::read(kept.record.id, &registry(kept)?.state)
}

fn text(id: impl ToString) -> Value {
    Value::String(id.to_string())
}

fn text_if(id: Option<impl ToString>) -> Value {
    id.map_or(Value::Null, text)
}

/// A stable code.
fn code(code: impl Serialize) -> Value {
    json!(code)
}

fn code_if(code: Option<impl Serialize>) -> Value {
    json!(code)
}
