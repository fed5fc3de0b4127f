//! The topic: what an opinion is about, in two levels. The first level and much of the second are the same everywhere;
//! a commune adds own topics under those of the first level.

use crate::code_list;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::num::NonZeroU32;

/// What an opinion is about. What it is called says a [`crate::code_book::CodeBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// One that every commune has.
    Standard(StandardTopic),
    /// One that a commune has added.
    Own(OwnTopic),
}

/// A topic of the second level that a commune has added: `INFRA.1`. Its code says under which topic it stands, so that
/// it is counted there also where nobody knows its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnTopic {
    parent: StandardTopic,
    n: NonZeroU32,
}

impl Topic {
    /// Its stable code.
    pub fn code(self) -> Cow<'static, str> {
        match self {
            Self::Standard(topic) => Cow::Borrowed(topic.code()),
            Self::Own(OwnTopic { parent, n }) => Cow::Owned(format!("{}.{n}", parent.code())),
        }
    }

    /// Reads a stable code. Own topics are read wherever their parent is known.
    pub fn from_code(code: &str) -> Option<Self> {
        StandardTopic::from_code(code).map(Self::Standard).or_else(|| {
            let (parent, n) = code.split_once('.')?;
            let own = OwnTopic::new(StandardTopic::from_code(parent)?, n.parse().ok()?)?;
            // Not every way to write a number is one to write a code.
            Some(Self::Own(own)).filter(|topic| topic.code() == code)
        })
    }

    /// The first-level topic: itself, or its parent.
    pub fn parent(self) -> StandardTopic {
        match self {
            Self::Standard(topic) => topic.parent(),
            Self::Own(own) => own.parent,
        }
    }

    /// Whether it is of the first level.
    pub fn is_first_level(self) -> bool {
        self == Self::Standard(self.parent())
    }
}

impl OwnTopic {
    /// The `n`th own topic of the server, under a first-level one; `None` where that is not of the first level.
    pub fn new(parent: StandardTopic, n: NonZeroU32) -> Option<Self> {
        (parent.parent() == parent).then_some(Self { parent, n })
    }

    /// The first-level topic under which it stands.
    pub const fn parent(self) -> StandardTopic {
        self.parent
    }

    /// Its number, which no other own topic of the server has.
    pub const fn n(self) -> NonZeroU32 {
        self.n
    }
}

impl StandardTopic {
    /// The first-level topic: itself, or its parent.
    pub fn parent(self) -> Self {
        let code = self.code();
        code.split_once('.').and_then(|(parent, _)| Self::from_code(parent)).unwrap_or(self)
    }
}

impl From<StandardTopic> for Topic {
    fn from(topic: StandardTopic) -> Self {
        Self::Standard(topic)
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| Error::custom("a code of a later build"))
    }
}

macro_rules! topics {
    ($($variant:ident = $code:literal, $vi:literal, $en:literal;)+) => {
        code_list! {
            /// The topics that every commune has: the code of a second-level topic begins with its parent's and a full stop.
            StandardTopic { $($variant = $code, $vi, $en;)+ }
        }

        #[expect(non_upper_case_globals, reason = "they read like the codes of every other list")]
        impl Topic {
            $(
                #[doc = $en]
                pub const $variant: Self = Self::Standard(StandardTopic::$variant);
            )+
        }
    };
}

topics! {
    Land = "LAND", "Đất đai", "Land";
    LandUseRight = "LAND.USE_RIGHT", "Cấp giấy chứng nhận", "Land-use certificates";
    LandDispute = "LAND.DISPUTE", "Tranh chấp đất", "Land disputes";
    LandPlan = "LAND.PLAN", "Quy hoạch, kế hoạch sử dụng đất", "Land-use planning";
    LandPublic = "LAND.PUBLIC", "Quỹ đất công ích", "Public land";
    Infra = "INFRA", "Hạ tầng", "Infrastructure";
    InfraRoad = "INFRA.ROAD", "Đường, cầu", "Roads and bridges";
    InfraPower = "INFRA.POWER", "Điện, chiếu sáng", "Power and lighting";
    InfraIrrigation = "INFRA.IRRIGATION", "Thủy lợi, mương thoát nước", "Irrigation and drainage";
    InfraSignal = "INFRA.SIGNAL", "Sóng điện thoại", "Telephone signal";
    Compensation = "COMP", "Bồi thường, hỗ trợ", "Compensation";
    CompensationPrice = "COMP.PRICE", "Đơn giá bồi thường", "Compensation rates";
    CompensationInventory = "COMP.INVENTORY", "Kiểm đếm", "Inventory";
    CompensationPartial = "COMP.PARTIAL", "Thu hồi một phần", "Partial recovery";
    Clearance = "CLEAR", "Giải phóng mặt bằng", "Land clearance";
    ClearanceProgress = "CLEAR.PROGRESS", "Tiến độ", "Progress";
    ClearanceHandover = "CLEAR.HANDOVER", "Bàn giao mặt bằng", "Site handover";
    Resettlement = "RESETTLE", "Tái định cư", "Resettlement";
    ResettlementPlace = "RESETTLE.PLACE", "Nơi tái định cư", "Resettlement site";
    ResettlementInfra = "RESETTLE.INFRA", "Hạ tầng khu tái định cư", "Infrastructure of the site";
    Environment = "ENV", "Môi trường", "Environment";
    EnvironmentWaste = "ENV.WASTE", "Rác thải", "Waste";
    EnvironmentWater = "ENV.WATER", "Nước thải", "Waste water";
    EnvironmentAir = "ENV.AIR", "Khói bụi, mùi", "Air";
    EnvironmentFactory = "ENV.FACTORY", "Nhà máy, cơ sở sản xuất", "Factories";
    Policy = "POLICY", "Chính sách an sinh, người có công", "Social policy";
    PolicyPoorReview = "POLICY.POOR_REVIEW", "Bình xét hộ nghèo", "Review of poor households";
    PolicyMerit = "POLICY.MERIT", "Người có công", "People of merit";
    PolicyRelief = "POLICY.RELIEF", "Cứu trợ", "Relief";
    AdminProc = "ADMIN_PROC", "Thủ tục hành chính", "Administrative procedures";
    AdminProcLate = "ADMIN_PROC.LATE", "Trễ hạn", "Late";
    AdminProcOnline = "ADMIN_PROC.ONLINE", "Làm trực tuyến", "Online";
    Security = "SECURITY", "An ninh trật tự", "Security";
    SecurityTheft = "SECURITY.THEFT", "Trộm cắp", "Theft";
    SecuritySocialEvil = "SECURITY.SOCIAL_EVIL", "Tệ nạn", "Social evils";
    SecurityTraffic = "SECURITY.TRAFFIC", "Trật tự giao thông", "Traffic order";
    WaterSupply = "WATER_SUPPLY", "Nước sạch", "Clean water";
    Construction = "CONSTRUCTION", "Xây dựng, trật tự đô thị", "Construction";
    ConstructionPermit = "CONSTRUCTION.PERMIT", "Giấy phép xây dựng", "Building permits";
    ConstructionSidewalk = "CONSTRUCTION.SIDEWALK", "Vỉa hè, lòng đường", "Pavements";
    TrafficSafety = "TRAFFIC_SAFETY", "An toàn giao thông", "Traffic safety";
    Market = "MARKET", "Chợ, di dời kinh doanh", "Markets";
    ServiceAttitude = "SERVICE_ATTITUDE", "Phục vụ của cơ quan, phiền hà", "Conduct of offices";
    Fund = "FUND", "Quỹ, khoản thu, đóng góp", "Funds and contributions";
    FundSchool = "FUND.SCHOOL", "Trường học", "School";
    FundVillage = "FUND.VILLAGE", "Thôn, tổ dân phố", "Village";
    Democracy = "DEMOCRACY", "Công khai, dân chủ ở cơ sở", "Grassroots democracy";
    Education = "EDUCATION", "Giáo dục", "Education";
    Health = "HEALTH", "Y tế, bảo hiểm y tế", "Health care";
    Labor = "LABOR", "Việc làm, lao động", "Work";
    Agriculture = "AGRI", "Sản xuất nông nghiệp", "Agriculture";
    Culture = "CULTURE", "Văn hóa, thể thao, lễ hội", "Culture and sport";
    BeliefFacility = "BELIEF_FACILITY", "Cơ sở tín ngưỡng (đất đai, xây dựng)", "Places of worship (land, building)";
    Digital = "DIGITAL", "Chuyển đổi số, dịch vụ công", "Digital services";
    Disaster = "DISASTER", "Thiên tai, dịch bệnh, cháy nổ", "Disasters";
    UnitChange = "UNIT_CHANGE", "Sắp xếp đơn vị, giấy tờ sau sáp nhập", "Mergers of units";
    Project = "PROJECT", "Dự án, công trình cụ thể", "A particular project";
    Other = "OTHER", "Việc khác", "Other";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;
    use proptest::prelude::*;

    fn first_level() -> impl Iterator<Item = StandardTopic> {
        StandardTopic::ALL.iter().copied().filter(|topic| topic.parent() == *topic)
    }

    #[test]
    fn every_second_level_topic_has_its_parent() {
        for &topic in StandardTopic::ALL {
            let topic = Topic::from(topic);
            assert_eq!(Topic::from_code(&topic.code()), Some(topic));
            assert!(Topic::from(topic.parent()).is_first_level(), "{topic:?}");
            assert_eq!(topic.is_first_level(), !topic.code().contains('.'), "{topic:?}");
        }
        assert_eq!(first_level().count(), 27);
    }

    #[test]
    fn what_is_no_code_is_none() {
        for code in [
            "",
            "INFRA.",
            "INFRA.0",
            "INFRA.01",
            "INFRA.+1",
            "INFRA. 1",
            "INFRA.1.1",
            "INFRA.ROAD.1",
            "NOWHERE.1",
            "1",
            ".1",
            "INFRA.4294967296",
        ] {
            assert_eq!(Topic::from_code(code), None, "{code}");
        }
        assert_eq!(OwnTopic::new(StandardTopic::InfraRoad, NonZeroU32::MIN), None);
    }

    proptest! {
        #[test]
        fn an_own_code_goes_there_and_back(parent in 0_usize..27, n in 1_u32..) {
            let parent = first_level().nth(parent).unwrap();
            let topic = Topic::Own(OwnTopic::new(parent, NonZeroU32::new(n).unwrap()).unwrap());
            prop_assert_eq!(Topic::from_code(&topic.code()), Some(topic));
            prop_assert_eq!(cbor::decode::<Topic>(&cbor::encode(&topic)).ok(), Some(topic));
            prop_assert_eq!((topic.parent(), topic.is_first_level()), (parent, false));
        }
    }
}
