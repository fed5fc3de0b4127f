//! What residents said: organised by issue and place so that it is answered, never about the person who said it.

use crate::code_list;
use crate::id::{AreaId, RecordId};
use crate::operation::LegalBasis;
use crate::source::Source;
use crate::time::Date;
pub use crate::topic::Topic;
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

impl AnonymousOpinion {
    /// The record that it is once it is released.
    pub fn record(&self) -> RecordId {
        self.id.record()
    }
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

    /// The record of the opinion once it is released: the beginning of the hash.
    pub fn record(&self) -> RecordId {
        let (first, _) = self.0.split_at(16);
        RecordId::from_bytes(first).unwrap_or(RecordId::new(0, [0; 10]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_have_no_code() {
        for code in ["KHIEU_NAI", "TO_CAO", "COMPLAINT", "DENUNCIATION"] {
            assert_eq!(OpinionKind::from_code(code), None);
        }
    }
}
