//! Hostile templates, made from bytes: every legal field at its limits, and one layer repeated up
//! to the limit of layers.
//!
//! Random bytes give random templates, and a fuzzer that changes bytes changes a part of one.
//! Nothing is drawn from any other source, so that the same bytes give the same template. Bytes
//! that are used up read as zeros, which are the plainest choice.

use serde_json::{Map, Value, json};

/// A template and the query of a request for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The JSON of the template.
    pub document: String,
    /// The raw query.
    pub query: String,
}

/// The template and the query that these bytes describe.
pub fn request(bytes: &[u8]) -> Request {
    let mut from = From { bytes: bytes.iter(), layers: 0 };
    let query = from.query();
    let document = from.document().to_string();
    Request { document, query }
}

struct From<'a> {
    bytes: std::slice::Iter<'a, u8>,
    /// Number of layers so far.
    layers: usize,
}

const SIZES: [(u32, u32); 8] =
    [(300, 200), (1200, 630), (2000, 1500), (2000, 1500), (1200, 1200), (4096, 738), (737, 4096), (1, 1)];
const NUMBERS: [f64; 24] = [
    0.0, 1.0, 0.5, 2.0, 10.0, 45.0, 69.5, 100.0, 200.0, 300.0, 630.0, 1000.0, 2000.0, 4096.0, 32_000.0, 0.001, -0.5,
    -1.0, -45.0, -200.0, -2000.0, 1e6, 1e30, -1e30,
];
const COLORS: [&str; 8] =
    ["#14142b", "#ff5733", "#fff8", "transparent", "#0000", "#00ff0001", "{{ c }}", "rebeccapurple"];
const TEXTS: [&str; 16] = [
    "Hello",
    "{{ name }}",
    "Dear {{ name | title }}, you have {{ n | thousands }} points",
    "W",
    "i",
    "Anna-Tamara-Vera ",
    "مرحبا بك يا محمد ",
    "नमस्ते श्री ",
    "👩‍👩‍👧🔥🇩🇪",
    "山田太郎髙橋",
    "ก็ที่นี่",
    "a\u{301}\u{302}\u{303}",
    "\n",
    "-",
    "{{ name * 9 }}",
    "fi ffi ﬁ",
];
const ASSETS: [&str; 6] = [
    "asset:avatar.png",
    "asset:house-dusk.jpg",
    "asset:espresso-cup.jpg",
    "initials:{{ name }}",
    "asset:gone.png",
    "asset:playfair-display.ttf",
];
const BLENDS: [&str; 9] =
    ["normal", "multiply", "screen", "overlay", "darken", "lighten", "hard-light", "soft-light", "difference"];

impl From<'_> {
    fn byte(&mut self) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or(0))
    }

    /// A number below `most`, which is at most 65,536.
    fn below(&mut self, most: usize) -> usize {
        if most <= 256 { self.byte() % most } else { (self.byte() * 256 + self.byte()) % most }
    }

    /// True once in `times`, and not for a zero.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 1
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Effects of a layer as a whole.
    fn effects(&mut self, depth: usize, set: &mut impl FnMut(&str, Value)) {
        let amount = self.of(&[0.0, 0.5, 1.0, 3.0, 100.0, 1e9, -1.0]);
        let filters = [
            json!({ "blur": amount }),
            json!({ "grain": amount }),
            json!({ "hue_rotate": amount }),
            json!({ "contrast": amount }),
            json!({ "duotone": ["#123", "#fed8"] }),
        ];
        let filter = filters[self.below(5)].clone();
        let count = self.of(&[1, 1, 3, 16]);
        match self.below(5) {
            0 => set("filter", Value::Array(vec![filter; count])),
            1 => set("backdrop_filter", Value::Array(vec![filter; count])),
            2 if depth < 3 => {
                set("mask", self.layer(depth + 9));
                set("mask_type", json!(self.of(&["alpha", "luminance"])));
            }
            3 => {
                let inset = json!({ "inset": true, "blur": amount, "spread": self.number(), "dx": self.number() });
                set("shadow", Value::Array(vec![inset; count]));
            }
            _ => {
                let src = self.of(&["backdrop", "asset:espresso-cup.jpg", "asset:gone.png", "initials:{{ name }}"]);
                let shade = self.of(&[0.0, 0.5, 1.0]);
                set("displace", json!({ "src": src, "scale": self.number(), "blur": amount, "shade": shade }));
            }
        }
    }

    /// How an image looks.
    fn looks(&mut self, set: &mut impl FnMut(&str, Value)) {
        if self.once_in(3) {
            set("trim", [json!(true), json!(false), json!(0), json!(255)][self.below(4)].clone());
        }
        if self.once_in(3) {
            let color = self.of(&["#fff", "#14142b80", "transparent", "{{ name }}"]);
            let filters =
                [json!("grayscale"), json!("white"), json!({ "tint": color }), json!({ "duotone": [color, "#f53"] })];
            set("filter", filters[self.below(4)].clone());
        }
        match self.below(6) {
            0 => {
                set("size", json!("optical"));
                set("fit", Value::Null);
            }
            1 => {
                set("fit", json!("cover"));
                set("focus", json!(self.of(&["entropy", "edges"])));
            }
            2 => {
                set("contrast", json!("auto"));
                set("dark_src", json!(self.of(&ASSETS)));
                set("ground", json!(self.of(&["#fff", "#000", "{{ name }}"])));
            }
            _ => {}
        }
        if self.once_in(12) {
            set("contrast", json!("auto"));
        }
    }

    fn number(&mut self) -> Value {
        match self.below(8) {
            0..=4 => json!(self.of(&NUMBERS)),
            5 | 6 => json!(self.below(2000)),
            _ => json!("{{ n }}"),
        }
    }

    fn length(&mut self) -> Value {
        match self.below(4) {
            0 => json!(format!("{}%", self.of(&[0, 50, 100, 12, 250, -30]))),
            1 | 2 => json!(self.below(1000)),
            _ => self.number(),
        }
    }

    fn query(&mut self) -> String {
        let name = match self.below(6) {
            0 => "Maria".to_owned(),
            1 => String::new(),
            2 => "W".repeat(self.below(2_001)),
            3 => "a+".repeat(self.below(1_001)),
            4 => "%D8%B9".repeat(self.below(2_001)),
            _ => "%F0%9F%94%A5".repeat(self.below(1_001)),
        };
        let options = self.of(&["", "&_dpr=2", "&_dpr=3", "&_w=4096", "&_q=80", "&_lang=ar", "&_debug=boxes", "&_w=7"]);
        let n = self.of(&["7", "", "1e9", "-3", "0.001", "1000"]);
        // The compact form of a list with one field.
        let items = "x%7C".repeat(self.of(&[0, 1, 10, 100]));
        format!("name={name}&n={n}&c=%23abc&items={items}{options}")
    }

    fn document(&mut self) -> Value {
        let (width, height) = self.of(&SIZES);
        let mut document = json!({
            "width": width, "height": height, "access": "public",
            "params": {
                "name": { "type": "text", "default": "friend" },
                "n": { "type": "number", "default": 7 },
                "c": { "type": "color", "default": "#fff" },
                "items": { "type": "list", "fields": { "t": { "type": "text", "default": "x" } } },
            },
        });
        if self.once_in(2) {
            document["background"] = self.paint();
        }
        if self.once_in(6) {
            document["fonts"] = json!([{ "family": "Own", "src": "asset:playfair-display.ttf" }]);
        }
        let kinds = 1 + self.below(5);
        let mut layers = Vec::new();
        for _ in 0..kinds {
            let layer = self.layer(0);
            // One layer many times is how small documents become heavy.
            let copies = self.of(&[1, 1, 1, 2, 5, 20, 100, 400]);
            let weight = 1 + nested(&layer);
            let room = (400_usize.saturating_sub(self.layers) / weight).min(220_000 / layer.to_string().len());
            let copies = copies.min(room.max(1));
            self.layers += weight * copies;
            layers.extend(std::iter::repeat_n(layer, copies));
        }
        document["layers"] = Value::Array(layers);
        document
    }

    fn layer(&mut self, depth: usize) -> Value {
        let mut layer = Map::new();
        let mut set = |name: &str, value: Value| {
            layer.insert(name.to_owned(), value);
        };
        let kind = self.of(&[
            "rect", "text", "path", "ellipse", "line", "image", "group", "stack", "path", "text", "repeat", "qr",
            "barcode", "rating", "progress", "table", "chart", "frame", "icon",
        ]);
        // Deep nesting is rare, and past the limit the document would only be refused.
        let is_leaf = depth > 10 || depth > 2 && !self.once_in(3);
        let kind = if is_leaf && matches!(kind, "group" | "stack" | "repeat" | "frame") { "rect" } else { kind };
        set("type", json!(kind));
        for side in ["x", "y", "width", "height"] {
            if self.once_in(2) {
                let value =
                    if side.len() > 1 && self.once_in(6) { json!(self.of(&["fill", "hug"])) } else { self.length() };
                set(side, value);
            }
        }
        if self.once_in(4) {
            set("opacity", json!(self.of(&[0.5, 0.0, 1.0, 0.01, 0.999])));
        }
        if self.once_in(4) {
            set("rotate", self.number());
        }
        if self.once_in(8) {
            set("skew", self.number());
            set("scale", self.number());
            set("flip", json!(self.of(&["horizontal", "vertical", "both"])));
        }
        if self.once_in(6) {
            // Most places at random are no quad.
            let wild = json!([
                [self.length(), self.length()],
                [self.length(), self.length()],
                [self.length(), self.length()],
                [self.length(), self.length()]
            ]);
            let quads = [
                json!([[3, 2], [90, 8], [80, 60], [5, 70]]),
                json!([["-50%", "0%"], ["150%", "10%"], ["120%", "90%"], ["0%", "100%"]]),
                json!([[-9000, -9000], [16000, -4000], [16000, 15000], [-5000, 9000]]),
                json!([[10, 10], [10.5, 10], [10.5, 10.4], [10, 10.5]]),
                json!([[0, 0], [100, 0], [55, 4], [45, 4]]),
                wild,
            ];
            let quad = self.of(&[0, 1, 2, 3, 4, 5]);
            set("corners", quads[quad].clone());
        }
        if self.once_in(6) {
            let curve = json!({ "axis": self.of(&["vertical", "horizontal"]), "angle": self.of(&[1, 60, 179, 180]),
                "tilt": self.of(&[0, 20, -60, 60]) });
            set("curve", curve);
        }
        if self.once_in(4) {
            set("blend", json!(self.of(&BLENDS)));
        }
        if self.once_in(4) {
            set("clip", json!(true));
        }
        if self.once_in(4) {
            set("radius", self.length());
        }
        if self.once_in(5) {
            let shadows = self.of(&[1, 1, 2, 16]);
            let shadow = json!({ "dx": self.number(), "dy": self.number(), "blur": self.number(), "spread": self.number(),
                "color": self.of(&COLORS) });
            set("shadow", Value::Array(vec![shadow; shadows]));
        }
        if self.once_in(2) {
            set("fill", self.paint());
        }
        if self.once_in(3) {
            set("stroke", self.paint());
            set("stroke_width", self.number());
            if self.once_in(2) {
                let dashes = self.of(&[2, 2, 1, 3, 64]);
                let dash: Vec<Value> =
                    (0..dashes).map(|_| json!(self.of(&[0.5, 1.0, 0.001, 0.0, 7.0, 900.0, 0.1]))).collect();
                set("stroke_dash", Value::Array(dash));
            }
            set("stroke_linecap", json!(self.of(&["butt", "round", "square"])));
            set("stroke_linejoin", json!(self.of(&["miter", "round", "bevel"])));
            set("stroke_align", json!(self.of(&["center", "inside", "outside"])));
        }
        if self.once_in(6) {
            self.effects(depth, &mut set);
        }
        if self.once_in(12) {
            set("when", json!(self.of(&["name", "n > 3", "not name", "n / 0", "name in 'abc'"])));
        }
        match kind {
            "line" => {
                for end in ["x1", "y1", "x2", "y2"] {
                    set(end, self.length());
                }
            }
            "path" if self.once_in(3) => {
                let shape = self.of(&["arrow", "chevron", "bubble", "ribbon", "badge", "star"]);
                set("shape", json!(shape));
                set("depth", json!(self.of(&[0.0, 0.1, 0.5, 1.0, 1e9])));
                if matches!(shape, "badge" | "star") {
                    set("points", json!(self.of(&[3, 5, 60])));
                }
            }
            "path" => {
                set("d", json!(self.path()));
                if self.once_in(4) {
                    set("view_box", json!([0, 0, self.of(&[100.0, 1.0, 2000.0, 0.001]), self.of(&[100.0, 1.0, 1e6])]));
                }
            }
            "image" => {
                set("src", json!(self.of(&ASSETS)));
                set("fit", json!(self.of(&["cover", "contain", "fill", "none", "scale-down"])));
                if self.once_in(3) {
                    set("focus", json!([self.of(&[0.0, 1.0, 0.3]), self.of(&[0.0, 1.0, 0.3])]));
                }
                if self.once_in(3) {
                    set("fallback", json!([self.of(&ASSETS), self.of(&ASSETS)]));
                }
                self.looks(&mut set);
            }
            "text" => self.text(&mut set),
            "qr" => {
                set("data", json!(self.of(&["{{ name }}", "x"])));
                set("modules", json!(self.of(&["square", "rounded", "dots"])));
            }
            "barcode" => {
                set("data", json!(self.of(&["{{ name }}", "12345670"])));
                set("symbology", json!(self.of(&["code128", "code39", "ean8", "itf"])));
            }
            "rating" => {
                set("value", json!(self.of(&[0.0, 3.3, 1e9])));
                set("max", json!(self.of(&[1, 5, 20])));
                set("shape", json!(self.of(&["star", "heart", "circle"])));
            }
            "progress" => {
                set("value", json!(self.of(&[0.0, 50.0, 1e9])));
                set("shape", json!(self.of(&["bar", "ring", "steps"])));
            }
            "table" => {
                set("items", json!("items"));
                set("as", json!(format!("item{depth}")));
                let column = json!({ "header": "Name", "text": format!("{{{{ item{depth}.t }}}} {{{{ n }}}}"), "total": "{{ n }}",
                    "width": self.of(&["auto", "1fr", "0fr", "30%", "0.001fr", "1e9", "-5"]) });
                set("columns", Value::Array(vec![column; self.of(&[1, 3, 24])]));
                set("zebra", json!("#eee"));
                set("rule", json!("#888"));
                set("padding", self.number());
            }
            "chart" => {
                set("items", json!(self.of(&["items", "[1, -2, 3]", "[]", "[1e300, 0.1]", "[7, 7]"])));
                set("as", json!(format!("item{depth}")));
                set("chart", json!(self.of(&["bar", "line", "area", "donut", "sparkline"])));
                set("value", json!(self.of(&["{{ n }}", "{{ n * loop.index }}", "{{ name }}", "{{ 0 - n }}"])));
                set("label", json!("{{ name }}"));
                set("values", json!(self.once_in(2)));
                set("orientation", json!(self.of(&["vertical", "horizontal"])));
                set("max", self.number());
            }
            "icon" => set("icon", json!(self.of(&["calendar", "{{ name }}", "map-pin"]))),
            "frame" => {
                set("frame", json!(self.of(&["browser", "phone", "laptop"])));
                set("url", json!("{{ name }}"));
                let child = self.layer(depth + 1);
                set("children", json!([child]));
            }
            "repeat" => {
                set("items", json!("items"));
                set("as", json!(format!("item{depth}")));
                set("direction", json!(self.of(&["row", "column"])));
                let child = self.layer(depth + 1);
                set("children", json!([child]));
            }
            "group" | "stack" => {
                let count = self.of(&[1, 2, 3]);
                let children: Vec<Value> = (0..count).map(|_| self.layer(depth + 1)).collect();
                set("children", Value::Array(children));
                if kind == "stack" {
                    let direction = self.of(&["row", "column", "grid"]);
                    set("direction", json!(direction));
                    if direction == "grid" {
                        let columns = [json!(1), json!(24), json!(["auto", "1fr", 20]), json!(["0fr", "1e9", "-3%"])];
                        set("columns", columns[self.of(&[0, 1, 2, 3])].clone());
                    }
                    set("gap", self.number());
                    set("align", json!(self.of(&["start", "center", "end", "stretch"])));
                }
            }
            _ => {}
        }
        Value::Object(layer)
    }

    fn text(&mut self, set: &mut impl FnMut(&str, Value)) {
        let words = self.of(&TEXTS);
        let times = self.of(&[1, 1, 3, 40, 1000, 4000]).min(12_000 / words.len());
        let content = words.repeat(times);
        if self.once_in(4) {
            let run =
                json!({ "text": words, "fill": self.paint(), "weight": self.of(&[400, 700]), "size": self.number() });
            let runs = self.of(&[1, 2, 40, 64]);
            set("text", Value::Array(vec![run; runs]));
        } else {
            set("text", json!(content));
        }
        if self.once_in(6) {
            set("fill", json!("auto"));
        }
        set("size", json!(self.of(&[16.0, 40.0, 72.0, 300.0, 2000.0, 0.1, 1e9])));
        if self.once_in(2) {
            set("min_size", json!(self.of(&[1.0, 12.0, 0.001])));
            set("fit", json!(self.of(&["shrink", "grow", "line"])));
        }
        if self.once_in(3) {
            set("line_height", json!(self.of(&[1.2, 0.0, 0.1, 9.0])));
        }
        if self.once_in(3) {
            set("letter_spacing", json!(self.of(&[1.0, -9.0, 0.0, 500.0])));
        }
        if self.once_in(3) {
            set("decoration", json!(self.of(&["underline", "line-through"])));
        }
        if self.once_in(5) {
            set("font", json!(self.of(&["Own", "Inter", "Gone"])));
        }
        if self.once_in(4) {
            set("weight", json!(self.of(&[400, 900, 551])));
        }
        set("wrap", json!(self.of(&["greedy", "balance", "pretty", "none"])));
        set("overflow", json!(self.of(&["ellipsis", "clip", "visible"])));
        set("align", json!(self.of(&["start", "center", "end", "justify"])));
        if self.once_in(8) {
            set("arc", json!({ "radius": self.length(), "sweep": self.of(&[360, 10, 9000]) }));
        }
    }

    fn paint(&mut self) -> Value {
        if self.below(2) == 0 {
            return json!(self.of(&COLORS));
        }
        let count = self.of(&[2, 3, 8, 32]);
        let stops: Vec<Value> = (0..count)
            .map(|at| {
                let color = self.of(&COLORS);
                if at % 3 == 1 {
                    json!({ "color": color })
                } else {
                    json!({ "color": color, "offset": f64::from(at) / f64::from(count) })
                }
            })
            .collect();
        let mut gradient = json!({ "type": self.of(&["linear", "radial", "conic"]), "stops": stops });
        if self.once_in(2) {
            gradient["angle"] = self.number();
        }
        if gradient["type"] != "linear" && self.once_in(2) {
            gradient["cx"] = self.length();
            gradient["cy"] = self.length();
        }
        gradient
    }

    /// SVG path data with up to 10,000 segments.
    fn path(&mut self) -> String {
        let reach = self.of(&[100.0, 600.0, 2000.0, 1.0, 1e5]);
        let most = self.of(&[3_usize, 20, 200, 2_000, 9_000]);
        let at = |part: usize, of: f64| (of * (part % 1_000) as f64 / 1_000.0 * 10.0).round() / 10.0;
        let form = self.below(8);
        let mut path = "M0 0".to_owned();
        for number in 0..most {
            let (x, y) = (at(number * 619, reach), at(number * 811, reach));
            path += &match form {
                0 => format!("L{x} {y}"),
                // Full height, side by side.
                1 => format!("L{} {}", at(number, reach), if number % 2 == 0 { reach } else { 0.0 }),
                2 => format!("Q{x} {y} {y} {x}"),
                3 => format!("C{x} {y} {y} {x} {x} {x}"),
                4 => format!("A{x} {y} 0 1 1 {y} {x}"),
                5 => format!("M{x} {y}z"),
                6 => format!("M{x} 0V{reach}"),
                _ => format!("h{} v{}", if number % 2 == 0 { reach } else { -reach }, reach / 1_000.0),
            };
            if path.len() > 60_000 {
                break;
            }
        }
        path
    }
}

/// Number of layers inside a layer.
fn nested(layer: &Value) -> usize {
    layer
        .get("children")
        .and_then(Value::as_array)
        .map_or(0, |children| children.iter().map(|child| 1 + nested(child)).sum())
}
