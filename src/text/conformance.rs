//! Unicode's own conformance files, through our use of the libraries: a paragraph's units and the
//! order of a line.
//!
//! The cases that are left out are counted and asserted, so that none is skipped silently.

use std::io::Read;

use flate2::read::GzDecoder;

use super::analyse::{Runs, units};
use super::bidi::is_rtl;
use super::clean::hard_lines;
use super::cluster::Cluster;
use super::fallback::Faces;
use super::opportunity::Breaking;
use super::reorder;
use super::style::RunStyle;
use super::{Direction, Paragraph, Style, WordBreak, needed};
use crate::font::{Fonts, Pack};
use crate::limits::Limits;

/// Without our rule for Korean words.
const BREAKING: Breaking<'_> = Breaking { word_break: Some(WordBreak::Normal), dictionaries: &[] };

fn read(file: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn cases(file: &str) -> impl Iterator<Item = &str> {
    file.lines().map(|line| line.split('#').next().unwrap().trim()).filter(|line| !line.is_empty())
}

fn character(hex: &str) -> char {
    char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap()
}

/// Line_Break=CJ.
fn is_small_kana(c: char) -> bool {
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶーｧｨｩｪｫｬｭｮｯｰ".contains(c) || ('ㇰ'..='ㇿ').contains(&c)
}

/// The result of a file of line breaks.
#[derive(Debug, PartialEq, Eq)]
struct Breaks {
    cases: usize,
    /// Cases with a break too many or too few.
    wrong: usize,
    /// Such cases before a small kana: browsers let a line begin with one (CSS `line-break:
    /// normal`, rule LB1's `CJ` as `ID`).
    small_kana: usize,
    /// Breaks that the file wants within a grapheme, where we never break: between a space and a
    /// mark on it.
    in_graphemes: usize,
}

fn line_breaks(file: &[u8]) -> (Breaks, Vec<String>) {
    let fonts = Fonts::embedded();
    let faces = Faces::new(&fonts, &RunStyle::default(), None);
    let (mut found, mut failures) = (Breaks { cases: 0, wrong: 0, small_kana: 0, in_graphemes: 0 }, Vec::new());
    for case in cases(&read(file)) {
        let mut text = String::new();
        let mut wanted = Vec::new();
        for token in case.split_whitespace() {
            match token {
                "÷" => wanted.push(text.len()),
                "×" => {}
                hex => text.push(character(hex)),
            }
        }
        found.cases += 1;
        let mut right = true;
        // A mandatory break ends a line of text, and is no opportunity here.
        for line in hard_lines(&text) {
            let units = units(&text, &line, false, &Runs { ends: &[text.len()], faces: &[&faces] }, BREAKING);
            for unit in units.iter().filter(|unit| unit.bytes.end < line.end) {
                right &= unit.break_after == wanted.contains(&unit.bytes.end);
            }
            let ends: Vec<usize> = units.iter().map(|unit| unit.bytes.end).collect();
            found.in_graphemes +=
                wanted.iter().filter(|at| line.start < **at && **at < line.end && !ends.contains(at)).count();
        }
        match right {
            true => {}
            false if text.contains(is_small_kana) => found.small_kana += 1,
            false => {
                found.wrong += 1;
                failures.push(case.to_owned());
            }
        }
    }
    (found, failures)
}

/// The differences come from Unicode 16 and later: `)` before `%` or `$` (LB25), the Hebrew maqaf
/// (LB20a), quotation marks between Han letters (LB19a), hyphens and numbers. One more,
/// `find .com`, is meant: Chromium breaks before `.com`.
#[test]
fn lines_break_nearly_as_unicode_15_1_says() {
    let (found, failures) = line_breaks(include_bytes!("../../tests/unicode/LineBreakTest_15.1.txt.gz"));
    assert_eq!(found, Breaks { cases: 10_274, wrong: 41, small_kana: 104, in_graphemes: 534 }, "{failures:#?}");
}

/// The differences come from Unicode 18, whose rules the library has: a no-break space behind an
/// ideographic one or a tab, and an opening quotation mark before Han letters. One more,
/// `find .com`, is meant.
#[test]
fn lines_break_nearly_as_unicode_17_says() {
    let (found, failures) = line_breaks(include_bytes!("../../tests/unicode/LineBreakTest_17.txt.gz"));
    assert_eq!(found, Breaks { cases: 19_338, wrong: 7, small_kana: 142, in_graphemes: 1_166 }, "{failures:#?}");
}

#[test]
fn bidi_is_as_unicode_says() {
    let fonts = Fonts::embedded();
    let faces = Faces::new(&fonts, &RunStyle::default(), None);
    let file = read(include_bytes!("../../tests/unicode/BidiCharacterTest.txt.gz"));
    let (mut count, mut separated, mut failures) = (0, 0, Vec::new());
    for case in cases(&file) {
        let [characters, direction, paragraph, levels, order] = case.split(';').collect::<Vec<_>>().try_into().unwrap();
        let text: String = characters.split(' ').map(character).collect();
        // Our lines have no separators: paragraphs are split, and tabs and controls removed,
        // before.
        if text.contains(['\t', '\n', '\u{b}', '\r', '\u{1c}', '\u{1d}', '\u{1e}', '\u{1f}', '\u{85}', '\u{2029}']) {
            separated += 1;
            continue;
        }
        count += 1;
        let direction = [Direction::Ltr, Direction::Rtl, Direction::Auto][direction.parse::<usize>().unwrap()];
        let rtl = is_rtl(&text, direction);
        let mut right = u8::from(rtl).to_string() == paragraph;
        let units = units(&text, &(0..text.len()), rtl, &Runs { ends: &[text.len()], faces: &[&faces] }, BREAKING);
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let levels: Vec<Option<u8>> = levels.split(' ').map(|level| level.parse().ok()).collect();
        // Rule L1 puts white space and isolates at a line's end on the base level; our lines end
        // before it.
        let is_blank = |(c, level): (char, &Option<u8>)| {
            level.is_none() || c.is_whitespace() || matches!(c, '\u{2066}'..='\u{2069}')
        };
        let kept = text.chars().zip(&levels).collect::<Vec<_>>();
        let kept = kept.len() - kept.into_iter().rev().take_while(|pair| is_blank(*pair)).count();
        let index = |at: usize| starts.binary_search(&at).unwrap();
        let seen = |at: usize| index(at) < kept && levels[index(at)].is_some();
        right &=
            units.iter().all(|unit| !seen(unit.bytes.start) || levels[index(unit.bytes.start)] == Some(unit.level));

        let cluster = |(at, unit): (usize, &super::analyse::Unit)| Cluster {
            units: at..at + 1,
            level: unit.level,
            ..Cluster::default()
        };
        let visible: Vec<_> = units.iter().filter(|unit| seen(unit.bytes.start)).collect();
        let clusters: Vec<Cluster> = visible.iter().copied().enumerate().map(cluster).collect();
        let got: Vec<usize> = reorder::visual(&clusters).into_iter().map(|at| index(visible[at].bytes.start)).collect();
        let wanted = order.split(' ').filter_map(|at| at.parse().ok());
        let wanted: Vec<usize> = wanted.filter(|at| got.contains(at)).collect();
        right &= got == wanted;
        if !right {
            failures.push(case.to_owned());
        }
    }
    assert_eq!(
        (count, separated, failures.len()),
        (91_706, 1, 0),
        "{:#?}",
        failures.iter().take(20).collect::<Vec<_>>()
    );
}

/// Checks that an emoji sequence is one colour glyph of one pack.
fn sequence(text: &str, before: &str, after: &str, read: impl Fn(&Pack) -> Vec<u8>) -> Result<(), String> {
    let limits = Limits::default();
    let packs = needed([(text, None)].into_iter(), &limits).packs;
    let [pack] = packs[..] else { return Err(format!("{} packs", packs.len())) };
    let fonts = Fonts::with_packs(&packs, |pack| Some(read(pack)));
    let whole = format!("{before}{text}{after}");
    let paragraph = Paragraph::new(&whole, &Style::default(), &fonts, &limits);
    let emoji: Vec<&Cluster> = paragraph
        .clusters
        .iter()
        .filter(|cluster| {
            let first = &paragraph.units[cluster.units.start];
            (before.len()..before.len() + text.len()).contains(&first.bytes.start)
        })
        .collect();
    let [cluster] = emoji[..] else { return Err(format!("{} clusters", emoji.len())) };
    let glyphs: Vec<_> =
        paragraph.glyphs[cluster.glyphs.clone()].iter().filter(|glyph| glyph.advance != 0.0 || glyph.id == 0).collect();
    let [glyph] = glyphs[..] else { return Err(format!("{} glyphs", glyphs.len())) };
    if glyph.id == 0 || paragraph.report().missing.iter().any(|missing| text.contains(missing.character)) {
        return Err("no glyph".to_owned());
    }
    let layers = fonts.get(glyph.face).unwrap().layers(glyph.id, usize::MAX).unwrap_or_default().len();
    match layers {
        0 => Err(format!("not in colour, {}", pack.name)),
        _ => Ok(()),
    }
}

/// Every emoji of Unicode 17 is one colour glyph of one pack, alone, in Hebrew and in Hindi,
/// whether or not it is qualified with selectors.
#[test]
fn emoji_sequences() {
    let packs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
    let files: std::collections::BTreeMap<&str, Vec<u8>> = Pack::all()
        .iter()
        .filter(|pack| pack.emoji)
        .map(|pack| (pack.name, std::fs::read(packs.join(pack.file())).unwrap()))
        .collect();
    let file = read(include_bytes!("../../tests/unicode/emoji-test_17.txt.gz"));
    let mut counts = std::collections::BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases(&file) {
        let (sequence_of, status) = case.split_once(';').unwrap();
        let text: String = sequence_of.split_whitespace().map(character).collect();
        let status = status.trim();
        // A single character without a selector is a letter of the text; a longer sequence is an
        // emoji.
        if status == "unqualified" && text.chars().count() == 1 {
            *counts.entry("text by default").or_insert(0) += 1;
            continue;
        }
        *counts.entry(status).or_insert(0) += 1;
        for (before, after) in [("", ""), ("אב ", " ג!"), ("क ", "कि")] {
            if let Err(what) = sequence(&text, before, after, |pack| files[pack.name].clone()) {
                wrong.push(format!("{case} {text} {before:?}: {what}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {counts:?}\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    let expected = [
        ("component", 9),
        ("fully-qualified", 3_944),
        ("minimally-qualified", 1_029),
        ("text by default", 207),
        ("unqualified", 36),
    ];
    assert!(counts.into_iter().eq(expected));
}
