//! The value of one pair → the faults of its merge tags, and of the text around them.

use crate::merge_tag::{self, Family};
use crate::request::query;
use crate::snippet::sender::{self, Sender};

use super::finding::Findings;
use super::pair::Pair;
use super::picture::Picture;
use super::{mask, written};

/// The most characters of a tag that a finding repeats.
const MAX_TAG_CHARS: usize = 60;

/// The family of the tag in a raw value. `None` if it has no tag.
#[must_use]
pub fn family(value: &str) -> Option<Family> {
    let decoded = query::decode(value);
    let whole = merge_tag::find_raw(value).or_else(|| merge_tag::find(value)).or_else(|| merge_tag::find(&decoded));
    let row = || merge_tag::in_row(value, merge_tag::find_raw).or_else(|| merge_tag::in_row(&decoded, merge_tag::find));
    whole.or_else(row)
}

/// Whether a raw value has a tag: one of a known family, or one of the sender's own.
#[must_use]
pub fn is_tag(picture: &Picture<'_, '_>, value: &str) -> bool {
    let is_own = |sender: &Sender| written::read(sender, value).is_some();
    family(value).is_some() || picture.mail.sender.is_some_and(is_own)
}

/// Adds the faults of a value.
pub fn check(picture: &Picture<'_, '_>, pair: &Pair<'_>, findings: &mut Findings) {
    let Some(value) = pair.raw.raw_value.filter(|value| !value.is_empty()) else { return };
    let at = picture.at(pair.value.start);
    let family = family(value);
    let spans: Vec<&str> = picture
        .address
        .tags
        .iter()
        .filter(|tag| tag.start >= pair.value.start && tag.end <= pair.value.end)
        .filter_map(|tag| picture.text().get(tag.clone()))
        .collect();
    if let Some(family) = family {
        if spans.is_empty() && is_open_tag(value, family) {
            findings.error(
                at,
                "tag-not-closed",
                format!("The merge tag in {} is not closed, so that the sender does not replace it", pair.param),
                "close the tag",
            );
            return;
        }
        if spans.iter().any(|tag| merge_tag::find(tag).is_none()) {
            findings.warning(
                at,
                "encoded-tag",
                format!(
                    "The delimiters of the merge tag in {} are percent-encoded: most senders do not replace it then",
                    pair.param
                ),
                "write the tag as it is, in the code view of your sender's editor",
            );
            return;
        }
        if foreign(picture, pair, value, family, &spans, findings) {
            return;
        }
        encoding(picture, pair, value, &spans, findings);
        quotes(picture, pair, findings);
    }
    // A tag that is known as a whole value has no text around it.
    if !is_tag(picture, value) || !spans.is_empty() {
        literal(picture, pair, findings);
    }
}

/// Whether a tag of an unmistakable family was opened and not closed.
fn is_open_tag(value: &str, family: Family) -> bool {
    matches!(family, Family::Mailchimp | Family::Handlebars | Family::Liquid)
        && ["*|", "{{", "{%"].iter().any(|open| query::decode(value).contains(open))
}

/// A tag that the email's sender does not replace. Returns whether it is one.
fn foreign(
    picture: &Picture<'_, '_>,
    pair: &Pair<'_>,
    value: &str,
    family: Family,
    spans: &[&str],
    findings: &mut Findings,
) -> bool {
    let at = picture.at(pair.value.start);
    let mail = picture.mail;
    if !mail.may_compare() {
        return false;
    }
    let tag = spans.first().copied().unwrap_or(value);
    let Some(sender) = mail.sender else {
        let Some(example) = mail.contradicts(family) else { return false };
        findings.error(
            at,
            "foreign-tag",
            format!(
                "{} is a tag of another sender than {}, which stands in the same email",
                shown(tag),
                shown(example)
            ),
            "write all tags as your sender does; name the sender with --sender for the exact tag",
        );
        return true;
    };
    let others = written::others(&mail.senders, tag);
    if written::families(sender).contains(&family) {
        // A tag of this form, but of another sender's field.
        let is_own = [value, tag].into_iter().any(|tag| written::read(sender, tag).is_some());
        if is_own || others.is_empty() {
            return false;
        }
    }
    let names: Vec<&str> = others.iter().map(|(other, _)| other.name.as_str()).collect();
    let of_others = match names.as_slice() {
        [] => String::new(),
        [name] => format!(", but of {name}"),
        [first, second] => format!(", but of {first} and {second}"),
        [first, second, ..] => format!(", but of {first}, {second} and others"),
    };
    let field = others.first().map(|(_, field)| *field).or_else(|| sender::field_of(pair.param));
    findings.error(
        at,
        "foreign-tag",
        format!("{} is no tag of {}{of_others}: it stays as it is", shown(tag), sender.name),
        format!("write {}", sender.url_tag(field.unwrap_or(pair.param))),
    );
    true
}

/// A tag without the encoding that its sender has.
fn encoding(picture: &Picture<'_, '_>, pair: &Pair<'_>, value: &str, spans: &[&str], findings: &mut Findings) {
    let Some(sender) = picture.mail.sender else { return };
    if written::is_encoded(sender, value) != Some(false) || pair.raw.name.contains("b64") {
        return;
    }
    let tag = spans.first().copied().unwrap_or(value);
    let remedy = match written::read(sender, tag) {
        Some(written) => encoded(sender, &written.field),
        None => sender.url_tag(sender::field_of(pair.param).unwrap_or(pair.param)),
    };
    findings.warning(
        picture.at(pair.value.start),
        "tag-not-encoded",
        format!("{} is not encoded for a URL: a value with & or # breaks the query", shown(tag)),
        format!("write {remedy}"),
    );
}

/// The sender's encoding tag of its own field.
fn encoded(sender: &Sender, field: &str) -> String {
    sender.encoded.as_ref().unwrap_or(&sender.tag).replace("FIELD", field)
}

/// A tag with the quote that also ends its attribute.
fn quotes(picture: &Picture<'_, '_>, pair: &Pair<'_>, findings: &mut Findings) {
    let Some(element) = picture.place.element else { return };
    let source = picture.at(pair.value.start);
    let value = pair.raw.raw_value.unwrap_or_default();
    let around = element.attributes.iter().find(|attribute| attribute.value.contains(&source));
    let Some(quote) = around.and_then(|attribute| attribute.quote) else { return };
    if value.contains(quote) {
        let other = if quote == '"' { '\'' } else { '"' };
        findings.warning(
            source,
            "quote-in-tag",
            format!("The tag of {} has the quote {quote} that also ends the attribute: an editor that reads the HTML breaks it", pair.param),
            format!("write {other} inside of the tag"),
        );
    }
}

/// Signs outside of tags that a URL must not have.
fn literal(picture: &Picture<'_, '_>, pair: &Pair<'_>, findings: &mut Findings) {
    let text = picture.text();
    let mut breaking = Vec::new();
    let mut unsafe_signs = Vec::new();
    let mut first = None;
    let value = text.get(pair.value.clone()).unwrap_or_default();
    for (offset, c) in value.char_indices() {
        let at = pair.value.start.saturating_add(offset);
        if mask::covers(&picture.address.tags, at) {
            continue;
        }
        let is_hex = || {
            let digits = value.get(offset.saturating_add(1)..offset.saturating_add(3)).unwrap_or_default();
            digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let (list, name) = match c {
            '#' => break,
            ' ' => (&mut breaking, "a space (%20)".to_owned()),
            '"' => (&mut breaking, "a quote (%22)".to_owned()),
            '<' | '>' | '\\' | '`' => (&mut breaking, format!("{c} (%{:02X})", u32::from(c))),
            c if c.is_control() => (&mut breaking, "a line break (leave it out)".to_owned()),
            '%' if !is_hex() => (&mut unsafe_signs, "a % (%25)".to_owned()),
            '{' | '}' | '|' | '^' => (&mut unsafe_signs, format!("{c} (%{:02X})", u32::from(c))),
            c if !c.is_ascii() => {
                (&mut unsafe_signs, "a letter outside of ASCII (its UTF-8, percent-encoded)".to_owned())
            }
            _ => continue,
        };
        first = first.or(Some(at));
        if !list.contains(&name) {
            list.push(name);
        }
    }
    let Some(first) = first.map(|at| picture.at(at)) else { return };
    let breaks = !breaking.is_empty();
    breaking.append(&mut unsafe_signs);
    let message = format!("The value of {} has signs that a URL must not have: {}", pair.raw.name, breaking.join(", "));
    let remedy = "encode them as in the brackets";
    if breaks {
        findings.error(first, "unencoded-value", message, remedy);
    } else {
        findings.warning(first, "unencoded-value", message, remedy);
    }
}

/// A tag between backticks, cut to a readable length.
fn shown(tag: &str) -> String {
    let mut text: String = tag.trim().chars().take(MAX_TAG_CHARS).collect();
    if text.len() < tag.trim().len() {
        text.push('…');
    }
    format!("`{text}`")
}
