//! Households that were made twice: which one stands for which, which look alike, and what an office decides about two.
//!
//! Nothing moves and nothing is thrown away. A household that is the same as another one says so in a field of its own
//! (`Household::same_as`), and what was written to it keeps its id; whoever counts or lists asks [`one`] which household it
//! is part of. So a link is taken back like any other field, and both stand as before.

use crate::book::WrittenOn;
use crate::cbor;
use crate::code_list;
use crate::household::Household;
use crate::id::{AreaId, RecordId};
use crate::register::{Register, Values};
use crate::text;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, HashMap};

/// The household that stands for this one: itself, or the end of what it was said to be the same as. Where such words run in
/// a ring, it is the first of the ring by its id, whoever in it is asked. `same_as` says nothing of a household that is not
/// there, because nobody could stand for it then.
pub fn one(household: RecordId, same_as: impl Fn(RecordId) -> Option<RecordId>) -> RecordId {
    let mut line = vec![household];
    let mut at = household;
    while let Some(next) = same_as(at) {
        if let Some(begin) = line.iter().position(|known| *known == next) {
            return line.get(begin..).and_then(|ring| ring.iter().min()).copied().unwrap_or(next);
        }
        line.push(next);
        at = next;
    }
    at
}

/// Every household that another one stands for, all of them at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Twins {
    ones: BTreeMap<RecordId, RecordId>,
}

impl Twins {
    /// Of what each linked household was said to be the same as.
    pub fn of(links: &BTreeMap<RecordId, RecordId>) -> Self {
        let ones = links.keys().map(|id| (*id, one(*id, |at| links.get(&at).copied())));
        Self { ones: ones.filter(|(id, one)| id != one).collect() }
    }

    /// The household that stands for this one.
    pub fn one(&self, household: RecordId) -> RecordId {
        self.ones.get(&household).copied().unwrap_or(household)
    }

    /// Whether a household stands for itself, so that it is counted and listed.
    pub fn stands(&self, household: RecordId) -> bool {
        !self.ones.contains_key(&household)
    }

    /// The households that this one stands for, but for itself.
    pub fn behind(&self, one: RecordId) -> impl Iterator<Item = RecordId> {
        self.ones.iter().filter(move |(_, of)| **of == one).map(|(id, _)| *id)
    }

    /// The households that stand for others, each with those.
    pub fn groups(&self) -> BTreeMap<RecordId, Vec<RecordId>> {
        let mut groups: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for (id, one) in &self.ones {
            groups.entry(*one).or_default().push(*id);
        }
        groups
    }
}

code_list! {
    /// What an office has decided about two households.
    Verdict {
        Open = "open", "Có vẻ là một hộ", "May be one household";
        Same = "same", "Là một hộ", "One household";
        Apart = "apart", "Hai hộ khác nhau", "Two households";
    }
}

/// What an office decides about two households of one village, as the value of a [`crate::office::Write`]. Its `seen` stays 0:
/// the officer says what they saw of the two, and is refused if that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The household that is written to: the one that is not kept, or that was said to be the same or another one.
    pub household: RecordId,
    /// The other one, which stands for both if they are the same.
    pub other: RecordId,
    /// What the officer saw.
    pub seen: Verdict,
    /// What it is to be.
    pub is: Verdict,
}

impl Decision {
    /// What it changes: nothing where it was so before.
    pub fn values(&self) -> Values {
        let same = |other: Option<RecordId>| ("same_as".to_owned(), ByteBuf::from(cbor::encode(&other)));
        let apart = |is: bool| (format!("{APART}{}", self.other), ByteBuf::from(cbor::encode(&is)));
        let end = match self.seen {
            Verdict::Same => Some(same(None)),
            Verdict::Apart => Some(apart(false)),
            Verdict::Open => None,
        };
        let begin = match self.is {
            Verdict::Same => Some(same(Some(self.other))),
            Verdict::Apart => Some(apart(true)),
            Verdict::Open => None,
        };
        if self.seen == self.is { Values::new() } else { end.into_iter().chain(begin).collect() }
    }
}

/// What the names of fields begin with that say of a household that it is another one than that of the rest of the name.
/// Sets are one register for each element.
pub const APART: &str = "apart/";

/// What is said of this household beside another one: on its own record, not on that of the other one.
pub fn said(state: &Register, other: RecordId) -> Verdict {
    if state.read::<Option<RecordId>>("same_as").flatten() == Some(other) {
        return Verdict::Same;
    }
    if state.read(&format!("{APART}{other}")) == Some(true) { Verdict::Apart } else { Verdict::Open }
}

/// The households that this one was said not to be.
pub fn apart(state: &Register) -> impl Iterator<Item = RecordId> {
    let apart = state.fields().filter(|field| state.read(field) == Some(true));
    apart.filter_map(|field| field.strip_prefix(APART)?.parse().ok())
}

code_list! {
    /// What two households have in common that makes a person look. Names alone say little: there are few of them.
    Sign {
        Head = "HEAD", "cùng họ tên chủ hộ", "same head";
        Given = "GIVEN", "chủ hộ cùng tên", "same given name";
        Phone = "PHONE", "cùng số điện thoại", "same phone";
        Number = "NUMBER", "cùng số nhà, số trong danh sách", "same number";
        People = "PEOPLE", "cùng số người", "as many people";
    }
}

/// Which signs together are enough. The number of people says something only where nothing speaks against it, and the name
/// of the head must not be a part of it only.
const ENOUGH: [&[Sign]; 5] = [
    &[Sign::Head, Sign::Phone],
    &[Sign::Head, Sign::Number],
    &[Sign::Head, Sign::People],
    // Husband and wife, each written by another team.
    &[Sign::Phone, Sign::Number],
    // "Hùng" and "Nguyễn Văn Hùng".
    &[Sign::Phone, Sign::Given],
];

/// What more households than these have in common says nothing about any two of them: the telephone of the village head, a
/// name that stands for "unknown".
const MANY: usize = 6;

/// A household to be compared with the others of its village.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The record.
    pub id: RecordId,
    /// What the book shows.
    pub household: &'a Household,
}

/// Two households that may be one, by their places in what was given, and what they have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// The two, the older record in front.
    pub pair: (usize, usize),
    /// Of [`Sign::ALL`], in its order.
    pub signs: Vec<Sign>,
}

/// The households of one village that may have been written twice, those with the most in common first. Households are put
/// together by what they share, never each with each.
pub fn suspicions(village: &[Look<'_>]) -> Vec<Suspicion> {
    let mut order: Vec<usize> = (0..village.len()).collect();
    order.sort_by_key(|at| village.get(*at).map(|look| look.id));
    let mut found: BTreeMap<(usize, usize), Vec<Sign>> = BTreeMap::new();
    for signs in ENOUGH {
        let mut alike: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for &at in &order {
            let key: Option<Vec<String>> = village.get(at).and_then(|look| signs.iter().map(|sign| key(look.household, *sign)).collect());
            if let Some(key) = key {
                alike.entry(key).or_default().push(at);
            }
        }
        for group in alike.values().filter(|group| group.len() <= MANY) {
            for (n, &a) in group.iter().enumerate() {
                for &b in group.iter().skip(n + 1) {
                    let (Some(first), Some(second)) = (village.get(a), village.get(b)) else { continue };
                    if !(signs.contains(&Sign::People) && speaks_against(first.household, second.household)) {
                        found.insert((a, b), shared(first.household, second.household));
                    }
                }
            }
        }
    }
    let mut found: Vec<Suspicion> = found.into_iter().map(|(pair, signs)| Suspicion { pair, signs }).collect();
    let ids = |pair: (usize, usize)| (village.get(pair.0).map(|look| look.id), village.get(pair.1).map(|look| look.id));
    found.sort_by_key(|one| (std::cmp::Reverse(one.signs.len()), ids(one.pair)));
    found
}

/// What a household has of a sign, as it is compared; `None` where it has nothing.
fn key(household: &Household, sign: Sign) -> Option<String> {
    let key = match sign {
        Sign::Head => text::words(&household.head),
        Sign::Given => text::words(&household.head).rsplit(' ').next().unwrap_or_default().to_owned(),
        Sign::Phone => household.phone.clone(),
        Sign::Number => text::number_key(&household.no),
        Sign::People => household.people.map(|people| people.to_string()).unwrap_or_default(),
    };
    Some(key).filter(|key| !key.is_empty())
}

/// Everything that two households have in common. Who has the whole name needs no part of it.
pub fn shared(a: &Household, b: &Household) -> Vec<Sign> {
    let has = |sign: Sign| key(a, sign).is_some_and(|key_of_a| Some(key_of_a) == key(b, sign));
    Sign::ALL.iter().copied().filter(|sign| has(*sign) && !(*sign == Sign::Given && has(Sign::Head))).collect()
}

/// Whether both have a number or a telephone, and another one each.
fn speaks_against(a: &Household, b: &Household) -> bool {
    [Sign::Number, Sign::Phone].into_iter().any(|sign| key(a, sign).zip(key(b, sign)).is_some_and(|(a, b)| a != b))
}

/// Two households that may be one, or about which an office has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Their village of today.
    pub village: AreaId,
    /// What was decided.
    pub verdict: Verdict,
    /// The two; of decided ones the household that says so in front.
    pub sides: [Side; 2],
    /// What they have in common.
    pub signs: Vec<Sign>,
}

/// One of two households beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The record.
    pub id: RecordId,
    /// "DC-0187".
    pub code: String,
    /// What the book shows.
    pub household: Household,
    /// Visits that were written to it and count.
    pub visits: u32,
    /// Who made it; empty where nobody knows any more.
    pub by: String,
    /// On what.
    pub on: WrittenOn,
    /// When, by their clock.
    pub at: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u8) -> RecordId {
        RecordId::new(u64::from(n), [n; 10])
    }

    fn links(pairs: &[(u8, u8)]) -> BTreeMap<RecordId, RecordId> {
        pairs.iter().map(|(a, b)| (id(*a), id(*b))).collect()
    }

    #[test]
    fn which_household_stands_for_which() {
        for (said, ones) in [
            (vec![], [1, 2, 3, 4]),
            (vec![(1, 2)], [2, 2, 3, 4]),
            (vec![(2, 1), (3, 1)], [1, 1, 1, 4]),
            (vec![(1, 2), (2, 3)], [3, 3, 3, 4]),
            // Two offices at once, each keeping the other one: the older record stands.
            (vec![(1, 2), (2, 1)], [1, 1, 3, 4]),
            (vec![(4, 3), (3, 2), (2, 3)], [1, 2, 2, 2]),
            (vec![(1, 1)], [1, 2, 3, 4]),
        ] {
            let twins = Twins::of(&links(&said));
            assert_eq!([1, 2, 3, 4].map(|n| twins.one(id(n))), ones.map(id), "{said:?}");
        }
        let twins = Twins::of(&links(&[(1, 2), (2, 3)]));
        assert_eq!(twins.behind(id(3)).collect::<Vec<_>>(), [id(1), id(2)]);
        assert_eq!((twins.stands(id(2)), twins.stands(id(3)), twins.stands(id(4))), (false, true, true));
        assert_eq!(twins.groups(), BTreeMap::from([(id(3), vec![id(1), id(2)])]));
    }

    proptest! {
        #[test]
        fn every_household_has_one_that_stands_for_itself(said in prop::collection::btree_map(0u8..8, 0u8..8, 0..8)) {
            let links: BTreeMap<RecordId, RecordId> = said.iter().map(|(a, b)| (id(*a), id(*b))).collect();
            let twins = Twins::of(&links);
            for n in 0..8 {
                let one = twins.one(id(n));
                prop_assert!(twins.stands(one));
                prop_assert_eq!(twins.one(one), one);
                // What was said of it leads to the same one.
                if let Some(next) = links.get(&id(n)) {
                    prop_assert_eq!(twins.one(*next), one);
                }
                prop_assert_eq!(twins.stands(id(n)), !twins.groups().values().flatten().any(|linked| *linked == id(n)));
            }
        }

        #[test]
        fn what_looks_alike_is_the_same_in_any_order(homes in prop::collection::vec((0usize..3, 0usize..3, 0usize..3, 0u16..3), 0..12), by in 0usize..12) {
            let homes: Vec<Household> = homes.into_iter().map(|(head, no, phone, people)| Household {
                head: ["Nguyễn Văn Hùng", "NGUYEN VAN HUNG", "Hùng"][head].into(),
                no: ["", "7", "07"][no].into(),
                phone: ["", "0187250416", "0187250417"][phone].into(),
                people: (people > 0).then_some(people),
                ..Household::default()
            }).collect();
            let mut looks: Vec<Look<'_>> = homes.iter().enumerate().map(|(n, household)| Look { id: id(n as u8), household }).collect();
            let ids = |looks: &[Look<'_>]| suspicions(looks).into_iter().map(|s| (looks[s.pair.0].id, looks[s.pair.1].id, s.signs)).collect::<Vec<_>>();
            let first = ids(&looks);
            if !looks.is_empty() {
                let by = by % looks.len();
                looks.rotate_left(by);
            }
            prop_assert_eq!(&ids(&looks), &first);
            prop_assert!(first.iter().all(|(a, b, signs)| a < b && signs.len() > 1));
        }
    }

    fn household(head: &str, no: &str, phone: &str, people: u16) -> Household {
        Household { head: head.into(), no: no.into(), phone: phone.into(), people: (people > 0).then_some(people), ..Household::default() }
    }

    #[test]
    fn what_looks_alike() {
        use Sign::{Given, Head, Number, People, Phone};
        let (hung, here, there) = ("Nguyễn Văn Hùng", "0187250416", "0187250417");
        for (a, b, signs) in [
            ((hung, "7", here, 4), ("NGUYEN VĂN HUNG", "07", here, 4), vec![Head, Phone, Number, People]),
            ((hung, "7", "", 4), (hung, "7", "", 5), vec![Head, Number]),
            ((hung, "", here, 0), (hung, "9", here, 0), vec![Head, Phone]),
            // Names are few: the name alone is nothing, and with as many people only where nothing speaks against it.
            ((hung, "7", "", 0), (hung, "9", "", 0), vec![]),
            ((hung, "7", "", 4), (hung, "9", "", 4), vec![]),
            ((hung, "7", here, 4), (hung, "", there, 4), vec![]),
            ((hung, "7", here, 4), (hung, "", "", 4), vec![Head, People]),
            ((hung, "", "", 0), (hung, "", "", 0), vec![]),
            // One letter more is another name.
            ((hung, "7", "", 4), ("Nguyễn Văn Hùngg", "7", "", 4), vec![]),
            (("Nguyễn Văn Hưng", "", "", 4), ("Nguyễn Văn Hứng", "", "", 4), vec![Head, People]),
            (("Hùng", "", here, 0), (hung, "7", here, 4), vec![Given, Phone]),
            (("Trần Thị Lan", "", here, 0), (hung, "7", here, 4), vec![]),
            (("Trần Thị Lan", "7", here, 0), (hung, "7", here, 4), vec![Phone, Number]),
            (("Trần Thị Lan", "7", "", 4), (hung, "7", "", 4), vec![]),
        ] {
            let (first, second) = (household(a.0, a.1, a.2, a.3), household(b.0, b.1, b.2, b.3));
            let found = suspicions(&[Look { id: id(1), household: &first }, Look { id: id(2), household: &second }]);
            let expected: Vec<Suspicion> = (!signs.is_empty()).then_some(Suspicion { pair: (0, 1), signs }).into_iter().collect();
            assert_eq!(found, expected, "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_many_share_says_nothing_of_any_two() {
        let unknown = household("Chưa rõ", "", "", 4);
        let of = |n: usize| {
            let looks: Vec<Look<'_>> = (0..n).map(|n| Look { id: id(n as u8), household: &unknown }).collect();
            suspicions(&looks).len()
        };
        assert_eq!((of(3), of(MANY), of(MANY + 1)), (3, MANY * (MANY - 1) / 2, 0));
    }

    #[test]
    fn a_decision_is_written_and_taken_back() {
        let decided = |seen, is| Decision { household: id(1), other: id(2), seen, is };
        let apart = format!("apart/{}", id(2));
        for (seen, is, fields) in [
            (Verdict::Open, Verdict::Same, vec!["same_as"]),
            (Verdict::Open, Verdict::Apart, vec![apart.as_str()]),
            (Verdict::Same, Verdict::Open, vec!["same_as"]),
            (Verdict::Apart, Verdict::Same, vec![apart.as_str(), "same_as"]),
            (Verdict::Same, Verdict::Same, vec![]),
        ] {
            let first = decided(seen, is).values();
            assert_eq!(first.keys().collect::<Vec<_>>(), fields, "{seen:?} {is:?}");
            let state = Register { first, ..Register::default() };
            if seen != is {
                assert_eq!(said(&state, id(2)), is);
                assert_eq!(crate::twin::apart(&state).collect::<Vec<_>>(), if is == Verdict::Apart { vec![id(2)] } else { vec![] });
                assert_eq!(Household::read(&state).same_as, (is == Verdict::Same).then_some(id(2)));
            }
        }
        assert_eq!(said(&Register::default(), id(2)), Verdict::Open);
    }
}
