//! The bodies of `POST /v1/sign` and `POST /v1/seal` → URLs, and the snippet for a sender.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::params::number::unambiguous;
use crate::params::{Params, coerce};
use crate::policy::{self, Bound, Keyring, Policy, Sealer, Target};
use crate::request::{Format, TemplateId};
use crate::snippet::choices::{self, Choices, Origin};
use crate::snippet::url::{self, Fill};
use crate::snippet::{alt, describe, markup, plain};
use crate::template::Template;
use crate::template::parse::nearest;

use super::schema::{Expires, Picture, Ratio, Scalar, SenderId};
use super::{body, moment};

/// How long a URL is valid if the body does not say.
const DEFAULT_EXPIRY: &str = "90d";

/// The body of `POST /v1/sign`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    /// The template's id.
    #[schemars(length(max = 256), regex(pattern = r"^[a-z0-9-]+(/[a-z0-9-]+)*$"))]
    pub template: String,
    /// The revision that never changes; the live one if it is left out.
    #[serde(default, deserialize_with = "body::whole_or_none")]
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub revision: Option<u32>,
    /// Params that the URL's query may fill.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub open: BTreeSet<String>,
    /// Params with values that the URL cannot change.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub fixed: BTreeMap<String, Json>,
    /// The moment from which the URL is refused.
    #[schemars(with = "Option<Expires>")]
    pub expires: Option<Json>,
    /// The extension; `png` if it is left out.
    #[schemars(with = "Option<Picture>")]
    pub format: Option<String>,
    /// The sender whose merge tags the URL and the snippet shall have.
    #[schemars(with = "Option<SenderId>")]
    pub sender: Option<String>,
    /// The sender's field for a param, where it is not the usual one.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The width of the `<img>` in CSS px.
    #[serde(default, deserialize_with = "body::whole_or_none")]
    #[schemars(range(min = 1, max = 4096))]
    pub width: Option<u32>,
    /// Output px per CSS px.
    #[schemars(with = "Option<Ratio>")]
    pub dpr: Option<f32>,
}

/// The body of `POST /v1/seal`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealBody {
    /// The template's id.
    #[schemars(length(max = 256), regex(pattern = r"^[a-z0-9-]+(/[a-z0-9-]+)*$"))]
    pub template: String,
    /// The revision that never changes; the live one if it is left out.
    #[serde(default, deserialize_with = "body::whole_or_none")]
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub revision: Option<u32>,
    /// The values of each recipient.
    #[schemars(with = "Vec<BTreeMap<String, Scalar>>", length(min = 1, max = 1000))]
    pub rows: Vec<BTreeMap<String, Json>>,
    /// The moment from which the URLs are refused.
    #[schemars(with = "Option<Expires>")]
    pub expires: Option<Json>,
    /// The extension; `png` if it is left out.
    #[schemars(with = "Option<Picture>")]
    pub format: Option<String>,
}

/// Who signs, when and with what.
pub struct Signer<'a> {
    /// The secrets of the deployment.
    pub keyring: &'a Keyring,
    /// The number of the API key.
    pub kid: u32,
    /// Unix time in seconds.
    pub now: u64,
    /// The origin of the URLs: `https://img.example`.
    pub origin: &'a str,
    /// The budgets.
    pub limits: &'a Limits,
}

/// The answer to `POST /v1/sign`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Signed {
    /// The path of the URL.
    pub path: String,
    /// The whole URL, without values of open params.
    pub url: String,
    /// From when it is refused, in RFC 3339.
    pub expires: String,
    /// The number of the key, by which its URLs can be revoked.
    pub kid: u32,
    /// What a sender needs.
    #[serde(flatten)]
    pub sender: Option<ForSender>,
}

/// The URL with a sender's tags.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ForSender {
    /// The URL with the sender's merge tags, not escaped.
    pub pattern: String,
    /// The `<img>` element to paste.
    pub html: String,
    /// The URL with example values.
    pub preview: String,
}

/// The answer to `POST /v1/seal`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sealed {
    /// A URL for each row, in their order.
    pub urls: Vec<String>,
    /// From when they are refused, in RFC 3339.
    pub expires: String,
    /// The number of the key, by which its URLs can be revoked.
    pub kid: u32,
    /// Names in the rows that the template does not declare, and that are in no URL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
}

/// Reads the id of a body.
///
/// # Errors
/// 400 if it is none.
pub fn id(text: &str) -> Result<TemplateId, Problem> {
    TemplateId::parse(text).ok_or_else(|| {
        Problem::new(Fault::Request, "bad-template-id", "This is no id of a template")
            .at("template")
            .remedy("an id is lower-case letters, digits and hyphens, its parts joined by /")
    })
}

/// Signs a URL of a template.
///
/// # Errors
/// 400 with the field that is wrong; the deployment has no secret; the key was revoked.
pub fn sign(body: &SignBody, template: &Template, signer: &Signer<'_>) -> Result<Signed, Problem> {
    let Signer { keyring, kid, now, origin, limits } = *signer;
    let params = &template.document.params;
    for name in &body.open {
        declared(name, params, "open")?;
    }
    let mut fixed = BTreeMap::new();
    for (name, value) in &body.fixed {
        let field = format!("fixed.{}", shown(name));
        declared(name.strip_suffix(".default").unwrap_or(name), params, "fixed")?;
        let Some(value) = text(value, &field)? else { continue };
        fits(name, &value, params, &field)?;
        fixed.insert(name.clone(), value);
    }
    let expires = expires(body.expires.as_ref(), now)?;
    let policy = Policy {
        kid,
        target: Target::Template(id(&body.template)?),
        revision: body.revision,
        expires,
        bound: Bound { fixed, open: body.open.clone() },
        nonce: None,
    };
    let token = policy::sign(&policy, keyring, limits)?;
    let path = path("s", &token, &body.template, body.revision, body.format.as_deref())?;
    let sender = body.sender.as_deref().map(|sender| for_sender(body, sender, &policy.bound, &path, template, signer));
    Ok(Signed {
        url: format!("{origin}{path}"),
        path,
        expires: moment::write(u64::from(expires)),
        kid,
        sender: sender.transpose()?,
    })
}

/// The snippet whose picture has a signed URL.
fn for_sender(
    body: &SignBody,
    sender: &str,
    bound: &Bound,
    path: &str,
    template: &Template,
    signer: &Signer<'_>,
) -> Result<ForSender, Problem> {
    let document = &template.document;
    let mut pairs = vec![("esp".to_owned(), sender.to_owned())];
    pairs.extend(body.width.map(|width| ("_w".to_owned(), width.to_string())));
    pairs.extend(body.dpr.map(|dpr| ("_dpr".to_owned(), dpr.to_string())));
    pairs.extend(body.fields.iter().map(|(name, field)| (format!("{name}.field"), field.clone())));
    // Pairs of strings always encode.
    let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
    let mut choices: Choices = choices::read(&query, document, signer.limits).map_err(in_body)?;
    for (name, choice) in &mut choices.params {
        if !bound.open.contains(name) {
            choice.origin = bound.fixed.get(name).map_or(Origin::Template, |value| Origin::Fixed(value.clone()));
        } else if choice.origin == Origin::Template {
            choice.origin = Origin::Field(name.clone());
        }
        choice.default = bound.fixed_default(name).map(str::to_owned);
    }
    let alt = alt::alt(template, &choices);
    // What is fixed is in the signature, and would be ignored in the query.
    for (_, choice) in &mut choices.params {
        choice.default = None;
        if matches!(choice.origin, Origin::Fixed(_)) {
            choice.origin = Origin::Template;
        }
    }
    let examples = describe::examples(&document.params);
    let whole = format!("{}{path}", signer.origin);
    let url = |fill| url::pieces(&whole, &choices, document.width, &examples, fill);
    let src = url(Fill::Tags);
    Ok(ForSender {
        pattern: plain(&src),
        html: markup::img(&src, &alt, choices.width, choices.height),
        preview: plain(&url(Fill::Examples)),
    })
}

/// An error of the choices of a snippet, at the field of the body that the choice came from.
fn in_body(problem: Problem) -> Problem {
    let field = match problem.field.as_deref() {
        Some("esp") => "sender".to_owned(),
        Some("_w") => "width".to_owned(),
        Some("_dpr") => "dpr".to_owned(),
        Some(name) => format!("fields.{}", shown(name.strip_suffix(".field").unwrap_or(name))),
        None => return problem,
    };
    problem.at(field)
}

/// Seals the rows of a body.
///
/// # Errors
/// 400 with the row that is wrong; the deployment has no secret; the key was revoked.
pub fn seal(body: &SealBody, template: &Template, signer: &Signer<'_>) -> Result<Sealed, Problem> {
    let Signer { keyring, kid, now, origin, limits } = *signer;
    if body.rows.is_empty() || body.rows.len() > limits.seal_rows {
        let message = format!("One call seals 1 to {} rows", limits.seal_rows);
        return Err(Problem::new(Fault::Request, "bad-rows", message)
            .at("rows")
            .remedy("send the others in another call"));
    }
    let expires = expires(body.expires.as_ref(), now)?;
    let sealer = Sealer::new(keyring, kid, expires, &id(&body.template)?, body.revision)?;
    let params = &template.document.params;
    let is_known =
        |name: &str| name.starts_with('_') || params.contains_key(name.strip_suffix(".default").unwrap_or(name));
    let (mut urls, mut ignored) = (Vec::with_capacity(body.rows.len()), BTreeSet::new());
    for (index, row) in body.rows.iter().enumerate() {
        let mut values = BTreeMap::new();
        for (name, value) in row {
            let is_known = is_known(name);
            let value = text(value, &format!("rows[{index}].{}", shown(name)))?;
            if !is_known {
                ignored.insert(shown(name).to_owned());
                continue;
            }
            values.extend(value.map(|value| (name.clone(), value)));
        }
        let token = sealer.seal(&values, limits).map_err(|why| Problem::from(why).at(format!("rows[{index}]")))?;
        urls.push(format!("{origin}{}", path("x", &token, &body.template, body.revision, body.format.as_deref())?));
    }
    Ok(Sealed { urls, expires: moment::write(u64::from(expires)), kid, ignored: ignored.into_iter().collect() })
}

fn expires(value: Option<&Json>, now: u64) -> Result<u32, Problem> {
    moment::expires(value.unwrap_or(&Json::from(DEFAULT_EXPIRY)), now)
}

fn path(folder: &str, token: &str, id: &str, revision: Option<u32>, format: Option<&str>) -> Result<String, Problem> {
    let extension = format.unwrap_or("png");
    let format = Format::from_extension(extension).filter(|format| format.is_image()).ok_or_else(|| {
        Problem::new(Fault::Request, "unknown-format", "This is no format of a picture")
            .at("format")
            .remedy("write png, jpg, webp or gif")
    })?;
    let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
    Ok(format!("/{folder}/{token}/{id}{revision}.{}", format.extension()))
}

/// The text of a value. `None` for `null`, which is no value.
///
/// # Errors
/// 400 for a list or an object.
pub fn text(value: &Json, field: &str) -> Result<Option<String>, Problem> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text.clone())),
        Json::Number(number) => Ok(Some(unambiguous(number.to_string()))),
        Json::Bool(is) => Ok(Some(is.to_string())),
        Json::Array(_) | Json::Object(_) => {
            Err(Problem::new(Fault::Request, "bad-value", "A value is a text, a number or a truth value").at(field))
        }
    }
}

/// Checks that the template declares a param of a `list` (`open`, `fixed`). Options (`_w`) are always known.
///
/// # Errors
/// 400 with the names that are known.
pub fn declared(name: &str, params: &Params, list: &str) -> Result<(), Problem> {
    if name.starts_with('_') || params.contains_key(name) {
        return Ok(());
    }
    let remedy = nearest(name, params.keys().map(String::as_str)).map_or_else(
        || format!("this template has {}", params.keys().cloned().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean {near}?"),
    );
    Err(Problem::new(Fault::Request, "unknown-param", "The template has no such param")
        .at(format!("{list}.{}", shown(name)))
        .remedy(remedy))
}

/// Checks that a value that nobody can change is one that the param takes.
fn fits(name: &str, value: &str, params: &Params, field: &str) -> Result<(), Problem> {
    let Some(param) = params.get(name.strip_suffix(".default").unwrap_or(name)) else { return Ok(()) };
    match coerce::value(param, value.to_owned()) {
        Ok(_) => Ok(()),
        Err(_) if value.trim().is_empty() => Ok(()),
        Err(_) => Err(Problem::new(Fault::Request, "bad-value", "The param does not take this value")
            .at(field)
            .remedy("GET /v1/snippet/{template} describes the params")),
    }
}

/// A name as an error may repeat it: only if it could be that of a param.
fn shown(name: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if name.len() <= 100 && name.bytes().all(plain) { name } else { "?" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::body;
    use crate::template::samples;

    const NOW: u64 = 1_800_000_000;

    fn with<T>(id: &str, run: impl FnOnce(&Template, &Signer<'_>) -> T) -> T {
        let limits = Limits::default();
        let template =
            Template::parse(samples::get(id).unwrap(), &limits).unwrap_or_else(|problem| panic!("{problem}"));
        let keyring = Keyring::new(&["an example, and no secret: 32 or more"], [].into()).unwrap();
        run(&template, &Signer { keyring: &keyring, kid: 7, now: NOW, origin: "https://img.example", limits: &limits })
    }

    fn signed(json: &str) -> Result<Signed, Problem> {
        with("welcome", |template, signer| sign(&body::read(json.as_bytes())?, template, signer))
    }

    fn sealed(json: &str) -> Result<Sealed, Problem> {
        with("welcome", |template, signer| seal(&body::read(json.as_bytes())?, template, signer))
    }

    #[test]
    fn signs_a_url_that_verifies() {
        let signed = signed(
            r#"{"template":"acme/welcome","revision":4,"open":["name"],"fixed":{"company":"Acme"},"expires":"30d"}"#,
        )
        .unwrap();
        let token = signed.path.split('/').nth(2).unwrap();
        assert_eq!(signed.path, format!("/s/{token}/acme/welcome@4.png"));
        assert_eq!(signed.url, format!("https://img.example{}", signed.path));
        assert_eq!((signed.kid, signed.expires.as_str()), (7, "2027-02-14T08:00:00Z"));
        with("welcome", |_, signer| {
            let id = TemplateId::parse("acme/welcome").unwrap();
            let policy = policy::verify(token, signer.keyring, &id, Some(4), NOW, signer.limits).unwrap();
            assert_eq!(policy.bound.fixed, [("company".to_owned(), "Acme".to_owned())].into());
            assert_eq!(policy.bound.open, ["name".to_owned()].into());
        });
    }

    #[test]
    fn a_sender_gets_its_tags_for_what_is_open_only() {
        for (sender, tag) in
            [("mailchimp", "*|URL:FNAME|*"), ("klaviyo", "{{ first_name|urlencode }}"), ("hubspot", "{{")]
        {
            let json = format!(
                r#"{{"template":"acme/welcome","open":["name"],"fixed":{{"company":"Acme","name.default":"friend"}},"sender":"{sender}","width":600}}"#
            );
            let Signed { path, sender: Some(sender), .. } = signed(&json).unwrap() else { panic!("a snippet") };
            let start = format!("https://img.example{path}?_w=600&name=");
            assert!(sender.pattern.starts_with(&start), "{}", sender.pattern);
            assert!(sender.pattern.contains(tag), "{} {tag}", sender.pattern);
            assert!(!sender.pattern.contains("company") && !sender.pattern.contains("default="), "{}", sender.pattern);
            assert!(
                sender.html.starts_with("<img src=") && sender.preview.ends_with("name=Maria"),
                "{}",
                sender.preview
            );
        }
        let named =
            signed(r#"{"template":"acme/welcome","open":["name"],"sender":"klaviyo","fields":{"name":"Nick"}}"#)
                .unwrap();
        assert!(named.sender.unwrap().pattern.contains("Nick"));
    }

    #[test]
    fn seals_rows() {
        let sealed = sealed(
            r#"{"template":"acme/welcome","rows":[{"name":"Maria","email":"maria@example.com"},{"name":7,"company":null}],"format":"jpg"}"#,
        );
        let sealed = sealed.unwrap();
        assert_eq!((sealed.urls.len(), sealed.ignored.join(",").as_str()), (2, "email"));
        let token = sealed.urls[0].split('/').nth(4).unwrap();
        assert_eq!(sealed.urls[0], format!("https://img.example/x/{token}/acme/welcome.jpg"));
        with("welcome", |_, signer| {
            let id = TemplateId::parse("acme/welcome").unwrap();
            let opened = policy::open(token, signer.keyring, &id, None, NOW, signer.limits).unwrap();
            assert_eq!(opened.bound.fixed, [("name".to_owned(), "Maria".to_owned())].into());
        });
    }

    #[test]
    fn errors_name_the_field_and_no_value() {
        for (json, field) in [
            (r#"{"template":"Acme","open":[]}"#, "template"),
            (r#"{"template":"a","open":["nmae"]}"#, "open.nmae"),
            (r#"{"template":"a","open":["Secret place"]}"#, "open.?"),
            (r#"{"template":"a","fixed":{"bg_color":"Secret"}}"#, "fixed.bg_color"),
            (r#"{"template":"a","fixed":{"name":["Secret"]}}"#, "fixed.name"),
            (r#"{"template":"a","expires":"Secret"}"#, "expires"),
            (r#"{"template":"a","format":"json"}"#, "format"),
            (r#"{"template":"a","open":["name"],"sender":"nobody"}"#, "sender"),
            (r#"{"template":"a","open":["name"],"sender":""}"#, "sender"),
            (r#"{"template":"a","open":["name"],"sender":"klaviyo","width":9000}"#, "width"),
            (r#"{"template":"a","open":["name"],"sender":"klaviyo","dpr":7}"#, "dpr"),
            (r#"{"template":"a","open":["name"],"sender":"klaviyo","fields":{"nmae":"Nick"}}"#, "fields.nmae"),
            (r#"{"template":"a","open":["name"],"sender":"klaviyo","fields":{"name":"{Secret}"}}"#, "fields.name"),
        ] {
            let problem = signed(json).unwrap_err();
            assert_eq!((problem.status(), problem.field.as_deref()), (400, Some(field)), "{json}");
            assert!(!problem.to_string().contains("Secret"), "{problem}");
        }
        for (json, field) in [
            (r#"{"template":"a","rows":[]}"#, "rows"),
            (r#"{"template":"a","rows":[{},{"name":["Secret"]}]}"#, "rows[1].name"),
            (r#"{"template":"a","rows":[{"name":"*|FNAME|*"}]}"#, "rows[0]"),
        ] {
            let problem = sealed(json).unwrap_err();
            assert_eq!((problem.status(), problem.field.as_deref()), (400, Some(field)), "{json}");
            assert!(!problem.to_string().contains("Secret"), "{problem}");
        }
        let many = format!(r#"{{"template":"a","rows":[{}]}}"#, vec!["{}"; 1_001].join(","));
        assert_eq!(sealed(&many).unwrap_err().code, "bad-rows");
    }
}
