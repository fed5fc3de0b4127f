//! One visit to a household: an event without free text. What people said and notes are records of their own.

use crate::code_list;
use crate::id::{PersonId, RecordId};
use crate::source::Source;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// The facts of a visit. Its hour is the operation's; its note and its opinions are other records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The household that was visited.
    #[serde(rename = "h")]
    pub household: RecordId,
    /// Whether anybody was met.
    #[serde(rename = "c")]
    pub contact: ContactResult,
    /// What was done there.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<PurposeResult>,
    /// When to come again.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Appointment>,
    /// The day by which an answer to a named opinion was promised.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Date>,
    /// How it came to be recorded.
    #[serde(rename = "s", default, skip_serializing_if = "Source::is_phone_visit")]
    pub source: Source,
    /// Who went, where that is not whose device wrote it: of a paper sheet that was typed in at a desk.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<PersonId>,
}

/// A day, and sometimes an hour, to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// The day.
    #[serde(rename = "d")]
    pub date: Date,
    /// Minutes after midnight, if an hour was agreed.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u16>,
}

code_list! {
    /// Whether anybody was met. Neutral: about contact only.
    ContactResult {
        MetRep = "MET_REP", "Gặp đại diện hộ", "Met the household's representative";
        MetOther = "MET_OTHER", "Gặp thành viên khác", "Met another member";
        NotHome = "NOT_HOME", "Vắng nhà", "Not home";
        Rescheduled = "RESCHEDULED", "Hẹn dịp khác", "Another time was agreed";
        PhoneDone = "PHONE_DONE", "Trao đổi qua điện thoại", "Spoke by telephone";
        NotConvenient = "NOT_CONVENIENT", "Hộ chưa tiện tiếp", "Not convenient now";
        Declined = "DECLINED", "Hộ không muốn trao đổi", "The household does not wish to talk";
        Moved = "MOVED", "Đã chuyển nơi ở", "Moved away";
        NotFound = "NOT_FOUND", "Không tìm thấy địa chỉ", "Address not found";
        Other = "OTHER", "Khác", "Other";
    }
}

impl ContactResult {
    /// Somebody of the household was met at the door. Only these count as "đã gặp".
    pub const fn met(self) -> bool {
        matches!(self, Self::MetRep | Self::MetOther)
    }

    /// Somebody of the household was spoken to, so that an opinion can have been heard.
    pub const fn spoke(self) -> bool {
        self.met() || matches!(self, Self::PhoneDone)
    }
}

code_list! {
    /// What was done at a visit. "Opinion taken" is not among them: it follows from the named opinions, and
    /// an anonymous one leaves no trace on its visit.
    PurposeResult {
        InfoDelivered = "INFO_DELIVERED", "Đã thông tin", "Information given";
        MaterialGiven = "MATERIAL_GIVEN", "Đã phát tài liệu", "Material handed out";
        QuestionAnswered = "QUESTION_ANSWERED", "Đã giải đáp tại chỗ", "Question answered on the spot";
        NeedsSpecialist = "NEEDS_SPECIALIST", "Cần cơ quan chuyên môn giải đáp", "Needs an answer from an agency";
        BallotGiven = "BALLOT_GIVEN", "Đã phát phiếu", "Ballot handed out";
        BallotCollected = "BALLOT_COLLECTED", "Đã thu phiếu", "Ballot collected";
        SurveyDone = "SURVEY_DONE", "Đã khảo sát", "Survey done";
        StepDone = "STEP_DONE", "Đã hoàn thành bước thủ tục", "Step of a procedure completed";
        SupportRequested = "SUPPORT_REQUESTED", "Đề nghị hỗ trợ", "Support requested";
        FollowUp = "FOLLOW_UP", "Cần gặp lại", "To be met again";
        MinutesSigned = "MINUTES_SIGNED", "Đã lập biên bản", "Minutes signed";
    }
}

/// A short note about a visit, in the voice stream, where free text belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The visit it belongs to.
    #[serde(rename = "v")]
    pub visit: RecordId,
}

/// The longest note, in characters.
pub const NOTE_MAX: usize = 500;

/// Who must be called back, apart from what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// The opinion that is owed an answer.
    #[serde(rename = "o")]
    pub opinion: RecordId,
    /// By when an answer was promised.
    #[serde(rename = "q")]
    pub promised: Date,
}

/// Whom to call back: the erasable half of a [`Callback`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackContact {
    /// The household that was promised an answer.
    #[serde(rename = "h")]
    pub household: RecordId,
}
