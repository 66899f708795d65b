//! A word that is none of its field's → what its author meant.

use super::meant::field;

/// What was meant by a word that is none of a field's; `known` are its own.
pub fn of(path: &str, found: &str, known: &[&str]) -> Option<String> {
    // A text has `justify`, and a stack has `stretch`.
    if field(path) == "align"
        && known.contains(&"justify")
        && let "top" | "bottom" | "vcenter" | "baseline" = found
    {
        let side = if found == "vcenter" { "middle" } else { found };
        let side = if side == "baseline" { "bottom" } else { side };
        return Some(format!("up and down it is `vertical_align`: \"vertical_align\": \"{side}\""));
    }
    if matches!(field(path), "align" | "justify" | "align_self" | "justify_items") && known.contains(&"start") {
        match found {
            "top" | "left" => return Some("did you mean `start`?".to_owned()).filter(|_| !known.contains(&"left")),
            "bottom" | "right" => return Some("did you mean `end`?".to_owned()).filter(|_| !known.contains(&"left")),
            _ => {}
        }
    }
    let instead = match (field(path), found) {
        ("position", _) => {
            Some("a layer's place is `x` and `y`; a `stack` places what is in it, with `align` and `justify`")
        }
        ("justify", "stretch" | "fill") => Some("a child with \"width\": \"fill\" takes the room that is left"),
        ("wrap", "nowrap" | "no-wrap" | "none") => Some("write \"max_lines\": 1 in place of it"),
        ("type", "solid" | "SOLID" | "color" | "flat") if known.contains(&"linear") => {
            Some("a colour stands alone: \"fill\": \"#ff5733\"")
        }
        _ => None,
    };
    if let Some(instead) = instead {
        return Some(instead.to_owned());
    }
    if matches!(field(path), "filter" | "backdrop_filter")
        && let Some(filter) = filter(found)
    {
        return Some(filter);
    }
    if field(path) != "focus" {
        return None;
    }
    if matches!(found, "face" | "faces" | "auto" | "smart") {
        return Some("write \"edges\", the part with the most details".to_owned());
    }
    let (mut x, mut y) = (0.5, 0.5);
    for word in found.split([' ', '-', '_']) {
        match word {
            "center" | "centre" | "middle" => {}
            "top" | "north" => y = 0.0,
            "bottom" | "south" => y = 1.0,
            "left" | "west" => x = 0.0,
            "right" | "east" => x = 1.0,
            _ => return None,
        }
    }
    Some(format!("write [{x}, {y}]"))
}

/// A filter as CSS writes it: `grayscale(100%)`.
fn filter(found: &str) -> Option<String> {
    let (name, rest) = found.split_once('(')?;
    let argument = rest.trim_end_matches([')', ';', ' ']).trim();
    let name = name.trim().replace('-', "_");
    if name == "drop_shadow" {
        return Some("a layer has a `shadow`: { \"dy\": 4, \"blur\": 8, \"color\": \"#0004\" }".to_owned());
    }
    let number: f64 = argument.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    let number = if argument.ends_with('%') { number / 100.0 } else { number };
    Some(format!("write {{ \"{name}\": {number} }}"))
}
