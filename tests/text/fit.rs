//! A text shrinks, grows or is cut until it fits its box.

use monogram::text::{Fit, Overflow, Style};

use super::{SLACK_PX, paragraph, read, spaced, style};

#[test]
fn text_shrinks_no_more_than_needed() {
    let wish = Style { size: 72.0, min_size: 20.0, max_lines: Some(1), ..Style::default() };
    let text = paragraph("Welcome, Maria Fernández!", &wish);
    assert_eq!(text.fit(Some(2000.0), None).size, 72.0);
    let block = text.fit(Some(600.0), None);
    assert_eq!((block.lines.len(), block.truncated, block.overflows), (1, false, false));
    assert_eq!(block.size % 0.25, 0.0);
    assert!(block.width <= 600.0 + SLACK_PX && block.width * (block.size + 0.25) / block.size > 600.0);
    assert!(block.passes <= 10, "{}", block.passes);
    // A height limits the size as well.
    let high = paragraph("one two three four", &Style { max_lines: None, ..wish }).fit(Some(200.0), Some(100.0));
    assert!(high.height <= 100.0 && high.size < 72.0 && !high.truncated);
    // No word is broken while a smaller size keeps it whole.
    let word = paragraph("Donaudampfschiff", &Style { size: 60.0, min_size: 10.0, ..Style::default() });
    assert_eq!(word.fit(Some(200.0), None).lines.len(), 1);
    assert_eq!((word.fit(Some(50.0), None).size, word.fit(Some(50.0), None).lines.len()), (10.0, 2));
}

#[test]
fn every_size_on_the_grid_is_found() {
    // The result is that of trying all sizes, the largest first.
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
fn a_text_grows() {
    let grow = |max_size| Style { fit: Fit::Grow, max_size, ..style(10.0) };
    let block = paragraph("Maria", &grow(None)).fit(Some(200.0), Some(100.0));
    assert!(block.size > 60.0 && block.width <= 200.1 && block.height <= 100.1 && !block.overflows, "{block:?}");
    assert!(block.passes <= 15, "{}", block.passes);
    assert_eq!(paragraph("Maria", &grow(Some(30.0))).fit(Some(200.0), Some(100.0)).size, 30.0);
    assert_eq!(paragraph("Maria", &grow(None)).fit(None, None).size, 10.0, "no box to fill");
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
    let low = Style { line_height: Some(1.2), ..line(1.0, None) };
    let low = paragraph("Jo", &low).fit(Some(300.0), Some(24.0));
    assert!((low.size - 20.0).abs() < 0.01 && !low.overflows, "the height limits it as well: {}", low.size);
    assert_eq!(paragraph("Jo", &line(1.0, Some(33.0))).fit(Some(300.0), None).size, 33.0);
    let long = paragraph("Maximiliana-Konstantina von Hohenlohe", &line(18.0, None)).fit(Some(100.0), None);
    assert_eq!((long.size, long.lines.len(), long.truncated), (18.0, 1, true));
    assert_eq!(
        paragraph("a\nbcd", &line(1.0, None)).fit(Some(300.0), None).lines.len(),
        2,
        "line breaks of the text stay"
    );
}

#[test]
fn text_that_does_not_fit_is_cut() {
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
fn the_ellipsis_is_at_the_chosen_place() {
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
