//! Units, people, campaigns, organisations, teams, assignments and codes: what nearly every page names.

use crate::fetched::Fetched;
use crate::session::{session, words};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::code_book::{CodeBook, CodeEntry};
use domain::id::{AreaId, PersonId, RecordId};
use domain::office::{PersonRow, Seen};
use domain::organization::Organization;
use domain::person::Action;
use domain::succession::Lineage;
use domain::team::Team;
use domain::text;
use domain::unit::{Level, Unit};
use leptos::prelude::*;
use std::sync::Arc;

/// The working parts within reach, each with its revision. Given to every page as context.
#[derive(Clone, Copy)]
pub struct Directory {
    /// The unit tree.
    pub units: Fetched<Vec<Seen<Unit>>>,
    /// Everybody who works here.
    pub people: Fetched<Vec<Seen<PersonRow>>>,
    /// Campaigns, the newest first.
    pub campaigns: Fetched<Vec<Seen<Campaign>>>,
    /// Organisations.
    pub organizations: Fetched<Vec<Seen<Organization>>>,
    /// Teams.
    pub teams: Fetched<Vec<Seen<Team>>>,
    /// Which village is given to which team.
    pub assignments: Fetched<Vec<Seen<Assignment>>>,
    /// What the commune has said about codes.
    pub codes: Fetched<Vec<Seen<CodeEntry>>>,
    /// The same as a book, made once for all the rows that name a code.
    book: Memo<Arc<CodeBook>>,
}

impl Directory {
    /// Fetches all of it, for roles that may see it.
    pub fn new() -> Self {
        let allowed = session().may(Action::Directory);
        let at = move |path: &'static str| move || allowed.then(|| path.to_owned());
        let codes = Fetched::new(at("codes"));
        Self {
            units: Fetched::new(at("units")),
            people: Fetched::new(at("people")),
            campaigns: Fetched::new(at("campaigns")),
            organizations: Fetched::new(at("organizations")),
            teams: Fetched::new(at("teams")),
            assignments: Fetched::new(at("assignments")),
            codes,
            book: Memo::new(move |_| Arc::new(CodeBook::of(values(codes)))),
        }
    }

    /// The villages of today in natural order ("Thôn 2" before "Thôn 10").
    pub fn villages(self) -> Vec<Unit> {
        let stands = |unit: &Unit| unit.level == Level::Village && unit.succession.is_none();
        let mut villages: Vec<Unit> = values(self.units).into_iter().filter(stands).collect();
        villages.sort_by(|a, b| text::natural(&a.name, &b.name));
        villages
    }

    /// The assignments of a campaign that have not ended.
    pub fn given(self, campaign: Option<RecordId>) -> Vec<Seen<Assignment>> {
        let all = self.assignments.here().unwrap_or_default();
        all.into_iter().filter(|seen| Some(seen.value.campaign) == campaign && !seen.value.ended).collect()
    }

    /// The villages that a campaign gives to nobody.
    pub fn free(self, campaign: Option<RecordId>) -> Vec<Unit> {
        let given: Vec<AreaId> = self.given(campaign).into_iter().map(|seen| seen.value.village).collect();
        let lineage = Lineage::of(values(self.units).iter());
        self.villages().into_iter().filter(|unit| !lineage.is_covered(unit.id, &given)).collect()
    }

    /// Whether all of it is here that says which village is given to nobody.
    pub fn knows_free(self) -> bool {
        self.units.here().is_some() && self.campaigns.here().is_some() && self.assignments.here().is_some()
    }

    /// The name of a unit, empty if it is not known here.
    pub fn unit_name(self, id: AreaId) -> String {
        values(self.units).into_iter().find(|unit| unit.id == id).map(|unit| unit.name).unwrap_or_default()
    }

    /// The name of a village, and what it is called since it was merged or split.
    pub fn village_name(self, id: AreaId) -> String {
        let now = Lineage::of(values(self.units).iter()).now(id);
        let name = self.unit_name(id);
        if now == id { name } else { (words().now_called)(&name, &self.unit_name(now)) }
    }

    /// What is offered for something new, and what topics are called.
    pub fn code_book(self) -> Arc<CodeBook> {
        self.book.get()
    }

    /// The name of a team.
    pub fn team_name(self, id: RecordId) -> String {
        values(self.teams).into_iter().find(|team| team.id == id).map(|team| team.name).unwrap_or_default()
    }

    /// People by given name, those who left behind the others.
    pub fn everybody(self) -> Vec<Seen<PersonRow>> {
        let mut people = self.people.here().unwrap_or_default();
        people.sort_by(|a, b| {
            let (a, b) = (&a.value.person, &b.value.person);
            a.left.cmp(&b.left).then_with(|| a.by_name(b))
        });
        people
    }

    /// The name of a person.
    pub fn person_name(self, id: PersonId) -> String {
        values(self.people).into_iter().find(|row| row.person.id == id).map(|row| row.person.name).unwrap_or_default()
    }

    /// The campaign that the address names, else the newest running one, else the newest.
    pub fn campaign(self, named: Option<RecordId>) -> Option<Campaign> {
        let all = values(self.campaigns);
        let find = |wanted: &dyn Fn(&Campaign) -> bool| all.iter().find(|campaign| wanted(campaign)).cloned();
        match named {
            Some(id) => find(&|campaign| campaign.id == id),
            None => find(&|campaign| campaign.state == CampaignState::Active).or_else(|| all.first().cloned()),
        }
    }
}

/// The values of a list without their revisions; none while it is not here.
pub fn values<T>(list: Fetched<Vec<Seen<T>>>) -> Vec<T>
where
    Seen<T>: serde::de::DeserializeOwned,
    T: Clone + Send + Sync + 'static,
{
    list.here().unwrap_or_default().into_iter().map(|seen| seen.value).collect()
}

/// The directory of this session.
pub fn directory() -> Directory {
    use_context().unwrap_or_else(Directory::new)
}
