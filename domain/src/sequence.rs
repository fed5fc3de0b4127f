//! The numbers of a phone's outbox, and under whose name each of them stands on the server.
//!
//! A phone's database can be copied, and then two phones write under one name. The one that the server hears of second
//! goes on under a name of its own, from the first number at which they differ. Nothing that was saved is rewritten for
//! that: an operation says "self" and a number, and the sequence says who that is.

use crate::id::DeviceId;
use crate::operation::{Change, Dot, DotRef};
use serde::{Deserialize, Serialize};

/// Who writes a sequence of operations, and who wrote its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Who writes it now.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// Whose numbers it continues, the latest first.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub continues: Vec<Continues>,
}

/// The beginning of a sequence that another device goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continues {
    /// Who wrote it.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// Its last number.
    #[serde(rename = "n")]
    pub up_to: u64,
}

/// In what a phone shows, the writer of its own operations that are laid over what it pulled. There, a number of its own
/// device may be that of a copy of it which neither of the two knows of yet.
pub const HERE: DeviceId = DeviceId::new(0, [0; 10]);

impl Sequence {
    /// All of it is one device's.
    pub const fn of(device: DeviceId) -> Self {
        Self { device, continues: Vec::new() }
    }

    /// Goes on as another device behind this number.
    pub fn fork(&mut self, device: DeviceId, up_to: u64) {
        self.continues.insert(0, Continues { device: self.device, up_to });
        self.device = device;
    }

    /// Where a number stands on the server.
    pub fn dot(&self, seq: u64) -> Dot {
        let earlier = self.continues.iter().take_while(|earlier| seq <= earlier.up_to).last();
        Dot { device: earlier.map_or(self.device, |earlier| earlier.device), seq }
    }

    /// Names by their devices those of its own numbers which an operation calls its writer's and which are not that
    /// device's under which it stands itself.
    pub fn spell_out(&self, seq: u64, change: &mut Change) {
        let Change::Set { fields } = change else { return };
        let this = self.dot(seq).device;
        for dot in fields.iter_mut().flat_map(|(_, base)| base).filter(|dot| dot.device.is_none()) {
            let device = self.dot(dot.seq).device;
            dot.device = (device != this).then_some(device);
        }
    }

    /// How a phone names a value that it shows. What is laid over is its own, and so is what the server has acknowledged
    /// under its numbers; of anything else only the server's name is known to be right.
    pub fn seen(&self, dot: Dot, is_acknowledged: impl FnOnce(u64) -> bool) -> DotRef {
        let is_own = dot.device == HERE || self.dot(dot.seq) == dot && is_acknowledged(dot.seq);
        DotRef { device: (!is_own).then_some(dot.device), seq: dot.seq }
    }

    /// The base of a correction of these values. One that is laid over and was pulled as well is named once.
    pub fn base(&self, shown: &[Dot], is_acknowledged: &dyn Fn(u64) -> bool) -> Vec<DotRef> {
        let mut base = Vec::new();
        for dot in shown {
            let named = self.seen(*dot, is_acknowledged);
            if !base.contains(&named) {
                base.push(named);
            }
        }
        base
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::short::Map;

    fn device(n: u8) -> DeviceId {
        DeviceId::new(1, [n; 10])
    }

    /// A phone that was a copy at 5, and a copy of that at 9.
    fn copied_twice() -> Sequence {
        let mut sequence = Sequence::of(device(1));
        sequence.fork(device(2), 5);
        sequence.fork(device(3), 9);
        sequence
    }

    fn set(dots: &[DotRef]) -> Change {
        Change::Set { fields: Map::from([("people".to_owned(), dots.to_vec())]) }
    }

    fn own(seq: u64) -> DotRef {
        DotRef { device: None, seq }
    }

    fn of(n: u8, seq: u64) -> DotRef {
        DotRef { device: Some(device(n)), seq }
    }

    #[test]
    fn each_number_is_of_the_device_that_wrote_it() {
        let sequence = copied_twice();
        let devices: Vec<DeviceId> = [1, 5, 6, 9, 10].map(|seq| sequence.dot(seq).device).into();
        assert_eq!(devices, [1, 1, 2, 2, 3].map(device));
        assert_eq!(Sequence::of(device(1)).dot(7), Dot { device: device(1), seq: 7 });
    }

    #[test]
    fn self_is_whoever_wrote_that_number() {
        let sequence = copied_twice();
        for (seq, wrote, means) in [
            // Behind both forks, at one, and before them.
            (12, [own(3), own(7), own(11), of(1, 8)], [of(1, 3), of(2, 7), own(11), of(1, 8)]),
            (8, [own(3), own(7), own(5), of(9, 1)], [of(1, 3), own(7), of(1, 5), of(9, 1)]),
            (4, [own(1), own(2), own(3), of(9, 1)], [own(1), own(2), own(3), of(9, 1)]),
        ] {
            let mut change = set(&wrote);
            sequence.spell_out(seq, &mut change);
            assert_eq!(change, set(&means), "{seq}");
        }
    }

    #[test]
    fn only_what_is_surely_its_own_a_phone_calls_self() {
        let sequence = copied_twice();
        let seen = |dot| sequence.seen(dot, |seq| seq <= 10);
        for (dot, named) in [
            (Dot { device: HERE, seq: 11 }, own(11)),
            (Dot { device: device(1), seq: 5 }, own(5)),
            (Dot { device: device(3), seq: 10 }, own(10)),
            // The other half's, and what a third copy of this phone may have brought.
            (Dot { device: device(1), seq: 6 }, of(1, 6)),
            (Dot { device: device(3), seq: 11 }, of(3, 11)),
        ] {
            assert_eq!(seen(dot), named, "{dot:?}");
        }
    }
}
