//! The fonts that a plan's texts need: packs for their characters, and the template's own fonts for
//! the families that the texts name.

use std::borrow::Cow;

use crate::font::{FontFile, Forms};
use crate::limits::Limits;
use crate::text::{self, Needed};

use super::{ImageSource, Kind, Layer, Stack};

/// The packs for all texts of some layers, in the order in which they are drawn. Texts that leave
/// open whose Han letters they have are told: the same as chose their packs, and not the first pack
/// that another text needs.
pub(super) fn needed(layers: &mut [Layer], limits: &Limits) -> Needed {
    let mut texts = Vec::new();
    collect(layers, &mut texts);
    let needed = text::needed(texts.iter().map(|(text, lang)| (text.as_ref(), *lang)), limits);
    if needed.forms.is_some() {
        tell(layers, needed.forms);
    }
    needed
}

/// The template's own fonts whose families the texts name.
pub(super) fn named(layers: &[Layer], fonts: Vec<FontFile>) -> Vec<FontFile> {
    fonts.into_iter().filter(|font| names(layers, font.family.trim())).collect()
}

/// Whether a text names a family.
fn names(layers: &[Layer], family: &str) -> bool {
    layers.iter().any(|layer| {
        let is_named = match &layer.kind {
            Kind::Text(text) => text.runs.iter().any(|run| run.style.family.trim().eq_ignore_ascii_case(family)),
            _ => names(layer.children(), family),
        };
        is_named || names(&layer.mask, family)
    })
}

/// All texts with their languages, initials included.
fn collect<'a>(layers: &'a [Layer], texts: &mut Vec<(Cow<'a, str>, Option<&'a str>)>) {
    for layer in layers {
        match &layer.kind {
            Kind::Text(text) => {
                // One text, so that its runs tell each other the language.
                let whole = match text.runs.as_slice() {
                    [run] => Cow::Borrowed(run.text.as_str()),
                    runs => runs.iter().map(|run| run.text.as_str()).collect(),
                };
                texts.push((whole, text.style.lang.as_deref()));
            }
            Kind::Image(image) => texts.extend(image.sources.iter().filter_map(|source| match source {
                ImageSource::Initials(initials) => Some((initials.letters.as_str().into(), initials.lang.as_deref())),
                ImageSource::Asset(_) => None,
            })),
            _ => collect(layer.children(), texts),
        }
        collect(&layer.mask, texts);
    }
}

/// Tells all texts whose Han letters they have if they leave it open.
fn tell(layers: &mut [Layer], forms: Option<Forms>) {
    for layer in layers {
        match &mut layer.kind {
            Kind::Text(text) => text.style.forms = forms,
            Kind::Image(image) => {
                for source in &mut image.sources {
                    if let ImageSource::Initials(initials) = source {
                        initials.forms = forms;
                    }
                }
            }
            Kind::Group(children) | Kind::Stack(Stack { children, .. }) => tell(children, forms),
            Kind::Shape(_) => {}
        }
        tell(&mut layer.mask, forms);
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

    /// Whose Han letters each text has that leaves it open.
    fn forms(layers: &str, query: &str) -> Vec<Option<Forms>> {
        let document = format!(r#"{{ "width": 90, "height": 90, "layers": [{layers}] }}"#);
        let limits = Limits::default();
        let template = Template::parse(&document, &limits).unwrap();
        let (values, options) = (template.values(query, &limits), Options::read(query, &limits));
        let plan = plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
        let forms = plan.layers.iter().map(|layer| match &layer.kind {
            Kind::Text(text) => text.style.forms,
            Kind::Image(image) => image.sources.iter().find_map(|source| match source {
                ImageSource::Initials(initials) => initials.forms,
                ImageSource::Asset(_) => None,
            }),
            _ => None,
        });
        forms.collect()
    }

    #[test]
    fn texts_tell_each_other_whose_han_letters_they_have() {
        let (han, initials) =
            (r#"{"type":"text","text":"直"}"#, r#"{"type":"image","src":"initials:直","width":9,"height":9}"#);
        let text = |text: &str| format!(r#"{han},{initials},{{"type":"text","text":{text}}}"#);
        for (layers, expected) in [
            (text(r#""Maria""#), Some(Forms::Hans)),
            (text(r#""さくら""#), Some(Forms::Ja)),
            (text(r#"[{ "text": "山田" }, { "text": "さん" }]"#), Some(Forms::Ja)),
            // A language that one text declares is its own.
            (text(r#""歐", "lang": "zh-Hant""#), Some(Forms::Hans)),
        ] {
            assert_eq!(forms(&layers, ""), [expected; 3], "{layers}");
        }
        assert_eq!(forms(r#"{"type":"text","text":"Maria"}"#, ""), [None], "no pack, and nothing to tell");
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
