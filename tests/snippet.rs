//! Every tag that a snippet puts into a URL is one that a picture falls back for, when it arrives as it is.

use monogram::limits::Limits;
use monogram::params::declare::TextParam;
use monogram::params::{self, Param, Params};
use monogram::snippet::sender::{self, FIELDS};

/// A raw tag as it arrives: by mail software that leaves a URL alone, by a browser, by a link rewriter.
fn spellings(tag: &str) -> [String; 3] {
    let encode = |keep: &str| -> String {
        let byte = |byte: u8| match char::from(byte) {
            c if c.is_ascii_alphanumeric() || keep.contains(c) => c.to_string(),
            _ => format!("%{byte:02X}"),
        };
        tag.bytes().map(byte).collect()
    };
    [tag.to_owned(), encode("!$%&'()*+,-./:;=?@[\\]^_`{|}~"), encode("-._~")]
}

#[test]
fn params_recognises_every_senders_tags() {
    let declared = Params::from([("name".to_owned(), Param::Text(TextParam::default()))]);
    let mut values = Vec::new();
    for sender in sender::all() {
        for field in FIELDS.iter().map(|(field, _)| *field).chain(["loyalty tier"]) {
            let plain = sender::Sender { encoded: None, ..sender.clone() };
            for tag in [sender.url_tag(field), plain.url_tag(field)] {
                for spelling in spellings(&tag) {
                    // What follows a # is not sent.
                    let sent = spelling.split('#').next().unwrap_or_default();
                    let resolved = params::resolve(&declared, &[], &format!("name={sent}"), &Limits::default());
                    if resolved.get("name").is_none_or(|name| name.value.is_some()) {
                        values.push(format!("{}: {sent}", sender.id));
                    }
                }
            }
        }
    }
    values.dedup();
    assert!(values.is_empty(), "{} would be drawn:\n{}", values.len(), values.join("\n"));
}
