//! What an isolate keeps in memory between requests, least recently used first out, within a budget.
//!
//! One shelf for finished pictures, one for assets, one for templates, two for what pictures are made of. All of it can be lost at any time:
//! after a panic the isolate starts empty.

use std::collections::BTreeMap;

/// Values by key, each with a weight. The heaviest that fits the budget alone may push out all others.
#[derive(Debug)]
pub struct Shelf<K, V> {
    budget: usize,
    weight: usize,
    /// Counts uses; the order of use is the order of these.
    clock: u64,
    items: BTreeMap<K, Item<V>>,
    /// Last use → key.
    uses: BTreeMap<u64, K>,
}

#[derive(Debug)]
struct Item<V> {
    value: V,
    weight: usize,
    used: u64,
}

impl<K: Ord + Clone, V> Shelf<K, V> {
    /// An empty shelf for `budget` units of weight: bytes, or things.
    #[must_use]
    pub const fn new(budget: usize) -> Self {
        Self { budget, weight: 0, clock: 0, items: BTreeMap::new(), uses: BTreeMap::new() }
    }

    /// The value, now the most recently used one.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        let item = self.items.get_mut(key)?;
        self.clock = self.clock.wrapping_add(1);
        self.uses.remove(&item.used);
        item.used = self.clock;
        self.uses.insert(self.clock, key.clone());
        Some(&item.value)
    }

    /// Keeps the value, in place of an older one with this key. One that is heavier than the whole budget
    /// is not kept.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if weight > self.budget {
            return;
        }
        self.make_room(weight);
        self.clock = self.clock.wrapping_add(1);
        self.weight = self.weight.saturating_add(weight);
        self.uses.insert(self.clock, key.clone());
        self.items.insert(key, Item { value, weight, used: self.clock });
    }

    /// Forgets so many that a value of this weight can be kept, before it takes its memory.
    pub fn make_room(&mut self, weight: usize) {
        while self.weight.saturating_add(weight) > self.budget {
            let Some((_, oldest)) = self.uses.pop_first() else { break };
            if let Some(item) = self.items.remove(&oldest) {
                self.weight = self.weight.saturating_sub(item.weight);
            }
        }
    }

    /// Forgets one.
    pub fn remove(&mut self, key: &K) {
        if let Some(item) = self.items.remove(key) {
            self.uses.remove(&item.used);
            self.weight = self.weight.saturating_sub(item.weight);
        }
    }
}

/// One that keeps nothing.
impl<K: Ord + Clone, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self::new(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_what_was_not_used_longest() {
        let mut shelf = Shelf::new(10);
        shelf.put("a", 1, 4);
        shelf.put("b", 2, 4);
        assert_eq!(shelf.get(&"a").copied(), Some(1));
        shelf.put("c", 3, 4);
        assert_eq!((shelf.get(&"a").copied(), shelf.get(&"b").is_none()), (Some(1), true));
        assert_eq!((shelf.get(&"c").copied(), shelf.weight), (Some(3), 8));
    }

    #[test]
    fn stays_within_its_budget() {
        let mut shelf = Shelf::new(10);
        shelf.put("big", 0, 11);
        assert_eq!((shelf.get(&"big").copied(), shelf.weight), (None, 0));
        shelf.put("a", 1, 10);
        shelf.put("a", 2, 3);
        assert_eq!((shelf.get(&"a").copied(), shelf.weight), (Some(2), 3));
        shelf.put("a", 3, 11);
        assert_eq!((shelf.get(&"a").copied(), shelf.weight, shelf.uses.len()), (None, 0, 0));
        for n in 0..1_000_usize {
            shelf.put("x", 0, n % 7);
            shelf.put("y", 0, n % 5);
            assert!(shelf.weight <= 10 && shelf.items.len() == shelf.uses.len());
        }
    }
}
