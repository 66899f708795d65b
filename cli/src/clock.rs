//! The machine's clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Unix time in seconds; 0 on a machine whose clock is wrong by decades.
#[expect(clippy::disallowed_methods, reason = "a command runs on a machine with a clock")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs())
}

/// A moment, to measure a time from.
#[expect(clippy::disallowed_methods, reason = "a command runs on a machine with a clock")]
pub fn moment() -> Instant {
    Instant::now()
}
