//! The picture for nobody: a template without personal values.
//!
//! The pictures of a campaign differ only in a name, so each is drawn and compressed as a change of
//! one common picture. The common picture may depend on the request alone, because one URL has one
//! file.
//!
//! Invariant: two requests have the same picture for nobody if they agree in the template, in every
//! param that is not [personal](crate::params::Param::is_personal), and in the options. It contains
//! no value of a recipient.

use crate::inputs::Inputs;
use crate::limits::Limits;
use crate::params::{Param, Values};
use crate::plan::Plan;
use crate::template::Template;

/// The values of the picture for nobody: the request's values that are not personal, and the
/// template's own fallbacks.
pub fn values(inputs: &Inputs<'_>, limits: &Limits) -> Values {
    let mut values = inputs.template.values("", limits);
    values.extend(shared(inputs));
    values
}

/// The key of the picture for nobody. It contains values, so it may be long.
pub fn key(inputs: &Inputs<'_>, plan: &Plan) -> String {
    let digest = u128::from_be_bytes(inputs.template.digest);
    let shared = shared(inputs);
    let given: Vec<_> = shared.iter().map(|(name, resolved)| (name, &resolved.value)).collect();
    let size = (inputs.options.width, inputs.options.dpr.map(f32::to_bits));
    // Quotes in a value are escaped, so that two different lists never give the same text.
    let mut key = format!("{digest:x} {size:?} {:?} {given:?}", inputs.options.lang);
    if !plan.fonts.is_empty() {
        plan.packs.iter().for_each(|pack| key.extend([" ", pack.name]));
    }
    key
}

/// Number of bottom layers of a template that use no personal param; 0 if the background uses one.
pub fn backdrop_layers(template: &Template) -> usize {
    let (params, reads) = (&template.document.params, &template.reads);
    // A name that is not declared as a param may stand for any param.
    let is_personal = |name: &String| params.get(name).is_none_or(Param::is_personal);
    if reads.background.iter().any(is_personal) {
        return 0;
    }
    reads.layers.iter().take_while(|names| !names.iter().any(is_personal)).count()
}

/// Number of a plan's layers that are among the [`backdrop_layers`] of its template.
pub fn backdrop_items(template: &Template, plan: &Plan) -> usize {
    let layers = backdrop_layers(template);
    plan.layers.iter().take_while(|layer| index(&layer.path).is_some_and(|index| index < layers)).count()
}

/// The index of a top-level layer: 3 of `layers[3]`.
fn index(path: &str) -> Option<usize> {
    path.strip_prefix("layers[")?.strip_suffix(']')?.parse().ok()
}

/// The values of a request that are not personal.
fn shared(inputs: &Inputs<'_>) -> Values {
    let params = &inputs.template.document.params;
    let is_shared = |name: &String| params.get(name).is_some_and(|param| !Param::is_personal(param));
    let mut shared = Values::new();
    let values = inputs.values.iter().filter(|(name, _)| is_shared(name));
    shared.extend(values.map(|(name, value)| (name.clone(), value.clone())));
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;
    use crate::request::{Format, Options};

    #[test]
    fn the_backdrop_ends_below_the_first_personal_layer() {
        let document = |background: &str, when: &str| {
            format!(
                r##"{{ "width": 90, "height": 90, "background": "{background}",
                    "params": {{ "name": {{ "type": "text" }}, "accent": {{ "type": "color" }} }}, "layers": [
                    {{ "type": "rect", "fill": "{{{{ accent }}}}" }},
                    {{ "type": "group", "when": "{when}", "children": [{{ "type": "text", "text": "Hi" }}] }},
                    {{ "type": "group", "children": [{{ "type": "text", "text": "{{{{ name }}}}" }}] }},
                    {{ "type": "rect", "fill": "#000" }} ] }}"##
            )
        };
        let limits = Limits::default();
        for (background, when, expected) in
            [("#fff", "true", 2), ("#fff", "name", 1), ("#fff", "false", 1), ("{{ name }}", "true", 0)]
        {
            let template = Template::parse(&document(background, when), &limits).unwrap();
            let (values, options) = (template.values("", &limits), Options::default());
            let inputs = Inputs::new(&template, &values, &options, Format::Png);
            let plan = plan::plan(&inputs, &limits);
            assert_eq!(backdrop_items(&template, &plan), expected, "{background}, {when}");
        }
    }
}
