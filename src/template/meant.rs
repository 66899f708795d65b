//! A value that does not fit its field → what is expected there, and what the author meant: the units
//! of CSS, numbers in quotes, shorthands.

use serde_json::Value as Json;

use crate::color;

use super::foreign;

/// Most characters of a value that an error shows.
const MAX_SHOWN: usize = 60;

/// What is wrong with a value, and its remedy, from serde's words: `invalid type: string "12px", expected
/// u32`. `path` is that of the value, which is `written` there.
pub fn problem(message: &str, path: &str, written: Option<&Json>) -> (String, Option<String>) {
    let about = ["invalid type: ", "invalid value: ", "invalid length "].into_iter();
    // The last `expected` is serde's: the value may hold the word too.
    let parts = about.filter_map(|start| message.strip_prefix(start)).find_map(|rest| rest.rsplit_once(", expected "));
    let Some((found, expected)) = parts else { return (message.to_owned(), None) };
    // A word of an enum; an object is a variant of it.
    let is_word = expected == "string or map" && !path.starts_with("params.");
    let expected = if is_word { "a word in quotes".to_owned() } else { in_words(expected) };
    let text = found.strip_prefix("string \"").and_then(|text| text.strip_suffix('"'));
    let shown = match text {
        Some(text) if text.chars().nth(MAX_SHOWN).is_some() => {
            format!("\"{}…\"", text.chars().take(MAX_SHOWN).collect::<String>())
        }
        Some(text) => format!("\"{text}\""),
        // serde has 1.0 for 1.
        None => written.filter(|value| value.is_number()).map_or_else(|| thing(found), Json::to_string),
    };
    let field = field(path);
    let remedy = of_field(field, found, &expected);
    let remedy = remedy
        .or_else(|| text.map_or_else(|| of_thing(found, &expected, field), |text| of_text(text, &expected, field)));
    (format!("expected {expected}, and found {shown}"), remedy)
}

/// The field of a path: `stops` of `layers[0].fill.stops[1]`.
pub fn field(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or_default();
    last.split('[').next().unwrap_or_default()
}

/// What an object of a field looks like.
const OBJECTS: [(&str, &str); 13] = [
    ("now", r#"{ "every": "day" }"#),
    // Of sizes: those of the template are a list.
    ("layers", r#"{ "title": { "x": 40 } }, by the ids of layers"#),
    ("fields", r#"{ "name": { "type": "text" } }"#),
    ("sizes", r#"{ "square": { "width": 1080, "height": 1080 } }"#),
    ("shadow", r##"{ "dx": 0, "dy": 4, "blur": 8, "color": "#0004" }"##),
    ("text", r#"{ "text": "Hi" }"#),
    ("stops", r##"{ "color": "#fff" }"##),
    ("fonts", r#"{ "family": "Acme", "src": "asset:acme.ttf" }"#),
    ("series", r#"{ "name": "2026", "value": "{{ item.sales }}" }"#),
    ("columns", r#"{ "header": "Product", "text": "{{ item.name }}" }"#),
    ("mask", r#"{ "type": "ellipse" }"#),
    ("params", r#"{ "first_name": { "type": "text" } }"#),
    ("palette", r##"{ "brand": "#14142b" }"##),
];

/// What to write into a field that takes an object, or whose words were taken for a switch.
fn of_field(field: &str, found: &str, expected: &str) -> Option<String> {
    let is_switch = found.starts_with("boolean");
    let is_object = expected.starts_with("an object in { }") || is_switch && matches!(field, "shadow" | "mask");
    if let Some((_, object)) = OBJECTS.iter().find(|(name, _)| *name == field && is_object) {
        return Some(format!("write {object}"));
    }
    let words = match field {
        _ if !is_switch => return None,
        "fit" => "\"shrink\", \"grow\" or \"line\" of a text, \"cover\" or \"contain\" of an image",
        "wrap" => "\"balance\" or \"pretty\" of a text, true of a stack",
        "overflow" => "\"ellipsis\", \"clip\" or \"visible\"",
        "case" => "\"upper\", \"lower\" or \"title\"",
        "flip" => "\"horizontal\", \"vertical\" or \"both\"",
        "contrast" => "\"auto\"",
        "arc" => r#"{ "radius": 200 }"#,
        "filter" | "backdrop_filter" => r#"{ "blur": 8 }"#,
        "fill" | "stroke" => "a colour such as \"#14142b\"",
        _ => return None,
    };
    Some(format!("write {words}"))
}

/// Fields in px or degrees, for which a share means nothing.
const PX: [&str; 17] = [
    "size",
    "min_size",
    "max_size",
    "letter_spacing",
    "gap",
    "row_gap",
    "column_gap",
    "padding",
    "stroke_width",
    "stroke_dash",
    "dx",
    "dy",
    "blur",
    "spread",
    "rotate",
    "skew",
    "angle",
];

/// What a field expects, without the names of Rust's types.
fn in_words(expected: &str) -> String {
    let words = match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number, which may be negative",
        "f32" | "f64" => "a number",
        "a string" => "a text in quotes",
        "a string or an expression" => "a text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list in [ ]",
        "a map" | "map with a single key" => "an object in { }",
        "string or map" | "newtype variant" | "struct variant" | "tuple variant" => "an object with its fields in { }",
        "unit variant" => "a word alone",
        "fewer elements in array" => "fewer values",
        "one of it, or a list" => "an object in { }, or a list of them",
        _ => {
            if let Some(length) = expected.strip_prefix("an array of length ") {
                return format!("a list of {length} values");
            }
            if expected.starts_with("struct ") { "an object in { }" } else { expected }
        }
    };
    words.to_owned()
}

/// A value that is no text, without the names of Rust's types: `integer `3`` → `3`.
fn thing(found: &str) -> String {
    let words = match found {
        "sequence" => "a list",
        "map" => "an object",
        "null" => "null",
        "unit variant" => "a word alone",
        _ => found.split('`').nth(1).unwrap_or(found),
    };
    words.to_owned()
}

/// What was meant by a value that is no text.
fn of_thing(found: &str, expected: &str, field: &str) -> Option<String> {
    let value = thing(found);
    if found == "null" {
        return Some("leave the field out".to_owned());
    }
    if (expected.starts_with("a text") || expected.starts_with("a string")) && found != "map" && found != "sequence" {
        return Some(format!("put it into quotes: \"{value}\""));
    }
    if expected.starts_with("a list in") {
        let inside = if found == "map" { "{ … }" } else { "…" };
        return Some(format!("put it into brackets: [{inside}]"));
    }
    if expected.starts_with("true or false") && matches!(value.as_str(), "0" | "1") {
        return Some(format!("write {}", value == "1"));
    }
    if expected == "a whole number" && value.contains('.') {
        return Some("round it".to_owned());
    }
    if expected == "a whole number" && value.starts_with('-') {
        return Some("write one that is not negative".to_owned());
    }
    if expected.contains("gradient") && found == "sequence" {
        return Some(
            "write { \"type\": \"linear\", \"stops\": [{ \"color\": \"#fff\" }, { \"color\": \"#000\" }] }".to_owned(),
        );
    }
    let is_color = expected.contains("colour");
    is_color.then(|| match field {
        "stroke" => "this is its colour; its width is `stroke_width`".to_owned(),
        _ => "it is a colour: write \"#14142b\"".to_owned(),
    })
}

/// The names of weights in CSS and in fonts.
const WEIGHTS: [(&str, &str); 14] = [
    ("thin", "100"),
    ("hairline", "100"),
    ("extralight", "200"),
    ("ultralight", "200"),
    ("light", "300"),
    ("normal", "400"),
    ("regular", "400"),
    ("medium", "500"),
    ("semibold", "600"),
    ("demibold", "600"),
    ("bold", "700"),
    ("extrabold", "800"),
    ("heavy", "900"),
    ("black", "900"),
];

/// The weight that a word names.
pub fn weight(word: &str) -> Option<&'static str> {
    let plain = word.to_ascii_lowercase().replace(['-', ' ', '_'], "");
    WEIGHTS.iter().find(|(name, _)| *name == plain).map(|(_, number)| *number)
}

/// What was meant by a text.
fn of_text(text: &str, expected: &str, field: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if expected.starts_with("a list in") {
        let parts: Vec<String> = text.split(',').map(|part| format!("\"{}\"", part.trim())).collect();
        return Some(format!("put it into brackets: [{}]", parts.join(", ")));
    }
    if (expected.starts_with("a number") || expected.starts_with("a whole number")) && lower.parse::<f64>().is_ok() {
        return Some(format!("write {lower}, without quotes"));
    }
    if expected.starts_with("a whole number") && matches!(field, "width" | "height") && !lower.ends_with("px") {
        return Some("write px, such as 600".to_owned());
    }
    let takes_color = expected.contains("colour");
    let takes_number = expected.contains("number");
    if let Some(name) = braced(text) {
        return Some(format!("write \"{{{{ {name} }}}}\", with two braces"));
    }
    if expected.starts_with("true or false") && matches!(lower.as_str(), "true" | "false" | "yes" | "no" | "on" | "off")
    {
        let value = matches!(lower.as_str(), "true" | "yes" | "on");
        return Some(format!("write {value}, without quotes"));
    }
    if expected.starts_with("true or false") && matches!(lower.as_str(), "wrap" | "nowrap") {
        return Some(format!("write {}", lower == "wrap"));
    }
    if takes_color {
        if lower.contains("gradient(") {
            return Some(
                "write { \"type\": \"linear\", \"angle\": 90, \"stops\": [{ \"color\": \"#fff\" }, { \"color\": \"#000\" }] }"
                    .to_owned(),
            );
        }
        if lower.starts_with("url(") {
            return Some("put a layer of the type `image` below".to_owned());
        }
        if let Some(remedy) = of_color(text, field) {
            return Some(remedy);
        }
        if matches!(lower.as_str(), "none" | "no" | "") {
            return Some("leave the field out".to_owned());
        }
        if lower.starts_with('$') {
            return Some(format!(
                "the `palette` has no such colour: add it, as in \"palette\": {{ \"{}\": \"#14142b\" }}",
                lower.trim_start_matches('$')
            ));
        }
        if lower.starts_with("var(") {
            return Some("name the colour in the `palette`, and write \"$name\"".to_owned());
        }
        if lower.starts_with("0x") || (lower.starts_with('#') && !matches!(lower.len(), 4 | 5 | 7 | 9)) {
            return Some("a hex colour has 3, 4, 6 or 8 digits behind the #".to_owned());
        }
        if lower.starts_with('#') {
            return Some("the digits of a hex colour are 0 to 9 and a to f".to_owned());
        }
        let near = foreign::alike(&lower, color::names()).map(|name| format!("did you mean \"{name}\"?"));
        return near.or_else(|| is_name(text).then(|| format!("a colour of the `palette` is \"${text}\"")));
    }
    if expected.starts_with("an object in { }") {
        return Some(if lower.contains("px") || lower.starts_with(|c: char| c.is_ascii_digit()) {
            "write { \"dx\": 0, \"dy\": 4, \"blur\": 8, \"color\": \"#0004\" }".to_owned()
        } else {
            "write its fields: { … }".to_owned()
        });
    }
    if expected.contains("\"fill\"") {
        match lower.as_str() {
            "auto" | "hug" | "fit" | "fit-content" | "min-content" | "max-content" | "content" | "shrink" => {
                return Some("did you mean \"hug\"?".to_owned());
            }
            "full" | "stretch" | "grow" | "flex" | "match_parent" | "100vw" | "100vh" | "max" => {
                return Some("did you mean \"fill\"?".to_owned());
            }
            _ => {}
        }
    }
    if lower.starts_with("calc(") {
        return Some("calculate it, or write an expression: \"{{ 600 - 20 }}\"".to_owned());
    }
    if let Some(remedy) = of_place(&lower, field) {
        return Some(remedy);
    }
    if takes_number && matches!(field, "value" | "max") && is_name(text) {
        return Some(format!("write \"{{{{ {text} }}}}\", with two braces"));
    }
    if let Some(number) = weight(&lower)
        && takes_number
        && field == "weight"
    {
        return Some(format!("a weight is a number: {number}"));
    }
    if takes_number && matches!(lower.as_str(), "none" | "auto" | "unlimited" | "infinity" | "default" | "") {
        return Some("leave the field out".to_owned());
    }
    let has_digit = lower.contains(|c: char| c.is_ascii_digit());
    if takes_number && !has_digit && PX.contains(&field) {
        return Some(match field {
            "rotate" | "skew" | "angle" => "write degrees, such as 45".to_owned(),
            "gap" | "row_gap" | "column_gap" | "padding" | "letter_spacing" => {
                "write px, such as 8, or leave it out".to_owned()
            }
            "stroke_width" => "write px, such as 1".to_owned(),
            _ => "write px, such as 24".to_owned(),
        });
    }
    if field == "aspect_ratio"
        && let Some((width, height)) = lower.split_once([':', '/', 'x'])
        && let (Ok(width), Ok(height)) = (width.trim().parse::<f64>(), height.trim().parse::<f64>())
        && height > 0.0
    {
        return Some(format!("write {}, the width by the height", (width / height * 1000.0).round() / 1000.0));
    }
    if field == "columns" && lower.contains("fr") {
        let repeated =
            lower.strip_prefix("repeat(").and_then(|rest| rest.split(',').next()?.trim().parse::<usize>().ok());
        let columns = repeated.unwrap_or_else(|| lower.split_whitespace().count());
        return Some(format!("write {columns} for equal ones, or a list: [\"1fr\", \"2fr\"]"));
    }
    // `4,5`
    if let Some((whole, rest)) = lower.split_once(',')
        && rest.starts_with(|c: char| c.is_ascii_digit())
        && let point = format!("{whole}.{rest}")
        && let number = point.strip_suffix('%').or_else(|| point.strip_suffix("px")).unwrap_or(&point)
        && number.parse::<f64>().is_ok()
    {
        let written = if point.ends_with('%') { format!("\"{point}\"") } else { number.to_owned() };
        return Some(format!("write {written}, with a point"));
    }
    if matches!(field, "width" | "height") && lower.ends_with("fr") {
        return Some("write \"fill\" for the room that is left".to_owned());
    }
    let length = lower.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))?;
    let (number, unit) = lower.split_at_checked(length)?;
    let value: f64 = number.parse().ok()?;
    Some(match unit.trim() {
        "%" if takes_number && field == "value" => format!("write {value}: `max` is 100 if it is left out"),
        "%" if takes_number && PX.contains(&field) => "write px as a number, without a unit".to_owned(),
        "%" if expected.starts_with("a whole number") => format!("write {value}, the number alone"),
        "%" if takes_number => format!("write {}", value / 100.0),
        "s" | "m" | "min" | "h" | "d" if matches!(field, "max_age" | "ttl") => {
            let seconds = match unit.trim() {
                "s" => 1.0,
                "h" => 3600.0,
                "d" => 86400.0,
                _ => 60.0,
            };
            format!("write {}: it is in seconds", value * seconds)
        }
        "px" => format!("write {value}: numbers are px"),
        "deg" | "°" => format!("write {value}: angles are in degrees"),
        "turn" => format!("write {}: angles are in degrees", value * 360.0),
        "rad" => format!("write {:.1}: angles are in degrees", value.to_degrees()),
        "em" | "rem" => format!("write px, for example {}", value * 16.0),
        "pt" | "pc" | "vw" | "vh" | "vmin" | "vmax" | "cm" | "mm" | "in" | "dp" | "sp" => {
            "write px as a number, without a unit".to_owned()
        }
        unit if expected.contains("list") && unit.starts_with("px ")
            || unit.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            "write several values as a list: [10, 20]".to_owned()
        }
        rest if rest.split_whitespace().all(|part| part.ends_with("px") || part.parse::<f64>().is_ok()) => {
            "write several values as a list: [10, 20]".to_owned()
        }
        _ if takes_number => format!("write {value}, the number alone"),
        _ => return None,
    })
}

/// What was meant by a text that is no colour.
fn of_color(text: &str, field: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if ["asset:", "http://", "https://", "logo:"].iter().any(|start| lower.starts_with(start)) {
        return Some(match field {
            "background" => "put a layer of the type `image` below all others".to_owned(),
            "fill" => format!("write {{ \"type\": \"image\", \"src\": \"{text}\" }}"),
            _ => "a picture is a layer of the type `image`".to_owned(),
        });
    }
    if ["cmyk(", "device-cmyk(", "color(", "pantone", "ral "].iter().any(|start| lower.starts_with(start)) {
        return Some("a picture has the colours of screens: write it as \"#rrggbb\"".to_owned());
    }
    let parts: Vec<&str> = text.split([',', ' ']).filter(|part| !part.is_empty()).collect();
    if matches!(parts.len(), 3 | 4) && parts.iter().all(|part| part.parse::<f64>().is_ok()) {
        let function = if parts.len() == 3 { "rgb" } else { "rgba" };
        return Some(format!("write \"{function}({})\"", parts.join(", ")));
    }
    // `1px solid red`.
    let width = parts.iter().find_map(|part| part.trim_end_matches("px").parse::<f64>().ok());
    if let Some(width) = width.filter(|_| parts.len() > 1 && field == "stroke") {
        let color = parts.iter().find(|part| part.parse::<color::Color>().is_ok()).unwrap_or(&"#14142b");
        return Some(format!("write \"stroke\": \"{color}\", and \"stroke_width\": {width} beside it"));
    }
    None
}

/// What was meant by a word in place of a distance.
fn of_place(lower: &str, field: &str) -> Option<String> {
    let remedy = match (field, lower) {
        ("radius", "full" | "circle" | "round" | "rounded" | "rounded-full" | "pill" | "max" | "oval") => {
            "write \"50%\" for an ellipse, or 999 for round ends"
        }
        ("radius", "none") => "leave the field out",
        ("radius", "sm" | "small" | "md" | "medium" | "lg" | "large" | "xl") => "write px, such as 12",
        ("x" | "y", "center" | "centre" | "middle") => {
            "a `stack` places what is in it: \"align\": \"center\" and \"justify\": \"center\""
        }
        ("x", "left" | "start") | ("y", "top" | "start") => "write 0",
        ("x", "right" | "end") | ("y", "bottom" | "end") => {
            "write px from the left or the top; a `stack` places what is in it, with \"justify\": \"end\""
        }
        _ => return None,
    };
    Some(remedy.to_owned())
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// The name in `{name}`, `${name}`, `%name%` or `[[name]]`.
fn braced(text: &str) -> Option<&str> {
    let inner = [("${", "}"), ("{", "}"), ("[[", "]]"), ("<%=", "%>"), ("%", "%")]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?
        .trim();
    let is_name = inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(inner)
}
