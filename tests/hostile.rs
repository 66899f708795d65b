//! Hostile texts: `tests/hostile/texts.json`, each a piece of text and how often it is repeated.
//!
//! The work is counted, not timed: graphemes, calls of the shaper, glyphs, and clusters that line
//! breaking looked at. The limits must bound it, and twice the text must take at most about twice
//! the work. Each text must also give a whole picture, with every way of fitting that the samples
//! use; a text that is too long must be cut, and the cut reported.

mod fuzz;
mod paint;
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use monogram::Inputs;
use monogram::limits::Limits;
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::text::{self, Overflow, Paragraph, Style, WordBreak, Wrap};
use monogram::world::Embedded;
use serde::Deserialize;

use crate::util::{World, fonts, percent_encode, read_text, template};

#[derive(Deserialize)]
struct Hostile {
    name: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    text: String,
    /// A piece of a URL, in place of a text.
    percent: Option<String>,
    times: usize,
}

impl Hostile {
    fn text(&self, times: usize) -> String {
        format!("{}{}", self.before, self.text.repeat(times))
    }

    /// The text as it stands in a URL.
    fn encoded(&self) -> String {
        match &self.percent {
            Some(piece) => piece.repeat(self.times),
            None => percent_encode(&self.text(self.times), |_| true),
        }
    }
}

fn all() -> Vec<Hostile> {
    serde_json::from_str(&read_text("tests/hostile/texts.json")).unwrap()
}

/// The work that a text took, by the name of each count; and whether the text was cut.
fn work(text: &str, style: &Style, limits: &Limits) -> ([(&'static str, usize); 5], bool) {
    let packs = text::needed([(text, None)].into_iter(), limits).packs;
    let paragraph = Paragraph::new(text, style, &fonts(&packs), limits);
    let block = paragraph.fit(Some(300.0), Some(200.0));
    let work = paragraph.report().work;
    let drawn = block.lines.iter().map(|line| line.glyphs.len()).sum();
    let counts = [
        ("graphemes", work.graphemes),
        ("runs", work.runs),
        ("glyphs", work.glyphs),
        ("visits of a pass", block.visits / (1 + usize::try_from(block.passes).unwrap())),
        ("glyphs drawn", drawn),
    ];
    assert!(block.passes <= 30, "{} passes", block.passes);
    (counts, paragraph.report().cut || block.truncated)
}

#[test]
fn work_is_linear_in_the_length_of_a_text() {
    let style = Style { size: 40.0, min_size: 12.0, max_lines: Some(6), wrap: Wrap::Balance, ..Style::default() };
    let limits = Limits { text_chars: 1_000_000, glyphs: 1_000_000, lines: 1_000_000, ..Limits::default() };
    for hostile in all().iter().filter(|hostile| hostile.percent.is_none()) {
        let half = (1_000 / hostile.text.chars().count()).max(1);
        for style in [
            style.clone(),
            Style { overflow: Overflow::Visible, max_lines: None, ..style.clone() },
            Style { word_break: Some(WordBreak::BreakAll), wrap: Wrap::Pretty, ..style.clone() },
        ] {
            let (once, _) = work(&hostile.text(half), &style, &limits);
            let (twice, _) = work(&hostile.text(half * 2), &style, &limits);
            for ((count, once), (_, twice)) in once.iter().zip(twice) {
                let most = (once + 32) * 22 / 10;
                assert!(twice <= most, "{}: {count}: {once}, and {twice} for twice the text", hostile.name);
            }
        }
    }
}

#[test]
fn work_is_bounded() {
    let limits = Limits::default();
    for hostile in all().iter().filter(|hostile| hostile.percent.is_none()) {
        let style = Style { size: 40.0, min_size: 12.0, max_lines: Some(6), wrap: Wrap::Balance, ..Style::default() };
        let text = hostile.text(hostile.times);
        let (counts, cut) = work(&text, &style, &limits);
        for (name, count) in counts {
            assert!(count <= limits.text_chars * 2, "{}: {count} {name}", hostile.name);
        }
        let is_long = text.chars().count() > limits.text_chars;
        assert!(cut || !is_long, "{}: not reported as cut", hostile.name);
    }
}

#[test]
fn every_hostile_text_gives_a_picture() {
    let world = World::new();
    let document = r#"{ "width": 300, "height": 200, "params": { "name": { "type": "text", "default": "friend" } }, "layers": [
        { "type": "text", "text": "Hi {{ name }}!", "width": "fill", "height": 60, "size": 40, "min_size": 12, "max_lines": 2, "wrap": "balance" },
        { "type": "text", "y": 60, "text": "{{ name }}", "width": "fill", "height": 60, "wrap": "pretty", "align": "justify" },
        { "type": "stack", "y": 120, "width": "fill", "height": 80, "direction": "row", "children": [
            { "type": "text", "text": "{{ name }}", "word_break": "keep-all", "overflow": "visible" },
            { "type": "text", "text": "{{ name }}", "word_break": "break-all", "overflow": "clip", "max_lines": 3 } ] } ] }"#;
    let template = template(document);
    let mut seen = BTreeSet::new();
    for hostile in all() {
        let file = world.png(&template, &format!("name={}", hostile.encoded()));
        assert!(file.starts_with(b"\x89PNG") && file.ends_with(b"IEND\xaeB`\x82"), "{}", hostile.name);
        if let Some(folder) = std::env::var_os("MONOGRAM_LOOK") {
            // For a person to look at.
            let name: String = hostile.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            fs::write(Path::new(&folder).join(format!("{name}.png")), &file).unwrap();
        }
        seen.insert(hostile.name);
    }
    assert_eq!(seen.len(), all().len(), "two texts have one name");
}

/// A document of `tests/hostile/templates.json`: pieces, each with the number of times that it
/// stands there.
#[derive(Deserialize)]
struct HostileTemplate {
    name: String,
    /// Words of the error; empty if the document is drawn.
    says: String,
    document: Vec<(String, usize)>,
    query: Vec<(String, usize)>,
}

#[test]
fn every_hostile_template_is_refused_or_drawn() {
    let limits = Limits::default();
    let written =
        |pieces: &[(String, usize)]| pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect::<String>();
    let all = read_text("tests/hostile/templates.json");
    for hostile in serde_json::from_str::<Vec<HostileTemplate>>(&all).unwrap() {
        let name = &hostile.name;
        let template = match Template::parse(&written(&hostile.document), &limits) {
            Ok(template) => template,
            Err(problem) => {
                let says = problem.to_string();
                assert!(!hostile.says.is_empty() && says.contains(&hostile.says), "{name}: {says}");
                continue;
            }
        };
        assert!(hostile.says.is_empty(), "{name} is not refused");
        let query = written(&hostile.query);
        let (values, options) = (template.values(&query, &limits), Options::read(&query, &limits));
        let inputs = Inputs::new(&template, &values, &options, Format::Png);
        let picture = monogram::render(&inputs, &Embedded::new(limits.clone())).unwrap();
        assert!(picture.bytes.starts_with(b"\x89PNG"), "{name}");
        assert!(picture.warnings.len() <= limits.warnings + 1, "{name}: {} warnings", picture.warnings.len());
    }
}
