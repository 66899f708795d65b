//! Templates, colours and sizes that take turns on one isolate: baselines are put away and come back.

use std::fmt::Write as _;

use monogram::limits::Limits;
use monogram::request::Format;
use monogram::template::Template;
use monogram::world::World as _;

use super::Isolate;
use crate::util::{Random, World, read_text, template};

/// Twenty templates of 1200 × 630 px have room in an isolate, and none of them is drawn from nothing
/// again.
#[test]
fn twenty_templates_in_turn_stay() {
    let card = read_text("benches/scenes/card.json");
    let templates: Vec<Template> = (0..20)
        .map(|at| {
            let other = card.replacen("\"angle\": 135", &format!("\"angle\": {}", at * 18), 1);
            assert!(at == 0 || other != card, "the scene has no angle of 135 degrees");
            template(&other)
        })
        .collect();
    let isolate = Isolate::new(Limits::default());
    let cache = isolate.world.cache().unwrap();
    for round in 0..2 {
        for (at, template) in templates.iter().enumerate() {
            if round == 0 {
                isolate.world.draw(template, "name=Maria");
            } else if at % 5 == 0 {
                isolate.check("a card", template, "name=Grace+Hopper");
                let query = "name=Ada+Lovelace";
                let alone = World::new().cached().png(template, query);
                assert!(isolate.world.png(template, query) == alone, "card {at}: another file after other templates");
            }
        }
        let (count, bytes) = cache.baselines();
        println!("{count} baselines, {bytes} bytes");
        assert_eq!(count, 20);
        assert!(bytes <= isolate.world.limits.memory_baselines_bytes, "{bytes} bytes");
    }
}

/// A button, a badge and a small text in colours and words that the request chooses, on a ground that it
/// may choose as well.
const BRANDED: &str = r##"{ "width": 600, "height": 300, "background": GROUND,
    "params": { "name": { "type": "text", "default": "friend", "example": "Maria" },
        "brand": { "type": "color", "default": "#5b2be0" }, "ground": { "type": "color", "default": "#fafafa" },
        "plan": { "type": "choice", "choices": ["free", "pro"], "default": "free" },
        "sale": { "type": "boolean", "default": false } },
    "layers": [
        { "type": "text", "x": 30, "y": 30, "width": 540, "text": "Hello, {{ name }}!", "size": 40 },
        { "type": "rect", "x": 30, "y": 200, "width": 140, "height": 50, "radius": 25, "fill": "{{ brand }}" },
        { "type": "text", "x": 60, "y": 212, "text": "{{ plan | upper }}", "size": 22, "fill": "#fff" },
        { "type": "rect", "x": 400, "y": 100, "width": 190, "height": 190, "fill": "#fc0", "when": "sale" } ] }"##;

#[test]
fn small_colours_and_choices_share_a_baseline() {
    let isolate = Isolate::new(Limits::default());
    let template = template(&BRANDED.replace("GROUND", r##""#eee""##));
    for query in ["name=Ada", "brand=red&name=Ada", "brand=blue&plan=pro", "plan=pro&name=Grace", "brand=0a6"] {
        isolate.check("branded", &template, query);
        let alone = World::new().cached().png(&template, query);
        assert!(isolate.world.png(&template, query) == alone, "{query}: another file after other pictures");
    }
    // One with a name, and one without.
    assert_eq!(isolate.world.cache().unwrap().baselines().0, 2);
    // A badge of a sixth of the picture is another baseline's.
    isolate.check("branded", &template, "name=Ada&sale=true");
    assert_eq!(isolate.world.cache().unwrap().baselines().0, 3);
}

#[test]
fn random_turns_are_drawn_the_same() {
    let grounds = [
        r##""{{ ground }}""##,
        r##""#246""##,
        r##"{ "type": "linear", "angle": 40, "stops": [{ "color": "{{ brand }}" }, { "color": "#fff" }] }"##,
    ];
    let mut documents: Vec<String> = grounds.iter().map(|ground| BRANDED.replace("GROUND", ground)).collect();
    documents.extend(
        ["templates/event-badge.json", "templates/website-banner.json", "benches/scenes/photo.json"].map(read_text),
    );
    let templates: Vec<Template> = documents.iter().map(|document| template(document)).collect();
    // Room for about two canvases, or for some baselines that are put away; for one canvas of those of 800 px.
    let limits = Limits { memory_baselines_bytes: 2_500_000, ..Limits::default() };
    let isolate = Isolate::new(limits.clone());
    let mut random = Random::new(5);
    let names = ["Ada", "Grace+Hopper", "محمد+العلي", "王伟", "Wolfeschlegelsteinhausenbergerdorff", ""];
    let formats = [Format::Png, Format::Png, Format::Jpg, Format::Gif, Format::Webp];
    // `make turns` takes more of them.
    let steps = std::env::var("MONOGRAM_TURNS").map_or(150, |steps| steps.parse().unwrap());
    for step in 0..steps {
        let at = random.below(templates.len());
        let mut query = format!("_w={}", random.one(&["300", "411", "800"]));
        for param in templates[at].document.params.keys() {
            let value = match param.as_str() {
                "brand" | "ground" => random.one(&["red", "0a6", "123456", ""]),
                "plan" | "role" => random.one(&["pro", "speaker", "free", ""]),
                "sale" => random.one(&["true", "false"]),
                _ => random.one(&names),
            };
            write!(query, "&{param}={value}").unwrap();
        }
        isolate.check("turns", &templates[at], &query);
        let (count, bytes) = isolate.world.cache().unwrap().baselines();
        assert!(bytes <= 2_500_000, "{count} baselines have {bytes} bytes");
        if step % 5 == 0 {
            let format = random.one(&formats);
            if step % 10 == 0 {
                query.push_str("&_q=60");
            }
            let alone = World::with_limits(limits.clone()).cached().file(&templates[at], &query, format);
            assert!(isolate.world.file(&templates[at], &query, format) == alone, "{query}: another {format:?}");
        }
    }
    assert!(isolate.assembled.get() > 100, "{} files were assembled from strips", isolate.assembled.get());
}
