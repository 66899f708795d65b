//! Signed and sealed URLs: no changed URL shows anything else, and no valid one is refused.
//!
//! The URLs are generated, the same ones on every machine.
//! `make signed-urls COUNT=1000000` tries a million of each kind.

#![expect(clippy::string_slice, clippy::arithmetic_side_effects, reason = "a test states what must hold")]

mod issued;
mod mutation;

use std::collections::{BTreeMap, BTreeSet};

use monogram::access::Prefix;
use monogram::limits::Limits;
use monogram::params::{self, Missing, Value, Values};
use monogram::policy::{self, Bound, Keyring, Policy, Refused, Sealer, Target};

use crate::util::Random;
use issued::{CURRENT, FORMER, Issued, NOW, answer, declared, id, issue, keyring, map};
use mutation::{encode, is_plain, mutate};

const OTHERS: &str = "a secret of another deployment...";

/// How many URLs of each kind.
fn count() -> usize {
    std::env::var("MONOGRAM_URLS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

#[test]
fn no_changed_url_shows_anything_else() {
    let mut random = Random::new(0x9E37_79B9_7F4A_7C15);
    let all = issue(&mut random);
    let values: Vec<Values> = all.iter().map(Issued::bound_values).collect();
    let keyring = keyring(&[CURRENT, FORMER]);
    let mut table: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut tried = 0;
    while tried < count() {
        let index = random.below(all.len());
        let of = &all[index];
        let (how, url) = mutate(of, &all, &mut random);
        if url.starts_with(&format!("{}?", of.path())) && how.contains("token") {
            continue; // a byte for the same byte
        }
        tried += 1;
        let outcome = match answer(&url, &keyring, NOW) {
            Err(code) => code.to_owned(),
            Ok(shown) => {
                // Accepted: then it is an issued token, whole, for its own template and revision.
                let is = |of: &Issued| {
                    of.token == shown.token && of.revision == shown.revision && of.target.covers(&shown.template)
                };
                let found = all.iter().position(is).unwrap_or_else(|| panic!("accepted: {how} {url}"));
                for (name, value) in &values[found] {
                    assert_eq!(shown.values[name], *value, "{how} {url}");
                }
                assert!(!shown.options.debug_boxes, "{how} {url}");
                if let Some(language) = all[found].bound.fixed.get("_lang") {
                    assert_eq!(shown.options.lang.as_ref(), Some(language), "{how} {url}");
                }
                "shown".to_owned()
            }
        };
        *table.entry((how, outcome)).or_default() += 1;
    }
    for ((how, outcome), count) in &table {
        println!("{how:24} {outcome:26} {count:8}");
    }
    // Each kind of change was tried, and those of a query are answered.
    assert_eq!(table.keys().map(|(how, _)| *how).collect::<BTreeSet<_>>().len(), 12);
    assert!(table.contains_key(&("query", "shown".to_owned())));
    for how in ["character of the token", "bytes of the token", "token cut", "tokens joined"] {
        assert!(!table.contains_key(&(how, "shown".to_owned())), "{how}");
    }
}

fn lines(file: &str) -> Vec<&str> {
    // The first line says what the file is.
    file.lines().skip(1).filter(|line| !line.is_empty()).collect()
}

/// A raw tag in the forms in which mail software sends it, as in `tests/merge_tags.rs`.
fn form_of_a_tag(tag: &str, random: &mut Random) -> String {
    let whole = encode(tag, |byte| !is_plain(byte));
    let literal = encode(tag, |byte| byte <= 0x20 || byte > 0x7E || matches!(byte, b'"' | b'<' | b'>' | b'#'));
    match random.below(7) {
        0 => literal,
        1 => literal.replace("%20", "+"),
        2 => encode(tag, |byte| byte > 0x7E || b" |\"<>#^`%".contains(&byte)),
        3 => encode(tag, |byte| byte > 0x7E || b" {}\"<>#".contains(&byte)),
        4 => whole,
        5 => whole.replace("%20", "+"),
        _ => whole.replace('%', "%25"),
    }
}

#[test]
fn no_valid_url_is_refused() {
    let mut random = Random::new(0xD1B5_4A32_D192_ED03);
    let all: Vec<Issued> = issue(&mut random).into_iter().filter(|issued| issued.kind == 's').collect();
    let keyring = keyring(&[CURRENT, FORMER]);
    let tags = lines(include_str!("../merge_tags/tags.txt"));
    let values = lines(include_str!("../merge_tags/values.txt"));
    let mut families = BTreeSet::new();
    for number in 0..count() {
        let of = &all[random.below(all.len())];
        let is_tag = random.below(2) == 0;
        let line = if is_tag { tags[number % tags.len()] } else { values[number % values.len()] };
        let form = match is_tag {
            true => form_of_a_tag(line, &mut random),
            false => encode(line, |byte| !is_plain(byte)).replace("%20", random.one(&["%20", "+"])),
        };
        let mut pairs = vec![format!("name={form}")];
        for _ in 0..random.below(3) {
            let at = random.below(pairs.len() + 1);
            pairs.insert(at, random.one(&["utm_source=x", "mc_cid=1", "gclid=x%20y", "city=Ulm", "_dpr=2"]).to_owned());
        }
        let url = format!("{}?{}", of.path(), pairs.join("&"));
        let shown = answer(&url, &keyring, NOW).unwrap_or_else(|code| panic!("{code}: {url}"));
        let name = &shown.values["name"];
        if is_tag {
            let Some(Missing::MergeTag(family)) = name.source.missing() else { panic!("{url}: {name:?}") };
            families.insert(family);
            let stand_in = of.bound.fixed_default("name").unwrap_or("no name");
            assert_eq!(name.value, Some(Value::Text(stand_in.to_owned())), "{url}");
        } else {
            assert_eq!(name.value, Some(Value::Text(line.to_owned())), "{url}");
        }
        // Read as in an unsigned URL, but for the fixed default.
        let unsigned = params::resolve(&declared(), &[], &pairs.join("&"), &Limits::default());
        assert_eq!(
            (name.source.missing(), name.repairs),
            (unsigned["name"].source.missing(), unsigned["name"].repairs),
            "{url}"
        );
        for (name, value) in of.bound_values() {
            assert_eq!(shown.values[&name], value, "{url}");
        }
        assert_eq!(shown.options.dpr, url.contains("_dpr").then_some(2.0), "{url}");
    }
    println!("{} merge-tag families", families.len());
    assert!(families.len() >= 18, "{families:?}");
}

#[test]
fn no_valid_sealed_url_is_refused() {
    let (limits, mut random) = (Limits::default(), Random::new(0xA076_1D64_78BD_642F));
    let signers = [CURRENT, FORMER].map(|secret| keyring(&[secret]));
    let keyring = keyring(&[CURRENT, FORMER]);
    let values = lines(include_str!("../merge_tags/values.txt"));
    for number in 0..count() {
        let template = id(random.one(&["acme/welcome", "acmeother/welcome", "globex/q3/hero"]));
        let revision = random.one(&[None, Some(1), Some(300)]);
        let (kid, expires) = (random.below(90) as u32, NOW as u32 + 1 + random.below(1_000) as u32);
        let row = map(&[("name", values[number % values.len()]), ("company", values[random.below(values.len())])]);
        let sealer = Sealer::new(&signers[random.below(2)], kid, expires, &template, revision).unwrap();
        let token = sealer.seal(&row, &limits).unwrap();
        let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
        let url = format!(
            "/x/{token}/{template}{revision}.png?{}",
            random.one(&["", "name=Evil", "utm_source=x&company=Evil"])
        );
        let shown = answer(&url, &keyring, NOW).unwrap_or_else(|code| panic!("{code}: {row:?}"));
        for (name, value) in &row {
            assert_eq!(shown.values[name].value, Some(Value::Text(value.clone())), "{url}");
        }
        assert_eq!(shown.values["title"].value, Some(Value::Text("no title".to_owned())), "{url}");
    }
}

#[test]
fn valid_to_the_second_and_as_long_as_a_secret_is_live() {
    let limits = Limits::default();
    let template = id("acme/welcome");
    let policy = Policy {
        kid: 3,
        target: Target::Template(template.clone()),
        revision: None,
        expires: NOW as u32,
        bound: Bound::default(),
        nonce: None,
    };
    let row = map(&[("name", "Maria")]);
    for (secrets, now, expected) in [
        // Expiry: the second itself is after it.
        (&[CURRENT][..], NOW - 1, None),
        (&[CURRENT], NOW, Some(Refused::Expired)),
        (&[CURRENT], NOW + 1, Some(Refused::Expired)),
        (&[CURRENT], u64::MAX, Some(Refused::Expired)),
        (&[CURRENT], 0, None),
        // Rotation: the new secret comes in front, the former one goes.
        (&[OTHERS, CURRENT], NOW - 1, None),
        (&[OTHERS, FORMER, CURRENT], NOW - 1, None),
        (&[OTHERS], NOW - 1, Some(Refused::BadSignature)),
        (&[], NOW - 1, Some(Refused::UnknownKey)),
        (&[OTHERS, CURRENT], NOW, Some(Refused::Expired)),
    ] {
        let signer = keyring(&[CURRENT, FORMER]);
        let verifier = keyring(secrets);
        let token = policy::sign(&policy, &signer, &limits).unwrap();
        let got = policy::verify(&token, &verifier, &template, None, now, &limits).err();
        assert_eq!(got, expected, "policy, {} secrets, {now}", secrets.len());
        let token = Sealer::new(&signer, 3, NOW as u32, &template, None).unwrap().seal(&row, &limits).unwrap();
        let got = policy::open(&token, &verifier, &template, None, now, &limits).err();
        assert_eq!(got, expected, "seal, {} secrets, {now}", secrets.len());
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let limits = Limits::default();
    let keyring = keyring(&[CURRENT]);
    let welcome = id("acme/welcome");
    let sign = |kid, target, revision, keyring: &Keyring| {
        let policy = Policy { kid, target, revision, expires: NOW as u32 + 1, bound: Bound::default(), nonce: None };
        policy::sign(&policy, keyring, &limits).unwrap()
    };
    let one = Target::Template(welcome);
    let acme = Target::Prefix(Prefix::parse("acme/").unwrap());
    let revoked_later = Keyring::new(&[CURRENT], [].into()).unwrap();
    let live = sign(1, one.clone(), None, &keyring);
    let pinned = sign(1, acme.clone(), Some(7), &keyring);
    for (token, template, revision, expected) in [
        (live.as_str(), "acme/welcome", None, None),
        (&pinned, "acme/q3/hero", Some(7), None),
        ("", "acme/welcome", None, Some(Refused::Malformed)),
        ("AAAA", "acme/welcome", None, Some(Refused::Malformed)),
        (&format!("{live}="), "acme/welcome", None, Some(Refused::Malformed)),
        (&format!("{live}AAAA"), "acme/welcome", None, Some(Refused::BadSignature)),
        (&"A".repeat(8 * 1024 + 4), "acme/welcome", None, Some(Refused::Malformed)),
        // A version of the form that does not exist yet.
        (&format!("I{}", &live[1..]), "acme/welcome", None, Some(Refused::Malformed)),
        (&sign(99, one, None, &revoked_later), "acme/welcome", None, Some(Refused::Revoked)),
        (&live, "acme/other", None, Some(Refused::OtherTemplate)),
        (&pinned, "acmeother/welcome", Some(7), Some(Refused::OtherTemplate)),
        (&live, "acme/welcome", Some(1), Some(Refused::OtherRevision)),
        (&pinned, "acme/welcome", Some(8), Some(Refused::OtherRevision)),
        (&pinned, "acme/welcome", None, Some(Refused::OtherRevision)),
    ] {
        let got = policy::verify(token, &keyring, &id(template), revision, NOW, &limits).err();
        assert_eq!(got, expected, "{token} {template} {revision:?}");
    }
    // Without a live secret, or with somebody else's, nobody learns whether the rest would fit.
    let others = Keyring::new(&[OTHERS], [99].into()).unwrap();
    for token in [&live, &pinned, &sign(99, acme, None, &revoked_later)] {
        assert_eq!(policy::verify(token, &others, &id("x"), Some(3), u64::MAX, &limits), Err(Refused::BadSignature));
    }
}
