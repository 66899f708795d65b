//! No character that some font has, or has an equal of, is a box: `whole.json`.

use monogram::limits::Limits;
use monogram::text::{Paragraph, Style, needed};
use serde::Deserialize;

use crate::util::{fonts, read_text};

#[derive(Deserialize)]
struct Case {
    text: String,
    lang: Option<String>,
    /// The text that is set instead, if it is another one.
    set: Option<String>,
    why: String,
}

/// `tests/names/words.txt` has every letter of the names of 86 locales of Faker and of CLDR, each
/// with the marks that it has there. `tools/names` makes it, and counts the names.
#[test]
fn no_name_has_a_box() {
    let words = read_text("tests/names/words.txt");
    let mut wrong = Vec::new();
    let words: Vec<&str> = words.lines().collect();
    for some in words.chunks(3) {
        let text = some.join("\n");
        let packs = needed(some.iter().map(|word| (*word, None)), &Limits::default());
        assert!(!packs.cut, "{text}");
        let paragraph = Paragraph::new(&text, &Style::default(), &fonts(&packs.packs), &Limits::default());
        let missing = &paragraph.report().missing;
        if !missing.is_empty() {
            wrong.push(format!("{missing:?}"));
        }
    }
    assert!(words.len() > 3_000 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_has_a_box() {
    let cases: Vec<Case> = serde_json::from_str(&read_text("tests/text/whole.json")).unwrap();
    let mut wrong = Vec::new();
    for Case { text, lang, set, why } in &cases {
        let packs = needed([(text.as_str(), lang.as_deref())].into_iter(), &Limits::default()).packs;
        let style = Style { lang: lang.clone(), ..Style::default() };
        let paragraph = Paragraph::new(text, &style, &fonts(&packs), &Limits::default());
        let missing = &paragraph.report().missing;
        if !missing.is_empty() || paragraph.text() != set.as_ref().unwrap_or(text) {
            wrong.push(format!("{text} ({why}): {} is set, without {missing:?}", paragraph.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
