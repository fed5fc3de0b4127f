//! The campaign, and who works where in it. Workflow records: the server orders their changes.

use crate::code_list;
use crate::id::{AreaId, RecordId};
use crate::operation::{Ground, LegalBasis};
use crate::share::Share;
use crate::text::{clean, clean_lines};
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// A campaign: why people are visited, for how long, and on which legal ground what they say is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its record.
    pub id: RecordId,
    /// "Mở rộng đường liên thôn, đợt 2 năm 2026".
    pub title: String,
    /// What residents are told it is for.
    pub purpose: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Why personal data may be handled.
    pub basis: LegalBasis,
    /// The legal text relied on, in words, for the privacy notice.
    pub basis_text: String,
    /// The day after which its records are to be erased.
    pub until: Date,
    /// The day after which it is to be cut who said something and whom to call back, where that is earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_until: Option<Date>,
    /// Whether it runs.
    pub state: CampaignState,
}

code_list! {
    /// Whether a campaign runs.
    CampaignState {
        Draft = "DRAFT", "Nháp", "Draft";
        Active = "ACTIVE", "Đang chạy", "Running";
        Closed = "CLOSED", "Đã kết thúc", "Closed";
    }
}

/// What is wrong with a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignError {
    /// It has no title.
    NoTitle,
    /// It says no purpose: personal data may be collected for a stated purpose only (Law 91/2025/QH15, article 3).
    NoPurpose,
    /// It ends before it begins.
    Dates,
    /// Retention ends before the campaign does, or that of whom to call back after all other.
    Retention,
}

impl Campaign {
    /// As it is stored: every line clean.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let (title, purpose, basis_text) = (clean(&self.title), clean_lines(&self.purpose), clean_lines(&self.basis_text));
        Self { title, purpose, basis_text, ..self }
    }

    /// Says what is wrong, before anything is stored.
    pub fn check(&self) -> Result<(), CampaignError> {
        if self.title.trim().is_empty() {
            return Err(CampaignError::NoTitle);
        }
        if self.purpose.trim().is_empty() {
            return Err(CampaignError::NoPurpose);
        }
        if self.to < self.from {
            return Err(CampaignError::Dates);
        }
        if self.until < self.to || self.contact_until.is_some_and(|until| until < self.to || until > self.until) {
            return Err(CampaignError::Retention);
        }
        Ok(())
    }

    /// The ground that stands on every record written for it.
    pub const fn ground(&self) -> Ground {
        Ground { campaign: Some(self.id), basis: self.basis, until: self.until }
    }

    /// May go from one state to the next: a closed campaign stays closed.
    pub const fn may_become(&self, next: CampaignState) -> bool {
        matches!((self.state, next), (CampaignState::Draft, CampaignState::Active) | (CampaignState::Active, CampaignState::Closed))
    }
}

/// A village given to a team in a campaign, or chosen households of it to one member. Work, not secrecy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Its record.
    pub id: RecordId,
    /// In which campaign.
    pub campaign: RecordId,
    /// To whom.
    pub team: RecordId,
    /// Which village.
    pub village: AreaId,
    /// Until when it should be done.
    pub due: Option<Date>,
    /// Taken back.
    pub ended: bool,
    /// Only these households, and who goes to them; without it the whole village is the team's. A build from before it
    /// reads the village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}
