//! The key of a picture: a digest that identifies it in every cache, and is its `ETag`.
//!
//! Equal keys mean equal pictures, because everything that a picture depends on is in the digest.
//! Equal pictures have equal keys in most cases, because only resolved values are in the digest:
//! not their spelling in the URL, not their order, not where they come from.
//!
//! Invariant: every field has its length before it, so that two different lists of fields are never
//! the same bytes.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::encode::jpeg;
use crate::inputs::Inputs;
use crate::limits::Limits;
use crate::params::Value;
use crate::plan::Output;
use crate::request::Format;

/// The identity of the renderer: the crate's version, and a digest of its sources, fonts and assets
/// (build.rs).
pub const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("MONOGRAM_BUILD"));

/// The first 128 bits of a SHA-256. A cryptographic digest is needed because strangers choose the
/// values, and must not find two pictures with one key.
///
/// ```
/// use monogram::{Inputs, limits::Limits, request::{Format, Options}, response::{Key, key}, template::Template};
///
/// let limits = Limits::default();
/// let template = Template::parse(r#"{ "width": 600, "height": 200, "layers": [] }"#, &limits)?;
/// let key = |query: &str| {
///     let (values, options) = (template.values(query, &limits), Options::read(query, &limits));
///     Key::new(key::BUILD, &Inputs::new(&template, &values, &options, Format::Png), &limits)
/// };
/// assert_eq!(key("utm_source=news"), key(""), "no such param is declared");
/// assert_eq!(key("_w=600"), key(""), "the template is 600 px wide");
/// assert_ne!(key("_w=300"), key(""));
/// assert!(key("").matches(&key("").etag()));
/// # Ok::<(), monogram::error::Problem>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of a picture that this `build` of the renderer draws.
    #[must_use]
    pub fn new(build: &str, inputs: &Inputs<'_>, limits: &Limits) -> Self {
        let Inputs { template, values, options, format } = *inputs;
        let mut fields = Fields::new();
        fields.add(build.as_bytes());
        fields.add(&template.digest);
        fields.add(format.extension().as_bytes());
        // `_w` and `_dpr` act through the size of the output alone: many pairs of them make one
        // picture.
        let output = Output::new(&template.document, options, limits);
        fields.add(&output.scale.to_bits().to_le_bytes());
        fields.add(&output.width.to_le_bytes());
        fields.add(&output.height.to_le_bytes());
        // An absent option is written as its default; an option that the format does not use is
        // left out.
        fields.add(&[match format {
            Format::Jpg => options.quality.unwrap_or(jpeg::DEFAULT_QUALITY),
            Format::Png => options.quality.unwrap_or(0),
            _ => 0,
        }]);
        // The language in use, whether the URL or the template names it. It always counts: shaping,
        // line breaks, fallback fonts and filters read it, so nearly every template depends on it.
        let lang = options.lang.as_deref().or(template.document.lang.as_deref());
        fields.add(lang.unwrap_or_default().as_bytes());
        fields.add(&[u8::from(options.debug_boxes)]);
        for (name, resolved) in values {
            fields.add(name.as_bytes());
            match &resolved.value {
                None => fields.add(b"-"),
                Some(Value::Text(text)) => fields.add_tagged(b't', text.as_bytes()),
                Some(Value::Choice(word)) => fields.add_tagged(b'w', word.as_bytes()),
                Some(Value::Number(number)) => fields.add_tagged(b'n', &number.to_bits().to_le_bytes()),
                Some(Value::Image(name)) => fields.add_tagged(b'i', name.as_bytes()),
                Some(Value::Datetime(moment)) => fields.add_tagged(b'd', moment.to_string().as_bytes()),
                Some(Value::Feed(json)) => fields.add_tagged(b'f', json.to_string().as_bytes()),
                Some(Value::List(json)) => fields.add_tagged(b'l', json.to_string().as_bytes()),
                Some(Value::Rich(text)) => fields.add_tagged(b'r', text.as_bytes()),
                Some(Value::Boolean(value)) => fields.add_tagged(b'b', &[u8::from(*value)]),
                Some(Value::Color(color)) => fields.add_tagged(b'c', &[color.r, color.g, color.b, color.a]),
            }
        }
        fields.finish()
    }

    /// The key of this picture with these images of other hosts, each the digest of its bytes, in
    /// the order of the plan. `None` is one that could not be had: the picture with the next source
    /// in its place is another picture.
    #[must_use]
    pub fn with_remotes(self, remotes: &[Option<Self>]) -> Self {
        let mut fields = Fields::new();
        fields.add(&self.0);
        for remote in remotes {
            fields.add(remote.as_ref().map_or(&[][..], |digest| &digest.0));
        }
        fields.finish()
    }

    /// A key as [`Display`](fmt::Display) writes it. `None` if the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_hex.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
        Some(Self(number.to_be_bytes()))
    }

    /// The digest of some bytes, such as a template's document.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut fields = Fields::new();
        fields.add(bytes);
        fields.finish()
    }

    /// The strong `ETag` of the complete picture, with its quotes.
    #[must_use]
    pub fn etag(self) -> String {
        format!("\"{self}\"")
    }

    /// The strong `ETag` of a picture that lacks something because a service failed. It differs
    /// from the complete picture's: otherwise a client would be told for ever that its incomplete
    /// picture is current.
    #[must_use]
    pub fn etag_of_unfinished(self) -> String {
        format!("\"{self}-u\"")
    }

    /// Whether a client that sent this `If-None-Match` has the complete picture already. The
    /// comparison is weak, as RFC 9110 §13.1.2 demands: a proxy that compresses may have made our
    /// tag weak.
    #[must_use]
    pub fn matches(self, if_none_match: &str) -> bool {
        let etag = self.etag();
        // A comma inside another server's tag splits that tag. No part of it equals ours, which has
        // both quotes.
        if_none_match.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    }
}

impl fmt::Display for Key {
    /// 32 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The digest of a list of fields, while it is being computed.
struct Fields(Sha256);

impl Fields {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn add(&mut self, field: &[u8]) {
        self.0.update((field.len() as u64).to_le_bytes());
        self.0.update(field);
    }

    /// Adds a field with its type, so that a number differs from a text of the same bytes.
    fn add_tagged(&mut self, tag: u8, field: &[u8]) {
        self.add(&[tag]);
        self.add(field);
    }

    fn finish(self) -> Key {
        let digest = self.0.finalize();
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(digest) {
            *to = from;
        }
        Key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Options;
    use crate::template::Template;

    const DOCUMENT: &str = r#"{ "width": 9, "height": 9, "layers": [], "params": {
        "name": { "type": "text", "default": "friend" }, "company": { "type": "text" },
        "color": { "type": "color" }, "points": { "type": "number" } } }"#;

    fn key_of(build: &str, document: &str, query: &str, format: Format) -> Key {
        let limits = Limits::default();
        let template = Template::parse(document, &limits).unwrap();
        let (values, options) = (template.values(query, &limits), Options::read(query, &limits));
        Key::new(build, &Inputs::new(&template, &values, &options, format), &limits)
    }

    fn key(query: &str, format: Format) -> Key {
        key_of("build", DOCUMENT, query, format)
    }

    #[test]
    fn one_picture_has_one_key() {
        for (query, same) in [
            ("name=Maria&company=X", "company=X&name=Maria"),
            ("name=Maria", "utm_source=a&name=Maria&mc_cid=b"),
            ("name=Maria", "name=Maria&"),
            ("name=Maria", "name=+Maria%20"),
            ("name=Maria", "name.b64=TWFyaWE"),
            ("name=Maria", "name=Maria&name.default=You"),
            ("", "name="),
            ("", "name=%20&company="),
            ("", "name=null"),
            ("", "name=friend"),
            ("", "color=nocolor&points=many"),
            ("color=f00", "color=red"),
            ("points=1000", "points=1,000.0"),
            ("", "_dpr=1"),
            ("", "_dpr=17&_w=x&_q=0&_lang=!&_debug=1"),
            ("_lang=de-AT", "_lang=DE_at"),
        ] {
            assert_eq!(key(query, Format::Png), key(same, Format::Png), "{query} and {same}");
        }
        // On a template of 1200 x 630 px, which the limits allow to be drawn at about twice its
        // size.
        let card = r#"{ "width": 1200, "height": 630, "lang": "de", "layers": [] }"#;
        for (query, same) in [
            ("", "_w=1200"),
            ("_w=1200", "_w=1200&_dpr=1"),
            ("_dpr=2", "_w=2400"),
            ("_dpr=1.5", "_w=1800"),
            ("_w=600&_dpr=2", ""),
            ("_w=800&_dpr=3", "_dpr=2"),
            ("_dpr=3", "_w=4096"),
            ("_dpr=3", "_w=3000"),
            ("", "_lang=de"),
        ] {
            let [key, same_key] = [query, same].map(|query| key_of("build", card, query, Format::Png));
            assert_eq!(key, same_key, "{query} and {same}");
        }
        assert_eq!(key("", Format::Jpg), key(&format!("_q={}", jpeg::DEFAULT_QUALITY), Format::Jpg));
        for exact in [Format::Webp, Format::Gif] {
            assert_eq!(key("", exact), key("_q=80", exact));
        }
    }

    #[test]
    fn two_pictures_have_two_keys() {
        let queries = [
            "",
            "name=Maria",
            "company=Maria",
            "name=Mari&company=a",
            "name=M&company=aria",
            "name=-",
            "company=-",
            "company=0",
            "points=0",
            "points=1",
            "color=f00",
            "color=f000",
            "_dpr=2",
            "_dpr=3",
            "_w=600",
            "_w=601",
            "_q=80",
            "_q=100",
            "_lang=de",
            "_lang=ar",
            "_debug=boxes",
            "name=maria",
        ];
        let mut keys: Vec<Key> = queries.iter().map(|query| key(query, Format::Png)).collect();
        keys.push(key("", Format::Jpg));
        keys.push(key("_q=12", Format::Jpg));
        keys.push(key("", Format::Webp));
        keys.push(key_of("other build", DOCUMENT, "", Format::Png));
        keys.push(key_of("build", &DOCUMENT.replace("\"width\": 9", "\"width\": 8"), "", Format::Png));
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn matches_if_none_match() {
        let key = Key([0xab; 16]);
        let tag = "abababababababababababababababab";
        for (header, matches) in [
            (format!("\"{tag}\""), true),
            (format!("W/\"{tag}\""), true),
            (format!("\"x\", \"{tag}\""), true),
            (format!("\"a,b\",W/\"{tag}\" , \"c\""), true),
            ("*".to_owned(), true),
            (tag.to_owned(), false),
            (format!("\"{tag}-u\""), false),
            (format!("\"{}\"", tag.to_uppercase()), false),
            (String::new(), false),
            ("\"*\"".to_owned(), false),
        ] {
            assert_eq!(key.matches(&header), matches, "{header}");
        }
        assert_ne!(key.etag(), key.etag_of_unfinished());
    }
}
