//! Mergers and splits of villages and communes: what becomes of a unit, where a household is counted and whose a village is
//! after any number of them.
//!
//! Nothing moves. A household stays in the area that it was first written to; a merger says what its area has become,
//! and a split says of some households which of the new villages they stand in (`Household::unit`). Where a household
//! is counted is worked out from the two, so every household has one village at any time. A village keeps the commune that
//! it was made in (`Unit::parent`) and belongs to what that has become; one that is moved to another commune by itself ends
//! and goes on as a new village there.

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

/// The unit above another one: what its parent was on a day, or has become by today.
pub fn parent_on(units: &[Unit], unit: &Unit, day: Option<Date>) -> Option<AreaId> {
    let mut at = unit.parent?;
    // As many steps as there are units end in a ring of damaged data, too.
    for _ in units {
        let known = units.iter().find(|known| known.id == at);
        let over = known.filter(|known| day.is_none_or(|day| known.has_ended(day)));
        let Some(next) = over.and_then(|known| known.succession.as_ref()?.into.first()) else { break };
        at = *next;
    }
    Some(at)
}

/// The villages of communes that become one whose names are the same to whoever reads them, each named after its commune
/// too from the day of the merger on: lists, figures and imports go by the name.
pub fn told_apart(units: &[Unit], communes: &[AreaId], on: Date) -> Vec<Unit> {
    let lineage = Lineage::of(units.iter());
    let commune = |unit: &Unit| unit.parent.map(|parent| lineage.now(parent)).filter(|parent| communes.contains(parent));
    let stands = |unit: &&Unit| unit.level == Level::Village && unit.succession.is_none();
    let here: Vec<(&Unit, AreaId)> = units.iter().filter(stands).filter_map(|unit| Some((unit, commune(unit)?))).collect();
    let mut renamed = Vec::new();
    for (unit, parent) in &here {
        let same = |other: &Unit| text::spelling(&other.name) == text::spelling(&unit.name);
        let Some(commune) = units.iter().find(|commune| commune.id == *parent) else { continue };
        if here.iter().any(|(other, elsewhere)| elsewhere != parent && same(other)) {
            let (unit, name) = ((*unit).clone(), format!("{} ({})", unit.name, commune.name));
            let since = unit.former.last().map_or(unit.from, |last| last.until.plus(1));
            // Of one that began after the day there is no day with the old name.
            renamed.push(if since < on { unit.renamed(name, on) } else { Unit { name, ..unit } });
        }
    }
    renamed
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
    let lineage = Lineage::of(all.clone());
    let mut found: Vec<(&[AreaId], Rearranged)> = Vec::new();
    for unit in ended {
        let (Some(succession), Some(last)) = (&unit.succession, unit.to) else { continue };
        let into = succession.into.as_slice();
        match found.iter_mut().find(|(known, _)| *known == into) {
            Some((_, one)) => one.from.push(unit.name.clone()),
            None => {
                let named = |id: &AreaId| all.clone().find(|unit| unit.id == *id);
                // One that was moved may be called what it was called before.
                let other = |new: &&Unit| unit.parent.map(|parent| lineage.now(parent)) != new.parent.map(|parent| lineage.now(parent));
                let commune = |new: &Unit| Some(new).filter(other).and_then(|new| named(&new.parent?)).map(|commune| commune.name.clone());
                let name = |new: &Unit| match commune(new) {
                    Some(commune) => format!("{} ({commune})", new.name),
                    None => new.name.clone(),
                };
                let names = into.iter().filter_map(named).map(name);
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
    /// The units that end: several are merged, one village is split. Villages of one commune or communes of one province.
    pub from: Vec<AreaId>,
    /// The units that begin: one of a merger, several of a split.
    pub into: Vec<NewUnit>,
    /// The commune that villages are moved to, where it is not the one that they were in. Each of them goes on there as one
    /// new village, in the order of `from`. A commune is split so: another one is made, and villages are moved to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<AreaId>,
}

/// A unit that a merger or a split makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// Its id, made by who decides.
    pub id: AreaId,
    /// Its full name.
    pub name: String,
    /// The letters of its household codes; empty has some made up. A commune has none.
    pub code: String,
    /// The households that a split gives it. The first village of a split has none here: it keeps what nobody gave to
    /// another, with what was received too late to be given.
    pub households: Vec<RecordId>,
}

/// What is wrong with a merger or a split. The names are those of its fields in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RearrangementError {
    /// Neither several into one nor one into several, or not of villages that stand in one commune or communes in one province.
    From,
    /// A new unit without a name, or with that of one that stays.
    Name,
    /// Villages cannot be moved there: it is no commune of that day, or they are in it.
    Commune,
    /// A village that shares its area with another one, since a split, cannot leave it behind in another commune.
    Divided,
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
            Self::Commune => "commune",
            Self::Divided => "divided",
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

    /// What the units are to be afterwards: those that end, with their succession, those that begin, and villages that have
    /// to be [told apart](told_apart) from then on. `units` are all that there are; of a new unit the code is as it was asked for.
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
        let lineage = Lineage::of(units.iter());
        let stands = |unit: &&Unit| unit.level != Level::Province && unit.succession.is_none();
        let mut ended = Vec::new();
        for id in &self.from {
            let unit = units.iter().filter(stands).find(|unit| unit.id == *id).ok_or(RearrangementError::From)?;
            if ended.contains(unit) {
                return Err(RearrangementError::From);
            }
            ended.push(unit.clone());
        }
        let above = |unit: &Unit| unit.parent.map(|parent| lineage.now(parent));
        let (level, old) = ended.first().map(|unit| (unit.level, above(unit))).ok_or(RearrangementError::From)?;
        let shaped = match (level, self.commune, self.from.len(), self.into.len()) {
            (Level::Village, Some(_), from, into) => from == into,
            (Level::Village, None, 2.., 1) | (Level::Village, None, 1, 2..) | (Level::Commune, None, 2.., 1) => true,
            _ => false,
        };
        if !shaped || old.is_none() || ended.iter().any(|unit| unit.level != level || above(unit) != old) {
            return Err(RearrangementError::From);
        }
        let known = |id: AreaId| units.iter().find(|unit| unit.id == id);
        if let Some(commune) = self.commune {
            let good = known(commune).is_some_and(|unit| unit.level == Level::Commune && unit.succession.is_none() && unit.is_on(self.on));
            if !good || Some(commune) == old {
                return Err(RearrangementError::Commune);
            }
            let shares = |unit: &Unit| lineage.earlier(unit.id).into_iter().any(|area| lineage.is_divided(area));
            if ended.iter().any(shares) {
                return Err(RearrangementError::Divided);
            }
        }
        let began_later = old.and_then(known).is_some_and(|above| above.from > self.on);
        if began_later || ended.iter().any(|unit| unit.from >= self.on || unit.to.is_some_and(|to| to < self.on.plus(-1))) {
            return Err(RearrangementError::On);
        }
        let parent = self.commune.or(old);
        self.check_new(units, &lineage, (level, parent))?;
        for (at, unit) in ended.iter_mut().enumerate() {
            let into = self.into.iter().enumerate().filter(|(place, _)| self.commune.is_none() || *place == at);
            unit.to = Some(self.on.plus(-1));
            unit.succession = Some(Succession {
                into: into.map(|(_, new)| new.id).collect(),
                decision_no: text::clean(&self.decision_no),
                decision_date: Some(self.decision_date),
            });
        }
        ended.extend(self.into.iter().map(|new| Unit {
            id: new.id,
            parent,
            level,
            name: text::clean(&new.name),
            code: if level == Level::Village { new.code.clone() } else { String::new() },
            from: self.on,
            to: None,
            succession: None,
            former: Vec::new(),
        }));
        if level == Level::Commune {
            ended.extend(told_apart(units, &self.from, self.on));
        }
        Ok(ended)
    }

    fn check_new(&self, units: &[Unit], lineage: &Lineage, (level, parent): (Level, Option<AreaId>)) -> Result<(), RearrangementError> {
        let beside = |unit: &Unit| unit.level == level && unit.parent.map(|above| lineage.now(above)) == parent;
        let stays = |unit: &&Unit| beside(unit) && unit.succession.is_none() && !self.from.contains(&unit.id);
        // Only the parts of a village are given households, and the first one keeps the rest.
        let is_part = level == Level::Village && self.commune.is_none() && self.from.len() == 1;
        let mut names: Vec<String> = units.iter().filter(stays).map(|unit| text::spelling(&unit.name)).collect();
        let mut given: Vec<RecordId> = Vec::new();
        for (place, new) in self.into.iter().enumerate() {
            let name = text::spelling(&new.name);
            let again = self.into.iter().take(place).any(|other| other.id == new.id) || units.iter().any(|unit| unit.id == new.id);
            if text::clean(&new.name).is_empty() || names.contains(&name) || again {
                return Err(RearrangementError::Name);
            }
            names.push(name);
            if (place == 0 || !is_part) && !new.households.is_empty() {
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
            commune: None,
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

    /// Communes 7001 and 7002 in one province, 7003 in another; villages 1 and 2 in the first, 3 in the second.
    fn communes() -> Vec<Unit> {
        let commune = |n, above| Unit { level: Level::Commune, parent: Some(area(above)), name: format!("Xã {n}"), ..unit(n) };
        let of = |n, above| Unit { parent: Some(area(above)), ..unit(n) };
        let province = Unit { level: Level::Province, parent: None, ..unit(9_000) };
        vec![province, commune(7_001, 9_000), commune(7_002, 9_000), commune(7_003, 9_001), of(1, 7_001), of(2, 7_001), of(3, 7_002)]
    }

    fn moved(from: &[u16], into: Vec<NewUnit>, to: u16) -> Rearrangement {
        Rearrangement { commune: Some(area(to)), ..decided(from, into) }
    }

    #[test]
    fn a_village_belongs_to_what_its_commune_was_on_the_day() {
        let mut units = communes();
        let on = today().plus(-10);
        let merger = Rearrangement { on, ..decided(&[7_001, 7_002], vec![new(7_009)]) };
        let plan = merger.plan(&units, today()).unwrap();
        assert_eq!(plan.iter().map(|unit| unit.id).collect::<Vec<_>>(), [area(7_001), area(7_002), area(7_009)], "no village is written");
        assert_eq!((plan[2].level, plan[2].parent, plan[2].from), (Level::Commune, Some(area(9_000)), on));
        done(&mut units, plan);
        // Then a village is moved out of it, and another one is made in it.
        units.push(Unit { level: Level::Commune, parent: Some(area(9_000)), ..unit(7_004) });
        let plan = moved(&[1], vec![new(11)], 7_004).plan(&units, today()).unwrap();
        done(&mut units, plan);
        units.push(Unit { parent: Some(area(7_009)), from: on, ..unit(12) });
        let whose = |n: u16, day| parent_on(&units, units.iter().find(|unit| unit.id == area(n)).unwrap(), day);
        for (village, day, commune) in [
            (1, Some(on.plus(-1)), 7_001),
            (1, Some(on), 7_009),
            (1, None, 7_009),
            (11, None, 7_004),
            (2, Some(on.plus(-1)), 7_001),
            (3, Some(on.plus(-1)), 7_002),
            (3, Some(on), 7_009),
            (2, None, 7_009),
            (12, Some(on), 7_009),
            (7_009, None, 9_000),
        ] {
            assert_eq!(whose(village, day), Some(area(commune)), "{village} on {day:?}");
        }
        assert_eq!(whose(9_000, None), None);
        // Villages that were in two communes are merged like any others, and the note beside figures names the move.
        let plan = decided(&[2, 3], vec![new(13)]).plan(&units, today()).unwrap();
        assert_eq!(plan[2].parent, Some(area(7_009)));
        let ended: Vec<&Unit> = units.iter().filter(|unit| [area(1), area(7_001), area(7_002)].contains(&unit.id)).collect();
        let notes = rearranged(&ended, units.iter());
        let told: Vec<(String, String)> = notes.into_iter().map(|note| (note.from.join(", "), note.into.join(", "))).collect();
        let told: Vec<(&str, &str)> = told.iter().map(|(from, into)| (from.as_str(), into.as_str())).collect();
        assert_eq!(told, [("Xã 7001, Xã 7002", "Thôn 7009"), ("Thôn 1", "Thôn 11 (Thôn 7004)")]);
    }

    #[test]
    fn what_is_no_merger_of_communes_and_no_move() {
        use RearrangementError::{Commune, Divided, From, Households, Name, On};
        let mut units = communes();
        let split = decided(&[3], vec![new(30), new(31)]).plan(&units, today()).unwrap();
        done(&mut units, split);
        units.push(Unit { level: Level::Commune, parent: Some(area(9_000)), from: today().plus(1), ..unit(7_005) });
        let given = |n| vec![NewUnit { households: vec![household(1)], ..new(n) }];
        assert!(moved(&[1, 2], vec![new(11), new(12)], 7_002).plan(&units, today()).is_ok());
        for (wrong, error) in [
            (decided(&[7_001, 7_003], vec![new(70)]), From),
            (decided(&[7_001], vec![new(70), new(71)]), From),
            (decided(&[7_001, 1], vec![new(70)]), From),
            (decided(&[9_000, 7_001], vec![new(70)]), From),
            (decided(&[7_001, 7_002], given(70)), Households),
            (decided(&[7_001, 7_002], vec![NewUnit { name: "Thôn 7005".into(), ..new(70) }]), Name),
            (moved(&[7_001], vec![new(70)], 7_002), From),
            (moved(&[1, 2], vec![new(11)], 7_002), From),
            (moved(&[1, 30], vec![new(11), new(12)], 7_003), From),
            (moved(&[1], vec![new(11)], 7_001), Commune),
            (moved(&[1], vec![new(11)], 7_005), Commune),
            (moved(&[1], vec![new(11)], 30), Commune),
            (moved(&[1], vec![new(11)], 99), Commune),
            (moved(&[31], vec![new(11)], 7_001), Divided),
            (moved(&[1], given(11), 7_002), Households),
            (moved(&[1], vec![NewUnit { name: "Thôn 30".into(), ..new(11) }], 7_002), Name),
        ] {
            assert_eq!(wrong.plan(&units, today()), Err(error), "{wrong:?}");
        }
        // Not in a commune that began later.
        let merger = decided(&[7_001, 7_002], vec![new(70)]).plan(&units, today()).unwrap();
        done(&mut units, merger);
        let early = Rearrangement { on: today().plus(-1), decision_date: today().plus(-2), ..decided(&[1, 2], vec![new(11)]) };
        assert_eq!(early.plan(&units, today()), Err(On));
    }

    #[test]
    fn villages_of_one_name_are_told_apart() {
        let mut units = communes();
        units.push(Unit { parent: Some(area(7_002)), name: "THÔN 1".into(), ..unit(4) });
        let plan = decided(&[7_001, 7_002], vec![new(70)]).plan(&units, today()).unwrap();
        let named: Vec<(&str, &str)> = plan[3..].iter().map(|unit| (unit.name.as_str(), unit.name_on(today().plus(-1)))).collect();
        assert_eq!(named, [("Thôn 1 (Xã 7001)", "Thôn 1"), ("THÔN 1 (Xã 7002)", "THÔN 1")]);
        assert_eq!(told_apart(&units, &[area(7_001)], today()), [], "a commune's own names are its own business");
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
                    decision_no: "1".into(), decision_date: day, on: day, from: from.clone(), into: into.clone(), commune: None,
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
