//! What a text says that its author meant otherwise: the tags of senders and of other languages, HTML, Markdown.
//! All of it is printed as it stands.

use crate::merge_tag;
use crate::params::Params;

/// Signs around a name in other languages. Longer ones stand before those that they begin with.
const TAGS: [(&str, &str); 10] = [
    ("${", "}"),
    ("{", "}"),
    ("%%", "%%"),
    ("%", "%"),
    ("<%=", "%>"),
    ("*|", "|*"),
    ("[[", "]]"),
    ("[", "]"),
    ("<<", ">>"),
    ("<", ">"),
];

/// What is said about a sender's merge tag, which belongs into the address of a picture.
pub fn merge_tag(text: &str) -> Option<&'static str> {
    merge_tag::find(text).map(|_| {
        "a merge tag is printed as it stands: declare a param, write `{{ first_name }}` here, and put the tag into the \
         address of the picture"
    })
}

/// The name of a param in the tag of another language, as it is written: `{name}`, `${name}`.
pub fn tag<'s>(source: &'s str, params: &'s Params) -> Option<(&'s str, &'s str)> {
    let shown = masked(source);
    for (open, close) in TAGS {
        let mut rest = shown.as_str();
        while let Some((before, behind)) = rest.split_once(open) {
            rest = behind;
            // `{{ name }}` is an expression, and so is `{% … %}`.
            if (open == "{" || open == "%") && (before.ends_with('{') || behind.starts_with(['{', '%', '#'])) {
                rest = behind.split_once('}').map_or("", |(_, rest)| rest);
                continue;
            }
            let Some((inner, _)) = behind.split_once(close) else { break };
            // The name may have a default behind it: `{name|there}`.
            let name = inner.split('|').next().unwrap_or_default();
            if let Some((name, _)) = params.get_key_value(&name.trim().to_ascii_lowercase()) {
                let start = shown.len().saturating_sub(behind.len()).saturating_sub(open.len());
                let length = open.len().saturating_add(inner.len()).saturating_add(close.len());
                let written = source.get(start..).and_then(|rest| rest.get(..length))?;
                return Some((written, name));
            }
        }
    }
    None
}

/// A source with a space for each byte of its expressions: `{{ texts[plan] }}` has brackets of its own.
fn masked(source: &str) -> String {
    let (mut shown, mut rest) = (String::new(), source);
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some(next) = behind_expression(behind) else { break };
        shown.push_str(before);
        shown.extend(std::iter::repeat_n(' ', rest.len().saturating_sub(before.len()).saturating_sub(next.len())));
        rest = next;
    }
    shown.push_str(rest);
    shown
}

/// What stands behind the `}}` of an expression, whose maps and texts may have braces too.
fn behind_expression(source: &str) -> Option<&str> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in source.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = quote.filter(|_| c != open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '{') => depth = depth.saturating_add(1),
            (None, '}') if depth > 0 => depth = depth.saturating_sub(1),
            (None, '}') => return source.get(at..)?.strip_prefix("}}"),
            (None, _) => {}
        }
    }
    None
}

/// A source without what stands in `{{ }}`, `{% %}` and `{# #}`.
pub fn printed(source: &str) -> String {
    let (mut printed, mut rest) = (String::new(), source);
    while let Some((before, behind)) = rest.split_once('{') {
        printed.push_str(before);
        let close = match behind.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            Some('#') => "#}",
            _ => {
                printed.push('{');
                rest = behind;
                continue;
            }
        };
        rest = behind.split_once(close).map_or("", |(_, rest)| rest);
    }
    printed.push_str(rest);
    printed
}

/// What is printed of a source, but for the brackets of phrases: they are no merge tag, and give way.
pub fn without_phrases(source: &str) -> String {
    // No tag has this sign.
    let (mut shown, mut rest) = (String::new(), source);
    while let Some((before, behind)) = rest.split_once("{{") {
        shown.push_str(before);
        shown.push('\u{fffc}');
        rest = behind.split_once("}}").map_or("", |(_, rest)| rest);
    }
    shown.push_str(rest);
    let (mut plain, mut rest) = (String::new(), shown.as_str());
    while let Some((before, behind)) = rest.split_once('[') {
        let inside = behind.split(']').next().unwrap_or_default();
        plain.push_str(before);
        if !inside.contains('\u{fffc}') {
            plain.push('[');
        }
        rest = behind;
    }
    plain.push_str(rest);
    printed(&plain).replace('\u{fffc}', " ")
}

/// The elements of HTML that people write into texts.
const ELEMENTS: [&str; 19] = [
    "a", "b", "big", "div", "em", "font", "h1", "h2", "h3", "i", "li", "p", "s", "small", "span", "strong", "sub",
    "sup", "u",
];

/// What is said about HTML and Markdown, which are printed as they stand.
pub fn markup(text: &str) -> Option<String> {
    for (at, _) in text.match_indices('<') {
        let Some((tag, _)) = text.get(at..).and_then(|tag| tag.split_once('>')) else { break };
        let name = tag.trim_start_matches(['<', '/']).split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if name == "br" {
            return Some(format!("`{tag}>` is printed as it stands: write \\n for the end of a line"));
        }
        if ELEMENTS.contains(&name.as_str()) {
            return Some(format!(
                "`<{name}>` is printed as it stands, there is no HTML: a text may be a list of runs, each with its look"
            ));
        }
    }
    for (at, _) in text.match_indices('&') {
        let Some((entity, _)) = text.get(at..).and_then(|entity| entity.split_once(';')) else { break };
        let name = entity.trim_start_matches('&');
        if matches!(
            name,
            "amp" | "nbsp" | "lt" | "gt" | "quot" | "apos" | "euro" | "copy" | "reg" | "mdash" | "ndash" | "hellip"
        ) || name.strip_prefix('#').is_some_and(|digits| digits.parse::<u32>().is_ok())
        {
            return Some(format!("`{entity};` is printed as it stands: write the character itself"));
        }
    }
    if text.contains("\\n") && !text.contains('{') {
        return Some("`\\n` is printed as it stands: in JSON one \\ is enough for the end of a line".to_owned());
    }
    if let Some((before, behind)) = text.split_once("](")
        && before.contains('[')
        && ["http", "mailto:", "www.", "#"].iter().any(|start| behind.starts_with(start))
    {
        return Some(
            "a link is printed as it stands: a picture has none, so that the `<img>` is put into an `<a>`".to_owned(),
        );
    }
    let is_bold = text.split("**").count() > 2;
    is_bold.then(|| "`**` is printed as it stands: only the value of a param of the type `rich` has marks".to_owned())
}

/// Whether a phrase in square brackets begins, has an expression, and never ends.
pub fn has_open_phrase(source: &str) -> bool {
    let mut open: Vec<bool> = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['{', '[', ']', '\\']) {
        let here = rest.get(at..).unwrap_or_default();
        let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
        if let Some((sign, close)) = tags.into_iter().find(|(sign, _)| here.starts_with(sign)) {
            if let Some(open) = open.last_mut() {
                *open |= sign == "{{";
            }
            rest = here.split_once(close).map_or("", |(_, rest)| rest);
            continue;
        }
        let mut characters = here.chars();
        match characters.next() {
            Some('[') => open.push(false),
            Some(']') => drop(open.pop()),
            // The sign behind it is no bracket of a phrase.
            Some('\\') if here.get(1..2).is_some_and(|next| next == "[" || next == "]") => {
                characters.next();
            }
            _ => {}
        }
        rest = characters.as_str();
    }
    open.contains(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of mistakes cannot write it: there `\n` ends a line.
    #[test]
    fn a_backslash_too_many_is_said() {
        assert!(markup("Dear Ana,\\nthank you").is_some_and(|said| said.starts_with("`\\n` is printed")));
        assert_eq!(markup("Dear Ana,\nthank you"), None);
        assert_eq!(markup("{{ name }}\\n"), None);
    }
}
