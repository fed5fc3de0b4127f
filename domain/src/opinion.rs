//! What residents said: organised by issue and place so that it is answered, never about the person who said it.

use crate::code::Lang;
use crate::code_list;
use crate::id::{AreaId, RecordId};
use crate::operation::LegalBasis;
use crate::source::Source;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

/// The facts of a named opinion. Its text and its reporter are parts of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Comes before the text; a complaint or denunciation never gets this far.
    #[serde(rename = "k")]
    pub kind: OpinionKind,
    /// What it is about.
    #[serde(rename = "t")]
    pub topic: Topic,
    /// Whether it can wait.
    #[serde(rename = "u")]
    pub urgency: Urgency,
    /// How it came in.
    #[serde(rename = "s", default, skip_serializing_if = "Source::is_phone_visit")]
    pub source: Source,
}

/// Who said it, kept apart from the text and cut after the reply: the contact part of an [`Opinion`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// The household.
    #[serde(rename = "h")]
    pub household: RecordId,
    /// The visit at which it was said; `None` where it came without one, by telephone, say.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<RecordId>,
}

/// An anonymous or group opinion: a record of its own, without household, visit, recorder, device or time. How it came in
/// is not kept either: only few visits or named opinions may share that with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnonymousOpinion {
    /// The hash of a secret that only the author's phone keeps: the identity of the record.
    #[serde(rename = "i")]
    pub id: SecretHash,
    /// The village.
    #[serde(rename = "a")]
    pub area: AreaId,
    /// The Monday of the week in which it was said; `None` once the period was widened to the campaign.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub week: Option<Date>,
    /// The campaign.
    #[serde(rename = "c")]
    pub campaign: RecordId,
    /// One household, or several together.
    #[serde(rename = "m")]
    pub mode: ReporterMode,
    /// As in a named opinion.
    #[serde(rename = "k")]
    pub kind: OpinionKind,
    /// As in a named opinion.
    #[serde(rename = "t")]
    pub topic: Topic,
    /// An urgent one is released at once, and the phone says so first.
    #[serde(rename = "u")]
    pub urgency: Urgency,
    /// The words.
    #[serde(rename = "x")]
    pub text: String,
    /// Why it may be kept.
    #[serde(rename = "b")]
    pub basis: LegalBasis,
    /// Until when it may be kept.
    #[serde(rename = "e")]
    pub until: Date,
    /// What it corrects.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<Amends>,
}

/// What an anonymous amendment corrects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amends {
    /// As the phone sends it: the secret of the opinion that is corrected. Its hash names that opinion, and knowing it
    /// proves that the phone recorded it. It goes no further than the server.
    #[serde(rename = "s")]
    Proof(ByteBuf),
    /// As it is kept and released: the hash only.
    #[serde(rename = "h")]
    Of(SecretHash),
}

impl Amends {
    /// The identity of the opinion that is corrected.
    pub fn of(&self) -> SecretHash {
        match self {
            Self::Proof(secret) => SecretHash::of(secret),
            Self::Of(id) => *id,
        }
    }
}

/// SHA-256 of a secret of 32 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "ByteBuf", into = "ByteBuf")]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// The bytes, as they stand in keys.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<ByteBuf> for SecretHash {
    type Error = &'static str;
    fn try_from(bytes: ByteBuf) -> Result<Self, Self::Error> {
        <[u8; 32]>::try_from(bytes.as_slice()).map(Self).map_err(|_| "a hash has 32 bytes")
    }
}

impl From<SecretHash> for ByteBuf {
    fn from(hash: SecretHash) -> Self {
        Self::from(hash.0.to_vec())
    }
}

/// The longest opinion, in characters.
pub const TEXT_MAX: usize = 4_000;

/// What is missing from an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpinionError {
    /// The kind was not chosen.
    NoKind,
    /// The topic was not chosen.
    NoTopic,
    /// Nothing was written down.
    NoText,
    /// More than [`TEXT_MAX`] characters.
    TooLong,
}

/// Checks the words of an opinion.
pub fn check_text(text: &str) -> Result<(), OpinionError> {
    if text.trim().is_empty() {
        return Err(OpinionError::NoText);
    }
    if text.chars().count() > TEXT_MAX {
        return Err(OpinionError::TooLong);
    }
    Ok(())
}

code_list! {
    /// What sort of opinion. A complaint (khiếu nại) or denunciation (tố cáo) is none of them and is never kept as one.
    OpinionKind {
        Recommendation = "KIEN_NGHI", "Kiến nghị", "Recommendation";
        Reflection = "PHAN_ANH", "Phản ánh", "Report";
        Wish = "NGUYEN_VONG", "Nguyện vọng", "Wish";
        Question = "CAU_HOI", "Câu hỏi", "Question";
        Proposal = "DE_XUAT", "Đề xuất, hiến kế", "Proposal";
        View = "Y_KIEN", "Ý kiến khác", "Other opinion";
        Thanks = "CAM_ON", "Ghi nhận tích cực, cảm ơn", "Thanks";
    }
}

code_list! {
    /// Whether an opinion can wait.
    Urgency {
        Normal = "NORMAL", "Bình thường", "Normal";
        Urgent = "URGENT", "Gấp", "Urgent";
    }
}

code_list! {
    /// How the speaker is named.
    ReporterMode {
        Named = "NAMED", "Có tên", "Named";
        Anonymous = "ANONYMOUS", "Không nêu tên", "Anonymous";
        Group = "GROUP", "Nhóm hộ", "Group of households";
    }
}

macro_rules! topics {
    ($($variant:ident = $code:literal, $vi:literal, $en:literal;)+) => {
        code_list! {
            /// What an opinion is about, in two levels: the code of a second-level topic begins with its parent's and a full stop.
            Topic { $($variant = $code, $vi, $en;)+ }
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

impl Topic {
    /// The first-level topic: itself, or its parent.
    pub fn parent(self) -> Self {
        let code = self.code();
        code.split_once('.').and_then(|(parent, _)| Self::from_code(parent)).unwrap_or(self)
    }

    /// Whether it is of the first level.
    pub fn is_first_level(self) -> bool {
        !self.code().contains('.')
    }

    /// The second-level topics under a first-level one.
    pub fn children(self) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |topic| *topic != self && topic.parent() == self)
    }

    /// `Hạ tầng, điện, chiếu sáng`: both levels in words.
    pub fn full_label(self, lang: Lang) -> String {
        let parent = self.parent();
        if parent == self { self.label(lang).to_owned() } else { format!("{} · {}", parent.label(lang), self.label(lang)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_level_topic_has_its_parent() {
        for topic in Topic::ALL {
            assert_eq!(Topic::from_code(topic.code()), Some(*topic));
            assert!(topic.parent().is_first_level(), "{topic:?}");
            assert_eq!(topic.is_first_level(), topic.parent() == *topic, "{topic:?}");
        }
        assert_eq!(Topic::Infra.children().count(), 4);
    }

    #[test]
    fn complaints_have_no_code() {
        for code in ["KHIEU_NAI", "TO_CAO", "COMPLAINT", "DENUNCIATION"] {
            assert_eq!(OpinionKind::from_code(code), None);
        }
    }
}
