//! A document with a mistake → what its author meant: the words of other tools, the units of CSS.
//!
//! Who writes templates asks for it: the command line, Studio, publishing. Who draws them does not, so that
//! none of these words is part of the Worker that answers recipients: there [`explain`](super::explain) has
//! to do.

use serde_json::Value as Json;

use crate::error::Problem;
use crate::limits::Limits;

use super::document::{self, Layer, Repeat};
use super::explain::{list, wrong};
use super::fit::Misfit;
use super::{Template, dialect, foreign, guess, meant, meant_word, member, parse, repeat, reuse, twice, written};

/// Most names that an error lists: nobody reads more.
const MAX_LISTED: usize = 12;

/// Reads a document as [`Template::parse`] does; an error says what was meant.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::template::mistake;
///
/// let json = r#"{ "width": 600, "height": 200, "layers": [{ "type": "text", "text": "Hi", "font_size": "24px" }] }"#;
/// let problem = mistake::parse(json, &Limits::default()).err().map(|problem| problem.to_string());
/// let expected = "layers[0].font_size: there is no field `font_size` here (did you mean `size`?)";
/// assert_eq!(problem.as_deref(), Some(expected));
/// ```
///
/// # Errors
/// As there.
pub fn parse(json: &str, limits: &Limits) -> Result<Template, Problem> {
    let mut template = Template::parse(json, limits).map_err(|problem| better(json, problem, limits))?;
    let text = json.strip_prefix('\u{feff}').unwrap_or(json);
    let twice = twice::of(text, limits.doubts_in_all).into_iter();
    template
        .document
        .doubts
        .extend(twice.map(|place| (place, "it stands here twice, and only the last one counts".to_owned())));
    let members = member::of(text, &template, limits);
    template.document.doubts.extend(members);
    Ok(template)
}

/// The same problem in better words.
fn better(json: &str, problem: Problem, limits: &Limits) -> Problem {
    if problem.code == "template-not-json" {
        return not_json(json).unwrap_or(problem);
    }
    let document: Json = serde_json::from_str(json.strip_prefix('\u{feff}').unwrap_or(json)).unwrap_or_default();
    let at = |path: &str| place(&document, path);
    let path = problem.field.clone().unwrap_or_default();
    if matches!(problem.code, "expression-wrong" | "param-unknown") {
        let source = at(&path).and_then(Json::as_str).unwrap_or_default();
        let other = in_palette(&document, &problem, source).or_else(|| as_item(&document, &problem));
        return other.unwrap_or_else(|| in_expression(problem, source));
    }
    match parse::misfit(json, limits) {
        Some(misfit) => {
            let value = at(misfit.path());
            let is_of_palette =
                |name: &&str| document.get("palette").is_some_and(|palette| palette.get(name).is_some());
            if misfit.message.contains("colour")
                && let Some(name) = value.and_then(Json::as_str).filter(is_of_palette)
            {
                let remedy = format!("a colour of the palette has a sign: \"${name}\"");
                return explain(&misfit, &Written { value, layer: None }).remedy(remedy);
            }
            let layer = at(misfit.path().rsplit_once('.').map_or("", |(layer, _)| layer));
            explain(&misfit, &Written { value, layer })
        }
        None => match written::rule(&problem, at(&path)) {
            Some(remedy) => {
                let message = match path.starts_with("palette.") {
                    true => problem.message.replace("a param's name", "the name of a colour"),
                    false => problem.message,
                };
                Problem { message, ..problem }.remedy(remedy)
            }
            None => problem,
        },
    }
}

/// What is written where a document does not fit its types.
struct Written<'j> {
    /// The value itself.
    value: Option<&'j Json>,
    /// What it is a field of.
    layer: Option<&'j Json>,
}

impl Written<'_> {
    /// Whether it is a field of a layer of this type.
    fn is_in(&self, kind: &str) -> bool {
        self.layer.and_then(|layer| layer.get("type")).and_then(Json::as_str) == Some(kind)
    }
}

/// An item that is called by its usual name, in a layer that gives its items another one.
fn as_item(json: &Json, problem: &Problem) -> Option<Problem> {
    let path = problem.field.as_deref()?;
    let name = problem.message.strip_prefix("there is no param `")?.strip_suffix('`')?;
    let layers = path.match_indices('.').filter_map(|(end, _)| place(json, path.get(..end)?));
    let mut names = layers.filter_map(|layer| layer.get("as").and_then(Json::as_str));
    if let Some(called) = names.next_back().filter(|_| name == document::ITEM) {
        return Some(problem.clone().remedy(format!("the items are called `{called}` here, as the layer's `as` says")));
    }
    let is_here = |layer: &Json| layer.as_object().is_some_and(|layer| repeat::item(layer).is_some());
    if let Some((_, list)) = place(json, path).and_then(Json::as_str).and_then(|source| source.split_once(" in "))
        && path.ends_with(".items")
    {
        return Some(problem.clone().remedy(format!("write the list alone: \"{}\"", list.trim())));
    }
    if matches!(name, document::ITEM | document::LOOP) {
        let remedy =
            format!("`{name}` is there in the `children` of a `repeat`, and in the texts of a table or a chart");
        return Some(problem.clone().remedy(remedy));
    }
    if matches!(name, "this" | "element" | "row" | "index" | "today" | "date") {
        return None;
    }
    // `product.name` in a repeat.
    let source = place(json, path)?.as_str()?;
    let member = reuse::members(source, name).next()?;
    let mut layers = path.match_indices('.').filter_map(|(end, _)| place(json, path.get(..end)?));
    let layer = layers.rfind(|layer| is_here(layer));
    let plain = snake(member);
    let declared = [plain.clone(), format!("{}_{plain}", snake(name))];
    let declared = declared.into_iter().find(|name| json.get("params").and_then(|params| params.get(name)).is_some());
    let name = &snake(name);
    let remedy = match layer {
        None if declared.is_some() => {
            format!("a param has no fields: write `{}`", declared.unwrap_or_default())
        }
        Some(layer) => {
            let item = layer.as_object().and_then(repeat::item)?;
            format!("an item is called `{item}` here: write `{item}.{member}`, or give the layer \"as\": \"{name}\"")
        }
        None => format!(
            "a param has no fields: write `{name}_{plain}`, and declare \"params\": {{ \"{name}_{plain}\": {} }}",
            guess::declaration(&format!("{name}_{plain}"), path, source)
        ),
    };
    let is_undeclared = problem.remedy.as_deref().is_some_and(|remedy| remedy.starts_with("declare it: \"params\""));
    is_undeclared.then(|| problem.clone().remedy(remedy))
}

/// A name as a param may have it: `first_name` for `firstName` and `FirstName`.
fn snake(name: &str) -> String {
    let mut plain = String::new();
    let mut is_inside = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && is_inside {
            plain.push('_');
        }
        is_inside = c.is_ascii_lowercase() || c.is_ascii_digit();
        plain.push(c.to_ascii_lowercase());
    }
    plain
}

/// A name in an expression that is a colour of the palette.
fn in_palette(json: &Json, problem: &Problem, source: &str) -> Option<Problem> {
    let palette = json.get("palette")?;
    let unknown = problem.message.strip_prefix("there is no param `").and_then(|rest| rest.strip_suffix('`'));
    let name = match unknown {
        Some(object @ ("palette" | "colors" | "colours" | "theme")) => reuse::members(source, object).next()?,
        Some(name) => name,
        None => source.split_once('$')?.1.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?,
    };
    palette.get(name)?;
    Some(problem.clone().remedy(format!("a colour of the palette is \"${name}\", without braces")))
}

/// What is written at a path such as `layers[0].text`.
fn place<'j>(json: &'j Json, path: &str) -> Option<&'j Json> {
    let mut place = json;
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        place = match part.strip_suffix(']') {
            Some(index) => place.get(index.parse::<usize>().ok()?)?,
            None => place.get(part)?,
        };
    }
    Some(place)
}

/// A problem of an expression, or of a name in it, with what to write instead.
fn in_expression(problem: Problem, source: &str) -> Problem {
    let named = |start: &str| {
        let rest = problem.message.strip_prefix(start)?.strip_prefix('`')?;
        rest.split('`').next().map(str::to_owned)
    };
    let is_general = ["unexpected", "a value", "write `==`", "an `{% if", "a statement is not"]
        .iter()
        .any(|start| problem.message.strip_prefix("syntax error: ").is_some_and(|message| message.starts_with(start)))
        || named("the statement ").is_some();
    if source.contains("??") && problem.message.starts_with("syntax error") {
        let message = "syntax error: there is no `??`".to_owned();
        return Problem { message, ..problem }.remedy("write `{{ name | default('friend') }}`");
    }
    let is_condition = problem.field.as_deref().is_some_and(|path| path.ends_with(".when"));
    let bare = source.trim_start_matches(['{', '%', '-', ' ']);
    if is_condition && let Some(condition) = bare.strip_prefix("if ") {
        let condition = condition.split("%}").next().unwrap_or_default().trim();
        let message = "a condition stands alone".to_owned();
        return Problem { message, ..problem }.remedy(format!("write \"{}\"", condition.replace('"', "'")));
    }
    if problem.message.starts_with("a condition stands without braces") {
        return in_braces(problem, source);
    }
    if let Some(name) = spaced(source).filter(|_| problem.message.starts_with("syntax error: unexpected")) {
        let message = "syntax error: there are several words beside each other".to_owned();
        return Problem { message, ..problem }.remedy(format!("a name has no spaces: `{name}`"));
    }
    if let Some(words) = listed_in(source).filter(|_| problem.message.starts_with("syntax error")) {
        return problem.remedy(format!("a list has square brackets: `in [{words}]`"));
    }
    if source.contains("{{^") && problem.message.starts_with("syntax error") {
        let message = "syntax error: this is the tag of another language".to_owned();
        return Problem { message, ..problem }.remedy("write `{% if not name %}` … `{% endif %}`");
    }
    if source.contains("{{{") && problem.message.starts_with("syntax error") {
        return problem.remedy("write two braces, and no three");
    }
    if let Some(name) = named("there is no test ")
        && let Some(advice) = dialect::advice(&name)
        && !matches!(name.as_str(), "empty" | "blank" | "null" | "nil")
    {
        return Problem { message: format!("there is no test `{name}`"), ..problem }.remedy(advice);
    }
    if let Some(name) = named("there is no filter ").or_else(|| named("there is no function ")) {
        return called(problem, &name);
    }
    if let Some(name) = named("the statement ")
        && dialect::advice(&name).is_none()
        && dialect::words(source).windows(2).any(|pair| pair == [name.as_str(), "%"])
    {
        return problem.remedy(format!("to print a value, write `{{{{ {name} }}}}`"));
    }
    if problem.message.contains("an expression ends with two braces")
        && source.matches("{%").count() > source.matches("%}").count()
    {
        return Problem { message: "syntax error: a statement ends with `%}`".to_owned(), ..problem };
    }
    if problem.code == "expression-wrong" {
        let advice = dialect::advice(source).filter(|_| is_general);
        return match advice {
            Some(advice) => {
                let message = problem.message.replace("write `==` to compare", "it cannot be read");
                Problem { message, ..problem }.remedy(advice)
            }
            None => match unread(&problem.message, source) {
                Some(remedy) => problem.remedy(remedy),
                None => problem,
            },
        };
    }
    let Some(name) = named("there is no param ") else { return problem };
    let is_undeclared = problem.remedy.as_deref().is_some_and(|remedy| remedy.starts_with("declare it: \"params\""));
    if !is_undeclared {
        return problem;
    }
    // No param has capitals.
    if let Some(advice) = dialect::advice(&name).filter(|_| name.contains(|c: char| c.is_ascii_uppercase())) {
        return problem.remedy(advice);
    }
    let path = problem.field.clone().unwrap_or_default();
    let known = match name.as_str() {
        "index" | "counter" | "idx" => Some("in a repeat, `loop.index` counts from 1"),
        "this" | "element" | "row" => Some("in a repeat, each is `item`, or what its `as` says: `{{ item.name }}`"),
        "today" | "date" => {
            Some("the time at which a picture is seen is `now`, with \"now\": { \"every\": \"day\" } in the template")
        }
        _ => None,
    };
    if let Some(known) = known {
        return problem.remedy(known);
    }
    let declaration = guess::declaration(&name, &path, source);
    let plain = snake(&name);
    // What stands alone in a comparison may be a text without its quotes.
    let is_argument = source.contains(&format!("({name})"));
    let or_text = if is_argument || path.ends_with(".when") && (source.contains("==") || source.contains("!=")) {
        format!("; a text has quotes: '{name}'")
    } else {
        String::new()
    };
    match plain == name {
        true => problem.remedy(format!("declare it: \"params\": {{ \"{name}\": {declaration} }}{or_text}")),
        false => problem.remedy(format!(
            "write `{plain}`, in small letters, and declare \"params\": {{ \"{plain}\": {declaration} }}{or_text}"
        )),
    }
}

/// A condition or a list in braces.
fn in_braces(problem: Problem, source: &str) -> Problem {
    let inside = source.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    let inside = inside.map(str::trim).filter(|inside| !inside.is_empty() && !inside.contains(['{', '}']));
    let is_list = problem.field.as_deref().is_some_and(|path| path.ends_with(".items"));
    let message = match is_list {
        true => "a list stands without braces".to_owned(),
        false => problem.message.clone(),
    };
    let problem = Problem { message, ..problem };
    // `{{ n }} > 3`.
    let plain = source.replace("{{", "").replace("}}", "");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = Some(plain).filter(|plain| !plain.is_empty() && !plain.contains(['{', '}']));
    match inside.map(str::to_owned).or(plain) {
        Some(inside) => problem.remedy(format!("write \"{}\"", inside.replace('"', "'"))),
        None => problem,
    }
}

/// `first_name` for the words of `{{ first name }}`, alone or before a filter.
fn spaced(source: &str) -> Option<String> {
    let inside = match source.split_once("{{") {
        Some((_, rest)) => rest.split_once("}}")?.0,
        None => source,
    };
    let words: Vec<&str> = inside.split('|').next()?.split_whitespace().collect();
    let is_word = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !KEYWORDS.contains(word)
            && dialect::advice(word).is_none()
    };
    (matches!(words.len(), 2 | 3) && words.iter().all(is_word)).then(|| words.join("_").to_ascii_lowercase())
}

/// The words of an expression that are no names.
const KEYWORDS: [&str; 12] =
    ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "defined", "undefined"];

/// `'a', 'b'` of `in ('a', 'b')`.
fn listed_in(source: &str) -> Option<&str> {
    let (_, rest) = source.split_once(" in (")?;
    let (words, _) = rest.split_once(')')?;
    words.contains(',').then(|| words.trim())
}

/// What to write where an expression goes on with a sign or a word that it cannot go on with.
fn unread(message: &str, source: &str) -> Option<&'static str> {
    let found = message.strip_prefix("syntax error: unexpected `")?.strip_suffix('`')?;
    match found {
        "," if has_grouped_digits(source) => Some("a number has nothing between its digits: `5000`"),
        "." => Some("brackets stand around a filter: `(cart | first).name`"),
        ">" => Some("there are no partials: layers that templates share are `components`"),
        "," => Some("`~` joins texts, and a list stands in brackets: `[a, b]`"),
        "|" if source.trim_start_matches(['{', ' ']).starts_with('|') => {
            Some("a filter stands behind a value: `name | upper`")
        }
        _ => {
            let is_word = found.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let is_keyword = ["and", "or", "not", "is", "in", "else"].contains(&found);
            (is_word && !is_keyword).then_some("`~` joins two values: `a ~ ' ' ~ b`")
        }
    }
}

/// Whether a source has a number such as `5,000`.
fn has_grouped_digits(source: &str) -> bool {
    let is_group = |signs: &[u8]| match signs {
        [first, b',', rest @ ..] => first.is_ascii_digit() && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    source.as_bytes().windows(5).any(is_group)
}

/// The problem of a filter or a function that there is not.
fn called(problem: Problem, name: &str) -> Problem {
    let names = super::expression::filter_names();
    let what = if problem.message.starts_with("there is no filter") { "filter" } else { "function" };
    let advice = foreign::advice(name).or_else(|| dialect::advice(name));
    let near = foreign::name(name, &names);
    let near = near.or_else(|| foreign::alike(name, names.iter().copied()).filter(|_| advice.is_none()));
    let (near, advice) = match name {
        "format" | "printf" | "sprintf" => {
            (None, Some("two places are `n | number(2)`, and money is `n | money('EUR')`"))
        }
        _ => (near, advice),
    };
    let message = format!("there is no {what} `{name}`");
    match (near, advice) {
        (Some(near), _) if what == "filter" => {
            Problem { message: format!("{message}: did you mean `{near}`?"), ..problem }
        }
        (Some(near), _) => Problem { message, ..problem }.remedy(format!("write the filter: `name | {near}`")),
        (None, Some(advice)) => Problem { message, ..problem }.remedy(advice),
        (None, None) if what == "filter" => {
            Problem { message: format!("{message}; docs/filters.md lists them"), ..problem }
        }
        (None, None) => problem,
    }
}

/// What is wrong with a text that is no JSON.
fn not_json(json: &str) -> Option<Problem> {
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let error = serde_json::from_str::<serde_json::Value>(json).err()?;
    let said = error.to_string().replace("EOF while parsing", "the text ends in");
    let here = json.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let here = here.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let remedy = if error.is_eof() {
        "close what is open: a quote, a `]` or a `}`"
    } else if said.starts_with("trailing comma") {
        "take away the comma before the bracket"
    } else if here.starts_with('\'') {
        "write \" and not '"
    } else if here.starts_with('/') {
        "JSON has no comments: take it away"
    } else if said.starts_with("key must be a string") {
        "put the name into double quotes"
    } else {
        "check commas, quotes and brackets there"
    };
    Some(wrong("template-not-json", format!("this is not JSON: {said}")).remedy(remedy))
}

/// Says in the words of a document why it does not fit its types.
fn explain(misfit: &Misfit, here: &Written<'_>) -> Problem {
    let (path, message) = (misfit.path(), misfit.message.as_str());
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().unwrap_or("");
    let mut known: Vec<&str> = quoted.collect();
    let problem = if message.starts_with("unknown field") {
        let mut own = known.len();
        if misfit.is_in_kind() {
            // `scope` is what is made of a component's use.
            known.extend(Layer::COMMON_FIELDS.iter().filter(|field| **field != "scope"));
        }
        if here.is_in("repeat") {
            // Its own fields come first, which serde does not name beside those of its stack.
            known.splice(..0, Repeat::OWN_FIELDS.iter().copied());
            own = own.saturating_add(Repeat::OWN_FIELDS.len());
        }
        let problem = wrong("field-unknown", format!("there is no field `{found}` here"));
        if path.contains(".stroke.") {
            return problem
                .at(path)
                .remedy("`stroke` is a colour or a gradient; its width is `stroke_width` beside it");
        }
        match written::other_field(found, here.layer).or_else(|| suggested(found, &known)) {
            Some(remedy) => problem.remedy(remedy),
            None if known.is_empty() => problem,
            // Those of its own type are named first.
            None => problem.remedy(format!("known here: {}", listed(&known, own))),
        }
    } else if message.starts_with("unknown variant") {
        let problem = wrong("word-unknown", format!("`{found}` is none of {}", list(&known)));
        match written::chart(found, here.value)
            .or_else(|| meant_word::of(path, found, &known))
            .or_else(|| suggested(found, &known))
            .or_else(|| written::param(path, here.value))
        {
            Some(remedy) => problem.remedy(remedy),
            None => problem,
        }
    } else if message.starts_with("missing field") {
        let problem = wrong("field-missing", format!("`{found}` is missing"));
        if matches!(found, "x1" | "y1" | "x2" | "y2") {
            return problem.at(path).remedy("a line has two points: \"x1\": 0, \"y1\": 0, \"x2\": 100, \"y2\": 0");
        }
        let is_paint = [".fill", ".stroke", "background"].iter().any(|field| path.ends_with(field));
        match found == "type" && is_paint {
            true if let Some(color) = here.value.and_then(written::channels) => {
                problem.remedy(format!("write \"{color}\""))
            }
            true => problem.remedy("a colour stands alone, as in \"#fff\"; a gradient has \"type\": \"linear\""),
            false => problem,
        }
    } else {
        let (message, remedy) = meant::problem(message, path, here.value);
        let remedy = written::value(path, &message, here.value).or_else(|| written::param(path, here.value)).or(remedy);
        // A param is written as its type alone.
        let is_type = message.ends_with("found a word alone");
        let remedy = remedy.or_else(|| {
            is_type.then(|| match path.starts_with("params.") {
                true => "write { \"type\": \"text\" }".to_owned(),
                false => "give the word its value, as in { \"tint\": \"#14142b\" }".to_owned(),
            })
        });
        Problem { remedy, ..wrong("field-wrong", message) }
    };
    if path.is_empty() { problem } else { problem.at(path) }
}

/// The known name that was meant, or advice. `None` if there is neither.
fn suggested(found: &str, known: &[&str]) -> Option<String> {
    let did_you_mean = |name: &str| format!("did you mean `{name}`?");
    foreign::name(found, known)
        .map(did_you_mean)
        .or_else(|| foreign::advice(found).map(str::to_owned))
        .or_else(|| foreign::alike(found, known.iter().copied()).map(did_you_mean))
}

/// The first of many words: `own` of them, or as many as a person reads.
fn listed(words: &[&str], own: usize) -> String {
    let most = if own == 0 { MAX_LISTED } else { own.min(MAX_LISTED) };
    let more = words.len().saturating_sub(most);
    let shown = list(words.get(..most).unwrap_or(words));
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
