//! Where lines break, what stands in them, and in which order.

use monogram::font::Fonts;
use monogram::limits::Limits;
use monogram::text::{Align, Block, Direction, Line, Overflow, Paragraph, Style, Wrap, needed};

use super::{ARABIC, SLACK_PX, paragraph, read, spaced, style};
use crate::util::fonts;

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

/// A line is measured as it is drawn: without kerning to the next line, and with that of a comma to
/// the space that hangs.
#[test]
fn no_line_is_wider_than_its_box() {
    let fitting = Style { min_size: 20.0, overflow: Overflow::Visible, ..style(60.0) };
    let block = paragraph("Anna-Tamara-Vera-Yvonne-Tanja", &fitting).fit(Some(159.0), None);
    assert!(block.width <= 159.0 + SLACK_PX && block.lines.len() > 1, "{} px, {:?}", block.width, read(&block));
    for text in
        ["Anna-Tamara-Vera-Yvonne-Tanja", "AVAVAVAVATATATAYAYAY", "Vo, To, Yo. Wa, Ta", "П.Т.Г.А. ТАТАРА-ГАГАРА"]
    {
        let (whole, least) = (paragraph(text, &style(40.0)), paragraph(text, &style(40.0)).min_width());
        for width in (60..500).map(|width| width as f32) {
            let block = whole.fit(Some(width), None);
            for line in &block.lines {
                assert!(line.width <= width + SLACK_PX, "{text} in {width} px: a line of {} px", line.width);
            }
        }
        let narrow = whole.fit(Some(least + SLACK_PX), None);
        let shown = |line: &Line| whole.text().get(line.text.clone()).unwrap().trim_end().to_owned();
        let words: Vec<String> = narrow.lines.iter().map(shown).collect();
        let is_whole = |word: &String| {
            !word.chars().last().unwrap().is_alphanumeric()
                || text.ends_with(word.as_str())
                || text.contains(&format!("{word} "))
        };
        assert!(words.iter().all(is_whole), "{words:?} in {least} px");
    }
}

#[test]
fn widths_are_the_fonts() {
    // Advances of H, e, l and o in Inter regular, in 2048ths of an em, as fonttools reads them; no
    // pair of them kerns.
    let units = f32::from(1522_u16 + 1194 + 496 + 496 + 1228);
    assert_eq!(paragraph("Hello", &style(1024.0)).fit(None, None).width, units / 2.0);
    for (text, size) in [("Hello", 10.0), ("Привет", 33.3), ("Ωραία", 72.0)] {
        let (small, large) = (paragraph(text, &style(size)), paragraph(text, &style(size * 2.0)));
        assert!((small.max_width() * 2.0 - large.max_width()).abs() < 0.001, "{text}");
    }
}

#[test]
fn a_line_is_as_high_as_its_script_asks_for() {
    // The heights that docs/text.md tells.
    for (text, lang, em) in [
        ("Ñandú Ωμέγα", "es", 1.21),
        ("श्रीनिवास", "hi", 1.4),
        ("張簡芸菲", "zh-Hant", 1.45),
        ("山田", "ja", 1.45),
        ("สมชาย", "th", 1.5),
        ("محمد", "ar", 2.1),
        ("အောင်", "my", 2.2),
        ("محمد", "ur", 2.5),
        ("བཀྲ་ཤིས", "bo", 2.8),
    ] {
        let packs = needed([(text, Some(lang))].into_iter(), &Limits::default()).packs;
        let normal = Style { lang: Some(lang.to_owned()), ..style(100.0) };
        let height = Paragraph::new(text, &normal, &fonts(&packs), &Limits::default()).fit(None, None).height;
        assert!((height / 100.0 - em).abs() <= 0.06, "{text} ({lang}): {height} px of 100, expected {em} em");
    }
}

#[test]
fn vertical_measures_are_css() {
    let block = paragraph("a\nb", &Style { line_height: Some(1.5), ..style(100.0) }).fit(None, None);
    let (ascent, descent, cap) = (1984.0 / 20.48, 494.0 / 20.48, 1490.0 / 20.48);
    let first = (150.0 - ascent - descent) / 2.0 + ascent;
    assert_eq!(block.height, 300.0);
    assert!((block.lines[0].baseline - first).abs() < 1e-3);
    assert!((block.baseline_last - first - 150.0).abs() < 1e-3);
    assert!((block.cap_top - (first - cap)).abs() < 1e-3);
}

#[test]
fn lines_run_from_right_to_left() {
    // Inter has no Hebrew; this is about positions only.
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
    // In a left-to-right text the ellipsis is on the right, even after Hebrew.
    let cut = paragraph("abc אבגדהוזחט", &one).fit(Some(100.0), None);
    assert!(read(&cut)[0].starts_with("abc□") && read(&cut)[0].ends_with("□…"), "{:?}", read(&cut));
    let left = Style { direction: Direction::Ltr, ..style(20.0) };
    assert_eq!(read(&paragraph("אבג abc", &left).fit(None, None)), ["□□□abc"]);
    // Each line is ordered by itself, with brackets and numbers as in UAX #9.
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
fn chinese_lines_are_justified_between_letters() {
    let text = "春眠不觉晓2024处处闻啼鸟夜来风雨声";
    let packs = needed([(text, Some("zh"))].into_iter(), &Limits::default()).packs;
    let justified = Style { align: Align::Justify, lang: Some("zh".to_owned()), ..style(20.0) };
    let block = Paragraph::new(text, &justified, &fonts(&packs), &Limits::default()).fit(Some(110.0), None);
    assert!(block.lines.len() > 2);
    for line in &block.lines[..block.lines.len() - 1] {
        assert!((line.width - 110.0).abs() < 0.01 && line.x == 0.0, "{line:?}");
    }
    let steps = |line: &Line| line.glyphs.windows(2).map(|pair| pair[1].x - pair[0].x).collect::<Vec<f32>>();
    let first = steps(&block.lines[0]);
    assert!(first.iter().all(|step| (step - first[0]).abs() < 0.01) && first[0] > 20.0, "{first:?}");
    // A number stays together.
    let second = steps(&block.lines[1]);
    assert!(second[..3].iter().all(|step| *step < 14.0), "{second:?}");
}

#[test]
fn letter_spacing_is_between_letters() {
    let set =
        |letter_spacing| paragraph("abc", &Style { base: spaced(letter_spacing), ..style(20.0) }).fit(None, None).width;
    assert!((set(3.0) - set(0.0) - 6.0).abs() < 0.01);
    assert!(set(f32::NEG_INFINITY) >= 0.0);
    // Letter spacing shrinks with the size.
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

    // Its letters join: م has one shape at the start of a word and another at its end.
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
fn the_last_line_is_not_one_lonely_word() {
    let lines = |text: &str, wrap, width| {
        let paragraph = paragraph(text, &Style { wrap, ..style(20.0) });
        let block = paragraph.fit(Some(width), None);
        let shown = |line: &Line| paragraph.text().get(line.text.clone()).unwrap().trim().to_owned();
        block.lines.iter().map(shown).collect::<Vec<_>>()
    };
    let text = "Thank you for being with us, Maria";
    assert_eq!(lines(text, Wrap::Greedy, 280.0), ["Thank you for being with us,", "Maria"]);
    assert_eq!(lines(text, Wrap::Pretty, 280.0), ["Thank you for being with", "us, Maria"]);
    assert_eq!(lines(text, Wrap::Balance, 280.0), ["Thank you for being", "with us, Maria"]);
    for wrap in [Wrap::Pretty, Wrap::Balance] {
        assert_eq!(lines(text, wrap, 1000.0), [text], "one line stays one line");
        assert_eq!(lines("Hello, Maria", wrap, 70.0), ["Hello,", "Maria"], "no other word can move to the last line");
    }
}
