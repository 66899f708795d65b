//! Ordered maps and sets, made item by item.
//!
//! `collect()` sorts all items first, and each type of item has a sort of its own: 5 kB of wasm, for maps
//! of a dozen items.

use std::collections::{BTreeMap, BTreeSet};

/// A map of these pairs. Of two with one key the later one counts.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// A set of these items.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}
