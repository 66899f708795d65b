//! What a template may show of the circumstances of a request: where, on what device, and when it is
//! made.
//!
//! A document declares each of them, so that those which it does not use are no part of a picture's
//! identity. For expressions they are values beside the params: `geo`, `device` and `now`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::locale::{DateTime, Offset};
use crate::params::datetime;

/// The names that they have in expressions.
pub const NAMES: [&str; 3] = ["geo", "device", "now"];

/// What `geo` may have.
pub const PLACES: [&str; 3] = ["country", "city", "timezone"];

/// Something that a request tells of its recipient. The proxies of mail services tell nothing: their place
/// and device are not the recipient's, so that all of these are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Circumstance {
    /// `{{ geo.country }}`: two letters, as ISO 3166 has them (`DE`).
    #[serde(rename = "geo.country")]
    Country,
    /// `{{ geo.city }}`: its name in English.
    #[serde(rename = "geo.city")]
    City,
    /// `{{ geo.timezone }}`: its name, as `Europe/Berlin`.
    #[serde(rename = "geo.timezone")]
    Timezone,
    /// `{{ device }}`: `mobile`, `tablet` or `desktop`.
    #[serde(rename = "device")]
    Device,
}

/// The time at which a picture is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Now {
    /// The steps in which `{{ now }}` moves on: within one of them everybody gets the same picture.
    pub every: Every,
    /// Where it is read, as a fixed distance from UTC such as `+01:00`; UTC by default.
    pub timezone: Option<String>,
}

/// A step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// From each full minute to the next one.
    Minute,
    /// From each full hour to the next one.
    Hour,
    /// From midnight to midnight.
    Day,
}

impl Every {
    /// Seconds.
    const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }
}

impl Now {
    /// Its distance from UTC. `None` if it is written wrong.
    #[must_use]
    pub fn offset(&self) -> Option<Offset> {
        self.timezone.as_deref().map_or(Some(Offset::UTC), datetime::offset)
    }

    /// The beginning of the step that holds a moment (Unix time in seconds), and the seconds that are left
    /// of it.
    ///
    /// ```
    /// use monogram::template::context::{Every, Now};
    ///
    /// let now = Now { every: Every::Day, timezone: Some("+02:00".to_owned()) };
    /// let (start, left) = now.step(1_790_000_000).unwrap();
    /// assert_eq!((start.to_string().as_str(), left), ("2026-09-21T00:00:00+02:00", 28_000));
    /// ```
    #[must_use]
    pub fn step(&self, unix_s: i64) -> Option<(DateTime, u32)> {
        let (offset, length) = (self.offset()?, self.every.seconds());
        let into = unix_s.checked_add(i64::from(offset.seconds()))?.rem_euclid(length);
        let start = DateTime::from_unix(unix_s.checked_sub(into)?)?.at_offset(offset);
        Some((start, u32::try_from(length.checked_sub(into)?).ok()?))
    }
}
