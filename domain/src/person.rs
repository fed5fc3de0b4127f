//! People who work with the product, their roles, and what a role may do: the one table role × action × reach.

use crate::code_list;
use crate::id::{AreaId, PersonId};
use crate::operation::{Scope, Stream};
use crate::text;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Somebody who works with the product. Residents are never persons here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their record.
    pub id: PersonId,
    /// Display name.
    pub name: String,
    /// A key to sort the name by, where its last word is not the given name ("Thanh" for "Y Thanh Niê").
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sort: String,
    /// What they may do.
    pub role: Role,
    /// The unit that the role is for.
    pub unit: AreaId,
    /// No longer works here.
    #[serde(default)]
    pub left: bool,
}

impl Person {
    /// As it is stored: every line clean.
    #[must_use]
    pub fn cleaned(self) -> Self {
        Self { name: text::clean(&self.name), sort: text::clean(&self.sort), ..self }
    }

    /// The order of people in a list: see [`text::by_given_name`].
    pub fn by_name(&self, other: &Self) -> Ordering {
        text::by_given_name((self.name.as_str(), self.sort.as_str()), (other.name.as_str(), other.sort.as_str()))
            .then_with(|| self.id.cmp(&other.id))
    }
}

code_list! {
    /// A role bundles actions and grants.
    Role {
        FieldMember = "FIELD_MEMBER", "Thành viên tổ", "Team member";
        TeamLead = "TEAM_LEAD", "Tổ trưởng", "Team lead";
        VillageHead = "VILLAGE_HEAD", "Trưởng thôn, tổ trưởng dân phố", "Village head";
        FrontRep = "FRONT_REP", "Trưởng ban công tác Mặt trận", "Front representative";
        Officer = "COMMUNE_OFFICER", "Cán bộ dân vận, văn phòng xã", "Commune officer";
        Reception = "RECEPTION_OFFICER", "Người tiếp công dân", "Reception officer";
        Agency = "AGENCY_HANDLER", "Cơ quan xử lý", "Handling agency";
        Leader = "LEADER", "Lãnh đạo xã", "Commune leader";
        Province = "PROVINCE_VIEWER", "Cấp tỉnh", "Province";
        Dpo = "DPO", "Bộ phận bảo vệ dữ liệu", "Data-protection officer";
        Admin = "SYS_ADMIN", "Quản trị", "Administrator";
        Auditor = "AUDITOR", "Giám sát", "Auditor";
    }
}

/// Everything that a route of the server can do. Every route names exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Push and pull with an enrolled phone.
    Sync,
    /// See and change the unit tree.
    Units,
    /// See and change people and their roles.
    People,
    /// See people's names, units and teams, to work with them.
    Directory,
    /// Issue enrolment codes, see and revoke devices.
    Devices,
    /// See and change campaigns, organisations, code lists, teams and assignments, and hand work over.
    Campaigns,
    /// Bring in a household roll.
    ImportRoll,
    /// Type in what arrives otherwise: paper sheets, telephone, box, group chats, portal.
    Typing,
    /// Read households with names.
    Households,
    /// Add a household to the book, correct one, decide between two values.
    KeepBook,
    /// Read visits.
    Visits,
    /// Confirm visits that others made, void them, close a day.
    Verify,
    /// Read opinions.
    Opinions,
    /// Read meetings: what they came to, and who wrote them down.
    Meetings,
    /// Read counts.
    Coverage,
    /// Take lists out of the product, without names and phones.
    Export,
    /// Take households out with names and phones, for a reason that is logged. Only whoever keeps the book: it is their
    /// duty to print route lists and invitations; leaders and provinces work with figures, field people and those who look
    /// after the system take nothing out.
    ExportNames,
    /// Take all of the data out, names and words included.
    TakeOut,
    /// See and read what was quarantined, have it judged again, put it aside.
    Quarantine,
    /// See who read and changed what.
    AccessLog,
    /// Make the organisation's recovery key.
    RecoveryKey,
    /// See which phones ask to be opened, and open one with two sheets of the recovery key. Of those who keep the sheets, and
    /// of the administrator, at whose desk they may meet; a sheet is asked for in any case.
    Reopen,
    /// See and write down incidents with personal data.
    Incidents,
    /// Have parts of a record deleted everywhere and for ever, and see which phones still owe it. Of an officer, who sees what a
    /// record says, and of the data-protection officer, whom somebody may have asked.
    Erase,
}

/// How far a role may go with an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    No,
    /// The areas of one's grants.
    Granted,
    /// The unit of one's role and every unit below it.
    Unit,
    /// The whole server.
    All,
}

impl Role {
    /// The table: what each role may do, and how far. No server checks a right any other way.
    pub const fn may(self, action: Action) -> Reach {
        use Action::{
            AccessLog, Campaigns, Coverage, Devices, Directory, Erase, Export, ExportNames, Households, ImportRoll, Incidents, KeepBook,
            Meetings, Opinions, People, Quarantine, RecoveryKey, Reopen, Sync, TakeOut, Typing, Units, Verify, Visits,
        };
        match (self, action) {
            (Self::FieldMember | Self::TeamLead | Self::VillageHead | Self::FrontRep, Sync) => Reach::Granted,
            (Self::TeamLead | Self::VillageHead, Verify) => Reach::Granted,
            (
                Self::Officer,
                Directory | Devices | Campaigns | ImportRoll | Typing | Households | KeepBook | Visits | Opinions | Meetings | Coverage
                | Export | ExportNames | TakeOut | Quarantine | Units | Verify | Erase,
            ) => Reach::Unit,
            (Self::Leader, Directory | Coverage | Opinions | Meetings | Reopen) => Reach::Unit,
            (Self::Province, Coverage) => Reach::Unit,
            (Self::Admin, Units | People | Directory | Devices | RecoveryKey | Reopen | Incidents) => Reach::All,
            // The names of colleagues are what the log is about.
            (Self::Auditor | Self::Dpo, AccessLog | Directory) => Reach::All,
            (Self::Dpo, Reopen | Incidents | Erase) => Reach::All,
            _ => Reach::No,
        }
    }

    /// Works on a phone with grants, not at a desk with a session.
    pub fn is_field(self) -> bool {
        self.may(Action::Sync) != Reach::No
    }
}

/// The right to read or write one stream of one area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// Which stream of which area.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// May be pulled.
    #[serde(rename = "r")]
    pub read: bool,
    /// Operations are applied.
    #[serde(rename = "w")]
    pub write: bool,
}

/// All grants that one person held at one time. Every change makes a new version; operations name the one they were written under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantSet {
    /// Counts up from 1 for each person.
    pub version: u32,
    /// In ascending order, one for each scope.
    pub grants: Vec<Grant>,
}

impl GrantSet {
    /// May the holder's operations in this scope be applied?
    pub fn may_write(&self, scope: Scope) -> bool {
        self.grants.iter().any(|g| g.scope == scope && g.write)
    }

    /// May the holder pull this scope?
    pub fn may_read(&self, scope: Scope) -> bool {
        self.grants.iter().any(|g| g.scope == scope && g.read)
    }

    /// What a field role needs for its villages, and units, teams, campaigns and assignments of their commune, and of what
    /// it and they came from, to read.
    /// Members write what people said and do not read it back; a lead reads it.
    pub fn for_field(version: u32, role: Role, communes: &[AreaId], villages: &[AreaId]) -> Self {
        let lead = matches!(role, Role::TeamLead | Role::VillageHead);
        let grant = |area, stream, read, write| Grant { scope: Scope { area, stream }, read, write };
        let mut grants: Vec<Grant> = communes.iter().map(|commune| grant(*commune, Stream::Roll, true, false)).collect();
        for &village in villages {
            grants.extend([
                grant(village, Stream::Roll, true, true),
                grant(village, Stream::Visit, true, true),
                grant(village, Stream::Voice, lead, true),
                grant(village, Stream::Callback, true, true),
            ]);
        }
        grants.sort_unstable();
        grants.dedup_by_key(|g| g.scope);
        Self { version, grants }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_stays_away_from_those_who_need_none() {
        for role in [Role::Admin, Role::Auditor, Role::Dpo, Role::Province, Role::Agency] {
            for action in [
                Action::Households,
                Action::Visits,
                Action::Opinions,
                Action::Meetings,
                Action::Export,
                Action::ExportNames,
                Action::Typing,
                Action::Sync,
                Action::Quarantine,
            ] {
                assert_eq!(role.may(action), Reach::No, "{role:?} {action:?}");
            }
        }
        let takes_names = |role: &&Role| role.may(Action::ExportNames) != Reach::No;
        assert_eq!(Role::ALL.iter().filter(takes_names).collect::<Vec<_>>(), [&Role::Officer]);
        // Whoever takes all of it out reads all of it at work; an administrator keeps the server and has no content.
        let takes_out = |role: &&Role| role.may(Action::TakeOut) != Reach::No;
        assert_eq!(Role::ALL.iter().filter(takes_out).collect::<Vec<_>>(), [&Role::Officer]);
        assert_eq!(Role::FieldMember.may(Action::Export), Reach::No);
        // Whoever makes the key has no more of it than anybody else: the private half is on paper.
        for role in Role::ALL {
            let makes = if *role == Role::Admin { Reach::All } else { Reach::No };
            let opens = match role {
                Role::Admin | Role::Dpo => Reach::All,
                Role::Leader => Reach::Unit,
                _ => Reach::No,
            };
            assert_eq!((role.may(Action::RecoveryKey), role.may(Action::Reopen)), (makes, opens), "{role:?}");
        }
        assert_eq!(Role::Officer.may(Action::People), Reach::No);
        assert_eq!((Role::Officer.may(Action::Meetings), Role::Leader.may(Action::Meetings)), (Reach::Unit, Reach::Unit));
    }

    #[test]
    fn members_write_voices_and_leads_read_them() {
        let (commune, village) = (AreaId::new(1, [1; 10]), AreaId::new(2, [2; 10]));
        let voice = Scope { area: village, stream: Stream::Voice };
        let member = GrantSet::for_field(1, Role::FieldMember, &[commune], &[village]);
        assert_eq!((member.may_read(voice), member.may_write(voice)), (false, true));
        let lead = GrantSet::for_field(1, Role::TeamLead, &[commune], &[village, village]);
        assert_eq!((lead.may_read(voice), lead.grants.len()), (true, 5));
        assert!(!member.may_write(Scope { area: commune, stream: Stream::Roll }));
    }
}
