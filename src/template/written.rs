//! What is written at a place that is wrong → what its author meant, where serde's words do not tell: the channels
//! of a colour, the points of a polygon, a slash too many.

use serde_json::{Value as Json, json};

use crate::color::Color;
use crate::error::Problem;
use crate::params::Param;

use super::icons;
use super::meant::field;

/// The colour of an object or a list with its channels, as Figma and code have them: `{ "r": 1, "g": 0, "b": 0 }`,
/// `[255, 0, 0]`. `None` if it is none.
pub fn channels(value: &Json) -> Option<String> {
    let known = |names: [&str; 3]| names.map(|name| value.get(name).and_then(Json::as_f64));
    let [Some(r), Some(g), Some(b)] = (match value {
        Json::Array(list) if matches!(list.len(), 3 | 4) => {
            let mut numbers = list.iter().map(Json::as_f64);
            [(); 3].map(|()| numbers.next().flatten())
        }
        Json::Object(_) => match known(["r", "g", "b"]) {
            [None, ..] => known(["red", "green", "blue"]),
            short => short,
        },
        _ => return None,
    }) else {
        return None;
    };
    // Those of Figma are shares.
    let most = if r.max(g).max(b) <= 1.0 { 255.0 } else { 1.0 };
    let [r, g, b] = [r, g, b].map(|channel| (channel * most).round().clamp(0.0, 255.0));
    format!("rgb({r}, {g}, {b})").parse::<Color>().ok().map(Color::to_hex)
}

/// What to write in place of a value that does not fit, by what is written. `message` says what is expected.
pub fn value(path: &str, message: &str, value: Option<&Json>) -> Option<String> {
    let value = value?;
    if message.contains("colour")
        && let Some(color) = channels(value)
    {
        return Some(format!("write \"{color}\""));
    }
    Some(match (field(path), value) {
        ("mask", Json::String(shape)) => {
            let shape = if shape.contains("round") || shape.contains("rect") || shape.contains("squ") {
                r##"{ "type": "rect", "radius": 24, "fill": "#000" }"##
            } else {
                r##"{ "type": "ellipse", "fill": "#000" }"##
            };
            format!("a mask is a layer: write {shape}")
        }
        ("shadow", Json::String(text)) => shadow(text)?,
        ("clip", Json::String(_)) => "write true; the layer's `radius` rounds what is cut off: \"50%\"".to_owned(),
        ("points", Json::String(points)) => polygon(points)?,
        ("points", Json::Array(_)) => {
            "the outline of a polygon is path data: write \"d\": \"M0 0L100 50L0 100Z\"".to_owned()
        }
        ("font", Json::Object(font)) => {
            let family = font.get("family").or_else(|| font.get("name")).and_then(Json::as_str).unwrap_or("Inter");
            format!("write \"font\": \"{family}\", and `size` and `weight` beside it")
        }
        ("fonts", Json::Object(fonts)) => {
            let (family, src) =
                fonts.iter().next().map_or(("Acme", None), |(family, src)| (family.as_str(), src.as_str()));
            format!("write [{{ \"family\": \"{family}\", \"src\": \"{}\" }}]", src.unwrap_or("asset:acme.ttf"))
        }
        ("position", Json::Array(_) | Json::Object(_)) => "a layer's place is `x` and `y`".to_owned(),
        ("columns", Json::String(names)) if message.starts_with("expected a list in") => {
            let columns: Vec<String> = names.split(',').map(column).collect();
            format!("write [{}]", columns.join(", "))
        }
        ("columns", Json::String(name)) if message.starts_with("expected an object") => {
            format!("write {}", column(name))
        }
        ("choices", Json::Object(choices)) => format!("write {}", Json::from_iter(choices.keys().cloned())),
        ("layers" | "children" | "variants", Json::Object(named)) if named.values().all(Json::is_object) => {
            let name = named.keys().next().map_or("title", String::as_str);
            match field(path) {
                "variants" => format!("write [{{ \"name\": \"{name}\", \"set\": {{ … }} }}]"),
                _ => format!("write [{{ \"id\": \"{name}\", \"type\": \"text\", … }}]"),
            }
        }
        ("items", Json::Array(_)) => format!("write it in quotes: \"{}\"", value.to_string().replace('"', "'")),
        ("items", Json::Number(_) | Json::Bool(_) | Json::Object(_)) => {
            "write the name of a list, such as \"cart\"; \"[1, 2, 3]\" draws three".to_owned()
        }
        ("layers" | "children" | "more" | "empty", Json::String(text)) => {
            format!("write [{{ \"type\": \"text\", \"text\": \"{text}\" }}]")
        }
        _ => return None,
    })
}

/// The column of a table that is written as the name of a field alone.
fn column(name: &str) -> String {
    let name = slug(name);
    format!("{{ \"header\": \"{name}\", \"text\": \"{{{{ item.{name} }}}}\" }}")
}

/// A shadow as CSS writes it: `0 4px 8px rgba(0, 0, 0, 0.3)`.
fn shadow(text: &str) -> Option<String> {
    let start = text.find(|c: char| c == '#' || c.is_ascii_alphabetic() && c != 'p' && c != 'x').unwrap_or(text.len());
    let (lengths, color) = text.split_at_checked(start)?;
    let numbers: Vec<f64> =
        lengths.split_whitespace().map(|part| part.trim_end_matches("px").parse()).collect::<Result<_, _>>().ok()?;
    let (dx, dy) = (numbers.first()?, numbers.get(1)?);
    let color = Some(color.trim()).filter(|color| color.parse::<Color>().is_ok()).unwrap_or("#0004");
    let blur = numbers.get(2).copied().unwrap_or_default();
    let spread = numbers.get(3).map(|spread| format!(" \"spread\": {spread},")).unwrap_or_default();
    Some(format!("write {{ \"dx\": {dx}, \"dy\": {dy}, \"blur\": {blur},{spread} \"color\": \"{color}\" }}"))
}

/// Path data for the points of SVG's `polygon`.
fn polygon(points: &str) -> Option<String> {
    let numbers: Vec<&str> = points.split([',', ' ']).filter(|part| !part.is_empty()).collect();
    let is_list = numbers.len() >= 4 && numbers.len() <= 12 && numbers.iter().all(|part| part.parse::<f64>().is_ok());
    let pairs = is_list.then(|| numbers.chunks(2).map(|pair| pair.join(" ")).collect::<Vec<_>>().join("L"));
    let data = pairs.unwrap_or_else(|| "0 0L100 50L0 100".to_owned());
    Some(format!("the outline of a polygon is path data: write \"d\": \"M{data}Z\""))
}

/// What to write in place of a field that a layer of this type does not have, where other types have it or it
/// means something else there.
pub fn other_field(found: &str, layer: Option<&Json>) -> Option<String> {
    let layer = layer?;
    if let Some(color) = channels(layer) {
        return Some(format!("a colour is a text: write \"{color}\""));
    }
    let kind = layer.get("type").and_then(Json::as_str).unwrap_or_default();
    let plain: String = found.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let remedy = match (kind, plain.as_str()) {
        ("line", "color" | "colour" | "background" | "backgroundcolor" | "bg" | "linecolor") => {
            "did you mean `stroke`?"
        }
        ("line", "thickness" | "size" | "weight" | "strokesize") => "did you mean `stroke_width`?",
        ("line", "dash" | "dashed" | "style" | "linestyle" | "borderstyle") => "did you mean `stroke_dash`?",
        ("rating", "stars" | "score" | "rating" | "rate" | "filled") if layer.get("value").is_none() => {
            "did you mean `value`?"
        }
        ("barcode", "format" | "kind" | "code" | "barcodetype" | "barcodeformat" | "encoding" | "standard") => {
            "did you mean `symbology`?"
        }
        ("image", "default" | "defaultsrc" | "defaultimage") => "did you mean `fallback`?",
        ("text" | "image" | "rect" | "ellipse" | "group" | "qr" | "chart", "padding" | "pad" | "inset") => {
            "a `stack` has a `padding`: put the layer into one"
        }
        ("number", "format" | "currency" | "unit") => "the text that shows it writes it: `{{ price | money('EUR') }}`",
        ("date" | "datetime", "format" | "pattern") => {
            "the text that shows it writes it: `{{ day | date('d MMMM y') }}`"
        }
        ("list", "items" | "item" | "schema" | "columns" | "properties" | "keys") => "did you mean `fields`?",
        ("image" | "stack" | "group" | "qr", "shape" | "circle" | "rounded" | "clippath" | "maskshape") => {
            "`radius` rounds it: \"radius\": \"50%\" makes a circle of a square"
        }
        _ => return None,
    };
    Some(remedy.to_owned())
}

/// A chart whose type is that of what it draws: `"type": "bar"`.
pub fn chart(found: &str, layer: Option<&Json>) -> Option<String> {
    let layer = layer?;
    let has_numbers =
        ["items", "data", "series", "values", "labels", "datasets"].iter().any(|name| layer.get(name).is_some());
    let shape = match found.to_ascii_lowercase().as_str() {
        "bar" | "bars" | "column" => "bar",
        "line" | "lines" => "line",
        "area" => "area",
        "pie" | "donut" | "doughnut" => "donut",
        "sparkline" => "sparkline",
        _ => return None,
    };
    has_numbers.then(|| format!("write \"type\": \"chart\", \"chart\": \"{shape}\""))
}

/// A param that is written as its value: `"name": "Ana"`.
pub fn param(path: &str, value: Option<&Json>) -> Option<String> {
    let value = value.filter(|_| path.strip_prefix("params.").is_some_and(|name| !name.contains(['.', '['])))?;
    let kind = match value {
        // The type alone is another mistake.
        Json::String(word) if serde_json::from_value::<Param>(json!({ word: {} })).is_ok() => return None,
        Json::String(_) => "text",
        Json::Number(_) => "number",
        Json::Bool(_) => "boolean",
        _ => return None,
    };
    Some(format!("write {{ \"type\": \"{kind}\", \"default\": {value} }}"))
}

/// The remedy for a rule that a document breaks, by what is written. `None` if the problem has a good one.
pub fn rule(problem: &Problem, value: Option<&Json>) -> Option<String> {
    let path = problem.field.as_deref().unwrap_or_default();
    if let Some(text) = value.and_then(Json::as_str)
        && let Some(remedy) = plain_text(&problem.message, text)
    {
        return Some(remedy);
    }
    if path.ends_with(".style") && value.is_some_and(Json::is_object) {
        return Some("write each field in the layer: \"fill\": \"red\"".to_owned());
    }
    if let Some(name) = value.and_then(Json::as_str).and_then(|text| text.strip_prefix("asset:/")) {
        return Some(format!("write \"asset:{}\", without slashes before the name", name.trim_start_matches('/')));
    }
    if path.ends_with(".icon")
        && let Some(name) = value.and_then(Json::as_str)
    {
        let bare = name.rsplit(':').next().unwrap_or(name);
        // `fa fa-star`.
        let bare = bare.rsplit(' ').next().filter(|last| icons::bare(last) != *last).unwrap_or(bare);
        let plain = slug(bare).replace('_', "-");
        let plain = icons::bare(&plain);
        return (plain != name && !plain.is_empty()).then(|| format!("write \"{plain}\"; all are at lucide.dev"));
    }
    if problem.code == "param-name" {
        let name = path.split_once('.')?.1;
        let name = name.rsplit('.').next().unwrap_or(name);
        let plain = slug(name);
        if plain.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        return Some(match path.starts_with("palette.") {
            true => format!("rename it: {plain}; layers have it as \"${plain}\""),
            false => format!("rename it: {plain}"),
        });
    }
    None
}

/// What is meant by a file without `asset:`, a host with its scheme, a date in the order of Europe. `message` says what
/// is expected.
fn plain_text(message: &str, text: &str) -> Option<String> {
    let expects = |what: &str| message.starts_with(what);
    if (expects("expected an asset") || expects("expected a font file"))
        && !text.contains([':', '/'])
        && text.contains('.')
    {
        return Some(format!("write \"asset:{text}\""));
    }
    if expects("expected a public host") {
        let host = text.split_once("://")?.1.split('/').next()?;
        return Some(format!("write \"{host}\""));
    }
    if expects("expected a date") {
        let parts: Vec<&str> = text.split('.').collect();
        let [day, month, year] = parts.as_slice() else { return None };
        let is_date = parts.iter().all(|part| part.parse::<u16>().is_ok()) && year.len() == 4;
        return is_date.then(|| format!("write \"{year}-{month:0>2}-{day:0>2}\""));
    }
    None
}

/// A name in the letters that a param may have: `first_name` for `First-Name` and `firstName`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        let is_new = c.is_ascii_uppercase() && slug.ends_with(|c: char| c.is_ascii_lowercase());
        if (is_new || !c.is_ascii_alphanumeric()) && !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        }
    }
    slug.trim_end_matches('_').to_owned()
}
