//! Every page of the field app and its address behind `/app`.

use app::platform::dom;
use app::platform::history::{self, BASE};
use domain::household;
use domain::id::{AreaId, PersonId, RecordId};
use domain::notebook::Filter;
use domain::time::Date;
use leptos::prelude::*;

/// A page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// What is left, who is due.
    Today,
    /// The list of households.
    Households(Filter),
    /// A household to be added.
    NewHousehold,
    /// A household's page.
    Household(RecordId),
    /// Its fields, to correct.
    EditHousehold(RecordId),
    /// One field on which people disagree.
    Decide(RecordId, &'static str),
    /// A visit that is being written.
    Write(Writing),
    /// The nth opinion of it, counted from 0.
    Opinion(Writing, usize),
    /// Complaints and denunciations are not recorded here.
    Stop(Writing),
    /// A saved visit.
    Visit(RecordId),
    /// What one's team did, and the days to verify.
    Team,
    /// What one of them did.
    Member(PersonId),
    /// One day of a village, to verify.
    Day(AreaId, Date),
    /// The meetings.
    Meetings,
    /// The header of one, to correct.
    EditMeeting(RecordId),
    /// Its conclusion.
    EndMeeting(RecordId),
    /// What was written on this phone.
    Entries,
    /// Sending and receiving.
    Sync,
    /// Letters, colours, language, notebooks.
    Settings,
    /// What opens the notebook, to change it.
    Secret,
    /// A code for another notebook on this phone.
    Enrol,
}

/// Which visit is being written, or which meeting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writing {
    /// A new one at this household.
    New(RecordId),
    /// A correction of this visit.
    Amend(RecordId),
    /// A correction of a note or named opinion, beside its visit.
    Said { visit: RecordId, said: RecordId },
    /// A correction of an opinion without a name, by its name on this phone.
    Unnamed(u128),
    /// A meeting that is to be opened.
    NewMeeting,
    /// What of a meeting is not saved yet: opinions without a kind, counts, the conclusion.
    Meeting(RecordId),
    /// A correction of an opinion of a meeting.
    SaidThere { meeting: RecordId, said: RecordId },
}

impl Writing {
    /// The key of its draft.
    pub fn key(self) -> String {
        match self {
            Self::New(household) => format!("visit/{household}"),
            Self::Amend(visit) => format!("amend/{visit}"),
            Self::Said { visit, said } => format!("said/{visit}/{said}"),
            Self::Unnamed(key) => format!("unnamed/{key:032x}"),
            Self::NewMeeting => "meeting/new".to_owned(),
            Self::Meeting(meeting) => format!("meeting/{meeting}"),
            Self::SaidThere { meeting, said } => format!("there/{meeting}/{said}"),
        }
    }

    fn path(self) -> String {
        match self {
            Self::New(household) => format!("/household/{household}/visit"),
            Self::Amend(visit) => format!("/visit/{visit}/amend"),
            Self::Said { visit, said } => format!("/visit/{visit}/said/{said}"),
            Self::Unnamed(key) => format!("/unnamed/{key:032x}"),
            Self::NewMeeting => "/meeting/new".to_owned(),
            Self::Meeting(meeting) => format!("/meeting/{meeting}"),
            Self::SaidThere { meeting, said } => format!("/meeting/{meeting}/said/{said}"),
        }
    }

    /// Something that was said, and nothing of its visit, is corrected.
    pub const fn of_said(self) -> bool {
        matches!(self, Self::Said { .. } | Self::Unnamed(_) | Self::SaidThere { .. })
    }

    /// A meeting, or what was said at one.
    pub const fn at_meeting(self) -> bool {
        matches!(self, Self::NewMeeting | Self::Meeting(_) | Self::SaidThere { .. })
    }

    /// Where one came from.
    pub const fn origin(self) -> Place {
        match self {
            Self::New(household) => Place::Household(household),
            Self::Amend(visit) | Self::Said { visit, .. } => Place::Visit(visit),
            Self::Unnamed(_) => Place::Entries,
            Self::NewMeeting | Self::Meeting(_) => Place::Meetings,
            Self::SaidThere { meeting, .. } => Place::Write(Self::Meeting(meeting)),
        }
    }
}

/// The key of the draft of a household that is corrected, or of the one that is added.
pub fn household_key(id: Option<RecordId>) -> String {
    id.map_or("household/new".to_owned(), |id| format!("household/{id}"))
}

impl Place {
    /// The key of the draft that is written here, and where one came from; from a meeting's pages to the meeting, which is
    /// there whether or not anything of it is unsaved.
    pub fn draft(self) -> Option<(String, Self)> {
        Some(match self {
            Self::NewHousehold => (household_key(None), Self::Households(Filter::All)),
            Self::EditHousehold(id) => (household_key(Some(id)), Self::Household(id)),
            Self::Write(writing @ Writing::Meeting(_))
            | Self::Opinion(writing @ Writing::Meeting(_), _)
            | Self::Stop(writing @ Writing::Meeting(_)) => (writing.key(), Self::Write(writing)),
            Self::EditMeeting(id) | Self::EndMeeting(id) => (Writing::Meeting(id).key(), Self::Write(Writing::Meeting(id))),
            Self::Write(writing) | Self::Opinion(writing, _) | Self::Stop(writing) => (writing.key(), writing.origin()),
            _ => return None,
        })
    }

    /// The page that goes on with a draft; `None` for one of a later build.
    pub fn of_draft(key: &str) -> Option<Self> {
        Some(match key.split_once('/')? {
            ("visit", id) => Self::Write(Writing::New(id.parse().ok()?)),
            ("amend", id) => Self::Write(Writing::Amend(id.parse().ok()?)),
            ("said", ids) => {
                let (visit, said) = ids.split_once('/')?;
                Self::Write(Writing::Said { visit: visit.parse().ok()?, said: said.parse().ok()? })
            }
            ("meeting", "new") => Self::Write(Writing::NewMeeting),
            ("meeting", id) => Self::Write(Writing::Meeting(id.parse().ok()?)),
            ("there", ids) => {
                let (meeting, said) = ids.split_once('/')?;
                Self::Write(Writing::SaidThere { meeting: meeting.parse().ok()?, said: said.parse().ok()? })
            }
            ("unnamed", key) => Self::Write(Writing::Unnamed(u128::from_str_radix(key, 16).ok()?)),
            ("household", "new") => Self::NewHousehold,
            ("household", id) => Self::EditHousehold(id.parse().ok()?),
            _ => return None,
        })
    }

    /// The address behind `/app`.
    pub fn path(self) -> String {
        match self {
            Self::Today => "/".to_owned(),
            Self::Households(Filter::All) => "/households".to_owned(),
            Self::Households(Filter::Mine) => "/households?show=mine".to_owned(),
            Self::Households(Filter::Left) => "/households?show=left".to_owned(),
            Self::Households(Filter::Due) => "/households?show=due".to_owned(),
            Self::NewHousehold => "/household/new".to_owned(),
            Self::Household(id) => format!("/household/{id}"),
            Self::EditHousehold(id) => format!("/household/{id}/edit"),
            Self::Decide(id, field) => format!("/household/{id}/decide/{field}"),
            Self::Write(writing) => writing.path(),
            Self::Opinion(writing, n) => format!("{}/opinion/{n}", writing.path()),
            Self::Stop(writing) => format!("{}/stop", writing.path()),
            Self::Visit(id) => format!("/visit/{id}"),
            Self::Team => "/team".to_owned(),
            Self::Member(person) => format!("/team/{person}"),
            Self::Day(village, day) => format!("/team/{village}/{}", day.iso()),
            Self::Meetings => "/meetings".to_owned(),
            Self::EditMeeting(id) => format!("/meeting/{id}/edit"),
            Self::EndMeeting(id) => format!("/meeting/{id}/end"),
            Self::Entries => "/entries".to_owned(),
            Self::Sync => "/sync".to_owned(),
            Self::Settings => "/settings".to_owned(),
            Self::Secret => "/settings/secret".to_owned(),
            Self::Enrol => "/enrol".to_owned(),
        }
    }

    /// The whole address, for a link.
    pub fn href(self) -> String {
        format!("{BASE}{}", self.path())
    }

    /// Reads an address behind `/app`; one that leads nowhere leads to the first page.
    pub fn read(address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        Self::find(&steps, query).unwrap_or(Self::Today)
    }

    fn find(steps: &[&str], query: &str) -> Option<Self> {
        Some(match steps {
            ["households"] => Self::Households(match query {
                "show=mine" => Filter::Mine,
                "show=left" => Filter::Left,
                "show=due" => Filter::Due,
                _ => Filter::All,
            }),
            ["household", "new"] => Self::NewHousehold,
            ["household", id] => Self::Household(id.parse().ok()?),
            ["household", id, "edit"] => Self::EditHousehold(id.parse().ok()?),
            ["household", id, "decide", field] => {
                let (name, _) = household::FIELDS.iter().find(|(name, _)| name == field)?;
                Self::Decide(id.parse().ok()?, name)
            }
            ["household", id, "visit", rest @ ..] => Self::writing(Writing::New(id.parse().ok()?), rest)?,
            ["visit", id] => Self::Visit(id.parse().ok()?),
            ["visit", id, "amend", rest @ ..] => Self::writing(Writing::Amend(id.parse().ok()?), rest)?,
            ["visit", visit, "said", said, rest @ ..] => {
                Self::writing(Writing::Said { visit: visit.parse().ok()?, said: said.parse().ok()? }, rest)?
            }
            ["team"] => Self::Team,
            ["team", person] => Self::Member(person.parse().ok()?),
            ["team", village, day] => Self::Day(village.parse().ok()?, Date::read(day)?),
            ["meetings"] => Self::Meetings,
            ["meeting", "new"] => Self::Write(Writing::NewMeeting),
            ["meeting", id, "edit"] => Self::EditMeeting(id.parse().ok()?),
            ["meeting", id, "end"] => Self::EndMeeting(id.parse().ok()?),
            ["meeting", meeting, "said", said] => {
                Self::Write(Writing::SaidThere { meeting: meeting.parse().ok()?, said: said.parse().ok()? })
            }
            ["meeting", id, rest @ ..] => Self::writing(Writing::Meeting(id.parse().ok()?), rest)?,
            ["unnamed", key, rest @ ..] => Self::writing(Writing::Unnamed(u128::from_str_radix(key, 16).ok()?), rest)?,
            ["entries"] => Self::Entries,
            ["sync"] => Self::Sync,
            ["settings"] => Self::Settings,
            ["settings", "secret"] => Self::Secret,
            ["enrol"] => Self::Enrol,
            _ => return None,
        })
    }

    fn writing(writing: Writing, rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::Write(writing),
            ["opinion", n] => Self::Opinion(writing, n.parse().ok()?),
            ["stop"] => Self::Stop(writing),
            _ => return None,
        })
    }
}

/// What a scanned code is called behind the address's hash.
pub const CODE: &str = "enrol";

/// Where the reader is, and how to get elsewhere.
#[derive(Clone, Copy)]
pub struct Way {
    place: RwSignal<Place>,
}

impl Way {
    /// Begins where the address says and follows it.
    pub fn begin() -> Self {
        let place = RwSignal::new(Self::here());
        history::listen(move || {
            let next = Self::here();
            if place.try_get_untracked() != Some(next) {
                place.try_set(next);
            }
        });
        Self { place }
    }

    /// A scanned code leads to the page that takes it, whatever the address before it.
    fn here() -> Place {
        if dom::fragment(CODE).is_some() { Place::Enrol } else { Place::read(&history::here()) }
    }

    /// The page that is shown.
    pub fn place(self) -> Place {
        self.place.get()
    }

    /// The page that is shown, read once.
    pub fn place_untracked(self) -> Place {
        self.place.try_get_untracked().unwrap_or(Place::Today)
    }

    /// Goes to a page that takes the place of this one, so that "back" does not return here.
    pub fn replace(self, place: Place) {
        history::replace(&place.href());
        self.place.try_set(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn every_page_is_found_under_its_address() {
        let id = RecordId::new(1, [1; 10]);
        let mut places = vec![
            Place::Today,
            Place::NewHousehold,
            Place::Household(id),
            Place::EditHousehold(id),
            Place::Decide(id, "people"),
            Place::Visit(id),
            Place::Team,
            Place::Member(id.into()),
            Place::Day(id.into(), Date::MIN.plus(20_000)),
            Place::Meetings,
            Place::EditMeeting(id),
            Place::EndMeeting(id),
            Place::Write(Writing::NewMeeting),
            Place::Write(Writing::SaidThere { meeting: id, said: id }),
            Place::Entries,
            Place::Sync,
            Place::Settings,
            Place::Secret,
            Place::Enrol,
        ];
        places.extend([Filter::All, Filter::Mine, Filter::Left, Filter::Due].map(Place::Households));
        let other = RecordId::new(2, [2; 10]);
        for writing in
            [Writing::New(id), Writing::Amend(id), Writing::Said { visit: id, said: other }, Writing::Unnamed(7), Writing::Meeting(id)]
        {
            let write = Place::Write(writing);
            assert_eq!(write.draft().and_then(|(key, _)| Place::of_draft(&key)), Some(write));
            places.extend([Place::Write(writing), Place::Opinion(writing, 2), Place::Stop(writing)]);
        }
        for place in places {
            assert_eq!(Place::read(&place.path()), place);
        }
        let there = Place::Write(Writing::SaidThere { meeting: id, said: other });
        for place in [Place::NewHousehold, Place::EditHousehold(id), Place::Write(Writing::NewMeeting), there] {
            assert_eq!(place.draft().and_then(|(key, _)| Place::of_draft(&key)), Some(place));
        }
        for lost in ["/nowhere", "/household/x", "/household/new/edit", "//"] {
            assert_eq!(Place::read(lost), Place::Today, "{lost}");
        }
    }
}
