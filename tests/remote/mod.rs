//! URLs of images on other hosts: which are refused and why, how the others are written, and where
//! redirects lead. `urls.json` has the spellings.

use monogram::remote::{Refusal, Url};
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
