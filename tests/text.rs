//! Text as layout uses it: a paragraph in a box.

use std::collections::BTreeMap;

use monogram::font::{Fonts, Instance};
use monogram::limits::Limits;
use monogram::text::{
    Align, Block, Decoration, Direction, Feature, Fit, Overflow, Paragraph, Run, RunStyle, Style, Wrap,
};

/// Noto Sans Arabic with a dozen letters; see `tests/text/README.md`.
const ARABIC: &[u8] = include_bytes!("text/arabic.ttf");

/// What a line may stand out by: the arithmetic's rounding, and what `fit` does not count.
const SLACK_PX: f32 = 0.05;

fn paragraph(text: &str, style: &Style) -> Paragraph {
    Paragraph::new(text, style, &Fonts::embedded(), &Limits::default())
}

fn spaced(spacing: f32) -> RunStyle {
    RunStyle { spacing, ..RunStyle::default() }
}

fn style(size: f32) -> Style {
    Style { size, min_size: size, ..Style::default() }
}

/// A block's lines as text, each glyph by the character that it stands for; `□` for missing ones.
fn read(block: &Block) -> Vec<String> {
    let mut names: BTreeMap<u16, char> = BTreeMap::new();
    for c in (' '..'ӿ').chain("…–’€".chars()) {
        let alone = paragraph(&c.to_string(), &style(16.0)).fit(None, None);
        if let Some([glyph]) = alone.lines.first().map(|line| line.glyphs.as_slice()) {
            names.entry(glyph.id).or_insert(c);
        }
    }
    let name = |id: u16| if id == 0 { '□' } else { names.get(&id).copied().unwrap_or('?') };
    block.lines.iter().map(|line| line.glyphs.iter().map(|glyph| name(glyph.id)).collect()).collect()
}

#[test]
fn lines_break_at_the_width() {
    for (text, width, expected) in [
        ("", 100.0, &[][..]),
        ("Welcome back", 400.0, &["Welcomeback"]),
        ("Welcome back", 120.0, &["Welcome", "back"]),
        ("Добро пожаловать", 150.0, &["Добро", "пожаловать"]),
        ("Καλώς ήρθατε", 130.0, &["Καλώς", "ήρθατε"]),
        ("one\ntwo\n\nthree\n", 400.0, &["one", "two", "", "three"]),
        ("Donaudampfschiff", 100.0, &["Donaud", "ampfsch", "iff"]),
        ("   ", 100.0, &[""]),
        ("\n\n", 100.0, &["", ""]),
    ] {
        assert_eq!(read(&paragraph(text, &style(24.0)).fit(Some(width), None)), expected, "{text:?}");
    }
}

#[test]
fn widths_are_the_fonts() {
    // Advances of H, e, l and o in Inter regular, in 2048ths of an em, as fonttools reads them; no pair of them kerns.
    let units = f32::from(1522_u16 + 1194 + 496 + 496 + 1228);
    assert_eq!(paragraph("Hello", &style(1024.0)).fit(None, None).width, units / 2.0);
    for (text, size) in [("Hello", 10.0), ("Привет", 33.3), ("Ωραία", 72.0)] {
        let (small, large) = (paragraph(text, &style(size)), paragraph(text, &style(size * 2.0)));
        assert!((small.max_width() * 2.0 - large.max_width()).abs() < 0.001, "{text}");
    }
}

#[test]
fn vertical_measures_are_css() {
    let block = paragraph("a\nb", &Style { line_height: 1.5, ..style(100.0) }).fit(None, None);
    let (ascent, descent, cap) = (1984.0 / 20.48, 494.0 / 20.48, 1490.0 / 20.48);
    let first = (150.0 - ascent - descent) / 2.0 + ascent;
    assert_eq!(block.height, 300.0);
    assert!((block.lines[0].baseline - first).abs() < 1e-3);
    assert!((block.baseline_last - first - 150.0).abs() < 1e-3);
    assert!((block.cap_top - (first - cap)).abs() < 1e-3);
}

#[test]
fn shrinks_no_more_than_it_has_to() {
    let wish = Style { size: 72.0, min_size: 20.0, max_lines: Some(1), ..Style::default() };
    let text = paragraph("Welcome, Maria Fernández!", &wish);
    assert_eq!(text.fit(Some(2000.0), None).size, 72.0);
    let block = text.fit(Some(600.0), None);
    assert_eq!((block.lines.len(), block.truncated, block.overflows), (1, false, false));
    assert_eq!(block.size % 0.25, 0.0);
    assert!(block.width <= 600.0 + SLACK_PX && block.width * (block.size + 0.25) / block.size > 600.0);
    assert!(block.passes <= 10, "{}", block.passes);
    // A height bounds it as well.
    let high = paragraph("one two three four", &Style { max_lines: None, ..wish }).fit(Some(200.0), Some(100.0));
    assert!(high.height <= 100.0 && high.size < 72.0 && !high.truncated);
    // A word is not broken while a smaller size can keep it whole.
    let word = paragraph("Donaudampfschiff", &Style { size: 60.0, min_size: 10.0, ..Style::default() });
    assert_eq!(word.fit(Some(200.0), None).lines.len(), 1);
    assert_eq!((word.fit(Some(50.0), None).size, word.fit(Some(50.0), None).lines.len()), (10.0, 2));
}

#[test]
fn every_size_on_the_grid_is_found() {
    // The same as trying all of them from above.
    for (size, min_size) in [(40.0, 10.0), (40.1, 10.2), (12.0, 11.9), (12.0, 12.0), (10.3, 10.2)] {
        let text =
            paragraph("Welcome, Maria Fernández!", &Style { size, min_size, max_lines: Some(2), ..Style::default() });
        for width in (10_u16..400).step_by(7) {
            let found = text.fit(Some(width.into()), None);
            let mut sizes: Vec<f32> =
                (0_u16..200).map(|step| f32::from(step) / 4.0).filter(|s| *s > min_size && *s < size).collect();
            sizes.extend([size, min_size]);
            sizes.sort_by(f32::total_cmp);
            let fits = |at: f32| {
                let all = Style { max_lines: Some(200), ..style(at) };
                let text = paragraph("Welcome, Maria Fernández!", &all);
                let block = text.fit(Some(width.into()), None);
                block.lines.len() <= 2 && text.min_width() <= f32::from(width) + 0.02
            };
            let largest = sizes.into_iter().rev().find(|at| fits(*at)).unwrap_or(min_size);
            assert_eq!(found.size, largest, "{size} to {min_size} in {width}");
        }
    }
}

#[test]
fn the_measured_width_fits() {
    for text in ["Hello", "Welcome, Maria Fernández!", "a b c d e f g", "שלום עולם"] {
        let text = paragraph(text, &Style { base: spaced(0.7), ..style(33.3) });
        let free = text.fit(None, None);
        assert!((free.width - text.max_width()).abs() < 0.01);
        let boxed = text.fit(Some(free.width), Some(free.height));
        assert_eq!((boxed.lines.len(), boxed.overflows), (1, false));
        assert!(boxed.lines[0].x.abs() < 0.001);
        let narrow = text.fit(Some(text.min_width()), None);
        assert!(!narrow.overflows && narrow.width <= text.min_width() + SLACK_PX);
    }
}

#[test]
fn overflow_is_designed() {
    let long = "The quick, brown fox jumps over the lazy dog";
    let one = Style { max_lines: Some(1), ..style(20.0) };
    for (text, overflow, width, height, expected) in [
        (long, Overflow::Ellipsis, 110.0, None, &["Thequic…"][..]),
        (long, Overflow::Ellipsis, 120.0, None, &["Thequick…"]),
        (long, Overflow::Clip, 120.0, None, &["Thequick,b"]),
        ("Donaudampfschiff", Overflow::Ellipsis, 100.0, None, &["Donaud…"]),
        ("Hello!\nWorld", Overflow::Ellipsis, 300.0, None, &["Hello…"]),
        ("a\n\nb", Overflow::Ellipsis, 300.0, None, &["a…"]),
        ("\n\nb", Overflow::Ellipsis, 300.0, None, &["…"]),
        ("Hello", Overflow::Ellipsis, 1.0, None, &["…"]),
        ("Hello", Overflow::Clip, 1.0, None, &[""]),
        ("Hello", Overflow::Ellipsis, 300.0, Some(1.0), &["Hello"]),
        ("Hi there", Overflow::Visible, 50.0, None, &["Hi", "there"]),
    ] {
        let block = paragraph(text, &Style { overflow, ..one.clone() }).fit(Some(width), height);
        assert_eq!(read(&block), expected, "{text:?} {overflow:?} {width}");
    }
    let by_height = paragraph(long, &style(20.0)).fit(Some(110.0), Some(60.0));
    assert_eq!(read(&by_height), ["Thequick,", "brownfo…"]);
    assert!(by_height.truncated && !by_height.overflows);
    let visible = paragraph(long, &Style { overflow: Overflow::Visible, ..style(20.0) }).fit(Some(110.0), Some(60.0));
    assert!(!visible.truncated && visible.overflows && visible.lines.len() > 2);
}

#[test]
fn right_to_left() {
    // Inter has no Hebrew: what counts is where things stand.
    let text = paragraph("אבג abc", &style(20.0));
    assert!(text.is_rtl());
    let missing: Vec<char> = text.report().missing.iter().map(|missing| missing.character).collect();
    assert_eq!(missing, ['א', 'ב', 'ג']);
    let block = text.fit(Some(400.0), None);
    assert_eq!(read(&block), ["abc□□□"]);
    assert!((block.lines[0].x + block.lines[0].width - 400.0).abs() < 0.01);
    let one = Style { max_lines: Some(1), ..style(20.0) };
    let cut = paragraph("אבגדהו זחט abc", &one).fit(Some(100.0), None);
    assert!(read(&cut)[0].starts_with("…□") && cut.truncated, "{:?}", read(&cut));
    // In a left-to-right text the ellipsis is on the right, whatever stands before it.
    let cut = paragraph("abc אבגדהוזחט", &one).fit(Some(100.0), None);
    assert!(read(&cut)[0].starts_with("abc□") && read(&cut)[0].ends_with("□…"), "{:?}", read(&cut));
    let left = Style { direction: Direction::Ltr, ..style(20.0) };
    assert_eq!(read(&paragraph("אבג abc", &left).fit(None, None)), ["□□□abc"]);
    // Each line is ordered by itself, and brackets and numbers stand where UAX #9 wants them.
    assert_eq!(read(&paragraph("(12) אבג", &style(20.0)).fit(None, None)), ["□□□(12)"]);
    assert_eq!(read(&paragraph("אב abc גד def", &style(20.0)).fit(Some(80.0), None)), ["abc□□", "def□□"]);
}

#[test]
fn justified_lines_reach_both_sides() {
    for text in ["one two three four five six", "אחת שתיים שלוש ארבע חמש"] {
        let block = paragraph(text, &Style { align: Align::Justify, ..style(20.0) }).fit(Some(140.0), None);
        let (last, others) = block.lines.split_last().unwrap();
        assert!(!others.is_empty());
        assert!(others.iter().all(|line| (line.width - 140.0).abs() < 0.01 && line.x.abs() < 0.01), "{block:?}");
        assert!(last.width < 139.0);
    }
}

#[test]
fn letters_are_set_apart_but_for_the_last() {
    let set =
        |letter_spacing| paragraph("abc", &Style { base: spaced(letter_spacing), ..style(20.0) }).fit(None, None).width;
    assert!((set(3.0) - set(0.0) - 6.0).abs() < 0.01);
    assert!(set(f32::NEG_INFINITY) >= 0.0);
    // At half the size it is half as wide.
    let shrunk = Style { base: spaced(4.0), size: 40.0, min_size: 5.0, max_lines: Some(1), ..Style::default() };
    let text = paragraph("letters", &shrunk);
    let block = text.fit(Some(text.max_width() / 2.0), None);
    assert_eq!(block.size, 20.0);
}

#[test]
fn a_narrower_box_has_no_fewer_lines() {
    let text = paragraph("It was the best of times, it was the worst of times, it was the age of wisdom", &style(17.0));
    let mut fewest = usize::MAX;
    for width in 1_u16..800 {
        let lines = text.fit(Some(width.into()), None).lines.len();
        assert!(lines <= fewest, "{width}");
        fewest = lines;
    }
    assert_eq!(fewest, 1);
}

#[test]
fn another_script_takes_the_face_that_has_it() {
    let mut fonts = Fonts::embedded();
    let arabic = fonts.add("Noto Sans Arabic", ARABIC).unwrap();
    let set =
        |text: &str, style: &Style, width| Paragraph::new(text, style, &fonts, &Limits::default()).fit(width, None);
    let faces = |block: &Block| block.lines[0].glyphs.iter().map(|glyph| glyph.face == arabic).collect::<Vec<_>>();
    let hello = set("Hi محمد!", &style(20.0), None);
    assert_eq!(faces(&hello), [false, false, true, true, true, true, false]);
    assert!(Paragraph::new("محمد علي", &style(20.0), &fonts, &Limits::default()).report().missing.is_empty());

    // Its letters join: م at the start of a word and at its end are two shapes.
    let ids = |text| set(text, &style(20.0), None).lines[0].glyphs.iter().map(|glyph| glyph.id).collect::<Vec<_>>();
    assert!(ids("م") != ids("محم")[..1] && ids("محم")[..1] != ids("محم")[2..]);
    // Visual order: the first letter is the rightmost one.
    let word = ids("علي");
    assert_eq!(word.last(), ids("عل").last());

    // The letter before an ellipsis has its final shape, and the ellipsis is on the left.
    let one = Style { max_lines: Some(1), ..style(40.0) };
    let (full, cut) = (set("محمدمحمدمحمد", &one, None), set("محمحمحمحمحم", &one, Some(150.0)));
    assert!(cut.truncated && cut.width <= 150.0 + SLACK_PX && full.width > 150.0);
    let last = &cut.lines[0].glyphs;
    assert_ne!(last[0].face, arabic);
    let letters: Vec<u16> = last[1..].iter().map(|glyph| glyph.id).collect();
    let alone = "محمحمحمحمحم".chars().take(letters.len()).collect::<String>();
    assert_eq!(letters, ids(&alone));
}

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

/// What must hold of any text in any box.
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
    // Nothing is lost and nothing doubled.
    if !block.truncated {
        let free = paragraph.fit(None, None);
        if !free.truncated {
            let whole = free.lines.iter().map(|line| line.glyphs.len()).sum::<usize>();
            let shown = glyphs.count();
            // Lines that end at a soft hyphen show one more.
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
fn hostile_texts() {
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
fn hostile_numbers() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 0.0, 1e-30, 1e30, f32::MAX];
    for number in odd {
        for style in [
            Style { size: number, ..Style::default() },
            Style { min_size: number, ..style(40.0) },
            Style { size: number, min_size: number, ..Style::default() },
            Style { line_height: number, ..Style::default() },
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
fn random_texts() {
    let pieces: Vec<char> =
        "abcWé.,-()/1 2  \n\u{301}\u{200d}\u{202b}\u{202c}\u{2067}\u{2069}\u{200f}אבשמدحлΩ字か\u{e33}😀\u{ad}\u{a0}"
            .chars()
            .collect();
    let mut state = 1_u32; // a linear congruential generator: the same texts in every run
    let mut random = move |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let aligns = [Align::Start, Align::Center, Align::End, Align::Justify, Align::Left, Align::Right];
    let overflows = [Overflow::Ellipsis, Overflow::Clip, Overflow::Visible];
    for _ in 0..2_000 {
        let text: String = (0..random(60)).map(|_| pieces[random(pieces.len())]).collect();
        let style = Style {
            size: 10.0 + random(60) as f32 / 3.0,
            min_size: 5.0 + random(20) as f32,
            base: spaced(random(9) as f32 - 4.0),
            max_lines: [None, Some(1), Some(3)][random(3)],
            overflow: overflows[random(3)],
            align: aligns[random(6)],
            ..Style::default()
        };
        check(&text, &style, &paragraph(&text, &style), Some(random(300) as f32), [None, Some(40.0)][random(2)]);
    }
}

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
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/packs/arabic.ttf")).unwrap();
    fonts.add("Noto Sans Arabic", bytes).unwrap();
    let glyphs = |runs: &[Run]| -> Vec<u16> {
        let block = of_runs(runs, &style(20.0), &fonts).fit(None, None);
        block.lines[0].glyphs.iter().map(|glyph| glyph.id).collect()
    };
    assert_eq!(glyphs(&[run("مح", 1.0), run("مد", 1.0)]), glyphs(&[run("محمد", 1.0)]));
}

#[test]
fn a_line_is_as_high_as_its_largest_letters() {
    let fonts = Fonts::embedded();
    let block = |runs: &[Run]| of_runs(runs, &Style { line_height: 1.5, ..style(20.0) }, &fonts).fit(None, None);
    let heights = |runs: &[Run]| block(runs).height;
    assert_eq!(heights(&[run("a", 1.0)]), 30.0);
    assert_eq!(heights(&[run("a", 1.0), run("b", 3.0)]), 90.0);
    assert_eq!(heights(&[run("a", 0.5)]), 30.0, "the text's own size is the least, as in CSS");
    assert_eq!(heights(&[run("a\n", 1.0), run("b", 2.0), run("\nc", 1.0)]), 120.0);
    let mixed = block(&[run("ab", 1.0), run("c", 2.0)]);
    assert!(mixed.lines[0].glyphs.iter().all(|glyph| glyph.y == mixed.lines[0].baseline), "one baseline");
    let high = Style { max_lines: Some(9), ..style(20.0) };
    let cut = of_runs(&[run("a\n", 1.0), run("b\n", 3.0), run("c", 1.0)], &high, &fonts).fit(None, Some(60.0));
    assert_eq!((cut.lines.len(), cut.truncated), (1, true), "the second line is too high");
}

#[test]
fn features_and_instances() {
    let fonts = Fonts::embedded();
    let width = |base: RunStyle, text| paragraph(text, &Style { base, ..style(100.0) }).fit(None, None).width;
    let features = |name| RunStyle { features: vec![Feature::parse(name).unwrap()], ..RunStyle::default() };
    assert_ne!(width(RunStyle::default(), "111"), width(RunStyle::default(), "000"));
    assert_eq!(width(features("tnum"), "111"), width(features("tnum"), "000"));
    assert!(width(features("-kern"), "AVAV") > width(RunStyle::default(), "AVAV"));
    let instance = Instance { italic: true, ..Instance::of_weight(400) };
    assert_eq!(
        width(RunStyle { instance: instance.clone(), ..RunStyle::default() }, "Hi"),
        width(RunStyle::default(), "Hi")
    );
    let face = fonts.get(monogram::font::FaceId(0)).unwrap();
    assert!(face.imitates_italic(&instance) && !face.imitates_bold(&Instance::of_weight(900)));
}

#[test]
fn lines_along_letters() {
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

#[test]
fn a_text_grows() {
    let grow = |max_size| Style { fit: Fit::Grow, max_size, ..style(10.0) };
    let block = paragraph("Maria", &grow(None)).fit(Some(200.0), Some(100.0));
    assert!(block.size > 60.0 && block.width <= 200.1 && block.height <= 100.1 && !block.overflows, "{block:?}");
    assert!(block.passes <= 15, "{}", block.passes);
    assert_eq!(paragraph("Maria", &grow(Some(30.0))).fit(Some(200.0), Some(100.0)).size, 30.0);
    assert_eq!(paragraph("Maria", &grow(None)).fit(None, None).size, 10.0, "without a box, nothing to fill");
    let long = paragraph("Maximiliana-Konstantina von Hohenlohe", &grow(None)).fit(Some(60.0), Some(20.0));
    assert_eq!((long.size, long.truncated), (10.0, true), "no smaller than its size");
}

#[test]
fn a_line_is_filled() {
    let line = |min, max| Style { fit: Fit::Line, min_size: min, max_size: max, ..style(20.0) };
    for text in ["Jo", "Maria Fernández", "Maximiliana-Konstantina von Hohenlohe", "محمد عبد الرحمن"] {
        let block = paragraph(text, &line(1.0, None)).fit(Some(300.0), None);
        assert_eq!((block.lines.len(), block.passes, block.truncated), (1, 0, false), "{text}");
        assert!((block.width - 300.0).abs() < 0.1, "{text}: {}", block.width);
    }
    let low = paragraph("Jo", &line(1.0, None)).fit(Some(300.0), Some(24.0));
    assert!((low.size - 20.0).abs() < 0.01 && !low.overflows, "the height bounds it too: {}", low.size);
    assert_eq!(paragraph("Jo", &line(1.0, Some(33.0))).fit(Some(300.0), None).size, 33.0);
    let long = paragraph("Maximiliana-Konstantina von Hohenlohe", &line(18.0, None)).fit(Some(100.0), None);
    assert_eq!((long.size, long.lines.len(), long.truncated), (18.0, 1, true));
    assert_eq!(paragraph("a\nbcd", &line(1.0, None)).fit(Some(300.0), None).lines.len(), 2, "its own breaks stay");
}

#[test]
fn an_ellipsis_where_it_is_asked_for() {
    let shown = |text: &str, overflow, width| {
        let paragraph = paragraph(text, &Style { overflow, max_lines: Some(1), ..style(20.0) });
        let block = paragraph.fit(Some(width), None);
        let line = &block.lines[0];
        assert!(line.width <= width + 0.1, "{text}: {} > {width}", line.width);
        let part = |range: std::ops::Range<usize>| paragraph.text().get(range).unwrap().to_owned();
        match &line.elided {
            Some(gap) => part(line.text.start..gap.start) + "…" + &part(gap.end..line.text.end),
            None => part(line.text.clone()),
        }
    };
    let path = "one two three four.pdf";
    for (text, overflow, width, expected) in [
        (path, Overflow::Ellipsis, 130.0, "one two thr…"),
        (path, Overflow::EllipsisMiddle, 130.0, "one t…ur.pdf"),
        (path, Overflow::EllipsisStart, 130.0, "…ree four.pdf"),
        (path, Overflow::Clip, 130.0, "one two thre"),
        (path, Overflow::EllipsisMiddle, 1000.0, path),
        ("one two\nthree", Overflow::EllipsisMiddle, 60.0, "one…"),
    ] {
        assert_eq!(shown(text, overflow, width), expected, "{overflow:?}");
    }
    for overflow in [Overflow::EllipsisMiddle, Overflow::EllipsisStart] {
        for width in [0.0_f32, 5.0, 12.0, 20.0, 33.3] {
            let _ = shown("Mississippi", overflow, width.max(18.0));
            let _ =
                paragraph("אבג 12 abc", &Style { overflow, max_lines: Some(1), ..style(20.0) }).fit(Some(width), None);
        }
    }
}

#[test]
fn the_last_line_is_not_one_lonely_word() {
    let lines = |text: &str, wrap, width| {
        let paragraph = paragraph(text, &Style { wrap, ..style(20.0) });
        let block = paragraph.fit(Some(width), None);
        let shown = |line: &monogram::text::Line| paragraph.text().get(line.text.clone()).unwrap().trim().to_owned();
        block.lines.iter().map(shown).collect::<Vec<_>>()
    };
    let text = "Thank you for being with us, Maria";
    assert_eq!(lines(text, Wrap::Greedy, 280.0), ["Thank you for being with us,", "Maria"]);
    assert_eq!(lines(text, Wrap::Pretty, 280.0), ["Thank you for being with", "us, Maria"]);
    assert_eq!(lines(text, Wrap::Balance, 280.0), ["Thank you for being", "with us, Maria"]);
    for wrap in [Wrap::Pretty, Wrap::Balance] {
        assert_eq!(lines(text, wrap, 1000.0), [text], "one line stays one");
        assert_eq!(lines("Hello, Maria", wrap, 70.0), ["Hello,", "Maria"], "there is no other word to give");
    }
}
