//! Mergers and splits of villages: what becomes of a unit, and where a household is counted after any number of them.
//!
//! Nothing moves. A household stays in the area that it was first written to; a merger says what its area has become,
//! and a split says of some households which of the new villages they stand in (`Household::unit`). Where a household
//! is counted is worked out from the two, so every household has one village at any time.

use crate::id::{AreaId, RecordId};
use crate::short::Map;
use crate::text;
use crate::time::Date;
use crate::unit::{Level, Unit};
use serde::{Deserialize, Serialize};

/// What became of a unit that has ended, and by which decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The units that came after it: one after a merger, several after a split. The first one takes over whatever
    /// nobody gave to another.
    pub into: Vec<AreaId>,
    /// The number of the decision, as printed on it.
    pub decision_no: String,
    /// Its date.
    pub decision_date: Option<Date>,
}

/// Which units came after which, over all mergers and splits. Arithmetic, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    next: Map<AreaId, Vec<AreaId>>,
}

/// Where a household is kept and where it was last put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    /// The area of its record, for ever.
    pub area: AreaId,
    /// The unit that a split gave it to; its area where none did.
    pub unit: AreaId,
}

impl Lineage {
    /// Of these units.
    pub fn of<'a>(units: impl Iterator<Item = &'a Unit>) -> Self {
        Self { next: units.filter_map(|unit| Some((unit.id, unit.succession.as_ref()?.into.clone()))).collect() }
    }

    /// What came directly after a unit; nothing where it stands.
    fn after(&self, unit: AreaId) -> &[AreaId] {
        self.next.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Whether nothing has come after a unit.
    pub fn stands(&self, unit: AreaId) -> bool {
        self.after(unit).is_empty()
    }

    /// The unit that stands today for what was put into this one.
    pub fn now(&self, unit: AreaId) -> AreaId {
        self.line(unit).last().unwrap_or(unit)
    }

    /// A unit and what it went on as, one after the other. Damaged data that run in a ring are cut.
    fn line(&self, unit: AreaId) -> impl Iterator<Item = AreaId> {
        std::iter::successors(Some(unit), |at| self.after(*at).first().copied()).take(self.next.len() + 1)
    }

    /// A unit and everything that came after it, whichever way.
    pub fn later(&self, unit: AreaId) -> Vec<AreaId> {
        let mut all = vec![unit];
        let mut seen = 0;
        while let Some(&at) = all.get(seen) {
            for next in self.after(at) {
                if !all.contains(next) {
                    all.push(*next);
                }
            }
            seen += 1;
        }
        all
    }

    /// A unit and everything that it came from.
    pub fn earlier(&self, unit: AreaId) -> Vec<AreaId> {
        let mut all = vec![unit];
        all.extend(self.next.keys().filter(|from| **from != unit && self.later(**from).contains(&unit)));
        all
    }

    /// Whether a household stood in a unit at some time, as far as that can be known: in its area, in every unit on the
    /// way to where it was put, and in what became of that.
    fn was_in(&self, home: Home, unit: AreaId) -> bool {
        let on_the_way = self.later(home.area).contains(&unit) && self.later(unit).contains(&home.unit);
        on_the_way || self.line(home.unit).any(|at| at == unit)
    }

    /// Whether who was given a unit to work in works at a household: it stood there, or it was new in what came after.
    pub fn works_at(&self, given: AreaId, home: Home) -> bool {
        self.was_in(home, given) || self.later(given).contains(&home.area)
    }

    /// The areas that hold the households of who was given a unit to work in.
    pub fn areas_of_work(&self, given: AreaId) -> Vec<AreaId> {
        let mut areas = self.earlier(given);
        areas.extend(self.later(given).into_iter().filter(|area| *area != given));
        areas
    }

    /// The values of [`Home::unit`] that count to a unit of today.
    pub fn counted_to(&self, unit: AreaId) -> Vec<AreaId> {
        let mut all = vec![unit];
        all.extend(self.next.keys().filter(|from| **from != unit && self.now(**from) == unit));
        all
    }

    /// Whether an area has been divided at some time, so that it does not tell the village of its households.
    pub fn is_divided(&self, area: AreaId) -> bool {
        self.later(area).iter().any(|unit| self.after(*unit).len() > 1)
    }

    /// Whether a unit came out of a split, so that households may have been put into it that are kept elsewhere.
    pub fn is_part(&self, unit: AreaId) -> bool {
        self.next.values().any(|into| into.len() > 1 && into.contains(&unit))
    }

    /// Whether work that was given covers every household of a unit.
    pub fn is_covered(&self, unit: AreaId, given: &[AreaId]) -> bool {
        let mut before = self.next.iter().filter(|(_, into)| into.contains(&unit)).map(|(from, _)| *from).peekable();
        given.contains(&unit) || (before.peek().is_some() && before.all(|from| self.is_covered(from, given)))
    }
}

/// A merger or a split in words, for the note beside figures that go across it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rearranged {
    /// The first day of the new villages.
    pub on: Date,
    /// The names of those that ended.
    pub from: Vec<String>,
    /// The names of those that began.
    pub into: Vec<String>,
    /// The number of the decision.
    pub decision_no: String,
}

/// The mergers and splits that ended some of these units, the earliest first.
pub fn rearranged<'a>(ended: &[&Unit], all: impl Iterator<Item = &'a Unit> + Clone) -> Vec<Rearranged> {
    let mut found: Vec<(&[AreaId], Rearranged)> = Vec::new();
    for unit in ended {
        let (Some(succession), Some(last)) = (&unit.succession, unit.to) else { continue };
        let into = succession.into.as_slice();
        match found.iter_mut().find(|(known, _)| *known == into) {
            Some((_, one)) => one.from.push(unit.name.clone()),
            None => {
                let names = into.iter().filter_map(|id| all.clone().find(|unit| unit.id == *id)).map(|unit| unit.name.clone());
                let (on, from, decision_no) = (last.plus(1), vec![unit.name.clone()], succession.decision_no.clone());
                found.push((into, Rearranged { on, from, into: names.collect(), decision_no }));
            }
        }
    }
    let mut all: Vec<Rearranged> = found.into_iter().map(|(_, one)| one).collect();
    for one in &mut all {
        one.from.sort_by(|a, b| text::natural(a, b));
    }
    all.sort_by_key(|one| one.on);
    all
}

/// A merger or a split, as an office decides it: one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rearrangement {
    /// The number of the decision, as printed on it.
    pub decision_no: String,
    /// Its date.
    pub decision_date: Date,
    /// The first day of the new units.
    pub on: Date,
    /// The villages that end: several are merged, one is split.
    pub from: Vec<AreaId>,
    /// The villages that begin: one of a merger, several of a split.
    pub into: Vec<NewUnit>,
}

/// A village that a merger or a split makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// Its id, made by who decides.
    pub id: AreaId,
    /// Its full name.
    pub name: String,
    /// The letters of its household codes; empty has some made up.
    pub code: String,
    /// The households that a split gives it. The first village of a split has none here: it keeps what nobody gave to
    /// another, with what was received too late to be given.
    pub households: Vec<RecordId>,
}

/// What is wrong with a merger or a split. The names are those of its fields in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RearrangementError {
    /// Neither several into one nor one into several, or not of villages that stand in one commune.
    From,
    /// A new village without a name, or with that of one that stays.
    Name,
    /// Without the number of a decision nobody can say why.
    DecisionNo,
    /// The decision is dated after it took effect.
    DecisionDate,
    /// It has not taken effect yet, or did before a village began.
    On,
    /// A household is given twice, or to the village that keeps the rest.
    Households,
}

impl RearrangementError {
    /// The field that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::Name => "name",
            Self::DecisionNo => "decision_no",
            Self::DecisionDate => "decision_date",
            Self::On => "on",
            Self::Households => "households",
        }
    }
}

impl Rearrangement {
    /// As it is stored: every line clean.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let into = self.into.into_iter().map(|new| NewUnit { name: text::clean(&new.name), code: text::clean(&new.code), ..new });
        Self { decision_no: text::clean(&self.decision_no), into: into.collect(), ..self }
    }

    /// What the units are to be afterwards: those that end, with their succession, then those that begin. `units` are
    /// all that there are; of a new unit the code is as it was asked for.
    pub fn plan(&self, units: &[Unit], today: Date) -> Result<Vec<Unit>, RearrangementError> {
        if text::clean(&self.decision_no).is_empty() {
            return Err(RearrangementError::DecisionNo);
        }
        if self.on > today {
            return Err(RearrangementError::On);
        }
        if self.decision_date > self.on {
            return Err(RearrangementError::DecisionDate);
        }
        let stands = |unit: &&Unit| unit.level == Level::Village && unit.succession.is_none();
        let mut ended = Vec::new();
        for id in &self.from {
            let unit = units.iter().filter(stands).find(|unit| unit.id == *id).ok_or(RearrangementError::From)?;
            if ended.contains(unit) {
                return Err(RearrangementError::From);
            }
            ended.push(unit.clone());
        }
        let parent = ended.first().and_then(|unit| unit.parent);
        let shaped = matches!((self.from.len(), self.into.len()), (2.., 1) | (1, 2..));
        if !shaped || parent.is_none() || ended.iter().any(|unit| unit.parent != parent) {
            return Err(RearrangementError::From);
        }
        if ended.iter().any(|unit| unit.from >= self.on || unit.to.is_some_and(|to| to < self.on.plus(-1))) {
            return Err(RearrangementError::On);
        }
        self.check_new(units, parent)?;
        let succession = Succession {
            into: self.into.iter().map(|new| new.id).collect(),
            decision_no: text::clean(&self.decision_no),
            decision_date: Some(self.decision_date),
        };
        for unit in &mut ended {
            unit.to = Some(self.on.plus(-1));
            unit.succession = Some(succession.clone());
        }
        ended.extend(self.into.iter().map(|new| Unit {
            id: new.id,
            parent,
            level: Level::Village,
            name: text::clean(&new.name),
            code: new.code.clone(),
            from: self.on,
            to: None,
            succession: None,
            former: Vec::new(),
        }));
        Ok(ended)
    }

    fn check_new(&self, units: &[Unit], parent: Option<AreaId>) -> Result<(), RearrangementError> {
        let stays = |unit: &&Unit| unit.parent == parent && unit.succession.is_none() && !self.from.contains(&unit.id);
        let mut names: Vec<String> = units.iter().filter(stays).map(|unit| text::spelling(&unit.name)).collect();
        let mut given: Vec<RecordId> = Vec::new();
        for (place, new) in self.into.iter().enumerate() {
            let name = text::spelling(&new.name);
            let again = self.into.iter().take(place).any(|other| other.id == new.id) || units.iter().any(|unit| unit.id == new.id);
            if text::clean(&new.name).is_empty() || names.contains(&name) || again {
                return Err(RearrangementError::Name);
            }
            names.push(name);
            if place == 0 && !new.households.is_empty() {
                return Err(RearrangementError::Households);
            }
            given.extend(&new.households);
        }
        let all = given.len();
        given.sort_unstable();
        given.dedup();
        if given.len() == all { Ok(()) } else { Err(RearrangementError::Households) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn area(n: u16) -> AreaId {
        let mut random = [0; 10];
        random[..2].copy_from_slice(&n.to_be_bytes());
        AreaId::new(u64::from(n), random)
    }

    fn household(n: u16) -> RecordId {
        RecordId::from(area(n))
    }

    fn unit(n: u16) -> Unit {
        Unit {
            id: area(n),
            parent: Some(area(9_999)),
            level: Level::Village,
            name: format!("Thôn {n}"),
            code: String::new(),
            from: Date::MIN,
            to: None,
            succession: None,
            former: Vec::new(),
        }
    }

    fn today() -> Date {
        Date::new(2026, 11, 22).unwrap()
    }

    fn new(n: u16) -> NewUnit {
        NewUnit { id: area(n), name: format!("Thôn {n}"), code: String::new(), households: Vec::new() }
    }

    fn decided(from: &[u16], into: Vec<NewUnit>) -> Rearrangement {
        Rearrangement {
            decision_no: "45/QĐ-UBND".into(),
            decision_date: today().plus(-20),
            on: today(),
            from: from.iter().map(|n| area(*n)).collect(),
            into,
        }
    }

    /// Puts what a plan says into the place of what was there.
    fn done(units: &mut Vec<Unit>, plan: Vec<Unit>) {
        units.retain(|unit| plan.iter().all(|planned| planned.id != unit.id));
        units.extend(plan);
    }

    #[test]
    fn a_merger_ends_its_villages_and_begins_one() {
        let units = [unit(1), unit(2), unit(3)];
        let plan = decided(&[1, 2], vec![NewUnit { name: "Thôn 1".into(), ..new(4) }]).plan(&units, today()).unwrap();
        assert_eq!(plan.iter().map(|unit| unit.id).collect::<Vec<_>>(), [area(1), area(2), area(4)]);
        assert_eq!((plan[0].to, plan[2].from, plan[2].parent), (Some(today().plus(-1)), today(), Some(area(9_999))));
        let succession = plan[1].succession.as_ref().unwrap();
        assert_eq!((succession.into.as_slice(), succession.decision_no.as_str()), ([area(4)].as_slice(), "45/QĐ-UBND"));
    }

    #[test]
    fn what_is_refused() {
        use RearrangementError::{DecisionDate, DecisionNo, From, Households, Name, On};
        let other = Unit { parent: Some(area(9_998)), ..unit(3) };
        let young = Unit { from: today(), ..unit(5) };
        let gone = Unit { succession: Some(Succession { into: vec![area(1)], decision_no: "1".into(), decision_date: None }), ..unit(6) };
        let commune = Unit { level: Level::Commune, ..unit(7) };
        let units = [unit(1), unit(2), other, unit(4), young, gone, commune];
        let good = decided(&[1, 2], vec![new(10)]);
        let split = decided(&[1], vec![new(10), NewUnit { households: vec![household(1)], ..new(11) }]);
        assert!(good.plan(&units, today()).is_ok() && split.plan(&units, today()).is_ok());
        let with = |into| Rearrangement { into, ..split.clone() };
        for (wrong, error) in [
            (Rearrangement { decision_no: " ".into(), ..good.clone() }, DecisionNo),
            (Rearrangement { decision_date: today().plus(1), ..good.clone() }, DecisionDate),
            (Rearrangement { on: today().plus(1), ..good.clone() }, On),
            (decided(&[1, 5], vec![new(10)]), On),
            (decided(&[], vec![new(10)]), From),
            (decided(&[1], vec![new(10)]), From),
            (decided(&[1, 1], vec![new(10)]), From),
            (decided(&[1, 2], vec![new(10), new(11)]), From),
            (decided(&[1, 3], vec![new(10)]), From),
            (decided(&[1, 6], vec![new(10)]), From),
            (decided(&[1, 7], vec![new(10)]), From),
            (decided(&[1, 8], vec![new(10)]), From),
            (decided(&[1, 2], vec![new(4)]), Name),
            (decided(&[1, 2], vec![NewUnit { name: "thôn 4".into(), ..new(10) }]), Name),
            (decided(&[1, 2], vec![NewUnit { name: " ".into(), ..new(10) }]), Name),
            (with(vec![new(10), new(10)]), Name),
            (with(vec![NewUnit { households: vec![household(1)], ..new(10) }, new(11)]), Households),
            (with(vec![new(10), NewUnit { households: vec![household(1), household(1)], ..new(11) }]), Households),
        ] {
            assert_eq!(wrong.plan(&units, today()), Err(error), "{wrong:?}");
        }
    }

    #[test]
    fn work_goes_on() {
        let mut units = vec![unit(1), unit(2)];
        let merger = decided(&[1, 2], vec![new(3)]).plan(&units, today()).unwrap();
        done(&mut units, merger);
        let lineage = Lineage::of(units.iter());
        let kept = |n| Home { area: area(n), unit: area(n) };
        // Who had the first village goes on there and at what is new, and does not get the second one by the way.
        for (given, home, works) in [(1, 1, true), (1, 2, false), (1, 3, true), (2, 1, false), (3, 1, true), (3, 2, true), (3, 3, true)] {
            assert_eq!(lineage.works_at(area(given), kept(home)), works, "{given} at {home}");
        }
        assert_eq!(lineage.areas_of_work(area(1)), [area(1), area(3)]);
        assert_eq!(lineage.areas_of_work(area(3)), [area(3), area(1), area(2)]);
        assert_eq!((lineage.is_covered(area(3), &[area(1)]), lineage.is_covered(area(3), &[area(2), area(1)])), (false, true));
        // The merged village is split again, and some households of the second go to the new part.
        let split = Rearrangement { on: today().plus(1), ..decided(&[3], vec![new(4), new(5)]) };
        let split = split.plan(&units, today().plus(1)).unwrap();
        done(&mut units, split);
        let lineage = Lineage::of(units.iter());
        let put = |n| Home { area: area(n), unit: area(5) };
        for (given, home, works) in [
            (1, put(1), true),
            (1, put(2), false),
            (2, put(2), true),
            (5, put(2), true),
            (4, put(2), false),
            (4, kept(1), true),
            (5, kept(1), false),
            (3, put(1), true),
            (1, kept(5), true),
        ] {
            assert_eq!(lineage.works_at(area(given), home), works, "{given} at {home:?}");
        }
        assert_eq!((lineage.is_part(area(5)), lineage.is_part(area(3)), lineage.is_divided(area(1))), (true, false, true));
    }

    #[test]
    fn damaged_data_end_too() {
        let ring = |n, next| Unit {
            succession: Some(Succession { into: vec![area(next)], decision_no: String::new(), decision_date: None }),
            ..unit(n)
        };
        let lineage = Lineage::of([ring(1, 2), ring(2, 1)].iter());
        assert_eq!((lineage.later(area(1)).len(), lineage.earlier(area(1)).len()), (2, 2));
        lineage.now(area(1));
    }

    proptest! {
        /// Whatever is merged and split, every household counts to one village that stands, the sums are those of
        /// before, and whoever had work goes on at the same households; a merger gives nobody more.
        #[test]
        fn no_household_is_lost_or_doubled(
            kept in prop::collection::vec(0u16..6, 1..30),
            steps in prop::collection::vec((prop::collection::vec(any::<prop::sample::Index>(), 1..4), 2u16..4, prop::collection::vec(0u16..4, 40)), 1..8),
            given in prop::collection::vec(any::<prop::sample::Index>(), 2),
        ) {
            let mut units: Vec<Unit> = (0..6).map(unit).collect();
            let mut homes: Vec<Home> = kept.iter().map(|n| Home { area: area(*n), unit: area(*n) }).collect();
            let (mut next, mut day) = (100, today());
            let mut work: Vec<AreaId> = Vec::new();
            let mut seen_by: Vec<BTreeSet<usize>> = Vec::new();
            for (chosen, parts, to) in steps {
                let lineage = Lineage::of(units.iter());
                let stand: Vec<AreaId> = units.iter().filter(|unit| lineage.stands(unit.id)).map(|unit| unit.id).collect();
                let counts = count(&lineage, &homes);
                prop_assert!(counts.keys().all(|unit| stand.contains(unit)));
                // Work that was given at any time goes on.
                work.extend(given.iter().map(|at| *at.get(&stand)));
                seen_by = work.iter().map(|given| at_work(&lineage, *given, &homes)).collect();
                let from: BTreeSet<AreaId> = chosen.iter().map(|at| *at.get(&stand)).collect();
                let from: Vec<AreaId> = from.into_iter().collect();
                let parts = if from.len() > 1 { 1 } else { parts };
                let mut into: Vec<NewUnit> = (0..parts).map(|n| new(next + n)).collect();
                next += parts;
                day = day.plus(1);
                for (at, (home, to)) in homes.iter_mut().zip(&to).enumerate() {
                    // As the server does it: only households of the village that is split can be given.
                    if parts > 1 && lineage.now(home.unit) == from[0] && to % parts > 0 {
                        let part = &mut into[usize::from(to % parts)];
                        part.households.push(household(at as u16));
                        home.unit = part.id;
                    }
                }
                let decision = Rearrangement {
                    decision_no: "1".into(), decision_date: day, on: day, from: from.clone(), into: into.clone(),
                };
                let plan = decision.plan(&units, day).unwrap();
                done(&mut units, plan);
                let lineage = Lineage::of(units.iter());
                let after = count(&lineage, &homes);
                let sum = |counts: &BTreeMap<AreaId, usize>, of: &[AreaId]| of.iter().filter_map(|unit| counts.get(unit)).sum::<usize>();
                let begun: Vec<AreaId> = into.iter().map(|new| new.id).collect();
                prop_assert_eq!(sum(&counts, &from), sum(&after, &begun));
                prop_assert_eq!(after.values().sum::<usize>(), homes.len());
                for unit in stand.iter().filter(|unit| !from.contains(unit)) {
                    prop_assert_eq!(counts.get(unit), after.get(unit));
                }
                for (given, before) in work.iter().zip(&seen_by) {
                    let now = at_work(&lineage, *given, &homes);
                    prop_assert!(now.is_superset(before), "{given} lost {:?}", before.difference(&now));
                    prop_assert!(parts > 1 || now == *before, "{given} was given more by a merger");
                    let areas = lineage.areas_of_work(*given);
                    prop_assert!(now.iter().all(|at| areas.contains(&homes[*at].area)), "no right to an area");
                }
                for unit in units.iter().filter(|unit| lineage.stands(unit.id)) {
                    let places = lineage.counted_to(unit.id);
                    let here = homes.iter().filter(|home| places.contains(&home.unit)).count();
                    prop_assert_eq!(here, after.get(&unit.id).copied().unwrap_or(0));
                    prop_assert!(homes.iter().filter(|home| places.contains(&home.unit)).all(|home| lineage.earlier(unit.id).contains(&home.area)));
                }
                // Somebody adds a household to every village that stands.
                homes.extend(begun.iter().map(|unit| Home { area: *unit, unit: *unit }));
            }
            prop_assert_eq!(seen_by.len(), work.len());
        }
    }

    fn count(lineage: &Lineage, homes: &[Home]) -> BTreeMap<AreaId, usize> {
        let mut counts = BTreeMap::new();
        for home in homes {
            *counts.entry(lineage.now(home.unit)).or_default() += 1;
        }
        counts
    }

    fn at_work(lineage: &Lineage, given: AreaId, homes: &[Home]) -> BTreeSet<usize> {
        (0..homes.len()).filter(|at| lineage.works_at(given, homes[*at])).collect()
    }
}
