//! The management API of a deployment, as a client: one request, and its answer in words.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use monogram::request::TemplateId;
use serde_json::Value as Json;
use ureq::Agent;
use ureq::http::{Method, Request};
use ureq::tls::{RootCerts, TlsConfig};

/// Seconds for one request, its answer included.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Most bytes of an answer.
const MAX_ANSWER_BYTES: u64 = 8 * 1024 * 1024;

/// Where the API is, and the key for it.
#[derive(clap::Args)]
pub struct Access {
    /// The address of the deployment: https://img.example
    #[arg(long, env = "MONOGRAM_URL", value_name = "URL")]
    url: Option<String>,
    /// The API key: mg_…
    #[arg(long, env = "MONOGRAM_KEY", value_name = "KEY", hide_env_values = true)]
    key: Option<String>,
}

/// A client.
pub struct Api {
    agent: Agent,
    url: String,
    key: String,
}

/// A good answer.
pub struct Answer {
    /// The document, if the answer is JSON.
    pub json: Json,
    /// The text of the answer.
    pub text: String,
    /// The `ETag`, as it is.
    pub etag: Option<String>,
}

/// A refusal, with what to do about it.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The words of the service and ours.
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refusal {}

impl Access {
    /// The client for it.
    ///
    /// # Errors
    /// No address, no key, or an address to which the key must not be sent.
    pub fn client(&self) -> Result<Api, Box<dyn Error>> {
        let url = self.url.as_deref().filter(|url| !url.is_empty());
        let url = url.ok_or("name the deployment: --url https://img.example, or the variable MONOGRAM_URL")?;
        let key = self.key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let key = key.ok_or("give the API key in the variable MONOGRAM_KEY, or with --key")?;
        let url = url.trim_end_matches('/');
        if let Some(rest) = url.strip_prefix("http://") {
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            if !matches!(host, "127.0.0.1" | "localhost") {
                return Err("--url: the key would be readable on its way; write https://".into());
            }
        } else if !url.starts_with("https://") {
            return Err("--url: write the whole address, such as https://img.example".into());
        }
        // A second installation fails, and the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect could lead the key elsewhere.
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("monogram/", env!("CARGO_PKG_VERSION")))
            // The machine's own certificates, so that those of a company count.
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .build();
        Ok(Api { agent: config.new_agent(), url: url.to_owned(), key: key.to_owned() })
    }
}

impl Api {
    /// Sends a request. `path` begins with `/v1/`; `headers` are those of the request beside the
    /// key.
    ///
    /// # Errors
    /// [`Refusal`] for a status that is not 2xx; or no answer at all.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Box<dyn Error>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).map_err(|_| "--url or --key has signs that a header cannot have")?;
        let mut response = self.agent.run(request).map_err(|error| silent(&self.url, &error))?;
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (etag, retry_after) = (header("etag"), header("retry-after"));
        let text = response
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES)
            .read_to_string()
            .map_err(|error| format!("the answer of {} cannot be read: {error}", self.url))?;
        let json: Json = serde_json::from_str(&text).unwrap_or_default();
        if (200..300).contains(&status) {
            return Ok(Answer { json, text, etag });
        }
        Err(Box::new(Refusal { status, message: words(status, &json, retry_after.as_deref()) }))
    }
}

/// Why a deployment does not answer, and what to do.
fn silent(url: &str, error: &ureq::Error) -> String {
    let kind = match error {
        ureq::Error::Io(error) => Some(error.kind()),
        _ => None,
    };
    let remedy = match (error, kind) {
        (_, Some(ErrorKind::ConnectionRefused)) => {
            "no server listens there; start one with make dev, or correct --url or MONOGRAM_URL".to_owned()
        }
        // The standard library has no kind for it.
        (ureq::Error::Io(error), _) if error.to_string().contains("failed to lookup") => {
            "there is no such host; correct --url or MONOGRAM_URL, or check your network".to_owned()
        }
        (ureq::Error::HostNotFound, _) => "there is no such host; correct --url or MONOGRAM_URL".to_owned(),
        (ureq::Error::Timeout(_), _) => {
            format!("it took longer than {} s; check your network, and try again", TIMEOUT.as_secs())
        }
        (ureq::Error::BadUri(_), _) => "this is no address; write one such as https://img.example".to_owned(),
        _ => format!("{error}; check your network, --url and MONOGRAM_URL"),
    };
    format!("{url} does not answer: {remedy}")
}

/// What a refusal means, in words: ours, and those of the problem document.
fn words(status: u16, problem: &Json, retry_after: Option<&str>) -> String {
    let text = |key: &str| problem.get(key).and_then(Json::as_str);
    let field = text("field").map(|field| format!("{field}: ")).unwrap_or_default();
    let remedy = text("remedy").map(|remedy| format!(" ({remedy})")).unwrap_or_default();
    let said = text("detail").map(|detail| format!(": {field}{detail}{remedy}")).unwrap_or_default();
    let later = retry_after.map_or_else(|| "try again later".to_owned(), |time| format!("try again in {time} s"));
    let meaning = match status {
        300..400 => "the address leads elsewhere; write the one that it leads to".to_owned(),
        401 => "the key is not known to this deployment; check MONOGRAM_KEY and MONOGRAM_URL".to_owned(),
        403 => "the key may not do this: it lacks the scope, or the template belongs to another client".to_owned(),
        404 => "there is no such thing in this deployment".to_owned(),
        409 | 412 | 428 => {
            "the template has changed since; pull it, merge your change, and push with --if-revision".to_owned()
        }
        413 => "it is too large".to_owned(),
        422 | 400 => "it is refused".to_owned(),
        429 => format!("too many requests; {later}"),
        503 => format!("the service cannot do this now, or is not set up for it; {later}"),
        500.. => "the service failed".to_owned(),
        _ => "the service did not take it".to_owned(),
    };
    format!("{status}: {meaning}{said}")
}

/// A template's id with a revision: `acme/hello@4`.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The id.
    pub id: TemplateId,
    /// `None` is the live revision.
    pub revision: Option<u32>,
}

impl Subject {
    /// Reads `acme/hello@4`.
    ///
    /// # Errors
    /// It is no id, or no revision stands behind the `@`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (id, revision) = match text.split_once('@') {
            Some((id, revision)) => {
                let number = revision.parse().ok().filter(|number| *number > 0);
                (id, Some(number.ok_or_else(|| format!("@{revision}: a revision is a number, such as @4"))?))
            }
            None => (text, None),
        };
        let id = TemplateId::parse(id).ok_or_else(|| no_id(id))?;
        Ok(Self { id, revision })
    }

    /// The path of its document in the API.
    #[must_use]
    pub fn path(&self) -> String {
        let revision = self.revision.map(|revision| format!("?revision={revision}")).unwrap_or_default();
        format!("/v1/templates/{}{revision}", self.id)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision {
            Some(revision) => write!(f, "{}@{revision}", self.id),
            None => write!(f, "{}", self.id),
        }
    }
}

/// The error for a text that is no template's id.
#[must_use]
pub fn no_id(text: &str) -> String {
    let is_file = text.starts_with(['/', '.', '~']) || text.contains('\\') || text.ends_with(".json");
    if is_file {
        return format!("{text}: this is a file; write the template's id here, without folder and ending: acme/hello");
    }
    // A picture, or its address.
    let picture = text.split('?').next().unwrap_or_default();
    let stem = picture.rsplit_once('.').map(|(stem, _)| stem.rsplit_once("/i/").map_or(stem, |(_, id)| id));
    if let Some(id) = stem.and_then(TemplateId::parse) {
        return format!("{text}: this is a picture; write the template's id here, {id}, and its params behind it");
    }
    format!("{text}: a template's id is lower-case words, such as acme/hello")
}

/// The document in an answer about a template: the answer itself, or its field `document`.
#[must_use]
pub fn document(answer: &Answer) -> String {
    match answer.json.get("document") {
        Some(document @ Json::Object(_)) => serde_json::to_string_pretty(document).unwrap_or_default(),
        _ => answer.text.clone(),
    }
}
