//! Households that an office says are one, or are not, while phones go on writing to either.

use crate::base::answer_of;
use crate::fault::Fault;
use crate::ledger::Written;
use crate::world::{Outcome, World};
use domain::book::Sheet;
use domain::id::{AreaId, RecordId};
use domain::office::{Filter, HouseholdRow};
use domain::operation::Dot;
use domain::record::{Body, Record};
use domain::register::Register;
use domain::twin::{Decision, Twins, Verdict};
use server::store::{Ask, Store, Value};
use std::collections::BTreeMap;

/// What the office has decided: of the household that says so and the other one.
pub(crate) type Verdicts = BTreeMap<(RecordId, RecordId), Verdict>;

impl World {
    /// The officer decides about two households of one village, or otherwise than before.
    pub(crate) fn decide_twins(&mut self) -> Outcome {
        let decided: Vec<(RecordId, RecordId)> = self.verdicts.keys().copied().collect();
        let before = self.chance.percent(50).then(|| self.chance.pick(&decided).copied()).flatten();
        let Some((household, other)) = (match before {
            Some(pair) => Some(pair),
            None => self.two_of_one_village()?,
        }) else {
            return Ok(());
        };
        let seen = self.verdicts.get(&(household, other)).copied().unwrap_or(Verdict::Open);
        let verdicts: Vec<Verdict> = Verdict::ALL.iter().copied().filter(|verdict| *verdict != seen).collect();
        let is = self.chance.pick(&verdicts).copied().unwrap_or(Verdict::Open);
        if is != Verdict::Open && !self.may_be_one(household, other, seen)? {
            return Ok(());
        }
        let decision = Decision { household, other, seen, is };
        self.note(format!("office decides about {household} and {other}: {is:?}"));
        let Some(before) = self.register(household)? else { return Ok(()) };
        self.office(Value::Twins(decision), 0)?;
        let dot = Dot { device: self.tab, seq: self.tab_seq };
        for (field, _) in decision.values() {
            let saw = before.base(&field);
            self.ledger.written.push(Written { record: household, field, dot, saw });
        }
        match (seen, is) {
            (_, Verdict::Same) => self.fault(Fault::MadeOne),
            (Verdict::Same, _) => self.fault(Fault::TakenApart),
            _ => {}
        }
        match is {
            Verdict::Open => self.verdicts.remove(&(household, other)),
            _ => self.verdicts.insert((household, other), is),
        };
        Ok(())
    }

    /// The households that stand for others, as the office has decided.
    pub(crate) fn twins(&self) -> Twins {
        let same = self.verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Same);
        Twins::of(&same.map(|(pair, _)| *pair).collect())
    }

    /// The registers of a household that is on the server.
    fn register(&self, household: RecordId) -> Outcome<Option<Register>> {
        Ok(match self.records()?.remove(&household) {
            Some((_, Record { body: Body::Registry(registry), .. })) => Some(registry.state),
            _ => None,
        })
    }

    /// Two that the office has said nothing about.
    fn two_of_one_village(&mut self) -> Outcome<Option<(RecordId, RecordId)>> {
        let ask = Ask { within: None, filter: Filter::default(), limit: u32::MAX };
        let all: Vec<RecordId> = answer_of(self.store().list::<HouseholdRow>(ask, self.now))?.rows.into_iter().map(|row| row.id).collect();
        let pair = (self.chance.pick(&all).copied(), self.chance.pick(&all).copied());
        let (Some(a), Some(b)) = pair else { return Ok(None) };
        let is_new = a != b && !self.verdicts.contains_key(&(a, b)) && !self.verdicts.contains_key(&(b, a));
        Ok(is_new.then_some((a, b)))
    }

    /// Whether both are in one village, and neither is part of another one yet but for what is decided between them.
    fn may_be_one(&self, household: RecordId, other: RecordId, seen: Verdict) -> Outcome<bool> {
        let twins = self.twins();
        let stand = twins.stands(household) && twins.stands(other) || seen == Verdict::Same;
        Ok(stand && self.village_of(household)? == self.village_of(other)?)
    }

    fn village_of(&self, household: RecordId) -> Outcome<Option<AreaId>> {
        let ask = Ask { within: None, filter: Filter { household: Some(household), ..Filter::default() }, limit: 1 };
        Ok(answer_of(self.store().list::<Sheet>(ask, self.now))?.rows.pop().map(|sheet| sheet.village))
    }
}
