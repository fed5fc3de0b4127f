//! The registry record: a multi-value register for each field. Two people change one field while offline, and both values stay.

use crate::id::DeviceId;
use crate::operation::{Change, Dot, DotRef, Field, Header, Part};
use crate::sequence::HERE;
use crate::short::{Map, Set};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The merged state of one registry record.
///
/// The siblings of a field are the dots written minus the dots listed in any base, whatever the order of arrival.
/// Each operation must be applied exactly once; the unique `(device, seq)` of the log sees to that.
/// A field that nobody edited costs only its value: its dot is the creation's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// The operation that created the record; `None` while only later edits have arrived.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Fields that still have their first value.
    #[serde(rename = "f", default)]
    pub first: Map<Field, ByteBuf>,
    /// Fields that were edited.
    #[serde(rename = "e", default, skip_serializing_if = "Map::is_empty")]
    pub edited: Map<Field, Siblings>,
}

/// Where and when a record began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The dot of the creating operation.
    #[serde(rename = "d")]
    pub dot: Dot,
    /// When its writer's clock said it was.
    #[serde(rename = "t")]
    pub at: Time,
}

/// The values of one field that nobody has replaced yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Siblings {
    /// One for each dot; more than one means that people disagree.
    #[serde(rename = "v", default)]
    pub values: Vec<Sibling>,
    /// Dots that were replaced before they arrived.
    #[serde(rename = "x", default, skip_serializing_if = "Set::is_empty")]
    pub superseded: Set<Dot>,
}

/// One value of a field, and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// The operation that wrote it.
    #[serde(rename = "d")]
    pub dot: Dot,
    /// When its writer's clock said it was.
    #[serde(rename = "t")]
    pub at: Time,
    /// The value, in CBOR.
    #[serde(rename = "v")]
    pub value: ByteBuf,
}

impl Siblings {
    fn put(&mut self, sibling: Sibling) {
        if !self.superseded.remove(&sibling.dot) {
            self.values.push(sibling);
            crate::short::sort_by_key(&mut self.values, |s| s.dot);
        }
    }

    fn supersede(&mut self, dot: Dot) {
        match self.values.iter().position(|s| s.dot == dot) {
            Some(at) => {
                self.values.remove(at);
            }
            None => {
                self.superseded.insert(dot);
            }
        }
    }
}

/// Field values as an operation's body part carries them.
pub type Values = Map<Field, ByteBuf>;

impl Register {
    /// Applies one operation of `device`, exactly once. `values` are all field values of its body, whatever their part.
    /// Changes that are not a registry's are ignored.
    pub fn apply(&mut self, device: DeviceId, seq: u64, header: &Header, values: Values) {
        let dot = Dot { device, seq };
        let at = header.at;
        match &header.change {
            Change::Create if !self.is_made() => {
                self.origin = Some(Origin { dot, at });
                for (field, value) in values {
                    match self.edited.get_mut(&field) {
                        Some(siblings) => siblings.put(Sibling { dot, at, value }),
                        None => {
                            self.first.insert(field, value);
                        }
                    }
                }
            }
            Change::Set { fields } => {
                for (field, base) in fields {
                    let Some(value) = values.get(field) else { continue };
                    let siblings = self.edit(field);
                    for seen in base {
                        siblings.supersede(seen.of(device));
                    }
                    siblings.put(Sibling { dot, at, value: value.clone() });
                }
            }
            _ => {}
        }
    }

    /// Lays an operation of this phone over what was pulled, for the eye: under [`HERE`], since what was pulled may hold another
    /// one under its number. What it calls its own may be laid over as well, or have been pulled by now.
    pub fn lay_over(&mut self, dot: Dot, header: &Header, values: Values) {
        let mut header = header.clone();
        if let Change::Set { fields } = &mut header.change {
            for (_, base) in fields.iter_mut() {
                let own = base.iter().filter(|seen| seen.device.is_none());
                let pulled: Vec<DotRef> = own.map(|seen| DotRef { device: Some(dot.device), ..*seen }).collect();
                base.extend(pulled);
            }
        }
        self.apply(HERE, dot.seq, &header, values);
    }

    /// Whether what made the record is here. Edits may be here alone while it waits in quarantine: they are kept, and
    /// there is nothing yet that could be shown or counted.
    pub fn is_made(&self) -> bool {
        self.origin.is_some()
    }

    fn edit(&mut self, field: &Field) -> &mut Siblings {
        let first = self.first.remove(field);
        let origin = self.origin;
        self.edited.get_or_insert_with(field.clone(), || {
            let mut siblings = Siblings::default();
            if let (Some(value), Some(Origin { dot, at })) = (first, origin) {
                siblings.values.push(Sibling { dot, at, value });
            }
            siblings
        })
    }

    /// The value shown first: of several, the one with the latest clock. `None` where the field has none.
    pub fn value(&self, field: &str) -> Option<&[u8]> {
        if let Some(value) = self.first.get(field) {
            return Some(value);
        }
        let siblings = &self.edited.get(field)?.values;
        siblings.iter().max_by_key(|s| (s.at, s.dot)).map(|s| s.value.as_slice())
    }

    /// Reads the value shown first.
    pub fn read<T: serde::de::DeserializeOwned>(&self, field: &str) -> Option<T> {
        crate::cbor::decode(self.value(field)?).ok()
    }

    /// The dots that a new value of this field replaces: what the writer sees now.
    pub fn base(&self, field: &str) -> Vec<Dot> {
        if let Some(siblings) = self.edited.get(field) {
            return siblings.values.iter().map(|s| s.dot).collect();
        }
        match (&self.origin, self.first.contains_key(field)) {
            (Some(origin), true) => vec![origin.dot],
            _ => Vec::new(),
        }
    }

    /// The fields on which people disagree.
    pub fn disputed(&self) -> impl Iterator<Item = (&Field, &Siblings)> {
        let disputed = |siblings: &Siblings| siblings.values.windows(2).any(|pair| pair[0].value != pair[1].value);
        self.edited.iter().filter(move |(_, siblings)| disputed(siblings)).map(|(field, siblings)| (field, siblings))
    }

    /// The names of every field that has a value.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.first.keys().chain(self.edited.iter().filter(|(_, s)| !s.values.is_empty()).map(|(field, _)| field))
    }

    /// Every dot whose value is shown: what a stream's digest counts.
    pub fn dots(&self) -> Set<Dot> {
        let edited = self.edited.values().flat_map(|s| s.values.iter().map(|v| v.dot));
        self.origin.iter().map(|o| o.dot).chain(edited).collect()
    }
}

/// No record of ours has more fields than some hundred members of a team.
const FIELDS_MAX: usize = 1_000;

/// All field values of an operation's body: a registry kind spreads its fields over parts, each a map.
pub fn values(parts: &Map<Part, ByteBuf>) -> Result<Values, crate::cbor::Unreadable> {
    let mut all = Values::new();
    for bytes in parts.values() {
        all.extend(crate::cbor::decode::<Values>(bytes)?);
        if all.len() > FIELDS_MAX {
            return Err(crate::cbor::Unreadable);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AreaId, RecordId};
    use crate::operation::{Ground, Kind, LegalBasis, SCHEMA, Stream};
    use crate::time::Date;
    use proptest::prelude::*;

    fn device(n: u8) -> DeviceId {
        DeviceId::new(0, [n; 10])
    }

    fn header(change: Change, at: i64) -> Header {
        Header {
            schema: SCHEMA,
            kind: Kind::Household,
            record: RecordId::new(0, [1; 10]),
            area: AreaId::new(0, [1; 10]),
            stream: Stream::Roll,
            change,
            grant: 1,
            at: Time(at),
            ground: Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX },
        }
    }

    fn value(n: u8) -> ByteBuf {
        ByteBuf::from(vec![n])
    }

    #[test]
    fn both_values_stay_until_a_person_decides() {
        let mut state = Register::default();
        state.apply(device(1), 1, &header(Change::Create, 1), Values::from([("people".into(), value(4))]));
        let base = |state: &Register, this| state.base("people").into_iter().map(|d| d.seen_by(this)).collect::<Vec<_>>();
        let set = |base| Change::Set { fields: Map::from([("people".into(), base)]) };
        let seen = (base(&state, device(2)), base(&state, device(3)));
        state.apply(device(2), 1, &header(set(seen.0), 2), Values::from([("people".into(), value(5))]));
        state.apply(device(3), 1, &header(set(seen.1), 3), Values::from([("people".into(), value(6))]));
        assert_eq!(state.disputed().count(), 1);
        assert_eq!(state.value("people"), Some([6].as_slice()));
        let all = base(&state, device(2));
        state.apply(device(2), 2, &header(set(all), 4), Values::from([("people".into(), value(5))]));
        assert_eq!((state.disputed().count(), state.value("people")), (0, Some([5].as_slice())));
    }

    #[test]
    fn what_is_laid_over_is_told_from_what_a_copy_wrote_under_its_number() {
        let (mut state, this) = (Register::default(), device(1));
        let set = |seen: DotRef| header(Change::Set { fields: Map::from([("people".into(), vec![seen])]) }, 2);
        let people = |n| Values::from([("people".into(), value(n))]);
        let (made, own) = (DotRef { device: Some(device(9)), seq: 1 }, DotRef { device: None, seq: 2 });
        state.apply(device(9), 1, &header(Change::Create, 1), people(4));
        let dots = |state: &Register| state.base("people").iter().map(|dot| (dot.device, dot.seq)).collect::<Vec<_>>();
        let lay = |state: &mut Register, seq, seen, n| state.lay_over(Dot { device: this, seq }, &set(seen), people(n));
        // Another phone under this one's name was first with its number 2.
        let mut copied = state.clone();
        copied.apply(this, 2, &set(made), people(6));
        lay(&mut copied, 2, made, 5);
        assert_eq!(dots(&copied), [(HERE, 2), (this, 2)]);
        // What it calls its own is replaced, laid over or pulled by now.
        let mut pulled = state.clone();
        pulled.apply(this, 2, &set(made), people(5));
        lay(&mut state, 2, made, 5);
        for mut state in [state, pulled] {
            lay(&mut state, 3, own, 7);
            assert_eq!(dots(&state), [(HERE, 3)]);
        }
    }

    #[derive(Clone, Debug)]
    struct Write {
        device: u8,
        seq: u64,
        change: Change,
        value: u8,
    }

    /// Up to four writers who each see some of the earlier writes: a creation, then sets whose bases are random subsets.
    fn writes() -> impl Strategy<Value = Vec<Write>> {
        prop::collection::vec((0u8..4, any::<u32>(), 0u8..3), 0..12).prop_map(|steps| {
            let mut seqs = [1u64, 0, 0, 0];
            let mut done = vec![(0u8, 1u64)];
            let mut all = vec![Write { device: 0, seq: 1, change: Change::Create, value: 9 }];
            for (who, seen, value) in steps {
                seqs[who as usize] += 1;
                let seq = seqs[who as usize];
                let base = done
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| seen >> (i % 32) & 1 == 1)
                    .map(|(_, (d, s))| DotRef { device: (*d != who).then(|| device(*d)), seq: *s })
                    .collect();
                all.push(Write { device: who, seq, change: Change::Set { fields: Map::from([("x".into(), base)]) }, value });
                done.push((who, seq));
            }
            all
        })
    }

    fn merged(writes: &[Write]) -> Register {
        let mut state = Register::default();
        for w in writes {
            state.apply(device(w.device), w.seq, &header(w.change.clone(), w.seq as i64), Values::from([("x".into(), value(w.value))]));
        }
        state
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_ends_the_same(writes in writes(), shuffle in any::<u64>()) {
            let mut other = writes.clone();
            let mut state = shuffle;
            for i in (1..other.len()).rev() {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                other.swap(i, (state >> 33) as usize % (i + 1));
            }
            let (a, b) = (merged(&writes), merged(&other));
            // A field only ever touched by its creation may stand in either map.
            let shown = |r: &Register| (r.base("x"), r.value("x").map(<[u8]>::to_vec));
            prop_assert_eq!(shown(&a), shown(&b));
        }

        #[test]
        fn siblings_are_written_minus_bases(writes in writes()) {
            let mut written = std::collections::BTreeSet::new();
            let mut based = std::collections::BTreeSet::new();
            for w in &writes {
                written.insert(Dot { device: device(w.device), seq: w.seq });
                if let Change::Set { fields } = &w.change {
                    based.extend(fields.get("x").into_iter().flatten().map(|d| d.of(device(w.device))));
                }
            }
            let expected: Vec<Dot> = written.difference(&based).copied().collect();
            prop_assert_eq!(merged(&writes).base("x"), expected);
        }
    }
}
