//! The filters of `{{ value | filter }}`.
//!
//! Only those that cannot make much of little: what a filter returns is at most a small multiple of what
//! it was given. (Jinja's `replace`, `center`, `indent` and `format` are not among them.)

mod locale;
mod name;
mod number;

use minijinja::{Environment, Value};

pub use locale::{LANG, Wrong};
pub use name::initials;
use name::{capitalize, first, graphemes, title, truncate};
use number::{round, thousands};

/// The names of all tests, as in `name is defined`.
pub const TESTS: &[&str] = &["defined", "undefined", "present"];

/// The names of all filters.
pub const NAMES: &[&str] = &[
    "upper",
    "lower",
    "trim",
    "title",
    "capitalize",
    "first",
    "initials",
    "truncate",
    "length",
    "default",
    "round",
    "thousands",
    "number",
    "money",
    "percent",
    "plural",
    "ordinal",
    "date",
    "time",
    "datetime",
];

/// Adds the filters.
pub fn register(environment: &mut Environment<'_>) {
    environment.add_test("defined", |value: Value| !value.is_undefined());
    environment.add_test("undefined", |value: Value| value.is_undefined());
    // What the phrases in square brackets ask: whether it would print something.
    environment.add_test("present", |value: Value| {
        !value.is_undefined() && !value.is_none() && value.as_str().is_none_or(|text| !text.trim().is_empty())
    });
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_filter("title", |text: String| title(&text));
    environment.add_filter("capitalize", |text: String| capitalize(&text.to_lowercase()));
    environment.add_filter("first", |text: String| first(&text));
    environment.add_filter("initials", |text: String| initials(&text));
    environment.add_filter("truncate", |text: String, graphemes: usize| truncate(&text, graphemes));
    environment.add_filter("length", |text: String| graphemes(&text).count());
    environment.add_filter("default", |value: Value, otherwise: Option<Value>| {
        if value.is_undefined() || value.is_none() || value.as_str().is_some_and(str::is_empty) {
            otherwise.unwrap_or_default()
        } else {
            value
        }
    });
    locale::register(environment);
    environment.add_filter("round", |number: f64, places: Option<u8>| round(number, places.unwrap_or(0)));
    environment.add_filter("thousands", |number: f64, separator: Option<String>| {
        thousands(number, separator.as_deref().unwrap_or(","))
    });
}
