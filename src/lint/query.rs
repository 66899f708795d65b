//! The query of a picture's URL in an email → the faults of its pairs.

use std::collections::BTreeSet;

use crate::merge_tag;
use crate::params::{Param, Repairs, clean, coerce, list};
use crate::policy::{Bound, select};
use crate::request::{Options, query};
use crate::snippet::sender;
use crate::template::Document;
use crate::template::parse::nearest;

use super::finding::{Findings, Severity};
use super::pair::Pair;
use super::picture::Picture;
use super::{value, written};

/// Options of a URL.
const OPTIONS: [&str; 7] = ["_dpr", "_w", "_q", "_lang", "_scheme", "_v", "_debug"];

/// How the names begin that trackers and senders add to every URL.
const TRACKERS: [&str; 22] = [
    "utm_", "mc_", "_hs", "hsa_", "_ke", "_kx", "_ga", "_gl", "fbclid", "gclid", "msclkid", "dclid", "vero_", "mkt_",
    "trk", "sc_", "ck_", "_bta", "sfmc_", "ref", "cid", "_branch",
];

/// The suffixes of a param's name.
const FACETS: [&str; 3] = ["default", "b64", "default.b64"];

/// Adds the faults of all pairs. `bound` is the URL's policy, if it has one; that of a sealed URL
/// opens nothing.
pub fn check(picture: &Picture<'_, '_>, document: Option<&Document>, bound: Option<&Bound>, findings: &mut Findings) {
    let pairs = picture.address.pairs(picture.text(), picture.limits);
    let start = picture.address.query.start;
    let facets = pairs.iter().filter(|pair| !pair.value.trim().is_empty()).filter_map(|pair| pair.name.split_once('.'));
    let defaults = crate::ordered::set(facets.filter(|(_, facet)| facet.contains("default")).map(|(name, _)| name));
    let mut seen = BTreeSet::new();
    let mut can_go_on = false;
    for pair in &pairs {
        let value = start.saturating_add(pair.at.start)..start.saturating_add(pair.at.end);
        let begin = match pair.raw_value {
            Some(_) => value.start.saturating_sub(pair.raw_name.len()).saturating_sub(1),
            None => value.start,
        };
        let at = picture.at(begin);
        let is_list =
            |name: &str| document.is_some_and(|document| matches!(document.params.get(name), Some(Param::List(_))));
        let cell = list::cell(&pair.name).filter(|(name, ..)| is_list(name));
        let whole = pair.name.split_once('.').unwrap_or((&pair.name, ""));
        let (param, facet) = cell.map_or(whole, |(name, ..)| (name, ""));
        let declared = document.and_then(|document| document.params.get(param));
        if pair.raw_value.is_none() && declared.is_none() && !param.starts_with('_') {
            if can_go_on && !is_tracker(param) && !picture.address.has_tag(&value) {
                findings.error(
                    picture.at(begin.saturating_sub(1)),
                    "ampersand-in-value",
                    "An & ends the value before it, and what follows is no param",
                    "write %26 for an & that belongs to a value",
                );
            }
            continue;
        }
        can_go_on = pair.raw_value.is_some();
        if pair.amp {
            findings.warning(
                at,
                "escaped-twice",
                "The & before this param is escaped once too often",
                "write &amp; in an attribute, and & in a style sheet",
            );
        }
        if !seen.insert(pair.name.as_ref()) {
            findings.warning(
                at,
                "param-twice",
                format!("{} stands twice in the URL; only the first value counts", pair.name),
                "remove one of them",
            );
        }
        if param.starts_with('_') {
            option(picture, pair, at, findings);
        } else if !is_tracker(param) {
            let placed = Pair { raw: pair, param, value: value.clone() };
            known(&placed, facet, document, at, findings);
            value::check(picture, &placed, findings);
            let has_default = defaults.contains(param)
                || bound.is_some_and(|bound| bound.fixed_default(param).is_some())
                || declared.is_some_and(|param| coerce::default(param).is_some());
            // Of a param that does not exist, nobody misses the value.
            let exists = document.is_none() || declared.is_some();
            if facet.is_empty() && !has_default && exists {
                no_default(picture, &placed, document.is_some(), findings);
            }
            if let Some(param) = declared.filter(|_| cell.is_none() && !facet.contains("b64")) {
                fits(picture, &placed, param, findings);
            }
        }
        if let Some(bound) = bound {
            is_open(picture, pair, param, facet, bound, at, findings);
        }
    }
}

fn is_tracker(name: &str) -> bool {
    TRACKERS.iter().any(|tracker| name.starts_with(tracker))
}

/// An option that does not exist, or whose value cannot be used.
fn option(picture: &Picture<'_, '_>, pair: &query::Pair<'_>, at: usize, findings: &mut Findings) {
    let name = pair.name.as_ref();
    if !OPTIONS.contains(&name) {
        if !is_tracker(name)
            && let Some(near) = nearest(&name.to_lowercase(), OPTIONS.into_iter())
        {
            findings.warning(
                at,
                "unknown-option",
                format!("There is no option {name}"),
                format!("did you mean {near}?"),
            );
        }
        return;
    }
    let raw_value = pair.raw_value.unwrap_or_default();
    let takes = match name {
        "_dpr" => "1, 1.5, 2 or 3",
        "_w" => "a whole number of px",
        "_q" => "a whole number from 1 to 100",
        "_lang" => "a language such as de or pt-BR",
        "_scheme" if raw_value != "light" => "dark or light",
        _ => return,
    };
    let is_read = Options::read(&format!("{name}={raw_value}"), picture.limits) != Options::default();
    if !is_read && merge_tag::find(raw_value).or_else(|| merge_tag::find_raw(raw_value)).is_none() {
        findings.warning(at, "bad-option", format!("The value of {name} is ignored"), format!("write {takes}"));
    }
}

/// A name that the template does not declare, or a facet that no param has.
fn known(pair: &Pair<'_>, facet: &str, document: Option<&Document>, at: usize, findings: &mut Findings) {
    let Pair { param, raw, .. } = pair;
    if !facet.is_empty() && !FACETS.contains(&facet) {
        let remedy = match nearest(facet, FACETS.into_iter()) {
            Some(near) => format!("did you mean {param}.{near}?"),
            None => format!("there are {param}, {param}.default and {param}.b64"),
        };
        findings.warning(at, "unknown-param", format!("{} is ignored: a param has no {facet}", raw.name), remedy);
        return;
    }
    let Some(document) = document.filter(|document| !document.params.contains_key(*param)) else { return };
    let lower = param.to_lowercase();
    // `firstname` is what others call `name`.
    let field = sender::field_of(&lower);
    let same = document.params.keys().find(|known| field.is_some() && sender::field_of(known) == field);
    let near = same.map(String::as_str).or_else(|| nearest(&lower, document.params.keys().map(String::as_str)));
    let remedy = match near {
        Some(near) => format!("did you mean {near}?"),
        None if document.params.is_empty() => "remove it: the template declares no params".to_owned(),
        None => {
            let names: Vec<&str> = document.params.keys().map(String::as_str).collect();
            format!("the template declares {}", names.join(", "))
        }
    };
    findings.warning(
        at,
        "unknown-param",
        format!("The template does not declare {param}, so that it is ignored"),
        remedy,
    );
}

/// A merge tag whose field may be empty, without a default anywhere.
fn no_default(picture: &Picture<'_, '_>, pair: &Pair<'_>, is_known: bool, findings: &mut Findings) {
    let raw_value = pair.raw.raw_value.unwrap_or_default();
    if !value::is_tag(picture, raw_value) || written::has_default(picture.mail.sender, raw_value) {
        return;
    }
    let (severity, of) = if is_known {
        (Severity::Warning, "neither the template, nor the URL, nor the tag has a default")
    } else {
        (Severity::Note, "neither the URL nor the tag has a default; the template may have one")
    };
    findings.add(
        picture.at(pair.value.start),
        severity,
        "no-default",
        format!("For recipients without this field {} is missing: {of}", pair.param),
        format!("add {}.default=… to the URL", pair.param),
    );
}

/// A literal value that its param cannot take.
fn fits(picture: &Picture<'_, '_>, pair: &Pair<'_>, param: &Param, findings: &mut Findings) {
    let Some(raw_value) = pair.raw.raw_value else { return };
    if raw_value.is_empty() || value::is_tag(picture, raw_value) || picture.address.has_tag(&pair.value) {
        return;
    }
    // What stands after a `#` is another finding.
    let decoded = query::decode(raw_value.split('#').next().unwrap_or_default());
    let Ok(text) = clean::text(&decoded, picture.limits.value_chars, &mut Repairs::default()) else { return };
    if coerce::value(param, text).is_ok() {
        return;
    }
    findings.warning(
        picture.at(pair.value.start),
        "value-does-not-fit",
        format!("The value of {} cannot be used, so that the default is", pair.raw.name),
        format!("write {}", param.expected()),
    );
}

/// A pair that the URL's signature does not open.
fn is_open(
    picture: &Picture<'_, '_>,
    pair: &query::Pair<'_>,
    param: &str,
    facet: &str,
    bound: &Bound,
    at: usize,
    findings: &mut Findings,
) {
    if is_tracker(param) {
        return;
    }
    let is_sealed = picture.text().get(picture.address.path.clone()).is_some_and(|path| path.starts_with("/x/"));
    let (code, message, remedy) = if is_sealed {
        (
            "sealed-query",
            format!("A sealed URL holds all values itself, so that {} is ignored", pair.name),
            "remove it, or seal the URL again with its value",
        )
    } else if bound.opens(param, facet.contains("default"))
        || select::OPEN_OPTIONS.contains(&param) && !bound.fixed.contains_key(param)
    {
        return;
    } else if bound.fixed.contains_key(param) {
        (
            "closed-param",
            format!("The signature fixes the value of {param}, so that the query's is ignored"),
            "remove it from the query, or sign the URL again",
        )
    } else {
        (
            "closed-param",
            format!("The signature does not open {param}, so that it is ignored"),
            "sign the URL again, with this param open",
        )
    };
    if is_sealed && select::OPEN_OPTIONS.contains(&param) {
        return;
    }
    findings.warning(at, code, message, remedy);
}
