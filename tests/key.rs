//! One picture, one key: whatever a URL does that changes nothing gives the same key, and no two pictures share one.
//!
//! Generated pairs of URLs; the same ones on every machine.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test says what must hold, in its helpers too"
)]

use std::collections::BTreeMap;

use monogram::limits::Limits;
use monogram::params::{self, Values};
use monogram::request::{Format, Options};
use monogram::response::Key;
use monogram::template::Template;

const PAIRS: usize = 120_000;

/// xorshift64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

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
/// Every way of saying nothing.
const NOTHINGS: [&str; 14] = [
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

/// A value in one of the ways in which it may be written.
fn write(text: &str, random: &mut Random) -> String {
    let way = random.below(5);
    if way == 4 {
        let html = text.replace('&', "&amp;").replace('\'', "&#39;");
        return encode(&html, false, random);
    }
    let spaces = if way == 3 { ["", "+", "%20", "%0D%0A"][random.below(4)] } else { "" };
    let decomposed = if way == 2 { text.replace('ë', "e\u{308}").replace('ü', "u\u{308}") } else { text.to_owned() };
    // Twice encoded is only told from once where something is left that an encoder writes.
    let twice = way == 1 && !text.contains(['%', '+']);
    format!("{spaces}{}{spaces}", encode(&decomposed, twice, random))
}

/// Percent-encoded, in upper or lower case, some of it needlessly.
fn encode(text: &str, twice: bool, random: &mut Random) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        if plain && (twice || random.below(8) > 0) {
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

/// A query that says what `said` says, in some way.
fn query(said: &BTreeMap<&str, String>, random: &mut Random) -> String {
    let mut pairs = Vec::new();
    for name in ["name", "company", "city", "color", "points", "plan"] {
        let pair = match said.get(name) {
            // Missing: the pair may be there or not.
            None if random.below(3) == 0 => continue,
            None => format!("{name}={}", random.one(&NOTHINGS)),
            Some(text) => match name {
                "color" => format!("color={}", ["%23ff0000", "f00", "red", "FF0000", "rgb(255,0,0)"][random.below(5)]),
                "points" => format!("points={}", ["500", "500.0", "%2B500", "0500"][random.below(4)]),
                "plan" => format!("plan={}", ["pro", "PRO", "+Pro"][random.below(3)]),
                _ => format!("{name}={}", write(text, random)),
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
    let values = params::resolve(&template.document.params, &template.document.missing, query, &limits);
    let key = Key::new("build", &template.digest, &values, &Options::read(query, &limits), Format::Png);
    (values, key)
}

/// What is drawn: the values, without why they are what they are.
fn drawn(values: &Values) -> String {
    values.iter().map(|(name, resolved)| format!("{name}: {:?}\n", resolved.value)).collect()
}

#[test]
fn one_picture_one_key() {
    let template = Template::parse(TEMPLATE, &Limits::default()).unwrap();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut pictures: BTreeMap<String, (Key, String)> = BTreeMap::new();
    let mut keys: BTreeMap<Key, String> = BTreeMap::new();
    for _ in 0..PAIRS {
        let mut said = BTreeMap::new();
        for name in ["name", "company", "city", "color", "points", "plan"] {
            if random.below(2) == 0 {
                said.insert(name, random.one(&TEXTS).to_owned());
            }
        }
        let [one, other] = [query(&said, &mut random), query(&said, &mut random)];
        let [(values, key), (others, other_key)] = [resolve(&template, &one), resolve(&template, &other)];
        assert_eq!(drawn(&values), drawn(&others), "{one}\n{other}");
        assert_eq!(key, other_key, "{one}\n{other}");
        // Over all pairs: a picture has one key, and a key one picture.
        let picture = drawn(&values);
        let first = pictures.entry(picture.clone()).or_insert_with(|| (key, one.clone()));
        assert_eq!(first.0, key, "{}\n{one}", first.1);
        let first = keys.entry(key).or_insert_with(|| picture.clone());
        assert_eq!(*first, picture);
    }
    assert!(pictures.len() > 5_000, "{}", pictures.len());
}
