//! The team: set up by a decision, with a lead and members from several organisations.

use crate::cbor;
use crate::code_list;
use crate::id::{PersonId, RecordId};
use crate::register::{Register, Values};
use crate::short::{Map, Set};
use crate::text::clean;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A team as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its record.
    pub id: RecordId,
    /// "Tổ dân vận thôn Đồng Cừ".
    pub name: String,
    /// The number of the decision that set it up, as printed on it.
    pub decision_no: String,
    /// The date of that decision.
    pub decision_date: Option<Date>,
    /// Who set it up, and for how long.
    #[serde(default)]
    pub mandate: Mandate,
    /// Who leads: the one whose duty is [`Duty::Head`].
    pub lead: Option<PersonId>,
    /// Everyone in it, the lead included.
    pub members: Set<PersonId>,
    /// How members stand in it; nothing about a plain member of whom no organisation is known.
    #[serde(default)]
    pub posts: Map<PersonId, Post>,
}

/// Who set a team up, and for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// The organisation that issued the decision.
    #[serde(default)]
    pub issuer: Option<RecordId>,
    /// The first day of its work; `None` for at once.
    #[serde(default)]
    pub from: Option<Date>,
    /// The last day; `None` until it is ended.
    #[serde(default)]
    pub to: Option<Date>,
}

/// How somebody stands in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Never [`Duty::Head`]: that is [`Team::lead`], of whom there is one.
    pub duty: Duty,
    /// The organisation that sent them.
    #[serde(default)]
    pub organization: Option<RecordId>,
}

impl Post {
    /// A plain member of whom no organisation is known.
    pub const PLAIN: Self = Self { duty: Duty::Member, organization: None };
}

code_list! {
    /// What somebody has to do in a team.
    Duty {
        Head = "HEAD", "Tổ trưởng", "Head";
        Deputy = "DEPUTY", "Tổ phó", "Deputy";
        Secretary = "SECRETARY", "Thư ký", "Secretary";
        Member = "MEMBER", "Thành viên", "Member";
        RespectedPerson = "RESPECTED_PERSON", "Người có uy tín", "Respected person";
        Interpreter = "INTERPRETER", "Người phiên dịch", "Interpreter";
    }
}

/// What is wrong with a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamError {
    /// It has no name.
    NoName,
    /// It ends before it begins.
    Dates,
    /// It has members and nobody leads it.
    NoHead,
    /// Somebody has a duty who is not in it, or a second one leads it.
    Duties,
}

impl Team {
    /// As it is stored: every line clean.
    #[must_use]
    pub fn cleaned(self) -> Self {
        Self { name: clean(&self.name), decision_no: clean(&self.decision_no), ..self }
    }

    /// Says what is wrong, before anything is stored.
    pub fn check(&self) -> Result<(), TeamError> {
        if self.name.trim().is_empty() {
            return Err(TeamError::NoName);
        }
        if matches!((self.mandate.from, self.mandate.to), (Some(from), Some(to)) if to < from) {
            return Err(TeamError::Dates);
        }
        if self.lead.is_none() && !self.members.is_empty() {
            return Err(TeamError::NoHead);
        }
        let is_in = |person: &PersonId| self.members.contains(person) || self.lead == Some(*person);
        if self.posts.iter().any(|(person, post)| post.duty == Duty::Head || !is_in(person)) {
            return Err(TeamError::Duties);
        }
        Ok(())
    }

    /// Whether it works on that day.
    pub fn stands(&self, day: Date) -> bool {
        self.mandate.from.is_none_or(|from| from <= day) && self.mandate.to.is_none_or(|to| day <= to)
    }

    /// What somebody of the team has to do.
    pub fn duty(&self, person: PersonId) -> Duty {
        if self.lead == Some(person) { Duty::Head } else { self.posts.get(&person).map_or(Duty::Member, |post| post.duty) }
    }

    /// The team with one person in the place of another, in their duty. Who is in it already keeps their organisation, and
    /// their own duty unless they come to lead. `None` where the first one is not in it.
    #[must_use]
    pub fn handed_over(&self, from: PersonId, to: PersonId) -> Option<Self> {
        let mut after = self.clone();
        let led = self.lead == Some(from);
        if !(after.members.remove(&from) || led) || from == to {
            return None;
        }
        let left = after.posts.remove(&from);
        let is_new = after.members.insert(to);
        if led {
            after.lead = Some(to);
            if let Some(post) = after.posts.get_mut(&to) {
                post.duty = Duty::Member;
            }
        } else if let Some(post) = left.filter(|_| is_new) {
            after.posts.insert(to, Post { duty: post.duty, organization: None });
        }
        Some(after)
    }

    /// Reads the shown values. Members are a set, so each is a register element of its own: `member/<id>`; and so are posts.
    pub fn read(id: RecordId, state: &Register) -> Option<Self> {
        let each = |prefix: &'static str| {
            state.fields().filter_map(move |field| field.strip_prefix(prefix)?.parse::<PersonId>().ok().map(|person| (field, person)))
        };
        let members: Set<PersonId> =
            each("member/").filter(|(field, _)| state.read(field) == Some(true)).map(|(_, person)| person).collect();
        let mut posts = Map::new();
        for (field, person) in each("post/") {
            if let Some(post) = state.read(field).filter(|post| *post != Post::PLAIN && members.contains(&person)) {
                posts.insert(person, post);
            }
        }
        Some(Self {
            id,
            name: state.read("name")?,
            decision_no: state.read("decision_no").unwrap_or_default(),
            decision_date: state.read("decision_date").flatten(),
            mandate: state.read("mandate").unwrap_or_default(),
            lead: state.read("lead").flatten(),
            members,
            posts,
        })
    }

    /// Every field with its value in CBOR, but for a mandate of which nothing is known. All of them are facts. A member
    /// who left needs a `false` of their own.
    pub fn values(&self) -> Values {
        let mut values = Values::from([
            ("name".to_owned(), ByteBuf::from(cbor::encode(&self.name))),
            ("decision_no".to_owned(), ByteBuf::from(cbor::encode(&self.decision_no))),
            ("decision_date".to_owned(), ByteBuf::from(cbor::encode(&self.decision_date))),
            ("lead".to_owned(), ByteBuf::from(cbor::encode(&self.lead))),
        ]);
        if self.mandate != Mandate::default() {
            values.insert("mandate".to_owned(), ByteBuf::from(cbor::encode(&self.mandate)));
        }
        values.extend(self.members.iter().map(|person| (format!("member/{person}"), ByteBuf::from(cbor::encode(&true)))));
        values.extend(self.posts.iter().map(|(person, post)| (format!("post/{person}"), ByteBuf::from(cbor::encode(post)))));
        values
    }

    /// The field values that turn `before` into this team, a `false` for each member who left included.
    pub fn changed_values(&self, before: &Self) -> Values {
        let old = before.values();
        let mut changed: Values = self.values().into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect();
        let left = before.members.iter().filter(|person| !self.members.contains(person));
        changed.extend(left.map(|person| (format!("member/{person}"), ByteBuf::from(cbor::encode(&false)))));
        if self.mandate != before.mandate {
            changed.insert("mandate".to_owned(), ByteBuf::from(cbor::encode(&self.mandate)));
        }
        let plain = before.posts.keys().filter(|person| !self.posts.contains_key(*person));
        changed.extend(plain.map(|person| (format!("post/{person}"), ByteBuf::from(cbor::encode(&Post::PLAIN)))));
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::DeviceId;
    use crate::operation::{Change, Ground, Header, Kind, LegalBasis, SCHEMA, Stream};
    use crate::time::Time;

    fn person(n: u8) -> PersonId {
        PersonId::new(1, [n; 10])
    }

    fn team() -> Team {
        let office = Some(RecordId::new(2, [9; 10]));
        let posts = [
            (person(1), Post { duty: Duty::Member, organization: office }),
            (person(2), Post { duty: Duty::Secretary, organization: None }),
        ];
        Team {
            id: RecordId::new(1, [1; 10]),
            name: "Tổ dân vận".into(),
            decision_no: String::new(),
            decision_date: None,
            mandate: Mandate { issuer: office, from: None, to: Date::new(2026, 12, 31) },
            lead: Some(person(1)),
            members: [person(1), person(2), person(3)].into_iter().collect(),
            posts: posts.into_iter().collect(),
        }
    }

    fn header() -> Header {
        let ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX };
        let (record, area) = (RecordId::new(1, [1; 10]), crate::id::AreaId::new(1, [1; 10]));
        Header {
            schema: SCHEMA,
            kind: Kind::Team,
            record,
            area,
            stream: Stream::Roll,
            change: Change::Create,
            grant: 0,
            at: Time(1),
            ground,
        }
    }

    fn written(values: Values) -> Register {
        let mut state = Register::default();
        state.apply(DeviceId::new(1, [1; 10]), 1, &header(), values);
        state
    }

    #[test]
    fn a_team_of_before_duties_were_kept_is_read() {
        let old = team().values().into_iter().filter(|(field, _)| !field.starts_with("post/") && field != "mandate").collect();
        let read = Team::read(team().id, &written(old)).unwrap();
        assert_eq!(read, Team { mandate: Mandate::default(), posts: Map::new(), ..team() });
        assert_eq!((read.duty(person(1)), read.duty(person(2))), (Duty::Head, Duty::Member));
        assert_eq!(Team::read(team().id, &written(team().values())), Some(team()));
    }

    #[test]
    fn two_people_change_the_members_at_once() {
        // Each saw the team as it was made; one of them adds somebody and takes somebody out, the other does so with two others.
        let with = |out: u8, new: u8| {
            let mut members = team().members;
            members.remove(&person(out));
            members.insert(person(new));
            Team { members, ..team() }.changed_values(&team())
        };
        let (one, other) = (with(2, 4), with(3, 5));
        for order in [[(2, &one), (3, &other)], [(3, &other), (2, &one)]] {
            let mut state = written(team().values());
            let seen = state.clone();
            for (n, values) in order {
                let device = DeviceId::new(1, [n; 10]);
                let base = |field: &String| (field.clone(), seen.base(field).into_iter().map(|dot| dot.seen_by(device)).collect());
                let change = Change::Set { fields: values.keys().map(base).collect() };
                state.apply(device, 1, &Header { change, ..header() }, values.clone());
            }
            let after = Team::read(team().id, &state).unwrap();
            assert_eq!(after.members, [person(1), person(4), person(5)].into_iter().collect());
            assert_eq!((state.disputed().count(), after.duty(person(1))), (0, Duty::Head));
        }
    }

    #[test]
    fn one_leads_and_duties_are_of_members() {
        let with = |change: fn(&mut Team)| {
            let mut team = team();
            change(&mut team);
            team.check()
        };
        assert_eq!(team().check(), Ok(()));
        assert_eq!(with(|team| team.lead = None), Err(TeamError::NoHead));
        let head = |person: PersonId| {
            move |team: &mut Team| {
                team.posts.insert(person, Post { duty: Duty::Head, ..Post::PLAIN });
            }
        };
        let mut second = team();
        head(person(2))(&mut second);
        assert_eq!(second.check(), Err(TeamError::Duties));
        let mut stranger = team();
        stranger.posts.insert(person(7), Post { duty: Duty::Interpreter, organization: None });
        assert_eq!(stranger.check(), Err(TeamError::Duties));
        assert_eq!(with(|team| team.mandate.from = Date::new(2027, 1, 1)), Err(TeamError::Dates));
        assert_eq!(with(|team| team.name = " ".into()), Err(TeamError::NoName));
    }

    #[test]
    fn it_stands_from_its_first_day_to_its_last() {
        let day = |d| Date::new(2026, 12, d).unwrap();
        let mut team = team();
        team.mandate = Mandate { issuer: None, from: Some(day(5)), to: Some(day(7)) };
        assert_eq!([4, 5, 7, 8].map(|d| team.stands(day(d))), [false, true, true, false]);
    }

    #[test]
    fn work_passes_to_another_person() {
        let (head, secretary, plain, new) = (person(1), person(2), person(3), person(4));
        let led = team().handed_over(head, new).unwrap();
        assert_eq!((led.lead, led.members.contains(&head), led.duty(new), led.posts.get(&new)), (Some(new), false, Duty::Head, None));
        assert_eq!(led.check(), Ok(()));
        // Whoever is in the team already comes to lead it, and nobody is its secretary any more.
        let promoted = team().handed_over(head, secretary).unwrap();
        assert_eq!((promoted.duty(secretary), promoted.members.len(), promoted.check()), (Duty::Head, 2, Ok(())));
        let written = team().handed_over(secretary, new).unwrap();
        assert_eq!((written.duty(new), written.lead), (Duty::Secretary, Some(head)));
        // A deputy's work does not make a secretary of the head.
        let kept = team().handed_over(secretary, head).unwrap();
        assert_eq!((kept.duty(head), kept.posts.get(&head), kept.check()), (Duty::Head, team().posts.get(&head), Ok(())));
        assert_eq!(team().handed_over(plain, secretary).unwrap().duty(secretary), Duty::Secretary);
        assert_eq!((team().handed_over(new, plain), team().handed_over(head, head)), (None, None));
        // What changed says of whoever went that they are out, and that their post is nobody's.
        let changed = team().handed_over(secretary, new).unwrap().changed_values(&team());
        let mut fields: Vec<&str> = changed.keys().map(|field| field.split('/').next().unwrap()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["member", "member", "post", "post"]);
    }
}
