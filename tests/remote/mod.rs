//! URLs of images on other hosts: which are refused and why, how the others are written, and where
//! redirects lead. `urls.json` has the spellings. `domains.json` has those of the domains of logos.

use monogram::remote::{Domain, NoDomain, Provider, Refusal, Url};
use serde_json::Value;

use crate::util::read_text;

/// The pairs of texts under this name.
fn pairs(name: &str) -> Vec<(String, String)> {
    let table: Value = serde_json::from_str(&read_text("tests/remote/urls.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    table[name].as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

/// A URL, or the code of the reason why there is none.
fn written(read: Result<Url, Refusal>) -> String {
    read.map_or_else(|refusal| refusal.code().to_owned(), |url| url.as_str().to_owned())
}

/// Fails with all differences at once.
fn check(differences: &[String]) {
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn a_spelling_has_one_reading() {
    let rows: Vec<_> = [pairs("refused"), pairs("read")].concat();
    assert!(rows.len() > 150, "{} spellings", rows.len());
    let differences: Vec<String> = rows
        .into_iter()
        .map(|(text, expected)| (written(Url::read(&text)), text, expected))
        .filter(|(found, _, expected)| found != expected)
        .map(|(found, text, expected)| format!("{text:?} is {found}, and not {expected}"))
        .collect();
    check(&differences);
}

#[test]
fn a_url_that_was_read_is_read_as_itself() {
    for (text, _) in pairs("read") {
        let url = Url::read(&text).unwrap();
        assert_eq!(Url::read(url.as_str()).as_ref(), Ok(&url), "{text}");
        assert!(url.as_str().starts_with(&format!("https://{}/", url.host())), "{text}");
    }
}

#[test]
fn a_redirect_is_judged_as_its_url_was() {
    let base = Url::read("https://logo.com/x/a.png?w=1").unwrap();
    let differences: Vec<String> = pairs("followed")
        .into_iter()
        .map(|(text, expected)| (written(base.follow(&text)), text, expected))
        .filter(|(found, _, expected)| found != expected)
        .map(|(found, text, expected)| format!("{text:?} leads to {found}, and not {expected}"))
        .collect();
    check(&differences);
}

#[test]
fn a_domain_is_read_from_addresses_and_urls() {
    let table: Value = serde_json::from_str(&read_text("tests/remote/domains.json")).unwrap();
    let list = |name: &str| table[name].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = list("read").iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect::<Vec<_>>();
    let refused = ["malformed", "free-mail"]
        .map(|why| list(why).iter().map(|row| (text(row), why.to_owned())).collect::<Vec<_>>());
    let differences: Vec<String> = [rows, refused.concat()]
        .concat()
        .into_iter()
        .map(|(text, expected)| {
            let found = match Domain::read(&text) {
                Ok(domain) => domain.as_str().to_owned(),
                Err(NoDomain::Malformed) => "malformed".to_owned(),
                Err(NoDomain::FreeMail) => "free-mail".to_owned(),
            };
            (found, text, expected)
        })
        .filter(|(found, _, expected)| found != expected)
        .map(|(found, text, expected)| format!("{text:?} is {found}, and not {expected}"))
        .collect();
    check(&differences);
}

#[test]
fn a_provider_of_logos_is_a_url_with_a_place_for_the_domain() {
    for (pattern, host) in [
        ("https://logos.example/{domain}", Some("logos.example")),
        ("https://logos.example/{domain}.png?token=a&size=256", Some("logos.example")),
        ("https://logos.example/?of={domain}", Some("logos.example")),
        (" https://logos.example/{domain}\n", Some("logos.example")),
        ("https://logos.example/", None),
        ("https://{domain}/favicon.png", None),
        ("https://{domain}.logos.example/", None),
        ("http://logos.example/{domain}", None),
        ("https://127.0.0.1/{domain}", None),
        ("https://logos.example:8443/{domain}", None),
        ("", None),
    ] {
        assert_eq!(Provider::read(pattern).as_ref().map(Provider::host), host, "{pattern}");
    }
}
