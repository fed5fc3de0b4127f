//! Short lists: a few values, versions or visits of one household. The standard library's maps and sorts are made for a
//! million entries, and each type of entry brings its own four kilobytes of a map, and three of a sort, into the phone's
//! download.

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;

/// A map of a few entries, in the order of their keys. One with thousands is filled in about that order, as ids and
/// numbers are, because a key in front moves all that stand behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<K, V>(Vec<(K, V)>);

/// A set of a few values, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<T>(Map<T, ()>);

impl<K: Ord, V> Map<K, V> {
    /// Without entries.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many entries.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no entries.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The place of a key, or where it would stand.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        // New ids and numbers are higher than those before.
        match self.0.last() {
            Some((last, _)) if last.borrow() >= key => self.0.binary_search_by(|(known, _)| known.borrow().cmp(key)),
            _ => Err(self.0.len()),
        }
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Puts a value in the place of the one that was there, which is given back.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => self.0.get_mut(at).map(|(_, known)| std::mem::replace(known, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// The value of a key, made where there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, make()));
                at
            }
        };
        &mut self.0[at].1
    }

    /// Takes an entry out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The entries.
    pub fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.0.iter()
    }

    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The entries, their values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }
}

impl<T: Ord> Set<T> {
    /// Without values.
    pub const fn new() -> Self {
        Self(Map::new())
    }

    /// How many values.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no values.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the value is there.
    pub fn contains(&self, value: &T) -> bool {
        self.0.contains_key(value)
    }

    /// Adds a value; whether it is new.
    pub fn insert(&mut self, value: T) -> bool {
        self.0.insert(value, ()).is_none()
    }

    /// Takes a value out; whether it was there.
    pub fn remove(&mut self, value: &T) -> bool {
        self.0.remove(value).is_some()
    }

    /// The values.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + Clone {
        self.0.keys()
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Map::default())
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.0.extend(values.into_iter().map(|value| (value, ())));
    }
}

/// Of equal keys the last one stays.
impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut set = Self::new();
        set.extend(values);
        set
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = &'a (K, V);
    type IntoIter = std::slice::Iter<'a, (K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.0.iter().map(|(value, ())| value))
    }
}

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Map<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(Self::new()))
    }
}

impl<'de, T: Ord + Deserialize<'de>> Deserialize<'de> for Set<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Values(Self::new()))
    }
}

/// Fills a map with what is read.
struct Entries<K, V>(Map<K, V>);

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
    type Value = Map<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Self::Value, A::Error> {
        while let Some((key, value)) = entries.next_entry()? {
            self.0.read(key, value).ok_or_else(disorder)?;
        }
        Ok(self.0)
    }
}

/// Fills a set with what is read.
struct Values<T>(Set<T>);

impl<'de, T: Ord + Deserialize<'de>> Visitor<'de> for Values<T> {
    type Value = Set<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a set")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut values: A) -> Result<Self::Value, A::Error> {
        while let Some(value) = values.next_element()? {
            self.0.0.read(value, ()).ok_or_else(disorder)?;
        }
        Ok(self.0)
    }
}

/// Everybody writes entries in their order. A stranger's million of them backwards would keep a server busy for an hour.
const DISORDER_MAX: usize = 1_000;

fn disorder<E: serde::de::Error>() -> E {
    E::custom("many entries, and not in their order")
}

impl<K: Ord, V> Map<K, V> {
    fn read(&mut self, key: K, value: V) -> Option<()> {
        let in_order = self.0.last().is_none_or(|(last, _)| *last < key);
        if in_order {
            self.0.push((key, value));
        } else if self.len() < DISORDER_MAX {
            self.insert(key, value);
        } else {
            return None;
        }
        Some(())
    }
}

/// Sorts a short list in place; equal entries keep their order.
pub fn sort_by<T>(list: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && order(&list[at - 1], &list[at]) == Ordering::Greater {
            list.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Sorts a short list by a key.
pub fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(list, |a, b| key(a).cmp(&key(b)));
}

/// The places `0..count` of a long list in the order of what stands there; equal entries keep theirs. One sort for all
/// types of entries.
pub fn places(count: usize, order: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    // So many side by side are in order.
    let mut run = 1;
    while run < count {
        for pair in places.chunks(2 * run) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            while let ([a, after_a @ ..], [b, after_b @ ..]) = (left, right) {
                if order(*b, *a) == Ordering::Less {
                    merged.push(*b);
                    right = after_b;
                } else {
                    merged.push(*a);
                    left = after_a;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut places, &mut merged);
        merged.clear();
        run *= 2;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// One thing that is done to a map.
    #[derive(Clone, Debug)]
    enum Act {
        Insert(u8, u8),
        Remove(u8),
        Make(u8, u8),
        Change(u8, u8),
    }

    fn act() -> impl Strategy<Value = Act> {
        let key = 0u8..20;
        prop_oneof![
            (key.clone(), any::<u8>()).prop_map(|(key, value)| Act::Insert(key, value)),
            key.clone().prop_map(Act::Remove),
            (key.clone(), any::<u8>()).prop_map(|(key, value)| Act::Make(key, value)),
            (key, any::<u8>()).prop_map(|(key, value)| Act::Change(key, value)),
        ]
    }

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(list in prop::collection::vec((0u8..5, any::<u8>()), 0..20)) {
            let (mut own, mut std) = (list.clone(), list.clone());
            sort_by_key(&mut own, |entry| entry.0);
            std.sort_by_key(|entry| entry.0);
            prop_assert_eq!(own, std);
        }

        #[test]
        fn places_of_a_long_list(list in prop::collection::vec(0u8..50, 0..200)) {
            let mut std: Vec<usize> = (0..list.len()).collect();
            std.sort_by_key(|at| list[*at]);
            prop_assert_eq!(places(list.len(), &mut |a, b| list[a].cmp(&list[b])), std);
        }

        #[test]
        fn a_map_as_the_standard_library_has_it(acts in prop::collection::vec(act(), 0..60)) {
            let (mut own, mut std) = (Map::new(), BTreeMap::new());
            for act in acts {
                match act {
                    Act::Insert(key, value) => prop_assert_eq!(own.insert(key, value), std.insert(key, value)),
                    Act::Remove(key) => prop_assert_eq!(own.remove(&key), std.remove(&key)),
                    Act::Make(key, value) => prop_assert_eq!(own.get_or_insert_with(key, || value), std.entry(key).or_insert(value)),
                    Act::Change(key, value) => {
                        own.get_mut(&key).into_iter().for_each(|known| *known = value);
                        std.get_mut(&key).into_iter().for_each(|known| *known = value);
                    }
                }
                prop_assert_eq!((own.len(), own.is_empty()), (std.len(), std.is_empty()));
            }
            prop_assert!(own.keys().eq(std.keys()) && own.values().eq(std.values()));
            for key in 0..20 {
                prop_assert_eq!((own.get(&key), own.contains_key(&key)), (std.get(&key), std.contains_key(&key)));
            }
            prop_assert_eq!(cbor::encode(&own), cbor::encode(&std));
            prop_assert_eq!(cbor::decode(&cbor::encode(&std)), Ok(own));
        }

        #[test]
        fn a_set_as_the_standard_library_has_it(values in prop::collection::vec(0u8..20, 0..40), gone in 0u8..20) {
            let (mut own, mut std): (Set<u8>, BTreeSet<u8>) = (values.iter().copied().collect(), values.iter().copied().collect());
            prop_assert_eq!(cbor::decode(&cbor::encode(&values)), Ok(own.clone()));
            prop_assert_eq!(own.insert(gone), std.insert(gone));
            prop_assert!(own.iter().eq(std.iter()));
            prop_assert_eq!(own.contains(&gone), std.contains(&gone));
            prop_assert_eq!(cbor::encode(&own), cbor::encode(&std));
            prop_assert_eq!(own.remove(&gone), std.remove(&gone));
            prop_assert_eq!(own.len(), std.len());
        }
    }

    #[test]
    fn a_million_entries_backwards_are_refused() {
        let read = |values: Vec<u32>| cbor::decode::<Set<u32>>(&cbor::encode(&values)).map(|set| set.len());
        assert_eq!(read((0..1_000_000).collect()), Ok(1_000_000));
        assert_eq!(read((0..1_000).rev().collect()), Ok(1_000));
        assert_eq!(read((0..1_000_000).rev().collect()), Err(cbor::Unreadable));
    }
}
