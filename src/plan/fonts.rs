//! The fonts that a plan's texts need: packs for their characters, and the template's own fonts for
//! the families that the texts name.

use crate::font::FontFile;
use crate::limits::Limits;
use crate::text::{self, Needed};

use super::{ImageSource, Kind, Layer};

/// The packs for all texts of some layers, in the order in which they are drawn; `lang` is that of
/// the picture.
pub(super) fn needed(layers: &[Layer], lang: Option<&str>, limits: &Limits) -> Needed {
    let mut texts = Vec::new();
    collect(layers, lang, &mut texts);
    text::needed(texts.iter().copied(), limits)
}

/// The template's own fonts whose families the texts name.
pub(super) fn named(layers: &[Layer], fonts: Vec<FontFile>) -> Vec<FontFile> {
    fonts.into_iter().filter(|font| names(layers, font.family.trim())).collect()
}

/// Whether a text names a family.
fn names(layers: &[Layer], family: &str) -> bool {
    layers.iter().any(|layer| match &layer.kind {
        Kind::Text(text) => text.runs.iter().any(|run| run.style.family.trim().eq_ignore_ascii_case(family)),
        _ => names(layer.children(), family),
    })
}

/// All texts with their languages, initials included.
fn collect<'a>(layers: &'a [Layer], lang: Option<&'a str>, texts: &mut Vec<(&'a str, Option<&'a str>)>) {
    for layer in layers {
        match &layer.kind {
            Kind::Text(text) => {
                texts.extend(text.runs.iter().map(|run| (run.text.as_str(), text.style.lang.as_deref())));
            }
            Kind::Image(image) => texts.extend(image.sources.iter().filter_map(|source| match source {
                ImageSource::Initials(letters) => Some((letters.as_str(), lang)),
                ImageSource::Asset(_) => None,
            })),
            _ => collect(layer.children(), lang, texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan;
    use super::*;
    use crate::inputs::Inputs;
    use crate::request::{Format, Options};
    use crate::template::Template;

    fn fonts(document: &str, query: &str, limits: &Limits) -> (Vec<&'static str>, usize) {
        let template = Template::parse(document, limits).unwrap();
        let (values, options) = (template.values(query, limits), Options::read(query, limits));
        let plan = plan(&Inputs::new(&template, &values, &options, Format::Png), limits);
        (plan.packs.iter().map(|pack| pack.name).collect(), plan.warnings.len())
    }

    #[test]
    fn every_text_of_a_plan_counts() {
        let document = r#"{ "width": 90, "height": 90, "params": { "name": { "type": "text", "default": "Jo" } }, "layers": [
            { "type": "stack", "children": [
                { "type": "group", "children": [{ "type": "text", "text": "Hi {{ name }}" }] } ] },
            { "type": "image", "src": "initials:{{ name }}", "width": 9, "height": 9 },
            { "type": "text", "when": "name == 'x'", "text": "ქ" },
            { "type": "text", "text": "שלום" } ] }"#;
        let limits = Limits::default();
        assert_eq!(fonts(document, "", &limits), (vec!["hebrew"], 0));
        assert_eq!(fonts(document, "name=%D9%85", &limits), (vec!["arabic", "hebrew"], 0));
        let few = Limits { packs: 1, ..limits };
        assert_eq!(fonts(document, "name=%D9%85", &few), (vec!["arabic"], 1), "over the budget, and said so");
    }

    #[test]
    fn the_picture_has_a_language() {
        let document = r#"{ "width": 90, "height": 90, "layers": [{ "type": "text", "text": "山" }] }"#;
        for (query, expected) in
            [("", "zh-hans-"), ("_lang=ja", "ja-"), ("_lang=zh-TW", "zh-hant-"), ("_lang=de", "zh-hans-")]
        {
            let (names, _) = fonts(document, query, &Limits::default());
            assert!(names.len() == 1 && names[0].starts_with(expected), "{query}: {names:?}");
        }
    }
}
