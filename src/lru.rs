//! A least-recently-used cache with a budget.
//!
//! An isolate has one for each kind of thing that outlives a request: finished pictures, templates,
//! assets, font packs, the parts that pictures are made of. Every entry can be lost at any time:
//! after a panic the isolate starts empty.

use std::fmt;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash};

use ::lru::LruCache;

/// A map whose entries have weights. If the weights together exceed the budget, the least recently
/// used entries go.
///
/// The unit of weight is the caller's: bytes, or 1 for each entry.
///
/// ```
/// use monogram::lru;
///
/// let mut cache = lru::Cache::new(10);
/// cache.put("a", "Anna", 4);
/// cache.put("b", "Ben", 4);
/// assert_eq!(cache.get(&"a"), Some(&"Anna"));
/// cache.put("c", "Cleo", 4);
/// assert_eq!(cache.get(&"b"), None, "it was used less recently than a");
/// ```
pub struct Cache<K, V> {
    budget: usize,
    /// The sum of all weights.
    weight: usize,
    /// Each value with its weight. The hasher has no random seed, because the core has no
    /// randomness; the budgets keep the number of entries small enough for keys that collide.
    entries: LruCache<K, (V, usize), BuildHasherDefault<DefaultHasher>>,
}

impl<K: Hash + Eq, V> Cache<K, V> {
    /// An empty cache whose entries may weigh `budget` in all.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self { budget, weight: 0, entries: LruCache::unbounded_with_hasher(BuildHasherDefault::default()) }
    }

    /// The value, which becomes the most recently used one. `None` if it is not in the cache.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(value, _)| value)
    }

    /// Adds the value, and replaces an older one with this key. A value that weighs more than the
    /// whole budget is not added, and the older one goes all the same.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if weight > self.budget {
            return;
        }
        self.make_room(weight);
        self.weight = self.weight.saturating_add(weight);
        self.entries.put(key, (value, weight));
    }

    /// Removes the least recently used entries until a value of this weight fits. Call it before
    /// the value is made, so that the memory of both is never taken at once.
    pub fn make_room(&mut self, weight: usize) {
        while self.weight.saturating_add(weight) > self.budget {
            let Some((_, (_, removed))) = self.entries.pop_lru() else { break };
            self.weight = self.weight.saturating_sub(removed);
        }
    }

    /// Removes one entry, if there is one with this key.
    pub fn remove(&mut self, key: &K) {
        if let Some((_, removed)) = self.entries.pop(key) {
            self.weight = self.weight.saturating_sub(removed);
        }
    }
}

/// A cache with a budget of 0: it holds nothing.
impl<K: Hash + Eq, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self::new(0)
    }
}

impl<K: Hash + Eq, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries, {} of {}", self.entries.len(), self.weight, self.budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_the_least_recently_used() {
        let mut cache = Cache::new(10);
        cache.put("a", 1, 4);
        cache.put("b", 2, 4);
        assert_eq!(cache.get(&"a").copied(), Some(1));
        cache.put("c", 3, 4);
        assert_eq!((cache.get(&"a").copied(), cache.get(&"b").is_none()), (Some(1), true));
        assert_eq!((cache.get(&"c").copied(), cache.weight), (Some(3), 8));
    }

    #[test]
    fn stays_within_its_budget() {
        let mut cache = Cache::new(10);
        cache.put("big", 0, 11);
        assert_eq!((cache.get(&"big").copied(), cache.weight), (None, 0));
        cache.put("a", 1, 10);
        cache.put("a", 2, 3);
        assert_eq!((cache.get(&"a").copied(), cache.weight), (Some(2), 3));
        cache.put("a", 3, 11);
        assert_eq!((cache.get(&"a").copied(), cache.weight, cache.entries.len()), (None, 0, 0));
        for n in 0..1_000_usize {
            cache.put("x", 0, n % 7);
            cache.put("y", 0, n % 5);
            let weights = cache.entries.iter().map(|(_, (_, weight))| weight).sum::<usize>();
            assert!(cache.weight <= 10 && cache.weight == weights);
        }
    }
}
