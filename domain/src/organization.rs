//! The organisation: whom the members of a team are sent by, and who issues the decision that sets it up.

use crate::cbor;
use crate::code_list;
use crate::id::{AreaId, RecordId};
use crate::register::{Register, Values};
use crate::text::clean;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// An organisation as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its record.
    pub id: RecordId,
    /// "Ủy ban nhân dân xã Tân Khê Vân".
    pub name: String,
    /// What sort.
    pub kind: OrgType,
    /// The unit that it is of.
    pub unit: AreaId,
    /// It is not there any more: kept for the decisions and members that name it, and offered to no new one.
    #[serde(default)]
    pub ended: bool,
}

code_list! {
    /// Types of organisations. Since 1 July 2025 the mass organisations belong to the Front.
    OrgType {
        PeoplesCommittee = "PEOPLES_COMMITTEE", "Ủy ban nhân dân", "People's committee";
        PeoplesCouncil = "PEOPLES_COUNCIL", "Hội đồng nhân dân", "People's council";
        PartyCommittee = "PARTY_COMMITTEE", "Đảng ủy", "Party committee";
        PartyPropaganda = "PARTY_PROPAGANDA", "Ban Tuyên giáo và Dân vận", "Party board for propaganda and mass mobilisation";
        FatherlandFront = "FATHERLAND_FRONT", "Ủy ban Mặt trận Tổ quốc", "Fatherland Front committee";
        Women = "WOMEN", "Hội Liên hiệp Phụ nữ", "Women's union";
        Farmers = "FARMERS", "Hội Nông dân", "Farmers' union";
        Youth = "YOUTH", "Đoàn Thanh niên", "Youth union";
        Veterans = "VETERANS", "Hội Cựu chiến binh", "Veterans' association";
        TradeUnion = "TRADE_UNION", "Công đoàn", "Trade union";
        Police = "POLICE", "Công an", "Police";
        Military = "MILITARY", "Ban chỉ huy quân sự", "Military command";
        SpecialistOffice = "SPECIALIST_OFFICE", "Phòng chuyên môn", "Specialist office";
        PublicServiceCentre = "PUBLIC_SERVICE_CENTER", "Trung tâm Phục vụ hành chính công", "Public service centre";
        LandClearance = "LAND_CLEARANCE", "Tổ chức bồi thường, giải phóng mặt bằng", "Land compensation and clearance";
        CourtProcuracy = "COURT_PROCURACY", "Cơ quan tư pháp", "Court or procuracy";
        Enterprise = "ENTERPRISE", "Doanh nghiệp", "Enterprise";
        Other = "OTHER", "Tổ chức khác", "Other";
    }
}

impl Organization {
    /// As it is stored: every line clean.
    #[must_use]
    pub fn cleaned(self) -> Self {
        Self { name: clean(&self.name), ..self }
    }

    /// Reads the shown values; `None` while its creation has not arrived.
    pub fn read(id: RecordId, state: &Register) -> Option<Self> {
        Some(Self {
            id,
            name: state.read("name")?,
            kind: state.read("kind")?,
            unit: state.read("unit")?,
            ended: state.read("ended").unwrap_or_default(),
        })
    }

    /// Every field with its value in CBOR. All of them are facts.
    pub fn values(&self) -> Values {
        Values::from([
            ("name".to_owned(), ByteBuf::from(cbor::encode(&self.name))),
            ("kind".to_owned(), ByteBuf::from(cbor::encode(&self.kind))),
            ("unit".to_owned(), ByteBuf::from(cbor::encode(&self.unit))),
            ("ended".to_owned(), ByteBuf::from(cbor::encode(&self.ended))),
        ])
    }
}
