//! Numbers, money, percentages, dates and plurals as a language writes them.
//!
//! A picture says "1.234,50 €" to one reader and "€1,234.50" to another, and both are right. The data is CLDR's, for
//! every language that CLDR calls modern and all their regions: 346 locales in `data.txt`, which `make locales` writes
//! and [`data`] reads.
//!
//! Why not ICU4X: its `icu_decimal`, `icu_plurals` and `icu_datetime` (year, month and day in one length) with their
//! compiled data for all locales are 215 KB of gzipped wasm, a sixth of what the Worker may have, and have no money and no
//! percent (measured: `docs/filters.md`). Cutting their data down takes a build step that downloads CLDR. This module
//! and its data are a sixth of that, and the data is text that a reviewer can read.
//!
//! Invariants: the same input gives the same bytes on every target (digits come from `core`'s shortest decimal form
//! of a number, and there is no float arithmetic after it); no clock, no time zone, no locale of the machine; a tag
//! that nobody knows is English; what is printed is at most a few times as long as the number or the pattern.

mod calendar;
mod data;
mod date;
mod decimal;
mod number;
mod plural;

pub use calendar::{Date, DateTime, Time};
pub use data::Locale;
pub use date::{Form, date, date_time, is_pattern, pattern, time};
pub use number::{money, number, percent};
pub use plural::{cardinal, ordinal};
