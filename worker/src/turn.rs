//! One fetch of a URL at a time in an isolate: who asks first does it, the others wait.
//!
//! workerd lets no request await what another one began ("Cannot perform I/O on behalf of a
//! different request"). So a waiting request sleeps by its own timers, and looks in memory
//! whenever the first request is done.
//!
//! Invariant: nobody waits for a request that has died. A turn ends with the deadline of the one
//! who has it, because the runtime may abandon a request without dropping its future.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use worker::js_sys;

use monogram::response::Key;

use super::deadline::Deadline;

/// Who has the turn, and until when in ms since 1970.
#[derive(Clone, Copy)]
struct Holder {
    number: u64,
    until_ms: f64,
}

thread_local! {
    static HOLDERS: RefCell<BTreeMap<Key, Holder>> = const { RefCell::new(BTreeMap::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// The right to do something alone, until it is dropped.
pub struct Turn {
    place: Key,
    number: u64,
}

impl Turn {
    /// The turn to do what this key stands for, until `deadline`. `None` if another request has
    /// it.
    pub fn take(place: Key, deadline: Deadline) -> Option<Self> {
        let now = js_sys::Date::now();
        HOLDERS.with_borrow_mut(|holders| {
            // The runtime dropped some of them without a word.
            holders.retain(|_, holder| now < holder.until_ms);
            if holders.contains_key(&place) {
                return None;
            }
            let number = NEXT.get();
            NEXT.set(number.wrapping_add(1));
            holders.insert(place, Holder { number, until_ms: deadline.at_ms() });
            Some(Self { place, number })
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        HOLDERS.with_borrow_mut(|holders| {
            if holders.get(&self.place).is_some_and(|holder| holder.number == self.number) {
                holders.remove(&self.place);
            }
        });
    }
}
