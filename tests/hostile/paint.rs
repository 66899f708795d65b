//! Hostile templates: `tests/hostile/paint/*.json`, with the query beside it where there is one.
//!
//! The work is counted, not timed: bytes of offscreen buffers, segments of strokes, and pixels by
//! their cost. The limits must bound it, the warnings must be few and name what was left out, and
//! a picture must be the same with and without a cache.

use std::collections::BTreeMap;
use std::fs;
use std::rc::Rc;

use monogram::limits::Limits;
use monogram::paint::Spent;
use monogram::template::Template;

use crate::util::{World, files_below, read_text, root};

/// A part of a warning that each template must give; empty where nothing is left out.
fn expected() -> BTreeMap<String, String> {
    serde_json::from_str(&read_text("tests/hostile/paint-warnings.json")).unwrap()
}

#[test]
fn a_hostile_template_stays_within_the_budgets() {
    let (world, expected) = (World::new(), expected());
    let (limits, files) = (Limits::default(), files_below("tests/hostile/paint", "json"));
    let names: Vec<&str> = files
        .iter()
        .map(|file| file.strip_prefix("tests/hostile/paint/").and_then(|name| name.strip_suffix(".json")).unwrap())
        .collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "each file has its warning");
    for (file, name) in files.iter().zip(names) {
        let query = fs::read_to_string(root().join(file).with_extension("query")).unwrap_or_default();
        let template = match Template::parse(&read_text(file), &limits) {
            Ok(template) => template,
            Err(problem) => {
                assert!(problem.to_string().contains(expected[name].as_str()), "{name}: {problem}");
                continue;
            }
        };
        let plain = world.draw(&template, query.trim()).painted;
        assert!(plain.spent.fits(&limits), "{name}: {:?}", plain.spent);
        assert!(plain.warnings.len() <= limits.warnings + 1, "{name}: {} warnings", plain.warnings.len());
        let longest = plain.warnings.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let most = limits.warning_place_chars + limits.warning_text_chars + 3;
        assert!(longest <= most, "{name}: a warning of {longest} characters");
        let part = &expected[name];
        let warns = plain.warnings.iter().any(|line| line.contains(part));
        assert!(warns || part.is_empty(), "{name}: {:?}", plain.warnings);
        let cached = world.clone().cached().draw(&template, query.trim()).painted;
        assert!(Rc::ptr_eq(&cached.pixels, &plain.pixels) || cached.pixels == plain.pixels, "{name}: other pixels");
        assert_eq!((cached.warnings, cached.spent), (plain.warnings, plain.spent), "{name}");
    }
}

/// Samples, accepted pictures and scenes of the benches.
#[test]
fn an_honest_template_uses_half_of_the_budgets() {
    let (world, limits) = (World::new(), Limits::default());
    let mut heaviest = Spent::default();
    let mut files = files_below("templates", "json");
    files.extend(files_below("tests/golden", "json"));
    files.extend(files_below("benches/scenes", "json"));
    files.retain(|file| !file.ends_with("schema.json") && !file.ends_with("torture.json"));
    for file in files {
        let Ok(template) = Template::parse(&read_text(&file), &limits) else { continue };
        let Spent { segments, work, .. } = world.draw(&template, "_dpr=2").painted.spent;
        heaviest.segments = heaviest.segments.max(segments);
        heaviest.work = heaviest.work.max(work);
        let once = world.draw(&template, "").painted.spent.work;
        assert!(
            once <= limits.baseline_work || once > 0 && file.contains("golden"),
            "{file}: no baseline for {once} work"
        );
        assert!(segments * 2 <= limits.stroke_segments, "{file}: {segments} segments");
        assert!(work * 2 <= limits.paint_work, "{file}: {work} work");
    }
    assert!(heaviest.work > 1_000_000 && heaviest.segments > 0, "{heaviest:?}");
}
