//! What a team lead says about visits that others made.

use super::Phone;
use super::form::SaveError;
use super::save::Act;
use domain::id::{AreaId, RecordId};
use domain::notebook::VisitLine;
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::person::{Action, Reach};
use domain::time::Date;
use domain::verification::{DayClosing, LOOKS_MAX, Look, Verification, VoidReason};

impl Phone {
    /// Whether this person verifies what others did.
    pub fn verifies(self) -> bool {
        self.me().role.may(Action::Verify) != Reach::No
    }

    /// Confirms visits of a village as they are shown here, or voids them with a reason. One's own are left out, and so are
    /// those beyond [`LOOKS_MAX`].
    pub async fn verify(self, village: AreaId, visits: &[VisitLine], void: Option<VoidReason>) -> Result<(), SaveError> {
        let look = |line: &VisitLine| Some(Look { visit: line.id, version: line.versions.last()?.id });
        let visits: Vec<Look> = visits.iter().filter(|line| !line.own).filter_map(look).take(LOOKS_MAX).collect();
        if visits.is_empty() {
            return Err(SaveError::NoVisit);
        }
        let facts = Verification { visits, void };
        self.say(Kind::Verification, village, Change::Create, |operation| operation.with(Part::Facts, &facts)).await
    }

    /// Closes a day of a village.
    pub async fn close_day(self, village: AreaId, day: Date) -> Result<(), SaveError> {
        self.say(Kind::DayClosing, village, Change::Create, |operation| operation.with(Part::Facts, &DayClosing { day })).await
    }

    /// Takes back what this person said about a visit, or a closing.
    pub async fn unsay(self, kind: Kind, village: AreaId, of: RecordId) -> Result<(), SaveError> {
        self.say(kind, village, Change::Retract { of }, |operation| operation).await
    }

    async fn say(self, kind: Kind, village: AreaId, change: Change, with: impl FnOnce(Operation) -> Operation) -> Result<(), SaveError> {
        let inner = self.inner();
        let ground = inner.notebook.borrow().current().map(domain::campaign::Campaign::ground).ok_or(SaveError::NoCampaign)?;
        let operation = with(Operation::new(inner.header(kind, Stream::Visit, village, change, ground)));
        inner.save(Act { operations: vec![operation], ..Act::default() }).await?;
        Ok(())
    }
}
