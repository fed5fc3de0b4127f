//! The unit tree as the store's rules need it: who is below whom, and which commune a unit belongs to.

use super::tables::{Result, Stored, Tables};
use super::{StoreError, Within};
use domain::id::AreaId;
use domain::operation::Kind;
use domain::record::Body;
use domain::succession::Lineage;
use domain::text;
use domain::unit::{Level, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// One unit.
pub fn unit(t: &mut dyn Tables, id: AreaId) -> Result<Option<Unit>> {
    Ok(t.record(id.into())?.as_ref().and_then(read))
}

/// The unit in a record.
pub fn read(stored: &Stored) -> Option<Unit> {
    match &stored.record.body {
        Body::Registry(registry) if stored.record.kind == Kind::Unit => Unit::read(stored.record.id.into(), &registry.state),
        _ => None,
    }
}

/// The unit for which somebody works whose role is for this one: what their commune has become.
pub fn workplace(t: &mut dyn Tables, id: AreaId) -> Result<Option<Unit>> {
    let mut found = unit(t, id)?;
    let mut seen = BTreeSet::from([id]);
    while let Some(next) = found.as_ref().filter(|unit| unit.level == Level::Commune).and_then(after).filter(|next| seen.insert(*next)) {
        found = unit(t, next)?;
    }
    Ok(found)
}

fn after(unit: &Unit) -> Option<AreaId> {
    unit.succession.as_ref()?.into.first().copied()
}

/// Every unit. Whatever is asked of it is answered as of today: a village is in what its commune has become.
pub struct Tree {
    units: BTreeMap<AreaId, Unit>,
    /// What became of which.
    pub lineage: Lineage,
}

impl Tree {
    /// Loads it.
    pub fn load(t: &mut dyn Tables) -> Result<Self> {
        Ok(Self::of(t.working(&Kind::Unit)?.iter().filter_map(read)))
    }

    /// Of these units; of two states of one the later counts.
    pub fn of(units: impl Iterator<Item = Unit>) -> Self {
        let units: BTreeMap<AreaId, Unit> = units.map(|unit| (unit.id, unit)).collect();
        let lineage = Lineage::of(units.values());
        Self { units, lineage }
    }

    /// One unit.
    pub fn get(&self, id: AreaId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// A unit's name, or nothing.
    pub fn name(&self, id: AreaId) -> String {
        self.get(id).map(|unit| unit.name.clone()).unwrap_or_default()
    }

    /// The name of what a unit has become.
    pub fn name_now(&self, id: AreaId) -> String {
        self.name(self.lineage.now(id))
    }

    /// Every unit there is or was.
    pub fn all(&self) -> impl Iterator<Item = &Unit> + Clone {
        self.units.values()
    }

    /// What a unit has become and everything above that, from below. A tree that somebody tied into a ring is cut at its third
    /// level.
    pub fn above(&self, id: AreaId) -> impl Iterator<Item = &Unit> {
        let now = |id| self.get(self.lineage.now(id));
        std::iter::successors(now(id), move |unit| unit.parent.and_then(now)).take(Level::ALL.len())
    }

    /// Whether a unit is within somebody's reach.
    pub fn covers(&self, within: Within, id: AreaId) -> bool {
        within.is_none_or(|reach| reach == id || self.above(id).any(|unit| unit.id == self.lineage.now(reach)))
    }

    /// Says no where a unit is not within reach.
    pub fn check(&self, within: Within, id: AreaId) -> Result<()> {
        if self.covers(within, id) { Ok(()) } else { Err(StoreError::NotAllowed) }
    }

    /// The communes of today whose campaigns and teams are about villages within reach: their own, and those from which one
    /// of them was moved.
    pub fn near(&self, within: Within) -> BTreeSet<AreaId> {
        let here = self.units.values().filter(|unit| unit.level == Level::Village && self.covers(within, unit.id));
        let left = here.filter_map(|unit| unit.parent).map(|parent| self.lineage.now(parent));
        left.chain(within.and_then(|reach| self.commune(reach))).collect()
    }

    /// The commune that a unit is or belongs to.
    pub fn commune(&self, id: AreaId) -> Option<AreaId> {
        self.above(id).find(|unit| unit.level == Level::Commune).map(|unit| unit.id)
    }

    /// The villages within reach that were not merged or split, by name.
    pub fn villages(&self, within: Within) -> Vec<&Unit> {
        let stands = |unit: &&Unit| unit.level == Level::Village && unit.succession.is_none() && self.covers(within, unit.id);
        let mut villages: Vec<&Unit> = self.units.values().filter(stands).collect();
        villages.sort_by(|a, b| text::natural(&a.name, &b.name).then(a.id.cmp(&b.id)));
        villages
    }

    /// The villages of a commune, also those that have become others in it.
    pub fn below(&self, commune: AreaId) -> impl Iterator<Item = &Unit> {
        self.units.values().filter(move |unit| unit.level == Level::Village && self.commune(unit.id) == Some(commune))
    }

    /// The villages whose household codes are read in a commune: its own, and those that were moved away from it.
    pub fn coding(&self, commune: AreaId) -> impl Iterator<Item = &Unit> {
        let was_here = move |unit: &Unit| unit.parent.map(|parent| self.lineage.now(parent)) == Some(commune);
        let villages = self.units.values().filter(|unit| unit.level == Level::Village);
        villages.filter(move |unit| was_here(unit) || self.commune(unit.id) == Some(commune))
    }

    /// The letters that no other village of a commune can have: they stand on paper.
    pub fn letters(&self, commune: AreaId) -> BTreeSet<String> {
        self.coding(commune).map(|unit| unit.code.clone()).collect()
    }
}

/// The letters for a village's household codes: the first letters of the words of its name without its type
/// ("Thôn Đồng Cừ – Bến Lĩnh" is DC), of one word the first two ("Buôn Kõm" is KO); with a number where its commune
/// has them already. At most six letters and figures.
pub fn village_code(name: &str, taken: &BTreeSet<String>) -> String {
    const TYPES: [&str; 10] = ["thon", "to dan pho", "to", "ban", "buon", "lang", "ap", "khu pho", "khoi pho", "khom"];
    let first = name.split(['–', '-', '(', ',']).next().unwrap_or(name);
    let folded = text::words(first);
    let bare = TYPES.iter().filter_map(|word| folded.strip_prefix(word)?.strip_prefix(' ')).min_by_key(|rest| rest.len());
    let words: Vec<&str> = bare.unwrap_or(&folded).split(' ').filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [] => "T".to_owned(),
        [word] if word.starts_with(|c: char| c.is_ascii_digit()) => format!("T{}", word.chars().take(3).collect::<String>()),
        [word] => word.chars().filter(char::is_ascii_alphanumeric).take(2).collect(),
        words => words.iter().filter_map(|word| word.chars().find(char::is_ascii_alphanumeric)).take(4).collect(),
    };
    let code = if letters.is_empty() { "T".to_owned() } else { letters.to_ascii_uppercase() };
    free_code(code, taken)
}

/// These letters, with a number where somebody has them already.
pub fn free_code(code: String, taken: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|n: u32| format!("{code}{n}"));
    std::iter::once(code.clone()).chain(numbered).find(|code| !taken.contains(code)).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_villages() {
        let mut taken = BTreeSet::new();
        for (name, code) in [
            ("Thôn Đồng Cừ – Bến Lĩnh", "DC"),
            ("Thôn Đồng Cờ", "DC2"),
            ("Tổ dân phố 7", "T7"),
            ("Thôn 12", "T12"),
            ("Buôn Kõm", "KO"),
            ("Bản Nà Lếch", "NL"),
            ("Thôn", "TH"),
            ("–", "T"),
        ] {
            assert_eq!(village_code(name, &taken), code, "{name}");
            taken.insert(code.to_owned());
        }
    }
}
