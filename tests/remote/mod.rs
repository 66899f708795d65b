//! URLs of images on other hosts: which are refused and why, how the others are written, and where
//! redirects lead. `urls.json` has the spellings. `domains.json` has those of the domains of logos, `feeds.json` the URLs of feeds.

use monogram::limits::Limits;
use monogram::plan;
use monogram::remote::{Domain, NoDomain, Provider, Refusal, Url};
use monogram::template::Template;
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

/// A template with a feed at this URL.
fn with_feed(url: &str, more: &str) -> String {
    format!(
        r#"{{ "width": 9, "height": 9, "hosts": ["api.example"], "layers": [], "feeds": {{ "feed": {{ "url": {}{more} }} }},
             "params": {{ "a": {{ "type": "text" }}, "b": {{ "type": "text" }}, "n": {{ "type": "number" }} }} }}"#,
        Value::from(url)
    )
}

#[test]
fn a_value_is_one_part_of_the_url_of_a_feed() {
    let table: Value = serde_json::from_str(&read_text("tests/remote/feeds.json")).unwrap();
    let limits = Limits::default();
    let mut differences = Vec::new();
    for row in table["urls"].as_array().unwrap() {
        let [pattern, query] = [0, 1].map(|index| row[index].as_str().unwrap());
        let template =
            Template::parse(&with_feed(pattern, ""), &limits).unwrap_or_else(|problem| panic!("{pattern}: {problem}"));
        let feeds = plan::feeds(&template, &template.values(query, &limits), None, &limits);
        let found = feeds[0].url.as_ref().map(Url::as_str);
        if found != row[2].as_str() {
            differences.push(format!("{pattern} with {query} is {found:?}, and not {}", row[2]));
        }
    }
    check(&differences);
}

#[test]
fn feeds_that_could_not_be_fetched_are_refused() {
    let table: Value = serde_json::from_str(&read_text("tests/remote/feeds.json")).unwrap();
    let error = |document: &str| {
        let problem = Template::parse(document, &Limits::default()).err();
        problem.map_or_else(|| "no error".to_owned(), |problem| problem.to_string())
    };
    let mut differences = Vec::new();
    let mut refuse = |document: String, reason: &str| {
        let found = error(&document);
        if !found.contains(reason) {
            differences.push(format!("{document}: {found:?}, and not {reason:?}"));
        }
    };
    for row in table["refused"].as_array().unwrap() {
        refuse(with_feed(row[0].as_str().unwrap(), ""), row[1].as_str().unwrap());
    }
    let good = "https://api.example/x";
    refuse(with_feed(good, r#", "ttl": 59"#), "feeds.feed.ttl: a feed is kept for 60 to 86400 seconds");
    refuse(with_feed(good, r#", "example": [[[[[[[[[1]]]]]]]]]"#), "feeds.feed.example: the example is larger");
    refuse(with_feed(good, r#", "tll": 60"#), "did you mean `ttl`?");
    refuse(with_feed(good, "").replace(r#""feed":"#, r#""Feed":"#), "feeds.Feed: a param's name has lower-case");
    refuse(with_feed(good, "").replace(r#""feed":"#, r#""a":"#), "there is a param `a` too");
    check(&differences);
    assert_eq!(error(&with_feed(good, r#", "example": { "text": "{{ not | an | expression" }"#)), "no error");
}
