//! What senders put into a URL: tags that are missing values, values that are values, and queries that were damaged on the way.
//!
//! The lists are in `tests/merge_tags/`, and every line of the first two is tried in every form that it may arrive in.

#![expect(clippy::unwrap_used, reason = "a test says what must hold, in its helpers too")]

use monogram::limits::Limits;
use monogram::params::declare::TextParam;
use monogram::params::{self, Missing, Param, Params, Repair, Resolved, Value};

fn declared() -> Params {
    ["company", "name"].map(|name| (name.to_owned(), Param::Text(TextParam::default()))).into()
}

fn resolve(query: &str) -> [Resolved; 2] {
    let mut values = params::resolve(&declared(), &[], query, &Limits::default());
    ["name", "company"].map(|name| values.remove(name).unwrap())
}

fn text(resolved: &Resolved) -> &str {
    match &resolved.value {
        Some(Value::Text(text)) => text,
        _ => "-",
    }
}

fn lines(file: &str) -> impl Iterator<Item = &str> {
    // The first line says what the file is.
    file.lines().skip(1).filter(|line| !line.is_empty())
}

/// Percent-encodes the bytes that `which` picks.
fn encode(text: &str, which: impl Fn(u8) -> bool) -> String {
    let mut out = Vec::new();
    for byte in text.bytes() {
        if which(byte) { out.extend(format!("%{byte:02X}").bytes()) } else { out.push(byte) }
    }
    String::from_utf8(out).unwrap()
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// A raw tag in the forms in which mail software sends it.
fn forms_of_a_tag(tag: &str) -> Vec<String> {
    let whole = encode(tag, |byte| !is_plain(byte));
    // As browsers write what stands literally in a URL, with a space one way or the other; a `#` would end the URL.
    let literal = encode(tag, |byte| byte <= 0x20 || byte > 0x7E || matches!(byte, b'"' | b'<' | b'>' | b'#'));
    let mut forms = vec![
        literal.clone(),
        literal.replace("%20", "+"),
        // Half encoded: `*%7CFNAME%7C*`, `%7B%7Bfirst_name}}`.
        encode(tag, |byte| byte > 0x7E || b" |\"<>#^`%".contains(&byte)),
        encode(tag, |byte| byte > 0x7E || b" {}\"<>#".contains(&byte)),
        whole.clone(),
        whole.replace("%20", "+"),
        whole.to_lowercase().replace("%2d", "-"),
        // By a link rewriter, once more and twice.
        whole.replace('%', "%25"),
        whole.replace('%', "%2525"),
    ];
    if tag.to_lowercase() != tag {
        // Lower-casing all of it would change what it says.
        forms.retain(|form| *form != whole.to_lowercase().replace("%2d", "-"));
    }
    forms
}

#[test]
fn no_tag_is_drawn() {
    let mut drawn = Vec::new();
    let mut count = 0;
    for tag in lines(include_str!("merge_tags/tags.txt")) {
        for form in forms_of_a_tag(tag) {
            for query in [format!("name={form}&company=Acme"), format!("company=Acme&name=+{form}%0A&utm_source=x")] {
                count += 1;
                let [name, company] = resolve(&query);
                let is_tag = matches!(name.source.missing(), Some(Missing::MergeTag(_)));
                if !is_tag || text(&company) != "Acme" {
                    drawn.push(format!("{query} → {} | {}", text(&name), text(&company)));
                }
            }
        }
    }
    assert!(count > 2_500, "{count}");
    assert!(drawn.is_empty(), "{} of {count}:\n{}", drawn.len(), drawn.join("\n"));
}

#[test]
fn no_value_is_lost() {
    let mut lost = Vec::new();
    let mut count = 0;
    for value in lines(include_str!("merge_tags/values.txt")) {
        let whole = encode(value, |byte| !is_plain(byte));
        let form = whole.replace("%20", "+");
        for raw in [whole.clone(), form, whole.to_lowercase().replace(&value.to_lowercase(), value)] {
            if raw == whole.to_lowercase() && raw != whole && value.chars().any(char::is_uppercase) {
                continue;
            }
            count += 1;
            let [name, company] = resolve(&format!("name={raw}&company=Acme"));
            if text(&name) != value || text(&company) != "Acme" {
                lost.push(format!("{raw}: {value} → {} {:?} {:?}", text(&name), name.source, name.repairs));
            }
        }
    }
    assert!(count > 600, "{count}");
    assert!(lost.is_empty(), "{} of {count}:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn damage_is_undone() {
    let mut wrong = Vec::new();
    for line in lines(include_str!("merge_tags/damaged.txt")) {
        let [query, name, company, repairs] = line.split('\t').collect::<Vec<_>>().try_into().expect(line);
        let got = resolve(query);
        let made: Vec<_> = got.iter().flat_map(|resolved| resolved.repairs.iter().map(Repair::code)).collect();
        let got = (text(&got[0]).to_owned(), text(&got[1]).to_owned(), made.join(" "));
        if (got.0.as_str(), got.1.as_str(), got.2.as_str()) != (name, company, repairs) {
            wrong.push(format!("{query}\n   {got:?}, not {:?}", (name, company, repairs)));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
