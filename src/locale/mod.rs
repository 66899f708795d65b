//! Numbers, money, percentages, dates and plurals in the notation of a language.
//!
//! "1.234,50 €" is right for a German reader, "€1,234.50" for an English one. The data is CLDR's,
//! for the languages whose coverage CLDR calls modern and all their regions: 346 locales in
//! `data.txt`, which `make locales` writes and `data.rs` reads.
//!
//! ICU4X is not used because of its size. Its `icu_decimal`, `icu_plurals` and `icu_datetime`
//! (year, month and day in one length) with their compiled data for all locales are 215 kB of
//! gzipped wasm, a sixth of what the Worker may have, and they print neither money nor percentages
//! (measured: `docs/filters.md`). Smaller data would need a build step that downloads CLDR. This
//! module with its data and its filters is a fifth of that size, and a reviewer can read the data.
//!
//! Invariants:
//! - The same input gives the same bytes on every target: digits come from `core`'s shortest
//!   decimal form of a number, and no float arithmetic follows.
//! - Nothing reads the clock, the time zone or the locale of the machine.
//! - An unknown language tag means English.
//! - The output is at most a few times as long as the number or the pattern.

mod calendar;
mod currency;
mod data;
mod date;
mod decimal;
pub mod language;
mod number;
mod plural;

pub use calendar::{Date, DateTime, Offset, Time};
pub use currency::is_currency;
pub use data::Locale;
pub use date::{Form, date, date_time, is_pattern, pattern, time};
pub use number::{has_decimal_comma, money, number, percent};
pub use plural::{cardinal, ordinal};
