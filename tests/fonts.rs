//! Fonts that users bring: web fonts unpack into fonts that can be drawn, and weight and slant
//! choose among a family's files.

use std::rc::Rc;

use monogram::asset::AssetId;
use monogram::font::{Axis, FaceId, Fonts, Instance, Pack, Tag, check};
use monogram::layout;
use monogram::limits::Limits;
use monogram::params;
use monogram::plan::Plan;
use monogram::render::Resources;
use monogram::response::explain::Explained;
use monogram::template::Template;
use monogram::text::{self, Paragraph, RunStyle, Style};

use crate::util::{self, World, read, read_text, template};

#[test]
fn web_fonts_unpack() {
    let limits = Limits::default();
    let unpacked = [
        wuff::decompress_woff2(&read("tests/fonts/italic.woff2")).unwrap(),
        wuff::decompress_woff1(&read("tests/fonts/italic.woff")).unwrap(),
    ];
    let whole = read("templates/assets/playfair-display-italic.ttf");
    for bytes in unpacked {
        let facts = check(bytes.clone(), &limits).unwrap();
        assert_eq!(
            (facts.family.as_deref(), facts.weights, facts.italic),
            (Some("Playfair Display"), (400, 700), true)
        );
        let width = |bytes: Vec<u8>| {
            let mut fonts = Fonts::embedded();
            fonts.add("Playfair Display", bytes).unwrap();
            let letters = RunStyle { family: "Playfair Display".to_owned(), ..RunStyle::default() };
            let paragraph = Paragraph::new("Maria Ñ", &Style { base: letters, ..Style::default() }, &fonts, &limits);
            assert_eq!(paragraph.report().missing_count, 0);
            paragraph.fit(None, None).width
        };
        assert_eq!(width(bytes), width(whole.clone()), "as wide as the font that it was cut from");
    }
}

/// The plan of a document, and the assets and fonts that it needs.
fn plan_of(world: &World, document: &str) -> (Plan, Resources) {
    let plan = world.plan(&template(document), "");
    let resources = Resources::of(&plan, world);
    (plan, resources)
}

const FONTS: &str = r#"[
    { "family": "Display", "src": "asset:playfair-display.ttf" },
    { "family": "Display", "src": "asset:playfair-display-italic.ttf" },
    { "family": "Unused", "src": "asset:avatar.otf" } ]"#;

#[test]
fn a_template_brings_its_fonts() {
    let document = format!(
        r#"{{ "width": 300, "height": 90, "fonts": {FONTS}, "layers": [
            {{ "type": "text", "text": "Upright", "font": "display" }},
            {{ "type": "text", "text": [{{ "text": "Slanted", "font": "Display", "italic": true, "weight": 700 }}, {{ "text": " Inter Ж" }}] }} ] }}"#
    );
    let world = World::new();
    let (plan, resources) = plan_of(&world, &document);
    assert_eq!(
        plan.assets,
        ["playfair-display.ttf", "playfair-display-italic.ttf"].map(AssetId::from),
        "a font that no text names is not fetched"
    );
    let scene = layout::layout(&plan, &resources.assets, &resources.fonts, &world.limits);
    let faces = |at: usize| {
        let layout::Content::Text(text) = &scene.items[at].content else { return Vec::new() };
        let glyphs = text.block.lines.iter().flat_map(|line| &line.glyphs);
        let mut faces: Vec<_> = glyphs.map(|glyph| (glyph.run, glyph.face.0)).collect();
        faces.dedup();
        faces
    };
    assert_eq!(faces(0), [(0, 1)]);
    assert_eq!(faces(1), [(0, 2), (1, 0)], "the italic file, and Inter where no family is named");
    let italic = resources.fonts.get(FaceId(2)).unwrap();
    assert!(!italic.imitates_italic(&Instance { italic: true, ..Instance::of_weight(700) }));
    assert!(scene.warnings.is_empty(), "{:?}", scene.warnings);
}

#[test]
fn a_missing_font_is_reported() {
    let document = r#"{ "width": 300, "height": 90, "fonts": [
        { "family": "Gone", "src": "asset:gone.ttf" }, { "family": "Broken", "src": "asset:broken.ttf" } ], "layers": [
        { "id": "one", "type": "text", "text": "a", "font": "Gone" }, { "id": "two", "type": "text", "text": "b", "font": "Broken" } ] }"#;
    let mut world = World::new();
    world.assets.insert("broken.ttf".into(), Rc::from(b"no font".as_slice()));
    let (plan, resources) = plan_of(&world, document);
    let drawn = world.draw(&template(document), "");
    assert_eq!(drawn.painted.warnings.len(), 2, "{:?}", drawn.painted.warnings);
    let values = params::Values::new();
    let (plan, fonts, values) = (&plan, &resources.fonts, &values);
    let template = template(document);
    let (document, limits) = (&template.document, &Limits::default());
    let (template, size, revision, variant, src, query) = ("t", None, None, None, "", "");
    let explained =
        Explained { template, size, revision, variant, src, query, document, values, plan, drawn, fonts, limits };
    let json = explained.json();
    assert!(json.contains("Inter stands in"), "{json}");
}

#[test]
fn a_font_source_names_a_font_file() {
    for (src, right) in [
        ("asset:brand.ttf", true),
        ("asset:acme/Brand.OTF", true),
        ("asset:brand.woff2", false),
        ("brand.ttf", false),
        ("https://a.example/brand.ttf", false),
        ("asset:../brand.ttf", false),
    ] {
        let document = format!(
            r#"{{ "width": 9, "height": 9, "fonts": [{{ "family": "Brand", "src": "{src}" }}], "layers": [] }}"#
        );
        let problem = Template::parse(&document, &Limits::default()).err();
        assert_eq!(problem.is_none(), right, "{src}");
        if let Some(problem) = problem {
            assert_eq!(problem.field.as_deref(), Some("fonts[0].src"));
        }
    }
}

#[test]
fn axes_move_outlines_and_advances() {
    let mut fonts = Fonts::embedded();
    let id = fonts.add("Georgian", wuff::decompress_woff2(&read("tests/fonts/wdth.woff2")).unwrap()).unwrap();
    let measured = |wdth: f32| {
        let axes = vec![Axis { tag: Tag::parse("wdth").unwrap(), value: wdth }];
        let instance = Instance { axes, ..Instance::of_weight(400) };
        let letters = RunStyle { family: "Georgian".to_owned(), instance, ..RunStyle::default() };
        let style = Style { base: letters.clone(), ..Style::default() };
        let block = Paragraph::new("გიორ", &style, &fonts, &Limits::default()).fit(None, None);
        let glyph = block.lines[0].glyphs[0];
        assert_eq!(glyph.face, id);
        (block.width, fonts.outline(glyph.face, &letters.instance, glyph.id).unwrap().bounds().width())
    };
    let (narrow, wide) = (measured(75.0), measured(100.0));
    assert!(narrow.0 < wide.0 * 0.95 && narrow.1 < wide.1 * 0.95, "{narrow:?} {wide:?}");
    assert_eq!(measured(-1e9), measured(0.0), "clamped to the axis");
}

/// The bounds are those that fonttools makes of the font at the same place on its axes.
#[test]
fn a_glyph_of_seventy_tuples_varies() {
    let bytes = wuff::decompress_woff2(&read("tests/fonts/tuples.woff2")).unwrap();
    check(bytes.clone(), &Limits::default()).unwrap();
    let mut fonts = Fonts::embedded();
    let id = fonts.add("Roboto Flex", bytes).unwrap();
    let bounds = |weight: u16, axes: &[(&str, f32)]| {
        let axes = axes.iter().map(|(tag, value)| Axis { tag: Tag::parse(tag).unwrap(), value: *value }).collect();
        let outline = fonts.outline(id, &Instance { axes, ..Instance::of_weight(weight) }, 1).unwrap();
        let bounds = outline.compute_tight_bounds().unwrap();
        [bounds.left(), -bounds.bottom(), bounds.right(), -bounds.top()].map(f32::round)
    };
    let all = [("wdth", 151.0), ("opsz", 144.0), ("GRAD", 150.0), ("slnt", -10.0)];
    for (found, expected) in [
        (bounds(100, &[]), [96.0, -20.0, 978.0, 1082.0]),
        (bounds(400, &[]), [90.0, -20.0, 1002.0, 1082.0]),
        (bounds(1000, &[]), [64.0, -19.0, 1198.0, 1088.0]),
        (bounds(1000, &all), [-44.0, -13.0, 1517.0, 962.0]),
    ] {
        let is_near = found.iter().zip(expected).all(|(one, other)| (one - other).abs() <= 2.0);
        assert!(is_near, "{found:?}, expected {expected:?}");
    }
}

#[test]
fn kerning_that_does_not_vary_is_reported() {
    for (file, loses) in [("pairs", true), ("italic", false), ("wdth", true)] {
        let bytes = wuff::decompress_woff2(&read(&format!("tests/fonts/{file}.woff2"))).unwrap();
        assert_eq!(check(bytes.clone(), &Limits::default()).unwrap().loses_kerning, loses, "{file}");
        let upload = monogram::api::upload::asset(bytes, &Limits::default()).unwrap();
        assert_eq!(upload.notes.iter().any(|note| note.contains("kerning")), loses, "{file}: {:?}", upload.notes);
    }
    let inter = check(read("fonts/Inter.ttf"), &Limits::default()).unwrap();
    assert!(!inter.loses_kerning, "in our own fonts it was moved to where it is read");
}

#[test]
fn a_picture_says_which_font_has_the_kerning_of_another_weight() {
    let mut world = World::new();
    world
        .assets
        .insert("pairs.ttf".into(), Rc::from(wuff::decompress_woff2(&read("tests/fonts/pairs.woff2")).unwrap()));
    // Inter has it right, a single letter has none, and 400 is the weight of the font's own kerning.
    for (layer, is_lost) in [
        (r#""font": "Pairs", "weight": 700, "text": "We""#, true),
        (r#""font": "Pairs", "weight": 400, "text": "We""#, false),
        (r#""font": "Pairs", "weight": 400, "text": [{ "text": "We " }, { "text": "Av", "weight": 600 }]"#, true),
        (r#""font": "Pairs", "weight": 700, "text": "W""#, false),
        (r#""weight": 700, "text": "We""#, false),
    ] {
        let document = format!(
            r#"{{ "width": 300, "height": 90, "fonts": [{{ "family": "Pairs", "src": "asset:pairs.ttf" }}],
                "layers": [{{ "id": "name", "type": "text", {layer} }}] }}"#
        );
        let warnings = world.draw(&template(&document), "").painted.warnings;
        let expected = "name.font: some letters of Pairs have the kerning of its default weight";
        assert_eq!(warnings.iter().any(|warning| warning == expected), is_lost, "{layer}: {warnings:?}");
        assert_eq!(warnings.len(), usize::from(is_lost), "{layer}: {warnings:?}");
    }
}

#[test]
fn colors_that_are_not_drawn_are_reported() {
    for (file, glyphs) in [("svg", 1), ("colr1", 2)] {
        let bytes = wuff::decompress_woff2(&read(&format!("tests/fonts/{file}.woff2"))).unwrap();
        assert_eq!(check(bytes.clone(), &Limits::default()).unwrap().color_glyphs, glyphs + 1, "{file}, with .notdef");
        let mut fonts = Fonts::embedded();
        fonts.add("Colour", bytes).unwrap();
        let base = RunStyle { family: "Colour".to_owned(), ..RunStyle::default() };
        let style = Style { base, ..Style::default() };
        let report = Paragraph::new("I I", &style, &fonts, &Limits::default()).report().clone();
        let missing: Vec<_> = report.missing.iter().map(|missing| (missing.character, missing.count)).collect();
        assert_eq!(missing, [('I', 2)], "{file}: a space is no missing glyph");
    }
}

#[test]
fn a_shared_character_is_in_a_pack_that_is_needed() {
    const LETTERS: &str = "Աאعकকਕકகకಕകකกກကკሀក";
    let limits = Limits::default();
    let mut wrong = Vec::new();
    // Signs that have no script of their own, and are in a pack of letters.
    let is_shared = |c: &char| "฿।॥،؛؟ـ჻".contains(*c);
    for c in ('\u{530}'..'\u{2000}').filter(is_shared) {
        for letter in LETTERS.chars() {
            let text = format!("{letter} {c}");
            let needed = text::needed([(text.as_str(), None)].into_iter(), &limits);
            let report =
                Paragraph::new(&text, &Style::default(), &util::fonts(&needed.packs), &limits).report().clone();
            if report.missing_count > 0 {
                wrong.push(text);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A generator of numbers that are the same on every machine (xorshift64).
struct Numbers(u64);

impl Numbers {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end.max(1)
    }
}

/// The first byte and the length of each table of a font, the tables of the shaper first.
fn tables(font: &[u8]) -> Vec<(usize, usize)> {
    let number = |at: usize| usize::try_from(u32::from_be_bytes(font[at..at + 4].try_into().unwrap())).unwrap();
    let count = usize::from(u16::from_be_bytes([font[4], font[5]]));
    let mut records: Vec<usize> = (0..count).map(|table| 12 + 16 * table).collect();
    records.sort_by_key(|at| ![&b"GSUB"[..], b"GPOS", b"GDEF"].contains(&&font[*at..*at + 4]));
    records.into_iter().map(|at| (number(at + 8), number(at + 12))).collect()
}

/// A font with some bytes changed, most of them in the tables of the shaper.
fn mutated(font: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut font = font.to_vec();
    let tables = tables(&font);
    for _ in 0..=numbers.below(30) {
        let shaper = numbers.below(10) < 7;
        let (start, length) = tables[numbers.below(if shaper { 3 } else { tables.len() })];
        let length = if numbers.below(3) == 0 { length } else { length.min(400) };
        let at = start + numbers.below(length);
        if let Some(byte) = font.get_mut(at) {
            *byte = match numbers.below(4) {
                0 => 0,
                1 => 255,
                2 => *byte ^ (1 << numbers.below(8)),
                _ => u8::try_from(numbers.below(256)).unwrap(),
            };
        }
    }
    font
}

/// Sets some text in a font, and reads its outlines. Whether the font is accepted.
fn set_in(font: Vec<u8>) -> bool {
    let mut fonts = Fonts::embedded();
    if fonts.add("Damaged", font).is_err() {
        return false;
    }
    let base = RunStyle { family: "Damaged".to_owned(), instance: Instance::of_weight(650), ..RunStyle::default() };
    let style = Style { base: base.clone(), ..Style::default() };
    for text in ["Maria fi AVA e\u{301} Ñ Waffle LTfj", "السلام عليكم بِسْمِ"] {
        let block = Paragraph::new(text, &style, &fonts, &Limits::default()).fit(None, None);
        for glyph in block.lines.iter().flat_map(|line| &line.glyphs) {
            let _ = fonts.outline(glyph.face, &base.instance, glyph.id);
        }
    }
    true
}

#[test]
fn a_damaged_font_is_refused_or_set() {
    let files = ["templates/assets/playfair-display.ttf", "tests/text/arabic.ttf"].map(read);
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut accepted, mut panicked) = (0, Vec::new());
    // `MONOGRAM_FONTS=100000` tries that many.
    let rounds = std::env::var("MONOGRAM_FONTS").map_or(500, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let font = mutated(&files[round % 2], &mut numbers);
        match std::panic::catch_unwind(|| set_in(font)) {
            Ok(is_accepted) => accepted += usize::from(is_accepted),
            Err(_) => panicked.push(round),
        }
    }
    assert!(panicked.is_empty(), "{panicked:?}");
    assert!((rounds / 5..rounds).contains(&accepted), "{accepted} of {rounds} fonts are accepted");
}

#[test]
fn a_glyph_that_cannot_be_read_is_missing() {
    let font = read("templates/assets/playfair-display.ttf");
    let set = |font: &[u8]| {
        let mut fonts = Fonts::embedded();
        let id = fonts.add("Display", font.to_vec()).unwrap();
        let base = RunStyle { family: "Display".to_owned(), ..RunStyle::default() };
        let paragraph = Paragraph::new("A M", &Style { base, ..Style::default() }, &fonts, &Limits::default());
        let block = paragraph.fit(None, None);
        let glyphs: Vec<u16> = block.lines[0].glyphs.iter().map(|glyph| glyph.id).collect();
        assert!(block.lines[0].glyphs.iter().all(|glyph| glyph.face == id));
        (glyphs, block.width, paragraph.report().missing.iter().map(|missing| missing.character).collect::<Vec<_>>())
    };
    let (glyphs, width, missing) = set(&font);
    assert!(missing.is_empty() && !glyphs.contains(&0), "a space is no missing glyph: {missing:?}");

    let number = |at: usize| usize::try_from(u32::from_be_bytes(font[at..at + 4].try_into().unwrap())).unwrap();
    let count = usize::from(u16::from_be_bytes([font[4], font[5]]));
    let table = |tag: &[u8]| {
        let record = (0..count).map(|table| 12 + 16 * table).find(|at| &font[*at..*at + 4] == tag).unwrap();
        number(record + 8)
    };
    let is_long = font[table(b"head") + 51] == 1;
    let m = usize::from(*glyphs.last().unwrap());
    let place = if is_long {
        number(table(b"loca") + 4 * m)
    } else {
        let at = table(b"loca") + 2 * m;
        2 * usize::from(u16::from_be_bytes([font[at], font[at + 1]]))
    };
    let mut damaged = font.clone();
    damaged[table(b"glyf") + place] = 0x7F; // 32,000 contours
    let is = set(&damaged);
    assert_eq!(is, (vec![glyphs[0], 0], width, vec!['M']));
    let refused = check(damaged, &Limits::default()).unwrap_err();
    assert!(refused.message.contains(&format!(" {m}")), "{}", refused.message);
}

/// Scripts without a pack of their own: Latin, Greek and Cyrillic are in Inter, and Han, kana and Hangul in packs
/// by their frequency.
const OTHER_SCRIPTS: usize = 6;

#[test]
fn the_readme_counts_the_scripts() {
    let is_script = |pack: &&Pack| {
        let shared = ["latin", "symbols", "symbols-2"];
        pack.language.is_none() && !pack.emoji && !pack.dictionary && !shared.contains(&pack.name)
    };
    assert_eq!(Pack::all().iter().filter(is_script).count() + OTHER_SCRIPTS, 47);
    assert!(read_text("README.md").contains("forty-seven scripts"), "the README says how many");
}
