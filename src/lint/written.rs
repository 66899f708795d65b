//! How senders write tags: whether a tag is one of a sender's, whether it encodes its value, and
//! whether it has a default.
//!
//! Everything follows from the patterns of `src/snippet/senders.json`.

use std::collections::BTreeSet;

use crate::merge_tag::{self, Family};
use crate::ordered;
use crate::snippet::sender::{Case, FIELDS, Sender};

/// Older or other tags that a sender replaces too, besides those of its patterns.
const ALSO: &[(&str, Family)] = &[
    ("aweber", Family::Handlebars),
    ("brevo", Family::ActiveCampaign),
    ("brevo", Family::MailerLite),
    ("constant-contact", Family::ConstantContact),
    ("pardot", Family::Salesforce),
    ("sendgrid", Family::SendGrid),
    ("zoho-campaigns", Family::Zoho),
];

/// The families of the tags that a sender replaces.
#[must_use]
pub fn families(sender: &Sender) -> BTreeSet<Family> {
    let mut families = of_patterns(sender);
    families.extend(ALSO.iter().filter(|(id, _)| *id == sender.id).map(|(_, family)| *family));
    families
}

/// The families of a sender's patterns. Jinja and Liquid have both kinds of braces.
fn of_patterns(sender: &Sender) -> BTreeSet<Family> {
    let patterns = [Some(&sender.tag), sender.default.as_ref(), sender.encoded.as_ref()];
    let of_pattern = |pattern: &String| merge_tag::find(&pattern.replace("FIELD", "first_name"));
    let mut families = ordered::set(patterns.into_iter().flatten().filter_map(of_pattern));
    if families.contains(&Family::Handlebars) {
        families.insert(Family::Liquid);
    }
    families
}

/// Whether some sender's editor writes tags of both families.
#[must_use]
pub fn go_together(a: Family, b: Family, senders: &[Sender]) -> bool {
    a == b || senders.iter().map(of_patterns).any(|families| families.contains(&a) && families.contains(&b))
}

/// A tag as a sender's pattern describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The sender's name of the field.
    pub field: String,
    /// Our name of the field, if it is one of [`FIELDS`].
    pub known: Option<&'static str>,
}

/// Reads a tag as `sender` writes it. `None` if the sender has no such pattern, or no such field.
#[must_use]
pub fn read(sender: &Sender, tag: &str) -> Option<Written> {
    let tag = normal(tag);
    let patterns = [Some(&sender.tag), sender.default.as_ref(), sender.encoded.as_ref()].into_iter().flatten();
    let fields: Vec<String> =
        patterns.filter_map(|pattern| capture(&normal(pattern), &tag)).map(|captured| captured.field).collect();
    // A plain tag of a field `URL:FNAME` is more likely an encoded tag of the field `FNAME`.
    let known = fields.iter().find_map(|field| {
        let (known, _) = sender.fields.iter().find(|(_, name)| normal(name) == *field)?;
        let known = FIELDS.iter().map(|(field, _)| *field).find(|field| field == known)?;
        Some(Written { field: field.clone(), known: Some(known) })
    });
    let custom = || fields.iter().find(|field| is_custom(sender, field));
    known.or_else(|| custom().map(|field| Written { field: field.clone(), known: None }))
}

/// The senders that have a field of this name in a tag of this form, with our name of the field.
/// Those whose syntax is certain come first.
#[must_use]
pub fn others<'a>(senders: &'a [Sender], tag: &str) -> Vec<(&'a Sender, &'static str)> {
    let found = senders.iter().filter_map(|sender| Some((sender, read(sender, tag)?.known?)));
    let (certain, rest): (Vec<_>, Vec<_>) = found.partition(|(sender, _)| sender.verified);
    certain.into_iter().chain(rest).collect()
}

/// Whether a value is encoded for URLs by one of the sender's own filters. `None` if the sender
/// cannot encode.
#[must_use]
pub fn is_encoded(sender: &Sender, value: &str) -> Option<bool> {
    let (plain, encoded) = (normal(&sender.tag), normal(sender.encoded.as_ref()?));
    let ((before, after), (before_encoded, after_encoded)) = (plain.split_once("FIELD")?, encoded.split_once("FIELD")?);
    let value = normal(value);
    // Of several filters the last one encodes.
    let filter = difference(after, after_encoded);
    let filter = filter.rfind('|').and_then(|at| filter.get(at..)).unwrap_or(filter);
    let marks = [difference(before, before_encoded), filter];
    Some(marks.iter().any(|mark| !mark.is_empty() && value.contains(mark)))
}

/// The part of `longer` that `shorter` has not, between their common beginning and end.
fn difference<'a>(shorter: &str, longer: &'a str) -> &'a str {
    let same = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let rest = longer.get(same(shorter, longer)..).unwrap_or_default();
    let left = shorter.get(same(shorter, longer)..).unwrap_or_default();
    let end = left.bytes().rev().zip(rest.bytes().rev()).take_while(|(a, b)| a == b).count();
    rest.get(..rest.len().saturating_sub(end)).unwrap_or_default()
}

/// Whether a tag brings its own default, which is not empty: by the pattern of its sender, or else
/// by words that senders use.
#[must_use]
pub fn has_default(sender: Option<&Sender>, tag: &str) -> bool {
    const WORDS: [&str; 8] = ["default", "fallback", "else", "iif(", "||", "?:", "personalization_token(", "{{^"];
    let pattern = sender.and_then(|sender| sender.default.as_ref());
    if let Some(captured) = pattern.and_then(|pattern| capture(&normal(pattern), &normal(tag))) {
        return captured.default.is_some_and(|default| !default.is_empty());
    }
    let spaced = tag.to_lowercase();
    let tag = normal(&spaced);
    // `|default:''`, but not the closing quote of a default.
    let is_empty = tag.match_indices("''").any(|(at, _)| {
        tag.get(..at).and_then(|before| before.chars().last()).is_some_and(|c| !c.is_alphanumeric())
            && tag.get(at.saturating_add(2)..).is_none_or(|after| !after.starts_with(char::is_alphanumeric))
    });
    let is_empty = is_empty || tag.contains("=]");
    let has_word = WORDS.iter().any(|word| tag.contains(word)) || spaced.contains(" or ");
    // `*|FNAME|friend|*`, `$[FNAME|there]$`, `{contactfield=firstname|there}`.
    let inner = tag.trim_matches(|c: char| "*|$[]{}#<>%~".contains(c));
    let has_bar = !tag.starts_with("{{")
        && !inner.contains(':')
        && inner.rsplit_once('|').is_some_and(|(_, default)| !default.is_empty() && default != "true");
    (has_word || has_bar) && !is_empty
}

/// A tag without white space, and with one kind of quotes.
fn normal(tag: &str) -> String {
    let unify = |c: char| match c {
        '"' | '`' => Some('\''),
        c if c.is_whitespace() => None,
        c => Some(c),
    };
    tag.chars().filter_map(unify).collect()
}

/// What a pattern leaves open.
struct Captured {
    field: String,
    default: Option<String>,
}

/// Reads a tag by a pattern. `None` if the tag does not fit it. Both are normal.
fn capture(pattern: &str, tag: &str) -> Option<Captured> {
    let mut field: Option<String> = None;
    let mut default = None;
    let mut rest = tag;
    let is_last = pattern.matches("FIELD").count() == 1;
    let mut pieces = pattern.split("FIELD").peekable();
    while let Some(piece) = pieces.next() {
        let (literal, after) = match piece.split_once("DEFAULT") {
            Some((before, after)) => (before, Some(after)),
            None => (piece, None),
        };
        rest = rest.strip_prefix(literal)?;
        if let Some(after) = after {
            let end = if after.is_empty() { rest.len() } else { rest.find(after)? };
            default = rest.get(..end).map(str::to_owned);
            rest = rest.get(end.saturating_add(after.len())..)?;
        }
        let Some(next) = pieces.peek() else { break };
        if let Some(field) = &field {
            rest = rest.strip_prefix(field.as_str())?;
            continue;
        }
        let literal = next.split("DEFAULT").next().unwrap_or_default();
        let end = if literal.is_empty() {
            rest.len()
        } else if literal.len() == next.len() && rest.ends_with(literal) && is_last {
            // A field may end with signs of the delimiter: `{{${first_name}}}`.
            rest.len().saturating_sub(literal.len())
        } else {
            rest.find(literal)?
        };
        field = Some(rest.get(..end).filter(|field| !field.is_empty())?.to_owned());
        rest = rest.get(end..)?;
    }
    field.filter(|_| rest.is_empty()).map(|field| Captured { field, default })
}

/// Whether a field is a custom one by its name.
fn is_custom(sender: &Sender, field: &str) -> bool {
    let pattern = normal(&sender.custom.pattern);
    let Some((before, after)) = pattern.split_once("NAME") else { return false };
    let name = field.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    name.is_some_and(|name| {
        let plain = |c: char| c.is_alphanumeric() || "_.:-".contains(c);
        let fits = match sender.custom.case {
            // Names of one's own data, as one has written them.
            _ if pattern == "NAME" => true,
            Case::Lower => !name.contains(char::is_uppercase),
            Case::Upper => !name.contains(char::is_lowercase),
            Case::AsIs | Case::Camel | Case::Pascal | Case::Words => true,
        };
        !name.is_empty() && fits && name.chars().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snippet::sender;

    #[test]
    fn every_sender_writes_its_own_tags() {
        for sender in sender::all() {
            let families = families(&sender);
            assert!(!families.is_empty(), "{}", sender.id);
            // A pair is two tags, each of which is checked.
            for (field, _) in FIELDS.iter().filter(|(field, _)| !sender.is_pair(field)) {
                let tag = sender.url_tag(field);
                let found = merge_tag::find(&tag);
                // `#city#` may be a value, if nobody knows the sender.
                assert!(found.is_none_or(|family| families.contains(&family)), "{}: {tag} {found:?}", sender.id);
                for tag in [sender.url_tag(field), sender.text_tag(field, "friend")] {
                    let written = read(&sender, &tag);
                    assert!(written.is_some(), "{}: {tag}", sender.id);
                }
                assert_eq!(
                    is_encoded(&sender, &sender.url_tag(field)),
                    sender.encoded.as_ref().map(|_| true),
                    "{}",
                    sender.id
                );
                if sender.encoded.is_some() && sender.encoded.as_ref() != Some(&sender.tag) {
                    let plain = sender.tag.replace("FIELD", &sender.field(field));
                    assert_eq!(is_encoded(&sender, &plain), Some(false), "{}: {plain}", sender.id);
                }
                let tag = sender.text_tag(field, "friend");
                assert_eq!(has_default(Some(&sender), &tag), sender.default.is_some(), "{}: {tag}", sender.id);
            }
        }
    }

    #[test]
    fn another_sender_is_found_by_its_fields() {
        let senders = sender::all();
        let find = |id: &str| senders.iter().find(|sender| sender.id == id).unwrap();
        for (id, tag, own, other) in [
            ("klaviyo", "{{ first_name|urlencode }}", true, ""),
            ("klaviyo", "{{ contact.firstname }}", false, "hubspot"),
            ("klaviyo", "{{customer.first_name}}", false, "bloomreach"),
            ("hubspot", "{{ contact.FIRSTNAME | default: \"there\" }}", false, "brevo"),
            ("hubspot", "{{ contact.loyalty_tier }}", true, ""),
            ("brevo", "{{ contact.FIRSTNAME | default: \"there\" }}", true, ""),
            ("braze", "{{${first_name}}}", true, ""),
            ("klaviyo", "{{${first_name}}}", false, "braze"),
            ("mailersend", "{{anything_at_all}}", true, ""),
            ("klaviyo", "{{ first_name|title|urlencode }}", false, ""),
        ] {
            assert_eq!(read(find(id), tag).is_some(), own, "{id} {tag}");
            let others = others(&senders, tag);
            if !own {
                let is_found = others.iter().any(|(sender, _)| sender.id == other);
                assert_eq!(
                    is_found,
                    !other.is_empty(),
                    "{id} {tag} {:?}",
                    others.iter().map(|o| &o.0.id).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn a_default_may_be_empty() {
        for (tag, expected) in [
            ("*|FNAME|*", false),
            ("*|FNAME|friend|*", true),
            ("*|URL:FNAME|*", false),
            ("{{ first_name }}", false),
            ("{{ first_name|urlencode }}", false),
            ("{{ first_name | default: 'you' }}", true),
            ("{{ first_name | default: '' }}", false),
            ("{{ first_name|default:\"\"|title }}", false),
            ("[firstname,fallback=there]", true),
            ("[firstname,fallback=]", false),
            ("$[FNAME|there]$", true),
            ("$[FNAME]$", false),
            ("{contactfield=firstname|there}", true),
            ("{contactfield=firstname|true}", false),
            ("[[data:firstname:\"\"]]", false),
            ("%%=IIF(EMPTY(FirstName),'friend',FirstName)=%%", true),
        ] {
            assert_eq!(has_default(None, tag), expected, "{tag}");
        }
    }
}
