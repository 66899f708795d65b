//! Any text in any box is set within the limits, with finite numbers, and loses no letter.

use monogram::font::{Fonts, Instance};
use monogram::limits::Limits;
use monogram::text::{Align, Direction, Overflow, Paragraph, RunStyle, Style};

use super::{SLACK_PX, paragraph, read, spaced, style};
use crate::util::Random;

#[test]
fn limits_hold() {
    let limits = Limits { text_chars: 10, lines: 3, glyphs: 8, ..Limits::default() };
    let text = Paragraph::new("abcdefghijklmnop", &style(20.0), &Fonts::embedded(), &limits);
    assert!(text.report().cut);
    let block = text.fit(None, None);
    assert_eq!(read(&block), ["abcdefgh"]);
    let lines = Limits { lines: 3, ..Limits::default() };
    for overflow in [Overflow::Visible, Overflow::Clip, Overflow::Ellipsis] {
        let text = Paragraph::new("a\nb\nc\nd\ne", &Style { overflow, ..style(20.0) }, &Fonts::embedded(), &lines);
        let block = text.fit(Some(100.0), None);
        assert_eq!((block.lines.len(), block.truncated), (3, true));
    }
    let unknown = paragraph(
        "a",
        &Style { base: RunStyle { family: "No Such Font".to_owned(), ..RunStyle::default() }, ..Style::default() },
    );
    assert!(unknown.report().unknown_family);
    assert_eq!(unknown.fit(None, None).lines, paragraph("a", &Style::default()).fit(None, None).lines);
}

/// Checks everything that holds for any text in any box.
fn check(text: &str, style: &Style, paragraph: &Paragraph, width: Option<f32>, height: Option<f32>) {
    let limits = Limits::default();
    let block = paragraph.fit(width, height);
    let context = || format!("{:?} {style:?} {width:?} {height:?}", text.chars().take(60).collect::<String>());
    let numbers = [block.size, block.width, block.height, block.cap_top, block.baseline_last];
    assert!(numbers.iter().all(|n| n.is_finite()), "{}", context());
    let glyphs = block.lines.iter().flat_map(|line| &line.glyphs);
    assert!(glyphs.clone().all(|glyph| glyph.x.is_finite() && glyph.y.is_finite()), "{}", context());
    assert!(block.lines.iter().all(|line| line.x.is_finite() && line.width >= 0.0), "{}", context());
    assert!(block.lines.len() <= limits.lines && glyphs.clone().count() <= limits.glyphs + 3, "{}", context());
    assert!((1.0..=limits.font_px).contains(&block.size), "{}", context());
    if !block.overflows {
        assert!(width.is_none_or(|width| width.is_nan() || block.width <= width.max(0.0) + SLACK_PX), "{}", context());
        assert!(
            height.is_none_or(|height| height.is_nan() || block.height <= height.max(0.0) + SLACK_PX),
            "{}",
            context()
        );
        assert!(style.max_lines.is_none_or(|most| block.lines.len() <= most.max(1) as usize), "{}", context());
    }
    // No glyph is lost or doubled.
    if !block.truncated {
        let free = paragraph.fit(None, None);
        if !free.truncated {
            let whole = free.lines.iter().map(|line| line.glyphs.len()).sum::<usize>();
            let shown = glyphs.count();
            // A line that ends at a soft hyphen has one glyph more.
            assert!(shown == whole || shown > whole && text.contains('\u{ad}'), "{shown}, not {whole}: {}", context());
        }
    }
}

fn boxes(text: &str, style: &Style) {
    let paragraph = paragraph(text, style);
    for width in [None, Some(-5.0), Some(0.0), Some(7.0), Some(90.0), Some(400.0), Some(f32::NAN), Some(f32::INFINITY)]
    {
        for height in [None, Some(0.0), Some(50.0), Some(f32::NAN)] {
            check(text, style, &paragraph, width, height);
        }
    }
}

#[test]
fn hostile_texts_keep_the_rules() {
    let texts = [
        String::new(),
        " ".repeat(5000),
        "\n".repeat(5000),
        "\r\n\u{2028}\u{2029}\u{85}\u{b}\u{c}".repeat(30),
        "a".repeat(10_000),
        "word ".repeat(2_500),
        "字".repeat(3_000),
        format!("a{}", "\u{301}".repeat(1_000)),
        "\u{301}".repeat(1_000),
        "a\u{301}\u{316}\u{20dd}".repeat(1_000),
        "\u{202e}\u{2067}a\u{2066}א".repeat(600),
        "\u{2066}".repeat(200) + "x" + &"\u{2069}".repeat(300),
        "\u{202a}".repeat(200) + "א 12" + &"\u{202c}".repeat(5),
        "a א ".repeat(1_000),
        "\u{fffc}\u{feff}\u{fffe}\u{ffff}\u{fffd}\u{0}\u{1b}".to_owned(),
        "\u{feff}".to_owned(),
        "\u{feff}\n\u{200b}\n\u{ad}\n\u{fffc}".to_owned(),
        "\u{200d}".repeat(500),
        "👩\u{200d}👩\u{200d}👧\u{200d}👦🇩🇪🏴\u{e0067}\u{e0062}\u{e007f}".repeat(50),
        "🇩".repeat(301),
        "\u{1100}".repeat(500) + &"\u{1161}".repeat(500),
        "क्षत्रिय्".repeat(100),
        "ก็ำสวัสดี".repeat(100),
        "\u{e000}\u{10ffff}\u{f0000}\u{e01ef}".repeat(10),
        "\t\ta\tb".repeat(20),
        "a\u{ad}b\u{2060}c\u{a0}d\u{202f}e\u{2011}f".repeat(40),
        "ﷺﷺ ﷽ ".repeat(40),
    ];
    let styles = [
        style(20.0),
        Style { size: 72.0, min_size: 8.0, max_lines: Some(2), base: spaced(2.0), ..Style::default() },
        Style { overflow: Overflow::Clip, align: Align::Justify, direction: Direction::Rtl, ..style(30.0) },
        Style { overflow: Overflow::Visible, align: Align::Center, max_lines: Some(0), ..style(30.0) },
    ];
    for text in &texts {
        for style in &styles {
            boxes(text, style);
        }
    }
}

#[test]
fn hostile_numbers_keep_the_rules() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 0.0, 1e-30, 1e30, f32::MAX];
    for number in odd {
        for style in [
            Style { size: number, ..Style::default() },
            Style { min_size: number, ..style(40.0) },
            Style { size: number, min_size: number, ..Style::default() },
            Style { line_height: Some(number), ..Style::default() },
            Style { base: spaced(number), ..Style::default() },
            Style { base: spaced(number), size: number, ..Style::default() },
        ] {
            boxes("Hello, dear wörld", &style);
        }
    }
    for (weight, lang) in
        [(0, ""), (u16::MAX, "x"), (400, "de-DE"), (400, "\u{0}\u{ffff}"), (400, "zzzzzzzzzz-zzzz-1-é")]
    {
        boxes(
            "Hello",
            &Style {
                base: RunStyle { instance: Instance::of_weight(weight), ..RunStyle::default() },
                lang: Some(lang.to_owned()),
                max_lines: Some(u32::MAX),
                ..Style::default()
            },
        );
    }
}

#[test]
fn random_texts_keep_the_rules() {
    let pieces: Vec<char> =
        "abcWé.,-()/1 2  \n\u{301}\u{200d}\u{202b}\u{202c}\u{2067}\u{2069}\u{200f}אבשמدحлΩ字か\u{e33}😀\u{ad}\u{a0}"
            .chars()
            .collect();
    let mut random = Random::new(1);
    let aligns = [Align::Start, Align::Center, Align::End, Align::Justify, Align::Left, Align::Right];
    let overflows = [Overflow::Ellipsis, Overflow::Clip, Overflow::Visible];
    for _ in 0..2_000 {
        let text: String = (0..random.below(60)).map(|_| random.one(&pieces)).collect();
        let style = Style {
            size: 10.0 + random.below(60) as f32 / 3.0,
            min_size: 5.0 + random.below(20) as f32,
            base: spaced(random.below(9) as f32 - 4.0),
            max_lines: random.one(&[None, Some(1), Some(3)]),
            overflow: random.one(&overflows),
            align: random.one(&aligns),
            ..Style::default()
        };
        check(
            &text,
            &style,
            &paragraph(&text, &style),
            Some(random.below(300) as f32),
            random.one(&[None, Some(40.0)]),
        );
    }
}
