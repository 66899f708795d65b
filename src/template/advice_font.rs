//! What a text says of its font and means otherwise: a weight beside the family, a part of its name.

use super::document::FontFile;
use super::{foreign, meant};

/// The family that a text has without a `font`.
const EMBEDDED: &str = "Inter";

/// What is meant by a font that is none of the template's, but for its weight or a part of its name. An
/// uploaded one may have any name.
pub fn of(font: &str, fonts: &[FontFile]) -> Option<String> {
    let own = || fonts.iter().map(|font| font.family.as_str());
    let families = || own().chain([EMBEDDED]);
    if families().any(|family| family.eq_ignore_ascii_case(font)) {
        return None;
    }
    if font.contains("px") {
        return Some("it is a family alone, such as \"Inter\": `size` and `weight` stand beside it".to_owned());
    }
    let known = |name: &str| families().find(|family| family.eq_ignore_ascii_case(name));
    let mut words: Vec<&str> = font.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let mut looks = Vec::new();
    while let Some((weight, word)) = words.pop().map(|word| (meant::weight(word), word)) {
        match weight {
            Some(weight) => looks.push(format!("\"weight\": {weight}")),
            None if matches!(word.to_ascii_lowercase().as_str(), "italic" | "oblique") => {
                looks.push("\"italic\": true".to_owned());
            }
            None => break,
        }
        if let Some(family) = known(&words.join(" ")) {
            looks.reverse();
            return Some(format!("it is a family alone: write \"{family}\", and {} beside it", looks.join(" and ")));
        }
    }
    let begins = |family: &&str| family.to_ascii_lowercase().starts_with(&font.to_ascii_lowercase());
    let near = own().find(begins).or_else(|| foreign::alike(font, own()))?;
    Some(format!("the template has no font of this name: did you mean \"{near}\"?"))
}
