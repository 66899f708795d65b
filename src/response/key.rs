//! One digest for one picture: the key in every cache tier, and the `ETag`.
//!
//! Equal keys mean equal pictures, because everything that a picture depends on goes in; equal pictures
//! mean equal keys, as far as that can be told before drawing, because only resolved values go in: not
//! their spelling in the URL, not their order, not why they are what they are.
//!
//! Invariant: every field is length-prefixed, so that no two lists of fields are one string of bytes.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::encode::jpeg;
use crate::inputs::{Context, Inputs};
use crate::params::Value;
use crate::request::Format;

/// Which renderer this is: the crate's version, and a digest of its sources, fonts and assets (build.rs).
pub const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("MONOGRAM_BUILD"));

/// 128 bits of SHA-256: strangers write the values, and nobody may find two that collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of a picture that this `build` of the renderer draws.
    #[must_use]
    pub fn new(build: &str, inputs: &Inputs<'_>) -> Self {
        // No circumstances yet: an irrefutable pattern, so that the first one cannot be forgotten here.
        let Inputs { template, values, options, format, context: Context {} } = *inputs;
        let mut fields = Fields::new();
        fields.add(build.as_bytes());
        fields.add(&template.digest);
        fields.add(format.extension().as_bytes());
        // Options whose absence means the same as a value are that value; those that a format has no use
        // for are left out.
        fields.add(&options.dpr.unwrap_or(1.0).to_bits().to_le_bytes());
        fields.add(&options.width.unwrap_or(0).to_le_bytes());
        fields.add(&[match format {
            Format::Jpg => options.quality.unwrap_or(jpeg::DEFAULT_QUALITY),
            Format::Png => options.quality.unwrap_or(0),
            _ => 0,
        }]);
        fields.add(options.lang.as_deref().unwrap_or_default().as_bytes());
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
                Some(Value::Color(color)) => fields.add_tagged(b'c', &[color.r, color.g, color.b, color.a]),
            }
        }
        fields.finish()
    }

    /// The digest of some bytes alone.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut fields = Fields::new();
        fields.add(bytes);
        fields.finish()
    }

    /// The strong `ETag` of the finished picture.
    #[must_use]
    pub fn etag(self) -> String {
        format!("\"{self}\"")
    }

    /// The strong `ETag` of a picture that misses something because something upstream failed. It is not
    /// the finished one's, or a client would be told for ever that what it has is current.
    #[must_use]
    pub fn etag_of_unfinished(self) -> String {
        format!("\"{self}-u\"")
    }

    /// Whether a client that sent `If-None-Match` has the finished picture already. Weak comparison, as
    /// RFC 9110 §13.1.2 asks: a proxy that compresses may have made our tag weak.
    #[must_use]
    pub fn matches(self, if_none_match: &str) -> bool {
        let etag = self.etag();
        // A comma inside another server's tag splits that tag, and no part of it can be ours: ours has
        // both its quotes.
        if_none_match.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    }
}

impl fmt::Display for Key {
    /// 32 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Fields on their way into a digest.
struct Fields(Sha256);

impl Fields {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn add(&mut self, field: &[u8]) {
        self.0.update((field.len() as u64).to_le_bytes());
        self.0.update(field);
    }

    /// A field with its type: the number 1 and the text of the same bytes are two.
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
    use crate::limits::Limits;
    use crate::request::Options;
    use crate::template::Template;

    const DOCUMENT: &str = r#"{ "width": 9, "height": 9, "layers": [], "params": {
        "name": { "type": "text", "default": "friend" }, "company": { "type": "text" },
        "color": { "type": "color" }, "points": { "type": "number" } } }"#;

    fn key_of(build: &str, document: &str, query: &str, format: Format) -> Key {
        let limits = Limits::default();
        let template = Template::parse(document, &limits).unwrap();
        let (values, options) = (template.values(query, &limits), Options::read(query, &limits));
        Key::new(build, &Inputs::new(&template, &values, &options, format))
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
