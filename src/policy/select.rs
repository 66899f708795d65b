//! The values and the options of a URL, limited to what its signature allows.
//!
//! Only these two functions read the query of a signed or sealed URL. A fixed name keeps its value
//! whatever the query says, in every facet and spelling (`name.default`, `name.b64`, `amp;name`,
//! `n%61me`, twice). A name that is neither fixed nor open is ignored. An open name is read as in
//! an unsigned URL, by the same code.

use std::fmt::Write as _;

use crate::limits::Limits;
use crate::params::{self, Params, Values};
use crate::request::{Options, query};

use super::Bound;

/// Options that every signed URL may have, because they change size, weight, language or colours, but no
/// word of the message. Their values are bounded (four ratios, a width up to [`Limits::side_px`],
/// 100 qualities). `_debug`, and an option that chooses a variant, must be opened by the policy.
///
/// `_lang` is among them because a template's languages contain only its author's texts. A policy
/// can fix it.
pub const OPEN_OPTIONS: [&str; 5] = ["_dpr", "_w", "_q", "_lang", "_scheme"];

/// The values to draw. `declared` and `missing` are the template's; `query` is raw, without its
/// `?`.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::params::declare::TextParam;
/// use monogram::params::{Param, Params};
/// use monogram::policy::{Bound, select};
///
/// let limits = Limits::default();
/// let text = |name: &str| (name.to_owned(), Param::Text(TextParam::default()));
/// let declared: Params = ["name", "company"].map(text).into();
/// let bound = Bound {
///     fixed: [("company".to_owned(), "Acme".to_owned())].into(),
///     open: ["name".to_owned()].into(),
/// };
///
/// let query = "name=Maria&company=Globex&company.b64=R2xvYmV4";
/// let values = select::values(&bound, &declared, &[], query, &limits);
/// let expected = select::values(&bound, &declared, &[], "name=Maria", &limits);
/// assert_eq!(values, expected);
/// ```
#[must_use]
pub fn values(bound: &Bound, declared: &Params, missing: &[String], query: &str, limits: &Limits) -> Values {
    let of = |name: &str, default: bool| {
        let fixed = if default { bound.fixed_default(name) } else { bound.fixed.get(name).map(String::as_str) };
        match fixed {
            Some(text) => params::Bound::Fixed(text),
            None if bound.opens(name, default) => params::Bound::Open,
            None => params::Bound::Closed,
        }
    };
    params::resolve_bound(declared, missing, query, of, limits)
}

/// The options to draw with: the fixed options, then those that the query may set.
#[must_use]
pub fn options(bound: &Bound, query: &str, limits: &Limits) -> Options {
    // The query is written anew with each character encoded, so that no value can start another
    // one.
    let mut allowed = String::new();
    for (name, value) in bound.fixed.iter().filter(|(name, _)| name.starts_with('_')) {
        add(&mut allowed, name, value);
    }
    for pair in query::pairs(query, limits) {
        let name = pair.name.as_ref();
        let is_open = OPEN_OPTIONS.contains(&name) || bound.open.contains(name);
        if name.starts_with('_') && is_open && !bound.fixed.contains_key(name) {
            add(&mut allowed, name, &pair.value);
        }
    }
    Options::read(&allowed, limits)
}

/// Adds `name=value` to a query. The name needs no encoding.
fn add(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    for byte in value.bytes() {
        // Writing to a string cannot fail.
        let _ = write!(query, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::declare::TextParam;
    use crate::params::{Param, Value};
    use crate::policy::testing::bound;

    /// The values of `city`, `company` and `name`, with `-` for a missing value.
    fn show(bound: &Bound, query: &str) -> String {
        let text = |name: &str| {
            let default = (name == "name").then(|| "friend".to_owned());
            (name.to_owned(), Param::Text(TextParam { default, ..TextParam::default() }))
        };
        let declared: Params = ["name", "company", "city"].map(text).into();
        let values = values(bound, &declared, &["You".to_owned()], query, &Limits::default());
        let text = |resolved: params::Resolved| match resolved.value {
            Some(Value::Text(text)) => text,
            _ => "-".to_owned(),
        };
        values.into_values().map(text).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn the_query_fills_what_is_open() {
        let company = [("company", "Acme")];
        for (fixed, open, query, expected) in [
            (&company[..], &["name"][..], "name=Maria", "-|Acme|Maria"),
            // Fixed, in every facet and spelling, before and after.
            (&company, &["name"], "company=Evil&name=Maria&company=Evil", "-|Acme|Maria"),
            (
                &company,
                &["name"],
                "company.b64=RXZpbA&company.default=Evil&company.default.b64=RXZpbA",
                "-|Acme|friend",
            ),
            (
                &company,
                &["name"],
                "amp;company=Evil&amp%3Bcompany=Evil&comp%61ny=Evil&company%0A=Evil",
                "-|Acme|friend",
            ),
            (&company, &["name"], "company&company=&name=*|FNAME|*", "-|Acme|friend"),
            (&company, &["name"], "name={{x&company=Evil}}", "-|Acme|friend"),
            // Neither fixed nor open.
            (&company, &["name"], "city=Ulm&city.default=Ulm&city.b64=VWxt&name=Maria", "-|Acme|Maria"),
            (&[], &[], "city=Ulm&name=Maria&company=Evil", "-|-|friend"),
            (&[], &["undeclared"], "undeclared=x&name=Maria", "-|-|friend"),
            // The facets of a param that is not open are ignored with it.
            (&[], &["name"], "city=Ulm & Bonn&name=Smith & Sons", "-|-|Smith & Sons"),
            // Open params: the first usable value, its default, its base64.
            (&company, &["name"], "name=null&name=Maria&name=Eve", "-|Acme|Maria"),
            (&company, &["name"], "name=&name.default=Customer", "-|Acme|Customer"),
            (&company, &["name"], "name.b64=TWFyaWE", "-|Acme|Maria"),
            // A default may be fixed.
            (&[("name.default", "Guest")], &["name"], "name=&name.default=Evil", "-|-|Guest"),
            (&[("name.default", "Guest")], &["name"], "name=Maria&name.default=Evil", "-|-|Maria"),
            (&[("name.default", "Guest")], &[], "name=Maria", "-|-|Guest"),
            (&[("name.default", "")], &["name"], "name=&name.default=Evil", "-|-|friend"),
            // A fixed value that is missing falls back to the default, and not to the query.
            (&[("name", "")], &[], "name=Evil&name.default=Evil", "-|-|friend"),
            (&[("name", " Jean\u{202e}-Luc ")], &[], "", "-|-|Jean-Luc"),
            // The template's words for missing values apply to fixed values too, because the signer
            // means them.
            (&[("name", "You")], &["city"], "city=you", "-|-|You"),
        ] {
            assert_eq!(show(&bound(fixed, open), query), expected, "{fixed:?} {open:?} {query}");
        }
    }

    #[test]
    fn options_are_bounded() {
        let read = |query: &str| Options::read(query, &Limits::default());
        for (fixed, open, query, expected) in [
            (&[][..], &[][..], "_dpr=2&_w=600&_q=50&_lang=de&_debug=boxes", "_dpr=2&_w=600&_q=50&_lang=de"),
            (&[], &["_debug"], "_debug=boxes", "_debug=boxes"),
            (&[("_lang", "de"), ("_w", "300")], &[], "_lang=en&_w=600&_q=5&amp;_w=700", "_lang=de&_w=300&_q=5"),
            (&[("_lang", "no language")], &[], "_lang=en", ""),
            (&[("_w", "300&_debug=boxes")], &[], "", ""),
            (&[], &[], "_w=1%26_debug=boxes&_w=9", "_w=9"),
            (&[], &["name"], "name=_w=9&_%77=8", "_w=8"),
        ] {
            let got = options(&bound(fixed, open), query, &Limits::default());
            assert_eq!(got, read(expected), "{fixed:?} {open:?} {query}");
        }
    }
}
