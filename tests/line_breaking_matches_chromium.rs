//! Text breaks into the same lines as in Chromium, with the same fonts, and each line has the same
//! width.
//!
//! `tests/oracle/strings.json` holds the strings, `tests/oracle/chromium.json` the lines that
//! Chromium made of them (`make oracle` records it). Where we differ on purpose, the string gives
//! the box width and the reason; a recorded difference that no longer exists fails as well.

use std::collections::{BTreeMap, BTreeSet};

use monogram::font::{Fonts, Instance, Pack};
use monogram::limits::Limits;
use monogram::text::{self, Paragraph, RunStyle, Style, WordBreak, Wrap};
use serde::Deserialize;

use crate::util::{self, read_text};

/// Largest difference between a line's width and its width in Chromium.
const TOLERANCE_PX: f32 = 0.5;

#[derive(Deserialize)]
struct Recorded {
    strings: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    script: String,
    lang: String,
    text: String,
    size: f32,
    weight: Option<u16>,
    letter_spacing: Option<f32>,
    word_break: Option<WordBreak>,
    wrap: Option<Wrap>,
    /// The packs that Chromium had, in their order.
    fonts: Vec<String>,
    /// The reason for each difference on purpose, by box width in px.
    #[serde(default)]
    differs: BTreeMap<String, String>,
    set: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    width: f32,
    lines: Vec<(String, f32)>,
}

/// The packs that a text needs, and the fonts with these packs.
fn fonts(case: &Case) -> (Vec<&'static Pack>, Fonts) {
    let packs = text::needed([(case.text.as_str(), Some(case.lang.as_str()))].into_iter(), &Limits::default()).packs;
    let fonts = util::fonts(&packs);
    (packs, fonts)
}

/// Both sets of lines as text; `None` if they are the same.
fn compare(text: &Paragraph, set: &Set) -> Option<String> {
    let block = text.fit(Some(set.width), None);
    let shown = |line: &text::Line| {
        let shown = text.text().get(line.text.clone()).unwrap();
        shown.trim_end_matches([' ', '\u{3000}', '\u{200b}']).to_owned()
    };
    let ours: Vec<(String, f32)> = block.lines.iter().map(|line| (shown(line), line.width)).collect();
    let is_same = ours.len() == set.lines.len()
        && ours.iter().zip(&set.lines).all(|(our, their)| our.0 == their.0 && (our.1 - their.1).abs() <= TOLERANCE_PX);
    let show = |lines: &[(String, f32)]| {
        lines.iter().map(|(text, width)| format!("{text} [{width:.2}]")).collect::<Vec<_>>().join(" | ")
    };
    (!is_same).then(|| format!("  {} px\n    Chromium {}\n    we       {}", set.width, show(&set.lines), show(&ours)))
}

#[test]
fn lines_are_as_in_chromium() {
    let recorded: Recorded = serde_json::from_str(&read_text("tests/oracle/chromium.json")).unwrap();
    let (mut wrong, mut lines, mut scripts, mut excused) = (Vec::new(), 0, BTreeSet::new(), 0);
    for case in &recorded.strings {
        let (packs, fonts) = fonts(case);
        let names: Vec<&str> = packs.iter().filter(|pack| !pack.dictionary).map(|pack| pack.name).collect();
        assert_eq!(names, case.fonts, "{} needs other fonts now: run `make oracle`", case.text);
        let style = Style {
            size: case.size,
            min_size: case.size,
            base: RunStyle {
                instance: Instance::of_weight(case.weight.unwrap_or(400)),
                spacing: case.letter_spacing.unwrap_or(0.0),
                ..RunStyle::default()
            },
            lang: Some(case.lang.clone()),
            word_break: Some(case.word_break.unwrap_or(WordBreak::Normal)),
            wrap: case.wrap.unwrap_or_default(),
            ..Style::default()
        };
        let text = Paragraph::new(&case.text, &style, &fonts, &Limits::default());
        for set in &case.set {
            lines += set.lines.len();
            let is_known = case.differs.contains_key(&set.width.to_string());
            excused += usize::from(is_known);
            match compare(&text, set) {
                Some(difference) if !is_known => wrong.push(format!("{}\n{difference}", case.text)),
                None if is_known => {
                    wrong.push(format!("{}\n  {} px: no longer differs from Chromium", case.text, set.width));
                }
                _ => {}
            }
        }
        scripts.insert(case.script.as_str());
    }
    assert!(wrong.is_empty(), "{} boxes differ:\n{}", wrong.len(), wrong.join("\n"));
    // README states these numbers: strings, scripts, lines, boxes that differ on purpose.
    assert_eq!((recorded.strings.len(), scripts.len(), lines, excused), (290, 52, 7033, 54));
}
