//! Runs of one text with letters of their own: sizes, features, instances and lines along them.

use monogram::font::{FaceId, Fonts, Instance};
use monogram::limits::Limits;
use monogram::text::{Block, Decoration, Feature, Paragraph, Run, RunStyle, Style};

use super::{paragraph, style};
use crate::util;

fn run(text: &str, scale: f32) -> Run {
    Run { text: text.to_owned(), style: RunStyle { scale, ..RunStyle::default() } }
}

fn of_runs(runs: &[Run], style: &Style, fonts: &Fonts) -> Paragraph {
    Paragraph::of_runs(runs, style, fonts, &Limits::default())
}

#[test]
fn runs_make_one_text() {
    let fonts = Fonts::embedded();
    let plain = paragraph("Hello world, again", &style(20.0)).fit(Some(110.0), None);
    for cuts in [&["Hello world, again"][..], &["Hello", " world, ", "again"], &["H", "", "ello wo", "rld, again", ""]]
    {
        let runs: Vec<Run> = cuts.iter().map(|text| run(text, 1.0)).collect();
        let block = of_runs(&runs, &style(20.0), &fonts).fit(Some(110.0), None);
        let lines = |block: &Block| block.lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
        assert_eq!(lines(&block), lines(&plain), "{cuts:?}");
        for glyph in block.lines.iter().flat_map(|line| &line.glyphs) {
            assert!(usize::from(glyph.run) < cuts.len() && !cuts[usize::from(glyph.run)].is_empty(), "{cuts:?}");
        }
    }
    assert!(of_runs(&[], &style(20.0), &fonts).is_empty());
}

#[test]
fn letters_join_across_runs() {
    let mut fonts = Fonts::embedded();
    fonts.add("Noto Sans Arabic", util::read("fonts/packs/arabic.ttf")).unwrap();
    let glyphs = |runs: &[Run]| -> Vec<u16> {
        let block = of_runs(runs, &style(20.0), &fonts).fit(None, None);
        block.lines[0].glyphs.iter().map(|glyph| glyph.id).collect()
    };
    assert_eq!(glyphs(&[run("مح", 1.0), run("مد", 1.0)]), glyphs(&[run("محمد", 1.0)]));
}

#[test]
fn a_line_is_as_high_as_its_largest_letters() {
    let fonts = Fonts::embedded();
    let block = |runs: &[Run]| of_runs(runs, &Style { line_height: Some(1.5), ..style(20.0) }, &fonts).fit(None, None);
    let heights = |runs: &[Run]| block(runs).height;
    assert_eq!(heights(&[run("a", 1.0)]), 30.0);
    assert_eq!(heights(&[run("a", 1.0), run("b", 3.0)]), 90.0);
    assert_eq!(heights(&[run("a", 0.5)]), 30.0, "no line is lower than one of the text's own size, as in CSS");
    assert_eq!(heights(&[run("a\n", 1.0), run("b", 2.0), run("\nc", 1.0)]), 120.0);
    let mixed = block(&[run("ab", 1.0), run("c", 2.0)]);
    assert!(mixed.lines[0].glyphs.iter().all(|glyph| glyph.y == mixed.lines[0].baseline), "one baseline");
    let high = Style { max_lines: Some(9), ..style(20.0) };
    let cut = of_runs(&[run("a\n", 1.0), run("b\n", 3.0), run("c", 1.0)], &high, &fonts).fit(None, Some(60.0));
    assert_eq!((cut.lines.len(), cut.truncated), (1, true), "the second line is too high");
}

#[test]
fn features_and_instances_change_widths() {
    let fonts = Fonts::embedded();
    let width =
        |letters: RunStyle, text| paragraph(text, &Style { base: letters, ..style(100.0) }).fit(None, None).width;
    let features = |name| RunStyle { features: vec![Feature::parse(name).unwrap()], ..RunStyle::default() };
    assert_ne!(width(RunStyle::default(), "111"), width(RunStyle::default(), "000"));
    assert_eq!(width(features("tnum"), "111"), width(features("tnum"), "000"));
    assert!(width(features("-kern"), "AVAV") > width(RunStyle::default(), "AVAV"));
    let instance = Instance { italic: true, ..Instance::of_weight(400) };
    assert_eq!(
        width(RunStyle { instance: instance.clone(), ..RunStyle::default() }, "Hi"),
        width(RunStyle::default(), "Hi")
    );
    let face = fonts.get(FaceId(0)).unwrap();
    assert!(face.imitates_italic(&instance) && !face.imitates_bold(&Instance::of_weight(900)));
}

#[test]
fn decorations_run_along_their_letters() {
    let fonts = Fonts::embedded();
    let decoration = Decoration { underline: true, line_through: true };
    let lined = Run { style: RunStyle { decoration, ..RunStyle::default() }, ..run("two three", 1.0) };
    let block = of_runs(&[run("one ", 1.0), lined, run(" four", 1.0)], &style(20.0), &fonts).fit(None, None);
    let line = &block.lines[0];
    let [under, through] = line.rules.as_slice() else { panic!("{:?}", line.rules) };
    assert!(under.y > line.baseline && through.y < line.baseline && through.y > line.baseline - 15.0);
    let of_run = |at| line.glyphs.iter().filter(move |glyph| glyph.run == at).map(|glyph| glyph.x);
    let first = of_run(1).fold(f32::MAX, f32::min);
    let behind = of_run(2).fold(f32::MAX, f32::min);
    assert!((under.x - first).abs() < 0.01 && under.x + under.width < behind && under.width == through.width);
    assert!(under.height > 0.5 && under.height < 3.0);
}
