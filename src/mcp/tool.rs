//! The tools: `tools.json`, and the check of what is sent to one.

use std::sync::LazyLock;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::access::{Scope, Scopes};
use crate::error::{Fault, Problem};
use crate::template::parse::nearest;

use super::fields::{self, Fields};

/// What a program can ask for: an entry of `tools.json`.
#[derive(Debug)]
pub struct Tool(Json);

/// All of them, in the order in which they are listed.
static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| match serde_json::from_str(include_str!("tools.json")) {
    Ok(Json::Array(tools)) => tools.into_iter().map(Tool).collect(),
    _ => Vec::new(),
});

impl Tool {
    /// All tools, in the order in which they are listed.
    pub fn all() -> &'static [Self] {
        &TOOLS
    }

    /// The tool of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|tool| tool.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// The scope that an API key must have. `None` if every key will do.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        self.text("scope")?.parse().ok()
    }

    /// Whether a key with these scopes sees the tool.
    #[must_use]
    pub fn is_for(&self, scopes: Scopes) -> bool {
        self.scope().is_none_or(|scope| scopes.allow(scope))
    }

    /// Its line of `tools/list`, which does not have the scope.
    #[must_use]
    pub fn listed(&self) -> Json {
        let mut listed = self.0.clone();
        if let Some(listed) = listed.as_object_mut() {
            listed.remove("scope");
        }
        listed
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// A part of the schema of its arguments.
    fn schema(&self, part: &str) -> Option<&Json> {
        self.0.get("inputSchema")?.get(part)
    }

    /// Checks arguments against the schema of the tool: names, types, words of a choice. What the
    /// values mean is checked by the call itself.
    ///
    /// # Errors
    /// 400 with the argument that is wrong.
    pub fn check(&self, arguments: &Arguments) -> Result<(), Problem> {
        let Some(known) = self.schema("properties").and_then(Json::as_object) else { return Ok(()) };
        for (name, value) in &arguments.0 {
            let Some(property) = known.get(name) else {
                let remedy = nearest(name, known.keys().map(String::as_str)).map_or_else(
                    || format!("it takes {}", known.keys().cloned().collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                return Err(wrong("unknown-argument", "The tool has an argument of another name").remedy(remedy));
            };
            let types = match property.get("type") {
                Some(Json::Array(types)) => types.iter().filter_map(Json::as_str).collect(),
                one => Vec::from_iter(one.and_then(Json::as_str)),
            };
            if !types.iter().any(|r#type| is_a(r#type, value.get())) {
                let message = format!("The argument is no {}", types.join(" and no "));
                return Err(wrong("wrong-argument", message).at(name.as_str()));
            }
            if let Some(words) = property.get("enum").and_then(Json::as_array)
                && !words.iter().any(|word| word.as_str() == arguments.text(name).as_deref())
            {
                let words: Vec<&str> = words.iter().filter_map(Json::as_str).collect();
                return Err(wrong("wrong-argument", "The argument is none of the words of its choice")
                    .at(name.as_str())
                    .remedy(format!("write one of {}", words.join(", "))));
            }
        }
        let required = self.schema("required").and_then(Json::as_array).into_iter().flatten();
        match required.filter_map(Json::as_str).find(|name| arguments.raw(name).is_none()) {
            Some(name) => Err(wrong("missing-argument", "The tool needs this argument").at(name)),
            None => Ok(()),
        }
    }
}

fn wrong(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(Fault::Request, code, message)
}

/// Whether a JSON value is of a type of JSON Schema.
fn is_a(r#type: &str, value: &str) -> bool {
    match r#type {
        "string" => value.starts_with('"'),
        "object" => value.starts_with('{'),
        "array" => value.starts_with('['),
        "boolean" => matches!(value, "true" | "false"),
        "integer" => value.parse::<u32>().is_ok(),
        "number" => value.parse::<f64>().is_ok(),
        _ => false,
    }
}

/// What is sent to a tool, by name.
#[derive(Debug, Default)]
pub struct Arguments(Fields);

impl Arguments {
    /// A model writes `null` for what it leaves out.
    #[must_use]
    pub fn new(mut all: Fields) -> Self {
        all.retain(|_, value| value.get() != "null");
        Self(all)
    }

    /// The JSON of an argument, as it was written. `None` if it was left out.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        fields::raw(&self.0, name)
    }

    /// An argument as a text: that of a string, or a number as it is written. `None` if it was left
    /// out.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        fields::text(&self.0, name).or_else(|| self.raw(name).map(str::to_owned))
    }

    /// An argument that is an object; empty if it was left out.
    #[must_use]
    pub fn object(&self, name: &str) -> Fields {
        fields::object(&self.0, name).unwrap_or_default()
    }

    /// Sets an argument. JSON that is none is left out.
    pub fn set(&mut self, name: &str, json: String) {
        if let Ok(value) = RawValue::from_string(json) {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// All of them as one JSON object.
    #[must_use]
    pub fn json(&self) -> Vec<u8> {
        let fields = self.0.iter().map(|(name, value)| format!("{}:{value}", Json::from(name.as_str())));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(",")).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::route;

    fn check(tool: &str, arguments: &str) -> Result<(), Problem> {
        Tool::find(tool).unwrap().check(&Arguments::new(serde_json::from_str(arguments).unwrap()))
    }

    #[test]
    fn every_tool_says_what_it_takes() {
        assert_eq!(Tool::all().len(), 9);
        for tool in Tool::all() {
            let (name, schema) = (tool.name(), &tool.0["inputSchema"]);
            assert!(tool.text("title").is_some() && tool.text("description").is_some(), "{name}");
            assert_eq!((&schema["type"], &schema["additionalProperties"]), (&"object".into(), &false.into()), "{name}");
            assert!(tool.text("scope").is_none() == tool.scope().is_none(), "{name}");
            for (argument, property) in schema["properties"].as_object().unwrap() {
                assert!(property["description"].is_string() && !property["type"].is_null(), "{name} {argument}");
            }
            for argument in schema["required"].as_array().into_iter().flatten() {
                assert!(schema["properties"].get(argument.as_str().unwrap()).is_some(), "{name} {argument}");
            }
        }
    }

    #[test]
    fn the_scope_of_a_tool_is_that_of_its_call() {
        for (tool, method, path) in [
            ("list_templates", "GET", "/v1/templates"),
            ("get_template", "GET", "/v1/templates/acme/hello"),
            ("validate_template", "POST", "/v1/validate"),
            ("preview", "POST", "/v1/preview"),
            ("publish_template", "PUT", "/v1/templates/acme/hello"),
            ("sign_url", "POST", "/v1/sign"),
            ("snippet", "GET", "/v1/snippet/acme/hello"),
            ("explain", "GET", "/i/acme/hello.json"),
        ] {
            let (row, _) = route::find(method, path).unwrap();
            assert_eq!(Tool::find(tool).unwrap().text("scope"), row.scope, "{tool}");
        }
    }

    #[test]
    fn a_wrong_argument_is_named_and_not_repeated() {
        for (tool, arguments, code, field) in [
            ("list_templates", "{}", None, None),
            ("list_templates", r#"{"limit":7,"prefix":null}"#, None, None),
            ("sign_url", r#"{"template":"a","expires":"90d","dpr":1.5}"#, None, None),
            ("sign_url", r#"{"template":"a","expires":1900000000,"format":"jpg"}"#, None, None),
            ("list_templates", r#"{"limit":"Secret"}"#, Some("wrong-argument"), Some("limit")),
            ("list_templates", r#"{"limit":-1}"#, Some("wrong-argument"), Some("limit")),
            ("list_templates", r#"{"limit":1.5}"#, Some("wrong-argument"), Some("limit")),
            ("list_templates", r#"{"Secret":1}"#, Some("unknown-argument"), None),
            ("get_template", r#"{"id":["Secret"]}"#, Some("wrong-argument"), Some("id")),
            ("get_template", "{}", Some("missing-argument"), Some("id")),
            ("get_template", r#"{"id":null}"#, Some("missing-argument"), Some("id")),
            ("validate_template", r#"{"document":"Secret"}"#, Some("wrong-argument"), Some("document")),
            ("preview", r#"{"format":"Secret"}"#, Some("wrong-argument"), Some("format")),
            (
                "publish_template",
                r#"{"id":"a","document":{},"only_if_new":1}"#,
                Some("wrong-argument"),
                Some("only_if_new"),
            ),
            ("sign_url", r#"{"template":"a","open":"Secret"}"#, Some("wrong-argument"), Some("open")),
            ("sign_url", r#"{"template":"a","expires":{}}"#, Some("wrong-argument"), Some("expires")),
        ] {
            let problem = check(tool, arguments).err();
            assert_eq!(problem.as_ref().map(|problem| problem.code), code, "{tool} {arguments}");
            if let Some(problem) = problem {
                assert_eq!(problem.field.as_deref(), field, "{tool} {arguments}");
                assert!(!problem.to_string().contains("Secret"), "{problem}");
            }
        }
        let problem = check("get_template", r#"{"idd":"a"}"#).unwrap_err();
        assert_eq!(problem.remedy.as_deref(), Some("did you mean id?"));
    }

    #[test]
    fn arguments_keep_their_spelling() {
        let mut arguments =
            Arguments::new(serde_json::from_str(r#"{"document": {"width": 9,  "a":1.50}, "id":"x\u00e9"}"#).unwrap());
        assert_eq!(arguments.raw("document"), Some(r#"{"width": 9,  "a":1.50}"#));
        assert_eq!(arguments.text("id").as_deref(), Some("xé"));
        arguments.set("format", "\"json\"".to_owned());
        assert_eq!(
            String::from_utf8(arguments.json()).unwrap(),
            r#"{"document":{"width": 9,  "a":1.50},"format":"json","id":"x\u00e9"}"#
        );
    }
}
