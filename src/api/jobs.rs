//! Records, imports and batches: what bodies and queries say, and what is answered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::error::{Fault, Problem};
use crate::jobs::hook::SECRET_BYTES;
use crate::jobs::spec::Webhook;
use crate::jobs::{name, record};
use crate::limits::Limits;
use crate::remote::Url;
use crate::request::{Format, Options, Pair};

use crate::template::parse::nearest;

use super::body;

/// The body of `POST /v1/batches` if it is JSON. A CSV is the body itself, and these are in the query.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BatchBody {
    /// The template, with a size if it is not its own: `acme/hello`, `acme/hello~square`.
    #[schemars(length(max = 300))]
    pub template: String,
    /// The revision; the live one if it is left out. It stays the same for all rows.
    #[serde(deserialize_with = "body::whole_or_none")]
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub revision: Option<u32>,
    /// `png`, `jpg`, `webp` or `gif`; `png` if it is left out.
    pub format: Option<String>,
    /// The pattern of the names of files: `{row}-{last name}`; `{row}` if it is left out.
    pub name: Option<String>,
    /// The columns that fill params, where their names differ: `{"name": "First Name"}`.
    pub map: BTreeMap<String, String>,
    /// Options of each URL: `_w=600&_q=80`.
    pub options: Option<String>,
    /// The collection whose records are drawn.
    pub collection: Option<String>,
    /// The rows themselves, if they are few.
    #[schemars(length(max = 10_000))]
    pub rows: Vec<Map<String, Json>>,
    /// An https URL that is told of the end.
    pub webhook: Option<String>,
    /// The secret that signs what it is told, of 16 to 200 bytes (Standard Webhooks).
    pub webhook_secret: Option<String>,
}

impl BatchBody {
    /// Reads the query of a call whose body is a file.
    ///
    /// # Errors
    /// 400 for a name that means nothing.
    pub fn of_query(pairs: &[Pair<'_>]) -> Result<Self, Problem> {
        let mut read = Self::default();
        for pair in pairs {
            let value = || Some(pair.value.trim().to_owned());
            match pair.name.as_ref() {
                "template" => read.template = value().unwrap_or_default(),
                "revision" => {
                    let number = pair.value.trim().parse().ok().filter(|number| *number > 0);
                    read.revision = Some(number.ok_or_else(|| {
                        bad("revision", "This is no revision")
                            .remedy("write its number, or leave it out for the live one")
                    })?);
                }
                "format" => read.format = value(),
                "name" => read.name = value(),
                "webhook" => read.webhook = value(),
                name if name.starts_with("map.") => {
                    read.map.insert(name.split_at(4).1.to_owned(), value().unwrap_or_default());
                }
                name if name.starts_with('_') => {
                    let option = serde_urlencoded::to_string([(name, pair.value.trim())]).unwrap_or_default();
                    let before = read.options.take().map(|before| before + "&").unwrap_or_default();
                    read.options = Some(before + &option);
                }
                name => return Err(unknown(name, &QUERY, "The query has a name that a batch does not know")),
            }
        }
        Ok(read)
    }

    /// The format.
    ///
    /// # Errors
    /// 400 if it is none of a picture.
    pub fn format(&self) -> Result<Format, Problem> {
        let format = self.format.as_deref().map_or(Some(Format::Png), Format::from_extension);
        format
            .filter(|format| format.is_image())
            .ok_or_else(|| bad("format", "This is no format of a picture").remedy("write png, jpg, webp or gif"))
    }

    /// The options of each URL, spelled as they are understood.
    ///
    /// # Errors
    /// 400 if there is something else in them.
    pub fn options(&self, limits: &Limits) -> Result<String, Problem> {
        let text = self.options.as_deref().unwrap_or_default();
        let pairs = crate::request::query::pairs(text, limits);
        if let Some(pair) = pairs.iter().find(|pair| !OPTIONS.contains(&pair.name.as_ref())) {
            return Err(unknown(&pair.name, &OPTIONS, "Pictures of a batch have no such option").at("options"));
        }
        if text.contains('#') || Options::read(text, limits) == Options::default() && !text.is_empty() {
            let problem = bad("options", "An option has no value that it takes");
            return Err(problem.remedy("write them as in URLs: _w=600&_q=80&_lang=de"));
        }
        Ok(text.trim_matches('&').to_owned())
    }

    /// The rows of a JSON body, each as JSON on a line of its own.
    ///
    /// # Errors
    /// 422 if there are none.
    pub fn lines(&self) -> Result<String, Problem> {
        if self.rows.is_empty() {
            return Err(Problem::new(Fault::Document, "no-rows", "There is no row to draw")
                .at("rows")
                .remedy("send `rows` with an object for each picture, or the name of a `collection`"));
        }
        let lines: Vec<_> = self.rows.iter().map(|row| serde_json::to_string(row).unwrap_or_default()).collect();
        Ok(lines.join("\n"))
    }

    /// The error for a template that is none. `is_file`: whether the body is a file, and this the query.
    #[must_use]
    pub fn no_template(&self, is_file: bool) -> Problem {
        let message =
            if self.template.is_empty() { "The call names no template" } else { "This is no id of a template" };
        let problem = Problem::new(Fault::Request, "bad-template-id", message).at("template");
        problem.remedy(if is_file {
            "write it into the query: ?template=acme/hello; a body of JSON has the Content-Type application/json"
        } else {
            "send the id of one, such as acme/hello"
        })
    }

    /// The pattern of names.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(name::DEFAULT)
    }

    /// Who is told of the end. `secret` is that of a header, which wins.
    ///
    /// # Errors
    /// 400 for a URL that no hook may have, or a secret that is too short.
    pub fn webhook(&self, secret: &str) -> Result<Option<Webhook>, Problem> {
        let Some(url) = &self.webhook else { return Ok(None) };
        let url = Url::read(url).map_err(|_| {
            bad("webhook", "This is no URL for a webhook").remedy("write an https URL of a public host")
        })?;
        let secret = if secret.is_empty() { self.webhook_secret.as_deref().unwrap_or_default() } else { secret };
        if !SECRET_BYTES.contains(&secret.len()) {
            return Err(bad("webhook_secret", "A webhook needs a secret").remedy(
                "send one of 16 to 200 bytes (openssl rand -base64 24), in the body or in the header Webhook-Secret",
            ));
        }
        Ok(Some(Webhook { url: url.as_str().to_owned(), secret: secret.to_owned() }))
    }
}

fn bad(field: &'static str, message: &str) -> Problem {
    Problem::new(Fault::Request, "bad-batch", message).at(field)
}

/// The names of the query of a call whose body is a file.
const QUERY: [&str; 12] =
    ["template", "revision", "format", "name", "map.{param}", "webhook", "_w", "_dpr", "_q", "_lang", "_v", "_scheme"];

/// The options that pictures of a batch may have.
const OPTIONS: [&str; 6] = ["_w", "_dpr", "_q", "_lang", "_v", "_scheme"];

/// The error for a name that is not known. It is not repeated: it could be a value.
fn unknown(name: &str, known: &[&str], message: &str) -> Problem {
    let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    bad("query", message).remedy(format!("{near}there are {}", known.join(", ")))
}

/// The body of `PUT /v1/records/{collection}/`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether only signed and sealed URLs show its records, so that nobody counts through ids.
    pub signed: bool,
}

/// A collection in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Whether only signed and sealed URLs show its records.
    pub signed: bool,
    /// When it was changed, in RFC 3339.
    pub changed: String,
}

/// The answer to a call that begins an import or a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Begun {
    /// The id of the import; none for a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<String>,
    /// The id of the batch; none for an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `running`.
    pub state: &'static str,
    /// Its rows.
    pub rows: u64,
}

/// How a job goes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// The collection of an import, or the template of a batch.
    pub target: String,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// All its rows.
    pub rows: u64,
    /// Rows that are done, the failed ones too.
    pub done: u64,
    /// Rows that failed.
    pub failed: u64,
    /// Rows in a second, so far.
    pub rate: f64,
    /// Seconds until it is done, at that rate. `null` until there is one.
    pub seconds_left: Option<u64>,
    /// When it began, in RFC 3339.
    pub made: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// What is wrong in the file of an import: the first thousand faults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<record::Fault>,
    /// The first hundred rows of a batch that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// The files of a batch, all together; a large batch has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zips: Vec<String>,
    /// The status of the webhook's last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<u16>,
}

/// A row that failed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Failure {
    /// Its number, from 1.
    pub row: usize,
    /// Its line in the file, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// The body of `POST /v1/warm`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WarmBody {
    /// URLs of pictures of this deployment, or their paths with queries.
    #[schemars(length(min = 1, max = 100))]
    pub urls: Vec<String>,
}

/// The answer to `POST /v1/warm`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Warmed {
    /// Pictures that are in the cache of this location now.
    pub drawn: usize,
    /// Which of the URLs, from 0, had another status than 200.
    pub failed: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::query;

    #[test]
    fn calls_with_files_say_the_rest_in_their_query() {
        let limits = Limits::default();
        let read =
            |text: &str| BatchBody::of_query(&query::pairs(text, &limits)).map_err(|problem| problem.to_string());
        let body =
            read("template=acme/hello&revision=3&format=jpg&map.name=First+Name&_w=600&_q=80&name=%7Brow%7D").unwrap();
        assert_eq!((body.template.as_str(), body.revision, body.format()), ("acme/hello", Some(3), Ok(Format::Jpg)));
        assert_eq!(body.map["name"], "First Name");
        assert_eq!(body.options(&limits).as_deref(), Ok("_w=600&_q=80"));
        for (query, expected) in [
            ("templat=x", "query: The query has a name that a batch does not know (did you mean template? there are"),
            ("collection=people", "query: The query has a name that a batch does not know ("),
            ("revision=x", "revision: This is no revision"),
            ("revision=0", "revision: This is no revision"),
        ] {
            assert!(read(query).unwrap_err().starts_with(expected), "{query}: {:?}", read(query));
        }
        for (query, expected) in [
            ("_width=600", "options: Pictures of a batch have no such option (did you mean _w? there are _w, _dpr"),
            ("_debug=boxes", "options: Pictures of a batch have no such option ("),
            ("_w=wide", "options: An option has no value that it takes (write them as in URLs"),
        ] {
            let problem = read(query).unwrap().options(&limits).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{query}: {problem}");
        }
        let empty = BatchBody::default();
        assert_eq!(empty.lines().unwrap_err().field.as_deref(), Some("rows"));
        assert!(empty.no_template(true).to_string().contains("application/json"));
        for (query, is_right) in [("_w=abc", false), ("_lang=de", true), ("", true)] {
            assert_eq!(read(query).unwrap().options(&limits).is_ok(), is_right, "{query}");
        }
        assert!(read("format=json").unwrap().format().is_err());
    }

    #[test]
    fn webhooks_have_public_urls_and_secrets() {
        let hook = |url: &str, secret: &str| {
            BatchBody { webhook: Some(url.to_owned()), ..BatchBody::default() }.webhook(secret).is_ok()
        };
        assert!(hook("https://hooks.example/x", "0123456789abcdef"));
        assert!(!hook("https://hooks.example/x", "short"));
        assert!(!hook("http://hooks.example/x", "0123456789abcdef"));
        assert!(!hook("https://127.0.0.1/x", "0123456789abcdef"));
    }
}
