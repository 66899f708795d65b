//! JSON → a checked [`Template`], or an error with a path, an expectation and the nearest known
//! name.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::error::Problem;
use crate::limits::Limits;
use crate::locale::{Locale, has_decimal_comma};
use crate::params::{Param, Params};

use super::check::check;
use super::compile::compile;
use super::document::{Align, Document, Frame, Group, Kind, Layer, StackDirection};
pub use super::explain::nearest;
use super::explain::{explain, wrong};
use super::fit::{Misfit, fit};
use super::path::Paths;
use super::reads::Reads;
use super::reshape::reshape;
use super::reuse::{self, Expansion};
use super::templated::Extent;
use super::{Expressions, Template, Templated, order, palette, weigh};

/// Reads and checks a document; see [`Template::parse`].
///
/// # Errors
/// As there.
pub fn parse(json: &str, limits: &Limits) -> Result<Template, Problem> {
    // Editors on Windows begin a file with the mark of UTF-8, which is no JSON.
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    if json.len() > limits.template_bytes {
        return Err(wrong("template-too-large", format!("a template may have {} bytes", limits.template_bytes)));
    }
    let mut value = read(json)?;
    if !value.is_object() {
        return Err(wrong("field-wrong", "a template is a JSON object")
            .remedy("begin with { \"width\": 600, \"height\": 300, …"));
    }
    let expansion = reuse::expand(&mut value, limits)?;
    checked(json, value, &expansion, limits).map_err(|problem| expansion.explained(problem))
}

/// The template of a text, whose JSON is expanded.
fn checked(json: &str, value: Json, expansion: &Expansion, limits: &Limits) -> Result<Template, Problem> {
    let mut document = document(value, limits)?;
    document.order = order::of(json);
    check(&document, limits)?;

    // The text is read a second time, because a copy of the JSON beside its reshaped form would
    // take tens of MB at worst.
    let mut raw = read(json)?;
    reuse::expand(&mut raw, limits)?;
    // The overrides of editions are checked where they stand: in the layers of each edition.
    if let Some(fields) = raw.as_object_mut() {
        fields.remove("sizes");
        fields.remove("dark");
    }
    palette::fill(&mut raw)?;
    let mut expressions = Expressions::new(limits);
    let doubts = compile(&raw, &document, &mut expressions, limits.doubts_in_all)?;
    document.doubts = doubts.into_iter().map(|(path, what)| (expansion.origin(&path), what)).collect();
    let reads = Reads::new(&raw, &expressions);

    let mut digest = [0; 16];
    digest.iter_mut().zip(Sha256::digest(json.as_bytes())).for_each(|(to, from)| *to = from);
    let paths = Paths::of(&document, limits);
    let source = (!document.sizes.is_empty() || document.dark.is_some()).then(|| json.to_owned());
    let weight = weigh::document(&document, json.len().saturating_add(expansion.bytes))
        .saturating_add(source.as_ref().map_or(0, String::len))
        .saturating_add(expressions.weight_bytes())
        .saturating_add(paths.weight_bytes());
    // An eighth more for the slack of the allocator, by which the sum was too small at worst.
    let weight = weight.saturating_add(weight / 8);
    let shows_logos = shows_logos(&document.layers);
    Ok(Template { document, expressions, paths, reads, shows_logos, digest, source, weight })
}

/// Whether one of these layers, or of their children, names the logo of a company.
fn shows_logos(layers: &[Layer]) -> bool {
    let is_logo = |source: &Templated<String>| match source {
        Templated::Literal(text) | Templated::Expression(text) => text.contains("logo:"),
    };
    layers.iter().any(|layer| {
        let is_one = match &layer.kind {
            Kind::Image(image) => std::iter::once(&image.src).chain(&image.fallback).any(is_logo),
            Kind::Qr(code) => code.logo.as_ref().is_some_and(is_logo),
            _ => false,
        };
        is_one || layer.pictures().any(is_logo) || layer.lists().into_iter().any(|(_, layers)| shows_logos(layers))
    })
}

/// Whether a document says that everybody may ask for it, whatever else is wrong with it.
#[must_use]
pub fn claims_public(json: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|json: Json| json.get("access").and_then(Json::as_str) == Some("public"))
}

fn read(json: &str) -> Result<Json, Problem> {
    serde_json::from_str(json).map_err(|error| {
        wrong("template-not-json", format!("this is not JSON: {error}"))
            .remedy("check commas, quotes and brackets there")
    })
}

/// Why a document does not fit its types. `None` if it does, or if something else is wrong before.
pub fn misfit(json: &str, limits: &Limits) -> Option<Misfit> {
    let mut value = read(json.strip_prefix('\u{feff}').unwrap_or(json)).ok()?;
    let expansion = reuse::expand(&mut value, limits).ok()?;
    palette::fill(&mut value).ok()?;
    reshape(&mut value, limits, &mut 0).ok()?;
    fit::<Document>(&value).err().map(|misfit| misfit.moved(|path| expansion.origin(path)))
}

fn document(mut value: Json, limits: &Limits) -> Result<Document, Problem> {
    palette::fill(&mut value)?;
    reshape(&mut value, limits, &mut 0)?;
    let mut document: Document = fit(&value).map_err(|misfit| explain(&misfit))?;
    let comma = document.lang.as_deref().is_some_and(|lang| has_decimal_comma(Locale::of(lang)));
    inherit(&mut document.params, &document.hosts, comma, limits);
    stretch(&mut document.layers);
    Ok(document)
}

/// Gives a chart the side that its stack stretches: without one of its own it has that of a default chart.
fn stretch(layers: &mut [Layer]) {
    for layer in layers {
        let stack = match &mut layer.kind {
            Kind::Stack(stack) => stack,
            Kind::Repeat(repeat) => &mut repeat.stack,
            Kind::Group(Group { children }) | Kind::Frame(Frame { children, .. }) => {
                stretch(children);
                continue;
            }
            _ => continue,
        };
        let is_column = matches!(stack.direction, None | Some(StackDirection::Column));
        for child in &mut stack.children {
            let is_stretched = child.align_self.or(stack.align) == Some(Align::Stretch);
            if is_stretched && child.position.is_none() && matches!(child.kind, Kind::Chart(_)) {
                let side = if is_column { &mut child.width } else { &mut child.height };
                side.get_or_insert(Templated::Literal(Extent::Fill));
            }
        }
        stretch(&mut stack.children);
    }
}

/// Gives params what the whole template says: its hosts where they have none, how its language writes
/// numbers, the most items of lists.
fn inherit(params: &mut Params, hosts: &[String], comma: bool, limits: &Limits) {
    for param in params.values_mut() {
        match param {
            Param::Image(image) if image.hosts.is_empty() => hosts.clone_into(&mut image.hosts),
            Param::Number(number) => number.comma = comma,
            Param::List(list) => {
                list.limit = Some(limits.list_items);
                inherit(&mut list.fields, hosts, comma, limits);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::mistake;

    fn error(json: &str) -> String {
        mistake::parse(json, &Limits::default())
            .err()
            .map_or_else(|| "no error".to_owned(), |problem| problem.to_string())
    }

    fn with_layer(layer: &str) -> String {
        format!(
            r#"{{ "width": 10, "height": 10, "params": {{ "name": {{ "type": "text" }}, "n": {{ "type": "number" }} }},
                 "layers": [{{ "type": "group", "children": [{layer}] }}] }}"#
        )
    }

    #[test]
    fn errors_have_a_path_and_a_remedy() {
        let layer = "layers[0].children[0]";
        for (json, expected) in [
            (with_layer(r#"{ "type": "rect", "widht": 1 }"#), format!("{layer}.widht: there is no field `widht` here (did you mean `width`?)")),
            (with_layer(r#"{ "type": "rct" }"#), format!("{layer}: `rct` is none of `rect`, `ellipse`, `line`, `path`, `text`, `image`, `group`, `stack`, `qr`, `barcode`, `repeat`, `rating`, `progress`, `table`, `chart`, `frame`, `icon`, `component` (did you mean `rect`?)")),
            (with_layer(r#"{ "fill": "red" }"#), format!("{layer}: `type` is missing (add one, such as \"type\": \"text\")")),
            (with_layer(r#"{ "type": "text" }"#), format!("{layer}: `text` is missing")),
            (with_layer(r#"{ "type": "text", "text": "a", "size": "big" }"#), format!("{layer}.size: expected a number or an expression, and found \"big\" (write px, such as 24)")),
            (with_layer(r#"{ "type": "rect", "fill": "reddish" }"#), format!("{layer}.fill: expected a CSS colour such as \"#ff5733\" or an expression, and found \"reddish\" (a colour of the `palette` is \"$reddish\")")),
            (with_layer(r##"{ "type": "rect", "fill": { "type": "linear", "stops": [{ "color": "#fff" }, { "colour": "#fff" }] } }"##), format!("{layer}.fill.stops[1].colour: there is no field `colour` here (did you mean `color`?)")),
            (with_layer(r#"{ "type": "rect", "fill": { "type": "linear", "stops": [] } }"#), format!("{layer}.fill.stops: a gradient has 2 to 32 stops")),
            (with_layer(r#"{ "type": "rect", "shadow": { "blur": "x" } }"#), format!("{layer}.shadow.blur: expected a number or an expression, and found \"x\" (write px, such as 24)")),
            (with_layer(r#"{ "type": "rect", "radius": [1, 2, 3, 4, 5] }"#), format!("{layer}.radius: expected px as a number, or a percentage such as \"50%\", or a list of one to four of them, and found 5")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "fit": "covr" }"#), format!("{layer}.fit: `covr` is none of `cover`, `contain`, `fill`, `none`, `scale-down`, `tile` (did you mean `cover`?)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "focus": "entropie" }"#), format!("{layer}.focus: `entropie` is none of `entropy`, `edges` (did you mean `entropy`?)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "focus": 3 }"#), format!("{layer}.focus: expected a point such as [0.5, 0.3], \"entropy\" or \"edges\", and found 3")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "focus": "edges", "fit": "contain" }"#), format!("{layer}.focus: a picture is searched for a crop with `\"fit\": \"cover\"` only (leave out `focus`, or take `cover`)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "trim": "yes" }"#), format!("{layer}.trim: expected true, false, or a tolerance from 0 to 255, and found \"yes\"")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "trim": 256 }"#), format!("{layer}.trim: expected true, false, or a tolerance from 0 to 255")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "size": "optica" }"#), format!("{layer}.size: `optica` is none of `fit`, `optical` (did you mean `optical`?)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "size": "optical", "fit": "cover" }"#), format!("{layer}.fit: `size` takes the place of `fit` (leave out one of them)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "filter": "greyscale" }"#), format!("{layer}.filter: `greyscale` is none of `none`, `grayscale`, `sepia`, `invert`, `white`, `black`, `brightness`, `contrast`, `saturate`, `hue_rotate`, `blur`, `grain`, `tint`, `duotone` (did you mean `grayscale`?)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "filter": { "tint": "reddish" } }"#), format!("{layer}.filter.tint: expected a CSS colour such as \"#ff5733\" or an expression, and found \"reddish\" (a colour of the `palette` is \"$reddish\")")),
            (with_layer(r##"{ "type": "image", "src": "asset:a.png", "filter": { "duotone": ["#000"] } }"##), format!("{layer}.filter.duotone: expected a list of 2 values, and found 1")),
            (with_layer(r#"{ "type": "rect", "filter": [{ "blur": 3 }, "blur"] }"#), format!("{layer}.filter[1]: `blur` needs a value: {{ \"blur\": … }}")),
            (with_layer(r#"{ "type": "rect", "filter": { "blur": 3, "sepia": 1 } }"#), format!("{layer}.filter: a filter has one name; write several of them as a list")),
            (with_layer(r#"{ "type": "rect", "filter": { "white": 1 } }"#), format!("{layer}.filter: write \"white\" without a value")),
            (with_layer(r#"{ "type": "rect", "backdrop_filter": { "blur": "much" } }"#), format!("{layer}.backdrop_filter.blur: expected a number or an expression, and found \"much\" (write px, such as 24)")),
            (with_layer(r#"{ "type": "rect", "mask": { "type": "rect", "widht": 1 } }"#), format!("{layer}.mask[0].widht: there is no field `widht` here (did you mean `width`?)")),
            (with_layer(r#"{ "type": "rect", "displace": { "blur": 3 } }"#), format!("{layer}.displace: `scale` is missing")),
            (with_layer(r#"{ "type": "rect", "displace": { "src": "linen.jpg", "scale": 3 } }"#), format!("{layer}.displace.src: expected \"backdrop\", or an image such as \"asset:linen.jpg\"")),
            (with_layer(r#"{ "type": "rect", "displace": { "src": "https://logo.com/a.png", "scale": 3 } }"#), format!("{layer}.displace.src: the template does not allow the host of this image (add it: \"hosts\": [\"logo.com\"])")),
            (with_layer(r#"{ "type": "rect", "mask_type": "alpha" }"#), format!("{layer}.mask_type: `mask_type` has no effect without `mask` (add \"mask\": {{ \"type\": \"ellipse\" }}, or leave it out)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "contrast": "automatic" }"#), format!("{layer}.contrast: `automatic` is none of `none`, `auto` (did you mean `auto`?)")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "dark_src": "asset:b.png" }"#), format!("{layer}.dark_src: `dark_src` has no effect without `contrast` (add \"contrast\": \"auto\")")),
            (with_layer(r#"{ "type": "image", "src": "asset:a.png", "contrast": "auto", "dark_src": "https://logo.com/a.png" }"#), format!("{layer}.dark_src: the template does not allow the host of this image (add it: \"hosts\": [\"logo.com\"])")),
            (with_layer(r#"{ "type": "text", "text": "{{ nmae }}" }"#), format!("{layer}.text: there is no param `nmae` (did you mean `name`?)")),
            (with_layer(r#"{ "type": "rect", "when": "points > 1" }"#), format!("{layer}.when: there is no param `points` (declare it: \"params\": {{ \"points\": {{ \"type\": \"number\" }} }})")),
            (r#"{ "width": 10, "height": 10, "layers": [], "tilte": "" }"#.to_owned(), "tilte: there is no field `tilte` here (did you mean `title`?)".to_owned()),
            (r#"{ "width": 0, "height": 10, "layers": [] }"#.to_owned(), "width: a side has 1 to 4096 px".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "text", "max": 1 } } }"#.to_owned(), "params.a.max: there is no field `max` here (did you mean `max_chars`?)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "A": { "type": "text" } } }"#.to_owned(), "params.A: a param's name has lower-case letters, digits and `_`, a letter first (rename it: a)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "choice", "choices": ["x"], "default": "y" } } }"#.to_owned(), "params.a.default: the default is none of the choices (it may be `x`)".to_owned()),
            ("{".to_owned(), "this is not JSON: the text ends in an object at line 1 column 1 (close what is open: a quote, a `]` or a `}`)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "lang": "de-at" }"#.to_owned(), "lang: expected a language such as \"de\" or \"pt-BR\" (BCP 47) (did you mean `de-AT`?)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "lang": "German!" }"#.to_owned(), "lang: expected a language such as \"de\" or \"pt-BR\" (BCP 47)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "datetime", "default": "03/04/2026" } } }"#.to_owned(), "params.a.default: expected a date such as \"2026-03-14\" or \"2026-03-14T15:30:00+01:00\"".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "datetime", "timezone": "CET" } } }"#.to_owned(), "params.a.timezone: expected a distance from UTC such as \"+01:00\" or \"Z\" (zones by name are not built in: their rules change every year)".to_owned()),
            ("[]".to_owned(), "expected an object in { }, and found a list".to_owned()),
        ] {
            assert_eq!(error(&json), expected, "{json}");
        }
    }

    #[test]
    fn a_chart_has_the_side_that_its_stack_stretches() {
        let sides = |stack: &str, chart: &str| {
            let json = format!(
                r#"{{ "width": 9, "height": 9, "layers": [{{ "type": "group", "children": [{{ "type": "stack" {stack},
                     "children": [{{ "type": "chart", "items": "[1]" {chart} }}] }}] }}] }}"#
            );
            let template = Template::parse(&json, &Limits::default()).unwrap();
            let chart = template.document.layers[0].children().next().unwrap().children().next().unwrap();
            let fills = |side: &Option<Templated<Extent>>| *side == Some(Templated::Literal(Extent::Fill));
            (fills(&chart.width), fills(&chart.height))
        };
        assert_eq!(sides("", ""), (false, false));
        assert_eq!(sides(r#", "align": "stretch""#, ""), (true, false));
        assert_eq!(sides(r#", "align": "stretch", "direction": "row""#, ""), (false, true));
        assert_eq!(sides("", r#", "align_self": "stretch""#), (true, false));
        assert_eq!(sides(r#", "align": "stretch""#, r#", "align_self": "start""#), (false, false));
        assert_eq!(sides(r#", "align": "stretch""#, r#", "width": 4"#), (false, false));
        assert_eq!(sides(r#", "align": "stretch""#, r#", "position": "absolute""#), (false, false));
    }

    #[test]
    fn budgets_hold() {
        let nested =
            (0..200).fold("[]".to_owned(), |inner, _| format!(r#"[{{ "type": "group", "children": {inner} }}]"#));
        assert!(
            error(&format!(r#"{{ "width": 9, "height": 9, "layers": {nested} }}"#)).contains("JSON"),
            "too deep for JSON"
        );
        let nested =
            (0..20).fold("[]".to_owned(), |inner, _| format!(r#"[{{ "type": "group", "children": {inner} }}]"#));
        assert!(error(&format!(r#"{{ "width": 9, "height": 9, "layers": {nested} }}"#)).contains("12 deep"));
        let many = vec![r#"{ "type": "rect" }"#; 401].join(",");
        assert!(error(&format!(r#"{{ "width": 9, "height": 9, "layers": [{many}] }}"#)).contains("400 layers"));
        assert!(error(&" ".repeat(300_000)).contains("bytes"));
        assert!(error(r#"{ "width": 4000, "height": 4000, "layers": [] }"#).contains("pixels"));
    }
}
