//! A param that is not declared → the declaration that is meant, by where it stands.

use super::dialect::words;

/// The declaration of a param that an expression reads: `{ "type": "number" }`. `path` is that of the field, and
/// `source` what is written there.
pub fn declaration(name: &str, path: &str, source: &str) -> &'static str {
    let field = path.rsplit('.').next().unwrap_or_default();
    let field = field.split('[').next().unwrap_or_default();
    match field {
        "items" => return r#"{ "type": "list", "fields": { "name": { "type": "text" } } }"#,
        "src" | "dark_src" | "fallback" | "logo" => return r#"{ "type": "image" }"#,
        "fill" | "stroke" | "color" | "colors" | "background" | "track" | "screen" | "plate" | "ground" | "zebra"
        | "rule" | "header_fill" | "total_fill" | "tint" | "duotone" => return r#"{ "type": "color" }"#,
        "text" | "alt" | "data" | "label" | "url" | "when" | "header" | "total" | "format" | "font" | "lang"
        | "icon" | "d" => {}
        // Every other field that takes an expression is a number.
        _ if path.contains("layers[") => return NUMBER,
        _ => {}
    }
    let words = words(source);
    for (at, word) in words.iter().enumerate() {
        if *word != name {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| words.get(at)).copied().unwrap_or_default();
        let behind = |by: usize| words.get(at.saturating_add(by)).copied().unwrap_or_default();
        match (behind(1), behind(2)) {
            ("|", "money" | "number" | "percent" | "thousands" | "round" | "abs" | "plural" | "ordinal") => {
                return NUMBER;
            }
            ("|", "date") => return r#"{ "type": "date" }"#,
            ("|", "time" | "datetime") => return r#"{ "type": "datetime" }"#,
            (sign, _) if CALCULATES.contains(&sign) || CALCULATES.contains(&before) => return NUMBER,
            _ => {}
        }
    }
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if field == "when" && begins(&["is_", "has_", "show_", "can_", "wants_", "hide_"]) {
        return r#"{ "type": "boolean" }"#;
    }
    if name == "email" || name.ends_with("_email") { r#"{ "type": "email" }"# } else { r#"{ "type": "text" }"# }
}

const NUMBER: &str = r#"{ "type": "number" }"#;

/// Operators beside which a number stands.
const CALCULATES: [&str; 9] = ["*", "/", "-", "+", "//", "<", ">", "<=", ">="];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_follows_from_the_place() {
        for (name, path, source, kind) in [
            ("brand", "layers[0].fill", "{{ brand }}", "color"),
            ("photo", "layers[0].children[1].fallback[0]", "{{ photo }}", "image"),
            ("cart", "layers[0].items", "cart", "list"),
            ("n", "layers[0].opacity", "{{ n }}", "number"),
            ("n", "layers[0].text", "{{ 100 - n }} left", "number"),
            ("n", "layers[0].text[2].text", "{{ n|money('EUR') }}", "number"),
            ("day", "layers[0].text", "{{ day | date }}", "date"),
            ("is_vip", "layers[0].when", "is_vip", "boolean"),
            ("photo", "layers[0].when", "photo", "text"),
            ("n", "layers[0].when", "n > 5", "number"),
            ("name", "layers[0].text", "Hi {{ name }}", "text"),
            ("work_email", "alt", "{{ work_email }}", "email"),
        ] {
            assert!(declaration(name, path, source).contains(&format!("\"type\": \"{kind}\"")), "{name} in {path}");
        }
    }
}
