//! A picture is the same whatever earlier pictures left for it: over all samples, goldens and benchmark scenes, and over stacks of
//! layers put together by chance, each with many values.

#![expect(clippy::unwrap_used, reason = "a test says what must hold, in its helpers too")]

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use monogram::font::Fonts;
use monogram::limits::Limits;
use monogram::paint::{Assets, Kept};
use monogram::render::{self, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::{params, plan};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn assets() -> Assets {
    let files = fs::read_dir(root().join("templates/assets")).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&file).unwrap().into()))
        .collect()
}

/// The documents below a folder.
fn documents(folder: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            documents(&name, found);
        } else if Path::new(&name).extension().is_some_and(|end| end == "json")
            && !name.ends_with("schema.json")
            && !name.ends_with("torture.json")
        {
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
}

/// What an isolate keeps between the pictures of a test.
struct Isolate {
    limits: Limits,
    assets: Assets,
    kept: Rc<RefCell<Kept>>,
    /// Files that were put together from bands.
    files: Cell<usize>,
}

impl Isolate {
    fn new(limits: Limits) -> Self {
        let kept = Rc::new(RefCell::new(Kept::new(&limits)));
        Self { limits, assets: assets(), kept, files: Cell::new(0) }
    }

    /// A picture's file, in Inter alone.
    fn png(&self, template: &Template, query: &str, kept: Rc<RefCell<Kept>>) -> Vec<u8> {
        let values = params::resolve(&template.document.params, &template.document.missing, query, &self.limits);
        let plan = plan::plan(template, &values, &Options::read(query, &self.limits), &self.limits);
        let resources = Resources { images: self.assets.clone(), kept, ..Resources::default() };
        render::render(template, &plan, &resources, Format::Png, &self.limits).unwrap().bytes
    }

    /// Draws a picture with and without what is kept, and compares everything that comes out.
    fn check(&self, name: &str, template: &Template, query: &str) {
        let values = params::resolve(&template.document.params, &template.document.missing, query, &self.limits);
        let plan = plan::plan(template, &values, &Options::read(query, &self.limits), &self.limits);
        let draw = |kept: Rc<RefCell<Kept>>| {
            let packs = root().join("fonts/packs");
            let fonts = Fonts::with_packs(&plan.fonts, |pack| fs::read(packs.join(pack.file())).ok());
            let resources = Resources { images: self.assets.clone(), fonts, kept };
            render::draw(template, &plan, &resources, &self.limits).unwrap().painted
        };
        let (plain, kept) = (draw(Rc::default()), draw(Rc::clone(&self.kept)));
        assert!(plain.pixels == kept.pixels, "{name}?{query}: other pixels");
        if let Some(file) = kept.printed.as_ref().and_then(|printed| printed.png(&kept.pixels)) {
            let decoded = monogram::image::decode(&file, &self.limits).unwrap();
            assert!(decoded == *plain.pixels, "{name}?{query}: other pixels in the file");
            self.files.set(self.files.get() + 1);
        }
        assert_eq!(plain.warnings, kept.warnings, "{name}?{query}");
        assert_eq!(plain.pictures, kept.pictures, "{name}?{query}");
        assert_eq!(plain.missing_glyphs, kept.missing_glyphs, "{name}?{query}");
    }
}

/// Queries of a template: nothing, its examples, and other values; each twice, and in two sizes.
fn queries(template: &Template) -> Vec<String> {
    let names: Vec<_> = template.document.params.keys().collect();
    let all = |value: &str| names.iter().map(|name| format!("&{name}={value}")).collect::<String>();
    let values = [
        "",
        "Maria",
        "Wolfeschlegelsteinhausenbergerdorff+the+Elder",
        "%23ff0080",
        "7",
        "%D0%9C%D0%B0%D1%80%D1%96%D1%8F",
    ];
    let sized = |size: &'static str| {
        values.map(move |value| format!("{size}{}", if value.is_empty() { String::new() } else { all(value) }))
    };
    let mut queries: Vec<_> = sized("_w=301").into_iter().chain(sized("_w=240")).collect();
    queries.extend(["_w=301&_debug=boxes".to_owned(), "_w=301&_lang=tr".to_owned(), format!("_w=301{}", all("Last"))]);
    queries
}

#[test]
fn documents_are_drawn_the_same() {
    let mut found = Vec::new();
    for folder in ["templates", "tests/golden", "benches/scenes"] {
        documents(folder, &mut found);
    }
    assert!(found.len() > 10);
    // One isolate for all: they push each other out.
    let isolate =
        Isolate::new(Limits { memory_plates_bytes: 2_000_000, memory_bitmaps_bytes: 500_000, ..Limits::default() });
    for (name, document) in found {
        let template = Template::parse(&document, &isolate.limits).unwrap();
        for query in queries(&template) {
            isolate.check(&name, &template, &query);
        }
    }
}

/// xorshift: chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % count
    }
}

/// Kinds of layers; some read a param.
const LAYERS: [&str; 20] = [
    r##"{ "type": "rect", "x": 9, "y": 7, "width": 90, "height": 50, "radius": 8, "fill": "#fffc", "shadow": { "dx": 3, "dy": 4, "blur": 9 } }"##,
    r##"{ "type": "rect", "fill": { "type": "radial", "stops": [{ "color": "#f80a" }, { "color": "#08f3" }] }, "blend": "multiply" }"##,
    r##"{ "type": "ellipse", "x": 60, "y": 20, "width": 80, "height": 70, "fill": "#0a6", "stroke": "#fff", "stroke_width": 3, "opacity": 0.5 }"##,
    r##"{ "type": "image", "src": "asset:avatar.png", "x": 10.3, "y": 12.6, "width": 60, "height": 60, "radius": "50%", "shadow": { "blur": 6 } }"##,
    r##"{ "type": "image", "src": "asset:espresso-cup.jpg", "x": 80, "width": 90, "height": 90, "rotate": 12 }"##,
    r##"{ "type": "image", "src": "asset:gone.png", "fallback": ["asset:avatar.png"], "x": 120, "y": 60, "width": 40, "height": 40 }"##,
    r##"{ "type": "image", "src": "asset:{{ file }}", "fallback": ["initials:{{ name }}"], "x": 30, "y": 50, "width": 44, "height": 44 }"##,
    r##"{ "type": "text", "x": 8, "y": 60, "width": 180, "text": "No value here", "size": 24, "rotate": 4 }"##,
    r##"{ "type": "text", "x": 8, "y": 30, "width": 180, "text": "Hi {{ name }}", "size": 30, "stroke": "#fff", "shadow": { "blur": 4 } }"##,
    r##"{ "type": "group", "x": 20, "y": 20, "width": 120, "height": 80, "clip": true, "opacity": 0.7, "children": [
        { "type": "ellipse", "x": -30, "y": -30, "width": 120, "height": 120, "fill": "#d33" },
        { "type": "image", "src": "asset:logo-fernway.png", "width": 50, "height": 50 } ] }"##,
    r##"{ "type": "group", "width": 150, "height": 90, "blend": "screen", "children": [
        { "type": "rect", "fill": "{{ color }}", "x": 30, "y": 30 }, { "type": "text", "text": "{{ 1 + 1 }}", "size": 40 } ] }"##,
    r##"{ "type": "stack", "x": 5, "y": 5, "direction": "row", "gap": 4, "fill": "#ff06", "shadow": { "dy": 2, "blur": 5 }, "children": [
        { "type": "text", "text": "{{ name | upper }}", "size": 18 }, { "type": "rect", "width": 20, "height": 20, "fill": "#123" } ] }"##,
    r##"{ "type": "path", "when": "name", "d": "M10 10C60 0 90 90 150 20", "stroke": "#000", "stroke_width": 2 }"##,
    r##"{ "type": "text", "x": 30, "y": 45, "width": 150, "text": "{{ name }}", "size": 26, "rotate": -9, "shadow": { "dx": 2, "dy": 3, "blur": 13, "color": "#0009" } }"##,
    r##"{ "type": "text", "x": 10, "y": 5, "width": 180, "height": 50, "text": "سلام {{ name }}!", "size": 28, "min_size": 9, "max_lines": 1, "fill": "#14142b" }"##,
    r##"{ "type": "text", "x": 4, "y": 70, "width": 190, "text": "{{ name }} · שלום", "align": "end", "size": 22, "shadow": { "dy": 2, "blur": 7, "color": "#f00" } }"##,
    r##"{ "type": "group", "x": 40, "y": 15, "width": 70, "height": 40, "clip": true, "radius": 14, "fill": "#fff8", "rotate": 6, "children": [
        { "type": "text", "x": -12, "y": 4, "width": 120, "text": "{{ name }}", "size": 30, "fill": "#0a6" } ] }"##,
    r##"{ "type": "group", "x": 10, "y": 30, "width": 170, "height": 70, "opacity": 0.4, "rotate": -5, "shadow": { "dx": -4, "dy": 6, "blur": 17 }, "children": [
        { "type": "rect", "width": 90, "height": 40, "fill": "#ff5733" }, { "type": "text", "x": 20, "y": 10, "width": 140, "text": "{{ name }}", "size": 27, "blend": "multiply" } ] }"##,
    r##"{ "type": "group", "width": 200, "height": 120, "clip": true, "radius": "50%", "blend": "overlay", "opacity": 0.8, "children": [
        { "type": "group", "x": 50, "y": 20, "width": 100, "height": 60, "opacity": 0.6, "children": [{ "type": "text", "text": "{{ name | upper }}", "width": 100, "size": 20 }] },
        { "type": "image", "src": "asset:{{ file }}", "fallback": ["asset:espresso-cup.jpg"], "x": 90, "y": 10, "width": 60, "height": 80 } ] }"##,
    r##"{ "type": "line", "when": "1 > 0", "x1": 0, "y1": 0, "x2": "100%", "y2": "100%", "stroke": "#777", "stroke_dash": [4, 3] }"##,
];

#[test]
fn layers_put_together_by_chance_are_drawn_the_same() {
    // Small budgets for effects and pictures, so that some are left out.
    let limits = Limits {
        offscreen_bytes_total: 700_000,
        image_pixels_total: 900_000,
        picture_pixels: 20_000,
        ..Limits::default()
    };
    let isolate = Isolate::new(limits);
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut with_base = 0;
    for case in 0..60 {
        let layers: Vec<_> = (0..=chance.below(7)).map(|_| LAYERS[chance.below(LAYERS.len())]).collect();
        let background = [
            "",
            r##""background": "#eee","##,
            r##""background": { "type": "conic", "stops": [{ "color": "#eef" }, { "color": "#fed" }] },"##,
        ];
        let document = format!(
            r#"{{ "width": 200, "height": 120, {} {} "layers": [{}], "params": {{ "name": {{ "type": "text" }}, "file": {{ "type": "text" }},
                "color": {{ "type": "color", "default": "teal" }} }} }}"#,
            background[chance.below(background.len())],
            ["", r#""dir": "rtl","#, r#""dir": "auto","#][chance.below(3)],
            layers.join(", ")
        );
        let template = Template::parse(&document, &isolate.limits).unwrap();
        with_base += usize::from(template.fixed > 0);
        for query in [
            "",
            "name=Ada",
            "name=Grace&file=avatar.png",
            "color=red&_w=333",
            "name=Ada&_w=333",
            "file=house-dusk.jpg",
            // From right to left, both ways at once, and the first again: what lies between was theirs.
            "name=محمد+العلي",
            "name=דוד+Smith+لوي+42",
            "name=Ada",
        ] {
            isolate.check(&format!("case {case}: {document}"), &template, query);
        }
    }
    println!("{} files were put together from bands", isolate.files.get());
    assert!(isolate.files.get() > 10, "{} files were put together from bands", isolate.files.get());
    assert!(with_base > 20, "{with_base} templates have fixed layers");
}

#[test]
fn an_asset_that_changes_is_seen() {
    let mut isolate = Isolate::new(Limits::default());
    let document = r#"{ "width": 90, "height": 60, "params": { "name": { "type": "text" } }, "layers": [
        { "type": "image", "src": "asset:avatar.png", "width": 40, "height": 40 }, { "type": "text", "text": "{{ name }}" },
        { "type": "image", "src": "asset:avatar.png", "x": 50, "width": 40, "height": 40 } ] }"#;
    let template = Template::parse(document, &isolate.limits).unwrap();
    assert_eq!(template.fixed, 1);
    isolate.check("first", &template, "name=A");
    isolate.check("again", &template, "name=B");
    let other = isolate.assets["logo-fernway.png"].clone();
    isolate.assets.insert("avatar.png".to_owned(), other);
    isolate.check("another file", &template, "name=C");
    isolate.assets.remove("avatar.png");
    isolate.check("no file", &template, "name=C");
    isolate.assets = assets();
    isolate.check("another file with the same bytes", &template, "name=C");
}

#[test]
fn what_no_value_changes_is_found() {
    let fixed = |document: &str| Template::parse(document, &Limits::default()).unwrap().fixed;
    let with = |background: &str, layers: &str| {
        fixed(&format!(
            r#"{{ "width": 9, "height": 9, "background": "{background}", "layers": [{layers}],
                "params": {{ "a": {{ "type": "text" }}, "shared": {{ "type": "color" }} }} }}"#
        ))
    };
    let (still, changes) = (r#"{ "type": "rect" }"#, r#"{ "type": "rect", "fill": "{{ a }}" }"#);
    assert_eq!(with("red", &format!("{still}, {still}, {changes}, {still}")), 2);
    assert_eq!(with("{{ a }}", still), 0);
    assert_eq!(with("{{ shared }}", &format!(r#"{{ "type": "rect", "when": "shared" }}, {changes}"#)), 1);
    assert_eq!(with("red", r#"{ "type": "rect", "when": "a" }"#), 0);
    assert_eq!(with("red", r#"{ "type": "rect", "when": "1 > 2" }"#), 1);
    assert_eq!(with("red", r#"{ "type": "group", "children": [{ "type": "text", "text": "[{{ a }}]" }] }"#), 0);
    assert_eq!(with("red", r#"{ "type": "text", "text": "{{ 1 + 1 }}, a" }"#), 1);
}

#[test]
fn files_put_together_are_hardly_larger() {
    let mut found = Vec::new();
    for folder in ["templates", "tests/golden", "benches/scenes"] {
        documents(folder, &mut found);
    }
    let (isolate, mut larger) = (Isolate::new(Limits::default()), Vec::new());
    for (name, document) in found {
        let template = Template::parse(&document, &isolate.limits).unwrap();
        for query in ["", "name=Maria+Lopez"] {
            let bytes = |kept: Rc<RefCell<Kept>>| {
                let file = isolate.png(&template, query, Rc::clone(&kept));
                assert!(file == isolate.png(&template, query, kept), "{name}: two files");
                file.len()
            };
            let (plain, kept) = (bytes(Rc::default()), bytes(Rc::clone(&isolate.kept)));
            if kept != plain {
                println!("{name}?{query}: {kept} bytes instead of {plain}: {:.3}", kept as f64 / plain as f64);
            }
            // A band costs some tens of bytes, which is more than that of the smallest files.
            if kept * 100 > plain * 103 + 12_800 {
                larger.push(format!("{name}?{query}: {kept} bytes instead of {plain}"));
            }
        }
    }
    assert_eq!(larger, [""; 0]);
}

/// For pictures of which the exact file, put together from bands, is smaller than one with fewer colours, or hardly larger.
#[test]
fn fewer_colours_never_make_a_file_larger() {
    let isolate = Isolate::new(Limits::default());
    for name in ["benches/scenes/card.json", "templates/welcome.json", "templates/website-banner.json"] {
        let template = Template::parse(&fs::read_to_string(root().join(name)).unwrap(), &isolate.limits).unwrap();
        let bytes = |query: &str| isolate.png(&template, query, Rc::clone(&isolate.kept)).len();
        let exact = bytes("name=Maria");
        for quality in ["100", "60", "20"] {
            let fewer = bytes(&format!("name=Maria&_q={quality}"));
            assert!(fewer <= exact, "{name}: {fewer} bytes with _q={quality}, {exact} without");
        }
    }
}
