//! Short lists: a few values, versions or visits of one household. The standard library's sort is made for a million
//! entries, and each type of entry brings its own three kilobytes of it into the phone's download.

use std::cmp::Ordering;
use std::collections::BTreeMap;

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

/// Makes a map of a few entries; of equal keys the last one stays. `collect` would sort them first.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_library_does(list in prop::collection::vec((0u8..5, any::<u8>()), 0..20)) {
            let (mut own, mut std) = (list.clone(), list.clone());
            sort_by_key(&mut own, |entry| entry.0);
            std.sort_by_key(|entry| entry.0);
            prop_assert_eq!(own, std);
            prop_assert_eq!(map(list.clone()), list.into_iter().collect());
        }
    }
}
