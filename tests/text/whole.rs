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
