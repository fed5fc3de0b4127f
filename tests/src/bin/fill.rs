//! Makes the data set of the figures: `fill --data DIR --households N --events M --opinions K` fills an empty server directory
//! with N households in 20 villages, M visits and K opinions (none where the option is left out), and prints what signs an
//! officer in and enrols one member. That member alone works everywhere; with `--teams T` the villages are shared out among
//! T teams of six, each of whom has a phone and writes a part. With `--phones P --batches B` it enrols P phones more, and
//! prints their tokens and, each in a file, what they have to push: B batches of visits, as they travel but for the
//! compression.

use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::cbor;
use domain::household::Household;
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::operation::{Change, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Stream};
use domain::opinion::{Opinion, OpinionKind, Reporter, Topic, Urgency};
use domain::person::{Person, Role};
use domain::record::Record;
use domain::reimport::Choices;
use domain::roll::Row;
use domain::short::{Map, Set};
use domain::source::Source;
use domain::team::{Mandate, Team};
use domain::time::{Date, Time};
use domain::topic::StandardTopic;
use domain::unit::{Level, Unit};
use domain::visit::{Appointment, ContactResult, PurposeResult, Visit};
use domain::wire::{Frame, PROTOCOL, PUSH_MAX, PullRequest, Pulled, PushBatch};
use seal::recovery::PrivateKey;
use serde_bytes::ByteBuf;
use server::auth::Passphrases;
use server::journal::Journal;
use server::keys::Keys;
use server::store::sqlite::Sqlite;
use server::store::{Account, Confirmed, Desk, FirstSteps, Import, OfficeChange, Roll, Store, Value};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tests::chance::Chance;

const PASSPHRASE: &str = "mot cau that dai de nho";
const CODE: &str = "KV3T8Q4M";
const VILLAGES: usize = 20;
const TEAM_SIZE: usize = 6;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let data = PathBuf::from(value("--data").ok_or("--data says where")?);
    let households: usize = value("--households").ok_or("--households says how many")?.parse()?;
    let events: usize = value("--events").ok_or("--events says how many")?.parse()?;

    let number = |name: &str| value(name).map_or(Ok(0), |n| n.parse::<usize>());
    let opinions = number("--opinions")?;
    let mut chance = Chance::new(10_000);
    let now = Time(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as i64);
    let id = |chance: &mut Chance| RecordId::new(now.0 as u64, chance.bytes());
    std::fs::create_dir_all(&data)?;
    let keys = Arc::new(Keys::open(&data.join("keys"), &chance.bytes())?);
    let journal = Arc::new(Journal::open(&data.join("journal"))?);
    let store = Sqlite::open(&data.join("gandan.db"), Epoch::new(now.0 as u64, chance.bytes()), Arc::clone(&keys), Arc::clone(&journal))?;
    server::journal::start(&store, &journal, &data.join("epoch"), None).await?;

    let hash = Passphrases::default().hash(PASSPHRASE).await.map_err(|_| "no randomness")?;
    let desk = |login: &str| Desk { name: login.into(), account: Account { login: login.into(), hash: hash.clone() } };
    let (province, commune) = ("Tỉnh Sông Lĩnh".into(), "Xã Tân Khê Vân".into());
    let recovery = Some(PrivateKey::new(chance.bytes()).public());
    let first = FirstSteps { admin: desk("quantri"), province, commune, officer: desk("hanh"), recovery };
    store.set_up(first, now, chance.bytes()).await?;
    let officer = store.credentials("hanh".into()).await?.person;
    let tab = DeviceId::new(now.0 as u64, chance.bytes());
    store.tab(tab, officer, now).await?;
    let units = store.directory(None).await?.units;
    let commune = units.iter().find(|unit| unit.value.level == Level::Commune).ok_or("no commune")?.value.id;

    let mut values = Vec::new();
    let villages: Vec<AreaId> = (0..VILLAGES).map(|_| AreaId::from(id(&mut chance))).collect();
    for (n, &village) in villages.iter().enumerate() {
        let name = format!("Thôn {}", n + 1);
        values.push(Value::Unit(Unit {
            id: village,
            parent: Some(commune),
            level: Level::Village,
            name,
            code: String::new(),
            from: Date::MIN,
            to: None,
            succession: None,
            former: Vec::new(),
        }));
    }
    let campaign = Campaign {
        id: id(&mut chance),
        title: "Mở rộng đường liên thôn, đợt 2".into(),
        purpose: "Thông tin phương án và ghi ý kiến".into(),
        from: now.date().plus(-200),
        to: now.date().plus(60),
        basis: LegalBasis::StateWork,
        basis_text: "Kế hoạch số 12/KH-UBND".into(),
        until: now.date().plus(700),
        contact_until: None,
        state: CampaignState::Active,
    };
    values.push(Value::Campaign(campaign.clone()));
    let (teams, size) = match number("--teams")? {
        0 => (1, 1),
        teams => (teams, TEAM_SIZE),
    };
    let mut people = Vec::new();
    for n in 0..teams {
        let team = id(&mut chance);
        let mut members = Vec::new();
        for _ in 0..size {
            let (member, name) = (PersonId::from(id(&mut chance)), household(&mut chance, 0).head);
            let person = Person { id: member, name, sort: String::new(), role: Role::FieldMember, unit: commune, left: false };
            values.push(Value::Person(person, None));
            members.push(member);
        }
        values.push(Value::Team(Team {
            id: team,
            name: format!("Tổ công tác số {}", n + 1),
            decision_no: "05/QĐ-UBND".into(),
            decision_date: None,
            mandate: Mandate::default(),
            lead: members.first().copied(),
            members: members.iter().copied().collect::<Set<_>>(),
            posts: Map::new(),
        }));
        for &village in villages.iter().skip(n).step_by(teams) {
            let assignment = Assignment { id: id(&mut chance), campaign: campaign.id, team, village, due: None, ended: false, share: None };
            values.push(Value::Assignment(assignment));
        }
        people.extend(members);
    }
    let member = *people.first().ok_or("no member")?;
    for (seq, value) in (1..).zip(values) {
        let change = OfficeChange { by: officer, within: None, device: tab, seq, seen: 0, value };
        store.write(change, now, chance.bytes()).await?;
    }
    let rows = (0..households).map(|n| (format!("Thôn {}", n % VILLAGES + 1), household(&mut chance, n / VILLAGES + 1)));
    let rows = rows.map(Row::from).collect();
    let confirmed = Confirmed { device: DeviceId::new(now.0 as u64, chance.bytes()), seen: None, watched: Arc::default() };
    let roll = Roll { by: officer, commune, rows, choices: Choices::default() };
    store.import(Import::Store(roll, confirmed), now, chance.bytes()).await?;

    // Everybody's other phone made the visits, over the last half year. What follows is the first member's work.
    let mut first: Option<(Vec<(AreaId, RecordId)>, u32)> = None;
    for (n, &person) in people.iter().enumerate() {
        let (phone, code) = (DeviceId::new(now.0 as u64, chance.bytes()), keys.code(&format!("member {n}")));
        store.issue_code(None, person, code, now).await?;
        let grant = store.enrol(code, phone, now).await?.grants.version;
        let doors = doors(&store, phone, now).await?;
        let work = Work { doors: &doors, campaign: &campaign, grant, now };
        let part = |all: usize| all / people.len() + usize::from(n < all % people.len());
        let (events, opinions) = (part(events), part(opinions));
        let mut frames = Vec::new();
        let last = (events + opinions) as u64;
        for seq in 1..=last {
            let operation = if seq <= events as u64 { work.visit(&mut chance) } else { work.opinion(&mut chance) };
            frames.push(frame(seq, &operation.ok_or("no households")?));
            if frames.len() == PUSH_MAX || seq == last {
                store.push(PushBatch::of(phone, std::mem::take(&mut frames)), now, chance.bytes()).await?;
            }
        }
        first.get_or_insert((doors, grant));
    }
    let (doors, grant) = first.ok_or("no member")?;
    let work = Work { doors: &doors, campaign: &campaign, grant, now };
    let mut phones = Vec::new();
    for n in 0..number("--phones")? {
        let (code, device) = (keys.code(&format!("phone {n}")), DeviceId::new(now.0 as u64, chance.bytes()));
        store.issue_code(None, member, code, now).await?;
        let token = store.enrol(code, device, now).await?.token;
        let mut files = Vec::new();
        for batch in 0..number("--batches")? {
            let mut frames = Vec::new();
            for of_batch in 1..=PUSH_MAX {
                let visit = work.visit(&mut chance).ok_or("no households")?;
                frames.push(frame((batch * PUSH_MAX + of_batch) as u64, &visit));
            }
            let path = data.with_file_name(format!("push-{n}-{batch}"));
            std::fs::write(&path, cbor::encode(&PushBatch::of(device, frames)))?;
            files.push(path);
        }
        phones.push(serde_json::json!({ "token": token, "batches": files }));
    }
    store.issue_code(None, member, keys.code(CODE), now).await?;
    println!("{}", serde_json::json!({ "login": "hanh", "code": CODE, "phones": phones }));
    Ok(())
}

fn frame(seq: u64, operation: &Operation) -> Frame {
    Frame { seq, bytes: ByteBuf::from(cbor::encode(operation)) }
}

/// What a phone has to write about.
struct Work<'a> {
    doors: &'a [(AreaId, RecordId)],
    campaign: &'a Campaign,
    /// The version of the grants that it writes under.
    grant: u32,
    now: Time,
}

impl Work<'_> {
    /// A visit of the last half year.
    fn visit(&self, chance: &mut Chance) -> Option<Operation> {
        let &(area, household) = chance.pick(self.doors)?;
        let header = self.header(chance, Kind::Visit, Stream::Visit, area);
        let contact =
            *chance.pick(&[ContactResult::MetRep, ContactResult::NotHome, ContactResult::NotHome]).unwrap_or(&ContactResult::Other);
        let next = (!contact.met() && chance.percent(20))
            .then(|| Appointment { date: self.now.date().plus(chance.below(14) as i32 - 4), minute: None });
        let facts = Visit {
            household,
            contact,
            purposes: vec![PurposeResult::InfoDelivered],
            next,
            promised: None,
            source: Source::default(),
            visitor: None,
        };
        Some(Operation::new(header).with(Part::Facts, &facts))
    }

    /// An opinion, with the name of who said it.
    fn opinion(&self, chance: &mut Chance) -> Option<Operation> {
        let &(area, household) = chance.pick(self.doors)?;
        let header = self.header(chance, Kind::Opinion, Stream::Voice, area);
        let reporter = Reporter { household, visit: Some(header.record) };
        let kind = *chance.pick(OpinionKind::ALL).unwrap_or(&OpinionKind::Recommendation);
        let topic = chance.pick(StandardTopic::ALL).map_or(Topic::Other, |topic| Topic::Standard(*topic));
        let opinion = Opinion { kind, topic, urgency: Urgency::Normal, source: Source::default() };
        let words = "Mương thoát nước tắc, mưa là ngập. Mong xã cho nạo vét trước mùa mưa.";
        Some(Operation::new(header).with(Part::Facts, &opinion).with(Part::Text, &words).with(Part::Contact, &reporter))
    }

    fn header(&self, chance: &mut Chance, kind: Kind, stream: Stream, area: AreaId) -> Header {
        let at = self.now.plus_hours(-(chance.below(180 * 24) as i64) - 1);
        let record = RecordId::new(at.0 as u64, chance.bytes());
        let ground = self.campaign.ground();
        Header { schema: SCHEMA, kind, record, area, stream, change: Change::Create, grant: self.grant, at, ground }
    }
}

/// Every household with its village, as a phone pulls them.
async fn doors(store: &Sqlite, phone: DeviceId, now: Time) -> Result<Vec<(AreaId, RecordId)>, Box<dyn Error>> {
    let mut doors = Vec::new();
    let mut cursors: Vec<domain::wire::Cursor> = Vec::new();
    loop {
        let request =
            PullRequest { protocol: PROTOCOL, mark: None, cursors: cursors.clone(), report: None, refused: Vec::new(), redacted: None };
        let Pulled::Pages(pages) = store.pull(phone, request, now).await?.pulled else { return Err("no pages".into()) };
        for page in pages.pages {
            let scope = page.cursor.scope;
            cursors.retain(|cursor| cursor.scope != scope);
            cursors.push(page.cursor);
            for bytes in page.records {
                let record: Record = cbor::decode(&bytes)?;
                if record.kind == Kind::Household {
                    doors.push((scope.area, record.id));
                }
            }
        }
        if !pages.more {
            return Ok(doors);
        }
    }
}

fn household(chance: &mut Chance, no: usize) -> Household {
    let mut word = |from: &[&str]| chance.pick(from).copied().unwrap_or_default().to_owned();
    let surname =
        word(&["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Quách"]);
    let middle = word(&["Văn", "Thị", "Đức", "Minh", "Thị Ngọc", "Hữu", "Xuân", "Kim", "Thu"]);
    let given =
        word(&["Hùng", "Lành", "Thủy", "Bình", "Sơn", "Hải", "Lan", "Tám", "Khoát", "Nhàn", "Dũng", "Trang", "Phúc", "Vy", "Đạt", "Anh"]);
    let hint = word(&["cạnh nhà văn hóa", "đầu dốc bến đò cũ", "sau trạm bơm", "cổng sắt xanh", "trong ngõ ông Tý, nhà cuối", ""]);
    let cluster = word(&["Cụm 1", "Cụm 2", "Cụm 3", "Cụm 4"]);
    Household {
        no: no.to_string(),
        head: format!("{surname} {middle} {given}"),
        phone: format!("01{:08}", chance.below(100_000_000)),
        people: Some(1 + chance.below(6) as u16),
        hint,
        cluster,
        ..Household::default()
    }
}
