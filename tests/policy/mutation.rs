//! What somebody who wants to change a picture, or a damaged mailer, makes of a valid URL.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

use super::issued::Issued;
use crate::util::Random;

pub fn encode(text: &str, which: impl Fn(u8) -> bool) -> String {
    let mut out = Vec::new();
    for byte in text.bytes() {
        if which(byte) { out.extend(format!("%{byte:02X}").bytes()) } else { out.push(byte) }
    }
    String::from_utf8(out).unwrap()
}

pub const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// Changes some character of a text.
fn change(text: &str, random: &mut Random) -> String {
    if text.is_empty() {
        return "A".to_owned();
    }
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len());
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(7),
        1 => {
            bytes[at] = if bytes[at].is_ascii_lowercase() {
                bytes[at].to_ascii_uppercase()
            } else {
                bytes[at].to_ascii_lowercase()
            }
        }
        2 => {
            bytes.remove(at);
        }
        3 => bytes.insert(at, random.one(b"A_-=+/. 0z%&?#")),
        4 => bytes.truncate(at),
        _ => {
            let other = random.below(bytes.len());
            bytes.swap(at, other);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A token like another one.
fn forge(token: &str, random: &mut Random) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    let at = random.below(bytes.len());
    match random.below(9) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.below(256) as u8,
        2 => {
            bytes.remove(at);
        }
        3 => bytes.insert(at, random.below(256) as u8),
        // A later expiry: the byte after the version and a kid of one byte.
        4 => bytes[2] = bytes[2].wrapping_add(1),
        5 => bytes.truncate(at),
        // The same bits in another spelling.
        6 => return STANDARD.encode(&bytes),
        7 => return URL_SAFE.encode(&bytes) + random.one(&["", "=", "%3D"]),
        _ => {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let last = alphabet.iter().position(|c| token.ends_with(char::from(*c))).unwrap();
            let stray = char::from(alphabet[last ^ (1 + random.below(3))]);
            return format!("{}{stray}", &token[..token.len() - 1]);
        }
    }
    URL_SAFE_NO_PAD.encode(&bytes)
}

/// Pairs that want to change what may not be changed.
fn attack(random: &mut Random) -> String {
    let name =
        random.one(&["company", "title", "name", "city", "_lang", "_debug", "name.default", "Company", "COMPANY"]);
    let value = random.one(&[
        "Evil",
        "Evil+Inc",
        "Evil%20Inc",
        "",
        "RXZpbA",
        "boxes",
        "{{x",
        "}}",
        "*|EVIL|*",
        "a%26company=Evil",
    ]);
    let name = match random.below(9) {
        0 => format!("{name}.b64"),
        1 => format!("{name}.default"),
        2 => format!("{name}.default.b64"),
        3 => format!("amp;{name}"),
        4 => format!("amp%3B{name}"),
        5 => encode(name, |_| true),
        6 => format!("{name}%0A"),
        7 => format!("{}%{:02x}{}", &name[..1], name.as_bytes()[1], &name[2..]),
        _ => name.to_owned(),
    };
    let pair = random.one(&["=", "=", "=", "", "%3D", "[]=", "=="]);
    format!("{name}{pair}{value}")
}

/// A URL that somebody made of a valid one, and how.
pub fn mutate(of: &Issued, all: &[Issued], random: &mut Random) -> (&'static str, String) {
    let path = of.path();
    let mut pairs: Vec<String> = of.bound.open.iter().map(|name| format!("{name}=Jean+Luc")).collect();
    let url = format!("{path}?{}", pairs.join("&"));
    let with = |token: &str, template: &str| format!("/{}/{token}/{template}.png?{}", of.kind, pairs.join("&"));
    let name = path.rsplit_once('.').unwrap().0.splitn(4, '/').nth(3).unwrap();
    match random.below(12) {
        0 => ("character of the token", with(&change(&of.token, random), name)),
        1 => ("bytes of the token", with(&forge(&of.token, random), name)),
        2 => ("character of the URL", change(&url, random)),
        3 => ("another token", {
            let other = &all[random.below(all.len())];
            let kind = random.one(&[of.kind, other.kind]);
            format!("/{kind}/{}/{name}.png?{}", other.token, pairs.join("&"))
        }),
        4 => {
            let template =
                random.one(&["acme/welcome", "acmeother/welcome", "globex/q3/hero", "acme", "acme/welcome2"]);
            let revision = random.one(&["", "@1", "@7", "@300", "@2", "@0", "@07", "%407"]);
            ("another template", with(&of.token, &format!("{template}{revision}")))
        }
        5 => ("percent-encoded path", {
            let (head, tail) = path.split_at(3);
            format!("{head}{}?{}", encode(tail, |byte| byte != b'/' && random_bit(byte, &of.token)), pairs.join("&"))
        }),
        6 => ("tokens joined", {
            let other = &all[random.below(all.len())].token;
            with(
                &random
                    .one(&[[&of.token, other], [other, &of.token], [&of.token, &of.token]])
                    .map(String::as_str)
                    .concat(),
                name,
            )
        }),
        7 => ("copy appended", format!("{url}{}{url}", random.one(&["", "&", "?", "%3F", "#", "/"]))),
        8 => ("token cut", with(&of.token[..random.below(of.token.len())], name)),
        // The path stays, the query does not.
        9 => ("query", {
            for _ in 0..1 + random.below(4) {
                let at = random.below(pairs.len() + 1);
                pairs.insert(at, attack(random));
            }
            format!("{path}?{}", pairs.join(random.one(&["&", "&amp;", "&&", "&amp%3B"])))
        }),
        10 => ("query in disorder", {
            pairs.extend(pairs.clone());
            pairs.push(attack(random));
            let at = random.below(pairs.len());
            pairs.rotate_left(at);
            format!("{path}?{}", pairs.join("&").replace('+', random.one(&["+", "%20", "%2B", "%2520"])))
        }),
        _ => ("query damaged", {
            pairs.push(attack(random));
            format!("{path}?{}", change(&pairs.join("&"), random))
        }),
    }
}

/// A bit for each byte that differs from token to token.
fn random_bit(byte: u8, token: &str) -> bool {
    token.bytes().fold(byte, |hash, next| hash.wrapping_mul(31).wrapping_add(next)) & 1 == 1
}
