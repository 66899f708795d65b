//! What senders put into a URL: unresolved tags, which are missing values; real values; and queries
//! that were damaged on the way.
//!
//! The lists are in `tests/merge_tags/`. Every tag and every value is tried in each spelling in
//! which it may arrive.

use monogram::limits::Limits;
use monogram::params::declare::TextParam;
use monogram::params::{self, Missing, Param, Params, Repair, Resolved, Value};

use crate::util::{is_unreserved, percent_encode};

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
    // The first line describes the file.
    file.lines().skip(1).filter(|line| !line.is_empty())
}

/// The spellings in which mail software sends a raw tag.
fn forms_of_a_tag(tag: &str) -> Vec<String> {
    let whole = percent_encode(tag, |byte| !is_unreserved(byte));
    // A browser encodes only these bytes of a URL that it is given; a bare `#` would end the URL.
    let literal = percent_encode(tag, |byte| byte <= 0x20 || byte > 0x7E || matches!(byte, b'"' | b'<' | b'>' | b'#'));
    let mut forms = vec![
        literal.clone(),
        literal.replace("%20", "+"),
        // Partly encoded: `*%7CFNAME%7C*`, `%7B%7Bfirst_name}}`.
        percent_encode(tag, |byte| byte > 0x7E || b" |\"<>#^`%".contains(&byte)),
        percent_encode(tag, |byte| byte > 0x7E || b" {}\"<>#".contains(&byte)),
        whole.clone(),
        whole.replace("%20", "+"),
        whole.to_lowercase().replace("%2d", "-"),
        // Encoded again by a link rewriter, once and twice.
        whole.replace('%', "%25"),
        whole.replace('%', "%2525"),
    ];
    if tag.to_lowercase() != tag {
        // The tag itself has capitals, which lower-casing would change.
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
        let whole = percent_encode(value, |byte| !is_unreserved(byte));
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
fn damaged_queries_are_repaired() {
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
