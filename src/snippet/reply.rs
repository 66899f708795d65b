//! The answers of `/v1/snippet/{template}` and of `/v1/senders`.
//!
//! A snippet holds the values that a person filled in, so that it must not be cached: `no-store`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Problem;
use crate::limits::Limits;
use crate::params::Param;
use crate::request::{Format, query};
use crate::response::{Freshness, Reply};
use crate::template::document::{Access, Kind, Layer};
use crate::template::{self, Template, Templated};

use super::alt::Alt;
use super::choices::{self, Choice, Choices, Origin};
use super::sender::{self, Sender};
use super::url::{self, Fill};
use super::{Piece, alt, describe, markup, plain};

/// The template that a snippet is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The origin of the picture's URL: `https://img.example`.
    pub origin: &'a str,
    /// The template's id.
    pub id: &'a str,
    /// The size of which the template is; `None` is its own.
    pub size: Option<&'a str>,
    /// The revision; `None` is the live one.
    pub revision: Option<u32>,
}

/// The answer of `/v1/snippet/{template}`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Snippet")]
pub struct Document<'a> {
    /// The `<img>` element.
    html: String,
    /// The `src` of the element, not escaped.
    src: String,
    /// The `alt` of the element, not escaped.
    alt: String,
    /// The element's width in CSS px.
    width: u32,
    /// The element's height in CSS px.
    height: u32,
    sender: SenderInfo<'a>,
    /// The use of each param.
    params: Vec<ParamUse<'a>>,
    /// The URL of the picture with example values in place of the tags.
    preview: String,
    /// The URL of the picture for a recipient whose data is missing.
    fallback: String,
    /// Advice in whole sentences.
    notes: Vec<String>,
    template: describe::TemplateInfo<'a>,
}

/// The sender of a snippet.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SnippetSender")]
pub struct SenderInfo<'a> {
    id: &'a str,
    name: &'a str,
    verified: bool,
    encodes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    docs: Option<&'a str>,
}

/// The use of a param in a snippet.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ParamUse<'a> {
    name: &'a str,
    /// `field`, `value` or `template`.
    r#use: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
}

/// 200, with the snippet: a JSON document, or only the HTML for `format=html`.
///
/// # Errors
/// Those of [`choices::read`].
pub fn reply(template: &Template, subject: Subject<'_>, query: &str, limits: &Limits) -> Result<Reply, Problem> {
    let document = &template.document;
    let choices = choices::read(query, document, limits)?;
    let revision = subject.revision.map(|revision| format!("@{revision}")).unwrap_or_default();
    let extension = choices.format.extension();
    let size = subject.size.map(|size| format!("~{size}")).unwrap_or_default();
    let path = format!("{}/i/{}{size}{revision}.{extension}", subject.origin, subject.id);
    let examples = describe::examples(&document.params);
    let src = url::pieces(&path, &choices, document.width, &examples, Fill::Tags);
    let alt = alt::written(template, &choices);
    let html = markup::img(&src, &alt.pieces, choices.width, choices.height);

    let mut reply = if query::pairs(query, limits).iter().any(|pair| pair.name == "format" && pair.value == "html") {
        let mut reply = Reply::new(200, "text/html; charset=utf-8", format!("{html}\n").into_bytes());
        // If the snippet is opened as a page, it can show the picture and nothing else.
        reply.set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox");
        reply
    } else {
        let url = |fill| plain(&url::pieces(&path, &choices, document.width, &examples, fill));
        let body = Document {
            src: plain(&src),
            alt: plain(&alt.pieces),
            width: choices.width,
            height: choices.height,
            sender: sender_info(&choices.sender),
            params: uses(&choices),
            preview: url(Fill::Examples),
            fallback: url(Fill::Nothing),
            notes: notes(document, &choices, &src, &alt),
            template: describe::template(subject.id, document),
            html,
        };
        // Strings and finite numbers always serialise.
        json(serde_json::to_vec(&body).unwrap_or_default())
    };
    reply.set("Cache-Control", Freshness::Never.cache_control());
    Ok(reply)
}

/// 200, with all senders, as in `senders.json`.
#[must_use]
pub fn senders() -> Reply {
    let mut reply = json(sender::DATA.as_bytes().to_vec());
    reply.set("Cache-Control", Freshness::Brief.cache_control());
    reply
}

fn json(body: Vec<u8>) -> Reply {
    Reply::new(200, "application/json; charset=utf-8", body)
}

fn sender_info(sender: &Sender) -> SenderInfo<'_> {
    let Sender { id, name, verified, docs, encoded, .. } = sender;
    SenderInfo { id, name, verified: *verified, encodes: encoded.is_some(), docs: docs.as_deref() }
}

fn uses(choices: &Choices) -> Vec<ParamUse<'_>> {
    let uses = choices.params.iter().map(|(name, choice)| match &choice.origin {
        Origin::Field(field) => {
            ParamUse { name, r#use: "field", field: Some(field), tag: Some(choices.sender.url_tag(field)) }
        }
        Origin::Fixed(_) => ParamUse { name, r#use: "value", field: None, tag: None },
        Origin::Template => ParamUse { name, r#use: "template", field: None, tag: None },
    });
    uses.collect()
}

/// Advice about this snippet.
fn notes(document: &template::Document, choices: &Choices, src: &[Piece], alt: &Alt) -> Vec<String> {
    let Sender { name, verified, default, encoded, .. } = &choices.sender;
    let tagged = |pieces: &[Piece]| pieces.iter().any(|piece| matches!(piece, Piece::Tag(_)));
    let mut notes = Vec::new();
    if document.access == Access::Signed {
        notes.push(
            "The template is not public: this URL shows a placeholder unless it is signed. POST /v1/sign writes the signed one."
                .to_owned(),
        );
    }
    let is_same = |choice: &Choice| choice.origin == Origin::Template;
    let same: Vec<&str> =
        choices.params.iter().filter(|(_, choice)| is_same(choice)).map(|(name, _)| name.as_str()).collect();
    if !same.is_empty() {
        notes.push(format!(
            "The same for everyone: {}. Choose a field of your sender for what differs between recipients.",
            same.join(", ")
        ));
    }
    notes.extend(of_event(choices));
    let has_pair = choices
        .params
        .iter()
        .any(|(_, choice)| matches!(&choice.origin, Origin::Field(field) if choices.sender.is_pair(field)));
    if has_pair && !choices.sender.has("last_name") {
        let field = choices.sender.field("last_name");
        notes.push(format!("{name} has no last name from the start: make a custom field for it, which {field} names."));
    }
    for (_, choice) in &choices.params {
        if let Origin::Field(field) = &choice.origin
            && let Some(max) = choices.sender.custom.max
            && choices.sender.cuts(field)
        {
            let name_there = choices.sender.field(field);
            notes.push(format!(
                "A tag of {name} has at most {max} characters: check that {field} is {name_there} there."
            ));
        }
    }
    if choices.format == Format::Png && has_photograph(&document.layers) {
        notes.push("The picture has a photograph. As JPG (_ext=jpg) its file is much smaller.".to_owned());
    }
    if choices.format == Format::Webp {
        notes.push(
            "Outlook for Windows and older mail programs show no WebP: in an email use png or jpg (_ext).".to_owned(),
        );
    }
    if tagged(src) && encoded.is_none() {
        notes.push(format!(
            "{name} cannot URL-encode a field here. Spaces, accents and a single & still arrive. A + becomes a space, and a \
             # cuts off the rest of the URL, which is why the tags come last."
        ));
    }
    if tagged(&alt.pieces) && default.is_none() {
        notes.push(format!(
            "{name} cannot have a default inside the tag. If the field is empty, the picture shows its default, and the alt text \
             has a gap."
        ));
    }
    if !alt.left_out.is_empty() {
        notes.push(format!(
            "The alt text says nothing of {}: no syntax of {name} is known here for words that are there only if a field is.",
            alt.left_out.join(", ")
        ));
    }
    for param in &alt.unbounded {
        let expected = document.params.get(param).map(Param::expected).unwrap_or_default();
        notes.push(format!(
            "The alt text says {param} as your sender has it; the picture takes {expected}, and has its default for all others."
        ));
    }
    if markup::needs_single_quotes(src) || markup::needs_single_quotes(&alt.pieces) {
        notes.push("A tag has double quotes, so that its attribute is in single quotes. Paste it into the code editor, not into the visual one.".to_owned());
    }
    notes.extend(choices.sender.notes.iter().cloned());
    if !verified {
        notes.push(format!(
            "This syntax was not checked against {name}'s own documentation. Send yourself a test first."
        ));
    }
    notes
}

/// Words in the names of params that are mostly values of a cart, an order or a booking.
const EVENT_WORDS: [&str; 20] = [
    "item", "items", "product", "products", "price", "subtotal", "total", "amount", "discount", "quantity", "cart",
    "order", "invoice", "shipping", "delivery", "tracking", "booking", "ticket", "seat", "gate",
];

/// Advice about fields that may be those of an event, and not of the person. `None` if there are none, or if the
/// sender's events are not known.
fn of_event(choices: &Choices) -> Option<String> {
    let sender = &choices.sender;
    sender.event.as_ref()?;
    let is_one =
        |field: &str| !sender::is_of_event(field) && field.split(['_', ' ']).any(|word| EVENT_WORDS.contains(&word));
    let fields = choices.params.iter().filter_map(|(name, choice)| match &choice.origin {
        Origin::Field(field) if is_one(field) => Some((name.as_str(), field.as_str())),
        _ => None,
    });
    let (names, fields): (Vec<&str>, Vec<&str>) = fields.unzip();
    let (name, field) = (names.first()?, fields.first()?);
    let (own, event) = (sender.url_tag(field), sender.url_tag(&format!("event.{field}")));
    Some(format!(
        "If an event sends the email, such as an abandoned cart or an order, it has the values of {}: take {event} in place of {own}, with \
         the event's own names ({name}.field=event.{field}, or for an item event.items.0.name).",
        names.join(", ")
    ))
}

/// Whether a layer shows a JPEG of the template.
fn has_photograph(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| {
        let is_one = match &layer.kind {
            Kind::Image(image) => match &image.src {
                Templated::Literal(source) | Templated::Expression(source) => {
                    source.ends_with(".jpg") || source.ends_with(".jpeg")
                }
            },
            _ => false,
        };
        is_one || layer.lists().into_iter().any(|(_, layers)| has_photograph(layers))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::template::samples;

    fn get(id: &str, query: &str) -> Reply {
        let template = Template::parse(samples::get(id).unwrap(), &Limits::default()).unwrap();
        let subject = Subject { origin: "https://img.example", id, size: None, revision: None };
        reply(&template, subject, query, &Limits::default()).unwrap()
    }

    #[test]
    fn a_whole_snippet() {
        let reply = get("welcome", "esp=klaviyo&name.default=O'Brien+%26+Co&company.field=&_w=600&_dpr=2");
        assert_eq!(reply.header("Cache-Control"), Some("no-store"));
        let json: Json = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            json["html"],
            "<img src=\"https://img.example/i/welcome.png?_w=600&amp;_dpr=2&amp;name.default=O%27Brien%20%26%20Co\
             &amp;name={{ first_name|urlencode }}\" width=\"600\" height=\"315\" \
             alt=\"Welcome, {{ first_name|default:'O’Brien &amp; Co' }}!\" \
             style=\"display:block;max-width:100%;height:auto;border:0\">"
        );
        assert_eq!(json["alt"], "Welcome, {{ first_name|default:'O’Brien & Co' }}!");
        assert_eq!((&json["width"], &json["height"]), (&Json::from(600), &Json::from(315)));
        assert_eq!(json["sender"]["id"], "klaviyo");
        assert_eq!(json["params"][0]["tag"], "{{ first_name|urlencode }}");
        assert!(json["preview"].as_str().unwrap().ends_with("&name=Maria"));
        assert!(json["fallback"].as_str().unwrap().ends_with("name.default=O%27Brien%20%26%20Co"));
        assert_eq!(json["template"]["params"][3]["type"], "color");
    }

    #[test]
    fn a_snippet_as_html() {
        let reply = get("welcome", "esp=klaviyo&format=html");
        assert_eq!(reply.header("Content-Type"), Some("text/html; charset=utf-8"));
        let html = String::from_utf8(reply.body).unwrap();
        assert!(html.starts_with("<img src=\"https://img.example/i/welcome.png?name="), "{html}");
    }

    #[test]
    fn notes_name_the_limits_of_a_sender() {
        let notes =
            |query: &str| serde_json::from_slice::<Json>(&get("welcome", query).body).unwrap()["notes"].to_string();
        assert!(notes("esp=hubspot").contains("cannot URL-encode"));
        assert!(!notes("esp=hubspot&name.field=&company.field=").contains("cannot URL-encode"));
        assert!(!notes("esp=klaviyo").contains("cannot URL-encode"));
        assert!(notes("esp=activecampaign").contains("alt text has a gap"));
        assert!(notes("esp=mailjet").contains("single quotes"));
        assert!(notes("esp=lemlist").contains("not checked"));
    }

    #[test]
    fn notes_say_that_a_url_must_be_signed_and_what_the_alt_text_cannot_say() {
        let notes = |fields: &str| {
            let document = format!(
                r#"{{ "width": 60, "height": 20, "layers": [], "alt": "Hi {{{{ name }}}}, {{{{ n }}}} stamps",
                    "params": {{ "name": {{ "type": "text" }}, "n": {{ "type": "number", "max": 10, "example": 3 }} }} {fields} }}"#
            );
            let template = Template::parse(&document, &Limits::default()).unwrap();
            let subject = Subject { origin: "", id: "x", size: None, revision: None };
            let body = reply(&template, subject, "esp=mailjet", &Limits::default()).unwrap().body;
            let json: Json = serde_json::from_slice(&body).unwrap();
            (json["alt"].to_string(), json["notes"].to_string())
        };
        let (alt, signed) = notes("");
        assert!(signed.contains("unless it is signed"), "{signed}");
        assert!(signed.contains("says nothing of name"), "{signed}");
        assert!(signed.contains("says n as your sender has it; the picture takes a number up to 10"), "{signed}");
        assert!(alt.starts_with("\"Hi, ") && alt.ends_with(" stamps\""), "{alt}");
        assert!(!notes(r#", "access": "public""#).1.contains("signed"));
    }

    #[test]
    fn every_sender_has_a_snippet_of_every_sample() {
        for sender in sender::all() {
            for id in samples::ids() {
                let query = format!("esp={}&_w=600&_dpr=2", sender.id);
                let json: Json = serde_json::from_slice(&get(id, &query).body).unwrap();
                let html = json["html"].as_str().unwrap();
                assert!(html.starts_with("<img src=") && html.ends_with('>') && !html.contains('\n'), "{html}");
                for used in json["params"].as_array().unwrap() {
                    assert!(used["tag"].as_str().is_none_or(|tag| html.contains(tag)), "{html}");
                }
            }
        }
    }
}
