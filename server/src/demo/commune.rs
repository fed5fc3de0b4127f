//! A commune that does not exist, as pure data: the same for the same day. Places, people and words are made up;
//! telephone numbers begin with 01, which nobody can call since 2018.

use domain::household::{Household, HouseholdStatus};
use domain::meeting::MeetingType;
use domain::opinion::{Opinion, OpinionKind, ReporterMode, Topic, Urgency};
use domain::source::Source;
use domain::time::{Date, Time};
use domain::visit::{Appointment, ContactResult, PurposeResult};

/// The province.
pub const PROVINCE: &str = "Tỉnh Sông Lĩnh";
/// The commune.
pub const COMMUNE: &str = "Xã Tân Khê Vân";
/// The two that became it on 1 July 2025, each with half of its villages.
pub const FORMER: [&str; 2] = ["Xã Tân Khê", "Xã Khê Vân"];

/// Everything that happened in it up to yesterday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commune {
    /// Six villages, 240 households together.
    pub villages: Vec<Village>,
    /// Three rounds of visits, the last one running.
    pub rounds: Vec<Round>,
}

/// A village, its households and its team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Village {
    /// Its full name.
    pub name: &'static str,
    /// The villages that became it this year, with how many of its households each; none of most.
    pub former: &'static [(&'static str, usize)],
    /// In the order of the roll.
    pub households: Vec<Household>,
    /// Names of the team; the first one leads.
    pub team: Vec<String>,
}

/// One campaign and its visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Title of the campaign.
    pub title: &'static str,
    /// What residents are told.
    pub purpose: &'static str,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// In the order of their time, none later than yesterday.
    pub visits: Vec<Made>,
    /// In the order of their time, none later than yesterday.
    pub meetings: Vec<Held>,
}

/// A village meeting that was held and concluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Index of the village; its team's lead writes down.
    pub village: usize,
    /// When it began.
    pub at: Time,
    /// What sort.
    pub kind: MeetingType,
    /// What it is called.
    pub title: &'static str,
    /// What it came to.
    pub conclusion: &'static str,
    /// Households that were expected.
    pub expected: u16,
    /// Households that were there.
    pub present: u16,
    /// People who were there.
    pub people: u16,
    /// People who spoke.
    pub speakers: u16,
    /// What was said, in its order.
    pub said: Vec<(Opinion, String)>,
}

/// A visit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Index of the village.
    pub village: usize,
    /// Index of the household in it.
    pub household: usize,
    /// Index in the village's team.
    pub by: usize,
    /// When.
    pub at: Time,
    /// Whether anybody was met.
    pub contact: ContactResult,
    /// What was done.
    pub purposes: Vec<PurposeResult>,
    /// When to come again.
    pub next: Option<Appointment>,
    /// What was said.
    pub said: Option<Said>,
}

/// An opinion that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// How the speaker is named.
    pub mode: ReporterMode,
    /// What sort.
    pub kind: OpinionKind,
    /// What about.
    pub topic: Topic,
    /// Whether it can wait.
    pub urgency: Urgency,
    /// The words.
    pub text: String,
    /// By when an answer was promised; to named ones only.
    pub promised: Option<Date>,
}

/// Opinions in all rounds, at doors and at meetings.
const OPINIONS: usize = 160;

/// Meetings in each round; two in each village together.
const MEETINGS: usize = 4;

/// Opinions at each meeting.
const AT_A_MEETING: usize = 5;

impl Commune {
    /// The commune as it stands on the morning of `today`.
    pub fn new(today: Date) -> Self {
        let mut chance = Chance(20_261_121);
        let villages: Vec<Village> = VILLAGES.iter().map(|place| place.settle(&mut chance)).collect();
        let plans = [
            (ROUNDS[0], today.plus(-400), today.plus(-340), 340, 240),
            (ROUNDS[1], today.plus(-190), today.plus(-130), 340, 240),
            (ROUNDS[2], today.plus(-27), today.plus(33), 220, 165),
        ];
        let mut rounds: Vec<Round> = plans
            .into_iter()
            .map(|((title, purpose), from, to, visits, households)| {
                let last = to.min(today.plus(-1));
                let visits = visit_all(&villages, from, last, visits, households, &mut chance);
                Round { title, purpose, from, to, visits, meetings: Vec::new() }
            })
            .collect();
        hear(&mut rounds, &mut chance);
        for (n, round) in rounds.iter_mut().enumerate() {
            let last = round.to.min(today.plus(-1));
            round.meetings = (0..MEETINGS).map(|place| hold(&villages, n, place, (round.from, last), &mut chance)).collect();
        }
        Self { villages, rounds }
    }
}

/// Randomness that is the same every time (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.number() % (n.max(1) as u64)).unwrap_or_default()
    }

    /// Ten bytes for an id.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.number().to_be_bytes()[0])
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<T: Copy + Default>(&mut self, of: &[T]) -> T {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }

    /// One of several, each as often as its weight says.
    fn weighted<T: Copy>(&mut self, of: &[(T, usize)], otherwise: T) -> T {
        let mut at = self.below(of.iter().map(|(_, weight)| weight).sum());
        for &(value, weight) in of {
            match at.checked_sub(weight) {
                Some(rest) => at = rest,
                None => return value,
            }
        }
        otherwise
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            let j = self.below(i + 1);
            all.swap(i, j);
        }
    }
}

// ---- Places and people ----

struct Place {
    name: &'static str,
    households: usize,
    team: usize,
    people: People,
}

#[derive(Clone, Copy)]
enum People {
    Lowland,
    Mountain,
    Highland,
}

const VILLAGES: [Place; 6] = [
    Place { name: "Thôn 1", households: 62, team: 4, people: People::Lowland },
    Place { name: "Thôn 3", households: 48, team: 4, people: People::Lowland },
    Place { name: "Thôn Đồng Cừ – Bến Lĩnh", households: 44, team: 4, people: People::Lowland },
    Place { name: "Ấp Rạch Cừ", households: 36, team: 3, people: People::Lowland },
    Place { name: "Bản Nậm Lĩnh", households: 28, team: 3, people: People::Mountain },
    Place { name: "Buôn Ea Trạch", households: 22, team: 3, people: People::Highland },
];

/// A village that two were merged into, and those two.
const MERGED: (&str, [(&str, usize); 2]) = ("Thôn Đồng Cừ – Bến Lĩnh", [("Thôn Đồng Cừ", 26), ("Thôn Bến Lĩnh", 18)]);

impl Place {
    fn settle(&self, chance: &mut Chance) -> Village {
        let households = (1..=self.households)
            .map(|no| {
                let mut household = self.household(no, chance);
                // Some who share a name, and some whose names differ in one mark only.
                if matches!(self.people, People::Lowland) {
                    match no {
                        7 | 19 | 31 => household.head = "Nguyễn Văn Hùng".into(),
                        11 => household.head = "Trần Thị Dung".into(),
                        12 => household.head = "Trần Văn Dũng".into(),
                        23 => household.head = "Đỗ Thị Thuỷ".into(),
                        24 => household.head = "Đỗ Thị Thủy".into(),
                        _ => {}
                    }
                }
                household
            })
            .collect();
        let team = (0..self.team).map(|_| self.people.name(chance)).collect();
        let former: &[(&str, usize)] = if self.name == MERGED.0 { &MERGED.1 } else { &[] };
        Village { name: self.name, former, households, team }
    }

    fn household(&self, no: usize, chance: &mut Chance) -> Household {
        let sizes = [(1, 11), (2, 22), (3, 23), (4, 25), (5, 11), (6, 5), (7, 3)];
        let phone = if chance.is(70) { format!("01{:08}", chance.number() % 100_000_000) } else { String::new() };
        Household {
            no: no.to_string(),
            head: self.people.name(chance),
            phone,
            people: (!chance.is(4)).then(|| chance.weighted(&sizes, 4)),
            hint: if chance.is(30) { chance.one(&HINTS).to_owned() } else { String::new() },
            cluster: if self.households >= 40 { format!("Cụm {}", 1 + no * 3 / (self.households + 1)) } else { String::new() },
            hours: if chance.is(12) { chance.one(&HOURS).to_owned() } else { String::new() },
            status: if no == 15 { HouseholdStatus::MovedOut } else { HouseholdStatus::Active },
            no_contact: no == 17,
            unit: None,
            same_as: None,
            sort: String::new(),
        }
    }
}

const HINTS: [&str; 8] = [
    "cạnh nhà văn hóa",
    "đầu ngõ, cổng xanh",
    "gần cầu treo",
    "sau trường mầm non",
    "cuối dốc, bên trái",
    "đối diện giếng làng",
    "sát bờ mương",
    "trong ngõ, nhà thứ hai",
];
const HOURS: [&str; 4] = ["sau 17 giờ", "buổi trưa", "thứ bảy, chủ nhật", "sáng sớm"];

impl People {
    fn name(self, chance: &mut Chance) -> String {
        loop {
            let name = self.any_name(chance);
            if !PUBLIC_FIGURES.contains(&name.as_str()) {
                return name;
            }
        }
    }

    fn any_name(self, chance: &mut Chance) -> String {
        let woman = chance.is(45);
        match self {
            Self::Lowland => {
                let middle = if woman { chance.weighted(&WOMEN, "Thị") } else { chance.weighted(&MEN, "Văn") };
                let name = format!("{} {middle} {}", chance.weighted(&SURNAMES, "Nguyễn"), chance.one(&GIVEN));
                name.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Self::Mountain if chance.is(50) => {
                let middle = if woman { "Thị" } else { "A" };
                format!(
                    "{} {middle} {}",
                    chance.one(&["Giàng", "Thào", "Vàng", "Sùng", "Hạng"]),
                    chance.one(&["Páo", "Dế", "Sình", "Mỷ", "Chứ"])
                )
            }
            Self::Mountain => {
                let middle = if woman { "Thị" } else { "Văn" };
                format!("{} {middle} {}", chance.one(&["Lò", "Quàng", "Cà", "Tòng", "Vì", "Lường"]), chance.one(&GIVEN))
            }
            Self::Highland => {
                let given = chance.one(&["Bhem", "Lan", "Nga", "Wih", "Khăm", "Rin", "Blơ", "Nuêl"]);
                let clan = chance.one(&["Niê", "Êban", "Mlô", "Kbuôr", "Ayŭn"]);
                if woman { format!("H’{given} {clan}") } else { format!("Y {given} {clan}") }
            }
        }
    }
}

const SURNAMES: [(&str, usize); 20] = [
    ("Nguyễn", 33),
    ("Trần", 11),
    ("Lê", 9),
    ("Phạm", 7),
    ("Hoàng", 3),
    ("Huỳnh", 2),
    ("Phan", 4),
    ("Vũ", 2),
    ("Võ", 2),
    ("Đặng", 2),
    ("Bùi", 2),
    ("Đỗ", 2),
    ("Hồ", 2),
    ("Ngô", 1),
    ("Dương", 1),
    ("Đinh", 3),
    ("Trương", 3),
    ("Mai", 3),
    ("Lương", 3),
    ("Tạ", 2),
];
const MEN: [(&str, usize); 8] = [("Văn", 55), ("Đức", 8), ("Minh", 6), ("Quốc", 6), ("Hữu", 6), ("Công", 6), ("Xuân", 7), ("", 6)];
const WOMEN: [(&str, usize); 7] = [("Thị", 68), ("Ngọc", 6), ("Thu", 5), ("Thanh", 3), ("Kim", 4), ("Thị Ngọc", 8), ("", 6)];
const GIVEN: [&str; 28] = [
    "Tám", "Sáu", "Bền", "Thuận", "Lành", "Mùi", "Tý", "Khoát", "Nhàn", "Phận", "Hùng", "Dũng", "Tuấn", "Hạnh", "Hoa", "Lan", "Thủy",
    "Bình", "Sơn", "Hải", "Trang", "Huy", "Khánh", "Ngân", "Thảo", "Vy", "Đạt", "Hòa",
];
/// Names of known people that these syllables could make.
const PUBLIC_FIGURES: [&str; 8] =
    ["Nguyễn Thị Bình", "Nguyễn Khánh", "Trần Bình", "Bùi Thanh Sơn", "Lê Thanh Hải", "Nguyễn Thanh Sơn", "Huỳnh Văn Bền", "Phạm Bình"];

// ---- Visits ----

const ROUNDS: [(&str, &str); 3] = [
    ("Lấy ý kiến về nhà văn hóa và quỹ thôn", "Nghe ý kiến các hộ về việc sửa nhà văn hóa thôn và công khai các khoản thu, chi của thôn."),
    ("Rà soát nước sạch và rác thải", "Tìm hiểu hộ nào chưa có nước sạch, nơi nào còn đọng rác, để xã có kế hoạch xử lý."),
    ("Mở rộng đường liên thôn, đợt 2", "Thông tin kế hoạch mở rộng đường liên thôn và nghe ý kiến các hộ trước khi làm."),
];

const CONTACTS: [(ContactResult, usize); 9] = [
    (ContactResult::MetRep, 580),
    (ContactResult::MetOther, 140),
    (ContactResult::NotHome, 170),
    (ContactResult::Rescheduled, 40),
    (ContactResult::NotConvenient, 20),
    (ContactResult::Declined, 15),
    (ContactResult::Moved, 10),
    (ContactResult::NotFound, 5),
    (ContactResult::PhoneDone, 20),
];

/// First visits to so many households, and second ones until there are enough, most of them to doors that stayed shut.
fn visit_all(villages: &[Village], from: Date, last: Date, visits: usize, households: usize, chance: &mut Chance) -> Vec<Made> {
    let mut doors: Vec<(usize, usize)> = villages
        .iter()
        .enumerate()
        .flat_map(|(v, village)| village.households.iter().enumerate().map(move |(h, household)| (v, h, household)))
        .filter(|(_, _, household)| household.status == HouseholdStatus::Active && !household.no_contact)
        .map(|(v, h, _)| (v, h))
        .collect();
    chance.shuffle(&mut doors);
    doors.truncate(households);
    let mut made: Vec<Made> = Vec::new();
    let span = usize::try_from(last.since(from)).unwrap_or_default();
    // The first visits in the first two thirds of the time, so that there is some left to come again.
    for (village, household) in doors {
        let day = from.plus(i32::try_from(chance.below(span * 2 / 3 + 1)).unwrap_or_default());
        made.push(visit(villages, village, household, day.min(last), last, chance));
    }
    let mut again: Vec<usize> = (0..made.len()).collect();
    chance.shuffle(&mut again);
    again.sort_by_key(|&at| made.get(at).is_none_or(|visit| visit.contact.spoke()));
    let missing = visits.saturating_sub(made.len());
    for at in again.into_iter().cycle().take(missing) {
        let Some(earlier) = made.get(at) else { continue };
        let (village, household) = (earlier.village, earlier.household);
        let day = earlier.at.date().plus(3 + i32::try_from(chance.below(8)).unwrap_or_default());
        made.push(visit(villages, village, household, day.min(last), last, chance));
    }
    made.sort_by_key(|visit| visit.at);
    made
}

fn visit(villages: &[Village], village: usize, household: usize, day: Date, last: Date, chance: &mut Chance) -> Made {
    // Most visits are at a weekend, the others in the evening.
    let to_saturday = i32::from(5_u8.saturating_sub(day.weekday()));
    let day = if chance.is(55) && day.plus(to_saturday) <= last { day.plus(to_saturday) } else { day };
    let minutes = match (day.weekday() >= 5, chance.is(50)) {
        (true, true) => 8 * 60 + chance.below(210),
        (true, false) => 14 * 60 + chance.below(180),
        (false, _) => 17 * 60 + 30 + chance.below(170),
    };
    let at = Time(day.start().0 + i64::try_from(minutes).unwrap_or_default() * 60_000);
    let contact = chance.weighted(&CONTACTS, ContactResult::NotHome);
    let mut purposes = Vec::new();
    if contact.spoke() {
        purposes.push(PurposeResult::InfoDelivered);
        for (purpose, percent) in [(PurposeResult::MaterialGiven, 60), (PurposeResult::QuestionAnswered, 18), (PurposeResult::FollowUp, 5)]
        {
            if chance.is(percent) {
                purposes.push(purpose);
            }
        }
    }
    let comes_again = match contact {
        ContactResult::NotHome => chance.is(60),
        ContactResult::Rescheduled => true,
        _ => purposes.contains(&PurposeResult::FollowUp),
    };
    let next = comes_again.then(|| Appointment {
        date: day.plus(3 + i32::try_from(chance.below(10)).unwrap_or_default()),
        minute: chance.is(30).then_some(17 * 60 + 30),
    });
    let team = villages.get(village).map_or(1, |village| village.team.len());
    Made { village, household, by: chance.below(team), at, contact, purposes, next, said: None }
}

// ---- Opinions ----

/// Puts opinions into visits at which somebody was spoken to, evenly over all rounds.
fn hear(rounds: &mut [Round], chance: &mut Chance) {
    let spoken = |visit: &&mut Made| visit.contact.spoke();
    let mut visits: Vec<&mut Made> = rounds.iter_mut().flat_map(|round| &mut round.visits).filter(spoken).collect();
    let mut left = OPINIONS - ROUNDS.len() * MEETINGS * AT_A_MEETING;
    let mut doors = visits.len();
    for visit in &mut visits {
        if chance.below(doors) < left {
            visit.said = Some(say(visit.at.date(), chance));
            left -= 1;
        }
        doors -= 1;
    }
}

fn say(day: Date, chance: &mut Chance) -> Said {
    let modes = [(ReporterMode::Named, 72), (ReporterMode::Anonymous, 22), (ReporterMode::Group, 6)];
    let mode = chance.weighted(&modes, ReporterMode::Named);
    let (Opinion { kind, topic, urgency, .. }, text) = utter(chance);
    let owed = mode == ReporterMode::Named && kind != OpinionKind::Thanks && chance.is(60);
    Said { mode, kind, topic, urgency, text, promised: owed.then(|| day.plus(15)) }
}

/// What people say, wherever they say it.
fn utter(chance: &mut Chance) -> (Opinion, String) {
    let at = chance.below(WORDS.len());
    let (topic, kind, words) = WORDS.get(at).copied().unwrap_or((Topic::Other, OpinionKind::View, "{}."));
    let text = words.replace("{}", chance.one(&SPOTS));
    let urgency = if chance.is(4) { Urgency::Urgent } else { Urgency::Normal };
    (Opinion { kind, topic, urgency, source: Source::PhoneVisit }, text)
}

/// The meeting of a round at one of its places, on an evening between the two days.
fn hold(villages: &[Village], round: usize, place: usize, (from, last): (Date, Date), chance: &mut Chance) -> Held {
    // The running round begins at the first village, where the phones of the demonstration work.
    let village = ((round + 1) * MEETINGS + place) % villages.len().max(1);
    let households = villages.get(village).map(|village| village.households.as_slice()).unwrap_or_default();
    let expected = households.iter().filter(|household| household.status == HouseholdStatus::Active).count();
    let present = expected * (52 + chance.below(37)) / 100;
    let people = present + chance.below(1 + present / 4);
    let evening = last.since(from) * i32::try_from(place + 1).unwrap_or_default() / i32::try_from(MEETINGS + 1).unwrap_or(1);
    let (kind, title, conclusion) = MATTERS.get((round + place) % MATTERS.len()).copied().unwrap_or((MeetingType::Other, "", ""));
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    Held {
        village,
        at: from.plus(evening).start().plus_hours(19),
        kind,
        title,
        conclusion,
        expected: count(expected),
        present: count(present),
        people: count(people),
        speakers: count(AT_A_MEETING - 1 - chance.below(2)),
        said: (0..AT_A_MEETING).map(|_| utter(chance)).collect(),
    }
}

const MATTERS: [(MeetingType, &str, &str); 5] = [
    (
        MeetingType::VillageInfo,
        "Thông tin kế hoạch mở rộng đường",
        "Bà con đã nghe kế hoạch; xã gửi sơ đồ từng đoạn về nhà văn hóa để xem.",
    ),
    (
        MeetingType::VillageDecision,
        "Bàn góp công sửa nhà văn hóa",
        "Thống nhất mỗi hộ góp hai ngày công sau vụ gặt; ai không đi được thì báo tổ.",
    ),
    (MeetingType::VillageReview, "Bình xét hộ nghèo", "Danh sách được đọc lần hai và niêm yết bảy ngày."),
    (MeetingType::VillageCluster, "Họp cụm về nước sạch", "Ghi lại các đoạn nước yếu, đề nghị xã cho kiểm tra đường ống."),
    (MeetingType::VillageAnnual, "Hội nghị thôn cuối năm", "Thông qua việc đã làm trong năm và thu chi quỹ thôn."),
];

const SPOTS: [&str; 8] =
    ["đoạn đầu thôn", "đoạn qua nhà văn hóa", "khu gần cầu", "đoạn cuối thôn", "chỗ ngã ba", "khu sau trường", "đoạn ven mương", "khu chợ"];

const WORDS: [(Topic, OpinionKind, &str); 26] = [
    (Topic::LandUseRight, OpinionKind::Question, "Hồ sơ cấp giấy chứng nhận {} nộp từ năm trước, bao giờ có kết quả?"),
    (Topic::LandPlan, OpinionKind::Recommendation, "Đề nghị công khai bản đồ quy hoạch {} tại nhà văn hóa để dân biết."),
    (Topic::LandPublic, OpinionKind::Proposal, "Đất công ích {} để trống đã lâu, nên cho thôn trồng cây hoặc làm sân chơi."),
    (Topic::Land, OpinionKind::Reflection, "Mốc ranh giới {} bị mất sau mùa mưa, đề nghị cắm lại."),
    (Topic::InfraRoad, OpinionKind::Recommendation, "Đường {} lầy lội, xe đạp của trẻ em không đi được khi mưa, đề nghị rải đá."),
    (Topic::InfraRoad, OpinionKind::Proposal, "Gia đình sẵn sàng lùi hàng rào {} để mở đường, mong xã làm rãnh thoát nước luôn."),
    (Topic::InfraPower, OpinionKind::Reflection, "Đèn đường {} hỏng hai tháng nay, tối đi lại nguy hiểm."),
    (Topic::InfraIrrigation, OpinionKind::Recommendation, "Mương {} bị bồi, nước tràn vào vườn, đề nghị nạo vét trước mùa mưa."),
    (Topic::InfraSignal, OpinionKind::Reflection, "Sóng điện thoại {} rất yếu, gọi phải ra ngoài sân."),
    (Topic::CompensationInventory, OpinionKind::Question, "Khi nào kiểm đếm cây và tường rào {}, gia đình cần chuẩn bị giấy tờ gì?"),
    (Topic::CompensationPrice, OpinionKind::Question, "Đơn giá đền bù {} tính theo bảng giá nào?"),
    (Topic::ClearanceProgress, OpinionKind::Recommendation, "Đề nghị báo trước ít nhất một tháng khi thi công {} để hộ buôn bán sắp xếp."),
    (Topic::EnvironmentWaste, OpinionKind::Reflection, "Rác {} ba ngày mới gom một lần, mùa nóng mùi rất khó chịu."),
    (Topic::EnvironmentWaste, OpinionKind::Proposal, "Nên đặt thêm thùng rác {} và giao chi hội phụ nữ trông coi."),
    (Topic::EnvironmentWater, OpinionKind::Reflection, "Nước thải chăn nuôi chảy ra {}, đề nghị nhắc nhở và hướng dẫn làm hầm."),
    (Topic::EnvironmentFactory, OpinionKind::Reflection, "Xưởng gỗ {} chạy máy cả buổi trưa, tiếng ồn lớn."),
    (Topic::PolicyPoorReview, OpinionKind::Question, "Việc bình xét hộ nghèo năm nay {} họp ngày nào, dân có được dự không?"),
    (Topic::PolicyRelief, OpinionKind::Recommendation, "Sau đợt lũ, {} còn mấy nhà chưa nhận hỗ trợ sửa mái."),
    (Topic::AdminProcLate, OpinionKind::Reflection, "Nộp hồ sơ đã quá hẹn hai tuần mà chưa có kết quả, khu {} nhiều nhà cũng vậy."),
    (Topic::AdminProcOnline, OpinionKind::Wish, "Người già {} không quen làm trực tuyến, mong có người hướng dẫn tại nhà văn hóa."),
    (Topic::SecurityTraffic, OpinionKind::Recommendation, "Xe tải chạy nhanh {}, đề nghị đặt gờ giảm tốc gần trường."),
    (Topic::WaterSupply, OpinionKind::Recommendation, "Nước máy {} yếu từ sáng đến trưa, đề nghị kiểm tra đường ống."),
    (Topic::Digital, OpinionKind::Wish, "Mong lắp wifi ở nhà văn hóa, {} học sinh nhiều nhà chưa có mạng."),
    (Topic::UnitChange, OpinionKind::Question, "Sau sáp nhập, giấy tờ ghi địa chỉ cũ {} có phải đổi không?"),
    (Topic::FundVillage, OpinionKind::Recommendation, "Đề nghị niêm yết thu chi quỹ thôn hằng quý, dán ở {}."),
    (Topic::InfraRoad, OpinionKind::Thanks, "Cảm ơn xã đã sửa {}, đi lại đã dễ hơn nhiều."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn today() -> Date {
        Date::new(2026, 11, 21).unwrap()
    }

    #[test]
    fn the_commune_has_its_size() {
        let commune = Commune::new(today());
        assert_eq!(commune.villages.iter().map(|village| village.households.len()).sum::<usize>(), 240);
        assert_eq!(commune.villages.iter().map(|village| village.team.len()).sum::<usize>(), 21);
        let visits: Vec<&Made> = commune.rounds.iter().flat_map(|round| &round.visits).collect();
        assert_eq!(visits.len(), 900);
        let said: Vec<&Said> = visits.iter().filter_map(|visit| visit.said.as_ref()).collect();
        let meetings: Vec<&Held> = commune.rounds.iter().flat_map(|round| &round.meetings).collect();
        assert_eq!(meetings.len(), 12);
        assert_eq!(said.len() + meetings.iter().map(|held| held.said.len()).sum::<usize>(), OPINIONS);
        for village in 0..6 {
            assert_eq!(meetings.iter().filter(|held| held.village == village).count(), 2, "{village}");
        }
        let anonymous = said.iter().filter(|said| said.mode == ReporterMode::Anonymous).count();
        assert!((20..=50).contains(&anonymous), "{anonymous}");
        let met = visits.iter().filter(|visit| visit.contact.met()).count();
        assert!((600..=700).contains(&met), "{met}");
    }

    #[test]
    fn the_same_day_gives_the_same_commune_and_nothing_lies_ahead() {
        let commune = Commune::new(today());
        assert_eq!(commune, Commune::new(today()));
        for round in &commune.rounds {
            for visit in &round.visits {
                assert!((round.from..today()).contains(&visit.at.date()), "{visit:?}");
            }
            for held in &round.meetings {
                assert!((round.from..today()).contains(&held.at.date()), "{held:?}");
                assert!(held.present <= held.expected && held.present <= held.people && held.speakers <= held.people, "{held:?}");
            }
        }
    }

    #[test]
    fn households_can_be_stored_and_nobody_can_be_called() {
        for village in Commune::new(today()).villages {
            for household in village.households {
                assert_eq!(household.check(), Ok(()), "{household:?}");
                assert!(household.phone.is_empty() || household.phone.starts_with("01"));
                assert!(!PUBLIC_FIGURES.contains(&household.head.as_str()));
            }
        }
    }

    #[test]
    fn texts_name_nobody_and_do_not_all_read_the_same() {
        let commune = Commune::new(today());
        let at_doors = commune.rounds.iter().flat_map(|r| &r.visits).filter_map(|v| Some(&v.said.as_ref()?.text));
        let there = commune.rounds.iter().flat_map(|r| &r.meetings).flat_map(|held| &held.said).map(|(_, text)| text);
        let texts: BTreeSet<_> = at_doors.chain(there).collect();
        assert!(texts.len() > 80, "{}", texts.len());
        assert!(texts.iter().all(|text| !text.contains('{')));
    }
}
