//! The pictures that a key draws in a month, and the quota of them.
//!
//! The count is approximate, because no picture waits for a store: each isolate counts for itself,
//! and adds what it has counted to the database in steps. So the sum is short by less than a step for
//! each isolate, and an isolate learns that a quota is used up at its next step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Fault, Problem};

use super::{body, moment};

/// What a key may use up in a month of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Pictures that are drawn: those that a cache has do not count.
    #[serde(deserialize_with = "body::whole")]
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub renders: u32,
}

/// A key in the answer of `GET /v1/stats`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Usage {
    /// The number of the key.
    pub kid: u32,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// About how many pictures were drawn with it, or for URLs that it signed.
    pub renders: u64,
    /// Its quota.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

/// The answer of `GET /v1/stats`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Stats {
    /// The month, in UTC: `2027-01`.
    pub month: String,
    /// The keys that the caller's may see, by their numbers.
    pub items: Vec<Usage>,
    /// The cursor of the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What an isolate knows of a key in a month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    month: String,
    /// Drawn, as far as the database has said.
    known: u64,
    /// Drawn here, which the database has not been told.
    untold: u32,
    quota: Option<u32>,
    /// Unix time in seconds of the last step. 0 if there was none.
    told_at: u64,
}

impl Tally {
    /// Counts a picture at `now` (Unix time in seconds). The number to add to the database, if it is
    /// time for that: after `step` pictures or `step_s` seconds. It counts as added from then on.
    pub fn add(&mut self, now: u64, step: u32, step_s: u64) -> Option<u32> {
        self.turn(now);
        self.untold = self.untold.saturating_add(1);
        let is_time = self.untold >= step || now.saturating_sub(self.told_at) >= step_s;
        is_time.then(|| self.tell(now))
    }

    /// Whether the quota is used up, as far as is known here.
    #[must_use]
    pub fn is_over(&self, now: u64) -> bool {
        let drawn = self.known.saturating_add(u64::from(self.untold));
        self.month == month(now) && self.quota.is_some_and(|quota| drawn >= u64::from(quota))
    }

    /// The number to add to the database although nothing was drawn: the quota is used up, and
    /// `after_s` seconds have passed since that was last asked.
    pub fn ask_again(&mut self, now: u64, after_s: u64) -> Option<u32> {
        (now.saturating_sub(self.told_at) >= after_s).then(|| self.tell(now))
    }

    /// What the database says after an addition: the sum, and the quota.
    pub fn learn(&mut self, known: u64, quota: Option<u32>) {
        (self.known, self.quota) = (known, quota);
    }

    /// The database did not take this number.
    pub const fn untell(&mut self, count: u32) {
        self.untold = self.untold.saturating_add(count);
    }

    fn tell(&mut self, now: u64) -> u32 {
        self.known = self.known.saturating_add(u64::from(self.untold));
        self.told_at = now;
        std::mem::take(&mut self.untold)
    }

    /// Begins a month. What was not told of the last one counts in this one.
    fn turn(&mut self, now: u64) {
        let month = month(now);
        if self.month != month {
            *self = Self { month, untold: self.untold, quota: self.quota, ..Self::default() };
        }
    }
}

/// The month of a Unix time in seconds, in UTC: `2027-01`.
#[must_use]
pub fn month(now: u64) -> String {
    moment::write(now).chars().take(MONTH_CHARS).collect()
}

const MONTH_CHARS: usize = 7;

/// Reads `?month=2027-01`; the month of `now` if there is none.
///
/// # Errors
/// 400 if it is none.
pub fn read_month(text: Option<&str>, now: u64) -> Result<String, Problem> {
    let Some(text) = text else { return Ok(month(now)) };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok())?;
    let is_month = text.len() == MONTH_CHARS
        && text.split_once('-').is_some_and(|(year, month)| {
            year.len() == 4 && number(year).is_some() && number(month).is_some_and(|month| (1..=12).contains(&month))
        });
    if is_month {
        return Ok(text.to_owned());
    }
    Err(Problem::new(Fault::Request, "bad-month", "This is no month").at("month").remedy("write 2027-01"))
}

/// The problem of a call that would draw with a key whose quota is used up.
#[must_use]
pub fn used_up() -> Problem {
    Problem::new(Fault::TooMany, "quota-used-up", "The key has drawn all pictures of its quota in this month")
        .remedy("use another key, make one with a larger quota (POST /v1/keys), or wait for the next month of UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn pictures_are_told_in_steps() {
        let mut tally = Tally::default();
        // The first one is told at once, which brings the quota.
        assert_eq!(tally.add(NOW, 3, 10), Some(1));
        tally.learn(5, Some(9));
        let told: Vec<_> = (0..4).map(|_| tally.add(NOW + 9, 3, 10)).collect();
        assert_eq!(told, [None, None, Some(3), None]);
        assert!(tally.is_over(NOW + 9), "5 + 4 of 9");
        assert_eq!(tally.add(NOW + 19, 3, 10), Some(2));
        // Others have drawn too.
        tally.learn(12, Some(20));
        assert!(!tally.is_over(NOW + 19));
        tally.untell(8);
        assert!(tally.is_over(NOW + 19));
        assert_eq!(tally.ask_again(NOW + 20, 60), None);
        assert_eq!(tally.ask_again(NOW + 79, 60), Some(8));
    }

    #[test]
    fn a_month_begins_anew() {
        let mut tally = Tally::default();
        tally.add(NOW, 1, 10);
        tally.learn(100, Some(100));
        assert!(tally.is_over(NOW));
        let next = NOW + 31 * 86_400;
        assert!(!tally.is_over(next));
        assert_eq!(tally.add(next, 1, 10), Some(1));
        assert!(!tally.is_over(next));
        assert_ne!(month(NOW), month(next));
    }

    #[test]
    fn months_are_read() {
        assert_eq!(read_month(None, NOW).unwrap(), "2027-01");
        assert_eq!(read_month(Some("2026-12"), NOW).unwrap(), "2026-12");
        for text in ["2026-13", "2026-00", "2026-1", "26-01-01", "+026-01", "2026-1é", "x", ""] {
            assert_eq!(read_month(Some(text), NOW).unwrap_err().field.as_deref(), Some("month"), "{text}");
        }
        assert_eq!(used_up().status(), 429);
    }
}
