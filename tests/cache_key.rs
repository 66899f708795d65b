//! One picture has one key: every spelling of a URL that changes nothing gives the same key, and no
//! two pictures share a key.
//!
//! The pairs of URLs are generated, the same ones in every run.

use std::collections::BTreeMap;

use monogram::Inputs;
use monogram::limits::Limits;
use monogram::params::Values;
use monogram::request::{Format, Options};
use monogram::response::Key;
use monogram::template::Template;

use crate::util::{self, Random, is_unreserved};

const PAIRS: usize = 120_000;

const TEMPLATE: &str = r##"{ "width": 10, "height": 10, "missing": ["Friend"], "params": {
    "name": { "type": "text", "default": "friend", "max_chars": 30 },
    "company": { "type": "text" },
    "city": { "type": "text", "max_chars": 5 },
    "color": { "type": "color", "default": "#FF5733" },
    "points": { "type": "number", "default": 0, "max": 1000 },
    "plan": { "type": "choice", "choices": ["free", "pro"] } }, "layers": [] }"##;

const TEXTS: [&str; 16] = [
    "Maria",
    "maria",
    "Jean-Luc",
    "O'Brien",
    "AT&T",
    "Smith & Sons",
    "Zoë",
    "李",
    "علي",
    "🎉 Ann",
    "50% off",
    "C++ Ltd",
    "a=b",
    "Müller",
    "1",
    "-",
];
/// Spellings of a missing value.
const MISSING: [&str; 14] = [
    "",
    "+",
    "%20%20",
    "%E2%80%8B",
    "*|FNAME|*",
    "%2A%7CFNAME%7C%2A",
    "{{first_name}}",
    "%7B%7B+first_name+%7D%7D",
    "%257B%257Bx%257D%257D",
    "%%FirstName%%",
    "%FIRSTNAME%",
    "[FNAME]",
    "null",
    "undefined",
];
const TRACKING: [&str; 7] =
    ["utm_source=news&utm_medium=email", "mc_cid=1", "gclid=x%20y", "fbclid=", "_ga=2.1", "Name=Eve", "name.other=x"];

/// A value in one of its spellings.
fn spell(text: &str, random: &mut Random) -> String {
    let way = random.below(5);
    if way == 4 {
        let html = text.replace('&', "&amp;").replace('\'', "&#39;");
        return encode(&html, false, random);
    }
    let spaces = if way == 3 { ["", "+", "%20", "%0D%0A"][random.below(4)] } else { "" };
    let decomposed = if way == 2 { text.replace('ë', "e\u{308}").replace('ü', "u\u{308}") } else { text.to_owned() };
    // No text with `%` or `+` is encoded twice: decoded once, it could be a value as well.
    let twice = way == 1 && !text.contains(['%', '+']);
    format!("{spaces}{}{spaces}", encode(&decomposed, twice, random))
}

/// Percent-encodes a text in upper or lower case, and some bytes without need.
fn encode(text: &str, twice: bool, random: &mut Random) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if is_unreserved(byte) && (twice || random.below(8) > 0) {
            out.push(char::from(byte));
        } else if byte == b' ' && !twice && random.below(2) == 0 {
            out.push('+');
        } else if random.below(2) == 0 {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push_str(&format!("%{byte:02x}"));
        }
    }
    if twice { out.replace('%', "%25") } else { out }
}

/// A query for these values in one of its spellings. A param without a value is missing.
fn query(given: &BTreeMap<&str, String>, random: &mut Random) -> String {
    let mut pairs = Vec::new();
    for name in ["name", "company", "city", "color", "points", "plan"] {
        let pair = match given.get(name) {
            // A missing value may be spelt out or left out.
            None if random.below(3) == 0 => continue,
            None => format!("{name}={}", random.one(&MISSING)),
            Some(text) => match name {
                "color" => format!("color={}", ["%23ff0000", "f00", "red", "FF0000", "rgb(255,0,0)"][random.below(5)]),
                "points" => format!("points={}", ["500", "500.0", "%2B500", "0500"][random.below(4)]),
                "plan" => format!("plan={}", ["pro", "PRO", "+Pro"][random.below(3)]),
                _ => format!("{name}={}", spell(text, random)),
            },
        };
        pairs.push(pair);
    }
    for _ in 0..random.below(3) {
        pairs.push(random.one(&TRACKING).to_owned());
    }
    random.shuffle(&mut pairs);
    pairs.join(["&", "&amp;", "&amp%3B", "&&"][random.below(4)])
}

fn resolve(template: &Template, query: &str) -> (Values, Key) {
    let limits = Limits::default();
    let (values, options) = (template.values(query, &limits), Options::read(query, &limits));
    let key = Key::new("build", &Inputs::new(template, &values, &options, Format::Png), &limits);
    (values, key)
}

/// The values as text, without their sources: all that a picture shows of a query.
fn drawn(values: &Values) -> String {
    values.iter().map(|(name, resolved)| format!("{name}: {:?}\n", resolved.value)).collect()
}

#[test]
fn one_picture_one_key() {
    let template = util::template(TEMPLATE);
    let mut random = Random::new(0x9E37_79B9_7F4A_7C15);
    let mut pictures: BTreeMap<String, (Key, String)> = BTreeMap::new();
    let mut keys: BTreeMap<Key, String> = BTreeMap::new();
    for _ in 0..PAIRS {
        let mut given = BTreeMap::new();
        for name in ["name", "company", "city", "color", "points", "plan"] {
            if random.below(2) == 0 {
                given.insert(name, random.one(&TEXTS).to_owned());
            }
        }
        let [one, other] = [query(&given, &mut random), query(&given, &mut random)];
        let [(values, key), (others, other_key)] = [resolve(&template, &one), resolve(&template, &other)];
        assert_eq!(drawn(&values), drawn(&others), "{one}\n{other}");
        assert_eq!(key, other_key, "{one}\n{other}");
        // Over all pairs, a picture has one key, and a key has one picture.
        let picture = drawn(&values);
        let first = pictures.entry(picture.clone()).or_insert_with(|| (key, one.clone()));
        assert_eq!(first.0, key, "{}\n{one}", first.1);
        let first = keys.entry(key).or_insert_with(|| picture.clone());
        assert_eq!(*first, picture);
    }
    assert!(pictures.len() > 5_000, "{}", pictures.len());
}
