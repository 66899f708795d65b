//! What people do in their first hour, and what they read: mistakes in templates and in URLs, numbers as
//! shops send them.

use std::fmt::Write as _;
use std::fs;

use monogram::Inputs;
use monogram::layout::{Content, Item};
use monogram::limits::Limits;
use monogram::locale::{Locale, has_decimal_comma};
use monogram::params::{Value, number};
use monogram::plan;
use monogram::request::{Format, Options};
use monogram::response::ignored;
use monogram::snippet::{self, reply::Subject, sender};
use monogram::template::{Template, advice, mistake, samples};
use monogram::text::bidi;
use monogram::torture::{self, Case};
use monogram::world::Embedded;

use crate::util::{is_accepting, percent_encode, root};

/// Runs the cases of a file: a line without indentation is a case, the indented lines below it are what it
/// gives.
fn run(file: &str, least: usize, outcome: impl Fn(&str) -> Vec<String>) {
    let path = root().join("tests/first_hour").join(file);
    let written = fs::read_to_string(&path).unwrap();
    let (mut now, mut cases) = (String::new(), 0);
    for line in written.lines().filter(|line| !line.starts_with("  ")) {
        writeln!(now, "{line}").unwrap();
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        cases += 1;
        outcome(line).iter().for_each(|said| writeln!(now, "  {said}").unwrap());
    }
    if is_accepting() {
        fs::write(&path, &now).unwrap();
    }
    assert!(cases >= least, "{cases} cases");
    for (written, now) in written.lines().zip(now.lines()) {
        assert_eq!(written, now, "{}: run `make golden-accept`, and read what it says now", path.display());
    }
    assert!(written == now, "{} has other lines: run `make golden-accept`", path.display());
}

/// What is said about a document.
fn said(document: &str) -> Vec<String> {
    match mistake::parse(document, &Limits::default()) {
        Err(problem) => vec![format!("error: {problem}")],
        Ok(template) => {
            let advice = advice::of(&template.document).into_iter();
            advice.map(|(place, what)| format!("warning: {place}: {what}")).collect()
        }
    }
}

/// A list that every case may use.
const LIST: &str = r#""basket": { "type": "list", "fields": { "name": { "type": "text" }, "price": { "type": "number" }, "photo": { "type": "image" } } }"#;

fn with(layer: &str, param: &str) -> String {
    format!(
        r#"{{ "width": 600, "height": 200, "params": {{ "name": {{ "type": "text" }}, "n": {{ "type": "number" }}, {LIST} {param} }}, "layers": [{layer}] }}"#
    )
}

#[test]
fn mistakes_are_named_with_their_remedy() {
    run("mistakes.txt", 60, |case| {
        let (kind, text) = case.split_once(' ').unwrap();
        let text = text.replace("\\n", "\n");
        let quoted = serde_json::to_string(&text).unwrap();
        let mut said = said(&match kind {
            "template" => return said(&text),
            "layer" => with(&text, ""),
            "param" => with("", &format!(r#", "other": {text}"#)),
            "when" => with(&format!(r##"{{ "type": "rect", "fill": "#fff", "when": {quoted} }}"##), ""),
            "text" => with(&format!(r#"{{ "type": "text", "text": {quoted} }}"#), ""),
            kind => panic!("there is no kind {kind}"),
        });
        // No case uses all params.
        said.retain(|line| !line.ends_with(": nothing in the template uses it"));
        said
    });
}

/// No message has the names of Rust's types, or a list that nobody reads.
#[test]
fn messages_are_in_the_words_of_authors() {
    let said = fs::read_to_string(root().join("tests/first_hour/mistakes.txt")).unwrap();
    for line in said.lines().filter(|line| line.starts_with("  ")) {
        // Without its path: a template has `variants`.
        let message = line.splitn(3, ": ").last().unwrap();
        for word in ["u32", "f64", "f32", "usize", "struct ", "variant", "sequence", " map", "EOF"] {
            assert!(!message.contains(word), "{word}: {line}");
        }
        assert!(line.chars().count() < 320, "{line}");
    }
}

#[test]
fn numbers_are_read_as_shops_send_them() {
    run("numbers.txt", 40, |case| {
        let (lang, text) = case.split_once(' ').unwrap();
        let text = text.trim_matches('"');
        match number::read(text, has_decimal_comma(Locale::of(lang))) {
            Some(number) => vec![format!("{}{}", number.value, if number.is_plain { "" } else { " (reported)" })],
            None => vec!["no number".to_owned()],
        }
    });
}

#[test]
fn words_for_nothing_are_missing_and_names_are_not() {
    let limits = Limits::default();
    let document = r#"{ "width": 60, "height": 20, "layers": [], "params": { "name": { "type": "text" } } }"#;
    let template = Template::parse(document, &limits).unwrap();
    run("missing.txt", 30, |text| {
        let values = template.values(&format!("name={}", percent_encode(text, |_| true)), &limits);
        let name = &values["name"];
        vec![match &name.value {
            Some(Value::Text(text)) => text.clone(),
            _ => name.source.missing().unwrap().words(),
        }]
    });
    // The page lists each word.
    let page = fs::read_to_string(root().join("docs/missing-data.md")).unwrap().to_lowercase();
    let cases = fs::read_to_string(root().join("tests/first_hour/missing.txt")).unwrap();
    let lines: Vec<&str> = cases.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair[1] == "  missing: null like" && !pair[0].contains(' ')) {
        assert!(page.contains(&format!("`{}`", pair[0].to_lowercase())), "{}", pair[0]);
    }
}

#[test]
fn what_a_url_says_in_vain_is_named() {
    let limits = Limits::default();
    let document = r##"{ "width": 60, "height": 20, "layers": [{ "type": "text", "text": "Only ${{ price }} today" }], "variants": [{ "name": "b", "weight": 1 }], "params": {
        "first_name": { "type": "text" }, "photo": { "type": "image", "hosts": ["cdn.example"] }, "price": { "type": "number", "min": 0, "max": 100 },
        "plan": { "type": "choice", "choices": ["free", "pro"] }, "nick": { "type": "text", "max_chars": 8 }, "code": { "type": "text", "allow": { "chars": ["letters"] } },
        "cart": { "type": "list", "fields": { "name": { "type": "text" } } },
        "offers": { "type": "list", "max_items": 4, "compact": ["name", "price"], "fields": { "name": { "type": "text", "max_chars": 8 }, "price": { "type": "number" } } } } }"##;
    let template = Template::parse(document, &limits).unwrap();
    run("urls.txt", 20, |query| {
        let values = template.values(query, &limits);
        let options = Options::read(query, &limits);
        let plan = plan::plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
        ignored::of(query, &template.document, &values, &plan, &limits).iter().map(ToString::to_string).collect()
    });
}

/// The words of all texts, each text on one line.
fn drawn(items: &[Item], words: &mut String) {
    for item in items {
        if let Content::Text(text) = &item.content {
            let plain = bidi::without_isolates(text.text.clone());
            words.push_str(&plain.split_whitespace().collect::<Vec<_>>().join(" "));
            words.push('\n');
        }
        drawn(&item.children, words);
    }
}

/// Where the alt text of a sample and its picture have the same value, they spell it in the same way.
#[test]
fn a_picture_and_its_alt_text_agree() {
    let limits = Limits::default();
    let world = Embedded::new(limits.clone());
    let mut compared = 0;
    for id in samples::ids() {
        let template = Template::parse(samples::get(id).unwrap(), &limits).unwrap();
        let mut cases = torture::cases(&template.document, &[]);
        let odd = ["AT&T", "maria lópez", "MCDONALD", "iPhone", "lis"];
        for value in odd {
            let value = value.replace('&', "%26");
            let pairs: Vec<String> = template.document.params.keys().map(|name| format!("{name}={value}")).collect();
            cases.push(Case { name: value, ordinary: false, ..Case::of_recipient(pairs.join("&")) });
        }
        for case in cases {
            let plan = torture::plan(&template, &case, &limits);
            let alt = bidi::without_isolates(plan.alt.clone()).split_whitespace().collect::<Vec<_>>().join(" ");
            let laid_out = torture::lay_out(plan, &world);
            let mut words = String::new();
            drawn(&laid_out.scene.items, &mut words);
            for resolved in template.values(&case.query, &limits).values() {
                let Some(Value::Text(value) | Value::Choice(value)) = &resolved.value else { continue };
                let find = |text: &str| {
                    let at = text.to_lowercase().find(&value.to_lowercase())?;
                    text.get(at..at + value.len()).map(str::to_owned)
                };
                let (Some(said), Some(_)) = (find(&alt), find(&words)) else { continue };
                compared += 1;
                assert!(
                    words.contains(&said),
                    "{id}, {}: the alt text says {said:?}, and the picture\n{words}",
                    case.name
                );
            }
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn snippets_are_as_personal_as_their_templates() {
    let limits = Limits::default();
    run("snippets.txt", 15, |case| {
        let (id, query) = case.split_once(' ').unwrap();
        let template = Template::parse(samples::get(id).unwrap(), &limits).unwrap();
        let subject = Subject { origin: "", id, size: None, revision: None };
        let reply = match snippet::reply(&template, subject, query, &limits) {
            Ok(reply) => reply,
            Err(problem) => return vec![format!("error: {problem}")],
        };
        let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        let mut said =
            vec![format!("src {}", json["src"].as_str().unwrap()), format!("alt {}", json["alt"].as_str().unwrap())];
        // The sender's own notes are its data.
        let own = sender::find(json["sender"]["id"].as_str().unwrap()).unwrap().notes;
        let notes = json["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned());
        said.extend(notes.filter(|note| !own.contains(note)).map(|note| format!("note {note}")));
        said
    });
}
